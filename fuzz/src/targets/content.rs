//! Content detection of one value: at most one sighting a kind, scores within bounds, none in what is plain, and the same
//! within an effort that is large enough.

use super::input::Input;
use bartizan_detect::content::{Effort, FirstLook, SCORE_MIN, examine};

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let is_name = input.byte() & 1 == 1;
    let text = input.0;
    let found = examine(text, is_name);
    for (at, it) in found.iter().enumerate() {
        assert!((SCORE_MIN..=1_000).contains(&it.score), "{it:?}");
        assert!(found[..at].iter().all(|before| before.code != it.code), "{found:?}");
    }
    let first = FirstLook::of(text, is_name);
    assert!(!first.is_plain() || found.is_empty(), "{found:?} in what is plain");
    let mut effort = Effort::new(usize::MAX);
    assert_eq!(first.examine(&[], &mut effort), Ok(found));
}
