//! What a right configuration becomes: defaults, every key, both sides of every bound.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

use std::path::PathBuf;

use bartizan::config::secret::Reference;
use bartizan::config::{
    AlertKind, ClientSource, Origin, Overrides, Report, Settings, Source, TlsVersion, Upstream,
};
use bartizan_connect::alert::Severity;
use bartizan_model::clause::{Clause, ClauseName, Mode, SetBy};
use bartizan_model::content_level::ContentLevel;
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use bartizan_model::profile::{Audience, Duty, Profile, Subjects, Tenant};
use bartizan_model::route::{
    Demand, HostField, HostPattern, JsonSpelling, Route, Spelling, Underscores,
};

const SHORTEST: &str = "version: 1\nupstream: {url: 'http://127.0.0.1:3000'}\n";

fn read_with(text: &str, overrides: &Overrides, now_unix_s: u64) -> Result<Settings, Report> {
    let source = Source { name: "bartizan.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
    let accepted = Settings::read(&source, overrides, now_unix_s)?;
    assert!(accepted.warnings.is_empty(), "{}", accepted.warnings);
    Ok(accepted.settings)
}

#[track_caller]
fn read(text: &str) -> Settings {
    read_with(text, &Overrides::default(), 0).unwrap_or_else(|report| panic!("{report}"))
}

/// The shortest file and one more key, in a section or at the top.
fn with(section: &str, key: &str, value: &str) -> String {
    match section {
        "" => format!("{SHORTEST}{key}: {value}\n"),
        "upstream" => {
            format!("version: 1\nupstream: {{url: 'http://127.0.0.1:3000', {key}: {value}}}\n")
        }
        _ => format!("{SHORTEST}{section}: {{{key}: {value}}}\n"),
    }
}

/// Each row: these values are read, those are out of bounds.
#[track_caller]
fn check_bounds(section: &str, key: &str, inside: [&str; 2], outside: [&str; 2]) {
    let name = format!("`{section}.{key}` is out of bounds");
    for (values, is_outside) in [(inside, false), (outside, true)] {
        for value in values {
            let text = with(section, key, value);
            let said = match read_with(&text, &Overrides::default(), 0) {
                Ok(_) => String::new(),
                Err(report) => report.to_string(),
            };
            assert_eq!(said.contains(&name), is_outside, "{key}: {value}\n{said}");
        }
    }
}

#[test]
fn the_shortest_file_has_every_default() {
    let settings = read(SHORTEST);
    assert_eq!(settings.file.as_deref(), Some("bartizan.yaml"));
    assert_eq!((settings.mode.value, settings.mode.origin), (Mode::Observe, Origin::Default));
    assert_eq!(settings.listen.address.value.to_string(), "127.0.0.1:8080");
    assert_eq!((settings.listen.http2, settings.listen.workers), (false, None));
    assert!(!settings.listen.proxy_protocol && !settings.listen.mirror);
    assert_eq!(settings.certificates, []);
    assert_eq!((settings.tls.minimum, settings.tls.client_ca), (TlsVersion::V1_2, None));
    assert_eq!(settings.tls.client_certificate, Demand::None);
    let clients = settings.clients;
    assert_eq!(clients.source, ClientSource::XForwardedFor);
    assert_eq!((clients.allow, clients.deny), (vec![], vec![]));
    assert_eq!((clients.rate, clients.rate_burst), (None, None));
    assert!(!clients.addresses_are_clients);
    let [upstream] = settings.upstreams.as_slice() else { panic!("one") };
    check_upstream_defaults(upstream);
    assert_eq!((&*upstream.name, upstream.places()[0].port()), ("default", 3_000));
    assert_eq!(upstream.url.value.to_string(), "http://127.0.0.1:3000");
    let [routing] = settings.routes.as_slice() else { panic!("one") };
    assert_eq!((&routing.route, &routing.mode), (&Route::to_everything(0), &None));
    assert_eq!(settings.admin.address.value.to_string(), "127.0.0.1:9440");
    assert_eq!(settings.data.dir.value, PathBuf::from("./bartizan-data"));
    assert_eq!(settings.data.journal_bytes_max, 256 << 20);
    let it = &settings.evidence;
    assert_eq!((it.enabled, it.body_bytes_max, it.bytes_max), (true, 64 << 10, 256 << 20));
    assert_eq!(it.age_max_ms, 7 * 86_400_000);
    let it = &settings.throttle;
    assert_eq!((it.after, it.rate.to_string(), it.duration_ms), (None, "6/m".to_owned(), 900_000));
    assert!(!settings.record.required);
    assert_eq!((settings.trusted_proxies, settings.clauses), (vec![], vec![]));
    assert_eq!(settings.exceptions, vec![]);

    let limits = settings.limits;
    assert_eq!((limits.head_bytes_max, limits.target_bytes_max), (32 << 10, 8 << 10));
    assert_eq!((limits.fields_max, limits.body_bytes_max), (128, None));
    assert_eq!((limits.inspect_bytes_max, limits.held_bytes_max), (1 << 20, 256 << 20));
    assert_eq!(limits.connections_max, 10_000);
    assert_eq!((limits.head_timeout_ms, limits.body_timeout_ms), (10_000, 20_000));
    assert_eq!(limits.idle_timeout_ms, 75_000);
    assert_eq!(limits.requests_per_connection_max, Some(10_000));
    assert_eq!(limits.connections_per_address_max, Some(8_192));
    assert_eq!((limits.body_rate_min, limits.memory_bytes_max), (Some(500), Some(512 << 20)));
    assert_eq!((limits.streams_max, limits.control_frames_max), (128, 200));
    assert_eq!((limits.decoded_bytes_max, limits.decoded_ratio_max), (8 << 20, 100));
}

#[track_caller]
fn check_upstream_defaults(it: &Upstream) {
    assert_eq!((&it.addresses, it.http2, &it.ca), (&vec![], false, &None));
    assert_eq!((&it.client_certificate, it.verify), (&None, true));
    assert_eq!((&it.health_path, it.health_interval_ms), (&None, 5_000));
    assert_eq!((it.exchanges_max, it.connect_timeout_ms), (4_096, 5_000));
    assert_eq!((it.response_timeout_ms, it.idle_timeout_ms), (60_000, 4_000));
}

#[test]
fn every_key_is_read() {
    let settings = read(include_str!("config_complete.yaml"));
    assert_eq!(settings.contract.as_deref(), Some(std::path::Path::new("contract.json")));
    let described: Vec<_> = settings.descriptions().map(|it| (&**it.0, it.1)).collect();
    let of = |route, file| (route, std::path::Path::new(file));
    let expected =
        [of("orders", "orders.yaml"), of("pages", "shop.yaml"), of("everything-else", "shop.yaml")];
    assert_eq!(described, expected);
    assert_eq!(settings.mode.value, Mode::Enforce);
    assert_eq!(settings.content, ContentLevel::BALANCED);
    assert_eq!(settings.patches, ["patches/reviews.yaml", "patches/shop"].map(PathBuf::from));
    assert_eq!(settings.listen.address.value.to_string(), "0.0.0.0:80");
    assert_eq!((settings.listen.http2, settings.listen.workers), (false, Some(2)));
    assert!(settings.listen.proxy_protocol);
    assert!(!settings.listen.mirror);
    let upstream = &settings.upstreams[0];
    assert_eq!(upstream.url.value.to_string(), "http://api.internal:3000");
    let places: Vec<_> = upstream.places().iter().map(ToString::to_string).collect();
    assert_eq!(places, ["10.1.0.1:3000", "[2001:db8::1]:3001"]);
    assert_eq!((upstream.http2, upstream.exchanges_max), (true, 100));
    assert_eq!(upstream.health_path.as_deref(), Some("/health?full=1"));
    assert_eq!(upstream.health_interval_ms, 1_000);
    assert_eq!(upstream.connect_timeout_ms, 500);
    assert_eq!(upstream.response_timeout_ms, 300_000);
    assert_eq!(upstream.idle_timeout_ms, 3_600_000);
    assert_eq!(settings.admin.address.value.to_string(), "127.0.0.1:0");
    assert_eq!(settings.data.dir.value, PathBuf::from("/var/lib/bartizan"));
    assert_eq!(settings.data.journal_bytes_max, 1 << 30);
    let it = &settings.evidence;
    assert_eq!((it.enabled, it.body_bytes_max, it.bytes_max), (true, 16 << 10, 1 << 30));
    assert_eq!(it.age_max_ms, 3 * 86_400_000);
    let it = &settings.throttle;
    assert_eq!(
        (it.after, it.rate.to_string(), it.duration_ms),
        (Some(5), "12/m".to_owned(), 600_000)
    );
    assert!(settings.record.required);
    let proxies: Vec<_> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);

    let limits = settings.limits;
    assert_eq!((limits.head_bytes_max, limits.target_bytes_max), (16_384, 4_096));
    assert_eq!((limits.fields_max, limits.body_bytes_max), (64, Some(10 << 20)));
    assert_eq!((limits.inspect_bytes_max, limits.held_bytes_max), (2 << 20, 64 << 20));
    assert_eq!(limits.connections_max, 500);
    assert_eq!((limits.head_timeout_ms, limits.body_timeout_ms), (1_000, 2_000));
    assert_eq!(limits.idle_timeout_ms, 3_000);
    assert_eq!(limits.requests_per_connection_max, Some(100));
    assert_eq!(limits.connections_per_address_max, Some(10));
    assert_eq!((limits.body_rate_min, limits.memory_bytes_max), (Some(1 << 10), Some(128 << 20)));
    assert_eq!((limits.streams_max, limits.control_frames_max), (16, 50));
    assert_eq!((limits.decoded_bytes_max, limits.decoded_ratio_max), (1 << 20, 20));
}

