//! Names of fields as numbers, where many are kept.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The same on every machine. Whoever chooses names can make two alike: only what stands that may be told by it.
pub(crate) fn hash(it: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    it.hash(&mut hasher);
    hasher.finish()
}
