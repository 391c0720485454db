//! Whether the virtual patches still do what somebody thinks they do.
//!
//! Reads    the files of patches. That one cannot be used is said with what else the configuration refers to.

use super::Finding;
use crate::config::Settings;
use crate::patches;
use crate::show;
use crate::wall::now_us;
use bartizan_model::clause::Mode;

const ABOUT: &str = "patches";
/// From here on somebody should look after a new day.
const DAYS_MIN: u64 = 14;
const DAY_US: u64 = 86_400_000_000;

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let Ok(loaded) = patches::read(settings, 0) else { return Vec::new() };
    let now_us = now_us();
    let mut findings = Vec::new();
    let mut good = 0;
    for (path, it) in &loaded.all {
        let patch = it.ready.patch();
        let name = format!("{} ({})", patch.id, path.display());
        match patch.until_us {
            Some(until) if until <= now_us => {
                let says = format!("{name} has ended on {}", show::timestamp(until));
                let mend = "it does nothing any more: remove it, or give it a new day";
                findings.push(Finding::warning(ABOUT, says, mend));
            }
            Some(until) if until - now_us < DAYS_MIN * DAY_US && patch.mode == Mode::Enforce => {
                let says = format!("{name} ends on {}", show::timestamp(until));
                let mend = "see whether the API is mended by then; else give it a new day";
                findings.push(Finding::warning(ABOUT, says, mend));
            }
            Some(_) | None => good += 1,
        }
    }
    if good > 0 {
        findings.push(Finding::good(ABOUT, format!("{good} virtual patches keep their cases")));
    }
    findings
}
