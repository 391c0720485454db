//! The kinds of attack that content detection tells apart, each with its recogniser.

use super::sign::{Input, Sign, Signs};
use super::{command, lookup, script, sql, template, traversal};
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
    Command = "command", CommandInjection, command, "A shell runs it.";
    Traversal = "traversal", PathTraversal, traversal, "A file system or loader opens it.";
    Template = "template", TemplateInjection, template, "A template engine evaluates it.";
    Lookup = "lookup", LookupInjection, lookup, "A logger looks something up in it.";
}

impl Attack {
    /// The kind whose findings have this code.
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }
}
