//! XML: the same in steps, and every text that is escaped into an element is handed over there as it was.

use super::input::Input;
use super::walked::{LIMITS, walked};
use bartizan_inspect::body::Format;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let budget = usize::from(input.byte()) + 1;
    let how = (Format::Xml, &b"application/xml"[..]);
    let whole = walked(how, input.0, (LIMITS, usize::MAX));
    assert_eq!(whole, walked(how, input.0, (LIMITS, budget)));
    let text = input.0.trim_ascii();
    if text.is_empty() || text.len() > 4_096 {
        return;
    }
    let mut document = b"<a><b k=\"".to_vec();
    escape(text, &mut document);
    document.extend_from_slice(b"\">");
    escape(text, &mut document);
    document.extend_from_slice(b"</b></a>");
    let found = walked(how, &document, (LIMITS, usize::MAX));
    for wanted in ["body $.a.b", "body $.a.b.@k"] {
        let is_there = found.values().any(|(place, it)| place.to_string() == wanted && it == text);
        assert!(is_there, "nothing at {wanted}");
    }
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            _ => out.push(byte),
        }
    }
}
