//! The journal: a segment of frames that are sound, with payloads of any bytes, and one of any bytes. Every record is read
//! or told, and none twice.

use bartizan_store::disk::{Disk, SegmentFile};
use bartizan_store::{Records, Segment};
use std::io::{self, Cursor};

/// Runs it.
pub fn run(data: &[u8]) {
    let frames = framed(data);
    let (read, faults) = records(segment(&frames.concat()));
    assert!(faults == 0, "{faults} of the segment");
    assert!(read <= frames.len());
    let (read, faults) = records(segment(data));
    assert!(read * 12 <= data.len() && faults <= 1);
    let (read, faults) = records(data.to_vec());
    assert!(read * 12 <= data.len() && faults <= 1);
}

/// Frames whose kind, version, flags and payload are `data`, each up to a line end.
fn framed(data: &[u8]) -> Vec<Vec<u8>> {
    let frame = |text: &[u8]| {
        let (kind, payload) = text.split_first_chunk::<2>().unwrap_or((&[1, 1], text));
        let checked = [&[kind[0], 1, kind[1] & 1, 0], payload].concat();
        let length = u32::try_from(payload.len()).unwrap_or_default().to_le_bytes();
        let sum = crc32fast::hash(&checked).to_le_bytes();
        [&length[..], &checked[..4], &sum, payload].concat()
    };
    data.get(..60_000.min(data.len()))
        .unwrap_or_default()
        .split(|it| *it == b'\n')
        .map(frame)
        .collect()
}

fn segment(frames: &[u8]) -> Vec<u8> {
    let mut head = b"BTZNJRNL".to_vec();
    head.extend_from_slice(&[1, 0, 0, 0]);
    head.resize(28, 0);
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    [&head, frames].concat()
}

/// How many records were read, and how many faults end a segment.
fn records(segment: Vec<u8>) -> (usize, u64) {
    let mut records = Records::of(Memory(segment));
    let read = records.by_ref().filter(Result::is_ok).count();
    (read, records.damage().segments)
}

/// A disk with one segment that nobody writes.
#[derive(Debug)]
struct Memory(Vec<u8>);

impl Disk for Memory {
    type File = Never;
    type Reader = Cursor<Vec<u8>>;
    type Lock = ();

    fn prepare(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self) -> io::Result<Option<()>> {
        Ok(None)
    }

    fn list(&self) -> io::Result<Vec<(Segment, u64)>> {
        let only = Segment::of_file("00000001.journal").ok_or(io::ErrorKind::NotFound)?;
        Ok(vec![(only, self.0.len() as u64)])
    }

    fn create(&self, _: Segment) -> io::Result<Never> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn open(&self, _: Segment) -> io::Result<Never> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn read(&self, _: Segment) -> io::Result<Cursor<Vec<u8>>> {
        Ok(Cursor::new(self.0.clone()))
    }

    fn remove(&self, _: Segment) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_names(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that cannot be had.
#[derive(Debug)]
enum Never {}

impl SegmentFile for Never {
    fn write_at(&mut self, _: &[u8], _: u64) -> io::Result<usize> {
        match *self {}
    }

    fn set_len(&mut self, _: u64) -> io::Result<()> {
        match *self {}
    }

    fn sync(&mut self) -> io::Result<()> {
        match *self {}
    }
}
