//! The keys of the file of a virtual patch.

use super::super::choice;
use super::super::day::Day;
use super::super::fault::Fault;
use super::super::mode;
use super::super::patch::{characters, id, number, of_endpoint, of_field, truth};
use super::super::reason;
use super::{Absent, Name, Shape, Word};
use bartizan_model::clause::Mode;
use bartizan_model::head::Method;
use bartizan_model::patch::{Field, Sort};
use bartizan_model::retirement::Template;
use std::sync::Arc;

/// The name of the section with the cases.
pub(in super::super) const CASES: &str = "cases";
/// The cases that must be refused.
pub(in super::super) const REFUSED: &str = "refused";
/// The cases that must pass.
pub(in super::super) const PASSES: &str = "passes";

/// What the file of a patch may hold.
pub(in super::super) const KNOWN: [&str; 16] = [
    "id",
    "reason",
    "endpoint",
    "field",
    "matches",
    "does_not_match",
    "longer_than",
    "shorter_than",
    "above",
    "below",
    "is",
    "is_not",
    "present",
    "mode",
    "until",
    CASES,
];

const fn name(key: &'static str) -> Name {
    Name { section: "", key, says: "" }
}

const fn word<T>(
    key: &'static str,
    absent: Absent<T>,
    parse: fn(&str) -> Result<T, Fault>,
) -> Word<T> {
    Word { name: name(key), form: "", shape: Shape::Text { chars_max: None }, absent, parse }
}

pub(in super::super) const ID: Word<Arc<str>> = word("id", Absent::Error("id: reviews-markup"), id);

pub(in super::super) const REASON: Word<String> = word(
    "reason",
    Absent::Error("reason: CVE-2026-1234, until the shop is updated"),
    reason::parse,
);

pub(in super::super) const ENDPOINT: Word<Option<(Method, Template)>> =
    word("endpoint", Absent::Error("endpoint: POST /reviews/{id}"), of_endpoint);

pub(in super::super) const FIELD: Word<Field> =
    word("field", Absent::Error("field: body $.text"), of_field);

pub(in super::super) const MATCHES: Word<Box<str>> =
    word("matches", Absent::Nothing(""), |text| Ok(text.into()));

pub(in super::super) const DOES_NOT_MATCH: Word<Box<str>> =
    word("does_not_match", Absent::Nothing(""), |text| Ok(text.into()));

pub(in super::super) const LONGER_THAN: Word<u64> =
    word("longer_than", Absent::Nothing(""), |text| characters("longer_than", text));

pub(in super::super) const SHORTER_THAN: Word<u64> =
    word("shorter_than", Absent::Nothing(""), |text| characters("shorter_than", text));

pub(in super::super) const ABOVE: Word<f64> =
    word("above", Absent::Nothing(""), |text| number("above", text));

pub(in super::super) const BELOW: Word<f64> =
    word("below", Absent::Nothing(""), |text| number("below", text));

pub(in super::super) const IS: Word<Sort> = word("is", Absent::Nothing(""), choice::parse);

pub(in super::super) const IS_NOT: Word<Sort> = word("is_not", Absent::Nothing(""), choice::parse);

pub(in super::super) const PRESENT: Word<bool> = word("present", Absent::Nothing(""), truth);

pub(in super::super) const MODE: Word<Mode> =
    word("mode", Absent::Default(|| Mode::Observe, "observe"), mode::of_instance);

pub(in super::super) const UNTIL: Word<Day> = word("until", Absent::Nothing(""), Day::parse);

/// The text of a case, where it is no message as a whole.
pub(in super::super) const CASE: [&str; 3] = ["request", "headers", "body"];

pub(in super::super) const REQUEST: Word<String> =
    word("request", Absent::Error("request: POST /reviews/7"), |text| Ok(text.to_owned()));

pub(in super::super) const BODY: Word<String> =
    word("body", Absent::Nothing(""), |text| Ok(text.to_owned()));

impl choice::Choice for Sort {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}