#[test]
fn certificates_and_clients_are_read() {
    let settings = read(include_str!("config_complete.yaml"));
    assert_eq!(settings.tls.minimum, TlsVersion::V1_3);
    assert_eq!(settings.tls.client_certificate, Demand::Optional);
    let clients = settings.clients.clone();
    assert_eq!(clients.source, ClientSource::Forwarded);
    let shown = |it: &[bartizan_model::network::Network]| {
        it.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(shown(&clients.allow), ["192.0.2.0/24", "2001:db8::/32"]);
    assert_eq!(shown(&clients.deny), ["192.0.2.7/32"]);
    assert_eq!(clients.rate.map(|it| (it.requests, it.per_ms)), Some((600, 60_000)));
    assert_eq!(clients.rate_burst, Some(50));
    assert!(clients.addresses_are_clients);

    let references: Vec<_> =
        settings.references().map(|(key, it)| format!("{key}: {it}")).collect();
    let expected = [
        "certificates[0].certificate: file:/etc/tls/api.crt",
        "certificates[0].key: file:/etc/tls/api.key",
        "certificates[1].certificate: env:OTHER_CERTIFICATE",
        "certificates[1].key: env:OTHER_KEY",
        "tls.client_ca: file:tls/clients.crt",
        "upstream orders, ca: file:/etc/tls/ca.crt",
        "upstream orders, client_certificate: file:/etc/tls/us.crt",
        "upstream orders, client_key: env:OUR_KEY",
        "alert target soc, secret: env:SOC_SECRET",
        "alert target siem, ca: file:/etc/tls/siem.crt",
        "issuer main, keys: file:jwks.json",
        "issuer main, revoked: env:REVOKED",
    ];
    assert_eq!(references, expected);
}

#[test]
fn issuers_are_read() {
    let it = read(include_str!("config_complete.yaml")).issuers.remove(0);
    assert_eq!((&*it.name, &*it.issuer), ("main", "https://id.example.com"));
    assert_eq!(it.audience, ["shop-api".into(), "https://api.example.com".into()]);
    let algorithms: Vec<_> = it.algorithms.iter().map(|it| it.name()).collect();
    assert_eq!(algorithms, ["ES256", "EdDSA"]);
    assert_eq!((it.skew_s, it.lifetime_max_s), (30, Some(86_400)));
    let text = "version: 1\nupstream: {url: 'http://a'}\nissuers: [{name: a, issuer: b, keys: c, audience: [d]}]\n";
    let it = read(text).issuers.remove(0);
    assert_eq!((it.skew_s, it.lifetime_max_s, it.revoked), (60, None, None));
    assert_eq!(it.algorithms.iter().count(), 10);
    assert!(it.algorithms.iter().all(|it| !it.name().starts_with("HS")));
}

#[test]
fn alerts_are_read() {
    let alerts = read(include_str!("config_complete.yaml")).alerts;
    assert_eq!((alerts.dedup_window_ms, alerts.spool_bytes_max), (60_000, 1 << 20));
    let [soc, siem, lake] = alerts.targets.as_slice() else { panic!("{alerts:?}") };
    assert_eq!((&*soc.name, soc.kind, soc.timeout_ms), ("soc", AlertKind::Webhook, 2_000));
    assert_eq!(
        (soc.to.to_string(), soc.min_severity),
        ("http://soc.internal:80/…".to_owned(), Severity::Info)
    );
    assert_eq!(
        (siem.to.to_string(), siem.timeout_ms),
        ("tls://siem.internal:6514".to_owned(), 10_000)
    );
    assert_eq!((siem.kind, siem.min_severity), (AlertKind::Syslog, Severity::Medium));
    assert_eq!((lake.kind, lake.file_bytes_max), (AlertKind::Ocsf, 1 << 20));
    let none = read("version: 1\nupstream: {url: 'http://a'}\n").alerts;
    assert_eq!(
        (none.dedup_window_ms, none.spool_bytes_max, none.targets.len()),
        (300_000, 4 << 20, 0)
    );
}

#[test]
fn apis_and_what_of_them_goes_are_read() {
    let settings = read(include_str!("config_complete.yaml"));
    let [orders, shop, pages] = settings.apis.as_slice() else { panic!("{:?}", settings.apis) };
    assert_eq!(
        (orders.owner.as_deref(), orders.team.as_deref()),
        (Some("Mara Lind"), Some("checkout"))
    );
    let tags: Vec<_> = orders.tags.iter().map(|it| &**it).collect();
    assert_eq!(tags, ["payments", "pci"]);
    let profile = Profile {
        audience: Some(Audience::Internal),
        subjects: Some(Subjects::Workload),
        tenant: Some(Tenant::Claim("tid".into())),
        environment: Some("production".into()),
    };
    assert_eq!(orders.profile, profile);
    assert_eq!(orders.on_behalf_of.as_deref(), Some("X-Customer-Id"));
    let staff = [("role", "support"), ("https://example.com/staff", "true")];
    let staff = staff.map(|(name, value)| (name.into(), value.into()));
    assert_eq!(orders.see_to_others, staff);
    let duties = [Duty::Mtls, Duty::Scopes, Duty::RateLimit];
    assert_eq!(orders.baseline.as_deref(), Some(&duties[..]));
    // An empty list is nothing; no list says nothing.
    assert_eq!((shop.baseline.as_deref(), &pages.baseline), (Some(&[][..]), &None));
    assert!(shop.profile.is_silent());
    let [order, root] = settings.retirements.as_slice() else { panic!("two") };
    assert_eq!((&*order.api, order.method), ("orders", Some(Method::Get)));
    assert_eq!(order.path.as_str(), "/v1/orders/{id}");
    // From the first second of its day to the last of the other.
    assert_eq!((order.deprecated_s, order.sunset_s), (1_793_491_200, Some(1_806_537_599)));
    assert_eq!(order.link.as_deref(), Some("https://developer.example.com/v2"));
    assert_eq!((&*root.api, root.method, root.sunset_s), ("shop.example:8443", None, None));
}

#[test]
fn upstreams_are_listed_after_that_of_the_section() {
    let settings = read(include_str!("config_complete.yaml"));
    let [_, orders, pages] = settings.upstreams.as_slice() else { panic!("three") };
    let names: Vec<_> = settings.upstreams.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["default", "orders", "pages.v2"]);
    assert_eq!(orders.url.value.authority(), "orders.internal:443");
    assert!(orders.url.value.is_tls());
    assert_eq!(orders.places()[0].to_string(), "10.0.0.1:8443");
    let us = orders.client_certificate.clone().unwrap();
    assert_eq!(us.key, Reference::Environment("OUR_KEY".to_owned()));
    assert_eq!(pages.connect_timeout_ms, 1_000);
    check_upstream_defaults(&Upstream { connect_timeout_ms: 5_000, ..pages.clone() });
}

