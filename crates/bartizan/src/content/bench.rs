//! `bartizan bench content`: what content detection finds in labelled requests, what it refuses of harmless ones, and what
//! that costs.

use super::judged::{Judge, Judged};
use super::requests::{Request, bytes, requests};
use crate::bar::Bar;
use crate::cli::{BenchContent, Exit};
use crate::commands::{fail, say};
use bartizan_model::content_level::ContentLevel;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Harmless requests that are listed.
const LISTED_MAX: usize = 200;
/// Slow requests that are told.
const SLOWEST_MAX: usize = 12;
const LEVELS: usize = ContentLevel::NAMED.len();

/// How many, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Share {
    hits: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, is_hit: bool) {
        self.hits += u32::from(is_hit);
        self.all += 1;
    }

    fn percent(self) -> f64 {
        f64::from(self.hits) * 100.0 / f64::from(self.all.max(1))
    }

    /// Wilson's interval of 95 %, in percent.
    fn interval(self) -> (f64, f64) {
        let (n, z) = (f64::from(self.all.max(1)), 1.96_f64);
        let p = f64::from(self.hits) / n;
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 100.0 / (1.0 + z * z / n);
        (((middle - half) * scale).max(0.0), ((middle + half) * scale).min(100.0))
    }
}

/// Shares at each level, and of what anything else refuses.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    at: [Share; LEVELS],
    others: Share,
    /// At the first level, or by anything else.
    either: Share,
}

impl Counts {
    fn add(&mut self, it: &Judged) {
        let (score, _) = it.score();
        for (share, (_, level)) in self.at.iter_mut().zip(ContentLevel::NAMED) {
            share.add(score >= level.score_min());
        }
        let others = it.others().next().is_some();
        self.others.add(others);
        self.either.add(others || score >= ContentLevel::CAUTIOUS.score_min());
    }
}

#[derive(Default)]
struct Tables {
    classes: BTreeMap<(String, String), Counts>,
    placements: BTreeMap<String, Counts>,
    /// By operator, and whether the victim has to do more than for the parent.
    operators: BTreeMap<(bool, String), Counts>,
    /// Attacks that were found, of which others are made.
    found: BTreeSet<String>,
    harmless: BTreeMap<(String, String), Counts>,
    refused: Vec<String>,
    missed: Vec<String>,
    unreadable: u32,
    took_ns: u64,
    /// The longest, and of which request.
    slowest: Vec<(u64, String)>,
    requests: u64,
    bytes: u64,
}

