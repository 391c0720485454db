//! What the tables of the core remember over a restart: which credentials belong to one account, and what was handed to whom.
//!
//! Reads    the documents `accounts` and `handed` of the data directory, once, at the start.
//! Writes   them again when they have changed, with a pause that grows with their length, and at the end.
//! Memory   a document while it is written: 2 MiB, and 20 MiB if all is full.
//! Errors   none: what cannot be read is not known, and what is unknown refuses nobody. After a kill whatever was handed out since the
//!          last writing is not known, so that everybody has what they had and nothing is foreign for a while.
//!
//! They hold keyed hashes, of which each is as long as what it stands for is secret.

use crate::in_force::lock;
use bartizan_engine::tables::Tables;
use bartizan_engine::tables::accounts::{CREDENTIALS_MAX, ENDPOINTS_MAX, Link};
use bartizan_engine::tables::handed::{Holder, REFERENCES_MAX, Remembered, SUBJECTS_MAX};
use bartizan_model::id::{EndpointId, KeyEpoch, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_store::document;
use bartizan_store::files::Folder;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const ACCOUNTS: &str = "accounts";
const HANDED: &str = "handed";
/// What they begin with, before the epoch of the key.
const ACCOUNTS_MAGIC: &[u8; 8] = b"bzacct/1";
const HANDED_MAGIC: &[u8; 8] = b"bzhand/1";
const ACCOUNTS_BYTES_MAX: usize = 12 + ENDPOINTS_MAX * 8 + CREDENTIALS_MAX * 32;
const HANDED_BYTES_MAX: usize = 64 + SUBJECTS_MAX * 30 + REFERENCES_MAX * 8;

/// The least pause between writings, in microseconds.
const PAUSE_US: u64 = 5_000_000;
/// What a kibibyte of the last writing adds to it.
const PAUSE_EACH_KIB_US: u64 = 15_000;
/// For so long a bartizan may be away, and nothing was handed out meanwhile: a restart, not an outage that somebody routed around.
const AWAY_MAX_US: u64 = 10 * 60 * 1_000_000;

/// The keeper of the documents.
#[derive(Debug)]
pub(crate) struct Keeping {
    dir: PathBuf,
    epoch: KeyEpoch,
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    accounts: u64,
    handed: u64,
    /// When the next may be.
    next_us: u64,
}

/// Whether anything can be handed out after a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    GoesOn,
    IsOver,
}

impl Keeping {
    /// Restores what a data directory holds.
    pub(crate) fn restore(dir: &Path, epoch: KeyEpoch, tables: &Tables, now: Moment) -> Self {
        let read = |name, most: usize| {
            document::read_within(&Folder::at(dir), name, most as u64).ok().flatten()
        };
        if let Some((refusing, all)) =
            read(ACCOUNTS, ACCOUNTS_BYTES_MAX).and_then(|it| accounts(&it, epoch))
        {
            tables.accounts().restore(&refusing, &all);
        }
        if let Some(it) = read(HANDED, HANDED_BYTES_MAX).and_then(|it| handed(&it, epoch)) {
            let away_us = now.wall_us.checked_sub(it.wall_us);
            let is_whole =
                it.ending == Ending::IsOver && away_us.is_some_and(|it| it <= AWAY_MAX_US);
            let away_ns = away_us.unwrap_or(0).saturating_mul(1_000);
            tables.handed().restore(it.remembered, away_ns, is_whole);
        }
        let written =
            Written { accounts: tables.accounts().revision(), handed: u64::MAX, next_us: 0 };
        let it = Self { dir: dir.to_owned(), epoch, written: Mutex::new(written) };
        // From now on it is not over.
        it.write(tables, now, Ending::GoesOn);
        it
    }

    /// Writes what has changed, if it is time.
    pub(crate) fn follow(&self, tables: &Tables, now: Moment) {
        if now.wall_us >= lock(&self.written).next_us {
            self.write(tables, now, Ending::GoesOn);
        }
    }

