//! Contracts, as the console asks for them.

use crate::contract::diff::{self, NOW, TRAFFIC};
use crate::contract::{Because, Decision, Fault, Held, Released, shown};
use crate::in_force::State;
use bartizan_console::access::Who;
use bartizan_console::backend::{DiffQuery, NewDecision, NewForce, NewRelease, NewRollback};
use bartizan_console::problem::Problem;
use bartizan_model::terms::Force;
use serde_json::Value;

/// Every clause of a service, or of all.
pub(super) fn show(state: &State, service: Option<&str>) -> Value {
    let live = &state.hub.inventory;
    let now_us = state.shared.clock.now().wall_us;
    let traffic = (&live.proposed()[..], &live.usual()[..]);
    shown::all(&live.contracts(), traffic, service, now_us, live.tempo())
}

/// What was decided, the latest first.
pub(super) fn history(state: &State) -> Value {
    shown::history(&state.hub.inventory.contracts())
}

/// Decides on one clause.
pub(super) fn decide(
    state: &State,
    id: &str,
    it: &NewDecision,
    by: &Who,
) -> Result<Value, Problem> {
    let why = because(state, &it.reason, by)?;
    let decision = match it.force {
        NewForce::Off => Decision::Hold(Held::Off),
        NewForce::Observe => Decision::Hold(Held::As(Force::Observed)),
        NewForce::Canary => Decision::Hold(Held::As(Force::Canary)),
        NewForce::Enforce => Decision::Hold(Held::As(Force::Enforced)),
        NewForce::Withdrawn => Decision::Withdraw,
    };
    let one = || shown::only(&show(state, None), |row| shown::is_of(row, id));
    let live = &state.hub.inventory;
    match live.decide(&state.dir, Some(it.revision), &[id.to_owned()], decision, &why) {
        Ok(()) => Ok(one()),
        // Nothing is to be withdrawn of what there never was.
        Err(Fault::Undecided(_)) if one().pointer("/clauses/0").is_none() => Err(Problem::NotFound),
        Err(fault) => Err(problem(&fault)),
    }
}

/// Takes back what was decided behind a revision.
pub(super) fn roll_back(state: &State, it: &NewRollback, by: &Who) -> Result<Value, Problem> {
    let why = because(state, &it.reason, by)?;
    let done = state.hub.inventory.roll_back(&state.dir, it.revision, it.to, &why);
    done.map(|()| history(state)).map_err(|fault| problem(&fault))
}

/// How two states of the contracts differ.
pub(super) fn diff(state: &State, wanted: &DiffQuery) -> Result<Value, Problem> {
    let live = &state.hub.inventory;
    let (from, to) = (wanted.from.as_deref().unwrap_or(NOW), wanted.to.as_deref());
    let differing = diff::shown(&live.contracts(), &live.proposed(), from, to.unwrap_or(TRAFFIC));
    differing.map_err(|fault| problem(&fault))
}

/// A release begins.
pub(super) fn release(state: &State, it: &NewRelease, by: &Who) -> Result<Value, Problem> {
    let released = Released::new(&it.service, &it.version).map_err(|fault| problem(&fault))?;
    let at_us = state.shared.clock.now().wall_us;
    let why = Because { by: Some(by.name.clone()), at_us, reason: String::new() };
    let done = state.hub.inventory.release(&state.dir, released, &why);
    done.map(|it| shown::release(&it)).map_err(|fault| problem(&fault))
}

fn because(state: &State, reason: &str, by: &Who) -> Result<Because, Problem> {
    let at_us = state.shared.clock.now().wall_us;
    Because::new(Some(by.name.clone()), at_us, reason).map_err(Problem::Invalid)
}

fn problem(fault: &Fault) -> Problem {
    match fault {
        Fault::NoClause(_) => Problem::NotFound,
        Fault::NoRevision { .. } | Fault::NoState(_) | Fault::Release => {
            Problem::Invalid(fault.to_string())
        }
        Fault::Undecided(_)
        | Fault::TooEarly
        | Fault::TooMany
        | Fault::Conflicts(_)
        | Fault::Overtaken { .. } => Problem::Conflict(fault.to_string()),
        Fault::Disk(_) => Problem::Unavailable(fault.to_string()),
    }
}
