//! What callers are, as their tokens say: roles, groups, scopes and plans, and which of them call which endpoint.
//!
//! Reads    claims in the facts of successful exchanges, by their keyed hashes only.
//! Memory   of a service at most [`CLAIMS_MAX`] claims of [`VALUES_MAX`] values, each with [`SAMPLE_MAX`] callers: 9 KiB; of an
//!          endpoint 16 bytes for each value that its callers have.
//! Misses   claims of other names (`model::claim`); claims of more values, which tell single callers apart; sessions and keys that
//!          say nothing; tokens are not verified, so that a forged claim counts where the API takes it.
//!
//! A value counts once three callers had it, so that nobody makes up values, and each caller counts once however often
//! it calls. Of many callers those are kept whose hashes are least, which are as good as any.

use super::owners::CLAIM;
use super::subjects::Some64;
use bartizan_model::claim::says_kind;
use bartizan_model::fact::Facts;
use bartizan_model::id::SubjectId;
use bartizan_model::place::Place;
use bartizan_model::terms::{low, short};

/// How the place of a claim ends that may have several values.
pub const LISTED_CLAIM: &str = "[*]";
/// Claims of one service that are told apart.
pub const CLAIMS_MAX: usize = 4;
/// Values of one claim; one that has more is none of these.
pub const VALUES_MAX: usize = 16;
/// Callers of one claim that are kept apart.
pub const SAMPLE_MAX: usize = 256;
/// Values that wait until several callers had them.
const WAITING_MAX: usize = 16;
/// Of these, those of one caller alone.
const LONE_MAX: usize = 8;
/// Callers from which on a value counts.
const SEVERAL: u32 = 3;

/// What the callers of one service are.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    claims: Vec<Claim>,
}

/// One claim, and who has which of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// As `role` or `realm_access.roles`.
    pub name: Box<str>,
    /// The low halves of their hashes.
    values: Vec<u32>,
    waiting: Vec<(u32, Some64)>,
    /// It has too many values.
    is_none: bool,
    /// Which of the values each caller has, by 32 bits of it.
    sample: Vec<(u32, u16)>,
}

/// Which kinds of callers an endpoint has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callers(Box<[Kind]>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    claim: u8,
    value: u8,
    by: Some64,
}

impl Roles {
    /// Adds a successful exchange, and notes at its endpoint of which kinds the caller is.
    pub(super) fn observe(&mut self, subject: SubjectId, facts: &Facts, callers: &mut Callers) {
        for (field, place) in (0_u16..).zip(&facts.shape.places) {
            let Place::Header(header) = place else { continue };
            let Some(name) = header.strip_prefix(CLAIM) else { continue };
            let name = name.strip_suffix(LISTED_CLAIM).unwrap_or(name);
            let Some(at) = self.claim(name) else { continue };
            let Some(claim) = self.claims.get_mut(at) else { continue };
            let first = facts.facts.iter().filter(|it| it.field == field).map(|it| it.value);
            let more = facts.listed.iter().filter(|it| it.field == field).map(|it| it.value);
            let values: Vec<u32> = first.chain(more).map(|it| low(it.0)).collect();
            let mask = claim.add(subject, &values);
            callers.add(at, mask, Some64::of(subject));
        }
    }

    /// Where a claim is that says what somebody is. One that hardly anybody has makes room.
    fn claim(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.claims.iter().position(|it| *it.name == *name) {
            return Some(at);
        }
        if !says_kind(name) {
            return None;
        }
        if self.claims.len() < CLAIMS_MAX {
            self.claims.push(Claim::new(name));
            return Some(self.claims.len() - 1);
        }
        // No endpoint knows any of its values.
        let is_unknown = |it: &(usize, &Claim)| it.1.values.is_empty() && !it.1.is_none;
        let all = self.claims.iter().enumerate().filter(is_unknown);
        let (at, _) = all.min_by_key(|it| it.1.waiting_for())?;
        *self.claims.get_mut(at)? = Claim::new(name);
        Some(at)
    }

