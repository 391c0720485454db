//! Names of fields whose values are secret: passwords, tokens, codes.
//!
//! Misses   names in languages and abbreviations that are not listed.

/// Bytes of a name that are looked at; what has a longer name counts as secret.
pub(super) const NAME_BYTES_MAX: usize = 64;

/// Names with one of these anywhere in them, written without anything between.
const WITHIN: &[&[u8]] = &[
    b"accesskey",
    b"apikey",
    b"authkey",
    b"authoriz",
    b"cardnumber",
    b"contrasena",
    b"credential",
    b"jwt",
    b"kennwort",
    b"motdepasse",
    b"passcode",
    b"passphrase",
    b"passw",
    b"privatekey",
    b"pwd",
    b"secret",
    b"securityanswer",
    b"securitycode",
    b"senha",
    b"sessionid",
    b"sessid",
    b"signature",
    b"token",
];

/// Words of a name.
const WORDS: &[&[u8]] = &[
    b"auth", b"cookie", b"csc", b"cvc", b"cvv", b"cvv2", b"mfa", b"otp", b"pan", b"pass",
    b"passwd", b"pin", b"pw", b"session", b"sid", b"sig", b"ssn", b"tan", b"totp",
];

/// Whether values under this name are secret.
pub(super) fn is_secret(name: &[u8]) -> bool {
    if name.len() > NAME_BYTES_MAX {
        return true;
    }
    let (mut folded, mut length) = ([0; NAME_BYTES_MAX], 0);
    let (mut word, mut before) = (0, b'_');
    for &byte in name {
        let begins = byte.is_ascii_uppercase() && before.is_ascii_lowercase();
        if begins || !byte.is_ascii_alphanumeric() {
            if folded.get(word..length).is_some_and(|it| WORDS.contains(&it)) {
                return true;
            }
            word = length;
        }
        before = byte;
        if let (true, Some(slot)) = (byte.is_ascii_alphanumeric(), folded.get_mut(length)) {
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    let folded = folded.get(..length).unwrap_or_default();
    let last = folded.get(word..).unwrap_or_default();
    WORDS.contains(&last) || WORDS.contains(&folded) || has_one(folded)
}

fn has_one(name: &[u8]) -> bool {
    (0..name.len()).any(|at| {
        let rest = name.get(at..).unwrap_or_default();
        WITHIN.iter().any(|it| rest.starts_with(it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_speaks_of_a_secret_is_known_however_it_is_written() {
        for name in [
            "password",
            "Password",
            "user[password]",
            "new_passwd",
            "userPwd",
            "api_key",
            "X-API-Key",
            "apiKey",
            "access-token",
            "csrfToken",
            "client_secret",
            "otp",
            "card.cvv",
            "pinCode",
            "PIN",
            "user_ssn",
            "Authorization",
            "sid",
            "PHPSESSID",
            "motDePasse",
            "xPass",
            "session",
        ] {
            assert!(is_secret(name.as_bytes()), "{name}");
        }
        assert!(is_secret(&[b'a'; NAME_BYTES_MAX + 1]));
    }

    #[test]
    fn an_ordinary_name_is_not() {
        for name in [
            "", "q", "comment", "shipping", "opinion", "company", "spin", "inside", "compass",
            "title", "side",
        ] {
            assert!(!is_secret(name.as_bytes()), "{name}");
        }
    }
}
