//! Descriptions and traffic in, differences out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use super::*;
use crate::inventory::description::describe;
use crate::inventory::seen::{called, told};
use crate::inventory::{By, Inventory, Said};
use bartizan_model::api::{
    Additional, Discriminator, MediaType, Operation, Parameter, ParameterPlace, RequestBody,
    Response, Schema, SchemeKind, SecurityScheme, Server, Status, Style,
};
use bartizan_model::fact::Forms;
use bartizan_model::head::Method;
use bartizan_model::observation::Observation;

/// An exchange with these values, by the places as they are shown.
fn call(line: &str, status: u16, request: &[(&str, &str)], answer: &[(&str, &str)]) -> Observation {
    let (method, path) = line.split_once(' ').unwrap();
    let request: Vec<_> = request.iter().map(|it| (it.0.parse().unwrap(), it.1)).collect();
    let answer: Vec<_> = answer.iter().map(|it| (Place::body(it.0), it.1)).collect();
    let answer = (!answer.is_empty()).then(|| told(&answer));
    called(Method::of(method.as_bytes()), path, status, &request, answer)
}

fn get(line: &str) -> Observation {
    call(line, 200, &[], &[])
}

/// An operation with a response of each of these statuses, of which 200 has a body of this schema.
fn operation(line: &str, statuses: &[&str], schema: Option<Schema>) -> Operation {
    let (method, path) = line.split_once(' ').unwrap();
    let mut it = Operation::new(method, path).unwrap();
    for status in statuses {
        it.responses.insert(Status::parse(status).unwrap(), Response::new("it"));
    }
    if let Some(schema) = schema {
        let response = Response::new("it").with("application/json", schema);
        it.responses.insert(Status::Code(200), response);
    }
    it
}

fn api(operations: impl IntoIterator<Item = Operation>) -> Api {
    Api { operations: operations.into_iter().collect(), ..Api::new("Shop", "1") }
}

fn learnt(calls: &[Observation]) -> Inventory {
    let mut it = Inventory::default();
    calls.iter().for_each(|call| it.observe(call));
    it.settle();
    it
}

fn compared(api: &Api, calls: &[Observation]) -> Drift {
    drift(api, &learnt(calls).endpoints(), 0)
}

fn shown(it: &Difference) -> String {
    let what = match &it.what {
        What::UndeclaredPath { seen } => format!("path is not declared, {}", seen.calls),
        What::UndeclaredMethod { declared, seen } => {
            format!("method is not declared beside {}, {}", declared.join(","), seen.calls)
        }
        What::Deprecated { seen, .. } => format!("deprecated, {}", seen.calls),
        What::Superseded { by, seen } => format!("older than {by}, {}", seen.calls),
        What::NeverCalled => "never called".to_owned(),
        What::UndeclaredStatus { status, seen } => {
            format!("status {status}, {}/{}", seen.of, seen.all)
        }
        What::Undeclared { side, place, room, seen } => {
            format!("{side:?} {place} is not named ({room:?}), {}/{}", seen.of, seen.all)
        }
        What::Changed { side, place, declared, seen, share } => {
            format!("{side:?} {place} {declared:?} is {seen:?}, {}/{}", share.of, share.all)
        }
        What::Missing { side, place, share } => {
            format!("{side:?} {place} is missing, {}/{}", share.of, share.all)
        }
    };
    format!("{} {}: {what}", it.method, it.path)
}

/// These are all differences.
#[track_caller]
fn check(api: &Api, calls: &[Observation], expected: &[&str]) {
    let found = compared(api, calls);
    let shown: Vec<_> = found.differences.iter().map(shown).collect();
    assert_eq!(shown, expected, "{:?}", found.not_seen);
}

