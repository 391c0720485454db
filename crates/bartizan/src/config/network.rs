//! A block of addresses as it is written: `10.0.0.0/8`, or one address.

use super::fault::{Fault, NetworkFault};
use bartizan_model::network::{Network, canonical};
use std::net::IpAddr;

/// Reads a block. One with bits beyond its prefix is refused: it is a slip, or a wrong idea of
/// what is trusted.
pub(super) fn parse(text: &str) -> Result<Network, Fault> {
    let not_one = |why| Fault::NotANetwork { given: text.to_owned(), why };
    let network: Network = text.parse().map_err(|_| not_one(why_not(text)))?;
    let near = network.without_host_bits();
    if near == network { Ok(network) } else { Err(not_one(NetworkFault::HostBits(near))) }
}

/// What keeps `text` from being a block: the address, or else the prefix.
fn why_not(text: &str) -> NetworkFault {
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    match address.parse().map(canonical) {
        Err(_) => NetworkFault::Form,
        Ok(IpAddr::V4(_)) => NetworkFault::Prefix { prefix_max: u32::BITS },
        Ok(IpAddr::V6(_)) => NetworkFault::Prefix { prefix_max: u128::BITS },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, NetworkFault>) {
        let expected = match expected {
            Ok(network) => Ok(network.parse().unwrap()),
            Err(why) => Err(Fault::NotANetwork { given: text.to_owned(), why }),
        };
        assert_eq!(parse(text), expected);
    }

    #[test]
    fn a_block_and_one_address_are_networks() {
        check("10.0.0.0/8", Ok("10.0.0.0/8"));
        check("192.0.2.7", Ok("192.0.2.7/32"));
        check("0.0.0.0/0", Ok("0.0.0.0/0"));
        check("2001:db8::/32", Ok("2001:db8::/32"));
        check("::ffff:192.0.2.7", Ok("192.0.2.7/32"));
    }

    #[test]
    fn what_is_not_a_network_is_refused_with_the_reason() {
        for text in ["", "10.0.0", "10.0.0.0.0", "localhost", "010.0.0.0/8"] {
            check(text, Err(NetworkFault::Form));
        }
        for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8"] {
            check(text, Err(NetworkFault::Prefix { prefix_max: 32 }));
        }
        check("::/129", Err(NetworkFault::Prefix { prefix_max: 128 }));
        check("::ffff:10.0.0.0/104", Err(NetworkFault::Prefix { prefix_max: 32 }));
        check("10.0.0.5/8", Err(NetworkFault::HostBits("10.0.0.0/8".parse().unwrap())));
        check("::1/64", Err(NetworkFault::HostBits("::/64".parse().unwrap())));
    }
}
