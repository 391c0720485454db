//! Command line, configuration and wiring of the `bartizan` binary.
//!
//! A library beside the binary so that tests reach its parts. Nothing else links it.

pub mod cli;
pub mod config;
