//! The inventory as an API description: what a specification would say if it said what traffic shows.
//!
//! Reads    the endpoints of one service, and the classes of fields.
//! Writes   an [`Api`]: operations, parameters, schemas of JSON bodies with `x-bartizan-class` where a class is
//!          told, and `x-bartizan-values` where one of so many values stands. Required is what every message had.
//! Misses   the words of enumerations (values are kept as hashes only), the media types of requests (JSON is written), schemas
//!          of error answers; of exchanges that were recorded before notations were, numbers in quotes are numbers.

use super::leaf::{Field, Fields};
use super::{ClassOf, Endpoint, Segment};
use bartizan_model::api::{
    Api, Operation, Parameter, ParameterPlace, RequestBody, Response, Schema, Status, Types,
};
use bartizan_model::class::Class;
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// Arrays and objects in each other that are written.
const DEPTH_MAX: usize = 64;

/// Describes these endpoints, in the order of the inventory, as one API of this name.
pub fn describe(title: &str, endpoints: &[Endpoint<'_>], class_of: ClassOf<'_>) -> Api {
    let mut api = Api::new(title, "0.0.0-learnt");
    let is_same = |a: &Endpoint<'_>, b: &Endpoint<'_>| {
        a.method == b.method && a.service == b.service && a.template() == b.template()
    };
    for same in endpoints.chunk_by(is_same) {
        let Some(first) = same.first() else { continue };
        // Operations within an envelope are one here: descriptions know methods and paths only.
        let mut leaf = first.leaf.clone();
        same.iter().skip(1).for_each(|it| leaf.merge(it.leaf.clone()));
        let endpoint = &Endpoint { leaf: &leaf, ..first.clone() };
        let method = endpoint.method.name();
        // A template that no description may have stays out; there is none that learning makes.
        let Ok(mut operation) = Operation::new(method, &endpoint.template()) else { continue };
        operation.summary = Some(format!("{method} {}", endpoint.template()));
        let operations: Vec<&str> =
            same.iter().map(|it| it.operation).filter(|it| !it.is_empty()).collect();
        if !operations.is_empty() {
            operation.extensions.insert("x-bartizan-operations".to_owned(), operations.into());
        }
        operation.parameters = parameters(endpoint, class_of);
        if let Some(schema) = body(&endpoint.leaf.request, class_of) {
            operation.body = Some(RequestBody::of("application/json", schema));
        }
        operation.responses = responses(endpoint, class_of);
        api.operations.push(operation);
    }
    api
}

fn parameters(endpoint: &Endpoint<'_>, class_of: ClassOf<'_>) -> Vec<Parameter> {
    let mut out = Vec::new();
    for segment in &endpoint.path {
        let Segment::Variable { name, of } = segment else { continue };
        let schema = of.kind().map_or_else(Schema::string, of_kind);
        let mut it = Parameter::new(ParameterPlace::Path, name.clone(), schema);
        it.required = true;
        out.push(it);
    }
    let fields = &endpoint.leaf.request;
    for (place, field) in &fields.by_place {
        let class = class_of(place, field);
        let (place, name) = match place {
            Place::Query(name) => (ParameterPlace::Query, name),
            Place::Cookie(_)
            | Place::Path
            | Place::Segment(_)
            | Place::Header(_)
            | Place::Body(_)
            | Place::Name => continue,
        };
        let mut it = Parameter::new(place, unescaped(name), classed(schema(field), class));
        it.required = field.messages == fields.messages;
        out.push(it);
    }
    out
}

fn responses(endpoint: &Endpoint<'_>, class_of: ClassOf<'_>) -> BTreeMap<Status, Response> {
    let seen = endpoint.leaf.statuses.keys().filter(|it| (100..600).contains(*it));
    let mut out: BTreeMap<Status, Response> = seen
        .map(|status| (Status::Code(*status), Response::new(format!("Seen with status {status}."))))
        .collect();
    // Fields are kept of successful answers together: the most frequent one is described by them.
    let with_body =
        endpoint.leaf.statuses.iter().filter(|it| matches!(it.0, 200..=203 | 206..=299));
    let main = with_body.max_by_key(|it| it.1);
    if let (Some((status, _)), Some(schema)) = (main, body(&endpoint.leaf.response, class_of))
        && let Some(response) = out.remove(&Status::Code(*status))
    {
        out.insert(Status::Code(*status), response.with("application/json", schema));
    }
    out
}

/// The schema of the body that these fields make up.
fn body(fields: &Fields, class_of: ClassOf<'_>) -> Option<Schema> {
    let mut root = Part::default();
    for (place, field) in &fields.by_place {
        if let Place::Body(path) = place {
            root.add(&steps(path), field, class_of(place, field));
        }
    }
    root.is_known().then(|| root.schema(fields.messages, false))
}

/// One step of a path: a member of this name, or the items.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Member(String),
    Items,
}

fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    for (at, part) in path.trim_start_matches('$').split('.').enumerate() {
        let name = part.trim_end_matches("[*]");
        // A member may have no name at all; what is before the first is the whole.
        if at > 0 || !name.is_empty() {
            out.push(Step::Member(unescaped(name)));
        }
        out.extend((0..(part.len() - name.len()) / 3).map(|_| Step::Items));
    }
    out.truncate(DEPTH_MAX);
    out
}

#[derive(Debug, Default)]
struct Part<'a> {
    field: Option<&'a Field>,
    class: Option<Class>,
    members: BTreeMap<String, Self>,
    items: Option<Box<Self>>,
    /// Messages that had anything of what is in it.
    filled: u64,
}

impl<'a> Part<'a> {
    fn add(&mut self, steps: &[Step], field: &'a Field, class: Option<Class>) {
        match steps.split_first() {
            None => (self.field, self.class) = (Some(field), class),
            Some(_) => self.filled = self.filled.max(field.messages),
        }
        match steps.split_first() {
            None => {}
            Some((Step::Items, rest)) => self.items.get_or_insert_default().add(rest, field, class),
            Some((Step::Member(name), rest)) => {
                self.members.entry(name.clone()).or_default().add(rest, field, class);
            }
        }
    }

    /// Messages that had it. Outside of lists one message is either empty, or a value, or holds something.
    fn messages(&self, is_item: bool) -> u64 {
        let empty = self.field.map_or(0, |it| it.messages);
        if is_item { empty.max(self.filled) } else { empty + self.filled }
    }

    fn is_known(&self) -> bool {
        self.field.is_some() || self.items.is_some() || !self.members.is_empty()
    }

    /// Its schema, of `messages` that could have had it. Of an object it is not known how many messages had it, but of
    /// the message itself: what not all of them had is not required.
    fn schema(&self, messages: u64, is_item: bool) -> Schema {
        let mut out = match self.field {
            Some(field) => classed(schema(field), self.class),
            None => Schema::of(Types::NONE),
        };
        if let Some(items) = &self.items {
            out.types = out.types.or(Types::ARRAY);
            // Items are there where anything of them is.
            out.items = Some(Box::new(items.schema(items.messages(true), true)));
        }
        if !self.members.is_empty() {
            out.types = out.types.or(Types::OBJECT);
            let schema = |it: &Self| it.schema(messages, is_item);
            out.properties =
                self.members.iter().map(|(name, it)| (name.clone(), schema(it))).collect();
            let all = messages.max(self.filled);
            let always = self.members.iter().filter(|it| it.1.messages(is_item) >= all);
            out.required = always.map(|it| it.0.clone()).collect();
        }
        out
    }
}

/// A schema that says which data it is of.
fn classed(mut schema: Schema, class: Option<Class>) -> Schema {
    if let Some(class) = class {
        schema.extensions.insert("x-bartizan-class".to_owned(), class.to_string().into());
    }
    schema
}

