//! How long a certificate is valid: the one thing that nothing else here reads of it.
//!
//! Reads    DER, as far as the validity: the version, serial number, algorithm and issuer before it are
//!          passed over.
//! Errors   none: what cannot be read has no end. Whether the rest of it is good, TLS says.
//! Source   RFC 5280 sections 4.1 and 4.1.2.5, X.690 sections 8.1 and 11.7.

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last second at which it is valid, since 1970; `None` if that cannot be read.
pub(super) fn not_after_s(der: &[u8]) -> Option<u64> {
    let (certificate, _) = of_tag(der, SEQUENCE)?;
    let (mut rest, _) = of_tag(certificate, SEQUENCE)?;
    if let Some((_, behind)) = of_tag(rest, VERSION) {
        rest = behind;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, rest) = of_tag(rest, tag)?;
    }
    let (validity, _) = of_tag(rest, SEQUENCE)?;
    let (_, _, rest) = element(validity)?;
    let (tag, text, _) = element(rest)?;
    let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
    match tag {
        UTC_TIME => {
            let (year, rest) = number(text, 2)?;
            seconds(if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = number(text, 4)?;
            seconds(year, rest)
        }
        _ => None,
    }
}

fn of_tag(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// The first element: its tag, its content, and what lies behind it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        ..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, it| sum << 8 | usize::from(*it)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn number(text: &str, digits: usize) -> Option<(u64, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let is_number = number.bytes().all(|it| it.is_ascii_digit());
    Some((number.parse().ok().filter(|_| is_number)?, rest))
}

/// `MMDDHHMMSS` of a year.
fn seconds(year: u64, text: &str) -> Option<u64> {
    let (month, text) = number(text, 2)?;
    let (day, text) = number(text, 2)?;
    let (hour, text) = number(text, 2)?;
    let (minute, text) = number(text, 2)?;
    let (second, text) = number(text, 2)?;
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 1970;
    if !is_date || hour > 23 || minute > 59 || second > 60 || !text.is_empty() {
        return None;
    }
    // Days since 1970, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let days = days.checked_sub(719_468)?;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
        let [.., high, low] = content.len().to_be_bytes();
        let head = if content.len() < 0x80 { vec![tag, low] } else { vec![tag, 0x82, high, low] };
        [&head[..], content].concat()
    }

    /// A certificate as far as it is read.
    fn certificate(tag: u8, end: &str, version: bool) -> Vec<u8> {
        let start = wrapped(UTC_TIME, b"200101000000Z");
        let validity = wrapped(SEQUENCE, &[start, wrapped(tag, end.as_bytes())].concat());
        let version = if version { wrapped(VERSION, &[2, 1, 2]) } else { Vec::new() };
        let parts = [
            version,
            wrapped(INTEGER, &[1]),
            wrapped(SEQUENCE, &[5, 0]),
            wrapped(SEQUENCE, &[0x31; 200]),
            validity,
            wrapped(SEQUENCE, b"subject and more"),
        ];
        wrapped(SEQUENCE, &wrapped(SEQUENCE, &parts.concat()))
    }

    #[test]
    fn both_forms_of_a_time_are_read() {
        for version in [true, false] {
            let end = not_after_s(&certificate(UTC_TIME, "400101000000Z", version));
            assert_eq!(end, Some(2_208_988_800));
        }
        for (text, expected) in [
            ("20000229235959Z", 951_868_799),
            ("19700101000000Z", 0),
            ("21000301000001Z", 4_107_542_401),
            ("99991231235959Z", 253_402_300_799),
        ] {
            let end = not_after_s(&certificate(GENERALIZED_TIME, text, true));
            assert_eq!(end, Some(expected), "{text}");
        }
        assert_eq!(not_after_s(&certificate(UTC_TIME, "991231235959Z", true)), Some(946_684_799));
    }

    #[test]
    fn what_is_no_certificate_has_no_end_and_no_cut_panics() {
        let whole = certificate(UTC_TIME, "400101000000Z", true);
        for at in 0..whole.len() {
            assert_eq!(not_after_s(&whole[..at]), None);
            let mut bytes = whole.clone();
            for flip in [1, 0x80, 0xff] {
                bytes[at] ^= flip;
                not_after_s(&bytes);
            }
        }
        for text in ["", "400101000000", "401301000000Z", "4001010000Z", "+00101000000Z", "ä"] {
            assert_eq!(not_after_s(&certificate(UTC_TIME, text, true)), None, "{text}");
        }
    }
}
