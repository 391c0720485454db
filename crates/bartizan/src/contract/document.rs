//! Contracts as a document that people keep in git: in a form of its own, or in OpenAPI and Overlay documents
//! as `x-bartizan-terms`.
//!
//! Reads    a document of any of the three, in JSON or YAML.
//! Writes   what was decided, in an order that depends on nothing else: without who, when and why, which are of one
//!          instance.
//! Memory   the document.
//! Errors   a message.
//! Misses   withdrawals that the history has forgotten.

use super::file::{self, ClaimedBy, HandedOutBy, Said};
use super::{Contracts, DECIDED_MAX, Decided, Fault, WITHDRAWN, Which, shape};
use bartizan_model::api::{Api, Number, Operation, Value as ApiValue};
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::terms::{Others, PLACES_MAX, Says, folded};
use bartizan_spec::{Diagnostics, Format, Limits, Options, Overlay, Target, parse, write};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Name and version of the form.
pub(crate) const SCHEMA: &str = "bartizan.contract/v1";
/// Name of the extension.
const EXTENSION: &str = "x-bartizan-terms";
/// Bytes of a path.
const PATH_BYTES_MAX: usize = 4_096;
/// Bytes of the name of a service.
const SERVICE_BYTES_MAX: usize = 255;

/// What was decided of one endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Endpoint {
    service: String,
    method: String,
    path: String,
    clauses: Vec<Clause>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    clause: String,
    force: String,
    /// A digest of what was decided when this was written: whoever changes the rest leaves it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    says: Option<Said>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    handed_out_by: Vec<HandedOutBy>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    callers_shown_by: Vec<HandedOutBy>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    callers_claimed_by: Vec<ClaimedBy>,
}

/// What a document says of one clause.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) which: Which,
    /// The digest of what it was made from.
    pub(crate) made_from: Option<String>,
    /// `None` if nothing is to be decided.
    pub(crate) decided: Option<Decided>,
}

/// A digest of what was decided of a clause: not of who did, when and why.
pub(crate) fn digest(which: &Which, decided: Option<&Decided>) -> String {
    let it = clause(which, decided);
    let by = (it.handed_out_by, it.callers_shown_by, it.callers_claimed_by);
    let text = json!([which.id(), it.force, it.says, it.known, by]).to_string();
    format!("{:016x}", EndpointId::of("", &text).bits())
}

fn clause(which: &Which, decided: Option<&Decided>) -> Clause {
    Clause {
        clause: which.clause.name().to_owned(),
        force: super::name(decided).to_owned(),
        made_from: None,
        says: decided.map(|it| file::said(&it.says)),
        known: decided.into_iter().flat_map(|it| &it.known).map(ToString::to_string).collect(),
        handed_out_by: decided.map(|it| file::handed(&it.handing)).unwrap_or_default(),
        callers_shown_by: decided.map(|it| file::handed(&it.showing)).unwrap_or_default(),
        callers_claimed_by: decided.map(|it| file::claimed(&it.claims)).unwrap_or_default(),
    }
}

/// Whatever was decided, and what was taken back, of a service or of all.
pub(crate) fn of(contracts: &Contracts, service: Option<&str>) -> Vec<Endpoint> {
    let mut all: BTreeMap<_, Vec<Clause>> = BTreeMap::new();
    let decided = contracts.decided.iter().map(|it| (&it.which, Some(it)));
    let withdrawn = contracts.withdrawn().into_iter().map(|it| (it, None));
    let mut clauses: Vec<(&Which, Option<&Decided>)> = decided.chain(withdrawn).collect();
    clauses.sort_by_key(|it| it.0.clause);
    for (which, decided) in clauses {
        if service.is_some_and(|it| it != which.service) {
            continue;
        }
        let Which { service, path, method, .. } = which;
        let made_from = Some(digest(which, decided));
        let it = Clause { made_from, ..clause(which, decided) };
        all.entry((service.clone(), path.clone(), *method)).or_default().push(it);
    }
    let endpoints = all.into_iter().map(|((service, path, method), clauses)| {
        let method = method.name().to_owned();
        Endpoint { service, method, path, clauses }
    });
    endpoints.collect()
}

