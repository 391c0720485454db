//! Redaction: messages as people may see them, with a mark in place of each credential, password, token,
//! key, card number, bank account and e-mail address.
//!
//! Reads    heads, and bodies as far as they were kept.
//! Writes   text such as `{"email":"[e-mail, 17 bytes]"}`, and the places that have a mark. What is an
//!          attack stays visible, unless it stands where a secret belongs.
//! Memory   at most about twice the text that is given, and [`PLACES_MAX`] places.
//! Errors   none: what cannot be read as what it says it is, is read as plain text; binary bodies and
//!          compressed ones that nobody decoded are not shown at all.
//! Misses   see `scan.rs`, `json.rs` and `names.rs`: secrets that have neither a shape nor a name.

mod json;
mod names;
mod scan;

use crate::body::Format;
use crate::form::pair;
use crate::json::looks_like_container;
use bartizan_model::head::{RequestHead, ResponseHead, Version};
use bartizan_model::known::Known;
use bartizan_model::place::escaped_step;
use names::is_secret;
use scan::{encoded, mark};

/// Places with a mark that are told; further ones are counted.
pub const PLACES_MAX: usize = 64;
/// Bytes of one of them.
const PLACE_BYTES_MAX: usize = 128;
/// Parts of a multipart body that are looked at.
const PARTS_MAX: usize = 64;
/// Bytes that any text may have, however little was given.
const TEXT_BYTES_MIN: usize = 4 * 1024;

/// What is secret about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It proves who somebody is to a server: `Authorization`, cookies, API keys, users in addresses.
    Credential,
    /// Its name says so: passwords, codes, secrets.
    Secret,
    /// A JWT.
    Token,
    /// A key or certificate in PEM.
    PrivateKey,
    /// The number of a payment card.
    Card,
    /// The number of a bank account (IBAN).
    Iban,
    /// An e-mail address.
    Email,
}

impl Class {
    /// All.
    pub const ALL: &'static [Self] = &[
        Self::Credential,
        Self::Secret,
        Self::Token,
        Self::PrivateKey,
        Self::Card,
        Self::Iban,
        Self::Email,
    ];

    /// Name in marks.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::PrivateKey => "key",
            Self::Card => "card number",
            Self::Iban => "bank account",
            Self::Email => "e-mail",
        }
    }
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The client's.
    Request,
    /// The API's.
    Response,
}

/// Where there are marks.
#[derive(Debug, Default)]
struct Places {
    all: Vec<String>,
    more: usize,
    /// What stands in front of each.
    prefix: &'static str,
}

impl Places {
    fn note(&mut self, place: &str) {
        let mut whole = format!("{}{place}", self.prefix);
        let mut end = PLACE_BYTES_MAX.min(whole.len());
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        whole.truncate(end);
        if self.all.contains(&whole) {
            return;
        }
        if self.all.len() < PLACES_MAX {
            self.all.push(whole);
        } else {
            self.more += 1;
        }
    }

    fn of(&mut self, of: Of, of_request: &'static str, of_response: &'static str) {
        self.prefix = match of {
            Of::Request => of_request,
            Of::Response => of_response,
        };
    }
}

/// Redacts the parts of one exchange.
#[derive(Debug, Default)]
pub struct Redactor {
    places: Places,
}

impl Redactor {
    /// The head of a request.
    pub fn request_head(&mut self, head: &RequestHead) -> String {
        let mut out = head.method_text().to_vec();
        out.push(b' ');
        self.places.prefix = "";
        self.target(head.target(), &mut out);
        out.extend_from_slice(match head.version {
            Version::Http10 => b" HTTP/1.0",
            Version::Http11 => b" HTTP/1.1",
            Version::Http2 => b" HTTP/2",
        });
        out.extend_from_slice(b"\r\n");
        let has_host = head.fields.has(Known::Host);
        if !has_host && !head.authority().is_empty() {
            self.field(Known::Host, b"host", head.authority(), &mut out);
        }
        self.places.prefix = "header ";
        for (known, name, value) in head.fields.iter() {
            self.field(known, name, value, &mut out);
        }
        text(out, head.bytes as usize)
    }

