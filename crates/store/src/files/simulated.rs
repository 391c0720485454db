//! A disk for tests that is as unkind as a real one may be.
//!
//! Reads and writes   memory. Clones are the same disk.
//! Does   on a loss of power: forgets any of the writes that were not made durable, keeps later ones
//!        without earlier ones, tears each at sectors; keeps any beginning of the changes of names that
//!        were not made durable. On a failed sync: what it was to make durable never will be, though
//!        readers still see it, as with Linux. On a fault: fails the call it is told to.
//! Misses   sectors that go bad; a disk that lies about what is durable, but see [`Simulated::deaf`].

use super::{Files, StoredFile};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a write is torn into.
const SECTOR_BYTES: usize = 512;
/// The error number of Linux for an error of the device.
const EIO: i32 = 5;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens; the disk is full.
    Full,
    /// Nothing happens; the device has an error.
    Io,
    /// Half of a write happens, and is told so. Other calls work.
    Short,
    /// Half of a write happens, and an error is told. Other calls happen, and an error is told.
    Half,
}

impl Fault {
    /// All.
    pub const ALL: &'static [Self] = &[Self::Full, Self::Io, Self::Short, Self::Half];
}

/// Which syncs do nothing although they say that they did: what a program without them would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deaf {
    /// None.
    Never,
    /// Those of files whose name holds this.
    Files(&'static str),
    /// Those of names.
    Names,
}

/// A disk in memory.
#[derive(Clone, Debug)]
pub struct Simulated(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    names: BTreeMap<String, Inode>,
    durable_names: BTreeMap<String, Inode>,
    /// Changes of names since they were made durable, in order.
    renamed: Vec<Named>,
    /// Calls that change something, so far.
    calls: u64,
    fault: Option<(u64, Fault)>,
    power_until: u64,
    deaf: Deaf,
}

type Inode = Arc<Mutex<Content>>;

#[derive(Clone, Debug)]
enum Named {
    Made(String, Inode),
    Moved(String, String),
    Gone(String),
}

#[derive(Debug, Default)]
struct Content {
    data: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Clone, Debug)]
enum Pending {
    Write(usize, Vec<u8>),
    Length(usize),
}

impl Default for Simulated {
    fn default() -> Self {
        Self::of(BTreeMap::new())
    }
}

impl Simulated {
    fn of(names: BTreeMap<String, Inode>) -> Self {
        Self(Arc::new(Mutex::new(State {
            durable_names: names.clone(),
            names,
            renamed: Vec::new(),
            calls: 0,
            fault: None,
            power_until: u64::MAX,
            deaf: Deaf::Never,
        })))
    }

    /// Fails the `n`-th of the coming calls that change something, counted from 0.
    pub fn fail(&self, n: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.calls.saturating_add(n), fault));
    }

    /// Fails nothing any more.
    pub fn heal(&self) {
        self.state().fault = None;
    }

    /// Has the power fail before the `n`-th of the coming calls that change something: from then on
    /// every one of them fails.
    pub fn cut(&self, n: u64) {
        let mut state = self.state();
        state.power_until = state.calls.saturating_add(n);
    }

    /// Makes syncs deaf.
    pub fn deaf(&self, deaf: Deaf) {
        self.state().deaf = deaf;
    }

    /// Calls that change something, so far.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// The disk after a loss of power. What survives of that which was not durable is drawn by `seed`:
    /// 0 keeps nothing of it, 1 keeps all of it.
    #[must_use]
    pub fn after_power_loss(&self, seed: u64) -> Self {
        let state = self.state();
        let mut draw = Draw(seed);
        let kept = match seed {
            0 => 0,
            1 => state.renamed.len(),
            _ => draw.below(state.renamed.len() + 1),
        };
        let mut names = state.durable_names.clone();
        for change in state.renamed.iter().take(kept) {
            change.apply(&mut names);
        }
        let survived = |(name, inode): (String, Inode)| {
            let content = locked(&inode).after_power_loss(&mut draw, seed);
            (name, Arc::new(Mutex::new(content)))
        };
        Self::of(names.into_iter().map(survived).collect())
    }

    /// The bytes of a file, as a reader sees them.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let inode = self.state().names.get(name).cloned()?;
        let bytes = locked(&inode).data.clone();
        Some(bytes)
    }

    /// Puts a durable file there.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let content = Content { data: bytes.into(), durable: bytes.into(), pending: Vec::new() };
        let inode = Arc::new(Mutex::new(content));
        let mut state = self.state();
        state.names.insert(name.to_owned(), Arc::clone(&inode));
        state.durable_names.insert(name.to_owned(), inode);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }

    /// Counts a call that changes something; how it is to fail.
    fn call(&self) -> io::Result<Option<Fault>> {
        let mut state = self.state();
        let call = state.calls;
        if call >= state.power_until {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        state.calls += 1;
        Ok(state.fault.filter(|it| it.0 == call).map(|it| it.1))
    }

    /// Does `work`, unless the call is to fail.
    fn act<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        match self.call()? {
            Some(Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Io) => Err(io::Error::from_raw_os_error(EIO)),
            Some(Fault::Half) => {
                work(&mut self.state())?;
                Err(io::Error::from_raw_os_error(EIO))
            }
            Some(Fault::Short) | None => work(&mut self.state()),
        }
    }

    fn found(&self, name: &str) -> io::Result<Opened> {
        let inode = self.state().names.get(name).cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok(Opened { disk: self.clone(), name: name.to_owned(), inode })
    }
}

