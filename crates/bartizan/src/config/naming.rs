//! Names that an operator gives to upstreams and routes. They stand in output and metrics.

use super::fault::Fault;
use std::sync::Arc;

/// Characters of a name at most.
pub(super) const NAME_CHARS_MAX: usize = 63;

/// The name of the section `upstream` among the upstreams.
pub(super) const DEFAULT: &str = "default";

pub(super) fn parse(text: &str) -> Result<Arc<str>, Fault> {
    let is_part = |it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    if (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_part) {
        Ok(Arc::from(text))
    } else {
        Err(Fault::NotAName { given: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_sixty_three_plain_characters() {
        for text in ["a", "orders-v2", "eu.orders_1", "9", &"x".repeat(63)] {
            assert_eq!(parse(text).as_deref(), Ok(text));
        }
        for text in ["", "Orders", "a b", "a/b", "\u{e4}", "a\n", &"x".repeat(64)] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse(DEFAULT).as_deref(), Ok(DEFAULT));
    }
}
