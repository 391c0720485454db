//! What it costs to verify a token that was not seen before, for each algorithm, and how much of that is the signature alone:
//! `cargo run --release -p bartizan-auth --example verify_speed`.
//!
//! Where the system tells it (Linux), the time is that of the processor, so that what else runs on the machine counts for less.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "an example, run by hand"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use bartizan_auth::algorithm::{Algorithm, Algorithms};
use bartizan_auth::api_key::ApiKeys;
use bartizan_auth::authenticate::{Authorities, Issuer, Request, authenticate};
use bartizan_auth::credential::Places;
use bartizan_auth::dpop::ProofPolicy;
use bartizan_auth::jwk::Keys;
use bartizan_auth::jws::{Jws, OwnKey};
use bartizan_auth::policy::verify;
use bartizan_auth::revoked::{Entry, Reason, Revocations, Target};
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;
use support::{HOME, ISSUER, NOW_S, claims, home_keys, home_secrets, kid, now, policy_of};

const TOKENS: usize = 64;
/// So long that what the clock of the processor does not see is little.
const RUN_NS: u128 = 60_000_000;
const TIMES: usize = 9;

/// Nanoseconds that this thread has run, or that have passed.
fn now_ns(since: Instant) -> u128 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|it| it.split(' ').next()?.parse().ok());
    told.unwrap_or_else(|| since.elapsed().as_nanos())
}

/// The median over several runs, in nanoseconds a token.
fn median_ns(tokens: &[String], mut each: impl FnMut(&str)) -> u128 {
    let mut times: Vec<u128> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            let since_ns = now_ns(start);
            let mut rounds = 0;
            while start.elapsed().as_nanos() < RUN_NS {
                tokens.iter().for_each(|it| each(it));
                rounds += 1;
            }
            (now_ns(start) - since_ns) / (rounds * tokens.len()) as u128
        })
        .collect();
    times.sort_unstable();
    times.get(TIMES / 2).copied().unwrap_or_default()
}

fn tokens(algorithm: Algorithm) -> Vec<String> {
    let token = |at: usize| {
        let mut claims = claims();
        claims["jti"] = json!(format!("token-{at}"));
        claims["auth_time"] = json!(NOW_S - 100);
        claims["email"] = json!("somebody@shop.example");
        claims["realm_access"] = json!({"roles": ["clerk", "lead", "offline_access"]});
        let header = json!({"typ": "at+jwt", "alg": algorithm.name(), "kid": kid(algorithm)});
        HOME.token_of(algorithm, &header.to_string(), &claims.to_string())
    };
    (0..TOKENS).map(token).collect()
}

fn main() {
    let all: Vec<_> = Algorithm::ALL.into_iter().collect();
    let policy = policy_of(&all);
    let (pairs, secrets) = (home_keys(), home_secrets());
    let line = |name: &str, bytes: usize, ns: u128| {
        println!("{name:<28} {bytes:>5} bytes {:>8}.{:02} µs", ns / 1000, ns % 1000 / 10);
    };
    for algorithm in all {
        let has_pair = Algorithms::asymmetric().contains(algorithm);
        let keys: &Keys = if has_pair { &pairs } else { &secrets };
        let tokens = tokens(algorithm);
        let bytes = tokens.first().map_or(0, String::len);
        let ns = median_ns(&tokens, |it| {
            assert!(black_box(verify(it.as_bytes(), keys, &policy, now())).is_ok());
        });
        line(algorithm.name(), bytes, ns);
        let read: Vec<_> =
            tokens.iter().map(|it| Jws::read(it.as_bytes(), OwnKey::Refused).unwrap()).collect();
        let mut next = read.iter().cycle();
        let ns = median_ns(&tokens, |_| {
            assert!(black_box(next.next().unwrap().verify(keys, policy.algorithms)).is_ok());
        });
        line(&format!("  {}, the signature", algorithm.name()), bytes, ns);
    }
    let tokens = tokens(Algorithm::Rs256);
    let bytes = tokens.first().map_or(0, String::len);
    let ns = median_ns(&tokens, |it| {
        assert!(black_box(Jws::read(it.as_bytes(), OwnKey::Refused)).is_ok());
    });
    line("RS256, read only", bytes, ns);

    let mut revoked = Revocations::new(100_000);
    for at in 0..100_000 {
        let subject = format!("left-{at}");
        let target = Target::Subject { issuer: ISSUER, subject: &subject };
        revoked.insert(Entry::all_of(target, Reason::Left)).unwrap();
    }
    let authorities = Authorities {
        issuers: vec![Issuer { policy, keys: pairs }],
        api_keys: ApiKeys::default(),
        proofs: ProofPolicy::default(),
        places: Places::default(),
        revoked,
    };
    let request =
        Request { method: "GET", uri: "https://api.example/", certificate_der: None, nonces: &[] };
    let fields: Vec<String> = tokens.iter().map(|it| format!("Bearer {it}")).collect();
    let ns = median_ns(&fields, |it| {
        let fields = [(&b"authorization"[..], it.as_bytes())];
        assert!(black_box(authenticate(fields, &request, &authorities, now())).is_ok());
    });
    line("RS256, a request, 100 000 revoked", bytes, ns);
}
