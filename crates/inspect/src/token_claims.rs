//! What a bearer token says of its bearer, unverified: good enough to tell subjects apart, never to
//! let anybody in.
//!
//! Reads    the payload of a JWT (RFC 7519) in compact form, at most `TOKEN_BYTES_MAX` long.
//! Writes   its `iss`, `sub` and `act`, whether a claim has a value, what its bearer is; how long it lives, whether it is signed, has scopes, and is that of a program.
//! Memory   the decoded payload.
//! Misses   signatures, encrypted tokens; a subject under another claim than `sub`.

use crate::body::{Format, Progress, Walk, WalkLimits};
use crate::value::{PlaceRef, Sink, Value};
use bartizan_model::claim::{is_of_words, says_kind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Longer tokens are opaque.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Members of a payload that are looked at.
const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 256 };

/// Who a token says that its bearer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The issuer; empty if none is named.
    pub iss: Vec<u8>,
    /// The subject.
    pub sub: Vec<u8>,
    /// Who acts for the subject now (RFC 8693 section 4.1); empty if the subject does.
    pub actor: Vec<u8>,
}

/// The token of a credential of the bearer scheme (RFC 6750).
pub fn bearer(credential: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = credential.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// The claims of `token`, if it is a JWT that names a subject.
pub fn claims(token: &[u8]) -> Option<Claims> {
    let (_, payload) = parts(token)?;
    read(payload, Claims::default()).filter(|it| !it.sub.is_empty())
}

/// The claims of `token` that may say who its bearer is, each with its name: texts and numbers at the top, but for those that
/// RFC 7519 registers for other things. None where the token names no subject.
pub fn identifying(token: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Some((_, payload)) = parts(token) else { return Vec::new() };
    let found = read(payload, Identifying::default()).unwrap_or_default();
    if found.has_subject { found.claims } else { Vec::new() }
}

/// Claims of one token.
const CLAIMS_MAX: usize = 12;
/// Bytes of a value that identifies somebody.
const CLAIM_BYTES_MAX: usize = 64;

#[derive(Debug, Default)]
struct Identifying {
    claims: Vec<(String, Vec<u8>)>,
    has_subject: bool,
}

impl Sink for Identifying {
    fn take(&mut self, value: Value<'_>) {
        const OTHERS: &[&str] =
            &["iss", "aud", "exp", "nbf", "iat", "jti", "typ", "scope", "scp", "sid", "nonce"];
        let PlaceRef::Body(path) = value.place else { return };
        let Some(name) = path.strip_prefix("$.") else { return };
        let is_one = !name.contains(['.', '[']) && !OTHERS.contains(&name);
        if is_one
            && self.claims.len() < CLAIMS_MAX
            && (1..=CLAIM_BYTES_MAX).contains(&value.text.len())
        {
            self.has_subject |= name == "sub";
            self.claims.push((name.to_owned(), value.text.to_vec()));
        }
    }

    fn scalar(&mut self, value: Value<'_>) {
        if !matches!(value.text, b"null" | b"true" | b"false") {
            self.take(value);
        }
    }
}

/// One value of a claim that says what the bearer of a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindOfBearer {
    /// The claim, as `role` or `realm_access.roles`.
    pub claim: String,
    /// The value.
    pub value: Vec<u8>,
    /// It is an item of a list, or stands within an object: [`identifying`] does not tell it.
    pub is_within: bool,
}

/// What `token` says that its bearer is: roles, groups, scopes and plans, at the top, in lists and within objects, at most
/// 32 of them. None where the token names no subject.
pub fn kinds(token: &[u8]) -> Vec<KindOfBearer> {
    let Some((_, payload)) = parts(token) else { return Vec::new() };
    let found = read(payload, KindsOfBearer::default()).unwrap_or_default();
    if found.has_subject { found.all } else { Vec::new() }
}

/// Values of one token that say what its bearer is.
const KINDS_MAX: usize = 32;

#[derive(Debug, Default)]
struct KindsOfBearer {
    all: Vec<KindOfBearer>,
    has_subject: bool,
}

