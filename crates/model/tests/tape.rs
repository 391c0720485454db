//! The strict reader of JSON against the vectors of JSONTestSuite, and its tape against the text.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;

use bartizan_model::tape::{Kind, NodeId, Tape, TapeLimits};

#[test]
fn json_is_accepted_and_refused_as_its_test_suite_says() {
    let shared = std::env::var_os("BARTIZAN_SHARED").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
        PathBuf::from,
    );
    let Ok(files) = std::fs::read_dir(shared.join("vectors/json-parsing/test_parsing")) else {
        println!("skipped: vectors absent");
        return;
    };
    let limits = TapeLimits { depth_max: 1_000, ..TapeLimits::default() };
    let mut counts = [0, 0];
    for path in files.map(|it| it.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read(&path).unwrap();
        let tape = Tape::read(&text, &limits);
        match name.get(..2) {
            Some("y_") => {
                assert_eq!(written(&tape.unwrap()), without_space(&text), "{name}");
                counts[0] += 1;
            }
            Some("n_") => {
                assert!(tape.is_err(), "{name}");
                counts[1] += 1;
            }
            _ => {}
        }
    }
    assert!(counts[0] > 90 && counts[1] > 180, "{counts:?}");
}

#[test]
fn no_cut_and_no_changed_byte_of_a_text_panics_the_reader() {
    let text =
        br#"{"a": [1, -2.5e+3, "x\u00e4\n", {"b": null}], "c": {"c": true, "c": false}, "d": []}"#;
    let limits = TapeLimits::default();
    for end in 0..text.len() {
        assert!(Tape::read(&text[..end], &limits).is_err(), "{end}");
        for byte in [0, b'"', b'\\', b'{', b']', b'}', b',', b':', b'0', 0xC3, 0xFF] {
            let mut changed = text.to_vec();
            changed[end] = byte;
            if let Ok(tape) = Tape::read(&changed, &limits) {
                assert_eq!(written(&tape), without_space(&changed));
            }
        }
    }
}

/// The text of a tape, put together from its nodes.
fn written(tape: &Tape<'_>) -> String {
    let mut out = String::new();
    write(tape, tape.root(), &mut out);
    out
}

fn write(tape: &Tape<'_>, node: NodeId, out: &mut String) {
    match tape.kind(node) {
        Kind::Array => {
            let items = tape.items(node).map(|it| {
                let mut out = String::new();
                write(tape, it, &mut out);
                out
            });
            out.push_str(&format!("[{}]", items.collect::<Vec<_>>().join(",")));
        }
        Kind::Object => {
            let members = tape.members(node).map(|it| {
                let mut out = format!("{}:", tape.raw_text(it.name));
                write(tape, it.value, &mut out);
                out
            });
            out.push_str(&format!("{{{}}}", members.collect::<Vec<_>>().join(",")));
        }
        Kind::Null
        | Kind::False
        | Kind::True
        | Kind::Integer
        | Kind::Decimal
        | Kind::Text
        | Kind::Name => out.push_str(tape.raw_text(node)),
    }
}

/// A text without the space between its tokens.
fn without_space(text: &[u8]) -> String {
    let mut out = Vec::new();
    let (mut is_text, mut is_escaped) = (false, false);
    for &byte in text {
        if is_text || !byte.is_ascii_whitespace() {
            out.push(byte);
        }
        is_text ^= byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
    }
    String::from_utf8(out).unwrap()
}
