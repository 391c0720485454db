//! A body, walked to its end, and everything that was handed over.

use bartizan_inspect::body::{Format, Progress, Walk, WalkLimits};
use bartizan_inspect::value::{Sink, Value};
use bartizan_model::oddity::Oddities;
use bartizan_model::place::Place;

/// What a walk may cost, in the product.
pub(super) const LIMITS: WalkLimits = WalkLimits { depth_max: 64, values_max: 20_000 };

/// How something was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Scalar,
    Empty,
}

/// All that a walk gave.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Walked {
    pub(super) all: Vec<(Kind, Place, Vec<u8>)>,
    pub(super) odd: Oddities,
}

impl Walked {
    /// The texts of values, not of names.
    pub(super) fn values(&self) -> impl Iterator<Item = (&Place, &[u8])> {
        let is_value = |it: &&(Kind, Place, Vec<u8>)| it.0 == Kind::Text && it.1 != Place::Name;
        self.all.iter().filter(is_value).map(|it| (&it.1, it.2.as_slice()))
    }

    /// The texts of names.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.all.iter().filter(|it| it.1 == Place::Name).map(|it| it.2.as_slice())
    }

    fn add(&mut self, kind: Kind, value: Value<'_>) {
        self.all.push((kind, value.place.to_place(), value.text.to_vec()));
    }
}

impl Sink for Walked {
    fn take(&mut self, value: Value<'_>) {
        self.add(Kind::Text, value);
    }

    fn scalar(&mut self, value: Value<'_>) {
        self.add(Kind::Scalar, value);
    }

    fn empty(&mut self, value: Value<'_>) {
        self.add(Kind::Empty, value);
    }
}

/// Walks over `body` in steps of `budget` bytes.
pub(super) fn walked(
    (format, content_type): (Format, &[u8]),
    body: &[u8],
    (limits, budget): (WalkLimits, usize),
) -> Walked {
    let mut walk = Walk::new(format, limits).declared(Some(content_type));
    let mut found = Walked::default();
    // A body within a body is walked for each reading of it.
    let steps_max = 4_096 + 256 * body.len();
    let steps =
        (0..=steps_max).take_while(|_| walk.step(body, budget, &mut found) == Progress::More);
    assert!(steps.count() <= steps_max, "the walk does not end");
    found.odd = walk.oddities();
    found
}
