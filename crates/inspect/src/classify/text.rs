//! Free text: what of a person stands in the middle of it.
//!
//! Reads    the part of a value that `shape.rs` looks at: addresses, card numbers, bank accounts, telephone numbers with a country
//!          code, American social security numbers, keys of vendors and JWTs, each as a word or a few.
//! Misses   names, streets and everything else that takes understanding; the words behind the first [`WORDS_MAX`].

use super::shape::{Shape, has};
use super::signs::Signs;
use super::{contact, national_ids, payment, secrets};
use bartizan_model::data_class::DataClass;

/// Words that are looked at.
const WORDS_MAX: usize = 512;
/// Words of a value that is text.
const TEXT_WORDS_MIN: usize = 4;
/// What a part of a text must weigh, to count on its own.
const PART_BITS_MIN: u8 = 9;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    let may = shape.any(has::SPACE) && shape.len() >= 20 && shape.letters >= 8;
    if may && shape.words().nth(TEXT_WORDS_MIN - 1).is_some() && holds_any(shape) {
        signs.note(DataClass::FreeTextPersonal, 14);
    }
}

fn holds_any(shape: &Shape<'_>) -> bool {
    // What is digits stands in groups: they are looked at together, as far as groups of digits go.
    let mut run: Option<(usize, usize)> = None;
    let mut at = 0;
    for word in shape.bytes.split(u8::is_ascii_whitespace).take(WORDS_MAX) {
        let (from, to) = (at, at + word.len());
        at = to + 1;
        let is_group = word.iter().all(|it| {
            it.is_ascii_digit() || matches!(it, b'-' | b'+' | b'(' | b')' | b'.' | b',' | b';')
        }) && word.iter().any(u8::is_ascii_digit);
        if is_group {
            run = Some((run.map_or(from, |it| it.0), to));
            continue;
        }
        let before = run.take().and_then(|(from, to)| shape.bytes.get(from..to));
        if before.is_some_and(is_of_digits) {
            return true;
        }
        if word.len() >= 6 && is_personal(trimmed(word)) {
            return true;
        }
    }
    run.and_then(|(from, to)| shape.bytes.get(from..to)).is_some_and(is_of_digits)
}

/// Without what punctuation leaves around a word.
fn trimmed(word: &[u8]) -> &[u8] {
    let is_mark = |it: &u8| {
        matches!(
            it,
            b'.' | b','
                | b';'
                | b':'
                | b'!'
                | b'?'
                | b'"'
                | b'\''
                | b'('
                | b')'
                | b'<'
                | b'>'
                | b'['
                | b']'
                | b'*'
                | b'`'
        )
    };
    let from = word.iter().position(|it| !is_mark(it)).unwrap_or(0);
    let to = word.iter().rposition(|it| !is_mark(it)).map_or(0, |it| it + 1);
    word.get(from..to).unwrap_or_default()
}

fn is_personal(word: &[u8]) -> bool {
    let shape = Shape::of(word);
    let mut signs = Signs::default();
    if shape.any(has::AT) {
        contact::recognise(&shape, &mut signs);
    } else if shape.len() >= 15 && shape.any(has::DIGIT) {
        secrets::recognise(&shape, &mut signs);
        payment::recognise(&shape, &mut signs);
        national_ids::recognise(&shape, &mut signs);
    }
    let is_plain =
        |class: DataClass| !matches!(class, DataClass::CryptoAddress | DataClass::PostalAddress);
    signs.iter().any(|(class, bits)| bits >= PART_BITS_MIN && is_plain(class))
}

fn is_of_digits(run: &[u8]) -> bool {
    let run = run.strip_suffix(b".").or(run.strip_suffix(b",")).unwrap_or(run);
    let shape = Shape::of(trimmed_number(run));
    if !(9..=19).contains(&shape.digits) || shape.len() > 32 {
        return false;
    }
    let mut signs = Signs::default();
    payment::recognise(&shape, &mut signs);
    if signs.has(DataClass::PaymentCard) {
        return shape.digits >= 15;
    }
    contact::recognise(&shape, &mut signs);
    national_ids::recognise(&shape, &mut signs);
    let is_written_out = shape.any(has::DASH | has::DOT | has::SPACE | has::PLUS | has::BRACKET);
    let of = |class, least| signs.iter().any(|it| it.0 == class && it.1 >= least);
    of(DataClass::Phone, 5) && is_written_out || of(DataClass::UsSsn, 5)
}

fn trimmed_number(run: &[u8]) -> &[u8] {
    let is_part = |it: &u8| it.is_ascii_digit() || matches!(it, b'+' | b'(');
    let from = run.iter().position(is_part).unwrap_or(0);
    let to = run.iter().rposition(u8::is_ascii_digit).map_or(0, |it| it + 1);
    run.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_text_is_found() {
        for (text, expected) in [
            ("please write to ann@example.com, thanks a lot", true),
            ("my card is 4111 1111 1111 1111, please charge it", true),
            ("call me at +1 415 555 2671 after five", true),
            ("call me at (415) 555-2671 after five", true),
            ("her number is 536-90-4399 as I said", true),
            ("pay to DE89370400440532013000 as soon as you can", true),
            ("the order 1234567890123 of 2020-01-02 came late", false),
            ("we met in 2019 and 2020 and it was great", false),
            ("upgrade from 1.2.3 to 10.0.4 before the 14th", false),
            ("ann@example.com", false),
        ] {
            let mut signs = Signs::default();
            recognise(&Shape::of(text.as_bytes()), &mut signs);
            assert_eq!(signs.has(DataClass::FreeTextPersonal), expected, "{text}");
        }
    }
}
