//! Proofs of possession: the one that a client makes for a request, and all that are for something else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod support;

use bartizan_auth::JsonFault;
use bartizan_auth::algorithm::{Algorithm, Algorithms};
use bartizan_auth::claims::{Claim, ClaimsFault};
use bartizan_auth::dpop::{Proof, ProofClaim, ProofFault, ProofPolicy, Request, verify};
use bartizan_auth::jwk::{Key, Unusable};
use bartizan_auth::jws::{JwsFault, Parameter};
use serde_json::{Value, json};
use support::{HOME, MALLORY, NOW_S, Party, at, b64, now, sha256};

const URI: &str = "https://api.example/orders";
const TOKEN: &[u8] = b"a.b.c";

fn request() -> Request<'static> {
    Request { method: "POST", uri: URI, token: Some(TOKEN), nonces: &[] }
}

fn claims() -> Value {
    json!({"htm": "POST", "htu": URI, "iat": NOW_S, "jti": "p1", "ath": b64(sha256(TOKEN))})
}

fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn header(algorithm: Algorithm) -> Value {
    json!({"typ": "dpop+jwt", "alg": algorithm.name(), "jwk": HOME.jwk(algorithm)})
}

fn header_with(changes: Value) -> Value {
    let mut header = header(Algorithm::Es256);
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            header.as_object_mut().unwrap().remove(name);
        } else {
            header[name] = value.clone();
        }
    }
    header
}

fn proof_of(party: &Party, header: &Value, claims: &Value) -> String {
    party.token_of(Algorithm::Es256, &header.to_string(), &claims.to_string())
}

fn proof(changes: Value) -> String {
    proof_of(&HOME, &header(Algorithm::Es256), &claims_with(changes))
}

fn check(proof: &str, request: &Request<'_>) -> Result<Proof, ProofFault> {
    verify(proof.as_bytes(), request, &ProofPolicy::default(), now())
}

#[test]
fn a_proof_is_good_with_every_algorithm_of_key_pairs() {
    for algorithm in Algorithms::asymmetric().iter() {
        let (header, claims) = (header(algorithm).to_string(), claims().to_string());
        let proof = HOME.token_of(algorithm, &header, &claims);
        let found = check(&proof, &request()).unwrap();
        let key = Key::read(HOME.jwk(algorithm).to_string().as_bytes()).unwrap();
        assert_eq!(Some(found.key), key.thumbprint(), "{algorithm:?}");
        assert_eq!(found.remember_until_us, (NOW_S + 360) * 1_000_000);
        let foreign = MALLORY.token_of(algorithm, &header, &claims);
        assert_eq!(check(&foreign, &request()), Err(JwsFault::Forged.into()));
    }
}

