//! Directories within a directory, each of them a [`Files`].

use crate::files::{Files, Folder, StoredFile};
use std::fs;
use std::io;

/// A directory with directories in it.
pub trait Folders: Clone + Send + Sync + 'static {
    /// One of them.
    type Files: Files;

    /// The one at this path, with `/` between names; itself if it is empty. It need not exist.
    fn folder(&self, path: &str) -> Self::Files;

    /// Removes one that is empty.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn remove_folder(&self, path: &str) -> io::Result<()>;
}

impl Folders for Folder {
    type Files = Self;

    fn folder(&self, path: &str) -> Self {
        if path.is_empty() { self.clone() } else { Self::at(&self.path().join(path)) }
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        fs::remove_dir(self.path().join(path))
    }
}

/// The directory and the name of a path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// All bytes of a file, or one more than `bytes_max` of them; `None` if there is none.
pub(super) fn read<F: Files>(
    files: &F,
    name: &str,
    bytes_max: usize,
) -> io::Result<Option<Vec<u8>>> {
    let file = match files.read(name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // A name on the way that is no directory.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(None),
        Err(error) => return Err(error),
    };
    let limit = bytes_max.saturating_add(1);
    let length = usize::try_from(file.length()?).unwrap_or(usize::MAX).min(limit);
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(Some(bytes))
}

/// Makes a file with these bytes and syncs it. What has that name already goes: a file whose sync
/// failed once has pages that nobody can trust.
pub(super) fn write<F: Files>(files: &F, name: &str, bytes: &[u8]) -> io::Result<F::File> {
    let file = match files.create(name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            files.remove(name)?;
            files.create(name)?
        }
        other => other?,
    };
    file.write_all_at(bytes, 0)?;
    file.sync()?;
    Ok(file)
}
