//! Tokens that were verified: a client sends the same one with every call, and a signature is dear.
//!
//! Only good tokens enter, so that nobody fills the table with invented ones. What is known counts for the truth under which
//! it was verified: with other keys, or other revocations, each token is verified again. Tokens that are bound to a key or
//! a certificate never enter, for each call has to show anew whose they are.
//!
//! Memory   at most [`TOKENS_MAX`] identities, each of a token of at most [`TOKEN_BYTES_MAX`] bytes; hashes of tokens under the
//!          key of the process, never a token. Whoever came first is forgotten first, and verified again.
//! Misses   two tokens of one 128-bit hash, which nobody finds without the key.

use super::shard::{Shard, lock};
use bartizan_model::identity::Identity;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// Tokens that are remembered.
pub const TOKENS_MAX: usize = SHARDS * IN_SHARD;
/// Bytes of a token that is worth the memory: longer ones are verified each time.
pub const TOKEN_BYTES_MAX: usize = 4 * 1024;

const SHARDS: usize = 64;
const IN_SHARD: usize = 256;

/// Tokens that were verified.
#[derive(Debug)]
pub struct Verified {
    shards: Vec<Mutex<Shard<u128, Known>>>,
    hits: AtomicU64,
}

#[derive(Clone, Debug)]
struct Known {
    identity: Arc<Identity>,
    /// In microseconds since 1970.
    until_us: u64,
    /// That of the truth.
    revision: u64,
}

impl Default for Verified {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hits: AtomicU64::new(0) }
    }
}

impl Verified {
    /// Whose a token is that was verified under this truth and has not ended.
    pub fn get(&self, token: u128, revision: u64, now_us: u64) -> Option<Arc<Identity>> {
        let shard = lock(self.shard(token)?);
        let it = shard.known.get(&token)?;
        let is_good = it.revision == revision && now_us < it.until_us;
        let identity = is_good.then(|| Arc::clone(&it.identity))?;
        self.hits.fetch_add(1, Relaxed);
        Some(identity)
    }

    /// Remembers whose a token is, until it ends.
    pub fn put(&self, token: u128, revision: u64, identity: &Arc<Identity>) {
        let until_us = identity.expires_us.unwrap_or(u64::MAX);
        let known = || Known { identity: Arc::clone(identity), until_us, revision };
        let Some(shard) = self.shard(token) else { return };
        if let Some(it) = lock(shard).at(&token, IN_SHARD, known) {
            *it = known();
        }
    }

    /// Tokens that had not to be verified again, since the start.
    pub fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }

    fn shard(&self, token: u128) -> Option<&Mutex<Shard<u128, Known>>> {
        let [first, ..] = token.to_le_bytes();
        self.shards.get(usize::from(first) % SHARDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::identity::Scheme;

    fn identity(subject: &str, expires_us: Option<u64>) -> Arc<Identity> {
        let subject = Some(subject.into());
        Arc::new(Identity { subject, expires_us, ..Identity::of(Scheme::Token) })
    }

    #[test]
    fn a_token_is_known_until_it_ends_and_under_its_truth_only() {
        let verified = Verified::default();
        assert!(verified.get(7, 1, 0).is_none());
        verified.put(7, 1, &identity("alice", Some(100)));
        assert_eq!(verified.get(7, 1, 99).unwrap().subject.as_deref(), Some("alice"));
        assert!(verified.get(7, 1, 100).is_none(), "it has ended");
        assert!(verified.get(7, 2, 99).is_none(), "other keys");
        assert!(verified.get(8, 1, 99).is_none(), "another token");
        verified.put(7, 2, &identity("alice", None));
        assert!(verified.get(7, 2, u64::MAX - 1).is_some() && verified.get(7, 1, 0).is_none());
        assert_eq!(verified.hits(), 2);
    }

    #[test]
    fn many_tokens_drive_out_the_oldest_and_take_no_more_room() {
        let verified = Verified::default();
        // All of one shard.
        let token = |n: u128| n << 64;
        let many = IN_SHARD as u128 * 3;
        (0..many).for_each(|n| verified.put(token(n), 1, &identity("a", None)));
        let known = (0..many).filter(|n| verified.get(token(*n), 1, 0).is_some()).count();
        assert_eq!(known, IN_SHARD);
        assert!(verified.get(token(0), 1, 0).is_none());
        assert!(verified.get(token(many - 1), 1, 0).is_some());
    }
}
