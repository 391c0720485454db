//! A request that logs somebody in, and to which account: whoever logs in again is the same caller with another credential.
//!
//! Reads    the values of a body that holds a password among few others.
//! Writes   a keyed hash of what names the account; nothing of a password goes into it.
//! Memory   [`VALUES_MAX`] values of [`BYTES_MAX`] bytes, until the request is decided.
//! Misses   log-ins without a password (links by mail, one-time codes, other sites' accounts), by query, by GraphQL and JSON-RPC, or in several
//!          steps; refreshed tokens; accounts that somebody names in two ways: each name is one.

use crate::keys::HashKey;
use bartizan_model::id::SubjectId;

/// Values of a log-in: who sends more does something else.
const VALUES_MAX: usize = 8;
/// Bytes of a value.
const BYTES_MAX: usize = 256;

/// Letters and digits of the longest name that is known.
const NAME_BYTES_MAX: usize = 16;

/// What a field holds, by its name in small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// What nobody else knows.
    Secret,
    /// What names an account, or the tenant that it is one of.
    Name,
    Other,
}

impl Holds {
    fn of(name: &[u8]) -> Self {
        match name {
            b"password" | b"passwd" | b"passphrase" | b"passcode" | b"pwd" | b"pass" | b"pin"
            | b"secret" | b"userpassword" | b"loginpassword" | b"kennwort" => Self::Secret,
            b"user" | b"username" | b"userid" | b"login" | b"loginname" | b"loginid" | b"email"
            | b"useremail" | b"emailaddress" | b"mail" | b"phone" | b"phonenumber" | b"mobile"
            | b"account" | b"accountname" | b"accountnumber" | b"customer" | b"customernumber"
            | b"member" | b"membernumber" | b"identifier" | b"handle" | b"nickname" | b"card"
            | b"cardnumber" | b"tenant" | b"tenantid" | b"organisation" | b"organization"
            | b"org" | b"realm" | b"domain" | b"company" | b"workspace" => Self::Name,
            _ => Self::Other,
        }
    }
}

/// What a body has shown so far.
#[derive(Debug, Default)]
pub(crate) struct LogIn {
    values: usize,
    has_secret: bool,
    /// Names of fields, folded, with the values.
    names: Vec<([u8; NAME_BYTES_MAX], Vec<u8>)>,
}

impl LogIn {
    /// Notes a value of the body at a path: `$.user`, `$.data.email`.
    pub(crate) fn note(&mut self, path: &str, text: &[u8]) {
        self.values = self.values.saturating_add(1);
        if self.values > VALUES_MAX {
            return;
        }
        let path = path.as_bytes();
        let name = memchr::memrchr(b'.', path).and_then(|at| path.get(at + 1..)).unwrap_or(path);
        if name.len() > 2 * NAME_BYTES_MAX {
            return;
        }
        let mut folded = [0; NAME_BYTES_MAX];
        let mut free = folded.iter_mut();
        for &byte in name.iter().filter(|it| !matches!(**it, b'_' | b'-')) {
            let Some(free) = free.next() else { return };
            *free = byte | 0x20;
        }
        let bytes = NAME_BYTES_MAX - free.len();
        let name = folded.get(..bytes).unwrap_or_default();
        match Holds::of(name) {
            Holds::Secret => self.has_secret |= !text.is_empty(),
            Holds::Name if !text.is_empty() && text.len() <= BYTES_MAX => {
                // Most servers do not tell the cases of names apart.
                self.names.push((folded, text.trim_ascii().to_ascii_lowercase()));
            }
            Holds::Name | Holds::Other => {}
        }
    }

    /// Whether it reads as a log-in, and nothing else.
    pub(crate) fn is_one(&self) -> bool {
        self.has_secret && !self.names.is_empty() && self.values <= VALUES_MAX
    }

    /// The account that is logged in to, of a route and a host.
    pub(crate) fn account(&self, route: &str, host: &[u8], key: &HashKey) -> Option<SubjectId> {
        if !self.is_one() {
            return None;
        }
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort();
        let host = host.to_ascii_lowercase();
        let mut parts: Vec<&[u8]> = vec![b"account", route.as_bytes(), &host];
        for (name, value) in names {
            parts.extend([&name[..], value]);
        }
        Some(key.subject(&parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::KeyEpoch;

    fn account(values: &[(&str, &str)]) -> Option<SubjectId> {
        let mut it = LogIn::default();
        values.iter().for_each(|(path, text)| it.note(path, text.as_bytes()));
        it.account("shop", b"shop.example", &HashKey::new(KeyEpoch(1), [7; 16]))
    }

    #[test]
    fn an_account_is_what_names_it_whatever_the_password_and_the_order() {
        let ann = account(&[("$.user", "ann"), ("$.password", "a")]);
        assert!(ann.is_some());
        for same in [
            &[("$.password", "b"), ("$.user", "Ann ")][..],
            &[("$.user", "ann"), ("$.newsletter", "true"), ("$.password", "a")],
            &[("$.data.user", "ann"), ("$.data.Pass_word", "a")],
        ] {
            assert_eq!(account(same), ann, "{same:?}");
        }
        for other in [
            &[("$.user", "bob"), ("$.password", "a")][..],
            &[("$.user", "ann"), ("$.tenant", "north"), ("$.password", "a")],
            &[("$.email", "ann"), ("$.password", "a")],
        ] {
            assert!(account(other).is_some_and(|it| Some(it) != ann), "{other:?}");
        }
    }

    #[test]
    fn what_is_no_log_in_names_nobody() {
        let many: Vec<(String, &str)> = (0..20).map(|it| (format!("$.field{it}"), "x")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|it| (&*it.0, it.1)).collect();
        for none in [
            &[("$.user", "ann")][..],
            &[("$.password", "a")],
            &[("$.user", ""), ("$.password", "a")],
            &[("$.user", "ann"), ("$.password", "")],
            &[&many[..], &[("$.user", "ann"), ("$.password", "a")]].concat(),
        ] {
            assert_eq!(account(none), None, "{none:?}");
        }
    }
}
