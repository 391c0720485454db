//! A disk for tests: fails the calls it is told to, writes short, and forgets on a loss of power
//! what was not made durable. Pages whose sync failed are forgotten for good, as by Linux.

use crate::disk::{Disk, SegmentFile};
use crate::segment::Segment;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::ops::Range;
use std::rc::Rc;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing happens, and an error is returned.
    Error,
    /// It happens (a write: half of it), and an error is returned all the same.
    Half,
    /// Half of a write happens, and nothing else, and an error is returned.
    Stuck,
    /// Half of a write happens, and is returned as done. Other calls work.
    Short,
}

/// A disk in memory; its clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Double(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<Segment, Inode>,
    durable_names: BTreeMap<Segment, Inode>,
    locked: bool,
    calls: u64,
    fault: Option<(Range<u64>, Fault)>,
    unreadable: bool,
    rotten: Option<(Segment, u64)>,
    deaf: Deaf,
}

/// Which syncs do nothing although they say that they did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Deaf {
    #[default]
    Never,
    /// Those of segments.
    Segments,
    /// Those of names.
    Names,
}

type Inode = Rc<RefCell<Content>>;

#[derive(Debug, Default)]
struct Content {
    data: Vec<u8>,
    durable: Vec<u8>,
    dirty: Vec<Range<usize>>,
}

impl Double {
    /// Fails those of the coming calls that write, counted from 0.
    pub(crate) fn fault(&self, calls: Range<u64>, fault: Fault) {
        let mut state = self.0.borrow_mut();
        let from = state.calls;
        state.fault = Some((from + calls.start..from.saturating_add(calls.end), fault));
    }

    /// Fails nothing any more.
    pub(crate) fn heal(&self) {
        self.0.borrow_mut().fault = None;
    }

    /// Makes syncs deaf.
    pub(crate) fn deaf(&self, deaf: Deaf) {
        self.0.borrow_mut().deaf = deaf;
    }

    /// Forgets of what was not made durable whatever `below` draws: each write whole, in part or not at
    /// all, each name by itself.
    pub(crate) fn lose_power_by(&self, mut below: impl FnMut(usize) -> usize) {
        let mut state = self.0.borrow_mut();
        let known: Vec<Segment> =
            state.names.keys().chain(state.durable_names.keys()).copied().collect();
        let mut left = BTreeMap::new();
        for name in known {
            let from = if below(2) == 0 { &state.names } else { &state.durable_names };
            if let Some(inode) = from.get(&name) {
                left.insert(name, Rc::clone(inode));
            }
        }
        (state.names, state.durable_names) = (left.clone(), left);
        for inode in state.names.values() {
            let content = &mut *inode.borrow_mut();
            if below(2) == 0 {
                let longest = content.data.len().max(content.durable.len());
                content.durable.resize(longest, 0);
            }
            for range in std::mem::take(&mut content.dirty) {
                let kept = match below(3) {
                    0 => 0,
                    1 => below(range.len() + 1),
                    _ => range.len(),
                };
                let kept = range.start..range.start + kept;
                if content.durable.len() < kept.end && !kept.is_empty() {
                    content.durable.resize(kept.end, 0);
                }
                if !kept.is_empty() {
                    copy(&content.data, &mut content.durable, kept);
                }
            }
            content.data = content.durable.clone();
        }
    }

    /// Calls that write, so far.
    pub(crate) fn calls(&self) -> u64 {
        self.0.borrow().calls
    }

    /// Makes the directory unreadable.
    pub(crate) fn forbid(&self) {
        self.0.borrow_mut().unreadable = true;
    }

    /// Makes a segment unreadable from byte `at` on.
    pub(crate) fn rot(&self, segment: Segment, at: u64) {
        self.0.borrow_mut().rotten = Some((segment, at));
    }

    /// Puts a durable segment there.
    pub(crate) fn put(&self, segment: Segment, bytes: &[u8]) {
        let content = Content { data: bytes.into(), durable: bytes.into(), dirty: Vec::new() };
        let inode = Rc::new(RefCell::new(content));
        let mut state = self.0.borrow_mut();
        state.names.insert(segment, Rc::clone(&inode));
        state.durable_names.insert(segment, inode);
    }

    /// The same disk with its first `count` segments only.
    pub(crate) fn first(&self, count: usize) -> Self {
        let state = self.0.borrow();
        let names: BTreeMap<_, _> =
            state.names.iter().take(count).map(|(it, inode)| (*it, Rc::clone(inode))).collect();
        let durable_names = names.clone();
        Self(Rc::new(RefCell::new(State { names, durable_names, ..State::default() })))
    }

    /// The bytes of a segment.
    pub(crate) fn bytes(&self, segment: Segment) -> Vec<u8> {
        self.0.borrow().names[&segment].borrow().data.clone()
    }

    /// Forgets what was not made durable; if `some`, only every second half of it.
    pub(crate) fn lose_power(&self, some: bool) {
        let mut state = self.0.borrow_mut();
        if !some {
            state.names = state.durable_names.clone();
        }
        for inode in state.names.values() {
            let content = &mut *inode.borrow_mut();
            if some {
                content.durable.resize(content.data.len(), 0);
                for range in content.dirty.drain(..) {
                    let half = range.start..usize::midpoint(range.start, range.end);
                    copy(&content.data, &mut content.durable, half);
                }
            }
            content.data = content.durable.clone();
        }
    }

