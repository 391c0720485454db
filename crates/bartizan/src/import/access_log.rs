//! Access logs: the common and combined formats (Apache, nginx), JSON lines (nginx, Caddy, Envoy), Envoy's and
//! AWS ALB's own.
//!
//! Misses   fields that a format was told to leave out; formats of one's own, unless they are JSON with usual
//!          names.

use super::replayed::Call;
use super::when;
use serde_json::Value;
use std::net::IpAddr;

/// The call that a line tells.
///
/// # Errors
///
/// Why it tells none.
pub(super) fn call(line: &str) -> Result<Call, &'static str> {
    match line.as_bytes() {
        [b'{', ..] => json(line),
        [b'[', ..] => envoy(line),
        _ => match alb(line) {
            Some(call) => call,
            None => common(line),
        },
    }
}

/// `192.0.2.1 - alice [21/Nov/2026:12:00:00 +0000] "GET /a?b=1 HTTP/1.1" 200 512 "referer" "agent"`
fn common(line: &str) -> Result<Call, &'static str> {
    let (before, rest) = line.split_once('[').ok_or("has no [time]")?;
    let (time, rest) = rest.split_once(']').ok_or("has no [time]")?;
    let client = before.split(' ').next().unwrap_or_default();
    let mut parts = words(rest);
    let request = parts.next().ok_or("has no request")?;
    let status = parts.next().and_then(|it| it.parse().ok()).ok_or("has no status")?;
    let bytes = parts.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let _referer = parts.next();
    let agent = parts.next();
    let at_us =
        when::common_log(time).or_else(|| when::rfc3339(time)).ok_or("its time cannot be read")?;
    requested(&request, status, at_us, client, agent.as_deref(), bytes)
}

/// `[2026-11-21T12:00:00.000Z] "GET /a HTTP/1.1" 200 - 0 512 10 9 "-" "agent" "id" "authority" "upstream"`
fn envoy(line: &str) -> Result<Call, &'static str> {
    let (time, rest) = line.trim_start_matches('[').split_once(']').ok_or("has no [time]")?;
    let parts: Vec<String> = words(rest).collect();
    let part = |n: usize| parts.get(n).map(String::as_str);
    let status = part(1).and_then(|it| it.parse().ok()).ok_or("has no status")?;
    let bytes = part(4).and_then(|it| it.parse().ok()).unwrap_or(0);
    let client = part(7).and_then(|it| it.split(',').next()).unwrap_or_default();
    let at_us = when::rfc3339(time).ok_or("its time cannot be read")?;
    let request = part(0).ok_or("has no request")?;
    let mut call = requested(request, status, at_us, client, part(8), bytes)?;
    call.host = part(10).filter(|it| *it != "-").map(str::to_owned);
    Ok(call)
}

/// `https TIME LB CLIENT TARGET T T T STATUS STATUS RECEIVED SENT "GET https://host:443/a HTTP/1.1" "agent" …`;
/// `None` if it is another format.
fn alb(line: &str) -> Option<Result<Call, &'static str>> {
    let kind = line.split(' ').next()?;
    if !matches!(kind, "http" | "https" | "h2" | "grpcs" | "ws" | "wss") {
        return None;
    }
    let parts: Vec<String> = words(line).collect();
    let part = |n: usize| parts.get(n).map(String::as_str);
    let read = || {
        let at_us = part(1).and_then(when::rfc3339).ok_or("its time cannot be read")?;
        let client = part(3).and_then(|it| it.rsplit_once(':')).map_or("", |it| it.0);
        let status = part(8).and_then(|it| it.parse().ok()).ok_or("has no status")?;
        let bytes = part(11).and_then(|it| it.parse().ok()).unwrap_or(0);
        let mut call =
            requested(part(12).ok_or("has no request")?, status, at_us, client, part(13), bytes)?;
        call.tls = Some(matches!(kind, "https" | "h2" | "grpcs" | "wss"));
        Ok(call)
    };
    Some(read())
}

