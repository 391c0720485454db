//! Whether the token of a request is good, and whose it is.
//!
//! Reads    the credentials of a request, the truth that it is verified with, tokens that were verified before.
//! Writes   [`Shown`]: whose token it is, or the code of what is wrong with it. Remembers good tokens and used proofs.
//! Memory   what of a token is kept (`tables::verified`).
//! Errors   [`AuthFault`], told as codes by [`code_of`]: nothing of a token is in either.
//! Misses   routes that verify no tokens: there a token is taken for whose it says it is. Sessions in cookies, keys in fields,
//!          names and passwords: they are not verified, and name a caller of their own. What of a connection is not seen
//!          where copies of requests come: there, no fault is found with proofs and certificates, and whoever would need one
//!          is nobody.
//! Source   RFC 6750 section 3, RFC 8705 section 3, RFC 9449 section 7.

use crate::origin::{Authority, Origin};
use crate::snapshot::Snapshot;
use crate::tables::Tables;
use crate::tables::verified::TOKEN_BYTES_MAX;
use bartizan_auth::authenticate::AuthFault;
use bartizan_auth::binding::{self, BindingFault};
use bartizan_auth::credential::{self, Authorization};
use bartizan_auth::dpop::{self, Proof};
use bartizan_auth::policy::{TokenFault, Verified, verify_by_issuer};
use bartizan_auth::revoked;
use bartizan_model::clause::ClauseName;
use bartizan_model::code::Code;
use bartizan_model::head::RequestHead;
use bartizan_model::identity::Identity;
use bartizan_model::moment::Moment;
use bartizan_model::route::{Demand, Route};
use bytes::Bytes;
use std::sync::Arc;

/// A request, as far as its token is concerned.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) head: &'a RequestHead,
    pub(crate) origin: &'a Origin,
    /// What it is for, as its client knows it; needed where it has a proof.
    pub(crate) uri: Option<&'a str>,
    pub(crate) is_preflight: bool,
    pub(crate) at: Moment,
}

/// Whose token a request has.
#[derive(Clone, Debug)]
pub(crate) enum Bearer {
    /// Tokens are not verified here: whoever shows one is whom it names.
    Unverified,
    /// Tokens are verified here, and the request has none.
    Nobody,
    /// Whom a good token names.
    Known(Arc<Identity>),
    /// The token is no good. It names nobody, or anybody could act in somebody else's name as long as they are refused.
    Doubted,
}

/// What a request shows of who sends it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) bearer: Bearer,
    pub(crate) violation: Option<Code>,
    /// The token came under the scheme `DPoP`.
    pub(crate) is_dpop: bool,
}

impl Shown {
    /// Where tokens are not verified.
    pub(crate) fn unverified() -> Self {
        Self { bearer: Bearer::Unverified, violation: None, is_dpop: false }
    }

    /// Whether it has a token that is no good.
    pub(crate) fn is_doubted(&self) -> bool {
        matches!(self.bearer, Bearer::Doubted)
    }
}

/// What a request is for, if it has a proof that has to name it. The target is the one that was sent.
pub(crate) fn proved_uri(head: &RequestHead, spoke_tls: bool) -> Option<String> {
    let has_proof = head.fields.iter().any(|(_, name, _)| name.eq_ignore_ascii_case(b"dpop"));
    let text = |it| str::from_utf8(it).ok().filter(|_| has_proof);
    let (authority, path) = (text(head.authority())?, text(head.path())?);
    Some(format!("{}://{authority}{path}", if spoke_tls { "https" } else { "http" }))
}

/// Looks at the token of a request that takes this route.
pub(crate) fn look(call: &Call<'_>, on: &Route, view: &Snapshot, tables: &Tables) -> Shown {
    if on.tokens == Demand::None {
        return Shown::unverified();
    }
    let fields = call.head.fields.iter().map(|(_, name, value)| (name, value));
    let found = match credential::read(fields, &view.truth.authorities.places) {
        Ok(found) => found,
        Err(fault) => return refused(AuthFault::Credential(fault), false, call),
    };
    let asked = Asked { call, view, tables };
    let (identity, is_dpop) = match found.authorization {
        Some(Authorization::Bearer(token)) => (asked.bearer(token), false),
        Some(Authorization::Dpop(token)) => (asked.dpop(token, found.proof), true),
        Some(Authorization::Basic(_) | Authorization::Other) | None => {
            let is_missing = on.tokens == Demand::Required && !call.is_preflight;
            let violation = is_missing.then_some(Code::TokenMissing);
            return Shown { bearer: Bearer::Nobody, violation, is_dpop: false };
        }
    };
    match identity {
        Ok(identity) => {
            let has_all = on.scopes.iter().all(|it| identity.has_scope(it)) || call.is_preflight;
            let violation = (!has_all).then_some(Code::ScopeMissing);
            Shown { bearer: Bearer::Known(identity), violation, is_dpop }
        }
        Err(fault) => refused(fault, is_dpop, call),
    }
}

fn refused(fault: AuthFault, is_dpop: bool, call: &Call<'_>) -> Shown {
    let code = code_of(fault);
    // How the client of a copy connected, and whether the original used its proof, is not seen.
    let is_unseen = call.origin.authority == Authority::Copy && code == Code::TokenProofInvalid;
    Shown { bearer: Bearer::Doubted, violation: (!is_unseen).then_some(code), is_dpop }
}

