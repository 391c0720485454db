//! From which score on a value counts as an attack: the one knob of content detection.

use std::fmt;
use std::str::FromStr;

/// A score in thousandths. What stays below is recorded only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentLevel(u16);

impl ContentLevel {
    /// No harmless value that detection was measured on reaches it.
    pub const CAUTIOUS: Self = Self(950);
    /// A few harmless texts of ten thousand reach it: those that consist of code.
    pub const BALANCED: Self = Self(800);
    /// What is more likely an attack than not.
    pub const STRICT: Self = Self(500);

    /// The levels with a name.
    pub const NAMED: [(&'static str, Self); 3] =
        [("cautious", Self::CAUTIOUS), ("balanced", Self::BALANCED), ("strict", Self::STRICT)];

    /// The lowest score that counts.
    pub const fn score_min(self) -> u16 {
        self.0
    }
}

impl Default for ContentLevel {
    fn default() -> Self {
        Self::CAUTIOUS
    }
}

/// It is neither a name nor a number from 0.300 to 0.999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoContentLevel;

impl FromStr for ContentLevel {
    type Err = NoContentLevel;

    fn from_str(text: &str) -> Result<Self, NoContentLevel> {
        if let Some(named) = Self::NAMED.iter().find(|it| it.0 == text) {
            return Ok(named.1);
        }
        let digits = text.strip_prefix("0.").filter(|it| matches!(it.len(), 1..=3));
        let digits = digits.filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let score = digits.and_then(|it| format!("{it:0<3}").parse().ok()).ok_or(NoContentLevel)?;
        if score < 300 { Err(NoContentLevel) } else { Ok(Self(score)) }
    }
}

impl fmt::Display for ContentLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMED.iter().find(|it| it.1 == *self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "0.{:03}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_name_or_a_number() {
        for (text, expected) in [
            ("cautious", Some(950)),
            ("balanced", Some(800)),
            ("strict", Some(500)),
            ("0.9", Some(900)),
            ("0.93", Some(930)),
            ("0.999", Some(999)),
            ("0.3", Some(300)),
            ("0.299", None),
            ("0.", None),
            ("0.9999", None),
            ("1", None),
            (".9", None),
            ("Strict", None),
            ("0.-1", None),
            ("", None),
        ] {
            let parsed = text.parse::<ContentLevel>().ok().map(ContentLevel::score_min);
            assert_eq!(parsed, expected, "{text}");
        }
        assert_eq!("0.93".parse::<ContentLevel>().unwrap().to_string(), "0.930");
        assert_eq!(ContentLevel::default().to_string(), "cautious");
    }
}
