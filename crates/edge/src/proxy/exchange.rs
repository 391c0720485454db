//! One exchange through the reverse proxy: feed the transaction what happens, do what it says.
//!
//! An adapter: it translates and performs, and holds no rule. The client side is a pair of
//! [`Uplink`] (what the client sends) and [`Downlink`] (what it gets), for HTTP/1 and HTTP/2.

use super::Worker;
use super::deadline::{Elapsed, Watch};
use super::upstream::{Link, Target};
use crate::http1::body::{BodyReader, Malformed, Piece};
use crate::http1::head::{EndFinder, read_response};
use crate::http1::write::{self, Framed};
use bartizan_contract::permit::Permit;
use bartizan_engine::origin::Origin;
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{
    BodyPlan, Cause, DATA_BYTES_MAX, Input, Payload, Reply, Rest, Side, Step, UpstreamFault,
};
use bartizan_engine::transaction::Transaction;
use bartizan_model::head::{Framing, Method, RequestHead, ResponseHead};
use bartizan_model::limits::Limits;
use bartizan_model::observation::Outcome;
use bartizan_model::oddity::Oddity;
use bytes::{Bytes, BytesMut};
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::Notify;

/// Largest head of an upstream's response, in bytes.
const RESPONSE_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Held bodies up to this length are sent in one write with their head.
const ONE_WRITE_BYTES_MAX: usize = 16 * 1024;
/// The status after which a connection speaks no HTTP any more, whoever asked for it.
const SWITCHING: u16 = 101;
/// Interim responses before the final one.
const INTERIM_MAX: usize = 16;

/// What the client sends behind a head.
pub(super) trait Uplink {
    /// The next piece of the body, at most `max` bytes, and whether it was the last.
    async fn read(&mut self, max: usize) -> Result<(Bytes, bool), Cause>;
    /// Returns only when the client has gone away.
    async fn gone(&mut self);
    /// Whether the whole body was read.
    fn is_done(&self) -> bool;
    /// The next bytes of a tunnel; empty at its end.
    async fn tunnel(&mut self) -> Bytes;
}

/// What the client gets.
pub(super) trait Downlink {
    /// Tells a client that waits for it to send its body (`100 Continue`).
    async fn go_on(&mut self) -> Result<(), Cause>;
    /// Begins the upstream's response.
    async fn begin(&mut self, head: &ResponseHead) -> Result<(), Cause>;
    /// A piece of its body.
    async fn data(&mut self, bytes: &Bytes, end: bool) -> Result<(), Cause>;
    /// Hands everything written so far to the kernel.
    async fn flush(&mut self) -> Result<(), Cause>;
    /// The reply to come is the last one on its connection, and says so if it can.
    fn close_after(&mut self);
    /// A complete reply of our own.
    async fn own(&mut self, reply: &OwnReply) -> Result<(), Cause>;
    /// The head that turns the connection into a tunnel.
    async fn switch(&mut self, head: &ResponseHead) -> Result<(), Cause>;
    /// Bytes of a tunnel.
    async fn tunnel(&mut self, bytes: &Bytes) -> Result<(), Cause>;
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ended {
    /// As HTTP demands: another request may follow on the same connection.
    Cleanly,
    /// With a complete reply, but the connection must not be used again.
    AndClose,
    /// In the middle of something: the connection must be cut.
    Cut,
}

/// A transaction and the guard that makes it leave its observation whatever happens.
pub(super) struct Exchange {
    worker: Arc<Worker>,
    transaction: Mutex<Transaction>,
    method: Method,
    ended: Mutex<Option<Ended>>,
}

impl Exchange {
    /// Opens an exchange.
    fn open(worker: &Arc<Worker>, origin: Origin, method: Method) -> Self {
        let view = worker.shared.views.current();
        let at = worker.shared.clock.now();
        let transaction = Mutex::new(Transaction::open(origin, view, at));
        Self { worker: Arc::clone(worker), transaction, method, ended: Mutex::new(None) }
    }

    /// Opens an exchange with a head that was read. From here on it leaves an observation, even
    /// if nobody ever drives it.
    pub(super) fn begin(worker: &Arc<Worker>, origin: Origin, head: RequestHead) -> Begun {
        let exchange = Self::open(worker, origin, head.method);
        let step = exchange.feed(Side::Request, Input::RequestHead(head));
        Begun { exchange, step }
    }

