//! The thread of alerts: takes what came in, puts it into the spool, and sends what is there, to each target
//! on its own.
//!
//! Memory   one task a target; a test is one more, at most `TESTS_MAX` at once.
//! Misses   while the disk takes a write of the spool nothing is sent.

use super::targets::Target;
use super::{Shared, Standing, Test, lock, random};
use crate::log::Event;
use bartizan_connect::alert::Alert;
use bartizan_connect::backoff;
use bartizan_connect::deliver::{self, Fault, Receipt};
use bartizan_connect::silence::Silences;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Between two looks at what is due, and at a shelf that failed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What comes in so close together is written together.
const GATHERED: Duration = Duration::from_millis(10);
/// Tries of an alert that a target says is no good.
const REJECTIONS_MAX: u32 = 3;
/// Between two lines of the log about one target.
const TOLD_EVERY_US: u64 = 60_000_000;

/// Runs until the instance stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut generation = 0;
    let mut tasks: Vec<JoinHandle<()>> = Vec::new();
    loop {
        let now = shared.state().generation;
        if now != generation {
            generation = now;
            tasks.drain(..).for_each(|it| it.abort());
            let targets = shared.state().targets.clone();
            let serving = targets.into_iter().map(|it| serve(Arc::clone(&shared), it));
            tasks.extend(serving.map(tokio::spawn));
        }
        for test in lock(&shared.tests).drain(..) {
            tokio::spawn(try_out(Arc::clone(&shared), test));
        }
        shared.take_in();
        if shared.stopping.load(Relaxed) {
            // Whoever waits for one is told so.
            lock(&shared.tests).clear();
            return;
        }
        if shared.is_on.load(Relaxed) {
            // Woken or not: what is due is looked for.
            drop(tokio::time::timeout(LOOK_EVERY, shared.woken.notified()).await);
        } else {
            shared.woken.notified().await;
        }
        if !shared.stopping.load(Relaxed) {
            tokio::time::sleep(GATHERED).await;
        }
    }
}

impl Shared {
    /// What came in, as far as it is to be told, goes into the spool.
    fn take_in(&self) {
        let incoming = std::mem::take(&mut *lock(&self.incoming));
        let now_us = self.clock.now().wall_us;
        let mut state = self.state();
        let mut told = Vec::new();
        for it in incoming {
            if is_silent(&state.silences, &it, now_us) {
                self.counts.silenced.fetch_add(1, Relaxed);
                continue;
            }
            match state.dedup.take(now_us, it.whole()) {
                Some(it) => told.push(it),
                None => {
                    self.counts.suppressed.fetch_add(1, Relaxed);
                }
            }
        }
        for (what, suppressed) in state.dedup.due(now_us) {
            if !state.silences.covers(what.code, now_us) {
                told.push((what, suppressed));
            }
        }
        let mut alerts = Vec::with_capacity(told.len());
        for (what, suppressed) in told {
            match random() {
                Some(id) => alerts.push(Alert { id, what, suppressed }),
                None => {
                    self.counts.lost.fetch_add(1, Relaxed);
                }
            }
        }
        if !alerts.is_empty() {
            state.spool.put(alerts);
            self.spooled.send_modify(|it| *it += 1);
        }
        state.spool.mend();
        let fault = state.spool.fault().map(str::to_owned);
        match fault {
            Some(reason) if !state.is_unkept_told => {
                state.is_unkept_told = true;
                self.tell(Event::AlertsNotKept { reason });
            }
            Some(_) => {}
            None => state.is_unkept_told = false,
        }
    }

    /// Notes what came of a delivery.
    fn note(&self, target: &Target, result: &Result<Receipt, Fault>) {
        let now_us = self.clock.now().wall_us;
        let mut state = self.state();
        if !state.targets.iter().any(|it| it.name == target.name) {
            return;
        }
        let standing: &mut Standing = state.standings.entry(Arc::clone(&target.name)).or_default();
        let name = || target.name.to_string();
        match result {
            Ok(_) => {
                self.counts.sent.fetch_add(1, Relaxed);
                standing.sent = standing.sent.saturating_add(1);
                standing.fault = None;
                if std::mem::take(&mut standing.is_told) {
                    self.tell(Event::AlertsDelivered { target: name() });
                }
            }
            Err(fault) => {
                self.counts.failures.fetch_add(1, Relaxed);
                let reason = fault.to_string();
                standing.fault = Some(reason.clone());
                // A target that comes and goes fills no log.
                let is_due = now_us.saturating_sub(standing.told_us) >= TOLD_EVERY_US;
                if !standing.is_told && is_due {
                    standing.is_told = true;
                    standing.told_us = now_us;
                    self.tell(Event::AlertsFailing { target: name(), reason });
                }
            }
        }
    }

    async fn send(&self, target: &Target, alert: &Alert) -> Result<Receipt, Fault> {
        let now_s = self.clock.now().wall_us / 1_000_000;
        let result = deliver::send(alert, &target.way, &self.from, now_s, target.timeout).await;
        self.note(target, &result);
        result
    }
}

fn is_silent(silences: &Silences, it: &super::Seen, now_us: u64) -> bool {
    silences.covers(it.code(), now_us)
}

/// Sends one target what waits for it, in order, for as long as it is configured.
async fn serve(shared: Arc<Shared>, target: Arc<Target>) {
    let mut spooled = shared.spooled.subscribe();
    let (mut failures, mut rejections) = (0_u32, 0_u32);
    loop {
        spooled.mark_unchanged();
        let next = shared.state().spool.next(&target.name);
        let Some((number, alert)) = next else {
            if spooled.changed().await.is_err() {
                return;
            }
            continue;
        };
        let fault = match shared.send(&target, &alert).await {
            Ok(_) => {
                shared.state().spool.pass(&target.name, number);
                (failures, rejections) = (0, 0);
                continue;
            }
            Err(fault) => fault,
        };
        failures = failures.saturating_add(1);
        if fault.is_final() {
            rejections += 1;
            if rejections >= REJECTIONS_MAX {
                shared.counts.rejected.fetch_add(1, Relaxed);
                shared.state().spool.pass(&target.name, number);
                rejections = 0;
                continue;
            }
        }
        let random = random().map_or(0, |it| u64::try_from(it >> 64).unwrap_or(0));
        let wait = Duration::from_millis(backoff::wait_ms(failures, random));
        // Somebody who found it working need not wait.
        drop(tokio::time::timeout(wait, target.retry.notified()).await);
    }
}

/// Sends a test, once.
async fn try_out(shared: Arc<Shared>, test: Test) {
    let began = Instant::now();
    let result = shared.send(&test.target, &test.alert).await;
    if result.is_ok() {
        test.target.retry.notify_waiters();
    }
    // Whoever asked may have gone.
    test.answer.send(result.map(|it| (it, began.elapsed()))).ok();
}
