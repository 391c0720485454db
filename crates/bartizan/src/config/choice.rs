//! Words that stand for one of a few things.

use super::fault::Fault;
use bartizan_connect::alert::Severity;
use bartizan_model::profile::{Audience, Duty, Subjects};
use bartizan_model::route::{Demand, HostField, JsonSpelling, Spelling, Underscores};
use std::fmt;

/// Something that is written as one of a few words.
pub(super) trait Choice: Copy + 'static {
    /// All, in the order of the documentation.
    const ALL: &'static [Self];

    /// The word.
    fn word(self) -> &'static str;
}

macro_rules! choices {
    ($($name:ty),*) => {$(
        impl Choice for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.name()
            }
        }
    )*};
}

choices!(
    Demand,
    HostField,
    JsonSpelling,
    Spelling,
    Underscores,
    TlsVersion,
    ClientSource,
    AlertKind,
    Severity,
    Audience,
    Subjects,
    Duty
);

/// Reads one of the words.
pub(super) fn parse<T: Choice>(text: &str) -> Result<T, Fault> {
    let found = T::ALL.iter().copied().find(|it| it.word() == text);
    found.ok_or_else(|| Fault::unknown_word(text, words::<T>()))
}

/// All of the words.
pub(super) fn words<T: Choice>() -> Vec<&'static str> {
    T::ALL.iter().map(|it| it.word()).collect()
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    /// All, the older first.
    pub const ALL: &'static [Self] = &[Self::V1_2, Self::V1_3];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an alert target is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// A signed CloudEvent over HTTP.
    Webhook,
    /// A message of RFC 5424.
    Syslog,
    /// Lines of OCSF, over HTTP or into a file.
    Ocsf,
}

impl AlertKind {
    /// All, in the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Webhook, Self::Syslog, Self::Ocsf];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Syslog => "syslog",
            Self::Ocsf => "ocsf",
        }
    }
}

/// What says which address a client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientSource {
    /// The connection.
    Peer,
    /// `X-Forwarded-For`, where a trusted proxy sent it; else the connection.
    XForwardedFor,
    /// `Forwarded` (RFC 7239), where a trusted proxy sent it; else the connection.
    Forwarded,
}

impl ClientSource {
    /// All, in the order of the documentation.
    pub const ALL: &'static [Self] = &[Self::Peer, Self::XForwardedFor, Self::Forwarded];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: Choice + fmt::Debug + PartialEq>(expected: &[&str]) {
        assert_eq!(words::<T>(), expected);
        for &it in T::ALL {
            assert_eq!(parse(it.word()), Ok(it));
        }
        assert!(parse::<T>("").is_err());
    }

    #[test]
    fn every_word_is_read_as_what_it_names() {
        check::<Demand>(&["none", "optional", "required"]);
        check::<HostField>(&["keep", "upstream"]);
        check::<Spelling>(&["judge", "reject", "canonicalise", "preserve"]);
        check::<Underscores>(&["pass", "drop", "reject"]);
        check::<TlsVersion>(&["1.2", "1.3"]);
        check::<AlertKind>(&["webhook", "syslog", "ocsf"]);
        check::<Severity>(&["info", "low", "medium", "high", "critical"]);
        check::<ClientSource>(&["peer", "x-forwarded-for", "forwarded"]);
    }
}
