//! The name of a field: which classes it speaks of, and which it denies.
//!
//! Reads    a name or a path of names (`$.users[*].homeAddress.zip`), in camel case, with underscores, hyphens or
//!          nothing between the words; accents are passed over.
//! Memory   nothing is kept of the name.
//! Misses   names in languages and abbreviations that `words.rs` does not list; what stands before the last
//!          [`NAME_BYTES_MAX`] bytes or [`WORDS_MAX`] words.

use super::rules::{self, kind};
use super::words::{ADDRESSES, DENIALS, NATIONAL, PEOPLE, TRAILERS, WORDS};
use bartizan_model::data_class::{DataClass, DataGroup};

/// Bytes of a name that are looked at, from its end.
const NAME_BYTES_MAX: usize = 96;
/// Words of a name that are looked at, from its end.
const WORDS_MAX: usize = 12;
/// Words that are looked up together.
const RUN_MAX: usize = 5;
/// Classes that a name speaks of.
pub(super) const CANDIDATES_MAX: usize = 6;
/// What a denial weighs.
const DENIED_BITS: i8 = -14;
/// Below this a word is weak: a word beside it may deny it, or help it.
const WEAK_BELOW: i8 = 12;
/// What it costs a word that something follows which is not known: `login_handler` is no login.
const FOLLOWED_BITS: i8 = 4;
/// What a word beside it helps.
const HELP_BITS: i8 = 8;
/// A name's weight at most.
const SURE_BITS: i8 = 13;
/// What a word for any national identifier weighs for each.
const NATIONAL_BITS: i8 = 7;

/// What the name of a field says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameEvidence {
    candidates: [Option<(DataClass, i8)>; CANDIDATES_MAX],
    /// It speaks of a national identifier of whatever country.
    is_national: bool,
    /// Kinds of classes that it denies.
    denied: u8,
}

impl NameEvidence {
    /// Of a name or a path.
    pub fn of(name: &[u8]) -> Self {
        let mut words = Words::default();
        words.read(name);
        let mut it = Self::default();
        it.weigh(&words);
        it
    }

    /// Bits for or against a class.
    pub fn bits(&self, class: DataClass) -> i16 {
        let named = self.candidates().find(|(it, _)| *it == class).map(|(_, bits)| bits);
        let is_denied = rules::of(class).kinds & self.denied != 0;
        i16::from(match named {
            Some(bits) => bits,
            None if is_denied => DENIED_BITS,
            None if self.is_national && is_national(class) => NATIONAL_BITS,
            None => 0,
        })
    }

    /// Classes that it speaks of.
    pub(super) fn candidates(&self) -> impl Iterator<Item = (DataClass, i8)> {
        self.candidates.iter().flatten().copied()
    }

    fn weigh(&mut self, words: &Words) {
        let (mut covered, mut phrases, mut strong) = (0_u16, 0_u16, 0);
        let own = words.own();
        for length in (1..=RUN_MAX.min(words.count)).rev() {
            for from in 0..=words.count - length {
                let to = from + length;
                let run = run(from, to);
                if to <= own || run & !covered == 0 {
                    continue;
                }
                let text = words.text(from, to);
                if self.hit(text, from < own) {
                    covered |= run;
                    phrases |= if length > 1 { run } else { 0 };
                } else if length > 1 {
                    let kinds = denials(text);
                    covered |= if kinds == 0 { 0 } else { run };
                    strong |= kinds;
                }
            }
        }
        // `pin_expiry` is an expiry: the last word counts unless it is a part of what was found.
        if let Some(last) = words.count.checked_sub(1).filter(|at| phrases & run(*at, at + 1) == 0)
        {
            strong |= denials(words.text(last, words.count));
        }
        self.weigh_neighbours(words, covered, strong);
    }

