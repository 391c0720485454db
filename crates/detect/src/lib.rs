//! Findings: what detectors say they saw. Row 1, pure. Nothing here refuses.

pub mod content;
pub mod disclosure;
