//! Suspension: habit that several callers in good standing begin to break at once is one that changed.
//!
//! Reads    observations, in their order; what is decided of contracts; releases that run.
//! Writes   which clauses are to be suspended, and which versions of clients are held to no habit (`cohorts.rs`).
//! Memory   callers (`learn::standing`), and at most [`REFUSED_MAX`] callers for each clause that refuses.
//! Misses   what was masked where answers are known to have it: that is what the clause is for. Who was refused before a start does not count after it. Clauses against harm are never suspended.

use super::cohorts::{Cohorts, NewVersion};
use super::{Contracts, Decided, Which};
use crate::tempo::Tempo;
use bartizan_engine::terms::Graced;
use bartizan_learn::standing::{Caller, Standing, is_attack};
use bartizan_learn::terms::INDEPENDENT_MIN;
use bartizan_model::clause::{ClauseName, Effect};
use bartizan_model::evidence::Finding;
use bartizan_model::head::Method;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::Says;
use std::collections::BTreeMap;

/// Within so long three callers must be refused for the first time.
const WITHIN_US: u64 = 10 * 60 * 1_000_000;
/// Callers that are remembered as refused by one clause; then the first of them is forgotten.
const REFUSED_MAX: usize = 64;

/// A clause that is to be suspended, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suspended {
    pub(crate) which: Which,
    /// How many were refused.
    pub(crate) callers: usize,
    /// They were so within the time of a release.
    pub(crate) in_release: bool,
}

impl Suspended {
    /// Why, for whoever asks later.
    pub(crate) fn reason(&self) -> String {
        let within = if self.in_release { "since the release" } else { "within ten minutes" };
        format!(
            "{} callers in good standing were refused for the first time {within}",
            self.callers
        )
    }
}

/// What is known of those who break habit.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    standing: Standing,
    /// Of the contracts that `refusing` is made of.
    revision: u64,
    refusing: BTreeMap<(String, ClauseName), Vec<Refusing>>,
    due: Vec<Suspended>,
    cohorts: Cohorts,
    versions: Vec<NewVersion>,
}

/// A clause that refuses, and whom it did.
#[derive(Debug)]
struct Refusing {
    which: Which,
    path: Template,
    /// Segments of the path that are literal.
    literals: usize,
    /// Since when it is held so.
    since_us: u64,
    /// The fields that it masks in any case.
    masked: Vec<Place>,
    /// When each was refused first, in that order.
    refused: Vec<(Caller, u64)>,
}

impl Refusing {
    fn new(it: &Decided) -> Self {
        let path = Template::new(&it.which.path);
        let literals = path.segments().flatten().count();
        let masked = match &it.says {
            Says::Masked(of) => of.fields.iter().map(|it| it.place.clone()).collect(),
            Says::Secret(_)
            | Says::ReadOnly(_)
            | Says::OnlyKnown
            | Says::Types(_)
            | Says::HandedOut(_)
            | Says::Owned(_)
            | Says::Belongs(_)
            | Says::Required(_)
            | Says::Bounds(_)
            | Says::Credential
            | Says::Tls { .. }
            | Says::Role(_) => Vec::new(),
        };
        let (which, since_us, refused) = (it.which.clone(), it.at_us, Vec::new());
        Self { which, path, literals, since_us, masked, refused }
    }

    /// Whether something was masked in a field that answers did not have.
    fn masked_new(&self, it: &Observation) -> bool {
        let is_of = |it: &&Finding| it.sighting.code.entry().clause == self.which.clause;
        it.findings.iter().filter(is_of).any(|it| !self.masked.contains(&it.place))
    }
}

/// What is observed with an exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    pub(crate) contracts: &'a Contracts,
    pub(crate) tempo: Tempo,
}

impl Watch {
    /// Adds an exchange that ended before the start: it tells who is in good standing.
    pub(crate) fn remember(&mut self, it: &Observation) {
        self.standing.observe(it);
    }

