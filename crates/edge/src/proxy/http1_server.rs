//! A client's HTTP/1 connection: one request after the other.
//!
//! Reads    heads and bodies, strictly (`http1`).
//! Writes   replies, framed anew. Writes are gathered and handed to the kernel before any wait.
//! Memory   one read and one write buffer, at most a head and two pieces of a body.
//! Misses   a client that only closes its sending side while it waits is taken for gone, as nginx
//!          does.

use super::deadline::{Elapsed, Watch};
use super::exchange::{Downlink, Ended, Exchange, Uplink, Watches, abandoned, serve};
use super::pace::Pace;
use super::wire::{ReadHalf, Wire, WriteHalf};
use super::{Caller, Worker};
use crate::http1::body::{BodyReader, Malformed, Piece};
use crate::http1::head::{EndFinder, read_request, unread_request};
use crate::http1::write::{self, Framed};
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{Cause, DATA_BYTES_MAX};
use bartizan_model::head::{Fields, Framing, Method, RequestHead, ResponseHead, Version, list};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bartizan_model::oddity::Oddity;
use bytes::{Buf, Bytes, BytesMut};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes that are read ahead of the current request before reading stops.
const AHEAD_BYTES_MAX: usize = 16 * 1024;
/// Bytes that are written before they are handed to the kernel.
const GATHER_BYTES_MAX: usize = 32 * 1024;
/// Bytes and time that are spent on a client that still sends after a closing reply, so that the
/// reply is not lost with the connection's reset.
const LINGER_BYTES_MAX: usize = 256 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// Serves a connection until it ends. `buffer` holds what was read of it already.
pub(super) async fn serve_connection(
    worker: &Arc<Worker>,
    mut wire: Wire,
    caller: Caller,
    buffer: BytesMut,
) {
    let watches = Watches { request: worker.sweeper.watch(), response: worker.sweeper.watch() };
    let (reader, writer) = wire.split();
    let mut source = Source { reader, buffer };
    let mut sink = Sink { writer, out: BytesMut::new(), waiting: false };
    for served in 1.. {
        let ended = one(worker, caller, served, &mut source, &mut sink, &watches).await;
        match ended {
            Some(Ended::Cleanly) => {}
            Some(Ended::AndClose) => {
                linger(&mut source, &mut sink).await;
                return;
            }
            Some(Ended::Cut) | None => return,
        }
    }
}

struct Source<'a> {
    reader: ReadHalf<'a>,
    buffer: BytesMut,
}

struct Sink<'a> {
    writer: WriteHalf<'a>,
    out: BytesMut,
    /// Whether TLS may still hold records that were written to it.
    waiting: bool,
}

/// Serves one request; `None` if there was none.
async fn one(
    worker: &Arc<Worker>,
    caller: Caller,
    served: u64,
    source: &mut Source<'_>,
    sink: &mut Sink<'_>,
    watches: &Watches,
) -> Option<Ended> {
    source.begin(worker.view().manners.idle_timeout_ms, &watches.request).await?;
    // What came into force while the connection was idle holds for the whole of the request that
    // ended it, its head included.
    let view = worker.view();
    let (limits, manners) = (view.snapshot.rules.limits, &view.manners);
    let (head, client_is_gone) =
        source.head(&limits, manners.head_timeout_ms, &watches.request).await?;
    let origin = worker.origin(caller, manners);
    let is_last =
        manners.requests_per_connection_max != 0 && served >= manners.requests_per_connection_max;
    let keeps_alive = keeps_alive(&head) && !worker.sweeper.is_stopping() && !is_last;
    let (method, version) = (head.method, head.version);
    // A head that was not read to its end does not tell where a next request begins.
    let keeps_alive = keeps_alive && head.oddities.is_empty();
    let stall_ms = manners.body_timeout_ms;
    let mut up = Http1Uplink {
        source,
        body: BodyReader::new(head.framing),
        limits,
        watch: &watches.request,
        stall_ms,
        pace: Pace::new(manners.body_rate_min),
    };
    let mut down = Http1Downlink {
        sink,
        method,
        version,
        keeps_alive,
        owes_continue: expects_continue(&head),
        takes_trailers: takes_trailers(&head),
        framed: Framed::None,
        watch: &watches.response,
        stall_ms,
        pace: Pace::new(manners.body_rate_min),
    };
    if client_is_gone {
        abandoned(worker, &view, origin, method);
        return None;
    }
    let begun = Exchange::begin(worker, &view, origin, head);
    let ended = serve(begun, &mut up, &mut down, watches).await;
    let reusable = down.keeps_alive && up.is_done();
    Some(if reusable { ended } else { ended.max(Ended::AndClose) })
}

fn keeps_alive(head: &RequestHead) -> bool {
    let has = |option: &[u8]| {
        head.fields.iter().any(|(known, _, value)| {
            known == Known::Connection && list(value).any(|it| it.eq_ignore_ascii_case(option))
        })
    };
    match head.version {
        Version::Http10 => has(b"keep-alive"),
        Version::Http11 | Version::Http2 => !has(b"close"),
    }
}

