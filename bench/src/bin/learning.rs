//! What learning costs: nanoseconds of processor time an exchange, and bytes resident: `learning [CASE]`.
//!
//! Cases: `known` (1,000 endpoints of 30 fields a side that were seen before, facts of one exchange in sixteen),
//! `new` (the same, never seen, facts of each), `words` (a new API whose variables are words), `lost` and `found`
//! (a million invented paths, answered with 404 and with 200), `find` (look-ups among 10,000 endpoints).

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark may stop where it is wrong"
)]

use bartizan_learn::inventory::Inventory;
use bartizan_learn::template::template;
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId, bucket};
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use std::hint::black_box;
use std::sync::Arc;

const ENDPOINTS: usize = 1_000;
const FIELDS: usize = 30;
const BATCH: usize = 1_000;
/// One exchange in so many has facts.
const SAMPLED: usize = 16;
/// The first exchanges of an endpoint, of which each has facts.
const FULL: usize = 200;

fn main() {
    let only = std::env::args().nth(1);
    for (name, case) in CASES {
        if only.as_deref().is_none_or(|it| it == *name) {
            case(name);
        }
    }
}

type Case = fn(&str);

const CASES: &[(&str, Case)] = &[
    ("known", known),
    ("new", new),
    ("life", life),
    ("words", words),
    ("lost", |name| invented(name, 404)),
    ("found", |name| invented(name, 200)),
    ("find", find),
];

fn known(name: &str) {
    let api = Api::new(ENDPOINTS, false);
    let resident = resident_mib();
    let mut inventory = Inventory::default();
    learn(&mut inventory, ENDPOINTS * 20, |n, at| api.call(at % ENDPOINTS, n, true));
    inventory.settle();
    println!("{name}: {:.1} MiB after {ENDPOINTS} endpoints", resident_mib() - resident);
    let call = |n: u64, at: usize| api.call(n as usize % ENDPOINTS, n, at.is_multiple_of(SAMPLED));
    report(name, learn(&mut inventory, 500_000, call), 500_000, &inventory);
}

fn new(name: &str) {
    let api = Api::new(ENDPOINTS, false);
    let mut inventory = Inventory::default();
    let took = learn(&mut inventory, 40_000, |n, _| api.call(n as usize % ENDPOINTS, n, true));
    report(name, took, 40_000, &inventory);
}

/// What an exchange costs by how many of its endpoint went before.
fn life(name: &str) {
    let api = Api::new(ENDPOINTS, false);
    let mut inventory = Inventory::default();
    for (from, to) in [(0, 5), (5, 20), (20, 60), (60, FULL), (FULL, 1_000)] {
        let took = learn(&mut inventory, (to - from) * ENDPOINTS, |n, at| {
            let has_facts = from < FULL || (at / ENDPOINTS).is_multiple_of(SAMPLED);
            api.call(at % ENDPOINTS, n ^ from as u64, has_facts)
        });
        let each = took as f64 / ((to - from) * ENDPOINTS) as f64;
        println!("{name}: {each:.0} ns each of exchanges {} to {to} of an endpoint", from + 1);
    }
}

fn words(name: &str) {
    let api = Api::new(ENDPOINTS, true);
    let mut inventory = Inventory::default();
    let took = learn(&mut inventory, 40_000, |n, _| api.call(n as usize % ENDPOINTS, n, true));
    report(name, took, 40_000, &inventory);
}

/// A million paths that are words, numbers and hosts, beside an API that is known.
fn invented(name: &str, status: u16) {
    let api = Api::new(ENDPOINTS, false);
    let mut inventory = Inventory::default();
    learn(&mut inventory, ENDPOINTS * 20, |n, at| api.call(at % ENDPOINTS, n, true));
    let resident = resident_mib();
    let took = learn(&mut inventory, 1_000_000, |n, _| {
        let (a, b) = (word(n), word(n.rotate_left(32)));
        let path = match n % 3 {
            0 => format!("/{a}/{b}"),
            1 => format!("/{a}/{}", n % 100_000),
            _ => format!("/{a}.example/{b}"),
        };
        exchange(&path, status, None, None)
    });
    println!("{name}: {:.1} MiB more", resident_mib() - resident);
    report(name, took, 1_000_000, &inventory);
}

fn find(name: &str) {
    let api = Api::new(10 * ENDPOINTS, false);
    let mut inventory = Inventory::default();
    let calls = api.endpoints.len() * 2;
    learn(&mut inventory, calls, |n, at| api.call(at % api.endpoints.len(), n, at % 2 == 0));
    let templates: Vec<_> = (0..50_000_u64)
        .map(|n| api.call(mixed(n) as usize % api.endpoints.len(), n, false).template)
        .collect();
    let begun = cpu_ns();
    let found = templates.iter().filter(|it| inventory.find("shop", Method::Get, it).is_some());
    let found = black_box(found.count());
    let each = (cpu_ns() - begun) as f64 / templates.len() as f64;
    println!("{name}: {each:.0} ns, {found} of {} found", templates.len());
    let begun = cpu_ns();
    let found = templates.iter().filter(|it| inventory.leaf("shop", Method::Get, it).is_some());
    let found = black_box(found.count());
    let each = (cpu_ns() - begun) as f64 / templates.len() as f64;
    let nodes: usize = inventory.totals().map(|it| it.1.nodes).sum();
    println!(
        "{name}: {each:.0} ns without names, {found} found, {} endpoints, {nodes} nodes",
        inventory.endpoints().len()
    );
}

