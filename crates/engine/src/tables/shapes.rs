//! The shapes of messages that were met, so that messages share one copy of their names.
//!
//! Memory   [`SHARDS`] times [`KEPT`] shapes of at most 64 places; who invents names drives out others'
//!          shapes, which then count as new again.

use bartizan_model::fact::{Shape, ShapeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const SHARDS: usize = 16;
const KEPT: usize = 256;

/// Shapes by their id.
#[derive(Debug, Default)]
pub struct Shapes {
    shards: [Mutex<BTreeMap<ShapeId, Arc<Shape>>>; SHARDS],
}

impl Shapes {
    /// The shape with this id, and whether it is new here.
    pub fn intern(&self, id: ShapeId, shape: impl FnOnce() -> Arc<Shape>) -> (Arc<Shape>, bool) {
        let [low, ..] = id.0.to_le_bytes();
        let Some(shard) = self.shards.get(usize::from(low) % SHARDS) else {
            return (shape(), true);
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shard.get(&id) {
            return (Arc::clone(known), false);
        }
        if shard.len() >= KEPT {
            // Ids are hashes: the first one is any one.
            shard.pop_first();
        }
        let shape = shape();
        shard.insert(id, Arc::clone(&shape));
        (shape, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_shapes_stay_within_their_bound() {
        let shapes = Shapes::default();
        let make = |id| move || Arc::new(Shape { id, places: Vec::new() });
        for n in 0..100_000_u64 {
            let id = ShapeId(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            assert!(shapes.intern(id, make(id)).1);
            assert!(!shapes.intern(id, make(id)).1);
        }
        let kept: usize = shapes.shards.iter().map(|it| it.lock().unwrap().len()).sum();
        assert_eq!(kept, SHARDS * KEPT);
    }
}
