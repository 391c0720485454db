//! The decision: the only place in the product where a call is admitted or refused.
//!
//! Reads    an assessment and the clauses in force; weighs modes, exceptions and precedence.
//! Writes   a decision, and one hit for every violated clause.
//! Memory   nothing: the same arguments give the same decision.
//! Misses   nothing of its own; what no detector found and no reader met cannot be refused here.

use crate::clause_set::ClauseSet;
use crate::permit::Permit;
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::{ClauseName, DefaultMode, Effect, Hit, Mode};
use bartizan_model::code::Code;
use bartizan_model::evidence::Finding;
use bartizan_model::judged::JudgedHead;
use bartizan_model::observation::HITS_MAX;
use bartizan_model::place::Place;

/// What is done with a call.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "moved once, and nearly every call is admitted")]
pub enum Decision {
    /// It may be forwarded, as judged.
    Admit(Permit),
    /// It is answered by us.
    Refuse(Refusal),
}

/// A decision not to forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why; the status comes from its table.
    pub code: Code,
}

/// What is done with a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseDecision {
    /// Its body is replaced by a document of our own, for this reason.
    pub replaced: Option<Code>,
    /// The fields that name software are left out.
    pub without_banner: bool,
}

/// The violated clauses of one exchange, at most [`HITS_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// In order of precedence.
    pub kept: Vec<Hit>,
    /// How many more there were.
    pub more: u16,
}

/// Decides one call from its head and everything known of it.
pub fn decide(head: JudgedHead, assessment: &Assessment, clauses: &ClauseSet) -> (Decision, Hits) {
    let (refusal, hits) = weigh(assessment, clauses);
    match refusal {
        Some(refusal) => (Decision::Refuse(refusal), hits),
        None => (Decision::Admit(Permit::new(head)), hits),
    }
}

/// Decides on a body that is being streamed under a permit already spent: `Some` cuts it.
pub fn decide_body(assessment: &Assessment, clauses: &ClauseSet) -> (Option<Refusal>, Hits) {
    weigh(assessment, clauses)
}

/// Decides what of a response may reach the client. `violations` are codes of `disclosure` clauses.
pub fn decide_response(
    violations: &[Code],
    assessment: &Assessment,
    clauses: &ClauseSet,
) -> (ResponseDecision, Hits) {
    let (mut decision, mut hits) = (ResponseDecision::default(), Hits::default());
    for &code in violations {
        let name = code.entry().clause;
        let effect = match clauses.mode(name) {
            Mode::Off => continue,
            _ if clauses.exception(name, assessment, None).is_some() => Effect::Excepted,
            Mode::Observe => Effect::WouldScrub,
            Mode::Enforce => Effect::Scrubbed,
        };
        if effect == Effect::Scrubbed {
            if name == ClauseName::DisclosureBanner {
                decision.without_banner = true;
            } else {
                decision.replaced = decision.replaced.or(Some(code));
            }
        }
        hits.put(Hit { code, effect, margin: 0 });
    }
    (decision, hits)
}

/// Decides what becomes of a field of an answer that a term of its endpoint, held no stricter than `mode`, has masked;
/// `None` if nothing does.
pub fn decide_mask(
    code: Code,
    place: &Place,
    mode: Mode,
    assessment: &Assessment,
    clauses: &ClauseSet,
) -> Option<Effect> {
    let name = code.entry().clause;
    match clauses.mode(name).min(mode) {
        Mode::Off => None,
        _ if clauses.exception(name, assessment, Some(place)).is_some() => Some(Effect::Excepted),
        Mode::Observe => Some(Effect::WouldScrub),
        Mode::Enforce => Some(Effect::Scrubbed),
    }
}

/// How strictly answers are held to a term whose instances are held no stricter than `mode`.
pub fn mode_of(code: Code, mode: Mode, clauses: &ClauseSet) -> Mode {
    clauses.mode(code.entry().clause).min(mode)
}

