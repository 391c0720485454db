//! Path templates: which part of a path names an endpoint and which part names an object.
//!
//! Reads    a path as received.
//! Writes   its template: `/orders/17/items` becomes `/orders/{int}/items`.
//! Memory   nothing. What a segment is follows from the segment alone, so one path has the same
//!          template on every machine and after every restart.
//! Misses   objects whose names look like words (`/users/alice`): telling those apart takes many
//!          observations.

use bartizan_model::api::Segment;
use std::borrow::Cow;

/// Bytes of a template that are kept.
pub const TEMPLATE_BYTES_MAX: usize = 256;
/// Segments that are told apart; the rest becomes `{rest}`.
const SEGMENTS_MAX: usize = 16;
/// Letters of a segment that may still be a word.
const WORD_BYTES_MAX: usize = 40;
/// Digits from which on a number is a hexadecimal one for sure: fewer may be `decade2`.
const HEX_BYTES_MIN: usize = 8;
/// Letters of a segment that may be several words: `destroy_with_associated_resources`.
const WORDS_BYTES_MAX: usize = 64;

/// Writes the template of `path` into `out`, which is emptied first.
pub fn template(path: &[u8], out: &mut String) {
    out.clear();
    if path == b"*" {
        out.push('*');
        return;
    }
    let trimmed = path.strip_prefix(b"/").unwrap_or(path);
    let mut before: &[u8] = b"";
    let mut segments = trimmed.split(|&b| b == b'/').enumerate().peekable();
    let is_rest = trimmed.starts_with(b"rest/");
    while let Some((at, segment)) = segments.next() {
        if at >= SEGMENTS_MAX || out.len() + WORDS_BYTES_MAX + 8 > TEMPLATE_BYTES_MAX {
            out.push_str("/{rest}");
            return;
        }
        let is_inside = segments.peek().is_some_and(|it| !it.1.is_empty());
        let is_version = is_version(segment, at, before)
            || is_inside && is_number_of_version(segment) && (at == 0 || at == 2 && is_rest);
        before = segment;
        out.push('/');
        if is_version {
            out.push_str(str::from_utf8(segment).unwrap_or_default());
            continue;
        }
        // `/%61dmin` is `/admin` to every server, and must not have another name here.
        match kind(&unescaped(segment)) {
            Kind::Word(word) => out.push_str(word),
            Kind::Named(name) => out.push_str(name),
        }
    }
}

/// What paths of these segments have in each place: the word, or `{int}` for a literal that is a number. Where
/// a variable stands it says nothing. `None` if they have no place for all of them.
pub(crate) fn of_segments(segments: &[Segment]) -> Option<Vec<String>> {
    if segments.is_empty() {
        return Some(Vec::new());
    }
    let path: String = segments
        .iter()
        .map(|it| match it {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Variable(_) | Segment::Mixed(_) => "/x".to_owned(),
        })
        .collect();
    let mut seen = String::new();
    template(path.as_bytes(), &mut seen);
    let seen: Vec<String> = seen.split('/').skip(1).map(str::to_owned).collect();
    let is_whole = seen.len() == segments.len() && seen.last().is_none_or(|it| it != "{rest}");
    is_whole.then_some(seen)
}

/// Undoes escapes of letters, digits and `-._~`, which mean the same escaped or not (RFC 3986
/// section 6.2.2.2). Other escapes stay.
fn unescaped(segment: &[u8]) -> Cow<'_, [u8]> {
    if !segment.contains(&b'%') {
        return Cow::Borrowed(segment);
    }
    let mut out = Vec::with_capacity(segment.len());
    let mut rest = segment;
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| byte == b'%').and_then(|digits| {
            let text = str::from_utf8(digits).ok().filter(|it| !it.starts_with('+'))?;
            u8::from_str_radix(text, 16).ok()
        });
        match escaped {
            Some(it) if it.is_ascii_alphanumeric() || b"-._~".contains(&it) => {
                out.push(it);
                rest = tail.get(2..).unwrap_or_default();
            }
            Some(_) | None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(out)
}

