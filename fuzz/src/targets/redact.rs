//! Redaction: what has the name of a secret is not shown, whatever stands beside it; texts and places are bounded.

use super::input::Input;
use bartizan_inspect::redact::{Of, PLACES_MAX, Redactor};
use bartizan_model::head::{Framing, HeadWriter, Version};

const TYPES: &[Option<&[u8]>] = &[
    Some(b"application/json"),
    Some(b"application/x-www-form-urlencoded"),
    Some(b"text/plain"),
    Some(b"application/xml"),
    Some(b"multipart/form-data; boundary=b"),
    None,
];

const SECRET: &str = "hunter2hunter2";

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let media = input.one(TYPES);
    let text = input.0;
    let mut redactor = Redactor::default();
    let shown = redactor.body(Of::Request, media, text);
    assert!(shown.len() <= 3 * text.len() + 4_096 + 64, "{} of {}", shown.len(), text.len());
    assert!(redactor.finish().len() <= PLACES_MAX + 1);
    if text.windows(4).any(|it| it == b"hunt") {
        return;
    }
    let pair = [b"password=", SECRET.as_bytes(), b"&x=", text].concat();
    assert_hidden(Some(b"application/x-www-form-urlencoded"), &pair);
    if let Ok(text) = str::from_utf8(text) {
        let json = serde_json::json!({"x": text, "password": SECRET, text: [text]});
        assert_hidden(Some(b"application/json"), json.to_string().as_bytes());
    }
    let mut writer = HeadWriter::new();
    writer.method(b"GET");
    writer.target(&[b"/?token=", SECRET.as_bytes(), b"&", text].concat());
    writer.field(b"authorization", format!("Bearer {SECRET}").as_bytes());
    writer.field(b"x-note", text);
    let head = writer.request(Version::Http11, Framing::None);
    let shown = Redactor::default().request_head(&head);
    assert!(!shown.contains(SECRET), "{shown}");
}

#[track_caller]
fn assert_hidden(media: Option<&[u8]>, body: &[u8]) {
    let shown = Redactor::default().body(Of::Request, media, body);
    assert!(!shown.contains(SECRET), "{shown}");
}
