//! Which tenants callers belong to, where the profile of an API says what names the tenant of a call.
//!
//! Reads    calls that the API answered with success, and credentials that it issued: by whom, for which tenant, with which claims.
//! Writes   how a caller stands to a tenant.
//! Memory   at most [`CALLERS_MAX`] callers and [`VALUES_MAX`] values of claims, of [`HOMES_MAX`] tenants each, and
//!          [`WITNESSES_MAX`] tenants: some 25 MiB.
//! Misses   callers of whom nothing is known; those who were seen at several tenants; all of them, where more than one caller in
//!          a hundred goes to several. They are refused nothing.
//!
//! A caller belongs where a claim of its token says, if all who have that claim belong there; else where it was first answered,
//! or was logged in. Another tenant is foreign to it if others belong there.

use super::owners::Belongs;
use super::shard::{Shard, lock};
use bartizan_model::id::SubjectId;
use std::sync::Mutex;

/// Callers whose tenants are known.
pub const CALLERS_MAX: usize = SHARDS * CALLERS_IN_SHARD;
/// Values of claims of which it is known where those who have them belong.
pub const VALUES_MAX: usize = SHARDS * VALUES_IN_SHARD;
/// Tenants of which it is known that somebody belongs there, for each claim that tells.
pub const WITNESSES_MAX: usize = SHARDS * WITNESSES_IN_SHARD;
/// Tenants that one caller, or one value of a claim, is known to go with.
pub const HOMES_MAX: usize = 4;

const SHARDS: usize = 32;
const CALLERS_IN_SHARD: usize = 4_096;
const VALUES_IN_SHARD: usize = 1_024;
const WITNESSES_IN_SHARD: usize = 1_024;
/// Names of claims, and kinds of tenants, of which it is known whether they tell.
const TELLING_MAX: usize = 1_024;

/// Callers who have to agree before anything is told from them.
const AGREE_MIN: u32 = 20;
/// One caller in so many may differ.
const DIFFER_OF: u32 = 100;
/// Callers who have to belong to a tenant for it to be others'.
const OTHERS_MIN: u32 = 3;

/// One call, as keyed hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which tenants they are: those of one route, named in one way.
    pub kind: u64,
    /// The tenant that it is for.
    pub tenant: u64,
    /// The claims of its token.
    pub claims: Vec<Claim>,
}

/// A claim of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name, for this kind of tenants.
    pub name: u64,
    /// Its name and value.
    pub value: u64,
}

/// What is known.
#[derive(Debug)]
pub struct Tenants {
    callers: Vec<Mutex<Shard<(u128, u64), Homes>>>,
    values: Vec<Mutex<Shard<u64, Homes>>>,
    /// How many callers belong to a tenant: by the kind, or by the name of a claim.
    witnesses: Vec<Mutex<Shard<(u64, u64), u32>>>,
    telling: Mutex<Shard<u64, Telling>>,
}

/// The tenants that something goes with, each with the number of callers for whom it does.
#[derive(Clone, Copy, Debug, Default)]
struct Homes {
    all: [(u64, u32); HOMES_MAX],
    count: usize,
}

impl Homes {
    fn has(&self, tenant: u64) -> bool {
        self.all.iter().take(self.count).any(|it| it.0 == tenant)
    }

    /// Whether it is a new one. Beyond the bound, none is added.
    fn add(&mut self, tenant: u64) -> bool {
        if let Some(known) = self.all.iter_mut().take(self.count).find(|it| it.0 == tenant) {
            known.1 = known.1.saturating_add(1);
            return false;
        }
        if let Some(free) = self.all.get_mut(self.count) {
            *free = (tenant, 1);
            self.count += 1;
        }
        true
    }

    /// The one that most callers have, and how many.
    fn main(&self) -> Option<(u64, u32)> {
        self.all.iter().take(self.count).copied().max_by_key(|it| it.1)
    }
}

/// Whether callers belong to one tenant each, as far as something tells: a claim, or who they are.
#[derive(Clone, Copy, Debug, Default)]
struct Telling {
    agree: u32,
    differ: u32,
}

impl Telling {
    fn tells(self) -> bool {
        self.agree >= AGREE_MIN && self.differ.saturating_mul(DIFFER_OF) <= self.agree
    }
}

impl Default for Tenants {
    fn default() -> Self {
        Self {
            callers: (0..SHARDS).map(|_| Mutex::default()).collect(),
            values: (0..SHARDS).map(|_| Mutex::default()).collect(),
            witnesses: (0..SHARDS).map(|_| Mutex::default()).collect(),
            telling: Mutex::default(),
        }
    }
}

