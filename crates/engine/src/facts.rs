//! What is kept of the values of one message, collected while they are examined.
//!
//! Reads    values, and the scores that detectors gave them.
//! Writes   [`Facts`], and the highest score of each class.
//! Memory   at most `FACTS_MAX` places with `NAMES_BYTES_MAX` bytes of names.
//! Misses   of a place that repeats, every value but the first (of its notations, none; of identifiers in bodies, those
//!          behind the first `LISTED_EACH`); of a value over
//!          `HELD_BYTES_MAX` bytes, what follows those; the class of values behind the first `WAITING_BYTES_MAX`.

use crate::keys::HashKey;
use crate::tables::detail::Level;
use crate::tables::{self, Tables};
use bartizan_inspect::body::Format;
use bartizan_inspect::classify::{CustomClass, NameEvidence, own_sign, sign};
use bartizan_inspect::token_claims::KindOfBearer;
use bartizan_inspect::value::{PlaceRef, Value};
use bartizan_learn::inventory::owners::CLAIM;
use bartizan_learn::inventory::roles::LISTED_CLAIM;
use bartizan_model::code::Code;
use bartizan_model::evidence::Sighting;
use bartizan_model::fact::{
    FACTS_MAX, Fact, Facts, Forms, Kind, LISTED_EACH, LISTED_MAX, Listed, Shape, ShapeId, bucket,
    number,
};
use bartizan_model::host::{Host, POINTED_MAX, Pointed, Side};
use bartizan_model::id::KeyedHash;
use bartizan_model::observation::ClassScores;
use bartizan_model::own_class::OwnSign;
use bartizan_model::place::Place;
use siphasher::sip::SipHasher13;
use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

/// Bytes of names that one message may bring along; values in further places are counted.
const NAMES_BYTES_MAX: usize = 2_048;
/// Bytes of an identifier.
const IDENTIFIER_BYTES_MAX: usize = 64;
/// Bytes of a value that are looked at; its hash is made of them and its length.
const HELD_BYTES_MAX: usize = 1_024;
/// Numbers, booleans and nulls of one message that are looked at.
const SCALARS_MAX: u16 = 1_000;
/// Places that room is made for at once.
const PLACES_USUAL: usize = 16;
/// Bytes of values that wait until it is known whether their facts are kept; further ones are hashed when they come.
const WAITING_BYTES_MAX: usize = 32 * 1_024;
/// Before each value that waits: its length.
const LENGTH_BYTES: usize = 4;
const NONE: KeyedHash = KeyedHash(0);
/// Before each name: its kind, and its length in two bytes.
const PREFIX_BYTES: usize = 3;
/// Not a secret: shapes are the same on every machine.
const SHAPE_KEY: [u8; 16] = *b"bartizan.shapes1";

/// Collects.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    places: Vec<Met>,
    marks: Marks,
    /// Of each place its kind, the length of its name, and its name: what a shape is the hash of.
    names: Vec<u8>,
    facts: Vec<Fact>,
    waiting: Waiting,
    more: u16,
    /// Position of the place that was noted last.
    last: usize,
    /// Position of the first place of a list's items.
    first: usize,
    segments: u8,
    scalars: u16,
    /// Nothing is collected but scores.
    is_off: bool,
    /// Values of the body are strings of JSON.
    is_json: bool,
    /// Values of lists behind the first are kept: facts of this exchange are, for sure.
    keeps_lists: bool,
    listed: Vec<Listed>,
    /// The highest scores so far.
    pub(crate) scores: ClassScores,
}

/// A place that was met.
#[derive(Debug)]
struct Met {
    kind: u8,
    quick: u64,
    start: u32,
    end: u32,
    /// Its first value was not looked at yet.
    waits: bool,
}

/// First values of places, one behind the other, each behind its length. Of most exchanges no facts are kept,
/// and then nobody looks at them.
#[derive(Default)]
struct Waiting(Vec<u8>);

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiting({} bytes)", self.0.len())
    }
}

impl Waiting {
    /// Holds a value if there is room.
    fn hold(&mut self, value: &[u8]) -> bool {
        let held = begin(value);
        let has_room = self.0.len() + LENGTH_BYTES + held.len() <= WAITING_BYTES_MAX;
        if has_room {
            let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
            self.0.extend_from_slice(&length.to_le_bytes());
            self.0.extend_from_slice(held);
        }
        has_room
    }
}

