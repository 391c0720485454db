//! The URL of a request: where the server is, and the template of the path.
//!
//! Reads    a URL as Postman writes it, with `{{variables}}` and `:variables`.
//! Writes   a server without credentials and query; a template in which every segment that looks like a value
//!          is a variable; the names of query parameters.
//! Misses   variables of environments and globals: a server that is one of them is `https://{name}`, without
//!          a base path.

use std::collections::BTreeMap;

use bartizan_model::api::{PathTemplate, Server, ServerVariable, TemplateError};

use super::values::{is_value, is_value_in_path};

/// Variables whose values hold variables.
const ROUNDS: usize = 4;
/// Bytes of a path.
const PATH_BYTES_MAX: usize = 4_096;
/// Bytes of a server.
const SERVER_BYTES_MAX: usize = 512;

/// Variables of a collection.
pub(super) type Variables<'d> = BTreeMap<&'d str, &'d str>;

/// A URL in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// `None` if the URL is a path.
    pub(super) server: Option<Server>,
    /// The variable that the server is, if its value is not known or is no server.
    pub(super) unknown: Option<String>,
    /// The path.
    pub(super) template: PathTemplate,
    /// Names of query parameters, as written.
    pub(super) query: Vec<String>,
}

impl Url {
    /// Takes a URL apart.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] if its path is too long for a template.
    pub(super) fn of(text: &str, variables: &Variables<'_>) -> Result<Self, TemplateError> {
        let text = text.trim();
        let text = split_outside(text, "#").0;
        let (text, query) = split_outside(text, "?");
        let (base, path) = split_base(text);
        let (server, unknown) = server(base, variables);
        let query = query.split('&').map(|it| it.split('=').next().unwrap_or_default());
        let query = query.filter(|it| !it.is_empty()).map(str::to_owned).collect();
        Ok(Self { server, unknown, template: template(path)?, query })
    }
}

/// Splits at a mark that does not stand in a variable.
fn split_outside<'a>(text: &'a str, mark: &str) -> (&'a str, &'a str) {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(found) = rest.find(mark) else { break };
        match rest.find("{{").filter(|it| *it < found) {
            Some(open) => match rest.get(open..).and_then(|it| it.find("}}")) {
                Some(close) => at += open + close + 2,
                None => break,
            },
            None => {
                let (before, behind) = text.split_at(at + found);
                return (before, behind.get(mark.len()..).unwrap_or_default());
            }
        }
    }
    (text, "")
}

/// What stands before the path, and the path.
fn split_base(text: &str) -> (&str, &str) {
    let scheme = text.split_once("://").filter(|it| !it.0.contains('/'));
    let scheme = scheme.map_or(0, |it| it.0.len() + 3);
    let authority = split_outside(text.get(scheme..).unwrap_or_default(), "/").0;
    text.split_at(scheme + authority.len())
}

/// The server that a base is; its variable, where it is not known.
fn server(base: &str, variables: &Variables<'_>) -> (Option<Server>, Option<String>) {
    if base.is_empty() {
        return (None, None);
    }
    let known = substituted(base, variables);
    if let Some(url) = server_url(&known) {
        return (Some(Server::new(url)), None);
    }
    // Of several variables, the first one stands for all.
    let opened = base.split_once("{{").and_then(|it| it.1.split_once("}}"));
    let name = opened.map_or_else(|| "host".to_owned(), |it| variable_name(it.0));
    let mut server = Server::new(format!("https://{{{name}}}"));
    let variable = ServerVariable { default: name.clone(), ..ServerVariable::default() };
    server.variables.insert(name.clone(), variable);
    (Some(server), Some(name))
}

/// The text with the values of variables in their places.
fn substituted(text: &str, variables: &Variables<'_>) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("{{") {
            let Some((name, tail)) = behind.split_once("}}") else { break };
            out.push_str(before);
            match variables.get(name.trim()) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("{{{{{name}}}}}")),
            }
            rest = tail;
        }
        out.push_str(rest);
        if out == text || out.len() > SERVER_BYTES_MAX {
            break;
        }
        text = out;
    }
    text
}

/// Scheme, host, port and a path of plain words; nothing else of a URL is kept.
fn server_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let is_scheme = ["http", "https", "ws", "wss"].contains(&scheme);
    // A query in a server is no part of it.
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next()?;
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b".-:[]".contains(&it);
    let is_host = !host.is_empty() && host.bytes().all(is_part);
    let path = path.trim_end_matches('/');
    let is_plain =
        path.is_empty() || path.split('/').all(|it| !it.is_empty() && !is_value_in_path(it));
    if !is_scheme || !is_host || !is_plain || text.len() > SERVER_BYTES_MAX {
        return None;
    }
    let slash = if path.is_empty() { "" } else { "/" };
    Some(format!("{scheme}://{host}{slash}{path}"))
}

/// The template of a path. Names that are there twice get a number.
fn template(path: &str) -> Result<PathTemplate, TemplateError> {
    if path.len() > PATH_BYTES_MAX {
        return Err(TemplateError::TooLong);
    }
    let mut names = Vec::new();
    let mut out = String::new();
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        out.push('/');
        out.push_str(&self::segment(segment, &mut names));
    }
    PathTemplate::parse(&out)
}

