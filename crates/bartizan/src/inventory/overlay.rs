//! What the inventory knows beside a description: an overlay with names that begin with `x-bartizan-`.
//!
//! Reads    the description that was imported, or the one that would be written; endpoints of its service.
//! Writes   an Overlay 1.0, of which each action is for one operation.
//! Misses   operations of paths with names for variables that nobody described, and fields: their classes are in
//!          the description that is written.

use super::apis::Known;
use super::classes;
use super::described::described;
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::posture::posture;
use bartizan_model::api::{Api, Operation, Value};
use bartizan_spec::{Format, Overlay, Target};

/// The overlay of a service.
pub(super) fn written(
    service: &str,
    declared: Option<&Api>,
    endpoints: &[Endpoint<'_>],
    by: &Known<'_>,
    format: Format,
) -> String {
    let learnt;
    let api = match declared {
        Some(api) => api,
        None => {
            learnt = described(service, endpoints, by);
            &learnt
        }
    };
    let mut overlay = Overlay::new(format!("What bartizan saw of {}", api.title), "1.0.0");
    for operation in &api.operations {
        let same: Vec<&Endpoint<'_>> =
            endpoints.iter().filter(|it| is_of(it, operation, &api.base_paths())).collect();
        if !same.is_empty() {
            overlay.add(Target::operation(operation), known(&same, by));
        }
    }
    overlay.write(format)
}

fn is_of(endpoint: &Endpoint<'_>, operation: &Operation, bases: &[&str]) -> bool {
    let template = endpoint.template();
    endpoint.method.name() == operation.method
        && bases.iter().any(|base| {
            template.strip_prefix(base).is_some_and(|it| it == operation.path.as_str())
                || template == operation.path.as_str()
        })
}

/// What is known of the endpoints of one operation: of several within an envelope, all together.
fn known(same: &[&Endpoint<'_>], by: &Known<'_>) -> [(&'static str, Value); 5] {
    let sum = |of: fn(&Endpoint<'_>) -> u64| same.iter().map(|it| of(it)).sum::<u64>();
    let most = |of: &dyn Fn(&Endpoint<'_>) -> u64| same.iter().map(|it| of(it)).max().unwrap_or(0);
    let mut names: Vec<String> =
        same.iter().flat_map(|it| classes::of(it)).map(|it| it.to_string()).collect();
    names.sort_unstable();
    names.dedup();
    let mut flaws: Vec<&str> = same
        .iter()
        .flat_map(|it| posture(it, &classes::class, &by.against(it)).weaknesses)
        .map(|it| it.flaw.advice().name)
        .collect();
    flaws.sort_unstable();
    flaws.dedup();
    [
        ("x-bartizan-calls", Value::from(sum(|it| it.leaf.all()))),
        ("x-bartizan-callers", Value::from(most(&|it| it.leaf.subjects.count()))),
        (
            "x-bartizan-risk",
            Value::from(most(&|it| u64::from(posture(it, &classes::class, &by.against(it)).risk))),
        ),
        ("x-bartizan-classes", Value::from(names)),
        ("x-bartizan-weaknesses", Value::from(flaws)),
    ]
}
