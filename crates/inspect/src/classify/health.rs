//! Health: numbers of patients, insured people and prescribers; blood groups; codes of diagnoses.
//!
//! Misses   numbers of hospitals, which have no rule: the field's name must tell; diagnoses in words.
//! Source   NHS Data Dictionary (NHS number), CMS "Understanding the MBI", 45 CFR 162.406 (NPI), DEA 21 CFR 1301,
//!          GKV-Spitzenverband (§ 290 SGB V), Services Australia (Medicare card), WHO ICD-10.

use super::check_digits::{digits, luhn, weighted};
use super::shape::{Shape, has};
use super::signs::Signs;
use bartizan_model::data_class::DataClass;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if shape.len() > 16 || shape.len() < 9 {
        return;
    }
    if shape.only(has::DIGIT | has::SPACE | has::DASH) {
        of_digits(shape, signs);
    } else if shape.only(has::UPPER | has::DIGIT | has::DASH) {
        of_letters(shape, signs);
    }
}

fn of_digits(shape: &Shape<'_>, signs: &mut Signs) {
    let Some(digits) = digits::<11>(shape.bytes) else { return };
    let digits = digits.as_slice();
    let is_plain = digits.len() == shape.len();
    let grouped = |picture: &[u8]| is_plain || shape.is_like(picture);
    let extra = if is_plain { 0 } else { 4 };
    if digits.len() == 10
        && is_nhs(digits)
        && (grouped(b"999 999 9999") || grouped(b"999-999-9999"))
    {
        signs.note(DataClass::UkNhs, 3 + extra / 2);
    }
    if digits.len() == 10 && is_plain && is_npi(digits) {
        signs.note(DataClass::UsNpi, 5);
    }
    let has_issue = digits.len() == 11;
    if (digits.len() == 10 || has_issue)
        && is_medicare(digits)
        && (grouped(b"9999 99999 9") || grouped(b"9999 99999 9-9") || grouped(b"9999-99999-9"))
    {
        signs.note(DataClass::AuMedicare, 4 + extra);
    }
}

fn of_letters(shape: &Shape<'_>, signs: &mut Signs) {
    if shape.is_like(b"A999999999") && is_kvnr(shape.bytes) {
        signs.note(DataClass::DeKvnr, 5);
    }
    if (shape.is_like(b"AA9999999") || shape.is_like(b"A99999999")) && is_dea(shape.bytes) {
        signs.note(DataClass::UsDea, 5);
    }
    if is_mbi(shape.bytes) {
        signs.note(DataClass::UsMbi, 11);
    }
}

