//! Where frames begin in what a WebSocket server sends, so that a tunnel can be ended as the protocol
//! ends it.
//!
//! Reads    frame headers (RFC 6455 section 5.2); nothing of what they carry.
//! Memory   one frame header.
//! Misses   what the frames say: where the route has them examined, `engine::conversation` reads them.

/// A Close frame of the server: 1001, going away.
pub(super) const GOING_AWAY: &[u8] = &[0x88, 0x02, 0x03, 0xE9];

/// A Close frame of the server: 1008, a message violates the policy.
pub(super) const POLICY: &[u8] = &[0x88, 0x02, 0x03, 0xF0];

/// Follows one direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frames {
    header: [u8; 14],
    has: usize,
    left: u64,
}

impl Frames {
    /// Takes what passes.
    pub(super) fn see(&mut self, mut bytes: &[u8]) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.left > 0 {
                let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= count as u64;
                bytes = bytes.get(count..).unwrap_or_default();
                continue;
            }
            bytes = rest;
            if let Some(room) = self.header.get_mut(self.has) {
                *room = byte;
            }
            self.has += 1;
            if self.has >= self.header_bytes() {
                self.left = self.payload_bytes();
                self.has = 0;
            }
        }
    }

    /// Whether the next byte begins a frame.
    pub(super) fn is_between(&self) -> bool {
        self.has == 0 && self.left == 0
    }

    fn header_bytes(&self) -> usize {
        if self.has < 2 {
            return 2;
        }
        let [_, second, ..] = self.header;
        let mask = if second & 0x80 != 0 { 4 } else { 0 };
        mask + match second & 0x7F {
            126 => 4,
            127 => 10,
            _ => 2,
        }
    }

    fn payload_bytes(&self) -> u64 {
        let [_, second, a, b, c, d, e, f, g, h, ..] = self.header;
        match second & 0x7F {
            126 => u64::from(u16::from_be_bytes([a, b])),
            127 => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            short => u64::from(short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `bytes` in pieces of every size; expects to stand between frames or not.
    #[track_caller]
    fn check(bytes: &[u8], expected: bool) {
        for step in 1..=bytes.len() {
            let mut frames = Frames::default();
            bytes.chunks(step).for_each(|it| frames.see(it));
            assert_eq!(frames.is_between(), expected, "{bytes:?} in pieces of {step}");
        }
    }

    #[test]
    fn frames_end_where_their_lengths_say() {
        check(&[0x81, 2, b'h', b'i'], true);
        check(&[0x81, 2, b'h'], false);
        check(&[0x81], false);
        check(&[0x81, 0], true);
        check(&[0x81, 0x82, 1, 2, 3, 4, b'h', b'i', 0x8A, 0], true);
        let medium: Vec<u8> = [&[0x82, 126, 1, 0][..], &[7; 256]].concat();
        check(&medium, true);
        check(&medium[..259], false);
        let long: Vec<u8> = [&[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 3][..], &[7; 3]].concat();
        check(&long, true);
    }
}
