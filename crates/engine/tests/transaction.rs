//! The transaction as adapters see it: every phase, every way out, exactly one observation.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::{Recording, replay};
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{
    Cause, Commitment, Input, NotCommitted, Payload, Reply, Rest, Side, Step, UpstreamFault,
};
use bartizan_engine::tables::Tables;
use bartizan_engine::tables::detail::Level;
use bartizan_engine::tables::evidence::Watch;
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::fact::{Facts, Forms};
use bartizan_model::head::{Framing, HeadWriter, RequestHead, ResponseHead, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome, Phases};
use bartizan_model::oddity::Oddity;
use bartizan_model::route::Route;
use bartizan_model::sample::{Sample, SampleReason};
use bartizan_model::traits::{Trait, Traits};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const SQLI: &str = "/items?q=%27%20UNION%20SELECT%20email,%20password%20FROM%20users%20--";

struct Rig {
    transaction: Transaction,
    tables: Tables,
    ns: u64,
}

#[derive(Clone)]
struct Setup {
    mode: Mode,
    limits: Limits,
    record_required: bool,
    fail_open: bool,
    samples: bool,
    sample_bytes_max: Option<usize>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            mode: Mode::Enforce,
            limits: Limits::default(),
            record_required: false,
            fail_open: false,
            samples: true,
            sample_bytes_max: Some(100),
        }
    }
}

fn snapshot(setup: &Setup) -> Arc<Snapshot> {
    let clauses = ClauseSet::new(setup.mode, SetBy::Flag, &[], &[]);
    let key = HashKey::new(KeyEpoch(3), [9; 16]);
    let record_required = setup.record_required;
    let mut rules = Rules { record_required, ..Rules::plain(clauses, setup.limits, key) };
    rules.sample_bytes_max = setup.sample_bytes_max;
    let (fail_open, samples) = (setup.fail_open, setup.samples);
    let route = Route { fail_open, samples, ..Route::to_everything(0) };
    let on = RouteRules {
        route: Arc::new(route),
        clauses: rules.base.clauses.clone(),
        retired: Arc::default(),
        described: None,
        profile: Arc::default(),
        on_behalf_of: None,
        see_to_others: Arc::default(),
        records: None,
    };
    rules.routes = Routes::new(vec![on]);
    Arc::new(Snapshot {
        revision: 5,
        rules: Arc::new(rules),
        terms: Arc::default(),
        truth: Arc::default(),
    })
}

fn origin() -> Origin {
    Origin {
        id: ExchangeId::new(1_700_000_000_000, 77),
        authority: Authority::Inline,
        peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        tls: false,
        certificate: None,
        certificate_digest: None,
        ja4: None,
        sees_bodies: true,
    }
}

impl Rig {
    fn new(setup: &Setup) -> Self {
        let transaction = Transaction::open(origin(), snapshot(setup), Moment::default());
        let tables = Tables::new(setup.limits.held_bytes_max);
        Self { transaction, tables, ns: 0 }
    }

    fn feed(&mut self, side: Side, input: Input<'_>) -> Step {
        self.ns += 1_000_000;
        let at = Moment { mono_ns: self.ns, wall_us: 1_700_000_000_000_000 + self.ns / 1_000 };
        self.transaction.step(side, at, &self.tables, input)
    }

    fn data(&mut self, side: Side, text: &[u8], end: bool) -> Step {
        let bytes = Bytes::copy_from_slice(text);
        self.feed(side, Input::Data { bytes: &bytes, end })
    }

    /// Ends the exchange as the upstream and the client would if all went well.
    fn served(&mut self) -> Observation {
        let step = self.feed(Side::Response, Input::ResponseHead(response(200, Framing::None)));
        assert!(matches!(step, Step::Reply(Reply::Relay(_))), "{step:?}");
        finished(self.feed(Side::Response, Input::Written))
    }
}

fn request(method: &str, target: &str, framing: Framing, fields: &[(&str, &str)]) -> RequestHead {
    let mut writer = HeadWriter::new();
    writer.method(method.as_bytes());
    writer.target(target.as_bytes());
    writer.authority(b"api.example");
    for (name, value) in fields {
        writer.field(name.as_bytes(), value.as_bytes());
    }
    writer.request(Version::Http11, framing)
}

fn get(target: &str) -> RequestHead {
    request("GET", target, Framing::None, &[])
}

fn post(framing: Framing) -> RequestHead {
    request("POST", "/orders/17", framing, &[("content-type", "application/json")])
}

fn response(status: u16, framing: Framing) -> ResponseHead {
    HeadWriter::new().response(status, framing)
}

#[track_caller]
fn finished(step: Step) -> Observation {
    match step {
        Step::Finished(it, _) => *it,
        other => panic!("not finished: {other:?}"),
    }
}

