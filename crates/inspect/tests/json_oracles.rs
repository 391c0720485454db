//! The JSON walker against two oracles: the vectors of JSONTestSuite, and serde_json on generated
//! documents and their mutations.

use bartizan_inspect::body::{Format, Progress, Walk, WalkLimits};
use bartizan_inspect::value::{PlaceRef, Value};
use bartizan_model::oddity::{Oddities, Oddity};
use serde_json::Value as Json;
use std::path::PathBuf;

const LIMITS: WalkLimits = WalkLimits { depth_max: 600, values_max: 1_000_000 };

fn walked(body: &[u8], budget: usize) -> (Vec<(String, String)>, Oddities) {
    let mut found = Vec::new();
    let mut sink = |it: Value<'_>| {
        let place = match it.place {
            PlaceRef::Body(path) => path.to_owned(),
            other @ (PlaceRef::Path
            | PlaceRef::Query(_)
            | PlaceRef::Cookie(_)
            | PlaceRef::Header(_)
            | PlaceRef::Name) => other.to_place().to_string(),
        };
        found.push((place, String::from_utf8_lossy(it.text).into_owned()));
    };
    let mut walk = Walk::new(Format::Json, LIMITS);
    while walk.step(body, budget, &mut sink) == Progress::More {}
    (found, walk.oddities())
}

fn is_accepted(body: &[u8]) -> bool {
    !walked(body, 4096).1.contains(Oddity::JsonMalformed)
}

#[test]
fn json_test_suite_is_accepted_and_refused_as_it_says() {
    let shared = std::env::var_os("BARTIZAN_SHARED").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
        PathBuf::from,
    );
    let Ok(files) = std::fs::read_dir(shared.join("vectors/json-parsing/test_parsing")) else {
        println!("skipped: vectors absent");
        return;
    };
    let mut counts = [0, 0];
    for path in files.map(|it| it.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let body = std::fs::read(&path).unwrap();
        let deep = walked(&body, 4096).1.contains(Oddity::JsonDepth);
        match name.get(..2) {
            Some("y_") => {
                assert!(is_accepted(&body) && !deep, "{name}");
                counts[0] += 1;
            }
            Some("n_") => {
                assert!(!is_accepted(&body) || deep, "{name}");
                counts[1] += 1;
            }
            _ => {}
        }
    }
    assert!(counts[0] > 90 && counts[1] > 180, "{counts:?}");
}

/// A small deterministic generator (xorshift).
struct Generator(u64);

impl Generator {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap_or(0)
    }

    fn one_of<T: Copy + Default>(&mut self, all: &[T]) -> T {
        all.get(self.below(all.len())).copied().unwrap_or_default()
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] =
            ["a", "'", "\"", "\\", "é", "😀", "\n", "\u{1}", "{", "[1]", "/", "OR 1=1"];
        (0..self.below(5)).map(|_| self.one_of(&PIECES)).collect()
    }

    fn value(&mut self, depth: usize) -> Json {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => Json::Null,
            1 => Json::from(self.below(2) == 0),
            2 => Json::from(self.below(1_000_000) as i64 - 500_000),
            3 => Json::from(self.below(1_000_000) as f64 / 7.0),
            4 => Json::from(self.text()),
            5 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => Json::Object(
                (0..self.below(5)).map(|_| (self.text(), self.value(depth - 1))).collect(),
            ),
        }
    }
}

/// The strings of a document that are not themselves JSON containers' insides.
fn strings(it: &Json, out: &mut Vec<String>) {
    match it {
        Json::String(text) => out.push(text.clone()),
        Json::Array(all) => all.iter().for_each(|it| strings(it, out)),
        Json::Object(all) => all.iter().for_each(|(key, it)| {
            out.push(key.clone());
            strings(it, out);
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[test]
fn generated_documents_yield_what_serde_json_yields() {
    let mut generator = Generator(0x9E37_79B9_7F4A_7C15);
    for _ in 0..2_000 {
        let document = generator.value(5);
        let body = if generator.below(2) == 0 {
            serde_json::to_vec(&document).unwrap()
        } else {
            serde_json::to_vec_pretty(&document).unwrap()
        };
        let (found, oddities) = walked(&body, 1 << 20);
        assert_eq!(oddities, Oddities::NONE, "{document}");
        let mut expected = Vec::new();
        strings(&document, &mut expected);
        // What JSON inside strings adds is a subset of its own; every expected value comes, in
        // order.
        let mut rest = found.iter();
        for text in &expected {
            assert!(rest.any(|it| it.1 == *text), "{text:?} of {document}");
        }
        for budget in [1, 5, 64] {
            assert_eq!(walked(&body, budget), (found.clone(), oddities), "{document}");
        }
    }
}

#[test]
fn mutated_documents_are_accepted_exactly_when_serde_json_accepts_them() {
    const BYTES: &[u8] = b"\"\\{}[],:0123456789-+.eEtrufalsn \n\t/\xff\x00\xc3\xa9u";
    let mut generator = Generator(0x1234_5678_9ABC_DEF1);
    let mut accepted = 0;
    for _ in 0..30_000 {
        let mut body = serde_json::to_vec(&generator.value(3)).unwrap();
        for _ in 0..generator.below(3) {
            let at = generator.below(body.len());
            let byte = generator.one_of(BYTES);
            match generator.below(3) {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ if body.len() > 1 => drop(body.remove(at)),
                _ => {}
            }
        }
        let text = String::from_utf8_lossy(&body);
        // serde_json refuses numbers beyond f64 and lone surrogates, which RFC 8259 allows.
        let oracle = match serde_json::from_slice::<Json>(&body) {
            Ok(_) => true,
            Err(error) => {
                let error = error.to_string();
                if error.contains("out of range")
                    || error.contains("surrogate")
                    || error.contains("hex escape")
                {
                    continue;
                }
                false
            }
        };
        assert_eq!(is_accepted(&body), oracle, "{text}");
        accepted += usize::from(oracle);
    }
    assert!(accepted > 5_000 && accepted < 28_000, "{accepted}");
}
