//! The configuration file while it is in force, and the files that it refers to: whether they say
//! something else by now.
//!
//! Reads    the whole configuration file at every look. Its time of change says too little: a copy
//!          keeps it, a mounted directory swaps a link, and a coarse clock misses the second of two
//!          writes. Of certificates and keys only what the file system knows of them: keys are not
//!          read once a second.
//! Memory   the content twice, each at most one byte more than a configuration may have.
//! Errors   a file that cannot be read is a content like any other, once it stays so.
//! Misses   what changes and changes back between two looks; a change in what is no regular file,
//!          as a pipe can be read only once; a certificate that is written twice within a tick of
//!          the file system's clock, with the same length.

use crate::config::Source;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Nothing, where it cannot be read.
type Content = Option<Vec<u8>>;

/// What is handed out when two looks in a row saw the same: whoever writes it is done.
#[derive(Debug)]
struct Settling<T> {
    /// What was handed out last.
    known: T,
    /// What the last look saw.
    seen: T,
}

impl<T: Clone + PartialEq> Settling<T> {
    fn on(known: T) -> Self {
        Self { seen: known.clone(), known }
    }

    fn has_settled(&mut self, now: T) -> bool {
        let has_settled = now != self.known && now == self.seen;
        if has_settled {
            self.known.clone_from(&now);
        }
        self.seen = now;
        has_settled
    }
}

/// What the file system knows of files, by path; nothing of those that are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<PathBuf, Option<[i128; 5]>>);

impl Stamps {
    /// Those of these files, by way of links.
    pub fn of<'a>(paths: impl Iterator<Item = &'a Path>) -> Self {
        let stamp = |path: &Path| {
            let it = fs::metadata(path).ok()?;
            let time = |s: i64, ns: i64| i128::from(s) * 1_000_000_000 + i128::from(ns);
            Some([
                i128::from(it.dev()),
                i128::from(it.ino()),
                i128::from(it.len()),
                time(it.mtime(), it.mtime_nsec()),
                time(it.ctime(), it.ctime_nsec()),
            ])
        };
        Self(paths.map(|it| (it.to_owned(), stamp(it))).collect())
    }
}

/// Follows the files that a configuration refers to.
#[derive(Debug)]
pub struct Referred(Settling<Stamps>);

impl Referred {
    /// Follows files of which these stamps are known.
    pub fn starting(known: Stamps) -> Self {
        Self(Settling::on(known))
    }

    /// The files are about to be read: from here on, only what comes later is news.
    pub fn read(&mut self, stamps: Stamps) {
        self.0 = Settling::on(stamps);
    }

    /// Whether they are others, and two looks in a row saw the same.
    pub fn look(&mut self) -> bool {
        let paths: Vec<PathBuf> = self.0.known.0.keys().cloned().collect();
        self.0.has_settled(Stamps::of(paths.iter().map(PathBuf::as_path)))
    }
}

/// Follows one file.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    content: Settling<Content>,
}

impl Watch {
    /// Follows the file at `path`, of which `bytes` are known.
    pub fn starting(path: PathBuf, bytes: Vec<u8>) -> Self {
        Self { path, content: Settling::on(Some(bytes)) }
    }

    /// Reads the file as it is.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn read(&mut self) -> io::Result<Source> {
        let source = Source::of_file(&self.path);
        self.content = Settling::on(content(&source));
        source
    }

    /// The file, if it is another and two looks in a row saw the same: whoever writes it is done.
    pub fn look(&mut self) -> Option<io::Result<Source>> {
        let is_other = fs::metadata(&self.path).is_ok_and(|it| !it.is_file());
        if is_other {
            return None;
        }
        let source = Source::of_file(&self.path);
        self.content.has_settled(content(&source)).then_some(source)
    }
}

fn content(source: &io::Result<Source>) -> Content {
    source.as_ref().ok().map(|it| it.bytes.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at each content in turn, from a known `a`; expects these to be handed out.
    #[track_caller]
    fn check(looks: &[&str], expected: &[&str]) {
        let mut watch = Watch::starting(PathBuf::new(), b"a".to_vec());
        let content = |it: &str| (it != "gone").then(|| it.as_bytes().to_vec());
        let found = looks.iter().filter(|it| watch.content.has_settled(content(it)));
        assert_eq!(found.copied().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_stays_as_it_was_is_no_news() {
        check(&["a", "a", "a"], &[]);
        check(&["b", "a", "a"], &[]);
    }

    #[test]
    fn a_change_is_told_once_and_when_it_has_settled() {
        check(&["b"], &[]);
        check(&["b", "b", "b"], &["b"]);
        check(&["", "b", "bc", "bc"], &["bc"]);
        check(&["b", "c", "b", "c"], &[]);
    }

    #[test]
    fn a_change_back_is_a_change() {
        check(&["b", "b", "a", "a"], &["b", "a"]);
    }

    #[test]
    fn a_file_that_is_gone_is_told_once_and_so_is_its_return() {
        check(&["gone", "a", "a"], &[]);
        check(&["gone", "gone", "gone", "a", "a"], &["gone", "a"]);
    }

    #[test]
    fn what_was_read_by_request_is_no_news() {
        let mut watch = Watch::starting(PathBuf::from("/nowhere/at/all"), b"a".to_vec());
        assert!(watch.read().is_err());
        assert!(watch.look().is_none() && watch.look().is_none());
    }

    #[test]
    fn what_is_no_regular_file_is_left_alone() {
        let mut watch = Watch::starting(PathBuf::from("/"), b"a".to_vec());
        assert!(watch.look().is_none() && watch.look().is_none());
    }

    #[test]
    fn a_file_that_is_referred_to_is_followed_by_way_of_links() {
        let home = std::env::temp_dir().join(format!("bartizan-referred-{}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        let (path, link) = (home.join("a"), home.join("link"));
        fs::write(&path, "1").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut referred = Referred::starting(Stamps::of([link.as_path()].into_iter()));
        assert!(!referred.look() && !referred.look());
        fs::write(&path, "12").unwrap();
        assert_eq!([referred.look(), referred.look(), referred.look()], [false, true, false]);
        fs::remove_file(&path).unwrap();
        assert_eq!([referred.look(), referred.look(), referred.look()], [false, true, false]);
        fs::remove_dir_all(&home).unwrap();
    }
}
