//! HTTP/1 on the wire: strict readers of heads and bodies, and a writer that frames anew.

pub mod body;
pub mod head;
pub mod write;
