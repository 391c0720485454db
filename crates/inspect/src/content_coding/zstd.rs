//! `zstd`: Zstandard frames one after another, skippable ones among them.
//!
//! Reads    one head or block at a time; a block is decoded when all of it is there.
//! Memory   one block (128 KiB) and the window of the frame, at most 8 MiB. Bytes leave the
//!          window when it is full or the frame ends, so they come late.
//! Errors   lengths that heads announce are believed where they are too large, and compared
//!          where they are not; a checksum is compared if there is one.
//! Misses   dictionaries: a frame that needs one is malformed.
//! Source   RFC 8878, RFC 9659.

use super::{DecodeFault, MEMBERS_MAX, Step, WINDOW_BYTES_MAX};
use ruzstd::decoding::FrameDecoder;
use std::fmt;

const MAGIC: u32 = 0xFD2F_B528;

/// Frames that hold nothing of the content.
const SKIPPABLE: std::ops::RangeInclusive<u32> = 0x184D_2A50..=0x184D_2A5F;

/// Bytes of a block, encoded or decoded.
const BLOCK_BYTES_MAX: u64 = 128 * 1024;

const BLOCK_HEAD_BYTES: usize = 3;
const CHECKSUM_BYTES: usize = 4;

pub(super) struct Zstd {
    stage: Stage,
    /// What is being collected: a head, or a block with its head.
    held: Vec<u8>,
    frame: Option<Box<Frame>>,
    frames: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    FrameHead,
    BlockHead,
    /// Waits for so many held bytes.
    Block {
        bytes: usize,
        last: bool,
    },
    /// A block was decoded; what can leave the window leaves it.
    Drain {
        last: bool,
    },
    Skip(u32),
}

/// The frame that is being decoded.
struct Frame {
    decoder: FrameDecoder,
    head: FrameHead,
    /// Bytes that left the window.
    written: u64,
    /// Bytes of blocks whose heads tell their length: all of them are still to be written or
    /// were, so they are a lower bound.
    announced: u64,
}

