//! What a token says, in types. Whether to believe it is `policy`'s.
//!
//! Reads    a payload that is one object of at most 16 KiB, 16 levels and 4 096 values.
//! Writes   [`Claims`]: the claims that have a meaning here. Times are microseconds since 1970.
//! Memory   copies of those claims; a text has at most [`TEXT_BYTES_MAX`] bytes, a list at most [`LIST_MAX`] items.
//! Errors   [`ClaimsFault`]: a claim of ours with another type is one, for somebody else may read it differently.
//! Misses   every other claim ([`text_at`] looks one up).
//! Source   RFC 7519 section 4.1, RFC 7800 (`cnf`), RFC 8693 section 4 (`act`, `scope`, `client_id`), RFC 9068 (access tokens),
//!          OpenID Connect Core 1.0 section 2 (`azp`, `acr`, `amr`, `auth_time`), OpenID Connect Back-Channel Logout 1.0 (`sid`).

use crate::digest::Digest;
use crate::json::{self, JsonFault};
use bartizan_model::tape::{Decimal, Kind, NodeId, Tape, TapeLimits};
use std::fmt;

/// Bytes of a text of a claim at most.
pub const TEXT_BYTES_MAX: usize = 1024;
/// Items of a list of a claim at most.
pub const LIST_MAX: usize = 256;

const LIMITS: TapeLimits = TapeLimits { bytes_max: 16 * 1024, nodes_max: 4096, depth_max: 16 };
/// The last second of the year 9999: no token means a later one.
const LATEST_US: u64 = 253_402_300_799_999_999;
const US_PER_S_POWER: i64 = 6;

/// A claim with a meaning here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// `iss`
    Issuer,
    /// `sub`
    Subject,
    /// `aud`
    Audience,
    /// `azp`
    AuthorizedParty,
    /// `client_id`
    Client,
    /// `exp`
    Expires,
    /// `nbf`
    NotBefore,
    /// `iat`
    Issued,
    /// `jti`
    TokenId,
    /// `sid`
    Session,
    /// `scope`
    Scope,
    /// `scp`
    Scp,
    /// `acr`
    Acr,
    /// `amr`
    Amr,
    /// `auth_time`
    AuthTime,
    /// `cnf`
    Confirmation,
    /// `act`
    Actor,
}

impl Claim {
    /// Its name in a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Subject => "sub",
            Self::Audience => "aud",
            Self::AuthorizedParty => "azp",
            Self::Client => "client_id",
            Self::Expires => "exp",
            Self::NotBefore => "nbf",
            Self::Issued => "iat",
            Self::TokenId => "jti",
            Self::Session => "sid",
            Self::Scope => "scope",
            Self::Scp => "scp",
            Self::Acr => "acr",
            Self::Amr => "amr",
            Self::AuthTime => "auth_time",
            Self::Confirmation => "cnf",
            Self::Actor => "act",
        }
    }
}

/// Why a payload has no claims that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimsFault {
    /// It is not one object that we read.
    Json(JsonFault),
    /// A claim has another type than it must have, is too long, or no possible time.
    Mistyped(Claim),
}

impl fmt::Display for ClaimsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(JsonFault::TooLarge) => f.write_str("its claims are too many"),
            Self::Json(JsonFault::Malformed) => f.write_str("its claims are no JSON"),
            Self::Json(JsonFault::NoObject) => f.write_str("its claims are no object"),
            Self::Json(JsonFault::Repeated) => f.write_str("it has a claim twice"),
            Self::Mistyped(it) => write!(f, "its `{}` is not what it has to be", it.name()),
        }
    }
}

impl std::error::Error for ClaimsFault {}

/// Which key a token is bound to (RFC 7800).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// The thumbprint of the key of DPoP proofs (`jkt`, RFC 9449 section 6.1).
    pub key: Option<Digest>,
    /// The hash of a client certificate (`x5t#S256`, RFC 8705 section 3.1).
    pub certificate: Option<Digest>,
    /// It is bound by something else as well, or by nothing that we know.
    pub has_others: bool,
}

/// Who acts for the subject (RFC 8693 section 4.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who says so; nothing if that is the issuer of the token.
    pub issuer: Option<Box<str>>,
    /// Who it is.
    pub subject: Option<Box<str>>,
}

