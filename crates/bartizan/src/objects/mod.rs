//! Objects: who named one that is another's, who was shown which.
//!
//! Reads    what is kept, from the newest exchange back, and the contracts in force. Objects are keyed hashes: no
//!          identifier is told in clear.
//! Memory   one page of exchanges; the callers and places of one object, up to a bound.
//! Misses   values of which no fact is kept (of calls without a finding, a sample); what lies behind
//!          [`scan::EXCHANGES_MAX`] exchanges: both are counted and told.

pub(crate) mod command;
pub(crate) mod cross_uses;
#[cfg(test)]
mod double;
pub(crate) mod history;
pub(crate) mod holders;
pub(crate) mod row;
pub(crate) mod scan;

use bartizan_model::head::Method;
use bartizan_model::id::KeyedHash;

/// The id of an endpoint in the inventory, by its service, method and template.
pub(crate) type EndpointIds<'a> = &'a dyn Fn(&str, Method, &str) -> Option<String>;

/// The object that 16 hexadecimal digits name.
pub(crate) fn hash_of(text: &str) -> Option<KeyedHash> {
    let is_hash =
        text.len() == 16 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    u64::from_str_radix(text, 16).ok().filter(|_| is_hash).map(KeyedHash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_written_as_it_is_shown() {
        assert_eq!(hash_of("00000000000000a1"), Some(KeyedHash(0xA1)));
        for other in ["", "a1", "00000000000000A1", "+0000000000000a1", "00000000000000a1 "] {
            assert_eq!(hash_of(other), None, "{other}");
        }
    }
}
