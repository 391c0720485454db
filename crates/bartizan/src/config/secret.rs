//! What the configuration refers to and does not hold: keys, and certificates beside them.
//!
//! Reads    [`Reference::read`] reads the file or the environment variable that is named, and
//!          only then. Nothing is read when a configuration is checked.
//! Memory   at most [`SECRET_BYTES_MAX`] bytes each.
//! Errors   [`SecretFault`], which names the reference and never what it holds.
//! Misses   memory is not wiped: that cannot be done reliably without unsafe code.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// What is longer than this is not read.
pub const SECRET_BYTES_MAX: usize = 1024 * 1024;

/// Characters of a reference at most: the length of a path.
const REFERENCE_CHARS_MAX: usize = 4_096;

const PEM_LINE_CHARS: usize = 60;

const FILE: &str = "file:";
const ENVIRONMENT: &str = "env:";

/// Where a certificate or a key is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In a file; a relative path is relative to the working directory.
    File(PathBuf),
    /// In an environment variable.
    Environment(String),
}

impl Reference {
    /// Reads what is referred to.
    ///
    /// # Errors
    ///
    /// [`SecretFault`] if it is not there, cannot be read, is empty or too long.
    pub fn read(&self) -> Result<Secret, SecretFault> {
        self.read_with(|name| std::env::var_os(name))
    }

    fn read_with(&self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Secret, SecretFault> {
        let fault = |why| SecretFault { reference: self.clone(), why };
        let bytes = match self {
            Self::File(path) => of_file(path).map_err(|it| fault(WhyUnread::Failed(it.kind())))?,
            Self::Environment(name) => {
                let value = lookup(name).ok_or_else(|| fault(WhyUnread::NotSet))?;
                value.into_encoded_bytes()
            }
        };
        match bytes.len() {
            0 => Err(fault(WhyUnread::Empty)),
            1..=SECRET_BYTES_MAX => Ok(Secret(bytes)),
            _ => Err(fault(WhyUnread::TooLarge)),
        }
    }

    /// What the command line names: `file:PATH`, `env:NAME` or a path.
    ///
    /// # Errors
    ///
    /// [`Fault`] if it names nothing, or is the secret itself.
    pub fn named(text: &str) -> Result<Self, Fault> {
        Self::parse(text)
    }

    /// Reads `file:PATH`, `env:NAME` or a path. What looks like the secret itself is refused, and
    /// no fault repeats any of it.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if is_secret(text) {
            return Err(Fault::LiteralSecret);
        }
        let reference = match text.strip_prefix(ENVIRONMENT) {
            Some(name) => is_variable(name).then(|| Self::Environment(name.to_owned())),
            None => path(text).map(|it| Self::File(PathBuf::from(it))),
        };
        reference.ok_or(Fault::NotAReference)
    }
}

fn path(text: &str) -> Option<&str> {
    let is_path = |it: &str| {
        (1..=REFERENCE_CHARS_MAX).contains(&it.len()) && !it.chars().any(char::is_control)
    };
    match text.strip_prefix(FILE) {
        Some(path) => Some(path).filter(|it| is_path(it)),
        // Another scheme is a slip, or a wish that cannot be met.
        None => Some(text).filter(|it| is_path(it) && !has_scheme(it)),
    }
}

fn has_scheme(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"+.-_".contains(&it);
    text.split_once(':').is_some_and(|(scheme, _)| scheme.bytes().all(is_part))
}

fn is_variable(name: &str) -> bool {
    (1..=255).contains(&name.len())
        && !name.starts_with(|it: char| it.is_ascii_digit())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// PEM, whole or only its base64: DER of a certificate or a key begins with `MI`.
fn is_secret(text: &str) -> bool {
    let is_base64 = |it: u8| it.is_ascii_alphanumeric() || b"+/=".contains(&it);
    text.contains("-----")
        || text.trim().contains('\n')
        || (text.len() >= 64 && text.starts_with("MI") && text.bytes().all(is_base64))
}

/// Whether a line of the file is probably one of a key that was pasted there: a PEM line has 64
/// characters of base64, mixed. A message about it must not repeat it.
pub(super) fn is_secret_line(line: &str) -> bool {
    let is_mixed = |it: &str| {
        it.bytes().any(|it| it.is_ascii_digit())
            && it.bytes().any(|it| it.is_ascii_lowercase())
            && it.bytes().any(|it| it.is_ascii_uppercase())
    };
    let mut runs = line.split(|it| !(char::is_ascii_alphanumeric(&it) || "+/=".contains(it)));
    line.contains("-----") || runs.any(|it| it.len() >= PEM_LINE_CHARS && is_mixed(it))
}

fn of_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = SECRET_BYTES_MAX as u64 + 1;
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{FILE}{}", path.display()),
            Self::Environment(name) => write!(f, "{ENVIRONMENT}{name}"),
        }
    }
}

