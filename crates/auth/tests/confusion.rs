//! Tokens that want to be taken for good ones. None is, and each for the reason that it is refused for.
//!
//! Every case begins with what the issuer gave out or published, and changes what an attacker can change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod support;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::KeyPair;
use bartizan_auth::JsonFault;
use bartizan_auth::algorithm::{Algorithm, Algorithms};
use bartizan_auth::claims::{Claim, ClaimsFault};
use bartizan_auth::jwk::{Key, Keys, SetFault, Unusable};
use bartizan_auth::jws::{JwsFault, Parameter, Part, TOKEN_BYTES_MAX};
use bartizan_auth::policy::{Audiences, Policy, TokenFault, Verified, verify, verify_by_issuer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{
    AUDIENCE, HOME, ISSUER, MALLORY, NOW_S, SECRET, at, b64, claims, claims_with, home_keys,
    home_secrets, keys_of, kid, now, policy, policy_of, set_of, un64,
};

use Algorithm::{EdDsa, Es256, Es384, Es512, Hs256, Hs384, Hs512, Ps256, Rs256, Rs512};

/// All that were tried, and what came of them.
#[derive(Default)]
struct Tried {
    cases: usize,
    accepted: Vec<String>,
}

impl Tried {
    #[track_caller]
    fn refused(
        &mut self,
        name: &str,
        result: Result<Verified, TokenFault>,
        expected: impl Into<TokenFault>,
    ) {
        self.cases += 1;
        match result {
            Ok(_) => self.accepted.push(name.to_owned()),
            Err(fault) => assert_eq!(fault, expected.into(), "{name}"),
        }
    }

    /// The token against what the issuer publishes, with every algorithm allowed.
    #[track_caller]
    fn token(&mut self, name: &str, token: impl AsRef<[u8]>, expected: impl Into<TokenFault>) {
        let result = verify(token.as_ref(), &home_keys(), &everything(), now());
        self.refused(name, result, expected);
    }

    /// A token that the issuer signed, with this header.
    #[track_caller]
    fn header(&mut self, name: &str, header: &str, expected: impl Into<TokenFault>) {
        let token = HOME.token_of(Es256, header, &claims().to_string());
        self.token(name, token, expected);
    }

    /// A token that the issuer signed, with this payload.
    #[track_caller]
    fn payload(&mut self, name: &str, payload: &str, expected: impl Into<TokenFault>) {
        let header = json!({"alg": "ES256", "kid": kid(Es256)}).to_string();
        self.token(name, HOME.token_of(Es256, &header, payload), expected);
    }

    fn end(self, least: usize) {
        println!("confusion: {} cases, {} accepted", self.cases, self.accepted.len());
        assert!(self.accepted.is_empty(), "{:?}", self.accepted);
        assert!(self.cases >= least, "{}", self.cases);
    }
}

/// The most careless policy: every algorithm that there is.
fn everything() -> Policy {
    policy_of(&Algorithm::ALL)
}

fn good() -> String {
    HOME.token(Es256, &claims())
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

/// The token with another signature.
fn with_signature(token: &str, signature: &[u8]) -> String {
    let [header, payload, _] = parts(token);
    format!("{header}.{payload}.{}", b64(signature))
}

#[test]
fn good_tokens_are_good_in_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let token = HOME.token(algorithm, &claims());
        let has_pair = Algorithms::asymmetric().contains(algorithm);
        let keys = if has_pair { home_keys() } else { home_secrets() };
        let verified = verify(token.as_bytes(), &keys, &everything(), now()).unwrap();
        assert_eq!((verified.algorithm, verified.kid), (algorithm, Some(kid(algorithm).into())));
        assert_eq!(verified.identity.subject.as_deref(), Some("alice"));
        assert!(verified.identity.has_scope("orders:write"));
        let foreign = MALLORY.token(algorithm, &claims());
        let result = verify(foreign.as_bytes(), &keys, &everything(), now());
        assert_eq!(result.err(), Some(JwsFault::Forged.into()), "{algorithm:?}");
    }
}

