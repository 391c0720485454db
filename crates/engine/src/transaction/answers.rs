//! The answer half of a transaction where the contract says something of answers: what it is held to, whose it is, and
//! what of it is released.
//!
//! Reads    what the contract of the endpoint says of its answers, each piece of one.
//! Writes   steps, hits and findings; what the answer shows goes to the tables (`outgoing.rs`).
//! Memory   an answer of which it is not known whose it is, at most 64 KiB, within the process's budget.
//! Errors   an answer that is held to something and cannot be read is refused, unless the route lets it pass.

use super::{Response, Transaction};
use crate::described::Departure;
use crate::described_answer::DescribedAnswer;
use crate::issuing::Issuing;
use crate::origin::Authority;
use crate::outgoing::{
    Asked, Done, Found, HELD_BYTES_MAX, Outgoing, Unreadable, change, claimed, unvalued,
};
use crate::reflected::Reflected;
use crate::step::{DATA_BYTES_MAX, Payload, Reply, Step};
use crate::tables::accounts::Link;
use crate::tables::{Room, Tables};
use crate::talk::Talk;
use bartizan_contract::decide::{decide_body, decide_response};
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{ClauseName, Effect, Hit, Mode};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Breach, Finding};
use bartizan_model::head::{Method, RequestHead, ResponseHead};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{FINDINGS_MAX, Outcome, SubjectKind};
use bartizan_model::terms::Resource;
use bytes::{Bytes, BytesMut};

/// Bytes of an answer that was gathered, decoded: of what is longer nothing is looked at.
const LOOKED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// An answer that is not released yet.
#[derive(Debug)]
pub(super) struct Withheld {
    head: ResponseHead,
    pub(super) bytes: BytesMut,
    room: Room,
}

impl Transaction {
    /// Notes what the answer is going to be held to; what the caller's token says of who it is.
    pub(super) fn ask(
        &mut self,
        head: &RequestHead,
        is_graced: bool,
        at: Moment,
    ) -> (Vec<(Resource, u64)>, bool) {
        // A token that is no good says nothing.
        let is_doubted = self.credential_shown.is_doubted();
        let is_declared = !is_doubted && self.on.sees_to_others(head);
        let Some(shown) = self.shown.as_ref().filter(|it| !it.is_empty()) else {
            return (Vec::new(), is_declared);
        };
        let assessment = Assessment::clean(at, self.seen.endpoint);
        let under = (&assessment, &self.on.clauses);
        let is_somebody = self.seen.subject_kind != SubjectKind::AddressAgent;
        let subject = self.seen.subject;
        let mut asked = Asked::of(subject, is_somebody, head, shown, is_graced, under);
        let key = &self.view.rules.key;
        let (claimed, sees_to_others) = match is_doubted {
            true => (Vec::new(), false),
            false => claimed(&head.fields, self.seen.subject, shown, key),
        };
        let sees_to_others = sees_to_others || is_declared;
        asked.claimed.clone_from(&claimed);
        if sees_to_others {
            (asked.owned, asked.sees_to_others) = (Mode::Off, true);
        }
        self.asked = Some(Box::new(asked));
        (claimed, sees_to_others)
    }

    /// Begins to look whether an answer logs somebody in.
    pub(super) fn begin_issuing(&mut self, head: &ResponseHead, at: Moment, tables: &Tables) {
        let is_anonymous = self.seen.subject_kind == SubjectKind::AddressAgent;
        let is_held = is_anonymous && (self.shown.is_some() || self.tenancy.is_some());
        if self.seen.method != Method::Post || self.origin.authority != Authority::Inline {
            return;
        }
        if self.account.is_some() && head.status == 401 {
            tables.accounts().refused(self.seen.endpoint);
        }
        if self.account.is_some() || is_held {
            let (tokens, key) = (&self.view.terms.tokens, &self.view.rules.key);
            self.issuing = Issuing::of(head, tokens, key).map(Box::new);
            self.note_issued(b"", at, tables);
        }
    }

