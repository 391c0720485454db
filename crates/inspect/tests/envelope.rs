//! Operations inside envelopes: each kind, its harmless neighbours, and texts that mean harm.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use bartizan_inspect::envelope::{Head, NAME_BYTES_MAX, OTHER, Operation, operation};

const JSON: Head<'_> = Head {
    method: b"POST",
    path: b"/api",
    query: b"",
    content_type: Some(b"application/json"),
    soap_action: None,
    is_mcp: false,
};

const XML: Head<'_> = Head { content_type: Some(b"text/xml; charset=utf-8"), ..JSON };

/// `graphql query a x1`, with `!` behind it for what writes and `?` for what nobody knows.
fn shown(operation: Option<Operation>) -> String {
    let Some(it) = operation else { return "none".to_owned() };
    let write = match it.is_write {
        Some(true) => "!",
        Some(false) => "",
        None => "?",
    };
    format!("{} {} x{}{write}", it.envelope.name(), it.name, it.count)
}

#[track_caller]
fn check(head: &Head<'_>, body: &str, expected: &str) {
    assert_eq!(shown(operation(head, body.as_bytes(), false)), expected, "{body:.200}");
}

/// A GraphQL document in JSON.
#[track_caller]
fn check_text(text: &str, expected: &str) {
    check(&JSON, &json(text, ""), expected);
}

fn json(text: &str, more: &str) -> String {
    format!("{{\"query\":{}{more}}}", serde_json::Value::from(text))
}

#[test]
fn a_graphql_operation_is_named_by_its_root_fields() {
    check_text("{ orders { id } customer { name } }", "graphql query customer,orders x2");
    check_text("query Mine($n: Int = 1) { orders(first: $n) { id } }", "graphql query orders x1");
    check_text("mutation { pay(id: 1) { ok } }", "graphql mutation pay x1!");
    check_text("subscription S { paid }", "graphql subscription paid x1");
    check_text("{ __schema { types { name } } }", "graphql query __schema x1");
    check_text("{ __typename orders { id } }", "graphql query orders x2");
    check_text("{ __typename }", "graphql query __typename x1");
    check_text("{ f e d c b a }", "graphql query a,b,c,d+2 x6");
}

#[test]
fn aliases_and_names_of_operations_make_no_new_operation() {
    check_text("mutation Evil { a: login(pin: 1) b: login(pin: 2) }", "graphql mutation login x2!");
    check_text("mutation Nice { login(pin: 1) login(pin: 1) }", "graphql mutation login x1!");
    let pins: String = (0..80).map(|it| format!("a{it}: login(pin: {it}) ")).collect();
    check_text(&format!("mutation {{ {pins} }}"), "graphql mutation login x80!");
}

#[test]
fn fragments_at_the_root_are_looked_into() {
    let fragments = "fragment F on Query { b ...G ...F } fragment G on Query { c ...F ...No }";
    check_text(
        &format!("{{ a ...F ... on Query {{ d ... @x {{ e }} }} }} {fragments}"),
        "graphql query a,b,c,d+1 x5",
    );
    check_text("{ a { ...F } } fragment F on A { b }", "graphql query a x1");
    check_text("{ ...F } fragment F on Query { ...F }", "graphql other x1?");
    check_text("{ ...F } fragment F on Q { a } fragment F on Q { b }", "graphql other x1?");
}

#[test]
fn of_several_operations_the_named_one_counts() {
    let text = "query A { a } mutation B { b }";
    check(&JSON, &json(text, ",\"operationName\":\"B\""), "graphql mutation b x1!");
    check(&JSON, &json(text, ",\"operationName\":\"C\""), "graphql other x1?");
    check(&JSON, &json(text, ",\"operationName\":null"), "graphql other x1?");
    let both = ",\"operationName\":\"A\",\"operationName\":\"B\"";
    check(&JSON, &json(text, both), "graphql other x1?");
    check(
        &JSON,
        &json("query A { a } query A { b }", ",\"operationName\":\"A\""),
        "graphql other x1?",
    );
    check(&JSON, &json("query A { a }", ",\"operationName\":\"B\""), "graphql query a x1");
}

