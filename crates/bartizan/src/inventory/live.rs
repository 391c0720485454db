//! The inventory of a running instance: a thread of its own learns from what the pipeline is done with.
//!
//! Reads    at the start what is kept, oldest first; then observations as they end.
//! Memory   the inventory, and [`WAITING_MAX`] observations.
//! Misses   observations that find no room are counted: calls are missing then, the record of them is not. What
//!          an answer of the console is made from may be some seconds old. When somebody says something of paths,
//!          all is learnt again: of what ends in the second before, some may be missing until the next start.

use super::Learnt;
use super::apis::{self, Apis, Configured, Known, Profiles};
use super::changed::{self, Summary};
use super::classes;
use super::fold;
use super::said::{self, Sayings};
use super::trend;
use crate::contract::document::Wanted;
use crate::contract::{
    self, Around, Because, Contracts, Decision, Fault, Held as HeldAs, NewVersion, Release,
    Released, Suspended, Watch, file as contract_file,
};
use crate::in_force::lock;
use crate::tempo::Tempo;
use crate::wall::now_us;
use bartizan_engine::terms::Graced;
use bartizan_learn::changes::{Change, What, changes};
use bartizan_learn::digest::DAY_US;
use bartizan_learn::inventory::Inventory;
use bartizan_learn::relations::Relations;
use bartizan_learn::retirement::Plan;
use bartizan_learn::terms::{Proposed, propose};
use bartizan_learn::usual::Fields;
use bartizan_model::id::EndpointId;
use bartizan_model::observation::Observation;
use bartizan_model::profile::Profile;
use bartizan_model::terms::{Force, TermsByRoute};
use bartizan_model::usual::Usual;
use bartizan_store::segments::held::Held;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Observations that wait to be learnt from.
const WAITING_MAX: usize = 8_192;
/// Observations that are taken under one lock.
const BATCH: usize = 256;
/// Time between two looks whether to end.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Time between two looks whether somebody said something.
const SAID_EVERY: Duration = Duration::from_secs(3);

/// Time between two looks for changes, which go through the whole inventory.
const CHANGES_EVERY: Duration = Duration::from_secs(30);
/// Changes that wait to be told; further ones are in the console alone.
const CHANGES_MAX: usize = 1_000;
/// Changes that are remembered as told; then all are forgotten but new ones.
const TOLD_MAX: usize = 100_000;

/// What calls are held to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HeldTo {
    pub(crate) terms: TermsByRoute,
    /// Versions of clients that are held to no habit of it.
    pub(crate) graced: Vec<Graced>,
    /// What fields usually hold that would speak for attacks elsewhere.
    pub(crate) usual: Vec<Usual>,
}

/// What was told.
#[derive(Debug, Default)]
struct Told {
    /// Calls at the last look: without further ones nothing changed.
    calls: u64,
    known: BTreeSet<u64>,
}

impl Told {
    fn is_new(&mut self, it: &Change<'_>) -> bool {
        if self.known.len() >= TOLD_MAX {
            self.known.clear();
        }
        // Its class may be told later: that is no further change.
        let what = match it.what {
            What::RequestField(place, _) | What::ResponseField(place, _) => place.to_string(),
            What::RequestValue(place, it) | What::ResponseValue(place, it) => {
                let times = it.added().map_or(0, |it| it.times);
                format!("{place} {times}")
            }
            What::Status(status) => status.to_string(),
            What::Endpoint | What::Silent => String::new(),
        };
        let key = format!("{:016x} {what}", it.endpoint.id().bits());
        self.known.insert(EndpointId::of(it.what.name(), &key).bits())
    }
}

/// What the inventory is made of, beside what ends now.
#[derive(Debug)]
pub(crate) struct Origins {
    /// What is kept; `None` if it cannot be read.
    pub(crate) held: Option<Held>,
    /// The data directory.
    pub(crate) dir: PathBuf,
    /// The service, if there is one only.
    pub(crate) only: Option<String>,
}

