//! What is said in a WebSocket: examined where the route says so, passed on once it was judged.

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
use bartizan_engine::step::{Input, Payload, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::route::Route;
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const AT: Moment = Moment { mono_ns: 1, wall_us: 1_700_000_000_000_000 };

struct Socket {
    transaction: Transaction,
    tables: Tables,
    /// Names of fields that were forwarded.
    forwarded: Vec<String>,
}

impl Socket {
    fn open(mode: Mode, inspects: bool) -> Self {
        Self::open_on(mode, inspects, false)
    }

    /// On a route that lets pass what cannot be judged, or does not.
    fn open_on(mode: Mode, inspects: bool, fail_open: bool) -> Self {
        let clauses = ClauseSet::new(mode, SetBy::Flag, &[], &[]);
        let mut rules =
            Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(3), [9; 16]));
        let on = RouteRules {
            route: Arc::new(Route {
                inspect_websocket: inspects,
                fail_open,
                ..Route::to_everything(0)
            }),
            clauses: rules.base.clauses.clone(),
            retired: Arc::default(),
            described: None,
            profile: Arc::default(),
            on_behalf_of: None,
            see_to_others: Arc::default(),
            records: None,
        };
        rules.routes = Routes::new(vec![on]);
        let view = Snapshot {
            revision: 5,
            rules: Arc::new(rules),
            terms: Arc::default(),
            truth: Arc::default(),
        };
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
        let tables = Tables::new(1 << 20);
        let mut transaction = Transaction::open(origin, Arc::new(view), AT);
        let mut writer = HeadWriter::new();
        writer.method(b"GET");
        writer.target(b"/ws");
        for (name, value) in [
            ("host", "shop.example"),
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-extensions", "permessage-deflate"),
        ] {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let head = writer.request(Version::Http11, Framing::None);
        let step = transaction.step(Side::Request, AT, &tables, Input::RequestHead(head));
        let Step::Forward(permit, _) = step else { panic!("{step:?}") };
        let names = permit.head().fields().map(|it| String::from_utf8_lossy(it.0).into_owned());
        let forwarded = names.collect();
        let mut writer = HeadWriter::new();
        writer.field(b"connection", b"upgrade");
        writer.field(b"upgrade", b"websocket");
        let head = writer.response(101, Framing::None);
        let step = transaction.step(Side::Response, AT, &tables, Input::ResponseHead(head));
        assert!(matches!(step, Step::Tunnel(_)), "{step:?}");
        Self { transaction, tables, forwarded }
    }

    fn data(&mut self, side: Side, bytes: &[u8], end: bool) -> Step {
        let bytes = Bytes::copy_from_slice(bytes);
        self.transaction.step(side, AT, &self.tables, Input::Data { bytes: &bytes, end })
    }

    /// What goes on of these bytes; nothing if the socket is closed.
    fn says(&mut self, side: Side, bytes: &[u8]) -> Option<Vec<u8>> {
        match self.data(side, bytes, false) {
            Step::Write(Payload::Verbatim) => Some(bytes.to_vec()),
            Step::Write(Payload::Held { bytes, end: false }) => Some(bytes.to_vec()),
            Step::Read { .. } => Some(Vec::new()),
            Step::Close => None,
            other => panic!("{other:?}"),
        }
    }

    fn ends(mut self) -> Observation {
        match self.data(Side::Response, b"", true) {
            Step::Finished(seen, _) => *seen,
            other => panic!("{other:?}"),
        }
    }
}

const MASK: [u8; 4] = [9, 8, 7, 6];

