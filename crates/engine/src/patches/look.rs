//! One request, held to the virtual patches of its endpoint.
//!
//! Reads    each value as the readers hand it over, decoded once, with its further readings; the head itself for fields that
//!          readers leave out, the method and the target.
//! Writes   which patches are broken, and where; which could not look at everything.
//! Memory   what one value breaks: each patch once.
//! Misses   a text of more than 64 KiB is looked at in pieces, to each of which `^` and `$` refer; numbers that are no decimal
//!          numbers (`0x65`); bodies in formats that nobody takes apart.
//!
//! Only `matches` looks into further readings: whoever allows or bounds values means them as they are.

use super::Ready;
use bartizan_inspect::decoding::{Amplification, Extent, views};
use bartizan_inspect::value::{PlaceRef, Value};
use bartizan_model::clause::Mode;
use bartizan_model::code::Code;
use bartizan_model::evidence::Fingerprint;
use bartizan_model::fact::Forms;
use bartizan_model::head::RequestHead;
use bartizan_model::patch::{Field, Sort};
use bartizan_model::place::{Place, escaped};
use std::sync::Arc;

/// What patterns may cost in one request: each byte that one looks at, times the KiB of its program.
const EFFORT_MAX: usize = 4 << 20;

/// The patches that a request is held to.
#[derive(Debug)]
pub(crate) struct Patching {
    all: Vec<Held>,
    effort_left: usize,
    /// Room for further readings.
    budget: Amplification,
    found: Vec<Found>,
    /// Those to which only their pattern is missing in the value that is looked at.
    pending: Vec<usize>,
    /// The end of the body was not read.
    is_cut: bool,
}

#[derive(Debug)]
struct Held {
    ready: Arc<Ready>,
    is_there: bool,
    is_unexamined: bool,
}

/// A patch that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) code: Code,
    pub(crate) mark: Fingerprint,
    pub(crate) mode: Mode,
    pub(crate) place: Place,
}

/// How a value stands to the field of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It is one.
    At,
    /// It is within a list there.
    InList,
    /// It is within an object there.
    InObject,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
struct Spot<'a> {
    place: PlaceRef<'a>,
    /// Which segment of the path it is, from 1; 0 of what is none.
    segment: u8,
}

impl Spot<'_> {
    fn to_place(self) -> Place {
        match (self.place, self.segment) {
            (PlaceRef::Path, 1..) => Place::Segment(self.segment),
            (place, _) => place.to_place(),
        }
    }
}

/// What of a request was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unread {
    /// More values, or deeper ones, than are read.
    pub(crate) more: bool,
    /// The body.
    pub(crate) body: bool,
    /// The body was handed over as a text, for it is not what it says.
    pub(crate) fields_of_body: bool,
}

impl Patching {
    /// Further readings may have so many bytes together.
    pub(crate) fn new(all: Vec<Arc<Ready>>, views_bytes_max: usize) -> Self {
        let held = |ready| Held { ready, is_there: false, is_unexamined: false };
        Self {
            all: all.into_iter().map(held).collect(),
            effort_left: EFFORT_MAX,
            budget: Amplification::new(views_bytes_max),
            found: Vec::new(),
            pending: Vec::new(),
            is_cut: false,
        }
    }

