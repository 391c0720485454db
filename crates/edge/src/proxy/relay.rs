//! What comes back: the upstream's response, read strictly and passed on, or a tunnel.
//!
//! Reads    bodies of the upstream, through its [`Receiver`].
//! Writes   to the client, through its [`Downlink`]; nothing written stays behind while it waits.
//! Memory   a head, and one piece of a body.
//! Misses   a pause inside a response body or a tunnel has no limit.

use super::exchange::{Downlink, Ended, Exchange, Uplink};
use super::upstream::call::{Receiver, Sender, Taken};
use super::websocket::{Frames, GOING_AWAY, POLICY};
use bartizan_engine::step::{Cause, Input, Payload, Reply, Side, Step, UpstreamFault};
use bartizan_model::head::{Fields, Framing, ResponseHead};
use bytes::Bytes;

/// Milliseconds for which a response is held for what may follow.
const HELD_WAIT_MS: u64 = 500;

/// What a relay may need besides the upstream's answer.
pub(super) struct Sides<'a, 'b, U> {
    /// The client's side, unless it is still sending its body.
    pub(super) up: Option<&'a mut U>,
    /// The way to the upstream, for a tunnel.
    pub(super) sender: Option<&'a mut Sender<'b>>,
}

/// The client's side is busy with its body.
pub(super) const NO_SIDES: Sides<'_, '_, Busy> = Sides { up: None, sender: None };

/// A client's side that is never there.
pub(super) enum Busy {}

impl Uplink for Busy {
    async fn read(&mut self, _: usize) -> Result<(Bytes, bool), Cause> {
        match *self {}
    }
    async fn gone(&mut self) {
        match *self {}
    }
    fn is_done(&self) -> bool {
        match *self {}
    }
    async fn tunnel(&mut self) -> Bytes {
        match *self {}
    }
}

/// Passes a response on.
pub(super) async fn relay<U: Uplink>(
    exchange: &Exchange,
    head: ResponseHead,
    receiver: &mut Receiver<'_>,
    mut sides: Sides<'_, '_, U>,
    down: &mut impl Downlink,
) -> Ended {
    let mut step = exchange.feed(Side::Response, Input::ResponseHead(head));
    let mut piece = (Bytes::new(), false);
    let mut trailers: Option<Fields> = None;
    // Only while nothing of the response was passed on yet.
    let mut is_held = true;
    loop {
        step = match step {
            Some(Step::Reply(Reply::Relay(head))) => {
                is_held = false;
                let is_all = head.framing == Framing::None;
                let begun = match down.begin(&head).await {
                    Ok(()) if is_all => down.flush().await,
                    begun => begun,
                };
                match begun {
                    Ok(()) => exchange.feed(Side::Response, Input::Written),
                    Err(cause) => return exchange.client_failed(cause, down).await,
                }
            }
            Some(Step::Read { max }) => match receiver.take(max).await {
                Ok(Taken::Data(bytes, end)) => {
                    piece = (bytes, end);
                    let (bytes, end) = (&piece.0, piece.1);
                    exchange.feed(Side::Response, Input::Data { bytes, end })
                }
                Ok(Taken::Trailers(fields)) => {
                    let fields = trailers.insert(fields);
                    exchange.feed(Side::Response, Input::Trailers(fields))
                }
                Ok(Taken::NeedMore) => {
                    match more(receiver, &mut sides.up, exchange, is_held, down).await {
                        More::None => exchange.feed(Side::Response, Input::Resume),
                        More::Some => Some(Step::Read { max }),
                        More::End if receiver.ends_with_connection() => {
                            piece = (Bytes::new(), true);
                            let (bytes, end) = (&piece.0, true);
                            exchange.feed(Side::Response, Input::Data { bytes, end })
                        }
                        More::End => {
                            return exchange.upstream_failed(UpstreamFault::Closed, down).await;
                        }
                        // A reset is no end, also where the end of the connection would be one.
                        More::UpstreamFailed(fault) => {
                            return exchange.upstream_failed(fault, down).await;
                        }
                        More::ClientFailed(cause) => {
                            return exchange.client_failed(cause, down).await;
                        }
                    }
                }
                Err(fault) => {
                    // What was recorded as answered goes out before the connection is cut.
                    down.flush().await.ok();
                    return exchange.upstream_failed(fault, down).await;
                }
            },
            Some(Step::Write(payload)) => {
                let (written, end) = match payload {
                    Payload::Verbatim => (down.data(&piece.0, piece.1).await, piece.1),
                    Payload::Held { bytes, end } => (down.data(&bytes, end).await, end),
                    Payload::Trailers { message } => match trailers.take() {
                        Some(fields) => (down.trailers(&fields, message).await, true),
                        None => (down.data(&Bytes::new(), true).await, true),
                    },
                };
                let written = match written {
                    Ok(()) if end => down.flush().await,
                    written => written,
                };
                match written {
                    Ok(()) => exchange.feed(Side::Response, Input::Written),
                    Err(cause) => return exchange.client_failed(cause, down).await,
                }
            }
            Some(Step::Tunnel(head)) => {
                return tunnel(exchange, &head, receiver, sides, down).await;
            }
            Some(Step::Reply(Reply::Own(reply))) => return exchange.reply(&reply, down).await,
            Some(Step::Commit(commitment)) => {
                let result = exchange.worker.recorder.commit(commitment).await;
                exchange.feed(Side::Response, Input::Committed(result))
            }
            Some(
                Step::Ask { .. }
                | Step::Forward(..)
                | Step::Reply(Reply::Interim(_))
                | Step::Yield
                | Step::Close
                | Step::Cut
                | Step::Finished(..),
            )
            | None => {
                // What was let through goes out, also where the rest is not.
                down.flush().await.ok();
                return exchange.ended();
            }
        };
    }
}

