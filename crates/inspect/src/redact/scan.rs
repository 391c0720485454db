//! What is secret in a text, by its shape or by the name in front of it.
//!
//! Reads    bytes of any kind; one byte after the other, each looked at a bounded number of times.
//! Writes   the text with marks in place of what is secret.
//! Misses   secrets without a shape and without a name; a card number within a longer row of digits;
//!          what is encoded in another way than by percent signs.

use super::Class;
use super::names::{NAME_BYTES_MAX, is_secret};
use crate::classify::check_digits::{luhn, mod_97_fed};
use crate::classify::contact::is_domain;
use crate::classify::payment::IBAN_MAX;
use crate::classify::secrets::{JWT_BEGIN, JWT_HEADER_MIN, PEM_BEGIN};
use crate::percent::decode;

/// Rounds of percent decoding after which secrets are still found.
const ROUNDS: usize = 2;
/// Bytes between a name and its value.
const GAP_BYTES_MAX: usize = 16;
/// Bytes of a start tag, and of the user in an address.
const TAG_BYTES_MAX: usize = 256;
/// Characters that a credential has at least behind its scheme.
const CREDENTIAL_MIN: usize = 8;

/// Puts a mark in place of so many bytes.
pub(super) fn mark(out: &mut Vec<u8>, class: Class, bytes: usize) {
    out.extend_from_slice(format!("[{}, {bytes} bytes]", class.name()).as_bytes());
}

/// Copies a text, with marks in place of what is secret; says whether there is any mark. Of a text with
/// percent signs that hides something, the decoded form is copied.
pub(super) fn encoded(text: &[u8], out: &mut Vec<u8>) -> bool {
    if memchr::memchr(b'%', text).is_some() {
        let (mut before, mut scratch) = (text.to_vec(), Vec::new());
        for _ in 0..ROUNDS {
            let now = decode(&before, false, &mut scratch).to_vec();
            if now == before {
                break;
            }
            before = now;
        }
        let from = out.len();
        if before != text && copied(&before, out) {
            return true;
        }
        out.truncate(from);
    }
    copied(text, out)
}

/// Copies a text as it is, with marks in place of what is secret; says whether there is any mark.
pub(super) fn copied(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut at, mut done, mut found) = (0, 0, false);
    while at < text.len() {
        match secret_at(text, at, done) {
            Some(it) => {
                out.extend_from_slice(text.get(done..it.start).unwrap_or_default());
                mark(out, it.class, it.end.saturating_sub(it.start));
                // Never back, and always on.
                (done, at) = (it.end, it.end.max(at + 1));
                found = true;
            }
            None => at += 1,
        }
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    found
}

struct Secret {
    start: usize,
    end: usize,
    class: Class,
}

/// What is secret and known by the byte at `at`; nothing before `done` is looked at again.
fn secret_at(text: &[u8], at: usize, done: usize) -> Option<Secret> {
    let byte = *text.get(at)?;
    let before = at.checked_sub(1).filter(|it| *it >= done).and_then(|it| text.get(it)).copied();
    let starts = |is: fn(u8) -> bool| !before.is_some_and(is);
    match byte {
        b'-' => private_key(text, at),
        b'@' => e_mail(text, at, done),
        b':' => user_in_address(text, at),
        b'0'..=b'9' if starts(|it| it.is_ascii_digit()) => {
            card(text, at).or_else(|| named(text, at, before))
        }
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => {
            let token = if byte == b'e' { token(text, at) } else { None };
            token.or_else(|| {
                let starts = starts(is_name);
                let begins = !before.is_some_and(|it| it.is_ascii_alphanumeric());
                let iban = if begins { iban(text, at) } else { None };
                iban.or_else(|| if starts { named(text, at, before) } else { None })
            })
        }
        _ => None,
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..)
}

fn run(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    from + text.get(from..).unwrap_or_default().iter().take_while(|it| is(**it)).count()
}

