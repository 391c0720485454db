//! `bartizan backup` and `bartizan restore`: a data directory as one file, and back.
//!
//! Reads    the regular files of a data directory, of a running instance too: the journal as far as it
//!          was written whole when it was looked at, the ledger, the keys, and what else lies there.
//! Writes   one file of mode 0600 that did not exist; or a data directory that did not exist or was
//!          empty.
//! Memory   one piece of `PIECE_BYTES`, and the names of the files.
//! Errors   [`BackupFault`]. A file that is not good leaves nothing behind: what is restored is built
//!          beside its place and moved there whole.
//! Misses   what was in no file yet: the observations of the last moment of a running instance. Who
//!          can write the file can write its checksum: it detects accidents, not forgery.
//!
//! # The format
//!
//! `BTZNBKUP`, the version (2, little-endian like all numbers), then one entry for each file: 1, the
//! length of its name (2), the name, its length (8), its bytes; then 0, and the SHA-256 of everything
//! before. **It holds the key under which values are hashed: a backup is a secret.**

use crate::cli::Exit;
use crate::commands::{fail, note, say};
use crate::control;
use crate::instance::JOURNAL;
use crate::keeper::SEGMENTS;
use crate::key;
use crate::ledger::LEDGER;
use aws_lc_rs::digest::{Context, SHA256};
use bartizan_store::{ReadError, Segment, sound_bytes};
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"BTZNBKUP";
/// The format that is written. The one before it, of which there is none yet, is read too.
const VERSION: u16 = 1;
const ENTRY: u8 = 1;
const END: u8 = 0;
const DIGEST_BYTES: usize = 32;
const PIECE_BYTES: usize = 64 * 1024;
/// Files in a backup.
const FILES_MAX: usize = 100_000;
/// Bytes of a name in a backup.
const NAME_BYTES_MAX: usize = 255;
/// Directories in the ledger that a file in a backup lies in.
const DEPTH_MAX: usize = 12;

/// Why there is no backup, or nothing was restored.
#[derive(Debug)]
pub enum BackupFault {
    /// What is to be written exists.
    Exists(PathBuf),
    /// The directory is no data directory.
    NoData(PathBuf),
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// A segment of the journal cannot be read.
    Segment(ReadError),
    /// There are more files than a backup holds.
    TooMany,
    /// The file is no backup.
    NotABackup,
    /// A later program wrote it.
    LaterVersion(u16),
    /// It ends too early, goes on behind its end, or says what no backup says.
    Damaged(&'static str),
    /// Its checksum does not fit.
    Checksum,
}

impl BackupFault {
    const fn exit(&self) -> Exit {
        match self {
            Self::NotABackup | Self::Damaged(_) | Self::Checksum => Exit::Unverified,
            Self::Exists(_)
            | Self::NoData(_)
            | Self::File(_, _)
            | Self::Segment(_)
            | Self::TooMany
            | Self::LaterVersion(_) => Exit::Failed,
        }
    }
}

impl fmt::Display for BackupFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => {
                write!(f, "`{}` exists, and nothing is overwritten", path.display())
            }
            Self::NoData(path) => {
                write!(f, "`{}` is no data directory of bartizan: it holds no key", path.display())
            }
            Self::File(path, error) => write!(f, "`{}`: {error}", path.display()),
            Self::Segment(error) => error.fmt(f),
            Self::TooMany => write!(f, "there are more than {FILES_MAX} files"),
            Self::NotABackup => f.write_str("this is no backup of bartizan"),
            Self::LaterVersion(version) => write!(
                f,
                "a later version of bartizan wrote this backup: it has format version {version}, \
                 this program reads version {VERSION}"
            ),
            Self::Damaged(what) => write!(f, "the backup is damaged: {what}"),
            Self::Checksum => f.write_str("the backup is damaged: its checksum does not fit"),
        }
    }
}

impl std::error::Error for BackupFault {}

