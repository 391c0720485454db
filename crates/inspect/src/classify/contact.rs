//! How somebody is reached: e-mail, telephone, postal address.
//!
//! Misses   quoted local parts of addresses; telephone numbers in national form where the field's name does not tell,
//!          but for those of North America; streets in languages whose words for a street are not listed.
//! Source   RFC 5321 and 5322 (the part in use), ITU-T E.164 (country codes), NANP (area codes), Universal Postal Union.

use super::shape::{Shape, has};
use super::signs::Signs;
use bartizan_model::data_class::DataClass;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if shape.any(has::AT) && is_email(shape) {
        signs.note(DataClass::Email, 20);
    }
    if shape.digits >= 7 && !shape.any(has::LETTER | has::HIGH) {
        if let Some(bits) = phone(shape) {
            signs.note(DataClass::Phone, bits);
        }
    } else if shape.any(has::SPACE) && shape.any(has::DIGIT) && shape.len() <= ADDRESS_BYTES_MAX {
        address(shape, signs);
    }
}

/// Bytes of an address in one value.
const ADDRESS_BYTES_MAX: usize = 200;

/// Whether the whole value is an e-mail address, with or without a name in front.
fn is_email(shape: &Shape<'_>) -> bool {
    let text = shape.bytes;
    let bare = match (text.iter().position(|it| *it == b'<'), text.strip_suffix(b">")) {
        (Some(from), Some(text)) => text.get(from + 1..).unwrap_or_default(),
        _ => text.strip_prefix(b"mailto:").unwrap_or(text),
    };
    let Some(at) = bare.iter().position(|it| *it == b'@') else { return false };
    let (local, domain) = bare.split_at_checked(at).unwrap_or_default();
    let domain = domain.get(1..).unwrap_or_default();
    (1..=64).contains(&local.len())
        && bare.len() <= 254
        && local.iter().all(is_local)
        && !local.starts_with(b".")
        && is_domain(domain)
}

/// A character in front of the at sign.
pub(crate) fn is_local(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'\'' | b'=' | b'#' | b'&' | b'~' | 0x80..)
}

/// Whether mail could be sent there: labels with points between, the last one no number.
pub(crate) fn is_domain(domain: &[u8]) -> bool {
    let top = domain.rsplit(|it| *it == b'.').next().unwrap_or_default();
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | 0x80..);
    domain.contains(&b'.')
        && !domain.starts_with(b".")
        && top.len() >= 2
        && !top.iter().all(u8::is_ascii_digit)
        && domain.iter().all(is_part)
}

/// What it weighs that a value is a telephone number.
fn phone(shape: &Shape<'_>) -> Option<u8> {
    if shape.first() == b'+' {
        return (is_written_as_phone(shape) && has_country_code(shape.bytes)).then_some(9);
    }
    let area = shape.bytes.iter().find(|it| it.is_ascii_digit()).copied().unwrap_or(0);
    let is_american = matches!(area, b'2'..=b'9');
    if is_american && (shape.is_like(b"(999) 999-9999") || shape.is_like(b"(999)999-9999")) {
        return Some(9);
    }
    let pictures = [&b"999-999-9999"[..], b"999.999.9999", b"1-999-999-9999", b"001-999-999-9999"];
    pictures.iter().any(|it| shape.is_like(it)).then_some(5)
}

/// Whether a value has the digits of a telephone number and nothing that one never has. A named field needs no more.
pub(super) fn is_written_as_phone(shape: &Shape<'_>) -> bool {
    let parts =
        has::DIGIT | has::PLUS | has::SPACE | has::DASH | has::DOT | has::BRACKET | has::SLASH;
    let text = match shape.bytes.iter().position(|it| matches!(it, b'x' | b'e')) {
        Some(at) => shape.bytes.get(..at).unwrap_or_default(),
        None => shape.bytes,
    };
    let shape = if text.len() == shape.len() { *shape } else { Shape::of(text) };
    let is_plus_in_front =
        shape.bytes.iter().skip(1).all(|it| *it != b'+') || shape.starts_with(b"(+");
    (6..=15).contains(&shape.digits)
        && shape.only(parts)
        && is_plus_in_front
        && shape.len() <= shape.digits + 9
}

