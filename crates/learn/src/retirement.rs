//! The plan of retirement: who still calls what is to go.
//!
//! Reads    observations, in any order; what is marked.
//! Writes   of each mark how often it was called since, in the last days, by whom, and when last.
//! Memory   of each mark at most five kinds of callers of 72 bytes, and [`DAYS`] counts of days.
//! Misses   calls of before the mark's day; how many callers there are is told with a standard error of 13 %. Calls
//!          that were refused here count: somebody still wants it.

use crate::inventory::distinct::Distinct;
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::retirement::Retirement;
use std::collections::BTreeMap;

/// Days that are counted each for itself.
pub const DAYS: usize = 7;

const DAY_US: u64 = 86_400_000_000;

/// What is marked, and who calls it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    marked: Vec<Marked>,
}

/// One mark, and who calls what it is for.
#[derive(Clone, Debug)]
pub struct Marked {
    /// The mark.
    pub retirement: Retirement,
    /// Calls since the day it was marked.
    pub calls: u64,
    /// Of these, those after the last day.
    pub late_calls: u64,
    /// Callers since the day it was marked, by what they are known by.
    pub callers: BTreeMap<SubjectKind, Callers>,
    /// When it was called last, marked or not, in microseconds since 1970; 0 if it never was.
    pub last_us: u64,
    /// Calls of the latest days, each with the day, in days since 1970.
    days: [(u64, u64); DAYS],
}

/// Callers of one kind.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    /// Their calls.
    pub calls: u64,
    /// Who they are.
    pub subjects: Distinct,
}

impl Plan {
    /// Nobody was seen yet.
    pub fn new(marked: impl IntoIterator<Item = Retirement>) -> Self {
        Self { marked: marked.into_iter().map(Marked::new).collect() }
    }

    /// Adds an exchange to the first mark that it fits.
    pub fn observe(&mut self, it: &Observation) {
        let fits = |one: &&mut Marked| {
            *one.retirement.api == *it.route && one.retirement.fits(it.method, &it.template)
        };
        if let Some(marked) = self.marked.iter_mut().find(fits) {
            marked.add(it);
        }
    }

    /// All of them, in the order in which they were marked.
    pub fn marked(&self) -> &[Marked] {
        &self.marked
    }
}

impl Marked {
    fn new(retirement: Retirement) -> Self {
        Self {
            retirement,
            calls: 0,
            late_calls: 0,
            callers: BTreeMap::new(),
            last_us: 0,
            days: [(0, 0); DAYS],
        }
    }

    fn add(&mut self, it: &Observation) {
        let at_us = it.started.wall_us;
        self.last_us = self.last_us.max(at_us);
        self.count(at_us / DAY_US);
        if at_us / 1_000_000 < self.retirement.deprecated_s {
            return;
        }
        self.calls += 1;
        self.late_calls += u64::from(self.is_late(at_us));
        let callers = self.callers.entry(it.subject_kind).or_default();
        callers.calls += 1;
        let subject = it.subject.0;
        let folded = subject >> 64 ^ subject & u128::from(u64::MAX);
        callers.subjects.add(u64::try_from(folded).unwrap_or(0));
    }

    /// Counts a call of a day: each has its place, which a later one takes over.
    fn count(&mut self, day: u64) {
        let at = usize::try_from(day % DAYS as u64).unwrap_or(0);
        let Some(kept) = self.days.get_mut(at) else { return };
        if kept.0 < day {
            *kept = (day, 0);
        }
        kept.1 += u64::from(kept.0 == day);
    }

    /// Whether a moment lies after the last day.
    fn is_late(&self, at_us: u64) -> bool {
        self.retirement.sunset_s.is_some_and(|it| at_us / 1_000_000 > it)
    }

    /// Calls of today and the six days before.
    pub fn recent(&self, now_us: u64) -> u64 {
        let today = now_us / DAY_US;
        let recent = self.days.iter().filter(|it| it.0 + DAYS as u64 > today);
        recent.map(|it| it.1).sum()
    }

    /// Whole days until it goes; none once it should be gone.
    pub fn days_left(&self, now_us: u64) -> Option<u64> {
        let sunset_s = self.retirement.sunset_s?;
        Some(sunset_s.saturating_add(1).saturating_sub(now_us / 1_000_000) / 86_400)
    }

