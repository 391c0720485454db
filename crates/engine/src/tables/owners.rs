//! Who callers are to the API: the owner that it shows each as their own; and whose objects are.
//!
//! Reads    answers to calls that ask for nobody in particular: `GET /me`, `GET /orders`. What stands there the API chose by
//!          who called, and no caller can choose it. Claims of tokens that the API accepted. Objects that answers show
//!          with their owner.
//! Memory   at most [`CALLERS_MAX`] callers with [`OWN_MAX`] owners each, [`OWNERS_MAX`] owners and [`OBJECTS_MAX`] objects:
//!          some 40 MiB.
//! Misses   callers whom the API never showed their own: nothing is refused to them.
//!
//! Who came first is forgotten first. Whoever is forgotten is unknown, and unknown callers are refused nothing: a flood of
//! callers opens, and hurts nobody.

use super::shard::{Shard, lock};
use bartizan_model::id::SubjectId;
use bartizan_model::terms::Resource;
use std::sync::Mutex;

/// Callers that are known, each in one kind of owners.
pub const CALLERS_MAX: usize = SHARDS * CALLERS_IN_SHARD;
/// Owners that are known.
pub const OWNERS_MAX: usize = SHARDS * OWNERS_IN_SHARD;
/// Objects whose owner is known.
pub const OBJECTS_MAX: usize = SHARDS * OBJECTS_IN_SHARD;
/// Owners that one caller may be; who is shown more sees to others.
pub const OWN_MAX: usize = 4;

const SHARDS: usize = 64;
const CALLERS_IN_SHARD: usize = 2_048;
const OWNERS_IN_SHARD: usize = 4_096;
const OBJECTS_IN_SHARD: usize = 8_192;

/// How a caller stands to an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// The API showed it as the caller's own.
    Own,
    /// The API shows it to another caller as their own, and shows this one another.
    Foreign,
    /// That cannot be told.
    Unknown,
}

/// What is known.
#[derive(Debug)]
pub struct Owners {
    callers: Vec<Mutex<Shard<(u128, u64), Own>>>,
    owners: Vec<Mutex<Shard<u64, u128>>>,
    objects: Vec<Mutex<Shard<u64, u64>>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Own {
    owners: [u64; OWN_MAX],
    count: usize,
    /// It was shown several at once, or one after the other: it sees to others.
    crosses: bool,
}

impl Own {
    fn has(&self, owner: u64) -> bool {
        self.owners.iter().take(self.count).any(|it| *it == owner)
    }

    fn add(&mut self, owner: u64) {
        if self.has(owner) {
            return;
        }
        match self.owners.get_mut(self.count) {
            Some(free) => {
                *free = owner;
                self.count += 1;
            }
            None => self.crosses = true,
        }
    }
}

impl Default for Owners {
    fn default() -> Self {
        Self {
            callers: (0..SHARDS).map(|_| Mutex::default()).collect(),
            owners: (0..SHARDS).map(|_| Mutex::default()).collect(),
            objects: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }
}

impl Owners {
    /// Notes what an answer shows a caller who asked for nobody in particular: different owners, as references.
    pub fn show(&self, caller: SubjectId, of: Resource, owners: &[u64]) {
        if let Some(shard) = self.callers.get(shard_of(caller)) {
            let mut shard = lock(shard);
            let key = (caller.0, of.0);
            let Some(own) = shard.at(&key, CALLERS_IN_SHARD, Own::default) else { return };
            match owners {
                [] => {}
                [owner] => own.add(*owner),
                _ => own.crosses = true,
            }
            if own.crosses {
                return;
            }
        }
        for owner in owners {
            let Some(shard) = self.owners.get(shard(*owner)) else { continue };
            lock(shard).at(owner, OWNERS_IN_SHARD, || caller.0);
        }
    }

    /// Notes whose an object is, both as references. The last word counts.
    pub fn belong(&self, object: u64, owner: u64) {
        let Some(shard) = self.objects.get(shard(object)) else { return };
        if let Some(known) = lock(shard).at(&object, OBJECTS_IN_SHARD, || owner) {
            *known = owner;
        }
    }

    /// Whose an object is, if that is known.
    pub fn owner_of(&self, object: u64) -> Option<u64> {
        self.objects.get(shard(object)).and_then(|it| lock(it).known.get(&object).copied())
    }

    /// How a caller whose token names these owners stands to one: as [`Self::belongs`], but that what the token says
    /// goes before what was shown.
    pub fn belongs_by(
        &self,
        caller: SubjectId,
        of: Resource,
        owner: u64,
        claimed: &[u64],
    ) -> Belongs {
        if claimed.is_empty() {
            return self.belongs(caller, of, owner);
        }
        if claimed.contains(&owner) {
            return Belongs::Own;
        }
        match self.sees_to_others(caller, of) || !self.is_anothers(caller, owner) {
            true => Belongs::Unknown,
            false => Belongs::Foreign,
        }
    }

    /// Whether nothing is known of who a caller is, or that it sees to others.
    pub fn is_unknown(&self, caller: SubjectId, of: Resource) -> bool {
        self.own(caller, of).is_none_or(|it| it.crosses || it.count == 0)
    }

    fn sees_to_others(&self, caller: SubjectId, of: Resource) -> bool {
        self.own(caller, of).is_some_and(|it| it.crosses)
    }

    fn own(&self, caller: SubjectId, of: Resource) -> Option<Own> {
        let shard = self.callers.get(shard_of(caller))?;
        lock(shard).known.get(&(caller.0, of.0)).copied()
    }

