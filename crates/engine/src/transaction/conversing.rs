//! Tunnels, and streams of events, whose route has what is said in them examined: a message goes on once it was judged.

use super::{Response, Transaction};
use crate::conversation::{Conversation, Said};
use crate::events::Told;
use crate::outgoing::change;
use crate::step::{DATA_BYTES_MAX, Payload, Step, UpstreamFault};
use crate::tables::Tables;
use bartizan_contract::decide::decide_body;
use bartizan_inspect::content_coding::CodingUnknown;
use bartizan_inspect::websocket::Sender;
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::{ClauseName, Mode};
use bartizan_model::code::Code;
use bartizan_model::head::ResponseHead;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{FINDINGS_MAX, Outcome};
use bytes::Bytes;

impl Transaction {
    pub(super) fn begin_conversation(&mut self, tables: &Tables) {
        if self.on.route.inspect_websocket {
            let (client, server) = (tables.room(), tables.room());
            let content = self.on.clauses.content();
            self.conversation = Some(Box::new(Conversation::new(content, client, server)));
        }
    }

    /// Takes a piece of what one side says in a tunnel.
    pub(super) fn converse(&mut self, sender: Sender, bytes: &Bytes, at: Moment) -> Step {
        let Some(conversation) = &mut self.conversation else {
            return Step::Write(Payload::Verbatim);
        };
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        assessment.fails_open = self.on.route.fail_open;
        let said = conversation.push(sender, bytes, &self.view.rules, assessment);
        let passes = match said {
            Said::Passes(passes) => passes,
            Said::Judged(assessment, passes) => {
                if self.judge_said(*assessment).is_some() {
                    self.conversation = None;
                    self.seen.outcome = Outcome::Refused;
                    return Step::Close;
                }
                passes
            }
        };
        match passes.is_empty() {
            true => Step::Read { max: DATA_BYTES_MAX },
            false => Step::Write(Payload::Held { bytes: passes.into(), end: false }),
        }
    }

    /// Begins to look at the events of an answer; the code that it is refused for, if nobody can read them.
    pub(super) fn begin_events(
        &mut self,
        head: &mut ResponseHead,
        at: Moment,
        tables: &Tables,
    ) -> Option<Code> {
        let is_judged = self.on.clauses.mode(ClauseName::DisclosureErrors) != Mode::Off;
        let has_body = !self.is_head && self.response == (Response::Streaming { end: false });
        if !self.on.route.inspect_events || !is_judged || !has_body {
            return None;
        }
        match Told::of(head, tables.room()) {
            Ok(Some(told)) => {
                if told.is_coded() {
                    change(head);
                }
                // What never ends is not held to be judged as a whole.
                self.described = None;
                self.events = Some(Box::new(told));
                None
            }
            Ok(None) => None,
            Err(CodingUnknown) => {
                let mut assessment = Assessment::clean(at, self.seen.endpoint);
                assessment.fails_open = self.on.route.fail_open;
                assessment.unknown.push((ClauseName::ContentUnexamined, Why::CodingUnknown));
                let (refusal, hits) = decide_body(&assessment, &self.on.clauses);
                self.record_hits(hits);
                refusal.map(|it| it.code)
            }
        }
    }

    /// Takes a piece of a stream of events.
    pub(super) fn tell(&mut self, bytes: &[u8], end: bool, at: Moment) -> Step {
        let Some(told) = &mut self.events else { return Step::Cut };
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        assessment.fails_open = self.on.route.fail_open;
        let mut passes = told.push(bytes, end, &self.view.rules.key, &mut assessment);
        let (is_broken, clean_bytes) = (told.is_broken(), told.clean_bytes());
        if let Some(code) = self.judge_said(assessment) {
            passes.truncate(clean_bytes);
            if passes.is_empty() {
                return self.refuse_late(code, at);
            }
            // What was said before goes on.
            self.ends_with = Some(code);
            return Step::Write(Payload::Held { bytes: passes.into(), end: false });
        }
        if is_broken {
            return self.on_upstream_failed(UpstreamFault::Malformed, at);
        }
        if passes.is_empty() && !end {
            return Step::Read { max: DATA_BYTES_MAX };
        }
        self.response = Response::Streaming { end };
        Step::Write(Payload::Held { bytes: passes.into(), end })
    }

    /// The code for which what was said may not go on. Of each code and effect the first hit is kept: sockets live long.
    fn judge_said(&mut self, mut assessment: Assessment) -> Option<Code> {
        let (refusal, mut hits) = decide_body(&assessment, &self.on.clauses);
        for finding in assessment.findings.drain(..) {
            match self.seen.findings.len() < FINDINGS_MAX {
                true => self.seen.findings.push(finding),
                false => self.seen.findings_more = self.seen.findings_more.saturating_add(1),
            }
        }
        let known = &self.seen.hits;
        hits.kept.retain(|it| !known.iter().any(|of| (of.code, of.effect) == (it.code, it.effect)));
        self.record_hits(hits);
        refusal.map(|it| it.code)
    }
}
