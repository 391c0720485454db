//! `bartizan inspect` and `bartizan bench content`: what content detection makes of requests that somebody has at hand.
//!
//! Reads    requests from files: as they go over the wire, as HAR, or as JSON lines.
//! Writes   findings with their reasons; tables of rates.
//! Memory   one file, of which there is a bound; one request at a time.
//! Misses   what a single request cannot show: callers, contracts, habits of fields.

pub(crate) mod bench;
pub(crate) mod inspect;
pub(crate) mod judged;
mod reasons;
pub(crate) mod requests;

pub(crate) use reasons::reasons;
