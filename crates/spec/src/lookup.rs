//! Which operation a request is for.
//!
//! Reads    an [`Api`], once; then paths in the canonical spelling that the rest of the product judges.
//! Memory   one node for each segment of each template and base path.
//! Errors   none; templates that cannot be placed are counted ([`Lookup::left_out`]).
//! Misses   host names: base paths of all servers lie in one tree. A path that would take more than
//!          2,048 steps to rule out is not found.
//! Source   OpenAPI Specification 3.2.0, section 4.8.2: fixed paths before templated ones.

use std::collections::BTreeSet;

use bartizan_model::api::{Api, Operation, Part, PathTemplate, Segment, Server};

/// Nodes that one search looks at.
const VISITS_MAX: u32 = 2_048;
/// Values of a server's variables that are told apart; beyond it, any value fits.
const SPELLINGS_MAX: usize = 32;

/// Base paths of one API or operation.
const BASES_MAX: usize = 16;
/// Mixed segments in one place; a search tries them one by one.
const MIXED_MAX: usize = 256;

/// Operations by path.
#[derive(Clone, Debug)]
pub struct Lookup {
    nodes: Vec<Node>,
    /// For each template the methods and the operations.
    templates: Vec<Vec<(Box<str>, Match)>>,
    left_out: usize,
}

/// An operation that a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its number in [`Api::operations`].
    pub operation: usize,
    /// Segments of the path that belong to a server and not to the template.
    pub base_segments: usize,
}

/// The methods of one template.
pub type Methods<'a> = &'a [(Box<str>, Match)];

#[derive(Clone, Debug, Default)]
struct Node {
    /// Sorted.
    literals: Vec<(Box<str>, usize)>,
    /// Those with more fixed text first.
    mixed: Vec<(Vec<Part>, usize)>,
    variable: Option<usize>,
    /// The template of a variable that takes the rest of the path: `{path+}`.
    rest: Option<usize>,
    template: Option<usize>,
}

impl Lookup {
    /// Arranges the operations of `api` below the base paths of their servers.
    pub fn of(api: &Api) -> Self {
        let mut lookup = Self { nodes: vec![Node::default()], templates: Vec::new(), left_out: 0 };
        let shared = bases(&api.servers, &mut lookup.left_out);
        for (number, operation) in api.operations.iter().enumerate() {
            if operation.servers.is_empty() {
                shared.iter().for_each(|it| lookup.add(it, number, operation));
            } else {
                let own = bases(&operation.servers, &mut lookup.left_out);
                own.iter().for_each(|it| lookup.add(it, number, operation));
            }
        }
        lookup
    }

    /// Base paths and operations that have no place: a base path that is no template or the seventeenth, a
    /// second operation of the same method and shape, the 257th mixed segment in one place.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The operation of `method`, in upper case, on `path`: a path without query, as requests have it. Of
    /// several templates the one with the earlier fixed text is meant, if it has the method.
    pub fn find(&self, method: &str, path: &str) -> Option<Match> {
        let mut found = None;
        self.search(path, |methods| {
            let place = methods.binary_search_by(|it| (*it.0).cmp(method)).ok();
            found = place.and_then(|it| methods.get(it)).map(|it| it.1);
            found.is_some()
        });
        found
    }

