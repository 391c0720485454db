//! The digest: how much changed on each day in each service.
//!
//! Reads    changes.
//! Writes   counts by day and service, the latest day first.
//! Misses   what each change is: the list of changes tells that.

use crate::changes::{Change, What};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

/// A day of UTC, in microseconds.
pub const DAY_US: u64 = 86_400_000_000;

/// How much changed on one day in one service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Endpoints that were not there before.
    pub endpoints: u64,
    /// Fields that requests did not have.
    pub request_fields: u64,
    /// Fields that answers did not have.
    pub response_fields: u64,
    /// Fields whose few values became more.
    pub values: u64,
    /// Statuses that were not answered.
    pub statuses: u64,
    /// Endpoints that were called on this day last, and not for a week.
    pub silent: u64,
}

/// Counts changes by day since 1970 and service, the latest day first.
pub fn digest<'a>(changes: &[Change<'a>]) -> BTreeMap<(Reverse<u64>, &'a str), Digest> {
    let mut out: BTreeMap<_, Digest> = BTreeMap::new();
    for it in changes {
        let count = out.entry((Reverse(it.at_us / DAY_US), it.endpoint.service)).or_default();
        *match it.what {
            What::Endpoint => &mut count.endpoints,
            What::RequestField(..) => &mut count.request_fields,
            What::ResponseField(..) => &mut count.response_fields,
            What::RequestValue(..) | What::ResponseValue(..) => &mut count.values,
            What::Status(_) => &mut count.statuses,
            What::Silent => &mut count.silent,
        } += 1;
    }
    out
}

/// As a part of a sentence: `2 new endpoints, 1 new status`.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.endpoints, "new endpoint", "new endpoints"),
            (self.request_fields, "new field of requests", "new fields of requests"),
            (self.response_fields, "new field of answers", "new fields of answers"),
            (self.values, "field with a new value", "fields with new values"),
            (self.statuses, "new status", "new statuses"),
            (self.silent, "endpoint called last", "endpoints called last"),
        ];
        let mut between = "";
        for (count, one, many) in counts.into_iter().filter(|it| it.0 > 0) {
            write!(f, "{between}{count} {}", if count == 1 { one } else { many })?;
            between = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::changes;
    use crate::inventory::Inventory;
    use crate::inventory::seen::get;

    #[test]
    fn changes_are_counted_by_day_and_service() {
        let mut it = Inventory::default();
        let mut see = |at_us: u64, path: &str, fields: &[(&str, u64)]| {
            let mut seen = get(path, 200, fields);
            seen.started.wall_us = at_us;
            it.observe(&seen);
        };
        (0..60).for_each(|n| see(n, "/orders", &[("$.id", n)]));
        see(DAY_US, "/orders", &[("$.id", 1), ("$.total", 1), ("$.vat", 1)]);
        see(DAY_US + 5, "/carts", &[]);
        see(3 * DAY_US, "/people", &[]);
        see(3 * DAY_US, "/towns", &[]);
        it.settle();
        let all = changes(&it, 0);
        let days: Vec<_> =
            digest(&all).into_iter().map(|(day, it)| (day.0.0, it.to_string())).collect();
        let wanted = [(3, "2 new endpoints"), (1, "1 new endpoint, 2 new fields of answers")];
        assert_eq!(days, wanted.map(|(day, text)| (day, text.to_owned())));
    }
}
