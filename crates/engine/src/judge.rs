//! Gathering: everything the contract needs to know of one request, in one assessment.
//!
//! Reads    the head as received, and the held body.
//! Writes   an [`Assessment`]; detectors add findings, nobody refuses.
//! Memory   at most [`ASSESSED_MAX`] findings, as many breaches of terms, and as many identifiers.

use crate::described::{Departure, Described};
use crate::facts::Collector;
use crate::keys::HashKey;
use crate::log_in::LogIn;
use crate::method_override::{another, names_method};
use crate::patches::{Found, Patching, Unread};
use crate::path_ambiguity;
use crate::reference::{parts, reference};
use crate::reflected::Suspects;
use crate::role::{Stranger, strangers};
use crate::routes::RouteRules;
use crate::snapshot::Rules;
use crate::streamed::Streamed;
use crate::tables::Tables;
use crate::tables::cleared::{self, Cleared, Cost};
use crate::tables::handed::Standing;
use crate::tables::owners::Belongs;
use crate::tables::tenants::Holds;
use crate::terms::{Held, Looked};
use bartizan_detect::content::{Effort, Exhausted, FirstLook, UsualHere};
use bartizan_inspect::body::{Format, Progress, Walk, WalkLimits};
use bartizan_inspect::content_coding::{CodingUnknown, DecodeLimits, Decoder};
use bartizan_inspect::decoding::{Amplification, Extent, may_have_views, views};
use bartizan_inspect::envelope::calls::Calls;
use bartizan_inspect::envelope::json_patch::changes;
use bartizan_inspect::head_values;
use bartizan_inspect::value::{PlaceRef, Sink, Value};
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::{ClauseName, DefaultMode, Mode};
use bartizan_model::code::Code;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::evidence::{Breach, Finding, Fingerprint, Sighting};
use bartizan_model::fact::Forms;
use bartizan_model::head::{Framing, Method, RequestHead};
use bartizan_model::id::{EndpointId, KeyedHash, SubjectId};
use bartizan_model::known::Known;
use bartizan_model::moment::Moment;
use bartizan_model::observation::SubjectKind;
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::place::Place;
use bartizan_model::terms::{Force, Resource};
use bartizan_model::usual::Indicator;
use bartizan_spec::{Description, Match};
use std::sync::Arc;

/// Bytes of a held body that are walked before other exchanges get their turn.
const WALK_BYTES: usize = 16 * 1024;

/// Identifiers of one request that are looked up. That there were more is an oddity.
const NAMED_MAX: usize = 1_024;

/// The clauses that speak of descriptions.
const DECLARED: [ClauseName; 4] = [
    ClauseName::DeclaredOperation,
    ClauseName::DeclaredCredential,
    ClauseName::DeclaredRequest,
    ClauseName::DeclaredAnswer,
];

/// The score of what is not a matter of degree.
const SURE: u16 = 1_000;

/// Findings in different places that one assessment holds.
pub const ASSESSED_MAX: usize = 64;

/// What is gathered of one request, and how its body is to be treated.
#[derive(Debug)]
pub struct Gathering {
    /// What is known so far.
    pub assessment: Assessment,
    pub(crate) collector: Collector,
    /// Whether it logs somebody in.
    pub(crate) log_in: LogIn,
    examines: bool,
    effort: Effort,
    /// From which score on a value counts as an attack.
    content: ContentLevel,
    amplification: Amplification,
    cleared: Arc<Cleared>,
    /// What its fields usually hold that would speak for attacks.
    usual: Option<Arc<[Indicator]>>,
    held: Vec<HeldTo>,
    /// Other methods that the body names.
    pub(crate) methods: Vec<Method>,
    subject: SubjectId,
    /// Notation of texts in the body.
    forms: Forms,
    segments: u8,
    /// The caller showed who it is.
    is_somebody: bool,
    /// It is held to nothing about whose something is.
    sees_to_others: bool,
    /// Its version is too new to be held to habit.
    is_graced: bool,
    over: Over,
    used: Vec<Used>,
    named: Vec<Named>,
    /// What the caller's token says of who it is.
    claimed: Vec<(Resource, u64)>,
    /// All of the body was walked, or there is none.
    is_whole: bool,
    /// What the description of the API says of it.
    described: Vec<Described>,
    /// Calls within an envelope say what is asked for: query and body as such are examined for content only.
    is_envelope: bool,
    /// Identifiers that the request named: its answer does not hand them out.
    pub(crate) references: Vec<u64>,
    /// It names something that its caller was not handed for sure.
    pub(crate) is_ungiven: bool,
    /// The virtual patches that it is held to.
    patching: Patching,
    /// Values that may run in a browser, where answers are looked through for them.
    pub(crate) suspects: Option<Suspects>,
}

/// What the request is held to.
#[derive(Debug)]
struct HeldTo {
    terms: Arc<Held>,
    /// They are of another method, which the request names.
    is_other: bool,
    /// Which of the fields that must be there are.
    present: Vec<bool>,
}

impl HeldTo {
    fn new(terms: Arc<Held>, is_other: bool) -> Self {
        Self { terms, is_other, present: Vec::new() }
    }

    /// What is to be said of a value, of which it is noted that it is there.
    fn look(&mut self, value: &Value<'_>, segment: u8, forms: Forms) -> Looked {
        let mut looked = self.terms.look(value.place, segment, forms, value.text);
        // What names the method is no field of it.
        if self.is_other && looked.fault.is_some() && names_method(value.place) {
            looked.fault = None;
        }
        if let Some(at) = looked.required.map(usize::from) {
            if self.present.len() <= at {
                self.present.resize(at.saturating_add(1), false);
            }
            self.present.get_mut(at).into_iter().for_each(|it| *it = true);
        }
        looked
    }

