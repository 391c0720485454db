//! Vectors that others wrote: Wycheproof's JWS, and the examples of RFC 7520, 7797 and 8037.
//!
//! Where they are absent the tests say so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod support;

use bartizan_auth::algorithm::{Algorithm, Algorithms, Named};
use bartizan_auth::jwk::{Key, Keys, Unusable};
use bartizan_auth::jws::{Jws, JwsFault, OwnKey, Part};
use serde_json::Value;
use std::path::Path;
use support::{keys_of, un64, vectors};

/// Valid ones that we refuse, and why: the key is for PS256 and the token says PS384; the key says ES521, which is no algorithm, and
/// so is none; a stray character in the header; one in the payload.
const DECLARED: [(u64, JwsFault); 6] = [
    (346, JwsFault::KeyOfAnotherKind(Algorithm::Ps384)),
    (347, JwsFault::UnknownKey),
    (350, JwsFault::KeyOfAnotherKind(Algorithm::Ps384)),
    (351, JwsFault::UnknownKey),
    (372, JwsFault::Encoding(Part::Header)),
    (373, JwsFault::Encoding(Part::Payload)),
];

/// Invalid ones that are, letter for letter and under the same key, a valid one: whoever refuses these refuses that. They are
/// said to have wrong padding, which is not in the file.
const SAME_AS_A_VALID_ONE: [(u64, u64); 2] = [(367, 357), (370, 357)];

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A key as an operator or issuer would give it: secrets are configured, all else is published.
fn keys(jwk: &Value) -> Keys {
    if jwk["kty"] != "oct" {
        return keys_of(&[public(jwk)]);
    }
    assert!(jwk["use"].is_null() || jwk["use"] == "sig", "{jwk}");
    let Named::Algorithm(algorithm) = Named::of(jwk["alg"].as_str().unwrap()) else {
        return Keys::default();
    };
    let secret = un64(jwk["k"].as_str().unwrap());
    Keys::of(Key::secret(jwk["kid"].as_str(), algorithm, &secret).into_iter().collect()).unwrap()
}

/// Without what only its owner has.
fn public(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        jwk.as_object_mut().unwrap().remove(name);
    }
    jwk
}

fn verify(jws: &str, keys: &Keys) -> Result<Vec<u8>, JwsFault> {
    let jws = Jws::read(jws.as_bytes(), OwnKey::Refused)?;
    jws.verify(keys, Algorithm::ALL.into_iter().collect())?;
    Ok(jws.payload().to_vec())
}

#[test]
fn wycheproof_is_accepted_and_refused_as_it_says() {
    let Some(folder) = vectors("wycheproof") else {
        println!("skipped: vectors absent");
        return;
    };
    let all = read(&folder.join("testvectors_v1/json_web_signature_test.json"));
    let (mut accepted, mut declared, mut refused, mut contradicted) = (0, vec![], 0, vec![]);
    let mut valid = vec![];
    for group in all["testGroups"].as_array().unwrap() {
        let jwk = if group["public"].is_object() { &group["public"] } else { &group["private"] };
        let keys = keys(jwk);
        for test in group["tests"].as_array().unwrap() {
            let id = test["tcId"].as_u64().unwrap();
            let jws = test["jws"].as_str().unwrap();
            let result = verify(jws, &keys);
            let comment = &test["comment"];
            match (test["result"].as_str().unwrap(), result) {
                ("valid", Ok(_)) => {
                    accepted += 1;
                    valid.push((id, jwk, jws));
                }
                ("valid", Err(fault)) => {
                    assert!(DECLARED.contains(&(id, fault)), "{id} {comment}: {fault}");
                    declared.push((id, fault));
                }
                ("invalid", Err(_)) => refused += 1,
                ("invalid", Ok(_)) => {
                    let same = valid.iter().find(|it| (it.1, it.2) == (jwk, jws));
                    let same = same.unwrap_or_else(|| panic!("{id} {comment} was accepted"));
                    contradicted.push((id, same.0));
                }
                other => unreachable!("{other:?}"),
            }
        }
    }
    println!("wycheproof: {accepted} of 46 accepted, {refused} of 355 refused");
    println!("wycheproof: 6 valid ones declared, 2 invalid ones are the valid one 357");
    assert_eq!((accepted, refused), (40, 353));
    assert_eq!(declared, DECLARED);
    assert_eq!(contradicted, SAME_AS_A_VALID_ONE);
}

