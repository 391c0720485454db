//! What happened lately, counted by the minute for the overview.
//!
//! Reads    every observation, in the pipeline.
//! Memory   [`MINUTES`] minutes, each with its counts by code; [`SPANS`] spans of ten minutes with at most
//!          [`ENDPOINTS_MAX`] endpoints each. Further endpoints are counted together.
//! Misses   what happened before the start.

use bartizan_model::clause::Effect;
use bartizan_model::id::EndpointId;
use bartizan_model::observation::{Observation, Outcome};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Minutes that are kept: a day.
const MINUTES: usize = 24 * 60;
/// Minutes of a span.
const SPAN_MINUTES: u64 = 10;
/// Spans that are kept: a day.
const SPANS: usize = MINUTES / 10;
/// Endpoints of one span.
const ENDPOINTS_MAX: usize = 128;
/// Entries of a list in the overview.
const TOP: usize = 8;
/// Gaps that are shown.
const GAPS_MAX: usize = 16;
/// Points of a series: longer spans have wider steps.
const POINTS: u64 = 120;

/// The counts.
#[derive(Debug, Default)]
pub struct Recent {
    minutes: VecDeque<Minute>,
    spans: VecDeque<Span>,
    gaps: VecDeque<(u64, u64)>,
}

#[derive(Debug, Default)]
struct Minute {
    /// Since 1970.
    minute: u64,
    totals: Totals,
    codes: BTreeMap<&'static str, u32>,
    judged: Durations,
    finished: Durations,
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    exchanges: u64,
    refused: u64,
    would_refuse: u64,
    scrubbed: u64,
    failed_open: u64,
    upstream_failed: u64,
    client_aborted: u64,
}

/// Counts by quarter octaves of microseconds.
#[derive(Clone, Debug)]
struct Durations([u32; 128]);

impl Default for Durations {
    fn default() -> Self {
        Self([0; 128])
    }
}

#[derive(Debug, Default)]
struct Span {
    span: u64,
    endpoints: BTreeMap<EndpointId, Calls>,
    others: u64,
}

#[derive(Clone, Debug, Default)]
struct Calls {
    name: String,
    count: u64,
    refused: u64,
    would_refuse: u64,
}

impl Recent {
    /// Counts one finished exchange.
    pub fn observe(&mut self, it: &Observation) {
        let minute = it.started.wall_us / 60_000_000;
        let (refused, would) = (it.outcome == Outcome::Refused, would_be(it, Effect::WouldRefuse));
        if let Some(to) = slot(&mut self.minutes, minute, MINUTES, |it| it.minute) {
            to.minute = minute;
            to.totals.exchanges += 1;
            to.totals.refused += u64::from(refused);
            to.totals.would_refuse += u64::from(would);
            to.totals.scrubbed += u64::from(would_be(it, Effect::Scrubbed));
            to.totals.failed_open += u64::from(would_be(it, Effect::FailedOpen));
            to.totals.upstream_failed += u64::from(it.outcome == Outcome::UpstreamFailed);
            to.totals.client_aborted += u64::from(it.outcome == Outcome::ClientAborted);
            for hit in &it.hits {
                *to.codes.entry(hit.code.name()).or_default() += 1;
            }
            to.judged.note(it.phases.judged_us);
            to.finished.note(it.phases.finished_us);
        }
        let span = minute / SPAN_MINUTES;
        if let Some(to) = slot(&mut self.spans, span, SPANS, |it| it.span) {
            to.span = span;
            let is_full = to.endpoints.len() >= ENDPOINTS_MAX;
            if is_full && !to.endpoints.contains_key(&it.endpoint) {
                to.others += 1;
                return;
            }
            let calls = to
                .endpoints
                .entry(it.endpoint)
                .or_insert_with(|| Calls { name: crate::show::endpoint(it), ..Calls::default() });
            calls.count += 1;
            calls.refused += u64::from(refused);
            calls.would_refuse += u64::from(would);
        }
    }

    /// Notes that observations were lost.
    pub fn gap(&mut self, at_us: u64, lost: u64) {
        if self.gaps.len() >= GAPS_MAX {
            self.gaps.pop_front();
        }
        self.gaps.push_back((at_us, lost));
    }

