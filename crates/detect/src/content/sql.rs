//! SQL in a value: what breaks out of the place that the API put it into.
//!
//! Reads    one value; see [`super::sql_break_out`] for how far.
//! Memory   the tokens of one fragment.
//! Misses   see [`super::sql_break_out`].
//! Source   CWE-89; libinjection (Nick Galbreath, 2012), in its Rust port.

use super::prefilter;
use super::sign::{Input, Sign, Signs, Strength};
use super::sql_break_out::{Evidence, break_out};
use libinjectionrs::{SqliFlags, SqliState};

/// Bytes that libinjection reads: from the front, since it judges by five tokens.
const SHAPE_BYTES_MAX: usize = 2 * 1024;

pub(super) const SIGNS: &[Sign] = &[
    Sign::new("tautology", Strength::Certain),
    Sign::new("union", Strength::Certain),
    Sign::new("stacked", Strength::Certain),
    Sign::new("probe", Strength::Certain),
    Sign::new("clause", Strength::Certain),
    Sign::new("shape", Strength::Hint),
];

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !prefilter::look(input.text).sql {
        return signs;
    }
    let evidence = break_out(input.text);
    let all = [
        Evidence::Tautology,
        Evidence::Union,
        Evidence::Stacked,
        Evidence::Probe,
        Evidence::Clause,
    ];
    all.into_iter().enumerate().for_each(|(n, it)| signs.note(n, evidence == Some(it)));
    let read = input.text.get(..SHAPE_BYTES_MAX).unwrap_or(input.text);
    signs.note(all.len(), SqliState::new(read, SqliFlags::FLAG_NONE).detect());
    signs
}
