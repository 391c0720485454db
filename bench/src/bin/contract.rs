//! What contracts cost: `contract CASE TIMES` prints nanoseconds.
//!
//! `mask` masks e-mail addresses and account numbers in a JSON answer of 100 KiB, for everybody but the owner of each
//! item; `new` does the same and looks for fields that the answer was not known to have; `watch` looks at the owners in
//! the same answer and changes nothing. `given` looks up identifiers that their caller was handed, `foreign` those of
//! others, `owner` whose an owner is, among a million of each. `endpoint` looks up what calls are held to, among
//! 10,000 endpoints in any order.
//! `flood TIMES` hands invented identifiers to invented callers and says how much is remembered.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use bartizan_engine::tables::handed::HandedOut;
use bartizan_engine::tables::owners::Owners;
use bartizan_engine::terms::Terms;
use bartizan_inspect::json_edit::{Edit, JsonEdit, Passing, Places};
use bartizan_inspect::known_places::KnownPlaces;
use bartizan_model::head::Method;
use bartizan_model::id::SubjectId;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Mask, Resource, Shows};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const SUBJECTS: u64 = 10_000;
const EACH: u64 = 100;
const HOUR_NS: u64 = 3_600_000_000_000;
const LATE_NS: u64 = 25 * HOUR_NS;
const PIECE_BYTES: usize = 16 * 1_024;
const CUSTOMER: Resource = Resource(7);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let case = arguments
        .next()
        .ok_or("a case: mask, new, watch, watch-new, given, foreign, owner, endpoint, flood")?;
    let times: u64 = arguments.next().ok_or("how often")?.parse()?;
    match case.as_str() {
        "mask" => pass(times, true, &JsonEdit::default),
        "new" => pass(times, true, &beyond()),
        "watch" => pass(times, false, &JsonEdit::default),
        "watch-new" => pass(times, false, &beyond()),
        "given" => look_up(times, 0),
        "foreign" => look_up(times, 1),
        "owner" => owner(times),
        "endpoint" => endpoint(times),
        "flood" => flood(times),
        _ => return Err(format!("no case {case}").into()),
    }
    Ok(())
}

fn subject(n: u64) -> SubjectId {
    SubjectId(u128::from(mixed(n)) << 64 | u128::from(mixed(n + 1)))
}