    /// Notes what a run of words speaks of.
    fn hit(&mut self, text: &[u8], is_across: bool) -> bool {
        let singular = text.strip_suffix(b"s").filter(|it| it.len() >= 3);
        let plain = trimmed(text);
        let mut found = false;
        for text in [Some(text), singular, plain].into_iter().flatten() {
            for (class, bits) in classes(text) {
                // `user.name` is no user name.
                if !(is_across && class == DataClass::Username) {
                    self.note(class, bits);
                    found = true;
                }
            }
            let is_national = NATIONAL.binary_search_by(|it| it.as_bytes().cmp(text)).is_ok();
            self.is_national |= is_national;
            if found || is_national {
                return true;
            }
        }
        false
    }

    fn note(&mut self, class: DataClass, bits: i8) {
        let known = self.candidates.iter_mut().flatten().find(|it| it.0 == class);
        if let Some((_, before)) = known {
            *before = bits.max(*before);
        } else if let Some(slot) = self.candidates.iter_mut().find(|it| it.is_none()) {
            *slot = Some((class, bits));
        }
    }

    /// What the words say that speak of no class themselves.
    fn weigh_neighbours(&mut self, words: &Words, covered: u16, strong: u8) {
        let (mut weak, mut is_person, mut is_address) = (0, false, false);
        for at in words.near() {
            let text = words.text(at, at + 1);
            let is_own = at >= words.own();
            is_person |= is_one_of(PEOPLE, text) && (is_own || covered & run(at, at + 1) == 0);
            is_address |= is_one_of(ADDRESSES, text);
            if covered & run(at, at + 1) != 0 {
                continue;
            }
            weak |= denials(text);
        }
        // A last word that speaks of a class does not deny it: `run` is a Chilean number, too.
        let last = words.count.checked_sub(1).map_or(&b""[..], |at| words.text(at, words.count));
        let is_harmless = [TRAILERS, PEOPLE, ADDRESSES].iter().any(|all| is_one_of(all, last));
        let is_covered = covered & run(words.count.saturating_sub(1), words.count) != 0;
        let is_followed = !is_covered && !is_harmless && !last.iter().all(u8::is_ascii_digit);
        let is_denying = |class: DataClass, bits: i8| {
            let kinds = rules::of(class).kinds;
            let speaks = classes(last).any(|it| it.0 == class);
            kinds & strong != 0 && !speaks || bits < WEAK_BELOW && kinds & weak != 0
        };
        for (class, bits) in self.candidates.iter_mut().flatten() {
            let helps = match class.group() {
                DataGroup::Person => is_person,
                DataGroup::Contact | DataGroup::Location => is_address,
                DataGroup::IdentityDocument
                | DataGroup::Payment
                | DataGroup::Health
                | DataGroup::Device
                | DataGroup::Credential
                | DataGroup::Technical => false,
            };
            if helps && *bits < WEAK_BELOW && rules::of(*class).kinds & strong == 0 {
                *bits = (*bits + HELP_BITS).min(SURE_BITS);
            } else if is_denying(*class, *bits) {
                *bits = DENIED_BITS;
            } else if is_followed && rules::of(*class).kinds & (kind::NAME | kind::SECRET) != 0 {
                *bits -= FOLLOWED_BITS;
            }
        }
        let has_sure = self.candidates().any(|(_, bits)| bits >= WEAK_BELOW) || self.is_national;
        self.denied = if has_sure { strong } else { strong | weak };
    }
}

/// Whether a class is a number of a person with a state.
fn is_national(class: DataClass) -> bool {
    let is_other = matches!(
        class,
        DataClass::Passport
            | DataClass::PassportMrz
            | DataClass::DriverLicence
            | DataClass::LicencePlate
            | DataClass::VehicleVin
    );
    class.group() == DataGroup::IdentityDocument && !is_other
}

fn classes(text: &[u8]) -> impl Iterator<Item = (DataClass, i8)> {
    let from = WORDS.partition_point(|it| it.0.as_bytes() < text);
    let rest = WORDS.get(from..).unwrap_or_default();
    rest.iter().take_while(move |it| it.0.as_bytes() == text).map(|it| (it.1, it.2))
}

