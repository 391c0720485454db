//! Line ends that begin a new field of a head or mail, a second message, or an entry of a log.
//!
//! People write lines, and paste heads and mails as a whole. An attack has one short datum before
//! its line end, as the API expects it, and behind it a field that the API would have written
//! itself.
//!
//! Reads    the first `READ_BYTES_MAX` bytes of a value, at most `LINES_MAX` lines.
//! Memory   none.
//! Misses   fields that nobody knows; line ends that a library makes of other letters.
//! Source   CWE-93, CWE-113, CWE-117; RFC 9112, 2.1 and 5; RFC 5322, 2.2.

use super::caseless::{self, Words};
use super::marks::Marks;
use super::sign::{Input, Signs, signs};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 2 * 1024;

/// Lines that are looked at.
const LINES_MAX: usize = 24;

/// Longest datum before the first line end.
const LEAD_BYTES_MAX: usize = 256;

signs! {
    FIELD = 0, "field of a response behind a datum", Certain;
    ESCAPED_FIELD = 1, "field behind an escaped line end", Certain;
    MESSAGE = 2, "second message behind a datum", Certain;
    RECIPIENT = 3, "recipient behind a datum", Certain;
    FIELD_IN_TEXT = 4, "field of a response in text", Hint;
    MAIL_FIELD = 5, "field of a mail behind a datum", Likely;
    LOG = 6, "entry of a log behind a datum", Likely;
    BODY = 7, "body behind an empty line", Likely;
    IN_NAME = 8, "line end in a name", Likely;
    ESCAPED_LINE = 9, "escaped line end", Hint;
    LITERAL_FIELD = 10, "field behind a line end as in source code", Likely;
    FIELD_BEHIND_TEXT = 11, "field of a response behind a sentence", Likely;
    FIRST = 12, "line end at the beginning", Hint;
    MAIL_FIELD_IN_TEXT = 13, "field of a mail in text", Hint;
}

/// Line ends, and what they are written with.
pub(super) const NEEDED: Marks =
    Marks::LINE.and(Marks::PERCENT).and(Marks::HIGH).and(Marks::BACKSLASH);

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    if !marks.has(Marks::LETTER) || !marks.has_any(NEEDED) {
        return signs;
    }
    let text = input.text.get(..READ_BYTES_MAX).unwrap_or(input.text);
    signs.note(IN_NAME, input.is_name && marks.has(Marks::LINE) && !text.trim_ascii().is_empty());
    if marks.has(Marks::LINE) {
        lines(&mut signs, text);
    }
    if marks.has_any(Marks::PERCENT.and(Marks::HIGH).and(Marks::BACKSLASH)) {
        escaped(&mut signs, text);
    }
    signs
}

/// What stands before the first line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// Nothing, or one word: what an API puts into a field.
    Datum,
    /// A line of a head or mail, or a boundary of its parts: the value is one as a whole.
    Field,
    /// A sentence.
    Text,
}

fn lead(text: &[u8]) -> Lead {
    let text = text.trim_ascii();
    if field(text).is_some() || starts_message(text) || text.starts_with(b"--") {
        return Lead::Field;
    }
    let words = text.split(|it| it.is_ascii_whitespace()).filter(|it| !it.is_empty()).count();
    if words <= 1 && text.len() <= LEAD_BYTES_MAX { Lead::Datum } else { Lead::Text }
}

/// Where the first line end stands behind what is blank.
fn first_line(text: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or_default()
}

fn lines(signs: &mut Signs, text: &[u8]) {
    let (front, rest) = first_line(text);
    let lead = lead(front);
    signs.note(FIRST, front.is_empty() && !rest.trim_ascii().is_empty());
    let mut was_empty = false;
    let mut has_prose = false;
    for (n, line) in
        rest.split(|it| matches!(it, b'\n' | b'\r')).skip(1).take(LINES_MAX).enumerate()
    {
        let is_first = n < FIRST_LINES_MAX && !has_prose;
        let line = line.trim_ascii();
        if line.is_empty() {
            // `\r\n` is one line end, two are an empty line.
            was_empty |= n > 1;
            continue;
        }
        if was_empty {
            signs.note(
                BODY,
                lead == Lead::Datum
                    && line.starts_with(b"<")
                    && (signs.has(FIELD) || signs.has(MESSAGE)),
            );
        }
        judge(signs, lead, line, is_first, !front.is_empty());
        has_prose |= field(line).is_none();
    }
}

/// Lines in which the field must stand.
const FIRST_LINES_MAX: usize = 4;

