//! Which version of which client a request comes from, as the client says: programs that are released together behave alike.
//!
//! Reads    `User-Agent` (RFC 9110 section 10.1.5) without its comments, which tell devices apart, and fields that apps name their
//!          version in.
//! Writes   a keyed hash; 0 if nothing of that is there.
//! Memory   at most [`BYTES_MAX`] bytes while it is read.
//! Misses   web pages: their version is not that of the browser. A client may say whatever it likes: what it says opens
//!          nothing by itself.

use crate::keys::HashKey;
use bartizan_model::head::Fields;
use bartizan_model::id::KeyedHash;
use bartizan_model::known::Known;

/// Bytes of what clients call themselves that are read.
const BYTES_MAX: usize = 512;
/// Fields in which apps name their version.
const VERSIONS: [&[u8]; 5] =
    [b"x-app-version", b"x-client-version", b"app-version", b"x-client", b"x-build-number"];

pub(crate) fn cohort(fields: &Fields, key: &HashKey) -> KeyedHash {
    let mut text = Vec::new();
    if let Some(agent) = fields.get(Known::UserAgent) {
        products(agent, &mut text);
    }
    for (known, name, value) in fields.iter() {
        if known == Known::Other && VERSIONS.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            text.push(b'\n');
            text.extend_from_slice(value.trim_ascii());
        }
    }
    text.truncate(BYTES_MAX);
    if text.is_empty() { KeyedHash(0) } else { key.value(&text) }
}

/// The products of a `User-Agent`, without comments, which may stand within one another.
fn products(agent: &[u8], out: &mut Vec<u8>) {
    let mut depth = 0_usize;
    for &byte in agent.iter().take(BYTES_MAX) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            b' ' if out.last().is_none_or(|it| *it == b' ') => {}
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter, Version};
    use bartizan_model::id::KeyEpoch;

    fn of(fields: &[(&str, &str)]) -> KeyedHash {
        let mut head = HeadWriter::new();
        head.target(b"/");
        fields.iter().for_each(|it| head.field(it.0.as_bytes(), it.1.as_bytes()));
        let head = head.request(Version::Http11, Framing::None);
        cohort(&head.fields, &HashKey::new(KeyEpoch(1), [7; 16]))
    }

    #[test]
    fn devices_are_one_cohort_and_versions_are_not() {
        let shop = |agent| of(&[("user-agent", agent)]);
        let one = shop("Shop/3.1 (iPhone; iOS 18.1) Alamofire/5.9");
        assert_eq!(one, shop("Shop/3.1 (iPad (13); iOS 17.0)  Alamofire/5.9"));
        assert_ne!(one, shop("Shop/3.2 (iPhone; iOS 18.1) Alamofire/5.9"));
        let of_field = |version| of(&[("user-agent", "okhttp/4.12"), ("X-App-Version", version)]);
        assert_eq!(of_field("7"), of_field(" 7"));
        assert_ne!(of_field("7"), of_field("8"));
        assert_eq!(of(&[("accept", "*/*")]), KeyedHash(0));
    }
}
