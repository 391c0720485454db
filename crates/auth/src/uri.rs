//! What a request is for, as a DPoP proof names it: scheme, authority and path in one spelling.
//!
//! Reads    an absolute URI of `http` or `https`, at most [`URI_BYTES_MAX`] bytes.
//! Writes   the same in lower case where case counts for nothing, without the port of its scheme, without query and fragment,
//!          without needless escapes, and without the steps `.` and `..`.
//! Misses   names in other alphabets than ASCII, which are refused; that two paths lead to one resource in other ways.
//! Source   RFC 3986 sections 6.2.2 and 6.2.3, RFC 9449 section 4.3.

/// Bytes of a URI at most.
pub(crate) const URI_BYTES_MAX: usize = 8 * 1024;

/// The one spelling of a URI; nothing if it is none that a request can be for.
pub(crate) fn normalised(uri: &str) -> Option<String> {
    let is_plain = uri.len() <= URI_BYTES_MAX && uri.bytes().all(|it| it.is_ascii_graphic());
    let (scheme, rest) = uri.split_once("://").filter(|_| is_plain)?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    let rest = rest.split(['?', '#']).next()?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let authority = authority_of(authority, default_port)?;
    Some(format!("{scheme}://{authority}{}", path_of(path)?))
}

fn authority_of(text: &str, default_port: &str) -> Option<String> {
    // Whom a client says it is has no place here, nor has a backslash.
    if text.contains(['@', '\\', '%']) {
        return None;
    }
    let (host, port) = match text.rfind([':', ']']) {
        Some(at) if text.as_bytes().get(at) == Some(&b':') => {
            (text.get(..at)?, text.get(at + 1..)?)
        }
        Some(_) | None => (text, ""),
    };
    let is_bare = !host.contains(':') || (host.starts_with('[') && host.ends_with(']'));
    if host.is_empty() || !is_bare || !port.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    // RFC 3986 section 6.2.3: a port that is empty or the usual one is none.
    let is_usual = port.is_empty() || port == default_port;
    Some(if is_usual { host } else { format!("{host}:{port}") })
}

fn path_of(path: &str) -> Option<String> {
    let unescaped = unescaped(path)?;
    let mut kept: Vec<&str> = Vec::new();
    let mut steps = unescaped.split('/').skip(1).peekable();
    while let Some(step) = steps.next() {
        let is_last = steps.peek().is_none();
        match step {
            "." => {}
            ".." => {
                let _removed = kept.pop();
            }
            _ => {
                kept.push(step);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    Some(format!("/{}", kept.join("/")))
}

/// Escapes of letters, digits and `-._~` are undone; the others get capital digits. Nothing if one is broken.
fn unescaped(path: &str) -> Option<String> {
    let mut pieces = path.split('%');
    let mut out = pieces.next()?.to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&digits.to_ascii_uppercase());
        }
        out.push_str(rest);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_one_spelling() {
        for (uri, expected) in [
            ("https://a.example/b", "https://a.example/b"),
            ("HTTPS://A.Example:443/b", "https://a.example/b"),
            ("https://a.example:/b", "https://a.example/b"),
            ("https://a.example:8443/b", "https://a.example:8443/b"),
            ("http://a.example:80", "http://a.example/"),
            ("http://a.example:443/", "http://a.example:443/"),
            ("https://a.example?x=1", "https://a.example/"),
            ("https://a.example/b?x=/..#c", "https://a.example/b"),
            ("https://a.example/%7eb/%41%2f", "https://a.example/~b/A%2F"),
            ("https://a.example/b/./c/../d", "https://a.example/b/d"),
            ("https://a.example/b/..", "https://a.example/"),
            ("https://a.example/../../b/.", "https://a.example/b/"),
            ("https://a.example/%2e%2e/b", "https://a.example/b"),
            ("https://a.example//b/", "https://a.example//b/"),
            ("https://[::1]:443/b", "https://[::1]/b"),
            ("https://[2001:DB8::1]:1/b", "https://[2001:db8::1]:1/b"),
        ] {
            assert_eq!(normalised(uri).as_deref(), Some(expected), "{uri}");
            assert_eq!(normalised(expected).as_deref(), Some(expected), "{uri} again");
        }
    }

    #[test]
    fn what_no_request_can_be_for_has_none() {
        for uri in [
            "",
            "/b",
            "a.example/b",
            "//a.example/b",
            "ftp://a.example/b",
            "https:///b",
            "https://:443/b",
            "https://a@b.example/",
            "https://a.example:x/",
            "https://a.example:1:2/",
            "https://::1/",
            "https://a.example/%",
            "https://a.example/%4",
            "https://a.example/%+1",
            "https://a.example/ b",
            "https://a.example/\u{e4}",
            "https://a.example\\b/",
            "https://a%2eexample/",
        ] {
            assert_eq!(normalised(uri), None, "{uri}");
        }
        let long = |bytes: usize| format!("https://a.example/{}", "b".repeat(bytes - 18));
        assert!(normalised(&long(URI_BYTES_MAX)).is_some());
        assert_eq!(normalised(&long(URI_BYTES_MAX + 1)), None);
    }
}
