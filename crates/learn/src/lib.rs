//! What is learnt from traffic. Row 1, pure.

pub mod drift;
pub mod inventory;
pub mod template;