    /// The methods of the template that `path` fits best, empty if it fits none.
    pub fn methods(&self, path: &str) -> Methods<'_> {
        let mut found: Methods<'_> = &[];
        self.search(path, |methods| {
            found = methods;
            true
        });
        found
    }

    fn search<'a>(&'a self, path: &str, mut is_it: impl FnMut(Methods<'a>) -> bool) {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let mut visits = 0;
        self.walk(0, Some(rest), &mut visits, &mut is_it);
    }

    fn walk<'a>(
        &'a self,
        at: usize,
        rest: Option<&str>,
        visits: &mut u32,
        is_it: &mut impl FnMut(Methods<'a>) -> bool,
    ) -> bool {
        *visits += 1;
        let Some(node) = self.nodes.get(at).filter(|_| *visits <= VISITS_MAX) else { return false };
        let methods = |template: Option<usize>| template.and_then(|it| self.templates.get(it));
        let Some(rest) = rest else { return methods(node.template).is_some_and(|it| is_it(it)) };
        let (segment, tail) = match rest.split_once('/') {
            Some((segment, tail)) => (segment, Some(tail)),
            None => (rest, None),
        };
        if let Ok(found) = node.literals.binary_search_by(|it| (*it.0).cmp(segment))
            && let Some(&(_, next)) = node.literals.get(found)
            && self.walk(next, tail, visits, is_it)
        {
            return true;
        }
        for (parts, next) in &node.mixed {
            if fits(parts, segment) && self.walk(*next, tail, visits, is_it) {
                return true;
            }
        }
        if let Some(next) = node.variable
            && !segment.is_empty()
            && self.walk(next, tail, visits, is_it)
        {
            return true;
        }
        !rest.is_empty() && methods(node.rest).is_some_and(|it| is_it(it))
    }

    fn add(&mut self, base: &[Segment], number: usize, operation: &Operation) {
        let mut at = 0;
        let own = operation.path.segments();
        let last = own.len().saturating_sub(1);
        for segment in base.iter().chain(own.get(..last).unwrap_or_default()) {
            let Some(child) = self.child(at, segment) else { return };
            at = child;
        }
        let found = match own.get(last) {
            Some(Segment::Variable(name)) if name.ends_with('+') => self.template(at, true),
            Some(segment) => self.child(at, segment).and_then(|it| self.template(it, false)),
            None => None,
        };
        let Some(methods) = found.and_then(|it| self.templates.get_mut(it)) else { return };
        let method = operation.method.as_str();
        let found = Match { operation: number, base_segments: base.len() };
        match methods.binary_search_by(|it| (*it.0).cmp(method)) {
            Ok(_) => self.left_out += 1,
            Err(place) => methods.insert(place, (method.into(), found)),
        }
    }

    fn template(&mut self, at: usize, takes_rest: bool) -> Option<usize> {
        let new = self.templates.len();
        let node = self.nodes.get_mut(at)?;
        let place = if takes_rest { &mut node.rest } else { &mut node.template };
        let found = *place.get_or_insert(new);
        if found == new {
            self.templates.push(Vec::new());
        }
        Some(found)
    }

    /// The node below `at` for this segment; a new one, if there is none yet. `None` if there is no room.
    fn child(&mut self, at: usize, segment: &Segment) -> Option<usize> {
        let new = self.nodes.len();
        let node = self.nodes.get_mut(at)?;
        let found = match segment {
            Segment::Literal(text) => {
                let text = canonical(text);
                match node.literals.binary_search_by(|it| (*it.0).cmp(&text)) {
                    Ok(found) => node.literals.get(found).map_or(new, |it| it.1),
                    Err(place) => {
                        node.literals.insert(place, (text.into(), new));
                        new
                    }
                }
            }
            Segment::Variable(_) => *node.variable.get_or_insert(new),
            Segment::Mixed(parts) => {
                let parts = nameless(parts);
                match node.mixed.iter().find(|it| it.0 == parts) {
                    Some(it) => it.1,
                    None if node.mixed.len() >= MIXED_MAX => {
                        self.left_out += 1;
                        return None;
                    }
                    None => {
                        let fixed = |parts: &[Part]| parts.iter().map(fixed_bytes).sum::<usize>();
                        let place = node.mixed.partition_point(|it| fixed(&it.0) >= fixed(&parts));
                        node.mixed.insert(place, (parts, new));
                        new
                    }
                }
            }
        };
        if found == new {
            self.nodes.push(Node::default());
        }
        Some(found)
    }
}