/// These are all differences of the answers of one operation with this schema.
#[track_caller]
fn check_answers(api: &Api, schema: Schema, answers: &[&[(&str, &str)]], expected: &[&str]) {
    let operations = vec![operation("GET /a", &[], Some(schema))];
    let api = Api { operations, ..api.clone() };
    let calls: Vec<_> = answers.iter().map(|it| call("GET /a", 200, &[], it)).collect();
    let found = compared(&api, &calls);
    let shown: Vec<_> = found.differences.iter().map(shown).collect();
    let shown: Vec<_> = shown.iter().map(|it| it.replace("GET /a: Response body ", "")).collect();
    assert_eq!(shown, expected, "{:?}", found.not_seen);
}

fn plain() -> Api {
    Api::new("Shop", "1")
}

#[test]
fn what_is_declared_and_called_is_no_difference() {
    let api = api([operation("GET /orders/{id}", &["200"], None), operation("GET /", &[], None)]);
    check(&api, &[get("GET /orders/17"), get("GET /")], &[]);
    // A slash at the end, and methods that servers answer by themselves.
    check(
        &api,
        &[get("HEAD /orders/17/"), get("OPTIONS /orders/17"), get("GET /"), get("GET /orders/1")],
        &[],
    );
}

#[test]
fn a_path_or_a_method_that_is_not_declared_is_found() {
    let api =
        api([operation("GET /orders/{id}", &[], None), operation("PUT /orders/{id}", &[], None)]);
    let calls = [
        get("GET /orders/1"),
        get("PUT /orders/1"),
        get("DELETE /orders/1"),
        get("GET /orders/1/secrets"),
        get("HEAD /admin"),
    ];
    check(
        &api,
        &calls,
        &[
            "HEAD /admin: path is not declared, 1",
            "DELETE /orders/{orderId}: method is not declared beside GET,PUT, 1",
            "GET /orders/{orderId}/secrets: path is not declared, 1",
        ],
    );
}

#[test]
fn a_name_goes_before_the_variable_beside_it() {
    let ops = ["GET /users/{id}", "GET /users/me", "GET /files/{id}.json", "GET /a/{x}-{y}/b"];
    let api = api(ops.map(|it| operation(it, &[], None)));
    let calls = [
        get("GET /users/me"),
        get("GET /users/search"),
        get("GET /files/report.json"),
        get("GET /a/k-l/b"),
    ];
    check(&api, &calls, &[]);
    let calls = [get("GET /files/report.xml"), get("GET /a/-l/b"), get("GET /users/")];
    let found = compared(&api, &calls);
    let shadows =
        found.differences.iter().filter(|it| matches!(it.what, What::UndeclaredPath { .. }));
    assert_eq!(shadows.count(), 3, "{found:?}");
}

#[test]
fn base_paths_of_servers_count() {
    let mut api = api([operation("GET /orders", &[], None), operation("GET /x", &[], None)]);
    api.servers = vec![Server::new("https://a.test/v1/"), Server::new("/{tenant}/api")];
    check(&api, &[get("GET /v1/orders"), get("GET /acme/api/x")], &[]);
    check(
        &api,
        &[get("GET /v1/orders"), get("GET /x")],
        &["GET /v1/x: never called", "GET /x: path is not declared, 1"],
    );
    // A proxy took it away.
    check(&api, &[get("GET /orders"), get("GET /x")], &[]);
    assert!(compared(&api, &[get("GET /orders")]).is_without_base);
    assert!(!compared(&api, &[get("GET /elsewhere")]).is_without_base);
    api.operations[1].servers = vec![Server::new("https://b.test")];
    check(&api, &[get("GET /v1/orders"), get("GET /x")], &[]);
}

#[test]
fn an_operation_that_nobody_calls_is_found() {
    let api = api([operation("GET /a", &[], None), operation("QUERY /b", &[], None)]);
    check(&api, &[get("GET /a"), get("QUERY /b")], &[]);
    check(&api, &[get("GET /a")], &["QUERY /b: never called"]);
    let it = learnt(&[get("GET /a"), call("GET /b", 404, &[], &[])]);
    let candidates = it.totals().next().unwrap().1.candidates;
    assert_eq!(drift(&api, &it.endpoints(), candidates).not_seen.candidates, 1);
}

