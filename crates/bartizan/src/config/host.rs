//! The hosts that a route is for: `api.example.com`, or `*.example.com`.

use super::fault::Fault;
use super::host_port::is_name;
use bartizan_model::route::HostPattern;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// Reads a host in any case. A star stands for one label or more, and only at the beginning.
pub(super) fn parse(text: &str) -> Result<HostPattern, Fault> {
    let host = text.to_ascii_lowercase();
    if let Some(suffix) = host.strip_prefix('*')
        && suffix.strip_prefix('.').is_some_and(is_name)
    {
        return Ok(HostPattern::Under(Arc::from(suffix)));
    }
    if is_name(&host) || host.parse::<Ipv4Addr>().is_ok() {
        return Ok(HostPattern::Exact(Arc::from(host)));
    }
    Err(Fault::NotAHost { given: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_an_address_and_everything_under_a_name_are_hosts() {
        let exact = |it: &str| Ok(HostPattern::Exact(Arc::from(it)));
        assert_eq!(parse("API.example.com"), exact("api.example.com"));
        assert_eq!(parse("localhost"), exact("localhost"));
        assert_eq!(parse("192.0.2.1"), exact("192.0.2.1"));
        assert_eq!(parse("*.Example.com"), Ok(HostPattern::Under(Arc::from(".example.com"))));
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "*",
            "*.",
            "a.*",
            "*a.example",
            "**.a",
            "*.*.a",
            "a.example:80",
            "a.",
            "http://a",
            "a/b",
            "[::1]",
            "a b",
            "1.2.3",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
