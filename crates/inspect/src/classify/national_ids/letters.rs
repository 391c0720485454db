//! National identifiers that hold letters.

use super::super::check_digits::{Few, alphanumerics, mod_11_2, number};
use super::super::dates::is_day;
use super::super::shape::{Shape, has};
use super::super::signs::Signs;
use super::digits::cl_check;
use bartizan_model::data_class::DataClass;

/// Characters of the longest, without separators.
const CHARACTERS_MAX: usize = 18;

/// One kind of number.
struct Rule {
    class: DataClass,
    /// How it is written without separators: `9` a digit, `A` a letter, `X` either.
    picture: &'static [u8],
    /// What it weighs that random characters of this picture pass, and that a value looks like it at all.
    bits: u8,
    /// Whether separators may stand in it.
    is_spaced: bool,
    holds: fn(&[u8]) -> bool,
}

const fn rule(
    class: DataClass,
    bits: u8,
    is_spaced: bool,
    picture: &'static [u8],
    holds: fn(&[u8]) -> bool,
) -> Rule {
    Rule { class, picture, bits, is_spaced, holds }
}

const RULES: &[Rule] = &[
    rule(DataClass::ClRut, 5, true, b"9999999A", cl_rut),
    rule(DataClass::ClRut, 5, true, b"99999999A", cl_rut),
    rule(DataClass::IePps, 6, false, b"9999999A", ie_pps),
    rule(DataClass::HkId, 6, true, b"A999999X", hk_id),
    rule(DataClass::IePps, 7, false, b"9999999AA", ie_pps),
    rule(DataClass::EsDni, 7, true, b"99999999A", es_dni),
    rule(DataClass::EsDni, 10, true, b"A9999999A", es_nie),
    rule(DataClass::SgNric, 8, false, b"A9999999A", sg_nric),
    rule(DataClass::UkNino, 8, true, b"AA999999A", uk_nino),
    rule(DataClass::HkId, 6, true, b"AA999999X", hk_id),
    rule(DataClass::DeIdCard, 5, false, b"AXXXXXXXX9", de_id_card),
    rule(DataClass::TwId, 6, false, b"A999999999", tw_id),
    rule(DataClass::InPan, 7, false, b"AAAAA9999A", in_pan),
    rule(DataClass::FiHetu, 15, true, b"999999999X", fi_hetu),
    rule(DataClass::FiHetu, 15, true, b"999999A999X", fi_hetu),
    rule(DataClass::FrNir, 13, true, b"999999A99999999", fr_nir),
    rule(DataClass::ItCodiceFiscale, 18, false, b"AAAAAAXXAXXAXXXA", it_codice_fiscale),
    rule(DataClass::CnResidentId, 16, false, b"99999999999999999X", cn_resident_id),
    rule(DataClass::MxCurp, 18, false, b"AAAA999999AAAAAAX9", mx_curp),
];

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    let Some(it) = alphanumerics::<CHARACTERS_MAX>(shape.bytes)
        .or_else(|| hetu_of_the_nineteenth_century(shape))
    else {
        return;
    };
    let it = it.as_slice();
    let is_spaced = it.len() != shape.len();
    // In a word in small letters these are no identifiers.
    if shape.any(has::LOWER) && shape.letters > 2 && shape.any(has::UPPER) {
        return;
    }
    for rule in RULES.iter().filter(|rule| rule.picture.len() == it.len()) {
        let is_like = it.iter().zip(rule.picture).all(|(byte, like)| match like {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            _ => true,
        });
        if is_like && (rule.is_spaced || !is_spaced) && (rule.holds)(it) {
            signs.note(rule.class, rule.bits);
        }
    }
}

/// The plus sign is part of the number.
fn hetu_of_the_nineteenth_century(shape: &Shape<'_>) -> Option<Few<CHARACTERS_MAX>> {
    if !shape.is_like(b"999999+999X") {
        return None;
    }
    let mut plain = [0; 11];
    for (slot, byte) in plain.iter_mut().zip(shape.bytes) {
        *slot = if *byte == b'+' { b'-' } else { *byte };
    }
    alphanumerics(&plain)
}

