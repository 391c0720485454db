//! A value on its way from a reader to a detector: borrowed, decoded once, never kept.

use bartizan_model::place::Place;

/// One value of a message.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// Where it stands.
    pub place: PlaceRef<'a>,
    /// Its decoded text. Any bytes.
    pub text: &'a [u8],
}

/// A [`Place`] without its allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceRef<'a> {
    /// A path segment.
    Path,
    /// A query parameter of this name.
    Query(&'a [u8]),
    /// A header field of this name.
    Header(&'a [u8]),
    /// A cookie of this name.
    Cookie(&'a [u8]),
    /// A body field at this path, already escaped.
    Body(&'a str),
    /// A name itself, whichever of the above it belongs to.
    Name,
}

impl PlaceRef<'_> {
    /// The place as it is kept.
    pub fn to_place(self) -> Place {
        match self {
            Self::Path => Place::Path,
            Self::Query(name) => Place::query(name),
            Self::Header(name) => Place::header(&name.to_ascii_lowercase()),
            Self::Cookie(name) => Place::cookie(name),
            Self::Body(path) => Place::body(path),
            Self::Name => Place::Name,
        }
    }
}

/// Takes the values of a message, one after the other.
pub trait Sink {
    /// Takes one value.
    fn take(&mut self, value: Value<'_>);

    /// Takes a number, `true`, `false` or `null` of a JSON document. Nothing can hide in one, so they
    /// count towards no limit.
    fn scalar(&mut self, _value: Value<'_>) {}

    /// Takes an empty list or object of a JSON document, as `[]` or `{}`: what is not empty shows in its values.
    fn empty(&mut self, _value: Value<'_>) {}
}

impl<F: FnMut(Value<'_>)> Sink for F {
    fn take(&mut self, value: Value<'_>) {
        self(value);
    }
}
