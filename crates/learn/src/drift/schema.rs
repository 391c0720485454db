//! What a schema says of the members, items and types of a value, whatever it is composed of.
//!
//! Reads    schemas with their references, `allOf`, `oneOf`, `anyOf` and discriminators.
//! Memory   one [`View`] of each schema that is asked for, of at most [`SCHEMAS_MAX`] schemas in each place.
//! Misses   which of several schemas is meant: what one of them allows is allowed. Beyond [`DEPTH_MAX`]
//!          references in a row, in a circle of them and where a description says more than is held
//!          (`patternProperties`, `if`), everything is allowed.

use bartizan_model::api::{Additional, Schema, Schemas, Types};
use bartizan_model::place::escaped_step;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// References and compositions in each other.
const DEPTH_MAX: usize = 64;
/// Schemas that a value in one place may fit.
const SCHEMAS_MAX: usize = 64;

/// What a description says of members that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// There are none.
    Forbidden,
    /// Nothing: neither that there may be some nor that there are none.
    Unsaid,
    /// There may be any.
    Open,
    /// It names no member or item at all: this is the place that holds them.
    Free,
    /// There is no body at all.
    NoBody,
}

/// What stands in one place, in all schemas that a value there may fit.
#[derive(Clone, Debug, Default)]
pub(super) struct Spot<'a>(Vec<Rc<View<'a>>>);

/// Where a step leads to.
#[derive(Debug)]
pub(super) enum Next<'a> {
    /// Something that is described.
    To(Spot<'a>),
    /// It is not named.
    Unnamed(Room),
    /// No object or array can be there.
    Impossible,
    /// The description says more than is held.
    Unknown,
}

/// What one schema says.
#[derive(Debug, Default)]
struct View<'a> {
    /// By name, written as a step of a place.
    members: BTreeMap<Cow<'a, str>, Vec<&'a Schema>>,
    /// What other members fit.
    others: Vec<&'a Schema>,
    items: Vec<&'a Schema>,
    room: Additions,
    types: Types,
    required: BTreeSet<&'a str>,
    /// Names of schemas that a discriminator chooses from.
    kinds: BTreeSet<&'a str>,
    is_read_only: bool,
    is_write_only: bool,
    is_partial: bool,
}

/// As [`Additional`], of several schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Additions {
    #[default]
    Unsaid,
    Open,
    Forbidden,
}

impl<'a> View<'a> {
    fn of_itself(schema: &'a Schema) -> Self {
        let (room, others) = match &schema.additional {
            Additional::Unsaid => (Additions::Unsaid, None),
            Additional::Any => (Additions::Open, None),
            Additional::Forbidden => (Additions::Forbidden, None),
            Additional::Schema(it) => (Additions::Open, Some(it.as_ref())),
        };
        let members = schema.properties.iter();
        Self {
            members: members.map(|it| (escaped_step(it.0.as_bytes()), vec![it.1])).collect(),
            others: others.into_iter().collect(),
            items: schema.first_items.iter().chain(schema.items.as_deref()).collect(),
            room,
            types: schema.types,
            required: schema.required.iter().map(String::as_str).collect(),
            kinds: BTreeSet::new(),
            is_read_only: schema.read_only,
            is_write_only: schema.write_only,
            is_partial: schema.is_partial,
        }
    }

    /// What is allowed, if nobody knows better.
    fn unknown() -> Self {
        Self { is_partial: true, ..Self::default() }
    }

    fn has_objects(&self) -> bool {
        self.types.contains(Types::OBJECT)
    }

    /// A value fits the other one, too.
    fn and(&mut self, other: &Self) {
        self.take(other);
        self.types = self.types.and(other.types);
        self.room = self.room.max(other.room);
        self.required.extend(&other.required);
        // Nothing can fit both: who wrote that meant something else.
        self.is_partial |= self.types == Types::NONE;
    }

