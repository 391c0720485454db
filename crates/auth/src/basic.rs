//! Names and passwords: reading them strictly, and comparing them with hashes that are kept.
//!
//! Reads    the credentials of `Authorization: Basic`, at most [`CREDENTIALS_BYTES_MAX`] bytes; a file of hashed passwords.
//! Writes   who it is.
//! Memory   at most [`USERS_MAX`] users.
//! Errors   [`BasicFault`], [`FileFault`].
//! Misses   two spellings of one name in Unicode: names are compared byte for byte.
//! Source   RFC 7617; RFC 8018 section 5.2 (PBKDF2); the string format of the password hashing competition.
//!
//! [`verify`] takes some hundred milliseconds of a processor on purpose, also for names that nobody has. It is to be asked off the
//! threads that serve requests, and not more often than passwords may be tried.
//!
//! **Why PBKDF2.** The provider of cryptography has it, it is approved by FIPS 140-3, and it adds no library. Argon2id would make guessing
//! dearer for whoever stole the file. Basic authentication is for a few accounts of operators and programs here, not for
//! a table of customers.

use aws_lc_rs::pbkdf2;
use bartizan_model::identity::{Identity, Scheme};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

/// Bytes of credentials in base64 at most.
pub const CREDENTIALS_BYTES_MAX: usize = 1024;
/// Users of a file at most.
pub const USERS_MAX: usize = 10_000;
/// Bytes of a file at most.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Rounds of PBKDF2 with HMAC-SHA-512. The lower bound is what OWASP's Password Storage Cheat Sheet names for it; the upper one keeps a
/// wrong file from costing minutes a request.
pub const ROUNDS: std::ops::RangeInclusive<u32> = 210_000..=2_000_000;

const NAME: &str = "pbkdf2-sha512";
const SALT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;
const HASH_BYTES: usize = 32;

/// A name and a password, as a client sent them.
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    /// The name; never a secret.
    pub user: String,
    password: String,
}

/// Says that there is one; neither the name nor the password.
impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").finish_non_exhaustive()
    }
}

/// Why credentials are none, or not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasicFault {
    /// They are too long.
    TooLong,
    /// They are not base64 with padding.
    Encoding,
    /// They are no text, have control characters, no colon, or an empty name.
    Form,
    /// The name or the password is wrong. Which of them is not told.
    Wrong,
}

impl fmt::Display for BasicFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "name and password are too long",
            Self::Encoding => "name and password are not base64",
            Self::Form => "it is no name and password",
            Self::Wrong => "the name or the password is wrong",
        })
    }
}

impl std::error::Error for BasicFault {}

/// Reads what stands behind `Basic`.
///
/// # Errors
///
/// [`BasicFault`], but for `Wrong`.
pub fn read(credentials: &[u8]) -> Result<Basic, BasicFault> {
    if credentials.len() > CREDENTIALS_BYTES_MAX {
        return Err(BasicFault::TooLong);
    }
    let bytes = STANDARD.decode(credentials).map_err(|_| BasicFault::Encoding)?;
    let text = String::from_utf8(bytes).map_err(|_| BasicFault::Form)?;
    // RFC 7617 section 2: neither has control characters; the name has no colon.
    let (user, password) = text.split_once(':').ok_or(BasicFault::Form)?;
    if user.is_empty() || text.contains(char::is_control) {
        return Err(BasicFault::Form);
    }
    Ok(Basic { user: user.to_owned(), password: password.to_owned() })
}

/// Where hashed passwords come from.
pub trait Passwords {
    /// The hash of this user, if there is such a user.
    fn of(&self, user: &str) -> Option<&Hashed>;
}

/// A hashed password. Its text is `$pbkdf2-sha512$i=ROUNDS$SALT$HASH`, with salt and hash in base64 without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed {
    rounds: NonZeroU32,
    salt: Vec<u8>,
    hash: [u8; HASH_BYTES],
}

/// Says how dear it is; neither salt nor hash.
impl fmt::Debug for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashed").field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

