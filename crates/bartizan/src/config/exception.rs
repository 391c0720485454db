//! An exception: one clause lifted, narrowly, for a reason and until a day.

use super::clause::Clause;
use super::day::Day;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::field::Field;
use super::origin::Origin;

/// Characters of a reason at most.
pub(super) const REASON_CHARS_MAX: usize = 500;

/// One exception. Where `endpoint` or `field` is missing, it holds for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The clause that is lifted.
    pub clause: Clause,
    /// The only endpoint it holds for.
    pub endpoint: Option<Endpoint>,
    /// The only field it holds for.
    pub field: Option<Field>,
    /// Why, in the operator's words.
    pub reason: String,
    /// The last day it holds, in UTC.
    pub expires: Day,
    /// Where it was written.
    pub origin: Origin,
}

pub(super) fn reason(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Fault::ReasonEmpty),
        1..=REASON_CHARS_MAX => Ok(text.to_owned()),
        chars => Err(Fault::ReasonTooLong { chars, chars_max: REASON_CHARS_MAX }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_to_five_hundred_characters() {
        assert_eq!(reason(" \t"), Err(Fault::ReasonEmpty));
        assert_eq!(reason(" x "), Ok("x".to_owned()));
        assert!(reason(&"ä".repeat(500)).is_ok());
        assert_eq!(
            reason(&"ä".repeat(501)),
            Err(Fault::ReasonTooLong { chars: 501, chars_max: 500 })
        );
    }
}
