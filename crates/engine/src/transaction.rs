//! One exchange, from its request head to its observation: the state machine that every adapter
//! drives.
//!
//! ```text
//! request    AwaitHead -> Holding -> Walking | Sliding -> Committing? -> Streaming -> Ended
//! response   Idle -> AwaitHead -> Holding? -> Streaming | Tunnel | Replied -> Ended
//! ```
//!
//! Reads    inputs (`step.rs`), a pinned snapshot, the shared tables.
//! Writes   steps, and exactly one observation.
//! Memory   the head, and a body held for judging within `inspect_bytes_max` and the process's
//!          budget; of an error response at most 64 KiB. A streamed body is kept only for a sample, up to
//!          its bound, once there is a reason for one (`evidence.rs`).
//! Errors   none: an input that does not fit the state is the adapter's fault and cuts.
//! Misses   streamed request bodies are examined for content only; trailers of requests are dropped.
//!
//! What becomes of answers of which the contract says something stands in `answers.rs`, what of bodies that pass in
//! `streaming.rs`, what of tunnels in `conversing.rs`.

mod answers;
mod conversing;
mod streaming;

use self::answers::Withheld;
use crate::answer::Answer;
use crate::arrival::{Arrival, Standing, arrive, is_client_known};
use crate::budget::Budget;
use crate::caller::{behind, caller};
use crate::cohort::cohort;
use crate::conversation::Conversation;
use crate::described_answer::{DescribedAnswer, Operation};
use crate::events::Told;
use crate::evidence::{Evidence, is_reason, may_have_a_reason};
use crate::facts::Collector;
use crate::identity::{self, Call, challenge, proved_uri};
use crate::issuing::Issuing;
use crate::json_spelling::canonical;
use crate::judge::{Called, Gathering, Needs, Over, is_plain_text, passes_as, walk};
use crate::method_override::overrides;
use crate::operation::{called, operation};
use crate::origin::{Authority, Origin};
use crate::outgoing::{Asked, Outgoing, Unreadable};
use crate::patches::Patching;
use crate::pointed;
use crate::reflected::{Reflected, Suspects};
use crate::refusal::{Addressee, Dialect, OwnReply, challenging, later, own_reply, scrubbed_reply};
use crate::role::strangers;
use crate::routes::RouteRules;
use crate::shown::Shown;
use crate::snapshot::{Rules, Snapshot};
use crate::step::{
    BodyPlan, Cause, Commitment, DATA_BYTES_MAX, Input, NotCommitted, Payload, Reply, Rest, Side,
    Step, UpstreamFault,
};
use crate::streamed::Streamed;
use crate::tables::detail::Level;
use crate::tables::owners::Belongs;
use crate::tables::tenants::{self, Holds};
use crate::tables::throttled::Throttle;
use crate::tables::{Room, Tables};
use crate::talk::{Heard, Looks, Talk, banner, message_position, message_says_too_much};
use crate::tenant::tenant;
use crate::terms::shown;
use bartizan_contract::decide::{Decision, Hits, decide, decide_body, decide_response};
use bartizan_contract::permit::Permit;
use bartizan_contract::retirement::announce;
use bartizan_inspect::body::{Format, Progress, Walk};
use bartizan_inspect::client_address::client_spoke_tls;
use bartizan_inspect::content_coding::{DecodeFault, Decoder};
use bartizan_inspect::envelope::answer_names::AnswerNames;
use bartizan_inspect::envelope::calls::Calls;
use bartizan_inspect::token_claims::{KindOfBearer, bearer, identifying, kinds};
use bartizan_inspect::trace_context::Trace;
use bartizan_inspect::traits;
use bartizan_inspect::websocket::Sender;
use bartizan_learn::template::template;
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::{ClauseName, Effect, Hit, Mode};
use bartizan_model::code::Code;
use bartizan_model::head::{Fields, Framing, Method, RequestHead, ResponseHead};
use bartizan_model::host::{self, Host};
use bartizan_model::id::{EndpointId, KeyedHash, SubjectId};
use bartizan_model::judged::{Client, JudgedHead};
use bartizan_model::known::Known;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{FINDINGS_MAX, HITS_MAX, Observation, Outcome, SubjectKind};
use bartizan_model::oddity::Oddity;
use bartizan_model::place::Place;
use bartizan_model::profile::{Subjects, Tenant};
use bartizan_model::route::Demand;
use bartizan_model::sample::SampleReason;
use bytes::{Bytes, BytesMut};
use std::net::IpAddr;
use std::sync::Arc;

/// One exchange in progress.
#[derive(Debug)]
pub struct Transaction {
    origin: Origin,
    view: Arc<Snapshot>,
    /// What holds on the route that the request takes.
    on: Arc<RouteRules>,
    to: Addressee,
    is_head: bool,
    request: Request,
    response: Response,
    talk: Option<Box<Talk>>,
    /// Trailers that came while their response was held, and what replaces their message.
    owed_trailers: Option<Option<&'static str>>,
    /// The body, where it passes and is examined.
    streamed: Option<Box<Streamed>>,
    /// What is said in the tunnel, where it is examined.
    conversation: Option<Box<Conversation>>,
    /// The answer, where it is a stream of events that are examined.
    events: Option<Box<Told>>,
    /// Why it ends with what is being written of it.
    ends_with: Option<Code>,
    /// Whether the first bytes of a body that is passed on unread must not be those of another kind.
    sniffs_stream: bool,
    wants_upgrade: bool,
    spoke_tls: bool,
    retry_after_s: Option<u64>,
    /// What the request shows of who sends it.
    credential_shown: identity::Shown,
    /// What was collected of the request, until it is filed.
    collected: Option<Collector>,
    /// Whether this exchange is one of those of which facts are kept, whatever is found.
    is_sampled: bool,
    /// Whether facts of this exchange are kept.
    keeps_facts: bool,
    /// What the request said of the page that sent it.
    page: Option<Box<[u8]>>,
    /// The host that was called, where hosts are kept.
    own_host: Option<Host>,
    /// The response, of which facts are kept.
    answer: Option<Box<Answer>>,
    /// The response, whose records are counted.
    budget: Option<Box<Budget>>,
    /// What the contract says of the endpoint's answers.
    shown: Option<Arc<Shown>>,
    /// What its answer is held to.
    asked: Option<Box<Asked>>,
    /// What the fields of the answer are called, where the request says so.
    names: Option<Arc<AnswerNames>>,
    /// The answer, where something is said of it.
    outgoing: Option<Box<Outgoing>>,
    /// The answer, where it may log somebody in.
    issuing: Option<Box<Issuing>>,
    /// Who is logged in by it.
    issued: Option<SubjectId>,
    /// The credential that the call came with, as a caller of its own.
    credential: Option<SubjectId>,
    /// The caller that a session cookie is, if it is of no account that is known.
    session: Option<SubjectId>,
    /// The account that the request logs in to.
    account: Option<SubjectId>,
    /// The tenant that the call is for, and how the caller stands to it.
    tenancy: Option<(tenants::Call, Holds, Belongs)>,
    /// What the description of the API says of the answer, and the answer as far as it has come.
    operation: Option<Operation>,
    described: Option<Box<DescribedAnswer>>,
    /// Values of the request that may run in a browser, and the answer in which they are looked for.
    suspects: Option<Box<Suspects>>,
    reflected: Option<Box<Reflected>>,
    /// What of the answer is not released yet.
    withheld: Option<Box<Withheld>>,
    /// Whether the intent is durable and the result is not.
    owes_result: bool,
    /// What is done once the result is durable.
    awaits_result: Option<Box<Step>>,
    /// What is kept for a sample.
    evidence: Option<Box<Evidence>>,
    seen: Observation,
}