impl Sink for KindsOfBearer {
    fn take(&mut self, value: Value<'_>) {
        let PlaceRef::Body(path) = value.place else { return };
        let Some(name) = path.strip_prefix("$.") else { return };
        self.has_subject |= name == "sub" && !value.text.is_empty();
        let claim = name.strip_suffix("[*]").unwrap_or(name);
        if claim.len() > CLAIM_BYTES_MAX || !says_kind(claim) {
            return;
        }
        let words = is_of_words(claim);
        let is_within = words || claim.len() < name.len() || claim.contains(['.', '[']);
        for text in value.text.split(|&b| words && b == b' ') {
            let is_one = (1..=CLAIM_BYTES_MAX).contains(&text.len());
            if is_one && self.all.len() < KINDS_MAX {
                let (claim, value) = (claim.to_owned(), text.to_vec());
                self.all.push(KindOfBearer { claim, value, is_within });
            }
        }
    }

    fn scalar(&mut self, value: Value<'_>) {
        if !matches!(value.text, b"null" | b"true" | b"false") {
            self.take(value);
        }
    }
}

/// Whether a claim at the top of `token` has this value, or holds it in a list, if it is a JWT.
pub fn has(token: &[u8], name: &str, value: &[u8]) -> bool {
    let found = parts(token).and_then(|it| read(it.1, Having { name, value, has: false }));
    found.is_some_and(|it| it.has)
}

#[derive(Debug)]
struct Having<'a> {
    name: &'a str,
    value: &'a [u8],
    has: bool,
}

impl Sink for Having<'_> {
    fn take(&mut self, value: Value<'_>) {
        let PlaceRef::Body(path) = value.place else { return };
        let path = path.strip_suffix("[*]").unwrap_or(path);
        self.has |= path.strip_prefix("$.") == Some(self.name) && value.text == self.value;
    }

    fn scalar(&mut self, value: Value<'_>) {
        self.take(value);
    }
}

/// What a token says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// From `iat`, or `nbf`, to `exp`; `None` if it has no end. A token that does not say when it began is
    /// as long as one that ends when it begins.
    pub seconds: Option<u64>,
    /// Whether it says that it is not signed: `alg` is `none`.
    pub is_unsigned: bool,
    /// Whether it says what it is good for: scopes, permissions or roles.
    pub has_scopes: bool,
    /// Whether its subject is the client itself, as RFC 9068 section 2.2 has it where nobody logged in.
    pub is_of_client: bool,
}

/// What `token` says of itself, if it is a JWT.
pub fn told(token: &[u8]) -> Option<Told> {
    let (header, payload) = parts(token)?;
    let header = read(header, Read::default())?;
    let it = read(payload, Read::default())?;
    let begin = it.iat.or(it.nbf).or(it.exp);
    let seconds = it.exp.zip(begin).map(|(end, begin)| end.saturating_sub(begin));
    let is_client = !it.sub.is_empty() && it.sub == it.client;
    Some(Told {
        seconds,
        is_unsigned: header.is_unsigned,
        has_scopes: it.has_scopes,
        is_of_client: it.is_of_client || is_client,
    })
}

/// Header and payload of a JWT in compact form.
fn parts(token: &[u8]) -> Option<(&[u8], &[u8])> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let mut parts = token.split(|&b| b == b'.');
    let (header, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some((header, payload))
}

/// What a part says; `None` if it is no sound JSON.
fn read<T: Sink>(part: &[u8], mut into: T) -> Option<T> {
    let part = URL_SAFE_NO_PAD.decode(part).ok()?;
    let mut walk = Walk::new(Format::Json, LIMITS);
    while walk.step(&part, TOKEN_BYTES_MAX, &mut into) == Progress::More {}
    walk.oddities().is_empty().then_some(into)
}

/// What is read of a part; times in seconds since 1970.
#[derive(Debug, Default)]
struct Read {
    iat: Option<u64>,
    nbf: Option<u64>,
    exp: Option<u64>,
    is_unsigned: bool,
    sub: Vec<u8>,
    client: Vec<u8>,
    has_scopes: bool,
    is_of_client: bool,
}