#[test]
fn names_that_were_taken_for_values_are_not_told_apart() {
    let api = api(["cpu", "disk", "net"].map(|it| operation(&format!("GET /m/{it}"), &[], None)));
    let mut it = Inventory::default();
    it.say("shop", &Said { template: "/m/{id}".to_owned(), by: By::Person }).unwrap();
    ["cpu", "disk"].iter().for_each(|name| it.observe(&get(&format!("GET /m/{name}"))));
    let found = drift(&api, &it.endpoints(), 0);
    assert_eq!((found.differences.len(), found.not_seen.merged), (0, 1));
    // Far more values than there are names are something else, and so are numbers.
    for n in 0..26_u8 {
        it.observe(&get(&format!("GET /m/{}ra", char::from(b'a' + n))));
    }
    let found = drift(&api, &it.endpoints(), 0);
    assert_eq!(shown(&found.differences[3]), "GET /m/{id}: path is not declared, 28");
    let found = compared(&api, &[get("GET /m/17")]);
    assert_eq!(shown(&found.differences[3]), "GET /m/{mId}: path is not declared, 1");
    // A number that is declared as a name is not told from others.
    let numbered = tests::api([operation("GET /p/1", &[], None)]);
    assert_eq!(compared(&numbered, &[get("GET /p/1")]).not_seen.merged, 1);
}

#[test]
fn what_is_deprecated_or_older_and_still_called_is_found() {
    let mut old = operation("GET /v1/orders", &[], None);
    let new = operation("GET /v2/orders", &[], None);
    let calls = [get("GET /v1/orders"), get("GET /v2/orders")];
    let older = "GET /v1/orders: older than /v2/orders, 1";
    check(&api([old.clone(), new.clone()]), &calls, &[older]);
    check(&api([old.clone()]), &calls[..1], &[]);
    old.deprecated = true;
    check(&api([old.clone(), new]), &calls, &["GET /v1/orders: deprecated, 1"]);
    check(&api([old]), &[], &["GET /v1/orders: never called"]);
    // Another API has a version of its own.
    let two = ["GET /apis/apps/v1/x", "GET /apis/batch/v2/x", "POST /apis/apps/v2/x"];
    check(&api(two.map(|it| operation(it, &[], None))), &two.map(get), &[]);
}

#[test]
fn a_status_is_declared_by_itself_by_its_class_or_by_default() {
    let calls: Vec<_> =
        [200, 200, 418, 404, 503].iter().map(|it| call("GET /a", *it, &[], &[])).collect();
    let of = |statuses: &[&str]| api([operation("GET /a", statuses, None)]);
    check(&of(&["200", "4XX", "503"]), &calls, &[]);
    check(&of(&["200", "default"]), &calls, &[]);
    check(&of(&[]), &calls, &[]);
    let found = ["GET /a: status 418, 1/5", "GET /a: status 503, 1/5"];
    check(&of(&["200", "404"]), &calls, &found);
    check(&of(&["4XX", "5XX"]), &calls, &["GET /a: status 200, 2/5"]);
}

#[test]
fn a_field_that_is_not_named_is_found_with_what_is_said_of_others() {
    let mut schema = Schema::object([("id", Schema::integer())]);
    let answers: [&[(&str, &str)]; 2] = [&[("$.id", "1")], &[("$.id", "1"), ("$.pin.x", "2")]];
    let check = |schema: &Schema, expected: &[&str]| {
        check_answers(&plain(), schema.clone(), &answers, expected);
    };
    check(&schema, &["$.pin is not named (Unsaid), 1/2"]);
    schema.additional = Additional::Any;
    check(&schema, &[]);
    schema.additional = Additional::Forbidden;
    check(&schema, &["$.pin is not named (Forbidden), 1/2"]);
    schema.additional = Additional::Schema(Box::new(Schema::object([("x", Schema::string())])));
    check(&schema, &[]);
    schema.additional = Additional::Forbidden;
    schema.is_partial = true;
    check(&schema, &[]);
    check(&Schema::of(Types::OBJECT), &[]);
    let with_pin = [("pin", Schema::object([("x", Schema::string())])), ("id", Schema::integer())];
    check(&Schema::object(with_pin), &[]);
}

