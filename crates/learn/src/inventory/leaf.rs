//! What is known of one endpoint: who calls it, what it answers, which fields pass.
//!
//! Reads    observations.
//! Memory   at most [`FIELDS_MAX`] fields a side of some 380 bytes, their names and what `values.rs` keeps of values;
//!          [`STATUSES_MAX`] statuses.
//! Misses   which value stood in which exchange.

use super::by_place::ByPlace;
use super::distinct::Distinct;
use super::habits::Habits;
use super::handed::Handed;
use super::hosts::{HostRoom, Hosts, Met};
use super::owners::{OwnerFields, Reading};
use super::places::Numbered;
use super::roles::Roles;
use super::subjects::Some64;
pub use super::told::Told;
use super::values::{Added, Enumeration, Occurrence, Values};
use super::{is_success, is_unanswered};
use bartizan_model::class_counts::{ClassCount, ClassCounts};
use bartizan_model::clause::{ClauseName, Effect, Hit};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, bucket};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::{Observation, Outcome, SubjectKind};
use bartizan_model::own_class::{OwnClass, OwnSign};
use bartizan_model::place::Place;
use bartizan_model::traits::{Trait, Traits};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of one side that are told apart; further ones are counted.
pub const FIELDS_MAX: usize = 256;
/// Statuses that are told apart; further ones are counted as 0.
pub const STATUSES_MAX: usize = 24;
/// Operations within envelopes that are told apart; further ones are counted as [`OTHER`].
pub const OPERATIONS_MAX: usize = 500;
/// The operation of calls that found no room.
pub const OTHER: &str = "other";

/// Bytes of the longest word of an enumeration: 99.5 % of 12,060 that descriptions declare have none longer.
const WORD_BYTES_MAX: u32 = 32;
/// The greatest number of one.
const SMALL: f64 = 9_999.0;

/// What was seen at one endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaf {
    /// Exchanges that were answered with success, or whose answer was not seen.
    pub calls: u64,
    /// Of these, those whose answer was not seen: copies of requests.
    pub unanswered: u64,
    /// All answers by their status.
    pub statuses: BTreeMap<u16, u64>,
    /// When each status was answered first.
    pub statuses_since: BTreeMap<u16, u64>,
    /// When the first and the last of them began, in microseconds since 1970.
    pub first_us: u64,
    /// See `first_us`.
    pub last_us: u64,
    /// Who called.
    pub subjects: Distinct,
    /// From which addresses.
    pub clients: Distinct,
    /// Of the calls those whose caller showed no credential.
    pub anonymous: u64,
    /// Calls by what the subject was known by, in the order of [`SubjectKind::ALL`].
    pub known_by: [u64; 5],
    /// Bytes of successful answers.
    pub response_bytes: u64,
    /// Successful exchanges by what their heads say.
    pub traits: TraitCounts,
    /// The same of those whose answer was not seen: what was asked, not what was accepted.
    pub asked: TraitCounts,
    /// Answers that said too much: stack traces, queries, paths.
    pub disclosures: u64,
    /// Calls that did not keep a term of its contract, by the term's clause.
    pub breaches: BTreeMap<ClauseName, Breaches>,
    /// What requests held.
    pub request: Fields,
    /// What successful answers held.
    pub response: Fields,
    /// What callers have in common in what they send.
    pub habits: Option<Box<Habits>>,
    /// Whom its messages point to.
    hosts: Option<Box<Hosts>>,
    /// Which fields of its answers tell whose an object is.
    owners: Option<Box<OwnerFields>>,
    /// Which fields of its requests name somebody, or something of theirs.
    asked_for: Option<Box<OwnerFields>>,
    /// Calls of operations within an envelope, which are not among those above, by envelope and name.
    pub operations: BTreeMap<Arc<str>, Self>,
}

/// How many exchanges had which traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraitCounts {
    /// Exchanges whose caller was seen to show no credential.
    pub anonymous: u64,
    /// Exchanges whose caller showed a certificate that was verified here.
    pub certified: u64,
    by_trait: [u64; Trait::ALL.len()],
}

