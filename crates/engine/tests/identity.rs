//! Tokens through whole transactions: what was verified is remembered, and for no longer than it holds.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use bartizan_auth::Digest;
use bartizan_auth::authenticate::Issuer;
use bartizan_auth::jwk::Keys;
use bartizan_auth::policy::Policy;
use bartizan_auth::revoked::{Entry, Reason, Revocations, Target};
use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::routes::Routes;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{Cause, Input, Reply, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::tables::verified::TOKEN_BYTES_MAX;
use bartizan_engine::transaction::Transaction;
use bartizan_engine::truth::Truth;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::route::{Demand, Route};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const NOW_S: u64 = 1_800_000_000;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", b64(header), b64(claims));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", b64(signature))
    }

    /// A token of ten minutes for `sub`, with more claims.
    fn token(&self, sub: &str, more: &str) -> String {
        let end = NOW_S + 600;
        let claims =
            format!("{{\"iss\":\"home\",\"sub\":\"{sub}\",\"aud\":\"api\",\"exp\":{end}{more}}}");
        self.sign("{\"alg\":\"ES256\"}", &claims)
    }

    fn point(&self) -> (String, String) {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        (b64(x), b64(y))
    }

    fn jwk(&self) -> String {
        let (x, y) = self.point();
        format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\"}}")
    }

    fn thumbprint(&self) -> String {
        let (x, y) = self.point();
        let text = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
        b64(digest(&SHA256, text.as_bytes()))
    }

    fn proof(&self, uri: &str, id: &str, token: &str) -> String {
        let hash = b64(digest(&SHA256, token.as_bytes()));
        let header = format!("{{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{}}}", self.jwk());
        let claims = format!(
            "{{\"htm\":\"GET\",\"htu\":\"{uri}\",\"iat\":{NOW_S},\"jti\":\"{id}\",\"ath\":\"{hash}\"}}"
        );
        self.sign(&header, &claims)
    }
}

/// A world in which some are believed, and what is shared between its calls.
struct World {
    tables: Tables,
    view: Arc<Snapshot>,
    origin: Origin,
    now_s: u64,
}

struct Got {
    code: Option<Code>,
    challenge: String,
    seen: Observation,
}

impl World {
    fn of(signers: &[&Signer], tokens: Demand) -> Self {
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
        let key = HashKey::new(KeyEpoch(1), [3; 16]);
        let mut rules = Rules::plain(clauses, Limits::default(), key);
        let mut on = (*rules.base).clone();
        on.route = Arc::new(Route { tokens, ..Route::to_everything(0) });
        rules.routes = Routes::new(vec![on]);
        let rules = Arc::new(rules);
        let view = Snapshot { revision: 1, rules, terms: Arc::default(), truth: Arc::default() };
        let origin = Origin {
            id: ExchangeId::new(1_700_000_000_000, 77),
            authority: Authority::Inline,
            peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
            tls: true,
            certificate: None,
            certificate_digest: None,
            ja4: None,
            sees_bodies: true,
        };
        let tables = Tables::new(1 << 20);
        let mut it = Self { tables, view: Arc::new(view), origin, now_s: NOW_S };
        it.believe(1, signers, Revocations::new(10));
        it
    }

    fn believe(&mut self, revision: u64, signers: &[&Signer], revoked: Revocations) {
        let all: Vec<String> = signers.iter().map(|it| it.jwk()).collect();
        let keys = Keys::read(format!("{{\"keys\":[{}]}}", all.join(",")).as_bytes()).unwrap();
        let policy = Policy { skew_s: 0, ..Policy::new("home", &["api"]) };
        let truth = Arc::new(Truth::of(revision, vec![Issuer { policy, keys }], revoked));
        self.view = Arc::new(Snapshot { truth, ..Snapshot::clone(&self.view) });
    }

