//! The kinds of attack that content detection tells apart, each with its recogniser.

use super::sign::{Input, Sign, Signs};
use super::{graphql, ldap, nosql, object, prototype, scanner, script, sql, xml, xpath};

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
    Xml = "xml", xml, "An XML reader fetches, runs or swells by it.";
    NoSql = "nosql", nosql, "A document store reads it as a condition.";
    Ldap = "ldap", ldap, "A directory reads it as a filter.";
    XPath = "xpath", xpath, "An XML query reads it as a condition.";
    Object = "object", object, "A reader of stored objects makes an object of it.";
    Prototype = "prototype", prototype, "It reaches the prototype of all objects.";
    GraphQl = "graphql", graphql, "A GraphQL server works too hard for it.";
    Scanner = "scanner", scanner, "A scanner sent it.";
}