fn segment(text: &str, names: &mut Vec<String>) -> String {
    if let Some(rest) = text.strip_prefix(':').filter(|it| !it.is_empty()) {
        let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
        let end = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        let tail = if is_value_in_path(tail) { "" } else { tail };
        return format!("{}{tail}", variable(name, names));
    }
    let mut out = String::new();
    let mut rest = text;
    let before = names.len();
    while let Some((literal, behind)) = rest.split_once('{') {
        let behind = behind.strip_prefix('{').unwrap_or(behind);
        let Some((name, tail)) = behind.split_once('}') else { break };
        out.push_str(literal);
        out.push_str(&variable(name, names));
        if is_value_in_path(literal) {
            names.truncate(before);
            return variable("id", names);
        }
        rest = tail.strip_prefix('}').unwrap_or(tail);
    }
    if is_value_in_path(rest) {
        names.truncate(before);
        return variable("id", names);
    }
    out.push_str(rest);
    out
}

/// A variable in braces, with a name that is not there yet.
fn variable(name: &str, names: &mut Vec<String>) -> String {
    let stem = variable_name(name);
    let mut name = stem.clone();
    let mut number = 2;
    while names.contains(&name) {
        name = format!("{stem}{number}");
        number += 1;
    }
    names.push(name.clone());
    format!("{{{name}}}")
}

/// A name of letters and digits; `$guid` is `guid`.
fn variable_name(text: &str) -> String {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.');
    let text = text.trim().trim_start_matches('$');
    let name: String = text.chars().map(|it| if is_part(it) { it } else { '_' }).collect();
    if name.is_empty() || is_value(text) { "id".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, server: &str, template: &str, query: &[&str]) {
        let variables = Variables::from([
            ("baseUrl", "https://user:secret@api.test:8443/v1/?key=secret"),
            ("host", "{{name}}.test"),
            ("name", "shop"),
            ("loop", "{{loop}}x"),
        ]);
        let url = Url::of(text, &variables).unwrap();
        let url_of = |it: &Server| it.url.clone();
        assert_eq!(url.server.as_ref().map(url_of).unwrap_or_default(), server, "{text}");
        assert_eq!(url.template.as_str(), template, "{text}");
        assert_eq!(url.query, query, "{text}");
    }

    #[test]
    fn a_url_is_a_server_a_template_and_names() {
        check(
            "https://a.test/v1/orders?page=1&x#y",
            "https://a.test",
            "/v1/orders",
            &["page", "x"],
        );
        check("https://u:p@a.test:8080", "https://a.test:8080", "/", &[]);
        check("localhost:3000/a", "http://localhost:3000", "/a", &[]);
        check("{{host}}/a/", "http://shop.test", "/a/", &[]);
        check("https://{{host}}/a", "https://shop.test", "/a", &[]);
        check("/a", "", "/a", &[]);
        check("", "", "/", &[]);
    }

    #[test]
    fn a_server_that_is_not_known_is_its_variable() {
        check("{{root}}/a", "https://{root}", "/a", &[]);
        check("https://{{root}}.test:{{port}}/a", "https://{root}", "/a", &[]);
        check("{{loop}}/a", "https://{loop}", "/a", &[]);
        check("ftp://a.test/a", "https://{host}", "/a", &[]);
        check("{{a?b#c/d}}/x?y={{z?}}", "https://{a_b_c_d}", "/x", &["y"]);
        check("{{", "https://{host}", "/", &[]);
    }

    #[test]
    fn credentials_and_queries_of_a_server_are_not_kept() {
        check("{{baseUrl}}/a", "https://api.test:8443/v1", "/a", &[]);
        check("/to/https://a.test", "", "/to/https://a.test", &[]);
    }

    #[test]
    fn a_path_that_is_too_long_is_none() {
        for text in ["/:a".repeat(1_000_000), "/a".repeat(129), format!("/{}", "a".repeat(4_096))] {
            let found = Url::of(&text, &Variables::new());
            assert_eq!(found.unwrap_err(), TemplateError::TooLong);
        }
    }

    #[test]
    fn segments_with_values_are_variables() {
        check("/orders/:id/items/:id", "", "/orders/{id}/items/{id2}", &[]);
        check("/orders/{{orderId}}.json", "", "/orders/{orderId}.json", &[]);
        check("/orders/{orderId}/{{$guid}}", "", "/orders/{orderId}/{guid}", &[]);
        check("/orders/17/x/550e8400-e29b-41d4-a716-446655440000", "", "/orders/{id}/x/{id2}", &[]);
        check("/a/{{x}}-secret12345", "", "/a/{id}", &[]);
        check("/a/:x.json/:/:y%20", "", "/a/{x}.json/:/{y}", &[]);
        check("/a/{b", "", "/a/{id}", &[]);
        check("/a/{}/b}c", "", "/a/{id}/{id2}", &[]);
    }
}
