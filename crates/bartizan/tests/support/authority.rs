//! Certificates made for one test, and clients that speak TLS.

use super::PATIENCE;
use super::client::Answer;
use super::directory::Directory;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

/// Somebody who issues certificates.
#[derive(Debug)]
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
#[derive(Clone, Debug)]
pub struct Issued {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for these names.
    pub fn issue(&self, names: &[&str]) -> Issued {
        let names: Vec<String> = names.iter().map(|&it| it.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "one of the tests");
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Issued { certificate, key: key.serialize_pem() }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        roots
    }
}

impl Issued {
    /// Writes both files; their paths, certificate first.
    pub fn write(&self, dir: &Directory, name: &str) -> (String, String) {
        (
            put(dir, &format!("{name}.crt"), &self.certificate),
            put(dir, &format!("{name}.key"), &self.key),
        )
    }

    pub fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }

    fn private(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap()
    }
}

/// Writes a file; its path.
pub fn put(dir: &Directory, name: &str, text: &str) -> String {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// How a client speaks TLS.
#[derive(Clone, Debug)]
pub struct Speaks<'a> {
    pub versions: &'a [&'static rustls::SupportedProtocolVersion],
    pub alpn: &'a [&'a str],
    pub shows: Option<&'a Issued>,
    /// Whom it trusts; anybody, if nobody.
    pub trusts: Option<&'a Authority>,
    pub provider: Option<Arc<CryptoProvider>>,
}

impl Default for Speaks<'_> {
    fn default() -> Self {
        let versions = rustls::ALL_VERSIONS;
        Self { versions, alpn: &[], shows: None, trusts: None, provider: None }
    }
}

impl Speaks<'_> {
    pub fn config(&self) -> Arc<ClientConfig> {
        let provider = self.provider.clone().unwrap_or_else(provider);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.versions)
            .unwrap();
        let builder = match self.trusts {
            Some(authority) => builder.with_root_certificates(authority.roots()),
            None => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            }
        };
        let mut config = match self.shows {
            Some(it) => builder.with_client_auth_cert(vec![it.der()], it.private()).unwrap(),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.alpn.iter().map(|it| it.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}

/// How a server speaks TLS that shows `it`; `demands` is whose certificates it wants to see.
pub fn server(it: &Issued, demands: Option<&Authority>, alpn: &[&str]) -> Arc<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap();
    let builder = match demands {
        Some(authority) => {
            let roots = Arc::new(authority.roots());
            let verifier =
                rustls::server::WebPkiClientVerifier::builder_with_provider(roots, provider());
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(vec![it.der()], it.private()).unwrap();
    config.alpn_protocols = alpn.iter().map(|it| it.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// A connection through TLS, its handshake complete.
pub type Secure = StreamOwned<ClientConnection, TcpStream>;

/// Connects and shakes hands.
pub fn connect(address: SocketAddr, name: &str, config: &Arc<ClientConfig>) -> io::Result<Secure> {
    shake(TcpStream::connect_timeout(&address, PATIENCE)?, name, config)
}

/// Shakes hands on a connection that is open already.
pub fn shake(mut stream: TcpStream, name: &str, config: &Arc<ClientConfig>) -> io::Result<Secure> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut connection =
        ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

/// Sends a request that asks to close, and reads to the end, which TLS must announce.
pub fn ask(secure: &mut Secure, request: &str) -> io::Result<Answer> {
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    secure.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    secure.read_to_end(&mut bytes)?;
    let at = super::position(&bytes, b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)? + 4;
    let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok(Answer { status, head, body: bytes[at..].to_vec() })
}

/// `GET` on a connection of its own.
pub fn get(address: SocketAddr, config: &Arc<ClientConfig>, target: &str) -> io::Result<Answer> {
    let mut secure = connect(address, "api.example", config)?;
    ask(&mut secure, &format!("GET {target} HTTP/1.1\r\nHost: api.example\r\n\r\n"))
}

/// Trusts anybody, to see what is shown.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
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
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
