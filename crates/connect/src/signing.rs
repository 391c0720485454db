//! Signatures of webhooks after the Standard Webhooks convention, version 1: HMAC-SHA256 with a secret that
//! both sides have.
//!
//! Reads    a secret as the convention writes it, `whsec_` and base64.
//! Writes   the three header fields of a message.
//! Errors   [`KeyFault`], which tells nothing of the secret.
//! Source   <https://www.standardwebhooks.com>, specification 1.0.0.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// What a secret begins with.
pub const PREFIX: &str = "whsec_";
/// Bytes of a secret at least.
pub const KEY_BYTES_MIN: usize = 24;
/// Bytes of a secret at most.
pub const KEY_BYTES_MAX: usize = 64;

/// Why a secret cannot be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// It does not begin with `whsec_`.
    Prefix,
    /// What follows is no base64.
    Encoding,
    /// It has too few bytes, or too many.
    Length,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => write!(f, "does not begin with `{PREFIX}`"),
            Self::Encoding => write!(f, "has something else than base64 after `{PREFIX}`"),
            Self::Length => write!(f, "is not of {KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes"),
        }
    }
}

impl std::error::Error for KeyFault {}

/// A secret that messages are signed with. It has no readable form.
#[derive(Clone)]
pub struct SigningKey(hmac::Key);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// The fields of a signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
}

impl SigningKey {
    /// The key that a secret is. White space around it, such as the line end of a file, is none of it.
    ///
    /// # Errors
    ///
    /// [`KeyFault`].
    pub fn of_secret(secret: &[u8]) -> Result<Self, KeyFault> {
        let encoded =
            secret.trim_ascii().strip_prefix(PREFIX.as_bytes()).ok_or(KeyFault::Prefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| KeyFault::Encoding)?;
        if !(KEY_BYTES_MIN..=KEY_BYTES_MAX).contains(&key.len()) {
            return Err(KeyFault::Length);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// Signs `ID.TIMESTAMP.BODY`.
    pub fn sign(&self, id: &str, at_s: u64, body: &[u8]) -> Signed {
        let timestamp = at_s.to_string();
        let mut context = hmac::Context::with_key(&self.0);
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            context.update(part);
        }
        let signature = format!("v1,{}", STANDARD.encode(context.sign()));
        Signed { id: id.to_owned(), timestamp, signature }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the convention's own libraries.
    #[test]
    fn the_signature_is_that_of_the_convention() {
        let key = SigningKey::of_secret(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let signed =
            key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(signed.timestamp, "1614265330");
    }

    #[test]
    fn what_is_no_secret_is_told_without_it() {
        let short = format!("{PREFIX}{}", STANDARD.encode([1; KEY_BYTES_MIN - 1]));
        let long = format!("{PREFIX}{}", STANDARD.encode([1; KEY_BYTES_MAX + 1]));
        for (secret, fault) in [
            ("hunter2", KeyFault::Prefix),
            ("whsec_hunter2!", KeyFault::Encoding),
            (&short, KeyFault::Length),
            (&long, KeyFault::Length),
        ] {
            let found = SigningKey::of_secret(secret.as_bytes()).unwrap_err();
            assert_eq!(found, fault);
            assert!(!found.to_string().contains("hunter2"));
        }
        let least = format!("{PREFIX}{}", STANDARD.encode([1; KEY_BYTES_MIN]));
        let key = SigningKey::of_secret(least.as_bytes()).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey(..)");
    }
}
