//! A framed body: the same however it arrives, never more than came, and written in chunks it reads the same.

use super::input::{Input, pieces};
use bartizan_edge::http1::body::{BodyReader, Piece};
use bartizan_edge::http1::write::{self, Framed};
use bartizan_model::head::Framing;
use bartizan_model::limits::Limits;
use bytes::BytesMut;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let framing = match input.byte() % 4 {
        0..2 => Framing::Delimited,
        2 => Framing::Length(u64::from(input.byte())),
        _ => Framing::Close,
    };
    let (seed, max) = (input.byte(), usize::from(input.byte()) + 1);
    let text = input.0;
    let whole = read(framing, &[text], usize::MAX);
    assert_eq!(whole, read(framing, &pieces(text, seed), max), "another reading in pieces");
    assert!(whole.body.len() + whole.left <= text.len());
    if whole.is_malformed || !whole.is_done {
        return;
    }
    let mut out = BytesMut::new();
    for piece in pieces(&whole.body, seed) {
        write::data(&mut out, piece, Framed::Chunked, false);
    }
    let trailers = whole.trailers.iter().map(|it| (it.0.as_slice(), it.1.as_slice()));
    write::trailers(&mut out, trailers);
    let again = read(Framing::Delimited, &[&out], usize::MAX);
    assert_eq!(again, Body { left: 0, ..whole });
}

/// What was read.
#[derive(Debug, Default, PartialEq)]
struct Body {
    body: Vec<u8>,
    trailers: Vec<(Vec<u8>, Vec<u8>)>,
    is_done: bool,
    is_malformed: bool,
    /// Bytes behind the body.
    left: usize,
}

fn read(framing: Framing, pieces: &[&[u8]], max: usize) -> Body {
    // Where a trailer section without an end is given up depends on how it arrives.
    let limits = Limits { head_bytes_max: usize::MAX, ..Limits::default() };
    let mut reader = BodyReader::new(framing);
    let (mut found, mut buffer) = (Body::default(), BytesMut::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        while !reader.is_done() {
            match reader.read(&mut buffer, max, &limits) {
                Ok(Piece::Data(bytes, is_last)) => {
                    found.body.extend_from_slice(&bytes);
                    assert!(is_last == reader.is_done() && bytes.len() <= max);
                }
                Ok(Piece::Trailers(fields)) => {
                    let fields = fields.iter().map(|it| (it.1.to_vec(), it.2.to_vec()));
                    found.trailers = fields.collect();
                }
                Ok(Piece::NeedMore) => break,
                Err(_) => return Body { is_malformed: true, ..found },
            }
        }
    }
    Body {
        is_done: reader.is_done(),
        left: if reader.is_done() { buffer.len() } else { 0 },
        ..found
    }
}