#[test]
fn compositions_and_references_are_followed() {
    let mut api = plain();
    let has = |name: &str| Schema::object([(name, Schema::string())]);
    let all = |of: Vec<Schema>| Schema { all_of: of, ..Schema::default() };
    api.schemas.insert("Base".to_owned(), has("kind"));
    api.schemas.insert("Cat".to_owned(), all(vec![Schema::named("Base"), has("meow")]));
    api.schemas.insert("Dog".to_owned(), all(vec![Schema::named("Base"), has("bark")]));
    let answers: [&[(&str, &str)]; 1] = [&[("$.kind", "x"), ("$.meow", "y"), ("$.bark", "z")]];
    let check = |api: &Api, schema: Schema, expected: &[&str]| {
        check_answers(api, schema, &answers, expected);
    };
    check(&api, Schema::named("Cat"), &["$.bark is not named (Unsaid), 1/1"]);
    let pets = vec![Schema::named("Cat"), Schema::named("Dog")];
    check(&api, Schema { one_of: pets.clone(), ..Schema::default() }, &[]);
    check(&api, Schema { any_of: pets.clone(), ..Schema::default() }, &[]);
    check(&api, all(pets), &[]);
    check(&api, Schema::named("Gone"), &[]);
    let both = ["$.bark is not named (Unsaid), 1/1", "$.meow is not named (Unsaid), 1/1"];
    check(&api, Schema::named("Base"), &both);
    // What extends it may stand in its place.
    let discriminator = Discriminator { property: "kind".to_owned(), ..Discriminator::default() };
    api.schemas.get_mut("Base").unwrap().discriminator = Some(discriminator);
    check(&api, Schema::named("Base"), &[]);
}

#[test]
fn circles_and_long_chains_of_references_end() {
    let mut api = plain();
    let node = [("next", Schema::named("Node")), ("id", Schema::integer())];
    api.schemas.insert("Node".to_owned(), Schema::object(node));
    api.schemas.insert("Self".to_owned(), Schema::named("Self"));
    let other = |name: &str| Schema { any_of: vec![Schema::named(name)], ..Schema::default() };
    api.schemas.insert("A".to_owned(), other("B"));
    api.schemas.insert("B".to_owned(), other("A"));
    for n in 0..5_000 {
        let twice = vec![Schema::named(format!("L{}", n + 1)); 2];
        api.schemas.insert(format!("L{n}"), Schema { all_of: twice, ..Schema::default() });
    }
    let answer: &[(&str, &str)] = &[("$.next.next.next.id", "x"), ("$.next.no", "1")];
    let found = [
        "$.next.no is not named (Unsaid), 1/1",
        "$.next.next.next.id {\"integer\"} is Like(Text), 1/1",
    ];
    check_answers(&api, Schema::named("Node"), &[answer], &found);
    for name in ["Self", "A", "L0"] {
        check_answers(&api, Schema::named(name), &[answer], &[]);
    }
}