    /// Whether another caller is known to be this owner.
    fn is_anothers(&self, caller: SubjectId, owner: u64) -> bool {
        let first =
            self.owners.get(shard(owner)).and_then(|it| lock(it).known.get(&owner).copied());
        first.is_some_and(|it| it != caller.0)
    }

    /// How a caller stands to an owner.
    pub fn belongs(&self, caller: SubjectId, of: Resource, owner: u64) -> Belongs {
        match self.own(caller, of) {
            None => Belongs::Unknown,
            Some(own) if own.has(owner) => Belongs::Own,
            Some(own) if own.crosses || own.count == 0 => Belongs::Unknown,
            // Where nobody else is known to be it, it may be the caller's as well.
            Some(_) if self.is_anothers(caller, owner) => Belongs::Foreign,
            Some(_) => Belongs::Unknown,
        }
    }

    /// Callers and owners that are known.
    pub fn sizes(&self) -> (usize, usize) {
        let callers = self.callers.iter().map(|it| lock(it).known.len()).sum();
        (callers, self.owners.iter().map(|it| lock(it).known.len()).sum())
    }
}

fn shard_of(caller: SubjectId) -> usize {
    let [first, ..] = caller.0.to_le_bytes();
    usize::from(first) % SHARDS
}

fn shard(owner: u64) -> usize {
    let [first, ..] = owner.to_le_bytes();
    usize::from(first) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: SubjectId = SubjectId(1);
    const MALLORY: SubjectId = SubjectId(2);
    const STAFF: SubjectId = SubjectId(3);
    const CUSTOMER: Resource = Resource(7);

    fn known() -> Owners {
        let it = Owners::default();
        it.show(ALICE, CUSTOMER, &[17]);
        it.show(MALLORY, CUSTOMER, &[99]);
        it.show(STAFF, CUSTOMER, &[17, 99]);
        it
    }

    #[test]
    fn what_another_is_shown_as_their_own_is_foreign() {
        let it = known();
        assert_eq!(it.belongs(ALICE, CUSTOMER, 17), Belongs::Own);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 17), Belongs::Foreign);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 18), Belongs::Unknown, "nobody is shown it");
        assert_eq!(it.belongs(MALLORY, Resource(8), 17), Belongs::Unknown);
    }

    #[test]
    fn who_was_never_shown_their_own_is_refused_nothing() {
        assert_eq!(known().belongs(SubjectId(4), CUSTOMER, 17), Belongs::Unknown);
    }

    #[test]
    fn staff_see_to_others() {
        let it = known();
        assert_eq!(it.belongs(STAFF, CUSTOMER, 17), Belongs::Unknown);
        (0..=OWN_MAX as u64).for_each(|n| it.show(SubjectId(5), CUSTOMER, &[1_000 + n]));
        assert_eq!(it.belongs(SubjectId(5), CUSTOMER, 17), Belongs::Unknown);
        // What they see makes it nobody's.
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 17), Belongs::Foreign);
    }

    #[test]
    fn who_has_two_is_shown_both() {
        let it = known();
        it.show(MALLORY, CUSTOMER, &[98]);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 98), Belongs::Own);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 99), Belongs::Own);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 17), Belongs::Foreign);
        // An identifier that is used again, or one that two share, is both's.
        it.show(MALLORY, CUSTOMER, &[17]);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 17), Belongs::Own);
        assert_eq!(it.belongs(ALICE, CUSTOMER, 17), Belongs::Own);
    }

    #[test]
    fn what_a_token_says_goes_before_what_was_shown() {
        let it = known();
        let by = |caller, claimed: &[u64]| it.belongs_by(caller, CUSTOMER, 17, claimed);
        assert_eq!(by(SubjectId(9), &[17]), Belongs::Own);
        assert_eq!(by(SubjectId(9), &[18]), Belongs::Foreign, "never shown anything");
        assert_eq!(by(SubjectId(9), &[]), Belongs::Unknown);
        assert_eq!(by(STAFF, &[18]), Belongs::Unknown);
        assert_eq!(it.belongs_by(ALICE, CUSTOMER, 18, &[17]), Belongs::Unknown, "nobody's");
    }

    #[test]
    fn an_object_is_whose_it_was_last() {
        let it = Owners::default();
        assert_eq!(it.owner_of(5), None);
        it.belong(5, 17);
        it.belong(5, 99);
        assert_eq!(it.owner_of(5), Some(99));
        (0..2 * OBJECTS_IN_SHARD as u64).for_each(|n| it.belong(n * 64 + 5, 1));
        assert!(it.objects.iter().all(|it| lock(it).known.len() <= OBJECTS_IN_SHARD));
    }

    #[test]
    fn a_flood_is_bounded_and_refuses_nobody() {
        let it = known();
        for n in 1..=2 * CALLERS_IN_SHARD as u128 {
            let owner = u64::try_from(n).unwrap() * 64 + 1;
            it.show(SubjectId(1 + n * 256), CUSTOMER, &[owner]);
            it.show(SubjectId(2 + n * 256), CUSTOMER, &[owner + 63]);
        }
        assert!(
            it.sizes().0 <= CALLERS_MAX
                && it.callers.iter().all(|it| lock(it).known.len() <= CALLERS_IN_SHARD)
        );
        assert_eq!(it.belongs(ALICE, CUSTOMER, 17), Belongs::Unknown);
        assert_eq!(it.belongs(MALLORY, CUSTOMER, 17), Belongs::Unknown);
    }
}
