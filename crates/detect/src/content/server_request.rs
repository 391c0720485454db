//! URLs that make the API call what its callers cannot reach, or send a browser elsewhere.
//!
//! Where a value is a URL and nothing else, its host says whether it is the API's own machine or
//! network, or the service that hands out a machine's credentials; how it is written says whether
//! somebody hides that. People post URLs of their own machine: that alone is no certainty.
//!
//! Reads    the first `READ_BYTES_MAX` bytes of a value, at most `URLS_MAX` URLs.
//! Memory   none.
//! Misses   names that resolve to an internal address; redirects of a public host; relative URLs.
//! Source   CWE-918, CWE-601; see [`super::host`].

use super::caseless;
use super::host::{self, Host, Owner};
use super::marks::Marks;
use super::sign::{Input, Signs, signs};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 2 * 1024;

/// URLs of a text that are looked at.
const URLS_MAX: usize = 8;

signs! {
    METADATA = 0, "url of a metadata service", Certain;
    HIDDEN_INTERNAL = 1, "internal address in an odd notation", Certain;
    HIDDEN_PUBLIC = 2, "public address in an odd notation", Certain;
    RAW_SCHEME = 3, "scheme that sends raw bytes", Certain;
    CONFUSED = 4, "authority that is read in two ways", Certain;
    FOREIGN_PORT = 5, "port of another protocol on the own machine", Certain;
    INTERNAL_USER = 6, "internal host behind a user", Certain;
    LOOPBACK = 7, "url of the own machine", Likely;
    PRIVATE = 8, "url of a private network", Hint;
    CLUSTER = 9, "url within a cluster", Hint;
    REBINDING = 10, "name that resolves to what it says", Likely;
    RECORDER = 11, "host that records its callers", Likely;
    SCHEME = 12, "scheme of another service", Likely;
    FILE = 13, "url of a file", Likely;
    DOMAIN_USER = 14, "user that is written as a host", Likely;
    METADATA_TOLD = 15, "url of a metadata service in text", Likely;
    INTERNAL_TOLD = 16, "url of an internal host in text", Hint;
    PROTOCOL_RELATIVE = 17, "url without a scheme", Hint;
    SLASHES = 18, "more slashes than a url has", Likely;
    BACKSLASHES = 19, "backslashes before a host", Likely;
    SCHEME_ONLY = 20, "scheme without slashes", Likely;
    PATH_URL = 21, "url as a path", Likely;
    ESCAPED_SLASHES = 22, "escaped bytes before a host", Certain;
    DOTS_AFTER = 23, "host and a climb", Likely;
    DISGUISED = 24, "host in letters of another kind", Likely;
    IN_PARAMETER = 25, "internal url in a parameter", Likely;
    ADDRESS = 26, "url of an address", Hint;
    METADATA_PATH = 27, "path of a metadata service", Likely;
    WORDY_PORT = 28, "user with a port", Likely;
    BARE_METADATA = 29, "address of a metadata service alone", Likely;
    REPAIRED = 30, "form that browsers repair and nobody writes", Likely;
    BARE_RELATIVE = 31, "host without a scheme and nothing else", Likely;
}

/// What addresses are made of.
pub(super) const NEEDED: Marks =
    Marks::COLON.and(Marks::SLASH).and(Marks::BACKSLASH).and(Marks::DOT);

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    if !marks.has_any(NEEDED) {
        return signs;
    }
    let text = input.text.get(..READ_BYTES_MAX).unwrap_or(input.text).trim_ascii();
    signs.note(BARE_METADATA, matches!(text, b"169.254.169.254" | b"metadata.google.internal"));
    let is_disguised = marks.has(Marks::HIGH.and(Marks::DOT));
    if !marks.has_any(Marks::COLON.and(Marks::SLASH).and(Marks::BACKSLASH)) && !is_disguised {
        return signs;
    }
    let glued = glued(input);
    signs.note(ESCAPED_SLASHES, glued.as_ref().is_some_and(|it| it.1));
    let text = glued.as_ref().map_or(text, |it| &it.0);
    let is_whole = input.text.len() <= WHOLE_BYTES_MAX && is_one(text);
    if is_whole {
        whole(&mut signs, text);
    }
    if marks.has(Marks::COLON.and(Marks::SLASH)) {
        inner(&mut signs, text, is_whole);
    }
    signs
}

