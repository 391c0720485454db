//! The real binary: started on a free port, asked, signalled, and killed at the latest on drop.

use super::client::{Answer, Client};
use super::directory::Directory;
use super::until;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A command of the binary, without the environment's say.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bartizan"));
    for name in ["MODE", "LISTEN", "ADMIN", "DATA", "UPSTREAM", "LOG"] {
        command.env_remove(format!("BARTIZAN_{name}"));
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn output(arguments: &[&str]) -> Output {
    command().args(arguments).output().unwrap()
}

/// Both streams of a finished command as text.
pub fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// A running instance.
#[derive(Debug)]
pub struct Bartizan {
    child: Child,
    pub address: SocketAddr,
    pub admin: SocketAddr,
    home: Arc<Directory>,
    out: Captured,
    err: Captured,
}

#[derive(Debug)]
struct Captured {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Captured {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let thread = std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut piece) {
                into.lock().unwrap().extend_from_slice(&piece[..count]);
            }
        });
        Self { bytes, thread: Some(thread) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }
}

/// The configuration that tests begin with: one worker, so that observations are in order, and
/// HTTP/2 in clear text for the clients that speak it.
pub fn configuration(upstream: SocketAddr, mode: &str, more: &str) -> String {
    let more = more.trim_end();
    let nested = |name: &str| more.lines().any(|it| it == format!("{name}:"));
    assert!(!nested("listen") && !nested("upstream"), "use the lines below `upstream:` instead");
    format!(
        "version: 1\nmode: {mode}\nlisten:\n  {{workers: 1, http2: true}}\nupstream:\n  url: http://{upstream}\n{more}\n"
    )
}

impl Bartizan {
    /// Only observes.
    pub fn observing(upstream: SocketAddr) -> Self {
        Self::configured(&configuration(upstream, "observe", ""))
    }

    /// Enforces every clause.
    pub fn enforcing(upstream: SocketAddr) -> Self {
        Self::configured(&configuration(upstream, "enforce", ""))
    }

    /// `bartizan run` with this file.
    pub fn configured(yaml: &str) -> Self {
        let home = Arc::new(Directory::new());
        fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
        Self::run_in(home)
    }

    /// `bartizan run` with what is in this directory already.
    pub fn run_in(home: Arc<Directory>) -> Self {
        let file = home.path().join("bartizan.yaml");
        let arguments = ["run".to_owned(), "-c".to_owned(), file.display().to_string()];
        Self::start(home, &arguments)
    }

    /// `bartizan guard` with these flags besides.
    pub fn guard(upstream: SocketAddr, flags: &[&str]) -> Self {
        let mut arguments = vec!["guard".to_owned(), format!("http://{upstream}")];
        arguments.extend(flags.iter().map(|&it| it.to_owned()));
        Self::start(Arc::new(Directory::new()), &arguments)
    }

    /// `bartizan mirror` on a free port.
    pub fn mirror() -> Self {
        Self::spawn(Arc::new(Directory::new()), &["mirror".to_owned(), "127.0.0.1:0".to_owned()])
    }

    fn start(home: Arc<Directory>, arguments: &[String]) -> Self {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--listen".to_owned(), "127.0.0.1:0".to_owned()]);
        Self::spawn(home, &arguments)
    }

