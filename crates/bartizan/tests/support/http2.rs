//! An HTTP/2 client that writes frames by hand, so that it can send what a library would not.
//! Fields are literals without indexing and without Huffman codes (RFC 7541 section 6.2.2).

use super::client::Client;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// A frame.
#[derive(Clone, Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

/// What came back on a stream.
#[derive(Clone, Debug, Default)]
pub struct Streamed {
    /// 0 until a head came.
    pub status: u16,
    pub body: Vec<u8>,
    pub ended: bool,
    pub reset: bool,
}

impl Streamed {
    /// The code of a refusal; empty if it is none.
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    fn is_over(&self) -> bool {
        self.ended || self.reset
    }
}

/// A client's connection.
#[derive(Debug)]
pub struct Http2 {
    client: Client,
    pub streams: BTreeMap<u32, Streamed>,
    /// Whether the other side said that it ends.
    pub gone: bool,
    window: i64,
    windows: BTreeMap<u32, i64>,
    initial_window: i64,
}

impl Http2 {
    pub fn connect(address: SocketAddr) -> Self {
        Self::with_window(address, 65_535)
    }

    /// Lets the other side send so many bytes on each stream.
    pub fn with_window(address: SocketAddr, window: u32) -> Self {
        let mut client = Client::connect(address);
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let mut it = Self {
            client,
            streams: BTreeMap::new(),
            gone: false,
            window: 65_535,
            windows: BTreeMap::new(),
            initial_window: 65_535,
        };
        let mut settings = vec![0, 4];
        settings.extend_from_slice(&window.to_be_bytes());
        it.frame(SETTINGS, 0, 0, &settings);
        it
    }

    /// Sends a frame; that the other side has closed shows when reading.
    pub fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        self.raw(&Self::bytes(kind, flags, stream, payload));
    }

    /// A frame as it goes over the wire.
    pub fn bytes(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = vec![length[1], length[2], length[3], kind, flags];
        bytes.extend_from_slice(&stream.to_be_bytes());
        bytes.extend_from_slice(payload);
        bytes
    }

    /// The frame of an ordinary request.
    pub fn bytes_of_get(stream: u32, path: &str) -> Vec<u8> {
        Self::bytes(HEADERS, END_HEADERS | END_STREAM, stream, &block(&request("GET", path)))
    }

    /// Sends as much of this as the other side takes.
    pub fn raw(&mut self, bytes: &[u8]) {
        drop(self.client.stream.write_all(bytes));
    }

    /// A head in one frame.
    pub fn head(&mut self, stream: u32, fields: &[(&str, &str)], end: bool) {
        let flags = END_HEADERS | if end { END_STREAM } else { 0 };
        self.frame(HEADERS, flags, stream, &block(fields));
        self.windows.insert(stream, self.initial_window);
    }

    pub fn get(&mut self, stream: u32, path: &str) {
        self.head(stream, &request("GET", path), true);
    }

    /// Sends a whole body as the windows allow.
    #[track_caller]
    pub fn body(&mut self, stream: u32, body: &[u8]) {
        self.part(stream, body, true);
    }

    /// Sends a part of a body as the windows allow.
    #[track_caller]
    pub fn part(&mut self, stream: u32, mut body: &[u8], end: bool) {
        while !body.is_empty() {
            let own = self.windows.get(&stream).copied().unwrap_or(0);
            let room = self.window.min(own).clamp(0, 16_384);
            if room == 0 {
                assert!(self.next(), "the connection ended while a body was sent");
                continue;
            }
            let count = body.len().min(usize::try_from(room).unwrap());
            let (piece, rest) = body.split_at(count);
            self.frame(DATA, if end && rest.is_empty() { END_STREAM } else { 0 }, stream, piece);
            self.window -= i64::try_from(count).unwrap();
            *self.windows.entry(stream).or_default() -= i64::try_from(count).unwrap();
            body = rest;
        }
    }

    /// Lets the other side send so many more bytes on a stream, or on the connection (0).
    pub fn allow(&mut self, stream: u32, bytes: u32) {
        self.frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes());
    }

    /// Takes the next frame; false at the end of the connection.
    pub fn next(&mut self) -> bool {
        let Some(frame) = self.read_frame() else { return false };
        self.take(&frame);
        true
    }

    fn read_frame(&mut self) -> Option<Frame> {
        let head = self.client.read_or_end(9)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let payload = self.client.read_or_end(length)?;
        Some(Frame { kind: head[3], flags: head[4], stream, payload })
    }

    fn take(&mut self, frame: &Frame) {
        match frame.kind {
            SETTINGS if frame.flags & 1 == 0 => {
                for setting in frame.payload.chunks(6) {
                    if setting[..2] == [0, 4] {
                        let value = u32::from_be_bytes(setting[2..].try_into().unwrap());
                        let more = i64::from(value) - self.initial_window;
                        self.initial_window += more;
                        self.windows.values_mut().for_each(|it| *it += more);
                    }
                }
                self.frame(SETTINGS, 1, 0, &[]);
            }
            PING if frame.flags & 1 == 0 => self.frame(PING, 1, 0, &frame.payload),
            GOAWAY => self.gone = true,
            WINDOW_UPDATE => {
                let more = u32::from_be_bytes(frame.payload[..4].try_into().unwrap());
                if frame.stream == 0 {
                    self.window += i64::from(more);
                } else {
                    *self.windows.entry(frame.stream).or_default() += i64::from(more);
                }
            }
            HEADERS => {
                let it = self.streams.entry(frame.stream).or_default();
                if it.status == 0 {
                    it.status = status(&frame.payload);
                }
                it.ended |= frame.flags & END_STREAM != 0;
            }
            DATA => {
                let it = self.streams.entry(frame.stream).or_default();
                it.body.extend_from_slice(&frame.payload);
                it.ended |= frame.flags & END_STREAM != 0;
            }
            RST_STREAM => self.streams.entry(frame.stream).or_default().reset = true,
            _ => {}
        }
    }

    /// Reads until this stream is over, or the connection is.
    pub fn finish(&mut self, stream: u32) -> Streamed {
        while !self.streams.get(&stream).is_some_and(Streamed::is_over) && self.next() {}
        self.streams.get(&stream).cloned().unwrap_or_default()
    }

    /// Cuts the connection.
    pub fn close(self) {
        drop(self.client);
    }
}

