//! A body of any format, walked in one step and in many: the same values and oddities, and not more than allowed.

use super::input::Input;
use super::walked::{Kind, walked};
use bartizan_inspect::body::{Format, PIECE_BYTES_MAX, WalkLimits};
use bartizan_model::oddity::Oddity;

/// Each with a letter of its own in front: what the bytes of a corpus mean does not change with this list.
const TYPES: &[&[u8]] = &[
    b"application/json",
    b"text/plain",
    b"application/x-www-form-urlencoded",
    b"application/xml",
    b"multipart/form-data; boundary=b",
    b"application/octet-stream",
    b"application/vnd.api+json; charset=utf-16",
    b"text/html; charset=utf-7",
    b"multipart/mixed; boundary=\"b\"; boundary=c",
];

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let content_type = input.one(TYPES);
    let budget = usize::from(input.byte()) + 1;
    let values_max = if input.byte() & 1 == 0 { 20_000 } else { 16 };
    let limits = WalkLimits { depth_max: 32, values_max };
    let body = input.0;
    let format = Format::of(Some(content_type));
    let whole = walked((format, content_type), body, (limits, usize::MAX));
    let steps = walked((format, content_type), body, (limits, budget));
    if whole.odd.contains(Oddity::TooManyValues) {
        // What the last step had read when the values ran out differs.
        let same = whole.all.iter().zip(&steps.all).all(|(it, other)| it == other);
        assert!(same && whole.odd == steps.odd, "another reading in steps of {budget}");
    } else {
        assert_eq!(whole, steps, "another reading in steps of {budget}");
    }
    let values = whole.all.iter().filter(|it| it.0 == Kind::Text).count();
    // Texts that are looked at as a whole have no limit but their length: sections between parts are such.
    let pieces_max = 64 + body.len() / 2 + 8 * (body.len() / PIECE_BYTES_MAX);
    assert!(values <= values_max + pieces_max, "{values} values");
    let bytes: usize = whole.all.iter().map(|it| it.2.len()).sum();
    assert!(bytes <= 64 * body.len() + 65_536, "{bytes} of {}", body.len());
}
