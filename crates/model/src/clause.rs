//! Clauses: what must hold for a call. One clause says one thing; a contract is a list of them.

use crate::code::Code;
use crate::id::EndpointId;
use crate::place::Place;
use std::fmt;
use std::str::FromStr;

macro_rules! clauses {
    ($($name:ident = $text_name:literal, $default:ident, $doc:literal;)*) => {
        /// The clauses that are built in. Learnt and declared ones join them per endpoint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ClauseName { $(#[doc = $doc] $name,)* }

        impl ClauseName {
            /// All clauses, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Stable name, `area.name`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text_name,)* }
            }

            /// What the clause says, for people.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }

            /// What sets the mode where nothing is configured.
            pub const fn default_mode(self) -> DefaultMode {
                match self { $(Self::$name => DefaultMode::$default,)* }
            }
        }
    };
}

clauses! {
    LawFraming = "law.framing", Law, "The message has one meaning: one framing, one host, no smuggling-class bytes.";
    LawLimits = "law.limits", Law, "The message stays within the limits that protect bartizan itself.";
    LawRoute = "law.route", Law, "The request is for an API that is published here.";
    BaselinePath = "baseline.path", Follows, "The path means the same to every server.";
    BaselineMethod = "baseline.method", Follows, "The method is not `TRACE`, which echoes credentials.";
    BaselineFieldNames = "baseline.field_names", Observed, "No field name holds an underscore, which some servers read as a hyphen.";
    ClientAddress = "client.address", Declared, "The client's address is allowed, and not denied.";
    ClientRate = "client.rate", Declared, "The client keeps to `clients.rate`.";
    ClientThrottle = "client.throttle", Declared, "Whom clauses against harm refused again and again keeps to `throttle.rate` for a while.";
    IdentityCertificate = "identity.certificate", Declared, "Where a client certificate is demanded, a good one was shown.";
    IdentityVerified = "identity.verified", Declared, "A credential, where one is shown, is good: signed for this API, in its time and not revoked, and one is shown where the route demands it.";
    IdentityScope = "identity.scope", Declared, "The token of the call may be used for what the route demands.";
    BaselineBodySize = "baseline.body_size", Follows, "The body is not larger than `limits.body_bytes_max`.";
    BaselineBodyParse = "baseline.body_parse", Follows, "The body is what its type says.";
    ContentSqli = "content.sqli", Follows, "No value breaks out into SQL.";
    ContentXss = "content.xss", Follows, "No value breaks out into script.";
    ContentCommand = "content.command", Follows, "No value runs as a command of the operating system.";
    ContentTemplate = "content.template", Follows, "No value is run by a template engine.";
    ContentTraversal = "content.traversal", Follows, "No value names a file outside the folder that it was meant for.";
    ContentLookup = "content.lookup", Follows, "No value makes a logger look something up.";
    ContentSsrf = "content.ssrf", Follows, "No value sends the API to an address inside.";
    ContentLine = "content.line", Follows, "No value adds lines to a head, a mail or a log.";
    ContentNosql = "content.nosql", Follows, "No value or name is an operator of a document database.";
    ContentLdap = "content.ldap", Follows, "No value breaks out into an LDAP filter.";
    ContentXpath = "content.xpath", Follows, "No value breaks out into XPath.";
    ContentXxe = "content.xxe", Follows, "No XML declares entities that read or multiply.";
    ContentObject = "content.object", Follows, "No value is an object that code is run with when it is read.";
    ContentPrototype = "content.prototype", Follows, "No name reaches the prototype of objects.";
    ContentGraphql = "content.graphql", Follows, "No GraphQL document multiplies work or guesses.";
    ContentScanner = "content.scanner", Follows, "No value names the tool that attacks, or a host that such tools listen at.";
    ContentUnexamined = "content.unexamined", Follows, "Every body of an examined kind is small enough to be examined.";
    DeclaredOperation = "declared.operation", Follows, "Method and path are those of an operation that the route's description declares.";
    DeclaredCredential = "declared.credential", Follows, "A credential is shown of a kind that the description asks for.";
    DeclaredRequest = "declared.request", Follows, "Parameters, media type and body are as the description declares them.";
    PatchMatched = "patch.matched", Declared, "No value is one that a virtual patch of an operator refuses.";
    ProvenanceReference = "provenance.reference", Declared, "Whoever names an object was given its identifier, or nobody else was.";
    ShapeReadOnly = "shape.read_only", Declared, "No call sets a field that the API shows and nobody sets.";
    ShapeUndeclared = "shape.undeclared", Declared, "Query and body hold the fields that the endpoint is known to take, and no others.";
    ShapeType = "shape.type", Declared, "Values have the types that they have at this endpoint.";
    ShapeRequired = "shape.required", Declared, "The fields that every call of this endpoint has are there.";
    ShapeBounds = "shape.bounds", Declared, "Values are neither larger nor longer than those of this endpoint.";
    IdentityCredential = "identity.credential", Declared, "Who calls this endpoint shows a credential.";
    IdentityRole = "identity.role", Declared, "Who calls this endpoint is of a kind that does, as far as its token says.";
    TransportTls = "transport.tls", Declared, "Calls of this endpoint come over TLS, and with a client certificate where all of them do.";
    OwnershipRequest = "ownership.request", Declared, "Whoever names an owner, or an object whose owner is known, names their own.";
    OwnershipTenant = "ownership.tenant", Follows, "Whoever calls for a tenant belongs to it, where the API's `tenant` says what names one.";
    OwnershipAnswer = "ownership.answer", Declared, "Whoever asks for an object by its identifier is answered with their own.";
    DisclosureSecret = "disclosure.secret", Declared, "No answer shows a password, a key or another secret.";
    DisclosureData = "disclosure.data", Declared, "What answers show of people leaves masked, or to its owner alone.";
    DeclaredAnswer = "declared.answer", Observed, "Good answers have a status, a media type and a body that the description declares.";
    DisclosureBudget = "disclosure.budget", Declared, "Nobody is shown more records than the route's `records` says.";
    DisclosureErrors = "disclosure.errors", Follows, "No response gives away stack traces, SQL errors, paths, versions or keys.";
    DisclosureListing = "disclosure.listing", Observed, "No answer lists what a folder of the server holds.";
    DisclosureSource = "disclosure.source", Observed, "No answer is a program of the server, or what one is configured with.";
    DisclosureReflection = "disclosure.reflection", Follows, "No page shows script unescaped that its request brought.";
    DisclosureBanner = "disclosure.banner", Follows, "No response field names the software behind.";
    LawRecord = "law.record", Law, "Where recording is required, the intent is durable before anything is forwarded.";
    Upstream = "upstream", Law, "The API answers, in time and in well-formed HTTP.";
}

