//! From documents to what is held against values.
//!
//! Schemas are compiled one after the other from a queue, each once: a circle of references ends by itself.

use std::collections::BTreeMap;

use bartizan_model::api::{Number, Types};

use super::compiled::{
    Applied, ArrayRules, Compiled, Conditional, Contains, Count, Limit, LimitKind, ObjectRules,
    Pattern, SchemaId, TextRules, Values,
};
use super::error::{CompileError, CompileFault};
use super::fault::{Keyword, UnknownReason};
use super::format::Format;
use super::literal::Literal;
use super::names::{Named, Names};
use super::sources::{Located, Source, Sources};
use super::{CompileOptions, Gap, SchemaDialect, Side, Validator, pattern};
use crate::document::{Map, Node, NodeValue};
use crate::reader::OURS;

/// References that are followed to see whether a member is read-only.
const FOLLOWED_MAX: usize = 8;

pub(super) fn compile(
    sources: &[Source<'_>],
    start: &str,
    options: &CompileOptions,
) -> Result<Validator, CompileError> {
    let limits = &options.limits;
    let sources = Sources::of(sources, options.dialect, limits.depth_max, limits.schemas_max)?;
    let mut compiler = Compiler::new(sources, options);
    let lost = CompileError { place: Default::default(), fault: CompileFault::Start };
    let (first, _) = compiler.sources.find(0, start).ok_or(lost)?;
    compiler.schema(first)?;
    let mut next = 0;
    while let Some(at) = compiler.queue.get(next).cloned() {
        let compiled = compiler.compiled(&at)?;
        compiler.schemas.push(compiled);
        next += 1;
    }
    Ok(Validator {
        schemas: compiler.schemas,
        anchors: compiler.anchors.into_iter().map(|it| it.1).collect(),
        gaps: compiler.gaps,
        gaps_more: compiler.gaps_more,
    })
}

struct Compiler<'d, 'o> {
    sources: Sources<'d>,
    options: &'o CompileOptions,
    /// What is to be compiled, in the order of its numbers.
    queue: Vec<Located<'d>>,
    known: BTreeMap<(usize, String), SchemaId>,
    schemas: Vec<Compiled>,
    /// Dynamic anchors by name, in the order of meeting: for each resource its schema.
    anchors: Vec<(String, BTreeMap<usize, SchemaId>)>,
    patterns: BTreeMap<String, Pattern>,
    /// Resources whose keywords of validation count for nothing.
    without_validation: BTreeMap<usize, bool>,
    gaps: Vec<Gap>,
    gaps_more: usize,
    bytes: usize,
}

impl<'d, 'o> Compiler<'d, 'o> {
    fn new(sources: Sources<'d>, options: &'o CompileOptions) -> Self {
        Self {
            sources,
            options,
            queue: Vec::new(),
            known: BTreeMap::new(),
            schemas: Vec::new(),
            anchors: Vec::new(),
            patterns: BTreeMap::new(),
            without_validation: BTreeMap::new(),
            gaps: Vec::new(),
            gaps_more: 0,
            bytes: 0,
        }
    }

    /// The number of a schema, which will be compiled.
    fn schema(&mut self, at: Located<'d>) -> Result<SchemaId, CompileError> {
        let at = self.sources.settled(at);
        let key = (at.document, at.pointer.clone());
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let schemas_max = self.options.limits.schemas_max;
        let number = u32::try_from(self.queue.len()).ok();
        let Some(id) = number.filter(|_| self.queue.len() < schemas_max).map(SchemaId) else {
            let fault = CompileFault::TooMany { schemas_max };
            return Err(CompileError { place: at.place(), fault });
        };
        self.take(&at, at.pointer.len())?;
        self.known.insert(key, id);
        self.queue.push(at);
        Ok(id)
    }

    fn take(&mut self, at: &Located<'d>, bytes: usize) -> Result<(), CompileError> {
        self.bytes = self.bytes.saturating_add(bytes);
        let bytes_max = self.options.limits.bytes_max;
        if self.bytes <= bytes_max {
            return Ok(());
        }
        Err(CompileError { place: at.place(), fault: CompileFault::TooLong { bytes_max } })
    }

    fn gap(&mut self, at: &Located<'d>, reason: UnknownReason) {
        if self.gaps.len() < self.options.limits.gaps_max {
            self.gaps.push(Gap { place: at.place(), reason });
        } else {
            self.gaps_more += 1;
        }
    }

    fn undecidable(&mut self, at: &Located<'d>, reason: UnknownReason) -> Applied {
        self.gap(at, reason);
        Applied::Undecidable(reason)
    }

    fn compiled(&mut self, at: &Located<'d>) -> Result<Compiled, CompileError> {
        let mut schema =
            Compiled { place: at.place(), resource: at.resource, ..Compiled::default() };
        let map = match &at.node.value {
            NodeValue::Bool(fits) => {
                schema.is_never = !fits;
                return Ok(schema);
            }
            NodeValue::Map(map) => map,
            NodeValue::Null | NodeValue::Number(_) | NodeValue::Text(_) | NodeValue::List(_) => {
                return Err(CompileError { place: at.place(), fault: CompileFault::Schema });
            }
        };
        let dialect = self.sources.dialect(at.resource);
        let part = Part { at, map, dialect };
        // What only requests have is in no answer.
        if self.options.side == Some(Side::Response) && part.flag("writeOnly")? {
            schema.is_never = true;
            return Ok(schema);
        }
        if dialect == SchemaDialect::Unread {
            schema.applied.push(self.undecidable(at, UnknownReason::Dialect));
            return Ok(schema);
        }
        if self.reference(&part, &mut schema)? && !part.is_new() {
            return Ok(schema);
        }
        if self.validates(at)? {
            values(&part, &mut schema)?;
            numbers(&part, &mut schema)?;
            self.text(&part, &mut schema)?;
        }
        self.array(&part, &mut schema)?;
        self.object(&part, &mut schema)?;
        self.compositions(&part, &mut schema)?;
        if map.get(&format!("{OURS}partial")).is_some_and(|it| it.value == NodeValue::Bool(true)) {
            schema.applied.push(self.undecidable(at, UnknownReason::Partial));
        }
        Ok(schema)
    }

    /// Whether the keywords of validation mean something where this stands.
    fn validates(&mut self, at: &Located<'d>) -> Result<bool, CompileError> {
        const KNOWN: [&str; 8] = [
            "applicator",
            "content",
            "core",
            "format-annotation",
            "format-assertion",
            "meta-data",
            "unevaluated",
            "validation",
        ];
        const PLACE: &str = "https://json-schema.org/draft/2020-12/vocab/";
        if let Some(known) = self.without_validation.get(&at.resource) {
            return Ok(!known);
        }
        let mut validates = true;
        if let Some(vocabularies) = self.sources.vocabularies(at.resource) {
            for entry in vocabularies.entries() {
                let name = entry.key.strip_prefix(PLACE);
                let is_known = name.is_some_and(|it| KNOWN.contains(&it));
                if !is_known && entry.node.value == NodeValue::Bool(true) {
                    let fault = CompileFault::Vocabulary { uri: entry.key.clone() };
                    return Err(CompileError { place: at.place(), fault });
                }
            }
            validates = vocabularies.get(&format!("{PLACE}validation")).is_some();
        }
        self.without_validation.insert(at.resource, !validates);
        Ok(validates)
    }

    /// Whether there is a reference.
    fn reference(
        &mut self,
        part: &Part<'_, 'd>,
        schema: &mut Compiled,
    ) -> Result<bool, CompileError> {
        if let Some(reference) = part.text("$ref")? {
            match self.sources.find(part.at.resource, reference) {
                Some((target, _)) => {
                    let id = self.schema(target)?;
                    schema.applied.push(Applied::Reference(id));
                }
                None => {
                    let applied = self.undecidable(part.at, UnknownReason::Reference);
                    schema.applied.push(applied);
                }
            }
            if !part.is_new() {
                return Ok(true);
            }
        }
        let Some(reference) = part.text("$dynamicRef")?.filter(|_| part.is_new()) else {
            return Ok(false);
        };
        let applied = match self.sources.find(part.at.resource, reference) {
            None => self.undecidable(part.at, UnknownReason::Reference),
            Some((target, None)) => Applied::Reference(self.schema(target)?),
            Some((target, Some(name))) => {
                let otherwise = self.schema(target)?;
                Applied::Dynamic { otherwise, anchor: self.dynamic_anchor(name)? }
            }
        };
        schema.applied.push(applied);
        Ok(true)
    }

    fn dynamic_anchor(&mut self, name: &str) -> Result<usize, CompileError> {
        if let Some(known) = self.anchors.iter().position(|it| it.0 == name) {
            return Ok(known);
        }
        let mut schemas = BTreeMap::new();
        for (resource, at) in self.sources.dynamic_anchors(name) {
            schemas.insert(resource, self.schema(at)?);
        }
        self.anchors.push((name.to_owned(), schemas));
        Ok(self.anchors.len() - 1)
    }

    fn text(&mut self, part: &Part<'_, 'd>, schema: &mut Compiled) -> Result<(), CompileError> {
        let length = part.count("minLength", "maxLength")?;
        let pattern = part.text("pattern")?.map(|it| self.pattern(part.at, it)).transpose()?;
        let format = part.text("format")?.filter(|_| self.options.asserts_formats);
        let format = format.and_then(Format::named);
        if length.is_some() || pattern.is_some() || format.is_some() {
            let rules = TextRules { length: length.unwrap_or_default(), pattern, format };
            schema.text = Some(Box::new(rules));
        }
        Ok(())
    }

    fn pattern(&mut self, at: &Located<'d>, text: &str) -> Result<Pattern, CompileError> {
        let found = match self.patterns.get(text) {
            Some(it) => it.clone(),
            None => {
                self.take(at, text.len())?;
                // Each takes memory of its own, a multiple of its text.
                let has_room = self.patterns.len() < self.options.limits.patterns_max;
                let regex = if has_room { pattern::compiled(text) } else { None };
                let made = regex.map_or(Pattern::Unknown, Pattern::Regex);
                self.patterns.insert(text.to_owned(), made.clone());
                made
            }
        };
        if matches!(found, Pattern::Unknown) {
            self.gap(at, UnknownReason::Pattern);
        }
        Ok(found)
    }

    fn array(&mut self, part: &Part<'_, 'd>, schema: &mut Compiled) -> Result<(), CompileError> {
        let mut rules = ArrayRules::default();
        let validates = self.validates(part.at)?;
        let count = part.count("minItems", "maxItems")?.filter(|_| validates);
        rules.is_unique = part.flag("uniqueItems")? && validates;
        let items = part.map.get("items");
        if part.is_new() {
            rules.first = self.list(part, "prefixItems")?;
            rules.rest = self.child(part, "items")?.map(|it| (it, Keyword::Items));
            if let Some(id) = self.child(part, "contains")? {
                let count = part.count("minContains", "maxContains")?.filter(|_| validates);
                let least = if part.map.get("minContains").is_some() { 0 } else { 1 };
                let count = count.unwrap_or_default();
                let count = Count { min: count.min.max(least), ..count };
                rules.contains = Some(Contains { schema: id, count });
            }
            schema.unevaluated_items = self.child(part, "unevaluatedItems")?;
        } else if items.is_some_and(|it| it.list().is_some()) {
            rules.first = self.list(part, "items")?;
            let rest = self.child(part, "additionalItems")?;
            rules.rest = rest.map(|it| (it, Keyword::AdditionalItems));
        } else {
            rules.rest = self.child(part, "items")?.map(|it| (it, Keyword::Items));
        }
        let is_empty = rules.first.is_empty() && rules.rest.is_none() && rules.contains.is_none();
        if count.is_some() || rules.is_unique || !is_empty {
            rules.count = count.unwrap_or_default();
            schema.array = Some(Box::new(rules));
        }
        Ok(())
    }

    fn object(&mut self, part: &Part<'_, 'd>, schema: &mut Compiled) -> Result<(), CompileError> {
        let validates = self.validates(part.at)?;
        let mut rules = ObjectRules::default();
        let count = part.count("minProperties", "maxProperties")?.filter(|_| validates);
        let properties: BTreeMap<_, _> = part.schemas("properties")?.into_iter().collect();
        let mut named: BTreeMap<&str, Named> = BTreeMap::new();
        for (name, at) in &properties {
            self.take(part.at, name.len())?;
            let id = self.schema(at.clone())?;
            named.insert(name, Named::new(name, Some(id), None));
        }
        for name in part.texts("required")?.into_iter().filter(|_| validates) {
            if properties.get(name).is_some_and(|it| self.is_lifted(it)) {
                continue;
            }
            let named = named.entry(name).or_insert_with(|| Named::new(name, None, None));
            if named.required.is_none() {
                named.required = Some(rules.required);
                rules.required += 1;
            }
        }
        rules.names = Names::of(named.into_values().collect());
        for (text, at) in part.schemas("patternProperties")? {
            let pattern = self.pattern(part.at, text)?;
            rules.patterns.push((pattern, self.schema(at)?));
        }
        rules.additional = self.child(part, "additionalProperties")?;
        self.dependencies(part, validates, &mut rules)?;
        if part.is_new() {
            rules.property_names = self.child(part, "propertyNames")?;
            schema.unevaluated_properties = self.child(part, "unevaluatedProperties")?;
        }
        let depends = !rules.dependent_required.is_empty() || !rules.dependent_schemas.is_empty();
        if count.is_some() || rules.looks_at_members() || depends {
            rules.count = count.unwrap_or_default();
            schema.object = Some(Box::new(rules));
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        part: &Part<'_, 'd>,
        validates: bool,
        rules: &mut ObjectRules,
    ) -> Result<(), CompileError> {
        let keyword = if part.is_new() { "dependentRequired" } else { "dependencies" };
        for (name, at) in part.schemas(keyword)? {
            let Some(items) = at.node.list() else {
                if part.is_new() {
                    return Err(part.wrong("dependentRequired"));
                }
                rules.dependent_schemas.push((name.into(), self.schema(at)?));
                continue;
            };
            let names: Option<Vec<&str>> = items.iter().map(Node::text).collect();
            let names = names.ok_or_else(|| part.wrong(keyword))?;
            if validates {
                let names = names.into_iter().map(Into::into).collect();
                rules.dependent_required.push((name.into(), names));
            }
        }
        if part.is_new() {
            for (name, at) in part.schemas("dependentSchemas")? {
                rules.dependent_schemas.push((name.into(), self.schema(at)?));
            }
        }
        Ok(())
    }

    /// Whether a required member need not be there on this way: what only the other side writes.
    fn is_lifted(&self, at: &Located<'d>) -> bool {
        let word = match self.options.side {
            None => return false,
            Some(Side::Request) => "readOnly",
            Some(Side::Response) => "writeOnly",
        };
        let mut at = at.clone();
        for _ in 0..FOLLOWED_MAX {
            if at.node.get(word).is_some_and(|it| it.value == NodeValue::Bool(true)) {
                return true;
            }
            let resource = self.sources.settled(at.clone()).resource;
            let reference = at.node.get("$ref").and_then(Node::text);
            match reference.and_then(|it| self.sources.find(resource, it)) {
                Some((target, _)) => at = target,
                None => return false,
            }
        }
        false
    }

    fn compositions(
        &mut self,
        part: &Part<'_, 'd>,
        schema: &mut Compiled,
    ) -> Result<(), CompileError> {
        type Make = fn(Vec<SchemaId>) -> Applied;
        let lists: [(&'static str, Make); 3] =
            [("allOf", Applied::AllOf), ("anyOf", Applied::AnyOf), ("oneOf", Applied::OneOf)];
        for (keyword, make) in lists {
            if part.map.get(keyword).is_some() {
                schema.applied.push(make(self.list(part, keyword)?));
            }
        }
        if let Some(id) = self.child(part, "not")? {
            schema.applied.push(Applied::Not(id));
        }
        if part.is_new()
            && let Some(condition) = self.child(part, "if")?
        {
            let (then, otherwise) = (self.child(part, "then")?, self.child(part, "else")?);
            schema.applied.push(Applied::If(Conditional { condition, then, otherwise }));
        }
        Ok(())
    }

    fn child(
        &mut self,
        part: &Part<'_, 'd>,
        keyword: &'static str,
    ) -> Result<Option<SchemaId>, CompileError> {
        let node = part.map.get(keyword);
        node.map(|it| self.schema(part.at.child(keyword, it))).transpose()
    }

    fn list(
        &mut self,
        part: &Part<'_, 'd>,
        keyword: &'static str,
    ) -> Result<Vec<SchemaId>, CompileError> {
        let Some(node) = part.map.get(keyword) else { return Ok(Vec::new()) };
        let items = node.list().ok_or_else(|| part.wrong(keyword))?;
        let held = part.at.child(keyword, node);
        let mut ids = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            ids.push(self.schema(held.child(&number.to_string(), item))?);
        }
        Ok(ids)
    }
}

/// A schema that is being compiled.
struct Part<'p, 'd> {
    at: &'p Located<'d>,
    map: &'d Map,
    dialect: SchemaDialect,
}

impl<'d> Part<'_, 'd> {
    /// Whether the words are those of 2020-12.
    fn is_new(&self) -> bool {
        self.dialect == SchemaDialect::Draft2020
    }

    fn wrong(&self, keyword: &'static str) -> CompileError {
        CompileError { place: self.at.place(), fault: CompileFault::Keyword { keyword } }
    }

    fn text(&self, keyword: &'static str) -> Result<Option<&'d str>, CompileError> {
        let Some(node) = self.map.get(keyword) else { return Ok(None) };
        node.text().map(Some).ok_or_else(|| self.wrong(keyword))
    }

    fn texts(&self, keyword: &'static str) -> Result<Vec<&'d str>, CompileError> {
        let Some(node) = self.map.get(keyword) else { return Ok(Vec::new()) };
        let items = node.list().ok_or_else(|| self.wrong(keyword))?;
        let texts: Option<Vec<_>> = items.iter().map(Node::text).collect();
        texts.ok_or_else(|| self.wrong(keyword))
    }

    fn flag(&self, keyword: &'static str) -> Result<bool, CompileError> {
        match self.map.get(keyword).map(|it| &it.value) {
            None => Ok(false),
            Some(NodeValue::Bool(it)) => Ok(*it),
            Some(_) => Err(self.wrong(keyword)),
        }
    }

    fn number(&self, keyword: &'static str) -> Result<Option<&'d Number>, CompileError> {
        match self.map.get(keyword).map(|it| &it.value) {
            None => Ok(None),
            Some(NodeValue::Number(it)) => Ok(Some(it)),
            Some(_) => Err(self.wrong(keyword)),
        }
    }

    fn limit(&self, keyword: &'static str) -> Result<Option<usize>, CompileError> {
        let Some(number) = self.number(keyword)? else { return Ok(None) };
        if !number.is_integer() || *number < Number::default() {
            return Err(self.wrong(keyword));
        }
        // What is greater than every count is no limit of them.
        let limit = number.as_u64().and_then(|it| usize::try_from(it).ok());
        Ok(Some(limit.unwrap_or(usize::MAX)))
    }

    fn count(
        &self,
        least: &'static str,
        most: &'static str,
    ) -> Result<Option<Count>, CompileError> {
        let (min, max) = (self.limit(least)?, self.limit(most)?);
        let is_there = min.is_some() || max.is_some();
        Ok(is_there.then(|| Count { min: min.unwrap_or(0), max: max.unwrap_or(usize::MAX) }))
    }

    /// The schemas of a mapping, by name.
    fn schemas(&self, keyword: &'static str) -> Result<Vec<(&'d str, Located<'d>)>, CompileError> {
        let Some(node) = self.map.get(keyword) else { return Ok(Vec::new()) };
        let map = node.map().ok_or_else(|| self.wrong(keyword))?;
        let held = self.at.child(keyword, node);
        let of = |it: &'d crate::document::Entry| (it.key.as_str(), held.child(&it.key, &it.node));
        Ok(map.entries().iter().map(of).collect())
    }
}

fn values(part: &Part<'_, '_>, schema: &mut Compiled) -> Result<(), CompileError> {
    if let Some(node) = part.map.get("type") {
        let one = std::slice::from_ref(node);
        let mut types = Types::NONE;
        for item in node.list().unwrap_or(one) {
            let named = item.text().and_then(Types::named).ok_or_else(|| part.wrong("type"))?;
            types = types.or(named);
        }
        let is_nullable = match part.dialect {
            SchemaDialect::OpenApi30 => part.flag("nullable")? || part.flag("x-nullable")?,
            SchemaDialect::Draft4 | SchemaDialect::Draft2020 | SchemaDialect::Unread => false,
        };
        schema.types = if is_nullable { types.or(Types::NULL) } else { types };
    }
    if let Some(node) = part.map.get("enum") {
        let items = node.list().ok_or_else(|| part.wrong("enum"))?;
        let list = items.iter().map(Literal::of).collect();
        schema.values.push(Values { keyword: Keyword::Enum, list });
    }
    if let Some(node) = part.map.get("const").filter(|_| part.is_new()) {
        schema.values.push(Values { keyword: Keyword::Const, list: vec![Literal::of(node)] });
    }
    Ok(())
}

fn numbers(part: &Part<'_, '_>, schema: &mut Compiled) -> Result<(), CompileError> {
    let mut push = |kind, number: Option<&Number>| {
        schema.numbers.extend(number.map(|it| Limit { kind, number: it.to_string().into() }));
    };
    let (least, most) = if part.is_new() {
        push(LimitKind::ExclusiveMinimum, part.number("exclusiveMinimum")?);
        push(LimitKind::ExclusiveMaximum, part.number("exclusiveMaximum")?);
        (LimitKind::Minimum, LimitKind::Maximum)
    } else {
        let is_open = (part.flag("exclusiveMinimum")?, part.flag("exclusiveMaximum")?);
        (
            if is_open.0 { LimitKind::ExclusiveMinimum } else { LimitKind::Minimum },
            if is_open.1 { LimitKind::ExclusiveMaximum } else { LimitKind::Maximum },
        )
    };
    push(least, part.number("minimum")?);
    push(most, part.number("maximum")?);
    let divisor = part.number("multipleOf")?;
    if divisor.is_some_and(|it| *it <= Number::default()) {
        return Err(part.wrong("multipleOf"));
    }
    push(LimitKind::MultipleOf, divisor);
    Ok(())
}
