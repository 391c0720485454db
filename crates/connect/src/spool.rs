//! The spool: alerts on their way, until every target that wants them has them.
//!
//! Reads    at the start, what is on the [`Shelf`].
//! Writes   one record a line: an alert, or how far a target is. An alert is on disk before it is sent
//!          first; how far a target is, before the next one is sent.
//! Memory   the alerts that somebody still waits for, at most `bytes_max` bytes of records; the shelf
//!          holds at most three times as much and is written anew then.
//! Errors   a shelf that takes nothing is a fault that is told; alerts are kept in memory and sent
//!          meanwhile, and the shelf is written whole as soon as it takes something.
//! Misses   when there is no room the oldest alert goes and is counted. After a kill a target may get again
//!          what it got last, under the same id; after a power cut, what it got in the last moments. A shelf
//!          that cannot be read is begun anew.

use crate::alert::{Alert, Severity};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;

/// Bytes of a shelf from which on one without alerts is written anew.
const EMPTIED_BYTES_MIN: u64 = 64 * 1024;

/// Where records are kept. The binary fills it with files.
pub trait Shelf: Send + 'static {
    /// Everything on it.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Adds bytes at its end; `durably` so that a power cut leaves them.
    ///
    /// # Errors
    ///
    /// The operating system's. Some of them may be there then.
    fn append(&mut self, bytes: &[u8], durably: bool) -> io::Result<()>;

    /// Puts these bytes in place of everything, at once and durably.
    ///
    /// # Errors
    ///
    /// The operating system's; what was there still is then.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
}

#[derive(Debug)]
struct Kept {
    number: u64,
    alert: Arc<Alert>,
    bytes: u64,
}

/// How far a target is, and what it wants.
#[derive(Clone, Copy, Debug)]
struct Reader {
    /// It has every alert before this number.
    next: u64,
    least: Severity,
}

/// Alerts on their way.
#[derive(Debug)]
pub struct Spool<S> {
    shelf: S,
    bytes_max: u64,
    kept: VecDeque<Kept>,
    kept_bytes: u64,
    shelf_bytes: u64,
    next: u64,
    readers: BTreeMap<String, Reader>,
    dropped: u64,
    unreadable: u64,
    fault: Option<String>,
}

impl<S: Shelf> Spool<S> {
    /// What is on the shelf. One that cannot be read is a fault, and empty.
    pub fn open(mut shelf: S, bytes_max: u64) -> Self {
        let read = shelf.read();
        let mut it = Self {
            shelf,
            bytes_max,
            kept: VecDeque::new(),
            kept_bytes: 0,
            shelf_bytes: 0,
            next: 0,
            readers: BTreeMap::new(),
            dropped: 0,
            unreadable: 0,
            fault: None,
        };
        match read {
            Ok(bytes) => it.take_over(&bytes),
            Err(error) => it.fault = Some(error.to_string()),
        }
        it
    }

    fn take_over(&mut self, bytes: &[u8]) {
        self.shelf_bytes = bytes.len() as u64;
        for line in bytes.split_inclusive(|it| *it == b'\n') {
            if self.take_over_record(line).is_none() {
                // The end of a write that a kill cut short, or damage.
                self.unreadable += 1;
            }
        }
        let is_torn = !bytes.is_empty() && !bytes.ends_with(b"\n");
        if self.unreadable > 0 || is_torn {
            self.write_anew();
        }
        self.make_room();
    }

    fn take_over_record(&mut self, line: &[u8]) -> Option<()> {
        let record: Value = serde_json::from_slice(line.strip_suffix(b"\n")?).ok()?;
        let number = record.get("number")?.as_u64()?;
        match record.get("target") {
            Some(target) => {
                let least = Severity::Info;
                self.readers.insert(target.as_str()?.to_owned(), Reader { next: number, least });
            }
            None => {
                let alert = Arc::new(Alert::of_json(record.get("alert")?)?);
                self.keep(Kept { number, alert, bytes: line.len() as u64 });
            }
        }
        self.next = self.next.max(number.saturating_add(u64::from(record.get("target").is_none())));
        Some(())
    }

    /// Who wants which alerts from now on. One that is new gets those that come from here on; one that
    /// is gone gets none.
    pub fn serve(&mut self, targets: &[(String, Severity)]) {
        let mut records = Vec::new();
        let mut readers = BTreeMap::new();
        for (name, least) in targets {
            let next = match self.readers.get(name) {
                Some(reader) => reader.next,
                None => {
                    records.extend(passed(name, self.next));
                    self.next
                }
            };
            readers.insert(name.clone(), Reader { next, least: *least });
        }
        self.readers = readers;
        self.write(&records, true);
        self.trim();
    }

    /// Another bound from now on.
    pub fn limit(&mut self, bytes_max: u64) {
        self.bytes_max = bytes_max;
        self.make_room();
    }

