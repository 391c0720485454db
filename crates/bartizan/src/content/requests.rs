//! Requests in files: one as it goes over the wire, a HAR file, or a JSON object a line.
//!
//! A line is an object with `method`, `path_and_query` (or `target`), `headers` as a list of pairs or an object, and
//! `body_b64` or `body`; what else it says of itself (`id`, `source`, `group`, `class`, `label`, `placement`) is kept for
//! tables. Of a head over the wire, line ends may be those of the file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of a file, unpacked.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// A request, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// Request line and fields, with the empty line behind them.
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    /// What it says of itself.
    pub(crate) label: Label,
}

/// What a line says of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) group: String,
    pub(crate) class: String,
    pub(crate) placement: String,
    /// What changed it, where it was made of another; of which, and whether its victim has to do more for it.
    pub(crate) operators: Vec<String>,
    pub(crate) parent: String,
    pub(crate) needs_more: bool,
    /// `None` if it does not say.
    pub(crate) is_attack: Option<bool>,
}

/// The bytes of a file, or of standard input for `-`; unpacked if they are gzip.
///
/// # Errors
///
/// What the system says, or that it is too large.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    match path.as_os_str() == "-" {
        true => io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut packed)?,
        false => File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut packed)?,
    };
    let mut text = Vec::new();
    match packed.starts_with(&[0x1f, 0x8b]) {
        true => {
            MultiGzDecoder::new(&*packed).take(FILE_BYTES_MAX + 1).read_to_end(&mut text)?;
        }
        false => text = packed,
    }
    match text.len() as u64 > FILE_BYTES_MAX {
        true => Err(io::Error::other("it has more than 1 GiB")),
        false => Ok(text),
    }
}

/// The requests of a file, each or why it is none.
pub(crate) fn requests(text: &[u8]) -> Vec<Result<Request, String>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if !text.trim_ascii_start().starts_with(b"{") {
        return vec![of_wire(text).ok_or_else(|| "it has no request line".to_owned())];
    }
    if let Ok(whole) = serde_json::from_slice::<Value>(text)
        && let Some(entries) = whole.pointer("/log/entries").and_then(Value::as_array)
    {
        return entries.iter().map(of_har).collect();
    }
    let lines = text.split(|it| *it == b'\n').enumerate();
    let lines = lines.filter(|it| !it.1.trim_ascii().is_empty());
    lines.map(|(n, line)| of_line(line).map_err(|why| format!("line {}: {why}", n + 1))).collect()
}

/// A request as it goes over the wire; `None` without a request line.
pub(crate) fn of_wire(text: &[u8]) -> Option<Request> {
    let mut head = Vec::new();
    let mut rest = text;
    loop {
        let length = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(length)?;
        rest = after.get(1..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        head.extend_from_slice(line);
        head.extend_from_slice(b"\r\n");
        if line.is_empty() || rest.is_empty() {
            break;
        }
    }
    if !head.ends_with(b"\r\n\r\n") {
        head.extend_from_slice(b"\r\n");
    }
    if !rest.is_empty() && !is_framed(&head) {
        head.truncate(head.len() - 2);
        head.extend_from_slice(format!("Content-Length: {}\r\n\r\n", rest.len()).as_bytes());
    }
    let is_request = head.split(|it| *it == b'\r').next()?.contains(&b' ');
    is_request.then(|| Request { head, body: rest.to_vec(), label: Label::default() })
}

/// Whether the head says how long the body is.
fn is_framed(head: &[u8]) -> bool {
    head.split(|it| *it == b'\n').any(|line| {
        let name = line.split(|it| *it == b':').next().unwrap_or_default();
        [&b"content-length"[..], b"transfer-encoding"]
            .iter()
            .any(|it| name.eq_ignore_ascii_case(it))
    })
}

fn of_line(line: &[u8]) -> Result<Request, String> {
    let row: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let target = text("path_and_query").or_else(|| text("target")).ok_or("no `path_and_query`")?;
    let fields = match row.get("headers") {
        Some(Value::Array(all)) => {
            let pair = |it: &Value| {
                Some((it.get(0)?.as_str()?.to_owned(), it.get(1)?.as_str()?.to_owned()))
            };
            all.iter().filter_map(pair).collect()
        }
        Some(Value::Object(all)) => all
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        _ => Vec::new(),
    };
    let body = match (text("body_b64"), text("body")) {
        (Some(packed), _) => STANDARD.decode(packed).map_err(|_| "`body_b64` is no Base64")?,
        (None, plain) => plain.unwrap_or_default().as_bytes().to_vec(),
    };
    let own = |name: &str| text(name).unwrap_or_default().to_owned();
    let operators = row.get("operators").and_then(Value::as_array).into_iter().flatten();
    Ok(Request {
        head: head(text("method").unwrap_or("GET"), target, &fields, body.len()),
        body,
        label: Label {
            id: own("id"),
            source: own("source"),
            group: own("group"),
            class: own("class"),
            placement: own("placement"),
            operators: operators.filter_map(|it| Some(it.as_str()?.to_owned())).collect(),
            parent: own("parent"),
            needs_more: row.get("needs").and_then(Value::as_array).is_some_and(|it| !it.is_empty()),
            is_attack: text("label").map(|it| it == "attack"),
        },
    })
}

fn of_har(entry: &Value) -> Result<Request, String> {
    let text = |at: &str| entry.pointer(at).and_then(Value::as_str);
    let url = text("/request/url").ok_or("no request.url")?;
    let (_, rest) = url.split_once("://").ok_or("its URL has no scheme")?;
    let from = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, target) = rest.split_at_checked(from).ok_or("its URL cannot be read")?;
    let target = target.split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let list = entry.pointer("/request/headers").and_then(Value::as_array).into_iter().flatten();
    let mut fields: Vec<(String, String)> = list
        .filter_map(|it| {
            Some((it.get("name")?.as_str()?.to_owned(), it.get("value")?.as_str()?.to_owned()))
        })
        .filter(|it| !it.0.starts_with(':'))
        .collect();
    if !fields.iter().any(|it| it.0.eq_ignore_ascii_case("host")) {
        fields.push(("Host".to_owned(), host.to_owned()));
    }
    let body = text("/request/postData/text").unwrap_or_default().as_bytes().to_vec();
    let head = head(text("/request/method").unwrap_or("GET"), &target, &fields, body.len());
    Ok(Request { head, body, label: Label { id: url.to_owned(), ..Label::default() } })
}