fn part(text: &[u8], from: usize, to: usize) -> u32 {
    let mut digits = [0; 18];
    let part = text.get(from..to).unwrap_or_default();
    for (slot, byte) in digits.iter_mut().zip(part) {
        *slot = byte.saturating_sub(b'0');
    }
    let number = number(digits.get(..part.len()).unwrap_or_default());
    u32::try_from(number).unwrap_or(0)
}

fn weighted(text: &[u8], weights: &[u32]) -> u32 {
    text.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum()
}

/// A digit's value, or that of a letter from A = 10.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The character that an alphabet has at this position.
fn is_at(alphabet: &[u8], position: u32, byte: u8) -> bool {
    usize::try_from(position).ok().and_then(|it| alphabet.get(it)) == Some(&byte)
}

/// Registro Civil: the check digit ten is a K.
fn cl_rut(it: &[u8]) -> bool {
    let Some((b'K', body)) = it.split_last() else { return false };
    let mut digits = [0; 8];
    for (slot, byte) in digits.iter_mut().zip(body) {
        *slot = byte.saturating_sub(b'0');
    }
    digits.get(..body.len()).is_some_and(|it| cl_check(it) == 10)
}

/// Department of Social Protection: modulo 23, the second letter counting nine times.
fn ie_pps(it: &[u8]) -> bool {
    let second = match at(it, 8) {
        // Older ones say whose wife or widow somebody is.
        0 | b'W' | b'T' | b'X' => 0,
        letter @ b'A'..=b'I' => u32::from(letter - b'A') + 1,
        _ => return false,
    };
    let sum = weighted(it, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    is_at(b"WABCDEFGHIJKLMNOPQRSTUV", sum % 23, at(it, 7))
}

/// Immigration Department: modulo 11, a space in front of one letter counting 36.
fn hk_id(it: &[u8]) -> bool {
    let Some((check, body)) = it.split_last() else { return false };
    let check = match check {
        b'A' => 10,
        b'0'..=b'9' => u32::from(check - b'0'),
        _ => return false,
    };
    let sum = match body.len() {
        7 => 36 * 9 + weighted(body, &[8, 7, 6, 5, 4, 3, 2]),
        _ => weighted(body, &[9, 8, 7, 6, 5, 4, 3, 2]),
    };
    (sum + check).is_multiple_of(11)
}

const DNI: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Real Decreto 1553/2005: modulo 23.
fn es_dni(it: &[u8]) -> bool {
    is_at(DNI, part(it, 0, 8) % 23, at(it, 8))
}

/// The same for foreigners, X, Y and Z counting 0, 1 and 2.
fn es_nie(it: &[u8]) -> bool {
    let first = match at(it, 0) {
        letter @ b'X'..=b'Z' => u32::from(letter - b'X'),
        _ => return false,
    };
    is_at(DNI, (first * 10_000_000 + part(it, 1, 8)) % 23, at(it, 8))
}

/// Immigration and Checkpoints Authority: a weighted sum modulo 11, by series.
fn sg_nric(it: &[u8]) -> bool {
    let sum = weighted(it.get(1..8).unwrap_or_default(), &[2, 7, 6, 5, 4, 3, 2]);
    let (sum, alphabet): (u32, &[u8]) = match at(it, 0) {
        b'S' => (sum, b"JZIHGFEDCBA"),
        b'T' => (sum + 4, b"JZIHGFEDCBA"),
        b'F' => (sum, b"XWUTRQPNMLK"),
        b'G' => (sum + 4, b"XWUTRQPNMLK"),
        b'M' => (sum + 3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    let rest = if at(it, 0) == b'M' { 10 - sum % 11 } else { sum % 11 };
    is_at(alphabet, rest, at(it, 8))
}

/// HMRC, NIM39110: prefixes that are not used.
fn uk_nino(it: &[u8]) -> bool {
    let (first, second, last) = (at(it, 0), at(it, 1), at(it, 8));
    let unused = [b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"];
    !matches!(first, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V')
        && !matches!(second, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U' | b'V')
        && !unused.iter().any(|it| **it == [first, second])
        && matches!(last, b'A'..=b'D')
}

/// ICAO 9303: weights 7, 3, 1; no vowels and no letters that look like digits.
fn de_id_card(it: &[u8]) -> bool {
    let Some((check, body)) = it.split_last() else { return false };
    let is_used = |byte: &u8| b"0123456789CFGHJKLMNPRTVWXYZ".contains(byte);
    matches!(
        at(it, 0),
        b'C' | b'F' | b'G' | b'H' | b'J' | b'K' | b'L' | b'M' | b'N' | b'P' | b'R' | b'T'..=b'Z'
    ) && body.iter().all(is_used)
        && icao(body) == value(*check)
}

/// The check digit of ICAO 9303, part 3; a filler counts as nothing.
pub(in super::super) fn icao(body: &[u8]) -> u32 {
    let weights = [7, 3, 1].into_iter().cycle();
    body.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum::<u32>() % 10
}

/// National Immigration Agency: a letter for the place, a digit for the sex, a weighted sum.
fn tw_id(it: &[u8]) -> bool {
    const PLACES: &[u8] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(place) = PLACES.iter().position(|letter| *letter == at(it, 0)) else { return false };
    let place = u32::try_from(place).unwrap_or(0) + 10;
    let sum = place / 10
        + place % 10 * 9
        + weighted(it.get(1..).unwrap_or_default(), &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(at(it, 1), b'1' | b'2' | b'8' | b'9') && sum.is_multiple_of(10)
}

/// Income Tax Department: the fourth letter says what kind of holder.
fn in_pan(it: &[u8]) -> bool {
    b"PCHFATBLJGK".contains(&at(it, 3)) && part(it, 5, 9) > 0
}

/// Digi- ja väestötietovirasto: a day, and the remainder by 31.
fn fi_hetu(it: &[u8]) -> bool {
    let (century, serial) = match it.len() {
        11 => (at(it, 6), 7),
        _ => (b'A', 6),
    };
    let sum = u64::from(part(it, 0, 6)) * 1_000 + u64::from(part(it, serial, serial + 3));
    let rest = u32::try_from(sum % 31).unwrap_or(0);
    matches!(century, b'A'..=b'F' | b'U'..=b'Y')
        && is_day(part(it, 4, 6), part(it, 2, 4), part(it, 0, 2))
        && is_at(b"0123456789ABCDEFHJKLMNPRSTUVWXY", rest, it.last().copied().unwrap_or(0))
}

/// INSEE: Corsica has letters, which stand for 19 and 18.
fn fr_nir(it: &[u8]) -> bool {
    let place = match (at(it, 5), at(it, 6)) {
        (b'2', b'A') => 19,
        (b'2', b'B') => 18,
        _ => return false,
    };
    let body =
        u64::from(part(it, 0, 5)) * 100_000_000 + place * 1_000_000 + u64::from(part(it, 7, 13));
    97 - body % 97 == u64::from(part(it, 13, 15))
}

/// Decreto 23 dicembre 1976: a letter from the sum of values that differ for odd and even places.
fn it_codice_fiscale(it: &[u8]) -> bool {
    const ODD: [u32; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
        6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    let odd = |byte: u8| {
        let at = usize::try_from(value(byte)).unwrap_or(0);
        ODD.get(at).copied().unwrap_or(0)
    };
    let even = |byte: u8| if byte.is_ascii_digit() { value(byte) } else { value(byte) - 10 };
    let sum: u32 = it
        .iter()
        .take(15)
        .enumerate()
        .map(|(n, byte)| if n % 2 == 0 { odd(*byte) } else { even(*byte) })
        .sum();
    let is_digit = |n: &usize| b"0123456789LMNPQRSTUV".contains(&at(it, *n));
    b"ABCDEHLMPRST".contains(&at(it, 8))
        && [6, 7, 9, 10, 12, 13, 14].iter().all(is_digit)
        && sum % 26 + 10 == value(at(it, 15))
}

/// GB 11643-1999: a place, a day, and ISO 7064 mod 11-2.
fn cn_resident_id(it: &[u8]) -> bool {
    let check = match at(it, 17) {
        b'X' => 10,
        digit @ b'0'..=b'9' => value(digit),
        _ => return false,
    };
    let mut body = [0; 17];
    for (slot, byte) in body.iter_mut().zip(it) {
        *slot = byte.saturating_sub(b'0');
    }
    matches!(part(it, 0, 2), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
        && matches!(part(it, 6, 8), 18..=20)
        && is_day(part(it, 6, 10), part(it, 10, 12), part(it, 12, 14))
        && mod_11_2(&body, check)
}

/// RENAPO: a day, a sex, a state, and a weighted sum over an alphabet with Ñ.
fn mx_curp(it: &[u8]) -> bool {
    let sum: u32 = it
        .iter()
        .take(17)
        .zip((2..=18).rev())
        .map(|(byte, weight)| {
            // Ñ stands between N and O.
            let value = value(*byte);
            (if value > 23 { value + 1 } else { value }) * weight
        })
        .sum();
    matches!(at(it, 10), b'H' | b'M' | b'X')
        && is_day(part(it, 4, 6), part(it, 6, 8), part(it, 8, 10))
        && (10 - sum % 10) % 10 == value(at(it, 17))
}

/// Chinese and Finnish numbers whose last character happens to be a digit.
pub(super) fn of_digits(shape: &Shape<'_>, signs: &mut Signs) {
    if shape.is_like(b"999999-9999") {
        let plain = alphanumerics::<CHARACTERS_MAX>(shape.bytes);
        if plain.is_some_and(|it| fi_hetu(it.as_slice())) {
            signs.note(DataClass::FiHetu, 12);
        }
    } else if shape.len() == 18 && shape.digits == 18 && cn_resident_id(shape.bytes) {
        signs.note(DataClass::CnResidentId, 13);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(DataClass, &str)] = &[
        (DataClass::IePps, "6433435F"),
        (DataClass::IePps, "6433435FT"),
        (DataClass::HkId, "A123456(3)"),
        (DataClass::HkId, "G123456A"),
        (DataClass::EsDni, "54362315K"),
        (DataClass::EsDni, "12345678-Z"),
        (DataClass::EsDni, "X2482300W"),
        (DataClass::SgNric, "S1234567D"),
        (DataClass::UkNino, "AB 12 34 56 C"),
        (DataClass::DeIdCard, "T220001293"),
        (DataClass::TwId, "A123456789"),
        (DataClass::InPan, "AAPPV8261K"),
        (DataClass::FiHetu, "131052-308T"),
        (DataClass::FiHetu, "131052A308T"),
        (DataClass::FiHetu, "131052+308T"),
        (DataClass::ItCodiceFiscale, "RCCMNL83S18D969H"),
        (DataClass::CnResidentId, "11010519491231002X"),
        (DataClass::MxCurp, "BOXW310820HNERXN09"),
        (DataClass::ClRut, "20.347.878-K"),
    ];

    fn has(class: DataClass, text: &str) -> bool {
        let mut signs = Signs::default();
        recognise(&Shape::of(text.as_bytes()), &mut signs);
        of_digits(&Shape::of(text.as_bytes()), &mut signs);
        signs.has(class)
    }

    #[test]
    fn published_numbers_are_known() {
        let wrong: Vec<_> = KNOWN.iter().filter(|(class, text)| !has(*class, text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(has(DataClass::CnResidentId, "440524188001010014"));
        assert!(has(DataClass::FiHetu, "130397-5087"));
    }

    #[test]
    fn a_check_character_notices_that_another_character_changed() {
        let without = [DataClass::UkNino, DataClass::InPan];
        for (class, text) in KNOWN.iter().filter(|it| !without.contains(&it.0)) {
            let mut passed = 0;
            let mut tried = 0;
            for at in text.bytes().enumerate().filter(|it| it.1.is_ascii_digit()).map(|it| it.0) {
                for change in 1..10 {
                    let mut other = text.as_bytes().to_vec();
                    other[at] = b'0' + (other[at] - b'0' + change) % 10;
                    passed += usize::from(has(*class, str::from_utf8(&other).unwrap()));
                    tried += 1;
                }
            }
            assert!(passed * 10 <= tried, "{class} {text}: {passed} of {tried}");
        }
    }

    #[test]
    fn words_are_no_identifiers() {
        for (class, text) in [
            (DataClass::UkNino, "Ab123456c"),
            (DataClass::UkNino, "GB123456A"),
            (DataClass::EsDni, "12345678A"),
            (DataClass::InPan, "ABCDE1234F"),
        ] {
            assert!(!has(class, text), "{text}");
        }
    }
}
