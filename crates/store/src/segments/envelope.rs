//! The envelope of a sealed segment: a file in encrypted chunks that can be read from any place.
//!
//! Reads and writes   one file each.
//! Memory   one chunk while writing; one chunk and what is asked for while reading.
//! Errors   [`EnvelopeError`]. What fails to authenticate is never handed out.
//! Misses   a whole file replaced by an earlier file of the same name and key: the catalogue knows
//!          names, not contents. Its length and the time of its change are visible.
//!
//! # The format
//!
//! All integers are little-endian. A file is two slots of 512 bytes and then chunks.
//!
//! | at | bytes | slot                                                                       |
//! |---:|------:|----------------------------------------------------------------------------|
//! |  0 |     8 | magic `BTZNSEAL`                                                           |
//! |  8 |     2 | format version, 1                                                          |
//! | 10 |     2 | bytes of a chunk, as a power of two: 16                                    |
//! | 12 |     4 | generation: the slot with the higher one counts                            |
//! | 16 |     8 | id of the master key                                                       |
//! | 24 |    16 | id of the file, random                                                     |
//! | 40 |    12 | nonce of the wrapped key, random                                           |
//! | 52 |    48 | the data key, wrapped by AES-256-GCM; bytes 0 to 39 are authenticated      |
//! |100 |       | zeros                                                                      |
//!
//! A new file has one slot. Wrapping it anew writes the other one, so that a power cut in the middle
//! leaves the first. Each chunk is 65,536 bytes of content (the last one: the rest, perhaps none) and a
//! tag of 16 bytes: AES-256-GCM under the data key, which is random and for this file alone. The nonce
//! is the number of the chunk (8 bytes), and 1 for the last chunk, else 0 (4 bytes); the id of the file
//! is authenticated with it. So no chunk passes in another place, of another file, or as the end of a
//! file that was cut.

use super::key::{KEY_BYTES, KeyId, KeyRing, MasterKey, NONCE_BYTES, TAG_BYTES};
use crate::files::StoredFile;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use bytes::{Buf, BufMut, Bytes};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::{fmt, mem};

/// What a file of chunks begins with.
const MAGIC: &[u8; 8] = b"BTZNSEAL";
const VERSION: u16 = 1;
const CHUNK_POWER: u16 = 16;
/// Bytes of content in a chunk.
pub const CHUNK_BYTES: usize = 1 << CHUNK_POWER;
const SEALED_CHUNK: usize = CHUNK_BYTES + TAG_BYTES;
const SLOT_BYTES: usize = 512;
/// Bytes of the two slots.
pub(crate) const HEAD_BYTES: u64 = 2 * SLOT_BYTES as u64;
const CONTEXT_BYTES: usize = 40;
const SLOT_USED: usize = CONTEXT_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/// Why a file cannot be read or written.
#[derive(Debug)]
pub enum EnvelopeError {
    /// The storage failed.
    Io(io::Error),
    /// It is not a sealed file, or its head is damaged.
    NotSealed,
    /// A later program wrote it.
    LaterVersion(u16),
    /// The key that its data key was wrapped with is not at hand.
    KeyMissing(KeyId),
    /// A chunk does not authenticate: it was damaged, moved, cut or forged.
    Forged {
        /// Which.
        chunk: u64,
    },
    /// The system gives no randomness, or the cipher refuses.
    Cipher,
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::NotSealed => f.write_str("it is no sealed segment, or its head is damaged"),
            Self::LaterVersion(version) => {
                write!(f, "it has format version {version}; this program reads version {VERSION}")
            }
            Self::KeyMissing(id) => write!(f, "the key {id} that it was sealed with is missing"),
            Self::Forged { chunk } => {
                write!(f, "chunk {chunk} is not what was sealed: damaged, cut or forged")
            }
            Self::Cipher => f.write_str("no randomness, or no cipher"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

impl From<io::Error> for EnvelopeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<EnvelopeError> for io::Error {
    fn from(error: EnvelopeError) -> Self {
        match error {
            EnvelopeError::Io(error) => error,
            EnvelopeError::NotSealed
            | EnvelopeError::LaterVersion(_)
            | EnvelopeError::KeyMissing(_)
            | EnvelopeError::Forged { .. }
            | EnvelopeError::Cipher => Self::other(error),
        }
    }
}

pub(crate) struct DataKey(pub(crate) LessSafeKey);

impl DataKey {
    fn new(bytes: &[u8; KEY_BYTES]) -> Result<Self, EnvelopeError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| EnvelopeError::Cipher)?;
        Ok(Self(LessSafeKey::new(key)))
    }
}

