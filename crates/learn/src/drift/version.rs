//! Versions in paths: `v1` is older than `v2`, and `v1beta1` older than `v1`.
//!
//! Reads    paths of endpoints.
//! Misses   versions in header fields, media types, queries and host names.

use crate::inventory::Segment;

/// A stage with its count.
type OfCount = fn(u32) -> Stage;

const STAGES: [(&str, OfCount); 4] = [
    ("alpha", Stage::Alpha),
    ("beta", Stage::Beta),
    ("preview", Stage::Beta),
    ("rc", Stage::Candidate),
];

/// A version, ordered by age.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    numbers: Vec<u32>,
    stage: Stage,
}

/// How far a version is, with its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha(u32),
    Beta(u32),
    Candidate(u32),
    Final,
}

impl Version {
    /// Reads `v2`, `v1.41`, `2.0` and `v1beta1`; plain numbers only where the word `before` says so.
    fn read(segment: &str, before: Option<&str>) -> Option<Self> {
        let (rest, stage) = staged(segment)?;
        let digits = rest.strip_prefix(['v', 'V']);
        let is_plain = digits.is_none() && !rest.contains('.');
        if is_plain && !matches!(before, Some("api" | "rest")) {
            return None;
        }
        let numbers = digits.unwrap_or(rest).split('.').map(number).collect::<Option<_>>()?;
        Some(Self { numbers, stage })
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|it| it.is_ascii_digit()))
}

fn staged(segment: &str) -> Option<(&str, Stage)> {
    for (word, stage) in STAGES {
        if let Some((rest, count)) = segment.split_once(word) {
            let count = if count.is_empty() { 0 } else { number(count)? };
            return Some((rest, stage(count)));
        }
    }
    Some((segment, Stage::Final))
}

/// The first version in a path, and the path with nothing in its place and in that of variables.
pub(super) fn parted(path: &[Segment<'_>]) -> Option<(Version, String)> {
    let mut found = None;
    let mut rest = String::new();
    let mut before = None;
    for segment in path {
        rest.push('/');
        let Segment::Literal(text) = segment else {
            rest.push_str("{}");
            before = None;
            continue;
        };
        match Version::read(text, before).filter(|_| found.is_none()) {
            Some(version) => found = Some(version),
            None => rest.push_str(text),
        }
        before = Some(text);
    }
    found.map(|it| (it, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_an_order() {
        let read = |text: &str| Version::read(text, None);
        let order = ["v1alpha1", "v1beta1", "v1beta2", "v1rc1", "v1", "v1.9", "v1.10", "v2", "3.0"];
        let versions: Vec<_> = order.iter().map(|it| read(it)).collect();
        assert!(versions.iter().all(Option::is_some) && versions.is_sorted(), "{versions:?}");
        for text in ["", "v", "vx", "1", "version", "beta", "v1.x", "v+1", "v99999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(Version::read("2", Some("api")) < Version::read("3", Some("api")));
    }
}
