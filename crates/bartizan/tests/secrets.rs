//! No secret of a client is kept in clear: not in the data directory, not in anything that the
//! binary says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::{Bartizan, output, said};
use support::http2::{Http2, request};
use support::position;
use support::upstream::{Upstream, ok};

/// The parts that the canaries below share; none stands in anything of ours.
const CANARIES: &[&str] = &["kanarienvogel", "4b414e41524945", "S0FOQVJJRQ"];

const MAIL: &str = "kanarienvogel@example.test";
const TOKEN: &str = "kanarienvogel-4b414e41524945-S0FOQVJJRQ-0123456789";
const HEX: &str = "4b414e415249454e564f47454c";

/// Requests that carry canaries wherever a client may put a secret; `{attack}` is nothing, or what
/// gets them refused.
fn requests() -> Vec<String> {
    let head = |method: &str, target: &str, fields: &str| {
        format!("{method} {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
    };
    let body = |kind: &str, body: &str| {
        format!(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut all = Vec::new();
    for attack in ["", "1' UNION SELECT password FROM users-- ", "<script>alert(1)</script>"] {
        let escaped: String = attack.bytes().map(|it| format!("%{it:02x}")).collect();
        for secret in [MAIL, TOKEN, HEX] {
            all.extend([
                head("GET", &format!("/a?key={secret}{escaped}"), ""),
                head("GET", &format!("/a?key={secret}&q={escaped}"), ""),
                head("GET", &format!("/a/{secret}?q={escaped}"), ""),
                head("GET", &format!("/a/{secret}{escaped}"), ""),
                head("GET", &format!("/a/{secret}/b//c?q={escaped}"), ""),
                head(
                    "GET",
                    &format!("/a?q={escaped}"),
                    &format!("Authorization: Bearer {secret}\r\n"),
                ),
                head("GET", &format!("/a?q={escaped}"), &format!("Cookie: sid={secret}\r\n")),
                head("GET", "/a", &format!("Cookie: sid={secret}{escaped}\r\n")),
                head(
                    "GET",
                    &format!("/a?q={escaped}"),
                    &format!("X-Api-Key: {secret}\r\nUser-Agent: {secret}\r\n"),
                ),
                head("GET", &format!("/a?q={escaped}"), &format!("Referer: http://x/{secret}\r\n")),
                body("application/json", &format!("{{\"password\":\"{secret}{attack}\"}}")),
                body(
                    "application/json",
                    &format!("{{\"password\":\"{secret}\",\"q\":\"{attack}\"}}"),
                ),
                body("application/json", &format!("{{\"password\":\"{secret}{attack}\"")),
                body("application/x-www-form-urlencoded", &format!("password={secret}{escaped}")),
                body("text/plain", &format!("{secret}{attack}")),
                body("image/png", &format!("{secret}{attack}")),
            ]);
        }
    }
    // Refused before they are understood.
    for secret in [MAIL, TOKEN, HEX] {
        all.extend([
            head("GET", &format!("/{secret} x"), ""),
            head("GET", &format!("http://{secret}/"), ""),
            head("GET", "/", &format!("Host: {secret}\r\n")),
            head("GET", "/", &format!("{secret}\r\n")),
            head("GET", "/", &format!("A: {secret}\0\r\n")),
            head(secret.split('@').next().unwrap(), "/", ""),
            head("GET", &format!("/{secret}%00"), ""),
            head("POST", "/", &format!("Content-Length: {secret}\r\n")),
            head("POST", "/", &format!("Transfer-Encoding: {secret}\r\n")),
        ]);
    }
    all
}

#[test]
fn no_secret_is_kept_in_clear() {
    let upstream = Upstream::answering(|request| match request.target().len() % 7 {
        0 => format!("garbage {}\r\n\r\n", request.target()),
        _ => ok(&format!("{} {}", request.target(), String::from_utf8_lossy(&request.body))),
    });
    for mode in ["observe", "enforce"] {
        let yaml = support::bartizan::configuration(upstream.address, mode, "");
        let mut bartizan = Bartizan::configured(&yaml);
        let requests = requests();
        let mut refused = 0;
        for request in &requests {
            let answer = bartizan.ask(request);
            if !answer.code().is_empty() {
                refused += 1;
                let told = answer.text();
                assert!(!CANARIES.iter().any(|it| told.contains(it)), "a refusal tells {told}");
            }
        }
        let mut client = Http2::connect(bartizan.address);
        for (number, secret) in [MAIL, TOKEN, HEX].into_iter().enumerate() {
            let path = format!("/a/{secret}?q={secret}");
            let mut fields = request("GET", &path).to_vec();
            fields.extend([("authorization", secret), ("cookie", secret), ("x_a", secret)]);
            let stream = u32::try_from(number * 2 + 1).unwrap();
            client.head(stream, &fields, true);
            client.finish(stream);
        }
        client.close();
        assert!(
            refused > 20 && refused < requests.len(),
            "both kinds: {refused} of {}",
            requests.len()
        );
        let seen = bartizan.at_least(requests.len() + 3);
        let data = bartizan.data().display().to_string();
        let mut spoken = vec![said(&output(&["tail", "--last", "1000", "--data", &data]))];
        spoken.push(serde_json::to_string(&seen).unwrap());
        spoken.push(said(&output(&["status", "--data", &data])));
        let mut metrics = support::client::Client::connect(bartizan.admin);
        metrics.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        spoken.push(String::from_utf8_lossy(&metrics.rest()).into_owned());
        for id in seen.iter().map(|it| it["decision_id"].as_str().unwrap()).step_by(9) {
            spoken.push(said(&output(&["why", id, "--data", &data])));
        }
        bartizan.stop();
        spoken.extend([bartizan.stdout(), bartizan.stderr()]);
        let files = bartizan.home().files();
        assert!(files.iter().any(|(_, bytes)| bytes.len() > 10_000), "a journal was written");
        for canary in CANARIES {
            for (path, bytes) in &files {
                let at = position(bytes, canary.as_bytes());
                let context = at.map(|at| {
                    String::from_utf8_lossy(&bytes[at.saturating_sub(40)..][..80]).into_owned()
                });
                assert_eq!(context, None, "{mode}: {canary} in {}", path.display());
            }
            for text in &spoken {
                assert!(!text.contains(canary), "{mode}: {canary} in {text}");
            }
        }
    }
}

/// An address without a dot in its domain is an address all the same.
#[test]
fn an_address_in_a_path_is_not_kept_in_clear() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    for target in ["/users/canary-ada@localhost", "/reset/canaryQmVzdFNlY3JldFRva2Vu"] {
        assert_eq!(bartizan.get(target).status, 200);
    }
    let seen = bartizan.at_least(2);
    for it in seen {
        let endpoint = it["endpoint"].as_str().unwrap();
        assert!(!endpoint.contains("canary"), "{endpoint}");
    }
}
