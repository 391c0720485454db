//! Keys: public ones as an issuer publishes them, and secrets that an operator configured.
//!
//! Reads    a JWK Set of at most [`SET_BYTES_MAX`] bytes and [`KEYS_MAX`] keys; one JWK, of a DPoP proof; secrets.
//! Writes   [`Keys`]: what can verify signatures, each key bound to the algorithms that fit it, and which keys of the set
//!          cannot be used and why.
//! Memory   an RSA key without `alg` is kept once for each of its six algorithms; at most some kilobytes a key.
//! Errors   [`SetFault`] if there is no set; a key that is no good costs that key only ([`Unusable`]).
//! Misses   certificates of keys (`x5c`, `x5t`, `x5u`), which are not looked at; Ed448; keys that are weak in ways that
//!          their size does not show.
//! Source   RFC 7517, RFC 7518 section 6, RFC 8037 section 2, RFC 7638 (thumbprints).

use crate::algorithm::{Algorithm, Curve, Named};
use crate::base64url;
use crate::digest::Digest;
use crate::json::{self, JsonFault};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters,
};
use bartizan_model::tape::{Kind, NodeId, Tape, TapeLimits};
use std::fmt;

/// Bytes of a JWK Set at most.
pub const SET_BYTES_MAX: usize = 64 * 1024;
/// Keys of a JWK Set at most.
pub const KEYS_MAX: usize = 256;
/// Bytes of a `kid` at most.
pub const KID_BYTES_MAX: usize = 512;
/// Bits of the modulus of an RSA key.
pub const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Bits of it at most where a message brings its key: there the client chooses how dear it is.
pub const OWN_RSA_BITS_MAX: usize = 4096;
/// Bytes of a shared secret at most.
pub const SECRET_BYTES_MAX: usize = 1024;

/// The largest public exponent has 33 bits: what is larger only costs time.
const EXPONENT_BITS_MAX: usize = 33;
const SET_LIMITS: TapeLimits =
    TapeLimits { bytes_max: SET_BYTES_MAX, nodes_max: 16 * 1024, depth_max: 8 };
/// Members that only a private or symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4; RFC 8037 section 2).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// A key that can verify signatures.
pub struct Key {
    kid: Option<Box<str>>,
    thumbprint: Digest,
    material: Material,
}

enum Material {
    /// One parsed form for each algorithm that the key may be used with.
    Public(Vec<(Algorithm, ParsedPublicKey)>),
    Secret(Algorithm, Box<hmac::Key>),
}

/// Says which key it is and what it is for; never the key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Key");
        match &self.material {
            Material::Public(_) => shown.field("thumbprint", &self.thumbprint),
            Material::Secret(..) => shown.field("secret", &"hidden"),
        };
        shown.field("algorithms", &self.algorithms().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

/// Why a key of a set cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no object.
    NoObject,
    /// It has a member twice.
    Repeated,
    /// A member that is a text is none, or too long.
    Mistyped(Member),
    /// It is symmetric (`oct`): an issuer's set is public, so that everybody could sign with it.
    Symmetric,
    /// It has members of a private key. Whoever reads the set can sign with it.
    Private,
    /// No `kty`, or one that we do not have.
    Kind,
    /// No `crv`, or one that we do not have (Ed448, secp256k1, curves of key agreement).
    Curve,
    /// `use` is something else than `sig`.
    Use,
    /// `key_ops` is no list of different texts, or has no `verify`.
    Operations,
    /// An `alg` that we do not have.
    Algorithm,
    /// An `alg` that is not one of its kind of key.
    AlgorithmOfAnotherKind,
    /// A number of the key is missing.
    Missing(Member),
    /// A number of the key is not base64url, or has not the length that it must have.
    Malformed(Member),
    /// An RSA modulus with so many bits, or an even one.
    Modulus {
        /// Bits of it.
        bits: usize,
    },
    /// An RSA exponent that is even, less than three, or of more than 33 bits.
    Exponent,
    /// No point on its curve.
    Point,
    /// A point of small order, under which anything verifies.
    SmallOrder,
}

