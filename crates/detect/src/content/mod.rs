//! Content detection: attacks in one value.

use bartizan_model::evidence::Sighting;

/// Looks at one decoded value.
pub fn examine(text: &[u8]) -> Option<Sighting> {
    let _ = text;
    None
}
