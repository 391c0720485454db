//! The configuration file while it is in force: whether it says something else by now.
//!
//! Reads    the whole file at every look. Its time of change says too little: a copy keeps it, a
//!          mounted directory swaps a link, and a coarse clock misses the second of two writes.
//! Memory   the content twice, each at most one byte more than a configuration may have.
//! Errors   a file that cannot be read is a content like any other, once it stays so.
//! Misses   what changes and changes back between two looks; a change in what is no regular file,
//!          as a pipe can be read only once.

use crate::config::Source;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Nothing, where it cannot be read.
type Content = Option<Vec<u8>>;

/// Follows one file.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    /// What was handed out last.
    known: Content,
    /// What the last look saw.
    seen: Content,
}

impl Watch {
    /// Follows the file at `path`, of which `bytes` are known.
    pub fn starting(path: PathBuf, bytes: Vec<u8>) -> Self {
        Self { path, known: Some(bytes.clone()), seen: Some(bytes) }
    }

    /// Reads the file as it is.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn read(&mut self) -> io::Result<Source> {
        let source = Source::of_file(&self.path);
        self.known = content(&source);
        self.seen.clone_from(&self.known);
        source
    }

    /// The file, if it is another and two looks in a row saw the same: whoever writes it is done.
    pub fn look(&mut self) -> Option<io::Result<Source>> {
        let is_other = fs::metadata(&self.path).is_ok_and(|it| !it.is_file());
        if is_other {
            return None;
        }
        let source = Source::of_file(&self.path);
        self.has_settled(content(&source)).then_some(source)
    }

    fn has_settled(&mut self, now: Content) -> bool {
        let has_settled = now != self.known && now == self.seen;
        if has_settled {
            self.known.clone_from(&now);
        }
        self.seen = now;
        has_settled
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
        let found = looks.iter().filter(|it| watch.has_settled(content(it)));
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
}
