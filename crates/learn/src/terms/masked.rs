//! What answers show that should not leave as it is: secrets, and data of people.
//!
//! Reads    the classes of the fields of answers, as far as they may be masked; which fields answers have.
//! Misses   texts that hold such data among other words. Fields that fewer than three callers were shown are none that
//!          answers have: what they hold is looked at as it leaves (`beyond.rs`).

use super::owned::Ownership;
use super::{INDEPENDENT_MIN, Pace, beyond};
use crate::inventory::owners::speaks_of_somebody;
use crate::inventory::{ClassOf, Endpoint};
use bartizan_model::class::Class;
use bartizan_model::data_class::{DataClass, Sensitivity};
use bartizan_model::place::Place;
use bartizan_model::terms::{Mask, Masked, Masking, PLACES_MAX, Says};
use std::collections::BTreeSet;

/// What answers of an endpoint show.
pub(super) fn masked(
    it: &Endpoint<'_>,
    class_of: ClassOf<'_>,
    owners: &Ownership,
    pace: &Pace,
) -> Vec<Says> {
    let (fields, template) = (&it.leaf.response.by_place, it.template());
    let beside: BTreeSet<&Place> = fields.iter().map(|it| it.0).collect();
    let (mut secret, mut data) = (Vec::new(), Vec::new());
    for (place, field) in fields.iter() {
        let is_of_several = field.subjects.at_least() >= INDEPENDENT_MIN;
        if !matches!(place, Place::Body(_)) || !is_of_several {
            continue;
        }
        // Whoever is shown a masked identifier cannot use it.
        let Some(class) =
            class_of(place, field).filter(|it| is_secret(*it) || !speaks_of_somebody(place))
        else {
            continue;
        };
        if is_secret(class) {
            secret.push(Masked { place: place.clone(), class, mask: Mask::Full, unless_own: None });
            continue;
        }
        let unless_own =
            owners.around((it.service, &template), place, &beside).filter(|it| it.place != *place);
        let least =
            if unless_own.is_some() { Sensitivity::Personal } else { Sensitivity::Confidential };
        if class.sensitivity() >= least && class.sensitivity() != Sensitivity::Secret {
            data.push(Masked { place: place.clone(), class, mask: Mask::Partial, unless_own });
        }
    }
    secret.truncate(PLACES_MAX);
    data.truncate(PLACES_MAX);
    let beyond = beyond::beyond(it, owners, pace);
    let says = |fields: Vec<Masked>| {
        let it = Masking { fields, beyond: beyond.clone() };
        (!it.is_empty()).then_some(it)
    };
    let (mut secret, data) = (says(secret), says(data));
    // A secret is nobody's own.
    if let Some(beyond) = secret.as_mut().and_then(|it| it.beyond.as_mut()) {
        beyond.owners.clear();
    }
    secret.map(Says::Secret).into_iter().chain(data.map(Says::Masked)).collect()
}

/// How a value is masked in a field that answers did not have, if it is: what is a secret whoever asks, or what is of people and gives
/// access.
pub fn mask_of_new(class: DataClass, place: &Place) -> Option<(Mask, bool)> {
    let of = Class::BuiltIn(class);
    match class.sensitivity() {
        _ if is_secret(of) => Some((Mask::Full, true)),
        Sensitivity::Secret => Some((Mask::Full, false)),
        // Whoever is shown a masked identifier cannot use it.
        Sensitivity::Personal | Sensitivity::Confidential | Sensitivity::Special => {
            (!speaks_of_somebody(place)).then_some((Mask::Partial, false))
        }
        Sensitivity::Low => None,
    }
}

/// Whether something gives access and is nothing that an API hands to its caller to use: tokens, keys and sessions are.
fn is_secret(class: Class) -> bool {
    match class {
        Class::BuiltIn(it) => matches!(
            it,
            DataClass::Password
                | DataClass::PasswordHash
                | DataClass::OneTimeCode
                | DataClass::CardSecurityCode
                | DataClass::PrivateKey
                | DataClass::SharedSecret
                | DataClass::ConnectionString
        ),
        Class::Own(_) => false,
    }
}
