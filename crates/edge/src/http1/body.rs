//! Body framing of HTTP/1: lengths and chunks, as a state machine over bytes.
//!
//! Reads    bytes as they come from a connection.
//! Writes   pieces of the body without their framing.
//! Memory   one chunk-size line or trailer section, at most `head_bytes_max`.
//! Errors   [`Malformed`] for anything that RFC 9112 section 7.1 does not allow; extensions are
//!          accepted and dropped, trailers are checked.

use super::head::{EndFinder, read_trailers};
use bartizan_model::head::{Fields, Framing};
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};

/// Longest chunk-size line with its extensions, in bytes.
const SIZE_LINE_BYTES_MAX: usize = 256;

/// Where a body stands.
#[derive(Clone, Debug)]
pub struct BodyReader {
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// So many bytes follow.
    Length(u64),
    /// A chunk-size line follows.
    Size,
    /// So many bytes of a chunk follow.
    Chunk(u64),
    /// The line end behind a chunk follows.
    ChunkEnd,
    /// The trailer section follows.
    Trailers(EndFinder),
    /// Everything until the connection closes.
    Close,
    Done,
}

/// The framing is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// One reading.
#[derive(Clone, Debug)]
pub enum Piece {
    /// So much of the body, and whether it was the last of it.
    Data(Bytes, bool),
    /// The body ended, with these trailer fields.
    Trailers(Fields),
    /// More bytes are needed.
    NeedMore,
}

impl BodyReader {
    /// At the beginning of a body with this framing.
    pub fn new(framing: Framing) -> Self {
        let state = match framing {
            Framing::None | Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Delimited => State::Size,
            Framing::Close => State::Close,
        };
        Self { state }
    }

    /// Whether the whole body was read.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Whether the end of the connection is the end of the body.
    pub fn ends_with_connection(&self) -> bool {
        matches!(self.state, State::Close)
    }

    /// Takes at most `max` bytes of the body out of `buffer`.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the framing is; the connection cannot be used any more.
    pub fn read(
        &mut self,
        buffer: &mut BytesMut,
        max: usize,
        limits: &Limits,
    ) -> Result<Piece, Malformed> {
        loop {
            match self.state {
                State::Done => return Ok(Piece::Data(Bytes::new(), true)),
                State::Close => return Ok(take_some(buffer, max)),
                State::Length(left) => {
                    let Some((bytes, left)) = take(buffer, max, left) else {
                        return Ok(Piece::NeedMore);
                    };
                    self.state = if left == 0 { State::Done } else { State::Length(left) };
                    return Ok(Piece::Data(bytes, left == 0));
                }
                State::Chunk(left) => {
                    let Some((bytes, left)) = take(buffer, max, left) else {
                        return Ok(Piece::NeedMore);
                    };
                    self.state = if left == 0 { State::ChunkEnd } else { State::Chunk(left) };
                    return Ok(Piece::Data(bytes, false));
                }
                State::Size => match size_line(buffer)? {
                    None => return Ok(Piece::NeedMore),
                    Some(0) => self.state = State::Trailers(EndFinder::default()),
                    Some(size) => self.state = State::Chunk(size),
                },
                State::ChunkEnd => match buffer.get(..2) {
                    Some(b"\r\n") => {
                        drop(buffer.split_to(2));
                        self.state = State::Size;
                    }
                    None if matches!(buffer.as_ref(), b"" | b"\r") => return Ok(Piece::NeedMore),
                    _ => return Err(Malformed),
                },
                State::Trailers(mut finder) => {
                    let Some(end) = trailers_end(buffer, &mut finder) else {
                        if buffer.len() > limits.head_bytes_max {
                            return Err(Malformed);
                        }
                        self.state = State::Trailers(finder);
                        return Ok(Piece::NeedMore);
                    };
                    let section = buffer.split_to(end);
                    self.state = State::Done;
                    if section.as_ref() == b"\r\n" {
                        return Ok(Piece::Data(Bytes::new(), true));
                    }
                    let fields = read_trailers(section.freeze(), limits).ok_or(Malformed)?;
                    return Ok(Piece::Trailers(fields));
                }
            }
        }
    }
}

fn take_some(buffer: &mut BytesMut, max: usize) -> Piece {
    if buffer.is_empty() {
        return Piece::NeedMore;
    }
    Piece::Data(buffer.split_to(buffer.len().min(max)).freeze(), false)
}

fn take(buffer: &mut BytesMut, max: usize, left: u64) -> Option<(Bytes, u64)> {
    let available = buffer.len().min(max);
    let count = usize::try_from(left).unwrap_or(usize::MAX).min(available);
    (count > 0).then(|| (buffer.split_to(count).freeze(), left - count as u64))
}

