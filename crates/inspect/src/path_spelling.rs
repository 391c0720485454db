//! The canonical spelling of a request target: of all the ways to write one path, the one that is
//! matched and forwarded.
//!
//! Reads    the target as received (origin form: `/path?query`). Other forms are given back as
//!          they are.
//! Writes   the same target with hexadecimal digits in upper case; unreserved characters decoded;
//!          `\`, `%5c` and `%2f` as `/`; dot segments resolved, also where they are encoded or
//!          carry parameters (`..;x`); empty segments merged; the fragment gone. The query is
//!          not touched. Writing it again changes nothing.
//! Memory   one buffer of at most the length of the target.
//! Errors   none. What has no single reading stays, and [`crate::path::oddities`] reports it:
//!          double encoding, a malformed percent sign, encoded control bytes, parameters on
//!          ordinary segments, overlong UTF-8. A double encoding that was itself hidden is
//!          uncovered (`%25%32f` becomes `%252f`), so look for oddities in both spellings.
//! Misses   servers that know fewer spellings: where `%2f` is data inside a segment, the
//!          canonical spelling is another path. Case, Unicode forms, and parameters (`/admin;x`)
//!          are left to the reader of the path.
//! Source   RFC 3986 sections 5.2.4 and 6.2.2.

use crate::percent::hex;

/// The canonical spelling of `target`: `target` itself where it is canonical already, else
/// written to `out`, which is emptied first. It begins with `/` and never rises above it.
pub fn canonical<'a>(target: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8] {
    if target.first() != Some(&b'/') || is_plain(target) {
        return target;
    }
    out.clear();
    out.reserve(target.len());
    let (path, query) = split(target);
    write_path(path, out);
    let query = query.split(|&b| b == b'#').next().unwrap_or_default();
    out.extend_from_slice(query);
    out
}

/// Whether `path` lies under `prefix`: the same, or more segments. Both are read as paths, an
/// encoded unreserved character counts as the character, and case matters. `/admin` holds
/// `/admin`, `/admin/x`, `/%61dmin?x`, and not `/administrator`. A slash at the end of `prefix`
/// changes nothing.
pub fn has_prefix(path: &[u8], prefix: &[u8]) -> bool {
    let (mut path, mut prefix) = (Units(until_query(path)), Units(until_query(prefix)));
    loop {
        match (prefix.next(), path.clone().next()) {
            (None, None | Some(Unit::Byte(b'/'))) => return true,
            // The last slash of a prefix: `/admin/`, and `/` itself.
            (Some(Unit::Byte(b'/')), rest) if prefix.0.is_empty() => {
                return matches!(rest, None | Some(Unit::Byte(b'/')));
            }
            (Some(wanted), Some(met)) if wanted == met => drop(path.next()),
            (None | Some(_), None | Some(_)) => return false,
        }
    }
}

/// Nothing in it needs another spelling. One look a byte; true of nearly every target.
fn is_plain(target: &[u8]) -> bool {
    let (path, query) = split(target);
    let mut before = 0;
    let odd = |&b: &u8| {
        let odd = matches!(b, b'%' | b'\\' | b'#') || (before == b'/' && matches!(b, b'/' | b'.'));
        before = b;
        odd
    };
    !path.iter().any(odd) && memchr::memchr(b'#', query).is_none()
}

/// The path, and the query with its question mark. A fragment stays where it is.
fn split(target: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr2(b'?', b'#', target) {
        // Behind a fragment there is no query.
        Some(at) if target.get(at) == Some(&b'#') => (target.get(..at).unwrap_or_default(), b"#"),
        Some(at) => target.split_at_checked(at).unwrap_or((target, b"")),
        None => (target, b""),
    }
}

fn until_query(target: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b'?', b'#', target).unwrap_or(target.len());
    target.get(..end).unwrap_or(target)
}

/// Writes the path segment by segment: `out` always ends with `/` between two of them.
fn write_path(path: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    let mut start = out.len();
    // Bytes written since a percent sign that begins no escape. Decoding a digit right behind
    // it would make an escape that was not there (`%%32f`, `%2%66`).
    let mut since_loose = 2_u8;
    for unit in Units(path.get(1..).unwrap_or_default()) {
        match unit {
            Unit::Byte(b'/' | b'\\') | Unit::Escape(b'/' | b'\\') => {
                close(out, start, true);
                start = out.len();
                since_loose = 2;
            }
            Unit::Decoded(byte) if since_loose < 2 && byte.is_ascii_hexdigit() => {
                push_escape(byte, out);
                since_loose = 2;
            }
            Unit::Byte(b'%') => {
                out.push(b'%');
                since_loose = 0;
            }
            Unit::Byte(byte) | Unit::Decoded(byte) => {
                out.push(byte);
                since_loose =
                    if byte.is_ascii_hexdigit() { since_loose.saturating_add(1) } else { 2 };
            }
            Unit::Escape(byte) => {
                push_escape(byte, out);
                since_loose = 2;
            }
        }
    }
    close(out, start, false);
}

