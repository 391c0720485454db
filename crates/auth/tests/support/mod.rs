//! An issuer with a key of each kind, and whoever wants to pass for it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it, and a test fails by panicking"
)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RsaEncoding,
};
use aws_lc_rs::{digest, hmac};
use bartizan_auth::algorithm::{Algorithm, Algorithms};
use bartizan_auth::jwk::{Key, Keys};
use bartizan_auth::policy::Policy;
use bartizan_model::moment::Moment;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;

pub const ISSUER: &str = "https://id.example";
pub const AUDIENCE: &str = "https://api.example";
/// The time of these tests, in seconds.
pub const NOW_S: u64 = 1_800_000_000;
pub const SECRET: [u8; 64] = [0x5A; 64];

pub fn now() -> Moment {
    at(NOW_S)
}

pub fn at(s: u64) -> Moment {
    Moment { mono_ns: 0, wall_us: s * 1_000_000 }
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn un64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Where vectors of others are, or nothing.
pub fn vectors(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BARTIZAN_VECTORS").map(PathBuf::from).unwrap_or_else(|| {
        let shared = std::env::var_os("BARTIZAN_SHARED").map_or_else(
            || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
            PathBuf::from,
        );
        shared.join("vectors")
    });
    Some(folder.join(name)).filter(|it| it.exists())
}

/// Key pairs of one party.
pub struct Party {
    pub rsa: RsaKeyPair,
    pub p256: EcdsaKeyPair,
    pub p384: EcdsaKeyPair,
    pub p521: EcdsaKeyPair,
    pub ed: Ed25519KeyPair,
    pub secret: [u8; 64],
}

impl Party {
    fn new(seed: u8) -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            p256: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            p384: EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
            p521: EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).unwrap(),
            ed: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(),
            secret: [seed; 64],
        }
    }

    /// The signature of `input`.
    pub fn signature(&self, algorithm: Algorithm, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let mut bytes = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(encoding, &random, input, &mut bytes).unwrap();
            bytes
        };
        let ec = |key: &EcdsaKeyPair| key.sign(&random, input).unwrap().as_ref().to_vec();
        let mac = |algorithm, bytes: usize| {
            let key = hmac::Key::new(algorithm, &self.secret[..bytes]);
            hmac::sign(&key, input).as_ref().to_vec()
        };
        match algorithm {
            Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_SHA512),
            Algorithm::Ps256 => rsa(&signature::RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(&signature::RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(&signature::RSA_PSS_SHA512),
            Algorithm::Es256 => ec(&self.p256),
            Algorithm::Es384 => ec(&self.p384),
            Algorithm::Es512 => ec(&self.p521),
            Algorithm::EdDsa => self.ed.sign(input).as_ref().to_vec(),
            Algorithm::Hs256 => mac(hmac::HMAC_SHA256, 64),
            Algorithm::Hs384 => mac(hmac::HMAC_SHA384, 64),
            Algorithm::Hs512 => mac(hmac::HMAC_SHA512, 64),
        }
    }

    /// An ECDSA signature as DER has it.
    pub fn der_signature(&self, input: &[u8]) -> Vec<u8> {
        let private = self.p256.to_pkcs8v1().unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, private.as_ref());
        key.unwrap().sign(&SystemRandom::new(), input).unwrap().as_ref().to_vec()
    }

    /// The public key for an algorithm, without `kid` and `alg`.
    pub fn jwk(&self, algorithm: Algorithm) -> Value {
        let ec = |key: &EcdsaKeyPair, crv: &str| {
            let point = &key.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            json!({"kty": "EC", "crv": crv, "x": b64(x), "y": b64(y)})
        };
        match algorithm {
            Algorithm::Es256 => ec(&self.p256, "P-256"),
            Algorithm::Es384 => ec(&self.p384, "P-384"),
            Algorithm::Es512 => ec(&self.p521, "P-521"),
            Algorithm::EdDsa => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": b64(self.ed.public_key().as_ref())})
            }
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
                json!({"kty": "oct", "k": b64(self.secret)})
            }
            _ => json!({"kty": "RSA", "n": b64(self.modulus()), "e": "AQAB"}),
        }
    }

    /// That key with `kid` and `alg`.
    pub fn named(&self, algorithm: Algorithm, kid: &str) -> Value {
        let mut jwk = self.jwk(algorithm);
        jwk["kid"] = json!(kid);
        jwk["alg"] = json!(algorithm.name());
        jwk["use"] = json!("sig");
        jwk
    }

    /// Of 2 048 bits, out of the DER of its public key: two headers of four bytes and a zero, 256 bytes, five of the exponent.
    pub fn modulus(&self) -> Vec<u8> {
        let der = self.rsa.public_key().as_ref();
        assert_eq!((der.len(), &der[265..]), (270, &[2, 3, 1, 0, 1][..]));
        der[9..265].to_vec()
    }

    /// A token with this header and payload, as they are written.
    pub fn token_of(&self, algorithm: Algorithm, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", b64(header), b64(payload));
        let signature = self.signature(algorithm, input.as_bytes());
        format!("{input}.{}", b64(signature))
    }

    /// A token with these claims, and a header of `alg` and `kid`.
    pub fn token(&self, algorithm: Algorithm, claims: &Value) -> String {
        let header = json!({"alg": algorithm.name(), "kid": kid(algorithm)});
        self.token_of(algorithm, &header.to_string(), &claims.to_string())
    }
}

/// The issuer.
pub static HOME: LazyLock<Party> = LazyLock::new(|| Party::new(0x5A));
/// Somebody else.
pub static MALLORY: LazyLock<Party> = LazyLock::new(|| Party::new(0x66));

/// The `kid` of the issuer's key for an algorithm.
pub fn kid(algorithm: Algorithm) -> String {
    format!("home-{}", algorithm.name())
}

/// The claims of a good token.
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW_S + 300, "iat": NOW_S - 10,
        "jti": "t1", "client_id": "shop-app", "scope": "orders:read orders:write"
    })
}

/// Good claims with some of them changed; `null` takes one away.
pub fn claims_with(changes: Value) -> Value {
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

pub fn set_of(keys: &[Value]) -> Vec<u8> {
    json!({"keys": keys}).to_string().into_bytes()
}

pub fn keys_of(keys: &[Value]) -> Keys {
    Keys::read(&set_of(keys)).unwrap()
}

/// The set that the issuer publishes: a key of each kind.
pub fn home_keys() -> Keys {
    let all: Vec<_> = Algorithms::asymmetric().iter().map(|it| HOME.named(it, &kid(it))).collect();
    keys_of(&all)
}

/// What we share with the issuer.
pub fn home_secrets() -> Keys {
    let all = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
    let keys = all.map(|it| Key::secret(Some(&kid(it)), it, &SECRET).unwrap());
    Keys::of(keys.into()).unwrap()
}

pub fn policy() -> Policy {
    Policy::new(ISSUER, &[AUDIENCE])
}

pub fn policy_of(algorithms: &[Algorithm]) -> Policy {
    Policy { algorithms: algorithms.iter().copied().collect(), ..policy() }
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}
