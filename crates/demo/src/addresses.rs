//! Where people come from: loopback addresses, so that the guard sees different callers.
//!
//! Misses   systems with only 127.0.0.1 (macOS out of the box): there everybody shares that address.

use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// The attacker's address, and that of the customer who happens to share it.
const SHARED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);

/// The source addresses which this system offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// All of 127.0.0.0/8.
    Many,
    /// Only 127.0.0.1.
    One,
}

impl Addresses {
    /// Tries whether the attacker's address can be used as a source here.
    pub async fn here() -> Self {
        match TcpListener::bind((SHARED, 0)).await {
            Ok(_) => Self::Many,
            Err(_) => Self::One,
        }
    }

    /// The address of the customer number `index`: their own, never the attacker's, if there are many.
    pub fn of_customer(self, index: usize) -> Ipv4Addr {
        let last = u8::try_from(index % 150).unwrap_or(0);
        match self {
            Self::Many => Ipv4Addr::new(127, 0, 0, last.saturating_add(100)),
            Self::One => Ipv4Addr::LOCALHOST,
        }
    }

    /// The attacker's address.
    pub fn of_mallory(self) -> Ipv4Addr {
        match self {
            Self::Many => SHARED,
            Self::One => Ipv4Addr::LOCALHOST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_customer_gets_the_attackers_address_by_accident() {
        assert!((0..1_000).all(|index| Addresses::Many.of_customer(index) != SHARED));
        assert_eq!(Addresses::One.of_customer(7), Addresses::One.of_mallory());
    }
}