#[track_caller]
fn refused(step: Step) -> Code {
    match step {
        Step::Reply(Reply::Own(reply)) => reply.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_plain_call_is_forwarded_and_observed() {
    let mut rig = Rig::new(&Setup::default());
    let step = rig.feed(Side::Request, Input::RequestHead(get("/orders/17?x=1")));
    match step {
        Step::Forward(permit, plan) => {
            assert_eq!(permit.head().head().target(), b"/orders/17?x=1");
            assert_eq!(plan.rest, Rest::NoBody);
        }
        other => panic!("{other:?}"),
    }
    let it = rig.served();
    assert_eq!((it.outcome, it.status, it.revision), (Outcome::Served, 200, 5));
    assert_eq!((&*it.template, it.hits.len()), ("/orders/{int}", 0));
    assert_eq!(it.epoch, KeyEpoch(3));
    assert!(it.phases.finished_us > it.phases.answered_us);
    // Nothing more comes out of it.
    assert!(matches!(rig.feed(Side::Response, Input::Written), Step::Cut));
    assert!(matches!(rig.feed(Side::Request, Input::Abort(Cause::ClientGone)), Step::Cut));
}

#[test]
fn an_attack_in_the_query_is_refused_and_explained() {
    let mut rig = Rig::new(&Setup::default());
    let step = rig.feed(Side::Request, Input::RequestHead(get(SQLI)));
    assert_eq!(refused(step), Code::ContentSqlInjection);
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!((it.outcome, it.status), (Outcome::Refused, 403));
    assert_eq!(it.hits[0].effect, Effect::Refused);
    assert_eq!(it.findings[0].place.to_string(), "query q");
}

#[test]
fn the_same_attack_is_only_noted_where_it_is_observed() {
    let mut rig = Rig::new(&Setup { mode: Mode::Observe, ..Setup::default() });
    let step = rig.feed(Side::Request, Input::RequestHead(get(SQLI)));
    assert!(matches!(step, Step::Forward(..)), "{step:?}");
    let it = rig.served();
    assert_eq!(it.outcome, Outcome::Served);
    assert_eq!(it.hits[0].effect, Effect::WouldRefuse);
}

#[test]
fn a_body_is_held_until_it_is_judged_whole() {
    let mut rig = Rig::new(&Setup::default());
    let step = rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
    assert!(matches!(step, Step::Read { .. }), "{step:?}");
    assert!(matches!(
        rig.data(Side::Request, b"{\"note\":\"x' UNION SE", false),
        Step::Read { .. }
    ));
    assert_eq!(rig.tables.held_bytes(), 20);
    let step = rig.data(Side::Request, b"LECT password FROM users --\"}", true);
    assert_eq!(refused(step), Code::ContentSqlInjection);
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!(rig.tables.held_bytes(), 0);
    assert_eq!(it.findings[0].place.to_string(), "body $.note");
}

#[test]
fn a_harmless_body_goes_on_as_it_came() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Length(14))));
    rig.data(Side::Request, b"{\"a\":", false);
    match rig.data(Side::Request, b" \"O'Nei\"}", true) {
        Step::Forward(_, plan) => {
            assert_eq!((&plan.held[..], plan.rest), (&b"{\"a\": \"O'Nei\"}"[..], Rest::End));
        }
        other => panic!("{other:?}"),
    }
    let it = rig.served();
    assert_eq!(it.request_body_bytes, 14);
}

#[test]
fn a_long_body_is_judged_in_turns_with_others() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Length(60_000))));
    let body = format!("[{}\"end\"]", "\"item\",".repeat(8_000));
    let mut step = rig.data(Side::Request, body.as_bytes(), true);
    let mut turns = 0;
    while let Step::Yield = step {
        turns += 1;
        step = rig.feed(Side::Request, Input::Resume);
    }
    assert!(matches!(step, Step::Forward(..)), "{step:?}");
    assert!(turns >= 2, "{turns}");
}

#[test]
fn what_is_too_long_to_hold_is_streamed_and_noted_as_unexamined() {
    let limits = Limits { inspect_bytes_max: 10, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, ..Setup::default() });
    let step = rig.feed(Side::Request, Input::RequestHead(post(Framing::Length(11))));
    assert_eq!(refused(step), Code::ContentUnexamined);
    let mut rig = Rig::new(&Setup { limits, mode: Mode::Observe, ..Setup::default() });
    let step = rig.feed(Side::Request, Input::RequestHead(post(Framing::Length(11))));
    assert!(matches!(step, Step::Forward(_, ref plan) if plan.rest == Rest::Stream), "{step:?}");
    assert!(matches!(rig.feed(Side::Request, Input::Written), Step::Read { .. }));
    let step = rig.data(Side::Request, b"12345678901", true);
    assert!(matches!(step, Step::Write(Payload::Verbatim)), "{step:?}");
    assert!(matches!(rig.feed(Side::Request, Input::Written), Step::Yield));
    let it = rig.served();
    assert_eq!(it.hits[0].code, Code::ContentUnexamined);
    assert_eq!(it.hits[0].effect, Effect::WouldRefuse);
}

