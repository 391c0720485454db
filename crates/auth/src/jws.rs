//! Signed messages in compact form: read strictly, and verified with keys that somebody else chose.
//!
//! Reads    a token of at most [`TOKEN_BYTES_MAX`] bytes whose header has at most [`HEADER_BYTES_MAX`].
//! Writes   [`Jws`]: nothing of it is to be believed before [`Jws::verify`].
//! Memory   header, payload and signature, decoded.
//! Errors   [`JwsFault`], without anything of what was read.
//! Misses   the JSON forms of JWS (RFC 7515 section 7.2), detached and unencoded payloads, encrypted tokens.
//! Source   RFC 7515, RFC 8725 (best practices), RFC 7797 (`b64`, refused).
//!
//! A key is never taken from the token: `jku`, `x5u`, `x5c`, `x5t` and `x5t#S256` are not looked at, and a token with a `jwk` is refused,
//! but where that is the point of it (a DPoP proof). No extension is understood, so each `crit` is refused.

use crate::algorithm::{Algorithm, Algorithms, Named};
use crate::base64url;
use crate::json::{self, JsonFault};
use crate::jwk::{self, KID_BYTES_MAX, Key, Keys, Unusable, Whose};
use bartizan_model::tape::{NodeId, Tape, TapeLimits};
use std::fmt;

/// Bytes of a token at most.
pub const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a decoded header at most.
pub const HEADER_BYTES_MAX: usize = 4 * 1024;
/// Keys that are tried for one signature at most.
pub const TRIED_MAX: usize = 4;

const HEADER_LIMITS: TapeLimits =
    TapeLimits { bytes_max: HEADER_BYTES_MAX, nodes_max: 256, depth_max: 5 };
/// Bytes of a `typ` at most.
const TYP_BYTES_MAX: usize = 128;

/// Why a signed message is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwsFault {
    /// It has more than [`TOKEN_BYTES_MAX`] bytes.
    TooLong,
    /// It has not three parts.
    Parts,
    /// It has the five parts of an encrypted token, or says how it is encrypted.
    Encrypted,
    /// A part is not base64url without padding.
    Encoding(Part),
    /// Its header has more than [`HEADER_BYTES_MAX`] bytes.
    HeaderTooLong,
    /// Its header is not one object that we read.
    Header(JsonFault),
    /// A parameter of its header is no text, or too long.
    Mistyped(Parameter),
    /// Its header names no algorithm.
    NoAlgorithm,
    /// It says that it is not signed (`none`).
    Unsigned,
    /// Its algorithm is none that we have.
    UnknownAlgorithm,
    /// Its algorithm is not one that is accepted here.
    Forbidden(Algorithm),
    /// It demands that an extension be understood (`crit`).
    Critical,
    /// It says something of how its payload is encoded (`b64`).
    Unencoded,
    /// It is compressed (`zip`).
    Compressed,
    /// Its payload is a token again (`cty`).
    Nested,
    /// It brings a key of its own (`jwk`), or not the one that it has to bring.
    OwnKey,
    /// The key that it brings is no good.
    OwnKeyUnusable(Unusable),
    /// No key has its `kid`; without `kid`: none is for its algorithm. The keys may be old.
    UnknownKey,
    /// The key with its `kid` is not for its algorithm.
    KeyOfAnotherKind(Algorithm),
    /// More than [`TRIED_MAX`] keys could have signed it.
    TooManyKeys {
        /// How many.
        count: usize,
    },
    /// The signature is wrong.
    Forged,
}

/// A part of a token in compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Payload,
    /// The third.
    Signature,
}

/// A parameter of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `alg`
    Algorithm,
    /// `kid`
    Kid,
    /// `typ`
    Type,
    /// `cty`
    Content,
}

impl fmt::Display for JwsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the token is too long"),
            Self::Parts => f.write_str("the token has not three parts"),
            Self::Encrypted => f.write_str("the token is encrypted"),
            Self::Encoding(Part::Header) => f.write_str("its header is not base64url"),
            Self::Encoding(Part::Payload) => f.write_str("its payload is not base64url"),
            Self::Encoding(Part::Signature) => f.write_str("its signature is not base64url"),
            Self::HeaderTooLong => f.write_str("its header is too long"),
            Self::Header(JsonFault::TooLarge) => f.write_str("its header has too many values"),
            Self::Header(JsonFault::Malformed) => f.write_str("its header is no JSON"),
            Self::Header(JsonFault::NoObject) => f.write_str("its header is no object"),
            Self::Header(JsonFault::Repeated) => f.write_str("its header has a parameter twice"),
            Self::Mistyped(it) => {
                let name = match it {
                    Parameter::Algorithm => "alg",
                    Parameter::Kid => "kid",
                    Parameter::Type => "typ",
                    Parameter::Content => "cty",
                };
                write!(f, "its `{name}` is no text that we read")
            }
            Self::NoAlgorithm => f.write_str("it names no algorithm"),
            Self::Unsigned => f.write_str("it says that it is not signed"),
            Self::UnknownAlgorithm => f.write_str("its algorithm is none that we have"),
            Self::Forbidden(it) => write!(f, "{} is not accepted here", it.name()),
            Self::Critical => f.write_str("it demands extensions"),
            Self::Unencoded => f.write_str("it says how its payload is encoded"),
            Self::Compressed => f.write_str("it is compressed"),
            Self::Nested => f.write_str("it holds another token"),
            Self::OwnKey => f.write_str("it brings a key, or not the one it has to"),
            Self::OwnKeyUnusable(why) => write!(f, "the key that it brings is no good: {why}"),
            Self::UnknownKey => f.write_str("no key is known that it says signed it"),
            Self::KeyOfAnotherKind(it) => write!(f, "its key is not for {}", it.name()),
            Self::TooManyKeys { count } => {
                write!(f, "{count} keys could have signed it, and it does not say which")
            }
            Self::Forged => f.write_str("its signature is wrong"),
        }
    }
}

