//! Which samples there are, and in which files.
//!
//! Memory   72 bytes a sample, at most [`SAMPLES_MAX`](super::SAMPLES_MAX) samples.

use super::frame::Header;
use bartizan_model::id::ExchangeId;
use bartizan_model::sample::SampleReason;
use std::collections::VecDeque;

/// A sample that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which exchange.
    pub exchange: ExchangeId,
    /// When it was captured, in microseconds since 1970.
    pub captured_us: u64,
    /// Why.
    pub reason: SampleReason,
    /// Bytes on disk.
    pub bytes: u64,
}

/// Where a sample lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lies {
    pub(super) file: u64,
    pub(super) at: u64,
    pub(super) header: Header,
}

impl Lies {
    pub(super) fn held(&self) -> Held {
        let Header { exchange, captured_us, reason, .. } = self.header;
        Held { exchange, captured_us, reason, bytes: self.header.whole() }
    }
}

/// One file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filed {
    pub(super) number: u64,
    pub(super) bytes: u64,
    pub(super) samples: usize,
    pub(super) oldest_us: u64,
}

/// All of them, oldest first.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) files: VecDeque<Filed>,
    pub(super) samples: VecDeque<Lies>,
}

impl Index {
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|it| it.bytes).sum()
    }

    /// Notes a sample in the newest file.
    pub(super) fn add(&mut self, lies: Lies) {
        if let Some(file) = self.files.back_mut().filter(|it| it.number == lies.file) {
            file.bytes = file.bytes.max(lies.at + lies.header.whole());
            file.samples += 1;
            file.oldest_us = file.oldest_us.min(lies.header.captured_us);
        }
        self.samples.push_back(lies);
    }

    /// Forgets the oldest file and what is in it.
    pub(super) fn forget_oldest(&mut self) {
        if let Some(file) = self.files.pop_front() {
            self.samples.retain(|it| it.file != file.number);
        }
    }

    pub(super) fn find(&self, exchange: ExchangeId) -> Option<Lies> {
        self.samples.iter().rev().find(|it| it.header.exchange == exchange).copied()
    }
}
