//! GraphQL documents that make a server work too hard, or try many credentials at once.
//!
//! One request may hold many operations: the same field under many aliases, one selection inside
//! another, a directive repeated, a fragment that spreads itself.
//!
//! Reads    `TEXT_BYTES_MAX` bytes of a value that begins as a document does.
//! Memory   `FIELDS_MAX` counters and `FRAGMENTS_MAX` fragments.
//! Misses   batches as JSON arrays (each document is a value of its own); cost that only the schema
//!          shows, such as a large `first:`; lists inside lists that the schema allows.
//! Source   GraphQL specification (2021) sections 2 and 5.5.2.2; OWASP API4, CWE-770.

use super::caseless::{contains, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    CYCLE = 0, "cycle", Certain;
    CREDENTIALS = 1, "credentials", Certain;
    DIRECTIVES = 2, "directives", Certain;
    REPEATED = 3, "repeated", Certain;
    DEEP = 4, "deep", Likely;
    ALIASES = 5, "aliases", Likely;
    CREDENTIALS_FEW = 6, "credentials-few", Likely;
    DIRECTIVES_FEW = 7, "directives-few", Likely;
    REPEATED_FEW = 8, "repeated-few", Likely;
    INTROSPECTION = 9, "introspection", Likely;
    NESTED = 10, "nested", Hint;
    ALIASES_FEW = 11, "aliases-few", Hint;
    OPERATIONS = 12, "operations", Hint;
    TYPES_LOOP = 13, "types-loop", Likely;
    PROBES = 14, "probes", Likely;
    CREDENTIALS_SEVERAL = 15, "credentials-several", Likely;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// Fields whose aliases are counted.
const FIELDS_MAX: usize = 16;

/// Fragments that are followed.
const FRAGMENTS_MAX: usize = 32;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if input.is_name || !input.marks.has(Marks::BRACE.and(Marks::LETTER)) {
        return signs;
    }
    let text = input.text.trim_ascii_start();
    if !begins_as_document(text) {
        return signs;
    }
    let document = Document::of(head(text, TEXT_BYTES_MAX));
    signs.note(CYCLE, document.has_cycle());
    signs.note(CREDENTIALS, document.credentials > 10);
    signs.note(CREDENTIALS_FEW, document.credentials >= 3);
    signs.note(DIRECTIVES, document.directives_together >= 10);
    signs.note(DIRECTIVES_FEW, document.directives_together >= 4);
    signs.note(REPEATED, document.repeated >= 50);
    signs.note(REPEATED_FEW, document.repeated >= 10);
    signs.note(DEEP, document.depth >= 25);
    signs.note(NESTED, document.depth >= 12);
    let aliased = document.aliased();
    signs.note(ALIASES, aliased >= 100);
    signs.note(ALIASES_FEW, aliased >= 10);
    // Tools of developers ask for the schema by a query that has a name.
    signs.note(INTROSPECTION, document.introspects);
    signs.note(PROBES, document.introspects && !contains(head(text, 512), b"introspectionquery"));
    signs.note(CREDENTIALS_SEVERAL, document.credentials >= 4);
    signs.note(OPERATIONS, document.operations >= 4);
    signs.note(TYPES_LOOP, document.introspected_types >= 5);
    signs
}

/// `query`, `mutation`, `fragment` and a brace, or a brace and a name: not JSON, not code.
fn begins_as_document(text: &[u8]) -> bool {
    let words = [&b"query"[..], b"mutation", b"subscription", b"fragment"];
    let word = words.iter().find(|it| starts(text, it));
    if let Some(word) = word {
        let after = from(text, word.len());
        return after
            .first()
            .is_some_and(|it| it.is_ascii_whitespace() || matches!(it, b'{' | b'(' | b'@' | b'+'));
    }
    let Some(inside) = text.strip_prefix(b"{") else { return text.starts_with(b"__schema") };
    let inside = inside.trim_ascii_start();
    let name = inside.iter().take(64).take_while(|it| is_in_name(**it)).count();
    let after = from(inside, name).trim_ascii_start();
    name > 0
        && (after.first().is_some_and(|it| matches!(it, b'{' | b'(' | b'}' | b'@' | b':' | b','))
            || after.first().is_some_and(|it| is_in_name(*it)))
}

const fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What is counted of a document.
#[derive(Debug, Default)]
struct Document<'a> {
    depth: usize,
    operations: usize,
    credentials: usize,
    directives_together: usize,
    /// The longest row of the same field without another between.
    repeated: usize,
    introspects: bool,
    introspected_types: usize,
    fields: [(&'a [u8], usize); FIELDS_MAX],
    fragments: [(&'a [u8], u32); FRAGMENTS_MAX],
    fragment_count: usize,
}

/// Where in a document a token stands.
#[derive(Debug, Default)]
struct Place<'a> {
    depth: usize,
    parentheses: usize,
    fragment: Option<usize>,
    before: &'a [u8],
    row: usize,
    directives: usize,
    is_alias: bool,
    awaits_fragment: bool,
}

impl<'a> Document<'a> {
    fn of(text: &'a [u8]) -> Self {
        let mut document = Self::default();
        let mut place = Place::default();
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = match byte {
                b'#' => memchr::memchr(b'\n', after).map_or(&[][..], |at| from(after, at)),
                b'"' => skip_string(after),
                _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let length = rest.iter().take_while(|it| is_in_name(**it)).count();
                    let (name, after) = rest.split_at_checked(length).unwrap_or_default();
                    document.name(&mut place, name, after);
                    after
                }
                b'.' if after.starts_with(b"..") => document.spread(&mut place, from(after, 2)),
                b'@' => {
                    place.directives += 1;
                    document.directives_together =
                        document.directives_together.max(place.directives);
                    let length = after.iter().take_while(|it| is_in_name(**it)).count();
                    from(after, length)
                }
                _ => {
                    document.mark(&mut place, byte);
                    after
                }
            };
        }
        document
    }

    fn mark(&mut self, place: &mut Place<'a>, byte: u8) {
        match byte {
            b'{' if place.parentheses == 0 => {
                place.depth += 1;
                place.directives = 0;
                place.row = 0;
                place.before = &[];
                self.depth = self.depth.max(place.depth);
            }
            b'}' if place.parentheses == 0 => {
                place.depth = place.depth.saturating_sub(1);
                if place.depth == 0 {
                    place.fragment = None;
                }
            }
            b'(' => place.parentheses += 1,
            b')' => place.parentheses = place.parentheses.saturating_sub(1),
            _ => {}
        }
    }

    fn name(&mut self, place: &mut Place<'a>, name: &'a [u8], after: &[u8]) {
        if place.parentheses > 0 {
            return;
        }
        if place.awaits_fragment {
            place.awaits_fragment = false;
            place.fragment = self.fragment(name);
            return;
        }
        if place.depth == 0 {
            let begins = matches!(name, b"query" | b"mutation" | b"subscription");
            self.operations += usize::from(begins);
            self.introspects |= matches!(name, b"__schema" | b"__type" | b"__Type");
            place.awaits_fragment = name == b"fragment";
            return;
        }
        place.directives = 0;
        if after.trim_ascii_start().starts_with(b":") {
            place.is_alias = true;
            return;
        }
        self.introspects |= matches!(name, b"__schema" | b"__type");
        self.introspected_types += usize::from(
            matches!(name, b"fields" | b"type" | b"types")
                && self.introspects
                && false_if_named(after),
        );
        self.credentials +=
            usize::from(tries_credential(name) && after.trim_ascii_start().starts_with(b"("));
        place.row = if place.before == name { place.row + 1 } else { 1 };
        place.before = name;
        self.repeated = self.repeated.max(place.row);
        if std::mem::take(&mut place.is_alias) {
            place.row = 0;
            let free = self.fields.iter_mut().find(|it| it.1 == 0 || it.0 == name);
            if let Some(field) = free {
                *field = (name, field.1 + 1);
            }
        }
    }

    fn spread(&mut self, place: &mut Place<'a>, after: &'a [u8]) -> &'a [u8] {
        let blank = after.iter().take_while(|it| it.is_ascii_whitespace()).count();
        let named = from(after, blank);
        let length = named.iter().take_while(|it| is_in_name(**it)).count();
        let (name, rest) = named.split_at_checked(length).unwrap_or_default();
        if !name.is_empty()
            && name != b"on"
            && let (Some(inside), Some(spread)) = (place.fragment, self.fragment(name))
            && let Some(fragment) = self.fragments.get_mut(inside)
        {
            fragment.1 |=
                u32::try_from(spread).ok().and_then(|it| 1_u32.checked_shl(it)).unwrap_or(0);
        }
        rest
    }

    /// The number of a fragment, known or new.
    fn fragment(&mut self, name: &'a [u8]) -> Option<usize> {
        if let Some(at) =
            self.fragments.iter().take(self.fragment_count).position(|it| it.0 == name)
        {
            return Some(at);
        }
        let at = self.fragment_count;
        *self.fragments.get_mut(at)? = (name, 0);
        self.fragment_count += 1;
        Some(at)
    }

    fn aliased(&self) -> usize {
        self.fields.iter().map(|it| it.1).max().unwrap_or(0)
    }

    /// Whether a fragment spreads itself, over others too.
    fn has_cycle(&self) -> bool {
        let mut reached = self.fragments.map(|it| it.1);
        for _ in 0..FRAGMENTS_MAX {
            let before = reached;
            for it in &mut reached {
                let all = before.iter().enumerate().filter(|(n, _)| *it >> *n & 1 == 1);
                *it |= all.fold(0, |met, next| met | next.1);
            }
            if before == reached {
                break;
            }
        }
        reached.iter().enumerate().any(|(n, it)| it >> n & 1 == 1)
    }
}

