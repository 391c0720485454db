//! The reason of an exception, in the operator's words.

use super::fault::Fault;

/// Characters of a reason at most.
pub(super) const REASON_CHARS_MAX: usize = 500;

pub(super) fn parse(text: &str) -> Result<String, Fault> {
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
        assert_eq!(parse(" \t"), Err(Fault::ReasonEmpty));
        assert_eq!(parse(" x "), Ok("x".to_owned()));
        assert!(parse(&"ä".repeat(500)).is_ok());
        assert_eq!(
            parse(&"ä".repeat(501)),
            Err(Fault::ReasonTooLong { chars: 501, chars_max: 500 })
        );
    }
}
