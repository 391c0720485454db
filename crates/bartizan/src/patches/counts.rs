//! How often each virtual patch was broken since the start.
//!
//! Memory   [`PATCHES_COUNTED_MAX`] numbers: patches come and go with reloads.
//! Misses   findings that an exchange had no room for.

use bartizan_model::code::Code;
use bartizan_model::observation::Observation;
use bartizan_model::patch::PATCHES_MAX;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Patches that are counted.
const PATCHES_COUNTED_MAX: usize = 4 * PATCHES_MAX;

/// Exchanges by the mark of the patch that they break.
pub(crate) type Counts = BTreeMap<[u8; 8], u64>;

/// Counts an exchange.
pub(crate) fn count(counts: &Mutex<Counts>, it: &Observation) {
    let broken = it.findings.iter().filter(|it| it.sighting.code == Code::PatchMatched);
    let marks: BTreeSet<[u8; 8]> = broken.map(|it| it.sighting.fingerprint.bytes()).collect();
    if marks.is_empty() {
        return;
    }
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    for mark in marks {
        if counts.len() < PATCHES_COUNTED_MAX || counts.contains_key(&mark) {
            *counts.entry(mark).or_default() += 1;
        }
    }
}