impl ClauseName {
    /// Whether its instances are terms of endpoints, which people put in force one by one.
    pub const fn is_of_terms(self) -> bool {
        matches!(
            self,
            Self::ProvenanceReference
                | Self::ShapeReadOnly
                | Self::ShapeUndeclared
                | Self::ShapeType
                | Self::ShapeRequired
                | Self::ShapeBounds
                | Self::IdentityCredential
                | Self::IdentityRole
                | Self::TransportTls
                | Self::OwnershipRequest
                | Self::OwnershipAnswer
                | Self::DisclosureSecret
                | Self::DisclosureData
        )
    }

    /// The clauses that speak of attacks in values.
    pub const CONTENT: [Self; 16] = [
        Self::ContentSqli,
        Self::ContentXss,
        Self::ContentCommand,
        Self::ContentTemplate,
        Self::ContentTraversal,
        Self::ContentLookup,
        Self::ContentSsrf,
        Self::ContentLine,
        Self::ContentNosql,
        Self::ContentLdap,
        Self::ContentXpath,
        Self::ContentXxe,
        Self::ContentObject,
        Self::ContentPrototype,
        Self::ContentGraphql,
        Self::ContentScanner,
    ];

    /// Whether it speaks of attacks in values.
    pub const fn is_content(self) -> bool {
        matches!(
            self,
            Self::ContentSqli
                | Self::ContentXss
                | Self::ContentCommand
                | Self::ContentTemplate
                | Self::ContentTraversal
                | Self::ContentLookup
                | Self::ContentSsrf
                | Self::ContentLine
                | Self::ContentNosql
                | Self::ContentLdap
                | Self::ContentXpath
                | Self::ContentXxe
                | Self::ContentObject
                | Self::ContentPrototype
                | Self::ContentGraphql
                | Self::ContentScanner
        )
    }

