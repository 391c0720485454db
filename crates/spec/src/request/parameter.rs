//! Parameters of requests, and the fields of flat forms, which are alike.
//!
//! Misses   which of several ways of writing is meant: a text fits if the string does, or the number, or the list of what
//!          stands between its commas.

use super::credential::Credentials;
use super::{Compiler, FaultOfRequest, Faults, cookies, fields, is_said_elsewhere, place_of, text};
use crate::validate::{UnknownReason, ValidateLimits, Validator, Verdict};
use bartizan_model::api::{
    Additional, MediaType, Parameter, ParameterPlace, Schema, Schemas, Style, Types,
};
use bartizan_model::head::RequestHead;
use bartizan_model::place::Place;
use bartizan_model::tape::{Tape, TapeLimits};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// References that are followed to see what a schema takes.
const REFERENCES_MAX: usize = 8;
/// Bytes of a parameter that is held to its schema.
const BYTES_MAX: usize = 64 << 10;

/// What is said of the parameters of one operation.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    path: BTreeMap<Box<str>, Rule>,
    query: Named,
    header: BTreeMap<Box<str>, Rule>,
    cookie: BTreeMap<Box<str>, Rule>,
}

/// Values by name, which may be all that there are.
#[derive(Debug, Default)]
pub(super) struct Named {
    rules: BTreeMap<Box<str>, Rule>,
    /// Other names are allowed.
    is_open: bool,
}

/// What is said of one value.
#[derive(Debug)]
struct Rule {
    is_required: bool,
    fits: Option<Validator>,
    /// The name before a bracket: `a[b]=1`.
    is_deep: bool,
}

/// What a parameter may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Objects, of whose ways of writing none is read.
    Objects,
    /// Texts, numbers, lists of them.
    Others,
}

/// What a schema takes, as far as that is plain to see.
pub(super) fn takes(schema: &Schema, schemas: &Schemas) -> Takes {
    let mut at = schema;
    for _ in 0..REFERENCES_MAX {
        let is_composed = !(at.any_of.is_empty() && at.one_of.is_empty() && at.all_of.is_empty());
        let is_object = at.types != Types::ANY && at.types.contains(Types::OBJECT);
        if is_object || !at.properties.is_empty() || is_composed {
            return Takes::Objects;
        }
        match at.reference.as_ref().and_then(|it| schemas.get(it)) {
            Some(next) => at = next,
            None => return Takes::Others,
        }
    }
    Takes::Objects
}

impl Parameters {
    pub(super) fn of(all: &[Parameter], compiler: &mut Compiler<'_>) -> Self {
        let mut it = Self::default();
        for parameter in all {
            let fits = compiler.parameter(parameter);
            let is_object = parameter
                .schema
                .as_ref()
                .is_some_and(|schema| takes(schema, &compiler.api.schemas) == Takes::Objects);
            let is_deep = parameter.style == Some(Style::DeepObject);
            let rule = Rule { is_required: parameter.required, fits, is_deep };
            let name: Box<str> = parameter.name.as_str().into();
            match parameter.place {
                ParameterPlace::Path => drop(it.path.insert(name, rule)),
                ParameterPlace::Header if is_said_elsewhere(&name) => {}
                ParameterPlace::Header => drop(it.header.insert(name, rule)),
                ParameterPlace::Cookie => drop(it.cookie.insert(name, rule)),
                ParameterPlace::QueryString => it.query.is_open = true,
                ParameterPlace::Query => {
                    // The members of an object are written as parameters of their own.
                    let is_spread = is_object && !is_deep && parameter.explode != Some(false);
                    it.query.is_open |= is_spread;
                    let is_required = rule.is_required && !is_spread;
                    it.query.rules.insert(name, Rule { is_required, ..rule });
                }
            }
        }
        it
    }

    pub(super) fn hold(
        &self,
        head: &RequestHead,
        path: &[(&str, &str)],
        credentials: Option<&Credentials>,
        faults: &mut Faults,
    ) {
        for (name, value) in path {
            if let Some(rule) = self.path.get(*name) {
                let value = text::decoded(value.as_bytes(), false);
                rule.hold(&[value.as_deref()], || Place::Path, faults);
            }
        }
        let is_credential = |name: &str| credentials.is_some_and(|it| it.is_in_query(name));
        self.query.hold(head.query(), Place::query, is_credential, faults);
        for (name, rule) in &self.header {
            let values: Vec<Option<&str>> =
                fields(head, name).map(|it| str::from_utf8(it).ok()).collect();
            rule.hold(&values, || place_of(ParameterPlace::Header, name), faults);
        }
        for (name, rule) in &self.cookie {
            let mine = cookies(head).filter(|it| it.0 == name.as_bytes());
            let values: Vec<Option<&str>> = mine.map(|it| str::from_utf8(it.1).ok()).collect();
            rule.hold(&values, || place_of(ParameterPlace::Cookie, name), faults);
        }
    }
}