    /// The head of a response.
    pub fn response_head(&mut self, head: &ResponseHead) -> String {
        let mut out = format!("HTTP {}\r\n", head.status).into_bytes();
        self.places.prefix = "response header ";
        for (known, name, value) in head.fields.iter() {
            self.field(known, name, value, &mut out);
        }
        text(out, head.bytes as usize)
    }

    /// A body of this media type, or its beginning.
    pub fn body(&mut self, of: Of, media: Option<&[u8]>, body: &[u8]) -> String {
        self.places.of(of, "body ", "response body ");
        let bytes = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut out = Vec::new();
        let is_binary = bytes.contains(&0);
        match Format::of(media).sniffed(bytes) {
            _ if is_binary => hidden(&mut out, body.len()),
            Format::Json | Format::Lenient => {
                json::json(bytes, &mut out, &mut self.places, "$", 0);
            }
            Format::Form if looks_like_container(bytes) => {
                json::json(bytes, &mut out, &mut self.places, "$", 0);
            }
            Format::Form => self.pairs(bytes, &mut out),
            Format::Text | Format::Xml => self.plain(bytes, &mut out),
            Format::Multipart | Format::Protobuf | Format::Grpc | Format::Opaque => {
                match media.and_then(boundary) {
                    Some(boundary) => self.parts(bytes, boundary, &mut out),
                    None => hidden(&mut out, body.len()),
                }
            }
        }
        text(out, body.len())
    }

    /// The places with a mark.
    pub fn finish(self) -> Vec<String> {
        let Places { mut all, more, .. } = self.places;
        if more > 0 {
            all.push(format!("and {more} more"));
        }
        all
    }

    fn target(&mut self, target: &[u8], out: &mut Vec<u8>) {
        let mut halves = target.splitn(2, |it| *it == b'?');
        let path = halves.next().unwrap_or_default();
        for (n, segment) in path.split(|it| *it == b'/').enumerate() {
            if n > 0 {
                out.push(b'/');
            }
            if encoded(segment, out) {
                self.places.note(&format!("segment {n}"));
            }
        }
        if let Some(query) = halves.next() {
            out.push(b'?');
            self.places.prefix = "query ";
            self.pairs(query, out);
        }
    }

    fn field(&mut self, known: Known, name: &[u8], value: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(name);
        out.extend_from_slice(b": ");
        let is_credential = matches!(
            known,
            Known::Authorization | Known::ProxyAuthorization | Known::Cookie | Known::ApiKey
        );
        // Says which credentials are wanted, and has none.
        let is_question = name.eq_ignore_ascii_case(b"www-authenticate");
        if (is_credential || is_secret(name)) && !is_question && !value.is_empty() {
            let scheme =
                scheme(value).filter(|_| known == Known::Authorization).unwrap_or_default();
            out.extend_from_slice(scheme);
            mark(out, Class::Credential, value.len() - scheme.len());
            self.places.note(&escaped_step(name).to_ascii_lowercase());
        } else if encoded(value, out) {
            self.places.note(&escaped_step(name).to_ascii_lowercase());
        }
        out.extend_from_slice(b"\r\n");
    }

    fn pairs(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let (mut name_scratch, mut value_scratch) = (Vec::new(), Vec::new());
        for (n, it) in text.split(|it| *it == b'&').enumerate() {
            if n > 0 {
                out.push(b'&');
            }
            let (name, value) = pair(it, &mut name_scratch, &mut value_scratch);
            let Some(equals) = memchr::memchr(b'=', it) else {
                if encoded(it, out) {
                    self.places.note("(name)");
                }
                continue;
            };
            let raw_name = it.get(..equals).unwrap_or_default();
            let mut shown = Vec::new();
            let has_any = encoded(raw_name, &mut shown);
            let place = if has_any { escaped_step(&shown) } else { escaped_step(name) };
            out.extend_from_slice(&shown);
            out.push(b'=');
            let raw = it.get(equals + 1..).unwrap_or_default();
            let mut shown = Vec::new();
            if is_secret(name) && !value.is_empty() {
                mark(out, Class::Secret, value.len());
                self.places.note(&place);
            } else if looks_like_container(value)
                && json::json(value, &mut shown, &mut self.places, &place, 1)
            {
                out.extend_from_slice(&shown);
            } else {
                // A space is written as a plus sign, and both are the same.
                shown.clear();
                let has_marks = encoded(value, &mut shown);
                if has_marks || has_any {
                    self.places.note(&place);
                }
                out.extend_from_slice(if has_marks { &shown } else { raw });
            }
        }
    }