/// Ends the segment that begins at `start`. The bytes that are looked at going up are removed, so
/// all of it is linear.
fn close(out: &mut Vec<u8>, start: usize, slash: bool) {
    match dots(out.get(start..).unwrap_or_default()) {
        Dots::None => {
            if slash && out.len() > start {
                out.push(b'/');
            }
        }
        Dots::One => out.truncate(start),
        Dots::Two => {
            out.truncate(start);
            let parent = out.get(..start.saturating_sub(1)).unwrap_or_default();
            let end = memchr::memrchr(b'/', parent).map_or(1, |at| at + 1);
            out.truncate(end);
        }
    }
}

enum Dots {
    None,
    One,
    Two,
}

/// Whether a segment, spelt as `write_path` spells it, means this or the parent.
fn dots(segment: &[u8]) -> Dots {
    let ends = |rest: &[u8]| matches!(rest, [] | [b';', ..] | [b'%', b'3', b'B', ..]);
    match segment {
        [b'.', b'.', rest @ ..] if ends(rest) => Dots::Two,
        [b'.', rest @ ..] if ends(rest) => Dots::One,
        _ => Dots::None,
    }
}

fn push_escape(byte: u8, out: &mut Vec<u8>) {
    let digit = |it: u8| if it < 10 { b'0' + it } else { b'A' + (it - 10) };
    out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
}

/// One character of a path as it is compared.
#[derive(Clone, Copy, Debug)]
enum Unit {
    /// A byte as it stands, also a percent sign that begins no escape.
    Byte(u8),
    /// An unreserved character that was encoded.
    Decoded(u8),
    /// An escape of anything else.
    Escape(u8),
}

impl PartialEq for Unit {
    /// How an unreserved character was written does not matter.
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Byte(a) | Self::Decoded(a), Self::Byte(b) | Self::Decoded(b))
            | (Self::Escape(a), Self::Escape(b)) => a == b,
            (Self::Escape(_), Self::Byte(_) | Self::Decoded(_))
            | (Self::Byte(_) | Self::Decoded(_), Self::Escape(_)) => false,
        }
    }
}

