//! The trace that a request belongs to.
//!
//! Reads    the one `traceparent` of a request.
//! Writes   its trace id, and the `traceparent` that continues it.
//! Misses   `tracestate`, which passes as it is; versions after 00 are read as 00.
//! Source   W3C Trace Context (Recommendation of 2021-11-23), section 3.2.

use bartizan_model::head::Fields;
use bartizan_model::judged::TRACEPARENT_BYTES;
use bartizan_model::known::Known;
use bartizan_model::observation::TraceId;

/// A trace, as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which one. Never 0.
    pub id: TraceId,
    flags: u8,
}

impl Trace {
    /// What `fields` say; `None` without exactly one valid `traceparent`.
    pub fn of(fields: &Fields) -> Option<Self> {
        if !fields.has(Known::Traceparent) {
            return None;
        }
        let mut all = fields.iter().filter(|it| it.0 == Known::Traceparent);
        let (_, _, value) = all.next()?;
        if all.next().is_some() {
            return None;
        }
        read(value)
    }

    /// What is forwarded: the same trace with this exchange as the parent. `span` is not 0.
    pub fn continued(self, span: u64) -> [u8; TRACEPARENT_BYTES] {
        let mut out = [0; TRACEPARENT_BYTES];
        let text = format!("00-{:032x}-{span:016x}-{:02x}", self.id.0, self.flags);
        out.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        out
    }
}

fn read(value: &[u8]) -> Option<Trace> {
    let (value, later) = value.split_at_checked(TRACEPARENT_BYTES)?;
    let text = str::from_utf8(value).ok()?;
    let mut parts = text.split('-');
    let (version, trace) = (hex(parts.next()?, 2)?, hex(parts.next()?, 32)?);
    let (parent, flags) = (hex(parts.next()?, 16)?, hex(parts.next()?, 2)?);
    // Later versions may say more behind another hyphen; version 00 ends here.
    let is_whole = match version {
        0 => later.is_empty(),
        255 => false,
        _ => later.is_empty() || later.starts_with(b"-"),
    };
    if !is_whole || parts.next().is_some() || trace == 0 || parent == 0 {
        return None;
    }
    // Only the flag that version 00 knows is passed on.
    let flags = u8::from(flags & 1 == 1);
    Some(Trace { id: TraceId(trace), flags })
}

/// Exactly so many digits, in small letters.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != digits || !text.bytes().all(is_hex) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn a_trace_is_continued() {
        let trace = read(format!("00-{TRACE}-b7ad6b7169203331-01").as_bytes()).unwrap();
        assert_eq!(format!("{:032x}", trace.id.0), TRACE);
        let text = String::from_utf8(trace.continued(0xabc).to_vec()).unwrap();
        assert_eq!(text, format!("00-{TRACE}-0000000000000abc-01"));
        assert_eq!(read(text.as_bytes()), Some(trace));
    }

    #[test]
    fn a_later_version_is_read_as_this_one() {
        let later = format!("01-{TRACE}-b7ad6b7169203331-03-more");
        assert!(read(later.as_bytes()).unwrap().continued(1).ends_with(b"-01"));
    }

    #[test]
    fn what_is_malformed_is_no_trace() {
        let parent = "b7ad6b7169203331";
        for text in [
            String::new(),
            format!("00-{TRACE}-{parent}-01-more"),
            format!("00-{TRACE}-{parent}-1"),
            format!("00-{}-{parent}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("ff-{TRACE}-{parent}-01"),
            format!("00-{}-{parent}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}_{parent}-01"),
            format!("+0-{TRACE}-{parent}-01"),
            "é".repeat(40),
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