#[derive(Debug)]
enum Request {
    AwaitHead,
    Holding(Box<Holding>),
    /// With what comes behind the held part.
    Walking(Box<Holding>, Walk, Rest),
    /// What is held of a body that passes is examined, from here on.
    Sliding(Box<Holding>, usize, Rest),
    Committing(Permit, BodyPlan),
    Streaming {
        end: bool,
    },
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Response {
    Idle,
    AwaitHead,
    /// An error response is read until it is known whether it says too much.
    Holding,
    /// An answer is read until it is known whose it is.
    Judging,
    /// Its held part is about to be written.
    Releasing {
        end: bool,
    },
    Streaming {
        end: bool,
    },
    Tunnel,
    Replied,
    Ended,
}

/// A request whose body is being held for judging.
#[derive(Debug)]
struct Holding {
    head: JudgedHead,
    gathering: Gathering,
    format: Format,
    body: HeldBody,
    /// What the body is without its content coding, which is what gets examined.
    decoded: Option<Decoded>,
    room: Room,
}

/// A compressed body, as far as it is decoded.
#[derive(Debug)]
struct Decoded {
    decoder: Decoder,
    text: Vec<u8>,
    fault: Option<DecodeFault>,
}

impl Decoded {
    fn new(decoder: Decoder) -> Self {
        Self { decoder, text: Vec::new(), fault: None }
    }

    /// Decodes a piece; after a fault nothing more. Returns how much longer the text became.
    fn push(&mut self, bytes: &[u8], end: bool) -> usize {
        let before = self.text.len();
        if self.fault.is_none() {
            self.fault = self.decoder.push(bytes, end, &mut self.text).err();
        }
        self.text.len() - before
    }

    /// What the body decodes to. A body that is not of its coding at all is looked at as it is: the
    /// upstream may not ask for the coding either.
    fn usable(&self) -> Option<&[u8]> {
        (self.fault.is_none() || !self.text.is_empty()).then_some(&self.text)
    }

    fn oddity(&self) -> Option<Oddity> {
        Some(match self.fault? {
            DecodeFault::TooLarge | DecodeFault::Ratio => Oddity::CodingTooLarge,
            DecodeFault::Malformed | DecodeFault::Truncated | DecodeFault::TrailingBytes => {
                Oddity::CodingMalformed
            }
        })
    }
}

impl Transaction {
    /// Opens a transaction under the snapshot that it will be judged by.
    pub fn open(origin: Origin, view: Arc<Snapshot>, at: Moment) -> Self {
        let epoch = view.rules.key.epoch();
        let seen = Observation::opened(origin.id, at, view.revision, epoch);
        let on = Arc::clone(&view.rules.base);
        let (request, response) = (Request::AwaitHead, Response::Idle);
        let to = Addressee::default();
        let wants_upgrade = false;
        let (is_head, talk) = (false, None);
        let retry_after_s = None;
        Self {
            origin,
            view,
            on,
            to,
            is_head,
            request,
            response,
            talk,
            owed_trailers: None,
            streamed: None,
            conversation: None,
            events: None,
            ends_with: None,
            sniffs_stream: false,
            wants_upgrade,
            spoke_tls: false,
            retry_after_s,
            credential_shown: identity::Shown::unverified(),
            collected: None,
            is_sampled: false,
            keeps_facts: false,
            page: None,
            own_host: None,
            answer: None,
            budget: None,
            shown: None,
            asked: None,
            names: None,
            outgoing: None,
            issuing: None,
            issued: None,
            credential: None,
            session: None,
            account: None,
            tenancy: None,
            operation: None,
            described: None,
            suspects: None,
            reflected: None,
            withheld: None,
            owes_result: false,
            awaits_result: None,
            evidence: None,
            seen,
        }
    }

    /// Takes what happened and says what to do next.
    pub fn step(&mut self, side: Side, at: Moment, tables: &Tables, input: Input<'_>) -> Step {
        if self.response == Response::Ended {
            return Step::Cut;
        }
        let step = self.take(side, at, tables, input);
        let step = self.result_first(step, at);
        if let Some(collected) = self.collected.take() {
            self.file(collected, tables);
        }
        let Step::Finished(mut seen, _) = step else { return step };
        if let Some(answer) = self.answer.take() {
            let own = self.own_host.as_ref();
            let (rules, pointed) = (&self.view.rules, &mut seen.pointed);
            seen.response = answer.facts(rules, tables, own, pointed);
        }
        let sample = self.evidence.take().map(|it| it.finish(&seen, at, tables));
        Step::Finished(seen, sample.map(Box::new))
    }

    fn take(&mut self, side: Side, at: Moment, tables: &Tables, input: Input<'_>) -> Step {
        match (side, input) {
            (Side::Request, Input::RequestHead(head)) => self.on_request_head(head, at, tables),
            (Side::Request, Input::Data { bytes, end }) => {
                self.on_request_data(bytes, end, at, tables)
            }
            (Side::Request, Input::Trailers(_)) => {
                self.on_request_data(&Bytes::new(), true, at, tables)
            }
            (Side::Request, Input::Resume) => self.walk_on(at, tables),
            (Side::Request, Input::Committed(result)) => self.on_committed(result),
            (Side::Response, Input::Committed(result)) => self.on_result_committed(result),
            (Side::Request, Input::Written) => self.on_request_written(),
            (Side::Response, Input::InterimHead(head)) => self.on_interim_head(head, at),
            (Side::Response, Input::ResponseHead(head)) => self.on_response_head(head, at, tables),
            (Side::Response, Input::Data { bytes, end }) => {
                self.on_response_data(bytes, end, at, tables)
            }
            (Side::Response, Input::Trailers(fields)) => {
                self.on_response_trailers(fields, at, tables)
            }
            (Side::Response, Input::Written) => self.on_response_written(at),
            (Side::Response, Input::Resume) => self.hurry(at, tables),
            (Side::Response, Input::AnsweredElsewhere) => self.on_answered_elsewhere(at),
            (_, Input::UpstreamFailed(fault)) => self.on_upstream_failed(fault, at),
            (_, Input::Abort(cause)) => self.abort(cause, at, tables),
            // Revocations will be looked up here; the rules that judged a call stay its rules.
            (_, Input::View(_)) => Step::Yield,
            (
                Side::Request,
                Input::ResponseHead(_) | Input::InterimHead(_) | Input::AnsweredElsewhere,
            )
            | (Side::Response, Input::RequestHead(_))
            | (_, Input::Answer(_)) => Step::Cut,
        }
    }

    /// Has the result of an exchange whose intent is durable made durable before a head is passed on.
    fn result_first(&mut self, step: Step, at: Moment) -> Step {
        let is_head = matches!(step, Step::Reply(Reply::Relay(_)) | Step::Tunnel(_));
        if !is_head {
            return step;
        }
        match self.owed_result(at) {
            Some(result) => {
                self.awaits_result = Some(Box::new(step));
                Step::Commit(result)
            }
            None => step,
        }
    }

    /// What is to be made durable before the client sees a head, once.
    pub fn owed_result(&mut self, at: Moment) -> Option<Commitment> {
        let (id, status) = (self.origin.id, self.seen.status);
        std::mem::take(&mut self.owes_result).then_some(Commitment::Result { id, at, status })
    }

    fn on_result_committed(&mut self, result: Result<(), NotCommitted>) -> Step {
        match (self.awaits_result.take(), result) {
            (Some(step), Ok(())) => *step,
            (Some(_), Err(NotCommitted)) => {
                let code = Code::RecordUnavailable;
                self.record_hit(Hit { code, effect: Effect::Refused, margin: 0 });
                self.refuse(code, Outcome::Refused)
            }
            (None, _) => Step::Cut,
        }
    }

    /// Files what was collected of the request.
    fn file(&mut self, collected: Collector, tables: &Tables) {
        let keeps = self.is_sampled || !self.seen.findings.is_empty();
        self.keeps_facts = keeps;
        self.seen.scores = collected.scores;
        let rules = &self.view.rules;
        // What was found fault with points where its attacker wants.
        if self.is_sampled {
            let own = self.own_host.as_ref();
            collected.pointed(host::Side::Request, own, &mut self.seen.pointed);
        }
        self.seen.request = collected.finish(tables, keeps, &rules.key, &rules.classes);
    }

    /// Notes when the work of a step was done. A pure core cannot see how long it took itself: the
    /// adapter tells it right after each step that forwards, commits or replies for us.
    pub fn acted(&mut self, at: Moment) {
        // Zero would say that the phase was not reached.
        let us = at.us_since(self.seen.started).max(1);
        let phases = &mut self.seen.phases;
        let note = |phase: &mut u32| {
            if *phase == 0 {
                *phase = us;
            }
        };
        note(&mut phases.judged_us);
        match self.response {
            Response::AwaitHead => note(&mut phases.forwarded_us),
            Response::Replied => note(&mut phases.answered_us),
            Response::Idle
            | Response::Holding
            | Response::Judging
            | Response::Releasing { .. }
            | Response::Streaming { .. }
            | Response::Tunnel
            | Response::Ended => {}
        }
    }

