//! A sample: what an exchange said, redacted, for the few exchanges of which that is kept.

use crate::id::ExchangeId;
use std::fmt;

/// Bytes of a body that a sample keeps unless the configuration says otherwise.
pub const SAMPLE_BYTES_DEFAULT: usize = 64 * 1024;

/// Why a sample is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleReason {
    /// Something was found in the exchange.
    Finding,
    /// Somebody watches its subject.
    Watched,
}

impl SampleReason {
    /// All.
    pub const ALL: &'static [Self] = &[Self::Finding, Self::Watched];

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Watched => "watched",
        }
    }
}

/// What one exchange said. Nothing in it was not redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Sample {
    /// Which exchange.
    pub exchange: ExchangeId,
    /// When it ended, in microseconds since 1970.
    pub captured_us: u64,
    /// Why it is kept.
    pub reason: SampleReason,
    /// The head of the request; `None` if it was not kept.
    pub request_head: Option<String>,
    /// The beginning of its body.
    pub request_body: Option<String>,
    /// The head of the API's response, as the API sent it.
    pub response_head: Option<String>,
    /// The beginning of its body.
    pub response_body: Option<String>,
    /// The places where something was redacted.
    pub redacted: Vec<String>,
}

impl Sample {
    /// Bytes of all its texts.
    pub fn bytes(&self) -> usize {
        let texts =
            [&self.request_head, &self.request_body, &self.response_head, &self.response_body];
        let texts = texts.into_iter().flatten().map(String::len);
        texts.chain(self.redacted.iter().map(String::len)).sum()
    }
}

// It is redacted, and for few eyes all the same.
impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({}, {} bytes)", self.exchange, self.bytes())
    }
}
