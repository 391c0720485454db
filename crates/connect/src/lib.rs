//! Everything that bartizan calls on its own account. So far: where alerts go.
//!
//! What an alert is stands in [`alert`]; which of them are sent in [`dedup`] and [`silence`]; what each
//! receiver is sent in [`cloud_event`], [`ocsf`] and [`syslog`]; that none is forgotten in [`spool`]; and
//! the sending itself in [`deliver`]. Only that file opens connections. Files are written through ports
//! that the binary fills: rows meet there.

pub mod alert;
pub mod backoff;
pub mod cloud_event;
pub mod dedup;
pub mod deliver;
pub mod ocsf;
pub mod signing;
pub mod silence;
pub mod spool;
pub mod syslog;
mod time;