    /// A value fits this one or the other.
    fn or(&mut self, other: &Self) {
        self.take(other);
        match (self.has_objects(), other.has_objects()) {
            (true, true) => {
                self.required.retain(|it| other.required.contains(it));
                self.room = match (self.room, other.room) {
                    (Additions::Forbidden, it) | (it, Additions::Forbidden) => it,
                    (a, b) => a.max(b),
                };
            }
            (false, true) => (self.required, self.room) = (other.required.clone(), other.room),
            (_, false) => {}
        }
        self.types = self.types.or(other.types);
    }

    fn take(&mut self, other: &Self) {
        for (name, schemas) in &other.members {
            let known = self.members.entry(name.clone()).or_default();
            self.is_partial |= !add(known, schemas);
        }
        self.is_partial |= !add(&mut self.others, &other.others);
        self.is_partial |= !add(&mut self.items, &other.items);
        self.kinds.extend(&other.kinds);
        self.is_read_only |= other.is_read_only;
        self.is_write_only |= other.is_write_only;
        self.is_partial |= other.is_partial;
    }
}

/// Adds what is not there yet; whether there was room.
fn add<'a>(known: &mut Vec<&'a Schema>, more: &[&'a Schema]) -> bool {
    for it in more {
        if !known.iter().any(|known| std::ptr::eq(*known, *it)) {
            if known.len() >= SCHEMAS_MAX {
                return false;
            }
            known.push(it);
        }
    }
    true
}