/// A selection follows.
fn false_if_named(after: &[u8]) -> bool {
    after.trim_ascii_start().starts_with(b"{")
}

/// A field that takes a credential: `login(`, `verifyOtp(`.
fn tries_credential(name: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"login",
        b"signin",
        b"sign_in",
        b"authenticate",
        b"tokencreate",
        b"verifyotp",
        b"verify_otp",
        b"verifypin",
        b"checkpin",
        b"resetpassword",
        b"createtoken",
        b"tokenauth",
        b"verifycode",
        b"verifymfa",
        b"verifytoken",
        b"loginuser",
        b"userlogin",
        b"redeem",
        b"applycoupon",
    ];
    NAMES.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// What follows a string or block string.
fn skip_string(after: &[u8]) -> &[u8] {
    if let Some(block) = after.strip_prefix(b"\"\"") {
        return memchr::memmem::find(block, b"\"\"\"").map_or(&[][..], |at| from(block, at + 3));
    }
    let mut at = 0;
    loop {
        let Some(found) = after.get(at..).and_then(|it| memchr::memchr3(b'"', b'\\', b'\n', it))
        else {
            return &[];
        };
        at += found;
        match after.get(at) {
            Some(b'\\') => at += 2,
            _ => return from(after, at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign::Strength;
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, text: &str) {
        let seen = look(&Input::of(text.as_bytes(), false)).strength(SIGNS);
        assert_eq!(seen, strength, "{}", text.chars().take(100).collect::<String>());
    }

    fn logins(count: usize) -> String {
        let each =
            (0..count).map(|n| format!("a{n}: login(name: \"bob\", pin: {n})")).collect::<Vec<_>>();
        format!("mutation {{ {} }}", each.join("\n"))
    }

    #[test]
    fn credentials_by_aliases_are_counted() {
        check(Some(Strength::Certain), &logins(11));
        check(Some(Strength::Likely), &logins(10));
        check(None, &logins(2));
    }

    #[test]
    fn fragments_that_spread_themselves_are_certain() {
        check(
            Some(Strength::Certain),
            "query { ...A } fragment A on T { ...B } fragment B on T { a { ...A } }",
        );
        check(Some(Strength::Certain), "fragment A on T { ...A }");
        check(None, "query { ...A ...B } fragment A on T { ...B } fragment B on T { a }");
    }

    #[test]
    fn directives_and_fields_in_a_row_are_counted() {
        check(Some(Strength::Certain), &format!("{{ a {} }}", "@x".repeat(10)));
        check(Some(Strength::Likely), &format!("{{ a {} }}", "@x ".repeat(4)));
        check(None, "{ a @include(if: $x) @skip(if: $y) b }");
        check(Some(Strength::Certain), &format!("{{ {} }}", "__typename ".repeat(50)));
        check(Some(Strength::Likely), &format!("{{ {} }}", "a\n".repeat(10)));
    }

    #[test]
    fn depth_and_aliases_are_counted() {
        check(
            Some(Strength::Likely),
            &format!("query {{ {}a{} }}", "a { ".repeat(24), "}".repeat(24)),
        );
        check(
            Some(Strength::Hint),
            &format!("query {{ {}a{} }}", "a { ".repeat(11), "}".repeat(11)),
        );
        let many = |count: usize| {
            (0..count).map(|n| format!("r{n}: repository(id: {n}) {{ id }} ")).collect::<String>()
        };
        check(Some(Strength::Likely), &format!("{{ {} }}", many(100)));
        check(Some(Strength::Hint), &format!("{{ {} }}", many(99)));
    }

    #[test]
    fn questions_for_the_schema_say_more_without_their_usual_name() {
        let has = |text: &str| look(&Input::of(text.as_bytes(), false)).has(PROBES);
        assert!(has("{__schema{types{name}}}"));
        assert!(has("fragment F on __Type { name fields { name } }"));
        assert!(has("__schema{queryType{name}}"));
        assert!(!has("query IntrospectionQuery { __schema { types { name } } }"));
        assert!(!has("{ a { __typename } }"));
    }

    #[test]
    fn documents_of_clients_say_little() {
        check(Some(Strength::Likely), "{ __schema { types { name } } }");
        check(None, "query Find($term: String!) { items(search: $term) { id title } }");
        check(None, "{\"a\": {\"b\": 1}}");
        check(None, "query the catalogue for { words }");
        check(None, "# {\n");
    }

    #[test]
    fn hostile_documents_take_bounded_time() {
        for unit in ["{a", "{a:", "...A ", "@a", "\"", "fragment A on T{...A}", "{\"\\"] {
            let text = format!("query {{{}", unit.repeat(64 * 1024 / unit.len()));
            let start = std::time::Instant::now();
            look(&Input::of(text.as_bytes(), false));
            assert!(start.elapsed().as_millis() < 50, "{unit}");
        }
    }
}
