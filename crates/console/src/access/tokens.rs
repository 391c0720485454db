//! Tokens of programs: a name, a role, an end, and the digest of a secret that was shown once.
//!
//! Reads and writes   one JSON document, which the backend keeps.
//! Memory             [`TOKENS_MAX`] tokens.

use super::secret::{NoRandomness, digest_of, random};
use super::{Role, Who};
use serde::{Deserialize, Serialize};

/// Tokens at once.
pub const TOKENS_MAX: usize = 100;
/// Days that a token may last.
pub const DAYS_MAX: u64 = 366;
/// What a token begins with, so that scanners find it where it should not be.
pub const PREFIX: &str = "btz_";
/// Characters of a name.
const NAME_CHARS_MAX: usize = 64;

/// One token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Names it in the API.
    pub id: String,
    /// Whom it was given to.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made, in seconds since 1970.
    pub created_s: u64,
    /// When it ends, in seconds since 1970.
    pub expires_s: u64,
    /// The beginning of it, by which its holder recognises it.
    pub prefix: String,
    digest: String,
    /// When it was used last; not kept over a restart.
    #[serde(skip)]
    pub used_s: Option<u64>,
}

/// All tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tokens {
    tokens: Vec<Token>,
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// The name is empty, too long or not printable.
    Name,
    /// It would end at once, or too late.
    Days,
    /// There are as many as there may be.
    TooMany,
    /// The system gives no randomness.
    NoRandomness,
}

impl From<NoRandomness> for TokenFault {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

impl Tokens {
    /// Reads what [`Tokens::document`] wrote.
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

    /// All, in the order in which they were made.
    pub fn all(&self) -> &[Token] {
        &self.tokens
    }

    /// Makes a token. Returns it with its secret.
    ///
    /// # Errors
    ///
    /// [`TokenFault`].
    pub fn add(
        &mut self,
        name: &str,
        role: Role,
        days: u64,
        now_s: u64,
    ) -> Result<(Token, String), TokenFault> {
        let name = name.trim();
        let is_plain = name.chars().all(|it| !it.is_control());
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !is_plain {
            return Err(TokenFault::Name);
        }
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(TokenFault::Days);
        }
        self.tokens.retain(|it| it.expires_s > now_s);
        if self.tokens.len() >= TOKENS_MAX {
            return Err(TokenFault::TooMany);
        }
        let secret = format!("{PREFIX}{}", random::<32>()?);
        let token = Token {
            id: random::<8>()?,
            name: name.to_owned(),
            role,
            created_s: now_s,
            expires_s: now_s + days * 86_400,
            prefix: secret.chars().take(PREFIX.len() + 4).collect(),
            digest: digest_of(&secret),
            used_s: None,
        };
        self.tokens.push(token.clone());
        Ok((token, secret))
    }

    /// Removes a token; whether there was one.
    pub fn remove(&mut self, id: &str) -> bool {
        let before = self.tokens.len();
        self.tokens.retain(|it| it.id != id);
        self.tokens.len() < before
    }

    /// Whose secret this is.
    pub fn who(&mut self, secret: &str, now_s: u64) -> Option<Who> {
        if !secret.starts_with(PREFIX) {
            return None;
        }
        let digest = digest_of(secret);
        let token =
            self.tokens.iter_mut().find(|it| it.digest == digest && it.expires_s > now_s)?;
        token.used_s = Some(now_s);
        Some(Who {
            name: token.name.clone(),
            role: token.role,
            csrf: None,
            expires_s: token.expires_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lets_in_until_it_ends_or_is_removed() {
        let mut it = Tokens::default();
        let (token, secret) = it.add("ci", Role::Viewer, 1, 1_000).unwrap();
        let mut kept = Tokens::of_document(&it.document()).unwrap();
        assert!(!String::from_utf8(it.document()).unwrap().contains(&secret));
        assert_eq!(kept.who(&secret, 2_000).unwrap().role, Role::Viewer);
        assert!(kept.who(&secret.replace("btz_", "btz_0"), 2_000).is_none());
        assert!(kept.who(&secret, token.expires_s).is_none());
        assert!(it.remove(&token.id) && !it.remove(&token.id));
        assert!(it.who(&secret, 2_000).is_none());
    }

    #[test]
    fn what_makes_no_token_is_told() {
        let mut it = Tokens::default();
        let mut fault = |name: &str, days| it.add(name, Role::Viewer, days, 0).unwrap_err();
        assert_eq!(fault(" ", 1), TokenFault::Name);
        assert_eq!(fault(&"n".repeat(65), 1), TokenFault::Name);
        assert_eq!(fault("a\u{1b}b", 1), TokenFault::Name);
        assert_eq!(fault("a", 0), TokenFault::Days);
        assert_eq!(fault("a", 367), TokenFault::Days);
        (0..TOKENS_MAX).for_each(|_| drop(it.add("a", Role::Viewer, 1, 0).unwrap()));
        assert_eq!(it.add("a", Role::Viewer, 1, 0).unwrap_err(), TokenFault::TooMany);
        assert!(it.add("a", Role::Viewer, 1, 86_400).is_ok());
    }
}
