//! A small document that is replaced as a whole: either the one before or the new one is there,
//! whenever the machine stops.
//!
//! Reads and writes   one file, through [`Files`]; beside it `NAME.new` while it is replaced.
//! Memory             [`DOCUMENT_BYTES_MAX`] bytes.
//! Errors             the operating system's; the document before is still there then.

use crate::files::{Files, StoredFile};
use std::io;

/// Bytes of a document at most.
pub const DOCUMENT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The document `name`; `None` if there is none.
///
/// # Errors
///
/// The operating system's, and `InvalidData` for one that is too long.
pub fn read(files: &impl Files, name: &str) -> io::Result<Option<Vec<u8>>> {
    let file = match files.read(name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.length()?;
    let short = usize::try_from(length).ok().filter(|_| length <= DOCUMENT_BYTES_MAX);
    let length = short.ok_or(io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(Some(bytes))
}

/// Replaces the document `name`. It is durable once this returns.
///
/// # Errors
///
/// The operating system's.
pub fn replace(files: &impl Files, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = format!("{name}.new");
    match files.remove(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = files.create(&aside)?;
    file.write_all_at(bytes, 0)?;
    file.sync()?;
    files.rename(&aside, name)?;
    files.sync_names()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Folder;

    #[test]
    fn a_document_is_the_one_before_or_the_new_one() {
        let home = std::env::temp_dir().join(format!("bartizan-document-{}", std::process::id()));
        let files = Folder::at(&home);
        files.prepare().unwrap();
        assert_eq!(read(&files, "a.json").unwrap(), None);
        replace(&files, "a.json", b"one").unwrap();
        // A crash left something half written aside.
        std::fs::write(home.join("a.json.new"), "tw").unwrap();
        assert_eq!(read(&files, "a.json").unwrap().unwrap(), b"one");
        replace(&files, "a.json", b"two").unwrap();
        assert_eq!(read(&files, "a.json").unwrap().unwrap(), b"two");
        assert_eq!(files.list().unwrap(), ["a.json"]);
        std::fs::remove_dir_all(home).unwrap();
    }
}