/// Spreads what is near each other, as a keyed hash does.
fn mixed(it: u64) -> u64 {
    let it = (it ^ it >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let it = (it ^ it >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    it ^ it >> 31
}

fn told(what: &str, started: Instant, times: u64) {
    let ns = started.elapsed().as_nanos() / u128::from(times.max(1));
    println!("{what}: {ns} ns");
}

fn answer() -> String {
    let mut items = String::from("{\"items\":[");
    let mut n = 0;
    while items.len() < 100 * 1_024 {
        n += 1;
        items += &format!(
            "{{\"id\":{n},\"customerId\":{},\"name\":\"Somebody Number {n}\",\"email\":\"somebody{n}@mail.example\",\
             \"iban\":\"DE8937040044053201{n:04}\",\"total\":{n}.95,\"paid\":true,\"note\":null,\
             \"tags\":[\"web\",\"returning\"]}},",
            n % 50
        );
    }
    items.pop();
    items + "],\"more\":false}"
}

/// A reader that looks for what is new; nothing is.
fn beyond() -> impl Fn() -> JsonEdit {
    let fields = ["id", "customerId", "name", "email", "iban", "total", "paid", "note", "tags[*]"];
    let paths: Vec<String> = fields.iter().map(|it| format!("$.items[*].{it}")).collect();
    let known = paths.iter().map(String::as_str).chain(["$.more"]);
    let known = Arc::new(KnownPlaces::of(known, [].into_iter()));
    move || JsonEdit::showing_new(&known, &Arc::default())
}

fn pass(times: u64, masks: bool, begin: &dyn Fn() -> JsonEdit) {
    let text = answer();
    let mut places = Places::default();
    for (mark, path) in (0..).zip(["$.items[*].customerId", "$.items[*].email", "$.items[*].iban"])
    {
        places.mark(path, mark);
    }
    places.await_owner("$.items[*]");
    let mut each = |value: Passing<'_>| match value.mark {
        0 => Edit::Tell { is_own: value.text == b"17" },
        _ if masks => Edit::Await(Mask::Partial),
        _ => Edit::Keep,
    };
    let (mut out, mut masked) = (Vec::with_capacity(text.len() * 2), 0);
    let started = Instant::now();
    for _ in 0..times {
        out.clear();
        let mut it = begin();
        for piece in text.as_bytes().chunks(PIECE_BYTES) {
            match masks {
                true => it.push(piece, &places, &mut each, &mut out),
                false => it.watch(piece, &places, &mut each),
            }
        }
        it.end(&places, &mut each, &mut out);
        masked = it.masked().len();
    }
    told(&format!("{} bytes, {masked} values masked", text.len()), started, times);
    black_box(out);
}

fn look_up(times: u64, others: u64) {
    let it = HandedOut::default();
    for n in 0..SUBJECTS {
        let all: Vec<u64> = (0..EACH).map(|id| mixed(n * EACH + id)).collect();
        it.give(subject(n), &all, true, HOUR_NS);
    }
    let started = Instant::now();
    for n in 0..times {
        let (who, id) = (mixed(n) % SUBJECTS, mixed(n * 3) % EACH);
        let of = (who + others) % SUBJECTS;
        black_box(it.standing(subject(who), mixed(of * EACH + id), LATE_NS));
    }
    told(&format!("{:?} callers and identifiers", it.sizes()), started, times);
}

fn owner(times: u64) {
    let it = Owners::default();
    (0..SUBJECTS * 10).for_each(|n| it.show(subject(n), CUSTOMER, &[mixed(n)]));
    let started = Instant::now();
    for n in 0..times {
        let who = mixed(n) % SUBJECTS;
        black_box(it.belongs(subject(who), CUSTOMER, mixed(who + n % 2)));
    }
    told(&format!("{:?} callers and owners", it.sizes()), started, times);
}

/// Endpoints that are looked up among each other.
const ENDPOINTS: u64 = 10_000;

fn endpoint(times: u64) {
    let path = |n: u64, id: &str| {
        let (area, resource) = (n % 25, mixed(n) % 1_000_000 + n * 1_000_000);
        match n % 4 {
            0 => format!("/api/v1/area{area}/resource{resource}"),
            1 => format!("/api/v1/area{area}/resource{resource}/{id}/items"),
            _ => format!("/api/v1/area{area}/resource{resource}/{id}"),
        }
    };
    let all = (0..ENDPOINTS).map(|n| EndpointTerms {
        method: Method::Get,
        path: Template::new(&path(n, "{id}")),
        known: Vec::new(),
        terms: Vec::new(),
        hands_out: Vec::new(),
        shows: Shows::default(),
    });
    let terms = Terms::new(vec![("shop".into(), all.collect())]);
    let asked: Vec<_> = (0..65_536).map(|n| path(mixed(n) % ENDPOINTS, "{int}")).collect();
    let started = Instant::now();
    let found =
        (0..times).zip(asked.iter().cycle()).filter(|(_, it)| terms.has("shop", Method::Get, it));
    let found = black_box(found.count());
    told(&format!("{found} found among {ENDPOINTS} endpoints"), started, times);
}

fn flood(times: u64) {
    let (handed, owners) = (HandedOut::default(), Owners::default());
    let started = Instant::now();
    for n in 0..times {
        handed.give(subject(n), &[mixed(n)], true, HOUR_NS);
        owners.show(subject(n), CUSTOMER, &[mixed(n)]);
        owners.belong(mixed(n), mixed(n + 1));
    }
    told(
        &format!("{:?} of {times} remembered, {:?} owners", handed.sizes(), owners.sizes()),
        started,
        times,
    );
}
