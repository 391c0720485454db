//! A file that lines are added to, and that is begun anew when it is long.
//!
//! Writes   `NAME`, and up to `OLDER_MAX` older ones as `NAME.1` (the newest of them) and so on.
//! Errors   the operating system's; a line that failed is written over by the next one.
//! Misses   other writers: a file that somebody else shortens or moves is followed at the next line.

use bartizan_connect::deliver::Sheet;
use bartizan_store::files::{Files, StoredFile};
use std::io;

/// Older files that are kept.
const OLDER_MAX: u32 = 4;

/// The file in its directory.
#[derive(Debug)]
pub(crate) struct LineFile<F> {
    files: F,
    name: String,
    bytes_max: u64,
}

impl<F: Files> LineFile<F> {
    pub(crate) fn new(files: F, name: &str, bytes_max: u64) -> Self {
        Self { files, name: name.to_owned(), bytes_max }
    }

    fn older(&self, number: u32) -> String {
        format!("{}.{number}", self.name)
    }

    fn make_older(&self) -> io::Result<()> {
        for number in (1..OLDER_MAX).rev() {
            moved(self.files.rename(&self.older(number), &self.older(number + 1)))?;
        }
        moved(self.files.rename(&self.name, &self.older(1)))
    }
}

/// One that is not there needs no moving.
fn moved(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|it| if it.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(it) })
}

impl<F: Files> Sheet for LineFile<F> {
    fn add(&self, line: &[u8]) -> io::Result<()> {
        let mut opened = self.files.open(&self.name);
        if let Ok(file) = &opened {
            let length = file.length()?;
            if length > 0 && length.saturating_add(line.len() as u64) > self.bytes_max {
                self.make_older()?;
                opened = Err(io::ErrorKind::NotFound.into());
            }
        }
        let file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.files.prepare()?;
                let file = self.files.create(&self.name)?;
                self.files.sync_names()?;
                file
            }
            opened => opened?,
        };
        let end = file.length()?;
        file.write_all_at(line, end).and_then(|()| file.sync()).inspect_err(|_| {
            // Half a line is none; if that fails too, the next reader sees it.
            file.set_len(end).ok();
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_store::files::Folder;
    use std::fs;

    #[test]
    fn a_long_file_is_begun_anew_and_four_are_kept() {
        let home = std::env::temp_dir().join(format!("bartizan-sheet-{}", std::process::id()));
        let sheet = LineFile::new(Folder::at(&home), "a.ndjson", 8);
        for line in 0..14 {
            sheet.add(format!("{line:03}\n").as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(home.join(name)).unwrap();
        assert_eq!(read("a.ndjson"), "012\n013\n");
        assert_eq!(read("a.ndjson.1"), "010\n011\n");
        assert_eq!(read("a.ndjson.4"), "004\n005\n");
        assert_eq!(fs::read_dir(&home).unwrap().count(), 5);
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn a_line_longer_than_the_bound_is_a_file_of_its_own() {
        let home = std::env::temp_dir().join(format!("bartizan-long-{}", std::process::id()));
        let sheet = LineFile::new(Folder::at(&home), "a", 2);
        sheet.add(b"one\n").unwrap();
        sheet.add(b"two\n").unwrap();
        assert_eq!(fs::read(home.join("a")).unwrap(), b"two\n");
        assert_eq!(fs::read(home.join("a.1")).unwrap(), b"one\n");
        fs::remove_dir_all(home).unwrap();
    }
}
