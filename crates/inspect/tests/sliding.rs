//! Bodies that pass piece by piece: the same is handed over as of a body that is held, wherever a piece ends, within
//! bounded memory.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use bartizan_inspect::body::{Format, PIECE_BYTES_MAX, Progress, Walk, WalkLimits};
use bartizan_inspect::sliding::Sliding;
use bartizan_inspect::value::Value;
use bartizan_model::oddity::{Oddities, Oddity};

const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 20_000 };

type Seen = (Vec<String>, Oddities);

fn told(found: &mut Vec<String>) -> impl FnMut(Value<'_>) + '_ {
    |it| found.push(format!("{}={}", it.place.to_place(), String::from_utf8_lossy(it.text)))
}

fn held(content_type: &str, body: &[u8]) -> Seen {
    let mut found = Vec::new();
    let content_type = Some(content_type.as_bytes());
    let mut walk = Walk::new(Format::of(content_type), LIMITS).declared(content_type);
    while walk.step(body, 1 << 20, &mut told(&mut found)) == Progress::More {}
    (found, walk.oddities())
}

/// What passes in pieces that end at `ends`.
fn passed(content_type: &str, body: &[u8], ends: &[usize]) -> Seen {
    let mut found = Vec::new();
    let content_type = Some(content_type.as_bytes());
    let mut sliding = Sliding::new(Format::of(content_type), LIMITS, content_type);
    let mut from = 0;
    for &to in ends {
        sliding.push(&body[from..to], false, &mut told(&mut found));
        from = to;
    }
    sliding.push(&body[from..], true, &mut told(&mut found));
    (found, sliding.oddities())
}

/// Passes `body` in two pieces, cut anywhere, and in many of the same size; expects what a walk over the whole hands over.
#[track_caller]
fn same(content_type: &str, body: impl AsRef<[u8]>) -> Seen {
    let body = body.as_ref();
    let expected = held(content_type, body);
    for at in 0..=body.len() {
        assert_eq!(passed(content_type, body, &[at]), expected, "cut at {at}");
    }
    for size in 1..body.len().min(12) {
        let ends: Vec<_> = (size..body.len()).step_by(size).collect();
        assert_eq!(passed(content_type, body, &ends), expected, "in pieces of {size}");
    }
    expected
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=b";

#[test]
fn json_is_read_the_same_wherever_it_is_cut() {
    let text = r#" {"a": "x\u0027\\", "b": [1.5e3, "y", {"c d": ["z", true, null]}], "e": {}, "g": "",
        "p": "{\"q\":[\"'\"]}", "a": "é😀\ud83d\ude00"} "#;
    let (values, odd) = same(JSON, text);
    assert!(values.contains(&"body $.b[*].c\\x20d[*]=z".to_owned()), "{values:?}");
    assert!(odd.contains(Oddity::JsonDuplicateKey));
    for text in ["-1.5e+3", "\"top\"", "[", "{\"a\"", "", " ", "[[[[[[[[[1]]]]]]]]]"] {
        same(JSON, text);
    }
}

#[test]
fn behind_a_fault_of_json_strings_and_text_are_handed_over_the_same() {
    for text in [r#"{"a":NaN,"q":"\u0027x"}"#, "[\"a\"] // \"b\"", "{'a':'b'}", "[\"a\tb\"]", "\"a"]
    {
        let (mut expected, odd) = held(JSON, text.as_bytes());
        expected.sort();
        for at in 0..=text.len() {
            let (mut values, oddities) = passed(JSON, text.as_bytes(), &[at]);
            values.sort();
            assert_eq!((values, oddities), (expected.clone(), odd), "{text} cut at {at}");
        }
    }
}

#[test]
fn records_line_by_line_are_texts_of_their_own() {
    let text = b"{\"a\":\"x\"}\n{\"a\":[\"' OR 1=1--\"]}\n{\"b\":\"y\"}\n";
    let expected =
        ["name=a", "body $.a=x", "name=a", "body $.a[*]=' OR 1=1--", "name=b", "body $.b=y"];
    for at in 0..=text.len() {
        let (values, odd) = passed("application/x-ndjson", text, &[at]);
        assert_eq!(values, expected, "cut at {at}");
        assert!(odd.is_empty());
    }
}

#[test]
fn pairs_are_read_the_same_wherever_they_are_cut() {
    same(FORM, "a=x+y&b%20c=%27&&d&p=%7B%22q%22:%22'%22}&r=100%");
    same(FORM, "");
    let (values, odd) = passed(FORM, b"{\"a\":\"b\"}", &[3]);
    assert!(values.contains(&"body $.a=b".to_owned()) && odd.contains(Oddity::FormMalformed));
    assert!(values.contains(&"name={\"a\":\"b\"}".to_owned()), "{values:?}");
}

#[test]
fn parts_are_read_the_same_wherever_they_are_cut() {
    let (values, odd) = same(
        PARTS,
        "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n' or 1=1 \r\n--bb\r\n-- \r\n\
        --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{\"x\":[\"y\"]}\r\n\
        --b\r\nContent-Disposition: form-data; name=p; filename=x.png\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\u{3}\u{4}PNG\r\n\
        --b\r\n\r\nbare\r\n\
        --b--\r\n",
    );
    assert!(values.contains(&"body $.f.x[*]=y".to_owned()), "{values:?}");
    assert!(odd.contains(Oddity::MultipartMalformed), "a longer boundary is a delimiter to some");
}

#[test]
fn clean_parts_are_not_odd() {
    let (values, odd) = same(
        PARTS,
        "--b\r\nContent-Disposition: form-data; name=q\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=r\r\n\r\n\r\n--b--\r\n",
    );
    assert!(odd.is_empty() && values.contains(&"body $.q=x".to_owned()), "{odd:?} {values:?}");
    let nested = "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\ninner\r\n--c--\r\n--b--\r\n";
    let (values, odd) = same("multipart/mixed; boundary=b", nested);
    assert!(odd.is_empty() && values.contains(&"body $=inner".to_owned()), "{odd:?} {values:?}");
}

#[test]
fn what_parsers_disagree_on_is_odd_and_read_as_text_besides() {
    for body in [
        "--b\nContent-Disposition: form-data; name=q\n\nx\n--b--\n",
        "--b\r\nContent-Disposition: form-data; name=q\r\n--b--\r\n",
        "--b\r\nContent-Disposition: form-data; name=q\r\n\r\nx\r\n",
        "before\r\n--b\r\n\r\nx\r\n--b--\r\nbehind",
        "--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n--b--\r\n",
    ] {
        for at in 0..=body.len() {
            let (_, odd) = passed(PARTS, body.as_bytes(), &[at]);
            assert!(odd.contains(Oddity::MultipartMalformed), "{body} cut at {at}");
        }
    }
    let (values, _) = passed(PARTS, b"before ' or 1=1\r\n--b\r\n\r\nx\r\n--b--\r\n", &[]);
    assert!(values.iter().any(|it| it.starts_with("body $=before ' or 1=1")), "{values:?}");
}

#[test]
fn text_comes_in_the_same_pieces() {
    let body: Vec<u8> =
        (0..3 * PIECE_BYTES_MAX + 17).map(|it| b"abcdefghijklmnopqrstuvw"[it % 23]).collect();
    for text in [&body[..], &body[..PIECE_BYTES_MAX], &body[..PIECE_BYTES_MAX + 1], b"hi", b""] {
        let expected = held("text/plain", text);
        for size in [997, 16 * 1024, text.len().max(1)] {
            let ends: Vec<_> = (size..text.len()).step_by(size).collect();
            assert_eq!(passed("text/plain", text, &ends), expected, "in pieces of {size}");
        }
    }
}

#[test]
fn other_character_sets_are_rewritten() {
    let wide: Vec<u8> = "{\"a\":\"b'\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for at in 0..=wide.len() {
        let (values, odd) = passed(JSON, &wide, &[at]);
        assert_eq!(values, ["name=a", "body $.a=b'"], "cut at {at}");
        assert!(odd.is_empty());
    }
}

#[test]
fn an_attack_in_a_long_value_is_whole_in_one_piece_wherever_it_stands() {
    const ATTACK: &str = "' UNION SELECT password FROM users --";
    for (content_type, before, after) in [
        ("text/plain", "", ""),
        (JSON, "{\"a\":\"", "\"}"),
        (JSON, "[NaN,\"", "\"]"),
        (FORM, "a=b&c=", "&d=e"),
        (PARTS, "--b\r\nContent-Disposition: form-data; name=q\r\n\r\n", "\r\n--b--\r\n"),
    ] {
        for place in (PIECE_BYTES_MAX - 5_000..PIECE_BYTES_MAX + 100).step_by(7) {
            let body =
                format!("{before}{}{ATTACK}{}{after}", "x".repeat(place), "y".repeat(70_000));
            let mut found = false;
            let mut sink = |it: Value<'_>| {
                found |= it.text.windows(ATTACK.len()).any(|it| it == ATTACK.as_bytes());
            };
            let declared = Some(content_type.as_bytes());
            let mut sliding = Sliding::new(Format::of(declared), LIMITS, declared);
            for piece in body.as_bytes().chunks(16 * 1024) {
                sliding.push(piece, false, &mut sink);
            }
            sliding.push(b"", true, &mut sink);
            assert!(found, "{content_type} {before} at {place}");
        }
    }
}

