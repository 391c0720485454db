//! Classes of values: the same each time, and what one value shows a field of it shows too.

use super::input::Input;
use bartizan_inspect::classify::FieldEvidence;
use bartizan_inspect::classify::{classify_value, vendor};

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let name = input.until(b'=');
    let value = input.0;
    let one = classify_value(name, value).map(|it| format!("{it:?}"));
    assert_eq!(one, classify_value(name, value).map(|it| format!("{it:?}")));
    assert_eq!(vendor(name, value), vendor(name, value));
    let mut field = FieldEvidence::of(name);
    for _ in 0..3 {
        field.observe(value);
    }
    for part in value.split(|it| *it == b',') {
        field.observe(part);
    }
    let mut twice = field.clone();
    twice.merge(&field);
    assert!(twice.values() >= field.values());
    assert_eq!(field.classified().is_some(), field.classified().is_some());
}