fn schema(field: &Field) -> Schema {
    let mut out = typed(field);
    let is_truth = out.types == Types::BOOLEAN;
    if let Some(it) = field.enumeration().filter(|_| !is_truth) {
        let count = it.counts.len() as u64;
        out.extensions.insert("x-bartizan-values".to_owned(), count.into());
    }
    out
}

fn typed(field: &Field) -> Schema {
    let by_kind = of_kinds(field);
    let has = |it| field.forms.has(it);
    if field.forms == Forms::NONE || has(Forms::PLAIN) {
        return by_kind;
    }
    let mut types = Types::NONE;
    for (form, more) in [
        (Forms::NULL, Types::NULL),
        (Forms::BOOLEAN, Types::BOOLEAN),
        (Forms::NUMBER, if is_whole(field) { Types::INTEGER } else { Types::NUMBER }),
        (Forms::STRING, Types::STRING),
        (Forms::LIST, Types::ARRAY),
        (Forms::OBJECT, Types::OBJECT),
    ] {
        types = if has(form) { types.or(more) } else { types };
    }
    // A format holds for strings: it is written where all of them have it.
    let format = by_kind.format.filter(|_| by_kind.types == Types::STRING && has(Forms::STRING));
    Schema { format, ..Schema::of(types) }
}

/// Whether no number had a fraction.
fn is_whole(field: &Field) -> bool {
    Kind::ALL.iter().zip(field.kinds).all(|it| *it.0 != Kind::Decimal || it.1 == 0)
}

/// What values look like, whatever their notation.
fn of_kinds(field: &Field) -> Schema {
    let mut types = Types::NONE;
    for (kind, count) in Kind::ALL.iter().zip(field.kinds) {
        if count > 0 {
            types = types.or(of_kind(*kind).types);
        }
    }
    let one = field.kind().map(of_kind).filter(|it| it.types == types);
    let mut out =
        one.unwrap_or_else(|| Schema::of(if types == Types::NONE { Types::STRING } else { types }));
    let seen = |kind: Kind| {
        let all = Kind::ALL.iter().zip(field.kinds).filter(|it| *it.0 == kind);
        all.map(|it| u64::from(it.1)).sum::<u64>()
    };
    if out.format.is_some()
        && field.kind().is_some_and(|it| seen(it) + seen(Kind::Empty) < field.messages)
    {
        out.format = None;
    }
    if seen(Kind::Date) == field.messages && field.messages > 0 {
        match field.bytes {
            (10, 10) => out = Schema::string().with_format("date"),
            // With seconds and a zone.
            (20.., _) => out = Schema::string().with_format("date-time"),
            _ => {}
        }
    }
    out
}

fn of_kind(kind: Kind) -> Schema {
    match kind {
        Kind::Integer => Schema::integer(),
        Kind::Decimal => Schema::of(Types::NUMBER),
        Kind::Boolean => Schema::of(Types::BOOLEAN),
        Kind::Uuid => Schema::string().with_format("uuid"),
        Kind::Email => Schema::string().with_format("email"),
        Kind::Empty | Kind::Hex | Kind::Date | Kind::Text => Schema::string(),
    }
}

