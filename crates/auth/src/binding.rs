//! Whether whoever sends a token is the one that it was issued to, where the token says how to tell.
//!
//! Reads    the `cnf` of a verified token, and what came with it: the scheme, a verified proof, a client certificate.
//! Errors   [`BindingFault`].
//! Misses   tokens without `cnf`: whoever has one may use it. That a proof is new is `dpop`'s caller's to know.
//! Source   RFC 7800 section 3, RFC 8705 section 3, RFC 9449 sections 6 and 7.1.

use crate::claims::Confirmation;
use crate::digest::Digest;
use crate::dpop::Proof;
use std::fmt;

/// What came with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The token came under the scheme `DPoP`, not `Bearer`.
    pub is_dpop: bool,
    /// The proof that came with it, verified.
    pub proof: Option<Proof>,
    /// The hash of the client certificate of the connection ([`certificate`]).
    pub certificate: Option<Digest>,
}

/// Why a token is not that of whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingFault {
    /// It is bound to a key, and came as if it were not.
    NoProof,
    /// It is bound to another key than the proof shows.
    OtherKey,
    /// It came with a proof, and is bound to no key.
    NotBound,
    /// It is bound to a certificate, and there is none.
    NoCertificate,
    /// It is bound to another certificate.
    OtherCertificate,
    /// It is bound to something that we cannot check.
    Unknown,
}

impl fmt::Display for BindingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoProof => "it is bound to a key, and came without proof of it",
            Self::OtherKey => "it is bound to another key",
            Self::NotBound => "it came with a proof, and is bound to no key",
            Self::NoCertificate => "it is bound to a certificate, and came without one",
            Self::OtherCertificate => "it is bound to another certificate",
            Self::Unknown => "it is bound to something that cannot be checked",
        })
    }
}

impl std::error::Error for BindingFault {}

/// The hash that `x5t#S256` has of a certificate in DER.
pub fn certificate(der: &[u8]) -> Digest {
    Digest::of(der)
}

/// Whether a token that is bound so is that of whoever showed this.
///
/// # Errors
///
/// [`BindingFault`].
pub fn holds(confirmation: Option<&Confirmation>, shown: &Shown) -> Result<(), BindingFault> {
    let confirmation = confirmation.copied().unwrap_or_default();
    if confirmation.has_others {
        return Err(BindingFault::Unknown);
    }
    match (confirmation.key, shown.proof, shown.is_dpop) {
        // RFC 9449 section 7.1: a bound token is not taken as a bearer's, and the scheme is not for others.
        (Some(key), Some(proof), true) if key == proof.key => {}
        (Some(_), Some(_), true) => return Err(BindingFault::OtherKey),
        (Some(_), _, false) | (Some(_), None, true) => return Err(BindingFault::NoProof),
        (None, _, true) | (None, Some(_), false) => return Err(BindingFault::NotBound),
        (None, None, false) => {}
    }
    match (confirmation.certificate, shown.certificate) {
        (Some(bound), Some(shown)) if bound == shown => Ok(()),
        (Some(_), Some(_)) => Err(BindingFault::OtherCertificate),
        (Some(_), None) => Err(BindingFault::NoCertificate),
        (None, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Digest = Digest([1; 32]);
    const B: Digest = Digest([2; 32]);

    fn bound(key: Option<Digest>, certificate: Option<Digest>) -> Option<Confirmation> {
        Some(Confirmation { key, certificate, has_others: false })
    }

    fn shown(is_dpop: bool, key: Option<Digest>, certificate: Option<Digest>) -> Shown {
        let proof = key.map(|key| Proof { key, replay: A, remember_until_us: 1 });
        Shown { is_dpop, proof, certificate }
    }

    #[test]
    fn a_token_is_good_only_with_all_that_it_is_bound_to() {
        use BindingFault::{NoCertificate, NoProof, NotBound, OtherCertificate, OtherKey, Unknown};
        let unknown = Some(Confirmation { has_others: true, ..Confirmation::default() });
        for (token, with, expected) in [
            (None, shown(false, None, None), Ok(())),
            (None, shown(false, None, Some(A)), Ok(())),
            (None, shown(true, Some(A), None), Err(NotBound)),
            (None, shown(true, None, None), Err(NotBound)),
            (None, shown(false, Some(A), None), Err(NotBound)),
            (bound(Some(A), None), shown(true, Some(A), None), Ok(())),
            (bound(Some(A), None), shown(true, Some(B), None), Err(OtherKey)),
            (bound(Some(A), None), shown(true, None, None), Err(NoProof)),
            (bound(Some(A), None), shown(false, None, None), Err(NoProof)),
            (bound(Some(A), None), shown(false, Some(A), None), Err(NoProof)),
            (bound(None, Some(A)), shown(false, None, Some(A)), Ok(())),
            (bound(None, Some(A)), shown(false, None, Some(B)), Err(OtherCertificate)),
            (bound(None, Some(A)), shown(false, None, None), Err(NoCertificate)),
            (bound(None, Some(A)), shown(true, Some(A), Some(A)), Err(NotBound)),
            (bound(Some(A), Some(B)), shown(true, Some(A), Some(B)), Ok(())),
            (bound(Some(A), Some(B)), shown(true, Some(A), None), Err(NoCertificate)),
            (bound(Some(A), Some(B)), shown(false, None, Some(B)), Err(NoProof)),
            (unknown, shown(false, None, None), Err(Unknown)),
            (unknown, shown(true, Some(A), Some(A)), Err(Unknown)),
        ] {
            assert_eq!(holds(token.as_ref(), &with), expected, "{token:?} {with:?}");
        }
    }
}
