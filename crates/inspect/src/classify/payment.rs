//! What moves money: cards, bank accounts, codes of banks, VAT numbers, addresses of crypto currencies.
//!
//! Misses   cards of brands without a published range; checksums inside Bitcoin and Ethereum addresses, which take hashes
//!          that this crate has not; the structure of an IBAN beyond its length by country.
//! Source   ISO/IEC 7812-1 and the ranges published by the brands; ISO 13616 (IBAN registry, lengths); ISO 9362 (BIC);
//!          ABA routing number policy; Directive 2006/112/EC, article 215 (VAT prefixes); BIP 173, EIP 55.

use super::check_digits::{digits, luhn, mod_97_fed, weighted};
use super::shape::{Shape, has};
use super::signs::Signs;
use bartizan_model::data_class::DataClass;

/// Digits of the longest card number.
const CARD_DIGITS_MAX: usize = 19;
/// Characters of the longest IBAN.
pub(crate) const IBAN_MAX: usize = 34;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    let may = shape.only(has::DIGIT | has::SPACE | has::DASH) && (12..=25).contains(&shape.len());
    if let Some(bits) = may.then(|| card(shape)).flatten() {
        signs.note(DataClass::PaymentCard, bits);
    }
    if shape.only(has::DIGIT | has::DASH) && is_routing(shape) {
        signs.note(DataClass::BankRouting, 3);
    }
    if !shape.any(has::LETTER)
        || !shape.only(has::ALPHANUMERIC | has::SPACE | has::DASH | has::COLON)
    {
        return;
    }
    if is_iban(shape) {
        signs.note(DataClass::Iban, 18);
    } else if is_vat(shape) {
        signs.note(DataClass::EuVat, 6);
    }
    if is_bic(shape) {
        signs.note(DataClass::Bic, 3);
    }
    if let Some(bits) = crypto(shape) {
        signs.note(DataClass::CryptoAddress, bits);
    }
}

/// What it weighs that a value is a card number.
fn card(shape: &Shape<'_>) -> Option<u8> {
    let digits = digits::<CARD_DIGITS_MAX>(shape.bytes)?;
    let digits = digits.as_slice();
    let bits = range_bits(digits)?;
    let is_plain = digits.len() == shape.len();
    let is_grouped = is_plain
        || shape.is_like(b"9999 9999 9999 9999")
        || shape.is_like(b"9999-9999-9999-9999")
        || shape.is_like(b"9999 999999 99999")
        || shape.is_like(b"9999-999999-99999")
        || shape.is_like(b"9999 999999 9999")
        || shape.is_like(b"9999 9999 9999 9999 999");
    let grouped_bits = if is_plain { 0 } else { 4 };
    (is_grouped && luhn(digits)).then_some(bits + 3 + grouped_bits)
}

/// What it weighs that a number lies in a range of issuers and has the length that goes with it.
fn range_bits(digits: &[u8]) -> Option<u8> {
    let of = |count: usize| {
        digits
            .get(..count)
            .map_or(0, |it| it.iter().fold(0_u32, |sum, it| sum * 10 + u32::from(*it)))
    };
    let (two, three, four, six) = (of(2), of(3), of(4), of(6));
    match (digits.len(), two) {
        (15, 34 | 37) => Some(6),
        (16, 51..=55) => Some(4),
        (16, 22..=27) if (2221..=2720).contains(&four) || (2200..=2204).contains(&four) => Some(4),
        (14 | 16..=19, 30 | 36 | 38 | 39) if two != 30 || three <= 305 || three == 309 => Some(5),
        (16..=19, 35) if (3528..=3589).contains(&four) => Some(6),
        (16..=19, 60) if four == 6011 || (508_500..=608_999).contains(&six) => Some(6),
        (16..=19, 64) if three >= 644 => Some(6),
        (16..=19, 62 | 65) => Some(6),
        (16, 81 | 82) | (16..=19, 50) => Some(5),
        (16, 97) if four == 9792 => Some(8),
        (12..=19, 56..=59 | 63 | 67) => Some(3),
        (13 | 19, 40..=49) => Some(3),
        (16, 40..=49) => Some(3),
        _ => None,
    }
}