    /// Keeps alerts that somebody wants; they are on disk when this returns, unless there is a fault.
    pub fn put(&mut self, alerts: Vec<Alert>) {
        let mut records = Vec::new();
        for alert in alerts {
            if !self.readers.values().any(|it| it.least <= alert.what.severity) {
                continue;
            }
            let number = self.next;
            self.next = self.next.saturating_add(1);
            let record = format!("{}\n", json!({ "number": number, "alert": alert.as_json() }));
            let bytes = record.len() as u64;
            records.extend(record.into_bytes());
            self.keep(Kept { number, alert: Arc::new(alert), bytes });
        }
        self.write(&records, true);
        self.make_room();
    }

    fn keep(&mut self, it: Kept) {
        self.kept_bytes = self.kept_bytes.saturating_add(it.bytes);
        self.kept.push_back(it);
    }

    fn make_room(&mut self) {
        while self.kept_bytes > self.bytes_max && self.kept.len() > 1 {
            self.forget_first();
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    fn forget_first(&mut self) {
        if let Some(it) = self.kept.pop_front() {
            self.kept_bytes = self.kept_bytes.saturating_sub(it.bytes);
        }
    }

    /// The next alert for a target, with its number.
    pub fn next(&self, target: &str) -> Option<(u64, Arc<Alert>)> {
        let it = self.waiting(target).next()?;
        Some((it.number, Arc::clone(&it.alert)))
    }

    /// How many alerts wait for a target.
    pub fn count(&self, target: &str) -> usize {
        self.waiting(target).count()
    }

    fn waiting(&self, target: &str) -> impl Iterator<Item = &Kept> {
        let reader = self.readers.get(target).copied();
        self.kept.iter().filter(move |it| reader.is_some_and(|reader| reader.wants(it)))
    }

    /// The target has this alert, and those before it.
    pub fn pass(&mut self, target: &str, number: u64) {
        let Some(reader) = self.readers.get_mut(target) else { return };
        reader.next = reader.next.max(number.saturating_add(1));
        let record = passed(target, reader.next);
        self.trim();
        // What a power cut takes of it, the target only gets again.
        self.write(&record, false);
    }

    fn trim(&mut self) {
        while self.kept.front().is_some_and(|it| !self.readers.values().any(|of| of.wants(it))) {
            self.forget_first();
        }
    }

    /// Tries again what the shelf did not take.
    pub fn mend(&mut self) {
        if self.fault.is_some() {
            self.write_anew();
        }
    }

    /// Alerts that are on their way to anybody.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no alert is on its way.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Alerts that went because there was no room, since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Records that could not be read at the start.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Why the shelf takes nothing, until it does.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    fn write(&mut self, records: &[u8], durably: bool) {
        if records.is_empty() {
            return;
        }
        let bytes = self.shelf_bytes.saturating_add(records.len() as u64);
        let is_long = bytes > self.bytes_max.saturating_mul(3);
        let is_emptied = self.kept.is_empty() && bytes > EMPTIED_BYTES_MIN;
        if self.fault.is_some() || is_long || is_emptied {
            return self.write_anew();
        }
        match self.shelf.append(records, durably) {
            Ok(()) => self.shelf_bytes = bytes,
            Err(error) => self.fault = Some(error.to_string()),
        }
    }

    fn write_anew(&mut self) {
        let mut all = Vec::new();
        for it in &self.kept {
            let record = json!({ "number": it.number, "alert": it.alert.as_json() });
            all.extend(format!("{record}\n").into_bytes());
        }
        for (name, reader) in &self.readers {
            all.extend(passed(name, reader.next));
        }
        match self.shelf.replace(&all) {
            Ok(()) => {
                self.shelf_bytes = all.len() as u64;
                self.fault = None;
            }
            Err(error) => self.fault = Some(error.to_string()),
        }
    }
}

impl Reader {
    fn wants(self, it: &Kept) -> bool {
        self.next <= it.number && self.least <= it.alert.what.severity
    }
}

fn passed(target: &str, number: u64) -> Vec<u8> {
    format!("{}\n", json!({ "target": target, "number": number })).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Condition, Occurrence, sample};
    use std::sync::Mutex;

    /// A disk in memory that can be full.
    #[derive(Clone, Debug, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, bool)>>);

    impl Disk {
        fn fill(&self, full: bool) {
            self.0.lock().unwrap().1 = full;
        }
        fn bytes(&self) -> Vec<u8> {
            self.0.lock().unwrap().0.clone()
        }
        fn cut(&self, bytes: usize) {
            self.0.lock().unwrap().0.truncate(bytes);
        }
    }

    impl Shelf for Disk {
        fn read(&mut self) -> io::Result<Vec<u8>> {
            Ok(self.bytes())
        }
        fn append(&mut self, bytes: &[u8], _: bool) -> io::Result<()> {
            let mut disk = self.0.lock().unwrap();
            if disk.1 {
                // Some of it gets there.
                disk.0.extend_from_slice(&bytes[..bytes.len() / 2]);
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0.extend_from_slice(bytes);
            Ok(())
        }
        fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
            let mut disk = self.0.lock().unwrap();
            if disk.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            disk.0 = bytes.to_vec();
            Ok(())
        }
    }

    const MIB: u64 = 1 << 20;