fn denials(text: &[u8]) -> u8 {
    let of = |text: &[u8]| {
        let at = DENIALS.binary_search_by(|it| it.0.as_bytes().cmp(text)).ok()?;
        DENIALS.get(at).map(|it| it.1)
    };
    of(text).or_else(|| of(text.strip_suffix(b"s")?)).or_else(|| of(trimmed(text)?)).unwrap_or(0)
}

fn is_one_of(all: &[&str], text: &[u8]) -> bool {
    all.binary_search_by(|it| it.as_bytes().cmp(text)).is_ok()
}

/// Without the number behind a word.
fn trimmed(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().rposition(|it| !it.is_ascii_digit())? + 1;
    text.get(..end).filter(|it| it.len() >= 2 && it.len() < text.len())
}

/// The words from one to before another, as bits.
fn run(from: usize, to: usize) -> u16 {
    (from..to).fold(0, |all, at| all | 1 << at)
}

/// The words of a name, folded.
struct Words {
    text: [u8; NAME_BYTES_MAX],
    /// Where each word begins, and where the last one ends.
    starts: [usize; WORDS_MAX + 1],
    count: usize,
    /// The part of the path that each is in.
    parts: [u8; WORDS_MAX],
}

impl Default for Words {
    fn default() -> Self {
        Self {
            text: [0; NAME_BYTES_MAX],
            starts: [0; WORDS_MAX + 1],
            count: 0,
            parts: [0; WORDS_MAX],
        }
    }
}

