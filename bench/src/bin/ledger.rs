//! How fast a ledger is written and verified: `ledger [ENTRIES] [DIR]`. Prints entries a second, for one thread.
//!
//! Appended: in batches of 1,000, each durable before the next and each under a checkpoint of its own. Verified:
//! every entry, every tile, the signature, from the files, which are in the page cache by then.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a benchmark fails by panicking and prints its figures"
)]

use bartizan_ledger::entry::{Decision, Entry, Outcome, What};
use bartizan_ledger::note::SigningKey;
use bartizan_model::code::Code;
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, SubjectId};
use bartizan_store::files::Folder;
use bartizan_store::ledger::{Log, Options, Reader};
use std::path::PathBuf;
use std::time::Instant;

const BATCH: u64 = 1_000;

fn entry(number: u64) -> Vec<u8> {
    let what = What::Decision(Decision {
        exchange: ExchangeId::new(1_700_000_000_000 + number / 10, u128::from(number) << 40),
        code: Code::FramingNul,
        effect: Outcome::Refused,
        status: 400,
        endpoint: EndpointId::of("GET", "/orders/{int}"),
        subject: SubjectId(u128::from(number % 997) << 64),
        epoch: KeyEpoch(1),
        revision: 3,
    });
    Entry { at_us: 1_700_000_000_000_000 + number * 66, what }.encode()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(500_000, |it| it.parse().unwrap());
    let dir = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("bartizan-ledger-bench-{}", std::process::id()));
    let key = || SigningKey::of_seed("bench.example/log", &[9; 32]).unwrap();
    let options = Options { waiting_max: 65_536, pending_bytes_max: 1024 * 1024 };
    let (mut log, _) = Log::open(Folder::at(&dir), key(), &[], options, 0).unwrap();
    let begun = Instant::now();
    for number in 0..count {
        log.append(entry(number)).unwrap();
        if (number + 1) % BATCH == 0 {
            log.seal().unwrap();
        }
    }
    log.seal().unwrap();
    rate("appended", count, begun);
    drop(log);
    let keys = [key().verifying().clone()];
    for _ in 0..3 {
        let begun = Instant::now();
        let mut reader = Reader::at(Folder::at(&dir));
        let verdict = reader.verify(&keys, &[]).unwrap();
        assert!(verdict.is_clean(), "{verdict:?}");
        rate("verified", count, begun);
    }
    std::fs::remove_dir_all(dir).unwrap();
}

fn rate(what: &str, count: u64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let rate = f64::from(u32::try_from(count).unwrap()) / seconds;
    println!("{what} {count} entries in {seconds:.2} s: {rate:.0} a second");
}
