//! Content detection of one value: at most one sighting a kind, scores within bounds, the same each time, and the same
//! within an effort that is large enough.

use super::input::Input;
use bartizan_detect::content::{Effort, SCORE_MIN, examine, examine_within};

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let is_name = input.byte() & 1 == 1;
    let text = input.0;
    let found = examine(text, is_name);
    for (at, it) in found.iter().enumerate() {
        assert!((SCORE_MIN..=1_000).contains(&it.score), "{it:?}");
        assert!(found[..at].iter().all(|before| before.code != it.code), "{found:?}");
    }
    let mut effort = Effort::new(usize::MAX);
    assert_eq!(examine_within(text, is_name, &[], &mut effort), Ok(found));
}