#[test]
fn memory_is_bounded_however_long_a_stream_is() {
    let endless: [(&str, &[u8], &[u8]); 12] = [
        ("text/plain", b"", b"lorem 'ipsum' "),
        (JSON, b"[", b"\"abc\",12,{\"a\":[]},"),
        (JSON, b"{\"a\":\"", b"lorem \\u0027 \\\\ ipsum"),
        (JSON, b"[1", b"1"),
        (JSON, b"[nope \"", b"lorem \\' ipsum"),
        (JSON, b"", b"["),
        ("application/x-ndjson", b"", b"{\"a\":\"b\"}\n"),
        (FORM, b"", b"a=b&c=%27&"),
        (FORM, b"a=", b"%27x"),
        (PARTS, b"", b"--b\r\nContent-Disposition: form-data; name=q\r\n\r\nx\r\n"),
        (PARTS, b"--b\r\nContent-Disposition: form-data; filename=q\r\n\r\n", b"\x00\x01\x02\xff"),
        (PARTS, b"--b\r\n", b"X-Head: lorem\r\n"),
    ];
    for (content_type, first, unit) in endless {
        let declared = Some(content_type.as_bytes());
        let mut sliding = Sliding::new(Format::of(declared), LIMITS, declared);
        let piece: Vec<u8> =
            unit.iter().copied().cycle().take(unit.len() * (16_000 / unit.len())).collect();
        let mut values = 0_u64;
        let mut sink = |_: Value<'_>| values += 1;
        sliding.push(first, false, &mut sink);
        for _ in 0..400 {
            sliding.push(&piece, false, &mut sink);
            let kept = sliding.kept_bytes();
            assert!(kept <= 4 * PIECE_BYTES_MAX, "{content_type} {unit:?} keeps {kept}");
        }
        sliding.push(b"", true, &mut sink);
        assert!(values > 0 || unit == b"1", "{content_type} {unit:?}");
    }
}

