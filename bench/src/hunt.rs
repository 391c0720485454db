//! Hunting over many exchanges: how large they are, how long the shipped hunts take, how much memory.
//!
//! ```console
//! cargo run --release -p bartizan-hunt --example hunt_bench -- DIR 10000000
//! ```
//!
//! makes the exchanges (the same ones each time) unless `DIR` holds them already, and asks every shipped
//! hunt three times, each in a process of its own, with a cold page cache where that is allowed, while
//! further exchanges are recorded and sealed. Exchanges go through the journal and the archive, as in the
//! product.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark may stop where it is wrong"
)]

#[path = "../../crates/hunt/tests/support/mod.rs"]
mod support;

use bartizan_hunt::answer::Piece;
use bartizan_hunt::hunter::{Hunter, Limits};
use bartizan_hunt::saved::shipped;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId, bucket};
use bartizan_model::head::{Method, Version};
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{
    ClassScores, Observation, Outcome, Phases, SubjectKind, TraceId,
};
use bartizan_model::place::Place;
use bartizan_store::disk::Directory;
use bartizan_store::files::Folder;
use bartizan_store::segments::archive::{Archive, Bounds};
use bartizan_store::{Journal, Options, Record};
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

type Outcome_<T> = Result<T, Box<dyn Error>>;

const SUBJECTS: u64 = 150_000;
const ENDPOINTS: u64 = 40;
const OBJECTS: u64 = 200_000;
/// They are spread over thirty days.
const FIRST_US: u64 = 1_790_000_000_000_000;
const SPAN_US: u64 = 30 * 86_400 * 1_000_000;
const ROUNDS: usize = 3;
/// Exchanges a second that are recorded meanwhile.
const INGEST_A_SECOND: u64 = 1_000;

/// Numbers that are the same each time (splitmix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// Small numbers are much more likely than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        let unit = self.next() as f64 / u64::MAX as f64;
        ((unit * unit * unit) * end as f64) as u64
    }
}

