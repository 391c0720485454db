//! Virtual patches: an operator's own rule about one field of one endpoint, until the API itself is mended.
//!
//! Plain data. `engine::patches` makes it ready for looking at values.

use crate::clause::Mode;
use crate::evidence::Fingerprint;
use crate::head::Method;
use crate::place::Place;
use crate::retirement::Template;
use std::sync::Arc;

/// Patches that may be in force at once.
pub const PATCHES_MAX: usize = 200;

/// A rule of an operator: a request that holds such a value is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// Its name.
    pub id: Arc<str>,
    /// Why it is there, in the operator's words.
    pub reason: Arc<str>,
    /// The endpoint it is for; every one if `None`.
    pub endpoint: Option<(Method, Template)>,
    /// What of a request it looks at.
    pub field: Field,
    /// What must hold of a value.
    pub when: When,
    /// Whether it refuses.
    pub mode: Mode,
    /// The first moment at which it does nothing any more, in microseconds since 1970.
    pub until_us: Option<u64>,
}

/// What of a request a patch looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Every value and every name.
    Any,
    /// The method, as it was sent.
    Method,
    /// Path and query together, as they were sent.
    Target,
    /// One place, with everything below it.
    At(Place),
}

/// What must hold of one value, all of it, so that the request is refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// A pattern fits somewhere: in the value, or in a further reading of it.
    pub matches: Option<Box<str>>,
    /// A pattern fits nowhere in the value.
    pub does_not_match: Option<Box<str>>,
    /// It has more characters.
    pub longer_than: Option<u64>,
    /// It has fewer characters.
    pub shorter_than: Option<u64>,
    /// It is a number above this.
    pub above: Option<f64>,
    /// It is a number below this.
    pub below: Option<f64>,
    /// It is this.
    pub is: Option<Sort>,
    /// It is anything but this.
    pub is_not: Option<Sort>,
    /// The field is there, or is not; of the latter there is no value that anything else could hold of.
    pub present: Option<bool>,
}

/// What a value is. Where values have no notation of their own (queries, forms, fields), their look decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A number.
    Number,
    /// A text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// `null` of JSON.
    Null,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Sort {
    /// All.
    pub const ALL: &'static [Self] =
        &[Self::Number, Self::Text, Self::Boolean, Self::Null, Self::List, Self::Object];

    /// Name in patches.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::List => "list",
            Self::Object => "object",
        }
    }
}

impl Patch {
    /// What stands for it in findings.
    pub fn mark(&self) -> Fingerprint {
        mark(&self.id)
    }

    /// Whether it does anything at this moment.
    pub fn acts(&self, wall_us: u64) -> bool {
        self.until_us.is_none_or(|until| wall_us < until)
    }
}

/// What stands in findings for the patch of this name: a hash of the name (FNV-1a), in eight hexadecimal digits.
pub fn mark(id: &str) -> Fingerprint {
    let hash = id
        .bytes()
        .fold(0x811C_9DC5_u32, |hash, it| (hash ^ u32::from(it)).wrapping_mul(0x0100_0193));
    Fingerprint::new(format!("{hash:08x}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_same_on_every_machine() {
        assert_eq!(mark("").to_string(), "811c9dc5");
        assert_eq!(mark("foobar").to_string(), "bf9cf968");
        assert_ne!(mark("reviews-1"), mark("reviews-2"));
    }
}
