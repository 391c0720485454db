//! The text around a sign, with the escapes of JSON and HTML undone.
//!
//! Reads    a little before and more after a place in the raw text.
//! Misses   an escape that the edge of the window cuts; a raw backslash before a letter that
//!          JSON would escape (`C:\new`), which is taken as the escape.

/// Raw bytes that are read before the pivot, and behind it.
const BEFORE_BYTES: usize = 160;
const AFTER_BYTES: usize = 400;

#[derive(Debug)]
pub(super) struct Window {
    bytes: [u8; BEFORE_BYTES + AFTER_BYTES],
    before: usize,
    all: usize,
}

impl Window {
    pub(super) fn around(text: &[u8], pivot: usize) -> Self {
        let start = pivot.saturating_sub(BEFORE_BYTES);
        let end = pivot.saturating_add(AFTER_BYTES).min(text.len());
        let mut it = Self { bytes: [0; BEFORE_BYTES + AFTER_BYTES], before: 0, all: 0 };
        it.read(text.get(start..pivot).unwrap_or_default());
        it.before = it.all;
        it.read(text.get(pivot..end).unwrap_or_default());
        it
    }

    pub(super) fn before(&self) -> &[u8] {
        self.bytes.get(..self.before).unwrap_or_default()
    }

    pub(super) fn after(&self) -> &[u8] {
        self.bytes.get(self.before..self.all).unwrap_or_default()
    }

    /// Undoing an escape never makes text longer, so there is always room. What has no escape is
    /// copied at once.
    fn read(&mut self, mut raw: &[u8]) {
        while let Some(at) = memchr::memchr3(b'\\', b'&', b'<', raw) {
            let (plain, marked) = raw.split_at_checked(at).unwrap_or((raw, b""));
            self.push(plain);
            let Some((first, rest)) = marked.split_first() else { return };
            let undone = match first {
                b'\\' => json_escape(rest),
                b'&' => entity(rest),
                _ => line_break(rest),
            };
            let (byte, skip) = undone.unwrap_or((*first, 0));
            self.push(&[byte]);
            raw = rest.get(skip..).unwrap_or_default();
        }
        self.push(raw);
    }

    fn push(&mut self, plain: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.all..self.all + plain.len()) {
            place.copy_from_slice(plain);
            self.all += plain.len();
        }
    }
}

fn json_escape(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b'n' | b'r', ..] => Some((b'\n', 1)),
        [b't', ..] => Some((b'\t', 1)),
        [it @ (b'"' | b'\'' | b'/' | b'\\'), ..] => Some((*it, 1)),
        [b'u', b'0', b'0', high, low, ..] => {
            let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
            let byte = digit(*high)? << 4 | digit(*low)?;
            byte.is_ascii().then_some((byte, 5))
        }
        _ => None,
    }
}

fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    const ENTITIES: &[(&[u8], u8)] = &[
        (b"quot;", b'"'),
        (b"#34;", b'"'),
        (b"#x22;", b'"'),
        (b"#39;", b'\''),
        (b"#039;", b'\''),
        (b"#x27;", b'\''),
        (b"apos;", b'\''),
        (b"lt;", b'<'),
        (b"gt;", b'>'),
        (b"amp;", b'&'),
        (b"nbsp;", b' '),
        (b"#160;", b' '),
        (b"#x2F;", b'/'),
        (b"#47;", b'/'),
        (b"#x60;", b'`'),
    ];
    if !matches!(rest, [b'#' | b'q' | b'a' | b'l' | b'g' | b'n', ..]) {
        return None;
    }
    ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, byte)| (*byte, name.len()))
}

/// A text of a page with its entities undone.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut left) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = memchr::memchr(b'&', left) {
        let (before, marked) = left.split_at_checked(at).unwrap_or((left, b""));
        plain.extend_from_slice(before);
        let rest = marked.get(1..).unwrap_or_default();
        let (byte, skip) = entity(rest).unwrap_or((b'&', 0));
        plain.push(byte);
        left = rest.get(skip..).unwrap_or_default();
    }
    plain.extend_from_slice(left);
    plain
}

fn line_break(rest: &[u8]) -> Option<(u8, usize)> {
    let tag: &[&[u8]] = &[b"br>", b"br/>", b"br />", b"BR>"];
    tag.iter().find(|it| rest.starts_with(it)).map(|it| (b'\n', it.len()))
}

/// Whether `text` has `part` anywhere.
pub(super) fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// The first line of `text`.
pub(super) fn line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `text` without the digits at its beginning; none if there are none.
pub(super) fn digits(text: &[u8]) -> Option<&[u8]> {
    let count = text.iter().take_while(|it| it.is_ascii_digit()).count();
    if count == 0 { None } else { text.get(count..) }
}

/// `text` without the digits at its end; none if there are none.
pub(super) fn digits_back(text: &[u8]) -> Option<&[u8]> {
    let count = text.iter().rev().take_while(|it| it.is_ascii_digit()).count();
    if count == 0 { None } else { text.get(..text.len() - count) }
}

/// `text` without its last bytes that `keep` takes, and those.
pub(super) fn split_back(text: &[u8], keep: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let count = text.iter().rev().take_while(|it| keep(**it)).count();
    text.split_at_checked(text.len() - count).unwrap_or((text, b""))
}

/// The first bytes of `text` that `keep` takes, and the others.
pub(super) fn split_front(text: &[u8], keep: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let count = text.iter().take_while(|it| keep(**it)).count();
    text.split_at_checked(count).unwrap_or((b"", text))
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether `text` begins with a quote.
pub(super) fn quoted(text: &[u8]) -> bool {
    text.first().is_some_and(|it| is_quote(*it))
}

/// What stands between the quotes at the beginning of `text`, and what follows.
pub(super) fn quote(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mark, rest) = text.split_first().filter(|(it, _)| is_quote(**it))?;
    let end = memchr::memchr(*mark, rest)?;
    Some((rest.get(..end)?, rest.get(end + 1..)?))
}

/// What stands between the quotes at the end of `text`, and what is before.
pub(super) fn quote_back(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mark, rest) = text.split_last().filter(|(it, _)| is_quote(**it))?;
    let start = memchr::memrchr(*mark, rest)?;
    Some((rest.get(..start)?, rest.get(start + 1..)?))
}

/// A byte of a name with dots, as Java and .NET write them.
pub(super) fn is_dotted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$')
}

/// Part of an identifier.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