/// Versions of an API that look like numbers or dates: `2.0` and `2010-04-01` at the beginning, the 3 of
/// `/rest/api/3` and the 4 of `/api/v/4`.
fn is_version(segment: &[u8], at: usize, before: &[u8]) -> bool {
    let numbers = segment.iter().all(|it| it.is_ascii_digit() || *it == b'.');
    let is_dotted = numbers
        && segment.contains(&b'.')
        && segment.len() <= 6
        && segment.first().zip(segment.last()).is_some_and(|it| *it.0 != b'.' && *it.1 != b'.');
    match at {
        0 if segment.len() == 10 => is_date(segment),
        0..=2 if is_dotted => true,
        _ => is_number_of_version(segment) && matches!(before, b"api" | b"rest" | b"v"),
    }
}

/// `/1/boards`, and the 1 of `/rest/agile/1/board`.
fn is_number_of_version(segment: &[u8]) -> bool {
    (1..=2).contains(&segment.len()) && segment.iter().all(u8::is_ascii_digit)
}

enum Kind<'a> {
    /// Part of the endpoint's name.
    Word(&'a str),
    /// The kind of object that it names.
    Named(&'static str),
}

fn kind(segment: &[u8]) -> Kind<'_> {
    let Ok(text) = str::from_utf8(segment) else { return Kind::Named("{text}") };
    let all = |f: fn(&u8) -> bool| segment.iter().all(f);
    match segment.len() {
        0 => Kind::Word(""),
        _ if all(u8::is_ascii_digit) => Kind::Named("{int}"),
        36 if is_uuid(segment) => Kind::Named("{uuid}"),
        16.. if all(u8::is_ascii_hexdigit) => Kind::Named("{hex}"),
        10 if is_date(segment) => Kind::Named("{date}"),
        _ if segment.iter().skip(1).any(|b| *b == b'@') => Kind::Named("{email}"),
        ..=WORD_BYTES_MAX if is_word(segment) => Kind::Word(text),
        ..=WORDS_BYTES_MAX if are_words(segment) => Kind::Word(text),
        _ => Kind::Named("{text}"),
    }
}

fn is_uuid(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, b)| match at {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    })
}

fn is_date(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, b)| match at {
        4 | 7 => *b == b'-',
        _ => b.is_ascii_digit(),
    })
}

/// Letters, with the joints that names of operations have (`-_.~:@$`), and at most three digits: a
/// version or a count (`v2`, `oauth2`), not an identifier.
fn is_word(text: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~:@$".contains(b);
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    text.iter().all(plain)
        && digits <= 3
        && text.iter().any(u8::is_ascii_alphabetic)
        && !is_token(text)
        && !text.split(|b| !b.is_ascii_alphanumeric()).any(is_hex)
}

/// Eight hexadecimal digits and more, of which some are no letters: `INV-FFBFF462`, a commit.
fn is_hex(text: &[u8]) -> bool {
    text.len() >= HEX_BYTES_MIN
        && text.iter().all(u8::is_ascii_hexdigit)
        && text.iter().any(u8::is_ascii_digit)
}

/// Several words, none of them longer than words are: `destroy_with_associated_resources`,
/// `conversations.restrictAccess.listGroups`. Single letters between capitals are of a token.
fn are_words(text: &[u8]) -> bool {
    let (mut words, mut letters, mut before) = (0, 0, b'-');
    for byte in text {
        let is_joint = b"-_.".contains(byte);
        if !is_joint && !byte.is_ascii_alphabetic() {
            return false;
        }
        let begins = byte.is_ascii_uppercase() || b"-_.".contains(&before);
        if is_joint || begins {
            if letters == 1 && !is_joint {
                return false;
            }
            letters = 0;
        }
        words += usize::from(begins && !is_joint);
        letters += usize::from(!is_joint);
        if letters > 20 {
            return false;
        }
        before = *byte;
    }
    words > 2
}