/// `bartizan backup`.
pub fn save(dir: &Path, to: &Path) -> Exit {
    match write(dir, to) {
        Ok(files) => {
            note(&format!(
                "KEEP IT SECRET: `{}` holds the key under which values are hashed. Whoever has it can \
                 test which values were recorded.",
                to.display()
            ));
            say(&format!("{files} files of `{}` are in `{}`\n", dir.display(), to.display()))
        }
        Err(fault) => fail(&format!("no backup: {fault}"), fault.exit()),
    }
}

/// `bartizan restore`.
pub fn restore(from: &Path, dir: &Path) -> Exit {
    match read(from, dir) {
        Ok(files) => {
            say(&format!("{files} files are in `{0}`; start with --data {0}\n", dir.display()))
        }
        Err(fault) => fail(&format!("nothing restored: {fault}"), fault.exit()),
    }
}

/// A file of a data directory, and how much of it is wanted.
struct Part {
    name: String,
    path: PathBuf,
    bytes_max: Option<u64>,
}

fn write(dir: &Path, to: &Path) -> Result<usize, BackupFault> {
    if !dir.join(key::FILE).is_file() {
        return Err(BackupFault::NoData(dir.to_owned()));
    }
    let at = |error| BackupFault::File(to.to_owned(), error);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let file = match file {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackupFault::Exists(to.to_owned()));
        }
        other => other.map_err(at)?,
    };
    // Listed after that file was made, which may lie in the directory itself.
    let written = parts(dir, to).and_then(|parts| put(&parts, &file, to));
    if written.is_err() {
        // Half a backup is none.
        drop(fs::remove_file(to));
    }
    written
}

fn put(parts: &[Part], file: &File, to: &Path) -> Result<usize, BackupFault> {
    let at = |error| BackupFault::File(to.to_owned(), error);
    let mut out = Digesting { inner: BufWriter::new(file), context: Context::new(&SHA256) };
    out.write_all(&MAGIC).and_then(|()| out.write_all(&VERSION.to_le_bytes())).map_err(at)?;
    let mut files = 0;
    for part in parts {
        let here = |error| BackupFault::File(part.path.clone(), error);
        let from = match File::open(&part.path) {
            Ok(from) => from,
            // The journal dropped its oldest segment meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(here(error)),
        };
        let length = from.metadata().map_err(here)?.len().min(part.bytes_max.unwrap_or(u64::MAX));
        let name = u16::try_from(part.name.len()).map_err(|_| BackupFault::TooMany)?;
        out.write_all(&[ENTRY])
            .and_then(|()| out.write_all(&name.to_le_bytes()))
            .and_then(|()| out.write_all(part.name.as_bytes()))
            .and_then(|()| out.write_all(&length.to_le_bytes()))
            .map_err(at)?;
        let copied = io::copy(&mut from.take(length), &mut out).map_err(here)?;
        if copied != length {
            return Err(here(io::ErrorKind::UnexpectedEof.into()));
        }
        files += 1;
    }
    out.write_all(&[END]).map_err(at)?;
    let Digesting { mut inner, context } = out;
    inner.write_all(context.finish().as_ref()).and_then(|()| inner.flush()).map_err(at)?;
    drop(inner);
    file.sync_all().and_then(|()| sync(parent(to))).map_err(at)?;
    Ok(files)
}

