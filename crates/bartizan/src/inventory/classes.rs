//! The class of a field of the inventory: what its name and its values say together.

use bartizan_inspect::classify::{Classified, NameEvidence, classified};
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::inventory::leaf::Field;
use bartizan_model::data_class::DataClass;
use bartizan_model::place::Place;
use std::collections::BTreeSet;

/// What a field holds, and what that rests on; `None` if it cannot be told.
pub(crate) fn told(place: &Place, field: &Field) -> Option<Classified> {
    let name = match place {
        Place::Query(name) | Place::Header(name) | Place::Cookie(name) | Place::Body(name) => name,
        Place::Path | Place::Segment(_) | Place::Name => "",
    };
    classified(&NameEvidence::of(name.as_bytes()), &field.classes)
}

/// Its class alone.
pub(crate) fn class(place: &Place, field: &Field) -> Option<DataClass> {
    told(place, field).map(|it| it.class)
}

/// All classes that pass at an endpoint, the most sensitive first.
pub(crate) fn of(it: &Endpoint<'_>) -> Vec<DataClass> {
    let fields = it.leaf.request.by_place.iter().chain(&it.leaf.response.by_place);
    let classes: BTreeSet<_> = fields.filter_map(|(place, field)| class(place, field)).collect();
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|it| std::cmp::Reverse(it.sensitivity()));
    classes
}
