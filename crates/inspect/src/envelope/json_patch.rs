//! What a JSON Patch changes, written as the fields that it sets: `{"op": "replace", "path": "/owner/0", "value": 7}` sets
//! `{"owner": [7]}`.
//!
//! Reads    the media type and the whole body of a request.
//! Writes   a JSON text for each change. What is removed, or comes from elsewhere in the document, is `null`.
//! Memory   at most [`BYTES_MAX`] bytes of texts.
//! Misses   patches that are declared to be something else.
//! Source   RFC 6902, section 4; RFC 6901, section 3 and 4.

use super::calls::BYTES_MAX;
use super::media_type;
use super::members::{items, members, string};

/// Steps of a path; what is further within is set as a whole.
const STEPS_MAX: usize = 32;

/// Every change of a patch; nothing of what is none. Whether there were more than found room.
pub fn changes(content_type: Option<&[u8]>, body: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let (mut texts, mut bytes) = (Vec::new(), 0);
    if content_type.map(media_type).is_none_or(|it| it != b"application/json-patch+json") {
        return (texts, false);
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    for change in items(body) {
        let change = members(change);
        // Servers differ in which of two members counts, and whether the case of a name matters.
        let called = |name: &'static [u8]| {
            change.iter().filter(move |it| it.name.eq_ignore_ascii_case(name)).map(|it| it.value)
        };
        let nothing = called(b"value").next().is_none().then_some(&b"null"[..]);
        for path in called(b"path").filter_map(string) {
            for value in called(b"value").chain(nothing) {
                let text = set(&path, value);
                bytes += text.len();
                if bytes > BYTES_MAX {
                    return (texts, true);
                }
                texts.push(text);
            }
        }
    }
    (texts, false)
}

/// The document that has only this value, where a pointer points to.
fn set(pointer: &[u8], value: &[u8]) -> Vec<u8> {
    let (mut out, mut closing) = (Vec::new(), Vec::new());
    for step in pointer.split(|&b| b == b'/').skip(1).take(STEPS_MAX) {
        let is_index = step == b"-" || (!step.is_empty() && step.iter().all(u8::is_ascii_digit));
        if is_index {
            out.push(b'[');
            closing.push(b']');
            continue;
        }
        out.extend_from_slice(b"{\"");
        let mut rest = step;
        while let Some((&byte, behind)) = rest.split_first() {
            let (named, behind) = match (byte, behind.first()) {
                (b'~', Some(b'0')) => (b'~', behind.get(1..).unwrap_or_default()),
                (b'~', Some(b'1')) => (b'/', behind.get(1..).unwrap_or_default()),
                _ => (byte, behind),
            };
            match named {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', named]),
                0..0x20 => out.extend_from_slice(format!("\\u{named:04x}").as_bytes()),
                _ => out.push(named),
            }
            rest = behind;
        }
        out.extend_from_slice(b"\":");
        closing.push(b'}');
    }
    out.extend_from_slice(value);
    out.extend(closing.into_iter().rev());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: Option<&[u8]> = Some(b"application/json-patch+json; charset=utf-8");

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let (found, is_more) = changes(PATCH, body.as_bytes());
        let found: Vec<_> = found.into_iter().map(|it| String::from_utf8(it).unwrap()).collect();
        assert_eq!(found, expected, "{body}");
        assert!(!is_more);
        for it in found {
            serde_json::from_str::<serde_json::Value>(&it).unwrap();
        }
    }

    #[test]
    fn a_change_is_the_field_that_it_sets() {
        check(r#"[{"op":"replace","path":"/owner","value":7}]"#, &[r#"{"owner":7}"#]);
        check(
            r#"[{"op":"add","path":"/items/-/price","value":{"n":1}},{"path":"/a/0"}]"#,
            &[r#"{"items":[{"price":{"n":1}}]}"#, r#"{"a":[null]}"#],
        );
        check(r#"[{"op":"remove","path":"/a~1b/m~0n"}]"#, &[r#"{"a/b":{"m~n":null}}"#]);
        check(r#"[{"op":"replace","path":"","value":{"role":"admin"}}]"#, &[r#"{"role":"admin"}"#]);
        check(r#"{"op":"add","path":"/a\"b\n","value":1}"#, &[r#"{"a\"b\u000a":1}"#]);
    }

    #[test]
    fn each_of_two_paths_counts() {
        check(
            r#"[{"path":"/note","Path":"/role","value":1}]"#,
            &[r#"{"note":1}"#, r#"{"role":1}"#],
        );
    }

    #[test]
    fn each_of_two_values_counts() {
        check(
            r#"[{"path":"/role","value":"admin","Value":"guest"}]"#,
            &[r#"{"role":"admin"}"#, r#"{"role":"guest"}"#],
        );
    }

    #[test]
    fn what_is_no_patch_changes_nothing() {
        check("[]", &[]);
        check(r#"["path"]"#, &[]);
        let body = br#"[{"path":"/a","value":1}]"#;
        assert!(changes(Some(b"application/json"), body).0.is_empty());
        assert!(changes(None, body).0.is_empty());
    }

    #[test]
    fn many_changes_are_told_as_far_as_there_is_room() {
        let value = "x".repeat(1_000);
        let one = format!(r#"{{"path":"/a","value":"{value}"}}"#);
        let body = format!("[{}]", vec![one; 500].join(","));
        let (found, is_more) = changes(PATCH, body.as_bytes());
        assert!(is_more && found.len() < 300);
    }
}