/// The files of a data directory: those of the journal by their age, so that what is written meanwhile
/// is missing at the end and nowhere else.
fn parts(dir: &Path, backup: &Path) -> Result<Vec<Part>, BackupFault> {
    let journal = dir.join(JOURNAL);
    let mut parts = Vec::new();
    let backup = fs::canonicalize(backup).ok();
    for (name, path) in regular(dir)? {
        let is_backup = backup.is_some() && fs::canonicalize(&path).ok() == backup;
        // A key that was not made to its end.
        let is_unfinished = name.ends_with(".new");
        if !is_backup && !is_unfinished && name != control::SOCKET {
            parts.push(Part { name, path, bytes_max: None });
        }
    }
    parts.extend(sealed(dir)?);
    let mut segments: Vec<(Segment, String, PathBuf)> = Vec::new();
    if journal.is_dir() {
        let files = regular(&journal)?.into_iter();
        segments
            .extend(files.filter_map(|(name, path)| Some((Segment::of_file(&name)?, name, path))));
    }
    segments.sort_by_key(|it| it.0);
    let newest = segments.last().map(|it| it.0);
    for (segment, name, path) in segments {
        let bytes_max = match newest == Some(segment) {
            true => Some(sound(&journal, segment)?),
            false => None,
        };
        parts.push(Part { name: format!("{JOURNAL}/{name}"), path, bytes_max });
    }
    parts.extend(of_ledger(dir)?);
    if parts.len() > FILES_MAX {
        return Err(BackupFault::TooMany);
    }
    Ok(parts)
}

/// The files of the ledger: what waits before the checkpoint, and that before its tiles, so that what is
/// written meanwhile is more than the checkpoint covers, and nothing that it covers is missing.
fn of_ledger(dir: &Path) -> Result<Vec<Part>, BackupFault> {
    let mut parts = Vec::new();
    let mut open = vec![LEDGER.to_owned()];
    while let Some(folder) = open.pop().filter(|_| parts.len() <= FILES_MAX) {
        let path = dir.join(&folder);
        if !path.is_dir() {
            continue;
        }
        for (name, path) in regular(&path)? {
            if !name.ends_with(".new") {
                parts.push(Part { name: format!("{folder}/{name}"), path, bytes_max: None });
            }
        }
        open.extend(below(&path)?.into_iter().map(|it| format!("{folder}/{it}")));
    }
    parts.sort_by_key(|it| (it.name.contains("/tile/"), it.name.ends_with("/checkpoint")));
    Ok(parts)
}

