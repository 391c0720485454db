//! JSON of headers, claims and keys: one object, strictly.
//!
//! Reads    a text of bounded bytes, nodes and levels.
//! Errors   [`JsonFault`]. A name given twice within one object is one, at every level: two readers would take two values.
//! Misses   what a value means.
//! Source   RFC 7515 section 4 and RFC 7519 section 4 (a duplicate name is refused, or the last one counts: we refuse).

use bartizan_model::tape::{Kind, NodeId, Tape, TapeFault, TapeLimits, name_hash};
use std::borrow::Cow;

/// Why a text is not an object that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// It has more bytes, levels or values than are read.
    TooLarge,
    /// It is no JSON in UTF-8.
    Malformed,
    /// It is JSON, but no object.
    NoObject,
    /// An object in it has a name twice.
    Repeated,
}

/// Reads a text that is one object.
pub(crate) fn object<'t>(text: &'t [u8], limits: &TapeLimits) -> Result<Tape<'t>, JsonFault> {
    let tape = Tape::read(text, limits).map_err(|it| match it.fault {
        TapeFault::TooLong | TapeFault::TooDeep | TapeFault::TooMany => JsonFault::TooLarge,
        TapeFault::Encoding | TapeFault::Malformed => JsonFault::Malformed,
    })?;
    let is_object = tape.kind(tape.root()) == Kind::Object;
    if is_object { Ok(tape) } else { Err(JsonFault::NoObject) }
}

/// Whether an object in this value has a name twice. As deep as the text was allowed to be.
pub(crate) fn is_repeated(tape: &Tape<'_>, node: NodeId) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if tape.kind(node) == Kind::Object && tape.is_repeated(node) {
            return true;
        }
        // One of these is empty.
        open.extend(tape.members(node).map(|it| it.value));
        open.extend(tape.items(node));
    }
    false
}

/// The member of this name.
pub(crate) fn member(tape: &Tape<'_>, object: NodeId, name: &str) -> Option<NodeId> {
    let hash = name_hash(name.as_bytes());
    let is_it = |id| tape.hash_of_name(id) == hash && tape.text(id) == name;
    tape.members(object).find(|it| is_it(it.name)).map(|it| it.value)
}

/// A text that names something: not empty, within `bytes_max`, without control characters and without halves of surrogate
/// pairs, which would all be read as the same character.
pub(crate) fn text<'t>(tape: &Tape<'t>, node: NodeId, bytes_max: usize) -> Option<Cow<'t, str>> {
    if tape.kind(node) != Kind::Text {
        return None;
    }
    let is_escaped = tape.plain_text(node).is_none();
    let text = tape.text(node);
    let is_torn = is_escaped && text.contains(char::REPLACEMENT_CHARACTER);
    let is_name = !text.is_empty() && text.len() <= bytes_max && !text.contains(char::is_control);
    (is_name && !is_torn).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TapeLimits = TapeLimits { bytes_max: 64, nodes_max: 12, depth_max: 3 };

    #[test]
    fn only_an_object_within_its_limits_is_read() {
        for (text, fault) in [
            ("", JsonFault::Malformed),
            ("[]", JsonFault::NoObject),
            ("\"a\"", JsonFault::NoObject),
            ("{} ", JsonFault::NoObject),
            ("{}x", JsonFault::Malformed),
            ("{}{}", JsonFault::Malformed),
            ("\u{feff}{}", JsonFault::Malformed),
            ("{\"a\":1,}", JsonFault::Malformed),
            ("{'a':1}", JsonFault::Malformed),
            ("{\"a\":NaN}", JsonFault::Malformed),
            ("{\"a\":01}", JsonFault::Malformed),
            ("{\"a\":[[[]]]}", JsonFault::TooLarge),
            ("[1,2,3,4,5,6,7,8,9,10,11,12]", JsonFault::TooLarge),
        ] {
            let read = object(text.as_bytes(), &LIMITS).map(|_| ());
            // Space around an object is JSON.
            let expected = if text == "{} " { Ok(()) } else { Err(fault) };
            assert_eq!(read, expected, "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}", &LIMITS).err(), Some(JsonFault::Malformed));
    }

    #[test]
    fn a_name_given_twice_is_seen_at_every_level_and_however_it_is_written() {
        for (text, expected) in [
            (r#"{"a":1,"b":1}"#, false),
            (r#"{"a":1,"a":1}"#, true),
            (r#"{"alg":1,"\u0061lg":1}"#, true),
            (r#"{"a":[{"b":1,"b":2}]}"#, true),
            (r#"{"a":{"a":1},"b":{"a":1}}"#, false),
        ] {
            let tape = object(text.as_bytes(), &LIMITS).unwrap();
            assert_eq!(is_repeated(&tape, tape.root()), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_names_something_is_whole() {
        for (raw, expected) in [
            (r#"{"a":"x"}"#, Some("x")),
            (r#"{"a":"\u0078"}"#, Some("x")),
            (r#"{"a":""}"#, None),
            (r#"{"a":"1234"}"#, Some("1234")),
            (r#"{"a":"12345"}"#, None),
            (r#"{"a":1}"#, None),
            (r#"{"a":"x\u0000"}"#, None),
            (r#"{"a":"\ud800"}"#, None),
        ] {
            let tape = object(raw.as_bytes(), &LIMITS).unwrap();
            let node = member(&tape, tape.root(), "a").unwrap();
            assert_eq!(text(&tape, node, 4).as_deref(), expected, "{raw}");
        }
    }
}