pub(crate) type FileId = [u8; 16];

fn random<const N: usize>() -> Result<[u8; N], EnvelopeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| EnvelopeError::Cipher)?;
    Ok(bytes)
}

fn nonce(chunk: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_BYTES];
    let mut out = bytes.as_mut_slice();
    out.put_u64_le(chunk);
    out.put_u32_le(last.into());
    Nonce::assume_unique_for_key(bytes)
}

/// One slot, as it lies in the file.
#[derive(Clone, Copy)]
struct Slot {
    magic: &'static [u8; 8],
    generation: u32,
    key: KeyId,
    file: FileId,
    nonce: [u8; NONCE_BYTES],
    wrapped: [u8; KEY_BYTES + TAG_BYTES],
}

impl Slot {
    fn sealing(
        master: &MasterKey,
        magic: &'static [u8; 8],
        generation: u32,
        file: FileId,
        data_key: &[u8; KEY_BYTES],
    ) -> Result<Self, EnvelopeError> {
        let nonce = random()?;
        let unwrapped = [0; KEY_BYTES + TAG_BYTES];
        let key = master.id();
        let slot = Self { magic, generation, key, file, nonce, wrapped: unwrapped };
        let wrapped = master.wrap(nonce, &slot.context(), data_key);
        Ok(Self { wrapped: wrapped.ok_or(EnvelopeError::Cipher)?, ..slot })
    }

    fn context(&self) -> [u8; CONTEXT_BYTES] {
        let mut bytes = [0; CONTEXT_BYTES];
        let mut out = bytes.as_mut_slice();
        out.put_slice(self.magic);
        out.put_u16_le(VERSION);
        out.put_u16_le(CHUNK_POWER);
        out.put_u32_le(self.generation);
        out.put_u64_le(self.key.0);
        out.put_slice(&self.file);
        bytes
    }

    fn bytes(&self) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        let mut out = bytes.as_mut_slice();
        out.put_slice(&self.context());
        out.put_slice(&self.nonce);
        out.put_slice(&self.wrapped);
        bytes
    }

    fn read(bytes: &[u8], magic: &'static [u8; 8]) -> Result<Self, EnvelopeError> {
        let mut from = bytes.get(..SLOT_USED).ok_or(EnvelopeError::NotSealed)?;
        if from.get(..8) != Some(magic) {
            return Err(EnvelopeError::NotSealed);
        }
        from.advance(8);
        let version = from.get_u16_le();
        if version > VERSION {
            return Err(EnvelopeError::LaterVersion(version));
        }
        if version != VERSION || from.get_u16_le() != CHUNK_POWER {
            return Err(EnvelopeError::NotSealed);
        }
        let (generation, key) = (from.get_u32_le(), KeyId(from.get_u64_le()));
        let mut slot = Self {
            magic,
            generation,
            key,
            file: [0; 16],
            nonce: [0; NONCE_BYTES],
            wrapped: [0; KEY_BYTES + TAG_BYTES],
        };
        from.copy_to_slice(&mut slot.file);
        from.copy_to_slice(&mut slot.nonce);
        from.copy_to_slice(&mut slot.wrapped);
        Ok(slot)
    }

    fn open(&self, keys: &KeyRing) -> Result<[u8; KEY_BYTES], EnvelopeError> {
        let master = keys.get(self.key).ok_or(EnvelopeError::KeyMissing(self.key))?;
        let opened = master.unwrap(self.nonce, &self.context(), self.wrapped);
        opened.ok_or(EnvelopeError::NotSealed)
    }
}

