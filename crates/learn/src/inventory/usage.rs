//! How the calls of a segment go on: whether a word is called as the values of a variable beside it are.
//!
//! Reads    calls of a node by what follows: a method of its own, or a segment.
//! Memory   one number for each way that calls go on, while words are compared.
//! Misses   words with fewer than [`CALLS_MIN`] calls.

use super::node::{Node, VARIABLE, hash};
use bartizan_model::head::Method;
use std::collections::{BTreeMap, BTreeSet};

/// Calls of a word below which they tell nothing.
const CALLS_MIN: u64 = 4;
/// The same of the variable.
const CALLS_KNOWN_MIN: u64 = 20;
/// Bits for each bit that the calls tell: objects differ in how they are used, endpoints differ more.
const WEIGHT: f64 = 0.3;
/// Bits against a value at most.
const BITS_MAX: f64 = 4.0;
/// Bits that chance tells for each further way.
const OF_CHANCE: f64 = 1.1;

/// One way that calls go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// They end here.
    Method(Method),
    /// Through this word.
    Word(u64),
    /// Through the value of a further variable.
    Value,
}

/// Calls by the way that they went on.
#[derive(Debug, Default)]
pub(super) struct Usage {
    ways: BTreeMap<Way, u64>,
    calls: u64,
    /// Words among them that look rather like values.
    may_be_values: BTreeSet<Way>,
}

/// The calls of several words.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// With the words whose calls go on so.
    ways: BTreeMap<Way, (u64, u32)>,
    calls: u64,
    may_be_values: BTreeSet<Way>,
}

impl Together {
    /// Of these.
    pub(super) fn of<'a>(all: impl Iterator<Item = &'a Usage>) -> Self {
        let mut it = Self::default();
        for usage in all {
            it.calls += usage.calls;
            it.may_be_values.extend(&usage.may_be_values);
            for (way, calls) in &usage.ways {
                let known = it.ways.entry(*way).or_default();
                *known = (known.0 + calls, known.1 + 1);
            }
        }
        it
    }
}

impl Usage {
    /// Of one node.
    pub(super) fn of(node: &Node) -> Self {
        let variable = hash(VARIABLE);
        let way = |word| if word == variable { Way::Value } else { Way::Word(word) };
        let here = node.leaves.iter().map(|it| (Way::Method(*it.0), it.1.calls));
        let behind = node.children.values().map(|it| (way(it.word), it.calls));
        let ways: BTreeMap<_, _> = here.chain(behind).filter(|it| it.1 > 0).collect();
        let looks_like_value = node.children.values().filter(|it| it.likeness >= 0.0);
        let may_be_values = looks_like_value.map(|it| way(it.word)).collect();
        Self { calls: ways.values().sum(), ways, may_be_values }
    }

    /// What speaks against a word as a value of the variable that is `known`. Each value is called in about the
    /// same ways: that none of 30 calls was a `POST` tells much where half of the others are.
    pub(super) fn bits_beside(&self, known: &Self) -> f32 {
        if self.calls < CALLS_MIN || known.calls < CALLS_KNOWN_MIN {
            return 0.0;
        }
        // A word that nothing is known of may be a value of the next variable.
        let may_be_value = known.ways.contains_key(&Way::Value);
        let mut own: BTreeMap<Way, u64> = BTreeMap::new();
        for (way, calls) in &self.ways {
            let is_new = may_be_value && !known.ways.contains_key(way);
            let is_word = matches!(way, Way::Word(_));
            *own.entry(if is_new && is_word { Way::Value } else { *way }).or_default() += calls;
        }
        Self { calls: self.calls, ways: own, may_be_values: BTreeSet::new() }.bits_against(known)
    }

