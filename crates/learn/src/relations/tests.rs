//! A shop, its customers, and those who want more.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use super::*;
use bartizan_model::fact::{Forms, Kind, bucket, number};
use bartizan_model::id::KeyedHash;

/// The fact of a value that stands in the place at this position, the first of so many.
pub(super) fn fact(field: usize, value: &str, times: u16) -> Fact {
    let kind = Kind::of(value.as_bytes());
    let is_number = matches!(kind, Kind::Integer | Kind::Decimal);
    let hash = value.bytes().fold(7_u64, |hash, it| mixed(hash ^ u64::from(it)));
    Fact {
        field: u16::try_from(field).unwrap(),
        kind,
        forms: Forms::NONE,
        sign: None,
        times,
        bucket: if is_number { number(value.as_bytes()).map_or(0, bucket) } else { 0 },
        score: 0,
        bytes: u32::try_from(value.len()).unwrap(),
        value: KeyedHash(hash),
    }
}
