//! Measures the classifier: reads labelled fields, one JSON object a line, and counts.
//!
//! Reads    `{"field": name, "values": [text, …], "class": name or null, "kind": text}` from a file; `kind` says where
//!          it comes from; told as one of `"read"`, it is right whatever `class` says. With `--wrong`, each field that was told wrongly is printed to standard error.
//!          With `--inventory`, of each value only the class that it speaks for most counts, as in the inventory.
//!          `--speed` in place of a file measures what values of usual kinds cost.
//! Writes   one line `class kind told count` for each combination, and what a value costs.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use bartizan_inspect::classify::{
    Classified, FieldEvidence, NameEvidence, classified, classify_named, classify_value, sign,
};
use bartizan_model::class_counts::{ClassCount, ClassCounts};
use bartizan_model::fact::Kind;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::time::Instant;

/// What a value of each usual kind costs, the best of several rounds, in a field whose name says nothing.
fn speed() {
    const ROUNDS: u32 = 9;
    const TIMES: u32 = 2_000;
    let name = NameEvidence::of(b"value");
    let long = "a1b2c3d4e5f6g7h8 ".repeat(60_000);
    for value in [
        "true",
        "17",
        "pending",
        "2026-11-22T05:00:00Z",
        "01a2007c-5611-7cc8-959e-a13d309dcfa3",
        "1763787600",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "1234.56",
        "https://example.com/a/b?c=d",
        "Blue Shirt",
        "MDQ6VXNlcjE3ODk=",
        "86095742719",
        "4111111111111111",
        "ann@example.com",
        "192.0.2.1",
        "12 Main Street",
        "The quick brown fox jumps over the lazy dog and says that it was not lazy at all",
        "536-90-4399",
        &long,
    ] {
        let mut best = u128::MAX;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            for _ in 0..TIMES {
                black_box(classify_named(black_box(&name), black_box(value.as_bytes())));
            }
            best = best.min(begun.elapsed().as_nanos() / u128::from(TIMES));
        }
        println!("{best}\tns\t{}", value.get(..80).unwrap_or(value));
    }
}

/// What the inventory tells of a field: it gets one sign of each value, and a hash to tell values apart.
fn as_in_inventory(name: &str, values: &[&str]) -> Option<Classified> {
    let name = NameEvidence::of(name.as_bytes());
    let mut counts = ClassCounts::default();
    for value in values {
        let hash = value.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let [.., high] = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
        if !counts.is_new(high) || Kind::of(value.as_bytes()) == Kind::Empty {
            continue;
        }
        counts.looked();
        let begin = value.as_bytes().get(..1_024).unwrap_or(value.as_bytes());
        if let Some(sign) = sign(&name, begin) {
            let it = ClassCount { class: sign.class, passed: 1, bits: u16::from(sign.bits) };
            counts.count(it, |_| false);
        }
    }
    classified(&name, &counts)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    if path == "--speed" {
        speed();
        return Ok(());
    }
    let flags: Vec<String> = arguments.collect();
    let has = |flag: &str| flags.iter().any(|it| it == flag);
    let (shows_wrong, is_inventory) = (has("--wrong"), has("--inventory"));
    let mut counts: BTreeMap<[String; 3], u64> = BTreeMap::new();
    let (mut looked_at, mut fields, mut named, mut spent, mut single) = (0_u64, 0_u64, 0, 0, 0);
    for line in BufReader::new(File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = |name: &str| line.get(name).and_then(|it| it.as_str()).unwrap_or("-").to_owned();
        let name = text("field");
        let values: Vec<&str> = line
            .get("values")
            .and_then(|it| it.as_array())
            .map(|it| it.iter().filter_map(|it| it.as_str()).collect())
            .unwrap_or_default();
        let begun = Instant::now();
        let mut field = FieldEvidence::of(name.as_bytes());
        named += begun.elapsed().as_nanos();
        fields += 1;
        let begun = Instant::now();
        values.iter().for_each(|it| field.observe(it.as_bytes()));
        spent += begun.elapsed().as_nanos();
        looked_at += u64::try_from(values.len())?;
        let begun = Instant::now();
        for value in &values {
            black_box(classify_value(name.as_bytes(), value.as_bytes()));
        }
        single += begun.elapsed().as_nanos();
        let found = match is_inventory {
            true => as_in_inventory(&name, &values),
            false => field.classified(),
        };
        let told = found.map_or("-", |it| it.class.name()).to_owned();
        // Of real fields it is known only for some what they hold.
        let read = line.get("read").and_then(|it| it.as_array());
        let is_read = read.is_some_and(|it| it.iter().any(|it| it.as_str() == Some(&told)));
        let class = if is_read { told.clone() } else { text("class") };
        if shows_wrong && told != class {
            let sample = values.iter().take(4).collect::<Vec<_>>();
            eprintln!("{class} as {told}: {name} {sample:?} {:?}", found.map(|it| it.because));
        }
        *counts.entry([class, text("kind"), told]).or_default() += 1;
    }
    for ([class, kind, told], count) in counts {
        println!("{class}\t{kind}\t{told}\t{count}");
    }
    let each = |spent: u128| spent / u128::from(looked_at.max(1));
    println!("#\tns per name\ta field\t{}", named / u128::from(fields.max(1)));
    println!("#\tns per value\tin a field\t{}", each(spent));
    println!("#\tns per value\talone with its name\t{}", each(single));
    println!("#\tbytes\ta field\t{}", size_of::<FieldEvidence>());
    Ok(())
}