impl Hashed {
    /// Hashes a password with a salt that has to be random. Nothing if there are too few or too many rounds.
    pub fn new(password: &str, salt: &[u8; 16], rounds: u32) -> Option<Self> {
        let rounds = NonZeroU32::new(rounds).filter(|it| ROUNDS.contains(&it.get()))?;
        let mut hash = [0; HASH_BYTES];
        let secret = password.as_bytes();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, rounds, salt, secret, &mut hash);
        Some(Self { rounds, salt: salt.to_vec(), hash })
    }

    /// Reads its text.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('$')?.strip_prefix(NAME)?.strip_prefix("$i=")?;
        let mut parts = rest.split('$');
        let (rounds, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let is_plain = rounds.bytes().all(|it| it.is_ascii_digit()) && !rounds.starts_with('0');
        if !is_plain || parts.next().is_some() {
            return None;
        }
        let rounds = rounds.parse().ok().filter(|it| ROUNDS.contains(it))?;
        let salt = STANDARD_NO_PAD.decode(salt).ok()?;
        let hash = STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?;
        let has_length = SALT_BYTES.contains(&salt.len());
        has_length.then_some(Self { rounds: NonZeroU32::new(rounds)?, salt, hash })
    }

    /// Its text, for the file.
    pub fn text(&self) -> String {
        let (salt, hash) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(self.hash));
        format!("${NAME}$i={}${salt}${hash}", self.rounds)
    }

    fn is_of(&self, password: &str) -> bool {
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA512;
        let secret = password.as_bytes();
        pbkdf2::verify(algorithm, self.rounds, &self.salt, secret, &self.hash).is_ok()
    }
}

/// Verifies a name and a password. As much is computed for a name that nobody has.
///
/// # Errors
///
/// [`BasicFault::Wrong`].
pub fn verify(basic: &Basic, passwords: &impl Passwords) -> Result<Identity, BasicFault> {
    let known = passwords.of(&basic.user);
    let nobody = Hashed { rounds: NOBODY_ROUNDS, salt: vec![0; 16], hash: [0; HASH_BYTES] };
    let is_right = known.unwrap_or(&nobody).is_of(&basic.password);
    if known.is_none() || !is_right {
        return Err(BasicFault::Wrong);
    }
    let subject = Some(basic.user.as_str().into());
    Ok(Identity { subject, ..Identity::of(Scheme::Basic) })
}

/// Rounds for names that nobody has.
const NOBODY_ROUNDS: NonZeroU32 = match NonZeroU32::new(*ROUNDS.start()) {
    Some(it) => it,
    None => NonZeroU32::MIN,
};

/// A file of users: lines `NAME:HASH`, empty ones, and those that begin with `#`.
#[derive(Clone, Debug, Default)]
pub struct Users {
    by_name: BTreeMap<String, Hashed>,
}

/// Why a file is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It has more bytes, or more users, than are read.
    TooLarge,
    /// A line is no user.
    Line {
        /// Which line, counted from 1.
        number: usize,
    },
    /// A user is there twice.
    Repeated {
        /// The second line, counted from 1.
        number: usize,
    },
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("it has too many users"),
            Self::Line { number } => write!(f, "line {number} is no user with a hashed password"),
            Self::Repeated { number } => write!(f, "the user of line {number} is there already"),
        }
    }
}

impl std::error::Error for FileFault {}

