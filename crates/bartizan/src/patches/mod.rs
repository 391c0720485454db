//! Virtual patches from the files that the configuration names.
//!
//! Reads    files, and folders of them; the cases of each patch are judged by the transaction that judges live requests.
//! Memory   at most `PATCHES_MAX` patches.
//! Errors   [`PatchesFault`]: none of the patches is taken over then.

pub(crate) mod command;
pub(crate) mod counts;
mod history;
pub(crate) mod judge;

use crate::config::{self, PatchFile, Report, Settings, Source};
use bartizan_engine::patches::{Patches, Ready};
use bartizan_engine::snapshot::Snapshot;
use bartizan_model::clause::Mode;
use bartizan_model::patch::{PATCHES_MAX, Patch};
use judge::Judges;
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of one folder that are looked at.
const FOLDER_FILES_MAX: usize = 1_000;

/// Why patches cannot be taken over.
#[derive(Debug)]
pub(crate) enum PatchesFault {
    /// A file or folder cannot be read.
    Unread(PathBuf, io::Error),
    /// A file is no patch that keeps its cases.
    Bad(Box<Report>),
    /// Two files name a patch alike, or so that findings could not tell them apart.
    Twice(PathBuf, String, PathBuf),
    /// There are too many.
    TooMany,
}

impl fmt::Display for PatchesFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(path, error) => write!(f, "cannot read `{}`: {error}", path.display()),
            Self::Bad(report) => f.write_str(report.to_string().trim_end()),
            Self::Twice(path, id, other) => write!(
                f,
                "{}: a patch in {} is named `{id}` too, or so that findings cannot tell them apart",
                path.display(),
                other.display()
            ),
            Self::TooMany => write!(f, "there are more than {PATCHES_MAX} patches"),
        }
    }
}

impl std::error::Error for PatchesFault {}

/// Patches that were read, each with its file.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) all: Vec<(PathBuf, PatchFile)>,
}

impl Loaded {
    /// As the engine takes them.
    pub(crate) fn patches(&self) -> Arc<Patches> {
        let all = self.all.iter().map(|(_, it)| Arc::clone(&it.ready)).collect();
        Arc::new(Patches::new(all))
    }
}

/// Reads every patch that the configuration names.
///
/// # Errors
///
/// The first [`PatchesFault`].
pub(crate) fn read(settings: &Settings, now_unix_s: u64) -> Result<Loaded, PatchesFault> {
    let mut loaded = Loaded::default();
    if settings.patches.is_empty() {
        return Ok(loaded);
    }
    let judges = Judges::default();
    for path in files(&settings.patches)? {
        if loaded.all.len() >= PATCHES_MAX {
            return Err(PatchesFault::TooMany);
        }
        let it = of_file(&path, now_unix_s, &judges)?;
        let patch = it.ready.patch();
        let same = loaded.all.iter().find(|(_, of)| of.ready.patch().mark() == patch.mark());
        if let Some((other, _)) = same {
            return Err(PatchesFault::Twice(path, patch.id.to_string(), other.clone()));
        }
        loaded.all.push((path, it));
    }
    Ok(loaded)
}

/// Reads one patch, and judges its cases.
///
/// # Errors
///
/// [`PatchesFault`].
pub(crate) fn of_file(
    path: &Path,
    now_unix_s: u64,
    judges: &Judges,
) -> Result<PatchFile, PatchesFault> {
    let unread = |error| PatchesFault::Unread(path.to_owned(), error);
    let source = Source::of_file(path).map_err(unread)?;
    let mut judge = |ready: &Arc<Ready>, text: &[u8]| judges.of(ready).verdict_of_text(text);
    let read = config::patch(&source, now_unix_s, &mut judge);
    read.map_err(|report| PatchesFault::Bad(Box::new(report)))
}

/// What is to be followed of them: each path that is named, and the files in folders.
pub(crate) fn followed(paths: &[PathBuf]) -> Vec<PathBuf> {
    let in_folders = paths.iter().filter_map(|it| in_folder(it).ok()).flatten();
    paths.iter().cloned().chain(in_folders).collect()
}

/// The files that are named, those of folders by their names.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, PatchesFault> {
    let mut all = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => {
                let unread = |error| PatchesFault::Unread(path.clone(), error);
                all.extend(in_folder(path).map_err(unread)?);
            }
            false => all.push(path.clone()),
        }
    }
    Ok(all)
}

fn in_folder(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(path)?.take(FOLDER_FILES_MAX) {
        let path = entry?.path();
        let is_patch = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
        // Editors and secret stores keep hidden files beside.
        let is_hidden = path.file_name().is_none_or(|it| it.as_encoded_bytes().starts_with(b"."));
        if is_patch && !is_hidden && path.is_file() {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// What is in force.
pub(crate) fn in_force(snapshot: &Snapshot) -> Arc<Patches> {
    Arc::clone(&snapshot.rules.patches)
}

/// What `check` says of them: a line.
///
/// # Errors
///
/// A message.
pub(crate) fn told(settings: &Settings, now_unix_s: u64) -> Result<String, String> {
    let loaded = read(settings, now_unix_s).map_err(|it| it.to_string())?;
    if loaded.all.is_empty() {
        return Ok(String::new());
    }
    let enforced = loaded.all.iter().filter(|(_, it)| it.ready.patch().mode == Mode::Enforce);
    let cases: usize = loaded.all.iter().map(|(_, it)| it.cases).sum();
    let mut out = format!(
        "{} patches, {} of them enforced, keep their {cases} cases\n",
        loaded.all.len(),
        enforced.count()
    );
    loaded.all.iter().for_each(|(_, it)| out.push_str(&it.warnings.to_string()));
    Ok(out)
}

/// A patch, for `status` and other programs.
pub(crate) fn as_json(it: &Patch, now_us: u64) -> Value {
    json!({
        "id": &*it.id,
        "mode": it.mode.name(),
        "endpoint": config::endpoint_text(it),
        "field": config::field_text(&it.field),
        "until": it.until_us.map(crate::show::timestamp),
        "ended": !it.acts(now_us),
        "reason": &*it.reason,
    })
}