    /// Looks whether an answer has logged somebody in by now. Whoever is logged in is who asked, if that was nobody.
    fn note_issued(&mut self, bytes: &[u8], at: Moment, tables: &Tables) {
        let Some(issuing) = self.issuing.as_mut().filter(|_| self.issued.is_none()) else { return };
        let Some(issued) = issuing.push(bytes, &self.view.rules.key) else { return };
        let credential = issued.subject;
        // A session that goes on is no log-in.
        if self.credential == Some(credential) {
            return;
        }
        let mut subject = credential;
        if let Some(account) = self.account.filter(|_| !issued.is_claim) {
            let link = |credential| Link { credential, account };
            let to_nobody = self.seen.subject_kind == SubjectKind::AddressAgent;
            tables.accounts().issued(self.seen.endpoint, link(credential), to_nobody);
            subject = tables.accounts().of(credential);
            // The session that the log-in came with, if it was nobody's account, was of the same one.
            if let Some(before) = self.session.filter(|_| subject == account) {
                tables.accounts().issued(self.seen.endpoint, link(before), false);
                tables.handed().adopt(account, before, at.mono_ns);
            }
        }
        if let Some((call, holds, _)) = &self.tenancy {
            tables.tenants().succeeded(subject, call, *holds);
        }
        self.issued = Some(subject);
        if self.seen.subject_kind == SubjectKind::AddressAgent {
            self.seen.subject = subject;
        }
    }

    /// Begins to look at an answer of which something is said.
    pub(super) fn begin_outgoing(
        &mut self,
        head: &mut ResponseHead,
        tables: &Tables,
    ) -> Result<(), Unreadable> {
        let Some(shown) = self.shown.clone() else { return Ok(()) };
        let is_inline = self.origin.authority == Authority::Inline;
        let has_body = !self.is_head && self.response != Response::Tunnel;
        let asked = self.asked.take_if(|_| has_body && is_inline);
        let Some(asked) = asked else { return Ok(()) };
        if (200..300).contains(&head.status) {
            asked.teach(tables);
        }
        let code = asked.held_by(&shown);
        match Outgoing::of(head, &shown, *asked) {
            Ok(it) => {
                self.outgoing = it.map(Box::new);
                Ok(())
            }
            // The route says that what cannot be judged passes.
            Err(Unreadable) if self.on.route.fail_open => {
                self.record_hit(Hit { code, effect: Effect::FailedOpen, margin: 0 });
                Ok(())
            }
            Err(Unreadable) => {
                self.record_hit(Hit { code, effect: Effect::Refused, margin: 0 });
                Err(Unreadable)
            }
        }
    }

    /// An answer that is held to something cannot be read.
    pub(super) fn refuse_unread(&mut self, at: Moment) -> Step {
        let code = self.seen.hits.last().map_or(Code::DisclosureData, |it| it.code);
        self.refuse_unsent(code, at)
    }

    /// Says no in place of an answer of which only the head was read.
    pub(super) fn refuse_unsent(&mut self, code: Code, at: Moment) -> Step {
        self.response = Response::AwaitHead;
        self.refuse_late(code, at)
    }

    /// Begins to hold an answer to the description of its API; the code that it is refused for.
    pub(super) fn begin_described(
        &mut self,
        head: &ResponseHead,
        at: Moment,
        tables: &Tables,
    ) -> Option<Code> {
        let has_body = !self.is_head && self.response != Response::Tunnel;
        let is_judged = self.on.clauses.mode(ClauseName::DeclaredAnswer) != Mode::Off;
        let operation = self.operation.take_if(|_| has_body && is_judged)?;
        let (more, departures) = DescribedAnswer::of_head(head, &operation, tables);
        self.described = more.map(Box::new);
        self.depart(departures, at)
    }

    /// Whether nothing may leave before the whole answer was held to its description.
    pub(super) fn withholds_described(&self) -> bool {
        let mode = self.on.clauses.mode(ClauseName::DeclaredAnswer);
        self.described.is_some() && mode == Mode::Enforce
    }