/// What is looked at of a value.
fn begin(value: &[u8]) -> &[u8] {
    value.get(..HELD_BYTES_MAX).unwrap_or(value)
}

/// Whether a value of a list may identify something.
fn may_identify(text: &[u8]) -> bool {
    text.len() <= IDENTIFIER_BYTES_MAX
        && match Kind::of(text) {
            Kind::Integer | Kind::Uuid | Kind::Hex | Kind::Text => true,
            Kind::Empty | Kind::Boolean | Kind::Decimal | Kind::Date | Kind::Email => false,
        }
}

/// Fills in what a fact says of a value of this length, which begins so.
fn look(fact: &mut Fact, begin: &[u8], length: u32, key: &HashKey) {
    fact.kind = Kind::of(begin);
    fact.bucket = match fact.kind {
        Kind::Integer | Kind::Decimal => number(begin).map_or(0, bucket),
        Kind::Empty
        | Kind::Boolean
        | Kind::Uuid
        | Kind::Hex
        | Kind::Date
        | Kind::Email
        | Kind::Text => 0,
    };
    fact.value = match begin.len() < length as usize {
        true => key.value(&[begin, &u64::from(length).to_le_bytes()].concat()),
        false => key.value(begin),
    };
}

/// Fills in what the value shows of its class. Truth and nothing show none.
fn classify(fact: &mut Fact, name: &NameEvidence, begin: &[u8]) {
    if !matches!(fact.kind, Kind::Empty | Kind::Boolean) {
        fact.sign = sign(name, begin);
    }
}

/// Marks that places leave. A place whose mark is missing is new.
#[derive(Debug, Default)]
struct Marks([u64; 4]);

impl Marks {
    fn of(quick: u64) -> (usize, u64) {
        let [.., high] = quick.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
        (usize::from(high >> 6), 1 << (high & 63))
    }

    fn has(&self, (word, bit): (usize, u64)) -> bool {
        self.0.get(word).is_some_and(|it| it & bit != 0)
    }

    fn set(&mut self, (word, bit): (usize, u64)) {
        if let Some(it) = self.0.get_mut(word) {
            *it |= bit;
        }
    }
}

const SEGMENT: u8 = 1;
const QUERY: u8 = 2;
const COOKIE: u8 = 3;
const BODY: u8 = 4;
const HEADER: u8 = 5;

impl Collector {
    /// What is to be collected at this level.
    pub(crate) fn at(level: Level) -> Self {
        Self { is_off: level == Level::HeadsOnly, ..Self::default() }
    }

    /// Facts of this exchange are kept, for sure.
    pub(crate) fn keep_lists(&mut self) {
        self.keeps_lists = true;
    }

    /// A body of this format follows.
    pub(crate) fn body(&mut self, format: Format) {
        self.is_json = matches!(format, Format::Json | Format::Lenient);
    }

    /// Notes a value and what detectors made of it.
    pub(crate) fn note(&mut self, value: &Value<'_>, sightings: &[Sighting], key: &HashKey) {
        let score = self.scored(sightings);
        let is_json = self.is_json && matches!(value.place, PlaceRef::Body(_));
        self.keep(value, if is_json { Forms::STRING } else { Forms::PLAIN }, score, key);
    }

    /// Notes what detectors made of a value that is noted elsewhere.
    pub(crate) fn score(&mut self, sightings: &[Sighting]) {
        self.scored(sightings);
    }

    /// Notes a claim of the caller's token.
    pub(crate) fn note_claim(&mut self, name: &str, text: &[u8], key: &HashKey) {
        self.keep_at(HEADER, format!("{CLAIM}{name}").as_bytes(), text, Forms::PLAIN, 0, key);
    }

    /// Notes what the caller's token says that it is. What is one of several stands at a place of lists.
    pub(crate) fn note_kind(&mut self, it: &KindOfBearer, key: &HashKey) {
        let items = if it.is_within { LISTED_CLAIM } else { "" };
        let name = format!("{CLAIM}{}{items}", it.claim);
        self.keep_at(HEADER, name.as_bytes(), &it.value, Forms::PLAIN, 0, key);
    }

