//! Hunts, where this build has them. Linking a query engine takes most of the time of a build, so that it
//! is a feature: packages and images have it.

#[cfg(feature = "hunt")]
pub(super) use crate::hunt::console::{all_saved, ask, remove, save, schema};

#[cfg(not(feature = "hunt"))]
pub(crate) use without::NO_HUNTS;
#[cfg(not(feature = "hunt"))]
pub(super) use without::{all_saved, ask, remove, save, schema};

#[cfg(not(feature = "hunt"))]
mod without {
    use crate::config::Store;
    use bartizan_console::backend::{NewHunt, NewSavedHunt};
    use bartizan_console::problem::Problem;
    use serde_json::{Value, json};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use tokio::sync::mpsc;

    /// What whoever asks is told.
    pub(crate) const NO_HUNTS: &str = "this bartizan was built without hunts: packages and images have them, \
        and so has `cargo build --release -p bartizan --features hunt`";

    fn missing() -> Problem {
        Problem::Unavailable(NO_HUNTS.to_owned())
    }

    pub(in crate::backend) fn ask(
        _: &Path,
        _: &Store,
        _: &Arc<AtomicUsize>,
        _: &NewHunt,
    ) -> Result<mpsc::Receiver<String>, Problem> {
        Err(missing())
    }

    pub(in crate::backend) fn schema() -> Value {
        json!({ "views": [] })
    }

    pub(in crate::backend) fn all_saved(_: &Path) -> Result<Value, Problem> {
        Ok(json!({ "hunts": [] }))
    }

    pub(in crate::backend) fn save(_: &Path, _: &str, _: &NewSavedHunt) -> Result<Value, Problem> {
        Err(missing())
    }

    pub(in crate::backend) fn remove(_: &Path, _: &str) -> Result<(), Problem> {
        Err(missing())
    }
}
