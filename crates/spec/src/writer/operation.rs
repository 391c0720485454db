//! Paths and operations.

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::{Api, Operation, Parameter, ParameterPlace};

use super::tree::{Members, Tree};
use super::{Omission, Version, Writer, put_extensions, server};

/// Methods with a key of their own, in the order of the specification. The last one has it since 3.2.
const METHODS: [&str; 9] =
    ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];

impl Writer {
    pub(super) fn paths(&mut self, api: &Api) -> Members {
        let mut by_path: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
        for operation in &api.operations {
            by_path.entry(operation.path.as_str()).or_default().push(operation);
        }
        let mut ids = BTreeSet::new();
        let mut paths = Members::default();
        for (path, operations) in by_path {
            paths.put(path, self.path_item(&operations, &mut ids));
        }
        paths
    }

    fn path_item<'a>(&mut self, all: &[&'a Operation], ids: &mut BTreeSet<&'a str>) -> Members {
        let mut by_method: BTreeMap<(usize, &str), &Operation> = BTreeMap::new();
        for operation in all {
            let method = operation.method.as_str();
            let order = METHODS.iter().position(|it| *it == method).unwrap_or(METHODS.len());
            if by_method.contains_key(&(order, method)) {
                let path = operation.path.to_string();
                let method = method.to_owned();
                self.omitted.push(Omission::Operation { method, path });
                continue;
            }
            by_method.insert((order, method), operation);
        }
        let named = match self.version {
            Version::V31 => METHODS.len() - 1,
            Version::V32 => METHODS.len(),
        };
        let mut members = Members::default();
        let mut others = Members::default();
        for ((order, method), operation) in by_method {
            let written = self.operation(operation, ids);
            if order < named {
                members.put(method.to_ascii_lowercase(), written);
            } else {
                others.put(method, written);
            }
        }
        members.put_full(self.since_32("additionalOperations"), others);
        members
    }

    fn operation<'a>(&mut self, operation: &'a Operation, ids: &mut BTreeSet<&'a str>) -> Tree {
        let mut members = Members::default();
        members.put_full("tags", operation.tags.clone());
        members.put_some("summary", operation.summary.as_ref());
        members.put_some("description", operation.description.as_ref());
        if let Some(id) = &operation.id {
            if ids.insert(id) {
                members.put("operationId", id);
            } else {
                self.omitted.push(Omission::OperationId { id: id.clone() });
            }
        }
        self.parameters(operation, &mut members);
        members.put_some("requestBody", operation.body.as_ref().map(|it| self.request_body(it)));
        let mut responses = Members::default();
        for (status, response) in &operation.responses {
            responses.put(status.to_string(), self.response(response));
        }
        members.put_full("responses", responses);
        members.put_if("deprecated", operation.deprecated);
        members.put_some("security", operation.security.as_ref().map(|it| self.requirements(it)));
        members.put_full("servers", operation.servers.iter().map(server).collect::<Vec<_>>());
        members.put_some("x-sunset", operation.sunset.as_ref());
        put_extensions(&operation.extensions, &mut members);
        members.into()
    }

    fn parameters(&mut self, operation: &Operation, members: &mut Members) {
        let mut known = BTreeSet::new();
        let mut list = Vec::new();
        let mut whole = None;
        for parameter in &operation.parameters {
            let is_variable = parameter.place != ParameterPlace::Path
                || operation.path.variables().any(|it| it == parameter.name);
            if !is_variable || !known.insert((parameter.place, parameter.name.as_str())) {
                self.omit(operation, parameter);
                continue;
            }
            let written = self.parameter(parameter);
            let is_whole = parameter.place == ParameterPlace::QueryString;
            if is_whole && self.version == Version::V31 {
                if whole.replace(written).is_some() {
                    self.omit(operation, parameter);
                }
            } else {
                list.push(written);
            }
        }
        members.put_full("parameters", list);
        members.put_some(&self.since_32("querystring"), whole);
    }

    fn omit(&mut self, operation: &Operation, parameter: &Parameter) {
        let (path, name) = (operation.path.to_string(), parameter.name.clone());
        self.omitted.push(Omission::Parameter { path, name });
    }
}
