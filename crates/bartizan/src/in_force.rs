//! What is in force, and how it changes: a reload, a bypass and its end. Each change is a new revision,
//! swapped whole and announced to the journal.
//!
//! Reads    settings, and the files that they refer to.
//! Writes   the view that workers judge by; events for the log.
//! Memory   at most [`EVENTS_MAX`] events that nobody took yet.
//! Errors   [`WireFault`]: nothing has changed then. The end of a bypass reads no file, so that it
//!          cannot fail.

use crate::added::AddedExceptions;
use crate::alerts::targets;
use crate::backend::samples;
use crate::bypass::{self, Bypass, BypassFault, Reason, Span};
use crate::config::secret::Reference;
use crate::config::{Settings, Store};
use crate::contract;
use crate::contract::document::Wanted;
use crate::control::{self, Question};
use crate::described;
use crate::import;
use crate::inventory::apis::{Configured, Profiles};
use crate::inventory::live::HeldTo;
use crate::keeper::Kept;
use crate::ledger::{NotRecorded, entries};
use crate::log::{Cause, EndedBy, Event};
use crate::metrics::{Gauges, Samples, Segments};
use crate::patches;
use crate::pipeline::Hub;
use crate::remembered::Keeping;
use crate::rules_record;
use crate::watch::{Referred, Stamps};
use crate::wire::{self, Judging, WireFault, Wired};
use bartizan_console::access::sessions::CODE_S;
use bartizan_console::admin::Facts;
use bartizan_console::api::Api;
use bartizan_edge::proxy::Shared;
use bartizan_edge::proxy::upstream::Upstream;
use bartizan_edge::proxy::views::View;
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::Snapshot;
use bartizan_engine::terms::Terms;
use bartizan_ledger::Digest;
use bartizan_ledger::entry::{Entry, What, Who, Why};
use bartizan_ledger::text::Text;
use bartizan_model::clause::Mode;
use bartizan_model::code::Code;
use bartizan_model::observation::Outcome;
use bartizan_store::Recovery;
use bartizan_store::evidence::Shelf;
use bartizan_store::files::Folder;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Events that wait to be logged; beyond it the oldest is dropped.
const EVENTS_MAX: usize = 64;

/// What the parts of an instance share.
pub(crate) struct State {
    pub(crate) shared: Arc<Shared>,
    pub(crate) hub: Arc<Hub>,
    /// The data directory of this start.
    pub(crate) dir: PathBuf,
    /// How segments are kept since this start.
    pub(crate) store: Store,
    /// Hunts of the console that run.
    pub(crate) hunts: Arc<AtomicUsize>,
    /// Samples, for reading.
    pub(crate) samples: Shelf<Folder>,
    /// The number of the next watch.
    pub(crate) next_watch: AtomicU64,
    pub(crate) rules: Mutex<InForce>,
    /// Every key of the configuration, for a page.
    pub(crate) shown: Mutex<Vec<Value>>,
    /// What of the last change waits for the next start.
    pub(crate) restart_needed: Mutex<Vec<String>>,
    /// Hands out codes for browsers, once it serves.
    pub(crate) api: OnceLock<Weak<Api>>,
    key: HashKey,
    revision: AtomicU64,
    faults: Mutex<Faults>,
    referred: Mutex<Referred>,
    /// Why the document of contracts is not followed.
    contract_fault: Mutex<Option<String>>,
    events: Mutex<VecDeque<Event>>,
    pub(crate) loaded_us: AtomicU64,
    /// What the tables remember over a restart.
    keeping: Keeping,
    /// The revision of contracts up to which decisions are in the ledger.
    recorded: AtomicU64,
    recovery: Recovery,
    address: SocketAddr,
    admin: SocketAddr,
    pub(crate) started_us: u64,
}

/// What judging goes by.
pub(crate) struct InForce {
    /// Those of the file.
    pub(crate) settings: Settings,
    /// What operators put over them.
    pub(crate) added: AddedExceptions,
    /// What they confirmed of APIs.
    confirmed: Profiles,
    wired: Vec<Wired>,
    pub(crate) bypass: Option<Bypass>,
    /// Settings that were read last and could not be taken over because of what they refer to.
    rejected: Option<Settings>,
}

impl InForce {
    /// These settings, with what operators say besides.
    fn over(&self, settings: &Settings) -> Settings {
        self.confirmed.under(self.added.over(settings))
    }
}

