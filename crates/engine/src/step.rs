//! The language between a transaction and the adapter that drives it.
//!
//! The adapter feeds [`Input`]s and carries out the [`Step`] that each returns. Both directions of
//! an exchange are stepped with their [`Side`]; after [`Step::Forward`] they go independently.

use crate::refusal::OwnReply;
use crate::snapshot::Snapshot;
use crate::tables::Room;
use bartizan_contract::permit::Permit;
use bartizan_model::head::{Fields, RequestHead, ResponseHead};
use bartizan_model::id::{EndpointId, ExchangeId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::oddity::Oddity;
use bartizan_model::sample::Sample;
use bytes::Bytes;
use std::sync::Arc;

/// Largest piece of a body that is handed over at once, in bytes.
pub const DATA_BYTES_MAX: usize = 16 * 1024;

/// Which direction of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Client to upstream.
    Request,
    /// Upstream to client.
    Response,
}

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A request head was read, with whatever was odd about it.
    RequestHead(RequestHead),
    /// A final response head was read.
    ResponseHead(ResponseHead),
    /// The head of an interim response was read (1xx, but not 101).
    InterimHead(ResponseHead),
    /// A piece of a body, at most [`DATA_BYTES_MAX`]; `end` with the last one, which may be empty.
    Data {
        /// The bytes, without their framing.
        bytes: &'a Bytes,
        /// Whether nothing follows.
        end: bool,
    },
    /// The body ended with these trailer fields.
    Trailers(&'a Fields),
    /// The answer to [`Step::Ask`].
    Answer(Answer),
    /// What came of [`Step::Commit`].
    Committed(Result<(), NotCommitted>),
    /// What [`Step::Write`] or [`Step::Reply`] said has been handed to the kernel.
    Written,
    /// Go on after [`Step::Yield`].
    Resume,
    /// A newer snapshot, given to long exchanges.
    View(&'a Arc<Snapshot>),
    /// The answer is given elsewhere and not seen: the request was a copy.
    AnsweredElsewhere,
    /// The upstream failed.
    UpstreamFailed(UpstreamFault),
    /// The exchange cannot go on.
    Abort(Cause),
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Read up to `max` bytes of this side's body and come back with [`Input::Data`].
    Read {
        /// Bytes.
        max: usize,
    },
    /// Ask this elsewhere; come back with [`Input::Answer`] within `within_ms`.
    Ask {
        /// The question.
        question: Question,
        /// Milliseconds until it counts as unanswered.
        within_ms: u64,
    },
    /// Make this durable; come back with [`Input::Committed`] on the same side.
    Commit(Commitment),
    /// Spend the permit on an upstream exchange. After a plan with [`Rest::Stream`] continue this
    /// side with [`Input::Written`]; in any case go on with the response side.
    Forward(Permit, BodyPlan),
    /// Write this to the other side; come back with [`Input::Written`].
    Write(Payload),
    /// Begin the reply to the client; come back with [`Input::Written`] on the response side.
    Reply(Reply),
    /// Cut both connections: what follows would mislead.
    Cut,
    /// The upstream agreed to another protocol: pass its head on, then connect both sides until
    /// either closes, and come back with [`Input::Data`] and `end`.
    Tunnel(ResponseHead),
    /// Close the tunnel for what was said in it: tell the client so, let nothing more through, and come back with
    /// [`Input::Data`] and `end`.
    Close,
    /// Nothing to do now. After work on a large body: let others run, then [`Input::Resume`].
    Yield,
    /// It is over. Given exactly once; with a sample, if there is a reason for one.
    Finished(Box<Observation>, Option<Box<Sample>>),
}

/// Questions to the outside. None is asked yet; the first will be token introspection. The empty
/// set keeps an arm in every adapter, and the compiler proves that none is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {}

/// Answers to [`Question`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// None came in time.
    Unanswered,
}

/// What is made durable before anything else happens, where recording is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commitment {
    /// The exchange is about to be forwarded.
    Intent {
        /// The exchange.
        id: ExchangeId,
        /// When.
        at: Moment,
        /// The endpoint that is about to be called.
        endpoint: EndpointId,
    },
    /// The exchange is about to be answered.
    Result {
        /// The exchange.
        id: ExchangeId,
        /// When.
        at: Moment,
        /// The status that the client is about to see.
        status: u16,
    },
}

/// The commitment could not be made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCommitted;

/// How the body of a forwarded request is sent.
#[derive(Debug)]
pub struct BodyPlan {
    /// What was held and judged, to be sent first.
    pub held: Bytes,
    /// What follows it.
    pub rest: Rest,
    /// The room that `held` takes, given back with it.
    pub room: Option<Room>,
}

/// What follows the held part of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing, and the request has no body at all.
    NoBody,
    /// Nothing: `held` is the whole body.
    End,
    /// The rest is streamed, piece by piece.
    Stream,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The bytes that were just given, as they are; the end too, if it was given with them.
    Verbatim,
    /// These bytes, which were held; `end` if nothing follows.
    Held {
        /// The bytes.
        bytes: Bytes,
        /// Whether nothing follows.
        end: bool,
    },
    /// The end of the body, with those of the trailer fields that were just given which
    /// [`Fields::of_trailers`] yields; with this in place of `grpc-message`, if anything.
    Trailers {
        /// What replaces a message that gave too much away.
        message: Option<&'static str>,
    },
}

/// A reply to the client.
#[derive(Debug)]
pub enum Reply {
    /// The upstream's response; its body follows piece by piece.
    Relay(ResponseHead),
    /// An interim response; go on waiting for the final one, no input comes back.
    Interim(ResponseHead),
    /// Our own, complete.
    Own(OwnReply),
}

/// How an upstream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFault {
    /// No connection.
    Unreachable,
    /// No trust: the TLS handshake failed.
    Tls,
    /// It has as many exchanges in flight as it may have.
    Busy,
    /// It failed so often that it is left alone for a while, in milliseconds.
    CircuitOpen(u64),
    /// It took nothing, or sent no complete response head, in time.
    Timeout,
    /// Not HTTP/1.1.
    Malformed,
    /// Closed too early.
    Closed,
}

/// Why an exchange is aborted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The client went away, or its connection broke.
    ClientGone,
    /// The client's body is malformed or stopped arriving.
    Odd(Oddity),
    /// The process stops, or the adapter dropped the exchange.
    Stopped,
}
