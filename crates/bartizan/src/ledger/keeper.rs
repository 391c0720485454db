//! The thread of the ledger: takes what waits, makes it durable together, seals it, and has checkpoints
//! leave the directory.
//!
//! Misses   checkpoints between two that leave: one leaves in `ANCHOR_EVERY`, and one at the stop.

use super::retained;
use super::{EVENTS_MAX, NotRecorded, Queue, Shared, Standing, Waiting, lock};
use crate::log::Event;
use crate::show;
use bartizan_edge::proxy::clock::Clock;
use bartizan_ledger::entry::{Entry, What};
use bartizan_store::files::Folder;
use bartizan_store::ledger::{Anchors, LedgerError, Log};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How long entries gather that are made durable together.
const GATHER: Duration = Duration::from_millis(10);
/// Time between two looks while nothing comes.
const IDLE: Duration = Duration::from_millis(250);
/// How long an entry waits for a checkpoint at most, and a failed write for the next try.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// Entries under no checkpoint that make the next one due at once.
const SEAL_ENTRIES: u64 = 1_000;
/// Time between two checkpoints that leave the directory.
const ANCHOR_EVERY: Duration = Duration::from_secs(60);

pub(super) struct Keeper {
    shared: Arc<Shared>,
    log: Log<Folder>,
    anchors: Anchors<Folder>,
    path: PathBuf,
    clock: Arc<Clock>,
    /// Lost entries of which the log does not say so yet.
    lost: u64,
    /// When the oldest entry under no checkpoint came, or the last try to seal failed.
    since: Option<Instant>,
    failed: bool,
    anchored: Option<Instant>,
}

impl Keeper {
    pub(super) fn new(
        shared: Arc<Shared>,
        log: Log<Folder>,
        anchors: Anchors<Folder>,
        path: PathBuf,
        clock: Arc<Clock>,
    ) -> Self {
        Self {
            shared,
            log,
            anchors,
            path,
            clock,
            lost: 0,
            since: None,
            failed: false,
            anchored: None,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let Queue { entries, lost, stopping } = self.wait();
            self.lost = self.lost.saturating_add(lost);
            lock(&self.shared.standing).lost += lost;
            self.keep(entries.into());
            if stopping {
                self.append(&What::Stopped);
            }
            if self.is_due() || stopping {
                self.seal();
            }
            let is_time = self.anchored.is_none_or(|it| it.elapsed() >= ANCHOR_EVERY);
            if is_time || stopping {
                self.anchor();
            }
            if stopping {
                return;
            }
        }
    }

    /// What came, once something did or it is time to look.
    fn wait(&self) -> Queue {
        let queue = lock(&self.shared.queue);
        let nothing = |it: &mut Queue| it.entries.is_empty() && !it.stopping;
        let waited = self.shared.arrived.wait_timeout_while(queue, IDLE, nothing);
        let (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let gathers = !queue.entries.is_empty() && !queue.stopping;
        drop(queue);
        if gathers {
            std::thread::sleep(GATHER);
        }
        let mut queue = lock(&self.shared.queue);
        let (entries, lost) = (std::mem::take(&mut queue.entries), std::mem::take(&mut queue.lost));
        Queue { entries, lost, stopping: queue.stopping }
    }

    /// Takes entries, makes them durable, and tells those who wait.
    fn keep(&mut self, entries: Vec<Waiting>) {
        let mut answers = Vec::new();
        for Waiting { entry, answer } in entries {
            let taken = self.log.append(entry);
            if taken.is_err() {
                self.lost += 1;
                lock(&self.shared.standing).lost += 1;
            }
            answers.extend(answer.map(|it| (it, taken.map_err(|_| NotRecorded::Full))));
        }
        if self.lost > 0 && self.append(&What::Gap { lost: self.lost }) {
            self.lost = 0;
        }
        if self.failed && self.since.is_some_and(|it| it.elapsed() < SEAL_EVERY) {
            let fault = lock(&self.shared.standing).fault.clone().unwrap_or_default();
            return tell(answers, Some(&fault));
        }
        let committed = self.log.commit();
        let fault = committed.as_ref().err().map(ToString::to_string);
        self.note(committed);
        tell(answers, fault.as_deref());
        if self.since.is_none() && self.log.head() != self.log.checkpoint().0 {
            self.since = Some(Instant::now());
        }
    }

    fn append(&mut self, what: &What) -> bool {
        let at_us = self.clock.now().wall_us;
        self.log.append(Entry { at_us, what: what.clone() }.encode()).is_ok()
    }

    fn is_due(&self) -> bool {
        let waiting = self.log.head().size.saturating_sub(self.log.checkpoint().0.size);
        let is_late = self.since.is_some_and(|it| it.elapsed() >= SEAL_EVERY);
        is_late || (waiting >= SEAL_ENTRIES && !self.failed)
    }

    fn seal(&mut self) {
        let sealed = self.log.seal();
        self.since = sealed.is_err().then(Instant::now);
        self.note(sealed);
    }

    /// Makes a failure visible: status, metrics, readiness, and with them the log.
    fn note<T>(&mut self, result: Result<T, LedgerError>) {
        let mut standing = lock(&self.shared.standing);
        standing.size = self.log.durable();
        let (head, note) = self.log.checkpoint();
        if standing.signed != head.size || standing.checkpoint.is_empty() {
            standing.signed = head.size;
            note.clone_into(&mut standing.checkpoint);
        }
        self.failed = result.is_err();
        match result {
            Ok(_) => standing.fault = None,
            Err(error) => {
                standing.errors += 1;
                standing.fault = Some(error.to_string());
                self.since.get_or_insert_with(Instant::now);
            }
        }
    }

    /// The newest checkpoint leaves the directory, unless it has done so.
    fn anchor(&mut self) {
        let Standing { signed: size, anchored, checkpoint: note, .. } =
            lock(&self.shared.standing).clone();
        if note.is_empty() || (size == anchored && self.anchored.is_some()) {
            return;
        }
        self.anchored = Some(Instant::now());
        let time = show::timestamp(self.clock.now().wall_us);
        let kept = self.anchors.append(&retained::line(&time, size, &note));
        let file = self.path.display().to_string();
        let unkept = kept.as_ref().err().map(ToString::to_string);
        let mut standing = lock(&self.shared.standing);
        if kept.is_ok() {
            standing.anchored = size;
        }
        let is_news = unkept.is_some() && standing.unkept.is_none();
        standing.unkept.clone_from(&unkept);
        drop(standing);
        self.tell(Event::Checkpoint { size, checkpoint: note });
        if let Some(reason) = unkept.filter(|_| is_news) {
            self.tell(Event::CheckpointNotKept { file, reason });
        }
    }

    fn tell(&self, event: Event) {
        let mut events = lock(&self.shared.events);
        if events.len() >= EVENTS_MAX {
            events.pop_front();
        }
        events.push_back(event);
    }
}

type Answers =
    Vec<(std::sync::mpsc::SyncSender<Result<u64, NotRecorded>>, Result<u64, NotRecorded>)>;

fn tell(answers: Answers, fault: Option<&str>) {
    for (answer, taken) in answers {
        let told = match fault {
            Some(why) => taken.and(Err(NotRecorded::Fault(why.to_owned()))),
            None => taken,
        };
        // Whoever asked may have lost patience.
        answer.send(told).ok();
    }
}
