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
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("path"),
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
    if name.len() <= NAME_BYTES_MAX && name.iter().all(|&b| plain(b)) {
        return String::from_utf8_lossy(name);
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
    fn a_hostile_name_is_escaped_and_cut() {
        assert_eq!(escaped(b"a\x1b[31m\r\n"), "a\\x1b[31m\\x0d\\x0a");
        assert_eq!(escaped("ü".as_bytes()), "\\xc3\\xbc");
        assert!(escaped(&[b'a'; 4_000]).len() <= NAME_BYTES_MAX + 3);
        assert!(escaped(&[0; 4_000]).len() <= NAME_BYTES_MAX + 3);
        assert!(Place::body(&"é".repeat(200)).to_string().len() <= NAME_BYTES_MAX + 5);
    }
}
