//! The engine: composes the readers, the detectors and the contract into one transaction per
//! exchange. Row 2, pure: it never awaits, reads no clock and owns no socket. The proxy, the
//! replayer and every later adapter drive the same [`transaction::Transaction`].

mod answer;
mod arrival;
mod budget;
mod caller;
mod cohort;
mod conversation;
mod described;
mod described_answer;
mod events;
mod evidence;
mod facts;
mod identity;
mod issuing;
mod json_spelling;
pub mod judge;
pub mod keys;
mod log_in;
pub mod merge;
mod method_override;
mod news;
pub mod objects;
mod operation;
pub mod origin;
mod outgoing;
pub mod patches;
mod path_ambiguity;
mod pointed;
mod reference;
mod reflected;
pub mod refusal;
pub mod replay;
mod role;
pub mod routes;
mod shown;
pub mod simulate;
pub mod snapshot;
pub mod step;
mod streamed;
pub mod tables;
mod talk;
mod tenant;
pub mod terms;
pub mod transaction;
pub mod truth;