impl Users {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`FileFault`].
    pub fn read(text: &str) -> Result<Self, FileFault> {
        if text.len() > FILE_BYTES_MAX {
            return Err(FileFault::TooLarge);
        }
        let mut by_name = BTreeMap::new();
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        for (number, line) in lines.filter(|(_, it)| !it.is_empty() && !it.starts_with('#')) {
            let (name, hash) = line.split_once(':').ok_or(FileFault::Line { number })?;
            let hash = Hashed::read(hash).filter(|_| !name.is_empty());
            let hash = hash.ok_or(FileFault::Line { number })?;
            if by_name.insert(name.to_owned(), hash).is_some() {
                return Err(FileFault::Repeated { number });
            }
            if by_name.len() > USERS_MAX {
                return Err(FileFault::TooLarge);
            }
        }
        Ok(Self { by_name })
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

impl Passwords for Users {
    fn of(&self, user: &str) -> Option<&Hashed> {
        self.by_name.get(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> Result<Basic, BasicFault> {
        read(STANDARD.encode(text).as_bytes())
    }

    #[test]
    fn a_name_ends_at_the_first_colon() {
        for (text, user, password) in
            [("a:b", "a", "b"), ("a:", "a", ""), ("a:b:c", "a", "b:c"), ("ä:ö", "ä", "ö")]
        {
            let read = basic(text).unwrap();
            assert_eq!((read.user.as_str(), read.password.as_str()), (user, password));
            assert_eq!(format!("{read:?}"), "Basic { .. }");
        }
        // The example of RFC 7617 section 2.
        assert_eq!(read(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ==").unwrap().password, "open sesame");
    }

    #[test]
    fn what_is_no_name_and_password_is_refused() {
        for text in ["", "a", ":b", "a\0:b", "a:b\n", "a:\u{7f}", "a:\u{85}"] {
            assert_eq!(basic(text), Err(BasicFault::Form), "{text:?}");
        }
        assert_eq!(read(&STANDARD.encode(b"a:\xff").into_bytes()), Err(BasicFault::Form));
        for text in ["YTpi=", "YTpi YTpi", " YTpi", "YTo", "YTp=", "YT-_", "YTpi\n"] {
            assert_eq!(read(text.as_bytes()), Err(BasicFault::Encoding), "{text:?}");
        }
        let long = |bytes: usize| basic(&format!("a:{}", "b".repeat(bytes / 4 * 3 - 2)));
        assert!(long(CREDENTIALS_BYTES_MAX).is_ok());
        assert_eq!(long(CREDENTIALS_BYTES_MAX + 4), Err(BasicFault::TooLong));
    }

    #[test]
    fn a_password_is_right_or_it_is_wrong() {
        let hashed = Hashed::new("open sesame", &[7; 16], *ROUNDS.start()).unwrap();
        let text = hashed.text();
        assert_eq!(Hashed::read(&text).as_ref(), Some(&hashed));
        let users = Users::read(&format!("# people\n\nalice:{text}\n")).unwrap();
        assert_eq!(users.len(), 1);
        let check = |text: &str| verify(&basic(text).unwrap(), &users);
        let alice = check("alice:open sesame").unwrap();
        assert_eq!((alice.subject.as_deref(), alice.scheme), (Some("alice"), Scheme::Basic));
        for wrong in ["alice:open", "alice:", "Alice:open sesame", "bob:open sesame"] {
            assert_eq!(check(wrong), Err(BasicFault::Wrong), "{wrong}");
        }
        let shown = format!("{hashed:?} {users:?}");
        assert!(!shown.contains(text.rsplit('$').next().unwrap()), "{shown}");
    }

    /// Computed with another implementation: Python's `hashlib.pbkdf2_hmac('sha512', b'password', b'saltsaltsaltsalt', 210000, 32)`.
    #[test]
    fn a_hash_of_somebody_else_is_read() {
        let text = "$pbkdf2-sha512$i=210000$c2FsdHNhbHRzYWx0c2FsdA$RnQ+l56j2g92LuuMuryjn6y5wHovbs+TtpgLm1JZors";
        assert!(Hashed::read(text).unwrap().is_of("password"));
    }

    #[test]
    fn a_hash_has_one_form_and_its_bounds() {
        let (salt, hash) = (STANDARD_NO_PAD.encode([1; 16]), STANDARD_NO_PAD.encode([2; 32]));
        let good = format!("$pbkdf2-sha512$i=210000${salt}${hash}");
        assert!(Hashed::read(&good).is_some());
        for (from, to) in [
            ("sha512", "sha1"),
            ("210000", "209999"),
            ("210000", "2000001"),
            ("210000", "0210000"),
            ("210000", "+210000"),
            ("210000", ""),
            ("i=", ""),
            ("$pbkdf2", "pbkdf2"),
            (salt.as_str(), "AAAA"),
            (hash.as_str(), "AAAA"),
            (hash.as_str(), ""),
            ("i=210000", "i=99999999999999999999"),
        ] {
            assert_eq!(Hashed::read(&good.replace(from, to)), None, "{from} {to}");
        }
        assert_eq!(Hashed::read(&format!("{good}$")), None);
        assert_eq!(Hashed::read(&format!("{good}=")), None);
        assert_eq!(Hashed::new("a", &[1; 16], 1), None);
    }

    #[test]
    fn a_file_says_which_line_is_wrong() {
        let hash = format!(
            "$pbkdf2-sha512$i=210000${}${}",
            STANDARD_NO_PAD.encode([1; 16]),
            STANDARD_NO_PAD.encode([2; 32])
        );
        for (text, fault) in [
            ("# a\nalice".to_owned(), FileFault::Line { number: 2 }),
            ("alice:secret".to_owned(), FileFault::Line { number: 1 }),
            (format!(":{hash}"), FileFault::Line { number: 1 }),
            (format!("a:{hash}\n\na:{hash}"), FileFault::Repeated { number: 3 }),
            ("#".repeat(FILE_BYTES_MAX + 1), FileFault::TooLarge),
        ] {
            assert_eq!(Users::read(&text).err(), Some(fault));
        }
        let many =
            |count: usize| (0..count).map(|it| format!("u{it}:{hash}\n")).collect::<String>();
        assert_eq!(Users::read(&many(USERS_MAX)).map(|it| it.len()).ok(), Some(USERS_MAX));
        assert_eq!(Users::read(&many(USERS_MAX + 1)).err(), Some(FileFault::TooLarge));
    }
}
