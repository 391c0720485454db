//! The file format, byte for byte. If this test fails, journals that were written before can no
//! longer be read: give the changed record a new version and keep a reader for the old one.

use crate::double::Double;
use crate::journal::Journal;
use crate::read::Records;
use crate::sample;
use crate::segment::Segment;

/// A segment with [`sample::records`].
const GOLDEN: &str = "";

#[test]
fn the_format_is_what_it_was() {
    let disk = Double::default();
    let options = sample::options(1 << 20, 1 << 20);
    let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
    sample::records().iter().for_each(|it| journal.append(it).unwrap());
    journal.flush().unwrap();
    assert_eq!(lines(&disk.bytes(Segment::FIRST)), GOLDEN.trim_ascii());
}

#[test]
fn what_was_written_is_read() {
    let digits: Vec<u8> = GOLDEN.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |it: &[u8]| u8::from_str_radix(str::from_utf8(it).unwrap(), 16).unwrap();
    let disk = Double::default();
    disk.put(Segment::FIRST, &digits.chunks(2).map(byte).collect::<Vec<_>>());
    let all: Result<Vec<_>, _> = Records::of(disk).collect();
    assert_eq!(all.unwrap(), sample::records());
}

/// 32 bytes a line.
fn lines(bytes: &[u8]) -> String {
    let line = |it: &[u8]| it.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks(32).map(line).collect::<Vec<_>>().join("\n")
}
