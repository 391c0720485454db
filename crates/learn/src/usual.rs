//! What fields usually hold that would speak for an attack elsewhere: quotes and words of SQL in tickets about databases.
//!
//! Reads    exchanges, in their order, and the inventory that they make.
//! Writes   which signs are usual in which field, see [`bartizan_model::usual`].
//! Memory   at most [`USUAL_MAX`] fields with [`VOICES_MAX`] voices of 24 bytes, and callers (`standing.rs`).
//! Misses   what callers send who were known for less than the time of good standing, or who attack otherwise; signs that few
//!          callers send; what was refused. Whoever holds [`VOICES_MIN`] addresses, and for weeks uses an account behind each
//!          without attacking, teaches what a small API knows; where there are more callers, more are needed.
//!
//! Accounts cost nothing, and some addresses cost little. So a voice is an address (of IPv6 a /64), whatever accounts speak from it; it counts
//! from when its caller has been known for long; and those who came on the same day are fewer voices than they are: at least
//! [`DAYS_MIN`] days must have brought some. A sign is usual where one in [`SHARE`] of all callers of the endpoint is a voice for
//! it, accounts counted.

use crate::inventory::{Inventory, is_success};
use crate::standing::{Caller, Standing, is_attack_hit};
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::evidence::Fingerprint;
use bartizan_model::head::Method;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::place::Place;
use bartizan_model::usual::{Indicator, USUAL_MAX, Usual};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Voices that are told apart in one field.
pub const VOICES_MAX: usize = 64;
/// Voices that make a sign usual where there are few callers.
pub const VOICES_MIN: usize = 8;
/// Different days on which they came.
pub const DAYS_MIN: usize = 5;
/// Of so many callers of the endpoint one is a voice.
pub const SHARE: u64 = 16;
/// Days in the time after which somebody is in good standing.
const DAYS: u64 = 7;

/// Fields, and who speaks for what in them.
#[derive(Clone, Debug)]
pub struct Fields {
    standing: Standing,
    /// How long somebody must be known to be in good standing, in microseconds.
    standing_us: u64,
    by_field: BTreeMap<Key, Spoken>,
    /// Findings in fields that found no room.
    pub more: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    route: Arc<str>,
    method: Method,
    path: String,
    place: Place,
    code: Code,
}

#[derive(Clone, Debug, Default)]
struct Spoken {
    voices: Vec<Voice>,
    first_us: u64,
    last_us: u64,
}

/// An address from which a sign was sent by somebody who is known.
#[derive(Clone, Copy, Debug)]
struct Voice {
    /// Its hash.
    client: u64,
    /// The day on which the first who spoke from there became known.
    day: u64,
    signs: u32,
}

/// Whether there is anything in an exchange that may be usual: most have nothing.
fn may_speak(it: &Observation) -> bool {
    it.findings.iter().any(|it| it.sighting.code.entry().clause.is_content())
        && is_success(it)
        // Messages of a WebSocket have a place each.
        && it.outcome != Outcome::Tunnelled
        && it.client.0 != 0
        && !it.hits.iter().any(|hit| {
            let is_seen = hit.effect == Effect::WouldRefuse && hit.code.entry().clause.is_content();
            is_attack_hit(hit) && !is_seen
        })
}

impl Fields {
    /// None yet. Somebody is in good standing who is known for so many microseconds.
    pub fn new(standing_us: u64) -> Self {
        Self { standing: Standing::default(), standing_us, by_field: BTreeMap::new(), more: 0 }
    }

    /// Adds an exchange, which the inventory knows.
    pub fn observe(&mut self, it: &Observation, inventory: &Inventory) {
        self.standing.observe(it);
        if !may_speak(it) {
            return;
        }
        let known = Caller::of(it).and_then(|by| self.standing.known_since(&it.route, by));
        let endpoint = inventory.find(&it.route, it.method, &it.template);
        if let (Some(known_us), Some(endpoint)) = (known, endpoint) {
            self.speak(it, known_us, &endpoint.template());
        }
    }

    /// Somebody known since then sent it to an endpoint of this path.
    fn speak(&mut self, it: &Observation, known_us: u64, path: &str) {
        let at_us = it.started.wall_us;
        if known_us.saturating_add(self.standing_us) > at_us {
            return;
        }
        let day = known_us / (self.standing_us / DAYS).max(1);
        for finding in &it.findings {
            let code = finding.sighting.code;
            let signs = signs(finding.sighting.fingerprint);
            if !code.entry().clause.is_content() || finding.place == Place::Name || signs == 0 {
                continue;
            }
            let key = Key {
                route: Arc::clone(&it.route),
                method: it.method,
                path: path.to_owned(),
                place: finding.place.clone(),
                code,
            };
            if !self.by_field.contains_key(&key) && self.by_field.len() >= USUAL_MAX {
                // Fields of one voice are those that somebody invents.
                let of_one = self.by_field.iter().find(|it| it.1.voices.len() < 2);
                let Some(of_one) = of_one.map(|it| it.0.clone()) else {
                    self.more += 1;
                    continue;
                };
                self.by_field.remove(&of_one);
            }
            let spoken = self.by_field.entry(key).or_default();
            spoken.add(Voice { client: it.client.0, day, signs }, at_us);
        }
    }

