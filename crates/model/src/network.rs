//! Networks: which addresses a configuration means.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address block in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The block as it is usually written: no bit beyond its prefix is set.
    #[must_use]
    pub fn without_host_bits(self) -> Self {
        let address = match self.address {
            IpAddr::V4(it) => {
                let host_bits = u32::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V4((it.to_bits() & !host_bits).into())
            }
            IpAddr::V6(it) => {
                let host_bits = u128::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V6((it.to_bits() & !host_bits).into())
            }
        };
        Self { address, ..self }
    }

    /// Whether `address` lies in the block. IPv4-mapped IPv6 addresses count as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, canonical(address)) {
            (IpAddr::V4(block), IpAddr::V4(it)) => {
                let shift = 32_u32.saturating_sub(u32::from(self.prefix));
                u32::from(block).checked_shr(shift) == u32::from(it).checked_shr(shift)
            }
            (IpAddr::V6(block), IpAddr::V6(it)) => {
                let shift = 128_u32.saturating_sub(u32::from(self.prefix));
                u128::from(block).checked_shr(shift) == u128::from(it).checked_shr(shift)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// An IPv4-mapped IPv6 address as the IPv4 address that it is.
pub fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(it) => it.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

/// The text is neither an address nor `address/prefix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = canonical(address.parse().map_err(|_| NotANetwork)?);
        let prefix_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => prefix_max,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| NotANetwork)?
            }
            Some(_) => return Err(NotANetwork),
        };
        if prefix > prefix_max { Err(NotANetwork) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Whether an address is of this machine, a private network or a link, or of carrier-grade NAT (RFC 1918, 4193,
/// 6598).
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let [a, b, ..] = it.octets();
            it.is_loopback()
                || it.is_private()
                || it.is_link_local()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(block: &str, address: &str, expected: bool) {
        let block: Network = block.parse().unwrap();
        assert_eq!(block.contains(address.parse().unwrap()), expected, "{block} {address}");
    }

    #[test]
    fn a_block_ends_where_its_prefix_says() {
        check("10.0.0.0/8", "10.255.255.255", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("10.1.2.3", "10.1.2.3", true);
        check("10.1.2.3", "10.1.2.4", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("::/0", "2001:db8::1", true);
        check("::/0", "203.0.113.9", false);
        check("2001:db8::/33", "2001:db8:7fff::1", true);
        check("2001:db8::/33", "2001:db8:8000::1", false);
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        check("10.0.0.0/8", "::ffff:10.0.0.1", true);
        check("::ffff:10.0.0.1", "10.0.0.1", true);
    }

    #[test]
    fn bits_beyond_the_prefix_can_be_dropped() {
        for (given, expected) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3/31", "10.1.2.2/31"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("2001:db8::1/33", "2001:db8::/33"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("2001:db8::1/0", "::/0"),
        ] {
            let block: Network = given.parse().unwrap();
            assert_eq!(block.without_host_bits().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_network_is_not_read() {
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "host"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }
}
