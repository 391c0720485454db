//! Evidence: what may be said of a value without keeping it.

use crate::clause::Mode;
use crate::code::Code;
use crate::id::KeyedHash;
use crate::place::Place;
use std::fmt;

/// What a recogniser saw in one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What kind of attack.
    pub code: Code,
    /// How sure, in thousandths.
    pub score: u16,
    /// The shape of the value, free of its content.
    pub fingerprint: Fingerprint,
}

/// A finding in one exchange: a sighting, where it was, and what may be kept of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was seen.
    pub sighting: Sighting,
    /// Where.
    pub place: Place,
    /// Length of the value in bytes.
    pub bytes: u32,
    /// The value under the instance's key, so that two findings can be compared.
    pub value: KeyedHash,
}

/// A term of the endpoint's contract that a value violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What, and where.
    pub finding: Finding,
    /// How strictly the term is held for this caller.
    pub mode: Mode,
}

/// Up to eight printable bytes that name a token sequence, for example `s&1c` (string, logical
/// operator, number, comment).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// Keeps the first eight bytes; what is not printable ASCII becomes `?`.
    pub fn new(text: &[u8]) -> Self {
        let mut bytes = [0; 8];
        for (to, &from) in bytes.iter_mut().zip(text) {
            *to = if from.is_ascii_graphic() { from } else { b'?' };
        }
        Self(bytes)
    }

    /// The bytes as they lie in the journal, padded with zeros.
    pub const fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take_while(|&&b| b != 0).try_for_each(|&b| write!(f, "{}", char::from(b)))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_holds_nothing_unprintable() {
        assert_eq!(Fingerprint::new(b"s&1c").to_string(), "s&1c");
        assert_eq!(Fingerprint::new(b"a\x1bb\0cdefgh").to_string(), "a?b?cdef");
        assert_eq!(
            Fingerprint::new(Fingerprint::new(b"s&1c").bytes().split(|&b| b == 0).next().unwrap()),
            Fingerprint::new(b"s&1c")
        );
    }
}
