//! Parameters of OpenAPI 3.

use std::collections::BTreeSet;

use bartizan_model::api::{Parameter, ParameterPlace, Style};

use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node};

/// Header fields that OpenAPI takes from elsewhere (3.2.0, section 4.12.2.1).
const IGNORED_FIELDS: [&str; 3] = ["accept", "authorization", "content-type"];

/// Parameters, no place and name twice.
#[derive(Default)]
pub(super) struct List {
    pub(super) parameters: Vec<Parameter>,
    known: BTreeSet<(ParameterPlace, String)>,
}

impl<'d> Reader<'d> {
    /// Adds a parameter, unless its place and name are taken.
    pub(super) fn add_parameter(&mut self, found: Parameter, node: &Node, list: &mut List) {
        let name = found.name.to_ascii_lowercase();
        let is_ignored =
            found.place == ParameterPlace::Header && IGNORED_FIELDS.contains(&name.as_str());
        if !is_ignored && list.known.insert((found.place, found.name.clone())) {
            return list.parameters.push(found);
        }
        let why = if is_ignored { "is ignored" } else { "is given twice" };
        let message =
            format_args!("{} parameter `{}` {why}", found.place.name(), Shown(&found.name));
        self.diagnostics.add(DiagnosticCode::Parameter, node.position, message);
    }

    /// The parameters of a path or an operation of OpenAPI 3.
    pub(super) fn parameters(&mut self, owner: &'d Node) -> Vec<Parameter> {
        let mut list = List::default();
        let items = owner.get("parameters").map_or(&[][..], |it| self.list(it, "parameters"));
        // A version without a place for the whole query carries it outside of the list.
        let carried = owner.map().and_then(|it| self.carried(it, "querystring"));
        for item in items {
            let Some((found, node)) = self.parameter(item) else { continue };
            if found.place == ParameterPlace::QueryString {
                self.since(Dialect::OpenApi32, node, "`querystring`");
            }
            self.add_parameter(found, node, &mut list);
        }
        if let Some((found, node)) = carried.and_then(|it| self.parameter(it)) {
            self.add_parameter(found, node, &mut list);
        }
        list.parameters
    }

    fn parameter(&mut self, node: &'d Node) -> Option<(Parameter, &'d Node)> {
        let node = self.followed(node)?;
        let map = self.map(node, "a parameter")?;
        let (place, name) = self.place_and_name(node, map)?;
        let mut parameter = Parameter {
            place,
            name,
            description: self.text(map, "description"),
            required: self.flag(map, "required"),
            deprecated: self.flag(map, "deprecated"),
            schema: map.get("schema").map(|it| self.schema(it)),
            content: self.content(node, "content"),
            style: self.style(map),
            explode: map.get("explode").map(|_| self.flag(map, "explode")),
        };
        self.require_in_path(&mut parameter, node);
        Some((parameter, node))
    }

    /// Where a parameter stands and what it is called; `None` if that is not said.
    pub(super) fn place_and_name(
        &mut self,
        node: &Node,
        map: &Map,
    ) -> Option<(ParameterPlace, String)> {
        let written = self.text(map, "in").unwrap_or_default();
        let Some(place) = ParameterPlace::ALL.into_iter().find(|it| it.name() == written) else {
            self.unknown_value(node, "the place of a parameter", &written);
            return None;
        };
        let Some(name) = self.text(map, "name") else {
            self.missing(node.position, "the name of a parameter");
            return None;
        };
        Some((place, name))
    }

    pub(super) fn require_in_path(&mut self, parameter: &mut Parameter, node: &Node) {
        if parameter.place == ParameterPlace::Path && !parameter.required {
            let message =
                format_args!("path parameter `{}` is always required", Shown(&parameter.name));
            self.diagnostics.add(DiagnosticCode::OptionalVariable, node.position, message);
            parameter.required = true;
        }
    }

    fn style(&mut self, map: &'d Map) -> Option<Style> {
        let carried = self.carried_text(map, "style").filter(|_| map.get("style").is_none());
        let written = self.text(map, "style").or(carried)?;
        let style = Style::ALL.into_iter().find(|it| it.name() == written);
        if let (None, Some(node)) = (style, map.get("style")) {
            self.unknown_value(node, "style", &written);
        }
        style
    }
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::Schema;

    use super::super::tests::{codes, reading};
    use super::*;

    fn read(version: &str, parameters: &str) -> (Vec<Parameter>, Vec<DiagnosticCode>) {
        let text = format!(
            "openapi: {version}\ninfo: {{title: t, version: v}}\npaths:\n  /a/{{id}}:\n    parameters:\n    - {{in: path, \
             name: id, required: true, schema: {{type: string}}}}\n    - {{in: query, name: q, schema: {{}}}}\n    get: \
             {{responses: {{200: {{description: d}}}}, parameters: {parameters}}}\n"
        );
        let reading = reading(&text);
        (reading.api.operations[0].parameters.clone(), codes(&reading))
    }

    #[test]
    fn an_operation_has_those_of_its_path_unless_it_has_its_own() {
        let (found, codes) =
            read("3.0.0", "[{in: query, name: q, required: true}, {in: cookie, name: q}]");
        let places: Vec<_> = found.iter().map(|it| (it.place.name(), it.required)).collect();
        assert_eq!(places, [("path", true), ("query", true), ("cookie", false)]);
        assert_eq!(codes, []);
    }

    #[test]
    fn parameters_that_cannot_be_are_reported() {
        let text = "[{in: body, name: x}, {in: query}, {in: header, name: Accept}, {in: path, name: id}, {in: query, \
                    name: a, style: odd}, {in: query, name: a}, 5, {$ref: '#/no'}, {in: path, name: z, required: true}]";
        let (found, met) = read("3.1.0", text);
        let names: Vec<_> = found.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["q", "id", "a", "z"]);
        for code in [
            DiagnosticCode::UnknownValue,
            DiagnosticCode::Missing,
            DiagnosticCode::Parameter,
            DiagnosticCode::OptionalVariable,
            DiagnosticCode::WrongType,
            DiagnosticCode::MissingReference,
            DiagnosticCode::UnknownVariable,
        ] {
            assert!(met.contains(&code), "{code:?} {met:?}");
        }
    }

    #[test]
    fn the_whole_query_is_a_place_since_3_2() {
        let text =
            "[{in: querystring, name: q, content: {application/json: {schema: {type: string}}}}]";
        let (found, codes) = read("3.2.0", text);
        assert_eq!(codes, []);
        let last = found.last().unwrap();
        assert_eq!(last.place, ParameterPlace::QueryString);
        assert_eq!(last.content["application/json"].schema, Some(Schema::string()));
        assert_eq!(read("3.1.0", text).1, [DiagnosticCode::OtherDialect]);
    }

    #[test]
    fn how_lists_are_written_is_kept() {
        let (found, _) =
            read("3.0.0", "[{in: query, name: l, style: pipeDelimited, explode: false}]");
        let last = found.last().unwrap();
        assert_eq!((last.style, last.explode), (Some(Style::PipeDelimited), Some(false)));
    }
}
