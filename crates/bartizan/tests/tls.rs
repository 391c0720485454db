//! TLS with clients and with upstreams: what is shown, what is demanded, what is verified.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use http::Request;
use rustls::{HandshakeKind, NamedGroup, ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::authority::{Authority, Issued, Speaks, ask, connect, get, put, server};
use support::bartizan::Bartizan;
use support::client::Client;
use support::curl::{curl, is_there};
use support::directory::Directory;
use support::h2_peers::{H2Upstream, call};
use support::upstream::Upstream;

/// An instance that shows these certificates, in this order.
struct Guarded {
    bartizan: Bartizan,
    dir: Directory,
}

/// The configuration of an instance that shows `identities`.
fn yaml(dir: &Directory, upstream: SocketAddr, identities: &[&Issued], more: &str) -> String {
    let mut text = format!(
        "version: 1\nmode: enforce\nlisten: {{workers: 1}}\nupstream: {{url: 'http://{upstream}'}}\ncertificates:\n"
    );
    for (number, it) in identities.iter().enumerate() {
        let (certificate, key) = it.write(dir, &format!("own{number}"));
        text.push_str(&format!("  - {{certificate: '{certificate}', key: '{key}'}}\n"));
    }
    text + more
}

fn guarded(upstream: SocketAddr, identities: &[&Issued], more: &str) -> Guarded {
    let dir = Directory::new();
    let bartizan = Bartizan::configured(&yaml(&dir, upstream, identities, more));
    Guarded { bartizan, dir }
}

#[test]
fn each_client_is_shown_the_certificate_for_the_name_it_asks_for() {
    let authority = Authority::new("tests");
    let api = authority.issue(&["api.example"]);
    let shops = authority.issue(&["*.shop.example"]);
    let upstream = Upstream::echoing_targets();
    let it = guarded(upstream.address, &[&api, &shops], "");
    let config = Speaks::default().config();
    let shown = |name: &str| {
        let secure = connect(it.bartizan.address, name, &config).unwrap();
        secure.conn.peer_certificates().unwrap()[0].clone()
    };
    assert_eq!(shown("api.example"), api.der());
    assert_eq!(shown("eu.shop.example"), shops.der());
    assert_eq!(shown("EU.Shop.example"), shops.der());
    // Whom none is for, and who names nobody, gets the first.
    assert_eq!(shown("a.eu.shop.example"), api.der());
    assert_eq!(shown("shop.example"), api.der());
    assert_eq!(shown("127.0.0.1"), api.der());
}

#[test]
fn both_versions_of_http_are_spoken_as_alpn_agrees() {
    let authority = Authority::new("tests");
    let upstream = Upstream::answering(|it| {
        let secure = it.fields("x-forwarded-proto").join(",");
        support::upstream::ok(&format!("{} {secure}", it.target()))
    });
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    for alpn in [&[][..], &["http/1.1"], &["spdy/3", "http/1.1"]] {
        let config = Speaks { alpn, trusts: Some(&authority), ..Speaks::default() }.config();
        let answer = get(it.bartizan.address, &config, "/a").unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "/a https"), "{alpn:?}");
    }
    let config =
        Speaks { alpn: &["h2", "http/1.1"], trusts: Some(&authority), ..Speaks::default() }
            .config();
    let request = Request::get("https://api.example/b").body(()).unwrap();
    let called = call(it.bartizan.address, Some(&config), request, None);
    assert_eq!((called.status, called.text().as_str()), (200, "/b https"));
    // Nothing in common: RFC 7301 section 3.2 demands an alert.
    let config = Speaks { alpn: &["spdy/3"], ..Speaks::default() }.config();
    assert!(connect(it.bartizan.address, "api.example", &config).is_err());
    // Clear text is no TLS, and no reason to answer.
    let mut clear = it.bartizan.client();
    clear.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(!String::from_utf8_lossy(&clear.rest()).contains("HTTP/"));
    assert_eq!(get(it.bartizan.address, &Speaks::default().config(), "/c").unwrap().status, 200);
}

