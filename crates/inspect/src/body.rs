//! Bodies: one bounded walk over a held body, resumable, so that long ones do not hold a worker.
//!
//! Reads    JSON, forms and plain text, as the `Content-Type` says; JSON, leniently, where it
//!          says something else and the body looks like it, for many servers never ask. JSON
//!          inside a string or form value is read one level deep.
//! Writes   values to a sink, and oddities.
//! Memory   see `json`; for the rest the path of the current value and one scratch buffer.
//! Errors   none: what is not of the declared format is an oddity, and its bytes are handed over
//!          as text, so that nothing hides behind a fault that an upstream may forgive.
//! Misses   multipart, XML beyond its raw text, every binary format; forms in another charset;
//!          an attack longer than [`PIECE_OVERLAP_BYTES`] on the edge of two pieces of text.

use crate::form;
use crate::handing::Handing;
use crate::json::{Json, looks_like_container};
use crate::value::{PlaceRef, Sink};
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::place::escaped_step;

/// Longest text that is handed over as one value, in bytes.
pub const PIECE_BYTES_MAX: usize = 64 * 1024;

/// By how much two pieces of one text overlap, in bytes.
pub const PIECE_OVERLAP_BYTES: usize = 1024;

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (`application/json`, `+json`).
    Json,
    /// Something like JSON: read as JSON as far as it goes, and no fault in it is odd.
    Lenient,
    /// A form.
    Form,
    /// One text value (`text/*`, XML, GraphQL).
    Text,
    /// Not read: binary, multipart, encoded.
    Opaque,
}

impl Format {
    /// The format that a `Content-Type` means. Parameters, case and white space do not matter;
    /// of a list the first counts.
    pub fn of(content_type: Option<&[u8]>) -> Self {
        let Some(text) = content_type else { return Self::Text };
        let media = text.split(|&b| b == b';' || b == b',').next().unwrap_or_default();
        let media = media.trim_ascii().to_ascii_lowercase();
        let ends = |with: &[u8]| media.ends_with(with);
        let has = |part: &[u8]| media.windows(part.len()).any(|it| it == part);
        if ends(b"/json") || ends(b"+json") {
            Self::Json
        } else if has(b"json") || ends(b"/csp-report") {
            Self::Lenient
        } else if media == b"application/x-www-form-urlencoded" {
            Self::Form
        } else if media.starts_with(b"text/")
            || has(b"xml")
            || has(b"yaml")
            || [&b"/graphql"[..], b"/javascript", b"/sql", b"/toml"].into_iter().any(ends)
            || !media.contains(&b'/')
        {
            Self::Text
        } else {
            Self::Opaque
        }
    }

    /// The format of a body that begins with `first`: JSON, leniently, for a text or an opaque
    /// body that begins as JSON does.
    pub fn sniffed(self, first: &[u8]) -> Self {
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
        match (self, first.trim_ascii_start()) {
            (Self::Text | Self::Opaque, [b'{' | b'[' | b'"', ..]) => Self::Lenient,
            (Self::Json | Self::Lenient | Self::Form | Self::Text | Self::Opaque, _) => self,
        }
    }
}

/// Whether a walk has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more: call again.
    More,
    /// The whole body was walked, or it proved unreadable (see the oddities).
    Done,
}

/// What one walk may cost.
#[derive(Clone, Copy, Debug)]
pub struct WalkLimits {
    /// Nesting.
    pub depth_max: usize,
    /// Values handed over.
    pub values_max: usize,
}

/// A walk over one body.
#[derive(Debug)]
pub struct Walk {
    format: Format,
    limits: WalkLimits,
    values_left: usize,
    oddities: Oddities,
    stage: Stage,
}

/// Where a walk is.
#[derive(Debug)]
enum Stage {
    Start,
    Json(Box<Json>),
    /// Pairs, from here on; the JSON inside the one before, with its text.
    Form(usize, Option<Box<(Vec<u8>, Json)>>),
    /// Pieces of text, from here on.
    Text(usize),
    Ended,
}

impl Walk {
    /// Starts at the first byte. A text or opaque body is sniffed at the first step.
    pub fn new(format: Format, limits: WalkLimits) -> Self {
        let values_left = limits.values_max;
        Self { format, limits, values_left, oddities: Oddities::NONE, stage: Stage::Start }
    }

