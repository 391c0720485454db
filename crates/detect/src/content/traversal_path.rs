//! The segments of a path, in every spelling that some server reads as one.
//!
//! Reads    text that may hold paths; ends a path where no path goes on.
//! Writes   a [`Climb`] for all paths together.
//! Memory   none.
//! Misses   an escape of an escape of another kind; entities of HTML.
//! Source   CWE-22, CWE-23, CWE-36; RFC 3986, 5.2.4; RFC 3629, section 10 (overlong forms).

/// What was seen of climbing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Climb {
    /// Segments `..` in all.
    pub ups: u32,
    /// The most by which a path left the folder it began in.
    pub out: u32,
    /// A path that begins at the root, or with a name, left it.
    pub is_out_of_root: bool,
    /// A dot or separator of a climb was escaped.
    pub is_escaped: bool,
    /// A climb stands between separators of both kinds, or of more than one of the same.
    pub is_mixed: bool,
    /// Segments of three dots and more that have a separator behind them.
    pub dots: u32,
    /// Segments of one dot.
    pub stays: u32,
    /// `..;` or a segment of dots with other invisible bytes.
    pub has_parameter: bool,
    /// Where the first climb stands.
    pub from: usize,
}

/// One unit of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Dot,
    Slash(u8),
    /// A byte that nobody sees.
    Blank,
    Other,
    /// No path goes on here.
    End,
}

/// Looks at all paths of `text`.
pub(super) fn climb(text: &[u8]) -> Climb {
    let mut found = Climb::default();
    let mut path = Path::default();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let (unit, bytes) = unit(rest, path.dots == 2 && path.others == 0);
        let is_escaped = bytes > 1;
        match unit {
            Unit::Dot => {
                path.dots += 1;
                path.is_escaped |= is_escaped;
            }
            Unit::Slash(kind) => path.slash(&mut found, kind, is_escaped, at),
            Unit::Blank => path.has_blank = true,
            Unit::Other if path.dots == 2 && path.others == 0 && rest.starts_with(b";") => {
                path.has_blank = true;
                path.is_parameter = true;
            }
            Unit::Other => path.others += u32::from(!path.is_parameter),
            Unit::End => {
                path.end(&mut found, at);
                path = Path::default();
            }
        }
        at += bytes.max(1);
    }
    path.end(&mut found, at);
    found
}

/// One path as it is read.
#[derive(Clone, Copy, Debug, Default)]
struct Path {
    /// Of the segment.
    dots: u32,
    others: u32,
    has_blank: bool,
    is_parameter: bool,
    is_escaped: bool,
    /// Of the path.
    segments: u32,
    depth: i64,
    begins_at_root: bool,
    last_slash: u8,
    slashes: u32,
    last_was_climb: bool,
}

impl Path {
    fn slash(&mut self, found: &mut Climb, kind: u8, is_escaped: bool, at: usize) {
        let is_empty = self.dots == 0 && self.others == 0;
        if is_empty && self.segments == 0 && self.slashes == 0 {
            self.begins_at_root = true;
        }
        if is_empty {
            self.slashes += 1;
            found.is_mixed |= self.last_was_climb && self.segments > 0 && self.depth < 0;
            found.is_escaped |= is_escaped && self.last_was_climb;
            self.last_slash = kind;
            return;
        }
        self.is_escaped |= is_escaped;
        let is_other = self.last_slash != 0 && self.last_slash != kind;
        self.segment(found, at, true, is_other);
        self.last_slash = kind;
        self.slashes = 1;
    }

    fn end(&mut self, found: &mut Climb, at: usize) {
        let is_path = self.segments > 0 || self.begins_at_root;
        if is_path && (self.dots > 0 || self.others > 0) {
            self.segment(found, at, false, false);
        }
    }

    fn segment(&mut self, found: &mut Climb, at: usize, has_slash: bool, is_other_slash: bool) {
        self.last_was_climb = false;
        match (self.dots, self.others) {
            (1, 0) => found.stays += u32::from(has_slash),
            (2, 0) => {
                if found.ups == 0 {
                    found.from = at;
                }
                found.is_out_of_root |= self.depth <= 0
                    && (self.begins_at_root
                        || self.segments > 0 && self.depth == 0 && found.out == 0);
                self.depth -= 1;
                found.ups += 1;
                found.out = found.out.max(u32::try_from(-self.depth).unwrap_or(0));
                found.is_escaped |= self.is_escaped;
                found.is_mixed |= is_other_slash;
                found.has_parameter |= self.has_blank && has_slash;
                self.last_was_climb = true;
            }
            (3.., 0) => found.dots += u32::from(has_slash),
            _ => self.depth += 1,
        }
        self.segments += 1;
        (self.dots, self.others) = (0, 0);
        (self.has_blank, self.is_parameter, self.is_escaped) = (false, false, false);
    }
}