/// The URL that a browser reads where bytes that it drops stand before the host: `ht\ttp://`, `/\n/host`, control bytes
/// at the beginning; and whether nobody writes that by chance.
fn glued(input: &Input<'_>) -> Option<(Vec<u8>, bool)> {
    if !input.marks.has_any(Marks::LINE.and(Marks::CONTROL).and(Marks::SPACE))
        || input.is_name
        || input.text.len() > WHOLE_BYTES_MAX
    {
        return None;
    }
    let text = input.text.get(input.text.iter().take_while(|it| **it <= b' ').count()..)?;
    let led = input.text.get(..input.text.len().saturating_sub(text.len()))?;
    let is_led = led.iter().any(|it| *it < b' ' && !it.is_ascii_whitespace());
    let is_dropped = |it: &u8| matches!(it, b'\t' | b'\n' | b'\r');
    let is_front =
        |it: &&u8| it.is_ascii_alphabetic() || matches!(it, b':' | b'/' | b'\\') || is_dropped(it);
    let front = text.iter().take(FRONT_BYTES_MAX).take_while(is_front).count();
    // A letter of the host belongs to the front as well: what follows the last mark is not looked at.
    let end = text.get(..front)?.iter().rposition(|it| !it.is_ascii_alphabetic())? + 1;
    let is_broken = text.get(..end)?.iter().any(is_dropped);
    if !is_led && !is_broken {
        return None;
    }
    let text: Vec<u8> =
        text.trim_ascii_end().iter().copied().filter(|it| !is_dropped(it)).collect();
    let address = match memchr::memchr(b':', text.get(..FRONT_BYTES_MAX).unwrap_or(&text)) {
        Some(at) if matches!(text.get(..at), Some(it) if it.eq_ignore_ascii_case(b"http") || it.eq_ignore_ascii_case(b"https")) => {
            text.get(at + 1..)
        }
        Some(_) | None => {
            Some(&text[..]).filter(|it| matches!(it, [b'/' | b'\\', b'/' | b'\\', ..]))
        }
    }?;
    let count = address.iter().take_while(|it| matches!(it, b'/' | b'\\')).count();
    let host = address.get(count..).filter(|_| count > 0)?;
    let end = host.iter().position(|it| matches!(it, b'/' | b'?' | b'#' | b'\\' | b':' | b'@'));
    let host = host.get(..end.unwrap_or(host.len()))?;
    let is_host = is_domain(host) || host::host(host).is_address;
    let is_relative = address.len() == text.len();
    if is_host { Some((text, is_broken || is_relative)) } else { None }
}

/// Longest scheme with its slashes and what stands among them.
const FRONT_BYTES_MAX: usize = 32;

/// Longest value that is a URL and nothing else.
const WHOLE_BYTES_MAX: usize = 1024;

/// Whether a value is one URL, perhaps with a word or two behind it.
fn is_one(text: &[u8]) -> bool {
    let mut words = text.split(|it| it.is_ascii_whitespace()).filter(|it| !it.is_empty());
    let first = words.next().unwrap_or_default();
    let rest = words.take(WORDS_MAX + 1).count();
    (first.contains(&b':') || matches!(first, [b'/' | b'\\' | b'.' | b'<' | 0xE2..=0xFF, ..]))
        && rest <= WORDS_MAX
        && !first.contains(&b'\n')
}

/// Words that may stand behind a URL.
const WORDS_MAX: usize = 6;

