//! redb's storage, over the storage port.
//!
//! Misses   locks: whoever writes the data directory holds the lock of the journal.

use crate::files::StoredFile;
use redb::StorageBackend;
use std::{fmt, io};

/// A file of the port, as redb wants it.
pub(crate) struct Backend<F>(pub(crate) F);

impl<F> fmt::Debug for Backend<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}

impl<F: StoredFile> StorageBackend for Backend<F> {
    fn len(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }
}
