//! Fields of a response that name the software behind, and help nobody but who attacks it.
//!
//! Reads    the name and value of one field.
//! Misses   what software says in fields that have a use (`via`, `set-cookie` names such as
//!          `PHPSESSID`, `www-authenticate` realms, `content-type`); vendor fields not listed.

/// What should become of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldVerdict {
    /// It should not reach the client.
    Remove,
}

/// Fields that only tell about software, whatever their value.
const NAMES: &[&str] = &[
    "server",
    "x-powered-by",
    "x-powered-cms",
    "powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-aspnetwebpages-version",
    "x-sourcefiles",
    "x-runtime",
    "x-rack-cache",
    "x-generator",
    "x-generated-by",
    "x-framework",
    "x-server",
    "x-server-name",
    "x-server-version",
    "x-server-powered-by",
    "x-backend",
    "x-backend-server",
    "x-debug",
    "x-debug-token",
    "x-debug-token-link",
    "x-debug-exception",
    "x-debug-exception-file",
    "x-exception",
    "x-error-detail",
    "x-previous-debug-token",
    "x-symfony-cache",
    "x-application-context",
    "x-jenkins",
    "x-jenkins-session",
    "x-mod-pagespeed",
    "x-page-speed",
    "x-litespeed-cache",
    "x-turbo-charged-by",
    "x-pingback",
    "x-umbraco-version",
    "x-owa-version",
    "x-feserver",
    "x-beserver",
    "x-calculatedbetarget",
    "x-diaginfo",
    "x-kong-upstream-latency",
    "x-kong-proxy-latency",
    "x-envoy-upstream-service-time",
    "x-envoy-decorator-operation",
    "x-clockwork-id",
    "x-clockwork-version",
    "microsoftsharepointteamservices",
    "microsoftofficewebserver",
    "liferay-portal",
];

/// Beginnings of names that products use for all of their fields.
const PREFIXES: &[&str] = &["x-php-", "x-drupal-", "x-magento-", "x-debugbar-", "x-chromelogger-"];

/// What should become of the field `name: value` of a response; none if it may pass.
pub fn banner_field(name: &[u8], value: &[u8]) -> Option<FieldVerdict> {
    let is = |it: &&str| name.eq_ignore_ascii_case(it.as_bytes());
    let begins = |it: &&str| {
        name.get(..it.len()).is_some_and(|head| head.eq_ignore_ascii_case(it.as_bytes()))
    };
    // An empty field tells nothing, and some proxies send one to say that they removed it.
    if value.trim_ascii().is_empty() {
        return None;
    }
    (NAMES.iter().any(is) || PREFIXES.iter().any(begins)).then_some(FieldVerdict::Remove)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: Option<FieldVerdict>) {
        for name in names {
            assert_eq!(banner_field(name.as_bytes(), b"1.2"), expected, "{name}");
        }
    }

    #[test]
    fn fields_that_name_the_software_go() {
        check(
            &["Server", "server", "X-Powered-By", "x-aspnet-version", "X-AspNetMvc-Version"],
            Some(FieldVerdict::Remove),
        );
        check(
            &[
                "X-Generator",
                "X-Debug-Token-Link",
                "X-PHP-Response-Code",
                "x-drupal-cache",
                "X-Runtime",
            ],
            Some(FieldVerdict::Remove),
        );
    }

    #[test]
    fn fields_with_a_use_pass() {
        check(
            &["Via", "Content-Type", "X-Request-Id", "X-RateLimit-Limit", "ETag", "Server-Timing"],
            None,
        );
        check(&["X-Php", "x-drupal", "", "x-content-type-options", "x-frame-options"], None);
        check(&["set-cookie", "www-authenticate", "retry-after", "x-api-version"], None);
    }

    #[test]
    fn an_empty_field_tells_nothing() {
        assert_eq!(banner_field(b"server", b" "), None);
    }
}
