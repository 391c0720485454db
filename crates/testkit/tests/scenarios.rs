//! Every scenario through the replayer, and one for every code that a single message can show.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use bartizan_model::code::Code;
use bartizan_testkit::scenario::{Scenario, outcome, read};
use std::collections::BTreeSet;
use std::path::Path;

/// Codes that need time, load, other sizes or an upstream; tests of the adapters show them.
const NOT_IN_ONE_MESSAGE: &[Code] = &[
    Code::FramingChunkMalformed,
    Code::FramingPseudoField,
    Code::FramingConnectionField,
    // Of HTTP/2.
    Code::FramingPaddedValue,
    Code::LimitHead,
    Code::LimitHeadTime,
    Code::LimitBodyTime,
    Code::LimitHeld,
    // After ten seconds only.
    Code::LimitBodyRate,
    // Several exchanges show them: `engine/tests/answers.rs`.
    Code::DisclosureBudget,
    Code::OwnerForeign,
    Code::OwnerForeignRequest,
    // Answers of the API: `engine/tests/described.rs`.
    Code::DeclaredAnswerHead,
    Code::DeclaredAnswerBody,
    // Over TLS only: `engine/tests/profiles.rs`.
    Code::TransportNoCertificate,
    // They need an issuer and the time: `engine/tests/identity.rs`, `bartizan/tests/identity.rs`.
    Code::TokenMissing,
    Code::TokenInvalid,
    Code::TokenExpired,
    Code::TokenRevoked,
    Code::TokenKeyUnknown,
    Code::TokenProofInvalid,
    Code::ScopeMissing,
    // Within a tunnel: `engine/tests/conversation.rs`.
    Code::BodyWebsocketMalformed,
    // Several exchanges show it: `engine/tests/tenants.rs`.
    Code::TenantForeign,
    // Several exchanges show them: `engine/tests/terms.rs`.
    Code::ClientThrottled,
    Code::ReferenceForeign,
    Code::RecordUnavailable,
    Code::UpstreamUnreachable,
    Code::UpstreamTimeout,
    Code::UpstreamMalformed,
    Code::UpstreamClosed,
    Code::UpstreamBusy,
    Code::UpstreamCircuitOpen,
    Code::UpstreamTls,
];

fn all() -> Vec<(String, Vec<Scenario>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, read(&std::fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

#[test]
fn every_scenario_ends_as_it_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, scenarios) in all() {
        for scenario in scenarios {
            count += 1;
            let found = outcome(&scenario.observe());
            if found != scenario.expected {
                let Scenario { name, expected, .. } = scenario;
                wrong.push(format!("{file}: {name}: {found}, expected {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 100, "{count}");
}

#[test]
fn every_code_has_a_scenario_and_every_file_a_harmless_neighbour() {
    let mut shown = BTreeSet::new();
    for (file, scenarios) in all() {
        assert!(scenarios.iter().any(|it| it.expected == "served"), "{file}");
        for scenario in scenarios {
            shown.extend(scenario.expected.split(' ').filter_map(|it| it.parse::<Code>().ok()));
        }
    }
    for code in Code::ALL {
        let elsewhere = NOT_IN_ONE_MESSAGE.contains(code);
        assert_ne!(shown.contains(code), elsewhere, "{code}");
    }
}