impl Sink for Read {
    fn take(&mut self, value: Value<'_>) {
        let PlaceRef::Body(name) = value.place else { return };
        match name {
            "$.alg" => self.is_unsigned = value.text.eq_ignore_ascii_case(b"none"),
            "$.sub" => self.sub = value.text.to_vec(),
            "$.client_id" | "$.azp" => self.client = value.text.to_vec(),
            "$.scope" | "$.scp" | "$.scp[*]" | "$.scope[*]" | "$.scopes[*]"
            | "$.permissions[*]" | "$.roles[*]" => {
                self.has_scopes |= !value.text.trim_ascii().is_empty()
            }
            // What Auth0 and Entra ID say of tokens for programs.
            "$.gty" => self.is_of_client |= value.text == b"client-credentials",
            "$.idtyp" => self.is_of_client |= value.text == b"app",
            _ => {}
        }
    }

    fn scalar(&mut self, value: Value<'_>) {
        // A fraction of a second does not matter.
        let whole = value.text.split(|&b| b == b'.').next().unwrap_or_default();
        let at = str::from_utf8(whole).ok().and_then(|it| it.parse().ok());
        match value.place {
            PlaceRef::Body("$.iat") => self.iat = at,
            PlaceRef::Body("$.nbf") => self.nbf = at,
            PlaceRef::Body("$.exp") => self.exp = at,
            PlaceRef::Body(_)
            | PlaceRef::Path
            | PlaceRef::Query(_)
            | PlaceRef::Header(_)
            | PlaceRef::Cookie(_)
            | PlaceRef::Name => {}
        }
    }
}

impl Sink for Claims {
    fn take(&mut self, value: Value<'_>) {
        match value.place {
            PlaceRef::Body("$.iss") => self.iss = value.text.to_vec(),
            PlaceRef::Body("$.sub") => self.sub = value.text.to_vec(),
            PlaceRef::Body("$.act.sub") => self.actor = value.text.to_vec(),
            PlaceRef::Body(_)
            | PlaceRef::Path
            | PlaceRef::Query(_)
            | PlaceRef::Header(_)
            | PlaceRef::Cookie(_)
            | PlaceRef::Name => {}
        }
    }

