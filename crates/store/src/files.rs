//! The storage port: every byte that bartizan keeps goes to disk through it, so that a simulated disk
//! can take its place in tests.
//!
//! Reads and writes   files of one directory, by plain names.
//! Errors             the operating system's.
//! Misses             the journal has a narrower port of its own, [`crate::disk::Disk`].

#[cfg(any(test, feature = "simulated"))]
pub mod simulated;

use rustix::fs::{Advice, fadvise};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A directory of files.
pub trait Files: Send + Sync + 'static {
    /// One of its files.
    type File: StoredFile;

    /// Makes the directory if it is missing, and its name durable.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn prepare(&self) -> io::Result<()>;

    /// The names of all files, sorted.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes a file that must not exist, for reading and writing.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    /// Opens a file that exists, for reading and writing.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn open(&self, name: &str) -> io::Result<Self::File>;

    /// Opens a file that exists, for reading.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn read(&self, name: &str) -> io::Result<Self::File>;

    /// Gives a file another name; a file that has it already is replaced. Durable after
    /// [`Files::sync_names`].
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. Durable after [`Files::sync_names`].
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes durable which files there are.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn sync_names(&self) -> io::Result<()>;
}

/// A file of a [`Files`].
pub trait StoredFile: Send + Sync + 'static {
    /// Reads up to `into.len()` bytes at a position; 0 behind the end.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize>;

    /// Writes some of `bytes` at a position, and says how many.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize>;

    /// How long it is.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn length(&self) -> io::Result<u64>;

    /// Makes it shorter, or longer with zeros.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn set_len(&self, bytes: u64) -> io::Result<()>;

    /// Makes durable what was written, and the length.
    ///
    /// # Errors
    ///
    /// The operating system's.
    fn sync(&self) -> io::Result<()>;

    /// Says that reads jump, so that the system reads no more than is asked for. It may not listen.
    fn expect_jumps(&self) {}

    /// Says that these bytes are read soon, so that the system fetches them meanwhile. It may not listen.
    fn will_need(&self, _at: u64, _bytes: u64) {}

    /// Reads exactly `into.len()` bytes.
    ///
    /// # Errors
    ///
    /// As [`StoredFile::read_at`], and `UnexpectedEof` behind the end.
    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|it| !it.is_empty()) {
            match self.read_at(rest, at + done as u64) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As [`StoredFile::write_at`]; some of them may be written then.
    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|it| !it.is_empty()) {
            match self.write_at(rest, at + done as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A directory of the operating system, for its owner only: it is made with mode 0700, files with
/// 0600. An existing directory keeps its mode.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The directory at `path`, whether it exists or not.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Files for Folder {
    type File = File;

    fn prepare(&self) -> io::Result<()> {
        made(&System, &self.path)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in self.path.read_dir()? {
            let entry = entry?;
            if let (true, Ok(name)) =
                (entry.file_type()?.is_file(), entry.file_name().into_string())
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        let path = self.path.join(name);
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
    }

    fn open(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(self.path.join(name))
    }

    fn read(&self, name: &str) -> io::Result<File> {
        File::open(self.path.join(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl StoredFile for File {
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        FileExt::read_at(self, into, at)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, at)
    }

    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|it| it.len())
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        Self::set_len(self, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn expect_jumps(&self) {
        // Advice that is not taken costs time, nothing else.
        fadvise(self, 0, None, Advice::Random).ok();
    }

    fn will_need(&self, at: u64, bytes: u64) {
        fadvise(self, at, NonZeroU64::new(bytes), Advice::WillNeed).ok();
    }
}

/// What making a directory asks of the system.
pub(crate) trait Tree {
    fn is_dir(&self, path: &Path) -> bool;
    fn make(&self, path: &Path) -> io::Result<()>;
    fn sync(&self, path: &Path) -> io::Result<()>;
}

/// The operating system's.
#[derive(Debug)]
pub(crate) struct System;

impl Tree for System {
    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn make(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// Makes a directory and those that it lies in, and the names of all of them durable. Also that of the
/// first one that is there already: whoever made it may have been killed before its name was durable.
pub(crate) fn made(tree: &impl Tree, path: &Path) -> io::Result<()> {
    let all = path.ancestors().filter(|it| !it.as_os_str().is_empty());
    let missing: Vec<&Path> = all.take_while(|it| !tree.is_dir(it)).collect();
    let first = missing.last().map_or(Some(path), |it| it.parent());
    match first.and_then(lies_in).map_or(Ok(()), |it| tree.sync(it)) {
        // Others made what we may not even look at, or what knows of no syncs: nothing of it is ours.
        Err(error) if is_foreign(&error) => {}
        other => other?,
    }
    for dir in missing.iter().rev() {
        match tree.make(dir) {
            Err(_) if tree.is_dir(dir) => {}
            other => other?,
        }
        lies_in(dir).map_or(Ok(()), |it| tree.sync(it))?;
    }
    Ok(())
}

/// Where the name of a directory lies; `None` for the root, and for the directory that we are in.
fn lies_in(path: &Path) -> Option<&Path> {
    let parent = path.parent().filter(|_| !path.as_os_str().is_empty())?;
    Some(if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

fn is_foreign(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::ReadOnlyFilesystem
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    /// Directories, those whose names are durable, and how many calls are left before a kill.
    #[derive(Default)]
    struct Double {
        seen: RefCell<BTreeSet<PathBuf>>,
        durable: RefCell<BTreeSet<PathBuf>>,
        left: RefCell<Option<u32>>,
    }

    impl Double {
        fn of(there: &[&str]) -> Self {
            let all: BTreeSet<PathBuf> = there.iter().map(PathBuf::from).collect();
            Self { seen: RefCell::new(all.clone()), durable: RefCell::new(all), ..Self::default() }
        }

        fn call(&self) -> io::Result<()> {
            match &mut *self.left.borrow_mut() {
                Some(0) => Err(io::ErrorKind::BrokenPipe.into()),
                Some(left) => {
                    *left -= 1;
                    Ok(())
                }
                None => Ok(()),
            }
        }

        fn is_durable(&self, path: &str) -> bool {
            let all: Vec<&Path> = Path::new(path).ancestors().collect();
            let named = all.iter().filter(|it| !it.as_os_str().is_empty());
            named.into_iter().all(|it| self.durable.borrow().contains(*it))
        }
    }

    impl Tree for Double {
        fn is_dir(&self, path: &Path) -> bool {
            self.seen.borrow().contains(path)
        }

        fn make(&self, path: &Path) -> io::Result<()> {
            self.call()?;
            self.seen.borrow_mut().insert(path.to_owned());
            Ok(())
        }

        fn sync(&self, path: &Path) -> io::Result<()> {
            self.call()?;
            let seen = self.seen.borrow();
            let within = seen.iter().filter(|it| lies_in(it) == Some(path));
            self.durable.borrow_mut().extend(within.cloned());
            Ok(())
        }
    }

    #[test]
    fn every_directory_that_was_made_survives_a_loss_of_power_wherever_an_earlier_start_was_killed()
    {
        for (there, path) in [
            (&["/"][..], "/a/b/c"),
            (&["/", "/a"], "/a/b"),
            (&[], "a/b"),
            (&[], "a"),
            (&["/"], "/a"),
        ] {
            for kills in 0..12 {
                let tree = Double::of(there);
                *tree.left.borrow_mut() = Some(kills);
                drop(made(&tree, Path::new(path)));
                *tree.left.borrow_mut() = None;
                made(&tree, Path::new(path)).unwrap();
                assert!(tree.is_durable(path), "{path} after {kills} calls: {:?}", tree.durable);
            }
        }
    }

    #[test]
    fn a_directory_of_others_in_which_we_may_not_look_is_no_fault() {
        struct Closed;
        impl Tree for Closed {
            fn is_dir(&self, path: &Path) -> bool {
                path != Path::new("/a/b")
            }
            fn make(&self, _: &Path) -> io::Result<()> {
                Ok(())
            }
            fn sync(&self, path: &Path) -> io::Result<()> {
                let is_closed = path == Path::new("/");
                if is_closed { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
            }
        }
        made(&Closed, Path::new("/a/b")).unwrap();
        made(&Closed, Path::new("/a")).unwrap();
    }
}