/// A URL, taken apart.
#[derive(Clone, Copy, Debug)]
struct Url<'a> {
    scheme: &'a [u8],
    /// The slashes and backslashes between scheme and authority.
    slashes: &'a [u8],
    user: Option<&'a [u8]>,
    host: &'a [u8],
    port: &'a [u8],
    rest: &'a [u8],
    authority: &'a [u8],
}

impl<'a> Url<'a> {
    /// Takes `text` apart behind its scheme.
    fn of(scheme: &'a [u8], after: &'a [u8]) -> Self {
        let is_slash = |it: &&u8| matches!(it, b'/' | b'\\');
        let count = after.iter().take_while(is_slash).count();
        let (slashes, after) = after.split_at_checked(count).unwrap_or_default();
        let is_end = |it: &u8| {
            matches!(it, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b')' | b',')
                || it.is_ascii_whitespace()
        };
        let end = after.iter().position(is_end).unwrap_or(after.len());
        // A user may have it, and it ends a URL of a text.
        let bracket = after.get(..end).and_then(|it| memchr::memchr(b'>', it));
        let end = bracket
            .filter(|at| after.get(*at..end).is_some_and(|it| !it.contains(&b'@')))
            .unwrap_or(end);
        let (authority, rest) = after.split_at_checked(end).unwrap_or_default();
        let (user, place) = match memchr::memrchr(b'@', authority) {
            Some(at) => (authority.get(..at), authority.get(at + 1..).unwrap_or_default()),
            None => (None, authority),
        };
        let place = place.split(|it| *it == b'\\').next().unwrap_or_default();
        let from = place.iter().position(|it| *it == b']').unwrap_or(0);
        let colon = place.iter().skip(from).position(|it| *it == b':').map(|at| at + from);
        let (host, port) = match colon {
            Some(at) => {
                (place.get(..at).unwrap_or_default(), place.get(at + 1..).unwrap_or_default())
            }
            None => (place, &[][..]),
        };
        Self { scheme, slashes, user, host, port, rest, authority }
    }

    fn is_scheme(&self, names: &[&str]) -> bool {
        names.iter().any(|it| self.scheme.eq_ignore_ascii_case(it.as_bytes()))
    }
}

fn whole(signs: &mut Signs, text: &[u8]) {
    let text = text.strip_prefix(b"<").unwrap_or(text);
    let count = text
        .iter()
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'.' | b'-'))
        .count();
    match (text.get(..count).unwrap_or_default(), text.get(count..).unwrap_or_default()) {
        (scheme @ [b'a'..=b'z' | b'A'..=b'Z', ..], [b':', after @ ..]) => {
            with_scheme(signs, &Url::of(scheme, after), after)
        }
        ([], after @ [b'/' | b'\\', ..]) => without_scheme(signs, after),
        ([], after @ [0x80..=0xFF, ..]) => {
            let site = MARKS_FOR_SLASHES.iter().find_map(|it| after.strip_prefix(it.as_bytes()));
            signs.note(DISGUISED, site.is_some_and(is_site));
        }
        _ => {}
    }
    let is_repaired = [BACKSLASHES, SCHEME_ONLY, PATH_URL, DOTS_AFTER, DOMAIN_USER, DISGUISED];
    signs.note(REPAIRED, is_repaired.iter().any(|it| signs.has(*it)));
}

