//! The key under which values and subjects are hashed: made once, kept in a file of its own with
//! mode 0600, beside the journal and never in it.

use bartizan_engine::keys::HashKey;
use bartizan_model::id::KeyEpoch;
use bartizan_store::document;
use bartizan_store::files::Folder;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Name of the file in the data directory.
pub const FILE: &str = "hash.key";

/// Reads the key of this data directory; makes one if there is none.
///
/// # Errors
///
/// If the file cannot be read or written, or has another length than a key.
pub fn read_or_make(dir: &Path) -> io::Result<HashKey> {
    let path = dir.join(FILE);
    match fs::File::open(&path) {
        Ok(file) => read(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(dir),
        Err(error) => Err(error),
    }
}

fn read(file: fs::File) -> io::Result<HashKey> {
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        let why = "hash.key is open to others: chmod 600 it, or delete it for a new one";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let mut bytes = Vec::new();
    file.take(64).read_to_end(&mut bytes)?;
    let key = <[u8; 16]>::try_from(bytes.as_slice()).map_err(|_| {
        io::Error::new(io::ErrorKind::InvalidData, "the key file does not hold 16 bytes")
    })?;
    Ok(HashKey::new(KeyEpoch(1), key))
}

fn make(dir: &Path) -> io::Result<HashKey> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    document::replace(&Folder::at(dir), FILE, &key)?;
    Ok(HashKey::new(KeyEpoch(1), key))
}
