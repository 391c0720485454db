//! API keys that we hand out ourselves: `PREFIX_RANDOM`, of which the hash of the random part is kept.
//!
//! Reads    the text of a key, and the table of keys that are good.
//! Writes   the key's owner, scopes and end.
//! Memory   about 200 bytes a key, at most `keys_max` keys.
//! Errors   [`ApiKeyFault`].
//! Misses   keys that somebody else hands out, in other forms: to us they are opaque.
//!
//! **No slow hash.** A slow hash makes guessing dear where people choose the secret. Here 256 random bits are the secret:
//! whoever reads the table has 2^256 values to try, at whatever price each. A slow hash would cost 50 ms of a request
//! instead, and be the way to stop us.
//!
//! **Time tells nothing.** A key is looked up by its hash. How long that takes depends on how many first bytes of the hash are
//! like those of others, and nobody can choose a key by the hash that it has. The hash that is found is compared once more,
//! in constant time.

use crate::base64url;
use crate::digest::Digest;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use bartizan_model::identity::{Identity, Scheme};
use bartizan_model::moment::Moment;
use std::collections::BTreeMap;
use std::fmt;

/// Letters of a prefix.
pub const PREFIX_LETTERS: std::ops::RangeInclusive<usize> = 2..=16;
/// Letters of the random part: 32 bytes in base64url.
pub const RANDOM_LETTERS: usize = 43;

/// An API key, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What it begins with: lower-case letters and digits, so that people and scanners know it again.
    pub prefix: Box<str>,
    /// The hash of its random part.
    pub hash: Digest,
    /// Whose it is.
    pub owner: Box<str>,
    /// The name of this one key, as its owner knows it.
    pub name: Box<str>,
    /// What it may be used for.
    pub scopes: Vec<Box<str>>,
    /// When it ends, in microseconds since 1970.
    pub expires_us: Option<u64>,
}

/// Says what kind of key it is; not its hash, nor whose.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("prefix", &self.prefix)
            .field("expires_us", &self.expires_us)
            .finish_non_exhaustive()
    }
}

/// Why a key is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyFault {
    /// It has not the form of a key of ours.
    Form,
    /// It is not among those that are good. A key with another prefix than its own is one of these.
    Unknown,
    /// It has ended.
    Expired {
        /// Seconds ago.
        since_s: u64,
    },
}

impl fmt::Display for ApiKeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("it has not the form of an API key"),
            Self::Unknown => f.write_str("the API key is not known"),
            Self::Expired { since_s } => write!(f, "the API key ended {since_s} s ago"),
        }
    }
}

impl std::error::Error for ApiKeyFault {}

/// Why there is no such table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFault {
    /// It has more keys than it may.
    TooMany,
    /// A prefix that no key may have.
    Prefix {
        /// Which key, counted from 0.
        index: usize,
    },
    /// Two keys have the same hash.
    Repeated {
        /// The second one, counted from 0.
        index: usize,
    },
}

impl fmt::Display for TableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => f.write_str("there are too many API keys"),
            Self::Prefix { index } => write!(
                f,
                "the prefix of API key {index} is not 2 to 16 lower-case letters and digits"
            ),
            Self::Repeated { index } => write!(f, "API key {index} is there already"),
        }
    }
}

impl std::error::Error for TableFault {}

/// The keys that are good.
#[derive(Clone, Debug, Default)]
pub struct ApiKeys {
    by_hash: BTreeMap<Digest, ApiKey>,
}

impl ApiKeys {
    /// The table of these keys, at most `keys_max`.
    ///
    /// # Errors
    ///
    /// [`TableFault`].
    pub fn of(keys: Vec<ApiKey>, keys_max: usize) -> Result<Self, TableFault> {
        if keys.len() > keys_max {
            return Err(TableFault::TooMany);
        }
        let mut by_hash = BTreeMap::new();
        for (index, key) in keys.into_iter().enumerate() {
            if !is_prefix(&key.prefix) {
                return Err(TableFault::Prefix { index });
            }
            if by_hash.insert(key.hash, key).is_some() {
                return Err(TableFault::Repeated { index });
            }
        }
        Ok(Self { by_hash })
    }

