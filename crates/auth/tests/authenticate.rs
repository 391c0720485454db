//! Whole requests: which credential counts, and that none that is no good is passed over.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod support;

use bartizan_auth::algorithm::Algorithm;
use bartizan_auth::api_key::{ApiKey, ApiKeyFault, ApiKeys, issue};
use bartizan_auth::authenticate::{
    AuthFault, Authorities, Caller, Issuer, Outcome, Request, authenticate, password,
};
use bartizan_auth::basic::{self, BasicFault};
use bartizan_auth::binding::{BindingFault, certificate};
use bartizan_auth::credential::{CredentialFault, Place, Places};
use bartizan_auth::dpop::{ProofFault, ProofPolicy};
use bartizan_auth::jwk::Key;
use bartizan_auth::jws::JwsFault;
use bartizan_auth::policy::{Policy, TokenFault};
use bartizan_auth::revoked::{Entry, Kind, Reason, Revocations, Target};
use bartizan_model::identity::Scheme;
use serde_json::{Value, json};
use support::{
    AUDIENCE, HOME, ISSUER, MALLORY, NOW_S, b64, claims_with, home_keys, kid, now, sha256,
};

const URI: &str = "https://api.example/orders";
const DER: &[u8] = b"a certificate in DER";

fn authorities() -> Authorities {
    let (_, hash) = issue("shop", &[7; 32]).unwrap();
    let key = ApiKey {
        prefix: "shop".into(),
        hash,
        owner: "partner".into(),
        name: "ci".into(),
        scopes: vec!["orders:read".into()],
        expires_us: None,
    };
    Authorities {
        issuers: vec![Issuer { policy: Policy::new(ISSUER, &[AUDIENCE]), keys: home_keys() }],
        api_keys: ApiKeys::of(vec![key], 10).unwrap(),
        proofs: ProofPolicy::default(),
        places: Places { key_fields: vec!["X-API-Key".into()], cookies: vec!["sid".into()] },
        revoked: Revocations::new(10),
    }
}

fn api_key() -> String {
    issue("shop", &[7; 32]).unwrap().0
}

fn token(changes: Value) -> String {
    HOME.token(Algorithm::Es256, &claims_with(changes))
}

/// A token that is bound to Mallory's or our own key of ES256.
fn thumbprint(party: &support::Party) -> String {
    let key = Key::read(party.jwk(Algorithm::Es256).to_string().as_bytes()).unwrap();
    key.thumbprint().unwrap().base64url()
}

fn proof(party: &support::Party, token: &str) -> String {
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": party.jwk(Algorithm::Es256)});
    let claims = json!({
        "htm": "GET", "htu": URI, "iat": NOW_S, "jti": "p1", "ath": b64(sha256(token.as_bytes()))
    });
    party.token_of(Algorithm::Es256, &header.to_string(), &claims.to_string())
}

fn ask(
    fields: &[(&str, String)],
    certificate_der: Option<&[u8]>,
    authorities: &Authorities,
) -> Result<Outcome, AuthFault> {
    let request = Request { method: "GET", uri: URI, certificate_der, nonces: &[] };
    let fields = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    authenticate(fields, &request, authorities, now())
}

#[track_caller]
fn known(outcome: Result<Outcome, AuthFault>) -> Caller {
    match outcome.unwrap() {
        Outcome::Known(it) => *it,
        other @ (Outcome::Nobody | Outcome::Password(_)) => unreachable!("{other:?}"),
    }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer {token}"))
}

#[test]
fn every_kind_of_credential_says_who_it_is() {
    let all = authorities();
    let who = known(ask(&[bearer(&token(json!({})))], None, &all));
    assert_eq!(
        (who.identity.scheme, who.identity.subject.as_deref()),
        (Scheme::Token, Some("alice"))
    );
    assert!(who.token.is_some() && who.replay.is_none());
    for field in [bearer(&api_key()), ("x_api_key", api_key())] {
        let who = known(ask(&[field], None, &all));
        assert_eq!(
            (who.identity.scheme, who.identity.subject.as_deref()),
            (Scheme::ApiKey, Some("partner"))
        );
    }
    let who = known(ask(&[], Some(DER), &all));
    assert_eq!(who.identity.scheme, Scheme::Certificate);
    assert_eq!(who.identity.token_id, Some(certificate(DER).to_string().into()));
    let basic = ask(&[("authorization", "Basic YTpi".into())], None, &all);
    assert!(matches!(basic, Ok(Outcome::Password(it)) if it.user == "a"));
    for fields in [vec![], vec![("Cookie", "sid=x".to_owned())], vec![("Accept", "*/*".to_owned())]]
    {
        assert!(matches!(ask(&fields, None, &all), Ok(Outcome::Nobody)));
    }
}

