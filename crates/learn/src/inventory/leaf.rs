//! What is known of one endpoint: who calls it, what it answers, which fields pass.
//!
//! Reads    observations.
//! Memory   at most [`FIELDS_MAX`] fields a side of some 150 bytes and their names, [`STATUSES_MAX`] statuses.
//! Misses   which value stood in which exchange: only how many differ, exactly up to [`FEW`], and by a sketch
//!          with a standard error of 13 % beyond.

use super::distinct::Distinct;
use bartizan_model::fact::{Fact, Facts, Kind};
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// Fields of one side that are told apart; further ones are counted.
pub const FIELDS_MAX: usize = 256;
/// Statuses that are told apart; further ones are counted as 0.
pub const STATUSES_MAX: usize = 24;
/// Different values of a field that are told apart exactly.
pub const FEW: usize = 12;

/// What was seen at one endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaf {
    /// Exchanges that were answered with success.
    pub calls: u64,
    /// All answers by their status.
    pub statuses: BTreeMap<u16, u64>,
    /// When the first and the last of them began, in microseconds since 1970.
    pub first_us: u64,
    /// See `first_us`.
    pub last_us: u64,
    /// Who called.
    pub subjects: Distinct,
    /// From which addresses.
    pub clients: Distinct,
    /// Calls by what the subject was known by, in the order of [`SubjectKind::ALL`].
    pub known_by: [u64; 5],
    /// Bytes of successful answers.
    pub response_bytes: u64,
    /// What requests held.
    pub request: Fields,
    /// What successful answers held.
    pub response: Fields,
}

/// The fields of one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    /// Messages whose fields were kept.
    pub messages: u64,
    /// By place.
    pub by_place: BTreeMap<Place, Field>,
    /// Fields that found no room.
    pub more: u64,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Messages that had it.
    pub messages: u64,
    /// Of these, by what the first value looked like, in the order of [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    /// The shortest of the longest values of a message, and the longest of all, in bytes.
    pub bytes: (u32, u32),
    /// The least and the greatest magnitude of a number, see [`bartizan_model::fact::bucket`].
    pub buckets: Option<(i16, i16)>,
    /// Most values in one message.
    pub times_max: u16,
    /// Different first values.
    pub values: Values,
}

/// Different values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    few: Vec<(u64, u64)>,
    many: Option<Distinct>,
}

impl Values {
    fn add(&mut self, value: u64, times: u64) {
        if let Some(many) = &mut self.many {
            many.add(value);
            return;
        }
        if let Some(known) = self.few.iter_mut().find(|it| it.0 == value) {
            known.1 += times;
            return;
        }
        if self.few.len() < FEW {
            self.few.push((value, times));
            return;
        }
        let mut many = Distinct::default();
        self.few.drain(..).for_each(|it| many.add(it.0));
        many.add(value);
        self.many = Some(many);
    }

    fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.many {
            let mut many = self.many.take().unwrap_or_default();
            many.merge(&theirs);
            self.few.drain(..).for_each(|it| many.add(it.0));
            self.many = Some(many);
        }
        for (value, times) in other.few {
            self.add(value, times);
        }
    }

    /// How many differ.
    pub fn count(&self) -> u64 {
        self.many.as_ref().map_or(self.few.len() as u64, Distinct::count)
    }

    /// Whether there were so few that each was counted, and each came more than once.
    pub fn are_few(&self) -> bool {
        self.many.is_none() && !self.few.is_empty() && self.few.iter().all(|it| it.1 > 1)
    }
}

impl Field {
    fn add(&mut self, fact: &Fact) {
        let is_first = self.messages == 0;
        self.messages += 1;
        let kind = Kind::ALL.iter().position(|it| *it == fact.kind);
        if let Some(count) = kind.and_then(|it| self.kinds.get_mut(it)) {
            *count += 1;
        }
        let (least, most) = self.bytes;
        self.bytes =
            (if is_first { fact.bytes } else { least.min(fact.bytes) }, most.max(fact.bytes));
        if matches!(fact.kind, Kind::Integer | Kind::Decimal) {
            let (least, most) = self.buckets.unwrap_or((fact.bucket, fact.bucket));
            self.buckets = Some((least.min(fact.bucket), most.max(fact.bucket)));
        }
        self.times_max = self.times_max.max(fact.times);
        self.values.add(fact.value.0, 1);
    }

