//! Problems with a configuration, and the report that collects them.
//!
//! Memory   at most [`PROBLEMS_MAX`] problems; further ones are counted.

use super::fault::Fault;
use super::origin::Origin;
use super::source::Source;

/// Problems kept in one report; further ones are only counted.
pub const PROBLEMS_MAX: usize = 100;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it was found.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
}

/// Whether a problem stops the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing starts.
    Error,
    /// It starts, and says so.
    Warning,
}

/// Where a problem was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At one position of the file.
    At(Span),
    /// In the file as a whole, or in what it lacks.
    File,
    /// In an environment variable.
    Environment(&'static str),
    /// In a flag or argument of the command line.
    Flag(&'static str),
    /// In a default, by way of something else.
    Default,
}

impl Place {
    pub(super) fn origin(self) -> Origin {
        match self {
            Self::At(span) => Origin::File { line: span.line, column: span.column },
            Self::Environment(name) => Origin::Environment(name),
            Self::Flag(name) => Origin::Flag(name),
            Self::File | Self::Default => Origin::Default,
        }
    }
}

/// A stretch of the file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// All problems of one reading. Prints itself with the lines that it talks about.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub(super) name: String,
    pub(super) text: String,
    problems: Vec<Problem>,
    unlisted: usize,
}

impl Report {
    /// The problems, in the order of the file; those without a position come last.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Problems found beyond [`PROBLEMS_MAX`].
    pub fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many errors are listed; warnings do not count.
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|it| it.fault.severity() == Severity::Error).count()
    }

    /// Whether anything was found that stops the start.
    pub fn has_errors(&self) -> bool {
        self.unlisted > 0 || self.errors() > 0
    }
}

/// Collects problems while a file is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    pub(super) fn add(&mut self, place: Place, fault: Fault) {
        if self.found.len() < PROBLEMS_MAX {
            self.found.push(Problem { place, fault });
        } else {
            self.unlisted += 1;
        }
    }

    /// Whether anything was found that stops the start.
    pub(super) fn has_errors(&self) -> bool {
        self.unlisted > 0 || self.found.iter().any(|it| it.fault.severity() == Severity::Error)
    }

    pub(super) fn into_report(mut self, source: &Source) -> Report {
        self.found.sort_by_key(|it| match it.place {
            Place::At(span) => span.start,
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => usize::MAX,
        });
        let Self { found, unlisted } = self;
        Report { name: source.name.clone(), text: source.readable(), problems: found, unlisted }
    }
}