fn private_key(text: &[u8], at: usize) -> Option<Secret> {
    let rest = text.get(at..)?;
    if !rest.starts_with(PEM_BEGIN) {
        return None;
    }
    let end = memchr::memmem::find(rest, b"-----END").map_or(text.len(), |ends| {
        let behind = rest.get(ends + 8..).unwrap_or_default();
        let closes = memchr::memmem::find(behind, b"-----").map(|it| it + 5);
        at + ends + 8 + closes.unwrap_or(behind.len())
    });
    Some(Secret { start: at, end, class: Class::PrivateKey })
}

fn e_mail(text: &[u8], at: usize, done: usize) -> Option<Secret> {
    let is_local = |it: &&u8| {
        it.is_ascii_alphanumeric()
            || matches!(**it, b'.' | b'_' | b'-' | b'+' | b'\'' | b'=' | 0x80..)
    };
    let local = text.get(done..at)?.iter().rev().take_while(is_local).count();
    let local = text.get(at - local..at)?;
    // What stands in front of the last quote or equals sign is no part of an address.
    let opens = local.iter().rposition(|it| matches!(it, b'\'' | b'=')).map_or(0, |it| it + 1);
    let local = local.get(opens..)?.len();
    let end =
        run(text, at + 1, |it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | 0x80..));
    let domain = text.get(at + 1..end)?;
    let domain = domain.strip_suffix(b".").unwrap_or(domain);
    let is_address = local > 0 && is_domain(domain);
    let (start, end) = (at - local, at + 1 + domain.len());
    is_address.then_some(Secret { start, end, class: Class::Email })
}

/// The user and password of `https://user:password@host`.
fn user_in_address(text: &[u8], at: usize) -> Option<Secret> {
    let rest = text.get(at..)?.strip_prefix(b"://")?;
    let ends =
        |it: &u8| it.is_ascii_whitespace() || matches!(it, b'/' | b'?' | b'#' | b'"' | b'<' | b'>');
    let rest = rest.get(..TAG_BYTES_MAX.min(rest.len()))?;
    let authority = rest.split(ends).next()?;
    let user = authority.iter().rposition(|it| *it == b'@')?;
    Some(Secret { start: at + 3, end: at + 3 + user, class: Class::Credential })
}

/// A JWT, or what begins like one.
fn token(text: &[u8], at: usize) -> Option<Secret> {
    if !text.get(at..)?.starts_with(JWT_BEGIN) {
        return None;
    }
    let is_base64 =
        |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'=' | b'+' | b'/');
    let first = run(text, at, is_base64);
    let end = run(text, at, |it| is_base64(it) || it == b'.');
    (first - at >= JWT_HEADER_MIN).then_some(Secret { start: at, end, class: Class::Token })
}

/// A card number: 13 to 19 digits, in groups or not, with the right check digit.
fn card(text: &[u8], at: usize) -> Option<Secret> {
    let (mut digits, mut count, mut best) = ([0_u8; 19], 0, None);
    let mut here = at;
    while let (Some(&byte), Some(slot)) = (text.get(here), digits.get_mut(count)) {
        match byte {
            b'0'..=b'9' => {
                *slot = byte - b'0';
                count += 1;
                let goes_on = text.get(here + 1).is_some_and(u8::is_ascii_digit);
                let all = digits.get(..count).unwrap_or_default();
                // Zeros only have the right check digit, too.
                if count >= 13 && !goes_on && all.iter().any(|it| *it > 0) && luhn(all) {
                    best = Some(here + 1);
                }
            }
            b' ' | b'-' if text.get(here + 1).is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        here += 1;
    }
    best.map(|end| Secret { start: at, end, class: Class::Card })
}

/// A bank account number (ISO 13616), in groups or not.
fn iban(text: &[u8], at: usize) -> Option<Secret> {
    let head = text.get(at..at + 4)?;
    let [a, b, c, d] = *head.first_chunk()?;
    let is_head = a.is_ascii_alphabetic()
        && b.is_ascii_alphabetic()
        && c.is_ascii_digit()
        && d.is_ascii_digit();
    if !is_head {
        return None;
    }
    let (mut here, mut count, mut sum, mut best) = (at + 4, 4, 0_u32, None);
    while let Some(&byte) = text.get(here).filter(|_| count < IBAN_MAX) {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                sum = mod_97_fed(sum, byte);
                count += 1;
                let goes_on = text.get(here + 1).is_some_and(u8::is_ascii_alphanumeric);
                let whole = [a, b, c, d].into_iter().fold(sum, mod_97_fed);
                if count >= 15 && !goes_on && whole == 1 {
                    best = Some(here + 1);
                }
            }
            b' ' if text.get(here + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            _ => break,
        }
        here += 1;
    }
    best.map(|end| Secret { start: at, end, class: Class::Iban })
}

