//! The fields of bodies: declared against seen.
//!
//! Reads    the content that a description has for a side, and the fields that were seen there.
//! Writes   fields that are not named, values of other types, members that are missing.
//! Misses   strings that hold numbers or JSON, for a value is what it looks like; `null` where it is allowed
//!          looks as text does, so that text is no change there; required lists and objects, for empty ones left
//!          no trace in what earlier programs recorded; required members of an item behind the first that has any; what only one of several
//!          schemas requires.

use super::schema::{Next, Reader, Room, Spot};
use super::seen::{Seen, Tally};
use super::{Looks, NotSeen, Share, Side, What};
use bartizan_model::api::{Content, MediaType, Schema, Types};
use bartizan_model::fact::Kind;
use bartizan_model::place::{NAME_BYTES_MAX, Place, escaped_step};
use std::collections::BTreeMap;

/// What a description has for the bodies of one side.
#[derive(Debug, Default)]
pub(super) struct Declared<'a> {
    schemas: Vec<&'a Schema>,
    /// There is any content.
    pub(super) is_said: bool,
    /// There is content whose fields can be seen, and nothing is said of it.
    has_unsaid: bool,
    /// There is content whose fields cannot be seen.
    has_opaque: bool,
    has_forms: bool,
    /// Some of what may be there has no content.
    pub(super) has_gaps: bool,
}

impl<'a> Declared<'a> {
    /// Adds what one message may be.
    pub(super) fn add(&mut self, content: &'a Content) {
        self.is_said |= !content.is_empty();
        self.has_gaps |= content.is_empty();
        for (media, it) in content {
            self.add_media(media, it);
        }
    }

    fn add_media(&mut self, media: &str, it: &'a MediaType) {
        let media = media.to_ascii_lowercase();
        let is_form = media.starts_with("application/x-www-form-urlencoded");
        let is_json = media.contains("json") || media.contains('*');
        self.has_forms |= is_form;
        if !is_form && !is_json {
            self.has_opaque = true;
            return;
        }
        let schemas = it.schema.iter().chain(&it.item_schema);
        let before = self.schemas.len();
        self.schemas.extend(schemas);
        self.has_unsaid |= self.schemas.len() == before;
        // The whole of a stream is a text, too.
        self.has_opaque |= it.item_schema.is_some();
    }

    fn is_judged(&self) -> bool {
        !self.schemas.is_empty() && !self.has_unsaid
    }
}

/// An object that was seen.
#[derive(Debug)]
struct Holder<'a> {
    spot: Spot<'a>,
    /// Messages that had anything of it.
    messages: u64,
}

/// Compares one side.
#[derive(Debug)]
pub(super) struct Bodies<'r, 'a, 's> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) side: Side,
    pub(super) declared: &'r Declared<'a>,
    pub(super) seen: &'r Seen<'s>,
    pub(super) not_seen: &'r mut NotSeen,
    /// Fields of answers may have been cut off.
    pub(super) may_be_cut: bool,
}

#[derive(Debug, Default)]
struct Found<'a> {
    unnamed: BTreeMap<(String, Room), u64>,
    changed: BTreeMap<(String, Looks), (Types, u64)>,
    holders: BTreeMap<String, Holder<'a>>,
    /// Messages by everything that a field of theirs is in.
    messages: BTreeMap<String, u64>,
}