    fn ask(&self, fields: &[(&str, &str)]) -> Got {
        let mut writer = HeadWriter::new();
        writer.method(b"GET");
        writer.target(b"/orders/1?a=b");
        writer.authority(b"api.example");
        fields.iter().for_each(|(name, value)| writer.field(name.as_bytes(), value.as_bytes()));
        let head = writer.request(Version::Http11, Framing::None);
        let at = Moment { mono_ns: 1, wall_us: self.now_s * 1_000_000 };
        let mut it = Transaction::open(self.origin, Arc::clone(&self.view), at);
        let step = it.step(Side::Request, at, &self.tables, Input::RequestHead(head));
        let (code, challenge) = match step {
            Step::Reply(Reply::Own(reply)) => {
                let field = reply.fields.iter().find(|it| it.0 == "www-authenticate");
                let text = field.map(|it| String::from_utf8_lossy(&it.1).into_owned());
                (Some(reply.code), text.unwrap_or_default())
            }
            Step::Forward(..) => (None, String::new()),
            other => panic!("{other:?}"),
        };
        let end = Input::Abort(Cause::ClientGone);
        match it.step(Side::Request, at, &self.tables, end) {
            Step::Finished(seen, _) => Got { code, challenge, seen: *seen },
            other => panic!("{other:?}"),
        }
    }

    fn bearer(&self, token: &str) -> Got {
        self.ask(&[("authorization", &format!("Bearer {token}"))])
    }

    fn dpop(&self, token: &str, proof: &str) -> Got {
        self.ask(&[("authorization", &format!("DPoP {token}")), ("dpop", proof)])
    }
}

#[test]
fn a_token_that_was_verified_is_not_verified_again_until_it_ends() {
    let home = Signer::new();
    let mut world = World::of(&[&home], Demand::Required);
    let token = home.token("alice", "");
    let first = world.bearer(&token);
    assert_eq!((first.code, first.seen.subject_kind), (None, SubjectKind::Token));
    assert_eq!(world.tables.verified().hits(), 0);
    let again = world.bearer(&token);
    assert_eq!((again.code, again.seen.subject), (None, first.seen.subject));
    assert_eq!(world.tables.verified().hits(), 1);
    world.now_s += 599;
    assert_eq!(world.bearer(&token).code, None);
    world.now_s += 1;
    let late = world.bearer(&token);
    assert_eq!(late.code, Some(Code::TokenExpired));
    assert_eq!(late.challenge, "Bearer error=\"invalid_token\"");
    assert_eq!(late.seen.subject_kind, SubjectKind::AddressAgent);
}

#[test]
fn what_was_verified_under_other_keys_or_before_a_revocation_counts_for_nothing() {
    let (home, next) = (Signer::new(), Signer::new());
    let mut world = World::of(&[&home], Demand::Required);
    let token = home.token("alice", ",\"jti\":\"t1\"");
    assert!((0..2).all(|_| world.bearer(&token).code.is_none()));
    world.believe(2, &[&next], Revocations::new(10));
    assert_eq!(world.bearer(&token).code, Some(Code::TokenInvalid));
    world.believe(3, &[&home], Revocations::new(10));
    assert_eq!(world.bearer(&token).code, None);
    let mut revoked = Revocations::new(10);
    let alice = Target::Subject { issuer: "home", subject: "alice" };
    revoked.insert(Entry::all_of(alice, Reason::Operator)).unwrap();
    world.believe(4, &[&home], revoked);
    let refused = world.bearer(&token);
    assert_eq!(refused.code, Some(Code::TokenRevoked));
    assert_eq!(refused.challenge, "Bearer error=\"invalid_token\"");
    assert_eq!(world.bearer(&home.token("bob", "")).code, None);
}

#[test]
fn a_certificate_that_is_revoked_carries_no_token_that_was_verified_elsewhere() {
    let home = Signer::new();
    let mut world = World::of(&[&home], Demand::Required);
    let token = home.token("alice", "");
    let stolen = Digest::of(b"a certificate");
    let mut revoked = Revocations::new(10);
    let target = Target::Certificate(stolen);
    revoked.insert(Entry::all_of(target, Reason::Compromised)).unwrap();
    world.believe(2, &[&home], revoked);
    assert!((0..2).all(|_| world.bearer(&token).code.is_none()));
    world.origin.certificate_digest = Some(stolen);
    assert_eq!(world.bearer(&token).code, Some(Code::TokenRevoked));
    world.origin.certificate_digest = Some(Digest::of(b"another"));
    assert_eq!(world.bearer(&token).code, None);
}

#[test]
fn invented_and_long_tokens_are_not_remembered() {
    let (home, mallory) = (Signer::new(), Signer::new());
    let world = World::of(&[&home], Demand::Optional);
    let forged = mallory.token("alice", "");
    assert!((0..3).all(|_| world.bearer(&forged).code == Some(Code::TokenInvalid)));
    let long = home.token("alice", &format!(",\"x\":\"{}\"", "x".repeat(TOKEN_BYTES_MAX)));
    assert!((0..3).all(|_| world.bearer(&long).code.is_none()));
    assert_eq!(world.tables.verified().hits(), 0);
}

