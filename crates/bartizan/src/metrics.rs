//! Metrics, counted from observations by the pipeline: a worker pays nothing for them.
//!
//! Memory   one counter per outcome and per code; no label comes from a client.

use crate::alerts::Figures;
use crate::keeper::Kept;
use bartizan_engine::tables::detail::Level;
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_store::segments::archive::Forecast;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::atomic::Ordering::Relaxed;

type Label = [(&'static str, &'static str); 1];

/// All metrics of an instance.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    exchanges: Family<Label, Counter>,
    refused: Family<Label, Counter>,
    would_refuse: Family<Label, Counter>,
    failed_open: Family<Label, Counter>,
    scrubbed: Family<[(&'static str, &'static str); 2], Counter>,
    request_bytes: Counter,
    response_bytes: Counter,
    judged: Histogram,
    finished: Histogram,
    lost: Counter,
    late: Counter,
    detail: Gauge,
    journal_errors: Counter,
    turned_away: Counter,
    shed: Counter,
    handshakes_failed: Counter,
    connections: Gauge,
    held_bytes: Gauge,
    revision: Gauge,
    resident_bytes: Gauge,
    bypassed: Gauge,
    ledger_entries: Gauge,
    ledger_anchored: Gauge,
    ledger_lost: Counter,
    ledger_errors: Counter,
    alerts_sent: Counter,
    alerts_failures: Counter,
    alerts_rejected: Counter,
    alerts_suppressed: Counter,
    alerts_silenced: Counter,
    alerts_dropped: Counter,
    alerts_lost: Counter,
    alerts_spooled: Gauge,
    alerts_failing: Gauge,
    segment_bytes: Gauge,
    segment_rows: Gauge,
    segments: Gauge,
    segments_days_left: Gauge,
    journal_segments_waiting: Gauge,
    journal_segments_lost: Counter,
    segments_dropped: Counter,
    rows_sealed: Counter,
    sealing_errors: Counter,
    sealing_damaged: Counter,
    samples: Gauge,
    sample_bytes: Gauge,
    samples_written: Counter,
    samples_lost: Counter,
    samples_not_taken: Counter,
}

/// What is read at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Open client connections.
    pub connections: usize,
    /// Bytes of held bodies.
    pub held_bytes: usize,
    /// Revision of the snapshot in force.
    pub revision: u64,
    /// Connections closed unread since the start.
    pub turned_away: u64,
    /// Bodies that found no room since the start.
    pub shed: u64,
    /// TLS handshakes and PROXY protocol headers that failed since the start.
    pub handshakes_failed: u64,
    /// Resident memory in bytes, if it is known.
    pub resident_bytes: u64,
    /// Whether only the law is in force.
    pub bypassed: bool,
    /// Entries of the ledger that are on disk.
    pub ledger_entries: u64,
    /// Entries under a checkpoint that left the data directory.
    pub ledger_anchored: u64,
    /// Entries that found no room since the start.
    pub ledger_lost: u64,
    /// Failed writes of the ledger since the start.
    pub ledger_errors: u64,
    /// How much is recorded of an exchange.
    pub detail: Level,
    /// Of alerts.
    pub alerts: Figures,
    /// Sealed segments.
    pub segments: Segments,
    /// Samples.
    pub samples: Samples,
}

/// What is known of samples at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Samples {
    /// Those that can be had.
    pub kept: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// Those written since the start.
    pub written: u64,
    /// Those that could not be written since the start.
    pub lost: u64,
    /// Those that were not taken, or not whole, since the start.
    pub not_taken: u64,
}

/// What is known of sealed segments at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segments {
    forecast: Forecast,
    waiting: u64,
    dropped: u64,
    rows: u64,
    errors: u64,
    damaged: u64,
}