    /// The last so many minutes, up to `now_us`.
    pub fn overview(&self, minutes: u32, now_us: u64) -> Value {
        let last = now_us / 60_000_000;
        let first = (last + 1).saturating_sub(u64::from(minutes));
        let in_span = |it: &&Minute| (first..=last).contains(&it.minute);
        let mut totals = Totals::default();
        let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
        let (mut judged, mut finished) = (Durations::default(), Durations::default());
        for it in self.minutes.iter().filter(in_span) {
            totals.add(&it.totals);
            it.codes.iter().for_each(|(code, n)| *codes.entry(code).or_default() += u64::from(*n));
            judged.add(&it.judged);
            finished.add(&it.finished);
        }
        let mut codes: Vec<_> = codes.into_iter().collect();
        codes.sort_by_key(|it| std::cmp::Reverse(it.1));
        let codes = codes.into_iter().take(TOP);
        json!({
            "totals": {
                "exchanges": totals.exchanges,
                "refused": totals.refused,
                "would_refuse": totals.would_refuse,
                "scrubbed": totals.scrubbed,
                "failed_open": totals.failed_open,
                "upstream_failed": totals.upstream_failed,
                "client_aborted": totals.client_aborted,
            },
            "latency": {
                "judge_p50_us": judged.quantile(50),
                "judge_p99_us": judged.quantile(99),
                "total_p50_us": finished.quantile(50),
                "total_p99_us": finished.quantile(99),
            },
            "series": self.series(first, last),
            "top": {
                "codes": codes.map(|(code, count)| json!({"code": code, "count": count}))
                    .collect::<Vec<_>>(),
                "endpoints": self.endpoints(first, last),
            },
            "gaps": self.gaps.iter().rev().map(|(at, lost)| json!({
                "at": crate::show::timestamp(*at),
                "lost": lost,
            })).collect::<Vec<_>>(),
        })
    }

    fn series(&self, first: u64, last: u64) -> Value {
        let step = (last + 1 - first).div_ceil(POINTS).max(1);
        let points = (last + 1 - first).div_ceil(step);
        let mut sums = vec![Totals::default(); usize::try_from(points).unwrap_or(0)];
        for it in &self.minutes {
            let at = it.minute.checked_sub(first).map(|it| it / step);
            let at = at.and_then(|it| usize::try_from(it).ok());
            if let Some(sum) = at.and_then(|it| sums.get_mut(it)) {
                sum.add(&it.totals);
            }
        }
        let of = |f: fn(&Totals) -> u64| sums.iter().map(f).collect::<Vec<_>>();
        json!({
            "step_s": step * 60,
            "from": crate::show::timestamp(first * 60_000_000),
            "served": of(|it| it.exchanges.saturating_sub(it.refused + it.upstream_failed)),
            "refused": of(|it| it.refused),
            "would_refuse": of(|it| it.would_refuse),
            "failed": of(|it| it.upstream_failed),
        })
    }

    fn endpoints(&self, first: u64, last: u64) -> Vec<Value> {
        let spans = first / SPAN_MINUTES..=last / SPAN_MINUTES;
        let mut all: BTreeMap<EndpointId, Calls> = BTreeMap::new();
        for (id, calls) in
            self.spans.iter().filter(|it| spans.contains(&it.span)).flat_map(|it| &it.endpoints)
        {
            let sum = all
                .entry(*id)
                .or_insert_with(|| Calls { name: calls.name.clone(), ..Calls::default() });
            sum.count += calls.count;
            sum.refused += calls.refused;
            sum.would_refuse += calls.would_refuse;
        }
        let mut all: Vec<Calls> = all.into_values().collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.count));
        let all = all.into_iter().take(TOP);
        all.map(|it| {
            json!({
                "endpoint": it.name,
                "count": it.count,
                "refused": it.refused,
                "would_refuse": it.would_refuse,
            })
        })
        .collect()
    }
}

/// The newest slot, or a new one; an older one is looked up. `None` for what is too old.
fn slot<T: Default>(
    all: &mut VecDeque<T>,
    number: u64,
    max: usize,
    of: fn(&T) -> u64,
) -> Option<&mut T> {
    match all.back().map(of) {
        Some(newest) if number > newest => {
            if all.len() >= max {
                all.pop_front();
            }
            all.push_back(T::default());
            all.back_mut()
        }
        None => {
            all.push_back(T::default());
            all.back_mut()
        }
        Some(_) => all.iter_mut().rev().find(|it| of(it) == number),
    }
}

