//! Changes: what an API began to do, or stopped doing, since it was learnt first.
//!
//! Reads    the inventory: it knows since when there is each endpoint, status and field.
//! Writes   changes, the latest first.
//! Memory   what the inventory has; nothing is kept beside it.
//! Misses   what was there in the first hour of a service or an endpoint, for then everything is new; fields that
//!          are gone; what the inventory forgot because what it was made of is no longer kept.

use crate::inventory::leaf::{Field, Leaf};
use crate::inventory::{Endpoint, Inventory};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// Time of observed traffic in which everything is new, in microseconds.
const SETTLING_US: u64 = 3_600_000_000;
/// Calls of an endpoint before which what is new tells nothing.
const CALLS_MIN: u64 = 30;
/// Time without a call after which an endpoint fell silent, in microseconds.
const SILENT_US: u64 = 7 * 24 * SETTLING_US;

/// One change.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// When it was seen first, in microseconds since 1970; of what stopped, when it was seen last.
    pub at_us: u64,
    /// Where.
    pub endpoint: Endpoint<'a>,
    /// What.
    pub what: What<'a>,
}

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// An endpoint that was not there.
    Endpoint,
    /// A field that requests did not have.
    RequestField(&'a Place, &'a Field),
    /// A field that answers did not have.
    ResponseField(&'a Place, &'a Field),
    /// A status that was not answered.
    Status(u16),
    /// No call for a week in which others were called.
    Silent,
}

impl What<'_> {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::RequestField(..) => "request_field",
            Self::ResponseField(..) => "response_field",
            Self::Status(_) => "status",
            Self::Silent => "silent",
        }
    }
}

/// All changes since `since_us`, the latest first.
pub fn changes(inventory: &Inventory, since_us: u64) -> Vec<Change<'_>> {
    let endpoints = inventory.endpoints();
    let mut spans: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for it in &endpoints {
        let span = spans.entry(it.service).or_insert((u64::MAX, 0));
        *span = (span.0.min(it.leaf.first_us), span.1.max(it.leaf.last_us));
    }
    let mut out = Vec::new();
    for endpoint in endpoints {
        let Some((first, last)) = spans.get(endpoint.service).copied() else { continue };
        let add = |(at_us, what)| Change { at_us, endpoint: endpoint.clone(), what };
        if endpoint.leaf.first_us > first + SETTLING_US {
            out.push(add((endpoint.leaf.first_us, What::Endpoint)));
        }
        if endpoint.leaf.last_us + SILENT_US < last {
            out.push(add((endpoint.leaf.last_us, What::Silent)));
        }
        out.extend(within(endpoint.leaf).into_iter().map(add));
    }
    out.retain(|it| it.at_us >= since_us);
    out.sort_by_key(|it| std::cmp::Reverse(it.at_us));
    out
}

/// What one endpoint began to do.
fn within(leaf: &Leaf) -> Vec<(u64, What<'_>)> {
    let settled_us = leaf.first_us + SETTLING_US;
    if leaf.calls < CALLS_MIN {
        return Vec::new();
    }
    let statuses = leaf.statuses_since.iter().map(|(status, at)| (*at, What::Status(*status)));
    let request = leaf.request.by_place.iter();
    let request = request.map(|(place, it)| (it.since_us, What::RequestField(place, it)));
    let response = leaf.response.by_place.iter();
    let response = response.map(|(place, it)| (it.since_us, What::ResponseField(place, it)));
    statuses.chain(request).chain(response).filter(|it| it.0 > settled_us).collect()
}
