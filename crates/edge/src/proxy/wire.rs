//! A connection's bytes, in clear or through TLS, the same to everything above.
//!
//! Memory   that of the TLS session: at most one record each way, and what TLS itself may buffer.

use super::tapped::Tapped;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp;
use tokio_rustls::TlsStream;

type Tls = TlsStream<Tapped>;

/// A connection.
#[derive(Debug)]
pub(super) enum Wire {
    /// In clear.
    Plain(TcpStream),
    /// Through TLS. Both halves of a split borrow the session in turn, within one task; the lock is
    /// never waited for.
    Tls(Box<Mutex<Tls>>),
}

/// The reading half.
#[derive(Debug)]
pub(super) enum ReadHalf<'a> {
    /// In clear.
    Plain(tcp::ReadHalf<'a>),
    /// Through TLS.
    Tls(&'a Mutex<Tls>),
}

/// The writing half.
#[derive(Debug)]
pub(super) enum WriteHalf<'a> {
    /// In clear.
    Plain(tcp::WriteHalf<'a>),
    /// Through TLS.
    Tls(&'a Mutex<Tls>),
}

impl Wire {
    /// A connection through TLS.
    pub(super) fn of_tls(stream: Tls) -> Self {
        Self::Tls(Box::new(Mutex::new(stream)))
    }

    /// Both halves.
    pub(super) fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        match self {
            Self::Plain(stream) => {
                let (reader, writer) = stream.split();
                (ReadHalf::Plain(reader), WriteHalf::Plain(writer))
            }
            Self::Tls(session) => (ReadHalf::Tls(session), WriteHalf::Tls(session)),
        }
    }

    /// Runs `look` on the socket below.
    pub(super) fn with_socket<T>(&mut self, look: impl FnOnce(&TcpStream) -> T) -> T {
        match self {
            Self::Plain(stream) => look(stream),
            Self::Tls(session) => {
                let session = session.get_mut().unwrap_or_else(PoisonError::into_inner);
                look(&session.get_ref().0.stream)
            }
        }
    }
}

fn lock(session: &Mutex<Tls>) -> MutexGuard<'_, Tls> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn owned(session: &mut Mutex<Tls>) -> Pin<&mut Tls> {
    Pin::new(session.get_mut().unwrap_or_else(PoisonError::into_inner))
}

impl AsyncRead for ReadHalf<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(reader) => Pin::new(reader).poll_read(cx, buffer),
            Self::Tls(session) => Pin::new(&mut *lock(session)).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for WriteHalf<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(writer) => Pin::new(writer).poll_write(cx, bytes),
            Self::Tls(session) => Pin::new(&mut *lock(session)).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(writer) => Pin::new(writer).poll_flush(cx),
            Self::Tls(session) => Pin::new(&mut *lock(session)).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(writer) => Pin::new(writer).poll_shutdown(cx),
            Self::Tls(session) => Pin::new(&mut *lock(session)).poll_shutdown(cx),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(session) => owned(session).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(session) => owned(session).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Tls(session) => owned(session).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(session) => lock(session).is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(session) => owned(session).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(session) => owned(session).poll_shutdown(cx),
        }
    }
}