#[test]
fn a_bound_token_is_its_owners() {
    let all = authorities();
    let bound = token(json!({"cnf": {"jkt": thumbprint(&HOME)}}));
    let dpop = |token: &str, proof: String| {
        ask(&[("Authorization", format!("DPoP {token}")), ("DPoP", proof)], None, &all)
    };
    let who = known(dpop(&bound, proof(&HOME, &bound)));
    assert_eq!(who.identity.scheme, Scheme::BoundToken);
    assert!(who.replay.is_some());
    let fault = |outcome: Result<Outcome, AuthFault>| outcome.unwrap_err();
    // Stolen, and shown as a bearer's, with the thief's proof, with an old one, and without.
    assert_eq!(
        fault(ask(&[bearer(&bound)], None, &all)),
        AuthFault::Binding(BindingFault::NoProof)
    );
    assert_eq!(
        fault(dpop(&bound, proof(&MALLORY, &bound))),
        AuthFault::Binding(BindingFault::OtherKey)
    );
    assert_eq!(fault(dpop(&bound, proof(&HOME, "other"))), AuthFault::Proof(ProofFault::Token));
    let without = ask(&[("Authorization", format!("DPoP {bound}"))], None, &all);
    assert_eq!(fault(without), AuthFault::Binding(BindingFault::NoProof));
    let free = token(json!({}));
    assert_eq!(fault(dpop(&free, proof(&HOME, &free))), AuthFault::Binding(BindingFault::NotBound));
    // Who changes over to proofs sends them early.
    assert!(ask(&[bearer(&free), ("DPoP", proof(&HOME, &free))], None, &all).is_ok());

    let bound = token(json!({"cnf": {"x5t#S256": certificate(DER).base64url()}}));
    assert!(ask(&[bearer(&bound)], Some(DER), &all).is_ok());
    let other = fault(ask(&[bearer(&bound)], Some(b"other"), &all));
    assert_eq!(other, AuthFault::Binding(BindingFault::OtherCertificate));
    let none = fault(ask(&[bearer(&bound)], None, &all));
    assert_eq!(none, AuthFault::Binding(BindingFault::NoCertificate));
    let unknown = token(json!({"cnf": {"kid": "x"}}));
    let unknown = fault(ask(&[bearer(&unknown)], Some(DER), &all));
    assert_eq!(unknown, AuthFault::Binding(BindingFault::Unknown));
}

#[test]
fn a_credential_that_is_no_good_is_not_passed_over() {
    let all = authorities();
    let forged = MALLORY.token(Algorithm::Es256, &claims_with(json!({})));
    let (_, foreign) = (0, issue("shop", &[8; 32]).unwrap().0);
    let repeated = CredentialFault::Repeated(Place::Authorization);
    for (fields, fault, error) in [
        // Beside each of them stands a good one.
        (
            vec![bearer(&forged), ("X-API-Key", api_key())],
            AuthFault::Token(JwsFault::Forged.into()),
            Some("invalid_token"),
        ),
        (
            vec![bearer(&foreign), ("X-API-Key", api_key())],
            AuthFault::ApiKey(ApiKeyFault::Unknown),
            None,
        ),
        (vec![("X-API-Key", "x".into())], AuthFault::ApiKey(ApiKeyFault::Form), None),
        (
            vec![bearer(&token(json!({}))), bearer(&forged)],
            AuthFault::Credential(repeated),
            Some("invalid_request"),
        ),
        (
            vec![("Authorization", "Digest a=\"b\"".into()), ("X-API-Key", api_key())],
            AuthFault::Scheme,
            None,
        ),
        (
            vec![("Authorization", "Basic YTpi=".into())],
            AuthFault::Basic(BasicFault::Encoding),
            None,
        ),
        (
            vec![bearer(&token(json!({"iss": "https://x.example"})))],
            AuthFault::Token(TokenFault::Issuer),
            Some("invalid_token"),
        ),
    ] {
        let result = ask(&fields, Some(DER), &all).unwrap_err();
        assert_eq!((result, result.error()), (fault, error));
        assert!(!result.to_string().is_empty());
    }
    let nonce = AuthFault::Proof(ProofFault::Nonce);
    assert_eq!(nonce.error(), Some("use_dpop_nonce"));
    assert_eq!(AuthFault::Proof(ProofFault::Uri).error(), Some("invalid_dpop_proof"));
}

