//! One score from all signs: how likely a value is an attack of a kind, and what says so.
//!
//! A logistic regression for each kind: the weights of the signs that were seen, and of what the value is like as a
//! whole. Whole numbers throughout, so that a replay gives the same scores on every machine.
//!
//! Reads    signs, the shape of the value, and the weights of `weights.rs`.
//! Writes   a score in thousandths, and reasons.
//! Memory   none.
//! Misses   what recognisers do not see: without a sign there is no score.
//! Source   weights: `docs/detection.md`, with where they come from and how good they are.

use super::attack::Attack;
use super::shape::Shape;
use super::sign::{Signs, Strength};
use super::weights;
use bartizan_model::evidence::Fingerprint;

/// What was learnt of one kind of attack, in thousandths.
#[derive(Debug)]
pub(super) struct Weights {
    /// The kind.
    pub(super) attack: Attack,
    /// Without any sign.
    pub(super) always: i32,
    /// Of each sign of its recogniser, by name, in the order of its bits.
    pub(super) signs: &'static [(&'static str, i32)],
    /// Of each feature of the shape.
    pub(super) shape: &'static [i32],
}

impl Attack {
    fn weights(self) -> Option<&'static Weights> {
        weights::ALL.get(self as usize).filter(|it| it.attack == self)
    }

    /// How likely a value with these signs is an attack of this kind, in thousandths; at most 999.
    pub fn score(self, signs: Signs, shape: Shape) -> u16 {
        let Some(it) = self.weights() else { return 0 };
        let seen = it.signs.iter().enumerate().filter(|(n, _)| signs.has(*n)).map(|it| it.1.1);
        let like = it.shape.iter().enumerate().filter(|(n, _)| shape.has(*n)).map(|it| *it.1);
        logistic(seen.chain(like).fold(it.always, i32::saturating_add))
    }

    /// The names of signs.
    pub fn names(self, of: Signs) -> Vec<&'static str> {
        let all = self.signs().iter().enumerate().filter(|(n, _)| of.has(*n));
        all.map(|it| it.1.name).collect()
    }

    /// Of signs that are usual somewhere those that may count for nothing there: they speak for an attack, and harmless text
    /// has them too.
    pub(super) fn usual_at_most(self, signs: u32) -> Signs {
        let Some(it) = self.weights() else { return Signs::default() };
        let all = it.signs.iter().zip(self.signs()).enumerate();
        let mut may = Signs::default();
        for (n, ((_, weight), sign)) in all.filter(|_| signs != 0) {
            may.note(n, *weight > 0 && sign.strength < Strength::Certain);
        }
        Signs::of(may.bits() & signs)
    }

    /// What said most that a value is an attack, the weightiest first.
    pub fn reasons(self, signs: Signs) -> Vec<&'static str> {
        let Some(it) = self.weights() else { return Vec::new() };
        let mut seen: Vec<_> = it
            .signs
            .iter()
            .enumerate()
            .filter(|(n, it)| signs.has(*n) && it.1 > 0)
            .map(|it| it.1)
            .collect();
        seen.sort_by_key(|it| -it.1);
        seen.into_iter().map(|it| it.0).collect()
    }
}

/// The signs as they are kept with a finding: eight hexadecimal digits.
pub(super) fn fingerprint(signs: Signs) -> Fingerprint {
    Fingerprint::new(format!("{:08x}", signs.bits()).as_bytes())
}

/// Thousandths of 1 / (1 + e^-z) at z = 0, 0.25, 0.5, …, 8.
const STEPS: [u16; 33] = [
    500, 562, 622, 679, 731, 777, 818, 852, 881, 905, 924, 940, 953, 963, 971, 977, 982, 986, 989,
    991, 993, 995, 996, 997, 998, 998, 998, 999, 999, 999, 999, 999, 999,
];

/// Of a sum in thousandths, between the steps in a straight line.
fn logistic(sum: i32) -> u16 {
    let size = usize::try_from(sum.unsigned_abs()).unwrap_or(usize::MAX);
    let at = |n: usize| STEPS.get(n).copied().unwrap_or(999);
    let (step, rest) = (size / 250, size % 250);
    let (low, high) = (usize::from(at(step)), usize::from(at(step.saturating_add(1))));
    let value = low + (high - low) * rest / 250;
    let value = u16::try_from(value).unwrap_or(999);
    if sum < 0 { 1_000 - value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recogniser_has_the_weights_of_its_signs() {
        for (n, attack) in Attack::ALL.iter().enumerate() {
            let it = attack.weights().unwrap();
            assert_eq!((it.attack, *attack as usize), (*attack, n));
            let names: Vec<_> = it.signs.iter().map(|it| it.0).collect();
            let signs: Vec<_> = attack.signs().iter().map(|it| it.name).collect();
            assert_eq!(names, signs, "{}: train anew", attack.name());
        }
    }

    #[test]
    fn the_logistic_rises_and_is_within_its_steps() {
        let all: Vec<u16> = (-10_000..10_000).step_by(50).map(logistic).collect();
        assert!(all.is_sorted());
        for (sum, expected) in [(0, 500), (250, 562), (-250, 438), (4_000, 982), (i32::MAX, 999)] {
            assert_eq!(logistic(sum), expected, "{sum}");
        }
        for (n, &step) in STEPS.iter().enumerate() {
            let z = n as f64 / 4.0;
            assert!((f64::from(step) - 1_000.0 / (1.0 + (-z).exp())).abs() < 1.0, "{n}");
        }
    }
}
