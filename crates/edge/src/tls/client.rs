//! TLS towards upstreams: verified unless an operator says otherwise.

use super::{H2, HTTP11, Identity, TlsFault, certificates, key, provider, roots};
use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::Arc;

/// How upstreams are verified.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// By these CA certificates, in PEM.
    Roots(&'a [u8]),
    /// By those of the system.
    System(&'a [CertificateDer<'static>]),
    /// Not at all. For tests only: whoever sits between can read and change everything.
    Nobody,
}

/// The configuration for connections to one upstream.
///
/// # Errors
///
/// [`TlsFault`].
pub fn client_config(
    trust: Trust<'_>,
    identity: Option<&Identity<'_>>,
    http2: bool,
) -> Result<ClientConfig, TlsFault> {
    let provider = provider();
    let refused = |error: rustls::Error| TlsFault::Refused(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(refused)?;
    let builder = match trust {
        Trust::Roots(pem) => builder.with_root_certificates(roots(pem)?),
        Trust::System(certificates) => {
            let mut roots = rustls::RootCertStore::empty();
            // A system has some that the library does not take; the others are as good.
            roots.add_parsable_certificates(certificates.iter().cloned());
            builder.with_root_certificates(roots)
        }
        Trust::Nobody => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)))
        }
    };
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(it) => {
            let (chain, key) = (certificates(it.certificate)?, key(it.key)?);
            builder.with_client_auth_cert(chain, key).map_err(refused)?
        }
    };
    // Only what is meant is offered: an upstream must not choose a protocol for us.
    config.alpn_protocols = vec![if http2 { H2.to_vec() } else { HTTP11.to_vec() }];
    Ok(config)
}

/// The name that an upstream's certificate must be for.
///
/// # Errors
///
/// [`TlsFault::Host`].
pub fn server_name(host: &str) -> Result<ServerName<'static>, TlsFault> {
    ServerName::try_from(host.to_owned()).map_err(|_| TlsFault::Host)
}

/// Takes every certificate, but still checks that the peer has its key.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, schemes)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let schemes = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, schemes)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
