//! The inventory of a running instance: a thread of its own learns from what the pipeline is done with.
//!
//! Reads    at the start what is kept, oldest first; then observations as they end.
//! Memory   the inventory, and [`WAITING_MAX`] observations.
//! Misses   observations that find no room are counted: calls are missing then, the record of them is not. What
//!          an answer of the console is made from may be some seconds old.

use super::fold;
use crate::in_force::lock;
use bartizan_learn::inventory::Inventory;
use bartizan_model::observation::Observation;
use bartizan_store::segments::held::Held;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Observations that wait to be learnt from.
const WAITING_MAX: usize = 8_192;
/// Observations that are taken under one lock.
const BATCH: usize = 256;
/// Time between two looks whether to end.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What the rest of the process sees of it.
#[derive(Debug)]
pub struct Live {
    known: Mutex<Inventory>,
    sender: SyncSender<Observation>,
    receiver: Mutex<Option<Receiver<Observation>>>,
    missed: AtomicU64,
    is_catching_up: AtomicBool,
    stopping: AtomicBool,
}

impl Default for Live {
    fn default() -> Self {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        Self {
            known: Mutex::default(),
            sender,
            receiver: Mutex::new(Some(receiver)),
            missed: AtomicU64::new(0),
            is_catching_up: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
        }
    }
}

impl Live {
    /// Starts the thread. What `held` has of before `since_us` is learnt first.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(crate) fn start(self: &Arc<Self>, held: Option<Held>, since_us: u64) -> io::Result<()> {
        let Some(receiver) = lock(&self.receiver).take() else { return Ok(()) };
        let it = Arc::clone(self);
        let thread = std::thread::Builder::new().name("inventory".to_owned());
        drop(thread.spawn(move || {
            if let Some(held) = held {
                let learn = |seen: &Observation| {
                    if seen.started.wall_us < since_us {
                        lock(&it.known).observe(seen);
                    }
                    it.take(&receiver);
                    !it.stopping.load(Relaxed)
                };
                // What cannot be read is told by whoever keeps it; live traffic teaches all the same.
                fold(&held, 0, learn).ok();
            }
            lock(&it.known).settle();
            it.is_catching_up.store(false, Relaxed);
            it.follow(&receiver);
        })?);
        Ok(())
    }

    fn take(&self, receiver: &Receiver<Observation>) {
        let mut waiting = receiver.try_iter().take(BATCH).peekable();
        if waiting.peek().is_some() {
            let mut known = lock(&self.known);
            waiting.for_each(|it| known.observe(&it));
        }
    }

    fn follow(&self, receiver: &Receiver<Observation>) {
        while !self.stopping.load(Relaxed) {
            match receiver.recv_timeout(LOOK_EVERY) {
                Ok(first) => {
                    lock(&self.known).observe(&first);
                    self.take(receiver);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Hands over an exchange that ended.
    pub(crate) fn offer(&self, it: Observation) {
        if self.sender.try_send(it).is_err() {
            self.missed.fetch_add(1, Relaxed);
        }
    }

    /// The thread ends.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Looks at what is known.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Inventory) -> T) -> T {
        look(&lock(&self.known))
    }

    /// Whether what was kept is still being read.
    pub(crate) fn is_catching_up(&self) -> bool {
        self.is_catching_up.load(Relaxed)
    }

    /// Exchanges that found no room.
    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Relaxed)
    }
}