/// The code of a refusal for this.
pub(crate) fn code_of(fault: AuthFault) -> Code {
    match fault {
        AuthFault::Scheme => Code::TokenMissing,
        AuthFault::Credential(_) | AuthFault::ApiKey(_) | AuthFault::Basic(_) => Code::TokenInvalid,
        AuthFault::Proof(_) | AuthFault::Binding(_) => Code::TokenProofInvalid,
        AuthFault::Revoked { .. } => Code::TokenRevoked,
        AuthFault::Token(it) if it.wants_newer_keys() => Code::TokenKeyUnknown,
        AuthFault::Token(it) => match it {
            TokenFault::Jws(_)
            | TokenFault::Claims(_)
            | TokenFault::Missing(_)
            | TokenFault::MissingRequired { .. }
            | TokenFault::Issuer
            | TokenFault::Audience
            | TokenFault::Type => Code::TokenInvalid,
            TokenFault::Expired { .. }
            | TokenFault::NotYet { .. }
            | TokenFault::FromTheFuture { .. }
            | TokenFault::LivesTooLong { .. } => Code::TokenExpired,
        },
    }
}

/// The challenge that a refusal with this code answers with (RFC 6750 section 3); none for other codes. The scopes are those that the
/// route demands, in the letters that RFC 6749 section 3.3 allows, so that nothing needs escaping.
pub(crate) fn challenge(code: Code, is_dpop: bool, scopes: &[Box<str>]) -> Option<Bytes> {
    let scheme = if is_dpop { "DPoP" } else { "Bearer" };
    let clause = code.entry().clause;
    let text = if clause == ClauseName::IdentityScope {
        format!("{scheme} error=\"insufficient_scope\", scope=\"{}\"", scopes.join(" "))
    } else if clause != ClauseName::IdentityVerified {
        return None;
    } else if code == Code::TokenMissing {
        // A challenge has one parameter at least, and without a credential tells no error.
        "Bearer realm=\"api\"".to_owned()
    } else if code == Code::TokenProofInvalid && is_dpop {
        "DPoP error=\"invalid_dpop_proof\"".to_owned()
    } else {
        format!("{scheme} error=\"invalid_token\"")
    };
    Some(Bytes::from(text))
}

struct Asked<'a> {
    call: &'a Call<'a>,
    view: &'a Snapshot,
    tables: &'a Tables,
}

impl Asked<'_> {
    fn bearer(&self, token: &[u8]) -> Result<Arc<Identity>, AuthFault> {
        let (at, truth) = (self.call.at, &self.view.truth);
        // A certificate can be revoked that this token is not bound to.
        let is_one_of_all =
            self.call.origin.certificate_digest.is_none() || truth.authorities.revoked.is_empty();
        let is_kept = token.len() <= TOKEN_BYTES_MAX && is_one_of_all;
        let hash = self.view.rules.key.subject(&[b"token", token]).0;
        let verified = self.tables.verified();
        if is_kept && let Some(known) = verified.get(hash, truth.revision, at.wall_us) {
            return Ok(known);
        }
        let found = self.token(token, None)?;
        let is_bound = found.claims.confirmation.is_some();
        let identity = Arc::new(found.identity);
        if is_kept && !is_bound {
            verified.put(hash, truth.revision, &identity);
        }
        Ok(identity)
    }

    fn dpop(&self, token: &[u8], proof: Option<&[u8]>) -> Result<Arc<Identity>, AuthFault> {
        let missing = AuthFault::Binding(BindingFault::NoProof);
        let (proof, uri) = proof.zip(self.call.uri).ok_or(missing)?;
        let method = self.call.head.method.name();
        let request = dpop::Request { method, uri, token: Some(token), nonces: &[] };
        let policy = &self.view.truth.authorities.proofs;
        let at = self.call.at;
        let proof = dpop::verify(proof, &request, policy, at).map_err(AuthFault::Proof)?;
        let found = self.token(token, Some(proof))?;
        // Only now: what is remembered is the proof of a good token.
        let until_us = proof.remember_until_us;
        match self.tables.proofs().use_once(proof.replay.0, until_us, at.wall_us) {
            true => Ok(Arc::new(found.identity)),
            // It was good, for another call.
            false => Err(missing),
        }
    }

    /// A token that is good, and that of whoever sent it.
    fn token(&self, token: &[u8], proof: Option<Proof>) -> Result<Verified, AuthFault> {
        let (at, authorities) = (self.call.at, &self.view.truth.authorities);
        let issuers = authorities.issuers.iter().map(|it| (&it.policy, &it.keys));
        let found = verify_by_issuer(token, issuers, at).map_err(AuthFault::Token)?;
        let certificate = self.call.origin.certificate_digest;
        let shown = binding::Shown { is_dpop: proof.is_some(), proof, certificate };
        let bound = found.claims.confirmation.as_ref();
        binding::holds(bound, &shown).map_err(AuthFault::Binding)?;
        let with = revoked::Shown::token(&found, certificate);
        match authorities.revoked.is_revoked(&with, at) {
            Some(it) => Err(AuthFault::Revoked { kind: it.kind, reason: it.reason }),
            None => Ok(found),
        }
    }
}
