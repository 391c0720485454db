//! Sending one alert to one target, once.
//!
//! Reads    of a response the head (at most [`HEAD_BYTES_MAX`] bytes) and at most [`BODY_BYTES_MAX`] bytes of
//!          its body, which nobody looks at; its status is the receipt.
//! Writes   one request or message on a connection of its own.
//! Memory   the message and these bounds.
//! Errors   [`Fault`]: whether to try again is [`Fault::is_final`]. A redirection is one and is not followed:
//!          a signed message goes where the operator said, and nowhere else.
//! Misses   syslog has no receipts. Over UDP, sent is all that can be known; over TCP and TLS, that the
//!          receiver took the connection's end without breaking it off, or did nothing for [`LINGER`].

use crate::alert::Alert;
use crate::signing::SigningKey;
use crate::syslog::{self, Sender};
use crate::{cloud_event, ocsf};
use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio_rustls::TlsConnector;

/// Bytes of a response's head at most: the least that the HTTP library can be told.
pub const HEAD_BYTES_MAX: usize = 8_192;
/// Bytes of a response's body that are read at most.
pub const BODY_BYTES_MAX: usize = 4_096;
/// How long a receiver of syslog may take to take the end of a connection.
pub const LINGER: Duration = Duration::from_millis(500);

/// Where a target listens.
#[derive(Clone, Debug)]
pub struct Place {
    /// Host name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How TLS is spoken there, and what the certificate must be for; `None` for clear text.
    pub tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

/// A file that takes lines. The binary fills it.
pub trait Sheet: Send + Sync {
    /// Adds a line, durably.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn add(&self, line: &[u8]) -> io::Result<()>;
}

/// What an HTTP receiver is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A CloudEvent.
    CloudEvent,
    /// A line of OCSF.
    Ocsf,
}

/// An HTTP receiver.
#[derive(Clone, Debug)]
pub struct Post {
    /// Where.
    pub place: Place,
    /// Path and query.
    pub target: String,
    /// The `Host` field.
    pub authority: String,
    /// What signs; `None` for unsigned.
    pub key: Option<SigningKey>,
    /// What is sent.
    pub form: Form,
}

/// Where alerts go, and how.
#[derive(Clone)]
pub enum Way {
    /// `POST` over HTTP/1.1.
    Http(Box<Post>),
    /// Syslog in datagrams.
    SyslogUdp(Place),
    /// Syslog with octet counting over TCP or TLS.
    SyslogStream(Place),
    /// A file of OCSF.
    File(Arc<dyn Sheet>),
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http(_) => "Http",
            Self::SyslogUdp(_) => "SyslogUdp",
            Self::SyslogStream(_) => "SyslogStream",
            Self::File(_) => "File",
        })
    }
}

/// Who sends.
#[derive(Clone, Debug)]
pub struct Source {
    /// Names the instance: the `source` of its events.
    pub name: String,
    /// For syslog.
    pub sender: Sender,
}

/// Why an alert was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The host name means nothing.
    Unresolved,
    /// Nobody takes the connection.
    Unreachable(io::ErrorKind),
    /// The certificate or the handshake is no good.
    Tls,
    /// It did not answer in time.
    Timeout,
    /// It did not answer in HTTP.
    Protocol,
    /// It answered with this status.
    Status(u16),
    /// It said that this is elsewhere, with this status.
    Redirected(u16),
    /// The connection or the file broke.
    Broken(io::ErrorKind),
}

impl Fault {
    /// Whether the receiver understood this message and does not want it: another try of the same
    /// would end the same way.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Status(400 | 413 | 415 | 422))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unresolved => f.write_str("the host name cannot be resolved"),
            Self::Unreachable(kind) => write!(f, "no connection: {kind}"),
            Self::Tls => f.write_str("the TLS handshake failed; is its certificate trusted here?"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Protocol => f.write_str("no answer in HTTP/1.1"),
            Self::Status(status) => write!(f, "it answered {status}"),
            Self::Redirected(status) => {
                write!(f, "it answered {status}; redirections are not followed")
            }
            Self::Broken(kind) => write!(f, "it broke off: {kind}"),
        }
    }
}

impl std::error::Error for Fault {}

/// What a target said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// This status.
    Status(u16),
    /// Nothing: the message was sent.
    Sent,
    /// It is on disk.
    Written,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Sent => f.write_str("sent; syslog has no receipts"),
            Self::Written => f.write_str("written"),
        }
    }
}