#[test]
fn a_value_of_another_type_is_found() {
    let members = [
        ("n", Schema::integer()),
        ("d", Schema::of(Types::NUMBER)),
        ("b", Schema::of(Types::BOOLEAN)),
        ("s", Schema::string()),
        ("z", Schema::of(Types::INTEGER.or(Types::NULL))),
        ("o", Schema::object([("x", Schema::string())])),
        ("l", Schema::list(Schema::integer())),
    ];
    let schema = Schema::object(members);
    let same: &[(&str, &str)] = &[
        ("$.n", "1"),
        ("$.d", "1"),
        ("$.b", "true"),
        ("$.s", "17"),
        ("$.z", "null"),
        ("$.o.x", "2026-11-22"),
        ("$.l[*]", "1"),
    ];
    check_answers(&plain(), schema.clone(), &[same], &[]);
    let other: &[(&str, &str)] = &[
        ("$.n", "1.5"),
        ("$.d", "x"),
        ("$.b", "1"),
        ("$.z", "2026-11-22"),
        ("$.o[*]", "1"),
        ("$.l", "1"),
    ];
    let found = [
        "$.b {\"boolean\"} is Like(Integer), 1/2",
        "$.d {\"number\"} is Like(Text), 1/2",
        "$.l {\"array\"} is Like(Integer), 1/1",
        "$.n {\"integer\"} is Like(Decimal), 1/2",
        "$.o {\"object\"} is List, 1/1",
        "$.z {\"integer\", \"null\"} is Like(Date), 1/2",
    ];
    check_answers(&plain(), schema.clone(), &[same, other], &found);
    // JSON in a text is looked at, too.
    let text: &[(&str, &str)] = &[("$.s", "{\"a\":1}"), ("$.s.a", "1")];
    check_answers(&plain(), schema.clone(), &[text], &[]);
    let found = ["$.s {\"string\"} is Object, 1/1"];
    check_answers(&plain(), schema, &[&[("$.s.a", "1")]], &found);
}

#[test]
fn what_less_than_one_message_in_a_hundred_shows_is_left_out() {
    let schema = || Schema::object([("n", Schema::integer())]).requiring(["n"]);
    let (right, wrong): (&[_], &[_]) = (&[("$.n", "1")], &[("$.n", "x")]);
    let mut answers = vec![right; 99];
    answers.push(wrong);
    let found = ["$.n {\"integer\"} is Like(Text), 1/100"];
    check_answers(&plain(), schema(), &answers, &found);
    answers.push(right);
    check_answers(&plain(), schema(), &answers, &[]);
}

#[test]
fn a_required_member_that_is_missing_is_found() {
    let order = [("id", Schema::integer()), ("tags", Schema::list(Schema::string()))];
    let item = Schema::object([("sku", Schema::string())]).requiring(["sku"]);
    let of = |required: &[&str]| {
        let mut it = Schema::object(order.clone()).requiring(required.iter().copied());
        it.properties.insert("items".to_owned(), Schema::list(item.clone()));
        it.properties.insert("pin".to_owned(), Schema { write_only: true, ..Schema::string() });
        it
    };
    let whole: &[(&str, &str)] = &[("$.id", "1"), ("$.items[*].sku", "x")];
    let without: &[(&str, &str)] = &[("$.tags[*]", "x")];
    check_answers(&plain(), of(&[]), &[whole, without], &[]);
    check_answers(&plain(), of(&["id", "pin"]), &[whole], &[]);
    // Lower bounds: the two messages without are known to be one.
    let both = [whole, without, without, without];
    check_answers(&plain(), of(&["id"]), &both, &["$.id is missing, 2/3"]);
    // Empty lists leave no trace.
    check_answers(&plain(), of(&["tags", "items"]), &both, &[]);
    // Only one of two schemas requires it.
    let either = Schema { one_of: vec![of(&["id"]), of(&[])], ..Schema::default() };
    check_answers(&plain(), either, &both, &[]);
}

#[test]
fn fields_that_may_have_been_cut_off_are_not_missing() {
    let schema = Schema::object([("id", Schema::integer())]).requiring(["id"]);
    let api = api([operation("GET /a", &[], Some(schema))]);
    let mut long = call("GET /a", 200, &[], &[("$.x", "1")]);
    long.response_body_bytes = 100_000;
    let found = compared(&api, &[long]);
    assert_eq!(found.not_seen.required, 1);
    assert!(!found.differences.iter().any(|it| matches!(it.what, What::Missing { .. })));
}