#[test]
fn algorithms_are_not_confused() {
    let mut tried = Tried::default();
    let payload = b64(claims().to_string());
    // No signature, in every case and with every way to leave it out.
    for name in ["none", "None", "NONE", "nOnE", "noNe", " none", "none\\t"] {
        let header = format!(r#"{{"alg":"{name}","kid":"home-ES256"}}"#);
        let expected: TokenFault = match name {
            // A control character in a name.
            "none\\t" => JwsFault::Mistyped(Parameter::Algorithm).into(),
            _ => JwsFault::Unsigned.into(),
        };
        tried.token(name, format!("{}.{payload}.", b64(&header)), expected);
        let [_, _, signature] = parts(&good());
        tried.token(name, format!("{}.{payload}.{signature}", b64(&header)), expected);
        tried.token(name, HOME.token_of(Es256, &header, &claims().to_string()), expected);
    }
    let named = |alg: &str| format!(r#"{{"alg":{alg},"kid":"home-ES256"}}"#);
    for (alg, fault) in [
        (r#""""#, JwsFault::Mistyped(Parameter::Algorithm)),
        ("null", JwsFault::Mistyped(Parameter::Algorithm)),
        ("false", JwsFault::Mistyped(Parameter::Algorithm)),
        ("0", JwsFault::Mistyped(Parameter::Algorithm)),
        (r#"["ES256"]"#, JwsFault::Mistyped(Parameter::Algorithm)),
        (r#"{"name":"ES256"}"#, JwsFault::Mistyped(Parameter::Algorithm)),
        (r#""es256""#, JwsFault::UnknownAlgorithm),
        (r#""ES256 ""#, JwsFault::UnknownAlgorithm),
        (r#""ES256K""#, JwsFault::UnknownAlgorithm),
        (r#""Ed448""#, JwsFault::UnknownAlgorithm),
        (r#""HS1""#, JwsFault::UnknownAlgorithm),
        (r#""RS1""#, JwsFault::UnknownAlgorithm),
        (r#""dir""#, JwsFault::UnknownAlgorithm),
        (r#""RSA-OAEP""#, JwsFault::UnknownAlgorithm),
        (r#""HmacSHA256""#, JwsFault::UnknownAlgorithm),
        (r#""SHA256withECDSA""#, JwsFault::UnknownAlgorithm),
    ] {
        tried.header(alg, &named(alg), fault);
    }
    tried.header("no alg", r#"{"kid":"home-ES256","typ":"JWT"}"#, JwsFault::NoAlgorithm);
    tried.header("ALG", r#"{"ALG":"ES256","kid":"home-ES256"}"#, JwsFault::NoAlgorithm);

    // The public key as a shared secret: as n, in every text that people have of it.
    let jwk = HOME.named(Rs256, "home-RS256");
    let der = HOME.jwk(Rs256)["n"].as_str().map(un64).unwrap();
    let spki: PublicKeyX509Der<'_> = HOME.rsa.public_key().as_der().unwrap();
    let pem = {
        let text = STANDARD.encode(spki.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|it| str::from_utf8(it).unwrap()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"))
    };
    for (name, secret) in [
        ("der", spki.as_ref().to_vec()),
        ("pkcs 1", HOME.rsa.public_key().as_ref().to_vec()),
        ("pem", pem.clone().into_bytes()),
        ("pem with a line end", format!("{pem}\n").into_bytes()),
        ("n", der.clone()),
        ("n as text", jwk["n"].as_str().unwrap().as_bytes().to_vec()),
        ("jwk", jwk.to_string().into_bytes()),
        ("empty", Vec::new()),
        ("zeros", vec![0; 32]),
    ] {
        for (algorithm, mac) in [
            (Hs256, aws_lc_rs::hmac::HMAC_SHA256),
            (Hs384, aws_lc_rs::hmac::HMAC_SHA384),
            (Hs512, aws_lc_rs::hmac::HMAC_SHA512),
        ] {
            let header = json!({"alg": algorithm.name(), "kid": "home-RS256"}).to_string();
            let input = format!("{}.{payload}", b64(header));
            let key = aws_lc_rs::hmac::Key::new(mac, &secret);
            let tag = aws_lc_rs::hmac::sign(&key, input.as_bytes());
            let token = format!("{input}.{}", b64(tag.as_ref()));
            let fault = JwsFault::KeyOfAnotherKind(algorithm);
            tried.token(&format!("{} with {name}", algorithm.name()), &token, fault);
            // As a policy should be, it is refused before a key is looked for.
            let result = verify(token.as_bytes(), &home_keys(), &policy(), now());
            tried.refused(name, result, JwsFault::Forbidden(algorithm));
        }
    }
    // Signed rightly by the named key, in another way than its own.
    let own = [HOME.named(Rs256, "a"), HOME.named(Es256, "b"), HOME.named(EdDsa, "c")];
    for (algorithm, kid) in
        [(Rs512, "a"), (Ps256, "a"), (Es384, "b"), (Rs256, "b"), (Es256, "c"), (EdDsa, "a")]
    {
        let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
        let token = HOME.token_of(algorithm, &header, &claims().to_string());
        let result = verify(token.as_bytes(), &keys_of(&own), &everything(), now());
        tried.refused("another way", result, JwsFault::KeyOfAnotherKind(algorithm));
    }
    // PSS and PKCS #1 are not each other, where the key allows both.
    let both = [HOME.jwk(Rs256)];
    for (signed, said) in [(Rs256, "PS256"), (Ps256, "RS256"), (Rs512, "RS256"), (Rs256, "RS512")] {
        let header = json!({"alg": said}).to_string();
        let token = HOME.token_of(signed, &header, &claims().to_string());
        let result = verify(token.as_bytes(), &keys_of(&both), &everything(), now());
        tried.refused(said, result, JwsFault::Forged);
    }
    // A secret of one algorithm is not one of another.
    let header = json!({"alg": "HS512", "kid": "home-HS256"}).to_string();
    let token = HOME.token_of(Hs512, &header, &claims().to_string());
    let result = verify(token.as_bytes(), &home_secrets(), &everything(), now());
    tried.refused("HS512 with the secret of HS256", result, JwsFault::KeyOfAnotherKind(Hs512));
    tried.end(60);
}

#[test]
fn keys_come_from_the_issuer_only() {
    let mut tried = Tried::default();
    let body = claims().to_string();
    // Mallory brings a key, and says where another one is.
    let jwk = MALLORY.named(Es256, &kid(Es256));
    let with = |more: Value| {
        let mut header = json!({"alg": "ES256", "kid": kid(Es256)});
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        header.to_string()
    };
    let own = with(json!({"jwk": jwk}));
    tried.token("jwk", MALLORY.token_of(Es256, &own, &body), JwsFault::OwnKey);
    tried.token("jwk of the issuer", HOME.token_of(Es256, &own, &body), JwsFault::OwnKey);
    let null = with(json!({"jwk": null}));
    tried.token("jwk null", HOME.token_of(Es256, &null, &body), JwsFault::OwnKey);
    for (name, more) in [
        ("jku", json!({"jku": "https://mallory.example/jwks.json"})),
        ("jku inside", json!({"jku": "http://169.254.169.254/latest"})),
        ("jku file", json!({"jku": "file:///etc/passwd"})),
        ("x5u", json!({"x5u": "https://mallory.example/cert.pem"})),
        ("x5c", json!({"x5c": ["MIIB"]})),
        ("x5t", json!({"x5t": "AAAA", "x5t#S256": "AAAA"})),
        ("keys", json!({"keys": [jwk], "key": jwk})),
    ] {
        tried.token(name, MALLORY.token_of(Es256, &with(more), &body), JwsFault::Forged);
    }
    // Names of keys lead nowhere but to the very same name.
    for name in [
        "../../dev/null",
        "/dev/null",
        "home-ES256\u{2028}",
        "home-ES256' OR '1'='1",
        "home-ES256\" UNION SELECT 'a",
        "home-es256",
        "home-ES25",
        "home-ES2566",
        "home-ES256 ",
        "%68ome-ES256",
        "http://mallory.example/k",
        "$(id)",
        "0",
        "*",
        "HOME-ES256",
        "home-\u{435}S256",
    ] {
        let header = json!({"alg": "ES256", "kid": name}).to_string();
        tried.token(name, HOME.token_of(Es256, &header, &body), JwsFault::UnknownKey);
    }
    for raw in
        ["1", "null", "[\"home-ES256\"]", "{}", "\"\"", "\"home\\u0000\"", "\"home-ES256\\n\""]
    {
        let header = format!(r#"{{"alg":"ES256","kid":{raw}}}"#);
        let fault = JwsFault::Mistyped(Parameter::Kid);
        tried.token(raw, HOME.token_of(Es256, &header, &body), fault);
    }
    let long = json!({"alg": "ES256", "kid": "k".repeat(513)}).to_string();
    let fault = JwsFault::Mistyped(Parameter::Kid);
    tried.token("long kid", HOME.token_of(Es256, &long, &body), fault);

    // What a poisoned or careless set may hold.
    let keys = |jwk: Value| keys_of(&[jwk]);
    let against = |keys: &Keys, party: &support::Party, algorithm: Algorithm| {
        let header = json!({"alg": algorithm.name(), "kid": "k"}).to_string();
        let token = party.token_of(algorithm, &header, &body);
        verify(token.as_bytes(), keys, &everything(), now())
    };
    let changed = |algorithm: Algorithm, more: Value| {
        let mut jwk = HOME.named(algorithm, "k");
        jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        jwk
    };
    for (name, algorithm, jwk, why) in [
        ("oct", Hs256, HOME.named(Hs256, "k"), Unusable::Symmetric),
        ("private", Es256, changed(Es256, json!({"d": "AAAA"})), Unusable::Private),
        ("private rsa", Rs256, changed(Rs256, json!({"p": "AAAA"})), Unusable::Private),
        ("rsa with k", Rs256, changed(Rs256, json!({"k": b64(SECRET)})), Unusable::Private),
        ("enc", Es256, changed(Es256, json!({"use": "enc"})), Unusable::Use),
        ("SIG", Es256, changed(Es256, json!({"use": "SIG"})), Unusable::Use),
        ("ops", Es256, changed(Es256, json!({"key_ops": ["encrypt"]})), Unusable::Operations),
        ("ops sign", Es256, changed(Es256, json!({"key_ops": ["sign"]})), Unusable::Operations),
        ("ops none", Es256, changed(Es256, json!({"key_ops": []})), Unusable::Operations),
        ("ops text", Es256, changed(Es256, json!({"key_ops": "verify"})), Unusable::Operations),
        (
            "ops twice",
            Es256,
            changed(Es256, json!({"key_ops": ["verify", "verify"]})),
            Unusable::Operations,
        ),
        ("alg none", Es256, changed(Es256, json!({"alg": "none"})), Unusable::Algorithm),
        ("alg enc", Rs256, changed(Rs256, json!({"alg": "RSA-OAEP"})), Unusable::Algorithm),
        (
            "alg HS256",
            Rs256,
            changed(Rs256, json!({"alg": "HS256"})),
            Unusable::AlgorithmOfAnotherKind,
        ),
        (
            "alg ES384",
            Es256,
            changed(Es256, json!({"alg": "ES384"})),
            Unusable::AlgorithmOfAnotherKind,
        ),
        (
            "alg RS256 on EC",
            Es256,
            changed(Es256, json!({"alg": "RS256"})),
            Unusable::AlgorithmOfAnotherKind,
        ),
        ("kty", Es256, changed(Es256, json!({"kty": "ec"})), Unusable::Kind),
        ("kty AKP", Es256, changed(Es256, json!({"kty": "AKP"})), Unusable::Kind),
        ("crv", Es256, changed(Es256, json!({"crv": "secp256k1"})), Unusable::Curve),
        ("Ed448", EdDsa, changed(EdDsa, json!({"crv": "Ed448"})), Unusable::Curve),
        ("X25519", EdDsa, changed(EdDsa, json!({"crv": "X25519"})), Unusable::Curve),
        (
            "crv P-384",
            Es256,
            changed(Es256, json!({"crv": "P-384"})),
            Unusable::Malformed(bartizan_auth::jwk::Member::X),
        ),
    ] {
        let keys = keys(jwk);
        assert_eq!(keys.unusable(), [(0, why)], "{name}");
        tried.refused(name, against(&keys, &HOME, algorithm), JwsFault::UnknownKey);
    }
    // Two keys of one name: those that fit count, and Mallory's signature is neither's.
    let double =
        keys_of(&[HOME.named(Rs256, "k"), HOME.named(Es256, "k"), MALLORY.named(Es384, "k")]);
    assert!(against(&double, &HOME, Es256).is_ok() && against(&double, &HOME, Rs256).is_ok());
    tried.refused("one of two", against(&double, &MALLORY, Es256), JwsFault::Forged);
    tried.refused("none of two", against(&double, &HOME, EdDsa), JwsFault::KeyOfAnotherKind(EdDsa));
    // More of them than are tried.
    let many = |count: usize, named: bool| {
        let jwk = if named { HOME.named(Es256, "k") } else { HOME.jwk(Es256) };
        keys_of(&vec![jwk; count])
    };
    assert!(against(&many(4, true), &HOME, Es256).is_ok());
    let fault = JwsFault::TooManyKeys { count: 5 };
    tried.refused("five of one name", against(&many(5, true), &HOME, Es256), fault);
    let unnamed = HOME.token_of(Es256, r#"{"alg":"ES256"}"#, &body);
    let without = |keys: &Keys| verify(unnamed.as_bytes(), keys, &everything(), now());
    assert!(without(&many(4, false)).is_ok());
    tried.refused("five without names", without(&many(5, false)), fault);
    tried.refused(
        "a name for keys without",
        against(&many(1, false), &HOME, Es256),
        JwsFault::UnknownKey,
    );
    // After a rotation the old key is gone.
    let rotated = keys_of(&[MALLORY.named(Es256, "new")]);
    let old = verify(good().as_bytes(), &rotated, &everything(), now());
    assert!(old.as_ref().is_err_and(TokenFault::wants_newer_keys));
    tried.refused("rotated", old, JwsFault::UnknownKey);
    tried.refused(
        "no keys",
        verify(good().as_bytes(), &Keys::default(), &everything(), now()),
        JwsFault::UnknownKey,
    );
    tried.end(60);
}

#[test]
fn a_set_of_keys_is_read_within_bounds() {
    let read =
        |text: &str| Keys::read(text.as_bytes()).map(|it| (it.len(), it.unusable().to_vec()));
    let jwk = HOME.named(Es256, "k").to_string();
    for (text, fault) in [
        (String::new(), SetFault::Json(JsonFault::Malformed)),
        ("<html>".to_owned(), SetFault::Json(JsonFault::Malformed)),
        ("[]".to_owned(), SetFault::Json(JsonFault::NoObject)),
        (format!("[{jwk}]"), SetFault::Json(JsonFault::NoObject)),
        ("{}".to_owned(), SetFault::NoKeys),
        (jwk.clone(), SetFault::NoKeys),
        (format!(r#"{{"keys":{jwk}}}"#), SetFault::NoKeys),
        (format!(r#"{{"keys":[],"keys":[{jwk}]}}"#), SetFault::Json(JsonFault::Repeated)),
        (format!(r#"{{"keys":[],"k\u0065ys":[{jwk}]}}"#), SetFault::Json(JsonFault::Repeated)),
        (format!(r#"{{"keys":[{jwk}]}} {{}}"#), SetFault::Json(JsonFault::Malformed)),
        (format!(r#"{{"keys":[{jwk}]"#), SetFault::Json(JsonFault::Malformed)),
        (format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(256)), SetFault::TooMany),
        (
            format!(r#"{{"keys":[],"x":"{}"}}"#, "a".repeat(64 * 1024)),
            SetFault::Json(JsonFault::TooLarge),
        ),
        (
            format!(r#"{{"keys":{}{}}}"#, "[".repeat(40), "]".repeat(40)),
            SetFault::Json(JsonFault::TooLarge),
        ),
    ] {
        assert_eq!(read(&text), Err(fault), "{text:.80}");
    }
    // What is beside the keys counts for nothing, and one bad key costs itself only.
    let again = jwk.replacen('{', r#"{"kid":"other","#, 1);
    let text = format!(r#"{{"x":[1],"keys":[1,{jwk},{again},{{}},null,[{jwk}]]}}"#);
    let unusable = vec![
        (0, Unusable::NoObject),
        (2, Unusable::Repeated),
        (3, Unusable::Kind),
        (4, Unusable::NoObject),
        (5, Unusable::NoObject),
    ];
    assert_eq!(read(&text), Ok((1, unusable)));
    assert_eq!(
        read(&format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(255))).map(|it| it.1.len()),
        Ok(256)
    );
    // Cut anywhere, it is no set.
    let whole =
        String::from_utf8(set_of(&[HOME.named(Rs256, "k"), HOME.named(EdDsa, "e")])).unwrap();
    for end in 0..whole.len() {
        assert!(read(whole.get(..end).unwrap()).is_err(), "{end}");
    }
}

#[test]
fn keys_that_are_weak_or_none_are_not_used() {
    use bartizan_auth::jwk::Member::{E, N, X, Y};
    let why = |jwk: Value| Key::read(jwk.to_string().as_bytes()).err();
    let rsa = |n: Vec<u8>, e: Vec<u8>| json!({"kty": "RSA", "n": b64(n), "e": b64(e)});
    let n = HOME.modulus();
    let of_bits = |bits: usize| {
        let mut n = vec![0xFF; bits.div_ceil(8)];
        n[0] = 0xFF >> ((8 - bits % 8) % 8);
        n
    };
    let e = vec![1, 0, 1];
    assert_eq!(why(rsa(n.clone(), e.clone())), None);
    assert_eq!(why(rsa(n.clone(), vec![3])), None);
    assert_eq!(why(rsa(of_bits(2048), e.clone())), None);
    assert_eq!(why(rsa(of_bits(8192), e.clone())), None);
    for (jwk, fault) in [
        (rsa(of_bits(1024), e.clone()), Unusable::Modulus { bits: 1024 }),
        (rsa(of_bits(2047), e.clone()), Unusable::Modulus { bits: 2047 }),
        (rsa(of_bits(8193), e.clone()), Unusable::Modulus { bits: 8193 }),
        (rsa([&n[..255], &[n[255] ^ 1]].concat(), e.clone()), Unusable::Modulus { bits: 2048 }),
        (rsa(n.clone(), vec![1]), Unusable::Exponent),
        (rsa(n.clone(), vec![2]), Unusable::Exponent),
        (rsa(n.clone(), vec![1, 0, 0]), Unusable::Exponent),
        (rsa(n.clone(), vec![2, 0, 0, 0, 1]), Unusable::Exponent),
        (rsa(n.clone(), vec![]), Unusable::Malformed(E)),
        (rsa(n.clone(), vec![0]), Unusable::Malformed(E)),
        (rsa([&[0], n.as_slice()].concat(), e.clone()), Unusable::Malformed(N)),
        (rsa(n.clone(), vec![0, 1, 0, 1]), Unusable::Malformed(E)),
        (rsa(of_bits(65_536), e.clone()), Unusable::Malformed(N)),
        (json!({"kty": "RSA", "e": "AQAB"}), Unusable::Missing(N)),
        (json!({"kty": "RSA", "n": b64(&n)}), Unusable::Missing(E)),
        (json!({"kty": "RSA", "n": b64(&n), "e": "AQAB=="}), Unusable::Malformed(E)),
        (json!({"kty": "RSA", "n": b64(&n), "e": 65537}), Unusable::Malformed(E)),
    ] {
        assert_eq!(why(jwk.clone()), Some(fault), "{jwk:.80}");
    }
    let good = HOME.jwk(Es256);
    let (x, y) = (un64(good["x"].as_str().unwrap()), un64(good["y"].as_str().unwrap()));
    let ec = |x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)});
    assert_eq!(why(ec(&x, &y)), None);
    let beyond = [0xFF; 32];
    for (jwk, fault) in [
        (ec(&y, &x), Unusable::Point),
        (ec(&[0; 32], &[0; 32]), Unusable::Point),
        (ec(&beyond, &y), Unusable::Point),
        (ec(&x[1..], &y), Unusable::Malformed(X)),
        (ec(&x, &[&[0], y.as_slice()].concat()), Unusable::Malformed(Y)),
        (json!({"kty": "EC", "crv": "P-256", "x": b64(&x)}), Unusable::Missing(Y)),
        (json!({"kty": "EC", "x": b64(&x), "y": b64(&y)}), Unusable::Curve),
    ] {
        assert_eq!(why(jwk.clone()), Some(fault), "{jwk}");
    }
    let ed = |x: &[u8]| json!({"kty": "OKP", "crv": "Ed25519", "x": b64(x)});
    assert_eq!(why(ed(&[0x5A; 31])), Some(Unusable::Malformed(X)));
    for algorithm in [Es256, Es384, Es512, EdDsa, Rs256] {
        assert_eq!(why(HOME.jwk(algorithm)), None, "{algorithm:?}");
    }
    // Points of small order, with either sign of the other coordinate.
    let ends = |first: u8, middle: u8, last: u8| {
        let mut y = [middle; 32];
        (y[0], y[31]) = (first, last);
        y
    };
    for y in [
        ends(0, 0, 0),
        ends(1, 0, 0),
        ends(0xEC, 0xFF, 0x7F),
        ends(0xED, 0xFF, 0x7F),
        ends(0xEE, 0xFF, 0x7F),
    ] {
        let mut other = y;
        other[31] |= 0x80;
        assert_eq!(
            (why(ed(&y)), why(ed(&other))),
            (Some(Unusable::SmallOrder), Some(Unusable::SmallOrder))
        );
    }
}

#[test]
fn secrets_are_long_enough() {
    use bartizan_auth::jwk::SecretFault;
    let make = |algorithm, bytes: usize| Key::secret(Some("k"), algorithm, &vec![7; bytes]).err();
    for (algorithm, bytes_min) in [(Hs256, 32), (Hs384, 48), (Hs512, 64)] {
        assert_eq!(make(algorithm, bytes_min), None);
        assert_eq!(make(algorithm, bytes_min - 1), Some(SecretFault::TooShort { bytes_min }));
    }
    assert_eq!(make(Hs256, 1024), None);
    assert_eq!(make(Hs256, 1025), Some(SecretFault::TooLong));
    assert_eq!(make(Rs256, 64), Some(SecretFault::Algorithm));
    assert_eq!(Key::secret(Some(""), Hs256, &SECRET).err(), Some(SecretFault::Kid));
    let shown = format!("{:?}", Key::secret(None, Hs256, &SECRET).unwrap());
    assert!(shown.contains("hidden") && !shown.contains("90"), "{shown}");
}

#[test]
fn the_form_of_a_token_is_one() {
    let mut tried = Tried::default();
    let token = good();
    let [header, payload, signature] = parts(&token);
    for (name, token, fault) in [
        ("empty", String::new(), JwsFault::Parts),
        ("one part", header.clone(), JwsFault::Parts),
        ("two parts", format!("{header}.{payload}"), JwsFault::Parts),
        ("four parts", format!("{token}."), JwsFault::Parts),
        ("four parts in front", format!(".{token}"), JwsFault::Parts),
        ("five parts", format!("{token}.a.b"), JwsFault::Encrypted),
        ("two tokens", format!("{token} {token}"), JwsFault::Encrypted),
        ("two tokens with a comma", format!("{token},{token}"), JwsFault::Encrypted),
        ("no signature", format!("{header}.{payload}."), JwsFault::Forged),
        ("no payload", format!("{header}..{signature}"), JwsFault::Forged),
        ("no header", format!(".{payload}.{signature}"), JwsFault::Header(JsonFault::Malformed)),
        ("dots", "..".to_owned(), JwsFault::Header(JsonFault::Malformed)),
        ("space behind", format!("{token} "), JwsFault::Encoding(Part::Signature)),
        ("line end", format!("{token}\n"), JwsFault::Encoding(Part::Signature)),
        ("space in front", format!(" {token}"), JwsFault::Encoding(Part::Header)),
        ("nul", format!("{token}\0"), JwsFault::Encoding(Part::Signature)),
        ("padding", format!("{token}=="), JwsFault::Encoding(Part::Signature)),
        (
            "padded payload",
            format!("{header}.{payload}=.{signature}"),
            JwsFault::Encoding(Part::Payload),
        ),
        (
            "line in payload",
            format!("{header}.\n{payload}.{signature}"),
            JwsFault::Encoding(Part::Payload),
        ),
        ("percent", token.replace('.', "%2e"), JwsFault::Parts),
        ("quotes", format!("\"{token}\""), JwsFault::Encoding(Part::Header)),
        ("bearer", format!("Bearer {token}"), JwsFault::Encoding(Part::Header)),
        (
            "other alphabet",
            format!("{header}.{payload}+/.{signature}"),
            JwsFault::Encoding(Part::Payload),
        ),
        (
            "json",
            json!({"protected": header, "payload": payload, "signature": signature}).to_string(),
            JwsFault::Parts,
        ),
        (
            "long",
            format!("{header}.{}.{signature}", "A".repeat(TOKEN_BYTES_MAX)),
            JwsFault::TooLong,
        ),
    ] {
        tried.token(name, token, fault);
    }
    // The last letter of a signature of 64 bytes has four bits that count for nothing.
    let mut first = signature.clone();
    let last = first.pop().unwrap();
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        if other != last {
            let token = format!("{header}.{payload}.{first}{other}");
            let result = verify(token.as_bytes(), &home_keys(), &policy(), now());
            let expected = if matches!(other, 'A' | 'Q' | 'g' | 'w') {
                JwsFault::Forged
            } else {
                JwsFault::Encoding(Part::Signature)
            };
            tried.refused("last letter", result, expected);
        }
    }
    tried.token("bytes", [b"\xff.", token.as_bytes()].concat(), JwsFault::Parts);
    let bytes = HOME.token_of(Es256, "{\"alg\":\"ES256\"}", "x").replace('.', ".\u{e4}");
    tried.token("not ascii", bytes, JwsFault::Encoding(Part::Payload));
    tried.end(60);
}

#[test]
fn headers_say_nothing_that_is_not_understood() {
    let mut tried = Tried::default();
    let with = |more: &str| format!(r#"{{"alg":"ES256","kid":"home-ES256",{more}}}"#);
    let long = with(&format!(r#""x":"{}""#, "a".repeat(4096)));
    let deep = with(&format!(r#""x":{}{}"#, "[".repeat(9), "]".repeat(9)));
    let many = with(&format!(r#""x":[{}1]"#, "1,".repeat(300)));
    let repeated = JwsFault::Header(JsonFault::Repeated);
    for (name, header, fault) in [
        ("crit", with(r#""crit":["exp"],"exp":1"#), JwsFault::Critical),
        ("crit empty", with(r#""crit":[]"#), JwsFault::Critical),
        ("crit null", with(r#""crit":null"#), JwsFault::Critical),
        ("crit of alg", with(r#""crit":["alg"]"#), JwsFault::Critical),
        ("crit b64", with(r#""crit":["b64"],"b64":true"#), JwsFault::Critical),
        ("b64 false", with(r#""b64":false"#), JwsFault::Unencoded),
        ("b64 true", with(r#""b64":true"#), JwsFault::Unencoded),
        ("zip", with(r#""zip":"DEF""#), JwsFault::Compressed),
        ("zip none", with(r#""zip":"""#), JwsFault::Compressed),
        ("enc", with(r#""enc":"A128GCM""#), JwsFault::Encrypted),
        (
            "p2c",
            r#"{"alg":"PBES2-HS256+A128KW","p2c":2147483647}"#.into(),
            JwsFault::UnknownAlgorithm,
        ),
        ("nested", with(r#""cty":"JWT""#), JwsFault::Nested),
        ("nested in lower case", with(r#""cty":"application/jwt""#), JwsFault::Nested),
        ("cty", with(r#""cty":7"#), JwsFault::Mistyped(Parameter::Content)),
        ("typ", with(r#""typ":7"#), JwsFault::Mistyped(Parameter::Type)),
        ("alg twice", with(r#""alg":"ES256""#), repeated),
        ("alg twice, other", with(r#""alg":"none""#), repeated),
        ("alg twice, escaped", with(r#""\u0061lg":"none""#), repeated),
        ("kid twice", with(r#""kid":"x""#), repeated),
        ("twice within", with(r#""x":{"a":1,"a":2}"#), repeated),
        ("long", long, JwsFault::HeaderTooLong),
        ("deep", deep, JwsFault::Header(JsonFault::TooLarge)),
        ("many", many, JwsFault::Header(JsonFault::TooLarge)),
        ("trailing", with(r#""x":1"#) + "x", JwsFault::Header(JsonFault::Malformed)),
        ("two objects", with(r#""x":1"#) + "{}", JwsFault::Header(JsonFault::Malformed)),
        ("comma", with(""), JwsFault::Header(JsonFault::Malformed)),
        ("comment", with(r#""x":1/**/"#), JwsFault::Header(JsonFault::Malformed)),
        (
            "byte order mark",
            format!("\u{feff}{}", with(r#""x":1"#)),
            JwsFault::Header(JsonFault::Malformed),
        ),
        ("array", r#"["ES256"]"#.into(), JwsFault::Header(JsonFault::NoObject)),
        ("text", r#""ES256""#.into(), JwsFault::Header(JsonFault::NoObject)),
        ("proof", with(r#""typ":"dpop+jwt","jwk":{}"#), JwsFault::OwnKey),
    ] {
        tried.header(name, &header, fault);
    }
    for typ in [
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "JWS",
        "JOSE",
        "application/x/at+jwt",
        "at+jwt;v=1",
        "token-introspection+jwt",
    ] {
        tried.header(typ, &with(&format!(r#""typ":"{typ}""#)), TokenFault::Type);
    }
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "jwt", "Application/JWT"] {
        let token =
            HOME.token_of(Es256, &with(&format!(r#""typ":"{typ}""#)), &claims().to_string());
        assert!(verify(token.as_bytes(), &home_keys(), &policy(), now()).is_ok(), "{typ}");
    }
    // Escapes and white space that are JSON are JSON.
    let token = HOME.token_of(
        Es256,
        " {\"\\u0061lg\" :\n\"E\\u00532\\u00356\" , \"kid\":\"home-ES256\"} ",
        &claims().to_string(),
    );
    assert!(verify(token.as_bytes(), &home_keys(), &policy(), now()).is_ok());
    let untyped = Policy { accepts_untyped: false, ..policy() };
    tried.refused(
        "untyped",
        verify(good().as_bytes(), &home_keys(), &untyped, now()),
        TokenFault::Type,
    );
    tried.end(40);
}

#[test]
fn signatures_have_one_form() {
    let mut tried = Tried::default();
    let token = good();
    let [header, payload, signature] = parts(&token);
    let input = format!("{header}.{payload}");
    let raw = un64(&signature);
    let (r, s) = raw.split_at(32);
    let zero = [0; 32];
    // The order of P-256 (SEC 2 section 2.4.2).
    let order = un64("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
    let der = HOME.der_signature(input.as_bytes());
    for (name, signature) in [
        ("der", der.clone()),
        ("zeros", vec![0; 64]),
        ("ones", vec![0xFF; 64]),
        ("empty", vec![]),
        ("der zeros", vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("r zero", [&zero, s].concat()),
        ("s zero", [r, &zero].concat()),
        ("order", [order.clone(), order.clone()].concat()),
        ("r and order", [r, &order].concat()),
        ("one and one", [&zero[1..], &[1], &zero[1..], &[1]].concat()),
        ("swapped", [s, r].concat()),
        ("short", raw[..63].to_vec()),
        ("half", r.to_vec()),
        ("zero in front", [&[0], raw.as_slice()].concat()),
        ("zero in front of both", [&[0], r, &[0], s].concat()),
        ("zero behind", [raw.as_slice(), &[0]].concat()),
        ("twice", [raw.as_slice(), &raw].concat()),
    ] {
        tried.token(name, with_signature(&token, &signature), JwsFault::Forged);
    }
    for (algorithm, bytes) in [(Es384, 96), (Es512, 132), (EdDsa, 64), (Rs256, 256), (Ps256, 256)] {
        let token = HOME.token(algorithm, &claims());
        let whole = un64(&parts(&token)[2]);
        assert_eq!(whole.len(), bytes);
        let one = [vec![0; bytes - 1], vec![1]].concat();
        for other in [
            vec![0; bytes],
            vec![0xFF; bytes],
            vec![],
            one,
            whole[1..].to_vec(),
            [&[0], whole.as_slice()].concat(),
            [whole.as_slice(), &[0]].concat(),
        ] {
            tried.token(algorithm.name(), with_signature(&token, &other), JwsFault::Forged);
        }
    }
    // Of Ed25519, `S` and `S` plus the order are the same number: only the first one counts (RFC 8032 section 5.1.7).
    let token = HOME.token(EdDsa, &claims());
    let signature = un64(&parts(&token)[2]);
    // Little-endian, 2^252 + 27742317777372353535851937790883648493.
    let order = un64("7dP1XBpjEljWnPei3vneFAAAAAAAAAAAAAAAAAAAABA");
    let mut carry = 0_u16;
    let larger: Vec<u8> = signature[32..]
        .iter()
        .zip(&order)
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(*b) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    assert_eq!(carry, 0);
    tried.token(
        "malleable",
        with_signature(&token, &[&signature[..32], &larger].concat()),
        JwsFault::Forged,
    );
    // Of HMAC, no part of it.
    let token = HOME.token(Hs256, &claims());
    let tag = un64(&parts(&token)[2]);
    for other in [&tag[..0], &tag[..1], &tag[..16], &tag[..31], &[0; 32]] {
        let token = with_signature(&token, other);
        let result = verify(token.as_bytes(), &home_secrets(), &everything(), now());
        tried.refused("HS256", result, JwsFault::Forged);
    }
    // Parts of two good tokens are no good one.
    let other = HOME.token(Es256, &claims_with(json!({"sub": "bob"})));
    let [_, foreign, _] = parts(&other);
    let [header, _, signature] = parts(&good());
    tried.token("mixed", format!("{header}.{foreign}.{signature}"), JwsFault::Forged);
    tried.end(50);
}

/// A signature of ECDSA has a second one that is as good. So what a token is known by leaves it out.
#[test]
fn another_signature_makes_no_other_token() {
    let token = good();
    let signature = un64(&parts(&token)[2]);
    let order = un64("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
    let mut borrow = 0_i16;
    let mut other: Vec<u8> = order
        .iter()
        .rev()
        .zip(signature[32..].iter().rev())
        .map(|(a, b)| {
            let left = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(left < 0);
            left.rem_euclid(256).to_le_bytes()[0]
        })
        .collect();
    other.reverse();
    let twin = with_signature(&token, &[&signature[..32], &other].concat());
    assert_ne!(twin, token);
    let verify = |it: &str| verify(it.as_bytes(), &home_keys(), &policy(), now()).unwrap();
    assert_eq!(verify(&twin).token, verify(&token).token);
}

#[test]
fn claims_are_held_to_the_policy() {
    let mut tried = Tried::default();
    let missing = TokenFault::Missing;
    let mistyped = |it| TokenFault::Claims(ClaimsFault::Mistyped(it));
    for (name, changes, fault) in [
        ("no iss", json!({"iss": null}), missing(Claim::Issuer)),
        ("slash", json!({"iss": "https://id.example/"}), TokenFault::Issuer),
        ("case", json!({"iss": "https://ID.example"}), TokenFault::Issuer),
        ("http", json!({"iss": "http://id.example"}), TokenFault::Issuer),
        ("port", json!({"iss": "https://id.example:443"}), TokenFault::Issuer),
        ("longer", json!({"iss": "https://id.example.mallory.example"}), TokenFault::Issuer),
        ("user", json!({"iss": "https://id.example@mallory.example"}), TokenFault::Issuer),
        ("list of issuers", json!({"iss": [ISSUER]}), mistyped(Claim::Issuer)),
        ("no aud", json!({"aud": null}), missing(Claim::Audience)),
        ("nobody", json!({"aud": []}), missing(Claim::Audience)),
        ("other aud", json!({"aud": "https://other.example"}), TokenFault::Audience),
        ("aud in a longer one", json!({"aud": format!("{AUDIENCE}/v2")}), TokenFault::Audience),
        ("aud among words", json!({"aud": format!("x {AUDIENCE}")}), TokenFault::Audience),
        ("aud of anything", json!({"aud": "*"}), TokenFault::Audience),
        ("aud in a list", json!({"aud": [[AUDIENCE]]}), mistyped(Claim::Audience)),
        ("aud as a name", json!({"aud": {AUDIENCE: true}}), mistyped(Claim::Audience)),
        ("no exp", json!({"exp": null}), missing(Claim::Expires)),
        ("exp text", json!({"exp": (NOW_S + 300).to_string()}), mistyped(Claim::Expires)),
        ("exp true", json!({"exp": true}), mistyped(Claim::Expires)),
        ("exp negative", json!({"exp": -1}), mistyped(Claim::Expires)),
        ("exp huge", json!({"exp": 1e300}), mistyped(Claim::Expires)),
        ("exp of 64 bits", json!({"exp": u64::MAX}), mistyped(Claim::Expires)),
        ("exp in milliseconds", json!({"exp": (NOW_S + 300) * 1000}), mistyped(Claim::Expires)),
        ("ended", json!({"exp": NOW_S - 60}), TokenFault::Expired { since_s: 60 }),
        ("exp zero", json!({"exp": 0}), TokenFault::Expired { since_s: NOW_S }),
        ("exp fraction", json!({"exp": 1_799_999_939.5}), TokenFault::Expired { since_s: 60 }),
        ("not yet", json!({"nbf": NOW_S + 61}), TokenFault::NotYet { ahead_s: 61 }),
        (
            "nbf far",
            json!({"nbf": 253_402_300_799_u64}),
            TokenFault::NotYet { ahead_s: 253_402_300_799 - NOW_S },
        ),
        ("nbf text", json!({"nbf": "0"}), mistyped(Claim::NotBefore)),
        ("of the future", json!({"iat": NOW_S + 61}), TokenFault::FromTheFuture { ahead_s: 61 }),
        ("iat text", json!({"iat": "now"}), mistyped(Claim::Issued)),
        ("sub object", json!({"sub": {"a": 1}}), mistyped(Claim::Subject)),
        ("scope list of numbers", json!({"scope": [1]}), mistyped(Claim::Scope)),
        ("cnf text", json!({"cnf": "x"}), mistyped(Claim::Confirmation)),
    ] {
        tried.token(name, HOME.token(Es256, &claims_with(changes)), fault);
    }
    let plain = claims().to_string();
    let with = |more: &str| plain.replacen('{', &format!("{{{more},"), 1);
    let repeated = ClaimsFault::Json(JsonFault::Repeated);
    let malformed = ClaimsFault::Json(JsonFault::Malformed);
    for (name, payload, fault) in [
        ("sub twice", with(r#""sub":"admin""#), repeated),
        ("sub twice, escaped", with(r#""s\u0075b":"admin""#), repeated),
        ("aud twice", with(r#""aud":"x""#), repeated),
        ("twice within", with(r#""x":[{"a":1,"a":1}]"#), repeated),
        ("trailing", format!("{plain}x"), malformed),
        ("two", format!("{plain}{plain}"), malformed),
        ("empty", String::new(), malformed),
        ("array", format!("[{plain}]"), ClaimsFault::Json(JsonFault::NoObject)),
        ("nested token", format!("\"{}\"", good()), ClaimsFault::Json(JsonFault::NoObject)),
        ("a token", good(), malformed),
        (
            "deep",
            with(&format!(r#""x":{}{}"#, "[".repeat(20), "]".repeat(20))),
            ClaimsFault::Json(JsonFault::TooLarge),
        ),
        (
            "many",
            with(&format!(r#""x":[{}1]"#, "1,".repeat(4096))),
            ClaimsFault::Json(JsonFault::TooLarge),
        ),
        ("half a pair", with(r#""acr":"\ud800""#), ClaimsFault::Mistyped(Claim::Acr)),
        ("NaN", with(r#""x":NaN"#), malformed),
        ("plus", with(r#""x":+1"#), malformed),
    ] {
        tried.payload(name, &payload, fault);
    }
    let mut short = policy();
    short.lifetime_max_s = Some(309);
    let result = verify(good().as_bytes(), &home_keys(), &short, now());
    tried.refused("lives too long", result, TokenFault::LivesTooLong { lifetime_s: 310 });
    short.lifetime_max_s = Some(310);
    assert!(verify(good().as_bytes(), &home_keys(), &short, now()).is_ok());
    short.demands_expiry = false;
    let endless = HOME.token(Es256, &claims_with(json!({"exp": null})));
    let result = verify(endless.as_bytes(), &home_keys(), &short, now());
    tried.refused("lives for ever", result, missing(Claim::Expires));
    let unissued = HOME.token(Es256, &claims_with(json!({"iat": null, "exp": NOW_S + 3600})));
    let result = verify(unissued.as_bytes(), &home_keys(), &short, now());
    tried.refused("lives too long from now", result, TokenFault::LivesTooLong { lifetime_s: 3600 });
    // Counted from now, the clocks may differ.
    for (more, is_good) in [(370, true), (371, false)] {
        let changes = json!({"iat": null, "exp": NOW_S + more});
        let token = HOME.token(Es256, &claims_with(changes));
        let result = verify(token.as_bytes(), &home_keys(), &short, now());
        assert_eq!(result.is_ok(), is_good, "{more}");
    }
    let required = Policy { required: vec!["jti".into(), "tenant".into()], ..policy() };
    for value in [json!({}), json!({"tenant": null})] {
        let mut all = claims();
        all.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        let token = HOME.token(Es256, &all);
        let result = verify(token.as_bytes(), &home_keys(), &required, now());
        tried.refused("required", result, TokenFault::MissingRequired { index: 1 });
    }
    tried.end(50);
}

#[test]
fn times_count_to_the_second_on_both_sides() {
    let check = |changes: Value, s: u64, expected: bool| {
        let token = HOME.token(Es256, &claims_with(changes.clone()));
        let result = verify(token.as_bytes(), &home_keys(), &policy(), at(s));
        assert_eq!(result.is_ok(), expected, "{changes} at {s}: {result:?}");
    };
    let t = NOW_S;
    // A minute of skew: a token ends at `exp` plus that, and begins at `nbf` less that.
    check(json!({"exp": t, "iat": null}), t + 59, true);
    check(json!({"exp": t, "iat": null}), t + 60, false);
    check(json!({"nbf": t, "iat": null}), t - 60, true);
    check(json!({"nbf": t, "iat": null}), t - 61, false);
    check(json!({"iat": t}), t - 60, true);
    check(json!({"iat": t}), t - 61, false);
    // A clock that stands at its beginning, or runs far ahead.
    check(json!({}), 0, false);
    check(json!({}), u64::MAX / 1_000_000, false);
    // A skew beyond its bound is that bound.
    let wide = Policy { skew_s: u32::MAX, ..policy() };
    let token = HOME.token(Es256, &claims_with(json!({"exp": t})));
    let ok = |s| verify(token.as_bytes(), &home_keys(), &wide, at(s)).is_ok();
    assert!(ok(t + 599) && !ok(t + 600));
}

#[test]
fn a_token_is_of_the_issuer_whose_keys_sign_it() {
    // Mallory runs an issuer as well, and says to be the other one.
    let mallory_keys = {
        let all: Vec<_> =
            Algorithms::asymmetric().iter().map(|it| MALLORY.named(it, &kid(it))).collect();
        keys_of(&all)
    };
    let (ours, theirs) = (policy(), Policy::new("https://mallory.example", &[AUDIENCE]));
    let (home, mallory) = (home_keys(), mallory_keys);
    let both = || [(&ours, &home), (&theirs, &mallory)];
    let by = |token: &str| verify_by_issuer(token.as_bytes(), both(), now());
    assert!(by(&good()).is_ok());
    let own = MALLORY.token(Es256, &claims_with(json!({"iss": "https://mallory.example"})));
    assert!(by(&own).is_ok());
    assert_eq!(by(&MALLORY.token(Es256, &claims())).err(), Some(JwsFault::Forged.into()));
    let foreign = HOME.token(Es256, &claims_with(json!({"iss": "https://mallory.example"})));
    assert_eq!(by(&foreign).err(), Some(JwsFault::Forged.into()));
    let other = HOME.token(Es256, &claims_with(json!({"iss": "https://third.example"})));
    assert_eq!(by(&other).err(), Some(TokenFault::Issuer));
    let none = HOME.token(Es256, &claims_with(json!({"iss": null})));
    assert_eq!(by(&none).err(), Some(TokenFault::Missing(Claim::Issuer)));
}

#[test]
fn an_identity_has_what_the_token_says() {
    let mut policy = policy();
    policy.roles = vec![vec!["realm_access".into(), "roles".into()], vec!["role".into()]];
    let token = HOME.token(
        Es256,
        &claims_with(json!({
            "realm_access": {"roles": ["clerk", 7]}, "role": "lead", "acr": "mfa", "amr": ["pwd", "otp"],
            "auth_time": NOW_S - 5, "act": {"sub": "robot"}, "azp": "party", "client_id": null
        })),
    );
    let verified = verify(token.as_bytes(), &home_keys(), &policy, now()).unwrap();
    let who = &verified.identity;
    assert_eq!((who.issuer.as_deref(), who.subject.as_deref()), (Some(ISSUER), Some("alice")));
    assert_eq!((who.actor.as_deref(), who.client.as_deref()), (Some("robot"), Some("party")));
    assert!(who.has_role("clerk") && who.has_role("lead") && who.roles.len() == 2);
    assert_eq!((who.acr.as_deref(), who.amr.len()), (Some("mfa"), 2));
    assert_eq!(who.auth_time_us, Some((NOW_S - 5) * 1_000_000));
    assert_eq!(who.expires_us, Some((NOW_S + 300) * 1_000_000));
    assert_eq!(who.token_id.as_deref(), Some("t1"));
    let shown = format!("{verified:?} {:?}", verified.claims);
    for secret in ["alice", "robot", "t1", "clerk", "shop"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let anybody = Policy { audiences: Audiences::Any, ..policy };
    let token = HOME.token(Es256, &claims_with(json!({"aud": null})));
    assert!(verify(token.as_bytes(), &home_keys(), &anybody, now()).is_ok());
}

/// Every byte of a token, changed into every other one that it can be: one is accepted only where the signature has a twin.
#[test]
fn no_changed_byte_is_accepted() {
    let keys = home_keys();
    let policy = policy();
    for algorithm in [EdDsa, Es256] {
        let token = HOME.token(algorithm, &claims()).into_bytes();
        for at in 0..token.len() {
            let kinds: &[u8] = if at % 16 == 0 { b"AZaz09-_.=+/ \0\xff\n" } else { b"AZ9_" };
            for other in kinds {
                let mut bytes = token.clone();
                if std::mem::replace(&mut bytes[at], *other) != *other {
                    assert!(verify(&bytes, &keys, &policy, now()).is_err(), "{at} {other}");
                }
            }
            assert!(verify(&token[..at], &keys, &policy, now()).is_err(), "cut at {at}");
        }
    }
}
