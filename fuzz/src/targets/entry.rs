//! Entries of the ledger: what is read is written byte for byte as it was, and so are bundles of them.

use bartizan_ledger::entry::Entry;
use bartizan_ledger::tiles;

pub(super) fn run(data: &[u8]) {
    if let Ok(entry) = Entry::decode(data) {
        assert_eq!(entry.encode(), data);
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
    let all: Vec<_> = tiles::entries(data).collect();
    assert!(all.iter().rev().skip(1).all(Result::is_ok), "it went on behind a fault");
    let mut bundle = Vec::new();
    all.iter().flatten().for_each(|it| assert!(tiles::add(&mut bundle, it)));
    assert!(data.starts_with(&bundle));
    assert_eq!(bundle == data, all.iter().all(Result::is_ok));
}