    /// Adds an exchange.
    pub(crate) fn observe(&mut self, it: &Observation, around: Around<'_>) {
        let is_refused =
            |effect| matches!(effect, Effect::Refused | Effect::Overtaken | Effect::Scrubbed);
        let habits = it.hits.iter().filter(|hit| is_refused(hit.effect));
        for hit in habits {
            let clause = hit.code.entry().clause;
            if is_habit(clause) {
                self.refused(it, (clause, hit.effect), around);
            }
        }
        self.standing.observe(it);
        self.cohorts.observe(it);
    }

    fn refused(
        &mut self,
        it: &Observation,
        (clause, effect): (ClauseName, Effect),
        around: Around<'_>,
    ) {
        let Around { contracts, tempo } = around;
        let Some(caller) = Caller::of(it).filter(|_| !is_attack(it)) else { return };
        let Some(good_us) = self.standing.since(&it.route, caller) else { return };
        self.follow(contracts);
        let at_us = it.started.wall_us;
        let method = if it.method == Method::Head { Method::Get } else { it.method };
        let all = self.refusing.get_mut(&(it.route.to_string(), clause));
        let fits = |of: &&mut Refusing| of.which.method == method && of.path.fits(&it.template);
        // A literal segment goes before a variable, as where it is held.
        let of = all.into_iter().flatten().filter(fits).max_by_key(|of| of.literals);
        let Some(of) = of else { return };
        // Masking what answers always had is what it is for.
        if effect == Effect::Scrubbed && !of.masked_new(it) {
            return;
        }
        let is_good = good_us < of.since_us || good_us.saturating_add(tempo.standing_us()) <= at_us;
        // What its version is refused until that is in force says nothing more.
        if !is_good || self.cohorts.is_graced(it) {
            return;
        }
        if let Some(new) = self.cohorts.refused(it, caller, tempo) {
            self.versions.push(new);
            return;
        }
        if of.refused.iter().any(|it| it.0 == caller) {
            return;
        }
        if of.refused.len() >= REFUSED_MAX {
            of.refused.remove(0);
        }
        of.refused.push((caller, at_us));
        let released_us = contracts.released_us(&it.route, at_us);
        let from_us = released_us.unwrap_or_else(|| at_us.saturating_sub(WITHIN_US));
        let callers = of.refused.iter().filter(|it| it.1 >= from_us).count();
        if callers >= INDEPENDENT_MIN as usize {
            of.refused.clear();
            let (which, in_release) = (of.which.clone(), released_us.is_some());
            self.due.push(Suspended { which, callers, in_release });
        }
    }

    /// What refuses by now. Whoever was refused by what is held as before stays known.
    fn follow(&mut self, contracts: &Contracts) {
        if self.revision == contracts.revision {
            return;
        }
        self.revision = contracts.revision;
        let before = std::mem::take(&mut self.refusing);
        let mut before: BTreeMap<_, _> = before
            .into_values()
            .flatten()
            .map(|it| ((it.which.id(), it.since_us), it.refused))
            .collect();
        let refuses = |it: &&Decided| it.held.refuses() && is_habit(it.which.clause);
        for it in contracts.decided.iter().filter(refuses) {
            let mut fresh = Refusing::new(it);
            fresh.refused = before.remove(&(it.which.id(), it.at_us)).unwrap_or_default();
            let key = (it.which.service.clone(), it.which.clause);
            self.refusing.entry(key).or_default().push(fresh);
        }
    }

    /// What is to be suspended now; whoever cannot gives it back.
    pub(crate) fn take_due(&mut self) -> Vec<Suspended> {
        std::mem::take(&mut self.due)
    }

    /// Versions of clients that are held to no habit since the last time.
    pub(crate) fn take_versions(&mut self) -> Vec<NewVersion> {
        std::mem::take(&mut self.versions)
    }

    /// The versions of clients that are held to no habit now.
    pub(crate) fn graced(&self, now_us: u64) -> Vec<Graced> {
        self.cohorts.graced(now_us)
    }