    /// The fields that must be there and are not, as far as was read, and how strictly.
    fn missing(&self, is_whole: bool) -> Vec<(Place, Force)> {
        let Some((required, force)) = self.terms.required() else { return Vec::new() };
        let is_present = |at: usize| self.present.get(at).copied().unwrap_or_default();
        let was_read = |place: &Place| is_whole || !matches!(place, Place::Body(_));
        let all = required.iter().enumerate();
        let missing = all.filter(|(at, place)| was_read(place) && !is_present(*at));
        missing.map(|(_, place)| (place.clone(), force)).collect()
    }
}

/// An identifier that the request names.
#[derive(Debug)]
struct Used {
    reference: u64,
    mode: Mode,
    place: Place,
    bytes: u32,
    value: KeyedHash,
}

/// An owner that the request names, or an object whose owner may be known.
#[derive(Debug)]
struct Named {
    /// The reference, whether it is that of an object, and what identifies owners.
    of: (u64, bool, Resource),
    mode: Mode,
    place: Place,
    bytes: u32,
    value: KeyedHash,
}

/// The references that a value is: as a whole, and each of those that it lists.
fn references(key: &HashKey, of: Resource, text: &[u8]) -> impl Iterator<Item = u64> {
    std::iter::once(text).chain(parts(text)).filter_map(move |it| reference(key, of, it))
}

/// What a call came over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Over {
    /// The client spoke TLS.
    pub(crate) tls: bool,
    /// It showed a certificate that was verified here.
    pub(crate) certificate: bool,
}

/// Whose call it is, and what it is held to.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) endpoint: EndpointId,
    pub(crate) subject: SubjectId,
    pub(crate) by: SubjectKind,
    /// What is said of its method.
    pub(crate) held: Option<Arc<Held>>,
    /// What is said of those that it names besides.
    pub(crate) others: Vec<Arc<Held>>,
    pub(crate) claimed: Vec<(Resource, u64)>,
    /// By which claims its caller is of a kind that never calls.
    pub(crate) strangers: Vec<Stranger>,
    /// What it came over.
    pub(crate) over: Over,
    pub(crate) sees_to_others: bool,
    pub(crate) is_graced: bool,
    pub(crate) at: Moment,
    /// The head is an envelope already.
    pub(crate) is_envelope: bool,
    /// What the description of the API says of requests; its method, and those that it names besides.
    pub(crate) described: Option<(Arc<Description>, Vec<Method>)>,
    /// The virtual patches of its endpoint.
    pub(crate) patching: Patching,
    /// What its fields usually hold that would speak for attacks.
    pub(crate) usual: Option<Arc<[Indicator]>>,
}

/// What the gathering needs of the body.
#[derive(Debug)]
pub enum Needs {
    /// Nothing: decide now.
    Nothing,
    /// The whole body, read in this format; of an opaque one the beginning, to see whether it is.
    /// With a decoder, once decoded.
    Body(Format, Option<Decoder>),
}

impl Gathering {
    /// Gathers what the head tells.
    pub(crate) fn of_head(
        head: &RequestHead,
        called: Called,
        rules: &Rules,
        on: &RouteRules,
        collector: Collector,
        cleared: Arc<Cleared>,
    ) -> Self {
        let Called {
            endpoint,
            subject,
            by,
            held,
            others,
            claimed,
            strangers,
            over,
            sees_to_others,
            is_graced,
            at,
            is_envelope,
            described,
            patching,
            usual,
        } = called;
        let own = held.into_iter().map(|it| HeldTo::new(it, false));
        let all = own.chain(others.into_iter().map(|it| HeldTo::new(it, true)));
        let held: Vec<HeldTo> = all.filter(|it| it.terms.judges_requests()).collect();
        let mut assessment = Assessment::clean(at, endpoint);
        assessment.oddities = head.oddities;
        assessment.fails_open = on.route.fail_open;
        let mode = |name| on.clauses.mode(name);
        let examines = !held.is_empty()
            || patching.looks_at_values()
            || mode(ClauseName::BaselineBodyParse) != Mode::Off
            || ClauseName::CONTENT.into_iter().any(|name| mode(name) != Mode::Off);
        let effort = Effort::new(rules.limits.suspicious_bytes_max);
        let amplification = Amplification::new(rules.limits.views_bytes_max);
        let mut it = Self {
            assessment,
            collector,
            log_in: LogIn::default(),
            examines,
            effort,
            content: on.clauses.content(),
            amplification,
            cleared,
            usual,
            held,
            methods: Vec::new(),
            subject,
            forms: Forms::PLAIN,
            segments: 0,
            is_somebody: by != SubjectKind::AddressAgent,
            sees_to_others,
            is_graced,
            over,
            used: Vec::new(),
            named: Vec::new(),
            claimed,
            is_whole: matches!(head.framing, Framing::None | Framing::Length(0)),
            described: Vec::new(),
            is_envelope,
            references: Vec::new(),
            is_ungiven: false,
            patching,
            suspects: (mode(ClauseName::DisclosureReflection) != Mode::Off).then(Suspects::default),
        };
        if is_against_the_law(head.oddities) {
            return it;
        }
        it.assessment.oddities.extend(path_ambiguity::judged(head, endpoint, rules, on));
        if mode(ClauseName::BaselineFieldNames) != Mode::Off && head.fields.has_underscores() {
            it.assessment.oddities.insert(Oddity::UnderscoreName);
        }
        match head.method {
            Method::Trace => it.assessment.violations.push(Code::MethodTrace),
            Method::Get
            | Method::Head
            | Method::Post
            | Method::Put
            | Method::Patch
            | Method::Delete
            | Method::Options
            | Method::Connect
            | Method::Other => {}
        }
        if let Framing::Length(length) = head.framing {
            it.count_body(length, rules);
        }
        it.hold_caller(strangers);
        it.patch_head(head, &rules.key);
        let is_judged = DECLARED.into_iter().any(|name| mode(name) != Mode::Off);
        if let Some((description, methods)) = described.filter(|_| is_judged) {
            methods.into_iter().for_each(|method| it.describe(head, method, &description));
        }
        if examines {
            let mut scratch = Vec::new();
            let mut sink = Examiner::new(&mut it, &rules.key);
            let odd = head_values::read(head, rules.limits.values_max, &mut scratch, &mut sink);
            it.assessment.oddities.extend(odd);
        }
        it
    }

