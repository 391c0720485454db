//! Whether to believe a token: signed by its issuer, for us, now.
//!
//! Reads    a token, the keys of its issuer, a [`Policy`], and the time.
//! Writes   [`Verified`].
//! Memory   what of the token is kept: its claims and its payload, at most 16 KiB.
//! Errors   [`TokenFault`]: closed, with data for operators and nothing of the token's text. Of a token whose signature is
//!          wrong nothing else is told.
//! Misses   whether the token was revoked (`revoked`) and whether whoever sent it is the one that it was issued to (`binding`).
//! Source   RFC 7519 sections 4.1 and 7.2, RFC 8725, RFC 9068 section 4.

use crate::algorithm::{Algorithm, Algorithms};
use crate::claims::{Claim, Claims, ClaimsFault, Payload};
use crate::digest::Digest;
use crate::jwk::{Key, Keys};
use crate::jws::{Jws, JwsFault, OwnKey, media_type};
use bartizan_model::identity::{Identity, Scheme};
use bartizan_model::moment::Moment;
use std::fmt;

/// Seconds that clocks may differ at most: a larger skew would be a longer life.
pub const SKEW_MAX_S: u32 = 600;

const US_PER_S: u64 = 1_000_000;

/// What a token has to be for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its `iss`, byte for byte: `https://a.example` and `https://a.example/` are two issuers.
    pub issuer: Box<str>,
    /// Whom it is for.
    pub audiences: Audiences,
    /// How it may be signed.
    pub algorithms: Algorithms,
    /// What it may say that it is (`typ`), without `application/`, in any case.
    pub types: Vec<Box<str>>,
    /// Whether it may say nothing of that.
    pub accepts_untyped: bool,
    /// Seconds that the issuer's clock and ours may differ; more than [`SKEW_MAX_S`] count as that.
    pub skew_s: u32,
    /// Whether it must say when it ends.
    pub demands_expiry: bool,
    /// Seconds from its issue to its end, at most; nothing: any time.
    pub lifetime_max_s: Option<u32>,
    /// Names of claims that it must have besides.
    pub required: Vec<Box<str>>,
    /// Where it says what its subject is: the steps to each such claim, as `realm_access`, `roles`.
    pub roles: Vec<Vec<Box<str>>>,
}

/// Whom tokens are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audiences {
    /// One of these has to be in `aud`.
    OneOf(Vec<Box<str>>),
    /// Whoever it is, even nobody. Then a token for another service of the same issuer is good here.
    Any,
}

impl Policy {
    /// Tokens of this issuer for one of these audiences: key pairs only, an expiry, a minute of skew; access tokens, also
    /// those that call themselves `JWT` or nothing.
    pub fn new(issuer: &str, audiences: &[&str]) -> Self {
        Self {
            issuer: issuer.into(),
            audiences: Audiences::OneOf(audiences.iter().map(|it| (*it).into()).collect()),
            algorithms: Algorithms::asymmetric(),
            types: vec!["at+jwt".into(), "JWT".into()],
            accepts_untyped: true,
            skew_s: 60,
            demands_expiry: true,
            lifetime_max_s: None,
            required: Vec::new(),
            roles: Vec::new(),
        }
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It is no signed message that we read, or not signed as it must be.
    Jws(JwsFault),
    /// Its claims are none that we read.
    Claims(ClaimsFault),
    /// A claim is missing.
    Missing(Claim),
    /// A claim is missing that the policy demands.
    MissingRequired {
        /// Which of [`Policy::required`], counted from 0.
        index: usize,
    },
    /// It is of another issuer.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// It says that it is something else.
    Type,
    /// It has ended.
    Expired {
        /// Seconds ago, without the skew.
        since_s: u64,
    },
    /// It has not begun.
    NotYet {
        /// Seconds ahead, without the skew.
        ahead_s: u64,
    },
    /// It was issued in the future.
    FromTheFuture {
        /// Seconds ahead, without the skew.
        ahead_s: u64,
    },
    /// It lives longer than tokens may.
    LivesTooLong {
        /// Seconds that it lives.
        lifetime_s: u64,
    },
}

impl From<JwsFault> for TokenFault {
    fn from(fault: JwsFault) -> Self {
        Self::Jws(fault)
    }
}

impl From<ClaimsFault> for TokenFault {
    fn from(fault: ClaimsFault) -> Self {
        Self::Claims(fault)
    }
}

impl TokenFault {
    /// Whether newer keys of the issuer could help: the token names a key that is not among those that we have.
    pub fn wants_newer_keys(&self) -> bool {
        *self == Self::Jws(JwsFault::UnknownKey)
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jws(it) => it.fmt(f),
            Self::Claims(it) => it.fmt(f),
            Self::Missing(it) => write!(f, "it has no `{}`", it.name()),
            Self::MissingRequired { index } => {
                write!(f, "it has not the required claim number {index}")
            }
            Self::Issuer => f.write_str("it is of another issuer"),
            Self::Audience => f.write_str("it is for another audience"),
            Self::Type => f.write_str("its `typ` is not accepted here"),
            Self::Expired { since_s } => write!(f, "it ended {since_s} s ago"),
            Self::NotYet { ahead_s } => write!(f, "it begins in {ahead_s} s"),
            Self::FromTheFuture { ahead_s } => write!(f, "it is issued {ahead_s} s ahead"),
            Self::LivesTooLong { lifetime_s } => write!(f, "it lives for {lifetime_s} s"),
        }
    }
}

