//! Components, and names that the specification allows for them.

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::Api;

use super::Writer;
use super::tree::Members;

/// What schemas and security schemes are called in the document.
pub(super) struct Names {
    schemas: BTreeMap<String, String>,
    schemes: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(api: &Api) -> Self {
        Self { schemas: allowed(api.schemas.keys()), schemes: allowed(api.security_schemes.keys()) }
    }

    /// The name of a schema that the API has.
    pub(super) fn schema(&self, name: &str) -> Option<&str> {
        self.schemas.get(name).map(String::as_str)
    }

    /// The name of a security scheme; one that the API does not have keeps its own.
    pub(super) fn scheme<'a>(&'a self, name: &'a str) -> &'a str {
        self.schemes.get(name).map_or(name, String::as_str)
    }
}

/// Names of letters, digits, `.`, `-` and `_` (OpenAPI Specification 3.1.1, section 4.8.7.1) for any names.
/// Those that are such names already stay.
fn allowed<'a>(names: impl Iterator<Item = &'a String> + Clone) -> BTreeMap<String, String> {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    let fits = |it: &&String| !it.is_empty() && it.chars().all(is_allowed);
    let mut taken: BTreeSet<String> = names.clone().filter(fits).cloned().collect();
    let mut next: BTreeMap<String, u64> = BTreeMap::new();
    let mut given = BTreeMap::new();
    for name in names {
        if fits(&name) {
            given.insert(name.clone(), name.clone());
            continue;
        }
        let plain: String = name.chars().map(|it| if is_allowed(it) { it } else { '_' }).collect();
        let plain = if plain.is_empty() { "_".to_owned() } else { plain };
        let mut found = plain.clone();
        while taken.contains(&found) {
            let number = next.entry(plain.clone()).or_insert(1);
            *number += 1;
            found = format!("{plain}_{number}");
        }
        taken.insert(found.clone());
        given.insert(name.clone(), found);
    }
    given
}

impl Writer {
    pub(super) fn components(&mut self, api: &Api) -> Members {
        let mut schemas = Members::default();
        for (name, schema) in &api.schemas {
            let schema = self.schema(schema);
            schemas.put(self.names.schema(name).unwrap_or(name), schema);
        }
        let mut schemes = Members::default();
        for (name, scheme) in &api.security_schemes {
            schemes.put(self.names.scheme(name), self.security_scheme(scheme));
        }
        let mut members = Members::default();
        members.put_full("schemas", schemas);
        members.put_full("securitySchemes", schemes);
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_allowed_are_replaced_without_taking_others() {
        let names = ["a b", "a/b", "a_b", "", "ok.x-1"].map(str::to_owned);
        let given = allowed(names.iter());
        let of = |name: &str| given[name].as_str();
        assert_eq!([of("a_b"), of("ok.x-1"), of("")], ["a_b", "ok.x-1", "_"]);
        assert_eq!([of("a b"), of("a/b")], ["a_b_2", "a_b_3"]);
    }
}
