//! Request bodies that pass piece by piece.
//!
//! What was held of one is examined before anything is forwarded, the rest as it comes. Its end is passed on after the verdict
//! on all of it; a violation on the way ends it.

use super::{Holding, Request, Transaction};
use crate::evidence::Evidence;
use crate::step::{DATA_BYTES_MAX, Payload, Rest, Step};
use crate::tables::Tables;
use bartizan_contract::decide::decide_body;
use bartizan_inspect::body::Format;
use bartizan_model::assessment::Assessment;
use bartizan_model::code::Code;
use bartizan_model::moment::Moment;
use bartizan_model::observation::FINDINGS_MAX;
use bytes::Bytes;

impl Transaction {
    /// Examines what is held of a body that passes from here on.
    pub(super) fn slide(
        &mut self,
        mut holding: Box<Holding>,
        format: Format,
        rest: Rest,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        // Of uploads that came whole each value is looked at.
        let is_looked_at = format == Format::Multipart && rest == Rest::End;
        if !is_looked_at && !matches!(format, Format::Protobuf | Format::Grpc) {
            holding.gathering.is_unpatched();
        }
        let (head, gathering) = (holding.head.head(), &holding.gathering);
        self.streamed = Some(gathering.streamed(format, head, &self.view.rules));
        self.slide_on(holding, 0, rest, at, tables)
    }

    /// Goes on with what is held, from `from` on.
    pub(super) fn slide_on(
        &mut self,
        mut holding: Box<Holding>,
        from: usize,
        rest: Rest,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        let held = holding.body.bytes();
        let to = held.len().min(from.saturating_add(DATA_BYTES_MAX));
        let piece = held.get(from..to).unwrap_or_default();
        let is_whole = to == held.len();
        let end = is_whole && rest == Rest::End;
        if let Some(streamed) = &mut self.streamed {
            // Of uploads, what is held is held to the terms, too.
            match holding.format == Format::Multipart {
                true => holding.gathering.slide(streamed, piece, end, &self.view.rules),
                false => {
                    let assessment = &mut holding.gathering.assessment;
                    streamed.push(piece, end, &self.view.rules.key, assessment);
                }
            }
        }
        if !is_whole {
            self.request = Request::Sliding(holding, to, rest);
            return Step::Yield;
        }
        self.hold_to_named(&mut holding);
        self.decide_held(*holding, rest, at, tables)
    }

    /// A streamed body: its end is passed on only after the verdict on the whole.
    pub(super) fn stream(&mut self, bytes: &Bytes, end: bool, at: Moment, tables: &Tables) -> Step {
        if let Some(evidence) = &mut self.evidence {
            evidence.request_body(bytes);
        }
        let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
        if !is_blank && std::mem::take(&mut self.sniffs_stream) {
            let is_other = Format::Opaque.sniffed(bytes) != Format::Opaque;
            if let Some(step) = self.unexamined(is_other, at) {
                return step;
            }
        }
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        if let Some(streamed) = &mut self.streamed {
            // What is beyond the effort for streams is told, and ends none.
            assessment.fails_open = true;
            streamed.push(bytes, end, &self.view.rules.key, &mut assessment);
        }
        let bytes_max = self.view.rules.limits.body_bytes_max;
        let is_known = |code| self.seen.hits.iter().any(|it| it.code == code);
        if bytes_max != 0 && self.seen.request_body_bytes > bytes_max {
            assessment.violations.push(Code::BodySize);
        }
        let was_large = is_known(Code::BodySize);
        if is_known(Code::ContentUnexamined) {
            assessment.unknown.clear();
        }
        if let Some(code) = self.judge_streamed(assessment, was_large, bytes, at, tables) {
            return self.refuse_late(code, at);
        }
        self.request = Request::Streaming { end };
        Step::Write(Payload::Verbatim)
    }

    /// Judges what a piece shows. The code by which it is refused, if it is.
    fn judge_streamed(
        &mut self,
        mut assessment: Assessment,
        was_large: bool,
        bytes: &Bytes,
        at: Moment,
        tables: &Tables,
    ) -> Option<Code> {
        let (refusal, mut hits) = decide_body(&assessment, &self.on.clauses);
        hits.kept.retain(|it| !(was_large && it.code == Code::BodySize));
        self.seen.oddities.extend(assessment.oddities);
        let has_findings = !assessment.findings.is_empty();
        for finding in assessment.findings.drain(..) {
            match self.seen.findings.len() < FINDINGS_MAX {
                true => self.seen.findings.push(finding),
                false => self.seen.findings_more = self.seen.findings_more.saturating_add(1),
            }
        }
        let is_new = has_findings || !hits.kept.is_empty();
        self.record_hits(hits);
        if is_new {
            self.keep_streamed(bytes, at, tables);
        }
        let code = refusal?.code;
        self.note_harm(code, at, tables);
        Some(code)
    }

    /// Begins a sample with the piece in which something was found.
    fn keep_streamed(&mut self, bytes: &Bytes, at: Moment, tables: &Tables) {
        let Some(head) = self.streamed.as_mut().and_then(|it| it.head.take()) else { return };
        if self.evidence.is_none() {
            self.keep_request(&head, at, tables);
            self.evidence.iter_mut().for_each(|it: &mut Box<Evidence>| it.request_body(bytes));
        }
    }
}
