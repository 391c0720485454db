//! What can be wrong with a configuration: one variant each, with its three texts.
//!
//! A *title* says what is wrong, a *label* stands under the place, *help* says what to do. Text
//! from the file is only echoed through `Shown`.

use bartizan_model::network::Network;
use std::fmt;

use super::day::Day;
use super::keys::{Number, Zero};
use super::node::NESTING_MAX;
use super::path::PATH_CHARS_MAX;
use super::problem::Severity;
use super::shown::{Shown, printable};
use super::source::FILE_BYTES_MAX;
use super::unit::Unit;

/// Names of a message at most.
const NAMES_MAX: usize = 12;

/// Names longer than this get no suggestion.
const SUGGEST_BYTES_MAX: usize = 64;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the titles below say what each variant and its data mean")]
pub enum Fault {
    // The file
    FileTooLarge,
    FileNotUtf8,
    FileEmpty,
    // The notation
    Syntax { message: String },
    NestedTooDeep,
    Tab,
    UnclosedQuote,
    UnclosedBracket { open: char },
    Indentation,
    NoColon,
    Alias,
    Tag,
    SecondDocument,
    KeyNotText,
    DuplicateKey { key: String, first_line: usize },
    // The shape
    WrongType { expected: &'static str, found: &'static str },
    UnknownKey { key: String, expected: Vec<&'static str>, near: Option<&'static str> },
    MissingKey { key: String, example: &'static str },
    NoValue { key: String },
    TooMany { key: String, items_max: usize },
    // The values
    Version { given: String },
    UnknownWord { given: String, expected: Vec<&'static str>, near: Option<&'static str> },
    NotANumber { key: String, form: &'static str },
    OutOfBounds { key: String, min: String, max: String, zero: Option<&'static str> },
    NotAnAddress { given: String },
    NotAnUpstream { given: String, why: UrlFault },
    NotANetwork { given: String, why: NetworkFault },
    NotADirectory,
    NotText,
    NotAPlace { given: String, why: UrlFault },
    NotAnAlertPlace { why: AlertPlaceFault },
    NotAReference,
    LiteralSecret,
    NotAName { given: String },
    NotAHost { given: String },
    NotAPath { given: String, why: PathFault },
    NotARate { given: String },
    NotAClassName { given: String, is_built_in: bool },
    NotAClassWord { given: String },
    NotVerified,
    LawHasNoMode,
    LawHasNoException,
    UpstreamHasNoMode,
    UpstreamHasNoException,
    UnknownClause { given: String, expected: Vec<&'static str>, near: Option<&'static str> },
    NotAnEndpoint { given: String },
    NotAField { given: String },
    NoFields { clause: &'static str },
    ReasonEmpty,
    ReasonTooLong { chars: usize, chars_max: usize },
    NotADate { given: String, why: DateFault },
    Expired { day: Day },
    AdminIsOpen,
    CopiesAreObserved,
    // Values that exclude each other
    AddressTwice { other: String },
    UpstreamIsOurs { listener: &'static str, address: String },
    Exceeds { key: String, over: String, other: String, other_value: String },
    Needs { key: String, needs: String },
    Excludes { key: String, other: String },
    // Upstreams and routes
    NameTwice { name: String, first_line: Option<usize> },
    UnknownUpstream { given: String, expected: Vec<String>, near: Option<String> },
    NeedsRoutes { upstreams: usize },
    RouteTwice { other: String },
    UnusedUpstream { name: String },
    // APIs
    NotAnApi { given: String },
    NoSuchRoute { given: String, near: String },
    UnknownApi { given: String, expected: Vec<String>, near: Option<String> },
    NotOneLine { chars_max: usize },
    NotATenant { given: String },
    NotAClaim { given: String },
    NotAScope { given: String },
    NotAFieldName { given: String },
    NotATemplate { given: String, why: TemplateFault },
    NotALink { given: String },
    // Virtual patches
    NotAPatchId { given: String },
    NotAPatchField { given: String },
    NotAPattern { why: String },
    NoCondition,
    NotARequest,
    CasePasses,
    CaseRefused { at: String },
    CaseUnexamined,
    CaseByLaw { code: &'static str },
    PatchEnded { day: Day },
    PatchEmpty,
}

/// Why a text is no path that can be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// It is no path.
    Path(PathFault),
    /// This literal segment is not told from others of its kind.
    Value(String),
    /// It has more segments than are told apart.
    Long,
}

/// Why a text is no upstream address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// Neither `http://` nor `https://`.
    Scheme,
    /// A user name or password.
    UserInfo,
    /// A path, query or fragment.
    Path,
    /// Neither a name nor an address.
    Host,
    /// Not 1 to 65535.
    Port,
}

/// Why a text is no place for alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertPlaceFault {
    /// No URL of a known scheme, and no file.
    Form,
    /// A user name or password.
    UserInfo,
    /// A path, query or fragment that cannot be.
    Path,
    /// Neither a name nor an address, or no port.
    Host,
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// It does not begin with a slash.
    Slash,
    /// A character that has no place there.
    Character(char),
    /// A segment that servers take for a step.
    Dots,
    /// An empty segment; this path was probably meant.
    Empty(String),
    /// It is too long.
    Long,
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// The part before the slash is no address.
    Form,
    /// The prefix is no number up to this one.
    Prefix {
        /// Bits of such an address.
        prefix_max: u32,
    },
    /// There are bits beyond the prefix; this network was probably meant.
    HostBits(Network),
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFault {
    /// Not `YYYY-MM-DD`.
    Form,
    /// The calendar lacks that day.
    NoSuchDay,
}

/// Why a text of the command line is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFault(pub(crate) String);

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TextFault {}

impl Fault {
    pub(super) fn unknown_key(key: &str, expected: Vec<&'static str>) -> Self {
        Self::UnknownKey { key: key.to_owned(), near: nearest(key, &expected), expected }
    }

    pub(super) fn unknown_word(given: &str, expected: Vec<&'static str>) -> Self {
        Self::UnknownWord { given: given.to_owned(), near: nearest(given, &expected), expected }
    }

    pub(super) fn unknown_clause(given: &str, expected: Vec<&'static str>) -> Self {
        Self::UnknownClause { given: given.to_owned(), near: nearest(given, &expected), expected }
    }

    pub(super) fn unknown_upstream(given: &str, names: &[&str]) -> Self {
        Self::UnknownUpstream {
            given: given.to_owned(),
            expected: names.iter().take(NAMES_MAX).map(|&it| it.to_owned()).collect(),
            near: nearest(given, names).map(ToOwned::to_owned),
        }
    }

    /// A name of no route that is nearly that of one.
    pub(super) fn no_such_route(given: &str, routes: &[&str]) -> Option<Self> {
        let near = nearest(given, routes).filter(|it| *it != given)?;
        Some(Self::NoSuchRoute { given: given.to_owned(), near: near.to_owned() })
    }

    pub(super) fn unknown_api(given: &str, names: &[&str]) -> Self {
        Self::UnknownApi {
            given: given.to_owned(),
            expected: names.iter().take(NAMES_MAX).map(|&it| it.to_owned()).collect(),
            near: nearest(given, names).map(ToOwned::to_owned),
        }
    }

    pub(super) fn out_of_bounds(key: &Number) -> Self {
        let (min, max) = (key.unit.show(key.min), key.unit.show(key.max));
        let zero = match key.zero {
            Zero::Written(meaning) => Some(meaning),
            Zero::Plain | Zero::Unwritten(_) => None,
        };
        Self::OutOfBounds { key: key.name.path(), min, max, zero }
    }

    /// Whether it stops the start.
    pub fn severity(&self) -> Severity {
        let is_warning = matches!(
            self,
            Self::Expired { .. }
                | Self::AdminIsOpen
                | Self::CopiesAreObserved
                | Self::NotVerified
                | Self::UnusedUpstream { .. }
                | Self::NoSuchRoute { .. }
                | Self::PatchEnded { .. }
        );
        if is_warning { Severity::Warning } else { Severity::Error }
    }

    /// Whether the text under the mark must not be shown.
    pub fn is_secret(&self) -> bool {
        matches!(
            self,
            Self::NotAnUpstream { why: UrlFault::UserInfo, .. }
                | Self::NotAnAlertPlace { why: AlertPlaceFault::UserInfo | AlertPlaceFault::Path }
                | Self::NotAReference
                | Self::LiteralSecret
        )
    }

    /// What is wrong.
    pub fn title(&self) -> String {
        match self {
            Self::FileTooLarge => {
                format!("the file is larger than {}", Unit::Bytes.show(FILE_BYTES_MAX as u64))
            }
            Self::FileNotUtf8 => "the file is not UTF-8".to_owned(),
            Self::FileEmpty => "the file is empty".to_owned(),
            Self::Syntax { message } => format!("this is not YAML: {message}"),
            Self::NestedTooDeep => format!("nested deeper than {NESTING_MAX} levels"),
            Self::Tab => "a tab cannot be used for indentation".to_owned(),
            Self::UnclosedQuote => {
                "a quote is not closed, or its next line is not indented".to_owned()
            }
            Self::UnclosedBracket { open } => format!("`{open}` is not closed"),
            Self::Indentation => "a key is expected here".to_owned(),
            Self::NoColon => "a key without a colon".to_owned(),
            Self::Alias => "aliases are not read".to_owned(),
            Self::Tag => "tags are not read".to_owned(),
            Self::SecondDocument => "a second document in one file".to_owned(),
            Self::KeyNotText => "a key must be plain text".to_owned(),
            Self::DuplicateKey { key, .. } => format!("{} is given twice", Shown(key)),
            Self::WrongType { expected, found } => format!("expected {expected}, found {found}"),
            Self::UnknownKey { key, .. } => format!("unknown key {}", Shown(key)),
            Self::MissingKey { key, .. } => format!("missing key `{key}`"),
            Self::NoValue { key } => format!("`{key}` has no value"),
            Self::TooMany { key, items_max } => format!("`{key}` has more than {items_max} items"),
            Self::Version { given } => format!("unsupported version {}", Shown(given)),
            Self::UnknownWord { given, .. } => format!("unknown value {}", Shown(given)),
            Self::NotANumber { key, .. } => format!("`{key}` cannot be read"),
            Self::OutOfBounds { key, .. } => format!("`{key}` is out of bounds"),
            Self::NotAnAddress { given } => format!("{} is not a socket address", Shown(given)),
            Self::NotAnUpstream { why: UrlFault::UserInfo, .. } => {
                "the upstream URL seems to hold credentials".to_owned()
            }
            Self::NotAnUpstream { given, .. } => format!("{} is not an upstream URL", Shown(given)),
            Self::NotANetwork { given, .. } => format!("{} is not a network", Shown(given)),
            Self::NotADirectory => "a directory needs a name".to_owned(),
            Self::NotText => "the value is not UTF-8".to_owned(),
            Self::NotAPlace { given, .. } => format!("{} is not a host and port", Shown(given)),
            Self::NotAnAlertPlace { why: AlertPlaceFault::UserInfo } => {
                "the place for alerts seems to hold credentials".to_owned()
            }
            Self::NotAnAlertPlace { .. } => "this is no place for alerts".to_owned(),
            Self::NotAReference => "this refers to no file and no variable".to_owned(),
            Self::LiteralSecret => "keys and certificates do not belong into the file".to_owned(),
            Self::NotAName { given } => format!("{} is not a name", Shown(given)),
            Self::NotAHost { given } => format!("{} is not a host", Shown(given)),
            Self::NotAPath { given, .. } => format!("{} is not a path", Shown(given)),
            Self::NotARate { given } => format!("{} is not a rate", Shown(given)),
            Self::NotAClassName { given, is_built_in: true } => {
                format!("the class {} is built in", Shown(given))
            }
            Self::NotAClassName { given, .. } => {
                format!("{} is not a name of a class", Shown(given))
            }
            Self::NotAClassWord { given } => format!("{} is not a word", Shown(given)),
            Self::NotVerified => "the certificate of this upstream is NOT VERIFIED".to_owned(),
            Self::LawHasNoMode => "the law has no mode".to_owned(),
            Self::LawHasNoException => "no exception lifts the law".to_owned(),
            Self::UpstreamHasNoMode => "`upstream` has no mode".to_owned(),
            Self::UpstreamHasNoException => "no exception lifts `upstream`".to_owned(),
            Self::UnknownClause { given, .. } => format!("unknown clause {}", Shown(given)),
            Self::NotAnEndpoint { given } => format!("{} is not an endpoint", Shown(given)),
            Self::NotAField { given } => format!("{} is not a field", Shown(given)),
            Self::NoFields { clause } => format!("`{clause}` does not look at single fields"),
            Self::ReasonEmpty => "a reason is needed".to_owned(),
            Self::ReasonTooLong { .. } => "the reason is too long".to_owned(),
            Self::NotADate { given, .. } => format!("{} is not a date", Shown(given)),
            Self::Expired { .. } => "this exception has expired".to_owned(),
            Self::CopiesAreObserved => "copies of requests are observed, never refused".to_owned(),
            Self::AdminIsOpen => {
                "`admin.address` serves health and metrics without authentication".to_owned()
            }
            Self::AddressTwice { .. } => "two listeners cannot share one address".to_owned(),
            Self::UpstreamIsOurs { .. } => "the upstream is bartizan itself".to_owned(),
            Self::Exceeds { key, over, .. } => format!("`{key}` exceeds `{over}`"),
            Self::Needs { key, .. } => format!("`{key}` cannot stand alone"),
            Self::Excludes { key, other } => format!("`{key}` contradicts `{other}`"),
            Self::NameTwice { name, .. } => format!("{} is named twice", Shown(name)),
            Self::UnknownUpstream { given, .. } => format!("unknown upstream {}", Shown(given)),
            Self::NeedsRoutes { upstreams } => format!("{upstreams} upstreams and no routes"),
            Self::RouteTwice { .. } => "no request ever takes this route".to_owned(),
            Self::UnusedUpstream { name } => format!("no route leads to {}", Shown(name)),
            Self::NoSuchRoute { given, .. } => format!("no route is called {}", Shown(given)),
            Self::NotAnApi { given } => format!("{} is not the name of an API", Shown(given)),
            Self::UnknownApi { given, .. } => format!("unknown API {}", Shown(given)),
            Self::NotOneLine { .. } => "this is not a line of text".to_owned(),
            Self::NotATenant { given } => {
                format!("{} does not say where a tenant stands", Shown(given))
            }
            Self::NotAClaim { given } => format!("{} is no claim with a value", Shown(given)),
            Self::NotAScope { given } => format!("{} is not a scope", Shown(given)),
            Self::NotAFieldName { given } => format!("{} is not the name of a field", Shown(given)),
            Self::NotATemplate { given, .. } => format!("{} cannot be marked", Shown(given)),
            Self::NotALink { given } => format!("{} is not a link", Shown(given)),
            Self::NotAPatchId { given } => format!("{} is not the name of a patch", Shown(given)),
            Self::NotAPatchField { given } => format!("{} is not a field", Shown(given)),
            Self::NotAPattern { .. } => "this pattern cannot be used".to_owned(),
            Self::NoCondition => "the patch says of no value that it is refused".to_owned(),
            Self::NotARequest => "this is no request".to_owned(),
            Self::CasePasses => "this request must be refused, and passes".to_owned(),
            Self::CaseRefused { .. } => "this request must pass, and is refused".to_owned(),
            Self::CaseUnexamined => "this request cannot be looked at as a whole".to_owned(),
            Self::CaseByLaw { .. } => {
                "this request is refused before the patch is asked".to_owned()
            }
            Self::PatchEnded { .. } => "this patch has ended".to_owned(),
            Self::PatchEmpty => "the file is empty".to_owned(),
        }
    }

    /// What stands under the place.
    pub fn label(&self) -> Option<String> {
        let label = match self {
            Self::FileNotUtf8 => "this byte starts no character".to_owned(),
            Self::Indentation => "is it indented like its neighbours?".to_owned(),
            Self::DuplicateKey { first_line, .. } => format!("first given on line {first_line}"),
            Self::UnknownKey { expected, .. }
            | Self::UnknownWord { expected, .. }
            | Self::UnknownClause { expected, .. } => one_of(expected),
            Self::Version { .. } => "expected 1".to_owned(),
            Self::NotANumber { form, .. } => format!("expected {form}"),
            Self::OutOfBounds { min, max, zero: None, .. } => format!("must be {min} to {max}"),
            Self::OutOfBounds { min, max, zero: Some(meaning), .. } => {
                format!("must be {min} to {max}, or 0 ({meaning})")
            }
            Self::NotAnAddress { .. } => "expected ADDRESS:PORT".to_owned(),
            Self::NotAnUpstream { why, .. } => why.label().to_owned(),
            Self::NotAPlace { why, .. } => why.label_of_place().to_owned(),
            Self::NotAnAlertPlace { why } => why.label().to_owned(),
            Self::NotAReference => "expected `file:PATH`, `env:NAME` or a path".to_owned(),
            Self::NotAName { .. } => {
                "expected 1 to 63 of a to z, 0 to 9, `.`, `_` and `-`".to_owned()
            }
            Self::NotAHost { .. } => {
                "expected a host without port, such as `api.example.com`, or `*.example.com`"
                    .to_owned()
            }
            Self::NotAPath { why, .. } => why.label(),
            Self::NotARate { .. } => "expected 1 to 1000000, and `/s`, `/m` or `/h`".to_owned(),
            Self::NotAClassName { is_built_in: true, .. } => "choose another name".to_owned(),
            Self::NotAClassName { .. } => "expected 1 to 15 of `a-z`, `0-9` and `_`".to_owned(),
            Self::NotAClassWord { .. } => "expected small letters and digits".to_owned(),
            Self::NotVerified => "whoever is on the way can read and change everything".to_owned(),
            Self::NotANetwork { why, .. } => why.label(),
            Self::LawHasNoMode => "it holds in every mode".to_owned(),
            Self::LawHasNoException => "this is law, not a clause".to_owned(),
            Self::UpstreamHasNoMode | Self::UpstreamHasNoException => {
                "it refuses nobody: it records that the API failed".to_owned()
            }
            Self::NotAnEndpoint { .. } => "expected METHOD /template".to_owned(),
            Self::NotAField { .. } => {
                "expected `path`, `segment N`, `name`, `query NAME`, `cookie NAME`, `header NAME` or `body $.POINTER`"
                    .to_owned()
            }
            Self::ReasonTooLong { chars, chars_max } => {
                format!("{chars} characters, at most {chars_max}")
            }
            Self::NotADate { why: DateFault::Form, .. } => "expected YYYY-MM-DD".to_owned(),
            Self::NotADate { why: DateFault::NoSuchDay, .. } => "no such day".to_owned(),
            Self::Expired { day } => format!("held until the end of {day} (UTC)"),
            Self::AdminIsOpen => "reachable from other machines".to_owned(),
            Self::CopiesAreObserved => "has no effect with `listen.mirror`".to_owned(),
            Self::AddressTwice { other } => format!("also taken by {other}"),
            Self::UpstreamIsOurs { listener, address } => format!("`{listener}` is {address}"),
            Self::Exceeds { other, other_value, .. } => format!("`{other}` is {other_value}"),
            Self::Needs { needs, .. } => format!("needs {needs}"),
            Self::Excludes { .. } => "one of them must go".to_owned(),
            Self::NameTwice { first_line: Some(line), .. } => format!("first given on line {line}"),
            Self::NameTwice { first_line: None, .. } => {
                "the section `upstream` has this name".to_owned()
            }
            Self::NoSuchRoute { .. } => "taken for a host of imported traffic".to_owned(),
            Self::NotAnApi { .. } => {
                "expected the name of a route, or a host: 1 to 253 characters".to_owned()
            }
            Self::NotOneLine { chars_max } => {
                format!("expected 1 to {chars_max} characters, none of them a control character")
            }
            Self::NotATenant { .. } => {
                "expected `host`, `path:1` to `path:16`, or `claim:NAME`".to_owned()
            }
            Self::NotAClaim { .. } => "expected `NAME=VALUE`, as `role=support`".to_owned(),
            Self::NotAScope { .. } => {
                "expected 1 to 128 visible characters of ASCII, but for `\"` and `\\`".to_owned()
            }
            Self::NotAFieldName { .. } => {
                "expected 1 to 64 of `A-Z`, `a-z`, `0-9`, `-` and `_`".to_owned()
            }
            Self::NotATemplate { why: TemplateFault::Path(why), .. } => why.label(),
            Self::NotATemplate { why: TemplateFault::Value(segment), .. } => {
                format!("{} looks like a value, of which calls are not told apart", Shown(segment))
            }
            Self::NotATemplate { why: TemplateFault::Long, .. } => {
                "at most 15 segments and 180 characters".to_owned()
            }
            Self::NotALink { .. } => {
                "expected a URL with `https://` or `http://`, of at most 500 characters".to_owned()
            }
            Self::UnknownUpstream { expected, .. } | Self::UnknownApi { expected, .. } => {
                let more = if expected.len() < NAMES_MAX { "" } else { ", …" };
                format!("expected one of: {}{more}", expected.join(", "))
            }
            Self::RouteTwice { other } => format!("`{other}` has the same host and path"),
            Self::NotAPatchId { .. } => {
                "expected 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_` and `.`".to_owned()
            }
            Self::NotAPatchField { .. } => {
                "expected `any`, `method`, `target`, `path`, `segment N`, `name`, `query NAME`, `cookie NAME`, `header NAME` or `body $.POINTER`"
                    .to_owned()
            }
            Self::NotAPattern { why } => why.clone(),
            Self::CasePasses => "the patch finds nothing in it".to_owned(),
            Self::CaseRefused { at } => format!("the patch finds {}", Shown(at)),
            Self::CaseUnexamined => "too long, too deep or not well-formed".to_owned(),
            Self::CaseByLaw { code } => format!("by the law, with `{code}`"),
            Self::PatchEnded { day } => format!("held until the end of {day} (UTC)"),
            Self::FileTooLarge
            | Self::FileEmpty
            | Self::Syntax { .. }
            | Self::NestedTooDeep
            | Self::Tab
            | Self::UnclosedQuote
            | Self::UnclosedBracket { .. }
            | Self::NoColon
            | Self::Alias
            | Self::Tag
            | Self::SecondDocument
            | Self::KeyNotText
            | Self::WrongType { .. }
            | Self::MissingKey { .. }
            | Self::NoValue { .. }
            | Self::TooMany { .. }
            | Self::NotADirectory
            | Self::NotText
            | Self::LiteralSecret
            | Self::NeedsRoutes { .. }
            | Self::UnusedUpstream { .. }
            | Self::NoFields { .. }
            | Self::ReasonEmpty
            | Self::NoCondition
            | Self::NotARequest
            | Self::PatchEmpty => return None,
        };
        Some(label)
    }

    /// What to do, where the label does not say it.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::UnknownKey { near, .. }
            | Self::UnknownWord { near, .. }
            | Self::UnknownClause { near, .. } => {
                return near.map(|it| format!("did you mean `{it}`?"));
            }
            Self::UnknownUpstream { near, .. } | Self::UnknownApi { near, .. }
                if near.is_some() =>
            {
                return near.as_ref().map(|it| format!("did you mean `{it}`?"));
            }
            Self::NotANetwork { why: NetworkFault::HostBits(near), .. } => {
                return Some(format!("did you mean `{near}`?"));
            }
            Self::NotAPath { why: PathFault::Empty(near), .. } => {
                return Some(format!("did you mean {}?", Shown(near)));
            }
            Self::NoSuchRoute { near, .. } => return Some(format!("did you mean `{near}`?")),
            Self::UnknownApi { .. } => "what is retired is of one of `apis`",
            Self::UnknownUpstream { .. } => return None,
            Self::NotATemplate { why: TemplateFault::Path(PathFault::Empty(near)), .. } => {
                return Some(format!("did you mean {}?", Shown(near)));
            }
            Self::NotATemplate { why: TemplateFault::Value(_), .. } => {
                "write a variable such as `{id}` in its place"
            }
            Self::MissingKey { example, .. } => return Some(format!("for example `{example}`")),
            Self::FileEmpty => "the shortest file is `version: 1` and `upstream: {url: …}`",
            Self::Tab => "indent with spaces",
            Self::NoColon => "such as `mode: observe`",
            Self::Alias => "write the value out where it is needed",
            Self::Tag => "remove the tag",
            Self::SecondDocument => "remove everything from the second `---`",
            Self::NoValue { .. } => "give it a value, or remove the line",
            Self::NotAnUpstream { why: UrlFault::UserInfo, .. } => {
                "credentials pass from the client to the upstream as they are"
            }
            Self::NotAnAddress { .. } => "such as `127.0.0.1:8080` or `[::1]:8080`",
            Self::LawHasNoMode | Self::LawHasNoException => {
                "the law refuses what two readers would understand differently"
            }
            Self::UpstreamHasNoMode => "the API itself is set by `upstream` at the top level",
            Self::UpstreamHasNoException => "the time-outs of the API are set by `upstream`",
            Self::NotAnEndpoint { .. } => "such as `POST /reviews/{id}`",
            Self::NotAField { .. } => "such as `body $.items[*].note`; array items have no numbers",
            Self::NoFields { .. } => "remove `field`, or narrow the exception by `endpoint`",
            Self::ReasonEmpty => "say why, for whoever finds this in a year",
            Self::NotADate { .. } => "such as `2027-01-31`, the last day it holds",
            Self::Expired { .. } => "remove it, or give it a new day and reason",
            Self::CopiesAreObserved => {
                "whoever sends the copies has forwarded the requests by then"
            }
            Self::AdminIsOpen => "bind it to loopback, or let only operators through to it",
            Self::AddressTwice { .. } => "give one of them another port",
            Self::UpstreamIsOurs { .. } => "requests would go round in a circle",
            Self::LiteralSecret => {
                "keep it in a file that only bartizan can read, and write `file:PATH` here"
            }
            Self::NotAPath { why: PathFault::Dots, .. } => {
                "servers disagree on such paths, so that requests would miss the route"
            }
            Self::NotVerified => {
                "not for production: name who issued its certificate with `ca` instead"
            }
            Self::NeedsRoutes { .. } => "say with `routes` which requests go where",
            Self::UnusedUpstream { .. } => "remove it, or name it in a route",
            Self::NoCondition => {
                "such as `matches: '(?i)<script'`, or `present: true` for whatever stands there"
            }
            Self::PatchEmpty => "see docs/patches.md for one",
            Self::NotARequest => "such as `GET /reviews?q=x`, or `request`, `headers` and `body`",
            Self::PatchEnded { .. } => "it does nothing any more: remove it, or give it a new day",
            Self::FileTooLarge
            | Self::FileNotUtf8
            | Self::Syntax { .. }
            | Self::NestedTooDeep
            | Self::UnclosedQuote
            | Self::UnclosedBracket { .. }
            | Self::Indentation
            | Self::KeyNotText
            | Self::DuplicateKey { .. }
            | Self::WrongType { .. }
            | Self::TooMany { .. }
            | Self::Version { .. }
            | Self::NotANumber { .. }
            | Self::OutOfBounds { .. }
            | Self::NotAnUpstream { .. }
            | Self::NotANetwork { .. }
            | Self::NotADirectory
            | Self::NotText
            | Self::ReasonTooLong { .. }
            | Self::NotAPlace { .. }
            | Self::NotAnAlertPlace { .. }
            | Self::NotAReference
            | Self::NotAName { .. }
            | Self::NotAHost { .. }
            | Self::NotAPath { .. }
            | Self::NotARate { .. }
            | Self::NotAClassName { .. }
            | Self::NotAClassWord { .. }
            | Self::Needs { .. }
            | Self::Excludes { .. }
            | Self::NameTwice { .. }
            | Self::RouteTwice { .. }
            | Self::NotAnApi { .. }
            | Self::NotOneLine { .. }
            | Self::NotATenant { .. }
            | Self::NotAClaim { .. }
            | Self::NotAScope { .. }
            | Self::NotAFieldName { .. }
            | Self::NotATemplate { .. }
            | Self::NotALink { .. }
            | Self::NotAPatchId { .. }
            | Self::NotAPatchField { .. }
            | Self::NotAPattern { .. }
            | Self::CasePasses
            | Self::CaseRefused { .. }
            | Self::CaseUnexamined
            | Self::CaseByLaw { .. }
            | Self::Exceeds { .. } => return None,
        };
        Some(help.to_owned())
    }
}

impl AlertPlaceFault {
    const fn label(self) -> &'static str {
        match self {
            Self::Form => {
                "expected `https://`, `http://`, `tls://`, `tcp://`, `udp://` or `file:PATH`"
            }
            Self::UserInfo => "sign requests with `secret` instead",
            Self::Path => "a path has no place here, or holds a character that must be escaped",
            Self::Host => "expected HOST or HOST:PORT",
        }
    }
}

impl UrlFault {
    fn label(self) -> &'static str {
        match self {
            Self::Scheme => "expected http://HOST:PORT or https://HOST:PORT",
            Self::UserInfo => "expected no `@`, nor what comes before it",
            Self::Path => "expected nothing after the port",
            Self::Host => "expected a host name or address",
            Self::Port => "expected a port from 1 to 65535",
        }
    }
}