/// The size of the next chunk, once its line is complete.
fn size_line(buffer: &mut BytesMut) -> Result<Option<u64>, Malformed> {
    let window = buffer.get(..buffer.len().min(SIZE_LINE_BYTES_MAX)).unwrap_or_default();
    let Some(end) = memchr::memchr(b'\n', window) else {
        return if window.len() < SIZE_LINE_BYTES_MAX { Ok(None) } else { Err(Malformed) };
    };
    let line = match window.get(..end) {
        Some([line @ .., b'\r']) => line,
        _ => return Err(Malformed),
    };
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    // 15 digits always fit into 64 bits; wrapping sizes are how chunks are smuggled.
    if digits == 0 || digits > 15 || !is_extension(line.get(digits..).unwrap_or_default()) {
        return Err(Malformed);
    }
    let size = line.iter().take(digits).fold(0_u64, |sum, &digit| {
        sum << 4 | u64::from(char::from(digit).to_digit(16).unwrap_or(0))
    });
    drop(buffer.split_to(end + 1));
    Ok(Some(size))
}

/// Nothing, or `;` and whatever is printable.
fn is_extension(rest: &[u8]) -> bool {
    let printable = |b: &u8| *b == b'\t' || (0x20..0x7F).contains(b);
    rest.is_empty() || (rest.first() == Some(&b';') && rest.iter().all(printable))
}

fn trailers_end(buffer: &[u8], finder: &mut EndFinder) -> Option<usize> {
    match buffer {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] => Some(1),
        _ => finder.find(buffer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `wire` in pieces of every size; expects this body and this rest, or malformed.
    #[track_caller]
    fn check(framing: Framing, wire: &str, expected: Result<(&str, &str), Malformed>) {
        for step in 1..=wire.len().max(1) {
            let found = read_all(framing, wire.as_bytes(), step);
            let expected = expected.map(|(body, rest)| (body.to_owned(), rest.to_owned()));
            assert_eq!(found, expected, "in pieces of {step}");
        }
    }

    fn read_all(framing: Framing, wire: &[u8], step: usize) -> Result<(String, String), Malformed> {
        let mut reader = BodyReader::new(framing);
        let (mut buffer, mut body) = (BytesMut::new(), Vec::new());
        let mut pieces = wire.chunks(step);
        loop {
            match reader.read(&mut buffer, 5, &Limits::default())? {
                Piece::Data(bytes, end) => {
                    assert!(bytes.len() <= 5);
                    body.extend_from_slice(&bytes);
                    if end {
                        pieces.for_each(|it| buffer.extend_from_slice(it));
                        let text = |it: &[u8]| String::from_utf8(it.to_vec()).unwrap();
                        return Ok((text(&body), text(&buffer)));
                    }
                }
                Piece::Trailers(fields) => {
                    assert!(!fields.is_empty());
                    pieces.for_each(|it| buffer.extend_from_slice(it));
                    let text = |it: &[u8]| String::from_utf8(it.to_vec()).unwrap();
                    return Ok((text(&body), text(&buffer)));
                }
                Piece::NeedMore => match pieces.next() {
                    Some(piece) => buffer.extend_from_slice(piece),
                    None => return Ok((String::from_utf8(body).unwrap(), "(more)".to_owned())),
                },
            }
        }
    }

    #[test]
    fn a_length_is_exact() {
        check(Framing::Length(11), "hello worldnext", Ok(("hello world", "next")));
        check(Framing::Length(3), "ab", Ok(("ab", "(more)")));
        check(Framing::None, "next", Ok(("", "next")));
        check(Framing::Close, "all of it", Ok(("all of it", "(more)")));
    }

    #[test]
    fn chunks_are_joined_and_their_extras_dropped() {
        let it = Framing::Delimited;
        check(
            it,
            "5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n\r\nnext",
            Ok(("hello world", "next")),
        );
        check(it, "A\r\n0123456789\r\n0\r\nx: y\r\nz: w\r\n\r\nnext", Ok(("0123456789", "next")));
        check(it, "000\r\n\r\n", Ok(("", "")));
    }

    #[test]
    fn every_second_reading_of_a_chunk_is_malformed() {
        for wire in [
            "5\nhello\r\n0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5\r\nhelloX\r\n0\r\n\r\n",
            "5 \r\nhello\r\n0\r\n\r\n",
            " 5\r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "+5\r\nhello\r\n0\r\n\r\n",
            "5_0\r\nhello\r\n0\r\n\r\n",
            "\r\nhello\r\n0\r\n\r\n",
            "-1\r\nhello\r\n0\r\n\r\n",
            "10000000000000005\r\nhello\r\n0\r\n\r\n",
            "5;a\rb\r\nhello\r\n0\r\n\r\n",
            "5;a\nb\r\nhello\r\n0\r\n\r\n",
            "5 ;a\r\nhello\r\n0\r\n\r\n",
            "0\r\n\n",
            "0\r\n : y\r\n\r\n",
            "0\r\nx : y\r\n\r\n",
            "0\r\nx: y\n\r\n",
            "g\r\n",
        ] {
            check(Framing::Delimited, wire, Err(Malformed));
        }
    }

    #[test]
    fn a_size_line_is_bounded() {
        let wire = format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(SIZE_LINE_BYTES_MAX));
        assert_eq!(read_all(Framing::Delimited, wire.as_bytes(), 64), Err(Malformed));
    }
}
