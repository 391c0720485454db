//! Which fields tell whose an object is, or who a caller is: each caller shows or is shown one value there, and others another.
//!
//! Reads    the facts of successful exchanges of callers with a credential.
//! Memory   of an endpoint that has such fields at most [`FIELDS_MAX`] of them with [`SUBJECTS_MAX`] callers each: 3 KiB.
//! Misses   of a list, all values but the first; literal segments that are the same for everybody; fields whose names do not speak of somebody or of an identifier.

use super::roles::LISTED_CLAIM;
use bartizan_model::fact::{Fact, Facts, Kind};
use bartizan_model::id::SubjectId;
use bartizan_model::place::Place;
use bartizan_model::terms::{folded, low, short};

/// Fields of one side of an endpoint.
pub const FIELDS_MAX: usize = 8;
/// Fields of one side of an envelope, all of its operations together.
pub const ENVELOPE_FIELDS_MAX: usize = 128;
/// Callers who name the same, from which on a segment is no variable.
const SAME_FROM: usize = 8;
/// Callers of one field: of more, those whose hashes are least, which are as good as any.
pub const SUBJECTS_MAX: usize = 32;
/// Bytes of an identifier.
const BYTES_MAX: u32 = 64;
/// Of a hundred answers, so many show somebody else's where a caller is one who sees to others: staff.
const CROSSES_FROM_PERCENT: u32 = 30;
/// Answers that a caller must have had to tell anything.
const ANSWERS_MIN: u32 = 2;

/// Which fields are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Those of answers.
    Answers,
    /// Those of requests.
    Requests,
    /// The claims of tokens.
    Claims,
}

impl Reading {
    fn takes(self, place: &Place) -> bool {
        match (self, place) {
            (Self::Answers, Place::Body(_))
            | (Self::Requests, Place::Query(_) | Place::Body(_)) => speaks_of_somebody(place),
            (Self::Requests, Place::Segment(_)) => true,
            // What is one of several is nobody's name.
            (Self::Claims, Place::Header(name)) => {
                name.starts_with(CLAIM) && !name.ends_with(LISTED_CLAIM)
            }
            _ => false,
        }
    }
}

/// How the names of claims begin where they stand among places.
pub const CLAIM: &str = "authorization.";

/// The fields of one endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnerFields {
    fields: Vec<(Place, Shown)>,
}

/// Who was shown what in one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// By subject.
    by: Vec<Seen>,
    /// It tells nothing: nothing more is kept of it.
    is_mixed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    subject: u32,
    value: u32,
    same: u16,
    other: u16,
}

/// How callers stand to what they were shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// Always one value.
    pub constant: usize,
    /// Mostly those of others: staff.
    pub crossing: usize,
    /// One value, and others at times.
    pub mixed: usize,
    /// Different values among those who were always shown one.
    pub values: usize,
}

