//! Socket addresses, and when two of them mean the same door.

use std::net::{IpAddr, SocketAddr};

use super::fault::Fault;
use super::host_port::HostPort;

pub(super) fn parse(text: &str) -> Result<SocketAddr, Fault> {
    text.parse().map_err(|_| Fault::NotAnAddress { given: text.to_owned() })
}

/// Whether both cannot be listened on at the same time. Port 0 is a new port each time.
pub(super) fn collide(a: SocketAddr, b: SocketAddr) -> bool {
    a.port() == b.port() && a.port() != 0 && reaches(a.ip(), b.ip())
}

/// Whether a connection to `place` certainly ends at a listener on `address`.
pub(super) fn is_same_door(place: &HostPort, address: SocketAddr) -> bool {
    place.port() == address.port()
        && match place.host_address() {
            Some(host) => reaches(address.ip(), host) && (host == address.ip() || is_local(host)),
            None => place.host() == "localhost" && is_local(address.ip()),
        }
}

fn reaches(a: IpAddr, b: IpAddr) -> bool {
    a == b || covers(a, b) || covers(b, a)
}

/// The unspecified IPv6 address takes IPv4 connections too, on most systems.
fn covers(any: IpAddr, one: IpAddr) -> bool {
    any.is_unspecified() && (any.is_ipv6() || one.is_ipv4())
}

fn is_local(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_collide(a: &str, b: &str, expected: bool) {
        let (a, b) = (parse(a).unwrap(), parse(b).unwrap());
        assert_eq!((collide(a, b), collide(b, a)), (expected, expected));
    }

    #[track_caller]
    fn check_same_door(place: &str, listen: &str, expected: bool) {
        let (place, listen) = (HostPort::parse(place).unwrap(), parse(listen).unwrap());
        assert_eq!(is_same_door(&place, listen), expected);
    }

    #[test]
    fn one_port_is_taken_once_per_address_and_by_all_addresses() {
        check_collide("127.0.0.1:80", "127.0.0.1:80", true);
        check_collide("127.0.0.1:80", "127.0.0.1:81", false);
        check_collide("127.0.0.1:80", "127.0.0.2:80", false);
        check_collide("127.0.0.1:0", "127.0.0.1:0", false);
        check_collide("0.0.0.0:80", "127.0.0.1:80", true);
        check_collide("0.0.0.0:80", "[::1]:80", false);
        check_collide("[::]:80", "127.0.0.1:80", true);
    }

    #[test]
    fn an_upstream_on_our_own_port_here_is_ourselves() {
        check_same_door("127.0.0.1:80", "127.0.0.1:80", true);
        check_same_door("localhost:80", "127.0.0.1:80", true);
        check_same_door("localhost:80", "0.0.0.0:80", true);
        check_same_door("127.0.0.1:80", "0.0.0.0:80", true);
        check_same_door("[::1]:80", "[::]:80", true);
    }

    #[test]
    fn an_upstream_elsewhere_is_not_ourselves() {
        check_same_door("127.0.0.1:81", "127.0.0.1:80", false);
        check_same_door("127.0.0.2:80", "127.0.0.1:80", false);
        check_same_door("192.0.2.1:80", "0.0.0.0:80", false);
        check_same_door("api:80", "0.0.0.0:80", false);
        check_same_door("localhost:80", "192.0.2.1:80", false);
    }
}
