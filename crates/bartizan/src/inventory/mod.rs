//! The inventory of what is kept: endpoints, callers, fields.
//!
//! Reads    sealed segments and the journal behind them, beside a running instance or without one.
//! Memory   the inventory, and one batch of rows.
//! Errors   [`FoldError`].
//! Misses   segments that are dropped while it runs; exchanges that were recorded without facts count as calls
//!          and tell nothing of fields.

pub(crate) mod apis;
pub(crate) mod changed;
pub(crate) mod classes;
pub mod command;
pub(crate) mod described;
pub(crate) mod drift;
pub(crate) mod live;
mod overlay;
pub(crate) mod posture;
pub(crate) mod profiles;
mod reference;
pub(crate) mod relations;
pub(crate) mod retirement;
pub(crate) mod said;
pub(crate) mod shown;
pub(crate) mod third_parties;
pub(crate) mod trend;

pub use reference::reference;

use crate::held::batches;
use apis::Apis;
use bartizan_learn::inventory::Inventory;
use bartizan_learn::relations::Relations;
use bartizan_learn::retirement::Plan;
use bartizan_learn::usual::Fields;
use bartizan_model::observation::Observation;
use bartizan_store::segments::archive::ArchiveError;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::rows::{Shared, observations};
use bartizan_store::segments::write::SegmentError;
use said::Sayings;
use std::fmt;
use std::ops::ControlFlow;

/// Why what is kept cannot be read.
#[derive(Debug)]
pub enum FoldError {
    /// The archive.
    Archive(ArchiveError),
    /// A segment.
    Segment(SegmentError),
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => write!(f, "{error}"),
            Self::Segment(error) => write!(f, "{error}"),
        }
    }
}

impl From<ArchiveError> for FoldError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<SegmentError> for FoldError {
    fn from(error: SegmentError) -> Self {
        Self::Segment(error)
    }
}

/// Gives what is kept and began at `since_us` or later, oldest first, as long as `each` wants more.
///
/// # Errors
///
/// [`FoldError`].
pub fn fold(
    held: &Held,
    since_us: u64,
    mut each: impl FnMut(&Observation) -> bool,
) -> Result<(), FoldError> {
    let mut shared = Shared::default();
    batches(held, since_us, |batch| -> Result<_, FoldError> {
        let wants_more =
            observations(batch, &mut shared).map_err(SegmentError::Row)?.iter().all(&mut each);
        Ok(if wants_more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(())
}

/// What observations taught.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    /// Endpoints.
    pub(crate) inventory: Inventory,
    /// Who calls what goes.
    pub(crate) plan: Plan,
    /// Which answers hand out what requests carry, where that is followed.
    pub(crate) relations: Option<Relations>,
    /// What fields usually hold that would speak for attacks, where that is followed.
    pub(crate) usual: Option<Fields>,
}

impl Learnt {
    /// Adds an exchange.
    pub(crate) fn observe(&mut self, it: &Observation) {
        self.inventory.observe(it);
        self.plan.observe(it);
        if let Some(relations) = &mut self.relations {
            relations.observe(it);
        }
        if let Some(usual) = &mut self.usual {
            usual.observe(it, &self.inventory);
        }
    }
}

/// What is kept teaches this, by what was said.
///
/// # Errors
///
/// [`FoldError`].
pub(crate) fn of(
    held: &Held,
    since_us: u64,
    said: &Sayings,
    apis: &Apis,
) -> Result<Learnt, FoldError> {
    let all = learnt(held, since_us, (said, apis), None)?;
    let mut services = all.inventory.totals().filter(|it| it.1.calls > 0).map(|it| it.0.to_owned());
    let (only, further) = (services.next(), services.next());
    drop(services);
    match (only, further, said.declared()) {
        // There is one service and one description: they are the same, whatever they are called.
        (Some(only), None, [one]) if one.service != only => {
            learnt(held, since_us, (said, apis), Some(&only))
        }
        _ => Ok(all),
    }
}

fn learnt(
    held: &Held,
    since_us: u64,
    (said, apis): (&Sayings, &Apis),
    only: Option<&str>,
) -> Result<Learnt, FoldError> {
    let mut all = Learnt { plan: Plan::new(apis.retirements()), ..Learnt::default() };
    said.tell(&mut all.inventory, only);
    fold(held, since_us, |it| {
        all.observe(it);
        true
    })?;
    all.inventory.settle();
    Ok(all)
}