/// A member of a JWK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// `kty`
    Kind,
    /// `kid`
    Kid,
    /// `use`
    Use,
    /// `alg`
    Algorithm,
    /// `crv`
    Curve,
    /// `n`
    N,
    /// `e`
    E,
    /// `x`
    X,
    /// `y`
    Y,
}

impl Member {
    fn name(self) -> &'static str {
        match self {
            Self::Kind => "kty",
            Self::Kid => "kid",
            Self::Use => "use",
            Self::Algorithm => "alg",
            Self::Curve => "crv",
            Self::N => "n",
            Self::E => "e",
            Self::X => "x",
            Self::Y => "y",
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => f.write_str("it is no object"),
            Self::Repeated => f.write_str("it has a member twice"),
            Self::Mistyped(it) => write!(f, "its `{}` is no text that we read", it.name()),
            Self::Symmetric => f.write_str("it is symmetric, and the set is public"),
            Self::Private => f.write_str("it has members of a private key"),
            Self::Kind => f.write_str("its `kty` is none that we have"),
            Self::Curve => f.write_str("its `crv` is none that we have"),
            Self::Use => f.write_str("its `use` is not `sig`"),
            Self::Operations => f.write_str("its `key_ops` has no `verify`"),
            Self::Algorithm => f.write_str("its `alg` is none that we have"),
            Self::AlgorithmOfAnotherKind => f.write_str("its `alg` is for another kind of key"),
            Self::Missing(it) => write!(f, "it has no `{}`", it.name()),
            Self::Malformed(it) => write!(f, "its `{}` is malformed", it.name()),
            Self::Modulus { bits } => write!(f, "its modulus of {bits} bits is no good"),
            Self::Exponent => f.write_str("its exponent is no good"),
            Self::Point => f.write_str("it is no point on its curve"),
            Self::SmallOrder => f.write_str("it is a point of small order"),
        }
    }
}

impl std::error::Error for Unusable {}

/// Why a text is no set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetFault {
    /// It is no object that we read. `Repeated`: it has `keys`, or another member, twice.
    Json(JsonFault),
    /// It has no list `keys`.
    NoKeys,
    /// It has more than [`KEYS_MAX`].
    TooMany,
}

impl fmt::Display for SetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json(JsonFault::TooLarge) => "it is larger than a set of keys may be",
            Self::Json(JsonFault::Malformed) => "it is no JSON",
            Self::Json(JsonFault::NoObject) => "it is no object",
            Self::Json(JsonFault::Repeated) => "it has a member twice",
            Self::NoKeys => "it has no list of keys",
            Self::TooMany => "it has more than 256 keys",
        })
    }
}

impl std::error::Error for SetFault {}

/// A shared secret that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretFault {
    /// The algorithm needs a key pair.
    Algorithm,
    /// It has fewer bytes than the hash of its algorithm (RFC 7518 section 3.2).
    TooShort {
        /// Bytes that it must have.
        bytes_min: usize,
    },
    /// It has more than [`SECRET_BYTES_MAX`].
    TooLong,
    /// Its `kid` is empty or longer than [`KID_BYTES_MAX`].
    Kid,
}

impl fmt::Display for SecretFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm => f.write_str("the algorithm takes no shared secret"),
            Self::TooShort { bytes_min } => {
                write!(f, "a secret for it has {bytes_min} bytes at least")
            }
            Self::TooLong => f.write_str("a secret has 1024 bytes at most"),
            Self::Kid => f.write_str("the identifier of a key has 1 to 512 bytes"),
        }
    }
}

impl std::error::Error for SecretFault {}

/// The keys of one issuer.
#[derive(Debug, Default)]
pub struct Keys {
    keys: Vec<Key>,
    unusable: Vec<(usize, Unusable)>,
}