    /// Takes a piece of an answer of which something is described; the code that it is refused for, at its end.
    pub(super) fn push_described(&mut self, bytes: &[u8], end: bool, at: Moment) -> Option<Code> {
        let mut described = self.described.take()?;
        described.push(bytes, end)?;
        if !end {
            self.described = Some(described);
            return None;
        }
        self.depart(described.end(), at)
    }

    /// Records what an answer does not keep; the code that it is refused for.
    fn depart(&mut self, departures: Vec<Departure>, at: Moment) -> Option<Code> {
        if departures.is_empty() {
            return None;
        }
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        for (code, place) in departures {
            let finding = unvalued(code, place);
            if self.seen.findings.len() < FINDINGS_MAX {
                self.seen.findings.push(finding.clone());
            }
            assessment.breaches.push(Breach { finding, mode: Mode::Enforce });
        }
        let (refusal, hits) = decide_body(&assessment, &self.on.clauses);
        self.record_hits(hits);
        refusal.map(|it| it.code)
    }

    /// Passes nothing on, not even the head, until it is known whose the answer is.
    pub(super) fn withhold(&mut self, head: ResponseHead, tables: &Tables) -> Step {
        self.response = Response::Judging;
        let (bytes, room) = (BytesMut::new(), tables.room());
        self.withheld = Some(Box::new(Withheld { head, bytes, room }));
        Step::Read { max: DATA_BYTES_MAX }
    }

    /// Takes a piece of an answer of which it is not known yet whose it is.
    pub(super) fn judge_answer(
        &mut self,
        bytes: &Bytes,
        end: bool,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        if let Some(code) = self.push_described(bytes, end, at) {
            self.withheld = None;
            return self.refuse_answer(code, end);
        }
        if self.gathers_answer() {
            return self.gather_answer(bytes, end, at, tables);
        }
        let released = match self.push_outgoing(bytes, end, at, tables) {
            Some(Ok(released)) => released,
            Some(Err(code)) => {
                self.withheld = None;
                return self.refuse_answer(code, end);
            }
            None => bytes.to_vec(),
        };
        let Some(mut withheld) = self.withheld.take() else { return Step::Cut };
        let has_room = withheld.room.grow(released.len());
        withheld.bytes.extend_from_slice(&released);
        if !end && has_room && withheld.bytes.len() < HELD_BYTES_MAX {
            self.withheld = Some(withheld);
            return Step::Read { max: DATA_BYTES_MAX };
        }
        if let Some(outgoing) = &mut self.outgoing {
            outgoing.stop_waiting();
        }
        // What is too large to be held is not judged.
        self.described = None;
        self.seen.phases.answered_us = at.us_since(self.seen.started);
        let head = withheld.head.clone();
        self.withheld = Some(withheld);
        self.response = Response::Releasing { end };
        Step::Reply(Reply::Relay(head))
    }

    /// Takes a piece of an answer that leaves as it came unless there is something in it that answers did not have.
    fn gather_answer(&mut self, bytes: &Bytes, end: bool, at: Moment, tables: &Tables) -> Step {
        let Some(withheld) = &mut self.withheld else { return Step::Cut };
        let has_room = withheld.room.grow(bytes.len());
        withheld.bytes.extend_from_slice(bytes);
        if !end && has_room && withheld.bytes.len() < HELD_BYTES_MAX {
            return Step::Read { max: DATA_BYTES_MAX };
        }
        self.look_through(end, at, tables)
    }