/// The claims of a token that have a meaning here.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `iss`
    pub issuer: Option<Box<str>>,
    /// `sub`
    pub subject: Option<Box<str>>,
    /// `aud`, a text or a list.
    pub audiences: Vec<Box<str>>,
    /// `azp`
    pub authorized_party: Option<Box<str>>,
    /// `client_id`
    pub client: Option<Box<str>>,
    /// `exp`
    pub expires_us: Option<u64>,
    /// `nbf`
    pub not_before_us: Option<u64>,
    /// `iat`
    pub issued_us: Option<u64>,
    /// `jti`
    pub token_id: Option<Box<str>>,
    /// `sid`
    pub session: Option<Box<str>>,
    /// `scope`, words in a text; without it `scp`, a text or a list.
    pub scopes: Vec<Box<str>>,
    /// `acr`
    pub acr: Option<Box<str>>,
    /// `amr`
    pub amr: Vec<Box<str>>,
    /// `auth_time`
    pub auth_time_us: Option<u64>,
    /// `cnf`
    pub confirmation: Option<Confirmation>,
    /// `act`: the one who acts now. Those before it are history and say nothing of what is allowed (RFC 8693 section 4.1).
    pub actor: Option<Actor>,
}

/// Says which claims there are; not their values.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("has_subject", &self.subject.is_some())
            .field("audiences", &self.audiences.len())
            .field("scopes", &self.scopes.len())
            .field("expires_us", &self.expires_us)
            .field("issued_us", &self.issued_us)
            .finish_non_exhaustive()
    }
}

/// Says whether there is one; not who.
impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_subject = self.subject.is_some();
        f.debug_struct("Actor").field("has_subject", &has_subject).finish_non_exhaustive()
    }
}

/// The payload of a token, read once.
#[derive(Debug)]
pub(crate) struct Payload<'t> {
    tape: Tape<'t>,
}

impl<'t> Payload<'t> {
    pub(crate) fn read(text: &'t [u8]) -> Result<Self, ClaimsFault> {
        let tape = json::object(text, &LIMITS).map_err(ClaimsFault::Json)?;
        if json::is_repeated(&tape, tape.root()) {
            return Err(ClaimsFault::Json(JsonFault::Repeated));
        }
        Ok(Self { tape })
    }