#[test]
fn where_nobody_is_believed_nobody_passes() {
    let home = Signer::new();
    let mut world = World::of(&[&home], Demand::Required);
    world.view = Arc::new(Snapshot { truth: Arc::default(), ..Snapshot::clone(&world.view) });
    assert_eq!(world.bearer(&home.token("alice", "")).code, Some(Code::TokenInvalid));
    let missing = world.ask(&[]);
    assert_eq!(missing.code, Some(Code::TokenMissing));
    assert_eq!(missing.challenge, "Bearer realm=\"api\"");
}

#[test]
fn a_subject_is_the_same_verified_or_not_and_forgers_are_none_of_them() {
    let (home, mallory) = (Signer::new(), Signer::new());
    let (good, forged) = (home.token("alice", ""), mallory.token("alice", ""));
    let verified = World::of(&[&home], Demand::Optional);
    let claimed = World::of(&[&home], Demand::None);
    let alice = verified.bearer(&good).seen;
    let unverified = claimed.bearer(&good).seen;
    assert_eq!(alice.subject, unverified.subject);
    assert_eq!(unverified.subject_kind, SubjectKind::TokenClaim);
    // Where nothing is verified, a token is taken for whose it says it is.
    assert_eq!(claimed.bearer(&forged).seen.subject, alice.subject);
    for (fields, what) in [
        (vec![("authorization", format!("Bearer {forged}"))], "forged"),
        (vec![("authorization", format!("bearer {forged}"))], "in other letters"),
        (vec![("authorization", format!("Bearer  {forged} "))], "with blanks"),
        (vec![("authorization", format!("Bearer\t{good}"))], "with a tab"),
        (vec![("authorization", format!("DPoP {good}"))], "without its proof"),
        (vec![("authorization", format!("Token {good}"))], "another scheme"),
        (vec![("authorization", good.clone())], "no scheme"),
        (vec![("x-api-key", good.clone())], "a key"),
        (vec![("cookie", format!("token={good}"))], "a cookie"),
        (
            vec![
                ("authorization", format!("Bearer {forged}")),
                ("authorization", format!("Bearer {good}")),
            ],
            "two",
        ),
    ] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let got = verified.ask(&fields);
        assert_ne!(got.seen.subject, alice.subject, "{what}");
        assert_ne!(got.seen.subject_kind, SubjectKind::Token, "{what}");
    }
}

#[test]
fn a_proof_is_good_once_and_never_from_memory() {
    let (home, client) = (Signer::new(), Signer::new());
    let world = World::of(&[&home], Demand::Required);
    let token = home.token("alice", &format!(",\"cnf\":{{\"jkt\":\"{}\"}}", client.thumbprint()));
    let uri = "https://api.example/orders/1";
    let proof = client.proof(uri, "p1", &token);
    assert_eq!(world.dpop(&token, &proof).code, None);
    let again = world.dpop(&token, &proof);
    assert_eq!(again.code, Some(Code::TokenProofInvalid));
    assert_eq!(again.challenge, "DPoP error=\"invalid_dpop_proof\"");
    assert_eq!(world.dpop(&token, &client.proof(uri, "p2", &token)).code, None);
    assert_eq!(world.bearer(&token).code, Some(Code::TokenProofInvalid));
    assert_eq!(world.tables.verified().hits(), 0);
    // A proof of a token that is no good is not used up by it.
    let forged = Signer::new().token("alice", "");
    let proof = client.proof(uri, "p3", &forged);
    assert!((0..2).all(|_| world.dpop(&forged, &proof).code == Some(Code::TokenInvalid)));
}

#[test]
fn of_a_copy_no_more_is_demanded_than_can_be_seen() {
    let (home, client) = (Signer::new(), Signer::new());
    let mut world = World::of(&[&home], Demand::Required);
    let token = home.token("alice", &format!(",\"cnf\":{{\"jkt\":\"{}\"}}", client.thumbprint()));
    world.origin.authority = Authority::Copy;
    let copy = world.bearer(&token);
    assert!(copy.seen.hits.is_empty(), "{:?}", copy.seen.hits);
    assert_eq!(copy.seen.subject_kind, SubjectKind::AddressAgent);
    let forged = world.bearer(&Signer::new().token("alice", ""));
    assert_eq!(forged.seen.hits[0].code, Code::TokenInvalid);
}
