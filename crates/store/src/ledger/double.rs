//! A disk for tests: directories in memory that fail the calls they are told to, and that forget on a
//! loss of power what was not made durable: each write by itself whole, in part or not at all, each
//! name by itself. Pages whose sync failed are forgotten for good, as by Linux.

use super::folders::{Folders, split};
use crate::files::{Files, StoredFile};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing happens, and an error is returned.
    Error,
    /// It happens (a write: half of it), and an error is returned all the same.
    Half,
    /// Half of a write happens, and is returned as done. Other calls work.
    Short,
}

/// Numbers that look like chance.
#[derive(Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[derive(Debug, Default)]
struct Names {
    seen: BTreeMap<String, u64>,
    durable: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Content {
    data: Vec<u8>,
    durable: Vec<u8>,
    /// Writes since the last sync that may or may not reach the disk.
    dirty: Vec<(usize, Vec<u8>)>,
}

#[derive(Debug, Default)]
struct State {
    /// By path; the root is "". A directory is in its parent's names as number 0.
    folders: BTreeMap<String, Names>,
    files: BTreeMap<u64, Content>,
    next: u64,
    calls: u64,
    fault: Option<(Range<u64>, Fault)>,
    /// Syncs that do nothing and say that they did: those whose label contains this.
    taken_out: Option<String>,
    labels: BTreeSet<String>,
}

/// A disk; its clones are the same disk.
#[derive(Clone, Debug)]
pub(super) struct Double {
    state: Arc<Mutex<State>>,
    path: String,
}

impl Double {
    pub(super) fn new() -> Self {
        let state = State {
            folders: BTreeMap::from([(String::new(), Names::default())]),
            next: 1,
            ..State::default()
        };
        Self { state: Arc::new(Mutex::new(state)), path: String::new() }
    }

    /// Fails those of the coming calls that write, counted from 0.
    pub(super) fn fault(&self, calls: Range<u64>, fault: Fault) {
        let mut state = self.state.lock().unwrap();
        let from = state.calls;
        state.fault = Some((from + calls.start..from.saturating_add(calls.end), fault));
    }

    pub(super) fn heal(&self) {
        self.state.lock().unwrap().fault = None;
    }

    pub(super) fn calls(&self) -> u64 {
        self.state.lock().unwrap().calls
    }

    /// From now on the syncs whose label contains this do nothing.
    pub(super) fn take_out(&self, label: &str) {
        self.state.lock().unwrap().taken_out = Some(label.to_owned());
    }

    /// The labels of all syncs so far: `file NAME` and `names FOLDER`.
    pub(super) fn labels(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().labels.clone()
    }

    /// The number of files.
    pub(super) fn files(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.folders.values().flat_map(|it| it.seen.values()).filter(|it| **it != 0).count()
    }

    /// Forgets what was not made durable, or a part of it, as chance has it.
    pub(super) fn lose_power(&self, chance: &mut Chance) {
        let mut state = self.state.lock().unwrap();
        let state = &mut *state;
        for names in state.folders.values_mut() {
            let all: BTreeSet<String> =
                names.seen.keys().chain(names.durable.keys()).cloned().collect();
            let mut left = BTreeMap::new();
            for name in all {
                let from = if chance.below(2) == 0 { &names.seen } else { &names.durable };
                if let Some(it) = from.get(&name) {
                    left.insert(name, *it);
                }
            }
            (names.seen, names.durable) = (left.clone(), left);
        }
        let paths: Vec<String> = state.folders.keys().cloned().collect();
        for path in paths.into_iter().filter(|it| !it.is_empty()) {
            let (parent, name) = split(&path);
            let is_there = state.folders.get(parent).is_some_and(|it| it.seen.contains_key(name));
            if !is_there {
                state.folders.remove(&path);
            }
        }
        for content in state.files.values_mut() {
            for (start, bytes) in std::mem::take(&mut content.dirty) {
                let kept = match chance.below(3) {
                    0 => 0,
                    1 => chance.below(bytes.len() + 1),
                    _ => bytes.len(),
                };
                if kept > 0 {
                    put(&mut content.durable, start, &bytes[..kept]);
                } else if chance.below(2) == 0 {
                    // The length grew, and what was written there is not.
                    let length = content.durable.len().max(start + bytes.len());
                    content.durable.resize(length, 0);
                }
            }
            content.data = content.durable.clone();
        }
    }

    fn call(&self) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        let call = state.calls;
        state.calls += 1;
        state.fault.as_ref().filter(|it| it.0.contains(&call)).map(|it| it.1)
    }

    fn act<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        match self.call() {
            Some(Fault::Error) => Err(failure()),
            Some(Fault::Half) => work(&mut self.state.lock().unwrap()).and(Err(failure())),
            Some(Fault::Short) | None => work(&mut self.state.lock().unwrap()),
        }
    }

    fn opened(&self, name: &str) -> io::Result<Open> {
        let state = self.state.lock().unwrap();
        let names = state.folders.get(&self.path).ok_or(io::ErrorKind::NotFound)?;
        let file = names.seen.get(name).copied().filter(|it| *it != 0);
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        Ok(Open { disk: self.clone(), file, name: name.to_owned() })
    }
}