impl Segments {
    /// What the keeper tells.
    pub fn of(kept: &Kept) -> Self {
        Self {
            forecast: kept.forecast(),
            waiting: kept.waiting.load(Relaxed),
            dropped: kept.dropped.load(Relaxed),
            rows: kept.rows.load(Relaxed),
            errors: kept.errors.load(Relaxed),
            damaged: kept.damaged.load(Relaxed),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("bartizan"),
            exchanges: Family::default(),
            refused: Family::default(),
            would_refuse: Family::default(),
            failed_open: Family::default(),
            scrubbed: Family::default(),
            request_bytes: Counter::default(),
            response_bytes: Counter::default(),
            judged: Histogram::new(buckets(0.000_01)),
            finished: Histogram::new(buckets(0.000_1)),
            lost: Counter::default(),
            late: Counter::default(),
            detail: Gauge::default(),
            journal_errors: Counter::default(),
            turned_away: Counter::default(),
            shed: Counter::default(),
            handshakes_failed: Counter::default(),
            connections: Gauge::default(),
            held_bytes: Gauge::default(),
            revision: Gauge::default(),
            resident_bytes: Gauge::default(),
            bypassed: Gauge::default(),
            ledger_entries: Gauge::default(),
            ledger_anchored: Gauge::default(),
            ledger_lost: Counter::default(),
            ledger_errors: Counter::default(),
            alerts_sent: Counter::default(),
            alerts_failures: Counter::default(),
            alerts_rejected: Counter::default(),
            alerts_suppressed: Counter::default(),
            alerts_silenced: Counter::default(),
            alerts_dropped: Counter::default(),
            alerts_lost: Counter::default(),
            alerts_spooled: Gauge::default(),
            alerts_failing: Gauge::default(),
            segment_bytes: Gauge::default(),
            segment_rows: Gauge::default(),
            segments: Gauge::default(),
            segments_days_left: Gauge::default(),
            journal_segments_waiting: Gauge::default(),
            journal_segments_lost: Counter::default(),
            segments_dropped: Counter::default(),
            rows_sealed: Counter::default(),
            sealing_errors: Counter::default(),
            sealing_damaged: Counter::default(),
            samples: Gauge::default(),
            sample_bytes: Gauge::default(),
            samples_written: Counter::default(),
            samples_lost: Counter::default(),
            samples_not_taken: Counter::default(),
        };
        metrics.register();
        metrics
    }
}

/// Fourteen buckets, each three times as wide as the one before would be in two steps.
fn buckets(first: f64) -> impl Iterator<Item = f64> {
    (0..7).flat_map(move |decade| {
        let base = first * 10_f64.powi(decade);
        [base, base * 3.0]
    })
}

impl Metrics {
    /// Counts one finished exchange.
    pub fn observe(&self, it: &Observation) {
        self.exchanges.get_or_create(&[("outcome", it.outcome.name())]).inc();
        self.request_bytes.inc_by(u64::from(it.request_head_bytes) + it.request_body_bytes);
        self.response_bytes.inc_by(it.response_body_bytes);
        self.judged.observe(f64::from(it.phases.judged_us) / 1e6);
        self.finished.observe(f64::from(it.phases.finished_us) / 1e6);
        for hit in &it.hits {
            let label = [("code", hit.code.name())];
            match hit.effect {
                Effect::Refused => {
                    self.refused.get_or_create(&label).inc();
                }
                Effect::WouldRefuse => {
                    self.would_refuse.get_or_create(&label).inc();
                }
                Effect::FailedOpen => {
                    self.failed_open.get_or_create(&label).inc();
                }
                Effect::Scrubbed | Effect::WouldScrub => {
                    let effect = hit.effect.name();
                    let label = [("code", hit.code.name()), ("effect", effect)];
                    self.scrubbed.get_or_create(&label).inc();
                }
                Effect::Excepted | Effect::Overtaken | Effect::Failed => {}
            }
        }
    }

    /// Counts observations that found no room.
    pub fn lost(&self, count: u64) {
        self.lost.inc_by(count);
    }

    /// Sets how many observations came out of order since the start.
    pub fn late(&self, count: u64) {
        catch_up(&self.late, count);
    }

    /// Counts a failed write of the journal.
    pub fn journal_error(&self) {
        self.journal_errors.inc();
    }

    /// Exchanges with this outcome since the start.
    pub fn exchanges(&self, outcome: Outcome) -> u64 {
        self.exchanges.get_or_create(&[("outcome", outcome.name())]).get()
    }

    /// Exchanges that violated an observed clause with this code since the start.
    pub fn would_refuse(&self, code: Code) -> u64 {
        self.would_refuse.get_or_create(&[("code", code.name())]).get()
    }

    /// Observations lost since the start.
    pub fn lost_count(&self) -> u64 {
        self.lost.get()
    }

