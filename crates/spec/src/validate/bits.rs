//! A set of small numbers; up to 64 of them take no memory of their own.

/// Which of some numbered things were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    first: u64,
    others: Vec<u64>,
}

impl Bits {
    pub(super) fn insert(&mut self, at: usize) {
        let bit = 1_u64 << (at % 64);
        let Some(word) = (at / 64).checked_sub(1) else {
            self.first |= bit;
            return;
        };
        if self.others.len() <= word {
            self.others.resize(word + 1, 0);
        }
        if let Some(it) = self.others.get_mut(word) {
            *it |= bit;
        }
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        let word = match (at / 64).checked_sub(1) {
            None => self.first,
            Some(word) => self.others.get(word).copied().unwrap_or(0),
        };
        word & (1_u64 << (at % 64)) != 0
    }

    pub(super) fn insert_all(&mut self, other: &Self) {
        self.first |= other.first;
        if self.others.len() < other.others.len() {
            self.others.resize(other.others.len(), 0);
        }
        self.others.iter_mut().zip(&other.others).for_each(|(one, other)| *one |= other);
    }

    pub(super) fn count(&self) -> usize {
        let words = std::iter::once(&self.first).chain(&self.others);
        words.map(|it| it.count_ones() as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inserted_is_contained_and_nothing_else() {
        let (mut one, mut other) = (Bits::default(), Bits::default());
        let numbers = [0, 1, 63, 64, 127, 128, 700];
        numbers.iter().for_each(|it| one.insert(*it));
        other.insert(5);
        other.insert_all(&one);
        for at in 0..800 {
            assert_eq!(one.contains(at), numbers.contains(&at), "{at}");
            assert_eq!(other.contains(at), at == 5 || numbers.contains(&at), "{at}");
        }
        assert_eq!((one.count(), other.count()), (7, 8));
    }
}
