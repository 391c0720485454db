//! The JSON walker against serde_json: what both accept has the same leaves in the same order, and what serde_json
//! refuses is odd.
//!
//! Known differences: a number that no `f64` holds (`1e999`) and half a surrogate pair (`"\ud800"`) are JSON after
//! RFC 8259, and serde_json refuses them; a text in UTF-16 or UTF-32 is rewritten before it is read.

use super::reference::json::{Leaf, leaves};
use super::walked::{Kind, LIMITS, walked};
use bartizan_inspect::body::Format;
use bartizan_model::oddity::Oddity;
use bartizan_model::place::Place;

pub(super) fn run(data: &[u8]) {
    let ours = walked((Format::Json, b"application/json"), data, (LIMITS, 16 * 1024));
    match leaves(data) {
        Ok(theirs) => {
            if ours.odd.contains(Oddity::JsonDepth) || ours.odd.contains(Oddity::TooManyValues) {
                return;
            }
            assert!(!ours.odd.contains(Oddity::JsonMalformed), "refused, and serde_json accepts");
            let all: Vec<Leaf> = ours.all.iter().map(leaf).collect();
            if theirs.iter().any(|it| matches!(it, Leaf::Text(it) if may_be_json(it))) {
                // Behind such a text stands what is in it.
                let mut rest = all.iter();
                assert!(theirs.iter().all(|it| rest.any(|our| our == it)), "{all:?} {theirs:?}");
            } else {
                assert_eq!(all, theirs);
            }
        }
        Err(why) => {
            let is_known = why.contains("number out of range")
                || why.contains("surrogate")
                || why.contains("hex escape")
                || data.iter().take(4).any(|it| matches!(it, 0 | 0xFE | 0xFF));
            let is_odd = ours.odd.contains(Oddity::JsonMalformed)
                || ours.odd.contains(Oddity::JsonDepth)
                || ours.odd.contains(Oddity::TooManyValues);
            assert!(is_odd || is_known, "accepted, and serde_json refuses: {why}");
        }
    }
}

fn leaf((kind, place, text): &(Kind, Place, Vec<u8>)) -> Leaf {
    let text = || String::from_utf8_lossy(text).into_owned();
    match (kind, place) {
        (Kind::Text, Place::Name) => Leaf::Key(text()),
        (Kind::Text, _) => Leaf::Text(text()),
        (Kind::Scalar, _) => serde_json::from_str(&text()).map_or(Leaf::Null, Leaf::of),
        (Kind::Empty, _) if text() == "{}" => Leaf::EmptyObject,
        (Kind::Empty, _) => Leaf::EmptyList,
    }
}

fn may_be_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_ascii_start().starts_with(['{', '['])
}