    fn plain(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if encoded(text, out) {
            self.places.note("text");
        }
    }

    /// A multipart body: its fields, but no files.
    fn parts(&mut self, body: &[u8], boundary: &[u8], out: &mut Vec<u8>) {
        let delimiter = [b"--", boundary].concat();
        let mut from = 0;
        for (n, at) in memchr::memmem::find_iter(body, &delimiter).chain([body.len()]).enumerate() {
            let part = body.get(from..at).unwrap_or_default();
            if n == 0 || n > PARTS_MAX {
                // What stands in front of the first part is for nobody.
                if !part.is_empty() {
                    hidden(out, part.len());
                }
            } else {
                self.part(part, out);
            }
            if at < body.len() {
                out.extend_from_slice(&delimiter);
            }
            from = (at + delimiter.len()).min(body.len());
        }
    }

    fn part(&mut self, part: &[u8], out: &mut Vec<u8>) {
        let Some(blank) = memchr::memmem::find(part, b"\r\n\r\n") else {
            return self.plain(part, out);
        };
        let (head, value) = part.split_at(blank + 4);
        let name = parameter(head, b" name=").unwrap_or_default();
        self.plain(head, out);
        let (value, end) =
            value.strip_suffix(b"\r\n").map_or((value, &b""[..]), |it| (it, b"\r\n"));
        let is_file =
            parameter(head, b"filename").is_some() || parameter(head, b"filename*").is_some();
        if is_file || value.contains(&0) {
            hidden(out, value.len());
        } else if is_secret(name) {
            mark(out, Class::Secret, value.len());
            self.places.note(&escaped_step(name));
        } else if looks_like_container(value) {
            let place = escaped_step(name).into_owned();
            json::json(value, out, &mut self.places, &place, 1);
        } else if encoded(value, out) {
            self.places.note(&escaped_step(name));
        }
        out.extend_from_slice(end);
    }
}

/// Says that something is there and not shown.
fn hidden(out: &mut Vec<u8>, bytes: usize) {
    out.extend_from_slice(format!("[not shown, {bytes} bytes]").as_bytes());
}

/// The scheme of a credential, with the space behind it.
fn scheme(value: &[u8]) -> Option<&[u8]> {
    let known = [&b"bearer "[..], b"basic ", b"digest ", b"negotiate ", b"apikey ", b"token "];
    let it = known
        .iter()
        .find(|it| value.get(..it.len()).is_some_and(|at| at.eq_ignore_ascii_case(it)))?;
    value.get(..it.len())
}

/// The boundary of a multipart body.
fn boundary(media: &[u8]) -> Option<&[u8]> {
    let is_multipart = media.get(..10).is_some_and(|it| it.eq_ignore_ascii_case(b"multipart/"));
    let boundary = parameter(media, b"boundary=").filter(|_| is_multipart)?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The value behind `name`, without quotes.
fn parameter<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = (0..text.len()).find(|at| {
        text.get(*at..*at + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
    })?;
    let value = text.get(at + name.len()..)?;
    match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|it| *it == b'"').next(),
        None => value.split(|it| it.is_ascii_whitespace() || *it == b';').next(),
    }
}