    /// What is needed of the body before a decision. Marks what cannot be assessed.
    pub fn needs(&mut self, head: &RequestHead, rules: &Rules, sees_bodies: bool) -> Needs {
        if head.framing == Framing::None || !self.examines {
            return Needs::Nothing;
        }
        let (format, coding) = declared_format(head);
        let coding = match Decoder::of(&coding, decode_limits(rules)) {
            Ok(coding) => coding,
            Err(CodingUnknown) if format == Format::Opaque => None,
            Err(CodingUnknown) => {
                self.is_unknown(Why::CodingUnknown);
                return Needs::Nothing;
            }
        };
        if !sees_bodies {
            if format != Format::Opaque {
                self.is_unknown(Why::NotSeen);
            }
            return Needs::Nothing;
        }
        match head.framing {
            Framing::Length(0) | Framing::None => Needs::Nothing,
            // The beginning tells whether a long text is one that somebody would take apart.
            Framing::Length(length)
                if length > rules.limits.inspect_bytes_max as u64
                    && (format.is_text() && !is_plain_text(head)) =>
            {
                self.is_unknown(Why::BodyTooLarge);
                Needs::Nothing
            }
            Framing::Length(length)
                if length > rules.limits.inspect_bytes_max as u64
                    && (format != Format::Multipart || coding.is_some()) =>
            {
                Needs::Body(Format::Opaque, None)
            }
            Framing::Length(_) | Framing::Delimited | Framing::Close => Needs::Body(format, coding),
        }
    }

    /// Notes that content could not be assessed.
    pub fn is_unknown(&mut self, why: Why) {
        let unknown = (ClauseName::ContentUnexamined, why);
        if !self.assessment.unknown.contains(&unknown) {
            self.assessment.unknown.push(unknown);
        }
    }

    /// Notes how long the body is, or has become.
    pub fn count_body(&mut self, bytes: u64, rules: &Rules) {
        let bytes_max = rules.limits.body_bytes_max;
        let violations = &mut self.assessment.violations;
        if bytes_max != 0 && bytes > bytes_max && !violations.contains(&Code::BodySize) {
            violations.push(Code::BodySize);
        }
    }

    /// A body of this format is about to be walked.
    pub fn body(&mut self, format: Format) {
        self.collector.body(format);
        let is_json = matches!(format, Format::Json | Format::Lenient);
        self.forms = if is_json { Forms::STRING } else { Forms::PLAIN };
    }

    /// Holds the calls within an envelope to the terms, each argument at its place; what the envelope holds is examined for
    /// content only from here on.
    pub(crate) fn calls(&mut self, calls: &Calls, rules: &Rules) {
        self.is_envelope = true;
        if calls.is_more {
            self.assessment.oddities.insert(Oddity::TooManyValues);
        }
        self.arguments(&calls.texts, rules);
    }

    /// Holds what a JSON Patch sets to the terms, each field at its place.
    pub(crate) fn changes(&mut self, head: &RequestHead, body: &[u8], rules: &Rules) {
        let (texts, is_more) = changes(head.fields.get(Known::ContentType), body);
        if is_more {
            self.assessment.oddities.insert(Oddity::TooManyValues);
        }
        if !texts.is_empty() {
            self.arguments(&texts, rules);
        }
    }

    /// Holds the request to what is said of a method that its body names, too: its head, and its body.
    pub(crate) fn hold_also(
        &mut self,
        head: &RequestHead,
        (format, body): (Format, &[u8]),
        (terms, patching): (Option<Arc<Held>>, Patching),
        rules: &Rules,
    ) {
        let terms = terms.filter(|it| it.judges_requests());
        let patching = patching.without(&self.patching);
        if terms.is_none() && patching.is_none() {
            return;
        }
        let strangers = strangers(&head.fields, &terms, &rules.key);
        let terms = terms.into_iter().map(|it| HeldTo::new(it, true)).collect();
        let before = std::mem::replace(&mut self.held, terms);
        let patched = std::mem::replace(&mut self.patching, patching);
        self.hold_caller(strangers);
        self.patch_head(head, &rules.key);
        let segments = std::mem::take(&mut self.segments);
        let mut scratch = Vec::new();
        let mut sink = Holding { gathering: self, key: &rules.key };
        head_values::read(head, rules.limits.values_max, &mut scratch, &mut sink);
        let mut walk = walk(format, Some(head), rules);
        while walk.step(body, WALK_BYTES, &mut sink) == Progress::More {}
        self.segments = segments;
        self.held.splice(0..0, before);
        self.patching.extend(patched);
    }

    fn arguments(&mut self, texts: &[Vec<u8>], rules: &Rules) {
        self.body(Format::Json);
        for text in texts {
            let mut walk = walk(Format::Json, None, rules);
            let mut sink = Arguments { gathering: self, key: &rules.key };
            while walk.step(text, WALK_BYTES, &mut sink) == Progress::More {}
            self.assessment.oddities.extend(walk.oddities());
        }
    }

    /// Holds the head to the description of the API.
    pub(crate) fn describe(
        &mut self,
        head: &RequestHead,
        method: Method,
        description: &Arc<Description>,
    ) {
        let (described, departures) = Described::of_head(head, method, description);
        self.examines |= described.as_ref().is_some_and(Described::needs_body);
        self.described.extend(described);
        self.depart(departures);
    }

