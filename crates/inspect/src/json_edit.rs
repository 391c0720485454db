//! A JSON text that passes piece by piece: its values at places of interest are shown, and may be changed on the way.
//!
//! Reads    pieces as they come, cut anywhere; what is not JSON as far as it resembles it.
//! Writes   the text as it came, but for what was masked. What nobody asked for costs one look at each byte.
//! Memory   what of the text waits to be released: one value of at most [`TOKEN_BYTES_MAX`] bytes, or an object of at
//!          most [`OBJECT_BYTES_MAX`] whose owner is not known yet; a frame for each of [`DEPTH_MAX`] levels.
//! Misses   values in deeper levels, which none of the places names either; JSON within strings. It does not check: who reads the text
//!          reads it strictly or not.

use crate::envelope::answer_names::{AnswerNames, Level};
use crate::json::unescaped;
use crate::json_scan::{
    behind_values, ends_scalar, quote_or_backslash, whole_scalar, whole_string,
};
pub use crate::json_trail::Aliases;
use crate::json_trail::Trail;
use crate::known_places::{KnownPlaces, Spot};
use crate::mask::{NOTHING, WHOLE, mask_into};
use bartizan_model::place::{Step, steps};
use bartizan_model::terms::Mask;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a value that is shown whole.
pub const TOKEN_BYTES_MAX: usize = 1_024;
/// Bytes of an object that waits for its owner.
pub const OBJECT_BYTES_MAX: usize = 16 * 1_024;
/// Levels that are told apart.
pub const DEPTH_MAX: usize = 64;
/// Places of interest; further ones are left out.
pub const PLACES_MAX: usize = 4_096;

/// The node of what is of no interest, but may hold what is new.
const NOWHERE: usize = usize::MAX;
/// From here on numbers are not of places, but of new ones.
const NEW: u32 = 1 << 31;

/// The number of a new place.
pub fn mark_of_new(it: Spot) -> u32 {
    it.short() | NEW
}

/// The places of interest, each with a number of its own.
#[derive(Clone, Debug)]
pub struct Places {
    nodes: Vec<Node>,
    /// Whether the object at any of them may wait for its owner.
    waits: bool,
}

#[derive(Clone, Debug, Default)]
struct Node {
    members: Vec<(Box<[u8]>, usize)>,
    /// The marks of their names: what has none of these is none of them.
    marks: u64,
    items: Option<usize>,
    mark: Option<u32>,
    /// An object here waits until its owner is known.
    awaits_owner: bool,
}

impl Default for Places {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], waits: false }
    }
}

impl Places {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.iter().all(|it| it.mark.is_none())
    }

    /// The number of the place with this path, which is `next` if it had none. `None` if it cannot be told in a text.
    pub fn mark(&mut self, path: &str, next: u32) -> Option<u32> {
        let at = self.node(path)?;
        let node = self.nodes.get_mut(at)?;
        Some(*node.mark.get_or_insert(next))
    }

    /// Has the object at this path wait until the owner of it is known.
    pub fn await_owner(&mut self, path: &str) {
        if let Some(node) = self.node(path).and_then(|at| self.nodes.get_mut(at)) {
            node.awaits_owner = true;
            self.waits = true;
        }
    }

    /// The same places in an answer whose fields are called otherwise.
    pub fn renamed(&self, names: &AnswerNames) -> Self {
        let mut it = self.clone();
        if let Some(root) = it.nodes.first_mut()
            && names.is_batch
        {
            // Each item is an answer.
            root.items = Some(0);
        }
        it.rename(0, &names.root);
        it
    }

    /// Has members go by the names that they have in an answer. What is within a member of another name is copied, for it
    /// may be asked for twice.
    fn rename(&mut self, at: usize, level: &Level) {
        if level.is_plain() {
            return;
        }
        let Some(members) = self.nodes.get(at).map(|it| it.members.clone()) else { return };
        let find = |name: &str| members.iter().find(|it| *it.0 == *name.as_bytes()).map(|it| it.1);
        let is_asked = |key: &[u8]| level.members.iter().any(|it| it.0.as_bytes() == key);
        let mut renamed: Vec<_> = members.iter().filter(|it| !is_asked(&it.0)).cloned().collect();
        for (key, name, within) in &level.members {
            let Some(found) = find(name) else { continue };
            let to = if within.is_plain() { Some(found) } else { self.copied(found, within) };
            renamed.extend(to.map(|to| (key.as_bytes().into(), to)));
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.marks = renamed.iter().fold(0, |all, it| all | mark_of_name(&it.0));
            node.members = renamed;
        }
    }

    /// A copy of a node, and of the nodes of its items, whose members are renamed.
    fn copied(&mut self, at: usize, level: &Level) -> Option<usize> {
        let node = self.nodes.get(at)?.clone();
        let new = self.nodes.len();
        if new >= PLACES_MAX {
            return None;
        }
        let items = node.items;
        self.nodes.push(node);
        self.rename(new, level);
        if let Some(items) = items {
            let copy = self.copied(items, level);
            self.nodes.get_mut(new)?.items = copy;
        }
        Some(new)
    }

    fn node(&mut self, path: &str) -> Option<usize> {
        steps(path)?.into_iter().try_fold(0, |at, step| self.next(at, step))
    }

    fn next(&mut self, at: usize, step: Step) -> Option<usize> {
        let new = self.nodes.len();
        let node = self.nodes.get_mut(at)?;
        let known = match &step {
            Step::Items => node.items,
            Step::Name(name) => node.members.iter().find(|it| *it.0 == **name).map(|it| it.1),
        };
        if known.is_some() {
            return known;
        }
        if new >= PLACES_MAX {
            return None;
        }
        match step {
            Step::Items => node.items = Some(new),
            Step::Name(name) => {
                node.marks |= mark_of_name(&name);
                node.members.push((name.into(), new));
            }
        }
        self.nodes.push(Node::default());
        Some(new)
    }

    fn member(&self, at: usize, name: &[u8]) -> Option<usize> {
        let node = self.nodes.get(at)?;
        if node.marks & mark_of_name(name) == 0 {
            return None;
        }
        node.members.iter().find(|it| *it.0 == *name).map(|it| it.1)
    }

    fn items(&self, at: usize) -> Option<usize> {
        self.nodes.get(at)?.items
    }

    fn mark_of(&self, at: usize) -> Option<u32> {
        self.nodes.get(at)?.mark
    }
}

/// Whether a value that is no object and no list stands behind a name, for sure.
fn opens_nothing(behind: &[u8]) -> bool {
    let value = behind.iter().find(|it| !matches!(it, b':' | b' ' | b'\t' | b'\n' | b'\r'));
    !matches!(value, None | Some(b'{' | b'['))
}

/// One bit, which tells most names apart.
fn mark_of_name(name: &[u8]) -> u64 {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return 1 };
    let mixed =
        name.len().wrapping_mul(31) ^ usize::from(*first).wrapping_mul(7) ^ usize::from(*last);
    1 << (mixed % 64)
}

