//! References: identifiers of objects, however a client writes them, as one keyed hash.
//!
//! Misses   spellings that only one API takes for the same: other bases, prefixes, encodings of its own.

use crate::keys::HashKey;
use bartizan_model::fact::{Kind, number};
use bartizan_model::terms::Resource;
use std::borrow::Cow;

/// Whole numbers up to here have one spelling each as a double.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// The reference that a value of this kind of identifiers is; `None` if it can be none.
pub(crate) fn reference(key: &HashKey, of: Resource, text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    if matches!(text, b"" | b"null" | b"true" | b"false") {
        return None;
    }
    let parts = [&of.0.to_le_bytes()[..], &canonical(text)].concat();
    Some(key.value(&parts).0)
}

/// The parts of a value that lists several identifiers, if it does: `17,18`.
pub(crate) fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_between = |b: &u8| matches!(b, b',' | b';' | b' ' | b'|');
    let is_list = text.iter().any(is_between);
    text.split(is_between).filter(move |it| is_list && !it.is_empty())
}

/// One spelling for `42`, `042`, `+42`, `42.0` and `4.2e1`, and one for each case of hexadecimal digits.
fn canonical(text: &[u8]) -> Cow<'_, [u8]> {
    match Kind::of(text) {
        Kind::Integer | Kind::Decimal => match number(text) {
            Some(it) if it.fract() == 0.0 && it.abs() < EXACT_MAX => {
                Cow::Owned(format!("{it:.0}").into_bytes())
            }
            _ => Cow::Borrowed(text),
        },
        // Databases compare words without case as often as not: `BK-17` is `bk-17`.
        Kind::Uuid | Kind::Hex | Kind::Email | Kind::Text => Cow::Owned(text.to_ascii_lowercase()),
        Kind::Empty | Kind::Boolean | Kind::Date => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::KeyEpoch;

    #[track_caller]
    fn check(a: &str, b: &str, is_same: bool) {
        let key = HashKey::new(KeyEpoch(1), [4; 16]);
        let of = |text: &str| reference(&key, Resource(1), text.as_bytes());
        assert_eq!(of(a) == of(b), is_same, "{a} {b}");
    }

    #[test]
    fn an_identifier_is_the_same_however_it_is_written() {
        for other in ["042", "+42", "42.0", "4.2e1", " 42 "] {
            check("42", other, true);
        }
        check("42", "43", false);
        check("42", "-42", false);
        check("42.5", "42", false);
        check("a0EEbc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0eeBC99-9C0B-4EF8-BB6D-6BB9BD380A11", true);
        check("507f1f77bcf86cd799439011", "507F1F77BCF86CD799439011", true);
        check("BK-17", "bk-17", true);
        check("90071992547409931", "90071992547409932", false);
    }

    #[test]
    fn a_list_is_taken_apart() {
        let of = |text: &'static str| parts(text.as_bytes()).collect::<Vec<_>>();
        assert_eq!(of("17,18; 19"), [b"17", b"18", b"19"]);
        assert!(of("17").is_empty() && of("").is_empty());
    }

    #[test]
    fn what_identifies_nothing_is_no_reference() {
        let key = HashKey::new(KeyEpoch(1), [4; 16]);
        assert!(
            ["", " ", "null", "true"]
                .iter()
                .all(|it| { reference(&key, Resource(1), it.as_bytes()).is_none() })
        );
        let of = |resource| reference(&key, Resource(resource), b"42");
        assert_ne!(of(1), of(2));
    }
}