    /// What the description of the API says of answers to it: those of its own method.
    pub(crate) fn answers(&self) -> Option<(Arc<Description>, Match)> {
        self.described.first().map(Described::answers)
    }

    /// Holds the whole body to the description of the API.
    pub(crate) fn describe_body(&mut self, text: &[u8]) {
        let departures = self.described.iter().flat_map(|it| it.of_body(text)).collect();
        self.depart(departures);
    }

    fn depart(&mut self, departures: Vec<Departure>) {
        for (code, place) in departures {
            // The mode is that of the clause.
            self.breach(code, Mode::Enforce, (place, 0, KeyedHash(0)));
        }
    }

    /// Holds the caller to showing a credential, and to being of a kind that calls.
    fn hold_caller(&mut self, strangers: Vec<Stranger>) {
        let force = self.held.iter().filter_map(|it| it.terms.credential()).max();
        if let Some(force) = force.filter(|_| !self.is_somebody) {
            let place = Place::header(b"authorization");
            let mode = force.mode(self.subject);
            self.breach(Code::CredentialMissing, mode, (place, 0, KeyedHash(0)));
        }
        let faults = self.held.iter().filter_map(|it| it.terms.tls()).filter_map(|it| {
            let code = match it.0 {
                _ if !self.over.tls => Code::TransportPlain,
                true if !self.over.certificate => Code::TransportNoCertificate,
                true | false => return None,
            };
            Some((code, it.1))
        });
        for (code, force) in faults.collect::<Vec<_>>() {
            self.breach(code, force.mode(self.subject), (Place::Name, 0, KeyedHash(0)));
        }
        for it in strangers {
            let mode = it.force.mode(self.subject);
            self.breach(Code::RoleForeign, mode, (it.place, it.bytes, it.value));
        }
    }

    /// Looks which fields are missing, as far as what was read tells.
    fn look_for_missing(&mut self) {
        let missing = self.held.iter().flat_map(|it| it.missing(self.is_whole));
        let missing: Vec<_> = missing.collect();
        for (place, force) in missing {
            let mode = force.mode(self.subject);
            self.breach(Code::ShapeMissingField, mode, (place, 0, KeyedHash(0)));
        }
    }

    /// Whether the caller was handed what the head names, leaving out what stands at one place.
    pub(crate) fn holds_beside(&self, place: &Place, tables: &Tables) -> Holds {
        let (handed, at) = (tables.handed(), self.assessment.at.mono_ns);
        let mut holds = None;
        for it in self.used.iter().filter(|it| it.place != *place) {
            let next = match handed.standing(self.subject, it.reference, at) {
                Standing::Foreign | Standing::Nobodys => return Holds::Ungiven,
                Standing::Given if holds != Some(Holds::Unknown) => Holds::Given,
                Standing::Given | Standing::Unknown => Holds::Unknown,
                Standing::Common => continue,
            };
            holds = Some(next);
        }
        holds.unwrap_or(Holds::Unknown)
    }

    /// Looks up whose the identifiers are that were named. Whether one of them is another's.
    pub(crate) fn stand(&mut self, tables: &Tables) -> bool {
        self.look_for_missing();
        self.end_patching();
        let handed = tables.handed();
        let mut is_foreign = self.look_for_owners(tables);
        for it in std::mem::take(&mut self.used) {
            let Used { reference, mode, place, bytes, value } = it;
            self.references.push(reference);
            let standing = handed.standing(self.subject, reference, self.assessment.at.mono_ns);
            self.is_ungiven |= matches!(standing, Standing::Foreign | Standing::Nobodys);
            if standing == Standing::Foreign && !self.sees_to_others {
                is_foreign = true;
                self.breach(Code::ReferenceForeign, mode, (place, bytes, value));
            }
        }
        is_foreign
    }

    /// Whether an owner is named who is not the caller, or an object of one.
    fn look_for_owners(&mut self, tables: &Tables) -> bool {
        let mut is_foreign = false;
        for it in std::mem::take(&mut self.named) {
            let (reference, is_object, owners) = it.of;
            // What was handed to the caller may be shared with it, or its own by now.
            let at = self.assessment.at.mono_ns;
            let is_given =
                || tables.handed().standing(self.subject, reference, at) == Standing::Given;
            let owner = match is_object {
                true => tables.owners().owner_of(reference).filter(|_| !is_given()),
                false => Some(reference),
            };
            let Some(owner) = owner else { continue };
            let claimed = self.claimed.iter().filter(|of| of.0 == owners).map(|of| of.1);
            let claimed: Vec<u64> = claimed.collect();
            let belongs = tables.owners().belongs_by(self.subject, owners, owner, &claimed);
            if belongs == Belongs::Foreign {
                is_foreign = true;
                let what = (it.place, it.bytes, it.value);
                self.breach(Code::OwnerForeignRequest, it.mode, what);
            }
        }
        is_foreign
    }

    /// Holds a value to the terms of the endpoint.
    fn hold(&mut self, value: &Value<'_>, forms: Forms, key: &HashKey) {
        if value.place == PlaceRef::Path {
            self.segments = self.segments.saturating_add(1);
        }
        if self.held.is_empty() {
            return;
        }
        for at in 0..self.held.len() {
            let segment = self.segments;
            let looked = self.held.get_mut(at).map(|it| it.look(value, segment, forms));
            if let Some(looked) = looked {
                self.note(looked, value, key);
            }
        }
    }