    // Request half.

    fn on_request_head(&mut self, mut head: RequestHead, at: Moment, tables: &Tables) -> Step {
        if !matches!(self.request, Request::AwaitHead) {
            return Step::Cut;
        }
        let view = Arc::clone(&self.view);
        let rules = &*view.rules;
        let Origin { tls, peer, .. } = self.origin;
        self.spoke_tls = client_spoke_tls(tls, peer, &head.fields, &rules.trusted);
        // As the client wrote it.
        let uri = proved_uri(&head, self.spoke_tls);
        let arrival = Arrival { head: &mut head, origin: &self.origin, at };
        let (on, mut standing) = arrive(arrival, rules, tables);
        self.on = Arc::clone(&on);
        self.to = Addressee::of(&head);
        let (origin, uri, is_preflight) = (&self.origin, uri.as_deref(), self.to.is_preflight);
        let call = Call { head: &head, origin, uri, is_preflight, at };
        self.credential_shown = identity::look(&call, &on.route, &view, tables);
        standing.violations.extend(self.credential_shown.violation);
        let client = self.identify(&head, at, standing.client, tables);
        self.wants_upgrade = head.upgrade().is_some();
        self.is_head = head.method == Method::Head;
        if on.route.certificate == Demand::Required
            && self.origin.certificate.is_none()
            && self.origin.authority == Authority::Inline
            && !self.to.is_preflight
        {
            standing.violations.push(Code::ClientCertificate);
        }
        self.slow_down(&mut standing, at, tables);
        if let Some(rate) = on.records
            && let Err(wait_ns) = tables.records().look(self.reader(), rate, at.mono_ns)
        {
            standing.violations.push(Code::DisclosureBudget);
            standing.retry_after_s = Some(wait_ns.div_ceil(1_000_000_000));
        }
        let endpoint = self.seen.endpoint;
        let mut collector = Collector::at(tables.detail().level());
        if self.is_sampled {
            collector.keep_lists();
            self.note_claims(&head.fields, &mut collector);
        }
        if let Some(bytes_max) = self.sample_bytes_max()
            && tables.evidence().is_watched(self.seen.subject, at)
        {
            self.evidence = Evidence::begin(SampleReason::Watched, bytes_max, at, tables);
            if let Some(evidence) = &mut self.evidence {
                evidence.request_head(&head);
            }
        }
        let (subject, by) = (self.seen.subject, self.seen.subject_kind);
        let template = &self.seen.template;
        let is_bare = matches!(head.framing, Framing::None | Framing::Length(0));
        let calls = if is_bare { called(&head, &[]) } else { None };
        let find = |method| match &calls {
            Some(_) => view.terms.find_envelope(&on.route.name, method, template),
            None => view.terms.find(&on.route.name, method, template),
        };
        let own = find(head.method).cloned();
        let usual = view.terms.usual(&on.route.name, head.method, template);
        let overrides = overrides(&head);
        let named: Vec<_> = overrides.iter().filter_map(|it| find(*it)).cloned().collect();
        self.shown = shown(own.as_ref(), &named);
        if own.is_some() || !named.is_empty() {
            self.seen.cohort = cohort(&head.fields, &rules.key);
        }
        let is_graced = view.terms.is_graced(&on.route.name, self.seen.cohort);
        let over = Over { tls: self.spoke_tls, certificate: self.origin.certificate.is_some() };
        let strangers = strangers(&head.fields, own.iter().chain(&named), &rules.key);
        let (claimed, sees_to_others) = self.ask(&head, is_graced, at);
        let is_envelope = calls.is_some();
        // What browsers ask first is answered for all operations, and declared by none.
        let described = on.described.clone().filter(|_| !self.to.is_preflight);
        let methods: Vec<_> = std::iter::once(head.method).chain(overrides).collect();
        let patching = self.patching(&methods, is_envelope, head.path(), at);
        let described = described.map(|it| (it, methods));
        let called = Called {
            endpoint,
            subject,
            by,
            held: own,
            others: named,
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
        };
        let mut gathering =
            Gathering::of_head(&head, called, rules, &on, collector, tables.cleared());
        if let Some(calls) = calls {
            self.take_calls(calls, &mut gathering, &head.fields, tables);
        }
        gathering.assessment.violations.append(&mut standing.violations);
        if self.is_for_a_foreign_tenant(&head, sees_to_others, &gathering, tables) {
            gathering.assessment.violations.push(Code::TenantForeign);
        }
        self.retry_after_s = standing.retry_after_s;
        let refused = decide_body(&gathering.assessment, &on.clauses).0.is_some();
        let needs = if refused {
            Needs::Nothing
        } else {
            gathering.needs(&head, rules, self.origin.sees_bodies)
        };
        let rest = match head.framing {
            Framing::None => Rest::NoBody,
            Framing::Length(0) => Rest::End,
            Framing::Length(_) | Framing::Delimited | Framing::Close => Rest::Stream,
        };
        let trace = Trace::of(&head.fields);
        let mut head = JudgedHead::new(head, client, Arc::clone(&on.route));
        if let Some(trace) = trace {
            let [.., a, b, c, d, e, f, g, h] = self.origin.id.bits().to_be_bytes();
            self.seen.trace = trace.id;
            head.continue_trace(trace.continued(u64::from_be_bytes([a, b, c, d, e, f, g, h])));
        }
        if self.wants_upgrade && on.route.inspect_websocket {
            head.ask_bare_frames();
        }
        match &self.asked {
            Some(asked) if asked.is_held() => head.ask_plain(),
            Some(asked) if asked.masks_news() => head.ask_whole(),
            Some(_) | None => {}
        }
        match needs {
            Needs::Nothing => {
                let plan = BodyPlan { held: Bytes::new(), rest, room: None };
                if gathering.is_too_long()
                    && let Some(format) = passes_as(head.head())
                {
                    self.streamed = Some(gathering.streamed(format, head.head(), rules));
                }
                self.decide(head, gathering, plan, None, at, tables)
            }
            // In gRPC the server may be the first to speak: its calls begin at once. Their frames do not
            // begin like anything that is examined, so the first bytes tell whether it is one.
            Needs::Body(Format::Opaque | Format::Grpc, None)
                if self.to.dialect == Dialect::Grpc =>
            {
                self.sniffs_stream = true;
                let format = passes_as(head.head()).filter(|it| *it == Format::Grpc);
                self.streamed = format.map(|it| gathering.streamed(it, head.head(), rules));
                let plan = BodyPlan { held: Bytes::new(), rest, room: None };
                self.decide(head, gathering, plan, None, at, tables)
            }
            Needs::Body(format, decoder) => {
                let (body, room) = (HeldBody::default(), tables.room());
                let decoded = decoder.map(Decoded::new);
                let holding = Holding { head, gathering, format, body, decoded, room };
                self.request = Request::Holding(Box::new(holding));
                Step::Read { max: DATA_BYTES_MAX }
            }
        }
    }

    /// The virtual patches that calls of these methods on this path are held to. Servers take envelopes by `GET` as well as by
    /// `POST`.
    fn patching(&self, methods: &[Method], is_envelope: bool, path: &[u8], at: Moment) -> Patching {
        let patches = &self.view.rules.patches;
        if patches.all().is_empty() || self.on.clauses.mode(ClauseName::PatchMatched) == Mode::Off {
            return Patching::none();
        }
        let all = match is_envelope {
            true => patches.of(&[methods, &[Method::Post]].concat(), path, at.wall_us),
            false => patches.of(methods, path, at.wall_us),
        };
        Patching::new(all, self.view.rules.limits.views_bytes_max)
    }

    /// Has a caller wait whom clauses against harm refused again and again.
    fn slow_down(&self, standing: &mut Standing, at: Moment, tables: &Tables) {
        let Some(rule) = self.throttle() else { return };
        if let Err(wait_ns) = tables.throttled().charge(self.seen.subject, rule, at.mono_ns) {
            standing.violations.push(Code::ClientThrottled);
            standing.retry_after_s = Some(wait_ns.div_ceil(1_000_000_000));
        }
    }