    /// Whether what violates it is wrong whoever calls, rather than unusual.
    pub const fn is_harm(self) -> bool {
        matches!(
            self,
            Self::ProvenanceReference
                | Self::ShapeReadOnly
                | Self::IdentityCredential
                | Self::OwnershipRequest
                | Self::OwnershipTenant
                | Self::OwnershipAnswer
                | Self::DisclosureSecret
        )
    }
}

/// What decides a clause's mode where the configuration names it not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultMode {
    /// Always in force; no configuration and no exception lifts it.
    Law,
    /// Follows the mode of the instance (`--enforce`).
    Follows,
    /// Observed until it is enforced by name.
    Observed,
    /// In force as soon as an operator declares what it speaks of, in every mode of the instance.
    Declared,
}

impl fmt::Display for ClauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ClauseName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|it| it.name() == text).ok_or(())
    }
}

/// What a violated clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing; it is not even assessed.
    Off,
    /// A would-be refusal is recorded.
    Observe,
    /// The call is refused.
    Enforce,
}

impl Mode {
    /// All, from the weakest to the strictest.
    pub const ALL: &'static [Self] = &[Self::Off, Self::Observe, Self::Enforce];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }
}

/// Where a clause's mode or an exception was set, so that `bartizan why` can point there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// Law: nothing sets it.
    Law,
    /// Nobody: the default of the instance's mode.
    Default,
    /// A command-line flag or environment variable.
    Flag,
    /// The configuration file.
    File {
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
    /// An operator, while it was running.
    Operator,
}

/// One clause in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Which one.
    pub name: ClauseName,
    /// What it does when violated.
    pub mode: Mode,
    /// Who said so.
    pub set_by: SetBy,
}

/// A narrow permission that lifts exactly one clause, with a reason and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The clause that is lifted; never one of the law.
    pub clause: ClauseName,
    /// The endpoint it is lifted for; every one if `None`.
    pub endpoint: Option<EndpointId>,
    /// The one place it is lifted for; the whole message if `None`.
    pub place: Option<Place>,
    /// Why, in the operator's words.
    pub reason: String,
    /// When it ends, in microseconds since 1970.
    pub expires_us: u64,
    /// Where it stands.
    pub set_by: SetBy,
}

/// What came of one violated clause in one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It refused the exchange.
    Refused,
    /// It would have refused, were it enforced.
    WouldRefuse,
    /// It would have refused, but an exception lifted it.
    Excepted,
    /// It would have refused, but another clause had refused already.
    Overtaken,
    /// The upstream failed: nobody was refused, but nobody was served either.
    Failed,
    /// It took something out of the response, or replaced its body.
    Scrubbed,
    /// It would have, were it enforced.
    WouldScrub,
    /// It could not be judged, and the route says that such calls pass.
    FailedOpen,
}

impl Effect {
    /// All, in the order of their journal numbers.
    pub const ALL: &'static [Self] = &[
        Self::Refused,
        Self::WouldRefuse,
        Self::Excepted,
        Self::Overtaken,
        Self::Failed,
        Self::Scrubbed,
        Self::WouldScrub,
        Self::FailedOpen,
    ];

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::WouldRefuse => "would_refuse",
            Self::Excepted => "excepted",
            Self::Overtaken => "overtaken",
            Self::Failed => "failed",
            Self::Scrubbed => "scrubbed",
            Self::WouldScrub => "would_scrub",
            Self::FailedOpen => "failed_open",
        }
    }
}

/// One violated clause in one exchange, as it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The code of the violation, which names the clause.
    pub code: Code,
    /// What came of it.
    pub effect: Effect,
    /// How far the score lay above the clause's limit, in thousandths; 0 where there is no score.
    pub margin: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_found_by_its_name() {
        for &clause in ClauseName::ALL {
            assert_eq!(clause.name().parse(), Ok(clause));
        }
        assert_eq!("law".parse::<ClauseName>(), Err(()));
    }
}