    /// Notes what is to be said of a value.
    fn note(&mut self, looked: Looked, value: &Value<'_>, key: &HashKey) {
        let Looked { fault, resource, belongs, .. } = looked;
        if fault.is_none() && resource.is_none() && belongs.is_none() {
            return;
        }
        let bytes = bytes(value.text);
        let is_segment = value.place == PlaceRef::Path;
        let place = if is_segment { Place::Segment(self.segments) } else { value.place.to_place() };
        let hash = key.value(value.text);
        if let Some((resource, force)) = resource
            && self.is_somebody
        {
            let mode = force.mode(self.subject);
            for reference in references(key, resource, value.text) {
                if self.used.len() >= NAMED_MAX {
                    self.assessment.oddities.insert(Oddity::TooManyValues);
                    break;
                }
                let place = place.clone();
                self.used.push(Used { reference, mode, place, bytes, value: hash });
            }
        }
        if let Some((objects, owners, force)) = belongs
            && self.is_somebody
            && !self.sees_to_others
        {
            let (mode, is_object) = (force.mode(self.subject), objects.is_some());
            for reference in references(key, objects.unwrap_or(owners), value.text) {
                if self.named.len() >= NAMED_MAX {
                    self.assessment.oddities.insert(Oddity::TooManyValues);
                    break;
                }
                let place = place.clone();
                let of = (reference, is_object, owners);
                self.named.push(Named { of, mode, place, bytes, value: hash });
            }
        }
        if let Some(fault) = fault {
            let (code, force) = fault.code();
            self.breach(code, force.mode(self.subject), (place, bytes, hash));
        }
    }

    /// Holds method, target and fields to the virtual patches.
    fn patch_head(&mut self, head: &RequestHead, key: &HashKey) {
        if self.patching.is_none() {
            return;
        }
        let mut all = Vec::new();
        self.patching.look_at_head(head, &mut |found, text| {
            all.push((found, bytes(text), key.value(text)));
        });
        all.into_iter().for_each(|(found, bytes, value)| self.patched(found, bytes, value));
    }

    /// Holds a value to the virtual patches. Their readings are none of content detection, which knows values that are clear.
    fn patch(&mut self, value: &Value<'_>, forms: Forms, key: &HashKey) {
        if self.patching.is_none() {
            return;
        }
        for found in self.patching.look(value, self.segments, forms) {
            self.patched(found, bytes(value.text), key.value(value.text));
        }
    }

    /// Keeps one breach for each patch and place. When there is no room, one that is only observed makes it.
    fn patched(&mut self, found: Found, bytes: u32, value: KeyedHash) {
        let Found { code, mark, mode, place } = found;
        let sighting = Sighting { code, score: SURE, fingerprint: mark };
        let breach = Breach { finding: Finding { sighting, place, bytes, value }, mode };
        let all = &mut self.assessment.breaches;
        let is_same = |it: &Breach| {
            it.finding.sighting == breach.finding.sighting
                && it.finding.place == breach.finding.place
        };
        if all.iter().any(is_same) {
        } else if all.len() < ASSESSED_MAX {
            all.push(breach);
        } else if let Some(weaker) = all.iter_mut().find(|it| it.mode < mode) {
            *weaker = breach;
        }
    }

    /// Notes that a body is too long for virtual patches.
    pub(crate) fn is_unpatched(&mut self) {
        self.patching.is_cut();
    }

    /// Looks what virtual patches miss, and which of them could not look at everything.
    fn end_patching(&mut self) {
        if self.patching.is_none() {
            return;
        }
        let has = |all: &[Oddity]| all.iter().any(|it| self.assessment.oddities.contains(*it));
        let is_unread = |why: Why| match why {
            Why::BodyTooLarge | Why::CodingUnknown | Why::Binary => true,
            // Each patch notes itself whether it saw everything; what cannot see cannot refuse.
            Why::TooSuspicious | Why::NotSeen => false,
        };
        let unread = Unread {
            more: has(&[Oddity::TooManyValues, Oddity::JsonDepth]),
            body: has(&[Oddity::CodingMalformed, Oddity::CodingTooLarge])
                || self.assessment.unknown.iter().any(|it| is_unread(it.1)),
            fields_of_body: has(&[Oddity::JsonMalformed, Oddity::MultipartMalformed]),
        };
        for found in self.patching.finish(unread, self.is_whole) {
            self.patched(found, 0, KeyedHash(0));
        }
    }

    /// Habit is observed of what is too new to have any.
    fn strictness(&self, code: Code, mode: Mode) -> Mode {
        let clause = code.entry().clause;
        match self.is_graced && clause.is_of_terms() && !clause.is_harm() {
            true => mode.min(Mode::Observe),
            false => mode,
        }
    }

    /// Keeps one breach for each code and place, as strictly as it is held by any. When there is no room, one that is only observed makes it.
    fn breach(&mut self, code: Code, mode: Mode, (place, bytes, value): (Place, u32, KeyedHash)) {
        let mode = self.strictness(code, mode);
        let all = &mut self.assessment.breaches;
        let is_same = |it: &Breach| it.finding.sighting.code == code && it.finding.place == place;
        if let Some(same) = all.iter_mut().find(|it| is_same(it)) {
            same.mode = same.mode.max(mode);
            return;
        }
        let sighting = Sighting { code, score: SURE, fingerprint: Fingerprint::default() };
        let breach = Breach { finding: Finding { sighting, place, bytes, value }, mode };
        if all.len() < ASSESSED_MAX {
            all.push(breach);
        } else if let Some(weaker) = all.iter_mut().find(|it| it.mode < mode) {
            *weaker = breach;
        }
    }

    /// Whether the body is of an examined kind, and too long to be held.
    pub(crate) fn is_too_long(&self) -> bool {
        self.assessment.unknown.contains(&(ClauseName::ContentUnexamined, Why::BodyTooLarge))
    }

    /// Begins to examine a body that passes.
    pub(crate) fn streamed(
        &self,
        format: Format,
        head: &RequestHead,
        rules: &Rules,
    ) -> Box<Streamed> {
        let suspects = self.suspects.is_some().then(Suspects::default);
        Box::new(Streamed::new(format, head, (self.content, self.usual.clone()), suspects, rules))
    }