    /// Writes all a last time.
    pub(crate) fn end(&self, tables: &Tables, now: Moment) {
        lock(&self.written).handed = u64::MAX;
        self.write(tables, now, Ending::IsOver);
    }

    /// Writes what has changed. What cannot be written is tried again when it has changed once more.
    fn write(&self, tables: &Tables, now: Moment, ending: Ending) {
        let mut written = lock(&self.written);
        let folder = Folder::at(&self.dir);
        let mut bytes = 0;
        let revision = tables.accounts().revision();
        if written.accounts != revision {
            written.accounts = revision;
            let (refusing, all) = tables.accounts().all();
            let document = document_of_accounts(&refusing, &all, self.epoch);
            bytes += document.len();
            document::replace(&folder, ACCOUNTS, &document).ok();
        }
        let revision = tables.handed().revision();
        if written.handed != revision {
            written.handed = revision;
            let it = Handed {
                wall_us: now.wall_us,
                ending,
                remembered: tables.handed().remembered(now.mono_ns),
            };
            if !it.remembered.subjects.is_empty() {
                let document = document_of_handed(&it, self.epoch);
                bytes += document.len();
                document::replace(&folder, HANDED, &document).ok();
            }
        }
        let pause_us = PAUSE_EACH_KIB_US.saturating_mul(bytes as u64 / 1_024);
        written.next_us = now.wall_us.saturating_add(PAUSE_US).saturating_add(pause_us);
    }
}

/// The document of what was handed out.
#[derive(Debug, PartialEq, Eq)]
struct Handed {
    wall_us: u64,
    ending: Ending,
    remembered: Remembered,
}

fn document_of_accounts(refusing: &[EndpointId], all: &[Link], epoch: KeyEpoch) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len().saturating_mul(32).saturating_add(64));
    out.extend_from_slice(ACCOUNTS_MAGIC);
    out.extend_from_slice(&epoch.0.to_le_bytes());
    out.extend_from_slice(&u16::try_from(refusing.len()).unwrap_or(0).to_le_bytes());
    refusing.iter().for_each(|it| out.extend_from_slice(&it.bits().to_le_bytes()));
    for it in all {
        out.extend_from_slice(&it.credential.0.to_le_bytes());
        out.extend_from_slice(&it.account.0.to_le_bytes());
    }
    out
}

fn document_of_handed(it: &Handed, epoch: KeyEpoch) -> Vec<u8> {
    let all = &it.remembered;
    let mut out = Vec::new();
    out.extend_from_slice(HANDED_MAGIC);
    out.extend_from_slice(&epoch.0.to_le_bytes());
    out.push(u8::from(it.ending == Ending::IsOver));
    for number in [it.wall_us, all.at_ns, all.since_ns, all.forgot_ns] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    for of in &all.subjects {
        out.extend_from_slice(&of.subject.0.to_le_bytes());
        out.extend_from_slice(&of.since_ns.to_le_bytes());
        out.push(u8::from(of.came_late) | u8::from(of.is_incomplete) << 1);
        out.extend_from_slice(&u32::try_from(of.given.len()).unwrap_or(0).to_le_bytes());
        of.given.iter().for_each(|it| out.extend_from_slice(&it.to_le_bytes()));
    }
    out
}

/// Bytes that are taken from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    /// Of a document of this kind, written under the same key.
    fn begin(&mut self, magic: &[u8; 8], epoch: KeyEpoch) -> Option<()> {
        let is_it = self.take::<8>()? == *magic && self.take::<2>()? == epoch.0.to_le_bytes();
        is_it.then_some(())
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn subject(&mut self) -> Option<SubjectId> {
        self.take().map(u128::from_le_bytes).map(SubjectId)
    }
}

/// What a document of accounts says, as far as it goes.
fn accounts(bytes: &[u8], epoch: KeyEpoch) -> Option<(Vec<EndpointId>, Vec<Link>)> {
    let mut bytes = Bytes(bytes);
    bytes.begin(ACCOUNTS_MAGIC, epoch)?;
    let count = u16::from_le_bytes(bytes.take()?);
    let refusing =
        (0..count).map(|_| bytes.number().map(EndpointId::from_bits)).collect::<Option<_>>()?;
    let link = || Some(Link { credential: bytes.subject()?, account: bytes.subject()? });
    Some((refusing, std::iter::from_fn(link).collect()))
}