/// Sends an alert. `now_s` is when, in seconds since 1970.
///
/// # Errors
///
/// [`Fault`], after `timeout` at the latest.
pub async fn send(
    alert: &Alert,
    way: &Way,
    from: &Source,
    now_s: u64,
    timeout: Duration,
) -> Result<Receipt, Fault> {
    let sending = async {
        match way {
            Way::Http(post) => {
                let Post { place, target, authority, key, form } = &**post;
                let (media, body) = match form {
                    Form::CloudEvent => (
                        cloud_event::MEDIA_TYPE,
                        cloud_event::of(alert, &from.name).to_string().into_bytes(),
                    ),
                    Form::Ocsf => (ocsf::MEDIA_TYPE, ocsf::line(alert, &from.name)),
                };
                let signed = key.as_ref().map(|it| it.sign(&alert.id(), now_s, &body));
                let uri = target.parse::<Uri>().map_err(|_| Fault::Protocol)?;
                let mut request = Request::post(uri)
                    .header(header::HOST, authority)
                    .header(header::CONTENT_TYPE, media)
                    .header(header::USER_AGENT, concat!("bartizan/", env!("CARGO_PKG_VERSION")))
                    .header(header::CONNECTION, "close");
                if let Some(signed) = signed {
                    request = request
                        .header("webhook-id", signed.id)
                        .header("webhook-timestamp", signed.timestamp)
                        .header("webhook-signature", signed.signature);
                }
                let body = Full::new(Bytes::from(body));
                let request = request.body(body).map_err(|_| Fault::Protocol)?;
                http(place, request).await
            }
            Way::SyslogUdp(place) => datagram(place, &syslog::of(alert, &from.sender)).await,
            Way::SyslogStream(place) => {
                let frame = syslog::framed(&syslog::of(alert, &from.sender));
                stream(place, &frame).await
            }
            Way::File(sheet) => {
                let written = sheet.add(&ocsf::line(alert, &from.name));
                written.map(|()| Receipt::Written).map_err(|it| Fault::Broken(it.kind()))
            }
        }
    };
    tokio::time::timeout(timeout, sending).await.unwrap_or(Err(Fault::Timeout))
}

/// A connection, in clear or through TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn addresses(place: &Place) -> Result<Vec<SocketAddr>, Fault> {
    let found = lookup_host((place.host.as_str(), place.port)).await;
    let found: Vec<_> = found.map_err(|_| Fault::Unresolved)?.collect();
    if found.is_empty() { Err(Fault::Unresolved) } else { Ok(found) }
}

async fn connect(place: &Place) -> Result<Box<dyn Stream>, Fault> {
    let mut fault = Fault::Unresolved;
    for address in addresses(place).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                return match &place.tls {
                    None => Ok(Box::new(stream)),
                    Some((config, name)) => {
                        let connector = TlsConnector::from(Arc::clone(config));
                        let session = connector.connect(name.clone(), stream).await;
                        Ok(Box::new(session.map_err(|_| Fault::Tls)?))
                    }
                };
            }
            Err(error) => fault = Fault::Unreachable(error.kind()),
        }
    }
    Err(fault)
}

async fn http(place: &Place, request: Request<Full<Bytes>>) -> Result<Receipt, Fault> {
    let stream = connect(place).await?;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| Fault::Protocol)?;
    let answered = async {
        let mut response = sender.send_request(request).await.map_err(|_| Fault::Protocol)?;
        let status = response.status();
        // The receiver is heard out, but not for ever.
        let mut rest = BODY_BYTES_MAX;
        while let Some(Ok(frame)) = response.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match rest.checked_sub(bytes) {
                Some(left) if left > 0 => rest = left,
                Some(_) | None => break,
            }
        }
        match status.as_u16() {
            code @ 200..=299 => Ok(Receipt::Status(code)),
            code @ 300..=399 => Err(Fault::Redirected(code)),
            code => Err(Fault::Status(code)),
        }
    };
    tokio::pin!(answered);
    tokio::pin!(connection);
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        // It may end together with the answer, which is there then.
        _ = &mut connection => answered.await,
    }
}

async fn datagram(place: &Place, message: &[u8]) -> Result<Receipt, Fault> {
    let mut fault = Fault::Unresolved;
    for address in addresses(place).await? {
        let ours: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let sent = async {
            let socket = UdpSocket::bind(ours).await?;
            socket.connect(address).await?;
            socket.send(message).await
        };
        match sent.await {
            Ok(_) => return Ok(Receipt::Sent),
            Err(error) => fault = Fault::Unreachable(error.kind()),
        }
    }
    Err(fault)
}

