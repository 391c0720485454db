//! What is read of the file of a virtual patch.
//!
//! Reads    the bytes of one file. Its cases are judged by whoever calls.
//! Writes   a patch that is ready, or every problem with its place, as of a configuration.
//! Memory   at most [`CASES_MAX`] cases of each kind.

use super::endpoint::Endpoint;
use super::fault::Fault;
use super::field;
use super::keys::patch as key;
use super::node::{self, Node, Value};
use super::problem::{Place, Problems, Report};
use super::reader::{Read, Reader, Scope};
use super::source::Source;
use bartizan_engine::patches::{NotReady, Ready};
use bartizan_model::clause::Mode;
use bartizan_model::head::Method;
use bartizan_model::patch::{Field, Patch, When};
use bartizan_model::place;
use bartizan_model::retirement::Template;
use std::sync::Arc;

/// Cases of each kind.
pub(super) const CASES_MAX: usize = 50;
/// Characters of a name.
const ID_CHARS_MAX: usize = 64;

/// A patch as its file says, which keeps its own cases.
#[derive(Clone, Debug)]
pub struct PatchFile {
    /// The patch.
    pub ready: Arc<Ready>,
    /// How many cases it keeps.
    pub cases: usize,
    /// What is doubtful about it.
    pub warnings: Report,
}

/// What becomes of a case under its patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The patch refuses it, for what stands in this place.
    Refused(String),
    /// It passes.
    Passes,
    /// The patch could not look at all of it.
    Unexamined,
    /// The law refuses it before the patch is asked, with this code.
    ByLaw(&'static str),
    /// It is no request.
    Unread,
}

/// Reads the file of a patch; `judge` says what becomes of a case, which is a request as it goes over the wire.
///
/// # Errors
///
/// A [`Report`] that names every problem, if there is one that is not a mere warning.
pub fn patch(
    source: &Source,
    now_unix_s: u64,
    judge: &mut dyn FnMut(&Arc<Ready>, &[u8]) -> Verdict,
) -> Result<PatchFile, Report> {
    let mut problems = Problems::default();
    let read = source.text(&mut problems).and_then(|text| {
        if text.lines().all(|it| it.trim().is_empty() || it.starts_with('#')) {
            problems.add(Place::File, Fault::PatchEmpty);
            return None;
        }
        let root = node::parse(text, &mut problems)?;
        let mut reader = Reader::new(&mut problems);
        let top = reader.mapping_of(&key::KNOWN, &root, Place::File);
        let cases = cases(&mut reader, &top);
        let ready = Arc::new(ready(&mut reader, &top, now_unix_s)?);
        if !reader.has_errors() {
            cases.iter().for_each(|it| it.keep(&mut reader, judge(&ready, &it.message)));
        }
        Some((ready, cases.len()))
    });
    let report = problems.into_report(source);
    match read {
        Some((ready, cases)) if !report.has_errors() => {
            Ok(PatchFile { ready, cases, warnings: report })
        }
        Some(_) | None => Err(report),
    }
}

fn ready(reader: &mut Reader<'_>, top: &Scope<'_>, now_unix_s: u64) -> Option<Ready> {
    let id = reader.word(top, &key::ID, None);
    let reason = reader.word(top, &key::REASON, None);
    let endpoint = reader.word(top, &key::ENDPOINT, None);
    let field = reader.word(top, &key::FIELD, None);
    let matches = reader.word(top, &key::MATCHES, None);
    let does_not_match = reader.word(top, &key::DOES_NOT_MATCH, None);
    let when = When {
        matches: matches.as_ref().map(|it| it.value.clone()),
        does_not_match: does_not_match.as_ref().map(|it| it.value.clone()),
        longer_than: value(reader.word(top, &key::LONGER_THAN, None)),
        shorter_than: value(reader.word(top, &key::SHORTER_THAN, None)),
        above: value(reader.word(top, &key::ABOVE, None)),
        below: value(reader.word(top, &key::BELOW, None)),
        is: value(reader.word(top, &key::IS, None)),
        is_not: value(reader.word(top, &key::IS_NOT, None)),
        present: value(reader.word(top, &key::PRESENT, None)),
    };
    let mode = reader.word(top, &key::MODE, None);
    let until = reader.word(top, &key::UNTIL, None);
    conditions(reader, top, field.as_ref().map(|it| &it.value));
    if let Some(until) = until.as_ref().filter(|it| it.value.end_unix_s() <= now_unix_s) {
        reader.report(until.place, Fault::PatchEnded { day: until.value });
    }
    let patch = Patch {
        id: id?.value,
        reason: reason?.value.into(),
        endpoint: endpoint?.value,
        field: field?.value,
        when,
        mode: mode?.value,
        until_us: until.map(|it| it.value.end_unix_us()),
    };
    let unusable = |pattern: Option<Read<Box<str>>>, why: String| {
        Some((pattern?.place, Fault::NotAPattern { why }))
    };
    let fault = match Ready::new(patch) {
        Ok(ready) => return Some(ready),
        Err(NotReady::Matches(why)) => unusable(matches, why.to_string()),
        Err(NotReady::DoesNotMatch(why)) => unusable(does_not_match, why.to_string()),
    };
    fault.into_iter().for_each(|(place, fault)| reader.report(place, fault));
    None
}

