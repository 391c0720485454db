//! Documents in JSON and YAML: a JSON text is read as serde_json reads it, and what was read and written is read again as
//! the same.

use bartizan_spec::{Diagnostics, Format, Limits, parse, write_document};

pub(super) fn run(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let limits = Limits { nodes_max: 20_000, copied_bytes_max: 1 << 16, ..Limits::default() };
    let mut diagnostics = Diagnostics::up_to(16);
    let read = parse(text, 0, &limits, &mut diagnostics);
    assert!(diagnostics.list().len() <= 16);
    if text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde_json::Value>(text).is_ok()
    {
        assert!(read.is_ok(), "serde_json accepts: {read:?}");
    }
    let Ok(node) = read else { return };
    let value = node.to_value();
    for format in [Format::Json, Format::Yaml] {
        let written = write_document(&node, format);
        let again = parse(&written, 0, &Limits::default(), &mut Diagnostics::up_to(16));
        let again = again
            .unwrap_or_else(|fault| panic!("{format:?} is not read again: {fault:?}\n{written}"));
        assert_eq!(again.to_value(), value, "{format:?}:\n{written}");
    }
}
