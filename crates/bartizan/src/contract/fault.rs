//! Why nothing was decided of a contract.

use super::DECIDED_MAX;
use std::fmt;

/// Why a decision changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Neither traffic nor people speak of a clause of this id.
    NoClause(String),
    /// There is nothing to withdraw of the clause of this id.
    Undecided(String),
    /// The clause is a candidate.
    TooEarly,
    /// [`DECIDED_MAX`] clauses were decided on.
    TooMany,
    /// One can go back to `oldest`, and to those before `now`.
    NoRevision { to: u64, oldest: u64, now: u64 },
    /// Of so many clauses somebody decided otherwise than the document, which is not followed.
    Conflicts(usize),
    /// This names no state of the contracts.
    NoState(String),
    /// Somebody else decided since the revision that was `seen`.
    Overtaken { seen: u64, now: u64 },
    /// The name of a service or the version of a release is none.
    Release,
    /// What was decided cannot be read or written, and why.
    Disk(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClause(id) => {
                let id = id.escape_debug();
                write!(f, "there is no clause `{id}`; see `bartizan contract show`")
            }
            Self::Undecided(id) => write!(f, "nothing was decided of `{}`", id.escape_debug()),
            Self::TooEarly => write!(f, "too few calls by too few callers speak for it yet"),
            Self::TooMany => {
                write!(f, "{DECIDED_MAX} clauses were decided on already: withdraw some")
            }
            Self::NoRevision { to, oldest, now } => {
                write!(f, "revision {to} is not one of {oldest} to {}", now.saturating_sub(1))
            }
            Self::Conflicts(count) => write!(
                f,
                "{count} clauses were decided otherwise since the document was made: nothing has changed. Export anew, \
                 or decide with `bartizan contract import --overwrite`"
            ),
            Self::NoState(name) => write!(
                f,
                "`{}` is neither a revision nor `now` nor `traffic`",
                name.escape_debug()
            ),
            Self::Overtaken { seen, now } => write!(
                f,
                "somebody else decided meanwhile: you saw revision {seen}, it is {now} by now; \
                 look again and decide anew"
            ),
            Self::Release => f.write_str(
                "the service and its version are one line each, of at most 255 bytes and 100 characters",
            ),
            Self::Disk(why) => f.write_str(why),
        }
    }
}