#[test]
fn a_body_without_a_length_that_grows_too_long_is_streamed_from_there() {
    let limits = Limits { inspect_bytes_max: 10, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, fail_open: true, ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
    assert!(matches!(rig.data(Side::Request, b"[1234567,", false), Step::Read { .. }));
    match rig.data(Side::Request, b"12345", false) {
        Step::Forward(_, plan) => {
            assert_eq!((&plan.held[..], plan.rest), (&b"[1234567,12345"[..], Rest::Stream));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_body_over_its_limit_is_refused_before_it_is_read_or_cut_while_it_streams() {
    let limits = Limits { body_bytes_max: 10, inspect_bytes_max: 5, ..Limits::default() };
    let setup = Setup { limits, fail_open: true, ..Setup::default() };
    let mut rig = Rig::new(&setup);
    let step = rig.feed(Side::Request, Input::RequestHead(post(Framing::Length(11))));
    assert_eq!(refused(step), Code::BodySize);

    let mut rig = Rig::new(&setup);
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
    let step = rig.data(Side::Request, b"[12345678", false);
    assert!(matches!(step, Step::Forward(..)), "{step:?}");
    rig.feed(Side::Request, Input::Written);
    let step = rig.data(Side::Request, b"9", false);
    assert!(matches!(step, Step::Write(_)), "{step:?}");
    rig.feed(Side::Request, Input::Written);
    assert_eq!(refused(rig.data(Side::Request, b"]", true)), Code::BodySize);
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!((it.outcome, it.status), (Outcome::Refused, 413));
    assert!(it.hits.iter().any(|hit| hit.code == Code::BodySize));
}

#[test]
fn a_body_that_finds_no_room_is_shed() {
    let limits = Limits { held_bytes_max: 10, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
    let step = rig.data(Side::Request, b"[12345678901", false);
    assert_eq!(refused(step), Code::LimitHeld);
    assert_eq!((rig.tables.held_bytes(), rig.tables.shed()), (0, 1));
}

/// Others wait for its room: what it holds is not examined first, which would take turns.
#[test]
fn a_text_that_finds_no_room_is_shed_at_once() {
    let limits = Limits { held_bytes_max: 40_000, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, mode: Mode::Observe, ..Setup::default() });
    let text = &[("content-type", "text/plain")];
    rig.feed(Side::Request, Input::RequestHead(request("POST", "/a", Framing::Delimited, text)));
    for _ in 0..2 {
        let step = rig.data(Side::Request, &[b'a'; 16_384], false);
        assert!(matches!(step, Step::Read { .. }), "{step:?}");
    }
    let step = rig.data(Side::Request, &[b'a'; 16_384], false);
    assert_eq!(refused(step), Code::LimitHeld);
}

#[test]
fn the_law_refuses_a_head_that_was_not_read_to_its_end() {
    let mut rig = Rig::new(&Setup { mode: Mode::Observe, ..Setup::default() });
    let mut writer = HeadWriter::new();
    writer.oddity(Oddity::LengthAndChunked);
    let step =
        rig.feed(Side::Request, Input::RequestHead(writer.request(Version::Http11, Framing::None)));
    assert_eq!(refused(step), Code::FramingLengthAndChunked);
}

#[test]
fn a_body_that_breaks_its_framing_or_stalls_is_answered_while_that_is_possible() {
    for (oddity, code) in [
        (Oddity::ChunkMalformed, Code::FramingChunkMalformed),
        (Oddity::BodyTimeout, Code::LimitBodyTime),
    ] {
        let mut rig = Rig::new(&Setup::default());
        rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
        let step = rig.feed(Side::Request, Input::Abort(Cause::Odd(oddity)));
        assert_eq!(refused(step), code);
        let it = finished(rig.feed(Side::Response, Input::Written));
        assert_eq!(it.outcome, Outcome::Refused);
    }
}

#[test]
fn an_intent_is_durable_before_anything_is_forwarded() {
    let setup = Setup { record_required: true, ..Setup::default() };
    let mut rig = Rig::new(&setup);
    let step = rig.feed(Side::Request, Input::RequestHead(get("/a")));
    let is_intent = |step: &Step| matches!(step, Step::Commit(Commitment::Intent { id, .. }) if *id == origin().id);
    assert!(is_intent(&step), "{step:?}");
    assert!(matches!(rig.feed(Side::Request, Input::Committed(Ok(()))), Step::Forward(..)));

    let mut rig = Rig::new(&setup);
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    let step = rig.feed(Side::Request, Input::Committed(Err(NotCommitted)));
    assert_eq!(refused(step), Code::RecordUnavailable);
}

#[test]
fn the_result_is_durable_before_the_response_head() {
    let setup = Setup { record_required: true, ..Setup::default() };
    let rig = || {
        let mut rig = Rig::new(&setup);
        rig.feed(Side::Request, Input::RequestHead(get("/a")));
        rig.feed(Side::Request, Input::Committed(Ok(())));
        let step = rig.feed(Side::Response, Input::ResponseHead(response(200, Framing::None)));
        let is_result = matches!(step, Step::Commit(Commitment::Result { status: 200, .. }));
        assert!(is_result, "{step:?}");
        rig
    };
    let mut it = rig();
    let step = it.feed(Side::Response, Input::Committed(Ok(())));
    assert!(matches!(step, Step::Reply(Reply::Relay(_))), "{step:?}");
    assert_eq!(finished(it.feed(Side::Response, Input::Written)).outcome, Outcome::Served);

    let step = rig().feed(Side::Response, Input::Committed(Err(NotCommitted)));
    assert_eq!(refused(step), Code::RecordUnavailable);
}

#[test]
fn an_upstream_that_fails_is_answered_for_once_and_cut_later() {
    for (fault, code) in [
        (UpstreamFault::Unreachable, Code::UpstreamUnreachable),
        (UpstreamFault::Timeout, Code::UpstreamTimeout),
        (UpstreamFault::Malformed, Code::UpstreamMalformed),
        (UpstreamFault::Closed, Code::UpstreamClosed),
    ] {
        let mut rig = Rig::new(&Setup::default());
        rig.feed(Side::Request, Input::RequestHead(get("/a")));
        let step = rig.feed(Side::Response, Input::UpstreamFailed(fault));
        assert_eq!(refused(step), code);
        let it = finished(rig.feed(Side::Response, Input::Written));
        assert_eq!((it.outcome, it.hits[0].effect), (Outcome::UpstreamFailed, Effect::Failed));

        let mut rig = Rig::new(&Setup::default());
        rig.feed(Side::Request, Input::RequestHead(get("/a")));
        let mut head = HeadWriter::new();
        head.field(b"content-type", b"application/json");
        rig.feed(Side::Response, Input::ResponseHead(head.response(200, Framing::Length(9))));
        let it = finished(rig.feed(Side::Response, Input::UpstreamFailed(fault)));
        assert_eq!((it.outcome, it.status), (Outcome::UpstreamFailed, 200));
    }
}

#[test]
fn an_abort_at_any_phase_leaves_one_observation() {
    type Step4 = fn(&mut Rig);
    let head: Step4 =
        |rig| drop(rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited))));
    let piece: Step4 = |rig| drop(rig.data(Side::Request, b"[1", false));
    let whole: Step4 = |rig| drop(rig.data(Side::Request, b"]", true));
    let answer: Step4 = |rig| {
        drop(rig.feed(Side::Response, Input::ResponseHead(response(200, Framing::Delimited))))
    };
    let written: Step4 = |rig| drop(rig.feed(Side::Response, Input::Written));
    let data: Step4 = |rig| drop(rig.data(Side::Response, b"x", false));
    let all = [head, piece, whole, answer, written, data];
    for phase in 0..=all.len() {
        for (cause, outcome) in
            [(Cause::ClientGone, Outcome::ClientAborted), (Cause::Stopped, Outcome::Stopped)]
        {
            let mut rig = Rig::new(&Setup::default());
            all[..phase].iter().for_each(|it| it(&mut rig));
            let it = finished(rig.feed(Side::Response, Input::Abort(cause)));
            assert_eq!(it.outcome, outcome, "phase {phase}");
            assert!(matches!(rig.feed(Side::Response, Input::Abort(cause)), Step::Cut));
        }
    }
}

#[test]
fn of_a_copy_nothing_is_said_that_was_not_seen() {
    let head = || {
        let fields = [("x-forwarded-for", "203.0.113.7")];
        Input::RequestHead(request("GET", "/orders/7", Framing::None, &fields))
    };
    // Nobody is trusted: the proxy that sends copies is not their client.
    let setup = Setup { record_required: true, ..Setup::default() };
    let mut rig = Rig::new(&setup);
    let origin = Origin { authority: Authority::Copy, tls: true, ..origin() };
    rig.transaction = Transaction::open(origin, snapshot(&setup), Moment::default());
    // There is nothing to make durable before: it goes nowhere.
    assert!(matches!(rig.feed(Side::Request, head()), Step::Forward(..)));
    let it = finished(rig.feed(Side::Response, Input::AnsweredElsewhere));
    assert_eq!((it.outcome, it.status, it.client.0), (Outcome::Copied, 0, 0));
    assert!(it.request.is_some() && it.response.is_none());

    let mut rig = Rig::new(&Setup::default());
    assert!(matches!(rig.feed(Side::Request, head()), Step::Forward(..)));
    assert!(matches!(rig.feed(Side::Response, Input::AnsweredElsewhere), Step::Cut));
}

#[test]
fn a_tunnel_opens_only_if_both_sides_agreed() {
    let upgrade = || {
        request("GET", "/ws", Framing::None, &[("connection", "upgrade"), ("upgrade", "websocket")])
    };
    let switching = || {
        let mut writer = HeadWriter::new();
        writer.field(b"upgrade", b"websocket");
        writer.response(101, Framing::None)
    };
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(upgrade()));
    let step = rig.feed(Side::Response, Input::ResponseHead(switching()));
    assert!(matches!(step, Step::Tunnel(_)), "{step:?}");
    assert!(matches!(rig.data(Side::Request, b"ping", false), Step::Write(_)));
    assert!(matches!(rig.data(Side::Response, b"pong!", false), Step::Write(_)));
    let it = finished(rig.data(Side::Response, b"", true));
    assert_eq!(
        (it.outcome, it.request_body_bytes, it.response_body_bytes),
        (Outcome::Tunnelled, 4, 5)
    );

    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/ws")));
    let step = rig.feed(Side::Response, Input::ResponseHead(switching()));
    assert_eq!(refused(step), Code::UpstreamMalformed);
}

