//! What a field holds: evidence of its name and of its values, and the class that both point to.
//!
//! Reads    values as they come; each distinct one is looked at once, the first [`DISTINCT_MAX`] or fewer.
//! Memory   128 bytes a field, counts only: no value is kept, and no text of the name.
//! Misses   what is in values behind those that were looked at; which of two distinct values was met, where both have the same
//!          hash of eight bits (then the later one is not looked at). A field whose use changes keeps its evidence until it is
//!          started anew.

use super::names::NameEvidence;
use super::shape::Shape;
use super::signs::Signs;
use super::{Because, Classified, recognise, rules};
use bartizan_model::class_counts::{ClassCount, ClassCounts};
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::Sign;

/// Bytes of a value that tell it from others.
const HASHED_BYTES_MAX: usize = 256;

/// What was met of one field.
#[derive(Clone, Debug)]
pub struct FieldEvidence {
    name: NameEvidence,
    counts: ClassCounts,
}

impl FieldEvidence {
    /// Starts with the field's name, or the path to it.
    pub fn of(name: &[u8]) -> Self {
        Self { name: NameEvidence::of(name), counts: ClassCounts::default() }
    }

    /// Takes one value. Empty ones, and those that say that there is none, are no evidence.
    pub fn observe(&mut self, value: &[u8]) {
        if !self.counts.is_new(hash(value)) {
            return;
        }
        let shape = Shape::of(value);
        if shape.is_nothing() {
            return;
        }
        self.counts.looked();
        let name = &self.name;
        for (class, bits) in signs(name, &shape).iter() {
            let it = ClassCount { class, passed: 1, bits: u16::from(bits) };
            self.counts.count(it, |class| name.bits(class) > 0);
        }
    }

    /// Adds what was met of the same field elsewhere. Values met in both places count once, as far as can be told.
    pub fn merge(&mut self, other: &Self) {
        let name = &self.name;
        self.counts.merge(&other.counts, |class| name.bits(class) > 0);
    }

    /// What the field holds, if name and values tell.
    pub fn classified(&self) -> Option<Classified> {
        classified(&self.name, &self.counts)
    }

    /// Values met, repeated ones included.
    pub fn values(&self) -> u32 {
        self.counts.values()
    }

    /// Times that a class could not be counted, because others had all the room.
    pub fn crowded(&self) -> u16 {
        self.counts.crowded()
    }
}

/// What a field of this name holds, if its name and what its values pointed to tell.
pub fn classified(name: &NameEvidence, counts: &ClassCounts) -> Option<Classified> {
    let looked_at = counts.looked_at();
    best(counts.all().map(|it| judged(name, it.class, it.passed, looked_at, it.bits)))
}

/// The class that one value and the name of its field speak for most; `None` if the value fits none.
pub fn sign(name: &NameEvidence, value: &[u8]) -> Option<Sign> {
    let shape = Shape::of(value);
    if shape.is_nothing() {
        return None;
    }
    let signs = signs(name, &shape);
    let (class, bits) = signs.iter().max_by_key(|it| i16::from(it.1) + name.bits(it.0))?;
    Some(Sign { class, bits })
}

/// What one value shows in a field of this name.
pub(super) fn signs(name: &NameEvidence, shape: &Shape<'_>) -> Signs {
    let mut signs = Signs::default();
    recognise(shape, &mut signs);
    for (class, _) in name.candidates() {
        let fits = rules::of(class).fits;
        if let Some(bits) = fits(shape).filter(|_| !signs.has(class)) {
            signs.note(class, bits);
        }
    }
    signs
}

/// What `passed` of `looked_at` values with so many bits in all say for a class.
pub(super) fn judged(
    name: &NameEvidence,
    class: DataClass,
    passed: u16,
    looked_at: u16,
    bits: u16,
) -> Classified {
    let rule = rules::of(class);
    let (gained, met) = (i32::from(bits), i32::from(passed));
    let is_name = matches!(class, DataClass::FullName | DataClass::FirstName | DataClass::LastName);
    // Most names of people are no common ones, and nearly all names of things are none.
    let uncommon = if is_name { met - gained / COMMON_NAME_BITS } else { 0 };
    let gained = (gained - uncommon).max(0);
    let missed = i32::from(looked_at.saturating_sub(passed)) * i32::from(rule.miss_bits);
    // Values that only agree are no evidence of their own, however many there are.
    let is_weak = rule.value_bits_max == rules::EVIDENT && gained < met * EVIDENT_BITS_MIN;
    let value_bits_max = if is_weak { rules::AGREES } else { rule.value_bits_max };
    let value_bits = (gained - missed).clamp(-100, i32::from(value_bits_max));
    let value_bits = i16::try_from(value_bits).unwrap_or(0);
    let because = Because { name_bits: name.bits(class), value_bits, values: looked_at, passed };
    Classified::of(class, because)
}

