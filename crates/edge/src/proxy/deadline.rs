//! Deadlines without a timer each: a wait notes until when it may last, and one sweeper per worker
//! wakes those whose time has come. Setting a deadline costs one store; it fires up to twice
//! [`SWEEP_MS`] late and never early.

use super::clock::Clock;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

/// Milliseconds between two sweeps.
pub const SWEEP_MS: u64 = 100;
/// Milliseconds for which connections go on waiting for a request after a stop: a client that is
/// about to send one is answered, and told that it was the last.
const STOP_GRACE_MS: u64 = 500;

/// One wait at a time, with the moment at which it ends.
#[derive(Debug)]
pub struct Watch {
    sweeper: Arc<Sweeper>,
    until_ms: AtomicU64,
    ends_when_stopping: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

/// The time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

/// All waits of one worker.
#[derive(Debug)]
pub struct Sweeper {
    clock: Arc<Clock>,
    stopping: AtomicBool,
    stopped_ms: AtomicU64,
    watches: Mutex<Vec<Weak<Watch>>>,
}

impl Sweeper {
    /// Without any waits.
    pub fn new(clock: Arc<Clock>) -> Arc<Self> {
        let (stopping, watches) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        Arc::new(Self { clock, stopping, stopped_ms: AtomicU64::new(0), watches })
    }

    /// A new watch, swept until it is dropped.
    pub fn watch(self: &Arc<Self>) -> Arc<Watch> {
        let watch = Arc::new(Watch {
            sweeper: Arc::clone(self),
            until_ms: AtomicU64::new(0),
            ends_when_stopping: AtomicBool::new(false),
            waker: Mutex::new(None),
        });
        lock(&self.watches).push(Arc::downgrade(&watch));
        watch
    }

    /// From now on no connection waits long for another request.
    pub fn stop(&self) {
        self.stopped_ms.store(self.clock.coarse_ms(), Relaxed);
        self.stopping.store(true, Relaxed);
    }

    fn ends_idling(&self) -> bool {
        self.is_stopping()
            && self.clock.coarse_ms() >= self.stopped_ms.load(Relaxed) + STOP_GRACE_MS
    }

    /// Whether [`Sweeper::stop`] was called.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    /// Sweeps until the end of time, and tells each time how many milliseconds late it is.
    pub async fn run(self: Arc<Self>, mut tell: impl FnMut(u64)) {
        let mut ticks = tokio::time::interval(Duration::from_millis(SWEEP_MS));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let due = ticks.tick().await;
            let late_ms = due.elapsed().as_millis();
            self.clock.tick();
            self.sweep();
            tell(u64::try_from(late_ms).unwrap_or(u64::MAX));
        }
    }

    fn sweep(&self) {
        lock(&self.watches).retain(|it| {
            let Some(watch) = it.upgrade() else { return false };
            if watch.is_over()
                && let Some(waker) = lock(&watch.waker).take()
            {
                waker.wake();
            }
            true
        });
    }
}

impl Watch {
    /// Waits for `work`, at most `within_ms`.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if it was not done by then; it is dropped.
    pub async fn within<T>(
        &self,
        within_ms: u64,
        work: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        self.wait(within_ms, false, work).await
    }

    /// Like [`Watch::within`], and over soon after the worker stops.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] likewise.
    pub async fn idle<T>(
        &self,
        within_ms: u64,
        work: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        self.wait(within_ms, true, work).await
    }

    /// Milliseconds on the worker's coarse clock.
    pub fn now_ms(&self) -> u64 {
        self.sweeper.clock.coarse_ms()
    }

    async fn wait<T>(
        &self,
        within_ms: u64,
        idle: bool,
        work: impl Future<Output = T>,
    ) -> Result<T, Elapsed> {
        let mut work = pin!(work);
        let mut is_set = false;
        poll_fn(|cx| {
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(done));
            }
            if !is_set {
                is_set = true;
                // The coarse clock may be one sweep behind: a deadline is never early.
                let from_ms = self.sweeper.clock.coarse_ms().saturating_add(SWEEP_MS);
                let until_ms = from_ms.saturating_add(within_ms);
                self.until_ms.store(until_ms, Relaxed);
                self.ends_when_stopping.store(idle, Relaxed);
            }
            if self.is_over() {
                return Poll::Ready(Err(Elapsed));
            }
            let mut waker = lock(&self.waker);
            if !waker.as_ref().is_some_and(|it| it.will_wake(cx.waker())) {
                *waker = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }

    fn is_over(&self) -> bool {
        self.sweeper.clock.coarse_ms() >= self.until_ms.load(Relaxed)
            || (self.ends_when_stopping.load(Relaxed) && self.sweeper.ends_idling())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves these tables whole: every change to them is one operation.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker() -> (Arc<Sweeper>, tokio::runtime::Runtime) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sweeper = Sweeper::new(Arc::new(Clock::start()));
        runtime.spawn(Arc::clone(&sweeper).run(|_| {}));
        (sweeper, runtime)
    }

    #[test]
    fn a_wait_ends_with_its_work_or_its_time() {
        let (sweeper, runtime) = worker();
        let watch = sweeper.watch();
        runtime.block_on(async {
            assert_eq!(watch.within(60_000, async { 7 }).await, Ok(7));
            let never = std::future::pending::<()>();
            assert_eq!(watch.within(1, never).await, Err(Elapsed));
            let soon = tokio::task::yield_now();
            assert_eq!(watch.within(60_000, soon).await, Ok(()));
        });
    }

    #[test]
    fn stopping_ends_idle_waits_only() {
        let (sweeper, runtime) = worker();
        let watch = sweeper.watch();
        sweeper.stop();
        runtime.block_on(async {
            assert_eq!(watch.idle(60_000, std::future::pending::<()>()).await, Err(Elapsed));
            assert_eq!(watch.within(60_000, tokio::task::yield_now()).await, Ok(()));
        });
    }
}