/// Country codes in use, by their first digits.
fn has_country_code(text: &[u8]) -> bool {
    let mut digits = text.iter().filter(|it| it.is_ascii_digit()).map(|it| it - b'0');
    match (digits.next(), digits.next(), digits.next()) {
        (Some(1), Some(area), _) => area > 1,
        (Some(7), _, _) => true,
        (Some(2), Some(0 | 7), _) => true,
        (Some(2), Some(1), Some(third)) => matches!(third, 1..=3 | 6 | 8),
        (Some(2), Some(2..=6 | 9), _) => true,
        (Some(3), Some(0..=4 | 6 | 9), _) => true,
        (Some(3), Some(5 | 7 | 8), _) => true,
        (Some(4), Some(0 | 1 | 3..=9), _) => true,
        (Some(4), Some(2), Some(third)) => matches!(third, 0 | 1 | 3),
        (Some(5), _, _) => true,
        (Some(6), _, _) => true,
        (Some(8), Some(1 | 2 | 4 | 6), _) => true,
        (Some(8), Some(5 | 8 | 0 | 7), _) => true,
        (Some(9), Some(0..=5 | 8), _) => true,
        (Some(9), Some(6 | 7 | 9), _) => true,
        _ => false,
    }
}

/// Words for a street, as whole words and as the ends of words.
const STREETS: &[&[u8]] = &[
    b"street",
    b"st",
    b"st.",
    b"avenue",
    b"ave",
    b"ave.",
    b"road",
    b"rd",
    b"rd.",
    b"lane",
    b"ln",
    b"drive",
    b"dr",
    b"dr.",
    b"boulevard",
    b"blvd",
    b"blvd.",
    b"court",
    b"ct",
    b"way",
    b"highway",
    b"square",
    b"terrace",
    b"parkway",
    b"close",
    b"crescent",
    b"rue",
    b"chemin",
    b"impasse",
    b"place",
    b"calle",
    b"avenida",
    b"paseo",
    b"plaza",
    b"via",
    b"viale",
    b"piazza",
    b"corso",
    b"rua",
    b"travessa",
    b"ulica",
    b"ul.",
    b"aleja",
    b"al.",
    b"utca",
    b"ulice",
    b"strada",
    b"bd",
    b"cours",
    b"callejon",
    b"carrer",
    b"largo",
    b"alameda",
    b"vicolo",
    b"contrada",
    b"borgo",
    b"str.",
    b"gata",
    b"cuesta",
    b"ronda",
    b"glorieta",
    b"camino",
    b"pasadizo",
    b"urbanizacion",
    b"cad.",
    b"sok.",
    b"trail",
    b"circle",
    b"cir",
    b"loop",
    b"row",
    b"mews",
    b"grove",
    b"gardens",
    b"green",
];
const STREET_ENDS: &[&[u8]] = &[
    b"strasse",
    b"stra\xc3\x9fe",
    b"str.",
    b"weg",
    b"gasse",
    b"platz",
    b"allee",
    b"ring",
    b"straat",
    b"laan",
    b"plein",
    b"gatan",
    b"v\xc3\xa4gen",
    b"gata",
    b"vej",
    b"gade",
    b"veien",
    b"katu",
    b"tie",
    b"kade",
    b"dreef",
    b"hof",
    b"steeg",
    b"singel",
    b"gracht",
    b"stra\xc3\x9fe,",
    b"pad",
    b"kuja",
];

fn address(shape: &Shape<'_>, signs: &mut Signs) {
    let (mut has_number, mut has_street, mut count, mut has_code) = (false, false, 0, false);
    for word in shape.words() {
        count += 1;
        let digits = word.iter().filter(|it| it.is_ascii_digit()).count();
        let word = word.strip_suffix(b",").unwrap_or(word);
        has_number |= (1..=5).contains(&digits) && word.len() <= 7;
        has_code |= count > 2 && ((4..=6).contains(&digits) || digits >= 2 && word.len() <= 4);
        has_street |= digits == 0 && is_street_word(word);
    }
    if !(2..=24).contains(&count) || !has_number || shape.letters < 3 {
        return;
    }
    let is_whole =
        shape.bytes.iter().any(|it| matches!(it, b',' | b'\n')) && has_code && count >= 4;
    if has_street && is_whole {
        signs.note(DataClass::PostalAddress, 9);
    } else if has_street {
        signs.note(DataClass::Street, 6);
    }
}

