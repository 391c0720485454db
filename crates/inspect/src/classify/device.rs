//! What somebody carries: addresses of networks, numbers of devices and SIM cards, names of browsers.
//!
//! Misses   whether four numbers with points are a version: the field's name must tell, or one number above 99.
//! Source   RFC 791, RFC 4291, IEEE 802 (EUI-48), 3GPP TS 23.003 (IMEI, IMSI), ITU-T E.118 (ICCID), RFC 9110 10.1.5.

use super::check_digits::{digits, luhn};
use super::shape::{Shape, has};
use super::signs::Signs;
use bartizan_model::data_class::DataClass;
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if let Some(bits) = address(shape) {
        signs.note(DataClass::IpAddress, bits);
    }
    if let Some(bits) = hardware(shape) {
        signs.note(DataClass::MacAddress, bits);
    }
    if shape.only(has::DIGIT | has::DASH | has::SPACE) && (15..=24).contains(&shape.len()) {
        of_digits(shape, signs);
    }
    if shape.any(has::SLASH) && is_user_agent(shape) {
        signs.note(DataClass::UserAgent, 20);
    }
}

/// What it weighs that a value is an address of the internet protocol.
fn address(shape: &Shape<'_>) -> Option<u8> {
    let is_short = shape.len() <= 49 && shape.any(has::DOT | has::COLON);
    if !is_short || !shape.only(has::ALPHANUMERIC | has::DOT | has::COLON | has::SLASH) {
        return None;
    }
    let text = str::from_utf8(shape.bytes).ok()?;
    if !shape.any(has::LETTER) && shape.any(has::DOT) {
        let host = text.split([':', '/']).next().unwrap_or(text);
        let octets = host.parse::<Ipv4Addr>().ok()?.octets();
        let is_large = octets.iter().any(|it| *it > 99);
        // Browsers have versions such as 114.0.0.0.
        let is_round = matches!(octets, [_, _, 0, 0]);
        return Some(if is_large && !is_round { 14 } else { 8 });
    }
    let colons = shape.bytes.iter().filter(|it| **it == b':').count();
    if colons < 2 || shape.len() < 6 {
        return None;
    }
    let host = text.split('/').next().unwrap_or(text);
    host.parse::<Ipv6Addr>().ok()?;
    Some(if colons >= 4 { 18 } else { 12 })
}

/// Six pairs of hexadecimal digits with the same separator, or three groups of four with points.
fn hardware(shape: &Shape<'_>) -> Option<u8> {
    let between = match shape.len() {
        17 => *shape.bytes.get(2)?,
        14 => b'.',
        _ => return None,
    };
    let group = if shape.len() == 17 { 3 } else { 5 };
    let is_one = matches!(between, b':' | b'-' | b'.')
        && shape.bytes.iter().enumerate().all(|(n, byte)| match n % group {
            last if last == group - 1 => *byte == between,
            _ => byte.is_ascii_hexdigit(),
        });
    is_one.then_some(if between == b':' { 18 } else { 14 })
}

fn of_digits(shape: &Shape<'_>, signs: &mut Signs) {
    let Some(digits) = digits::<20>(shape.bytes) else { return };
    let digits = digits.as_slice();
    let is_plain = digits.len() == shape.len();
    if digits.len() == 15 && luhn(digits) && (is_plain || shape.is_like(b"99-999999-999999-9")) {
        signs.note(DataClass::Imei, if is_plain { 3 } else { 9 });
    }
    if is_plain && matches!(digits.len(), 19 | 20) && digits.starts_with(&[8, 9]) && luhn(digits) {
        signs.note(DataClass::Iccid, 8);
    }
}

/// Products with versions and a comment, as browsers and libraries send them.
fn is_user_agent(shape: &Shape<'_>) -> bool {
    let known =
        [&b"Mozilla/"[..], b"Opera/", b"okhttp/", b"curl/", b"Dalvik/", b"python-requests/"];
    shape.len() >= 9 && known.iter().any(|it| shape.starts_with(it))
}

/// Whether a value can be the number of a subscriber: a country code of mobile networks first.
pub(super) fn is_imsi(shape: &Shape<'_>) -> bool {
    shape.only(has::DIGIT)
        && (14..=15).contains(&shape.len())
        && matches!(shape.first(), b'2'..=b'7')
}

/// Whether a value can be a UUID.
pub(super) fn is_uuid(shape: &Shape<'_>) -> bool {
    shape.len() == 36
        && shape.only(has::ALPHANUMERIC | has::DASH)
        && shape.bytes.iter().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
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
    fn addresses_of_networks() {
        check(
            DataClass::IpAddress,
            &["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "192.0.2.1:8080", "192.0.2.0/24"],
            &["1.2.3", "256.1.1.1", "12:30:45", "::", "1.2.3.4.5"],
        );
        check(
            DataClass::MacAddress,
            &["00:1a:2B:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"],
            &["00:1a:2b:3c:4d", "00:1a-2b:3c-4d:5e", "00:1a:2b:3c:4d:5g"],
        );
    }

    #[test]
    fn numbers_of_devices() {
        check(DataClass::Imei, &["490154203237518", "49-015420-323751-8"], &["490154203237519"]);
        check(
            DataClass::Iccid,
            &["8988303000000614224"],
            &["8988303000000614225", "7988303000000614225"],
        );
        check(
            DataClass::UserAgent,
            &["Mozilla/5.0 (X11; Linux)", "curl/8.5.0"],
            &["a/b", "text/html"],
        );
    }
}
