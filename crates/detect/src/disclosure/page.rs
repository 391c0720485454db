//! Error pages that frameworks show to developers, and versions at the foot of error pages.
//!
//! Reads    the window around a sign.
//! Misses   pages that were restyled; a product without its version.

use super::window::{digits, has, quoted};

/// What a sign of a page must turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The sign is enough.
    Certain,
    /// In a tag: a class or an identifier.
    Attribute,
    /// All of a heading.
    Heading,
    /// `Server Error in '/' Application`.
    AspNet,
    /// `Rails.root: /`.
    RailsRoot,
    /// The page of Express, with an error in it.
    Express,
    /// `phpdebugbar = new`.
    DebugBar,
}

pub(super) fn is(page: Page, before: &[u8], after: &[u8]) -> bool {
    match page {
        Page::Certain => true,
        Page::Attribute => {
            let start = memchr::memrchr(b'<', before).unwrap_or(before.len());
            let tag = before.get(start..).unwrap_or_default();
            has(tag, b"class=") || has(tag, b"id=")
        }
        Page::Heading => {
            let text = HEADINGS.iter().find_map(|it| before.strip_suffix(*it));
            let begins = |tag: &&[u8]| text.is_some_and(|it| it.trim_ascii_end().ends_with(tag));
            let ends = after.strip_prefix(b".").unwrap_or(after).trim_ascii_start();
            ends.starts_with(b"</")
                && [&b"<h1>"[..], b"<H1>", b"<h2>", b"<title>", b"<code>"].iter().any(begins)
        }
        Page::AspNet => quoted(after) && after.get(1) == Some(&b'/') && has(after, b" Application"),
        Page::RailsRoot => after.first() == Some(&b'/'),
        Page::Express => memchr::memmem::find(after, b"<pre>").is_some_and(|at| {
            let text = after.get(at + 5..).unwrap_or_default();
            let name = text.iter().take_while(|it| it.is_ascii_alphabetic()).count();
            let (name, rest) = text.split_at_checked(name).unwrap_or_default();
            name.ends_with(b"Error") && rest.starts_with(b": ")
        }),
        Page::DebugBar => after.trim_ascii_start().starts_with(b"= new "),
    }
}

/// Signs that must be all of a heading.
const HEADINGS: &[&[u8]] = &[
    b"Whitelabel Error Page",
    b"An unhandled exception occurred while processing the request",
    b"Action Controller: Exception caught",
    b"Rack::ShowExceptions",
];

/// Products that only the tags of a foot make a version of.
const FOOTERS: &[&[u8]] =
    &[b"Apache Tomcat/", b"nginx/", b"openresty/", b"lighttpd/", b"Microsoft-IIS/"];

/// What a sign of a version must turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Banner {
    /// `Apache/2.4.1 (Debian) Server at`.
    Apache,
    /// Right behind the tag of a foot, with a version: `<center>nginx/1.22.1`.
    Footer,
    /// `Werkzeug/2.1 Python/3.9`.
    Werkzeug,
    /// `PHP/8.1` beside `Apache/`.
    Php,
    /// `Powered by Jetty:// 9.4`.
    Jetty,
}

pub(super) fn is_banner(banner: Banner, before: &[u8], after: &[u8]) -> bool {
    let version = after.first().is_some_and(u8::is_ascii_digit);
    match banner {
        Banner::Apache => version && has(after, b" Server at "),
        Banner::Footer => {
            let product = FOOTERS.iter().find_map(|it| before.strip_suffix(*it));
            let ends = |tag: &&[u8]| product.is_some_and(|it| it.trim_ascii_end().ends_with(tag));
            version && [&b"<center>"[..], b"<h3>", b"<address>", b"<hr>", b"<hr/>"].iter().any(ends)
        }
        Banner::Werkzeug => {
            let rest = after.iter().skip_while(|it| !it.is_ascii_whitespace()).skip(1);
            version && rest.take(7).copied().eq(*b"Python/")
        }
        Banner::Php => {
            let beside = has(before, b"Apache/") || has(before, b"X-Powered-By: ");
            digits(after).is_some() && (beside || has(after, b" Development Server"))
        }
        Banner::Jetty => has(before, b"Powered by "),
    }
}
