//! Tokens: verified, whatever the mode of the instance, with the keys that the configuration names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};
use support::authority::{Authority, Speaks, connect, put};
use support::bartizan::{Bartizan, command, configuration, output, said};
use support::client::Answer;
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "shop-api";

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A key pair of ES256, and its name.
struct Signer {
    key: EcdsaKeyPair,
    kid: &'static str,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        Self { key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(), kid }
    }

    fn jwk(&self) -> Value {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "alg": "ES256", "x": b64(x), "y": b64(y)})
    }

    /// What DPoP tokens are bound to (RFC 7638).
    fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let (x, y) = (jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap());
        let text = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
        b64(digest::digest(&digest::SHA256, text.as_bytes()))
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", b64(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "kid": self.kid, "typ": "at+jwt"}), claims)
    }

    fn proof(&self, method: &str, uri: &str, id: &str, token: &str) -> String {
        let mut jwk = self.jwk();
        let members = jwk.as_object_mut().unwrap();
        members.remove("kid");
        members.remove("alg");
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let hash = b64(digest::digest(&digest::SHA256, token.as_bytes()));
        let claims = json!({"htm": method, "htu": uri, "iat": now_s(), "jti": id, "ath": hash});
        self.sign(&header, &claims)
    }
}

/// The claims of Alice's token, with changes; `null` takes one away.
fn claims(changes: &Value) -> Value {
    let mut all = json!({
        "iss": ISSUER, "sub": "alice-of-the-shop", "aud": [AUDIENCE], "iat": now_s() - 10,
        "exp": now_s() + 600, "scope": "orders:read profile", "jti": "t1",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value.is_null() {
            true => drop(all.as_object_mut().unwrap().remove(name)),
            false => all[name] = value.clone(),
        }
    }
    all
}

/// A set of keys in a file, and its path.
fn keys(dir: &Directory, all: &[Value]) -> String {
    put(dir, "jwks.json", &json!({ "keys": all }).to_string())
}

fn issuers(keys: &str) -> String {
    format!(
        "issuers:\n  - {{name: main, issuer: '{ISSUER}', keys: '{keys}', audience: [{AUDIENCE}]}}\n"
    )
}

const ROUTES: &str = "routes:\n\
  \x20 - {name: orders, path: /orders, tokens: required, scopes: ['orders:read']}\n\
  \x20 - {name: admin, path: /admin, tokens: required, scopes: ['orders:read', 'admin']}\n\
  \x20 - {name: graphql, path: /graphql, tokens: required}\n\
  \x20 - {name: open, path: /open, tokens: optional}\n\
  \x20 - {name: all}\n";

fn guarded(upstream: &Upstream, mode: &str, keys: &str) -> Bartizan {
    let more = format!("{}{ROUTES}", issuers(keys));
    Bartizan::configured(&configuration(upstream.address, mode, &more))
}

fn ask(bartizan: &Bartizan, method: &str, target: &str, fields: &str) -> Answer {
    bartizan.ask(&format!("{method} {target} HTTP/1.1\r\nHost: api.example\r\n{fields}\r\n"))
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn get(bartizan: &Bartizan, target: &str, token: &str) -> Answer {
    ask(bartizan, "GET", target, &bearer(token))
}

#[track_caller]
fn check(answer: &Answer, code: &str, challenge: &str) {
    assert_eq!(answer.code(), code, "{}", answer.text());
    assert_eq!(answer.status, if code == "identity.scope_missing" { 403 } else { 401 });
    assert_eq!(answer.field("www-authenticate"), Some(challenge));
}

const INVALID: &str = "Bearer error=\"invalid_token\"";
const MISSING: &str = "Bearer realm=\"api\"";

#[test]
fn only_a_good_token_passes_whatever_the_mode() {
    let (home, mallory) = (Signer::new("k1"), Signer::new("k1"));
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = rsa.public_key().as_ref();
    // A sequence of the modulus, behind nine bytes of DER, and of 65537.
    assert_eq!((public.len(), &public[265..]), (270, &[2, 3, 1, 0, 1][..]));
    let modulus = public[9..265].to_vec();
    let rsa_jwk =
        json!({"kty": "RSA", "kid": "k2", "alg": "RS256", "n": b64(&modulus), "e": "AQAB"});
    let dir = Directory::new();
    let keys = keys(&dir, &[home.jwk(), rsa_jwk]);
    let upstream = Upstream::echoing_targets();
    let rs256 = |header: &Value| {
        let input = format!("{}.{}", b64(header.to_string()), b64(claims(&json!({})).to_string()));
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature)
            .unwrap();
        format!("{input}.{}", b64(signature))
    };
    // Signed with what everybody knows: the public key.
    let hs256 = |secret: &[u8]| {
        let header = json!({"alg": "HS256", "kid": "k2", "typ": "at+jwt"});
        let input = format!("{}.{}", b64(header.to_string()), b64(claims(&json!({})).to_string()));
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("{input}.{}", b64(hmac::sign(&key, input.as_bytes())))
    };
    let of = |changes: Value| home.token(&claims(&changes));
    let unsigned = |header: Value| {
        format!("{}.{}.", b64(header.to_string()), b64(claims(&json!({})).to_string()))
    };
    let good = of(json!({}));
    let flipped = {
        let (input, signature) = good.rsplit_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[40] ^= 1;
        format!("{input}.{}", b64(bytes))
    };
    let unknown = Signer::new("k9").token(&claims(&json!({})));
    let rotated = home.sign(&json!({"alg": "ES256", "kid": "k3"}), &claims(&json!({})));
    let (invalid, expired) = ("identity.token_invalid", "identity.token_expired");
    let bad = [
        (mallory.token(&claims(&json!({}))), invalid),
        (flipped, invalid),
        (of(json!({"aud": "another-api"})), invalid),
        (of(json!({"aud": null})), invalid),
        (of(json!({"iss": "https://id.example/"})), invalid),
        (of(json!({"exp": null})), invalid),
        (of(json!({"exp": now_s() - 120})), expired),
        (of(json!({"nbf": now_s() + 300})), expired),
        (of(json!({"iat": now_s() + 300})), expired),
        (unsigned(json!({"alg": "none"})), invalid),
        (unsigned(json!({"alg": "nOnE", "kid": "k1"})), invalid),
        (hs256(&modulus), invalid),
        (hs256(public), invalid),
        (unknown, "identity.key_unknown"),
        (rotated, "identity.key_unknown"),
        ("opaque".to_owned(), invalid),
        (format!("{good}, {good}"), invalid),
        (of(json!({"cnf": {"jkt": home.thumbprint()}})), "identity.proof_invalid"),
    ];
    for mode in ["observe", "enforce"] {
        let bartizan = guarded(&upstream, mode, &keys);
        for token in [&good, &good, &rs256(&json!({"alg": "RS256", "kid": "k2"}))] {
            assert_eq!(get(&bartizan, "/orders/1", token).text(), "/orders/1", "{mode}");
            assert_eq!(get(&bartizan, "/open", token).status, 200);
        }
        for (token, code) in &bad {
            check(&get(&bartizan, "/orders/1", token), code, INVALID);
            check(&get(&bartizan, "/open/1", token), code, INVALID);
            // Where nobody asked for it, nothing is verified.
            assert_eq!(get(&bartizan, "/else", token).status, 200);
        }
        let twice = format!("{}{}", bearer(&good), bearer(&good));
        check(&ask(&bartizan, "GET", "/orders", &twice), invalid, INVALID);
        for fields in ["", "Authorization: Basic YTpi\r\n", "Cookie: sid=1\r\nX-API-Key: k\r\n"] {
            check(&ask(&bartizan, "GET", "/orders", fields), "identity.token_missing", MISSING);
            assert_eq!(ask(&bartizan, "GET", "/open", fields).status, 200, "{fields}");
        }
        // Another spelling of the path is the same route.
        let spelt = ask(&bartizan, "GET", "/%6frders/1", "");
        assert_eq!(spelt.code(), "identity.token_missing");
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders:read admin\"";
        check(&get(&bartizan, "/admin", &good), "identity.scope_missing", challenge);
        let both = of(json!({"scope": null, "scp": ["admin", "orders:read"]}));
        assert_eq!(get(&bartizan, "/admin", &both).status, 200);
        // A browser asks first, without credentials.
        let page = "Origin: https://shop.example\r\nAccess-Control-Request-Method: GET\r\n";
        assert_eq!(ask(&bartizan, "OPTIONS", "/admin", page).status, 200);
        let bare = ask(&bartizan, "OPTIONS", "/admin", "");
        check(&bare, "identity.token_missing", MISSING);
    }
    let passed = upstream.text().matches("GET /orders/1 ").count();
    assert_eq!(passed, 6, "nothing refused went to the API");
}

#[test]
fn each_protocol_is_told_in_its_own_words() {
    let home = Signer::new("k1");
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let bartizan = guarded(&upstream, "observe", &keys(&dir, &[home.jwk()]));
    let answer = ask(&bartizan, "POST", "/graphql", "Content-Length: 0\r\n");
    assert_eq!((answer.status, answer.field("www-authenticate")), (401, Some(MISSING)));
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(told["errors"][0]["extensions"]["code"], "identity.token_missing");
    let fields = "Content-Type: application/grpc\r\nContent-Length: 0\r\n";
    let answer = ask(&bartizan, "POST", "/orders", fields);
    assert_eq!((answer.status, answer.field("grpc-status")), (200, Some("16")));
    assert_eq!(answer.field("www-authenticate"), None);
    let small = home.token(&claims(&json!({"scope": "profile"})));
    let answer = ask(&bartizan, "POST", "/orders", &format!("{fields}{}", bearer(&small)));
    assert_eq!(answer.field("grpc-status"), Some("7"));
}

#[test]
fn a_forged_token_is_not_its_subject_and_nothing_of_a_token_is_kept() {
    let (home, mallory) = (Signer::new("k1"), Signer::new("k1"));
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let keys = keys(&dir, &[home.jwk()]);
    let more = format!("{}{ROUTES}clauses: {{identity.verified: observe}}\n", issuers(&keys));
    let observed = Bartizan::configured(&configuration(upstream.address, "enforce", &more));
    let enforced = guarded(&upstream, "enforce", &keys);
    let good = home.token(&claims(&json!({})));
    let forged = mallory.token(&claims(&json!({"scope": "orders:read admin", "jti": "t2"})));
    for (bartizan, status) in [(&observed, 200), (&enforced, 401)] {
        assert_eq!(get(bartizan, "/orders/1", &good).status, 200);
        let refused = get(bartizan, "/orders/1", &forged);
        assert_eq!(refused.status, status);
        assert_eq!(get(bartizan, "/orders/1", &good).status, 200);
        let seen = bartizan.at_least(3);
        let subject = |at: usize| (seen[at]["subject"].clone(), seen[at]["subject_kind"].clone());
        assert_eq!(subject(0).1, "token");
        assert_eq!(seen[0]["subject_verified"], true);
        assert_eq!(subject(0), subject(2));
        assert_eq!(subject(1).1, "address_agent");
        assert_ne!(subject(1).0, subject(0).0);
        assert_eq!(seen[1]["hits"][0]["code"], "identity.token_invalid");
    }
    let refused = get(&enforced, "/orders/2", &forged);
    enforced.at_least(4);
    let why = enforced.why(&refused.decision_id());
    assert_eq!(why["observation"]["hits"][0]["clause"], "identity.verified", "{why}");
    let secrets = [good.as_str(), forged.as_str(), "alice-of-the-shop", "orders:read profile"];
    let parts: Vec<&str> = secrets.iter().flat_map(|it| it.split('.')).collect();
    for (path, bytes) in enforced.home().files() {
        for part in &parts {
            assert!(support::position(&bytes, part.as_bytes()).is_none(), "{part} in {path:?}");
        }
    }
    for part in parts {
        assert!(!enforced.stderr().contains(part) && !enforced.stdout().contains(part));
    }
}

#[test]
fn a_key_that_is_gone_verifies_nothing_and_broken_keys_change_nothing() {
    let (old, new) = (Signer::new("k1"), Signer::new("k2"));
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let path = keys(&dir, &[old.jwk()]);
    let bartizan = guarded(&upstream, "observe", &path);
    let (of_old, of_new) = (old.token(&claims(&json!({}))), new.token(&claims(&json!({}))));
    assert_eq!(get(&bartizan, "/orders", &of_old).status, 200);
    assert_eq!(get(&bartizan, "/orders", &of_old).status, 200, "known by now");
    assert_eq!(get(&bartizan, "/orders", &of_new).code(), "identity.key_unknown");
    // The file changes; nobody touches the configuration.
    keys(&dir, &[new.jwk()]);
    until("the new key", || (get(&bartizan, "/orders", &of_new).status == 200).then_some(()));
    assert_eq!(get(&bartizan, "/orders", &of_old).code(), "identity.key_unknown");
    for broken in ["", "{", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"] {
        put(&dir, "jwks.json", broken);
        bartizan.reload(&fs::read_to_string(bartizan.configuration_file()).unwrap());
        let status = bartizan.status();
        let fault = status["reload_fault"].as_str().unwrap_or_default();
        assert!(fault.contains("bartizan.yaml:8:") && fault.contains("jwks.json"), "{status}");
        assert_eq!(get(&bartizan, "/orders", &of_new).status, 200, "the last good keys stay");
    }
    keys(&dir, &[old.jwk(), new.jwk()]);
    until("both keys", || (get(&bartizan, "/orders", &of_old).status == 200).then_some(()));
    until("no fault", || bartizan.status()["reload_fault"].is_null().then_some(()));
    assert_eq!(get(&bartizan, "/orders", &of_new).status, 200);
}

#[test]
fn what_is_revoked_is_refused_from_then_on() {
    let home = Signer::new("k1");
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let path = keys(&dir, &[home.jwk()]);
    let revoked = put(&dir, "revoked", "# nothing yet\n");
    let item = format!("audience: [{AUDIENCE}], revoked: '{revoked}'");
    let more =
        format!("{}{ROUTES}", issuers(&path).replace(&format!("audience: [{AUDIENCE}]"), &item));
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", &more));
    let of = |sub: &str, jti: &str| home.token(&claims(&json!({"sub": sub, "jti": jti})));
    let (alice, bob, other) = (of("alice", "t1"), of("bob", "t2"), of("bob", "t3"));
    for token in [&alice, &bob, &other] {
        assert_eq!(get(&bartizan, "/orders", token).status, 200);
    }
    put(&dir, "revoked", "sub alice\r\n\n# lost\njti t2\n");
    until("the list", || (get(&bartizan, "/orders", &alice).status == 401).then_some(()));
    for token in [&alice, &bob] {
        check(&get(&bartizan, "/orders", token), "identity.token_revoked", INVALID);
    }
    assert_eq!(get(&bartizan, "/orders", &other).status, 200);
    put(&dir, "revoked", "sub\n");
    bartizan.reload(&fs::read_to_string(bartizan.configuration_file()).unwrap());
    let fault = bartizan.status()["reload_fault"].as_str().unwrap_or_default().to_owned();
    assert!(fault.contains("line 1 of"), "{fault}");
    check(&get(&bartizan, "/orders", &alice), "identity.token_revoked", INVALID);
}

#[test]
fn a_token_that_is_bound_to_a_key_needs_a_new_proof_for_each_call() {
    let (home, client, mallory) = (Signer::new("k1"), Signer::new("c"), Signer::new("m"));
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let bartizan = guarded(&upstream, "observe", &keys(&dir, &[home.jwk()]));
    let token = home.token(&claims(&json!({"cnf": {"jkt": client.thumbprint()}})));
    let uri = "http://api.example/orders/1";
    let with = |proof: &str| {
        let fields = format!("Authorization: DPoP {token}\r\nDPoP: {proof}\r\n");
        ask(&bartizan, "GET", "/orders/1?a=b", &fields)
    };
    let first = client.proof("GET", uri, "p1", &token);
    assert_eq!(with(&first).status, 200);
    let refused = "DPoP error=\"invalid_dpop_proof\"";
    for (proof, what) in [
        (first, "used before"),
        (client.proof("POST", uri, "p2", &token), "another method"),
        (client.proof("GET", "http://api.example/orders/2", "p3", &token), "another object"),
        (client.proof("GET", "https://api.example/orders/1", "p4", &token), "another scheme"),
        (client.proof("GET", uri, "p5", "another"), "another token"),
        (mallory.proof("GET", uri, "p6", &token), "another key"),
        ("x".to_owned(), "none"),
    ] {
        let answer = with(&proof);
        assert_eq!(answer.code(), "identity.proof_invalid", "{what}");
        assert_eq!(answer.field("www-authenticate"), Some(refused), "{what}");
    }
    assert_eq!(with(&client.proof("GET", uri, "p7", &token)).status, 200);
    check(&get(&bartizan, "/orders/1", &token), "identity.proof_invalid", INVALID);
    let missing = ask(&bartizan, "GET", "/orders/1", &format!("Authorization: DPoP {token}\r\n"));
    assert_eq!(missing.code(), "identity.proof_invalid");
    let small = home.token(&claims(&json!({"cnf": {"jkt": client.thumbprint()}, "scope": "x"})));
    let proof = client.proof("GET", uri, "p8", &small);
    let fields = format!("Authorization: DPoP {small}\r\nDPoP: {proof}\r\n");
    let challenge = "DPoP error=\"insufficient_scope\", scope=\"orders:read\"";
    check(&ask(&bartizan, "GET", "/orders/1", &fields), "identity.scope_missing", challenge);
}

#[test]
fn a_token_that_is_bound_to_a_certificate_is_good_over_its_connection_only() {
    let home = Signer::new("k1");
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let authority = Authority::new("tests");
    let own = authority.issue(&["api.example"]);
    let (certificate, key) = own.write(&dir, "own");
    let ca = put(&dir, "clients.crt", &authority.pem);
    let more = format!(
        "certificates: [{{certificate: '{certificate}', key: '{key}'}}]\n\
         tls: {{client_ca: '{ca}', client_certificate: optional}}\n{}{ROUTES}",
        issuers(&keys(&dir, &[home.jwk()]))
    );
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", &more));
    let (alice, mallory) = (authority.issue(&["alice"]), authority.issue(&["mallory"]));
    let hash = b64(digest::digest(&digest::SHA256, &alice.der()));
    let token = home.token(&claims(&json!({"cnf": {"x5t#S256": hash}})));
    let request = format!("GET /orders HTTP/1.1\r\nHost: api.example\r\n{}\r\n", bearer(&token));
    for (shows, code) in [
        (Some(&alice), ""),
        (Some(&mallory), "identity.proof_invalid"),
        (None, "identity.proof_invalid"),
        (Some(&alice), ""),
    ] {
        let config = Speaks { shows, ..Speaks::default() }.config();
        let mut secure = connect(bartizan.address, "api.example", &config).unwrap();
        let answer = support::authority::ask(&mut secure, &request).unwrap();
        assert_eq!(answer.code(), code);
    }
}

#[test]
fn keys_that_are_no_good_stop_the_start_and_are_named() {
    let home = Signer::new("k1");
    let dir = Directory::new();
    let upstream = Upstream::echoing_targets();
    let path = keys(&dir, &[]);
    let file = dir.path().join("bartizan.yaml");
    let more = format!("{}{ROUTES}", issuers(&path));
    fs::write(&file, configuration(upstream.address, "observe", &more)).unwrap();
    let data = dir.path().join("data");
    let (file, data) = (file.display().to_string(), data.display().to_string());
    let start = || {
        let arguments = ["run", "-c", &file, "--data", &data, "--listen", "127.0.0.1:0"];
        let output = output(&[&arguments[..], &["--admin", "127.0.0.1:0"]].concat());
        assert!(!output.status.success());
        said(&output)
    };
    let told = start();
    assert!(
        told.contains("bartizan.yaml:8:") && told.contains("no key that can be used"),
        "{told}"
    );
    keys(&dir, &[json!({"kty": "oct", "k": "AAAA"}), json!({"kty": "EC", "crv": "P-256"})]);
    let told = start();
    assert!(told.contains("key 0: it is symmetric") && told.contains("key 1: it has no"), "{told}");
    fs::remove_file(dir.path().join("jwks.json")).unwrap();
    assert!(start().contains("cannot be read"), "{told}");
    let doctor =
        || said(&command().args(["doctor", "-c", &file, "--data", &data]).output().unwrap());
    assert!(doctor().contains("cannot be read"));
    keys(&dir, &[home.jwk(), json!({"kty": "oct", "k": "AAAA"})]);
    let told = doctor();
    assert!(told.contains("issuer main: 1 keys can be used"), "{told}");
    assert!(told.contains("key 1 cannot be used: it is symmetric"), "{told}");
    assert!(
        !told.contains("every user of this machine can read"),
        "public keys are public: {told}"
    );
}
