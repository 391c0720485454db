//! A strict reader of HTTP/1 heads. It does not repair: what has two readings becomes an oddity,
//! and the law refuses it.
//!
//! Reads    the bytes of one head, up to and with its empty line.
//! Writes   a [`RequestHead`] or [`ResponseHead`] whose spans point into the same bytes.
//! Memory   one small entry per field line.
//! Errors   none for requests (hostile input is not an error); a response that is not HTTP/1.1 is
//!          `None`.
//! Source   RFC 9112 sections 2 to 6, RFC 9110 section 5.

use bartizan_model::head::{
    Fields, Framing, HeadBuilder, Method, OPTIONS_MAX, RequestHead, ResponseHead, Version, list,
};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bartizan_model::oddity::Oddity;
use bytes::Bytes;
use std::ops::Range;

/// Looks for the end of a head, resuming where it stopped before.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndFinder {
    scanned: usize,
}

impl EndFinder {
    /// Length of the head with its empty line, once that has arrived. A bare LF ends a line here,
    /// so that sloppy or hostile heads are found too and can be refused.
    pub fn find(&mut self, buffer: &[u8]) -> Option<usize> {
        let from = self.scanned.saturating_sub(2);
        let tail = buffer.get(from..).unwrap_or_default();
        for at in memchr::memchr_iter(b'\n', tail) {
            match tail.get(at + 1..) {
                Some([b'\n', ..]) => return Some(from + at + 2),
                Some([b'\r', b'\n', ..]) => return Some(from + at + 3),
                _ => {}
            }
        }
        self.scanned = buffer.len();
        None
    }
}

/// Reads a request head. `bytes` ends with its empty line.
pub fn read_request(bytes: Bytes, limits: &Limits) -> RequestHead {
    let mut builder = HeadBuilder::with_capacity(16);
    let (version, framing) = match request(&bytes, limits, &mut builder) {
        Ok(it) => it,
        Err(Odd { oddity, version }) => {
            builder.oddity(oddity);
            (version, Framing::None)
        }
    };
    let mut head = builder.request(bytes, version, framing);
    // RFC 9112 section 3.2.4: an absolute target without a path asks about the server as a whole.
    if head.method == Method::Options && head.oddities.is_empty() && asks_about_all(&head) {
        head.canonicalise(Bytes::from_static(b"*"));
    }
    head
}

/// Whether the target is absolute and has no path: then its text is the slash before the authority.
fn asks_about_all(head: &RequestHead) -> bool {
    head.target() == b"/" && head.target_touches_authority()
}

/// A head that never became complete: `oddity` says why.
pub fn unread_request(bytes: Bytes, oddity: Oddity) -> RequestHead {
    let mut builder = HeadBuilder::default();
    builder.oddity(oddity);
    builder.request(bytes, Version::Http11, Framing::None)
}

struct Odd {
    oddity: Oddity,
    version: Version,
}

fn request(
    bytes: &[u8],
    limits: &Limits,
    builder: &mut HeadBuilder,
) -> Result<(Version, Framing), Odd> {
    let mut lines = Lines { bytes, at: 0 };
    let early = |oddity| Odd { oddity, version: Version::Http11 };
    let line = lines.next().map_err(early)?.ok_or(early(Oddity::RequestLine))?;
    let (method, target, version) = request_line(bytes, line).map_err(early)?;
    let odd = |oddity| Odd { oddity, version };
    builder.method(method.clone());
    if target.len() > limits.target_bytes_max {
        return Err(odd(Oddity::TargetTooLong));
    }
    let mut facts = FramingFacts::default();
    fields(&mut lines, limits, builder, &mut facts).map_err(odd)?;
    if Method::is_miswritten(text(bytes, method.clone())) {
        return Err(odd(Oddity::MethodCase));
    }
    let method = Method::of(text(bytes, method));
    let authority = target_and_authority(bytes, method, target, builder).map_err(odd)?;
    host(bytes, version, authority.as_ref(), &facts, builder).map_err(odd)?;
    let framing = facts.request_framing(version).map_err(odd)?;
    if method == Method::Connect {
        return Err(odd(Oddity::Connect));
    }
    if facts.upgrades && framing != Framing::None {
        return Err(odd(Oddity::UpgradeWithBody));
    }
    Ok((version, framing))
}

