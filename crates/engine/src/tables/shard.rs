//! A part of a table behind a lock of its own: bounded, and whoever came first is forgotten first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(super) struct Shard<K, V> {
    pub(super) known: BTreeMap<K, V>,
    /// The order in which they came.
    order: VecDeque<K>,
}

impl<K, V> Default for Shard<K, V> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), order: VecDeque::new() }
    }
}

pub(super) fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Ord + Clone, V> Shard<K, V> {
    /// What is known of `key`, which is made room for if there is nothing.
    pub(super) fn at(&mut self, key: &K, most: usize, new: impl FnOnce() -> V) -> Option<&mut V> {
        if !self.known.contains_key(key) {
            if self.known.len() >= most
                && let Some(first) = self.order.pop_front()
            {
                self.known.remove(&first);
            }
            self.known.insert(key.clone(), new());
            self.order.push_back(key.clone());
        }
        self.known.get_mut(key)
    }
}
