//! Input of any kind: nothing panics, nothing is accepted that was not signed, and what is costly has a bound.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test"
)]

mod support;

use bartizan_auth::algorithm::Algorithm;
use bartizan_auth::api_key::ApiKeys;
use bartizan_auth::authenticate::{Authorities, Issuer, Outcome, Request, authenticate};
use bartizan_auth::basic;
use bartizan_auth::claims;
use bartizan_auth::credential::{self, Places};
use bartizan_auth::dpop::{self, ProofPolicy};
use bartizan_auth::jwk::{Key, Keys};
use bartizan_auth::jws::{Jws, OwnKey, TOKEN_BYTES_MAX};
use bartizan_auth::policy::{Policy, verify};
use bartizan_auth::revoked::{Entry, Reason, Revocations, Target};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Instant;
use support::{AUDIENCE, HOME, ISSUER, claims as good_claims, home_keys, now, policy, set_of};

/// A small deterministic generator (xorshift).
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    /// The text with some of its bytes changed, doubled, removed or moved.
    fn mutated(&mut self, text: &[u8]) -> Vec<u8> {
        const LETTERS: &[u8] = b"{}[]\",:.=\\u00aA19-_ \0\xff\xc3eE+";
        let mut out = text.to_vec();
        for _ in 0..1 + self.below(4) {
            let at = self.below(out.len() + 1);
            let letter = LETTERS[self.below(LETTERS.len())];
            match self.below(5) {
                0 => out.insert(at, letter),
                1 if at < out.len() => out[at] = letter,
                2 if at < out.len() => drop(out.remove(at)),
                3 => out.truncate(at.max(1)),
                _ => {
                    let end = (at + self.below(24)).min(out.len());
                    let piece = out[at..end].to_vec();
                    let to = self.below(out.len() + 1);
                    out.splice(to..to, piece);
                }
            }
        }
        out
    }
}