fn failure() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

fn put(data: &mut Vec<u8>, start: usize, bytes: &[u8]) {
    let length = data.len().max(start + bytes.len());
    data.resize(length, 0);
    data[start..start + bytes.len()].copy_from_slice(bytes);
}

impl State {
    fn names(&mut self, path: &str) -> io::Result<&mut Names> {
        self.folders.get_mut(path).ok_or(io::ErrorKind::NotFound.into())
    }

    /// Whether a sync of this label is to happen.
    fn happens(&mut self, label: String) -> bool {
        let is_out = self.taken_out.as_ref().is_some_and(|it| label.contains(it));
        self.labels.insert(label);
        !is_out
    }
}

impl Folders for Double {
    type Files = Self;

    fn folder(&self, path: &str) -> Self {
        assert!(self.path.is_empty(), "asked of the root");
        Self { state: Arc::clone(&self.state), path: path.to_owned() }
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        let (parent, name) = split(path);
        self.act(|state| {
            if !state.names(path)?.seen.is_empty() {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            state.folders.remove(path);
            state.names(parent)?.seen.remove(name);
            Ok(())
        })
    }
}

impl Files for Double {
    type File = Open;

    /// Makes it; its name is durable only with the next sync of its parent, to be on the safe side.
    fn prepare(&self) -> io::Result<()> {
        if self.state.lock().unwrap().folders.contains_key(&self.path) {
            return Ok(());
        }
        let (parent, name) = split(&self.path);
        self.act(|state| {
            state.names(parent)?.seen.insert(name.to_owned(), 0);
            state.folders.insert(self.path.clone(), Names::default());
            Ok(())
        })
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state.lock().unwrap();
        let names = state.names(&self.path)?;
        Ok(names.seen.iter().filter(|it| *it.1 != 0).map(|it| it.0.clone()).collect())
    }

    fn create(&self, name: &str) -> io::Result<Open> {
        self.act(|state| {
            let file = state.next;
            let names = state.names(&self.path)?;
            if names.seen.contains_key(name) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            names.seen.insert(name.to_owned(), file);
            state.next += 1;
            state.files.insert(file, Content::default());
            Ok(())
        })?;
        self.opened(name)
    }

    fn open(&self, name: &str) -> io::Result<Open> {
        self.opened(name)
    }

    fn read(&self, name: &str) -> io::Result<Open> {
        self.opened(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.act(|state| {
            let names = state.names(&self.path)?;
            let file = names.seen.remove(from).ok_or(io::ErrorKind::NotFound)?;
            names.seen.insert(to.to_owned(), file);
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.act(|state| {
            let names = state.names(&self.path)?;
            names.seen.remove(name).map(drop).ok_or(io::ErrorKind::NotFound.into())
        })
    }

    fn sync_names(&self) -> io::Result<()> {
        self.act(|state| {
            if state.happens(format!("names {}", self.path)) {
                let names = state.names(&self.path)?;
                names.durable = names.seen.clone();
            }
            Ok(())
        })
    }
}

/// An open file.
#[derive(Debug)]
pub(super) struct Open {
    disk: Double,
    file: u64,
    name: String,
}

impl StoredFile for Open {
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let state = self.disk.state.lock().unwrap();
        let data = &state.files[&self.file].data;
        let start = usize::try_from(at).unwrap().min(data.len());
        let count = into.len().min(data.len() - start);
        into[..count].copy_from_slice(&data[start..start + count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let fault = self.disk.call();
        let written = match fault {
            None => bytes,
            Some(Fault::Error) => return Err(failure()),
            Some(Fault::Half) => &bytes[..bytes.len() / 2],
            Some(Fault::Short) => &bytes[..bytes.len().div_ceil(2)],
        };
        let mut state = self.disk.state.lock().unwrap();
        let content = state.files.get_mut(&self.file).unwrap();
        let start = usize::try_from(at).unwrap();
        assert!(start <= content.data.len(), "a hole is written");
        put(&mut content.data, start, written);
        content.dirty.push((start, written.to_vec()));
        if fault == Some(Fault::Half) { Err(failure()) } else { Ok(written.len()) }
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state.lock().unwrap().files[&self.file].data.len() as u64)
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        unreachable!("the ledger cuts no file")
    }

    fn sync(&self) -> io::Result<()> {
        let fault = self.disk.call();
        let mut state = self.disk.state.lock().unwrap();
        if !state.happens(format!("file {}/{}", self.disk.path, self.name)) {
            return Ok(());
        }
        let content = state.files.get_mut(&self.file).unwrap();
        let dirty = std::mem::take(&mut content.dirty);
        if fault == Some(Fault::Error) {
            // Whoever reads still sees the pages; the disk never will.
            return Err(failure());
        }
        for (start, bytes) in dirty {
            put(&mut content.durable, start, &bytes);
        }
        if fault == Some(Fault::Half) { Err(failure()) } else { Ok(()) }
    }
}
