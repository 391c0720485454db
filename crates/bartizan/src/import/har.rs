//! HAR 1.2, as browsers and proxies save it (<http://www.softwareishard.com/blog/har-12-spec/>).
//!
//! Misses   `postData.params` without a text; bodies that the browser left out.

use super::replayed::Call;
use super::when;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The calls of a file, each or why it is none.
///
/// # Errors
///
/// If the file is none of HAR.
pub(super) fn calls(text: &[u8]) -> Result<Vec<Result<Call, &'static str>>, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let har: Value =
        serde_json::from_slice(text).map_err(|error| format!("is no JSON: {error}"))?;
    let entries = har.pointer("/log/entries").and_then(Value::as_array);
    let entries = entries.ok_or("is no HAR file: it has no log.entries")?;
    Ok(entries.iter().map(call).collect())
}

fn call(entry: &Value) -> Result<Call, &'static str> {
    let text = |at: &str| entry.pointer(at).and_then(Value::as_str);
    let url = text("/request/url").ok_or("has no request.url")?;
    let (scheme, rest) = url.split_once("://").ok_or("its URL has no scheme")?;
    if !matches!(scheme, "http" | "https") {
        return Err("its URL is not of HTTP");
    }
    let from = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, target) = rest.split_at_checked(from).ok_or("its URL cannot be read")?;
    let target = target.split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let status = entry.pointer("/response/status").and_then(Value::as_u64);
    let status = status.and_then(|it| u16::try_from(it).ok()).filter(|it| (100..=999).contains(it));
    let answer = text("/response/content/text").unwrap_or_default();
    let answer = match text("/response/content/encoding") {
        Some("base64") => STANDARD.decode(answer).map_err(|_| "its content is no base64")?,
        Some(_) | None => answer.as_bytes().to_vec(),
    };
    let took_ms = entry.pointer("/time").and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range"
    )]
    let took_us = (took_ms * 1_000.0).clamp(0.0, 4e9) as u32;
    Ok(Call {
        at_us: text("/startedDateTime").and_then(when::rfc3339).unwrap_or(0),
        took_us,
        client: None,
        tls: Some(scheme == "https"),
        tells_fields: true,
        method: text("/request/method").ok_or("has no request.method")?.to_owned(),
        target,
        host: Some(host.rsplit('@').next().unwrap_or(host).to_owned()),
        fields: fields(entry.pointer("/request/headers")),
        body: Some(text("/request/postData/text").unwrap_or_default().as_bytes().to_vec()),
        status: status.ok_or("was not answered")?,
        answer_fields: fields(entry.pointer("/response/headers")),
        answer_bytes: answer.len() as u64,
        answer,
    })
}

fn fields(of: Option<&Value>) -> Vec<(String, String)> {
    let list = of.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|it| {
        Some((it.get("name")?.as_str()?.to_owned(), it.get("value")?.as_str()?.to_owned()))
    })
    // Pseudo fields of HTTP/2 say again what the URL says.
    .filter(|it| !it.0.starts_with(':'))
    .collect()
}
