//! Random secrets and their digests. A secret is shown once; only its digest is kept.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;

/// The system gives no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

/// `bytes` random bytes as hexadecimal digits.
///
/// # Errors
///
/// [`NoRandomness`].
pub fn random<const BYTES: usize>() -> Result<String, NoRandomness> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(hex(&bytes))
}

/// SHA-256 of a secret, as hexadecimal digits. Secrets have 128 bits and more, so that no salt and no
/// slow hash is needed, and comparing digests tells nothing of the secret through time.
pub fn digest_of(secret: &str) -> String {
    hex(digest(&SHA256, secret.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_digests_do_not() {
        let (a, b) = (random::<16>().unwrap(), random::<16>().unwrap());
        assert_eq!((a.len(), b.len()), (32, 32));
        assert_ne!(a, b);
        assert_eq!(
            digest_of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
