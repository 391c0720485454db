//! Third parties: whom an API and its clients point to in URLs.
//!
//! Reads    the inventory.
//! Writes   hosts of each service with where they stand: others' before its own, the most frequent first.
//! Memory   what the inventory has.
//! Misses   hosts of a single exchange, or of two of one subject: anybody may send those once. What an API calls
//!          without saying so in a message.
//! Source   OWASP API Security Top 10 2023, API7 Server Side Request Forgery and API10 Unsafe Consumption of APIs.

use crate::inventory::hosts::Met;
use crate::inventory::subjects::Some64;
use crate::inventory::{Endpoint, Inventory};
use bartizan_model::host::{Host, Side};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Exchanges from which a host is told that only one subject sent or received.
const EXCHANGES_MIN: u64 = 3;
/// Subjects from which it is told whatever the exchanges.
const SUBJECTS_MIN: u32 = 2;
/// Hosts of others in one place of requests from which clients choose.
const CHOSEN_MIN: usize = 3;

/// A host that messages of a service point to.
#[derive(Clone, Debug)]
pub struct ThirdParty<'a> {
    /// The service.
    pub service: &'a str,
    /// The host.
    pub host: &'a Host,
    /// Whether it is the API's own.
    pub is_own: bool,
    /// Exchanges that had it.
    pub exchanges: u64,
    /// Subjects of these, at least.
    pub subjects: u32,
    /// When the first and the last of them began, in microseconds since 1970.
    pub first_us: u64,
    /// See `first_us`.
    pub last_us: u64,
    /// Where it stands.
    pub places: Vec<(Endpoint<'a>, &'a Met)>,
}

/// All that enough exchanges had.
pub fn third_parties(inventory: &Inventory) -> Vec<ThirdParty<'_>> {
    let mut by_host: BTreeMap<(&str, &Host), Vec<(Endpoint<'_>, &Met)>> = BTreeMap::new();
    for endpoint in inventory.endpoints() {
        for met in endpoint.leaf.hosts() {
            let key = (endpoint.service, &met.host);
            by_host.entry(key).or_default().push((endpoint.clone(), met));
        }
    }
    let all = by_host.into_iter().map(|((service, host), places)| {
        let met = || places.iter().map(|it| it.1);
        let exchanges = met().map(|it| it.exchanges).sum();
        ThirdParty {
            service,
            host,
            is_own: met().map(|it| it.own).sum::<u64>() * 2 > exchanges,
            exchanges,
            subjects: met().fold(Some64::default(), |all, it| all.and(it.marks())).at_least(),
            first_us: met().map(|it| it.first_us).min().unwrap_or(0),
            last_us: met().map(|it| it.last_us).max().unwrap_or(0),
            places,
        }
    });
    let is_told =
        |it: &ThirdParty<'_>| it.exchanges >= EXCHANGES_MIN || it.subjects >= SUBJECTS_MIN;
    let mut all: Vec<_> = all.filter(is_told).collect();
    all.sort_by_key(|it| (it.service, it.is_own, Reverse(it.exchanges)));
    all
}

/// A place of requests where clients name hosts of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Where.
    pub(crate) place: String,
    /// How many hosts.
    pub(crate) hosts: usize,
    /// Exchanges that named one.
    pub(crate) exchanges: u64,
}

