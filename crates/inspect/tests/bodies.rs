//! Bodies of parts, XML and other character sets: which values are handed over, at every budget.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use bartizan_inspect::body::{Format, Progress, Walk, WalkLimits};
use bartizan_inspect::value::Value;
use bartizan_model::oddity::{Oddities, Oddity};

const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 1_000 };

fn walked(content_type: &str, body: &[u8], budget: usize) -> (Vec<String>, Oddities) {
    let mut found = Vec::new();
    let mut sink = |it: Value<'_>| {
        let text = String::from_utf8_lossy(it.text);
        found.push(format!("{}={text}", it.place.to_place()));
    };
    let content_type = Some(content_type.as_bytes());
    let mut walk = Walk::new(Format::of(content_type), LIMITS).declared(content_type);
    let mut steps = 0;
    while walk.step(body, budget, &mut sink) == Progress::More {
        steps += 1;
        assert!(steps <= 8 * body.len() + 64, "a walk that does not end");
    }
    (found, walk.oddities())
}

#[track_caller]
fn check(content_type: &str, body: impl AsRef<[u8]>, values: &[&str], oddities: &[Oddity]) {
    for budget in [1, 7, 64, 1 << 20] {
        let (found, odd) = walked(content_type, body.as_ref(), budget);
        assert_eq!(found, values, "budget {budget}");
        assert_eq!(odd, oddities.iter().copied().collect(), "budget {budget}");
    }
}

/// All these values are among what is handed over, and parsers may disagree.
#[track_caller]
fn holds(content_type: &str, body: &str, values: &[&str]) {
    let (found, odd) = walked(content_type, body.as_bytes(), 16);
    for value in values {
        assert!(found.iter().any(|it| it == value), "{value} in {found:#?}");
    }
    assert!(odd.contains(Oddity::MultipartMalformed), "{found:#?}");
}

const FORM: &str = "multipart/form-data; boundary=b";

#[test]
fn each_part_is_read_as_what_it_is() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n' or 1=1\r\n\
        --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n{\"x\":[\"y\"]}\r\n\
        --b\r\nContent-Disposition: form-data; name=p; filename=x.png\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\u{3}\u{4}PNG\r\n\
        --b--\r\n";
    check(
        FORM,
        body,
        &[
            "name=q",
            "body $.q=' or 1=1",
            "name=f",
            "body $.f.filename=a.json",
            "body $.f.type=application/json",
            "name=x",
            "body $.f.x[*]=y",
            "name=p",
            "body $.p.filename=x.png",
            "body $.p.type=image/png",
            "body $.p=\u{1}\u{2}\u{3}\u{4}PNG",
        ],
        &[],
    );
    check(
        "multipart/form-data; boundary=\"b\"",
        "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--",
        &["name=a", "body $.a=1"],
        &[],
    );
}

#[test]
fn a_part_that_was_transferred_in_another_form_is_read_in_both() {
    let body = "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nJyBvciAxPTE=\r\n\
        --b\r\nContent-Disposition: form-data; name=c\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=27 or=\r\n 1\r\n--b--";
    check(
        FORM,
        body,
        &[
            "name=a",
            "body $.a=JyBvciAxPTE=",
            "body $.a=' or 1=1",
            "name=c",
            "body $.c==27 or=\r\n 1",
            "body $.c=' or 1",
        ],
        &[],
    );
}

#[test]
fn parts_within_parts_are_read() {
    let body = "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
        --c\r\nContent-Disposition: file; filename=x\r\n\r\ntext\r\n--c--\r\n--b--\r\n";
    check(
        FORM,
        body,
        &[
            "name=a",
            "body $.a.type=multipart/mixed; boundary=c",
            "body $.a.filename=x",
            "body $.a=text",
        ],
        &[],
    );
}