fn judge(signs: &mut Signs, lead: Lead, line: &[u8], is_first: bool, has_datum: bool) {
    let is_datum = lead == Lead::Datum && is_first;
    signs.note(MESSAGE, is_datum && starts_message(line) && has_datum);
    signs.note(LOG, is_datum && has_datum && is_log(line));
    let Some((name, value)) = field(line) else { return };
    if RESPONSE_FIELDS.has(name) && !value.is_empty() {
        signs.note(FIELD, is_datum);
        signs.note(FIELD_BEHIND_TEXT, lead == Lead::Text && is_first);
        signs.note(FIELD_IN_TEXT, lead != Lead::Field);
    } else if MAIL_FIELDS.has(name) {
        let is_recipient =
            ["bcc", "cc", "to"].iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        signs.note(RECIPIENT, is_datum && has_datum && is_recipient && value.contains(&b'@'));
        signs.note(MAIL_FIELD, is_datum);
        signs.note(MAIL_FIELD_IN_TEXT, lead != Lead::Field);
    }
}

/// The name and value of a field line.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b':', line.get(..NAME_BYTES_MAX).unwrap_or(line))?;
    let (name, value) = line.split_at_checked(at)?;
    let is_token = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    let is_url = value.starts_with(b"://");
    (!name.is_empty() && name.iter().all(is_token) && !is_url)
        .then_some((name, value.get(1..).unwrap_or_default().trim_ascii()))
}

/// Longest name of a field.
const NAME_BYTES_MAX: usize = 48;

/// `HTTP/1.1 200`, `GET /x HTTP/1.1`.
fn starts_message(line: &[u8]) -> bool {
    let is_answer = caseless::starts(line, b"http/1.")
        && line.get(8) == Some(&b' ')
        && line.get(9).is_some_and(u8::is_ascii_digit);
    let is_request = || {
        let method = [
            "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ",
        ]
        .iter()
        .any(|it| line.starts_with(it.as_bytes()));
        method && memchr::memmem::find(line, b" HTTP/").is_some()
    };
    is_answer || is_request()
}

/// `2026-01-31 10:00:00 ...`, `127.0.0.1 - - [`, `[ERROR] ...`, `INFO: ...`.
fn is_log(line: &[u8]) -> bool {
    let is_digits = |from: usize, count: usize| {
        line.get(from..from + count).is_some_and(|it| it.iter().all(u8::is_ascii_digit))
    };
    let is_dated = is_digits(0, 4)
        && line.get(4) == Some(&b'-')
        && is_digits(5, 2)
        && is_digits(11, 2)
        && line.get(13) == Some(&b':');
    let is_access = line.first().is_some_and(u8::is_ascii_digit)
        && memchr::memmem::find(line, b" - - [").is_some();
    let level = line.strip_prefix(b"[").unwrap_or(line);
    let is_level =
        ["INFO", "WARN", "ERROR", "DEBUG", "FATAL", "CRITICAL", "NOTICE"].iter().any(|it| {
            level
                .strip_prefix(it.as_bytes())
                .is_some_and(|it| matches!(it, [b':' | b']' | b' ', ..] | [b'I', b'N', b'G', ..]))
        });
    is_dated || is_access || is_level
}

/// Line ends that are still escaped, or that some servers make of other letters.
fn escaped(signs: &mut Signs, text: &[u8]) {
    let Some((at, bytes)) = escaped_line(text) else {
        literal(signs, text);
        return;
    };
    let (front, rest) = text.split_at_checked(at).unwrap_or_default();
    let is_datum = lead(front) != Lead::Text;
    signs.note(ESCAPED_LINE, true);
    let mut rest = rest.get(bytes..).unwrap_or_default();
    for _ in 0..LINES_MAX {
        let end = escaped_line(rest).map_or(rest.len(), |it| it.0);
        let line = rest.get(..end).unwrap_or_default();
        let name_bytes = line
            .iter()
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
            .count();
        let name = line.get(..name_bytes).unwrap_or_default();
        let after = line.get(name_bytes..).unwrap_or_default();
        let has_colon = after.starts_with(b":") || caseless::starts(after, b"%3a");
        let is_known = RESPONSE_FIELDS.has(name) || MAIL_FIELDS.has(name);
        signs.note(ESCAPED_FIELD, is_datum && has_colon && is_known);
        signs.note(
            MESSAGE,
            is_datum && (starts_message(line) || caseless::starts(line, b"http/1.1%20")),
        );
        signs.note(BODY, is_datum && signs.has(ESCAPED_FIELD) && line.starts_with(b"<"));
        let Some((at, bytes)) = escaped_line(rest) else { return };
        rest = rest.get(at + bytes..).unwrap_or_default();
    }
}

