//! The profile of an API, proposed from what is known of it: whom it is for, who calls, where its tenants stand.
//!
//! Reads    the endpoints of one service.
//! Writes   for each part a value, or that nothing can be said, with the reason and what it rests on.
//! Memory   nothing.
//! Misses   the environment, and tenants that a host or a claim names: neither is kept. Behind a proxy that is not
//!          trusted all addresses are the proxy's; where there are few, nothing is said of the audience. What tokens
//!          say is not verified here. A proposal is never acted upon: a person confirms it.

use crate::inventory::distinct::Distinct;
use crate::inventory::{Endpoint, Segment};
use bartizan_model::observation::SubjectKind;
use bartizan_model::profile::{Audience, Subjects, TENANT_SEGMENT_MAX, Tenant};
use bartizan_model::traits::Trait;
use std::collections::BTreeMap;

/// Calls from which something is said.
const CALLS_MIN: u64 = 50;
/// Different addresses below which they may be those of proxies.
const ADDRESSES_MIN: u64 = 5;
/// Different public addresses from which an API is for everybody, unless its callers are few.
const ADDRESSES_PUBLIC_MIN: u64 = 20;
/// Callers that one knows by contract, at most.
const PARTNERS_MAX: u64 = 50;
/// Different people from which it is said that there are people.
const PEOPLE_MIN: u64 = 5;
/// Addresses of one subject from which it stands for many.
const AGGREGATE_ADDRESSES: u64 = 10;
/// Words of a path behind which a tenant stands.
const TENANTS: &[&str] = &[
    "tenants",
    "tenant",
    "orgs",
    "org",
    "organizations",
    "organisations",
    "organization",
    "workspaces",
    "workspace",
    "companies",
    "company",
    "customers",
    "accounts",
];

/// What is proposed for one part of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal<T> {
    /// What; `None` if too little is known, or it speaks for several.
    pub value: Option<T>,
    /// Why, in a sentence.
    pub reason: &'static str,
    /// Calls that speak for it, of how many.
    pub support: (u64, u64),
}

/// What is proposed for an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Whom it is for.
    pub audience: Proposal<Audience>,
    /// What stands behind its subjects.
    pub subjects: Proposal<Subjects>,
    /// What says which tenant a call is for.
    pub tenant: Proposal<Tenant>,
}

