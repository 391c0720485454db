//! APIs made by chance: whatever can be said in the model comes back from every written form.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::*;
use bartizan_spec::{Format, Limits, Options, Version, complete, no_files, read, write};

const TEXTS: [&str; 30] = [
    "",
    "plain",
    "two words",
    "a: b",
    "- a",
    "# no",
    "no",
    "Null",
    "1",
    "1.0",
    "0x1f",
    "2020-01-01",
    "12:30",
    "<<",
    "=",
    "a\nb",
    "a\nb\n",
    "\n\na",
    " a\n b",
    "tab\there",
    "é",
    "\u{1}",
    "quote\"'",
    "back\\slash",
    "{a}",
    "[a]",
    "*a",
    "!a",
    "%",
    "ends with:",
];
const NAMES: [&str; 8] = ["Order", "order_2", "A.b-c", "null", "200", "x", "Y", "Zz"];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn some<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(4).then(|| make(self))
    }

    fn text(&mut self) -> String {
        self.pick(&TEXTS).to_owned()
    }

    fn name(&mut self) -> String {
        self.pick(&NAMES).to_owned()
    }

    fn list<T>(&mut self, max: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(max + 1)).map(|_| make(self)).collect()
    }

    fn number(&mut self) -> Number {
        let text =
            self.pick(&["0", "-1", "1.5", "1e30", "-2.5e-20", "18446744073709551615", "100"]);
        Number::parse(text).unwrap()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 4 } else { 6 }) {
            0 => Value::Null,
            1 => self.one_in(2).into(),
            2 => Value::Number(self.number()),
            3 => self.text().into(),
            4 => Value::List(self.list(3, |it| it.value(depth - 1))),
            _ => Value::Map(
                self.list(3, |it| (it.text(), it.value(depth - 1))).into_iter().collect(),
            ),
        }
    }

    fn extensions(&mut self) -> Extensions {
        let some = self.some(|it| (format!("x-bartizan-{}", it.name()), it.value(2)));
        some.into_iter().collect()
    }

    fn range(&mut self) -> Range {
        let min = self.some(|it| u64::try_from(it.below(5)).unwrap());
        Range { min, max: self.some(|it| u64::try_from(5 + it.below(5)).unwrap()) }
    }

    fn bound(&mut self, value: &str) -> Option<Bound> {
        let value = Number::parse(value).unwrap();
        self.some(|it| Bound { value, is_exclusive: it.one_in(2) })
    }

    fn types(&mut self) -> Types {
        let all = [
            Types::NULL,
            Types::BOOLEAN,
            Types::INTEGER,
            Types::NUMBER,
            Types::STRING,
            Types::ARRAY,
            Types::OBJECT,
        ];
        if self.one_in(4) {
            return Types::ANY;
        }
        let (one, other) = (self.pick(&all), self.pick(&all));
        if self.one_in(3) { one.or(other) } else { one }
    }

    fn boxed(&mut self, depth: usize) -> Option<Box<Schema>> {
        if depth == 0 {
            return None;
        }
        self.some(|it| Box::new(it.schema(depth - 1)))
    }

    fn schemas(&mut self, depth: usize) -> Vec<Schema> {
        if depth == 0 || !self.one_in(4) {
            return Vec::new();
        }
        self.list(2, |it| it.schema(depth - 1))
    }

    fn schema(&mut self, depth: usize) -> Schema {
        let properties = if depth == 0 { 0 } else { self.below(3) };
        let properties = (0..properties).map(|_| (self.text(), self.schema(depth - 1))).collect();
        let additional = match self.below(8) {
            0 => Additional::Any,
            1 => Additional::Forbidden,
            2 if depth > 0 => Additional::Schema(Box::new(self.schema(depth - 1))),
            _ => Additional::Unsaid,
        };
        let values = self.some(|it| {
            let first = it.value(1);
            [vec![first], it.list(2, |it| it.value(1))].concat()
        });
        Schema {
            reference: self.some(Self::name),
            types: self.types(),
            title: self.some(Self::text),
            description: self.some(Self::text),
            format: self.some(Self::text),
            values,
            constant: self.some(|it| it.value(1)),
            default: self.some(|it| it.value(1)),
            minimum: self.bound("-3"),
            maximum: self.bound("1e3"),
            multiple_of: self.some(|_| Number::parse("0.01").unwrap()),
            length: self.range(),
            pattern: self.some(Self::text),
            content_encoding: self.some(Self::text),
            content_media_type: self.some(Self::text),
            first_items: self.schemas(depth),
            items: self.boxed(depth),
            items_count: self.range(),
            unique_items: self.one_in(4),
            properties,
            required: self.list(2, Self::text).into_iter().collect(),
            additional,
            properties_count: self.range(),
            all_of: self.schemas(depth),
            any_of: self.schemas(depth),
            one_of: self.schemas(depth),
            not: self.boxed(depth),
            discriminator: self.some(|it| Discriminator {
                property: it.text(),
                mapping: it.list(2, |it| (it.text(), it.name())).into_iter().collect(),
            }),
            read_only: self.one_in(4),
            write_only: self.one_in(4),
            deprecated: self.one_in(4),
            is_partial: self.one_in(8),
            extensions: self.extensions(),
        }
    }

    fn content(&mut self) -> Content {
        let types = ["application/json", "text/*", "application/jsonl"];
        let content = self.list(2, |it| {
            let schema = it.some(|it| it.schema(2));
            (
                it.pick(&types).to_owned(),
                MediaType { schema, item_schema: it.some(|it| it.schema(1)) },
            )
        });
        content.into_iter().collect()
    }

    fn parameter(&mut self, place: ParameterPlace, name: String) -> Parameter {
        let by_content = place == ParameterPlace::QueryString;
        let media_type = MediaType::of(self.schema(1));
        let styles: &[Style] = match place {
            ParameterPlace::Path => &[Style::Label, Style::Simple],
            ParameterPlace::Query => &[Style::Form, Style::DeepObject],
            ParameterPlace::Header => &[Style::Simple],
            ParameterPlace::Cookie | ParameterPlace::QueryString => &[Style::Form],
        };
        Parameter {
            place,
            name,
            description: self.some(Self::text),
            required: place == ParameterPlace::Path || self.one_in(2),
            deprecated: self.one_in(4),
            schema: (!by_content).then(|| self.schema(2)),
            content: by_content.then(|| ("a/b".to_owned(), media_type)).into_iter().collect(),
            style: self.some(|it| it.pick(styles)).filter(|_| !by_content),
            explode: self.some(|it| it.one_in(2)).filter(|_| !by_content),
        }
    }

    fn operation(&mut self, number: usize) -> Operation {
        let methods =
            ["GET", "PUT", "POST", "DELETE", "HEAD", "TRACE", "QUERY", "PURGE", "CONNECT"];
        let path = self.pick(&["/", "/a/{b}", "/a/{b}.{c}", "/a/x:y/", "/{b}"]);
        let mut operation = Operation::new(self.pick(&methods), path).unwrap();
        let variables: Vec<_> = operation.path.variables().map(str::to_owned).collect();
        for name in variables {
            operation.parameters.push(self.parameter(ParameterPlace::Path, name));
        }
        for place in [
            ParameterPlace::Query,
            ParameterPlace::Header,
            ParameterPlace::Cookie,
            ParameterPlace::QueryString,
        ] {
            if self.one_in(3) {
                let name = self.text();
                operation.parameters.push(self.parameter(place, name));
            }
        }
        operation.id = self.some(|it| format!("{}{number}", it.text()));
        operation.summary = self.some(Self::text);
        operation.description = self.some(Self::text);
        operation.tags = self.list(2, Self::text);
        operation.deprecated = self.one_in(3);
        operation.sunset = self.some(Self::text);
        operation.body = self.some(|it| {
            let description = it.some(Self::text);
            RequestBody { description, required: it.one_in(2), content: it.content() }
        });
        for status in [Status::Code(200), Status::Class(4), Status::Default] {
            if self.one_in(2) {
                let response = self.response();
                operation.responses.insert(status, response);
            }
        }
        operation.security = self.some(|it| {
            it.list(2, |it| {
                let scopes = it.list(2, Self::text);
                it.some(|it| (it.name(), scopes)).into_iter().collect()
            })
        });
        operation.servers = if self.one_in(5) { self.list(2, Self::server) } else { Vec::new() };
        operation.extensions = self.extensions();
        operation
    }

    fn response(&mut self) -> Response {
        let headers = self.list(2, |it| {
            let header = Header {
                description: it.some(Self::text),
                required: it.one_in(2),
                deprecated: it.one_in(3),
                schema: Some(it.schema(1)),
            };
            (format!("X-{}", it.name()), header)
        });
        Response {
            description: self.text(),
            headers: headers.into_iter().collect(),
            content: self.content(),
            extensions: self.extensions(),
        }
    }

    fn server(&mut self) -> Server {
        let mut server = Server::new(self.pick(&["https://a.test/v1", "/", "https://{r}.test"]));
        server.description = self.some(Self::text);
        let values = self.list(2, Self::text);
        let variable =
            ServerVariable { default: self.text(), values, description: self.some(Self::text) };
        if server.url.contains('{') {
            server.variables.insert("r".to_owned(), variable);
        }
        server
    }

    fn scheme(&mut self) -> SecurityScheme {
        let flow = Flow {
            authorization_url: Some("https://a.test/a".to_owned()),
            device_authorization_url: None,
            token_url: Some("https://a.test/t".to_owned()),
            refresh_url: self.some(Self::text),
            scopes: self.list(2, |it| (it.text(), it.text())).into_iter().collect(),
        };
        let device =
            Flow { device_authorization_url: Some("https://a.test/d".to_owned()), ..flow.clone() };
        let kind = match self.below(5) {
            0 => SchemeKind::ApiKey { place: ParameterPlace::Header, name: self.text() },
            1 => SchemeKind::Http {
                scheme: "bearer".to_owned(),
                bearer_format: self.some(Self::text),
            },
            2 => SchemeKind::MutualTls,
            3 => SchemeKind::OpenIdConnect { url: self.text() },
            _ => SchemeKind::OAuth2 {
                flows: BTreeMap::from([
                    (FlowKind::AuthorizationCode, flow),
                    (FlowKind::DeviceAuthorization, device),
                ]),
                metadata_url: self.some(Self::text),
            },
        };
        let mut scheme = SecurityScheme::new(kind);
        scheme.description = self.some(Self::text);
        scheme.deprecated = self.one_in(3);
        scheme.extensions = self.extensions();
        scheme
    }

    fn api(&mut self) -> Api {
        let mut api = Api::new(self.text(), self.text());
        api.summary = self.some(Self::text);
        api.description = self.some(Self::text);
        api.terms_of_service = self.some(Self::text);
        api.contact = self.some(|it| Contact {
            name: it.some(Self::text),
            url: None,
            email: it.some(Self::text),
        });
        api.license =
            self.some(|it| License { name: it.text(), identifier: it.some(Self::text), url: None });
        api.servers = self.list(2, Self::server);
        let mut known = BTreeSet::new();
        api.tags = self.list(3, |it| Tag {
            name: it.text(),
            summary: it.some(Self::text),
            description: it.some(Self::text),
            parent: it.some(Self::text),
            kind: it.some(Self::text),
        });
        api.tags.retain(|it| known.insert(it.name.clone()));
        let mut known = BTreeSet::new();
        api.operations = (0..self.below(6)).map(|it| self.operation(it)).collect();
        api.operations.retain(|it| known.insert((it.method.clone(), it.path.clone())));
        // Whatever is referred to is there, and says more than a reference.
        for name in NAMES {
            let schema = Schema { reference: None, ..self.schema(3) };
            api.schemas.insert(name.to_owned(), schema);
            let scheme = self.scheme();
            api.security_schemes.insert(name.to_owned(), scheme);
        }
        api.extensions = self.extensions();
        api
    }
}

fn sorted(mut api: Api) -> Api {
    api.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    api
}

#[test]
fn whatever_is_written_reads_the_same() {
    let mut random = Random(0x0a91);
    for round in 0..40 {
        let api = random.api();
        for api in [complete(&api), api] {
            for (version, format) in [
                (Version::V31, Format::Json),
                (Version::V31, Format::Yaml),
                (Version::V32, Format::Json),
                (Version::V32, Format::Yaml),
            ] {
                let written = write(&api, Options { version, format });
                assert_eq!(written.omitted, [], "round {round}");
                let again = read(&written.text, "again", &no_files, &Limits::default());
                let again =
                    again.unwrap_or_else(|it| panic!("round {round}: {it}\n{}", written.text));
                assert_eq!(
                    sorted(again.api),
                    sorted(api.clone()),
                    "round {round}\n{}",
                    written.text
                );
            }
        }
    }
}