    /// It could not be kept: it is due still.
    pub(crate) fn put_back(&mut self, it: Suspended) {
        self.due.push(it);
    }
}

const fn is_habit(it: ClauseName) -> bool {
    it.is_of_terms() && !it.is_harm()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::super::{Because, Held, Released};
    use super::*;
    use bartizan_model::class::Class;
    use bartizan_model::clause::Hit;
    use bartizan_model::code::Code;
    use bartizan_model::data_class::DataClass;
    use bartizan_model::evidence::{Fingerprint, Sighting};
    use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
    use bartizan_model::moment::Moment;
    use bartizan_model::observation::{Outcome, SubjectKind};
    use bartizan_model::terms::{Beyond, Force, Mask, Masked, Masking, Others};

    const MINUTE_US: u64 = 60 * 1_000_000;
    const DAY_US: u64 = 24 * 60 * MINUTE_US;
    /// When the clauses were put in force.
    const DECIDED_US: u64 = 100 * DAY_US;

    fn seen(at_us: u64, caller: u128, code: Option<Code>) -> Observation {
        let at = Moment { mono_ns: 0, wall_us: at_us };
        let mut it = Observation::opened(ExchangeId::new(1, 2), at, 1, KeyEpoch(1));
        (it.method, it.template, it.route) = (Method::Post, "/orders/{int}".into(), "shop".into());
        (it.subject, it.subject_kind) = (SubjectId(caller), SubjectKind::ApiKey);
        it.status = 200;
        if let Some(code) = code {
            (it.status, it.outcome) = (400, Outcome::Refused);
            it.hits = vec![Hit { code, effect: Effect::Refused, margin: 0 }];
        }
        it
    }

    fn contracts(says: Says, held: Held) -> Contracts {
        let which = Which {
            service: "shop".to_owned(),
            method: Method::Post,
            path: "/orders/{orderId}".to_owned(),
            clause: says.clause(),
        };
        let decided = Decided {
            which,
            held,
            says,
            known: Vec::new(),
            handing: Vec::new(),
            showing: Vec::new(),
            claims: Vec::new(),
            others: Others::default(),
            refused: 0,
            is_imported: false,
            by: None,
            at_us: DECIDED_US,
            reason: String::new(),
        };
        Contracts { revision: 1, decided: vec![decided], history: Vec::new(), releases: Vec::new() }
    }

    fn habit() -> Contracts {
        contracts(Says::OnlyKnown, Held::As(Force::Enforced))
    }

    const BROKEN: Option<Code> = Some(Code::ShapeUndeclaredField);

    /// Callers 0 to 4 were there the day before; of these exchanges so many suspend something.
    fn suspended(contracts: &Contracts, released_us: Option<u64>, all: &[Observation]) -> usize {
        let mut contracts = contracts.clone();
        if let Some(at_us) = released_us {
            let why = Because { by: None, at_us, reason: String::new() };
            contracts.release(Released::new("shop", "2").unwrap(), &why, Tempo::Usual);
        }
        let contracts = &contracts;
        let mut watch = Watch::default();
        (0..5).for_each(|n| watch.remember(&seen(DECIDED_US - DAY_US, n, None)));
        let around = Around { contracts, tempo: Tempo::Usual };
        all.iter().for_each(|it| watch.observe(it, around));
        watch.take_due().len()
    }

    fn at(minute: u64, caller: u128) -> Observation {
        seen(DECIDED_US + minute * MINUTE_US, caller, BROKEN)
    }

    #[test]
    fn three_in_good_standing_suspend_within_ten_minutes() {
        let habit = habit();
        assert_eq!(suspended(&habit, None, &[at(1, 0), at(2, 1)]), 0);
        assert_eq!(suspended(&habit, None, &[at(1, 0), at(2, 1), at(11, 2)]), 1);
        assert_eq!(suspended(&habit, None, &[at(1, 0), at(2, 1), at(12, 2)]), 0);
        // The two of before and one more within ten minutes of both.
        assert_eq!(suspended(&habit, None, &[at(1, 0), at(5, 1), at(12, 2), at(14, 3)]), 1);
    }

    #[test]
    fn a_new_version_of_a_client_suspends_nothing_and_is_held_to_no_habit() {
        let habit = habit();
        let mut watch = Watch::default();
        (0..5).for_each(|n| watch.remember(&seen(DECIDED_US - DAY_US, n, None)));
        let around = Around { contracts: &habit, tempo: Tempo::Usual };
        watch.observe(&seen(DECIDED_US, 9, None), around);
        let day = 24 * 60;
        for n in 0..5 {
            let mut it = at(2 * day + u64::try_from(n).unwrap(), n);
            it.cohort = KeyedHash(2);
            watch.observe(&it, around);
        }
        let new = watch.take_versions();
        assert_eq!(new.len(), 1);
        assert_eq!(new[0].until_us, DECIDED_US + (3 * day + 2) * MINUTE_US);
        assert_eq!(watch.graced(DECIDED_US + 3 * day * MINUTE_US).len(), 1);
        assert!(watch.take_due().is_empty());
    }

    #[test]
    fn one_caller_suspends_nothing_however_often() {
        let mut all: Vec<_> = (0..10_000).map(|_| at(1, 0)).collect();
        assert_eq!(suspended(&habit(), None, &all), 0);
        assert_eq!(suspended(&habit(), Some(DECIDED_US), &all), 0, "not even after a release");
        // Who was refused long ago and is again is not newly refused.
        all.extend([at(30, 1), at(31, 2), at(32, 0)]);
        assert_eq!(suspended(&habit(), None, &all), 0);
    }

    #[test]
    fn invented_callers_suspend_nothing() {
        let fresh = |n: u128| seen(DECIDED_US + MINUTE_US, 100 + n, None);
        let refused = |n: u128| at(2, 100 + n);
        let mut all: Vec<_> = (0..3).map(fresh).collect();
        all.extend((0..3).map(refused));
        assert_eq!(suspended(&habit(), None, &all), 0, "with a success a minute ago");
        let never: Vec<_> = (0..50).map(|n| at(2, 200 + n)).collect();
        assert_eq!(suspended(&habit(), None, &never), 0, "without any");
        let week = DECIDED_US + MINUTE_US + Tempo::Usual.standing_us();
        let later = |late: u64| -> Vec<_> {
            let refused = (0..3).map(|n| seen(week + late, 100 + n, BROKEN));
            (0..3).map(fresh).chain(refused).collect()
        };
        assert_eq!(suspended(&habit(), None, &later(0)), 1, "a week later they are known");
        assert_eq!(suspended(&habit(), None, &later(0)[..5]), 0);
    }

    #[test]
    fn attackers_suspend_nothing() {
        let with_attack = |n| {
            let mut it = at(1, n);
            let code = Code::ContentSqlInjection;
            it.hits.push(Hit { code, effect: Effect::WouldRefuse, margin: 9 });
            it
        };
        let all: Vec<_> = (0..3).map(with_attack).chain((0..3).map(|n| at(2, n))).collect();
        assert_eq!(suspended(&habit(), None, &all), 0);
    }

    #[test]
    fn after_a_release_ten_minutes_do_not_matter() {
        let released = Some(DECIDED_US + MINUTE_US);
        let slow = [at(1, 0), at(40, 1), at(100, 2)];
        assert_eq!(suspended(&habit(), None, &slow), 0);
        assert_eq!(suspended(&habit(), released, &slow), 1);
        let before = [at(0, 0), at(40, 1), at(100, 2)];
        assert_eq!(suspended(&habit(), released, &before), 0, "what was before it says nothing");
    }

    #[test]
    fn harm_is_never_suspended_and_what_refuses_nobody_needs_it_not() {
        let all: Vec<_> = (0..5)
            .map(|n| seen(DECIDED_US + MINUTE_US, n, Some(Code::ShapeReadOnlyField)))
            .collect();
        let harm = contracts(Says::ReadOnly(Vec::new()), Held::As(Force::Enforced));
        assert_eq!(suspended(&harm, Some(DECIDED_US), &all), 0);
        let all: Vec<_> = (0..5).map(|n| at(1, n)).collect();
        for (held, expected) in [
            (Held::Off, 0),
            (Held::Suspended, 0),
            (Held::As(Force::Observed), 0),
            (Held::As(Force::Canary), 1),
        ] {
            assert_eq!(suspended(&contracts(Says::OnlyKnown, held), None, &all), expected);
        }
    }

    /// An answer in which something was masked here.
    fn masked(minute: u64, caller: u128, code: Code, field: &str) -> Observation {
        let mut it = seen(DECIDED_US + minute * MINUTE_US, caller, None);
        it.hits = vec![Hit { code, effect: Effect::Scrubbed, margin: 0 }];
        let sighting = Sighting { code, score: 1_000, fingerprint: Fingerprint::default() };
        let (place, value) = (Place::body(field), KeyedHash(0));
        it.findings = vec![Finding { sighting, place, bytes: 0, value }];
        it
    }

    #[test]
    fn what_a_release_shows_to_everybody_suspends_habit_and_no_harm() {
        let fields = vec![Masked {
            place: Place::body("$.iban"),
            class: Class::BuiltIn(DataClass::Iban),
            mask: Mask::Partial,
            unless_own: None,
        }];
        let masking = Masking { fields, beyond: Some(Beyond::default()) };
        let data = contracts(Says::Masked(masking.clone()), Held::As(Force::Enforced));
        let all = |code, field| (0..5).map(|n| masked(1, n, code, field)).collect::<Vec<_>>();
        let mail = all(Code::DisclosureData, "$.mail");
        assert_eq!(suspended(&data, None, &mail[..2]), 0);
        assert_eq!(suspended(&data, None, &mail[..3]), 1);
        assert_eq!(suspended(&data, Some(DECIDED_US), &mail[..3]), 1);
        let known = all(Code::DisclosureData, "$.iban");
        assert_eq!(suspended(&data, None, &known), 0, "that is what it is for");
        let secret = contracts(Says::Secret(masking), Held::As(Force::Enforced));
        let password = all(Code::DisclosureSecret, "$.password");
        assert_eq!(suspended(&secret, Some(DECIDED_US), &password), 0);
    }

    #[test]
    fn the_endpoint_that_is_written_out_is_the_one() {
        let mut both = habit();
        let mut literal = both.decided[0].clone();
        literal.which.path = "/orders/latest".to_owned();
        both.decided.push(literal);
        let mut watch = Watch::default();
        (0..3).for_each(|n| watch.remember(&seen(1, n, None)));
        let around = Around { contracts: &both, tempo: Tempo::Usual };
        for n in 0..3 {
            watch.observe(&Observation { template: "/orders/latest".into(), ..at(1, n) }, around);
        }
        let due = watch.take_due();
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].which.path, "/orders/latest");
        assert_eq!(
            due[0].reason(),
            "3 callers in good standing were refused for the first time within ten minutes"
        );
        assert!(watch.take_due().is_empty());
    }

    #[test]
    fn what_is_suspended_can_be_applied_again() {
        let mut all = habit();
        let id = all.decided[0].which.id();
        let why = |at_us| Because { by: None, at_us, reason: "x".to_owned() };
        all.decide(&id, super::super::Decision::Hold(Held::Suspended), &[], &why(1)).unwrap();
        assert_eq!((all.decided[0].held, all.history[0].force), (Held::Suspended, "suspended"));
        assert_eq!(all.decided[0].held.force(), Some(Force::Observed));
        let again = super::super::Decision::Hold(Held::As(Force::Enforced));
        all.decide(&id, again, &[], &why(2)).unwrap();
        assert_eq!(all.decided[0].held, Held::As(Force::Enforced));
    }
}
