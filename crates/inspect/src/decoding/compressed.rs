//! gzip and zlib within a value, mostly within Base64.
//!
//! Misses   raw deflate; brotli and zstd; what follows a fault.
//! Source   RFC 1952, RFC 1950.

use super::Extent;
use crate::content_coding::{DecodeFault, DecodeLimits, Decoder};

/// What starting costs, counted in bytes: a window has to be made.
pub(super) const COST_BYTES: usize = 8 * 1024;

/// Bytes that one value may grow to.
const BYTES_MAX: usize = 256 * 1024;

/// Whether `text` begins so.
pub(super) fn is_it(text: &[u8]) -> bool {
    matches!(text, [0x1F, 0x8B, 8, _, ..] | [b'x', 0x01 | 0x5E | 0x9C | 0xDA, _, ..])
}

/// Appends what was meant, as far as it is sound; whether that is all of it.
pub(super) fn decode(text: &[u8], bytes_max: usize, out: &mut Vec<u8>) -> Extent {
    let coding: &[u8] = if text.first() == Some(&0x1F) { b"gzip" } else { b"deflate" };
    let bytes_max = bytes_max.min(BYTES_MAX) as u64;
    let limits = DecodeLimits { bytes_max, ratio_max: u64::MAX };
    let Ok(Some(mut decoder)) = Decoder::of(coding, limits) else { return Extent::Whole };
    match decoder.push(text, true, out) {
        Err(DecodeFault::TooLarge | DecodeFault::Ratio) => Extent::Cut,
        Ok(())
        | Err(DecodeFault::Malformed | DecodeFault::Truncated | DecodeFault::TrailingBytes) => {
            Extent::Whole
        }
    }
}