/// What is assigned to a name that speaks of a secret: `password=x`, `"token": "x"`, `<pin>x</pin>`,
/// `Bearer x`.
fn named(text: &[u8], at: usize, before: Option<u8>) -> Option<Secret> {
    let end = run(text, at, |it| is_name(it) && it != b'.');
    let name = text.get(at..end)?;
    if is_scheme(name) {
        let start = run(text, end, |it| it == b' ');
        let value = run(text, start, |it| {
            it.is_ascii_graphic() && !matches!(it, b'"' | b'\'' | b',' | b'<' | b'\\')
        });
        let is_value = start > end && value - start >= CREDENTIAL_MIN;
        return is_value.then_some(Secret { start, end: value, class: Class::Credential });
    }
    let is_tag = before == Some(b'<');
    let gap = gap(text, end, is_tag)?;
    if name.len() <= NAME_BYTES_MAX && !is_secret(name) {
        return None;
    }
    let start = gap.end;
    let value = text.get(start..)?;
    let ends = |it: u8| match (gap.quote, gap.is_line) {
        (Some(quote), _) => it == quote || (gap.is_escaped && it == b'\\'),
        (None, _) if is_tag => it == b'<',
        (None, true) => matches!(it, b'\r' | b'\n' | b',' | b'}' | b'"' | b'<'),
        (None, false) => {
            it.is_ascii_whitespace()
                || matches!(it, b'&' | b',' | b';' | b'"' | b'\'' | b'<' | b'>' | b')' | b'}')
        }
    };
    let mut bytes = 0;
    let mut values = value.iter();
    while let Some(&byte) = values.next() {
        if ends(byte) {
            break;
        }
        bytes += 1;
        // An escaped quote does not end a value that is in quotes.
        if byte == b'\\' && gap.quote.is_some() && values.next().is_some() {
            bytes += 1;
        }
    }
    (bytes > 0).then_some(Secret { start, end: start + bytes, class: Class::Secret })
}

fn is_scheme(name: &[u8]) -> bool {
    [&b"bearer"[..], b"basic", b"digest", b"negotiate"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
}

/// What lies between a name and its value.
struct Gap {
    end: usize,
    quote: Option<u8>,
    is_escaped: bool,
    /// It is assigned by a colon: the value may be many words.
    is_line: bool,
}

fn gap(text: &[u8], from: usize, is_tag: bool) -> Option<Gap> {
    if is_tag {
        let rest = text.get(from..)?;
        let rest = rest.get(..TAG_BYTES_MAX.min(rest.len()))?;
        let end = from + memchr::memchr(b'>', rest)? + 1;
        return Some(Gap { end, quote: None, is_escaped: false, is_line: false });
    }
    let mut gap = Gap { end: from, quote: None, is_escaped: false, is_line: false };
    let mut is_assigned = false;
    for &byte in text.get(from..)?.iter().take(GAP_BYTES_MAX) {
        match byte {
            b'=' | b':' => {
                gap.is_line = !is_assigned && byte == b':';
                is_assigned = true;
            }
            b'"' | b'\'' | b'`' if is_assigned => {
                gap.quote = Some(byte);
                gap.end += 1;
                break;
            }
            b'\\' => gap.is_escaped = is_assigned,
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b'[' | b']' => {}
            b'>' if is_assigned => {}
            _ => break,
        }
        gap.end += 1;
    }
    is_assigned.then_some(gap)
}