    /// Who is shown records: the caller, or where none showed a credential, the address. Apart for each route.
    fn reader(&self) -> u64 {
        let is_somebody = self.seen.subject_kind != SubjectKind::AddressAgent;
        let client = self.seen.client.0.to_le_bytes();
        // What was agreed with a partner is for all behind its key.
        let subject = match self.on.on_behalf_of {
            Some(_) => self.credential.unwrap_or(self.seen.subject),
            None => self.seen.subject,
        };
        let subject = subject.0.to_le_bytes();
        let who: &[u8] = if is_somebody { &subject } else { &client };
        let route = self.seen.route.as_bytes();
        let all = [b"records ", route, b" ", who].concat();
        self.view.rules.key.value(&all).0
    }

    /// When this caller is slowed down: one that showed a credential of its own.
    fn throttle(&self) -> Option<&Throttle> {
        let is_somebody = self.seen.subject_kind != SubjectKind::AddressAgent;
        let is_inline = self.origin.authority == Authority::Inline;
        let rule = self.view.rules.throttle.as_ref();
        // Nobody is slowed down for what another one behind the same credential does.
        let is_many = self.on.profile.subjects == Some(Subjects::Aggregate);
        let is_one = !is_many || self.credential != Some(self.seen.subject);
        rule.filter(|_| is_somebody && is_inline && is_one)
    }

    /// Notes that a clause against harm refused the caller.
    fn note_harm(&self, code: Code, at: Moment, tables: &Tables) {
        if code.entry().clause.is_harm()
            && let Some(rule) = self.throttle()
        {
            tables.throttled().refused(self.seen.subject, rule, at.mono_ns);
        }
    }

    /// Looks which tenant a request is for. Whether its caller belongs to another one.
    fn is_for_a_foreign_tenant(
        &mut self,
        head: &RequestHead,
        sees_to_others: bool,
        gathering: &Gathering,
        tables: &Tables,
    ) -> bool {
        let is_inline = self.origin.authority == Authority::Inline;
        let call = tenant(head, self.seen.endpoint, &self.on, &self.view.rules.key);
        let Some(call) = call.filter(|_| is_inline) else { return false };
        let holds = match self.on.profile.tenant {
            Some(Tenant::Path(at)) => gathering.holds_beside(&Place::Segment(at), tables),
            Some(Tenant::Host | Tenant::Claim(_)) | None => {
                gathering.holds_beside(&Place::Path, tables)
            }
        };
        let is_somebody = self.seen.subject_kind != SubjectKind::AddressAgent;
        let belongs = |caller| tables.tenants().belongs(caller, &call, holds);
        let belongs = match is_somebody && !sees_to_others {
            // Behind a key anybody can be named who was never seen: the key belongs somewhere too.
            true => match self.key_of_many().map(belongs) {
                Some(Belongs::Foreign) => Belongs::Foreign,
                Some(Belongs::Own | Belongs::Unknown) | None => belongs(self.seen.subject),
            },
            false => Belongs::Unknown,
        };
        self.tenancy = Some((call, holds, belongs));
        self.stands_foreign()
    }

    /// The credential that is many people's, where the request names one of them.
    fn key_of_many(&self) -> Option<SubjectId> {
        let is_behind =
            self.on.on_behalf_of.is_some() && self.credential != Some(self.seen.subject);
        self.credential.filter(|_| is_behind)
    }

    fn stands_foreign(&self) -> bool {
        self.tenancy.as_ref().is_some_and(|it| it.2 == Belongs::Foreign)
    }

    /// Notes that the API answered the caller for a tenant with success.
    fn note_tenant(&self, status: u16, tables: &Tables) {
        let is_somebody = self.seen.subject_kind != SubjectKind::AddressAgent;
        if let Some((call, holds, Belongs::Own | Belongs::Unknown)) = &self.tenancy
            && is_somebody
            && (200..300).contains(&status)
        {
            let callers = [Some(self.seen.subject), self.key_of_many()];
            callers
                .into_iter()
                .flatten()
                .for_each(|it| tables.tenants().succeeded(it, call, *holds));
        }
    }

    /// Names the endpoint and the subject.
    fn identify(
        &mut self,
        head: &RequestHead,
        at: Moment,
        address: IpAddr,
        tables: &Tables,
    ) -> Client {
        let view = Arc::clone(&self.view);
        let rules = &*view.rules;
        let mut name = String::new();
        template(head.path(), &mut name);
        let seen = &mut self.seen;
        seen.started = at;
        seen.endpoint = EndpointId::of(head.method.name(), &name);
        seen.template = Arc::from(name);
        seen.method = head.method;
        seen.version = head.version;
        seen.request_head_bytes = head.bytes;
        let under = (rules, &*self.on);
        let who = caller(head, &self.credential_shown.bearer, &self.origin, address, under);
        seen.subject = match who.kind {
            // A token says itself whose it is, whatever log-in it is of.
            SubjectKind::ApiKey | SubjectKind::Cookie => tables.accounts().of(who.subject),
            SubjectKind::TokenClaim
            | SubjectKind::Token
            | SubjectKind::Certificate
            | SubjectKind::AddressAgent => who.subject,
        };
        let is_own = seen.subject == who.subject && who.kind == SubjectKind::Cookie;
        self.session = is_own.then_some(who.subject);
        if who.kind != SubjectKind::AddressAgent
            && let Some(behind) = behind(who.subject, head, under)
        {
            seen.subject = behind;
        }
        self.credential = Some(who.subject);
        seen.subject_kind = who.kind;
        seen.session = who.session;
        seen.client =
            if is_client_known(&self.origin, address) { who.client } else { KeyedHash(0) };
        seen.route = Arc::clone(&self.on.route.name);
        let tls = self.spoke_tls;
        self.is_sampled = tables.sampled().keeps(seen.endpoint, seen.subject, at.wall_us)
            && tables.detail().level() == Level::Full;
        if self.is_sampled {
            seen.traits = traits::of_request(&head.fields, tls, address);
            self.page = head.fields.get(Known::Origin).map(Box::from);
            self.own_host = Host::of_authority(head.authority());
        }
        Client { address, tls }
    }

    fn on_request_data(&mut self, bytes: &Bytes, end: bool, at: Moment, tables: &Tables) -> Step {
        let count = bytes.len() as u64;
        self.seen.request_body_bytes = self.seen.request_body_bytes.saturating_add(count);
        if self.response == Response::Tunnel {
            return self.converse(Sender::Client, bytes, at);
        }
        match std::mem::replace(&mut self.request, Request::Ended) {
            Request::Holding(holding) => self.hold(holding, bytes, end, at, tables),
            Request::Streaming { end: false } => self.stream(bytes, end, at, tables),
            other @ (Request::AwaitHead
            | Request::Walking(..)
            | Request::Sliding(..)
            | Request::Committing(..)
            | Request::Streaming { end: true }
            | Request::Ended) => {
                self.request = other;
                Step::Cut
            }
        }
    }

