//! Hunting: SQL over what is kept. The only crate that links DataFusion.
//!
//! An adapter of row 3. It reads an archive through a port ([`source`]), and neither files nor keys. A
//! [`hunter::Hunter`] asks; the answer comes piece by piece ([`answer`]), within bounds of rows, time and
//! memory. What can be asked stands in [`views`], what may be asked in [`guard`], questions worth keeping
//! in [`saved`].

pub mod answer;
pub mod guard;
pub mod hunter;
mod memory;
pub mod progress;
mod prune;
pub mod saved;
mod scan;
pub mod source;
mod table;
pub mod views;
