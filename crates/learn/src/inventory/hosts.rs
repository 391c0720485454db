//! Hosts that the messages of an endpoint point to.
//!
//! Reads    hosts of observations, with their places.
//! Memory   at most [`ENDPOINT_MAX`] hosts of one endpoint, of which one subject brought `BROUGHT_MAX`, and
//!          [`ALL_MAX`] of all, of which one subject brought `SUBJECT_MAX`. What finds no room is counted.
//! Misses   what the observation did not keep: all but four of a message, and hosts of exchanges that are not sampled.

use super::subjects::Some64;
use bartizan_model::host::{Host, Pointed, Side};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// Hosts of one endpoint, one for each place where it stands.
pub const ENDPOINT_MAX: usize = 64;
/// Hosts of all endpoints.
pub const ALL_MAX: usize = 1_024;
/// Hosts that one subject brings to one endpoint: clients choose what they send.
const BROUGHT_MAX: usize = 16;
/// Hosts that one subject brings to all endpoints.
const SUBJECT_MAX: u16 = 64;

/// Hosts of one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    met: Vec<Met>,
}

/// A host in one place of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Of which side.
    pub side: Side,
    /// Where.
    pub place: Place,
    /// Which.
    pub host: Host,
    /// Exchanges that had it.
    pub exchanges: u64,
    /// Of these, those that called this host themselves.
    pub own: u64,
    /// When the first and the last of them began, in microseconds since 1970.
    pub first_us: u64,
    /// See `first_us`.
    pub last_us: u64,
    subjects: Some64,
    brought_by: u64,
}

impl Met {
    /// Subjects, of which 64 at most are told apart: there were at least so many.
    pub fn subjects(&self) -> u32 {
        self.subjects.at_least()
    }

    pub(crate) fn marks(&self) -> Some64 {
        self.subjects
    }

    /// Whether most exchanges that had it called it.
    pub fn is_own(&self) -> bool {
        self.own * 2 > self.exchanges
    }

    fn is(&self, it: &Pointed) -> bool {
        self.host == it.host && self.side == it.side && self.place == it.place
    }
}

/// The room that all endpoints share.
#[derive(Clone, Debug, Default)]
pub(super) struct HostRoom {
    taken: usize,
    /// By subject, as many as it brought.
    brought: BTreeMap<u64, u16>,
    /// Hosts that found no room.
    pub(super) more: u64,
}

impl HostRoom {
    /// Takes room for one that this subject brings, if there is any.
    fn take(&mut self, subject: u64) -> bool {
        let brought = self.brought.get(&subject).copied().unwrap_or(0);
        if self.taken >= ALL_MAX || brought >= SUBJECT_MAX {
            return false;
        }
        self.taken += 1;
        self.brought.insert(subject, brought + 1);
        true
    }
}

impl Hosts {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Met> {
        self.met.iter()
    }

    /// Adds those of an exchange.
    pub(super) fn add(&mut self, it: &Observation, room: &mut HostRoom) {
        let at_us = it.started.wall_us;
        let (subject, marks) = (folded(it.subject), Some64::of(it.subject));
        for pointed in &it.pointed {
            if let Some(known) = self.met.iter_mut().find(|known| known.is(pointed)) {
                known.exchanges += 1;
                known.own += u64::from(pointed.is_own);
                known.first_us = known.first_us.min(at_us);
                known.last_us = known.last_us.max(at_us);
                known.subjects = known.subjects.and(marks);
                continue;
            }
            let brought = self.met.iter().filter(|it| it.brought_by == subject).count();
            let has_room = self.met.len() < ENDPOINT_MAX && brought < BROUGHT_MAX;
            if !has_room || !room.take(subject) {
                room.more += 1;
                continue;
            }
            let Pointed { side, place, host, is_own } = pointed.clone();
            self.met.push(Met {
                side,
                place,
                host,
                exchanges: 1,
                own: u64::from(is_own),
                first_us: at_us,
                last_us: at_us,
                subjects: marks,
                brought_by: subject,
            });
        }
    }

    /// Takes those of another endpoint that is the same one, as far as there is room.
    pub(super) fn merge(&mut self, other: Self) {
        for it in other.met {
            let is_it = |known: &&mut Met| {
                known.host == it.host && known.side == it.side && known.place == it.place
            };
            if let Some(known) = self.met.iter_mut().find(is_it) {
                known.exchanges += it.exchanges;
                known.own += it.own;
                known.first_us = known.first_us.min(it.first_us);
                known.last_us = known.last_us.max(it.last_us);
                known.subjects = known.subjects.and(it.subjects);
            } else if self.met.len() < ENDPOINT_MAX {
                self.met.push(it);
            }
        }
    }
}

fn folded(subject: SubjectId) -> u64 {
    u64::try_from((subject.0 >> 64 ^ subject.0) & u128::from(u64::MAX)).unwrap_or(0)
}
