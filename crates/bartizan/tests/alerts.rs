//! Alerts leave the machine: signed, once, after a kill too; and nothing that a receiver does or does not do
//! reaches those who are served.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use support::authority::{Authority, put, server};
use support::bartizan::{Bartizan, command, configuration, output, said};
use support::client::{Answer, Client};
use support::directory::Directory;
use support::upstream::Upstream;
use support::{PATIENCE, until};

const ATTACK: &str = "/products?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// A receiver of webhooks.
struct Hook {
    got: Arc<Mutex<Vec<Delivery>>>,
}

#[derive(Clone, Debug)]
struct Delivery {
    head: String,
    body: String,
}

impl Delivery {
    fn field(&self, name: &str) -> String {
        let fields = self.head.lines().filter_map(|it| it.split_once(": "));
        let found = fields.filter(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, it)| it).next();
        found.unwrap_or_else(|| panic!("{name}: {}", self.head)).to_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn code(&self) -> String {
        self.json()["data"]["code"].as_str().unwrap().to_owned()
    }
}

impl Hook {
    /// Answers every request with these bytes.
    fn at(address: SocketAddr, answer: &'static str) -> Self {
        let listener = until("the address", || TcpListener::bind(address).ok());
        Self::on(listener, answer)
    }

    fn on(listener: TcpListener, answer: &'static str) -> Self {
        let got = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                let Some(delivery) = request(&mut stream) else { continue };
                all.lock().unwrap().push(delivery);
                drop(stream.write_all(answer.as_bytes()));
            }
        });
        Self { got }
    }

    fn got(&self) -> Vec<Delivery> {
        self.got.lock().unwrap().clone()
    }

    #[track_caller]
    fn at_least(&self, count: usize) -> Vec<Delivery> {
        until(&format!("{count} deliveries"), || Some(self.got()).filter(|it| it.len() >= count))
    }
}

fn request(stream: &mut TcpStream) -> Option<Delivery> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|it| *it > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let delivery = Delivery { head: head.to_owned(), body: body.to_owned() };
        if body.len() >= delivery.field("content-length").parse().unwrap() {
            return Some(delivery);
        }
    }
}

/// An address of the machine itself that nothing else here listens on.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.2:0").unwrap().local_addr().unwrap()
}

/// An instance with these targets, which read their secret from a file.
fn alerting(upstream: &Upstream, mode: &str, targets: &str) -> Bartizan {
    let home = Arc::new(Directory::new());
    let secret = put(&home, "secret", &format!("{SECRET}\n"));
    let more = format!("alert_targets:\n{}", targets.replace("SECRET", &secret));
    let yaml = configuration(upstream.address, mode, &more);
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    Bartizan::run_in(home)
}

fn webhook(name: &str, address: SocketAddr) -> String {
    format!(
        "  - {{name: {name}, kind: webhook, to: 'http://{address}/hook', secret: 'SECRET', timeout: 1s, min_severity: info}}\n"
    )
}

fn attack(of: &Bartizan, agent: &str) -> Answer {
    of.ask(&format!("GET {ATTACK} HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n\r\n"))
}

fn metric(of: &Bartizan, name: &str) -> u64 {
    let mut client = Client::connect(of.admin);
    client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = client.answer().text();
    let line = text.lines().find(|it| it.starts_with(&format!("{name} "))).unwrap().to_owned();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// What another program makes of a signature: the one in Python of `docs/alerts.md`.
fn verifies_elsewhere(it: &Delivery) -> bool {
    let document = include_str!("../../../docs/alerts.md");
    let script = document.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let fields =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| it.field(name));
    let mut python = Command::new("python3")
        .args(["-c", script, SECRET])
        .args(fields)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(it.body.as_bytes()).unwrap();
    python.wait().unwrap().success()
}