#[test]
fn parameters_in_the_query_are_compared() {
    let mut it = operation("GET /a", &[], None);
    let mut add = |name: &str, schema: Schema| {
        it.parameters.push(Parameter::new(ParameterPlace::Query, name, schema));
    };
    add("page", Schema::integer());
    add("ids", Schema::list(Schema::integer()));
    add("filter", Schema::object([("name", Schema::string())]));
    add("deep", Schema::of(Types::OBJECT));
    it.parameters[0].required = true;
    it.parameters[3].style = Some(Style::DeepObject);
    it.parameters.push(Parameter::new(ParameterPlace::Header, "x-a", Schema::string()));
    let mut api = api([it]);
    let key = SchemeKind::ApiKey { place: ParameterPlace::Query, name: "key".to_owned() };
    api.security_schemes.insert("key".to_owned(), SecurityScheme::new(key));
    let right: &[(&str, &str)] = &[
        ("query page", "1"),
        ("query ids", "1,2"),
        ("query name", "x"),
        ("query deep[a]", "x"),
        ("query key", "secret"),
        ("cookie sid", "x"),
    ];
    check(&api, &[call("GET /a", 200, right, &[])], &[]);
    let wrong: &[(&str, &str)] = &[("query page", "x"), ("query debug", "1")];
    let found = [
        "GET /a: Request query debug is not named (Unsaid), 1/3",
        "GET /a: Request query page {\"integer\"} is Like(Text), 1/2",
        "GET /a: Request query page is missing, 1/3",
    ];
    let calls = [call("GET /a", 200, right, &[]), call("GET /a", 200, wrong, &[]), get("GET /a")];
    check(&api, &calls, &found);
    assert_eq!(compared(&api, &calls).not_seen.headers, 1);
}

#[test]
fn values_in_the_path_are_compared() {
    let mut it = operation("GET /users/{id}", &[], None);
    it.parameters.push(Parameter::new(ParameterPlace::Path, "id", Schema::integer()));
    let mut api = api([it]);
    check(&api, &[get("GET /users/17"), get("GET /users/-5")], &[]);
    let found = ["GET /users/{id}: Request segment 2 {\"integer\"} is Like(Text), 1/2"];
    check(&api, &[get("GET /users/17"), get("GET /users/me")], &found);
    api.servers = vec![Server::new("/v1")];
    check(&api, &[get("GET /v1/users/17")], &[]);
    let found = ["GET /v1/users/{id}: Request segment 3 {\"integer\"} is Like(Uuid), 1/2"];
    let uuid = "GET /v1/users/0b7f6c1e-5f0e-4f8b-9f5a-2f8d7c3c1a55";
    check(&api, &[get("GET /v1/users/17"), get(uuid)], &found);
}

#[test]
fn bodies_of_requests_are_compared() {
    let fields: &[(&str, &str)] = &[("body $.role", "admin"), ("body $.tags", "x")];
    let calls = [call("POST /a", 200, fields, &[])];
    let mut it = operation("POST /a", &[], None);
    let none = ["POST /a: Request body $ is not named (NoBody), 1/1"];
    check(&api([it.clone()]), &calls, &none);
    let schema = Schema::object([("tags", Schema::list(Schema::string()))]);
    it.body = Some(RequestBody::of("application/json", schema.clone()));
    let found = [
        "POST /a: Request body $.role is not named (Unsaid), 1/1",
        "POST /a: Request body $.tags {\"array\"} is Like(Text), 1/1",
    ];
    check(&api([it.clone()]), &calls, &found);
    // A form repeats the name.
    it.body = Some(RequestBody::of("application/x-www-form-urlencoded", schema));
    check(&api([it.clone()]), &calls, &found[..1]);
    // What cannot be read, and what nothing is said of.
    it.body = Some(RequestBody::of("application/octet-stream", Schema::string()));
    check(&api([it.clone()]), &calls, &[]);
    let content = [("application/json".to_owned(), MediaType::default())].into_iter().collect();
    it.body = Some(RequestBody { content, ..RequestBody::default() });
    check(&api([it.clone()]), &calls, &[]);
    assert_eq!(compared(&api([it.clone()]), &calls).not_seen.undescribed, 1);
    assert_eq!(compared(&api([it]), &[get("POST /a")]).not_seen.request_bodies, 1);
}

