//! Who calls: by what callers are known, how many they are, and where they call.
//!
//! Reads    successful exchanges.
//! Memory   of each service and endpoint at most five kinds of callers, 136 bytes each.
//! Misses   calls of endpoints that found no room count for their service only; how many subjects and clients there
//!          are is told with a standard error of 13 %.

use super::Relations;
use super::names::End;
use crate::inventory::Inventory;
use crate::inventory::distinct::Distinct;
use bartizan_model::observation::{Observation, SubjectKind};
use std::collections::BTreeMap;

/// Callers by what they are known by.
pub type ByKind = BTreeMap<SubjectKind, Caller>;

/// Callers of one kind.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Successful calls.
    pub calls: u64,
    /// Who called.
    pub subjects: Distinct,
    /// From which addresses.
    pub clients: Distinct,
}

impl Caller {
    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.subjects.merge(&other.subjects);
        self.clients.merge(&other.clients);
    }
}

/// Who calls one service.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    /// All together.
    pub all: ByKind,
    /// By the first word of the path that is not `api` and no version.
    pub groups: BTreeMap<String, ByKind>,
    /// By endpoint, as `GET /orders/{orderId}`.
    pub endpoints: BTreeMap<String, ByKind>,
}

pub(super) fn add(to: &mut ByKind, it: &Observation, subject: u64) {
    let caller = to.entry(it.subject_kind).or_default();
    caller.calls += 1;
    caller.subjects.add(subject);
    caller.clients.add(it.client.0);
}

pub(super) fn merge(to: &mut ByKind, from: &ByKind) {
    from.iter().for_each(|(kind, it)| to.entry(*kind).or_default().merge(it));
}

impl Relations {
    /// Who calls a service, by the endpoints of the inventory.
    pub fn callers(&self, inventory: &Inventory, service: &str) -> Callers {
        let mut out = Callers {
            all: self.services.get(service).cloned().unwrap_or_default(),
            ..Callers::default()
        };
        for end in self.names.ends.iter().filter(|it| *it.service == *service) {
            let template = super::merged::template(inventory, end);
            merge(out.groups.entry(group(&template)).or_default(), &end.callers);
            let endpoint = format!("{} {template}", end.method.name());
            merge(out.endpoints.entry(endpoint).or_default(), &end.callers);
        }
        out
    }
}

fn group(template: &str) -> String {
    let is_prefix = |it: &str| it == "api" || it == "rest" || is_version(it);
    let first = crate::inventory::segments(template).find(|it| !is_prefix(it));
    first.unwrap_or_default().to_owned()
}

fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix('v').unwrap_or(segment);
    number.starts_with(|it: char| it.is_ascii_digit())
}

impl End {
    pub(super) fn called(&mut self, it: &Observation, subject: u64) {
        add(&mut self.callers, it, subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_the_first_word_that_names_something() {
        for (template, wanted) in [
            ("/orders/{orderId}", "orders"),
            ("/api/v2/users/me", "users"),
            ("/rest/api/3/issue/{issueId}", "issue"),
            ("/2010-04-01/Accounts", "Accounts"),
            ("/{tenant}/orders", "{tenant}"),
            ("/", ""),
        ] {
            assert_eq!(group(template), wanted, "{template}");
        }
    }
}
