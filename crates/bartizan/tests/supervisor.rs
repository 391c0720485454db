//! As systemd starts it: with a socket that listens already, and told when it is ready.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use support::PATIENCE;
use support::bartizan::{configuration, said};
use support::client::Client;
use support::curl::is_there;
use support::directory::Directory;
use support::upstream::Upstream;

/// Binds a socket, says where, puts it at descriptor 3, and becomes the program.
const LAUNCHER: &str = "
import os, socket, sys
kind = sys.argv[1]
if kind == 'tcp':
    it = socket.socket(); it.bind(('127.0.0.1', 0)); it.listen(64)
    open(sys.argv[2], 'w').write('127.0.0.1:%d' % it.getsockname()[1])
else:
    it = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); it.bind(('127.0.0.1', 0))
os.dup2(it.fileno(), 3)
os.set_inheritable(3, True)
os.environ['LISTEN_FDS'] = '1'
os.environ['LISTEN_PID'] = str(os.getpid())
os.execv(sys.argv[3], sys.argv[3:])
";

struct Launched {
    child: Child,
}

impl Drop for Launched {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn launch(home: &Directory, kind: &str, workers: usize, upstream: SocketAddr) -> Command {
    let yaml = configuration(upstream, "observe", "")
        .replace("workers: 1", &format!("workers: {workers}"));
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    let mut command = Command::new("python3");
    command.args(["-c", LAUNCHER, kind]).arg(home.path().join("address"));
    command.args([env!("CARGO_BIN_EXE_bartizan"), "run", "--admin", "127.0.0.1:0"]);
    // Nobody could bind that: the socket that was passed is used instead.
    command.args(["--listen", "192.0.2.1:1", "--data"]).arg(home.path().join("data"));
    command.arg("-c").arg(home.path().join("bartizan.yaml"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[test]
fn it_serves_on_the_socket_that_was_passed_and_says_how_it_is() {
    if !is_there("python3") {
        return;
    }
    for workers in [1, 3] {
        let upstream = Upstream::echoing_targets();
        let home = Directory::new();
        let notify = UnixDatagram::bind(home.path().join("notify")).unwrap();
        notify.set_read_timeout(Some(PATIENCE)).unwrap();
        let told = || {
            let mut bytes = [0; 64];
            let count = notify.recv(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes[..count]).into_owned()
        };
        let mut command = launch(&home, "tcp", workers, upstream.address);
        command.env("NOTIFY_SOCKET", home.path().join("notify")).stderr(Stdio::null());
        let mut it = Launched { child: command.spawn().unwrap() };
        assert_eq!(told(), "READY=1");
        let address: SocketAddr =
            fs::read_to_string(home.path().join("address")).unwrap().parse().unwrap();
        for _ in 0..20 {
            let mut client = Client::connect(address);
            client.send("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assert_eq!(client.answer().text(), "/x");
        }
        signal(&it.child, "HUP");
        assert_eq!((told(), told()), ("RELOADING=1".to_owned(), "READY=1".to_owned()));
        signal(&it.child, "TERM");
        assert_eq!(told(), "STOPPING=1");
        assert!(it.child.wait().unwrap().success());
    }
}

#[test]
fn what_is_no_listening_socket_stops_the_start() {
    if !is_there("python3") {
        return;
    }
    let home = Directory::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let it = launch(&home, "udp", 1, nobody).output().unwrap();
    assert_eq!(it.status.code(), Some(3), "{}", said(&it));
    assert!(said(&it).contains("socket that was passed"), "{}", said(&it));
}