#[test]
fn what_parsers_disagree_on_is_odd_and_read_in_every_way() {
    let field = "Content-Disposition: form-data; name=a\r\n\r\n'";
    let value = &["body $.a='"][..];
    // No last delimiter, bare line feeds, something before or behind the parts.
    holds(FORM, &format!("--b\r\n{field}"), value);
    holds(FORM, &format!("--b\n{}\n--b--", field.replace('\r', "")), value);
    holds(FORM, &format!("evil\r\n--b\r\n{field}\r\n--b--"), &["body $=evil", "body $.a='"]);
    holds(FORM, &format!("--b\r\n{field}\r\n--b--\r\nevil"), &["body $=evil", "body $.a='"]);
    holds(FORM, &format!("--b \t\r\n{field}\r\n--b--"), value);
    holds(FORM, &format!("--b--\r\n{field}\r\n--b\r\n{field}\r\n--b--"), value);
    // Several boundaries, or none.
    holds(
        "multipart/form-data; boundary=b; boundary=c",
        &format!("--c\r\n{field}\r\n--c--"),
        value,
    );
    holds("multipart/form-data; boundary=b", &format!("--c\r\n{field}\r\n--c--"), value);
    holds("multipart/form-data", &format!("--c\r\n{field}\r\n--c--"), value);
    holds("multipart/form-data; boundary=b, x", &format!("--b\r\n{field}\r\n--b--"), value);
    // Names twice, folded heads, no head at all.
    let twice = "Content-Disposition: form-data; name=x; name=\"a\"\r\n\r\n'";
    holds(FORM, &format!("--b\r\n{twice}\r\n--b--"), &["name=x", "name=a", "body $.x='"]);
    let folded = "Content-Disposition: form-data;\r\n name=a\r\n\r\n'";
    holds(FORM, &format!("--b\r\n{folded}\r\n--b--"), value);
    let files = "Content-Disposition: form-data; name=a; filename=x; filename*=UTF-8''%27y; filename=z\r\n\r\n'";
    holds(
        FORM,
        &format!("--b\r\n{files}\r\n--b--"),
        &["body $.a.filename='y", "body $.a.filename=z"],
    );
    holds(FORM, "--b\r\n' or 1\r\n--b--", &["body $=' or 1"]);
    holds(FORM, "{\"a\":\"'\"}", &["body $.a='"]);
}

#[test]
fn a_body_that_begins_as_parts_do_is_read_as_parts() {
    let body = "--c\r\nContent-Disposition: form-data; name=a\r\n\r\n'\r\n--c--";
    for content_type in
        ["text/plain", "application/octet-stream", "application/x-www-form-urlencoded"]
    {
        let (found, _) = walked(content_type, body.as_bytes(), 9);
        assert!(found.contains(&"body $.a='".to_owned()), "{found:?}");
    }
}

#[test]
fn many_parts_are_bounded_and_told() {
    let body = format!("{}--b--", "--b\r\n\r\n\r\n".repeat(3_000));
    let (_, odd) = walked(FORM, body.as_bytes(), 1 << 20);
    assert!(odd.contains(Oddity::TooManyValues));
}

#[test]
fn xml_is_read_as_a_whole_and_value_by_value() {
    let body = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"]>\">]><a i='1&#39;'><b>t&lt;</b><!--c--><c/><![CDATA[<d>]]></a>";
    check(
        "application/xml",
        body,
        &[
            &format!("body $={body}"),
            "body $.!DOCTYPE=<!DOCTYPE a [<!ENTITY x \"]>\">]>",
            "name=a",
            "name=i",
            "body $.a.@i=1'",
            "name=b",
            "body $.a.b=t<",
            "body $.a.!=c",
            "name=c",
            "body $.a=<d>",
        ]
        .map(|it| it.strip_prefix("name=").map_or(it.to_owned(), |it| format!("name={it}")))
        .each_ref()
        .map(String::as_str),
        &[],
    );
    check("text/xml", "<a", &["body $=<a", "name=a"], &[]);
    check("text/xml", "{\"a\":\"b\"}", &["name=a", "body $.a=b"], &[]);
    check(
        "text/plain",
        "<?xml ?><a>b</a>",
        &["body $=<?xml ?><a>b</a>", "name=a", "body $.a=b"],
        &[],
    );
}