/// What a value of an evident class weighs, if a recogniser knows it.
const EVIDENT_BITS_MIN: i32 = 8;
/// What `person.rs` gives to a common given name.
const COMMON_NAME_BITS: i32 = 5;

/// The one with most evidence, if that is enough.
pub(super) fn best(all: impl Iterator<Item = Classified>) -> Option<Classified> {
    all.filter(Classified::is_told)
        .reduce(|best, it| if it.bits() > best.bits() { it } else { best })
}

/// Eight bits of a value's beginning and length. Whoever makes values collide hides his own from being looked at, no others.
fn hash(value: &[u8]) -> u8 {
    let start = value.get(..HASHED_BYTES_MAX).unwrap_or(value);
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ u64::try_from(value.len()).unwrap_or(0);
    let (words, rest) = start.as_chunks::<8>();
    for word in words {
        sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^= sum >> 29;
    }
    for byte in rest {
        sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let [_, _, _, _, _, _, _, high] = sum.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, values: &[&str], expected: Option<DataClass>) -> Option<Classified> {
        let mut field = FieldEvidence::of(name.as_bytes());
        values.iter().for_each(|it| field.observe(it.as_bytes()));
        let found = field.classified();
        assert_eq!(found.map(|it| it.class), expected, "{name} {found:?}");
        found
    }

    const CARDS: &[&str] = &[
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "4012888888881881",
        "6011111111111117",
    ];

    #[test]
    fn a_field_is_small() {
        assert!(size_of::<FieldEvidence>() <= 128, "{}", size_of::<FieldEvidence>());
    }

    #[test]
    fn name_and_values_agree_or_there_is_no_class() {
        check("card_number", &CARDS[..1], Some(DataClass::PaymentCard));
        check("card_number", &["A-17", "A-18"], None);
        check("value", &CARDS[..1], None);
        check("value", CARDS, Some(DataClass::PaymentCard));
        check("order_number", CARDS, None);
    }

    #[test]
    fn the_same_value_again_is_no_further_evidence() {
        let many = vec![CARDS[0]; 1_000];
        check("value", &many, None);
    }

    #[test]
    fn most_values_must_fit_where_chance_lets_some_pass() {
        check("value", &["4111111111111111", "4111111111111112", "4111111111111113"], None);
        let found = check(
            "contact",
            &["ann@example.com", "n/a", "bob@example.com", "call us"],
            Some(DataClass::Email),
        );
        let because = found.unwrap().because;
        assert_eq!((because.values, because.passed, because.share_percent()), (3, 2, 66));
    }

    #[test]
    fn names_rest_on_the_name_of_the_field() {
        check("first_name", &["Anna", "Zork", "Björn"], Some(DataClass::FirstName));
        check("name", &["Blue Shirt", "Red Shirt", "Green Hat"], None);
        check("name", &["Anna Schmidt", "John Miller", "Maria Lopez"], Some(DataClass::FullName));
        check("product.name", &["Anna Schmidt", "John Miller", "Maria Lopez"], None);
        check("first_name", &["12", "13"], None);
    }

    #[test]
    fn parts_together_are_the_whole() {
        let values = ["ann@example.com", "bob@example.com", "eve@example.org", "joe@example.net"];
        let (mut whole, mut one, mut other) =
            (FieldEvidence::of(b"mail"), FieldEvidence::of(b"mail"), FieldEvidence::of(b"mail"));
        for (n, value) in values.iter().enumerate() {
            whole.observe(value.as_bytes());
            if n < 2 { &mut one } else { &mut other }.observe(value.as_bytes());
        }
        one.merge(&other);
        assert_eq!(one.classified().map(|it| it.class), whole.classified().map(|it| it.class));
        assert_eq!(one.values(), 4);
        // The same again changes no share.
        let before = one.classified().unwrap().because.share_percent();
        let copy = one.clone();
        one.merge(&copy);
        assert_eq!(one.classified().unwrap().because.share_percent(), before);
    }

    #[test]
    fn no_value_is_too_strange_or_too_long() {
        let mut state = 0x1234_5678_9abc_def0_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let alphabet = b"0123456789abcXYZ+-./:@ <>{}[]()_,=%&?#\n\x00\xc3\xa9\xff";
        let mut field = FieldEvidence::of(b"anything");
        for _ in 0..3_000 {
            let length = usize::from(next().to_le_bytes()[2] % 64);
            let any: Vec<u8> = (0..length).map(|_| next().to_le_bytes()[0]).collect();
            let likely: Vec<u8> = (0..length)
                .map(|_| alphabet[usize::from(next().to_le_bytes()[3]) % alphabet.len()])
                .collect();
            for value in [any, likely] {
                field.observe(&value);
                let _ = super::super::classify_value(&value, &value);
            }
        }
        for filler in [b"a", b"1", b" ", b"@", b"<", b"-"] {
            let long = filler.repeat(1 << 20);
            FieldEvidence::of(b"card_number").observe(&long);
            let _ = super::super::classify_value(b"password", &long);
        }
    }
}