/// Whether the client says that it understands trailer fields (RFC 9110 section 6.5.1).
fn takes_trailers(head: &RequestHead) -> bool {
    head.fields.iter().any(|(known, _, value)| {
        known == Known::Te && list(value).any(|it| it.eq_ignore_ascii_case(b"trailers"))
    })
}

fn expects_continue(head: &RequestHead) -> bool {
    head.version == Version::Http11
        && head.framing != Framing::None
        && head.fields.get(Known::Expect).is_some_and(|it| it.eq_ignore_ascii_case(b"100-continue"))
}

impl Source<'_> {
    /// Waits for a request to begin. `None` if the connection ends, or idles.
    async fn begin(&mut self, idle_timeout_ms: u64, watch: &Watch) -> Option<()> {
        // One empty line before a request is ignored (RFC 9112 section 2.2); it begins no request.
        let mut ignored = false;
        loop {
            if self.buffer.starts_with(b"\r\n") && !ignored {
                drop(self.buffer.split_to(2));
                ignored = true;
            }
            if !self.buffer.is_empty() && (ignored || self.buffer.as_ref() != b"\r") {
                return Some(());
            }
            match watch.idle(idle_timeout_ms, self.fill()).await {
                Ok(Ok(1..)) => {}
                Ok(Ok(0)) if !self.buffer.is_empty() => return Some(()),
                Ok(Ok(0) | Err(_)) | Err(Elapsed) => return None,
            }
        }
    }

    /// Reads a request head that has begun, and tells whether the client went away meanwhile. `None`
    /// if nothing is left of it.
    async fn head(
        &mut self,
        limits: &Limits,
        head_timeout_ms: u64,
        watch: &Watch,
    ) -> Option<(RequestHead, bool)> {
        let mut finder = EndFinder::default();
        let head_max = limits.head_bytes_max;
        let reading = async {
            loop {
                match finder.find(&self.buffer) {
                    Some(end) if end <= head_max => return Ok(end),
                    None if self.buffer.len() < head_max => {}
                    Some(_) | None => return Err(Some(Oddity::HeadTooLarge)),
                }
                if !matches!(self.fill().await, Ok(1..)) {
                    return Err(None);
                }
            }
        };
        let read = match watch.within(head_timeout_ms, reading).await {
            Ok(read) => read,
            Err(Elapsed) => Err(Some(Oddity::HeadTimeout)),
        };
        match read {
            Ok(end) => Some((read_request(self.buffer.split_to(end).freeze(), limits), false)),
            Err(Some(oddity)) => {
                Some((unread_request(self.buffer.split().freeze(), oddity), false))
            }
            Err(None) if self.buffer.is_empty() => None,
            Err(None) => {
                let bytes = self.buffer.split().freeze();
                Some((unread_request(bytes, Oddity::RequestLine), true))
            }
        }
    }

    async fn fill(&mut self) -> std::io::Result<usize> {
        self.buffer.reserve(4 * 1024);
        self.reader.read_buf(&mut self.buffer).await
    }
}

/// What the client sends behind a head.
struct Http1Uplink<'a, 'b> {
    source: &'a mut Source<'b>,
    body: BodyReader,
    limits: Limits,
    watch: &'a Watch,
    stall_ms: u64,
    pace: Pace,
}

impl Uplink for Http1Uplink<'_, '_> {
    async fn read(&mut self, max: usize) -> Result<(Bytes, bool), Cause> {
        loop {
            match self.body.read(&mut self.source.buffer, max, &self.limits) {
                Ok(Piece::Data(bytes, end)) => return Ok((bytes, end)),
                // Those of a request were checked, and go no further.
                Ok(Piece::Trailers(_)) => return Ok((Bytes::new(), true)),
                Err(Malformed) => return Err(Cause::Odd(Oddity::ChunkMalformed)),
                Ok(Piece::NeedMore) => {}
            }
            self.source.buffer.reserve(DATA_BYTES_MAX);
            let since_ms = self.watch.now_ms();
            let filling = self.source.reader.read_buf(&mut self.source.buffer);
            match self.watch.within(self.stall_ms, filling).await {
                Ok(Ok(count @ 1..)) => {
                    let waited_ms = self.watch.now_ms().saturating_sub(since_ms);
                    if self.pace.is_too_slow(waited_ms, count as u64) {
                        return Err(Cause::Odd(Oddity::BodyTooSlow));
                    }
                }
                Ok(Ok(0) | Err(_)) => return Err(Cause::ClientGone),
                Err(Elapsed) => return Err(Cause::Odd(Oddity::BodyTimeout)),
            }
        }
    }

    async fn gone(&mut self) {
        while self.source.buffer.len() < AHEAD_BYTES_MAX {
            if !matches!(self.source.fill().await, Ok(1..)) {
                return;
            }
        }
        std::future::pending().await
    }

    fn is_done(&self) -> bool {
        self.body.is_done()
    }

