//! What answers show that should not leave as it is: secrets, and data of people.
//!
//! Reads    the classes of the fields of answers, as far as they may be masked.
//! Misses   texts that hold such data among other words; fields that fewer than three callers were shown.

use super::INDEPENDENT_MIN;
use super::owned::Ownership;
use crate::inventory::owners::speaks_of_somebody;
use crate::inventory::{ClassOf, Endpoint};
use bartizan_model::class::Class;
use bartizan_model::data_class::{DataClass, Sensitivity};
use bartizan_model::place::Place;
use bartizan_model::terms::{Mask, Masked, PLACES_MAX, Says};
use std::collections::BTreeSet;

/// What answers of an endpoint show.
pub(super) fn masked(it: &Endpoint<'_>, class_of: ClassOf<'_>, owners: &Ownership) -> Vec<Says> {
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
    let secret = (!secret.is_empty()).then_some(Says::Secret(secret));
    let data = (!data.is_empty()).then_some(Says::Masked(data));
    secret.into_iter().chain(data).collect()
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