/// A name as the message had it: places hold it escaped. What was cut within a character is not told.
fn unescaped(name: &str) -> String {
    let mut out = Vec::new();
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once("\\x") {
        out.extend_from_slice(before.as_bytes());
        out.extend(behind.get(..2).and_then(|it| u8::from_str_radix(it, 16).ok()));
        rest = behind.get(2..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: Kind, messages: u64) -> Field {
        let mut kinds = [0; Kind::ALL.len()];
        let at = Kind::ALL.iter().position(|it| *it == kind).unwrap();
        kinds[at] = u32::try_from(messages).unwrap();
        Field { messages, kinds, ..Field::default() }
    }

    fn fields(of: &[(&str, Kind, u64)]) -> Fields {
        let by_place = of
            .iter()
            .map(|(path, kind, messages)| (Place::body(path), field(*kind, *messages)))
            .collect();
        Fields { messages: 10, by_place, ..Fields::default() }
    }

    #[test]
    fn fields_make_up_the_schema_of_a_body() {
        let fields = fields(&[
            ("$.id", Kind::Integer, 10),
            ("$.note", Kind::Text, 4),
            ("$.items[*].sku", Kind::Text, 10),
            ("$.items[*].price", Kind::Decimal, 10),
            ("$.tags[*]", Kind::Text, 3),
            ("$.a\\x2eb", Kind::Uuid, 10),
        ]);
        let schema = body(&fields, &|_, _| None).unwrap();
        assert_eq!(schema.types, Types::OBJECT);
        let required: Vec<_> = schema.required.iter().map(String::as_str).collect();
        assert_eq!(required, ["a.b", "id", "items"]);
        assert_eq!(schema.properties["a.b"].format.as_deref(), Some("uuid"));
        assert_eq!(schema.properties["tags"], Schema::list(Schema::string()));
        let items = schema.properties["items"].items.as_ref().unwrap();
        assert_eq!(items.properties["price"].types, Types::NUMBER);
    }

    #[test]
    fn a_list_at_the_root_and_a_field_of_two_kinds() {
        let mut both = field(Kind::Integer, 3);
        both.kinds[Kind::ALL.len() - 1] = 2;
        let by_place = [(Place::body("$[*].id"), both)].into_iter().collect();
        let schema =
            body(&Fields { messages: 5, by_place, ..Fields::default() }, &|_, _| None).unwrap();
        assert_eq!(schema.types, Types::ARRAY);
        let id = &schema.items.unwrap().properties["id"];
        assert_eq!(id.types, Types::INTEGER.or(Types::STRING));
        assert!(body(&Fields::default(), &|_, _| None).is_none());
    }

    #[test]
    fn what_is_empty_has_its_type_and_counts_as_there() {
        let empty = |forms: Forms, messages: u64| Field {
            forms,
            nulls: 0,
            empties: messages,
            ..field(Kind::Empty, messages)
        };
        let filled = |messages: u64| Field { forms: Forms::STRING, ..field(Kind::Text, messages) };
        let by_place = [
            (Place::body("$.tags"), empty(Forms::LIST, 4)),
            (Place::body("$.tags[*]"), filled(6)),
            (Place::body("$.meta"), empty(Forms::OBJECT.and(Forms::NULL), 10)),
            (Place::body("$.gone"), empty(Forms::OBJECT, 3)),
            (Place::body("$.gone.at"), filled(6)),
        ];
        let fields =
            Fields { messages: 10, by_place: by_place.into_iter().collect(), ..Fields::default() };
        let schema = body(&fields, &|_, _| None).unwrap();
        assert_eq!(schema.properties["tags"], Schema::list(Schema::string()));
        assert_eq!(schema.properties["meta"].types, Types::OBJECT.or(Types::NULL));
        assert_eq!(schema.properties["gone"].types, Types::OBJECT);
        let required: Vec<_> = schema.required.iter().map(String::as_str).collect();
        assert_eq!(required, ["meta", "tags"]);
    }

    #[test]
    fn a_body_that_is_always_empty_is_a_body() {
        let empty = Field { forms: Forms::OBJECT, empties: 3, ..field(Kind::Empty, 3) };
        let by_place = [(Place::body("$"), empty)].into_iter().collect();
        let schema =
            body(&Fields { messages: 3, by_place, ..Fields::default() }, &|_, _| None).unwrap();
        assert_eq!(schema, Schema::of(Types::OBJECT));
    }

    #[test]
    fn names_are_what_the_message_had() {
        for name in ["a.b", "gr\u{f6}\u{df}e", "a b", "\\x41", ""] {
            let place = bartizan_model::place::escaped_step(name.as_bytes());
            let schema =
                body(&fields(&[(&format!("$.{place}"), Kind::Text, 10)]), &|_, _| None).unwrap();
            assert_eq!(schema, Schema::object([(name, Schema::string())]).requiring([name]));
        }
        // Cut within a character.
        assert_eq!(unescaped("a\\xc3"), "a\u{fffd}");
    }
}
