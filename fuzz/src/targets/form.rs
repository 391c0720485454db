//! Forms and queries: as many pairs as there are, each as a slow decoder reads it; a pair written anew reads the same.

use super::reference::percent;
use bartizan_inspect::form::{is_broken, pairs};

pub(super) fn run(data: &[u8]) {
    let mut ours = Vec::new();
    pairs(data, &mut Vec::new(), &mut |name, value| ours.push((name.to_vec(), value.to_vec())));
    let slow = |it: &[u8]| percent::decoded(it, true, false);
    let halves = |pair: &[u8]| {
        let at = pair.iter().position(|it| *it == b'=').unwrap_or(pair.len());
        (slow(&pair[..at]), slow(pair.get(at + 1..).unwrap_or_default()))
    };
    let theirs: Vec<_> =
        data.split(|it| *it == b'&').filter(|it| !it.is_empty()).map(halves).collect();
    assert_eq!(ours, theirs);
    let mut text = Vec::new();
    for (name, value) in &ours {
        let encode = |it: &[u8]| it.iter().map(|it| format!("%{it:02x}")).collect::<String>();
        text.extend(format!("{}={}&", encode(name), encode(value)).into_bytes());
    }
    assert!(!is_broken(&text));
    let mut again = Vec::new();
    pairs(&text, &mut Vec::new(), &mut |name, value| again.push((name.to_vec(), value.to_vec())));
    assert_eq!(ours, again);
}