impl TraitCounts {
    fn add(&mut self, traits: Traits, by: SubjectKind) {
        for (count, it) in self.by_trait.iter_mut().zip(Trait::ALL) {
            *count += u64::from(traits.has(*it));
        }
        let is_seen = traits.has(Trait::RequestSeen);
        self.anonymous += u64::from(is_seen && by == SubjectKind::AddressAgent);
        self.certified += u64::from(is_seen && by == SubjectKind::Certificate);
    }

    fn merge(&mut self, other: Self) {
        self.anonymous += other.anonymous;
        self.certified += other.certified;
        self.by_trait.iter_mut().zip(other.by_trait).for_each(|(it, more)| *it += more);
    }

    /// Exchanges that had this one.
    pub fn of(&self, it: Trait) -> u64 {
        self.by_trait.get(it as usize).copied().unwrap_or(0)
    }
}

/// The fields of one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    /// Messages whose fields were kept.
    pub messages: u64,
    /// Of these, those that were read to their end, and had room for all.
    pub whole: u64,
    /// By place.
    pub by_place: ByPlace,
    /// Fields that found no room.
    pub more: u64,
}

/// One field. What every message touches lies together, for most of what learning costs is waiting for memory.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Field {
    /// Of a class of somebody's own.
    pub own: Option<Box<OwnCount>>,
    /// Messages in which one of its values was `null`.
    pub nulls: u64,
    /// Messages whose first value was an empty list or object.
    pub empties: u64,
    /// Messages of callers that showed no credential.
    pub anonymous: u64,
    /// What its values point to.
    pub classes: ClassCounts,
    /// Different first values.
    pub values: Values,
    /// Messages that had it.
    pub messages: u64,
    /// Who sent it, or was sent it.
    pub subjects: Some64,
    /// When the first message had it, in microseconds since 1970.
    pub since_us: u64,
    /// The shortest of the longest values of a message, and the longest of all, in bytes.
    pub bytes: (u32, u32),
    /// Of which types its values are, as far as several subjects say so.
    pub told: Told,
    /// The least and the greatest magnitude of a number, see [`bartizan_model::fact::bucket`].
    pub buckets: Option<(i16, i16)>,
    /// Most values in one message.
    pub times_max: u16,
    /// All notations that its values had.
    pub forms: Forms,
    /// Messages by what the first value looked like, in the order of [`Kind::ALL`]; beyond four thousand millions, that.
    pub kinds: [u32; Kind::ALL.len()],
}

/// Calls that did not keep a term of the endpoint's contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaches {
    /// Calls that were let through all the same.
    pub passed: u64,
    /// Calls that were refused for it.
    pub refused: u64,
    /// Who made them.
    pub subjects: Some64,
    /// When the last one was, in microseconds since 1970.
    pub last_us: u64,
}

/// What a message says of all its fields.
#[derive(Clone, Copy)]
struct Message {
    at_us: u64,
    is_anonymous: bool,
    mark: Some64,
}

/// The earlier of two times, of which 0 is none.
fn earlier(a: u64, b: u64) -> u64 {
    match (a, b) {
        (0, at) | (at, 0) => at,
        (a, b) => a.min(b),
    }
}

/// What values of a field speak for a class of somebody's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnCount {
    /// The class.
    pub class: OwnClass,
    /// Distinct values that fit.
    pub passed: u16,
    /// What they weigh together, in bits.
    pub bits: u16,
}

impl OwnCount {
    /// Adds a count. Of two classes, the one that more values fit stays.
    fn count(into: &mut Option<Box<Self>>, it: Self) {
        match into {
            Some(has) if has.class == it.class => {
                has.passed = has.passed.saturating_add(it.passed);
                has.bits = has.bits.saturating_add(it.bits);
            }
            Some(has) if has.passed > it.passed => {}
            _ => *into = Some(Box::new(it)),
        }
    }
}