    fn scalar(&mut self, value: Value<'_>) {
        if value.text != b"null" {
            self.take(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Told =
        Told { seconds: None, is_unsigned: false, has_scopes: false, is_of_client: false };

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[track_caller]
    fn check(token: &str, expected: Option<(&str, &str)>) {
        let found = claims(token.as_bytes());
        let actor = Vec::new();
        let expected =
            expected.map(|(iss, sub)| Claims { iss: iss.into(), sub: sub.into(), actor });
        assert_eq!(found, expected, "{token}");
    }

    #[test]
    fn subject_and_issuer_are_read() {
        check(&token(r#"{"sub":"alice"}"#), Some(("", "alice")));
        check(&token(r#"{"iss":"https://a","aud":["x"],"sub":42}"#), Some(("https://a", "42")));
        check(&token(r#"{"sub":"\u0061lice","x":{"sub":"b"}}"#), Some(("", "alice")));
    }

    #[test]
    fn who_acts_for_the_subject_is_read_and_not_who_did_before() {
        let of = |payload: &str| claims(token(payload).as_bytes()).unwrap().actor;
        assert_eq!(of(r#"{"sub":"a","act":{"sub":"orders","act":{"sub":"cart"}}}"#), b"orders");
        assert_eq!(of(r#"{"sub":"a","act":"orders"}"#), b"");
    }

    #[test]
    fn a_claim_has_a_value_alone_or_in_a_list() {
        let has = |payload: &str, name, value: &str| {
            has(token(payload).as_bytes(), name, value.as_bytes())
        };
        assert!(has(r#"{"role":"support"}"#, "role", "support"));
        assert!(has(r#"{"roles":["user","support"]}"#, "roles", "support"));
        assert!(has(r#"{"https://a/staff":true}"#, "https://a/staff", "true"));
        for payload in [
            r#"{"role":"supporter"}"#,
            r#"{"x":{"role":"support"}}"#,
            r#"{"role":{"a":"support"}}"#,
        ] {
            assert!(!has(payload, "role", "support"), "{payload}");
        }
        assert!(!super::has(b"opaque", "role", b"support"));
    }

    #[test]
    fn claims_that_say_who_somebody_is_are_told_with_their_names() {
        let of = |payload: &str| identifying(token(payload).as_bytes());
        let found =
            of(r#"{"sub":"a","iss":"x","tenant":7,"roles":["b"],"ok":true,"o":{"id":1},"exp":9}"#);
        let found: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.1.as_slice())).collect();
        assert_eq!(found, [("sub", &b"a"[..]), ("tenant", b"7")]);
        assert!(of(r#"{"tenant":7}"#).is_empty() && identifying(b"opaque").is_empty());
    }

    #[test]
    fn what_a_bearer_is_is_told_wherever_it_stands() {
        let of = |payload: &str| {
            let all = kinds(token(payload).as_bytes());
            let text = |it: KindOfBearer| {
                let within = if it.is_within { "[*]" } else { "" };
                format!("{}{within}={}", it.claim, String::from_utf8_lossy(&it.value))
            };
            all.into_iter().map(text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            of(r#"{"sub":"a","role":"doctor","level":3,"tenant":"x"}"#),
            "role=doctor level=3"
        );
        let lists = r#"{"roles":["a","b"],"realm_access":{"roles":["c"]},"scope":"r w","sub":1}"#;
        let told = "roles[*]=a roles[*]=b realm_access.roles[*]=c scope[*]=r scope[*]=w";
        assert_eq!(of(lists), told);
        assert_eq!(
            of(r#"{"sub":"a","https://a.example/role":"x"}"#).split('=').next_back(),
            Some("x")
        );
        for nothing in [r#"{"role":"doctor"}"#, r#"{"sub":"a","role":true,"scope":""}"#] {
            assert_eq!(of(nothing), "", "{nothing}");
        }
        let many: Vec<String> = (0..100).map(|n| format!("\"r{n}\"")).collect();
        let many = token(&format!(r#"{{"sub":"a","roles":[{}]}}"#, many.join(",")));
        assert_eq!(kinds(many.as_bytes()).len(), KINDS_MAX);
    }

    #[test]
    fn a_token_says_how_long_it_lives() {
        let of = |payload: &str| told(token(payload).as_bytes());
        let signed = |seconds| Some(Told { seconds, ..SILENT });
        assert_eq!(of(r#"{"iat":1000,"exp":4600.5}"#), signed(Some(3_600)));
        assert_eq!(of(r#"{"nbf":1000,"exp":1001}"#), signed(Some(1)));
        assert_eq!(of(r#"{"exp":5}"#), signed(Some(0)));
        assert_eq!(of(r#"{"iat":9,"exp":5}"#), signed(Some(0)));
        assert_eq!(of(r#"{"sub":"a"}"#), signed(None));
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"None"}"#);
        let unsigned = told(format!("{header}.e30.").as_bytes());
        assert_eq!(unsigned, Some(Told { is_unsigned: true, ..SILENT }));
        assert_eq!(told(b"a.b.c"), None);
    }

    #[test]
    fn a_token_says_what_it_is_good_for_and_whose_it_is() {
        #[track_caller]
        fn check(payload: &str, has_scopes: bool, is_of_client: bool) {
            let it = told(token(payload).as_bytes()).unwrap();
            assert_eq!((it.has_scopes, it.is_of_client), (has_scopes, is_of_client), "{payload}");
        }
        check(r#"{"scope":"orders:read"}"#, true, false);
        check(r#"{"scp":["a","b"]}"#, true, false);
        check(r#"{"roles":["admin"]}"#, true, false);
        check(r#"{"scope":" ","permissions":[],"x":{"scope":"a"}}"#, false, false);
        check(r#"{"sub":"batch","client_id":"batch"}"#, false, true);
        check(r#"{"sub":"alice","azp":"shop"}"#, false, false);
        check(r#"{"sub":"x@clients","gty":"client-credentials"}"#, false, true);
        check(r#"{"sub":"1","idtyp":"user"}"#, false, false);
    }

    #[test]
    fn what_is_no_token_or_names_nobody_has_no_claims() {
        check(&token("{}"), None);
        check(&token(r#"{"sub":""}"#), None);
        check(&token(r#"{"sub":"a","sub":"b"}"#), None);
        check(&token("[1"), None);
        check("a.b", None);
        check("a.b.c.d.e", None);
        check("opaque", None);
        check("..", None);
        check(&token(&format!(r#"{{"sub":"{}"}}"#, "a".repeat(TOKEN_BYTES_MAX))), None);
    }
}
