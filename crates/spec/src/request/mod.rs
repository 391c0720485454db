//! Requests held to what a description says of them.
//!
//! Reads    an [`Api`], once; then heads and bodies of requests.
//! Writes   [`Fault`]s: what is missing, not declared, or does not fit, and where.
//! Memory   the validators of all parameters and request bodies, of at most [`SCHEMAS_MAX`] schemas in all (some 400 bytes each);
//!          of a request at most [`FAULTS_MAX`] faults.
//! Errors   none; what cannot be held to is counted ([`Requests::gaps`]).
//! Misses   parts of forms (`multipart`), XML and other types of bodies but JSON and flat forms; parameters that hold objects
//!          or whole messages; how lists are written in paths and header fields, but for commas; header fields and cookies that
//!          are not declared; what a credential is worth; answers ([`crate::answer`]). What the description leaves unclear (patterns beyond regular
//!          languages, references that lead nowhere, other dialects) holds nobody.
//! Source   OpenAPI Specification 3.2.0, sections 4.8 to 4.14 and 4.27 to 4.30; JSON Schema 2020-12.

pub(crate) mod body;
mod credential;
mod parameter;
mod text;

use crate::lookup::{Lookup, Match};
use crate::validate::{CompileOptions, SchemaDialect, Side, Validator};
use bartizan_model::api::{Api, Operation, Parameter, ParameterPlace, PathTemplate, Schema};
use bartizan_model::head::{Framing, RequestHead};
use bartizan_model::known::Known;
use bartizan_model::place::Place;
use body::Bodies;
use credential::Credentials;
use parameter::{Parameters, Takes};

/// Schemas of all operations together. What is beyond holds nobody.
pub const SCHEMAS_MAX: usize = 200_000;
/// Faults of one request that are told.
pub const FAULTS_MAX: usize = 16;

/// What a description says of requests.
#[derive(Debug)]
pub struct Requests {
    lookup: Lookup,
    operations: Vec<Rules>,
    gaps: usize,
}

/// What is said of the requests of one operation.
#[derive(Debug)]
struct Rules {
    template: PathTemplate,
    parameters: Parameters,
    credentials: Option<Credentials>,
    bodies: Option<Bodies>,
}

/// Why a request is none of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOperation {
    /// No operation has such a path.
    Path,
    /// Operations of this path have other methods.
    Method,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultOfRequest {
    /// Something that must be there is not.
    Missing,
    /// Something is there that is not declared.
    Undeclared,
    /// A value has another type or format, or is outside of what is allowed.
    Unfit,
    /// The body is of a media type that is not declared.
    MediaType,
    /// No credential of the kinds that are asked for is shown.
    Credential,
}

/// One fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Of which kind it is.
    pub kind: FaultOfRequest,
    /// Where.
    pub place: Place,
}

/// The faults of one request: each kind and place once, at most [`FAULTS_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, kind: FaultOfRequest, place: Place) {
        let it = Fault { kind, place };
        if self.0.len() < FAULTS_MAX && !self.0.contains(&it) {
            self.0.push(it);
        }
    }

    /// All of them.
    pub fn into_all(self) -> Vec<Fault> {
        self.0
    }
}

/// What the body of a request is still to be held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyIs {
    /// Nothing.
    Free,
    /// What is said of the media type with this number.
    Held(usize),
}

