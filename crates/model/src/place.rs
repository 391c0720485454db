//! Places: where in a message something stands. Names in them come from clients; they are kept
//! short and shown only escaped.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Bytes of a place's name that are kept.
pub const NAME_BYTES_MAX: usize = 128;

/// Where a value stands in a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The segment of the path at this position, counted from 1. Only facts tell segments apart.
    Segment(u8),
    /// A query parameter of this name.
    Query(String),
    /// A header field of this name.
    Header(String),
    /// A cookie of this name.
    Cookie(String),
    /// A body field: `$.items[*].note` in JSON, `$.name` in a form, `$` for the whole text.
    Body(String),
    /// The name of a parameter, cookie or body field itself.
    Name,
}

impl Place {
    /// A query parameter; the name is cut and escaped.
    pub fn query(name: &[u8]) -> Self {
        Self::Query(escaped(name).into_owned())
    }

    /// A header field; the name is cut and escaped.
    pub fn header(name: &[u8]) -> Self {
        Self::Header(escaped(name).into_owned())
    }

    /// A cookie; the name is cut and escaped.
    pub fn cookie(name: &[u8]) -> Self {
        Self::Cookie(escaped(name).into_owned())
    }

    /// A body field by its path, of which the names were escaped by [`escaped`].
    pub fn body(path: &str) -> Self {
        Self::Body(cut(path).to_owned())
    }

    /// The place that an operator means. Names may be written as clients send them or as they are
    /// shown; either way they become what findings have.
    ///
    /// # Errors
    ///
    /// [`NotAPlace`], as for the form that is shown.
    pub fn written(text: &str) -> Result<Self, NotAPlace> {
        Ok(match text.parse()? {
            Self::Query(name) => Self::query(&unescaped(&name)),
            Self::Header(name) => Self::header(&unescaped(&name)),
            Self::Cookie(name) => Self::cookie(&unescaped(&name)),
            // A path of this length was cut, perhaps in the middle of an escape.
            Self::Body(path) if path.len() == NAME_BYTES_MAX => Self::Body(path),
            Self::Body(path) => {
                let names: Vec<_> = path.split('.').map(unescaped).collect();
                let names: Vec<_> = names.iter().map(|it| escaped(it)).collect();
                Self::body(&names.join("."))
            }
            it @ (Self::Path | Self::Segment(_) | Self::Name) => it,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("path"),
            Self::Segment(at) => write!(f, "segment {at}"),
            Self::Name => f.write_str("name"),
            Self::Query(name) => write!(f, "query {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Cookie(name) => write!(f, "cookie {name}"),
            Self::Body(path) => write!(f, "body {path}"),
        }
    }
}

/// The text names no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        match text.split_once(' ') {
            None if text == "path" => Ok(Self::Path),
            None if text == "name" => Ok(Self::Name),
            Some((_, "")) => Err(NotAPlace),
            Some(("segment", at)) => at.parse().map(Self::Segment).map_err(|_| NotAPlace),
            Some(("query", name)) => Ok(Self::Query(name.to_owned())),
            Some(("header", name)) => Ok(Self::Header(name.to_owned())),
            Some(("cookie", name)) => Ok(Self::Cookie(name.to_owned())),
            Some(("body", path)) if path.starts_with('$') => Ok(Self::Body(path.to_owned())),
            _ => Err(NotAPlace),
        }
    }
}

/// A client's name as it may be shown: printable ASCII as it is, everything else as `\xNN`, at
/// most [`NAME_BYTES_MAX`] bytes long.
pub fn escaped(name: &[u8]) -> Cow<'_, str> {
    let plain = |b: u8| (0x21..0x7F).contains(&b) && b != b'\\';
    if name.len() <= NAME_BYTES_MAX
        && name.iter().all(|&b| plain(b))
        && let Ok(name) = str::from_utf8(name)
    {
        return Cow::Borrowed(name);
    }
    let mut out = String::new();
    for &byte in name {
        if out.len() + 4 > NAME_BYTES_MAX {
            out.push('…');
            break;
        }
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    Cow::Owned(out)
}

/// The bytes that [`escaped`] shows as `text`. A backslash that begins no escape is itself.
pub(crate) fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let (byte, left) = escape(rest).unwrap_or((*first, behind));
        out.push(byte);
        rest = left;
    }
    out
}

/// The byte of the escape that `text` begins with, and what follows.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'\\', b'x', high, low, rest @ ..] = text else { return None };
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}

/// One step of the path of a body field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the member of this name, as it is in the message.
    Name(Vec<u8>),
    /// Into the items of a list.
    Items,
}

/// The steps of a body path below `$`; `None` of what is none, or was cut so that its end is not known.
pub fn steps(path: &str) -> Option<Vec<Step>> {
    if path.len() >= NAME_BYTES_MAX || path.ends_with('…') {
        return None;
    }
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix("[*]") {
            steps.push(Step::Items);
            rest = behind;
            continue;
        }
        let name = rest.strip_prefix('.')?;
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (name, behind) = name.split_at_checked(end)?;
        steps.push(Step::Name(unescaped(name)));
        rest = behind;
    }
    Some(steps)
}