    fn hold(
        &mut self,
        mut holding: Box<Holding>,
        bytes: &Bytes,
        end: bool,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        let view = Arc::clone(&self.view);
        let rules = &*view.rules;
        // A body that came whole with its head lies in the connection's buffer already.
        let is_whole = end && holding.body.is_empty();
        holding.body.push(bytes);
        holding.gathering.count_body(self.seen.request_body_bytes, rules);
        let mut grown = if is_whole { 0 } else { bytes.len() };
        if let Some(decoded) = &mut holding.decoded {
            grown += decoded.push(bytes, end);
            holding.gathering.assessment.oddities.extend(decoded.oddity().into_iter().collect());
        }
        if grown > 0 && !holding.room.grow(grown) {
            holding.gathering.assessment.violations.push(Code::LimitHeld);
            // A whole body of which only the end found no room is not torn apart. Whoever is refused gives back its room at once,
            // which is what others wait for.
            let rest = if end { Rest::End } else { Rest::Stream };
            let refused = decide_body(&holding.gathering.assessment, &self.on.clauses).0.is_some();
            let format = passes_as(holding.head.head()).filter(|_| !end && !refused);
            return match format {
                Some(format) => self.slide(holding, format, rest, at, tables),
                None => self.decide_held(*holding, rest, at, tables),
            };
        }
        let refused = decide_body(&holding.gathering.assessment, &self.on.clauses).0.is_some();
        let rest = if end { Rest::End } else { Rest::Stream };
        match holding.sniffed(bytes, end, rules.limits.inspect_bytes_max) {
            Sniffed::Unclear => {
                self.request = Request::Holding(holding);
                return Step::Read { max: DATA_BYTES_MAX };
            }
            // A long text is passed on from its first piece.
            Sniffed::Opaque => {
                holding.read_unpacked(rules);
                return match passes_as(holding.head.head()).filter(|_| !refused) {
                    Some(format) => self.slide(holding, format, rest, at, tables),
                    None => self.decide_held(*holding, rest, at, tables),
                };
            }
            Sniffed::Examined => {}
        }
        let is_cut = holding.body.len() > rules.limits.inspect_bytes_max;
        // Uploads are long: of their parts, those within the bound are examined.
        let is_upload = holding.format == Format::Multipart && holding.decoded.is_none();
        if is_cut && !is_upload {
            let is_plain = holding.format == Format::Text && is_plain_text(holding.head.head());
            if !is_plain {
                holding.gathering.is_unknown(Why::BodyTooLarge);
            }
            let format = holding.format;
            return match refused || holding.decoded.is_some() {
                true => {
                    holding.gathering.is_unpatched();
                    self.decide_held(*holding, rest, at, tables)
                }
                false => self.slide(holding, format, rest, at, tables),
            };
        }
        if refused {
            return self.decide_held(*holding, rest, at, tables);
        }
        if !end && !is_cut {
            self.request = Request::Holding(holding);
            return Step::Read { max: DATA_BYTES_MAX };
        }
        let held = holding.body.bytes();
        let text = holding.decoded.as_ref().and_then(Decoded::usable).unwrap_or(&held);
        if let Some(calls) = called(holding.head.head(), text) {
            let fields = &holding.head.head().fields;
            self.take_calls(calls, &mut holding.gathering, fields, tables);
        }
        holding.gathering.changes(holding.head.head(), text, rules);
        holding.gathering.describe_body(text);
        holding.gathering.body(holding.format);
        if is_cut && rest == Rest::Stream {
            let format = holding.format;
            return self.slide(holding, format, rest, at, tables);
        }
        let walk = walk(holding.format, Some(holding.head.head()), rules);
        self.request = Request::Walking(holding, walk, rest);
        self.walk_on(at, tables)
    }

    /// Notes what the caller's token says of who, and what, it is, unless it is no good.
    fn note_claims(&self, fields: &Fields, collector: &mut Collector) {
        let token = fields.get(Known::Authorization).and_then(bearer);
        let Some(token) = token.filter(|_| !self.credential_shown.is_doubted()) else { return };
        let key = &self.view.rules.key;
        let claims = identifying(token);
        for (name, value) in &claims {
            collector.note_claim(name, value, key);
        }
        let is_noted =
            |it: &KindOfBearer| !it.is_within && claims.iter().any(|of| of.0 == it.claim);
        for kind in kinds(token).iter().filter(|it| !is_noted(it)) {
            collector.note_kind(kind, key);
        }
    }

    /// Judges the calls within an envelope. Facts of each are kept as of an endpoint of its own.
    fn take_calls(
        &mut self,
        calls: Calls,
        gathering: &mut Gathering,
        fields: &Fields,
        tables: &Tables,
    ) {
        let rules = Arc::clone(&self.view);
        let of = EndpointId::of(&calls.first, &self.seen.template);
        if !self.is_sampled
            && tables.detail().level() == Level::Full
            && tables.sampled().keeps(of, self.seen.subject, self.seen.started.wall_us)
        {
            self.is_sampled = true;
            gathering.collector.keep_lists();
            self.note_claims(fields, &mut gathering.collector);
        }
        gathering.calls(&calls, &rules.rules);
        let names = Arc::new(calls.names);
        if let Some(asked) = &mut self.asked {
            asked.by_calls(calls.has_arguments, &names);
        }
        self.names = Some(names).filter(|it| !it.is_plain());
    }

    /// Holds a `POST` to the methods that its body names, too.
    fn hold_to_named(&self, holding: &mut Holding) {
        let methods = std::mem::take(&mut holding.gathering.methods);
        if self.seen.method != Method::Post || methods.is_empty() {
            return;
        }
        let (head, held) = (holding.head.head(), holding.body.bytes());
        let text = holding.decoded.as_ref().and_then(Decoded::usable).unwrap_or(&held);
        let (route, template) = (&self.on.route.name, &self.seen.template);
        for method in methods {
            let terms = self.view.terms.find(route, method, template).cloned();
            let at = holding.gathering.assessment.at;
            let patching = self.patching(&[method], false, head.path(), at);
            let (body, held) = ((holding.format, text), (terms, patching));
            holding.gathering.hold_also(head, body, held, &self.view.rules);
            if let Some(description) = &self.on.described {
                holding.gathering.describe(head, method, description);
                holding.gathering.describe_body(text);
            }
        }
    }

    fn walk_on(&mut self, at: Moment, tables: &Tables) -> Step {
        let view = Arc::clone(&self.view);
        match std::mem::replace(&mut self.request, Request::Ended) {
            Request::Walking(mut holding, mut walk, rest) => {
                let held = holding.body.bytes();
                let decoded = holding.decoded.as_ref().and_then(Decoded::usable);
                let text = decoded.unwrap_or(&held);
                match holding.gathering.walk(&mut walk, text, &view.rules) {
                    Progress::Done => {
                        self.hold_to_named(&mut holding);
                        self.decide_held(*holding, rest, at, tables)
                    }
                    Progress::More => {
                        self.request = Request::Walking(holding, walk, rest);
                        Step::Yield
                    }
                }
            }
            Request::Sliding(holding, from, rest) => self.slide_on(holding, from, rest, at, tables),
            other @ (Request::AwaitHead
            | Request::Holding(_)
            | Request::Committing(..)
            | Request::Streaming { .. }
            | Request::Ended) => {
                self.request = other;
                Step::Cut
            }
        }
    }

    fn decide_held(&mut self, holding: Holding, rest: Rest, at: Moment, tables: &Tables) -> Step {
        let Holding { head, mut gathering, mut body, decoded, room, format, .. } = holding;
        gathering.assessment.at = at;
        let mut held = body.bytes();
        if rest == Rest::End
            && let Some(text) = self.canonical(&held, format, head.head())
        {
            held = text;
            let oddities = &mut gathering.assessment.oddities;
            if oddities.contains(Oddity::JsonDuplicateKey) {
                // It is told, and no longer there.
                self.seen.oddities.insert(Oddity::JsonDuplicateKey);
                oddities.remove(Oddity::JsonDuplicateKey);
            }
        }
        let plan = BodyPlan { held, rest, room: Some(room) };
        self.decide(head, gathering, plan, decoded.as_ref().and_then(Decoded::usable), at, tables)
    }

    /// The one spelling of a body that is forwarded in its place, where the route wants it.
    fn canonical(&self, body: &[u8], format: Format, head: &RequestHead) -> Option<Bytes> {
        let is_inline = self.origin.authority == Authority::Inline;
        let limits = &self.view.rules.limits;
        let text = canonical(body, format, &head.fields, &self.on.route, limits);
        text.filter(|_| is_inline)
    }

