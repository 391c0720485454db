//! Saved hunts: files with a question and what it is for.
//!
//! ```sql
//! -- title: Subjects that were refused most
//! -- says: Who ran into refusals, and on how many endpoints.
//! SELECT …
//! ```

use std::fmt;

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 32 * 1024;

/// A saved hunt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The name of its file, without its ending.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What it finds.
    pub says: String,
    /// The question.
    pub sql: String,
}

/// A file is not a saved hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// The name has other characters than lower-case letters, digits and `_`.
    Name,
    /// A line `-- title:` or `-- says:` is missing.
    Header,
    /// It is longer than [`FILE_BYTES_MAX`].
    TooLong,
}

impl fmt::Display for NotSaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => {
                f.write_str("a saved hunt is named by lower-case letters, digits and `_`")
            }
            Self::Header => f.write_str("a saved hunt begins with `-- title: …` and `-- says: …`"),
            Self::TooLong => write!(f, "a saved hunt has at most {FILE_BYTES_MAX} bytes"),
        }
    }
}

impl Saved {
    /// The hunt in a file.
    ///
    /// # Errors
    ///
    /// [`NotSaved`].
    pub fn read(name: &str, text: &str) -> Result<Self, NotSaved> {
        let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            return Err(NotSaved::Name);
        }
        if text.len() > FILE_BYTES_MAX {
            return Err(NotSaved::TooLong);
        }
        let header = |key: &str| {
            let line = text.lines().find_map(|it| it.strip_prefix(key))?.trim();
            (!line.is_empty()).then(|| line.to_owned())
        };
        let title = header("-- title:").ok_or(NotSaved::Header)?;
        let says = header("-- says:").ok_or(NotSaved::Header)?;
        let body = |it: &&str| !it.starts_with("-- title:") && !it.starts_with("-- says:");
        let sql: Vec<&str> = text.lines().filter(body).collect();
        let sql = sql.join("\n").trim().trim_end_matches(';').to_owned();
        Ok(Self { name: name.to_owned(), title, says, sql })
    }
}

macro_rules! shipped {
    ($($name:literal,)*) => {
        /// The hunts that are shipped, in the order in which they are listed.
        pub fn shipped() -> Vec<Saved> {
            let texts = [$(($name, include_str!(concat!("../../../hunts/", $name, ".sql"))),)*];
            texts.iter().filter_map(|(name, text)| Saved::read(name, text).ok()).collect()
        }

        #[cfg(test)]
        const SHIPPED: &[&str] = &[$($name,)*];
    };
}

shipped! {
    "endpoints", "errors", "slow_endpoints", "slow_exchanges", "traffic_by_hour",
    "refused_by_code", "would_refuse", "refused_subjects", "injection_shapes", "injection_fields",
    "scores_near_limit", "object_enumeration", "many_endpoints", "denied_subjects",
    "shared_sessions", "large_responses", "quiet_then_loud", "new_endpoints", "value_spread",
    "oddities",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_hunts_are_shipped_and_each_file_is_one() {
        assert_eq!(SHIPPED.len(), 20);
        assert_eq!(shipped().len(), SHIPPED.len());
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../hunts");
        assert_eq!(std::fs::read_dir(dir).unwrap().count(), SHIPPED.len());
    }

    #[test]
    fn a_file_without_a_header_is_none() {
        let text = "-- title: T\n-- says: S.\nSELECT 1;\n";
        let saved = Saved::read("a_1", text).unwrap();
        assert_eq!((saved.title.as_str(), saved.sql.as_str()), ("T", "SELECT 1"));
        assert_eq!(Saved::read("A", text), Err(NotSaved::Name));
        assert_eq!(Saved::read("../a", text), Err(NotSaved::Name));
        assert_eq!(Saved::read("a", "SELECT 1"), Err(NotSaved::Header));
        assert_eq!(Saved::read("a", &"x".repeat(FILE_BYTES_MAX + 1)), Err(NotSaved::TooLong));
    }
}
