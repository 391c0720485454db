//! Which tenants callers belong to, where the profile of an API says what names the tenant of a call.
//!
//! Reads    calls that the API answered with success, and credentials that it issued: by whom, for which tenant, with which claims.
//! Writes   how a caller stands to a tenant.
//! Memory   at most [`CALLERS_MAX`] callers and [`VALUES_MAX`] values of claims, of [`HOMES_MAX`] tenants each,
//!          [`WITNESSES_MAX`] tenants, and [`ENDPOINTS_MAX`] endpoints of each name of a claim: some 33 MiB.
//! Misses   callers of whom nothing is known; those who were seen at several tenants; all of them, where more than one caller in
//!          a hundred goes to several. They are refused nothing.
//!
//! A caller belongs where a claim of its token says, if all who have that claim belong there; else where it was first answered,
//! or was logged in. Another tenant is foreign to it if others belong there.
//!
//! Endpoints at which people see what others share with them, as letters of another practice, are *mixed*: they tell nothing of
//! who belongs where, and who calls them is held to it only for what they were not handed.

use super::owners::Belongs;
use super::shard::{Shard, lock};
use bartizan_learn::inventory::distinct::Distinct;
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
/// Endpoints that are told apart; those beyond count as one.
pub const ENDPOINTS_MAX: usize = 64;

const SHARDS: usize = 32;
const CALLERS_IN_SHARD: usize = 4_096;
const VALUES_IN_SHARD: usize = 1_024;
const WITNESSES_IN_SHARD: usize = 1_024;
/// Names of claims, and kinds of tenants, of which it is known whether they tell.
const TELLING_MAX: usize = 256;

/// Callers who have to agree before anything is told from them.
const AGREE_MIN: u64 = 20;
/// One caller in so many may differ.
const DIFFER_OF: u64 = 100;
/// Callers who have to belong to a tenant for it to be others'.
const OTHERS_MIN: u32 = 3;
/// Callers of an endpoint who have to differ for it to be mixed.
const MIXED_MIN: u64 = 3;
/// One caller in so many has to differ for an endpoint to be mixed.
const MIXED_OF: u64 = 20;

/// Whether a caller was handed what its call names beside the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It was handed all of it: it may be another tenant's, which shares it.
    Given,
    /// Something of it was not handed to the caller for sure.
    Ungiven,
    /// It names nothing, or that cannot be told.
    Unknown,
}

/// One call, as keyed hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which tenants they are: those of one route, named in one way.
    pub kind: u64,
    /// The tenant that it is for.
    pub tenant: u64,
    /// Which endpoint it calls.
    pub endpoint: u64,
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
    /// Of a caller: for which endpoints and tenants it was noted, a bit for each, which some share.
    noted: [u64; 4],
}

impl Homes {
    fn known(&self) -> impl Iterator<Item = (u64, u32)> {
        self.all.iter().take(self.count).copied()
    }

    /// Those that count: what was seen at mixed endpoints only does not.
    fn counting(&self) -> impl Iterator<Item = u64> {
        self.known().filter(|it| it.1 > 0).map(|it| it.0)
    }

    /// Whether it is a new one. Beyond the bound, none is added.
    fn add(&mut self, tenant: u64, counts: bool) -> bool {
        let by = u32::from(counts);
        if let Some(known) = self.all.iter_mut().take(self.count).find(|it| it.0 == tenant) {
            known.1 = known.1.saturating_add(by);
            return false;
        }
        let Some(free) = self.all.get_mut(self.count) else { return false };
        *free = (tenant, by);
        self.count += 1;
        true
    }

    /// Whether a call to this endpoint is noted for the first time, as far as its bit tells. Others who call it share the bit with
    /// other endpoints.
    fn note(&mut self, caller: SubjectId, call: &Call) -> bool {
        let mixed = spread(caller) ^ call.tenant.rotate_left(21) ^ call.endpoint.rotate_left(42);
        let [.., at, bit] = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
        let Some(word) = self.noted.get_mut(usize::from(at) % 4) else { return true };
        let before = *word;
        *word |= 1 << (bit % 64);
        *word != before
    }

    /// The one that most callers have, and how many.
    fn main(&self) -> Option<(u64, u32)> {
        self.known().filter(|it| it.1 > 0).max_by_key(|it| it.1)
    }
}

