//! An alert as a syslog message with structured data.
//!
//! Writes   one message of at most [`MESSAGE_BYTES_MAX`] bytes, and its frame for a stream.
//! Misses   a number of our own: `32473` is the one that RFC 5612 reserves for examples.
//! Source   RFC 5424; frames of RFC 5425 and RFC 6587, section 3.4.1 (octet counting).

use crate::alert::{Alert, Severity};
use crate::time::rfc3339;

/// What every receiver should accept (RFC 5424, 6.1). Longer sentences are cut, nothing else is that long.
pub const MESSAGE_BYTES_MAX: usize = 2_048;
/// The element that holds what an alert says.
pub const ELEMENT: &str = "bartizan@32473";
/// `authpriv`: security messages.
const FACILITY: u8 = 10;
const HOST_BYTES_MAX: usize = 255;
const BOM: char = '\u{feff}';

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name of the machine.
    pub host: String,
    /// The process.
    pub process: u32,
}

/// The message, without a frame.
pub fn of(alert: &Alert, sender: &Sender) -> Vec<u8> {
    let what = &alert.what;
    let priority = FACILITY * 8 + level(what.severity);
    let time = rfc3339(what.at_us);
    let host = host(&sender.host);
    let mut out = format!(
        "<{priority}>1 {time} {host} bartizan {} {} [{ELEMENT}",
        sender.process,
        what.code.name()
    );
    let json = alert.as_json();
    for name in ["id", "severity", "effect", "endpoint", "subject", "decision_id"] {
        if let Some(value) = json.get(name).and_then(serde_json::Value::as_str) {
            parameter(&mut out, name, value);
        }
    }
    if !what.objects.is_empty() {
        let all = what.objects.iter().map(|it| format!("{:016x}", it.0)).collect::<Vec<_>>();
        parameter(&mut out, "objects", &all.join(","));
    }
    parameter(&mut out, "suppressed", &alert.suppressed.to_string());
    out.push_str("] ");
    let summary = what.summary.as_str();
    if !summary.is_ascii() {
        out.push(BOM);
    }
    for it in summary.chars() {
        if out.len() + it.len_utf8() > MESSAGE_BYTES_MAX {
            break;
        }
        out.push(it);
    }
    out.into_bytes()
}

/// The message as a stream carries it: its length, a space, and itself.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let mut out = format!("{} ", message.len()).into_bytes();
    out.extend_from_slice(message);
    out
}

/// RFC 5424, 6.3.3: three characters are escaped. An alert has no control characters, so that no receiver
/// sees a second line.
fn parameter(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\""));
    for it in value.chars() {
        if matches!(it, '"' | '\\' | ']') {
            out.push('\\');
        }
        out.push(it);
    }
    out.push('"');
}

fn host(name: &str) -> String {
    let printable = name.chars().filter(char::is_ascii_graphic).take(HOST_BYTES_MAX);
    let host: String = printable.collect();
    if host.is_empty() { "-".to_owned() } else { host }
}

const fn level(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::High => 3,
        Severity::Medium => 4,
        Severity::Low => 5,
        Severity::Info => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Line, SUMMARY_BYTES_MAX, sample};

    fn sender() -> Sender {
        Sender { host: "gate 1".to_owned(), process: 42 }
    }

    #[test]
    fn a_message_is_as_the_standard_says() {
        let message = String::from_utf8(of(&sample(), &sender())).unwrap();
        assert_eq!(
            message,
            "<83>1 2026-01-01T00:00:00.123456Z gate1 bartizan 42 content.sql_injection \
             [bartizan@32473 id=\"0000000000000000000000000000a1e7\" severity=\"high\" \
             effect=\"refused\" endpoint=\"GET /products\" \
             subject=\"0000000000000000000000000000005b\" \
             decision_id=\"00000000-0000-0000-0000-0000000000d1\" objects=\"000000000000000b\" suppressed=\"7\"] \
             GET /products was refused: content.sql_injection"
        );
        let frame = framed(message.as_bytes());
        assert!(frame.starts_with(format!("{} <83>1 ", message.len()).as_bytes()));
    }

    #[test]
    fn nothing_hostile_breaks_the_structure() {
        let mut alert = sample();
        let hostile = "GET /\"] <0>1 - evil\n\\\u{0}";
        alert.what.endpoint = Some(Line::of(hostile, 400));
        alert.what.summary = Line::of("ä\nb", SUMMARY_BYTES_MAX);
        let message = String::from_utf8(of(&alert, &sender())).unwrap();
        assert!(message.contains("endpoint=\"GET /\\\"\\] <0>1 - evil\u{fffd}\\\\\u{fffd}\""));
        assert!(message.ends_with("] \u{feff}ä\u{fffd}b"), "{message}");
        assert!(!message.chars().any(char::is_control));
    }

    #[test]
    fn the_longest_alert_fits() {
        let mut alert = sample();
        alert.what.endpoint = Some(Line::of(&"\"".repeat(9_999), 256));
        alert.what.summary = Line::of(&"x".repeat(9_999), SUMMARY_BYTES_MAX);
        alert.suppressed = u64::MAX;
        let host = "h".repeat(999);
        let message = of(&alert, &Sender { host, process: u32::MAX });
        assert!(message.len() <= MESSAGE_BYTES_MAX);
        assert!(message.ends_with(b"xxx"));
        assert_eq!(super::host(""), "-");
    }
}