#[test]
fn trace_is_refused_where_the_baseline_is_enforced() {
    let mut rig = Rig::new(&Setup::default());
    let step =
        rig.feed(Side::Request, Input::RequestHead(request("TRACE", "/", Framing::None, &[])));
    assert_eq!(refused(step), Code::MethodTrace);
}

#[test]
fn an_input_that_does_not_fit_cuts_and_changes_nothing() {
    let mut rig = Rig::new(&Setup::default());
    assert!(matches!(rig.feed(Side::Request, Input::Resume), Step::Cut));
    assert!(matches!(rig.feed(Side::Request, Input::Committed(Ok(()))), Step::Cut));
    assert!(matches!(rig.feed(Side::Response, Input::Written), Step::Cut));
    assert!(matches!(rig.data(Side::Response, b"x", false), Step::Cut));
    let step = rig.feed(Side::Response, Input::ResponseHead(response(200, Framing::None)));
    assert!(matches!(step, Step::Cut));
    assert!(matches!(rig.feed(Side::Request, Input::RequestHead(get("/a"))), Step::Forward(..)));
    assert!(matches!(rig.feed(Side::Request, Input::RequestHead(get("/b"))), Step::Cut));
    assert_eq!(rig.served().outcome, Outcome::Served);
}

#[test]
fn a_replay_is_the_same_bit_for_bit() {
    let setup = Setup::default();
    let body = Bytes::from_static(b"{\"note\":\"' OR '1'='1' --\"}");
    let phases = Phases { judged_us: 40, forwarded_us: 40, answered_us: 900, finished_us: 950 };
    let recording = |request: RequestHead, body: &Bytes| Recording {
        origin: origin(),
        started: Moment { mono_ns: 5, wall_us: 1_700_000_000_000_000 },
        phases,
        request,
        request_body: body.clone(),
        response: Some((response(200, Framing::Length(3)), Bytes::from_static(b"abc"))),
    };
    for request in [get("/orders/17"), get(SQLI)] {
        let recording = recording(request, &Bytes::new());
        let first = replay(&recording, &snapshot(&setup), &Tables::new(1 << 20));
        let second = replay(&recording, &snapshot(&setup), &Tables::new(1 << 20));
        assert!(first.is_some());
        assert_eq!(first, second);
    }
    let recording = recording(post(Framing::Delimited), &body);
    let it = replay(&recording, &snapshot(&setup), &Tables::new(1 << 20)).unwrap();
    assert_eq!(it.observation.outcome, Outcome::Refused);
    assert_eq!(it.forwarded, None);
    let observed = snapshot(&Setup { mode: Mode::Observe, ..setup });
    let it = replay(&recording, &observed, &Tables::new(1 << 20)).unwrap();
    assert_eq!((it.observation.outcome, it.forwarded), (Outcome::Served, Some(body)));
    assert_eq!(it.observation.phases, phases);
}

