//! Whether the addresses that we see are those of clients, or of a few proxies before them.
//!
//! Rules for addresses would then fall on everybody at once, so they are not applied, and `status`
//! and `doctor` say why.
//!
//! Reads    the address that each sampled exchange is attributed to.
//! Memory   `KEPT` addresses.
//! Misses   proxies with public addresses, and more than `FEW` of them. Forwarding fields are no
//!          evidence: whoever forged them could switch the rules off. A single busy client with a private
//!          address looks like a proxy; `clients.addresses_are_clients` says that it is none.

use bartizan_model::network::is_private;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

const KEPT: usize = 8;
/// Addresses that are few.
const FEW: usize = 4;
/// Exchanges, and nanoseconds, after which a verdict is given.
const AFTER: u32 = 1_000;
const AFTER_NS: u64 = 60_000_000_000;
/// Of so many noted exchanges the counts are halved, so that a verdict can change.
const WINDOW: u32 = 4_096;

/// Counts of the addresses seen most (space-saving).
#[derive(Debug, Default)]
pub struct Crowd {
    state: Mutex<State>,
    is_shared: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    kept: Vec<(IpAddr, u32)>,
    total: u32,
    since_ns: Option<u64>,
}

impl Crowd {
    /// Notes an admitted exchange that is attributed to `address`.
    pub fn note(&self, address: IpAddr, now_ns: u64) {
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let it = &mut *guard;
        let since_ns = *it.since_ns.get_or_insert(now_ns);
        it.total += 1;
        let room = KEPT.saturating_sub(it.kept.len());
        match it.kept.iter_mut().find(|(known, _)| *known == address) {
            Some((_, count)) => *count += 1,
            None if room > 0 => it.kept.push((address, 1)),
            None => {
                if let Some(least) = it.kept.iter_mut().min_by_key(|(_, count)| *count) {
                    *least = (address, least.1 + 1);
                }
            }
        }
        if it.total >= AFTER && now_ns.saturating_sub(since_ns) >= AFTER_NS {
            self.is_shared.store(it.is_shared(), Relaxed);
        }
        if it.total >= WINDOW {
            it.total /= 2;
            it.kept.iter_mut().for_each(|(_, count)| *count /= 2);
        }
    }

    /// Whether most traffic comes from few private addresses.
    pub fn is_shared(&self) -> bool {
        self.is_shared.load(Relaxed)
    }
}

impl State {
    fn is_shared(&self) -> bool {
        let mut counts: Vec<u32> = self
            .kept
            .iter()
            .filter(|(address, _)| is_private(*address))
            .map(|(_, count)| *count)
            .collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let few: u32 = counts.iter().take(FEW).sum();
        few * 10 >= self.total * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn address(a: u8, n: u32) -> IpAddr {
        let [_, b, c, d] = n.to_be_bytes();
        IpAddr::V4([a, b, c, d].into())
    }

    #[track_caller]
    fn check(expected: bool, exchanges: u32, each_ns: u64, one: impl Fn(u32) -> IpAddr) {
        let crowd = Crowd::default();
        (0..exchanges).for_each(|n| crowd.note(one(n), u64::from(n) * each_ns));
        assert_eq!(crowd.is_shared(), expected);
    }

    #[test]
    fn a_proxy_shows_after_a_minute() {
        check(false, 5_000, 0, |_| address(127, 1));
        check(false, 900, SECOND, |_| address(127, 1));
        check(true, 5_000, SECOND, |_| address(10, 1));
    }

    #[test]
    fn many_clients_are_no_proxy() {
        check(false, 9_000, SECOND, |n| address(10, n % 500));
        check(false, 9_000, SECOND, |n| address(203, n % 2));
    }

    #[test]
    fn an_attacker_with_many_addresses_does_not_hide_the_proxies() {
        check(
            true,
            9_000,
            SECOND,
            |n| if n % 10 == 0 { address(198, n) } else { address(10, n % 3) },
        );
    }
}
