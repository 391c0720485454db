//! The kinds of attack that content detection tells apart, each with its recogniser.

use super::sign::{Input, Sign, Signs};
use super::{command, line, lookup, script, server_request, sql, template, traversal};

macro_rules! attacks {
    ($($attack:ident = $name:literal, $file:ident, $says:literal;)*) => {
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
    Sql = "sql", sql, "A database reads it as SQL.";
    Script = "script", script, "A browser runs it.";
    Command = "command", command, "A shell runs it.";
    Line = "line", line, "A line of it is read as one of a head, a mail or a log.";
    Lookup = "lookup", lookup, "A logger looks something up in it.";
    ServerRequest = "server_request", server_request, "The API calls what it names.";
    Template = "template", template, "A template engine evaluates it.";
    Traversal = "traversal", traversal, "A file system or loader opens it.";
}