async fn stream(place: &Place, frame: &[u8]) -> Result<Receipt, Fault> {
    let mut stream = connect(place).await?;
    let broken = |error: io::Error| Fault::Broken(error.kind());
    stream.write_all(frame).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    stream.shutdown().await.map_err(broken)?;
    // A receiver that died with the message unread breaks the connection off here.
    let mut rest = [0; 256];
    match tokio::time::timeout(LINGER, stream.read(&mut rest)).await {
        Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(Fault::Broken(error.kind()))
        }
        // Without `close_notify` an end is a rude one, and nothing more.
        Ok(Ok(_) | Err(_)) | Err(_) => Ok(Receipt::Sent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::sample;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};

    const KEY: &[u8] = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn from() -> Source {
        let sender = Sender { host: "gate".to_owned(), process: 1 };
        Source { name: "bartizan/test".to_owned(), sender }
    }

    fn place(port: u16) -> Place {
        Place { host: "127.0.0.1".to_owned(), port, tls: None }
    }

    fn webhook(port: u16) -> Way {
        Way::Http(Box::new(Post {
            place: place(port),
            target: "/hook?a=b".to_owned(),
            authority: "soc.example".to_owned(),
            key: SigningKey::of_secret(KEY).ok(),
            form: Form::CloudEvent,
        }))
    }

    fn sent(way: &Way, timeout_ms: u64) -> Result<Receipt, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let timeout = Duration::from_millis(timeout_ms);
        runtime.block_on(send(&sample(), way, &from(), 1_614_265_330, timeout))
    }

    /// Serves one connection with these bytes, once a whole request has arrived.
    fn receiver(answer: &'static [u8], endless: bool) -> (u16, Receiver<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (to, got) = channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut piece = [0; 4_096];
            while !bytes.ends_with(b"}") {
                let count = stream.read(&mut piece).unwrap();
                bytes.extend_from_slice(&piece[..count]);
            }
            drop(to.send(bytes));
            drop(stream.write_all(answer));
            while endless && stream.write_all(b"5\r\nhello\r\n").is_ok() {}
            if answer.is_empty() {
                // Says nothing, and stays.
                drop(stream.read(&mut piece));
            }
        });
        (port, got)
    }

    #[test]
    fn a_webhook_is_one_signed_request() {
        let (port, got) = receiver(b"HTTP/1.1 204 No Content\r\n\r\n", false);
        assert_eq!(sent(&webhook(port), 9_000), Ok(Receipt::Status(204)));
        let request = String::from_utf8(got.recv().unwrap()).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{head}");
        let head = head.to_ascii_lowercase();
        assert!(head.contains("\r\nhost: soc.example"), "{head}");
        assert!(head.contains("\r\nwebhook-id: 0000000000000000000000000000a1e7"), "{head}");
        assert!(head.contains("\r\nwebhook-timestamp: 1614265330"), "{head}");
        let key = SigningKey::of_secret(KEY).unwrap();
        let signed = key.sign(&sample().id(), 1_614_265_330, body.as_bytes());
        assert!(request.contains(&signed.signature), "{request}");
        assert!(!request.contains("whsec_"));
    }

    #[test]
    fn every_bad_answer_is_a_fault_in_time() {
        for (answer, fault) in [
            (&b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"[..], Fault::Status(500)),
            (b"HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n", Fault::Status(400)),
            (
                b"HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                Fault::Redirected(307),
            ),
            (b"220 smtp ready\r\n\r\n", Fault::Protocol),
            (b"", Fault::Timeout),
        ] {
            let (port, _got) = receiver(answer, false);
            assert_eq!(sent(&webhook(port), 1_000), Err(fault));
        }
        assert!(Fault::Status(400).is_final());
        assert!(!Fault::Status(401).is_final() && !Fault::Status(500).is_final());
        assert!(!Fault::Timeout.is_final());
    }

    #[test]
    fn an_endless_answer_is_not_read_to_its_end() {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let (port, _got) = receiver(head, true);
        assert_eq!(sent(&webhook(port), 9_000), Ok(Receipt::Status(200)));
        let long = [b"HTTP/1.1 200 OK\r\nx: ".as_slice(), &[b'a'; 100_000]].concat();
        let (port, _got) = receiver(Vec::leak(long), false);
        assert_eq!(sent(&webhook(port), 9_000), Err(Fault::Protocol));
    }

    #[test]
    fn nobody_there_is_a_fault() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let refused = Err(Fault::Unreachable(io::ErrorKind::ConnectionRefused));
        assert_eq!(sent(&webhook(port), 9_000), refused);
        assert_eq!(sent(&Way::SyslogStream(place(port)), 9_000), refused);
    }

    #[test]
    fn syslog_goes_in_datagrams_and_in_frames() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        assert_eq!(sent(&Way::SyslogUdp(place(port)), 9_000), Ok(Receipt::Sent));
        let mut datagram = [0; 4_096];
        let count = socket.recv(&mut datagram).unwrap();
        let message = syslog::of(&sample(), &from().sender);
        assert_eq!(&datagram[..count], message);

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let reading = std::thread::spawn(move || {
            let mut all = Vec::new();
            listener.accept().unwrap().0.read_to_end(&mut all).unwrap();
            all
        });
        assert_eq!(sent(&Way::SyslogStream(place(port)), 9_000), Ok(Receipt::Sent));
        assert_eq!(reading.join().unwrap(), syslog::framed(&message));
    }

    #[derive(Default)]
    struct Lines(Mutex<Vec<u8>>, bool);

    impl Sheet for Lines {
        fn add(&self, line: &[u8]) -> io::Result<()> {
            if self.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(())
        }
    }

    #[test]
    fn a_file_gets_lines() {
        let lines = Arc::new(Lines::default());
        let way = Way::File(lines.clone());
        assert_eq!(sent(&way, 9_000), Ok(Receipt::Written));
        assert_eq!(sent(&way, 9_000), Ok(Receipt::Written));
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2);
        let full = Way::File(Arc::new(Lines(Mutex::default(), true)));
        assert_eq!(sent(&full, 9_000), Err(Fault::Broken(io::ErrorKind::StorageFull)));
    }
}
