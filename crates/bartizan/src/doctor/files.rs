//! Whether the system lets us open as many files as connections may need, and write core dumps.

use super::Finding;
use std::fs;

const ABOUT: &str = "open files";
/// A connection of a client, and the one to the API that serves it.
const PER_CONNECTION: u64 = 2;
/// Listeners, journal, control socket, and what the runtime needs.
const BESIDES: u64 = 64;

pub(super) fn examine(connections_max: usize) -> Finding {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    judge(open_files_max(&limits), u64::try_from(connections_max).unwrap_or(u64::MAX))
}

fn judge(open_files_max: Option<u64>, connections_max: u64) -> Finding {
    let needed = connections_max.saturating_mul(PER_CONNECTION).saturating_add(BESIDES);
    match open_files_max {
        None => Finding::good(ABOUT, "this system does not say how many there may be")
            .hinting(format!("{needed} are needed for {connections_max} connections")),
        Some(max) if max >= needed => {
            Finding::good(ABOUT, format!("{max} there may be, {needed} can be needed"))
        }
        Some(max) => {
            let room = max.saturating_sub(BESIDES) / PER_CONNECTION;
            let says = format!(
                "{max} there may be, enough for {room} of the {connections_max} connections"
            );
            let mend = format!(
                "ulimit -n {needed} (LimitNOFILE={needed} for systemd), or limits.connections_max: \
                 {}",
                room.max(1)
            );
            Finding::warning(ABOUT, says, mend)
        }
    }
}

/// Whether a crash would write memory to the disk: the key and what clients sent with it.
pub(super) fn core_dumps() -> Finding {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    judge_core_dumps(soft_limit(&limits, "Max core file size"))
}

fn judge_core_dumps(bytes_max: Option<u64>) -> Finding {
    let about = "core dumps";
    match bytes_max {
        Some(0) => Finding::good(about, "a crash writes none"),
        Some(_) | None => Finding::good(about, "a crash may write one")
            .hinting("ulimit -c 0 (LimitCORE=0 for systemd): one holds keys and what clients sent"),
    }
}

fn open_files_max(limits: &str) -> Option<u64> {
    soft_limit(limits, "Max open files")
}

/// A soft limit, in the form of the Linux kernel.
fn soft_limit(limits: &str, name: &str) -> Option<u64> {
    let line = limits.lines().find_map(|it| it.strip_prefix(name))?;
    match line.split_ascii_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    const LIMITS: &str = "\
Limit                     Soft Limit           Hard Limit           Units
Max processes             127235               127235               processes
Max open files            1024                 1048576              files
";

    #[test]
    fn the_soft_limit_is_the_one_that_holds() {
        assert_eq!(open_files_max(LIMITS), Some(1_024));
        assert_eq!(open_files_max(&LIMITS.replace("1024 ", "unlimited ")), Some(u64::MAX));
        assert_eq!(open_files_max(""), None);
    }

    #[test]
    fn core_dumps_are_off_or_worth_a_hint() {
        assert_eq!(judge_core_dumps(Some(0)).mend, None);
        for limit in [None, Some(1), Some(u64::MAX)] {
            assert!(judge_core_dumps(limit).mend.unwrap().contains("ulimit -c 0"));
        }
    }

    #[test]
    fn both_sides_of_what_connections_need() {
        assert_eq!(judge(Some(264), 100).level, Level::Good);
        let low = judge(Some(263), 100);
        assert_eq!(low.level, Level::Warning);
        assert!(low.says.contains("enough for 99 of the 100 connections"), "{low}");
        assert!(low.mend.unwrap().starts_with("ulimit -n 264 "));
        assert_eq!(judge(None, 100).level, Level::Good);
        assert_eq!(judge(Some(1), u64::MAX).level, Level::Warning);
    }
}
