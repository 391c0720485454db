//! What people and descriptions say of paths: kept in the data directory, followed by whoever learns from it.
//!
//! Reads    `templates.json`, what people said; the descriptions that were imported.
//! Writes   `templates.json`.
//! Memory   what was said, within [`SAID_MAX`] templates.
//! Errors   a message.
//! Misses   who the person was: whoever may write the data directory may say anything.

use crate::declared::{self, Declared};
use bartizan_learn::inventory::{By, Inventory, SAID_MAX, Said};
use bartizan_store::document;
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::SystemTime;

/// Name of the file in the data directory.
const FILE: &str = "templates.json";

/// Everything that was said.
#[derive(Debug, Default)]
pub(crate) struct Sayings {
    people: Vec<Line>,
    declared: Vec<Declared>,
    /// What could not be read.
    pub(crate) faults: Vec<String>,
}

/// A template that a person said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Of which service.
    pub(crate) service: String,
    /// As `/orders/{orderId}`.
    pub(crate) template: String,
    /// When, in microseconds since 1970.
    pub(crate) at_us: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    said: Vec<Line>,
}

impl Sayings {
    /// Everything that was said so far.
    pub(crate) fn read(dir: &Path) -> Self {
        let (declared, mut faults) = declared::all(dir);
        let people = lines(dir).unwrap_or_else(|why| {
            faults.push(why);
            Vec::new()
        });
        Self { people, declared, faults }
    }

    /// What is described.
    pub(crate) fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// Has an inventory follow all of it. A description is also that of `only`, if nothing else is described.
    pub(crate) fn tell(&self, inventory: &mut Inventory, only: Option<&str>) {
        let is_one = self.declared.len() == 1;
        for it in &self.declared {
            let also = only.filter(|only| is_one && *only != it.service);
            let services: Vec<&str> = also.into_iter().chain([it.service.as_str()]).collect();
            let templates: BTreeSet<String> = it
                .api
                .base_paths()
                .into_iter()
                .flat_map(|base| it.api.operations.iter().map(move |it| (base, it)))
                .map(|(base, it)| format!("{base}{}", it.path.as_str()))
                .collect();
            for template in templates {
                let said = Said { template, by: By::Description };
                // What is no path, or finds no room, is learnt as if nobody had said it.
                for service in &services {
                    inventory.say(service, &said).ok();
                }
            }
        }
        for it in &self.people {
            let said = Said { template: it.template.clone(), by: By::Person };
            inventory.say(&it.service, &said).ok();
        }
    }
}

/// What people said.
pub(crate) fn lines(dir: &Path) -> Result<Vec<Line>, String> {
    let kept = document::read(&Folder::at(dir), FILE).map_err(|it| format!("{FILE}: {it}"))?;
    let Some(bytes) = kept else { return Ok(Vec::new()) };
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{FILE}, line {}: is not what was written", error.line()))?;
    if kept.version != 1 {
        return Err(format!("{FILE}: version {} is not known", kept.version));
    }
    Ok(kept.said)
}

/// Keeps what people said, in place of what was kept before.
pub(crate) fn keep(dir: &Path, said: Vec<Line>) -> Result<(), String> {
    if said.len() > SAID_MAX {
        return Err(format!("{SAID_MAX} templates were said already"));
    }
    let kept =
        serde_json::to_vec_pretty(&Kept { version: 1, said }).map_err(|it| it.to_string())?;
    document::replace(&Folder::at(dir), FILE, &kept).map_err(|it| format!("{FILE}: {it}"))
}

/// What changes when something is said: cheap to ask for.
pub(crate) fn mark(dir: &Path) -> Vec<(String, Option<SystemTime>)> {
    let changed = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    let mut marks = vec![(FILE.to_owned(), changed(&dir.join(FILE)))];
    let files = std::fs::read_dir(dir.join(declared::FOLDER)).into_iter().flatten().flatten();
    for file in files.take(declared::SERVICES_MAX) {
        let name = file.file_name().to_string_lossy().into_owned();
        marks.push((name, changed(&file.path())));
    }
    marks.sort();
    marks
}
