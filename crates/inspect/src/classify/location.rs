//! Where somebody is: coordinates and points.
//!
//! Misses   coordinates without a fraction; a latitude or longitude in a field whose name does not tell; geohashes.
//! Source   WGS 84 ranges, RFC 5870 (geo:), OGC 06-103r4 (well-known text), RFC 7946 (GeoJSON).

use super::shape::{Shape, has};
use super::signs::Signs;
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::number;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if let Some(bits) = point(shape) {
        signs.note(DataClass::GeoPoint, bits);
    }
}

/// What it weighs that a value is a position.
fn point(shape: &Shape<'_>) -> Option<u8> {
    if !shape.any(has::DOT) || shape.len() > 80 || shape.digits < 6 {
        return None;
    }
    if let Some(rest) = shape.bytes.strip_prefix(b"geo:") {
        let pair = rest.split(|it| *it == b';').next().unwrap_or_default();
        return is_pair(pair, b',').then_some(20);
    }
    let word = shape.bytes.get(..6).unwrap_or_default();
    if word.eq_ignore_ascii_case(b"POINT(") || word.eq_ignore_ascii_case(b"POINT ") {
        let inner = shape.bytes.get(5..)?.trim_ascii().strip_prefix(b"(")?.strip_suffix(b")")?;
        return is_pair(inner, b' ').then_some(20);
    }
    let plain = has::DIGIT | has::DOT | has::DASH | has::COMMA | has::SPACE | has::BRACKET;
    let is_list = shape.first() == b'[' && shape.last() == b']';
    if !(shape.only(plain) || is_list) {
        return None;
    }
    let text = shape.bytes.trim_ascii_start();
    let text = text.strip_prefix(b"(").or(text.strip_prefix(b"[")).unwrap_or(text);
    let text = text.strip_suffix(b")").or(text.strip_suffix(b"]")).unwrap_or(text);
    is_pair(text, b',').then_some(if shape.digits >= 12 { 13 } else { 10 })
}

/// Two coordinates, each with at least three decimals.
fn is_pair(text: &[u8], between: u8) -> bool {
    let mut parts = text.splitn(2, |it| *it == between).map(<[u8]>::trim_ascii);
    let (Some(a), Some(b)) = (parts.next(), parts.next()) else { return false };
    let of = |text: &[u8]| number(text).filter(|_| decimals(text) >= 3);
    match (of(a), of(b)) {
        (Some(a), Some(b)) => a.abs().min(b.abs()) <= 90.0 && a.abs().max(b.abs()) <= 180.0,
        _ => false,
    }
}

fn decimals(text: &[u8]) -> usize {
    text.iter().position(|it| *it == b'.').map_or(0, |at| text.len() - at - 1)
}

/// Whether a value can be a latitude or longitude, in a field that is named so; what its decimals weigh.
pub(super) fn coordinate(shape: &Shape<'_>) -> Option<u8> {
    let value = number(shape.bytes)?;
    let is_one = value.abs() <= 180.0 && !shape.any(has::LETTER | has::PLUS);
    match decimals(shape.bytes) {
        0 => None,
        1 | 2 => is_one.then_some(0),
        _ => is_one.then_some(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_known_in_their_usual_forms() {
        for (text, expected) in [
            ("48.13743,11.57549", true),
            ("-33.8688, 151.2093", true),
            ("[11.57549, 48.13743]", true),
            ("geo:48.137,11.575;u=10", true),
            ("POINT(11.575 48.137)", true),
            ("POINT (11.575 48.137)", true),
            ("1.5,2.5", false),
            ("190.123,11.575", false),
            ("1.234", false),
            ("2.0.0, 1.0.0", false),
        ] {
            let mut signs = Signs::default();
            recognise(&Shape::of(text.as_bytes()), &mut signs);
            assert_eq!(signs.has(DataClass::GeoPoint), expected, "{text}");
        }
    }
}