    /// The claims with their numbers, but for those of too many values.
    pub fn claims(&self) -> impl Iterator<Item = (u8, &Claim)> {
        (0_u8..).zip(&self.claims).filter(|it| !it.1.is_none)
    }
}

impl Claim {
    fn new(name: &str) -> Self {
        let (values, waiting, sample) = (Vec::new(), Vec::new(), Vec::new());
        Self { name: name.into(), values, waiting, is_none: false, sample }
    }

    /// Notes what a caller has; which of the values that count it is, a bit for each.
    fn add(&mut self, subject: SubjectId, values: &[u32]) -> u16 {
        let mut mask = 0;
        for value in values {
            if let Some(at) = self.position(*value, Some64::of(subject)) {
                mask |= 1 << at;
            }
        }
        if self.is_none {
            return 0;
        }
        if mask != 0 {
            self.sample(short(subject), mask);
        }
        mask
    }

    /// The number of a value that counts.
    fn position(&mut self, value: u32, by: Some64) -> Option<usize> {
        if let Some(at) = self.values.iter().position(|it| *it == value) {
            return Some(at);
        }
        let Some(at) = self.waiting.iter().position(|it| it.0 == value) else {
            self.wait(value, by);
            return None;
        };
        let (_, seen) = self.waiting.get_mut(at)?;
        *seen = seen.and(by);
        if seen.at_least() < SEVERAL || self.is_none {
            return None;
        }
        self.waiting.remove(at);
        if self.values.len() >= VALUES_MAX {
            // It says who somebody is, or where they belong.
            self.is_none = true;
            (self.values, self.waiting, self.sample) = (Vec::new(), Vec::new(), Vec::new());
            return None;
        }
        self.values.push(value);
        Some(self.values.len() - 1)
    }

    /// Nobody has more values wait than there is room for others beside.
    fn wait(&mut self, value: u32, by: Some64) {
        if self.is_none {
            return;
        }
        let own = self.waiting.iter().filter(|it| it.1 == by).count();
        let is_full = self.waiting.len() >= WAITING_MAX;
        let oldest = match own >= LONE_MAX {
            true => self.waiting.iter().position(|it| it.1 == by),
            false if is_full => self.waiting.iter().position(|it| it.1.at_least() == 1).or(Some(0)),
            false => None,
        };
        if let Some(at) = oldest {
            self.waiting.remove(at);
        }
        self.waiting.push((value, by));
    }

    /// About how many callers have values that wait.
    fn waiting_for(&self) -> u32 {
        self.waiting.iter().fold(Some64::default(), |all, it| all.and(it.1)).at_least()
    }

    fn sample(&mut self, subject: u32, mask: u16) {
        match self.sample.binary_search_by_key(&subject, |it| it.0) {
            Ok(at) => self.sample.get_mut(at).into_iter().for_each(|it| it.1 |= mask),
            Err(at) if at >= SAMPLE_MAX => {}
            Err(at) => {
                self.sample.truncate(SAMPLE_MAX - 1);
                self.sample.insert(at, (subject, mask));
            }
        }
    }

    /// Its values with their numbers.
    pub fn values(&self) -> impl Iterator<Item = (u8, u32)> {
        (0_u8..).zip(self.values.iter().copied())
    }

    /// Callers that are kept apart.
    pub fn callers(&self) -> usize {
        self.sample.len()
    }

    /// Of these, those that have one of some values and none of others, by their numbers.
    pub fn with(&self, wanted: &[u8], others: &[u8]) -> usize {
        let bit = |it: &u8| 1_u16.checked_shl(u32::from(*it)).unwrap_or(0);
        let mask = |all: &[u8]| all.iter().fold(0, |mask, it| mask | bit(it));
        let (wanted, others) = (mask(wanted), mask(others));
        self.sample.iter().filter(|it| it.1 & wanted != 0 && it.1 & others == 0).count()
    }
}

