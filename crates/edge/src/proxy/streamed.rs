//! A request whose body is still arriving: it is passed on piece by piece, and the upstream may
//! answer before it has ended. Neither direction waits for the other.
//!
//! Reads    the client's body, as the transaction asks for it.
//! Writes   the forwarded request, never more of it than was announced.
//! Memory   one piece of the body, and a head.

use super::deadline::{Elapsed, Watch};
use super::exchange::{Downlink, Ended, Exchange, Message, ONE_WRITE_BYTES_MAX, Uplink, Watches};
use super::relay::{Answer, NO_SIDES, Sides, relay};
use super::upstream::Target;
use crate::http1::body::BodyReader;
use crate::http1::write::{self, Framed};
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{Cause, Input, Payload, Reply, Side, Step, UpstreamFault};
use bartizan_model::head::ResponseHead;
use bartizan_model::oddity::Oddity;
use bytes::{Bytes, BytesMut};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::WriteHalf;
use tokio::sync::Notify;

/// Forwards a request whose body is still arriving, and passes on what comes back.
pub(super) async fn stream<U: Uplink>(
    exchange: &Exchange,
    message: &Message,
    framed: Framed,
    target: &Arc<Target>,
    up: &mut U,
    down: &mut impl Downlink,
    watches: &Watches,
) -> Ended {
    let mut link = match exchange.worker.pool.connect(target, &watches.response, false).await {
        Ok(link) => link,
        Err(fault) => return exchange.upstream_failed(fault, down).await,
    };
    let (mut reader, mut writer) = link.stream.split();
    let mut answer = Answer { reader: &mut reader, buffer: &mut link.buffer };
    let whole = Whole::default();
    let first = {
        let mut sending =
            pin!(send_all(exchange, message, framed, up, &mut writer, watches, &whole));
        let first = tokio::select! {
            biased;
            head = answer.head(exchange.method) => First::Head(head),
            () = whole.reached() => First::Sent(Sent::Whole),
            sent = &mut sending => First::Sent(sent),
        };
        match first {
            First::Head(Ok(head)) if !whole.is_reached() => {
                return both(exchange, head, &mut answer, sending, &whole, down).await;
            }
            other @ (First::Head(_) | First::Sent(_)) => other,
        }
    };
    let is_whole = whole.is_reached();
    let head = match first {
        First::Head(head) => head,
        First::Sent(Sent::UpstreamStalled) => Err(UpstreamFault::Timeout),
        First::Sent(Sent::Whole | Sent::UpstreamClosed) => {
            let head = answer.head(exchange.method);
            tokio::select! {
                biased;
                head = watches.response.within(target.response_timeout_ms, head) => {
                    head.unwrap_or(Err(UpstreamFault::Timeout))
                }
                () = up.gone(), if is_whole => {
                    return exchange.client_failed(Cause::ClientGone, down).await;
                }
            }
        }
        First::Sent(Sent::ClientFailed(cause)) => {
            return exchange.client_failed(cause, down).await;
        }
        First::Sent(Sent::Refused(reply)) => {
            down.close_after();
            return exchange.reply(&reply, down).await.max(Ended::AndClose);
        }
        First::Sent(Sent::Over) => return exchange.ended(),
    };
    if !up.is_done() {
        down.close_after();
    }
    match head {
        Ok(head) => {
            let keeps_alive = is_whole && exchange.may_keep(&head);
            let mut body = BodyReader::new(head.framing);
            let sides = Sides { up: Some(&mut *up), writer: None };
            let ended = relay(exchange, head, &mut answer, &mut body, sides, down).await;
            if ended == Ended::Cleanly && keeps_alive && body.is_done() {
                exchange.worker.pool.keep(link);
            }
            if up.is_done() { ended } else { ended.max(Ended::AndClose) }
        }
        Err(fault) => exchange.upstream_failed(fault, down).await,
    }
}

/// Whether the whole request was sent: something to ask for, and something to wait for.
#[derive(Default)]
struct Whole {
    is_reached: AtomicBool,
    reached: Notify,
}

impl Whole {
    fn reach(&self) {
        self.is_reached.store(true, Relaxed);
        self.reached.notify_one();
    }

    fn is_reached(&self) -> bool {
        self.is_reached.load(Relaxed)
    }

    async fn reached(&self) {
        self.reached.notified().await;
    }
}

enum First {
    Head(Result<ResponseHead, UpstreamFault>),
    Sent(Sent),
}

/// The upstream answers while the client still sends: neither waits for the other.
async fn both(
    exchange: &Exchange,
    head: ResponseHead,
    answer: &mut Answer<'_, '_>,
    mut sending: Pin<&mut impl Future<Output = Sent>>,
    whole: &Whole,
    down: &mut impl Downlink,
) -> Ended {
    let mut body = BodyReader::new(head.framing);
    let mut relaying = pin!(relay(exchange, head, answer, &mut body, NO_SIDES, down));
    tokio::select! {
        biased;
        ended = &mut relaying => {
            if whole.is_reached() { ended } else { ended.max(Ended::AndClose) }
        }
        end = &mut sending => match end {
            // What the upstream does not read need not be sent; its answer goes on.
            Sent::Whole | Sent::UpstreamClosed | Sent::UpstreamStalled => {
                relaying.await.max(Ended::AndClose)
            }
            Sent::ClientFailed(cause) => {
                exchange.feed(Side::Request, Input::Abort(cause));
                Ended::Cut
            }
            Sent::Refused(_) | Sent::Over => Ended::Cut,
        },
    }
}