/// The example of RFC 9449 section 4.1, which is for a token endpoint and has no `ath`.
#[test]
fn the_example_of_the_document_is_good() {
    let proof = concat!(
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik",
        "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR",
        "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE",
        "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj",
        "oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia",
        "WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg",
        "4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    );
    let uri = "https://server.example.com/token";
    let request = Request { method: "POST", uri, token: None, nonces: &[] };
    let found = verify(proof.as_bytes(), &request, &ProofPolicy::default(), at(1_562_262_616));
    // Section 6.1 has the thumbprint of this key.
    assert_eq!(found.unwrap().key.base64url(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

#[test]
fn a_proof_for_something_else_is_none() {
    use ProofFault::{Method, Missing, Token, Type, Uri};
    let mut cases = 0;
    let mut refused = |name: &str, proof: String, expected: ProofFault| {
        cases += 1;
        assert_eq!(check(&proof, &request()), Err(expected), "{name}");
    };
    let mistyped = |it| ProofFault::Claims(ClaimsFault::Mistyped(it));
    for (name, changes, fault) in [
        ("method", json!({"htm": "GET"}), Method),
        ("method in lower case", json!({"htm": "post"}), Method),
        ("no method", json!({"htm": null}), Missing(ProofClaim::Method)),
        ("method list", json!({"htm": ["POST"]}), Missing(ProofClaim::Method)),
        ("path", json!({"htu": "https://api.example/order"}), Uri),
        ("longer path", json!({"htu": "https://api.example/orders/1"}), Uri),
        ("slash", json!({"htu": "https://api.example/orders/"}), Uri),
        ("case of a path", json!({"htu": "https://api.example/Orders"}), Uri),
        ("host", json!({"htu": "https://api.example.mallory.example/orders"}), Uri),
        ("user", json!({"htu": "https://api.example@mallory.example/orders"}), Uri),
        ("scheme", json!({"htu": "http://api.example/orders"}), Uri),
        ("port", json!({"htu": "https://api.example:8443/orders"}), Uri),
        ("path only", json!({"htu": "/orders"}), Uri),
        ("escaped slash", json!({"htu": "https://api.example/%2forders"}), Uri),
        ("no uri", json!({"htu": null}), Missing(ProofClaim::Uri)),
        ("no time", json!({"iat": null}), Missing(ProofClaim::Issued)),
        ("time as text", json!({"iat": NOW_S.to_string()}), mistyped(Claim::Issued)),
        ("old", json!({"iat": NOW_S - 360}), ProofFault::Old { age_s: 360 }),
        ("of 1970", json!({"iat": 0}), ProofFault::Old { age_s: NOW_S }),
        ("of the future", json!({"iat": NOW_S + 61}), ProofFault::FromTheFuture { ahead_s: 61 }),
        ("no name", json!({"jti": null}), Missing(ProofClaim::Id)),
        ("empty name", json!({"jti": ""}), Missing(ProofClaim::Id)),
        ("name number", json!({"jti": 7}), Missing(ProofClaim::Id)),
        ("no token", json!({"ath": null}), Missing(ProofClaim::Token)),
        ("other token", json!({"ath": b64(sha256(b"a.b.d"))}), Token),
        ("token itself", json!({"ath": "a.b.c"}), Token),
        ("padded token", json!({"ath": format!("{}=", b64(sha256(TOKEN)))}), Token),
        ("half a token", json!({"ath": b64(&sha256(TOKEN)[..16])}), Token),
    ] {
        refused(name, proof(changes), fault);
    }
    for (name, changes, fault) in [
        ("no type", json!({"typ": null}), Type),
        ("other type", json!({"typ": "JWT"}), Type),
        ("type in capitals", json!({"typ": "DPOP+JWT"}), Type),
        ("type of a number", json!({"typ": 1}), JwsFault::Mistyped(Parameter::Type).into()),
        ("no key", json!({"jwk": null}), JwsFault::OwnKey.into()),
        (
            "key elsewhere",
            json!({"jwk": null, "jku": "https://a.example"}),
            JwsFault::OwnKey.into(),
        ),
        ("other key", json!({"jwk": MALLORY.jwk(Algorithm::Es256)}), JwsFault::Forged.into()),
        ("unsigned", json!({"alg": "none"}), JwsFault::Unsigned.into()),
        ("crit", json!({"crit": ["x"]}), JwsFault::Critical.into()),
        (
            "other algorithm",
            json!({"alg": "ES384"}),
            JwsFault::KeyOfAnotherKind(Algorithm::Es384).into(),
        ),
        ("secret", json!({"alg": "HS256"}), JwsFault::Forbidden(Algorithm::Hs256).into()),
    ] {
        refused(name, proof_of(&HOME, &header_with(changes), &claims()), fault);
    }
    let with = |more: Value| {
        let mut jwk = HOME.jwk(Algorithm::Es256);
        jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        proof_of(&HOME, &header_with(json!({"jwk": jwk})), &claims())
    };
    for (name, more, why) in [
        ("private", json!({"d": "AAAA"}), Unusable::Private),
        ("symmetric", json!({"kty": "oct"}), Unusable::Symmetric),
        ("for encryption", json!({"use": "enc"}), Unusable::Use),
        ("other curve", json!({"crv": "P-999"}), Unusable::Curve),
        ("no kind", json!({"kty": ""}), Unusable::Mistyped(bartizan_auth::jwk::Member::Kind)),
    ] {
        refused(name, with(more), JwsFault::OwnKeyUnusable(why).into());
    }
    let text = proof_of(&HOME, &header_with(json!({"jwk": "x"})), &claims());
    refused("key as text", text, JwsFault::OwnKeyUnusable(Unusable::NoObject).into());
    let twice = header(Algorithm::Es256).to_string().replacen('{', r#"{"jwk":{},"#, 1);
    let twice = HOME.token_of(Algorithm::Es256, &twice, &claims().to_string());
    refused("two keys", twice, JwsFault::Header(JsonFault::Repeated).into());
    let whole = proof(json!({}));
    refused("two proofs", format!("{whole},{whole}"), JwsFault::Encrypted.into());
    refused("a token", HOME.token(Algorithm::Es256, &claims()), JwsFault::OwnKey.into());
    refused("nothing", String::new(), JwsFault::Parts.into());
    println!("proofs: {cases} cases, 0 accepted");
    assert!(cases >= 45, "{cases}");
}

#[test]
fn a_uri_is_compared_in_one_spelling_without_its_query() {
    for (said, asked) in [
        ("https://api.example/orders", "https://api.example/orders?page=2#x"),
        ("https://api.example/orders?page=1", "https://api.example/orders"),
        ("HTTPS://API.example:443/orders", "https://api.example/orders"),
        ("https://api.example/%6frders", "https://api.example/orders"),
        ("https://api.example/a/../orders", "https://api.example/orders"),
        ("https://api.example", "https://api.example/"),
    ] {
        let request = Request { uri: asked, ..request() };
        assert!(check(&proof(json!({"htu": said})), &request).is_ok(), "{said} {asked}");
    }
    let odd = Request { uri: "orders", ..request() };
    assert_eq!(check(&proof(json!({})), &odd), Err(ProofFault::RequestUri));
}

#[test]
fn a_proof_is_good_for_its_time_on_both_sides() {
    let ok = |s: u64, policy: &ProofPolicy| {
        verify(proof(json!({})).as_bytes(), &request(), policy, at(s)).is_ok()
    };
    let plain = ProofPolicy::default();
    assert!(ok(NOW_S + 359, &plain) && !ok(NOW_S + 360, &plain));
    assert!(ok(NOW_S - 60, &plain) && !ok(NOW_S - 61, &plain));
    let wide = ProofPolicy { age_max_s: u32::MAX, skew_s: u32::MAX, ..plain };
    assert!(ok(NOW_S + 4_199, &wide) && !ok(NOW_S + 4_200, &wide));
    assert!(!ok(0, &plain) && !ok(u64::MAX / 1_000_000, &plain));
}

#[test]
fn a_nonce_is_one_of_those_that_are_good_now() {
    let nonces = ["n1", "n2"];
    let demanding = Request { nonces: &nonces, ..request() };
    assert!(check(&proof(json!({"nonce": "n2"})), &demanding).is_ok());
    for changes in
        [json!({}), json!({"nonce": "n3"}), json!({"nonce": ""}), json!({"nonce": ["n1"]})]
    {
        assert_eq!(check(&proof(changes), &demanding), Err(ProofFault::Nonce));
    }
    assert!(check(&proof(json!({"nonce": "old"})), &request()).is_ok());
}

#[test]
fn two_proofs_differ_by_their_name_and_their_key() {
    let replay = |proof: &str| check(proof, &request()).unwrap().replay;
    let one = replay(&proof(json!({})));
    assert_eq!(one, replay(&proof(json!({"iat": NOW_S - 1}))));
    assert_ne!(one, replay(&proof(json!({"jti": "p2"}))));
    let header = header_with(json!({"jwk": MALLORY.jwk(Algorithm::Es256)}));
    assert_ne!(one, replay(&proof_of(&MALLORY, &header, &claims())));
}

/// Not even where a careless policy allows it.
#[test]
fn a_shared_secret_proves_nothing() {
    let policy =
        ProofPolicy { algorithms: Algorithm::ALL.into_iter().collect(), ..ProofPolicy::default() };
    for jwk in [HOME.jwk(Algorithm::Es256), HOME.jwk(Algorithm::Hs256)] {
        let is_secret = jwk["kty"] == "oct";
        let header = json!({"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk}).to_string();
        let proof = HOME.token_of(Algorithm::Hs256, &header, &claims().to_string());
        let fault = if is_secret {
            JwsFault::OwnKeyUnusable(Unusable::Symmetric)
        } else {
            JwsFault::Forbidden(Algorithm::Hs256)
        };
        assert_eq!(verify(proof.as_bytes(), &request(), &policy, now()), Err(fault.into()));
    }
}

/// A client chooses the key of a proof, and so how dear it is to be told that it is wrong.
#[test]
fn the_dearest_proof_has_a_bound() {
    let jwk = |bytes: usize| json!({"kty": "RSA", "n": b64(vec![0xFF; bytes]), "e": b64([1, 0, 0, 0, 1])});
    let proof = |bytes: usize| {
        let header = json!({"typ": "dpop+jwt", "alg": "RS256", "jwk": jwk(bytes)});
        let input = format!("{}.{}", b64(header.to_string()), b64(claims().to_string()));
        format!("{input}.{}", b64(vec![0x7F; bytes]))
    };
    let long = JwsFault::OwnKeyUnusable(Unusable::Modulus { bits: 4104 });
    assert_eq!(check(&proof(513), &request()), Err(long.into()));
    let dearest = proof(512);
    let since = std::time::Instant::now();
    let rounds = 20;
    for _ in 0..rounds {
        assert_eq!(check(&dearest, &request()), Err(JwsFault::Forged.into()));
    }
    let each_us = since.elapsed().as_micros() / rounds;
    println!("the dearest proof of RSA: {each_us} µs");
    let header = header(Algorithm::Es512).to_string();
    let dearest = MALLORY.token_of(Algorithm::Es512, &header, &claims().to_string());
    let since = std::time::Instant::now();
    for _ in 0..rounds {
        assert_eq!(check(&dearest, &request()), Err(JwsFault::Forged.into()));
    }
    let other_us = since.elapsed().as_micros() / rounds;
    println!("the dearest proof of ECDSA: {other_us} µs");
    assert!(each_us.max(other_us) < 50_000);
}