fn with_scheme(signs: &mut Signs, url: &Url<'_>, after: &[u8]) {
    let is_web = url.is_scheme(&["http", "https"]);
    if url.is_scheme(&["jar"])
        && caseless::starts_any(after, &["http", "ftp", "file"])
        && after.contains(&b'!')
    {
        signs.note(SCHEME, true);
        signs.note(REPAIRED, !caseless::starts(after, b"file"));
        return;
    }
    if url.slashes.is_empty() && !is_web {
        return;
    }
    let raw = url.is_scheme(&["gopher"])
        || url.is_scheme(&["dict"]) && (url.rest.contains(&b':') || !url.port.is_empty())
        || url.is_scheme(&["netdoc"]);
    signs.note(RAW_SCHEME, raw);
    signs.note(
        SCHEME,
        raw || url.is_scheme(&[
            "dict", "tftp", "ldap", "ldaps", "ldapi", "sftp", "jar", "netdoc", "unix",
        ]),
    );
    if url.is_scheme(&["file", "local_file"]) {
        signs.note(FILE, true);
        signs.note(CONFUSED, memchr::memmem::find(after, b"\\/\\/").is_some());
        return;
    }
    if !is_web
        && !url.is_scheme(&["ftp", "gopher", "dict", "tftp", "ldap", "sftp", "ws", "wss", "ldaps"])
    {
        return;
    }
    let host = host::host(url.host);
    judge(signs, url, host, is_web);
    if !is_web {
        return;
    }
    let has_domain = host.is_address || is_domain(url.host) && !url.host.contains(&b'%');
    signs.note(SCHEME_ONLY, url.slashes.is_empty() && has_domain);
    signs.note(
        SLASHES,
        url.slashes.len() == 1 && has_domain && url.slashes == b"/"
            || url.slashes.len() > 2 && has_domain,
    );
    signs.note(
        BACKSLASHES,
        // Two of them and nothing else are a slip of those who use Windows.
        (url.slashes.contains(&b'\\') && url.slashes != b"\\\\" || url.authority.contains(&b'\\'))
            && has_domain,
    );
    let is_escaped = caseless::starts_any(url.host, &["%5c", "%2f", "%09", "%0d", "%0a", "%00"])
        || url.host.is_empty() && caseless::starts_any(url.rest, &["/%09", "\t/", "/%5c"]);
    signs.note(
        ESCAPED_SLASHES,
        is_escaped || url.slashes == b"//" && url.host.is_empty() && url.rest.starts_with(b"\t"),
    );
    signs.note(DOTS_AFTER, climbs(url.rest));
    let is_default = url.is_scheme(&["http"]) && url.port == b"80"
        || url.is_scheme(&["https"]) && url.port == b"443";
    let is_own = host.owner == Owner::Loopback && (is_default || url.user.is_some());
    signs.note(REPAIRED, is_own || url.slashes.len() > 2 && has_domain);
}

/// What scheme and host say together.
fn judge(signs: &mut Signs, url: &Url<'_>, host: Host, is_web: bool) {
    let is_internal = matches!(host.owner, Owner::Metadata | Owner::Loopback | Owner::Private);
    signs.note(
        METADATA,
        host.owner == Owner::Metadata
            && (host.is_address || url.host.len() > 12 || !url.rest.is_empty()),
    );
    signs.note(HIDDEN_INTERNAL, is_internal && host.is_odd);
    // A short number may be a name somebody forgot to fill in.
    signs.note(HIDDEN_PUBLIC, host.owner == Owner::Public && host.is_odd && url.host.len() >= 8);
    signs.note(LOOPBACK, host.owner == Owner::Loopback);
    signs.note(PRIVATE, host.owner == Owner::Private);
    signs.note(CLUSTER, host.owner == Owner::Cluster);
    signs.note(REBINDING, host.owner == Owner::Rebinding);
    signs.note(RECORDER, host.owner == Owner::Recorder);
    signs.note(ADDRESS, host.is_address);
    signs.note(DISGUISED, host.is_disguised);
    let is_foreign = [
        &b"21"[..],
        b"22",
        b"23",
        b"25",
        b"445",
        b"2375",
        b"3306",
        b"5432",
        b"6379",
        b"11211",
        b"27017",
    ]
    .contains(&url.port);
    signs.note(
        FOREIGN_PORT,
        is_web && is_foreign && matches!(host.owner, Owner::Loopback | Owner::Metadata),
    );
    signs.note(
        METADATA_PATH,
        caseless::contains_any(
            url.rest,
            &[
                "/latest/meta-data",
                "/computemetadata/",
                "/metadata/instance",
                "/latest/user-data",
                "/metadata/v1",
            ],
        ),
    );
    let Some(user) = url.user else {
        let is_split =
            memchr::memchr(b'@', url.rest).is_some_and(|at| at <= 3) && url.rest.starts_with(b"#");
        signs
            .note(CONFUSED, is_split || url.authority.contains(&b'\\') && url.rest.contains(&b'@'));
        return;
    };
    let is_confused = user.contains(&b'@')
        || user.contains(&b'\\')
        || user.contains(&b'[')
        || url.authority.contains(&b'\\')
        || caseless::contains_any(user, &["%23", "%2f", "%5c", "%00", "%0d"]);
    signs.note(CONFUSED, is_confused && host.is_qualified);
    signs.note(
        INTERNAL_USER,
        is_internal && host.is_address && user.contains(&b'.') && !user.contains(&b':'),
    );
    let name = user.split(|it| *it == b':').next().unwrap_or_default();
    let is_domain = caseless::starts(name, b"www.")
        || [".com", ".org", ".net", ".tld", ".io", ".gov"]
            .iter()
            .any(|it| caseless::ends(name, it.as_bytes()));
    signs.note(DOMAIN_USER, is_domain);
    let port = user.split(|it| *it == b':').nth(1).unwrap_or_default();
    signs.note(
        WORDY_PORT,
        is_domain && (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit),
    );
}

