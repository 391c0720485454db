//! The kinds of attack that content detection tells apart, each with its recogniser.

use super::marks::Marks;
use super::sign::{Input, Sign, Signs};
use super::{
    command, graphql, ldap, line, lookup, nosql, object, prototype, scanner, script,
    server_request, sql, template, traversal, xml, xpath,
};
use bartizan_model::code::Code;

macro_rules! attacks {
    ($($attack:ident = $name:literal, $code:ident, $file:ident, $says:literal;)*) => {
        /// A kind of attack, by what would read the value as more than data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attack { $(#[doc = $says] $attack,)* }

        impl Attack {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$attack,)*];

            /// Its name in tables and weights.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$attack => $name,)* }
            }

            /// The code of its findings.
            pub const fn code(self) -> Code {
                match self { $(Self::$attack => Code::$code,)* }
            }

            /// What its recogniser can see, in the order of the bits of [`Signs`].
            pub const fn signs(self) -> &'static [Sign] {
                match self { $(Self::$attack => $file::SIGNS,)* }
            }

            /// What its recogniser sees in one value.
            pub(super) fn look(self, input: &Input<'_>) -> Signs {
                match self { $(Self::$attack => $file::look(input),)* }
            }
        }
    };
}

attacks! {
    Sql = "sql", ContentSqlInjection, sql, "A database reads it as SQL.";
    Script = "script", ContentScriptInjection, script, "A browser runs it.";
    Command = "command", ContentCommandInjection, command, "A shell runs it.";
    Traversal = "traversal", ContentPathTraversal, traversal, "A file system or loader opens it.";
    Template = "template", ContentTemplateInjection, template, "A template engine evaluates it.";
    Lookup = "lookup", ContentLookupInjection, lookup, "A logger looks something up in it.";
    ServerRequest = "server_request", ContentServerRequest, server_request, "A server calls an address inside for it.";
    Line = "line", ContentLineInjection, line, "A head, a mail or a log goes on with it.";
    Xml = "xml", ContentXmlEntity, xml, "An XML reader fetches, runs or swells by it.";
    NoSql = "nosql", ContentNosqlInjection, nosql, "A document store reads it as a condition.";
    Ldap = "ldap", ContentLdapInjection, ldap, "A directory reads it as a filter.";
    XPath = "xpath", ContentXpathInjection, xpath, "An XML query reads it as a condition.";
    Object = "object", ContentObjectInjection, object, "A reader of stored objects makes an object of it.";
    Prototype = "prototype", ContentPrototypePollution, prototype, "It reaches the prototype of all objects.";
    GraphQl = "graphql", ContentGraphqlAbuse, graphql, "A GraphQL server works too hard for it.";
    Scanner = "scanner", ContentScanner, scanner, "A tool that looks for holes sent it, or waits for it.";
}

impl Attack {
    /// Signs that say nothing in the midst of a text: code calls programs.
    pub(super) const fn usual_in_text(self) -> Signs {
        match self {
            Self::Command => Signs::of(command::SIGNS_OF_CALLS),
            Self::Sql
            | Self::Script
            | Self::Traversal
            | Self::Template
            | Self::Lookup
            | Self::ServerRequest
            | Self::Line
            | Self::Xml
            | Self::NoSql
            | Self::Ldap
            | Self::XPath
            | Self::Object
            | Self::Prototype
            | Self::GraphQl
            | Self::Scanner => Signs::of(0),
        }
    }

    /// The kind whose findings have this code.
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }
}

/// Words and numbers: what most values and nearly all names are made of.
const WORD: Marks = Marks::LETTER.and(Marks::DIGIT).and(Marks::UNDERSCORE);

/// What sentences are made of.
const PROSE: Marks = WORD.and(Marks::DASH).and(Marks::SPACE).and(Marks::COMMA).and(Marks::DOT);

const QUOTES: Marks = Marks::QUOTE.and(Marks::DOUBLE_QUOTE).and(Marks::BACKTICK);

/// What recognisers of kinds that are code of some language need.
const CODE: Marks = QUOTES
    .and(Marks::LESS)
    .and(Marks::EQUALS)
    .and(Marks::COLON)
    .and(Marks::PARENTHESIS)
    .and(Marks::BRACKET)
    .and(Marks::BRACE)
    .and(Marks::PLUS);

/// One of them stands in what is certain wherever it stands.
const BREAKS: Marks = QUOTES
    .and(Marks::LESS)
    .and(Marks::DOLLAR)
    .and(Marks::BRACE)
    .and(Marks::BACKSLASH)
    .and(Marks::SEMICOLON)
    .and(Marks::PIPE)
    .and(Marks::AMPERSAND)
    .and(Marks::STAR)
    .and(Marks::PARENTHESIS)
    .and(Marks::HASH)
    .and(Marks::SLASH)
    .and(Marks::PERCENT);

/// Kinds of attack, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attacks(u32);