/// The pseudo-fields of an ordinary request.
pub fn request<'a>(method: &'a str, path: &'a str) -> [(&'a str, &'a str); 4] {
    [(":method", method), (":scheme", "http"), (":authority", "x"), (":path", path)]
}

/// Fields as literals.
pub fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(0);
        for text in [name, value] {
            integer(&mut out, text.len());
            out.extend_from_slice(text.as_bytes());
        }
    }
    out
}

/// RFC 7541 section 5.1, with a prefix of seven bits.
fn integer(out: &mut Vec<u8>, value: usize) {
    if value < 127 {
        out.push(u8::try_from(value).unwrap());
        return;
    }
    out.push(127);
    let mut rest = value - 127;
    while rest >= 128 {
        out.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    out.push(u8::try_from(rest).unwrap());
}

/// The status, which comes first: an entry of the static table, of the dynamic one (then it cannot
/// be told, and reads as 1), or three digits, maybe in Huffman codes (digits have 5 or 6 bits).
fn status(block: &[u8]) -> u16 {
    match block {
        [index @ 0x88..=0x8E, ..] => [200, 204, 206, 304, 400, 404, 500][usize::from(index - 0x88)],
        [_, 3, digits @ ..] => String::from_utf8_lossy(&digits[..3]).parse().unwrap_or(1),
        [_, length @ 0x81..=0x83, codes @ ..] => huffman(&codes[..usize::from(length - 0x80)]),
        _ => 1,
    }
}

fn huffman(codes: &[u8]) -> u16 {
    let bits: Vec<u8> =
        codes.iter().flat_map(|it| (0..8).rev().map(move |n| it >> n & 1)).collect();
    let (mut at, mut value) = (0, 0);
    for _ in 0..3 {
        let take = |count: usize| {
            bits[at..at + count].iter().fold(0_u16, |sum, bit| sum << 1 | u16::from(*bit))
        };
        let five = take(5);
        // 0, 1 and 2 have the codes 0, 1 and 2 of five bits; 3 to 9 those from 25 of six bits.
        if five <= 2 {
            (at, value) = (at + 5, value * 10 + five);
        } else {
            (value, at) = (value * 10 + take(6) - 25 + 3, at + 6);
        }
    }
    value
}
