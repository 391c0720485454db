//! The text of a configuration file, before anything is understood.
//!
//! Errors   a file that is too large, not UTF-8 or empty: each ends the reading at once.

use super::fault::Fault;
use super::problem::{Place, Problems, Span};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A configuration file larger than this is not read.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// A file as it was found.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The name to show in messages, as the operator gave it.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads a file, and no more of it than is ever understood.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let limit = FILE_BYTES_MAX as u64 + 1;
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        Ok(Self { name: path.display().to_string(), bytes })
    }

    pub(super) fn text(&self, problems: &mut Problems) -> Option<&str> {
        if self.bytes.len() > FILE_BYTES_MAX {
            problems.add(Place::File, Fault::FileTooLarge);
            return None;
        }
        let text = match str::from_utf8(&self.bytes) {
            Ok(text) => without_bom(text),
            Err(error) => {
                let place = Place::At(self.position(error.valid_up_to()));
                problems.add(place, Fault::FileNotUtf8);
                return None;
            }
        };
        if text.trim().is_empty() {
            problems.add(Place::File, Fault::FileEmpty);
            return None;
        }
        Some(text)
    }

    /// The text that spans point into; what is not UTF-8 is replaced.
    pub(super) fn readable(&self) -> String {
        without_bom(&String::from_utf8_lossy(&self.bytes)).to_owned()
    }

    fn position(&self, at: usize) -> Span {
        let before = String::from_utf8_lossy(self.bytes.get(..at).unwrap_or_default());
        let before = without_bom(&before);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&it| it != '\n').count() + 1;
        Span {
            line,
            column,
            start: before.len(),
            end: before.len() + char::REPLACEMENT_CHARACTER.len_utf8(),
        }
    }
}

fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
