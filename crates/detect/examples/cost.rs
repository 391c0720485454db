#![allow(clippy::all, clippy::pedantic, missing_docs)]
use bartizan_detect::content::attack::Attack;
use std::time::Instant;
fn main() {
    let text = std::fs::read_to_string("/work/content/values.tsv").unwrap();
    let mut all: Vec<(bool, Vec<u8>)> = vec![];
    for l in text.lines().filter(|l| l.contains("\tbenign\t")).take(30000) {
        for v in l.split('\t').last().unwrap().split(' ') {
            if let Some((k, h)) = v.split_once(':') {
                all.push((
                    k == "n",
                    (0..h.len() / 2)
                        .map(|i| u8::from_str_radix(&h[2 * i..2 * i + 2], 16).unwrap_or(0))
                        .collect(),
                ));
            }
        }
    }
    let t = Instant::now();
    let mut n = 0;
    let mut by: std::collections::BTreeMap<&str, u32> = Default::default();
    for (k, v) in &all {
        for s in bartizan_detect::content::signs(v, *k) {
            n += 1;
            *by.entry(s.0.name()).or_default() += 1;
        }
    }
    println!(
        "all: {} values {} ns each {n} {by:?}",
        all.len(),
        t.elapsed().as_nanos() as usize / all.len()
    );
    for a in Attack::ALL {
        let t = Instant::now();
        for (k, v) in &all {
            std::hint::black_box(a.cost(v, *k));
        }
        println!("{} {}", a.name(), t.elapsed().as_nanos() as usize / all.len());
    }
    for unit in [
        "<",
        "<a ",
        "=",
        "(",
        "on=",
        "onload=alert(1) ",
        "<script>",
        "=j",
        "=&#",
        "alert(",
        "[]!",
        "`",
        "'-",
        "style=x ",
        "$ne:",
        "'||",
        ":=",
        ".process ",
        "O:1:\"",
        "<!ENTITY a \"&b;&b;\">",
        "c\na\n",
        "!!python/",
        "{a ",
        "query{a{",
        "...A ",
        "$where[",
        ".oast.",
        "sqlmap/",
        ")(",
        "__proto__[",
        "javascript:",
        "on",
        "document[",
        "constructor",
    ] {
        for pre in ["", "query {", "<a onload=alert(1) style='"] {
            let v: Vec<u8> = pre.bytes().chain(unit.bytes().cycle()).take(65536).collect();
            for a in Attack::ALL {
                let t = Instant::now();
                for _ in 0..10 {
                    std::hint::black_box(a.cost(&v, false));
                }
                let us = t.elapsed().as_micros() / 10;
                if us > 60 {
                    println!("hostile {:?} {} {us} us", unit, a.name());
                }
            }
        }
    }
}
