//! References to an absolute form.
//!
//! Misses   nothing is normalised but dots: `%41` is not `A`, and hosts keep their case.
//! Source   RFC 3986, section 5.2.

/// A URI taken apart. `scheme` and `authority` keep their marks (`https:`, `//a.test`).
struct Parts<'u> {
    scheme: &'u str,
    authority: Option<&'u str>,
    path: &'u str,
    query: Option<&'u str>,
}

impl<'u> Parts<'u> {
    fn of(uri: &'u str) -> Self {
        let is_scheme = |it: &str| {
            it.starts_with(|it: char| it.is_ascii_alphabetic())
                && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
        };
        let (scheme, rest) = match uri.find(':').and_then(|it| uri.split_at_checked(it + 1)) {
            Some((scheme, rest)) if is_scheme(scheme.trim_end_matches(':')) => (scheme, rest),
            _ => ("", uri),
        };
        let (rest, query) = rest.split_once('?').map_or((rest, None), |it| (it.0, Some(it.1)));
        let (authority, path) = match rest.strip_prefix("//") {
            None => (None, rest),
            Some(behind) => {
                let end = behind.find('/').unwrap_or(behind.len());
                behind.split_at_checked(end).map_or((None, rest), |it| (Some(it.0), it.1))
            }
        };
        Self { scheme, authority, path, query }
    }

    fn written(&self, path: &str) -> String {
        let mut out = self.scheme.to_owned();
        if let Some(authority) = self.authority {
            out.push_str("//");
            out.push_str(authority);
        }
        out.push_str(path);
        if let Some(query) = self.query {
            out.push('?');
            out.push_str(query);
        }
        out
    }
}

/// Where `reference` leads when it is read at `base`: a URI without fragment, and the fragment.
pub(super) fn resolved<'r>(base: &str, reference: &'r str) -> (String, &'r str) {
    let (reference, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let base = base.split_once('#').map_or(base, |it| it.0);
    if reference.is_empty() {
        return (base.to_owned(), fragment);
    }
    let (from, to) = (Parts::of(base), Parts::of(reference));
    if !to.scheme.is_empty() {
        return (to.written(&without_dots(to.path)), fragment);
    }
    let mut joined = Parts { scheme: from.scheme, ..to };
    if joined.authority.is_some() {
        return (joined.written(&without_dots(joined.path)), fragment);
    }
    joined.authority = from.authority;
    if joined.path.is_empty() {
        joined.query = joined.query.or(from.query);
        return (joined.written(from.path), fragment);
    }
    if joined.path.starts_with('/') {
        return (joined.written(&without_dots(joined.path)), fragment);
    }
    let directory = from.path.rfind('/').and_then(|it| from.path.get(..=it));
    let directory = directory.unwrap_or(if from.authority.is_some() { "/" } else { "" });
    (joined.written(&without_dots(&format!("{directory}{}", joined.path))), fragment)
}

fn without_dots(path: &str) -> String {
    if !path.split('/').any(|it| matches!(it, "." | "..")) {
        return path.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." if is_last => kept.push(""),
            "." => {}
            ".." => {
                // The empty part before the first slash stays.
                if kept.len() > 1 || kept.first().is_some_and(|it| !it.is_empty()) {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            it => kept.push(it),
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_rfc_3986_says() {
        let base = "http://a/b/c/d;p?q";
        for (reference, uri) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
        ] {
            assert_eq!(resolved(base, reference), (uri.to_owned(), ""), "{reference}");
        }
        assert_eq!(resolved("", "a.json#/x"), ("a.json".to_owned(), "/x"));
        assert_eq!(resolved("dir/api.yaml", "../a.json"), ("a.json".to_owned(), ""));
        assert_eq!(resolved("urn:uuid:1", "#a"), ("urn:uuid:1".to_owned(), "a"));
        assert_eq!(resolved("http://a", "b"), ("http://a/b".to_owned(), ""));
    }
}
