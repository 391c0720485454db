//! The file of entries that no checkpoint covers yet.

use bartizan_ledger::entry::ENTRY_BYTES_MAX;

pub(super) const NAME: &str = "pending";
pub(super) const ASIDE: &str = "pending.new";
const MAGIC: [u8; 8] = *b"BTZNLEDG";
const VERSION: u16 = 1;
const HEADER_BYTES: usize = 24;
const FRAME_BYTES: usize = 6;

/// The beginning of a file whose first entry has this number.
pub(super) fn header(first: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_be_bytes());
    bytes.extend([0; 2]);
    bytes.extend(first.to_be_bytes());
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_be_bytes());
    bytes
}

/// Adds an entry to what is to be written.
pub(super) fn frame(bytes: &mut Vec<u8>, index: u64, entry: &[u8]) {
    // Whoever appended it saw that it is not too long.
    let length = u16::try_from(entry.len().min(ENTRY_BYTES_MAX)).unwrap_or(u16::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(checksum(index, entry).to_be_bytes());
    bytes.extend_from_slice(entry);
}

fn checksum(index: u64, entry: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&index.to_be_bytes());
    sum.update(entry);
    sum.finalize()
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// The number of its first entry.
    pub(super) first: u64,
    /// Its entries, up to the first that is not whole.
    pub(super) entries: Vec<Vec<u8>>,
    /// Bytes behind them.
    pub(super) torn: usize,
}

/// Reads a file; `None` if it does not begin as one.
pub(super) fn read(bytes: &[u8]) -> Option<Pending> {
    let (head, mut rest) = bytes.split_at_checked(HEADER_BYTES)?;
    let first = u64::from_be_bytes(*head.get(12..20)?.first_chunk()?);
    if head != header(first) {
        return None;
    }
    let mut found = Pending { first, ..Pending::default() };
    let mut index = first;
    while let Some((entry, behind)) = next(rest, index) {
        found.entries.push(entry.to_vec());
        rest = behind;
        index += 1;
    }
    found.torn = rest.len();
    Some(found)
}

fn next(bytes: &[u8], index: u64) -> Option<(&[u8], &[u8])> {
    let (head, behind) = bytes.split_first_chunk::<FRAME_BYTES>()?;
    let [a, b, sum @ ..] = *head;
    let (entry, behind) = behind.split_at_checked(u16::from_be_bytes([a, b]).into())?;
    (checksum(index, entry) == u32::from_be_bytes(sum)).then_some((entry, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_up_to_the_first_damage() {
        let mut bytes = header(7);
        let entries: Vec<Vec<u8>> = (0..5_u8).map(|it| vec![it; 3 * usize::from(it)]).collect();
        let mut ends = vec![bytes.len()];
        for (index, entry) in (7..).zip(&entries) {
            frame(&mut bytes, index, entry);
            ends.push(bytes.len());
        }
        assert_eq!(read(&bytes), Some(Pending { first: 7, entries: entries.clone(), torn: 0 }));
        for end in 0..bytes.len() {
            let found = read(&bytes[..end]);
            let whole = ends.iter().filter(|it| **it <= end).count();
            assert_eq!(found.map(|it| it.entries.len() + 1), (whole > 0).then_some(whole));
        }
        for at in 0..bytes.len() {
            for flip in 1..=255 {
                bytes[at] ^= flip;
                let found = read(&bytes).map(|it| it.entries);
                bytes[at] ^= flip;
                let sound = ends.iter().filter(|it| **it <= at).count();
                assert_eq!(found, sound.checked_sub(1).map(|it| entries[..it].to_vec()), "{at}");
            }
        }
    }
}