    fn spool(disk: &Disk, bytes_max: u64) -> Spool<Disk> {
        let mut spool = Spool::open(disk.clone(), bytes_max);
        spool.serve(&[("a".to_owned(), Severity::Info), ("b".to_owned(), Severity::High)]);
        spool
    }

    fn reopened(disk: &Disk) -> Spool<Disk> {
        spool(disk, MIB)
    }

    fn alert(id: u128) -> Alert {
        Alert { id, ..sample() }
    }

    fn quiet(id: u128) -> Alert {
        let what = Occurrence::of_condition(1, Condition::Test, "a test");
        Alert { id, what, suppressed: 0 }
    }

    /// What a target gets, in order.
    fn all(spool: &mut Spool<Disk>, target: &str) -> Vec<u128> {
        let mut ids = Vec::new();
        while let Some((number, alert)) = spool.next(target) {
            ids.push(alert.id);
            spool.pass(target, number);
        }
        ids
    }

    #[test]
    fn each_target_gets_what_it_wants_once_and_in_order() {
        let mut spool = spool(&Disk::default(), MIB);
        spool.put(vec![alert(1), quiet(2), alert(3)]);
        assert_eq!((spool.count("a"), spool.count("b"), spool.len()), (3, 2, 3));
        assert_eq!(all(&mut spool, "b"), [1, 3]);
        assert_eq!(spool.len(), 3);
        assert_eq!(all(&mut spool, "a"), [1, 2, 3]);
        assert!(spool.is_empty());
        assert!(spool.next("nobody").is_none());
    }

    #[test]
    fn what_nobody_wants_is_not_kept() {
        let disk = Disk::default();
        let mut spool = Spool::open(disk.clone(), MIB);
        spool.put(vec![alert(1)]);
        assert!(spool.is_empty() && disk.bytes().is_empty());
        spool.serve(&[("b".to_owned(), Severity::Critical)]);
        spool.put(vec![alert(1)]);
        assert!(spool.is_empty());
    }

    #[test]
    fn a_kill_loses_nothing_wherever_it_cuts() {
        let disk = Disk::default();
        let mut before = spool(&disk, MIB);
        before.put(vec![alert(1), alert(2)]);
        let (number, _) = before.next("a").unwrap();
        before.pass("a", number);
        let sure = disk.bytes().len();
        before.put(vec![alert(3)]);
        let whole = disk.bytes();
        for cut in sure..=whole.len() {
            disk.cut(0);
            disk.clone().append(&whole[..cut], true).unwrap();
            let mut after = spool(&disk, MIB);
            let expected: &[u128] = if cut == whole.len() { &[2, 3] } else { &[2] };
            assert_eq!(all(&mut after, "a"), expected, "cut at {cut}");
            assert_eq!(all(&mut after, "b").len(), expected.len() + 1);
            // And again: what was cut off does not come back.
            assert!(spool(&disk, MIB).is_empty());
        }
    }

    #[test]
    fn a_target_that_is_new_gets_what_comes() {
        let mut spool = spool(&Disk::default(), MIB);
        spool.put(vec![alert(1)]);
        spool.serve(&[("c".to_owned(), Severity::Info), ("b".to_owned(), Severity::Info)]);
        spool.put(vec![alert(2)]);
        assert_eq!(all(&mut spool, "c"), [2]);
        assert_eq!(all(&mut spool, "b"), [1, 2]);
        assert!(spool.is_empty());
    }

    #[test]
    fn without_room_the_oldest_goes_and_is_counted() {
        let disk = Disk::default();
        let one = format!("{}\n", json!({ "number": 10, "alert": alert(1).as_json() })).len();
        let mut spool = spool(&disk, one as u64 * 3);
        for id in 10..20 {
            spool.put(vec![alert(id)]);
            assert!(disk.bytes().len() <= one * 10);
        }
        assert_eq!((spool.dropped(), spool.len()), (7, 3));
        assert_eq!(all(&mut spool, "a"), [17, 18, 19]);
    }

    #[test]
    fn a_full_disk_is_told_and_costs_nothing_once_there_is_room() {
        let disk = Disk::default();
        let mut spool = spool(&disk, MIB);
        spool.put(vec![alert(1)]);
        disk.fill(true);
        spool.put(vec![alert(2)]);
        assert!(spool.fault().is_some());
        assert_eq!(spool.next("a").unwrap().1.id, 1);
        spool.pass("a", 1);
        spool.mend();
        assert!(spool.fault().is_some());
        disk.fill(false);
        spool.mend();
        assert_eq!(spool.fault(), None);
        let mut after = reopened(&disk);
        assert_eq!((all(&mut after, "a"), after.unreadable()), (vec![], 0));
        assert_eq!(all(&mut after, "b"), [1, 2]);
    }

    #[test]
    fn what_is_passed_leaves_a_small_shelf() {
        let disk = Disk::default();
        let mut spool = spool(&disk, 200_000);
        for id in 0..2_000 {
            spool.put(vec![alert(id)]);
            all(&mut spool, "a");
            all(&mut spool, "b");
        }
        assert!(disk.bytes().len() < 200_000, "{}", disk.bytes().len());
        assert_eq!(spool.dropped(), 0);
    }
}