    fn decide(
        &mut self,
        head: JudgedHead,
        mut it: Gathering,
        plan: BodyPlan,
        decoded: Option<&[u8]>,
        at: Moment,
        tables: &Tables,
    ) -> Step {
        let view = Arc::clone(&self.view);
        let (route, host) = (&self.seen.route, head.head().authority());
        self.account = it.log_in.account(route, host, &view.rules.key);
        let is_foreign = it.stand(tables) || self.stands_foreign();
        self.operation = it.answers();
        self.suspects = it.suspects.filter(|it| !it.is_empty()).map(Box::new);
        if let Some(asked) = &mut self.asked {
            // Whoever names what is another's is handed nothing by the answer, where it is let through.
            asked.hands_nothing = is_foreign;
            asked.is_ungiven = it.is_ungiven;
            asked.named = std::mem::take(&mut it.references);
        }
        // Afterwards the head is the permit's.
        let kept = (self.sample_bytes_max().is_some() && may_have_a_reason(&it.assessment))
            .then(|| head.head().clone());
        if self.sample_bytes_max().is_some()
            && let Some(streamed) = &mut self.streamed
        {
            streamed.head = Some(Box::new(head.head().clone()));
        }
        let is_cut = plan.rest == Rest::Stream;
        self.seen.operation = operation(head.head(), decoded.unwrap_or(&plan.held), is_cut);
        let is_coded = decoded.is_none() && head.head().fields.has(Known::ContentEncoding);
        // Of several findings the surest explains a refusal.
        it.assessment.findings.sort_by_key(|it| std::cmp::Reverse(it.sighting.score));
        let (decision, hits) = decide(head, &it.assessment, &self.on.clauses);
        self.seen.oddities.extend(it.assessment.oddities);
        self.record_hits(hits);
        let Assessment { findings, breaches, .. } = &mut it.assessment;
        findings.extend(breaches.drain(..).map(|it| it.finding));
        findings.sort_by_key(|it| std::cmp::Reverse(it.sighting.score));
        let more = findings.len().saturating_sub(FINDINGS_MAX);
        self.seen.findings_more = u16::try_from(more).unwrap_or(u16::MAX);
        findings.truncate(FINDINGS_MAX);
        self.seen.findings = std::mem::take(findings);
        if let Some(head) = kept {
            self.keep_request(&head, at, tables);
        }
        if let Some(evidence) = &mut self.evidence {
            if is_coded {
                evidence.request_is_coded();
            }
            evidence.request_body(decoded.unwrap_or(&plan.held));
        }
        self.collected = Some(it.collector);
        match decision {
            Decision::Refuse(refusal) => {
                self.note_harm(refusal.code, at, tables);
                self.refuse(refusal.code, Outcome::Refused)
            }
            Decision::Admit(permit)
                if (view.rules.record_required || self.on.route.record_required)
                    && self.origin.authority == Authority::Inline =>
            {
                let (id, endpoint) = (self.origin.id, self.seen.endpoint);
                self.request = Request::Committing(permit, plan);
                Step::Commit(Commitment::Intent { id, at, endpoint })
            }
            Decision::Admit(permit) => self.forward(permit, plan),
        }
    }

    /// Bytes of a body that a sample keeps, if this exchange may have one.
    fn sample_bytes_max(&self) -> Option<usize> {
        self.view.rules.sample_bytes_max.filter(|_| self.on.route.samples)
    }

    fn has_a_reason(&self) -> bool {
        !self.seen.findings.is_empty() || self.seen.hits.iter().any(is_reason)
    }

    /// Begins a sample of a request in which something was found, unless one was begun.
    fn keep_request(&mut self, head: &RequestHead, at: Moment, tables: &Tables) {
        if let Some(bytes_max) = self.sample_bytes_max()
            && self.evidence.is_none()
            && self.has_a_reason()
        {
            self.evidence = Evidence::begin(SampleReason::Finding, bytes_max, at, tables);
            if let Some(evidence) = &mut self.evidence {
                evidence.request_head(head);
            }
        }
    }

    /// Begins a sample of a response in which something was found, unless one was begun.
    fn keep_response(&mut self, talk: &Talk, end: bool, at: Moment, tables: &Tables) {
        if let Some(bytes_max) = self.sample_bytes_max()
            && self.evidence.is_none()
            && self.has_a_reason()
        {
            self.evidence = Evidence::begin(SampleReason::Finding, bytes_max, at, tables);
        }
        if let Some(evidence) = &mut self.evidence {
            evidence.response_head(&talk.head);
            evidence.response_body(talk.held(), end);
        }
    }

    fn on_committed(&mut self, result: Result<(), NotCommitted>) -> Step {
        match (std::mem::replace(&mut self.request, Request::Ended), result) {
            (Request::Committing(permit, plan), Ok(())) => {
                self.owes_result = true;
                self.forward(permit, plan)
            }
            (Request::Committing(..), Err(NotCommitted)) => {
                let code = Code::RecordUnavailable;
                self.record_hit(Hit { code, effect: Effect::Refused, margin: 0 });
                self.refuse(code, Outcome::Refused)
            }
            (other, _) => {
                self.request = other;
                Step::Cut
            }
        }
    }

    fn forward(&mut self, permit: Permit, plan: BodyPlan) -> Step {
        self.request = match plan.rest {
            Rest::NoBody | Rest::End => Request::Ended,
            Rest::Stream => Request::Streaming { end: false },
        };
        self.response = Response::AwaitHead;
        Step::Forward(permit, plan)
    }

    /// A body that was forwarded unread proves to be of a kind that is examined.
    fn unexamined(&mut self, is_so: bool, at: Moment) -> Option<Step> {
        if !is_so {
            return None;
        }
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        assessment.fails_open = self.on.route.fail_open;
        assessment.unknown.push((ClauseName::ContentUnexamined, Why::BodyTooLarge));
        let (refusal, hits) = decide_body(&assessment, &self.on.clauses);
        self.record_hits(hits);
        refusal.map(|it| self.refuse_late(it.code, at))
    }

    fn on_request_written(&mut self) -> Step {
        match self.request {
            Request::Streaming { end: false } => Step::Read { max: DATA_BYTES_MAX },
            Request::Streaming { end: true } => {
                self.request = Request::Ended;
                Step::Yield
            }
            Request::AwaitHead
            | Request::Holding(_)
            | Request::Walking(..)
            | Request::Sliding(..)
            | Request::Committing(..)
            | Request::Ended => Step::Cut,
        }
    }

    // Response half.

    fn on_interim_head(&mut self, mut head: ResponseHead, at: Moment) -> Step {
        if self.response != Response::AwaitHead {
            return Step::Cut;
        }
        self.scrub_banner(&mut head, at);
        Step::Reply(Reply::Interim(head))
    }

    fn on_response_head(&mut self, mut head: ResponseHead, at: Moment, tables: &Tables) -> Step {
        if self.response != Response::AwaitHead {
            return Step::Cut;
        }
        let hits = self.scrub_banner(&mut head, at);
        self.record_hits(hits);
        self.announce(&mut head);
        if self.on.route.security_headers {
            head.protect(self.spoke_tls);
        }
        // Without a body, the message of a gRPC status stands in the head.
        if let Some(position) = message_position(&head.fields)
            && self.scrubbed_message(&head.fields.clone(), at).is_some()
        {
            head.leave_out(position);
        }
        if head.status == 101 {
            let agreed = head.fields.get(Known::Upgrade);
            if !self.wants_upgrade
                || !agreed.is_some_and(|it| it.eq_ignore_ascii_case(b"websocket"))
            {
                return self.on_upstream_failed(UpstreamFault::Malformed, at);
            }
            self.response = Response::Tunnel;
            self.begin_conversation(tables);
            self.seen.outcome = Outcome::Tunnelled;
        } else {
            self.response = Response::Streaming { end: head.framing == Framing::None };
        }
        if self.keeps_facts {
            self.seen.traits.extend(traits::of_response(&head, self.page.as_deref()));
            pointed::of_head(&head, self.own_host.as_ref(), &mut self.seen.pointed);
            if !self.is_head && self.response != Response::Tunnel {
                self.answer = Answer::of(&head, self.names.clone(), tables).map(Box::new);
            }
        }
        if let Some(rate) = self.on.records.filter(|_| !self.is_head) {
            self.budget = Budget::of(&head, rate, self.reader()).map(Box::new);
        }
        self.note_tenant(head.status, tables);
        self.begin_issuing(&head, at, tables);
        if let Some(code) = self.begin_described(&head, at, tables) {
            return self.refuse_unsent(code, at);
        }
        if let Err(Unreadable) = self.begin_outgoing(&mut head, tables) {
            return self.refuse_unread(at);
        }
        if let Some(code) = self.begin_events(&mut head, at, tables) {
            return self.refuse_unsent(code, at);
        }
        self.begin_reflected(&head);
        let is_reflected = self.reflected.is_some();
        if self.response == (Response::Streaming { end: false })
            && !self.is_head
            && let Some(looks) = Looks::of(&head, self.to.dialect, is_reflected, &self.on.clauses)
            && let Some(talk) = Talk::of(head.clone(), looks, &self.view.rules.limits, tables)
        {
            self.response = Response::Holding;
            self.seen.status = head.status;
            // Its head is kept with what is held.
            self.talk = Some(Box::new(talk));
            return Step::Read { max: DATA_BYTES_MAX };
        }
        self.seen.status = head.status;
        if let Some(evidence) = &mut self.evidence {
            evidence.response_head(&head);
        }
        let waits = |it: &Outgoing| it.awaits_owner() || it.gathers();
        if self.outgoing.as_deref().is_some_and(waits) || self.withholds_described() {
            return self.withhold(head, tables);
        }
        self.seen.phases.answered_us = at.us_since(self.seen.started);
        match self.response {
            Response::Tunnel => Step::Tunnel(head),
            Response::Idle
            | Response::AwaitHead
            | Response::Holding
            | Response::Judging
            | Response::Releasing { .. }
            | Response::Streaming { .. }
            | Response::Replied
            | Response::Ended => Step::Reply(Reply::Relay(head)),
        }
    }