/// What a reference led to. It has no readable form.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The bytes, for what parses them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A reference that led nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFault {
    /// Which one.
    pub reference: Reference,
    /// Why.
    pub why: WhyUnread,
}

/// Why a reference led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnread {
    /// The file cannot be read.
    Failed(io::ErrorKind),
    /// There is no such variable.
    NotSet,
    /// There is nothing in it.
    Empty,
    /// There is more in it than is read.
    TooLarge,
}

impl fmt::Display for SecretFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.reference)?;
        match self.why {
            WhyUnread::Failed(kind) => write!(f, "cannot be read: {kind}"),
            WhyUnread::NotSet => f.write_str("is not set"),
            WhyUnread::Empty => f.write_str("is empty"),
            WhyUnread::TooLarge => f.write_str("is larger than 1MiB"),
        }
    }
}

impl std::error::Error for SecretFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Result<Reference, Fault>) {
        assert_eq!(&Reference::parse(text), expected, "{text}");
    }

    #[test]
    fn a_file_and_a_variable_can_be_referred_to() {
        let file = |path: &str| Ok(Reference::File(PathBuf::from(path)));
        check("tls/key.pem", &file("tls/key.pem"));
        check("/etc/tls/key.pem", &file("/etc/tls/key.pem"));
        check("file:key.pem", &file("key.pem"));
        check("file:a:b", &file("a:b"));
        check("./a:b", &file("./a:b"));
        check("env:TLS_KEY", &Ok(Reference::Environment("TLS_KEY".to_owned())));
    }

    #[test]
    fn nothing_else_can() {
        for text in ["", "file:", "env:", "env:A B", "env:1A", "env:A=b", "vault:a", "a\tb", "a\n"]
        {
            check(text, &Err(Fault::NotAReference));
        }
        check(&"x/".repeat(2_049), &Err(Fault::NotAReference));
    }

    #[test]
    fn a_secret_itself_is_refused() {
        let base64 = format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{}", "Aa0+/".repeat(20));
        for text in ["-----BEGIN PRIVATE KEY-----", "a\nb", "env:-----BEGIN X-----", &base64] {
            check(text, &Err(Fault::LiteralSecret));
        }
    }

    #[test]
    fn what_is_referred_to_is_read_and_never_shown() {
        let reference = Reference::Environment("KEY".to_owned());
        let read = |value: &str| reference.read_with(|name| (name == "KEY").then(|| value.into()));
        let secret = read("hunter2").unwrap();
        assert_eq!(secret.expose(), b"hunter2");
        assert_eq!(format!("{secret:?}"), "Secret");
        assert_eq!(read("").unwrap_err().to_string(), "`env:KEY` is empty");
        assert_eq!(reference.read_with(|_| None).unwrap_err().to_string(), "`env:KEY` is not set");
        assert!(read(&"x".repeat(SECRET_BYTES_MAX)).is_ok());
        let fault = read(&"x".repeat(SECRET_BYTES_MAX + 1)).unwrap_err();
        assert_eq!(fault.to_string(), "`env:KEY` is larger than 1MiB");
    }

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let path = std::env::temp_dir().join(format!("bartizan-secret-{}", std::process::id()));
        let reference = Reference::File(path.clone());
        for (bytes, expected) in [
            (SECRET_BYTES_MAX, None),
            (SECRET_BYTES_MAX + 1, Some(WhyUnread::TooLarge)),
            (0, Some(WhyUnread::Empty)),
        ] {
            std::fs::write(&path, vec![b'x'; bytes]).unwrap();
            assert_eq!(reference.read().err().map(|it| it.why), expected);
        }
        std::fs::remove_file(path).unwrap();
        let gone = reference.read().unwrap_err();
        assert_eq!(gone.why, WhyUnread::Failed(io::ErrorKind::NotFound));
        assert!(gone.to_string().ends_with(" cannot be read: entity not found"), "{gone}");
    }

    #[test]
    fn a_line_of_a_key_is_known_by_its_look() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        for text in [line, &format!("  {line}"), &format!("x: {line}\r"), "-----BEGIN X-----"] {
            assert!(is_secret_line(text), "{text}");
        }
        let path = format!("key: /srv/{}", "A1b/".repeat(12));
        for text in ["", "mode: enforce", "key: /etc/tls/key.pem", &"x".repeat(100), &path] {
            assert!(!is_secret_line(text), "{text}");
        }
    }
}
