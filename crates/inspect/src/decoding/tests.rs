use super::*;
use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::io::Write as _;

/// All readings of a text.
fn read(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut budget = Amplification::new(1 << 24);
    let extent = views(text, &mut budget, &mut |it, _| all.push(it.to_vec()));
    assert_eq!(extent, Extent::Whole);
    all
}

#[track_caller]
fn check(text: &[u8], expected: &[&str]) {
    let all = read(text);
    let all: Vec<_> = all.iter().map(|it| String::from_utf8_lossy(it)).collect();
    assert_eq!(all, expected, "{:?}", String::from_utf8_lossy(text));
}

#[test]
fn what_is_not_encoded_has_no_view() {
    for text in [
        "",
        "hello",
        "O'Brien & sons, 100% wool",
        "description of international characteristics",
        "2026-11-23T16:40:45Z",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "9f86d081884c7d659a2feaa0c55ad015",
        "4111111111111111",
        "C:\\Windows\\System32",
        "usr/lib/python3/dist-packages/example",
        "größe, Ελλάδα, Київ, 北京",
        "it\u{2019}s \u{201c}fine\u{201d}",
        "a+b=c",
        "if (a && b) { c = d ? e : f }",
        "printf(\"%d\\n\", \\\"a\\\")",
    ] {
        check(text.as_bytes(), &[]);
    }
}

#[test]
fn each_decoder_reads_its_encoding() {
    check(b"%27x", &["'x"]);
    check(b"%u0027x%ud83d%ude00", &["'x\u{1f600}"]);
    check(b"%2527x", &["%27x", "'x"]);
    check(b"%27+x", &["'+x", "' x"]);
    check(b"&lt;a&#39;b&#x27c&colon;&ltd&unknown;", &["<a'b\u{27c}:<d&unknown;"]);
    check(b"&#x0000027;", &["'"]);
    check(br"\x27\u0027\u{27}\47\uuu0027\n\q", &["'''''\n\\q"]);
    check("＇ｏｒ＇ \u{2b9}".as_bytes(), &["'or' '"]);
    check("\u{1d42c}\u{1d41e}\u{1d425} \u{212a}\u{17f}".as_bytes(), &["sel Ks"]);
    check(b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf\xc1\x81", &["///A"]);
    check(b"+ADw-script+AD4-x", &["<script>x"]);
    check(b"i\0d\0=\x001\0", &["id=1"]);
    check(b"sel\0ect", &["select"]);
    check(b"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", &["<script>alert(1)</script>"]);
    check(b"data:text/html;base64,PHNjcmlwdD5hbGVydCgx", &["<script>alert(1"]);
    check(b"x/PHNjcmlwdD5hbGVydCgx", &["<script>alert(1"]);
    check(b"3c7363726970743e61", &["<script>a"]);
    check(b"0x3c7363726970743e61", &["<script>a"]);
    check(
        b"https://shop.example/a?x=%27&y=b+c",
        &["https://shop.example/a?x='&y=b+c", "https://shop.example/a?x='&y=b c", "'", "b c"],
    );
    check(b"a=1&b=2", &["1", "2"]);
}

#[test]
fn the_parts_of_a_token_are_read() {
    check(
        b"eyJhbGciOiJub25lIn0.eyJzdWIiOiInIG9yIDE9MS0tIn0.",
        &[r#"{"alg":"none"}"#, r#"{"sub":"' or 1=1--"}"#],
    );
}

#[test]
fn compressed_values_are_read_within_base64() {
    for packed in [gzip(b"' union select 1"), zlib(b"' union select 1")] {
        let text = STANDARD.encode(&packed);
        assert!(read(text.as_bytes()).contains(&b"' union select 1".to_vec()), "{text}");
    }
}

#[test]
fn a_bomb_is_cut_and_told() {
    let text = STANDARD.encode(gzip(&vec![b'a'; 1 << 20]));
    let mut budget = Amplification::new(1 << 24);
    let mut longest = 0;
    let extent = views(text.as_bytes(), &mut budget, &mut |it, _| longest = longest.max(it.len()));
    assert_eq!(extent, Extent::Cut);
    assert!(longest <= 256 * 1024, "{longest}");
}

#[test]
fn when_the_budget_is_used_up_it_is_told() {
    let cost = 2 + VIEW_COST_BYTES;
    for (bytes, expected) in [(cost, Extent::Whole), (cost - 1, Extent::Cut)] {
        let mut budget = Amplification::new(bytes);
        let mut count = 0;
        assert_eq!(views(b"%27x", &mut budget, &mut |_, _| count += 1), expected);
        assert_eq!(count, usize::from(expected == Extent::Whole));
        // What needs no decoding costs nothing.
        assert_eq!(views(b"plain", &mut budget, &mut |_, _| {}), Extent::Whole);
        assert_eq!(views(b"%27%27y", &mut budget, &mut |_, _| {}), Extent::Cut);
    }
}

#[test]
fn the_decodings_of_a_reading_are_told() {
    let mut all = Vec::new();
    let extent = views(b"%2527", &mut Amplification::new(1 << 20), &mut |_, by| all.push(by));
    assert_eq!(extent, Extent::Whole);
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|it| it.iter().eq([Decoding::Percent])));
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(text).unwrap();
    to.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    to.write_all(text).unwrap();
    to.finish().unwrap()
}

/// Numbers that are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn text(&mut self) -> Vec<u8> {
        let length = 12 + self.roll(40);
        (0..length).map(|_| u8::try_from(0x20 + self.roll(0x5F)).unwrap()).collect()
    }
}

