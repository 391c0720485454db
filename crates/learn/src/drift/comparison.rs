//! Compares operations with the endpoints that are theirs.
//!
//! Reads    a description and endpoints.
//! Writes   the differences, in their order.
//! Memory   the declared paths, and which endpoints are of each.

use super::body::{Bodies, Declared};
use super::parameters::Parameters;
use super::paths::{Match, Paths};
use super::schema::Reader;
use super::seen::Seen;
use super::{Calls, Difference, NotSeen, Share, Side, What, version};
use crate::inventory::Endpoint;
use bartizan_model::api::{Api, Operation, Response, Status};
use bartizan_model::head::Method;
use std::collections::{BTreeMap, BTreeSet};

/// Answers are looked at as far as this.
const ANSWER_BYTES_SEEN: u64 = 16 * 1_024;

/// Where operations are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bases {
    /// Behind the base paths of their servers.
    Declared,
    /// At the root: a proxy before the API may have taken the base path away.
    None,
}

/// A path that was called, by its position, with a method.
type Called = (usize, Method);

/// What is compared.
#[derive(Debug)]
pub(super) struct Comparison<'c, 'a> {
    declared: &'c Api,
    observed: &'c [Endpoint<'a>],
    paths: Paths,
    /// Positions of the paths of each operation.
    paths_of: Vec<Vec<usize>>,
    /// Of each endpoint.
    matches: Vec<Match>,
    called: BTreeMap<Called, Vec<&'c Endpoint<'a>>>,
    /// These may have been called.
    merged: BTreeSet<Called>,
    not_seen: NotSeen,
    out: Vec<Difference>,
}

