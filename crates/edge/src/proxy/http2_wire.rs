//! The bytes of a client's HTTP/2 connection: those read ahead first, every frame header counted.
//!
//! The library answers control frames as they come, however many there are. Here each costs one of
//! `control_frames_max` a second; bytes of payload in either direction earn further ones, because
//! window updates and pings come with real traffic too. Who exceeds that is cut off.
//!
//! Reads    frame headers (RFC 9113 section 4.1) on their way to the library.
//! Memory   nine bytes of a frame header.
//! Misses   frames that cost much in other ways: the library bounds header blocks and resets itself.
//! Source   CVE-2019-9512, -9513, -9515, -9516, -9518 (ping, priority, settings and empty frames).

use super::clock::Clock;
use super::wire::Wire;
use bytes::{Buf, BytesMut};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of payload that earn one control frame.
const EARNS_BYTES: u64 = 512;

/// Control frames that a request earns.
const EARNED_BY_REQUEST: u64 = 4;

/// Gives back what was read ahead, then goes on with the connection.
#[derive(Debug)]
pub(super) struct Http2Wire {
    ahead: BytesMut,
    wire: Wire,
    frames: Frames,
    clock: Arc<Clock>,
    blocked: Arc<AtomicBool>,
}

impl Http2Wire {
    pub(super) fn new(
        ahead: BytesMut,
        wire: Wire,
        clock: Arc<Clock>,
        control_frames_max: u64,
    ) -> Self {
        let frames = Frames::new(control_frames_max);
        Self { ahead, wire, frames, clock, blocked: Arc::default() }
    }

    /// Whether the other end takes no more bytes at the moment.
    pub(super) fn blocked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.blocked)
    }

    fn noted(&mut self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.blocked.store(polled.is_pending(), Relaxed);
        if let Poll::Ready(Ok(count)) = polled {
            self.frames.earn(count as u64);
        }
        polled
    }
}

/// What is counted of the frames that come in.
#[derive(Debug)]
struct Frames {
    /// Bytes of the preface that are still to come.
    preface: usize,
    header: [u8; 9],
    has: usize,
    skip: u64,
    max: u64,
    left: u64,
    earned_bytes: u64,
    second: u64,
}

/// More control frames than allowed.
struct Flood;

impl Frames {
    fn new(max: u64) -> Self {
        let preface = super::listener::PREFACE.len();
        Self {
            preface,
            header: [0; 9],
            has: 0,
            skip: 0,
            max,
            left: max,
            earned_bytes: 0,
            second: 0,
        }
    }

    fn earn(&mut self, bytes: u64) {
        self.earned_bytes += bytes;
        let left = self.left.saturating_add(self.earned_bytes / EARNS_BYTES);
        self.left = left.min(self.left_max());
        self.earned_bytes %= EARNS_BYTES;
    }

    /// What is earned does not pile up for ever.
    fn left_max(&self) -> u64 {
        self.max.saturating_mul(100)
    }

    fn see(&mut self, mut bytes: &[u8], now_ms: u64) -> Result<(), Flood> {
        if self.second != now_ms / 1_000 {
            self.second = now_ms / 1_000;
            self.left = self.left.max(self.max);
        }
        let of_preface = self.preface.min(bytes.len());
        self.preface -= of_preface;
        bytes.advance(of_preface);
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
            self.skip -= skipped as u64;
            bytes.advance(skipped);
            let wanted = self.header.get_mut(self.has..).unwrap_or_default();
            let count = wanted.len().min(bytes.len());
            wanted.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            bytes.advance(count);
            self.has += count;
            if self.has == self.header.len() {
                self.has = 0;
                self.frame()?;
            }
        }
        Ok(())
    }

    fn frame(&mut self) -> Result<(), Flood> {
        const DATA: u8 = 0;
        const HEADERS: u8 = 1;
        const END_STREAM: u8 = 1;
        let [a, b, c, kind, flags, ..] = self.header;
        let length = u64::from(u32::from_be_bytes([0, a, b, c]));
        self.skip = length;
        match kind {
            DATA if length > 0 => self.earn(length),
            DATA if flags & END_STREAM != 0 => {}
            // The library bounds open streams and header blocks. What is asked is answered, and clients
            // may give credit for each answer.
            HEADERS => self.left = self.left.saturating_add(EARNED_BY_REQUEST).min(self.left_max()),
            _ => self.left = self.left.checked_sub(1).ok_or(Flood)?,
        }
        Ok(())
    }
}

impl AsyncRead for Http2Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.ahead.is_empty() {
            std::task::ready!(Pin::new(&mut self.wire).poll_read(cx, buffer))?;
        } else {
            let count = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(self.ahead.get(..count).unwrap_or_default());
            self.ahead.advance(count);
        }
        let now_ms = self.clock.coarse_ms();
        let read = buffer.filled().get(before..).unwrap_or_default();
        let seen = self.frames.see(read, now_ms);
        Poll::Ready(seen.map_err(|Flood| io::ErrorKind::ConnectionAborted.into()))
    }
}

impl AsyncWrite for Http2Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.wire).poll_write(cx, bytes);
        self.noted(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.wire).poll_write_vectored(cx, slices);
        self.noted(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    fn frames(max: u64) -> Frames {
        Frames { preface: 0, ..Frames::new(max) }
    }

    /// How many repetitions of `frame` pass, at most 10,000, fed in pieces of `step`.
    fn passing(frames: &mut Frames, frame: &[u8], step: usize, now_ms: u64) -> usize {
        let passes = |_: &usize| frame.chunks(step).all(|it| frames.see(it, now_ms).is_ok());
        (0..10_000).take_while(passes).count()
    }

    #[test]
    fn control_frames_have_a_budget_for_each_second_however_they_are_cut() {
        for step in [1, 8, 9, 17] {
            let mut frames = frames(200);
            assert_eq!(passing(&mut frames, &PING, step, 500), 200);
        }
        let mut frames = frames(200);
        assert_eq!(passing(&mut frames, &PING, 17, 500), 200);
        frames.has = 0;
        frames.skip = 0;
        assert_eq!(passing(&mut frames, &PING, 17, 1_000), 200);
    }

    #[test]
    fn empty_data_counts_and_its_end_does_not() {
        assert_eq!(passing(&mut frames(200), &[0, 0, 0, 0, 0, 0, 0, 0, 1], 9, 0), 200);
        assert_eq!(passing(&mut frames(200), &[0, 0, 0, 0, 1, 0, 0, 0, 1], 9, 0), 10_000);
    }

    #[test]
    fn traffic_earns_its_window_updates() {
        let mut frames = frames(200);
        frames.earn(1024 * 1024);
        let update = [0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 1, 0];
        assert_eq!(passing(&mut frames, &update, 13, 0), 200 + 2_048);
    }

    #[test]
    fn credit_for_each_answer_is_no_flood() {
        let request = [0, 0, 0, 1, 5, 0, 0, 0, 1];
        let update = [0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 1, 0];
        let both = [&request[..], &update, &update].concat();
        assert_eq!(passing(&mut frames(200), &both, both.len(), 0), 10_000);
    }

    #[test]
    fn the_preface_is_no_frame() {
        let mut frames = Frames::new(0);
        assert!(frames.see(super::super::listener::PREFACE, 0).is_ok());
        assert!(frames.see(&PING, 0).is_err());
    }
}
