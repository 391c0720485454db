//! A form that passes: each pair when the next begins.

use crate::body::{PIECE_BYTES_MAX, PIECE_OVERLAP_BYTES};
use crate::form;
use crate::handing::Handing;
use crate::json::nested;
use crate::value::{PlaceRef, Sink};
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::place::escaped_step;

/// Bytes of a name that are kept for the further pieces of its value.
const NAME_BYTES_MAX: usize = 1024;

/// The pair that has not ended yet.
#[derive(Debug)]
pub(super) struct Pairs {
    path: String,
    depth_max: usize,
    pair: Vec<u8>,
    oddities: Oddities,
}

impl Pairs {
    pub(super) fn new(path: &str, depth_max: usize) -> Self {
        Self { path: path.to_owned(), depth_max, pair: Vec::new(), oddities: Oddities::NONE }
    }

    pub(super) fn oddities(&self) -> Oddities {
        self.oddities
    }

    pub(super) fn kept_bytes(&self) -> usize {
        self.pair.len()
    }

    pub(super) fn push(&mut self, bytes: &[u8], end: bool, out: &mut Handing<'_, impl Sink>) {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'&', rest) {
            self.pair.extend_from_slice(rest.get(..at).unwrap_or_default());
            self.give(out);
            self.pair.clear();
            rest = rest.get(at + 1..).unwrap_or_default();
        }
        self.pair.extend_from_slice(rest);
        if end {
            self.give(out);
            self.pair = Vec::new();
        } else if self.pair.len() > PIECE_BYTES_MAX {
            self.cut(out);
        }
    }

    fn give(&mut self, out: &mut Handing<'_, impl Sink>) {
        if self.pair.is_empty() {
            return;
        }
        if form::is_broken(&self.pair) {
            self.oddities.insert(Oddity::FormMalformed);
        }
        let (mut name_scratch, mut value_scratch) = (Vec::new(), Vec::new());
        let (name, value) = form::pair(&self.pair, &mut name_scratch, &mut value_scratch);
        let mut path = format!("{}.", self.path);
        path.push_str(&escaped_step(name));
        out.give(PlaceRef::Body(&path), value);
        out.give(PlaceRef::Name, name);
        nested(value, &path, self.depth_max, out);
    }

    /// Hands over what has come of a pair that is too long to be kept, up to a character that is whole.
    fn cut(&mut self, out: &mut Handing<'_, impl Sink>) {
        let aligned = |pair: &[u8], at: usize| {
            let before = pair.get(at.saturating_sub(2)..at).unwrap_or_default();
            match before {
                [b'%', _] => at - 2,
                [_, b'%'] => at - 1,
                [..] => at,
            }
        };
        let length = self.pair.len();
        let to = aligned(&self.pair, length);
        let from = aligned(&self.pair, to.saturating_sub(PIECE_OVERLAP_BYTES));
        let rest = self.pair.split_off(to);
        self.give(out);
        let tail = self.pair.split_off(from);
        let equals = memchr::memchr(b'=', &self.pair).filter(|it| *it < NAME_BYTES_MAX);
        self.pair.truncate(equals.map_or(0, |it| it + 1));
        self.pair.extend_from_slice(&tail);
        self.pair.extend_from_slice(&rest);
    }
}