impl<'a> Bodies<'_, 'a, '_> {
    /// What differs.
    pub(super) fn differences(mut self) -> Vec<What> {
        if self.seen.bodies().next().is_none() {
            return Vec::new();
        }
        if !self.declared.is_said {
            return vec![self.nothing_declared()];
        }
        if !self.declared.is_judged() {
            self.not_seen.undescribed += 1;
            return Vec::new();
        }
        let root = self.reader.spot(&self.declared.schemas);
        let mut found = Found::default();
        for (path, tally) in self.seen.bodies() {
            self.field(&root, path, tally, &mut found);
        }
        // What the description leaves open is no difference to it.
        let named = found.unnamed.len();
        found.unnamed.retain(|(_, room), _| !matches!(room, Room::Open | Room::Free));
        self.not_seen.undescribed += u64::from(found.unnamed.len() < named);
        let missing = self.missing(&found);
        let side = self.side;
        let unnamed = found.unnamed.into_iter().map(|((path, room), messages)| What::Undeclared {
            side,
            place: Place::Body(path),
            room,
            seen: self.seen.share(messages),
        });
        let changed = found.changed.into_iter().map(|((path, seen), (declared, of))| {
            let share = Share { of, all: found.messages.get(&path).copied().unwrap_or(of) };
            What::Changed { side, place: Place::Body(path), declared, seen, share }
        });
        unnamed.chain(changed.filter(What::is_frequent)).chain(missing).collect()
    }

    fn nothing_declared(&self) -> What {
        let messages = self.seen.bodies().map(|it| it.1.messages).max().unwrap_or(0);
        let (side, place) = (self.side, Place::body("$"));
        What::Undeclared { side, place, room: Room::NoBody, seen: self.seen.share(messages) }
    }

    /// Follows a field through the schemas.
    fn field(&mut self, root: &Spot<'a>, path: &str, tally: &Tally, found: &mut Found<'a>) {
        let Some(steps) = steps(path).filter(|_| path.len() < NAME_BYTES_MAX) else {
            self.not_seen.fields += 1;
            return;
        };
        let mut spot = root.clone();
        let mut at = "$".to_owned();
        found.count(&at, tally.messages);
        for step in steps {
            let next = match step {
                Step::Member(name) => self.reader.member(&spot, name),
                Step::Items => self.reader.items(&spot),
            };
            if matches!(step, Step::Member(_)) {
                found.hold(&at, &spot, tally.messages);
            }
            let holder = at.clone();
            at.push_str(&step.written());
            found.count(&at, tally.messages);
            match next {
                Next::To(it) => spot = it,
                Next::Unknown => {
                    self.not_seen.fields += 1;
                    return;
                }
                Next::Unnamed(room) => {
                    let place = if room == Room::Free { holder } else { at };
                    let messages = found.unnamed.entry((place, room)).or_default();
                    *messages = tally.messages.max(*messages);
                    return;
                }
                Next::Impossible => {
                    self.container(holder, step.looks(), &spot, tally.messages, found);
                    return;
                }
            }
        }
        self.scalar(&at, &spot, tally, found);
    }

    /// A list or object where none can be.
    fn container(
        &self,
        place: String,
        looks: Looks,
        spot: &Spot<'a>,
        messages: u64,
        found: &mut Found<'a>,
    ) {
        let types = spot.types();
        let text = self.seen.by_place.get(&Place::Body(place.clone()));
        let is_text = || text.is_some_and(|it| it.messages >= messages);
        // A text may hold JSON, whose fields are seen, too; in a form every value is a text.
        if self.declared.has_forms || types.contains(Types::STRING) && is_text() {
            return;
        }
        let known = found.changed.entry((place, looks)).or_insert((types, 0));
        known.1 = known.1.max(messages);
    }

    fn scalar(&self, at: &str, spot: &Spot<'a>, tally: &Tally, found: &mut Found<'a>) {
        let types = spot.types();
        if spot.is_partial() || at == "$" && self.declared.has_opaque {
            return;
        }
        for (looks, messages) in tally.containers() {
            let fits = match looks {
                Looks::List => types.contains(Types::ARRAY),
                Looks::Object => types.contains(Types::OBJECT),
                Looks::Like(_) => true,
            };
            if !fits {
                self.container(at.to_owned(), looks, spot, messages, found);
            }
        }
        let is_loose = self.declared.has_forms;
        for (kind, messages) in tally.kinds().filter(|it| !fits(it.0, types, is_loose)) {
            found.changed.insert((at.to_owned(), Looks::Like(kind)), (types, messages));
        }
    }