/// Whether a value is an IBAN, in groups or not.
fn is_iban(shape: &Shape<'_>) -> bool {
    let text = shape.bytes.strip_prefix(b"IBAN ").unwrap_or(shape.bytes);
    let Some([a, b, c, d]) = text.first_chunk() else { return false };
    if !(a.is_ascii_alphabetic()
        && b.is_ascii_alphabetic()
        && c.is_ascii_digit()
        && d.is_ascii_digit())
    {
        return false;
    }
    let is_between = |it: &&u8| matches!(it, b' ' | b'-');
    let count = text.len() - text.iter().filter(is_between).count();
    let country = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    iban_length(&country) == Some(count) && iban_rest(text) == Some(1)
}

/// The remainder of an IBAN by 97, which is 1 if it is one; `None` if it does not begin like one.
pub(crate) fn iban_rest(text: &[u8]) -> Option<u32> {
    let (head, body) = text.split_first_chunk::<4>()?;
    let [a, b, c, d] = *head;
    let is_head = a.is_ascii_alphabetic()
        && b.is_ascii_alphabetic()
        && c.is_ascii_digit()
        && d.is_ascii_digit();
    let all = body.iter().copied().chain([a, b, c, d]);
    is_head.then(|| all.fold(0, mod_97_fed))
}