#[test]
fn what_is_declared_opaque_is_examined_if_it_begins_as_json() {
    let attack = b"{\"q\":\"' OR 1=1--\"}";
    let types: [&[(&str, &str)]; 4] = [
        &[("content-type", "image/png")],
        &[("content-type", "image/png"), ("content-type", "application/json")],
        &[("content_type", "image/png"), ("content-type", "application/json")],
        &[],
    ];
    for fields in types {
        let mut rig = Rig::new(&Setup::default());
        let head = request("POST", "/a", Framing::Delimited, fields);
        let step = rig.feed(Side::Request, Input::RequestHead(head));
        assert!(matches!(step, Step::Read { .. }), "{step:?}");
        assert!(matches!(rig.data(Side::Request, b" \r\n", false), Step::Read { .. }));
        assert_eq!(refused(rig.data(Side::Request, attack, true)), Code::ContentSqlInjection);
    }
}

#[test]
fn an_opaque_body_streams_from_its_first_piece() {
    let mut rig = Rig::new(&Setup::default());
    let fields = [("content-type", "application/octet-stream")];
    let head = request("PUT", "/file", Framing::Length(1_000_000), &fields);
    rig.feed(Side::Request, Input::RequestHead(head));
    match rig.data(Side::Request, b"\x89PNG' OR 1=1--", false) {
        Step::Forward(_, plan) => assert_eq!(plan.rest, Rest::Stream),
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_suspicious_bytes_than_are_looked_at_are_noted() {
    let limits = Limits { suspicious_bytes_max: 200, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(post(Framing::Delimited)));
    let body = format!("[{}\"' OR 1=1--\"]", "\"it's\",".repeat(20));
    assert_eq!(refused(rig.data(Side::Request, body.as_bytes(), true)), Code::ContentUnexamined);
}

/// `{"q":"' OR 1=1--"}` in gzip.
const GZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 84, 178, 82, 82, 87, 240, 15, 82, 48, 180, 53,
    212, 213, 85, 170, 5, 0, 57, 111, 153, 179, 18, 0, 0, 0,
];

fn compressed(framing: Framing) -> RequestHead {
    let fields = [("content-type", "application/json"), ("content-encoding", "gzip")];
    request("POST", "/orders", framing, &fields)
}

#[test]
fn a_compressed_body_is_judged_by_what_it_decodes_to() {
    for step in [1, 7, GZIPPED.len()] {
        let mut rig = Rig::new(&Setup::default());
        rig.feed(Side::Request, Input::RequestHead(compressed(Framing::Delimited)));
        let mut pieces = GZIPPED.chunks(step).peekable();
        let mut last = None;
        while let Some(piece) = pieces.next() {
            last = Some(rig.data(Side::Request, piece, pieces.peek().is_none()));
        }
        assert_eq!(refused(last.unwrap()), Code::ContentSqlInjection, "in pieces of {step}");
    }
}

#[test]
fn a_compressed_body_that_is_none_or_too_large_is_refused() {
    let cases: [(&[u8], usize, Code); 4] = [
        (b"{\"q\":\"' OR 1=1--\"}", 1 << 20, Code::BodyCodingMalformed),
        (&GZIPPED[..20], 1 << 20, Code::BodyCodingMalformed),
        (&[GZIPPED, b"x"].concat(), 1 << 20, Code::BodyCodingMalformed),
        (GZIPPED, 10, Code::BodyCodingTooLarge),
    ];
    for (body, decoded_bytes_max, code) in cases {
        let limits = Limits { decoded_bytes_max, ..Limits::default() };
        let mut rig = Rig::new(&Setup { limits, ..Setup::default() });
        let length = Framing::Length(body.len() as u64);
        rig.feed(Side::Request, Input::RequestHead(compressed(length)));
        assert_eq!(refused(rig.data(Side::Request, body, true)), code);
    }
}

#[test]
fn a_coding_that_nobody_knows_leaves_the_body_unexamined() {
    let fields = [("content-type", "application/json"), ("content-encoding", "compress")];
    let mut rig = Rig::new(&Setup::default());
    let head = request("POST", "/orders", Framing::Length(5), &fields);
    let step = rig.feed(Side::Request, Input::RequestHead(head));
    assert_eq!(refused(step), Code::ContentUnexamined);
}

fn error_response(fields: &[(&str, &str)]) -> ResponseHead {
    let mut writer = HeadWriter::new();
    fields.iter().for_each(|(name, value)| writer.field(name.as_bytes(), value.as_bytes()));
    writer.response(500, Framing::Delimited)
}

const TRACE: &str = "Traceback (most recent call last):\n  File \"/srv/app/views.py\", line 7, in get\n    \
                     return 1/0\nZeroDivisionError: division by zero\n";

#[test]
fn a_talkative_error_is_replaced_and_a_quiet_one_passes_as_it_is() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    let head = error_response(&[("content-type", "text/plain"), ("server", "gunicorn/20.1")]);
    let step = rig.feed(Side::Response, Input::ResponseHead(head));
    assert!(matches!(step, Step::Read { .. }), "{step:?}");
    let step = rig.data(Side::Response, TRACE.as_bytes(), true);
    assert_eq!(refused(step), Code::DisclosureStackTrace);
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!((it.status, it.outcome), (500, Outcome::Served));
    let hits: Vec<_> = it.hits.iter().map(|it| (it.code, it.effect)).collect();
    let scrubbed = |code| (code, Effect::Scrubbed);
    let codes = [Code::DisclosureBanner, Code::DisclosureStackTrace].map(scrubbed);
    assert_eq!(hits, codes);

    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    let head = error_response(&[("content-type", "text/plain"), ("server", "gunicorn/20.1")]);
    rig.feed(Side::Response, Input::ResponseHead(head));
    rig.data(Side::Response, b"no such ", false);
    match rig.data(Side::Response, b"order", true) {
        Step::Reply(Reply::Relay(head)) => {
            let names: Vec<_> = head.passed_on().map(|(_, name, _)| name.to_vec()).collect();
            assert_eq!(names, [b"content-type".to_vec()]);
        }
        other => panic!("{other:?}"),
    }
    match rig.feed(Side::Response, Input::Written) {
        Step::Write(Payload::Held { bytes, end }) => {
            assert_eq!((&bytes[..], end), (&b"no such order"[..], true));
        }
        other => panic!("{other:?}"),
    }
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!((it.status, it.outcome, it.response_body_bytes), (500, Outcome::Served, 13));
}