    /// Required members that messages did not have.
    fn missing(&mut self, found: &Found<'a>) -> Vec<What> {
        if self.seen.more > 0 || self.may_be_cut || self.declared.has_gaps {
            self.not_seen.required += 1;
            return Vec::new();
        }
        let mut out = Vec::new();
        for (path, holder) in &found.holders {
            for name in holder.spot.required() {
                let name = escaped_step(name.as_bytes());
                let Some(spot) = self.reader.member(&holder.spot, &name).spot() else { continue };
                let place = format!("{path}.{name}");
                let have = found.messages.get(&place).copied().unwrap_or(0);
                if !self.can_be_missed(&spot) || place.len() >= NAME_BYTES_MAX {
                    continue;
                }
                let of = holder.messages.saturating_sub(have);
                let share = Share { of, all: holder.messages };
                out.push(What::Missing { side: self.side, place: Place::Body(place), share });
            }
        }
        out.retain(What::is_frequent);
        out
    }

    /// Whether a member leaves a trace wherever it is, and belongs to this side.
    fn can_be_missed(&self, spot: &Spot<'a>) -> bool {
        let holds = spot.types().contains(Types::ARRAY) || spot.types().contains(Types::OBJECT);
        let is_other = match self.side {
            Side::Request => spot.is_read_only(),
            Side::Response => spot.is_write_only(),
        };
        !holds && !is_other && !spot.is_partial()
    }
}

impl<'a> Found<'a> {
    fn count(&mut self, at: &str, messages: u64) {
        match self.messages.get_mut(at) {
            Some(known) => *known = messages.max(*known),
            None => {
                self.messages.insert(at.to_owned(), messages);
            }
        }
    }

    fn hold(&mut self, at: &str, spot: &Spot<'a>, messages: u64) {
        match self.holders.get_mut(at) {
            Some(known) => known.messages = messages.max(known.messages),
            None => {
                let holder = Holder { spot: spot.clone(), messages };
                self.holders.insert(at.to_owned(), holder);
            }
        }
    }
}

/// A step of a path: a member of this name, or the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'p> {
    Member(&'p str),
    Items,
}

impl Step<'_> {
    fn written(self) -> String {
        match self {
            Self::Member(name) => format!(".{name}"),
            Self::Items => "[*]".to_owned(),
        }
    }

    /// What a value looks like that has such a step.
    fn looks(self) -> Looks {
        match self {
            Self::Member(_) => Looks::Object,
            Self::Items => Looks::List,
        }
    }
}

/// The steps of a path; `None` if it is none.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut out = Vec::new();
    for (at, part) in path.strip_prefix('$')?.split('.').enumerate() {
        let name = part.trim_end_matches("[*]");
        match at {
            0 if !name.is_empty() => return None,
            0 => {}
            _ => out.push(Step::Member(name)),
        }
        out.extend((0..part.len().saturating_sub(name.len()) / 3).map(|_| Step::Items));
    }
    Some(out)
}

/// Whether what looks like this may be of these types. Where all is text, lists and objects have any form.
pub(super) fn fits(kind: Kind, types: Types, is_text: bool) -> bool {
    let held = types.contains(Types::ARRAY) || types.contains(Types::OBJECT);
    if types.contains(Types::STRING) || is_text && (held || kind == Kind::Empty) {
        return true;
    }
    match kind {
        Kind::Boolean => types.contains(Types::BOOLEAN),
        Kind::Integer => types.contains(Types::INTEGER),
        Kind::Decimal => types.contains(Types::NUMBER),
        // `null` looks so; in records of earlier versions, like text.
        Kind::Empty | Kind::Text => types.contains(Types::NULL),
        Kind::Uuid | Kind::Hex | Kind::Date | Kind::Email => false,
    }
}