#[test]
fn what_was_revoked_is_no_longer_good() {
    let issuer = ISSUER;
    let shown = token(json!({"sid": "s1"}));
    let who = known(ask(&[bearer(&shown)], None, &authorities()));
    let hash = who.token.unwrap().token;
    let key_id = kid(Algorithm::Es256);
    for target in [
        Target::Token(hash),
        Target::TokenId { issuer, id: "t1" },
        Target::Session { issuer, session: "s1" },
        Target::Subject { issuer, subject: "alice" },
        Target::Client { issuer, client: "shop-app" },
        Target::Key { issuer, kid: &key_id },
        Target::Certificate(certificate(DER)),
        Target::Issuer(issuer),
    ] {
        let mut all = authorities();
        all.revoked.insert(Entry::all_of(target, Reason::Compromised)).unwrap();
        let result = ask(&[bearer(&shown)], Some(DER), &all).unwrap_err();
        let expected = AuthFault::Revoked { kind: target.kind(), reason: Reason::Compromised };
        assert_eq!(result, expected);
    }
    let mut all = authorities();
    let before = Entry::all_of(Target::Subject { issuer, subject: "alice" }, Reason::LoggedOut);
    all.revoked.insert(before.issued_before((NOW_S - 5) * 1_000_000)).unwrap();
    assert!(ask(&[bearer(&shown)], None, &all).is_err());
    let newer = token(json!({"iat": NOW_S - 4}));
    assert!(ask(&[bearer(&newer)], None, &all).is_ok());
    // An API key by its owner, and by its own name; the names of other issuers' people are others.
    let hash = certificate(&[7; 32]).to_string();
    for target in [
        Target::Subject { issuer: "", subject: "partner" },
        Target::TokenId { issuer: "", id: &hash },
    ] {
        let mut all = authorities();
        all.revoked.insert(Entry::all_of(target, Reason::Replaced)).unwrap();
        let result = ask(&[("X-API-Key", api_key())], None, &all).unwrap_err();
        assert_eq!(result, AuthFault::Revoked { kind: target.kind(), reason: Reason::Replaced });
    }
    let mut all = authorities();
    all.revoked
        .insert(Entry::all_of(Target::Subject { issuer, subject: "partner" }, Reason::Left))
        .unwrap();
    assert!(ask(&[("X-API-Key", api_key())], None, &all).is_ok());
    assert_eq!(Kind::Subject.name(), "subject");
}

#[test]
fn a_password_is_compared_with_what_is_revoked_too() {
    let hashed = basic::Hashed::new("b", &[7; 16], 210_000).unwrap();
    let users = basic::Users::read(&format!("a:{}", hashed.text())).unwrap();
    let ask = |text: &str, revoked: &Revocations| {
        let fields = [("authorization", format!("Basic {text}"))];
        let Ok(Outcome::Password(shown)) = ask(&fields, None, &authorities()) else {
            unreachable!()
        };
        password(&shown, &users, Some(DER), revoked, now()).map(|it| it.identity.scheme)
    };
    let mut revoked = Revocations::new(10);
    assert_eq!(ask("YTpi", &revoked), Ok(Scheme::Basic));
    assert_eq!(ask("YTpj", &revoked), Err(AuthFault::Basic(BasicFault::Wrong)));
    let entry = Entry::all_of(Target::Subject { issuer: "", subject: "a" }, Reason::Left);
    revoked.insert(entry).unwrap();
    let expected = AuthFault::Revoked { kind: Kind::Subject, reason: Reason::Left };
    assert_eq!(ask("YTpi", &revoked), Err(expected));
}