impl Keys {
    /// Reads a JWK Set that an issuer publishes. Keys that cannot be used are left out and told by [`Keys::unusable`].
    ///
    /// # Errors
    ///
    /// [`SetFault`] if there is no set at all.
    pub fn read(set: &[u8]) -> Result<Self, SetFault> {
        let tape = json::object(set, &SET_LIMITS).map_err(SetFault::Json)?;
        if tape.is_repeated(tape.root()) {
            return Err(SetFault::Json(JsonFault::Repeated));
        }
        let list = json::member(&tape, tape.root(), "keys").ok_or(SetFault::NoKeys)?;
        if tape.kind(list) != Kind::Array {
            return Err(SetFault::NoKeys);
        }
        if tape.count(list) > KEYS_MAX {
            return Err(SetFault::TooMany);
        }
        let mut keys = Self::default();
        for (index, node) in tape.items(list).enumerate() {
            match public(&tape, node, Whose::Issuer) {
                Ok(key) => keys.keys.push(key),
                Err(why) => keys.unusable.push((index, why)),
            }
        }
        Ok(keys)
    }

    /// Keys that were made one by one, at most [`KEYS_MAX`] of them.
    ///
    /// # Errors
    ///
    /// [`SetFault::TooMany`].
    pub fn of(keys: Vec<Key>) -> Result<Self, SetFault> {
        let is_few = keys.len() <= KEYS_MAX;
        if is_few { Ok(Self { keys, unusable: Vec::new() }) } else { Err(SetFault::TooMany) }
    }

    /// The keys that can be used.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// How many can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Keys of the set that cannot be used: which one, counted from 0, and why.
    pub fn unusable(&self) -> &[(usize, Unusable)] {
        &self.unusable
    }
}

impl Key {
    /// A secret that an issuer shares with us, for one algorithm.
    ///
    /// # Errors
    ///
    /// [`SecretFault`].
    pub fn secret(
        kid: Option<&str>,
        algorithm: Algorithm,
        secret: &[u8],
    ) -> Result<Self, SecretFault> {
        let (mac, bytes_min) = match algorithm {
            Algorithm::Hs256 => (hmac::HMAC_SHA256, 32),
            Algorithm::Hs384 => (hmac::HMAC_SHA384, 48),
            Algorithm::Hs512 => (hmac::HMAC_SHA512, 64),
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512
            | Algorithm::Es256
            | Algorithm::Es384
            | Algorithm::Es512
            | Algorithm::EdDsa => return Err(SecretFault::Algorithm),
        };
        if secret.len() < bytes_min {
            return Err(SecretFault::TooShort { bytes_min });
        }
        if secret.len() > SECRET_BYTES_MAX {
            return Err(SecretFault::TooLong);
        }
        if kid.is_some_and(|it| it.is_empty() || it.len() > KID_BYTES_MAX) {
            return Err(SecretFault::Kid);
        }
        let text = format!(r#"{{"k":"{}","kty":"oct"}}"#, base64url::encode(secret));
        Ok(Self {
            kid: kid.map(Into::into),
            thumbprint: Digest::of(text.as_bytes()),
            material: Material::Secret(algorithm, Box::new(hmac::Key::new(mac, secret))),
        })
    }

    /// Reads one public JWK.
    ///
    /// # Errors
    ///
    /// [`Unusable`].
    pub fn read(jwk: &[u8]) -> Result<Self, Unusable> {
        let tape = json::object(jwk, &SET_LIMITS).map_err(|_| Unusable::NoObject)?;
        public(&tape, tape.root(), Whose::Issuer)
    }

    /// Its identifier, as the set says.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Its thumbprint (RFC 7638, with SHA-256). That of a secret tells it to whoever guesses it: it stays inside.
    pub fn thumbprint(&self) -> Option<Digest> {
        match self.material {
            Material::Public(_) => Some(self.thumbprint),
            Material::Secret(..) => None,
        }
    }

    /// The algorithms that it may be used with.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let (public, secret) = match &self.material {
            Material::Public(forms) => (forms.as_slice(), None),
            Material::Secret(algorithm, _) => (&[][..], Some(*algorithm)),
        };
        public.iter().map(|it| it.0).chain(secret)
    }

    /// Whether `algorithm` is one of them.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.algorithms().any(|it| it == algorithm)
    }

    /// Whether it signed `message`. Signatures of ECDSA are the two numbers in full length, one after the other.
    pub(crate) fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Public(forms) => forms
                .iter()
                .find(|it| it.0 == algorithm)
                .is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok()),
            Material::Secret(own, key) => {
                *own == algorithm && hmac::verify(key, message, signature).is_ok()
            }
        }
    }
}

