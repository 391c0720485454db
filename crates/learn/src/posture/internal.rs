//! Fields of answers that no client seems to need.
//!
//! Reads    names of fields, and whether their values ever differ.
//! Writes   why one seems to be internal.
//! Misses   whatever neither its name nor its values give away: most data that is too much looks like data.
//! Source   OWASP API Security Top 10 2023, API3 (excessive data exposure). Names are those that frameworks give:
//!          Mongoose (`__v`, `_id` beside `id`), Spring Data (`_class`), CouchDB (`_rev`), Hibernate, Devise and Passport.

use crate::inventory::leaf::{Field, Fields};
use bartizan_model::place::Place;

/// Occurrences from which a value never differs.
const OCCURRENCES_MIN: u64 = 200;
/// Subjects from which it does not.
const SUBJECTS_MIN: u32 = 20;

/// Why a field seems to be internal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its name says so.
    Named,
    /// There is another identifier beside it.
    SecondId,
    /// It never held anything.
    AlwaysNull,
    /// It always held the same.
    AlwaysSame,
}

impl Why {
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Named => "its name is internal",
            Self::SecondId => "a second identifier",
            Self::AlwaysNull => "always null",
            Self::AlwaysSame => "always the same",
        }
    }
}

/// Why this field of an answer, which so many subjects got, seems to be internal.
pub(super) fn of(path: &str, field: &Field, all: &Fields, subjects: u64) -> Option<Why> {
    let (before, name) = path.rsplit_once('.')?;
    let name = name.trim_end_matches("[*]");
    if name == "_id" {
        let beside = Place::Body(format!("{before}.id"));
        return all.by_place.get(&beside).is_some().then_some(Why::SecondId);
    }
    let words = words(name);
    if is_internal(name, &words) {
        return Some(Why::Named);
    }
    if field.nulls == field.messages && field.messages >= OCCURRENCES_MIN {
        return (subjects >= u64::from(SUBJECTS_MIN)).then_some(Why::AlwaysNull);
    }
    let (times, subjects) = field.values.only()?;
    let is_whole = times + field.nulls >= field.messages && times >= OCCURRENCES_MIN;
    let says_what = words.iter().any(|it| TELLING.contains(&it.as_str()));
    (is_whole && subjects >= SUBJECTS_MIN && !says_what).then_some(Why::AlwaysSame)
}

fn is_internal(name: &str, words: &[String]) -> bool {
    let whole = words.join("_");
    let begins = words.first().is_some_and(|it| FIRST.contains(&it.as_str()));
    MARKED.contains(&name) || WHOLE.contains(&whole.as_str()) || begins && words.len() > 1
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut was_lower = false;
    for it in name.chars() {
        let is_new = out.is_empty() || was_lower && it.is_ascii_uppercase();
        was_lower = it.is_ascii_lowercase() || it.is_ascii_digit();
        if !it.is_ascii_alphanumeric() {
            out.push(String::new());
            continue;
        }
        if is_new {
            out.push(String::new());
        }
        if let Some(last) = out.last_mut() {
            last.push(it.to_ascii_lowercase());
        }
    }
    out.retain(|it| !it.is_empty());
    out
}

/// Names that frameworks write for themselves.
const MARKED: &[&str] =
    &["__v", "_class", "_rev", "_etag", "_internal", "$$hashKey", "hibernateLazyInitializer"];

/// Names of what an application keeps for itself.
const WHOLE: &[&str] = &[
    "password_hash",
    "password_digest",
    "password_salt",
    "encrypted_password",
    "hashed_password",
    "salt",
    "is_admin",
    "is_superuser",
    "is_staff",
    "debug",
    "debug_info",
    "stack_trace",
    "row_version",
    "created_by_ip",
    "updated_by_ip",
    "last_login_ip",
    "last_sign_in_ip",
    "current_sign_in_ip",
    "registration_ip",
    "failed_attempts",
    "failed_login_attempts",
    "login_attempts",
    "reset_password_token",
    "reset_token",
    "confirmation_token",
    "otp_secret",
    "risk_score",
    "fraud_score",
];

/// Words that names of internal fields begin with. What is `private` or `legacy` of an object is often meant for
/// clients: `private_repos`, `legacy_payments`.
const FIRST: &[&str] = &["internal"];

/// Words of names whose value is the same for a reason: clients tell answers apart by them.
const TELLING: &[&str] = &[
    "type", "kind", "object", "status", "state", "success", "ok", "code", "version", "currency",
    "unit", "locale", "lang", "language", "limit", "page", "offset", "size", "per", "rel",
    "method", "enabled", "active", "has", "is", "api", "schema", "format",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, is_it: bool) {
        assert_eq!(is_internal(name, &words(name)), is_it, "{name}");
    }

    #[test]
    fn names_say_that_they_are_internal() {
        for name in [
            "password_hash",
            "passwordHash",
            "PasswordHash",
            "isAdmin",
            "is_admin",
            "__v",
            "salt",
            "internal_note",
            "internalNote",
            "created_by_ip",
            "_class",
            "debug",
        ] {
            check(name, true);
        }
        for name in [
            "internal",
            "private",
            "private_repos",
            "legacy_payments",
            "name",
            "admin",
            "v",
            "salted",
            "debugger",
            "id",
            "international",
        ] {
            check(name, false);
        }
    }
}
