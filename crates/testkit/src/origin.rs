//! An origin on loopback that keeps the bytes it gets and answers what it was told last.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// The origin.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
    answer: Arc<Mutex<Vec<u8>>>,
}

/// What it answers unless it is told otherwise.
pub const ANSWER: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

impl Origin {
    /// Starts it; its threads end with the process.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received: Arc<Mutex<Vec<u8>>> = Arc::default();
        let answer = Arc::new(Mutex::new(ANSWER.as_bytes().to_vec()));
        let (kept, told) = (Arc::clone(&received), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, told) = (Arc::clone(&kept), Arc::clone(&told));
                std::thread::spawn(move || serve(stream, &kept, &told));
            }
        });
        Self { address, received, answer }
    }

    /// Answers this from now on.
    pub fn answer_with(&self, answer: &[u8]) {
        *self.answer.lock().unwrap() = answer.to_vec();
    }

    /// All bytes received so far, taken.
    pub fn received(&self) -> Vec<u8> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }
}

/// One connection: whatever comes in one piece is one request. Good enough for what a proxy
/// writes at once; whoever streams needs another origin.
fn serve(mut stream: std::net::TcpStream, kept: &Mutex<Vec<u8>>, answer: &Mutex<Vec<u8>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.lock().unwrap().extend_from_slice(&buffer[..count]);
        let answer = answer.lock().unwrap().clone();
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}