impl Field {
    fn add(&mut self, fact: &Fact, own: Option<OwnSign>, message: Message) {
        let is_first = self.messages == 0;
        self.messages += 1;
        self.since_us = earlier(self.since_us, message.at_us);
        if message.is_anonymous {
            self.anonymous += 1;
        }
        self.subjects = self.subjects.and(message.mark);
        self.told.add(fact.forms, fact.kind, message.mark);
        self.forms = self.forms.and(fact.forms);
        if fact.forms.has(Forms::NULL) {
            self.nulls += 1;
        }
        let is_container = fact.forms.has(Forms::LIST) || fact.forms.has(Forms::OBJECT);
        let is_string = fact.forms.has(Forms::STRING);
        if fact.kind == Kind::Empty && is_container && !is_string {
            self.empties += 1;
        }
        self.classify(fact, own);
        if let Some(count) = self.kinds.get_mut(fact.kind as usize) {
            *count = count.saturating_add(1);
        }
        let (least, most) = self.bytes;
        self.bytes =
            (if is_first { fact.bytes } else { least.min(fact.bytes) }, most.max(fact.bytes));
        if matches!(fact.kind, Kind::Integer | Kind::Decimal) {
            let (least, most) = self.buckets.unwrap_or((fact.bucket, fact.bucket));
            self.buckets = Some((least.min(fact.bucket), most.max(fact.bucket)));
        }
        self.times_max = self.times_max.max(fact.times);
        let Message { at_us, mark: subject, .. } = message;
        // Nothing is no value.
        if fact.kind != Kind::Empty {
            self.values.add(Occurrence { value: fact.value.0, at_us, subject });
        }
    }

    /// A little of each part that a message touches.
    pub(super) fn some(&self) -> u64 {
        let last = self.kinds.last().copied().unwrap_or(0);
        let (classes, forms) = (self.classes.values(), self.forms.bits());
        u64::from(classes) ^ self.messages ^ u64::from(forms) ^ u64::from(last)
    }

    fn classify(&mut self, fact: &Fact, own: Option<OwnSign>) {
        let [hash, ..] = fact.value.0.to_le_bytes();
        if !self.classes.is_new(hash) || fact.kind == Kind::Empty {
            return;
        }
        self.classes.looked();
        if let Some(sign) = fact.sign {
            let it = ClassCount { class: sign.class, passed: 1, bits: u16::from(sign.bits) };
            self.classes.count(it, |_| false);
        }
        if let Some(own) = own {
            let it = OwnCount { class: own.class, passed: 1, bits: u16::from(own.bits) };
            OwnCount::count(&mut self.own, it);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.since_us = earlier(self.since_us, other.since_us);
        self.anonymous += other.anonymous;
        self.subjects = self.subjects.and(other.subjects);
        self.told.merge(&other.told);
        self.forms = self.forms.and(other.forms);
        self.nulls += other.nulls;
        self.empties += other.empties;
        self.classes.merge(&other.classes, |_| false);
        if let Some(own) = other.own {
            OwnCount::count(&mut self.own, *own);
        }
        let least =
            if self.messages == 0 { other.bytes.0 } else { self.bytes.0.min(other.bytes.0) };
        self.bytes = (least, self.bytes.1.max(other.bytes.1));
        self.messages += other.messages;
        let kinds = self.kinds.iter_mut().zip(other.kinds);
        kinds.for_each(|(it, more)| *it = it.saturating_add(more));
        self.buckets = match (self.buckets, other.buckets) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.times_max = self.times_max.max(other.times_max);
        self.values.merge(other.values);
    }

    /// Few words, truths or small numbers that have stayed the same.
    pub fn enumeration(&self) -> Option<Enumeration> {
        self.holds_words().then(|| self.values.enumeration()).flatten()
    }

    /// A value that came to an enumeration.
    pub fn added(&self) -> Option<Added> {
        self.holds_words().then(|| self.values.added()).flatten()
    }

    /// Whether its values may be those of an enumeration, as far as they look.
    fn holds_words(&self) -> bool {
        let small = bucket(SMALL);
        let are_small = self.buckets.is_none_or(|(least, most)| -small <= least && most <= small);
        let mut kinds = Kind::ALL.iter().zip(self.kinds).filter(|it| it.1 > 0);
        let is_word = |kind: &Kind| match kind {
            Kind::Empty | Kind::Boolean | Kind::Integer | Kind::Hex | Kind::Text => true,
            Kind::Decimal | Kind::Uuid | Kind::Date | Kind::Email => false,
        };
        are_small && self.bytes.1 <= WORD_BYTES_MAX && kinds.all(|it| is_word(it.0))
    }

    /// The kind that most of its values had.
    pub fn kind(&self) -> Option<Kind> {
        let most = Kind::ALL.iter().zip(self.kinds).max_by_key(|it| it.1)?;
        (most.1 > 0).then_some(*most.0)
    }
}

impl Fields {
    /// Adds the fields of a message; whether one of them is new. The values of answers are `handed` out.
    fn add(&mut self, facts: &Facts, message: Message, mut handed: Option<&mut Handed>) -> bool {
        if facts.facts.is_empty() {
            return false;
        }
        self.messages += 1;
        self.whole += u64::from(facts.more == 0);
        self.more += u64::from(facts.more);
        let mut has_new = false;
        let mut cursor = self.by_place.begin(&facts.shape, facts.facts.len().min(FIELDS_MAX));
        for fact in &facts.facts {
            if let Some(it) = self.by_place.met(&mut cursor, fact.field) {
                it.field.add(fact, facts.own_of(fact), message);
                if let Some(handed) = handed.as_deref_mut().filter(|_| it.is_body) {
                    handed.add(fact, it.id, it.is_kind);
                }
                continue;
            }
            let Some(place) = facts.shape.places.get(usize::from(fact.field)) else { continue };
            // A claim is no field.
            if matches!(place, Place::Header(_)) {
                continue;
            }
            if let Some(it) = self.by_place.next(&mut cursor, fact.field, place) {
                it.field.add(fact, facts.own_of(fact), message);
                if let Some(handed) = handed.as_deref_mut().filter(|_| it.is_body) {
                    handed.add(fact, it.id, it.is_kind);
                }
            } else if self.by_place.len() < FIELDS_MAX {
                has_new = true;
                let of = match &mut handed {
                    Some(handed) => handed.places.numbered(place),
                    None => Numbered::none(place),
                };
                if let (Some(handed), Place::Body(_)) = (&mut handed, place) {
                    handed.add(fact, of.id, of.is_kind);
                }
                let mut field = Field::default();
                field.add(fact, facts.own_of(fact), message);
                self.by_place.insert(&mut cursor, fact.field, of, field);
            } else {
                self.more += 1;
            }
        }
        has_new
    }

