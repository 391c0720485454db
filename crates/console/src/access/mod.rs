//! Who may do what on the admin listener: roles, sessions of browsers, tokens of programs.

pub mod secret;
pub mod sessions;
pub mod throttle;
pub mod tokens;

use serde::{Deserialize, Serialize};
use std::fmt;

/// What somebody may do. Each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees what happened, without values.
    Viewer,
    /// Hunts, and reveals samples.
    Analyst,
    /// Changes what is in force for a while.
    Operator,
    /// Gives access to others.
    Admin,
}

impl Role {
    /// All, from the least.
    pub const ALL: &'static [Self] = &[Self::Viewer, Self::Analyst, Self::Operator, Self::Admin];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Somebody who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The name of the token, or `console`.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What a browser must repeat with each change; `None` for programs.
    pub csrf: Option<String>,
    /// When they are no longer let in, in seconds since 1970.
    pub expires_s: u64,
}
