//! Enforcement points. Row 3: translates between wires and the engine, and holds no rule.

pub mod http1;
pub mod proxy;
pub mod tls;
