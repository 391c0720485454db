//! Silences: what an operator does not want to be told for a while.
//!
//! Reads and writes   one JSON document.
//! Memory             [`SILENCES_MAX`] silences.
//! Errors             [`SilenceFault`].

use crate::alert::AlertCode;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Silences at once.
pub const SILENCES_MAX: usize = 100;
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 500;
/// Minutes of a silence: thirty days.
pub const MINUTES_MAX: u64 = 30 * 24 * 60;
/// What stands for every code.
pub const EVERYTHING: &str = "*";

/// One silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Names it in the API.
    pub id: String,
    /// The code, or `*` for all.
    pub code: String,
    /// When it ends, in microseconds since 1970.
    pub until_us: u64,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub by: String,
}

/// Why there is no such silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SilenceFault {
    /// No alert has this code.
    Code,
    /// It would last too short or too long.
    Minutes,
    /// The reason is empty, too long, or not on one line.
    Reason,
    /// There are as many as there may be.
    TooMany,
}

impl fmt::Display for SilenceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code: no alert has this code, and `*` stands for all"),
            Self::Minutes => write!(f, "minutes: from 1 to {MINUTES_MAX}"),
            Self::Reason => {
                write!(f, "reason: 1 to {REASON_CHARS_MAX} characters without control characters")
            }
            Self::TooMany => write!(f, "there are {SILENCES_MAX} already: lift some first"),
        }
    }
}

impl std::error::Error for SilenceFault {}

/// All silences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silences {
    silences: Vec<Silence>,
    next: u64,
}

impl Silences {
    /// Reads what [`Silences::document`] wrote.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn of_document(document: &[u8]) -> Result<Self, serde_json::Error> {
        let mut read: Self = serde_json::from_slice(document)?;
        read.silences.truncate(SILENCES_MAX);
        Ok(read)
    }

    /// What is to be kept.
    pub fn document(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// Those that run, the oldest first.
    pub fn running(&self, now_us: u64) -> impl Iterator<Item = &Silence> {
        self.silences.iter().filter(move |it| it.until_us > now_us)
    }

    /// Whether alerts of this code are silent now.
    pub fn covers(&self, code: AlertCode, now_us: u64) -> bool {
        self.running(now_us).any(|it| it.code == EVERYTHING || it.code == code.name())
    }

    /// Begins one.
    ///
    /// # Errors
    ///
    /// [`SilenceFault`]; nothing has changed then.
    pub fn add(
        &mut self,
        (code, minutes, reason): (&str, u64, &str),
        by: &str,
        now_us: u64,
    ) -> Result<Silence, SilenceFault> {
        if code != EVERYTHING && AlertCode::of_name(code).is_none() {
            return Err(SilenceFault::Code);
        }
        if !(1..=MINUTES_MAX).contains(&minutes) {
            return Err(SilenceFault::Minutes);
        }
        let reason = reason.trim();
        let is_short = (1..=REASON_CHARS_MAX).contains(&reason.chars().count());
        if !is_short || reason.chars().any(char::is_control) {
            return Err(SilenceFault::Reason);
        }
        self.silences.retain(|it| it.until_us > now_us);
        if self.silences.len() >= SILENCES_MAX {
            return Err(SilenceFault::TooMany);
        }
        self.next = self.next.saturating_add(1);
        let silence = Silence {
            id: format!("s{}", self.next),
            code: code.to_owned(),
            until_us: now_us.saturating_add(minutes * 60_000_000),
            reason: reason.to_owned(),
            by: by.to_owned(),
        };
        self.silences.push(silence.clone());
        Ok(silence)
    }

    /// Lifts one, if it is there.
    pub fn remove(&mut self, id: &str) -> Option<Silence> {
        let at = self.silences.iter().position(|it| it.id == id)?;
        Some(self.silences.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Condition;
    use bartizan_model::code::Code;

    const SQL: AlertCode = AlertCode::Exchange(Code::ContentSqlInjection);
    const TEST: AlertCode = AlertCode::Instance(Condition::Test);
    const MINUTE_US: u64 = 60_000_000;

    #[test]
    fn a_silence_is_for_its_code_and_its_time() {
        let mut all = Silences::default();
        let it = all.add(("content.sql_injection", 1, " a scan of ours "), "ann", 5).unwrap();
        assert_eq!((it.until_us, it.reason.as_str()), (5 + MINUTE_US, "a scan of ours"));
        assert!(all.covers(SQL, 5 + MINUTE_US - 1) && !all.covers(SQL, 5 + MINUTE_US));
        assert!(!all.covers(TEST, 5));
        all.add(("*", 1, "quiet"), "ann", 5).unwrap();
        assert!(all.covers(TEST, 5));
        let mut kept = Silences::of_document(&all.document()).unwrap();
        assert_eq!(kept, all);
        assert_eq!(kept.remove(&it.id), Some(it));
        assert_eq!(kept.remove("s1"), None);
        assert_eq!(kept.running(5).count(), 1);
    }

    #[test]
    fn what_is_no_silence_is_refused() {
        let mut all = Silences::default();
        let long = "x".repeat(REASON_CHARS_MAX + 1);
        for (wanted, fault) in [
            (("content.*", 1, "x"), SilenceFault::Code),
            (("", 1, "x"), SilenceFault::Code),
            (("*", 0, "x"), SilenceFault::Minutes),
            (("*", MINUTES_MAX + 1, "x"), SilenceFault::Minutes),
            (("*", 1, " "), SilenceFault::Reason),
            (("*", 1, "a\nb"), SilenceFault::Reason),
            (("*", 1, &long), SilenceFault::Reason),
        ] {
            assert_eq!(all.add(wanted, "ann", 0), Err(fault));
        }
        for _ in 0..SILENCES_MAX {
            all.add(("*", 1, "x"), "ann", 0).unwrap();
        }
        assert_eq!(all.add(("*", 1, "x"), "ann", 0), Err(SilenceFault::TooMany));
        // Those that are over make room.
        assert!(all.add(("*", 1, "x"), "ann", MINUTE_US).is_ok());
    }
}