/// Who chose a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// An issuer, or an operator.
    Issuer,
    /// Whoever sent a message, for this algorithm only.
    Sender(Algorithm),
}

impl Whose {
    fn rsa_bits_max(self) -> usize {
        match self {
            Self::Issuer => *RSA_BITS.end(),
            Self::Sender(_) => OWN_RSA_BITS_MAX,
        }
    }

    /// Whether the key is needed in its form for this algorithm.
    fn needs(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Issuer => true,
            Self::Sender(only) => only == algorithm,
        }
    }
}

/// Reads a public key that stands in a larger text.
pub(crate) fn public(tape: &Tape<'_>, node: NodeId, whose: Whose) -> Result<Key, Unusable> {
    if tape.kind(node) != Kind::Object {
        return Err(Unusable::NoObject);
    }
    if json::is_repeated(tape, node) {
        return Err(Unusable::Repeated);
    }
    let jwk = Jwk { tape, node, whose };
    let kind = jwk.text(Member::Kind)?.ok_or(Unusable::Kind)?;
    if kind == "oct" {
        return Err(Unusable::Symmetric);
    }
    if PRIVATE.iter().any(|it| json::member(tape, node, it).is_some()) {
        return Err(Unusable::Private);
    }
    if jwk.text(Member::Use)?.is_some_and(|it| it != "sig") {
        return Err(Unusable::Use);
    }
    jwk.operations()?;
    let kid = jwk.text(Member::Kid)?.map(String::into_boxed_str);
    let bound = match jwk.text(Member::Algorithm)?.map(|it| Named::of(&it)) {
        None => None,
        Some(Named::Algorithm(it)) => Some(it),
        Some(Named::None | Named::Other) => return Err(Unusable::Algorithm),
    };
    let (thumbprint, forms) = match kind.as_str() {
        "RSA" => jwk.rsa(bound)?,
        "EC" => jwk.elliptic(bound)?,
        "OKP" => jwk.edwards(bound)?,
        _ => return Err(Unusable::Kind),
    };
    Ok(Key { kid, thumbprint, material: Material::Public(forms) })
}

/// The hash of its thumbprint, and its parsed forms.
type Parsed = (Digest, Vec<(Algorithm, ParsedPublicKey)>);

#[derive(Clone, Copy)]
struct Jwk<'j, 't> {
    tape: &'j Tape<'t>,
    node: NodeId,
    whose: Whose,
}

impl Jwk<'_, '_> {
    fn text(self, member: Member) -> Result<Option<String>, Unusable> {
        let Some(value) = json::member(self.tape, self.node, member.name()) else {
            return Ok(None);
        };
        let text = json::text(self.tape, value, KID_BYTES_MAX);
        text.map(|it| Some(it.into_owned())).ok_or(Unusable::Mistyped(member))
    }

    /// `key_ops` is a list of different texts with `verify` among them, or is not there (RFC 7517 section 4.3).
    fn operations(self) -> Result<(), Unusable> {
        let Some(list) = json::member(self.tape, self.node, "key_ops") else { return Ok(()) };
        let names: Option<Vec<_>> =
            self.tape.items(list).map(|it| json::text(self.tape, it, KID_BYTES_MAX)).collect();
        let mut names = names.ok_or(Unusable::Operations)?;
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        let is_good = names.len() == count && names.iter().any(|it| it == "verify");
        if is_good { Ok(()) } else { Err(Unusable::Operations) }
    }

