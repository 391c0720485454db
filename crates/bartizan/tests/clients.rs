//! Who may call, and how often: by connection, by what trusted proxies say, and by the PROXY protocol.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::net::SocketAddr;
use std::time::Instant;
use support::bartizan::{Bartizan, configuration};
use support::upstream::{Upstream, ok};

/// An upstream that answers with the address that it is told.
fn telling() -> Upstream {
    Upstream::answering(|it| ok(&it.fields("x-forwarded-for").join("|")))
}

fn ask(bartizan: &Bartizan, fields: &str) -> String {
    let answer = bartizan.ask(&format!("GET /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n"));
    let code = answer.code();
    if code.is_empty() { answer.text() } else { format!("{} {code}", answer.status) }
}

const DENIED: &str = "403 client.denied";

#[test]
fn an_address_is_denied_or_not_among_those_allowed() {
    let upstream = telling();
    for (clients, expected) in [
        ("{deny: [127.0.0.0/8]}", DENIED),
        ("{deny: ['::ffff:127.0.0.1']}", DENIED),
        ("{deny: [192.0.2.0/24]}", "127.0.0.1"),
        ("{allow: [127.0.0.1]}", "127.0.0.1"),
        ("{allow: [192.0.2.0/24]}", DENIED),
        ("{allow: [127.0.0.1], deny: [127.0.0.1]}", DENIED),
    ] {
        for mode in ["observe", "enforce"] {
            let more = format!("clients: {clients}\n");
            let bartizan = Bartizan::configured(&configuration(upstream.address, mode, &more));
            assert_eq!(ask(&bartizan, ""), expected, "{clients} {mode}");
        }
    }
    let more = "clients: {deny: [127.0.0.1]}\nclauses: {client.address: observe}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    assert_eq!(ask(&bartizan, ""), "127.0.0.1");
    assert_eq!(bartizan.at_least(1)[0]["hits"][0]["effect"], "would_refuse");
}