/// The directories in a directory.
fn below(dir: &Path) -> Result<Vec<String>, BackupFault> {
    let at = |error| BackupFault::File(dir.to_owned(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().into_string().ok().filter(|it| is_name(it));
        if entry.file_type().map_err(at)?.is_dir() {
            names.extend(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The list of sealed segments and then those that it may name; the journal comes behind them, so that
/// nothing is missing between the two. The database of the catalogue is made anew of the list.
fn sealed(dir: &Path) -> Result<Vec<Part>, BackupFault> {
    let segments = dir.join(SEGMENTS);
    if !segments.is_dir() {
        return Ok(Vec::new());
    }
    let wanted = |name: &str| name == "catalogue.list" || name.ends_with(".segment");
    let named = |(name, path): (String, PathBuf)| {
        let name = format!("{SEGMENTS}/{name}");
        Part { name, path, bytes_max: None }
    };
    Ok(regular(&segments)?.into_iter().filter(|it| wanted(&it.0)).map(named).collect())
}

/// How much of the newest segment stands: the rest is being written, or was torn.
fn sound(journal: &Path, segment: Segment) -> Result<u64, BackupFault> {
    match sound_bytes(journal, segment) {
        Ok(bytes) => Ok(bytes),
        // It is kept as it is: whoever reads it says what is wrong.
        Err(ReadError::Header { .. } | ReadError::NotAJournal { .. }) => Ok(u64::MAX),
        Err(ReadError::LaterVersion { .. }) => Ok(u64::MAX),
        Err(error) => Err(BackupFault::Segment(error)),
    }
}

/// The regular files in a directory; no links, sockets or directories.
fn regular(dir: &Path) -> Result<Vec<(String, PathBuf)>, BackupFault> {
    let at = |error| BackupFault::File(dir.to_owned(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().into_string().ok().filter(|it| is_name(it));
        if let (Some(name), true) = (name, entry.file_type().map_err(at)?.is_file()) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// A name that stays in its directory, on every system.
fn is_name(name: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(is_plain)
}

fn read(from: &Path, dir: &Path) -> Result<usize, BackupFault> {
    let empty = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(BackupFault::File(dir.to_owned(), error)),
    };
    if !empty {
        return Err(BackupFault::Exists(dir.to_owned()));
    }
    // Once to see whether it is good, and once to write it.
    unpack(from, None)?;
    let aside = beside(dir)?;
    let written = unpack(from, Some(&aside)).and_then(|files| {
        settle(&aside)?;
        let moved = fs::rename(&aside, dir).and_then(|()| sync(parent(dir)));
        moved.map_err(|error| BackupFault::File(dir.to_owned(), error))?;
        Ok(files)
    });
    if written.is_err() {
        drop(fs::remove_dir_all(&aside));
    }
    written
}

/// Makes durable which files lie in `dir` and in what lies in it. Their contents are.
fn settle(dir: &Path) -> Result<(), BackupFault> {
    let at = |error| BackupFault::File(dir.to_owned(), error);
    for entry in fs::read_dir(dir).map_err(at)? {
        let entry = entry.map_err(at)?;
        // As deep as the names in a backup are, which are bounded.
        if entry.file_type().map_err(at)?.is_dir() {
            settle(&entry.path())?;
        }
    }
    sync(dir).map_err(at)
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new directory beside `dir`, from where it is moved in one step.
fn beside(dir: &Path) -> Result<PathBuf, BackupFault> {
    let parent = parent(dir);
    let name = dir.file_name().map(|it| it.to_string_lossy()).unwrap_or_default();
    let aside = parent.join(format!(".{name}.restoring-{}", std::process::id()));
    let at = |error| BackupFault::File(aside.clone(), error);
    fs::create_dir_all(parent).map_err(at)?;
    DirBuilder::new().mode(0o700).create(&aside).map_err(at)?;
    DirBuilder::new().mode(0o700).create(aside.join(JOURNAL)).map_err(at)?;
    DirBuilder::new().mode(0o700).create(aside.join(SEGMENTS)).map_err(at)?;
    Ok(aside)
}

/// Reads a backup to its end, into a directory if there is one.
fn unpack(from: &Path, into: Option<&Path>) -> Result<usize, BackupFault> {
    let file = File::open(from).map_err(|error| BackupFault::File(from.to_owned(), error))?;
    let mut reader = Reader {
        inner: BufReader::new(file),
        context: Context::new(&SHA256),
        path: from.to_owned(),
    };
    if reader.array::<8>().map_err(not_a_backup)? != MAGIC {
        return Err(BackupFault::NotABackup);
    }
    match u16::from_le_bytes(reader.array()?) {
        VERSION => {}
        later @ VERSION.. => return Err(BackupFault::LaterVersion(later)),
        _ => return Err(BackupFault::Damaged("its version is none")),
    }
    let mut names = std::collections::BTreeSet::new();
    loop {
        match reader.array::<1>()? {
            [END] => break,
            [ENTRY] => {}
            [_] => return Err(BackupFault::Damaged("an entry has no known kind")),
        }
        let name = reader.name()?;
        let length = u64::from_le_bytes(reader.array()?);
        let out = match into {
            Some(into) => {
                let path = into.join(&name);
                if let Some(parent) = path.parent() {
                    let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
                    made.map_err(|error| BackupFault::File(parent.to_owned(), error))?;
                }
                let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
                let at = |error| BackupFault::File(path.clone(), error);
                Some((file.map_err(at)?, path))
            }
            None => None,
        };
        reader.copy(length, out)?;
        if !names.insert(name) || names.len() > FILES_MAX {
            return Err(BackupFault::Damaged("it names a file twice, or too many"));
        }
    }
    let Reader { mut inner, context, .. } = reader;
    let mut given = Vec::new();
    let limit = DIGEST_BYTES as u64 + 1;
    let read = (&mut inner).take(limit).read_to_end(&mut given);
    read.map_err(|error| BackupFault::File(from.to_owned(), error))?;
    if context.finish().as_ref() != given.as_slice() {
        return Err(BackupFault::Checksum);
    }
    if !names.contains(key::FILE) {
        return Err(BackupFault::Damaged("it holds no key"));
    }
    Ok(names.len())
}

/// What ends within the magic is nothing of ours.
fn not_a_backup(fault: BackupFault) -> BackupFault {
    if matches!(fault, BackupFault::Damaged(_)) { BackupFault::NotABackup } else { fault }
}

/// Reads, and takes the digest of what was read.
struct Reader {
    inner: BufReader<File>,
    context: Context,
    path: PathBuf,
}

impl Reader {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupFault> {
        match self.inner.read_exact(bytes) {
            Ok(()) => {
                self.context.update(bytes);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(BackupFault::Damaged("it ends too early"))
            }
            Err(error) => Err(BackupFault::File(self.path.clone(), error)),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BackupFault> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// `hash.key`, `journal/00000001.journal`, `ledger/tile/0/000`, `segments/00000001.segment`: a name, or some in a directory of ours.
    fn name(&mut self) -> Result<String, BackupFault> {
        let bad = BackupFault::Damaged("a file in it has no plain name");
        let length = usize::from(u16::from_le_bytes(self.array()?));
        if length > 2 * NAME_BYTES_MAX {
            return Err(bad);
        }
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        let Ok(name) = String::from_utf8(bytes) else { return Err(bad) };
        let names: Vec<&str> = name.split('/').collect();
        let is_ours = match names.as_slice() {
            [one] => *one != JOURNAL && *one != LEDGER && *one != SEGMENTS,
            [JOURNAL, name] => *name != JOURNAL,
            [SEGMENTS, name] => *name != SEGMENTS,
            [LEDGER, rest @ ..] => rest.len() <= DEPTH_MAX,
            _ => false,
        };
        if is_ours && names.iter().all(|it| is_name(it)) { Ok(name) } else { Err(bad) }
    }

    fn copy(&mut self, length: u64, out: Option<(File, PathBuf)>) -> Result<(), BackupFault> {
        let mut piece = vec![0; PIECE_BYTES];
        let mut left = length;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            let Some(piece) = piece.get_mut(..now) else { break };
            self.fill(piece)?;
            if let Some((file, path)) = &out {
                let mut file = file;
                file.write_all(piece).map_err(|error| BackupFault::File(path.clone(), error))?;
            }
            left -= now as u64;
        }
        match out {
            Some((file, path)) => file.sync_all().map_err(|error| BackupFault::File(path, error)),
            None => Ok(()),
        }
    }
}

/// Writes, and takes the digest of what was written.
struct Digesting<W> {
    inner: W,
    context: Context,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.context.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Home(PathBuf);

    impl Home {
        fn new(name: &str) -> Self {
            let name = format!("bartizan-backup-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            drop(fs::remove_dir_all(&path));
            fs::create_dir_all(path.join("data").join(JOURNAL)).unwrap();
            fs::write(path.join("data").join(key::FILE), [7; 16]).unwrap();
            Self(path)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    /// A backup with these entries, well-formed but for what they are.
    fn made(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = [&MAGIC[..], &VERSION.to_le_bytes()].concat();
        for (name, bytes) in entries {
            out.push(ENTRY);
            out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            out.extend(name.as_bytes());
            out.extend((bytes.len() as u64).to_le_bytes());
            out.extend(*bytes);
        }
        out.push(END);
        let digest = aws_lc_rs::digest::digest(&SHA256, &out);
        out.extend(digest.as_ref());
        out
    }

    #[test]
    fn what_was_saved_is_restored() {
        let home = Home::new("whole");
        fs::write(home.path("data/notes.yaml"), vec![b'x'; 3 * PIECE_BYTES + 1]).unwrap();
        fs::write(home.path("data/journal/journal.lock"), "").unwrap();
        let files = write(&home.path("data"), &home.path("b")).unwrap();
        assert_eq!(files, 2);
        assert_eq!(read(&home.path("b"), &home.path("new")).unwrap(), 2);
        for name in ["hash.key", "notes.yaml"] {
            let [old, new] = ["data", "new"].map(|it| fs::read(home.path(it).join(name)).unwrap());
            assert_eq!(old, new);
        }
        assert_eq!(fs::read_dir(home.path("new/journal")).unwrap().count(), 0);
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_noticed() {
        let home = Home::new("flipped");
        let whole = made(&[(key::FILE, &[7; 16]), ("journal/00000001.journal", b"abc")]);
        fs::write(home.path("b"), &whole).unwrap();
        assert_eq!(unpack(&home.path("b"), None).unwrap(), 2);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(home.path("b"), &bytes).unwrap();
            let fault = read(&home.path("b"), &home.path("new")).unwrap_err();
            let is_later = matches!(fault, BackupFault::LaterVersion(_));
            assert_eq!(is_later, at == 9, "{at}: {fault}");
            assert!(is_later || fault.exit() == Exit::Unverified, "{at}: {fault}");
            fs::write(home.path("b"), &whole[..at]).unwrap();
            let fault = read(&home.path("b"), &home.path("new")).unwrap_err();
            assert_eq!(fault.exit(), Exit::Unverified, "{at}: {fault}");
        }
        fs::write(home.path("b"), [&whole[..], b"x"].concat()).unwrap();
        assert!(matches!(unpack(&home.path("b"), None), Err(BackupFault::Checksum)));
        assert!(!home.path("new").exists());
        assert_eq!(fs::read_dir(&home.0).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn no_name_leads_out_of_the_directory() {
        let home = Home::new("names");
        let long = "x".repeat(NAME_BYTES_MAX + 1);
        for name in [
            "..",
            "../a",
            "/a",
            "a/b",
            "journal/../a",
            "journal/",
            "journal",
            ".a",
            "",
            "a\0",
            "a\\b",
            &long,
            "journal/journal",
        ] {
            fs::write(home.path("b"), made(&[(key::FILE, &[7; 16]), (name, b"abc")])).unwrap();
            let fault = read(&home.path("b"), &home.path("new")).unwrap_err();
            assert!(matches!(fault, BackupFault::Damaged(_)), "{name}: {fault}");
        }
        let twice = made(&[(key::FILE, &[7; 16]), (key::FILE, &[8; 16])]);
        fs::write(home.path("b"), twice).unwrap();
        assert!(read(&home.path("b"), &home.path("new")).is_err());
        fs::write(home.path("b"), made(&[("a", b"abc")])).unwrap();
        assert!(read(&home.path("b"), &home.path("new")).is_err(), "no key");
    }

    #[test]
    fn a_later_version_is_refused_as_such() {
        let home = Home::new("later");
        let mut bytes = made(&[(key::FILE, &[7; 16])]);
        bytes[8] = 2;
        fs::write(home.path("b"), &bytes).unwrap();
        let fault = read(&home.path("b"), &home.path("new")).unwrap_err();
        assert_eq!(fault.exit(), Exit::Failed);
        assert!(fault.to_string().contains("a later version of bartizan wrote this"), "{fault}");
    }

    #[test]
    fn nothing_is_overwritten() {
        let home = Home::new("exists");
        fs::write(home.path("b"), "mine").unwrap();
        let fault = write(&home.path("data"), &home.path("b")).unwrap_err();
        assert!(matches!(fault, BackupFault::Exists(_)), "{fault}");
        assert_eq!(fs::read(home.path("b")).unwrap(), b"mine");
        fs::write(home.path("b"), made(&[(key::FILE, &[7; 16])])).unwrap();
        let fault = read(&home.path("b"), &home.path("data")).unwrap_err();
        assert!(matches!(fault, BackupFault::Exists(_)), "{fault}");
        fs::create_dir(home.path("empty")).unwrap();
        assert_eq!(read(&home.path("b"), &home.path("empty")).unwrap(), 1);
        let fault = write(&home.path("nowhere"), &home.path("c")).unwrap_err();
        assert!(matches!(fault, BackupFault::NoData(_)), "{fault}");
        assert!(!home.path("c").exists());
    }
}
