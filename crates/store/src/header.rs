//! The header of a segment.

use crate::read::ReadError;
use crate::segment::Segment;
use bartizan_model::id::KeyEpoch;
use bytes::{Buf, BufMut};

const MAGIC: [u8; 8] = *b"BTZNJRNL";

/// The format version that is written, and so far the only one that is read.
pub(crate) const VERSION: u16 = 1;

/// Length of a header.
pub(crate) const HEADER_BYTES: usize = 32;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// When the segment was begun, in microseconds since 1970.
    pub(crate) created_us: u64,
    /// The key in use then.
    pub(crate) epoch: KeyEpoch,
}

/// Writes a header.
pub(crate) fn write(out: &mut Vec<u8>, header: Header) {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.put_slice(&MAGIC);
    bytes.put_u16_le(VERSION);
    bytes.put_u16_le(0);
    bytes.put_u64_le(header.created_us);
    bytes.put_u16_le(header.epoch.0);
    bytes.put_bytes(0, 6);
    out.put_slice(&bytes);
    out.put_u32_le(crc32fast::hash(&bytes));
}

/// Reads a header. The version is looked at before the checksum: a later version may keep that
/// elsewhere.
pub(crate) fn read(segment: Segment, bytes: &[u8; HEADER_BYTES]) -> Result<Header, ReadError> {
    let bad = || ReadError::Header { segment };
    let Some((signed, crc)) = bytes.split_last_chunk::<4>() else { return Err(bad()) };
    let mut from = signed.strip_prefix(&MAGIC).ok_or(ReadError::NotAJournal { segment })?;
    let version = from.try_get_u16_le().map_err(|_| bad())?;
    if version > VERSION {
        return Err(ReadError::LaterVersion { segment, version });
    }
    if version != VERSION || crc.as_slice().try_get_u32_le() != Ok(crc32fast::hash(signed)) {
        return Err(bad());
    }
    fields(from).ok_or_else(bad)
}

fn fields(mut from: &[u8]) -> Option<Header> {
    from.try_get_u16_le().ok()?;
    let created_us = from.try_get_u64_le().ok()?;
    Some(Header { created_us, epoch: KeyEpoch(from.try_get_u16_le().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header { created_us: 0x0102_0304_0506_0708, epoch: KeyEpoch(9) };

    fn bytes() -> [u8; HEADER_BYTES] {
        let mut out = Vec::new();
        write(&mut out, HEADER);
        out.try_into().unwrap()
    }

    /// Reads a header in which one byte is replaced.
    #[track_caller]
    fn check(at: usize, byte: u8, expected: &str) {
        let mut bytes = bytes();
        bytes[at] = byte;
        let error = read(Segment::FIRST, &bytes).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_header_reads_what_it_writes() {
        assert_eq!(read(Segment::FIRST, &bytes()).unwrap(), HEADER);
    }

    #[test]
    fn a_damaged_header_says_what_is_wrong_with_it() {
        check(0, b'X', "00000001.journal is not a journal");
        check(8, 2, "00000001.journal has format version 2; this program reads version 1");
        check(8, 0, "00000001.journal has a damaged header");
        check(13, 0, "00000001.journal has a damaged header");
        check(31, 0, "00000001.journal has a damaged header");
    }
}
