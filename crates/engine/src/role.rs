//! Whether a caller is of a kind that never calls an endpoint, as its token says.
//!
//! Reads    the unverified claims of a bearer token, and what the contract says of kinds of callers.
//! Misses   sessions, keys and certificates, which say nothing; forged tokens, which say whatever their bearer wants: that the API
//!          turns them away is its own matter.

use crate::keys::HashKey;
use crate::terms::Held;
use bartizan_inspect::token_claims::{KindOfBearer, bearer, kinds};
use bartizan_learn::inventory::owners::CLAIM;
use bartizan_learn::inventory::roles::LISTED_CLAIM;
use bartizan_model::fact::Facts;
use bartizan_model::head::Fields;
use bartizan_model::id::KeyedHash;
use bartizan_model::known::Known;
use bartizan_model::place::Place;
use bartizan_model::terms::{Force, Kinds};
use std::sync::Arc;

/// A claim by which a caller is a stranger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stranger {
    pub(crate) place: Place,
    pub(crate) bytes: u32,
    pub(crate) value: KeyedHash,
    pub(crate) force: Force,
}

/// By which claims a caller is a stranger to what a call is held to.
pub(crate) fn strangers<'a>(
    fields: &Fields,
    held: impl IntoIterator<Item = &'a Arc<Held>>,
    key: &HashKey,
) -> Vec<Stranger> {
    let said: Vec<(&[Kinds], Force)> = held.into_iter().filter_map(|it| it.kinds()).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let token = fields.get(Known::Authorization).and_then(bearer);
    let told = token.map(kinds).unwrap_or_default();
    let all = said.into_iter().flat_map(|(all, force)| all.iter().map(move |it| (it, force)));
    all.filter_map(|(of, force)| stranger(&told, of, force, key)).collect()
}

fn stranger(told: &[KindOfBearer], of: &Kinds, force: Force, key: &HashKey) -> Option<Stranger> {
    let own: Vec<(&KindOfBearer, KeyedHash)> = told
        .iter()
        .filter(|it| *it.claim == *of.claim)
        .map(|it| (it, key.value(&it.value)))
        .collect();
    let value = of.stranger(own.iter().map(|it| it.1))?;
    let (found, _) = own.iter().find(|it| it.1 == value)?;
    let bytes = u32::try_from(found.value.len()).unwrap_or(u32::MAX);
    let items = if found.is_within { LISTED_CLAIM } else { "" };
    let place = Place::header(format!("{CLAIM}{}{items}", of.claim).as_bytes());
    Some(Stranger { place, bytes, value, force })
}

/// The same of what was recorded of a request; `None` if that does not tell.
pub(crate) fn recorded(facts: &Facts, all: &[Kinds]) -> Option<Option<Place>> {
    let places = || (0_u16..).zip(&facts.shape.places);
    let is_claim = |it: &Place| matches!(it, Place::Header(name) if name.starts_with(CLAIM));
    // Claims are noted with facts alone, and every token that names somebody has one.
    if facts.facts.is_empty() || !facts.shape.places.iter().any(is_claim) {
        return None;
    }
    let found = all.iter().find_map(|of| {
        let is_it = |it: &Place| {
            let Place::Header(name) = it else { return false };
            let claim = name.strip_prefix(CLAIM).unwrap_or_default();
            claim.strip_suffix(LISTED_CLAIM).unwrap_or(claim) == &*of.claim
        };
        let (field, place) = places().find(|it| is_it(it.1))?;
        let first = facts.facts.iter().filter(|it| it.field == field).map(|it| it.value);
        let more = facts.listed.iter().filter(|it| it.field == field).map(|it| it.value);
        of.stranger(first.chain(more)).map(|_| place.clone())
    });
    Some(found)
}