#[test]
fn routes_name_upstreams_by_position() {
    let settings = read(include_str!("config_complete.yaml"));
    let routes = settings.routes();
    let orders = Route {
        name: "orders".into(),
        host: HostPattern::Exact("api.example.com".into()),
        prefix: "/v1/orders".into(),
        upstream: Some(1),
        rewrite: Some("/".into()),
        host_field: HostField::Upstream,
        spelling: Spelling::Canonicalise,
        json: JsonSpelling::Canonicalise,
        underscores: Underscores::Drop,
        certificate: Demand::Required,
        tokens: Demand::Required,
        scopes: ["orders:read".into(), "orders:write".into()].into(),
        fail_open: true,
        record_required: true,
        samples: false,
        security_headers: true,
        inspect_websocket: true,
        inspect_events: true,
        response_timeout_ms: Some(120_000),
    };
    let plain =
        |name: &str, upstream| Route { name: name.into(), upstream, ..Route::to_everything(0) };
    let internal = Route { prefix: "/internal".into(), ..plain("internal", None) };
    let pages = Route {
        host: HostPattern::Under(".example.com".into()),
        spelling: Spelling::Preserve,
        underscores: Underscores::Reject,
        ..plain("pages", Some(2))
    };
    assert_eq!(routes, [orders, internal, pages, plain("everything-else", Some(0))]);
    assert_eq!(settings.route_modes(), [Some(Mode::Observe), None, None, None]);
    let records = settings.routes[0].records.map(|it| it.to_string());
    assert_eq!(records.as_deref(), Some("1000/h"));
    let mode = settings.routes[0].mode.clone().unwrap();
    assert_eq!(settings.describe(mode.origin), "bartizan.yaml:116:11");
}

