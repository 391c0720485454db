//! `deflate`: the zlib format; where the beginning is none of it, raw deflate, as old servers and
//! clients send it.
//!
//! Reads    five bytes before it says which of the two it is.
//! Memory   the window of deflate, 32 KiB.
//! Errors   besides those of the format: a beginning that is both a zlib head and a stored block
//!          of raw deflate is malformed, since readers differ. By chance one zlib stream in 65,536
//!          begins so.
//! Misses   preset dictionaries.
//! Source   RFC 1950, RFC 1951, RFC 9110 section 8.4.1.2.

use super::gzip::inflate;
use super::{DecodeFault, Step};
use flate2::{Decompress, Status};

/// Bytes that tell zlib from raw deflate: a zlib head, or a head of a stored block.
const SNIFF_BYTES: usize = 5;

#[derive(Debug)]
pub(super) struct Deflate {
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The first bytes.
    Sniff(Vec<u8>),
    /// The first bytes are given to the decoder, from here on.
    Replay(Vec<u8>, usize, Decompress),
    Data(Decompress),
    /// Perhaps with first bytes left over.
    Ended {
        trailing: bool,
    },
}

const ENDED: Stage = Stage::Ended { trailing: false };

impl Deflate {
    pub(super) fn new() -> Self {
        Self { stage: Stage::Sniff(Vec::with_capacity(SNIFF_BYTES)) }
    }

    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, DecodeFault> {
        let mut taken = 0;
        if let Stage::Sniff(first) = &mut self.stage {
            for &byte in input {
                taken += 1;
                first.push(byte);
                if let Some(zlib) = is_zlib(first)? {
                    let first = std::mem::take(first);
                    self.stage = Stage::Replay(first, 0, Decompress::new(zlib));
                    break;
                }
            }
        }
        let input = input.get(taken..).unwrap_or_default();
        if let Stage::Replay(first, at, decoder) = &mut self.stage {
            let (status, step) = inflate(decoder, first.get(*at..).unwrap_or_default(), out)?;
            *at += step.read;
            let is_replayed = *at >= first.len();
            if status == Status::StreamEnd {
                self.stage = Stage::Ended { trailing: !is_replayed };
            } else if is_replayed {
                let stage = std::mem::replace(&mut self.stage, ENDED);
                if let Stage::Replay(_, _, decoder) = stage {
                    self.stage = Stage::Data(decoder);
                }
            } else if step == (Step { read: 0, written: 0 }) {
                return Err(DecodeFault::Malformed);
            }
            if step.written > 0 || taken > 0 {
                return Ok(Step { read: taken, written: step.written });
            }
        }
        match &mut self.stage {
            Stage::Sniff(_) | Stage::Replay(..) => Ok(Step { read: taken, written: 0 }),
            Stage::Data(decoder) => {
                let (status, step) = inflate(decoder, input, out)?;
                if status == Status::StreamEnd {
                    self.stage = ENDED;
                }
                Ok(step)
            }
            Stage::Ended { trailing: false } if input.is_empty() => {
                Ok(Step { read: 0, written: 0 })
            }
            Stage::Ended { .. } => Err(DecodeFault::TrailingBytes),
        }
    }

    pub(super) fn may_end(&self) -> bool {
        matches!(self.stage, Stage::Ended { .. })
    }
}

/// Whether a message that begins with `first` is zlib; none if it cannot be told yet.
fn is_zlib(first: &[u8]) -> Result<Option<bool>, DecodeFault> {
    let [method, flags, rest @ ..] = first else { return Ok(None) };
    let sum = u16::from_be_bytes([*method, *flags]);
    if method & 0x0F != 8 || method >> 4 > 7 || sum % 31 != 0 {
        return Ok(Some(false));
    }
    match rest {
        // In raw deflate: the length of a stored block, and the same inverted.
        [high, low_inverted, high_inverted] => {
            let is_stored = *low_inverted == !*flags && *high_inverted == !*high;
            if is_stored { Err(DecodeFault::Malformed) } else { Ok(Some(true)) }
        }
        _ => Ok(None),
    }
}
