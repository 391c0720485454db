//! Learns the weights of content detection, and says how good they are where they did not learn.
//!
//! `train FILE` reads what `content_corpora DIR dump FILE` wrote and prints the weights as the source
//! `src/content/weights.rs`; `train FILE leave-out` trains once without each source in turn and says what is found and
//! refused there; `train FILE misses CLASS SOURCE` and `train FILE harms` list requests by the weights of all.
//!
//! For each kind of attack a logistic regression over the signs of its recogniser and the shape of the value, pulled
//! towards what the strength of each sign says by itself (so that signs nobody has met yet count for something), by
//! Newton's method: the same bytes with each run. Of an attack the value that looks most like one is learnt from.
//! Rows that look alike count by the logarithm of their number, so that no tool's dialect outweighs the others.
//! What may not be trained on (GPL, LGPL) is only measured; whole SQL statements are neither.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_range_loop,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tool that computes with matrices and prints"
)]

use bartizan_detect::content::attack::Attack;
use bartizan_detect::content::shape::Shape;
use bartizan_detect::content::sign::{Signs, Strength};
use bartizan_detect::content::{core, signs};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

const SIGNS: usize = 32;
const SHAPES: usize = Shape::FEATURES.len();
/// Signs, shape, and what holds always.
const ALL: usize = SIGNS + SHAPES + 1;
/// How strongly weights are pulled to what they are by themselves.
const PULL: f64 = 0.5;
const ROUNDS: usize = 3;
/// How much more a harmless row counts than an attack.
const HARM: f64 = 4.0;
/// What that took from every score, about: the logarithm of how much more harmless rows counted on average.
const HARM_OFFSET: f64 = 1.5;
/// How much more the harmless texts of this project do, which were chosen for being hard.
const OWN_HARM: f64 = 16.0;
/// What they are called as a source.
const OWN: &str = "own";
/// Different attacks of a kind from which on it has weights of its own.
const ATTACKS_MIN: usize = 8;
const NOT_TRAINED: [&str; 3] = ["blazehttp", "pygithub-replay", "sqlglot-sql"];

type Weights = BTreeMap<&'static str, [f64; ALL]>;

struct Seen {
    attack: Attack,
    signs: Signs,
    shape: Shape,
    text: String,
}

struct Request {
    source: String,
    group: String,
    class: String,
    is_attack: bool,
    placement: String,
    key: String,
    id: String,
    seen: Vec<Seen>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((file, rest)) = words.split_first() else { return Err("a file".into()) };
    let text = std::fs::read_to_string(file)?;
    let mut all: Vec<Request> = text.lines().filter_map(request).collect();
    all.extend(own());
    let of_all = || train(&all.iter().filter(|it| is_trained(it)).collect::<Vec<_>>());
    match rest {
        [] => print(&of_all()),
        ["report"] => report(&all, &of_all()),
        ["leave-out"] => leave_out(&all),
        ["misses", class, source] => {
            let weights = of_all();
            for it in all.iter().filter(|it| it.class == *class && it.source == *source) {
                show(it, &weights, |z| z < 3.0);
            }
        }
        ["misses-out", class, source] => {
            let others = all.iter().filter(|it| is_trained(it) && it.source != *source);
            let weights = train(&others.collect::<Vec<_>>());
            for it in all.iter().filter(|it| it.class == *class && it.source == *source) {
                show(it, &weights, |z| z < LEVELS[1]);
            }
        }
        ["scores", other] => {
            let weights = of_all();
            let text = std::fs::read_to_string(other)?;
            for it in text.lines().filter_map(request) {
                println!("{}\t{:.2}", it.id, best(&it, &weights));
            }
        }
        ["harms", source] => {
            let weights = train(
                &all.iter().filter(|it| is_trained(it) && it.source != *source).collect::<Vec<_>>(),
            );
            for it in all.iter().filter(|it| !it.is_attack && it.source == *source) {
                show(it, &weights, |z| z >= LEVELS[2]);
            }
        }
        ["harms"] => {
            let weights = of_all();
            for it in all.iter().filter(|it| !it.is_attack && it.source != "sqlglot-sql") {
                show(it, &weights, |z| z > 2.0);
            }
        }
        _ => return Err("train FILE [report|leave-out|misses CLASS SOURCE|harms]".into()),
    }
    Ok(())
}

fn is_trained(it: &Request) -> bool {
    // Tests of single rules say of a request only that others than these must speak.
    !NOT_TRAINED.contains(&&*it.source) && !it.group.starts_with("near-miss-crs")
}

