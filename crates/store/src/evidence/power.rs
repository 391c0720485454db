//! Samples on a disk that loses power and fails: what can be read is what was kept.

use super::{Bounds, Vault};
use crate::files::simulated::{Fault, Simulated};
use crate::segments::key::{KEY_BYTES, KeyRing, MasterKey};
use bartizan_model::id::ExchangeId;
use bartizan_model::sample::{Sample, SampleReason};

/// Few bytes, so that files are begun and dropped all the time.
const BOUNDS: Bounds = Bounds { bytes_max: 64 * 1024, age_us_max: 3_600_000_000 };
const SAMPLES: u64 = 40;

fn keys() -> KeyRing {
    KeyRing::new(MasterKey::new(&[1; KEY_BYTES]).unwrap(), Vec::new())
}

fn sample(n: u64) -> Sample {
    Sample {
        exchange: ExchangeId::new(n, n.into()),
        captured_us: n,
        reason: SampleReason::Watched,
        request_head: Some(format!("{n} ").repeat(1_000)),
        request_body: None,
        response_head: None,
        response_body: None,
        redacted: Vec::new(),
    }
}

/// Keeps samples, two seconds apart; how many of the last ones were made durable without a fault since.
fn work(disk: &Simulated) -> u64 {
    let mut vault = Vault::open(disk.clone(), keys(), BOUNDS, 0);
    let mut durable = 0;
    for n in 1..=SAMPLES {
        let now_us = n * 2_000_000;
        let is_kept = vault.keep(&sample(n), now_us);
        vault.sync(now_us);
        let is_well = vault.shelf().kept().fault.is_none();
        durable = if is_kept && is_well { n } else { durable };
    }
    durable
}

/// Everything that can be read is right, and samples can be kept again.
fn check(disk: &Simulated, what: &str) -> Vec<u64> {
    let now_us = 100_000_000;
    let mut vault = Vault::open(disk.clone(), keys(), BOUNDS, now_us);
    let shelf = vault.shelf();
    let mut found = Vec::new();
    for held in shelf.newest(1_000, now_us) {
        if let Ok(Some(read)) = shelf.read(held.exchange, now_us) {
            assert_eq!(read, sample(held.captured_us), "{what}");
            found.push(held.captured_us);
        }
    }
    assert!(vault.keep(&sample(99), now_us + 2_000_000), "{what}: {:?}", shelf.kept());
    assert!(shelf.read(sample(99).exchange, now_us).unwrap().is_some(), "{what}");
    assert!(shelf.kept().bytes <= BOUNDS.bytes_max + 8_192, "{what}: {:?}", shelf.kept());
    found
}

#[test]
fn a_loss_of_power_at_any_call_leaves_what_was_made_durable() {
    let whole = Simulated::default();
    assert_eq!(work(&whole), SAMPLES);
    for cut in 0..=whole.calls() {
        let disk = Simulated::default();
        disk.cut(cut);
        let durable = work(&disk);
        for seed in 0..4 {
            let what = format!("cut {cut} seed {seed}");
            let found = check(&disk.after_power_loss(seed), &what);
            assert!(durable == 0 || found.contains(&durable), "{what}: {durable} of {found:?}");
        }
    }
}

#[test]
fn any_call_that_fails_loses_few_samples_and_samples_go_on() {
    let whole = Simulated::default();
    work(&whole);
    for call in 0..whole.calls() {
        for fault in Fault::ALL {
            let disk = Simulated::default();
            disk.fail(call, *fault);
            let durable = work(&disk);
            let what = format!("call {call} {fault:?}");
            // The last one may be the one that is hit.
            assert!(durable >= SAMPLES - 1, "{what}: {durable}");
            disk.heal();
            assert!(check(&disk, &what).contains(&durable), "{what}");
        }
    }
}