#[test]
fn the_only_upstream_needs_no_name_in_a_route() {
    let text = "version: 1\nupstreams: [{name: a, url: 'http://a'}]\nroutes: [{name: b}]\n";
    assert_eq!(read(text).routes()[0].upstream, Some(0));
    let text = "version: 1\nupstreams: [{name: a, url: 'http://a'}]\n";
    assert_eq!(read(text).routes(), [Route::to_everything(0)]);
    // Without the section, the name is free.
    let text = text.replace("name: a", "name: default");
    assert_eq!(&*read(&text).upstreams[0].name, "default");
}

#[test]
fn an_upstream_from_outside_is_one_more() {
    let environment = Overrides::from_environment(|name| {
        (name == "BARTIZAN_UPSTREAM").then(|| "https://outside".into())
    });
    let text = "version: 1\nupstreams: [{name: a, url: 'http://a'}]\n";
    assert!(read_with(text, &environment, 0).is_err());
    let text = format!(
        "{text}routes: [{{name: x, upstream: default}}, {{name: y, path: /y, upstream: a}}]\n"
    );
    let settings = read_with(&text, &environment, 0).unwrap();
    assert_eq!(settings.upstream_urls(), "https://outside:443, http://a:80");
    assert_eq!(settings.routes()[1].upstream, Some(1));
}