    /// Looks through what was gathered of an answer. If it has ended, and nothing was masked, it leaves as it came; so does what
    /// cannot be read.
    fn look_through(&mut self, end: bool, at: Moment, tables: &Tables) -> Step {
        let Some(mut withheld) = self.withheld.take() else { return Step::Cut };
        if let Some(outgoing) = &mut self.outgoing {
            outgoing.stop_gathering();
        }
        let (mut out, mut is_read) = (BytesMut::new(), true);
        let pieces = withheld.bytes.chunks(DATA_BYTES_MAX);
        let last = pieces.len().saturating_sub(1);
        for (n, piece) in pieces.enumerate() {
            match self.push_outgoing(piece, end && n == last, at, tables) {
                Some(Ok(released)) if out.len() <= LOOKED_BYTES_MAX => out.extend(released),
                Some(Ok(_) | Err(_)) | None => {
                    is_read = false;
                    break;
                }
            }
        }
        let is_masked = self.outgoing.as_ref().is_some_and(|it| it.has_masked());
        match (is_read, is_masked) {
            // What was found may not leave, and the rest cannot be told.
            (false, true) => return self.refuse_answer(Code::UpstreamMalformed, end),
            (false, false) => self.outgoing = None,
            (true, false) if end => {}
            (true, _) => {
                change(&mut withheld.head);
                withheld.bytes = out;
                self.owed_trailers = None;
            }
        }
        // What is too large to be held is not judged.
        self.described = None;
        self.seen.phases.answered_us = at.us_since(self.seen.started);
        let head = withheld.head.clone();
        self.withheld = Some(withheld);
        self.response = Response::Releasing { end: end && self.owed_trailers.is_none() };
        Step::Reply(Reply::Relay(head))
    }

    /// Nothing more comes for now: what was gathered is released.
    pub(super) fn hurry_answer(&mut self, at: Moment, tables: &Tables) -> Step {
        let gathers = self.gathers_answer() && !self.withholds_described();
        let holds = self.withheld.as_ref().is_some_and(|it| !it.bytes.is_empty());
        match gathers && holds && self.response == Response::Judging {
            true => self.look_through(false, at, tables),
            false => Step::Read { max: DATA_BYTES_MAX },
        }
    }

    /// Passes a piece of an answer on.
    pub(super) fn stream_answer(
        &mut self,
        bytes: &Bytes,
        end: bool,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        self.push_described(bytes, end, at);
        match self.push_outgoing(bytes, end, at, tables) {
            None => {
                self.response = Response::Streaming { end };
                Step::Write(Payload::Verbatim)
            }
            Some(Ok(released)) if released.is_empty() && !end => Step::Read { max: DATA_BYTES_MAX },
            Some(Ok(released)) => {
                self.response = Response::Streaming { end };
                Step::Write(Payload::Held { bytes: released.into(), end })
            }
            Some(Err(code)) => self.refuse_late(code, at),
        }
    }

    /// Begins to look for what the request brought that may run in a browser.
    pub(super) fn begin_reflected(&mut self, head: &ResponseHead) {
        if let Some(streamed) = &mut self.streamed
            && let Some(more) = streamed.suspects.as_mut().filter(|it| !it.is_empty())
        {
            self.suspects.get_or_insert_default().extend(more);
        }
        let has_body = !self.is_head && self.response == (Response::Streaming { end: false });
        let Some(mut suspects) = self.suspects.take().filter(|_| has_body) else { return };
        let is_protected = self.on.route.security_headers;
        self.reflected = Reflected::of(head, &mut suspects, is_protected).map(Box::new);
    }

    /// Takes a piece of an answer that may show it; what is done if it does and is on its way already.
    pub(super) fn look_for_reflected(
        &mut self,
        bytes: &[u8],
        end: bool,
        at: Moment,
    ) -> Option<Step> {
        let reflected = self.reflected.as_mut()?;
        reflected.push(bytes, end);
        let is_on_its_way = matches!(self.response, Response::Judging | Response::Streaming { .. });
        let code = if is_on_its_way { self.note_reflected()? } else { return None };
        let assessment = Assessment::clean(at, self.seen.endpoint);
        let (decision, hits) = decide_response(&[code], &assessment, &self.on.clauses);
        self.record_hits(hits);
        let code = decision.replaced?;
        if self.response == Response::Judging {
            self.withheld = None;
            return Some(self.refuse_answer(code, end));
        }
        Some(self.refuse_late(code, at))
    }

    /// Notes what the answer shows of what the request brought; the code for it.
    pub(super) fn note_reflected(&mut self) -> Option<Code> {
        let place = self.reflected.as_mut()?.shown()?;
        let code = Code::DisclosureReflected;
        if self.seen.findings.len() < FINDINGS_MAX {
            self.seen.findings.push(unvalued(code, place));
        }
        Some(code)
    }