impl Tenants {
    /// How a caller stands to the tenant of its call.
    pub fn belongs(&self, caller: SubjectId, call: &Call) -> Belongs {
        match self.by_claims(call) {
            Belongs::Unknown => self.by_caller(caller, call),
            it @ (Belongs::Own | Belongs::Foreign) => it,
        }
    }

    fn by_claims(&self, call: &Call) -> Belongs {
        let mut belongs = Belongs::Unknown;
        for claim in call.claims.iter().filter(|it| self.tells(it.name)) {
            let homes = at(&self.values, claim.value)
                .and_then(|it| lock(it).known.get(&claim.value).copied());
            let main = homes.and_then(|it| it.main()).filter(|it| it.1 >= OTHERS_MIN);
            match main {
                Some((tenant, _)) if tenant == call.tenant => return Belongs::Own,
                Some(_) if self.is_others(claim.name, call.tenant) => belongs = Belongs::Foreign,
                _ => {}
            }
        }
        belongs
    }

    fn by_caller(&self, caller: SubjectId, call: &Call) -> Belongs {
        let key = (caller.0, call.kind);
        let homes =
            at(&self.callers, spread(caller)).and_then(|it| lock(it).known.get(&key).copied());
        match homes {
            Some(it) if it.has(call.tenant) => Belongs::Own,
            Some(it)
                if it.count == 1
                    && self.tells(call.kind)
                    && self.is_others(call.kind, call.tenant) =>
            {
                Belongs::Foreign
            }
            _ => Belongs::Unknown,
        }
    }

    /// Notes that the API answered a call with success, or issued its caller a credential. Whoever is answered for a tenant that is
    /// foreign to them belongs there no more than before.
    pub fn succeeded(&self, caller: SubjectId, call: &Call) {
        let key = (caller.0, call.kind);
        let Some(shard) = at(&self.callers, spread(caller)) else { return };
        let (is_new, count) = {
            let mut shard = lock(shard);
            let Some(homes) = shard.at(&key, CALLERS_IN_SHARD, Homes::default) else { return };
            (homes.add(call.tenant), homes.count)
        };
        if !is_new {
            return;
        }
        match count {
            1 => self.agrees(call.kind, call.tenant),
            2 => self.note(call.kind, |it| it.differ = it.differ.saturating_add(1)),
            _ => {}
        }
        for claim in &call.claims {
            let Some(shard) = at(&self.values, claim.value) else { continue };
            let before = {
                let mut shard = lock(shard);
                let homes = shard.at(&claim.value, VALUES_IN_SHARD, Homes::default);
                homes.and_then(|it| {
                    let main = it.main();
                    it.add(call.tenant);
                    main
                })
            };
            match before {
                Some((tenant, _)) if tenant == call.tenant => self.agrees(claim.name, tenant),
                Some(_) => self.note(claim.name, |it| it.differ = it.differ.saturating_add(1)),
                None => {}
            }
        }
    }

    fn agrees(&self, by: u64, tenant: u64) {
        self.note(by, |it| it.agree = it.agree.saturating_add(1));
        let Some(shard) = at(&self.witnesses, tenant) else { return };
        if let Some(count) = lock(shard).at(&(by, tenant), WITNESSES_IN_SHARD, || 0) {
            *count = count.saturating_add(1);
        }
    }

    fn note(&self, by: u64, change: impl FnOnce(&mut Telling)) {
        if let Some(it) = lock(&self.telling).at(&by, TELLING_MAX, Telling::default) {
            change(it);
        }
    }

    fn tells(&self, by: u64) -> bool {
        lock(&self.telling).known.get(&by).is_some_and(|it| it.tells())
    }

    fn is_others(&self, by: u64, tenant: u64) -> bool {
        let count =
            at(&self.witnesses, tenant).and_then(|it| lock(it).known.get(&(by, tenant)).copied());
        count.is_some_and(|it| it >= OTHERS_MIN)
    }

    /// Callers that are known.
    pub fn size(&self) -> usize {
        self.callers.iter().map(|it| lock(it).known.len()).sum()
    }
}

/// The shard that something spread is in.
fn at<T>(shards: &[T], spread: u64) -> Option<&T> {
    let [first, ..] = spread.to_le_bytes();
    shards.get(usize::from(first) % SHARDS)
}