#[test]
fn a_guard_may_stand_before_tls() {
    let environment = Overrides::from_environment(|name| {
        (name == "BARTIZAN_UPSTREAM").then(|| "https://api.example".into())
    });
    let settings = Settings::for_guard(&environment).unwrap().settings;
    assert_eq!(settings.upstream_urls(), "https://api.example:443");
    assert_eq!(settings.routes(), [Route::to_everything(0)]);
}

#[test]
fn an_upstream_that_is_not_verified_is_read_and_doubtful() {
    let text = "version: 1\nupstream: {url: 'https://a', verify: false}\n";
    let source = Source { name: String::new(), bytes: text.into() };
    let accepted = Settings::read(&source, &Overrides::default(), 0).unwrap();
    assert!(!accepted.settings.upstreams[0].verify);
    assert!(accepted.warnings.to_string().contains("NOT VERIFIED"));
}

#[test]
fn a_check_reads_no_key() {
    let text = with("", "certificates", "[{certificate: /nowhere/a, key: env:NOBODY_SETS_THIS}]");
    let settings = read(&text);
    assert!(settings.references().all(|(_, it)| it.read().is_err()));
}

#[test]
fn a_clause_that_the_file_names_has_its_own_mode_and_knows_whence() {
    let settings = read(include_str!("config_complete.yaml"));
    let clause = |name, mode, line, column| {
        let set_by = SetBy::File { line, column };
        Clause { name, mode, set_by }
    };
    let expected = [
        clause(ClauseName::BaselinePath, Mode::Observe, 50, 18),
        clause(ClauseName::BaselineBodySize, Mode::Off, 51, 23),
        clause(ClauseName::ContentXss, Mode::Observe, 52, 16),
        clause(ClauseName::ContentUnexamined, Mode::Enforce, 53, 23),
    ];
    assert_eq!(settings.clauses, expected);
}

