//! Tunnels whose route has what is said in them examined: a message goes on once it was judged.

use super::Transaction;
use crate::conversation::{Conversation, Said};
use crate::step::{DATA_BYTES_MAX, Payload, Step};
use crate::tables::Tables;
use bartizan_contract::decide::decide_body;
use bartizan_inspect::websocket::Sender;
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{ClauseName, Effect, Hit, Mode};
use bartizan_model::code::Code;
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
        if let Said::Binary(..) = said {
            self.note_binary();
        }
        let passes = match said {
            Said::Passes(passes) => passes,
            Said::Judged(assessment, passes) | Said::Binary(assessment, passes) => {
                if !self.judge_said(*assessment) {
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

    /// Notes, once, that there are messages that nobody reads.
    fn note_binary(&mut self) {
        let hit = Hit { code: Code::ContentUnexamined, effect: Effect::FailedOpen, margin: 0 };
        let is_off = self.on.clauses.mode(ClauseName::ContentUnexamined) == Mode::Off;
        if !is_off
            && !self.seen.hits.iter().any(|it| (it.code, it.effect) == (hit.code, hit.effect))
        {
            self.record_hit(hit);
        }
    }

    /// Whether what was said may go on. Of each code and effect the first hit is kept: sockets live long.
    fn judge_said(&mut self, mut assessment: Assessment) -> bool {
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
        refusal.is_none()
    }
}
