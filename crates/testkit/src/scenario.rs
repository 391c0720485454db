//! Scenarios: requests as text, and what must become of them.
//!
//! ```text
//! # a comment
//! == a sentence that names the scenario
//! mode observe                     (or enforce, which is the default)
//! limit body_bytes_max 10          (any of the limits)
//! POST /reviews HTTP/1.1
//! Host: shop.example
//! Content-Length: auto             (the length of the body below)
//!
//! {"text": "O'Neil"}
//! -> served
//! ```
//!
//! Lines of a head end with CR LF; `\r`, `\n`, `\0`, `\t` and `\xNN` mean these bytes, `\` at the
//! end of a line leaves its CR LF out. The body is joined without line ends. The outcome is
//! `served`, `refused CODE`, or `would refuse CODE`, each with ` at PLACE` if it has a place.

use crate::origin::ANSWER;
use crate::proxy::snapshot;
use crate::recorded::recording;
use bartizan_engine::replay::replay;
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Effect, Mode};
use bartizan_model::limits::Limits;
use bartizan_model::observation::{Observation, Outcome};
use std::sync::Arc;

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it says.
    pub name: String,
    /// Mode of the instance.
    pub mode: Mode,
    /// Limits in force.
    pub limits: Limits,
    /// The request on the wire.
    pub request: Vec<u8>,
    /// What must become of it.
    pub expected: String,
}

/// Reads all scenarios of a file.
///
/// # Panics
///
/// If the text is not as described above.
pub fn read(text: &str) -> Vec<Scenario> {
    let lines: Vec<&str> = text.lines().filter(|it| !it.starts_with("# ")).collect();
    let text = lines.join("\n");
    text.split("== ").skip(1).map(one).collect()
}

fn one(text: &str) -> Scenario {
    let (name, rest) = text.split_once('\n').expect("a name");
    let (request, expected) = rest.rsplit_once("\n-> ").unwrap_or_else(|| panic!("{name}: no end"));
    let mut scenario = Scenario {
        name: name.to_owned(),
        mode: Mode::Enforce,
        limits: Limits::default(),
        request: Vec::new(),
        expected: expected.trim().to_owned(),
    };
    let mut wire = Vec::new();
    let mut lines = request.lines().peekable();
    while let Some(line) = lines.next_if(|it| it.starts_with("mode ") || it.starts_with("limit ")) {
        scenario.set(line);
    }
    let (mut in_head, mut body) = (true, Vec::new());
    for line in lines {
        if !in_head {
            body.extend(bytes(line));
            continue;
        }
        in_head = !line.is_empty();
        match line.strip_suffix('\\') {
            Some(line) => wire.extend(bytes(line)),
            None => {
                wire.extend(bytes(line));
                wire.extend(b"\r\n");
            }
        }
    }
    if in_head {
        wire.extend(b"\r\n");
    }
    let head = String::from_utf8_lossy(&wire).contains("Content-Length: auto");
    if head {
        let at = wire.windows(20).position(|it| it == b"Content-Length: auto").unwrap();
        wire.splice(at + 16..at + 20, body.len().to_string().into_bytes());
    }
    wire.extend(body);
    scenario.request = wire;
    scenario
}

impl Scenario {
    fn set(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["mode", "observe"] => self.mode = Mode::Observe,
            ["mode", "enforce"] => self.mode = Mode::Enforce,
            ["limit", name, value] => {
                let value: usize = value.parse().unwrap();
                match *name {
                    "body_bytes_max" => self.limits.body_bytes_max = value as u64,
                    "inspect_bytes_max" => self.limits.inspect_bytes_max = value,
                    "fields_max" => self.limits.fields_max = value,
                    "target_bytes_max" => self.limits.target_bytes_max = value,
                    "values_max" => self.limits.values_max = value,
                    "depth_max" => self.limits.depth_max = value,
                    other => panic!("no limit `{other}`"),
                }
            }
            _ => panic!("cannot read `{line}`"),
        }
    }

    /// What the replayer makes of it.
    pub fn observe(&self) -> Observation {
        let view = Arc::new(snapshot(self.mode, self.limits));
        let tables = Tables::new(self.limits.held_bytes_max);
        let recording = recording(&self.request, ANSWER, &self.limits);
        replay(&recording, &view, &tables).expect("the transaction kept its protocol").observation
    }
}

/// The outcome in the words of a scenario.
pub fn outcome(it: &Observation) -> String {
    let hit = it
        .hits
        .iter()
        .find(|hit| hit.effect == Effect::Refused)
        .or_else(|| it.hits.iter().find(|hit| hit.effect == Effect::WouldRefuse));
    let Some(hit) = hit else {
        assert_eq!(it.outcome, Outcome::Served);
        return "served".to_owned();
    };
    let word = if hit.effect == Effect::Refused { "refused" } else { "would refuse" };
    let place = it
        .findings
        .iter()
        .find(|finding| finding.sighting.code == hit.code)
        .map(|finding| format!(" at {}", finding.place))
        .unwrap_or_default();
    format!("{word} {}{place}", hit.code)
}

fn bytes(line: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match rest.next().expect("an escape") {
            b'r' => out.push(b'\r'),
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'0' => out.push(0),
            b'\\' => out.push(b'\\'),
            b'x' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = str::from_utf8(&digits).unwrap().to_owned();
                out.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            other => panic!("no escape \\{}", char::from(other)),
        }
    }
    out
}