#[test]
fn an_alert_waits_for_its_receiver_and_survives_a_kill() {
    let upstream = Upstream::echoing_targets();
    let address = free_address();
    let mut bartizan = alerting(&upstream, "enforce", &webhook("soc", address));
    assert_eq!(bartizan.status()["alerts"]["targets"], 1);
    let refused = attack(&bartizan, "one");
    assert_eq!(refused.status, 403);
    for _ in 0..3 {
        assert_eq!(attack(&bartizan, "one").status, 403);
    }
    until("the failure", || {
        let alerts = bartizan.status()["alerts"].clone();
        (alerts["failing"] == 1 && alerts["spooled"] == 1).then_some(())
    });
    until("the log", || bartizan.stderr().contains("alerts: soc takes none").then_some(()));
    until("the others", || {
        (metric(&bartizan, "bartizan_alerts_suppressed_total") == 3).then_some(())
    });
    assert_eq!(attack(&bartizan, "two").status, 403);
    until("both", || (bartizan.status()["alerts"]["spooled"] == 2).then_some(()));
    bartizan.kill();

    let hook = Hook::at(address, NO_CONTENT);
    let mut bartizan = Bartizan::run_in(bartizan.home());
    let all = hook.at_least(2);
    let first = &all[0];
    assert!(first.head.starts_with("POST /hook HTTP/1.1"), "{}", first.head);
    assert!(all.iter().all(verifies_elsewhere));
    let mut forged = first.clone();
    forged.body = forged.body.replacen("high", "info", 1);
    assert!(!verifies_elsewhere(&forged));
    let event = first.json();
    assert_eq!(first.field("content-type"), "application/cloudevents+json; charset=UTF-8");
    assert_eq!(
        (&event["specversion"], &event["type"]),
        (&"1.0".into(), &"bartizan.alert.v1".into())
    );
    assert_eq!(event["id"], first.field("webhook-id"));
    let data = &event["data"];
    assert_eq!(
        (&data["code"], &data["severity"]),
        (&"content.sql_injection".into(), &"high".into())
    );
    assert_eq!((&data["endpoint"], &data["effect"]), (&"GET /products".into(), &"refused".into()));
    assert_eq!(data["decision_id"], *refused.decision_id());
    assert!(!first.body.to_lowercase().contains("union") && !first.body.contains("users"));
    assert_ne!(all[0].json()["data"]["subject"], all[1].json()["data"]["subject"]);
    until("nothing waits", || (bartizan.status()["alerts"]["spooled"] == 0).then_some(()));

    // What a receiver has is not sent again after another kill.
    bartizan.kill();
    let bartizan = Bartizan::run_in(bartizan.home());
    assert_eq!(attack(&bartizan, "three").status, 403);
    let all = hook.at_least(3);
    assert_eq!(all.len(), 3);
    assert_eq!(bartizan.status()["alerts"]["failing"], 0);
}