    /// Everything in the OpenMetrics text format.
    pub fn text(&self, gauges: Gauges) -> String {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.connections.set(signed(gauges.connections as u64));
        self.held_bytes.set(signed(gauges.held_bytes as u64));
        self.revision.set(signed(gauges.revision));
        catch_up(&self.turned_away, gauges.turned_away);
        catch_up(&self.shed, gauges.shed);
        catch_up(&self.handshakes_failed, gauges.handshakes_failed);
        self.resident_bytes.set(i64::try_from(gauges.resident_bytes).unwrap_or(i64::MAX));
        self.bypassed.set(i64::from(gauges.bypassed));
        self.ledger_entries.set(signed(gauges.ledger_entries));
        self.ledger_anchored.set(signed(gauges.ledger_anchored));
        catch_up(&self.ledger_lost, gauges.ledger_lost);
        catch_up(&self.ledger_errors, gauges.ledger_errors);
        self.detail.set(gauges.detail as i64);
        let alerts = gauges.alerts;
        catch_up(&self.alerts_sent, alerts.sent);
        catch_up(&self.alerts_failures, alerts.failures);
        catch_up(&self.alerts_rejected, alerts.rejected);
        catch_up(&self.alerts_suppressed, alerts.suppressed);
        catch_up(&self.alerts_silenced, alerts.silenced);
        catch_up(&self.alerts_dropped, alerts.dropped);
        catch_up(&self.alerts_lost, alerts.lost);
        self.alerts_spooled.set(signed(alerts.spooled));
        self.alerts_failing.set(signed(alerts.failing));
        let it = gauges.segments;
        self.segments.set(signed(it.forecast.segments));
        self.segment_rows.set(signed(it.forecast.rows));
        self.segment_bytes.set(signed(it.forecast.bytes));
        self.segments_days_left.set(it.forecast.days_left.map_or(-1, signed));
        self.journal_segments_waiting.set(signed(it.waiting));
        catch_up(&self.journal_segments_lost, it.forecast.lost);
        catch_up(&self.segments_dropped, it.dropped);
        catch_up(&self.rows_sealed, it.rows);
        catch_up(&self.sealing_errors, it.errors);
        catch_up(&self.sealing_damaged, it.damaged);
        let it = gauges.samples;
        self.samples.set(signed(it.kept));
        self.sample_bytes.set(signed(it.bytes));
        catch_up(&self.samples_written, it.written);
        catch_up(&self.samples_lost, it.lost);
        catch_up(&self.samples_not_taken, it.not_taken);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            // Only a writer can fail here, and a String does not.
            Err(_) => String::new(),
        }
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let mut counter = |name: &str, help: &str, it: &Counter| {
            registry.register(name, help, it.clone());
        };
        counter("request_bytes", "Bytes of request heads and bodies read", &self.request_bytes);
        counter("response_bytes", "Bytes of response bodies passed on", &self.response_bytes);
        counter("observations_lost", "Observations that found no room", &self.lost);
        counter("observations_late", "Observations that came behind later ones", &self.late);
        counter("journal_errors", "Failed writes of the journal", &self.journal_errors);
        counter("connections_turned_away", "Connections over the limit", &self.turned_away);
        counter(
            "handshakes_failed",
            "TLS handshakes and PROXY headers that failed",
            &self.handshakes_failed,
        );
        counter("ledger_lost", "Entries of the ledger that found no room", &self.ledger_lost);
        counter("ledger_errors", "Failed writes of the ledger", &self.ledger_errors);
        counter("alerts_sent", "Alerts that a target took", &self.alerts_sent);
        counter("alerts_failures", "Tries to send an alert that failed", &self.alerts_failures);
        counter("alerts_rejected", "Alerts that a target refused for good", &self.alerts_rejected);
        let help = "Occurrences that an alert of the same stands for";
        counter("alerts_suppressed", help, &self.alerts_suppressed);
        counter("alerts_silenced", "Occurrences under a silence", &self.alerts_silenced);
        let help = "Alerts that went unsent because the spool was full";
        counter("alerts_dropped", help, &self.alerts_dropped);
        counter("alerts_lost", "Occurrences that found no room", &self.alerts_lost);
        let lost = &self.journal_segments_lost;
        counter("journal_segments_lost", "Journal segments dropped before they were sealed", lost);
        counter(
            "segments_dropped",
            "Sealed segments dropped by age or size",
            &self.segments_dropped,
        );
        counter("rows_sealed", "Exchanges sealed since the start", &self.rows_sealed);
        counter("sealing_errors", "Failures of sealing, merging or dropping", &self.sealing_errors);
        let damaged = &self.sealing_damaged;
        counter(
            "sealing_damaged",
            "Parts of the journal unreadable when they were sealed",
            damaged,
        );
        counter("samples_written", "Samples written since the start", &self.samples_written);
        counter("samples_lost", "Samples that could not be written", &self.samples_lost);
        counter(
            "samples_not_taken",
            "Samples not taken, or not whole, for lack of room or because there were too many",
            &self.samples_not_taken,
        );
        counter("bodies_shed", "Bodies that found no room to be held", &self.shed);
        let mut family = |name: &str, help: &str, it: &Family<Label, Counter>| {
            registry.register(name, help, it.clone());
        };
        family("exchanges", "Finished exchanges by outcome", &self.exchanges);
        family("refused", "Refusals by code", &self.refused);
        family("would_refuse", "Violations of observed clauses by code", &self.would_refuse);
        family("failed_open", "Calls let through unjudged by code", &self.failed_open);
        let help = "Responses that gave too much away by code and what was done";
        registry.register("responses_talkative", help, self.scrubbed.clone());
        let mut gauge = |name: &str, help: &str, it: &Gauge| {
            registry.register(name, help, it.clone());
        };
        gauge("connections", "Open client connections", &self.connections);
        let help = "How much is recorded of an exchange: 0 all, 1 fewer facts, 2 heads only";
        gauge("recording_level", help, &self.detail);
        gauge("held_bytes", "Bytes of request bodies held for judging", &self.held_bytes);
        gauge("resident_bytes", "Resident memory; 0 if unknown", &self.resident_bytes);
        gauge("alerts_spooled", "Alerts that wait for a target", &self.alerts_spooled);
        let help = "Targets of alerts whose last delivery failed";
        gauge("alerts_failing", help, &self.alerts_failing);
        gauge("bypassed", "1 while a bypass leaves only the law in force", &self.bypassed);
        gauge("ledger_entries", "Entries of the ledger on disk", &self.ledger_entries);
        let help = "Entries under a checkpoint that left the data directory";
        gauge("ledger_anchored", help, &self.ledger_anchored);
        gauge("samples", "Samples that can be revealed", &self.samples);
        gauge("sample_bytes", "Bytes of samples", &self.sample_bytes);
        gauge("segments", "Sealed segments", &self.segments);
        gauge("segment_rows", "Exchanges in sealed segments", &self.segment_rows);
        gauge("segment_bytes", "Bytes of sealed segments", &self.segment_bytes);
        let left = &self.segments_days_left;
        gauge(
            "segments_days_left",
            "Days until sealed segments reach their bound; -1 unknown",
            left,
        );
        let waiting = &self.journal_segments_waiting;
        gauge("journal_segments_waiting", "Closed journal segments not sealed yet", waiting);
        gauge("revision", "Revision of the rules in force", &self.revision);
        registry.register("judged_seconds", "Head read to decision", self.judged.clone());
        registry.register("exchange_seconds", "Head read to end", self.finished.clone());
    }
}