    /// Held to nothing.
    pub(crate) fn none() -> Self {
        Self::new(Vec::new(), 0)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a patch looks at values that readers hand over.
    pub(crate) fn looks_at_values(&self) -> bool {
        self.all.iter().any(|it| match &it.ready.patch.field {
            Field::Method | Field::Target | Field::At(Place::Header(_)) => false,
            Field::Any | Field::At(_) => true,
        })
    }

    /// Those that are not among others.
    pub(crate) fn without(mut self, others: &Self) -> Self {
        self.all.retain(|it| !others.all.iter().any(|of| Arc::ptr_eq(&of.ready, &it.ready)));
        self.effort_left = others.effort_left;
        self
    }

    /// Holds the request to these, too.
    pub(crate) fn extend(&mut self, more: Self) {
        self.all.extend(more.all);
        self.is_cut |= more.is_cut;
        self.effort_left = self.effort_left.min(more.effort_left);
    }

    /// Notes that the end of the body is not read.
    pub(crate) fn is_cut(&mut self) {
        self.is_cut = true;
    }

    /// Looks at what of a head is handed over by nobody: hands to `take` what was found, with the text that it is in.
    pub(crate) fn look_at_head(&mut self, head: &RequestHead, take: &mut impl FnMut(Found, &[u8])) {
        for at in 0..self.all.len() {
            let Some(ready) = self.all.get(at).map(|it| Arc::clone(&it.ready)) else { continue };
            let mut look = |place, text| {
                let spot = Spot { place, segment: 0 };
                self.hold(at, (spot, Stands::At), text, Forms::PLAIN);
                self.look_further(spot, text);
                std::mem::take(&mut self.found).into_iter().for_each(|it| take(it, text));
            };
            match &ready.patch.field {
                Field::Method => look(PlaceRef::Name, head.method_text()),
                Field::Target => look(PlaceRef::Path, head.target()),
                Field::At(Place::Header(wanted)) => {
                    let is_one = |name| escaped(name).eq_ignore_ascii_case(wanted);
                    let fields = head.fields.iter().filter(|it| is_one(it.1));
                    fields.for_each(|(_, name, value)| look(PlaceRef::Header(name), value));
                }
                Field::Any | Field::At(_) => {}
            }
        }
    }

    /// Looks at a value and, where a pattern has not been found in it, at its further readings; what was found.
    pub(crate) fn look(&mut self, value: &Value<'_>, segment: u8, forms: Forms) -> Vec<Found> {
        let spot = Spot { place: value.place, segment };
        for at in 0..self.all.len() {
            let stands = self.all.get(at).and_then(|it| stands(&it.ready.patch.field, spot));
            if let Some(stands) = stands {
                self.hold(at, (spot, stands), value.text, forms);
            }
        }
        self.look_further(spot, value.text);
        std::mem::take(&mut self.found)
    }

    /// Looks at the further readings of a value to which nothing but a pattern is missing.
    fn look_further(&mut self, spot: Spot<'_>, text: &[u8]) {
        if self.pending.is_empty() {
            return;
        }
        let mut budget = std::mem::replace(&mut self.budget, Amplification::new(0));
        let extent = views(text, &mut budget, &mut |view, _| {
            for at in std::mem::take(&mut self.pending) {
                match self.fits(at, view) {
                    true => self.note(at, Code::PatchMatched, spot.to_place()),
                    false => self.pending.push(at),
                }
            }
        });
        self.budget = budget;
        for at in std::mem::take(&mut self.pending).into_iter().filter(|_| extent == Extent::Cut) {
            self.all.get_mut(at).into_iter().for_each(|it| it.is_unexamined = true);
        }
    }

    /// Holds one patch against one value.
    fn hold(&mut self, at: usize, (spot, stands): (Spot<'_>, Stands), text: &[u8], forms: Forms) {
        let Some(held) = self.all.get_mut(at) else { return };
        held.is_there = true;
        let ready = Arc::clone(&held.ready);
        if !self.all_else_holds(at, &ready, stands, text, forms) {
            return;
        }
        match ready.matches.is_some() && !self.fits(at, text) {
            true => self.pending.push(at),
            false => self.note(at, Code::PatchMatched, spot.to_place()),
        }
    }

    /// Whether everything but its pattern holds.
    fn all_else_holds(
        &mut self,
        at: usize,
        ready: &Ready,
        stands: Stands,
        text: &[u8],
        forms: Forms,
    ) -> bool {
        let when = &ready.patch.when;
        let sort = || sort(stands, text, forms);
        let holds = when.present != Some(false)
            && when.is.is_none_or(|it| it == sort())
            && when.is_not.is_none_or(|it| it != sort())
            && when.longer_than.is_none_or(|it| characters(text) > it)
            && when.shorter_than.is_none_or(|it| characters(text) < it)
            && when.above.is_none_or(|it| number(text).is_some_and(|number| number > it))
            && when.below.is_none_or(|it| number(text).is_some_and(|number| number < it));
        let Some(pattern) = ready.does_not_match.as_ref().filter(|_| holds) else { return holds };
        self.spend(at, pattern.cost(text.len())) && !pattern.fits(text)
    }

    fn fits(&mut self, at: usize, text: &[u8]) -> bool {
        let Some(ready) = self.all.get(at).map(|it| Arc::clone(&it.ready)) else { return false };
        let Some(pattern) = &ready.matches else { return false };
        self.spend(at, pattern.cost(text.len())) && pattern.fits(text)
    }

    /// Whether there is enough left; if not, the patch did not look at everything.
    fn spend(&mut self, at: usize, cost: usize) -> bool {
        match self.effort_left.checked_sub(cost) {
            Some(left) => {
                self.effort_left = left;
                true
            }
            None => {
                self.all.get_mut(at).into_iter().for_each(|it| it.is_unexamined = true);
                false
            }
        }
    }

    fn note(&mut self, at: usize, code: Code, place: Place) {
        if let Some(patch) = self.all.get(at).map(|it| &it.ready.patch) {
            self.found.push(Found { code, mark: patch.mark(), mode: patch.mode, place });
        }
    }

    /// What the request lacks that a patch refuses to be without, and which patches did not look at everything.
    pub(crate) fn finish(&mut self, unread: Unread, is_whole: bool) -> Vec<Found> {
        for at in 0..self.all.len() {
            let Some(held) = self.all.get(at) else { continue };
            let (field, when) = (&held.ready.patch.field, &held.ready.patch.when);
            let place = match field {
                Field::Any | Field::Method => Place::Name,
                Field::Target => Place::Path,
                Field::At(place) => place.clone(),
            };
            let (of_values, of_body, is_narrow) = reach(field);
            let was_read = !of_body || is_whole;
            let is_missing = when.present == Some(false) && !held.is_there && was_read;
            let is_unexamined = held.is_unexamined
                || (of_values && unread.more)
                || (of_body && (unread.body || self.is_cut))
                || (is_narrow && unread.fields_of_body);
            if is_missing {
                self.note(at, Code::PatchMatched, place);
            } else if is_unexamined {
                self.note(at, Code::PatchUnexamined, place);
            }
        }
        std::mem::take(&mut self.found)
    }
}

/// Whether a field is among the values that readers hand over, whether in bodies, and whether it is a part of one.
fn reach(field: &Field) -> (bool, bool, bool) {
    match field {
        Field::Method | Field::Target | Field::At(Place::Header(_)) => (false, false, false),
        Field::Any | Field::At(Place::Name) => (true, true, false),
        Field::At(Place::Body(path)) => (true, true, path != "$"),
        Field::At(Place::Path | Place::Segment(_) | Place::Query(_) | Place::Cookie(_)) => {
            (true, false, false)
        }
    }
}

/// How a value stands to a field; `None` if it has nothing to do with it.
fn stands(field: &Field, spot: Spot<'_>) -> Option<Stands> {
    let at = |is_one: bool| is_one.then_some(Stands::At);
    match (field, spot.place) {
        (Field::Any, _) => Some(Stands::At),
        (Field::At(Place::Path), PlaceRef::Path) => Some(Stands::At),
        (Field::At(Place::Segment(wanted)), PlaceRef::Path) => at(*wanted == spot.segment),
        (Field::At(Place::Name), PlaceRef::Name) => Some(Stands::At),
        (Field::At(Place::Query(wanted)), PlaceRef::Query(name)) => below(wanted, &escaped(name)),
        (Field::At(Place::Cookie(wanted)), PlaceRef::Cookie(name)) => below(wanted, &escaped(name)),
        (Field::At(Place::Body(wanted)), PlaceRef::Body(path)) => below(wanted, path),
        // Fields are looked at in the head itself, all of them.
        (
            Field::Method
            | Field::Target
            | Field::At(
                Place::Path
                | Place::Segment(_)
                | Place::Name
                | Place::Query(_)
                | Place::Cookie(_)
                | Place::Body(_)
                | Place::Header(_),
            ),
            _,
        ) => None,
    }
}

/// Whether `name` is `wanted`, in whatever letters, or below it as frameworks bind names: `a.b`, `a[b]`, `a[]`.
fn below(wanted: &str, name: &str) -> Option<Stands> {
    let begins = name.get(..wanted.len()).is_some_and(|it| it.eq_ignore_ascii_case(wanted));
    let rest = name.get(wanted.len()..).filter(|_| begins)?;
    let bracket = rest.strip_prefix('[').or_else(|| rest.strip_prefix("\\x5b"));
    match (rest, bracket) {
        ("", _) => Some(Stands::At),
        (_, Some(inner)) => {
            let index = inner.split([']', '\\']).next().unwrap_or_default();
            let is_list = index.bytes().all(|it| it.is_ascii_digit() || it == b'*');
            Some(if is_list { Stands::InList } else { Stands::InObject })
        }
        (_, None) => rest.starts_with('.').then_some(Stands::InObject),
    }
}

fn sort(stands: Stands, text: &[u8], forms: Forms) -> Sort {
    match stands {
        Stands::InList => Sort::List,
        Stands::InObject => Sort::Object,
        Stands::At if forms == Forms::LIST => Sort::List,
        Stands::At if forms == Forms::OBJECT => Sort::Object,
        Stands::At if forms == Forms::NUMBER => Sort::Number,
        Stands::At if forms == Forms::BOOLEAN => Sort::Boolean,
        Stands::At if forms == Forms::NULL => Sort::Null,
        Stands::At if forms == Forms::STRING => Sort::Text,
        Stands::At if number(text).is_some() => Sort::Number,
        Stands::At if matches!(text, b"true" | b"false") => Sort::Boolean,
        Stands::At => Sort::Text,
    }
}

/// The number that a text is, however long it is.
fn number(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    let is_part = |it: &u8| it.is_ascii_digit() || matches!(it, b'+' | b'-' | b'.' | b'e' | b'E');
    Some(text).filter(|it| !it.is_empty() && it.iter().all(is_part))?;
    str::from_utf8(text).ok()?.parse().ok()
}

/// How many characters a text has: of what is no UTF-8, bytes.
fn characters(text: &[u8]) -> u64 {
    str::from_utf8(text).map_or(text.len(), |it| it.chars().count()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(wanted: &str, name: &str, expected: Option<Stands>) {
        assert_eq!(below(wanted, name), expected, "{wanted} {name}");
    }

    #[test]
    fn a_field_is_there_with_everything_below_it() {
        check("$.text", "$.text", Some(Stands::At));
        check("$.text", "$.TEXT", Some(Stands::At));
        check("$.text", "$.text[*]", Some(Stands::InList));
        check("$.text", "$.text[0]", Some(Stands::InList));
        check("$.text", "$.text[]", Some(Stands::InList));
        check("$.text", "$.text\\x5ba\\x5d", Some(Stands::InObject));
        check("$.text", "$.text.$ne", Some(Stands::InObject));
        check("$", "$.anything", Some(Stands::InObject));
        check("$.text", "$.texts", None);
        check("$.text", "$.a.text", None);
        check("$.text", "$.tex", None);
    }

    #[test]
    fn a_number_is_one_however_long_and_wherever() {
        assert_eq!(number(b" 101 "), Some(101.0));
        assert_eq!(number(b"1e2"), Some(100.0));
        assert!(number("9".repeat(5_000).as_bytes()).is_some_and(f64::is_infinite));
        for text in ["", " ", "inf", "nan", "0x65", "1 2", "--1"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn characters_are_counted_and_bytes_of_what_is_no_text() {
        assert_eq!(characters("größe".as_bytes()), 5);
        assert_eq!(characters(b"\x80\xfe\x80"), 3);
    }
}