#[test]
fn what_nobody_saw_is_unknown() {
    let mut it = operation("GET /a", &[], Some(Schema::object([("id", Schema::integer())])));
    it.responses.get_mut(&Status::Code(200)).unwrap().content.clear();
    let schema = Schema::object([("id", Schema::integer())]).requiring(["id"]);
    let mut page = Parameter::new(ParameterPlace::Query, "page", Schema::integer());
    page.required = true;
    let mut blind = operation("GET /b", &[], Some(schema));
    blind.parameters.push(page);
    let mut seen = get("GET /b");
    (seen.request, seen.response) = (None, None);
    let found = compared(&api([blind]), &[seen]);
    assert!(found.differences.is_empty(), "{found:?}");
    assert_eq!((found.not_seen.requests, found.not_seen.responses), (1, 1));
    // A body where none is declared.
    let calls = [call("GET /a", 200, &[], &[("$.id", "1")]), call("GET /a", 204, &[], &[])];
    let found = ["GET /a: status 204, 1/2", "GET /a: Response body $ is not named (NoBody), 1/1"];
    let declared = api([it]);
    check(&declared, &calls[..1], &found[1..]);
    check(&declared, &calls, &found);
}

#[test]
fn answers_of_one_status_are_not_held_against_those_of_another() {
    let mut it = operation("GET /a", &["201"], None);
    let has = |name: &str| Schema::object([(name, Schema::string())]).requiring([name]);
    it.responses.insert(Status::Code(200), Response::new("").with("application/json", has("a")));
    it.responses.insert(Status::Code(202), Response::new("").with("application/json", has("b")));
    let api = api([it]);
    let of = |status: u16, field: &str| call("GET /a", status, &[], &[(field, "x")]);
    check(&api, &[of(200, "$.a"), of(202, "$.b")], &[]);
    // Nothing is said of the body of 201: what it has is not named, and nobody knows who misses what.
    let found = ["GET /a: Response body $.c is not named (Unsaid), 1/3"];
    check(&api, &[of(200, "$.a"), of(202, "$.b"), of(201, "$.c")], &found);
}

/// The same as the generator of numbers in `Numerical Recipes`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    fn path(&mut self) -> String {
        let mut path = "$".to_owned();
        for _ in 0..=self.below(4) {
            let names = [".id", ".a", ".items[*]", ".\\xc3\\xa4", ".x\\x2ey", "[*]", ".b", "", "."];
            path.push_str(self.of(&names));
        }
        path
    }
}

const VALUES: &[&str] = &[
    "",
    "1",
    "1.5",
    "true",
    "null",
    "x",
    "2026-11-22",
    "a@b.example",
    "deadbeef01",
    "0b7f6c1e-5f0e-4f8b-9f5a-2f8d7c3c1a55",
];