/// What the rest of the process sees of it.
#[derive(Debug)]
pub struct Live {
    known: Mutex<Learnt>,
    said: Mutex<Arc<Sayings>>,
    configured: Mutex<Configured>,
    apis: Mutex<Arc<Apis>>,
    /// Held while what is said of APIs, or decided of contracts, is read or written, so that nothing older is put over
    /// what was confirmed.
    keeping: Mutex<()>,
    changed: Mutex<Vec<String>>,
    /// What people decided of contracts.
    contracts: Mutex<Arc<Contracts>>,
    /// What traffic speaks for, as of the last look.
    proposed: Mutex<Arc<Vec<Proposed>>>,
    /// What calls are to be held to from now on, until somebody takes it.
    terms: Mutex<Option<HeldTo>>,
    /// What calls are held to.
    held: Mutex<HeldTo>,
    /// Who breaks habit.
    watch: Mutex<Watch>,
    /// What was suspended and nobody was told yet.
    suspended: Mutex<Vec<Suspended>>,
    /// Versions of clients that are held to no habit, of which nobody was told yet.
    versions: Mutex<Vec<NewVersion>>,
    digest: Mutex<Option<Summary>>,
    sender: SyncSender<Observation>,
    receiver: Mutex<Option<Receiver<Observation>>>,
    missed: AtomicU64,
    is_catching_up: AtomicBool,
    stopping: AtomicBool,
}

impl Default for Live {
    fn default() -> Self {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        Self {
            known: Mutex::default(),
            said: Mutex::default(),
            configured: Mutex::default(),
            apis: Mutex::default(),
            keeping: Mutex::default(),
            changed: Mutex::default(),
            contracts: Mutex::default(),
            proposed: Mutex::default(),
            terms: Mutex::default(),
            held: Mutex::default(),
            watch: Mutex::default(),
            suspended: Mutex::default(),
            versions: Mutex::default(),
            digest: Mutex::default(),
            sender,
            receiver: Mutex::new(Some(receiver)),
            missed: AtomicU64::new(0),
            is_catching_up: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
        }
    }
}

