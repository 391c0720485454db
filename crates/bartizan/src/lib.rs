//! Command line, configuration and wiring of the `bartizan` binary.
//!
//! A library beside the binary so that tests reach its parts. Nothing else links it.

pub mod added;
pub mod alerts;
mod backend;
pub mod backup;
mod bar;
pub mod bypass;
pub mod cli;
pub mod codes;
pub mod commands;
pub mod config;
mod content;
pub mod contract;
pub mod control;
mod declared;
pub mod demo;
mod described;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod filter;
pub mod held;
#[cfg(feature = "hunt")]
pub mod hunt;
mod impact;
pub mod import;
pub(crate) mod in_force;
pub mod instance;
pub mod inventory;
mod issuers;
pub mod keeper;
pub mod key;
pub mod ledger;
pub mod log;
pub mod manual;
pub mod metrics;
pub mod notice;
pub(crate) mod objects;
pub mod ocsf;
mod patches;
pub mod pipeline;
pub mod recent;
mod remembered;
pub mod rules_record;
pub mod show;
pub mod status;
pub mod supervisor;
pub mod tempo;
pub(crate) mod wall;
pub mod watch;
pub mod wire;