#[test]
fn the_grammar_of_documents_is_read() {
    for text in [
        "query($a:[[Int!]!]!={b:[1,-0.5e+3,\"\\\"x\\u0041\",\"\"\"b\\\"\"\"c\"\"\",true,E,null]}@d(e:$f)){a}",
        "\u{feff}#comment }\r\n{a(b:$c,d:[],e:{})@include(if:$x){f}}",
        "\"\"\"what it does\"\"\" query Q(\"one\" $a: Int $b: Int) { a }",
        "query on { a: a }",
    ] {
        check_text(text, "graphql query a x1");
    }
    for text in [
        "",
        "a",
        "{}",
        "{a",
        "{a}}",
        "{a{}}",
        "query",
        "query A",
        "{a(}",
        "{a()}",
        "{a(b)}",
        "{a:}",
        "query(){a}",
        "query($a){a}",
        "query($a:[Int){a}",
        "{a(b:1x)}",
        "{a(b:01)}",
        "{a(b:1.)}",
        "{a(b:\"\n\")}",
        "{a(b:\"\\q\")}",
        "{a(b:\"\"\"x)}",
        "{..a}",
        "{...}",
        "{a@}",
        "{a-b}",
        "{é}",
        "type A {a:B}",
        "{a} type A {a:B}",
        "fragment on on A{a}",
        "fragment F A{a}",
        "extend type A {b:C}",
        "fragment F on A {a}",
        "shoes",
        "select {a} from b",
        "query shoes",
        "\"x\" {a}",
    ] {
        check_text(text, "none");
    }
}