#[test]
fn the_cookbook_is_accepted_where_it_is_compact_and_encoded() {
    let Some(folder) = vectors("jose-cookbook") else {
        println!("skipped: vectors absent");
        return;
    };
    let mut accepted = Vec::new();
    for name in [
        "jws/4_1.rsa_v15_signature.json",
        "jws/4_2.rsa-pss_signature.json",
        "jws/4_3.ecdsa_signature.json",
        "jws/4_4.hmac-sha2_integrity_protection.json",
        "curve25519/jws.json",
    ] {
        let example = read(&folder.join(name));
        let compact = example["output"]["compact"].as_str().unwrap();
        let payload = verify(compact, &keys(&example["input"]["key"]));
        let expected = example["input"]["payload"].as_str().unwrap();
        assert_eq!(payload.as_deref(), Ok(expected.as_bytes()), "{name}");
        accepted.push(name);
    }
    // A payload that is elsewhere is none: the token is read without it, and its signature is wrong.
    let detached = read(&folder.join("jws/4_5.signature_with_detached_content.json"));
    let compact = detached["output"]["compact"].as_str().unwrap();
    let result = verify(compact, &keys(&detached["input"]["key"]));
    assert_eq!(result, Err(JwsFault::Forged));
    // An unencoded payload is refused, whole or detached.
    for name in ["rfc7797/hmac-sha2_b64_false.json", "rfc7797/4.2.hmac-sha2_b64_false.json"] {
        let example = read(&folder.join(name));
        let signing = &example["signing"];
        let parts = [&signing["sig-input"], &signing["sig"]].map(|it| it.as_str().unwrap());
        let result = verify(&parts.join("."), &keys(&example["input"]["key"]));
        assert!(
            matches!(result, Err(JwsFault::Critical | JwsFault::Unencoded | JwsFault::Parts)),
            "{name} {result:?}"
        );
        let parts: Vec<_> = parts[0].split('.').collect();
        let encoded = format!("{}.JC4wMg.{}", parts[0], signing["sig"].as_str().unwrap());
        let result = verify(&encoded, &keys(&example["input"]["key"]));
        assert!(matches!(result, Err(JwsFault::Critical | JwsFault::Unencoded)), "{name}");
    }
    println!("cookbook: {} accepted, 3 refused as documented", accepted.len());
}

#[test]
fn keys_of_the_cookbook_are_public_or_not() {
    let Some(folder) = vectors("jose-cookbook") else {
        println!("skipped: vectors absent");
        return;
    };
    for (name, expected) in [
        ("3_1.ec_public_key.json", None),
        ("3_2.ec_private_key.json", Some(Unusable::Private)),
        ("3_3.rsa_public_key.json", None),
        ("3_4.rsa_private_key.json", Some(Unusable::Private)),
        ("3_5.symmetric_key_mac_computation.json", Some(Unusable::Symmetric)),
        ("3_6.symmetric_key_encryption.json", Some(Unusable::Symmetric)),
    ] {
        let keys = keys_of(&[read(&folder.join("jwk").join(name))]);
        let why = keys.unusable().first().map(|it| it.1);
        assert_eq!((why, keys.len()), (expected, usize::from(expected.is_none())), "{name}");
    }
}

/// RFC 7638 section 3.1 and RFC 8037 appendix A.3.
#[test]
fn thumbprints_are_those_of_the_documents() {
    for (jwk, expected) in [
        (
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        ),
        (
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        ),
    ] {
        let key = Key::read(jwk.as_bytes()).unwrap();
        assert_eq!(key.thumbprint().unwrap().base64url(), expected);
        assert!(Algorithms::asymmetric().iter().any(|it| key.fits(it)));
    }
}
