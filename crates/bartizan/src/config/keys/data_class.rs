//! The keys of each item of `data_classes`.

use super::super::choice;
use super::super::data_classes::{parse_name, parse_word};
use super::super::fault::Fault;
use super::super::unit::Unit;
use super::{Absent, DATA_CLASSES, Items, Key, Name, Number, Shape, Word, Zero};
use bartizan_inspect::classify::{Alphabet, Check, VALUE_BYTES_MAX};
use bartizan_model::data_class::Sensitivity;
use std::sync::Arc;

pub(super) const ALL: [&dyn Key; 8] =
    [&NAME, &SENSITIVITY, &WORDS, &PREFIX, &LENGTH_MIN, &LENGTH_MAX, &CHARACTERS, &CHECK];

pub(in super::super) const NAME: Word<Arc<str>> = Word {
    name: Name {
        section: DATA_CLASSES,
        key: "name",
        says: "How it is called wherever classes are shown; none that is built in has this name. \
               Records keep it.",
    },
    form: "1 to 15 of `a-z`, `0-9` and `_`",
    shape: Shape::Like("^[a-z0-9_]{1,15}$"),
    absent: Absent::Error("name: loyalty_number"),
    parse: parse_name,
};

pub(in super::super) const SENSITIVITY: Word<Sensitivity> = Word {
    name: Name {
        section: DATA_CLASSES,
        key: "sensitivity",
        says: "What harm its loss does: posture and risk go by it.",
    },
    form: "`low`, `personal`, `confidential`, `special` or `secret`",
    shape: Shape::Among(choice::words::<Sensitivity>),
    absent: Absent::Default(|| Sensitivity::Confidential, "confidential"),
    parse: choice::parse,
};

pub(in super::super) const WORDS: Items<Arc<str>> = Items {
    name: Name {
        section: DATA_CLASSES,
        key: "words",
        says: "What the names of its fields hold, without separators: `loyaltynumber` is in \
               `loyalty_number` and in `customer.loyaltyNumber`.",
    },
    form: "small letters and digits",
    shape: Shape::Like("^[a-z0-9]{1,64}$"),
    items_max: 16,
    parse: parse_word,
};

pub(in super::super) const PREFIX: Word<Arc<str>> = Word {
    name: Name { section: DATA_CLASSES, key: "prefix", says: "How its values begin." },
    form: "at most 64 characters",
    shape: Shape::Text { chars_max: Some(64) },
    absent: Absent::Nothing("anything"),
    parse: parse_prefix,
};

const LENGTH_BYTES_MAX: u64 = VALUE_BYTES_MAX as u64;

pub(in super::super) const LENGTH_MIN: Number = Number {
    name: Name {
        section: DATA_CLASSES,
        key: "length_min",
        says: "Characters of its values at least, the prefix included.",
    },
    unit: Unit::Count,
    default: 4,
    min: 1,
    max: LENGTH_BYTES_MAX,
    zero: Zero::Plain,
};

pub(in super::super) const LENGTH_MAX: Number = Number {
    name: Name { section: DATA_CLASSES, key: "length_max", says: "At most." },
    unit: Unit::Count,
    default: 64,
    min: 1,
    max: LENGTH_BYTES_MAX,
    zero: Zero::Plain,
};

pub(in super::super) const CHARACTERS: Word<Alphabet> = Word {
    name: Name {
        section: DATA_CLASSES,
        key: "characters",
        says: "What stands behind the prefix: digits may be separated, `url` has `-` and `_`, \
               `graphic` is whatever can be seen.",
    },
    form: "`digits`, `hex`, `capitals`, `alphanumeric`, `url` or `graphic`",
    shape: Shape::Among(choice::words::<Alphabet>),
    absent: Absent::Default(|| Alphabet::Graphic, "graphic"),
    parse: choice::parse,
};

pub(in super::super) const CHECK: Word<Check> = Word {
    name: Name {
        section: DATA_CLASSES,
        key: "check",
        says: "The check digits behind the prefix, by ISO/IEC 7812 (Luhn), ISO 7064 or Verhoeff.",
    },
    form: "`none`, `luhn`, `mod_97_10`, `mod_11_10` or `verhoeff`",
    shape: Shape::Among(choice::words::<Check>),
    absent: Absent::Default(|| Check::None, "none"),
    parse: choice::parse,
};

fn parse_prefix(text: &str) -> Result<Arc<str>, Fault> {
    Ok(text.into())
}
