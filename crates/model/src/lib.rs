//! The shared vocabulary of bartizan: values that every other crate speaks, and the constructors
//! that make sure that they cannot be wrong.
//!
//! Row 0. Pure: nothing here reads a clock, a file, the environment or the network.

pub mod api;
pub mod assessment;
pub mod calendar;
pub mod claim;
pub mod class;
pub mod class_counts;
pub mod clause;
pub mod code;
pub mod content_level;
pub mod data_class;
pub mod evidence;
pub mod fact;
pub mod head;
pub mod host;
pub mod id;
pub mod identity;
pub mod judged;
pub mod known;
pub mod limits;
pub mod moment;
pub mod network;
pub mod observation;
pub mod oddity;
pub mod own_class;
pub mod patch;
pub mod place;
pub mod profile;
pub mod retirement;
pub mod route;
pub mod sample;
pub mod tape;
pub mod terms;
pub mod traits;
pub mod usual;