/// Why the last change was not taken over.
#[derive(Default)]
struct Faults {
    /// Of the configuration file.
    file: Option<String>,
    /// Of what it refers to.
    referred: Option<String>,
}

/// What a start begins with.
pub(crate) struct Beginning {
    pub(crate) shared: Arc<Shared>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) dir: PathBuf,
    pub(crate) added: AddedExceptions,
    pub(crate) confirmed: Profiles,
    pub(crate) samples: Shelf<Folder>,
    pub(crate) settings: Settings,
    pub(crate) wired: Vec<Wired>,
    pub(crate) stamps: Stamps,
    pub(crate) key: HashKey,
    pub(crate) recovery: Recovery,
    pub(crate) address: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The files that these settings refer to, as they are now.
pub(crate) fn stamps<'a>(all: impl IntoIterator<Item = &'a Settings>) -> Stamps {
    let all: Vec<&Settings> = all.into_iter().collect();
    let described = all.iter().flat_map(|it| it.descriptions().map(|(_, file)| file));
    let documents: Vec<&Path> =
        all.iter().filter_map(|it| it.contract.as_deref()).chain(described).collect();
    let patches: Vec<PathBuf> = all.iter().flat_map(|it| patches::followed(&it.patches)).collect();
    let documents = documents.into_iter().chain(patches.iter().map(PathBuf::as_path));
    let references: Vec<&Reference> =
        all.into_iter().flat_map(|it| it.references().map(|(_, it)| it)).collect();
    let paths = references.into_iter().filter_map(|it| match it {
        Reference::File(path) => Some(path.as_path()),
        Reference::Environment(_) => None,
    });
    Stamps::of(paths.chain(documents).collect::<Vec<&Path>>().into_iter())
}

impl State {
    /// The first revision, announced.
    pub(crate) fn new(it: Beginning) -> Arc<Self> {
        let Beginning {
            shared,
            hub,
            dir,
            added,
            confirmed,
            samples,
            settings,
            wired,
            stamps,
            key,
            ..
        } = it;
        let (recovery, address, admin) = (it.recovery, it.address, it.admin);
        let started_us = shared.clock.now().wall_us;
        let store = settings.store.clone();
        let in_force = InForce { settings, added, confirmed, wired, bypass: None, rejected: None };
        let keeping = Keeping::restore(&dir, key.epoch(), &shared.tables, shared.clock.now());
        let state = Self {
            keeping,
            recorded: AtomicU64::new(contract::recorded::read(&dir)),
            hub,
            dir,
            store,
            hunts: Arc::default(),
            samples,
            next_watch: AtomicU64::new(1),
            shown: Mutex::default(),
            restart_needed: Mutex::default(),
            api: OnceLock::new(),
            rules: Mutex::new(in_force),
            key,
            revision: AtomicU64::new(1),
            faults: Mutex::default(),
            referred: Mutex::new(Referred::starting(stamps)),
            contract_fault: Mutex::default(),
            events: Mutex::default(),
            loaded_us: AtomicU64::new(started_us),
            recovery,
            address,
            admin,
            started_us,
            shared,
        };
        state.hub.inventory.configure(Configured::of(&lock(&state.rules).settings));
        state.announce(&lock(&state.rules));
        state.record_configuration(&lock(&state.rules).settings, Why::Start);
        Arc::new(state)
    }

