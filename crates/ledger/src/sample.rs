//! Logs in memory, for tests.

use crate::checkpoint::Checkpoint;
use crate::edge::Edge;
use crate::entry::{Entry, What};
use crate::hash::Digest;
use crate::note::{SigningKey, VerifyingKey};
use crate::tiles::CHECKPOINT;
use crate::verify::{Resources, Retained, Verdict, verify};
use std::collections::BTreeMap;
use std::convert::Infallible;

pub(crate) const ORIGIN: &str = "bartizan.example/log";

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::of_seed(ORIGIN, &[seed; 32]).unwrap()
}

/// A log in memory: its files by their paths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    edge: Edge,
}

impl Resources for Log {
    type Error = Infallible;

    fn read(&mut self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Infallible> {
        let bytes = self.files.get(path);
        Ok(bytes.map(|it| it.iter().copied().take(bytes_max.saturating_add(1)).collect()))
    }
}

impl Log {
    /// With entries of these numbers, under one checkpoint.
    pub(crate) fn of(entries: impl IntoIterator<Item = u64>) -> Self {
        let mut log = Self::default();
        entries.into_iter().for_each(|it| log.push(&entry(it)));
        log.sign(&key(1));
        log
    }

    pub(crate) fn push(&mut self, entry: &[u8]) {
        assert!(self.edge.push(entry));
    }

    /// Writes what is new, and a checkpoint.
    pub(crate) fn sign(&mut self, key: &SigningKey) {
        for (tile, bytes) in self.edge.changed() {
            if tile.is_full() {
                let partial = format!("{}/", tile.partial_folder());
                self.files.retain(|path, _| !path.starts_with(&partial));
            }
            self.files.insert(tile.path(), bytes);
        }
        self.edge.settle();
        self.files.insert(CHECKPOINT.to_owned(), self.checkpoint(key).into_bytes());
    }

    pub(crate) fn checkpoint(&self, key: &SigningKey) -> String {
        Checkpoint { origin: ORIGIN.to_owned(), head: self.edge.head() }.sign(key)
    }

    pub(crate) fn head(&self) -> crate::tree::Head {
        self.edge.head()
    }

    pub(crate) fn retained(&self) -> Retained {
        Retained::read(&self.files[CHECKPOINT]).unwrap()
    }

    pub(crate) fn verified(&mut self, retained: &[Retained]) -> Verdict {
        let keys: Vec<VerifyingKey> = vec![key(1).verifying().clone()];
        match verify(self, &keys, retained, |_, _| {}) {
            Ok(verdict) => verdict,
            Err(never) => match never {},
        }
    }
}

/// An entry like those that there are most of; each is another.
pub(crate) fn entry(number: u64) -> Vec<u8> {
    use bartizan_model::code::Code;
    use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, SubjectId};
    let what = What::Decision(crate::entry::Decision {
        exchange: ExchangeId::new(1_700_000_000_000 + number, u128::from(number) << 32),
        code: Code::FramingNul,
        effect: crate::entry::Outcome::Refused,
        status: 400,
        endpoint: EndpointId::of("GET", "/orders/{int}"),
        subject: SubjectId(u128::from(number) * 0x1_0000_0001),
        epoch: KeyEpoch(1),
        revision: 3,
    });
    Entry { at_us: 1_700_000_000_000_000 + number, what }.encode()
}

pub(crate) fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|it| Digest::leaf(&it.to_be_bytes())).collect()
}
