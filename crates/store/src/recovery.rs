//! Recovery: what a writer does with the end of a journal that it did not write itself.
//!
//! Reads    the newest segments, until one has a sound record.
//! Writes   cuts off a torn or damaged tail behind the last sound frame, so that readers need not
//!          pass over it; deletes segments that hold no record at all. It never writes behind
//!          what another instance wrote: a new segment is begun in any case.
//! Errors   none: what cannot be recovered stays as it is, and readers pass over it.
//! Misses   damage before the newest segment with a sound record.

use crate::disk::{Directory, Disk, SegmentFile};
use crate::header::HEADER_BYTES;
use crate::read::{FrameFault, ReadError};
use crate::scan::Scan;
use crate::segment::Segment;
use std::io;
use std::path::Path;

/// What was found and done when a journal was opened for writing.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Segments that are kept.
    pub segments: u64,
    /// Bytes that were cut off because no sound frame began there.
    pub bytes_cut: u64,
    /// Segments without a record that were deleted.
    pub segments_removed: u64,
    /// Why the newest segment was left as it was, if it was unreadable or could not be mended.
    pub left: Option<ReadError>,
}

/// Mends the end of the journal. `all` are its segments, and afterwards those that are left.
pub(crate) fn recover(disk: &impl Disk, all: &mut Vec<(Segment, u64)>) -> Recovery {
    let mut done = Recovery::default();
    while let Some((segment, length)) = all.last_mut() {
        match mend(disk, *segment, *length) {
            Ok(Mended::Removed { bytes }) => {
                done.segments_removed += 1;
                done.bytes_cut += bytes;
                all.pop();
            }
            Ok(Mended::Kept { end }) => {
                done.bytes_cut += length.saturating_sub(end);
                *length = end;
                break;
            }
            Err(error) => {
                done.left = Some(error);
                break;
            }
        }
    }
    done.segments = all.len() as u64;
    done
}

/// How many bytes of a segment in `dir` are sound: where the last whole frame ends. What an instance
/// that is running writes behind it meanwhile is not looked at.
///
/// # Errors
///
/// [`ReadError`], if its header cannot be read.
pub fn sound_bytes(dir: &Path, segment: Segment) -> Result<u64, ReadError> {
    sound_end(&Directory::at(dir), segment)
}

enum Mended {
    /// It held no record; this many bytes of it were no header either.
    Removed { bytes: u64 },
    /// It now ends here.
    Kept { end: u64 },
}

fn mend(disk: &impl Disk, segment: Segment, length: u64) -> Result<Mended, ReadError> {
    let io = |error| ReadError::Io { segment, error };
    let header = HEADER_BYTES as u64;
    if length < header {
        disk.remove(segment).map_err(io)?;
        return Ok(Mended::Removed { bytes: length });
    }
    let end = sound_end(disk, segment)?;
    if end <= header {
        disk.remove(segment).map_err(io)?;
        return Ok(Mended::Removed { bytes: length.saturating_sub(end) });
    }
    if end < length {
        cut(disk, segment, end).map_err(io)?;
    }
    Ok(Mended::Kept { end })
}

/// Where the last sound frame of `segment` ends.
fn sound_end(disk: &impl Disk, segment: Segment) -> Result<u64, ReadError> {
    let gone = || ReadError::Io { segment, error: io::ErrorKind::NotFound.into() };
    let mut scan = Scan::open(disk, segment, true)?.ok_or_else(gone)?;
    loop {
        match scan.frame() {
            Some(Ok(_)) => {}
            None
            | Some(Err(ReadError::Torn { .. }))
            | Some(Err(ReadError::Corrupt { fault: FrameFault::Checksum, .. }))
            | Some(Err(ReadError::Corrupt { fault: FrameFault::TooLong(_), .. })) => {
                return Ok(scan.end());
            }
            Some(Err(error)) => return Err(error),
        }
    }
}

fn cut(disk: &impl Disk, segment: Segment, end: u64) -> io::Result<()> {
    let mut file = disk.open(segment)?;
    file.set_len(end)?;
    file.sync()
}