/// A value at a place of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing<'a> {
    /// The number of its place.
    pub mark: u32,
    /// Decoded; of a value that is longer, the beginning as it came.
    pub text: &'a [u8],
    /// Whether it is a string.
    pub is_string: bool,
    /// Whether this is all of it.
    pub is_whole: bool,
    /// The object or list that it stands in, and the one around that: numbers of their own in this text.
    pub within: [u32; 2],
    /// Its path, if it stands where answers are not known to have anything. Its number is [`mark_of_new`] then.
    pub new_at: Option<(Spot, &'a str)>,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It passes.
    Keep,
    /// It is masked.
    Put(Mask),
    /// It is masked unless the object around it proves to be the caller's own.
    Await(Mask),
    /// It passes, and tells of the object around it whether that is the caller's own.
    Tell {
        /// Whether it is.
        is_own: bool,
    },
}

/// A text on its way.
#[derive(Debug, Default)]
pub struct JsonEdit {
    frames: Vec<Frame>,
    /// Containers that were opened.
    opened: u32,
    /// Open containers in which no place of interest lies.
    beside: u32,
    state: State,
    /// The node of the value that comes next.
    next: Option<usize>,
    /// The place of the value that is being read.
    mark: Option<u32>,
    token: Vec<u8>,
    is_long: bool,
    scratch: Vec<u8>,
    passage: Passage,
    /// Where it stands, if values at new places are shown.
    trail: Option<Box<Trail>>,
}

#[derive(Debug)]
struct Frame {
    node: usize,
    number: u32,
    is_object: bool,
    /// A string that begins now is a key.
    awaits_key: bool,
    /// A member passes already: the next one needs its comma.
    has_member: bool,
    /// A member was left out.
    has_dropped: bool,
    object: Option<Object>,
}

/// An object whose owner matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    /// From here on it waits.
    Waits(u64),
    Own,
    /// Somebody else's, or nobody's that could be told.
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    InString {
        is_key: bool,
        is_escaped: bool,
    },
    InScalar,
    /// In a value that is too long to be looked at whole.
    Beyond {
        is_string: bool,
        is_escaped: bool,
    },
}

/// The bytes that are not released yet, and what is to be changed in them. Positions count from the first byte.
#[derive(Debug, Default)]
struct Passage {
    held: Vec<u8>,
    /// The position of the first held byte.
    from: u64,
    edits: Vec<Change>,
    /// What stands in place of what is masked.
    fill: Vec<u8>,
    /// Where the token begins that is being read.
    token_at: u64,
    /// Where the member begins whose value is being read, with its comma.
    member_at: Option<u64>,
    /// Nothing before this may be released.
    is_in_token: bool,
    /// From here on everything goes until a token ends.
    swallows_from: Option<u64>,
    /// The places whose values were masked in what was released.
    masked: Vec<u32>,
}

#[derive(Debug)]
struct Change {
    start: u64,
    end: u64,
    /// In [`Passage::fill`].
    with: Range<usize>,
    /// The depth of the object whose owner decides.
    awaits: Option<usize>,
    /// The place whose value it is; what only mends commas has none.
    mark: Option<u32>,
}

impl Change {
    fn cut(start: u64, end: u64) -> Self {
        Self { start, end, with: 0..0, awaits: None, mark: None }
    }
}

impl JsonEdit {
    /// Of a text of which values are shown, too, where none are known to stand.
    pub fn showing_new(known: &Arc<KnownPlaces>, aliases: &Arc<Aliases>) -> Self {
        let trail = Trail::new(Arc::clone(known), Arc::clone(aliases));
        Self { trail: Some(Box::new(trail)), ..Self::default() }
    }

    /// Takes the next piece and gives what may be released of the text so far.
    pub fn push(
        &mut self,
        piece: &[u8],
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
        out: &mut Vec<u8>,
    ) {
        self.passage.held.extend_from_slice(piece);
        self.read(piece, places, each);
        self.give_up_waiting();
        let until = self.safe();
        self.passage.release(until, out);
    }

    /// Nothing more comes: everything is released.
    pub fn end(
        &mut self,
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
        out: &mut Vec<u8>,
    ) {
        let end = self.passage.end();
        match self.state {
            State::InScalar => self.give(false, end, places, each),
            // A text that breaks off in a value that nobody saw whole: what there is of it may be what must not leave.
            State::InString { is_key: false, .. } if self.next.is_some() => {
                self.is_long = true;
                self.give(true, end, places, each);
            }
            State::Beyond { .. } => self.passage.stop_swallowing(end),
            State::Between | State::InString { .. } => {}
        }
        for depth in 0..self.frames.len() {
            self.resolve(depth, false);
        }
        self.passage.release(end, out);
    }

