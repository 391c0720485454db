//! One exchange through the reverse proxy: feed the transaction what happens, do what it says.
//!
//! An adapter: it translates and performs, and holds no rule. The client side is a pair of
//! [`Uplink`] (what the client sends) and [`Downlink`] (what it gets), for HTTP/1 and HTTP/2.

use super::Worker;
use super::copied::{Told, acknowledge, take_in};
use super::deadline::Watch;
use super::relay::{Sides, relay};
use super::streamed::stream;
use super::upstream::Upstream;
use super::upstream::call::{Again, Headed, Link, Message, Receiver, SWITCHING};
use super::upstream::pool::Protocol;
use super::views::View;
use bartizan_contract::permit::Permit;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{BodyPlan, Cause, Input, Reply, Rest, Side, Step, UpstreamFault};
use bartizan_engine::transaction::Transaction;
use bartizan_model::head::{Fields, Framing, Method, RequestHead, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::observation::Outcome;
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// An interim response, before the final one.
    async fn interim(&mut self, head: &ResponseHead) -> Result<(), Cause>;
    /// The end of its body, with trailer fields; `message` stands in for `grpc-message`.
    async fn trailers(&mut self, fields: &Fields, message: Option<&str>) -> Result<(), Cause>;
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
    pub(super) view: Arc<View>,
    transaction: Mutex<Transaction>,
    pub(super) method: Method,
    has_odd_body: bool,
    is_copy: bool,
    ended: Mutex<Option<Ended>>,
}

impl Exchange {
    /// Opens an exchange.
    fn open(
        worker: &Arc<Worker>,
        view: &Arc<View>,
        origin: Origin,
        method: Method,
        framing: Framing,
    ) -> Self {
        let at = worker.shared.clock.now();
        let snapshot = Arc::clone(&view.snapshot);
        let is_copy = origin.authority == Authority::Copy;
        let transaction = Mutex::new(Transaction::open(origin, snapshot, at));
        let view = Arc::clone(view);
        let has_body = !matches!(framing, Framing::None | Framing::Length(0));
        let has_odd_body = has_body && !method.expects_body();
        let (worker, ended) = (Arc::clone(worker), Mutex::new(None));
        Self { worker, view, transaction, method, has_odd_body, is_copy, ended }
    }

    /// Opens an exchange with a head that was read. From here on it leaves an observation, even
    /// if nobody ever drives it.
    pub(super) fn begin(
        worker: &Arc<Worker>,
        view: &Arc<View>,
        origin: Origin,
        head: RequestHead,
    ) -> Begun {
        let exchange = Self::open(worker, view, origin, head.method, head.framing);
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
        let Step::Finished(observation, sample) = step else { return Some(step) };
        let ended = match observation.outcome {
            Outcome::Served | Outcome::Copied => Ended::Cleanly,
            Outcome::Refused
            | Outcome::UpstreamFailed
            | Outcome::Tunnelled
            | Outcome::ClientAborted
            | Outcome::Stopped => Ended::Cut,
        };
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
        self.worker.recorder.leave(observation, sample);
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
        let owed = {
            let at = self.worker.shared.clock.now();
            let mut transaction = self.transaction.lock().unwrap_or_else(PoisonError::into_inner);
            transaction.owed_result(at)
        };
        if let Some(result) = owed {
            // It is a failure that is reported here: one more changes nothing for the client.
            self.worker.recorder.commit(result).await.ok();
        }
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
    // Of a copy, as soon as all of it is there.
    let mut told: Option<Told> = None;
    loop {
        step = match step {
            Some(Step::Read { max }) => match read(up, down, max).await {
                Ok((bytes, end)) => {
                    if end && exchange.is_copy {
                        told = Some(acknowledge(down).await);
                    }
                    exchange.feed(Side::Request, Input::Data { bytes: &bytes, end })
                }
                Err(cause) => return exchange.client_failed(cause, down).await,
            },
            Some(Step::Yield) => {
                tokio::task::yield_now().await;
                exchange.feed(Side::Request, Input::Resume)
            }
            Some(Step::Commit(commitment)) => {
                let result = exchange.worker.recorder.commit(commitment).await;
                exchange.feed(Side::Request, Input::Committed(result))
            }
            Some(Step::Ask { question, .. }) => match question {},
            Some(Step::Forward(_, plan)) if exchange.is_copy => {
                return take_in(&exchange, &plan, told, up, down).await;
            }
            // Its sender was told that it came: what is wrong with it is recorded and no answer.
            Some(Step::Reply(Reply::Own(_))) if told.is_some() => {
                exchange.feed(Side::Response, Input::Written);
                return Ended::AndClose;
            }
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
                Step::Reply(Reply::Relay(_) | Reply::Interim(_))
                | Step::Write(_)
                | Step::Tunnel(_)
                | Step::Close
                | Step::Cut
                | Step::Finished(..),
            )
            | None => return exchange.ended(),
        };
    }
}

pub(super) async fn read(
    up: &mut impl Uplink,
    down: &mut impl Downlink,
    max: usize,
) -> Result<(Bytes, bool), Cause> {
    down.go_on().await?;
    up.read(max).await
}