fn is_street_word(word: &[u8]) -> bool {
    if word.len() < 2 {
        return false;
    }
    let ends = |end: &[u8]| {
        word.len() > end.len() + 1
            && word.get(word.len() - end.len()..).is_some_and(|it| it.eq_ignore_ascii_case(end))
    };
    STREETS.iter().any(|it| it.eq_ignore_ascii_case(word)) || STREET_ENDS.iter().any(|it| ends(it))
}

/// Whether a value can be a street with a number, in a field that is named so.
pub(super) fn is_street_like(shape: &Shape<'_>) -> bool {
    (4..=120).contains(&shape.len())
        && shape.letters + usize::from(shape.any(has::HIGH)) > 0
        && !shape.any(has::AT)
        && !shape.bytes.starts_with(b"http")
        && (shape.any(has::SPACE) || shape.any(has::HIGH) || is_street_word(shape.bytes))
}

/// Whether a value can be a whole address, in a field that is named so.
pub(super) fn is_address_like(shape: &Shape<'_>) -> bool {
    is_street_like(shape)
        && shape.any(has::DIGIT)
        && shape.any(has::SPACE | has::HIGH)
        && shape.len() >= 8
        || shape.any(has::HIGH) && (12..=200).contains(&shape.len())
        || (16..=200).contains(&shape.len()) && shape.words().count() > 3 && shape.any(has::DIGIT)
}

/// Whether a value can be a postal code, and what its form weighs.
pub(super) fn postal_code(shape: &Shape<'_>) -> Option<u8> {
    let strict = [
        &b"A9 9AA"[..],
        b"A99 9AA",
        b"AA9 9AA",
        b"AA99 9AA",
        b"A9A 9AA",
        b"AA9A 9AA",
        b"A9A 9A9",
        b"9999 AA",
    ];
    if strict.iter().any(|it| shape.is_like(it)) {
        return Some(5);
    }
    let usual = [
        &b"99999"[..],
        b"99999-9999",
        b"9999",
        b"999999",
        b"999 99",
        b"99-999",
        b"99999-999",
        b"9999-999",
        b"999-9999",
        b"9999999",
        b"A9A9A9",
        b"9999AA",
        b"99999999",
        b"AA-9999",
        b"AAA 9999",
        b"A99 AX9X",
        b"999",
        b"AA9999",
        b"A9999AAA",
        b"AA 9999",
        b"AA99999",
        b"AA-99999",
    ];
    usual.iter().any(|it| shape.is_like(it)).then_some(2)
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
    fn e_mail_addresses() {
        check(
            DataClass::Email,
            &[
                "a@b.co",
                "ann.o'neil+x@mail.example.com",
                "Ann <ann@example.com>",
                "mailto:a@b.co",
                "jürgen@exämple.de",
            ],
            &[
                "@b.co",
                "a@b",
                "a@1.2",
                "git@github.com:a/b.git",
                "a b@c.de",
                "user@.com",
                "npm@1.2.3",
            ],
        );
    }

    #[test]
    fn telephone_numbers() {
        check(
            DataClass::Phone,
            &[
                "+14155552671",
                "+49 30 1234567",
                "+44 (0)20 7946 0958",
                "(415) 555-2671",
                "415-555-2671",
            ],
            &["+0123456789", "4155552671", "2020-01-02", "+1", "1.2.3.4", "(115) 555-2671"],
        );
        let may = |text: &str| is_written_as_phone(&Shape::of(text.as_bytes()));
        assert!(may("030 1234567") && may("555-1234 x12") && !may("12345") && !may("a123456"));
    }

    #[test]
    fn addresses() {
        check(
            DataClass::Street,
            &["12 Main Street", "Hauptstraße 5", "5 rue Lepic"],
            &["Main", "version 2"],
        );
        check(
            DataClass::PostalAddress,
            &["12 Main Street, Springfield, IL 62704", "Hauptstraße 5\n10115 Berlin"],
            &["12 Main Street"],
        );
        let code = |text: &str| postal_code(&Shape::of(text.as_bytes()));
        assert_eq!((code("SW1A 1AA"), code("10115"), code("hello")), (Some(5), Some(2), None));
    }
}
