//! Checkpoints that were kept outside the ledger: the file beside the data directory, a log, or a signed
//! note by itself.
//!
//! Reads    a signed note; or lines of JSON, of which those count that have a `checkpoint`: the file of
//!          checkpoints has them, and so does what `--log json` prints.
//! Memory   the whole file, at most as much of its end as the caller says.
//! Misses   lines that are no JSON are passed over and counted.

use bartizan_ledger::note::Note;
use bartizan_store::files::Folder;
use bartizan_store::ledger::Anchors;
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// Name and version of a line of the file of checkpoints.
pub const SCHEMA: &str = "bartizan.checkpoint/v1";
/// How much of the end of the file is looked at when an instance starts.
pub const BYTES_AT_START: usize = 4 * 1024 * 1024;
/// How much of the end of a file is looked at when a ledger is verified.
pub const BYTES_MAX: usize = 512 * 1024 * 1024;

/// Where a file is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The directory.
    pub folder: Folder,
    /// The name in it.
    pub name: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Signed notes, in the order of the file.
    pub notes: Vec<String>,
    /// Lines that are none and hold none.
    pub passed_over: u64,
}

impl Place {
    /// Of this file.
    pub fn of(path: &Path) -> Self {
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { folder: Folder::at(parent.unwrap_or(Path::new("."))), name }
    }

    /// Reads the end of it; a file that is not there holds nothing.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn read(&self, bytes_max: usize) -> io::Result<Found> {
        let bytes = Anchors::of(self.folder.clone(), &self.name).read(bytes_max)?;
        Ok(found(&bytes))
    }
}

/// The notes in these bytes.
pub fn found(bytes: &[u8]) -> Found {
    if Note::read(bytes).is_ok()
        && let Ok(note) = str::from_utf8(bytes)
    {
        return Found { notes: vec![note.to_owned()], passed_over: 0 };
    }
    let mut found = Found::default();
    for line in bytes.split(|it| *it == b'\n').filter(|it| !it.is_empty()) {
        match serde_json::from_slice::<Value>(line) {
            Ok(line) => {
                let note = line.get("checkpoint").and_then(Value::as_str);
                found.notes.extend(note.map(str::to_owned));
            }
            Err(_) => found.passed_over += 1,
        }
    }
    found
}

/// A line of the file.
pub fn line(time: &str, size: u64, note: &str) -> String {
    json!({ "schema": SCHEMA, "time": time, "size": size, "checkpoint": note }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_ledger::note::SigningKey;

    #[test]
    fn a_note_and_lines_with_notes_are_found() {
        let key = SigningKey::of_seed("a/b", &[1; 32]).unwrap();
        let note = key.sign("a/b\n1\nx\n");
        assert_eq!(found(note.as_bytes()).notes, std::slice::from_ref(&note));
        let text =
            format!("{}\ntorn {{\n{{\"a\":1}}\n\n{}", line("t", 1, &note), line("t", 1, &note));
        let expected = Found { notes: vec![note.clone(), note], passed_over: 1 };
        assert_eq!(found(text.as_bytes()), expected);
        assert_eq!(found(b""), Found::default());
    }
}