/// `/..` or its escapes: the value is put behind a prefix and must leave it.
fn climbs(rest: &[u8]) -> bool {
    rest.ends_with(b"/..")
        || caseless::contains_any(rest, &["%2e%2e", "/%2f..", "/..;", "%2f.."])
        || rest.ends_with(b"/../")
}

fn without_scheme(signs: &mut Signs, text: &[u8]) {
    let is_slash = |it: &&u8| matches!(it, b'/' | b'\\');
    let count = text.iter().take_while(is_slash).count();
    let (slashes, after) = text.split_at_checked(count).unwrap_or_default();
    if count == 1 {
        let lower = |names: &[&str]| caseless::starts_any(after, names);
        signs.note(PATH_URL, lower(&["http:", "https:", "http%3a", "https%3a", "javascript:"]));
        let has_escape = lower(&["%09/", "%5c", "%2f/", "%2f%2f", "%0d/", "%0a/", "\t/"]);
        let behind =
            after.iter().skip_while(|it| !matches!(it, b'/' | b'c' | b'f' | b'C' | b'F')).count();
        signs.note(ESCAPED_SLASHES, has_escape && behind > 4 && after.contains(&b'.'));
        if lower(&["http:", "https:"]) {
            whole(signs, after);
        }
        signs.note(BACKSLASHES, slashes == b"\\" && is_site(after));
        let is_mark = MARKS_FOR_SLASHES
            .iter()
            .any(|it| after.strip_prefix(it.as_bytes()).is_some_and(is_site));
        signs.note(DISGUISED, is_mark);
        return;
    }
    let url = Url::of(&[], after);
    let is_escaped =
        caseless::starts_any(after, &["%5c", "%2f", "%09"]) || after.starts_with(b"\t");
    let host = host::host(url.host);
    let is_domain = host.is_address || is_domain(url.host);
    let is_mixed = slashes.contains(&b'\\') && slashes.contains(&b'/');
    signs.note(ESCAPED_SLASHES, is_escaped);
    signs.note(BACKSLASHES, is_mixed && is_domain);
    signs.note(SLASHES, slashes.len() > 2 && !slashes.contains(&b'\\') && is_domain);
    signs.note(REPAIRED, slashes.len() > 2 && is_domain);
    signs.note(PROTOCOL_RELATIVE, is_domain);
    let is_bare = url.rest.iter().all(|it| *it == b'/') && is_site(url.host);
    signs.note(BARE_RELATIVE, is_bare && url.user.is_none() && slashes == b"//");
    signs.note(DOTS_AFTER, is_domain && climbs(url.rest));
    if is_domain && slashes.starts_with(b"/") {
        judge(signs, &url, host, true);
    }
    if slashes.len() > 1 && caseless::starts_any(after, &["http:", "https:"]) {
        signs.note(PATH_URL, true);
        whole(signs, after);
    }
}

