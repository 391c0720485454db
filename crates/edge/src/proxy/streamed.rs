//! A request whose body is still arriving: it is passed on piece by piece, and the upstream may
//! answer before it has ended. Neither direction waits for the other.
//!
//! Reads    the client's body, as the transaction asks for it.
//! Writes   the forwarded request, never more of it than was announced.
//! Memory   one piece of the body, and a head.

use super::deadline::{Elapsed, Watch};
use super::exchange::{Downlink, Ended, Exchange, Route, Uplink, Watches};
use super::relay::{NO_SIDES, Sides, relay};
use super::upstream::call::{Headed, Message, Receiver, Sender};
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{Cause, Input, Payload, Reply, Side, Step, UpstreamFault};
use bartizan_model::head::ResponseHead;
use bartizan_model::oddity::Oddity;
use bytes::Bytes;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::sync::Notify;

/// Forwards a request whose body is still arriving, and passes on what comes back.
pub(super) async fn stream<U: Uplink>(
    exchange: &Exchange,
    message: &Message,
    way: &Route<'_>,
    up: &mut U,
    down: &mut impl Downlink,
    watches: &Watches,
) -> Ended {
    let pool = &exchange.worker.pool;
    let connected = pool.connect(way.upstream, way.protocol, &watches.response, false).await;
    let mut link = match connected {
        Ok(link) => link,
        Err(fault) => return exchange.upstream_failed(fault, down).await,
    };
    let address = link.lease.address;
    let answered = || {
        let now_ms = exchange.worker.shared.clock.coarse_ms();
        way.upstream.balance.answered(address, now_ms);
    };
    let (mut sender, mut receiver) = match link.begin(message) {
        Ok(both) => both,
        Err(fault) => return exchange.upstream_failed(fault, down).await,
    };
    let stall_ms = way.response_timeout_ms;
    let whole = Whole::default();
    let first = {
        let mut sending =
            pin!(send_all(exchange, message, up, (&mut sender, stall_ms), watches, &whole));
        let first = tokio::select! {
            biased;
            head = final_head(exchange, &mut receiver) => First::Head(head),
            () = whole.reached() => First::Sent(Sent::Whole),
            sent = &mut sending => First::Sent(sent),
        };
        match first {
            First::Head(Ok(head)) if !whole.is_reached() => {
                answered();
                return both(exchange, head, &mut receiver, sending, &whole, down).await;
            }
            other @ (First::Head(_) | First::Sent(_)) => other,
        }
    };
    let is_whole = whole.is_reached();
    let head = match first {
        First::Head(head) => head,
        First::Sent(Sent::UpstreamStalled) => Err(UpstreamFault::Timeout),
        First::Sent(Sent::Whole | Sent::UpstreamClosed) => {
            let head = final_head(exchange, &mut receiver);
            tokio::select! {
                biased;
                head = watches.response.within(stall_ms, head) => {
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
            answered();
            let keeps_alive = is_whole && exchange.may_keep(&head);
            let sides = Sides { up: Some(&mut *up), sender: None };
            let ended = relay(exchange, head, &mut receiver, sides, down).await;
            let keep = ended == Ended::Cleanly && keeps_alive && receiver.is_done();
            if keep {
                exchange.worker.pool.keep(link);
            }
            if up.is_done() { ended } else { ended.max(Ended::AndClose) }
        }
        Err(fault) => {
            if fault == UpstreamFault::Timeout {
                link.lease.timed_out(exchange.worker.shared.clock.coarse_ms());
            }
            exchange.upstream_failed(fault, down).await
        }
    }
}

/// Waits for the final head. Interim ones are dropped: the client's side is busy with its body, and
/// what it may wait for in order to send it has been said.
async fn final_head(
    exchange: &Exchange,
    receiver: &mut Receiver<'_>,
) -> Result<ResponseHead, UpstreamFault> {
    loop {
        if let Headed::Final(head) = receiver.head(exchange.method).await? {
            return Ok(head);
        }
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
    receiver: &mut Receiver<'_>,
    mut sending: Pin<&mut impl Future<Output = Sent>>,
    whole: &Whole,
    down: &mut impl Downlink,
) -> Ended {
    let mut relaying = pin!(relay(exchange, head, receiver, NO_SIDES, down));
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
    up: &mut impl Uplink,
    (sender, stall_ms): (&mut Sender<'_>, u64),
    watches: &Watches,
    whole: &Whole,
) -> Sent {
    let mut outlet = Outlet { sender, watch: &watches.request, stall_ms };
    let sent = match outlet.message(message).await {
        Ok(()) => send_rest(exchange, message.left(), up, &mut outlet).await,
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
    sender: &'a mut Sender<'b>,
    watch: &'a Watch,
    stall_ms: u64,
}

impl Outlet<'_, '_> {
    async fn message(&mut self, message: &Message) -> Result<(), Sent> {
        in_time(self.watch, self.stall_ms, self.sender.message(message)).await
    }

    async fn put(&mut self, bytes: &Bytes, end: bool) -> Result<(), Sent> {
        in_time(self.watch, self.stall_ms, self.sender.put(bytes, end)).await
    }

    async fn flush(&mut self) -> Result<(), Sent> {
        in_time(self.watch, self.stall_ms, self.sender.flush()).await
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

async fn in_time(
    watch: &Watch,
    stall_ms: u64,
    sending: impl Future<Output = std::io::Result<()>>,
) -> Result<(), Sent> {
    match watch.within(stall_ms, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Sent::UpstreamClosed),
        Err(Elapsed) => Err(Sent::UpstreamStalled),
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
                if let Err(sent) = outlet.put(&piece.0, piece.1).await {
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
                | Step::Write(Payload::Held { .. } | Payload::Trailers { .. })
                | Step::Reply(Reply::Relay(_) | Reply::Interim(_))
                | Step::Cut
                | Step::Tunnel(_)
                | Step::Close
                | Step::Finished(..),
            )
            | None => return Sent::Over,
        };
    }
}
