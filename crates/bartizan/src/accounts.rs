//! Which credentials belong to one account, kept over a restart: whoever is logged in stays who they are.
//!
//! Reads    the document `accounts` of the data directory, once, at the start.
//! Writes   it again when it has changed, at most once in [`EVERY_US`], and at the end.
//! Memory   some 2 MiB while it is written, if all is full.
//! Errors   none: what cannot be read is not known, and such credentials are callers of their own again. A kill forgets who logged in
//!          since it was written last.
//!
//! It holds keyed hashes, of which each is as long as what it stands for is secret.

use bartizan_engine::tables::accounts::{Accounts, CREDENTIALS_MAX, ENDPOINTS_MAX, Link};
use bartizan_model::id::{EndpointId, KeyEpoch, SubjectId};
use bartizan_store::document;
use bartizan_store::files::Folder;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::in_force::lock;

/// Its name in the data directory.
const FILE: &str = "accounts";
/// Pause between writes, in microseconds.
const EVERY_US: u64 = 30_000_000;
/// What it begins with, before the epoch of the key and the number of endpoints.
const MAGIC: &[u8; 8] = b"bzacct/1";
const HEAD_BYTES: usize = MAGIC.len() + 2 + 2;
const LINK_BYTES: usize = 16 + 16;
const BYTES_MAX: u64 = (HEAD_BYTES + ENDPOINTS_MAX * 8 + CREDENTIALS_MAX * LINK_BYTES) as u64;

/// The keeper of the document.
#[derive(Debug)]
pub(crate) struct KeptAccounts {
    dir: PathBuf,
    epoch: KeyEpoch,
    /// What was written last, and when.
    written: Mutex<(u64, u64)>,
}

impl KeptAccounts {
    /// Restores what a data directory holds.
    pub(crate) fn restore(dir: &Path, epoch: KeyEpoch, accounts: &Accounts) -> Self {
        let read = document::read_within(&Folder::at(dir), FILE, BYTES_MAX).ok().flatten();
        let known = read.and_then(|it| known(&it, epoch)).unwrap_or_default();
        accounts.restore(&known.0, &known.1);
        let written = Mutex::new((accounts.revision(), 0));
        Self { dir: dir.to_owned(), epoch, written }
    }

    /// Writes what is known, if that has changed and it is time.
    pub(crate) fn follow(&self, accounts: &Accounts, now_us: u64) {
        let at_us = lock(&self.written).1;
        if now_us.saturating_sub(at_us) >= EVERY_US {
            self.write(accounts, now_us);
        }
    }

    /// Writes what is known, if that has changed. What cannot be written is tried again when it has changed once more.
    pub(crate) fn write(&self, accounts: &Accounts, now_us: u64) {
        let mut written = lock(&self.written);
        if accounts.revision() == written.0 {
            return;
        }
        *written = (accounts.revision(), now_us);
        let (refusing, all) = accounts.all();
        let bytes = document_of(&refusing, &all, self.epoch);
        document::replace(&Folder::at(&self.dir), FILE, &bytes).ok();
    }
}

fn document_of(refusing: &[EndpointId], all: &[Link], epoch: KeyEpoch) -> Vec<u8> {
    let mut out = Vec::with_capacity(all.len().saturating_mul(LINK_BYTES) + HEAD_BYTES);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&epoch.0.to_le_bytes());
    out.extend_from_slice(&u16::try_from(refusing.len()).unwrap_or(0).to_le_bytes());
    refusing.iter().for_each(|it| out.extend_from_slice(&it.bits().to_le_bytes()));
    for it in all {
        out.extend_from_slice(&it.credential.0.to_le_bytes());
        out.extend_from_slice(&it.account.0.to_le_bytes());
    }
    out
}

/// What a document says that was written under the same key.
fn known(bytes: &[u8], epoch: KeyEpoch) -> Option<(Vec<EndpointId>, Vec<Link>)> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&epoch.0.to_le_bytes())?;
    let (count, rest) = rest.split_first_chunk::<2>()?;
    let (endpoints, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*count)) * 8)?;
    let (endpoints, _) = endpoints.as_chunks::<8>();
    let (all, _) = rest.as_chunks::<LINK_BYTES>();
    let endpoint = |it: &[u8; 8]| EndpointId::from_bits(u64::from_le_bytes(*it));
    Some((endpoints.iter().map(endpoint).collect(), all.iter().filter_map(link).collect()))
}

fn link(bytes: &[u8; LINK_BYTES]) -> Option<Link> {
    let (credential, account) = bytes.split_first_chunk::<16>()?;
    Some(Link {
        credential: SubjectId(u128::from_le_bytes(*credential)),
        account: SubjectId(u128::from_le_bytes(*account.first_chunk::<16>()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_under_the_same_key_only() {
        let refusing = [EndpointId::of("POST", "/login"), EndpointId::of("POST", "/v2/login")];
        let link = |n| Link { credential: SubjectId(n), account: SubjectId(n + 9) };
        let all: Vec<Link> = (0..3).map(link).collect();
        let bytes = document_of(&refusing, &all, KeyEpoch(2));
        assert_eq!(known(&bytes, KeyEpoch(2)), Some((refusing.to_vec(), all.clone())));
        assert_eq!(known(&bytes, KeyEpoch(3)), None);
        // One that broke off, and one that is none.
        let broken = known(&bytes[..bytes.len() - 1], KeyEpoch(2));
        assert_eq!(broken, Some((refusing.to_vec(), all[..2].to_vec())));
        assert_eq!(known(&bytes[..HEAD_BYTES + 3], KeyEpoch(2)), None);
        assert_eq!(known(b"accounts", KeyEpoch(2)), None);
    }
}
