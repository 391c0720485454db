//! One operation of an API: a method on a path.

use std::collections::BTreeMap;

use super::{
    Content, Extensions, PathTemplate, RequestBody, Requirement, Response, Schema, Server, Status,
    TemplateError,
};

/// A method on a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// In upper case, as requests carry it: `GET`, `QUERY`, `PURGE`.
    pub method: String,
    /// Relative to the servers' base paths.
    pub path: PathTemplate,
    /// `operationId`, unique in the API.
    pub id: Option<String>,
    /// One line.
    pub summary: Option<String>,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Names of [`super::Tag`]s.
    pub tags: Vec<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// When it ends, as written: a date or a moment (`x-sunset`).
    pub sunset: Option<String>,
    /// Those of its path among them; no place and name twice.
    pub parameters: Vec<Parameter>,
    /// The body of requests.
    pub body: Option<RequestBody>,
    /// What it answers.
    pub responses: BTreeMap<Status, Response>,
    /// Of these one must hold; an empty list asks nothing, and `None` says nothing.
    pub security: Option<Vec<Requirement>>,
    /// In place of the API's; none means the API's.
    pub servers: Vec<Server>,
    /// What bartizan knows of it.
    pub extensions: Extensions,
}

/// A named value outside of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// In which part of the request.
    pub place: ParameterPlace,
    /// As requests carry it; of a path parameter, the variable.
    pub name: String,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Whether a request without it is wrong; always so in a path.
    pub required: bool,
    /// Whether it should no longer be sent.
    pub deprecated: bool,
    /// Its value; `None` if it has `content` or nothing is said.
    pub schema: Option<Schema>,
    /// The value as a message of a media type; at most one.
    pub content: Content,
    /// How lists and objects are written; `None` means as usual in this place.
    pub style: Option<Style>,
    /// Whether each item is written for itself; `None` means as usual with this style.
    pub explode: Option<bool>,
}

/// The part of a request that a parameter stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterPlace {
    /// A variable of the path.
    Path,
    /// The query.
    #[default]
    Query,
    /// The query as a whole (3.2).
    QueryString,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}

/// How lists and objects are written (OpenAPI Specification 3.2.0, section 4.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `;a=1;a=2`
    Matrix,
    /// `.1.2`
    Label,
    /// `1,2`
    Simple,
    /// `a=1&a=2`, or `a=1,2`
    Form,
    /// `1%202`
    SpaceDelimited,
    /// `1%7C2`
    PipeDelimited,
    /// `a[b]=1`
    DeepObject,
    /// `a=1; a=2` (3.2)
    Cookie,
}

impl Operation {
    /// An operation with a method, in either case, and a path, and nothing else.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if `path` is none.
    pub fn new(method: &str, path: &str) -> Result<Self, TemplateError> {
        let path = PathTemplate::parse(path)?;
        Ok(Self { method: method.to_ascii_uppercase(), path, ..Self::default() })
    }
}

impl Parameter {
    /// A parameter with a value of this schema; required if it is in the path.
    pub fn new(place: ParameterPlace, name: impl Into<String>, schema: Schema) -> Self {
        let required = place == ParameterPlace::Path;
        Self { place, name: name.into(), required, schema: Some(schema), ..Self::default() }
    }
}

impl ParameterPlace {
    /// Every place.
    pub const ALL: [Self; 5] =
        [Self::Path, Self::Query, Self::QueryString, Self::Header, Self::Cookie];

    /// The name in a description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

impl Style {
    /// Every style.
    pub const ALL: [Self; 8] = [
        Self::Matrix,
        Self::Label,
        Self::Simple,
        Self::Form,
        Self::SpaceDelimited,
        Self::PipeDelimited,
        Self::DeepObject,
        Self::Cookie,
    ];

    /// The name in a description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Label => "label",
            Self::Simple => "simple",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
            Self::Cookie => "cookie",
        }
    }
}