/// What a document of what was handed out says, as far as it goes.
fn handed(bytes: &[u8], epoch: KeyEpoch) -> Option<Handed> {
    let mut bytes = Bytes(bytes);
    bytes.begin(HANDED_MAGIC, epoch)?;
    let [ending] = bytes.take()?;
    let ending = if ending == 1 { Ending::IsOver } else { Ending::GoesOn };
    let wall_us = bytes.number()?;
    let (at_ns, since_ns, forgot_ns) = (bytes.number()?, bytes.number()?, bytes.number()?);
    let subjects = std::iter::from_fn(|| holder(&mut bytes)).take(SUBJECTS_MAX).collect();
    Some(Handed {
        wall_us,
        ending,
        remembered: Remembered { at_ns, since_ns, forgot_ns, subjects },
    })
}

fn holder(bytes: &mut Bytes<'_>) -> Option<Holder> {
    let (subject, since_ns) = (bytes.subject()?, bytes.number()?);
    let [marks] = bytes.take()?;
    let count = u32::from_le_bytes(bytes.take()?);
    // Of one that broke off, nothing more is there.
    let given = (0..count).map(|_| bytes.number()).collect::<Option<_>>()?;
    let (came_late, is_incomplete) = (marks & 1 != 0, marks & 2 != 0);
    Some(Holder { subject, since_ns, came_late, is_incomplete, given })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: KeyEpoch = KeyEpoch(2);

    #[test]
    fn accounts_are_read_under_the_same_key_only() {
        let refusing = [EndpointId::of("POST", "/login"), EndpointId::of("POST", "/v2/login")];
        let link = |n| Link { credential: SubjectId(n), account: SubjectId(n + 9) };
        let all: Vec<Link> = (0..3).map(link).collect();
        let bytes = document_of_accounts(&refusing, &all, EPOCH);
        assert_eq!(accounts(&bytes, EPOCH), Some((refusing.to_vec(), all.clone())));
        assert_eq!(accounts(&bytes, KeyEpoch(3)), None);
        // One that broke off, and one that is none.
        let broken = accounts(&bytes[..bytes.len() - 1], EPOCH);
        assert_eq!(broken, Some((refusing.to_vec(), all[..2].to_vec())));
        assert_eq!(accounts(&bytes[..15], EPOCH), None);
        assert_eq!(accounts(b"accounts", EPOCH), None);
    }

    #[test]
    fn what_was_handed_out_is_read_as_far_as_it_goes() {
        let of = |n: u128, given: &[u64]| Holder {
            subject: SubjectId(n),
            since_ns: 5,
            came_late: n == 1,
            is_incomplete: n == 2,
            given: given.to_vec(),
        };
        let subjects = vec![of(1, &[17, 99]), of(2, &[]), of(3, &[5])];
        let remembered = Remembered { at_ns: 8, since_ns: 1, forgot_ns: 0, subjects };
        let all = Handed { wall_us: 7, ending: Ending::IsOver, remembered };
        let bytes = document_of_handed(&all, EPOCH);
        assert_eq!(handed(&bytes, EPOCH).as_ref(), Some(&all));
        assert_eq!(handed(&bytes, KeyEpoch(1)), None);
        for length in 0..bytes.len() {
            let read = handed(&bytes[..length], EPOCH);
            let subjects = read.map(|it| it.remembered.subjects).unwrap_or_default();
            assert!(all.remembered.subjects.starts_with(&subjects), "{length}");
            assert!(subjects.len() < 3, "{length}");
        }
        // A count that promises more than there is.
        let mut hostile = bytes[..67].to_vec();
        hostile[63..67].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(handed(&hostile, EPOCH).unwrap().remembered.subjects, []);
    }
}