    /// The places whose values were masked in what was released since this was asked last.
    pub fn masked(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.passage.masked)
    }

    /// Shows a piece without changing anything; nothing is kept of it.
    pub fn watch(
        &mut self,
        piece: &[u8],
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) {
        self.passage.from = self.passage.from.saturating_add(piece.len() as u64);
        self.read(piece, places, each);
        self.passage.edits.clear();
        self.passage.fill.clear();
    }

    /// Nothing more comes to be shown.
    pub fn end_watching(&mut self, places: &Places, each: &mut impl FnMut(Passing<'_>) -> Edit) {
        if self.state == State::InScalar {
            self.give(false, self.passage.end(), places, each);
        }
    }

    fn read(&mut self, piece: &[u8], places: &Places, each: &mut impl FnMut(Passing<'_>) -> Edit) {
        let end = self.passage.end();
        let mut rest = piece;
        while let Some(&byte) = rest.first() {
            let at = end.saturating_sub(rest.len() as u64);
            rest = match self.state {
                State::Between => match self.whole(byte, rest, at, places, each) {
                    Some(behind) => behind,
                    None => self.between(byte, rest, at, places),
                },
                State::InScalar => self.scalar(rest, at, places, each),
                State::InString { is_key, is_escaped } => {
                    self.string(rest, at, (is_key, is_escaped), places, each)
                }
                State::Beyond { is_string, is_escaped } => {
                    self.beyond(rest, at, is_string, is_escaped)
                }
            };
        }
    }

    /// Takes what stands whole in this piece, as nearly everything does: a key, a value, what separates them.
    fn whole<'a>(
        &mut self,
        byte: u8,
        rest: &'a [u8],
        at: u64,
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) -> Option<&'a [u8]> {
        match byte {
            b':' | b' ' | b'\t' | b'\n' | b'\r' => return rest.get(1..),
            b'{' | b'}' | b'[' | b']' | b',' => return None,
            _ => {}
        }
        let is_string = byte == b'"';
        let (token, behind) = if is_string { whole_string(rest)? } else { whole_scalar(rest)? };
        if self.beside > 0 {
            return Some(behind_values(behind, false));
        }
        if is_string && let Some(frame) = self.frames.last().filter(|it| it.awaits_key) {
            if !frame.has_member {
                self.passage.member_at = Some(at);
            }
            self.key_is(Some(token), places);
            return Some(match self.next {
                Some(NOWHERE) => self.pass_known(behind, places),
                Some(_) => behind,
                // The next member may be of interest, whatever this one is.
                None if self.trail.is_some() => behind_values(behind, true),
                None => self.pass_members(behind, places),
            });
        }
        if self.frames.is_empty() {
            self.begin_text();
        }
        if self.next == Some(NOWHERE) && !self.is_new() {
            return Some(self.pass_items(behind));
        }
        if self.next.is_some() {
            let end = at.saturating_add((rest.len() - behind.len()) as u64);
            self.value(token, (is_string, true), (at, end), places, each);
            self.end_value();
        }
        Some(behind)
    }

    /// A text begins: there may be several, one behind the other.
    fn begin_text(&mut self) {
        self.next = Some(0);
        if let Some(trail) = &mut self.trail {
            trail.begin();
        }
    }

    /// Whether the value that comes next stands where none is known to.
    fn is_new(&self) -> bool {
        self.trail.as_ref().is_some_and(|it| it.is_new())
    }

    /// Passes over what follows a known value: in a list all that stands where it does, too.
    #[inline(never)]
    fn pass_items<'a>(&mut self, behind: &'a [u8]) -> &'a [u8] {
        if self.frames.last().is_none_or(|it| it.is_object) {
            self.end_value();
            return behind;
        }
        let rest = behind_values(behind, false);
        let passed = behind.get(..behind.len().saturating_sub(rest.len())).unwrap_or_default();
        if !passed.trim_ascii_end().ends_with(b",") {
            self.next = None;
        }
        rest
    }

    /// Passes over the value of a known member, and over all further such members, unless they are objects or lists.
    #[inline(never)]
    fn pass_known<'a>(&mut self, mut rest: &'a [u8], places: &Places) -> &'a [u8] {
        loop {
            let value = rest.iter().find(|it| !matches!(it, b':' | b' ' | b'\t' | b'\n' | b'\r'));
            let is_other = matches!(value, None | Some(b'{' | b'[' | b',' | b'}' | b']'));
            if is_other || self.is_new() {
                return rest;
            }
            self.keep_member();
            rest = behind_values(rest, true);
            let Some((b',', behind)) = rest.split_first() else {
                self.next = None;
                return rest;
            };
            let (Some(frame), Some(trail)) = (self.frames.last(), &mut self.trail) else {
                return rest;
            };
            match whole_string(behind.trim_ascii_start()) {
                Some((name, behind))
                    if places.member(frame.node, name).is_none() && trail.knows(name) =>
                {
                    // What opens is looked into.
                    if !opens_nothing(behind) {
                        self.next = trail.key(name).then_some(NOWHERE);
                    }
                    rest = behind;
                }
                _ => {
                    self.next = None;
                    return rest;
                }
            }
        }
    }

    /// Passes over the value of a member of no interest, and over all further such members that stand whole here: nothing
    /// changes with them.
    fn pass_members<'a>(&self, rest: &'a [u8], places: &Places) -> &'a [u8] {
        let Some(frame) = self.frames.last() else { return rest };
        let mut rest = rest;
        loop {
            // Nothing in the value matters but brackets.
            rest = behind_values(rest, true);
            let Some((b',', behind)) = rest.split_first() else { return rest };
            match whole_string(behind.trim_ascii_start()) {
                Some((name, behind)) if places.member(frame.node, name).is_none() => rest = behind,
                _ => return rest,
            }
        }
    }

    fn between<'a>(&mut self, byte: u8, rest: &'a [u8], at: u64, places: &Places) -> &'a [u8] {
        if self.frames.is_empty() && self.beside == 0 {
            self.begin_text();
        }
        match byte {
            b'"' => {
                let is_key = self.beside == 0 && self.frames.last().is_some_and(|it| it.awaits_key);
                self.begin(State::InString { is_key, is_escaped: false }, at, is_key);
            }
            b'{' | b'[' => self.open(byte == b'{', at, places),
            b'}' | b']' => self.close(),
            b',' => self.next_member(at, places),
            b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => {
                self.begin(State::InScalar, at, false);
                return rest;
            }
        }
        let behind = rest.get(1..).unwrap_or_default();
        if self.beside > 0 && self.state == State::Between {
            return behind_values(behind, false);
        }
        behind
    }

    fn begin(&mut self, state: State, at: u64, is_key: bool) {
        self.token.clear();
        self.is_long = false;
        self.state = state;
        self.passage.token_at = at;
        self.passage.is_in_token = is_key || self.next.is_some();
        if is_key
            && let Some(frame) = self.frames.last_mut()
            && !frame.has_member
        {
            self.passage.member_at = Some(at);
        }
    }

    fn open(&mut self, is_object: bool, at: u64, places: &Places) {
        let node = self.next.take().filter(|_| self.beside == 0);
        self.keep_member();
        let node = node.filter(|_| self.frames.len() < DEPTH_MAX);
        let opens = |node: &usize| match &mut self.trail {
            Some(trail) => trail.open(*node != NOWHERE),
            None => true,
        };
        let Some(node) = node.filter(opens) else {
            self.beside = self.beside.saturating_add(1);
            return;
        };
        let waits = is_object && places.nodes.get(node).is_some_and(|it| it.awaits_owner);
        let object = waits.then_some(Object::Waits(at));
        self.opened = self.opened.wrapping_add(1);
        self.frames.push(Frame {
            node,
            number: self.opened,
            is_object,
            awaits_key: is_object,
            has_member: false,
            has_dropped: false,
            object,
        });
        if !is_object {
            self.item(node, places);
        }
    }

    /// An item comes next of the list at this node.
    fn item(&mut self, node: usize, places: &Places) {
        let may_be_new = self.trail.as_mut().is_some_and(|it| it.item());
        self.next = places.items(node).or(may_be_new.then_some(NOWHERE));
    }

    fn close(&mut self) {
        self.next = None;
        if self.beside > 0 {
            self.beside -= 1;
            return;
        }
        if let Some(depth) = self.frames.len().checked_sub(1) {
            self.resolve(depth, false);
            self.frames.pop();
            if let Some(trail) = &mut self.trail {
                trail.close();
            }
        }
        // What encloses it has a member now.
        self.keep_member();
    }

    fn next_member(&mut self, at: u64, places: &Places) {
        self.next = None;
        if self.beside > 0 {
            return;
        }
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.is_object {
            frame.awaits_key = true;
            if frame.has_member {
                self.passage.member_at = Some(at);
            } else if frame.has_dropped {
                // Whatever stood before it was dropped.
                self.passage.edits.push(Change::cut(at, at.saturating_add(1)));
                self.passage.member_at = None;
            }
        } else {
            let node = frame.node;
            self.item(node, places);
        }
    }

    /// The member whose value this is stays.
    fn keep_member(&mut self) {
        if self.beside == 0
            && let Some(frame) = self.frames.last_mut()
        {
            frame.has_member = true;
            self.passage.member_at = None;
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = TOKEN_BYTES_MAX.saturating_sub(self.token.len());
        self.is_long |= bytes.len() > room;
        self.token.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn is_interesting(&self) -> bool {
        self.passage.is_in_token
    }

    fn scalar<'a>(
        &mut self,
        rest: &'a [u8],
        at: u64,
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) -> &'a [u8] {
        let end = rest.iter().position(|b| ends_scalar(*b));
        let (token, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if self.is_interesting() {
            self.keep(token);
        }
        if end.is_some() {
            self.give(false, at.saturating_add(token.len() as u64), places, each);
        } else if self.is_long && self.is_interesting() {
            self.go_beyond(false, places, each);
        }
        behind
    }

    fn string<'a>(
        &mut self,
        rest: &'a [u8],
        at: u64,
        (is_key, is_escaped): (bool, bool),
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) -> &'a [u8] {
        let is_kept = self.is_interesting();
        if is_escaped {
            let (escaped, behind) = rest.split_at(rest.len().min(1));
            if is_kept {
                self.keep(escaped);
            }
            self.state = State::InString { is_key, is_escaped: false };
            return behind;
        }
        let end = quote_or_backslash(rest);
        let (plain, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if is_kept {
            self.keep(plain);
        }
        match behind.first() {
            Some(b'\\') => {
                if is_kept {
                    self.keep(b"\\");
                }
                self.state = State::InString { is_key, is_escaped: true };
            }
            Some(_) if is_key => self.key(places),
            Some(_) => {
                let end = at.saturating_add(plain.len() as u64).saturating_add(1);
                self.give(true, end, places, each);
            }
            None if self.is_long && !is_key && is_kept => self.go_beyond(true, places, each),
            None => {}
        }
        behind.get(1..).unwrap_or_default()
    }

    /// Passes over the rest of a value that is too long.
    fn beyond<'a>(
        &mut self,
        rest: &'a [u8],
        at: u64,
        is_string: bool,
        is_escaped: bool,
    ) -> &'a [u8] {
        if is_escaped {
            self.state = State::Beyond { is_string, is_escaped: false };
            return rest.get(1..).unwrap_or_default();
        }
        let end = match is_string {
            true => memchr::memchr2(b'"', b'\\', rest),
            false => rest.iter().position(|b| ends_scalar(*b)),
        };
        let Some(end) = end else { return &[] };
        let behind = rest.get(end..).unwrap_or_default();
        if is_string && behind.first() == Some(&b'\\') {
            self.state = State::Beyond { is_string, is_escaped: true };
            return behind.get(1..).unwrap_or_default();
        }
        let ended = end.saturating_add(usize::from(is_string));
        self.state = State::Between;
        self.passage.stop_swallowing(at.saturating_add(ended as u64));
        self.end_value();
        rest.get(ended..).unwrap_or_default()
    }

    fn key(&mut self, places: &Places) {
        self.state = State::Between;
        self.passage.is_in_token = false;
        let token = std::mem::take(&mut self.token);
        let mut scratch = std::mem::take(&mut self.scratch);
        let name = (!self.is_long).then(|| unescaped(&token, &mut scratch));
        self.key_is(name, places);
        (self.token, self.scratch) = (token, scratch);
    }

    /// The member has this name; `None` if it is longer than any of interest.
    fn key_is(&mut self, name: Option<&[u8]>, places: &Places) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.awaits_key = false;
        self.next = name.and_then(|it| places.member(frame.node, it));
        if let (Some(trail), Some(name)) = (&mut self.trail, name) {
            let may_be_new = trail.key(name);
            self.next = self.next.or(may_be_new.then_some(NOWHERE));
        }
        // A member of no interest stays whatever its value is.
        if self.next.is_none() {
            frame.has_member = true;
            self.passage.member_at = None;
        }
    }

    fn give(
        &mut self,
        is_string: bool,
        end: u64,
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) {
        self.state = State::Between;
        let token = std::mem::take(&mut self.token);
        let mut scratch = std::mem::take(&mut self.scratch);
        let is_whole = !self.is_long;
        let text = match is_string && is_whole {
            true => unescaped(&token, &mut scratch),
            false => &token,
        };
        let start = self.passage.token_at;
        self.value(text, (is_string, is_whole), (start, end), places, each);
        (self.token, self.scratch) = (token, scratch);
        self.end_value();
    }

    /// Shows a value, and does with it what is to be done.
    fn value(
        &mut self,
        text: &[u8],
        (is_string, is_whole): (bool, bool),
        (start, end): (u64, u64),
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) {
        let Some(edit) = self.show(text, (is_string, is_whole), places, each) else { return };
        let (mask, awaits) = match edit {
            Edit::Keep => return,
            Edit::Tell { is_own } => {
                if let Some((depth, Object::Waits(_))) = self.object() {
                    self.resolve(depth, is_own);
                }
                return;
            }
            Edit::Put(mask) => (mask, None),
            Edit::Await(mask) => match self.object() {
                Some((_, Object::Own)) => return,
                Some((depth, Object::Waits(_))) => (mask, Some(depth)),
                Some((_, Object::Other)) | None => (mask, None),
            },
        };
        let object = self.frames.last_mut().filter(|it| it.is_object);
        let (mark, passage) = (self.mark, &mut self.passage);
        let from = passage.fill.len();
        let start = match (mask, passage.member_at, object) {
            // Whether it stays is not known yet: its place stays.
            (Mask::Drop, Some(member), Some(object)) if awaits.is_none() => {
                object.has_dropped = true;
                passage.member_at = None;
                member
            }
            _ => {
                mask_into(mask, text, (is_string, is_whole), &mut passage.fill);
                start
            }
        };
        let with = from..passage.fill.len();
        passage.edits.push(Change { start, end, with, awaits, mark });
    }

    /// Of a value that is too long: decides by its beginning and passes over the rest.
    fn go_beyond(
        &mut self,
        is_string: bool,
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) {
        let token = std::mem::take(&mut self.token);
        let edit = self.show(&token, (is_string, false), places, each).unwrap_or(Edit::Keep);
        self.token = token;
        self.passage.is_in_token = false;
        self.state = State::Beyond { is_string, is_escaped: false };
        let is_own = self.object().is_some_and(|(_, it)| it == Object::Own);
        let is_masked = match edit {
            Edit::Put(_) => true,
            Edit::Await(_) => !is_own,
            Edit::Keep | Edit::Tell { .. } => false,
        };
        if is_masked {
            self.passage.swallow(self.mark, if is_string { WHOLE } else { NOTHING });
        }
        self.keep_member();
    }

    fn show(
        &mut self,
        text: &[u8],
        (is_string, is_whole): (bool, bool),
        places: &Places,
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) -> Option<Edit> {
        self.mark = self.next.filter(|_| self.beside == 0).and_then(|it| places.mark_of(it));
        let Some(mark) = self.mark else {
            return self.show_new(text, (is_string, is_whole), each);
        };
        let within = self.within();
        Some(each(Passing { mark, text, is_string, is_whole, within, new_at: None }))
    }

    /// Shows a value where nothing is marked, if none is known to stand there.
    #[cold]
    #[inline(never)]
    fn show_new(
        &mut self,
        text: &[u8],
        (is_string, is_whole): (bool, bool),
        each: &mut impl FnMut(Passing<'_>) -> Edit,
    ) -> Option<Edit> {
        let within = self.within();
        let trail = self.trail.as_mut().filter(|_| self.next.is_some() && self.beside == 0)?;
        let (spot, path) = trail.new_place()?;
        let (mark, new_at) = (mark_of_new(spot), Some((spot, path)));
        self.mark = Some(mark);
        Some(each(Passing { mark, text, is_string, is_whole, within, new_at }))
    }

    fn within(&self) -> [u32; 2] {
        let mut numbers = self.frames.iter().rev().map(|it| it.number);
        [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)]
    }

    fn end_value(&mut self) {
        self.passage.is_in_token = false;
        self.next = None;
        if self.passage.member_at.is_some() {
            self.keep_member();
        }
    }

    /// The object around a value whose owner matters.
    fn object(&self) -> Option<(usize, Object)> {
        let frames = self.frames.iter().enumerate().rev();
        frames.into_iter().find_map(|(depth, it)| Some((depth, it.object?)))
    }

    /// It is known of an object whether it is the caller's own.
    fn resolve(&mut self, depth: usize, is_own: bool) {
        let Some(frame) = self.frames.get_mut(depth) else { return };
        let Some(Object::Waits(from)) = frame.object else { return };
        frame.object = Some(if is_own { Object::Own } else { Object::Other });
        // All that is changed in it stands behind its beginning.
        let edits = &mut self.passage.edits;
        let within = edits.iter().rev().take_while(|it| it.start >= from).count();
        let first = edits.len().saturating_sub(within);
        if is_own {
            let kept = edits.drain(first..).filter(|it| it.awaits != Some(depth));
            let kept: Vec<Change> = kept.collect();
            edits.extend(kept);
        } else {
            let all = edits.iter_mut().skip(first).filter(|it| it.awaits == Some(depth));
            all.for_each(|it| it.awaits = None);
        }
    }

    /// An object that waits for too long is nobody's.
    fn give_up_waiting(&mut self) {
        let end = self.passage.end();
        for depth in 0..self.frames.len() {
            if let Some(Object::Waits(from)) = self.frames.get(depth).and_then(|it| it.object)
                && end.saturating_sub(from) > OBJECT_BYTES_MAX as u64
            {
                self.resolve(depth, false);
            }
        }
    }

    /// Up to where everything is decided.
    fn safe(&self) -> u64 {
        let passage = &self.passage;
        let waiting = self.frames.iter().filter_map(|it| match it.object {
            Some(Object::Waits(from)) => Some(from),
            Some(Object::Own | Object::Other) | None => None,
        });
        let token = passage.is_in_token.then_some(passage.token_at);
        let all = waiting.chain(token).chain(passage.member_at).chain(passage.swallows_from);
        all.min().unwrap_or(u64::MAX).min(passage.end())
    }
}

