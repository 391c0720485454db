//! Messages to facts: what a head and a body hold, decoded, with the place of each value and the
//! oddities met on the way. Row 1, pure. Nothing here judges.

pub mod body;
mod charset;
pub mod classify;
pub mod client_address;
pub mod content_coding;
pub mod decoding;
pub mod envelope;
pub mod events;
pub mod form;
mod handing;
pub mod head_values;
mod json;
pub mod json_edit;
mod json_scan;
mod json_trail;
pub mod known_places;
pub mod mask;
mod multipart;
pub mod path;
pub mod path_readings;
pub mod path_spelling;
pub mod percent;
mod protobuf;
pub mod records;
pub mod redact;
pub mod sliding;
pub mod token_claims;
pub mod trace_context;
pub mod traits;
pub mod value;
pub mod websocket;
mod xml;