    /// Takes a piece of the beginning of an upload that passes.
    pub(crate) fn slide(
        &mut self,
        streamed: &mut Streamed,
        piece: &[u8],
        end: bool,
        rules: &Rules,
    ) {
        let odd = streamed.push_to(piece, end, &mut Examiner::new(self, &rules.key));
        self.assessment.oddities.extend(odd);
    }

    /// Walks on through a held body.
    pub fn walk(&mut self, walk: &mut Walk, body: &[u8], rules: &Rules) -> Progress {
        let progress = walk.step(body, WALK_BYTES, &mut Examiner::new(self, &rules.key));
        self.assessment.oddities.extend(walk.oddities());
        self.is_whole |= progress == Progress::Done && walk.oddities().is_empty();
        progress
    }
}

fn decode_limits(rules: &Rules) -> DecodeLimits {
    DecodeLimits {
        bytes_max: rules.limits.decoded_bytes_max as u64,
        ratio_max: rules.limits.decoded_ratio_max as u64,
    }
}

/// Whether a body is text that no server takes apart, unless it begins like JSON: a log or a
/// document. Such a body may be longer than what is examined.
pub(crate) fn is_plain_text(head: &RequestHead) -> bool {
    let Some(media) = head.fields.get(Known::ContentType) else { return true };
    let media = media.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    [&b"text/plain"[..], b"text/csv", b"text/markdown"]
        .iter()
        .any(|it| media.eq_ignore_ascii_case(it))
}

/// As what a body with this head is read that passes piece by piece; nothing if it is not of a kind that is examined, or is
/// encoded.
pub(crate) fn passes_as(head: &RequestHead) -> Option<Format> {
    let (format, coding) = declared_format(head);
    (format != Format::Opaque && coding.is_empty()).then_some(format)
}

/// What the body is declared to be, and its content codings.
fn declared_format(head: &RequestHead) -> (Format, Vec<u8>) {
    let mut codings = Vec::new();
    for (known, _, value) in head.fields.iter() {
        if known == Known::ContentEncoding {
            codings.extend_from_slice(if codings.is_empty() { b"" } else { b"," });
            codings.extend_from_slice(value);
        }
    }
    let mut best = None;
    for (_, _, value) in head.fields.iter().filter(|it| it.0 == Known::ContentType) {
        for one in value.split(|&b| b == b',') {
            let format = Format::of(Some(one));
            if best.is_none_or(|best| rank(format) > rank(best)) {
                best = Some(format);
            }
        }
    }
    (best.unwrap_or(Format::of(None)), codings)
}

/// Of several declared types the one that decodes most is read: the upstream may take any.
const fn rank(format: Format) -> u8 {
    match format {
        Format::Opaque | Format::Protobuf | Format::Grpc => 0,
        Format::Text => 1,
        Format::Xml => 2,
        Format::Multipart => 3,
        Format::Form => 4,
        Format::Lenient => 5,
        Format::Json => 6,
    }
}

/// A walk within the limits in force, over the body of a request with this head.
pub fn walk(format: Format, head: Option<&RequestHead>, rules: &Rules) -> Walk {
    let (depth_max, values_max) = (rules.limits.depth_max, rules.limits.values_max);
    let types = head.map(declared_types).unwrap_or_default();
    Walk::new(format, WalkLimits { depth_max, values_max }).declared(Some(&types))
}

/// All that a head says of the type of its body: of several lines the upstream may take any.
pub(crate) fn declared_types(head: &RequestHead) -> Vec<u8> {
    let fields = head.fields.iter().filter(|it| it.0 == Known::ContentType);
    fields.map(|it| it.2).collect::<Vec<_>>().join(&b';')
}

/// Whether the head alone is refused by law: the rest of it may not even have been read.
pub(crate) fn is_against_the_law(oddities: Oddities) -> bool {
    // Nearly every head is without any, and there are many kinds to look for.
    !oddities.is_empty()
        && oddities.iter().any(|it| it.code().entry().clause.default_mode() == DefaultMode::Law)
}

/// Shows every value to the content detectors.
struct Examiner<'a> {
    gathering: &'a mut Gathering,
    key: &'a HashKey,
}

impl<'a> Examiner<'a> {
    fn new(gathering: &'a mut Gathering, key: &'a HashKey) -> Self {
        Self { gathering, key }
    }
}

impl Examiner<'_> {
    fn note_named(&mut self, value: &Value<'_>) {
        if let PlaceRef::Body(path) = value.place {
            self.gathering.log_in.note(path, value.text);
            if names_method(value.place)
                && let Some(method) = another(value.text)
                && !self.gathering.methods.contains(&method)
            {
                self.gathering.methods.push(method);
            }
        }
    }

    /// What calls say is not said once more by the envelope.
    fn is_said(&self, place: PlaceRef<'_>) -> bool {
        self.gathering.is_envelope && matches!(place, PlaceRef::Body(_) | PlaceRef::Query(_))
    }
}

impl Sink for Examiner<'_> {
    fn scalar(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
        if self.is_said(value.place) {
            return;
        }
        self.note_named(&value);
        self.gathering.collector.note_scalar(&value, self.key);
        self.gathering.hold(&value, Forms::of_scalar(value.text), self.key);
    }

    fn empty(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
        if self.is_said(value.place) {
            return;
        }
        self.gathering.collector.note_scalar(&value, self.key);
    }

    fn take(&mut self, value: Value<'_>) {
        let is_said = self.is_said(value.place);
        let is_body = matches!(value.place, PlaceRef::Body(_));
        let forms = if is_body { self.gathering.forms } else { Forms::PLAIN };
        if !is_said {
            self.note_named(&value);
            self.gathering.hold(&value, forms, self.key);
        }
        let sightings = self.gathering.examine(&value, self.key);
        self.gathering.patch(&value, forms, self.key);
        if let Some(suspects) = &mut self.gathering.suspects {
            suspects.note_seen(&value, &sightings);
        }
        match is_said {
            true => self.gathering.collector.score(&sightings),
            false => self.gathering.collector.note(&value, &sightings, self.key),
        }
        for sighting in sightings {
            self.gathering.add(Finding {
                sighting,
                place: value.place.to_place(),
                bytes: bytes(value.text),
                value: self.key.value(value.text),
            });
        }
    }
}

