//! The clauses that a configuration can name.

use super::fault::Fault;

/// The prefix of the law's names. The law has no mode, and no exception lifts it.
const LAW: &str = "law.";

/// A built-in clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clause {
    /// Paths that two readers could take for different ones.
    BaselinePath,
    /// `TRACE`, `CONNECT` and other methods that no API needs.
    BaselineMethod,
    /// Bodies longer than `limits.body_bytes_max`.
    BaselineBodySize,
    /// Bodies that are not what their type says.
    BaselineBodyParse,
    /// SQL in a value.
    ContentSqli,
    /// Script in a value.
    ContentXss,
}

impl Clause {
    /// Every clause, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::BaselinePath,
        Self::BaselineMethod,
        Self::BaselineBodySize,
        Self::BaselineBodyParse,
        Self::ContentSqli,
        Self::ContentXss,
    ];

    /// The name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaselinePath => "baseline.path",
            Self::BaselineMethod => "baseline.method",
            Self::BaselineBodySize => "baseline.body_size",
            Self::BaselineBodyParse => "baseline.body_parse",
            Self::ContentSqli => "content.sqli",
            Self::ContentXss => "content.xss",
        }
    }

    /// One sentence for the reference.
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::BaselinePath => "A path reads the same to every reader.",
            Self::BaselineMethod => "`TRACE` and `CONNECT` are not for this API.",
            Self::BaselineBodySize => "A body is at most `limits.body_bytes_max` long.",
            Self::BaselineBodyParse => "A body is what its content type says.",
            Self::ContentSqli => "No value carries SQL into a query.",
            Self::ContentXss => "No value carries script into a page.",
        }
    }

    /// Whether the clause looks at single fields, so that an exception can name one.
    pub const fn has_fields(self) -> bool {
        match self {
            Self::ContentSqli | Self::ContentXss => true,
            Self::BaselinePath
            | Self::BaselineMethod
            | Self::BaselineBodySize
            | Self::BaselineBodyParse => false,
        }
    }

    /// The clause that an exception lifts.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if is_law(text) {
            return Err(Fault::LawHasNoException);
        }
        let found = Self::ALL.into_iter().find(|it| it.name() == text);
        found.ok_or_else(|| Fault::unknown_clause(text, Self::ALL.map(Self::name).to_vec()))
    }
}

pub(super) fn is_law(name: &str) -> bool {
    name == "law" || name.starts_with(LAW)
}
