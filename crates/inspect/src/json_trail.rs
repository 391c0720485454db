//! Where in a JSON text its reader stands, and whether answers are known to have such a place.
//!
//! Reads    what containers open and close, and what members are called.
//! Memory   a spot for each open container, the path to the innermost one, at most [`PATH_BYTES_MAX`] bytes and a name.
//! Misses   places whose path is longer than places are told, and what stands below them.

use crate::envelope::answer_names::{AnswerNames, Level};
use crate::known_places::{KnownPlaces, Spot};
use bartizan_model::fact::Kind;
use bartizan_model::place::{NAME_BYTES_MAX, escaped_step};
use std::sync::Arc;

/// Bytes of a path that is looked at: longer ones are cut where they are kept.
const PATH_BYTES_MAX: usize = NAME_BYTES_MAX - 1;
/// Names that are the same in the answer and in the API.
const PLAIN: usize = usize::MAX;

/// What members are called by the API, level by level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    is_batch: bool,
    /// Of each level its members, in the order of their names in the answer.
    levels: Vec<Vec<Alias>>,
}

/// The name of a member in the answer, the one in the API, and the level within.
type Alias = (Box<[u8]>, Box<[u8]>, usize);

impl Aliases {
    /// Those of an answer.
    pub fn of(names: &AnswerNames) -> Self {
        let mut it = Self { is_batch: names.is_batch, levels: Vec::new() };
        it.add(&names.root);
        it
    }

    /// Adds a level; its number.
    fn add(&mut self, level: &Level) -> usize {
        if level.is_plain() {
            return PLAIN;
        }
        let at = self.levels.len();
        self.levels.push(Vec::new());
        let one = |(key, name, within): &(Box<str>, Box<str>, Level)| {
            (Box::from(key.as_bytes()), Box::from(name.as_bytes()), self.add(within))
        };
        let mut members: Vec<_> = level.members.iter().map(one).collect();
        members.sort_unstable();
        if let Some(level) = self.levels.get_mut(at) {
            *level = members;
        }
        at
    }

    fn find(&self, level: usize, key: &[u8]) -> Option<(&[u8], usize)> {
        let members = self.levels.get(level)?;
        let at = members.binary_search_by(|it| (*it.0).cmp(key)).ok()?;
        members.get(at).map(|it| (&*it.1, it.2))
    }
}

/// A place on the way.
#[derive(Clone, Copy, Debug)]
struct Stand {
    spot: Spot,
    level: usize,
    /// Bytes of the path before it.
    path: usize,
    /// Whether what stands in it may be new.
    is_followed: bool,
}

/// Which place comes next.
#[derive(Clone, Copy, Debug)]
struct Next {
    spot: Spot,
    level: usize,
    /// By which step it is reached; else by none: it is the whole text, or one of a batch.
    by: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nothing,
    Name,
    Items,
}

/// The way to where a reader stands.
#[derive(Debug)]
pub(crate) struct Trail {
    known: Arc<KnownPlaces>,
    aliases: Arc<Aliases>,
    open: Vec<Stand>,
    path: String,
    next: Option<Next>,
    /// Of the member that comes next.
    name: Vec<u8>,
    told: String,
}

impl Trail {
    pub(crate) fn new(known: Arc<KnownPlaces>, aliases: Arc<Aliases>) -> Self {
        let (open, path) = (Vec::new(), "$".to_owned());
        Self { known, aliases, open, path, next: None, name: Vec::new(), told: String::new() }
    }

    /// A text begins.
    pub(crate) fn begin(&mut self) {
        self.open.clear();
        self.path.truncate(1);
        let level = if self.aliases.levels.is_empty() { PLAIN } else { 0 };
        self.next = Some(Next { spot: Spot::ROOT, level, by: By::Nothing });
    }

    /// The spot of a member of the innermost object, what is within it and what it is called, if that is something else.
    fn member(&self, key: &[u8]) -> Option<(Spot, usize, Option<&[u8]>)> {
        let stand = self.open.last().filter(|it| it.is_followed)?;
        match self.aliases.find(stand.level, key) {
            Some((name, level)) => Some((stand.spot.member(name), level, Some(name))),
            None => Some((stand.spot.member(key), PLAIN, None)),
        }
    }

    /// Whether a member of the innermost object is no new one.
    #[inline]
    pub(crate) fn knows(&self, key: &[u8]) -> bool {
        self.member(key).is_none_or(|it| self.known.has(it.0))
    }