#[test]
fn an_exception_keeps_what_it_lifts_and_where_it_was_written() {
    let settings = read(include_str!("config_complete.yaml"));
    let [narrow, of_names, wide] = settings.exceptions.as_slice() else { panic!("three") };
    assert_eq!(narrow.clause, ClauseName::ContentSqli);
    let endpoint = EndpointId::of("POST", "/reviews");
    assert_eq!(narrow.endpoint, Some(endpoint));
    assert_eq!(settings.endpoints[&endpoint].to_string(), "POST /reviews");
    assert_eq!(narrow.place, Some(Place::body("$.comment")));
    assert_eq!(narrow.reason, "reviewers quote SQL");
    assert_eq!(narrow.expires_us, 1_801_440_000_000_000);
    assert_eq!(narrow.set_by, SetBy::File { line: 55, column: 5 });
    assert_eq!(of_names.place, Some(Place::Name));
    assert_eq!((&wide.endpoint, &wide.place), (&None, &None));
}

#[test]
fn a_place_that_is_shown_can_be_written_as_it_is_shown() {
    for name in ["q", "a b", "gr\u{f6}\u{df}e", "it's", "a\\b", &"x".repeat(500)] {
        for place in [Place::query(name.as_bytes()), Place::cookie(name.as_bytes())] {
            let shown = place.to_string().replace('\'', "''");
            let exception = format!("clause: content.xss, field: '{shown}', reason: x");
            let text = with("", "exceptions", &format!("[{{{exception}, expires: 2027-01-31}}]"));
            assert_eq!(read(&text).exceptions[0].place, Some(place));
        }
    }
}

#[test]
fn only_an_admin_address_that_others_reach_is_doubtful() {
    let warnings = |address: &str| {
        let text = with("admin", "address", &format!("'{address}'"));
        let source = Source { name: String::new(), bytes: text.into_bytes() };
        let accepted = Settings::read(&source, &Overrides::default(), 0).unwrap();
        accepted.warnings.problems().len()
    };
    for address in ["127.0.0.1:1", "127.255.255.254:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(warnings(address), 0, "{address}");
    }
    for address in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "128.0.0.1:1", "[::ffff:192.0.2.1]:1"] {
        assert_eq!(warnings(address), 1, "{address}");
    }
}

#[test]
fn an_exception_expires_with_the_last_second_of_its_day() {
    let text = format!(
        "{SHORTEST}exceptions: [{{clause: content.xss, reason: x, expires: 2027-01-31}}]\n"
    );
    let source = Source { name: String::new(), bytes: text.into_bytes() };
    let warnings = |now_unix_s| {
        let accepted = Settings::read(&source, &Overrides::default(), now_unix_s).unwrap();
        assert_eq!(accepted.settings.exceptions.len(), 1);
        accepted.warnings.problems().len()
    };
    assert_eq!((warnings(1_801_439_999), warnings(1_801_440_000)), (0, 1));
}