/// As a document of its own.
pub(crate) fn text(all: &[Endpoint]) -> String {
    format!("{:#}\n", json!({"schema": SCHEMA, "endpoints": all}))
}

/// Within a description of the service.
pub(crate) fn openapi(all: &[Endpoint], mut api: Api, options: Options) -> String {
    let bases: Vec<String> = api.base_paths().into_iter().map(str::to_owned).collect();
    let mut placed = Placed::of(all, &api.operations, &bases);
    for (at, operation) in api.operations.iter_mut().enumerate() {
        if let Some(terms) = placed.of_operations.remove(&at) {
            operation.extensions.insert(EXTENSION.to_owned(), ApiValue::List(terms));
        }
    }
    if !placed.of_none.is_empty() {
        api.extensions.insert(EXTENSION.to_owned(), ApiValue::List(placed.of_none));
    }
    write(&api, options).text
}

/// Beside a description of the service.
pub(crate) fn overlay(all: &[Endpoint], api: &Api, format: Format) -> String {
    let bases: Vec<String> = api.base_paths().into_iter().map(str::to_owned).collect();
    let mut placed = Placed::of(all, &api.operations, &bases);
    let mut overlay = Overlay::new(format!("What calls of {} are held to", api.title), "1");
    let of_none = std::mem::take(&mut placed.of_none);
    if !of_none.is_empty() {
        overlay.add(Target::default(), [(EXTENSION, of_none)]);
    }
    for (at, operation) in api.operations.iter().enumerate() {
        if let Some(terms) = placed.of_operations.remove(&at) {
            overlay.add(Target::operation(operation), [(EXTENSION, terms)]);
        }
    }
    overlay.write(format)
}

/// Where the terms of each endpoint stand in a description.
struct Placed {
    /// By the number of the operation.
    of_operations: BTreeMap<usize, Vec<ApiValue>>,
    /// Of endpoints that are not described.
    of_none: Vec<ApiValue>,
}

impl Placed {
    fn of(all: &[Endpoint], operations: &[Operation], bases: &[String]) -> Self {
        let mut by_path: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, operation) in operations.iter().enumerate() {
            for base in bases.iter().map(String::as_str).chain([""]) {
                let path = shape(&format!("{base}{}", operation.path.as_str()));
                by_path.entry((operation.method.clone(), path)).or_insert(at);
            }
        }
        let mut placed = Self { of_operations: BTreeMap::new(), of_none: Vec::new() };
        for it in all {
            let value = api_value(&json!(it));
            match by_path.get(&(it.method.clone(), shape(&it.path))) {
                Some(at) => placed.of_operations.entry(*at).or_default().push(value),
                None => placed.of_none.push(value),
            }
        }
        placed
    }
}

fn api_value(it: &Value) -> ApiValue {
    match it {
        Value::Null => ApiValue::Null,
        Value::Bool(it) => ApiValue::Bool(*it),
        Value::Number(it) => {
            Number::parse(&it.to_string()).map_or(ApiValue::Null, ApiValue::Number)
        }
        Value::String(it) => ApiValue::Text(it.clone()),
        Value::Array(all) => ApiValue::List(all.iter().map(api_value).collect()),
        Value::Object(all) => {
            ApiValue::Map(all.iter().map(|(name, it)| (name.clone(), api_value(it))).collect())
        }
    }
}

fn json_value(it: &ApiValue) -> Value {
    match it {
        ApiValue::Null => Value::Null,
        ApiValue::Bool(it) => json!(it),
        ApiValue::Number(it) => serde_json::from_str(&it.to_string()).unwrap_or_default(),
        ApiValue::Text(it) => json!(it),
        ApiValue::List(all) => all.iter().map(json_value).collect(),
        ApiValue::Map(all) => {
            Value::Object(all.iter().map(|(name, it)| (name.clone(), json_value(it))).collect())
        }
    }
}