fn locked<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Named {
    fn apply(&self, names: &mut BTreeMap<String, Inode>) {
        match self {
            Self::Made(name, inode) => drop(names.insert(name.clone(), Arc::clone(inode))),
            Self::Moved(from, to) => {
                if let Some(inode) = names.remove(from) {
                    names.insert(to.clone(), inode);
                }
            }
            Self::Gone(name) => drop(names.remove(name)),
        }
    }
}

impl Pending {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => put(to, *at, bytes),
            Self::Length(length) => to.resize(*length, 0),
        }
    }
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at.saturating_add(bytes.len());
    if to.len() < end {
        to.resize(end, 0);
    }
    if let Some(into) = to.get_mut(at..end) {
        into.copy_from_slice(bytes);
    }
}

impl Content {
    fn after_power_loss(&self, draw: &mut Draw, seed: u64) -> Self {
        let mut data = self.durable.clone();
        for pending in &self.pending {
            match seed {
                0 => {}
                1 => pending.apply(&mut data),
                _ => survive(pending, &mut data, draw),
            }
        }
        Self { durable: data.clone(), data, pending: Vec::new() }
    }
}

/// What a disk keeps of a write that was not made durable: all, nothing, or some of its sectors.
fn survive(pending: &Pending, data: &mut Vec<u8>, draw: &mut Draw) {
    match (draw.below(3), pending) {
        (0, _) => {}
        (1, _) | (_, Pending::Length(_)) => pending.apply(data),
        (_, Pending::Write(at, bytes)) => {
            for (n, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                if draw.below(2) == 1 {
                    put(data, at + n * SECTOR_BYTES, sector);
                }
            }
        }
    }
}

/// Numbers that are the same for the same seed (splitmix64).
#[derive(Clone, Debug)]
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = usize::try_from((z ^ z >> 31) & 0xFFFF_FFFF).unwrap_or(0);
        drawn.checked_rem(end).unwrap_or(0)
    }
}

impl Files for Simulated {
    type File = Opened;

    fn prepare(&self) -> io::Result<()> {
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Opened> {
        self.act(|state| {
            if state.names.contains_key(name) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let made = Named::Made(name.to_owned(), Inode::default());
            made.apply(&mut state.names);
            state.renamed.push(made);
            Ok(())
        })?;
        self.found(name)
    }

    fn open(&self, name: &str) -> io::Result<Opened> {
        self.found(name)
    }

    fn read(&self, name: &str) -> io::Result<Opened> {
        self.found(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.act(|state| {
            if !state.names.contains_key(from) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let moved = Named::Moved(from.to_owned(), to.to_owned());
            moved.apply(&mut state.names);
            state.renamed.push(moved);
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.act(|state| {
            if !state.names.contains_key(name) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let gone = Named::Gone(name.to_owned());
            gone.apply(&mut state.names);
            state.renamed.push(gone);
            Ok(())
        })
    }

    fn sync_names(&self) -> io::Result<()> {
        self.act(|state| {
            if state.deaf != Deaf::Names {
                state.durable_names = state.names.clone();
                state.renamed.clear();
            }
            Ok(())
        })
    }
}

/// A file that is open.
#[derive(Debug)]
pub struct Opened {
    disk: Simulated,
    name: String,
    inode: Inode,
}

impl StoredFile for Opened {
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let content = locked(&self.inode);
        let from = usize::try_from(at).ok().and_then(|at| content.data.get(at..)).unwrap_or(&[]);
        let count = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..count), from.get(..count)) {
            into.copy_from_slice(from);
        }
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let at = usize::try_from(at).map_err(|_| io::ErrorKind::InvalidInput)?;
        let fault = self.disk.call()?;
        let half = bytes.get(..bytes.len().div_ceil(2)).unwrap_or(bytes);
        let written = match fault {
            Some(Fault::Full) => return Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Io) => return Err(io::Error::from_raw_os_error(EIO)),
            Some(Fault::Short | Fault::Half) => half,
            None => bytes,
        };
        let mut content = locked(&self.inode);
        put(&mut content.data, at, written);
        content.pending.push(Pending::Write(at, written.to_vec()));
        match fault {
            Some(Fault::Half) => Err(io::Error::from_raw_os_error(EIO)),
            Some(Fault::Full | Fault::Io | Fault::Short) | None => Ok(written.len()),
        }
    }