impl<'c, 'a> Comparison<'c, 'a> {
    /// Finds out which endpoint is of which operation.
    pub(super) fn of(declared: &'c Api, observed: &'c [Endpoint<'a>], bases: Bases) -> Self {
        let mut it = Self {
            declared,
            observed,
            paths: Paths::default(),
            paths_of: Vec::new(),
            matches: Vec::new(),
            called: BTreeMap::new(),
            merged: BTreeSet::new(),
            not_seen: NotSeen::default(),
            out: Vec::new(),
        };
        let usual = declared.base_paths();
        for (at, operation) in declared.operations.iter().enumerate() {
            let own: Vec<&str> = operation.servers.iter().map(|it| it.base_path()).collect();
            match bases {
                Bases::None => it.add(operation, at, &[""]),
                Bases::Declared if own.is_empty() => it.add(operation, at, &usual),
                Bases::Declared => it.add(operation, at, &own),
            }
        }
        observed.iter().for_each(|endpoint| it.note(endpoint));
        it
    }

    fn add(&mut self, operation: &Operation, at: usize, bases: &[&str]) {
        let known = bases.iter().filter_map(|base| self.paths.add(base, operation, at));
        let known: Vec<usize> = known.collect();
        self.not_seen.long += u64::from(known.is_empty());
        self.paths_of.push(known);
    }

    fn note(&mut self, endpoint: &'c Endpoint<'a>) {
        let found = self.paths.of(endpoint);
        match &found {
            Match::One(path) => {
                let called = (*path, endpoint.method);
                self.called.entry(called).or_default().push(endpoint);
            }
            Match::Several(paths) => {
                self.not_seen.merged += 1;
                self.merged.extend(paths.iter().map(|path| (*path, endpoint.method)));
            }
            Match::Unknown => self.not_seen.long += 1,
            Match::None => {}
        }
        self.matches.push(found);
    }

    /// Whether any endpoint is of a declared path.
    pub(super) fn has_calls(&self) -> bool {
        !self.called.is_empty() || !self.merged.is_empty()
    }

    /// What differs, and what cannot be told.
    pub(super) fn differences(mut self) -> (Vec<Difference>, NotSeen) {
        self.undeclared();
        self.never_called();
        self.superseded();
        self.operations();
        self.out.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        (self.out, self.not_seen)
    }

    fn undeclared(&mut self) {
        for (endpoint, found) in self.observed.iter().zip(&self.matches) {
            let seen = Calls::of(&[endpoint]);
            let what = match found {
                Match::None => What::UndeclaredPath { seen },
                Match::One(path) => match self.other_methods(*path, endpoint.method) {
                    Some(declared) => What::UndeclaredMethod { declared, seen },
                    None => continue,
                },
                Match::Several(_) | Match::Unknown => continue,
            };
            self.out.push(as_seen(endpoint, what));
        }
    }

    /// The methods that are declared, if this one is not.
    fn other_methods(&self, path: usize, method: Method) -> Option<Vec<String>> {
        let operations = &self.paths.known.get(path)?.operations;
        let has = |method: Method| operations.iter().any(|it| it.0 == method);
        // Servers answer these by themselves (RFC 9110, sections 9.3.2 and 9.3.7).
        let is_implied = method == Method::Options || method == Method::Head && has(Method::Get);
        if is_implied || has(method) {
            return None;
        }
        let names = operations.iter().filter_map(|it| self.declared.operations.get(it.1));
        let names: BTreeSet<&str> = names.map(|it| it.method.as_str()).collect();
        Some(names.into_iter().map(str::to_owned).collect())
    }

    fn never_called(&mut self) {
        for (operation, paths) in self.declared.operations.iter().zip(&self.paths_of) {
            let method = Method::of(operation.method.as_bytes());
            let is_called = |path: &usize| {
                let called = (*path, method);
                self.called.contains_key(&called) || self.merged.contains(&called)
            };
            let Some(first) = paths.first().filter(|_| !paths.iter().any(is_called)) else {
                continue;
            };
            let path = self.paths.known.get(*first).map(|it| it.written.clone());
            self.out.push(Difference {
                method: operation.method.clone(),
                path: path.unwrap_or_default(),
                endpoints: Vec::new(),
                what: What::NeverCalled,
            });
        }
    }

    /// Older versions beside newer ones.
    fn superseded(&mut self) {
        let mut newest = BTreeMap::new();
        let versions: Vec<_> = self.observed.iter().map(|it| version::parted(&it.path)).collect();
        for (endpoint, version) in self.observed.iter().zip(&versions) {
            let Some((version, rest)) = version else { continue };
            let known = newest.entry((endpoint.method, rest)).or_insert((version, endpoint));
            if version > known.0 {
                *known = (version, endpoint);
            }
        }
        for (endpoint, version) in self.observed.iter().zip(&versions) {
            let Some((version, rest)) = version else { continue };
            let Some(by) = newest.get(&(endpoint.method, rest)).filter(|it| it.0 > version) else {
                continue;
            };
            if !self.is_deprecated(endpoint) {
                let (by, seen) = (by.1.template(), Calls::of(&[endpoint]));
                self.out.push(as_seen(endpoint, What::Superseded { by, seen }));
            }
        }
    }

    fn is_deprecated(&self, endpoint: &Endpoint<'a>) -> bool {
        let found = self.paths.of(endpoint);
        let Match::One(path) = found else { return false };
        self.operation((path, endpoint.method)).is_some_and(|it| it.deprecated)
    }

    /// The operation that was called so; the first, if there are several of one shape.
    fn operation(&self, (path, method): Called) -> Option<&'c Operation> {
        let path = self.paths.known.get(path)?;
        let found = path.operations.iter().find(|it| it.0 == method)?;
        self.declared.operations.get(found.1)
    }

    fn operations(&mut self) {
        let mut reader = Reader::new(&self.declared.schemas);
        let called = std::mem::take(&mut self.called);
        for (called, endpoints) in &called {
            let (Some(operation), Some(path)) =
                (self.operation(*called), self.paths.known.get(called.0))
            else {
                continue;
            };
            let mut one = One {
                api: self.declared,
                operation,
                base_segments: path.base_segments,
                endpoints,
                reader: &mut reader,
                not_seen: &mut self.not_seen,
            };
            let ids: Vec<_> = endpoints.iter().map(|it| it.id()).collect();
            let differences = one.differences().into_iter().map(|what| Difference {
                method: operation.method.clone(),
                path: path.written.clone(),
                endpoints: ids.clone(),
                what,
            });
            self.out.extend(differences);
        }
    }
}

fn as_seen(endpoint: &Endpoint<'_>, what: What) -> Difference {
    let method = endpoint.method.name().to_owned();
    Difference { method, path: endpoint.template(), endpoints: vec![endpoint.id()], what }
}

/// One operation with its endpoints.
struct One<'o, 'c, 'a> {
    api: &'c Api,
    operation: &'c Operation,
    base_segments: usize,
    endpoints: &'o [&'o Endpoint<'a>],
    reader: &'o mut Reader<'c>,
    not_seen: &'o mut NotSeen,
}

