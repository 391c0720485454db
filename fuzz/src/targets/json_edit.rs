//! JSON that passes piece by piece: nothing changes where nothing is to be changed, what is masked is masked however it
//! is cut, and a sound text stays sound.

use super::input::{Input, pieces};
use bartizan_inspect::json_edit::{Edit, JsonEdit, Passing, Places};
use bartizan_model::terms::Mask;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let seed = input.byte();
    let mask = input.one(&[Mask::Drop, Mask::Full, Mask::Partial]);
    let text = input.0;
    let mut places = Places::default();
    for (at, path) in ["$.a", "$.b.c", "$.l[*]", "$.l[*].d", "$[*].a"].into_iter().enumerate() {
        places.mark(path, at as u32);
    }
    let kept = passed(&pieces(text, seed), &places, &mut |_| Edit::Keep);
    assert_eq!(kept, text, "changed for nothing");
    let whole = passed(&[text], &places, &mut |_| Edit::Put(mask));
    let split = passed(&pieces(text, seed), &places, &mut |_| Edit::Put(mask));
    if is_json(text) {
        assert_eq!(whole, split, "another mask in pieces");
        assert!(is_json(&whole), "{}", String::from_utf8_lossy(&whole));
    }
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(text).is_ok()
}

fn passed(
    pieces: &[&[u8]],
    places: &Places,
    each: &mut impl FnMut(Passing<'_>) -> Edit,
) -> Vec<u8> {
    let (mut edit, mut out) = (JsonEdit::default(), Vec::new());
    pieces.iter().for_each(|it| edit.push(it, places, each, &mut out));
    edit.end(places, each, &mut out);
    out
}