/// The slot that counts: of those that open, the one of the highest generation.
fn slot_of(
    file: &impl StoredFile,
    keys: &KeyRing,
    magic: &'static [u8; 8],
) -> Result<(usize, Slot, [u8; KEY_BYTES]), EnvelopeError> {
    let mut found = None;
    let mut why = EnvelopeError::NotSealed;
    for place in 0..2 {
        let mut bytes = [0; SLOT_BYTES];
        match file.read_exact_at(&mut bytes, (place * SLOT_BYTES) as u64) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => continue,
            Err(error) => return Err(error.into()),
        }
        match Slot::read(&bytes, magic).and_then(|slot| Ok((slot, slot.open(keys)?))) {
            Ok((slot, key)) => {
                let better = |it: &(usize, Slot, _)| it.1.generation < slot.generation;
                if found.as_ref().is_none_or(better) {
                    found = Some((place, slot, key));
                }
            }
            Err(EnvelopeError::NotSealed) => {}
            Err(error) => why = error,
        }
    }
    found.ok_or(why)
}

/// Wraps the data key of a file by the current key of `keys`, if another one wrapped it. Says whether
/// anything was written; it is durable then.
///
/// # Errors
///
/// [`EnvelopeError`]; the file can be read as before.
pub fn wrap_anew(file: &impl StoredFile, keys: &KeyRing) -> Result<bool, EnvelopeError> {
    wrap_head_anew(file, keys, MAGIC)
}

/// The same for a file that begins with `magic`.
pub(crate) fn wrap_head_anew(
    file: &impl StoredFile,
    keys: &KeyRing,
    magic: &'static [u8; 8],
) -> Result<bool, EnvelopeError> {
    let (place, slot, data_key) = slot_of(file, keys, magic)?;
    if slot.key == keys.current().id() {
        return Ok(false);
    }
    let next = slot.generation.checked_add(1).ok_or(EnvelopeError::NotSealed)?;
    let slot = Slot::sealing(keys.current(), magic, next, slot.file, &data_key)?;
    file.write_all_at(&slot.bytes(), ((1 - place) * SLOT_BYTES) as u64)?;
    file.sync()?;
    Ok(true)
}

/// Begins a file: its id, and the key for what follows the head.
pub(crate) fn begin_head(
    file: &impl StoredFile,
    keys: &KeyRing,
    magic: &'static [u8; 8],
) -> Result<(FileId, DataKey), EnvelopeError> {
    let (id, data_key) = (random()?, random()?);
    let slot = Slot::sealing(keys.current(), magic, 1, id, &data_key)?;
    file.write_all_at(&slot.bytes(), 0)?;
    file.write_all_at(&[0; SLOT_BYTES], SLOT_BYTES as u64)?;
    Ok((id, DataKey::new(&data_key)?))
}

/// Reads the head of a file: its id, and the key for what follows.
pub(crate) fn open_head(
    file: &impl StoredFile,
    keys: &KeyRing,
    magic: &'static [u8; 8],
) -> Result<(FileId, DataKey), EnvelopeError> {
    let (_, slot, data_key) = slot_of(file, keys, magic)?;
    Ok((slot.file, DataKey::new(&data_key)?))
}

/// Writes a file. Nothing can be read of it before [`Sealer::finish`].
pub struct Sealer<F> {
    file: F,
    id: FileId,
    key: DataKey,
    chunk: Vec<u8>,
    chunks: u64,
}

impl<F> fmt::Debug for Sealer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} chunks)", self.chunks)
    }
}

impl<F: StoredFile> Sealer<F> {
    /// Begins to write into an empty file.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`].
    pub fn begin(file: F, keys: &KeyRing) -> Result<Self, EnvelopeError> {
        let (id, key) = begin_head(&file, keys, MAGIC)?;
        Ok(Self { file, id, key, chunk: Vec::with_capacity(SEALED_CHUNK), chunks: 0 })
    }