fn json(line: &str) -> Result<Call, &'static str> {
    let it: Value = serde_json::from_str(line).map_err(|_| "is no JSON")?;
    let text = |names: &[&str]| {
        names.iter().find_map(|name| {
            let value = it.pointer(name).or_else(|| it.get(name))?;
            match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            }
        })
    };
    let status = text(&["status", "response_code", "response_status"]);
    let status = status.and_then(|it| it.parse().ok()).ok_or("has no status")?;
    let time = text(&[
        "time_iso8601",
        "start_time",
        "time",
        "timestamp",
        "@timestamp",
        "time_local",
        "ts",
        "msec",
    ]);
    let time = time.ok_or("has no time")?;
    let at_us = when::rfc3339(&time)
        .or_else(|| when::common_log(&time))
        .or_else(|| when::unix(time.parse().ok()?))
        .ok_or("its time cannot be read")?;
    let client = text(&[
        "/request/remote_ip",
        "/request/client_ip",
        "remote_addr",
        "client_ip",
        "downstream_remote_address",
        "remote_ip",
    ]);
    let client = client.unwrap_or_default();
    let agent = text(&["http_user_agent", "user_agent", "/request/headers/User-Agent/0"]);
    let bytes = text(&["body_bytes_sent", "bytes_sent", "size"])
        .and_then(|it| it.parse().ok())
        .unwrap_or(0);
    let method = text(&["/request/method", "request_method", "method"]);
    let uri = text(&["/request/uri", "request_uri", "path", "uri"]);
    let mut call = match (method, uri, text(&["request"])) {
        (Some(method), Some(uri), _) => requested(
            &format!("{method} {uri} HTTP/1.1"),
            status,
            at_us,
            &client,
            agent.as_deref(),
            bytes,
        )?,
        (_, _, Some(request)) => {
            requested(&request, status, at_us, &client, agent.as_deref(), bytes)?
        }
        _ => return Err("has no method and path"),
    };
    call.host =
        text(&["/request/host", "host", "http_host", "authority", "server_name"]).or(call.host);
    Ok(call)
}

/// `GET /a?b=1 HTTP/1.1`, or with a whole URL.
fn requested(
    request: &str,
    status: u16,
    at_us: u64,
    client: &str,
    agent: Option<&str>,
    bytes: u64,
) -> Result<Call, &'static str> {
    let mut parts = request.split(' ');
    let (Some(method), Some(target)) = (parts.next(), parts.next()) else {
        return Err("its request cannot be read");
    };
    let (mut host, mut path) = (None, target.to_owned());
    if let Some((_, rest)) = target.split_once("://") {
        let from = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(from).ok_or("its request cannot be read")?;
        host = Some(authority.to_owned());
        path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    }
    if !path.starts_with('/') || !(100..=999).contains(&status) {
        return Err("its request cannot be read");
    }
    let bare = client.trim_start_matches('[').split(']').next().unwrap_or(client);
    let address = bare.parse::<IpAddr>().ok().or_else(|| bare.rsplit_once(':')?.0.parse().ok());
    let agent = agent.filter(|it| *it != "-").map(|it| ("User-Agent".to_owned(), it.to_owned()));
    Ok(Call {
        at_us,
        client: address,
        method: method.to_owned(),
        target: path,
        host,
        fields: agent.into_iter().collect(),
        body: None,
        status,
        answer_bytes: bytes,
        ..Call::default()
    })
}