/// Whether callers belong to one tenant each, as far as something tells: a claim, or who they are.
#[derive(Clone, Debug, Default)]
struct Telling {
    by_endpoint: Vec<Told>,
    tells: bool,
}

/// Who agrees at one endpoint, and who differs.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    endpoint: u64,
    agree: Distinct,
    differ: Distinct,
    /// Somebody was answered there for another tenant, with what they were handed.
    is_shared: bool,
}

impl Told {
    fn is_mixed(&self) -> bool {
        let differ = self.differ.count();
        self.is_shared || differ >= MIXED_MIN && differ * MIXED_OF > self.agree.count()
    }
}

impl Telling {
    fn at(&mut self, endpoint: u64) -> Option<&mut Told> {
        let all = &mut self.by_endpoint;
        let at = all.iter().position(|it| it.endpoint == endpoint);
        let at = at.unwrap_or_else(|| {
            if all.len() < ENDPOINTS_MAX {
                all.push(Told { endpoint, ..Told::default() });
            }
            all.len() - 1
        });
        all.get_mut(at)
    }

    /// Notes a caller of an endpoint.
    fn note(&mut self, caller: SubjectId, endpoint: u64, agrees: bool) {
        let Some(told) = self.at(endpoint) else { return };
        let callers = if agrees { &mut told.agree } else { &mut told.differ };
        let before = *callers;
        callers.add(spread(caller));
        if *callers == before {
            return;
        }
        let (mut agree, mut differ) = (Distinct::default(), Distinct::default());
        for it in self.by_endpoint.iter().filter(|it| !it.is_mixed()) {
            agree.merge(&it.agree);
            differ.merge(&it.differ);
        }
        let (agree, differ) = (agree.count(), differ.count());
        self.tells = agree >= AGREE_MIN && differ * DIFFER_OF <= agree;
    }

