//! What is learnt from traffic. Row 1, pure.

pub mod changes;
pub mod digest;
pub mod drift;
mod hashed;
pub mod inventory;
pub mod posture;
pub mod profile;
pub mod relations;
pub mod retirement;
pub mod standing;
pub mod template;
pub mod terms;
pub mod third_parties;
pub mod usual;
