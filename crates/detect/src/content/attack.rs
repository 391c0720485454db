//! The kinds of attack that content detection tells apart, each with its recogniser.

use super::marks::Marks;
use super::sign::{Input, Sign, Signs};
use super::{
    command, command_names, graphql, ldap, line, lookup, nosql, object, prototype, scanner, script,
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
    /// The kind whose findings have this code.
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }
}

/// Words and numbers: what most values and nearly all names are made of.
const WORD: Marks = Marks::LETTER.and(Marks::DIGIT).and(Marks::UNDERSCORE).and(Marks::DASH);

/// What sentences are made of.
const PROSE: Marks = WORD.and(Marks::SPACE).and(Marks::COMMA).and(Marks::DOT);

const QUOTES: Marks = Marks::QUOTE.and(Marks::DOUBLE_QUOTE).and(Marks::BACKTICK);

impl Attack {
    /// Whether its recogniser could see anything: a look at the marks alone, for most values have few. It may be wrong in
    /// one direction only, which a test over random values watches.
    pub(super) fn may_be(self, input: &Input<'_>) -> bool {
        let marks = input.marks;
        let is_word = !marks.is_more_than(WORD);
        if is_word && !marks.has(Marks::DASH) && !self.may_be_word() {
            return false;
        }
        match self {
            Self::Sql => input.may_be_sql,
            Self::Command => {
                if is_word {
                    !input.is_name && input.text.len() <= ALONE_BYTES_MAX
                } else if marks.is_more_than(PROSE) {
                    marks.has_any(command::NEEDED) || input.text.len() <= ALONE_BYTES_MAX
                } else {
                    // A sentence is a command where its first word is one.
                    let mut words = input.text.split(|it| matches!(it, b' ' | b'\t'));
                    let first = words.find(|it| !it.is_empty()).unwrap_or_default();
                    !matches!(command_names::of(first), command_names::Name::Other)
                }
            }
            Self::Object => match input.is_name {
                true => marks
                    .has_any(Marks::DOLLAR.and(Marks::AT).and(Marks::SLASH).and(Marks::UNDERSCORE)),
                false => input.text.len() >= 8,
            },
            Self::Prototype => marks.has_any(prototype::NEEDED),
            Self::Script => {
                marks.has_any(
                    QUOTES
                        .and(Marks::LESS)
                        .and(Marks::EQUALS)
                        .and(Marks::COLON)
                        .and(Marks::PARENTHESIS)
                        .and(Marks::BRACKET)
                        .and(Marks::PLUS),
                ) || marks.has(Marks::DOT)
                    && matches!(input.text.trim_ascii_start().first(), Some(b'd' | b'D'))
            }
            Self::Traversal => marks.has_any(traversal::NEEDED),
            Self::Template => marks.has_any(
                Marks::BRACE
                    .and(Marks::LESS)
                    .and(Marks::HASH)
                    .and(Marks::BRACKET)
                    .and(Marks::AT)
                    .and(Marks::DOT),
            ),
            Self::Lookup => marks.has(Marks::BRACE),
            Self::ServerRequest => {
                marks.has_any(Marks::COLON.and(Marks::SLASH).and(Marks::BACKSLASH).and(Marks::DOT))
            }
            Self::Line => marks
                .has_any(Marks::LINE.and(Marks::PERCENT).and(Marks::HIGH).and(Marks::BACKSLASH)),
            Self::Xml => marks.has(Marks::LESS),
            Self::GraphQl => marks.has(Marks::BRACE),
            Self::Ldap => marks.has_any(Marks::PARENTHESIS.and(Marks::BACKSLASH).and(Marks::COLON)),
            Self::XPath => {
                marks.has_any(QUOTES.and(Marks::PARENTHESIS))
                    || marks.has(Marks::BRACKET.and(Marks::PIPE))
            }
            Self::NoSql | Self::Scanner => true,
        }
    }
}

impl Attack {
    /// Whether a single word could be of its kind.
    const fn may_be_word(self) -> bool {
        matches!(self, Self::Sql | Self::Command | Self::Object | Self::Prototype | Self::Traversal)
    }
}

/// Longest name of a program that says something alone.
const ALONE_BYTES_MAX: usize = 10;

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
                for attack in Attack::ALL {
                    let signs = attack.look(&input);
                    seen += usize::from(!signs.is_empty());
                    let may = attack.may_be(&input);
                    assert!(may || signs.is_empty(), "{} in {text:?}", attack.name());
                }
            }
        }
        assert!(seen > 10_000, "{seen}");
    }
}
