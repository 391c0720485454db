//! Whether several subjects did something, in 64 bits.
//!
//! Memory   8 bytes.
//! Misses   how many there were beyond what is asked for: two in sixty-four share a bit. It never counts one as two, so
//!          that nobody passes for several.

use bartizan_model::id::SubjectId;

/// Subjects of which each sets one bit: there were at least as many as bits are set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Some64(u64);

impl Some64 {
    /// One subject.
    pub fn of(subject: SubjectId) -> Self {
        let [first, ..] = subject.0.to_le_bytes();
        Self(1 << (first & 63))
    }

    /// The bit of one subject.
    pub(super) fn bit(self) -> u8 {
        u8::try_from(self.0.trailing_zeros()).unwrap_or(u8::MAX)
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The same in 16 bits: at least as many there were as are set of these.
    pub(super) fn sixteen(self) -> u16 {
        let [a, b, c, d, e, f, g, h] = self.0.to_le_bytes();
        u16::from_le_bytes([a | c | e | g, b | d | f | h])
    }

    /// At least as many there were; at most 64.
    pub fn at_least(self) -> u32 {
        self.0.count_ones()
    }
}