impl Passage {
    fn end(&self) -> u64 {
        self.from.saturating_add(self.held.len() as u64)
    }

    /// What begins with the token is passed over until [`Self::stop_swallowing`].
    fn swallow(&mut self, mark: Option<u32>, with: &[u8]) {
        let (at, from) = (self.token_at, self.fill.len());
        self.fill.extend_from_slice(with);
        let with = from..self.fill.len();
        self.edits.push(Change { start: at, end: at, with, awaits: None, mark });
        self.swallows_from = Some(at);
    }

    /// The value that is passed over ends here.
    fn stop_swallowing(&mut self, end: u64) {
        if let Some(start) = self.swallows_from.take() {
            self.edits.push(Change::cut(start, end));
        }
    }

    fn release(&mut self, until: u64, out: &mut Vec<u8>) {
        let (from, mut at) = (self.from, self.from);
        let held = |a: u64, b: u64| {
            let of = |it: u64| usize::try_from(it.saturating_sub(from)).unwrap_or(usize::MAX);
            self.held.get(of(a)..of(b).min(self.held.len())).unwrap_or_default()
        };
        let done = self.edits.iter().take_while(|it| it.end <= until).count();
        for it in self.edits.iter().take(done) {
            out.extend_from_slice(held(at, it.start));
            out.extend_from_slice(self.fill.get(it.with.clone()).unwrap_or_default());
            at = it.end;
        }
        out.extend_from_slice(held(at, until));
        self.masked.extend(self.edits.drain(..done).filter_map(|it| it.mark));
        if self.edits.is_empty() {
            self.fill.clear();
        }
        let count = usize::try_from(until.saturating_sub(from)).unwrap_or(usize::MAX);
        self.held.drain(..count.min(self.held.len()));
        self.from = until;
        if self.swallows_from == Some(until) {
            self.from = self.end();
            self.held.clear();
            self.swallows_from = Some(self.from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Format, Walk, WalkLimits};
    use crate::value::{PlaceRef, Sink, Value};
    use std::collections::BTreeMap;

    type Seen = Vec<(String, String)>;

    struct Held(Seen);

    impl Held {
        fn put(&mut self, value: Value<'_>) {
            if let PlaceRef::Body(path) = value.place {
                let text = String::from_utf8_lossy(value.text).into_owned();
                self.0.push((path.to_owned(), text));
            }
        }
    }

    impl Sink for Held {
        fn take(&mut self, value: Value<'_>) {
            self.put(value);
        }

        fn scalar(&mut self, value: Value<'_>) {
            self.put(value);
        }
    }

    /// Every value of a text, as it reads when it is held whole.
    fn held(text: &str) -> Seen {
        let mut held = Held(Vec::new());
        let limits = WalkLimits { depth_max: DEPTH_MAX, values_max: 1_000 };
        Walk::new(Format::Json, limits).step(text.as_bytes(), usize::MAX, &mut held);
        held.0
    }

    fn places(paths: &[&str]) -> Places {
        let mut places = Places::default();
        for (at, path) in (0..).zip(paths) {
            assert_eq!(places.mark(path, at), Some(at), "{path}");
        }
        places
    }

    /// However it is cut, a text shows the values that it has when it is held whole, and passes unchanged.
    #[track_caller]
    fn check_shown(text: &str) {
        let held = held(text);
        let mut paths: Vec<&str> = held.iter().map(|it| it.0.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        let places = places(&paths);
        for piece in 1..=text.len().max(1) {
            let (mut it, mut watched) = (JsonEdit::default(), JsonEdit::default());
            let (mut seen, mut out, mut also) = (Vec::new(), Vec::new(), Vec::new());
            let mut each = |value: Passing<'_>| {
                let text = String::from_utf8_lossy(value.text).into_owned();
                seen.push((paths[value.mark as usize].to_owned(), text));
                Edit::Keep
            };
            let mut watch = |value: Passing<'_>| {
                also.push(value.mark);
                Edit::Keep
            };
            for piece in text.as_bytes().chunks(piece) {
                it.push(piece, &places, &mut each, &mut out);
                watched.watch(piece, &places, &mut watch);
            }
            it.end(&places, &mut each, &mut out);
            watched.end_watching(&places, &mut watch);
            assert_eq!(seen, held, "{text} in pieces of {piece}");
            assert_eq!(also.len(), held.len(), "{text} in pieces of {piece}");
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn a_text_shows_the_same_however_it_is_cut() {
        check_shown(r#"{"id":17,"items":[{"id":"a","n":-1.5e3},{"id":"b"}],"ok":true,"no":null}"#);
        check_shown(r#" [ 1 , [ 2 , [ ] ] , { } , "x" ] "#);
        check_shown(r#"{"a.b":{"c[0]":"d"},"\u0065":"\"q\" \\ \u00e9 \ud83d\ude00","e":"f"}"#);
        check_shown(r#"{"a":{"b":1},"c":[{"d":2}],"e":3}"#);
        check_shown("42");
        check_shown(r#""alone""#);
        check_shown(r#"{"ü":"ß","":"empty"}"#);
    }

    /// What becomes of a text, however it is cut, and how often which place was masked.
    #[track_caller]
    fn check(text: &str, edits: &[(&str, Edit)], expected: &str) {
        let paths: Vec<&str> = edits.iter().map(|it| it.0).collect();
        let mut places = places(&paths);
        for object in ["$", "$.items[*]"] {
            places.await_owner(object);
        }
        let mut before = None;
        for piece in 1..=text.len() {
            let (mut it, mut out) = (JsonEdit::default(), Vec::new());
            // An owner tells by its value.
            let mut each = |value: Passing<'_>| match edits[value.mark as usize].1 {
                Edit::Tell { .. } => Edit::Tell { is_own: value.text == b"me" },
                other @ (Edit::Keep | Edit::Put(_) | Edit::Await(_)) => other,
            };
            for piece in text.as_bytes().chunks(piece) {
                it.push(piece, &places, &mut each, &mut out);
            }
            it.end(&places, &mut each, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "in pieces of {piece}");
            let mut times = BTreeMap::new();
            it.masked().iter().for_each(|it| *times.entry(*it).or_insert(0) += 1);
            assert_eq!(before.get_or_insert(times.clone()), &times, "in pieces of {piece}");
        }
    }

    const FULL: Edit = Edit::Put(Mask::Full);
    const DROP: Edit = Edit::Put(Mask::Drop);
    const AWAIT: Edit = Edit::Await(Mask::Full);
    const OWNER: Edit = Edit::Tell { is_own: false };

    #[test]
    fn a_value_is_masked_in_place() {
        check(
            r#"{ "a" : "secret", "n": 12, "b":["x","y"], "c":{"a":"kept"} }"#,
            &[("$.a", FULL), ("$.n", FULL), ("$.b[*]", FULL)],
            r#"{ "a" : "***", "n": null, "b":["***","***"], "c":{"a":"kept"} }"#,
        );
        check(r#"{"\u0061":"x\"y"}"#, &[("$.a", FULL)], r#"{"\u0061":"***"}"#);
        check("{\"a\":1}\n{\"a\":2}\n", &[("$.a", FULL)], "{\"a\":null}\n{\"a\":null}\n");
        check(r#"{"a":"twice","a":"too"}"#, &[("$.a", FULL)], r#"{"a":"***","a":"***"}"#);
    }

    #[test]
    fn a_field_is_dropped_with_its_comma() {
        let drop = |text, expected| check(text, &[("$.a", DROP), ("$.c", DROP)], expected);
        drop(r#"{"a":1,"b":2,"c":3}"#, r#"{"b":2}"#);
        drop(r#"{"b":2,"a":"x","d":4}"#, r#"{"b":2,"d":4}"#);
        drop(r#"{"a":1}"#, "{}");
        drop(r#"{"a":1,"c":[2],"b":{}}"#, r#"{"c":[2],"b":{}}"#);
        drop(r#"{"a":1,"c":2,"b":{}}"#, r#"{"b":{}}"#);
        drop(r#"{"b":[1,{"x":1}],"a":1}"#, r#"{"b":[1,{"x":1}]}"#);
        check(r#"{"l":[1,2]}"#, &[("$.l[*]", DROP)], r#"{"l":[null,null]}"#);
    }

    #[test]
    fn what_is_for_the_owner_alone_waits_for_the_owner() {
        let edits = &[
            ("$.items[*].mail", AWAIT),
            ("$.items[*].owner", OWNER),
            ("$.mail", AWAIT),
            ("$.owner", OWNER),
        ];
        let check = |text, expected| check(text, edits, expected);
        check(r#"{"mail":"a@b","owner":"me"}"#, r#"{"mail":"a@b","owner":"me"}"#);
        check(r#"{"owner":"me","mail":"a@b"}"#, r#"{"owner":"me","mail":"a@b"}"#);
        check(r#"{"mail":"a@b","owner":"you"}"#, r#"{"mail":"***","owner":"you"}"#);
        check(r#"{"owner":"you","mail":"a@b"}"#, r#"{"owner":"you","mail":"***"}"#);
        check(r#"{"mail":"a@b"}"#, r#"{"mail":"***"}"#);
        check(
            r#"{"items":[{"mail":"1","owner":"me"},{"mail":"2","owner":"you"},{"mail":"3"}]}"#,
            r#"{"items":[{"mail":"1","owner":"me"},{"mail":"***","owner":"you"},{"mail":"***"}]}"#,
        );
    }

    #[test]
    fn what_is_too_long_is_masked_and_not_held() {
        let long = "x".repeat(TOKEN_BYTES_MAX * 40);
        let text = format!(r#"{{"a":"{long}\"{long}","b":7,"n":{}}}"#, "1".repeat(3_000));
        for piece in [1, 100, 5_000, text.len()] {
            let places = places(&["$.a", "$.n"]);
            let (mut it, mut out) = (JsonEdit::default(), Vec::new());
            for piece in text.as_bytes().chunks(piece) {
                it.push(piece, &places, &mut |_| FULL, &mut out);
                assert!(it.passage.held.len() <= TOKEN_BYTES_MAX + 20 + piece.len());
            }
            it.end(&places, &mut |_| FULL, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":"***","b":7,"n":null}"#);
            assert_eq!(it.masked(), [0, 1]);
        }
    }

    #[test]
    fn an_object_that_waits_for_too_long_is_masked() {
        let more = "x".repeat(2 * OBJECT_BYTES_MAX);
        let text = format!(r#"{{"mail":"a","more":"{more}","owner":"me","last":"b"}}"#);
        let mut places = places(&["$.mail", "$.owner", "$.last"]);
        places.await_owner("$");
        let (mut it, mut out) = (JsonEdit::default(), Vec::new());
        let mut each = |value: Passing<'_>| match value.mark {
            1 => Edit::Tell { is_own: true },
            _ => AWAIT,
        };
        for piece in text.as_bytes().chunks(1_000) {
            it.push(piece, &places, &mut each, &mut out);
            assert!(it.passage.held.len() <= OBJECT_BYTES_MAX + 2_000);
        }
        it.end(&places, &mut each, &mut out);
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with(r#"{"mail":"***","more""#), "{out:.40}");
        assert!(out.ends_with(r#""last":"***"}"#));
    }

    #[test]
    fn a_text_that_breaks_off_shows_nothing_of_what_must_not_leave() {
        for text in [r#"{"a":"secr"#, r#"{"a":12"#, r#"{"a":"se\"#] {
            let places = places(&["$.a"]);
            let (mut it, mut out) = (JsonEdit::default(), Vec::new());
            it.push(text.as_bytes(), &places, &mut |_| FULL, &mut out);
            it.end(&places, &mut |_| FULL, &mut out);
            let out = String::from_utf8(out).unwrap();
            assert!(!out.contains("se") && !out.contains("12"), "{out}");
        }
    }

    /// The same random numbers each time.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % sides
        }

        fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
            all[self.roll(all.len())]
        }

        /// A value that is JSON.
        fn value(&mut self, depth: usize, out: &mut String) {
            let space = self.of(&["", "", "", " ", "\r\n\t"]);
            *out += space;
            match self.roll(if depth == 0 { 6 } else { 10 }) {
                0..3 => *out += self.of(&["1", "-2.5e9", "true", "false", "null"]),
                3..6 => *out += self.of(TEXTS),
                6..9 => {
                    *out += "{";
                    for n in 0..self.roll(5) {
                        *out += if n == 0 { space } else { "," };
                        *out += self.of(NAMES);
                        *out += self.of(&[":", " : "]);
                        self.value(depth - 1, out);
                    }
                    *out += "}";
                }
                _ => {
                    *out += "[";
                    for n in 0..self.roll(4) {
                        *out += if n == 0 { space } else { "," };
                        self.value(depth - 1, out);
                    }
                    *out += "]";
                }
            }
            *out += space;
        }

        /// Anything of which JSON is made, in any order.
        fn garbage(&mut self, out: &mut String) {
            for _ in 0..self.roll(40) {
                *out += match self.roll(3) {
                    0 => self.of(NAMES),
                    1 => self.of(TEXTS),
                    _ => self.of(&[
                        "{", "}", "[", "]", ",", ":", " ", "1", "2{", "\"", "\\", "x\"", "é",
                    ]),
                };
            }
        }
    }

    const NAMES: &[&str] = &[
        "\"a\"",
        "\"mail\"",
        "\"owner\"",
        "\"items\"",
        "\"b\"",
        "\"lame\"",
        "\"\"",
        "\"m\\u0061il\"",
        "\"further\"",
        "\"of no interest at all\"",
    ];
    const TEXTS: &[&str] = &[
        "\"me\"",
        "\"you\"",
        "\"ann.lee@mail.example\"",
        "\"\"",
        "\"x\\\"y\"",
        "\"{[,]}\"",
        "\"\\u00e9é\"",
        "\"some text that is longer than a few words, and has none of it\"",
        "\"7\"",
    ];

    /// What a text shows and becomes, in pieces of so many bytes.
    fn passed(text: &str, piece: usize, places: &Places) -> (Vec<String>, Vec<u8>, Vec<u32>) {
        let (mut it, mut watched) = (JsonEdit::default(), JsonEdit::default());
        let (mut seen, mut also, mut out) = (Vec::new(), Vec::new(), Vec::new());
        let mut each = |value: Passing<'_>| {
            seen.push(format!("{value:?}"));
            match value.mark {
                0 | 1 => Edit::Tell { is_own: value.text == b"me" },
                2 | 3 => Edit::Await(Mask::Partial),
                4 => Edit::Put(Mask::Drop),
                5 => Edit::Put(Mask::Full),
                _ => Edit::Keep,
            }
        };
        let mut watch = |value: Passing<'_>| {
            also.push(format!("{value:?}"));
            Edit::Keep
        };
        for piece in text.as_bytes().chunks(piece) {
            it.push(piece, places, &mut each, &mut out);
            watched.watch(piece, places, &mut watch);
        }
        it.end(places, &mut each, &mut out);
        watched.end_watching(places, &mut watch);
        // What breaks off is shown only where it may have to be masked.
        also.iter().zip(&seen).for_each(|(it, seen)| assert_eq!(it, seen, "{text}"));
        (seen, out, it.masked())
    }

    /// Tokens that stand whole in a piece are taken at once, others byte by byte.
    #[test]
    fn whole_tokens_and_single_bytes_come_to_the_same() {
        let mut places = places(&[
            "$.owner",
            "$.items[*].owner",
            "$.mail",
            "$.items[*].mail",
            "$.b",
            "$.items[*].a",
            "$.a[*]",
            "$",
            "$[*]",
            "$.items[*].items[*]",
        ]);
        places.await_owner("$");
        places.await_owner("$.items[*]");
        let mut dice = Dice(17);
        for n in 0..4_000 {
            let mut text = String::new();
            match n % 2 {
                0 => dice.value(4, &mut text),
                _ => dice.garbage(&mut text),
            }
            let single = passed(&text, 1, &places);
            for piece in [2, 3, 7, 20, usize::MAX] {
                assert_eq!(passed(&text, piece, &places), single, "{text} in pieces of {piece}");
            }
        }
    }

    /// What a text shows where nothing is known to stand, however it is cut; all of it passes unchanged.
    #[track_caller]
    fn check_new(
        text: &str,
        (known, open): (&[&str], &[&str]),
        aliases: &Aliases,
        new: &[(&str, &str)],
    ) {
        let known = KnownPlaces::of(known.iter().copied(), open.iter().copied());
        let (known, aliases) = (Arc::new(known), Arc::new(aliases.clone()));
        for marked in [&[][..], &["$.marked", "$.items[*].marked.id"]] {
            let places = places(marked);
            for piece in 1..=text.len() {
                let mut it = JsonEdit::showing_new(&known, &aliases);
                let mut watched = JsonEdit::showing_new(&known, &aliases);
                let (mut seen, mut also, mut out) = (Vec::new(), 0, Vec::new());
                let mut each = |value: Passing<'_>| {
                    if let Some((spot, path)) = value.new_at {
                        assert_eq!(value.mark, mark_of_new(spot));
                        let text = String::from_utf8_lossy(value.text).into_owned();
                        seen.push((path.to_owned(), text));
                    }
                    Edit::Keep
                };
                for piece in text.as_bytes().chunks(piece) {
                    it.push(piece, &places, &mut each, &mut out);
                    watched.watch(piece, &places, &mut |value| {
                        also += usize::from(value.new_at.is_some());
                        Edit::Keep
                    });
                }
                it.end(&places, &mut each, &mut out);
                watched.end_watching(&places, &mut |value| {
                    also += usize::from(value.new_at.is_some());
                    Edit::Keep
                });
                let seen: Vec<_> = seen.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
                assert_eq!(seen, new, "{text} in pieces of {piece}");
                assert_eq!(also, new.len(), "{text} in pieces of {piece}");
                assert_eq!(String::from_utf8(out).unwrap(), text);
            }
        }
    }

    const SHOP: &[&str] =
        &["$.items[*].id", "$.items[*].marked.id", "$.more", "$.marked", "$.at.x"];

    #[test]
    fn values_where_none_are_known_to_stand_are_shown() {
        let check = |text, new: &[_]| check_new(text, (SHOP, &[]), &Aliases::default(), new);
        check(r#"{"items":[{"id":1,"marked":{"id":2}},{"id":3}],"more":true}"#, &[]);
        check(
            r#"{"items" : [ {"id":1, "password":"x"}, {"password" : "y"} ], "more":true, "z": 7}"#,
            &[("$.items[*].password", "x"), ("$.items[*].password", "y"), ("$.z", "7")],
        );
        check(
            r#"{"pass\u0077ord":"x\ny","a.b":null}"#,
            &[("$.password", "x\ny"), (r"$.a\x2eb", "null")],
        );
        check(
            r#"{"new":{"deep":[{"er":["x","y"]}]},"more":1}"#,
            &[("$.new.deep[*].er[*]", "x"), ("$.new.deep[*].er[*]", "y")],
        );
        check(
            r#"{"more":{"than":"once"},"at":{"x":{"y":1}},"items":["z"]}"#,
            &[("$.more.than", "once"), ("$.at.x.y", "1")],
        );
        check(r#"{"a":1,"a":2}{"b":3} 4"#, &[("$.a", "1"), ("$.a", "2"), ("$.b", "3")]);
        check(
            r#"{"more":[1,2,"x",[3],{"y":4}],"end":5}"#,
            &[
                ("$.more[*]", "1"),
                ("$.more[*]", "2"),
                ("$.more[*]", "x"),
                ("$.more[*][*]", "3"),
                ("$.more[*].y", "4"),
                ("$.end", "5"),
            ],
        );
    }

    #[test]
    fn what_is_called_by_values_is_not_new() {
        let open = &["$.rates", "$.items[*].by"];
        let check = |text, new: &[_]| check_new(text, (SHOP, open), &Aliases::default(), new);
        check(r#"{"rates":{"EUR":1,"x":{"y":"z"}},"n":1}"#, &[("$.n", "1")]);
        check(
            r#"{"17":"a","ann@mail.example":{"mail":"b"},"2026-01-01":[{"x":1}],"n":1}"#,
            &[("$.n", "1")],
        );
        check(r#"{"items":[{"by":{"x":1},"to":{"x":2}}]}"#, &[("$.items[*].to.x", "2")]);
        let long = "x".repeat(130);
        check(&format!(r#"{{"{long}":1,"a":{{"{long}":{{"b":2}}}},"n":3}}"#), &[("$.n", "3")]);
    }

    #[test]
    fn what_an_alias_stands_for_is_known() {
        let (mut names, mut room) = (AnswerNames::default(), 9);
        let data = names.root.note("data", "data", &mut room).unwrap();
        let team = data.note("t", "team", &mut room).unwrap();
        team.note("name", "apiToken", &mut room).unwrap();
        team.note("x", "name", &mut room).unwrap();
        let known = &["$.data.team[*].name"][..];
        let text = r#"{"data":{"t":[{"x":"ann","name":"tok"}],"x":1}}"#;
        let new = &[("$.data.team[*].apiToken", "tok"), ("$.data.x", "1")];
        check_new(text, (known, &[]), &Aliases::of(&names), new);
        names.is_batch = true;
        check_new(
            &format!("[{text},{text}]"),
            (known, &[]),
            &Aliases::of(&names),
            &[*new, *new].concat(),
        );
    }

    #[test]
    fn what_is_new_is_masked_with_the_rest() {
        let known =
            Arc::new(KnownPlaces::of(["$.l[*].id", "$.l[*].owner"].into_iter(), [].into_iter()));
        let mut places = places(&["$.l[*].owner"]);
        places.await_owner("$.l[*]");
        let text = r#"{"l":[{"id":1,"mail":"a","owner":"me"},{"mail":"b","owner":"you"},{"owner":"me","mail":"c"}],"mail":"d"}"#;
        for piece in 1..=text.len() {
            let (mut it, mut out) = (JsonEdit::showing_new(&known, &Arc::default()), Vec::new());
            let mut each = |value: Passing<'_>| match value.new_at {
                Some(_) => Edit::Await(Mask::Full),
                None => Edit::Tell { is_own: value.text == b"me" },
            };
            for piece in text.as_bytes().chunks(piece) {
                it.push(piece, &places, &mut each, &mut out);
            }
            it.end(&places, &mut each, &mut out);
            let of = |path| mark_of_new(Spot::of(path).unwrap());
            assert_eq!(it.masked(), [of("$.l[*].mail"), of("$.mail")]);
            let expected = r#"{"l":[{"id":1,"mail":"a","owner":"me"},{"mail":"***","owner":"you"},{"owner":"me","mail":"c"}],"mail":"***"}"#;
            assert_eq!(String::from_utf8(out).unwrap(), expected, "in pieces of {piece}");
        }
    }

    /// What a reader shows that holds the whole text is what this one shows.
    #[test]
    fn what_is_new_is_found_in_any_text() {
        let (known, open) = (["$.mail", "$.items[*].owner", "$.b.b", "$[*].a"], ["$.items[*].a"]);
        let known = Arc::new(KnownPlaces::of(known.into_iter(), open.into_iter()));
        let mut dice = Dice(23);
        for n in 0..3_000 {
            let mut text = String::new();
            match n % 4 {
                0 => dice.garbage(&mut text),
                _ => dice.value(4, &mut text),
            }
            let places = places(&["$.owner", "$.items[*].mail"]);
            let shown = |piece: usize| {
                let (mut it, mut seen) =
                    (JsonEdit::showing_new(&known, &Arc::default()), Vec::new());
                let mut each = |value: Passing<'_>| {
                    let path = value.new_at.map(|it| it.1.to_owned());
                    seen.extend(
                        path.map(|it| (it, String::from_utf8_lossy(value.text).into_owned())),
                    );
                    Edit::Keep
                };
                for piece in text.as_bytes().chunks(piece) {
                    it.watch(piece, &places, &mut each);
                }
                it.end_watching(&places, &mut each);
                seen
            };
            let single = shown(1);
            for piece in [3, 20, usize::MAX] {
                assert_eq!(shown(piece), single, "{text} in pieces of {piece}");
            }
            if n % 4 != 0 {
                let mut whole = held(&text);
                let marked = ["$.owner", "$.items[*].mail"];
                whole.retain(|it| known.knows(&it.0) == Some(false) && !marked.contains(&&*it.0));
                assert_eq!(single, whole, "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_json_passes_as_it_is_where_nothing_is_left_out() {
        let places = places(&["$.a"]);
        for text in [r#"""{z:1,"a":"2"}"#, r#"{z,"a":1,"b":2}"#, r#"{,"a":1}"#] {
            let (mut it, mut out) = (JsonEdit::default(), Vec::new());
            it.push(text.as_bytes(), &places, &mut |_| Edit::Keep, &mut out);
            it.end(&places, &mut |_| Edit::Keep, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
    }

    #[test]
    fn what_is_no_json_ends_and_is_bounded() {
        let places = places(&["$.a", "$", "$[*]", "$[*][*]"]);
        for text in [
            "]]]]}}}}",
            "\"",
            "{{{{",
            "[[[[",
            ":::,,,",
            "{\"a\" \"b\" \"c\"",
            "\\\"\\",
            "\u{0}\u{1}",
        ] {
            for piece in 1..4 {
                let (mut it, mut out) = (JsonEdit::default(), Vec::new());
                for piece in text.repeat(500).as_bytes().chunks(piece) {
                    it.push(piece, &places, &mut |_| FULL, &mut out);
                }
                it.end(&places, &mut |_| FULL, &mut out);
                assert!(it.frames.len() <= DEPTH_MAX && out.len() <= 12_000, "{text}");
            }
        }
    }
}
