//! Schemas and bodies made by chance: spellings do not matter, and what is said to be known is so.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use bartizan_model::tape::{Tape, TapeLimits};
use bartizan_spec::validate::{CompileOptions, Source, ValidateLimits, Validator, Verdict};
use bartizan_spec::{Diagnostics, Limits, parse};

/// Numbers that look like chance and are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn list(&mut self, max: usize, mut make: impl FnMut(&mut Self) -> String) -> Vec<String> {
        (0..self.below(max + 1)).map(|_| make(self)).collect()
    }
}

#[derive(Clone)]
enum Value {
    Plain(&'static [&'static str]),
    List(Vec<Self>),
    Map(Vec<(&'static [&'static str], Self)>),
}

/// Spellings of the same, by value.
const PLAIN: [&[&str]; 8] = [
    &["null"],
    &["true"],
    &["0", "-0.0", "0e7"],
    &["1", "1.0", "10e-1"],
    &["1.5", "15e-1"],
    &["123456789012345678901234567890", "12345678901234567890123456789e1"],
    &["\"a\"", "\"\\u0061\""],
    &["\"\"", "\"\""],
];
const NAMES: [&[&str]; 3] =
    [&["\"a\"", "\"\\u0061\""], &["\"b\"", "\"\\u0062\""], &["\"\\n\"", "\"\\u000a\""]];

fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 8 } else { 12 }) {
        it @ 0..8 => Value::Plain(PLAIN[it]),
        8 | 9 => Value::List((0..random.below(4)).map(|_| value(random, depth - 1)).collect()),
        _ => {
            let names: Vec<_> = NAMES.iter().filter(|_| random.one_in(2)).collect();
            Value::Map(names.into_iter().map(|it| (*it, value(random, depth - 1))).collect())
        }
    }
}

/// One of the spellings of a value.
fn spelt(random: &mut Random, value: &Value) -> String {
    match value {
        Value::Plain(spellings) => random.pick(spellings).to_owned(),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|it| spelt(random, it)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(members) => {
            let mut spellings: Vec<_> = members
                .iter()
                .map(|(name, it)| format!("{}:{}", random.pick(name), spelt(random, it)))
                .collect();
            if random.one_in(2) {
                spellings.reverse();
            }
            format!("{{{}}}", spellings.join(","))
        }
    }
}

