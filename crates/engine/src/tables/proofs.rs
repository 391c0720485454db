//! Proofs of possession that were used: each is good once.
//!
//! Reads    proofs that were verified, of tokens that were verified: nobody fills the table with invented ones.
//! Memory   at most [`PROOFS_MAX`] hashes, with the time until which each would be good again.
//! Misses   a proof that was forgotten for want of room before it ended: whoever has it, and a token that is bound to its key,
//!          can use it again for the same request. Proofs that another instance, or this one before it was started, has seen.
//! Source   RFC 9449 section 11.1.

use super::shard::{Shard, lock};
use std::sync::Mutex;

/// Proofs that are remembered.
pub const PROOFS_MAX: usize = SHARDS * IN_SHARD;

const SHARDS: usize = 64;
const IN_SHARD: usize = 1_024;

/// Proofs that were used.
#[derive(Debug)]
pub struct Proofs {
    /// By the hash of key and `jti`: until when, in microseconds since 1970.
    shards: Vec<Mutex<Shard<[u8; 32], u64>>>,
}

impl Default for Proofs {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Proofs {
    /// Uses a proof, which would be good again until then. False if it was used before.
    pub fn use_once(&self, proof: [u8; 32], until_us: u64, now_us: u64) -> bool {
        let [first, ..] = proof;
        let Some(shard) = self.shards.get(usize::from(first) % SHARDS) else { return false };
        let mut shard = lock(shard);
        if shard.known.get(&proof).is_some_and(|it| now_us < *it) {
            return false;
        }
        match shard.at(&proof, IN_SHARD, || until_us) {
            Some(it) => *it = until_us,
            None => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_good_once_until_it_is_good_no_more_anyway() {
        let proofs = Proofs::default();
        assert!(proofs.use_once([1; 32], 100, 0));
        assert!(!proofs.use_once([1; 32], 100, 99));
        assert!(proofs.use_once([2; 32], 100, 99), "another one");
        assert!(proofs.use_once([1; 32], 200, 100));
        assert!(!proofs.use_once([1; 32], 200, 199));
    }

    #[test]
    fn many_proofs_take_no_more_room() {
        let proofs = Proofs::default();
        let proof = |n: u32| {
            let mut it = [0; 32];
            it[1..5].copy_from_slice(&n.to_le_bytes());
            it
        };
        let most = u32::try_from(IN_SHARD).unwrap();
        assert!((0..=most).all(|n| proofs.use_once(proof(n), 100, 0)));
        assert!(proofs.use_once(proof(0), 100, 0), "the first is forgotten");
        assert!(!proofs.use_once(proof(most), 100, 0));
    }
}
