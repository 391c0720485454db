//! A text, in pieces that overlap: an attack on the edge of two of them is whole in one.

use crate::body::{PIECE_BYTES_MAX, PIECE_OVERLAP_BYTES};
use crate::handing::Handing;
use crate::value::Sink;

/// What of a text was not handed over yet, with the overlap.
#[derive(Debug, Default)]
pub(super) struct Text {
    window: Vec<u8>,
}

impl Text {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        path: &str,
        out: &mut Handing<'_, impl Sink>,
    ) {
        self.window.extend_from_slice(bytes);
        while self.window.len() > PIECE_BYTES_MAX {
            out.give_piece(path, self.window.get(..PIECE_BYTES_MAX).unwrap_or_default());
            self.window.drain(..PIECE_BYTES_MAX - PIECE_OVERLAP_BYTES);
        }
        if end && !self.window.is_empty() {
            out.give_piece(path, &self.window);
            self.window = Vec::new();
        }
    }

    pub(super) fn kept_bytes(&self) -> usize {
        self.window.len()
    }
}