impl Match {
    /// The variables of the operation's template and their values in `path`, as they are spelt there.
    pub fn values<'p>(&self, template: &'p PathTemplate, path: &'p str) -> Vec<(&'p str, &'p str)> {
        let mut values: Vec<(&str, &str)> = Vec::new();
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        for _ in 0..self.base_segments {
            rest = rest.split_once('/').map_or("", |it| it.1);
        }
        for segment in template.segments() {
            let (text, tail) = rest.split_once('/').unwrap_or((rest, ""));
            match segment {
                Segment::Literal(_) => {}
                Segment::Variable(name) if name.ends_with('+') => values.push((name, rest)),
                Segment::Variable(name) => values.push((name, text)),
                Segment::Mixed(parts) => {
                    pieces(parts, text, |name, value| values.push((name, value)));
                }
            }
            rest = tail;
        }
        values
    }
}

/// Base paths as segments, with the values of variables put in where they are known.
fn bases(servers: &[Server], left_out: &mut usize) -> Vec<Vec<Segment>> {
    let mut found: BTreeSet<Vec<Segment>> = BTreeSet::new();
    for server in servers {
        for path in spellings(server) {
            let segments = match path.as_str() {
                "" => Ok(Vec::new()),
                path => PathTemplate::parse(path).map(|it| it.segments().to_vec()),
            };
            match segments {
                Ok(segments) if found.len() < BASES_MAX || found.contains(&segments) => {
                    found.insert(segments);
                }
                Ok(_) | Err(_) => *left_out += 1,
            }
        }
    }
    if found.is_empty() { vec![Vec::new()] } else { found.into_iter().collect() }
}

fn spellings(server: &Server) -> Vec<String> {
    let mut paths = vec![server.base_path().to_owned()];
    for (name, variable) in &server.variables {
        let pattern = format!("{{{name}}}");
        let is_used = paths.iter().any(|it| it.contains(&pattern));
        let too_many = paths.len().saturating_mul(variable.values.len()) > SPELLINGS_MAX;
        if !is_used || variable.values.is_empty() || too_many {
            continue;
        }
        let with = |path: &String| {
            variable.values.iter().map(|it| path.replace(&pattern, it)).collect::<Vec<_>>()
        };
        paths = paths.iter().flat_map(with).collect();
    }
    for path in &mut paths {
        let trimmed = path.trim_end_matches('/').len();
        path.truncate(trimmed);
        if !path.is_empty() && !path.starts_with('/') {
            path.insert(0, '/');
        }
    }
    paths
}

