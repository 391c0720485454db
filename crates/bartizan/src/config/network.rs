//! A block of addresses: `10.0.0.0/8`, or one address.

use std::fmt;
use std::net::IpAddr;

use super::fault::{Fault, NetworkFault};

/// A block of addresses in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether `address` lies in this block. IPv4 addresses inside IPv6 count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.prefix) == self.address
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).map_err(|why| Fault::NotANetwork { given: text.to_owned(), why })
    }

    fn read(text: &str) -> Result<Self, NetworkFault> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkFault::Form)?;
        let prefix = match prefix {
            None => width(address),
            Some(text) => read_prefix(text, width(address))?,
        };
        let network = Self { address: masked(address, prefix), prefix };
        if network.address == address { Ok(network) } else { Err(NetworkFault::HostBits(network)) }
    }
}

fn read_prefix(text: &str, prefix_max: u32) -> Result<u32, NetworkFault> {
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let prefix = text.parse().ok().filter(|it| is_number && *it <= prefix_max);
    prefix.ok_or(NetworkFault::Prefix { prefix_max })
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => u32::BITS,
        IpAddr::V6(_) => u128::BITS,
    }
}

fn masked(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(it) => {
            let mask = u32::MAX.checked_shl(u32::BITS.saturating_sub(prefix)).unwrap_or(0);
            IpAddr::V4((it.to_bits() & mask).into())
        }
        IpAddr::V6(it) => {
            let mask = u128::MAX.checked_shl(u128::BITS.saturating_sub(prefix)).unwrap_or(0);
            IpAddr::V6((it.to_bits() & mask).into())
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, inside: &[&str], outside: &[&str]) {
        let network = Network::read(network).unwrap();
        for it in inside {
            assert!(network.contains(it.parse().unwrap()), "{it}");
        }
        for it in outside {
            assert!(!network.contains(it.parse().unwrap()), "{it}");
        }
    }

    #[test]
    fn a_network_holds_its_first_and_last_address_and_no_other() {
        check("10.0.0.0/8", &["10.0.0.0", "10.255.255.255"], &["9.255.255.255", "11.0.0.0"]);
        check("192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"], &["192.0.2.6", "192.0.2.8", "::1"]);
        check("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "2001:db8::1"]);
        check("::1", &["::1"], &["::2", "127.0.0.1"]);
        check("2001:db8::/32", &["2001:db8:ffff::"], &["2001:db9::"]);
        check("::/0", &["::", "2001:db8::"], &["127.0.0.1"]);
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for text in ["", "10.0.0", "10.0.0.0.0", "localhost", "010.0.0.0/8"] {
            assert_eq!(Network::read(text), Err(NetworkFault::Form), "{text}");
        }
        for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8"] {
            let expected = Err(NetworkFault::Prefix { prefix_max: 32 });
            assert_eq!(Network::read(text), expected, "{text}");
        }
        assert_eq!(Network::read("::/129"), Err(NetworkFault::Prefix { prefix_max: 128 }));
        let near = Network::read("10.0.0.0/8").unwrap();
        assert_eq!(Network::read("10.0.0.5/8"), Err(NetworkFault::HostBits(near)));
    }
}
