//! Data classes of somebody's own, from the configuration. A class is carried by its name, so that records tell
//! of it wherever they are read, and whatever the configuration says by then.
//!
//! Memory   10 bytes for a name of at most 15 characters: each is one of 37, packed as the digits of a number.

use crate::data_class::Sensitivity;
use std::fmt;
use std::str::FromStr;

/// Characters of a name at most.
pub const OWN_NAME_MAX: usize = 15;
const PACKED_BYTES: usize = 10;
/// What a digit of the packed number says; the first stands for nothing.
const CHARACTERS: &[u8; 38] = b"\0abcdefghijklmnopqrstuvwxyz0123456789_";
const BASE: u128 = 38;
/// How each begins where it stands among classes that are built in.
const PREFIX: &str = "own.";

/// A class of somebody's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnClass {
    sensitivity: Sensitivity,
    name: [u8; PACKED_BYTES],
}

impl OwnClass {
    /// A class of this name, 1 to [`OWN_NAME_MAX`] of `a-z`, `0-9` and `_`; `None` for any other.
    pub fn new(name: &str, sensitivity: Sensitivity) -> Option<Self> {
        if name.is_empty() || name.len() > OWN_NAME_MAX {
            return None;
        }
        let packed = name.bytes().try_fold(0_u128, |sum, byte| {
            let digit = CHARACTERS.iter().skip(1).position(|it| *it == byte)?;
            sum.checked_mul(BASE)?.checked_add(u128::try_from(digit).ok()? + 1)
        })?;
        let name = packed.to_le_bytes().first_chunk().copied()?;
        Some(Self { sensitivity, name })
    }

    /// What harm its loss does.
    pub const fn sensitivity(self) -> Sensitivity {
        self.sensitivity
    }

    /// How it stands in files: `own.personal.loyalty_number`, at most 32 bytes.
    pub fn kept(self) -> String {
        format!("{PREFIX}{}.{self}", self.sensitivity.name())
    }
}

/// From how it stands in files.
impl FromStr for OwnClass {
    type Err = UnknownOwnClass;

    fn from_str(kept: &str) -> Result<Self, UnknownOwnClass> {
        let parts = kept.strip_prefix(PREFIX).and_then(|it| it.split_once('.'));
        let (sensitivity, name) = parts.ok_or(UnknownOwnClass)?;
        let sensitivity = Sensitivity::ALL.iter().find(|it| it.name() == sensitivity);
        Self::new(name, *sensitivity.ok_or(UnknownOwnClass)?).ok_or(UnknownOwnClass)
    }
}

/// This is no class of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownOwnClass;

/// A value of a message that shows a class of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnSign {
    /// Position of its place in the shape, as of [`crate::fact::Fact`].
    pub field: u16,
    /// What it shows.
    pub class: OwnClass,
    /// How much that weighs, in bits, the field's name included.
    pub bits: u8,
}

/// Its name.
impl fmt::Display for OwnClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; size_of::<u128>()];
        bytes.iter_mut().zip(self.name).for_each(|(to, from)| *to = from);
        let mut packed = u128::from_le_bytes(bytes);
        let mut text = [0; OWN_NAME_MAX];
        let mut length = 0;
        for slot in text.iter_mut().rev() {
            let digit = usize::try_from(packed % BASE).unwrap_or_default();
            packed /= BASE;
            if digit > 0 {
                *slot = CHARACTERS.get(digit).copied().unwrap_or_default();
                length += 1;
            }
        }
        let text = text.get(OWN_NAME_MAX - length..).unwrap_or_default();
        f.write_str(str::from_utf8(text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_carried_whole_and_nothing_else_is_one() {
        for name in ["a", "loyalty_number", "a0", "_", "zzzzzzzzzzzzzzz", "_______________", "9"] {
            let it = OwnClass::new(name, Sensitivity::Special).unwrap();
            assert_eq!((it.to_string().as_str(), it.sensitivity()), (name, Sensitivity::Special));
        }
        for name in ["", "Loyalty", "a-b", "é", "sixteen_letters_"] {
            assert_eq!(OwnClass::new(name, Sensitivity::Low), None, "{name}");
        }
        for sensitivity in Sensitivity::ALL {
            let own = OwnClass::new("loyalty_number", *sensitivity).unwrap();
            assert_eq!(own.kept().parse(), Ok(own));
            assert!(own.kept().len() <= 32);
        }
        for unknown in ["email", "own.personal", "own.personal.", "own.nothing.a", "own.low.A"] {
            assert_eq!(unknown.parse::<OwnClass>(), Err(UnknownOwnClass), "{unknown}");
        }
        assert_ne!(OwnClass::new("a", Sensitivity::Low), OwnClass::new("aa", Sensitivity::Low));
    }
}
