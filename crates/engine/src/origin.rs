//! Where an exchange comes from, and what its adapter supplies instead of the engine reading it.

use bartizan_auth::Digest;
use bartizan_model::id::{ExchangeId, KeyedHash};
use std::net::IpAddr;

/// What opens a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The exchange's id, made by the adapter.
    pub id: ExchangeId,
    /// Whether the exchange itself is at hand.
    pub authority: Authority,
    /// The other end of the client's connection; of a copy the proxy that sends copies.
    pub peer: IpAddr,
    /// Whether that connection is TLS. How the client of a copy connected is not seen: `true` claims nothing.
    pub tls: bool,
    /// The certificate that the client showed and that was verified, hashed.
    pub certificate: Option<KeyedHash>,
    /// The SHA-256 hash of that certificate in DER, which tokens are bound to (RFC 8705 section 3.1).
    pub certificate_digest: Option<Digest>,
    /// The fingerprint of the client's TLS (JA4), hashed.
    pub ja4: Option<KeyedHash>,
    /// Whether the adapter sees bodies. What it cannot see is `Unknown`, never clean.
    pub sees_bodies: bool,
}

/// Whether what is judged is the exchange itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The exchange itself, or a record of it with its answer.
    Inline,
    /// A copy of a request: it goes nowhere, and its answer is given elsewhere.
    Copy,
}
