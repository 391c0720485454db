//! A JSON text as one flat list of nodes, for whoever looks at values and needs no tree of them.
//!
//! Reads    one JSON text (RFC 8259), strictly: all of it, in UTF-8, nothing behind it.
//! Writes   for each value and each name of a member a node of 20 bytes: kind, span in the text, where the
//!          next one is. Nothing is copied: texts are unescaped by whoever asks for them.
//! Memory   at most `nodes_max` nodes; while reading, 32 bytes a level and 8 bytes a member of the open
//!          objects.
//! Errors   [`TapeError`] with the byte where reading ended. A name that an object has twice is no error:
//!          both members are there and marked ([`Tape::is_repeated`]).
//! Misses   whether a text was escaped needlessly; halves of surrogate pairs become U+FFFD.
//! Source   RFC 8259.

mod canonical;
mod decimal;
mod name;
mod read;
mod text;

use std::borrow::Cow;

pub use decimal::Decimal;
pub use name::name_hash;
pub use text::unescaped;

/// Bounds of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapeLimits {
    /// Bytes of the text; at most 4 GiB are read whatever it says.
    pub bytes_max: usize,
    /// Nodes: values, and names of members.
    pub nodes_max: usize,
    /// Objects and arrays in each other.
    pub depth_max: usize,
}

impl Default for TapeLimits {
    fn default() -> Self {
        Self { bytes_max: 8 << 20, nodes_max: 400_000, depth_max: 64 }
    }
}

/// Why a text has no tape, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TapeError {
    /// Bytes before the place.
    pub at: usize,
    /// Why.
    pub fault: TapeFault,
}

/// Why a text has no tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TapeFault {
    /// More than [`TapeLimits::bytes_max`].
    TooLong,
    /// Not UTF-8.
    Encoding,
    /// Not JSON.
    Malformed,
    /// More than [`TapeLimits::depth_max`] levels.
    TooDeep,
    /// More than [`TapeLimits::nodes_max`].
    TooMany,
}

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    #[default]
    Null,
    /// `false`
    False,
    /// `true`
    True,
    /// A number without point and exponent.
    Integer,
    /// A number with one of them. It may be whole all the same.
    Decimal,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
    /// The name of a member; its value is the next node.
    Name,
}

/// Which node of a tape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(u32);

/// One JSON text, read.
#[derive(Clone, Debug)]
pub struct Tape<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// Of a text or name without its quotes.
    start: u32,
    end: u32,
    /// The node behind it and all that is in it.
    next: u32,
    /// Items of an array, different names of an object, hash of a name.
    extra: u32,
    kind: Kind,
    marks: u8,
}

/// A text or name has escapes.
const ESCAPED: u8 = 1;
/// A name that its object has more than once.
const REPEATED: u8 = 2;
/// And it is not the first of them. Of an object: it has such a name.
const AGAIN: u8 = 4;

/// A member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, of kind [`Kind::Name`].
    pub name: NodeId,
    /// Its value.
    pub value: NodeId,
}