#[test]
fn the_keys_of_one_object_are_bounded() {
    let declared = Some(JSON.as_bytes());
    let mut sliding = Sliding::new(Format::of(declared), LIMITS, declared);
    let mut sink = |_: Value<'_>| {};
    sliding.push(b"{", false, &mut sink);
    for n in 0..200_000 {
        sliding.push(format!("\"k{n}\":1,").as_bytes(), false, &mut sink);
    }
    assert!(sliding.kept_bytes() <= 4 * PIECE_BYTES_MAX);
    assert!(sliding.oddities().contains(Oddity::TooManyValues));
}

#[test]
fn pieces_of_one_byte_take_linear_time() {
    for (content_type, first) in [
        ("text/plain", "".to_owned()),
        (JSON, "[\"".to_owned()),
        (JSON, "[nope \"".to_owned()),
        (FORM, "a=".to_owned()),
        (PARTS, "--b\r\n\r\n".to_owned()),
    ] {
        let declared = Some(content_type.as_bytes());
        let mut sliding = Sliding::new(Format::of(declared), LIMITS, declared);
        let mut sink = |_: Value<'_>| {};
        sliding.push(first.as_bytes(), false, &mut sink);
        let start = std::time::Instant::now();
        for _ in 0..200_000 {
            sliding.push(b"\\", false, &mut sink);
        }
        let took = start.elapsed();
        assert!(took.as_secs() < 10, "{content_type} {first}: {took:?}");
    }
}

/// A field of protocol buffers that is a text.
fn delimited(number: u8, text: &[u8]) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[number << 3 | 2, length], text].concat()
}

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat()
}

#[test]
fn messages_of_grpc_are_read_wherever_they_are_cut() {
    let inner = delimited(4, b"it is here");
    let stream =
        [frame(&delimited(1, b"first")), frame(&[]), frame(&delimited(2, &inner))].concat();
    let expected = ["body $.1=first", "body $.2=\"\nit is here", "body $.2.4=it is here"];
    for at in 0..=stream.len() {
        assert_eq!(passed("application/grpc", &stream, &[at]).0, expected, "cut at {at}");
    }
    let each: Vec<_> = (1..stream.len()).collect();
    assert_eq!(passed("application/grpc+proto", &stream, &each).0, expected);
}

#[test]
fn a_message_that_is_too_long_passes_as_text_and_the_next_is_read() {
    let long = vec![b'a'; 3 * PIECE_BYTES_MAX];
    let stream = [frame(&long), frame(&delimited(3, b"after"))].concat();
    for size in [1_000, PIECE_BYTES_MAX, stream.len()] {
        let mut found = Vec::new();
        let mut kept = 0;
        let mut sliding = Sliding::new(Format::Grpc, LIMITS, None);
        let mut pieces = stream.chunks(size).peekable();
        while let Some(piece) = pieces.next() {
            sliding.push(piece, pieces.peek().is_none(), &mut told(&mut found));
            kept = kept.max(sliding.kept_bytes());
        }
        assert_eq!(found.last().unwrap(), "body $.3=after", "{size}");
        let windows = found.iter().filter(|it| it.starts_with("body $=a")).count();
        assert!((3..=4).contains(&windows), "{size}: {windows}");
        assert!(kept <= 2 * PIECE_BYTES_MAX + 64, "{kept}");
    }
}

#[test]
fn a_message_of_protocol_buffers_is_read_at_its_end() {
    let message = [delimited(1, b"name"), vec![16, 5], delimited(3, b"x' OR 1=1--")].concat();
    let expected = ["body $.1=name", "body $.3=x' OR 1=1--"];
    for at in 0..=message.len() {
        assert_eq!(passed("application/x-protobuf", &message, &[at]).0, expected, "cut at {at}");
    }
    // Many servers never ask for the type.
    assert_eq!(passed("application/x-protobuf", b"{\"a\":\"b\"}", &[]).0, ["name=a", "body $.a=b"]);
}
