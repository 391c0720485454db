//! Hunts over a real directory: what they see, what they may not, and what they cost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use bartizan_hunt::answer::{Cell, Done, Piece};
use bartizan_hunt::guard::{Refusal, SQL_BYTES_MAX};
use bartizan_hunt::hunter::{HuntError, Hunter, Limits};
use bartizan_hunt::saved::shipped;
use bartizan_hunt::views::VIEWS;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId};
use bartizan_model::head::Method;
use bartizan_model::host::{Host, Pointed, Side};
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, TraceId};
use bartizan_model::oddity::Oddity;
use bartizan_model::place::Place;
use bartizan_store::disk::Directory;
use bartizan_store::files::Folder;
use bartizan_store::segments::archive::{Archive, Bounds};
use bartizan_store::{Journal, Options, Record};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const ROWS: u64 = 400;
const FIRST_US: u64 = 1_700_000_000_000_000;

/// A data directory that is deleted in the end.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir =
            std::env::temp_dir().join(format!("bartizan-hunts-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn journal(&self, segment_bytes_max: u64) -> Journal {
        let options = Options {
            journal_bytes_max: 1 << 30,
            segment_bytes_max,
            buffer_bytes_max: 1 << 16,
            epoch: KeyEpoch(1),
        };
        let at = Moment { mono_ns: 0, wall_us: FIRST_US };
        Journal::open(&self.0.join("journal"), options, at).unwrap().0
    }

    /// Writes `ROWS` exchanges, of which `sealed` says whether those of closed segments are sealed.
    fn filled(sealed: bool) -> Self {
        let home = Self::new();
        let mut journal = home.journal(40_000);
        (0..ROWS).for_each(|n| journal.append(&Record::Observation(observation(n))).unwrap());
        journal.sync().unwrap();
        if sealed {
            home.seal();
        }
        home
    }

    fn seal(&self) {
        let bounds = Bounds { bytes_max: u64::MAX, age_us_max: None };
        let keys = support::keys();
        let mut archive =
            Archive::open(Folder::at(&self.0.join("segments")), keys, bounds).unwrap();
        let journal = Directory::at(&self.0.join("journal"));
        while archive.seal(&journal, || true).unwrap().is_some() {}
        assert!(!archive.contents().entries.is_empty());
    }

    fn hunter(&self) -> Hunter {
        Hunter::new(Arc::new(support::kept(&self.0)), Vec::new(), 2).unwrap()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn observation(n: u64) -> Observation {
    let places = vec![Place::Segment(2), Place::query(b"q"), Place::body("$.total")];
    let shape = Arc::new(Shape { id: ShapeId(9), places });
    let fact = |field, kind, value| Fact {
        field,
        kind,
        forms: Forms::NONE,
        sign: None,
        times: 1,
        bucket: 5,
        score: if n.is_multiple_of(50) { 700 } else { 0 },
        bytes: 4,
        value: KeyedHash(value),
    };
    let facts =
        vec![fact(0, Kind::Integer, n), fact(1, Kind::Text, n % 7), fact(2, Kind::Decimal, 1)];
    let wall_us = FIRST_US + n * 1_000_000;
    let mut it = Observation {
        method: if n.is_multiple_of(2) { Method::Get } else { Method::Post },
        template: "/orders/{int}".into(),
        route: "shop".into(),
        subject: SubjectId(u128::from(n % 10) + 1),
        session: KeyedHash(n % 5),
        client: KeyedHash(n % 3 + 1),
        trace: TraceId(u128::from(n % 4)),
        status: if n.is_multiple_of(40) { 500 } else { 200 },
        response_body_bytes: n,
        request: Some(Facts {
            shape: Arc::clone(&shape),
            facts: facts.clone(),
            more: 0,
            own: Vec::new(),
            listed: Vec::new(),
        }),
        response: n.is_multiple_of(2).then_some(Facts {
            shape,
            facts,
            more: 0,
            own: Vec::new(),
            listed: Vec::new(),
        }),
        ..Observation::opened(
            ExchangeId::new(wall_us / 1_000, n.into()),
            Moment { mono_ns: n, wall_us },
            1,
            KeyEpoch(1),
        )
    };
    it.phases.finished_us = 1_000 + u32::try_from(n).unwrap();
    if n.is_multiple_of(20) {
        let code = Code::ContentSqlInjection;
        let sighting = Sighting { code, score: 990, fingerprint: Fingerprint::new(b"s&1c") };
        it.findings =
            vec![Finding { sighting, place: Place::query(b"q"), bytes: 9, value: KeyedHash(n) }];
        it.hits = vec![Hit { code, effect: Effect::WouldRefuse, margin: 10 }];
        it.oddities = [Oddity::EncodedSlash].into_iter().collect();
        it.scores.sql = 990;
        let host = Host::of_authority(b"cdn.example").unwrap();
        let place = Place::body("$.image");
        it.pointed = vec![Pointed { side: Side::Response, place, host, is_own: false }];
    }
    it
}

fn asked(hunter: &Hunter, sql: &str, limits: Limits) -> Result<(Vec<Vec<Cell>>, Done), HuntError> {
    let mut rows = Vec::new();
    for piece in hunter.hunt(sql, limits)? {
        match piece? {
            Piece::Rows(more) => rows.extend(more),
            Piece::Done(done) => return Ok((rows, done)),
            Piece::Columns(_) | Piece::Progress(_) => {}
        }
    }
    panic!("the answer has no end");
}

/// The one value of an answer, before and after sealing.
#[track_caller]
fn check(homes: &[Home], sql: &str, expected: i64) {
    for home in homes {
        let (rows, _) = asked(&home.hunter(), sql, Limits::default()).unwrap();
        let found = match rows.as_slice() {
            [row] => match row.as_slice() {
                [Cell::Integer(it)] => *it,
                [Cell::Unsigned(it)] => i64::try_from(*it).unwrap(),
                other => panic!("{sql}: {other:?}"),
            },
            other => panic!("{sql}: {other:?}"),
        };
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn what_is_sealed_and_what_is_not_are_one_table() {
    let homes = [Home::filled(false), Home::filled(true)];
    let homes = homes.as_slice();
    check(homes, "SELECT count(*) FROM exchanges", 400);
    check(homes, "SELECT count(DISTINCT id) FROM exchanges", 400);
    check(homes, "SELECT count(*) FROM exchanges WHERE endpoint = 'GET /orders/{int}'", 200);
    check(homes, "SELECT count(*) FROM exchanges WHERE status >= 500", 10);
    check(homes, "SELECT count(DISTINCT subject) FROM exchanges", 10);
    check(homes, "SELECT count(*) FROM exchanges WHERE session IS NULL", 80);
    check(homes, "SELECT count(*) FROM exchanges WHERE trace IS NOT NULL", 300);
    check(homes, "SELECT sum(response_bytes) FROM exchanges", 399 * 400 / 2);
    check(
        homes,
        "SELECT count(*) FROM exchanges WHERE array_has(codes, 'content.sql_injection')",
        20,
    );
    check(homes, "SELECT count(*) FROM exchanges WHERE effect = 'would_refuse'", 20);
    check(homes, "SELECT count(*) FROM exchanges WHERE cardinality(oddities) = 1", 20);
    check(homes, "SELECT count(*) FROM exchanges WHERE array_has(hosts, 'cdn.example')", 20);
    check(homes, "SELECT count(*) FROM exchanges WHERE cardinality(hosts) = 0", 380);
    check(homes, "SELECT count(*) FROM exchanges WHERE time >= to_timestamp(1700000200)", 200);
    check(homes, "SELECT count(*) FROM fields", 3 * 400 + 3 * 200);
    check(homes, "SELECT count(*) FROM fields WHERE side = 'response'", 600);
    check(homes, "SELECT count(*) FROM fields WHERE side = 'request' AND place = 'segment 2'", 400);
    check(homes, "SELECT count(*) FROM fields WHERE value = '0000000000000123'", 1);
    check(homes, "SELECT count(DISTINCT value) FROM fields WHERE place = 'query q'", 7);
    check(homes, "SELECT count(*) FROM fields WHERE score >= 600 AND subject LIKE '%1'", 48);
    check(homes, "SELECT count(*) FROM findings WHERE score > 980 AND shape = 's&1c'", 20);
    check(
        homes,
        "SELECT count(*) FROM decisions WHERE clause = 'content.sqli' AND status = 500",
        10,
    );
    check(homes, "SELECT count(*) FROM decisions d JOIN exchanges e ON d.id = e.id", 20);
}

#[test]
fn an_exchange_is_found_by_its_id_and_shown_whole() {
    for home in [Home::filled(false), Home::filled(true)] {
        let wanted = observation(40);
        let sql = format!("SELECT * FROM exchanges WHERE id = '{}'", wanted.id);
        let (rows, _) = asked(&home.hunter(), &sql, Limits::default()).unwrap();
        assert_eq!(rows.len(), 1);
        let view = VIEWS.iter().find(|it| it.name == "exchanges").unwrap();
        let cell = |name: &str| {
            let at = view.columns.iter().position(|it| it.name == name).unwrap();
            rows[0][at].clone()
        };
        let text = |it: &str| Cell::Text(it.to_owned());
        assert_eq!(cell("id"), text(&wanted.id.to_string()));
        assert_eq!(cell("time"), Cell::Time(i64::try_from(wanted.started.wall_us).unwrap()));
        assert_eq!(cell("subject"), text("00000000000000000000000000000001"));
        assert_eq!(cell("trace"), Cell::Null);
        assert_eq!(cell("codes"), Cell::List(vec![text("content.sql_injection")]));
        assert_eq!(cell("oddities"), Cell::List(vec![text("path.encoded_slash")]));
        assert_eq!(cell("total_us"), Cell::Unsigned(1_040));
        assert_eq!(cell("sql_score"), Cell::Unsigned(990));
    }
}

#[test]
fn every_shipped_hunt_is_answered_the_same_before_and_after_sealing() {
    let homes = [Home::filled(false), Home::filled(true)];
    for saved in shipped() {
        let counts = homes.each_ref().map(|home| {
            let answer = asked(&home.hunter(), &saved.sql, Limits::default());
            answer.unwrap_or_else(|error| panic!("{}: {error}", saved.name)).0.len()
        });
        assert_eq!(counts[0], counts[1], "{}", saved.name);
    }
}

#[test]
fn time_and_statistics_leave_segments_unread() {
    let home = Home::filled(true);
    let hunter = home.hunter();
    let all = asked(&hunter, "SELECT count(*) FROM exchanges", Limits::default()).unwrap().1;
    let since_us = Some(FIRST_US + 390 * 1_000_000);
    let limits = Limits { since_us, ..Limits::default() };
    let (rows, late) = asked(&hunter, "SELECT count(*) FROM exchanges", limits).unwrap();
    assert_eq!(rows, [[Cell::Integer(10)]]);
    assert!(late.scanned.rows_scanned < all.scanned.rows_scanned, "{late:?}");
    let never = "SELECT count(*) FROM exchanges WHERE time < to_timestamp(1)";
    let (rows, none) = asked(&hunter, never, Limits::default()).unwrap();
    assert_eq!(rows, [[Cell::Integer(0)]]);
    assert!(none.scanned.segments_pruned > 0, "{none:?}");
    let nobody =
        "SELECT count(*) FROM exchanges WHERE subject = 'ffffffffffffffffffffffffffffffff'";
    let (_, none) = asked(&hunter, nobody, Limits::default()).unwrap();
    assert!(none.scanned.groups_pruned > 0, "{none:?}");
}

/// The side of a join that is read later, and a sort with a limit, read only what they can use.
#[test]
fn joins_and_sorts_leave_rows_unread_and_lose_none() {
    let homes = [Home::filled(false), Home::filled(true)];
    let one = "WITH one AS (SELECT subject, session, id FROM exchanges WHERE response_bytes = 40 LIMIT 1)";
    let homes = homes.as_slice();
    check(
        homes,
        &format!("{one} SELECT count(*) FROM one o JOIN exchanges e ON e.subject = o.subject"),
        40,
    );
    check(homes, &format!("{one} SELECT count(*) FROM one o JOIN fields f ON f.id = o.id"), 6);
    // Session 0 is none, and nothing is equal to none.
    check(
        homes,
        &format!("{one} SELECT count(*) FROM one o JOIN exchanges e ON e.session = o.session"),
        0,
    );
    check(
        homes,
        &format!(
            "{one} SELECT count(*) FROM exchanges WHERE subject NOT IN (SELECT subject FROM one)"
        ),
        360,
    );
    check(
        homes,
        &format!(
            "{one} SELECT count(*) FROM exchanges e LEFT JOIN one o ON e.subject = o.subject WHERE o.subject IS NULL"
        ),
        360,
    );
    check(
        homes,
        "SELECT sum(response_bytes) FROM (SELECT response_bytes FROM exchanges ORDER BY response_bytes DESC LIMIT 3)",
        399 + 398 + 397,
    );
    check(
        homes,
        "SELECT count(*) FROM (SELECT session FROM exchanges ORDER BY session NULLS FIRST LIMIT 100) WHERE session IS NULL",
        80,
    );
    let hunter = homes[1].hunter();
    let all = "SELECT response_bytes FROM exchanges ORDER BY response_bytes DESC";
    let whole = asked(&hunter, all, Limits::default()).unwrap().1.scanned;
    let few = asked(&hunter, &format!("{all} LIMIT 3"), Limits::default()).unwrap().1.scanned;
    assert!(few.rows_scanned < whole.rows_scanned / 2, "{few:?} of {whole:?}");
}

#[test]
fn only_one_select_is_asked_and_nothing_but_the_views_is_there() {
    let home = Home::filled(false);
    let hunter = home.hunter();
    let target = home.0.join("made");
    let at = target.display();
    let attacks = [
        format!("COPY (SELECT 1) TO '{at}.csv'"),
        format!("COPY exchanges TO '{at}' STORED AS PARQUET"),
        format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{at}'"),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE VIEW v AS SELECT 1".to_owned(),
        "SELECT 1 INTO t".to_owned(),
        "INSERT INTO exchanges SELECT * FROM exchanges".to_owned(),
        "UPDATE exchanges SET status = 1".to_owned(),
        "DELETE FROM exchanges".to_owned(),
        "TRUNCATE exchanges".to_owned(),
        "DROP TABLE exchanges".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "RESET datafusion.execution.batch_size".to_owned(),
        "SHOW ALL".to_owned(),
        "SHOW TABLES".to_owned(),
        "EXPLAIN ANALYZE SELECT 1".to_owned(),
        "BEGIN".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
        "EXECUTE p".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        "SELECT 1; DROP TABLE exchanges".to_owned(),
        "DESCRIBE exchanges".to_owned(),
        "CREATE FUNCTION f() RETURNS INT RETURN 1".to_owned(),
        "".to_owned(),
        "-- nothing".to_owned(),
        "SELECT * FROM '/etc/passwd'".to_owned(),
        "SELECT * FROM \"/etc/passwd\"".to_owned(),
        "SELECT * FROM 'file:///etc/passwd'".to_owned(),
        format!("SELECT * FROM '{}/hash.key'", home.0.display()),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
        "SELECT * FROM read_parquet('/etc/passwd')".to_owned(),
        "SELECT * FROM parquet_metadata('/etc/passwd')".to_owned(),
        "SELECT * FROM information_schema.tables".to_owned(),
        "SELECT * FROM information_schema.df_settings".to_owned(),
        "SELECT * FROM generate_series(1, 1000000000000)".to_owned(),
        "SELECT range(1, 1000000000000)".to_owned(),
        "SELECT repeat('x', 2000000000)".to_owned(),
        "SELECT lpad('x', 2000000000, 'y')".to_owned(),
        "SELECT array_repeat(1, 2000000000)".to_owned(),
        "SELECT array_resize([1], 2000000000, 1)".to_owned(),
        "SELECT string_agg(id, id) FROM exchanges".to_owned(),
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"
            .to_owned(),
        doubling(),
        format!("SELECT '{}'", "x".repeat(SQL_BYTES_MAX)),
    ];
    for sql in &attacks {
        let shown: String = sql.chars().take(80).collect();
        match asked(&hunter, sql, Limits::default()) {
            Err(HuntError::Refused(_) | HuntError::Question(_)) => {}
            Err(other) => panic!("{shown}: {other:?}"),
            Ok(answer) => panic!("{shown}: {answer:?}"),
        }
        assert!(!target.exists(), "{shown}");
    }
    let names: Vec<_> =
        std::fs::read_dir(&home.0).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["journal"], "nothing was written");
    let (rows, _) = asked(&hunter, "SELECT count(*) FROM exchanges", Limits::default()).unwrap();
    assert_eq!(rows, [[Cell::Integer(400)]], "the views are as they were");
    assert!(matches!(
        asked(&hunter, &doubling(), Limits::default()),
        Err(HuntError::Refused(Refusal::Lengthens))
    ));
}

/// Each step doubles the text of the one before.
fn doubling() -> String {
    let mut sql = "WITH t0 AS (SELECT id AS s FROM exchanges)".to_owned();
    for n in 1..40 {
        sql.push_str(&format!(", t{n} AS (SELECT s || s AS s FROM t{})", n - 1));
    }
    format!("{sql} SELECT length(s) FROM t39")
}

#[test]
fn deep_questions_end_well() {
    let home = Home::filled(false);
    let hunter = home.hunter();
    let limits = Limits { time_max: Duration::from_secs(30), ..Limits::default() };
    let sum = format!("SELECT {}", vec!["1"; 4_000].join("+"));
    let or =
        format!("SELECT count(*) FROM exchanges WHERE {}", vec!["status=1"; 1_200].join(" OR "));
    let nested = format!("SELECT {}1{}", "(".repeat(4_000), ")".repeat(4_000));
    let selects =
        format!("SELECT * FROM {}exchanges{}", "(SELECT * FROM ".repeat(400), ")".repeat(400));
    let nots = format!("SELECT {} true", "NOT ".repeat(3_000));
    for sql in [sum, or, nested, selects, nots] {
        // An answer or an error, and the next question is answered.
        drop(asked(&hunter, &sql, limits));
        assert!(asked(&hunter, "SELECT 1", limits).is_ok());
    }
}

#[test]
fn time_memory_and_rows_are_bounded() {
    let home = Home::filled(true);
    let hunter = home.hunter();
    let cross =
        "SELECT count(*) FROM fields a, fields b, fields c WHERE a.bytes + b.bytes + c.bytes = 1";
    let limits = Limits { time_max: Duration::from_millis(300), ..Limits::default() };
    let begun = Instant::now();
    assert!(matches!(asked(&hunter, cross, limits), Err(HuntError::TooLong(_))));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());

    let limits = Limits { memory_bytes_max: 100_000, ..Limits::default() };
    let large = "SELECT id, count(*) FROM fields GROUP BY id ORDER BY id";
    assert!(matches!(asked(&hunter, large, limits), Err(HuntError::TooMuch(100_000))));

    let limits = Limits { rows_max: 7, ..Limits::default() };
    let (rows, done) = asked(&hunter, "SELECT id FROM exchanges", limits).unwrap();
    assert_eq!((rows.len(), done.rows, done.truncated), (7, 7, true));
    let (_, done) = asked(&hunter, "SELECT id FROM exchanges LIMIT 7", limits).unwrap();
    assert!(!done.truncated);
}

#[test]
fn a_cancelled_hunt_ends() {
    let home = Home::filled(true);
    let hunter = home.hunter();
    let cross =
        "SELECT count(*) FROM fields a, fields b, fields c WHERE a.bytes + b.bytes + c.bytes = 1";
    let mut hunting = hunter.hunt(cross, Limits::default()).unwrap();
    assert!(matches!(hunting.next(), Some(Ok(Piece::Columns(_)))));
    hunting.canceller().cancel();
    let begun = Instant::now();
    let end = hunting.find(Result::is_err).unwrap();
    assert!(matches!(end, Err(HuntError::Cancelled | HuntError::Failed(_))), "{end:?}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_damaged_segment_is_told_and_a_missing_one_is_passed_over() {
    let home = Home::filled(true);
    let segments = home.0.join("segments");
    let path = segments.join("00000001.segment");
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(&path, damaged).unwrap();
    let answer = asked(
        &home.hunter(),
        "SELECT count(*), max(endpoint), max(subject) FROM exchanges",
        Limits::default(),
    );
    assert!(answer.is_err(), "{answer:?}");
    std::fs::remove_file(&path).unwrap();
    let (rows, done) =
        asked(&home.hunter(), "SELECT count(*) FROM exchanges", Limits::default()).unwrap();
    assert!(rows[0][0] != Cell::Integer(400) && done.scanned.gone > 0);
}

#[test]
fn hunts_beside_a_writer_see_every_exchange_once() {
    let home = Home::new();
    let mut journal = home.journal(20_000);
    let keys = support::keys();
    let bounds = Bounds { bytes_max: u64::MAX, age_us_max: None };
    let folder = Folder::at(&home.0.join("segments"));
    let mut archive = Archive::open(folder, keys, bounds).unwrap();
    let disk = Directory::at(&Path::new(&home.0).join("journal"));
    let hunter = home.hunter();
    let mut written = 0;
    for round in 0..12 {
        for _ in 0..40 {
            journal.append(&Record::Observation(observation(written))).unwrap();
            written += 1;
        }
        journal.flush().unwrap();
        if round % 3 == 1 {
            archive.seal(&disk, || true).unwrap();
        }
        if round % 5 == 4 {
            archive.compact(0, || true).unwrap();
        }
        let sql = "SELECT count(*), count(DISTINCT id) FROM exchanges";
        let (rows, _) = asked(&hunter, sql, Limits::default()).unwrap();
        let expected = i64::try_from(written).unwrap();
        assert_eq!(rows, [[Cell::Integer(expected), Cell::Integer(expected)]], "round {round}");
    }
}