enum More {
    Some,
    /// Nothing came for so long that what is held should not wait any more.
    None,
    End,
    UpstreamFailed(UpstreamFault),
    ClientFailed(Cause),
}

/// Waits for more of a response; nothing written stays behind while it does.
async fn more<U: Uplink>(
    receiver: &mut Receiver<'_>,
    up: &mut Option<&mut U>,
    exchange: &Exchange,
    is_held: bool,
    down: &mut impl Downlink,
) -> More {
    if let Err(cause) = down.flush().await {
        return More::ClientFailed(cause);
    }
    let gone = async {
        match up {
            Some(up) => up.gone().await,
            None => std::future::pending().await,
        }
    };
    let patience = async {
        if !is_held {
            std::future::pending::<()>().await;
        }
        let watch = exchange.worker.sweeper.watch();
        watch.within(HELD_WAIT_MS, std::future::pending::<()>()).await.err()
    };
    tokio::select! {
        biased;
        read = receiver.fill() => match read {
            Ok(0) => More::End,
            Ok(_) => More::Some,
            Err(fault) => More::UpstreamFailed(fault),
        },
        () = gone => More::ClientFailed(Cause::ClientGone),
        _ = patience => More::None,
    }
}

/// Connects both sides until either closes. Only entered after the upstream's 101.
async fn tunnel<U: Uplink>(
    exchange: &Exchange,
    head: &ResponseHead,
    receiver: &mut Receiver<'_>,
    sides: Sides<'_, '_, U>,
    down: &mut impl Downlink,
) -> Ended {
    let (Some(up), Some(sender)) = (sides.up, sides.sender) else { return exchange.ended() };
    if down.switch(head).await.is_err() {
        exchange.feed(Side::Request, Input::Abort(Cause::ClientGone));
        return Ended::Cut;
    }
    let to_upstream = async {
        loop {
            let bytes = up.tunnel().await;
            if bytes.is_empty() {
                return Closed::Over;
            }
            match let_through(exchange, Side::Request, bytes) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) if sender.raw(&bytes).await.is_ok() => {}
                Ok(_) => return Closed::Over,
                Err(closed) => return closed,
            }
        }
    };
    let mut frames = Frames::default();
    let to_client = async {
        loop {
            let bytes = receiver.tunnel().await;
            if bytes.is_empty() {
                return Closed::Over;
            }
            let bytes = match let_through(exchange, Side::Response, bytes) {
                Ok(bytes) if bytes.is_empty() => continue,
                Ok(bytes) => bytes,
                Err(closed) => return closed,
            };
            frames.see(&bytes);
            if down.tunnel(&bytes).await.is_err() {
                return Closed::Over;
            }
        }
    };
    let watch = exchange.worker.sweeper.watch();
    let stopped = watch.idle(u64::MAX, std::future::pending::<()>());
    let closed = tokio::select! {
        closed = to_upstream => closed,
        closed = to_client => closed,
        _ = stopped => Closed::Stopped,
    };
    let says = match closed {
        Closed::Over => None,
        Closed::Refused => Some(POLICY),
        Closed::Stopped => Some(GOING_AWAY),
    };
    if let Some(says) = says
        && frames.is_between()
    {
        down.tunnel(&Bytes::from_static(says)).await.ok();
    }
    if closed == Closed::Stopped {
        exchange.feed(Side::Response, Input::Abort(Cause::Stopped));
        return Ended::Cut;
    }
    exchange.feed(Side::Response, Input::Data { bytes: &Bytes::new(), end: true });
    Ended::Cut
}

/// Why a tunnel is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    /// A side is gone.
    Over,
    /// For what was said in it.
    Refused,
    /// The process stops.
    Stopped,
}

/// What of the bytes of one direction goes on now.
fn let_through(exchange: &Exchange, side: Side, bytes: Bytes) -> Result<Bytes, Closed> {
    match exchange.feed(side, Input::Data { bytes: &bytes, end: false }) {
        Some(Step::Write(Payload::Verbatim)) => Ok(bytes),
        Some(Step::Write(Payload::Held { bytes, .. })) => Ok(bytes),
        Some(Step::Read { .. }) => Ok(Bytes::new()),
        Some(Step::Close) => Err(Closed::Refused),
        Some(
            Step::Ask { .. }
            | Step::Commit(_)
            | Step::Forward(..)
            | Step::Write(Payload::Trailers { .. })
            | Step::Reply(_)
            | Step::Cut
            | Step::Tunnel(_)
            | Step::Yield
            | Step::Finished(..),
        )
        | None => Err(Closed::Over),
    }
}