/// With a length of its own, and a host if there is none. What the source says of framing is left out.
fn head(method: &str, target: &str, fields: &[(String, String)], length: usize) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    let is = |it: &str, name: &str| it.eq_ignore_ascii_case(name);
    if !fields.iter().any(|it| is(&it.0, "host")) {
        head.push_str("Host: inspected.invalid\r\n");
    }
    let framing = |it: &str| {
        ["content-length", "transfer-encoding", "connection", "upgrade"]
            .iter()
            .any(|name| is(it, name))
    };
    for (name, value) in fields.iter().filter(|it| !framing(&it.0)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if length > 0 {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Request {
        requests(text.as_bytes()).remove(0).unwrap()
    }

    #[test]
    fn a_request_over_the_wire_may_have_the_line_ends_of_a_file() {
        let it = only("POST /a HTTP/1.1\nHost: b\n\n{\"c\":1}\n");
        assert_eq!(it.head, b"POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 8\r\n\r\n");
        let framed = only("POST /a HTTP/1.1\ncontent-length: 3\n\nabc");
        assert_eq!(framed.head, b"POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\n");
        assert_eq!(it.body, b"{\"c\":1}\n");
        assert_eq!(only("GET /a HTTP/1.1").head, b"GET /a HTTP/1.1\r\n\r\n");
        assert!(requests(b"nothing").remove(0).is_err());
    }

    #[test]
    fn a_line_of_json_is_a_request() {
        let it = only(
            r#"{"method":"PUT","path_and_query":"/a?b=c","headers":[["X-Y","z"]],"body_b64":"aGk=","class":"sqli","label":"attack"}"#,
        );
        let head =
            "PUT /a?b=c HTTP/1.1\r\nHost: inspected.invalid\r\nX-Y: z\r\nContent-Length: 2\r\n\r\n";
        assert_eq!(it.head, head.as_bytes());
        assert_eq!((&*it.body, &*it.label.class), (&b"hi"[..], "sqli"));
        assert_eq!(it.label.is_attack, Some(true));
    }

    #[test]
    fn a_har_file_is_its_entries() {
        let it = only(
            r#"{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/b?c#d","headers":[{"name":":path","value":"x"}]}}]}}"#,
        );
        assert_eq!(it.head, b"GET /b?c HTTP/1.1\r\nHost: a.example\r\n\r\n");
    }

    #[test]
    fn lines_that_are_none_say_which() {
        let all = requests(b"{\"target\":\"/\"}\n{]\n");
        assert!(all[0].is_ok());
        assert!(all[1].as_ref().is_err_and(|it| it.starts_with("line 2: ")));
    }
}
