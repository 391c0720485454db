//! Exceptions that operators added while the instance was running: put over those of the file, kept over
//! a restart, gone when they expire or are taken back.
//!
//! Reads and writes   `exceptions.json` in the data directory.
//! Memory             `ADDED_MAX` exceptions.
//! Errors             [`AddFault`].

use crate::config::{self, Endpoint, Settings};
use bartizan_model::clause::Exception;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Exceptions that can be added.
pub const ADDED_MAX: usize = 200;
/// Name of the file in the data directory.
pub const FILE: &str = "exceptions.json";

/// An exception as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The clause that is lifted.
    pub clause: String,
    /// The endpoint it is lifted for.
    pub endpoint: Option<String>,
    /// The field it is lifted for.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day.
    pub expires: String,
}

/// One that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Names it in the API.
    pub id: String,
    /// What was asked for.
    #[serde(flatten)]
    pub written: Written,
    /// Who asked.
    pub by: String,
    /// When, in microseconds since 1970.
    pub created_us: u64,
}

/// Why an exception cannot be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddFault {
    /// A part of it cannot be read, and why.
    Unreadable(String),
    /// It would have expired already.
    Expired,
    /// There are as many as there may be.
    TooMany,
}

impl fmt::Display for AddFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::Expired => f.write_str("expires: this day is over"),
            Self::TooMany => write!(f, "there are {ADDED_MAX} already: take some back first"),
        }
    }
}

impl std::error::Error for AddFault {}

/// All that were added.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AddedExceptions {
    exceptions: Vec<Added>,
    next: u64,
}

impl AddedExceptions {
    /// Reads what [`AddedExceptions::document`] wrote.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn of_document(document: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(document)
    }

    /// What is to be kept.
    pub fn document(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// All, the oldest first.
    pub fn all(&self) -> &[Added] {
        &self.exceptions
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// [`AddFault`]; nothing has changed then.
    pub fn add(&mut self, written: Written, by: &str, now_us: u64) -> Result<Added, AddFault> {
        let (exception, _) = read(&written)?;
        if exception.expires_us <= now_us {
            return Err(AddFault::Expired);
        }
        self.exceptions.retain(|it| read(&it.written).is_ok_and(|it| it.0.expires_us > now_us));
        if self.exceptions.len() >= ADDED_MAX {
            return Err(AddFault::TooMany);
        }
        self.next += 1;
        let id = format!("e{}", self.next);
        let added = Added { id, written, by: by.to_owned(), created_us: now_us };
        self.exceptions.push(added.clone());
        Ok(added)
    }

    /// Takes one back; whether there was one.
    pub fn remove(&mut self, id: &str) -> Option<Added> {
        let at = self.exceptions.iter().position(|it| it.id == id)?;
        Some(self.exceptions.remove(at))
    }

    /// These settings with the added exceptions behind those of the file.
    pub fn over(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        for (exception, endpoint) in self.exceptions.iter().filter_map(|it| read(&it.written).ok())
        {
            if let Some(endpoint) = endpoint {
                settings.endpoints.insert(endpoint.id(), endpoint);
            }
            settings.exceptions.push(exception);
        }
        settings
    }
}

fn read(it: &Written) -> Result<(Exception, Option<Endpoint>), AddFault> {
    let Written { clause, endpoint, field, reason, expires } = it;
    config::exception(clause, endpoint.as_deref(), field.as_deref(), reason, expires)
        .map_err(AddFault::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::SetBy;

    fn written() -> Written {
        Written {
            clause: "content.sqli".to_owned(),
            endpoint: Some("POST /reviews/{int}".to_owned()),
            field: Some("body $.text".to_owned()),
            reason: "people review databases".to_owned(),
            expires: "2026-12-31".to_owned(),
        }
    }

    #[test]
    fn an_exception_is_kept_and_taken_back() {
        let mut it = AddedExceptions::default();
        let added = it.add(written(), "console", 1).unwrap();
        let mut kept = AddedExceptions::of_document(&it.document()).unwrap();
        assert_eq!(kept.all(), std::slice::from_ref(&added));
        let (exception, endpoint) = read(&added.written).unwrap();
        assert_eq!(exception.set_by, SetBy::Operator);
        assert_eq!(endpoint.unwrap().to_string(), "POST /reviews/{int}");
        assert_eq!(kept.remove(&added.id), Some(added));
        assert_eq!(kept.remove("e1"), None);
        assert_eq!(kept.add(written(), "console", 1).unwrap().id, "e2");
    }

    #[test]
    fn what_means_nothing_is_not_added() {
        let mut it = AddedExceptions::default();
        let mut fault = |change: fn(&mut Written)| {
            let mut written = written();
            change(&mut written);
            it.add(written, "console", 2 * 86_400_000_000).unwrap_err()
        };
        let is_unreadable = |it: &AddFault| matches!(it, AddFault::Unreadable(_));
        for change in [
            (|it| it.clause = "content.sql".to_owned()) as fn(&mut Written),
            |it| it.clause = "law.framing".to_owned(),
            |it| it.endpoint = Some("reviews".to_owned()),
            |it| it.field = Some("place x".to_owned()),
            |it| it.reason = " ".to_owned(),
            |it| it.expires = "tomorrow".to_owned(),
            |it| it.clause = "baseline.path".to_owned(),
        ] {
            let fault = fault(change);
            assert!(is_unreadable(&fault), "{fault:?}");
        }
        assert_eq!(fault(|it| it.expires = "1970-01-01".to_owned()), AddFault::Expired);
        let many = (0..ADDED_MAX).map(|_| it.add(written(), "a", 1));
        assert!(many.collect::<Result<Vec<_>, _>>().is_ok());
        assert_eq!(it.add(written(), "a", 1).unwrap_err(), AddFault::TooMany);
    }
}
