//! What comes back: the upstream's response, read strictly and passed on, or a tunnel.
//!
//! Reads    heads and bodies of the upstream, within their limits.
//! Writes   to the client, through its [`Downlink`]; nothing written stays behind while it waits.
//! Memory   a head, and one piece of a body.
//! Misses   a pause inside a response body or a tunnel has no limit; interim responses are dropped.

use super::exchange::{Downlink, Ended, Exchange, SWITCHING, Uplink};
use crate::http1::body::{BodyReader, Malformed, Piece};
use crate::http1::head::{EndFinder, read_response};
use bartizan_engine::step::{
    Cause, DATA_BYTES_MAX, Input, Payload, Reply, Side, Step, UpstreamFault,
};
use bartizan_model::head::{Framing, Method, ResponseHead};
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};

/// Largest head of an upstream's response, in bytes.
const RESPONSE_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Interim responses before the final one.
const INTERIM_MAX: usize = 16;

/// What the upstream sends.
pub(super) struct Answer<'a, 'b> {
    pub(super) reader: &'a mut ReadHalf<'b>,
    pub(super) buffer: &'a mut BytesMut,
}

impl Answer<'_, '_> {
    /// Reads the head of the final response; interim ones are dropped.
    pub(super) async fn head(&mut self, method: Method) -> Result<ResponseHead, UpstreamFault> {
        let limits = Limits { head_bytes_max: RESPONSE_HEAD_BYTES_MAX, ..Limits::default() };
        let limits = Limits { fields_max: 512, ..limits };
        for _ in 0..INTERIM_MAX {
            let mut finder = EndFinder::default();
            let end = loop {
                if let Some(end) = finder.find(self.buffer) {
                    break end;
                }
                if self.buffer.len() > RESPONSE_HEAD_BYTES_MAX {
                    return Err(UpstreamFault::Malformed);
                }
                if self.fill().await? == 0 {
                    return Err(UpstreamFault::Closed);
                }
            };
            let bytes = self.buffer.split_to(end).freeze();
            let head = read_response(bytes, method, &limits).ok_or(UpstreamFault::Malformed)?;
            if head.status >= 200 || head.status == SWITCHING {
                return Ok(head);
            }
        }
        Err(UpstreamFault::Malformed)
    }

    async fn fill(&mut self) -> Result<usize, UpstreamFault> {
        self.buffer.reserve(DATA_BYTES_MAX);
        self.reader.read_buf(self.buffer).await.map_err(|_| UpstreamFault::Closed)
    }
}

/// What a relay may need besides the upstream's answer.
pub(super) struct Sides<'a, 'b, U> {
    /// The client's side, unless it is still sending its body.
    pub(super) up: Option<&'a mut U>,
    /// The way to the upstream, for a tunnel.
    pub(super) writer: Option<&'a mut WriteHalf<'b>>,
}

/// The client's side is busy with its body.
pub(super) const NO_SIDES: Sides<'_, '_, Busy> = Sides { up: None, writer: None };

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
    answer: &mut Answer<'_, '_>,
    body: &mut BodyReader,
    mut sides: Sides<'_, '_, U>,
    down: &mut impl Downlink,
) -> Ended {
    let limits = Limits::default();
    let mut step = exchange.feed(Side::Response, Input::ResponseHead(head));
    let mut piece = (Bytes::new(), false);
    loop {
        step = match step {
            Some(Step::Reply(Reply::Relay(head))) => {
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
            Some(Step::Read { max }) => match body.read(answer.buffer, max, &limits) {
                Ok(Piece::Data(bytes, end)) => {
                    piece = (bytes, end);
                    let (bytes, end) = (&piece.0, piece.1);
                    exchange.feed(Side::Response, Input::Data { bytes, end })
                }
                Ok(Piece::NeedMore) => match more(answer, sides.up.as_deref_mut(), down).await {
                    More::Some => Some(Step::Read { max }),
                    More::End if body.ends_with_connection() => {
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
                },
                Err(Malformed) => {
                    // What was recorded as answered goes out before the connection is cut.
                    down.flush().await.ok();
                    return exchange.upstream_failed(UpstreamFault::Malformed, down).await;
                }
            },
            Some(Step::Write(Payload::Verbatim)) => {
                let written = match down.data(&piece.0, piece.1).await {
                    Ok(()) if piece.1 => down.flush().await,
                    written => written,
                };
                match written {
                    Ok(()) => exchange.feed(Side::Response, Input::Written),
                    Err(cause) => return exchange.client_failed(cause, down).await,
                }
            }
            Some(Step::Tunnel(head)) => {
                return tunnel(exchange, &head, answer, sides, down).await;
            }
            Some(Step::Reply(Reply::Own(reply))) => return exchange.reply(&reply, down).await,
            Some(
                Step::Ask { .. }
                | Step::Commit(_)
                | Step::Forward(..)
                | Step::Yield
                | Step::Cut
                | Step::Finished(_),
            )
            | None => return exchange.ended(),
        };
    }
}

enum More {
    Some,
    End,
    UpstreamFailed(UpstreamFault),
    ClientFailed(Cause),
}

/// Waits for more of a response; nothing written stays behind while it does.
async fn more<U: Uplink>(
    answer: &mut Answer<'_, '_>,
    up: Option<&mut U>,
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
    tokio::select! {
        biased;
        read = answer.fill() => match read {
            Ok(0) => More::End,
            Ok(_) => More::Some,
            Err(fault) => More::UpstreamFailed(fault),
        },
        () = gone => More::ClientFailed(Cause::ClientGone),
    }
}

/// Connects both sides until either closes. Only entered after the upstream's 101.
async fn tunnel<U: Uplink>(
    exchange: &Exchange,
    head: &ResponseHead,
    answer: &mut Answer<'_, '_>,
    sides: Sides<'_, '_, U>,
    down: &mut impl Downlink,
) -> Ended {
    let (Some(up), Some(writer)) = (sides.up, sides.writer) else { return exchange.ended() };
    if down.switch(head).await.is_err() {
        exchange.feed(Side::Request, Input::Abort(Cause::ClientGone));
        return Ended::Cut;
    }
    let to_upstream = async {
        loop {
            let bytes = up.tunnel().await;
            if bytes.is_empty() || writer.write_all(&bytes).await.is_err() {
                return;
            }
            exchange.feed(Side::Request, Input::Data { bytes: &bytes, end: false });
        }
    };
    let to_client = async {
        loop {
            if answer.buffer.is_empty() && !matches!(answer.fill().await, Ok(1..)) {
                return;
            }
            let bytes = answer.buffer.split().freeze();
            exchange.feed(Side::Response, Input::Data { bytes: &bytes, end: false });
            if down.tunnel(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = to_upstream => {}
        () = to_client => {}
    }
    exchange.feed(Side::Response, Input::Data { bytes: &Bytes::new(), end: true });
    Ended::Cut
}
