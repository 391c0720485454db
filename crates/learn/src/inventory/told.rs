//! Of which types the values of a field are, as far as several subjects say so.
//!
//! Memory   26 bytes.
//! Misses   a type that three subjects told, if two of them share one of sixteen bits: one more has to tell it.

use super::subjects::Some64;
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::terms::Types;

/// Subjects that have nothing to do with each other, for which a type counts.
const TELLERS_MIN: u32 = 3;

/// The notations that are told apart; an empty value has none of these.
const NOTATIONS: [Forms; 4] = [Forms::PLAIN, Forms::STRING, Forms::NUMBER, Forms::BOOLEAN];

/// Which types were told by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    notations: [u16; NOTATIONS.len()],
    kinds: [u16; Kind::ALL.len()],
}

impl Told {
    /// A subject sent a value of these notations that looks so.
    pub(super) fn add(&mut self, forms: Forms, kind: Kind, subject: Some64) {
        let mark = subject.sixteen();
        for (told, notation) in self.notations.iter_mut().zip(NOTATIONS) {
            *told |= if forms.has(notation) { mark } else { 0 };
        }
        if let Some(it) = self.kinds.get_mut(kind as usize) {
            *it |= mark;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let all = self.notations.iter_mut().zip(other.notations);
        all.chain(self.kinds.iter_mut().zip(other.kinds)).for_each(|(to, from)| *to |= from);
    }

    /// The notations that enough subjects used.
    pub fn forms(&self) -> Forms {
        let told = self.notations.iter().zip(NOTATIONS).filter(|it| are_enough(*it.0));
        told.fold(Forms::NONE, |all, it| all.and(it.1))
    }

    /// The looks that values of enough subjects had, one bit for each.
    pub fn kinds(&self) -> u16 {
        let told = self.kinds.iter().zip(Kind::ALL).filter(|it| are_enough(*it.0));
        told.fold(0, |bits, it| bits | Types::bit(*it.1))
    }
}

fn are_enough(marks: u16) -> bool {
    marks.count_ones() >= TELLERS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::SubjectId;

    #[test]
    fn a_type_counts_when_three_subjects_told_it() {
        let of = |subject| Some64::of(SubjectId(subject));
        let mut it = Told::default();
        for subject in [1, 2, 3] {
            it.add(Forms::NUMBER, Kind::Integer, of(subject));
        }
        (0..1_000).for_each(|_| it.add(Forms::STRING, Kind::Text, of(666)));
        assert_eq!((it.forms(), it.kinds()), (Forms::NUMBER, Types::bit(Kind::Integer)));
        let mut other = Told::default();
        [7, 8].iter().for_each(|it| other.add(Forms::STRING, Kind::Text, of(*it)));
        it.merge(&other);
        assert!(it.forms().has(Forms::STRING) && it.kinds() & Types::bit(Kind::Text) != 0);
    }
}
