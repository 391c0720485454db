//! What a message may cost, for every reader of heads and bodies.

/// Bounds on one message. Every value comes from configuration; the edge enforces those of the
/// head while reading, the engine those of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request or response head, request line and field lines together.
    pub head_bytes_max: usize,
    /// Bytes of a request target.
    pub target_bytes_max: usize,
    /// Field lines of a head or trailer section.
    pub fields_max: usize,
    /// Bytes of a request body; 0 is no limit. What exceeds it violates `baseline.body_size`.
    pub body_bytes_max: u64,
    /// Bytes of a request body that are held and judged whole before anything is forwarded.
    pub inspect_bytes_max: usize,
    /// Bytes that all held bodies of the process may have together.
    pub held_bytes_max: usize,
    /// Bytes that a compressed body may have when decoded.
    pub decoded_bytes_max: usize,
    /// How many times its size a compressed body may have when decoded.
    pub decoded_ratio_max: usize,
    /// Nesting of a JSON body.
    pub depth_max: usize,
    /// Suspicious bytes of one message that are looked at closely; further ones make content
    /// `Unknown`.
    pub suspicious_bytes_max: usize,
    /// Bytes that further readings of the values of one message may have together; without room for one, content
    /// is `Unknown`.
    pub views_bytes_max: usize,
    /// As `suspicious_bytes_max`, of a body that passes piece by piece; what is beyond passes, and is told.
    pub streamed_suspicious_bytes_max: usize,
    /// As `views_bytes_max`, of such a body.
    pub streamed_views_bytes_max: usize,
    /// Values of one message that are examined; further ones make content `Unknown`.
    pub values_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes_max: 32 * 1024,
            target_bytes_max: 8 * 1024,
            fields_max: 128,
            body_bytes_max: 0,
            inspect_bytes_max: 1024 * 1024,
            held_bytes_max: 256 * 1024 * 1024,
            decoded_bytes_max: 8 * 1024 * 1024,
            decoded_ratio_max: 100,
            depth_max: 64,
            suspicious_bytes_max: 256 * 1024,
            views_bytes_max: 4 * 1024 * 1024,
            streamed_suspicious_bytes_max: 64 * 1024 * 1024,
            streamed_views_bytes_max: 256 * 1024 * 1024,
            values_max: 20_000,
        }
    }
}