#[test]
fn a_talkative_error_passes_where_it_is_only_observed() {
    let mut rig = Rig::new(&Setup { mode: Mode::Observe, ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    rig.feed(Side::Response, Input::ResponseHead(error_response(&[])));
    let step = rig.data(Side::Response, TRACE.as_bytes(), true);
    assert!(matches!(step, Step::Reply(Reply::Relay(_))), "{step:?}");
    rig.feed(Side::Response, Input::Written);
    let it = finished(rig.feed(Side::Response, Input::Written));
    assert_eq!(it.hits[0].effect, Effect::WouldScrub);
}

#[test]
fn a_long_error_is_held_to_its_bound_and_then_streamed() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    rig.feed(Side::Response, Input::ResponseHead(error_response(&[])));
    let mut held = 0;
    let step = loop {
        held += 16 * 1024;
        match rig.data(Side::Response, &[b'x'; 16 * 1024], false) {
            Step::Read { .. } => assert!(held < 64 * 1024),
            step => break step,
        }
    };
    assert!(matches!(step, Step::Reply(Reply::Relay(_))), "{step:?}");
    let step = rig.feed(Side::Response, Input::Written);
    assert!(matches!(step, Step::Write(Payload::Held { end: false, .. })), "{step:?}");
    assert!(matches!(rig.feed(Side::Response, Input::Written), Step::Read { .. }));
    let step = rig.data(Side::Response, b"y", true);
    assert!(matches!(step, Step::Write(Payload::Verbatim)), "{step:?}");
    finished(rig.feed(Side::Response, Input::Written));
    assert_eq!(rig.tables.held_bytes(), 0);
}

#[test]
fn an_overloaded_process_sheds_before_it_looks() {
    let mut rig = Rig::new(&Setup { mode: Mode::Observe, ..Setup::default() });
    rig.tables.set_overloaded(true);
    let step = rig.feed(Side::Request, Input::RequestHead(get(SQLI)));
    assert_eq!(refused(step), Code::LimitOverload);
}

// Samples.

#[track_caller]
fn sampled(step: Step) -> Option<Box<Sample>> {
    match step {
        Step::Finished(_, sample) => sample,
        other => panic!("not finished: {other:?}"),
    }
}

fn attack() -> RequestHead {
    let credential = ("authorization", "Bearer s3cr3t");
    let media = ("content-type", "application/json");
    request("POST", "/items?token=s3cr3t", Framing::Delimited, &[credential, media])
}

const ATTACK: &[u8] = b"{\"note\":\"x' UNION SELECT a FROM b --\",\"password\":\"s3cr3t\"}";

#[test]
fn a_refused_attack_leaves_a_redacted_sample() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(attack()));
    assert_eq!(refused(rig.data(Side::Request, ATTACK, true)), Code::ContentSqlInjection);
    assert!(rig.tables.held_bytes() > 0);
    let it = sampled(rig.feed(Side::Response, Input::Written)).unwrap();
    assert_eq!(rig.tables.held_bytes(), 0);
    assert_eq!((it.exchange, it.reason), (origin().id, SampleReason::Finding));
    let (head, body) = (it.request_head.unwrap(), it.request_body.unwrap());
    assert!(body.contains("x' UNION SELECT a FROM b --"), "{body}");
    assert!(!head.contains("s3cr3t") && !body.contains("s3cr3t"), "{head}{body}");
    assert_eq!((it.response_head, it.response_body), (None, None));
    assert_eq!(it.redacted, ["query token", "header authorization", "body $.password"]);
}