impl Words {
    fn read(&mut self, name: &[u8]) {
        let skip = name.len().saturating_sub(NAME_BYTES_MAX);
        let name = name.get(skip..).unwrap_or_default();
        let (mut end, mut part, mut is_open) = (0, 0_u8, false);
        let mut before = 0;
        let mut bytes = name.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            let next = bytes.peek().copied().unwrap_or(0);
            let begins = byte.is_ascii_uppercase()
                && (before_is_small(before)
                    || before.is_ascii_uppercase() && next.is_ascii_lowercase());
            let folded = match byte {
                b'A'..=b'Z' | b'a'..=b'z' => Some(byte.to_ascii_lowercase()),
                // Digits alone are a position.
                b'0'..=b'9' if is_open || next.is_ascii_alphanumeric() => Some(byte),
                0xc3 => bytes.next().and_then(unaccented),
                _ => None,
            };
            if begins || folded.is_none() {
                is_open = false;
            }
            if matches!(byte, b'.' | b'[' | b']' | b'/' | b'$' | b':') {
                part = part.saturating_add(1);
            }
            before = byte;
            let Some(folded) = folded else { continue };
            if !is_open {
                self.open(end, part);
                is_open = true;
            }
            if let Some(slot) = self.text.get_mut(end) {
                *slot = folded;
                end += 1;
            }
            let is_sharp = folded == b's' && byte == 0xc3;
            if let Some(slot) = self.text.get_mut(end).filter(|_| is_sharp) {
                *slot = b's';
                end += 1;
            }
        }
        if let Some(slot) = self.starts.get_mut(self.count) {
            *slot = end;
        }
    }

    fn open(&mut self, at: usize, part: u8) {
        if self.count == WORDS_MAX {
            self.starts.copy_within(1.., 0);
            self.parts.copy_within(1.., 0);
            self.count -= 1;
        }
        if let (Some(start), Some(slot)) =
            (self.starts.get_mut(self.count), self.parts.get_mut(self.count))
        {
            (*start, *slot) = (at, part);
            self.count += 1;
        }
    }

    fn text(&self, from: usize, to: usize) -> &[u8] {
        match (self.starts.get(from), self.starts.get(to)) {
            (Some(from), Some(to)) => self.text.get(*from..*to).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The first word of the last part of the path.
    fn own(&self) -> usize {
        let parts = self.parts.get(..self.count).unwrap_or_default();
        parts.iter().position(|it| Some(it) == parts.last()).unwrap_or(0)
    }

    /// The words of the last two parts of the path.
    fn near(&self) -> std::ops::Range<usize> {
        let parts = self.parts.get(..self.own()).unwrap_or_default();
        let from = parts.iter().position(|it| Some(it) == parts.last()).unwrap_or(0);
        from..self.count
    }
}

fn before_is_small(before: u8) -> bool {
    before.is_ascii_lowercase() || before.is_ascii_digit()
}

/// The letter that the second byte of two stands for, of U+00C0 to U+00FF.
fn unaccented(byte: u8) -> Option<u8> {
    Some(match byte | 0x20 {
        0xa0..=0xa6 => b'a',
        0xa7 => b'c',
        0xa8..=0xab => b'e',
        0xac..=0xaf => b'i',
        0xb0 => b'd',
        0xb1 => b'n',
        0xb2..=0xb6 | 0xb8 => b'o',
        0xb9..=0xbc => b'u',
        0xbd => b'y',
        0xbf if byte == 0x9f => b's',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a name says of a class.
    #[track_caller]
    fn check(name: &str, class: DataClass, bits: i16) {
        assert_eq!(NameEvidence::of(name.as_bytes()).bits(class), bits, "{name}");
    }

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for name in [
            "first_name",
            "firstName",
            "FirstName",
            "firstname",
            "FIRST-NAME",
            "user.first_name",
            "$.users[*].firstName",
            "users[0][first_name]",
            "customerFirstName",
            "first_name_1",
        ] {
            check(name, DataClass::FirstName, 13);
        }
        check("straße", DataClass::Street, 13);
        check("prénom", DataClass::FirstName, 13);
        check("userID", DataClass::Username, -14);
        check("IBANNumber", DataClass::Iban, 13);
        check("card.number", DataClass::PaymentCard, 13);
        check("emails[0]", DataClass::Email, 13);
    }

    #[test]
    fn the_last_word_says_what_it_is() {
        check("phone_count", DataClass::Phone, -14);
        check("password_updated_at", DataClass::Password, -14);
        check("card_id", DataClass::PaymentCard, -14);
        check("token_type", DataClass::AccessToken, -14);
        check("page_token", DataClass::AccessToken, -14);
        check("run", DataClass::ClRut, 9);
        check("pin_expiry", DataClass::OneTimeCode, -14);
        check("login_handler", DataClass::Username, 9);
        check("login_value", DataClass::Username, 13);
        check("pass_through", DataClass::Password, -14);
        check("phone", DataClass::Phone, 13);
    }

    #[test]
    fn a_weak_word_goes_by_its_neighbours() {
        check("name", DataClass::FullName, 4);
        check("user.name", DataClass::FullName, 12);
        check("customer_name", DataClass::FullName, 13);
        check("product.name", DataClass::FullName, -14);
        check("company_name", DataClass::FullName, -14);
        check("user.name", DataClass::Username, 0);
    }

    #[test]
    fn what_a_name_denies_it_denies_for_all_of_the_kind() {
        check("order_number", DataClass::PaymentCard, -14);
        check("trackingNumber", DataClass::UsSsn, -14);
        check("version", DataClass::IpAddress, -14);
        check("order_number", DataClass::Email, 0);
        check("value", DataClass::PaymentCard, 0);
    }

    #[test]
    fn a_national_identifier_may_be_of_any_country() {
        check("national_id", DataClass::PlPesel, 7);
        check("national_id", DataClass::Passport, 0);
        check("pesel", DataClass::PlPesel, 13);
    }

    #[test]
    fn no_name_is_too_strange() {
        for name in [&b""[..], b"$", b"....", b"\xc3", b"\xff\xfe\xc3\xc3\x9f", b"0", b"A1B2C3"] {
            let _ = NameEvidence::of(name);
        }
        let long = b"aB_".repeat(100_000);
        let _ = NameEvidence::of(&long);
    }
}