/// Encodes the bytes for which `which` holds.
fn mapped(text: &[u8], which: impl Fn(u8) -> bool, to: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    text.iter().flat_map(|&it| if which(it) { to(it) } else { vec![it] }).collect()
}

const ENCODERS: usize = 16;

/// The text in one encoding; none where it has none. The first ones stay sound between other text.
fn encoded(by: usize, text: &[u8]) -> Option<Vec<u8>> {
    let special = |it: u8| !it.is_ascii_alphanumeric();
    let ascii = |it: u8| it.is_ascii();
    let is_text = str::from_utf8(text).is_ok();
    Some(match by {
        0 => mapped(text, special, |it| format!("%{it:02x}").into()),
        1 => mapped(text, |_| true, |it| format!("%{it:02X}").into()),
        2 => mapped(text, |it| it.is_ascii() && special(it), |it| format!("%u00{it:02x}").into())
            .into_iter()
            .collect(),
        3 => mapped(text, |it| special(it) && ascii(it), |it| format!("&#{it};").into()),
        4 => mapped(text, ascii, |it| format!("&#x{it:04X};").into()),
        5 => mapped(text, special, |it| format!("\\x{it:02x}").into()),
        6 => mapped(text, ascii, |it| format!("\\u00{it:02x}").into()),
        7 => mapped(text, ascii, |it| format!("\\u{{{it:x}}}").into()),
        8 => mapped(text, special, |it| format!("\\{it:03o}").into()),
        9 => mapped(
            text,
            |it| (0x21..0x7F).contains(&it),
            |it| char::from_u32(0xFEE0 + u32::from(it)).unwrap().to_string().into(),
        ),
        10 => mapped(text, ascii, |it| vec![0xC0 | it >> 6, 0x80 | it & 0x3F]),
        11 => STANDARD.encode(text).into(),
        12 if is_text => URL_SAFE_NO_PAD.encode(text).into(),
        13 if text.is_ascii() => {
            let wide: Vec<u8> = text.iter().flat_map(|it| [0, *it]).collect();
            let run = STANDARD.encode(wide);
            format!("+{}-", run.trim_end_matches('=')).into()
        }
        14 if text.is_ascii() => text.iter().flat_map(|it| [*it, 0]).collect(),
        15 => mapped(text, |_| true, |it| format!("{it:02x}").into()),
        _ => return None,
    })
}

/// `BARTIZAN_ROUNDS` makes it longer.
fn rounds() -> usize {
    let rounds = std::env::var("BARTIZAN_ROUNDS").ok().and_then(|it| it.parse().ok());
    rounds.unwrap_or(4_000)
}

#[test]
fn what_was_encoded_up_to_three_times_is_among_the_views() {
    let mut dice = Dice(7);
    let mut chains = 0;
    for _ in 0..rounds() {
        let text = dice.text();
        let mut sent = text.clone();
        let mut chain = Vec::new();
        for _ in 0..=dice.roll(3) {
            let by = dice.roll(ENCODERS);
            if let Some(next) = encoded(by, &sent) {
                sent = next;
                chain.push(by);
            }
        }
        if chain.is_empty() || sent == text {
            continue;
        }
        chains += 1;
        let sent_text = String::from_utf8_lossy(&sent);
        let found = read(&sent).contains(&text);
        assert!(found, "{chain:?} {:?} {sent_text:?}", String::from_utf8_lossy(&text));
    }
    assert!(chains > rounds() / 2);
}

#[test]
fn what_stands_around_it_hides_nothing() {
    let mut dice = Dice(8);
    for _ in 0..rounds() {
        let text = dice.text();
        let mut sent = text.clone();
        let mut chain = Vec::new();
        for _ in 0..=dice.roll(3) {
            // Hexadecimal digits are read only where they are all there is.
            let by = dice.roll(15);
            if let Some(next) = encoded(by, &sent) {
                sent = next;
                chain.push(by);
            }
        }
        let around: [&[u8]; 6] =
            [b"", b"; ", b"100% of it, ", b"a & b ", "\u{e4}\u{5317} ".as_bytes(), b"\\ "];
        let (before, after) = (around[dice.roll(6)], around[dice.roll(6)]);
        let sent = [before, b" ", &sent, b" ", after].concat();
        let is_in = |it: &[u8]| it.windows(text.len()).any(|it| it == text);
        let found = is_in(&sent) || read(&sent).iter().any(|it| is_in(it));
        assert!(found, "{chain:?} {:?}", String::from_utf8_lossy(&sent));
    }
}

#[test]
fn hostile_values_take_bounded_time() {
    for unit in [
        "%25",
        "%",
        "&",
        "&#",
        "&amp;",
        "&#x26;",
        "\\",
        "\\x5c",
        "\\u005c",
        "+",
        "+ADw-",
        "+A",
        "H4sI",
        "H4sIAAAAAAAA ",
        "eJw",
        "a=1&",
        "?a=",
        "PHNjcmlwdD4 ",
        "3c",
        "\0",
        "a\0",
        "\u{ff05}",
        "\u{c0}",
        "%25&amp;\\x5c\u{ff05}+ACU-",
        "PHNjcmlwdD5h/",
        "a/b",
        "=&?",
    ] {
        let text: Vec<u8> = unit.bytes().cycle().take(256 * 1024).collect();
        let mut budget = Amplification::new(4 << 20);
        let start = std::time::Instant::now();
        let mut made = 0;
        let extent = views(&text, &mut budget, &mut |it, _| made += it.len());
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{took:?} for {unit:?}");
        assert!(made <= 4 << 20, "{unit:?}");
        assert!(extent == Extent::Whole || made > 0, "{unit:?}");
    }
}