/// Bytes as text, of a bounded length.
fn text(mut bytes: Vec<u8>, given: usize) -> String {
    let bytes_max = given.saturating_mul(2).max(TEXT_BYTES_MIN);
    let is_long = bytes.len() > bytes_max;
    bytes.truncate(bytes_max);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if is_long {
        text.push_str(" [cut]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter};

    fn body(media: &str, body: &str) -> (String, Vec<String>) {
        let mut redactor = Redactor::default();
        let text = redactor.body(Of::Request, Some(media.as_bytes()), body.as_bytes());
        (text, redactor.finish())
    }

    #[track_caller]
    fn check(media: &str, given: &str, expected: &str, places: &[&str]) {
        let (text, found) = body(media, given);
        assert_eq!(text, expected);
        assert_eq!(found, places);
    }

    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    const CARD: &str = "4111 1111 1111 1111";
    const IBAN: &str = "DE89 3704 0044 0532 0130 00";
    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";

    #[test]
    fn json_keeps_its_structure_and_its_harmless_values() {
        check(
            JSON,
            r#"{"q": "' UNION SELECT a, password FROM users--", "n": [1, true]}"#,
            r#"{"q": "' UNION SELECT a, password FROM users--", "n": [1, true]}"#,
            &[],
        );
        check(
            JSON,
            r#"{"user":"ann","password":"hunter2","pin":1234,"ok":{"token":["a","b"]}}"#,
            r#"{"user":"ann","password":"[secret, 7 bytes]","pin":"[secret, 4 bytes]","ok":{"token":["[secret, 1 bytes]","[secret, 1 bytes]"]}}"#,
            &["body $.password", "body $.pin", "body $.ok.token[*]"],
        );
        check(
            JSON,
            r#"{"p\u0061ssword":"x","a":{"b":"ann@example.com, hi"}}"#,
            r#"{"p\u0061ssword":"[secret, 1 bytes]","a":{"b":"[e-mail, 15 bytes], hi"}}"#,
            &["body $.password", "body $.a.b"],
        );
        check(
            JSON,
            r#"[{"name":"password","value":"hunter2"},{"name":"a","value":"b"}]"#,
            r#"[{"name":"password","value":"[secret, 7 bytes]"},{"name":"a","value":"b"}]"#,
            &["body $[*].value"],
        );
        check(JSON, "4111111111111111", "\"[card number, 16 bytes]\"", &["body $"]);
    }

    #[test]
    fn json_within_a_text_is_read_and_what_is_none_is_text() {
        check(
            JSON,
            r#"{"a":"{\"password\":\"x\",\"b\":1}"}"#,
            r#"{"a":"{\"password\":\"[secret, 1 bytes]\",\"b\":1}"}"#,
            &["body $.a.password"],
        );
        check(JSON, "password=hunter2&a=1", "password=[secret, 7 bytes]&a=1", &["body $"]);
        check(
            JSON,
            "{'password':'hunter2','a':1}",
            "{'password':'[secret, 7 bytes]','a':1}",
            &["body $"],
        );
        check(
            JSON,
            r#"{"password": hunter2, "a": 1}"#,
            r#"{"password": [secret, 16 bytes]"#,
            &["body $.password"],
        );
        check(
            JSON,
            r#"{"password":"hun"#,
            r#"{"password":"[secret, 3 bytes]"#,
            &["body $.password"],
        );
    }

    #[test]
    fn forms_and_queries_keep_their_pairs() {
        check(
            FORM,
            "user=ann&password=hun+ter&q=%27+OR+1%3D1--",
            "user=ann&password=[secret, 7 bytes]&q=%27+OR+1%3D1--",
            &["body password"],
        );
        check(
            FORM,
            "mail=ann%40example.com&x=a%2540b.org&user[pwd]=1",
            "mail=[e-mail, 15 bytes]&x=[e-mail, 7 bytes]&user[pwd]=[secret, 1 bytes]",
            &["body mail", "body x", "body user\\x5bpwd\\x5d"],
        );
        check(
            FORM,
            "payload=%7B%22otp%22%3A%22123456%22%7D",
            r#"payload={"otp":"[secret, 6 bytes]"}"#,
            &["body payload.otp"],
        );
    }

    #[test]
    fn what_has_a_shape_is_found_in_any_text() {
        for (given, expected) in [
            (CARD.to_owned(), "[card number, 19 bytes]"),
            ("4111-1111-1111-1111.".into(), "[card number, 19 bytes]."),
            ("4111 1111 1111 1112".into(), "4111 1111 1111 1112"),
            (format!("to {IBAN} please"), "to [bank account, 27 bytes] please"),
            ("DE89 3704 0044 0532 0130 02".into(), "DE89 3704 0044 0532 0130 02"),
            (format!("x={JWT}&"), "x=[token, 54 bytes]&"),
            ("eyJ is short".into(), "eyJ is short"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nbye".into(),
                "[key, 66 bytes]\nbye",
            ),
            ("-----BEGIN PRIVATE KEY-----\nMIIE".into(), "[key, 32 bytes]"),
            ("a 'ann.b+c@mail.example.org' b".into(), "a '[e-mail, 24 bytes]' b"),
            ("a@b 1@2.3 @x.org".into(), "a@b 1@2.3 @x.org"),
            ("http://ann:pw@host/a".into(), "http://[credential, 6 bytes]@host/a"),
            ("Authorization: Bearer abcdefgh".into(), "Authorization: [secret, 15 bytes]"),
            ("sent Bearer abcdefgh.ijkl".into(), "sent Bearer [credential, 13 bytes]"),
            (
                "<password kind=\"a\">x y</password>".into(),
                "<password kind=\"a\">[secret, 3 bytes]</password>",
            ),
            (
                "login(password: \"a b\", q: 1)".into(),
                "login(password: \"[secret, 3 bytes]\", q: 1)",
            ),
            ("password: correct horse\nq: 1".into(), "password: [secret, 13 bytes]\nq: 1"),
            ("the token is lost".into(), "the token is lost"),
            ("a%3Dann%40example.com".into(), "a=[e-mail, 15 bytes]"),
        ] {
            let (text, _) = body("text/plain", &given);
            assert_eq!(text, expected, "{given}");
        }
    }

    #[test]
    fn a_multipart_body_shows_its_fields_and_no_files() {
        let given = "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n' OR 1=1--\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\nhunter2\r\n\
                     --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nsecrets\r\n--b--\r\n";
        let (text, places) = body("multipart/form-data; boundary=b", given);
        assert!(
            text.contains("' OR 1=1--")
                && text.contains("[secret, 7 bytes]")
                && text.contains("[not shown, 7 bytes]"),
            "{text}"
        );
        assert!(!text.contains("hunter2") && !text.contains("secrets"), "{text}");
        assert_eq!(places, ["body password"]);
    }

    #[test]
    fn what_is_binary_is_not_shown() {
        check("application/grpc", "abc", "[not shown, 3 bytes]", &[]);
        check("text/plain", "p\0a\0s\0s\0", "[not shown, 8 bytes]", &[]);
    }

    #[test]
    fn credentials_in_heads_are_never_shown() {
        let mut writer = HeadWriter::new();
        writer.method(b"GET");
        writer.target(b"/users/ann@example.com?q=%27%20OR%201=1&api_key=k3y");
        for (name, value) in [
            ("Host", "api.example.com"),
            ("Authorization", "Bearer s3cr3t"),
            ("Cookie", "sid=s3cr3t"),
            ("x-api-key", "s3cr3t"),
            ("Proxy-Authorization", "Basic s3cr3t"),
            ("X-CSRF-Token", "s3cr3t"),
            ("Referer", "https://x/?token=s3cr3t&a=1"),
            ("Accept", "*/*"),
        ] {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let mut redactor = Redactor::default();
        let text = redactor.request_head(&writer.request(Version::Http11, Framing::None));
        assert!(
            !text.contains("s3cr3t") && !text.contains("k3y") && !text.contains("ann@"),
            "{text}"
        );
        for kept in [
            "GET /users/[e-mail, 15 bytes]?q=%27%20OR%201=1&api_key=[secret, 3 bytes] HTTP/1.1\r\n",
            "Host: api.example.com\r\n",
            "Authorization: Bearer [credential, 6 bytes]\r\n",
            "Accept: */*\r\n",
            "&a=1\r\n",
        ] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        let mut writer = HeadWriter::new();
        writer.field(b"Set-Cookie", b"sid=s3cr3t; Path=/");
        let text = redactor.response_head(&writer.response(500, Framing::None));
        assert_eq!(text, "HTTP 500\r\nSet-Cookie: [credential, 18 bytes]\r\n");
        assert!(redactor.finish().contains(&"response header set-cookie".to_owned()));
    }

    /// Whatever surrounds a secret, it is not in what comes out.
    #[test]
    fn a_secret_is_found_whatever_surrounds_it() {
        let secrets = [CARD, IBAN, JWT, "ann.lee@example.com", "4111111111111111"];
        let around = [
            "",
            " ",
            "\n",
            "\"",
            "'",
            "<a>",
            "x=",
            "%27 ",
            "\\",
            "é",
            "}{",
            "[1,",
            "' OR 1=1-- ",
            "&",
            ";",
            "a: ",
        ];
        for secret in secrets {
            for before in around {
                for after in ["", " ", "\n", "\"", "'", "</a>", "&b=1", "\\n", "}", "]", ",", ";"] {
                    let given = format!("{before}{secret}{after}");
                    let quoted =
                        given.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                    for (media, whole) in [
                        ("text/plain", given.clone()),
                        (JSON, given.clone()),
                        (JSON, format!("{{\"a\":[\"{quoted}\"]}}")),
                        (JSON, format!("{{\"a\":\"{quoted}")),
                        (FORM, format!("a={given}")),
                        (
                            FORM,
                            format!(
                                "a={}",
                                given
                                    .replace('%', "%25")
                                    .replace('&', "%26")
                                    .replace(' ', "+")
                                    .replace('@', "%40")
                            ),
                        ),
                    ] {
                        let (text, places) = body(media, &whole);
                        let plain = text.replace("%40", "@").replace('+', " ");
                        assert!(!plain.contains(secret), "{media}: {whole} -> {text}");
                        assert!(!places.is_empty(), "{whole}");
                    }
                }
            }
        }
    }

    /// No cut, no flipped byte makes it fail, and what comes out is bounded.
    #[test]
    fn hostile_bodies_are_redacted_in_bounded_space() {
        let given = format!(
            "{{\"a\":\"{{\\\"password\\\":\\\"x\\\"}}\",\"pin\":[1,2],\"m\":\"ann@example.com {CARD} {IBAN} {JWT}\"}}"
        );
        for media in [JSON, FORM, "text/html", "multipart/form-data; boundary=x", ""] {
            for end in 0..given.len() {
                let _text = Redactor::default().body(
                    Of::Request,
                    Some(media.as_bytes()),
                    &given.as_bytes()[..end],
                );
                for with in [0_u8, b'"', b'\\', b'{', b'%', 0xFF] {
                    let mut bytes = given.clone().into_bytes();
                    bytes[end] = with;
                    let mut redactor = Redactor::default();
                    let text = redactor.body(Of::Response, Some(media.as_bytes()), &bytes);
                    assert!(text.len() <= TEXT_BYTES_MIN + 16);
                }
            }
        }
        let many = "otp=1&".repeat(10_000);
        assert!(body(FORM, &many).0.len() <= 2 * many.len() + 16);
        let (_, places) =
            body(FORM, &(0..1_000).map(|n| format!("otp{n}_pin=1&")).collect::<String>());
        assert_eq!(places.len(), PLACES_MAX + 1);
    }

    #[test]
    fn hostile_bodies_take_linear_time() {
        for piece in [
            "1 ",
            "a@",
            "eyJ",
            "-----BEGIN",
            "token=",
            "<pin ",
            "://",
            "DE89 ",
            "%25",
            "{",
            "[\"",
            "password:",
        ] {
            let given = piece.repeat(64 * 1024 / piece.len());
            for media in [JSON, FORM, "text/plain"] {
                let began = std::time::Instant::now();
                drop(body(media, &given));
                assert!(
                    began.elapsed().as_millis() < 2_000,
                    "{media} {piece}: {:?}",
                    began.elapsed()
                );
            }
        }
    }
}
