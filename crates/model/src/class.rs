//! What a field holds: a class that is built in, or one of somebody's own.

use crate::data_class::{DataClass, DataGroup, Sensitivity};
use crate::own_class::OwnClass;
use std::fmt;
use std::str::FromStr;

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

    /// How it stands in files.
    pub fn kept(self) -> String {
        match self {
            Self::BuiltIn(it) => it.name().to_owned(),
            Self::Own(it) => it.kept(),
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

/// From how it stands in files.
impl FromStr for Class {
    type Err = UnknownClass;

    fn from_str(kept: &str) -> Result<Self, UnknownClass> {
        let built_in = kept.parse().map(Self::BuiltIn);
        built_in.or_else(|_| kept.parse().map(Self::Own)).map_err(|_| UnknownClass)
    }
}

/// There is no such class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownClass;

/// Its name.
impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(it) => it.fmt(f),
            Self::Own(it) => it.fmt(f),
        }
    }
}
