//! The side that operators see. Row 3: the admin listener with health, metrics, the control API and the
//! pages of the console.
//!
//! Everything that the API tells or changes goes through [`backend::Backend`]; this crate knows who asks,
//! what they may, and how it is said over HTTP.

pub mod access;
pub mod admin;
pub mod api;
mod assets;
pub mod backend;
pub mod problem;
