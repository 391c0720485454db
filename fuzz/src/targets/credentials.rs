//! Tokens, proofs, sets of keys, names and passwords: none is believed that nobody signed, claims are what serde_json reads, and
//! what is read within a header can be read only once.
//!
//! serde_json refuses halves of surrogate pairs and numbers beyond its range in members that we do not look at.

use super::reference::base64;
use bartizan_auth::api_key::{ApiKeys, is_form};
use bartizan_auth::credential::{self, Authorization, Places};
use bartizan_auth::dpop::{self, ProofPolicy};
use bartizan_auth::jwk::{KEYS_MAX, Key, Keys};
use bartizan_auth::jws::{Jws, OwnKey};
use bartizan_auth::policy::{Policy, verify, verify_by_issuer};
use bartizan_auth::{basic, claims};
use bartizan_model::moment::Moment;
use serde_json::Value;

/// The key of RFC 8037 appendix A.2, whose secret half is not used here.
const KEY: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
const NOW: Moment = Moment { mono_ns: 0, wall_us: 1_800_000_000_000_000 };

pub(super) fn run(data: &[u8]) {
    let keys = Keys::read(KEY).unwrap();
    let policy = Policy::new("https://id.example", &["https://api.example"]);
    let as_payload =
        [b"eyJhbGciOiJFZERTQSJ9.", base64::encoded(data).as_slice(), b".c2ln"].concat();
    let as_header = [base64::encoded(data).as_slice(), b".e30.c2ln"].concat();
    for token in [data, &as_payload, &as_header] {
        assert!(verify(token, &keys, &policy, NOW).is_err());
        assert!(verify_by_issuer(token, [(&policy, &keys)], NOW).is_err());
        let request =
            dpop::Request { method: "GET", uri: "https://a.example/", token: None, nonces: &[] };
        assert!(dpop::verify(token, &request, &ProofPolicy::default(), NOW).is_err());
        if let Ok(jws) = Jws::read(token, OwnKey::Refused) {
            assert!(token.starts_with(jws.input()) && token.get(jws.input().len()) == Some(&b'.'));
            let rest = &token[jws.input().len() + 1..];
            assert_eq!(base64::encoded(&base64::decoded(rest).unwrap()), rest);
        }
        assert!(!is_form(token) || ApiKeys::default().verify(token, NOW).is_err());
    }
    payload(data);
    if let Ok(set) = Keys::read(data) {
        assert!(set.len() + set.unusable().len() <= KEYS_MAX);
        assert!(set.iter().all(|it| it.thumbprint().is_some() && it.algorithms().count() > 0));
    }
    if let Ok(key) = Key::read(data) {
        let jwk: Value = serde_json::from_slice(data).unwrap_or_default();
        assert!(jwk.is_null() || (jwk["d"].is_null() && jwk["k"].is_null()));
        assert_eq!(
            jwk["kid"].as_str().filter(|_| !jwk.is_null()),
            key.kid().filter(|_| !jwk.is_null())
        );
    }
    if let Ok(shown) = basic::read(data) {
        let text = base64::decoded(data).unwrap();
        assert!(
            text.starts_with(shown.user.as_bytes()) && text.get(shown.user.len()) == Some(&b':')
        );
    }
    fields(data);
}

/// What serde_json reads too is the same there.
fn payload(data: &[u8]) {
    let Ok(found) = claims::read(data) else { return };
    let Ok(payload) = serde_json::from_slice::<Value>(data) else { return };
    for (name, value) in [("sub", &found.subject), ("iss", &found.issuer), ("jti", &found.token_id)]
    {
        assert_eq!(payload[name].as_str(), value.as_deref());
    }
    let whole = payload["exp"].as_u64().and_then(|it| it.checked_mul(1_000_000));
    assert!(whole.is_none() || found.expires_us == whole);
    assert!(payload["exp"].is_null() == found.expires_us.is_none());
}

/// Fields as lines `name: value`.
fn fields(data: &[u8]) {
    let places = Places { key_fields: vec!["X-API-Key".into()], cookies: vec!["sid".into()] };
    let lines = data.split(|it| *it == b'\n').filter_map(|line| {
        let colon = line.iter().position(|it| *it == b':')?;
        Some((&line[..colon], &line[colon + 1..]))
    });
    let Ok(found) = credential::read(lines, &places) else { return };
    let value = match found.authorization {
        Some(Authorization::Bearer(it) | Authorization::Dpop(it) | Authorization::Basic(it)) => it,
        Some(Authorization::Other) | None => &[],
    };
    let all = [value, found.proof.unwrap_or_default(), found.key.map_or(&[][..], |it| it.value)];
    assert!(all.iter().all(|it| it.iter().all(|it| it.is_ascii_graphic() && *it != b',')));
}
