//! The control socket: how `status` asks a running instance. A Unix socket of mode 0600
//! in the data directory; one word is the question, one line of JSON the answer.
//!
//! Memory   one line of at most `QUESTION_BYTES_MAX` a connection, `CONNECTIONS_MAX`
//!          connections.

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

/// Answers `status`.
pub trait Status: Send + Sync + 'static {
    /// The state of the instance as a JSON object.
    fn status(&self) -> Value;
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
pub async fn serve(listener: UnixListener, status: Arc<dyn Status>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else { continue };
        let status = Arc::clone(&status);
        tokio::spawn(async move {
            // A questioner that goes away ends its answer.
            drop(answer(stream, &*status).await);
            drop(permit);
        });
    }
}

async fn answer(mut stream: UnixStream, status: &dyn Status) -> io::Result<()> {
    let mut line = String::new();
    let (reader, _) = stream.split();
    let mut reader = BufReader::new(reader.take(QUESTION_BYTES_MAX));
    match tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await {
        Ok(read) => read?,
        Err(_) => return Ok(()),
    };
    let answer = match line.trim() {
        "status" => status.status(),
        _ => json!({ "error": "unknown question" }),
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

/// Asks a running instance for its status.
///
/// # Errors
///
/// If none is running (`NotFound`, `ConnectionRefused`) or the connection breaks.
pub fn ask_status(dir: &Path) -> io::Result<Value> {
    use std::io::{BufRead, Write};
    let directory = fs::File::open(dir)?;
    let mut stream = std::os::unix::net::UnixStream::connect(socket(dir, &directory))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"status\n")?;
    let mut line = String::new();
    io::BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(io::Error::from)
}