#[test]
fn deep_xml_stays_within_its_bounds() {
    let body = format!("{}'{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
    let (found, odd) = walked("text/xml", body.as_bytes(), 1 << 20);
    assert!(odd.contains(Oddity::TooManyValues));
    assert!(found.iter().all(|it| it.len() < 70_000));
    let body = format!("{}'{}<b>x</b>", "<a>".repeat(20), "</a>".repeat(20));
    let (found, _) = walked("text/xml", body.as_bytes(), 1 << 20);
    assert!(found.iter().any(|it| it == "body $.b=x"), "{found:?}");
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_body_in_another_character_set_is_rewritten() {
    let json = "{\"a\":\"'\u{e4}\"}";
    let values = &["name=a", "body $.a='\u{e4}"][..];
    check("application/json", wide(json), values, &[]);
    check("application/json", wide(&format!("\u{feff}{json}")), values, &[]);
    let words = json.chars().flat_map(|it| u32::from(it).to_be_bytes());
    check("application/json", words.collect::<Vec<_>>(), values, &[]);
    check("application/x-www-form-urlencoded", wide("a=%27"), &["body $.a='", "name=a"], &[]);
    check("text/plain", wide("hi"), &["body $=hi"], &[]);
}

#[test]
fn a_character_set_that_only_the_type_says_is_read_besides() {
    check("text/plain; charset=utf-7", "+ADw-b", &["body $=+ADw-b", "body $=<b"], &[]);
    let (found, _) = walked("application/json; charset=UTF-16", b"{\"a\":\"'\"}", 5);
    assert!(found.contains(&"body $.a='".to_owned()));
}

#[test]
fn each_line_of_json_lines_is_read() {
    let (found, odd) = walked("application/x-ndjson", b"{\"a\":\"x\"}\n{\"a\":\"'y\"}\n", 5);
    for value in ["body $.a=x", "body $='y"] {
        assert!(found.iter().any(|it| it == value), "{found:?}");
    }
    assert!(odd.is_empty());
    let patch = br#"[{"op":"add","path":"/a","value":"'"}]"#;
    let (found, _) = walked("application/json-patch+json", patch, 5);
    assert!(found.contains(&"body $[*].value='".to_owned()));
}

#[test]
fn a_name_that_only_some_readers_see_is_odd() {
    let far = format!("form-data;{} name=\"a\"", "x;".repeat(40));
    for disposition in [
        far.as_str(),
        "form-data> name=\"a\"",
        "form-data;\u{e9} name=\"a\"",
        "form-data; x=\"y\" name=\"a\"",
        "form-data; x=y name=\"a\"",
        "form data; name=\"a\"",
        "form-data; name=\"a\\\\b\"",
    ] {
        let body = format!("--b\r\nContent-Disposition: {disposition}\r\n\r\n'\r\n--b--");
        let (found, odd) = walked(FORM, body.as_bytes(), 16);
        assert!(odd.contains(Oddity::MultipartMalformed), "{disposition}");
        assert!(found.iter().any(|it| it.ends_with("='")), "{disposition}: {found:#?}");
    }
}

#[test]
fn bodies_within_bodies_are_read_a_bounded_number_of_times() {
    // Four boundaries at each of five levels, and each part begun by one of them is all of the rest.
    let (mut content_type, mut body) = ("text/plain".to_owned(), "x".repeat(64 * 1024));
    for level in 0..5 {
        let names: Vec<String> = (0..4).map(|at| format!("l{level}b{at}")).collect();
        let begun: String = names.iter().map(|it| format!("--{it}\r\n")).collect();
        body = format!("{begun}Content-Type: {content_type}\r\n\r\n{body}");
        let declared: Vec<String> = names.iter().map(|it| format!("boundary={it}")).collect();
        content_type = format!("multipart/mixed; {}", declared.join("; "));
    }
    let mut bytes = 0;
    let mut walk = Walk::new(Format::Multipart, LIMITS).declared(Some(content_type.as_bytes()));
    let mut sink = |it: Value<'_>| bytes += it.text.len();
    while walk.step(body.as_bytes(), 16 * 1024, &mut sink) == Progress::More {}
    assert!(walk.oddities().contains(Oddity::MultipartMalformed));
    assert!(bytes < 32 * body.len(), "{bytes} of {}", body.len());
}