    /// Counts a call that writes, and says how it fails.
    fn call(&self) -> Option<Fault> {
        let mut state = self.0.borrow_mut();
        let call = state.calls;
        state.calls += 1;
        state.fault.as_ref().filter(|it| it.0.contains(&call)).map(|it| it.1)
    }

    /// Does `work`, unless the call is to fail.
    fn act<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        match self.call() {
            Some(Fault::Error | Fault::Stuck) => Err(failure()),
            Some(Fault::Half) => work(&mut self.0.borrow_mut()).and(Err(failure())),
            Some(Fault::Short) | None => work(&mut self.0.borrow_mut()),
        }
    }
}

fn failure() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

fn copy(from: &[u8], to: &mut [u8], range: Range<usize>) {
    let range = range.start.min(from.len())..range.end.min(from.len());
    to[range.clone()].copy_from_slice(&from[range]);
}

impl Disk for Double {
    type File = Open;
    type Reader = Reader;
    type Lock = Held;

    fn prepare(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self) -> io::Result<Option<Held>> {
        let taken = std::mem::replace(&mut self.0.borrow_mut().locked, true);
        Ok((!taken).then(|| Held(self.clone())))
    }

    fn list(&self) -> io::Result<Vec<(Segment, u64)>> {
        let state = self.0.borrow();
        if state.unreadable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(state.names.iter().map(|(&it, file)| (it, file.borrow().data.len() as u64)).collect())
    }

    fn create(&self, segment: Segment) -> io::Result<Open> {
        let inode = self.act(|state| {
            assert!(!state.names.contains_key(&segment), "{segment} exists");
            let inode = Inode::default();
            state.names.insert(segment, Rc::clone(&inode));
            Ok(inode)
        })?;
        Ok(Open { disk: self.clone(), inode })
    }

    fn open(&self, segment: Segment) -> io::Result<Open> {
        let inode = self.0.borrow().names.get(&segment).cloned();
        let inode = inode.ok_or(io::ErrorKind::NotFound)?;
        Ok(Open { disk: self.clone(), inode })
    }

    fn read(&self, segment: Segment) -> io::Result<Reader> {
        let state = self.0.borrow();
        let inode = state.names.get(&segment).ok_or(io::ErrorKind::NotFound)?;
        let rotten = state.rotten.filter(|it| it.0 == segment).map(|it| it.1);
        Ok(Reader { bytes: Cursor::new(inode.borrow().data.clone()), rotten })
    }

    fn remove(&self, segment: Segment) -> io::Result<()> {
        self.act(|state| {
            state.names.remove(&segment).map(drop).ok_or(io::ErrorKind::NotFound.into())
        })
    }

    fn sync_names(&self) -> io::Result<()> {
        self.act(|state| {
            if state.deaf != Deaf::Names {
                state.durable_names = state.names.clone();
            }
            Ok(())
        })
    }
}

/// A segment that is open for reading.
#[derive(Debug)]
pub(crate) struct Reader {
    bytes: Cursor<Vec<u8>>,
    /// Where it becomes unreadable.
    rotten: Option<u64>,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.rotten.map_or(u64::MAX, |it| it - self.bytes.position());
        if left == 0 { Err(failure()) } else { (&mut self.bytes).take(left).read(into) }
    }
}

/// The right to write.
#[derive(Debug)]
pub(crate) struct Held(Double);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.borrow_mut().locked = false;
    }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Open {
    disk: Double,
    inode: Inode,
}

impl SegmentFile for Open {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let fault = self.disk.call();
        let written = match fault {
            None => bytes,
            Some(Fault::Error) => return Err(failure()),
            Some(Fault::Half | Fault::Stuck) => &bytes[..bytes.len() / 2],
            Some(Fault::Short) => &bytes[..bytes.len().div_ceil(2)],
        };
        let mut content = self.inode.borrow_mut();
        let start = usize::try_from(at).unwrap();
        let end = start + written.len();
        assert!(start <= content.data.len(), "a hole is written");
        let length = content.data.len().max(end);
        content.data.resize(length, 0);
        content.data[start..end].copy_from_slice(written);
        content.dirty.push(start..end);
        match fault {
            Some(Fault::Half | Fault::Stuck | Fault::Error) => Err(failure()),
            Some(Fault::Short) | None => Ok(written.len()),
        }
    }

    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        let inode = Rc::clone(&self.inode);
        self.disk.act(|_| {
            inode.borrow_mut().data.resize(usize::try_from(bytes).unwrap(), 0);
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        let fault = self.disk.call();
        if self.disk.0.borrow().deaf == Deaf::Segments {
            return Ok(());
        }
        let content = &mut *self.inode.borrow_mut();
        let dirty = std::mem::take(&mut content.dirty);
        if matches!(fault, Some(Fault::Error | Fault::Stuck)) {
            return Err(failure());
        }
        content.durable.resize(content.data.len(), 0);
        dirty.into_iter().for_each(|it| copy(&content.data, &mut content.durable, it));
        if fault == Some(Fault::Half) { Err(failure()) } else { Ok(()) }
    }
}