    fn keep(&mut self, value: &Value<'_>, forms: Forms, score: u16, key: &HashKey) {
        if self.is_off {
            return;
        }
        let position;
        let (kind, name) = match value.place {
            PlaceRef::Path => {
                self.segments = self.segments.saturating_add(1);
                position = [self.segments];
                (SEGMENT, &position[..])
            }
            PlaceRef::Query(name) => (QUERY, name),
            PlaceRef::Cookie(name) => (COOKIE, name),
            PlaceRef::Body(path) => (BODY, path.as_bytes()),
            PlaceRef::Name => return,
        };
        self.keep_at(kind, name, value.text, forms, score, key);
    }

    fn keep_at(
        &mut self,
        kind: u8,
        name: &[u8],
        text: &[u8],
        forms: Forms,
        score: u16,
        key: &HashKey,
    ) {
        if self.is_off {
            return;
        }
        let holds_nothing = matches!(forms, Forms::NULL | Forms::LIST | Forms::OBJECT);
        let text = if holds_nothing { b"" } else { text };
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let quick = quick(kind, name);
        let is_it = |it: &Met| it.quick == quick && self.is(it, kind, name);
        // Items of a list have their places in the same order: the next one is likely the one.
        let likely = [self.last + 1, self.first];
        let mark = Marks::of(quick);
        let known = match self.marks.has(mark) {
            true => likely
                .into_iter()
                .find(|&at| self.places.get(at).is_some_and(is_it))
                .or_else(|| self.places.iter().position(is_it)),
            false => None,
        };
        if let Some(at) = known
            && let Some(fact) = self.facts.get_mut(at)
        {
            if at <= self.last {
                self.first = at;
            }
            self.last = at;
            fact.times = fact.times.saturating_add(1);
            fact.bytes = fact.bytes.max(bytes);
            fact.forms = fact.forms.and(forms);
            fact.score = fact.score.max(score);
            let is_listed = matches!(kind, BODY | HEADER);
            let is_one = self.keeps_lists && is_listed && fact.times <= LISTED_EACH;
            if is_one && self.listed.len() < LISTED_MAX && may_identify(text) {
                self.listed.push(Listed { field: fact.field, value: key.value(text) });
            }
            return;
        }
        let start = self.names.len() + PREFIX_BYTES;
        let end = start + name.len();
        let is_full = self.places.len() >= FACTS_MAX || end > NAMES_BYTES_MAX;
        let (Ok(start), Ok(end), false) = (u32::try_from(start), u32::try_from(end), is_full)
        else {
            self.more = self.more.saturating_add(1);
            return;
        };
        if self.places.is_empty() {
            self.places.reserve(PLACES_USUAL);
            self.facts.reserve(PLACES_USUAL);
            self.names.reserve(PLACES_USUAL * 24);
            self.waiting.0.reserve(PLACES_USUAL * 24);
        }
        let field = u16::try_from(self.places.len()).unwrap_or(u16::MAX);
        self.last = usize::from(field);
        self.marks.set(mark);
        let [low, high, ..] = (end - start).to_le_bytes();
        self.names.extend_from_slice(&[kind, low, high]);
        self.names.extend_from_slice(name);
        let (kind_of, sign) = (Kind::Empty, None);
        let (times, bucket) = (1, 0);
        let mut fact =
            Fact { field, kind: kind_of, forms, sign, times, bucket, score, bytes, value: NONE };
        let waits = self.waiting.hold(text);
        if !waits {
            look(&mut fact, begin(text), bytes, key);
        }
        self.places.push(Met { kind, quick, start, end, waits });
        self.facts.push(fact);
    }

    /// Notes the scores; the highest of them.
    fn scored(&mut self, sightings: &[Sighting]) -> u16 {
        let mut score = 0;
        for it in sightings {
            score = score.max(it.score);
            let ClassScores { sql, script } = &mut self.scores;
            if it.code == Code::ContentSqlInjection {
                *sql = (*sql).max(it.score);
            } else if it.code == Code::ContentScriptInjection {
                *script = (*script).max(it.score);
            }
        }
        score
    }

