//! Which credentials a request has.
//!
//! Reads    the header fields of a request, in their order, and which of them hold keys and sessions here.
//! Writes   [`Credentials`]: none of them is verified.
//! Memory   borrows.
//! Errors   [`CredentialFault`]: whatever two readers could take for two different credentials.
//! Misses   credentials in the query or in a body (RFC 6750 sections 2.2 and 2.3), which are not taken; other schemes, which are named only.
//! Source   RFC 9110 section 11 (`token68`), RFC 6750 section 2.1, RFC 7617, RFC 9449 section 7.1, RFC 6265 section 4.2.

use std::fmt;

/// Bytes of one field with a credential at most: a token and the name of its scheme.
pub const CREDENTIAL_BYTES_MAX: usize = 16 * 1024 + 64;

/// Where credentials are looked for besides `Authorization` and `DPoP`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Names of fields that hold an API key. Case counts for nothing, and `_` is `-`, as servers of the CGI family have it.
    pub key_fields: Vec<Box<str>>,
    /// Names of cookies that hold a session, in exactly this case. Of several that a request has, the first one here counts.
    pub cookies: Vec<Box<str>>,
}

/// What stands in `Authorization`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Authorization<'r> {
    /// A token that whoever has it may use.
    Bearer(&'r [u8]),
    /// A token that is bound to a key.
    Dpop(&'r [u8]),
    /// A name and a password in base64.
    Basic(&'r [u8]),
    /// Another scheme.
    Other,
}

/// A session cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cookie<'r> {
    /// Which of [`Places::cookies`].
    pub index: usize,
    /// Its value.
    pub value: &'r [u8],
}

/// An API key in a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyField<'r> {
    /// Which of [`Places::key_fields`].
    pub index: usize,
    /// Its value.
    pub value: &'r [u8],
}

/// The credentials of one request.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Credentials<'r> {
    /// What stands in `Authorization`.
    pub authorization: Option<Authorization<'r>>,
    /// The proof in `DPoP`.
    pub proof: Option<&'r [u8]>,
    /// An API key.
    pub key: Option<KeyField<'r>>,
    /// A session.
    pub cookie: Option<Cookie<'r>>,
}

/// Says the scheme.
impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer",
            Self::Dpop(_) => "DPoP",
            Self::Basic(_) => "Basic",
            Self::Other => "Other",
        })
    }
}

/// Says which one; not its value.
impl fmt::Debug for Cookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookie").field("index", &self.index).finish_non_exhaustive()
    }
}

/// Says which one; not its value.
impl fmt::Debug for KeyField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyField").field("index", &self.index).finish_non_exhaustive()
    }
}

/// Says which there are; none of them.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("authorization", &self.authorization)
            .field("has_proof", &self.proof.is_some())
            .field("has_key", &self.key.is_some())
            .field("has_cookie", &self.cookie.is_some())
            .finish()
    }
}

/// Why the credentials of a request cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialFault {
    /// A field, or cookie, is there more than once.
    Repeated(Place),
    /// A field has not the form that it must have.
    Malformed(Place),
    /// A field has more than [`CREDENTIAL_BYTES_MAX`] bytes.
    TooLong(Place),
}

/// Where a credential stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `Authorization`
    Authorization,
    /// `DPoP`
    Proof,
    /// A field for API keys.
    Key,
    /// A cookie.
    Cookie,
}

impl fmt::Display for CredentialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, what) = match self {
            Self::Repeated(it) => (it, "is there more than once"),
            Self::Malformed(it) => (it, "is malformed"),
            Self::TooLong(it) => (it, "is too long"),
        };
        let place = match place {
            Place::Authorization => "`Authorization`",
            Place::Proof => "`DPoP`",
            Place::Key => "an API key",
            Place::Cookie => "a session cookie",
        };
        write!(f, "{place} {what}")
    }
}

impl std::error::Error for CredentialFault {}

/// Reads the credentials of a request from its fields, as names and values.
///
/// # Errors
///
/// [`CredentialFault`].
pub fn read<'r>(
    fields: impl IntoIterator<Item = (&'r [u8], &'r [u8])>,
    places: &Places,
) -> Result<Credentials<'r>, CredentialFault> {
    let mut found = Credentials::default();
    let mut sessions = vec![None; places.cookies.len()];
    for (name, value) in fields {
        if is_named(name, b"authorization") {
            let read = authorization(of_length(value, Place::Authorization)?)?;
            once(&mut found.authorization, read, Place::Authorization)?;
        } else if is_named(name, b"dpop") {
            let value = of_length(value, Place::Proof)?.trim_ascii();
            let is_proof = !value.is_empty() && value.iter().all(|it| is_compact(*it));
            if !is_proof {
                return Err(CredentialFault::Malformed(Place::Proof));
            }
            once(&mut found.proof, value, Place::Proof)?;
        } else if is_named(name, b"cookie") {
            cookies(value, places, &mut sessions)?;
        } else if let Some(index) = index_of(name, &places.key_fields) {
            let value = of_length(value, Place::Key)?.trim_ascii();
            // A comma is how two fields are written as one.
            if value.is_empty() || !value.iter().all(|it| it.is_ascii_graphic() && *it != b',') {
                return Err(CredentialFault::Malformed(Place::Key));
            }
            once(&mut found.key, KeyField { index, value }, Place::Key)?;
        }
    }
    // What is empty is what is left of a session that has ended.
    found.cookie = sessions.into_iter().flatten().find(|it: &Cookie<'_>| !it.value.is_empty());
    Ok(found)
}