    /// The revision in force.
    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Acquire)
    }

    /// A configuration that was read, or why it could not be.
    pub(crate) fn reload(
        &self,
        read: Result<Settings, String>,
        cause: Cause,
    ) -> Result<Vec<String>, String> {
        let why = match cause {
            Cause::Signal => Why::Signal,
            Cause::File => Why::File,
            Cause::Reference => Why::Reference,
        };
        // The file is as it was: what it refers to is not, and may be mended without it.
        let is_same = read.as_ref().is_ok_and(|it| *it == lock(&self.rules).settings);
        let result =
            read.and_then(|settings| self.take_over(settings, why).map_err(|it| it.to_string()));
        let mut faults = lock(&self.faults);
        match &result {
            Ok(_) => *faults = Faults::default(),
            Err(why) if is_same => {
                *faults = Faults { referred: Some(why.clone()), ..Faults::default() };
            }
            Err(why) => faults.file = Some(why.clone()),
        }
        result
    }

    /// Reads what the configuration refers to again, if it has changed.
    pub(crate) fn follow_references(&self) -> Option<Result<Vec<String>, String>> {
        if !lock(&self.referred).look() {
            return None;
        }
        let (settings, rejected) = {
            let rules = lock(&self.rules);
            (rules.settings.clone(), rules.rejected.clone())
        };
        // A configuration that only lacked a certificate may be complete by now.
        if let Some(fixed) = rejected.and_then(|it| self.take_over(it, Why::Reference).ok()) {
            *lock(&self.faults) = Faults::default();
            return Some(Ok(fixed));
        }
        let result = self.take_over(settings, Why::Reference).map_err(|it| it.to_string());
        lock(&self.faults).referred = result.as_ref().err().cloned();
        Some(result)
    }

    fn take_over(&self, settings: Settings, why: Why) -> Result<Vec<String>, WireFault> {
        let mut rules = lock(&self.rules);
        // Before anything is read: what changes from here on is news.
        lock(&self.referred).read(stamps([&rules.settings, &settings]));
        // The same rules again are no new revision: a signal may follow a change that was seen. What
        // they refer to may have changed all the same.
        let refers = settings.references().next().is_some()
            || settings.descriptions().next().is_some()
            || !settings.patches.is_empty()
            || settings.contract.is_some();
        if rules.settings == settings && !refers {
            rules.rejected = None;
            self.loaded_us.store(self.shared.clock.now().wall_us, Relaxed);
            return Ok(Vec::new());
        }
        let judging = judging(rules.bypass.as_ref());
        let revision = self.revision() + 1;
        let over = rules.over(&settings);
        let document = settings.contract.as_deref().map(contract::import::wanted).transpose();
        let kept = import::describe_all(&self.dir, &settings).map_err(WireFault::Description);
        let made = wire::view(&over, &self.key, revision, judging, &rules.wired).and_then(|it| {
            let targets = targets::of(&settings.alerts.targets)?;
            kept?;
            Ok((it, targets, document.map_err(WireFault::Contract)?))
        });
        let ((view, wired), targets, document) = match made {
            Ok(it) => it,
            Err(fault) => {
                rules.rejected = Some(settings).filter(|it| *it != rules.settings);
                return Err(fault);
            }
        };
        self.loaded_us.store(self.shared.clock.now().wall_us, Relaxed);
        let fixed = fixed(&rules.settings, &settings);
        lock(&self.restart_needed).clone_from(&fixed);
        self.shared.tables.set_held_bytes_max(settings.limits.held_bytes_max);
        rules.wired = wired;
        self.hub.alerts.configure(&settings.alerts, targets);
        self.hub.inventory.configure(Configured::of(&settings));
        let by = entries::owner(settings.file.as_deref().map(Path::new));
        let exceptions = entries::exceptions(&rules.settings, &settings, &by);
        rules.settings = settings;
        rules.rejected = None;
        self.put(&rules, revision, view);
        self.record_configuration(&rules.settings, why);
        exceptions.into_iter().for_each(|it| self.record(it));
        drop(rules);
        self.follow_document(document.as_deref());
        Ok(fixed)
    }

    /// Decides of contracts as the document says that the configuration names. What it cannot is told; the rest of the
    /// configuration is in force all the same.
    fn follow_document(&self, document: Option<&[Wanted]>) {
        let at_us = self.shared.clock.now().wall_us;
        let follow = |it| self.hub.inventory.follow_document(&self.dir, it, at_us);
        self.contest(document.map(follow).and_then(Result::err).map(|it| it.to_string()));
    }

    /// Why the document of contracts is not followed, or that it is. Told when it begins.
    pub(crate) fn contest(&self, fault: Option<String>) {
        let mut known = lock(&self.contract_fault);
        if *known == fault {
            return;
        }
        known.clone_from(&fault);
        drop(known);
        if let Some(reason) = fault {
            self.tell(Event::ContractNotFollowed { reason });
        }
    }

    /// Puts a view in force. The lock is held, so that revisions are announced in their order.
    fn put(&self, rules: &InForce, revision: u64, mut view: View) {
        let terms = Arc::clone(&self.shared.views.current().snapshot.terms);
        view.snapshot = Arc::new(Snapshot { terms, ..Snapshot::clone(&view.snapshot) });
        self.shared.views.swap(view);
        // Whoever sees the number sees what it is of.
        self.revision.store(revision, Release);
        self.announce(rules);
    }

    /// Holds calls to these terms from now on. What was decided of them has its revision and its entries; the rules
    /// are the same.
    pub(crate) fn hold(&self, it: HeldTo) {
        let _rules = lock(&self.rules);
        let current = self.shared.views.current();
        let terms = Arc::new(Terms::new(it.terms).with_graced(it.graced).with_usual(it.usual));
        let snapshot = Arc::new(Snapshot { terms, ..Snapshot::clone(&current.snapshot) });
        self.shared.views.swap(View { snapshot, ..View::clone(&current) });
    }

    /// Goes by what people confirm of APIs.
    pub(crate) fn follow_profiles(&self) {
        let Some(confirmed) = self.hub.inventory.profiles() else { return };
        let mut rules = lock(&self.rules);
        if rules.confirmed != confirmed {
            rules.confirmed = confirmed;
            self.judge_anew(&rules);
        }
    }

    /// Keeps what the tables remember.
    pub(crate) fn follow_tables(&self) {
        self.keeping.follow(&self.shared.tables, self.shared.clock.now());
    }

    /// Keeps it a last time.
    pub(crate) fn keep_tables(&self) {
        self.keeping.end(&self.shared.tables, self.shared.clock.now());
    }

    /// Holds calls to what is decided and proposed by now, and keeps what was decided in the ledger.
    pub(crate) fn follow_contracts(&self) {
        let live = &self.hub.inventory;
        let handed = self.shared.tables.handed();
        handed.set_horizon_ns(live.tempo().horizon_us().saturating_mul(1_000));
        if let Some(held_to) = live.take_terms() {
            self.hold(held_to);
        }
        let contracts = live.contracts();
        let recorded = self.recorded.load(Relaxed);
        if contracts.revision == recorded {
            return;
        }
        let owner = entries::owner(Some(&self.dir.join(contract::file::FILE)));
        let mut new = contract::recorded::entries(&contracts, recorded, &owner);
        let last = new.pop();
        new.into_iter().for_each(|it| self.record(it));
        self.recorded.store(contracts.revision, Relaxed);
        // What counts as recorded is on disk: an instance that is killed now loses none. A disk that takes nothing:
        // after the next start they are recorded once more.
        if last.is_none_or(|it| self.record_durably(it)) {
            contract::recorded::keep(&self.dir, contracts.revision).ok();
        }
    }

    /// Records this and all before it; whether they are on disk.
    fn record_durably(&self, what: What) -> bool {
        let entry = Entry { at_us: self.shared.clock.now().wall_us, what };
        match self.hub.ledger.commit(&entry) {
            Ok(_) => true,
            // It waits for the disk.
            Err(NotRecorded::Fault(_)) => false,
            // That is counted and recorded.
            Err(NotRecorded::Full | NotRecorded::Stopping) => {
                self.hub.ledger.record(&entry);
                false
            }
        }
    }

    /// Has the rules in force written to the journal.
    fn announce(&self, rules: &InForce) {
        let view = Arc::clone(&self.shared.views.current().snapshot);
        let wall_us = self.shared.clock.now().wall_us;
        let over = rules.over(&rules.settings);
        let record = rules_record::of(&over, &view, rules.bypass.as_ref(), wall_us);
        self.hub.announce(record);
    }

    /// From now on only the law is in force. A bypass that runs is replaced.
    pub(crate) fn begin_bypass(&self, span: Span, reason: Reason, by: Who) -> Value {
        let mut rules = lock(&self.rules);
        let bypass = Bypass::starting(span, reason, self.shared.clock.now().wall_us);
        let shown = bypass.as_json();
        let (until_us, reason) = (bypass.until_us, bypass.reason.as_str().to_owned());
        rules.bypass = Some(bypass);
        let revision = self.judge_anew(&rules);
        let why = Text::of(&reason);
        self.record(What::BypassBegun { revision, until_us, by, reason: why });
        self.tell(Event::BypassBegun { until_us, reason, revision });
        json!({ "schema": bypass::SCHEMA, "revision": revision, "bypass": shown })
    }

    pub(crate) fn end_bypass(&self, by: Who) -> Value {
        let mut rules = lock(&self.rules);
        match rules.bypass.take() {
            None => json!({ "error": BypassFault::None.to_string() }),
            Some(_) => {
                let revision = self.judge_anew(&rules);
                self.record(What::BypassEnded { revision, by });
                self.tell(Event::BypassEnded { by: EndedBy::Operator, revision });
                json!({ "schema": bypass::SCHEMA, "revision": revision, "bypass": null })
            }
        }
    }

    /// Ends a bypass whose time is over.
    pub(crate) fn end_what_is_over(&self) {
        let now_us = self.shared.clock.now().wall_us;
        self.end_watches(now_us);
        let mut rules = lock(&self.rules);
        if rules.bypass.as_ref().is_some_and(|it| it.is_over(now_us)) {
            rules.bypass = None;
            let revision = self.judge_anew(&rules);
            self.record(What::BypassEnded { revision, by: Who::Itself });
            self.tell(Event::BypassEnded { by: EndedBy::Time, revision });
        }
    }

    /// Its time is over.
    #[cfg(test)]
    pub(crate) fn hasten_bypass(&self) {
        if let Some(bypass) = &mut lock(&self.rules).bypass {
            bypass.until_us = 0;
        }
    }

    /// The same settings, judged otherwise. Reads no file.
    pub(crate) fn judge_anew(&self, rules: &InForce) -> u64 {
        let revision = self.revision() + 1;
        let judging = judging(rules.bypass.as_ref());
        let over = rules.over(&rules.settings);
        let current = self.shared.views.current();
        let described = described::in_force(&current.snapshot);
        // The truth stays: nothing was said of it.
        let truth = Arc::clone(&current.snapshot.truth);
        let read = (&described, patches::in_force(&current.snapshot), truth);
        let snapshot = wire::snapshot(&over, self.key.clone(), revision, judging, read);
        let view = View { snapshot: Arc::new(snapshot), ..View::clone(&current) };
        self.put(rules, revision, view);
        revision
    }

    /// Has it written to the ledger.
    pub(crate) fn record(&self, what: What) {
        let at_us = self.shared.clock.now().wall_us;
        // Where there is no room, that is counted and recorded.
        self.hub.ledger.record(&Entry { at_us, what });
    }

    fn record_configuration(&self, settings: &Settings, why: Why) {
        let by = entries::owner(settings.file.as_deref().map(Path::new));
        let (revision, settings) = (self.revision(), Digest(settings.digest));
        self.record(What::Configuration { revision, settings, by, why });
    }

    pub(crate) fn tell(&self, event: Event) {
        let mut events = lock(&self.events);
        if events.len() >= EVENTS_MAX {
            events.pop_front();
        }
        events.push_back(event);
    }

    /// What happened since the last time.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        lock(&self.events).drain(..).collect()
    }
}

