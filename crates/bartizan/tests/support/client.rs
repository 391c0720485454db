//! A client that sends bytes as they are given and reads responses strictly.

use super::{PATIENCE, position};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// A client's connection.
#[derive(Debug)]
pub struct Client {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().skip(1).filter_map(|it| it.split_once(':'));
        fields.filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it.trim()).next()
    }

    fn problem(&self, member: &str) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem[member].as_str().unwrap_or_default().to_owned()
    }

    /// The code of a refusal; empty if it is none.
    pub fn code(&self) -> String {
        self.problem("code")
    }

    /// The decision id of a refusal.
    pub fn decision_id(&self) -> String {
        self.problem("decision_id")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Closes the sending side only.
    pub fn half_close(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    fn fill(&mut self) -> usize {
        let mut piece = [0; 64 * 1024];
        // A reset reads as an end.
        let count = match self.stream.read(&mut piece) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                panic!(
                    "nothing came for {PATIENCE:?}; so far: {:?}",
                    String::from_utf8_lossy(&self.buffer)
                )
            }
            Err(_) => 0,
        };
        self.buffer.extend_from_slice(&piece[..count]);
        count
    }

    /// Reads up to and with `mark`.
    #[track_caller]
    pub fn read_to(&mut self, mark: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = position(&self.buffer, mark) {
                return self.buffer.drain(..at + mark.len()).collect();
            }
            let so_far = String::from_utf8_lossy(&self.buffer).into_owned();
            assert!(self.fill() > 0, "the connection ended in {so_far:?}");
        }
    }

    /// Reads exactly so many bytes.
    #[track_caller]
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        while self.buffer.len() < count {
            assert!(self.fill() > 0, "the connection ended at {} of {count}", self.buffer.len());
        }
        self.buffer.drain(..count).collect()
    }

    /// Reads exactly so many bytes; `None` if the connection ends before.
    pub fn read_or_end(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < count {
            if self.fill() == 0 {
                return None;
            }
        }
        Some(self.buffer.drain(..count).collect())
    }

    /// Reads until the connection ends.
    pub fn rest(&mut self) -> Vec<u8> {
        while self.fill() > 0 {}
        std::mem::take(&mut self.buffer)
    }

    /// Reads what comes until nothing came for so long.
    pub fn rest_within(&mut self, pause: std::time::Duration) -> Vec<u8> {
        self.stream.set_read_timeout(Some(pause)).unwrap();
        let mut piece = [0; 64 * 1024];
        while let Ok(count @ 1..) = self.stream.read(&mut piece) {
            self.buffer.extend_from_slice(&piece[..count]);
        }
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        std::mem::take(&mut self.buffer)
    }

    /// The next response to a request other than HEAD.
    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        self.answer_to(false)
    }

    /// The next response; one to HEAD has no body.
    #[track_caller]
    pub fn answer_to(&mut self, is_head: bool) -> Answer {
        let mut answer = self.head();
        let length: Option<usize> = answer.field("content-length").map(|it| it.parse().unwrap());
        let chunked = answer.field("transfer-encoding") == Some("chunked");
        assert!(!(chunked && length.is_some()), "two framings: {}", answer.head);
        let has_none = is_head || matches!(answer.status, 100..=199 | 204 | 304);
        answer.body = match (has_none, chunked, length) {
            (true, ..) => Vec::new(),
            (_, true, _) => self.chunks(),
            (_, _, Some(length)) => self.read(length),
            (_, _, None) => self.rest(),
        };
        answer
    }

    /// The head of the next response.
    #[track_caller]
    pub fn head(&mut self) -> Answer {
        let head = String::from_utf8(self.read_to(b"\r\n\r\n")).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: Vec::new() }
    }

    #[track_caller]
    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk();
            if chunk.is_empty() {
                return body;
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// The next chunk; the last is empty.
    #[track_caller]
    pub fn chunk(&mut self) -> Vec<u8> {
        let line = String::from_utf8(self.read_to(b"\r\n")).unwrap();
        let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
        let data = self.read(size);
        assert_eq!(self.read(2), b"\r\n");
        data
    }

    /// All chunks up to the last one, whose line is read and whose trailers are not.
    #[track_caller]
    pub fn chunk_before_trailers(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = String::from_utf8(self.read_to(b"\r\n")).unwrap();
            let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&self.read(size));
            assert_eq!(self.read(2), b"\r\n");
        }
    }
}
