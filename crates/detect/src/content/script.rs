//! HTML that runs when it is shown: the evidence beside the recogniser's suspicion.

/// Whether `text` breaks out into HTML that runs.
pub(super) fn runs(_text: &[u8]) -> bool {
    false
}