    fn merge(&mut self, other: Self) {
        self.messages += other.messages;
        self.whole += other.whole;
        self.more += other.more;
        self.by_place.merge(other.by_place, FIELDS_MAX, &mut self.more);
    }
}

impl Leaf {
    /// Adds an exchange that made this endpoint known; whether it answered what it never had.
    pub(super) fn add(&mut self, it: &Observation, handed: &mut Handed) -> bool {
        match has_operation(it) {
            true => self.of(&it.operation).add_call(it, handed),
            false => self.add_call(it, handed),
        }
    }

    /// Whom its messages point to.
    pub fn hosts(&self) -> impl Iterator<Item = &Met> {
        self.hosts.iter().flat_map(|it| it.iter())
    }

    /// Which fields of its answers tell whose an object is.
    pub fn owners(&self) -> Option<&OwnerFields> {
        self.owners.as_deref()
    }

    /// Takes in who is shown what by another operation of the same envelope.
    pub(crate) fn widen(&mut self, operation: &Self) {
        if let Some(theirs) = &operation.owners {
            self.owners.get_or_insert_default().add_missing(theirs);
        }
        if let Some(theirs) = &operation.asked_for {
            self.asked_for.get_or_insert_default().add_missing(theirs);
        }
    }

    /// Which fields of its requests name somebody.
    pub fn asked_for(&self) -> Option<&OwnerFields> {
        self.asked_for.as_deref()
    }

    /// Notes whom an exchange of this endpoint points to.
    pub(super) fn point(&mut self, it: &Observation, room: &mut HostRoom) {
        let leaf = if has_operation(it) { self.of(&it.operation) } else { self };
        leaf.hosts.get_or_insert_default().add(it, room);
    }

    /// Notes what the caller is of an exchange that was answered with success.
    pub(super) fn note_caller(&mut self, it: &Observation, roles: &mut Roles) {
        let Some(facts) = &it.request else { return };
        if facts.facts.is_empty() || is_unanswered(it) {
            return;
        }
        let leaf = if has_operation(it) { self.of(&it.operation) } else { self };
        roles.observe(it.subject, facts, &mut leaf.habits.get_or_insert_default().callers);
    }

