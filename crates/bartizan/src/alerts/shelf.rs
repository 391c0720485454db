//! The spool's file: records at its end, the whole replaced now and then.
//!
//! Reads and writes   `spool` in the directory `alerts`, through [`Files`].
//! Errors             the operating system's.

use bartizan_connect::spool::Shelf;
use bartizan_store::document;
use bartizan_store::files::{Files, StoredFile};
use std::io;

/// Name of the file.
pub(crate) const SPOOL: &str = "spool";
/// Bytes that are read at the start: more than a spool ever has.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The file in a directory, which is made when something is written.
#[derive(Debug)]
pub(crate) struct SpoolFile<F> {
    files: F,
    length: u64,
}

impl<F: Files> SpoolFile<F> {
    pub(crate) fn in_folder(files: F) -> Self {
        Self { files, length: 0 }
    }
}

impl<F: Files> Shelf for SpoolFile<F> {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let file = match self.files.read(SPOOL) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let length = file.length()?;
        let bytes = usize::try_from(length).ok().filter(|_| length <= BYTES_MAX);
        let mut all = vec![0; bytes.ok_or(io::ErrorKind::InvalidData)?];
        file.read_exact_at(&mut all, 0)?;
        self.length = length;
        Ok(all)
    }

    fn append(&mut self, bytes: &[u8], durably: bool) -> io::Result<()> {
        let file = match self.files.open(SPOOL) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.files.prepare()?;
                let file = self.files.create(SPOOL)?;
                self.files.sync_names()?;
                self.length = 0;
                file
            }
            opened => opened?,
        };
        // What a failed write left behind is written over.
        file.write_all_at(bytes, self.length)?;
        if durably {
            file.sync()?;
        }
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files.prepare()?;
        document::replace(&self.files, SPOOL, bytes)?;
        self.length = bytes.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_store::files::Folder;

    #[test]
    fn what_was_added_and_replaced_is_read() {
        let home = std::env::temp_dir().join(format!("bartizan-spool-{}", std::process::id()));
        let mut shelf = SpoolFile::in_folder(Folder::at(&home));
        assert_eq!(shelf.read().unwrap(), b"");
        shelf.append(b"one\n", true).unwrap();
        shelf.append(b"two\n", false).unwrap();
        let mut again = SpoolFile::in_folder(Folder::at(&home));
        assert_eq!(again.read().unwrap(), b"one\ntwo\n");
        again.replace(b"three\n").unwrap();
        again.append(b"four\n", true).unwrap();
        assert_eq!(std::fs::read(home.join(SPOOL)).unwrap(), b"three\nfour\n");
        std::fs::remove_dir_all(home).unwrap();
    }
}