/// Reads a response head to a request with `method`. `None` if it is not well-formed.
pub fn read_response(bytes: Bytes, method: Method, limits: &Limits) -> Option<ResponseHead> {
    let mut builder = HeadBuilder::with_capacity(16);
    let mut lines = Lines { bytes: &bytes, at: 0 };
    let line = lines.next().ok()??;
    let (status, version) = status_line(text(&bytes, line))?;
    let mut facts = FramingFacts::default();
    fields(&mut lines, limits, &mut builder, &mut facts).ok()?;
    let framing = facts.response_framing(method, status, version)?;
    let mut head = builder.response(bytes, status, framing);
    head.keeps_alive = version == Version::Http11 && !closes(&head);
    Some(head)
}

fn closes(head: &ResponseHead) -> bool {
    head.fields.iter().any(|(known, _, value)| {
        known == Known::Connection && list(value).any(|it| it.eq_ignore_ascii_case(b"close"))
    })
}

/// Reads the trailer section of a chunked body, with its empty line; `None` if it is malformed.
pub fn read_trailers(bytes: Bytes, limits: &Limits) -> Option<Fields> {
    let mut lines = Lines { bytes: &bytes, at: 0 };
    let mut builder = HeadBuilder::default();
    fields(&mut lines, limits, &mut builder, &mut FramingFacts::default()).ok()?;
    Some(builder.trailers(bytes))
}

/// Lines that end with CR LF, without it.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Lines<'_> {
    /// The next line; `None` for the empty line that ends the section.
    fn next(&mut self) -> Result<Option<Range<usize>>, Oddity> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).ok_or(Oddity::RequestLine)?;
        let start = self.at;
        self.at += length + 1;
        match rest.get(..length) {
            Some([line @ .., b'\r']) => {
                Ok(if line.is_empty() { None } else { Some(start..start + line.len()) })
            }
            _ => Err(Oddity::BareLf),
        }
    }
}

fn request_line(
    bytes: &[u8],
    line: Range<usize>,
) -> Result<(Range<usize>, Range<usize>, Version), Oddity> {
    let all = text(bytes, line.clone());
    if let Some(oddity) = forbidden(all) {
        return Err(oddity);
    }
    let method = memchr::memchr(b' ', all).ok_or(Oddity::RequestLine)?;
    let version = memchr::memrchr(b' ', all).ok_or(Oddity::RequestLine)?;
    let target = all.get(method + 1..version).ok_or(Oddity::RequestLine)?;
    let is_token = method > 0 && text(all, 0..method).iter().all(|&b| is_token(b));
    if !is_token || target.is_empty() || target.iter().any(|&b| b == b' ' || b == b'\t') {
        return Err(Oddity::RequestLine);
    }
    let version_number = match all.get(version + 1..) {
        Some(b"HTTP/1.1") => Version::Http11,
        Some(b"HTTP/1.0") => Version::Http10,
        _ => return Err(Oddity::RequestLine),
    };
    let at = line.start;
    Ok((at..at + method, at + method + 1..at + version, version_number))
}

fn status_line(line: &[u8]) -> Option<(u16, Version)> {
    let (version, rest) = match line.split_at_checked(9)? {
        (b"HTTP/1.1 ", rest) => (Version::Http11, rest),
        (b"HTTP/1.0 ", rest) => (Version::Http10, rest),
        _ => return None,
    };
    let (digits, reason) = rest.split_at_checked(3)?;
    let is_status = digits.iter().all(u8::is_ascii_digit);
    let is_reason = reason.is_empty() || reason.first() == Some(&b' ');
    if !is_status || !is_reason || forbidden(reason).is_some() {
        return None;
    }
    let status = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    (100..=599).contains(&status).then_some((status, version))
}

/// What the field lines say of framing and host.
#[derive(Debug, Default)]
struct FramingFacts {
    length: Option<u64>,
    chunked: bool,
    upgrades: bool,
    /// Options of `Connection`: those beyond what is looked at could not be obeyed.
    options: usize,
    host: Option<Range<usize>>,
}

fn fields(
    lines: &mut Lines<'_>,
    limits: &Limits,
    builder: &mut HeadBuilder,
    facts: &mut FramingFacts,
) -> Result<(), Oddity> {
    let bytes = lines.bytes;
    while let Some(line) = lines.next()? {
        if builder.field_count() >= limits.fields_max {
            return Err(Oddity::TooManyFields);
        }
        let (name, value) = field_line(bytes, line)?;
        let known = Known::of(text(bytes, name.clone()));
        facts.take(known, text(bytes, name.clone()), text(bytes, value.clone()))?;
        if known == Known::Host {
            if facts.host.is_some() {
                return Err(Oddity::HostRepeated);
            }
            facts.host = Some(value.clone());
        }
        builder.field(known, name, value);
    }
    Ok(())
}