    /// Whether it has a claim of this name that is not `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|it| self.tape.kind(it) != Kind::Null)
    }

    /// The text of a claim of any name.
    pub(crate) fn text(&self, name: &str) -> Option<Box<str>> {
        let node = self.get(name)?;
        json::text(&self.tape, node, TEXT_BYTES_MAX).map(|it| it.into_owned().into_boxed_str())
    }

    fn get(&self, name: &str) -> Option<NodeId> {
        json::member(&self.tape, self.tape.root(), name)
    }

    /// A text, or the texts of a list, at the end of these steps. Whatever is none is left out.
    pub(crate) fn texts(&self, steps: &[Box<str>]) -> Vec<Box<str>> {
        let walk = |at, step: &str| json::member(&self.tape, at, step);
        let mut names = steps.iter().map(|it| &**it);
        let Some(node) = names.try_fold(self.tape.root(), walk) else {
            return Vec::new();
        };
        // One of these is empty.
        let one = (self.tape.kind(node) == Kind::Text).then_some(node);
        let texts = one.into_iter().chain(self.tape.items(node)).take(LIST_MAX);
        texts
            .filter_map(|it| json::text(&self.tape, it, TEXT_BYTES_MAX))
            .map(|it| it.into_owned().into_boxed_str())
            .collect()
    }

    pub(crate) fn claims(&self) -> Result<Claims, ClaimsFault> {
        let has_scope = self.get(Claim::Scope.name()).is_some();
        Ok(Claims {
            issuer: self.name_of(Claim::Issuer)?,
            subject: self.name_of(Claim::Subject)?,
            audiences: self.list(Claim::Audience, Text::Item)?,
            authorized_party: self.name_of(Claim::AuthorizedParty)?,
            client: self.name_of(Claim::Client)?,
            expires_us: self.time(Claim::Expires)?,
            not_before_us: self.time(Claim::NotBefore)?,
            issued_us: self.time(Claim::Issued)?,
            token_id: self.name_of(Claim::TokenId)?,
            session: self.name_of(Claim::Session)?,
            scopes: if has_scope {
                self.list(Claim::Scope, Text::Words)?
            } else {
                self.list(Claim::Scp, Text::Words)?
            },
            acr: self.name_of(Claim::Acr)?,
            amr: self.list(Claim::Amr, Text::Item)?,
            auth_time_us: self.time(Claim::AuthTime)?,
            confirmation: self.confirmation()?,
            actor: self.actor()?,
        })
    }

    fn name_of(&self, claim: Claim) -> Result<Option<Box<str>>, ClaimsFault> {
        self.name_in(self.tape.root(), claim.name(), claim)
    }

    fn name_in(
        &self,
        object: NodeId,
        name: &str,
        claim: Claim,
    ) -> Result<Option<Box<str>>, ClaimsFault> {
        let Some(node) = json::member(&self.tape, object, name) else { return Ok(None) };
        let text = json::text(&self.tape, node, TEXT_BYTES_MAX);
        let text = text.ok_or(ClaimsFault::Mistyped(claim))?;
        Ok(Some(text.into_owned().into_boxed_str()))
    }

    fn list(&self, claim: Claim, text: Text) -> Result<Vec<Box<str>>, ClaimsFault> {
        let mistyped = ClaimsFault::Mistyped(claim);
        let Some(node) = self.get(claim.name()) else { return Ok(Vec::new()) };
        let items: Vec<Box<str>> = match (self.tape.kind(node), text) {
            (Kind::Text, Text::Words) if self.tape.text(node).is_empty() => Vec::new(),
            (Kind::Text, Text::Words) => {
                let words = json::text(&self.tape, node, LIMITS.bytes_max).ok_or(mistyped)?;
                let words = words.split(' ').filter(|it| !it.is_empty());
                words.take(LIST_MAX + 1).map(Into::into).collect()
            }
            (Kind::Text, Text::Item) => self.name_of(claim)?.into_iter().collect(),
            (Kind::Array, _) => {
                let texts = self.tape.items(node).take(LIST_MAX + 1);
                let texts = texts.map(|it| json::text(&self.tape, it, TEXT_BYTES_MAX));
                let texts: Option<Vec<_>> =
                    texts.map(|it| it.map(|it| it.into_owned().into_boxed_str())).collect();
                texts.ok_or(mistyped)?
            }
            (
                Kind::Null
                | Kind::False
                | Kind::True
                | Kind::Integer
                | Kind::Decimal
                | Kind::Object
                | Kind::Name,
                _,
            ) => return Err(mistyped),
        };
        if items.len() > LIST_MAX { Err(mistyped) } else { Ok(items) }
    }

    pub(crate) fn time(&self, claim: Claim) -> Result<Option<u64>, ClaimsFault> {
        let Some(node) = self.get(claim.name()) else { return Ok(None) };
        let is_number = matches!(self.tape.kind(node), Kind::Integer | Kind::Decimal);
        let time = is_number.then(|| numeric_date_us(&self.tape.number(node))).flatten();
        time.map(Some).ok_or(ClaimsFault::Mistyped(claim))
    }

    fn confirmation(&self) -> Result<Option<Confirmation>, ClaimsFault> {
        let mistyped = ClaimsFault::Mistyped(Claim::Confirmation);
        let Some(node) = self.get(Claim::Confirmation.name()) else { return Ok(None) };
        if self.tape.kind(node) != Kind::Object {
            return Err(mistyped);
        }
        let mut confirmation = Confirmation::default();
        for member in self.tape.members(node) {
            let digest = || {
                let text = json::text(&self.tape, member.value, TEXT_BYTES_MAX).ok_or(mistyped)?;
                Digest::of_base64url(&text).map(Some).ok_or(mistyped)
            };
            match &*self.tape.text(member.name) {
                "jkt" => confirmation.key = digest()?,
                "x5t#S256" => confirmation.certificate = digest()?,
                _ => confirmation.has_others = true,
            }
        }
        let is_bound = confirmation.key.is_some() || confirmation.certificate.is_some();
        confirmation.has_others |= !is_bound;
        Ok(Some(confirmation))
    }

    fn actor(&self) -> Result<Option<Actor>, ClaimsFault> {
        let Some(node) = self.get(Claim::Actor.name()) else { return Ok(None) };
        if self.tape.kind(node) != Kind::Object {
            return Err(ClaimsFault::Mistyped(Claim::Actor));
        }
        Ok(Some(Actor {
            issuer: self.name_in(node, Claim::Issuer.name(), Claim::Actor)?,
            subject: self.name_in(node, Claim::Subject.name(), Claim::Actor)?,
        }))
    }
}