impl Callers {
    fn add(&mut self, claim: usize, mask: u16, who: Some64) {
        let Ok(claim) = u8::try_from(claim) else { return };
        for value in (0..16_u8).filter(|it| mask & 1 << it != 0) {
            self.note(Kind { claim, value, by: who });
        }
    }

    fn note(&mut self, kind: Kind) {
        let is_it = |it: &&mut Kind| (it.claim, it.value) == (kind.claim, kind.value);
        if let Some(it) = self.0.iter_mut().find(is_it) {
            it.by = it.by.and(kind.by);
            return;
        }
        // New ones are rare, and there are many endpoints.
        let mut all = std::mem::take(&mut self.0).into_vec();
        all.reserve_exact(1);
        all.push(kind);
        self.0 = all.into_boxed_slice();
    }

    /// Adds those of an endpoint of the same service.
    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|it| self.note(it));
    }

    /// The values of a claim that callers have, each with who they are.
    pub fn of(&self, claim: u8) -> impl Iterator<Item = (u8, Some64)> {
        self.0.iter().filter(move |it| it.claim == claim).map(|it| (it.value, it.by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(n: u128) -> SubjectId {
        SubjectId((n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
    }

    fn counting(claim: &Claim) -> Vec<u32> {
        claim.values().map(|it| it.1).collect()
    }

    #[test]
    fn a_value_counts_once_three_callers_had_it() {
        let mut it = Claim::new("role");
        (0..100).for_each(|_| assert_eq!(it.add(who(1), &[7]), 0));
        assert_eq!((it.add(who(2), &[7]), it.callers()), (0, 0));
        assert_eq!((it.add(who(3), &[7]), it.add(who(1), &[7, 8])), (1, 1));
        assert_eq!((counting(&it), it.callers()), (vec![7], 2));
    }

    #[test]
    fn one_caller_with_invented_values_neither_fills_nor_empties_anything() {
        let mut it = Claim::new("role");
        for n in 0..10_000 {
            it.add(who(1), &[n + 100]);
            if n % 100 == 0 {
                it.add(who(2 + u128::from(n / 100)), &[7]);
            }
        }
        assert_eq!(counting(&it), [7]);
        assert!(it.waiting.len() <= LONE_MAX && !it.is_none);
    }

    #[test]
    fn one_caller_with_invented_claims_drives_out_none() {
        let mut roles = Roles::default();
        for n in 0..100 {
            roles.claim(&format!("x{n}.role"));
            let at = roles.claim("role").unwrap_or_else(|| unreachable!());
            roles.claims.get_mut(at).into_iter().for_each(|it| {
                it.add(who(n), &[7]);
            });
        }
        let found = roles.claims().find(|it| *it.1.name == *"role");
        assert_eq!(found.map(|it| counting(it.1)), Some(vec![7]));
        assert_eq!(roles.claims.len(), CLAIMS_MAX);
    }

    #[test]
    fn a_claim_of_many_values_is_no_role() {
        let mut it = Claim::new("group");
        let limit = u32::try_from(VALUES_MAX).unwrap_or(0);
        for value in 0..limit {
            (0..3).for_each(|n| {
                it.add(who(n), &[value]);
            });
        }
        assert_eq!((it.values.len(), it.is_none), (VALUES_MAX, false));
        (0..3).for_each(|n| {
            it.add(who(n), &[limit]);
        });
        assert_eq!((it.is_none, it.callers(), it.add(who(5), &[1])), (true, 0, 0));
    }

    #[test]
    fn of_many_callers_some_are_kept_whoever_came_first() {
        let mut it = Claim::new("role");
        (0..3).for_each(|n| {
            it.add(who(n), &[1, 2]);
        });
        for n in 0..10_000 {
            it.add(who(n), if n % 10 == 0 { &[1] } else { &[2] });
        }
        assert_eq!(it.callers(), SAMPLE_MAX);
        assert!((10..45).contains(&it.with(&[0], &[1])), "{}", it.with(&[0], &[1]));
        assert_eq!(it.with(&[0], &[0]), 0);
    }
}
