//! Request bodies that are too long to be held: examined as they pass.

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
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{Cause, Input, Payload, Reply, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::{Framing, HeadWriter, RequestHead, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::route::Route;
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const ATTACK: &str = "x' UNION SELECT email, password FROM users --";

#[derive(Clone)]
struct Setup {
    mode: Mode,
    limits: Limits,
    fail_open: bool,
}

/// A route that lets pass what is too long to be held.
fn open() -> Setup {
    let limits = Limits { inspect_bytes_max: 1024, ..Limits::default() };
    Setup { mode: Mode::Enforce, limits, fail_open: true }
}

fn snapshot(setup: &Setup) -> Arc<Snapshot> {
    let clauses = ClauseSet::new(setup.mode, SetBy::Flag, &[], &[]);
    let key = HashKey::new(KeyEpoch(3), [9; 16]);
    let mut rules = Rules::plain(clauses, setup.limits, key);
    let route = Route { fail_open: setup.fail_open, ..Route::to_everything(0) };
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

fn post(content_type: &str, framing: Framing) -> RequestHead {
    let mut writer = HeadWriter::new();
    writer.method(b"POST");
    writer.target(b"/up");
    writer.field(b"host", b"shop.example");
    writer.field(b"content-type", content_type.as_bytes());
    writer.request(Version::Http11, framing)
}

/// What became of a request.
#[derive(Debug)]
struct Got {
    refused: Option<Code>,
    /// Bytes that were passed on, and whether the end was.
    passed: usize,
    has_ended: bool,
    seen: Observation,
}

/// Sends a body in these pieces; `lazy` ends it with an empty piece.
fn send<'a>(
    setup: &Setup,
    head: RequestHead,
    pieces: impl IntoIterator<Item = &'a [u8]>,
    lazy: bool,
) -> Got {
    let origin = Origin {
        id: ExchangeId::new(1_700_000_000_000, 77),
        authority: Authority::Inline,
        peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        tls: false,
        certificate: None,
        certificate_digest: None,
        ja4: None,
        sees_bodies: true,
    };
    let tables = Tables::new(setup.limits.held_bytes_max);
    let mut transaction = Transaction::open(origin, snapshot(setup), Moment::default());
    let at = Moment { mono_ns: 1, wall_us: 1_700_000_000_000_000 };
    let mut pieces = pieces.into_iter().map(Bytes::copy_from_slice).peekable();
    let mut step = transaction.step(Side::Request, at, &tables, Input::RequestHead(head));
    let (mut passed, mut has_ended, mut refused, mut last) = (0, false, None, (0, false));
    loop {
        let input = match step {
            Step::Read { .. } => {
                let bytes = pieces.next().unwrap_or_default();
                let end = pieces.peek().is_none() && (!lazy || bytes.is_empty());
                last = (bytes.len(), end);
                step = transaction.step(
                    Side::Request,
                    at,
                    &tables,
                    Input::Data { bytes: &bytes, end },
                );
                continue;
            }
            Step::Yield if has_ended => Input::Abort(Cause::Stopped),
            Step::Yield => Input::Resume,
            Step::Forward(_, plan) => {
                passed += plan.held.len();
                has_ended = plan.rest != bartizan_engine::step::Rest::Stream;
                match has_ended {
                    true => Input::Abort(Cause::Stopped),
                    false => Input::Written,
                }
            }
            Step::Write(Payload::Verbatim) => {
                passed += last.0;
                has_ended |= last.1;
                Input::Written
            }
            Step::Reply(Reply::Own(reply)) => {
                refused = Some(reply.code);
                step = transaction.step(Side::Response, at, &tables, Input::Written);
                continue;
            }
            Step::Finished(seen, _) => return Got { refused, passed, has_ended, seen: *seen },
            other => panic!("{other:?}"),
        };
        step = transaction.step(Side::Request, at, &tables, input);
    }
}

fn words(count: usize) -> String {
    "lorem ipsum dolor sit amet ".chars().cycle().take(count).collect()
}

const PARTS: &str = "multipart/form-data; boundary=b";
const PART: &str = "--b\r\nContent-Disposition: form-data; name=q\r\n\r\n";

/// Kinds of bodies, and what stands around a value in them.
const KINDS: [(&str, &str, &str); 6] = [
    ("text/plain", "", ""),
    ("application/json", "{\"a\":[\"", "\"]}"),
    ("application/x-ndjson", "{\"a\":\"x\"}\n{\"a\":\"", "\"}\n"),
    ("application/x-www-form-urlencoded", "a=b&c=", "&d=e"),
    (PARTS, PART, "\r\n--b--\r\n"),
    ("application/xml", "<a>", "</a>"),
];

#[test]
fn an_attack_is_found_wherever_pieces_and_windows_end() {
    for (content_type, before, after) in KINDS {
        for place in [900, 1_020, 61_400, 65_500, 65_530, 130_000] {
            let body = format!("{before}{} {ATTACK} {}{after}", words(place), words(9_000));
            let begins = body.find(ATTACK).unwrap();
            for cut in (begins - 2..begins + ATTACK.len() + 2).step_by(3) {
                let (first, second) = body.as_bytes().split_at(cut);
                let pieces = first.chunks(16 * 1024).chain(second.chunks(16 * 1024));
                let got = send(&open(), post(content_type, Framing::Delimited), pieces, false);
                let code = Some(Code::ContentSqlInjection);
                assert_eq!(got.refused, code, "{content_type} at {place}, cut at {cut}");
                assert!(!got.has_ended && got.passed < body.len(), "{content_type} at {place}");
                assert_eq!(got.seen.outcome, Outcome::Refused);
                assert!(got.seen.findings.iter().any(|it| Some(it.sighting.code) == code));
            }
        }
    }
}

#[test]
fn what_passes_is_judged_as_what_is_held() {
    let whole = Setup { limits: Limits::default(), ..open() };
    for (content_type, before, after) in KINDS {
        for value in [
            "O'Neil",
            "it's 1=1 or so",
            "select a dress from our union of shops",
            ATTACK,
            "<script>alert(1)</script>",
            "../../../../etc/passwd",
            "${jndi:ldap://e/a}",
            "a%27%20or%201=1--",
            "if (a < b) { return; }",
        ] {
            let body = format!("{before}{value}{after}{}", "\n".repeat(3_000));
            let body = if content_type == PARTS {
                format!("{before}{value}{}{after}", "\n".repeat(3_000))
            } else {
                body
            };
            let pieces = || body.as_bytes().chunks(700);
            let head = || post(content_type, Framing::Delimited);
            let (held, passed) =
                (send(&whole, head(), pieces(), false), send(&open(), head(), pieces(), false));
            assert_eq!(held.refused, passed.refused, "{content_type} {value}");
        }
    }
}

#[test]
fn harmless_streams_pass_to_their_end() {
    for (content_type, before, after) in KINDS {
        let body = format!("{before}{}it's O'Neil's{}{after}", words(100_000), words(100_000));
        let got = send(
            &open(),
            post(content_type, Framing::Delimited),
            body.as_bytes().chunks(10_000),
            false,
        );
        assert_eq!((got.refused, got.passed), (None, body.len()), "{content_type}");
        assert!(got.has_ended && got.seen.findings.is_empty(), "{content_type}");
    }
}

#[test]
fn a_body_of_announced_length_is_judged_before_its_last_byte() {
    for content_type in ["text/plain", "application/json"] {
        let quote = if content_type == "text/plain" { "" } else { "\"" };
        let body = format!("{quote}{} {ATTACK}{quote}", words(5_000));
        let head = post(content_type, Framing::Length(body.len() as u64));
        for lazy in [false, true] {
            let got = send(&open(), head.clone(), body.as_bytes().chunks(1_000), lazy);
            assert_eq!(got.refused, Some(Code::ContentSqlInjection), "{content_type}");
            assert!(got.passed < body.len());
        }
    }
}

#[test]
fn what_is_observed_passes_and_is_told_once() {
    let setup = Setup { mode: Mode::Observe, ..open() };
    let body = format!("[{}\"end\"]", format!("\"{ATTACK}\",").repeat(2_000));
    let head = post("application/json", Framing::Length(body.len() as u64));
    let got = send(&setup, head, body.as_bytes().chunks(5_000), false);
    assert!(got.refused.is_none() && got.has_ended);
    let hits: Vec<_> = got.seen.hits.iter().map(|it| (it.code, it.effect)).collect();
    let failed_open = (Code::ContentUnexamined, Effect::FailedOpen);
    assert_eq!(hits, [failed_open, (Code::ContentSqlInjection, Effect::WouldRefuse)]);
    assert_eq!((got.seen.findings.len(), got.seen.findings_more), (1, 0));
    assert_eq!(got.seen.findings[0].place.to_string(), "body $[*]");
}

#[test]
fn what_is_beyond_the_effort_passes_and_is_told() {
    let mut setup = open();
    setup.fail_open = false;
    setup.limits.streamed_suspicious_bytes_max = 4_000;
    let quoted = "it's 'quoted' -- or = so\n".repeat(20_000);
    let body = format!("{quoted}{} {ATTACK}", words(70_000));
    let got =
        send(&setup, post("text/plain", Framing::Delimited), body.as_bytes().chunks(16_000), false);
    assert!(got.refused.is_none() && got.has_ended, "{:?}", got.refused);
    let hits: Vec<_> = got.seen.hits.iter().map(|it| (it.code, it.effect)).collect();
    assert_eq!(hits, [(Code::ContentUnexamined, Effect::FailedOpen)]);
    let got = send(
        &open(),
        post("text/plain", Framing::Delimited),
        body.as_bytes().chunks(16_000),
        false,
    );
    assert_eq!(got.refused, Some(Code::ContentSqlInjection));
}

#[test]
fn of_an_upload_every_part_is_examined_and_binary_files_pass() {
    let file = "--b\r\nContent-Disposition: form-data; name=f; filename=a.bin\r\nContent-Type: image/png\r\n\r\n";
    let binary: Vec<u8> =
        (0..300_000_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for (value, refused) in [("harmless", None), (ATTACK, Some(Code::ContentSqlInjection))] {
        let end = format!("\r\n{PART}{value}\r\n--b--\r\n");
        let body = [file.as_bytes(), &binary, end.as_bytes()].concat();
        for framing in [Framing::Delimited, Framing::Length(body.len() as u64)] {
            let mut setup = open();
            setup.fail_open = false;
            let got = send(&setup, post(PARTS, framing), body.chunks(16_384), false);
            assert_eq!(got.refused, refused);
            assert_eq!(got.has_ended, refused.is_none());
        }
    }
}

#[test]
fn a_binary_stream_is_passed_on_as_it_comes() {
    let body = [b"\x89PNG".as_slice(), ATTACK.as_bytes(), &[7; 5_000]].concat();
    let got = send(&open(), post("image/png", Framing::Delimited), body.chunks(1_000), false);
    assert!(got.refused.is_none() && got.has_ended && got.seen.hits.is_empty());
}

/// A message of protocol buffers whose third field is this text, in a frame of gRPC.
fn framed(text: &str) -> Vec<u8> {
    let message = [&[8, 150, 1, 26, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()], &message[..]].concat()
}

#[test]
fn messages_of_grpc_are_examined_before_they_are_passed_on() {
    let setup = Setup { fail_open: false, ..open() };
    let stream = [framed("a name"), framed("it's a long story"), framed(ATTACK), framed("b")];
    for content_type in ["application/grpc", "application/grpc-web+proto", "application/x-protobuf"]
    {
        let head = || post(content_type, Framing::Delimited);
        let got = send(&setup, head(), stream.iter().map(|it| &it[..]), false);
        let is_web = content_type != "application/grpc";
        if content_type == "application/x-protobuf" {
            let message = &stream[2][5..];
            let got = send(&setup, head(), [message], false);
            assert_eq!(got.refused, Some(Code::ContentSqlInjection));
            assert_eq!(got.passed, 0);
            continue;
        }
        assert_eq!(got.refused, Some(Code::ContentSqlInjection), "{content_type}");
        let before = stream[0].len() + stream[1].len();
        assert!(got.passed <= before, "{content_type}: {}", got.passed);
        assert!(!got.has_ended && (is_web || got.passed == before), "{content_type}");
        let place = got.seen.findings.first().unwrap().place.to_string();
        assert_eq!(place, "body $.3");
        let harmless = [&stream[0][..], &stream[1], &stream[3]];
        let got = send(&setup, head(), harmless, false);
        assert_eq!((got.refused, got.has_ended), (None, true), "{content_type}");
    }
}

#[test]
fn a_compressed_message_is_read_when_it_is_whole() {
    let setup = Setup { fail_open: false, ..open() };
    let packed = |message: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut out, message).unwrap();
        out.finish().unwrap()
    };
    let head = || {
        let mut writer = HeadWriter::new();
        writer.method(b"POST");
        writer.target(b"/v1/traces");
        writer.field(b"host", b"shop.example");
        writer.field(b"content-type", b"application/x-protobuf");
        writer.field(b"content-encoding", b"gzip");
        writer.request(Version::Http11, Framing::Delimited)
    };
    for (text, expected) in [("a name", None), (ATTACK, Some(Code::ContentSqlInjection))] {
        let body = packed(&framed(text)[5..]);
        for size in [1, 7, body.len()] {
            assert_eq!(send(&setup, head(), body.chunks(size), false).refused, expected, "{text}");
        }
    }
}

#[test]
fn of_several_types_each_is_read() {
    let setup = open();
    let mut writer = HeadWriter::new();
    writer.method(b"POST");
    writer.target(b"/up");
    writer.field(b"host", b"shop.example");
    writer.field(b"content-type", b"multipart/form-data; boundary=A");
    writer.field(b"content-type", b"multipart/form-data; boundary=B");
    let head = writer.request(Version::Http11, Framing::Delimited);
    let file =
        "--A\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n\u{1}\u{2}";
    let hidden =
        format!("--B\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n{ATTACK}\r\n--B--");
    let body = format!("{file}{}\r\n{hidden}\r\n--A--", "\u{1}".repeat(3_000));
    let got = send(&setup, head, body.as_bytes().chunks(500), false);
    assert!(got.refused.is_some(), "{got:?}");
}