impl std::error::Error for JwsFault {}

/// Whether a message brings the key that signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnKey {
    /// It must not.
    Refused,
    /// It must.
    Demanded,
}

/// A signed message that was read.
pub struct Jws<'t> {
    /// Header and payload as they were signed.
    input: &'t [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
    algorithm: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    own_key: Option<Key>,
}

/// Says how it is signed; not what it says.
impl fmt::Debug for Jws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload_bytes = self.payload.len();
        f.debug_struct("Jws")
            .field("algorithm", &self.algorithm)
            .field("payload_bytes", &payload_bytes)
            .finish_non_exhaustive()
    }
}

impl<'t> Jws<'t> {
    /// Reads a message in compact form.
    ///
    /// # Errors
    ///
    /// [`JwsFault`], but for those of keys and of the signature.
    pub fn read(token: &'t [u8], own_key: OwnKey) -> Result<Self, JwsFault> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(JwsFault::TooLong);
        }
        let (input, header, payload, signature) = parts(token)?;
        // Base64 has four letters for three bytes.
        if header.len() > HEADER_BYTES_MAX.div_ceil(3) * 4 {
            return Err(JwsFault::HeaderTooLong);
        }
        let decoded = |part, text: &[u8]| base64url::decode(text).ok_or(JwsFault::Encoding(part));
        let header = decoded(Part::Header, header)?;
        if header.len() > HEADER_BYTES_MAX {
            return Err(JwsFault::HeaderTooLong);
        }
        let tape = json::object(&header, &HEADER_LIMITS).map_err(JwsFault::Header)?;
        let header = Header::new(&tape)?;
        let algorithm = header.algorithm()?;
        header.has_nothing_else()?;
        Ok(Self {
            input,
            algorithm,
            kid: header.text(Parameter::Kid, KID_BYTES_MAX)?,
            typ: header.text(Parameter::Type, TYP_BYTES_MAX)?,
            own_key: header.own_key(own_key, algorithm)?,
            payload: decoded(Part::Payload, payload)?,
            signature: decoded(Part::Signature, signature)?,
        })
    }

    /// The key among `keys` that signed it, with one of the `allowed` algorithms.
    ///
    /// With a `kid` that is a key of exactly this `kid`, and of several those that fit its algorithm; without, every
    /// key that fits. At most [`TRIED_MAX`] are tried: if there are more, none is.
    ///
    /// # Errors
    ///
    /// [`JwsFault::Forbidden`], `UnknownKey`, `KeyOfAnotherKind`, `TooManyKeys`, `Forged`.
    pub fn verify<'k>(&self, keys: &'k Keys, allowed: Algorithms) -> Result<&'k Key, JwsFault> {
        if !allowed.contains(self.algorithm) {
            return Err(JwsFault::Forbidden(self.algorithm));
        }
        let is_named = |it: &&Key| self.kid.is_none() || it.kid() == self.kid.as_deref();
        let fits = |it: &&Key| it.fits(self.algorithm);
        match keys.iter().filter(is_named).filter(fits).count() {
            0 if self.kid.is_some() && keys.iter().any(|it| is_named(&it)) => {
                Err(JwsFault::KeyOfAnotherKind(self.algorithm))
            }
            0 => Err(JwsFault::UnknownKey),
            count if count > TRIED_MAX => Err(JwsFault::TooManyKeys { count }),
            _ => keys
                .iter()
                .filter(is_named)
                .filter(fits)
                .find(|it| self.is_signed_by(it))
                .ok_or(JwsFault::Forged),
        }
    }

    /// The key that it brings, if that signed it with one of the `allowed` algorithms.
    ///
    /// # Errors
    ///
    /// [`JwsFault::Forbidden`], `OwnKey`, `KeyOfAnotherKind`, `Forged`.
    pub fn verify_own(&self, allowed: Algorithms) -> Result<&Key, JwsFault> {
        if !allowed.without_secrets().contains(self.algorithm) {
            return Err(JwsFault::Forbidden(self.algorithm));
        }
        let key = self.own_key.as_ref().ok_or(JwsFault::OwnKey)?;
        if !key.fits(self.algorithm) {
            return Err(JwsFault::KeyOfAnotherKind(self.algorithm));
        }
        if self.is_signed_by(key) { Ok(key) } else { Err(JwsFault::Forged) }
    }

    fn is_signed_by(&self, key: &Key) -> bool {
        key.signed(self.algorithm, self.input, &self.signature)
    }

    /// What was signed. Not to be believed before it is verified.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Header and payload in the form in which they were signed.
    pub fn input(&self) -> &'t [u8] {
        self.input
    }

    /// The algorithm that its header names.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The media type of the whole message (`typ`), as it is written.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }
}

