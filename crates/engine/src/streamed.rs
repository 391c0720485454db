//! A request body that passes piece by piece, examined for content on its way.
//!
//! Reads    the pieces, as they come.
//! Writes   what is new in each of them into an assessment: what was told of a place is not told again, unless it is surer.
//! Memory   see [`Sliding`]; at most [`TOLD_MAX`] places, and the head for a sample.
//! Misses   terms of the endpoint and what descriptions say: they speak of whole bodies.

use crate::judge::{ASSESSED_MAX, add, declared_types, examine, usual_at};
use crate::keys::HashKey;
use crate::reflected::Suspects;
use crate::snapshot::Rules;
use bartizan_detect::content::{Effort, FirstLook};
use bartizan_inspect::body::{Format, WalkLimits};
use bartizan_inspect::decoding::Amplification;
use bartizan_inspect::sliding::Sliding;
use bartizan_inspect::value::{PlaceRef, Sink, Value};
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::ClauseName;
use bartizan_model::code::Code;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::evidence::Finding;
use bartizan_model::head::{Framing, RequestHead};
use bartizan_model::oddity::Oddities;
use bartizan_model::place::Place;
use bartizan_model::usual::Indicator;
use std::sync::Arc;

/// Findings that are remembered, so that they are told once.
const TOLD_MAX: usize = ASSESSED_MAX;

/// The body of one request on its way.
#[derive(Debug)]
pub(crate) struct Streamed {
    sliding: Sliding,
    effort: Effort,
    amplification: Amplification,
    content: ContentLevel,
    /// What its fields usually hold that would speak for attacks.
    usual: Option<Arc<[Indicator]>>,
    /// How long it is, where its head says so.
    length: Option<u64>,
    passed: u64,
    told: Vec<(Code, Place, u16)>,
    odd: Oddities,
    is_exhausted: bool,
    /// Values that may run in a browser, where answers are looked through for them.
    pub(crate) suspects: Option<Suspects>,
    /// Kept where a sample may be.
    pub(crate) head: Option<Box<RequestHead>>,
}

impl Streamed {
    /// Begins with the first byte of the body that follows `head`.
    pub(crate) fn new(
        format: Format,
        head: &RequestHead,
        (content, usual): (ContentLevel, Option<Arc<[Indicator]>>),
        suspects: Option<Suspects>,
        rules: &Rules,
    ) -> Self {
        let limits = &rules.limits;
        let walk = WalkLimits { depth_max: limits.depth_max, values_max: limits.values_max };
        let length = match head.framing {
            Framing::Length(length) => Some(length),
            Framing::None | Framing::Delimited | Framing::Close => None,
        };
        Self {
            sliding: Sliding::new(format, walk, Some(&declared_types(head))),
            effort: Effort::new(limits.streamed_suspicious_bytes_max),
            amplification: Amplification::new(limits.streamed_views_bytes_max),
            content,
            usual,
            length,
            passed: 0,
            told: Vec::new(),
            odd: Oddities::NONE,
            is_exhausted: false,
            suspects,
            head: None,
        }
    }

    /// Takes a piece whose values go to `sink`, which judges them by itself.
    pub(crate) fn push_to(&mut self, bytes: &[u8], end: bool, sink: &mut impl Sink) -> Oddities {
        let end = self.is_last(bytes, end);
        self.sliding.push(bytes, end, sink);
        let mut fresh = Oddities::NONE;
        for oddity in self.sliding.oddities().iter().filter(|it| !self.odd.contains(*it)) {
            fresh.insert(oddity);
        }
        self.odd.extend(fresh);
        fresh
    }

    /// Takes a piece, and adds what it shows to `assessment`.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        key: &HashKey,
        assessment: &mut Assessment,
    ) {
        let end = self.is_last(bytes, end);
        let Self { sliding, effort, amplification, content, usual, suspects, .. } = self;
        let mut is_whole = true;
        let from = assessment.findings.len();
        let mut sink = Content {
            effort,
            amplification,
            content: *content,
            usual: usual.as_deref(),
            key,
            assessment,
            is_whole: &mut is_whole,
            suspects: suspects.as_mut(),
        };
        sliding.push(bytes, end, &mut sink);
        for oddity in self.sliding.oddities().iter().filter(|it| !self.odd.contains(*it)) {
            assessment.oddities.insert(oddity);
        }
        self.odd.extend(self.sliding.oddities());
        if !is_whole && !std::mem::replace(&mut self.is_exhausted, true) {
            assessment.unknown.push((ClauseName::ContentUnexamined, Why::TooSuspicious));
        }
        let fresh = assessment.findings.split_off(from.min(assessment.findings.len()));
        assessment.findings.extend(fresh.into_iter().filter(|it| self.is_new(it)));
    }

    /// What its head announces is there: whoever reads by it waits for nothing more.
    fn is_last(&mut self, bytes: &[u8], end: bool) -> bool {
        self.passed = self.passed.saturating_add(bytes.len() as u64);
        end || self.length.is_some_and(|it| self.passed >= it)
    }

    fn is_new(&mut self, finding: &Finding) -> bool {
        let (code, score) = (finding.sighting.code, finding.sighting.score);
        let is_same = |it: &&mut (Code, Place, u16)| it.0 == code && it.1 == finding.place;
        if let Some(told) = self.told.iter_mut().find(is_same) {
            let is_surer = told.2 < score;
            told.2 = told.2.max(score);
            return is_surer;
        }
        // What finds no room is told each time: it is judged in any case.
        if self.told.len() < TOLD_MAX {
            self.told.push((code, finding.place.clone(), score));
        }
        true
    }
}

/// Shows every value to the content detectors, and does nothing else with it.
struct Content<'a> {
    effort: &'a mut Effort,
    amplification: &'a mut Amplification,
    content: ContentLevel,
    usual: Option<&'a [Indicator]>,
    key: &'a HashKey,
    assessment: &'a mut Assessment,
    is_whole: &'a mut bool,
    suspects: Option<&'a mut Suspects>,
}

impl Sink for Content<'_> {
    fn take(&mut self, value: Value<'_>) {
        let first = FirstLook::of(value.text, value.place == PlaceRef::Name);
        let Self { effort, amplification, .. } = self;
        let (mut sightings, mut is_whole) = examine(&first, &[], effort, amplification);
        if !sightings.is_empty() {
            let usual = usual_at(self.usual, value.place);
            if !usual.is_empty() {
                let again = examine(&first, &usual, effort, amplification);
                // Where the effort ends in between, what was seen first counts.
                if again.1 {
                    (sightings, is_whole) = again;
                }
            }
        }
        *self.is_whole &= is_whole;
        if let Some(suspects) = &mut self.suspects {
            suspects.note_seen(&value, &sightings);
        }
        for sighting in sightings {
            let finding = Finding {
                sighting,
                place: value.place.to_place(),
                bytes: u32::try_from(value.text.len()).unwrap_or(u32::MAX),
                value: self.key.value(value.text),
            };
            add(self.assessment, self.content, finding);
        }
    }
}
