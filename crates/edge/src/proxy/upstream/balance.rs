//! Which address of an upstream takes an exchange: the least loaded one that is not known to fail.
//!
//! An address that fails `FAILURES_MAX` times in a row is left alone: its circuit is open. After a
//! while, doubled with every further failure, one exchange is let through; if it is answered, the
//! circuit closes. An outage so costs its clients one refused request at a time, in microseconds,
//! and other upstreams nothing.
//!
//! Memory   a few counters for each address.
//! Misses   a connection closed in place of an answer, and malformed answers, count neither way: a
//!          client could cause them with a request that crashes its handler, and so shut out others.
//!          For the same reason time-outs count only where nothing was answered for `SILENT_MS`.

use super::Upstream;
use bartizan_engine::step::UpstreamFault;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Failures in a row that open a circuit.
const FAILURES_MAX: u32 = 5;
/// For how long a circuit is open the first time, and at most.
const OPEN_MS: u64 = 1_000;
const OPEN_MS_MAX: u64 = 30_000;

/// Milliseconds without any answer after which time-outs count as failures.
const SILENT_MS: u64 = 30_000;

/// What is known of the addresses of one upstream.
#[derive(Debug)]
pub struct Balance {
    in_flight: AtomicUsize,
    turn: AtomicUsize,
    addresses: Vec<Address>,
}

/// What is known of one address.
#[derive(Debug, Default)]
struct Address {
    in_flight: AtomicUsize,
    failures: AtomicU32,
    open_until_ms: AtomicU64,
    is_tried: AtomicBool,
    is_unwell: AtomicBool,
    checked_ms: AtomicU64,
    /// When it answered last, or was asked first.
    answered_ms: AtomicU64,
}

/// How an address is, for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It takes exchanges.
    Well,
    /// It failed several times in a row.
    Failing,
    /// It fails its health checks.
    Unwell,
}

impl Condition {
    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Failing => "failing",
            Self::Unwell => "unwell",
        }
    }
}

impl Balance {
    /// All addresses well and idle.
    pub fn new(addresses: usize) -> Self {
        let addresses = (0..addresses).map(|_| Address::default()).collect();
        Self { in_flight: AtomicUsize::new(0), turn: AtomicUsize::new(0), addresses }
    }

    /// Exchanges in flight.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    /// How each address is.
    pub fn conditions(&self, now_ms: u64) -> Vec<Condition> {
        let condition = |it: &Address| match () {
            () if it.is_unwell.load(Relaxed) => Condition::Unwell,
            () if it.is_open(now_ms) => Condition::Failing,
            () => Condition::Well,
        };
        self.addresses.iter().map(condition).collect()
    }

    /// Whether a check of this address is due; if so, the next one is due after `interval_ms`.
    pub(super) fn is_due(&self, address: usize, now_ms: u64, interval_ms: u64) -> bool {
        let Some(it) = self.addresses.get(address) else { return false };
        let checked_ms = it.checked_ms.load(Relaxed);
        let is_due = checked_ms == 0 || now_ms.saturating_sub(checked_ms) >= interval_ms;
        is_due
            && it.checked_ms.compare_exchange(checked_ms, now_ms.max(1), Relaxed, Relaxed).is_ok()
    }

    /// An address answered. Said as soon as it did: its answer may be a stream of hours, and an open
    /// circuit must not wait for the end of it.
    pub(in crate::proxy) fn answered(&self, address: usize, now_ms: u64) {
        if let Some(it) = self.addresses.get(address) {
            it.succeeded(now_ms);
        }
    }

    /// Notes how a check came out.
    pub(super) fn checked(&self, address: usize, is_well: bool) {
        if let Some(it) = self.addresses.get(address) {
            it.is_unwell.store(!is_well, Relaxed);
            if is_well {
                it.failures.store(0, Relaxed);
                it.open_until_ms.store(0, Relaxed);
            }
        }
    }
}

impl Address {
    fn is_open(&self, now_ms: u64) -> bool {
        self.failures.load(Relaxed) >= FAILURES_MAX && now_ms < self.open_until_ms.load(Relaxed)
    }

    fn succeeded(&self, now_ms: u64) {
        self.failures.store(0, Relaxed);
        self.open_until_ms.store(0, Relaxed);
        self.answered_ms.store(now_ms.max(1), Relaxed);
    }