#[test]
fn both_sides_of_every_bound() {
    check_bounds("listen", "workers", ["1", "64"], ["0", "65"]);
    check_bounds("upstream", "connect_timeout", ["10ms", "5m"], ["9ms", "300001ms"]);
    check_bounds("upstream", "response_timeout", ["10ms", "1h"], ["9ms", "3600001ms"]);
    check_bounds("upstream", "idle_timeout", ["10ms", "1h"], ["9ms", "3600001ms"]);
    check_bounds("data", "journal_bytes_max", ["1MiB", "1024GiB"], ["1048575", "1025GiB"]);
    check_bounds("limits", "head_bytes_max", ["1KiB", "1MiB"], ["1023", "1048577"]);
    check_bounds("limits", "target_bytes_max", ["256", "1MiB"], ["255", "1048577"]);
    check_bounds("limits", "fields_max", ["8", "1024"], ["7", "1025"]);
    check_bounds("limits", "body_bytes_max", ["0", "1024GiB"], ["1025GiB", "99999999999GiB"]);
    check_bounds("limits", "inspect_bytes_max", ["1KiB", "64MiB"], ["1023", "67108865"]);
    check_bounds("limits", "held_bytes_max", ["1MiB", "64GiB"], ["1048575", "65GiB"]);
    check_bounds("limits", "connections_max", ["1", "1000000"], ["0", "1000001"]);
    check_bounds("limits", "head_timeout", ["10ms", "5m"], ["9ms", "300001ms"]);
    check_bounds("limits", "body_timeout", ["10ms", "1h"], ["9ms", "3600001ms"]);
    check_bounds("limits", "idle_timeout", ["10ms", "1h"], ["9ms", "3600001ms"]);
    check_bounds("clients", "rate_burst", ["0", "1"], ["1000001", "1000002"]);
    check_bounds("upstream", "health_interval", ["100ms", "1h"], ["99ms", "3600001ms"]);
    check_bounds("upstream", "exchanges_max", ["1", "1000000"], ["0", "1000001"]);
    let billion = ["1000000001", "1000000002"];
    check_bounds("limits", "requests_per_connection_max", ["0", "1000000000"], billion);
    check_bounds("limits", "connections_per_address_max", ["0", "1000000"], ["1000001", "1000002"]);
    check_bounds("limits", "body_rate_min", ["0", "1GiB"], ["1025MiB", "2GiB"]);
    check_bounds("limits", "memory_bytes_max", ["0", "64MiB"], ["1", "67108863"]);
    check_bounds("limits", "memory_bytes_max", ["64MiB", "1024GiB"], ["67108863", "1025GiB"]);
    check_bounds("limits", "streams_max", ["1", "10000"], ["0", "10001"]);
    check_bounds("limits", "control_frames_max", ["10", "1000000"], ["9", "1000001"]);
    check_bounds("limits", "decoded_bytes_max", ["1KiB", "1GiB"], ["1023", "1025MiB"]);
    check_bounds("limits", "decoded_ratio_max", ["1", "10000"], ["0", "10001"]);
}

#[test]
fn limits_that_contain_one_another_may_be_equal() {
    let limits = "head_bytes_max: 8KiB, target_bytes_max: 8192";
    read(&format!("{SHORTEST}limits: {{{limits}}}\n"));
    let limits = "inspect_bytes_max: 2MiB, held_bytes_max: 2MiB";
    read(&format!("{SHORTEST}limits: {{{limits}}}\n"));
}

#[test]
fn a_list_may_have_so_many_items_and_no_more() {
    let proxies = |n| with("", "trusted_proxies", &format!("[{}]", "10.0.0.1,".repeat(n)));
    assert_eq!(read(&proxies(256)).trusted_proxies.len(), 256);
    assert!(read_with(&proxies(257), &Overrides::default(), 0).is_err());
    let one = "{clause: content.xss, reason: x, expires: 2027-01-31},";
    let exceptions = |n| with("", "exceptions", &format!("[{}]", one.repeat(n)));
    assert_eq!(read(&exceptions(1_000)).exceptions.len(), 1_000);
    assert!(read_with(&exceptions(1_001), &Overrides::default(), 0).is_err());
    let list = |name: &str, key: &str, items: String| with(name, key, &format!("[{items}]"));
    let deny = |n| list("clients", "deny", "10.0.0.1,".repeat(n));
    assert_eq!(read(&deny(10_000)).clients.deny.len(), 10_000);
    assert!(read_with(&deny(10_001), &Overrides::default(), 0).is_err());
    let addresses = |n| list("upstream", "addresses", "'a:1',".repeat(n));
    assert_eq!(read(&addresses(64)).upstreams[0].addresses.len(), 64);
    assert!(read_with(&addresses(65), &Overrides::default(), 0).is_err());
    let route = |i| format!("{{name: r{i}, path: /{i}}},");
    let routes = |n| list("", "routes", (0..n).map(route).collect());
    assert_eq!(read(&routes(1_000)).routes.len(), 1_000);
    assert!(read_with(&routes(1_001), &Overrides::default(), 0).is_err());
    let upstream = |i| format!("{{name: u{i}, url: 'http://a'}},");
    let to = |i| format!("{{name: r{i}, path: /{i}, upstream: u{i}}},");
    let upstreams = |n: usize| {
        let upstreams: String = (0..n).map(upstream).collect();
        let routes: String = (0..n).map(to).collect();
        format!("version: 1\nupstreams: [{upstreams}]\nroutes: [{routes}]\n")
    };
    assert_eq!(read(&upstreams(256)).upstreams.len(), 256);
    assert!(read_with(&upstreams(257), &Overrides::default(), 0).is_err());
}

