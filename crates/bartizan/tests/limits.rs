//! What a client can make bartizan hold is bounded, and what was held is given back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::{Bartizan, configuration};
use support::client::Client;
use support::upstream::Upstream;

const HEAD: &str =
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn bodies_beyond_the_room_for_all_are_shed_and_may_be_sent_again() {
    let upstream = Upstream::echoing_targets();
    let more = "limits:\n  held_bytes_max: 1MiB\n  inspect_bytes_max: 1MiB\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let part = format!("{HEAD}96000\r\n{}\r\n", "a".repeat(0x96000));
    let holding = |_| {
        let mut client = bartizan.client();
        client.send(&part);
        client
    };
    let mut clients: Vec<Client> = (0..2).map(holding).collect();
    // One of the two has found no room; which of them is theirs to race for.
    bartizan.at_least(1);
    let mut shed = 0;
    for client in &mut clients {
        client.stream.set_nonblocking(true).unwrap();
        let mut byte = [0; 1];
        if client.stream.peek(&mut byte).is_ok_and(|it| it == 1) {
            client.stream.set_nonblocking(false).unwrap();
            let answer = client.answer();
            assert_eq!((answer.status, answer.code().as_str()), (503, "limit.held"));
            assert_eq!(answer.field("retry-after"), Some("1"));
            shed += 1;
        }
    }
    assert_eq!(shed, 1);
    assert_eq!(upstream.text(), "");
    drop(clients);
    bartizan.at_least(2);
    let mut client = bartizan.client();
    client.send(&part);
    client.send("0\r\n\r\n");
    assert_eq!(client.answer().text(), "/a", "the room is free again");
}

#[test]
fn connections_beyond_their_limit_are_closed_unread() {
    let upstream = Upstream::echoing_targets();
    let more = "limits:\n  connections_max: 2\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut open: Vec<Client> = (0..2).map(|_| bartizan.client()).collect();
    for client in &mut open {
        client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.answer().text(), "/a");
    }
    assert_eq!(bartizan.client().rest(), b"");
    drop(open.pop());
    support::until("room for another", || {
        (bartizan.status()["connections"].as_u64() == Some(1)).then_some(())
    });
    assert_eq!(bartizan.get("/b").text(), "/b");
}

#[test]
fn an_idle_connection_is_closed_silently() {
    let upstream = Upstream::echoing_targets();
    let more = "limits:\n  idle_timeout: 200ms\n  head_timeout: 200ms\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut fresh = bartizan.client();
    let mut used = bartizan.client();
    used.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(used.answer().text(), "/a");
    assert_eq!((used.rest(), fresh.rest()), (vec![], vec![]));
    bartizan.exactly(1);
}