    /// Who sends this key.
    ///
    /// # Errors
    ///
    /// [`ApiKeyFault`].
    pub fn verify(&self, text: &[u8], now: Moment) -> Result<Identity, ApiKeyFault> {
        let (prefix, random) = parts(text).ok_or(ApiKeyFault::Form)?;
        let hash = Digest::of(&random);
        let key = self.by_hash.get(&hash).ok_or(ApiKeyFault::Unknown)?;
        let is_same = verify_slices_are_equal(&key.hash.0, &hash.0).is_ok();
        if !is_same || *key.prefix != *prefix {
            return Err(ApiKeyFault::Unknown);
        }
        if let Some(at) = key.expires_us.filter(|it| now.wall_us >= *it) {
            let since_s = now.wall_us.saturating_sub(at) / 1_000_000;
            return Err(ApiKeyFault::Expired { since_s });
        }
        Ok(Identity {
            subject: Some(key.owner.clone()),
            client: Some(key.name.clone()),
            scopes: key.scopes.clone(),
            expires_us: key.expires_us,
            token_id: Some(hash.to_string().into()),
            ..Identity::of(Scheme::ApiKey)
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }
}

/// A new key: its text, which is shown once, and the hash that is kept. The bytes have to be random. Nothing if no key may
/// have that prefix.
pub fn issue(prefix: &str, random: &[u8; 32]) -> Option<(String, Digest)> {
    let text = format!("{prefix}_{}", base64url::encode(random));
    is_prefix(prefix).then(|| (text, Digest::of(random)))
}

/// Whether a text has the form of a key of ours. No token has: it has dots.
pub fn is_form(text: &[u8]) -> bool {
    parts(text).is_some()
}

fn is_prefix(text: &str) -> bool {
    PREFIX_LETTERS.contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
}

/// Prefix and random part. The random part may have underscores, the prefix has none.
fn parts(text: &[u8]) -> Option<(&str, [u8; 32])> {
    let text = str::from_utf8(text).ok()?;
    let (prefix, random) = text.split_once('_')?;
    if random.len() != RANDOM_LETTERS || !is_prefix(prefix) {
        return None;
    }
    Some((prefix, base64url::decode(random.as_bytes())?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Moment {
        Moment { mono_ns: 0, wall_us: s * 1_000_000 }
    }

    fn key(prefix: &str, random: [u8; 32], expires_us: Option<u64>) -> (String, ApiKey) {
        let (text, hash) = issue(prefix, &random).unwrap();
        let prefix = prefix.into();
        let (owner, name, scopes) = ("partner".into(), "ci".into(), vec!["orders:read".into()]);
        (text, ApiKey { prefix, hash, owner, name, scopes, expires_us })
    }

    #[test]
    fn a_key_is_good_until_it_ends() {
        let (text, kept) = key("shop", [0xFF; 32], Some(100_000_000));
        // Its random part has underscores only.
        assert!(text.starts_with("shop____"), "{text}");
        let keys = ApiKeys::of(vec![kept], 1).unwrap();
        let who = keys.verify(text.as_bytes(), at(99)).unwrap();
        assert_eq!((who.subject.as_deref(), who.has_scope("orders:read")), (Some("partner"), true));
        let expired = Err(ApiKeyFault::Expired { since_s: 0 });
        assert_eq!(keys.verify(text.as_bytes(), at(100)), expired);
    }

    #[test]
    fn nothing_else_is_a_key() {
        let (text, kept) = key("shop", [7; 32], None);
        let keys = ApiKeys::of(vec![kept], 9).unwrap();
        let check = |text: &str| keys.verify(text.as_bytes(), at(1)).err();
        assert_eq!(check(&text), None);
        let other = issue("shop", &[8; 32]).unwrap().0;
        assert_eq!(check(&other), Some(ApiKeyFault::Unknown));
        let (_, random) = text.split_once('_').unwrap();
        assert_eq!(check(&format!("mall_{random}")), Some(ApiKeyFault::Unknown));
        for form in [
            String::new(),
            random.to_owned(),
            format!("SHOP_{random}"),
            format!("shop-{random}"),
            format!("shop_{random}="),
            format!(" {text}"),
            format!("{text} "),
            format!("{text}\n"),
            format!("_{random}"),
            format!("s\u{e4}p_{random}"),
            text.replace('B', "C").replace("Bwc", "Bw+"),
            format!("shop__{}", random.get(1..).unwrap()),
        ] {
            assert_ne!(check(&form), None, "{form}");
        }
        assert_eq!(keys.verify(b"shop_\xff", at(1)).err(), Some(ApiKeyFault::Form));
    }

    #[test]
    fn every_changed_letter_makes_another_key() {
        let (text, kept) = key("shop", [7; 32], None);
        let keys = ApiKeys::of(vec![kept], 1).unwrap();
        for place in 0..text.len() {
            for other in 0..=255_u8 {
                let mut bytes = text.clone().into_bytes();
                if std::mem::replace(&mut bytes[place], other) != other {
                    assert!(keys.verify(&bytes, at(1)).is_err(), "{place} {other}");
                }
            }
        }
    }

    #[test]
    fn a_table_has_its_bounds() {
        let (one, two) = (key("shop", [1; 32], None).1, key("mall", [2; 32], None).1);
        let count = |keys: Vec<ApiKey>, max| ApiKeys::of(keys, max).map(|it| it.len());
        assert_eq!(count(vec![one.clone(), two.clone()], 2), Ok(2));
        assert_eq!(count(vec![one.clone(), two], 1), Err(TableFault::TooMany));
        assert_eq!(
            count(vec![one.clone(), one.clone()], 2),
            Err(TableFault::Repeated { index: 1 })
        );
        let odd = ApiKey { prefix: "a_b".into(), ..one };
        assert_eq!(count(vec![odd], 2), Err(TableFault::Prefix { index: 0 }));
        for prefix in ["a", "", "seventeenletters1", "Shop", "sh op"] {
            assert_eq!(issue(prefix, &[1; 32]), None, "{prefix}");
        }
    }

    #[test]
    fn a_key_is_shown_without_its_owner_and_its_hash() {
        let (_, kept) = key("shop", [1; 32], None);
        let shown = format!("{kept:?}");
        assert!(!shown.contains("partner") && !shown.contains(&kept.hash.to_string()), "{shown}");
    }
}