/// A fixed text in the spelling of requests: what RFC 3986 does not allow in a path is escaped, and
/// escapes of what needs none are undone.
fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|it| str::from_utf8(it).ok());
        let digits = digits.filter(|it| byte == b'%' && !it.starts_with('+'));
        let escaped = digits.and_then(|it| u8::from_str_radix(it, 16).ok());
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
        let (byte, was_escaped) = (escaped.unwrap_or(byte), escaped.is_some());
        let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_allowed = b"!$&'()*+,;=:@/".contains(&byte) && !was_escaped;
        if is_unreserved || is_allowed {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn nameless(parts: &[Part]) -> Vec<Part> {
    let nameless = parts.iter().map(|it| match it {
        Part::Literal(text) => Part::Literal(canonical(text)),
        Part::Variable(_) => Part::Variable(String::new()),
    });
    nameless.collect()
}

fn fixed_bytes(part: &Part) -> usize {
    match part {
        Part::Literal(text) => text.len(),
        Part::Variable(_) => 0,
    }
}

fn fits(parts: &[Part], text: &str) -> bool {
    pieces(parts, text, |_, _| {})
}

/// Divides `text` among the parts: each variable takes as little as lets the next fixed text follow, and
/// at least one character. One pass, whatever the text.
fn pieces<'p>(parts: &'p [Part], text: &'p str, mut found: impl FnMut(&'p str, &'p str)) -> bool {
    let mut rest = text;
    let mut open: Option<&str> = None;
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Variable(name) => {
                if let Some(before) = open.replace(name) {
                    let length = rest.chars().next().map_or(0, char::len_utf8);
                    let Some((value, tail)) = rest.split_at_checked(length) else { return false };
                    if value.is_empty() {
                        return false;
                    }
                    found(before, value);
                    rest = tail;
                }
            }
            Part::Literal(literal) => {
                let place = match open {
                    None => rest.starts_with(literal.as_str()).then_some(0),
                    // The last one ends the text.
                    Some(_) if parts.peek().is_none() => {
                        rest.ends_with(literal.as_str()).then(|| rest.len() - literal.len())
                    }
                    Some(_) => {
                        let first = rest.chars().next().map_or(0, char::len_utf8);
                        let behind = rest.get(first..).unwrap_or_default();
                        behind.find(literal.as_str()).map(|it| it + first)
                    }
                };
                let Some((value, tail)) = place.and_then(|it| rest.split_at_checked(it)) else {
                    return false;
                };
                if let Some(name) = open.take() {
                    if value.is_empty() {
                        return false;
                    }
                    found(name, value);
                }
                rest = tail.get(literal.len()..).unwrap_or_default();
            }
        }
    }
    match open {
        Some(name) if !rest.is_empty() => {
            found(name, rest);
            true
        }
        Some(_) => false,
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::ServerVariable;

    use super::*;

    fn api(servers: &[&str], operations: &[(&str, &str)]) -> Api {
        let mut api = Api::new("t", "v");
        api.servers = servers.iter().map(|it| Server::new(*it)).collect();
        api.operations = operations.iter().map(|it| Operation::new(it.0, it.1).unwrap()).collect();
        api
    }

    const OPERATIONS: &[(&str, &str)] = &[
        ("GET", "/"),
        ("GET", "/orders/{id}"),
        ("GET", "/orders/me"),
        ("DELETE", "/orders/{id}"),
        ("GET", "/orders/{id}.json"),
        ("GET", "/orders/{id}/items/{item}"),
        ("GET", "/orders/me/items/first"),
        ("GET", "/orders/{id}/items/"),
        ("POST", "/orders:search"),
        ("GET", "/{a}-{b}/x"),
        ("GET", "/files/{path+}"),
        ("GET", "/a b/%7Ec%2f"),
    ];

    #[track_caller]
    fn check(method: &str, path: &str, expected: Option<(&str, &[(&str, &str)])>) {
        let api = api(&[], OPERATIONS);
        let found = Lookup::of(&api).find(method, path);
        let template = found.map(|it| &api.operations[it.operation].path);
        assert_eq!(template.map(PathTemplate::as_str), expected.map(|it| it.0), "{path}");
        if let (Some(found), Some(template)) = (found, template) {
            assert_eq!(found.values(template, path), expected.unwrap().1, "{path}");
        }
    }

    #[test]
    fn fixed_text_comes_before_variables() {
        check("GET", "/", Some(("/", &[])));
        check("GET", "/orders/me", Some(("/orders/me", &[])));
        check("GET", "/orders/17", Some(("/orders/{id}", &[("id", "17")])));
        check("GET", "/orders/17.json", Some(("/orders/{id}.json", &[("id", "17")])));
        check("POST", "/orders:search", Some(("/orders:search", &[])));
        check("GET", "/orders/", None);
        check("GET", "/orders/1/", None);
        check("GET", "/orders", None);
    }

    #[test]
    fn a_dead_end_is_left_again() {
        let items = "/orders/{id}/items/{item}";
        check("GET", "/orders/me/items/2", Some((items, &[("id", "me"), ("item", "2")])));
        check("GET", "/orders/me/items/first", Some(("/orders/me/items/first", &[])));
        check("GET", "/orders/7/items/", Some(("/orders/{id}/items/", &[("id", "7")])));
        check("DELETE", "/orders/me", Some(("/orders/{id}", &[("id", "me")])));
        check("PUT", "/orders/me", None);
    }

    #[test]
    fn mixed_segments_are_divided_at_their_fixed_text() {
        let template = "/{a}-{b}/x";
        check("GET", "/1-2-3/x", Some((template, &[("a", "1"), ("b", "2-3")])));
        check("GET", "/-2/x", None);
        check("GET", "/1-/x", None);
        check("GET", "/ä-ö/x", Some((template, &[("a", "ä"), ("b", "ö")])));
        check("GET", "/files/a/b/c", Some(("/files/{path+}", &[("path+", "a/b/c")])));
        check("GET", "/files/", None);
    }

    #[test]
    fn templates_are_met_in_the_spelling_of_requests() {
        check("GET", "/a%20b/~c%2F", Some(("/a b/%7Ec%2f", &[])));
        check("GET", "/a b/~c%2F", None);
    }

    #[test]
    fn base_paths_lie_before_templates() {
        let mut api = api(&["https://a.test/v1", "https://{r}.b.test/{v}/"], &[("GET", "/x/{id}")]);
        let values = vec!["v2".to_owned(), "v3".to_owned()];
        let variable = ServerVariable { values, ..ServerVariable::default() };
        api.servers[1].variables.insert("v".to_owned(), variable);
        let mut own = Operation::new("GET", "/y").unwrap();
        own.servers.push(Server::new("/own"));
        api.operations.push(own);
        let lookup = Lookup::of(&api);
        for (path, operation) in [
            ("/v1/x/1", Some(0)),
            ("/v3/x/1", Some(0)),
            ("/v4/x/1", None),
            ("/x/1", None),
            ("/own/y", Some(1)),
            ("/v1/y", None),
        ] {
            assert_eq!(lookup.find("GET", path).map(|it| it.operation), operation, "{path}");
        }
        let found = lookup.find("GET", "/v1/x/1").unwrap();
        assert_eq!(found.values(&api.operations[0].path, "/v1/x/1"), [("id", "1")]);
        assert_eq!(lookup.methods("/v1/x/1").len(), 1);
        assert!(lookup.methods("/no").is_empty());
    }

    #[test]
    fn what_has_no_place_is_counted() {
        let api = api(&["/{", "/ok"], &[("GET", "/x/{a}"), ("GET", "/x/{b}")]);
        let lookup = Lookup::of(&api);
        assert_eq!(lookup.left_out(), 2);
        assert_eq!(lookup.find("GET", "/ok/x/1").unwrap().operation, 0);
    }

    #[test]
    fn base_paths_and_mixed_segments_are_limited() {
        let servers: Vec<_> = (0..=BASES_MAX).map(|it| format!("/v{it}")).collect();
        let servers: Vec<_> = servers.iter().map(String::as_str).collect();
        for (count, left_out) in [(BASES_MAX, 0), (BASES_MAX + 1, 1)] {
            let api = api(&servers[..count], &[("GET", "/x")]);
            assert_eq!(Lookup::of(&api).left_out(), left_out);
        }
        let paths: Vec<_> = (0..=MIXED_MAX).map(|it| format!("/{{a}}x{it}")).collect();
        let operations: Vec<_> = paths.iter().map(|it| ("GET", it.as_str())).collect();
        for (count, left_out) in [(MIXED_MAX, 0), (MIXED_MAX + 1, 1)] {
            let lookup = Lookup::of(&api(&[], &operations[..count]));
            assert_eq!(lookup.left_out(), left_out);
            assert!(lookup.find("GET", "/1x255").is_some());
            assert!(lookup.find("GET", "/1x256").is_none());
        }
    }

    #[test]
    fn a_search_through_many_dead_ends_gives_up() {
        let mut operations = Vec::new();
        for number in 0..4_096_u32 {
            let path: String =
                (0..12)
                    .map(|bit| {
                        if number >> bit & 1 == 1 {
                            "/a".to_owned()
                        } else {
                            format!("/{{v{bit}}}")
                        }
                    })
                    .collect();
            operations.push(("GET", format!("{path}/z")));
        }
        let operations: Vec<_> = operations.iter().map(|it| (it.0, it.1.as_str())).collect();
        let lookup = Lookup::of(&api(&[], &operations));
        assert_eq!(lookup.find("GET", &format!("{}/b", "/a".repeat(12))), None);
        assert!(lookup.find("GET", &format!("{}/z", "/a".repeat(12))).is_some());
        assert!(lookup.find("GET", &format!("{}/z", "/b".repeat(12))).is_some());
    }
}