impl Hits {
    fn put(&mut self, hit: Hit) {
        if self.kept.len() < HITS_MAX {
            self.kept.push(hit);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

/// Codes that say that something was not judged, for want of room.
const fn is_unjudged(code: Code) -> bool {
    matches!(code, Code::LimitHeld | Code::ContentUnexamined | Code::PatchUnexamined)
}

fn weigh(assessment: &Assessment, clauses: &ClauseSet) -> (Option<Refusal>, Hits) {
    let mut scale = Scale { assessment, clauses, refusal: None, hits: Hits::default() };
    // The law first: its codes explain a refusal better than whatever else is wrong.
    let is_law = |code: Code| code.entry().clause.default_mode() == DefaultMode::Law;
    for law in [true, false].into_iter().filter(|_| !assessment.oddities.is_empty()) {
        for oddity in assessment.oddities.iter().filter(|it| is_law(it.code()) == law) {
            scale.put(oddity.code(), None, 0);
        }
    }
    for &code in &assessment.violations {
        scale.put(code, None, 0);
    }
    for finding in &assessment.findings {
        if let Some(margin) = finding.sighting.score.checked_sub(clauses.content().score_min()) {
            scale.put(finding.sighting.code, Some(&finding.place), margin);
        }
    }
    for breach in &assessment.breaches {
        let Finding { sighting, place, .. } = &breach.finding;
        scale.put_within(breach.mode, sighting.code, Some(place), 0);
    }
    // An adapter that cannot see cannot refuse either: replay of logs is advisory.
    let is_unexamined = |why: Why| match why {
        Why::BodyTooLarge | Why::TooSuspicious | Why::CodingUnknown | Why::Binary => true,
        Why::NotSeen => false,
    };
    if assessment.unknown.iter().any(|&(_, why)| is_unexamined(why)) {
        scale.put(Code::ContentUnexamined, None, 0);
    }
    (scale.refusal, scale.hits)
}

struct Scale<'a> {
    assessment: &'a Assessment,
    clauses: &'a ClauseSet,
    refusal: Option<Refusal>,
    hits: Hits,
}

impl Scale<'_> {
    fn put(&mut self, code: Code, place: Option<&Place>, margin: u16) {
        self.put_within(Mode::Enforce, code, place, margin);
    }

    /// The clause is held no stricter than `mode`.
    fn put_within(&mut self, mode: Mode, code: Code, place: Option<&Place>, margin: u16) {
        let name = code.entry().clause;
        let mode = self.clauses.mode(name).min(mode);
        if mode == Mode::Off {
            return;
        }
        let effect = if self.clauses.exception(name, self.assessment, place).is_some() {
            Effect::Excepted
        } else if self.assessment.fails_open && is_unjudged(code) {
            Effect::FailedOpen
        } else if mode == Mode::Observe {
            Effect::WouldRefuse
        } else if self.refusal.is_some() {
            Effect::Overtaken
        } else {
            self.refusal = Some(Refusal { code });
            Effect::Refused
        };
        self.hits.put(Hit { code, effect, margin });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::{Clause, Exception, SetBy};
    use bartizan_model::content_level::ContentLevel;
    use bartizan_model::evidence::{Breach, Fingerprint, Sighting};
    use bartizan_model::head::{Framing, HeadWriter, Version};
    use bartizan_model::id::{EndpointId, KeyedHash};
    use bartizan_model::judged::Client;
    use bartizan_model::moment::Moment;
    use bartizan_model::oddity::Oddity;
    use bartizan_model::route::Route;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    const CAUTIOUS: u16 = ContentLevel::CAUTIOUS.score_min();
    const NOW: Moment = Moment { mono_ns: 0, wall_us: 1_000 };

    fn assessment() -> Assessment {
        Assessment::clean(NOW, EndpointId::of("POST", "/reviews"))
    }

    fn sqli(place: Place, score: u16) -> Finding {
        let sighting = Sighting {
            code: Code::ContentSqlInjection,
            score,
            fingerprint: Fingerprint::default(),
        };
        Finding { sighting, place, bytes: 9, value: KeyedHash(7) }
    }

    fn exception() -> Exception {
        Exception {
            clause: ClauseName::ContentSqli,
            endpoint: Some(EndpointId::of("POST", "/reviews")),
            place: Some(Place::body("$.text")),
            reason: "people review databases".to_owned(),
            expires_us: 1_001,
            set_by: SetBy::File { line: 1, column: 1 },
        }
    }

    /// Decides under `mode` and these exceptions; expects this refusal and these effects.
    #[track_caller]
    fn check(
        assessment: &Assessment,
        mode: Mode,
        exceptions: &[Exception],
        refused: Option<Code>,
        effects: &[Effect],
    ) {
        let clauses = ClauseSet::new(mode, SetBy::Default, &[], exceptions);
        let head = HeadWriter::new().request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let head = JudgedHead::new(head, client, Arc::new(Route::to_everything(0)));
        let (decision, hits) = decide(head, assessment, &clauses);
        let code = match decision {
            Decision::Admit(_) => None,
            Decision::Refuse(refusal) => Some(refusal.code),
        };
        assert_eq!(code, refused);
        assert_eq!(hits.kept.iter().map(|it| it.effect).collect::<Vec<_>>(), effects);
        assert_eq!(decide_body(assessment, &clauses), (refused.map(|code| Refusal { code }), hits));
    }

    #[test]
    fn a_call_that_violates_nothing_is_admitted() {
        check(&assessment(), Mode::Enforce, &[], None, &[]);
    }

    #[test]
    fn a_mask_obeys_its_term_its_clause_and_exceptions() {
        let (it, place) = (assessment(), Place::body("$.text"));
        let code = Code::DisclosureData;
        let of = |mode: Mode, term: Mode, exceptions: &[Exception]| {
            let clause = Clause { name: ClauseName::DisclosureData, mode, set_by: SetBy::Default };
            let set = ClauseSet::new(Mode::Observe, SetBy::Default, &[clause], exceptions);
            decide_mask(code, &place, term, &it, &set)
        };
        assert_eq!(of(Mode::Enforce, Mode::Enforce, &[]), Some(Effect::Scrubbed));
        assert_eq!(of(Mode::Enforce, Mode::Observe, &[]), Some(Effect::WouldScrub));
        assert_eq!(of(Mode::Observe, Mode::Enforce, &[]), Some(Effect::WouldScrub));
        assert_eq!(of(Mode::Off, Mode::Enforce, &[]), None);
        let lifted = Exception { clause: ClauseName::DisclosureData, ..exception() };
        assert_eq!(of(Mode::Enforce, Mode::Enforce, &[lifted]), Some(Effect::Excepted));
    }

    #[test]
    fn the_law_refuses_even_where_everything_is_observed() {
        let mut it = assessment();
        it.oddities.insert(Oddity::LengthAndChunked);
        check(&it, Mode::Observe, &[], Some(Code::FramingLengthAndChunked), &[Effect::Refused]);
        check(&it, Mode::Off, &[], Some(Code::FramingLengthAndChunked), &[Effect::Refused]);
    }

    #[test]
    fn a_baseline_clause_obeys_its_mode() {
        let mut it = assessment();
        it.oddities.insert(Oddity::EncodedSlash);
        check(&it, Mode::Off, &[], None, &[]);
        check(&it, Mode::Observe, &[], None, &[Effect::WouldRefuse]);
        check(&it, Mode::Enforce, &[], Some(Code::PathEncodedSlash), &[Effect::Refused]);
    }

    #[test]
    fn the_law_speaks_first_and_the_rest_is_overtaken() {
        let mut it = assessment();
        it.oddities.insert(Oddity::EncodedSlash);
        it.oddities.insert(Oddity::EncodedNul);
        let effects = [Effect::Refused, Effect::Overtaken];
        check(&it, Mode::Enforce, &[], Some(Code::PathEncodedNul), &effects);
    }

    #[test]
    fn a_finding_violates_its_clause_from_the_limit_on() {
        let mut it = assessment();
        it.findings.push(sqli(Place::Path, CAUTIOUS - 1));
        check(&it, Mode::Enforce, &[], None, &[]);
        it.findings.push(sqli(Place::Path, CAUTIOUS));
        check(&it, Mode::Enforce, &[], Some(Code::ContentSqlInjection), &[Effect::Refused]);
    }

    #[test]
    fn an_exception_lifts_its_clause_at_its_place_until_it_ends() {
        let mut it = assessment();
        it.findings.push(sqli(Place::body("$.text"), 999));
        check(&it, Mode::Enforce, &[exception()], None, &[Effect::Excepted]);

        let refused = Some(Code::ContentSqlInjection);
        let mut late = it.clone();
        late.at.wall_us = 1_001;
        check(&late, Mode::Enforce, &[exception()], refused, &[Effect::Refused]);
        let mut elsewhere = it.clone();
        elsewhere.endpoint = EndpointId::of("POST", "/orders");
        check(&elsewhere, Mode::Enforce, &[exception()], refused, &[Effect::Refused]);
        it.findings.push(sqli(Place::body("$.title"), 999));
        let effects = [Effect::Excepted, Effect::Refused];
        check(&it, Mode::Enforce, &[exception()], refused, &effects);
    }

    #[test]
    fn no_exception_lifts_the_law() {
        let lift = Exception { clause: ClauseName::LawFraming, place: None, ..exception() };
        let mut it = assessment();
        it.oddities.insert(Oddity::Nul);
        check(&it, Mode::Enforce, &[lift], Some(Code::FramingNul), &[Effect::Refused]);
    }

    #[test]
    fn a_term_is_held_as_strictly_as_it_and_its_clause_say() {
        let mut it = assessment();
        let sighting = Sighting {
            code: Code::ShapeReadOnlyField,
            score: 1_000,
            fingerprint: Fingerprint::default(),
        };
        let finding = Finding { sighting, ..sqli(Place::body("$.role"), 1_000) };
        it.breaches.push(Breach { finding, mode: Mode::Observe });
        check(&it, Mode::Enforce, &[], None, &[Effect::WouldRefuse]);
        it.breaches[0].mode = Mode::Enforce;
        let refused = Some(Code::ShapeReadOnlyField);
        // What a person put in force holds whatever the mode of the instance is.
        check(&it, Mode::Observe, &[], refused, &[Effect::Refused]);
        let place = Some(Place::body("$.role"));
        let lift = Exception { clause: ClauseName::ShapeReadOnly, place, ..exception() };
        check(&it, Mode::Enforce, &[lift], None, &[Effect::Excepted]);
        let off = Clause { name: ClauseName::ShapeReadOnly, mode: Mode::Off, set_by: SetBy::Flag };
        let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[off], &[]);
        assert_eq!(decide_body(&it, &clauses), (None, Hits::default()));
    }

    #[test]
    fn what_could_not_be_examined_passes_only_where_the_route_fails_open() {
        let mut it = assessment();
        it.unknown.push((ClauseName::ContentSqli, Why::BodyTooLarge));
        check(&it, Mode::Observe, &[], None, &[Effect::WouldRefuse]);
        let refused = Some(Code::ContentUnexamined);
        check(&it, Mode::Enforce, &[], refused, &[Effect::Refused]);
        it.fails_open = true;
        check(&it, Mode::Enforce, &[], None, &[Effect::FailedOpen]);
        it.violations.push(Code::LimitHeld);
        let effects = [Effect::FailedOpen, Effect::FailedOpen];
        check(&it, Mode::Enforce, &[], None, &effects);
    }

    #[test]
    fn a_talkative_response_is_scrubbed_where_the_clause_is_enforced() {
        let clauses = |mode| ClauseSet::new(mode, SetBy::Default, &[], &[]);
        let codes = [Code::DisclosureBanner, Code::DisclosureStackTrace];
        let (decision, hits) = decide_response(&codes, &assessment(), &clauses(Mode::Enforce));
        assert_eq!(decision.replaced, Some(Code::DisclosureStackTrace));
        assert!(decision.without_banner);
        assert!(hits.kept.iter().all(|it| it.effect == Effect::Scrubbed));
        let (decision, hits) = decide_response(&codes, &assessment(), &clauses(Mode::Observe));
        assert_eq!(decision, ResponseDecision::default());
        assert!(hits.kept.iter().all(|it| it.effect == Effect::WouldScrub));
    }

    #[test]
    fn hits_beyond_the_bound_are_counted() {
        let mut it = assessment();
        it.findings = vec![sqli(Place::Path, 999); HITS_MAX + 2];
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Default, &[], &[]);
        let (_, hits) = decide_body(&it, &clauses);
        assert_eq!((hits.kept.len(), hits.more), (HITS_MAX, 2));
    }
}
