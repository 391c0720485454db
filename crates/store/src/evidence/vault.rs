//! The writing side: takes samples, and drops the oldest files whole.
//!
//! Reads    at the start the headers of all frames.
//! Writes   a directory of files, through [`Files`].
//! Memory   the index, and one sample.
//! Errors   none: a sample that cannot be written is counted as lost and [`Kept`](super::Kept) says why;
//!          the next one after a moment is tried in a new file.
//! Misses   a loss of power takes the samples of the last moments before it.

use super::frame::{HEADER_BYTES, Header, sealed};
use super::index::{Filed, Index, Lies};
use super::shelf::{Shared, Shelf};
use crate::files::{Files, StoredFile};
use crate::segments::envelope::{
    DataKey, EnvelopeError, FileId, HEAD_BYTES, begin_head, wrap_head_anew,
};
use crate::segments::key::KeyRing;
use bartizan_model::sample::Sample;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Samples that are kept at once.
pub const SAMPLES_MAX: usize = 65_536;
/// What a file of samples begins with.
pub(super) const MAGIC: &[u8; 8] = b"BTZNEVID";
const SUFFIX: &str = ".evidence";
/// Files that all samples are spread over, by size and by age: so much is dropped at once.
const PARTS: u64 = 16;
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long nothing is tried after a failure.
const RETRY_US: u64 = 1_000_000;

/// What is kept at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of all files; the newest may be longer by one sample.
    pub bytes_max: u64,
    /// How long a sample is kept, in microseconds.
    pub age_us_max: u64,
}

/// Keeps samples.
pub struct Vault<D: Files> {
    files: D,
    keys: Arc<KeyRing>,
    bounds: Bounds,
    shared: Arc<Shared>,
    current: Option<Current<D>>,
    next: u64,
    is_ready: bool,
    retry_us: u64,
}

struct Current<D: Files> {
    file: D::File,
    number: u64,
    id: FileId,
    key: DataKey,
    end: u64,
    frames: u64,
    begun_us: u64,
    is_dirty: bool,
    is_named: bool,
}

impl<D: Files> fmt::Debug for Vault<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

pub(super) fn name(number: u64) -> String {
    format!("{number:08}{SUFFIX}")
}

pub(super) fn number(name: &str) -> Option<u64> {
    name.strip_suffix(SUFFIX)?.parse().ok().filter(|it| self::name(*it) == name)
}

impl<D: Files + Clone> Vault<D> {
    /// The samples in a directory, which is made if it is missing.
    pub fn open(files: D, keys: KeyRing, bounds: Bounds, now_us: u64) -> Self {
        let mut it = Self {
            files,
            keys: Arc::new(keys),
            bounds,
            shared: Arc::default(),
            current: None,
            next: 1,
            is_ready: false,
            retry_us: 0,
        };
        it.prepare(now_us);
        it
    }

    /// For reading.
    pub fn shelf(&self) -> Shelf<D> {
        let (keys, shared) = (Arc::clone(&self.keys), Arc::clone(&self.shared));
        Shelf::new(self.files.clone(), keys, shared, self.bounds.age_us_max)
    }
}

impl<D: Files> Vault<D> {
    /// Keeps a sample; says whether it was written. It is durable after [`Vault::sync`].
    pub fn keep(&mut self, sample: &Sample, now_us: u64) -> bool {
        if now_us < self.retry_us || !self.prepare(now_us) {
            self.shared.lost.fetch_add(1, Relaxed);
            return false;
        }
        let written = self.write(sample, now_us);
        let is_written = written.is_ok();
        match written {
            Ok(()) => {
                *self.shared.fault() = None;
                self.shared.kept.fetch_add(1, Relaxed);
            }
            Err(error) => {
                self.shared.lost.fetch_add(1, Relaxed);
                self.fail(&error, now_us);
            }
        }
        self.retain(now_us);
        is_written
    }

    /// Makes durable what was written.
    pub fn sync(&mut self, now_us: u64) {
        let Some(current) = self.current.as_mut().filter(|it| it.is_dirty) else { return };
        let mut synced = current.file.sync();
        if synced.is_ok() && !current.is_named {
            synced = self.files.sync_names();
        }
        match synced {
            Ok(()) => (current.is_dirty, current.is_named) = (false, true),
            // What was not made durable never will be: a new file is begun.
            Err(error) => self.fail(&error.into(), now_us),
        }
    }

    /// Drops what is too old or too much. To be called now and then.
    pub fn retain(&mut self, now_us: u64) {
        let age_us_max = self.bounds.age_us_max;
        loop {
            let oldest = {
                let index = self.shared.index();
                let is_much = index.bytes() > self.bounds.bytes_max && index.files.len() > 1;
                let is_many = index.samples.len() > SAMPLES_MAX;
                let oldest = index.files.front().copied();
                oldest.filter(|it| {
                    is_much || is_many || it.oldest_us.saturating_add(age_us_max) <= now_us
                })
            };
            let Some(oldest) = oldest else { return };
            self.current.take_if(|it| it.number == oldest.number);
            match self.files.remove(&name(oldest.number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    // It is tried again with the next sample.
                    *self.shared.fault() = Some(error.to_string());
                    return;
                }
                Ok(()) | Err(_) => {}
            }
            self.shared.dropped.fetch_add(oldest.samples as u64, Relaxed);
            self.shared.index().forget_oldest();
        }
    }

