//! Who calls, as far as can be told without asking anybody.
//!
//! Reads    the first of these that a request has: the claims of a bearer token (of programs, who acts), verified where its route
//!          verifies tokens and else as they stand there, any other
//!          credential in `Authorization`, a header for API keys or the query, a session cookie, a
//!          verified client certificate, address, user agent and the fingerprint of the TLS client (JA4). Behind a
//!          credential that is many people's, the field that says for whom a call is.
//! Writes   keyed hashes. A token that was found to be no good names nobody: its request is its address's.
//! Misses   credentials in bodies, and in queries under unusual names; session cookies with unusual names; that two of these
//!          belong to one person, but where one account was logged in to (`tables::accounts`).

use crate::identity::Bearer;
use crate::keys::HashKey;
use crate::origin::Origin;
use crate::routes::RouteRules;
use crate::snapshot::Rules;
use bartizan_inspect::token_claims::{bearer, claims};
use bartizan_model::head::{Fields, RequestHead, ResponseHead};
use bartizan_model::id::{KeyedHash, SubjectId};
use bartizan_model::known::{Known, TOKEN_PARAMETERS};
use bartizan_model::observation::SubjectKind;
use bartizan_model::profile::Subjects;
use std::net::{IpAddr, Ipv6Addr};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) subject: SubjectId,
    pub(crate) kind: SubjectKind,
    /// 0 without a token, a key and a cookie.
    pub(crate) session: KeyedHash,
    pub(crate) client: KeyedHash,
}

/// The caller of a request that came from `address`.
pub(crate) fn caller(
    head: &RequestHead,
    bearer: &Bearer,
    origin: &Origin,
    address: IpAddr,
    under: (&Rules, &RouteRules),
) -> Caller {
    match address {
        IpAddr::V4(it) => caller_at(head, bearer, origin, &it.octets(), under),
        // One subscriber has a whole /64.
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            let network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
            caller_at(head, bearer, origin, &network.octets(), under)
        }
    }
}

fn caller_at(
    head: &RequestHead,
    token: &Bearer,
    origin: &Origin,
    octets: &[u8],
    (rules, on): (&Rules, &RouteRules),
) -> Caller {
    let (key, fields) = (&rules.key, &head.fields);
    let are_programs = on.profile.subjects == Some(Subjects::Workload);
    let client = key.value(octets);
    // The first part tells the kinds apart: no API key may pass for somebody's `sub`.
    let known = |kind, parts: &[&[u8]], session: &[u8]| {
        let session = if session.is_empty() { KeyedHash(0) } else { key.value(session) };
        Caller { subject: key.subject(parts), kind, session, client }
    };
    let agent = fields.get(Known::UserAgent).unwrap_or_default();
    let by_address = || match origin.ja4 {
        // One address and one agent are many people behind a proxy; the fingerprint tells some apart.
        Some(KeyedHash(ja4)) => {
            known(SubjectKind::AddressAgent, &[octets, agent, &ja4.to_be_bytes()], b"")
        }
        None => known(SubjectKind::AddressAgent, &[octets, agent], b""),
    };
    // The same subject, whether it was verified or not.
    let claimed = |kind, iss: &[u8], sub: &[u8], actor: &[u8], credential: &[u8]| {
        // A program that acts for somebody is that program (RFC 8693 section 4.1).
        let who = if are_programs && !actor.is_empty() { actor } else { sub };
        known(kind, &[b"claim", iss, who], credential)
    };
    if let Some(credential) = fields.get(Known::Authorization) {
        return match token {
            Bearer::Doubted => by_address(),
            Bearer::Known(it) => {
                let kind = SubjectKind::Token;
                let bytes =
                    |it: &Option<Box<str>>| it.clone().unwrap_or_default().into_boxed_bytes();
                let (iss, actor) = (bytes(&it.issuer), bytes(&it.actor));
                // Tokens without a subject are those of applications, which are not people of the same name.
                match (&it.subject, &it.client) {
                    (Some(sub), _) => claimed(kind, &iss, sub.as_bytes(), &actor, credential),
                    (None, Some(client)) => {
                        known(kind, &[b"client", &iss, client.as_bytes()], credential)
                    }
                    (None, None) => known(SubjectKind::ApiKey, &[b"key", credential], credential),
                }
            }
            Bearer::Nobody => known(SubjectKind::ApiKey, &[b"key", credential], credential),
            Bearer::Unverified => match bearer(credential).and_then(claims) {
                Some(it) => {
                    claimed(SubjectKind::TokenClaim, &it.iss, &it.sub, &it.actor, credential)
                }
                None => known(SubjectKind::ApiKey, &[b"key", credential], credential),
            },
        };
    }
    if let Some(credential) = fields.get(Known::ApiKey) {
        return known(SubjectKind::ApiKey, &[b"key", credential], credential);
    }
    if let Some(credential) = in_query(head.query()) {
        return known(SubjectKind::ApiKey, &[b"key", credential], credential);
    }
    if let Some((name, value)) = session_cookie(fields) {
        return known(SubjectKind::Cookie, &[b"cookie", name, value], value);
    }
    if let Some(certificate) = origin.certificate {
        let certificate = certificate.0.to_be_bytes();
        return known(SubjectKind::Certificate, &[b"certificate", &certificate], b"");
    }
    by_address()
}

