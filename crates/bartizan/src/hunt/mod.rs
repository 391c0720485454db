//! Hunts: questions in SQL over what is kept, from the command line and from the console.

mod archive;
mod command;
pub(crate) mod console;
mod ledger;
mod reference;
mod saved;
mod shown;

pub use command::run;
pub use reference::reference;