    fn spawn(home: Arc<Directory>, arguments: &[String]) -> Self {
        let mut child = command()
            .args(arguments)
            .args(["--admin", "127.0.0.1:0", "--data"])
            .arg(home.path().join("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = Captured::of(child.stdout.take().unwrap());
        let err = Captured::of(child.stderr.take().unwrap());
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut it = Self { child, address: unknown, admin: unknown, home, out, err };
        let (address, admin) = until("the banner", || {
            assert!(it.child.try_wait().unwrap().is_none(), "ended early: {}", it.err.text());
            let text = it.out.text();
            let listens = after(&text, "listening  http://");
            let listens = listens.or_else(|| after(&text, "listening  https://"))?;
            Some((listens, after(&text, "admin      http://")?))
        });
        (it.address, it.admin) = (address, admin);
        it
    }

    pub fn home(&self) -> Arc<Directory> {
        Arc::clone(&self.home)
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn configuration_file(&self) -> PathBuf {
        self.home.path().join("bartizan.yaml")
    }

    pub fn stdout(&self) -> String {
        self.out.text()
    }

    pub fn stderr(&self) -> String {
        self.err.text()
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub fn ask(&self, request: &str) -> Answer {
        let mut client = self.client();
        client.send(request.as_bytes());
        client.answer()
    }

    /// `GET` of this target on a connection of its own.
    pub fn get(&self, target: &str) -> Answer {
        self.ask(&format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }

    pub fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// Puts another configuration into the file and sends SIGHUP; returns once it was read.
    pub fn reload(&self, yaml: &str) {
        fs::write(self.configuration_file(), yaml).unwrap();
        let before = self.stderr().len();
        self.signal("HUP");
        until("the reload", || {
            let said = self.stderr();
            let news = said.get(before..).unwrap_or_default();
            (news.contains("configuration reloaded") || news.contains("stays in force"))
                .then_some(())
        });
    }

    /// What `status -o json` says.
    pub fn status(&self) -> Value {
        status(&self.data())
    }

    /// What `why -o json` says of a decision.
    pub fn why(&self, id: &str) -> Value {
        why(&self.data(), id)
    }

    /// All observations, oldest first.
    pub fn journal(&self) -> Vec<Value> {
        journal(&self.data())
    }

    /// Waits for `count` observations, then makes sure with one more exchange, which the upstream
    /// must answer, that there are exactly so many. Returns those before that exchange.
    #[track_caller]
    pub fn exactly(&self, count: usize) -> Vec<Value> {
        self.at_least(count);
        let marker = self.get("/marker");
        assert!(marker.status < 500, "the next request on a fresh connection works: {marker:?}");
        let mut all = self.at_least(count + 1);
        assert_eq!(all.len(), count + 1, "observations: {all:#?}");
        let last = all.pop().unwrap();
        assert_eq!(last["endpoint"], "GET /marker");
        all
    }

    /// Waits until there are so many observations.
    #[track_caller]
    pub fn at_least(&self, count: usize) -> Vec<Value> {
        until(&format!("{count} observations"), || {
            Some(self.journal()).filter(|it| it.len() >= count)
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Peak of resident memory, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = text.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for the end of the process; everything that it said is there then.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let status = until("the end of the process", || self.child.try_wait().unwrap());
        for captured in [&mut self.out, &mut self.err] {
            if let Some(thread) = captured.thread.take() {
                thread.join().unwrap();
            }
        }
        status
    }

    /// Stops it in order.
    #[track_caller]
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Kills it where it stands.
    #[track_caller]
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.ended();
    }
}

impl Drop for Bartizan {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn after(text: &str, label: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once(label)?;
    let end = rest.find([' ', '/', '\n'])?;
    rest.get(..end)?.parse().ok()
}

/// All observations in a data directory, oldest first.
pub fn journal(data: &Path) -> Vec<Value> {
    let it =
        output(&["tail", "--last", "100000", "-o", "json", "--data", &data.display().to_string()]);
    assert!(it.status.success(), "{}", said(&it));
    let text = String::from_utf8(it.stdout).unwrap();
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

pub fn status(data: &Path) -> Value {
    let it = output(&["status", "-o", "json", "--data", &data.display().to_string()]);
    assert!(it.status.success(), "{}", said(&it));
    serde_json::from_slice(&it.stdout).unwrap()
}

pub fn why(data: &Path, id: &str) -> Value {
    let it = output(&["why", id, "-o", "json", "--data", &data.display().to_string()]);
    assert!(it.status.success(), "{}", said(&it));
    serde_json::from_slice(&it.stdout).unwrap()
}