fn judging(bypass: Option<&Bypass>) -> Judging {
    if bypass.is_some() { Judging::OnlyLaw } else { Judging::Everything }
}

/// What of a change waits for the next start.
fn fixed(before: &Settings, after: &Settings) -> Vec<String> {
    let changed = [
        ("listen.address", before.listen.address.value != after.listen.address.value),
        ("listen.workers", before.listen.workers != after.listen.workers),
        ("admin.address", before.admin.address.value != after.admin.address.value),
        ("data", before.data != after.data),
        ("ledger", before.ledger != after.ledger),
        ("store", before.store != after.store),
        ("evidence.bytes_max", before.evidence.bytes_max != after.evidence.bytes_max),
        ("evidence.age_max", before.evidence.age_max_ms != after.evidence.age_max_ms),
    ];
    let changed = changed.iter().filter(|(_, changed)| *changed);
    changed.map(|(name, _)| format!("{name} changes with the next start")).collect()
}

impl Facts for State {
    fn ready(&self) -> Result<(), String> {
        if let Some(fault) = &*lock(&self.hub.journal_fault) {
            return Err(format!("the journal cannot be written: {fault}"));
        }
        if let Some(fault) = self.hub.ledger.standing().fault {
            return Err(format!("the ledger cannot be written: {fault}"));
        }
        match &*lock(&self.hub.kept.fault) {
            Some(fault) => Err(format!("segments cannot be sealed: {fault}")),
            None => Ok(()),
        }
    }