#[test]
fn curl_and_openssl_get_through() {
    let authority = Authority::new("tests");
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    let address = it.bartizan.address;
    let ca = put(&it.dir, "ca.crt", &authority.pem);
    let url = format!("https://api.example:{}/a", address.port());
    let resolve = format!("api.example:{}:127.0.0.1", address.port());
    let with = ["--cacert", &ca, "--resolve", &resolve, "-w", " %{http_version}", &url];
    if is_there("curl") {
        for (flag, expected) in [("--http1.1", "/a 1.1"), ("--http2", "/a 2")] {
            let got = curl(&[&[flag], &with[..]].concat(), None);
            assert_eq!(got.text(), expected, "{}", got.err);
        }
        let wrong = curl(&["-k", "--tls-max", "1.1", &url, "--resolve", &resolve], None);
        assert_ne!(wrong.code, 0);
    }
    if is_there("curl") {
        // One program is one caller, however often it connects; another way of TLS is another one.
        let known = it.bartizan.journal().len();
        for flags in [&["--tls-max", "1.2"][..], &["--tls-max", "1.2"], &[]] {
            assert_eq!(curl(&[flags, &with[..]].concat(), None).code, 0);
        }
        let seen = it.bartizan.at_least(known + 3);
        let subjects: Vec<_> = seen.iter().skip(known).map(|it| it["subject"].as_str()).collect();
        assert_eq!(subjects[0], subjects[1]);
        assert_ne!(subjects[1], subjects[2]);
    }
    if Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: no openssl");
        return;
    }
    let said = |arguments: &[&str]| {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", &address.to_string(), "-servername", "api.example"])
            .args(["-CAfile", &ca])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let h2 = said(&["-alpn", "h2"]);
    assert!(h2.contains("ALPN protocol: h2") && h2.contains("Verify return code: 0"), "{h2}");
    assert!(said(&["-tls1_2"]).contains("TLSv1.2"));
}

#[test]
fn large_bodies_pass_both_ways_and_a_client_that_goes_away_is_noticed() {
    let authority = Authority::new("tests");
    let upstream = Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            if request.target() == "/hang" {
                connection.until_closed();
                return;
            }
            let sum: u64 = request.body.iter().map(|it| u64::from(*it)).sum();
            let head = format!(
                "HTTP/1.1 200 OK\r\nX-Sum: {sum}\r\nContent-Length: {}\r\n\r\n",
                request.body.len()
            );
            if !connection.send(head) || !connection.send(&request.body) {
                return;
            }
            connection.forget();
        }
    });
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    let config = Speaks::default().config();
    let body: Vec<u8> = (0..5_000_000_u32).map(|it| it as u8 ^ (it >> 8) as u8).collect();
    let sum: u64 = body.iter().map(|it| u64::from(*it)).sum();
    let mut secure = connect(it.bartizan.address, "api.example", &config).unwrap();
    let head = format!(
        "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    secure.write_all(head.as_bytes()).unwrap();
    secure.write_all(&body).unwrap();
    let mut answer = Vec::new();
    secure.read_to_end(&mut answer).unwrap();
    let at = support::position(&answer, b"\r\n\r\n").unwrap() + 4;
    assert!(
        String::from_utf8_lossy(&answer[..at])
            .to_lowercase()
            .contains(&format!("x-sum: {sum}\r\n"))
    );
    assert!(answer[at..] == body, "{} bytes", answer.len() - at);

    let mut secure = connect(it.bartizan.address, "api.example", &config).unwrap();
    secure.write_all(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    upstream.until_received("/hang");
    drop(secure);
    assert_eq!(it.bartizan.at_least(2)[1]["outcome"], "client_aborted");

    // Several requests in one record.
    let mut secure = connect(it.bartizan.address, "api.example", &config).unwrap();
    let both =
        "GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    secure.write_all(both.as_bytes()).unwrap();
    let mut answers = String::new();
    secure.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
}

/// What a client of this version sends first, with nothing newer in it.
fn hello(minor: u8) -> Vec<u8> {
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 6, 0xC0, 0x13, 0xC0, 0x09, 0, 0x2F, 1, 0]);
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    let mut record = vec![22, 3, 1];
    record.extend((u16::try_from(body.len()).unwrap() + 4).to_be_bytes());
    record.extend([1, 0, length[0], length[1]]);
    record.extend(body);
    record
}

