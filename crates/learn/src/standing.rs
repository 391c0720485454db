//! Good standing: since when callers call a service with success, and attack nothing.
//!
//! Reads    observations, in their order.
//! Memory   at most [`CALLERS_MAX`] callers of some 80 bytes.
//! Misses   callers that find no room are in no standing at all: so nobody's invented callers push out known ones. Those
//!          who did not call for [`KEPT_US`] make room, which is looked for once a day. Somebody who has several credentials
//!          that the API accepts is several callers.

use crate::inventory::is_success;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::{Observation, SubjectKind};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Callers that are remembered.
pub const CALLERS_MAX: usize = 50_000;
/// How long one is who does not call.
pub const KEPT_US: u64 = 30 * DAY_US;
const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// Somebody who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// Known by a credential.
    Known(SubjectId),
    /// Without one, by the hash of an address: what else such a client says of itself costs it nothing.
    At(u64),
}

impl Caller {
    /// Who made this exchange, if that is known.
    pub fn of(it: &Observation) -> Option<Self> {
        match it.subject_kind {
            SubjectKind::TokenClaim
            | SubjectKind::Token
            | SubjectKind::ApiKey
            | SubjectKind::Cookie
            | SubjectKind::Certificate => Some(Self::Known(it.subject)),
            SubjectKind::AddressAgent => (it.client.0 != 0).then_some(Self::At(it.client.0)),
        }
    }
}

/// Whether what this exchange broke is an attack, rather than unusual.
pub fn is_attack(it: &Observation) -> bool {
    it.hits.iter().any(is_attack_hit)
}

/// The same of one hit.
pub fn is_attack_hit(hit: &Hit) -> bool {
    let clause = hit.code.entry().clause;
    let is_content = clause.is_content();
    match hit.effect {
        Effect::Refused | Effect::Overtaken => is_content || clause.is_harm(),
        // What is learnt against harm is sometimes wrong while it is only observed.
        Effect::WouldRefuse => is_content,
        Effect::Excepted
        | Effect::Failed
        | Effect::Scrubbed
        | Effect::WouldScrub
        | Effect::FailedOpen => false,
    }
}

/// Callers of all services.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    services: BTreeMap<Arc<str>, BTreeMap<Caller, Since>>,
    callers: usize,
    /// The day on which was looked for room.
    looked: u64,
    /// Callers that found none, each as often as it called.
    pub more: u64,
}

#[derive(Clone, Copy, Debug)]
struct Since {
    /// The first success, or the last attack.
    good_us: u64,
    /// The first success, or the last attack that was refused.
    known_us: u64,
    last_us: u64,
}

impl Standing {
    /// Adds an exchange.
    pub fn observe(&mut self, it: &Observation) {
        let at_us = it.started.wall_us;
        let Some(caller) = Caller::of(it) else { return };
        let attacks = is_attack(it);
        let known = self.services.get_mut(&it.route).and_then(|all| all.get_mut(&caller));
        if let Some(since) = known {
            since.last_us = since.last_us.max(at_us);
            if attacks {
                since.good_us = at_us;
            }
            if attacks && it.hits.iter().any(|it| it.effect == Effect::Refused) {
                since.known_us = at_us;
            }
            return;
        }
        if attacks || !is_success(it) {
            return;
        }
        if self.callers >= CALLERS_MAX {
            self.make_room(at_us);
        }
        if self.callers >= CALLERS_MAX {
            self.more += 1;
            return;
        }
        let all = self.services.entry(Arc::clone(&it.route)).or_default();
        all.insert(caller, Since { good_us: at_us, known_us: at_us, last_us: at_us });
        self.callers += 1;
    }

    /// Since when a caller of a service is in good standing, in microseconds since 1970.
    pub fn since(&self, service: &str, caller: Caller) -> Option<u64> {
        Some(self.services.get(service)?.get(&caller)?.good_us)
    }

    /// Since when a caller of a service is known, whatever it sent that nobody refused, in microseconds since 1970.
    pub fn known_since(&self, service: &str, caller: Caller) -> Option<u64> {
        Some(self.services.get(service)?.get(&caller)?.known_us)
    }

