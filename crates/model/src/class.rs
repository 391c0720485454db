//! What a field holds: a class that is built in, or one of somebody's own.

use crate::data_class::{DataClass, DataGroup, Sensitivity};
use crate::own_class::OwnClass;
use std::fmt;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A class that is built in.
    BuiltIn(DataClass),
    /// One from the configuration.
    Own(OwnClass),
}

impl Class {
    /// What harm its loss does.
    pub const fn sensitivity(self) -> Sensitivity {
        match self {
            Self::BuiltIn(it) => it.sensitivity(),
            Self::Own(it) => it.sensitivity(),
        }
    }

    /// What it belongs to; nothing is known of that for a class of one's own.
    pub const fn group(self) -> Option<DataGroup> {
        match self {
            Self::BuiltIn(it) => Some(it.group()),
            Self::Own(_) => None,
        }
    }
}

/// Its name.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(it) => it.fmt(f),
            Self::Own(it) => it.fmt(f),
        }
    }
}
