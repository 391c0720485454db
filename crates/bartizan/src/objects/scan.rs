//! What is kept, from the newest back, as far as somebody wants to wait.
//!
//! Reads    the journal and the sealed segments behind it, the newest first; within one, the oldest first.
//! Memory   one batch.
//! Errors   [`FoldError`].
//! Misses   what lies behind the bound: [`Looked::is_cut`] says so.

use crate::held::Ago;
use crate::inventory::FoldError;
use crate::show;
use bartizan_model::fact::Facts;
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::Observation;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::plain::since;
use bartizan_store::segments::rows::{Shared, observations};
use bartizan_store::segments::write::SegmentError;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// Exchanges that one look goes through: a second or two. A segment that is begun is read to its end.
pub(crate) const EXCHANGES_MAX: u64 = 500_000;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Only exchanges that began then or later, in microseconds since 1970.
    pub(crate) since_us: u64,
    /// Only exchanges before this one.
    pub(crate) before: Option<ExchangeId>,
    /// After so many exchanges no further segment is begun.
    pub(crate) exchanges_max: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self { since_us: 0, before: None, exchanges_max: EXCHANGES_MAX }
    }
}

impl Window {
    /// So old at most, such as `24h`; everything without one.
    pub(crate) fn since(ago: Option<&str>, now_us: u64) -> Result<Self, String> {
        let ago = ago.filter(|it| !it.is_empty()).map(|it| it.parse::<Ago>()).transpose();
        let ago = ago.map_err(|_| "since: a duration such as `24h`".to_owned())?;
        let since_us = ago.map_or(0, |it| now_us.saturating_sub(it.ms().saturating_mul(1_000)));
        Ok(Self { since_us, ..Self::default() })
    }
}

/// Somebody who looks.
pub(crate) trait Look {
    /// Takes an exchange.
    fn see(&mut self, it: &Observation);
    /// Whether exchanges that began at this time or earlier are not wanted any more.
    fn is_enough(&self, until_us: u64) -> bool;
}

/// How far somebody looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Exchanges.
    pub(crate) exchanges: u64,
    /// Those of which values were not kept.
    pub(crate) without_values: u64,
    /// When the earliest of them began.
    pub(crate) from_us: Option<u64>,
    /// There is more that was not looked at.
    pub(crate) is_cut: bool,
}

impl Looked {
    /// For the control API.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "exchanges": self.exchanges,
            "without_values": self.without_values,
            "from": self.from_us.map(show::timestamp),
            "cut": self.is_cut,
        })
    }

    fn add(&mut self, it: &Observation) {
        self.exchanges += 1;
        self.without_values += u64::from([&it.request, &it.response].into_iter().any(lacks_values));
        let at_us = it.started.wall_us;
        self.from_us = Some(self.from_us.map_or(at_us, |from| from.min(at_us)));
    }
}

/// A side that held anything has facts, or no more than the number of its shape.
fn lacks_values(it: &Option<Facts>) -> bool {
    it.as_ref().is_some_and(|it| it.facts.is_empty())
}

