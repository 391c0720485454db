//! An origin on loopback that keeps the bytes it gets and answers each request the same.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// The origin.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
}

/// What it answers.
pub const ANSWER: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

impl Origin {
    /// Starts it; its threads end with the process.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Self { address, received }
    }

    /// All bytes received so far, taken.
    pub fn received(&self) -> Vec<u8> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }
}

/// One connection: whatever comes in one piece is one request. Good enough for what a proxy
/// writes at once; whoever streams needs another origin.
fn serve(mut stream: std::net::TcpStream, kept: &Mutex<Vec<u8>>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.lock().unwrap().extend_from_slice(&buffer[..count]);
        if stream.write_all(ANSWER.as_bytes()).is_err() {
            return;
        }
    }
}
