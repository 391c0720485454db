//! The contract: which clauses are in force, and what a violation of them means.
//!
//! Row 1. [`decide`](decide::decide) is the only decision point of the product, and only it can
//! make a [`Permit`](permit::Permit).

pub mod clause_set;
pub mod decide;
pub mod permit;
pub mod retirement;