/// Looks through what is kept.
///
/// # Errors
///
/// [`FoldError`].
pub(crate) fn newest_first(
    held: &Held,
    window: Window,
    look: &mut impl Look,
) -> Result<Looked, FoldError> {
    let mut looked = Looked::default();
    let mut shared = Shared::default();
    let mut give = |batch: Result<_, SegmentError>, looked: &mut Looked, look: &mut _| {
        let batch = since(&batch?, window.since_us)?;
        for it in observations(&batch, &mut shared).map_err(SegmentError::Row)? {
            if window.before.is_none_or(|before| it.id < before) {
                looked.add(&it);
                Look::see(look, &it);
            }
        }
        Ok::<_, FoldError>(())
    };
    let now = held.now()?;
    for segment in now.journal.into_iter().rev() {
        if looked.exchanges >= window.exchanges_max {
            looked.is_cut = true;
            return Ok(looked);
        }
        for batch in held.journal(segment) {
            give(batch, &mut looked, look)?;
        }
    }
    let until_us = window.before.map_or(u64::MAX, |it| it.unix_ms().saturating_add(1) * 1_000);
    let in_window = |min_us: u64, max_us: u64| max_us >= window.since_us && min_us <= until_us;
    let mut entries: Vec<_> =
        now.contents.entries.values().filter(|it| in_window(it.min_us, it.max_us)).collect();
    entries.sort_by_key(|it| Reverse((it.max_us, it.number)));
    for entry in entries {
        if look.is_enough(entry.max_us) {
            break;
        }
        if looked.exchanges >= window.exchanges_max {
            looked.is_cut = true;
            break;
        }
        // One that was dropped meanwhile was the oldest.
        let Some(rows) = held.rows(entry)? else { continue };
        for batch in rows {
            give(batch, &mut looked, look)?;
        }
    }
    Ok(looked)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::instance::JOURNAL;
    use crate::keeper::SEGMENTS;
    use crate::objects::double::{at_us, given, id, without_values};
    use bartizan_model::id::KeyEpoch;
    use bartizan_model::moment::Moment;
    use bartizan_store::journal::{Journal, Options};
    use bartizan_store::record::Record;
    use std::fs;
    use std::path::PathBuf;

    /// What is kept, each exchange in a segment of its own.
    pub(in crate::objects) struct Kept(PathBuf);

    impl Kept {
        pub(in crate::objects) fn of(
            name: &str,
            all: impl IntoIterator<Item = Observation>,
        ) -> Self {
            let home = format!("bartizan-objects-{name}-{}", std::process::id());
            let home = std::env::temp_dir().join(home);
            drop(fs::remove_dir_all(&home));
            fs::create_dir_all(home.join(JOURNAL)).unwrap();
            let options = Options {
                journal_bytes_max: 1 << 20,
                segment_bytes_max: 1,
                buffer_bytes_max: 1 << 20,
                epoch: KeyEpoch(3),
            };
            let now = Moment { mono_ns: 0, wall_us: at_us(0) };
            let (mut journal, _) = Journal::open(&home.join(JOURNAL), options, now).unwrap();
            all.into_iter().for_each(|it| journal.append(&Record::Observation(it)).unwrap());
            journal.sync().unwrap();
            Self(home)
        }

        pub(in crate::objects) fn held(&self) -> Held {
            Held::at(&self.0.join(SEGMENTS), &self.0.join(JOURNAL), None)
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[derive(Default)]
    struct Ids(Vec<ExchangeId>);

    impl Look for Ids {
        fn see(&mut self, it: &Observation) {
            self.0.push(it.id);
        }

        fn is_enough(&self, _: u64) -> bool {
            false
        }
    }

    /// Of four exchanges, each in a segment of its own, expects these.
    #[track_caller]
    fn check(window: Window, expected: &[u64], is_cut: bool) {
        let kept = Kept::of("scan", (1..=4).map(|n| given(n, 1, n)));
        let mut ids = Ids::default();
        let looked = newest_first(&kept.held(), window, &mut ids).unwrap();
        assert_eq!(ids.0, expected.iter().map(|n| id(*n)).collect::<Vec<_>>());
        let count = expected.len() as u64;
        assert_eq!((looked.exchanges, looked.is_cut), (count, is_cut));
        assert_eq!(looked.from_us, expected.iter().map(|n| at_us(*n)).min());
    }

    #[test]
    fn the_newest_are_looked_at_and_what_is_left_out_is_said() {
        let all = Window::default();
        check(all, &[4, 3, 2, 1], false);
        check(Window { exchanges_max: 2, ..all }, &[4, 3], true);
        check(Window { exchanges_max: 4, ..all }, &[4, 3, 2, 1], false);
        check(Window { since_us: at_us(3), ..all }, &[4, 3], false);
        check(Window { before: Some(id(3)), ..all }, &[2, 1], false);
        // What is passed over on the way to a page is not counted.
        check(Window { before: Some(id(3)), exchanges_max: 1, ..all }, &[2], true);
    }

    #[test]
    fn exchanges_without_values_are_counted() {
        let kept = Kept::of("values", [given(1, 1, 17), without_values(given(2, 1, 17))]);
        let looked = newest_first(&kept.held(), Window::default(), &mut Ids::default()).unwrap();
        assert_eq!((looked.exchanges, looked.without_values), (2, 1));
    }

    #[test]
    fn how_long_ago_is_a_duration() {
        let since = |ago| Window::since(ago, 5_000_000).map(|it| it.since_us);
        assert_eq!(
            (since(None), since(Some("")), since(Some("2s"))),
            (Ok(0), Ok(0), Ok(3_000_000))
        );
        assert!(since(Some("yesterday")).is_err());
    }
}
