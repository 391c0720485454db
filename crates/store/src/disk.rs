//! The storage port: all that the journal asks of a file system, and the directory that gives it.
//!
//! Tests give a double that fails, writes short and forgets what was not made durable.

use crate::files::{System, made};
use crate::segment::Segment;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The name of the file whose lock says that somebody writes the journal.
const LOCK_NAME: &str = "journal.lock";

/// Where segments lie.
pub trait Disk {
    /// A segment that is open for writing.
    type File: SegmentFile;
    /// A segment that is open for reading, from its beginning.
    type Reader: Read;
    /// Held as long as nobody else may write.
    type Lock;

    /// Makes sure that there is a place for segments.
    ///
    /// # Errors
    ///
    /// The operating system's, as for all of these.
    fn prepare(&self) -> io::Result<()>;

    /// Takes the only right to write; `None` if somebody else has it.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn lock(&self) -> io::Result<Option<Self::Lock>>;

    /// All segments with their lengths, oldest first.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn list(&self) -> io::Result<Vec<(Segment, u64)>>;

    /// Makes a new, empty segment. One of this number must not exist.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn create(&self, segment: Segment) -> io::Result<Self::File>;

    /// Opens a segment to cut it.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn open(&self, segment: Segment) -> io::Result<Self::File>;

    /// Opens a segment to read it; changes nothing.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn read(&self, segment: Segment) -> io::Result<Self::Reader>;

    /// Deletes a segment.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn remove(&self, segment: Segment) -> io::Result<()>;

    /// Makes durable which segments there are.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn sync_names(&self) -> io::Result<()>;
}

/// A segment that is open for writing.
pub trait SegmentFile {
    /// Writes some of `bytes` at offset `at`; returns how many.
    ///
    /// # Errors
    ///
    /// The operating system's, as for all of these.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize>;

    /// Cuts it to `bytes` bytes.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn set_len(&mut self, bytes: u64) -> io::Result<()>;

    /// Makes durable what was written, and the length.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn sync(&mut self) -> io::Result<()>;
}

/// A directory of segments, for its owner only: it is made with mode 0700, files with 0600. An
/// existing directory keeps its mode.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory at `path`, whether it exists or not.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn file(&self, segment: Segment) -> PathBuf {
        self.path.join(segment.to_string())
    }
}

impl Disk for Directory {
    type File = File;
    type Reader = File;
    type Lock = File;

    fn prepare(&self) -> io::Result<()> {
        made(&System, &self.path)
    }

    fn lock(&self) -> io::Result<Option<File>> {
        let path = self.path.join(LOCK_NAME);
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn list(&self) -> io::Result<Vec<(Segment, u64)>> {
        let mut all = Vec::new();
        for entry in self.path.read_dir()? {
            let entry = entry?;
            if let Some(segment) = entry.file_name().to_str().and_then(Segment::of_file) {
                match entry.metadata() {
                    Ok(metadata) => all.push((segment, metadata.len())),
                    // A writer deleted it in the meantime.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    fn create(&self, segment: Segment) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.file(segment))
    }

    fn open(&self, segment: Segment) -> io::Result<File> {
        OpenOptions::new().write(true).open(self.file(segment))
    }

    fn read(&self, segment: Segment) -> io::Result<File> {
        File::open(self.file(segment))
    }

    fn remove(&self, segment: Segment) -> io::Result<()> {
        std::fs::remove_file(self.file(segment))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl SegmentFile for File {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, at)
    }

    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        Self::set_len(self, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Journal, JournalError};
    use crate::sample::{self, gap};
    use crate::{find, latest, read};
    use std::fs::DirBuilder;
    use std::os::unix::fs::DirBuilderExt;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A directory that is deleted in the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("bartizan-store-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn opened(dir: &Path) -> Result<Journal, JournalError> {
        Journal::open(dir, sample::options(1 << 20, 1_000), sample::at(0)).map(|it| it.0)
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_real_directory_keeps_what_is_written_and_is_for_its_owner_only() {
        let scratch = Scratch::new();
        let dir = scratch.0.join("data/journal");
        let mut journal = opened(&dir).unwrap();
        sample::records().iter().for_each(|it| journal.append(it).unwrap());
        journal.sync().unwrap();
        let all: Result<Vec<_>, _> = read(&dir).collect();
        assert_eq!(all.unwrap(), sample::records());
        assert_eq!(find(&dir, sample::id(3)).unwrap().rules, Some(sample::rules(2)));
        assert_eq!(latest(&dir, 9, |_| true).unwrap().observations, [sample::observation(3)]);
        assert_eq!((mode(&scratch.0.join("data")), mode(&dir)), (0o700, 0o700));
        for entry in dir.read_dir().unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn a_real_directory_has_one_writer() {
        let scratch = Scratch::new();
        let first = opened(&scratch.0).unwrap();
        assert!(matches!(opened(&scratch.0), Err(JournalError::InUse)));
        drop(first);
        opened(&scratch.0).unwrap();
    }

    #[test]
    fn a_torn_tail_in_a_real_directory_is_cut_off_and_told() {
        let scratch = Scratch::new();
        let mut journal = opened(&scratch.0).unwrap();
        journal.append(&gap(1)).unwrap();
        journal.flush().unwrap();
        drop(journal);
        let path = scratch.0.join(Segment::FIRST.to_string());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend([9, 0, 0]);
        std::fs::write(&path, bytes).unwrap();

        let options = sample::options(1 << 20, 1_000);
        let (mut journal, recovery) = Journal::open(&scratch.0, options, sample::at(0)).unwrap();
        assert_eq!((recovery.bytes_cut, recovery.segments), (3, 1));
        journal.append(&gap(2)).unwrap();
        journal.flush().unwrap();
        let all: Result<Vec<_>, _> = read(&scratch.0).collect();
        assert_eq!(all.unwrap(), [gap(1), gap(2)]);
    }

    #[test]
    fn a_reader_makes_nothing_and_other_files_are_not_segments() {
        let scratch = Scratch::new();
        let missing = scratch.0.join("missing");
        assert!(read(&missing).all(|it| it.is_err()));
        assert!(find(&missing, sample::id(1)).is_err());
        assert!(!missing.exists());

        std::fs::write(scratch.0.join("notes.txt"), "x").unwrap();
        std::fs::write(scratch.0.join("00000001.journal"), "").unwrap();
        std::fs::create_dir(scratch.0.join("00000002.journal")).unwrap();
        let all: Vec<_> = read(&scratch.0).map(|it| it.is_ok()).collect();
        assert_eq!(all, [false, false]);
        assert_eq!(scratch.0.read_dir().unwrap().count(), 3);
    }

    #[test]
    fn a_file_in_place_of_the_directory_is_an_error() {
        let scratch = Scratch::new();
        let file = scratch.0.join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(matches!(opened(&file), Err(JournalError::Directory(_))));
        assert!(matches!(opened(&file.join("dir")), Err(JournalError::Directory(_))));
        assert!(read(&file).all(|it| it.is_err()));
    }

    #[test]
    fn a_directory_without_permission_is_an_error_and_stays_as_it_is() {
        let scratch = Scratch::new();
        let dir = scratch.0.join("closed");
        DirBuilder::new().mode(0o000).create(&dir).unwrap();
        // The superuser may do everything.
        if dir.read_dir().is_err() {
            assert!(matches!(opened(&dir), Err(JournalError::Directory(_))));
            assert!(read(&dir).all(|it| it.is_err()));
        }
        assert_eq!(mode(&dir), 0o000);
    }
}
