//! Slow and simple readers, each written from its specification, to compare with.

pub(super) mod base64;
pub(super) mod inflate;
pub(super) mod json;
pub(super) mod percent;
pub(super) mod unicode;
