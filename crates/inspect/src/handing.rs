//! Handing values over: counts them, and stops at the limit.

use crate::value::{PlaceRef, Sink, Value};

/// A sink with a limit.
#[derive(Debug)]
pub(crate) struct Handing<'a, S> {
    sink: &'a mut S,
    left: &'a mut usize,
    is_full: bool,
}

impl<'a, S: Sink> Handing<'a, S> {
    /// Hands at most `left` values to `sink`, and counts it down.
    pub(crate) fn new(sink: &'a mut S, left: &'a mut usize) -> Self {
        Self { sink, left, is_full: false }
    }

    /// Hands one value over, unless the limit is reached.
    pub(crate) fn give(&mut self, place: PlaceRef<'_>, text: &[u8]) {
        match self.left.checked_sub(1) {
            None => self.is_full = true,
            Some(rest) => {
                *self.left = rest;
                self.sink.take(Value { place, text });
            }
        }
    }

    /// Hands over what is no text.
    pub(crate) fn give_scalar(&mut self, place: PlaceRef<'_>, text: &[u8]) {
        self.sink.scalar(Value { place, text });
    }

    /// Hands over that there is an empty list or object.
    pub(crate) fn give_empty(&mut self, place: PlaceRef<'_>, is_object: bool) {
        let text = if is_object { b"{}" } else { b"[]" };
        self.sink.empty(Value { place, text });
    }

    /// Hands over a piece of a text that is looked at as a whole, which has no limit: its length
    /// bounds the pieces.
    pub(crate) fn give_piece(&mut self, path: &str, text: &[u8]) {
        self.sink.take(Value { place: PlaceRef::Body(path), text });
    }

    /// Whether a value did not find room.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }
}