/// Looks into schemas, into each of them once.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    schemas: &'a Schemas,
    /// Names of schemas that extend the one of this name.
    extended: BTreeMap<&'a str, Vec<&'a str>>,
    /// By address; `None` while one is looked into.
    views: BTreeMap<usize, Option<Rc<View<'a>>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        let mut extended: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, schema) in schemas {
            for base in schema.all_of.iter().filter_map(|it| it.reference.as_deref()) {
                extended.entry(base).or_default().push(name);
            }
        }
        Self { schemas, extended, views: BTreeMap::new() }
    }

    /// The place that these schemas are for.
    pub(super) fn spot(&mut self, schemas: &[&'a Schema]) -> Spot<'a> {
        Spot(schemas.iter().map(|it| self.view(it, 0)).collect())
    }

    /// The member of this name, written as a step of a place.
    pub(super) fn member(&mut self, spot: &Spot<'a>, name: &str) -> Next<'a> {
        let objects: Vec<_> = spot.0.iter().filter(|it| it.has_objects()).cloned().collect();
        if objects.is_empty() {
            return if spot.is_partial() { Next::Unknown } else { Next::Impossible };
        }
        let mut found = named(&objects, name);
        if found.is_empty() {
            found = named(&self.kinds(&objects), name);
        }
        if found.is_empty() {
            gather(&mut found, objects.iter().map(|it| &it.others));
        }
        if !found.is_empty() {
            return Next::To(self.spot(&found));
        }
        if spot.is_partial() {
            return Next::Unknown;
        }
        Next::Unnamed(room(&objects))
    }

    /// The items.
    pub(super) fn items(&mut self, spot: &Spot<'a>) -> Next<'a> {
        if !spot.types().contains(Types::ARRAY) {
            return if spot.is_partial() { Next::Unknown } else { Next::Impossible };
        }
        let mut found = Vec::new();
        gather(&mut found, spot.0.iter().map(|it| &it.items));
        match found.is_empty() {
            false => Next::To(self.spot(&found)),
            true if spot.is_partial() => Next::Unknown,
            true => Next::Unnamed(Room::Free),
        }
    }

    /// What discriminators choose from, and what those choose from.
    fn kinds(&mut self, of: &[Rc<View<'a>>]) -> Vec<Rc<View<'a>>> {
        let mut names: Vec<&str> = of.iter().flat_map(|it| it.kinds.iter().copied()).collect();
        let mut known = BTreeSet::new();
        let mut out = Vec::new();
        while let Some(name) = names.pop() {
            let Some(schema) = self.schemas.get(name).filter(|_| known.insert(name)) else {
                continue;
            };
            if out.len() >= SCHEMAS_MAX {
                break;
            }
            let view = self.view(schema, 0);
            names.extend(&view.kinds);
            out.push(view);
        }
        out
    }

    fn view(&mut self, schema: &'a Schema, depth: usize) -> Rc<View<'a>> {
        let key = std::ptr::from_ref(schema).addr();
        match self.views.get(&key) {
            Some(Some(view)) => return Rc::clone(view),
            // In a circle.
            Some(None) => return Rc::new(View::unknown()),
            None if depth >= DEPTH_MAX => return Rc::new(View::unknown()),
            None => {}
        }
        self.views.insert(key, None);
        let view = Rc::new(self.composed(schema, depth + 1));
        self.views.insert(key, Some(Rc::clone(&view)));
        view
    }

    fn composed(&mut self, schema: &'a Schema, depth: usize) -> View<'a> {
        let mut view = View::of_itself(schema);
        if let Some(name) = &schema.reference {
            match self.schemas.get(name) {
                Some(it) => view.and(&self.view(it, depth)),
                None => view.is_partial = true,
            }
            if self.schemas.get(name).is_some_and(|it| it.discriminator.is_some()) {
                view.kinds.extend(self.extended.get(name.as_str()).into_iter().flatten());
            }
        }
        for it in &schema.all_of {
            view.and(&self.view(it, depth));
        }
        for alternatives in [&schema.any_of, &schema.one_of] {
            let mut all = View { types: Types::NONE, ..View::default() };
            for it in alternatives {
                all.or(&self.view(it, depth));
            }
            if !alternatives.is_empty() {
                view.and(&all);
            }
        }
        if let Some(it) = &schema.discriminator {
            view.kinds.extend(it.mapping.values().map(String::as_str));
        }
        view
    }
}

impl<'a> Spot<'a> {
    /// The types that a value there may have.
    pub(super) fn types(&self) -> Types {
        self.0.iter().fold(Types::NONE, |types, it| types.or(it.types))
    }

    /// Whether the description says more than is held.
    pub(super) fn is_partial(&self) -> bool {
        self.0.iter().any(|it| it.is_partial)
    }

    /// Whether a value there is in responses only.
    pub(super) fn is_read_only(&self) -> bool {
        self.0.iter().any(|it| it.is_read_only)
    }

    /// Whether a value there is in requests only.
    pub(super) fn is_write_only(&self) -> bool {
        self.0.iter().any(|it| it.is_write_only)
    }

    /// Members that must be there, whichever schema is meant.
    pub(super) fn required(&self) -> BTreeSet<&'a str> {
        let mut objects = self.0.iter().filter(|it| it.has_objects());
        let Some(first) = objects.next() else { return BTreeSet::new() };
        let always = |name: &&&str| {
            self.0.iter().all(|it| !it.has_objects() || it.required.contains(**name))
        };
        first.required.iter().filter(always).copied().collect()
    }
}

impl<'a> Next<'a> {
    /// What is described there, if anything is.
    pub(super) fn spot(self) -> Option<Spot<'a>> {
        match self {
            Self::To(spot) => Some(spot),
            Self::Unnamed(_) | Self::Impossible | Self::Unknown => None,
        }
    }
}

fn named<'a>(views: &[Rc<View<'a>>], name: &str) -> Vec<&'a Schema> {
    let mut found = Vec::new();
    gather(&mut found, views.iter().filter_map(|it| it.members.get(name)));
    found
}

/// Adds them as far as there is room: where there are too many, the first tell enough.
fn gather<'a, 'v>(found: &mut Vec<&'a Schema>, of: impl Iterator<Item = &'v Vec<&'a Schema>>)
where
    'a: 'v,
{
    of.for_each(|it| {
        add(found, it);
    });
}

fn room(objects: &[Rc<View<'_>>]) -> Room {
    let is = |room: Additions| move |it: &Rc<View<'_>>| it.room == room;
    if objects.iter().all(is(Additions::Forbidden)) {
        Room::Forbidden
    } else if objects.iter().all(|it| it.members.is_empty()) {
        Room::Free
    } else if objects.iter().any(is(Additions::Open)) {
        Room::Open
    } else {
        Room::Unsaid
    }
}
