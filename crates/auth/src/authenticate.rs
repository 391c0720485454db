//! Who sends a request: the one call for all kinds of credentials.
//!
//! Reads    the fields of a request, what it is for, its client certificate, all that is known ([`Authorities`]), and the time.
//! Writes   [`Outcome`].
//! Memory   what of a token is kept.
//! Errors   [`AuthFault`]. A credential that is no good is never passed over for another one.
//! Misses   proofs that are used twice: [`Caller::replay`] is for the caller's table. Sessions in cookies, which only the API
//!          knows, are nobody here. Of two credentials the first of these counts: `Authorization`, a field for API keys, a certificate.
//! Source   RFC 6750, RFC 9449, RFC 8705.

use crate::api_key::{self, ApiKeyFault, ApiKeys};
use crate::basic::{self, Basic, BasicFault, Passwords};
use crate::binding::{self, BindingFault};
use crate::credential::{self, Authorization, CredentialFault, Credentials, Places};
use crate::digest::Digest;
use crate::dpop::{self, Proof, ProofFault, ProofPolicy};
use crate::jwk::Keys;
use crate::policy::{Policy, TokenFault, Verified, verify_by_issuer};
use crate::revoked::{Kind, Reason, Revocations, Shown};
use bartizan_model::identity::{Identity, Scheme};
use bartizan_model::moment::Moment;
use std::fmt;

/// An issuer whose tokens are believed.
#[derive(Debug)]
pub struct Issuer {
    /// What they have to be.
    pub policy: Policy,
    /// What they are signed with.
    pub keys: Keys,
}

/// All that credentials are verified with.
#[derive(Debug)]
pub struct Authorities {
    /// Whose tokens are believed. Of two with one name the first counts.
    pub issuers: Vec<Issuer>,
    /// API keys of our own.
    pub api_keys: ApiKeys,
    /// What proofs of possession have to be.
    pub proofs: ProofPolicy,
    /// Where credentials stand.
    pub places: Places,
    /// What is no longer good.
    pub revoked: Revocations,
}

/// A request, as far as it says who sends it.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// Its method.
    pub method: &'r str,
    /// What it is for, absolute, as the client knows it.
    pub uri: &'r str,
    /// The client certificate of its connection, in DER. That it is valid was verified.
    pub certificate_der: Option<&'r [u8]>,
    /// The nonces of proofs that are good now; none if none is demanded.
    pub nonces: &'r [&'r str],
}

/// Says nothing of it.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}

/// Who sends a request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Nobody that we know: there is no credential, or a session of the API's own.
    Nobody,
    /// Somebody.
    Known(Box<Caller>),
    /// Somebody with a name and a password, to be compared off the threads that serve requests ([`password`]).
    Password(Basic),
}

/// Somebody who was verified.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub identity: Identity,
    /// The token that says so.
    pub token: Option<Verified>,
    /// The proof that has to be new, and to be remembered.
    pub replay: Option<Proof>,
}

/// Why nobody is believed to have sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFault {
    /// Which credential it has cannot be told.
    Credential(CredentialFault),
    /// Its scheme is none that we have.
    Scheme,
    /// Its token is not believed.
    Token(TokenFault),
    /// The proof that came with its token is not believed.
    Proof(ProofFault),
    /// Its token was issued to somebody else.
    Binding(BindingFault),
    /// Its API key is not good.
    ApiKey(ApiKeyFault),
    /// Its name and password are none.
    Basic(BasicFault),
    /// Its credential is no longer good.
    Revoked {
        /// What was withdrawn.
        kind: Kind,
        /// Why.
        reason: Reason,
    },
}

impl AuthFault {
    /// The `error` of a challenge (RFC 6750 section 3.1, RFC 9449 sections 7.1 and 9); nothing where the scheme has none.
    pub fn error(&self) -> Option<&'static str> {
        match self {
            Self::Credential(_) => Some("invalid_request"),
            Self::Token(_) | Self::Binding(_) | Self::Revoked { .. } => Some("invalid_token"),
            Self::Proof(ProofFault::Nonce) => Some("use_dpop_nonce"),
            Self::Proof(_) => Some("invalid_dpop_proof"),
            Self::Scheme | Self::ApiKey(_) | Self::Basic(_) => None,
        }
    }
}

impl fmt::Display for AuthFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credential(it) => it.fmt(f),
            Self::Scheme => f.write_str("its scheme is none that is accepted here"),
            Self::Token(it) => it.fmt(f),
            Self::Proof(it) => write!(f, "its proof: {it}"),
            Self::Binding(it) => it.fmt(f),
            Self::ApiKey(it) => it.fmt(f),
            Self::Basic(it) => it.fmt(f),
            Self::Revoked { kind, reason } => {
                write!(f, "its {} was revoked: {}", kind.name(), reason.name())
            }
        }
    }
}

