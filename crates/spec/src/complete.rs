//! An API with everything that readers of descriptions expect and learnt ones lack: whom to ask, names and
//! descriptions of operations, declared tags and variables, nothing unused.
//!
//! What is added says nothing about values, so that no call is judged differently by it.
//!
//! Source   the rules `spectral:oas` of Spectral, which many pipelines hold descriptions to.

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::{
    Api, Contact, Operation, Parameter, ParameterPlace, Response, Schema, Segment, Server,
    ServerVariable, Status, Tag,
};

/// Adds what is missing, and drops schemas that nothing refers to.
#[must_use]
pub fn complete(api: &Api) -> Api {
    let mut api = api.clone();
    head(&mut api);
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for operation in &mut api.operations {
        // The first one keeps an id that two have.
        operation.id = operation.id.take().filter(|it| ids.insert(it.clone()));
    }
    let mut next = BTreeMap::new();
    for operation in &mut api.operations {
        if operation.id.is_none() {
            operation.id = Some(free_id(operation, &mut ids, &mut next));
        }
        complete_operation(operation);
    }
    declare_tags(&mut api);
    drop_unused(&mut api);
    api
}

fn head(api: &mut Api) {
    let given = |text: &mut String, default: &str| {
        if text.is_empty() {
            default.clone_into(text);
        }
    };
    given(&mut api.title, "API");
    given(&mut api.version, "0");
    let title = &api.title;
    api.description.get_or_insert_with(|| format!("The operations of {title}."));
    let contact = Contact { name: Some(title.clone()), ..Contact::default() };
    api.contact.get_or_insert(contact);
    if api.servers.is_empty() {
        api.servers.push(Server::new("/"));
    }
    for server in &mut api.servers {
        declare_variables(server);
    }
}

/// Gives variables of a URL that are not declared their own name as value.
fn declare_variables(server: &mut Server) {
    let mut rest = server.url.as_str();
    while let Some((_, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        let variable = ServerVariable { default: name.to_owned(), ..ServerVariable::default() };
        server.variables.entry(name.to_owned()).or_insert(variable);
        rest = tail;
    }
}

fn complete_operation(operation: &mut Operation) {
    if operation.description.as_ref().is_none_or(String::is_empty) {
        let call = format!("`{} {}`", operation.method, operation.path);
        operation.description = Some(operation.summary.clone().unwrap_or(call));
    }
    if operation.tags.is_empty() {
        operation.tags.push(tag(operation).to_owned());
    }
    if !operation.responses.keys().any(|it| it.is_success()) {
        let response = Response::new("No successful response is known.");
        operation.responses.insert(Status::Class(2), response);
    }
    let is_declared = |name: &str, all: &[Parameter]| {
        all.iter().any(|it| it.place == ParameterPlace::Path && it.name == name)
    };
    let names: Vec<_> = operation.path.variables().map(str::to_owned).collect();
    for name in names {
        if !is_declared(&name, &operation.parameters) {
            let parameter = Parameter::new(ParameterPlace::Path, name, Schema::string());
            operation.parameters.push(parameter);
        }
    }
    operation.servers.iter_mut().for_each(declare_variables);
}

/// The first word of the path that is not a version.
fn tag(operation: &Operation) -> &str {
    let words = operation.path.segments().iter().filter_map(|it| match it {
        Segment::Literal(text) if !text.is_empty() => Some(text.as_str()),
        Segment::Literal(_) | Segment::Variable(_) | Segment::Mixed(_) => None,
    });
    let is_version = |it: &&str| {
        let digits = it.strip_prefix(['v', 'V']).unwrap_or_default();
        *it == "api"
            || (!digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit() || it == b'.'))
    };
    let mut words = words.filter(|it| !is_version(it));
    words.next().unwrap_or("default")
}

/// `getOrdersById` for `GET /orders/{id}`; with a number if another operation has it.
fn free_id(
    operation: &Operation,
    ids: &mut BTreeSet<String>,
    next: &mut BTreeMap<String, u64>,
) -> String {
    let mut id = operation.method.to_ascii_lowercase();
    id.retain(|it| it.is_ascii_alphanumeric());
    for part in operation.path.as_str().split(['/', '.', ':']) {
        let is_variable = part.contains('{');
        let words = part.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
        for (at, word) in words.enumerate() {
            if is_variable && at == 0 {
                id.push_str("By");
            }
            let mut chars = word.chars();
            id.extend(chars.next().map(|it| it.to_ascii_uppercase()));
            id.push_str(chars.as_str());
        }
    }
    let mut found = id.clone();
    while !ids.insert(found.clone()) {
        let number = next.entry(id.clone()).or_insert(1);
        *number += 1;
        found = format!("{id}{number}");
    }
    found
}

