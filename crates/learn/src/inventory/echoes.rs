//! What an exchange itself calls the value in its path: `/reports/17` that answers `"campaign_id": 17` is of a campaign.
//!
//! Reads    the facts of both sides of an exchange, and the value of one segment.
//! Memory   at most [`NAMES_MAX`] names of a variable. One more takes the place of one that came by chance.
//! Misses   values behind the first of a list; fields called `id` alone, which say nothing that the path does not.

use super::handed::is_kind;
use super::naming;
use bartizan_model::fact::Facts;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;

/// Names that are told apart.
const NAMES_MAX: usize = 4;
/// Exchanges that must agree.
const AGREEING_MIN: u32 = 3;

/// Names of fields that held the value of a variable, each with how often.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Echoes {
    names: Vec<(Box<str>, u32)>,
    /// Exchanges that were looked at.
    looked: u32,
}

impl Echoes {
    /// Notes what one exchange calls this value.
    pub(super) fn add(&mut self, it: &Observation, value: u64) {
        self.looked = self.looked.saturating_add(1);
        let mut before = None;
        for facts in [&it.response, &it.request].into_iter().flatten() {
            for path in held_in(facts, value) {
                let name = naming::last_step(path);
                if matches!(name, "" | "id") || before == Some(name) {
                    continue;
                }
                before = Some(name);
                if !self.add_known(name, 1) && naming::of_field(name).is_some() {
                    self.add_new(name, 1);
                }
            }
        }
    }

    /// What most exchanges that call it anything call it, if that is no chance.
    pub(super) fn name(&self, share: u32) -> Option<&str> {
        let (name, count) = self.names.iter().max_by_key(|it| it.1)?;
        let is_told = *count >= AGREEING_MIN && count.saturating_mul(share) >= self.looked;
        is_told.then_some(&**name)
    }

    /// Exchanges that were looked at.
    pub(super) fn looked(&self) -> u32 {
        self.looked
    }

    fn add_known(&mut self, name: &str, times: u32) -> bool {
        let known = self.names.iter_mut().find(|it| *it.0 == *name);
        let is_known = known.is_some();
        known.into_iter().for_each(|it| it.1 = it.1.saturating_add(times));
        is_known
    }

    fn add_new(&mut self, name: &str, times: u32) {
        if self.names.len() < NAMES_MAX {
            self.names.push((name.into(), times));
        } else {
            // What came by chance goes.
            self.names.iter_mut().for_each(|it| it.1 = it.1.saturating_sub(times));
            self.names.retain(|it| it.1 > 0);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.looked = self.looked.saturating_add(other.looked);
        for (name, times) in other.names {
            if !self.add_known(&name, times) {
                self.add_new(&name, times);
            }
        }
    }
}

/// Whether a field of an answer holds this value, and tells which one it is.
pub(super) fn holds(facts: &Facts, value: u64) -> bool {
    held_in(facts, value).any(|it| !is_kind(it))
}

/// The fields of a message and of a query that hold this value.
fn held_in(facts: &Facts, value: u64) -> impl Iterator<Item = &str> {
    facts.facts.iter().filter(move |it| it.value.0 == value).filter_map(|it| {
        match facts.shape.places.get(usize::from(it.field))? {
            Place::Body(path) | Place::Query(path) => Some(path.as_str()),
            Place::Path | Place::Segment(_) | Place::Header(_) | Place::Cookie(_) | Place::Name => {
                None
            }
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::super::seen::get;
    use super::*;

    fn exchanges(field: &str, count: u64, held: u64) -> Echoes {
        let mut it = Echoes::default();
        (0..count).for_each(|n| {
            let value = if n < held { n + 1 } else { 999 };
            it.add(&get("/reports/x", 200, &[(field, value)]), n + 1);
        });
        it
    }

    #[test]
    fn a_field_that_holds_the_value_names_it() {
        assert_eq!(exchanges("$.campaign_id", 10, 9).name(10), Some("campaign_id"));
        assert_eq!(exchanges("$.id", 10, 9).name(10), None);
    }

    #[test]
    fn chance_names_nothing() {
        assert_eq!(exchanges("$.count", 10, 2).name(10), None);
        assert_eq!(exchanges("$.count", 40, 3).name(10), None);
    }

    #[test]
    fn names_are_bounded_and_the_common_one_stays() {
        let mut it = exchanges("$.campaign_id", 20, 20);
        (0..12).for_each(|n| it.merge(exchanges(&format!("$.chance{n}"), 1, 1)));
        assert!(it.names.len() <= NAMES_MAX);
        assert_eq!(it.name(10), Some("campaign_id"));
    }

    #[test]
    fn an_answer_holds_a_value_where_a_field_tells_which_one() {
        let holds = |field: &str| holds(&get("/x", 200, &[(field, 7)]).response.unwrap(), 7);
        assert!(holds("$.id"));
        assert!(!holds("$.type"));
    }
}
