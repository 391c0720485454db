//! The reading side: which samples there are, and one of them.
//!
//! Reads    files of samples, through [`Files`]; the index under a lock, files without one.
//! Errors   [`EnvelopeError`]: what does not authenticate is never handed out.

use super::frame::{HEADER_BYTES, Header, opened};
use super::index::{Held, Index};
use super::vault::{MAGIC, frames, name, number};
use crate::files::{Files, StoredFile};
use crate::segments::envelope::{EnvelopeError, open_head};
use crate::segments::key::KeyRing;
use bartizan_model::id::ExchangeId;
use bartizan_model::sample::Sample;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of the samples of a process.
#[derive(Debug, Default)]
pub(super) struct Shared {
    index: Mutex<Index>,
    fault: Mutex<Option<String>>,
    pub(super) kept: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) torn: AtomicU64,
}

impl Shared {
    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fault(&self) -> MutexGuard<'_, Option<String>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How samples are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Samples that can be had.
    pub samples: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// When the oldest was captured, in microseconds since 1970.
    pub oldest_us: Option<u64>,
    /// Samples written since the start.
    pub written: u64,
    /// Samples that could not be written since the start.
    pub lost: u64,
    /// Samples that were dropped since the start, by age or size.
    pub dropped: u64,
    /// Files that did not end in order, as found at the start.
    pub torn: u64,
    /// Why samples cannot be written, until they can.
    pub fault: Option<String>,
}

/// Samples, for reading. Clones read the same.
#[derive(Debug)]
pub struct Shelf<D> {
    files: D,
    keys: Arc<KeyRing>,
    shared: Arc<Shared>,
    age_us_max: u64,
}

impl<D: Clone> Clone for Shelf<D> {
    fn clone(&self) -> Self {
        let (keys, shared) = (Arc::clone(&self.keys), Arc::clone(&self.shared));
        Self { files: self.files.clone(), keys, shared, age_us_max: self.age_us_max }
    }
}

impl<D: Files> Shelf<D> {
    pub(super) fn new(files: D, keys: Arc<KeyRing>, shared: Arc<Shared>, age_us_max: u64) -> Self {
        Self { files, keys, shared, age_us_max }
    }

    /// The samples in a directory, whoever writes it, as they are now and however old. Changes nothing.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn open(files: D, keys: KeyRing) -> io::Result<Self> {
        let shared = Shared::default();
        for name in files.list()? {
            let Some(number) = number(&name) else { continue };
            let file = match files.read(&name) {
                // It was dropped meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file?,
            };
            let length = file.length()?;
            frames(number, &file, length, &mut shared.index())?;
        }
        Ok(Self::new(files, Arc::new(keys), Arc::new(shared), u64::MAX))
    }

    /// The newest samples that are not too old.
    pub fn newest(&self, limit: usize, now_us: u64) -> Vec<Held> {
        let index = self.shared.index();
        let all = index.samples.iter().rev().map(|it| it.held());
        all.filter(|it| self.is_young(it, now_us)).take(limit).collect()
    }

    /// Whether there is a sample of this exchange.
    pub fn find(&self, exchange: ExchangeId, now_us: u64) -> Option<Held> {
        let held = self.shared.index().find(exchange)?.held();
        Some(held).filter(|it| self.is_young(it, now_us))
    }

    fn is_young(&self, held: &Held, now_us: u64) -> bool {
        held.captured_us.saturating_add(self.age_us_max) > now_us
    }

    /// The sample of this exchange.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`].
    pub fn read(&self, exchange: ExchangeId, now_us: u64) -> Result<Option<Sample>, EnvelopeError> {
        let found = self.shared.index().find(exchange);
        let Some(lies) = found.filter(|it| self.is_young(&it.held(), now_us)) else {
            return Ok(None);
        };
        let file = match self.files.read(&name(lies.file)) {
            // It was dropped meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let (id, key) = open_head(&file, &self.keys, MAGIC)?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, lies.at)?;
        let number = lies.header.number;
        let header = Header::read(&header).filter(|it| *it == lies.header);
        let header = header.ok_or(EnvelopeError::Forged { chunk: number })?;
        let mut content = vec![0; header.length as usize];
        file.read_exact_at(&mut content, lies.at + HEADER_BYTES as u64)?;
        opened(&header, content, (id, &key)).map(Some)
    }

    /// How samples are kept.
    pub fn kept(&self) -> Kept {
        let index = self.shared.index();
        Kept {
            samples: index.samples.len() as u64,
            bytes: index.bytes(),
            oldest_us: index.samples.front().map(|it| it.header.captured_us),
            written: self.shared.kept.load(Relaxed),
            lost: self.shared.lost.load(Relaxed),
            dropped: self.shared.dropped.load(Relaxed),
            torn: self.shared.torn.load(Relaxed),
            fault: self.shared.fault().clone(),
        }
    }
}
