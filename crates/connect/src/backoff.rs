//! When a target that failed is tried again.

/// Before the second try, in milliseconds.
pub const FIRST_MS: u64 = 1_000;
/// Between two tries at most.
pub const LONGEST_MS: u64 = 5 * 60 * 1_000;

/// Milliseconds to wait after so many failures in a row: doubled each time up to [`LONGEST_MS`], of which
/// a half is random, so that many instances do not come back at once. `random` is any number.
pub fn wait_ms(failures: u32, random: u64) -> u64 {
    let doublings = failures.saturating_sub(1).min(20);
    let whole = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    let half = whole / 2;
    half + random % (half + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_up_to_a_bound() {
        for (failures, from, to) in [
            (0, 500, 1_000),
            (1, 500, 1_000),
            (2, 1_000, 2_000),
            (5, 8_000, 16_000),
            (10, 150_000, 300_000),
            (u32::MAX, 150_000, 300_000),
        ] {
            assert_eq!(wait_ms(failures, 0), from);
            assert_eq!(wait_ms(failures, from), to);
            for random in [1, 77, u64::MAX] {
                assert!((from..=to).contains(&wait_ms(failures, random)));
            }
        }
    }
}