/// Marks that some servers map to a slash: of repetition, and the slashes of other scripts.
const MARKS_FOR_SLASHES: [&str; 8] = ["〱", "〵", "ゝ", "ー", "ｰ", "／", "⁄", "∕"];

/// Ends of names that are no files.
const SITE_ENDS: [&str; 10] =
    [".com", ".net", ".org", ".io", ".tld", ".info", ".xyz", ".dev", ".biz", ".ru"];

/// The name of a site, perhaps with a path behind it.
fn is_site(text: &[u8]) -> bool {
    let host = text.split(|it| *it == b'/').next().unwrap_or_default();
    let host = host.rsplit(|it| *it == b'@').next().unwrap_or_default();
    let is_name = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-');
    host.iter().all(is_name) && SITE_ENDS.iter().any(|it| caseless::ends(host, it.as_bytes()))
}

/// `example.com`: letters behind the last dot.
fn is_domain(host: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'.', host) else {
        return !host.is_ascii() && host.len() > 6 || host == b"localhost";
    };
    let last = host.get(at + 1..).unwrap_or_default();
    let is_name =
        |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_' | b'%' | 0x80..);
    at > 0
        && last.len() >= 2
        && last.first().is_some_and(|it| it.is_ascii_alphabetic() || *it >= 0x80)
        && host.iter().all(is_name)
}

