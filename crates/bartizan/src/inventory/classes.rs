//! The class of a field of the inventory: what its name and its values say together.

use bartizan_inspect::classify::{
    Because, NameEvidence, TOLD_PERCENT, classified, may_mask, own_confidence,
};
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::inventory::leaf::Field;
use bartizan_model::class::Class;
use bartizan_model::place::Place;
use std::collections::BTreeSet;

/// What a field holds, and what that rests on.
pub(crate) struct Told {
    pub(crate) class: Class,
    /// The chance that it does, 0 to 99.
    pub(crate) confidence_percent: u8,
    /// Distinct values that were looked at.
    pub(crate) values: u16,
    /// Those that fit.
    pub(crate) passed: u16,
}

impl Told {
    /// What the class is, for people.
    pub(crate) fn says(&self) -> &'static str {
        match self.class {
            Class::BuiltIn(it) => it.says(),
            Class::Own(_) => "A class from the configuration.",
        }
    }

    /// Whether the class was measured well enough for values to be masked by it.
    pub(crate) fn may_mask(&self) -> bool {
        match self.class {
            Class::BuiltIn(it) => may_mask(it),
            Class::Own(_) => false,
        }
    }
}

/// What a field holds; `None` if it cannot be told. A class of somebody's own goes before what is built in.
pub(crate) fn told(place: &Place, field: &Field) -> Option<Told> {
    let own = field.own.as_ref().and_then(|it| {
        let values = field.classes.looked_at();
        let confidence_percent = own_confidence(it.passed, values, it.bits);
        let class = Class::Own(it.class);
        let told = Told { class, confidence_percent, values, passed: it.passed };
        (confidence_percent >= TOLD_PERCENT).then_some(told)
    });
    own.or_else(|| {
        let name = match place {
            Place::Query(name) | Place::Header(name) | Place::Cookie(name) | Place::Body(name) => {
                name
            }
            Place::Path | Place::Segment(_) | Place::Name => "",
        };
        let it = classified(&NameEvidence::of(name.as_bytes()), &field.classes)?;
        let Because { values, passed, .. } = it.because;
        let (class, confidence_percent) = (Class::BuiltIn(it.class), it.confidence_percent);
        Some(Told { class, confidence_percent, values, passed })
    })
}

/// Its class alone.
pub(crate) fn class(place: &Place, field: &Field) -> Option<Class> {
    told(place, field).map(|it| it.class)
}

/// Its class, if values may be masked by it.
pub(crate) fn maskable(place: &Place, field: &Field) -> Option<Class> {
    told(place, field).filter(|it| it.may_mask()).map(|it| it.class)
}

/// All classes that pass at an endpoint, the most sensitive first.
pub(crate) fn of(it: &Endpoint<'_>) -> Vec<Class> {
    let fields = it.leaf.request.by_place.iter().chain(&it.leaf.response.by_place);
    let classes: BTreeSet<_> = fields.filter_map(|(place, field)| class(place, field)).collect();
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|it| std::cmp::Reverse(it.sensitivity()));
    classes
}