/// What a text in place of a list is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// Its only item.
    Item,
    /// Words with spaces between (RFC 6749 section 3.3).
    Words,
}

/// The claims of a payload.
///
/// # Errors
///
/// [`ClaimsFault`].
pub fn read(payload: &[u8]) -> Result<Claims, ClaimsFault> {
    Payload::read(payload)?.claims()
}

/// A text, or the texts of a list, of a verified payload: the value of a claim, or within it at the end of these steps. None
/// if there is no such thing.
pub fn text_at(payload: &[u8], steps: &[Box<str>]) -> Vec<Box<str>> {
    Payload::read(payload).map(|it| it.texts(steps)).unwrap_or_default()
}

/// A `NumericDate` (RFC 7519 section 2) in microseconds: whole or not, in whatever notation, from 1970 to 9999. What is
/// finer is cut off.
fn numeric_date_us(number: &Decimal<'_>) -> Option<u64> {
    let (is_negative, digits, power) = number.canonical();
    let (_, counted, _) = number.canonical();
    if is_negative {
        return None;
    }
    // Digits count ten to the power of this, in microseconds.
    let power = power.saturating_add(US_PER_S_POWER);
    let count = i64::try_from(counted.count()).ok()?;
    let kept = usize::try_from(count.saturating_add(power.min(0)).max(0)).ok()?;
    let mut us = 0_u64;
    for digit in digits.take(kept) {
        us = grown(us)?.checked_add(u64::from(digit.checked_sub(b'0')?))?;
    }
    // Nothing grows out of zero, and nothing else grows more than twenty times.
    for _ in 0..power.max(0) {
        us = grown(us).filter(|_| us != 0).or((us == 0).then_some(0))?;
        if us == 0 {
            break;
        }
    }
    (us <= LATEST_US).then_some(us)
}