    fn metrics(&self) -> String {
        let ledger = self.hub.ledger.standing();
        self.hub.metrics.text(Gauges {
            ledger_entries: ledger.size,
            ledger_anchored: ledger.anchored,
            ledger_lost: ledger.lost,
            ledger_errors: ledger.errors,
            connections: self.shared.connections.load(Relaxed),
            held_bytes: self.shared.tables.held_bytes(),
            revision: self.revision.load(Acquire),
            turned_away: self.shared.turned_away.load(Relaxed),
            handshakes_failed: self.shared.handshakes_failed.load(Relaxed),
            resident_bytes: self.shared.pressure.resident_bytes(),
            shed: self.shared.tables.shed(),
            bypassed: lock(&self.rules).bypass.is_some(),
            detail: self.shared.tables.detail().level(),
            alerts: self.hub.alerts.figures(),
            segments: Segments::of(&self.hub.kept),
            samples: self.samples_counted(),
        })
    }
}

/// What `status` says while address rules would fall on everybody.
const ADDRESSES_ARE_SHARED: &str = "most traffic comes from few private addresses, as through a \
    proxy that is not in `trusted_proxies`: `clients.deny` and `clients.rate` are not applied, \
    because they would hit everybody behind it; name the proxy, or set `clients.addresses_are_clients`";