    /// Whether the answer is held until it can be looked through.
    pub(super) fn gathers_answer(&self) -> bool {
        self.outgoing.as_ref().is_some_and(|it| it.gathers())
    }

    /// Whether what is passed on of the answer differs from what came.
    pub(super) fn changes_answer(&self) -> bool {
        self.outgoing.as_ref().is_some_and(|it| it.changes())
    }

    /// Passes on what says not too much as far as it may be.
    pub(super) fn release_outgoing(
        &mut self,
        talk: Box<Talk>,
        end: bool,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        let (head, room) = (talk.head.clone(), tables.room());
        let held = talk.into_held();
        let waits = |it: &Outgoing| it.awaits_owner() || it.gathers();
        self.withheld =
            Some(Box::new(Withheld { head: head.clone(), bytes: BytesMut::new(), room }));
        if self.outgoing.as_deref().is_some_and(waits) || self.withholds_described() {
            self.response = Response::Judging;
            return self.judge_answer(&held, end, at, tables);
        }
        self.push_described(&held, end, at);
        let bytes = match self.push_outgoing(&held, end, at, tables) {
            Some(Ok(released)) => BytesMut::from(released.as_slice()),
            Some(Err(code)) => return self.refuse_answer(code, end),
            None => BytesMut::from(&held[..]),
        };
        if let Some(withheld) = &mut self.withheld {
            withheld.bytes = bytes;
        }
        self.response = Response::Releasing { end: end && self.owed_trailers.is_none() };
        Step::Reply(Reply::Relay(head))
    }

    /// Takes a piece of an answer of which something is said; what may be released of it, where that differs.
    fn push_outgoing(
        &mut self,
        bytes: &[u8],
        end: bool,
        at: Moment,
        tables: &Tables,
    ) -> Option<Result<Vec<u8>, Code>> {
        self.note_issued(bytes, at, tables);
        let mut outgoing = self.outgoing.take()?;
        let mut out = Vec::new();
        let under = (&*self.view.rules, tables, at);
        let by = (&self.on.clauses, self.seen.endpoint);
        let found = outgoing.push(bytes, end, under, by, self.issued, &mut out);
        let is_held = outgoing.changes();
        self.outgoing = Some(outgoing);
        let refused = self.note_found(found, is_held, at);
        match refused {
            Some(code) => {
                self.note_harm(code, at, tables);
                Some(Err(code))
            }
            None => is_held.then_some(Ok(out)),
        }
    }

    /// Records what an answer showed; the code that it is refused for.
    fn note_found(&mut self, found: Found, is_held: bool, at: Moment) -> Option<Code> {
        for (code, place, done) in found.masked {
            let effect = if done == Done::Masked { Effect::Scrubbed } else { Effect::WouldScrub };
            let hit = Hit { code, effect, margin: 0 };
            if !self.seen.hits.contains(&hit) {
                self.record_hit(hit);
            }
            let is_same = |it: &Finding| it.sighting.code == code && it.place == place;
            if !self.seen.findings.iter().any(is_same) && self.seen.findings.len() < FINDINGS_MAX {
                self.seen.findings.push(unvalued(code, place));
            }
        }
        if let Some(breach) = found.foreign
            && !self.seen.hits.iter().any(|it| it.code == Code::OwnerForeign)
        {
            let mut assessment = Assessment::clean(at, self.seen.endpoint);
            if self.seen.findings.len() < FINDINGS_MAX {
                self.seen.findings.push(breach.finding.clone());
            }
            assessment.breaches.push(breach);
            let (refusal, hits) = decide_body(&assessment, &self.on.clauses);
            self.record_hits(hits);
            return refusal.map(|it| it.code);
        }
        // What cannot be decoded any further cannot be changed either.
        (found.is_lost && is_held).then_some(Code::UpstreamMalformed)
    }

    /// Says no in place of an answer of which nothing was said yet. The rest of it, if any, is not read any more.
    fn refuse_answer(&mut self, code: Code, end: bool) -> Step {
        let mut step = self.refuse(code, Outcome::Refused);
        if let Step::Reply(Reply::Own(reply)) = &mut step {
            reply.close |= !end;
        }
        step
    }
}