fn declare_tags(api: &mut Api) {
    let mut declared: BTreeSet<String> = api.tags.iter().map(|it| it.name.clone()).collect();
    for name in api.operations.iter().flat_map(|it| &it.tags) {
        if declared.insert(name.clone()) {
            api.tags.push(Tag { name: name.clone(), ..Tag::default() });
        }
    }
}

fn drop_unused(api: &mut Api) {
    let mut used = BTreeSet::new();
    let mut waiting: Vec<&Schema> = api.operations.iter().flat_map(schemas).collect();
    while let Some(schema) = waiting.pop() {
        let mapped = schema.discriminator.iter().flat_map(|it| it.mapping.values());
        for name in schema.reference.iter().chain(mapped) {
            if used.insert(name.clone()) {
                waiting.extend(api.schemas.get(name));
            }
        }
        waiting.extend(schema.parts());
    }
    api.schemas.retain(|name, _| used.contains(name));
    let asked = api.operations.iter().flat_map(|it| it.security.iter().flatten());
    let asked: BTreeSet<_> = asked.flat_map(|it| it.keys().cloned()).collect();
    api.security_schemes.retain(|name, _| asked.contains(name));
}

/// The schemas that an operation is directly made of.
fn schemas(operation: &Operation) -> impl Iterator<Item = &Schema> {
    let parameters = operation.parameters.iter();
    let of_parameters = parameters.clone().filter_map(|it| it.schema.as_ref());
    let responses = operation.responses.values();
    let of_headers = responses.clone().flat_map(|it| it.headers.values());
    let of_headers = of_headers.filter_map(|it| it.schema.as_ref());
    let contents = parameters.map(|it| &it.content).chain(responses.map(|it| &it.content));
    let contents = contents.chain(operation.body.iter().map(|it| &it.content));
    let of_contents = contents.flat_map(|it| it.values());
    let of_contents = of_contents.flat_map(|it| it.schema.iter().chain(&it.item_schema));
    of_parameters.chain(of_headers).chain(of_contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_operation_gets_what_readers_expect() {
        let mut api = Api::default();
        for (method, path) in
            [("get", "/v1/orders/{id}"), ("GET", "/v1/orders/{id}.json"), ("PURGE", "/{x}")]
        {
            api.operations.push(Operation::new(method, path).unwrap());
        }
        let done = complete(&api);
        assert_eq!(done.servers, [Server::new("/")]);
        assert!(done.contact.is_some() && done.description.is_some() && !done.title.is_empty());
        let ids: Vec<_> = done.operations.iter().map(|it| it.id.as_deref().unwrap()).collect();
        assert_eq!(ids, ["getV1OrdersById", "getV1OrdersByIdJson", "purgeByX"]);
        let first = &done.operations[0];
        assert_eq!(first.tags, ["orders"]);
        assert_eq!(first.description.as_deref(), Some("`GET /v1/orders/{id}`"));
        assert_eq!(first.parameters[0].name, "id");
        assert!(first.responses.contains_key(&Status::Class(2)));
        let tags: Vec<_> = done.tags.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(tags, ["orders", "default"]);
    }

    #[test]
    fn what_is_given_stays_and_a_second_pass_adds_nothing() {
        let mut operation = Operation::new("GET", "/a").unwrap();
        operation.id = Some("a".to_owned());
        operation.summary = Some("s".to_owned());
        operation.responses.insert(Status::Code(302), Response::new("moved"));
        let mut api = Api::new("Shop", "1");
        api.servers.push(Server::new("https://{r}.a.test"));
        api.operations = vec![operation.clone(), operation];
        let done = complete(&api);
        assert_eq!(done.operations[0].id.as_deref(), Some("a"));
        assert_eq!(done.operations[1].id.as_deref(), Some("getA"));
        assert_eq!(done.operations[0].description.as_deref(), Some("s"));
        assert_eq!(done.operations[0].responses.len(), 1);
        assert_eq!(done.servers[0].variables["r"].default, "r");
        assert_eq!(complete(&done), done);
    }

    #[test]
    fn only_schemas_that_operations_lead_to_are_kept() {
        let mut operation = Operation::new("GET", "/a").unwrap();
        let list = Schema::list(Schema::named("A"));
        operation
            .responses
            .insert(Status::Code(200), Response::new("d").with("application/json", list));
        let mut api = Api::new("t", "v");
        api.operations.push(operation);
        let a = Schema::object([("b", Schema::named("B")), ("gone", Schema::named("Gone"))]);
        for (name, schema) in [("A", a), ("B", Schema::string()), ("C", Schema::named("C"))] {
            api.schemas.insert(name.to_owned(), schema);
        }
        let done = complete(&api);
        assert_eq!(done.schemas.keys().collect::<Vec<_>>(), ["A", "B"]);
    }
}
