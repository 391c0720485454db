//! TLS on both sides: what is offered to clients, and what is demanded of upstreams.
//!
//! Source   Mozilla server side TLS, *intermediate* (version 5.7); RFC 8446, RFC 5246, RFC 6066;
//!          hybrid key exchange by draft-ietf-tls-ecdhe-mlkem.

pub mod client;
pub(crate) mod ja4;
pub mod server;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::fmt;
use std::sync::Arc;

/// HTTP/2 as ALPN names it.
pub(crate) const H2: &[u8] = b"h2";
/// HTTP/1.1 as ALPN names it.
pub(crate) const HTTP11: &[u8] = b"http/1.1";

/// What is wrong with a certificate, key or CA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// There is no certificate in the PEM text.
    NoCertificate,
    /// A certificate in it cannot be read.
    Certificate,
    /// There is no usable private key in the PEM text.
    Key,
    /// The key does not belong to the certificate.
    KeyDoesNotFit,
    /// The certificate names no host.
    NoName,
    /// The host is not a name or address.
    Host,
    /// The CA certificates make no usable set of roots.
    Roots,
    /// The library refuses the combination.
    Refused(String),
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("holds no certificate in PEM"),
            Self::Certificate => f.write_str("holds a certificate that cannot be read"),
            Self::Key => f.write_str("holds no private key in PEM (PKCS#8, PKCS#1 or SEC1)"),
            Self::KeyDoesNotFit => f.write_str("is the key of another certificate"),
            Self::NoName => f.write_str("names no host in its subject alternative names"),
            Self::Host => f.write_str("is neither a host name nor an address"),
            Self::Roots => f.write_str("holds no usable CA certificate"),
            Self::Refused(why) => write!(f, "is refused: {why}"),
        }
    }
}

impl std::error::Error for TlsFault {}

/// A certificate chain and its key, in PEM. Nothing of it is ever shown.
pub struct Identity<'a> {
    /// The chain, the server's own certificate first.
    pub certificate: &'a [u8],
    /// The private key.
    pub key: &'a [u8],
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// The one provider of cryptography: aws-lc, with the hybrid key exchange first.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|_| TlsFault::Certificate)?;
    if all.is_empty() { Err(TlsFault::NoCertificate) } else { Ok(all) }
}

fn key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsFault> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| TlsFault::Key)
}

fn roots(pem: &[u8]) -> Result<rustls::RootCertStore, TlsFault> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots.add(certificate).map_err(|_| TlsFault::Roots)?;
    }
    Ok(roots)
}