#[test]
fn old_versions_are_refused() {
    let authority = Authority::new("tests");
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    for minor in [0, 1, 2] {
        let mut client = Client::connect(it.bartizan.address);
        client.send(hello(minor));
        let alert = client.rest();
        assert_eq!(alert.first(), Some(&21), "an alert to 3.{minor}: {alert:?}");
        assert_eq!(alert.get(5), Some(&2), "and a fatal one");
    }
    let old = Speaks { versions: &[&rustls::version::TLS12], ..Speaks::default() }.config();
    assert_eq!(get(it.bartizan.address, &old, "/a").unwrap().status, 200);

    let strict = guarded(upstream.address, &[&own], "tls: {minimum: '1.3'}\n");
    assert!(connect(strict.bartizan.address, "api.example", &old).is_err());
    let new = Speaks { versions: &[&rustls::version::TLS13], ..Speaks::default() }.config();
    assert_eq!(get(strict.bartizan.address, &new, "/a").unwrap().status, 200);
}

#[test]
fn keys_are_exchanged_in_a_way_that_outlasts_quantum_computers() {
    let authority = Authority::new("tests");
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    let group = |provider| {
        let config = Speaks { provider, ..Speaks::default() }.config();
        let secure = connect(it.bartizan.address, "api.example", &config).unwrap();
        secure.conn.negotiated_key_exchange_group().unwrap().name()
    };
    assert_eq!(group(None), NamedGroup::X25519MLKEM768);
    let mut classic = rustls::crypto::aws_lc_rs::default_provider();
    classic.kx_groups = vec![rustls::crypto::aws_lc_rs::kx_group::X25519];
    assert_eq!(group(Some(Arc::new(classic))), NamedGroup::X25519);
}

const DEMANDING: &str = "routes:\n\
  \x20 - {name: admin, path: /admin, client_certificate: required}\n\
  \x20 - {name: all}\n";

#[test]
fn a_certificate_is_demanded_where_its_route_says_so() {
    let (authority, others) = (Authority::new("tests"), Authority::new("others"));
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let dir = Directory::new();
    let ca = put(&dir, "clients.crt", &authority.pem);
    let more = format!("tls: {{client_ca: '{ca}'}}\n{DEMANDING}");
    let it = guarded(upstream.address, &[&own], &more);
    let address = it.bartizan.address;

    let anonymous = Speaks::default().config();
    assert_eq!(get(address, &anonymous, "/a").unwrap().status, 200);
    for target in ["/admin", "/admin/a", "/%61dmin", "/x/../admin"] {
        let answer = get(address, &anonymous, target).unwrap();
        assert_eq!(answer.status, if target.contains("..") { 400 } else { 403 }, "{target}");
        assert!(!upstream.text().contains(target), "{target}");
    }
    let answer = get(address, &anonymous, "/admin").unwrap();
    assert_eq!(answer.code(), "client.certificate");
    let mut secure = connect(address, "api.example", &anonymous).unwrap();
    let preflight = "OPTIONS /admin HTTP/1.1\r\nHost: api.example\r\nOrigin: https://shop.example\r\n\
                     Access-Control-Request-Method: PUT\r\n\r\n";
    assert_eq!(ask(&mut secure, preflight).unwrap().status, 200);

    let client = authority.issue(&["client.example"]);
    let shows = Speaks { shows: Some(&client), ..Speaks::default() }.config();
    let first = connect(address, "api.example", &shows).unwrap();
    assert_eq!(first.conn.handshake_kind(), Some(HandshakeKind::Full));
    drop(first);
    assert_eq!(get(address, &shows, "/admin").unwrap().text(), "/admin");
    // A resumed session is still that client's.
    let mut again = connect(address, "api.example", &shows).unwrap();
    assert_eq!(again.conn.handshake_kind(), Some(HandshakeKind::Resumed));
    let answer = ask(&mut again, "GET /admin HTTP/1.1\r\nHost: api.example\r\n\r\n").unwrap();
    assert_eq!(answer.status, 200);
    let over_h2 = |shows| {
        let config = Speaks { alpn: &["h2"], shows, ..Speaks::default() }.config();
        let request = Request::get("https://api.example/admin").body(()).unwrap();
        call(address, Some(&config), request, None).status
    };
    assert_eq!((over_h2(None), over_h2(Some(&client))), (403, 200));

    // One that is no good is no certificate, on no route.
    let stranger = others.issue(&["client.example"]);
    let shows = Speaks { shows: Some(&stranger), ..Speaks::default() }.config();
    assert!(get(address, &shows, "/a").is_err());
}