    /// The bytes of a number and its text. Numbers of RSA keys are longer than names.
    fn number(self, member: Member) -> Result<(Vec<u8>, String), Unusable> {
        let value = json::member(self.tape, self.node, member.name());
        let value = value.ok_or(Unusable::Missing(member))?;
        let malformed = Unusable::Malformed(member);
        let text = json::text(self.tape, value, RSA_BITS.end() / 4).ok_or(malformed)?;
        let bytes = base64url::decode(text.as_bytes()).ok_or(malformed)?;
        Ok((bytes, text.into_owned()))
    }

    /// A number of exactly so many bytes.
    fn coordinate(self, member: Member, bytes: usize) -> Result<(Vec<u8>, String), Unusable> {
        let number = self.number(member)?;
        let has_length = number.0.len() == bytes;
        if has_length { Ok(number) } else { Err(Unusable::Malformed(member)) }
    }

    fn rsa(self, bound: Option<Algorithm>) -> Result<Parsed, Unusable> {
        let (n, n_text) = self.positive(Member::N)?;
        let (e, e_text) = self.positive(Member::E)?;
        let bits = bits(&n);
        if !RSA_BITS.contains(&bits) || bits > self.whose.rsa_bits_max() || !is_odd(&n) {
            return Err(Unusable::Modulus { bits });
        }
        if !is_odd(&e) || e == [1] || self::bits(&e) > EXPONENT_BITS_MAX {
            return Err(Unusable::Exponent);
        }
        let text = format!(r#"{{"e":"{e_text}","kty":"RSA","n":"{n_text}"}}"#);
        let components = PublicKeyComponents { n, e };
        let mut fitting =
            RSA.iter().filter(|it| bound.is_none_or(|bound| bound == it.0)).peekable();
        if fitting.peek().is_none() {
            return Err(Unusable::AlgorithmOfAnotherKind);
        }
        let mut forms = Vec::new();
        for (algorithm, parameters) in fitting.filter(|it| self.whose.needs(it.0)) {
            let parsed = components.to_parsed_public_key(parameters);
            forms.push((*algorithm, parsed.map_err(|_| Unusable::Modulus { bits })?));
        }
        Ok((Digest::of(text.as_bytes()), forms))
    }

    /// A number greater than zero without zeros in front (RFC 7518 section 2, `Base64urlUInt`).
    fn positive(self, member: Member) -> Result<(Vec<u8>, String), Unusable> {
        let number = self.number(member)?;
        let is_shortest = number.0.first().is_some_and(|it| *it != 0);
        if is_shortest { Ok(number) } else { Err(Unusable::Malformed(member)) }
    }

    fn elliptic(self, bound: Option<Algorithm>) -> Result<Parsed, Unusable> {
        let named = self.text(Member::Curve)?;
        let curve = named.as_deref().and_then(Curve::of).ok_or(Unusable::Curve)?;
        let (x, x_text) = self.coordinate(Member::X, curve.coordinate_bytes())?;
        let (y, y_text) = self.coordinate(Member::Y, curve.coordinate_bytes())?;
        let (algorithm, parameters) = match curve {
            Curve::P256 => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED),
            Curve::P384 => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED),
            Curve::P521 => (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED),
        };
        is_for(bound, algorithm)?;
        // SEC 1 section 2.3.3: an uncompressed point.
        let point = [&[4][..], &x, &y].concat();
        let key = ParsedPublicKey::new(parameters, &point).map_err(|_| Unusable::Point)?;
        let name = curve.name();
        let text = format!(r#"{{"crv":"{name}","kty":"EC","x":"{x_text}","y":"{y_text}"}}"#);
        Ok((Digest::of(text.as_bytes()), vec![(algorithm, key)]))
    }

