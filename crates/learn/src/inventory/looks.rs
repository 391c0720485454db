//! What the values of a variable are by their look alone, where that says more than the word before them: days, years,
//! addresses of mail, countries and languages.
//!
//! Reads    segments, what they looked like, and the magnitude of numbers.
//! Memory   six counts and two magnitudes of a variable.
//! Misses   years before 1879 and after 2047; codes in small letters; everything that has no form of its own.

use bartizan_model::fact::bucket;
use std::collections::BTreeMap;

/// Calls from which a look tells something.
const CALLS_MIN: u64 = 10;

/// One of how many values is written in a way that is no strange one.
const ALIKE_MIN: u64 = 10;

/// How names of an API are written.
enum Form {
    /// `search`, `searchJobs`.
    Plain,
    /// `search_jobs`.
    Joined,
    /// As values are: `Ada`, `ab12`.
    Other,
}

fn form(word: &str) -> Form {
    let begins_small = word.bytes().next().is_some_and(is_small);
    let are_letters =
        |joints: &[u8]| word.bytes().all(|it| it.is_ascii_alphabetic() || joints.contains(&it));
    if begins_small && are_letters(b"") {
        Form::Plain
    } else if begins_small && are_letters(b"-_") {
        Form::Joined
    } else {
        Form::Other
    }
}

/// Counts of looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Looks {
    words: u64,
    countries: u64,
    languages: u64,
    /// Words of small letters alone, and several of them joined.
    plain: u64,
    joined: u64,
    /// The least and the greatest magnitude of a number.
    numbers: Option<(i16, i16)>,
}

impl Looks {
    /// Notes a word that was called so often.
    pub(super) fn add_word(&mut self, word: &str, calls: u64) {
        self.words += calls;
        match form(word) {
            Form::Plain => self.plain += calls,
            Form::Joined => self.joined += calls,
            Form::Other => {}
        }
        match word.as_bytes() {
            [a, b] if is_large(*a) && is_large(*b) => self.countries += calls,
            [a, b, b'-' | b'_', c, d]
                if is_small(*a) && is_small(*b) && is_large(*c) && is_large(*d) =>
            {
                self.languages += calls;
            }
            _ => {}
        }
    }

    /// Notes the magnitude of a number.
    pub(super) fn add_number(&mut self, bucket: i16) {
        let (least, most) = self.numbers.unwrap_or((bucket, bucket));
        self.numbers = Some((least.min(bucket), most.max(bucket)));
    }

    /// Takes those of another one that is the same.
    pub(super) fn merge(&mut self, other: Self) {
        self.words += other.words;
        self.countries += other.countries;
        self.languages += other.languages;
        self.plain += other.plain;
        self.joined += other.joined;
        if let Some((least, most)) = other.numbers {
            self.add_number(least);
            self.add_number(most);
        }
    }

    /// Whether a word of letters alone is written as hardly any of so many values is.
    pub(super) fn is_strange(&self, word: &str, values: u64) -> bool {
        let alike = match form(word) {
            Form::Plain => self.plain,
            Form::Joined => self.joined,
            Form::Other => return false,
        };
        values >= CALLS_MIN && alike * ALIKE_MIN < values
    }

    /// What nearly all values are, if their form tells it.
    pub(super) fn name(&self, kinds: &BTreeMap<Box<str>, u64>) -> Option<&'static str> {
        let all: u64 = kinds.values().sum();
        if all < CALLS_MIN {
            return None;
        }
        let is_most = |count: u64| count * 20 >= all * 19;
        let of = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
        let year = bucket(2_000.0);
        if is_most(of("email")) {
            Some("email")
        } else if is_most(of("date")) {
            Some("date")
        } else if is_most(of("int")) && self.numbers == Some((year, year)) {
            Some("year")
        } else if is_most(self.countries) {
            Some("country")
        } else if is_most(self.languages) {
            Some("locale")
        } else {
            None
        }
    }
}

fn is_large(letter: u8) -> bool {
    letter.is_ascii_uppercase()
}

fn is_small(letter: u8) -> bool {
    letter.is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_is_strange_among_keys() {
        let mut it = Looks::default();
        ["ABC-1", "SHOP-22", "OPS-7"].iter().for_each(|word| it.add_word(word, 5));
        assert!(it.is_strange("picker", 15) && it.is_strange("bulk_fetch", 15));
        assert!(!it.is_strange("WEB-9", 15));
        assert!(!it.is_strange("picker", 9));
        it.add_word("default", 2);
        assert!(!it.is_strange("picker", 17) && it.is_strange("bulk_fetch", 17));
    }

    fn kinds(kind: &str) -> BTreeMap<Box<str>, u64> {
        [(kind.into(), 20)].into()
    }

    #[test]
    fn years_are_told_from_other_numbers() {
        let mut it = Looks::default();
        [1_990.0, 2_026.0].into_iter().for_each(|year| it.add_number(bucket(year)));
        assert_eq!(it.name(&kinds("int")), Some("year"));
        it.add_number(bucket(17.0));
        assert_eq!(it.name(&kinds("int")), None);
    }

    #[test]
    fn countries_languages_and_addresses_have_a_form_of_their_own() {
        let of = |word: &str| {
            let mut it = Looks::default();
            it.add_word(word, 20);
            it.name(&kinds("word"))
        };
        assert_eq!(
            (of("CH"), of("de-CH"), of("de"), of("CHE")),
            (Some("country"), Some("locale"), None, None)
        );
        assert_eq!(Looks::default().name(&kinds("email")), Some("email"));
        assert_eq!(Looks::default().name(&kinds("date")), Some("date"));
        assert_eq!(Looks::default().name(&[("email".into(), 9)].into()), None);
    }
}
