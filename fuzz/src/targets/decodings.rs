//! Further readings of a value: within their budget, each once, and with a smaller budget no others.

use bartizan_inspect::decoding::{Amplification, Extent, views};

/// What a reading costs besides its length.
const VIEW_COST_BYTES: usize = 128;

pub(super) fn run(data: &[u8]) {
    let (all, extent) = readings(data, 1 << 20);
    let (few, extent_of_few) = readings(data, 2_048);
    if extent_of_few == Extent::Whole {
        assert_eq!(few, all);
        assert_eq!(extent, Extent::Whole);
    }
    assert!(few.len() <= all.len());
}

fn readings(text: &[u8], budget_bytes: usize) -> (Vec<Vec<u8>>, Extent) {
    let mut budget = Amplification::new(budget_bytes);
    let mut all: Vec<Vec<u8>> = Vec::new();
    let extent = views(text, &mut budget, &mut |it, by| {
        assert!(by.iter().next().is_some(), "a reading without a decoding");
        all.push(it.to_vec());
    });
    let cost: usize = all.iter().map(|it| it.len() + VIEW_COST_BYTES).sum();
    assert!(cost <= budget_bytes, "{cost} of {budget_bytes}");
    assert!(budget.bytes_left() <= budget_bytes - cost);
    assert!(all.iter().all(|it| !it.is_empty() && it != text));
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), all.len(), "a reading was told twice");
    (all, extent)
}