    fn timed_out(&self, now_ms: u64) {
        if now_ms.saturating_sub(self.answered_ms.load(Relaxed)) >= SILENT_MS {
            self.failed(now_ms);
        }
    }

    fn failed(&self, now_ms: u64) {
        // What was under way when the circuit opened does not keep it open for longer.
        if self.is_open(now_ms) {
            return;
        }
        let failures = self.failures.fetch_add(1, Relaxed).saturating_add(1);
        if let Some(more) = failures.checked_sub(FAILURES_MAX) {
            let open_ms = OPEN_MS.checked_shl(more.min(16)).unwrap_or(OPEN_MS_MAX);
            self.open_until_ms.store(now_ms + open_ms.min(OPEN_MS_MAX), Relaxed);
        }
    }
}

/// The right to use an address for one exchange, counted until it is dropped.
#[derive(Debug)]
pub(in crate::proxy) struct Lease {
    pub(in crate::proxy) upstream: Arc<Upstream>,
    pub(in crate::proxy) address: usize,
    is_trial: bool,
}

impl Lease {
    /// Takes the best address that is not among `tried`.
    pub(super) fn take(
        upstream: &Arc<Upstream>,
        tried: &[usize],
        now_ms: u64,
    ) -> Result<Self, UpstreamFault> {
        let balance = &upstream.balance;
        let before = balance.in_flight.fetch_add(1, Relaxed);
        if before >= upstream.target.exchanges_max {
            balance.in_flight.fetch_sub(1, Relaxed);
            return Err(UpstreamFault::Busy);
        }
        match balance.choose(tried, now_ms) {
            Ok((address, is_trial)) => {
                Ok(Self { upstream: Arc::clone(upstream), address, is_trial })
            }
            Err(fault) => {
                balance.in_flight.fetch_sub(1, Relaxed);
                Err(fault)
            }
        }
    }

    /// The upstream did not answer in time.
    pub(in crate::proxy) fn timed_out(&self, now_ms: u64) {
        if let Some(it) = self.state() {
            it.timed_out(now_ms);
        }
    }

    /// The upstream could not be reached.
    pub(in crate::proxy) fn failed(&self, now_ms: u64) {
        if let Some(it) = self.state() {
            it.failed(now_ms);
        }
    }

    fn state(&self) -> Option<&Address> {
        self.upstream.balance.addresses.get(self.address)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.upstream.balance.in_flight.fetch_sub(1, Relaxed);
        if let Some(it) = self.state() {
            it.in_flight.fetch_sub(1, Relaxed);
            if self.is_trial {
                it.is_tried.store(false, Relaxed);
            }
        }
    }
}