    /// What is usual by now.
    pub fn usual(&self, inventory: &Inventory) -> Vec<Usual> {
        let callers = |service: &str, method, path: &str| {
            let found = inventory.find(service, method, path);
            found.map_or(0, |it| it.leaf.subjects.count())
        };
        self.usual_among(callers)
    }

    /// The same. `callers` tells how many an endpoint has, accounts counted.
    fn usual_among(&self, callers: impl Fn(&str, Method, &str) -> u64) -> Vec<Usual> {
        let all = self.by_field.iter().filter_map(|(key, spoken)| {
            if spoken.last_us.saturating_sub(spoken.first_us) < self.standing_us {
                return None;
            }
            let needed = callers(&key.route, key.method, &key.path) / SHARE;
            let needed = usize::try_from(needed).unwrap_or(usize::MAX);
            let (signs, callers) = spoken.signs(needed.clamp(VOICES_MIN, VOICES_MAX));
            (signs != 0).then(|| Usual {
                route: Arc::clone(&key.route),
                method: key.method,
                path: key.path.clone(),
                indicator: Indicator { place: key.place.clone(), code: key.code, signs },
                callers,
            })
        });
        all.collect()
    }
}

impl Spoken {
    fn add(&mut self, voice: Voice, at_us: u64) {
        if self.voices.is_empty() {
            self.first_us = at_us;
        }
        self.last_us = self.last_us.max(at_us);
        if let Some(known) = self.voices.iter_mut().find(|it| it.client == voice.client) {
            known.signs |= voice.signs;
        } else if self.voices.len() < VOICES_MAX {
            self.voices.push(voice);
        }
    }

    /// The signs for which so many speak, and the least of those who do.
    fn signs(&self, needed: usize) -> (u32, u32) {
        let (mut signs, mut least) = (0, usize::MAX);
        for bit in (0..32).map(|n| 1 << n) {
            let voices = || self.voices.iter().filter(|it| it.signs & bit != 0);
            let count = voices().count();
            let days: BTreeSet<u64> = voices().map(|it| it.day).collect();
            if count >= needed && days.len() >= DAYS_MIN {
                signs |= bit;
                least = least.min(count);
            }
        }
        (signs, if signs == 0 { 0 } else { u32::try_from(least).unwrap_or(u32::MAX) })
    }
}

