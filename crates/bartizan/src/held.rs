//! What is kept, for commands that read it: beside a running instance or without one.
//!
//! Reads    a data directory. It changes nothing.
//! Errors   [`HeldError`].

use crate::config::secret::Reference;
use crate::config::{Store, duration_ms};
use crate::instance::JOURNAL;
use crate::keeper::{self, KeeperError, SEGMENTS};
use crate::wall::now_us;
use arrow::array::RecordBatch;
use bartizan_store::segments::archive::ArchiveError;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::plain::since;
use bartizan_store::segments::write::SegmentError;
use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;

/// Why nothing can be read.
#[derive(Debug)]
pub enum HeldError {
    /// There is no data directory.
    NoData,
    /// The key of the segments.
    Key(KeeperError),
}

impl fmt::Display for HeldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoData => f.write_str("there is no journal: nothing was recorded there yet"),
            Self::Key(error) => write!(f, "{error}; name the key with --key"),
        }
    }
}

/// Opens what is kept in `dir`.
///
/// # Errors
///
/// [`HeldError`].
pub fn open(dir: &Path, key: Option<Reference>) -> Result<Held, HeldError> {
    of(dir, store_of(key).as_ref())
}

/// What a configuration would say that names this key and nothing else.
pub(crate) fn store_of(key: Option<Reference>) -> Option<Store> {
    key.map(|key| Store {
        key: Some(key),
        earlier_keys: Vec::new(),
        bytes_max: 0,
        age_max_ms: 0,
        seal_every_ms: 0,
    })
}

/// What is kept in `dir`, under the keys that the configuration names.
///
/// # Errors
///
/// [`HeldError`].
pub fn of(dir: &Path, store: Option<&Store>) -> Result<Held, HeldError> {
    if !dir.join(JOURNAL).is_dir() {
        return Err(HeldError::NoData);
    }
    let keys = match keeper::keys(dir, store, false) {
        Ok(keys) => Some(keys),
        // As long as nothing is sealed there need be no key.
        Err(KeeperError::File(_, error)) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(HeldError::Key(error)),
    };
    Ok(Held::at(&dir.join(SEGMENTS), &dir.join(JOURNAL), keys))
}

/// Gives every batch of exchanges that began at `since_us` or later, oldest segments first and then the
/// journal, until `each` breaks off; how many exchanges there were.
///
/// # Errors
///
/// Those of the archive, of a segment, and of `each`.
pub fn batches<E: From<ArchiveError> + From<SegmentError>>(
    held: &Held,
    since_us: u64,
    mut each: impl FnMut(&RecordBatch) -> Result<ControlFlow<()>, E>,
) -> Result<u64, E> {
    let now = held.now()?;
    let mut rows = 0;
    let mut give = |batch: Result<_, SegmentError>| {
        let batch = since(&batch?, since_us)?;
        rows += batch.num_rows() as u64;
        each(&batch)
    };
    let mut entries: Vec<_> = now.contents.entries.values().collect();
    entries.sort_by_key(|it| (it.min_us, it.number));
    for entry in entries.into_iter().filter(|it| it.max_us >= since_us) {
        let Some(segment) = held.rows(entry)? else { continue };
        for batch in segment {
            if give(batch)?.is_break() {
                return Ok(rows);
            }
        }
    }
    for segment in now.journal {
        for batch in held.journal(segment) {
            if give(batch)?.is_break() {
                return Ok(rows);
            }
        }
    }
    Ok(rows)
}

/// How long ago, such as `7d`, `24h`, `30m`, `90s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ago {
    ms: u64,
}

impl Ago {
    /// Milliseconds.
    pub const fn ms(self) -> u64 {
        self.ms
    }

    /// That moment, in microseconds since 1970.
    pub fn us(self) -> u64 {
        now_us().saturating_sub(self.ms.saturating_mul(1_000))
    }
}

/// The text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAgo;

impl fmt::Display for NotAnAgo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time such as 7d, 24h, 30m or 90s")
    }
}

impl std::error::Error for NotAnAgo {}

impl FromStr for Ago {
    type Err = NotAnAgo;

    fn from_str(text: &str) -> Result<Self, NotAnAgo> {
        let ms = match text.strip_suffix('d') {
            Some(days) if days.bytes().all(|it| it.is_ascii_digit()) => {
                days.parse::<u64>().ok().map(|it| it.saturating_mul(86_400_000))
            }
            Some(_) => None,
            None => duration_ms(text),
        };
        ms.filter(|it| *it > 0).map(|ms| Self { ms }).ok_or(NotAnAgo)
    }
}

/// Where a key is, as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAt(pub Reference);

/// The text names no key, or is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKeyAt;

impl fmt::Display for NotAKeyAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected file:PATH or env:NAME, and not the key itself")
    }
}

impl std::error::Error for NotAKeyAt {}

impl FromStr for KeyAt {
    type Err = NotAKeyAt;

    fn from_str(text: &str) -> Result<Self, NotAKeyAt> {
        Reference::named(text).map(Self).map_err(|_| NotAKeyAt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_ago_is_a_number_and_a_unit() {
        for (text, ms) in [("7d", 604_800_000), ("24h", 86_400_000), ("90s", 90_000)] {
            assert_eq!(text.parse::<Ago>().map(Ago::ms), Ok(ms));
        }
        for wrong in ["", "d", "-1d", "7", "7w", "0d", "1.5h", "7dd"] {
            assert_eq!(wrong.parse::<Ago>(), Err(NotAnAgo), "{wrong}");
        }
    }
}
