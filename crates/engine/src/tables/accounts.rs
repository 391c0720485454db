//! Which account a credential is one of: who logs in again is the same caller.
//!
//! Reads    log-ins that the API answered with a credential, and those that it answered with 401.
//! Writes   the subject of an account in place of that of one of its credentials.
//! Memory   at most [`CREDENTIALS_MAX`] credentials, [`ENDPOINTS_MAX`] endpoints: some 10 MiB.
//! Misses   what it forgot: such a credential is a caller of its own again, which hurts and lets through nobody.
//!
//! An API that answers a wrong password with success, and sets a cookie all the same, would let anybody be anybody. So log-ins of
//! an endpoint count once it was seen to answer one with 401.

use super::shard::{Shard, lock};
use bartizan_model::id::{EndpointId, SubjectId};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Credentials whose account is known.
pub const CREDENTIALS_MAX: usize = SHARDS * IN_SHARD;
/// Endpoints that were seen to refuse a log-in.
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

/// What is known.
#[derive(Debug)]
pub struct Accounts {
    links: Vec<Mutex<Shard<u128, SubjectId>>>,
    refusing: Mutex<BTreeSet<EndpointId>>,
    /// Counts what was learnt.
    revision: AtomicU64,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            links: (0..SHARDS).map(|_| Mutex::default()).collect(),
            refusing: Mutex::default(),
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

    /// An endpoint answered a log-in with a credential. Nobody becomes somebody else while they are logged in: if the
    /// endpoint was not seen to refuse by now, this credential stays a caller of its own.
    pub fn issued(&self, by: EndpointId, it: Link) {
        if lock(&self.refusing).contains(&by) {
            self.link(it);
        }
    }

    fn link(&self, it: Link) {
        let Some(shard) = self.links.get(shard_of(it.credential)) else { return };
        if let Some(known) = lock(shard).at(&it.credential.0, IN_SHARD, || it.account) {
            *known = it.account;
        }
        self.revision.fetch_add(1, Relaxed);
    }

    /// An endpoint answered a log-in with 401. Beyond the bound, further ones are not noted.
    pub fn refused(&self, by: EndpointId) {
        let mut refusing = lock(&self.refusing);
        if refusing.len() < ENDPOINTS_MAX && refusing.insert(by) {
            self.revision.fetch_add(1, Relaxed);
        }
    }

    /// A number that changes with what is known.
    pub fn revision(&self) -> u64 {
        self.revision.load(Relaxed)
    }

    /// All that is known, to be kept: endpoints that refuse, and credentials.
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
        (lock(&self.refusing).iter().copied().collect(), all)
    }

    /// Takes what was kept.
    pub fn restore(&self, refusing: &[EndpointId], all: &[Link]) {
        refusing.iter().for_each(|it| self.refused(*it));
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
    fn a_credential_is_its_account_once_the_endpoint_refused_somebody() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.issued(by, link(7));
        assert_eq!(it.of(SubjectId(7)), SubjectId(7), "it may take any password");
        it.refused(EndpointId::of("POST", "/other"));
        it.issued(by, link(7));
        assert_eq!(it.of(SubjectId(7)), SubjectId(7));
        it.refused(by);
        assert_eq!(it.of(SubjectId(7)), SubjectId(7), "nobody changes while they are logged in");
        it.issued(by, link(8));
        assert_eq!(it.of(SubjectId(8)), ANN);
        assert_eq!(it.of(SubjectId(9)), SubjectId(9));
    }

    #[test]
    fn what_was_kept_is_known_again() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.refused(by);
        it.issued(by, link(7));
        let again = Accounts::default();
        let (refusing, all) = it.all();
        again.restore(&refusing, &all);
        assert_eq!(again.of(SubjectId(7)), ANN);
        assert_eq!(again.all(), (vec![by], vec![link(7)]));
    }

    #[test]
    fn a_flood_is_bounded() {
        let (it, by) = (Accounts::default(), EndpointId::of("POST", "/login"));
        it.refused(by);
        (0..3 * IN_SHARD as u128).for_each(|n| it.issued(by, link(n * 32)));
        (0..1_000).for_each(|n| it.refused(EndpointId::of("POST", &format!("/{n}"))));
        assert_eq!(it.all().1.len(), IN_SHARD);
        assert_eq!(lock(&it.refusing).len(), ENDPOINTS_MAX);
        assert_eq!(it.of(SubjectId(0)), SubjectId(0), "who came first is forgotten");
        assert_eq!(it.of(SubjectId((3 * IN_SHARD as u128 - 1) * 32)), ANN);
    }
}