/// A client's name as one step of a body path: as [`escaped`], and with what would read as another
/// step (`.`, `[`, `]`) escaped too.
pub fn escaped_step(name: &[u8]) -> Cow<'_, str> {
    // Nearly every name: looked at once, for this is done for each name of each message.
    if name.len() <= NAME_BYTES_MAX
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && let Ok(name) = str::from_utf8(name)
    {
        return Cow::Borrowed(name);
    }
    if !name.iter().any(|b| matches!(b, b'.' | b'[' | b']')) {
        return escaped(name);
    }
    let mut out = String::new();
    for &byte in name.iter().take(NAME_BYTES_MAX) {
        match byte {
            b'.' | b'[' | b']' => out.push_str(&format!("\\x{byte:02x}")),
            _ => out.push_str(&escaped(&[byte])),
        }
    }
    Cow::Owned(cut(&out).to_owned())
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(NAME_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_what_it_writes() {
        for place in [
            Place::Path,
            Place::Name,
            Place::Segment(3),
            Place::query(b"q"),
            Place::cookie(b"sid"),
            Place::body("$.a[*]"),
        ] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for wrong in ["", "query", "query ", "body x", "line 3"] {
            assert_eq!(wrong.parse::<Place>(), Err(NotAPlace), "{wrong}");
        }
    }

    #[test]
    fn a_step_is_one_step() {
        assert_eq!(escaped_step(b"text"), "text");
        assert_eq!(escaped_step(b"review.text"), "review\\x2etext");
        assert_eq!(escaped_step(b"items[0]\n"), "items\\x5b0\\x5d\\x0a");
        assert!(escaped_step(&[b'.'; 4_000]).len() <= NAME_BYTES_MAX);
    }

    #[test]
    fn a_path_is_taken_apart_into_the_names_that_were_sent() {
        let name = |name: &str| Step::Name(name.as_bytes().to_vec());
        assert_eq!(steps("$"), Some(vec![]));
        assert_eq!(steps("$.a[*].b"), Some(vec![name("a"), Step::Items, name("b")]));
        assert_eq!(steps("$[*][*].id"), Some(vec![Step::Items, Step::Items, name("id")]));
        assert_eq!(steps(r"$.user\x5brole\x5d"), Some(vec![name("user[role]")]));
        assert_eq!(steps("$.").map(|it| it.len()), Some(1));
        for wrong in ["", "a", "$a", "$[0]", "$[*]a", &format!("$.{}", "a".repeat(NAME_BYTES_MAX))]
        {
            assert_eq!(steps(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_hostile_name_is_escaped_and_cut() {
        assert_eq!(escaped(b"a\x1b[31m\r\n"), "a\\x1b[31m\\x0d\\x0a");
        assert_eq!(escaped("ü".as_bytes()), "\\xc3\\xbc");
        assert!(escaped(&[b'a'; 4_000]).len() <= NAME_BYTES_MAX + 3);
        assert!(escaped(&[0; 4_000]).len() <= NAME_BYTES_MAX + 3);
        assert!(Place::body(&"é".repeat(200)).to_string().len() <= NAME_BYTES_MAX + 5);
    }

    /// However an operator writes this query parameter, it is the one of this name.
    #[track_caller]
    fn check_written(name: &[u8]) {
        let place = Place::query(name);
        assert_eq!(Place::written(&place.to_string()), Ok(place.clone()), "as shown");
        let raw = format!("query {}", String::from_utf8_lossy(name));
        assert_eq!(Place::written(&raw), Ok(place), "as sent");
    }

    #[test]
    fn a_written_name_is_the_name_of_findings() {
        check_written(b"q");
        check_written(b"a b");
        check_written("gr\u{f6}\u{df}e".as_bytes());
        check_written(b"a\\b");
        for bytes in [124, 125, 126, 127, 128, 129, 500] {
            check_written(&vec![b'a'; bytes]);
            check_written(&vec![b' '; bytes]);
            check_written(&[vec![b'a'; bytes], vec![b'\\']].concat());
        }
        // What looks like an escape is one; the name itself has to be written as it is shown.
        assert_eq!(Place::written("query \\x41"), Ok(Place::query(b"A")));
        assert_eq!(Place::written("query \\x5cx41"), Ok(Place::query(b"\\x41")));
    }

    #[test]
    fn a_written_path_is_the_path_of_findings() {
        let shown = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|it| escaped(it.as_bytes())).collect();
            Place::body(&format!("$.{}", names.join(".")))
        };
        let long = "\u{e4}".repeat(200);
        for names in [&["a", "b"][..], &["a b", "\u{fc}"], &["a\\"], &[&long], &["x", &long]] {
            let place = shown(names);
            assert_eq!(Place::written(&place.to_string()), Ok(place.clone()), "as shown");
            let raw = format!("body $.{}", names.join("."));
            assert_eq!(Place::written(&raw), Ok(place), "as sent");
        }
        assert_eq!(Place::written("body $"), Ok(Place::body("$")));
        assert_eq!(Place::written("body a"), Err(NotAPlace));
    }
}