impl std::error::Error for TokenFault {}

/// A token that is to be believed.
#[derive(Clone)]
pub struct Verified {
    /// Who calls.
    pub identity: Identity,
    /// What the token says.
    pub claims: Claims,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The `kid` of the key that signed it.
    pub kid: Option<Box<str>>,
    /// Which token it is: the hash of what was signed. The signature is left out, for one of ECDSA can be changed into another
    /// that is as good, and the token would be a new one each time.
    pub token: Digest,
    payload: Vec<u8>,
}

impl Verified {
    /// All its claims, as JSON.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// Says how it was verified; not what it says.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("identity", &self.identity)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Verifies a token.
///
/// # Errors
///
/// [`TokenFault`].
pub fn verify(
    token: &[u8],
    keys: &Keys,
    policy: &Policy,
    now: Moment,
) -> Result<Verified, TokenFault> {
    let jws = Jws::read(token, OwnKey::Refused)?;
    let key = jws.verify(keys, policy.algorithms)?;
    let payload = Payload::read(jws.payload())?;
    believed(&jws, &payload, key, policy, now)
}

/// Verifies a token with the policy and the keys of the issuer that it names. The first policy of that issuer counts.
///
/// # Errors
///
/// [`TokenFault`]; `Issuer` if none of them is of its issuer. That is the only thing that is told of a token before its
/// signature is verified, besides that it has no readable claims.
pub fn verify_by_issuer<'a>(
    token: &[u8],
    issuers: impl IntoIterator<Item = (&'a Policy, &'a Keys)>,
    now: Moment,
) -> Result<Verified, TokenFault> {
    let jws = Jws::read(token, OwnKey::Refused)?;
    let payload = Payload::read(jws.payload())?;
    let named = payload.text(Claim::Issuer.name()).ok_or(TokenFault::Missing(Claim::Issuer))?;
    let known = issuers.into_iter().find(|(policy, _)| policy.issuer == named);
    let (policy, keys) = known.ok_or(TokenFault::Issuer)?;
    let key = jws.verify(keys, policy.algorithms)?;
    believed(&jws, &payload, key, policy, now)
}

/// What a token says whose signature is right.
fn believed(
    jws: &Jws<'_>,
    payload: &Payload<'_>,
    key: &Key,
    policy: &Policy,
    now: Moment,
) -> Result<Verified, TokenFault> {
    policy.has_type(jws.typ())?;
    let claims = payload.claims()?;
    policy.is_for_us(&claims)?;
    policy.is_now(&claims, now)?;
    for (index, name) in policy.required.iter().enumerate() {
        if !payload.has(name) {
            return Err(TokenFault::MissingRequired { index });
        }
    }
    Ok(Verified {
        identity: identity(&claims, roles(payload, policy)),
        algorithm: jws.algorithm(),
        kid: key.kid().map(Into::into),
        token: Digest::of(jws.input()),
        claims,
        payload: jws.payload().to_vec(),
    })
}

