//! Each recogniser, also where a look at the marks would have cleared the value: what it would have told is told.

use super::input::Input;
use bartizan_detect::content::shape::Shape;
use bartizan_detect::content::{SCORE_MIN, examine, signs};

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let is_name = input.byte() & 1 == 1;
    let text = input.0;
    let found = examine(text, is_name);
    for (attack, seen) in signs(text, is_name) {
        let known = attack.signs().len();
        assert!((known..32).all(|n| !seen.has(n)), "{attack:?} saw what it has no name for");
        let score = attack.score(seen, Shape::of(text, is_name));
        if score >= SCORE_MIN {
            let told = found.iter().find(|it| it.code == attack.code());
            assert!(told.is_some_and(|it| it.score >= score), "{attack:?} was cleared: {seen:?}");
        }
    }
}