/// Places of requests in which several subjects named several hosts of others.
pub(crate) fn chosen(endpoint: &Endpoint<'_>) -> Vec<Chosen> {
    let mut by_place: BTreeMap<_, Vec<&Met>> = BTreeMap::new();
    let sent = endpoint.leaf.hosts().filter(|it| it.side == Side::Request && !it.is_own());
    sent.for_each(|it| by_place.entry(&it.place).or_default().push(it));
    let told = by_place.into_iter().filter(|(_, all)| {
        let subjects = all.iter().fold(Some64::default(), |all, it| all.and(it.marks()));
        all.len() >= CHOSEN_MIN && subjects.at_least() >= SUBJECTS_MIN
    });
    told.map(|(place, all)| Chosen {
        place: place.to_string(),
        hosts: all.len(),
        exchanges: all.iter().map(|it| it.exchanges).sum(),
    })
    .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::inventory::hosts::{ALL_MAX, ENDPOINT_MAX};
    use crate::inventory::seen::get;
    use bartizan_model::host::Pointed;
    use bartizan_model::id::SubjectId;
    use bartizan_model::observation::Observation;
    use bartizan_model::place::Place;

    /// A call of this subject that sends a URL of this host.
    fn call(path: &str, subject: u64, host: &str, is_own: bool) -> Observation {
        let host = host.parse().unwrap();
        let (side, place) = (Side::Request, Place::body("$.url"));
        Observation {
            subject: SubjectId(subject.into()),
            pointed: vec![Pointed { side, place, host, is_own }],
            ..get(path, 200, &[])
        }
    }

    fn learnt(calls: impl IntoIterator<Item = Observation>) -> Inventory {
        let mut it = Inventory::default();
        calls.into_iter().for_each(|call| it.observe(&call));
        it.settle();
        it
    }

    fn told(inventory: &Inventory) -> Vec<(String, u64, u32)> {
        let all = third_parties(inventory);
        all.iter().map(|it| (it.host.to_string(), it.exchanges, it.subjects)).collect()
    }

    #[test]
    fn a_host_is_told_after_two_subjects_or_three_exchanges() {
        let hooks = |subject| call("/hooks", subject, "a.example", false);
        assert_eq!(told(&learnt([hooks(1), hooks(1)])), []);
        assert_eq!(told(&learnt([hooks(1), hooks(2)])), [("a.example".to_owned(), 2, 2)]);
        assert_eq!(told(&learnt([hooks(1), hooks(1), hooks(1)])), [("a.example".to_owned(), 3, 1)]);
    }

    #[test]
    fn places_of_one_host_are_told_together_and_its_own_hosts_last() {
        let calls = (0..6).flat_map(|n| {
            [
                call("/hooks", n, "a.example", false),
                call("/users", n, "a.example", false),
                call("/users", n, "shop.example", true),
                call("/users", n, "shop.example", true),
                call("/users", n, "shop.example", true),
            ]
        });
        let inventory = learnt(calls);
        let all = third_parties(&inventory);
        let shown: Vec<_> =
            all.iter().map(|it| (it.host.as_str(), it.is_own, it.places.len())).collect();
        assert_eq!(shown, [("a.example", false, 2), ("shop.example", true, 1)]);
    }

    #[test]
    fn one_client_cannot_fill_the_table() {
        let hosts = |subject: u64, path: &'static str| {
            (0..200_u64)
                .map(move |n| call(path, subject, &format!("h{subject}x{n}.example"), false))
        };
        let paths = ["/a", "/b", "/c", "/d", "/e", "/f"];
        let mut it = learnt(paths.iter().flat_map(|path| hosts(1, path)));
        let count = |it: &Inventory| {
            it.endpoints().iter().map(|it| it.leaf.hosts().count()).collect::<Vec<_>>()
        };
        assert_eq!(count(&it), [16, 16, 16, 16, 0, 0]);
        assert_eq!(it.hosts_more(), 1_200 - 64);
        for subject in 2..200 {
            hosts(subject, "/a").for_each(|call| it.observe(&call));
        }
        assert_eq!(count(&it), [ENDPOINT_MAX, 16, 16, 16, 0, 0]);
        for n in 0..100 {
            let path = format!("/rpc/thing{}.run{}", char::from(b'a' + n % 26), n / 26);
            for subject in 0..10 {
                (0..9).for_each(|at| {
                    let host = format!("g{subject}x{at}.example");
                    it.observe(&call(&path, 1_000 + u64::from(n) * 10 + subject, &host, false));
                });
            }
        }
        assert!(count(&it).iter().sum::<usize>() <= ALL_MAX);
    }

    #[test]
    fn clients_choose_where_several_of_them_named_three_others() {
        let hook = |n: u64, own: bool| call("/hooks", n, &format!("h{n}.example"), own);
        let of = |calls: Vec<Observation>| chosen(&learnt(calls).endpoints()[0]);
        assert_eq!(of(vec![hook(1, false), hook(2, false)]), []);
        assert_eq!(of(vec![hook(1, false), hook(2, false), hook(3, true)]), []);
        let one = |n: u64| Observation { subject: SubjectId(1), ..hook(n, false) };
        assert_eq!(of(vec![one(1), one(2), one(3)]), [], "a single client");
        let found = of(vec![hook(1, false), hook(2, false), hook(3, false)]);
        assert_eq!(found, [Chosen { place: "body $.url".to_owned(), hosts: 3, exchanges: 3 }]);
    }
}
