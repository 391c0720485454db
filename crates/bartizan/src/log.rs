//! What an instance says while it runs: lines for people on standard error, or one JSON object a line
//! on standard output.
//!
//! Reads    [`Event`]s: a closed list, of which `docs/log.md` is written.
//! Memory   at most `WAITING_MAX` events that nobody reads; further ones are counted.
//! Misses   single exchanges: those are in the journal, see `bartizan tail`. Nothing that a client
//!          sent is in any event.

use crate::commands::note;
use crate::show;
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.log/v1";

/// Events that wait for their reader.
const WAITING_MAX: usize = 1_024;
/// How long a reader may take at the end.
const PATIENCE: Duration = Duration::from_secs(1);

/// How events are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Log {
    /// Lines for people, on standard error.
    Human,
    /// One JSON object per line, on standard output.
    Json,
}

impl Log {
    /// Says what happened. Where nobody listens any more, nobody can be told that either.
    pub fn say(self, event: &Event) {
        match self {
            Self::Human => note(&event.message()),
            Self::Json => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let us = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
                drop(writeln!(io::stdout().lock(), "{}", event.as_json(us)));
            }
        }
    }
}

/// Says events from a thread of its own: a reader that stalls must not keep a signal from stopping us.
#[derive(Debug)]
pub struct Logger {
    waiting: SyncSender<Event>,
    thread: JoinHandle<()>,
    lost: AtomicU64,
}

impl Logger {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn start(form: Log) -> io::Result<Self> {
        let (waiting, events) = sync_channel::<Event>(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || events.iter().for_each(|it| form.say(&it)))?;
        Ok(Self { waiting, thread, lost: AtomicU64::new(0) })
    }

    /// Leaves an event to be said. What finds no room is counted, and the count said when there is.
    pub fn say(&self, event: Event) {
        let lost = self.lost.swap(0, Relaxed);
        if lost > 0 && self.waiting.try_send(Event::EventsLost { count: lost }).is_err() {
            self.lost.fetch_add(lost, Relaxed);
        }
        if self.waiting.try_send(event).is_err() {
            self.lost.fetch_add(1, Relaxed);
        }
    }

    /// Waits until everything is said, or for as long as a reader deserves.
    pub fn finish(self) {
        let Self { waiting, thread, .. } = self;
        drop(waiting);
        let until = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As meant.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must.
    Error,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Why a configuration was read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// SIGHUP.
    Signal,
    /// The file changed.
    File,
    /// A certificate or key changed that it refers to.
    Reference,
}

impl Cause {
    const fn name(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::File => "file",
            Self::Reference => "reference",
        }
    }
}

/// What ended a bypass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Its time was over.
    Time,
    /// `bartizan bypass --end`.
    Operator,
}

impl EndedBy {
    const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Operator => "operator",
        }
    }
}