impl Attacks {
    /// The kinds whose recogniser could see anything: a look at the marks and the front, for most values are of few kinds of
    /// bytes. It may be wrong in one direction only, which a test over random values watches.
    pub(super) fn that_may_be(input: &Input<'_>) -> Self {
        let marks = input.marks;
        let has = |it: Marks| marks.has_any(it);
        let all = Self::default()
            .with(Attack::Sql, input.may_be_sql)
            .with(Attack::Command, command::may_be(input, !marks.is_more_than(PROSE)))
            .with(Attack::Traversal, traversal::may_be(input))
            .with(Attack::Object, object::may_be(input))
            .with(
                Attack::Prototype,
                has(prototype::NEEDED) && input.text.len() >= prototype::BYTES_MIN,
            );
        if !marks.is_more_than(WORD) {
            return all;
        }
        let all = all
            .with(Attack::ServerRequest, has(server_request::NEEDED))
            .with(Attack::Scanner, scanner::may_be(input));
        if !marks.is_more_than(PROSE) {
            return all
                .with(Attack::Template, marks.has(Marks::DOT.and(Marks::UNDERSCORE)))
                .with(Attack::Script, is_document(input));
        }
        all.with(Attack::Script, has(CODE) || is_document(input))
            .with(Attack::Template, has(template::NEEDED))
            .with(Attack::Lookup, has(Marks::BRACE))
            .with(Attack::Line, has(line::NEEDED))
            .with(Attack::Xml, has(Marks::LESS))
            .with(Attack::GraphQl, has(Marks::BRACE))
            .with(Attack::Ldap, has(ldap::NEEDED))
            .with(
                Attack::XPath,
                has(QUOTES.and(Marks::PARENTHESIS)) || marks.has(Marks::BRACKET.and(Marks::PIPE)),
            )
            .with(Attack::NoSql, has(nosql::NEEDED))
    }

    const fn with(self, one: Attack, is_so: bool) -> Self {
        Self(self.0 | (is_so as u32) << one as u32)
    }

    /// Those that a part of a text may be: an address is called where it is the whole value, and text may name it.
    pub(super) const fn within_text(self, marks: Marks) -> Self {
        match marks.has_any(BREAKS) {
            true => Self(self.0 & !(1 << Attack::ServerRequest as u32)),
            false => Self(0),
        }
    }

    /// Whether there is none.
    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    #[cfg(test)]
    fn contain(self, one: Attack) -> bool {
        self.0 >> one as u32 & 1 == 1
    }
}

impl Iterator for Attacks {
    type Item = Attack;

    fn next(&mut self) -> Option<Attack> {
        let at = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        Attack::ALL.get(usize::try_from(at).ok()?).copied()
    }
}

/// `document.cookie`: code without any other mark.
fn is_document(input: &Input<'_>) -> bool {
    input.marks.has(Marks::DOT)
        && matches!(input.text.trim_ascii_start().first(), Some(b'd' | b'D'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of pieces that recognisers know, and of what stands between them.
    #[test]
    fn what_may_be_nothing_shows_no_sign() {
        const PIECES: &[&str] = &[
            "a",
            "1",
            " ",
            "or",
            "=",
            "'",
            "\"",
            "<",
            ">",
            "script",
            "alert",
            "(",
            ")",
            "{",
            "}",
            "$",
            "ne",
            ".",
            "..",
            "/",
            "etc",
            "passwd",
            "\\",
            "%",
            "2e",
            "whoami",
            "cat",
            ";",
            "|",
            "&",
            "`",
            "\n",
            "\r",
            "Set-Cookie",
            ":",
            "http",
            "//",
            "127.0.0.1",
            "jndi",
            "ldap",
            "__proto__",
            "constructor",
            "prototype",
            "[",
            "]",
            "*",
            "rO0AB",
            "AAEAAAD",
            "O:4:",
            "sqlmap",
            "1.7",
            "query",
            "-",
            "--",
            "#",
            "!",
            "ENTITY",
            "DOCTYPE",
            "SYSTEM",
            "+",
            "@",
            "_",
            ",",
            "?",
            "union",
            "select",
            "é",
            "\0",
            "id",
            "data",
            "javascript",
            "onload",
            "7*7",
            "text()",
            "uid",
            "base64,PD9",
            "data:;",
            "data:,<?",
        ];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % below as u64).unwrap_or(0)
        };
        let mut seen = 0;
        for _ in 0..200_000 {
            let mut text = String::new();
            for _ in 0..=next(5) {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            for is_name in [false, true] {
                let input = Input::of(text.as_bytes(), is_name);
                let may = Attacks::that_may_be(&input);
                for &attack in Attack::ALL {
                    let signs = attack.look(&input);
                    seen += usize::from(!signs.is_empty());
                    assert!(
                        may.contain(attack) || signs.is_empty(),
                        "{} in {text:?}",
                        attack.name()
                    );
                }
            }
        }
        assert!(seen > 10_000, "{seen}");
    }
}