    async fn tunnel(&mut self) -> Bytes {
        if self.source.buffer.is_empty() && !matches!(self.source.fill().await, Ok(1..)) {
            return Bytes::new();
        }
        self.source.buffer.split().freeze()
    }
}

/// What the client gets.
struct Http1Downlink<'a, 'b> {
    sink: &'a mut Sink<'b>,
    method: Method,
    version: Version,
    keeps_alive: bool,
    owes_continue: bool,
    takes_trailers: bool,
    framed: Framed,
    watch: &'a Watch,
    stall_ms: u64,
    pace: Pace,
}

impl Downlink for Http1Downlink<'_, '_> {
    async fn go_on(&mut self) -> Result<(), Cause> {
        if std::mem::take(&mut self.owes_continue) {
            self.sink.out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            self.flush().await?;
        }
        Ok(())
    }

    fn close_after(&mut self) {
        self.keeps_alive = false;
    }

    async fn begin(&mut self, head: &ResponseHead) -> Result<(), Cause> {
        self.framed = Framed::of_response(head, self.version);
        // A body that ends with the connection is the last thing on it.
        self.keeps_alive &= self.framed != Framed::Close;
        let out = &mut self.sink.out;
        write::response_head(out, head, self.method, self.version, self.framed, self.keeps_alive);
        Ok(())
    }

    async fn interim(&mut self, head: &ResponseHead) -> Result<(), Cause> {
        // HTTP/1.0 knows no interim responses.
        if self.version == Version::Http11 {
            write::interim_head(&mut self.sink.out, head);
            self.flush().await?;
        }
        Ok(())
    }

    async fn trailers(&mut self, fields: &Fields, message: Option<&str>) -> Result<(), Cause> {
        if self.framed != Framed::Chunked || !self.takes_trailers {
            return self.data(&Bytes::new(), true).await;
        }
        write::trailers(&mut self.sink.out, scrubbed(fields, message));
        Ok(())
    }

    async fn data(&mut self, bytes: &Bytes, end: bool) -> Result<(), Cause> {
        write::data(&mut self.sink.out, bytes, self.framed, end);
        if self.sink.out.len() >= GATHER_BYTES_MAX { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Cause> {
        while !self.sink.out.is_empty() {
            let since_ms = self.watch.now_ms();
            let writing = self.sink.writer.write(&self.sink.out);
            let count = match self.watch.within(self.stall_ms, writing).await {
                Ok(Ok(count)) => count,
                Ok(Err(_)) | Err(Elapsed) => 0,
            };
            let waited_ms = self.watch.now_ms().saturating_sub(since_ms);
            // A client that takes nothing for so long, or next to nothing, is gone for us.
            if count == 0 || self.pace.is_too_slow(waited_ms, count as u64) {
                self.sink.out.clear();
                return Err(Cause::ClientGone);
            }
            self.sink.out.advance(count);
            self.sink.waiting = true;
        }
        if std::mem::take(&mut self.sink.waiting) {
            match self.watch.within(self.stall_ms, self.sink.writer.flush()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(Elapsed) => return Err(Cause::ClientGone),
            }
        }
        Ok(())
    }

    async fn own(&mut self, reply: &OwnReply) -> Result<(), Cause> {
        let keeps_alive = self.keeps_alive && !reply.close && !self.owes_continue;
        self.keeps_alive = keeps_alive;
        let out = &mut self.sink.out;
        write::own_reply(out, reply, self.method, self.version, keeps_alive);
        self.flush().await
    }

    async fn switch(&mut self, head: &ResponseHead) -> Result<(), Cause> {
        write::switching_head(&mut self.sink.out, head);
        self.flush().await
    }

    async fn tunnel(&mut self, bytes: &Bytes) -> Result<(), Cause> {
        let written = self.sink.writer.write_all(bytes).await;
        written.map_err(|_| Cause::ClientGone)?;
        self.sink.writer.flush().await.map_err(|_| Cause::ClientGone)
    }
}

/// Trailer fields as a client may see them.
pub(super) fn scrubbed<'a>(
    fields: &'a Fields,
    message: Option<&'a str>,
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    fields.of_trailers().map(move |(name, value)| match message {
        Some(message) if name.eq_ignore_ascii_case(b"grpc-message") => (name, message.as_bytes()),
        Some(_) | None => (name, value),
    })
}

/// Lets a closing reply arrive: half-closes, and reads on for a moment what the client still sends,
/// because closing with unread bytes would reset the connection under the reply.
async fn linger(source: &mut Source<'_>, sink: &mut Sink<'_>) {
    if sink.writer.shutdown().await.is_err() {
        return;
    }
    let draining = async {
        let mut drained = 0;
        while drained < LINGER_BYTES_MAX {
            source.buffer.clear();
            match source.fill().await {
                Ok(count @ 1..) => drained += count,
                Ok(0) | Err(_) => return,
            }
        }
    };
    drop(tokio::time::timeout(LINGER, draining).await);
}
