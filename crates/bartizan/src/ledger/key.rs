//! The key that signs checkpoints: made once, kept in a file of mode 0600, or wherever the configuration
//! says.
//!
//! Reads    `ledger.key` of the configuration: a file or an environment variable with the text of a key,
//!          and on further lines the public keys that it replaces.
//! Writes   `ledger.key` in the data directory if no other is named and there is none; `ledger.vkey`
//!          there, the public key, for whoever verifies.
//! Misses   a key that lies beside the ledger protects from nobody who can read both: keep it apart.

use crate::config::secret::{Reference, Secret, SecretFault};
use bartizan_ledger::note::{SigningKey, VerifyingKey};
use bartizan_store::document;
use bartizan_store::files::Folder;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Name of the file in the data directory.
pub const FILE: &str = "ledger.key";
/// Name of the file with the public key.
pub const PUBLIC_FILE: &str = "ledger.vkey";

/// Why there is no key.
#[derive(Debug)]
pub enum KeyProblem {
    /// What the configuration refers to cannot be read.
    Reference(SecretFault),
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// Others can read it.
    Open(PathBuf),
    /// It holds no key.
    NoKey,
    /// The system gives no randomness.
    Randomness,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(fault) => fault.fmt(f),
            Self::File(path, error) => write!(f, "`{}`: {error}", path.display()),
            Self::Open(path) => write!(f, "`{}` is open to others: chmod 600 it", path.display()),
            Self::NoKey => f.write_str("it is no key of a signed note with Ed25519"),
            Self::Randomness => f.write_str("the system gives no randomness"),
        }
    }
}

impl std::error::Error for KeyProblem {}

/// The signing key, and the public keys that it replaces.
///
/// # Errors
///
/// [`KeyProblem`].
pub fn read_or_make(
    dir: &Path,
    reference: Option<&Reference>,
) -> Result<(SigningKey, Vec<VerifyingKey>), KeyProblem> {
    let keys = match reference {
        Some(reference) => parsed(&reference.read().map_err(KeyProblem::Reference)?)?,
        None => own(&dir.join(FILE))?,
    };
    publish(&dir.join(PUBLIC_FILE), keys.0.verifying())?;
    Ok(keys)
}

fn own(path: &Path) -> Result<(SigningKey, Vec<VerifyingKey>), KeyProblem> {
    match fs::metadata(path) {
        Ok(it) if it.permissions().mode() & 0o077 != 0 => Err(KeyProblem::Open(path.to_owned())),
        Ok(_) => parsed(&Reference::File(path.to_owned()).read().map_err(KeyProblem::Reference)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut suffix = [0; 8];
            getrandom::fill(&mut suffix).map_err(|_| KeyProblem::Randomness)?;
            make(path, &format!("bartizan/{:016x}", u64::from_be_bytes(suffix)), None)
                .map(|key| (key, Vec::new()))
        }
        Err(error) => Err(KeyProblem::File(path.to_owned(), error)),
    }
}

fn parsed(secret: &Secret) -> Result<(SigningKey, Vec<VerifyingKey>), KeyProblem> {
    let text = str::from_utf8(secret.expose()).map_err(|_| KeyProblem::NoKey)?;
    let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let signing = lines.next().and_then(|it| SigningKey::read(it).ok());
    let before: Result<Vec<VerifyingKey>, _> = lines.map(VerifyingKey::read).collect();
    match (signing, before) {
        (Some(signing), Ok(before)) => Ok((signing, before)),
        (_, _) => Err(KeyProblem::NoKey),
    }
}

/// Makes a key of this name in a file that must not exist; `before` is the key that it replaces.
///
/// # Errors
///
/// [`KeyProblem`].
pub fn make(
    path: &Path,
    name: &str,
    before: Option<&VerifyingKey>,
) -> Result<SigningKey, KeyProblem> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| KeyProblem::Randomness)?;
    let key = SigningKey::of_seed(name, &seed).map_err(|_| KeyProblem::NoKey)?;
    let before = before.map(|it| format!("{it}\n")).unwrap_or_default();
    if path.exists() {
        return Err(KeyProblem::File(path.to_owned(), io::ErrorKind::AlreadyExists.into()));
    }
    let text = format!("{}\n{before}", key.text(&seed));
    put(path, text.as_bytes(), 0o600).map_err(|it| KeyProblem::File(path.to_owned(), it))?;
    Ok(key)
}

fn publish(path: &Path, key: &VerifyingKey) -> Result<(), KeyProblem> {
    let text = format!("{key}\n");
    if fs::read(path).is_ok_and(|it| it == text.as_bytes()) {
        return Ok(());
    }
    put(path, text.as_bytes(), 0o644).map_err(|it| KeyProblem::File(path.to_owned(), it))
}

/// A crash leaves either no file or a whole one.
fn put(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let no_name = || io::Error::from(io::ErrorKind::InvalidInput);
    let name = path.file_name().and_then(|it| it.to_str()).ok_or_else(no_name)?;
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    document::replace(&Folder::at(parent), name, bytes)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}