    fn merge(&mut self, other: Self) {
        let least =
            if self.messages == 0 { other.bytes.0 } else { self.bytes.0.min(other.bytes.0) };
        self.bytes = (least, self.bytes.1.max(other.bytes.1));
        self.messages += other.messages;
        self.kinds.iter_mut().zip(other.kinds).for_each(|(it, more)| *it += more);
        self.buckets = match (self.buckets, other.buckets) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.times_max = self.times_max.max(other.times_max);
        self.values.merge(other.values);
    }

    /// The kind that most of its values had.
    pub fn kind(&self) -> Option<Kind> {
        let most = Kind::ALL.iter().zip(self.kinds).max_by_key(|it| it.1)?;
        (most.1 > 0).then_some(*most.0)
    }
}

impl Fields {
    fn add(&mut self, facts: &Facts) {
        if facts.facts.is_empty() {
            return;
        }
        self.messages += 1;
        self.more += u64::from(facts.more);
        for fact in &facts.facts {
            let Some(place) = facts.shape.places.get(usize::from(fact.field)) else { continue };
            if let Some(field) = self.by_place.get_mut(place) {
                field.add(fact);
            } else if self.by_place.len() < FIELDS_MAX {
                self.by_place.entry(place.clone()).or_default().add(fact);
            } else {
                self.more += 1;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.messages += other.messages;
        self.more += other.more;
        for (place, theirs) in other.by_place {
            if let Some(field) = self.by_place.get_mut(&place) {
                field.merge(theirs);
            } else if self.by_place.len() < FIELDS_MAX {
                self.by_place.insert(place, theirs);
            } else {
                self.more += theirs.messages;
            }
        }
    }
}

impl Leaf {
    /// Adds an exchange that made this endpoint known.
    pub(super) fn add(&mut self, it: &Observation) {
        self.calls += 1;
        self.note(it);
        self.response_bytes += it.response_body_bytes;
        if let Some(facts) = &it.request {
            self.request.add(facts);
        }
        if let Some(facts) = &it.response {
            self.response.add(facts);
        }
    }

    /// Counts an exchange, whatever its answer.
    pub(super) fn note(&mut self, it: &Observation) {
        let at = it.started.wall_us;
        self.first_us = if self.first_us == 0 { at } else { self.first_us.min(at) };
        self.last_us = self.last_us.max(at);
        let is_known = self.statuses.contains_key(&it.status);
        let status = if is_known || self.statuses.len() < STATUSES_MAX { it.status } else { 0 };
        *self.statuses.entry(status).or_default() += 1;
        let subject = it.subject.0;
        self.subjects
            .add(u64::try_from(subject >> 64 ^ subject & u128::from(u64::MAX)).unwrap_or(0));
        self.clients.add(it.client.0);
        let known_by = SubjectKind::ALL.iter().position(|kind| *kind == it.subject_kind);
        if let Some(count) = known_by.and_then(|at| self.known_by.get_mut(at)) {
            *count += 1;
        }
    }

    /// Adds what was seen elsewhere: at an endpoint that is the same one.
    pub(super) fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.first_us = match (self.first_us, other.first_us) {
            (0, at) | (at, 0) => at,
            (a, b) => a.min(b),
        };
        self.last_us = self.last_us.max(other.last_us);
        for (status, count) in other.statuses {
            let is_known = self.statuses.contains_key(&status);
            let status = if is_known || self.statuses.len() < STATUSES_MAX { status } else { 0 };
            *self.statuses.entry(status).or_default() += count;
        }
        self.subjects.merge(&other.subjects);
        self.clients.merge(&other.clients);
        self.known_by.iter_mut().zip(other.known_by).for_each(|(it, more)| *it += more);
        self.response_bytes += other.response_bytes;
        self.request.merge(other.request);
        self.response.merge(other.response);
    }
}