    /// Tells the transaction what happened; `None` when it is over.
    fn feed(&self, side: Side, input: Input<'_>) -> Option<Step> {
        let at = self.worker.shared.clock.now();
        let mut transaction = self.transaction.lock().unwrap_or_else(PoisonError::into_inner);
        let step = transaction.step(side, at, &self.worker.shared.tables, input);
        if let Step::Forward(..) | Step::Commit(_) | Step::Reply(Reply::Own(_)) = step {
            transaction.acted(self.worker.shared.clock.now());
        }
        let Step::Finished(observation) = step else { return Some(step) };
        let ended = match observation.outcome {
            Outcome::Served => Ended::Cleanly,
            Outcome::Refused
            | Outcome::UpstreamFailed
            | Outcome::Tunnelled
            | Outcome::ClientAborted
            | Outcome::Stopped => Ended::Cut,
        };
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
        self.worker.recorder.leave(observation);
        None
    }

    /// Whether the connection can serve another exchange after a response with this head. After
    /// HEAD a careless upstream may still send a body, which would be read as the next response.
    fn may_keep(&self, head: &ResponseHead) -> bool {
        head.keeps_alive && head.status != SWITCHING && self.method != Method::Head
    }

    /// How it ended; an exchange that was not fed to its end is cut.
    fn ended(&self) -> Ended {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(Ended::Cut)
    }

    /// Feeds the failure of the client's side; the exchange may still want to say something.
    async fn client_failed(&self, cause: Cause, down: &mut impl Downlink) -> Ended {
        match self.feed(Side::Request, Input::Abort(cause)) {
            Some(Step::Reply(Reply::Own(reply))) => {
                down.close_after();
                self.reply(&reply, down).await
            }
            _ => Ended::Cut,
        }
    }

    async fn upstream_failed(&self, fault: UpstreamFault, down: &mut impl Downlink) -> Ended {
        match self.feed(Side::Response, Input::UpstreamFailed(fault)) {
            Some(Step::Reply(Reply::Own(reply))) => self.reply(&reply, down).await,
            _ => Ended::Cut,
        }
    }