fn value<T>(read: Option<Read<T>>) -> Option<T> {
    read.map(|it| it.value)
}

/// What a patch may say together.
fn conditions(reader: &mut Reader<'_>, top: &Scope<'_>, field: Option<&Field>) {
    const ALL: [&str; 8] = [
        "matches",
        "does_not_match",
        "longer_than",
        "shorter_than",
        "above",
        "below",
        "is",
        "is_not",
    ];
    let given: Vec<&str> = ALL.into_iter().filter(|it| top.has(it)).collect();
    let place = top.place_of(key::PRESENT.name);
    match (top.has("present"), top.get("present").and_then(|it| it.node.text()), given.first()) {
        (false, _, None) => {
            top.missing().into_iter().for_each(|it| reader.report(it, Fault::NoCondition));
        }
        (true, Some("false"), Some(other)) => {
            let fault = Fault::Excludes { key: "present".to_owned(), other: (*other).to_owned() };
            reader.report(place, fault);
        }
        (true, Some("false"), None) if !matches!(field, None | Some(Field::At(_))) => {
            let fault = Fault::Excludes { key: "present".to_owned(), other: "field".to_owned() };
            reader.report(place, fault);
        }
        (true, _, _) | (false, _, Some(_)) => {}
    }
}

/// A request, and what must become of it.
struct Case {
    message: Vec<u8>,
    is_refused: bool,
    place: Place,
}

impl Case {
    fn keep(&self, reader: &mut Reader<'_>, verdict: Verdict) {
        let fault = match (verdict, self.is_refused) {
            (Verdict::Refused(_), true) | (Verdict::Passes, false) => return,
            (Verdict::Refused(at), false) => Fault::CaseRefused { at },
            (Verdict::Passes, true) => Fault::CasePasses,
            (Verdict::Unexamined, _) => Fault::CaseUnexamined,
            (Verdict::ByLaw(code), _) => Fault::CaseByLaw { code },
            (Verdict::Unread, _) => Fault::NotARequest,
        };
        reader.report(self.place, fault);
    }
}

fn cases(reader: &mut Reader<'_>, top: &Scope<'_>) -> Vec<Case> {
    let kinds = [(key::REFUSED, true), (key::PASSES, false)];
    let (scope, missing) = match top.get(key::CASES) {
        Some(entry) => {
            let place = Place::At(entry.key_span);
            (reader.mapping_of(&[key::REFUSED, key::PASSES], &entry.node, place), Some(place))
        }
        None => (Scope::ABSENT, top.missing()),
    };
    let mut all = Vec::new();
    for (kind, is_refused) in kinds {
        let nodes = reader.list(&scope, kind, CASES_MAX);
        if !scope.has(kind)
            && let Some(place) = missing.filter(|_| scope.missing().is_some())
        {
            let example = if is_refused {
                "refused: [GET /reviews?q=%3Cscript%3E]"
            } else {
                "passes: [GET /reviews?q=script]"
            };
            let key = format!("{}.{kind}", key::CASES);
            reader.report(place, Fault::MissingKey { key, example });
        }
        for node in nodes {
            let message = message(reader, node);
            all.extend(message.map(|message| Case {
                message,
                is_refused,
                place: Place::At(node.span),
            }));
        }
    }
    all
}

