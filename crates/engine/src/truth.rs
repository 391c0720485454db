//! What credentials are verified with, for as long as nobody says otherwise: issuers, their keys, and what is revoked.
//!
//! The third part of the snapshot. It changes with what the world says, not with what operators or traffic say: a key is
//! renewed, a token is withdrawn.

use bartizan_auth::api_key::ApiKeys;
use bartizan_auth::authenticate::{Authorities, Issuer};
use bartizan_auth::credential::Places;
use bartizan_auth::dpop::ProofPolicy;
use bartizan_auth::revoked::Revocations;

/// What credentials are verified with.
#[derive(Debug)]
pub struct Truth {
    /// Which truth it is: what was verified under another one is verified again.
    pub revision: u64,
    /// Issuers, keys and what is revoked.
    pub authorities: Authorities,
}

/// Nobody is believed.
impl Default for Truth {
    fn default() -> Self {
        Self::of(0, Vec::new(), Revocations::new(0))
    }
}

impl Truth {
    /// Issuers whose tokens are believed, unless they are revoked.
    pub fn of(revision: u64, issuers: Vec<Issuer>, revoked: Revocations) -> Self {
        let authorities = Authorities {
            issuers,
            api_keys: ApiKeys::default(),
            proofs: ProofPolicy::default(),
            places: Places::default(),
            revoked,
        };
        Self { revision, authorities }
    }
}
