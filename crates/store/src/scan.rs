//! Reads the frames of one segment, one after the other.
//!
//! Reads    a segment, from its beginning; also while a writer appends to it.
//! Memory   one frame of at most 64 KiB, and as much of read-ahead.
//! Errors   one at most, of the segment itself; it is the last item.
//! Misses   all frames behind one with a wrong checksum.

use crate::disk::{Directory, Disk};
use crate::frame::{FRAME_BYTES_MAX, Frame, HEAD_BYTES, Head, PAYLOAD_BYTES_MAX};
use crate::header::{self, HEADER_BYTES};
use crate::read::{FrameFault, ReadError};
use crate::segment::Segment;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// One segment that is being read.
#[derive(Debug)]
pub(crate) struct Scan<R> {
    segment: Segment,
    /// Whether a writer may be in the middle of its last frame.
    last: bool,
    input: BufReader<R>,
    /// Where the next frame begins; behind every sound frame so far.
    at: u64,
    payload: Vec<u8>,
    ended: bool,
}

impl Scan<File> {
    /// Opens `segment` at byte `at`, where a frame begins.
    pub(crate) fn resume(
        disk: &Directory,
        segment: Segment,
        at: u64,
    ) -> Result<Option<Self>, ReadError> {
        let Some(mut scan) = Self::open(disk, segment, true)? else { return Ok(None) };
        let sought = scan.input.seek(SeekFrom::Start(at));
        sought.map_err(|error| ReadError::Io { segment, error })?;
        scan.at = at;
        Ok(Some(scan))
    }
}

impl<R: Read> Scan<R> {
    /// Opens `segment`. `None` if it is not there any more, or not yet.
    pub(crate) fn open<D: Disk<Reader = R>>(
        disk: &D,
        segment: Segment,
        last: bool,
    ) -> Result<Option<Self>, ReadError> {
        let io = |error| ReadError::Io { segment, error };
        let mut input = match disk.read(segment) {
            Ok(reader) => BufReader::with_capacity(FRAME_BYTES_MAX, reader),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        let mut bytes = [0; HEADER_BYTES];
        if read_full(&mut input, &mut bytes).map_err(io)? < HEADER_BYTES {
            let torn = ReadError::Torn { segment, at: 0 };
            return if last { Ok(None) } else { Err(torn) };
        }
        header::read(segment, &bytes)?;
        let at = HEADER_BYTES as u64;
        Ok(Some(Self { segment, last, input, at, payload: Vec::new(), ended: false }))
    }

    /// The next frame and where it begins.
    pub(crate) fn frame(&mut self) -> Option<Result<(u64, Frame<'_>), ReadError>> {
        if self.ended {
            return None;
        }
        let at = self.at;
        match self.advance() {
            Ok(Some(head)) => match head.with(&self.payload) {
                Some(frame) => {
                    self.at += (HEAD_BYTES + self.payload.len()) as u64;
                    Some(Ok((at, frame)))
                }
                None => {
                    self.ended = true;
                    let (segment, fault) = (self.segment, FrameFault::Checksum);
                    Some(Err(ReadError::Corrupt { segment, at, fault }))
                }
            },
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }

    /// Where the last sound frame ends.
    pub(crate) fn end(&self) -> u64 {
        self.at
    }

    /// Bytes that are held for a frame.
    #[cfg(test)]
    pub(crate) fn memory(&self) -> usize {
        self.payload.capacity()
    }

    /// Reads head and payload of the next frame; `None` at the end.
    fn advance(&mut self) -> Result<Option<Head>, ReadError> {
        let (segment, at) = (self.segment, self.at);
        let io = |error| ReadError::Io { segment, error };
        let mut bytes = [0; HEAD_BYTES];
        let read = read_full(&mut self.input, &mut bytes).map_err(io)?;
        if read == 0 {
            return Ok(None);
        }
        let Some(head) = Head::read(&bytes).filter(|_| read == HEAD_BYTES) else {
            return self.torn();
        };
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        if length > PAYLOAD_BYTES_MAX {
            let fault = FrameFault::TooLong(head.length);
            return Err(ReadError::Corrupt { segment, at, fault });
        }
        self.payload.clear();
        self.payload.reserve_exact(length);
        self.payload.resize(length, 0);
        let read = read_full(&mut self.input, &mut self.payload).map_err(io)?;
        if read == length { Ok(Some(head)) } else { self.torn() }
    }

    fn torn(&self) -> Result<Option<Head>, ReadError> {
        let torn = ReadError::Torn { segment: self.segment, at: self.at };
        if self.last { Ok(None) } else { Err(torn) }
    }
}

/// Reads until `into` is full or nothing more comes; returns how much came.
fn read_full(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(room) = into.get_mut(done..).filter(|it| !it.is_empty()) {
        match input.read(room) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