/// A case as it goes over the wire: a message as a whole, or its parts.
fn message(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<u8>> {
    match &node.value {
        Value::Scalar { text, .. } => {
            let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
            let mut lines = head.lines();
            let line = lines.next().unwrap_or_default().to_owned();
            let fields = lines.map(str::to_owned).collect();
            Some(wire(&line, fields, body.trim_end_matches('\n')))
        }
        Value::Map(_) => {
            let place = Place::At(node.span);
            let scope = reader.mapping_of(&key::CASE, node, place);
            let line = reader.word(&scope, &key::REQUEST, None);
            let body = reader.word(&scope, &key::BODY, None).map(|it| it.value).unwrap_or_default();
            let fields = fields(reader, &scope);
            Some(wire(&line?.value, fields, &body))
        }
        Value::List(_) => {
            let fault = Fault::WrongType { expected: "a request", found: node.noun() };
            reader.report(Place::At(node.span), fault);
            None
        }
        Value::Unusable => None,
    }
}

/// The fields of a case, in the order of the file; of a list a line for each item.
fn fields(reader: &mut Reader<'_>, scope: &Scope<'_>) -> Vec<String> {
    let Some(entry) = scope.get("headers") else { return Vec::new() };
    let mut wrong = |node: &Node, expected| {
        let fault = Fault::WrongType { expected, found: node.noun() };
        reader.report(Place::At(node.span), fault);
    };
    let Value::Map(map) = &entry.node.value else {
        wrong(&entry.node, "a mapping");
        return Vec::new();
    };
    let mut all = Vec::new();
    for it in &map.entries {
        match &it.node.value {
            Value::Scalar { text, .. } => all.push(format!("{}: {text}", it.key)),
            Value::List(items) => {
                let lines = items.iter().filter_map(Node::text);
                all.extend(lines.map(|text| format!("{}: {text}", it.key)));
            }
            Value::Map(_) | Value::Unusable => wrong(&it.node, "a single value"),
        }
    }
    all
}

/// With what nobody wants to write: a version, a host, and a media type for a body.
fn wire(line: &str, mut fields: Vec<String>, body: &str) -> Vec<u8> {
    let version = if line.trim_end().contains(" HTTP/") { "" } else { " HTTP/1.1" };
    let has = |fields: &[String], name: &str| {
        let named = |it: &String| it.split(':').next().unwrap_or_default().to_owned();
        fields.iter().any(|it| named(it).eq_ignore_ascii_case(name))
    };
    if !has(&fields, "host") {
        fields.push("Host: patched.invalid".to_owned());
    }
    if !body.is_empty() && !has(&fields, "content-type") {
        let media = match body.trim_start().starts_with(['{', '[']) {
            true => "application/json",
            false => "application/x-www-form-urlencoded",
        };
        fields.push(format!("Content-Type: {media}"));
    }
    let head: String = fields.iter().map(|it| format!("{it}\r\n")).collect();
    format!("{}{version}\r\n{head}\r\n{body}", line.trim_end()).into_bytes()
}

pub(super) fn id(text: &str) -> Result<Arc<str>, Fault> {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    let is_one = (1..=ID_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_part);
    is_one.then(|| text.into()).ok_or_else(|| Fault::NotAPatchId { given: text.to_owned() })
}

pub(super) fn of_endpoint(text: &str) -> Result<Option<(Method, Template)>, Fault> {
    if text == "any" {
        return Ok(None);
    }
    let it = Endpoint::parse(text)?;
    Ok(Some((Method::of(it.method.as_bytes()), Template::new(&it.template))))
}

pub(super) fn of_field(text: &str) -> Result<Field, Fault> {
    match text {
        "any" => Ok(Field::Any),
        "method" => Ok(Field::Method),
        "target" => Ok(Field::Target),
        other => match field::parse(other) {
            Ok(at) => Ok(Field::At(at)),
            Err(_) => Err(Fault::NotAPatchField { given: other.to_owned() }),
        },
    }
}

pub(super) fn characters(key: &'static str, text: &str) -> Result<u64, Fault> {
    let form = "a number of characters";
    text.parse().map_err(|_| Fault::NotANumber { key: key.to_owned(), form })
}

pub(super) fn number(key: &'static str, text: &str) -> Result<f64, Fault> {
    let fault = || Fault::NotANumber { key: key.to_owned(), form: "a number" };
    let number: f64 = text.parse().map_err(|_| fault())?;
    if number.is_finite() { Ok(number) } else { Err(fault()) }
}

pub(super) fn truth(text: &str) -> Result<bool, Fault> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Fault::unknown_word(other, vec!["true", "false"])),
    }
}

/// A field as it is written in patches.
pub fn field_text(it: &Field) -> String {
    match it {
        Field::Any => "any".to_owned(),
        Field::Method => "method".to_owned(),
        Field::Target => "target".to_owned(),
        Field::At(place) => place::Place::to_string(place),
    }
}

/// An endpoint as it is written in patches.
pub fn endpoint_text(it: &Patch) -> String {
    match &it.endpoint {
        None => "any".to_owned(),
        Some((method, path)) => format!("{} {}", method.name(), path.as_str()),
    }
}

/// The same patch, in force for ever: as its cases are judged.
pub fn enforced(it: &Patch) -> Patch {
    Patch { mode: Mode::Enforce, until_us: None, ..it.clone() }
}
