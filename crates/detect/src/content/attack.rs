//! The kinds of attack that content detection tells apart, each with its recogniser.

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
    /// The kind whose findings have this code.
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }
}
