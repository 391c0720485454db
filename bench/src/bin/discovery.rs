//! How well the inventory finds the endpoints of real products: `discovery FOLDER [--copies]`.
//!
//! Reads every `NAME.ndjson` of the folder, as `discovery/traffic.py` writes it, leads each exchange through
//! the transaction of the product, and writes `NAME.learnt.json` and `NAME.fields.json` beside it for
//! `discovery/compare.py`. With `--copies` the inventory sees no answers, and each subject has an address of its own.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a benchmark may stop where it is wrong"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::http1::head::{read_request, read_response};
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::{Recording, replay};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_learn::posture::{Against, Flaw, posture};
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome, Phases};
use bartizan_model::place::Place;
use bytes::Bytes;
use serde_json::{Value, json};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("usage: discovery FOLDER")?;
    let mut names: Vec<_> = std::fs::read_dir(&folder)?
        .filter_map(|it| it.ok()?.path().to_str()?.strip_suffix(".ndjson").map(str::to_owned))
        .collect();
    names.sort();
    let are_copies = std::env::args().nth(2).is_some_and(|it| it == "--copies");
    for name in names {
        learn(&name, are_copies)?;
    }
    Ok(())
}

/// Where an exchange went: what the inventory is asked for afterwards.
struct Asked {
    service: Arc<str>,
    method: Method,
    template: Arc<str>,
}

fn learn(name: &str, are_copies: bool) -> Result<(), Failure> {
    let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
    let rules = Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(1), [7; 16]));
    let view = Arc::new(Snapshot {
        revision: 1,
        rules: Arc::new(rules),
        terms: Arc::default(),
        truth: Arc::default(),
    });
    let tables = Tables::new(64 << 20);
    let mut inventory = Inventory::default();
    let mut asked = Vec::new();
    let (mut judging, mut learning) = (0.0, 0.0);
    for (n, line) in BufReader::new(File::open(format!("{name}.ndjson"))?).lines().enumerate() {
        let line: Value = serde_json::from_str(&line?)?;
        let begun = Instant::now();
        let Some(mut it) = observation(&line, n, &view, &tables)? else {
            asked.push(None);
            continue;
        };
        it.route = line["host"].as_str().unwrap_or_default().into();
        if are_copies {
            let address = u64::try_from(it.subject.0 & u128::from(u64::MAX)).unwrap_or(1);
            (it.outcome, it.status, it.response) = (Outcome::Copied, 0, None);
            it.client = KeyedHash(address);
        }
        judging += begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        inventory.observe(&it);
        learning += begun.elapsed().as_secs_f64();
        let Observation { route: service, method, template, .. } = it;
        asked.push(Some(Asked { service, method, template }));
    }
    inventory.settle();
    let learnt: Vec<Value> = asked
        .iter()
        .enumerate()
        .map(|(n, it)| {
            let endpoint =
                it.as_ref().and_then(|it| inventory.find(&it.service, it.method, &it.template));
            let endpoint = endpoint.map(|it| format!("{} {}", it.method.name(), it.template()));
            json!({"line": n + 1, "endpoint": endpoint})
        })
        .collect();
    serde_json::to_writer(File::create(format!("{name}.learnt.json"))?, &learnt)?;
    let fields: Vec<Value> = inventory.endpoints().iter().flat_map(fields_of).collect();
    serde_json::to_writer(File::create(format!("{name}.fields.json"))?, &fields)?;
    let nodes: usize = inventory.totals().map(|it| it.1.nodes).sum();
    println!(
        "{}: {} exchanges, {} endpoints, {nodes} nodes, judging {:.1} us, learning {:.1} us each",
        Path::new(name).file_name().and_then(|it| it.to_str()).unwrap_or_default(),
        learnt.len(),
        inventory.endpoints().len(),
        judging * 1e6 / learnt.len() as f64,
        learning * 1e6 / learnt.len() as f64,
    );
    Ok(())
}

/// What is known of the fields of an endpoint's JSON bodies, for `discovery/enumerations.py`, and which of them
/// seem to be internal.
fn fields_of(endpoint: &Endpoint<'_>) -> Vec<Value> {
    let name = format!("{} {}", endpoint.method.name(), endpoint.template());
    let internal: Vec<String> = posture(endpoint, &|_, _| None, &Against::default())
        .weaknesses
        .into_iter()
        .filter(|it| it.flaw == Flaw::InternalFields)
        .flat_map(|it| it.places)
        .collect();
    let mut out = Vec::new();
    for (side, fields) in [("request", &endpoint.leaf.request), ("answer", &endpoint.leaf.response)]
    {
        for (place, field) in &fields.by_place {
            let Place::Body(path) = place else { continue };
            let values = field.enumeration().map(|it| it.counts.len());
            out.push(json!({"endpoint": name, "side": side, "place": path, "values": values}));
        }
    }
    if !internal.is_empty() {
        out.push(json!({
            "endpoint": name, "side": "answer", "place": "", "values": null, "internal": internal,
        }));
    }
    out
}

fn observation(
    line: &Value,
    n: usize,
    view: &Arc<Snapshot>,
    tables: &Tables,
) -> Result<Option<Observation>, Failure> {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let body = |name: &str| match &line[name] {
        Value::Null => Bytes::new(),
        Value::String(text) => Bytes::from(text.clone()),
        json => Bytes::from(json.to_string()),
    };
    let (request_body, answer) = (body("request_body"), body("response_body"));
    let media = if line["request_body"].is_string() {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let kind = match request_body.is_empty() {
        true => String::new(),
        false => format!("Content-Type: {media}\r\nContent-Length: {}\r\n", request_body.len()),
    };
    let head = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\nX-Api-Key: {}\r\n{kind}\r\n",
        text("method"),
        text("path"),
        text("host"),
        text("subject"),
    );
    let limits = Limits::default();
    let request = read_request(Bytes::from(head), &limits);
    let answer_kind = match line["content_type"].as_str() {
        Some(media) => format!("Content-Type: {media}\r\n"),
        None => String::new(),
    };
    let response = format!(
        "HTTP/1.1 {} Answer\r\n{answer_kind}Content-Length: {}\r\n\r\n",
        line["status"],
        answer.len()
    );
    let response = read_response(Bytes::from(response), request.method, &limits);
    let Some(response) = response else { return Ok(None) };
    let wall_us = 1_700_000_000_000_000 + n as u64 * 10_000;
    let recording = Recording {
        origin: Origin {
            id: ExchangeId::new(wall_us / 1_000, n as u128),
            authority: Authority::Inline,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: false,
            certificate: None,
            certificate_digest: None,
            ja4: None,
            sees_bodies: true,
        },
        started: Moment { mono_ns: n as u64 * 10_000_000, wall_us },
        phases: Phases { judged_us: 1, forwarded_us: 2, answered_us: 3, finished_us: 4 },
        request,
        request_body,
        response: Some((response, answer)),
    };
    Ok(replay(&recording, view, tables).map(|it| it.observation))
}
