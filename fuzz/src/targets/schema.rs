//! JSON Schema: a schema and a value, with a line of `---` between: within the steps, faults and depth allowed, the same
//! each time, and the same for the schema written anew.

use bartizan_model::tape::{Tape, TapeLimits};
use bartizan_spec::validate::{CompileOptions, Fault, Source, ValidateLimits, Validator, Verdict};
use bartizan_spec::{Diagnostics, Format, Limits, Node, parse, write_document};

pub(super) fn run(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let Some((schema, value)) = text.split_once("\n---\n") else { return };
    let limits = Limits { nodes_max: 20_000, copied_bytes_max: 1 << 16, ..Limits::default() };
    let Ok(schema) = parse(schema, 0, &limits, &mut Diagnostics::up_to(16)) else { return };
    let Ok(value) = Tape::read(value.as_bytes(), &TapeLimits::default()) else { return };
    let Some(verdict) = verdict(&schema, &value) else { return };
    let written = write_document(&schema, Format::Json);
    if let Ok(again) = parse(&written, 0, &Limits::default(), &mut Diagnostics::up_to(16)) {
        let again = self::verdict(&again, &value)
            .unwrap_or_else(|| panic!("not compiled again: {written}"));
        assert_eq!(said(&again), said(&verdict), "{written}");
    }
}

/// All of a verdict but the lines of the schema.
fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Valid => "valid".to_owned(),
        Verdict::Unknown(reason) => format!("{reason:?}"),
        Verdict::Invalid { faults, has_more } => {
            let of = |it: &Fault| format!("{} {:?}", it.instance, it.kind);
            format!("{:?} {has_more}", faults.iter().map(of).collect::<Vec<_>>())
        }
    }
}

fn verdict(schema: &Node, value: &Tape<'_>) -> Option<Verdict> {
    let source = Source { uri: "", root: schema, is_schema: true };
    let validator = Validator::compile(&[source], "", &CompileOptions::default()).ok()?;
    let limits = ValidateLimits { faults_max: 4, steps_max: 20_000, ..ValidateLimits::default() };
    let verdict = validator.validate(value, &limits);
    assert_eq!(validator.validate(value, &limits), verdict);
    if let Verdict::Invalid { faults, .. } = &verdict {
        assert!((1..=4).contains(&faults.len()));
    }
    Some(verdict)
}