fn would_be(it: &Observation, effect: Effect) -> bool {
    it.hits.iter().any(|hit| hit.effect == effect)
}

impl Totals {
    fn add(&mut self, more: &Self) {
        self.exchanges += more.exchanges;
        self.refused += more.refused;
        self.would_refuse += more.would_refuse;
        self.scrubbed += more.scrubbed;
        self.failed_open += more.failed_open;
        self.upstream_failed += more.upstream_failed;
        self.client_aborted += more.client_aborted;
    }
}

impl Durations {
    /// The bucket is the position of the highest bit, and the two bits behind it.
    fn note(&mut self, us: u32) {
        let us = us.max(4);
        let octave = us.ilog2();
        let quarter = us >> (octave - 2) & 3;
        let at = usize::try_from(octave * 4 + quarter).unwrap_or(0);
        if let Some(count) = self.0.get_mut(at) {
            *count = count.saturating_add(1);
        }
    }

    fn add(&mut self, more: &Self) {
        self.0.iter_mut().zip(more.0).for_each(|(to, from)| *to = to.saturating_add(from));
    }

    /// The upper bound of the bucket in which so many per cent lie at or below; 0 without any.
    fn quantile(&self, percent: u64) -> u64 {
        let total: u64 = self.0.iter().map(|it| u64::from(*it)).sum();
        let mut left = (total * percent).div_ceil(100);
        for (at, count) in (0_u64..).zip(self.0) {
            left = left.saturating_sub(u64::from(count));
            if count > 0 && left == 0 {
                let (octave, quarter) = (at / 4, at % 4);
                return ((5 + quarter) << octave) >> 2;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::{ExchangeId, KeyEpoch};
    use bartizan_model::moment::Moment;

    fn seen(minute: u64, endpoint: u64, us: u32) -> Observation {
        let at = Moment { mono_ns: 0, wall_us: minute * 60_000_000 };
        let mut it = Observation::opened(ExchangeId::new(0, 1), at, 1, KeyEpoch(1));
        it.endpoint = EndpointId::from_bits(endpoint);
        it.template = "/a".into();
        it.phases.judged_us = us;
        it
    }

    #[test]
    fn minutes_are_summed_and_forgotten() {
        let mut it = Recent::default();
        for minute in 0..3_000 {
            it.observe(&seen(minute, minute % 3, 100));
        }
        assert_eq!((it.minutes.len(), it.spans.len()), (MINUTES, SPANS));
        let now_us = 2_999 * 60_000_000 + 1;
        let hour = it.overview(60, now_us);
        assert_eq!(hour["totals"]["exchanges"], 60);
        assert_eq!(hour["series"]["served"].as_array().unwrap().len(), 60);
        assert_eq!(hour["top"]["endpoints"].as_array().unwrap().len(), 3);
        let day = it.overview(1_440, now_us);
        assert_eq!(day["totals"]["exchanges"], 1_440);
        assert_eq!(day["series"]["step_s"], 720);
        let sum: u64 =
            day["series"]["served"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).sum();
        assert_eq!(sum, 1_440);
        assert_eq!(it.overview(5, now_us + 3_600_000_000)["totals"]["exchanges"], 0);
    }

    #[test]
    fn invented_endpoints_are_counted_together() {
        let mut it = Recent::default();
        (0..10_000).for_each(|n| it.observe(&seen(1, n, 1)));
        assert_eq!(it.spans[0].endpoints.len(), ENDPOINTS_MAX);
        assert_eq!(it.spans[0].others, 10_000 - ENDPOINTS_MAX as u64);
    }

    #[test]
    fn a_quantile_is_right_within_a_quarter_octave() {
        let mut it = Durations::default();
        (1..=1_000).for_each(|us| it.note(us * 10));
        for (percent, exact) in [(50, 5_000), (99, 9_900)] {
            let found = it.quantile(percent);
            assert!((exact..exact * 5 / 4 + 1).contains(&found), "{percent}: {found}");
        }
        assert_eq!(Durations::default().quantile(99), 0);
        it.note(u32::MAX);
        assert!(it.quantile(100) > 4_000_000_000);
    }
}
