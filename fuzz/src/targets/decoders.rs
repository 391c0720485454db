//! The decoders of values against slow ones: what a slow one reads is among the readings, as far as there is room, and
//! what was read by one decoder alone is what the slow one reads in so many rounds.

use super::reference::{base64, percent, unicode};
use bartizan_inspect::decoding::{Amplification, Decoding, Extent, LAYERS_MAX, views};

type Slow = fn(&[u8]) -> Option<Vec<u8>>;

const SLOW: &[(Decoding, Slow)] = &[
    (Decoding::Percent, |it| Some(percent::decoded(it, false, true))),
    (Decoding::Overlong, |it| Some(unicode::overlong(it))),
];

pub(super) fn run(data: &[u8]) {
    assert_eq!(
        bartizan_inspect::percent::decode(data, true, &mut Vec::new()),
        percent::decoded(data, true, false),
    );
    let mut budget = Amplification::new(1 << 20);
    let mut all = Vec::new();
    let extent = views(data, &mut budget, &mut |it, by| all.push((it.to_vec(), by)));
    let has =
        |wanted: &[u8]| wanted == data || wanted.is_empty() || all.iter().any(|it| it.0 == wanted);
    for (decoding, slow) in SLOW {
        let mut rounds = vec![data.to_vec()];
        for _ in 0..LAYERS_MAX {
            rounds.extend(slow(&rounds[rounds.len() - 1]));
        }
        let is_only = |it: &[Decoding]| it == [*decoding];
        for (view, by) in &all {
            let by: Vec<Decoding> = by.iter().collect();
            assert!(!is_only(&by) || rounds.contains(view), "{decoding:?} reads {view:?}");
        }
        assert!(extent == Extent::Cut || rounds.iter().all(|it| has(it)), "{decoding:?} misses");
    }
    let is_base64 =
        |it: &[u8]| it.len() >= 24 && it.is_ascii() && !it.iter().any(u8::is_ascii_control);
    if let Some(theirs) = base64::decoded(data).filter(|it| is_base64(it)) {
        assert!(extent == Extent::Cut || has(&theirs), "base64 misses {theirs:?}");
    }
    if let Some(theirs) = hex(data).filter(|it| it.len() >= 8 && it.is_ascii())
        && !theirs.iter().any(u8::is_ascii_control)
    {
        assert!(extent == Extent::Cut || has(&theirs), "hexadecimal misses {theirs:?}");
    }
    if let [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] = data
        && data.contains(&0)
    {
        assert!(extent == Extent::Cut || has(&unicode::utf16(data, data[0] == 0xFE)), "utf-16");
    }
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit);
    let pairs = text.chunks(2).filter(|_| is_hex).map(|it| str::from_utf8(it).ok());
    let all = pairs.map(|it| u8::from_str_radix(it?, 16).ok()).collect();
    if is_hex { all } else { None }
}