/// Who calls behind a credential that is many people's, where the request names one in the field that its API says.
pub(crate) fn behind(
    credential: SubjectId,
    head: &RequestHead,
    (rules, on): (&Rules, &RouteRules),
) -> Option<SubjectId> {
    let named =
        on.on_behalf_of.as_ref().filter(|_| on.profile.subjects == Some(Subjects::Aggregate))?;
    let is_it = |it: &(Known, &[u8], &[u8])| it.1.eq_ignore_ascii_case(named.as_bytes());
    let (_, _, value) = head.fields.iter().find(is_it)?;
    let value = value.trim_ascii();
    let credential = credential.0.to_le_bytes();
    (!value.is_empty()).then(|| rules.key.subject(&[b"behind", &credential, value]))
}

/// A credential that an answer issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// The caller that somebody is who shows it.
    pub(crate) subject: SubjectId,
    /// It says itself whose it is, whatever log-in it is of.
    pub(crate) is_claim: bool,
}

/// A token that an answer holds.
pub(crate) fn bearer_of(token: &[u8], key: &HashKey) -> Issued {
    match claims(token) {
        Some(it) => {
            let subject = key.subject(&[b"claim", &it.iss, &it.sub]);
            Issued { subject, is_claim: true }
        }
        None => {
            let subject = key.subject(&[b"key", &[b"Bearer ", token].concat()]);
            Issued { subject, is_claim: false }
        }
    }
}

/// The session cookie that an answer sets.
pub(crate) fn holder_of_cookie(head: &ResponseHead, key: &HashKey) -> Option<Issued> {
    let set = head.fields.iter().filter(|it| it.1.eq_ignore_ascii_case(b"set-cookie"));
    set.filter_map(|(_, _, value)| {
        let cookie = value.split(|&b| b == b';').next()?.trim_ascii();
        let at = memchr::memchr(b'=', cookie)?;
        let (name, value) = (cookie.get(..at)?, cookie.get(at + 1..)?);
        let issued = || {
            let subject = key.subject(&[b"cookie", name, value]);
            Issued { subject, is_claim: false }
        };
        (is_session(name) && !value.is_empty()).then(issued)
    })
    .next()
}

/// A credential among the query parameters, as it stands there.
fn in_query(query: &[u8]) -> Option<&[u8]> {
    query.split(|&b| b == b'&').take(PARAMETERS_MAX).find_map(|it| {
        let at = it.iter().position(|&b| b == b'=')?;
        let (name, value) = (it.get(..at)?, it.get(at + 1..)?);
        let is_it = TOKEN_PARAMETERS.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        (is_it && !value.is_empty()).then_some(value)
    })
}

/// Parameters that are looked at for a credential.
const PARAMETERS_MAX: usize = 64;

