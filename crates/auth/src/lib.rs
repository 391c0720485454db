//! Credentials to identity: tokens, proofs of possession, API keys, names and passwords, and what of these is revoked.
//!
//! Pure: keys, lists and the time are arguments. Nothing is fetched, and nothing that a token says leads anywhere.
//!
//! Reads    header fields, tokens, sets of keys: all of them may be hostile.
//! Writes   a [`bartizan_model::identity::Identity`], or a closed reason why there is none.
//! Memory   a few times the size of what is read, and all of that has bounds.
//! Errors   closed enumerations, without anything of what was read.
//! Misses   encrypted tokens, opaque tokens that only their issuer can tell of, SAML, signatures of whole messages (RFC 9421).
//! Source   RFC 7515 to 7519, 7638, 7800, 8037, 8705, 8725, 9068, 9110, 9449.

pub mod algorithm;
pub mod api_key;
pub mod authenticate;
mod base64url;
pub mod basic;
pub mod binding;
pub mod claims;
pub mod credential;
pub mod digest;
pub mod dpop;
mod json;
pub mod jwk;
pub mod jws;
pub mod policy;
pub mod revoked;
mod uri;

pub use digest::Digest;
pub use json::JsonFault;
