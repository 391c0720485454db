//! Names that an operator gives. They stand in output and metrics.

use super::fault::Fault;
use super::problem::Place;
use super::reader::{Read, Reader};
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

/// Reports a name that an item before has.
pub(super) fn named_twice(
    reader: &mut Reader<'_>,
    name: &Read<Arc<str>>,
    before: &[Read<Arc<str>>],
) {
    if let Some(first) = before.iter().find(|it| it.value == name.value) {
        let first_line = match first.place {
            Place::At(span) => Some(span.line),
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => None,
        };
        let fault = Fault::NameTwice { name: name.value.to_string(), first_line };
        reader.report(name.place, fault);
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
