//! Proofs of possession: that whoever sends a request has the private key that its token is bound to.
//!
//! Reads    a proof (`DPoP` field), what the request is, its access token, the nonces that are good now, and the time.
//! Writes   [`Proof`]: the thumbprint of the key, and what has to be remembered so that the proof is good once only.
//! Memory   nothing; the table of proofs that were seen is the caller's.
//! Errors   [`ProofFault`].
//! Misses   a proof that is used twice, unless the caller remembers [`Proof::replay`] until [`Proof::remember_until_us`].
//! Source   RFC 9449 sections 4.2, 4.3, 7 and 9; RFC 7638.

use crate::algorithm::Algorithms;
use crate::claims::{Claim, ClaimsFault, Payload};
use crate::digest::Digest;
use crate::jws::{Jws, JwsFault, OwnKey};
use crate::policy::SKEW_MAX_S;
use crate::uri::normalised;
use bartizan_model::moment::Moment;
use std::fmt;

/// Seconds for which a proof may be good at most.
pub const AGE_MAX_S: u32 = 3_600;
const US_PER_S: u64 = 1_000_000;

/// What proofs have to be for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofPolicy {
    /// How they may be signed; shared secrets never.
    pub algorithms: Algorithms,
    /// Seconds after its issue that a proof is good for; more than [`AGE_MAX_S`] count as that.
    pub age_max_s: u32,
    /// Seconds that the client's clock and ours may differ; more than [`SKEW_MAX_S`] count as that.
    pub skew_s: u32,
}

impl Default for ProofPolicy {
    fn default() -> Self {
        Self { algorithms: Algorithms::asymmetric(), age_max_s: 300, skew_s: 60 }
    }
}

/// The request that a proof came with.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// Its method.
    pub method: &'r str,
    /// What it is for, absolute, as the client knows it: `https://api.example/orders`. A query counts for nothing.
    pub uri: &'r str,
    /// The access token that it has.
    pub token: Option<&'r [u8]>,
    /// The nonces that are good now; none if none is demanded.
    pub nonces: &'r [&'r str],
}

/// Says what the request is; not its token.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_token = self.token.is_some();
        f.debug_struct("Request").field("has_token", &has_token).finish_non_exhaustive()
    }
}

/// A proof that is to be believed, if it was not seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of the key that signed it.
    pub key: Digest,
    /// What no other proof has: the hash of its key and its `jti`.
    pub replay: Digest,
    /// Until when it would be good again, in microseconds since 1970.
    pub remember_until_us: u64,
}

/// Why a proof is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// It is no signed message that we read, or not signed by the key that it brings.
    Jws(JwsFault),
    /// Its claims are none that we read.
    Claims(ClaimsFault),
    /// Its `typ` is not `dpop+jwt`.
    Type,
    /// It lacks a claim, or that is no text.
    Missing(ProofClaim),
    /// It is for another method.
    Method,
    /// It is for something else.
    Uri,
    /// What the request is for cannot be compared.
    RequestUri,
    /// It is too old.
    Old {
        /// Seconds since its issue.
        age_s: u64,
    },
    /// It is of the future.
    FromTheFuture {
        /// Seconds ahead.
        ahead_s: u64,
    },
    /// It is for another access token.
    Token,
    /// A nonce is demanded and it has another one: the answer offers a new one (RFC 9449 section 9).
    Nonce,
}

/// A claim of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofClaim {
    /// `jti`
    Id,
    /// `htm`
    Method,
    /// `htu`
    Uri,
    /// `iat`
    Issued,
    /// `ath`
    Token,
    /// `nonce`
    Nonce,
}

impl ProofClaim {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "jti",
            Self::Method => "htm",
            Self::Uri => "htu",
            Self::Issued => "iat",
            Self::Token => "ath",
            Self::Nonce => "nonce",
        }
    }
}

impl From<JwsFault> for ProofFault {
    fn from(fault: JwsFault) -> Self {
        Self::Jws(fault)
    }
}

