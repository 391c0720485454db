//! Saved hunts: those that are built in, and files `NAME.sql` of a directory, which take their place.

use bartizan_hunt::saved::{FILE_BYTES_MAX, Saved, shipped};
use std::io::Read;
use std::path::Path;

/// Name of their directory in the data directory.
pub(super) const FOLDER: &str = "hunts";
/// Saved hunts of a directory that are looked at.
const SAVED_MAX: usize = 1_000;

/// The hunts that are shipped, and those of the directory, which win.
pub(crate) fn all(dir: &Path) -> Result<Vec<Saved>, String> {
    let mut all = shipped();
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(all) };
    for entry in entries.flatten().take(SAVED_MAX) {
        let path = entry.path();
        let is_sql = path.extension().is_some_and(|it| it == "sql");
        let Some(name) = path.file_stem().and_then(|it| it.to_str()).filter(|_| is_sql) else {
            continue;
        };
        let at = |why: &dyn std::fmt::Display| format!("`{}`: {why}", path.display());
        let file = std::fs::File::open(&path).map_err(|it| at(&it))?;
        let mut text = String::new();
        let limit = FILE_BYTES_MAX as u64 + 1;
        file.take(limit).read_to_string(&mut text).map_err(|it| at(&it))?;
        let own = Saved::read(name, &text).map_err(|it| at(&it))?;
        all.retain(|it| it.name != own.name);
        all.push(own);
    }
    Ok(all)
}
