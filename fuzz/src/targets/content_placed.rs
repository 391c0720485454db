//! A value within harmless neighbours: wherever it stands, it is handed over as it is, and so examined like alone.

use super::walked::{LIMITS, walked};
use bartizan_inspect::body::Format;
use bartizan_inspect::head_values;
use bartizan_inspect::value::Value;
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::place::Place;

pub(super) fn run(data: &[u8]) {
    if data.is_empty() || data.len() > 2_048 {
        return;
    }
    in_body((Format::Form, b"application/x-www-form-urlencoded"), &form(data), data);
    if let Ok(text) = str::from_utf8(data) {
        let json = serde_json::json!({"n": [1, "a"], "q": {"v": [true, text, "b"]}, "z": null});
        in_body((Format::Json, b"application/json"), json.to_string().as_bytes(), data);
    }
    let boundary = format!(
        "b{:016x}",
        data.iter().fold(7_u64, |sum, it| sum * 31 % (1 << 40) + u64::from(*it))
    );
    if is_text(data) && memchr(data, boundary.as_bytes()).is_none() {
        let head = "content-disposition: form-data; name=";
        let mut body =
            format!("--{boundary}\r\n{head}a\r\n\r\nx\r\n--{boundary}\r\n{head}v\r\n\r\n")
                .into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(
            format!("\r\n--{boundary}\r\n{head}z\r\n\r\ny\r\n--{boundary}--\r\n").as_bytes(),
        );
        let content_type = format!("multipart/form-data; boundary={boundary}");
        in_body((Format::Multipart, content_type.as_bytes()), &body, data);
    }
    in_head(data);
}

/// Texts that are read as text: others are read as what they begin like.
fn is_text(data: &[u8]) -> bool {
    data.is_ascii()
        && !data.contains(&0)
        && !matches!(data.trim_ascii_start(), [b'{' | b'[' | b'"' | b'<' | b'-', ..] | [])
}

fn memchr(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|it| it == needle)
}

fn encoded(text: &[u8]) -> Vec<u8> {
    text.iter().flat_map(|it| format!("%{it:02X}").into_bytes()).collect()
}

fn form(text: &[u8]) -> Vec<u8> {
    [b"n=1&v=", encoded(text).as_slice(), b"&z=harmless+text"].concat()
}

#[track_caller]
fn in_body(how: (Format, &[u8]), body: &[u8], value: &[u8]) {
    let found = walked(how, body, (LIMITS, usize::MAX));
    assert!(found.values().any(|(_, it)| it == value), "not handed over in {:?}", how.0);
}

fn in_head(value: &[u8]) {
    let encoded = encoded(value);
    let mut writer = HeadWriter::new();
    writer.method(b"GET");
    writer.target(&[b"/a/", encoded.as_slice(), b"/z?", form(value).as_slice()].concat());
    writer.field(b"host", b"a.test");
    writer.field(b"cookie", &[b"n=1; v=", encoded.as_slice(), b"; z=2"].concat());
    writer.field(b"x-note", value);
    let head = writer.request(Version::Http11, Framing::None);
    let mut places = Vec::new();
    let mut take = |it: Value<'_>| {
        if it.text == value {
            places.push(it.place.to_place());
        }
    };
    let odd = head_values::read(&head, 1_000, &mut Vec::new(), &mut take);
    assert!(odd.is_empty());
    for wanted in [Place::Path, Place::query(b"v"), Place::cookie(b"v"), Place::header(b"x-note")] {
        assert!(places.contains(&wanted), "not handed over at {wanted}");
    }
}
