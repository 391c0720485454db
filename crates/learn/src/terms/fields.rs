//! Which fields an endpoint takes, and of which types their values are.
//!
//! Misses   ranges as such: magnitudes are known, to an eighth of a power of two; maps whose keys are values, of which
//!          nothing is said.

use super::{INDEPENDENT_MIN, Pace};
use crate::inventory::habits::Extremes;
use crate::inventory::leaf::{Field, Fields, Leaf};
use crate::inventory::subjects::Some64;
use bartizan_model::fact::{Forms, Kind, bucket};
use bartizan_model::place::Place;
use bartizan_model::terms::{Bounds, PLACES_MAX, Says, Types};

/// Of a hundred fields at most so many may be rare ones, or their names are values.
const RARE_MAX_PERCENT: usize = 50;

/// What strings look like wherever they are written.
const STRICT: u16 = Types::bit(Kind::Uuid) | Types::bit(Kind::Date) | Types::bit(Kind::Boolean);
/// Buckets of magnitudes from one number to eight times as much.
const BUCKETS_OF_EIGHT: i16 = 24;
/// A number may be as great whatever was seen of it.
const GREAT_MIN: f64 = 100.0;
/// A text may have as many bytes whatever was seen of it.
const BYTES_MIN: u32 = 64;

/// The fields that were sent.
pub(super) struct Sent {
    /// By independent subjects: they are taken.
    pub(super) known: Vec<Place>,
    /// How many others there are.
    pub(super) left_out: usize,
    /// Who sent those.
    by: Some64,
}

/// The fields of query and body.
pub(super) fn sent(request: &Fields) -> Sent {
    let mut it = Sent { known: Vec::new(), left_out: 0, by: Some64::default() };
    for (place, field) in request.by_place.iter().filter(|it| is_field(it.0)) {
        if field.subjects.at_least() >= INDEPENDENT_MIN {
            it.known.push(place.clone());
        } else {
            it.left_out += 1;
            it.by = it.by.and(field.subjects);
        }
    }
    it
}

fn is_field(place: &Place) -> bool {
    matches!(place, Place::Query(_) | Place::Body(_))
}

/// Nothing else is taken, if as much can be said.
pub(super) fn only_known(request: &Fields, sent: &Sent) -> Option<Says> {
    let fields = sent.known.len() + sent.left_out;
    // One caller's inventions do not open what is closed for everybody else.
    let are_many = sent.by.at_least() >= INDEPENDENT_MIN;
    let is_open = are_many && (request.more > 0 || sent.left_out * 100 > fields * RARE_MAX_PERCENT);
    (request.messages > 0 && !is_open && fields <= PLACES_MAX).then_some(Says::OnlyKnown)
}

/// The types of values that have one.
pub(super) fn types(request: &Fields, pace: &Pace) -> Option<Says> {
    let all: Vec<_> = request
        .by_place
        .iter()
        .filter(|(place, field)| is_field(place) && is_told(field, pace))
        .filter_map(|(place, field)| Some((place.clone(), of(field)?)))
        .take(PLACES_MAX)
        .collect();
    (!all.is_empty()).then_some(Says::Types(all))
}

/// The fields that every call has, if it has any.
pub(super) fn required(leaf: &Leaf, sent: &Sent) -> Option<Says> {
    // What stands in items is missing where there is no item.
    let is_own = |it: &Place| !matches!(it, Place::Body(path) if path.contains("[*]"));
    let always = leaf.habits.as_ref()?.always();
    let all = always.into_iter().filter(|it| is_own(it) && sent.known.contains(it));
    let all: Vec<Place> = all.take(PLACES_MAX).collect();
    (!all.is_empty()).then_some(Says::Required(all))
}

/// How large and how long values are, with room for more: numbers eight times as great, texts twice as long.
pub(super) fn bounds(leaf: &Leaf, pace: &Pace) -> Option<Says> {
    let habits = leaf.habits.as_ref()?;
    let told = leaf.request.by_place.iter();
    let told = told.filter(|(place, field)| is_field(place) && is_told(field, pace));
    let all = told
        .filter_map(|(place, field)| Some((place.clone(), wide(field, habits.extremes(place)?)?)));
    let all: Vec<_> = all.take(PLACES_MAX).collect();
    (!all.is_empty()).then_some(Says::Bounds(all))
}

fn wide(field: &Field, extremes: &Extremes) -> Option<Bounds> {
    let are_numbers = {
        let kinds = field.told.kinds() & !Types::bit(Kind::Empty);
        kinds != 0 && kinds & !(Types::bit(Kind::Integer) | Types::bit(Kind::Decimal)) == 0
    };
    let buckets = extremes.buckets().filter(|_| are_numbers).map(|(least, most)| {
        let lower = if least < 0 { least.saturating_sub(BUCKETS_OF_EIGHT) } else { 0 };
        (lower, most.saturating_add(BUCKETS_OF_EIGHT).max(bucket(GREAT_MIN)))
    });
    let bytes_max = extremes.bytes()?.saturating_mul(2).max(BYTES_MIN);
    Some(Bounds { buckets, bytes_max })
}

fn is_told(field: &Field, pace: &Pace) -> bool {
    field.messages >= pace.calls_min && u64::from(field.subjects.at_least()) >= pace.subjects_min
}

/// The type of a field, if it has one: in JSON its notation, elsewhere how it looks.
fn of(field: &Field) -> Option<Types> {
    let kinds = looks(field);
    // Clients leave a field out by `null`, sooner or later.
    let told = field.told.forms();
    let forms = told.and(Forms::NULL);
    let plain = told.has(Forms::PLAIN);
    let is_mixed =
        [Forms::STRING, Forms::NUMBER, Forms::BOOLEAN].iter().filter(|it| told.has(**it)).count()
            > 1;
    if told == Forms::NONE || is_mixed {
        return None;
    }
    match plain {
        true if kinds == 0 => None,
        true => Some(Types { forms, kinds }),
        // A string of digits is one that another country writes otherwise.
        false if told.has(Forms::STRING) => {
            let kinds = if kinds & !STRICT == 0 { kinds } else { 0 };
            Some(Types { forms, kinds })
        }
        false => Some(Types { forms, kinds: 0 }),
    }
}

/// What all values look like, if that is anything in particular.
fn looks(field: &Field) -> u16 {
    let seen = field.told.kinds() & !Types::bit(Kind::Empty);
    let number = Types::bit(Kind::Integer) | Types::bit(Kind::Decimal);
    let particular =
        [number, Types::bit(Kind::Boolean), Types::bit(Kind::Uuid), Types::bit(Kind::Date)];
    // Digits are a number of either kind: the next one may have a fraction.
    particular.into_iter().find(|it| seen != 0 && seen & !it == 0).unwrap_or(0)
}
