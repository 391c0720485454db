//! The one spelling of a JSON body, where its route wants it: what was judged is then what every upstream reads.
//!
//! Reads    a body that is held whole, and the head.
//! Writes   the text to forward in its place, which is never longer.
//! Memory   a tape of the body, and the text.
//! Misses   compressed bodies, ones in another character set, with a byte order mark, or whose bytes a field of the head vouches for:
//!          they stay as they are, and are judged.

use bartizan_inspect::body::Format;
use bartizan_model::head::Fields;
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bartizan_model::route::{JsonSpelling, Route};
use bartizan_model::tape::{Tape, TapeLimits};
use bytes::Bytes;

/// The text to forward in place of `body`.
pub(crate) fn canonical(
    body: &[u8],
    format: Format,
    fields: &Fields,
    route: &Route,
    limits: &Limits,
) -> Option<Bytes> {
    let is_wanted = route.json == JsonSpelling::Canonicalise && format == Format::Json;
    if !is_wanted || fields.has(Known::ContentEncoding) || vouches_for_bytes(fields) {
        return None;
    }
    let limits = TapeLimits {
        bytes_max: limits.inspect_bytes_max,
        depth_max: limits.depth_max,
        ..TapeLimits::default()
    };
    let text = Tape::read(body, &limits).ok()?.canonical();
    Some(Bytes::from(text))
}

/// `Content-Digest`, `Content-MD5`, `Signature` and their kin, whose receiver would refuse other bytes.
fn vouches_for_bytes(fields: &Fields) -> bool {
    fields.iter().any(|(_, name, _)| {
        let name = name.to_ascii_lowercase();
        let holds = |part: &[u8]| memchr::memmem::find(&name, part).is_some();
        holds(b"digest") || holds(b"signature") || name == b"content-md5"
    })
}