    fn edwards(self, bound: Option<Algorithm>) -> Result<Parsed, Unusable> {
        if self.text(Member::Curve)?.as_deref() != Some("Ed25519") {
            return Err(Unusable::Curve);
        }
        let (x, text) = self.coordinate(Member::X, 32)?;
        is_for(bound, Algorithm::EdDsa)?;
        if is_of_small_order(&x) {
            return Err(Unusable::SmallOrder);
        }
        let key = ParsedPublicKey::new(&ED25519, &x).map_err(|_| Unusable::Point)?;
        let text = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{text}"}}"#);
        Ok((Digest::of(text.as_bytes()), vec![(Algorithm::EdDsa, key)]))
    }
}

static RSA: &[(Algorithm, &RsaParameters)] = &[
    (Algorithm::Rs256, &RSA_PKCS1_2048_8192_SHA256),
    (Algorithm::Rs384, &RSA_PKCS1_2048_8192_SHA384),
    (Algorithm::Rs512, &RSA_PKCS1_2048_8192_SHA512),
    (Algorithm::Ps256, &RSA_PSS_2048_8192_SHA256),
    (Algorithm::Ps384, &RSA_PSS_2048_8192_SHA384),
    (Algorithm::Ps512, &RSA_PSS_2048_8192_SHA512),
];

fn is_for(bound: Option<Algorithm>, own: Algorithm) -> Result<(), Unusable> {
    let fits = bound.is_none_or(|it| it == own);
    if fits { Ok(()) } else { Err(Unusable::AlgorithmOfAnotherKind) }
}

/// Bits of a number without zeros in front.
fn bits(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |it| it.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or(0))
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|it| it & 1 == 1)
}

/// Whether a point of Ed25519 is one of the eight whose order divides the cofactor, in whatever encoding: under such a key a
/// signature verifies for one message in eight at least, without any secret.
///
/// The values of `y` are 0, 1, -1, the two of order eight, and those two of the first three that have a second encoding.
fn is_of_small_order(x: &[u8]) -> bool {
    let mut y = [0_u8; 32];
    y.iter_mut().zip(x).for_each(|(to, from)| *to = *from);
    if let Some(last) = y.last_mut() {
        // The sign of the other coordinate.
        *last &= 0x7F;
    }
    SMALL_ORDER.contains(&y)
}

const fn of_ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut y = [middle; 32];
    y[0] = first;
    y[31] = last;
    y
}

const SMALL_ORDER: [[u8; 32]; 7] = [
    of_ends(0, 0, 0),
    of_ends(1, 0, 0),
    of_ends(0xEC, 0xFF, 0x7F),
    of_ends(0xED, 0xFF, 0x7F),
    of_ends(0xEE, 0xFF, 0x7F),
    [
        0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98,
        0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53,
        0xFC, 0x05,
    ],
    [
        0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67,
        0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC,
        0x03, 0x7A,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::UnparsedPublicKey;

    /// What the list is for: under each of these keys somebody without any secret signs one message in eight. An encoding
    /// that the provider does not take anyway is no danger.
    #[test]
    fn under_a_point_of_small_order_anybody_signs() {
        // `R` is the neutral element and `S` is zero.
        let mut signature = [0; 64];
        signature[0] = 1;
        let mut forged = 0;
        for y in SMALL_ORDER {
            let key = UnparsedPublicKey::new(&ED25519, &y);
            let signs = |it: u32| key.verify(&it.to_be_bytes(), &signature).is_ok();
            if ParsedPublicKey::new(&ED25519, y).is_ok() {
                forged += usize::from((0..400).any(signs));
            }
            assert!(is_of_small_order(&y));
        }
        assert!(forged >= 4, "{forged}");
        assert!(!is_of_small_order(&[0x5A; 32]));
    }

    #[test]
    fn bits_are_counted_from_the_first_one() {
        for (number, expected) in
            [(&[][..], 0), (&[1], 1), (&[0xFF], 8), (&[1, 0], 9), (&[0x7F, 0xFF], 15)]
        {
            assert_eq!(bits(number), expected, "{number:?}");
        }
    }
}