/// What a document says, whichever of the three it is.
///
/// # Errors
///
/// A message.
pub(crate) fn read(text: &str) -> Result<Vec<Wanted>, String> {
    let root = parse(text, 0, &Limits::default(), &mut Diagnostics::up_to(0))
        .map_err(|it| it.to_string())?
        .to_value();
    let is = |name: &str| root.get(name).is_some();
    let found: Vec<&ApiValue> = if root.get("schema").and_then(ApiValue::text) == Some(SCHEMA) {
        root.get("endpoints").into_iter().collect()
    } else if is("overlay") {
        let updates = items(root.get("actions")).filter_map(|it| it.get("update"));
        updates.filter_map(|it| it.get(EXTENSION)).collect()
    } else if is("openapi") || is("swagger") {
        let operations = members(root.get("paths"))
            .flat_map(|it| members(Some(it)).chain(members(it.get("additionalOperations"))));
        operations.chain([&root]).filter_map(|it| it.get(EXTENSION)).collect()
    } else {
        return Err(format!("is no document of {SCHEMA}, OpenAPI or Overlay"));
    };
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for it in found.into_iter().flat_map(|it| items(Some(it))) {
        let endpoint: Endpoint =
            serde_json::from_value(json_value(it)).map_err(|error| error.to_string())?;
        let Endpoint { service, method, path, clauses } = endpoint;
        for clause in clauses {
            let which = file::which(service.clone(), &method, path.clone(), &clause.clause)?;
            let named = |why: String| format!("{}: {why}", which.text().escape_debug());
            let it = wanted(which.clone(), clause).map_err(named)?;
            if !seen.insert(which.id()) {
                return Err(named("is there twice".to_owned()));
            }
            if all.len() >= DECIDED_MAX {
                return Err(Fault::TooMany.to_string());
            }
            all.push(it);
        }
    }
    Ok(all)
}

fn items(it: Option<&ApiValue>) -> impl Iterator<Item = &ApiValue> {
    let all = match it {
        Some(ApiValue::List(all)) => Some(all),
        Some(
            ApiValue::Null
            | ApiValue::Bool(_)
            | ApiValue::Number(_)
            | ApiValue::Text(_)
            | ApiValue::Map(_),
        )
        | None => None,
    };
    all.into_iter().flatten()
}

fn members(it: Option<&ApiValue>) -> impl Iterator<Item = &ApiValue> {
    let all = match it {
        Some(ApiValue::Map(all)) => Some(all),
        Some(
            ApiValue::Null
            | ApiValue::Bool(_)
            | ApiValue::Number(_)
            | ApiValue::Text(_)
            | ApiValue::List(_),
        )
        | None => None,
    };
    all.into_iter().flat_map(BTreeMap::values)
}