impl From<ClaimsFault> for ProofFault {
    fn from(fault: ClaimsFault) -> Self {
        Self::Claims(fault)
    }
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jws(it) => it.fmt(f),
            Self::Claims(it) => it.fmt(f),
            Self::Type => f.write_str("its `typ` is not that of a proof"),
            Self::Missing(it) => write!(f, "it has no `{}`", it.name()),
            Self::Method => f.write_str("it is for another method"),
            Self::Uri => f.write_str("it is for something else"),
            Self::RequestUri => f.write_str("what the request is for cannot be compared"),
            Self::Old { age_s } => write!(f, "it is {age_s} s old"),
            Self::FromTheFuture { ahead_s } => write!(f, "it is issued {ahead_s} s ahead"),
            Self::Token => f.write_str("it is for another token"),
            Self::Nonce => f.write_str("it has not the nonce that is demanded"),
        }
    }
}

impl std::error::Error for ProofFault {}

/// Verifies a proof. Whether its key is the one that the token is bound to is `binding`'s.
///
/// # Errors
///
/// [`ProofFault`].
pub fn verify(
    proof: &[u8],
    request: &Request<'_>,
    policy: &ProofPolicy,
    now: Moment,
) -> Result<Proof, ProofFault> {
    let jws = Jws::read(proof, OwnKey::Demanded)?;
    // RFC 9449 section 4.2 gives `typ` as this value: there is no second spelling of it to expect.
    if jws.typ() != Some("dpop+jwt") {
        return Err(ProofFault::Type);
    }
    let signer = jws.verify_own(policy.algorithms)?;
    let key = signer.thumbprint().ok_or(JwsFault::OwnKey)?;
    let payload = Payload::read(jws.payload())?;
    let text = |it: ProofClaim| payload.text(it.name()).ok_or(ProofFault::Missing(it));
    if *text(ProofClaim::Method)? != *request.method {
        return Err(ProofFault::Method);
    }
    let wanted = normalised(request.uri).ok_or(ProofFault::RequestUri)?;
    if normalised(&text(ProofClaim::Uri)?) != Some(wanted) {
        return Err(ProofFault::Uri);
    }
    let issued_us = payload.time(Claim::Issued)?;
    let issued_us = issued_us.ok_or(ProofFault::Missing(ProofClaim::Issued))?;
    let remember_until_us = policy.is_now(issued_us, now)?;
    if let Some(token) = request.token
        && Digest::of_base64url(&text(ProofClaim::Token)?) != Some(Digest::of(token))
    {
        return Err(ProofFault::Token);
    }
    if !request.nonces.is_empty() {
        let nonce = payload.text(ProofClaim::Nonce.name()).ok_or(ProofFault::Nonce)?;
        if !request.nonces.iter().any(|it| **it == *nonce) {
            return Err(ProofFault::Nonce);
        }
    }
    let id = text(ProofClaim::Id)?;
    let replay = Digest::of_parts(&[&key.0, id.as_bytes()]);
    Ok(Proof { key, replay, remember_until_us })
}

impl ProofPolicy {
    /// Until when a proof of this time is good.
    fn is_now(&self, issued_us: u64, now: Moment) -> Result<u64, ProofFault> {
        let skew_us = u64::from(self.skew_s.min(SKEW_MAX_S)) * US_PER_S;
        let age_max_us = u64::from(self.age_max_s.min(AGE_MAX_S)) * US_PER_S;
        let until_us = issued_us.saturating_add(age_max_us).saturating_add(skew_us);
        if issued_us > now.wall_us.saturating_add(skew_us) {
            let ahead_s = (issued_us - now.wall_us).div_ceil(US_PER_S);
            return Err(ProofFault::FromTheFuture { ahead_s });
        }
        if now.wall_us >= until_us {
            let age_s = now.wall_us.saturating_sub(issued_us) / US_PER_S;
            return Err(ProofFault::Old { age_s });
        }
        Ok(until_us)
    }
}
