//! Whether the clocks can be believed: exceptions expire by one, time-outs by the other.

use super::Finding;
use crate::key;
use crate::show::timestamp;
use std::fs;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

const ABOUT: &str = "clock";
/// 2026-01-01: nothing of ours ran before.
const EARLIEST_US: u64 = 1_767_225_600_000_000;
/// 2100-01-01: a clock that was never set, or set by a slip.
const LATEST_US: u64 = 4_102_444_800_000_000;
/// What a clock may be set back without a word, as by the first answer of a time server.
const BACK_US_MAX: u64 = 60_000_000;

pub(super) fn examine(dir: &Path) -> Finding {
    let made = fs::metadata(dir.join(key::FILE)).and_then(|it| it.modified());
    let (first, second) = (Instant::now(), Instant::now());
    judge(unix_us(SystemTime::now()), made.ok().map(unix_us), second >= first)
}

fn unix_us(it: SystemTime) -> u64 {
    let since = it.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// `made_us` is when the data directory was begun, which was not in the future.
fn judge(now_us: u64, made_us: Option<u64>, is_monotonic: bool) -> Finding {
    let mend = "set it and keep it set, as by `timedatectl set-ntp true`: exceptions expire by it";
    if !is_monotonic {
        let mend = "time-outs cannot be kept on this machine: use another kernel or clock source";
        return Finding::problem(ABOUT, "the monotonic clock runs backwards", mend);
    }
    if !(EARLIEST_US..LATEST_US).contains(&now_us) {
        let says = format!("it cannot be {}", timestamp(now_us.min(LATEST_US)));
        return Finding::problem(ABOUT, says, mend);
    }
    match made_us.filter(|it| *it > now_us.saturating_add(BACK_US_MAX)) {
        Some(made_us) => {
            let made = timestamp(made_us.min(LATEST_US));
            let says = format!("it is {}, and was {made} at the first start", timestamp(now_us));
            Finding::warning(ABOUT, says, mend)
        }
        None => Finding::good(ABOUT, format!("it is {}", timestamp(now_us))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[track_caller]
    fn check(now_us: u64, made_us: Option<u64>, level: Level) {
        let finding = judge(now_us, made_us, true);
        assert_eq!(finding.level, level, "{finding}");
    }

    #[test]
    fn both_sides_of_what_a_clock_can_show() {
        check(0, None, Level::Problem);
        check(EARLIEST_US - 1, None, Level::Problem);
        check(EARLIEST_US, None, Level::Good);
        check(LATEST_US - 1, None, Level::Good);
        check(LATEST_US, None, Level::Problem);
        check(u64::MAX, None, Level::Problem);
    }

    #[test]
    fn a_clock_that_was_set_back_is_doubtful() {
        check(EARLIEST_US, Some(EARLIEST_US + BACK_US_MAX), Level::Good);
        check(EARLIEST_US, Some(EARLIEST_US + BACK_US_MAX + 1), Level::Warning);
        check(EARLIEST_US, Some(u64::MAX), Level::Warning);
    }

    #[test]
    fn a_clock_that_runs_backwards_is_a_problem() {
        assert_eq!(judge(EARLIEST_US, None, false).level, Level::Problem);
    }
}
