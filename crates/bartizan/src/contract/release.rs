//! Releases: somebody who deploys says so, and for a while habit may change.
//!
//! Reads and writes   `contract.json`, with the decisions.
//! Memory             at most [`RELEASES_MAX`] releases.
//! Errors             [`Fault`]; nothing has changed then.
//! Misses             a release of a service that nobody ever called changes nothing, and says so.

use super::{Because, Contracts, Fault};
use crate::tempo::Tempo;
use bartizan_learn::terms;
use bartizan_model::profile::Subjects;

/// Releases that are remembered; then the oldest is forgotten.
pub(crate) const RELEASES_MAX: usize = 100;
/// Bytes of the name of a service.
const SERVICE_BYTES_MAX: usize = 255;
/// Characters of a version.
const VERSION_CHARS_MAX: usize = 100;

/// A release of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// Of the contracts, with it.
    pub(crate) revision: u64,
    pub(crate) service: String,
    /// In the words of whoever released it.
    pub(crate) version: String,
    /// It came with a description.
    pub(crate) is_described: bool,
    pub(crate) by: Option<String>,
    pub(crate) at_us: u64,
    /// Until when it runs.
    pub(crate) until_us: u64,
}

/// What is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Released {
    service: String,
    version: String,
    pub(crate) is_described: bool,
}

impl Released {
    /// A service and a version that are one line each.
    ///
    /// # Errors
    ///
    /// [`Fault::Release`].
    pub(crate) fn new(service: &str, version: &str) -> Result<Self, Fault> {
        let (service, version) = (service.trim(), version.trim());
        let is_line = |it: &str| !it.is_empty() && !it.chars().any(char::is_control);
        let fits =
            service.len() <= SERVICE_BYTES_MAX && version.chars().count() <= VERSION_CHARS_MAX;
        if !is_line(service) || !is_line(version) || !fits {
            return Err(Fault::Release);
        }
        Ok(Self { service: service.to_owned(), version: version.to_owned(), is_described: false })
    }
}

impl Contracts {
    /// A release begins.
    pub(crate) fn release(&mut self, it: Released, why: &Because, tempo: Tempo) -> Release {
        let Released { service, version, is_described } = it;
        let release = Release {
            revision: self.revision + 1,
            service,
            version,
            is_described,
            by: why.by.clone(),
            at_us: why.at_us,
            until_us: why.at_us.saturating_add(tempo.release_us()),
        };
        self.revision = release.revision;
        self.releases.push(release.clone());
        let more = self.releases.len().saturating_sub(RELEASES_MAX);
        self.releases.drain(..more);
        release
    }

    /// Those that run at a moment.
    pub(crate) fn running(&self, at_us: u64) -> impl Iterator<Item = &Release> {
        self.releases.iter().filter(move |it| it.at_us <= at_us && at_us < it.until_us)
    }

    /// When the release of a service that runs at a moment began: of several the first.
    pub(crate) fn released_us(&self, service: &str, at_us: u64) -> Option<u64> {
        self.running(at_us).filter(|it| it.service == service).map(|it| it.at_us).min()
    }

    /// What people say of a service, behind whose callers there is this.
    pub(crate) fn said(&self, service: &str, subjects: Option<Subjects>) -> terms::Said {
        terms::Said { released_us: self.last_released_us(service), subjects }
    }

    /// When a service was released last.
    pub(crate) fn last_released_us(&self, service: &str) -> Option<u64> {
        self.releases.iter().filter(|it| it.service == service).map(|it| it.at_us).max()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn at(at_us: u64) -> Because {
        Because { by: None, at_us, reason: String::new() }
    }

    #[test]
    fn a_release_runs_for_two_hours_and_only_for_its_service() {
        let mut all = Contracts { revision: 4, ..Contracts::default() };
        let it = all.release(Released::new("shop", " 2.1 ").unwrap(), &at(1_000), Tempo::Usual);
        assert_eq!((it.revision, it.version.as_str(), all.revision), (5, "2.1", 5));
        assert_eq!(it.until_us - it.at_us, 2 * 3_600 * 1_000_000);
        let (first, last) = (it.at_us, it.until_us - 1);
        for (service, at_us, expected) in [
            ("shop", first - 1, None),
            ("shop", first, Some(first)),
            ("shop", last, Some(first)),
            ("shop", last + 1, None),
            ("bank", first, None),
        ] {
            assert_eq!(all.released_us(service, at_us), expected, "{service} {at_us}");
        }
        all.release(Released::new("shop", "2.2").unwrap(), &at(last), Tempo::Lab);
        assert_eq!(all.released_us("shop", last), Some(first));
        assert_eq!(all.released_us("shop", last + 1), Some(last));
        assert_eq!(all.last_released_us("shop"), Some(last));
        assert_eq!(all.last_released_us("bank"), None);
    }

    #[test]
    fn names_are_one_short_line() {
        let long = "x".repeat(VERSION_CHARS_MAX + 1);
        for (service, version) in
            [("", "1"), ("shop", " "), ("shop\n", "1\n2"), ("shop", long.as_str()), ("a\tb", "1")]
        {
            assert_eq!(Released::new(service, version), Err(Fault::Release), "{service} {version}");
        }
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut all = Contracts::default();
        for n in 0..=RELEASES_MAX as u64 {
            all.release(Released::new("shop", "1").unwrap(), &at(n), Tempo::Usual);
        }
        assert_eq!((all.releases.len(), all.releases[0].revision), (RELEASES_MAX, 2));
    }
}