impl OwnerFields {
    /// Adds a message, in which there may be fields that there never were.
    pub(crate) fn add(
        &mut self,
        reading: Reading,
        subject: SubjectId,
        facts: &Facts,
        has_new: bool,
    ) {
        for fact in &facts.facts {
            let Some(place) = facts.shape.places.get(usize::from(fact.field)) else { continue };
            if !may_identify(fact) {
                continue;
            }
            let at = self.fields.iter().position(|it| it.0 == *place);
            let at = match at {
                Some(at) => at,
                None if has_new && self.fields.len() < FIELDS_MAX && reading.takes(place) => {
                    self.fields.push((place.clone(), Shown::default()));
                    self.fields.len() - 1
                }
                None => continue,
            };
            if let Some((_, shown)) = self.fields.get_mut(at) {
                shown.add(short(subject), low(fact.value.0), reading == Reading::Requests);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (place, theirs) in other.fields {
            let has_room = self.fields.len() < FIELDS_MAX;
            match self.fields.iter_mut().find(|it| it.0 == place) {
                Some((_, shown)) => shown.merge(&theirs),
                None if has_room => self.fields.push((place, theirs)),
                None => {}
            }
        }
    }

    /// Adds the fields of another operation of an envelope, as far as they are not there.
    pub(super) fn add_missing(&mut self, other: &Self) {
        for (place, shown) in &other.fields {
            if self.fields.len() < ENVELOPE_FIELDS_MAX
                && !self.fields.iter().any(|it| it.0 == *place)
            {
                self.fields.push((place.clone(), shown.clone()));
            }
        }
    }

    /// The fields that may tell whose an object is.
    pub fn fields(&self) -> impl Iterator<Item = (&Place, &Shown)> {
        self.fields.iter().filter(|it| !it.1.is_mixed).map(|(place, shown)| (place, shown))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

fn may_identify(fact: &Fact) -> bool {
    let is_kind = match fact.kind {
        Kind::Integer | Kind::Uuid | Kind::Hex | Kind::Email | Kind::Text => true,
        Kind::Empty | Kind::Boolean | Kind::Decimal | Kind::Date => false,
    };
    is_kind && fact.bytes <= BYTES_MAX
}

/// Whom things belong to.
const SOMEBODY: &[&str] = &[
    "owner",
    "user",
    "customer",
    "client",
    "account",
    "member",
    "patient",
    "author",
    "holder",
    "student",
    "employee",
    "person",
    "subject",
    "principal",
    "buyer",
    "guest",
    "citizen",
    "subscriber",
];

/// Whether the name of a field is that of an identifier, or of somebody to whom things belong.
pub fn speaks_of_somebody(place: &Place) -> bool {
    const ENDS: &[&str] =
        &["id", "uuid", "guid", "key", "ref", "sub", "number", "login", "username", "by"];
    // Groups of which tokens may speak as well.
    const GROUPS: &[&str] = &[
        "bank",
        "house",
        "hotel",
        "site",
        "property",
        "region",
        "realm",
        "domain",
        "project",
        "group",
        "department",
    ];
    let (Place::Body(path) | Place::Query(path)) = place else { return false };
    let Some(name) = folded(path).last() else { return false };
    ENDS.iter().any(|it| name.ends_with(it))
        || SOMEBODY.contains(&name.as_str())
        || is_tenant(&name)
        || GROUPS.contains(&name.as_str())
}

/// Whether the name of a field, or of the object that it stands in, is that of somebody: `customerId`, `owner.id`.
pub fn is_of_somebody(place: &Place) -> bool {
    let Place::Body(path) = place else { return false };
    let steps: Vec<String> = folded(path).collect();
    let near = steps.iter().rev().take(2);
    near.into_iter()
        .any(|step| SOMEBODY.iter().any(|it| step.strip_prefix(it).is_some_and(|rest| rest != "s")))
}

/// Whether a name, folded, is that of a group of people to whom things belong.
pub fn is_tenant(name: &str) -> bool {
    const TENANTS: &[&str] = &[
        "tenant",
        "org",
        "organisation",
        "organization",
        "company",
        "workspace",
        "team",
        "clinic",
        "practice",
        "school",
        "hospital",
        "branch",
        "merchant",
        "shop",
        "store",
        "agency",
        "household",
    ];
    TENANTS.iter().any(|it| {
        name.strip_prefix(it)
            .is_some_and(|rest| matches!(rest, "" | "id" | "uuid" | "key" | "slug" | "code"))
    })
}

impl Shown {
    fn add(&mut self, subject: u32, value: u32, may_be_literal: bool) {
        if self.is_mixed {
            return;
        }
        match self.by.binary_search_by_key(&subject, |it| it.subject) {
            Ok(at) => {
                let Some(it) = self.by.get_mut(at) else { return };
                let count = if it.value == value { &mut it.same } else { &mut it.other };
                *count = count.saturating_add(1);
            }
            Err(at) => self.admit(at, Seen { subject, value, same: 1, other: 0 }),
        }
        let is_same = may_be_literal
            && self.by.len() >= SAME_FROM
            && self.by.iter().all(|it| it.value == value && it.other == 0);
        if is_same {
            *self = Self { by: Vec::new(), is_mixed: true };
        }
    }

    /// Takes a caller in at its place; the one whose hash is greatest goes if there is no room.
    fn admit(&mut self, at: usize, it: Seen) {
        if self.by.len() >= SUBJECTS_MAX {
            if at >= SUBJECTS_MAX {
                return;
            }
            self.by.pop();
        }
        self.by.insert(at, it);
    }

    fn merge(&mut self, other: &Self) {
        self.is_mixed |= other.is_mixed;
        for it in &other.by {
            match self.by.binary_search_by_key(&it.subject, |it| it.subject) {
                Ok(at) => {
                    let Some(mine) = self.by.get_mut(at) else { continue };
                    let (same, more) = match mine.value == it.value {
                        true => (it.same, it.other),
                        false => (0, it.same.saturating_add(it.other)),
                    };
                    mine.same = mine.same.saturating_add(same);
                    mine.other = mine.other.saturating_add(more);
                }
                Err(at) => self.admit(at, *it),
            }
        }
        if self.is_mixed {
            self.by.clear();
        }
    }

    /// How callers stand to what they were shown.
    pub fn standings(&self) -> Standings {
        let told = || self.by.iter().filter(|it| it.answers() >= ANSWERS_MIN);
        let mut values: Vec<u32> = told().filter(|it| it.other == 0).map(|it| it.value).collect();
        let constant = values.len();
        values.sort_unstable();
        values.dedup();
        Standings {
            constant,
            crossing: told().filter(|it| it.crosses()).count(),
            mixed: told().filter(|it| it.is_mixed()).count(),
            values: values.len(),
        }
    }

    /// Who sees to others.
    pub fn crossing(&self) -> impl Iterator<Item = u32> {
        self.by.iter().filter(|it| it.crosses()).map(|it| it.subject)
    }

    /// Who is always shown one value.
    pub fn constant(&self) -> impl Iterator<Item = u32> {
        self.by.iter().filter(|it| it.other == 0).map(|it| it.subject)
    }

    /// What a caller is shown, if that is always the same.
    pub fn value_of(&self, subject: u32) -> Option<u32> {
        let at = self.by.binary_search_by_key(&subject, |it| it.subject).ok()?;
        self.by.get(at).filter(|it| it.other == 0).map(|it| it.value)
    }

    /// Of the callers whom `other` always shows one value, how many there are, and to how many this shows the same, the first time
    /// that it was looked at.
    pub fn shows_own(&self, other: &Self) -> (usize, usize) {
        let of = |it: &&Seen| Some((it.value, other.value_of(it.subject)?));
        let both = self.by.iter().filter_map(|it| of(&it));
        both.fold((0, 0), |(both, same), (a, b)| (both + 1, same + usize::from(a == b)))
    }

    /// Of the callers that both fields always show one value, how many there are, and to how many both show the same.
    pub fn agree(&self, other: &Self) -> (usize, usize) {
        let (mut both, mut same) = (0, 0);
        for it in self.by.iter().filter(|it| it.other == 0) {
            let theirs = other.by.binary_search_by_key(&it.subject, |it| it.subject);
            let theirs = theirs.ok().and_then(|at| other.by.get(at)).filter(|it| it.other == 0);
            both += usize::from(theirs.is_some());
            same += usize::from(theirs.is_some_and(|theirs| theirs.value == it.value));
        }
        (both, same)
    }
}

impl Seen {
    fn answers(self) -> u32 {
        u32::from(self.same) + u32::from(self.other)
    }

    fn crosses(self) -> bool {
        self.answers() >= 4 && u32::from(self.other) * 100 >= self.answers() * CROSSES_FROM_PERCENT
    }

    fn is_mixed(self) -> bool {
        self.other > 0 && self.answers() >= 4 && !self.crosses()
    }
}