#[test]
fn nothing_is_sampled_without_a_reason() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/orders/17?x=1")));
    rig.feed(Side::Response, Input::ResponseHead(response(200, Framing::None)));
    assert_eq!(sampled(rig.feed(Side::Response, Input::Written)), None);
    for setup in [
        Setup { samples: false, ..Setup::default() },
        Setup { sample_bytes_max: None, ..Setup::default() },
    ] {
        let mut rig = Rig::new(&setup);
        refused(rig.feed(Side::Request, Input::RequestHead(get(SQLI))));
        assert_eq!(sampled(rig.feed(Side::Response, Input::Written)), None);
        assert_eq!(rig.tables.evidence().taken(), 0);
    }
}

#[test]
fn an_observed_attack_is_sampled_with_its_response() {
    let mut rig = Rig::new(&Setup { mode: Mode::Observe, ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(get(SQLI)));
    let mut writer = HeadWriter::new();
    writer.field(b"Content-Type", b"application/json");
    writer.field(b"Set-Cookie", b"sid=s3cr3t");
    let head = writer.response(200, Framing::Delimited);
    rig.feed(Side::Response, Input::ResponseHead(head));
    rig.feed(Side::Response, Input::Written);
    rig.data(Side::Response, b"[{\"email\":\"ann@example.com\",", false);
    rig.feed(Side::Response, Input::Written);
    rig.data(Side::Response, format!("\"a\":\"{}\"}}]", "z ".repeat(200)).as_bytes(), true);
    let it = sampled(rig.feed(Side::Response, Input::Written)).unwrap();
    let (head, body) = (it.response_head.unwrap(), it.response_body.unwrap());
    assert!(head.starts_with("HTTP 200\r\n") && !head.contains("s3cr3t"), "{head}");
    assert!(body.starts_with("[{\"email\":\"[e-mail, 15 bytes]\""), "{body}");
    assert!(body.ends_with("[cut]") && body.len() < 150, "{body}");
}

#[test]
fn a_talkative_response_is_sampled_without_the_head_of_its_request() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/orders/17")));
    let mut writer = HeadWriter::new();
    writer.field(b"Content-Type", b"text/plain");
    let head = writer.response(500, Framing::Delimited);
    rig.feed(Side::Response, Input::ResponseHead(head));
    let trace = b"Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in f\nValueError: x\n";
    refused(rig.data(Side::Response, trace, true));
    let it = sampled(rig.feed(Side::Response, Input::Written)).unwrap();
    assert!(it.request_head.unwrap().starts_with("GET /orders/{int}\r\n"));
    assert!(it.response_body.unwrap().starts_with("Traceback"));
}

#[test]
fn a_watched_subject_is_sampled_until_the_watch_ends() {
    let mut rig = Rig::new(&Setup::default());
    rig.feed(Side::Request, Input::RequestHead(get("/orders/17")));
    let subject = rig.served().subject;
    let until_us = 1_700_000_000_000_000 + 1_000_000;
    let watch =
        |id| Watch { id, subject, since_us: 0, until_us, by: "a".into(), reason: "b".into() };
    for (ns, expected) in [(0, true), (2_000_000_000, false)] {
        let mut next = Rig::new(&Setup::default());
        next.tables = rig.tables.clone();
        next.ns = ns;
        next.tables.evidence().watch(watch(ns)).unwrap();
        next.feed(Side::Request, Input::RequestHead(get("/orders/18")));
        next.feed(Side::Response, Input::ResponseHead(response(200, Framing::None)));
        let sample = sampled(next.feed(Side::Response, Input::Written));
        assert_eq!(sample.map(|it| it.reason), expected.then_some(SampleReason::Watched));
    }
}

#[test]
fn a_sample_that_finds_no_room_is_short_and_counted() {
    let limits = Limits { held_bytes_max: 100, ..Limits::default() };
    let mut rig = Rig::new(&Setup { limits, sample_bytes_max: Some(1_000), ..Setup::default() });
    rig.feed(Side::Request, Input::RequestHead(attack()));
    refused(rig.data(Side::Request, ATTACK, true));
    let it = sampled(rig.feed(Side::Response, Input::Written)).unwrap();
    assert_eq!((it.request_body, rig.tables.evidence().shed()), (None, 1));
    assert_eq!((rig.tables.held_bytes(), rig.tables.shed()), (0, 0));
}