fn once<T>(found: &mut Option<T>, value: T, place: Place) -> Result<(), CredentialFault> {
    match found.replace(value) {
        None => Ok(()),
        Some(_) => Err(CredentialFault::Repeated(place)),
    }
}

fn of_length(value: &[u8], place: Place) -> Result<&[u8], CredentialFault> {
    let is_short = value.len() <= CREDENTIAL_BYTES_MAX;
    if is_short { Ok(value) } else { Err(CredentialFault::TooLong(place)) }
}

fn is_named(name: &[u8], wanted: &[u8]) -> bool {
    let folded = |it: &u8| if *it == b'_' { b'-' } else { it.to_ascii_lowercase() };
    name.len() == wanted.len() && name.iter().map(folded).eq(wanted.iter().map(folded))
}

fn index_of(name: &[u8], names: &[Box<str>]) -> Option<usize> {
    names.iter().position(|it| is_named(name, it.as_bytes()))
}

/// A scheme, spaces, and a `token68`. Parameters in its place are those of other schemes.
fn authorization(value: &[u8]) -> Result<Authorization<'_>, CredentialFault> {
    let malformed = CredentialFault::Malformed(Place::Authorization);
    let value = value.trim_ascii();
    let end = value.iter().position(|it| *it == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end).ok_or(malformed)?;
    if scheme.is_empty() || !scheme.iter().all(|it| is_token(*it)) {
        return Err(malformed);
    }
    let credentials = rest.iter().position(|it| *it != b' ').and_then(|at| rest.get(at..));
    let credentials = || credentials.filter(|it| is_token68(it)).ok_or(malformed);
    if scheme.eq_ignore_ascii_case(b"bearer") {
        credentials().map(Authorization::Bearer)
    } else if scheme.eq_ignore_ascii_case(b"dpop") {
        credentials().map(Authorization::Dpop)
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        credentials().map(Authorization::Basic)
    } else {
        Ok(Authorization::Other)
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Letters of a token in compact form.
fn is_compact(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

/// RFC 9110 section 11.2: letters, digits and `-._~+/`, then any number of `=`.
fn is_token68(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|it| **it == b'=').count();
    let letters = text.len().saturating_sub(padding);
    let is_letter = |it: &u8| it.is_ascii_alphanumeric() || b"-._~+/".contains(it);
    letters > 0 && text.iter().take(letters).all(is_letter)
}

/// Cookies by name. One name twice, in one field or several, is a fault: servers differ on which one counts.
fn cookies<'r>(
    value: &'r [u8],
    places: &Places,
    sessions: &mut [Option<Cookie<'r>>],
) -> Result<(), CredentialFault> {
    for pair in value.split(|it| *it == b';') {
        let pair = pair.trim_ascii();
        let Some(at) = pair.iter().position(|it| *it == b'=') else { continue };
        let (Some(name), Some(value)) = (pair.get(..at), pair.get(at + 1..)) else { continue };
        let name = name.trim_ascii();
        let Some(index) = places.cookies.iter().position(|it| it.as_bytes() == name) else {
            continue;
        };
        let value = of_length(value, Place::Cookie)?.trim_ascii();
        let value = unquoted(value);
        // RFC 6265 section 4.1.1, `cookie-octet`.
        let is_octet = |it: &u8| it.is_ascii_graphic() && !b"\",;\\".contains(it);
        if !value.iter().all(is_octet) {
            return Err(CredentialFault::Malformed(Place::Cookie));
        }
        if let Some(session) = sessions.get_mut(index) {
            once(session, Cookie { index, value }, Place::Cookie)?;
        }
    }
    Ok(())
}

fn unquoted(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places {
            key_fields: vec!["X-API-Key".into(), "api-key".into()],
            cookies: vec!["session".into(), "sid".into()],
        }
    }

    /// Fields as lines `name: value`.
    fn read_lines<'r>(
        lines: &[&'r str],
        places: &Places,
    ) -> Result<Credentials<'r>, CredentialFault> {
        let fields = lines.iter().map(|it| {
            let (name, value) = it.split_once(':').unwrap();
            (name.as_bytes(), value.as_bytes())
        });
        read(fields, places)
    }

    #[test]
    fn a_scheme_is_read_in_any_case() {
        for (line, expected) in [
            ("Authorization: Bearer a.b.c", Authorization::Bearer(b"a.b.c")),
            ("authorization: bearer   a.b.c  ", Authorization::Bearer(b"a.b.c")),
            ("AUTHORIZATION:BEARER a~+/==", Authorization::Bearer(b"a~+/==")),
            ("Authorization: DPoP a", Authorization::Dpop(b"a")),
            ("Authorization: Basic YTpi", Authorization::Basic(b"YTpi")),
            ("Authorization: Digest username=\"a\", realm=\"b\"", Authorization::Other),
            ("Authorization: Negotiate", Authorization::Other),
        ] {
            let found = read_lines(&[line], &places()).unwrap();
            assert!(found.authorization == Some(expected), "{line}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_a_fault() {
        use CredentialFault::{Malformed, Repeated, TooLong};
        let long = format!("Authorization: Bearer {}", "a".repeat(CREDENTIAL_BYTES_MAX));
        for (lines, fault) in [
            (
                &["Authorization: Bearer a", "authorization: Bearer a"][..],
                Repeated(Place::Authorization),
            ),
            (
                &["Authorization: Bearer a", "Authorization: Basic YTpi"],
                Repeated(Place::Authorization),
            ),
            (&["Authorization: Bearer a, Bearer b"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer a b"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer a,b"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer "], Malformed(Place::Authorization)),
            (&["Authorization: Bearer\ta"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer \"a\""], Malformed(Place::Authorization)),
            (&["Authorization: Bearer ="], Malformed(Place::Authorization)),
            (&["Authorization: Bearer a=b"], Malformed(Place::Authorization)),
            (&["Authorization: Bearer \u{e4}"], Malformed(Place::Authorization)),
            (&["Authorization:"], Malformed(Place::Authorization)),
            (&["Authorization: ,Bearer a"], Malformed(Place::Authorization)),
            (&["Authorization: B\u{e4}rer a"], Malformed(Place::Authorization)),
            (&[long.as_str()], TooLong(Place::Authorization)),
            (&["DPoP: a", "dpop: b"], Repeated(Place::Proof)),
            (&["DPoP: a, b"], Malformed(Place::Proof)),
            (&["DPoP: "], Malformed(Place::Proof)),
            (&["X-API-Key: a", "x_api_key: b"], Repeated(Place::Key)),
            (&["X-API-Key: a", "Api-Key: b"], Repeated(Place::Key)),
            (&["X-API-Key: a,b"], Malformed(Place::Key)),
            (&["X-API-Key: "], Malformed(Place::Key)),
            (&["X-API-Key: a b"], Malformed(Place::Key)),
            (&["Cookie: session=a; session=b"], Repeated(Place::Cookie)),
            (&["Cookie: session=a", "Cookie: session=b"], Repeated(Place::Cookie)),
            (&["Cookie: session=; session=b"], Repeated(Place::Cookie)),
            (&["Cookie: session=a,b"], Malformed(Place::Cookie)),
            (&["Cookie: session=\"a"], Malformed(Place::Cookie)),
        ] {
            assert_eq!(read_lines(lines, &places()).err(), Some(fault), "{lines:?}");
        }
    }

    #[test]
    fn keys_and_sessions_are_found_by_the_names_that_are_configured() {
        let lines =
            ["Cookie: a=b; Session=x; sid=\"y\"", "api_key: k", "X-Other: z", "Cookie: c=d"];
        let found = read_lines(&lines, &places()).unwrap();
        assert!(found.cookie == Some(Cookie { index: 1, value: b"y" }));
        assert!(found.key == Some(KeyField { index: 1, value: b"k" }));
        assert!(found.authorization.is_none() && found.proof.is_none());
        for (line, expected) in [
            ("Cookie: sid=y; session=x", Some(Cookie { index: 0, value: b"x" })),
            ("Cookie: session=; sid=y", Some(Cookie { index: 1, value: b"y" })),
            ("Cookie: session=; sid=\"\"", None),
            ("Cookie: session; =; ;sid", None),
        ] {
            assert_eq!(read_lines(&[line], &places()).map(|it| it.cookie), Ok(expected), "{line}");
        }
        let nothing = read_lines(&lines, &Places::default()).unwrap();
        assert!(nothing == Credentials::default());
    }

    #[test]
    fn credentials_are_shown_without_what_they_are() {
        let lines = ["Authorization: Bearer secret1", "X-API-Key: secret2", "Cookie: sid=secret3"];
        let shown = format!("{:?}", read_lines(&lines, &places()).unwrap());
        assert!(shown.contains("Bearer") && !shown.contains("secret"), "{shown}");
    }
}