fn client(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match u8::try_from(payload.len()) {
        Ok(length @ 0..126) => out.push(0x80 | length),
        _ => {
            out.extend([0x80 | 127]);
            out.extend((payload.len() as u64).to_be_bytes());
        }
    }
    out.extend(MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
    out
}

fn server(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap();
    match payload.len() < 126 {
        true => [&[first, length.to_be_bytes()[1]][..], payload].concat(),
        false => [&[first, 126][..], &length.to_be_bytes(), payload].concat(),
    }
}

const ATTACK: &[u8] = br#"{"find":"x' UNION SELECT email, password FROM users --"}"#;
const TRACE: &[u8] = b"{\"error\":\"Traceback (most recent call last):\\n  File \\\"/srv/app/views.py\\\", line 7, in get\\n    return 1/0\\nZeroDivisionError: division by zero\"}";

#[test]
fn an_attack_in_a_message_closes_the_socket_wherever_it_is_cut() {
    let bytes =
        [client(0x01, &ATTACK[..20]), client(0x89, b"p"), client(0x80, &ATTACK[20..])].concat();
    for cut in 0..bytes.len() {
        let mut socket = Socket::open(Mode::Enforce, true);
        let hello = client(0x81, b"{\"find\":\"O'Neil\"}");
        assert_eq!(socket.says(Side::Request, &hello).as_ref(), Some(&hello));
        let mut passed = socket.says(Side::Request, &bytes[..cut]).unwrap();
        let rest = socket.says(Side::Request, &bytes[cut..]);
        assert_eq!(rest, None, "cut at {cut}");
        passed.retain(|it| !client(0x89, b"p").contains(it));
        assert_eq!(passed, [], "nothing of the message has left, cut at {cut}");
        let seen = socket.ends();
        assert_eq!(seen.outcome, Outcome::Refused);
        assert_eq!(seen.hits[0].code, Code::ContentSqlInjection);
        assert_eq!(seen.findings[0].place.to_string(), "body $message[2].find");
    }
}

#[test]
fn harmless_messages_pass_byte_for_byte() {
    let mut socket = Socket::open(Mode::Enforce, true);
    for payload in [&b"hi"[..], b"", b"it's a union of select shops", b"{\"a\":[1,\"O'Neil\"]}"] {
        for (side, bytes) in
            [(Side::Request, client(0x81, payload)), (Side::Response, server(0x81, payload))]
        {
            let mut passed = Vec::new();
            for byte in &bytes {
                passed.extend(socket.says(side, &[*byte]).unwrap());
            }
            assert_eq!(passed, bytes);
        }
    }
    let seen = socket.ends();
    assert_eq!((seen.outcome, seen.hits.len(), seen.findings.len()), (Outcome::Tunnelled, 0, 0));
}

#[test]
fn what_an_error_gives_away_closes_the_socket() {
    let mut socket = Socket::open(Mode::Enforce, true);
    assert_eq!(socket.says(Side::Response, &server(0x81, TRACE)), None);
    let seen = socket.ends();
    assert_eq!((seen.outcome, seen.hits[0].code), (Outcome::Refused, Code::DisclosureStackTrace));
    assert_eq!(seen.findings[0].place.to_string(), "body $answer[1]");
}

#[test]
fn what_is_observed_passes_and_is_told() {
    let mut socket = Socket::open(Mode::Observe, true);
    for _ in 0..20 {
        let bytes = client(0x81, ATTACK);
        assert_eq!(socket.says(Side::Request, &bytes), Some(bytes));
    }
    let seen = socket.ends();
    assert_eq!(seen.outcome, Outcome::Tunnelled);
    let hits: Vec<_> = seen.hits.iter().map(|it| (it.code, it.effect)).collect();
    assert_eq!(hits, [(Code::ContentSqlInjection, Effect::WouldRefuse)]);
    assert_eq!((seen.findings.len(), seen.findings_more), (8, 12));
}

#[test]
fn without_the_key_nothing_is_read() {
    let mut socket = Socket::open(Mode::Enforce, false);
    assert!(socket.forwarded.iter().any(|it| it == "sec-websocket-extensions"));
    for bytes in [client(0x81, ATTACK), vec![0xFF; 100]] {
        assert_eq!(socket.says(Side::Request, &bytes), Some(bytes));
    }
    assert!(socket.ends().hits.is_empty());
    let socket = Socket::open(Mode::Enforce, true);
    assert!(!socket.forwarded.iter().any(|it| it == "sec-websocket-extensions"));
}

#[test]
fn binary_messages_close_where_what_is_unexamined_is_refused_and_are_told_once_elsewhere() {
    let bytes = client(0x82, ATTACK);
    let mut socket = Socket::open(Mode::Enforce, true);
    let text = client(0x81, b"hello");
    assert_eq!(socket.says(Side::Request, &text), Some(text));
    assert_eq!(socket.says(Side::Request, &bytes), None);
    let seen = socket.ends();
    assert_eq!(seen.outcome, Outcome::Refused);
    let hits: Vec<_> = seen.hits.iter().map(|it| (it.code, it.effect)).collect();
    assert_eq!(hits, [(Code::ContentUnexamined, Effect::Refused)]);
    for (mode, fails_open, effect) in [
        (Mode::Observe, false, Some(Effect::WouldRefuse)),
        (Mode::Enforce, true, Some(Effect::FailedOpen)),
        (Mode::Off, false, None),
    ] {
        let mut socket = Socket::open_on(mode, true, fails_open);
        for side in [Side::Request, Side::Request, Side::Response] {
            let bytes = if side == Side::Request { bytes.clone() } else { vec![0x82, 1, 7] };
            assert_eq!(socket.says(side, &bytes), Some(bytes), "{mode:?}");
        }
        let hits: Vec<_> = socket.ends().hits.iter().map(|it| (it.code, it.effect)).collect();
        let expected: Vec<_> = effect.map(|it| (Code::ContentUnexamined, it)).into_iter().collect();
        assert_eq!(hits, expected, "{mode:?}");
    }
}

#[test]
fn what_is_no_frame_closes_where_it_is_enforced_and_passes_elsewhere() {
    let bytes =
        [client(0x01, b"begun"), vec![0xF1, 0x85, 1, 2, 3, 4], client(0x81, ATTACK)].concat();
    let mut socket = Socket::open(Mode::Enforce, true);
    assert_eq!(socket.says(Side::Request, &bytes), None);
    assert_eq!(socket.ends().hits[0].code, Code::BodyWebsocketMalformed);
    for cut in 0..bytes.len() {
        let mut socket = Socket::open(Mode::Observe, true);
        let mut passed = socket.says(Side::Request, &bytes[..cut]).unwrap();
        passed.extend(socket.says(Side::Request, &bytes[cut..]).unwrap());
        assert_eq!(passed, bytes, "cut at {cut}");
    }
}

#[test]
fn a_message_that_is_too_long_is_unexamined_and_bounded() {
    let bytes = client(0x81, &vec![b'a'; 400_000]);
    let mut socket = Socket::open(Mode::Enforce, true);
    let closed = bytes.chunks(16_384).any(|it| socket.says(Side::Request, it).is_none());
    assert!(closed);
    assert_eq!(socket.ends().hits[0].code, Code::ContentUnexamined);
    let mut socket = Socket::open(Mode::Observe, true);
    let passed: Vec<u8> =
        bytes.chunks(16_384).flat_map(|it| socket.says(Side::Request, it).unwrap()).collect();
    assert_eq!(passed, bytes);
    let next = client(0x81, ATTACK);
    assert_eq!(socket.says(Side::Request, &next), Some(next));
    assert_eq!(socket.ends().hits.len(), 2);
}
