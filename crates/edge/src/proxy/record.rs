//! The way from the workers to the pipeline: observations in batches, commitments with an answer.
//!
//! Memory   at most `waiting_max` observations and [`SAMPLES_BYTES_MAX`] of samples a worker; what exceeds
//!          it is counted as lost.
//! Misses   nothing silently: [`Recorder::lost`] tells how many observations found no room, and
//!          [`Recorder::samples_lost`] how many samples.

use bartizan_engine::step::{Commitment, NotCommitted};
use bartizan_model::observation::Observation;
use bartizan_model::sample::Sample;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use tokio::sync::oneshot;

/// Bytes of samples that wait at one worker.
pub const SAMPLES_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where the workers leave what they saw.
#[derive(Debug)]
pub struct Recorder {
    waiting: Mutex<Waiting>,
    waiting_max: usize,
    lost: AtomicU64,
    samples_lost: AtomicU64,
    reader: Mutex<Option<Thread>>,
    reader_sleeps: AtomicBool,
}

/// What waits for the pipeline.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Finished exchanges, in the order in which they finished.
    pub observations: Vec<Box<Observation>>,
    /// Samples of some of them.
    pub samples: Vec<Box<Sample>>,
    /// What is to be made durable before its exchange goes on.
    pub commitments: Vec<(Commitment, oneshot::Sender<Result<(), NotCommitted>>)>,
}

impl Recorder {
    /// Empty; at most `waiting_max` observations wait.
    pub fn new(waiting_max: usize) -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::default(),
            waiting_max,
            lost: AtomicU64::new(0),
            samples_lost: AtomicU64::new(0),
            reader: Mutex::new(None),
            reader_sleeps: AtomicBool::new(false),
        })
    }

    /// Leaves an observation, and a sample if there is one.
    pub fn leave(&self, observation: Box<Observation>, sample: Option<Box<Sample>>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sample) = sample {
            let bytes: usize = waiting.samples.iter().map(|it| it.bytes()).sum();
            if bytes + sample.bytes() <= SAMPLES_BYTES_MAX {
                waiting.samples.push(sample);
            } else {
                self.samples_lost.fetch_add(1, Relaxed);
            }
        }
        if waiting.observations.len() >= self.waiting_max {
            self.lost.fetch_add(1, Relaxed);
            return;
        }
        waiting.observations.push(observation);
        drop(waiting);
        self.wake();
    }

    /// Makes a commitment durable.
    ///
    /// # Errors
    ///
    /// [`NotCommitted`] if the pipeline could not, or is gone.
    pub async fn commit(&self, commitment: Commitment) -> Result<(), NotCommitted> {
        let (answer, done) = oneshot::channel();
        self.ask(commitment, answer)?;
        done.await.unwrap_or(Err(NotCommitted))
    }

    fn ask(
        &self,
        commitment: Commitment,
        answer: oneshot::Sender<Result<(), NotCommitted>>,
    ) -> Result<(), NotCommitted> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.commitments.len() >= self.waiting_max {
            return Err(NotCommitted);
        }
        waiting.commitments.push((commitment, answer));
        drop(waiting);
        self.wake();
        Ok(())
    }

    /// How many observations may wait.
    pub fn places(&self) -> usize {
        self.waiting_max
    }

    /// Observations that found no room since the start.
    pub fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    /// Samples that found no room since the start.
    pub fn samples_lost(&self) -> u64 {
        self.samples_lost.load(Relaxed)
    }

    /// Takes all that waits. Called by the pipeline only.
    pub fn take(&self, into: &mut Waiting) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *waiting, into);
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.observations.is_empty() && waiting.commitments.is_empty()
    }

    /// Says which thread reads; it is woken when something is left while it sleeps.
    pub fn read_by(&self, thread: Thread) {
        *self.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }

    /// The reader is about to sleep and wants to be woken. It must look once more after this.
    pub fn about_to_sleep(&self) {
        self.reader_sleeps.store(true, Relaxed);
    }

    fn wake(&self) {
        if self.reader_sleeps.swap(false, Relaxed)
            && let Some(reader) = &*self.reader.lock().unwrap_or_else(PoisonError::into_inner)
        {
            reader.unpark();
        }
    }
}