#[test]
fn syslog_has_one_frame_for_each_alert_whatever_a_client_sends() {
    let upstream = Upstream::echoing_targets();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(PATIENCE)).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Directory::new();
    let authority = Authority::new("ours");
    let secured = TcpListener::bind("127.0.0.1:0").unwrap();
    let targets = format!(
        "  - {{name: udp, kind: syslog, to: 'udp://{}', min_severity: low}}\n  \
         - {{name: tcp, kind: syslog, to: 'tcp://{}', min_severity: low}}\n  \
         - {{name: tls, kind: syslog, to: 'tls://localhost:{}', ca: '{}', min_severity: low}}\n",
        udp.local_addr().unwrap(),
        tcp.local_addr().unwrap(),
        secured.local_addr().unwrap().port(),
        put(&home, "ca.pem", &authority.pem),
    );
    let config = server(&authority.issue(&["localhost"]), None, &[]);
    let frames = |mut stream: Box<dyn Read>| {
        let mut all = Vec::new();
        drop(stream.read_to_end(&mut all));
        all
    };
    let (tell, told) = std::sync::mpsc::channel();
    let tell_too = tell.clone();
    std::thread::spawn(move || {
        for stream in tcp.incoming() {
            drop(tell.send(frames(Box::new(stream.unwrap()))));
        }
    });
    std::thread::spawn(move || {
        for stream in secured.incoming() {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let stream = rustls::StreamOwned::new(session, stream.unwrap());
            drop(tell_too.send(frames(Box::new(stream))));
        }
    });
    let bartizan = alerting(&upstream, "observe", &targets);
    let hostile = "/a%22%5D%20%3C0%3E1%20-%0A%0D%00\"]<0>'\\".to_owned()
        + ATTACK.strip_prefix("/products").unwrap();
    for target in [&hostile, "/%e2%80%ae%22%5d/x?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--"] {
        bartizan.get(target);
    }
    let check = |message: &str| {
        assert!(message.starts_with("<84>1 ") || message.starts_with("<85>1 "), "{message}");
        assert!(!message.chars().any(char::is_control), "{message:?}");
        let (head, rest) = message.split_once(" [bartizan@32473 ").unwrap();
        assert_eq!(head.split(' ').count(), 6, "{message}");
        // Outside of escapes, quotes come in pairs and the element ends once.
        let (mut quoted, mut escaped, mut ended) = (false, false, false);
        for it in rest.chars() {
            match it {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                ']' => {
                    assert!(!quoted, "{message}");
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        assert!(ended, "{message}");
    };
    let mut datagram = [0; 4_096];
    let count = udp.recv(&mut datagram).unwrap();
    check(std::str::from_utf8(&datagram[..count]).unwrap());
    for _ in 0..2 {
        let stream = told.recv_timeout(PATIENCE).unwrap();
        let text = String::from_utf8(stream).unwrap();
        let (length, message) = text.split_once(' ').unwrap();
        assert_eq!(length.parse::<usize>().unwrap(), message.len());
        check(message);
    }
    assert_eq!(bartizan.status()["alerts"]["failing"], 0);
}

/// A browser that is logged in.
struct Browser {
    admin: SocketAddr,
    cookie: String,
    csrf: String,
}

impl Browser {
    fn login(bartizan: &Bartizan) -> Self {
        let output = command().args(["console", "--data"]).arg(bartizan.data()).output().unwrap();
        let link = said(&output);
        let code = link.trim().rsplit_once("/#/login?code=").unwrap().1.to_owned();
        let it = Self { admin: bartizan.admin, cookie: String::new(), csrf: String::new() };
        let answer = it.send("POST", "/api/v1/login", &json!({ "code": code }));
        let cookie = answer.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let me: Value = serde_json::from_slice(&answer.body).unwrap();
        Self { cookie, csrf: me["csrf"].as_str().unwrap().to_owned(), ..it }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut client = Client::connect(self.admin);
        client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nX-Bartizan-CSRF: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.admin,
            self.cookie,
            self.csrf,
            body.len()
        ));
        client.answer()
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }
}

fn entries(of: &Bartizan, kind: &str) -> Vec<Value> {
    let data = of.data().display().to_string();
    let it = output(&["ledger", "export", "--data", &data, "-o", "ndjson"]);
    let text = String::from_utf8(it.stdout).unwrap();
    let all = text.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    all.filter(|it| it["kind"] == kind).collect()
}