    /// Leaves out the fields that name software, if its clause is enforced.
    fn scrub_banner(&self, head: &mut ResponseHead, at: Moment) -> Hits {
        if self.on.clauses.mode(ClauseName::DisclosureBanner) == Mode::Off {
            return Hits::default();
        }
        let positions = banner(head);
        if positions == 0 {
            return Hits::default();
        }
        let assessment = Assessment::clean(at, self.seen.endpoint);
        let codes = [Code::DisclosureBanner];
        let (decision, hits) = decide_response(&codes, &assessment, &self.on.clauses);
        if decision.without_banner {
            head.leave_out(positions);
        }
        hits
    }

    /// Has the answer of an endpoint that is marked for retirement say so.
    fn announce(&self, head: &mut ResponseHead) {
        if self.on.retired.is_empty() {
            return;
        }
        let Observation { method, template, .. } = &self.seen;
        if let Some(it) = announce(&self.on.retired, *method, template, head) {
            head.leave_out(it.left_out);
            head.add(&it.says);
        }
    }

    /// Takes a piece of an error response, and releases it when enough is known.
    fn hold_response(&mut self, bytes: &Bytes, end: bool, at: Moment, tables: &Tables) -> Step {
        let Some(mut talk) = self.talk.take() else { return Step::Cut };
        match talk.push(bytes, end) {
            Heard::More => {
                self.talk = Some(talk);
                return Step::Read { max: DATA_BYTES_MAX };
            }
            Heard::NoRoom => {
                let code = Code::LimitHeld;
                let is_enforced = talk.mode() == Mode::Enforce;
                let effect = match (is_enforced, self.on.route.fail_open) {
                    (true, false) => Effect::Refused,
                    (_, true) => Effect::FailedOpen,
                    (false, false) => Effect::WouldRefuse,
                };
                self.record_hit(Hit { code, effect, margin: 0 });
                if effect == Effect::Refused {
                    return self.refuse(code, Outcome::Refused);
                }
            }
            Heard::Enough => {}
        }
        self.release(talk, end, at, tables)
    }

    /// Nothing more comes for now: whoever waits for what is held gets it.
    fn hurry(&mut self, at: Moment, tables: &Tables) -> Step {
        match self.talk.take() {
            Some(talk) if self.response == Response::Holding => {
                self.release(talk, false, at, tables)
            }
            talk => {
                self.talk = talk;
                self.hurry_answer(at, tables)
            }
        }
    }

    /// Passes a held response on, or says something else in its place.
    fn release(&mut self, talk: Box<Talk>, end: bool, at: Moment, tables: &Tables) -> Step {
        let mut assessment = Assessment::clean(at, self.seen.endpoint);
        assessment.fails_open = self.on.route.fail_open;
        let mut codes = talk.says_too_much();
        codes.extend(self.note_reflected());
        let (decision, hits) = decide_response(&codes, &assessment, &self.on.clauses);
        self.record_hits(hits);
        self.keep_response(&talk, end, at, tables);
        if let Some(code) = decision.replaced {
            // An error stays the error that it is; what is no error is one now.
            let is_error = self.seen.status >= 400 || self.to.dialect == Dialect::GraphQl;
            let status = if is_error { self.seen.status } else { code.entry().status };
            let reply = scrubbed_reply(status, code, self.origin.id, &self.to);
            self.seen.status = reply.status;
            self.response = Response::Replied;
            // What follows of the response, if anything, is not read any more.
            let reply = OwnReply { close: !end, ..reply };
            return Step::Reply(Reply::Own(reply));
        }
        self.seen.phases.answered_us = at.us_since(self.seen.started);
        let head = talk.head.clone();
        if self.outgoing.is_some() || self.described.is_some() {
            return self.release_outgoing(talk, end, at, tables);
        }
        self.talk = Some(talk);
        self.response = Response::Releasing { end: end && self.owed_trailers.is_none() };
        Step::Reply(Reply::Relay(head))
    }

    fn on_response_trailers(&mut self, fields: &Fields, at: Moment, tables: &Tables) -> Step {
        match self.response {
            Response::Holding => {
                self.owed_trailers = Some(self.scrubbed_message(fields, at));
                self.hold_response(&Bytes::new(), true, at, tables)
            }
            // Trailers speak of the bytes that came.
            Response::Judging if self.gathers_answer() => {
                self.owed_trailers = Some(self.scrubbed_message(fields, at));
                self.judge_answer(&Bytes::new(), true, at, tables)
            }
            Response::Judging => self.judge_answer(&Bytes::new(), true, at, tables),
            Response::Streaming { end: false } if self.events.is_some() => self.tell(b"", true, at),
            Response::Streaming { end: false } if self.changes_answer() => {
                self.stream_answer(&Bytes::new(), true, at, tables)
            }
            Response::Streaming { end: false } => {
                self.push_described(b"", true, at);
                self.response = Response::Streaming { end: true };
                Step::Write(Payload::Trailers { message: self.scrubbed_message(fields, at) })
            }
            Response::Idle
            | Response::AwaitHead
            | Response::Releasing { .. }
            | Response::Streaming { end: true }
            | Response::Tunnel
            | Response::Replied
            | Response::Ended => Step::Cut,
        }
    }

    fn on_response_data(&mut self, bytes: &Bytes, end: bool, at: Moment, tables: &Tables) -> Step {
        let count = bytes.len() as u64;
        self.seen.response_body_bytes = self.seen.response_body_bytes.saturating_add(count);
        if let Some(answer) = &mut self.answer {
            answer.push(bytes, end);
        }
        if let Some(budget) = &mut self.budget {
            budget.push(bytes, end, at, tables);
        }
        if self.reflected.is_some()
            && let Some(step) = self.look_for_reflected(bytes, end, at)
        {
            return step;
        }
        match self.response {
            Response::Holding => self.hold_response(bytes, end, at, tables),
            Response::Judging => {
                if let Some(evidence) = &mut self.evidence {
                    evidence.response_body(bytes, end);
                }
                self.judge_answer(bytes, end, at, tables)
            }
            Response::Streaming { end: false } => {
                if let Some(evidence) = &mut self.evidence {
                    evidence.response_body(bytes, end);
                }
                match self.events {
                    Some(_) => self.tell(bytes, end, at),
                    None => self.stream_answer(bytes, end, at, tables),
                }
            }
            Response::Tunnel if end => self.finish(at),
            Response::Tunnel => self.converse(Sender::Server, bytes, at),
            Response::Idle
            | Response::AwaitHead
            | Response::Releasing { .. }
            | Response::Streaming { end: true }
            | Response::Replied
            | Response::Ended => Step::Cut,
        }
    }

    /// What stands in for a `grpc-message` that says too much.
    fn scrubbed_message(&mut self, fields: &Fields, at: Moment) -> Option<&'static str> {
        let codes = message_says_too_much(fields);
        let assessment = Assessment::clean(at, self.seen.endpoint);
        let (decision, hits) = decide_response(&codes, &assessment, &self.on.clauses);
        self.record_hits(hits);
        decision.replaced.map(|code| code.entry().title)
    }

