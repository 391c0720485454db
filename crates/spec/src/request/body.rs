//! Bodies of messages, by their media types.

use super::parameter::{Named, is_of_the_value};
use super::{BodyIs, Compiler, FaultOfRequest, Faults};
use crate::validate::{self, FaultKind, ValidateLimits, Validator, Verdict};
use bartizan_model::api::{Content, MediaType};
use bartizan_model::place::{Place, escaped_step};
use bartizan_model::tape::{Tape, TapeLimits};

/// What is said of the bodies of one operation, or of its answers of one status.
#[derive(Debug)]
pub(crate) struct Bodies {
    pub(crate) is_required: bool,
    /// By media type or range, narrow before wide; in lower case.
    by_type: Vec<(Box<str>, Held)>,
}

/// What is said of bodies of one media type.
#[derive(Debug)]
struct Held {
    /// Of JSON.
    json: Option<Validator>,
    /// Of a form.
    form: Option<Named>,
}

impl Bodies {
    pub(crate) fn of(content: &Content, is_required: bool, compiler: &mut Compiler<'_>) -> Self {
        let by_type = content.iter().map(|(name, media)| {
            let name: Box<str> = essence(name.as_bytes()).to_ascii_lowercase().into();
            let held = Held::of(&name, media, compiler);
            (name, held)
        });
        let mut by_type: Vec<(Box<str>, Held)> = by_type.collect();
        by_type.sort_by_key(|it| width(&it.0));
        Self { is_required, by_type }
    }

    /// Which of the media types a body has whose head names `media`.
    pub(crate) fn of_media(&self, media: Option<&[u8]>, faults: &mut Faults) -> BodyIs {
        let name = media.map(|it| essence(it).to_ascii_lowercase()).unwrap_or_default();
        let found = self.by_type.iter().position(|it| is_in(&name, &it.0));
        if self.by_type.is_empty() {
            return BodyIs::Free;
        }
        let Some(number) = found else {
            faults.add(FaultOfRequest::MediaType, Place::header(b"content-type"));
            return BodyIs::Free;
        };
        let is_read = self.by_type.get(number).is_some_and(|(_, it)| {
            (it.json.is_some() && is_json(&name)) || (it.form.is_some() && is_form(&name))
        });
        if is_read { BodyIs::Held(number) } else { BodyIs::Free }
    }

    pub(crate) fn hold(&self, number: usize, text: &[u8], faults: &mut Faults) {
        let Some((_, content)) = self.by_type.get(number) else { return };
        if text.is_empty() {
            if self.is_required {
                faults.add(FaultOfRequest::Missing, Place::body("$"));
            }
            return;
        }
        if let Some(form) = &content.form {
            let place = |name: &[u8]| Place::body(&format!("$.{}", escaped_step(name)));
            return form.hold(text, place, |_| false, faults);
        }
        let Some(json) = &content.json else { return };
        let unfit = |faults: &mut Faults| faults.add(FaultOfRequest::Unfit, Place::body("$"));
        let Ok(tape) = Tape::read(text, &TapeLimits::default()) else { return unfit(faults) };
        match json.validate(&tape, &ValidateLimits::default()) {
            Verdict::Valid => {}
            Verdict::Invalid { faults: found, .. } => {
                found.iter().for_each(|it| faults.add(kind(it.kind), place(it)));
            }
            Verdict::Unknown(why) if is_of_the_value(why) => unfit(faults),
            Verdict::Unknown(_) => {}
        }
    }
}

impl Held {
    fn of(name: &str, media: &MediaType, compiler: &mut Compiler<'_>) -> Self {
        if is_form(name) {
            let form = Named::of_form(media, compiler);
            compiler.gaps = compiler.gaps.saturating_add(usize::from(form.is_none()));
            return Self { json: None, form };
        }
        let may_be_json = is_json(name) || name.ends_with("/*");
        let schema = media.schema.as_ref().filter(|_| may_be_json);
        Self { json: schema.and_then(|it| compiler.schema(it)), form: None }
    }
}

const fn kind(kind: FaultKind) -> FaultOfRequest {
    match kind {
        FaultKind::Undeclared => FaultOfRequest::Undeclared,
        FaultKind::Missing => FaultOfRequest::Missing,
        FaultKind::TypeOrFormat | FaultKind::OutOfRange | FaultKind::Other => FaultOfRequest::Unfit,
    }
}

/// The place of a fault: `/items/0/sku` is `$.items[*].sku`.
fn place(it: &validate::Fault) -> Place {
    let mut path = String::from("$");
    for step in it.instance.split('/').skip(1) {
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str("[*]");
        } else {
            let name = step.replace("~1", "/").replace("~0", "~");
            path.push('.');
            path.push_str(&escaped_step(name.as_bytes()));
        }
    }
    Place::body(&path)
}

/// A media type without its parameters.
fn essence(value: &[u8]) -> String {
    let it = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    String::from_utf8_lossy(it).into_owned()
}

fn is_json(name: &str) -> bool {
    name == "application/json" || name == "text/json" || name.ends_with("+json")
}

fn is_form(name: &str) -> bool {
    name == "application/x-www-form-urlencoded"
}

/// Whether a media type is in a range.
fn is_in(name: &str, range: &str) -> bool {
    match range.strip_suffix('*') {
        Some("*/") => !name.is_empty(),
        Some(before) => name.starts_with(before),
        None => name == range,
    }
}

fn width(range: &str) -> u8 {
    match range {
        "*/*" => 2,
        it if it.ends_with("/*") => 1,
        _ => 0,
    }
}