pub(crate) fn upstream(it: &Upstream, now_ms: u64) -> Value {
    let addresses = it.target.addresses.iter().zip(it.balance.conditions(now_ms));
    let addresses: Vec<Value> = addresses
        .map(
            |((host, port), condition)| json!({"host": host, "port": port, "is": condition.name()}),
        )
        .collect();
    json!({
        "name": &*it.target.name,
        "in_flight": it.balance.in_flight(),
        "addresses": addresses,
    })
}

/// What `status` says of sealed segments.
fn segments(kept: &Kept) -> Value {
    let it = kept.forecast();
    json!({
        "segments": it.segments,
        "rows": it.rows,
        "bytes": it.bytes,
        "oldest": it.oldest_us.map(crate::show::timestamp),
        "bytes_per_day": it.bytes_per_day,
        "days_until_full": it.days_left,
        "days_kept": it.days_kept,
        "journal_segments_waiting": kept.waiting.load(Relaxed),
        "journal_segments_lost": it.lost,
        "dropped": kept.dropped.load(Relaxed),
        "fault": *lock(&kept.fault),
    })
}

impl control::Answers for State {
    fn answer(&self, question: Question, user: Option<u32>) -> Value {
        let by = user.map_or(Who::Itself, Who::User);
        match question {
            Question::Status => self.status(),
            Question::Bypass(span, reason) => self.begin_bypass(span, reason, by),
            Question::EndBypass => self.end_bypass(by),
            Question::Login => self.login_link(),
            Question::TestAlert(target) => self.test_alerts(target.as_deref(), &by),
        }
    }
}

impl State {
    /// A link that logs a browser in, once.
    pub(crate) fn login_link(&self) -> Value {
        match self.api.get().and_then(Weak::upgrade).and_then(|it| it.login_code()) {
            Some(code) => json!({
                "schema": "bartizan.console/v1",
                "link": format!("http://{}/#/login?code={code}", self.admin),
                "works_for_s": CODE_S,
            }),
            None => json!({ "error": "no code can be made now" }),
        }
    }

    /// Sends a test alert to one target, or to each, one after the other.
    fn test_alerts(&self, target: Option<&str>, by: &Who) -> Value {
        let names = self.hub.alerts.names();
        let wanted: Vec<&str> = match target {
            Some(name) => vec![name],
            None => names.iter().map(String::as_str).collect(),
        };
        if wanted.is_empty() {
            return json!({ "error": "no target of alerts is configured" });
        }
        let mut tested = Vec::new();
        for name in wanted {
            match self.try_alert(name, by.clone()) {
                Ok(it) => tested.push(json!({
                    "target": name,
                    "delivered": it.delivered,
                    "detail": it.detail,
                })),
                Err(fault) => return json!({ "error": format!("{name}: {fault}") }),
            }
        }
        json!({ "schema": crate::alerts::SCHEMA, "tested": tested })
    }