/// Characters of an IBAN of this country.
fn iban_length(country: &[u8]) -> Option<usize> {
    Some(match country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FO" | b"FI" | b"GL" | b"NL" | b"SD" | b"FK" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"XK" | b"LT" | b"LU" | b"MN" => 20,
        b"HR" | b"LV" | b"LI" | b"CH" => 21,
        b"BH" | b"BG" | b"CR" | b"GE" | b"DE" | b"IE" | b"ME" | b"RS" | b"GB" | b"VA" => 22,
        b"GI" | b"IL" | b"IQ" | b"OM" | b"TL" | b"AE" | b"SO" => 23,
        b"AD" | b"CZ" | b"DZ" | b"MD" | b"PK" | b"RO" | b"SA" | b"SK" | b"ES" | b"SE" | b"TN"
        | b"VG" => 24,
        b"PT" | b"LY" | b"ST" | b"AO" | b"CV" | b"MZ" | b"GW" => 25,
        b"IS" | b"TR" => 26,
        b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" | b"BI" | b"CF" | b"CG" | b"CM" | b"DJ"
        | b"GA" | b"GQ" | b"KM" | b"MG" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HU" | b"LB" | b"PL" | b"SV" | b"BJ"
        | b"BF" | b"CI" | b"ML" | b"MA" | b"NI" | b"SN" | b"TD" | b"NE" | b"TG" | b"HN" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}

/// American Bankers Association: weights 3, 7, 1, and a first part in use.
fn is_routing(shape: &Shape<'_>) -> bool {
    if shape.len() != 9 || shape.digits != 9 {
        return false;
    }
    let Some(digits) = digits::<9>(shape.bytes) else { return false };
    let district = digits.as_slice().iter().take(2).fold(0, |sum, it| sum * 10 + u32::from(*it));
    matches!(district, 1..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits.as_slice(), &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// A code of letters for bank and country, two characters for the place, three for the branch. The country is one that
/// has IBANs or is among the largest without.
fn is_bic(shape: &Shape<'_>) -> bool {
    const OTHERS: &str = "US CA AU NZ JP CN HK SG IN KR ZA MX AR CL CO TH MY ID PH VN TW KE NG";
    let country = shape.bytes.get(4..6).unwrap_or_default();
    matches!(shape.len(), 8 | 11)
        && shape.only(has::UPPER | has::DIGIT)
        && shape.bytes.iter().take(6).all(u8::is_ascii_uppercase)
        && (iban_length(country).is_some() || OTHERS.split(' ').any(|it| it.as_bytes() == country))
}

/// A country's prefix and so many characters as that country uses.
fn is_vat(shape: &Shape<'_>) -> bool {
    let compact = shape.only(has::UPPER | has::DIGIT);
    let body = shape.len().saturating_sub(2);
    let all_digits = shape.digits == body;
    let Some(country) = shape.bytes.get(..2).filter(|_| compact && shape.digits >= 7) else {
        return false;
    };
    match country {
        b"DE" | b"EE" | b"PT" | b"EL" => all_digits && body == 9,
        b"FI" | b"HU" | b"LU" | b"MT" | b"SI" | b"DK" => all_digits && body == 8,
        b"PL" | b"SK" => all_digits && body == 10,
        b"BE" => all_digits && body == 10 && matches!(shape.bytes.get(2), Some(b'0' | b'1')),
        b"HR" | b"IT" | b"LV" => all_digits && body == 11,
        b"SE" => all_digits && body == 12 && shape.bytes.ends_with(b"01"),
        b"BG" => all_digits && matches!(body, 9 | 10),
        b"CZ" => all_digits && (8..=10).contains(&body),
        b"LT" => all_digits && matches!(body, 9 | 12),
        b"RO" => all_digits && (6..=10).contains(&body),
        b"AT" => shape.bytes.get(2) == Some(&b'U') && body == 9 && shape.digits == 8,
        b"ES" => body == 9 && shape.digits >= 7,
        b"FR" => body == 11 && shape.digits >= 9,
        b"IE" => (8..=9).contains(&body) && shape.digits >= 6,
        b"NL" => body == 12 && shape.bytes.get(11) == Some(&b'B'),
        b"CY" => body == 9 && shape.digits == 8 && shape.last().is_ascii_uppercase(),
        b"GB" | b"XI" => all_digits && matches!(body, 9 | 12),
        _ => false,
    }
}

/// Addresses of Bitcoin (base 58 or bech32) and Ethereum.
fn crypto(shape: &Shape<'_>) -> Option<u8> {
    let is_base58 =
        |it: &u8| it.is_ascii_alphanumeric() && !matches!(it, b'0' | b'O' | b'I' | b'l');
    let is_bech32 = |it: &u8| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(it);
    match (shape.bytes, shape.len()) {
        ([b'0', b'x', rest @ ..], 42) => rest.iter().all(u8::is_ascii_hexdigit).then_some(14),
        ([b'b', b'c', b'1', rest @ ..], 42 | 62) => rest.iter().all(is_bech32).then_some(20),
        ([b'1' | b'3', rest @ ..], 26..=35) => {
            let is_mixed = shape.any(has::UPPER) && shape.any(has::LOWER);
            (is_mixed && shape.digits < 20 && rest.iter().all(is_base58)).then_some(8)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_class(class: DataClass, text: &str) -> bool {
        let mut signs = Signs::default();
        recognise(&Shape::of(text.as_bytes()), &mut signs);
        signs.has(class)
    }

    #[track_caller]
    fn check(class: DataClass, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(has_class(class, text), "{text}");
        }
        for text in no {
            assert!(!has_class(class, text), "{text}");
        }
    }

    #[test]
    fn the_brands_test_numbers_are_cards() {
        check(
            DataClass::PaymentCard,
            &[
                "4111111111111111",
                "4111 1111 1111 1111",
                "5555555555554444",
                "2223003122003222",
                "378282246310005",
                "6011111111111117",
                "3530111333300000",
                "30569309025904",
                "6200000000000005",
                "5105-1051-0510-5100",
            ],
            &[
                "4111111111111112",
                "1234567812345670",
                "411111111111111",
                "41111111-11111111",
                "49015420323751",
            ],
        );
    }

    #[test]
    fn an_iban_has_the_length_of_its_country() {
        check(
            DataClass::Iban,
            &[
                "DE89 3704 0044 0532 0130 00",
                "GB82WEST12345698765432",
                "FR1420041010050500013M02606",
                "NO9386011117947",
            ],
            &["DE88370400440532013000", "ZZ89370400440532013000", "GB82WEST1234569876543", "DE"],
        );
    }

    #[test]
    fn codes_of_banks_and_tax_offices() {
        check(DataClass::BankRouting, &["021000021", "011401533"], &["021000022", "991000021"]);
        check(
            DataClass::Bic,
            &["DEUTDEFF", "DEUTDEFF500", "CHASUS33"],
            &["DEUTXXFF", "deutdeff", "PASSWORD"],
        );
        check(
            DataClass::EuVat,
            &["DE136695976", "ATU13585627", "NL004495445B01"],
            &["DE13669597", "ZZ136695976"],
        );
    }

    #[test]
    fn addresses_of_crypto_currencies() {
        check(
            DataClass::CryptoAddress,
            &[
                "0x52908400098527886E0F7030069857D2E4169EE7",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            ],
            &["0x52908400098527886E0F7030069857D2E4169EE", "1234567890123456789012345678"],
        );
    }
}
