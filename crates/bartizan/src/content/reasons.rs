//! What said most that a value is an attack.
//!
//! Reads    the signs that a finding keeps in place of the value.

use bartizan_detect::content::attack::Attack;
use bartizan_detect::content::sign::Signs;
use bartizan_model::evidence::Finding;

/// Reasons that are told of one finding.
const REASONS_MAX: usize = 4;

/// The weightiest signs; none if it is no finding of content detection.
pub(crate) fn reasons(it: &Finding) -> Vec<&'static str> {
    let Some(attack) = Attack::of(it.sighting.code) else { return Vec::new() };
    let signs = u32::from_str_radix(&it.sighting.fingerprint.to_string(), 16).unwrap_or(0);
    let mut all = attack.reasons(Signs::of(signs));
    all.truncate(REASONS_MAX);
    all
}
