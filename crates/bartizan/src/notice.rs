//! What an operator would want to be told and does not ask: conditions that begin and end.
//!
//! Reads    the state of an instance, when it is asked to look.
//! Writes   one event for each condition that changed since the last look.
//! Memory   a word for each address of an upstream; the marks of patches that have ended.
//! Misses   what begins and ends between two looks.

use crate::in_force::{State, lock};
use crate::log::Event;
use bartizan_engine::tables::detail::Level;
use std::collections::{BTreeMap, BTreeSet};

/// What was told last.
#[derive(Debug, Default)]
pub struct Noticed {
    is_overloaded: bool,
    are_shared: bool,
    level: Level,
    is_failing: bool,
    is_ledger_failing: bool,
    is_not_sealing: bool,
    /// By upstream and address; without an entry it was well.
    conditions: BTreeMap<(String, String), &'static str>,
    /// Virtual patches whose end was told, and when it was.
    ended: BTreeSet<([u8; 8], u64)>,
}

const WELL: &str = "well";

impl Noticed {
    pub(crate) fn look(&mut self, state: &State) -> Vec<Event> {
        let tables = &state.shared.tables;
        let mut events = Vec::new();
        if changes(&mut self.is_overloaded, tables.is_overloaded()) {
            let overloaded = self.is_overloaded;
            events.push(if overloaded { Event::OverloadBegun } else { Event::OverloadEnded });
        }
        if changes(&mut self.are_shared, tables.crowd().is_shared()) {
            let shared = self.are_shared;
            events.push(if shared { Event::AddressesShared } else { Event::AddressesDistinct });
        }
        if changes(&mut self.level, tables.detail().level()) {
            let recorded = self.level.name();
            events.push(match self.level {
                Level::Full => Event::RecordingFull,
                Level::FewerFacts | Level::HeadsOnly => Event::RecordingLess { recorded },
            });
        }
        let fault = lock(&state.hub.journal_fault).clone();
        if changes(&mut self.is_failing, fault.is_some()) {
            events.push(match fault {
                Some(reason) => Event::JournalFailing { reason },
                None => Event::JournalWorking,
            });
        }
        let fault = state.hub.ledger.standing().fault;
        if changes(&mut self.is_ledger_failing, fault.is_some()) {
            events.push(match fault {
                Some(reason) => Event::LedgerFailing { reason },
                None => Event::LedgerWorking,
            });
        }
        let fault = lock(&state.hub.kept.fault).clone();
        if changes(&mut self.is_not_sealing, fault.is_some()) {
            events.push(match fault {
                Some(reason) => Event::SealingFailing { reason },
                None => Event::SealingWorking,
            });
        }
        let changed = state.hub.inventory.take_changes();
        let count = changed.len() as u64;
        events.extend(
            changed.into_iter().next().map(|first| Event::ApiChanged { changes: count, first }),
        );
        events.extend(state.hub.inventory.take_digest().map(|it| Event::ApiDigest {
            day: it.day,
            changes: it.changes,
            says: it.says,
        }));
        let suspended = state.hub.inventory.take_suspended().into_iter();
        events.extend(suspended.map(|it| Event::ClauseSuspended {
            id: it.which.id(),
            clause: it.which.text(),
            reason: it.reason(),
        }));
        let versions = state.hub.inventory.take_versions().into_iter();
        events.extend(
            versions.map(|it| Event::NewVersion {
                service: it.route.to_string(),
                until_us: it.until_us,
            }),
        );
        events.extend(self.patches(state));
        events.extend(self.conditions(state));
        events
    }

    /// Patches that ended since the last look, or had before they were read.
    fn patches(&mut self, state: &State) -> Vec<Event> {
        let now_us = state.shared.clock.now().wall_us;
        let view = state.shared.views.current();
        let (mut ended, mut events) = (BTreeSet::new(), Vec::new());
        for it in view.snapshot.rules.patches.all().iter().map(|it| it.patch()) {
            let Some(until_us) = it.until_us.filter(|_| !it.acts(now_us)) else { continue };
            let key = (it.mark().bytes(), until_us);
            if !self.ended.contains(&key) {
                events.push(Event::PatchEnded { id: it.id.to_string(), until_us });
            }
            ended.insert(key);
        }
        self.ended = ended;
        events
    }

    fn conditions(&mut self, state: &State) -> Vec<Event> {
        let now_ms = state.shared.clock.coarse_ms();
        let view = state.shared.views.current();
        let mut events = Vec::new();
        let mut now = BTreeMap::new();
        for it in &view.upstreams {
            for ((host, port), is) in it.target.addresses.iter().zip(it.balance.conditions(now_ms))
            {
                let key = (it.target.name.to_string(), format!("{host}:{port}"));
                let was = self.conditions.get(&key).copied().unwrap_or(WELL);
                let is = is.name();
                if was != is {
                    let (upstream, address) = key.clone();
                    events.push(Event::UpstreamCondition { upstream, address, was, is });
                }
                now.insert(key, is);
            }
        }
        self.conditions = now;
        events
    }
}

/// Takes over `now`; whether it is another.
fn changes<T: Copy + PartialEq>(known: &mut T, now: T) -> bool {
    let changes = *known != now;
    *known = now;
    changes
}
