//! The side that operators see. Row 3. So far: health and metrics on the admin listener.

pub mod admin;
