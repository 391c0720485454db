//! A bypass: for a while only the law is in force, because something in front of customers breaks and
//! nobody knows yet which clause does it.
//!
//! Reads    how long, and why: both are required, so that none is forgotten and none is a riddle.
//! Errors   [`BypassFault`].
//! Misses   a bypass is not kept on disk: a restart ends it. The law is never bypassed.

use crate::cli::{self, Exit, Output};
use crate::commands::{fail, say};
use crate::config::{TextFault, duration_ms};
use crate::control::{self, Question};
use crate::show;
use serde_json::{Value, json};
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.bypass/v1";

/// A shorter one ends before anybody has looked.
const SHORTEST_S: u64 = 60;
/// A longer one is a configuration.
const LONGEST_S: u64 = 24 * 3_600;
/// Characters of a reason at most.
const REASON_CHARS_MAX: usize = 200;

/// For how long, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(u64);

impl Span {
    /// Seconds, if a bypass may last so long.
    ///
    /// # Errors
    ///
    /// [`BypassFault::Span`].
    pub fn of_s(seconds: u64) -> Result<Self, BypassFault> {
        if (SHORTEST_S..=LONGEST_S).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(BypassFault::Span)
        }
    }

    /// Seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Span {
    type Err = TextFault;

    fn from_str(text: &str) -> Result<Self, TextFault> {
        let fault = || TextFault(BypassFault::Span.to_string());
        let ms = duration_ms(text).filter(|it| it.is_multiple_of(1_000)).ok_or_else(fault)?;
        Self::of_s(ms / 1_000).map_err(|_| fault())
    }
}

/// Why, in the operator's words: printable on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Takes a reason.
    ///
    /// # Errors
    ///
    /// [`BypassFault`] if it is empty, too long or not printable.
    pub fn new(text: &str) -> Result<Self, BypassFault> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(BypassFault::ReasonEmpty),
            1..=REASON_CHARS_MAX if text.chars().all(is_printable) => Ok(Self(text.to_owned())),
            1..=REASON_CHARS_MAX => Err(BypassFault::ReasonUnprintable),
            _ => Err(BypassFault::ReasonTooLong),
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = BypassFault;

    fn from_str(text: &str) -> Result<Self, BypassFault> {
        Self::new(text)
    }
}

/// Controls, and what turns or hides the text around it, could make a log say something else.
pub(crate) fn is_printable(it: char) -> bool {
    let turns_or_hides = matches!(it,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !it.is_control() && !turns_or_hides
}

/// Why there is no bypass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BypassFault {
    /// It would be too short or too long.
    Span,
    /// No reason was given.
    ReasonEmpty,
    /// The reason is too long.
    ReasonTooLong,
    /// The reason holds what does not print.
    ReasonUnprintable,
    /// There is none to end.
    None,
}

impl fmt::Display for BypassFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span => f.write_str("expected a duration from 1m to 24h, such as 30m"),
            Self::ReasonEmpty => f.write_str("expected a reason"),
            Self::ReasonTooLong => {
                write!(f, "expected a reason of at most {REASON_CHARS_MAX} characters")
            }
            Self::ReasonUnprintable => {
                f.write_str("expected a reason on one line, of characters that print")
            }
            Self::None => f.write_str("there is no bypass to end"),
        }
    }
}

impl std::error::Error for BypassFault {}

/// A bypass that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// When it ends, in microseconds since 1970, for people.
    pub until_us: u64,
    /// Why.
    pub reason: Reason,
    until: Instant,
}

impl Bypass {
    /// One that begins now, which is `wall_us` for people.
    pub fn starting(span: Span, reason: Reason, wall_us: u64) -> Self {
        let until_us = wall_us.saturating_add(span.0 * 1_000_000);
        Self { until_us, reason, until: Instant::now() + Duration::from_secs(span.0) }
    }

    /// Whether it is over by either clock: setting the time back prolongs nothing.
    pub fn is_over(&self, wall_us: u64) -> bool {
        wall_us >= self.until_us || Instant::now() >= self.until
    }

    /// For `status`.
    pub fn as_json(&self) -> Value {
        json!({ "until": show::timestamp(self.until_us), "reason": self.reason.as_str() })
    }
}

/// `bartizan bypass`: asks the instance in `dir`.
pub fn run(dir: &Path, it: &cli::Bypass) -> Exit {
    let question = match (&it.span, &it.reason) {
        (Some(span), Some(reason)) => Question::Bypass(*span, reason.clone()),
        (_, _) => Question::EndBypass,
    };
    let answer = match control::ask(dir, &question) {
        Ok(answer) => answer,
        Err(error) => {
            let text = format!("no bartizan runs in `{}`: {error}", dir.display());
            return fail(&text, Exit::Failed);
        }
    };
    if let Some(why) = answer.get("error").and_then(Value::as_str) {
        return fail(why, Exit::Failed);
    }
    match it.asking.output {
        Output::Json | Output::Ndjson => say(&format!("{answer}\n")),
        Output::Human => say(&text(&answer)),
    }
}

fn text(answer: &Value) -> String {
    let text = |it: &str| answer.get("bypass")?.get(it)?.as_str().map(str::to_owned);
    match (text("until"), text("reason")) {
        (Some(until), Some(reason)) => format!(
            "only the law is in force until {until}: {reason}\n`bartizan bypass --end` ends it \
             earlier, and so does a restart\n"
        ),
        (_, _) => "the bypass has ended: every clause is in force as configured\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bypass_lasts_from_a_minute_to_a_day() {
        for (text, expected) in [("1m", 60), ("90s", 90), ("30m", 1_800), ("24h", 86_400)] {
            assert_eq!(text.parse::<Span>().map(Span::seconds), Ok(expected));
        }
        for text in ["", "59s", "1441m", "25h", "30", "1d", "-1m", "60500ms", "99999999999999h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_reason_is_there_short_and_printable() {
        assert_eq!(Reason::new(" a, ä ").map(|it| it.0), Ok("a, ä".to_owned()));
        assert_eq!(Reason::new("  "), Err(BypassFault::ReasonEmpty));
        assert!(Reason::new(&"ä".repeat(200)).is_ok());
        assert_eq!(Reason::new(&"ä".repeat(201)), Err(BypassFault::ReasonTooLong));
        for text in ["a\nb", "a\x1b[31m", "a\u{202e}b", "a\u{2028}b", "\u{feff}a", "a\u{85}b"] {
            assert_eq!(Reason::new(text), Err(BypassFault::ReasonUnprintable), "{text:?}");
        }
    }

    #[test]
    fn a_bypass_is_over_at_its_time() {
        let it = Bypass::starting(Span(60), Reason("x".to_owned()), 1_000_000);
        assert!(!it.is_over(60_999_999));
        assert!(it.is_over(61_000_000));
    }
}