fn wanted(which: Which, it: Clause) -> Result<Wanted, String> {
    let is_named = !which.service.is_empty() && which.service.len() <= SERVICE_BYTES_MAX;
    if !is_named || which.service.chars().any(char::is_control) {
        return Err("the service is none".to_owned());
    }
    let is_path = which.path.starts_with('/') && which.path.len() <= PATH_BYTES_MAX;
    if !is_path || which.path.chars().any(char::is_control) || which.method == Method::Other {
        return Err("the endpoint is none".to_owned());
    }
    if !which.clause.is_of_terms() {
        return Err("it is no clause of single endpoints".to_owned());
    }
    let made_from = it.made_from;
    if it.force == WITHDRAWN {
        return Ok(Wanted { which, made_from, decided: None });
    }
    let says = as_compared(file::says(it.says.ok_or("`says` is missing")?)?)?;
    if says.clause() != which.clause {
        return Err(format!("says what is of {}", says.clause()));
    }
    let known: Vec<_> = it.known.iter().map(|it| file::place(it)).collect::<Result<_, _>>()?;
    let handing: Vec<_> =
        it.handed_out_by.into_iter().map(file::handing).collect::<Result<_, _>>()?;
    let showing: Vec<_> =
        it.callers_shown_by.into_iter().map(file::handing).collect::<Result<_, _>>()?;
    let claims: Vec<_> =
        it.callers_claimed_by.into_iter().map(file::claim).collect::<Result<_, _>>()?;
    let by = [handing.len(), showing.len(), claims.len()];
    if [size(&says), known.len()].into_iter().chain(by).any(|it| it > PLACES_MAX) {
        return Err(format!("it names more than {PLACES_MAX} places"));
    }
    let decided = Decided {
        which: which.clone(),
        held: file::held(&it.force)?,
        says,
        known,
        handing,
        showing,
        claims,
        // Who they are differs from instance to instance: traffic says it again.
        others: Others::default(),
        refused: 0,
        is_imported: true,
        by: None,
        at_us: 0,
        reason: String::new(),
    };
    Ok(Wanted { which, made_from, decided: Some(decided) })
}

/// Names as they are compared, whoever wrote them.
fn as_compared(says: Says) -> Result<Says, String> {
    let Says::ReadOnly(names) = says else { return Ok(says) };
    let one = |name: Box<str>| {
        let mut steps = folded(&name);
        match (steps.next(), steps.next()) {
            (Some(step), None) => Ok(step.into()),
            (None, _) | (Some(_), Some(_)) => Err(format!("`{}` is no name", name.escape_debug())),
        }
    };
    Ok(Says::ReadOnly(names.into_iter().map(one).collect::<Result<_, _>>()?))
}