    /// Writes what is left and makes all of it durable; returns the length of the file.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]; the file is worth nothing then.
    pub fn finish(mut self) -> Result<u64, EnvelopeError> {
        self.put(true)?;
        self.file.sync()?;
        Ok(self.file.length()?)
    }

    fn put(&mut self, last: bool) -> Result<(), EnvelopeError> {
        let mut chunk = mem::take(&mut self.chunk);
        let sealed = self.key.0.seal_in_place_append_tag(
            nonce(self.chunks, last),
            Aad::from(self.id),
            &mut chunk,
        );
        sealed.map_err(|_| EnvelopeError::Cipher)?;
        self.file.write_all_at(&chunk, HEAD_BYTES + self.chunks * SEALED_CHUNK as u64)?;
        self.chunks += 1;
        chunk.clear();
        self.chunk = chunk;
        Ok(())
    }
}

impl<F: StoredFile> Write for Sealer<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes: the last one is told apart.
        if self.chunk.len() == CHUNK_BYTES && !bytes.is_empty() {
            self.put(false)?;
        }
        let room = CHUNK_BYTES - self.chunk.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.chunk.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A sealed file that is open for reading, from any place.
pub struct Sealed<F> {
    file: F,
    id: FileId,
    key: DataKey,
    chunks: u64,
    length: u64,
    /// The chunk that was read last: pages are smaller than chunks.
    latest: Mutex<Option<(u64, Bytes)>>,
}

impl<F> fmt::Debug for Sealed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.length)
    }
}

impl<F: StoredFile> Sealed<F> {
    /// Opens a file; it is known from here on that it was not cut.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`].
    pub fn open(file: F, keys: &KeyRing) -> Result<Self, EnvelopeError> {
        let (id, key) = open_head(&file, keys, MAGIC)?;
        let body = file.length()?.checked_sub(HEAD_BYTES).ok_or(EnvelopeError::NotSealed)?;
        let chunks = body.div_ceil(SEALED_CHUNK as u64);
        let tags = chunks * TAG_BYTES as u64;
        let length = body.checked_sub(tags).filter(|_| chunks > 0);
        let length = length.ok_or(EnvelopeError::Forged { chunk: chunks })?;
        file.expect_jumps();
        let latest = Mutex::default();
        let sealed = Self { file, id, key, chunks, length, latest };
        sealed.chunk(chunks - 1)?;
        Ok(sealed)
    }

    /// Bytes of content.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The `length` bytes from `start` on.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`], and `UnexpectedEof` behind the end.
    pub fn bytes(&self, start: u64, length: usize) -> Result<Bytes, EnvelopeError> {
        let eof = || EnvelopeError::Io(io::ErrorKind::UnexpectedEof.into());
        let end = start.checked_add(length as u64).filter(|it| *it <= self.length);
        let end = end.ok_or_else(eof)?;
        if length == 0 {
            return Ok(Bytes::new());
        }
        let (first, last) = (start / CHUNK_BYTES as u64, (end - 1) / CHUNK_BYTES as u64);
        let skipped = usize::try_from(start % CHUNK_BYTES as u64).unwrap_or(0);
        if first == last {
            let chunk = self.chunk(first)?;
            let range = skipped..skipped + length;
            return if range.end <= chunk.len() { Ok(chunk.slice(range)) } else { Err(eof()) };
        }
        let mut all = Vec::with_capacity(length);
        for n in first..=last {
            let chunk = self.chunk(n)?;
            let from = if n == first { skipped } else { 0 };
            let part = chunk.get(from..).ok_or_else(eof)?;
            let wanted = length - all.len();
            all.extend_from_slice(part.get(..wanted).unwrap_or(part));
        }
        Ok(all.into())
    }

    /// Says that these bytes of content are read soon.
    pub fn will_need(&self, start: u64, length: u64) {
        let first = start / CHUNK_BYTES as u64;
        let end = start.saturating_add(length).min(self.length).div_ceil(CHUNK_BYTES as u64);
        let sealed = SEALED_CHUNK as u64;
        self.file.will_need(HEAD_BYTES + first * sealed, end.saturating_sub(first) * sealed);
    }