impl<'t> Tape<'t> {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`TapeError`] if it is not exactly one JSON value, or exceeds a limit.
    pub fn read(text: &'t [u8], limits: &TapeLimits) -> Result<Self, TapeError> {
        read::read(text, limits)
    }

    /// The whole value.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The text in the one spelling that every reader takes for the same; of members of one name the last.
    pub fn canonical(&self) -> String {
        canonical::canonical(self)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: there is at least one value.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// What a node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Items of an array, or different names of an object; 0 for everything else.
    pub fn count(&self, id: NodeId) -> usize {
        let node = self.node(id);
        if matches!(node.kind, Kind::Array | Kind::Object) { node.extra as usize } else { 0 }
    }

    /// The bytes of a node in the text; of a string or name, those between the quotes.
    pub fn span(&self, id: NodeId) -> std::ops::Range<usize> {
        let node = self.node(id);
        node.start as usize..node.end as usize
    }

    /// Those bytes as they are written.
    pub fn raw(&self, id: NodeId) -> &'t str {
        self.text.get(self.span(id)).unwrap_or_default()
    }

    /// A value as it is written, a string with its quotes.
    pub fn raw_text(&self, id: NodeId) -> &'t str {
        let std::ops::Range { start, end } = self.span(id);
        let quote = usize::from(matches!(self.kind(id), Kind::Text | Kind::Name));
        self.text.get(start.saturating_sub(quote)..end + quote).unwrap_or_default()
    }

    /// A string or name as it is meant.
    pub fn text(&self, id: NodeId) -> Cow<'t, str> {
        let raw = self.raw(id);
        if self.node(id).marks & ESCAPED == 0 { Cow::Borrowed(raw) } else { unescaped(raw) }
    }

    /// A string or name that is meant as it is written; nothing if it has escapes.
    pub fn plain_text(&self, id: NodeId) -> Option<&'t str> {
        (self.node(id).marks & ESCAPED == 0).then(|| self.raw(id))
    }

    /// A number; of any other node 0.
    pub fn number(&self, id: NodeId) -> Decimal<'t> {
        let is_number = matches!(self.kind(id), Kind::Integer | Kind::Decimal);
        Decimal::of(if is_number { self.raw(id) } else { "0" })
    }

    /// The [`name_hash`] of a name.
    pub fn hash_of_name(&self, id: NodeId) -> u32 {
        self.node(id).extra
    }

    /// Of a name: whether its object has it more than once. Of an object: whether it has such a name.
    pub fn is_repeated(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let mark = if node.kind == Kind::Object { AGAIN } else { REPEATED };
        node.marks & mark != 0
    }

    /// Items of an array; none of everything else.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let (mut at, end) = self.inside(id, Kind::Array);
        std::iter::from_fn(move || {
            let item = (at < end).then_some(NodeId(at))?;
            at = self.node(item).next.max(at + 1);
            Some(item)
        })
    }

    /// Members of an object in the order of the text; none of everything else.
    pub fn members(&self, id: NodeId) -> impl Iterator<Item = Member> {
        let (mut at, end) = self.inside(id, Kind::Object);
        std::iter::from_fn(move || {
            let name = (at < end).then_some(NodeId(at))?;
            let value = NodeId(at + 1);
            at = self.node(value).next.max(at + 2);
            Some(Member { name, value })
        })
    }

    fn inside(&self, id: NodeId, kind: Kind) -> (u32, u32) {
        let node = self.node(id);
        if node.kind == kind { (id.0 + 1, node.next) } else { (0, 0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(text: &str) -> Tape<'_> {
        Tape::read(text.as_bytes(), &TapeLimits::default()).unwrap()
    }

    #[test]
    fn values_and_their_neighbours_are_found() {
        let tape = tape(r#" {"a": [1, [2, 3], {}], "b": "x", "c": {"d": null}, "e": 1.0} "#);
        let root = tape.root();
        assert_eq!((tape.kind(root), tape.count(root)), (Kind::Object, 4));
        let members: Vec<_> = tape.members(root).collect();
        let names: Vec<_> = members.iter().map(|it| tape.text(it.name)).collect();
        assert_eq!(names, ["a", "b", "c", "e"]);
        let kinds: Vec<_> = members.iter().map(|it| tape.kind(it.value)).collect();
        assert_eq!(kinds, [Kind::Array, Kind::Text, Kind::Object, Kind::Decimal]);
        let items: Vec<_> = tape.items(members[0].value).map(|it| tape.raw(it)).collect();
        assert_eq!(items, ["1", "[2, 3]", "{}"]);
        assert_eq!(tape.items(root).count() + tape.members(members[1].value).count(), 0);
        assert_eq!(tape.len(), 16);
    }

    #[test]
    fn texts_are_unescaped_where_an_escape_is() {
        let tape = tape(r#"["\u0041\n", "ä", "\ud83d\ude00", "\ud800"]"#);
        let texts: Vec<_> = tape.items(tape.root()).map(|it| tape.text(it)).collect();
        assert_eq!(texts, ["A\n", "ä", "😀", "\u{fffd}"]);
        assert!(matches!(texts[1], Cow::Borrowed(_)));
    }

    #[test]
    fn names_given_again_are_marked_however_they_are_written() {
        for many in [0, 40] {
            let others: String = (0..many).map(|it| format!("\"n{it}\": 1, ")).collect();
            let text = format!(r#"{{"a": 1, {others}"b": 2, "\u0061": 3, "a": 4}}"#);
            let tape = tape(&text);
            let root = tape.root();
            assert_eq!(tape.count(root), 2 + many);
            assert!(tape.is_repeated(root));
            let marked: Vec<_> =
                tape.members(root).filter(|it| tape.is_repeated(it.name)).collect();
            let values: Vec<_> = marked.iter().map(|it| tape.raw(it.value)).collect();
            assert_eq!(values, ["1", "3", "4"]);
        }
        let plain = tape(r#"{"a": {"a": 1}, "b": {"a": 2}}"#);
        assert!(!plain.is_repeated(plain.root()));
    }
}
