//! Where an API is reached.

use std::collections::BTreeMap;

/// A place where an API is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// A URL or a path, with variables in braces: `https://{region}.api.test/v1`.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// The variables of the URL.
    pub variables: BTreeMap<String, ServerVariable>,
}

/// A part of a server's URL that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerVariable {
    /// The value that is used if nobody chooses.
    pub default: String,
    /// All values; none means any.
    pub values: Vec<String>,
    /// What it stands for.
    pub description: Option<String>,
}

impl Server {
    /// A server with a URL and nothing else.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// The path of the URL without trailing slashes, query and fragment: `/v1`, or nothing.
    pub fn base_path(&self) -> &str {
        let (rest, is_relative) = match self.url.split_once("://") {
            Some((_, rest)) => (rest, false),
            // `//host/path` takes the scheme of wherever the description was found.
            None => match self.url.strip_prefix("//") {
                Some(rest) => (rest, false),
                None => (self.url.as_str(), true),
            },
        };
        let rest = rest.split_once(['?', '#']).map_or(rest, |it| it.0);
        let start = if is_relative { 0 } else { rest.find('/').unwrap_or(rest.len()) };
        rest.get(start..).unwrap_or_default().trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_what_follows_the_host() {
        for (url, path) in [
            ("https://api.test/v1/", "/v1"),
            ("https://api.test", ""),
            ("https://api.test?x=/y", ""),
            ("//api.test/a/b", "/a/b"),
            ("/v2", "/v2"),
            ("/", ""),
            ("", ""),
            ("https://{host}/{base}/x", "/{base}/x"),
        ] {
            assert_eq!(Server::new(url).base_path(), path, "{url}");
        }
    }
}
