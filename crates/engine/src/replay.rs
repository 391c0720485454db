//! The replayer: recorded exchanges through the very transaction that judged them, in memory.
//!
//! Same inputs, same snapshot: the same observation, bit for bit.

use crate::origin::Origin;
use crate::refusal::OwnReply;
use crate::snapshot::Snapshot;
use crate::step::{Cause, DATA_BYTES_MAX, Input, Reply, Rest, Side, Step};
use crate::tables::Tables;
use crate::transaction::Transaction;
use bartizan_model::head::{RequestHead, ResponseHead};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Phases};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// One exchange as it was recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Who supplied it.
    pub origin: Origin,
    /// When its head was complete.
    pub started: Moment,
    /// How long each phase took.
    pub phases: Phases,
    /// The request head as read.
    pub request: RequestHead,
    /// The request body.
    pub request_body: Bytes,
    /// What the upstream answered, if it did.
    pub response: Option<(ResponseHead, Bytes)>,
}

/// What a replay comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// The observation.
    pub observation: Observation,
    /// Our own reply, if the exchange was refused.
    pub refusal: Option<OwnReply>,
    /// The body that was forwarded.
    pub forwarded: Option<Bytes>,
}

/// Replays one exchange under `view`. `None` only if the transaction broke its own protocol.
pub fn replay(recording: &Recording, view: &Arc<Snapshot>, tables: &Tables) -> Option<Replayed> {
    let mut transaction = Transaction::open(recording.origin, Arc::clone(view), recording.started);
    let mut player = Player {
        recording,
        request_left: recording.request_body.clone(),
        response_left: recording.response.as_ref().map(|it| it.1.clone()).unwrap_or_default(),
        refusal: None,
        forwarded: None,
    };
    let mut side = Side::Request;
    let start = recording.started;
    let mut step =
        transaction.step(side, start, tables, Input::RequestHead(recording.request.clone()));
    loop {
        if let Step::Finished(observation, _) = step {
            let Player { refusal, forwarded, .. } = player;
            let forwarded = forwarded.map(BytesMut::freeze);
            return Some(Replayed { observation: *observation, refusal, forwarded });
        }
        match step {
            Step::Commit(_) => transaction.acted(player.at(recording.phases.judged_us)),
            Step::Forward(..) => transaction.acted(player.at(recording.phases.forwarded_us)),
            Step::Reply(Reply::Own(_)) => {
                transaction.acted(player.at(recording.phases.answered_us));
            }
            Step::Read { .. }
            | Step::Ask { .. }
            | Step::Write(_)
            | Step::Reply(Reply::Relay(_) | Reply::Interim(_))
            | Step::Cut
            | Step::Tunnel(_)
            | Step::Close
            | Step::Yield
            | Step::Finished(..) => {}
        }
        let mut piece = Bytes::new();
        let (next_side, at, input) = player.perform(side, step, &mut piece)?;
        side = next_side;
        step = transaction.step(side, at, tables, input);
    }
}

struct Player<'a> {
    recording: &'a Recording,
    request_left: Bytes,
    response_left: Bytes,
    refusal: Option<OwnReply>,
    forwarded: Option<BytesMut>,
}

impl Player<'_> {
    /// Does what `step` says, with the recording for a world.
    fn perform<'b>(
        &mut self,
        side: Side,
        step: Step,
        piece: &'b mut Bytes,
    ) -> Option<(Side, Moment, Input<'b>)> {
        let phases = self.recording.phases;
        let (judged, answered) = (self.at(phases.judged_us), self.at(phases.answered_us));
        let finished = self.at(phases.finished_us);
        Some(match step {
            Step::Read { max } => {
                let left = match side {
                    Side::Request => &mut self.request_left,
                    Side::Response => &mut self.response_left,
                };
                *piece = left.split_to(left.len().min(max).min(DATA_BYTES_MAX));
                let end = left.is_empty();
                let at = if side == Side::Request { judged } else { answered };
                if let Some(forwarded) = &mut self.forwarded
                    && side == Side::Request
                {
                    forwarded.extend_from_slice(piece);
                }
                (side, at, Input::Data { bytes: piece, end })
            }
            Step::Yield if self.forwarded.is_some() => self.answer(),
            Step::Yield if side == Side::Request => (side, judged, Input::Resume),
            Step::Write(_) if side == Side::Request => (side, judged, Input::Written),
            Step::Commit(_) => (side, self.at(phases.forwarded_us), Input::Committed(Ok(()))),
            Step::Forward(_, plan) => {
                self.forwarded = Some(plan.held.into());
                match plan.rest {
                    Rest::NoBody | Rest::End => self.answer(),
                    Rest::Stream => (Side::Request, judged, Input::Written),
                }
            }
            Step::Reply(Reply::Own(reply)) => {
                self.refusal = Some(reply);
                (Side::Response, finished, Input::Written)
            }
            Step::Reply(Reply::Relay(_)) | Step::Write(_) => {
                (Side::Response, finished, Input::Written)
            }
            Step::Tunnel(_) | Step::Close => {
                (Side::Response, finished, Input::Data { bytes: piece, end: true })
            }
            Step::Ask { question, .. } => match question {},
            Step::Reply(Reply::Interim(_)) | Step::Yield | Step::Cut | Step::Finished(..) => {
                return None;
            }
        })
    }

    /// The response, as it was recorded; without one the client went away.
    fn answer<'b>(&self) -> (Side, Moment, Input<'b>) {
        let phases = self.recording.phases;
        match &self.recording.response {
            Some((head, _)) => {
                let head = Input::ResponseHead(head.clone());
                (Side::Response, self.at(phases.answered_us), head)
            }
            None => {
                let gone = Input::Abort(Cause::ClientGone);
                (Side::Response, self.at(phases.finished_us), gone)
            }
        }
    }

    fn at(&self, us: u32) -> Moment {
        let Moment { mono_ns, wall_us } = self.recording.started;
        Moment {
            mono_ns: mono_ns.saturating_add(u64::from(us) * 1_000),
            wall_us: wall_us.saturating_add(u64::from(us)),
        }
    }
}