/// Capitals as frequent as in Base64, not as in `camelCase`.
fn is_token(text: &[u8]) -> bool {
    let humps = text
        .windows(2)
        .filter(|it| matches!(it, [a, b] if !a.is_ascii_uppercase() && b.is_ascii_uppercase()));
    text.len() >= 12 && humps.count() * 5 > text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let mut out = String::from("old");
        template(path.as_bytes(), &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn words_stay_and_objects_get_their_kind() {
        check("/", "/");
        check("*", "*");
        check("/orders/17/items", "/orders/{int}/items");
        check("/v2/users/me", "/v2/users/me");
        check("/o/0b7f6c1e-5f0e-4f8b-9f5a-2f8d7c3c1a55", "/o/{uuid}");
        check("/o/507f1f77bcf86cd799439011", "/o/{hex}");
        check("/day/2026-11-21", "/day/{date}");
        check("/2010-04-01/Accounts/2026-11-21", "/2010-04-01/Accounts/{date}");
        check("/rest/api/3/issue/17", "/rest/api/3/issue/{int}");
        check("/2.0/files/17", "/2.0/files/{int}");
        check("/api/17000/3", "/api/{int}/{int}");
        check("/1/boards/7", "/1/boards/{int}");
        check("/1", "/{int}");
        check("/1/", "/{int}/");
        check("/100/boards", "/{int}/boards");
        check("/api/v/4/devices/17", "/api/v/4/devices/{int}");
        check("/rest/agile/1/board", "/rest/agile/1/board");
        check("/rest/orders/1", "/rest/orders/{int}");
        check("/mail/ada@example.test", "/mail/{email}");
        check("/mail/ada@localhost", "/mail/{email}");
        check("/@scope/name", "/@scope/name");
        check("/pin/ab12cd34", "/pin/{text}");
        check("/files/INV-FFBFF462", "/files/{text}");
        check("/commits/cafecaf9", "/commits/{text}");
        check("/decade2/oauth2-beaded", "/decade2/oauth2-beaded");
        check("/reset/canaryQmVzdFNlY3JldFRva2Vu", "/reset/{text}");
        check("/api/getUserByEmailAddress", "/api/getUserByEmailAddress");
        check(
            "/api/admin.conversations.restrictAccess.listGroups",
            "/api/admin.conversations.restrictAccess.listGroups",
        );
        check(
            "/calls/UserDefinedMessageSubscriptionsOfOneCall.json",
            "/calls/UserDefinedMessageSubscriptionsOfOneCall.json",
        );
        check("/reset/QmVzdFNlY3JldFRva2VuQmVzdFNlY3JldFRva2Vu", "/reset/{text}");
        check("/orders/", "/orders/");
        check(
            "/x/destroy_with_associated_resources_now",
            "/x/destroy_with_associated_resources_now",
        );
        check("/%61dmin/%31%37", "/admin/{int}");
        check("/a%2fb/%+1", "/{text}/{text}");
    }

    #[test]
    fn nothing_hostile_becomes_part_of_a_name() {
        check("/a%2fb/\u{1b}[31m/<script>", "/{text}/{text}/{text}");
        check(&format!("/{}", "z".repeat(41)), "/{text}");
        check(&format!("/{}", "z".repeat(40)), &format!("/{}", "z".repeat(40)));
        check(&"/100".repeat(40), &format!("{}/{{rest}}", "/{int}".repeat(16)));
    }

    #[test]
    fn a_template_is_bounded() {
        let mut out = String::new();
        template("/abcdefghijklmnopqrstuvwxyzabcdef".repeat(16).as_bytes(), &mut out);
        assert!(out.len() <= TEMPLATE_BYTES_MAX, "{}", out.len());
    }
}