/// Modulo 11 with weights 10 to 2.
fn is_nhs(it: &[u8]) -> bool {
    let check = 11 - weighted(it, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    it.get(9).is_some_and(|last| check % 11 == u32::from(*last) && check != 10)
}

/// Luhn with 80840 in front, which adds 24; begins with 1 or 2.
fn is_npi(it: &[u8]) -> bool {
    let mut whole = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (slot, digit) in whole.iter_mut().skip(5).zip(it) {
        *slot = *digit;
    }
    matches!(it.first(), Some(1 | 2)) && luhn(&whole)
}

/// The ninth digit is the sum of the first eight, weighted.
fn is_medicare(it: &[u8]) -> bool {
    let sum = weighted(it, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    matches!(it.first(), Some(2..=6)) && it.get(8).is_some_and(|check| u32::from(*check) == sum)
}

/// A letter that counts as two digits, and Luhn's rule from the left.
fn is_kvnr(it: &[u8]) -> bool {
    let letter = it.first().map_or(0, |it| it.saturating_sub(b'A') + 1);
    let mut all = [0; 11];
    let values = [letter / 10, letter % 10].into_iter();
    for (slot, value) in
        all.iter_mut().zip(values.chain(it.iter().skip(1).map(|it| it.saturating_sub(b'0'))))
    {
        *slot = value;
    }
    let sum: u32 = all
        .iter()
        .take(10)
        .enumerate()
        .map(|(n, digit)| u32::from(*digit) * if n % 2 == 0 { 1 } else { 2 })
        .map(|it| it / 10 + it % 10)
        .sum();
    all.last().is_some_and(|check| sum % 10 == u32::from(*check))
}

/// The last digit is that of the sum of the odd places and twice the even ones.
fn is_dea(it: &[u8]) -> bool {
    let digits = it.get(2..).unwrap_or_default();
    let of = |at: usize| digits.get(at).map_or(0, |it| u32::from(it.saturating_sub(b'0')));
    let sum = of(0) + of(2) + of(4) + 2 * (of(1) + of(3) + of(5));
    let is_kind = it.first().is_some_and(|it| b"ABCDEFGHJKLMPRSTUX".contains(it));
    is_kind && sum % 10 == of(6)
}

/// Eleven places, each with its own alphabet: no S, L, O, I, B, Z.
fn is_mbi(text: &[u8]) -> bool {
    let is_letter =
        |it: u8| it.is_ascii_uppercase() && !matches!(it, b'S' | b'L' | b'O' | b'I' | b'B' | b'Z');
    let mut count = 0;
    let mut letters = 0;
    for byte in text.iter().filter(|it| **it != b'-') {
        let is_right = match count {
            0 => matches!(byte, b'1'..=b'9'),
            1 | 4 | 7 | 8 => is_letter(*byte),
            2 | 5 => is_letter(*byte) || byte.is_ascii_digit(),
            3 | 6 | 9 | 10 => byte.is_ascii_digit(),
            _ => false,
        };
        if !is_right {
            return false;
        }
        letters += usize::from(byte.is_ascii_uppercase());
        count += 1;
    }
    let is_grouped = text.len() == 11 || (text.get(4) == Some(&b'-') && text.get(8) == Some(&b'-'));
    count == 11 && letters >= 4 && is_grouped
}

/// A chapter, two characters, and a part behind a point: `E11.9`.
pub(super) fn is_icd10(shape: &Shape<'_>) -> bool {
    let [chapter, digit, third, rest @ ..] = shape.bytes else { return false };
    chapter.is_ascii_uppercase()
        && digit.is_ascii_digit()
        && third.is_ascii_alphanumeric()
        && match rest {
            [] => true,
            [b'.', part @ ..] => {
                (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_alphanumeric)
            }
            part => {
                part.len() <= 4 && part.iter().all(u8::is_ascii_alphanumeric) && shape.digits >= 2
            }
        }
}

/// A group of the AB0 system, with or without the Rhesus factor.
pub(super) fn is_blood_type(shape: &Shape<'_>) -> bool {
    let text = shape.bytes;
    let group = [&b"AB"[..], b"A", b"B", b"O", b"0"].into_iter().find(|it| text.starts_with(it));
    let Some(rest) = group.and_then(|it| text.strip_prefix(it)) else { return false };
    [
        &b""[..],
        b"+",
        b"-",
        b" +",
        b" -",
        b"pos",
        b"neg",
        b" positive",
        b" negative",
        b" Rh+",
        b" Rh-",
    ]
    .iter()
    .any(|it| rest.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class: DataClass, yes: &[&str], no: &[&str]) {
        for (text, expected) in
            yes.iter().map(|it| (it, true)).chain(no.iter().map(|it| (it, false)))
        {
            let mut signs = Signs::default();
            recognise(&Shape::of(text.as_bytes()), &mut signs);
            assert_eq!(signs.has(class), expected, "{text}");
        }
    }

    #[test]
    fn published_numbers_are_known_and_their_neighbours_are_not() {
        check(DataClass::UkNhs, &["9434765870", "943 476 5870", "9434765919"], &["9434765871"]);
        check(DataClass::UsNpi, &["1234567893"], &["1234567890", "3234567893"]);
        check(DataClass::UsDea, &["AB1234563", "F91234563"], &["AB1234564"]);
        check(DataClass::DeKvnr, &["A123456780"], &["A123456781"]);
        check(
            DataClass::UsMbi,
            &["1EG4-TE5-MK73", "1EG4TE5MK73"],
            &["1SG4-TE5-MK73", "0EG4TE5MK73"],
        );
        check(
            DataClass::AuMedicare,
            &["2123456701", "2123 45670 1"],
            &["2123456711", "9123456701"],
        );
    }

    #[test]
    fn codes_and_groups() {
        let code = |text: &str| is_icd10(&Shape::of(text.as_bytes()));
        assert!(code("E11.9") && code("J45") && code("S72.001A") && !code("E1") && !code("Hello"));
        let group = |text: &str| is_blood_type(&Shape::of(text.as_bytes()));
        assert!(
            group("AB+") && group("0-") && group("O positive") && !group("ABC") && !group("C+")
        );
    }
}