enum Sent {
    /// All of it.
    Whole,
    /// The upstream reads no more; it may still answer.
    UpstreamClosed,
    /// The upstream keeps its connection and takes nothing.
    UpstreamStalled,
    /// The client did.
    ClientFailed(Cause),
    /// The contract refused the rest.
    Refused(OwnReply),
    /// The contract cut it.
    Over,
}

/// Sends everything; then says so and stays to notice when the client goes away.
async fn send_all(
    exchange: &Exchange,
    message: &Message,
    framed: Framed,
    up: &mut impl Uplink,
    writer: &mut WriteHalf<'_>,
    watches: &Watches,
    whole: &Whole,
) -> Sent {
    let stall_ms = exchange.worker.manners().target.response_timeout_ms;
    let left = match framed {
        Framed::Length(length) => Some(length.saturating_sub(message.held_bytes)),
        Framed::None | Framed::Chunked | Framed::Close => None,
    };
    let out = BytesMut::from(&*message.head);
    let mut outlet = Outlet { writer, watch: &watches.request, stall_ms, out };
    let sent = match outlet.put_large(&message.body).await {
        Ok(()) => send_rest(exchange, framed, left, up, &mut outlet).await,
        Err(sent) => sent,
    };
    if !matches!(sent, Sent::Whole) {
        return sent;
    }
    whole.reach();
    up.gone().await;
    Sent::ClientFailed(Cause::ClientGone)
}

/// The way to the upstream. What is put into it waits for company as long as more is at hand, and
/// is written before anything is waited for.
struct Outlet<'a, 'b> {
    writer: &'a mut WriteHalf<'b>,
    watch: &'a Watch,
    stall_ms: u64,
    out: BytesMut,
}

impl Outlet<'_, '_> {
    /// Puts a body that was held: nothing, or too large to be copied.
    async fn put_large(&mut self, bytes: &Bytes) -> Result<(), Sent> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.flush().await?;
        match self.watch.within(self.stall_ms, self.writer.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Sent::UpstreamClosed),
            Err(Elapsed) => Err(Sent::UpstreamStalled),
        }
    }

    /// Writes what waits. May be dropped in the middle: what was written is forgotten at once.
    async fn flush(&mut self) -> Result<(), Sent> {
        while !self.out.is_empty() {
            match self.watch.within(self.stall_ms, self.writer.write_buf(&mut self.out)).await {
                Ok(Ok(1..)) => {}
                Ok(Ok(0) | Err(_)) => return Err(Sent::UpstreamClosed),
                Err(Elapsed) => return Err(Sent::UpstreamStalled),
            }
        }
        Ok(())
    }

    /// Reads from the client; if that has to wait, what waits here goes out first.
    async fn read(
        &mut self,
        up: &mut impl Uplink,
        max: usize,
    ) -> Result<Result<(Bytes, bool), Cause>, Sent> {
        let mut reading = pin!(up.read(max));
        tokio::select! {
            biased;
            read = &mut reading => return Ok(read),
            flushed = self.flush() => flushed?,
        }
        Ok(reading.await)
    }
}

/// Whether a piece fits what is left of an announced length, which it is taken off.
fn fits(left: &mut Option<u64>, (bytes, end): &(Bytes, bool)) -> bool {
    let Some(known) = left else { return true };
    match known.checked_sub(bytes.len() as u64) {
        Some(rest) if !end || rest == 0 => {
            *known = rest;
            true
        }
        Some(_) | None => false,
    }
}

async fn send_rest(
    exchange: &Exchange,
    framed: Framed,
    mut left: Option<u64>,
    up: &mut impl Uplink,
    outlet: &mut Outlet<'_, '_>,
) -> Sent {
    let mut step = exchange.feed(Side::Request, Input::Written);
    let mut piece = (Bytes::new(), false);
    loop {
        step = match step {
            Some(Step::Read { max }) => match outlet.read(up, max).await {
                // Whoever counted the body before: nothing leaves beyond the length that was
                // announced, and nothing less is called complete.
                Ok(Ok(read)) if !fits(&mut left, &read) => {
                    return Sent::ClientFailed(Cause::Odd(Oddity::LengthMalformed));
                }
                Ok(Ok(read)) => {
                    piece = read;
                    let (bytes, end) = (&piece.0, piece.1);
                    exchange.feed(Side::Request, Input::Data { bytes, end })
                }
                Ok(Err(cause)) => return Sent::ClientFailed(cause),
                Err(sent) => return sent,
            },
            Some(Step::Write(Payload::Verbatim)) => {
                write::data(&mut outlet.out, &piece.0, framed, piece.1);
                if (piece.1 || outlet.out.len() >= ONE_WRITE_BYTES_MAX)
                    && let Err(sent) = outlet.flush().await
                {
                    return sent;
                }
                exchange.feed(Side::Request, Input::Written)
            }
            Some(Step::Yield) => return Sent::Whole,
            Some(Step::Reply(Reply::Own(reply))) => return Sent::Refused(reply),
            Some(
                Step::Ask { .. }
                | Step::Commit(_)
                | Step::Forward(..)
                | Step::Reply(Reply::Relay(_))
                | Step::Cut
                | Step::Tunnel(_)
                | Step::Finished(_),
            )
            | None => return Sent::Over,
        };
    }
}
