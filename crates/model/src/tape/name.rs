//! A hash of names, by which members are found.

/// The hash of a name. It has no key: whoever uses it compares the names too.
pub fn name_hash(name: &[u8]) -> u32 {
    let mut hash = name.len() as u64;
    let mut words = name.chunks_exact(8);
    for word in &mut words {
        hash = mixed(hash, word.try_into().map_or(0, u64::from_le_bytes));
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash = mixed(hash, rest.iter().fold(0, |word, it| word << 8 | u64::from(*it)));
    }
    u32::try_from(hash >> 32).unwrap_or_default()
}

fn mixed(hash: u64, word: u64) -> u64 {
    // The golden ratio: its high bits depend on every bit of the word.
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_that_differ_a_little_have_different_hashes() {
        let names: Vec<_> = (0..2_000).map(|it| format!("field_{it}")).collect();
        let hashes: BTreeSet<_> = names.iter().map(|it| name_hash(it.as_bytes())).collect();
        assert_eq!(hashes.len(), names.len());
        assert_ne!(name_hash(b""), name_hash(b"\0"));
        assert_ne!(name_hash(b"ab"), name_hash(b"ba"));
        assert_ne!(name_hash(b"12345678a"), name_hash(b"a12345678"));
    }
}