/// The signs that a recogniser saw, a bit each; none if this is no list of signs.
fn signs(of: Fingerprint) -> u32 {
    let bytes = of.bytes();
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    u32::from_str_radix(text, 16).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::inventory::seen::called;
    use bartizan_model::clause::Hit;
    use bartizan_model::evidence::{Finding, Sighting};
    use bartizan_model::id::{KeyedHash, SubjectId};
    use bartizan_model::observation::SubjectKind;

    const DAY_US: u64 = 24 * 3_600 * 1_000_000;
    const WEEK_US: u64 = 7 * DAY_US;

    /// A ticket with these signs, sent from an address.
    fn ticket(client: u64, at_us: u64, signs: u32) -> Observation {
        let mut it = called(Method::Post, "/tickets", 201, &[], None);
        it.started.wall_us = at_us;
        (it.subject, it.subject_kind) = (SubjectId(u128::from(client)), SubjectKind::ApiKey);
        it.client = KeyedHash(client);
        let fingerprint = Fingerprint::new(format!("{signs:08x}").as_bytes());
        let sighting = Sighting { code: Code::ContentSqlInjection, score: 700, fingerprint };
        let (place, value) = (Place::body("$.text"), KeyedHash(1));
        it.findings = vec![Finding { sighting, place, bytes: 40, value }];
        it
    }

    /// Somebody known since `known_us` sends it.
    fn send(fields: &mut Fields, it: &Observation, known_us: u64) {
        assert!(may_speak(it));
        fields.speak(it, known_us, "/tickets");
    }

    /// As many callers from as many addresses, who became known on so many days, over two weeks.
    fn tickets(addresses: u64, days: u64) -> Fields {
        let mut fields = Fields::new(WEEK_US);
        for n in 1..=addresses {
            let at_us = 30 * DAY_US + n * 14 * DAY_US / addresses;
            send(&mut fields, &ticket(n, at_us, 0b101), n % days * DAY_US);
        }
        fields
    }

    fn usual(fields: &Fields, callers: u64) -> Option<(u32, u32)> {
        let all = fields.usual_among(|_, _, _| callers);
        all.first().map(|it| (it.indicator.signs, it.callers))
    }

    #[test]
    fn what_many_send_who_have_nothing_to_do_with_each_other_is_usual() {
        let mut fields = tickets(20, 10);
        // What one of them sends besides is not.
        send(&mut fields, &ticket(3, 44 * DAY_US, 0b1000), DAY_US);
        assert_eq!(usual(&fields, 100), Some((0b101, 20)));
        assert_eq!(usual(&fields, 400), None, "one in sixteen, at least");
    }

    #[test]
    fn few_or_all_of_one_day_or_one_week_are_not_enough() {
        assert_eq!(usual(&tickets(7, 7), 7), None);
        assert_eq!(usual(&tickets(8, 8), 8), Some((0b101, 8)));
        assert_eq!(usual(&tickets(60, 4), 60), None);
        let mut fields = Fields::new(WEEK_US);
        (0..20).for_each(|n| send(&mut fields, &ticket(n + 1, 30 * DAY_US + n, 1), n % 9 * DAY_US));
        assert_eq!(usual(&fields, 20), None);
    }

    #[test]
    fn a_thousand_accounts_behind_fifty_addresses_teach_nothing() {
        // They wait for good standing, and came over weeks.
        let mut fields = Fields::new(WEEK_US);
        for n in 0..1_000_u64 {
            let at_us = 60 * DAY_US + n % 20 * DAY_US;
            let mut it = ticket(1 + n % 50, at_us, 0b1);
            it.subject = SubjectId(u128::from(n));
            send(&mut fields, &it, n % 30 * DAY_US);
        }
        assert_eq!(usual(&fields, 1_000), None);
        // Those who are new speak for nothing, however many they are.
        let mut fields = Fields::new(WEEK_US);
        for n in 0..1_000 {
            send(&mut fields, &ticket(n + 1, 60 * DAY_US + n * DAY_US / 1_000, 1), 59 * DAY_US);
        }
        assert_eq!(usual(&fields, 1), None);
        assert!(fields.by_field.is_empty());
    }

    #[test]
    fn who_is_refused_or_attacks_otherwise_is_not_heard() {
        let hit = |code, effect| Hit { code, effect, margin: 0 };
        let with = |hit| Observation { hits: vec![hit], ..ticket(1, DAY_US, 1) };
        assert!(may_speak(&with(hit(Code::ContentSqlInjection, Effect::WouldRefuse))));
        assert!(!may_speak(&with(hit(Code::ContentSqlInjection, Effect::Refused))));
        assert!(!may_speak(&with(hit(Code::ShapeReadOnlyField, Effect::Refused))));
        let mut failed = ticket(1, DAY_US, 1);
        failed.status = 500;
        assert!(!may_speak(&failed));
        assert!(!may_speak(&called(Method::Get, "/tickets", 200, &[], None)));
    }

    #[test]
    fn callers_become_known_by_what_they_do() {
        let (mut inventory, mut fields) = (Inventory::default(), Fields::new(WEEK_US));
        let mut see = |it: &Observation| {
            inventory.observe(it);
            fields.observe(it, &inventory);
            fields.usual(&inventory).len()
        };
        for n in 1..=12_u64 {
            let mut first = ticket(n, n * DAY_US, 0);
            first.findings.clear();
            assert_eq!(see(&first), 0);
        }
        let sent: Vec<_> = (1..=12_u64).map(|n| see(&ticket(n, (19 + n) * DAY_US, 1))).collect();
        assert_eq!(sent, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn invented_fields_push_out_no_others_and_stay_within_their_bound() {
        let mut fields = Fields::new(WEEK_US);
        send(&mut fields, &ticket(1, 30 * DAY_US, 1), 0);
        send(&mut fields, &ticket(2, 30 * DAY_US, 1), 0);
        let invented = |n: usize, by: u64| {
            let mut it = ticket(by, 30 * DAY_US, 1);
            it.findings.iter_mut().for_each(|of| of.place = Place::body(&format!("$.f{n}")));
            it
        };
        (0..3_000).for_each(|n| send(&mut fields, &invented(n, 1), 0));
        assert_eq!((fields.by_field.len(), fields.more), (USUAL_MAX, 0));
        let known = fields.by_field.iter().find(|it| it.0.place == Place::body("$.text"));
        assert_eq!(known.map(|it| it.1.voices.len()), Some(2));
        // Whoever has two addresses fills it, and no more.
        for n in 0..3_000 {
            send(&mut fields, &invented(n, 1), 0);
            send(&mut fields, &invented(n, 2), 0);
        }
        assert_eq!(fields.by_field.len(), USUAL_MAX);
        assert!(fields.more > 0);
        for n in 0..1_000 {
            let mut it = ticket(n + 1, 30 * DAY_US, 1);
            it.findings.iter_mut().for_each(|of| of.place = Place::body("$.text"));
            send(&mut fields, &it, 0);
        }
        let most = fields.by_field.values().map(|it| it.voices.len()).max();
        assert_eq!(most, Some(VOICES_MAX));
    }
}