fn field_line(bytes: &[u8], line: Range<usize>) -> Result<(Range<usize>, Range<usize>), Oddity> {
    let all = text(bytes, line.clone());
    if matches!(all.first(), Some(b' ' | b'\t')) {
        return Err(Oddity::Folded);
    }
    if let Some(oddity) = forbidden(all) {
        return Err(oddity);
    }
    let colon = memchr::memchr(b':', all).ok_or(Oddity::FieldName)?;
    let name = text(all, 0..colon);
    if let Some(b' ' | b'\t') = name.last() {
        return Err(Oddity::SpaceBeforeColon);
    }
    if name.is_empty() || !name.iter().all(|&b| is_token(b)) {
        return Err(Oddity::FieldName);
    }
    let value = text(all, colon + 1..all.len());
    let leading = value.len() - trim_start(value).len();
    let start = line.start + colon + 1 + leading;
    let length = trim_end(trim_start(value)).len();
    Ok((line.start..line.start + colon, start..start + length))
}

/// White space around a value is SP and HTAB only (RFC 9110 section 5.6.3).
fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

fn trim_end(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The oddity of the first byte that no line may hold; the common case is one vectorised pass.
fn forbidden(line: &[u8]) -> Option<Oddity> {
    let is_bad = |b: u8| (b < 0x20 && b != b'\t') | (b == 0x7F);
    if !line.iter().fold(false, |bad, &b| bad | is_bad(b)) {
        return None;
    }
    line.iter().find(|&&b| is_bad(b)).map(|&b| match b {
        0 => Oddity::Nul,
        b'\r' => Oddity::BareCr,
        _ => Oddity::ControlByte,
    })
}

impl FramingFacts {
    fn take(&mut self, known: Known, name: &[u8], value: &[u8]) -> Result<(), Oddity> {
        // Any other protocol is not passed on, and the request is an ordinary one.
        self.upgrades |= known == Known::Upgrade && value.eq_ignore_ascii_case(b"websocket");
        if known == Known::Connection {
            self.options += list(value).count();
            if self.options > OPTIONS_MAX {
                return Err(Oddity::TooManyFields);
            }
        }
        let is_framing = known == Known::ContentLength || known == Known::TransferEncoding;
        if is_framing && name.contains(&b'_') {
            return Err(Oddity::FoldedFramingName);
        }
        if known == Known::ContentLength {
            if self.length.is_some() {
                return Err(Oddity::LengthsDiffer);
            }
            self.length = Some(length(value)?);
        }
        if known == Known::TransferEncoding {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Oddity::CodingUnknown);
            }
            self.chunked = true;
        }
        Ok(())
    }

    fn request_framing(&self, version: Version) -> Result<Framing, Oddity> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Oddity::LengthAndChunked),
            (true, None) if version == Version::Http10 => Err(Oddity::OldVersionChunked),
            (true, None) => Ok(Framing::Delimited),
            (false, Some(length)) => Ok(Framing::Length(length)),
            (false, None) => Ok(Framing::None),
        }
    }

    /// RFC 9112 section 6.3.
    fn response_framing(&self, method: Method, status: u16, version: Version) -> Option<Framing> {
        if self.chunked && (self.length.is_some() || version == Version::Http10) {
            return None;
        }
        if method == Method::Head || matches!(status, 100..=199 | 204 | 304) {
            return Some(Framing::None);
        }
        Some(match (self.chunked, self.length) {
            (true, _) => Framing::Delimited,
            (false, Some(0)) => Framing::None,
            (false, Some(length)) => Framing::Length(length),
            (false, None) => Framing::Close,
        })
    }
}

