//! `gzip`: members one after another, each a head, deflated data, a checksum and a length.
//!
//! Reads    every field of a head; what it names (file, comment) is skipped, not kept.
//! Memory   the window of deflate, 32 KiB.
//! Misses   padding with zeros behind the last member, which some tools allow: trailing bytes.
//! Source   RFC 1952.

use super::{DecodeFault, MEMBERS_MAX, Step};
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// Bytes of a head before its optional fields.
const HEAD_BYTES: usize = 10;

const MAGIC: [u8; 3] = [0x1F, 0x8B, 8];

const HAS_HEAD_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xE0;

#[derive(Debug)]
pub(super) struct Gzip {
    stage: Stage,
    flags: u8,
    members: u32,
    head_crc: Crc,
    crc: Crc,
    inflate: Decompress,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The fixed part of a head, of which so many bytes were read.
    Head(usize),
    /// The length of the extra field: the byte read of it, if one was.
    ExtraLength(Option<u8>),
    Extra(u16),
    Name,
    Comment,
    HeadCrc(Option<u8>),
    Data,
    /// Checksum and length, of which so many bytes were read.
    Tail([u8; 8], usize),
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Head(0),
            flags: 0,
            members: 0,
            head_crc: Crc::new(),
            crc: Crc::new(),
            inflate: Decompress::new(false),
        }
    }

    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, DecodeFault> {
        let mut rest = input;
        loop {
            while !matches!(self.stage, Stage::Data) {
                let Some((&byte, after)) = rest.split_first() else {
                    return Ok(Step { read: input.len(), written: 0 });
                };
                rest = after;
                self.take(byte)?;
            }
            let Step { read, written } = self.inflate(rest, out)?;
            rest = rest.get(read..).unwrap_or_default();
            if written > 0 || matches!(self.stage, Stage::Data) {
                return Ok(Step { read: input.len() - rest.len(), written });
            }
        }
    }

    pub(super) fn may_end(&self) -> bool {
        self.members > 0 && matches!(self.stage, Stage::Head(0))
    }

    fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, DecodeFault> {
        let (status, step) = inflate(&mut self.inflate, input, out)?;
        self.crc.update(out.get(..step.written).unwrap_or_default());
        if status == Status::StreamEnd {
            self.stage = Stage::Tail([0; 8], 0);
        }
        Ok(step)
    }

    /// Takes one byte of a head or tail.
    fn take(&mut self, byte: u8) -> Result<(), DecodeFault> {
        match self.stage {
            Stage::Tail(..) | Stage::Data | Stage::HeadCrc(_) => {}
            Stage::Head(_)
            | Stage::ExtraLength(_)
            | Stage::Extra(_)
            | Stage::Name
            | Stage::Comment => self.head_crc.update(&[byte]),
        }
        self.stage = match self.stage {
            Stage::Head(at) => self.head(byte, at)?,
            Stage::ExtraLength(None) => Stage::ExtraLength(Some(byte)),
            Stage::ExtraLength(Some(low)) => match u16::from_le_bytes([low, byte]) {
                0 => self.behind_extra(),
                length => Stage::Extra(length),
            },
            Stage::Extra(length) if length > 1 => Stage::Extra(length - 1),
            Stage::Extra(_) => self.behind_extra(),
            Stage::Name if byte == 0 => self.behind_name(),
            Stage::Comment if byte == 0 => self.behind_comment(),
            Stage::HeadCrc(None) => Stage::HeadCrc(Some(byte)),
            Stage::HeadCrc(Some(low)) => {
                let [a, b, ..] = self.head_crc.sum().to_le_bytes();
                if [a, b] != [low, byte] {
                    return Err(DecodeFault::Malformed);
                }
                Stage::Data
            }
            Stage::Tail(tail, at) => self.tail(tail, at, byte)?,
            stage @ (Stage::Name | Stage::Comment | Stage::Data) => stage,
        };
        Ok(())
    }

    fn head(&mut self, byte: u8, at: usize) -> Result<Stage, DecodeFault> {
        if at == 0 && self.members == MEMBERS_MAX {
            return Err(DecodeFault::TooLarge);
        }
        if MAGIC.get(at).is_some_and(|&it| it != byte) {
            // Behind a member, only the beginning of another is expected.
            let is_other = self.members > 0 && at < 2;
            return Err(if is_other { DecodeFault::TrailingBytes } else { DecodeFault::Malformed });
        }
        if at == MAGIC.len() {
            if byte & RESERVED != 0 {
                return Err(DecodeFault::Malformed);
            }
            self.flags = byte;
        }
        if at + 1 < HEAD_BYTES {
            return Ok(Stage::Head(at + 1));
        }
        Ok(if self.flags & HAS_EXTRA != 0 { Stage::ExtraLength(None) } else { self.behind_extra() })
    }

    fn behind_extra(&self) -> Stage {
        if self.flags & HAS_NAME != 0 { Stage::Name } else { self.behind_name() }
    }

    fn behind_name(&self) -> Stage {
        if self.flags & HAS_COMMENT != 0 { Stage::Comment } else { self.behind_comment() }
    }

    fn behind_comment(&self) -> Stage {
        if self.flags & HAS_HEAD_CRC != 0 { Stage::HeadCrc(None) } else { Stage::Data }
    }

    fn tail(&mut self, mut tail: [u8; 8], at: usize, byte: u8) -> Result<Stage, DecodeFault> {
        if let Some(place) = tail.get_mut(at) {
            *place = byte;
        }
        if at + 1 < tail.len() {
            return Ok(Stage::Tail(tail, at + 1));
        }
        let [a, b, c, d, e, f, g, h] = tail;
        let crc = u32::from_le_bytes([a, b, c, d]);
        let length = u32::from_le_bytes([e, f, g, h]);
        if (crc, length) != (self.crc.sum(), self.crc.amount()) {
            return Err(DecodeFault::Malformed);
        }
        self.members += 1;
        self.crc.reset();
        self.head_crc.reset();
        self.inflate.reset(false);
        Ok(Stage::Head(0))
    }
}

/// One step of deflate, for both codings that are made of it.
pub(super) fn inflate(
    inflate: &mut Decompress,
    input: &[u8],
    out: &mut [u8],
) -> Result<(Status, Step), DecodeFault> {
    let (read, written) = (inflate.total_in(), inflate.total_out());
    let status = inflate
        .decompress(input, out, FlushDecompress::None)
        .map_err(|_| DecodeFault::Malformed)?;
    let since = |now: u64, before: u64| usize::try_from(now.saturating_sub(before)).unwrap_or(0);
    let step = Step {
        read: since(inflate.total_in(), read),
        written: since(inflate.total_out(), written),
    };
    Ok((status, step))
}