/// The first unit and its bytes.
fn unit(text: &[u8], is_after_dots: bool) -> (Unit, usize) {
    match *text {
        [b'.', ..] => (Unit::Dot, 1),
        [slash @ (b'/' | b'\\'), ..] => (Unit::Slash(slash), 1),
        [b'%', b'u' | b'U', a, b, c, d, ..] => match (hex(a, b), hex(c, d)) {
            (Some(high), Some(low)) => (of_code(u32::from(high) << 8 | u32::from(low)), 6),
            _ => (Unit::Other, 1),
        },
        [b'%', ..] => escape(text),
        [b'0', b'x' | b'X', a, b, ..] => match hex(a, b).map(|it| of_code(u32::from(it))) {
            Some(unit @ (Unit::Dot | Unit::Slash(_))) => (unit, 4),
            _ => (Unit::Other, 1),
        },
        // What is left of `..%2f` where the percent sign is removed.
        [b'2', b'f' | b'F', ..] | [b'5', b'c' | b'C', ..] if is_after_dots => {
            (Unit::Slash(b'/'), 2)
        }
        [lead @ (0xC0 | 0xC1), low, ..] => (of_overlong(lead, low), 2),
        [0xE0, 0x80, low, ..] => (of_overlong(0xC0, low), 3),
        [0xEF, 0xBC, 0x8E, ..] => (Unit::Dot, 3),
        [0xEF, 0xBC, 0x8F, ..] => (Unit::Slash(b'/'), 3),
        [0xE2, 0x88, 0x95 | 0x96, ..] => (Unit::Slash(b'/'), 3),
        [0..=8 | 0x0B | 0x0C | 0x0E..=0x1F | 0x7F, ..] => (Unit::Blank, 1),
        [
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'>' | b'|' | b'=' | b'?' | b'&'
            | b'(' | b')' | b',' | b'`' | b'[' | b']',
            ..,
        ] => (Unit::End, 1),
        _ => (Unit::Other, 1),
    }
}

/// `%2e`, `%252e`, `%c0%ae`, `%c0%2e`; `%` alone counts as nothing in a climb.
fn escape(text: &[u8]) -> (Unit, usize) {
    let mut at = 1;
    while let Some([b'2', b'5', ..]) = text.get(at..) {
        at += 2;
        // `%25%2e` and `%252e`.
        if text.get(at) == Some(&b'%') {
            at += 1;
        }
    }
    let rest = text.get(at..).unwrap_or_default();
    let [a, b, rest @ ..] = rest else { return (Unit::Blank, at) };
    let Some(byte) = hex(*a, *b) else { return (Unit::Blank, at) };
    if let 0xC0 | 0xC1 | 0xE0 = byte {
        let skip = if byte == 0xE0 { 3 } else { 0 };
        return match *rest.get(skip..).unwrap_or_default() {
            [b'%', c, d, ..] => match hex(c, d) {
                Some(low) => (of_overlong(byte, low), at + 5 + skip),
                None => (Unit::Other, at + 2),
            },
            [slash @ (b'/' | b'\\'), ..] => (Unit::Slash(slash), at + 3),
            [b'.', ..] => (Unit::Dot, at + 3),
            _ => (Unit::Other, at + 2),
        };
    }
    (of_code(u32::from(byte)), at + 2)
}

fn of_overlong(lead: u8, low: u8) -> Unit {
    let is_continuation = low & 0xC0 == 0x80;
    let code = if is_continuation {
        u32::from(lead & 1) << 6 | u32::from(low & 0x3F)
    } else {
        u32::from(low)
    };
    match of_code(code) {
        found @ (Unit::Dot | Unit::Slash(_)) => found,
        Unit::Blank | Unit::Other | Unit::End => Unit::Other,
    }
}

fn of_code(code: u32) -> Unit {
    match code {
        0x2E | 0xFF0E | 0x2024 => Unit::Dot,
        0x2F | 0x2215 | 0xFF0F | 0x2044 => Unit::Slash(b'/'),
        // The last two are what some encoders of code pages made of separators.
        0x5C | 0x2216 | 0xFF3C | 0xEFC8 | 0xF025 => Unit::Slash(b'\\'),
        0..=0x1F => Unit::Blank,
        _ => Unit::Other,
    }
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8], ups: u32, out: u32) -> Climb {
        let found = climb(text);
        assert_eq!((found.ups, found.out), (ups, out), "{}", String::from_utf8_lossy(text));
        found
    }

    #[test]
    fn climbs_are_counted_from_where_a_path_begins() {
        check(b"../../x", 2, 2);
        check(b"a/b/../c", 1, 0);
        assert!(check(b"a/../../x", 2, 1).is_out_of_root);
        assert!(check(b"/../x", 1, 1).is_out_of_root);
        assert!(!check(b"../x/../../y", 3, 2).is_out_of_root);
        check(b"import '../a'; import '../../b'", 3, 2);
        check(b"..", 0, 0);
        check(b"wait.. what/why", 0, 0);
    }

    #[test]
    fn every_spelling_is_a_climb() {
        for text in [
            &b"%2e%2e%2fx"[..],
            b"..%2fx",
            b"%252e%252e%252fx",
            b"%c0%ae%c0%ae%c0%afx",
            b"..%c0%afx",
            b"..%c1%9cx",
            b"\xC0\xAE\xC0\xAE/x",
            b"%uff0e%uff0e%u2215x",
            b"0x2e0x2e0x2fx",
            b"..%5cx",
            b"..%255cx",
            b"%c0%2e%c0%2e/x",
            b"..2fx",
            b"\xEF\xBC\x8E\xEF\xBC\x8E/x",
            b"..%u2216x",
        ] {
            assert!(check(text, 1, 1).is_escaped);
        }
    }

    #[test]
    fn odd_separators_are_told() {
        assert!(check(b"..\\/..\\/x", 2, 2).is_mixed);
        assert!(check(b"..//..//x", 2, 2).is_mixed);
        assert!(check(b"..;/..;/x", 2, 2).has_parameter);
        assert_eq!(climb(b"....//....//x").dots, 2);
        assert_eq!(climb(b"./././x").stays, 3);
        assert!(!check(b"../../x", 2, 2).is_mixed);
    }
}