    /// All exchanges, whatever their answer, and whether it was seen.
    pub fn all(&self) -> u64 {
        self.statuses.values().sum::<u64>() + self.unanswered
    }

    /// Exchanges that were answered with success.
    pub fn succeeded(&self) -> u64 {
        self.calls.saturating_sub(self.unanswered)
    }

    /// Counts an exchange that failed.
    pub(super) fn add_failed(&mut self, it: &Observation) {
        match self.operations.get_mut(&it.operation).filter(|_| has_operation(it)) {
            Some(leaf) => leaf.note(it),
            None => self.note(it),
        }
    }

    /// The calls of an operation.
    fn of(&mut self, operation: &Arc<str>) -> &mut Self {
        let has_room = self.operations.len() < OPERATIONS_MAX;
        let name = match has_room || self.operations.contains_key(operation) {
            true => Arc::clone(operation),
            false => OTHER.into(),
        };
        self.operations.entry(name).or_default()
    }

    fn add_call(&mut self, it: &Observation, handed: &mut Handed) -> bool {
        let is_first = self.calls == 0;
        self.calls += 1;
        self.note(it);
        self.response_bytes += it.response_body_bytes;
        let is_anonymous = it.subject_kind == SubjectKind::AddressAgent;
        let of = if is_unanswered(it) { &mut self.asked } else { &mut self.traits };
        of.add(it.traits, it.subject_kind);
        self.anonymous += u64::from(is_anonymous);
        let mark = Some64::of(it.subject);
        let message = Message { at_us: it.started.wall_us, is_anonymous, mark };
        self.read_ahead(it);
        if let Some(facts) = &it.request {
            let has_new = self.request.add(facts, message, None);
            if !is_anonymous {
                add_owners(&mut self.asked_for, Reading::Requests, it.subject, facts, has_new);
            }
            if !facts.facts.is_empty() {
                self.habits.get_or_insert_default().add(mark, facts);
            }
        }
        let Some(facts) = &it.response else { return is_first };
        let has_new = self.response.add(facts, message, Some(handed));
        if !is_anonymous {
            add_owners(&mut self.owners, Reading::Answers, it.subject, facts, has_new);
        }
        is_first | has_new
    }

    /// Reads of all fields of an exchange before any of them is changed: what is in no cache comes from memory at
    /// once then, and not field by field.
    fn read_ahead(&self, it: &Observation) {
        let sides = [(&it.request, &self.request), (&it.response, &self.response)];
        let some = sides.map(|(facts, fields)| match facts {
            Some(facts) if !facts.facts.is_empty() => fields.by_place.some(&facts.shape),
            _ => 0,
        });
        std::hint::black_box((some, self.habits.as_ref().map(|it| it.some())));
    }

    /// Counts an exchange, whatever its answer.
    fn note(&mut self, it: &Observation) {
        let at = it.started.wall_us;
        self.first_us = earlier(self.first_us, at);
        self.last_us = self.last_us.max(at);
        if is_unanswered(it) {
            self.unanswered += 1;
        } else {
            self.answered(it);
        }
        let says_too_much = |it: &Hit| it.code.entry().clause == ClauseName::DisclosureErrors;
        self.disclosures += u64::from(it.hits.iter().any(says_too_much));
        for hit in &it.hits {
            self.note_breach(*hit, it);
        }
        let subject = it.subject.0;
        self.subjects
            .add(u64::try_from(subject >> 64 ^ subject & u128::from(u64::MAX)).unwrap_or(0));
        if it.client.0 != 0 {
            self.clients.add(it.client.0);
        }
        if let Some(count) = self.known_by.get_mut(it.subject_kind as usize) {
            *count += 1;
        }
    }

    fn note_breach(&mut self, hit: Hit, it: &Observation) {
        let (subject, at_us) = (Some64::of(it.subject), it.started.wall_us);
        let clause = hit.code.entry().clause;
        // Whom the application itself turns away shows that it is right.
        let is_of_caller =
            matches!(clause, ClauseName::IdentityRole | ClauseName::IdentityCredential);
        let is_kept = is_of_caller && it.outcome == Outcome::Served && !is_success(it);
        if !clause.is_of_terms() || is_kept {
            return;
        }
        let it = self.breaches.entry(clause).or_default();
        match hit.effect {
            Effect::Refused | Effect::Overtaken => it.refused += 1,
            Effect::WouldRefuse | Effect::WouldScrub => it.passed += 1,
            // Who is shown something masked was not refused.
            Effect::Scrubbed | Effect::Excepted | Effect::Failed | Effect::FailedOpen => return,
        }
        it.subjects = it.subjects.and(subject);
        it.last_us = it.last_us.max(at_us);
    }

