//! Which kinds of callers an endpoint never has: strangers, who call the others of its service.
//!
//! Reads    what callers are, as their tokens say (`inventory::roles`).
//! Misses   endpoints that anybody may call without a credential; kinds that few callers are of: that none of them came yet tells
//!          nothing; operations of an envelope, which share what is said of its path.
//!
//! What one or two callers of a kind do teaches nothing: neither that it calls the endpoint, nor that it does not.

use super::{INDEPENDENT_MIN, Pace};
use crate::inventory::leaf::Leaf;
use crate::inventory::roles::{Claim, Roles};
use crate::inventory::subjects::Some64;
use bartizan_model::terms::Kinds;

/// That a kind only happens not to have called yet is at most so likely.
const CHANCE_MAX: f64 = 0.01;

/// The kinds that never call an endpoint, by claim; and how many callers speak for that, of here and elsewhere.
pub(super) fn kinds(leaf: &Leaf, roles: &Roles, pace: &Pace) -> (Vec<Kinds>, u64) {
    // Whoever is turned away would come without a token.
    if leaf.anonymous > 0 {
        return (Vec::new(), 0);
    }
    let found = roles.claims().filter_map(|(at, claim)| of_claim(leaf, at, claim, pace));
    let (kinds, witnesses): (Vec<_>, Vec<u64>) = found.unzip();
    (kinds, witnesses.into_iter().min().unwrap_or(0))
}

fn of_claim(leaf: &Leaf, at: u8, claim: &Claim, pace: &Pace) -> Option<(Kinds, u64)> {
    let all = leaf.habits.as_ref()?.callers.of(at);
    let calling: Vec<(u8, Some64)> = all.filter(|it| it.1.at_least() >= INDEPENDENT_MIN).collect();
    let callers = calling.iter().fold(Some64::default(), |all, it| all.and(it.1)).at_least();
    if u64::from(callers) < pace.subjects_min {
        return None;
    }
    let known: Vec<u8> = calling.iter().map(|it| it.0).collect();
    let is_stranger = |it: &(u8, u32)| {
        let elsewhere = claim.with(&[it.0], &known);
        let are_enough = elsewhere as u64 >= pace.subjects_min;
        are_enough && chance(elsewhere, claim.callers(), callers) <= CHANCE_MAX
    };
    let (strangers, others): (Vec<_>, Vec<_>) = claim.values().partition(is_stranger);
    if strangers.is_empty() {
        return None;
    }
    let numbers: Vec<u8> = strangers.iter().map(|it| it.0).collect();
    let subjects = claim.with(&numbers, &known) as u64 + u64::from(callers);
    let hashes = |all: Vec<(u8, u32)>| all.into_iter().map(|it| it.1).collect();
    let (strangers, others) = (hashes(strangers), hashes(others));
    Some((Kinds { claim: claim.name.clone(), strangers, others }, subjects))
}

/// How likely it is that none of so many callers is of a kind, if each were anybody of the service.
fn chance(of_kind: usize, of_all: usize, callers: u32) -> f64 {
    let (others, all) = (of_all.saturating_sub(of_kind) + 1, of_all + 1);
    let share = others as f64 / all as f64;
    share.powi(i32::try_from(callers).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_few_of_a_kind_did_not_come_may_be_chance() {
        assert!(chance(80, 88, 5) < CHANCE_MAX && chance(80, 88, 2) > CHANCE_MAX);
        assert!(chance(5, 100, 60) > CHANCE_MAX && chance(0, 0, 9) > CHANCE_MAX);
    }
}