    fn write(&mut self, sample: &Sample, now_us: u64) -> Result<(), EnvelopeError> {
        let is_over = |it: &mut Current<D>| {
            let bytes_max = (self.bounds.bytes_max / PARTS).min(FILE_BYTES_MAX);
            let is_old = now_us.saturating_sub(it.begun_us) >= self.bounds.age_us_max / PARTS;
            it.end >= bytes_max || is_old
        };
        if self.current.as_mut().is_some_and(is_over) {
            self.sync(now_us);
            self.current = None;
        }
        let mut current = match self.current.take() {
            Some(it) => it,
            None => self.begin(now_us)?,
        };
        let number = current.frames;
        // Whatever becomes of it: the number is used.
        current.frames += 1;
        let frame = sealed(sample, number, (current.id, &current.key));
        let (header, bytes) = frame.ok_or(EnvelopeError::Cipher)?;
        current.file.write_all_at(&bytes, current.end)?;
        let lies = Lies { file: current.number, at: current.end, header };
        current.end += header.whole();
        current.is_dirty = true;
        self.current = Some(current);
        self.shared.index().add(lies);
        Ok(())
    }

    fn begin(&mut self, now_us: u64) -> Result<Current<D>, EnvelopeError> {
        let number = self.next;
        self.next += 1;
        let file = self.files.create(&name(number))?;
        let filed = Filed { number, bytes: HEAD_BYTES, samples: 0, oldest_us: now_us };
        // From here on it takes room, whether it can be written or not.
        self.shared.index().files.push_back(filed);
        let (id, key) = begin_head(&file, &self.keys, MAGIC)?;
        Ok(Current {
            file,
            number,
            id,
            key,
            end: HEAD_BYTES,
            frames: 0,
            begun_us: now_us,
            is_dirty: true,
            is_named: false,
        })
    }

    fn fail(&mut self, error: &EnvelopeError, now_us: u64) {
        self.current = None;
        self.retry_us = now_us.saturating_add(RETRY_US);
        *self.shared.fault() = Some(error.to_string());
    }

    /// Learns what is there, if that is not known yet.
    fn prepare(&mut self, now_us: u64) -> bool {
        if self.is_ready {
            return true;
        }
        match self.found(now_us) {
            Ok(index) => {
                *self.shared.index() = index;
                self.is_ready = true;
                self.retain(now_us);
            }
            Err(error) => self.fail(&error.into(), now_us),
        }
        self.is_ready
    }

    fn found(&mut self, now_us: u64) -> io::Result<Index> {
        self.files.prepare()?;
        let mut index = Index::default();
        for name in self.files.list()? {
            let Some(number) = number(&name) else { continue };
            self.next = self.next.max(number + 1);
            let filed = Filed { number, bytes: HEAD_BYTES, samples: 0, oldest_us: now_us };
            index.files.push_back(filed);
            // What cannot be read now takes room all the same, until it is too old.
            if let Ok(file) = self.files.open(&name) {
                self.scan(number, &file, &mut index)?;
            }
            if index.files.back().is_some_and(|it| it.samples == 0) {
                self.files.remove(&name)?;
                index.files.pop_back();
            }
        }
        Ok(index)
    }

    fn scan(&self, number: u64, file: &D::File, index: &mut Index) -> io::Result<()> {
        let length = file.length()?;
        let at = frames(number, file, length, index)?;
        if at < length {
            self.shared.torn.fetch_add(1, Relaxed);
            // Nothing is written behind it: if it cannot be cut, it is passed over.
            file.set_len(at).ok();
        }
        // A file under a key that is not at hand ages like the others.
        wrap_head_anew(file, &self.keys, MAGIC).ok();
        Ok(())
    }
}