fn report(name: &str, took_ns: u64, exchanges: u64, inventory: &Inventory) {
    let nodes: usize = inventory.totals().map(|it| it.1.nodes).sum();
    println!(
        "{name}: {:.0} ns each of {exchanges}, {} endpoints, {nodes} nodes, {:.0} MiB resident in all",
        took_ns as f64 / exchanges as f64,
        inventory.endpoints().len(),
        resident_mib(),
    );
}

/// Learns that many exchanges of what `call` makes of random numbers and positions; how long it took.
fn learn(
    inventory: &mut Inventory,
    exchanges: usize,
    call: impl Fn(u64, usize) -> Observation,
) -> u64 {
    let mut took = 0;
    for begin in (0..exchanges).step_by(BATCH) {
        let batch: Vec<_> =
            (begin..exchanges.min(begin + BATCH)).map(|at| call(mixed(at as u64), at)).collect();
        let begun = cpu_ns();
        batch.iter().for_each(|it| inventory.observe(it));
        took += cpu_ns() - begun;
    }
    took
}

/// An API: 25 areas, in each of them resources with one number or word behind.
struct Api {
    endpoints: Vec<Known>,
    has_words: bool,
}

struct Known {
    path: String,
    request: Arc<Shape>,
    response: Arc<Shape>,
}

impl Api {
    fn new(count: usize, has_words: bool) -> Self {
        let known = |n: usize| {
            let shape = |side: &str| {
                let common =
                    (0..FIELDS / 3).map(|it| Place::body(&format!("$.{side}.common_{it}")));
                let own = (FIELDS / 3..FIELDS)
                    .map(|it| Place::body(&format!("$.{side}.field_{it}_of_{n}")));
                let places = std::iter::once(Place::Segment(4)).chain(common.chain(own)).collect();
                Arc::new(Shape { id: ShapeId(n as u64), places })
            };
            Known {
                path: format!("/api/area{}/{}", n % 25, word(mixed(n as u64))),
                request: shape("ask"),
                response: shape("tell"),
            }
        };
        Self { endpoints: (0..count).map(known).collect(), has_words }
    }

    /// A call of one endpoint with these random bits.
    fn call(&self, at: usize, random: u64, has_facts: bool) -> Observation {
        let it = &self.endpoints[at];
        let path = match self.has_words {
            true => format!("{}/{}", it.path, word(random % 40 * 7_919 + at as u64)),
            false => format!("{}/{}", it.path, random % 100_000),
        };
        let facts = |shape: &Arc<Shape>| has_facts.then(|| facts(shape, random));
        exchange(&path, 200, facts(&it.request), facts(&it.response))
    }
}

/// Every third field has few values, the others many.
fn facts(shape: &Arc<Shape>, random: u64) -> Facts {
    let facts = (0..=FIELDS as u16).map(|field| {
        let value = mixed(random ^ u64::from(field));
        let value = if field % 3 == 0 { value % 7 + 1 } else { value };
        let kind = [Kind::Text, Kind::Integer, Kind::Uuid][usize::from(field) % 3];
        Fact {
            field,
            kind,
            forms: Forms::STRING,
            sign: None,
            times: 1,
            bucket: bucket((value % 100_000) as f64),
            score: 0,
            bytes: 8,
            value: KeyedHash(value),
        }
    });
    Facts {
        shape: Arc::clone(shape),
        facts: facts.collect(),
        more: 0,
        own: Vec::new(),
        listed: Vec::new(),
    }
}

fn exchange(
    path: &str,
    status: u16,
    request: Option<Facts>,
    response: Option<Facts>,
) -> Observation {
    let mut of_path = String::new();
    template(path.as_bytes(), &mut of_path);
    let started = Moment { mono_ns: 1, wall_us: 1_700_000_000_000_000 };
    Observation {
        method: Method::Get,
        template: of_path.into(),
        route: "shop".into(),
        status,
        subject: SubjectId(u128::from(mixed(path.len() as u64))),
        client: KeyedHash(mixed(path.len() as u64)),
        request,
        response,
        ..Observation::opened(ExchangeId::new(1, 1), started, 1, KeyEpoch(1))
    }
}

/// A word that nobody has in a dictionary.
fn word(random: u64) -> String {
    (0..8).map(|at| char::from(b'a' + (random >> (at * 5) & 15) as u8 + at % 2)).collect()
}

fn mixed(n: u64) -> u64 {
    let n = (n ^ n >> 31).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (n ^ n >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) ^ n >> 29
}

/// Processor time of this thread: other programs on the machine do not count.
fn cpu_ns() -> u64 {
    // Brings the figure up to date, which it is else at each tick only.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn resident_mib() -> f64 {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = told.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    (pages * 4_096) as f64 / 1_048_576.0
}
