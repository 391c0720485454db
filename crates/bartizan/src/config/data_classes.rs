//! What is read of the list `data_classes`: data classes of somebody's own.

use super::fault::Fault;
use super::keys::data_class as key;
use super::keys::{DATA_CLASSES, Name};
use super::naming::named_twice;
use super::reader::{Read, Reader, Scope};
use bartizan_inspect::classify::{Alphabet, Check, CustomClass, Unusable};
use bartizan_model::data_class::{DataClass, Sensitivity};
use bartizan_model::own_class::OwnClass;
use std::sync::Arc;

pub(super) fn read(reader: &mut Reader<'_>, top: &Scope<'_>) -> Vec<CustomClass> {
    let mut names: Vec<Read<Arc<str>>> = Vec::new();
    let classes = reader.mappings(top, DATA_CLASSES, |reader, scope, _| {
        let name = reader.word(scope, &key::NAME, None);
        if let Some(name) = &name {
            named_twice(reader, name, &names);
            names.push(name.clone());
        }
        class(reader, scope, name)
    });
    classes.into_iter().flatten().collect()
}

fn class(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    name: Option<Read<Arc<str>>>,
) -> Option<CustomClass> {
    let sensitivity = reader.word(scope, &key::SENSITIVITY, None);
    let words = reader.items(scope, &key::WORDS, &[]);
    let prefix = reader.word(scope, &key::PREFIX, None);
    let length_min = reader.number(scope, &key::LENGTH_MIN);
    let length_max = reader.number(scope, &key::LENGTH_MAX);
    let alphabet = reader.word(scope, &key::CHARACTERS, None);
    let check = reader.word(scope, &key::CHECK, None);
    let length = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    let class = CustomClass {
        class: OwnClass::new(&name?.value, sensitivity?.value)?,
        words: words.iter().map(ToString::to_string).collect(),
        prefix: prefix.map_or(String::new(), |it| it.value.to_string()),
        length_min: length(length_min),
        length_max: length(length_max),
        alphabet: alphabet?.value,
        check: check?.value,
    };
    class.checked().map_err(|why| needs(reader, scope, why)).ok()
}

/// Says what a class lacks that could match nothing, or nearly everything.
fn needs(reader: &mut Reader<'_>, scope: &Scope<'_>, why: Unusable) {
    let (key, needs): (Name, _) = match why {
        Unusable::Words => (key::WORDS.name, "words in small letters and digits"),
        Unusable::Prefix => (key::PREFIX.name, "a shorter text"),
        Unusable::Length => (
            key::LENGTH_MAX.name,
            "to be no less than `length_min`, and more than `prefix` has characters",
        ),
        Unusable::TooCommon => {
            (key::NAME.name, "`words`, a `prefix` of three characters, or a `check`")
        }
        Unusable::CheckWithoutDigits => {
            (key::CHECK.name, "`characters: digits` (`mod_97_10` takes `capitals`, too)")
        }
    };
    let fault = Fault::Needs { key: key.path(), needs: needs.to_owned() };
    reader.report(scope.place_of(key), fault);
}

pub(super) fn parse_name(text: &str) -> Result<Arc<str>, Fault> {
    let is_built_in = text.parse::<DataClass>().is_ok();
    let own = OwnClass::new(text, Sensitivity::Low).filter(|_| !is_built_in);
    match own {
        Some(_) => Ok(text.into()),
        None => Err(Fault::NotAClassName { given: text.to_owned(), is_built_in }),
    }
}

pub(super) fn parse_word(text: &str) -> Result<Arc<str>, Fault> {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    match (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        true => Ok(text.into()),
        false => Err(Fault::NotAClassWord { given: text.to_owned() }),
    }
}

impl super::choice::Choice for Sensitivity {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl super::choice::Choice for Alphabet {
    const ALL: &'static [Self] =
        &[Self::Digits, Self::Hex, Self::Capitals, Self::Alphanumeric, Self::Url, Self::Graphic];

    fn word(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Hex => "hex",
            Self::Capitals => "capitals",
            Self::Alphanumeric => "alphanumeric",
            Self::Url => "url",
            Self::Graphic => "graphic",
        }
    }
}

impl super::choice::Choice for Check {
    const ALL: &'static [Self] =
        &[Self::None, Self::Luhn, Self::Mod97, Self::Mod11And10, Self::Verhoeff];

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Luhn => "luhn",
            Self::Mod97 => "mod_97_10",
            Self::Mod11And10 => "mod_11_10",
            Self::Verhoeff => "verhoeff",
        }
    }
}