#[test]
fn operators_see_test_and_silence_alerts() {
    let upstream = Upstream::echoing_targets();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let hook = Hook::on(listener, NO_CONTENT);
    let bartizan = alerting(&upstream, "enforce", &webhook("soc", address));
    let browser = Browser::login(&bartizan);
    assert_eq!(
        browser.get("/api/v1/overview")["alerts"],
        json!({"targets": 1, "failing": 0, "spooled": 0})
    );
    let login = hook.at_least(1).remove(0);
    assert_eq!(
        (login.code(), &login.json()["data"]["severity"]),
        ("instance.logged_in".into(), &"info".into())
    );
    let shown = until("the receipt", || {
        Some(browser.get("/api/v1/alerts")).filter(|it| it["targets"][0]["state"] == "well")
    });
    assert_eq!(shown["targets"][0]["to"], format!("http://{address}/…"));
    assert_eq!(shown["targets"][0]["kind"], "webhook");
    assert!(!shown.to_string().contains("whsec"));

    let wanted = json!({"minutes": 5, "reason": "a drill"});
    assert_eq!(browser.send("POST", "/api/v1/bypass", &wanted).status, 200);
    let bypass = hook.at_least(2)[1].json()["data"].clone();
    assert_eq!(
        (&bypass["code"], &bypass["severity"]),
        (&"instance.bypass_begun".into(), &"high".into())
    );
    assert!(bypass["summary"].as_str().unwrap().ends_with(": a drill"), "{bypass}");
    assert_eq!(browser.send("DELETE", "/api/v1/bypass", &Value::Null).status, 204);
    assert_eq!(hook.at_least(3)[2].code(), "instance.bypass_ended");

    // A silence holds back its code, and a test comes through it.
    let wanted =
        json!({"code": "content.sql_injection", "minutes": 30, "reason": "a scan of ours"});
    let begun = browser.send("POST", "/api/v1/alerts/silences", &wanted);
    assert_eq!(begun.status, 201, "{}", begun.text());
    for (member, value) in
        [("code", json!("content.*")), ("minutes", json!(0)), ("reason", json!(" "))]
    {
        let mut bad = wanted.clone();
        bad[member] = value;
        assert_eq!(browser.send("POST", "/api/v1/alerts/silences", &bad).status, 422, "{bad}");
    }
    assert_eq!(attack(&bartizan, "one").status, 403);
    until("the silence", || {
        (metric(&bartizan, "bartizan_alerts_silenced_total") == 1).then_some(())
    });
    let tested = browser.send("POST", "/api/v1/alerts/test", &json!({"target": "soc"}));
    let tested: Value = serde_json::from_slice(&tested.body).unwrap();
    assert_eq!(tested["delivered"], true);
    assert!(tested["detail"].as_str().unwrap().starts_with("204 in "), "{tested}");
    assert_eq!(hook.at_least(4)[3].code(), "alerts.test");
    let nobody = browser.send("POST", "/api/v1/alerts/test", &json!({"target": "nobody"}));
    assert_eq!(nobody.status, 404);
    let data = bartizan.data().display().to_string();
    let told = output(&["alerts", "test", "--target", "soc", "--data", &data]);
    assert_eq!(
        (told.status.code(), said(&told).starts_with("soc: delivered: 204 in ")),
        (Some(0), true)
    );
    assert_eq!(
        output(&["alerts", "test", "--target", "no", "--data", &data]).status.code(),
        Some(3)
    );

    // It is kept over a restart, and lifted.
    let mut bartizan = bartizan;
    bartizan.stop();
    let bartizan = Bartizan::run_in(bartizan.home());
    let browser = Browser::login(&bartizan);
    let silences = browser.get("/api/v1/alerts")["silences"].clone();
    assert_eq!(silences[0]["reason"], "a scan of ours");
    let path = format!("/api/v1/alerts/silences/{}", silences[0]["id"].as_str().unwrap());
    assert_eq!(browser.send("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(browser.send("DELETE", &path, &Value::Null).status, 404);
    assert_eq!(attack(&bartizan, "two").status, 403);
    until("the alert", || {
        hook.got().iter().any(|it| it.code() == "content.sql_injection").then_some(())
    });
    let begun = until("the entries", || {
        let all = (entries(&bartizan, "silence_begun"), entries(&bartizan, "silence_lifted"));
        Some(all).filter(|it| it.0.len() == 1 && it.1.len() == 1)
    });
    assert_eq!(begun.0[0]["reason"], "a scan of ours");
    let tests = entries(&bartizan, "alert_tested");
    assert_eq!(tests.len(), 2);
    assert!(tests.iter().all(|it| it["delivered"] == true && it["target"] == "soc"));
    assert!(tests[0]["by"].as_str().unwrap().starts_with("account "));
    assert!(tests[1]["by"].as_str().unwrap().starts_with("user "));
}

#[test]
fn a_receiver_that_misbehaves_is_alone_with_it() {
    let upstream = Upstream::echoing_targets();
    let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (good, broken, silent, endless) = (bind(), bind(), bind(), bind());
    let address = |it: &TcpListener| it.local_addr().unwrap();
    let targets =
        [("good", &good), ("broken", &broken), ("silent", &silent), ("endless", &endless)]
            .map(|(name, it)| webhook(name, address(it)))
            .concat();
    let good = Hook::on(good, NO_CONTENT);
    let _broken = Hook::on(broken, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    std::thread::spawn(move || {
        for stream in endless.incoming() {
            let Ok(mut stream) = stream else { return };
            request(&mut stream);
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            drop(stream.write_all(head));
            while stream.write_all(b"6\r\nendles\r\n").is_ok() {}
        }
    });
    let bartizan = alerting(&upstream, "enforce", &targets);
    // Held open and never read: it takes connections and says nothing.
    let _held = silent;
    for agent in 0..5 {
        assert_eq!(attack(&bartizan, &agent.to_string()).status, 403);
    }
    good.at_least(5);
    let browser = Browser::login(&bartizan);
    let state = until("each has failed or not", || {
        let shown = browser.get("/api/v1/alerts")["targets"].clone();
        let state = |at: usize| shown[at]["state"].as_str().unwrap().to_owned();
        let all = [state(0), state(1), state(2), state(3)];
        (!all.contains(&"idle".to_owned())).then_some((all, shown))
    });
    assert_eq!(state.0, ["well", "failing", "failing", "well"], "{}", state.1);
    assert_eq!(state.1[1]["last_error"], "it answered 500");
    assert_eq!(state.1[2]["last_error"], "no answer in time");
    assert_eq!(bartizan.get("/fine").status, 200);
    let data = bartizan.data().display().to_string();
    let tested = output(&["alerts", "test", "--data", &data]);
    assert_eq!(tested.status.code(), Some(3), "{}", said(&tested));
    assert!(
        said(&tested).contains("silent: NOT delivered: no answer in time"),
        "{}",
        said(&tested)
    );
}

#[test]
fn a_full_spool_drops_the_oldest_and_traffic_goes_on() {
    let upstream = Upstream::echoing_targets();
    let targets = webhook("soc", free_address());
    let targets = format!("{targets}alerts:\n  spool_bytes_max: 64KiB\n");
    let bartizan = alerting(&upstream, "enforce", &targets);
    let script = "/products?q=%3Cscript%3Ealert(1)%3C/script%3E";
    for agent in 0..100 {
        assert_eq!(attack(&bartizan, &agent.to_string()).status, 403);
        let other = format!("GET {script} HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n\r\n");
        assert_eq!(bartizan.ask(&other).status, 403);
    }
    until("dropped alerts", || {
        (metric(&bartizan, "bartizan_alerts_dropped_total") > 0).then_some(())
    });
    let spool = fs::metadata(bartizan.data().join("alerts/spool")).unwrap().len();
    assert!(spool <= 4 * 64 * 1024, "{spool}");
    assert_eq!(metric(&bartizan, "bartizan_alerts_lost_total"), 0);
    assert_eq!(bartizan.get("/fine").status, 200);
}

#[test]
fn a_disk_that_takes_no_spool_stops_neither_alerts_nor_traffic() {
    let upstream = Upstream::echoing_targets();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Arc::new(Directory::new());
    let secret = put(&home, "secret", SECRET);
    let targets = webhook("soc", listener.local_addr().unwrap()).replace("SECRET", &secret);
    let more = format!("alert_targets:\n{targets}");
    let yaml = configuration(upstream.address, "enforce", &more);
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    // Where the directory should be, something else is.
    fs::create_dir_all(home.path().join("data")).unwrap();
    fs::write(home.path().join("data/alerts"), "").unwrap();
    let hook = Hook::on(listener, NO_CONTENT);
    let bartizan = Bartizan::run_in(home);
    assert_eq!(attack(&bartizan, "one").status, 403);
    assert_eq!(hook.at_least(1)[0].code(), "content.sql_injection");
    assert!(bartizan.status()["alerts"]["fault"].is_string());
    until("the log", || bartizan.stderr().contains("are in memory only").then_some(()));
}

#[test]
fn ocsf_goes_to_a_file_and_a_reload_to_others() {
    let upstream = Upstream::echoing_targets();
    let lake = Directory::new();
    let file = lake.path().join("ocsf.ndjson");
    let target = format!("  - {{name: lake, kind: ocsf, to: 'file:{}'}}\n", file.display());
    let bartizan = alerting(&upstream, "observe", &target);
    assert_eq!(attack(&bartizan, "one").status, 200);
    let line = until("the line", || fs::read_to_string(&file).ok().filter(|it| it.ends_with('\n')));
    let finding: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&finding["class_uid"], &finding["metadata"]["version"]),
        (&2004.into(), &"1.8.0".into())
    );
    assert_eq!((&finding["action"], &finding["severity_id"]), (&"Observed".into(), &3.into()));

    let broken = put(&bartizan.home(), "broken", "hunter2");
    let more = |secret: &str, to: &str| {
        let target = format!("  - {{name: soc, kind: webhook, to: '{to}', secret: '{secret}'}}\n");
        configuration(upstream.address, "observe", &format!("alert_targets:\n{target}"))
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/", listener.local_addr().unwrap());
    bartizan.reload(&more(&broken, &to));
    let fault = bartizan.status()["reload_fault"].as_str().unwrap().to_owned();
    assert!(fault.contains("alert target soc, secret does not begin with `whsec_`"), "{fault}");
    assert!(!fault.contains("hunter2"));
    // It is told where alerts went before.
    until("the refusal", || {
        let text = fs::read_to_string(&file).unwrap();
        text.contains("instance.reload_refused").then_some(())
    });
    let hook = Hook::on(listener, NO_CONTENT);
    let secret = bartizan.home().path().join("secret").display().to_string();
    bartizan.reload(&more(&secret, &to));
    assert_eq!(attack(&bartizan, "two").status, 200);
    assert_eq!(hook.at_least(1)[0].json()["data"]["effect"], "would_refuse");
}

#[test]
fn an_upstream_that_is_gone_is_told_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Arc::new(Directory::new());
    let secret = put(&home, "secret", SECRET);
    let targets = webhook("soc", listener.local_addr().unwrap()).replace("SECRET", &secret);
    let more = format!("alert_targets:\n{targets}");
    let yaml = configuration(Upstream::nobody(), "enforce", &more);
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    let hook = Hook::on(listener, NO_CONTENT);
    let bartizan = Bartizan::run_in(home);
    let told = until("the circuit", || {
        assert!(bartizan.get("/orders").status >= 502);
        hook.got().into_iter().find(|it| it.code() == "instance.upstream_failing")
    });
    let data = told.json()["data"].clone();
    assert_eq!((&data["severity"], &data["endpoint"]), (&"high".into(), &Value::Null));
    let code = |it: &Delivery| it.code() == "instance.upstream_failing";
    assert_eq!(hook.got().iter().filter(|it| code(it)).count(), 1);
}

#[test]
fn without_targets_nothing_is_kept() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(attack(&bartizan, "one").status, 403);
    bartizan.at_least(1);
    assert_eq!(bartizan.status()["alerts"], Value::Null);
    assert!(!bartizan.data().join("alerts").exists());
    let data = bartizan.data().display().to_string();
    let it = output(&["alerts", "test", "--data", &data]);
    assert_eq!(it.status.code(), Some(3));
    assert!(said(&it).contains("no target of alerts is configured"));
}
