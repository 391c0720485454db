//! The shapes of messages that were met, so that messages share one copy of their names.
//!
//! Memory   `SHARDS` times `KEPT` shapes of at most 64 places, and 14 bytes for each place;
//!          who invents names drives out others' shapes, which then count as new again.

use bartizan_inspect::classify::NameEvidence;
use bartizan_model::fact::{Shape, ShapeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const SHARDS: usize = 16;
const KEPT: usize = 256;

/// A shape that was met.
#[derive(Debug)]
pub struct Met {
    /// The shape.
    pub shape: Arc<Shape>,
    /// What the names of its places speak of, in their order.
    pub names: Box<[NameEvidence]>,
}

/// Shapes by their id.
#[derive(Debug, Default)]
pub struct Shapes {
    shards: [Mutex<BTreeMap<ShapeId, Arc<Met>>>; SHARDS],
}

impl Shapes {
    /// The shape with this id, and whether it is new here.
    pub fn intern(&self, id: ShapeId, met: impl FnOnce() -> Met) -> (Arc<Met>, bool) {
        let [low, ..] = id.0.to_le_bytes();
        let Some(shard) = self.shards.get(usize::from(low) % SHARDS) else {
            return (Arc::new(met()), true);
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shard.get(&id) {
            return (Arc::clone(known), false);
        }
        if shard.len() >= KEPT {
            // Ids are hashes: the first one is any one.
            shard.pop_first();
        }
        let met = Arc::new(met());
        shard.insert(id, Arc::clone(&met));
        (met, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_shapes_stay_within_their_bound() {
        let shapes = Shapes::default();
        let make = |id| {
            move || Met { shape: Arc::new(Shape { id, places: Vec::new() }), names: Box::default() }
        };
        for n in 0..100_000_u64 {
            let id = ShapeId(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            assert!(shapes.intern(id, make(id)).1);
            assert!(!shapes.intern(id, make(id)).1);
        }
        let kept: usize = shapes.shards.iter().map(|it| it.lock().unwrap().len()).sum();
        assert_eq!(kept, SHARDS * KEPT);
    }
}
