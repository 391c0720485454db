//! The proxy and the replayer are one: the same bytes, id and times give the same observation, to
//! the last bit, whether they came over a socket or out of a file.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use bartizan_testkit::origin::Origin;
use bartizan_testkit::proxy::TestProxy;
use bartizan_testkit::scenario::{Scenario, read};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

fn scenarios() -> Vec<Scenario> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut all = Vec::new();
    for file in std::fs::read_dir(dir).unwrap() {
        all.extend(read(&std::fs::read_to_string(file.unwrap().path()).unwrap()));
    }
    all
}

/// Sends `request` and reads the reply until something of it came.
fn send(proxy: &TestProxy, request: &[u8]) {
    let mut stream = TcpStream::connect(proxy.address).unwrap();
    stream.write_all(request).unwrap();
    let mut reply = [0; 4_096];
    assert!(stream.read(&mut reply).unwrap() > 0);
    // Closing at once could overtake the end of the exchange.
    stream.shutdown(Shutdown::Write).ok();
    while let Ok(1..) = stream.read(&mut reply) {}
}

#[test]
fn what_the_proxy_saw_the_replayer_sees_bit_for_bit() {
    let origin = Origin::start();
    let mut compared = 0;
    for scenario in scenarios() {
        // The origin answers in HTTP only.
        if scenario.name.contains("upgrade without") {
            continue;
        }
        let view = scenario.snapshot();
        let proxy = match scenario.overloaded {
            true => TestProxy::overloaded(origin.address, view),
            false => TestProxy::start(origin.address, view),
        };
        origin.answer_with(&scenario.answer);
        let live: Vec<_> = (0..=scenario.before)
            .map(|_| {
                send(&proxy, &scenario.request);
                proxy.observations(1).remove(0)
            })
            .collect();
        assert_eq!(Some(&scenario.replay_as(&live)), live.last(), "{}", scenario.name);
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}