    /// Notes a value that is no text, or holds nothing; of the first of them only, for there may be very many.
    pub(crate) fn note_scalar(&mut self, value: &Value<'_>, key: &HashKey) {
        if self.scalars < SCALARS_MAX {
            self.scalars += 1;
            self.keep(value, Forms::of_scalar(value.text), 0, key);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    fn is(&self, it: &Met, kind: u8, name: &[u8]) -> bool {
        it.kind == kind && self.name(it) == name
    }

    fn name(&self, it: &Met) -> &[u8] {
        self.names.get(it.start as usize..it.end as usize).unwrap_or_default()
    }

    /// What is to be recorded. The facts are kept if `keeps` says so, or if nobody has met such a
    /// message before.
    pub(crate) fn finish(
        mut self,
        tables: &Tables,
        keeps: bool,
        key: &HashKey,
        classes: &[CustomClass],
    ) -> Option<Facts> {
        if self.places.is_empty() {
            return None;
        }
        let mut hasher = SipHasher13::new_with_key(&SHAPE_KEY);
        hasher.write(&self.names);
        let id = ShapeId(hasher.finish());
        let (met, is_new) = tables.shapes().intern(id, || {
            let places = self.places.iter().map(|it| place(it.kind, self.name(it))).collect();
            let names = self.places.iter().map(|it| self.evidence(it)).collect();
            tables::shapes::Met { shape: Arc::new(Shape { id, places }), names }
        });
        let (facts, own, listed) = if keeps || is_new {
            let own = self.look_at_all(key, &met.names, classes);
            (self.facts, own, self.listed)
        } else {
            (Vec::new(), Vec::new(), Vec::new())
        };
        Some(Facts { shape: Arc::clone(&met.shape), facts, more: self.more, own, listed })
    }

    /// What the name of a place speaks of. A segment has none.
    fn evidence(&self, it: &Met) -> NameEvidence {
        NameEvidence::of(self.spoken(it))
    }

    fn spoken(&self, it: &Met) -> &[u8] {
        if it.kind == SEGMENT { b"" } else { self.name(it) }
    }

    /// Hosts of the URLs among the values that wait; `own` is the one that was called.
    pub(crate) fn pointed(&self, side: Side, own: Option<&Host>, out: &mut Vec<Pointed>) {
        let mut rest = self.waiting.0.as_slice();
        let of_side = out.iter().filter(|it| it.side == side).count();
        let mut room = POINTED_MAX.saturating_sub(of_side);
        for met in self.places.iter().filter(|it| it.waits) {
            let Some((length, values)) = rest.split_first_chunk::<LENGTH_BYTES>() else { return };
            let held = (u32::from_le_bytes(*length) as usize).min(HELD_BYTES_MAX);
            let Some((value, behind)) = values.split_at_checked(held) else { return };
            rest = behind;
            let Some(host) = Host::of_url(value) else { continue };
            let Some(left) = room.checked_sub(1) else { return };
            room = left;
            let is_own = own == Some(&host);
            out.push(Pointed { side, place: place(met.kind, self.name(met)), host, is_own });
        }
    }

    /// Fills in the facts; those that show a class of `classes` besides.
    fn look_at_all(
        &mut self,
        key: &HashKey,
        names: &[NameEvidence],
        classes: &[CustomClass],
    ) -> Vec<OwnSign> {
        let mut own = Vec::new();
        let mut facts = std::mem::take(&mut self.facts);
        let mut rest = self.waiting.0.as_slice();
        let places = self.places.iter().zip(names);
        for (fact, (met, name)) in facts.iter_mut().zip(places).filter(|it| it.1.0.waits) {
            let Some((length, values)) = rest.split_first_chunk::<LENGTH_BYTES>() else { break };
            let length = u32::from_le_bytes(*length);
            let held = (length as usize).min(HELD_BYTES_MAX);
            let Some((value, behind)) = values.split_at_checked(held) else { break };
            look(fact, value, length, key);
            classify(fact, name, value);
            if let Some((class, bits)) = own_sign(classes, self.spoken(met), value, fact.sign) {
                fact.sign = None;
                own.push(OwnSign { field: fact.field, class, bits });
            }
            rest = behind;
        }
        self.facts = facts;
        own
    }
}

fn place(kind: u8, name: &[u8]) -> Place {
    match kind {
        SEGMENT => Place::Segment(name.first().copied().unwrap_or_default()),
        QUERY => Place::query(name),
        COOKIE => Place::cookie(name),
        HEADER => Place::header(name),
        _ => Place::body(&String::from_utf8_lossy(name)),
    }
}

/// Tells most places apart quickly, by length, kind and end; equality is what counts.
fn quick(kind: u8, name: &[u8]) -> u64 {
    let end = match name.last_chunk::<8>() {
        Some(end) => u64::from_le_bytes(*end),
        None => name.iter().fold(0, |end, byte| end << 8 | u64::from(*byte)),
    };
    end ^ (name.len() as u64) << 40 ^ u64::from(kind) << 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::KeyEpoch;

    fn key() -> HashKey {
        HashKey::new(KeyEpoch(1), [3; 16])
    }

    fn note(it: &mut Collector, place: PlaceRef<'_>, text: &str) {
        it.note(&Value { place, text: text.as_bytes() }, &[], &key());
    }

    fn finished(it: Collector, keeps: bool) -> Facts {
        it.finish(&Tables::new(0), keeps, &key(), &[]).unwrap()
    }

    #[test]
    fn a_place_that_repeats_has_one_fact() {
        let mut it = Collector::default();
        note(&mut it, PlaceRef::Path, "orders");
        note(&mut it, PlaceRef::Path, "17");
        note(&mut it, PlaceRef::Name, "ids");
        note(&mut it, PlaceRef::Body("$.ids[*]"), "5");
        note(&mut it, PlaceRef::Body("$.ids[*]"), "5000");
        note(&mut it, PlaceRef::Query(b"$.ids[*]"), "x");
        let facts = finished(it, true);
        let places: Vec<_> = facts.shape.places.iter().map(ToString::to_string).collect();
        assert_eq!(places, ["segment 1", "segment 2", "body $.ids[*]", "query $.ids[*]"]);
        let ids = facts.facts[2];
        assert_eq!(
            (ids.kind, ids.times, ids.bytes, ids.value),
            (Kind::Integer, 2, 4, key().value(b"5"))
        );
        assert_eq!(ids.bucket, bucket(5.0));
    }

    #[test]
    fn invented_names_are_counted_beyond_the_bounds() {
        let mut it = Collector::default();
        for n in 0..1_000 {
            note(&mut it, PlaceRef::Query(format!("n{n}").as_bytes()), "v");
        }
        let facts = finished(it, true);
        assert_eq!((facts.facts.len(), facts.more), (FACTS_MAX, 936));
        let mut it = Collector::default();
        note(&mut it, PlaceRef::Query(&[b'a'; NAMES_BYTES_MAX + 1]), "v");
        assert_eq!((it.places.len(), it.more), (0, 1));
        assert!(it.finish(&Tables::new(0), true, &key(), &[]).is_none());
    }

    #[test]
    fn a_long_list_of_numbers_is_counted_beyond_the_first() {
        let mut it = Collector::default();
        let value = Value { place: PlaceRef::Body("$[*]"), text: b"7" };
        (0..5_000).for_each(|_| it.note_scalar(&value, &key()));
        let facts = finished(it, true);
        assert_eq!((facts.facts[0].times, facts.more), (SCALARS_MAX, 4_000));
    }

    #[test]
    fn facts_are_kept_of_what_is_new() {
        let tables = Tables::new(0);
        let message = |name: &[u8]| {
            let mut it = Collector::default();
            note(&mut it, PlaceRef::Query(name), "v");
            it.finish(&tables, false, &key(), &[]).unwrap()
        };
        let (first, again, other) = (message(b"a"), message(b"a"), message(b"b"));
        assert_eq!((first.facts.len(), again.facts.len(), other.facts.len()), (1, 0, 1));
        assert_eq!(first.shape, again.shape);
        assert_ne!(first.shape.id, other.shape.id);
    }

    #[test]
    fn a_recorder_that_falls_behind_is_given_scores_alone() {
        let mut it = Collector::at(Level::HeadsOnly);
        let sighting = Sighting { code: Code::ContentSqlInjection, score: 700, ..sighting() };
        let value = Value { place: PlaceRef::Query(b"q"), text: b"v" };
        it.note(&value, &[sighting], &key());
        assert_eq!(it.scores.sql, 700);
        assert!(it.finish(&Tables::new(0), true, &key(), &[]).is_none());
    }

    #[test]
    fn of_urls_the_hosts_are_told() {
        let mut it = Collector::default();
        note(&mut it, PlaceRef::Query(b"next"), "https://own.example/a?token=7");
        it.body(Format::Json);
        note(&mut it, PlaceRef::Body("$.name"), "hook");
        for n in 0..POINTED_MAX {
            note(&mut it, PlaceRef::Body(&format!("$.u{n}")), &format!("https://h{n}.example/x"));
        }
        let (mut out, own) = (Vec::new(), Host::of_authority(b"own.example:8443"));
        it.pointed(Side::Request, own.as_ref(), &mut out);
        let told: Vec<_> =
            out.iter().map(|it| format!("{} {} {}", it.place, it.host, it.is_own)).collect();
        assert_eq!(told.len(), POINTED_MAX);
        assert_eq!(told[..2], ["query next own.example true", "body $.u0 h0.example false"]);
    }

    fn sighting() -> Sighting {
        let fingerprint = bartizan_model::evidence::Fingerprint::default();
        Sighting { code: Code::ContentSqlInjection, score: 0, fingerprint }
    }

    #[test]
    fn values_that_wait_are_looked_at_in_their_order() {
        let mut it = Collector::default();
        let long = "7".repeat(HELD_BYTES_MAX + 1);
        let values = ["17", "", long.as_str(), "a@example.com", "true"];
        for (n, value) in values.iter().enumerate() {
            note(&mut it, PlaceRef::Query(format!("n{n}").as_bytes()), value);
        }
        note(&mut it, PlaceRef::Query(b"n0"), "x");
        let facts = finished(it, true).facts;
        for (fact, value) in facts.iter().zip(values) {
            let mut wanted = *fact;
            look(&mut wanted, begin(value.as_bytes()), fact.bytes, &key());
            assert_eq!(*fact, wanted, "{value}");
        }
    }

    #[test]
    fn a_long_value_is_hashed_by_its_beginning_and_its_length() {
        let hash = |text: &str| {
            let mut it = Collector::default();
            note(&mut it, PlaceRef::Query(b"q"), text);
            finished(it, true).facts[0].value
        };
        assert_ne!(hash(&"a".repeat(2_000)), hash(&"a".repeat(2_001)));
        assert_eq!(hash("a"), key().value(b"a"));
    }

    #[test]
    fn values_beyond_the_room_are_hashed_when_they_come() {
        let mut it = Collector::default();
        let long = "x".repeat(HELD_BYTES_MAX);
        for n in 0..FACTS_MAX {
            note(&mut it, PlaceRef::Query(format!("n{n}").as_bytes()), &format!("{n}{long}"));
        }
        assert!(it.waiting.0.len() <= WAITING_BYTES_MAX);
        let facts = finished(it, true).facts;
        let mut values: Vec<u64> = facts.iter().map(|it| it.value.0).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), FACTS_MAX);
    }

