//! Posture, as the control API and the commands show them.

use super::apis::Known;
use super::{classes, shown};
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::posture::{Flaw, Posture, Unknown, Verdict, Weakness, posture};
use bartizan_model::profile::Duty;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// What is weak about an endpoint.
pub(crate) fn of(it: &Endpoint<'_>, known: &Known<'_>) -> Value {
    let Posture { weaknesses, risk, unknown, duties } =
        posture(it, &classes::class, &known.against(it));
    let weaknesses: Vec<_> = weaknesses.iter().map(weakness).collect();
    let unknown: Vec<_> = unknown.iter().map(|it| it.name()).collect();
    let duties: Vec<_> = duties
        .iter()
        .map(|(duty, verdict)| json!({"duty": duty.name(), "verdict": verdict.name()}))
        .collect();
    json!({"risk": risk, "weaknesses": weaknesses, "unknown": unknown, "baseline": duties})
}

fn weakness(it: &Weakness) -> Value {
    let advice = it.flaw.advice();
    json!({
        "flaw": advice.name,
        "title": advice.title,
        "owasp": advice.owasp,
        "risk": it.risk,
        "seen": it.seen.0,
        "of": it.seen.1,
        "places": it.places,
        "hold": advice.hold,
        "mend": advice.mend,
    })
}

/// All weaknesses of these endpoints by flaw, the riskiest first.
pub(crate) fn ranked(endpoints: &[Endpoint<'_>], known: &Known<'_>) -> Value {
    let found: Vec<(Value, Posture)> = endpoints
        .iter()
        .map(|it| {
            let named = json!({
                "id": shown::id(it),
                "service": it.service,
                "method": it.method.name(),
                "template": it.template(),
                "operation": it.operation,
            });
            (named, posture(it, &classes::class, &known.against(it)))
        })
        .collect();
    let mut flaws: Vec<(u32, Value)> =
        Flaw::ALL.iter().filter_map(|flaw| by_flaw(*flaw, &found)).collect();
    flaws.sort_by_key(|it| Reverse(it.0));
    let unknown = |what| found.iter().filter(|it| it.1.unknown.contains(&what)).count();
    json!({
        "endpoints": endpoints.len(),
        "weak": found.iter().filter(|it| !it.1.weaknesses.is_empty()).count(),
        "unknown": {
            "credentials": unknown(Unknown::Credentials),
            "outcomes": unknown(Unknown::Outcomes),
            "response_heads": unknown(Unknown::ResponseHeads),
            "response_bodies": unknown(Unknown::ResponseBodies),
        },
        "baseline": baseline(&found),
        "flaws": flaws.into_iter().map(|it| it.1).collect::<Vec<_>>(),
    })
}

/// Of each thing that is owed, of how many endpoints, and of how many it is met, missing or not known.
fn baseline(found: &[(Value, Posture)]) -> Vec<Value> {
    let of = |duty: &Duty| {
        let verdicts: Vec<Verdict> = found
            .iter()
            .filter_map(|it| it.1.duties.iter().find(|it| it.0 == *duty).map(|it| it.1))
            .collect();
        let count = |name: &str| verdicts.iter().filter(|it| it.name() == name).count();
        let counted = json!({
            "duty": duty.name(),
            "endpoints": verdicts.len(),
            "met": count("met"),
            "missing": count("missing"),
            "unknown": count("unknown"),
        });
        (!verdicts.is_empty()).then_some(counted)
    };
    Duty::ALL.iter().filter_map(of).collect()
}

/// One flaw with the endpoints that have it; ranked by the risks of all of them together.
fn by_flaw(flaw: Flaw, found: &[(Value, Posture)]) -> Option<(u32, Value)> {
    let mut endpoints: Vec<(u8, Value)> = found
        .iter()
        .filter_map(|(named, posture)| {
            let it = posture.weaknesses.iter().find(|it| it.flaw == flaw)?;
            let mut out = named.clone();
            if let Value::Object(members) = &mut out {
                members.insert("risk".to_owned(), it.risk.into());
                members.insert("seen".to_owned(), it.seen.0.into());
                members.insert("of".to_owned(), it.seen.1.into());
                members.insert("places".to_owned(), it.places.clone().into());
            }
            Some((it.risk, out))
        })
        .collect();
    endpoints.sort_by_key(|it| Reverse(it.0));
    let most = endpoints.first()?.0;
    let advice = flaw.advice();
    // The gravest counts most; each further endpoint a little.
    let rank =
        u32::from(most) * 1_000 + u32::try_from(endpoints.len()).unwrap_or(u32::MAX).min(999);
    Some((
        rank,
        json!({
            "flaw": advice.name,
            "title": advice.title,
            "owasp": advice.owasp,
            "risk": most,
            "hold": advice.hold,
            "mend": advice.mend,
            "endpoints": endpoints.into_iter().map(|it| it.1).collect::<Vec<_>>(),
        }),
    ))
}