impl std::error::Error for AuthFault {}

/// Who sends a request with these fields.
///
/// # Errors
///
/// [`AuthFault`].
pub fn authenticate<'r>(
    fields: impl IntoIterator<Item = (&'r [u8], &'r [u8])>,
    request: &Request<'r>,
    authorities: &Authorities,
    now: Moment,
) -> Result<Outcome, AuthFault> {
    let found = credential::read(fields, &authorities.places).map_err(AuthFault::Credential)?;
    let asked = Asked {
        request,
        authorities,
        now,
        certificate: request.certificate_der.map(binding::certificate),
    };
    match found.authorization {
        Some(Authorization::Bearer(key)) if api_key::is_form(key) => asked.api_key(key),
        Some(Authorization::Bearer(token)) => asked.token(token, None),
        Some(Authorization::Dpop(token)) => asked.dpop(token, &found),
        Some(Authorization::Basic(it)) => {
            basic::read(it).map(Outcome::Password).map_err(AuthFault::Basic)
        }
        Some(Authorization::Other) => Err(AuthFault::Scheme),
        None => match (found.key, asked.certificate) {
            (Some(key), _) => asked.api_key(key.value),
            (None, Some(certificate)) => asked.of_certificate(certificate),
            (None, None) => Ok(Outcome::Nobody),
        },
    }
}

/// Who has this name and password, of [`Outcome::Password`]. Takes some hundred milliseconds of a processor: see [`basic`].
///
/// # Errors
///
/// [`AuthFault::Basic`] or [`AuthFault::Revoked`].
pub fn password(
    shown: &Basic,
    passwords: &impl Passwords,
    certificate_der: Option<&[u8]>,
    revoked: &Revocations,
    now: Moment,
) -> Result<Caller, AuthFault> {
    let identity = basic::verify(shown, passwords).map_err(AuthFault::Basic)?;
    let certificate = certificate_der.map(binding::certificate);
    is_good(revoked, &Shown::identity(&identity, certificate), now)?;
    Ok(Caller { identity, token: None, replay: None })
}

fn is_good(revoked: &Revocations, shown: &Shown<'_>, now: Moment) -> Result<(), AuthFault> {
    match revoked.is_revoked(shown, now) {
        None => Ok(()),
        Some(it) => Err(AuthFault::Revoked { kind: it.kind, reason: it.reason }),
    }
}

struct Asked<'a, 'r> {
    request: &'a Request<'r>,
    authorities: &'a Authorities,
    now: Moment,
    certificate: Option<Digest>,
}

impl Asked<'_, '_> {
    fn token(&self, token: &[u8], proof: Option<Proof>) -> Result<Outcome, AuthFault> {
        let issuers = self.authorities.issuers.iter().map(|it| (&it.policy, &it.keys));
        let verified = verify_by_issuer(token, issuers, self.now).map_err(AuthFault::Token)?;
        let shown =
            binding::Shown { is_dpop: proof.is_some(), proof, certificate: self.certificate };
        binding::holds(verified.claims.confirmation.as_ref(), &shown)
            .map_err(AuthFault::Binding)?;
        self.is_good(&Shown::token(&verified, self.certificate))?;
        let identity = verified.identity.clone();
        let caller = Caller { identity, token: Some(verified), replay: proof };
        Ok(Outcome::Known(Box::new(caller)))
    }

    fn dpop(&self, token: &[u8], found: &Credentials<'_>) -> Result<Outcome, AuthFault> {
        let proof = found.proof.ok_or(AuthFault::Binding(BindingFault::NoProof))?;
        let Request { method, uri, nonces, .. } = *self.request;
        let request = dpop::Request { method, uri, token: Some(token), nonces };
        let proof = dpop::verify(proof, &request, &self.authorities.proofs, self.now);
        self.token(token, Some(proof.map_err(AuthFault::Proof)?))
    }

    fn api_key(&self, key: &[u8]) -> Result<Outcome, AuthFault> {
        let identity = self.authorities.api_keys.verify(key, self.now);
        self.known(identity.map_err(AuthFault::ApiKey)?)
    }

    fn of_certificate(&self, certificate: Digest) -> Result<Outcome, AuthFault> {
        let token_id = Some(certificate.to_string().into());
        self.known(Identity { token_id, ..Identity::of(Scheme::Certificate) })
    }

    fn known(&self, identity: Identity) -> Result<Outcome, AuthFault> {
        self.is_good(&Shown::identity(&identity, self.certificate))?;
        Ok(Outcome::Known(Box::new(Caller { identity, token: None, replay: None })))
    }

    fn is_good(&self, shown: &Shown<'_>) -> Result<(), AuthFault> {
        is_good(&self.authorities.revoked, shown, self.now)
    }
}