impl fmt::Debug for Zstd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstd").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Zstd {
    pub(super) fn new() -> Self {
        Self { stage: Stage::FrameHead, held: Vec::new(), frame: None, frames: 0 }
    }

    pub(super) fn step(
        &mut self,
        input: &[u8],
        out: &mut [u8],
        room: u64,
    ) -> Result<Step, DecodeFault> {
        let mut rest = input;
        let mut written = 0;
        // Each turn takes a byte or changes the stage.
        while written == 0 {
            let before = (rest.len(), self.stage);
            match self.stage {
                Stage::FrameHead => self.frame_head(&mut rest, room)?,
                Stage::BlockHead => self.block_head(&mut rest, room)?,
                Stage::Block { bytes, last } => {
                    if self.hold(&mut rest, bytes) {
                        self.block()?;
                        self.stage = Stage::Drain { last };
                    }
                }
                Stage::Drain { last } => written = self.drain(last, out)?,
                Stage::Skip(left) => {
                    let now = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    rest = rest.get(now..).unwrap_or_default();
                    let left = left.saturating_sub(u32::try_from(now).unwrap_or(u32::MAX));
                    self.stage = if left == 0 { Stage::FrameHead } else { Stage::Skip(left) };
                }
            }
            if (rest.len(), self.stage) == before {
                break;
            }
        }
        Ok(Step { read: input.len() - rest.len(), written })
    }

    pub(super) fn may_end(&self) -> bool {
        self.stage == Stage::FrameHead && self.held.is_empty()
    }

    /// Collects up to `bytes`; whether they are there.
    fn hold(&mut self, rest: &mut &[u8], bytes: usize) -> bool {
        let wanted = bytes.saturating_sub(self.held.len()).min(rest.len());
        if let Some((now, after)) = rest.split_at_checked(wanted) {
            self.held.extend_from_slice(now);
            *rest = after;
        }
        self.held.len() >= bytes
    }

    fn frame_head(&mut self, rest: &mut &[u8], room: u64) -> Result<(), DecodeFault> {
        let head = loop {
            match read_head(&self.held) {
                Ok(head) => break head,
                Err(NotYet::Needs(bytes)) => {
                    let before = self.held.len();
                    self.hold(rest, bytes);
                    if self.held.len() == before {
                        return Ok(());
                    }
                }
                Err(NotYet::OtherMagic) if self.frames > 0 => {
                    return Err(DecodeFault::TrailingBytes);
                }
                Err(NotYet::OtherMagic | NotYet::Malformed) => return Err(DecodeFault::Malformed),
            }
        };
        if self.frames == MEMBERS_MAX {
            return Err(DecodeFault::TooLarge);
        }
        self.frames += 1;
        let head = match head {
            Head::Skippable(0) => {
                self.held.clear();
                return Ok(());
            }
            Head::Skippable(bytes) => {
                self.held.clear();
                self.stage = Stage::Skip(bytes);
                return Ok(());
            }
            Head::Frame(head) => head,
        };
        if head.window > WINDOW_BYTES_MAX || head.content_bytes.is_some_and(|it| it > room) {
            return Err(DecodeFault::TooLarge);
        }
        // A new one for each frame: a used one takes the whole window at once.
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_BYTES_MAX);
        decode(&mut decoder, &self.held, &mut [])?;
        self.held.clear();
        self.frame = Some(Box::new(Frame { decoder, head, written: 0, announced: 0 }));
        self.stage = Stage::BlockHead;
        Ok(())
    }

    fn block_head(&mut self, rest: &mut &[u8], room: u64) -> Result<(), DecodeFault> {
        if !self.hold(rest, BLOCK_HEAD_BYTES) {
            return Ok(());
        }
        let (&[a, b, c], Some(frame)) = (self.held.as_slice(), self.frame.as_mut()) else {
            return Err(DecodeFault::Malformed);
        };
        let head = u32::from_le_bytes([a, b, c, 0]);
        let (last, bytes) = (head & 1 == 1, u64::from(head >> 3));
        if bytes > frame.head.window.min(BLOCK_BYTES_MAX) {
            return Err(DecodeFault::Malformed);
        }
        let content = match head >> 1 & 3 {
            // Raw, and one byte many times.
            kind @ (0 | 1) => {
                frame.announced = frame.announced.saturating_add(bytes);
                if frame.announced.saturating_sub(frame.written) > room {
                    return Err(DecodeFault::TooLarge);
                }
                if kind == 0 { bytes } else { 1 }
            }
            // Compressed: literals and sequences, each with a head.
            2 if bytes >= 2 => bytes,
            _ => return Err(DecodeFault::Malformed),
        };
        let content = usize::try_from(content).map_err(|_| DecodeFault::Malformed)?;
        let tail = if last && frame.head.has_checksum { CHECKSUM_BYTES } else { 0 };
        self.stage = Stage::Block { bytes: BLOCK_HEAD_BYTES + content + tail, last };
        Ok(())
    }

    fn block(&mut self) -> Result<(), DecodeFault> {
        let Some(frame) = self.frame.as_mut() else { return Err(DecodeFault::Malformed) };
        // The decoder makes literals before it knows that a block is too large.
        let literals = literal_bytes(&self.held);
        if literals.is_some_and(|it| it > frame.head.window.min(BLOCK_BYTES_MAX)) {
            return Err(DecodeFault::Malformed);
        }
        decode(&mut frame.decoder, &self.held, &mut [])?;
        self.held.clear();
        Ok(())
    }

    fn drain(&mut self, last: bool, out: &mut [u8]) -> Result<usize, DecodeFault> {
        let Some(frame) = self.frame.as_mut() else { return Err(DecodeFault::Malformed) };
        let written = decode(&mut frame.decoder, &[], out)?;
        frame.written = frame.written.saturating_add(written as u64);
        if frame.head.content_bytes.is_some_and(|it| frame.written > it) {
            return Err(DecodeFault::Malformed);
        }
        if written > 0 {
            return Ok(written);
        }
        if !last {
            self.stage = Stage::BlockHead;
            return Ok(0);
        }
        let told = frame.decoder.get_checksum_from_data();
        let is_same = told.is_none() || told == frame.decoder.get_calculated_checksum();
        if !is_same || frame.head.content_bytes.is_some_and(|it| frame.written != it) {
            return Err(DecodeFault::Malformed);
        }
        self.frame = None;
        self.stage = Stage::FrameHead;
        Ok(0)
    }
}