/// Leaves the observation of a request whose client went away before its head was complete.
pub(super) fn abandoned(worker: &Arc<Worker>, view: &Arc<View>, origin: Origin, method: Method) {
    let exchange = Exchange::open(worker, view, origin, method, Framing::None);
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
    let judged = permit.head();
    let upstream = judged.route().upstream.and_then(|at| exchange.view.upstreams.get(at));
    let Some(upstream) = upstream else {
        return exchange.upstream_failed(UpstreamFault::Unreachable, down).await;
    };
    let target = &upstream.target;
    // A protocol change is a matter of HTTP/1.1.
    let protocol = if target.http2 && judged.head().upgrade().is_none() {
        Protocol::Http2
    } else {
        Protocol::Http1
    };
    let message = match protocol {
        Protocol::Http1 => Some(Message::http1(permit, plan, &target.authority)),
        Protocol::Http2 => Message::http2(permit, plan, &target.authority, target.tls.is_some()),
    };
    let Some(message) = message else {
        return exchange.upstream_failed(UpstreamFault::Malformed, down).await;
    };
    let response_timeout_ms =
        judged.route().response_timeout_ms.unwrap_or(target.response_timeout_ms);
    let way = Route { upstream, protocol, response_timeout_ms };
    if plan.rest == Rest::Stream {
        if let Err(cause) = down.go_on().await {
            return exchange.client_failed(cause, down).await;
        }
        return stream(exchange, &message, &way, up, down, watches).await;
    }
    let may_repeat = judged.head().method.is_idempotent();
    match ask(exchange, &message, &way, may_repeat, up, down, watches).await {
        Ok((link, ended, true)) => {
            exchange.worker.pool.keep(link);
            ended
        }
        Ok((_, ended, false)) => ended,
        Err(Failed::Upstream(fault)) => exchange.upstream_failed(fault, down).await,
        Err(Failed::Client(cause)) => exchange.client_failed(cause, down).await,
    }
}

/// Where an exchange goes, and for how long it may go unanswered.
pub(super) struct Route<'a> {
    pub(super) upstream: &'a Arc<Upstream>,
    pub(super) protocol: Protocol,
    pub(super) response_timeout_ms: u64,
}

enum Failed {
    Upstream(UpstreamFault),
    Client(Cause),
}

impl From<UpstreamFault> for Failed {
    fn from(fault: UpstreamFault) -> Self {
        Self::Upstream(fault)
    }
}

/// Sends a complete request and passes on what comes back. A kept connection that proves dead before
/// it answered anything is replaced once, if the request may be sent twice. Returns the connection,
/// and whether it can serve another exchange.
async fn ask(
    exchange: &Exchange,
    message: &Message,
    way: &Route<'_>,
    may_repeat: bool,
    up: &mut impl Uplink,
    down: &mut impl Downlink,
    watches: &Watches,
) -> Result<(Link, Ended, bool), Failed> {
    let pool = &exchange.worker.pool;
    let may = |receiver: &Receiver<'_>, reused: bool| match receiver.again() {
        Again::Always => true,
        Again::IfIdempotent => may_repeat && reused,
        Again::Never => false,
    };
    let mut repeated = false;
    loop {
        let mut link =
            pool.connect(way.upstream, way.protocol, &watches.response, repeated).await?;
        let (reused, address) = (link.reused, link.lease.address);
        let (mut sender, mut receiver) = link.begin(message)?;
        let mut whole = false;
        let asking = async {
            // An upstream may answer before it has read everything, and close its side then.
            let early = tokio::select! {
                biased;
                sent = sender.message(message) => {
                    whole = sent.is_ok();
                    None
                }
                head = final_head(exchange, &mut receiver, down) => Some(head),
            };
            match early {
                Some(head) => head,
                None => final_head(exchange, &mut receiver, down).await,
            }
        };
        let waited = watches.response.within(way.response_timeout_ms, asking);
        let head = tokio::select! {
            biased;
            head = waited => head.unwrap_or(Err(Failed::Upstream(UpstreamFault::Timeout))),
            () = up.gone() => return Err(Failed::Client(Cause::ClientGone)),
        };
        match head {
            Ok(head) => {
                let now_ms = exchange.worker.shared.clock.coarse_ms();
                way.upstream.balance.answered(address, now_ms);
                let keeps_alive = whole && exchange.may_keep(&head);
                let sides = Sides { up: Some(up), sender: Some(&mut sender) };
                let ended = relay(exchange, head, &mut receiver, sides, down).await;
                let keep = ended == Ended::Cleanly && keeps_alive && receiver.is_done();
                return Ok((link, ended, keep));
            }
            Err(Failed::Upstream(UpstreamFault::Closed)) if !repeated && may(&receiver, reused) => {
                repeated = true;
            }
            Err(failed) => {
                if matches!(failed, Failed::Upstream(UpstreamFault::Timeout)) {
                    link.lease.timed_out(exchange.worker.shared.clock.coarse_ms());
                }
                return Err(failed);
            }
        }
    }
}

/// Waits for the final head; interim ones are passed on.
async fn final_head(
    exchange: &Exchange,
    receiver: &mut Receiver<'_>,
    down: &mut impl Downlink,
) -> Result<ResponseHead, Failed> {
    loop {
        match receiver.head(exchange.method).await? {
            Headed::Final(head) => return Ok(head),
            Headed::Interim(head) => {
                let step = exchange.feed(Side::Response, Input::InterimHead(head));
                // What a client waits for in order to send its body, we have said already.
                if let Some(Step::Reply(Reply::Interim(head))) = step
                    && head.status != 100
                {
                    down.interim(&head).await.map_err(Failed::Client)?;
                }
            }
        }
    }
}
