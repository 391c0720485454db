//! The demo: an honestly vulnerable shop, its customers, an attacker, and the story of their day.
//!
//! Everything happens on loopback and offline, from one seed. Nothing is faked: the shop really builds
//! its SQL by concatenation, the attacker really gets what is in the answers, and with the guard off
//! the story fails by itself because the attack succeeds.
//!
//! This crate does not know the guard. [`story::tell`] is given one that stands in front of the shop and says when it has
//! learnt enough ([`guard::Guard`]); otherwise it assumes only what a client can see: status 400 or 403,
//! `application/problem+json`, and a member `decision_id`.

pub mod addresses;
pub mod attacker;
mod beats;
pub mod client;
pub mod customers;
pub mod guard;
pub mod insider;
pub mod loot;
mod percent;
pub mod seeded;
pub mod shop;
pub mod sql;
mod stage;
pub mod story;
pub mod texts;
pub mod world;
mod wrapped;
