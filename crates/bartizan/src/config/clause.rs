//! The clauses as a configuration names them.

use super::fault::Fault;
use bartizan_model::clause::{ClauseName, DefaultMode};

/// The prefix of the law's names. The law has no mode, and no exception lifts it.
const LAW: &str = "law.";

/// What a text names among the clauses.
enum Named {
    /// A clause that has a mode and can be lifted.
    Clause(ClauseName),
    /// The law, or what could become a part of it.
    Law,
    /// The clause of the upstream, which refuses nobody.
    Upstream,
    /// Nothing.
    Nothing,
}

impl Named {
    fn by(text: &str) -> Self {
        match text.parse() {
            Ok(ClauseName::Upstream) => Self::Upstream,
            Ok(it) if is_configurable(it) => Self::Clause(it),
            Ok(_) => Self::Law,
            Err(()) if text == "law" || text.starts_with(LAW) => Self::Law,
            Err(()) => Self::Nothing,
        }
    }
}

/// Every clause that has a mode and can be lifted, in order of precedence.
pub(super) fn configurable() -> impl Iterator<Item = ClauseName> {
    ClauseName::ALL.iter().copied().filter(|it| is_configurable(*it))
}

pub(super) fn names() -> Vec<&'static str> {
    configurable().map(ClauseName::name).collect()
}

fn is_configurable(clause: ClauseName) -> bool {
    clause.default_mode() != DefaultMode::Law
}

/// The clause that an exception lifts.
pub(super) fn parse(text: &str) -> Result<ClauseName, Fault> {
    match Named::by(text) {
        Named::Clause(clause) => Ok(clause),
        Named::Law => Err(Fault::LawHasNoException),
        Named::Upstream => Err(Fault::UpstreamHasNoException),
        Named::Nothing => Err(Fault::unknown_clause(text, names())),
    }
}

/// What is wrong with a key that names no clause with a mode; nothing if it names one.
pub(super) fn fault_of_key(key: &str) -> Option<Fault> {
    match Named::by(key) {
        Named::Clause(_) => None,
        Named::Law => Some(Fault::LawHasNoMode),
        Named::Upstream => Some(Fault::UpstreamHasNoMode),
        Named::Nothing => Some(Fault::unknown_key(key, names())),
    }
}

/// Whether the clause looks at single fields, so that an exception can name one.
pub(super) fn has_fields(clause: ClauseName) -> bool {
    match clause {
        ClauseName::ContentSqli
        | ClauseName::ContentXss
        | ClauseName::ContentCommand
        | ClauseName::ContentTemplate
        | ClauseName::ContentTraversal
        | ClauseName::ContentLookup
        | ClauseName::ContentSsrf
        | ClauseName::ContentLine
        | ClauseName::ContentNosql
        | ClauseName::ContentLdap
        | ClauseName::ContentXpath
        | ClauseName::ContentXxe
        | ClauseName::ContentObject
        | ClauseName::ContentPrototype
        | ClauseName::ContentGraphql
        | ClauseName::ContentScanner
        | ClauseName::DeclaredRequest
        | ClauseName::DeclaredAnswer
        | ClauseName::PatchMatched
        | ClauseName::ProvenanceReference
        | ClauseName::ShapeReadOnly
        | ClauseName::ShapeUndeclared
        | ClauseName::ShapeType
        | ClauseName::ShapeRequired
        | ClauseName::ShapeBounds
        | ClauseName::OwnershipAnswer
        | ClauseName::OwnershipRequest
        | ClauseName::DisclosureSecret
        | ClauseName::DisclosureData => true,
        ClauseName::BaselinePath
        | ClauseName::BaselineMethod
        | ClauseName::BaselineBodySize
        | ClauseName::BaselineBodyParse
        | ClauseName::BaselineFieldNames
        | ClauseName::ClientAddress
        | ClauseName::ClientRate
        | ClauseName::ClientThrottle
        | ClauseName::IdentityCertificate
        | ClauseName::IdentityVerified
        | ClauseName::IdentityScope
        | ClauseName::IdentityCredential
        | ClauseName::TransportTls
        | ClauseName::IdentityRole
        | ClauseName::OwnershipTenant
        | ClauseName::DeclaredOperation
        | ClauseName::DeclaredCredential
        | ClauseName::DisclosureErrors
        | ClauseName::DisclosureListing
        | ClauseName::DisclosureSource
        | ClauseName::DisclosureReflection
        | ClauseName::DisclosureBanner
        | ClauseName::DisclosureBudget
        | ClauseName::ContentUnexamined
        | ClauseName::LawRoute
        | ClauseName::LawFraming
        | ClauseName::LawLimits
        | ClauseName::LawRecord
        | ClauseName::Upstream => false,
    }
}