    /// How far it is.
    pub fn state(&self, now_us: u64) -> State {
        let is_called = self.recent(now_us) > 0;
        let deprecated_us = self.retirement.deprecated_s.saturating_mul(1_000_000);
        match (self.is_late(now_us), is_called) {
            (true, _) if self.late_calls > 0 => State::Overdue,
            (true, _) => State::Gone,
            (false, true) => State::Called,
            (false, false) if now_us < deprecated_us.saturating_add(DAYS as u64 * DAY_US) => {
                State::Waiting
            }
            (false, false) => State::Ready,
        }
    }
}

/// How far the retirement of an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody called for days, and it is not deprecated for so long yet.
    Waiting,
    /// Somebody still calls.
    Called,
    /// Nobody called for a week: it can go.
    Ready,
    /// Its last day is over, and nobody called since.
    Gone,
    /// Its last day is over, and somebody called since.
    Overdue,
}

impl State {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Ready => "ready",
            Self::Gone => "gone",
            Self::Overdue => "overdue",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::seen::get;
    use bartizan_model::retirement::Template;

    const DAY_S: u64 = 86_400;
    /// Deprecated since the hundredth day, gone after the hundred-and-tenth.
    const MARK: (u64, u64) = (100, 110);

    fn plan() -> Plan {
        Plan::new([Retirement {
            api: "shop".into(),
            method: None,
            path: Template::new("/v1/orders/{id}"),
            deprecated_s: MARK.0 * DAY_S,
            sunset_s: Some((MARK.1 + 1) * DAY_S - 1),
            link: None,
        }])
    }

    fn called(plan: &mut Plan, path: &str, day: u64, subject: u128) {
        let mut it = get(path, 200, &[]);
        it.started.wall_us = day * DAY_US;
        it.subject.0 = subject;
        plan.observe(&it);
    }

    #[track_caller]
    fn check(days: &[u64], now: u64, expected: (u64, u64, u64, State)) {
        let mut plan = plan();
        days.iter().for_each(|day| called(&mut plan, "/v1/orders/7", *day, 7));
        let it = &plan.marked()[0];
        let now_us = now * DAY_US + 5;
        let found = (it.calls, it.recent(now_us), it.late_calls, it.state(now_us));
        assert_eq!(found, expected);
    }

    #[test]
    fn calls_are_counted_since_the_mark_and_of_a_week() {
        check(&[99, 100, 101], 101, (2, 3, 0, State::Called));
        check(&[94, 95], 101, (0, 1, 0, State::Called));
        check(&[100, 107], 107, (2, 1, 0, State::Called));
        // Replayed history comes in any order.
        check(&[107, 100, 106], 107, (3, 2, 0, State::Called));
    }

    #[test]
    fn what_nobody_calls_is_ready_to_go() {
        check(&[], 106, (0, 0, 0, State::Waiting));
        check(&[], 107, (0, 0, 0, State::Ready));
        check(&[100], 106, (1, 1, 0, State::Called));
        check(&[100], 107, (1, 0, 0, State::Ready));
    }

    #[test]
    fn after_the_last_day_a_call_is_one_too_many() {
        check(&[110], 110, (1, 1, 0, State::Called));
        check(&[110], 111, (1, 1, 0, State::Gone));
        check(&[110, 111], 111, (2, 2, 1, State::Overdue));
        let plan = plan();
        let left = |now: u64| plan.marked()[0].days_left(now * DAY_US);
        assert_eq!(
            (left(100), left(110), left(111), left(500)),
            (Some(11), Some(1), Some(0), Some(0))
        );
    }

    #[test]
    fn callers_are_told_by_kind_and_other_endpoints_are_not_counted() {
        let mut plan = plan();
        for n in 0..20 {
            called(&mut plan, "/v1/orders/7", 100, n % 4 * 0x9E37_79B9_7F4A_7C15);
            called(&mut plan, "/v1/orders", 100, n);
        }
        let mut other = get("/v1/orders/7", 200, &[]);
        other.route = "elsewhere".into();
        other.started.wall_us = 100 * DAY_US;
        plan.observe(&other);
        let it = &plan.marked()[0];
        assert_eq!(it.calls, 20);
        let callers = &it.callers[&SubjectKind::AddressAgent];
        assert_eq!((callers.calls, callers.subjects.count()), (20, 4));
    }
}