/// Words between spaces; what is in quotes is one, with its escapes undone.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut out = String::new();
        let quoted = rest.strip_prefix('"');
        let mut letters = quoted.unwrap_or(rest).char_indices();
        let mut end = None;
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' if quoted.is_some() => {
                    if let Some((_, next)) = letters.next() {
                        out.push(next);
                    }
                }
                '"' if quoted.is_some() => {
                    end = Some(at + 1);
                    break;
                }
                ' ' if quoted.is_none() => {
                    end = Some(at);
                    break;
                }
                _ => out.push(letter),
            }
        }
        let from = quoted.unwrap_or(rest);
        rest = end.and_then(|it| from.get(it..)).unwrap_or_default();
        Some(out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, method: &str, target: &str, status: u16, host: Option<&str>) {
        let call = call(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        assert_eq!(
            (call.method.as_str(), call.target.as_str(), call.status),
            (method, target, status),
            "{line}"
        );
        assert_eq!(call.host.as_deref(), host, "{line}");
        assert_eq!(
            bartizan_model::calendar::timestamp(call.at_us),
            "2026-11-21T12:00:00.000Z",
            "{line}"
        );
        assert_eq!(call.client, Some("192.0.2.7".parse().unwrap()), "{line}");
    }

    #[test]
    fn usual_formats_are_read() {
        let combined = r#"192.0.2.7 - alice [21/Nov/2026:13:00:00 +0100] "GET /orders/17?q=a%20b HTTP/1.1" 200 512 "https://x/" "curl/8 \"q\"""#;
        check(combined, "GET", "/orders/17?q=a%20b", 200, None);
        check(
            r#"192.0.2.7 - - [21/Nov/2026:12:00:00 +0000] "POST /a HTTP/2.0" 404 -"#,
            "POST",
            "/a",
            404,
            None,
        );
        check(
            r#"{"time_iso8601":"2026-11-21T12:00:00+00:00","remote_addr":"192.0.2.7","request_method":"PUT","request_uri":"/a/1","status":"204","host":"api.example"}"#,
            "PUT",
            "/a/1",
            204,
            Some("api.example"),
        );
        check(
            r#"{"level":"info","ts":1795262400.0,"request":{"remote_ip":"192.0.2.7","method":"GET","host":"shop.example","uri":"/a?b=1"},"size":12,"status":200}"#,
            "GET",
            "/a?b=1",
            200,
            Some("shop.example"),
        );
        check(
            r#"{"start_time":"2026-11-21T12:00:00.000Z","method":"GET","path":"/a","response_code":200,"authority":"api.example:443","downstream_remote_address":"192.0.2.7:5000"}"#,
            "GET",
            "/a",
            200,
            Some("api.example:443"),
        );
        check(
            r#"[2026-11-21T12:00:00.000Z] "GET /a HTTP/1.1" 200 - 0 512 10 9 "192.0.2.7" "curl/8" "id" "api.example" "10.0.0.1:80""#,
            "GET",
            "/a",
            200,
            Some("api.example"),
        );
        check(
            r#"h2 2026-11-21T12:00:00.000000Z app/lb/1 192.0.2.7:2817 10.0.0.66:80 0.0 0.0 0.0 200 200 34 366 "GET https://api.example:443/a/7 HTTP/2.0" "curl/8" A TLSv1.3 arn "Root=1""#,
            "GET",
            "/a/7",
            200,
            Some("api.example:443"),
        );
    }

    #[test]
    fn what_is_no_call_says_why() {
        for line in [
            "x",
            "{",
            "[",
            r#"{"status":200}"#,
            r#"192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1"#,
            r#"192.0.2.7 - - [21/Nov/2026:12:00:00 +0000] "\x16\x03" 400 1"#,
            "https a b",
            r#"" [ "#,
        ] {
            assert!(call(line).is_err(), "{line}");
        }
    }

    #[test]
    fn no_line_is_too_strange() {
        let line =
            r#"192.0.2.7 - - [21/Nov/2026:12:00:00 +0000] "GET /ä HTTP/1.1" 200 512 "é" "x""#;
        for from in (0..line.len()).filter(|it| line.is_char_boundary(*it)) {
            for to in (from..line.len()).filter(|it| line.is_char_boundary(*it)) {
                drop(line.get(from..to).map(call));
            }
        }
    }
}
