//! What recognisers see: signs, each with how much it says by itself.

use super::marks::Marks;
use super::prefilter::may_be_sql;

/// One value, as recognisers are given it.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its text, decoded. Any bytes.
    pub text: &'a [u8],
    /// Which bytes stand in it.
    pub marks: Marks,
    /// It is a name: of a parameter, a cookie or a field.
    pub is_name: bool,
    /// It could be SQL.
    pub(super) may_be_sql: bool,
}

impl<'a> Input<'a> {
    /// Of a value.
    pub fn of(text: &'a [u8], is_name: bool) -> Self {
        let marks = Marks::of(text);
        Self { text, marks, is_name, may_be_sql: may_be_sql(text, marks) }
    }
}

/// How much a sign says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It speaks for harmless text: a whole statement, a sentence about code.
    Against,
    /// It stands in much harmless text.
    Hint,
    /// It seldom stands in harmless text, and then in what speaks of code.
    Likely,
    /// Nobody writes it who does not attack, or demonstrate an attack and nothing else.
    Certain,
}

/// One thing that a recogniser can see.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// Its name within the recogniser, for weights and reasons.
    pub name: &'static str,
    /// How much it says by itself.
    pub strength: Strength,
}

impl Sign {
    /// A sign.
    pub(super) const fn new(name: &'static str, strength: Strength) -> Self {
        Self { name, strength }
    }
}

/// Which signs of one recogniser were seen: bit n is its n-th sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(u32);

impl Signs {
    /// Notes the n-th sign if `is_seen`. What is behind the thirty-second is not noted.
    pub(super) fn note(&mut self, n: usize, is_seen: bool) {
        self.0 |= u32::from(is_seen).checked_shl(u32::try_from(n).unwrap_or(u32::MAX)).unwrap_or(0);
    }

    /// Whether the n-th sign was seen.
    pub const fn has(self, n: usize) -> bool {
        n < 32 && self.0 >> n & 1 == 1
    }

    /// All of them, a bit each.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Of bits as [`Self::bits`] gives them.
    pub const fn of(bits: u32) -> Self {
        Self(bits)
    }

    /// These without others.
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether none was seen.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The strongest of them.
    pub fn strength(self, of: &[Sign]) -> Option<Strength> {
        let seen = of.iter().enumerate().filter(|(n, _)| self.has(*n));
        seen.map(|(_, it)| it.strength).max()
    }
}

/// The signs of one recogniser: a place and a name for each, and how much it says.
macro_rules! signs {
    ($($name:ident = $n:literal, $says:literal, $strength:ident;)*) => {
        $(const $name: usize = $n;)*
        pub(super) const SIGNS: &[$crate::content::sign::Sign] = &[$(
            $crate::content::sign::Sign::new($says, $crate::content::sign::Strength::$strength),
        )*];
    };
}
pub(super) use signs;

/// Expects of each value that its strongest sign is so strong.
#[cfg(test)]
#[track_caller]
pub(super) fn check(
    of: &[Sign],
    look: impl Fn(&Input<'_>) -> Signs,
    is_name: bool,
    expected: Option<Strength>,
    values: &[&str],
) {
    for value in values {
        let found = look(&Input::of(value.as_bytes(), is_name));
        let names: Vec<_> =
            of.iter().enumerate().filter(|it| found.has(it.0)).map(|it| it.1.name).collect();
        assert_eq!(found.strength(of), expected, "{value}: {names:?}");
    }
}