/// Gives `input`, which is one head or one block, to the decoder; how much it wrote.
fn decode(decoder: &mut FrameDecoder, input: &[u8], out: &mut [u8]) -> Result<usize, DecodeFault> {
    match decoder.decode_from_to(input, out) {
        Ok((read, written)) if read == input.len() => Ok(written),
        Ok(_) | Err(_) => Err(DecodeFault::Malformed),
    }
}

/// Bytes of literals that a compressed block announces; none for other blocks.
fn literal_bytes(block: &[u8]) -> Option<u64> {
    let (&[head, ..], content) = block.split_at_checked(BLOCK_HEAD_BYTES)? else { return None };
    if head >> 1 & 3 != 2 {
        return None;
    }
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(content.iter().take(4)) {
        *to = *from;
    }
    let word = u64::from_le_bytes(bytes);
    let is_stored = word & 3 < 2;
    Some(match (is_stored, word >> 2 & 3) {
        (true, 0 | 2) => word >> 3 & 0x1F,
        (true, 1) => word >> 4 & 0xFFF,
        (true, _) => word >> 4 & 0xF_FFFF,
        (false, 0 | 1) => word >> 4 & 0x3FF,
        (false, 2) => word >> 4 & 0x3FFF,
        (false, _) => word >> 4 & 0x3_FFFF,
    })
}

enum Head {
    /// A frame of so many bytes that hold nothing of the content.
    Skippable(u32),
    Frame(FrameHead),
}

struct FrameHead {
    window: u64,
    content_bytes: Option<u64>,
    has_checksum: bool,
}

enum NotYet {
    /// So many bytes are needed, from the first on.
    Needs(usize),
    OtherMagic,
    Malformed,
}

/// The head of a frame that begins with `held`.
fn read_head(held: &[u8]) -> Result<Head, NotYet> {
    let &[a, b, c, d, ref rest @ ..] = held else {
        let may_become = |it: u32| it.to_le_bytes().starts_with(held);
        let is_beginning = may_become(MAGIC) || SKIPPABLE.into_iter().any(may_become);
        return Err(if is_beginning { NotYet::Needs(4) } else { NotYet::OtherMagic });
    };
    let magic = u32::from_le_bytes([a, b, c, d]);
    if SKIPPABLE.contains(&magic) {
        let &[a, b, c, d] = rest else { return Err(NotYet::Needs(8)) };
        return Ok(Head::Skippable(u32::from_le_bytes([a, b, c, d])));
    }
    if magic != MAGIC {
        return Err(NotYet::OtherMagic);
    }
    let [descriptor, rest @ ..] = rest else { return Err(NotYet::Needs(5)) };
    if descriptor & 1 << 3 != 0 {
        return Err(NotYet::Malformed);
    }
    let is_single = descriptor & 1 << 5 != 0;
    let window_bytes = usize::from(!is_single);
    let dictionary_bytes = match descriptor & 3 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let content_bytes = match (descriptor >> 6, is_single) {
        (0, false) => 0,
        (0, true) => 1,
        (1, _) => 2,
        (2, _) => 4,
        _ => 8,
    };
    if rest.len() < window_bytes + dictionary_bytes + content_bytes {
        return Err(NotYet::Needs(5 + window_bytes + dictionary_bytes + content_bytes));
    }
    let (window, rest) = rest.split_at_checked(window_bytes).ok_or(NotYet::Malformed)?;
    let (dictionary, rest) = rest.split_at_checked(dictionary_bytes).ok_or(NotYet::Malformed)?;
    if little_endian(dictionary) != 0 {
        return Err(NotYet::Malformed);
    }
    // Of two bytes, 256 less are written.
    let more = if content_bytes == 2 { 256 } else { 0 };
    let content = (content_bytes > 0).then(|| little_endian(rest).saturating_add(more));
    let window = match (window.first(), content) {
        (Some(&it), _) => {
            let base = 1_u64 << (10 + (it >> 3));
            base + base / 8 * u64::from(it & 7)
        }
        (None, content) => content.unwrap_or(0),
    };
    let has_checksum = descriptor & 1 << 2 != 0;
    Ok(Head::Frame(FrameHead { window, content_bytes: content, has_checksum }))
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
