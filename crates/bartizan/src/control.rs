//! The control socket: how `status` and `bypass` reach a running instance. A Unix socket of mode 0600
//! in the data directory; one line is the question, one line of JSON the answer.
//!
//! Memory   one line of at most `QUESTION_BYTES_MAX` a connection, `CONNECTIONS_MAX`
//!          connections.

use crate::bypass::{Reason, Span};
use crate::config;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

/// Name of the socket in the data directory.
pub const SOCKET: &str = "control.sock";
/// `sun_path` of the operating system, with its closing zero.
const SOCKET_NAME_BYTES_MAX: usize = 108;
/// Longest question.
const QUESTION_BYTES_MAX: u64 = 4 * 1024;
/// Questions at once.
const CONNECTIONS_MAX: usize = 32;
/// How long a questioner may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long tests of all targets may take, one after the other.
const TEST_PATIENCE: Duration = Duration::from_secs(20 * 60);

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The state of the instance.
    Status,
    /// That only the law be in force, for so long.
    Bypass(Span, Reason),
    /// That every clause be in force again.
    EndBypass,
    /// A link that logs a browser in.
    Login,
    /// A test alert, to the target of this name or to each.
    TestAlert(Option<Arc<str>>),
}

impl Question {
    fn line(&self) -> String {
        match self {
            Self::Status => "status".to_owned(),
            Self::Bypass(span, reason) => format!("bypass {} {}", span.seconds(), reason.as_str()),
            Self::EndBypass => "bypass end".to_owned(),
            Self::Login => "login".to_owned(),
            Self::TestAlert(None) => "alerts test".to_owned(),
            Self::TestAlert(Some(target)) => format!("alerts test {target}"),
        }
    }

    /// How long the answer may take.
    fn patience(&self) -> Duration {
        match self {
            Self::TestAlert(_) => TEST_PATIENCE,
            Self::Status | Self::Bypass(_, _) | Self::EndBypass | Self::Login => PATIENCE,
        }
    }

    fn of_line(line: &str) -> Result<Self, String> {
        let unknown = || "unknown question".to_owned();
        match line.split_once(' ') {
            None if line == "status" => Ok(Self::Status),
            None if line == "login" => Ok(Self::Login),
            Some(("alerts", "test")) => Ok(Self::TestAlert(None)),
            Some(("alerts", rest)) => {
                let target = rest.strip_prefix("test ").ok_or_else(unknown)?;
                let target = config::name(target).ok_or_else(unknown)?;
                Ok(Self::TestAlert(Some(target)))
            }
            Some(("bypass", "end")) => Ok(Self::EndBypass),
            Some(("bypass", rest)) => {
                let (seconds, reason) = rest.split_once(' ').ok_or_else(unknown)?;
                let seconds = seconds.parse().map_err(|_| unknown())?;
                let span = Span::of_s(seconds).map_err(|it| it.to_string())?;
                Ok(Self::Bypass(span, Reason::new(reason).map_err(|it| it.to_string())?))
            }
            Some(_) | None => Err(unknown()),
        }
    }
}

/// Answers what is asked.
pub trait Answers: Send + Sync + 'static {
    /// The answer as a JSON object. `user` of the system asks, if that is known.
    fn answer(&self, question: Question, user: Option<u32>) -> Value;
}

/// Binds the socket. The journal's lock is held by now, so a socket that exists is a leftover.
///
/// # Errors
///
/// If the socket cannot be made.
pub fn bind(dir: &Path) -> io::Result<std::os::unix::net::UnixListener> {
    let directory = fs::File::open(dir)?;
    let path = socket(dir, &directory);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = std::os::unix::net::UnixListener::bind(&path)?;
    listener.set_nonblocking(true)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers until the end of the process.
pub async fn serve(listener: UnixListener, answers: Arc<dyn Answers>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else { continue };
        let answers = Arc::clone(&answers);
        tokio::spawn(async move {
            // A questioner that goes away ends its answer.
            drop(answer(stream, answers).await);
            drop(permit);
        });
    }
}

async fn answer(mut stream: UnixStream, answers: Arc<dyn Answers>) -> io::Result<()> {
    let user = stream.peer_cred().ok().map(|it| it.uid());
    let mut line = String::new();
    let (reader, _) = stream.split();
    let mut reader = BufReader::new(reader.take(QUESTION_BYTES_MAX));
    match tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await {
        Ok(read) => read?,
        Err(_) => return Ok(()),
    };
    let answer = match Question::of_line(line.trim()) {
        // It waits for somebody else, and this thread has others to answer.
        Ok(question @ Question::TestAlert(_)) => {
            let answering = tokio::task::spawn_blocking(move || answers.answer(question, user));
            answering.await.unwrap_or_else(|_| json!({ "error": "it was given up" }))
        }
        Ok(question) => answers.answer(question, user),
        Err(why) => json!({ "error": why }),
    };
    stream.write_all(format!("{answer}\n").as_bytes()).await
}

/// Where the socket is. The name of a socket has at most 107 bytes, so in a directory with a long
/// name it is reached through the descriptor of that directory.
fn socket(dir: &Path, directory: &fs::File) -> PathBuf {
    let path = dir.join(SOCKET);
    if path.as_os_str().len() < SOCKET_NAME_BYTES_MAX {
        return path;
    }
    PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", directory.as_raw_fd()))
}

/// Asks the instance that runs in `dir`.
///
/// # Errors
///
/// If none is running (`NotFound`, `ConnectionRefused`) or the connection breaks.
pub fn ask(dir: &Path, question: &Question) -> io::Result<Value> {
    use std::io::{BufRead, Write};
    let directory = fs::File::open(dir)?;
    let mut stream = std::os::unix::net::UnixStream::connect(socket(dir, &directory))?;
    stream.set_read_timeout(Some(question.patience()))?;
    stream.write_all(format!("{}\n", question.line()).as_bytes())?;
    let mut line = String::new();
    io::BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_reads_as_it_is_written() {
        let reason = Reason::new("end of the world").unwrap();
        let bypass = Question::Bypass(Span::of_s(60).unwrap(), reason);
        let test = Question::TestAlert(Some("soc".into()));
        for question in [
            Question::Status,
            bypass,
            Question::EndBypass,
            Question::Login,
            Question::TestAlert(None),
            test,
        ] {
            assert_eq!(Question::of_line(&question.line()), Ok(question));
        }
    }

    #[test]
    fn what_was_not_asked_by_us_is_checked_all_the_same() {
        for line in [
            "",
            "stop",
            "bypass",
            "bypass 60",
            "bypass x y",
            "bypass 59 y",
            "bypass 60  ",
            "bypass 60 a\u{1b}b",
            "status now",
            "alerts",
            "alerts test a b",
            "alerts test A",
            "alerts send",
        ] {
            assert!(Question::of_line(line).is_err(), "{line}");
        }
    }
}