    #[test]
    fn notations_and_classes_are_noted() {
        let mut it = Collector::default();
        note(&mut it, PlaceRef::Query(b"email"), "ann@example.com");
        it.body(Format::Json);
        note(&mut it, PlaceRef::Body("$[*].mail"), "ann@example.com");
        let null = Value { place: PlaceRef::Body("$[*].mail"), text: b"null" };
        it.note_scalar(&null, &key());
        let number = Value { place: PlaceRef::Body("$[*].n"), text: b"4.5" };
        it.note_scalar(&number, &key());
        let null = Value { place: PlaceRef::Body("$[*].x"), text: b"null" };
        it.note_scalar(&null, &key());
        let tags = PlaceRef::Body("$[*].tags");
        it.note_scalar(&Value { place: tags, text: b"[]" }, &key());
        it.note_scalar(&Value { place: tags, text: b"null" }, &key());
        let facts = finished(it, true).facts;
        let seen: Vec<_> = facts.iter().map(|it| (it.forms, it.sign.map(|it| it.class))).collect();
        let email = Some(bartizan_model::data_class::DataClass::Email);
        assert_eq!(
            seen,
            [
                (Forms::PLAIN, email),
                (Forms::STRING.and(Forms::NULL), email),
                (Forms::NUMBER, None),
                (Forms::NULL, None),
                (Forms::LIST.and(Forms::NULL), None),
            ]
        );
        assert!(facts[3..].iter().all(|it| it.kind == Kind::Empty && it.bytes == 0));
    }
}