fn mixed(n: u64) -> u64 {
    let mut z = n;
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

/// An endpoint: its name, and the shapes of its messages.
struct Endpoint {
    method: Method,
    template: Arc<str>,
    id: EndpointId,
    request: Arc<Shape>,
    response: Arc<Shape>,
}

fn endpoints() -> Vec<Endpoint> {
    let names = [
        "orders",
        "customers",
        "products",
        "invoices",
        "reviews",
        "carts",
        "payments",
        "addresses",
        "login",
        "search",
    ];
    (0..ENDPOINTS)
        .map(|n| {
            let name = names[(n % 10) as usize];
            let (method, template) = match n / 10 {
                0 => (Method::Get, format!("/{name}/{{int}}")),
                1 => (Method::Get, format!("/{name}")),
                2 => (Method::Post, format!("/{name}")),
                _ => (Method::Patch, format!("/{name}/{{int}}/items/{{uuid}}")),
            };
            let mut request = vec![
                Place::Segment(2),
                Place::query(b"limit"),
                Place::cookie(b"sid"),
                Place::header(b"accept-language"),
            ];
            request.extend((0..n % 3).map(|it| Place::body(&format!("$.{name}_{it}"))));
            let mut response: Vec<_> = [
                "id",
                "customerId",
                "status",
                "currency",
                "total",
                "created",
                "items[*].id",
                "items[*].sku",
                "items[*].quantity",
                "links.self",
            ]
            .iter()
            .map(|it| Place::body(&format!("$.{it}")))
            .collect();
            response.extend((0..n % 4).map(|it| Place::body(&format!("$.{name}.extra_{it}"))));
            // No shape has the id 0, which `mixed` makes of 0.
            let shape = |id, places| Arc::new(Shape { id: ShapeId(mixed(id + 1)), places });
            Endpoint {
                id: EndpointId::of(method.name(), &template),
                method,
                template: template.into(),
                request: shape(n * 2, request),
                response: shape(n * 2 + 1, response),
            }
        })
        .collect()
}

struct Maker {
    draw: Draw,
    endpoints: Vec<Endpoint>,
    rows: u64,
    made: u64,
    routes: [Arc<str>; 3],
}

impl Maker {
    fn new(rows: u64, seed: u64) -> Self {
        let routes = ["shop".into(), "users".into(), "admin".into()];
        Self { draw: Draw(seed), endpoints: endpoints(), rows, made: 0, routes }
    }

    fn at(&self, wall_us: u64) -> Moment {
        Moment { mono_ns: (wall_us - FIRST_US) * 1_000 + 317, wall_us }
    }

    fn next(&mut self) -> Observation {
        let step = SPAN_US / self.rows.max(1);
        let wall_us = FIRST_US + self.made * step + self.draw.below(step.max(1));
        self.made += 1;
        self.observed(wall_us)
    }

    fn observed(&mut self, wall_us: u64) -> Observation {
        let draw = &mut self.draw;
        let n = draw.skewed(ENDPOINTS) as usize;
        let subject = draw.skewed(SUBJECTS);
        let object = draw.skewed(OBJECTS);
        let is_attack = draw.below(200) == 0;
        let status = match draw.below(100) {
            0 => 500,
            1..=3 => 404,
            4 => 401,
            _ if is_attack => 403,
            _ => 200,
        };
        let judged = 20 + draw.skewed(400) as u32;
        let forwarded = judged + 5 + draw.skewed(60) as u32;
        let answered = forwarded + 800 + draw.skewed(90_000) as u32;
        let random = u128::from(draw.next()) << 64 | u128::from(draw.next());
        let id = ExchangeId::new(wall_us / 1_000, random);
        let has_trace = draw.below(2) == 0;
        let trace =
            if has_trace { u128::from(draw.next()) << 64 | u128::from(draw.next()) } else { 0 };
        let client = mixed(subject * 3 + draw.below(2));
        let hash = |n: u64| mixed(n ^ 0x5555);
        let fact = |field: usize, kind: Kind, number: u64, value: u64, bytes: u32| Fact {
            field: field as u16,
            kind,
            forms: Forms::NONE,
            sign: None,
            times: 1,
            bucket: if matches!(kind, Kind::Integer | Kind::Decimal) {
                bucket(number as f64)
            } else {
                0
            },
            score: 0,
            bytes,
            value: KeyedHash(value),
        };
        let endpoint = &self.endpoints[n];
        let request = endpoint
            .request
            .places
            .iter()
            .enumerate()
            .map(|(field, _)| match field {
                0 => fact(field, Kind::Integer, object, hash(object), 6),
                1 => {
                    let n = 10 * (1 + draw.below(4));
                    fact(field, Kind::Integer, n, hash(n), 2)
                }
                2 => fact(field, Kind::Hex, 0, mixed(subject ^ 0xAAAA), 32),
                3 => {
                    let n = draw.skewed(20);
                    fact(field, Kind::Text, 0, hash(1_000 + n), 5 + n as u32)
                }
                _ => {
                    let n = draw.skewed(5_000);
                    fact(field, Kind::Text, 0, hash(2_000 + n), 4 + (n % 40) as u32)
                }
            })
            .collect();
        let response = endpoint
            .response
            .places
            .iter()
            .enumerate()
            .map(|(field, _)| match field {
                0 => fact(field, Kind::Integer, object, hash(object), 6),
                1 => fact(field, Kind::Uuid, 0, mixed(subject ^ 0xBBBB), 36),
                2 => {
                    let n = draw.skewed(5);
                    fact(field, Kind::Text, 0, hash(10_000 + n), 4 + n as u32)
                }
                3 => {
                    let n = draw.skewed(3);
                    fact(field, Kind::Text, 0, hash(11_000 + n), 3)
                }
                4 => {
                    let n = draw.skewed(100_000);
                    fact(field, Kind::Decimal, n, hash(20_000 + n), 6)
                }
                5 => fact(field, Kind::Date, 0, draw.next(), 24),
                6 => {
                    let n = draw.below(OBJECTS);
                    fact(field, Kind::Integer, n, hash(n), 6)
                }
                7 => {
                    let n = draw.skewed(3_000);
                    fact(field, Kind::Text, 0, hash(30_000 + n), 8)
                }
                8 => {
                    let n = 1 + draw.skewed(20);
                    fact(field, Kind::Integer, n, hash(n), 2)
                }
                9 => fact(field, Kind::Text, 0, mixed(object ^ 0xCCCC), 30),
                _ => {
                    let n = draw.skewed(200);
                    fact(field, Kind::Text, 0, hash(40_000 + n), 4 + (n % 20) as u32)
                }
            })
            .collect();
        let mut it = Observation {
            phases: Phases {
                judged_us: judged,
                forwarded_us: forwarded,
                answered_us: answered,
                finished_us: answered + 30 + draw.skewed(3_000) as u32,
            },
            endpoint: endpoint.id,
            template: Arc::clone(&endpoint.template),
            route: Arc::clone(&self.routes[n % 3]),
            subject: SubjectId(u128::from(mixed(subject)) << 64 | u128::from(mixed(subject ^ 1))),
            subject_kind: if subject.is_multiple_of(4) {
                SubjectKind::TokenClaim
            } else {
                SubjectKind::Cookie
            },
            session: KeyedHash(mixed(subject * 7 + (wall_us - FIRST_US) / 86_400_000_000)),
            client: KeyedHash(client),
            trace: TraceId(trace),
            method: endpoint.method,
            version: if draw.below(3) == 0 { Version::Http11 } else { Version::Http2 },
            outcome: Outcome::Served,
            status,
            request_head_bytes: 280 + draw.skewed(600) as u32,
            request_body_bytes: if endpoint.method == Method::Get {
                0
            } else {
                60 + draw.skewed(900)
            },
            response_body_bytes: 200 + draw.skewed(40_000),
            request: Some(Facts {
                shape: Arc::clone(&endpoint.request),
                facts: request,
                more: 0,
                own: Vec::new(),
                listed: Vec::new(),
            }),
            response: Some(Facts {
                shape: Arc::clone(&endpoint.response),
                facts: response,
                more: 0,
                own: Vec::new(),
                listed: Vec::new(),
            }),
            ..Observation::opened(id, self.at(wall_us), 1 + self.made / 3_000_000, KeyEpoch(1))
        };
        if is_attack {
            attack(&mut it, &mut self.draw);
        }
        it
    }
}

fn attack(it: &mut Observation, draw: &mut Draw) {
    let (code, shapes): (_, [&[u8]; 3]) = match draw.below(3) {
        0 => (Code::ContentScriptInjection, [b"<tag>", b"<on=>", b"js:"]),
        _ => (Code::ContentSqlInjection, [b"s&1c", b"sUEnk", b"1;EkU"]),
    };
    let score = 600 + draw.below(400) as u16;
    let fingerprint = Fingerprint::new(shapes[draw.below(3) as usize]);
    let sighting = Sighting { code, score, fingerprint };
    let value = KeyedHash(mixed(draw.skewed(500)));
    it.findings.push(Finding { sighting, place: Place::query(b"limit"), bytes: 31, value });
    it.scores = match code {
        Code::ContentSqlInjection => ClassScores { sql: score, script: 0 },
        _ => ClassScores { sql: 0, script: score },
    };
    if score >= 980 {
        let refused = draw.below(2) == 0;
        let effect = if refused { Effect::Refused } else { Effect::WouldRefuse };
        it.hits.push(Hit { code, effect, margin: score - 980 });
        if refused {
            (it.outcome, it.status) = (Outcome::Refused, 403);
            it.response = None;
        }
    }
}

fn archive(dir: &Path) -> Outcome_<Archive<Folder>> {
    let bounds = Bounds { bytes_max: u64::MAX, age_us_max: None };
    Ok(Archive::open(Folder::at(&dir.join("segments")), support::keys(), bounds)?)
}

fn journal(dir: &Path, at: Moment) -> Outcome_<Journal> {
    let options = Options {
        journal_bytes_max: 1 << 30,
        segment_bytes_max: 16 << 20,
        buffer_bytes_max: 1 << 20,
        epoch: KeyEpoch(1),
    };
    Ok(Journal::open(&dir.join("journal"), options, at)?.0)
}

/// Makes the exchanges and seals them.
fn make(dir: &Path, rows: u64) -> Outcome_<()> {
    std::fs::create_dir_all(dir)?;
    let mut archive = archive(dir)?;
    let mut maker = Maker::new(rows, 7);
    let mut journal = journal(dir, maker.at(FIRST_US))?;
    let disk = Directory::at(&dir.join("journal"));
    let begun = Instant::now();
    while maker.made < rows {
        journal.append(&Record::Observation(maker.next()))?;
        if maker.made.is_multiple_of(100_000) {
            journal.flush()?;
            while archive.seal(&disk, || true)?.is_some() {}
        }
    }
    journal.sync()?;
    drop(journal);
    // What is closed by a new start is sealed too.
    let mut last = self::journal(dir, maker.at(FIRST_US + SPAN_US))?;
    last.append(&Record::Gap { at: maker.at(FIRST_US + SPAN_US), lost: 0 })?;
    last.sync()?;
    while archive.seal(&disk, || true)?.is_some() {}
    let sealed: u64 = support::kept(dir).0.now()?.contents.entries.values().map(|it| it.rows).sum();
    if sealed != rows {
        return Err(format!("{rows} exchanges were recorded, and {sealed} sealed").into());
    }
    println!("made {rows} exchanges in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Records and seals until `stop`; returns how many.
fn ingest(dir: &Path, stop: &AtomicBool) -> Outcome_<u64> {
    let mut archive = archive(dir)?;
    let mut maker = Maker::new(1, 11);
    let mut journal = journal(dir, maker.at(FIRST_US + SPAN_US))?;
    let disk = Directory::at(&dir.join("journal"));
    let begun = Instant::now();
    let mut count = 0;
    while !stop.load(Relaxed) {
        let wall_us = FIRST_US + SPAN_US + begun.elapsed().as_micros() as u64;
        for _ in 0..INGEST_A_SECOND / 100 {
            journal.append(&Record::Observation(maker.observed(wall_us)))?;
            count += 1;
        }
        journal.flush()?;
        if count % (INGEST_A_SECOND * 10) == 0 {
            archive.seal(&disk, || true)?;
        }
        let due = Duration::from_millis(count * 1_000 / INGEST_A_SECOND);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    journal.sync()?;
    Ok(count)
}

/// Asks one hunt and prints what it cost.
fn one(dir: &Path, name: &str) -> Outcome_<()> {
    let saved = shipped().into_iter().find(|it| it.name == name).ok_or("no such hunt")?;
    let begun = Instant::now();
    let hunter = Hunter::new(Arc::new(support::kept(dir)), Vec::new(), 2)?;
    let limits = Limits { time_max: Duration::from_secs(600), ..Limits::default() };
    for piece in hunter.hunt(&saved.sql, limits)? {
        if let Piece::Done(done) = piece? {
            let status = std::fs::read_to_string("/proc/self/status")?;
            let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
            let kib: u64 = peak.unwrap_or("0").trim().trim_end_matches(" kB").parse()?;
            println!(
                "{} {} {} {} {}",
                begun.elapsed().as_millis(),
                kib,
                done.rows,
                done.scanned.rows_scanned,
                processor_ms()?
            );
        }
    }
    Ok(())
}

/// Processor time of this process, in milliseconds, by ticks of 10.
fn processor_ms() -> Outcome_<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    Ok(fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum::<u64>() * 10)
}

fn run(dir: &Path, rows: u64) -> Outcome_<()> {
    if !dir.join("segments").join("catalogue.list").exists() {
        make(dir, rows)?;
    }
    let held = support::kept(dir).0;
    let contents = held.now()?.contents;
    let (sealed, bytes) =
        (contents.entries.values().map(|it| it.rows).sum::<u64>(), contents.bytes());
    println!(
        "{sealed} exchanges in {} segments: {bytes} bytes, {:.1} a row",
        contents.entries.len(),
        bytes as f64 / sealed as f64
    );
    let stop = Arc::new(AtomicBool::new(false));
    let recording = {
        let (dir, stop) = (dir.to_owned(), Arc::clone(&stop));
        std::thread::spawn(move || ingest(&dir, &stop).map_err(|it| it.to_string()))
    };
    println!(
        "{:<20} {:>24} {:>8} {:>8} {:>8} {:>12}",
        "hunt", "ms (each round)", "cpu ms", "MiB", "rows", "scanned"
    );
    let (mut medians, mut worst, mut most) = (Vec::new(), 0, 0);
    let mut cold = true;
    for saved in shipped() {
        let (mut times, mut last) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            cold &= std::fs::write("/proc/sys/vm/drop_caches", "1").is_ok();
            let out = Command::new(std::env::current_exe()?)
                .args(["--one", &dir.display().to_string(), &saved.name])
                .output()?;
            let text = String::from_utf8_lossy(&out.stdout).into_owned();
            last = text.split_whitespace().filter_map(|it| it.parse::<u64>().ok()).collect();
            if last.len() != 5 {
                return Err(
                    format!("{}: {}", saved.name, String::from_utf8_lossy(&out.stderr)).into()
                );
            }
            times.push(last[0]);
            most = most.max(last[1]);
        }
        let shown = times.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        println!(
            "{:<20} {shown:>24} {:>8} {:>8} {:>8} {:>12}",
            saved.name,
            last[4],
            last[1] >> 10,
            last[2],
            last[3]
        );
        times.sort_unstable();
        worst = worst.max(times[times.len() - 1]);
        medians.push(times[times.len() / 2]);
    }
    stop.store(true, Relaxed);
    let recorded = recording.join().map_err(|_| "the recording thread ended")??;
    medians.sort_unstable();
    println!(
        "median {} ms, worst {worst} ms, at most {} MiB; {} cache; {recorded} exchanges were recorded meanwhile",
        medians[medians.len() / 2],
        most >> 10,
        if cold { "cold" } else { "warm" },
    );
    Ok(())
}

fn main() -> Outcome_<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--one", dir, name] => one(Path::new(dir), name),
        [dir, rows] => run(Path::new(dir), rows.parse()?),
        _ => Err("usage: hunt DIR EXCHANGES".into()),
    }
}