    fn is_mixed(&self, endpoint: u64) -> bool {
        let all = &self.by_endpoint;
        let beyond = || all.last().filter(|_| all.len() >= ENDPOINTS_MAX);
        let told = all.iter().find(|it| it.endpoint == endpoint).or_else(beyond);
        told.is_some_and(Told::is_mixed)
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
    /// How a caller stands to the tenant of its call, which names something else beside it.
    pub fn belongs(&self, caller: SubjectId, call: &Call, holds: Holds) -> Belongs {
        if holds == Holds::Given {
            return Belongs::Unknown;
        }
        match self.by_claims(call, holds) {
            Belongs::Unknown => self.by_caller(caller, call, holds),
            it @ (Belongs::Own | Belongs::Foreign) => it,
        }
    }

    fn by_claims(&self, call: &Call, holds: Holds) -> Belongs {
        let mut belongs = Belongs::Unknown;
        for claim in call.claims.iter().filter(|it| self.tells(it.name, call, holds)) {
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

    fn by_caller(&self, caller: SubjectId, call: &Call, holds: Holds) -> Belongs {
        let key = (caller.0, call.kind);
        let homes =
            at(&self.callers, spread(caller)).and_then(|it| lock(it).known.get(&key).copied());
        match homes {
            Some(it) if it.counting().any(|it| it == call.tenant) => Belongs::Own,
            Some(it)
                if it.counting().count() == 1
                    && self.tells(call.kind, call, holds)
                    && self.is_others(call.kind, call.tenant) =>
            {
                Belongs::Foreign
            }
            _ => Belongs::Unknown,
        }
    }

    /// Notes that the API answered a call with success, or issued its caller a credential. Whoever is answered for a tenant that is
    /// foreign to them belongs there no more than before.
    pub fn succeeded(&self, caller: SubjectId, call: &Call, holds: Holds) {
        if holds == Holds::Given {
            return self.note_shared(caller, call);
        }
        let key = (caller.0, call.kind);
        let Some(shard) = at(&self.callers, spread(caller)) else { return };
        {
            // What all callers share is asked once for each caller, not with each of its calls.
            let mut shard = lock(shard);
            let Some(homes) = shard.at(&key, CALLERS_IN_SHARD, Homes::default) else { return };
            if !homes.note(caller, call) {
                return;
            }
        }
        // What people share with each other is seen by callers of everywhere.
        let counts = !self.is_mixed(call.kind, call);
        let (is_new, is_first) = {
            let mut shard = lock(shard);
            let Some(homes) = shard.at(&key, CALLERS_IN_SHARD, Homes::default) else { return };
            let is_first = homes.counting().next().is_none_or(|it| it == call.tenant);
            (homes.add(call.tenant, counts), is_first)
        };
        self.note(call.kind, caller, call, is_first);
        if is_new && is_first && counts {
            self.witness(call.kind, call.tenant);
        }
        for claim in &call.claims {
            let Some(shard) = at(&self.values, claim.value) else { continue };
            let counts = is_new && !self.is_mixed(claim.name, call);
            let before = {
                let mut shard = lock(shard);
                let homes = shard.at(&claim.value, VALUES_IN_SHARD, Homes::default);
                homes.and_then(|it| {
                    let main = it.main();
                    if counts {
                        it.add(call.tenant, true);
                    }
                    main
                })
            };
            let Some((tenant, _)) = before else { continue };
            self.note(claim.name, caller, call, tenant == call.tenant);
            if counts && tenant == call.tenant {
                self.witness(claim.name, tenant);
            }
        }
    }

    /// Notes that somebody was answered with what they were handed: for another tenant than theirs, it may be.
    fn note_shared(&self, caller: SubjectId, call: &Call) {
        let key = (caller.0, call.kind);
        let homes =
            at(&self.callers, spread(caller)).and_then(|it| lock(it).known.get(&key).copied());
        if homes.is_none_or(|it| it.counting().next().is_none_or(|it| it == call.tenant)) {
            return;
        }
        for by in std::iter::once(call.kind).chain(call.claims.iter().map(|it| it.name)) {
            let mut telling = lock(&self.telling);
            let told = telling.known.get_mut(&by).and_then(|it| it.at(call.endpoint));
            told.into_iter().for_each(|it| it.is_shared = true);
        }
    }

    /// Somebody belongs to a tenant.
    fn witness(&self, by: u64, tenant: u64) {
        let Some(shard) = at(&self.witnesses, tenant) else { return };
        if let Some(count) = lock(shard).at(&(by, tenant), WITNESSES_IN_SHARD, || 0) {
            *count = count.saturating_add(1);
        }
    }

    fn note(&self, by: u64, caller: SubjectId, call: &Call, agrees: bool) {
        if let Some(it) = lock(&self.telling).at(&by, TELLING_MAX, Telling::default) {
            it.note(caller, call.endpoint, agrees);
        }
    }

    fn is_mixed(&self, by: u64, call: &Call) -> bool {
        lock(&self.telling).known.get(&by).is_some_and(|it| it.is_mixed(call.endpoint))
    }

    /// Whether a call is held to what something says of its caller.
    fn tells(&self, by: u64, call: &Call, holds: Holds) -> bool {
        let telling = lock(&self.telling);
        let is_told =
            |it: &Telling| it.tells && (holds == Holds::Ungiven || !it.is_mixed(call.endpoint));
        telling.known.get(&by).is_some_and(is_told)
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
        Call { kind: KIND, tenant, endpoint: 1, claims: claims.to_vec() }
    }

    /// Callers are keyed hashes.
    fn caller(of: u128) -> SubjectId {
        SubjectId((of + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
    }

    fn belongs(of: &Tenants, by: u128, call: &Call) -> Belongs {
        of.belongs(caller(by), call, Holds::Unknown)
    }

    /// A claim whose value is `of`.
    fn claim(name: u64, of: u64) -> Claim {
        Claim { name, value: name * 1_000 + of }
    }

    fn all(tenants: &Tenants, callers: std::ops::Range<u128>, tenant: u64, claims: &[Claim]) {
        callers.for_each(|it| tenants.succeeded(caller(it), &call(tenant, claims), Holds::Unknown));
    }

    #[test]
    fn who_belongs_to_one_tenant_is_foreign_to_another() {
        let it = Tenants::default();
        all(&it, 0..15, NORTH, &[]);
        assert_eq!(belongs(&it, 1, &call(SOUTH, &[])), Belongs::Unknown, "too few");
        all(&it, 15..30, SOUTH, &[]);
        assert_eq!(belongs(&it, 1, &call(NORTH, &[])), Belongs::Own);
        assert_eq!(belongs(&it, 1, &call(SOUTH, &[])), Belongs::Foreign);
        assert_eq!(belongs(&it, 99, &call(SOUTH, &[])), Belongs::Unknown, "never seen");
        assert_eq!(belongs(&it, 1, &call(12, &[])), Belongs::Unknown, "nobody's");
        let other = Call { kind: 2, ..call(SOUTH, &[]) };
        assert_eq!(belongs(&it, 1, &other), Belongs::Unknown, "of another kind");
    }

    #[test]
    fn where_callers_go_to_several_nobody_is_refused() {
        let it = Tenants::default();
        all(&it, 0..200, NORTH, &[]);
        all(&it, 200..400, SOUTH, &[]);
        all(&it, 0..2, SOUTH, &[]);
        let south = |caller| belongs(&it, caller, &call(SOUTH, &[]));
        assert_eq!((south(5), south(0)), (Belongs::Foreign, Belongs::Own));
        let third = belongs(&it, 0, &call(12, &[]));
        assert_eq!(third, Belongs::Unknown, "sees to several");
        all(&it, 10..20, SOUTH, &[]);
        assert_eq!(south(5), Belongs::Unknown);
    }

    #[test]
    fn a_claim_tells_where_somebody_belongs_who_was_never_seen() {
        let it = Tenants::default();
        let of = |tenant| [claim(TENANT, tenant), claim(ROLE, 1)];
        all(&it, 0..20, NORTH, &of(NORTH));
        all(&it, 20..40, SOUTH, &of(SOUTH));
        let belongs = |tenant, claims: &[Claim]| belongs(&it, 99, &call(tenant, claims));
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
        let belongs = belongs(&it, 9_999, &call(SOUTH, &[claim(ROLE, 1)]));
        assert_eq!(belongs, Belongs::Unknown);
    }

    #[test]
    fn where_people_share_things_they_are_held_to_what_they_were_not_handed() {
        let (it, of) = (Tenants::default(), |tenant| [claim(TENANT, tenant)]);
        let letters = |tenant| Call { endpoint: 2, ..call(tenant, &of(tenant)) };
        for (from, tenant) in [(0, NORTH), (20, SOUTH)] {
            all(&it, from..from + 20, tenant, &of(tenant));
        }
        // They read letters of the other tenant, and some did so before it was known what is handed to whom.
        for n in 0..20 {
            let foreign = Call { claims: of(NORTH).to_vec(), ..letters(SOUTH) };
            let holds = if n < 5 { Holds::Unknown } else { Holds::Given };
            it.succeeded(caller(n), &letters(NORTH), Holds::Unknown);
            it.succeeded(caller(n), &foreign, holds);
        }
        let foreign = Call { claims: of(NORTH).to_vec(), ..letters(SOUTH) };
        let belongs = |holds| it.belongs(caller(3), &foreign, holds);
        assert_eq!(belongs(Holds::Given), Belongs::Unknown);
        assert_eq!(belongs(Holds::Unknown), Belongs::Unknown);
        assert_eq!(belongs(Holds::Ungiven), Belongs::Foreign);
        // Elsewhere they are held to theirs as before.
        let elsewhere = Call { endpoint: 1, ..foreign };
        assert_eq!(it.belongs(caller(3), &elsewhere, Holds::Unknown), Belongs::Foreign);
        assert_eq!(it.belongs(caller(3), &letters(NORTH), Holds::Unknown), Belongs::Own);
    }

    #[test]
    fn however_often_somebody_calls_they_are_noted_once_for_an_endpoint_and_a_tenant() {
        let mut it = Homes::default();
        let call = |endpoint, tenant| Call { endpoint, ..call(tenant, &[]) };
        assert!(it.note(caller(1), &call(1, NORTH)));
        assert!((0..100).all(|_| !it.note(caller(1), &call(1, NORTH))));
        // Elsewhere, and for another tenant, nearly always anew.
        let new = (2..12).filter(|n| it.note(caller(1), &call(*n, SOUTH))).count();
        assert!(new >= 7, "{new}");
    }

    #[test]
    fn a_flood_is_bounded_and_refuses_nobody() {
        let it = Tenants::default();
        all(&it, 0..30, NORTH, &[]);
        all(&it, 30..60, SOUTH, &[]);
        all(&it, 1_000..1_000 + 2 * CALLERS_MAX as u128, 12, &[claim(TENANT, 12)]);
        assert!(it.size() <= CALLERS_MAX);
        assert_eq!(belongs(&it, 1, &call(SOUTH, &[])), Belongs::Unknown);
    }
}
