//! Typed reading of a tree: each call reads one key of the table and reports what is wrong.
//!
//! After a problem the default is returned and reading goes on, so that one run shows everything.

use std::ffi::OsString;

use super::clause;
use super::effective::{self, Effective};
use super::fault::Fault;
use super::keys::{
    Absent, CLAUSES, Flag, Items, Name, Number, Shape, Word, Zero, items_max, known,
};
use super::node::{Entry, Map, Node, Value};
use super::origin::{Given, Origin};
use super::problem::{Place, Problems};
use super::unit::Unit;

/// A value and the place to complain about it.
#[derive(Clone, Debug)]
pub(super) struct Read<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

impl<T> Read<T> {
    pub(super) fn given(self) -> Given<T> {
        Given { value: self.value, origin: self.place.origin() }
    }
}

/// One mapping of the file, or its absence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'t> {
    map: Option<&'t Map>,
    /// Where a missing key is reported; `None` if the mapping itself was reported.
    missing: Option<Place>,
}

impl<'t> Scope<'t> {
    /// A mapping that nobody wrote.
    pub(super) const ABSENT: Scope<'static> = Scope { map: None, missing: Some(Place::File) };

    pub(super) fn get(&self, key: &str) -> Option<&'t Entry> {
        self.map?.get(key)
    }

    /// Whether nobody wrote anything in it: it is not there, or empty.
    pub(super) fn is_silent(&self) -> bool {
        self.missing.is_some() && self.map.is_none_or(|it| it.entries.is_empty())
    }

    /// Whether a value is written there, be it right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(|it| !it.node.is_empty())
    }

    /// Where a missing key is reported.
    pub(super) fn missing(&self) -> Option<Place> {
        self.missing
    }

    /// Where `name` was written, or its default.
    pub(super) fn place_of(&self, name: Name) -> Place {
        self.get(name.key).map_or(Place::Default, |it| Place::At(it.node.span))
    }
}

pub(super) struct Reader<'p> {
    problems: &'p mut Problems,
    effective: Vec<Effective>,
    item: usize,
}

impl<'p> Reader<'p> {
    pub(super) fn new(problems: &'p mut Problems) -> Self {
        Self { problems, effective: Vec::new(), item: 0 }
    }

    /// Every value read, in this order.
    pub(super) fn into_effective(self) -> Vec<Effective> {
        self.effective
    }

    /// Reads each item of a section that is a list of mappings.
    pub(super) fn mappings<'t, T>(
        &mut self,
        top: &Scope<'t>,
        section: &'static str,
        mut read: impl FnMut(&mut Self, &Scope<'t>, Place) -> T,
    ) -> Vec<T> {
        let nodes = self.list(top, section, items_max(section).unwrap_or(0));
        let mut all = Vec::with_capacity(nodes.len());
        for (item, node) in nodes.iter().enumerate() {
            self.item = item;
            let place = Place::At(node.span);
            let scope = self.mapping(section, node, place);
            all.push(read(self, &scope, place));
        }
        self.item = 0;
        all
    }

    /// The one place that every value in force passes.
    fn keep(&mut self, name: Name, value: effective::Value, place: Place) {
        let (item, origin) = (self.item, place.origin());
        self.effective.push(Effective { name, item, value, origin });
    }

    /// A key that nobody wrote, where that is another thing than an empty list.
    pub(super) fn unset(&mut self, name: Name, means: &'static str) {
        self.keep(name, effective::Value::Unset(means), Place::Default);
    }

    /// Whether anything was reported that stops the start.
    pub(super) fn has_errors(&self) -> bool {
        self.problems.has_errors()
    }

    pub(super) fn report(&mut self, place: Place, fault: Fault) {
        self.problems.add(place, fault);
    }