impl Gathering {
    /// What is to be seen in a value, and in every further reading of it: of each kind the surest. Marks it if there
    /// was more than is looked at.
    fn examine(&mut self, value: &Value<'_>, key: &HashKey) -> Vec<Sighting> {
        let (text, is_name) = (value.text, value.place == PlaceRef::Name);
        // Of bodies few values come again; what heads repeat is known sooner than looked at.
        let is_head = matches!(value.place, PlaceRef::Header(_) | PlaceRef::Cookie(_));
        let early = (!is_head).then(|| FirstLook::of(text, is_name));
        if early.as_ref().is_some_and(is_plain) {
            return Vec::new();
        }
        let hash = cleared::is_worth_it(text.len()).then(|| key.value(text));
        let is_clear = |hash| self.cleared.cost(hash, is_name);
        if hash.and_then(is_clear).is_some_and(|it| self.pay(it)) {
            return Vec::new();
        }
        let first = early.unwrap_or_else(|| FirstLook::of(text, is_name));
        let before = (self.effort, self.amplification.bytes_left());
        let all = self.look(&first, &[]);
        let amplified = before.1.saturating_sub(self.amplification.bytes_left());
        if all.is_empty() {
            let is_whole = self.effort.window_bytes_left() == before.0.window_bytes_left();
            if let Some(hash) = hash.filter(|_| is_whole) {
                let effort = before.0.bytes_left().saturating_sub(self.effort.bytes_left());
                self.note_clear(hash, is_name, (effort, amplified));
            }
            return all;
        }
        let usual = self.usual_at(value.place);
        if usual.is_empty() {
            return all;
        }
        // Which reading is the surest depends on what counts.
        self.effort = before.0;
        self.amplification.refund(amplified);
        self.look(&first, &usual)
    }

    /// Remembers a value that is clear. What costs more than can be told is looked at each time, and so is what a budget
    /// ended on, or whose windows were looked at.
    fn note_clear(&self, hash: KeyedHash, is_name: bool, cost: (usize, usize)) {
        let has_rest = self.effort.bytes_left() > 0 && self.amplification.bytes_left() > 0;
        let (Ok(effort), Ok(amplification), true) =
            (u16::try_from(cost.0), u16::try_from(cost.1), has_rest)
        else {
            return;
        };
        self.cleared.note(hash, is_name, Cost { effort, amplification });
    }

    /// Signs that are usual at a place.
    fn usual_at(&self, place: PlaceRef<'_>) -> Vec<(Code, u32)> {
        usual_at(self.usual.as_deref(), place)
    }

    /// Takes what a look costs, if there is so much.
    fn pay(&mut self, cost: Cost) -> bool {
        let (effort, amplification) = (usize::from(cost.effort), usize::from(cost.amplification));
        self.effort.bytes_left() > effort
            && self.amplification.bytes_left() > amplification
            && self.effort.spend_exactly(effort)
            && self.amplification.spend_exactly(amplification)
    }

    fn look(&mut self, first: &FirstLook<'_>, usual: UsualHere<'_>) -> Vec<Sighting> {
        let Self { effort, amplification, .. } = self;
        let (all, is_whole) = examine(first, usual, effort, amplification);
        if !is_whole {
            self.is_unknown(Why::TooSuspicious);
        }
        all
    }
}

/// Whether a value shows nothing that anybody would look at, here or in a further reading.
fn is_plain(first: &FirstLook<'_>) -> bool {
    let text = first.text();
    first.is_plain() && ((first.is_name() && is_word(text)) || !may_have_views(text))
}

/// Names are mostly words, in which nothing is encoded.
fn is_word(text: &[u8]) -> bool {
    text.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.'))
}

/// Its length, as findings have it.
fn bytes(text: &[u8]) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Signs that are usual at a place.
pub(crate) fn usual_at(usual: Option<&[Indicator]>, place: PlaceRef<'_>) -> Vec<(Code, u32)> {
    let Some(usual) = usual.filter(|_| place != PlaceRef::Name) else { return Vec::new() };
    let place = place.to_place();
    let here = usual.iter().filter(|it| it.place == place);
    here.map(|it| (it.code, it.signs)).collect()
}

/// What is to be seen in a value, and in every further reading of it: of each kind the surest. Whether that is all, or there
/// was more than is looked at.
pub(crate) fn examine(
    first: &FirstLook<'_>,
    usual: UsualHere<'_>,
    effort: &mut Effort,
    amplification: &mut Amplification,
) -> (Vec<Sighting>, bool) {
    let (text, is_name) = (first.text(), first.is_name());
    let (mut all, mut is_whole) = (Vec::new(), true);
    let mut look = |it: &FirstLook<'_>| match it.examine(usual, effort) {
        Ok(more) => surest(&mut all, more),
        Err(Exhausted) => is_whole = false,
    };
    look(first);
    let extent = match is_name && is_word(text) {
        true => Extent::Whole,
        false => views(text, amplification, &mut |view, _| look(&FirstLook::of(view, is_name))),
    };
    (all, is_whole && extent != Extent::Cut)
}

/// Of each kind the surer sighting.
fn surest(all: &mut Vec<Sighting>, more: Vec<Sighting>) {
    for it in more {
        match all.iter_mut().find(|known| known.code == it.code) {
            Some(known) if known.score >= it.score => {}
            Some(known) => *known = it,
            None => all.push(it),
        }
    }
}

/// Holds values to the terms, and does nothing else with them.
struct Holding<'a> {
    gathering: &'a mut Gathering,
    key: &'a HashKey,
}