impl One<'_, '_, '_> {
    fn differences(&mut self) -> Vec<What> {
        let mut out = Vec::new();
        if self.operation.deprecated {
            let sunset = self.operation.sunset.clone();
            out.push(What::Deprecated { sunset, seen: Calls::of(self.endpoints) });
        }
        let statuses = self.statuses();
        out.extend(self.undeclared_statuses(&statuses));
        out.extend(self.requests());
        out.extend(self.responses(&statuses));
        out
    }

    /// All answers by their statuses.
    fn statuses(&self) -> BTreeMap<u16, u64> {
        let mut all = BTreeMap::new();
        for (status, count) in self.endpoints.iter().flat_map(|it| &it.leaf.statuses) {
            *all.entry(*status).or_default() += count;
        }
        all
    }

    fn undeclared_statuses(&self, statuses: &BTreeMap<u16, u64>) -> Vec<What> {
        let all = statuses.values().sum();
        let is_declared = |status: u16| self.response(status).is_some();
        let known = statuses.iter().filter(|it| (100..600).contains(it.0));
        // A description without any response says nothing of them.
        let known = known.filter(|it| !self.operation.responses.is_empty() && !is_declared(*it.0));
        known
            .map(|(status, of)| What::UndeclaredStatus {
                status: *status,
                seen: Share { of: *of, all },
            })
            .collect()
    }
}

impl<'c> One<'_, 'c, '_> {
    /// What the description has for a status: narrow before wide.
    fn response(&self, status: u16) -> Option<&'c Response> {
        let class = u8::try_from(status / 100).unwrap_or(0);
        let ways = [Status::Code(status), Status::Class(class), Status::Default];
        ways.iter().find_map(|it| self.operation.responses.get(it))
    }

    fn requests(&mut self) -> Vec<What> {
        let seen = Seen::of(self.endpoints, |leaf| &leaf.request);
        if seen.messages == 0 {
            self.not_seen.requests += 1;
            return Vec::new();
        }
        let mut declared = Declared::default();
        if let Some(body) = &self.operation.body {
            declared.add(&body.content);
            self.not_seen.request_bodies += u64::from(seen.bodies().next().is_none());
        }
        let parameters = Parameters {
            reader: &mut *self.reader,
            operation: self.operation,
            schemes: &self.api.security_schemes,
            base_segments: self.base_segments,
            endpoints: self.endpoints,
            seen: &seen,
            not_seen: &mut *self.not_seen,
        };
        let mut out = parameters.differences();
        let bodies = Bodies {
            reader: &mut *self.reader,
            side: Side::Request,
            declared: &declared,
            seen: &seen,
            not_seen: &mut *self.not_seen,
            may_be_cut: false,
        };
        out.extend(bodies.differences());
        out
    }

    fn responses(&mut self, statuses: &BTreeMap<u16, u64>) -> Vec<What> {
        let seen = Seen::of(self.endpoints, |leaf| &leaf.response);
        if seen.messages == 0 {
            self.not_seen.responses += 1;
            return Vec::new();
        }
        let mut declared = Declared::default();
        for status in statuses.keys().filter(|it| has_body(**it)) {
            match self.response(*status) {
                Some(response) => declared.add(&response.content),
                // That is a difference already, and says nothing of fields.
                None => declared.has_gaps = true,
            }
        }
        if !declared.is_said && !self.is_bare(statuses) {
            self.not_seen.undescribed += 1;
            return Vec::new();
        }
        let may_be_cut = self.may_be_cut();
        let bodies = Bodies {
            reader: &mut *self.reader,
            side: Side::Response,
            declared: &declared,
            seen: &seen,
            not_seen: &mut *self.not_seen,
            may_be_cut,
        };
        bodies.differences()
    }

    /// Whether all answers with a body are declared, and none of them with one.
    fn is_bare(&self, statuses: &BTreeMap<u16, u64>) -> bool {
        let mut with_body = statuses.keys().filter(|it| has_body(**it)).peekable();
        with_body.peek().is_some() && with_body.all(|it| self.response(*it).is_some())
    }

    /// Whether answers are so long that their ends may not have been looked at.
    fn may_be_cut(&self) -> bool {
        let (calls, bytes) = self.endpoints.iter().fold((0, 0), |(calls, bytes), it| {
            (calls + it.leaf.calls, bytes + it.leaf.response_bytes)
        });
        bytes > ANSWER_BYTES_SEEN / 2 * calls
    }
}

/// Whether answers of this status have the fields that are kept of an endpoint.
fn has_body(status: u16) -> bool {
    (200..300).contains(&status) && !matches!(status, 204 | 205)
}