    /// The mapping `node`, its unknown keys reported.
    pub(super) fn mapping<'t>(&mut self, section: &str, node: &'t Node, place: Place) -> Scope<'t> {
        self.mapping_with(section, &known(section), node, place)
    }

    /// The mapping `node`, of which these keys are known.
    pub(super) fn mapping_of<'t>(
        &mut self,
        expected: &[&'static str],
        node: &'t Node,
        place: Place,
    ) -> Scope<'t> {
        self.mapping_with("", expected, node, place)
    }

    fn mapping_with<'t>(
        &mut self,
        section: &str,
        expected: &[&'static str],
        node: &'t Node,
        place: Place,
    ) -> Scope<'t> {
        match &node.value {
            Value::Map(map) => {
                for entry in &map.entries {
                    self.known_key(section, entry, expected);
                }
                Scope { map: Some(map), missing: Some(place) }
            }
            Value::Scalar { .. } if node.is_nothing() => Scope { map: None, missing: Some(place) },
            Value::Unusable => Scope { map: None, missing: None },
            Value::Scalar { .. } | Value::List(_) => {
                self.wrong_type(node, "a mapping");
                Scope { map: None, missing: None }
            }
        }
    }

    fn known_key(&mut self, section: &str, entry: &Entry, expected: &[&'static str]) {
        let fault = match section {
            CLAUSES => clause::fault_of_key(&entry.key),
            _ => fault_of_key(&entry.key, expected),
        };
        if let Some(fault) = fault {
            self.report(Place::At(entry.key_span), fault);
        }
    }

    /// The mapping under `section` of the top level.
    pub(super) fn section<'t>(&mut self, top: &Scope<'t>, section: &str) -> Scope<'t> {
        match top.get(section) {
            Some(entry) => self.mapping(section, &entry.node, Place::At(entry.key_span)),
            None if top.missing.is_none() => *top,
            None => Scope::ABSENT,
        }
    }

    /// The items of a list; too long a one is reported and not read.
    pub(super) fn list<'t>(
        &mut self,
        scope: &Scope<'t>,
        key: &'static str,
        items_max: usize,
    ) -> &'t [Node] {
        let Some(entry) = scope.get(key) else { return &[] };
        match &entry.node.value {
            Value::List(items) if items.len() <= items_max => items,
            Value::List(_) => {
                let fault = Fault::TooMany { key: key.to_owned(), items_max };
                self.report(Place::At(entry.key_span), fault);
                &[]
            }
            Value::Scalar { .. } if entry.node.is_nothing() => &[],
            Value::Unusable => &[],
            Value::Scalar { .. } | Value::Map(_) => {
                self.wrong_type(&entry.node, "a list");
                &[]
            }
        }
    }

    pub(super) fn number(&mut self, scope: &Scope<'_>, key: &Number) -> u64 {
        let written = self.written_number(scope, key);
        let (number, place) = written.unwrap_or((key.default, Place::Default));
        let value = match (key.zero, key.unit.show(number)) {
            (Zero::Unwritten(meaning), _) if number == 0 => effective::Value::Unset(meaning),
            (_, text) if text.parse() == Ok(number) => effective::Value::Number(number),
            (_, text) => effective::Value::Text(text),
        };
        self.keep(key.name, value, place);
        number
    }

    fn written_number(&mut self, scope: &Scope<'_>, key: &Number) -> Option<(u64, Place)> {
        let (text, plain, place) = self.scalar(scope, key.name)?;
        let must_be_plain = key.unit == Unit::Count;
        let fault = match key.unit.parse(text).filter(|_| plain || !must_be_plain) {
            Some(number) if key.admits(number) => return Some((number, place)),
            Some(_) => Fault::out_of_bounds(key),
            None => Fault::NotANumber { key: key.name.path(), form: key.unit.form() },
        };
        self.report(place, fault);
        None
    }

    pub(super) fn flag(&mut self, scope: &Scope<'_>, key: &Flag) -> bool {
        self.flag_or(scope, key, None)
    }

    /// The same, where a flag of the command line may switch it on; the file's value is checked all the same.
    pub(super) fn flag_or(
        &mut self,
        scope: &Scope<'_>,
        key: &Flag,
        over: Option<&'static str>,
    ) -> bool {
        let (truth, place) = match self.scalar(scope, key.name) {
            None => (key.default, Place::Default),
            Some(("true", true, place)) => (true, place),
            Some(("false", true, place)) => (false, place),
            Some((text, _, place)) => {
                self.report(place, Fault::unknown_word(text, vec!["true", "false"]));
                (key.default, place)
            }
        };
        let (truth, place) = over.map_or((truth, place), |flag| (true, Place::Flag(flag)));
        self.keep(key.name, effective::Value::Truth(truth), place);
        truth
    }

    /// A text by its form. An override wins, but the file's value is checked all the same.
    pub(super) fn word<T>(
        &mut self,
        scope: &Scope<'_>,
        key: &Word<T>,
        over: Option<&Given<OsString>>,
    ) -> Option<Read<T>> {
        let text = self.scalar(scope, key.name);
        let is_written = scope.get(key.name.key).is_some();
        let written = text.and_then(|(text, _, place)| self.parsed(key.parse, text, place));
        let read = match over {
            Some(over) => self.overriding(key.parse, over),
            None if is_written => written,
            None => self.absent(scope, key),
        };
        let over = over.map(|it| it.value.to_string_lossy().into_owned());
        let value = match over.or(text.map(|(text, _, _)| text.to_owned())) {
            Some(text) => key.shape.value(text),
            None => key.absent.value(),
        };
        self.keep(key.name, value, read.as_ref().map_or(Place::Default, |it| it.place));
        read
    }

    fn absent<T>(&mut self, scope: &Scope<'_>, key: &Word<T>) -> Option<Read<T>> {
        match key.absent {
            Absent::Default(default, _) => Some(Read { value: default(), place: Place::Default }),
            Absent::Nothing(_) => None,
            Absent::Error(example) => {
                let fault = Fault::MissingKey { key: key.name.path(), example };
                self.report(scope.missing?, fault);
                None
            }
        }
    }

    pub(super) fn items<T>(
        &mut self,
        scope: &Scope<'_>,
        key: &Items<T>,
        over: &[Given<OsString>],
    ) -> Vec<T> {
        let nodes = self.list(scope, key.name.key, key.items_max);
        let written: Vec<_> = nodes.iter().filter_map(|it| self.item(key, it)).collect();
        let given: Vec<_> = if over.is_empty() {
            written
        } else {
            over.iter().filter_map(|it| self.overriding(key.parse, it)).collect()
        };
        let texts = if over.is_empty() {
            nodes.iter().filter_map(Node::text).map(str::to_owned).collect()
        } else {
            over.iter().map(|it| it.value.to_string_lossy().into_owned()).collect()
        };
        let place = given.first().map_or(scope.place_of(key.name), |it| it.place);
        self.keep(key.name, effective::Value::List(texts), place);
        given.into_iter().map(|it| it.value).collect()
    }

    fn item<T>(&mut self, key: &Items<T>, node: &Node) -> Option<Read<T>> {
        let place = Place::At(node.span);
        match &node.value {
            Value::Scalar { text, .. } => self.parsed(key.parse, text, place),
            Value::Unusable => None,
            Value::List(_) | Value::Map(_) => {
                self.wrong_type(node, "a single value");
                None
            }
        }
    }

    fn overriding<T>(
        &mut self,
        parse: fn(&str) -> Result<T, Fault>,
        over: &Given<OsString>,
    ) -> Option<Read<T>> {
        let place = match over.origin {
            Origin::Environment(name) => Place::Environment(name),
            Origin::Flag(name) => Place::Flag(name),
            Origin::Default | Origin::File { .. } => Place::Default,
        };
        match over.value.to_str() {
            Some(text) => self.parsed(parse, text, place),
            None => {
                self.report(place, Fault::NotText);
                None
            }
        }
    }

    fn parsed<T>(
        &mut self,
        parse: fn(&str) -> Result<T, Fault>,
        text: &str,
        place: Place,
    ) -> Option<Read<T>> {
        match parse(text) {
            Ok(value) => Some(Read { value, place }),
            Err(fault) => {
                self.report(place, fault);
                None
            }
        }
    }

    /// The text of a key, whether it was written without quotes, and where.
    fn scalar<'t>(&mut self, scope: &Scope<'t>, name: Name) -> Option<(&'t str, bool, Place)> {
        let entry = scope.get(name.key)?;
        match &entry.node.value {
            Value::Scalar { .. } if entry.node.is_nothing() => {
                self.report(Place::At(entry.key_span), Fault::NoValue { key: name.path() });
                None
            }
            Value::Scalar { text, plain } => Some((text, *plain, Place::At(entry.node.span))),
            Value::Unusable => None,
            Value::List(_) | Value::Map(_) => {
                self.wrong_type(&entry.node, "a single value");
                None
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, expected: &'static str) {
        let fault = Fault::WrongType { expected, found: node.noun() };
        self.report(Place::At(node.span), fault);
    }
}

impl Shape {
    fn value(self, text: String) -> effective::Value {
        match (self, text.parse()) {
            (Self::One, Ok(number)) => effective::Value::Number(number),
            (Self::One | Self::Among(_) | Self::Like(_) | Self::Text { .. }, _) => {
                effective::Value::Text(text)
            }
        }
    }
}

impl<T> Absent<T> {
    fn value(&self) -> effective::Value {
        match self {
            Self::Default(_, text) => effective::Value::Text((*text).to_owned()),
            Self::Nothing(meaning) => effective::Value::Unset(meaning),
            Self::Error(_) => effective::Value::Unset("required"),
        }
    }
}

fn fault_of_key(key: &str, expected: &[&'static str]) -> Option<Fault> {
    let is_known = expected.contains(&key);
    (!is_known).then(|| Fault::unknown_key(key, expected.to_vec()))
}
