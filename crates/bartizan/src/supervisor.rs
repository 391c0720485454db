//! What a supervisor such as systemd gives and is told: sockets that it listens on already, and when
//! we are ready.
//!
//! Reads    `LISTEN_FDS`, `LISTEN_PID`, `NOTIFY_SOCKET`.
//! Writes   one datagram for each change of state.
//! Errors   a socket that is not a listening TCP socket stops the start. A supervisor that cannot be
//!          told is not: it has its own time-outs.
//! Misses   `MONOTONIC_USEC`, which `Type=notify-reload` demands: use `Type=notify`. The watchdog.
//! Source   sd_listen_fds(3), sd_notify(3).

use listenfd::ListenFd;
use std::ffi::OsStr;
use std::io;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sockets that may be passed.
const SOCKETS_MAX: usize = 64;

/// The sockets that were passed to this process; none if none were.
///
/// # Errors
///
/// If one of them is no listening TCP socket, or there are too many.
pub fn inherited() -> io::Result<Vec<TcpListener>> {
    let mut passed = ListenFd::from_env();
    if passed.len() > SOCKETS_MAX {
        return Err(io::Error::other(format!("more than {SOCKETS_MAX} sockets were passed")));
    }
    let mut sockets = Vec::new();
    for number in 0..passed.len() {
        sockets.extend(passed.take_tcp_listener(number)?);
    }
    Ok(sockets)
}

/// What a supervisor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It serves.
    Ready,
    /// It reads its configuration again; [`State::Ready`] follows.
    Reloading,
    /// It ends.
    Stopping,
}

impl State {
    const fn says(self) -> &'static str {
        match self {
            Self::Ready => "READY=1",
            Self::Reloading => "RELOADING=1",
            Self::Stopping => "STOPPING=1",
        }
    }
}

/// Tells the supervisor, if there is one.
pub fn tell(state: State) {
    if let Some(to) = std::env::var_os("NOTIFY_SOCKET") {
        // It has time-outs of its own for those who cannot be heard.
        drop(send(&to, state.says()));
    }
}

fn send(to: &OsStr, text: &str) -> io::Result<usize> {
    let address = match to.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(to)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.send_to_addr(text.as_bytes(), &address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supervisor_is_told_by_path_or_by_name() {
        let path = std::env::temp_dir().join(format!("bartizan-notify-{}", std::process::id()));
        let name = format!("bartizan-notify-{}", std::process::id());
        let by_path = UnixDatagram::bind(&path).unwrap();
        let address = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let by_name = UnixDatagram::bind_addr(&address).unwrap();
        let name = format!("@{name}");
        for (socket, to) in [(by_path, path.as_os_str()), (by_name, OsStr::new(&name))] {
            for state in [State::Ready, State::Reloading, State::Stopping] {
                send(to, state.says()).unwrap();
                let mut bytes = [0; 64];
                let count = socket.recv(&mut bytes).unwrap();
                assert_eq!(&bytes[..count], state.says().as_bytes());
            }
        }
        std::fs::remove_file(path).unwrap();
        assert!(send(OsStr::new("/nowhere/at/all"), "READY=1").is_err());
    }
}
