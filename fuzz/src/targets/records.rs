//! Records of an answer: the same number however it is cut, and never more than there are objects and lists.

use super::input::{Input, pieces};
use bartizan_inspect::records::Records;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let seed = input.byte();
    let count = |pieces: &[&[u8]]| {
        let mut records = Records::default();
        let sum: u64 = pieces.iter().map(|it| records.push(it)).sum();
        sum + records.end()
    };
    let whole = count(&[input.0]);
    assert_eq!(whole, count(&pieces(input.0, seed)));
    let opened = input.0.iter().filter(|it| matches!(it, b'{' | b'[')).count();
    assert!(whole <= opened as u64);
}