/// What these endpoints of one service propose.
pub fn propose(endpoints: &[Endpoint<'_>]) -> Proposed {
    let look = Look::at(endpoints);
    Proposed { audience: look.audience(), subjects: look.subjects(), tenant: tenant(endpoints) }
}

/// The service as a whole.
#[derive(Debug, Default)]
struct Look {
    /// Calls whose request was looked at.
    seen: u64,
    anonymous: u64,
    private: u64,
    public: u64,
    from_pages: u64,
    tokens: u64,
    tokens_of_clients: u64,
    by_kind: BTreeMap<SubjectKind, u64>,
    subjects: Distinct,
    clients: Distinct,
}

impl Look {
    fn at(endpoints: &[Endpoint<'_>]) -> Self {
        let mut it = Self::default();
        for leaf in endpoints.iter().map(|it| it.leaf) {
            let count = |of| leaf.traits.of(of);
            it.seen += count(Trait::RequestSeen);
            it.anonymous += leaf.traits.anonymous;
            it.private += count(Trait::PrivateAddress);
            it.public += count(Trait::PublicAddress);
            it.from_pages += count(Trait::FromPage);
            it.tokens += count(Trait::TokenRead);
            it.tokens_of_clients += count(Trait::TokenOfClient);
            for (kind, calls) in SubjectKind::ALL.iter().zip(leaf.known_by) {
                *it.by_kind.entry(*kind).or_default() += calls;
            }
            it.subjects.merge(&leaf.subjects);
            it.clients.merge(&leaf.clients);
        }
        it
    }

    fn known_by(&self, kinds: &[SubjectKind]) -> u64 {
        kinds.iter().filter_map(|it| self.by_kind.get(it)).sum()
    }

    fn audience(&self) -> Proposal<Audience> {
        let (ours, all) = (self.private, self.private + self.public);
        let (addresses, callers) = (self.clients.count(), self.subjects.count());
        let of_public = |value, reason| said(value, reason, (self.public, all));
        if all < CALLS_MIN {
            return unsaid("too few calls tell from where they came", (all, CALLS_MIN));
        }
        if addresses < ADDRESSES_MIN {
            return unsaid("so few addresses may be those of proxies", (addresses, ADDRESSES_MIN));
        }
        if is_most(ours, all) && self.from_pages * 100 < self.seen {
            return said(
                Audience::Internal,
                "nearly all calls came from private addresses",
                (ours, all),
            );
        }
        if !is_most(self.public, all) {
            return unsaid("calls came from private and public addresses", (self.public, all));
        }
        let keyed = self.known_by(&[SubjectKind::ApiKey, SubjectKind::Certificate]);
        let calls: u64 = self.by_kind.values().sum();
        if is_most(keyed, calls) && callers <= PARTNERS_MAX {
            return said(
                Audience::Partner,
                "few callers came from outside, each with a key or certificate",
                (keyed, calls),
            );
        }
        if self.from_pages * 10 >= self.seen && self.seen > 0 {
            return said(
                Audience::Public,
                "pages in browsers outside call it",
                (self.from_pages, self.seen),
            );
        }
        if addresses >= ADDRESSES_PUBLIC_MIN {
            return of_public(Audience::Public, "calls came from many public addresses");
        }
        unsaid("few public addresses, and no keys", (addresses, ADDRESSES_PUBLIC_MIN))
    }

    fn subjects(&self) -> Proposal<Subjects> {
        let calls: u64 = self.by_kind.values().sum();
        if self.seen < CALLS_MIN {
            return unsaid("too few calls tell what callers show", (self.seen, CALLS_MIN));
        }
        if is_most(self.anonymous, self.seen) {
            return said(Subjects::None, "callers show no credential", (self.anonymous, self.seen));
        }
        let (callers, addresses) = (self.subjects.count().max(1), self.clients.count());
        let keyed = self.known_by(&[SubjectKind::ApiKey, SubjectKind::Certificate]);
        if is_most(keyed, calls) {
            return if addresses >= callers.saturating_mul(AGGREGATE_ADDRESSES) {
                said(Subjects::Aggregate, "each key is used from many addresses", (keyed, calls))
            } else {
                said(Subjects::Workload, "callers show keys or certificates", (keyed, calls))
            };
        }
        if self.tokens > 0 && is_most(self.tokens_of_clients, self.seen) {
            let reason = "tokens name the client itself as their subject";
            return said(Subjects::Workload, reason, (self.tokens_of_clients, self.seen));
        }
        let people = [SubjectKind::TokenClaim, SubjectKind::Token, SubjectKind::Cookie];
        let people = self.known_by(&people);
        let is_of_clients = self.tokens_of_clients * 10 >= self.seen;
        if is_most(people, calls) && callers >= PEOPLE_MIN && !is_of_clients {
            let reason = "callers show tokens or cookies, each its own";
            return said(Subjects::Person, reason, (people, calls));
        }
        unsaid("callers of several kinds, or too few of one", (people, calls))
    }
}

/// Nineteen of twenty.
fn is_most(part: u64, all: u64) -> bool {
    all > 0 && part.saturating_mul(100) >= all.saturating_mul(95)
}

const fn said<T>(value: T, reason: &'static str, support: (u64, u64)) -> Proposal<T> {
    Proposal { value: Some(value), reason, support }
}

const fn unsaid<T>(reason: &'static str, support: (u64, u64)) -> Proposal<T> {
    Proposal { value: None, reason, support }
}

/// The variable behind a word such as `tenants`, if it stands in the same place of most calls.
fn tenant(endpoints: &[Endpoint<'_>]) -> Proposal<Tenant> {
    let all: u64 = endpoints.iter().map(|it| it.leaf.calls).sum();
    let mut by_place: BTreeMap<u8, u64> = BTreeMap::new();
    for it in endpoints {
        if let Some(at) = tenant_segment(it) {
            *by_place.entry(at).or_default() += it.leaf.calls;
        }
    }
    let Some((at, calls)) = by_place.into_iter().max_by_key(|it| it.1) else {
        return unsaid("no path names a tenant; hosts and claims are not looked at", (0, all));
    };
    if all < CALLS_MIN || calls * 10 < all * 8 {
        return unsaid("too few calls name a tenant in their path", (calls, all));
    }
    said(Tenant::Path(at), "most paths have a variable behind a word for tenants", (calls, all))
}

/// Where in the path a tenant stands, counted from 1.
fn tenant_segment(it: &Endpoint<'_>) -> Option<u8> {
    let at = it.path.windows(2).position(|pair| match pair {
        [Segment::Literal(word), Segment::Variable { .. }] => {
            TENANTS.iter().any(|it| word.eq_ignore_ascii_case(it))
        }
        [_, _] | [_] | [] | [_, _, _, ..] => false,
    })?;
    u8::try_from(at + 2).ok().filter(|it| *it <= TENANT_SEGMENT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Inventory;
    use crate::inventory::seen::get;
    use bartizan_model::id::KeyedHash;

    /// Calls that are alike, but for who calls from where.
    struct Calls {
        path: &'static str,
        count: u64,
        kind: SubjectKind,
        subjects: u64,
        addresses: u64,
        traits: &'static [Trait],
    }

    const SEEN: &[Trait] = &[Trait::RequestSeen, Trait::PublicAddress];
    const OURS: &[Trait] = &[Trait::RequestSeen, Trait::PrivateAddress];

    fn calls(kind: SubjectKind, subjects: u64, addresses: u64, traits: &'static [Trait]) -> Calls {
        Calls { path: "/orders", count: 400, kind, subjects, addresses, traits }
    }

    fn proposed(all: &[Calls]) -> Proposed {
        let mut inventory = Inventory::default();
        for it in all {
            for n in 0..it.count {
                let mut seen = get(it.path, 200, &[]);
                seen.subject_kind = it.kind;
                seen.subject.0 =
                    u128::from((n % it.subjects + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
                seen.client = KeyedHash((n % it.addresses + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
                it.traits.iter().for_each(|one| seen.traits.insert(*one));
                inventory.observe(&seen);
            }
        }
        inventory.settle();
        propose(&inventory.endpoints())
    }

    #[track_caller]
    fn check(all: &[Calls], audience: Option<Audience>, subjects: Option<Subjects>) {
        let it = proposed(all);
        assert_eq!(it.audience.value, audience, "{:?}", it.audience);
        assert_eq!(it.subjects.value, subjects, "{:?}", it.subjects);
    }

    #[test]
    fn services_that_call_each_other_are_internal() {
        let it = calls(SubjectKind::Certificate, 6, 12, OURS);
        check(&[it], Some(Audience::Internal), Some(Subjects::Workload));
    }

    #[test]
    fn few_keys_from_outside_are_partners() {
        let it = calls(SubjectKind::ApiKey, 3, 12, SEEN);
        check(&[it], Some(Audience::Partner), Some(Subjects::Workload));
        let it = calls(SubjectKind::ApiKey, 3, 100, SEEN);
        check(&[it], Some(Audience::Partner), Some(Subjects::Aggregate));
    }

    #[test]
    fn many_people_from_everywhere_are_the_public() {
        let it = calls(SubjectKind::TokenClaim, 200, 150, SEEN);
        check(&[it], Some(Audience::Public), Some(Subjects::Person));
        let it = calls(SubjectKind::AddressAgent, 200, 150, SEEN);
        check(&[it], Some(Audience::Public), Some(Subjects::None));
        let pages: &[Trait] = &[Trait::RequestSeen, Trait::PublicAddress, Trait::FromPage];
        let it = calls(SubjectKind::Cookie, 30, 10, pages);
        check(&[it], Some(Audience::Public), Some(Subjects::Person));
    }

    #[test]
    fn a_token_whose_subject_is_its_client_is_that_of_a_program() {
        let tokens: &[Trait] =
            &[Trait::RequestSeen, Trait::PrivateAddress, Trait::TokenRead, Trait::TokenOfClient];
        let it = calls(SubjectKind::TokenClaim, 8, 8, tokens);
        check(&[it], Some(Audience::Internal), Some(Subjects::Workload));
    }

    #[test]
    fn what_may_be_a_proxy_is_no_audience_and_little_says_nothing() {
        let it = calls(SubjectKind::TokenClaim, 200, 1, OURS);
        check(&[it], None, Some(Subjects::Person));
        let few = Calls { count: CALLS_MIN - 1, ..calls(SubjectKind::ApiKey, 3, 12, SEEN) };
        check(&[few], None, None);
        let both = [
            calls(SubjectKind::ApiKey, 9, 12, SEEN),
            calls(SubjectKind::AddressAgent, 9, 12, OURS),
        ];
        check(&both, None, None);
    }

    #[test]
    fn a_tenant_stands_behind_a_word_for_tenants() {
        let at = |path| Calls { path, ..calls(SubjectKind::ApiKey, 3, 12, SEEN) };
        let it = proposed(&[at("/v1/orgs/17/users"), at("/v1/orgs/4/jobs")]);
        assert_eq!(it.tenant.value, Some(Tenant::Path(3)), "{:?}", it.tenant);
        let it = proposed(&[at("/v1/orgs/17/users"), at("/v1/jobs")]);
        assert_eq!(it.tenant.value, None, "{:?}", it.tenant);
    }
}