/// Judges all requests of the files, or of the files in folders.
pub(crate) fn content(it: &BenchContent) -> Exit {
    let judge = match Judge::new(ContentLevel::CAUTIOUS) {
        Ok(judge) => judge,
        Err(error) => return fail(&format!("no randomness: {error}"), Exit::Failed),
    };
    let mut tables = Tables::default();
    let files = match files(&it.corpora) {
        Ok(files) => files,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let mut bar = Bar::new(None);
    for file in &files {
        let text = match bytes(file) {
            Ok(text) => text,
            Err(error) => return fail(&format!("{}: {error}", file.display()), Exit::Failed),
        };
        for request in requests(&text) {
            match request {
                Ok(request) => tables.take(&request, &judge, it),
                Err(_) => tables.unreadable += 1,
            }
            bar.count();
        }
    }
    bar.end();
    say(&tables.text())
}

fn files(of: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in of {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        let is_corpus = |it: &Path| {
            let name = it.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            name.ends_with(".jsonl") || name.ends_with(".jsonl.gz") || name.ends_with(".har")
        };
        let mut within = Vec::new();
        for entry in std::fs::read_dir(path).map_err(told)? {
            within.push(entry.map_err(told)?.path());
        }
        within.retain(|it| is_corpus(it));
        within.sort();
        files.append(&mut within);
    }
    Ok(files)
}

impl Tables {
    fn take(&mut self, request: &Request, judge: &Judge, asked: &BenchContent) {
        let Some(judged) = judge.judge(request) else {
            self.unreadable += 1;
            return;
        };
        self.requests += 1;
        self.bytes += (request.head.len() + request.body.len()) as u64;
        let took_ns = u64::try_from(judged.took.as_nanos()).unwrap_or(u64::MAX);
        self.took_ns += took_ns;
        if self.slowest.len() < SLOWEST_MAX || self.slowest.iter().any(|it| it.0 < took_ns) {
            self.slowest.push((took_ns, request.label.id.clone()));
            self.slowest.sort_by(|a, b| b.cmp(a));
            self.slowest.truncate(SLOWEST_MAX);
        }
        let label = &request.label;
        let (score, code) = judged.score();
        let is_refused = score >= ContentLevel::CAUTIOUS.score_min();
        if label.is_attack == Some(true) {
            if is_refused {
                self.found.insert(label.id.clone());
            }
            // What is made of an attack that was missed says nothing.
            if !label.operators.is_empty() && !self.found.contains(&label.parent) {
                return;
            }
            let class = (label.class.clone(), label.source.clone());
            self.classes.entry(class).or_default().add(&judged);
            self.placements.entry(label.placement.clone()).or_default().add(&judged);
            for operator in label.operators.iter().map(String::as_str).chain(["all"]) {
                if !label.operators.is_empty() {
                    let key = (label.needs_more, operator.to_owned());
                    self.operators.entry(key).or_default().add(&judged);
                }
            }
            if asked.misses.as_deref() == Some(&*label.class) && !is_refused {
                self.missed.push(format!("{score} {} {}", label.placement, label.id));
            }
        } else {
            let group = (label.source.clone(), label.group.clone());
            self.harmless.entry(group).or_default().add(&judged);
            if is_refused && self.refused.len() < LISTED_MAX {
                let code = code.map_or("", |it| it.name());
                self.refused.push(format!("{score} {code} {} {}", label.group, label.id));
            }
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let levels = ContentLevel::NAMED.map(|it| it.0).map(|it| format!("{it:>20}")).concat();
        let mut table = |title: &str, rows: Vec<(String, Counts)>| {
            if rows.is_empty() {
                return;
            }
            let _written = writeln!(out, "{title:44} requests{levels}   other clauses    either");
            for (name, counts) in rows {
                let _written = write!(out, "{name:44} {:8}", counts.others.all);
                for share in counts.at {
                    let (low, high) = share.interval();
                    let _written = write!(out, " {:6.2} [{low:4.1}, {high:5.1}]", share.percent());
                }
                let (others, either) = (counts.others.percent(), counts.either.percent());
                let _written = writeln!(out, " {others:15.2} {either:9.2}");
            }
            out.push('\n');
        };
        let pooled = |all: &BTreeMap<(String, String), Counts>| {
            let mut by: BTreeMap<String, Counts> = BTreeMap::new();
            for ((class, _), counts) in all {
                by.entry(class.clone()).or_default().merge(counts);
            }
            by.into_iter().collect::<Vec<_>>()
        };
        let named = |all: &BTreeMap<(String, String), Counts>| {
            all.iter().map(|it| (format!("{} {}", it.0.0, it.0.1), *it.1)).collect::<Vec<_>>()
        };
        let classes = pooled(&self.classes);
        let macro_mean = |n: usize| {
            let all = classes.iter().filter_map(|it| it.1.at.get(n));
            all.map(|it| it.percent()).sum::<f64>() / classes.len().max(1) as f64
        };
        let means: Vec<String> = (0..LEVELS).map(|n| format!("{:.2} %", macro_mean(n))).collect();
        table("attacks found, % [95 %]: class, source", named(&self.classes));
        table("attacks found, % [95 %]: class", classes.clone());
        table("attacks found, % [95 %]: placement", self.placements.clone().into_iter().collect());
        for (title, is_asked) in
            [("operator", false), ("operator, where the victim decodes more", true)]
        {
            let own = self.operators.iter().filter(|it| it.0.0 == is_asked);
            table(
                &format!("of found ones, changed: {title}"),
                own.map(|it| (it.0.1.clone(), *it.1)).collect(),
            );
        }
        table("harmless refused, % [95 %]: source, group", named(&self.harmless));
        let _written = writeln!(
            out,
            "macro mean of {} classes: {}\n{} requests, {} unreadable, {:.1} us each to judge ({} bytes on average)",
            classes.len(),
            means.join(", "),
            self.requests,
            self.unreadable,
            self.took_ns as f64 / 1_000.0 / self.requests.max(1) as f64,
            self.bytes / self.requests.max(1),
        );
        for (took_ns, id) in &self.slowest {
            let _written = writeln!(out, "slowest: {:.2} ms {id}", *took_ns as f64 / 1e6);
        }
        for (title, lines) in [("harmless, refused", &self.refused), ("missed", &self.missed)] {
            if !lines.is_empty() {
                let _written = writeln!(out, "\n{title}:\n{}", lines.join("\n"));
            }
        }
        out
    }
}

impl Counts {
    fn merge(&mut self, other: &Self) {
        let add = |to: &mut Share, it: &Share| {
            to.hits += it.hits;
            to.all += it.all;
        };
        self.at.iter_mut().zip(&other.at).for_each(|(to, it)| add(to, it));
        add(&mut self.others, &other.others);
        add(&mut self.either, &other.either);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_the_share_and_narrows_with_more() {
        for (hits, all) in [(0, 10), (5, 10), (10, 10), (50, 1_000)] {
            let share = Share { hits, all };
            let (low, high) = share.interval();
            assert!(low <= share.percent() + 1e-9 && share.percent() <= high + 1e-9);
        }
        let width = |all| {
            let (low, high) = Share { hits: all / 2, all }.interval();
            high - low
        };
        assert!(width(1_000) < width(100));
        // Of nothing found in 1,000, up to 0.38 % may be there.
        assert!((Share { hits: 0, all: 1_000 }.interval().1 - 0.383).abs() < 0.01);
    }
}