    /// What lies at `at`, up to the end of its chunk; empty at the end.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`].
    pub fn bytes_at(&self, at: u64) -> Result<Bytes, EnvelopeError> {
        if at >= self.length {
            return Ok(Bytes::new());
        }
        let chunk = self.chunk(at / CHUNK_BYTES as u64)?;
        let skipped = usize::try_from(at % CHUNK_BYTES as u64).unwrap_or(0);
        Ok(chunk.slice(skipped.min(chunk.len())..))
    }

    fn chunk(&self, n: u64) -> Result<Bytes, EnvelopeError> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = latest.as_ref().filter(|it| it.0 == n) {
            return Ok(bytes.clone());
        }
        let bytes = self.read(n)?;
        *latest = Some((n, bytes.clone()));
        Ok(bytes)
    }

    fn read(&self, n: u64) -> Result<Bytes, EnvelopeError> {
        let last = n + 1 == self.chunks;
        let before = n * SEALED_CHUNK as u64;
        let rest = self.length + self.chunks * TAG_BYTES as u64 - before;
        let length = usize::try_from(rest).unwrap_or(usize::MAX).min(SEALED_CHUNK);
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, HEAD_BYTES + before)?;
        let opened = self.key.0.open_in_place(nonce(n, last), Aad::from(self.id), &mut bytes);
        let opened = opened.map(|it| it.len()).map_err(|_| EnvelopeError::Forged { chunk: n })?;
        bytes.truncate(opened);
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;
    use crate::files::simulated::Simulated;

    fn keys(current: u8, earlier: &[u8]) -> KeyRing {
        let key = |it: &u8| MasterKey::new(&[*it; KEY_BYTES]).unwrap();
        KeyRing::new(key(&current), earlier.iter().map(key).collect())
    }

    fn content(length: usize) -> Vec<u8> {
        (0..length).map(|it| u8::try_from(it * 31 % 251).unwrap()).collect()
    }

    fn sealed(disk: &Simulated, name: &str, length: usize) {
        let mut sealer = Sealer::begin(disk.create(name).unwrap(), &keys(1, &[])).unwrap();
        sealer.write_all(&content(length)).unwrap();
        sealer.finish().unwrap();
    }

    fn opened(
        disk: &Simulated,
        name: &str,
    ) -> Result<Sealed<<Simulated as Files>::File>, EnvelopeError> {
        Sealed::open(disk.read(name).unwrap(), &keys(1, &[]))
    }

    /// Everything, or the first error.
    fn all(disk: &Simulated, name: &str) -> Result<Vec<u8>, EnvelopeError> {
        let sealed = opened(disk, name)?;
        let length = usize::try_from(sealed.length()).unwrap();
        sealed.bytes(0, length).map(|it| it.to_vec())
    }

    const LENGTHS: [usize; 7] =
        [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000];

    #[test]
    fn what_is_sealed_is_read_from_every_place() {
        for length in LENGTHS {
            let disk = Simulated::default();
            sealed(&disk, "a", length);
            assert_eq!(all(&disk, "a").unwrap(), content(length), "{length}");
            let file = opened(&disk, "a").unwrap();
            for start in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, length / 2, length] {
                for count in [0, 1, 17, CHUNK_BYTES, length] {
                    let read = file.bytes(start as u64, count);
                    match content(length).get(start..start + count) {
                        Some(expected) => assert_eq!(read.unwrap(), expected),
                        None => assert!(read.is_err(), "{length} {start} {count}"),
                    }
                }
            }
        }
    }

    #[test]
    fn no_cut_and_no_longer_file_opens() {
        for length in [0, 1, CHUNK_BYTES, 3 * CHUNK_BYTES, 200_000] {
            let disk = Simulated::default();
            sealed(&disk, "a", length);
            let whole = disk.bytes("a").unwrap();
            let chunk_ends = (0..4).map(|it| 1_024 + it * SEALED_CHUNK);
            let others = [0, 3, 512, 1_023, 1_024, 1_025, 1_040, whole.len() - 1, whole.len() - 16];
            for cut in chunk_ends.chain(others).filter(|it| *it < whole.len()) {
                disk.put("b", &whole[..cut]);
                assert!(all(&disk, "b").is_err(), "{length} {cut}");
            }
            for more in [1, 16, SEALED_CHUNK] {
                disk.put("b", &[whole.clone(), vec![0; more]].concat());
                assert!(all(&disk, "b").is_err(), "{length} +{more}");
            }
        }
    }

    #[test]
    fn no_flipped_bit_is_read() {
        let disk = Simulated::default();
        sealed(&disk, "a", 70_000);
        let whole = disk.bytes("a").unwrap();
        // Zeros behind the used part of the slots, and the unused slot, mean nothing.
        let used = (0..SLOT_USED).chain(1_024..1_060).chain(66_000..66_600);
        for at in used.chain([whole.len() - 1]) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            disk.put("b", &flipped);
            assert!(all(&disk, "b").is_err(), "{at}");
        }
    }

    #[test]
    fn chunks_cannot_change_places_or_files() {
        let disk = Simulated::default();
        sealed(&disk, "a", 3 * CHUNK_BYTES);
        sealed(&disk, "b", 3 * CHUNK_BYTES);
        let (a, b) = (disk.bytes("a").unwrap(), disk.bytes("b").unwrap());
        let chunk =
            |from: &[u8], n: usize| from[1_024 + n * SEALED_CHUNK..][..SEALED_CHUNK].to_vec();
        for (n, other) in
            [(0, chunk(&a, 1)), (1, chunk(&a, 0)), (0, chunk(&b, 0)), (2, chunk(&b, 2))]
        {
            let mut moved = a.clone();
            moved[1_024 + n * SEALED_CHUNK..][..SEALED_CHUNK].copy_from_slice(&other);
            disk.put("c", &moved);
            assert!(
                matches!(all(&disk, "c"), Err(EnvelopeError::Forged { chunk }) if chunk == n as u64)
            );
        }
        // The head of one file in front of the chunks of another.
        disk.put("c", &[&a[..1_024], &b[1_024..]].concat());
        assert!(matches!(all(&disk, "c"), Err(EnvelopeError::Forged { .. })));
    }

    #[test]
    fn another_key_is_named_and_opens_nothing() {
        let disk = Simulated::default();
        sealed(&disk, "a", 10);
        let missing = keys(1, &[]).current().id();
        let error = Sealed::open(disk.read("a").unwrap(), &keys(2, &[3])).unwrap_err();
        assert!(matches!(error, EnvelopeError::KeyMissing(it) if it == missing), "{error}");
        Sealed::open(disk.read("a").unwrap(), &keys(2, &[3, 1])).unwrap();
    }

    #[test]
    fn a_power_cut_while_a_key_is_wrapped_anew_loses_no_file() {
        for calls in 0..4 {
            for seed in 0..40 {
                let disk = Simulated::default();
                sealed(&disk, "a", 100);
                disk.sync_names().unwrap();
                disk.cut(calls);
                let file = disk.open("a").unwrap();
                let wrapped = wrap_anew(&file, &keys(2, &[1])).is_ok();
                let after = disk.after_power_loss(seed);
                let with = |keys| Sealed::open(after.read("a").unwrap(), &keys);
                with(keys(2, &[1])).unwrap();
                // Once it is said to be done, the old key is needed no more.
                assert!(!wrapped || with(keys(2, &[])).is_ok());
            }
        }
    }

    #[test]
    fn a_key_can_be_changed_again_and_again() {
        let disk = Simulated::default();
        sealed(&disk, "a", 100);
        for key in 2..20 {
            let file = disk.open("a").unwrap();
            assert!(wrap_anew(&file, &keys(key, &[key - 1])).unwrap());
            assert!(!wrap_anew(&file, &keys(key, &[])).unwrap());
            let sealed = Sealed::open(file, &keys(key, &[])).unwrap();
            assert_eq!(sealed.bytes(0, 100).unwrap(), content(100));
        }
    }
}
