//! How posture went: once a day, how many endpoints have which flaw.
//!
//! Reads    `posture.json`; the inventory, when a day ends and when an instance starts.
//! Writes   `posture.json`.
//! Memory   at most [`DAYS_MAX`] days, of less than a kilobyte each.
//! Errors   a message.
//! Misses   days on which no instance ran; single services. What a day has is what the whole inventory had at its end.

use super::Learnt;
use super::apis::Known;
use super::classes;
use bartizan_learn::posture::posture;
use bartizan_model::calendar;
use bartizan_store::document;
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the file in the data directory.
const FILE: &str = "posture.json";
/// Days that are kept; then the oldest goes.
const DAYS_MAX: usize = 400;
/// The risk from which an endpoint counts as at risk.
const AT_RISK: u8 = 30;

/// What one day ended with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Day {
    /// Counted since 1970.
    day: u64,
    /// All endpoints.
    endpoints: u64,
    /// Those with a weakness.
    weak: u64,
    /// Those whose risk is high.
    at_risk: u64,
    /// Endpoints that have a flaw, by its name.
    flaws: BTreeMap<String, u64>,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    version: u8,
    days: Vec<Day>,
}

/// What is there now.
pub(crate) fn today(learnt: &Learnt, known: &Known<'_>, day: u64) -> Day {
    let mut out = Day { day, ..Day::default() };
    for endpoint in learnt.inventory.endpoints() {
        let found = posture(&endpoint, &classes::class, &known.against(&endpoint));
        out.endpoints += 1;
        out.weak += u64::from(!found.weaknesses.is_empty());
        out.at_risk += u64::from(found.risk >= AT_RISK);
        for it in &found.weaknesses {
            *out.flaws.entry(it.flaw.advice().name.to_owned()).or_default() += 1;
        }
    }
    out
}

/// The days so far, the earliest first.
pub(crate) fn days(dir: &Path) -> Result<Vec<Day>, String> {
    let kept = document::read(&Folder::at(dir), FILE).map_err(|it| format!("{FILE}: {it}"))?;
    let Some(bytes) = kept else { return Ok(Vec::new()) };
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{FILE}, line {}: is not what was written", error.line()))?;
    match kept.version {
        1 => Ok(kept.days),
        version => Err(format!("{FILE}: version {version} is not known")),
    }
}

/// Keeps a day in place of what was kept of it. Nothing is kept of a day without endpoints.
pub(crate) fn keep(dir: &Path, day: Day) -> Result<(), String> {
    if day.endpoints == 0 {
        return Ok(());
    }
    let mut days = days(dir)?;
    days.retain(|it| it.day != day.day);
    days.push(day);
    days.sort_by_key(|it| it.day);
    let days = days.split_off(days.len().saturating_sub(DAYS_MAX));
    let kept = serde_json::to_vec(&Kept { version: 1, days }).map_err(|it| it.to_string())?;
    document::replace(&Folder::at(dir), FILE, &kept).map_err(|it| format!("{FILE}: {it}"))
}

/// As JSON.
pub(crate) fn shown(days: &[Day]) -> Value {
    let rows = days.iter().map(|it| {
        json!({
            "day": date(it.day),
            "endpoints": it.endpoints,
            "weak": it.weak,
            "at_risk": it.at_risk,
            "flaws": it.flaws,
        })
    });
    json!({"days": rows.collect::<Vec<_>>()})
}

fn date(days: u64) -> String {
    let (year, month, day) = calendar::date(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// As text, the latest first: with each day what it has more and less than the one before.
pub(super) fn text(days: &[Day]) -> String {
    if days.is_empty() {
        return "no day is kept yet: a running instance keeps one when it starts, and when a day ends\n"
            .to_owned();
    }
    let mut out = format!(
        "{:<10} {:>9} {:>5} {:>8}  since the day before\n",
        "day", "endpoints", "weak", "at risk"
    );
    let before = std::iter::once(None).chain(days.iter().map(Some));
    let rows: Vec<_> = days.iter().zip(before).collect();
    for (it, before) in rows.into_iter().rev() {
        let said = before.map_or(String::new(), |before| differences(before, it));
        let (day, Day { endpoints, weak, at_risk, .. }) = (date(it.day), it);
        let row = format!("{day:<10} {endpoints:>9} {weak:>5} {at_risk:>8}  {said}");
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// As `+2 open_cors, -1 banner`.
fn differences(before: &Day, it: &Day) -> String {
    let names: std::collections::BTreeSet<_> = before.flaws.keys().chain(it.flaws.keys()).collect();
    let of = |day: &Day, name: &str| day.flaws.get(name).copied().unwrap_or(0);
    let told = names.into_iter().filter_map(|name| {
        let (was, is) = (of(before, name), of(it, name));
        match is.cmp(&was) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(format!("+{} {name}", is - was)),
            std::cmp::Ordering::Less => Some(format!("-{} {name}", was - is)),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn day(day: u64, flaws: &[(&str, u64)]) -> Day {
        let flaws = flaws.iter().map(|it| (it.0.to_owned(), it.1)).collect();
        Day { day, endpoints: 9, weak: 3, at_risk: 1, flaws }
    }

    fn home(name: &str) -> std::path::PathBuf {
        let home = std::env::temp_dir().join(format!("bartizan-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&home).ok();
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    #[test]
    fn a_day_is_kept_once_and_the_oldest_go() {
        let dir = home("trend");
        assert_eq!(days(&dir), Ok(Vec::new()));
        keep(&dir, Day { day: 1, ..Day::default() }).unwrap();
        assert_eq!(days(&dir), Ok(Vec::new()), "nothing is known yet");
        for n in 0..u64::try_from(DAYS_MAX).unwrap() + 3 {
            keep(&dir, day(n, &[("banner", 1)])).unwrap();
        }
        keep(&dir, day(402, &[("banner", 7)])).unwrap();
        let kept = days(&dir).unwrap();
        assert_eq!((kept.len(), kept[0].day), (DAYS_MAX, 3));
        assert_eq!(kept[DAYS_MAX - 1], day(402, &[("banner", 7)]));
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn what_cannot_be_read_is_told_and_not_replaced() {
        let dir = home("broken-trend");
        std::fs::write(dir.join(FILE), b"{").unwrap();
        assert!(days(&dir).is_err() && keep(&dir, day(1, &[])).is_err());
        assert_eq!(std::fs::read(dir.join(FILE)).unwrap(), b"{");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn the_text_tells_what_came_and_what_went() {
        let all = [day(20_000, &[("banner", 2), ("open_cors", 1)]), day(20_001, &[("banner", 5)])];
        let text = text(&all);
        let lines: Vec<_> = text.lines().collect();
        assert!(
            lines[1].starts_with("2024-10-05") && lines[1].ends_with("+3 banner, -1 open_cors")
        );
        assert!(lines[2].starts_with("2024-10-04") && lines[2].ends_with("1"), "{text}");
    }
}