#[test]
fn a_certificate_is_demanded_of_everybody() {
    let authority = Authority::new("tests");
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let dir = Directory::new();
    let ca = put(&dir, "clients.crt", &authority.pem);
    let more = format!("tls: {{client_ca: '{ca}', client_certificate: required}}\n");
    let it = guarded(upstream.address, &[&own], &more);
    assert!(get(it.bartizan.address, &Speaks::default().config(), "/a").is_err());
    let client = authority.issue(&["client.example"]);
    let shows = Speaks { shows: Some(&client), ..Speaks::default() }.config();
    assert_eq!(get(it.bartizan.address, &shows, "/a").unwrap().status, 200);
    assert!(!upstream.text().contains("/a HTTP/1.1\r\nhost: x"));
}

#[test]
fn a_renewed_certificate_is_shown_after_a_reload() {
    let authority = Authority::new("tests");
    let upstream = Upstream::echoing_targets();
    let own = authority.issue(&["api.example"]);
    let it = guarded(upstream.address, &[&own], "");
    let config = Speaks::default().config();
    let mut open = connect(it.bartizan.address, "api.example", &config).unwrap();
    let renewed = authority.issue(&["api.example"]);
    it.bartizan.reload(&yaml(&it.dir, upstream.address, &[&renewed], ""));
    let fresh = Speaks::default().config();
    let shown = connect(it.bartizan.address, "api.example", &fresh).unwrap();
    assert_eq!(shown.conn.peer_certificates().unwrap()[0], renewed.der());
    let answer = ask(&mut open, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert_eq!(answer.text(), "/a", "an open connection goes on");

    // A key that does not belong to its certificate changes nothing.
    let wrong = Issued { key: own.key.clone(), ..renewed.clone() };
    it.bartizan.reload(&yaml(&it.dir, upstream.address, &[&wrong], ""));
    assert!(it.bartizan.stderr().contains("stays in force"), "{}", it.bartizan.stderr());
    assert_eq!(get(it.bartizan.address, &fresh, "/b").unwrap().status, 200);
}

// Upstreams.

/// An upstream that speaks HTTP/1.1 through TLS and says whether its client showed a certificate.
fn secure_upstream(config: &Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::clone(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let connection = ServerConnection::new(config).unwrap();
                let mut secure = StreamOwned::new(connection, stream);
                let mut buffer = [0; 16 * 1024];
                while let Ok(1..) = secure.read(&mut buffer) {
                    let body = match secure.conn.peer_certificates() {
                        Some(_) => "certified",
                        None => "anonymous",
                    };
                    let text = support::upstream::ok(body);
                    if secure.write_all(text.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// An instance before an upstream at `address`, which it knows as `api.internal`.
fn before(address: SocketAddr, more: &str) -> Bartizan {
    Bartizan::configured(&format!(
        "version: 1\nmode: enforce\nlisten: {{workers: 1, http2: true}}\nupstream:\n  url: https://api.internal:{}\n  \
         addresses: ['{address}']\n{more}",
        address.port()
    ))
}

/// Expects this status and body, or this code.
#[track_caller]
fn check(bartizan: &Bartizan, status: u16, said: &str) {
    for target in ["/a", "/b"] {
        let answer = bartizan.get(target);
        let code = answer.code();
        let found = if code.is_empty() { answer.text() } else { code };
        assert_eq!((answer.status, found.as_str()), (status, said));
    }
}

#[test]
fn an_upstream_is_verified() {
    let (authority, others) = (Authority::new("tests"), Authority::new("others"));
    let dir = Directory::new();
    let ca = put(&dir, "ca.crt", &authority.pem);
    let trusted = format!("  ca: '{ca}'\n");

    let good = secure_upstream(&server(&authority.issue(&["api.internal"]), None, &[]));
    check(&before(good, &trusted), 200, "anonymous");
    check(&before(good, ""), 502, "upstream.tls");
    check(&before(good, "  verify: false\n"), 200, "anonymous");

    let misnamed = secure_upstream(&server(&authority.issue(&["other.internal"]), None, &[]));
    check(&before(misnamed, &trusted), 502, "upstream.tls");
    let foreign = secure_upstream(&server(&others.issue(&["api.internal"]), None, &[]));
    check(&before(foreign, &trusted), 502, "upstream.tls");
    let clear = Upstream::scripted(|connection| {
        connection.read(5);
        connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    check(&before(clear.address, &trusted), 502, "upstream.tls");
    assert!(!clear.text().contains("HTTP/1.1"), "nothing was sent in clear");
}

#[test]
fn an_upstream_is_shown_a_certificate() {
    let authority = Authority::new("tests");
    let dir = Directory::new();
    let ca = put(&dir, "ca.crt", &authority.pem);
    let (certificate, key) = authority.issue(&["bartizan.internal"]).write(&dir, "shown");
    let config = server(&authority.issue(&["api.internal"]), Some(&authority), &[]);
    let address = secure_upstream(&config);
    let more =
        format!("  ca: '{ca}'\n  client_certificate: '{certificate}'\n  client_key: '{key}'\n");
    check(&before(address, &more), 200, "certified");
}

#[test]
fn an_upstream_that_demands_a_certificate_and_gets_none_is_a_matter_of_tls() {
    let authority = Authority::new("tests");
    let dir = Directory::new();
    let ca = put(&dir, "ca.crt", &authority.pem);
    let config = server(&authority.issue(&["api.internal"]), Some(&authority), &[]);
    let address = secure_upstream(&config);
    check(&before(address, &format!("  ca: '{ca}'\n")), 502, "upstream.tls");
}

#[test]
fn an_upstream_speaks_http2_through_tls() {
    let authority = Authority::new("tests");
    let dir = Directory::new();
    let ca = put(&dir, "ca.crt", &authority.pem);
    let config = server(&authority.issue(&["api.internal"]), None, &["h2"]);
    let upstream = H2Upstream::start(Some(config));
    let bartizan = before(upstream.address, &format!("  ca: '{ca}'\n  http2: true\n"));
    for target in ["/a", "/b"] {
        assert_eq!(bartizan.get(target).text(), target);
    }
    assert_eq!(upstream.connections(), 1);
}

/// An upstream is not left to choose a protocol that nobody configured.
#[test]
fn an_upstream_that_does_not_agree_to_http2_is_not_spoken_to() {
    let authority = Authority::new("tests");
    let dir = Directory::new();
    let ca = put(&dir, "ca.crt", &authority.pem);
    let own = authority.issue(&["api.internal"]);
    for alpn in [&["http/1.1"][..], &[]] {
        let address = secure_upstream(&server(&own, None, alpn));
        check(&before(address, &format!("  ca: '{ca}'\n  http2: true\n")), 502, "upstream.tls");
    }
}