fn roles(payload: &Payload<'_>, policy: &Policy) -> Vec<Box<str>> {
    policy.roles.iter().flat_map(|steps| payload.texts(steps)).collect()
}

fn identity(claims: &Claims, roles: Vec<Box<str>>) -> Identity {
    let is_bound = claims.confirmation.is_some();
    let scheme = if is_bound { Scheme::BoundToken } else { Scheme::Token };
    Identity {
        issuer: claims.issuer.clone(),
        subject: claims.subject.clone(),
        actor: claims.actor.as_ref().and_then(|it| it.subject.clone()),
        client: claims.client.clone().or_else(|| claims.authorized_party.clone()),
        scopes: claims.scopes.clone(),
        roles,
        acr: claims.acr.clone(),
        amr: claims.amr.clone(),
        auth_time_us: claims.auth_time_us,
        expires_us: claims.expires_us,
        token_id: claims.token_id.clone(),
        ..Identity::of(scheme)
    }
}

impl Policy {
    fn has_type(&self, typ: Option<&str>) -> Result<(), TokenFault> {
        let is_good = match typ.map(media_type) {
            None => self.accepts_untyped,
            Some(typ) => self.types.iter().any(|it| it.eq_ignore_ascii_case(typ)),
        };
        if is_good { Ok(()) } else { Err(TokenFault::Type) }
    }

    fn is_for_us(&self, claims: &Claims) -> Result<(), TokenFault> {
        match claims.issuer.as_deref() {
            None => return Err(TokenFault::Missing(Claim::Issuer)),
            Some(it) if *it != *self.issuer => return Err(TokenFault::Issuer),
            Some(_) => {}
        }
        match &self.audiences {
            Audiences::Any => Ok(()),
            Audiences::OneOf(_) if claims.audiences.is_empty() => {
                Err(TokenFault::Missing(Claim::Audience))
            }
            Audiences::OneOf(ours) => {
                let is_one = claims.audiences.iter().any(|it| ours.contains(it));
                if is_one { Ok(()) } else { Err(TokenFault::Audience) }
            }
        }
    }

    fn is_now(&self, claims: &Claims, now: Moment) -> Result<(), TokenFault> {
        let now_us = now.wall_us;
        let skew_us = u64::from(self.skew_s.min(SKEW_MAX_S)) * US_PER_S;
        match claims.expires_us {
            None if self.demands_expiry => return Err(TokenFault::Missing(Claim::Expires)),
            // RFC 7519 section 4.1.4: on or after that time it is not accepted.
            Some(it) if now_us >= it.saturating_add(skew_us) => {
                return Err(TokenFault::Expired { since_s: (now_us - it) / US_PER_S });
            }
            Some(_) | None => {}
        }
        let ahead_s = |it: Option<u64>| {
            let us = it?.checked_sub(now_us)?;
            (us > skew_us).then_some(us.div_ceil(US_PER_S))
        };
        if let Some(ahead_s) = ahead_s(claims.not_before_us) {
            return Err(TokenFault::NotYet { ahead_s });
        }
        if let Some(ahead_s) = ahead_s(claims.issued_us) {
            return Err(TokenFault::FromTheFuture { ahead_s });
        }
        self.lives_short(claims, now_us, skew_us)
    }

    /// From its issue to its end; of a token that does not say when it was issued, from now on.
    fn lives_short(&self, claims: &Claims, now_us: u64, skew_us: u64) -> Result<(), TokenFault> {
        let Some(lifetime_max_s) = self.lifetime_max_s else { return Ok(()) };
        let Some(expires_us) = claims.expires_us else {
            // A token without an end lives too long, whatever else is accepted.
            return Err(TokenFault::Missing(Claim::Expires));
        };
        let (since_us, more_us) = claims.issued_us.map_or((now_us, skew_us), |it| (it, 0));
        let lives_us = expires_us.saturating_sub(since_us);
        if lives_us > u64::from(lifetime_max_s) * US_PER_S + more_us {
            return Err(TokenFault::LivesTooLong { lifetime_s: lives_us / US_PER_S });
        }
        Ok(())
    }
}