    /// The same of words beside which no variable is known yet: what speaks against this one as one of `all`.
    pub(super) fn bits_among(&self, all: &Together) -> f32 {
        let calls = all.calls.saturating_sub(self.calls);
        if self.calls < CALLS_MIN || calls < CALLS_KNOWN_MIN {
            return 0.0;
        }
        let (mut own, mut known) = (BTreeMap::<Way, u64>::new(), BTreeMap::<Way, u64>::new());
        for (way, (calls, words)) in &all.ways {
            let mine = self.ways.get(way).copied().unwrap_or(0);
            let is_value = *words == 1 && all.may_be_values.contains(way);
            let way = if is_value { Way::Value } else { *way };
            *own.entry(way).or_default() += mine;
            *known.entry(way).or_default() += calls.saturating_sub(mine);
        }
        own.retain(|_, calls| *calls > 0);
        known.retain(|_, calls| *calls > 0);
        Self { calls: self.calls, ways: own, may_be_values: BTreeSet::new() }.bits_against(&Self {
            calls,
            ways: known,
            may_be_values: BTreeSet::new(),
        })
    }

    fn bits_against(&self, known: &Self) -> f32 {
        let own = &self.ways;
        let count = own.keys().chain(known.ways.keys()).collect::<BTreeSet<_>>().len() as f64;
        let share = |calls: u64, of: u64| (calls as f64 + 0.5) / (of as f64 + 0.5 * count);
        let told = own.iter().map(|(way, calls)| {
            let theirs = known.ways.get(way).copied().unwrap_or(0);
            *calls as f64 * (share(*calls, self.calls) / share(theirs, known.calls)).log2()
        });
        let bits = (told.sum::<f64>() - OF_CHANCE * (count - 1.0)) * WEIGHT;
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let bits = bits.clamp(0.0, BITS_MAX) as f32;
        -bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(ways: &[(Way, u64)]) -> Usage {
        Usage {
            ways: ways.iter().copied().collect(),
            calls: ways.iter().map(|it| it.1).sum(),
            may_be_values: BTreeSet::new(),
        }
    }

    fn known() -> Usage {
        let orders = Way::Word(hash("orders"));
        usage(&[(Way::Method(Method::Get), 60), (Way::Method(Method::Post), 50), (orders, 90)])
    }

    #[test]
    fn what_is_called_as_values_are_may_be_one() {
        let orders = Way::Word(hash("orders"));
        let own =
            usage(&[(Way::Method(Method::Get), 5), (Way::Method(Method::Post), 3), (orders, 8)]);
        assert_eq!(own.bits_beside(&known()), 0.0);
    }

    #[test]
    fn what_is_only_read_is_none_where_others_are_written() {
        let own = |calls| usage(&[(Way::Method(Method::Get), calls)]);
        assert_eq!(own(3).bits_beside(&known()), 0.0);
        assert!(own(12).bits_beside(&known()) < -2.0, "{}", own(12).bits_beside(&known()));
        assert_eq!(own(400).bits_beside(&known()), -4.0);
    }

    #[test]
    fn an_unknown_word_counts_as_a_value_where_values_follow() {
        let known = usage(&[(Way::Method(Method::Get), 10), (Way::Value, 90)]);
        let own = usage(&[(Way::Word(hash("billing")), 6), (Way::Word(hash("search")), 6)]);
        assert!(own.bits_beside(&known) > -0.5, "{}", own.bits_beside(&known));
        let bits = own.bits_beside(&self::known());
        assert!(bits < -2.0, "{bits}");
    }

    #[test]
    fn words_without_a_variable_are_held_against_each_other() {
        let add = Way::Word(hash("add"));
        let word = |get, post| usage(&[(Way::Method(Method::Get), get), (add, post)]);
        let bits = |all: &[Usage]| all[0].bits_among(&Together::of(all.iter()));
        assert!(bits(&[word(8, 7), word(9, 6), word(7, 9)]) > -0.5);
        assert!(bits(&[word(15, 0), word(0, 15), word(2, 13)]) < -2.0);
        assert_eq!(bits(&[word(3, 0), word(0, 15), word(2, 13)]), 0.0);
    }

    #[test]
    fn words_behind_one_alone_may_be_values_of_the_next_variable() {
        let own = |name: &str| {
            let way = Way::Word(hash(name));
            Usage { may_be_values: BTreeSet::from([way]), ..usage(&[(way, 15)]) }
        };
        let all = [own("site-a"), own("site-b"), own("site-c")];
        assert_eq!(all[0].bits_among(&Together::of(all.iter())), 0.0);
    }
}