impl Requests {
    /// Compiles what `api` says.
    pub fn of(api: &Api) -> Self {
        let lookup = Lookup::of(api);
        let (side, gaps) = (Side::Request, lookup.left_out());
        let mut compiler = Compiler { api, side, schemas: 0, gaps };
        let operations = api.operations.iter().map(|it| Rules::of(it, &mut compiler)).collect();
        Self { lookup, operations, gaps: compiler.gaps }
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether nothing is described.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Operations, parameters and bodies that cannot be held to, or only in part.
    pub fn gaps(&self) -> usize {
        self.gaps
    }

    /// The operation of `method`, in upper case, on a path in its canonical spelling without query. `HEAD` asks for what `GET` does.
    ///
    /// # Errors
    ///
    /// [`NoOperation`] if there is none.
    pub fn find(&self, method: &str, path: &str) -> Result<Match, NoOperation> {
        let as_get = || self.lookup.find("GET", path).filter(|_| method == "HEAD");
        let found = self.lookup.find(method, path).or_else(as_get);
        let is_known = || !self.lookup.methods(path).is_empty();
        found.ok_or_else(|| if is_known() { NoOperation::Method } else { NoOperation::Path })
    }

    /// Holds the head of a request to its operation. `path` is what it was found by.
    pub fn head(&self, of: Match, head: &RequestHead, path: &str, faults: &mut Faults) -> BodyIs {
        let Some(rules) = self.operations.get(of.operation) else { return BodyIs::Free };
        let values = of.values(&rules.template, path);
        rules.parameters.hold(head, &values, rules.credentials.as_ref(), faults);
        if let Some(credentials) = &rules.credentials
            && !credentials.are_shown_by(head)
        {
            faults.add(FaultOfRequest::Credential, Place::header(b"authorization"));
        }
        let is_bare = matches!(head.framing, Framing::None | Framing::Length(0));
        match &rules.bodies {
            Some(bodies) if is_bare => {
                if bodies.is_required {
                    faults.add(FaultOfRequest::Missing, Place::body("$"));
                }
                BodyIs::Free
            }
            Some(bodies) => {
                let mut said = head.fields.iter().filter(|it| it.0 == Known::ContentType);
                // Two of them mean two things.
                let named = said.next().filter(|_| said.next().is_none());
                bodies.of_media(named.map(|it| it.2), faults)
            }
            None if is_bare => BodyIs::Free,
            None => {
                faults.add(FaultOfRequest::Undeclared, Place::body("$"));
                BodyIs::Free
            }
        }
    }

    /// Holds the whole body of a request, without content codings, to what [`Requests::head`] said of it.
    pub fn body(&self, of: Match, is: BodyIs, text: &[u8], faults: &mut Faults) {
        let (Some(rules), BodyIs::Held(number)) = (self.operations.get(of.operation), is) else {
            return;
        };
        rules.bodies.iter().for_each(|it| it.hold(number, text, faults));
    }
}

impl Rules {
    fn of(operation: &Operation, compiler: &mut Compiler<'_>) -> Self {
        let schemes = &compiler.api.security_schemes;
        let asked = operation.security.as_deref().unwrap_or_default();
        Self {
            template: operation.path.clone(),
            credentials: Credentials::of(asked, schemes),
            parameters: Parameters::of(&operation.parameters, compiler),
            bodies: (operation.body.as_ref())
                .map(|it| Bodies::of(&it.content, it.required, compiler)),
        }
    }
}

/// Compiles schemas as far as there is room.
pub(crate) struct Compiler<'a> {
    pub(crate) api: &'a Api,
    pub(crate) side: Side,
    pub(crate) schemas: usize,
    pub(crate) gaps: usize,
}

impl Compiler<'_> {
    /// Of a parameter; `None` where nothing is said, or nothing can be held to.
    fn parameter(&mut self, it: &Parameter) -> Option<Validator> {
        let schema = it.schema.as_ref()?;
        match parameter::takes(schema, &self.api.schemas) {
            Takes::Objects => {
                self.gaps = self.gaps.saturating_add(1);
                None
            }
            Takes::Others => self.schema(schema),
        }
    }

    fn schema(&mut self, schema: &Schema) -> Option<Validator> {
        let options = CompileOptions {
            dialect: SchemaDialect::Draft2020,
            side: Some(self.side),
            asserts_formats: true,
            ..CompileOptions::default()
        };
        let compiled = Validator::of_model(schema, &self.api.schemas, &options).ok();
        let schemas = self.schemas.saturating_add(compiled.as_ref().map_or(0, Validator::len));
        let kept = compiled.filter(|_| schemas <= SCHEMAS_MAX);
        let is_whole = kept.as_ref().is_some_and(|it| it.gaps().is_empty());
        self.gaps = self.gaps.saturating_add(usize::from(!is_whole));
        if kept.is_some() {
            self.schemas = schemas;
        }
        kept
    }
}

/// Whether a header parameter is said elsewhere: section 4.12.2.1.
fn is_said_elsewhere(name: &str) -> bool {
    ["accept", "content-type", "authorization"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// The values of a header field.
fn fields<'h>(head: &'h RequestHead, name: &str) -> impl Iterator<Item = &'h [u8]> {
    let all = head.fields.iter();
    all.filter(move |it| it.1.eq_ignore_ascii_case(name.as_bytes())).map(|it| it.2)
}

/// The cookies: name and value.
fn cookies(head: &RequestHead) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = head.fields.iter().filter(|it| it.0 == Known::Cookie).map(|it| it.2);
    let pairs = lines.flat_map(|it| it.split(|&byte| byte == b';'));
    pairs.map(|it| text::pair(it.trim_ascii()))
}

/// The place of a parameter.
fn place_of(place: ParameterPlace, name: &str) -> Place {
    match place {
        ParameterPlace::Path => Place::Path,
        ParameterPlace::Query | ParameterPlace::QueryString => Place::query(name.as_bytes()),
        ParameterPlace::Header => Place::header(name.to_ascii_lowercase().as_bytes()),
        ParameterPlace::Cookie => Place::cookie(name.as_bytes()),
    }
}