#[test]
fn a_section_whose_keys_are_all_commented_out_is_fine() {
    read(&format!("{SHORTEST}limits:\n  # fields_max: 64\nexceptions:\nclauses: ~\n"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let text = format!("\u{feff}{}mode: enforce\r\n", SHORTEST.replace('\n', "\r\n"));
    let settings = read(&text);
    assert_eq!(settings.describe(settings.mode.origin), "bartizan.yaml:3:7");
}

#[test]
fn flags_win_over_environment_and_environment_over_the_file() {
    let environment = |name: &str| match name {
        "BARTIZAN_MODE" => Some("enforce".into()),
        "BARTIZAN_LISTEN" => Some("127.0.0.1:1".into()),
        "BARTIZAN_ADMIN" => Some("127.0.0.1:2".into()),
        "BARTIZAN_DATA" => Some("of-environment".into()),
        "BARTIZAN_UPSTREAM" => Some("http://of-environment".into()),
        _ => None,
    };
    let environment = Overrides::from_environment(environment);
    let flags = |name: &'static str| {
        Overrides::from_environment(|it| (it == "BARTIZAN_DATA").then(|| name.into()))
    };
    let text = with("data", "dir", "of-file");

    let settings = read_with(&text, &environment, 0).unwrap();
    assert_eq!(settings.mode.value, Mode::Enforce);
    assert_eq!(settings.listen.address.value.port(), 1);
    assert_eq!(settings.admin.address.value.port(), 2);
    assert_eq!(settings.data.dir.value, PathBuf::from("of-environment"));
    assert_eq!(settings.upstreams[0].url.value.host(), "of-environment");
    assert_eq!(settings.describe(settings.mode.origin), "environment BARTIZAN_MODE");
    assert_eq!(SetBy::from(settings.mode.origin), SetBy::Flag);

    let settings = read_with(&text, &flags("of-flag").or(environment), 0).unwrap();
    assert_eq!(settings.data.dir.value, PathBuf::from("of-flag"));
    assert_eq!(settings.listen.address.value.port(), 1);
    assert_eq!(read(&text).data.dir.value, PathBuf::from("of-file"));
}

#[test]
fn an_upstream_from_outside_completes_a_file_without_one() {
    let environment = Overrides::from_environment(|name| {
        (name == "BARTIZAN_UPSTREAM").then(|| "http://127.0.0.1:3000".into())
    });
    let settings = read_with("version: 1\n", &environment, 0).unwrap();
    assert_eq!(settings.upstreams[0].url.value.port(), 3_000);
    assert!(read_with("version: 1\n", &Overrides::default(), 0).is_err());
}

#[test]
fn a_wrong_value_is_reported_although_a_flag_replaces_it() {
    let environment =
        Overrides::from_environment(|name| (name == "BARTIZAN_MODE").then(|| "enforce".into()));
    let report = read_with(&with("", "mode", "sometimes"), &environment, 0).unwrap_err();
    assert_eq!(report.errors(), 1);
}

#[test]
fn no_cut_and_no_flipped_byte_of_a_file_panics() {
    let whole = include_bytes!("config_complete.yaml");
    for at in 0..whole.len() {
        let mut flipped = whole.to_vec();
        flipped[at] ^= 0x11;
        for bytes in [whole[..at].to_vec(), flipped] {
            let source = Source { name: "bartizan.yaml".to_owned(), bytes };
            if let Err(report) = Settings::read(&source, &Overrides::default(), 0) {
                assert!(!report.to_string().is_empty());
            }
        }
    }
}