impl Balance {
    fn choose(&self, tried: &[usize], now_ms: u64) -> Result<(usize, bool), UpstreamFault> {
        for it in &self.addresses {
            // Before it was asked, nothing could be answered.
            it.answered_ms.compare_exchange(0, now_ms.max(1), Relaxed, Relaxed).ok();
        }
        let turn = self.turn.fetch_add(1, Relaxed);
        let count = self.addresses.len().max(1);
        let untried = || {
            let order = (0..count).map(move |n| (turn.wrapping_add(n)) % count);
            order
                .filter(|at| !tried.contains(at))
                .filter_map(|at| self.addresses.get(at).map(|it| (at, it)))
        };
        let is_good =
            |it: &Address| !it.is_unwell.load(Relaxed) && it.failures.load(Relaxed) < FAILURES_MAX;
        let best = untried()
            .filter(|(_, it)| is_good(it))
            .min_by_key(|(_, it)| it.in_flight.load(Relaxed));
        if let Some((at, it)) = best {
            it.in_flight.fetch_add(1, Relaxed);
            return Ok((at, false));
        }
        // None is good: one whose time has come is tried, by one exchange.
        let mut wait_ms = OPEN_MS_MAX;
        for (at, it) in untried() {
            let open_until_ms = it.open_until_ms.load(Relaxed);
            let is_over = now_ms >= open_until_ms && !it.is_unwell.load(Relaxed);
            if is_over && !it.is_tried.swap(true, Relaxed) {
                it.in_flight.fetch_add(1, Relaxed);
                return Ok((at, true));
            }
            wait_ms = wait_ms.min(open_until_ms.saturating_sub(now_ms).max(OPEN_MS));
        }
        Err(if tried.is_empty() {
            UpstreamFault::CircuitOpen(wait_ms)
        } else {
            UpstreamFault::Unreachable
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Target;
    use super::*;

    fn upstream(addresses: usize, exchanges_max: usize) -> Arc<Upstream> {
        let mut target = Target::plain("api", 80);
        target.addresses = (0..addresses).map(|n| (format!("api{n}"), 80)).collect();
        target.exchanges_max = exchanges_max;
        Upstream::new(target)
    }

    fn take(upstream: &Arc<Upstream>, now_ms: u64) -> Result<Lease, UpstreamFault> {
        Lease::take(upstream, &[], now_ms)
    }

    #[test]
    fn the_least_loaded_address_is_taken() {
        let upstream = upstream(3, 100);
        let leases: Vec<_> = (0..30).map(|_| take(&upstream, 0).unwrap()).collect();
        let load: Vec<_> =
            upstream.balance.addresses.iter().map(|it| it.in_flight.load(Relaxed)).collect();
        assert_eq!(load, [10, 10, 10]);
        drop(leases);
        assert_eq!(upstream.balance.in_flight(), 0);
    }

    #[test]
    fn more_than_may_be_in_flight_is_refused_at_once() {
        let upstream = upstream(1, 2);
        let _two = (take(&upstream, 0).unwrap(), take(&upstream, 0).unwrap());
        assert_eq!(take(&upstream, 0).unwrap_err(), UpstreamFault::Busy);
    }

    #[test]
    fn a_failing_address_is_left_alone_and_tried_again_by_one() {
        let upstream = upstream(1, 100);
        for _ in 0..FAILURES_MAX {
            take(&upstream, 100).unwrap().failed(100);
        }
        assert_eq!(take(&upstream, 100).unwrap_err(), UpstreamFault::CircuitOpen(1_000));
        let trial = take(&upstream, 1_100).unwrap();
        assert!(matches!(take(&upstream, 1_100), Err(UpstreamFault::CircuitOpen(_))));
        trial.failed(1_100);
        drop(trial);
        assert!(take(&upstream, 3_000).is_err());
        let trial = take(&upstream, 3_100).unwrap();
        upstream.balance.answered(trial.address, 3_100);
        // The trial goes on, as a stream would.
        let _both = (take(&upstream, 3_100).unwrap(), take(&upstream, 3_100).unwrap());
    }

    #[test]
    fn one_slow_endpoint_opens_no_circuit_and_a_silent_upstream_does() {
        let upstream = upstream(1, 100);
        upstream.balance.answered(0, 100);
        (0..50).for_each(|_| take(&upstream, 30_000).unwrap().timed_out(30_000));
        assert!(take(&upstream, 30_000).is_ok());
        for _ in 0..FAILURES_MAX {
            take(&upstream, 30_100).unwrap().timed_out(30_100);
        }
        assert_eq!(take(&upstream, 30_100).unwrap_err(), UpstreamFault::CircuitOpen(1_000));
    }

    #[test]
    fn an_abandoned_trial_is_given_back() {
        let upstream = upstream(1, 100);
        (0..FAILURES_MAX).for_each(|_| take(&upstream, 0).unwrap().failed(0));
        drop(take(&upstream, 1_000).unwrap());
        assert!(take(&upstream, 1_000).is_ok());
    }

    #[test]
    fn other_addresses_take_over_from_failing_and_unwell_ones() {
        let upstream = upstream(3, 100);
        for _ in 0..FAILURES_MAX {
            Lease::take(&upstream, &[1, 2], 0).unwrap().failed(0);
        }
        upstream.balance.checked(1, false);
        let taken = (0..4).map(|_| take(&upstream, 0).unwrap());
        assert!(taken.collect::<Vec<_>>().iter().all(|it| it.address == 2));
        let conditions = upstream.balance.conditions(0);
        assert_eq!(conditions, [Condition::Failing, Condition::Unwell, Condition::Well]);
        upstream.balance.checked(1, true);
        assert_eq!(upstream.balance.conditions(0)[1], Condition::Well);
    }
}
