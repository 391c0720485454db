//! `br`: Brotli.
//!
//! Memory   its window, which grows with what it holds, to at most 8 MiB; code tables, to a few
//!          megabytes in the worst case that the format allows.
//! Errors   a window of 16 MiB is too large; the large windows that are no part of the format
//!          are malformed.
//! Misses   shared dictionaries.
//! Source   RFC 7932.

use super::{DecodeFault, Step};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use std::fmt;

/// The bits in the first byte that announce the only window above 8 MiB.
const WINDOW_OF_16_MIB: u8 = 0x0F;

pub(super) struct Brotli {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Start,
    Data,
    Ended,
}

impl fmt::Debug for Brotli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brotli").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Brotli {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default();
        // Strict: without large windows.
        let state = Box::new(BrotliState::new_strict(alloc, alloc, alloc));
        Self { state, stage: Stage::Start }
    }

    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, DecodeFault> {
        match (self.stage, input.first()) {
            (Stage::Start | Stage::Ended, None) => return Ok(Step { read: 0, written: 0 }),
            (Stage::Ended, Some(_)) => return Err(DecodeFault::TrailingBytes),
            (Stage::Start, Some(first)) if first & WINDOW_OF_16_MIB == WINDOW_OF_16_MIB => {
                return Err(DecodeFault::TooLarge);
            }
            (Stage::Start | Stage::Data, _) => self.stage = Stage::Data,
        }
        let (mut left, mut read) = (input.len(), 0);
        let (mut room, mut written, mut total) = (out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            input,
            &mut room,
            &mut written,
            out,
            &mut total,
            &mut self.state,
        );
        match result {
            BrotliResult::ResultSuccess => self.stage = Stage::Ended,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultFailure => return Err(DecodeFault::Malformed),
        }
        Ok(Step { read, written })
    }

    pub(super) fn may_end(&self) -> bool {
        self.stage == Stage::Ended
    }
}