fn spread(caller: SubjectId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = caller.0.to_le_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: u64 = 1;
    const NORTH: u64 = 10;
    const SOUTH: u64 = 11;
    /// The name of a claim that says to which tenant somebody belongs, and of one that says what they do.
    const TENANT: u64 = 100;
    const ROLE: u64 = 200;

    fn call(tenant: u64, claims: &[Claim]) -> Call {
        Call { kind: KIND, tenant, claims: claims.to_vec() }
    }

    /// A claim whose value is `of`.
    fn claim(name: u64, of: u64) -> Claim {
        Claim { name, value: name * 1_000 + of }
    }

    fn all(tenants: &Tenants, callers: std::ops::Range<u128>, tenant: u64, claims: &[Claim]) {
        callers.for_each(|it| tenants.succeeded(SubjectId(it), &call(tenant, claims)));
    }

    #[test]
    fn who_belongs_to_one_tenant_is_foreign_to_another() {
        let it = Tenants::default();
        all(&it, 0..15, NORTH, &[]);
        assert_eq!(it.belongs(SubjectId(1), &call(SOUTH, &[])), Belongs::Unknown, "too few");
        all(&it, 15..30, SOUTH, &[]);
        assert_eq!(it.belongs(SubjectId(1), &call(NORTH, &[])), Belongs::Own);
        assert_eq!(it.belongs(SubjectId(1), &call(SOUTH, &[])), Belongs::Foreign);
        assert_eq!(it.belongs(SubjectId(99), &call(SOUTH, &[])), Belongs::Unknown, "never seen");
        assert_eq!(it.belongs(SubjectId(1), &call(12, &[])), Belongs::Unknown, "nobody's");
        let other = Call { kind: 2, ..call(SOUTH, &[]) };
        assert_eq!(it.belongs(SubjectId(1), &other), Belongs::Unknown, "of another kind");
    }

    #[test]
    fn where_callers_go_to_several_nobody_is_refused() {
        let it = Tenants::default();
        all(&it, 0..100, NORTH, &[]);
        all(&it, 100..200, SOUTH, &[]);
        all(&it, 0..2, SOUTH, &[]);
        let belongs = |caller| it.belongs(SubjectId(caller), &call(SOUTH, &[]));
        assert_eq!((belongs(5), belongs(0)), (Belongs::Foreign, Belongs::Own));
        let third = it.belongs(SubjectId(0), &call(12, &[]));
        assert_eq!(third, Belongs::Unknown, "sees to several");
        all(&it, 2..3, SOUTH, &[]);
        assert_eq!(belongs(5), Belongs::Unknown);
    }

    #[test]
    fn a_claim_tells_where_somebody_belongs_who_was_never_seen() {
        let it = Tenants::default();
        let of = |tenant| [claim(TENANT, tenant), claim(ROLE, 1)];
        all(&it, 0..20, NORTH, &of(NORTH));
        all(&it, 20..40, SOUTH, &of(SOUTH));
        let belongs = |tenant, claims: &[Claim]| it.belongs(SubjectId(99), &call(tenant, claims));
        assert_eq!(belongs(NORTH, &of(NORTH)), Belongs::Own);
        assert_eq!(belongs(NORTH, &of(SOUTH)), Belongs::Foreign);
        assert_eq!(belongs(NORTH, &[claim(ROLE, 1)]), Belongs::Unknown, "those are everywhere");
        assert_eq!(belongs(12, &of(12)), Belongs::Unknown, "a new tenant");
        assert_eq!(belongs(12, &of(NORTH)), Belongs::Unknown, "of which nobody is known");
    }

    #[test]
    fn what_nearly_all_have_in_the_largest_tenant_tells_nothing_of_the_others() {
        let it = Tenants::default();
        all(&it, 0..2_000, NORTH, &[claim(ROLE, 1)]);
        all(&it, 2_000..2_005, SOUTH, &[claim(ROLE, 1)]);
        let belongs = it.belongs(SubjectId(9_999), &call(SOUTH, &[claim(ROLE, 1)]));
        assert_eq!(belongs, Belongs::Unknown);
    }

    #[test]
    fn a_flood_is_bounded_and_refuses_nobody() {
        let it = Tenants::default();
        all(&it, 0..30, NORTH, &[]);
        all(&it, 30..60, SOUTH, &[]);
        all(&it, 1_000..1_000 + 2 * CALLERS_MAX as u128, 12, &[claim(TENANT, 12)]);
        assert!(it.size() <= CALLERS_MAX);
        assert_eq!(it.belongs(SubjectId(1), &call(SOUTH, &[])), Belongs::Unknown);
    }
}