#[derive(Clone, Debug)]
struct Units<'a>(&'a [u8]);

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let (&first, rest) = self.0.split_first()?;
        if let ([high, low, after @ ..], b'%') = (rest, first)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            self.0 = after;
            let byte = high << 4 | low;
            let unreserved =
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
            return Some(if unreserved { Unit::Decoded(byte) } else { Unit::Escape(byte) });
        }
        self.0 = rest;
        Some(Unit::Byte(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::oddities;
    use crate::percent::decode;
    use bartizan_model::oddity::{Oddities, Oddity};

    #[track_caller]
    fn check(target: &str, expected: &str) {
        let mut out = Vec::new();
        let spelt = canonical(target.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(spelt), expected, "{target}");
        assert_eq!(canonical(spelt, &mut Vec::new()), spelt, "{target}");
    }

    #[track_caller]
    fn stays(targets: &[&str]) {
        for target in targets {
            check(target, target);
        }
    }

    /// Never left in a canonical spelling.
    const GONE: [Oddity; 5] = [
        Oddity::EncodedSlash,
        Oddity::Backslash,
        Oddity::DotSegment,
        Oddity::EmptySegment,
        Oddity::Fragment,
    ];

    #[test]
    fn an_ordinary_target_is_given_back_untouched() {
        let mut out = b"before".to_vec();
        for target in
            ["/", "/orders/17?x=1&y=%20", "/a.b/c..", "/a;b=c", "*", "", "/caf\u{e9}", "/?a//../b"]
        {
            assert_eq!(
                canonical(target.as_bytes(), &mut out).as_ptr(),
                target.as_ptr(),
                "{target}"
            );
        }
        assert_eq!(out, b"before");
    }

    #[test]
    fn unreserved_characters_are_decoded_and_digits_are_upper_case() {
        check("/%61dmin", "/admin");
        check("/%41%7a%30%2d%2e%5f%7E", "/Az0-._~");
        check("/a%3ab%c3%a9", "/a%3Ab%C3%A9");
        check("/a%20b", "/a%20b");
    }

    #[test]
    fn every_slash_is_a_slash() {
        check("/a\\b", "/a/b");
        check("/a%5cb%5Cc", "/a/b/c");
        check("/a%2fb%2Fc", "/a/b/c");
        check("/a//b///c", "/a/b/c");
        check("//a", "/a");
        check("/\\/%2f", "/");
    }

    #[test]
    fn dot_segments_are_resolved_however_they_are_spelt() {
        check("/a/./b", "/a/b");
        check("/a/../b", "/b");
        check("/a/b/../../c", "/c");
        check("/a/%2e%2E/b", "/b");
        check("/a/.%2e/b", "/b");
        check("/a/..;x=1/b", "/b");
        check("/a/.;x/b", "/a/b");
        check("/a/..%3bx/b", "/b");
        check("/a%2f..%5cb", "/b");
        check("/static/..%2f..%2fadmin", "/admin");
        check("/a/b//..//c", "/a/c");
        stays(&["/..a", "/a../b", "/.well-known/x", "/...", "/.a;/b"]);
    }

    #[test]
    fn nothing_rises_above_the_root() {
        check("/..", "/");
        check("/../../a", "/a");
        check("/a/../../../b", "/b");
        check("/%2e%2e%2f%2e%2e%2fetc", "/etc");
    }

    #[test]
    fn a_slash_at_the_end_stays() {
        check("/a/", "/a/");
        check("/a//", "/a/");
        check("/a/.", "/a/");
        check("/a/b/..", "/a/");
        check("/a/b/../", "/a/");
        check("/a%2f", "/a/");
        check("/.", "/");
    }

    #[test]
    fn the_fragment_goes_and_the_query_stays() {
        check("/a#b", "/a");
        check("/a#b?c", "/a");
        check("/a?b#c", "/a?b");
        check("/a?b=%2f%61//../c\\", "/a?b=%2f%61//../c\\");
        check("/%61?b=%2f%61//../c\\#d#e", "/a?b=%2f%61//../c\\");
        check("/a/../?", "/?");
        check("/a%3fb", "/a%3Fb");
        check("/a%23b", "/a%23b");
    }

    #[test]
    fn what_has_no_single_reading_stays() {
        stays(&["/a%252fb", "/a%", "/a%2", "/a%zz", "/a%00", "/a%0D%0Ab", "/a;b=c/d", "/%C0%AF"]);
        check("/a%c0%af", "/a%C0%AF");
    }

    #[test]
    fn decoding_never_makes_an_escape() {
        stays(&["/%%32f", "/%2%66", "/%a%62", "/%%35c"]);
        check("/%%32%66", "/%%32f");
        check("/%%2e%2e", "/%..");
        check("/%g%61", "/%ga");
        check("/%%2f2f", "/%/2f");
        check("/%2%2ff", "/%2/f");
    }

    #[test]
    fn other_forms_are_given_back() {
        stays(&["*", "http://a/b/../c", "a/../b", "\\a", ""]);
    }

    /// Numbers that are the same at each run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % sides
        }
    }

    const PARTS: &[&str] = &[
        "/", "/", "/", ".", "..", "a", "b", "2", "f", "5", "c", "e", "%", "%2", "%25", "%2f",
        "%2F", "%5c", "%5C", "\\", "%2e", "%2E", ";", "%3b", "x=1", "#", "?", "%61", "%66", "%32",
        "%35", "%00", "%0a", "%c0%af", "\u{e9}", "%e9", "~", "%7e", "admin", "%3f", "%23", "//",
        "/./", "/../",
    ];

    fn random_target(dice: &mut Dice) -> String {
        let parts = dice.roll(14);
        let rest: String = (0..parts).map(|_| PARTS[dice.roll(PARTS.len())]).collect();
        format!("/{rest}")
    }

    #[test]
    fn any_target_gets_one_spelling_without_the_ambiguities() {
        let mut dice = Dice(1);
        let gone: Oddities = GONE.into_iter().collect();
        for _ in 0..200_000 {
            let target = random_target(&mut dice);
            let mut out = Vec::new();
            let spelt = canonical(target.as_bytes(), &mut out).to_vec();
            let text = String::from_utf8_lossy(&spelt).into_owned();
            assert!(spelt.len() <= target.len(), "{target} -> {text}");
            assert_eq!(spelt.first(), Some(&b'/'), "{target} -> {text}");
            assert_eq!(canonical(&spelt, &mut Vec::new()), spelt, "{target} -> {text}");
            let left = oddities(&spelt);
            assert!(left.iter().all(|it| !gone.contains(it)), "{target} -> {text}: {left:?}");
        }
    }

    #[test]
    fn a_target_without_oddities_keeps_its_meaning() {
        let mut dice = Dice(2);
        let mut kept = 0;
        for _ in 0..200_000 {
            let target = random_target(&mut dice);
            if !oddities(target.as_bytes()).is_empty() {
                continue;
            }
            kept += 1;
            let mut out = Vec::new();
            let spelt = canonical(target.as_bytes(), &mut out);
            let (mut a, mut b) = (Vec::new(), Vec::new());
            assert_eq!(decode(spelt, false, &mut a), decode(target.as_bytes(), false, &mut b));
            let uncovered = oddities(spelt).iter().all(|it| it == Oddity::DoubleEncoding);
            assert!(uncovered, "{target}");
        }
        assert!(kept > 1_000, "{kept}");
    }

    #[test]
    fn any_bytes_are_spelt_without_a_fault() {
        let mut dice = Dice(3);
        for _ in 0..50_000 {
            let length = dice.roll(24);
            let bytes: Vec<u8> = std::iter::once(b'/')
                .chain((0..length).map(|_| match dice.roll(3) {
                    0 => b"%/.\\;#?25fFeEcC"[dice.roll(15)],
                    _ => u8::try_from(dice.roll(256)).unwrap(),
                }))
                .collect();
            let mut out = Vec::new();
            let spelt = canonical(&bytes, &mut out).to_vec();
            assert_eq!(canonical(&spelt, &mut Vec::new()), spelt, "{bytes:?}");
            assert!(GONE.iter().all(|&it| !oddities(&spelt).contains(it)), "{bytes:?}");
        }
    }

    #[test]
    fn hostile_targets_take_linear_time() {
        for unit in ["/..", "/a", "/a/..", "%2e%2e%2f", "//", "\\", "%", "/;", "%%32"] {
            let target = format!("/{}{}", "a/".repeat(100_000), unit.repeat(100_000));
            let start = std::time::Instant::now();
            canonical(target.as_bytes(), &mut Vec::new());
            assert!(start.elapsed().as_millis() < 1_000, "{unit}");
        }
    }

    #[track_caller]
    fn under(prefix: &str, paths: &[&str], expected: bool) {
        for path in paths {
            assert_eq!(has_prefix(path.as_bytes(), prefix.as_bytes()), expected, "{path} {prefix}");
        }
    }

    #[test]
    fn a_prefix_holds_whole_segments() {
        let inside =
            ["/admin", "/admin/", "/admin/x", "/admin?x", "/admin#x", "/%61dmin", "/%61%64min/x"];
        let outside = [
            "/administrator",
            "/Admin",
            "/adm",
            "/",
            "",
            "/x/admin",
            "admin",
            "/admin%2Fx",
            "/admin;x",
        ];
        for prefix in ["/admin", "/admin/", "/%61dmin", "/admin?x"] {
            under(prefix, &inside, true);
            under(prefix, &outside, false);
        }
        under("/", &["/", "/a", "/?x"], true);
        under("/a/b", &["/a/b", "/a/b/c", "/%61/%62"], true);
        under("/a/b", &["/a", "/a/bc", "/a/", "/a//b"], false);
        under("/a%20b", &["/a%20b", "/a%20b/c"], true);
        under("/a%3ab", &["/a%3Ab"], true);
        under("/a%3ab", &["/a:b"], false);
    }

    #[test]
    fn whatever_is_under_a_prefix_is_so_in_any_spelling_of_it() {
        let mut dice = Dice(4);
        for _ in 0..20_000 {
            let spelt: String = "/admin/users"
                .bytes()
                .map(|it| match dice.roll(3) {
                    0 if it != b'/' => format!("%{it:02x}"),
                    1 if it != b'/' => format!("%{it:02X}"),
                    _ => char::from(it).to_string(),
                })
                .collect();
            assert!(has_prefix(spelt.as_bytes(), b"/admin"));
            assert!(!has_prefix(spelt.as_bytes(), b"/admi"));
            let mut out = Vec::new();
            assert_eq!(canonical(spelt.as_bytes(), &mut out), b"/admin/users");
        }
    }
}
