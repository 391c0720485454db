//! Frames: how one record lies in a segment.

use bytes::{Buf, BufMut};

/// Length of a whole frame, at most.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// Length of a frame without its payload.
pub(crate) const HEAD_BYTES: usize = 12;

/// Length of a payload, at most.
pub(crate) const PAYLOAD_BYTES_MAX: usize = FRAME_BYTES_MAX - HEAD_BYTES;

/// Flag: these rules stand in an earlier segment too.
pub(crate) const REPEATED: u16 = 1;

/// A frame whose checksum was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// Kind of record.
    pub(crate) kind: u8,
    /// Version of that kind.
    pub(crate) version: u8,
    /// Flags.
    pub(crate) flags: u16,
    /// The record.
    pub(crate) payload: &'a [u8],
}

impl Frame<'_> {
    /// Appends the frame to `out`; `false`, and nothing appended, if it is too long.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> bool {
        let length = u32::try_from(self.payload.len());
        let (Ok(length), true) = (length, self.payload.len() <= PAYLOAD_BYTES_MAX) else {
            return false;
        };
        out.put_u32_le(length);
        out.put_u8(self.kind);
        out.put_u8(self.version);
        out.put_u16_le(self.flags);
        out.put_u32_le(checksum(self.kind, self.version, self.flags, self.payload));
        out.put_slice(self.payload);
        true
    }

    /// Whether these are rules that stand in an earlier segment too.
    pub(crate) fn is_repeated(&self) -> bool {
        self.flags & REPEATED != 0
    }
}

/// The head of a frame, as found; nothing in it is to be trusted yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// Length of the payload.
    pub(crate) length: u32,
    kind: u8,
    version: u8,
    flags: u16,
    crc: u32,
}

impl Head {
    /// Reads the head.
    pub(crate) fn read(bytes: &[u8; HEAD_BYTES]) -> Option<Self> {
        let mut from = bytes.as_slice();
        Some(Self {
            length: from.try_get_u32_le().ok()?,
            kind: from.try_get_u8().ok()?,
            version: from.try_get_u8().ok()?,
            flags: from.try_get_u16_le().ok()?,
            crc: from.try_get_u32_le().ok()?,
        })
    }

    /// The frame with this payload, if the checksum is right.
    pub(crate) fn with(self, payload: &[u8]) -> Option<Frame<'_>> {
        let Self { kind, version, flags, crc, .. } = self;
        let sound = checksum(kind, version, flags, payload) == crc;
        sound.then_some(Frame { kind, version, flags, payload })
    }
}

fn checksum(kind: u8, version: u8, flags: u16, payload: &[u8]) -> u32 {
    let [low, high] = flags.to_le_bytes();
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[kind, version, low, high]);
    crc.update(payload);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_may_be_as_long_as_the_limit_and_no_longer() {
        let mut out = Vec::new();
        let payload = vec![7; PAYLOAD_BYTES_MAX + 1];
        let frame = |payload| Frame { kind: 1, version: 1, flags: 0, payload };
        assert!(!frame(&payload[..]).write(&mut out));
        assert!(out.is_empty());
        assert!(frame(&payload[1..]).write(&mut out));
        assert_eq!(out.len(), FRAME_BYTES_MAX);
    }

    #[test]
    fn zeros_are_not_a_frame() {
        let head = Head::read(&[0; HEAD_BYTES]).unwrap();
        assert_eq!(head.with(&[]), None);
    }
}