impl Sink for Holding<'_> {
    fn scalar(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
        self.gathering.hold(&value, Forms::of_scalar(value.text), self.key);
    }

    fn empty(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
    }

    fn take(&mut self, value: Value<'_>) {
        let is_body = matches!(value.place, PlaceRef::Body(_));
        let forms = if is_body { self.gathering.forms } else { Forms::PLAIN };
        self.gathering.hold(&value, forms, self.key);
        self.gathering.patch(&value, forms, self.key);
    }
}

/// Notes the arguments of calls, and holds them to the terms. Their content was examined as it was sent.
struct Arguments<'a> {
    gathering: &'a mut Gathering,
    key: &'a HashKey,
}

impl Sink for Arguments<'_> {
    fn scalar(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
        self.gathering.collector.note_scalar(&value, self.key);
        self.gathering.hold(&value, Forms::of_scalar(value.text), self.key);
    }

    fn empty(&mut self, value: Value<'_>) {
        self.gathering.patch(&value, Forms::of_scalar(value.text), self.key);
        self.gathering.collector.note_scalar(&value, self.key);
    }

    fn take(&mut self, value: Value<'_>) {
        self.gathering.hold(&value, Forms::STRING, self.key);
        self.gathering.patch(&value, Forms::STRING, self.key);
        self.gathering.collector.note(&value, &[], self.key);
    }
}

impl Gathering {
    fn add(&mut self, finding: Finding) {
        add(&mut self.assessment, self.content, finding);
    }
}

/// Examines a text by itself for content, whatever it is; its values stand at `path`.
pub(crate) fn examine_text(
    text: &[u8],
    path: String,
    content: ContentLevel,
    rules: &Rules,
    assessment: &mut Assessment,
) {
    let mut effort = Effort::new(rules.limits.suspicious_bytes_max);
    let mut amplification = Amplification::new(rules.limits.views_bytes_max);
    let mut walk = walk(Format::Text, None, rules).at(path);
    let mut is_all = true;
    let mut sink = |value: Value<'_>| {
        let is_name = value.place == PlaceRef::Name;
        let (sightings, is_whole) =
            examine(&FirstLook::of(value.text, is_name), &[], &mut effort, &mut amplification);
        is_all &= is_whole;
        for sighting in sightings {
            let bytes = u32::try_from(value.text.len()).unwrap_or(u32::MAX);
            let (place, value) = (value.place.to_place(), rules.key.value(value.text));
            add(assessment, content, Finding { sighting, place, bytes, value });
        }
    };
    while walk.step(text, text.len(), &mut sink) == Progress::More {}
    assessment.oddities.extend(walk.oddities());
    if !is_all {
        assessment.unknown.push((ClauseName::ContentUnexamined, Why::TooSuspicious));
    }
}

/// Keeps one finding per code and place, the surest. Were they kept as they come, a client
/// could fill the list with harmless or excepted ones and hide the attack behind them; so
/// what finds no room counts as a violation that no exception for a place can lift.
pub(crate) fn add(assessment: &mut Assessment, content: ContentLevel, finding: Finding) {
    let Assessment { findings, violations, .. } = assessment;
    let code = finding.sighting.code;
    let is_same = |it: &&mut Finding| it.sighting.code == code && it.place == finding.place;
    let score = finding.sighting.score;
    let is_full = findings.len() >= ASSESSED_MAX;
    match findings.iter_mut().find(is_same) {
        Some(it) if it.sighting.score >= score => {}
        Some(it) => *it = finding,
        None if !is_full => findings.push(finding),
        None if score < content.score_min() || violations.contains(&code) => {}
        None => violations.push(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAUTIOUS: u16 = ContentLevel::CAUTIOUS.score_min();

    fn finding(place: &str, score: u16) -> Finding {
        let code = Code::ContentSqlInjection;
        let sighting = Sighting { code, score, fingerprint: Fingerprint::default() };
        Finding { sighting, place: Place::body(place), bytes: 1, value: KeyedHash(1) }
    }

    fn gathering() -> Gathering {
        let assessment = Assessment::clean(Moment::default(), EndpointId::of("GET", "/"));
        Gathering {
            assessment,
            collector: Collector::default(),
            log_in: LogIn::default(),
            examines: true,
            effort: Effort::new(0),
            content: ContentLevel::CAUTIOUS,
            amplification: Amplification::new(0),
            cleared: Arc::default(),
            usual: None,
            held: Vec::new(),
            methods: Vec::new(),
            subject: SubjectId(1),
            forms: Forms::PLAIN,
            segments: 0,
            is_somebody: true,
            sees_to_others: false,
            is_graced: false,
            over: Over::default(),
            used: Vec::new(),
            named: Vec::new(),
            claimed: Vec::new(),
            is_whole: true,
            described: Vec::new(),
            is_envelope: false,
            references: Vec::new(),
            is_ungiven: false,
            patching: Patching::none(),
            suspects: None,
        }
    }

    #[test]
    fn one_finding_is_kept_per_place_and_it_is_the_surest() {
        let mut it = gathering();
        for (place, score) in [("$.a", 10), ("$.a", 990), ("$.a", 20), ("$.b", 5)] {
            it.add(finding(place, score));
        }
        let kept: Vec<_> = it.assessment.findings.iter().map(|it| it.sighting.score).collect();
        assert_eq!(kept, [990, 5]);
    }

    #[test]
    fn an_attack_cannot_hide_behind_many_findings() {
        let mut it = gathering();
        for n in 0..ASSESSED_MAX {
            it.add(finding(&format!("$.f{n}"), 1));
        }
        it.add(finding("$.late", CAUTIOUS - 1));
        assert_eq!(it.assessment.violations, []);
        it.add(finding("$.late", CAUTIOUS));
        it.add(finding("$.later", CAUTIOUS));
        assert_eq!(it.assessment.violations, [Code::ContentSqlInjection]);
    }
}
