//! Character sets: a text in UTF-16 or UTF-32 has the values that it has in UTF-8.

use super::input::Input;
use super::walked::{Kind, LIMITS, walked};
use bartizan_inspect::body::Format;
use bartizan_model::place::Place;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let how = input.byte();
    let Ok(text) = str::from_utf8(input.0) else { return };
    let text = text.trim_start_matches('\u{feff}');
    // Without two ASCII characters in front nothing shows which set it is but its mark.
    if text.is_empty() || text.contains('\0') {
        return;
    }
    let unit = |it: u16| if how & 1 == 0 { it.to_be_bytes() } else { it.to_le_bytes() };
    let wide = |it: char| {
        let it = u32::from(it);
        if how & 1 == 0 { it.to_be_bytes() } else { it.to_le_bytes() }
    };
    let marked = || std::iter::once('\u{feff}').chain(text.chars());
    let encoded: Vec<u8> = match how & 2 {
        0 => marked().flat_map(|it| it.encode_utf16(&mut [0; 2]).to_vec()).flat_map(unit).collect(),
        _ => marked().flat_map(wide).collect(),
    };
    for (format, of) in [
        (Format::Json, &b"application/json"[..]),
        (Format::Text, b"text/plain"),
        (Format::Form, b"application/x-www-form-urlencoded"),
    ] {
        let plain = walked((format, of), text.as_bytes(), (LIMITS, usize::MAX));
        let wide = walked((format, of), &encoded, (LIMITS, usize::MAX));
        for value in &plain.all {
            assert!(wide.all.contains(value), "not read: {value:?}");
        }
    }
    // A form and a text are never taken for nothing.
    let wide = walked((Format::Text, b"text/plain"), &encoded, (LIMITS, usize::MAX));
    let is_text = |it: &(Kind, Place, Vec<u8>)| it.0 == Kind::Text;
    assert!(wide.all.iter().any(is_text) || !text.contains(|it: char| it.is_ascii_alphabetic()));
}