#[test]
fn what_a_trusted_proxy_says_counts() {
    let upstream = telling();
    let more = "trusted_proxies: [127.0.0.1, 10.0.0.0/8]\nclients: {deny: [192.0.2.0/24, '2001:db8::/32']}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let rows = [
        ("", "127.0.0.1"),
        ("X-Forwarded-For: 192.0.2.7\r\n", DENIED),
        ("X-Forwarded-For: ::ffff:192.0.2.7\r\n", DENIED),
        ("X-Forwarded-For: 2001:db8::7\r\n", DENIED),
        ("X-Forwarded-For: [2001:db8::7]:443\r\n", DENIED),
        ("X-Forwarded-For: 192.0.2.7:50000\r\n", DENIED),
        ("X-Forwarded-For: 192.0.2.7, 10.1.2.3\r\n", DENIED),
        ("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 10.1.2.3\r\n", DENIED),
        ("X-Forwarded-For: 192.0.2.7, 203.0.113.1\r\n", "203.0.113.1"),
        ("X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 192.0.2.7\r\n", DENIED),
        ("Forwarded: for=192.0.2.7\r\n", "127.0.0.1"),
    ];
    let mut wrong = Vec::new();
    for (fields, expected) in rows {
        let found = ask(&bartizan, fields);
        if !(found == expected || found.ends_with(expected)) {
            wrong.push(format!("{fields:?}: {found}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_anybody_else_says_does_not() {
    let upstream = telling();
    let more = "clients: {allow: [192.0.2.7]}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    assert_eq!(ask(&bartizan, "X-Forwarded-For: 192.0.2.7\r\n"), DENIED);
    assert_eq!(ask(&bartizan, "Forwarded: for=192.0.2.7\r\n"), DENIED);
    assert_eq!(ask(&bartizan, "X-Real-IP: 192.0.2.7\r\n"), DENIED);
}

#[test]
fn the_standard_field_counts_where_that_is_configured() {
    let upstream = telling();
    let more = "trusted_proxies: [127.0.0.1]\nclients: {source: forwarded, deny: [192.0.2.0/24]}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    for fields in [
        "Forwarded: for=192.0.2.7\r\n",
        "Forwarded: For=\"192.0.2.7:443\";proto=https;by=10.0.0.1\r\n",
        "forwarded: for=203.0.113.1, for=192.0.2.7\r\n",
        "Forwarded: for=203.0.113.1\r\nForwarded: proto=https;for=192.0.2.7\r\n",
        "Forwarded: for=\"[::ffff:192.0.2.7]\"\r\n",
    ] {
        assert_eq!(ask(&bartizan, fields), DENIED, "{fields}");
    }
    assert!(ask(&bartizan, "Forwarded: for=203.0.113.1\r\n").ends_with("203.0.113.1"));
    assert_eq!(ask(&bartizan, "X-Forwarded-For: 192.0.2.7\r\n"), "127.0.0.1");
    // An obscured name is nobody whom a rule could be for.
    assert_eq!(ask(&bartizan, "Forwarded: for=_hidden\r\n"), "127.0.0.1");
}

#[test]
fn who_comes_too_often_is_told_when_to_come_back() {
    let upstream = telling();
    let more = "trusted_proxies: [127.0.0.1]\nclients: {rate: 5/s, rate_burst: 3}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut client = bartizan.client();
    let mut ask = |from: &str| {
        client.send(format!("GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {from}\r\n\r\n"));
        client.answer()
    };
    let (mut served, mut last) = (0, None);
    for _ in 0..10 {
        let answer = ask("192.0.2.7");
        served += u32::from(answer.status == 200);
        last = Some(answer);
    }
    // Ten calls take less than the second that another five would take.
    assert!((3..=7).contains(&served), "{served}");
    let last = last.unwrap();
    assert_eq!((last.status, last.code().as_str()), (429, "client.too_fast"));
    assert_eq!(last.field("retry-after"), Some("1"));
    assert_eq!(ask("192.0.2.8").status, 200, "another client");
    let since = Instant::now();
    support::until("its turn", || (ask("192.0.2.7").status == 200).then_some(()));
    assert!(since.elapsed().as_secs() < 2);
    // A whole network of IPv6 is one subscriber.
    let mut served = 0;
    for n in 0..10 {
        served += u32::from(ask(&format!("2001:db8::{n}")).status == 200);
    }
    assert!(served <= 7, "{served}");
    assert_eq!(ask("2001:db8:0:1::1").status, 200);
}

#[test]
fn a_rate_of_one_an_hour_says_an_hour() {
    let upstream = telling();
    let more = "clients: {rate: 1/h}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    assert_eq!(bartizan.get("/a").status, 200);
    let wait: u64 = bartizan.get("/a").field("retry-after").unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
}

// The PROXY protocol.

fn behind_a_balancer(upstream: SocketAddr, trusted: &str) -> Bartizan {
    Bartizan::configured(&format!(
        "version: 1\nmode: enforce\nlisten: {{workers: 1, http2: true, proxy_protocol: true}}\n\
         upstream: {{url: 'http://{upstream}'}}\ntrusted_proxies: [{trusted}]\n\
         clients: {{deny: [203.0.113.0/24]}}\n"
    ))
}

const REQUEST: &[u8] = b"GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";

/// Version 2 with these bytes behind its fixed part.
fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    bytes.extend([command, family]);
    bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
    bytes.extend(rest);
    bytes
}

#[test]
fn a_balancer_names_the_client() {
    let upstream = telling();
    let bartizan = behind_a_balancer(upstream.address, "127.0.0.1");
    let v4 = |last: u8| [192, 0, 2, last, 10, 0, 0, 1, 0xC3, 0x50, 1, 0xBB];
    let mut v6 = [0; 36];
    v6[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
    v6[15] = 7;
    let mut mapped = [0; 36];
    mapped[10..16].copy_from_slice(&[0xFF, 0xFF, 203, 0, 113, 1]);
    for (header, expected) in [
        (b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443\r\n".to_vec(), "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 ::1 50000 443\r\n".to_vec(), "2001:db8::7"),
        (binary(0x21, 0x11, &v4(8)), "192.0.2.8"),
        (binary(0x21, 0x11, &[&v4(8)[..], &[4, 0, 1, 0]].concat()), "192.0.2.8"),
        (binary(0x21, 0x21, &v6), "2001:db8::7"),
        (b"PROXY TCP4 203.0.113.1 10.0.0.1 50000 443\r\n".to_vec(), ""),
        (binary(0x21, 0x21, &mapped), ""),
    ] {
        for step in [usize::MAX, 1] {
            let mut client = bartizan.client();
            let bytes = [&header[..], REQUEST].concat();
            bytes.chunks(step.min(bytes.len())).for_each(|it| client.send(it));
            let answer = client.answer();
            if expected.is_empty() {
                assert_eq!(answer.code(), "client.denied");
            } else {
                // What the client itself claims is not passed on as its address.
                assert_eq!(answer.text(), expected);
            }
        }
    }
    // The balancer's own question whether all is well.
    for header in [b"PROXY UNKNOWN\r\n".to_vec(), binary(0x20, 0, &[])] {
        let mut client = bartizan.client();
        client.send([&header[..], b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"].concat());
        assert_eq!(client.answer().text(), "127.0.0.1");
    }
}

#[test]
fn http2_follows_the_header_as_well() {
    let upstream = telling();
    let bartizan = behind_a_balancer(upstream.address, "127.0.0.1");
    let mut client = bartizan.client();
    let mut bytes =
        b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    bytes.extend(support::http2::Http2::bytes_of_get(1, "/a"));
    client.send(bytes);
    upstream.until_received("x-forwarded-for: 192.0.2.7");
}

#[test]
fn whatever_is_no_such_header_ends_the_connection() {
    let upstream = telling();
    let bartizan = behind_a_balancer(upstream.address, "127.0.0.1");
    let rows: [Vec<u8>; 7] = [
        Vec::new(),
        b"PROXY TCP4 192.0.2.7 10.0.0.1 50000\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443 \r\n".to_vec(),
        b"PROXY TCP4 x 10.0.0.1 50000 443\r\n".to_vec(),
        [&b"PROXY UNKNOWN "[..], &[b'x'; 200], b"\r\n"].concat(),
        binary(0x21, 0x11, &[0; 4]),
        binary(0x31, 0x11, &[0; 12]),
    ];
    for header in rows {
        let mut client = bartizan.client();
        client.send([&header[..], REQUEST].concat());
        assert_eq!(client.rest(), b"", "{:?}", String::from_utf8_lossy(&header));
    }
    assert_eq!(upstream.text(), "");
}

#[test]
fn who_is_not_trusted_names_nobody() {
    let upstream = telling();
    let bartizan = behind_a_balancer(upstream.address, "10.0.0.0/8");
    for header in [&b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443\r\n"[..], b"PROXY UNKNOWN\r\n", b""] {
        let mut client = bartizan.client();
        client.send([header, REQUEST].concat());
        assert_eq!(client.rest(), b"");
    }
    assert_eq!(upstream.text(), "");
}

/// How many of 300 requests with a forged field are served.
fn served_although_forged(clients: &str) -> usize {
    let upstream = telling();
    let more = format!("clients: {clients}\n");
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", &more));
    let mut client = bartizan.client();
    let one = |_: &usize| {
        client.send("GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n");
        client.answer().status == 200
    };
    (0..300).filter(one).count()
}

/// Whoever forges forwarding fields must not look like a proxy for whom no rule may hold.
#[test]
fn no_forged_field_lifts_the_rules_for_whoever_sends_it() {
    assert_eq!(served_although_forged("{rate: 1/h}"), 1);
    assert_eq!(served_although_forged("{deny: [127.0.0.1]}"), 0);
}

#[test]
fn no_forged_field_lifts_the_rules_where_addresses_are_clients() {
    assert_eq!(served_although_forged("{rate: 1/h, addresses_are_clients: true}"), 1);
    assert_eq!(served_although_forged("{deny: [127.0.0.1], addresses_are_clients: true}"), 0);
    assert_eq!(served_although_forged("{allow: [192.0.2.0/24]}"), 0);
}

/// Names the client inside and outside of TLS: the header comes first, in clear.
#[test]
fn a_balancer_names_the_client_ahead_of_tls() {
    let upstream = telling();
    let authority = support::authority::Authority::new("tests");
    let dir = support::directory::Directory::new();
    let (certificate, key) = authority.issue(&["api.example"]).write(&dir, "own");
    let bartizan = Bartizan::configured(&format!(
        "version: 1\nmode: enforce\nlisten: {{workers: 1, proxy_protocol: true}}\n\
         upstream: {{url: 'http://{}'}}\ntrusted_proxies: [127.0.0.1]\n\
         certificates: [{{certificate: '{certificate}', key: '{key}'}}]\n",
        upstream.address
    ));
    let config = support::authority::Speaks::default().config();
    let mut stream = std::net::TcpStream::connect(bartizan.address).unwrap();
    std::io::Write::write_all(&mut stream, b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443\r\n").unwrap();
    let mut secure = support::authority::shake(stream, "api.example", &config).unwrap();
    let answer =
        support::authority::ask(&mut secure, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert_eq!(answer.text(), "192.0.2.7");
}