#[test]
fn graphql_comes_in_lists_forms_and_the_query() {
    check(&JSON, r#"[{"query":"{a}"},{"query":"mutation{b:c d:c}"}]"#, "graphql mutation a,c x3!");
    check(&JSON, r#"[{"query":"{a}"},{"query":"{a","x":1}]"#, "graphql query a x1");
    check(&JSON, r#" [ {"query":"{a}"} "#, "graphql other x1?");
    let get = Head { method: b"GET", query: b"query=%7Ba+b%7D&variables={}", ..JSON };
    check(&get, "", "graphql query a,b x2");
    let get = Head { query: b"%71uery=mutation{a}", ..get };
    check(&get, "", "graphql mutation a x1!");
    let text = Head { content_type: Some(b"application/graphql"), ..JSON };
    check(&text, "{a}", "graphql query a x1");
    check(&text, "{a", "graphql other x1?");
    let cut = operation(&text, b"{a}", true);
    assert_eq!(shown(cut), "graphql other x1?");
    let form = Head { content_type: Some(b"application/x-www-form-urlencoded"), ..JSON };
    check(&form, "query=%7Ba%7D", "graphql query a x1");
    check(&form, &json("{a}", ""), "graphql query a x1");
    check(&Head { content_type: None, ..JSON }, &json("{a}", ""), "graphql query a x1");
}

#[test]
fn a_query_known_by_its_hash_has_no_name_of_its_own() {
    let hash = "0123456789abcdef".repeat(4);
    let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{hash}\"}}}}");
    check(&JSON, &format!("{{\"extensions\":{extensions}}}"), "graphql persisted x1?");
    check(&JSON, &json("{a}", &format!(",\"extensions\":{extensions}")), "graphql query a x1");
    let query = format!("operationName=A&extensions={extensions}");
    let get = Head { method: b"GET", query: query.as_bytes(), ..JSON };
    check(&get, "", "graphql persisted x1?");
    check(&JSON, &format!("{{\"extensions\":{}}}", extensions.replace('a', "x")), "none");
}

#[test]
fn two_places_that_disagree_have_no_name() {
    let twice = r#"{"query":"{a}","query":"mutation{b}"}"#;
    check(&JSON, twice, "graphql other x1?");
    check(&JSON, &twice.replacen("query", "Q\\u0055ERY", 1), "graphql other x1?");
    check(&JSON, r#"{"query":"{a}","query":"{a}"}"#, "graphql query a x1");
    let url = Head { query: b"query=mutation{b}", ..JSON };
    check(&url, &json("{a}", ""), "graphql other x1?");
    check(&url, &json("mutation{b}", ""), "graphql mutation b x1!");
    let rpc = r#"{"jsonrpc":"2.0","method":"a","method":"b"}"#;
    check(&JSON, rpc, "jsonrpc other x1?");
    let versions = r#"{"jsonrpc":"1.0","jsonrpc":"2.0","method":"a"}"#;
    check(&JSON, versions, "jsonrpc other x1?");
    let tool =
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}"#;
    check(&JSON, tool, "mcp tools/call other x1?");
}

#[test]
fn json_rpc_is_named_by_its_method() {
    let call =
        |method: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":[1]}}"#);
    check(&JSON, &call("eth_call"), "jsonrpc eth_call x1?");
    check(&JSON, &call("orders.list"), "jsonrpc orders.list x1?");
    check(&JSON, &call("a b"), "jsonrpc other x1?");
    check(&JSON, &call("é"), "jsonrpc other x1?");
    check(&JSON, &call(""), "jsonrpc other x1?");
    check(&JSON, &call(&"a".repeat(128)), &format!("jsonrpc {} x1?", "a".repeat(128)));
    check(&JSON, &call(&"a".repeat(129)), "jsonrpc other x1?");
    let batch = |methods: &[&str]| {
        let calls: Vec<_> = methods.iter().map(|it| call(it)).collect();
        format!(" [ {} ] ", calls.join(" , "))
    };
    check(&JSON, &batch(&["b", "b", "b"]), "jsonrpc b x3?");
    check(&JSON, &batch(&["c", "b", "e", "a", "d", "a"]), "jsonrpc a,b,c,d+1 x6?");
    check(&JSON, &batch(&["a"; 1500]), "jsonrpc other x1236?");
    check(&JSON, &batch(&["b"; 900]), "jsonrpc b x900?");
    check(&JSON, &call("a").replace("}", ""), "jsonrpc other x1?");
    check(&JSON, &call("a").replace("method", "Method"), "jsonrpc a x1?");
    check(&Head { content_type: Some(b"text/plain"), ..JSON }, &call("a"), "jsonrpc a x1?");
}

#[test]
fn mcp_names_what_is_called() {
    let call = |method: &str, params: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
    };
    check(
        &JSON,
        &call("tools/call", r#"{"name":"get_order","arguments":{"name":"x"}}"#),
        "mcp tools/call get_order x1?",
    );
    check(&JSON, &call("tools/call", r#"{"name":"a b"}"#), "mcp tools/call other x1?");
    check(&JSON, &call("prompts/get", r#"{"name":"greet"}"#), "mcp prompts/get greet x1");
    check(&JSON, &call("resources/read", r#"{"uri":"file:///a"}"#), "mcp resources/read x1");
    check(&JSON, &call("tools/list", "{}"), "mcp tools/list x1");
    check(&JSON, &call("initialize", r#"{"protocolVersion":"2025-06-18"}"#), "mcp initialize x1");
    check(&JSON, &call("initialize", r#"{"rootUri":"x"}"#), "jsonrpc initialize x1?");
    check(&JSON, &call("ping", "{}"), "jsonrpc ping x1?");
    check(&Head { is_mcp: true, ..JSON }, &call("ping", "{}"), "mcp ping x1");
    let long = format!(r#"{{"name":"{}"}}"#, "a".repeat(128));
    check(&JSON, &call("tools/call", &long), "mcp tools/call other x1?");
    check(&JSON, r#"{"jsonrpc":"2.0","id":1,"result":{"method":"a"}}"#, "none");
}

#[test]
fn grpc_is_named_by_its_path() {
    let grpc = |media: &'static str, path: &'static str| Head {
        path: path.as_bytes(),
        content_type: Some(media.as_bytes()),
        ..JSON
    };
    for media in ["application/grpc", "application/grpc+proto", "Application/gRPC-Web-Text; x=y"] {
        check(&grpc(media, "/shop.v1.Orders/Get"), "", "grpc shop.v1.Orders/Get x1?");
    }
    check(
        &grpc("application/grpc-web", "/api/shop.Orders/Get"),
        "\0\0",
        "grpc shop.Orders/Get x1?",
    );
    for path in
        ["/shop.Orders", "shop.Orders/Get", "/shop..Orders/Get", "/a/", "/a/b%2f", "/a/1b", "/"]
    {
        check(&grpc("application/grpc", path), "", "grpc other x1?");
    }
    check(&grpc("application/grpcish", "/a.B/C"), "", "none");
    check(&grpc("application/proto", "/a.B/C"), "", "none");
}

const SOAP: &str = r#"<?xml version="1.0"?><!-- <a> --><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" x='>'>
    <s:Header><Body><Evil/></Body><a/></s:Header><s:Body id="1"> <!-- x --><m:GetOrder xmlns:m="urn:m"><id>1</id></m:GetOrder></s:Body></s:Envelope>"#;

#[test]
fn soap_is_named_by_the_first_child_of_its_body() {
    check(&XML, SOAP, "soap GetOrder x1?");
    let eleven = Head { soap_action: Some(b"\"urn:shop#Pay\""), ..XML };
    check(&eleven, SOAP, "soap GetOrder x1?");
    let bare = "<Envelope><Body/></Envelope>";
    check(&eleven, bare, "soap Pay x1?");
    check(&XML, bare, "none");
    let twelve =
        Head { content_type: Some(b"application/soap+xml; ACTION=\"http://a/IShop/Pay\""), ..JSON };
    check(&twelve, bare, "soap Pay x1?");
    check(&twelve, "<Envelope><Body> </Body></Envelope>", "soap Pay x1?");
    check(&twelve, "<Envelope><Body><![CDATA[<a>]]><b/></Body></Envelope>", "soap b x1?");
    check(&twelve, SOAP, "soap GetOrder x1?");
    for body in [
        "<Envelope/>",
        "<Envelope></Envelope>",
        "<Envelope><Body><!DOCTYPE a><b/>",
        "<Envelope><Body>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><Envelope><Body><b/></Body></Envelope>",
        "<Envelope><x:Body><a/></x:Body></Envelope>",
        "<Envelope><Body><b&c; /></Body></Envelope>",
        "<Envelope><Body><é/></Body></Envelope>",
        "<Envelope><Body><a x='>",
    ] {
        check(&twelve, body, "soap other x1?");
    }
    for body in
        ["<html><body><a/></body></html>", "<Envelopes/>", "", "x", "<!DOCTYPE html><html/>", "<"]
    {
        check(&XML, body, "none");
    }
}

#[test]
fn ordinary_messages_are_no_envelopes() {
    for body in [
        r#"{"query":"red shoes","page":1}"#,
        r#"{"query":{"match":{"name":"x"}},"size":10}"#,
        r#"{"query":"SELECT { a } FROM b"}"#,
        r#"{"query":"{customer_id}","fallback":"x"}"#,
        r#"{"query":"{lat, lng}","other":1}"#,
        r#"{"query":"{first} {last}"}"#,
        r#"{"query":"query"}"#,
        r#"{"method":"card","amount":5}"#,
        r#"{"method":"card","jsonrpc":"1.0"}"#,
        r#"{"jsonrpc":2.0,"method":"a"}"#,
        r#"{"jsonrpc":"2.0"}"#,
        r#"{"a":{"jsonrpc":"2.0","method":"b"}}"#,
        r#"{"a":[{"query":"{a}"}]}"#,
        r#"[[{"query":"{a}"}]]"#,
        r#""{\"query\":\"{a}\"}""#,
        r#"["{\"jsonrpc\":\"2.0\",\"method\":\"a\"}"]"#,
        r#"{"\u0061":"b"}"#,
        "[]",
        "{}",
        "[1,2]",
        "null",
        "",
    ] {
        check(&JSON, body, "none");
    }
    for query in ["query=shoes", "q=%7Ba%7D", "query={id}&page=1", "operationName=A"] {
        check(&Head { method: b"GET", query: query.as_bytes(), ..JSON }, "", "none");
    }
}

#[test]
fn a_name_is_short_and_printable_whatever_comes() {
    let long = "a".repeat(200);
    check_text(&format!("{{ {long} }}"), "graphql other x1?");
    let fields: String = (0..9).map(|it| format!("{}{it} ", "b".repeat(50))).collect();
    let name = format!("query {}0,{}1+7", "b".repeat(50), "b".repeat(50));
    check_text(&format!("{{ {fields} }}"), &format!("graphql {name} x9"));
}

/// Numbers that are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const HEADS: [Head<'_>; 5] = [
    JSON,
    Head { content_type: Some(b"application/soap+xml"), ..JSON },
    Head { content_type: Some(b"application/graphql"), ..JSON },
    Head { content_type: Some(b"application/x-www-form-urlencoded"), ..JSON },
    Head { content_type: Some(b"application/grpc"), ..JSON },
];

fn check_any(body: &[u8]) {
    for mut head in HEADS {
        for (path, query) in [(&b"/a"[..], &b""[..]), (body, body)] {
            (head.path, head.query) = (path, query);
            let Some(found) = operation(&head, body, false) else { continue };
            assert!(found.count > 0 && found.name.len() <= NAME_BYTES_MAX, "{found:?}");
            let is_plain = |it: u8| it == b' ' || it.is_ascii_graphic();
            assert!(!found.name.is_empty() && found.name.bytes().all(is_plain), "{found:?}");
        }
    }
}

#[test]
fn cut_at_every_byte_a_message_is_never_another_one() {
    let graphql =
        json("query A { a } mutation B { b(x: \"\"\"y\"\"\") }", ",\"operationName\":\"B\"");
    let rpc = r#"[{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"}},{"jsonrpc":"2.0","method":"ping"}]"#;
    let twelve = Head { content_type: Some(b"application/soap+xml"), ..JSON };
    for (head, text) in [(JSON, graphql.as_str()), (JSON, rpc), (twelve, SOAP)] {
        let whole = operation(&head, text.as_bytes(), false).unwrap();
        for end in 0..text.len() {
            let part = &text.as_bytes()[..end];
            check_any(part);
            let Some(found) = operation(&head, part, true) else { continue };
            assert_eq!(found.envelope, whole.envelope, "{end}");
            assert!(found.name == OTHER || found.name == whole.name, "{end} {found:?}");
        }
    }
}

#[test]
fn random_messages_are_read_without_harm() {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ":",
        ",",
        "query",
        "\"query\":",
        "\"jsonrpc\":\"2.0\"",
        "method",
        "{a}",
        "...",
        "on",
        "fragment",
        "mutation",
        "@",
        "(",
        ")",
        "$",
        "!",
        "=",
        "\"\"\"",
        "#",
        "\n",
        " ",
        "<",
        ">",
        "/",
        "<!--",
        "-->",
        "<Envelope>",
        "<Body>",
        "</",
        "'",
        "&",
        "%",
        "1",
        "-",
        ".",
        "e",
        "\u{e9}",
        "\\u00",
        "a",
    ];
    let mut dice = Dice(11);
    for _ in 0..20_000 {
        let count = dice.roll(24);
        let text: String = (0..count).map(|_| PIECES[dice.roll(PIECES.len())]).collect();
        check_any(text.as_bytes());
        check_any(json(&text, "").as_bytes());
    }
    for _ in 0..5_000 {
        let bytes: Vec<u8> = (0..dice.roll(200)).map(|_| dice.roll(256).to_le_bytes()[0]).collect();
        check_any(&bytes);
    }
}

#[test]
fn hostile_messages_take_linear_time_and_little_stack() {
    let fill = |piece: &str| piece.repeat(60_000 / piece.len());
    let aliases: String = (0..10_000).map(|it| format!("a{it}:b ")).collect();
    let spreads: String =
        (0..3_000).map(|it| format!("fragment F{it} on Q{{...F{}}}", it + 1)).collect();
    let circle: String = (0..1_500).map(|it| format!("...F{it} ")).collect();
    let circles: String = (0..20).map(|it| format!("fragment F{it} on Q{{{circle}}}")).collect();
    let texts = [
        fill("{a"),
        fill("{a(b:["),
        fill("{a(b:{c:"),
        fill("{...{"),
        format!("query($a:{}", fill("[")),
        format!("{{{aliases}}}"),
        format!("{{a ...F0}}{spreads}"),
        format!("{{...F0 {circle}}}{circles}"),
        fill("query A{a}"),
        fill("\"\"\"\\"),
        fill("#"),
        fill("{a(b:\"\\\""),
        fill("@"),
        fill("{a}"),
    ];
    let mut bodies: Vec<_> = texts.iter().map(|it| json(it, "")).collect();
    bodies.extend([
        fill("[{\"query\":\"{a}\"},"),
        fill("["),
        fill("{\"query\":"),
        fill("[{\"jsonrpc\":\"2.0\",\"method\":\"a\"},"),
        fill("[],"),
        fill("{\"query\":\"{a}\","),
        fill("<"),
        fill("<!--"),
        fill("<Envelope><Body "),
        fill("<a b='"),
        fill("query={a}&"),
        fill("q"),
        fill("\\u"),
    ]);
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let run = small.spawn(move || {
        for body in bodies {
            let start = std::time::Instant::now();
            for head in HEADS {
                operation(&Head { query: body.as_bytes(), ..head }, body.as_bytes(), false);
            }
            let took = start.elapsed();
            assert!(took.as_millis() < 2_000, "{took:?} for {:?}", body.get(..30));
        }
    });
    run.unwrap().join().unwrap();
}

#[test]
fn nesting_that_servers_refuse_is_an_operation_without_a_name() {
    let nested = |depth: usize| format!("{}{}", "{a".repeat(depth), "}".repeat(depth));
    check_text(&nested(128), "graphql query a x1");
    check_text(&nested(129), "graphql other x1?");
}