fn grown(number: u64) -> Option<u64> {
    number.checked_mul(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn date(text: &str, expected: Option<u64>) {
        let payload = format!(r#"{{"exp":{text}}}"#);
        let read = read(payload.as_bytes()).map(|it| it.expires_us);
        assert_eq!(read, expected.map(Some).ok_or(ClaimsFault::Mistyped(Claim::Expires)), "{text}");
    }

    #[test]
    fn a_time_is_whole_or_not_and_never_beyond_the_year_9999() {
        date("0", Some(0));
        date("-0", Some(0));
        date("0e999999999999999999", Some(0));
        date("1700000000", Some(1_700_000_000_000_000));
        date("1700000000.0", Some(1_700_000_000_000_000));
        date("1.7e9", Some(1_700_000_000_000_000));
        date("17E+8", Some(1_700_000_000_000_000));
        date("1700000000.123456789", Some(1_700_000_000_123_456));
        date("0.0000019", Some(1));
        date("1e-7", Some(0));
        date("1e-999999999999999999999", Some(0));
        date("253402300799", Some(253_402_300_799_000_000));
        date("253402300799.9999999", Some(LATEST_US));
        date("253402300800", None);
        for far in [
            "1e300",
            "1e18",
            "18446744073709551616",
            "9223372036854775808",
            "1e99999999999999999999",
        ] {
            date(far, None);
        }
        for other in ["-1", "-0.5", "\"1700000000\"", "true", "null", "[]", "{}"] {
            date(other, None);
        }
        date(&"9".repeat(10_000), None);
        date(&format!("0.{}1", "0".repeat(10_000)), Some(0));
    }

    #[test]
    fn a_claim_of_another_type_is_a_fault() {
        for (payload, claim) in [
            (r#"{"iss":1}"#, Claim::Issuer),
            (r#"{"iss":["a"]}"#, Claim::Issuer),
            (r#"{"sub":null}"#, Claim::Subject),
            (r#"{"sub":""}"#, Claim::Subject),
            (r#"{"sub":{"a":1}}"#, Claim::Subject),
            (r#"{"sub":"a\u0000b"}"#, Claim::Subject),
            (r#"{"aud":1}"#, Claim::Audience),
            (r#"{"aud":["a",1]}"#, Claim::Audience),
            (r#"{"aud":[["a"]]}"#, Claim::Audience),
            (r#"{"aud":{"a":"b"}}"#, Claim::Audience),
            (r#"{"jti":1}"#, Claim::TokenId),
            (r#"{"scope":1}"#, Claim::Scope),
            (r#"{"scp":[1]}"#, Claim::Scp),
            (r#"{"cnf":"a"}"#, Claim::Confirmation),
            (r#"{"cnf":{"jkt":"a"}}"#, Claim::Confirmation),
            (r#"{"act":"a"}"#, Claim::Actor),
            (r#"{"act":{"sub":1}}"#, Claim::Actor),
            (r#"{"azp":[]}"#, Claim::AuthorizedParty),
            (r#"{"amr":5}"#, Claim::Amr),
        ] {
            assert_eq!(read(payload.as_bytes()), Err(ClaimsFault::Mistyped(claim)), "{payload}");
        }
        let long = format!(r#"{{"sub":"{}"}}"#, "a".repeat(TEXT_BYTES_MAX));
        assert!(read(long.as_bytes()).is_ok());
        let long = format!(r#"{{"sub":"{}"}}"#, "a".repeat(TEXT_BYTES_MAX + 1));
        assert_eq!(read(long.as_bytes()), Err(ClaimsFault::Mistyped(Claim::Subject)));
    }

    #[test]
    fn lists_are_texts_lists_or_words() {
        let words = |it: &[Box<str>]| it.join("|");
        let all = |payload: &str| {
            let it = read(payload.as_bytes()).unwrap();
            (words(&it.audiences), words(&it.scopes))
        };
        for (payload, audiences, scopes) in [
            (r#"{}"#, "", ""),
            (r#"{"aud":"a b","scope":"a  b "}"#, "a b", "a|b"),
            (r#"{"aud":["a","b"],"scp":["a b","c"]}"#, "a|b", "a b|c"),
            (r#"{"aud":[],"scope":""}"#, "", ""),
            (r#"{"scp":"a b"}"#, "", "a|b"),
            // `scope` is the registered one.
            (r#"{"scope":"a","scp":"b"}"#, "", "a"),
        ] {
            assert_eq!(all(payload), (audiences.to_owned(), scopes.to_owned()), "{payload}");
        }
        let many = |count: usize| format!(r#"{{"scope":"{}"}}"#, "a ".repeat(count));
        assert_eq!(read(many(LIST_MAX).as_bytes()).unwrap().scopes.len(), LIST_MAX);
        let fault = Err(ClaimsFault::Mistyped(Claim::Scope));
        assert_eq!(read(many(LIST_MAX + 1).as_bytes()), fault);
    }

    #[test]
    fn a_binding_that_is_not_known_is_told() {
        let binding = |payload: &str| read(payload.as_bytes()).unwrap().confirmation;
        let hash = Digest::of(b"");
        let text = hash.base64url();
        assert_eq!(binding("{}"), None);
        let other = Confirmation { has_others: true, ..Confirmation::default() };
        assert_eq!(binding(r#"{"cnf":{}}"#), Some(other));
        assert_eq!(binding(r#"{"cnf":{"kid":"a"}}"#), Some(other));
        let both = binding(&format!(r#"{{"cnf":{{"jkt":"{text}","x5t#S256":"{text}"}}}}"#));
        let expected = Confirmation { key: Some(hash), certificate: Some(hash), has_others: false };
        assert_eq!(both, Some(expected));
    }

    #[test]
    fn who_acts_now_is_the_outermost_actor() {
        let payload = r#"{"act":{"sub":"a","act":{"sub":"b"}}}"#;
        let actor = read(payload.as_bytes()).unwrap().actor.unwrap();
        assert_eq!(actor.subject.as_deref(), Some("a"));
    }

    #[test]
    fn texts_are_found_within_claims() {
        let payload =
            br#"{"realm_access":{"roles":["a",1,"b"]},"role":"c","https://x.example/r":["d"]}"#;
        let at = |steps: &[&str]| {
            let steps: Vec<Box<str>> = steps.iter().map(|it| (*it).into()).collect();
            text_at(payload, &steps).join("|")
        };
        assert_eq!(at(&["realm_access", "roles"]), "a|b");
        assert_eq!(at(&["role"]), "c");
        assert_eq!(at(&["https://x.example/r"]), "d");
        assert_eq!(at(&["realm_access"]), "");
        assert_eq!(at(&["role", "x"]) + &at(&["none"]), "");
    }
}