impl Live {
    /// Starts the thread. What is kept of before `now_us` is learnt first.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(crate) fn start(self: &Arc<Self>, source: Origins, now_us: u64) -> io::Result<()> {
        let Some(receiver) = lock(&self.receiver).take() else { return Ok(()) };
        let it = Arc::clone(self);
        let thread = std::thread::Builder::new().name("inventory".to_owned());
        drop(thread.spawn(move || {
            let mut marks = said::mark(&source.dir);
            it.follow_apis(&source.dir);
            it.follow_contracts(&source.dir);
            // What people put in force holds before anything is learnt anew.
            it.hold();
            *lock(&it.known) = it.told(&source);
            if let Some(held) = &source.held {
                let learn = |seen: &Observation| {
                    if seen.started.wall_us < now_us {
                        lock(&it.known).observe(seen);
                        lock(&it.watch).remember(seen);
                    }
                    it.take(&receiver);
                    !it.stopping.load(Relaxed)
                };
                // What cannot be read is told by whoever keeps it; live traffic teaches all the same.
                fold(held, 0, learn).ok();
            }
            lock(&it.known).inventory.settle();
            it.is_catching_up.store(false, Relaxed);
            let mut looked = Instant::now();
            // What changed before is in the console; nobody is told again.
            let mut told = Told::default();
            it.look_for_changes(&mut told);
            lock(&it.changed).clear();
            it.keep_posture(&source.dir, now_us / DAY_US);
            let mut changed = looked;
            it.look_for_terms(&source.dir);
            let mut today = now_us / DAY_US;
            while !it.stopping.load(Relaxed) {
                if !it.follow(&receiver) {
                    return;
                }
                it.suspend(&source.dir);
                if looked.elapsed() >= SAID_EVERY {
                    looked = Instant::now();
                    if changed.elapsed() >= CHANGES_EVERY {
                        changed = looked;
                        it.look_for_changes(&mut told);
                        it.look_for_midnight(&mut today, &source.dir);
                        it.follow_contracts(&source.dir);
                        it.look_for_terms(&source.dir);
                    } else if it.follow_contracts(&source.dir) || it.tempo().is_lab() {
                        it.look_for_terms(&source.dir);
                    }
                    let now = said::mark(&source.dir);
                    let others = it.follow_apis(&source.dir);
                    // Who called what goes is known of what was marked only.
                    if now != marks || others {
                        marks = now;
                        it.learn_anew(&source, &receiver);
                    }
                }
            }
        })?);
        Ok(())
    }

    /// What is known of nothing but what was said.
    fn told(&self, source: &Origins) -> Learnt {
        let said = Sayings::read(&source.dir);
        let plan = Plan::new(lock(&self.apis).retirements());
        let relations = Some(Relations::default());
        let usual = Some(Fields::new(self.tempo().standing_us()));
        let mut learnt = Learnt { inventory: Inventory::default(), plan, relations, usual };
        said.tell(&mut learnt.inventory, source.only.as_deref());
        *lock(&self.said) = Arc::new(said);
        learnt
    }

    /// What is configured of APIs from now on; it is followed within seconds.
    pub(crate) fn configure(&self, configured: Configured) {
        *lock(&self.configured) = configured;
    }

    /// Follows what people say of APIs; whether other endpoints go. A disk that takes nothing is tried again at the
    /// next look: those who read what is kept see what was configured before, until then.
    fn follow_apis(&self, dir: &Path) -> bool {
        let configured = lock(&self.configured).clone();
        let kept = configured.keep(dir);
        let _keeping = lock(&self.keeping);
        let mut now = Apis::with(configured, dir);
        now.faults.extend(kept.err());
        let mut apis = lock(&self.apis);
        let is_other = apis.retirements() != now.retirements();
        *apis = Arc::new(now);
        is_other
    }

    /// Keeps what a person confirms of a service, and goes by it from now on.
    pub(crate) fn confirm(
        &self,
        dir: &Path,
        service: &str,
        profile: &Profile,
        by: &str,
        at_us: u64,
    ) -> Result<(), String> {
        let configured = lock(&self.configured).clone();
        let _keeping = lock(&self.keeping);
        apis::confirm(dir, service, profile, Some(by.to_owned()), at_us)?;
        *lock(&self.apis) = Arc::new(Apis::with(configured, dir));
        Ok(())
    }

    /// Follows what people decide of contracts; whether that is something else. What cannot be read changes nothing.
    fn follow_contracts(&self, dir: &Path) -> bool {
        // Nothing older is put over what was decided meanwhile.
        let _keeping = lock(&self.keeping);
        let Ok(read) = contract_file::read(dir) else { return false };
        let mut contracts = lock(&self.contracts);
        let is_other = contracts.revision != read.revision;
        if is_other {
            *contracts = Arc::new(read);
        }
        is_other
    }

    /// What people confirmed of APIs, unless that is not known yet or cannot be read.
    pub(crate) fn profiles(&self) -> Option<Profiles> {
        lock(&self.apis).profiles()
    }

    /// How fast things go.
    pub(crate) fn tempo(&self) -> Tempo {
        lock(&self.apis).tempo()
    }

    /// Looks what traffic speaks for by now.
    fn look_for_terms(&self, dir: &Path) {
        let tempo = self.tempo();
        let found = {
            let known = lock(&self.known);
            let Some(relations) = &known.relations else { return };
            let contracts = self.contracts();
            let apis = Arc::clone(&lock(&self.apis));
            let said = |service: &str| contracts.said(service, apis.profile(service).subjects);
            let (inventory, pace) = (&known.inventory, tempo.pace());
            propose(inventory, relations, &classes::maskable, &pace, &said)
        };
        *lock(&self.proposed) = Arc::new(found);
        if tempo.is_lab() {
            self.promote(dir);
        }
        self.hold();
    }

    /// In a lab, puts in force what may be and does no harm to wait for: clauses against harm.
    fn promote(&self, dir: &Path) {
        let (contracts, proposed) = (self.contracts(), self.proposed());
        let ready = contracts.promoted_by_lab(&proposed);
        if ready.is_empty() {
            return;
        }
        let reason = "the lab puts clauses against harm in force by itself".to_owned();
        let why = Because { by: Some("lab".to_owned()), at_us: now_us(), reason };
        let decision = Decision::Hold(HeldAs::As(Force::Enforced));
        for id in ready {
            // A disk that takes nothing is tried again at the next look.
            self.decide(dir, None, &[id], decision, &why).ok();
        }
    }

    /// Suspends the habits that changed.
    fn suspend(&self, dir: &Path) {
        let versions = lock(&self.watch).take_versions();
        if !versions.is_empty() {
            let mut told = lock(&self.versions);
            let room = CHANGES_MAX.saturating_sub(told.len());
            told.extend(versions.into_iter().take(room));
            drop(told);
            self.hold();
        }
        let due = lock(&self.watch).take_due();
        for it in due {
            let by = Some(contract::ITSELF.to_owned());
            let why = Because { by, at_us: now_us(), reason: it.reason() };
            let id = it.which.id();
            let done = self.change(dir, None, |contracts| {
                // Somebody may have decided otherwise a moment ago.
                match contracts.of(&it.which).is_some_and(|it| it.held.refuses()) {
                    true => contracts
                        .decide(&id, Decision::Hold(HeldAs::Suspended), &[], &why)
                        .map(drop),
                    false => Err(Fault::Undecided(id.clone())),
                }
            });
            match done {
                Ok(()) => {
                    let mut suspended = lock(&self.suspended);
                    if suspended.len() < CHANGES_MAX {
                        suspended.push(it);
                    }
                }
                // A disk that takes nothing is tried again at the next look.
                Err(Fault::Disk(_)) => lock(&self.watch).put_back(it),
                Err(
                    Fault::NoClause(_)
                    | Fault::Undecided(_)
                    | Fault::TooEarly
                    | Fault::TooMany
                    | Fault::NoRevision { .. }
                    | Fault::NoState(_)
                    | Fault::Conflicts(_)
                    | Fault::Release
                    | Fault::Overtaken { .. },
                ) => {}
            }
        }
    }

    /// Versions of clients that are held to no habit, of which nobody was told yet.
    pub(crate) fn take_versions(&self) -> Vec<NewVersion> {
        std::mem::take(&mut lock(&self.versions))
    }

    /// What was suspended and nobody was told yet.
    pub(crate) fn take_suspended(&self) -> Vec<Suspended> {
        std::mem::take(&mut lock(&self.suspended))
    }

    /// Decides on clauses, keeps that, and goes by it from now on. Whoever `seen` a revision decides only if it is
    /// still the one in force.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn decide(
        &self,
        dir: &Path,
        seen: Option<u64>,
        ids: &[String],
        decision: Decision,
        why: &Because,
    ) -> Result<(), Fault> {
        let proposed = self.proposed();
        self.change(dir, seen, |it| {
            ids.iter().try_for_each(|id| it.decide(id, decision, &proposed, why).map(drop))
        })
    }

    /// Takes back all decisions behind a revision, keeps that, and goes by it from now on.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn roll_back(
        &self,
        dir: &Path,
        seen: u64,
        to: u64,
        why: &Because,
    ) -> Result<(), Fault> {
        self.change(dir, Some(seen), |it| it.roll_back(to, why).map(drop))
    }

    /// Begins a release, keeps that, and goes by it from now on.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn release(
        &self,
        dir: &Path,
        it: Released,
        why: &Because,
    ) -> Result<Release, Fault> {
        let tempo = self.tempo();
        self.change(dir, None, |contracts| Ok(contracts.release(it, why, tempo)))
    }

    /// Decides as a document says, keeps that, and goes by it from now on.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn follow_document(
        &self,
        dir: &Path,
        document: &[Wanted],
        at_us: u64,
    ) -> Result<(), Fault> {
        // Most often it says what is decided already.
        if self.contracts().plan(document).is_empty() {
            return Ok(());
        }
        self.change(dir, None, |contracts| contracts.follow(document, at_us).map(drop))
    }

    fn change<T>(
        &self,
        dir: &Path,
        seen: Option<u64>,
        change: impl FnOnce(&mut Contracts) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let done = {
            let _keeping = lock(&self.keeping);
            // Somebody may have decided with the command a moment ago.
            let mut now = contract_file::read(dir).map_err(Fault::Disk)?;
            if let Some(seen) = seen.filter(|it| *it != now.revision) {
                return Err(Fault::Overtaken { seen, now: now.revision });
            }
            let done = change(&mut now)?;
            contract_file::keep(dir, &now).map_err(Fault::Disk)?;
            *lock(&self.contracts) = Arc::new(now);
            done
        };
        self.hold();
        Ok(done)
    }

    /// Has calls held to what is decided and proposed now.
    fn hold(&self) {
        let mut held = lock(&self.held);
        let terms = self.contracts().in_force(&self.proposed(), now_us(), self.tempo());
        let graced = lock(&self.watch).graced(now_us());
        let now = HeldTo { terms, graced, usual: self.usual() };
        if *held != now {
            held.clone_from(&now);
            *lock(&self.terms) = Some(now);
        }
    }

    /// What fields usually hold that would speak for attacks elsewhere.
    pub(crate) fn usual(&self) -> Vec<Usual> {
        let known = lock(&self.known);
        known.usual.as_ref().map(|it| it.usual(&known.inventory)).unwrap_or_default()
    }

    /// What calls are to be held to from now on, if that is something else.
    pub(crate) fn take_terms(&self) -> Option<HeldTo> {
        lock(&self.terms).take()
    }

    /// What people decided of contracts.
    pub(crate) fn contracts(&self) -> Arc<Contracts> {
        Arc::clone(&lock(&self.contracts))
    }

    /// What traffic speaks for.
    pub(crate) fn proposed(&self) -> Arc<Vec<Proposed>> {
        Arc::clone(&lock(&self.proposed))
    }

    /// Notes what changed since the last look.
    fn look_for_changes(&self, told: &mut Told) {
        let settled = lock(&self.known).inventory.totals().map(|it| it.1.calls).sum::<u64>();
        if settled == told.calls {
            return;
        }
        told.calls = settled;
        let found: Vec<String> = self.look(|inventory| {
            let fresh = changes(inventory, 0).into_iter().filter(|it| told.is_new(it));
            fresh.take(CHANGES_MAX).map(|it| changed::said(&it)).collect()
        });
        let mut waiting = lock(&self.changed);
        let room = CHANGES_MAX.saturating_sub(waiting.len());
        waiting.extend(found.into_iter().take(room));
    }

    /// At the first look of a day, sums up the one before.
    fn look_for_midnight(&self, today: &mut u64, dir: &Path) {
        let ended = std::mem::replace(today, now_us() / DAY_US);
        if ended == *today {
            return;
        }
        let found = self.look(|inventory| changed::day(inventory, ended));
        *lock(&self.digest) = found;
        self.keep_posture(dir, ended);
    }

    /// Keeps how weak endpoints are. A disk that takes nothing is tried again when the next day ends.
    fn keep_posture(&self, dir: &Path, day: u64) {
        let found = self.look_at(|learnt, known| trend::today(learnt, known, day));
        trend::keep(dir, found).ok();
    }

    /// The digest of the day that ended, if anything changed and nobody was told yet.
    pub(crate) fn take_digest(&self) -> Option<Summary> {
        lock(&self.digest).take()
    }

    /// What changed and nobody was told yet, as sentences.
    pub(crate) fn take_changes(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.changed))
    }

    /// Makes the inventory again by what was said since; the one before is shown until then.
    fn learn_anew(&self, source: &Origins, receiver: &Receiver<Observation>) {
        let from_us = now_us();
        let mut fresh = self.told(source);
        self.is_catching_up.store(true, Relaxed);
        // What ends meanwhile is learnt once: what began before is kept by now or soon, what began later comes here.
        let take = |fresh: &mut Learnt| {
            let ended = receiver.try_iter().take(BATCH);
            ended.for_each(|it| {
                self.watch(&it);
                if it.started.wall_us >= from_us {
                    fresh.observe(&it);
                }
            });
        };
        if let Some(held) = &source.held {
            let learn = |seen: &Observation| {
                if seen.started.wall_us < from_us {
                    fresh.observe(seen);
                }
                take(&mut fresh);
                !self.stopping.load(Relaxed)
            };
            fold(held, 0, learn).ok();
        }
        fresh.inventory.settle();
        *lock(&self.known) = fresh;
        self.is_catching_up.store(false, Relaxed);
    }

    fn take(&self, receiver: &Receiver<Observation>) {
        let mut waiting = receiver.try_iter().take(BATCH).peekable();
        if waiting.peek().is_some() {
            let mut known = lock(&self.known);
            waiting.for_each(|it| {
                known.observe(&it);
                self.watch(&it);
            });
        }
    }

    /// Looks whether an exchange breaks habit.
    fn watch(&self, it: &Observation) {
        let contracts = self.contracts();
        let around = Around { contracts: &contracts, tempo: self.tempo() };
        lock(&self.watch).observe(it, around);
    }

    /// Learns from what ends for a while; whether more may come.
    fn follow(&self, receiver: &Receiver<Observation>) -> bool {
        match receiver.recv_timeout(LOOK_EVERY) {
            Ok(first) => {
                lock(&self.known).observe(&first);
                self.watch(&first);
                self.take(receiver);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Hands over an exchange that ended.
    pub(crate) fn offer(&self, it: Observation) {
        if self.sender.try_send(it).is_err() {
            self.missed.fetch_add(1, Relaxed);
        }
    }

    /// The thread ends.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Looks at what is known.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Inventory) -> T) -> T {
        look(&lock(&self.known).inventory)
    }

    /// Looks at what is known, and at what people say of APIs.
    pub(crate) fn look_at<T>(&self, look: impl FnOnce(&Learnt, &Known<'_>) -> T) -> T {
        let (apis, said) = (Arc::clone(&lock(&self.apis)), self.said());
        let learnt = lock(&self.known);
        look(&learnt, &Known::of(&apis, &said, &learnt))
    }

    /// What people and descriptions say.
    pub(crate) fn said(&self) -> Arc<Sayings> {
        Arc::clone(&lock(&self.said))
    }

    /// Whether what was kept is still being read.
    pub(crate) fn is_catching_up(&self) -> bool {
        self.is_catching_up.load(Relaxed)
    }

    /// Exchanges that found no room.
    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Relaxed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use bartizan_model::head::Method;
    use bartizan_model::id::{ExchangeId, KeyEpoch};
    use bartizan_model::moment::Moment;

    fn seen(at_us: u64, path: &str) -> Observation {
        let id = ExchangeId::new(at_us / 1_000, u128::from(at_us));
        let at = Moment { mono_ns: 0, wall_us: at_us };
        let mut it = Observation::opened(id, at, 1, KeyEpoch(1));
        (it.method, it.template, it.status) = (Method::Get, path.into(), 200);
        it
    }

    #[test]
    fn a_day_is_summed_up_once_when_it_ended() {
        let live = Live::default();
        let now = now_us();
        let today = now / DAY_US;
        {
            let mut known = lock(&live.known);
            (0..40).for_each(|n| known.observe(&seen((today - 3) * DAY_US + n, "/orders")));
            known.observe(&seen((today - 1) * DAY_US, "/carts"));
            known.inventory.settle();
        }
        let dir = std::env::temp_dir().join(format!("bartizan-midnight-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        live.look_for_midnight(&mut { today }, &dir);
        assert!(live.take_digest().is_none(), "no day ended");
        assert_eq!(trend::days(&dir).unwrap().len(), 0);
        live.look_for_midnight(&mut (today - 1), &dir);
        assert_eq!(trend::days(&dir).unwrap().len(), 1, "how weak it was is kept");
        let told = live.take_digest().unwrap();
        assert_eq!((told.changes, told.says.as_str()), (1, ": 1 new endpoint"));
        assert!(live.take_digest().is_none());
        live.look_for_midnight(&mut (today - 2), &dir);
        assert!(live.take_digest().is_none(), "nothing changed on that day");
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