/// The first cookie whose name is that of a session.
fn session_cookie(fields: &Fields) -> Option<(&[u8], &[u8])> {
    if !fields.has(Known::Cookie) {
        return None;
    }
    let lines = fields.iter().filter(|it| it.0 == Known::Cookie).map(|(_, _, value)| value);
    lines.flat_map(|it| it.split(|&b| b == b';')).find_map(|cookie| {
        let cookie = cookie.trim_ascii();
        let at = memchr::memchr(b'=', cookie)?;
        let (name, value) = (cookie.get(..at)?, cookie.get(at + 1..)?);
        (is_session(name) && !value.is_empty()).then_some((name, value))
    })
}

/// `JSESSIONID`, `PHPSESSID`, `connect.sid`, `auth_token` and so on; not what guards against forged
/// requests, which changes within a session.
fn is_session(name: &[u8]) -> bool {
    const NAME_BYTES_MAX: usize = 64;
    let mut folded = [0; NAME_BYTES_MAX];
    let Some(folded) = folded.get_mut(..name.len()) else { return false };
    folded.copy_from_slice(name);
    folded.make_ascii_lowercase();
    let holds = |part: &[u8]| folded.windows(part.len()).any(|it| it == part);
    let speaks_of_one = holds(b"sess") || holds(b"auth") || holds(b"token") || holds(b"jwt");
    (speaks_of_one || folded.ends_with(b"sid")) && !holds(b"csrf") && !holds(b"xsrf")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::HashKey;
    use crate::origin::Authority;
    use bartizan_contract::clause_set::ClauseSet;
    use bartizan_model::clause::{Mode, SetBy};
    use bartizan_model::head::{Framing, HeadWriter, Version};
    use bartizan_model::id::{ExchangeId, KeyEpoch};
    use bartizan_model::limits::Limits;
    use std::sync::Arc;

    fn who(fields: &[(&str, &str)], certificate: Option<u64>) -> Caller {
        who_with(fields, certificate, None)
    }

    fn who_with(
        fields: &[(&str, &str)],
        certificate: Option<u64>,
        ja4: Option<KeyedHash>,
    ) -> Caller {
        who_is(fields, certificate, ja4, &Bearer::Unverified)
    }

    fn who_is(
        fields: &[(&str, &str)],
        certificate: Option<u64>,
        ja4: Option<KeyedHash>,
        bearer: &Bearer,
    ) -> Caller {
        let mut writer = HeadWriter::new();
        writer.target(b"/");
        fields.iter().for_each(|(name, value)| writer.field(name.as_bytes(), value.as_bytes()));
        let head = writer.request(Version::Http11, Framing::None);
        let peer = IpAddr::from([192, 0, 2, 1]);
        let certificate = certificate.map(KeyedHash);
        let id = ExchangeId::new(1, 1);
        let origin = Origin {
            id,
            authority: Authority::Inline,
            peer,
            tls: true,
            certificate,
            certificate_digest: None,
            ja4,
            sees_bodies: true,
        };
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Default, &[], &[]);
        let key = HashKey::new(KeyEpoch(1), [7; 16]);
        let rules = Rules::plain(clauses, Limits::default(), key);
        caller(&head, bearer, &origin, peer, (&rules, &rules.base))
    }

    #[test]
    fn a_credential_in_the_query_is_one_and_other_parameters_are_none() {
        let key = Some(&b"k1"[..]);
        for query in ["token=k1", "a=1&Access_Token=k1", "api-key=k1&token=k2"] {
            assert_eq!(in_query(query.as_bytes()), key, "{query}");
        }
        for query in ["", "token", "token=", "page_token=5", "tokens=5", "q=token%3D1"] {
            assert_eq!(in_query(query.as_bytes()), None, "{query}");
        }
        let far = "a=1&".repeat(PARAMETERS_MAX) + "token=k1";
        assert_eq!(in_query(far.as_bytes()), None);
    }

    #[test]
    fn the_best_known_name_is_taken() {
        // {"sub":"alice"} and {"iss":"x","sub":"alice"}
        let (alice, other) = ("eyJzdWIiOiJhbGljZSJ9", "eyJpc3MiOiJ4Iiwic3ViIjoiYWxpY2UifQ");
        let agent = ("user-agent", "curl");
        let claim = who(&[("authorization", &format!("Bearer e30.{alice}.c2ln")), agent], Some(1));
        let again = who(&[("Authorization", &format!("bearer e30.{alice}.b3RoZXI"))], None);
        let elsewhere = who(&[("authorization", &format!("Bearer e30.{other}.c2ln"))], None);
        assert_eq!((claim.kind, claim.subject), (SubjectKind::TokenClaim, again.subject));
        assert_ne!(claim.session, again.session);
        assert_ne!(claim.subject, elsewhere.subject);
        let basic = who(&[("authorization", "Basic YTpi"), ("x-api-key", "k")], None);
        assert_eq!(basic.kind, SubjectKind::ApiKey);
        assert_eq!(who(&[("x-api-key", "k"), ("cookie", "sid=1")], None).kind, basic.kind);
        let cookie = who(&[("cookie", "theme=dark; csrftoken=2; connect.sid=3"), agent], Some(1));
        assert_eq!(cookie.kind, SubjectKind::Cookie);
        assert_eq!(cookie.subject, who(&[("cookie", "connect.sid=3")], None).subject);
        assert_eq!(who(&[agent], Some(1)).kind, SubjectKind::Certificate);
        assert_ne!(who(&[agent], Some(1)).subject, who(&[agent], Some(2)).subject);
        let plain = who(&[agent], None);
        assert_eq!((plain.kind, plain.session), (SubjectKind::AddressAgent, KeyedHash(0)));
        assert_ne!(plain.subject, who(&[], None).subject);
        let fingerprint = |it| who_with(&[agent], None, Some(KeyedHash(it)));
        assert_ne!(fingerprint(1).subject, fingerprint(2).subject);
        assert_ne!(fingerprint(1).subject, plain.subject);
        // Who has a better name is not told apart by the program that is used.
        let key = [("x-api-key", "k")];
        let with_key = who_with(&key, None, Some(KeyedHash(1)));
        assert_eq!(with_key.subject, who(&key, None).subject);
        assert_eq!(plain.client, cookie.client);
    }

    #[test]
    fn a_token_names_somebody_only_where_nobody_doubts_it() {
        use bartizan_model::identity::{Identity, Scheme};
        // {"iss":"x","sub":"alice"}
        let token = "Bearer e30.eyJpc3MiOiJ4Iiwic3ViIjoiYWxpY2UifQ.c2ln";
        let fields = [("authorization", token), ("x-api-key", "k"), ("cookie", "sid=1")];
        let is = |bearer| who_is(&fields, Some(1), None, &bearer);
        let unverified = is(Bearer::Unverified);
        let identity = |subject: Option<&str>, client: Option<&str>| Identity {
            issuer: Some("x".into()),
            subject: subject.map(Into::into),
            client: client.map(Into::into),
            ..Identity::of(Scheme::Token)
        };
        let known = |it| is(Bearer::Known(Arc::new(it)));
        let alice = known(identity(Some("alice"), None));
        assert_eq!((alice.kind, alice.subject), (SubjectKind::Token, unverified.subject));
        assert_eq!(alice.session, unverified.session);
        assert_ne!(known(identity(Some("bob"), None)).subject, alice.subject);
        // An application is not the person of its name.
        let client = known(identity(None, Some("alice")));
        assert_eq!(client.kind, SubjectKind::Token);
        assert_ne!(client.subject, alice.subject);
        let doubted = is(Bearer::Doubted);
        assert_eq!((doubted.kind, doubted.session), (SubjectKind::AddressAgent, KeyedHash(0)));
        assert_eq!(doubted.subject, who(&[], None).subject);
        let nobody = is(Bearer::Nobody);
        assert_eq!(nobody.kind, SubjectKind::ApiKey);
        assert_ne!(nobody.subject, alice.subject);
    }

    #[test]
    fn a_session_has_a_usual_name() {
        for name in ["JSESSIONID", "PHPSESSID", "sid", "connect.sid", "_app_session", "auth_token"]
        {
            assert!(is_session(name.as_bytes()), "{name}");
        }
        let long = "sess".repeat(20);
        for name in ["csrftoken", "XSRF-TOKEN", "theme", "side", "_ga", "", &long] {
            assert!(!is_session(name.as_bytes()), "{name}");
        }
    }
}
