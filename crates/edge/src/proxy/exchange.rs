//! One exchange through the reverse proxy: feed the transaction what happens, do what it says.
//!
//! An adapter: it translates and performs, and holds no rule. The client side is a pair of
//! [`Uplink`] (what the client sends) and [`Downlink`] (what it gets), for HTTP/1 and HTTP/2.

use super::Worker;
use super::deadline::Watch;
use super::relay::{Answer, Sides, relay};
use super::streamed::stream;
use super::upstream::{Link, Target};
use crate::http1::body::BodyReader;
use crate::http1::write::{self, Framed};
use bartizan_contract::permit::Permit;
use bartizan_engine::origin::Origin;
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{BodyPlan, Cause, Input, Reply, Rest, Side, Step, UpstreamFault};
use bartizan_engine::transaction::Transaction;
use bartizan_model::head::{Framing, Method, RequestHead, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::observation::Outcome;
use bytes::{Bytes, BytesMut};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::WriteHalf;

/// Held bodies up to this length are sent in one write with their head.
pub(super) const ONE_WRITE_BYTES_MAX: usize = 16 * 1024;
/// The status after which a connection speaks no HTTP any more, whoever asked for it.
pub(super) const SWITCHING: u16 = 101;

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
    pub(super) worker: Arc<Worker>,
    transaction: Mutex<Transaction>,
    pub(super) method: Method,
    has_odd_body: bool,
    ended: Mutex<Option<Ended>>,
}

impl Exchange {
    /// Opens an exchange.
    fn open(worker: &Arc<Worker>, origin: Origin, method: Method, framing: Framing) -> Self {
        let view = worker.shared.views.current();
        let at = worker.shared.clock.now();
        let transaction = Mutex::new(Transaction::open(origin, view, at));
        let has_body = !matches!(framing, Framing::None | Framing::Length(0));
        let has_odd_body = has_body && !method.expects_body();
        let (worker, ended) = (Arc::clone(worker), Mutex::new(None));
        Self { worker, transaction, method, has_odd_body, ended }
    }

    /// Opens an exchange with a head that was read. From here on it leaves an observation, even
    /// if nobody ever drives it.
    pub(super) fn begin(worker: &Arc<Worker>, origin: Origin, head: RequestHead) -> Begun {
        let exchange = Self::open(worker, origin, head.method, head.framing);
        let step = exchange.feed(Side::Request, Input::RequestHead(head));
        Begun { exchange, step }
    }

    /// Tells the transaction what happened; `None` when it is over.
    pub(super) fn feed(&self, side: Side, input: Input<'_>) -> Option<Step> {
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

    /// Whether the connection can serve another exchange. A careless upstream may send a body where
    /// none may be, and it would be read as the next response; and it may leave a body unread that
    /// its method does not expect, and read it as the next request.
    pub(super) fn may_keep(&self, head: &ResponseHead) -> bool {
        let names_body = |known| head.fields.get(known).is_some_and(|it| it != b"0");
        let is_bare = self.method == Method::Head || matches!(head.status, 204 | 304);
        let may_follow = is_bare
            && (self.method == Method::Head
                || names_body(Known::ContentLength)
                || names_body(Known::TransferEncoding));
        head.keeps_alive && head.status != SWITCHING && !may_follow && !self.has_odd_body
    }

    /// How it ended; an exchange that was not fed to its end is cut.
    pub(super) fn ended(&self) -> Ended {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(Ended::Cut)
    }

    /// Feeds the failure of the client's side; the exchange may still want to say something.
    pub(super) async fn client_failed(&self, cause: Cause, down: &mut impl Downlink) -> Ended {
        match self.feed(Side::Request, Input::Abort(cause)) {
            Some(Step::Reply(Reply::Own(reply))) => {
                down.close_after();
                self.reply(&reply, down).await
            }
            _ => Ended::Cut,
        }
    }

    pub(super) async fn upstream_failed(
        &self,
        fault: UpstreamFault,
        down: &mut impl Downlink,
    ) -> Ended {
        match self.feed(Side::Response, Input::UpstreamFailed(fault)) {
            Some(Step::Reply(Reply::Own(reply))) => self.reply(&reply, down).await,
            _ => Ended::Cut,
        }
    }

    pub(super) async fn reply(&self, reply: &OwnReply, down: &mut impl Downlink) -> Ended {
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
    let exchange = Exchange::open(worker, origin, method, Framing::None);
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
pub(super) struct Message {
    pub(super) head: Bytes,
    pub(super) body: Bytes,
    /// Bytes of the body in either, without framing.
    pub(super) held_bytes: u64,
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