impl Named {
    /// The fields of a form; `None` if more is said of it than can be held to.
    pub(super) fn of_form(media: &MediaType, compiler: &mut Compiler<'_>) -> Option<Self> {
        let schema = crate::flatten(media.schema.as_ref()?, &compiler.api.schemas);
        let is_composed = !(schema.any_of.is_empty() && schema.one_of.is_empty());
        if is_composed || schema.properties.is_empty() {
            return None;
        }
        let mut it =
            Self { is_open: schema.additional != Additional::Forbidden, ..Self::default() };
        for (name, of) in &schema.properties {
            let is_object = takes(of, &compiler.api.schemas) == Takes::Objects;
            let fits = if is_object { None } else { compiler.schema(of) };
            let is_required = schema.required.contains(name) && !is_object && !of.read_only;
            it.rules.insert(name.as_str().into(), Rule { is_required, fits, is_deep: is_object });
        }
        Some(it)
    }

    /// Holds pairs as they are sent.
    pub(super) fn hold(
        &self,
        text: &[u8],
        place: impl Fn(&[u8]) -> Place,
        is_known: impl Fn(&str) -> bool,
        faults: &mut Faults,
    ) {
        let mut by_name: BTreeMap<&str, Vec<Option<Cow<'_, str>>>> = BTreeMap::new();
        for (name, value) in text::pairs(text) {
            let Some(decoded) = text::decoded(name, true) else {
                faults.add(FaultOfRequest::Undeclared, place(name));
                continue;
            };
            match self.known(&decoded) {
                Some((name, true)) => drop(by_name.entry(name).or_default()),
                Some((name, false)) => {
                    by_name.entry(name).or_default().push(text::decoded(value, true));
                }
                None if self.is_open || is_known(&decoded) => {}
                None => faults.add(FaultOfRequest::Undeclared, place(decoded.as_bytes())),
            }
        }
        for (name, rule) in &self.rules {
            let values = by_name.get(&**name);
            let values: Option<Vec<Option<&str>>> =
                values.map(|all| all.iter().map(Option::as_deref).collect());
            match values {
                // Only a part of it is there: `a[b]=1`.
                Some(values) if values.is_empty() => {}
                values => rule.hold(&values.unwrap_or_default(), || place(name.as_bytes()), faults),
            }
        }
    }

    /// The declared name that a name is meant by, and whether it is a part of its value.
    fn known(&self, name: &str) -> Option<(&str, bool)> {
        if let Some((known, _)) = self.rules.get_key_value(name) {
            return Some((known, false));
        }
        let (before, _) = name.split_once('[')?;
        let (known, rule) = self.rules.get_key_value(before)?;
        rule.is_deep.then_some((&**known, true))
    }
}

impl Rule {
    /// Holds the values of one name; `None` is one that is no text.
    fn hold(&self, values: &[Option<&str>], place: impl Fn() -> Place, faults: &mut Faults) {
        if values.is_empty() {
            if self.is_required {
                faults.add(FaultOfRequest::Missing, place());
            }
            return;
        }
        let Some(fits) = &self.fits else { return };
        let texts: Option<Vec<&str>> = values.iter().copied().collect();
        let bytes = |texts: &[&str]| texts.iter().map(|it| it.len()).sum::<usize>();
        let is_fit = texts.is_some_and(|it| bytes(&it) <= BYTES_MAX && is_fit(fits, &it));
        if !is_fit {
            faults.add(FaultOfRequest::Unfit, place());
        }
    }
}

/// Whether texts fit in one of the ways in which they may be meant.
fn is_fit(fits: &Validator, texts: &[&str]) -> bool {
    let one = match texts {
        [one] => Some(*one),
        _ => None,
    };
    let as_literal = |it: &str| {
        let is_literal = text::may_be_literal(it);
        if is_literal { it.to_owned() } else { text::string(it) }
    };
    let list = |items: &[&str], each: &dyn Fn(&str) -> String| {
        let items: Vec<String> = items.iter().map(|it| each(it)).collect();
        format!("[{}]", items.join(","))
    };
    if let Some(it) = one {
        if takes_text(fits, &text::string(it)) {
            return true;
        }
        if text::may_be_literal(it) && takes_text(fits, it) {
            return true;
        }
    }
    let split: Vec<&str> = one.map_or_else(|| texts.to_vec(), |it| it.split(',').collect());
    takes_text(fits, &list(&split, &text::string)) || takes_text(fits, &list(&split, &as_literal))
}

/// Whether a schema takes a JSON text.
fn takes_text(fits: &Validator, json: &str) -> bool {
    let Ok(tape) = Tape::read(json.as_bytes(), &TapeLimits::default()) else { return false };
    match fits.validate(&tape, &ValidateLimits::default()) {
        Verdict::Valid => true,
        Verdict::Invalid { .. } => false,
        Verdict::Unknown(why) => !is_of_the_value(why),
    }
}

/// Whether it is the value, not the description, that leaves the verdict open: whoever sends it could escape by it.
pub(super) const fn is_of_the_value(why: UnknownReason) -> bool {
    match why {
        UnknownReason::LongText
        | UnknownReason::RepeatedName
        | UnknownReason::Depth
        | UnknownReason::Steps
        | UnknownReason::Number => true,
        UnknownReason::Pattern
        | UnknownReason::Reference
        | UnknownReason::Partial
        | UnknownReason::Dialect => false,
    }
}