/// The one spelling that tells values apart.
fn canonical(value: &Value) -> String {
    match value {
        Value::Plain(spellings) => spellings[0].to_owned(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        Value::Map(members) => {
            let members = members.iter().map(|(name, it)| format!("{}:{}", name[0], canonical(it)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

fn verdict(schema: &str, body: &str) -> Verdict {
    let root = parse(schema, 0, &Limits::default(), &mut Diagnostics::up_to(9)).unwrap();
    let sources = [Source { uri: "", root: &root, is_schema: true }];
    let validator = Validator::compile(&sources, "", &CompileOptions::default())
        .unwrap_or_else(|error| panic!("{schema}: {error}"));
    let tape = Tape::read(body.as_bytes(), &TapeLimits::default()).unwrap();
    validator.validate(&tape, &ValidateLimits::default())
}

/// What is known of a verdict.
fn known(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Valid => Some(true),
        Verdict::Invalid { faults, .. } => {
            assert!(!faults.is_empty());
            Some(false)
        }
        Verdict::Unknown(_) => None,
    }
}

#[test]
fn equal_values_are_equal_in_every_spelling_and_others_are_not() {
    let mut random = Random(0x9E37_79B9);
    for _ in 0..3_000 {
        let (one, other) = (value(&mut random, 3), value(&mut random, 3));
        let is_same = canonical(&one) == canonical(&other);
        let spellings =
            [spelt(&mut random, &one), spelt(&mut random, &one), spelt(&mut random, &other)];
        let [first, again, other] = &spellings;
        let schema = format!("{{\"const\": {first}}}");
        assert_eq!(known(&verdict(&schema, again)), Some(true), "{schema} {again}");
        assert_eq!(known(&verdict(&schema, other)), Some(is_same), "{schema} {other}");
        let unique = "{\"uniqueItems\": true}";
        assert_eq!(known(&verdict(unique, &format!("[{first}, {again}]"))), Some(false));
        let pair = format!("[{first}, {other}]");
        assert_eq!(known(&verdict(unique, &pair)), Some(!is_same), "{pair}");
    }
}

/// A schema with holes, written `HOLE`.
fn schema(random: &mut Random, depth: usize) -> String {
    if random.one_in(6) {
        return "HOLE".to_owned();
    }
    if depth == 0 {
        return random
            .pick(&[
                "true",
                "false",
                "{\"type\": \"integer\"}",
                "{\"const\": 1}",
                "{\"minLength\": 1}",
            ])
            .to_owned();
    }
    let inner = |random: &mut Random| schema(random, depth - 1);
    let mut keywords = random.list(3, |random| match random.below(15) {
        0 => format!("\"not\": {}", inner(random)),
        1 => format!(
            "\"if\": {}, \"then\": {}, \"else\": {}",
            inner(random),
            inner(random),
            inner(random)
        ),
        2 => format!("\"contains\": {}, \"maxContains\": 1", inner(random)),
        3 => format!("\"items\": {}", inner(random)),
        4 => format!("\"prefixItems\": [{}]", inner(random)),
        5 => format!("\"additionalProperties\": {}", inner(random)),
        6 => format!("\"properties\": {{\"a\": {}, \"b\": {}}}", inner(random), inner(random)),
        7 => format!("\"patternProperties\": {{\"a\": {}}}", inner(random)),
        8 => format!("\"propertyNames\": {}", inner(random)),
        9 => format!("\"dependentSchemas\": {{\"a\": {}}}", inner(random)),
        10 => format!("\"unevaluatedProperties\": {}", inner(random)),
        11 => format!("\"unevaluatedItems\": {}", inner(random)),
        12 => "\"required\": [\"a\"]".to_owned(),
        13 => "\"type\": [\"object\", \"array\"]".to_owned(),
        _ => {
            let keyword = random.pick(&["allOf", "anyOf", "oneOf"]);
            format!("\"{keyword}\": [{}, {}]", inner(random), inner(random))
        }
    });
    // A keyword that is given again would be an oddity of the document.
    keywords.sort_by(|one, other| one.split(':').next().cmp(&other.split(':').next()));
    keywords.dedup_by(|one, other| one.split(':').next() == other.split(':').next());
    format!("{{{}}}", keywords.join(", "))
}

#[test]
fn what_is_known_of_a_schema_with_holes_is_so_whatever_fills_them() {
    let mut random = Random(0x2545_F491);
    let mut counts = [0; 3];
    for _ in 0..8_000 {
        let schema = schema(&mut random, 3);
        let body = value(&mut random, 2);
        let body = spelt(&mut random, &body);
        let lost = verdict(&schema.replace("HOLE", "{\"$ref\": \"#/nowhere\"}"), &body);
        let Some(known_fit) = known(&lost) else {
            counts[2] += 1;
            continue;
        };
        counts[usize::from(known_fit)] += 1;
        for filling in
            ["true", "false", "{\"type\": \"object\"}", "{\"properties\": {\"a\": true}}"]
        {
            let filled = verdict(&schema.replace("HOLE", filling), &body);
            assert_eq!(known(&filled), Some(known_fit), "{schema} {filling} {body} {lost:?}");
        }
    }
    assert!(counts.iter().all(|it| *it > 400), "{counts:?}");
}

#[test]
fn what_is_known_of_a_body_with_a_name_twice_is_so_whichever_member_counts() {
    let mut random = Random(0x1234_5678_9ABC);
    let mut counts = [0; 3];
    for _ in 0..8_000 {
        let schema = schema(&mut random, 3).replace("HOLE", "{\"const\": 0}");
        let (one, other) = (value(&mut random, 1), value(&mut random, 1));
        let (one, other) = (canonical(&one), canonical(&other));
        let both = format!("{{\"a\": {one}, \"b\": 1, \"\\u0061\": {other}}}");
        let Some(known_fit) = known(&verdict(&schema, &both)) else {
            counts[2] += 1;
            continue;
        };
        counts[usize::from(known_fit)] += 1;
        for member in [one, other] {
            let body = format!("{{\"a\": {member}, \"b\": 1}}");
            assert_eq!(known(&verdict(&schema, &body)), Some(known_fit), "{schema} {both} {body}");
        }
    }
    assert!(counts.iter().all(|it| *it > 100), "{counts:?}");
}
