//! Handing values over: counts them, and stops at the limit.

use crate::value::{PlaceRef, Sink, Value};

/// A sink with a limit.
#[derive(Debug)]
pub(crate) struct Handing<'a, S> {
    sink: &'a mut S,
    left: &'a mut usize,
    part_bytes_left: usize,
    is_full: bool,
}

impl<'a, S: Sink> Handing<'a, S> {
    /// Hands at most `left` values to `sink`, and counts it down.
    pub(crate) fn new(sink: &'a mut S, left: &'a mut usize) -> Self {
        Self { sink, left, part_bytes_left: 0, is_full: false }
    }

    /// Allows parts of so many bytes to be read as bodies of their own.
    pub(crate) fn with_parts(mut self, bytes_max: usize) -> Self {
        self.part_bytes_left = bytes_max;
        self
    }

    /// Bytes that parts may still have.
    pub(crate) fn part_bytes_left(&self) -> usize {
        self.part_bytes_left
    }

    /// Takes the bytes of a part; false if there are not so many left.
    pub(crate) fn take_part(&mut self, bytes: usize) -> bool {
        let left = self.part_bytes_left.checked_sub(bytes);
        self.part_bytes_left = left.unwrap_or(0);
        left.is_some()
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

    /// Something was not read for want of room.
    pub(crate) fn is_cut(&mut self) {
        self.is_full = true;
    }

    /// Whether a value did not find room.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }
}
