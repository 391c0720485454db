//! Server-sent events: the same events however the stream is cut, and every byte of it passes, in order.

use bartizan_inspect::events::{Event, Events};

const EVENT_BYTES_MAX: usize = 64;

pub(super) fn run(data: &[u8]) {
    let whole = read(data, data.len().max(1));
    for bytes in [1, 2, 7] {
        assert_eq!(read(data, bytes), whole, "in pieces of {bytes}");
    }
    assert_eq!(whole.1, data);
}

/// The texts of the events, and what passes.
fn read(data: &[u8], bytes: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut events = Events::new(EVENT_BYTES_MAX);
    let (mut texts, mut passed) = (Vec::new(), Vec::new());
    for (piece, end) in data.chunks(bytes).map(|it| (it, false)).chain([(&b""[..], true)]) {
        for event in events.push(piece, end) {
            match event {
                Event::Passes(it) | Event::TooLong(it) => passed.extend(it),
                Event::Whole { bytes, text } => {
                    texts.push(text);
                    passed.extend(bytes);
                }
            }
        }
        assert!(events.kept_bytes() <= EVENT_BYTES_MAX);
    }
    (texts, passed)
}