/// Where the first escaped line end stands, and its bytes.
fn escaped_line(text: &[u8]) -> Option<(usize, usize)> {
    let is_anchor = |it: &u8| matches!(it, b'%' | 0xE5);
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.iter().position(is_anchor)?;
        let count = line_bytes(text.get(at..).unwrap_or_default());
        if count > 0 {
            let more = line_bytes(text.get(at + count..).unwrap_or_default());
            return Some((at, count + more));
        }
        from = at + 1;
    }
}

/// The bytes of an escaped line end.
fn line_bytes(text: &[u8]) -> usize {
    match text {
        [b'%', b'0', b'a' | b'A' | b'd' | b'D', ..] => 3,
        [b'%', b'2', b'5', b'0', b'a' | b'A' | b'd' | b'D', ..] => 5,
        [b'%', b'u' | b'U', b'0', b'0', b'0', b'a' | b'A' | b'd' | b'D', ..] => 6,
        // U+560A and U+560D, whose low bytes are line feed and carriage return.
        [0xE5, 0x98, 0x8A | 0x8D, ..] => 3,
        [b'%', b'E' | b'e', b'5', b'%', b'9', b'8', b'%', b'8', b'A' | b'a' | b'D' | b'd', ..] => 9,
        _ => 0,
    }
}

/// `\r\nSet-Cookie: x`, with backslashes.
fn literal(signs: &mut Signs, text: &[u8]) {
    for at in memchr::memmem::find_iter(text, b"\\n").take(LINES_MAX) {
        let rest = text.get(at + 2..).unwrap_or_default();
        let is_known = field(rest).is_some_and(|it| RESPONSE_FIELDS.has(it.0));
        let front = text.get(..at).unwrap_or_default();
        signs.note(LITERAL_FIELD, is_known && lead(front) == Lead::Datum);
    }
}

/// Fields that answers have, sorted.
const RESPONSE_FIELDS: Words = Words::new(&[
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "host",
    "last-modified",
    "link",
    "location",
    "refresh",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "transfer-encoding",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-frame-options",
    "x-xss-protection",
]);

/// Fields that mails have, sorted.
const MAIL_FIELDS: Words = Words::new(&[
    "bcc",
    "cc",
    "content-transfer-encoding",
    "from",
    "mime-version",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
]);

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[test]
    fn tables_are_sorted() {
        assert!(RESPONSE_FIELDS.is_sorted() && MAIL_FIELDS.is_sorted());
    }

    #[test]
    fn a_field_behind_a_datum_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "en\r\nSet-Cookie: a=b",
                "/home\nLOCATION: http://x",
                "x\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK",
                "x\r\n\r\nGET /admin HTTP/1.1",
                "a@b.c\nBcc: d@e.f",
                "x%0d%0aSet-Cookie: a=b",
                "x%250d%250aLocation:%20y",
                "\r\nSet-Cookie: a=b",
                "嘊嘍content-type:text/html嘊嘍x",
                "http://example.com/%0d%0aContent-Length:35%0d%0a%0d%0a<svg>",
                "x%0d%0aHTTP/1.1%20200%20OK",
            ],
        );
    }

    #[test]
    fn other_lines_behind_a_datum_are_likely() {
        check(
            Some(Strength::Likely),
            &[
                "mallory\n2026-01-31 10:00:00 login of alice",
                "x\r\n127.0.0.1 - - [31/Jan/2026] y",
                "x\n[ERROR] y",
                "x\nSubject: y",
                "x\\r\\nSet-Cookie: a=b",
                "a sentence\r\nSet-Cookie: a=b",
            ],
        );
    }

    #[test]
    fn texts_heads_and_mails_are_no_more_than_hints() {
        let values = [
            "two\nlines",
            "From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            "Content-Type: text/html\nLocation: x",
            "I sent this:\n\nGET /x HTTP/1.1\nHost: y\n\nand got nothing",
            "Dear all,\nplease note: the date\nSubject: to change",
            "a: 1\nb: 2\nhost: c",
            "name\n2026-01-31",
            "100%0day",
            "嘊",
            "- one\n- two",
            "x\nhttp://example.com",
            "alice",
            "",
            "line\r\n",
            "\nalice",
        ];
        for value in values {
            let found = look(&Input::of(value.as_bytes(), false)).strength(SIGNS);
            assert!(found.is_none_or(|it| it == Strength::Hint), "{value}: {found:?}");
        }
    }

    #[test]
    fn a_name_has_no_line_end() {
        assert_eq!(look(&Input::of(b"a\nb", true)).strength(SIGNS), Some(Strength::Likely));
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["\n", "a:\n", "%0a", "%", "\\n", "x\nbcc: a@b\n", "嘊"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