    fn answered(&mut self, it: &Observation) {
        let at = it.started.wall_us;
        let has_room = self.statuses.len() < STATUSES_MAX;
        let is_known = has_room || self.statuses.contains_key(&it.status);
        let status = if is_known { it.status } else { 0 };
        *self.statuses.entry(status).or_default() += 1;
        let since = self.statuses_since.entry(status).or_insert(at);
        *since = earlier(*since, at);
    }

    /// Adds what was seen elsewhere: at an endpoint that is the same one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.calls += other.calls;
        self.unanswered += other.unanswered;
        self.first_us = earlier(self.first_us, other.first_us);
        self.last_us = self.last_us.max(other.last_us);
        for (status, count) in other.statuses {
            let is_known = self.statuses.contains_key(&status);
            let status = if is_known || self.statuses.len() < STATUSES_MAX { status } else { 0 };
            *self.statuses.entry(status).or_default() += count;
            let since = other.statuses_since.get(&status).copied().unwrap_or(0);
            let at = self.statuses_since.entry(status).or_insert(since);
            *at = earlier(*at, since);
        }
        self.traits.merge(other.traits);
        self.asked.merge(other.asked);
        self.disclosures += other.disclosures;
        for (clause, theirs) in other.breaches {
            let it = self.breaches.entry(clause).or_default();
            it.passed += theirs.passed;
            it.refused += theirs.refused;
            it.subjects = it.subjects.and(theirs.subjects);
            it.last_us = it.last_us.max(theirs.last_us);
        }
        self.subjects.merge(&other.subjects);
        self.clients.merge(&other.clients);
        self.anonymous += other.anonymous;
        self.known_by.iter_mut().zip(other.known_by).for_each(|(it, more)| *it += more);
        self.response_bytes += other.response_bytes;
        self.request.merge(other.request);
        self.response.merge(other.response);
        if let Some(theirs) = other.habits {
            self.habits.get_or_insert_default().merge(*theirs);
        }
        if let Some(theirs) = other.asked_for {
            self.asked_for.get_or_insert_default().merge(*theirs);
        }
        if let Some(theirs) = other.owners {
            self.owners.get_or_insert_default().merge(*theirs);
        }
        if let Some(theirs) = other.hosts {
            self.hosts.get_or_insert_default().merge(*theirs);
        }
        for (name, theirs) in other.operations {
            self.of(&name).merge(theirs);
        }
    }
}

/// Room is made for what tells something only.
fn add_owners(
    into: &mut Option<Box<OwnerFields>>,
    reading: Reading,
    subject: SubjectId,
    facts: &Facts,
    has_new: bool,
) {
    match into {
        Some(owners) => owners.add(reading, subject, facts, has_new),
        None if has_new => {
            let mut owners = OwnerFields::default();
            owners.add(reading, subject, facts, true);
            *into = Some(owners).filter(|it| !it.is_empty()).map(Box::new);
        }
        None => {}
    }
}

/// Whether the message says what is called, rather than method and path. Those of gRPC say the same twice.
pub(super) fn has_operation(it: &Observation) -> bool {
    !it.operation.is_empty() && !it.operation.starts_with("grpc ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::values::Occurrence;
    use bartizan_model::id::SubjectId;

    #[test]
    fn a_sentence_is_no_word_of_an_enumeration() {
        let holds = |bytes: u32| {
            let mut it = Field { bytes: (5, bytes), ..Field::default() };
            for n in 0..60 {
                let subject = Some64::of(SubjectId(u128::from(n % 6)));
                it.values.add(Occurrence { value: n % 3 + 1, at_us: n, subject });
            }
            it.enumeration().is_some()
        };
        assert_eq!((holds(WORD_BYTES_MAX), holds(WORD_BYTES_MAX + 1)), (true, false));
    }
}