fn any_call(dice: &mut Dice) -> Observation {
    let method = dice.of(&["GET", "POST", "HEAD", "OPTIONS", "PURGE"]);
    let segments = ["orders", "me", "17", "", "zoe", "x%2fy", "2026-11-22", "items", "1.5"];
    let path: String = (0..dice.below(4)).map(|_| format!("/{}", dice.of(&segments))).collect();
    let path = format!("/{}", path.trim_start_matches('/'));
    let names = ["page", "a b", "ü", "filter[x]", "filter", "ids[]", "é.x"];
    let places = (0..dice.below(4)).map(|_| match dice.below(3) {
        0 => Place::cookie(b"sid"),
        1 => Place::query(dice.of(&names).as_bytes()),
        _ => Place::body(&dice.path()),
    });
    let request: Vec<_> = places.collect();
    let request: Vec<_> = request.into_iter().map(|it| (it, dice.of(VALUES))).collect();
    let answer: Vec<_> = (0..dice.below(6)).map(|_| Place::body(&dice.path())).collect();
    let answer: Vec<_> = answer.into_iter().map(|it| (it, dice.of(VALUES))).collect();
    let status = [200, 201, 204, 301, 304, 404, 500, 999, 207][dice.below(9)];
    let is_told = status != 204 && !answer.is_empty() && dice.below(4) > 0;
    let answer = is_told.then(|| told(&answer));
    called(Method::of(method.as_bytes()), &path, status, &request, answer)
}

#[test]
fn a_learnt_description_says_what_was_seen() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let count = 1 + dice.below(400);
        let calls: Vec<_> = (0..count).map(|_| any_call(&mut dice)).collect();
        let it = learnt(&calls);
        let observed = it.endpoints();
        let api = describe("Shop", &observed, &|_, _| None);
        let found = drift(&api, &observed, 0);
        let shown: Vec<_> = found.differences.iter().map(shown).collect();
        assert!(shown.is_empty(), "seed {seed}: {shown:#?}");
        let again = drift(&api, &observed, 0);
        assert_eq!(found, again);
    }
}

#[test]
fn many_operations_are_compared_at_once() {
    let schema = Schema::object([("id", Schema::integer()), ("note", Schema::string())]);
    let of = |n: usize| {
        operation(&format!("GET /a{}/b{}/{{id}}", n % 100, n / 100), &[], Some(schema.clone()))
    };
    let mut api = api((0..10_000).map(of));
    api.schemas.insert("Order".to_owned(), schema.clone());
    let mut it = Inventory::default();
    let path = |n: usize| format!("/a{}/b{}/", n % 100, n / 100);
    for n in 0..5_000 {
        let template = path(n) + "{id}";
        it.say("shop", &Said { template, by: By::Description }).unwrap();
    }
    for n in 0..5_000 {
        let line = format!("GET {}17", path(n));
        it.observe(&call(&line, 200, &[], &[("$.id", "1"), ("$.pin", "x")]));
    }
    let observed = it.endpoints();
    let found = drift(&api, &observed, 0);
    // Half of them is never called, and the others have a field that is not named.
    assert_eq!(found.differences.len(), 10_000);
}

/// An answer whose only field is an empty list or object.
fn empty(path: &str, forms: Forms) -> Observation {
    let mut it = call("GET /orders", 200, &[], &[(path, "")]);
    for fact in it.response.iter_mut().flat_map(|it| &mut it.facts) {
        fact.forms = forms;
    }
    it
}

#[test]
fn what_is_empty_is_of_its_type() {
    let schema = Schema::object([
        ("tags", Schema::list(Schema::string())),
        ("meta", Schema::of(Types::OBJECT)),
    ]);
    let api = api([operation("GET /orders", &["200"], Some(schema))]);
    let found = |it: Observation| -> Vec<String> {
        let calls = vec![it; 40];
        compared(&api, &calls).differences.iter().map(shown).collect()
    };
    let none: [String; 0] = [];
    assert_eq!(found(empty("$.tags", Forms::LIST)), none);
    assert_eq!(found(empty("$.meta", Forms::OBJECT)), none);
    assert_eq!(found(empty("$.tags", Forms::OBJECT)).len(), 1);
    assert_eq!(found(empty("$.tags", Forms::NULL)).len(), 1);
}