/// What was signed, and the three parts.
type Parts<'t> = (&'t [u8], &'t [u8], &'t [u8], &'t [u8]);

fn parts(token: &[u8]) -> Result<Parts<'_>, JwsFault> {
    match token.iter().filter(|it| **it == b'.').count() {
        2 => {}
        4 => return Err(JwsFault::Encrypted),
        _ => return Err(JwsFault::Parts),
    }
    let mut dots = token.iter().enumerate().filter(|(_, it)| **it == b'.').map(|(at, _)| at);
    let (Some(first), Some(second)) = (dots.next(), dots.next()) else {
        return Err(JwsFault::Parts);
    };
    let cut = |range: std::ops::Range<usize>| token.get(range).ok_or(JwsFault::Parts);
    Ok((cut(0..second)?, cut(0..first)?, cut(first + 1..second)?, cut(second + 1..token.len())?))
}

#[derive(Clone, Copy)]
struct Header<'j, 't> {
    tape: &'j Tape<'t>,
}

impl<'j, 't> Header<'j, 't> {
    fn new(tape: &'j Tape<'t>) -> Result<Self, JwsFault> {
        let is_repeated = json::is_repeated(tape, tape.root());
        if is_repeated { Err(JwsFault::Header(JsonFault::Repeated)) } else { Ok(Self { tape }) }
    }

    fn get(self, name: &str) -> Option<NodeId> {
        json::member(self.tape, self.tape.root(), name)
    }

    fn text(self, parameter: Parameter, bytes_max: usize) -> Result<Option<String>, JwsFault> {
        let name = match parameter {
            Parameter::Algorithm => "alg",
            Parameter::Kid => "kid",
            Parameter::Type => "typ",
            Parameter::Content => "cty",
        };
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = json::text(self.tape, value, bytes_max);
        text.map(|it| Some(it.into_owned())).ok_or(JwsFault::Mistyped(parameter))
    }

    fn algorithm(self) -> Result<Algorithm, JwsFault> {
        let name = self.text(Parameter::Algorithm, TYP_BYTES_MAX)?.ok_or(JwsFault::NoAlgorithm)?;
        match Named::of(&name) {
            Named::Algorithm(it) => Ok(it),
            Named::None => Err(JwsFault::Unsigned),
            Named::Other => Err(JwsFault::UnknownAlgorithm),
        }
    }

    /// Parameters that change what a payload is are refused, whatever their value.
    fn has_nothing_else(self) -> Result<(), JwsFault> {
        for (name, fault) in [
            ("crit", JwsFault::Critical),
            ("b64", JwsFault::Unencoded),
            ("zip", JwsFault::Compressed),
            ("enc", JwsFault::Encrypted),
        ] {
            if self.get(name).is_some() {
                return Err(fault);
            }
        }
        let content = self.text(Parameter::Content, TYP_BYTES_MAX)?;
        let is_token = |it: &String| media_type(it).eq_ignore_ascii_case("jwt");
        if content.as_ref().is_some_and(is_token) { Err(JwsFault::Nested) } else { Ok(()) }
    }

    fn own_key(self, wanted: OwnKey, algorithm: Algorithm) -> Result<Option<Key>, JwsFault> {
        match (self.get("jwk"), wanted) {
            (None, OwnKey::Refused) => Ok(None),
            (Some(_), OwnKey::Refused) | (None, OwnKey::Demanded) => Err(JwsFault::OwnKey),
            (Some(node), OwnKey::Demanded) => {
                let key = jwk::public(self.tape, node, Whose::Sender(algorithm));
                key.map(Some).map_err(JwsFault::OwnKeyUnusable)
            }
        }
    }
}

/// A media type without the `application/` that may be left out (RFC 7515 section 4.1.9).
pub(crate) fn media_type(text: &str) -> &str {
    match text.split_once('/') {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("application") && !rest.contains('/') => {
            rest
        }
        Some(_) | None => text,
    }
}
