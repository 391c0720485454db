//! Formats of strings, where they are asserted.
//!
//! Misses   what a format means beyond its form: whether a host exists, a zone has that offset, or a leap
//!          second was one on that day; whether the letters of an `xn--` label may stand together.
//! Source   RFC 3339, RFC 9562, RFC 5321, RFC 1123, RFC 3986, RFC 4291; JSON Schema 2020-12 validation,
//!          section 7.3.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    Time,
    DateTime,
    Uuid,
    Email,
    Ipv4,
    Ipv6,
    Uri,
    Hostname,
}

impl Format {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Date,
            "time" => Self::Time,
            "date-time" => Self::DateTime,
            "uuid" => Self::Uuid,
            "email" => Self::Email,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "uri" => Self::Uri,
            "hostname" => Self::Hostname,
            _ => return None,
        })
    }

    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Date => is_date(text),
            Self::Time => is_time(text),
            Self::DateTime => {
                let parts = text.split_once(['T', 't']);
                parts.is_some_and(|(date, time)| is_date(date) && is_time(time))
            }
            Self::Uuid => is_uuid(text),
            Self::Email => is_email(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Uri => is_uri(text),
            Self::Hostname => is_hostname(text),
        }
    }
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits| parts.next().and_then(|it| number(it, digits));
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let Some((clock, rest)) = text.split_at_checked(8) else { return false };
    let mut parts = clock.splitn(3, ':').map(|it| number(it, 2));
    let (Some(Some(hour)), Some(Some(minute)), Some(Some(second))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|it: char| it.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
    };
    let Some(offset) = offset(zone) else { return false };
    if hour > 23 || minute > 59 {
        return false;
    }
    // A leap second is the last one of a day in UTC.
    let utc = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    second < 60 || (second == 60 && utc == 24 * 60 - 1)
}

/// Minutes east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, it)| {
            if matches!(at, 8 | 13 | 18 | 23) { it == b'-' } else { it.is_ascii_hexdigit() }
        })
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |it: &str| {
        let is_part = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&it);
        !it.is_empty() && it.bytes().all(is_part)
    };
    let is_local = local.split('.').all(is_atom) || is_quoted(local);
    local.len() <= 64 && is_local && (is_hostname(domain) || is_address_literal(domain))
}

/// A local part in quotes, where most characters may be, and any behind a backslash.
fn is_quoted(text: &str) -> bool {
    let inside = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inside) = inside else { return false };
    let mut bytes = inside.bytes();
    while let Some(it) = bytes.next() {
        let is_escape = it == b'\\';
        let Some(it) = (if is_escape { bytes.next() } else { Some(it) }) else { return false };
        if !(b' '..=b'~').contains(&it) || (it == b'"' && !is_escape) {
            return false;
        }
    }
    true
}

/// An address in brackets in place of a domain.
fn is_address_literal(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inside.is_some_and(|it| match it.strip_prefix("IPv6:") {
        Some(it) => it.parse::<Ipv6Addr>().is_ok(),
        None => it.parse::<Ipv4Addr>().is_ok(),
    })
}

fn is_hostname(text: &str) -> bool {
    let is_label = |it: &str| {
        !it.is_empty()
            && it.len() <= 63
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match hierarchy.strip_prefix("//") {
        None => (None, hierarchy),
        Some(it) => {
            let end = it.find('/').unwrap_or(it.len());
            it.split_at_checked(end).map_or((None, it), |it| (Some(it.0), it.1))
        }
    };
    is_scheme
        && authority.is_none_or(is_authority)
        && consists_of(path, b":@/")
        && consists_of(query, b":@/?")
        && consists_of(fragment, b":@/?")
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match host.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((address, port)) if address.parse::<Ipv6Addr>().is_ok() => ("", port),
        Some(_) => return false,
        None => host.find(':').and_then(|it| host.split_at_checked(it)).unwrap_or((host, "")),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()));
    is_port && consists_of(user, b":") && consists_of(host, b"")
}

/// Whether it has but unreserved characters, delimiters within parts, escapes, and these.
fn consists_of(text: &str, others: &[u8]) -> bool {
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return true,
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                tail
            }
            [it, tail @ ..]
                if it.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=".contains(it)
                    || others.contains(it) =>
            {
                tail
            }
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, fitting: &[&str], others: &[&str]) {
        let format = Format::named(name).unwrap();
        fitting.iter().for_each(|it| assert!(format.fits(it), "{name} {it}"));
        others.iter().for_each(|it| assert!(!format.fits(it), "{name} {it}"));
    }

    #[test]
    fn formats_are_told_by_their_form() {
        check("date", &["2024-02-29"], &["2023-02-29", "2024-2-29", "2024-13-01", "2024-01-01x"]);
        check(
            "time",
            &["23:59:60Z", "00:29:60+00:30", "08:30:06.28+02:00"],
            &["22:59:60Z", "08:30:06", "24:00:00Z"],
        );
        check("date-time", &["2024-01-01T00:00:00z"], &["2024-01-01 00:00:00Z", "2024-01-01"]);
        check(
            "uuid",
            &["2EB8AA08-aa98-11ea-b4aa-73b441d16380"],
            &["2eb8aa08aa9811eab4aa73b441d16380", ""],
        );
        check(
            "email",
            &["a.b+c@example.com", "\"a@ b\"@c", "a@[127.0.0.1]", "a@[IPv6:::1]"],
            &["a@", "@b", ".a@b", "a..b@c", "a b@c", "\"a\\\"@c", "a@[1]"],
        );
        check("ipv4", &["127.0.0.1"], &["127.0.0.01", "127.1", "256.0.0.1"]);
        check("ipv6", &["::1", "::ffff:1.2.3.4"], &["::1%eth0", "12345::", "1::2::3"]);
        check(
            "uri",
            &["https://u@a.test:8/p?q#f", "urn:a:b", "http://[::1]/"],
            &["/p", "http://a b", "a:%2x", "http://a:x/"],
        );
        check("hostname", &["a-b.test", "1.2"], &["-a", "a-", "a..b", "a_b", ""]);
        assert_eq!(Format::named("password"), None);
    }
}