/// URLs that do not stand at the beginning.
fn inner(signs: &mut Signs, text: &[u8], is_whole: bool) {
    for at in memchr::memmem::find_iter(text, b"://").take(URLS_MAX) {
        let before = text.get(..at).unwrap_or_default();
        let count = before.iter().rev().take_while(|it| it.is_ascii_alphanumeric()).count();
        let (lead, scheme) = before.split_at_checked(at - count).unwrap_or_default();
        if lead.is_empty() && is_whole {
            continue;
        }
        let url = Url::of(scheme, text.get(at + 1..).unwrap_or_default());
        if !url.is_scheme(&[
            "http", "https", "gopher", "dict", "ftp", "tftp", "ldap", "sftp", "file", "netdoc",
        ]) {
            continue;
        }
        let in_parameter = is_whole && lead.ends_with(b"=");
        if in_parameter
            && url.is_scheme(&["gopher", "dict", "tftp", "ldap", "sftp", "netdoc", "file"])
        {
            signs.note(SCHEME, true);
        }
        let host = host::host(url.host);
        match host.owner {
            Owner::Metadata => signs.note(METADATA_TOLD, true),
            Owner::Loopback
            | Owner::Private
            | Owner::Cluster
            | Owner::Rebinding
            | Owner::Recorder => {
                signs.note(INTERNAL_TOLD, true);
                signs.note(IN_PARAMETER, in_parameter);
            }
            Owner::Public => {}
        }
        if in_parameter && host.owner != Owner::Public {
            judge(signs, &url, host, url.is_scheme(&["http", "https"]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[test]
    fn what_hides_or_asks_for_credentials_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "http://169.254.169.254/latest/meta-data/",
                "ht\ntp://evil.example",
                "/\r\n/evil.example/x",
                "\u{1}//evil.example",
                "HTTP://169.254.169.254",
                "http://metadata.google.internal/computeMetadata/v1/",
                "http://[fd00:ec2::254]/",
                "http://2852039166/",
                "http://0xA9FEA9FE",
                "http://[::ffff:169.254.169.254]",
                "http://127.1/",
                "http://0177.0.0.1:8080/x",
                "http://2130706433",
                "http://①②⑦.⓪.⓪.①/",
                "http://good@169.254.169.254/",
                "http://example.com@127.0.0.1/",
                "gopher://127.0.0.1:6379/_SET",
                "dict://127.0.0.1:6379/x",
                "netdoc:///etc/passwd",
                "http://127.0.0.1:22",
                "http://localhost:6379/",
                "http://127.1.1.1:80\\@127.2.2.2:80/",
                "http://a.com@b.com@c.com/",
                "http://169.254.169.254.nip.io/",
                "http://0xd8.0x3a.0xd6.0xce/",
                "http://www.good.com@3627734734",
                "x.php?url=http://169.254.169.254/",
                "//169.254.169.254/",
                "/%09/example.com",
                "//\t/example.com",
            ],
        );
    }

    #[test]
    fn a_url_of_the_own_machine_is_likely() {
        check(
            Some(Strength::Likely),
            &[
                "http://localhost",
                "http://127.0.0.1:8080/x",
                "http://[::1]:3000/",
                "https://0.0.0.0",
                "file:///x",
                "ldap://localhost/x",
                "jar:http://x.com!/",
                "http://127.0.0.1.nip.io",
                "http://x.oastify.com/",
                "http://www.good.com@evil.com/",
                "/x?u=http://localhost/",
                "///example.com",
                "/\\example.com",
                "https:example.com",
                "https:/example.com",
                "/https://example.com",
                "//example.com/",
                "\\example.com/x",
                "〱example.com",
                "/ーexample.com",
                "//example。com",
                "http://ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ",
                "jar:http://127.0.0.1!/",
                "https://localhost:443",
                "//example.com/%2f%2e%2e",
                "https:///example.com/..",
                "169.254.169.254",
            ],
        );
        check(
            Some(Strength::Hint),
            &[
                "//example.com/x.js",
                "http://192.168.1.1/",
                "http://10.0.0.8:8080/x",
                "\\\\files.example.com\\x",
                "http://93.184.216.34/",
            ],
        );
    }

    #[test]
    fn what_browsers_repair_is_seen_twice_and_a_slip_once() {
        let repaired = |value: &str| look(&Input::of(value.as_bytes(), false)).has(REPAIRED);
        for value in [
            "/\\example.com",
            "https:example.com",
            "/https://example.com",
            "https:///example.com",
            "https://www.good.com@evil.com/",
            "//example.com/..",
            "http://127.0.0.1:80",
        ] {
            assert!(repaired(value), "{value}");
        }
        for value in ["http:\\\\example.com", "http:/example.com", "http://127.0.0.1:8080/"] {
            assert!(!repaired(value), "{value}");
        }
    }

    #[test]
    fn ordinary_urls_and_texts_have_no_sign() {
        check(
            None,
            &[
                "",
                "alice",
                "https://example.com/a?b=c#d",
                "http://user:pass@example.com/",
                "https://example.com:8443",
                "ftp://example.com/x",
                "mailto:a@example.com",
                "urn:isbn:1",
                "// a comment",
                "/api/v1/users",
                "/",
                "a/b",
                "12:30",
                "C:\\x\\y",
                "C:/x/y",
                "data:image/png;base64,AA==",
                "javascript:void(0)",
                "https://medium.com/@user/x",
                "https://example.com/x?next=https://example.com/y",
                "a: b",
                "https://例え.jp/",
                "//",
                "https://",
                "1.5",
                "key:value",
                "\\readme.txt",
                "ーーー",
                "価格は¥100.",
                "http://例え。jp/",
                "https://example.com:443/",
            ],
        );
    }

    #[test]
    fn what_tells_of_it_is_no_certainty() {
        for value in [
            "the address http://169.254.169.254/ is where a machine of a cloud finds its credentials",
            "Open http://localhost:3000/ in your browser, then http://2130706433/ to see that both are the same machine",
        ] {
            let found = look(&Input::of(value.as_bytes(), false)).strength(SIGNS);
            assert!(found.is_some_and(|it| it < Strength::Certain), "{value}: {found:?}");
        }
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["http://", "//", "@", "\\", "[::", "http://1.", "/\\", "://", "%5c"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
