//! Whether the addresses that we see are those of clients, or of a few proxies before them.
//!
//! Rules for addresses would then fall on everybody at once, so they are not applied, and `status`
//! and `doctor` say why.
//!
//! Reads    the address that each sampled exchange is attributed to.
//! Memory   [`KEPT`] addresses.
//! Misses   proxies with public addresses, and more than [`FEW`] of them.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

const KEPT: usize = 8;
/// Addresses that are few.
const FEW: usize = 4;
/// Exchanges after which a first verdict is given where forwarding fields tell of a proxy.
const SURE_AFTER: u32 = 200;
/// Exchanges, and nanoseconds, after which one is given without them.
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
    forwarded: u32,
    since_ns: Option<u64>,
}

impl Crowd {
    /// Notes an exchange that is attributed to `address`; `forwarded` if it carried forwarding
    /// fields that were not believed.
    pub fn note(&self, address: IpAddr, forwarded: bool, now_ns: u64) {
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let it = &mut *guard;
        let since_ns = *it.since_ns.get_or_insert(now_ns);
        it.total += 1;
        it.forwarded += u32::from(forwarded);
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
        let is_sure = it.forwarded * 10 >= it.total * 8 && it.total >= SURE_AFTER;
        let is_late = it.total >= AFTER && now_ns.saturating_sub(since_ns) >= AFTER_NS;
        if is_sure || is_late {
            self.is_shared.store(it.is_shared(), Relaxed);
        }
        if it.total >= WINDOW {
            it.total /= 2;
            it.forwarded /= 2;
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

/// Loopback, private and link-local addresses, and those of carrier-grade NAT.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let [a, b, ..] = it.octets();
            it.is_loopback()
                || it.is_private()
                || it.is_link_local()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
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
    fn check(expected: bool, exchanges: u32, each_ns: u64, one: impl Fn(u32) -> (IpAddr, bool)) {
        let crowd = Crowd::default();
        for n in 0..exchanges {
            let (address, forwarded) = one(n);
            crowd.note(address, forwarded, u64::from(n) * each_ns);
        }
        assert_eq!(crowd.is_shared(), expected);
    }

    #[test]
    fn a_proxy_shows_soon_by_its_fields_and_later_without() {
        check(true, 300, 0, |_| (address(127, 1), true));
        check(false, 5_000, 0, |_| (address(127, 1), false));
        check(true, 5_000, SECOND, |_| (address(10, 1), false));
    }

    #[test]
    fn many_clients_are_no_proxy() {
        check(false, 9_000, SECOND, |n| (address(10, n % 500), false));
        check(false, 9_000, SECOND, |n| (address(203, n % 2), true));
    }

    #[test]
    fn an_attacker_with_many_addresses_does_not_hide_the_proxies() {
        check(true, 9_000, SECOND, |n| {
            if n % 10 == 0 { (address(198, n), false) } else { (address(10, n % 3), true) }
        });
    }
}