    fn status(&self) -> Value {
        let rules = lock(&self.rules);
        let settings = &rules.settings;
        let view = self.shared.views.current();
        let metrics = &self.hub.metrics;
        let exchanges: Value = Outcome::ALL
            .iter()
            .map(|it| (it.name().to_owned(), json!(metrics.exchanges(*it))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let would: u64 = Code::ALL.iter().map(|it| metrics.would_refuse(*it)).sum();
        let in_force: Value = view
            .snapshot
            .rules
            .base
            .clauses
            .clauses()
            .iter()
            .filter(|it| it.mode != Mode::Off)
            .map(|it| (it.name.name().to_owned(), json!(it.mode.name())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let now_ms = self.shared.clock.coarse_ms();
        let upstreams: Vec<Value> = view.upstreams.iter().map(|it| upstream(it, now_ms)).collect();
        let are_shared = self.shared.tables.crowd().is_shared();
        let are_direct = view.snapshot.rules.clients.are_direct;
        let client_addresses = match (are_shared, are_direct) {
            (true, false) => ADDRESSES_ARE_SHARED,
            (true, true) => "few private addresses; address rules apply all the same",
            (false, _) => "of clients",
        };
        json!({
            "schema": "bartizan.status/v1",
            "running": true,
            "version": env!("CARGO_PKG_VERSION"),
            "mode": settings.mode.value.name(),
            "listen": self.address.to_string(),
            "admin": self.admin.to_string(),
            "upstream": settings.upstream_urls(),
            "configuration": settings.file,
            "configuration_loaded": crate::show::timestamp(self.loaded_us.load(Relaxed)),
            "revision": self.revision.load(Acquire),
            "started": crate::show::timestamp(self.started_us),
            "uptime_s": self.shared.clock.now().wall_us.saturating_sub(self.started_us) / 1_000_000,
            "connections": self.shared.connections.load(Relaxed),
            "connections_turned_away": self.shared.turned_away.load(Relaxed),
            "handshakes_failed": self.shared.handshakes_failed.load(Relaxed),
            "tls": view.tls.is_some(),
            "upstreams": upstreams,
            "client_addresses": client_addresses,
            "overloaded": self.shared.tables.is_overloaded(),
            "resident_bytes": self.shared.pressure.resident_bytes(),
            "exchanges": exchanges,
            "would_refuse": would,
            "observations_lost": metrics.lost_count(),
            "recording": self.shared.tables.detail().level().name(),
            "clauses": in_force,
            "patches": self.patches(&view.snapshot),
            "journal_bytes_cut_at_start": self.recovery.bytes_cut,
            "journal_fault": *lock(&self.hub.journal_fault),
            "ledger": self.ledger_status(),
            "segments": segments(&self.hub.kept),
            "evidence": samples::status(self),
            "reload_fault": self.reload_fault(),
            "contract_fault": *lock(&self.contract_fault),
            "alerts": self.hub.alerts.status(),
            "bypass": rules.bypass.as_ref().map(Bypass::as_json),
        })
    }

    /// The patches in force, each with how often it was broken since the start.
    fn patches(&self, snapshot: &Snapshot) -> Value {
        let now_us = self.shared.clock.now().wall_us;
        let hits = lock(&self.hub.patched);
        let all = snapshot.rules.patches.all().iter().map(|it| {
            let mut shown = patches::as_json(it.patch(), now_us);
            if let Some(members) = shown.as_object_mut() {
                let hits = hits.get(&it.patch().mark().bytes()).copied().unwrap_or_default();
                members.insert("hits".to_owned(), json!(hits));
            }
            shown
        });
        all.collect()
    }

    fn samples_counted(&self) -> Samples {
        let it = self.samples.kept();
        Samples {
            bytes: it.bytes,
            kept: it.samples,
            written: it.written,
            lost: it.lost.saturating_add(self.hub.samples_unplaced.load(Relaxed)),
            not_taken: self.shared.tables.evidence().shed(),
        }
    }

    fn ledger_status(&self) -> Value {
        let it = self.hub.ledger.standing();
        json!({
            "entries": it.size,
            "under_checkpoint": it.signed,
            "anchored": it.anchored,
            "lost": it.lost,
            "fault": it.fault,
            "checkpoints_fault": it.unkept,
        })
    }

    pub(crate) fn reload_fault(&self) -> Option<String> {
        let faults = lock(&self.faults);
        let all: Vec<&str> =
            faults.file.iter().chain(&faults.referred).map(String::as_str).collect();
        if all.is_empty() { None } else { Some(all.join("\n")) }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
