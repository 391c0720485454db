//! What descriptions say of requests and answers, from the files that the configuration names.
//!
//! Reads    settings; OpenAPI documents and the files beside them.
//! Memory   what of each file is held against messages; routes of one file share it.
//! Errors   a message with the route and the file.

use crate::config::Settings;
use crate::declared::{self, Notation};
use bartizan_engine::snapshot::Snapshot;
use bartizan_spec::Description;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is said of the messages of routes, by their names.
pub(crate) type ByRoute = BTreeMap<Arc<str>, Arc<Description>>;

/// Reads every description that the configuration names.
///
/// # Errors
///
/// A message.
pub(crate) fn read(settings: &Settings) -> Result<ByRoute, String> {
    let mut by_file: BTreeMap<&Path, Arc<Description>> = BTreeMap::new();
    let mut by_route = ByRoute::new();
    for (route, file) in settings.descriptions() {
        let description = match by_file.get(file) {
            Some(known) => Arc::clone(known),
            None => Arc::clone(by_file.entry(file).or_insert(of_file(route, file)?)),
        };
        by_route.insert(Arc::clone(route), description);
    }
    Ok(by_route)
}

/// What is in force.
pub(crate) fn in_force(snapshot: &Snapshot) -> ByRoute {
    let all = snapshot.rules.routes.all();
    let of = |it: Arc<str>, described: &Arc<Description>| (it, Arc::clone(described));
    all.filter_map(|it| Some(of(Arc::clone(&it.route.name), it.described.as_ref()?))).collect()
}

/// What `check` says of the descriptions: a line for each route.
///
/// # Errors
///
/// A message.
pub(crate) fn told(settings: &Settings) -> Result<String, String> {
    let all = read(settings)?;
    let line = |(route, file): (&Arc<str>, &Path)| {
        let it = all.get(route)?;
        let gaps = match it.gaps() {
            0 => String::new(),
            gaps => format!("; {gaps} things in it hold nobody, for they are not read"),
        };
        let (operations, file) = (it.requests.len(), file.display());
        Some(format!("route {route} is held to {operations} operations of {file}{gaps}\n"))
    };
    Ok(settings.descriptions().filter_map(line).collect())
}

fn of_file(route: &str, file: &Path) -> Result<Arc<Description>, String> {
    let named = |why: String| format!("route {route}: {}: {why}", file.display());
    let (api, _) = declared::of_file(file, Notation::OpenApi).map_err(named)?;
    let description = Description::of(&api);
    match description.requests.is_empty() {
        // It would refuse every call.
        true => Err(named("describes no operation".to_owned())),
        false => Ok(Arc::new(description)),
    }
}
