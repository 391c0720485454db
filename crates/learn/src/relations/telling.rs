//! Which values tell which object is meant: those that two messages have in common for a reason.
//!
//! Reads    a fact, and the name of its place.
//! Memory   nothing.
//! Misses   numbers that identify something in fields that are not named so: below 100,000 in answers, where amounts
//!          and counts are as frequent, below 100 in requests; identifiers that look like dates or fractions;
//!          texts of less than four bytes.

use super::names::Side;
use crate::inventory::{segments, singular};
use bartizan_model::fact::{Fact, Kind};
use bartizan_model::place::Place;

/// What the name of a place says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Which one: `id`, `orderId`, a segment of a path.
    Which,
    /// What it is: `status`, `type`. Its values are few and everywhere.
    What,
    /// Neither.
    Plain,
}

/// Names of fields that say what something is.
const WHAT: &[&str] = &[
    "type", "kind", "object", "status", "state", "event", "action", "method", "rel", "role",
    "mode", "level", "category", "scope", "currency", "country", "language", "locale", "unit",
    "version",
];
/// Names of fields that say which one it is.
const WHICH: &[&str] = &["id", "uuid", "guid", "key", "number", "ref", "slug", "cursor", "token"];
/// Numbers of answers below about 100,000 are amounts, counts and sizes as often as not, see [`bartizan_model::fact::bucket`].
const ANSWER_BUCKET_MIN: i16 = 133;
/// Numbers of requests below about 100 are pages, stars, quantities.
const REQUEST_BUCKET_MIN: i16 = 54;
/// Shorter texts are codes that many share; longer ones are prose.
const TEXT_BYTES: std::ops::RangeInclusive<u32> = 4..=256;

impl Naming {
    /// Of a place of messages of this path.
    pub(super) fn of(place: &Place, template: &str) -> Self {
        let name = match place {
            Place::Segment(_) => return Self::Which,
            Place::Query(name) => name.as_str(),
            Place::Body(path) => path.rsplit('.').next().unwrap_or(path),
            Place::Path | Place::Header(_) | Place::Cookie(_) | Place::Name => return Self::Plain,
        };
        let last = last_word(name.trim_end_matches("[*]"));
        let is_one = |of: &[&str]| of.iter().any(|it| last.eq_ignore_ascii_case(it));
        if is_one(WHICH) || last.strip_suffix('s').is_some_and(|it| it.eq_ignore_ascii_case("id")) {
            Self::Which
        } else if is_one(WHAT) && !is_of_its_kind(place, template) {
            Self::What
        } else if is_of_its_kind(place, template) {
            Self::Which
        } else {
            Self::Plain
        }
    }

    /// Whether another message has this value for a reason, if it has it.
    pub(super) fn tells(self, fact: &Fact, side: Side) -> bool {
        if fact.value.0 == 0 {
            return false;
        }
        match fact.kind {
            Kind::Empty | Kind::Boolean | Kind::Decimal | Kind::Date => false,
            Kind::Uuid | Kind::Hex | Kind::Email => true,
            Kind::Integer | Kind::Text if self == Self::Which => true,
            Kind::Integer => {
                let least = match side {
                    Side::Request => REQUEST_BUCKET_MIN,
                    Side::Answer => ANSWER_BUCKET_MIN,
                };
                self == Self::Plain && fact.bucket >= least
            }
            Kind::Text => self == Self::Plain && TEXT_BYTES.contains(&fact.bytes),
        }
    }
}

/// Whether a field has the name of what it stands in: `payee` among `payees`, or of what `/payees` answers.
fn is_of_its_kind(place: &Place, template: &str) -> bool {
    let Place::Body(path) = place else { return false };
    let mut steps = path.trim_start_matches('$').split('.').map(|it| it.trim_end_matches("[*]"));
    let Some(name) = steps.next_back().filter(|it| !it.is_empty()) else { return false };
    let around = steps.next_back().filter(|it| !it.is_empty());
    let resource = segments(template).filter(|it| !it.starts_with('{')).last();
    [around, resource].into_iter().flatten().any(|it| it != name && singular(it) == name)
}

/// `Id` of `orderId`, `id` of `order_id` and `order-id`, `ID` of `orderID`.
fn last_word(name: &str) -> &str {
    let name = name.rsplit(['_', '-']).next().unwrap_or(name);
    let capitals = name.len() - name.trim_end_matches(|it: char| it.is_ascii_uppercase()).len();
    if capitals > 1 {
        return name.get(name.len() - capitals..).unwrap_or(name);
    }
    let begin = name.rfind(|it: char| it.is_ascii_uppercase()).unwrap_or(0);
    name.get(begin..).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relations::tests::fact;

    #[track_caller]
    fn check(naming: Naming, names: &[&str]) {
        for name in names {
            assert_eq!(Naming::of(&Place::body(name), "/"), naming, "{name}");
        }
    }

    #[test]
    fn a_name_says_which_or_what() {
        let which = ["$.id", "$.items[*].orderId", "$.order_id"];
        check(Naming::Which, &which);
        check(Naming::Which, &["$.userID", "$.ids[*]", "$.orderIds[*]", "$.orderNumber", "$.KEY"]);
        check(Naming::What, &["$.status", "$.order_status", "$.paymentType", "$.currency"]);
        check(Naming::Plain, &["$.name", "$.paid", "$.total", "$", "$.grid", "$.kindness", "$[*]"]);
        assert_eq!(Naming::of(&Place::Segment(2), "/"), Naming::Which);
    }

    #[test]
    fn a_field_with_the_name_of_what_it_stands_in_says_which() {
        let of = |path, template| Naming::of(&Place::body(path), template);
        assert_eq!(of("$.payees[*].payee", "/"), Naming::Which);
        assert_eq!(of("$.payee", "/api/payees/{int}"), Naming::Which);
        assert_eq!(of("$.payee", "/api/transfers"), Naming::Plain);
        assert_eq!(of("$.total", "/api/totals/x"), Naming::Plain);
    }

    #[track_caller]
    fn tells(naming: Naming, values: &[&str], expected: bool) {
        for value in values {
            let told = [Side::Request, Side::Answer].map(|it| naming.tells(&fact(0, value, 1), it));
            assert_eq!(told, [expected; 2], "{value}");
        }
    }

    #[test]
    fn a_value_tells_which_where_few_others_are_the_same() {
        tells(Naming::Plain, &["", "true", "7", "98", "-4711", "1.5", "2026-11-22", "EUR"], false);
        tells(Naming::Plain, &["100500", "deadbeef01", "ada@example.test", "tea-4"], true);
        tells(Naming::Which, &["7", "EUR", "4711"], true);
        tells(Naming::Which, &["", "true", "1.5"], false);
        tells(Naming::What, &["shipped", "471100"], false);
        let number = |side| Naming::Plain.tells(&fact(0, "4711", 1), side);
        assert_eq!((number(Side::Request), number(Side::Answer)), (true, false));
    }
}