fn catch_up(counter: &Counter, total: u64) {
    counter.inc_by(total.saturating_sub(counter.get()));
}

/// The reference of all metrics, for `docs/metrics.md`.
pub fn reference() -> String {
    let metrics = Metrics::default();
    // A family without members is not in the text.
    metrics.exchanges(Outcome::Served);
    metrics.would_refuse(Code::MethodTrace);
    metrics.refused.get_or_create(&[("code", Code::MethodTrace.name())]).get();
    metrics.failed_open.get_or_create(&[("code", Code::ContentUnexamined.name())]).get();
    let label = [("code", Code::DisclosureBanner.name()), ("effect", Effect::Scrubbed.name())];
    metrics.scrubbed.get_or_create(&label).get();
    let text = metrics.text(Gauges::default());
    let mut out = String::from(
        "# Metrics\n\nServed on the admin listener at `/metrics` in the OpenMetrics text format. \
         Generated from the program; do not edit.\n\n| name | type | meaning |\n|---|---|---|\n",
    );
    let mut rows: Vec<String> = Vec::new();
    for line in text.lines().filter_map(|it| it.strip_prefix("# HELP ")) {
        let Some((name, help)) = line.split_once(' ') else { continue };
        let kind = text
            .lines()
            .find_map(|it| it.strip_prefix(&format!("# TYPE {name} ")))
            .unwrap_or_default();
        let suffix = if kind == "counter" { "_total" } else { "" };
        rows.push(format!("| `{name}{suffix}` | {kind} | {} |\n", help.trim_end_matches('.')));
    }
    rows.sort();
    rows.iter().for_each(|it| out.push_str(it));
    out.push_str(
        "\nLabels: `outcome` is served, tunnelled, refused, upstream_failed, client_aborted, copied or \
         stopped; `code` is a code of [codes.md](codes.md). No label comes from a client.\n",
    );
    out
}