    /// Walks on over about `budget` bytes of `body`, which must be the same at each call. A
    /// single value is never cut, except text into its pieces.
    pub fn step(&mut self, body: &[u8], budget: usize, sink: &mut impl Sink) -> Progress {
        let budget = budget.max(1);
        let mut values_left = self.values_left;
        let mut out = Handing::new(sink, &mut values_left);
        let stage = std::mem::replace(&mut self.stage, Stage::Ended);
        self.stage = match stage {
            Stage::Start => self.started(body),
            other @ (Stage::Json(_) | Stage::Form(..) | Stage::Text(_) | Stage::Ended) => other,
        };
        let stage = std::mem::replace(&mut self.stage, Stage::Ended);
        self.stage = match stage {
            Stage::Json(json) => self.json(json, body, budget, &mut out),
            Stage::Form(at, inner) => self.form(at, inner, (body, budget), &mut out),
            Stage::Text(at) => text(at, body, budget, &mut out),
            Stage::Start | Stage::Ended => Stage::Ended,
        };
        if out.is_full() {
            self.oddities.insert(Oddity::TooManyValues);
            self.stage = Stage::Ended;
        }
        self.values_left = values_left;
        match self.stage {
            Stage::Ended => Progress::Done,
            Stage::Start | Stage::Json(_) | Stage::Form(..) | Stage::Text(_) => Progress::More,
        }
    }

    /// What was met so far.
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }

    fn started(&mut self, body: &[u8]) -> Stage {
        self.format = self.format.sniffed(body);
        match self.format {
            Format::Json | Format::Lenient => Stage::Json(self.new_json("$", true)),
            // `curl -d '{...}'`: the upstream may read either, so both are read.
            Format::Form if looks_like_container(body) => {
                self.oddities.insert(Oddity::FormMalformed);
                Stage::Json(self.new_json("$", true))
            }
            Format::Form => Stage::Form(0, None),
            Format::Text => Stage::Text(0),
            Format::Opaque => Stage::Ended,
        }
    }

    fn new_json(&self, path: &str, nests: bool) -> Box<Json> {
        Box::new(Json::new(self.limits.depth_max, path, nests))
    }

    fn json(
        &mut self,
        mut json: Box<Json>,
        body: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let progress = json.step(body, budget, out);
        if self.format == Format::Json {
            self.oddities.extend(json.oddities());
        }
        match (progress, self.format) {
            (Progress::More, _) => Stage::Json(json),
            (Progress::Done, Format::Form) => Stage::Form(0, None),
            (Progress::Done, Format::Lenient) => {
                json.broken_at().map_or(Stage::Ended, |_| Stage::Text(0))
            }
            (Progress::Done, _) => json.broken_at().map_or(Stage::Ended, Stage::Text),
        }
    }

    fn form(
        &mut self,
        mut at: usize,
        mut inner: Option<Box<(Vec<u8>, Json)>>,
        (body, budget): (&[u8], usize),
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let end = at.saturating_add(budget);
        let (mut name_scratch, mut value_scratch) = (Vec::new(), Vec::new());
        loop {
            if let Some(mut found) = inner.take() {
                let (text, walk) = found.as_mut();
                if walk.step(text, budget, out) == Progress::More {
                    return Stage::Form(at, Some(found));
                }
            }
            let Some(rest) = body.get(at..).filter(|it| !it.is_empty()) else {
                return Stage::Ended;
            };
            if at >= end || out.is_full() {
                return Stage::Form(at, None);
            }
            let length = memchr::memchr(b'&', rest).unwrap_or(rest.len());
            let pair = rest.get(..length).unwrap_or_default();
            at += length + 1;
            if pair.is_empty() {
                continue;
            }
            if form::is_broken(pair) {
                self.oddities.insert(Oddity::FormMalformed);
            }
            let (name, value) = form::pair(pair, &mut name_scratch, &mut value_scratch);
            let mut path = String::from("$.");
            path.push_str(&escaped_step(name));
            out.give(PlaceRef::Body(&path), value);
            out.give(PlaceRef::Name, name);
            if looks_like_container(value) {
                inner = Some(Box::new((value.to_vec(), *self.new_json(&path, false))));
            }
        }
    }
}