    fn length(&self) -> io::Result<u64> {
        Ok(locked(&self.inode).data.len() as u64)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let length = usize::try_from(bytes).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.disk.act(|_| {
            let mut content = locked(&self.inode);
            content.data.resize(length, 0);
            content.pending.push(Pending::Length(length));
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        let fault = self.disk.call()?;
        let deaf = match self.disk.state().deaf {
            Deaf::Files(part) => self.name.contains(part),
            Deaf::Never | Deaf::Names => false,
        };
        if deaf {
            return Ok(());
        }
        let mut content = locked(&self.inode);
        let pending = std::mem::take(&mut content.pending);
        match fault {
            Some(Fault::Full | Fault::Io) => return Err(io::Error::from_raw_os_error(EIO)),
            Some(Fault::Short | Fault::Half) | None => {
                for it in &pending {
                    it.apply(&mut content.durable);
                }
            }
        }
        match fault {
            Some(Fault::Half) => Err(io::Error::from_raw_os_error(EIO)),
            Some(Fault::Full | Fault::Io | Fault::Short) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> (Simulated, Opened) {
        let disk = Simulated::default();
        let file = disk.create("a").unwrap();
        (disk, file)
    }

    #[test]
    fn what_was_made_durable_survives_whatever_is_drawn() {
        let (disk, file) = disk();
        file.write_all_at(b"durable", 0).unwrap();
        file.sync().unwrap();
        disk.sync_names().unwrap();
        file.write_all_at(b"later", 7).unwrap();
        for seed in 0..100 {
            let bytes = disk.after_power_loss(seed).bytes("a").unwrap();
            assert!(bytes.starts_with(b"durable"), "{seed}");
        }
        assert_eq!(disk.after_power_loss(0).bytes("a").unwrap(), b"durable");
        assert_eq!(disk.after_power_loss(1).bytes("a").unwrap(), b"durablelater");
    }

    #[test]
    fn a_later_write_may_survive_without_an_earlier_one_and_each_may_be_torn() {
        let (disk, file) = disk();
        disk.sync_names().unwrap();
        file.write_all_at(&[1; 1_024], 0).unwrap();
        file.write_all_at(&[2; 1_024], 1_024).unwrap();
        let drawn: Vec<_> =
            (2..200).map(|it| disk.after_power_loss(it).bytes("a").unwrap()).collect();
        assert!(drawn.iter().any(|it| it.len() == 2_048 && it[0] == 0 && it[1_024] == 2));
        assert!(drawn.iter().any(|it| it.len() == 2_048 && it[0] == 1 && it[512] == 0));
    }

    #[test]
    fn a_name_that_was_not_made_durable_may_be_gone_or_still_the_old_one() {
        let (disk, file) = disk();
        file.sync().unwrap();
        assert_eq!(disk.after_power_loss(0).list().unwrap(), Vec::<String>::new());
        disk.sync_names().unwrap();
        disk.rename("a", "b").unwrap();
        assert_eq!(disk.after_power_loss(0).list().unwrap(), ["a"]);
        assert_eq!(disk.after_power_loss(1).list().unwrap(), ["b"]);
    }

    #[test]
    fn a_sync_that_failed_makes_durable_nothing_ever() {
        let (disk, file) = disk();
        disk.sync_names().unwrap();
        file.write_all_at(b"x", 0).unwrap();
        disk.fail(0, Fault::Io);
        file.sync().unwrap_err();
        file.sync().unwrap();
        assert_eq!(disk.bytes("a").unwrap(), b"x");
        assert_eq!(disk.after_power_loss(1).bytes("a").unwrap(), b"");
    }

    #[test]
    fn a_fault_meets_the_call_that_it_is_for() {
        let (disk, file) = disk();
        disk.fail(1, Fault::Short);
        assert_eq!(file.write_at(b"1234", 0).unwrap(), 4);
        assert_eq!(file.write_at(b"1234", 0).unwrap(), 2);
        disk.fail(0, Fault::Full);
        assert_eq!(file.set_len(9).unwrap_err().kind(), io::ErrorKind::StorageFull);
        disk.cut(1);
        file.set_len(9).unwrap();
        file.set_len(10).unwrap_err();
        disk.sync_names().unwrap_err();
    }
}
