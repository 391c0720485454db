//! The file of checkpoints that is kept outside the ledger: one JSON object a line, only ever appended
//! to. What the line says is the caller's.
//!
//! Errors   the operating system's. A line that could not be written whole is ended before the next
//!          one, so that a reader passes over it.
//! Misses   a bound: a line a minute at most is about 150 MB a year. Who keeps it moves it away.

use crate::files::{Files, StoredFile};
use std::io;

/// The file.
#[derive(Debug)]
pub struct Anchors<F: Files> {
    files: F,
    name: String,
    /// Open, and how long it is.
    open: Option<(F::File, u64)>,
}

impl<F: Files> Anchors<F> {
    /// The file of this name in a directory that exists.
    pub fn of(files: F, name: &str) -> Self {
        Self { files, name: name.to_owned(), open: None }
    }

    /// Adds a line, which is on disk afterwards.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn append(&mut self, line: &str) -> io::Result<()> {
        let (file, end) = match self.open.take() {
            Some(open) => open,
            None => self.opened()?,
        };
        let bytes = format!("{line}\n");
        file.write_all_at(bytes.as_bytes(), end)?;
        file.sync()?;
        self.open = Some((file, end.saturating_add(bytes.len() as u64)));
        Ok(())
    }

    /// The end of it, at most `bytes_max` bytes; nothing if it is not there.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn read(&self, bytes_max: usize) -> io::Result<Vec<u8>> {
        let file = match self.files.read(&self.name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let length = file.length()?;
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(bytes_max);
        let mut bytes = vec![0; wanted];
        file.read_exact_at(&mut bytes, length.saturating_sub(wanted as u64))?;
        Ok(bytes)
    }

    fn opened(&self) -> io::Result<(F::File, u64)> {
        let file = match self.files.open(&self.name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = self.files.create(&self.name)?;
                self.files.sync_names()?;
                file
            }
            other => other?,
        };
        let mut end = file.length()?;
        let mut last = [b'\n'];
        if let Some(at) = end.checked_sub(1) {
            file.read_exact_at(&mut last, at)?;
        }
        if last != [b'\n'] {
            file.write_all_at(b"\n", end)?;
            end += 1;
        }
        Ok((file, end))
    }
}