/// How much is named.
fn size(says: &Says) -> usize {
    match says {
        Says::ReadOnly(names) => names.len(),
        Says::OnlyKnown | Says::Credential | Says::Tls { .. } => 0,
        Says::Types(all) => all.len(),
        Says::HandedOut(all) => all.len(),
        Says::Owned(all) => all.len(),
        Says::Belongs(all) => all.len(),
        Says::Secret(it) | Says::Masked(it) => {
            let beyond = it.beyond.as_ref();
            let sizes = beyond.map(|it| [it.known.len(), it.open.len(), it.owners.len()]);
            sizes.into_iter().flatten().fold(it.fields.len(), usize::max)
        }
        Says::Required(all) => all.len(),
        Says::Bounds(all) => all.len(),
        Says::Role(all) => all.iter().map(|it| it.strangers.len() + it.others.len()).sum(),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
mod tests {
    use super::super::{Because, Decision, Handing, Held};
    use super::*;
    use bartizan_model::fact::{Forms, Kind};
    use bartizan_model::place::Place;
    use bartizan_model::terms::{
        Belonging, Beyond, Bounds, Force, Kinds, Mask, Masked, Masking, Owned, Resource, Types,
    };

    /// One kind after the other: a new one does not compile until it is here.
    fn after(it: Option<&Says>) -> Option<Says> {
        let place = |name: &str| name.parse::<Place>().unwrap();
        Some(match it {
            None => Says::ReadOnly(vec!["isadmin".into(), "rôle".into()]),
            Some(Says::ReadOnly(_)) => Says::OnlyKnown,
            Some(Says::OnlyKnown) => {
                let word = Types { forms: Forms::STRING.and(Forms::NULL), kinds: 0 };
                let kinds = Types::bit(Kind::Integer) | Types::bit(Kind::Decimal);
                let number = Types { forms: Forms::PLAIN, kinds };
                Says::Types(vec![(place("body $.item"), word), (place("query page"), number)])
            }
            Some(Says::Types(_)) => Says::HandedOut(vec![(Place::Segment(2), Resource(u64::MAX))]),
            Some(Says::HandedOut(_)) => {
                let shared = Owned { unless_given: true, ..owned(true) };
                Says::Owned(vec![owned(true), shared])
            }
            Some(Says::Owned(_)) => {
                let (place, owners) = (Place::Segment(2), Resource(8));
                let owner = Belonging { place: place.clone(), objects: None, owners };
                Says::Belongs(vec![owner, Belonging { place, objects: Some(Resource(9)), owners }])
            }
            Some(Says::Belongs(_)) => {
                Says::Secret(Masking::of(vec![masked("body $.password", Mask::Drop, None)]))
            }
            Some(Says::Secret(_)) => {
                let own = masked("body $.items[*].card", Mask::Partial, Some(owned(false)));
                let beyond = Beyond {
                    known: [place("body $").into(), place(r"body $.a\x20b[*].id").into()].into(),
                    open: vec![place("body $.rates")],
                    owners: vec![owned(true)],
                    is_of_operations: true,
                };
                let fields = vec![masked("body $.email", Mask::Full, None), own];
                Says::Masked(Masking { fields, beyond: Some(beyond) })
            }
            Some(Says::Masked(_)) => {
                Says::Required(vec![place("body $.item"), place("query page")])
            }
            Some(Says::Required(_)) => {
                let number = Bounds { buckets: Some((-3, 40)), bytes_max: 9 };
                let text = Bounds { buckets: None, bytes_max: u32::MAX };
                Says::Bounds(vec![(place("body $.quantity"), number), (place("body $.note"), text)])
            }
            Some(Says::Bounds(_)) => Says::Credential,
            Some(Says::Credential) => Says::Tls { certificate: true },
            Some(Says::Tls { .. }) => {
                let (strangers, others) = (vec![7, u32::MAX], vec![9]);
                Says::Role(vec![Kinds { claim: "realm_access.roles".into(), strangers, others }])
            }
            Some(Says::Role(_)) => return None,
        })
    }

    fn owned(is_exclusive: bool) -> Owned {
        let (place, owners) = ("body $.ownerId".parse().unwrap(), Resource(8));
        Owned { place, owners, is_exclusive, unless_given: false }
    }

    fn masked(place: &str, mask: Mask, unless_own: Option<Owned>) -> Masked {
        let class = "email".parse().unwrap_or_else(|_| panic!("a class"));
        Masked { place: place.parse().unwrap(), class, mask, unless_own }
    }

    fn every_kind() -> Vec<Says> {
        std::iter::successors(after(None), |it| after(Some(it))).collect()
    }

    fn decided(service: &str, path: &str, says: Says, held: Held) -> Decided {
        let (service, path) = (service.to_owned(), path.to_owned());
        let which = Which { service, method: Method::Post, path, clause: says.clause() };
        let resource = Resource(7);
        let place: Place = "body $.items[*].id".parse().unwrap();
        let by = |path: &str| {
            let (path, place) = (path.to_owned(), place.clone());
            vec![Handing { method: Method::Get, path, place, resource }]
        };
        let handing = if says.clause().is_harm() { by("/orders") } else { Vec::new() };
        let showing = if says.clause().is_harm() { by("/me") } else { Vec::new() };
        let known = vec!["body $.item".parse().unwrap(), r"query a\x5bb".parse().unwrap()];
        Decided {
            which,
            held,
            says,
            known,
            handing,
            showing,
            claims: vec![("https://a.example/tenant".into(), Resource(8))],
            others: Others::default(),
            refused: 3,
            is_imported: false,
            by: Some("mara".to_owned()),
            at_us: 9,
            reason: "so".to_owned(),
        }
    }

    fn why() -> Because {
        Because { by: None, at_us: 1, reason: "imported".to_owned() }
    }

    /// Every kind, held in every way, of a described endpoint and of one that is not; and one that was withdrawn.
    fn everything() -> Contracts {
        let mut all = Contracts::default();
        for (n, held) in Held::ALL.iter().enumerate() {
            for says in every_kind() {
                let path = if n == 0 { "/v1/orders/{id}".to_owned() } else { format!("/é/{n}") };
                all.decided.push(decided("shop", &path, says, *held));
            }
        }
        all.decided.push(decided("shop", "/gone", Says::OnlyKnown, Held::Off));
        all.decided.push(decided("bank", "/", Says::OnlyKnown, Held::Suspended));
        let gone = all.decided.iter().find(|it| it.which.path == "/gone").unwrap().which.id();
        all.decide(&gone, Decision::Withdraw, &[], &why()).unwrap();
        all
    }

    fn api() -> Api {
        let text = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\nservers: [{url: /v1}]\npaths:\n  \
                    /orders/{orderId}:\n    post: {responses: {'200': {description: ok}}}\n";
        let read =
            bartizan_spec::read(text, "shop.yaml", &bartizan_spec::no_files, &Limits::default());
        read.unwrap().api
    }

    fn imported(into: &Contracts, text: &str) -> (Contracts, usize) {
        let planned = into.plan(&read(text).unwrap());
        let conflicts = planned.iter().filter(|it| it.is_conflict).count();
        let mut all = into.clone();
        all.carry_out(&planned, &[], &why()).unwrap();
        (all, conflicts)
    }

    #[test]
    fn what_is_exported_and_imported_is_exported_byte_for_byte() {
        let all = everything();
        type Form = fn(&Contracts) -> String;
        let shop = |all: &Contracts| of(all, Some("shop"));
        let forms: [(&str, Form); 6] = [
            ("json", |all| text(&of(all, None))),
            ("yaml", |all| openapi(&of(all, Some("shop")), api(), Options::default())),
            ("openapi", |all| {
                let options = Options { format: Format::Json, ..Options::default() };
                openapi(&of(all, Some("shop")), api(), options)
            }),
            ("3.2", |all| {
                let version = bartizan_spec::Version::V32;
                openapi(&of(all, Some("shop")), api(), Options { version, ..Options::default() })
            }),
            ("overlay", |all| overlay(&of(all, Some("shop")), &api(), Format::Yaml)),
            ("overlay json", |all| overlay(&of(all, Some("shop")), &api(), Format::Json)),
        ];
        assert_eq!(shop(&all).len(), Held::ALL.len() + 1);
        for (name, form) in forms {
            let written = form(&all);
            let (fresh, conflicts) = imported(&Contracts::default(), &written);
            assert_eq!((form(&fresh).as_str(), conflicts), (written.as_str(), 0), "{name}");
            // And nothing is left to be changed, here or there.
            assert!(fresh.plan(&read(&written).unwrap()).is_empty(), "{name}");
            assert!(all.plan(&read(&written).unwrap()).is_empty(), "{name}");
        }
    }

    #[test]
    fn terms_stand_with_the_operations_that_they_are_of() {
        let all = of(&everything(), Some("shop"));
        let written = openapi(&all, api(), Options::default());
        let root = parse(&written, 0, &Limits::default(), &mut Diagnostics::up_to(0)).unwrap();
        let operation = root.get("paths").unwrap().get("/orders/{orderId}").unwrap().get("post");
        let terms = operation.unwrap().get(EXTENSION).unwrap().list().unwrap();
        assert_eq!(terms[0].get("path").unwrap().text(), Some("/v1/orders/{id}"));
        assert_eq!(root.get(EXTENSION).unwrap().list().unwrap().len(), all.len() - 1);
        let written = overlay(&all, &api(), Format::Yaml);
        assert!(written.contains("$.paths['/orders/{orderId}'].post"), "{written}");
    }

    fn held(all: &Contracts, path: &str) -> &'static str {
        super::super::name(all.decided.iter().find(|it| it.which.path == path))
    }

    fn one(held: Held) -> Contracts {
        let decided = vec![decided("shop", "/a", Says::OnlyKnown, held)];
        Contracts { decided, ..Contracts::default() }
    }

    #[test]
    fn an_edited_document_is_taken_and_edited_again() {
        let all = one(Held::As(Force::Canary));
        let written = text(&of(&all, None)).replace("canary", "enforce");
        let (all, conflicts) = imported(&all, &written);
        assert_eq!((held(&all, "/a"), conflicts), ("enforce", 0));
        assert_eq!((all.revision, all.history[0].force), (1, "enforce"));
        assert_eq!(all.history[0].before.as_ref().unwrap().held, Held::As(Force::Canary));
        // What it was made from is older by now, and nobody else decided.
        let (all, conflicts) = imported(&all, &written.replace("enforce", "observe"));
        assert_eq!((held(&all, "/a"), conflicts), ("observe", 0));
        let (all, conflicts) = imported(&all, &written.replace("enforce", WITHDRAWN));
        assert_eq!((held(&all, "/a"), conflicts), (WITHDRAWN, 0));
    }

    #[test]
    fn whoever_decided_meanwhile_is_not_overruled() {
        let mut all = one(Held::As(Force::Canary));
        let written = text(&of(&all, None)).replace("canary", "enforce");
        let id = all.decided[0].which.id();
        for decision in [Decision::Hold(Held::Suspended), Decision::Withdraw] {
            all.decide(&id, decision, &[], &why()).unwrap();
            let planned = all.plan(&read(&written).unwrap());
            assert!(planned.len() == 1 && planned[0].is_conflict, "{decision:?}");
        }
        // Who decided as the document says is no conflict.
        let mut all = one(Held::As(Force::Canary));
        all.decide(&id, Decision::Hold(Held::As(Force::Enforced)), &[], &why()).unwrap();
        assert!(all.plan(&read(&written).unwrap()).is_empty());
        // What was imported and then decided on is not the document's any more.
        let (mut all, _) = imported(&one(Held::As(Force::Canary)), &written);
        all.decide(&id, Decision::Hold(Held::Off), &[], &why()).unwrap();
        assert!(all.plan(&read(&written).unwrap())[0].is_conflict);
    }

    #[test]
    fn names_are_read_as_they_are_compared_and_variables_have_none() {
        let says = Says::ReadOnly(vec!["isadmin".into()]);
        let decided = vec![decided("shop", "/a/{x}", says, Held::Off)];
        let all = Contracts { decided, ..Contracts::default() };
        let written = text(&of(&all, None)).replace("isadmin", "is_Admin").replace("{x}", "{id}");
        assert!(all.plan(&read(&written).unwrap()).is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let written = text(&of(&one(Held::Off), None));
        let twice = |it: &str| {
            let root: Value = serde_json::from_str(it).unwrap();
            let endpoint = &root["endpoints"][0];
            json!({"schema": SCHEMA, "endpoints": [endpoint, endpoint]}).to_string()
        };
        for (text, says) in [
            ("{}".to_owned(), "is no document of bartizan.contract/v1, OpenAPI or Overlay"),
            ("- x".to_owned(), "is no document"),
            (written.replace(SCHEMA, "bartizan.contract/v2"), "is no document"),
            (
                written.replace("shape.undeclared", "shape.everything"),
                "`shape.everything` is no clause",
            ),
            (written.replace("shape.undeclared", "content.sqli"), "no clause of single endpoints"),
            (written.replace("shape.undeclared", "shape.type"), "says what is of shape.undeclared"),
            (written.replace("\"off\"", "\"softly\""), "`softly` is no force"),
            (written.replace("POST", "STEAL"), "`STEAL` is no method"),
            (written.replace("\"/a\"", "\"a\""), "the endpoint is none"),
            (written.replace("\"shop\"", "\"\""), "the service is none"),
            (written.replace("body $.item", "$.item"), "`$.item` is no place"),
            (written.replace("\"known\"", "\"knows\""), "unknown field `knows`"),
            (written.replace("\"only_known\"", "null"), "`says` is missing"),
            (twice(&written), "is there twice"),
        ] {
            let why = read(&text).unwrap_err();
            assert!(why.contains(says), "{why}\n{text}");
        }
    }
}
