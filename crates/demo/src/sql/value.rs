//! What a field holds, and how two of them compare.

use std::cmp::Ordering;

/// What a field holds. The order of the variants is the order of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// A whole number; also truth, as 0 and 1.
    Integer(i64),
    /// Text.
    Text(String),
}

impl Value {
    pub(super) fn truth(known: Option<bool>) -> Self {
        known.map_or(Self::Null, |it| Self::Integer(i64::from(it)))
    }

    /// True, false, or unknown. Text is true if it is a number other than 0.
    pub(super) fn is_true(&self) -> Option<bool> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(*number != 0),
            Self::Text(_) => Some(self.number().is_some_and(|number| number != 0)),
        }
    }

    /// The whole number that this is or spells.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }

    /// The text that this is or prints as.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    /// Unknown if either is. A number and a text that spells one compare as numbers.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Integer(number), text @ Self::Text(_)) => {
                Some(text.number().map_or(Ordering::Less, |it| number.cmp(&it)))
            }
            (text @ Self::Text(_), Self::Integer(number)) => {
                Some(text.number().map_or(Ordering::Greater, |it| it.cmp(number)))
            }
            (one, other) => Some(one.cmp(other)),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
