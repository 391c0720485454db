//! A socket whose first bytes are kept as they come, for the fingerprint of a TLS client.
//!
//! Memory   the first message of the client, at most `HELLO_BYTES_MAX` and one read more, until it is taken.

use crate::tls::ja4;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A socket.
#[derive(Debug)]
pub(super) struct Tapped {
    pub(super) stream: TcpStream,
    first: Vec<u8>,
    is_tapping: bool,
}

impl Tapped {
    /// Keeps the first message that is read.
    pub(super) fn of(stream: TcpStream) -> Self {
        Self { stream, first: Vec::new(), is_tapping: true }
    }

    /// Keeps nothing.
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { stream, first: Vec::new(), is_tapping: false }
    }

    /// The fingerprint of the client that began here; what was kept is let go.
    pub(super) fn ja4(&mut self) -> Option<String> {
        self.is_tapping = false;
        ja4::ja4(&std::mem::take(&mut self.first))
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let it = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut it.stream).poll_read(cx, buffer);
        if it.is_tapping {
            it.first.extend_from_slice(buffer.filled().get(before..).unwrap_or_default());
            it.is_tapping = !ja4::is_whole(&it.first);
        }
        read
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
