//! Upstreams of other makers: Python's `http.server` and Node's `http`. Both serve the same small
//! API:
//!
//! | request | answer |
//! |---|---|
//! | `GET /hello` | `hello` |
//! | `GET /chunked` | `one two three ` in three chunks |
//! | `GET /range` | `0123456789`, or the part that `Range: bytes=2-5` asks for |
//! | `GET /moved` | 302 to `/hello` |
//! | `HEAD /hello` | the head of `GET /hello` |
//! | `POST /echo` | method, length and sum of the bytes of the body |

use super::curl::is_there;
use super::directory::Directory;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

const PYTHON: &str = r#"
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Api(BaseHTTPRequestHandler):
    protocol_version = sys.argv[1]

    def log_message(self, *_):
        pass

    def answer(self, status, body, **fields):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.path == "/hello":
            self.answer(200, b"hello")
        elif self.path == "/chunked":
            self.send_response(200)
            old = self.protocol_version == "HTTP/1.0"
            if not old:
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in [b"one ", b"two ", b"three "]:
                self.wfile.write(part if old else b"%x\r\n%s\r\n" % (len(part), part))
            if not old:
                self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/range":
            asked = self.headers.get("Range") == "bytes=2-5"
            if asked:
                self.answer(206, b"2345", Content_Range="bytes 2-5/10")
            else:
                self.answer(200, b"0123456789")
        elif self.path == "/moved":
            self.answer(302, b"", Location="/hello")
        else:
            self.answer(404, b"no such thing")

    do_HEAD = do_GET

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while True:
                size = int(self.rfile.readline(), 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_POST(self):
        body = self.body()
        self.answer(200, b"%s %d %d" % (self.command.encode(), len(body), sum(body)))

    do_PUT = do_POST

server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

const NODE: &str = r#"
const http = require('http');
const answer = (res, status, body, fields = {}) => {
  res.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': body.length, ...fields });
  res.end(body);
};
const server = http.createServer((req, res) => {
  if (req.method === 'POST' || req.method === 'PUT') {
    let length = 0, sum = 0;
    req.on('data', (piece) => { length += piece.length; for (const it of piece) sum += it; });
    req.on('end', () => answer(res, 200, `${req.method} ${length} ${sum}`));
  } else if (req.url === '/hello') {
    answer(res, 200, 'hello');
  } else if (req.url === '/chunked') {
    for (const it of ['one ', 'two ', 'three ']) res.write(it);
    res.end();
  } else if (req.url === '/range') {
    if (req.headers.range === 'bytes=2-5') answer(res, 206, '2345', { 'Content-Range': 'bytes 2-5/10' });
    else answer(res, 200, '0123456789');
  } else if (req.url === '/moved') {
    answer(res, 302, '', { Location: '/hello' });
  } else {
    answer(res, 404, 'no such thing');
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
"#;

/// A running upstream; killed on drop.
#[derive(Debug)]
pub struct RealUpstream {
    pub name: &'static str,
    pub address: SocketAddr,
    child: Child,
    _script: Directory,
}

/// Every upstream of this kind that the machine can run.
pub fn all() -> Vec<RealUpstream> {
    let mut all = Vec::new();
    if is_there("python3") {
        all.push(start("python, HTTP/1.1", "python3", "api.py", PYTHON, "HTTP/1.1"));
        all.push(start("python, HTTP/1.0", "python3", "api.py", PYTHON, "HTTP/1.0"));
    }
    if is_there("node") {
        all.push(start("node", "node", "api.js", NODE, ""));
    }
    all
}

fn start(
    name: &'static str,
    program: &str,
    file: &str,
    script: &str,
    argument: &str,
) -> RealUpstream {
    let dir = Directory::new();
    let path = dir.path().join(file);
    std::fs::write(&path, script).unwrap();
    let mut child = Command::new(program)
        .arg(&path)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], line.trim().parse().unwrap()));
    RealUpstream { name, address, child, _script: dir }
}

impl Drop for RealUpstream {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