    /// The value of this member comes next; whether it may be new, or hold what is.
    pub(crate) fn key(&mut self, key: &[u8]) -> bool {
        self.next = None;
        let mut kept = std::mem::take(&mut self.name);
        if let Some((spot, level, name)) = self.member(key) {
            let name = name.unwrap_or(key);
            // A name that is a value is none that somebody gave a field.
            if self.known.has(spot) || !is_value(name) {
                kept.clear();
                kept.extend_from_slice(name);
                self.next = Some(Next { spot, level, by: By::Name });
            }
        }
        self.name = kept;
        self.next.is_some()
    }

    /// Items of the innermost list come next; whether they may be new, or hold what is.
    pub(crate) fn item(&mut self) -> bool {
        self.next = None;
        let Some(stand) = self.open.last().filter(|it| it.is_followed) else { return false };
        let is_batch = self.aliases.is_batch && self.open.len() == 1;
        let (spot, by) = match is_batch {
            true => (stand.spot, By::Nothing),
            false => (stand.spot.items(), By::Items),
        };
        self.next = Some(Next { spot, level: stand.level, by });
        true
    }

    /// What comes next opens, if something in it may be new or it is opened for other reasons; whether it does.
    pub(crate) fn open(&mut self, is_needed: bool) -> bool {
        let path = self.path.len();
        let next = self.next.take().filter(|it| !self.known.is_open(it.spot));
        if let Some(next) = next {
            self.step(next.by);
        }
        let is_followed = next.is_some() && self.path.len() <= PATH_BYTES_MAX;
        if !is_followed {
            self.path.truncate(path);
        }
        if is_followed || is_needed {
            let (spot, level) = next.map_or((Spot::ROOT, PLAIN), |it| (it.spot, it.level));
            self.open.push(Stand { spot, level, path, is_followed });
        }
        is_followed || is_needed
    }

    fn step(&mut self, by: By) {
        match by {
            By::Nothing => {}
            By::Items => self.path.push_str("[*]"),
            By::Name => {
                self.path.push('.');
                self.path.push_str(&escaped_step(&self.name));
            }
        }
    }

    /// What was opened last closes.
    pub(crate) fn close(&mut self) {
        if let Some(it) = self.open.pop() {
            self.path.truncate(it.path);
        }
    }

    /// Whether the value that comes next stands where none is known to.
    #[inline]
    pub(crate) fn is_new(&self) -> bool {
        self.next.is_some_and(|it| !self.known.has(it.spot))
    }

    /// Where the value stands that comes next, if none is known to.
    pub(crate) fn new_place(&mut self) -> Option<(Spot, &str)> {
        let next = self.next.filter(|it| !self.known.has(it.spot))?;
        let before = self.path.len();
        self.step(next.by);
        self.told.clear();
        self.told.push_str(&self.path);
        self.path.truncate(before);
        (self.told.len() <= PATH_BYTES_MAX).then_some((next.spot, &self.told))
    }
}

/// Whether a name looks like a value rather than like a name that somebody chose.
fn is_value(name: &[u8]) -> bool {
    match Kind::of(name) {
        Kind::Integer | Kind::Decimal | Kind::Uuid | Kind::Hex | Kind::Date | Kind::Email => true,
        Kind::Empty | Kind::Boolean | Kind::Text => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_a_value_is_told() {
        for name in ["17", "2026-01-01", "ann@mail.example", "0a1b2c3d4e"] {
            assert!(is_value(name.as_bytes()), "{name}");
        }
        for name in ["password", "line2", "", "@id", "e-mail", "address_1"] {
            assert!(!is_value(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn levels_of_names_are_found() {
        let (mut names, mut room) = (AnswerNames::default(), 9);
        let data = names.root.note("data", "data", &mut room).unwrap();
        data.note("b", "issue", &mut room).unwrap().note("x", "owner", &mut room).unwrap();
        data.note("a", "viewer", &mut room).unwrap();
        let it = Aliases::of(&names);
        let (name, data) = it.find(0, b"data").unwrap();
        assert_eq!(name, b"data");
        let (name, issue) = it.find(data, b"b").unwrap();
        assert_eq!((name, it.find(issue, b"x")), (&b"issue"[..], Some((&b"owner"[..], PLAIN))));
        assert_eq!(it.find(data, b"a"), Some((&b"viewer"[..], PLAIN)));
        assert_eq!((it.find(data, b"c"), it.find(PLAIN, b"x")), (None, None));
    }
}