fn request(line: &str) -> Option<Request> {
    let mut parts = line.split('\t');
    let mut next = || parts.next().map(str::to_owned);
    let (source, group, class) = (next()?, next()?, next()?);
    let (label, placement, key, id, values) = (next()?, next()?, next()?, next()?, next()?);
    let values = values.split(' ').filter_map(value);
    let seen = values.flat_map(|(is_name, text)| seen(&text, is_name)).collect();
    Some(Request { source, group, class, is_attack: label == "attack", placement, key, id, seen })
}

/// The harmless texts that were written for this project.
fn own() -> impl Iterator<Item = Request> {
    let lines = include_str!("../training/harmless.txt").lines();
    lines.filter(|it| !it.starts_with("# ")).map(|line| {
        let text = line.replace("\\r", "\r").replace("\\n", "\n");
        Request {
            source: OWN.to_owned(),
            group: "own".to_owned(),
            class: "benign".to_owned(),
            is_attack: false,
            placement: String::new(),
            key: text.clone(),
            id: String::new(),
            seen: seen(text.as_bytes(), false),
        }
    })
}

fn seen(text: &[u8], is_name: bool) -> Vec<Seen> {
    let core = if is_name { None } else { core(text) };
    let within = core.map(|it| seen_of(it, false)).unwrap_or_default();
    seen_of(text, is_name).into_iter().chain(within).collect()
}

fn seen_of(text: &[u8], is_name: bool) -> Vec<Seen> {
    let shape = Shape::of(text, is_name);
    let shown: String = String::from_utf8_lossy(text).chars().take(300).collect();
    let of = |(attack, signs)| Seen { attack, signs, shape, text: shown.clone() };
    signs(text, is_name).map(of).collect()
}

fn value(text: &str) -> Option<(bool, Vec<u8>)> {
    let (kind, hex) = text.split_once(':')?;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    Some((kind == "n", hex.as_bytes().chunks(2).filter_map(byte).collect()))
}

/// The recogniser that a class of the corpora belongs to.
fn of_class(class: &str) -> Option<&'static str> {
    Some(match class {
        "sqli" => "sql",
        "xss" => "script",
        "cmdi" => "command",
        "path-traversal" => "traversal",
        "ssti" => "template",
        "nosqli" => "nosql",
        "xxe" => "xml",
        "ldap" => "ldap",
        "xpath" => "xpath",
        "ssrf" | "open-redirect" => "server_request",
        "crlf" => "line",
        "deserialization" => "object",
        "log4shell" => "lookup",
        "prototype-pollution" => "prototype",
        "graphql" => "graphql",
        "scanner" => "scanner",
        _ => return None,
    })
}

fn features(it: &Seen) -> [f64; ALL] {
    let mut x = [0.0; ALL];
    for n in 0..SIGNS {
        x[n] = f64::from(u8::from(it.signs.has(n)));
    }
    for n in 0..SHAPES {
        x[SIGNS + n] = f64::from(u8::from(it.shape.has(n)));
    }
    x[ALL - 1] = 1.0;
    x
}

/// What all kinds of attack have in common: the worth of each strength, of the shape, and what holds always. A kind of
/// which few attacks are known is weighed by it.
struct Common {
    strengths: [f64; 4],
    shape: [f64; SHAPES],
    always: f64,
}

impl Common {
    const START: Self =
        Self { strengths: [-2.0, 1.0, 3.5, 8.0], shape: [0.0; SHAPES], always: -5.0 };

    fn prior(&self, attack: Attack) -> [f64; ALL] {
        let mut w = [0.0; ALL];
        for (n, sign) in attack.signs().iter().enumerate() {
            w[n] = self.strengths[sign.strength as usize];
        }
        w[SIGNS..ALL - 1].copy_from_slice(&self.shape);
        w[ALL - 1] = self.always;
        w
    }
}