/// Hands over the pieces of `body` from `at` on.
fn text(mut at: usize, body: &[u8], budget: usize, out: &mut Handing<'_, impl Sink>) -> Stage {
    let end = at.saturating_add(budget);
    while let Some(rest) = body.get(at..).filter(|it| !it.is_empty()) {
        if at >= end {
            return Stage::Text(at);
        }
        let piece = rest.get(..PIECE_BYTES_MAX).unwrap_or(rest);
        out.give_piece(piece);
        if piece.len() == rest.len() {
            break;
        }
        at += PIECE_BYTES_MAX - PIECE_OVERLAP_BYTES;
    }
    Stage::Ended
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 1_000 };

    /// All that a walk of this budget hands over, as `place=text`, and its oddities.
    fn walked(
        format: Format,
        limits: WalkLimits,
        body: &[u8],
        budget: usize,
    ) -> (Vec<(String, Vec<u8>)>, Oddities) {
        let mut found = Vec::new();
        let mut sink = |it: Value<'_>| {
            let place = match it.place {
                PlaceRef::Body(path) => path.to_owned(),
                other @ (PlaceRef::Path
                | PlaceRef::Query(_)
                | PlaceRef::Cookie(_)
                | PlaceRef::Name) => other.to_place().to_string(),
            };
            found.push((place, it.text.to_vec()));
        };
        let mut walk = Walk::new(format, limits);
        let mut steps = 0;
        while walk.step(body, budget, &mut sink) == Progress::More {
            steps += 1;
            assert!(steps <= 2 * body.len() + 8, "a walk that does not end");
        }
        (found, walk.oddities())
    }

    /// Expects these values, `place=text` each, and oddities, at every budget.
    #[track_caller]
    fn check(format: Format, body: &str, values: &[&str], oddities: &[Oddity]) {
        for budget in [0, 1, 2, 3, 7, 16, 1_000_000] {
            let (found, odd) = walked(format, LIMITS, body.as_bytes(), budget);
            let found: Vec<_> = found
                .iter()
                .map(|(place, text)| format!("{place}={}", String::from_utf8_lossy(text)))
                .collect();
            assert_eq!(found, values, "budget {budget}");
            assert_eq!(odd, oddities.iter().copied().collect(), "budget {budget}");
        }
    }

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        for (media, expected) in [
            ("application/json", Format::Json),
            ("Application/JSON ; charset=UTF-8", Format::Json),
            (" application/json\t;x", Format::Json),
            ("text/json", Format::Json),
            ("application/problem+json", Format::Json),
            ("application/json, text/plain", Format::Json),
            ("application/x-ndjson", Format::Lenient),
            ("application/json5", Format::Lenient),
            ("application/csp-report", Format::Lenient),
            ("APPLICATION/x-www-form-urlencoded;charset=x", Format::Form),
            ("text/html", Format::Text),
            ("application/soap+xml", Format::Text),
            ("application/graphql", Format::Text),
            ("", Format::Text),
            ("json", Format::Lenient),
            ("image/png", Format::Opaque),
            ("multipart/form-data; boundary=application/json", Format::Opaque),
        ] {
            assert_eq!(Format::of(Some(media.as_bytes())), expected, "{media}");
        }
        assert_eq!(Format::of(None), Format::Text);
    }

    #[test]
    fn json_under_another_name_is_read_and_not_odd() {
        for format in [Format::Text, Format::Opaque] {
            check(format, " {\"a\":\"b\"}", &["name=a", "$.a=b"], &[]);
            assert_eq!(format.sniffed(b"[1]"), Format::Lenient);
            assert_eq!(format.sniffed(b"a[1]"), format);
        }
        assert_eq!(Format::Form.sniffed(b"[1]"), Format::Form);
        check(Format::Text, "{x} y", &["$={x} y"], &[]);
        check(Format::Opaque, "PK", &[], &[]);
        check(Format::Text, "hi", &["$=hi"], &[]);
        check(
            Format::Lenient,
            "{\"a\":\"b\"}\n{\"a\":\"c\"}",
            &["name=a", "$.a=b", "$=a", "$=c", "$={\"a\":\"b\"}\n{\"a\":\"c\"}"],
            &[],
        );
    }

    #[test]
    fn every_json_string_and_key_has_its_place() {
        check(
            Format::Json,
            r#" {"a": "x", "b": [1, "y", {"c d": ["z", true]}], "e": {}, "f": null, "g": ""} "#,
            &[
                "name=a",
                "$.a=x",
                "name=b",
                "$.b[*]=y",
                "name=c d",
                r"$.b[*].c\x20d[*]=z",
                "name=e",
                "name=f",
                "name=g",
                "$.g=",
            ],
            &[],
        );
        check(Format::Json, r#""top""#, &["$=top"], &[]);
        check(Format::Json, "-1.5e+3", &[], &[]);
    }

    #[test]
    fn escapes_are_decoded() {
        let text = r#"["\" \\ \/ \b\f\n\r\t", "\u0027 \u00e9 \ud83d\ude00", "\ud83d", "\ude00x", "\ud83d\u0041"]"#;
        check(
            Format::Json,
            text,
            &[
                "$[*]=\" \\ / \u{8}\u{c}\n\r\t",
                "$[*]=' é 😀",
                "$[*]=\u{fffd}",
                "$[*]=\u{fffd}x",
                "$[*]=\u{fffd}A",
            ],
            &[],
        );
    }

    #[test]
    fn a_key_twice_in_one_object_is_odd_however_it_is_spelt() {
        let twice = &[Oddity::JsonDuplicateKey];
        check(Format::Json, r#"{"a":1,"a":2}"#, &["name=a", "name=a"], twice);
        check(Format::Json, r#"{"a":1,"\u0061":2}"#, &["name=a", "name=a"], twice);
        let same = &["name=a", "name=a", "name=a"];
        check(
            Format::Json,
            r#"{"a":{"a":1}, "b":[{"a":1}]}"#,
            &["name=a", "name=a", "name=b", "name=a"],
            &[],
        );
        check(Format::Json, r#"[{"a":1},{"a":1},{"a":1}]"#, same, &[]);
        let keys = |last: &str| {
            let keys: Vec<_> = (0..40).map(|it| format!("\"k{it}\":0")).collect();
            format!("{{{},\"x\":{{\"k3\":0}},{last}:0}}", keys.join(","))
        };
        for (last, odd) in [("\"k3\"", true), ("\"k39\"", true), ("\"k40\"", false)] {
            let (_, oddities) = walked(Format::Json, LIMITS, keys(last).as_bytes(), 64);
            assert_eq!(oddities.contains(Oddity::JsonDuplicateKey), odd, "{last}");
        }
    }

    #[test]
    fn behind_a_fault_strings_and_text_are_still_handed_over() {
        let odd = &[Oddity::JsonMalformed];
        check(
            Format::Json,
            r#"{"a":NaN,"q":"\u0027x"}"#,
            &["name=a", "$=q", "$='x", r#"$=NaN,"q":"\u0027x"}"#],
            odd,
        );
        check(Format::Json, r#"["a"] // "b""#, &["$[*]=a", "$=b", "$=// \"b\""], odd);
        check(Format::Json, "{'a':'b'}", &["$=a", "$=b", "$='a':'b'}"], odd);
        check(Format::Json, "\u{feff}\"a\"", &["$=a", "$=\u{feff}\"a\""], odd);
        check(Format::Json, "[\"a\tb\"]", &["$=a\tb", "$=\"a\tb\"]"], odd);
        check(Format::Json, "\"a", &["$=a", "$=\"a"], odd);
        check(Format::Json, "", &[], odd);
        check(Format::Json, "[1", &[], odd);
    }

    #[test]
    fn json_in_a_string_is_read_one_level_deep() {
        check(
            Format::Json,
            r#"{"p":"{\"q\":[\"'\",\"[\\\"no\\\"]\"]}","z":"y"}"#,
            &[
                "name=p",
                r#"$.p={"q":["'","[\"no\"]"]}"#,
                "name=q",
                "$.p.q[*]='",
                r#"$.p.q[*]=["no"]"#,
                "name=z",
                "$.z=y",
            ],
            &[],
        );
        check(Format::Json, r#"["{\"a\" b"]"#, &[r#"$[*]={"a" b"#, "name=a"], &[]);
        check(
            Format::Form,
            "p=%7B%22q%22:%22'%22}&r=1",
            &["$.p={\"q\":\"'\"}", "name=p", "name=q", "$.p.q='", "$.r=1", "name=r"],
            &[],
        );
    }

    #[test]
    fn a_form_is_pairs() {
        check(
            Format::Form,
            "a=x+y&b%20c=%27&&d",
            &["$.a=x y", "name=a", r"$.b\x20c='", "name=b c", "$.d=", "name=d"],
            &[],
        );
        check(
            Format::Form,
            "a=100%&b=1",
            &["$.a=100%", "name=a", "$.b=1", "name=b"],
            &[Oddity::FormMalformed],
        );
        check(Format::Form, "", &[], &[]);
    }

    #[test]
    fn json_sent_as_a_form_is_read_as_both() {
        check(
            Format::Form,
            r#"{"a":"b"}"#,
            &["name=a", "$.a=b", r#"$.{"a":"b"}="#, r#"name={"a":"b"}"#],
            &[Oddity::FormMalformed],
        );
    }

    #[test]
    fn nesting_and_values_have_limits() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        check(Format::Json, &nested(8), &[], &[]);
        let rest = format!("$={}{}", "[", "]".repeat(9));
        check(Format::Json, &nested(9), &[&rest], &[Oddity::JsonDepth]);
        let limits = WalkLimits { values_max: 2, ..LIMITS };
        for (body, odd) in [(r#"{"a":"b"}"#, false), (r#"["a","b","c"]"#, true)] {
            let (found, oddities) = walked(Format::Json, limits, body.as_bytes(), 4);
            assert_eq!(found.len(), 2);
            assert_eq!(oddities.contains(Oddity::TooManyValues), odd);
        }
    }

    #[test]
    fn long_text_comes_in_pieces_that_overlap() {
        let body = vec![b'a'; 2 * PIECE_BYTES_MAX];
        let (found, _) = walked(Format::Text, LIMITS, &body, 16 * 1024);
        let lengths: Vec<_> = found.iter().map(|(_, text)| text.len()).collect();
        assert_eq!(lengths, [PIECE_BYTES_MAX, PIECE_BYTES_MAX, 2 * PIECE_OVERLAP_BYTES]);
        let (found, _) = walked(Format::Text, LIMITS, &body[..PIECE_BYTES_MAX], 16 * 1024);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn places_stay_short_and_come_back() {
        let deep = format!("{{\"{}\":{{\"b\":[\"x\"]}},\"c\":\"y\"}}", "é".repeat(100));
        let (found, _) = walked(Format::Json, LIMITS, deep.as_bytes(), 10);
        assert!(found.iter().all(|it| it.0.len() <= 128 + 3));
        assert_eq!(found.last().unwrap().0, "$.c");
    }

    #[test]
    fn hostile_bodies_take_linear_time() {
        let limits = WalkLimits { depth_max: 64, values_max: 1_000_000 };
        let many: String = (0..60_000).map(|it| format!("\"k{it}\":1,")).collect();
        for body in [
            "[".repeat(100_000),
            "[{\"a\":".repeat(30_000),
            format!("{{{}\"a\":1}}", "\"a\":1,".repeat(150_000)),
            format!("{{{many}\"a\":1}}"),
            "\"\\".repeat(100_000),
            "{\"a\":\"[\"".repeat(50_000),
            format!("[{}1]", "\"{\\\"a\\\":\",".repeat(60_000)),
            "'".repeat(500_000),
        ] {
            let start = std::time::Instant::now();
            let (_, oddities) = walked(Format::Json, limits, body.as_bytes(), 16 * 1024);
            let took = start.elapsed();
            assert!(took.as_secs() < 5, "{took:?} for {:?}", body.get(..20));
            assert!(!oddities.is_empty() || body.contains("k59999") || body.ends_with("1]"));
        }
    }
}