    async fn reply(&self, reply: &OwnReply, down: &mut impl Downlink) -> Ended {
        let sent = down.own(reply).await;
        match sent {
            Ok(()) => {
                self.feed(Side::Response, Input::Written);
                if reply.close { Ended::AndClose } else { Ended::Cleanly }
            }
            Err(cause) => {
                self.feed(Side::Response, Input::Abort(cause));
                Ended::Cut
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // Cancelled in the middle: by a stop of the process or the end of an HTTP/2 connection.
        let cause =
            if self.worker.sweeper.is_stopping() { Cause::Stopped } else { Cause::ClientGone };
        self.feed(Side::Response, Input::Abort(cause));
    }
}

/// An exchange and the first thing it wants.
pub(super) struct Begun {
    exchange: Exchange,
    step: Option<Step>,
}

/// Two waits of one exchange: one for each direction.
pub(super) struct Watches {
    pub(super) request: Arc<Watch>,
    pub(super) response: Arc<Watch>,
}

/// Serves one request whose head has been read.
pub(super) async fn serve(
    begun: Begun,
    up: &mut impl Uplink,
    down: &mut impl Downlink,
    watches: &Watches,
) -> Ended {
    let Begun { exchange, mut step } = begun;
    loop {
        step = match step {
            Some(Step::Read { max }) => match read(up, down, max).await {
                Ok((bytes, end)) => {
                    exchange.feed(Side::Request, Input::Data { bytes: &bytes, end })
                }
                Err(cause) => return exchange.client_failed(cause, down).await,
            },
            Some(Step::Yield) => {
                tokio::task::yield_now().await;
                exchange.feed(Side::Request, Input::Resume)
            }
            Some(Step::Commit(intent)) => {
                let result = exchange.worker.recorder.commit(intent).await;
                exchange.feed(Side::Request, Input::Committed(result))
            }
            Some(Step::Ask { question, .. }) => match question {},
            Some(Step::Forward(permit, plan)) => {
                return forward(&exchange, &permit, &plan, up, down, watches).await;
            }
            Some(Step::Reply(Reply::Own(reply))) => {
                if !up.is_done() {
                    down.close_after();
                }
                return exchange.reply(&reply, down).await;
            }
            Some(
                Step::Reply(Reply::Relay(_))
                | Step::Write(_)
                | Step::Tunnel(_)
                | Step::Cut
                | Step::Finished(_),
            )
            | None => return exchange.ended(),
        };
    }
}

async fn read(
    up: &mut impl Uplink,
    down: &mut impl Downlink,
    max: usize,
) -> Result<(Bytes, bool), Cause> {
    down.go_on().await?;
    up.read(max).await
}

/// Leaves the observation of a request whose client went away before its head was complete.
pub(super) fn abandoned(worker: &Arc<Worker>, origin: Origin, method: Method) {
    let exchange = Exchange::open(worker, origin, method);
    exchange.feed(Side::Request, Input::Abort(Cause::ClientGone));
}

/// Spends the permit.
async fn forward(
    exchange: &Exchange,
    permit: &Permit,
    plan: &BodyPlan,
    up: &mut impl Uplink,
    down: &mut impl Downlink,
    watches: &Watches,
) -> Ended {
    let manners = exchange.worker.manners();
    let target = &manners.target;
    let framed = Framed::of_request(permit, plan);
    let mut out = BytesMut::new();
    write::request_head(&mut out, permit, framed, &target.authority);
    let is_last = plan.rest != Rest::Stream;
    let body = if plan.held.len() <= ONE_WRITE_BYTES_MAX {
        write::data(&mut out, &plan.held, framed, is_last);
        Bytes::new()
    } else if framed == Framed::Chunked {
        let mut chunk = BytesMut::with_capacity(plan.held.len() + 16);
        write::data(&mut chunk, &plan.held, framed, is_last);
        chunk.freeze()
    } else {
        plan.held.clone()
    };
    let held_bytes = plan.held.len() as u64;
    let message = Message { head: out.freeze(), body, held_bytes };
    if plan.rest == Rest::Stream {
        if let Err(cause) = down.go_on().await {
            return exchange.client_failed(cause, down).await;
        }
        return stream(exchange, &message, framed, target, up, down, watches).await;
    }
    let may_repeat = permit.head().head().method.is_idempotent();
    match ask(exchange, &message, target, may_repeat, up, watches).await {
        Ok(Asked { mut link, head, whole }) => {
            let keeps_alive = whole && exchange.may_keep(&head);
            let (mut reader, mut writer) = link.stream.split();
            let mut answer = Answer { reader: &mut reader, buffer: &mut link.buffer };
            let mut body = BodyReader::new(head.framing);
            let sides = Sides { up: Some(up), writer: Some(&mut writer) };
            let ended = relay(exchange, head, &mut answer, &mut body, sides, down).await;
            if ended == Ended::Cleanly && keeps_alive && body.is_done() {
                exchange.worker.pool.keep(link);
            }
            ended
        }
        Err(Failed::Upstream(fault)) => exchange.upstream_failed(fault, down).await,
        Err(Failed::ClientGone) => exchange.client_failed(Cause::ClientGone, down).await,
    }
}

/// A request as it goes upstream.
struct Message {
    head: Bytes,
    body: Bytes,
    /// Bytes of the body in either, without framing.
    held_bytes: u64,
}

enum Failed {
    Upstream(UpstreamFault),
    ClientGone,
}

impl From<UpstreamFault> for Failed {
    fn from(fault: UpstreamFault) -> Self {
        Self::Upstream(fault)
    }
}

/// A response head, and the connection on which its body follows.
struct Asked {
    link: Link,
    head: ResponseHead,
    /// Whether the upstream took the whole request.
    whole: bool,
}

/// Sends a complete request and waits for the head of its response. A kept connection that proves
/// dead before it answered anything is replaced once, if the request may be sent twice.
async fn ask(
    exchange: &Exchange,
    message: &Message,
    target: &Arc<Target>,
    may_repeat: bool,
    up: &mut impl Uplink,
    watches: &Watches,
) -> Result<Asked, Failed> {
    let pool = &exchange.worker.pool;
    let mut fresh = false;
    loop {
        let mut link = pool.connect(target, &watches.response, fresh).await?;
        let mut whole = false;
        let asking = async {
            let (mut reader, mut writer) = link.stream.split();
            let mut answer = Answer { reader: &mut reader, buffer: &mut link.buffer };
            // An upstream may answer before it has read everything, and close its side then.
            let early = tokio::select! {
                biased;
                sent = message.send(&mut writer) => {
                    whole = sent.is_ok();
                    None
                }
                head = answer.head(exchange.method) => Some(head),
            };
            match early {
                Some(head) => head,
                None => answer.head(exchange.method).await,
            }
        };
        let waited = watches.response.within(target.response_timeout_ms, asking);
        let head = tokio::select! {
            biased;
            head = waited => head.unwrap_or(Err(UpstreamFault::Timeout)),
            () = up.gone() => return Err(Failed::ClientGone),
        };
        match head {
            Ok(head) => return Ok(Asked { link, head, whole }),
            Err(UpstreamFault::Closed)
                if link.reused && may_repeat && link.buffer.is_empty() && !fresh =>
            {
                fresh = true;
            }
            Err(fault) => return Err(Failed::Upstream(fault)),
        }
    }
}

impl Message {
    async fn send(&self, writer: &mut WriteHalf<'_>) -> io::Result<()> {
        writer.write_all(&self.head).await?;
        if self.body.is_empty() { Ok(()) } else { writer.write_all(&self.body).await }
    }
}

/// A request whose body is still arriving: both directions go on at once.
async fn stream<U: Uplink>(
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
    let whole = Notify::new();
    let first = {
        let mut sending =
            pin!(send_all(exchange, message, framed, up, &mut writer, watches, &whole));
        let first = tokio::select! {
            biased;
            head = answer.head(exchange.method) => First::Head(head),
            () = whole.notified() => First::Sent(Sent::Whole),
            sent = &mut sending => First::Sent(sent),
        };
        match first {
            First::Head(Ok(head)) => {
                return both(exchange, head, &mut answer, sending, &whole, down).await;
            }
            other @ (First::Head(Err(_)) | First::Sent(_)) => other,
        }
    };
    let is_whole = matches!(first, First::Sent(Sent::Whole));
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
    whole: &Notify,
    down: &mut impl Downlink,
) -> Ended {
    let mut body = BodyReader::new(head.framing);
    let mut relaying = pin!(relay(exchange, head, answer, &mut body, NO_SIDES, down));
    let mut is_whole = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut relaying => {
                return if is_whole { ended } else { ended.max(Ended::AndClose) };
            }
            () = whole.notified(), if !is_whole => is_whole = true,
            end = &mut sending => match end {
                // What the upstream does not read need not be sent; its answer goes on.
                Sent::Whole | Sent::UpstreamClosed | Sent::UpstreamStalled => {
                    return relaying.await.max(Ended::AndClose);
                }
                Sent::ClientFailed(cause) => {
                    exchange.feed(Side::Request, Input::Abort(cause));
                    return Ended::Cut;
                }
                Sent::Refused(_) | Sent::Over => return Ended::Cut,
            },
        }
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
    whole: &Notify,
) -> Sent {
    let stall_ms = exchange.worker.manners().target.response_timeout_ms;
    match watches.request.within(stall_ms, message.send(writer)).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => return Sent::UpstreamClosed,
        Err(Elapsed) => return Sent::UpstreamStalled,
    }
    let left = match framed {
        Framed::Length(length) => Some(length.saturating_sub(message.held_bytes)),
        Framed::None | Framed::Chunked | Framed::Close => None,
    };
    let sent = send_rest(exchange, framed, left, up, writer, watches).await;
    if !matches!(sent, Sent::Whole) {
        return sent;
    }
    whole.notify_one();
    up.gone().await;
    Sent::ClientFailed(Cause::ClientGone)
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
    left: Option<u64>,
    up: &mut impl Uplink,
    writer: &mut WriteHalf<'_>,
    watches: &Watches,
) -> Sent {
    let mut step = exchange.feed(Side::Request, Input::Written);
    let mut piece = (Bytes::new(), false);
    let mut out = BytesMut::new();
    let mut left = left;
    let stall_ms = exchange.worker.manners().target.response_timeout_ms;
    loop {
        step = match step {
            Some(Step::Read { max }) => match up.read(max).await {
                // Whoever counted the body before: nothing leaves beyond the length that was
                // announced, and nothing less is called complete.
                Ok(read) if !fits(&mut left, &read) => {
                    return Sent::ClientFailed(Cause::Odd(Oddity::LengthMalformed));
                }
                Ok(read) => {
                    piece = read;
                    let (bytes, end) = (&piece.0, piece.1);
                    exchange.feed(Side::Request, Input::Data { bytes, end })
                }
                Err(cause) => return Sent::ClientFailed(cause),
            },
            Some(Step::Write(Payload::Verbatim)) => {
                out.clear();
                write::data(&mut out, &piece.0, framed, piece.1);
                match watches.request.within(stall_ms, writer.write_all(&out)).await {
                    Ok(Ok(())) => exchange.feed(Side::Request, Input::Written),
                    Ok(Err(_)) => return Sent::UpstreamClosed,
                    Err(Elapsed) => return Sent::UpstreamStalled,
                }
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

/// What the upstream sends.
struct Answer<'a, 'b> {
    reader: &'a mut ReadHalf<'b>,
    buffer: &'a mut BytesMut,
}

impl Answer<'_, '_> {
    /// Reads the head of the final response; interim ones are dropped.
    async fn head(&mut self, method: Method) -> Result<ResponseHead, UpstreamFault> {
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
struct Sides<'a, 'b, U> {
    /// The client's side, unless it is still sending its body.
    up: Option<&'a mut U>,
    /// The way to the upstream, for a tunnel.
    writer: Option<&'a mut WriteHalf<'b>>,
}

/// The client's side is busy with its body.
const NO_SIDES: Sides<'_, '_, Busy> = Sides { up: None, writer: None };

/// A client's side that is never there.
enum Busy {}

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
async fn relay<U: Uplink>(
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
            Ok(0) | Err(_) => More::End,
            Ok(_) => More::Some,
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