#[test]
fn no_input_panics_and_none_is_accepted_that_was_not_signed() {
    let (keys, policy) = (home_keys(), policy());
    let token = HOME.token(Algorithm::EdDsa, &good_claims());
    let header = json!({"alg": "EdDSA", "kid": "home-EdDSA", "typ": "at+jwt"}).to_string();
    let payload = good_claims().to_string();
    let own = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": HOME.jwk(Algorithm::EdDsa)});
    let proof = HOME.token_of(Algorithm::EdDsa, &own.to_string(), "{}");
    let set = set_of(&[HOME.named(Algorithm::Es256, "a"), HOME.named(Algorithm::Rs256, "b")]);
    let places = Places { key_fields: vec!["x-key".into()], cookies: vec!["sid".into()] };
    let request =
        dpop::Request { method: "GET", uri: "https://a.example/", token: None, nonces: &[] };
    let mut generator = Generator(0x5EED_0000_0000_0041);
    let (mut accepted, mut read) = (0, 0);
    for _ in 0..20_000 {
        let changed = generator.mutated(token.as_bytes());
        if changed != token.as_bytes() {
            accepted += usize::from(verify(&changed, &keys, &policy, now()).is_ok());
        }
        // The same behind the signature: what an issuer could sign by mistake.
        let other = generator.mutated(payload.as_bytes());
        read += usize::from(claims::read(&other).is_ok());
        let other = generator.mutated(header.as_bytes());
        let other = String::from_utf8_lossy(&other).into_owned();
        let other = HOME.token_of(Algorithm::EdDsa, &other, "{}");
        read += usize::from(Jws::read(other.as_bytes(), OwnKey::Refused).is_ok());
        let changed = generator.mutated(proof.as_bytes());
        let result = dpop::verify(&changed, &request, &ProofPolicy::default(), now());
        accepted += usize::from(result.is_ok());
        let changed = generator.mutated(b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let fields = [("authorization", &changed), ("cookie", &changed), ("x-key", &changed)];
        let fields = fields.map(|(name, value)| (name.as_bytes(), value.as_slice()));
        read += usize::from(credential::read(fields, &places).is_ok());
        read += usize::from(basic::read(&changed).is_ok());
    }
    for _ in 0..2_000 {
        let changed = generator.mutated(&set);
        read += usize::from(Keys::read(&changed).is_ok_and(|it| it.len() == 2));
    }
    println!("hostile: 0 accepted, {read} readable");
    assert_eq!(accepted, 0);
    assert!(read > 1_000, "{read}");
}

/// The dearest token: as many keys as are tried, each of the longest, and a token as long as it may be.
#[test]
fn the_dearest_token_has_a_bound() {
    let n = support::b64([0xFF; 1024]);
    let jwk = json!({"kty": "RSA", "n": n, "e": support::b64([1, 0, 0, 0, 1])});
    let keys = Keys::read(&set_of(&vec![jwk; 4])).unwrap();
    assert_eq!(keys.len(), 4);
    let header = support::b64(r#"{"alg":"RS512"}"#);
    let room = TOKEN_BYTES_MAX - header.len() - 2 - 1366;
    let token = format!("{header}.{}.{}", "A".repeat(room / 4 * 4), support::b64([0x7F; 1024]));
    let since = Instant::now();
    let rounds = 5;
    for _ in 0..rounds {
        let result = verify(token.as_bytes(), &keys, &Policy::new(ISSUER, &[AUDIENCE]), now());
        assert!(result.is_err());
    }
    println!("the dearest token: {} µs", since.elapsed().as_micros() / rounds);
    // 50 ms are the bound for any input (and it is some tenths of one).
    assert!(since.elapsed().as_millis() / rounds < 50);
}

/// Long lists are looked up in as many steps as they have digits.
#[test]
fn revocation_is_looked_up_quickly_in_a_long_list() {
    let mut list = Revocations::new(100_000);
    let names: Vec<String> = (0..100_000).map(|it| format!("t{it}")).collect();
    for id in &names {
        list.insert(Entry::all_of(Target::TokenId { issuer: ISSUER, id }, Reason::Issuer)).unwrap();
    }
    assert_eq!(list.len(), 100_000);
    let authorities = Authorities {
        issuers: vec![Issuer { policy: policy(), keys: home_keys() }],
        api_keys: ApiKeys::default(),
        proofs: ProofPolicy::default(),
        places: Places::default(),
        revoked: list,
    };
    let ask = |id: &str| {
        let token = HOME.token(Algorithm::EdDsa, &support::claims_with(json!({"jti": id})));
        let value = format!("Bearer {token}");
        let request = Request {
            method: "GET",
            uri: "https://a.example/",
            certificate_der: None,
            nonces: &[],
        };
        let fields = [(&b"authorization"[..], value.as_bytes())];
        authenticate(fields, &request, &authorities, now())
            .map(|it| matches!(it, Outcome::Known(_)))
    };
    assert!(ask("t99999").is_err());
    assert_eq!(ask("t100000"), Ok(true));
}

/// A model of the list, that remembers everything and looks at all of it.
#[test]
fn the_list_says_what_a_plain_one_says() {
    let mut generator = Generator(0x0BAD_5EED_0000_0007);
    for _ in 0..300 {
        let mut list = Revocations::new(1_000);
        let mut plain: Vec<(String, Entry)> = Vec::new();
        for _ in 0..generator.below(40) {
            let subject = format!("s{}", generator.below(3));
            let target = Target::Subject { issuer: ISSUER, subject: &subject };
            let mut entry = Entry::all_of(target, Reason::Operator);
            if generator.below(3) > 0 {
                entry = entry.issued_before(generator.next() % 20);
            }
            if generator.below(3) > 0 {
                entry = entry.until(generator.next() % 20);
            }
            list.insert(entry).unwrap();
            plain.push((subject, entry));
        }
        let mut sizes = BTreeMap::new();
        list.iter().for_each(|it| *sizes.entry(it.of).or_insert(0) += 1);
        assert!(sizes.values().all(|it| *it <= 21), "{sizes:?}");
        for issued_us in 0..20 {
            for wall_us in 0..20 {
                for subject in ["s0", "s1", "s2"] {
                    let moment = bartizan_model::moment::Moment { mono_ns: 0, wall_us };
                    let expected = plain.iter().any(|(name, it)| {
                        name == subject
                            && it.before_us.is_none_or(|it| issued_us < it)
                            && it.expires_us.is_none_or(|it| wall_us < it)
                    });
                    let verified = token_of(subject, issued_us);
                    let shown = bartizan_auth::revoked::Shown::token(&verified, None);
                    let found = list.is_revoked(&shown, moment);
                    assert_eq!(found.is_some(), expected, "{subject} {issued_us} {wall_us}");
                }
            }
        }
    }
}

/// A token of this subject that was issued then; verified once each, and remembered.
fn token_of(subject: &str, issued_us: u64) -> bartizan_auth::policy::Verified {
    thread_local! {
        static MADE: std::cell::RefCell<BTreeMap<(String, u64), bartizan_auth::policy::Verified>> =
            const { std::cell::RefCell::new(BTreeMap::new()) };
    }
    MADE.with_borrow_mut(|made| {
        let make = || {
            let seconds = format!("0.0000{issued_us:02}");
            let payload = good_claims().to_string();
            let payload =
                payload.replace(r#""sub":"alice""#, &format!(r#""sub":"{subject}""#)).replace(
                    &format!(r#""iat":{}"#, support::NOW_S - 10),
                    &format!(r#""iat":{seconds}"#),
                );
            let header = json!({"alg": "EdDSA", "kid": "home-EdDSA"}).to_string();
            let token = HOME.token_of(Algorithm::EdDsa, &header, &payload);
            let verified = verify(token.as_bytes(), &home_keys(), &policy(), now()).unwrap();
            assert_eq!(verified.claims.issued_us, Some(issued_us));
            verified
        };
        made.entry((subject.to_owned(), issued_us)).or_insert_with(make).clone()
    })
}

#[test]
fn keys_of_any_text_are_none_or_good() {
    let jwk = HOME.named(Algorithm::EdDsa, "k").to_string();
    let mut generator = Generator(0x0DD5_EED0_0000_0003);
    let mut good = 0;
    for _ in 0..5_000 {
        let changed = generator.mutated(jwk.as_bytes());
        if let Ok(key) = Key::read(&changed) {
            assert!(key.fits(Algorithm::EdDsa) && !key.fits(Algorithm::Hs256));
            good += 1;
        }
    }
    assert!(good > 10, "{good}");
}