    /// It goes through all callers, therefore once a day at most.
    fn make_room(&mut self, at_us: u64) {
        let day = at_us / DAY_US;
        if std::mem::replace(&mut self.looked, day) == day {
            return;
        }
        let oldest = at_us.saturating_sub(KEPT_US);
        for all in self.services.values_mut() {
            all.retain(|_, it| it.last_us >= oldest);
        }
        self.services.retain(|_, all| !all.is_empty());
        self.callers = self.services.values().map(BTreeMap::len).sum();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::inventory::seen::called;
    use bartizan_model::code::Code;
    use bartizan_model::head::Method;
    use bartizan_model::id::KeyedHash;

    fn seen(at_us: u64, subject: u128, status: u16) -> Observation {
        let mut it = called(Method::Get, "/orders", status, &[], None);
        it.started.wall_us = at_us;
        it.subject = SubjectId(subject);
        it.subject_kind = SubjectKind::ApiKey;
        it
    }

    fn known(subject: u128) -> Caller {
        Caller::Known(SubjectId(subject))
    }

    #[test]
    fn standing_begins_with_the_first_success() {
        let mut all = Standing::default();
        all.observe(&seen(1, 7, 401));
        assert_eq!(all.since("shop", known(7)), None, "nobody knows a key that never opened");
        all.observe(&seen(2, 7, 200));
        all.observe(&seen(3, 7, 200));
        assert_eq!(all.since("shop", known(7)), Some(2));
        assert_eq!(all.since("bank", known(7)), None);
    }

    #[test]
    fn who_attacks_begins_anew() {
        let hit = |code, effect| Hit { code, effect, margin: 0 };
        for (code, effect, since) in [
            (Code::ContentSqlInjection, Effect::WouldRefuse, 5),
            (Code::ShapeReadOnlyField, Effect::Refused, 5),
            (Code::ShapeReadOnlyField, Effect::WouldRefuse, 2),
            (Code::ShapeUndeclaredField, Effect::Refused, 2),
            (Code::PathEmptySegment, Effect::Refused, 2),
        ] {
            let mut all = Standing::default();
            all.observe(&seen(2, 7, 200));
            let attack = Observation { hits: vec![hit(code, effect)], ..seen(5, 7, 200) };
            all.observe(&attack);
            assert_eq!(all.since("shop", known(7)), Some(since), "{code:?} {effect:?}");
            let is_refused = effect == Effect::Refused && since == 5;
            let known_us = if is_refused { 5 } else { 2 };
            assert_eq!(all.known_since("shop", known(7)), Some(known_us), "{code:?} {effect:?}");
        }
    }

    #[test]
    fn without_a_credential_an_address_is_one_caller() {
        let mut all = Standing::default();
        for agent in 0..3 {
            let mut it = seen(agent + 1, u128::from(agent), 200);
            (it.subject_kind, it.client) = (SubjectKind::AddressAgent, KeyedHash(9));
            all.observe(&it);
        }
        assert_eq!((all.callers, all.since("shop", Caller::At(9))), (1, Some(1)));
        let mut unknown = seen(9, 1, 200);
        unknown.subject_kind = SubjectKind::AddressAgent;
        assert_eq!(Caller::of(&unknown), None);
    }

    #[test]
    fn invented_callers_push_out_nobody_and_the_idle_make_room() {
        let mut all = Standing::default();
        all.observe(&seen(DAY_US, 0, 200));
        for n in 1..=u128::try_from(CALLERS_MAX).unwrap() {
            all.observe(&seen(DAY_US + 1, n, 200));
        }
        assert_eq!((all.callers, all.more), (CALLERS_MAX, 1));
        assert_eq!(all.since("shop", known(0)), Some(DAY_US));
        let later = DAY_US + KEPT_US + 2;
        all.observe(&seen(later - 2, 0, 200));
        all.observe(&seen(later, 1_000_000, 200));
        assert_eq!((all.callers, all.since("shop", known(1))), (2, None));
        assert_eq!(all.since("shop", known(0)), Some(DAY_US));
    }
}
