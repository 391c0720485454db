//! Which account a credential is one of: who logs in again is the same caller.
//!
//! Reads    log-ins that the API answered with a credential, and those that it answered with 401.
//! Writes   the subject of an account in place of that of one of its credentials.
//! Memory   at most [`CREDENTIALS_MAX`] credentials, [`ENDPOINTS_MAX`] endpoints: some 10 MiB.
//! Misses   what it forgot: such a credential is a caller of its own again, which hurts and lets through nobody.
//!
//! An API that answers a wrong password with success, and sets a cookie all the same, would let anybody be anybody: log-ins of an
//! endpoint count once it was seen to answer one with 401. And whoever confirms a transfer with a PIN, while the session goes on under
//! another cookie, logs in to nothing: they count once it was seen to issue a credential to somebody who had none.

use super::shard::{Shard, lock};
use bartizan_model::id::{EndpointId, SubjectId};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Credentials whose account is known.
pub const CREDENTIALS_MAX: usize = SHARDS * IN_SHARD;
/// Endpoints of which it is known what they do with log-ins.
pub const ENDPOINTS_MAX: usize = 256;

const SHARDS: usize = 32;
const IN_SHARD: usize = 2_048;

/// One credential, and its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The credential, as a caller of its own.
    pub credential: SubjectId,
    /// The account.
    pub account: SubjectId,
}

/// What an endpoint was seen to do with log-ins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// It answered one with 401.
    refuses: bool,
    /// It issued a credential to somebody who had none.
    opens: bool,
}

/// What is known.
#[derive(Debug)]
pub struct Accounts {
    links: Vec<Mutex<Shard<u128, SubjectId>>>,
    endpoints: Mutex<BTreeMap<EndpointId, Seen>>,
    /// Counts what was learnt.
    revision: AtomicU64,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            links: (0..SHARDS).map(|_| Mutex::default()).collect(),
            endpoints: Mutex::default(),
            revision: AtomicU64::new(0),
        }
    }
}

impl Accounts {
    /// Whoever calls with a credential: its account, if that is known.
    pub fn of(&self, credential: SubjectId) -> SubjectId {
        // Most APIs never log anybody in.
        if self.revision.load(Relaxed) == 0 {
            return credential;
        }
        let shard = self.links.get(shard_of(credential));
        let account = shard.and_then(|it| lock(it).known.get(&credential.0).copied());
        account.unwrap_or(credential)
    }

    /// An endpoint answered a log-in with a credential, perhaps to somebody who had none. Nobody becomes somebody else while
    /// they are logged in: if the endpoint is not known for what it is by now, this credential stays a caller of its own.
    pub fn issued(&self, by: EndpointId, it: Link, to_nobody: bool) {
        if to_nobody {
            self.see(by, |it| it.opens = true);
        }
        let seen = lock(&self.endpoints).get(&by).copied().unwrap_or_default();
        if seen.refuses && seen.opens {
            self.link(it);
        }
    }

    /// Beyond the bound, further endpoints are not noted.
    fn see(&self, by: EndpointId, set: impl FnOnce(&mut Seen)) {
        let mut endpoints = lock(&self.endpoints);
        if endpoints.len() < ENDPOINTS_MAX || endpoints.contains_key(&by) {
            let seen = endpoints.entry(by).or_default();
            let before = *seen;
            set(seen);
            if *seen != before {
                self.revision.fetch_add(1, Relaxed);
            }
        }
    }

    fn link(&self, it: Link) {
        let Some(shard) = self.links.get(shard_of(it.credential)) else { return };
        if let Some(known) = lock(shard).at(&it.credential.0, IN_SHARD, || it.account) {
            *known = it.account;
        }
        self.revision.fetch_add(1, Relaxed);
    }

    /// An endpoint answered a log-in with 401.
    pub fn refused(&self, by: EndpointId) {
        self.see(by, |it| it.refuses = true);
    }

    /// A number that changes with what is known.
    pub fn revision(&self) -> u64 {
        self.revision.load(Relaxed)
    }

    /// All that is known, to be kept: endpoints that are known for log-ins, and credentials.
    pub fn all(&self) -> (Vec<EndpointId>, Vec<Link>) {
        let mut all = Vec::new();
        for shard in &self.links {
            let shard = lock(shard);
            let links = shard.known.iter().map(|(credential, account)| Link {
                credential: SubjectId(*credential),
                account: *account,
            });
            all.extend(links);
        }
        let endpoints = lock(&self.endpoints);
        let known = endpoints.iter().filter(|it| it.1.refuses && it.1.opens);
        (known.map(|it| *it.0).collect(), all)
    }

    /// Takes what was kept.
    pub fn restore(&self, known: &[EndpointId], all: &[Link]) {
        let is_known = Seen { refuses: true, opens: true };
        known.iter().for_each(|by| self.see(*by, |it| *it = is_known));
        all.iter().for_each(|it| self.link(*it));
    }
}

fn shard_of(credential: SubjectId) -> usize {
    let [first, ..] = credential.0.to_le_bytes();
    usize::from(first) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: SubjectId = SubjectId(1_000);

    fn link(credential: u128) -> Link {
        Link { credential: SubjectId(credential), account: ANN }
    }

    #[test]
    fn an_endpoint_that_never_issues_anything_to_nobody_logs_nobody_in() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/pay"));
        it.refused(by);
        it.issued(by, link(7), false);
        assert_eq!(it.of(SubjectId(7)), SubjectId(7));
        it.issued(by, link(8), true);
        it.issued(by, link(7), false);
        assert_eq!((it.of(SubjectId(7)), it.of(SubjectId(8))), (ANN, ANN));
    }

    #[test]
    fn a_credential_is_its_account_once_the_endpoint_refused_somebody() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.issued(by, link(7), true);
        assert_eq!(it.of(SubjectId(7)), SubjectId(7), "it may take any password");
        it.refused(EndpointId::of("POST", "/other"));
        it.issued(by, link(7), true);
        assert_eq!(it.of(SubjectId(7)), SubjectId(7));
        it.refused(by);
        assert_eq!(it.of(SubjectId(7)), SubjectId(7), "nobody changes while they are logged in");
        it.issued(by, link(8), true);
        assert_eq!(it.of(SubjectId(8)), ANN);
        assert_eq!(it.of(SubjectId(9)), SubjectId(9));
    }

    #[test]
    fn what_was_kept_is_known_again() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.refused(by);
        it.issued(by, link(7), true);
        let again = Accounts::default();
        let (endpoints, all) = it.all();
        again.restore(&endpoints, &all);
        assert_eq!(again.of(SubjectId(7)), ANN);
        assert_eq!(again.all(), (vec![by], vec![link(7)]));
    }

    #[test]
    fn a_flood_is_bounded() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.refused(by);
        (0..3 * IN_SHARD as u128).for_each(|n| it.issued(by, link(n * 32), true));
        (0..1_000).for_each(|n| it.refused(EndpointId::of("POST", &format!("/{n}"))));
        assert_eq!(it.all().1.len(), IN_SHARD);
        assert_eq!(lock(&it.endpoints).len(), ENDPOINTS_MAX);
        assert_eq!(it.of(SubjectId(0)), SubjectId(0), "who came first is forgotten");
        assert_eq!(it.of(SubjectId((3 * IN_SHARD as u128 - 1) * 32)), ANN);
    }
}
