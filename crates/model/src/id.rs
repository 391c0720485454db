//! Identifiers: of exchanges, endpoints and subjects, and the keyed hashes that stand for values.
//!
//! Source   RFC 9562 section 5.7 (UUIDv7) for [`ExchangeId`].

use siphasher::sip::SipHasher24;
use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

/// One exchange: a UUIDv7. It is also the decision id that clients see and `bartizan why` takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(u128);

impl ExchangeId {
    /// Composes an id from a wall clock in milliseconds and 80 bits of randomness, of which 74
    /// are kept.
    pub fn new(unix_ms: u64, random: u128) -> Self {
        let time = u128::from(unix_ms & 0xFFFF_FFFF_FFFF) << 80;
        let high = (random >> 64 & 0x0FFF) << 64;
        let low = random & 0x3FFF_FFFF_FFFF_FFFF;
        Self(time | 7 << 76 | high | 2 << 62 | low)
    }

    /// The 128 bits, as they lie in the journal.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits, as they lie in the journal.
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The wall clock inside the id, in milliseconds since 1970.
    pub const fn unix_ms(self) -> u64 {
        // The shift leaves 48 bits, so the narrowing loses nothing.
        let [.., a, b, c, d, e, f] = (self.0 >> 80).to_be_bytes();
        u64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }
}

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            n >> 96,
            n >> 80 & 0xFFFF,
            n >> 64 & 0xFFFF,
            n >> 48 & 0xFFFF,
            n & 0xFFFF_FFFF_FFFF
        )
    }
}

impl fmt::Debug for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an exchange id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnExchangeId;

impl fmt::Display for NotAnExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decision id: expected 32 hexadecimal digits in groups of 8-4-4-4-12")
    }
}

impl std::error::Error for NotAnExchangeId {}

impl FromStr for ExchangeId {
    type Err = NotAnExchangeId;

    fn from_str(text: &str) -> Result<Self, NotAnExchangeId> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|it| it.len()).collect();
        if lengths != [8, 4, 4, 4, 12] || !text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        {
            return Err(NotAnExchangeId);
        }
        u128::from_str_radix(&groups.concat(), 16).map(Self).map_err(|_| NotAnExchangeId)
    }
}

/// One endpoint: a hash of its method and the template under which it was first seen. Stable over
/// restarts and machines, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(u64);

impl EndpointId {
    /// The id of `method` and `template`, for example `GET` and `/orders/{int}`.
    pub fn of(method: &str, template: &str) -> Self {
        let mut hasher = SipHasher24::new_with_key(&ENDPOINT_KEY);
        hasher.write(method.as_bytes());
        hasher.write(b" ");
        hasher.write(template.as_bytes());
        Self(hasher.finish())
    }

    /// The number, as it lies in the journal.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The number, as it lies in the journal.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

/// Not a secret: ids must be the same on every machine. SipHash under a known key still takes
/// about 2^64 tries for a template that shares the id of a given one, which exceptions rely on.
const ENDPOINT_KEY: [u8; 16] = *b"bartizan.endpnt1";

/// Who acts, as far as known: a keyed hash, so that it reveals nothing without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(pub u128);

/// A value that may not be kept, reduced to 64 bits under a key that lies outside the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedHash(pub u64);

/// Which key a keyed hash was made with. Rises by one at each rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyEpoch(pub u16);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let id = ExchangeId::new(0x0123_4567_89ab, u128::MAX);
        assert_eq!(id.to_string(), "01234567-89ab-7fff-bfff-ffffffffffff");
        assert_eq!(id.unix_ms(), 0x0123_4567_89ab);
        let id = ExchangeId::new(u64::MAX, 0);
        assert_eq!(id.to_string(), "ffffffff-ffff-7000-8000-000000000000");
    }

    #[test]
    fn an_id_reads_what_it_writes_and_nothing_else() {
        let id = ExchangeId::new(1_700_000_000_000, 0x1234_5678_9abc_def0_1122);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "",
            "01234567",
            "0123456-789ab-7fff-bfff-ffffffffffff",
            "+1234567-89ab-7fff-bfff-ffffffffffff",
            "é1234567-89ab-7fff-bfff-fffffffffff",
        ] {
            assert_eq!(wrong.parse::<ExchangeId>(), Err(NotAnExchangeId), "{wrong}");
        }
    }

    #[test]
    fn the_method_is_part_of_an_endpoint() {
        assert_ne!(EndpointId::of("GET", "/a"), EndpointId::of("PUT", "/a"));
        assert_eq!(EndpointId::of("GET", "/a").bits(), EndpointId::of("GET", "/a").bits());
    }
}
