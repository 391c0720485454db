//! A schema of an API as a document, to be compiled like any other.

use std::collections::BTreeSet;

use bartizan_model::api::{Api, Schema, Schemas};

use super::{
    CompileError, CompileFault, CompileOptions, SchemaDialect, SchemaPlace, Source, Validator,
};
use crate::diagnostic::Diagnostics;
use crate::document::{Format, Node, parse};
use crate::limits::Limits;
use crate::writer::{Options, Version, write};

/// Levels of the document; one that was read has fewer.
const DEPTH_MAX: usize = 160;

pub(super) fn compile(
    schema: &Schema,
    schemas: &Schemas,
    options: &CompileOptions,
) -> Result<Validator, CompileError> {
    let needed = needed(schema, schemas, options.limits.schemas_max)?;
    let root = (0..).map(|it| format!("Body{it}")).find(|it| !needed.contains(it.as_str()));
    let root = root.unwrap_or_default();
    let mut api = Api::default();
    for name in needed {
        // Of what is not there, nothing is known.
        let lost = || Schema { is_partial: true, ..Schema::default() };
        api.schemas.insert(name.to_owned(), schemas.get(name).cloned().unwrap_or_else(lost));
    }
    api.schemas.insert(root.clone(), schema.clone());
    let document = document(&api)?;
    let sources = [Source { uri: "", root: &document, is_schema: false }];
    let options = CompileOptions { dialect: SchemaDialect::Draft2020, ..options.clone() };
    Validator::compile(&sources, &format!("#/components/schemas/{root}"), &options)
}

/// The names of all schemas that one leads to.
fn needed<'s>(
    schema: &'s Schema,
    schemas: &'s Schemas,
    schemas_max: usize,
) -> Result<BTreeSet<&'s str>, CompileError> {
    let mut names = BTreeSet::new();
    let mut left = vec![schema];
    let mut met = 0_usize;
    while let Some(schema) = left.pop() {
        met += 1;
        if met > schemas_max {
            return Err(error(CompileFault::TooMany { schemas_max }));
        }
        left.extend(schema.parts());
        if let Some(name) = schema.reference.as_deref()
            && names.insert(name)
        {
            left.extend(schemas.get(name));
        }
    }
    Ok(names)
}

fn document(api: &Api) -> Result<Node, CompileError> {
    let limits = Limits { depth_max: DEPTH_MAX, ..Limits::default() };
    let text = write(api, Options { version: Version::V31, format: Format::Json }).text;
    parse(&text, 0, &limits, &mut Diagnostics::up_to(0)).map_err(|_| {
        // What we write is read, but for limits.
        error(CompileFault::TooDeep { levels_max: DEPTH_MAX })
    })
}

fn error(fault: CompileFault) -> CompileError {
    CompileError { place: SchemaPlace::default(), fault }
}