impl UrlFault {
    /// The same where only HOST:PORT is written.
    fn label_of_place(self) -> &'static str {
        match self {
            Self::Port => Self::Port.label(),
            Self::Host | Self::Scheme | Self::UserInfo | Self::Path => "expected HOST:PORT",
        }
    }
}

impl PathFault {
    fn label(&self) -> String {
        match self {
            Self::Slash => "expected `/` first".to_owned(),
            Self::Character(it) => format!("expected no `{}`", printable(*it)),
            Self::Dots => "expected no segment `.` or `..`".to_owned(),
            Self::Empty(_) => "expected no empty segment".to_owned(),
            Self::Long => format!("at most {} characters", PATH_CHARS_MAX),
        }
    }
}

impl NetworkFault {
    fn label(self) -> String {
        match self {
            Self::Form => "expected ADDRESS or ADDRESS/PREFIX".to_owned(),
            Self::Prefix { prefix_max } => format!("expected a prefix from 0 to {prefix_max}"),
            Self::HostBits(_) => "has bits beyond its prefix".to_owned(),
        }
    }
}

fn one_of(expected: &[&str]) -> String {
    format!("expected one of: {}", expected.join(", "))
}

/// The candidate that was probably meant: at most one slip in three characters away.
fn nearest<'c>(given: &str, candidates: &[&'c str]) -> Option<&'c str> {
    if given.len() > SUGGEST_BYTES_MAX {
        return None;
    }
    let given = given.to_lowercase();
    let distances = candidates.iter().map(|it| (strsim::damerau_levenshtein(&given, it), *it));
    let (distance, near) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= given.chars().count().max(3) / 3).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: Option<&str>) {
        let candidates = ["version", "mode", "listen", "upstream", "limits"];
        assert_eq!(nearest(given, &candidates), expected);
    }

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        check("lisen", Some("listen"));
        check("Listen", Some("listen"));
        check("upsteram", Some("upstream"));
        check("mod", Some("mode"));
        check("limit", Some("limits"));
    }

    #[test]
    fn a_different_word_finds_nothing() {
        check("tls", None);
        check("", None);
        check("x", None);
        check(&"listen".repeat(20), None);
    }
}
