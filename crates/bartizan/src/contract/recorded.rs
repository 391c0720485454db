//! Up to which revision decisions on contracts are in the ledger: the command decides beside a running instance, and
//! without one, and it is the instance that keeps the ledger.
//!
//! Reads and writes   `contract-recorded.json` in the data directory.
//! Memory             a number.
//! Misses             an instance that is killed between the ledger and this file records a decision twice.

use super::{Changed, Contracts, Held, Release};
use bartizan_ledger::entry::{What, Who};
use bartizan_ledger::text::Text;
use bartizan_store::document;
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "contract-recorded.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    revision: u64,
}

/// The revision that was recorded last; 0 if none was, or if that cannot be read.
pub(crate) fn read(dir: &Path) -> u64 {
    let bytes = document::read(&Folder::at(dir), FILE).ok().flatten();
    let kept = bytes.and_then(|it| serde_json::from_slice::<Kept>(&it).ok());
    kept.filter(|it| it.version == 1).map_or(0, |it| it.revision)
}

/// Keeps it.
///
/// # Errors
///
/// A message.
pub(crate) fn keep(dir: &Path, revision: u64) -> Result<(), String> {
    let kept = serde_json::to_vec(&Kept { version: 1, revision }).map_err(|it| it.to_string())?;
    document::replace(&Folder::at(dir), FILE, &kept).map_err(|it| format!("{FILE}: {it}"))
}

/// The entries of decisions behind a revision. `owner` is who owns the file: whoever used the command.
pub(crate) fn entries(contracts: &Contracts, behind: u64, owner: &Who) -> Vec<What> {
    let changes = contracts.history.iter().map(|it| (it.revision, entry(it, owner)));
    let releases = contracts.releases.iter().map(|it| (it.revision, marked(it, owner)));
    let mut new: Vec<_> = changes.chain(releases).filter(|it| it.0 > behind).collect();
    new.sort_by_key(|it| it.0);
    new.into_iter().map(|it| it.1).collect()
}

fn marked(it: &Release, owner: &Who) -> What {
    let by = it.by.as_deref().map_or_else(|| owner.clone(), |name| Who::Account(Text::of(name)));
    What::ReleaseMarked {
        revision: it.revision,
        until_us: it.until_us,
        by,
        service: Text::of(&it.service),
        version: Text::of(&it.version),
    }
}

fn entry(it: &Changed, owner: &Who) -> What {
    let by = match it.by.as_deref() {
        // Nobody else suspends.
        _ if it.force == Held::Suspended.name() => Who::Itself,
        Some(name) => Who::Account(Text::of(name)),
        None => owner.clone(),
    };
    What::ContractChanged {
        revision: it.revision,
        by,
        clause: Text::of(&it.which.text()),
        force: Text::of(it.force),
        reason: Text::of(&it.reason),
    }
}
