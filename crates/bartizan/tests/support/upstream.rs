//! An upstream that keeps every byte it gets, and answers what its script says.

use super::{PATIENCE, position, until};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// A listening upstream.
#[derive(Debug)]
pub struct Upstream {
    pub address: SocketAddr,
    received: Received,
    stopping: Arc<AtomicBool>,
}

/// The bytes of each connection, in the order in which they were accepted.
type Received = Arc<Mutex<Vec<Arc<Mutex<Vec<u8>>>>>>;

/// One connection of it.
#[derive(Debug)]
pub struct Connection {
    pub stream: TcpStream,
    /// Requests answered so far, for scripts that count.
    pub served: usize,
    buffer: Vec<u8>,
    log: Arc<Mutex<Vec<u8>>>,
}

/// A request as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// All values of this field.
    pub fn fields(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1).filter_map(|it| it.split_once(':'));
        fields.filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it.trim()).collect()
    }
}

/// `200 OK` with this body.
pub fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

impl Upstream {
    /// Serves each connection with `script`, in a thread of its own.
    pub fn scripted(script: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (received, stopping) = (Received::default(), Arc::new(AtomicBool::new(false)));
        let (log_all, stop, script) =
            (Arc::clone(&received), Arc::clone(&stopping), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Relaxed) {
                    return;
                }
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(PATIENCE * 2)).unwrap();
                stream.set_nodelay(true).unwrap();
                let log = Arc::new(Mutex::new(Vec::new()));
                log_all.lock().unwrap().push(Arc::clone(&log));
                let script = Arc::clone(&script);
                std::thread::spawn(move || {
                    script(&mut Connection { stream, served: 0, buffer: Vec::new(), log });
                });
            }
        });
        Self { address, received, stopping }
    }

    /// Answers every request on every connection with what `answer` says.
    pub fn answering(answer: impl Fn(&Request) -> String + Send + Sync + 'static) -> Self {
        Self::scripted(move |connection| {
            while let Some(request) = connection.request() {
                if !connection.send(answer(&request)) {
                    return;
                }
            }
        })
    }

    /// Answers every request with its own target.
    pub fn echoing_targets() -> Self {
        Self::answering(|request| ok(request.target()))
    }

    /// An address on which nobody listens.
    pub fn nobody() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    /// The bytes that each connection received so far.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().unwrap().iter().map(|it| it.lock().unwrap().clone()).collect()
    }

    /// All bytes received so far, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.received().concat()).into_owned()
    }

    /// Waits until `mark` was received.
    #[track_caller]
    pub fn until_received(&self, mark: &str) {
        until(&format!("{mark:?} at the upstream"), || self.text().contains(mark).then_some(()));
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stopping.store(true, Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

impl Connection {
    fn fill(&mut self) -> usize {
        let mut piece = [0; 64 * 1024];
        let count = self.stream.read(&mut piece).unwrap_or(0);
        self.buffer.extend_from_slice(&piece[..count]);
        self.log.lock().unwrap().extend_from_slice(&piece[..count]);
        count
    }

    /// Sends; false if the other side does not want it any more.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Reads up to and with `mark`; `None` if the connection ends before.
    pub fn read_to(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = position(&self.buffer, mark) {
                return Some(self.buffer.drain(..at + mark.len()).collect());
            }
            if self.fill() == 0 {
                return None;
            }
        }
    }

    /// Reads exactly so many bytes; `None` if the connection ends before.
    pub fn read(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < count {
            if self.fill() == 0 {
                return None;
            }
        }
        Some(self.buffer.drain(..count).collect())
    }

    /// Forgets what was logged, which is for large bodies too much to keep.
    pub fn forget(&self) {
        self.log.lock().unwrap().clear();
    }

    /// Waits until the other side closes.
    pub fn until_closed(&mut self) {
        while self.fill() > 0 {}
    }

    /// The head of the next request.
    pub fn head(&mut self) -> Option<Request> {
        let head = String::from_utf8_lossy(&self.read_to(b"\r\n\r\n")?).into_owned();
        Some(Request { head, body: Vec::new() })
    }

    /// The next request with its body. Fails unless it has exactly one framing or none.
    pub fn request(&mut self) -> Option<Request> {
        let mut it = self.head()?;
        let lengths: Vec<usize> =
            it.fields("content-length").iter().map(|it| it.parse().unwrap()).collect();
        let codings = it.fields("transfer-encoding");
        assert!(lengths.len() + codings.len() <= 1, "more than one framing: {}", it.head);
        it.body = match (lengths.first(), codings.first()) {
            (Some(&length), _) => self.read(length)?,
            (None, Some(_)) => self.chunks()?,
            (None, None) => Vec::new(),
        };
        Some(it)
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = String::from_utf8(self.read_to(b"\r\n")?).unwrap();
            let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
            body.extend_from_slice(&self.read(size)?);
            assert_eq!(self.read(2)?, b"\r\n");
            if size == 0 {
                return Some(body);
            }
        }
    }
}