    fn on_response_written(&mut self, at: Moment) -> Step {
        if self.response == (Response::Streaming { end: false })
            && let Some(message) = self.owed_trailers.take()
        {
            self.response = Response::Streaming { end: true };
            return Step::Write(Payload::Trailers { message });
        }
        if let Some(code) = self.ends_with.take() {
            return self.refuse_late(code, at);
        }
        match self.response {
            Response::Releasing { end } => {
                let bytes = match (self.talk.take(), self.withheld.take()) {
                    (Some(talk), _) => talk.into_held(),
                    (None, Some(withheld)) => withheld.bytes.freeze(),
                    (None, None) => return Step::Cut,
                };
                self.response = Response::Streaming { end };
                Step::Write(Payload::Held { bytes, end })
            }
            Response::Streaming { end: false } => Step::Read { max: DATA_BYTES_MAX },
            Response::Streaming { end: true } | Response::Replied => self.finish(at),
            Response::Idle
            | Response::AwaitHead
            | Response::Holding
            | Response::Judging
            | Response::Tunnel
            | Response::Ended => Step::Cut,
        }
    }

    // Both.

    /// Of a copy nothing more is seen: neither whether the original was let through, nor its answer.
    fn on_answered_elsewhere(&mut self, at: Moment) -> Step {
        if self.origin.authority != Authority::Copy || self.response != Response::AwaitHead {
            return Step::Cut;
        }
        self.seen.outcome = Outcome::Copied;
        self.finish(at)
    }

    fn on_upstream_failed(&mut self, fault: UpstreamFault, at: Moment) -> Step {
        let code = match fault {
            UpstreamFault::Unreachable => Code::UpstreamUnreachable,
            UpstreamFault::Tls => Code::UpstreamTls,
            UpstreamFault::Busy => Code::UpstreamBusy,
            UpstreamFault::CircuitOpen(ms) => {
                self.retry_after_s = Some(ms.div_ceil(1_000));
                Code::UpstreamCircuitOpen
            }
            UpstreamFault::Timeout => Code::UpstreamTimeout,
            UpstreamFault::Malformed => Code::UpstreamMalformed,
            UpstreamFault::Closed => Code::UpstreamClosed,
        };
        self.record_hit(Hit { code, effect: Effect::Failed, margin: 0 });
        match self.response {
            Response::AwaitHead | Response::Holding | Response::Judging => {
                self.refuse(code, Outcome::UpstreamFailed)
            }
            Response::Idle
            | Response::Releasing { .. }
            | Response::Streaming { .. }
            | Response::Tunnel
            | Response::Replied
            | Response::Ended => {
                self.seen.outcome = Outcome::UpstreamFailed;
                self.finish(at)
            }
        }
    }

    fn abort(&mut self, cause: Cause, at: Moment, tables: &Tables) -> Step {
        match cause {
            Cause::ClientGone => self.seen.outcome = Outcome::ClientAborted,
            Cause::Stopped => self.seen.outcome = Outcome::Stopped,
            Cause::Odd(oddity) => {
                if let Request::Holding(holding) =
                    std::mem::replace(&mut self.request, Request::Ended)
                {
                    let mut holding = *holding;
                    holding.gathering.assessment.oddities.insert(oddity);
                    return self.decide_held(holding, Rest::Stream, at, tables);
                }
                let mut assessment = Assessment::clean(at, self.seen.endpoint);
                assessment.oddities.insert(oddity);
                let (refusal, hits) = decide_body(&assessment, &self.on.clauses);
                self.seen.oddities.insert(oddity);
                self.record_hits(hits);
                let code = refusal.map_or(oddity.code(), |it| it.code);
                return self.refuse_late(code, at);
            }
        }
        self.finish(at)
    }

    /// Refuses what is under way already: the client is told as long as nothing else was said.
    fn refuse_late(&mut self, code: Code, at: Moment) -> Step {
        let is_unsaid = |it| {
            matches!(
                it,
                Response::Idle | Response::AwaitHead | Response::Holding | Response::Judging
            )
        };
        if is_unsaid(self.response) {
            return self.refuse(code, Outcome::Refused);
        }
        self.seen.outcome = Outcome::Refused;
        self.finish(at)
    }

    fn refuse(&mut self, code: Code, outcome: Outcome) -> Step {
        let mut reply = own_reply(code, self.origin.id, &self.to);
        if let Some(seconds) =
            self.retry_after_s.filter(|_| matches!(reply.code.entry().status, 429 | 503))
        {
            reply = later(reply, seconds);
        }
        let is_dpop = self.credential_shown.is_dpop;
        if let Some(challenge) = challenge(code, is_dpop, &self.on.route.scopes) {
            reply = challenging(reply, challenge);
        }
        self.talk = None;
        self.request = Request::Ended;
        self.response = Response::Replied;
        self.seen.outcome = outcome;
        self.seen.status = reply.status;
        Step::Reply(Reply::Own(reply))
    }

    fn record_hits(&mut self, hits: Hits) {
        self.seen.hits_more = self.seen.hits_more.saturating_add(hits.more);
        hits.kept.into_iter().for_each(|it| self.record_hit(it));
    }

    fn record_hit(&mut self, hit: Hit) {
        if self.seen.hits.len() < HITS_MAX {
            self.seen.hits.push(hit);
        } else {
            self.seen.hits_more = self.seen.hits_more.saturating_add(1);
        }
    }

    fn finish(&mut self, at: Moment) -> Step {
        self.request = Request::Ended;
        self.response = Response::Ended;
        self.seen.phases.finished_us = at.us_since(self.seen.started);
        let Observation { id, started, revision, epoch, .. } = self.seen;
        let spent = Observation::opened(id, started, revision, epoch);
        Step::Finished(Box::new(std::mem::replace(&mut self.seen, spent)), None)
    }
}

enum Sniffed {
    /// Nothing but white space so far.
    Unclear,
    /// Not of a kind that is examined.
    Opaque,
    /// To be held and examined.
    Examined,
}

impl Holding {
    /// Examines messages of protocol buffers that came compressed.
    fn read_unpacked(&mut self, rules: &Rules) {
        let Self { head, gathering, format, decoded, .. } = self;
        let text = decoded.as_ref().and_then(Decoded::usable);
        if let Some(text) = text.filter(|_| matches!(format, Format::Protobuf | Format::Grpc)) {
            let mut streamed = gathering.streamed(*format, head.head(), rules);
            streamed.push(text, true, &rules.key, &mut gathering.assessment);
        }
    }

    /// Whether the body is examined. Many servers never ask for the content type, so a body that
    /// is declared to be opaque and begins as JSON is examined as such.
    fn sniffed(&mut self, piece: &[u8], end: bool, bytes_max: usize) -> Sniffed {
        if matches!(self.format, Format::Protobuf | Format::Grpc) {
            self.format = self.format.sniffed(piece);
        }
        if matches!(self.format, Format::Protobuf | Format::Grpc) {
            // What is compressed is read when it is whole.
            let waits = self.decoded.is_some() && !end && self.body.len() < bytes_max;
            return if waits { Sniffed::Unclear } else { Sniffed::Opaque };
        }
        if self.format != Format::Opaque {
            return Sniffed::Examined;
        }
        // What is compressed tells nothing by its first bytes: an opaque type stays opaque, but for
        // what it decodes to.
        let decoded = self.decoded.as_ref().and_then(Decoded::usable);
        let (is_blank, bytes_max) = match decoded {
            // A decoder may give its first byte late.
            Some(text) => (text.iter().all(u8::is_ascii_whitespace), bytes_max),
            None => (piece.iter().all(u8::is_ascii_whitespace), DATA_BYTES_MAX),
        };
        if is_blank && !end && self.body.len() < bytes_max {
            return Sniffed::Unclear;
        }
        let held = self.body.bytes();
        self.format = self.format.sniffed(decoded.unwrap_or(&held));
        if self.format == Format::Opaque { Sniffed::Opaque } else { Sniffed::Examined }
    }
}

/// A held body: nothing is copied while it is in one piece.
#[derive(Debug, Default)]
struct HeldBody {
    first: Bytes,
    more: BytesMut,
}

impl HeldBody {
    fn push(&mut self, bytes: &Bytes) {
        if self.is_empty() {
            self.first = bytes.clone();
            return;
        }
        if self.more.is_empty() {
            self.more.extend_from_slice(&self.first);
            self.first = Bytes::new();
        }
        self.more.extend_from_slice(bytes);
    }

    /// The whole body in one piece.
    fn bytes(&mut self) -> Bytes {
        if !self.more.is_empty() {
            self.first = self.more.split().freeze();
        }
        self.first.clone()
    }

    fn len(&self) -> usize {
        self.first.len() + self.more.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