/// What happened to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`entry` says what each one means, and `docs/log.md` repeats it")]
pub enum Event {
    Started { mode: &'static str, listen: String, admin: String, upstream: String, data: String },
    NotStarted { reason: String },
    Doubtful { text: String },
    Reloaded { cause: Cause, file: String, revision: u64, fixed: Vec<String> },
    ReloadRefused { cause: Cause, file: String, reason: String },
    NothingToReload,
    BypassBegun { until_us: u64, reason: String, revision: u64 },
    BypassEnded { by: EndedBy, revision: u64 },
    LoggedIn { name: String, role: &'static str },
    ExceptionAdded { id: String, clause: String, by: String, revision: u64 },
    ExceptionRemoved { id: String, clause: String, by: String, revision: u64 },
    OverloadBegun,
    OverloadEnded,
    AddressesShared,
    AddressesDistinct,
    RecordingLess { recorded: &'static str },
    RecordingFull,
    UpstreamCondition { upstream: String, address: String, was: &'static str, is: &'static str },
    JournalFailing { reason: String },
    JournalWorking,
    LedgerFailing { reason: String },
    LedgerWorking,
    Checkpoint { size: u64, checkpoint: String },
    CheckpointNotKept { file: String, reason: String },
    AlertsFailing { target: String, reason: String },
    AlertsDelivered { target: String },
    AlertsNotKept { reason: String },
    SealingFailing { reason: String },
    SealingWorking,
    ApiChanged { changes: u64, first: String },
    ApiDigest { day: String, changes: u64, says: String },
    ClauseSuspended { id: String, clause: String, reason: String },
    PatchEnded { id: String, until_us: u64 },
    NewVersion { service: String, until_us: u64 },
    ContractNotFollowed { reason: String },
    EventsLost { count: u64 },
    Stopping { within_s: u64 },
    Stopped,
}

/// What is the same of all events of a kind.
struct Entry {
    name: &'static str,
    level: Level,
    says: &'static str,
}

impl Event {
    fn entry(&self) -> Entry {
        use Level::{Error, Info, Warning};
        let (name, level, says) = match self {
            Self::Started { .. } => ("started", Info, "It listens and serves."),
            Self::NotStarted { .. } => ("not_started", Error, "It could not start, and ends."),
            Self::Doubtful { .. } => {
                ("configuration_doubtful", Warning, "The configuration works and may not be meant.")
            }
            Self::Reloaded { .. } => ("reloaded", Info, "A configuration was taken over."),
            Self::ReloadRefused { .. } => (
                "reload_refused",
                Error,
                "A configuration, or what it refers to, is no good: the one before stays in force.",
            ),
            Self::NothingToReload => {
                ("nothing_to_reload", Warning, "SIGHUP came, and there is no configuration file.")
            }
            Self::BypassBegun { .. } => {
                ("bypass_begun", Warning, "From now on only the law is in force.")
            }
            Self::BypassEnded { .. } => {
                ("bypass_ended", Info, "Every clause is in force again, as configured.")
            }
            Self::LoggedIn { .. } => ("logged_in", Info, "A browser logged in to the console."),
            Self::ExceptionAdded { .. } => {
                ("exception_added", Warning, "An operator lifted a clause while running.")
            }
            Self::ExceptionRemoved { .. } => {
                ("exception_removed", Info, "An operator took back what he had lifted.")
            }
            Self::OverloadBegun => {
                ("overload_begun", Error, "Requests are answered 503: there are too many.")
            }
            Self::OverloadEnded => ("overload_ended", Info, "Requests are served again."),
            Self::AddressesShared => (
                "addresses_shared",
                Warning,
                "Most traffic comes from few private addresses: address rules are not applied.",
            ),
            Self::AddressesDistinct => {
                ("addresses_distinct", Info, "Addresses are those of clients again.")
            }
            Self::RecordingLess { .. } => (
                "recording_less",
                Warning,
                "The pipeline falls behind: less is recorded of each exchange.",
            ),
            Self::RecordingFull => ("recording_full", Info, "Everything is recorded again."),
            Self::UpstreamCondition { is: "well", .. } => {
                ("upstream_condition", Info, "An address of an upstream is in another condition.")
            }
            Self::UpstreamCondition { .. } => (
                "upstream_condition",
                Warning,
                "An address of an upstream is in another condition.",
            ),
            Self::JournalFailing { .. } => {
                ("journal_failing", Error, "The journal cannot be written.")
            }
            Self::JournalWorking => ("journal_working", Info, "The journal is written again."),
            Self::LedgerFailing { .. } => {
                ("ledger_failing", Error, "The ledger cannot be written.")
            }
            Self::LedgerWorking => ("ledger_working", Info, "The ledger is written again."),
            Self::Checkpoint { .. } => (
                "ledger_checkpoint",
                Info,
                "The ledger stands by so many entries: `ledger verify --against` takes this line.",
            ),
            Self::CheckpointNotKept { .. } => (
                "ledger_checkpoint_not_kept",
                Warning,
                "Checkpoints cannot be written outside the data directory, but only logged.",
            ),
            Self::AlertsFailing { .. } => (
                "alerts_failing",
                Warning,
                "A target takes no alerts; they wait. Said once a minute at most.",
            ),
            Self::AlertsDelivered { .. } => {
                ("alerts_delivered", Info, "A target takes alerts again.")
            }
            Self::AlertsNotKept { .. } => (
                "alerts_not_kept",
                Warning,
                "Alerts that wait are in memory only: the disk does not take them.",
            ),
            Self::SealingFailing { .. } => {
                ("sealing_failing", Error, "Closed segments of the journal cannot be sealed.")
            }
            Self::SealingWorking => ("sealing_working", Info, "Segments are sealed again."),
            Self::ApiChanged { .. } => (
                "api_changed",
                Info,
                "An API does something that it did not in its first hour, or nobody calls it any more.",
            ),
            Self::ApiDigest { .. } => (
                "api_digest",
                Info,
                "What changed in the APIs on the day that ended; of days without a change there is none.",
            ),
            Self::ClauseSuspended { .. } => (
                "clause_suspended",
                Warning,
                "A clause that describes habit refuses nobody any more: several callers in good standing began to break it.",
            ),
            Self::PatchEnded { .. } => (
                "patch_ended",
                Warning,
                "The last day of a virtual patch is over: it refuses nobody any more.",
            ),
            Self::NewVersion { .. } => (
                "new_version",
                Info,
                "A version of a client that is new is held to no habit for a day: several callers in good standing were refused under its name.",
            ),
            Self::ContractNotFollowed { .. } => (
                "contract_not_followed",
                Warning,
                "The document that `contract` names is not followed: somebody decided otherwise, or it cannot be kept.",
            ),
            Self::EventsLost { .. } => {
                ("events_lost", Warning, "Nobody read the log, so that events were dropped.")
            }
            Self::Stopping { .. } => ("stopping", Info, "No new connections; open exchanges end."),
            Self::Stopped => ("stopped", Info, "Everything recorded is on disk; the process ends."),
        };
        Entry { name, level, says }
    }

    /// The fields of this event beside those that all have.
    fn fields(&self) -> Value {
        match self {
            Self::Started { mode, listen, admin, upstream, data } => json!({
                "version": env!("CARGO_PKG_VERSION"),
                "mode": mode,
                "listen": listen,
                "admin": admin,
                "upstream": upstream,
                "data": data,
            }),
            Self::RecordingLess { recorded } => json!({ "recorded": recorded }),
            Self::NotStarted { reason }
            | Self::JournalFailing { reason }
            | Self::LedgerFailing { reason }
            | Self::AlertsNotKept { reason }
            | Self::ContractNotFollowed { reason }
            | Self::SealingFailing { reason } => {
                json!({ "reason": reason })
            }
            Self::Doubtful { text } => json!({ "text": text }),
            Self::ApiChanged { changes, first } => json!({ "changes": changes, "first": first }),
            Self::ApiDigest { day, changes, says } => {
                json!({ "day": day, "changes": changes, "says": says })
            }
            Self::ClauseSuspended { id, clause, reason } => {
                json!({ "id": id, "clause": clause, "reason": reason })
            }
            Self::PatchEnded { id, until_us } => {
                json!({ "id": id, "until": show::timestamp(*until_us) })
            }
            Self::NewVersion { service, until_us } => {
                json!({ "service": service, "until": show::timestamp(*until_us) })
            }
            Self::Reloaded { cause, file, revision, fixed } => json!({
                "cause": cause.name(),
                "file": file,
                "revision": revision,
                "with_next_start": fixed,
            }),
            Self::ReloadRefused { cause, file, reason } => json!({
                "cause": cause.name(),
                "file": file,
                "reason": reason,
            }),
            Self::BypassBegun { until_us, reason, revision } => json!({
                "until": show::timestamp(*until_us),
                "reason": reason,
                "revision": revision,
            }),
            Self::BypassEnded { by, revision } => {
                json!({ "by": by.name(), "revision": revision })
            }
            Self::LoggedIn { name, role } => json!({ "name": name, "role": role }),
            Self::ExceptionAdded { id, clause, by, revision }
            | Self::ExceptionRemoved { id, clause, by, revision } => json!({
                "id": id,
                "clause": clause,
                "by": by,
                "revision": revision,
            }),
            Self::UpstreamCondition { upstream, address, was, is } => json!({
                "upstream": upstream,
                "address": address,
                "was": was,
                "is": is,
            }),
            Self::Checkpoint { size, checkpoint } => {
                json!({ "size": size, "checkpoint": checkpoint })
            }
            Self::CheckpointNotKept { file, reason } => json!({ "file": file, "reason": reason }),
            Self::AlertsFailing { target, reason } => {
                json!({ "target": target, "reason": reason })
            }
            Self::AlertsDelivered { target } => json!({ "target": target }),
            Self::EventsLost { count } => json!({ "count": count }),
            Self::Stopping { within_s } => json!({ "within_s": within_s }),
            Self::NothingToReload
            | Self::OverloadBegun
            | Self::OverloadEnded
            | Self::AddressesShared
            | Self::AddressesDistinct
            | Self::RecordingFull
            | Self::JournalWorking
            | Self::LedgerWorking
            | Self::SealingWorking
            | Self::Stopped => json!({}),
        }
    }

    /// For people.
    fn message(&self) -> String {
        match self {
            Self::Started { listen, upstream, .. } => {
                format!("listening on {listen} for {upstream}")
            }
            Self::NotStarted { reason } => reason.clone(),
            Self::Doubtful { text } => text.clone(),
            Self::Reloaded { cause, file, fixed, .. } => {
                let first = match cause {
                    Cause::Signal => "configuration reloaded".to_owned(),
                    Cause::File => format!("`{file}` changed and was taken over"),
                    Cause::Reference => {
                        format!("what `{file}` refers to changed and was taken over")
                    }
                };
                std::iter::once(&first)
                    .chain(fixed)
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join("\n")
            }
            Self::ReloadRefused { cause, file, reason } => {
                let last = match cause {
                    Cause::Signal => "the configuration before stays in force".to_owned(),
                    Cause::File => format!(
                        "`{file}` changed and was not taken over: what was in force before still is"
                    ),
                    Cause::Reference => format!(
                        "what `{file}` refers to changed and was not taken over: what was in force \
                         before still is"
                    ),
                };
                format!("{reason}\n{last}")
            }
            Self::NothingToReload => "nothing to reload: there is no configuration file".to_owned(),
            Self::BypassBegun { until_us, reason, .. } => format!(
                "bypass: only the law is in force until {}: {reason}",
                show::timestamp(*until_us)
            ),
            Self::BypassEnded { by, .. } => {
                let why = match by {
                    EndedBy::Time => "its time is over",
                    EndedBy::Operator => "it was ended",
                };
                format!("bypass: {why}; every clause is in force as configured")
            }
            Self::LoggedIn { name, role } => format!("{name} logged in as {role}"),
            Self::ExceptionAdded { id, clause, by, .. } => {
                format!("exception {id} for {clause} was added by {by}")
            }
            Self::ExceptionRemoved { id, clause, by, .. } => {
                format!("exception {id} for {clause} was taken back by {by}")
            }
            Self::OverloadBegun => {
                "overload: requests are answered 503 until there are fewer".to_owned()
            }
            Self::OverloadEnded => "overload: over, requests are served".to_owned(),
            Self::AddressesShared => {
                "most traffic comes from few private addresses: address rules are not applied, see \
                 `bartizan status`"
                    .to_owned()
            }
            Self::AddressesDistinct => "addresses are those of clients again".to_owned(),
            Self::RecordingLess { recorded } => {
                format!("the pipeline falls behind: of each exchange is recorded {recorded}")
            }
            Self::RecordingFull => "everything is recorded again".to_owned(),
            Self::UpstreamCondition { upstream, address, was, is } => {
                format!("upstream {upstream}: {address} is {is}, and was {was}")
            }
            Self::JournalFailing { reason } => format!("the journal cannot be written: {reason}"),
            Self::JournalWorking => "the journal is written again".to_owned(),
            Self::LedgerFailing { reason } => format!("the ledger cannot be written: {reason}"),
            Self::LedgerWorking => "the ledger is written again".to_owned(),
            Self::Checkpoint { size, checkpoint } => {
                let root = checkpoint.lines().nth(2).unwrap_or_default();
                format!("ledger: {size} entries with root {root}")
            }
            Self::CheckpointNotKept { file, reason } => {
                format!("ledger: no checkpoint can be kept in `{file}`: {reason}")
            }
            Self::AlertsFailing { target, reason } => {
                format!("alerts: {target} takes none, and they wait: {reason}")
            }
            Self::AlertsDelivered { target } => format!("alerts: {target} takes them again"),
            Self::AlertsNotKept { reason } => {
                format!("alerts that wait are in memory only: {reason}")
            }
            Self::SealingFailing { reason } => format!("segments cannot be sealed: {reason}"),
            Self::SealingWorking => "segments are sealed again".to_owned(),
            Self::ApiChanged { changes, first } => match changes {
                1 => format!("the API changed: {first}"),
                _ => format!("the API changed in {changes} places, such as: {first}"),
            },
            Self::ApiDigest { day, says, .. } => format!("changes of {day}: {says}"),
            Self::ClauseSuspended { clause, reason, .. } => {
                format!("{clause} is suspended: {reason}")
            }
            Self::PatchEnded { id, until_us } => {
                let until = show::timestamp(*until_us);
                format!("the virtual patch {id} ended on {until}: it refuses nobody any more")
            }
            Self::NewVersion { service, until_us } => format!(
                "a new version of a client of {service} is held to no habit until {}",
                show::timestamp(*until_us)
            ),
            Self::ContractNotFollowed { reason } => {
                format!("the document of contracts is not followed: {reason}")
            }
            Self::EventsLost { count } => {
                format!("{count} events found no reader and were dropped")
            }
            Self::Stopping { within_s } => {
                format!("stopping: open exchanges have {within_s} s to end")
            }
            Self::Stopped => "stopped".to_owned(),
        }
    }

    fn as_json(&self, wall_us: u64) -> Value {
        let Entry { name, level, .. } = self.entry();
        let mut all = Map::new();
        all.insert("schema".to_owned(), json!(SCHEMA));
        all.insert("time".to_owned(), json!(show::timestamp(wall_us)));
        all.insert("level".to_owned(), json!(level.name()));
        all.insert("event".to_owned(), json!(name));
        all.insert("message".to_owned(), json!(self.message()));
        if let Value::Object(fields) = self.fields() {
            all.extend(fields);
        }
        Value::Object(all)
    }

    /// One of each kind, for the reference.
    fn examples() -> Vec<Self> {
        let file = || "bartizan.yaml".to_owned();
        vec![
            Self::Started {
                mode: "observe",
                listen: "127.0.0.1:8080".to_owned(),
                admin: "127.0.0.1:9440".to_owned(),
                upstream: "http://127.0.0.1:3000".to_owned(),
                data: "./bartizan-data".to_owned(),
            },
            Self::NotStarted { reason: "the journal is in use by another instance".to_owned() },
            Self::Doubtful { text: "warning: the exception has expired".to_owned() },
            Self::Reloaded { cause: Cause::File, file: file(), revision: 2, fixed: Vec::new() },
            Self::ReloadRefused {
                cause: Cause::Reference,
                file: file(),
                reason: "certificates[0] holds no certificate in PEM".to_owned(),
            },
            Self::NothingToReload,
            Self::BypassBegun {
                until_us: 1_767_227_400_000_000,
                reason: "orders fail since the release".to_owned(),
                revision: 3,
            },
            Self::BypassEnded { by: EndedBy::Time, revision: 4 },
            Self::LoggedIn { name: "console".to_owned(), role: "admin" },
            Self::ExceptionAdded {
                id: "e1".to_owned(),
                clause: "content.sqli".to_owned(),
                by: "console".to_owned(),
                revision: 5,
            },
            Self::ExceptionRemoved {
                id: "e1".to_owned(),
                clause: "content.sqli".to_owned(),
                by: "console".to_owned(),
                revision: 6,
            },
            Self::OverloadBegun,
            Self::OverloadEnded,
            Self::AddressesShared,
            Self::AddressesDistinct,
            Self::RecordingLess { recorded: "fewer_facts" },
            Self::RecordingFull,
            Self::UpstreamCondition {
                upstream: "default".to_owned(),
                address: "127.0.0.1:3000".to_owned(),
                was: "well",
                is: "failing",
            },
            Self::JournalFailing { reason: "no space left on device".to_owned() },
            Self::JournalWorking,
            Self::LedgerFailing { reason: "no space left on device".to_owned() },
            Self::LedgerWorking,
            Self::Checkpoint {
                size: 3,
                checkpoint: "bartizan/0123456789abcdef\n3\nBASE64\n\n— bartizan/0123456789abcdef \
                             BASE64\n"
                    .to_owned(),
            },
            Self::CheckpointNotKept {
                file: "./bartizan-data.checkpoints".to_owned(),
                reason: "permission denied".to_owned(),
            },
            Self::AlertsFailing { target: "soc".to_owned(), reason: "it answered 503".to_owned() },
            Self::AlertsDelivered { target: "soc".to_owned() },
            Self::AlertsNotKept { reason: "no space left on device".to_owned() },
            Self::SealingFailing { reason: "no space left on device".to_owned() },
            Self::SealingWorking,
            Self::ApiChanged { changes: 3, first: "new endpoint GET /orders/{orderId}".to_owned() },
            Self::ApiDigest {
                day: "2026-11-21".to_owned(),
                changes: 4,
                says: "shop: 1 new endpoint, 3 new fields of answers".to_owned(),
            },
            Self::ClauseSuspended {
                id: "1c0d9e6b4f2a7780".to_owned(),
                clause: "shop: POST /orders: shape.undeclared".to_owned(),
                reason:
                    "3 callers in good standing were refused for the first time within ten minutes"
                        .to_owned(),
            },
            Self::PatchEnded { id: "reviews-markup".to_owned(), until_us: 1_795_000_000_000_000 },
            Self::NewVersion { service: "shop".to_owned(), until_us: 1_795_000_000_000_000 },
            Self::ContractNotFollowed {
                reason: "2 clauses were decided otherwise since the document was made".to_owned(),
            },
            Self::EventsLost { count: 3 },
            Self::Stopping { within_s: 10 },
            Self::Stopped,
        ]
    }
}

/// The text of `docs/log.md`, from the definitions above.
pub fn reference() -> String {
    let mut text = format!(
        "# Log\n\n<!-- Written by `log::reference` from the list of events: change that, not this \
         file. -->\n\n`bartizan run --log json` (or `guard`, or `BARTIZAN_LOG=json`) writes one JSON \
         object per line to standard output, and nothing else there. `--log human`, the default, \
         says the same on standard error in words, after a banner on standard output. What is wrong \
         before the start is on standard error either way.\n\nSingle exchanges are not logged: they \
         are in the journal, which `bartizan tail -o ndjson` prints. Nothing that a client sent is in \
         any event, and neither is a key.\n\nEvery line has `schema` (`{SCHEMA}`), `time` (RFC 3339, \
         UTC), `level` (`info`, `warning`, `error`), `event` and `message`. Fields may be added; the \
         ones that are there keep their meaning. What is looked at once a second (overload, addresses, \
         upstreams, the journal) may change in between unseen.\n\n| event | level | says | further \
         fields |\n|---|---|---|---|\n"
    );
    for event in Event::examples() {
        let Entry { name, level, says } = event.entry();
        let fields = event.fields();
        let fields: Vec<_> =
            fields.as_object().into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
        // Back to being well is no warning.
        let depends = matches!(event, Event::UpstreamCondition { .. });
        let level = if depends { "info, warning" } else { level.name() };
        text.push_str(&format!("| `{name}` | {level} | {says} | {} |\n", fields.join(", ")));
    }
    text.push_str("\nFor example:\n\n```json\n");
    for event in Event::examples() {
        text.push_str(&format!("{}\n", event.as_json(1_767_225_600_000_000)));
    }
    text.push_str("```\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_one_example() {
        let names: Vec<_> = Event::examples().iter().map(|it| it.entry().name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        let kinds: BTreeSet<_> = Event::examples()
            .iter()
            .map(std::mem::discriminant)
            .map(|it| format!("{it:?}"))
            .collect();
        // As many as the enumeration has: a new kind needs its example.
        assert_eq!(kinds.len(), 38);
    }

    #[test]
    fn an_event_is_one_line_whatever_it_tells() {
        let reason = "a\nb\u{1b}[31m\u{2028}".to_owned();
        let event = Event::ReloadRefused { cause: Cause::File, file: "x".to_owned(), reason };
        let line = event.as_json(0).to_string();
        assert!(!line.contains(['\n', '\u{1b}']), "{line}");
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&back["event"], &back["level"]), (&"reload_refused".into(), &"error".into()));
        assert_eq!(back["time"], "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn no_field_of_an_event_hides_one_that_all_have() {
        for event in Event::examples() {
            let fields = event.fields();
            for name in ["schema", "time", "level", "event", "message"] {
                assert!(fields.get(name).is_none(), "{event:?}");
            }
        }
    }
}