fn length(value: &[u8]) -> Result<u64, Oddity> {
    if value.contains(&b',') {
        return Err(Oddity::LengthsDiffer);
    }
    // 18 digits always fit; nobody sends an exabyte.
    if value.is_empty() || value.len() > 18 || !value.iter().all(u8::is_ascii_digit) {
        return Err(Oddity::LengthMalformed);
    }
    Ok(value.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

/// Sets the target in origin form; returns the authority of an absolute one.
fn target_and_authority(
    bytes: &[u8],
    method: Method,
    target: Range<usize>,
    builder: &mut HeadBuilder,
) -> Result<Option<Range<usize>>, Oddity> {
    let all = text(bytes, target.clone());
    if all.first() == Some(&b'/') || (all == b"*" && method == Method::Options) {
        builder.target(target);
        return Ok(None);
    }
    let scheme = all.get(..7).is_some_and(|it| it.eq_ignore_ascii_case(b"http://"));
    if !scheme {
        // CONNECT has a form of its own, and a refusal of its own.
        return if method == Method::Connect { Ok(None) } else { Err(Oddity::TargetForm) };
    }
    let start = target.start + 7;
    let rest = text(bytes, start..target.end);
    match rest.iter().position(|&b| matches!(b, b'/' | b'?' | b'#')) {
        Some(at) if rest.get(at) == Some(&b'/') => {
            builder.target(start + at..target.end);
            Ok(Some(start..start + at))
        }
        Some(_) => Err(Oddity::TargetForm),
        None => {
            // No path: the slash before the authority stands for it.
            builder.target(start - 1..start);
            Ok(Some(start..target.end))
        }
    }
}

fn host(
    bytes: &[u8],
    version: Version,
    authority: Option<&Range<usize>>,
    facts: &FramingFacts,
    builder: &mut HeadBuilder,
) -> Result<(), Oddity> {
    let host = match (authority, &facts.host) {
        (Some(authority), Some(host)) => {
            let (a, b) = (text(bytes, authority.clone()), text(bytes, host.clone()));
            if !a.eq_ignore_ascii_case(b) {
                return Err(Oddity::HostRepeated);
            }
            authority
        }
        (None, Some(host)) => host,
        (Some(_), None) | (None, None) if version != Version::Http10 => {
            return Err(Oddity::HostMissing);
        }
        (Some(authority), None) => authority,
        (None, None) => return Ok(()),
    };
    if !is_authority(text(bytes, host.clone())) {
        return Err(Oddity::HostMalformed);
    }
    builder.authority(host.clone());
    Ok(())
}

/// `name`, `address` or `[address]`, each with an optional port. User information and paths are
/// no part of it.
pub fn is_authority(value: &[u8]) -> bool {
    let (host, port) = match value.iter().rposition(|&b| b == b':') {
        Some(at) if !text(value, at..value.len()).contains(&b']') => {
            (text(value, 0..at), Some(text(value, at + 1..value.len())))
        }
        _ => (value, None),
    };
    let is_port = |it: &[u8]| (1..=5).contains(&it.len()) && it.iter().all(u8::is_ascii_digit);
    let is_host = match host {
        [b'[', inner @ .., b']'] => {
            !inner.is_empty()
                && inner.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        }
        _ => {
            !host.is_empty()
                && host.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(b))
        }
    };
    is_host && port.is_none_or(is_port)
}

/// RFC 9110 section 5.6.2.
pub const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

fn text(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &[u8]) -> RequestHead {
        read_request(Bytes::copy_from_slice(head), &Limits::default())
    }

    /// Expects exactly this oddity, or none.
    #[track_caller]
    fn check(head: &[u8], expected: Option<Oddity>) {
        let end = EndFinder::default().find(head);
        assert_eq!(end, Some(head.len()), "the end was not found");
        assert_eq!(read(head).oddities.iter().collect::<Vec<_>>(), Vec::from_iter(expected));
    }

    #[test]
    fn an_ordinary_head_is_read() {
        let it = read(b"POST /a?b HTTP/1.1\r\nHost: x:80\r\nContent-Length:  12 \r\nA:\r\n\r\n");
        assert!(it.oddities.is_empty());
        assert_eq!(
            (it.method, it.target(), it.authority()),
            (Method::Post, &b"/a?b"[..], &b"x:80"[..])
        );
        assert_eq!((it.version, it.framing), (Version::Http11, Framing::Length(12)));
        assert_eq!(it.fields.iter().map(|it| it.2).collect::<Vec<_>>(), [&b"x:80"[..], b"12", b""]);
    }

    #[test]
    fn an_absolute_target_becomes_origin_form() {
        let it = read(b"GET http://x/a?b HTTP/1.1\r\nHost: X\r\n\r\n");
        assert_eq!((it.target(), it.authority()), (&b"/a?b"[..], &b"x"[..]));
        let it = read(b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!((it.target(), it.authority()), (&b"/"[..], &b"x"[..]));
        check(b"GET http://x?y HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::TargetForm));
        check(b"GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n", Some(Oddity::HostRepeated));
        check(b"GET https://x/ HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::TargetForm));
        check(b"GET x HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::TargetForm));
        check(b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::TargetForm));
        check(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", None);
        let it = read(b"OPTIONS http://x HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!((it.target(), it.authority()), (&b"*"[..], &b"x"[..]));
        let it = read(b"OPTIONS http://x/ HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(it.target(), b"/");
        check(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::Connect));
    }

    #[test]
    fn a_known_method_has_one_spelling() {
        for method in ["get", "Get", "tRACE", "connect", "oPTIONS", "query", "POST%0d"] {
            let line = format!("{method} / HTTP/1.1\r\nHost: x\r\n\r\n");
            check(line.as_bytes(), Some(Oddity::MethodCase));
        }
        for method in ["PROPFIND", "QUERY", "GETS", "M-SEARCH"] {
            check(format!("{method} / HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes(), None);
        }
    }

    #[test]
    fn more_options_than_are_obeyed_are_refused() {
        let options = |count| {
            let more = "x, ".repeat(count - 1);
            format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: {more}close\r\n\r\n")
        };
        check(options(OPTIONS_MAX).as_bytes(), None);
        check(options(OPTIONS_MAX + 1).as_bytes(), Some(Oddity::TooManyFields));
    }

    #[test]
    fn a_request_line_has_one_reading() {
        for line in [
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "GET /",
            "GET / HTTP/1.2",
            "GET / http/1.1",
            "GET / HTTP/2.0",
            "GET / a HTTP/1.1",
            "G(T / HTTP/1.1",
            "GET",
            "GET /\tHTTP/1.1",
            "GET / HTTP/1.1x",
            "GET / HTTP/0.9",
            " / HTTP/1.1",
        ] {
            check(format!("{line}\r\nHost: x\r\n\r\n").as_bytes(), Some(Oddity::RequestLine));
        }
    }

    #[test]
    fn line_ends_and_control_bytes_are_strict() {
        check(b"GET / HTTP/1.1\nHost: x\r\n\r\n", Some(Oddity::BareLf));
        check(b"GET / HTTP/1.1\r\nHost: x\n\r\n", Some(Oddity::BareLf));
        check(b"GET / HTTP/1.1\r\nHost: x\r\n\n", Some(Oddity::BareLf));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", Some(Oddity::BareCr));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0\r\n\r\n", Some(Oddity::Nul));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x0b\r\n\r\n", Some(Oddity::ControlByte));
        check(b"GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n", Some(Oddity::ControlByte));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA: \tb\xff\r\n\r\n", None);
    }

    #[test]
    fn a_field_line_has_one_reading() {
        check(b"GET / HTTP/1.1\r\nHost: x\r\n A: b\r\n\r\n", Some(Oddity::Folded));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", Some(Oddity::SpaceBeforeColon));
        check(b"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", Some(Oddity::FieldName));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n", Some(Oddity::FieldName));
        check(b"GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", Some(Oddity::FieldName));
        check(b"GET / HTTP/1.1\r\nHost: x\r\n\xc3\xa9: c\r\n\r\n", Some(Oddity::FieldName));
    }

    #[test]
    fn one_framing_or_none() {
        let with = |fields: &str| format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n");
        for (fields, expected) in [
            ("Content-Length: 1\r\nContent-Length: 1", Some(Oddity::LengthsDiffer)),
            ("Content-Length: 1, 1", Some(Oddity::LengthsDiffer)),
            ("Content-Length: +1", Some(Oddity::LengthMalformed)),
            ("Content-Length: 0x1", Some(Oddity::LengthMalformed)),
            ("Content-Length: 1_0", Some(Oddity::LengthMalformed)),
            ("Content-Length: ", Some(Oddity::LengthMalformed)),
            ("Content-Length: 1 1", Some(Oddity::LengthMalformed)),
            ("Content-Length: 9999999999999999999", Some(Oddity::LengthMalformed)),
            ("Content-Length: 999999999999999999", None),
            ("Content_Length: 1", Some(Oddity::FoldedFramingName)),
            ("Transfer_Encoding: chunked", Some(Oddity::FoldedFramingName)),
            ("Transfer-Encoding: chunked\r\nContent-Length: 1", Some(Oddity::LengthAndChunked)),
            ("Content-Length: 1\r\nTransfer-Encoding: chunked", Some(Oddity::LengthAndChunked)),
            ("Transfer-Encoding: CHUNKED", None),
            ("Transfer-Encoding: chunked, chunked", Some(Oddity::CodingUnknown)),
            ("Transfer-Encoding: gzip, chunked", Some(Oddity::CodingUnknown)),
            ("Transfer-Encoding: identity", Some(Oddity::CodingUnknown)),
            ("Transfer-Encoding:", Some(Oddity::CodingUnknown)),
            (
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                Some(Oddity::CodingUnknown),
            ),
            ("Transfer-Encoding: \x0bchunked", Some(Oddity::ControlByte)),
            ("Upgrade: websocket\r\nContent-Length: 1", Some(Oddity::UpgradeWithBody)),
            ("Upgrade: h2c\r\nContent-Length: 1", None),
        ] {
            check(with(fields).as_bytes(), expected);
        }
        check(
            b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            Some(Oddity::OldVersionChunked),
        );
    }

    #[test]
    fn a_host_is_one_name_with_an_optional_port() {
        check(b"GET / HTTP/1.1\r\n\r\n", Some(Oddity::HostMissing));
        check(b"GET / HTTP/1.0\r\n\r\n", None);
        check(b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", Some(Oddity::HostRepeated));
        for bad in [
            "", "a b", "a/b", "u@h", "a:b", "a:123456", "a:", "[::1", "::1", "[]", "a,b", "h#",
            "h?", "h\\x",
        ] {
            let head = format!("GET / HTTP/1.1\r\nHost: {bad}\r\n\r\n");
            check(head.as_bytes(), Some(Oddity::HostMalformed));
        }
        for good in
            ["a", "a.b:8080", "[::1]", "[::1]:80", "127.0.0.1", "xn--bcher-kva.example", "a_b"]
        {
            check(format!("GET / HTTP/1.1\r\nHost: {good}\r\n\r\n").as_bytes(), None);
        }
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let limits = Limits { fields_max: 2, target_bytes_max: 3, ..Limits::default() };
        let odd = |head: &str| {
            let it = read_request(Bytes::copy_from_slice(head.as_bytes()), &limits);
            it.oddities.iter().next()
        };
        assert_eq!(odd("GET /ab HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n"), None);
        assert_eq!(odd("GET /abc HTTP/1.1\r\nHost: x\r\n\r\n"), Some(Oddity::TargetTooLong));
        assert_eq!(
            odd("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\nB: c\r\n\r\n"),
            Some(Oddity::TooManyFields)
        );
    }

    #[test]
    fn the_end_is_found_whatever_the_pieces() {
        let head = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nrest";
        let mut finder = EndFinder::default();
        for length in 0..27 {
            assert_eq!(finder.find(&head[..length]), None, "{length}");
        }
        assert_eq!(finder.find(head), Some(27));
        assert_eq!(EndFinder::default().find(b"a\n\nb"), Some(3));
    }

    #[track_caller]
    fn check_response(head: &str, method: Method, expected: Option<(u16, Framing)>) {
        let it = read_response(Bytes::copy_from_slice(head.as_bytes()), method, &Limits::default());
        assert_eq!(it.map(|it| (it.status, it.framing)), expected);
    }

    #[test]
    fn a_response_has_one_framing() {
        let get = Method::Get;
        check_response(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
            get,
            Some((200, Framing::Length(3))),
        );
        check_response(
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
            get,
            Some((200, Framing::None)),
        );
        check_response("HTTP/1.0 200 OK\r\n\r\n", get, Some((200, Framing::Close)));
        check_response(
            "HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n",
            get,
            Some((204, Framing::None)),
        );
        check_response(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
            Method::Head,
            Some((200, Framing::None)),
        );
        check_response(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            get,
            Some((200, Framing::Delimited)),
        );
        check_response(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
            get,
            None,
        );
        check_response("HTTP/1.1 2000 OK\r\n\r\n", get, None);
        check_response("HTTP/1.1 600 OK\r\n\r\n", get, None);
        check_response("HTTP/2 200 OK\r\n\r\n", get, None);
        check_response("HTTP/1.1 200 O\rK\r\n\r\n", get, None);
        check_response("HTTP/1.1 200 OK\nA: b\r\n\r\n", get, None);
    }
}
