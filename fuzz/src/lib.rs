//! What fuzzing runs. The targets are modules of their own, so that the tests of the workspace can run them too; the
//! journal's stands apart, since its crate takes long to compile.

#[cfg(feature = "journal")]
pub mod journal;
pub mod targets;

use targets::Target;

/// All targets, by name.
#[cfg(not(feature = "journal"))]
pub fn all() -> impl Iterator<Item = (&'static str, Target)> {
    targets::ALL.iter().copied()
}

/// All targets, by name.
#[cfg(feature = "journal")]
pub fn all() -> impl Iterator<Item = (&'static str, Target)> {
    targets::ALL.iter().copied().chain([("journal", journal::run as Target)])
}
