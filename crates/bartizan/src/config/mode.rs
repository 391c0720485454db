//! Modes: what becomes of a violated clause.

use super::fault::Fault;

/// What happens to requests as a whole, where no clause says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Violations are recorded, requests pass.
    Observe,
    /// Violations are refused.
    Enforce,
}

/// What happens when one clause is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseMode {
    /// The clause is not judged.
    Off,
    /// The violation is recorded, the request passes.
    Observe,
    /// The request is refused.
    Enforce,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Observe, Self::Enforce];

    /// The word in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let found = Self::ALL.into_iter().find(|it| it.name() == text);
        found.ok_or_else(|| Fault::unknown_word(text, Self::ALL.map(Self::name).to_vec()))
    }
}

impl ClauseMode {
    /// Every mode of a clause.
    pub const ALL: [Self; 3] = [Self::Off, Self::Observe, Self::Enforce];

    /// The word in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let found = Self::ALL.into_iter().find(|it| it.name() == text);
        found.ok_or_else(|| Fault::unknown_word(text, Self::ALL.map(Self::name).to_vec()))
    }
}

impl From<Mode> for ClauseMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Observe => Self::Observe,
            Mode::Enforce => Self::Enforce,
        }
    }
}
