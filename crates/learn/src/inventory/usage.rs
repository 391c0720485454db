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
    /// Through this word, and whether it looks rather like a value.
    Word(u64, bool),
    /// Through the value of a further variable.
    Value,
}

/// Calls by the way that they went on.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// In order.
    ways: Vec<(Way, u64)>,
    calls: u64,
}

/// The calls of several words.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// In order, with the words whose calls go on so.
    ways: Vec<(Way, (u64, u32))>,
    calls: u64,
    /// Ways that are told apart: what one word alone has may be a value of the next variable.
    told_apart: u64,
    /// Calls of those that may be values.
    of_values: u64,
}

impl Together {
    /// Of these.
    pub(super) fn of<'a>(all: impl Iterator<Item = &'a Usage>) -> Self {
        let mut it = Self::default();
        for usage in all {
            it.calls += usage.calls;
            it.ways.extend(usage.ways.iter().map(|(way, calls)| (*way, (*calls, 1))));
        }
        it.ways.sort_unstable_by_key(|it| it.0);
        it.ways.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = (kept.1.0 + next.1.0, kept.1.1 + next.1.1);
            }
            is_same
        });
        for (way, (calls, words)) in &it.ways {
            match may_be_value(*way, *words) {
                true => it.of_values += calls,
                false => it.told_apart += 1,
            }
        }
        it.told_apart += u64::from(it.of_values > 0);
        it
    }
}

/// What is known of one of these, which are in order.
fn of_way<T: Copy>(ways: &[(Way, T)], way: Way) -> Option<T> {
    let at = ways.binary_search_by_key(&way, |it| it.0).ok()?;
    ways.get(at).map(|it| it.1)
}

/// Whether what so many words have behind them may be the value of a variable.
fn may_be_value(way: Way, words: u32) -> bool {
    match way {
        Way::Value => true,
        Way::Word(_, looks_so) => looks_so && words == 1,
        Way::Method(_) => false,
    }
}

impl Usage {
    /// Of one node.
    pub(super) fn of(node: &Node) -> Self {
        let variable = hash(VARIABLE);
        let way = |it: &Node| match it.word == variable {
            true => Way::Value,
            false => Way::Word(it.word, it.likeness >= 0.0),
        };
        let here = node.leaves.iter().map(|it| (Way::Method(*it.0), it.1.calls));
        let behind = node.children.values().map(|it| (way(it), it.calls));
        let mut ways: Vec<_> = here.chain(behind).filter(|it| it.1 > 0).collect();
        ways.sort_unstable_by_key(|it| it.0);
        Self { calls: ways.iter().map(|it| it.1).sum(), ways }
    }

    /// What speaks against a word as a value of the variable that is `known`. Each value is called in about the
    /// same ways: that none of 30 calls was a `POST` tells much where half of the others are.
    pub(super) fn bits_beside(&self, known: &Self) -> f32 {
        if self.calls < CALLS_MIN || known.calls < CALLS_KNOWN_MIN {
            return 0.0;
        }
        // A word that nothing is known of may be a value of the next variable.
        let may_be_value = of_way(&known.ways, Way::Value).is_some();
        let mut own: BTreeMap<Way, u64> = BTreeMap::new();
        for (way, calls) in &self.ways {
            let is_new = may_be_value && of_way(&known.ways, *way).is_none();
            let is_word = matches!(way, Way::Word(..));
            *own.entry(if is_new && is_word { Way::Value } else { *way }).or_default() += calls;
        }
        let count =
            own.keys().chain(known.ways.iter().map(|it| &it.0)).collect::<BTreeSet<_>>().len()
                as f64;
        let told = own.iter().map(|(way, calls)| {
            let theirs = of_way(&known.ways, *way).unwrap_or(0);
            told((*calls, self.calls), (theirs, known.calls), count)
        });
        bits_against(told.sum(), count)
    }

    /// The same of words beside which no variable is known yet: what speaks against this one as one of `all`.
    pub(super) fn bits_among(&self, all: &Together) -> f32 {
        let others = all.calls.saturating_sub(self.calls);
        if self.calls < CALLS_MIN || others < CALLS_KNOWN_MIN {
            return 0.0;
        }
        let count = all.told_apart as f64;
        let one = |mine: u64, of_all: u64| {
            told((mine, self.calls), (of_all.saturating_sub(mine), others), count)
        };
        let (mut sum, mut of_values) = (0.0, 0);
        for (way, mine) in &self.ways {
            let (of_all, words) = of_way(&all.ways, *way).unwrap_or_default();
            match may_be_value(*way, words) {
                true => of_values += mine,
                false => sum += one(*mine, of_all),
            }
        }
        if of_values > 0 {
            sum += one(of_values, all.of_values);
        }
        bits_against(sum, count)
    }
}

/// What so many of a word's calls tell, beside those of others; each are the calls of one way and all.
fn told(mine: (u64, u64), theirs: (u64, u64), ways: f64) -> f64 {
    let share = |(calls, all): (u64, u64)| (calls as f64 + 0.5) / (all as f64 + 0.5 * ways);
    mine.0 as f64 * (share(mine) / share(theirs)).log2()
}

fn bits_against(told: f64, ways: f64) -> f32 {
    let bits = (told - OF_CHANCE * (ways - 1.0)) * WEIGHT;
    #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
    let bits = bits.clamp(0.0, BITS_MAX) as f32;
    -bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(ways: &[(Way, u64)]) -> Usage {
        let mut all = ways.to_vec();
        all.sort_unstable_by_key(|it| it.0);
        Usage { calls: all.iter().map(|it| it.1).sum(), ways: all }
    }

    fn known() -> Usage {
        let orders = Way::Word(hash("orders"), false);
        usage(&[(Way::Method(Method::Get), 60), (Way::Method(Method::Post), 50), (orders, 90)])
    }

    #[test]
    fn what_is_called_as_values_are_may_be_one() {
        let orders = Way::Word(hash("orders"), false);
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
        let own =
            usage(&[(Way::Word(hash("billing"), false), 6), (Way::Word(hash("search"), false), 6)]);
        assert!(own.bits_beside(&known) > -0.5, "{}", own.bits_beside(&known));
        let bits = own.bits_beside(&self::known());
        assert!(bits < -2.0, "{bits}");
    }

    #[test]
    fn words_without_a_variable_are_held_against_each_other() {
        let add = Way::Word(hash("add"), false);
        let word = |get, post| usage(&[(Way::Method(Method::Get), get), (add, post)]);
        let bits = |all: &[Usage]| all[0].bits_among(&Together::of(all.iter()));
        assert!(bits(&[word(8, 7), word(9, 6), word(7, 9)]) > -0.5);
        assert!(bits(&[word(15, 0), word(0, 15), word(2, 13)]) < -2.0);
        assert_eq!(bits(&[word(3, 0), word(0, 15), word(2, 13)]), 0.0);
    }

    #[test]
    fn words_behind_one_alone_may_be_values_of_the_next_variable() {
        let bits = |looks_so: bool| {
            let own = |name: &str| usage(&[(Way::Word(hash(name), looks_so), 15)]);
            let all = [own("site-a"), own("site-b"), own("site-c")];
            all[0].bits_among(&Together::of(all.iter()))
        };
        assert_eq!((bits(true), bits(false)), (0.0, -4.0));
    }
}