#[test]
fn the_operation_within_a_body_is_recorded() {
    for (body, wanted) in [
        (r#"{"query":"query Mine { orders { id } }"}"#, "graphql query orders"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"orders.create"}"#, "jsonrpc orders.create"),
        (r#"{"query":"shoes"}"#, ""),
    ] {
        let mut rig = Rig::new(&Setup::default());
        let head = request(
            "POST",
            "/api",
            Framing::Length(body.len() as u64),
            &[("content-type", "application/json")],
        );
        rig.feed(Side::Request, Input::RequestHead(head));
        let step = rig.data(Side::Request, body.as_bytes(), true);
        assert!(matches!(step, Step::Forward(..)), "{step:?}");
        assert_eq!(&*rig.served().operation, wanted, "{body}");
    }
}

#[test]
fn what_heads_say_of_protection_is_recorded_where_facts_are() {
    let mut rig = Rig::new(&Setup::default());
    let head = request("GET", "/a", Framing::None, &[("origin", "https://shop.example")]);
    rig.feed(Side::Request, Input::RequestHead(head));
    let mut writer = HeadWriter::new();
    writer.field(b"access-control-allow-origin", b"https://shop.example");
    let head = writer.response(200, Framing::None);
    rig.feed(Side::Response, Input::ResponseHead(head));
    let seen = finished(rig.feed(Side::Response, Input::Written)).traits;
    let wanted = [
        Trait::ResponseSeen,
        Trait::PlainText,
        Trait::FromPage,
        Trait::CorsReflected,
        Trait::RequestSeen,
        Trait::PublicAddress,
    ];
    assert_eq!(seen.iter().collect::<Vec<_>>(), wanted);
    // A recorder that falls behind says of none of them that it was not there.
    let mut rig = Rig::new(&Setup::default());
    rig.tables.detail().set(Level::FewerFacts);
    rig.feed(Side::Request, Input::RequestHead(get("/a")));
    assert_eq!(rig.served().traits, Traits::NONE);
}

#[test]
fn of_an_answer_that_is_cut_its_beginning_is_recorded_and_no_text() {
    // It is cut within strings, numbers, names and between them.
    for (items, pad) in (0..40).map(|pad| (4_000, pad)).chain([(20, 0)]) {
        let mut rig = Rig::new(&Setup::default());
        rig.feed(Side::Request, Input::RequestHead(get("/a")));
        let all: Vec<String> = (0..items).map(|n| format!("{{\"id\":\"a\\u00e4 {n}\"}}")).collect();
        let body = format!("{{\"pad\":\"{}\",\"all\":[{}]}}", "x".repeat(pad), all.join(","));
        let mut writer = HeadWriter::new();
        writer.field(b"content-type", b"application/json");
        let head = writer.response(200, Framing::Length(body.len() as u64));
        rig.feed(Side::Response, Input::ResponseHead(head));
        rig.feed(Side::Response, Input::Written);
        for piece in body.as_bytes().chunks(8_000) {
            rig.data(Side::Response, piece, false);
            rig.feed(Side::Response, Input::Written);
        }
        rig.data(Side::Response, b"", true);
        let facts = finished(rig.feed(Side::Response, Input::Written)).response.unwrap();
        let places: Vec<_> = facts.shape.places.iter().map(ToString::to_string).collect();
        assert_eq!(places, ["body $.pad", "body $.all[*].id"], "{pad}");
        assert_eq!(facts.more > 0, items > 1_000);
    }
}

/// A call with this body, answered with these fields and this body.
fn exchanged(sent: &str, fields: &[(&str, &str)], answered: &str) -> Observation {
    let mut rig = Rig::new(&Setup::default());
    let framing = Framing::Length(sent.len() as u64);
    rig.feed(Side::Request, Input::RequestHead(post(framing)));
    rig.data(Side::Request, sent.as_bytes(), true);
    rig.feed(Side::Request, Input::Written);
    let mut writer = HeadWriter::new();
    fields.iter().for_each(|(name, value)| writer.field(name.as_bytes(), value.as_bytes()));
    writer.field(b"content-type", b"application/json");
    let head = writer.response(201, Framing::Length(answered.len() as u64));
    rig.feed(Side::Response, Input::ResponseHead(head));
    rig.feed(Side::Response, Input::Written);
    rig.data(Side::Response, answered.as_bytes(), true);
    finished(rig.feed(Side::Response, Input::Written))
}

#[test]
fn empty_lists_and_objects_are_places() {
    let seen = exchanged(r#"{"tags":[],"note":"[]"}"#, &[], r#"{"meta":{},"items":[{"a":[]}]}"#);
    let told = |facts: Facts| -> Vec<_> {
        let places = facts.shape.places.iter().map(ToString::to_string);
        places.zip(facts.facts.iter().map(|it| it.forms)).collect()
    };
    let place = |name: &str, forms| (name.to_owned(), forms);
    let request = told(seen.request.unwrap());
    assert_eq!(
        request[2..],
        [place("body $.tags", Forms::LIST), place("body $.note", Forms::STRING)]
    );
    let response = told(seen.response.unwrap());
    let wanted = [place("body $.meta", Forms::OBJECT), place("body $.items[*].a", Forms::LIST)];
    assert_eq!(response, wanted);
    assert_eq!(told(exchanged("{}", &[], "[]").response.unwrap()), [place("body $", Forms::LIST)]);
}

#[test]
fn of_urls_the_hosts_are_recorded() {
    let link = "<https://cdn.example/a>; rel=preload, <http://api.example/b>";
    let seen = exchanged(
        r#"{"hook":"https://ann@hooks.example/x?token=7","text":"see http://a.example"}"#,
        &[("location", "http://API.example/orders/17"), ("link", link)],
        r#"{"avatar":"https://img.example/1.png","self":"/orders/17"}"#,
    );
    let told: Vec<_> = seen
        .pointed
        .iter()
        .map(|it| format!("{} {}: {} {}", it.side.name(), it.place, it.host, it.is_own))
        .collect();
    let wanted = [
        "request body $.hook: hooks.example false",
        "response header location: api.example true",
        "response header link: cdn.example false",
        "response header link: api.example true",
        "response body $.avatar: img.example false",
    ];
    assert_eq!(told, wanted);
}