fn dot(a: &[f64; ALL], b: &[f64; ALL]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn z(it: &Seen, weights: &Weights) -> f64 {
    weights.get(it.attack.name()).map_or(-9.0, |w| dot(w, &features(it)))
}

fn best(it: &Request, weights: &Weights) -> f64 {
    it.seen.iter().map(|it| z(it, weights)).fold(-99.0, f64::max)
}

/// Features of one value, whether it is of an attack, and how much it counts.
type Row = ([f64; ALL], bool, f64);

fn train(all: &[&Request]) -> Weights {
    let mut common = Common::START;
    let mut weights: Weights =
        Attack::ALL.iter().map(|it| (it.name(), common.prior(*it))).collect();
    for _ in 0..ROUNDS {
        let rows: Vec<(Attack, Vec<Row>)> =
            Attack::ALL.iter().map(|it| (*it, rows(*it, all, &weights))).collect();
        common = in_common(&rows);
        weights = rows
            .iter()
            .map(|(attack, rows)| (attack.name(), fit(*attack, rows, &common)))
            .collect();
    }
    // Harmless rows counted for more than they are.
    weights.values_mut().for_each(|w| w[ALL - 1] += HARM_OFFSET);
    weights
}

fn rows(attack: Attack, all: &[&Request], now: &Weights) -> Vec<Row> {
    // Rows that look alike, of one source and label, and how many.
    let mut rows: BTreeMap<(Vec<u8>, bool, &str), f64> = BTreeMap::new();
    for it in all {
        let own = it.seen.iter().filter(|it| it.attack == attack);
        let mut put = |it: &Seen, is_attack: bool, source| {
            let bits = features(it).iter().map(|it| *it as u8).collect();
            *rows.entry((bits, is_attack, source)).or_default() += 1.0;
        };
        if !it.is_attack {
            own.for_each(|seen| put(seen, false, &*it.source));
        } else if of_class(&it.class) == Some(attack.name()) {
            let best = own.max_by(|a, b| z(a, now).total_cmp(&z(b, now)));
            best.into_iter().for_each(|seen| put(seen, true, &*it.source));
        }
    }
    rows.into_iter()
        .map(|((bits, is_attack, source), count)| {
            let mut x = [0.0; ALL];
            bits.iter().enumerate().for_each(|(n, &bit)| x[n] = f64::from(bit));
            // A harmless row weighs more than an attack.
            let worth = match (is_attack, source == OWN) {
                (true, _) => 1.0,
                (false, true) => OWN_HARM,
                (false, false) => HARM,
            };
            (x, is_attack, (1.0 + count).ln() * worth)
        })
        .collect()
}

/// One regression over all kinds that have attacks, in which signs are known by their strength alone.
fn in_common(all: &[(Attack, Vec<Row>)]) -> Common {
    let mut rows = Vec::new();
    for (attack, own) in all {
        if own.iter().filter(|it| it.1).count() < ATTACKS_MIN {
            continue;
        }
        for (x, is_attack, weight) in own {
            let mut it = [0.0; ALL];
            for (n, sign) in attack.signs().iter().enumerate() {
                // What is seen three times says little more than twice.
                let at = sign.strength as usize;
                it[at] = f64::min(it[at] + x[n], 2.0);
            }
            it[SIGNS..].copy_from_slice(&x[SIGNS..]);
            rows.push((it, *is_attack, *weight));
        }
    }
    let mut start = [0.0; ALL];
    start[..4].copy_from_slice(&Common::START.strengths);
    start[ALL - 1] = Common::START.always;
    let w = newton(&rows, start, [20.0; ALL], |w| {
        w[0] = w[0].min(0.0);
        w[1] = w[1].max(0.3);
        w[2] = w[2].max(1.0);
        w[3] = w[3].max(3.0);
    });
    let mut common = Common { strengths: [w[0], w[1], w[2], w[3]], ..Common::START };
    common.shape.copy_from_slice(&w[SIGNS..ALL - 1]);
    common.always = w[ALL - 1];
    common
}

fn fit(attack: Attack, rows: &[Row], common: &Common) -> [f64; ALL] {
    let is_known = rows.iter().filter(|it| it.1).count() >= ATTACKS_MIN;
    let mut pull = [PULL; ALL];
    // Without attacks to learn from, harmless rows would teach that all is harmless.
    pull[SIGNS..].fill(if is_known { 2.0 * PULL } else { 100.0 });
    if !is_known {
        pull[..SIGNS].fill(10.0);
    }
    newton(rows, common.prior(attack), pull, |w| {
        // What was made to speak for an attack never speaks against one, nor the other way round; hints may.
        for (n, sign) in attack.signs().iter().enumerate() {
            w[n] = match sign.strength {
                Strength::Against => w[n].min(0.0),
                Strength::Hint => w[n],
                Strength::Likely | Strength::Certain => w[n].max(0.0),
            };
        }
    })
}

/// The weights under which the rows are likeliest, pulled towards `start`.
fn newton(
    rows: &[Row],
    start: [f64; ALL],
    pull: [f64; ALL],
    within: impl Fn(&mut [f64; ALL]),
) -> [f64; ALL] {
    let mut w = start;
    for _ in 0..30 {
        let mut gradient = [0.0; ALL];
        let mut curve = vec![[0.0; ALL]; ALL];
        for n in 0..ALL {
            gradient[n] = pull[n] * (w[n] - start[n]);
            curve[n][n] = pull[n];
        }
        for (x, is_attack, weight) in rows {
            let p = 1.0 / (1.0 + (-dot(&w, x)).exp());
            let error = p - f64::from(u8::from(*is_attack));
            let slope = (p * (1.0 - p)).max(1e-4);
            for n in (0..ALL).filter(|&n| x[n] != 0.0) {
                gradient[n] += weight * error * x[n];
                for m in (0..ALL).filter(|&m| x[m] != 0.0) {
                    curve[n][m] += weight * slope * x[n] * x[m];
                }
            }
        }
        let step = solve(curve, gradient);
        let largest = step.iter().fold(0.0_f64, |it, step| it.max(step.abs()));
        let scale = if largest > 2.0 { 2.0 / largest } else { 1.0 };
        for n in 0..ALL {
            w[n] -= step[n] * scale;
        }
        within(&mut w);
        if largest < 1e-6 {
            break;
        }
    }
    w
}

/// By Gauss's elimination.
fn solve(mut a: Vec<[f64; ALL]>, mut b: [f64; ALL]) -> [f64; ALL] {
    for n in 0..ALL {
        let pivot = a[n][n];
        for m in n + 1..ALL {
            let factor = a[m][n] / pivot;
            if factor != 0.0 {
                for k in n..ALL {
                    a[m][k] -= factor * a[n][k];
                }
                b[m] -= factor * b[n];
            }
        }
    }
    for n in (0..ALL).rev() {
        for m in n + 1..ALL {
            b[n] -= a[n][m] * b[m];
        }
        b[n] /= a[n][n];
    }
    b
}

/// The scores from which on each level refuses: of 0.95, 0.8 and 0.5.
const LEVELS: [f64; 3] = [2.944, 1.386, 0.0];

#[derive(Default)]
struct Count(u32, u32);

impl Count {
    fn add(&mut self, is_hit: bool) {
        self.0 += u32::from(is_hit);
        self.1 += 1;
    }
    fn share(&self) -> f64 {
        f64::from(self.0) * 100.0 / f64::from(self.1.max(1))
    }
}

fn leave_out(all: &[Request]) {
    let sources: BTreeSet<&str> = all.iter().map(|it| &*it.source).collect();
    let mut found: BTreeMap<(&str, &str), [Count; 3]> = BTreeMap::new();
    let mut harmed: BTreeMap<(&str, &str), [Count; 3]> = BTreeMap::new();
    for source in &sources {
        let test: Vec<&Request> = all.iter().filter(|it| it.source == *source).collect();
        let keys: BTreeSet<&str> = test.iter().map(|it| &*it.key).collect();
        let train_on: Vec<&Request> = all
            .iter()
            .filter(|it| it.source != *source && is_trained(it) && !keys.contains(&*it.key))
            .collect();
        let weights = train(&train_on);
        for it in test {
            let score = best(it, &weights);
            for n in 0..3 {
                if it.is_attack {
                    found.entry((&it.class, &it.source)).or_default()[n].add(score >= LEVELS[n]);
                } else {
                    harmed.entry((&it.source, &it.group)).or_default()[n].add(score >= LEVELS[n]);
                }
            }
        }
    }
    tables(&found, &harmed);
}

fn report(all: &[Request], weights: &Weights) {
    let mut found: BTreeMap<(&str, &str), [Count; 3]> = BTreeMap::new();
    let mut harmed: BTreeMap<(&str, &str), [Count; 3]> = BTreeMap::new();
    for it in all {
        let score = best(it, weights);
        for n in 0..3 {
            if it.is_attack {
                found.entry((&it.class, &it.source)).or_default()[n].add(score >= LEVELS[n]);
            } else {
                harmed.entry((&it.source, &it.group)).or_default()[n].add(score >= LEVELS[n]);
            }
        }
    }
    tables(&found, &harmed);
}

fn tables(found: &BTreeMap<(&str, &str), [Count; 3]>, harmed: &BTreeMap<(&str, &str), [Count; 3]>) {
    let mut classes: BTreeMap<&str, [Count; 3]> = BTreeMap::new();
    println!("attacks                                  requests  cautious  balanced    strict");
    for ((class, source), counts) in found {
        let name = format!("{class} {source}");
        print!("{name:40} {:8}", counts[0].1);
        counts.iter().for_each(|it| print!(" {:9.1}", it.share()));
        println!();
        let of = classes.entry(class).or_default();
        for n in 0..3 {
            of[n].0 += counts[n].0;
            of[n].1 += counts[n].1;
        }
    }
    let mut mean = [0.0; 3];
    let own: Vec<_> = classes.iter().filter(|it| of_class(it.0).is_some()).collect();
    for (class, counts) in &own {
        print!("all {class:36} {:8}", counts[0].1);
        counts.iter().for_each(|it| print!(" {:9.1}", it.share()));
        println!();
        for n in 0..3 {
            mean[n] += counts[n].share() / own.len() as f64;
        }
    }
    println!("macro mean of {} classes                          {mean:9.1?}", own.len());
    println!("\nharmless                                 requests  refused");
    let mut groups: BTreeMap<&str, [Count; 3]> = BTreeMap::new();
    for ((source, group), counts) in harmed {
        let name = format!("{source} {group}");
        print!("{name:40} {:8}", counts[0].1);
        counts.iter().for_each(|it| print!(" {:9}", it.0));
        println!();
        let kind = match *group {
            "hard-sql-statement" => "SQL statements",
            "own" => "texts of our own",
            it if it.starts_with("near-miss") => "near misses",
            it if it.starts_with("hard") => "hard text",
            _ => "recorded",
        };
        let of = groups.entry(kind).or_default();
        for n in 0..3 {
            of[n].0 += counts[n].0;
            of[n].1 += counts[n].1;
        }
    }
    for (kind, counts) in &groups {
        print!("all {kind:36} {:8}", counts[0].1);
        counts.iter().for_each(|it| print!(" {:8.3}%", it.share()));
        println!();
    }
}

fn show(it: &Request, weights: &Weights, is_shown: impl Fn(f64) -> bool) {
    let top = it.seen.iter().max_by(|a, b| z(a, weights).total_cmp(&z(b, weights)));
    let score = top.map_or(-99.0, |it| z(it, weights));
    if !is_shown(score) {
        return;
    }
    println!("{score:6.1} {} {} {} {}", it.source, it.group, it.placement, it.id);
    if let Some(top) = top {
        let w = weights.get(top.attack.name()).copied().unwrap_or([0.0; ALL]);
        let x = features(top);
        let why: Vec<String> = (0..ALL)
            .filter(|&n| x[n] != 0.0)
            .map(|n| format!("{}{:+.1}", name(top.attack, n), w[n]))
            .collect();
        println!("    {} {} {:?}", top.attack.name(), why.join(" "), top.text);
    }
}

fn name(attack: Attack, n: usize) -> &'static str {
    match n {
        n if n < SIGNS => attack.signs().get(n).map_or("-", |it| it.name),
        n if n < SIGNS + SHAPES => Shape::FEATURES[n - SIGNS],
        _ => "always",
    }
}

/// As `weights.rs`: thousandths.
fn print(weights: &Weights) {
    println!(
        "//! Weights of content detection, in thousandths. Written by `train`; see the model card in"
    );
    println!("//! `docs/detection.md`. Not to be edited.\n");
    println!("use super::attack::Attack;\nuse super::model::Weights;\n");
    println!("#[rustfmt::skip]\npub(super) const ALL: &[Weights] = &[");
    for attack in Attack::ALL {
        let w = weights.get(attack.name()).copied().unwrap_or([0.0; ALL]);
        let thousandths = |it: f64| (it * 1000.0).round() as i64;
        println!("    Weights {{\n        attack: Attack::{attack:?},");
        println!("        always: {},", thousandths(w[ALL - 1]));
        println!("        signs: &[");
        for (n, sign) in attack.signs().iter().enumerate() {
            println!("            ({:?}, {}),", sign.name, thousandths(w[n]));
        }
        println!("        ],\n        shape: &[");
        for n in 0..SHAPES {
            println!("            {}, // {}", thousandths(w[SIGNS + n]), Shape::FEATURES[n]);
        }
        println!("        ],\n    }},");
    }
    println!("];");
}