/// Notes the frames of a file up to the first that is not whole; where that is.
pub(super) fn frames(
    number: u64,
    file: &impl StoredFile,
    length: u64,
    index: &mut Index,
) -> io::Result<u64> {
    let mut at = HEAD_BYTES;
    let mut header = [0; HEADER_BYTES];
    while at + HEADER_BYTES as u64 <= length {
        file.read_exact_at(&mut header, at)?;
        let sound = Header::read(&header).filter(|it| at + it.whole() <= length);
        let Some(header) = sound else { break };
        index.add(Lies { file: number, at, header });
        at += header.whole();
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::simulated::Simulated;
    use crate::segments::key::{KEY_BYTES, MasterKey};
    use bartizan_model::id::ExchangeId;
    use bartizan_model::sample::SampleReason;

    const BOUNDS: Bounds = Bounds { bytes_max: 1 << 20, age_us_max: 160_000_000 };

    fn keys(current: u8, earlier: &[u8]) -> KeyRing {
        let key = |it: u8| MasterKey::new(&[it; KEY_BYTES]).unwrap();
        KeyRing::new(key(current), earlier.iter().map(|it| key(*it)).collect())
    }

    fn sample(n: u64, bytes: usize) -> Sample {
        Sample {
            exchange: ExchangeId::new(n, n.into()),
            captured_us: n * 1_000_000,
            reason: SampleReason::Finding,
            request_head: Some(format!("GET /{n} HTTP/1.1\r\n")),
            request_body: Some("visible".repeat(bytes.div_ceil(7))),
            response_head: None,
            response_body: Some(String::new()),
            redacted: vec!["query q".to_owned()],
        }
    }

    fn held(shelf: &Shelf<Simulated>, now_us: u64) -> Vec<u64> {
        shelf.newest(1_000, now_us).iter().map(|it| it.captured_us / 1_000_000).collect()
    }

    #[test]
    fn a_sample_is_read_as_it_was_kept_and_by_its_key_only() {
        let disk = Simulated::default();
        let mut vault = Vault::open(disk.clone(), keys(1, &[]), BOUNDS, 0);
        let (one, two) = (sample(1, 10), sample(2, 100_000));
        assert!(vault.keep(&one, 1) && vault.keep(&two, 2));
        vault.sync(2);
        let check = |shelf: &Shelf<Simulated>| {
            for it in [&one, &two] {
                assert_eq!(shelf.read(it.exchange, 3).unwrap().as_ref(), Some(it));
            }
            assert_eq!(shelf.read(ExchangeId::new(3, 3), 3).unwrap(), None);
            assert_eq!(held(shelf, 3), [2, 1]);
        };
        check(&vault.shelf());
        check(&Shelf::open(disk.clone(), keys(1, &[])).unwrap());
        // After a restart, under another key, and then without the one before.
        check(&Vault::open(disk.clone(), keys(1, &[]), BOUNDS, 3).shelf());
        check(&Vault::open(disk.clone(), keys(2, &[1]), BOUNDS, 3).shelf());
        check(&Vault::open(disk.clone(), keys(2, &[]), BOUNDS, 3).shelf());
        let other = Vault::open(disk.clone(), keys(3, &[]), BOUNDS, 3).shelf();
        assert!(matches!(other.read(one.exchange, 3), Err(EnvelopeError::KeyMissing(_))));
        let bytes = disk.bytes("00000001.evidence").unwrap();
        assert!(!bytes.windows(7).any(|it| it == b"visible"));
    }

    #[test]
    fn the_oldest_go_first_by_size_and_by_age() {
        let disk = Simulated::default();
        let mut vault = Vault::open(disk.clone(), keys(1, &[]), BOUNDS, 0);
        let shelf = vault.shelf();
        for n in 1..=30 {
            assert!(vault.keep(&sample(n, 64 * 1024), n * 1_000_000));
        }
        let left = held(&shelf, 30_000_000);
        assert_eq!((left.first(), left.len()), (Some(&30), 15));
        assert!(shelf.kept().bytes <= BOUNDS.bytes_max);
        // Files go when their oldest is too old, and nothing older is shown.
        vault.retain(185_000_000);
        assert_eq!(held(&shelf, 185_000_000), [30, 29, 28, 27, 26]);
        vault.retain(1_000_000_000);
        assert_eq!((held(&shelf, 0), disk.list().unwrap().len()), (Vec::new(), 0));
        assert!(vault.keep(&sample(1_000, 1), 1_000_000_000));
        assert_eq!(held(&shelf, 1_000_000_000), [1_000]);
    }

    #[test]
    fn every_cut_and_every_changed_byte_loses_samples_and_nothing_else() {
        let disk = Simulated::default();
        let mut vault = Vault::open(disk.clone(), keys(1, &[]), BOUNDS, 0);
        let all = [sample(1, 10), sample(2, 20), sample(3, 30)];
        all.iter().for_each(|it| assert!(vault.keep(it, 1)));
        let bytes = disk.bytes("00000001.evidence").unwrap();
        let check = |bytes: &[u8]| {
            let disk = Simulated::default();
            disk.put("00000001.evidence", bytes);
            let mut vault = Vault::open(disk, keys(1, &[]), BOUNDS, 1);
            let shelf = vault.shelf();
            let mut found = 0;
            for it in &all {
                if let Ok(Some(read)) = shelf.read(it.exchange, 1) {
                    assert_eq!(read, *it);
                    found += 1;
                }
            }
            assert!(vault.keep(&sample(9, 1), 2));
            assert!(shelf.read(sample(9, 1).exchange, 2).unwrap().is_some());
            found
        };
        assert_eq!(check(&bytes), 3);
        for at in 0..bytes.len() {
            check(&bytes[..at]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x41;
            // The slot that is not in use, and what is not read of the other, may be anything.
            let is_head = at < usize::try_from(HEAD_BYTES).unwrap();
            assert!(check(&changed) < 3 || is_head, "{at}");
        }
    }
}
