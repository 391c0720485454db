//! Whether the addresses can be listened on, or are by the bartizan that runs already.

use super::Finding;
use crate::config::Settings;
use serde_json::Value;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

pub(super) fn examine(settings: &Settings, running: Option<&Value>) -> Vec<Finding> {
    let doors = [
        ("listen.address", "listen", settings.listen.address.value),
        ("admin.address", "admin", settings.admin.address.value),
    ];
    let taken_by_us = |member: &str| running?.get(member)?.as_str()?.parse().ok();
    doors.map(|(key, member, address)| door(key, address, taken_by_us(member))).into()
}

fn door(key: &'static str, address: SocketAddr, ours: Option<SocketAddr>) -> Finding {
    let Err(error) = TcpListener::bind(address) else {
        return Finding::good(key, format!("{address} is free"));
    };
    let is = |kind: ErrorKind| error.kind() == kind;
    if is(ErrorKind::AddrInUse) && ours == Some(address) {
        let says = format!("{address} is taken by the bartizan that runs with this data directory");
        return Finding::good(key, says);
    }
    let mend = if is(ErrorKind::AddrInUse) {
        format!("another program listens there: stop it, or set another `{key}`")
    } else if is(ErrorKind::AddrNotAvailable) {
        format!("no interface has this address: set `{key}` to one of this machine")
    } else if is(ErrorKind::PermissionDenied) {
        format!(
            "ports below 1024 need CAP_NET_BIND_SERVICE: grant it, or set `{key}` to a higher one"
        )
    } else {
        format!("set another `{key}`")
    };
    Finding::problem(key, format!("{address} cannot be listened on: {error}"), mend)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[track_caller]
    fn check(address: SocketAddr, ours: Option<SocketAddr>, level: Level, says: &str) {
        let finding = door("listen.address", address, ours);
        assert_eq!(finding.level, level, "{finding}");
        assert!(finding.to_string().contains(says), "{finding}");
    }

    #[test]
    fn a_port_is_free_or_ours_or_taken() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        check(address, None, Level::Problem, "another program listens there");
        check(address, Some(([127, 0, 0, 1], 1).into()), Level::Problem, "set another");
        check(address, Some(address), Level::Good, "the bartizan that runs");
        check("127.0.0.1:0".parse().unwrap(), None, Level::Good, "is free");
    }

    #[test]
    fn an_address_of_another_machine_is_a_problem() {
        let elsewhere = "192.0.2.1:8080".parse().unwrap();
        check(elsewhere, None, Level::Problem, "no interface has this address");
    }
}
