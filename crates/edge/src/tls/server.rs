//! TLS towards clients.
//!
//! Reads    certificates with their keys, and the CA of client certificates.
//! Memory   at most `SESSIONS_MAX` resumable sessions of TLS 1.2; those of TLS 1.3 lie with the
//!          clients, in tickets whose keys change every six hours.
//! Misses   revocation lists of client certificates and OCSP stapling are not supported yet.

use super::{H2, HTTP11, Identity, TlsFault, certificates, key, provider, roots};
use bartizan_model::route::Demand;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sessions of TLS 1.2 that can be resumed.
const SESSIONS_MAX: usize = 4_096;

/// What clients are offered.
#[derive(Debug)]
pub struct Offer<'a> {
    /// Certificates; which one is shown, the client's SNI decides. The first is for clients that
    /// name no host, or one that none is for.
    pub identities: Vec<Identity<'a>>,
    /// Whether TLS 1.2 is refused.
    pub only_tls13: bool,
    /// CA certificates in PEM that client certificates are verified by.
    pub client_ca: Option<&'a [u8]>,
    /// Whether clients must show one on every route.
    pub demand: Demand,
}

/// The configuration for an offer. `Err` says which identity is at fault; `None` the client CA.
///
/// # Errors
///
/// [`TlsFault`].
pub fn server_config(offer: &Offer<'_>) -> Result<ServerConfig, (Option<usize>, TlsFault)> {
    let provider = provider();
    let mut by_name = ByName::default();
    for (at, identity) in offer.identities.iter().enumerate() {
        by_name.add(identity, &provider).map_err(|fault| (Some(at), fault))?;
    }
    let versions: &[&rustls::SupportedProtocolVersion] = if offer.only_tls13 {
        &[&rustls::version::TLS13]
    } else {
        &[&rustls::version::TLS13, &rustls::version::TLS12]
    };
    let refused = |error: &dyn std::fmt::Display| (None, TlsFault::Refused(error.to_string()));
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .map_err(|error| refused(&error))?;
    let builder = match (offer.client_ca, offer.demand) {
        (None, _) | (Some(_), Demand::None) => builder.with_no_client_auth(),
        (Some(ca), demand) => {
            let roots = Arc::new(roots(ca).map_err(|fault| (None, fault))?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
            let verifier = if demand == Demand::Required {
                verifier
            } else {
                verifier.allow_unauthenticated()
            };
            let verifier = verifier.build().map_err(|error| refused(&error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_cert_resolver(Arc::new(by_name));
    config.alpn_protocols = vec![H2.to_vec(), HTTP11.to_vec()];
    config.session_storage = rustls::server::ServerSessionMemoryCache::new(SESSIONS_MAX);
    config.ticketer =
        rustls::crypto::aws_lc_rs::Ticketer::new().map_err(|error| refused(&error))?;
    // Each ticket costs the handshake an encryption and a hundred bytes; one is enough.
    config.send_tls13_tickets = 1;
    Ok(config)
}

/// Certificates by the names in them.
#[derive(Debug, Default)]
struct ByName {
    exact: BTreeMap<String, Arc<CertifiedKey>>,
    /// By what follows the `*`, dot included.
    wildcard: BTreeMap<String, Arc<CertifiedKey>>,
    first: Option<Arc<CertifiedKey>>,
}

impl ByName {
    fn add(
        &mut self,
        identity: &Identity<'_>,
        provider: &Arc<rustls::crypto::CryptoProvider>,
    ) -> Result<(), TlsFault> {
        let chain = certificates(identity.certificate)?;
        let names = names(chain.first().ok_or(TlsFault::NoCertificate)?)?;
        let key = key(identity.key)?;
        let certified = CertifiedKey::from_der(chain, key, provider).map_err(|error| {
            if let rustls::Error::InconsistentKeys(_) = error {
                TlsFault::KeyDoesNotFit
            } else {
                TlsFault::Refused(error.to_string())
            }
        })?;
        let certified = Arc::new(certified);
        for name in names {
            let name = name.to_ascii_lowercase();
            let (map, name) = match name.strip_prefix('*') {
                Some(suffix) => (&mut self.wildcard, suffix.to_owned()),
                None => (&mut self.exact, name),
            };
            map.entry(name).or_insert_with(|| Arc::clone(&certified));
        }
        self.first.get_or_insert(certified);
        Ok(())
    }

    fn find(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let by_name = name.and_then(|name| {
            let name = name.to_ascii_lowercase();
            let under = || {
                name.split_once('.').and_then(|(_, rest)| self.wildcard.get(&format!(".{rest}")))
            };
            self.exact.get(&name).or_else(under).cloned()
        });
        by_name.or_else(|| self.first.clone())
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.find(hello.server_name())
    }
}

/// The host names in a certificate's subject alternative names.
fn names(certificate: &rustls::pki_types::CertificateDer<'_>) -> Result<Vec<String>, TlsFault> {
    let parsed = webpki::EndEntityCert::try_from(certificate).map_err(|_| TlsFault::Certificate)?;
    Ok(parsed.valid_dns_names().map(ToOwned::to_owned).collect())
}
