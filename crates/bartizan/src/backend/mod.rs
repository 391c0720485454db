//! What the console asks of a running instance.

mod contract;
mod exchanges;
mod hunts;
mod inventory;
mod ledger;
mod objects;
pub(crate) mod rows;
pub(crate) mod samples;

#[cfg(not(feature = "hunt"))]
pub(crate) use hunts::NO_HUNTS;

use crate::added::{self, AddFault, Added, AddedExceptions, Written};
use crate::alerts::{self, TestFault};
use crate::bypass::{Bypass, Reason, Span};
use crate::held;
use crate::in_force::{State, lock};
use crate::instance::JOURNAL;
use crate::inventory::profiles::in_words;
use crate::inventory::trend;
use crate::keeper::Kept;
use crate::ledger::entries;
use crate::log::Event;
use crate::show;
use bartizan_console::access::Who;
use bartizan_console::backend::{
    Backend, ChangesQuery, DiffQuery, ExchangeQuery, InventoryQuery, NewDecision, NewException,
    NewHunt, NewProfile, NewRelease, NewRollback, NewSavedHunt, NewSilence, NewTest, NewWatch,
    ObjectQuery, ObjectsQuery, Row,
};
use bartizan_console::problem::Problem;
use bartizan_ledger::entry::{self, What};
use bartizan_ledger::text::Text;
use bartizan_model::clause::{DefaultMode, Mode};
use bartizan_model::id::ExchangeId;
use bartizan_store::document;
use bartizan_store::files::Folder;
use bartizan_store::find;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tokio::sync::{broadcast, mpsc};

/// Name of the file of tokens in the data directory.
const TOKENS: &str = "tokens.json";

impl Backend for State {
    fn now_s(&self) -> u64 {
        self.shared.clock.now().wall_us / 1_000_000
    }

    fn kept_tokens(&self) -> Option<Vec<u8>> {
        document::read(&Folder::at(&self.dir), TOKENS).ok().flatten()
    }

    fn keep_tokens(&self, document: &[u8]) -> Result<(), String> {
        document::replace(&Folder::at(&self.dir), TOKENS, document)
            .map_err(|error| format!("the tokens cannot be kept: {error}"))
    }

    fn logged_in(&self, who: &Who) {
        let role = Text::of(who.role.name());
        self.record(What::Login { who: account(who), role });
        self.tell(Event::LoggedIn { name: who.name.clone(), role: who.role.name() });
    }

    fn overview(&self, minutes: u32) -> Value {
        let now_us = self.shared.clock.now().wall_us;
        let mut all = lock(&self.hub.recent).overview(minutes, now_us);
        let state = self.state();
        if let (Some(members), Value::Object(state)) = (all.as_object_mut(), state) {
            members.extend(state.into_iter().filter(|(name, _)| name != "totals"));
            members.insert("now".to_owned(), show::timestamp(now_us).into());
            members.insert("ledger".to_owned(), ledger::counts(&self.hub.ledger));
            if let Some(totals) = members.get_mut("totals").and_then(Value::as_object_mut) {
                totals.insert("lost".to_owned(), self.hub.metrics.lost_count().into());
            }
        }
        all
    }

    fn exchanges(&self, query: &ExchangeQuery) -> Result<Value, Problem> {
        exchanges::page(&self.dir.join(JOURNAL), query, self.shared.clock.now().wall_us)
    }

    fn exchange(&self, id: &str) -> Result<Value, Problem> {
        let id: ExchangeId = id.parse().map_err(|_| Problem::NotFound)?;
        let found = find(&self.dir.join(JOURNAL), id)
            .map_err(|error| Problem::Unavailable(error.to_string()))?;
        let sealed = || {
            let held = held::of(&self.dir, Some(&self.store)).map_err(|it| it.to_string())?;
            held.find(id).map_err(|it| it.to_string())
        };
        let observation = match found.observation {
            Some(it) => it,
            None => sealed().map_err(Problem::Unavailable)?.ok_or(Problem::NotFound)?,
        };
        Ok(rows::whole(&observation, found.rules.as_ref(), samples::of_exchange(self, id)))
    }

    fn objects(&self, query: &ObjectsQuery) -> Result<Value, Problem> {
        objects::page(self, query)
    }

    fn object(&self, hash: &str, query: &ObjectQuery) -> Result<Value, Problem> {
        objects::one(self, hash, query)
    }

    fn live(&self) -> broadcast::Receiver<Arc<Row>> {
        self.hub.live.subscribe()
    }

    fn state(&self) -> Value {
        let rules = lock(&self.rules);
        let view = self.shared.views.current();
        let clauses = view.snapshot.rules.base.clauses.clauses();
        let counted = |mode| {
            clauses
                .iter()
                .filter(move |it| it.mode == mode && it.name.default_mode() != DefaultMode::Law)
        };
        let routes = rules.settings.route_modes();
        let mode = rules.settings.mode.value;
        let is_mixed = routes.iter().flatten().any(|it| *it != mode);
        let now_ms = self.shared.clock.coarse_ms();
        let fault = bartizan_console::admin::Facts::ready(self).err();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "started": show::timestamp(self.started_us),
            "uptime_s": self.now_s().saturating_sub(self.started_us / 1_000_000),
            "mode": if is_mixed { "mixed" } else { mode.name() },
            "revision": self.revision(),
            "loaded": show::timestamp(self.loaded_us.load(Relaxed)),
            "health": {"ready": fault.is_none(), "reason": fault},
            "bypass": rules.bypass.as_ref().map(Bypass::as_json),
            "clauses": {
                "enforced": counted(Mode::Enforce).count(),
                "observed": counted(Mode::Observe).count(),
                "off": counted(Mode::Off).count(),
            },
            "upstreams": view.upstreams.iter()
                .map(|it| crate::in_force::upstream(it, now_ms))
                .collect::<Vec<_>>(),
            "totals": {"lost": self.hub.metrics.lost_count()},
            "ledger": Value::Null,
            "store": stored(&self.hub.kept),
            "alerts": self.hub.alerts.counts(),
        })
    }

    fn exceptions(&self) -> Value {
        let rules = lock(&self.rules);
        let settings = &rules.settings;
        let of_file = settings.exceptions.iter().map(|it| {
            let endpoint = it.endpoint.and_then(|id| settings.endpoints.get(&id));
            json!({
                "id": Value::Null,
                "clause": it.clause.name(),
                "endpoint": endpoint.map(ToString::to_string),
                "field": it.place.as_ref().map(ToString::to_string),
                "reason": it.reason,
                // The last day, of which the end is kept.
                "expires": day(it.expires_us.saturating_sub(1)),
                "by": settings.describe_set_by(it.set_by),
                "created": Value::Null,
                "removable": false,
            })
        });
        let all: Vec<Value> = of_file.chain(rules.added.all().iter().map(shown)).collect();
        json!({ "exceptions": all })
    }

    fn add_exception(&self, it: &NewException, by: &Who) -> Result<Value, Problem> {
        let written = Written {
            clause: it.clause.clone(),
            endpoint: it.endpoint.clone(),
            field: it.field.clone(),
            reason: it.reason.clone(),
            expires: it.expires.clone(),
        };
        let now_us = self.shared.clock.now().wall_us;
        self.change_added(by, |all| {
            all.add(written, &by.name, now_us).map_err(|it| match it {
                AddFault::Unreadable(why) => Problem::Invalid(why),
                AddFault::Expired | AddFault::TooMany => Problem::Conflict(it.to_string()),
            })
        })
        .map(|(added, revision)| {
            let (by, clause) = (by.name.clone(), added.written.clause.clone());
            self.tell(Event::ExceptionAdded { by, clause, id: added.id.clone(), revision });
            shown(&added)
        })
    }

    fn remove_exception(&self, id: &str, by: &Who) -> Result<(), Problem> {
        let removed = self.change_added(by, |all| all.remove(id).ok_or(Problem::NotFound));
        removed.map(|(removed, revision)| {
            let (by, clause) = (by.name.clone(), removed.written.clause);
            self.tell(Event::ExceptionRemoved { by, clause, id: removed.id, revision });
        })
    }

    fn begin_bypass(&self, minutes: u64, reason: &str, by: &Who) -> Result<Value, Problem> {
        let invalid = |it: crate::bypass::BypassFault| Problem::Invalid(it.to_string());
        let span = Span::of_s(minutes.saturating_mul(60)).map_err(invalid)?;
        let reason = Reason::new(reason).map_err(invalid)?;
        let begun = self.begin_bypass(span, reason, account(by));
        Ok(begun.get("bypass").cloned().unwrap_or_default())
    }

    fn end_bypass(&self, by: &Who) -> Result<(), Problem> {
        match self.end_bypass(account(by)).get("error").and_then(Value::as_str) {
            None => Ok(()),
            Some(why) => Err(Problem::Conflict(why.to_owned())),
        }
    }

    fn alerts(&self) -> Value {
        self.hub.alerts.shown()
    }

    fn test_alert(&self, it: &NewTest, by: &Who) -> Result<Value, Problem> {
        match self.try_alert(&it.target, account(by)) {
            Ok(tested) => Ok(json!({ "delivered": tested.delivered, "detail": tested.detail })),
            Err(TestFault::NoTarget) => Err(Problem::NotFound),
            Err(fault @ (TestFault::Busy | TestFault::Gone)) => {
                Err(Problem::Unavailable(fault.to_string()))
            }
        }
    }

    fn silence(&self, it: &NewSilence, by: &Who) -> Result<Value, Problem> {
        let begun = self.hub.alerts.silence((&it.code, it.minutes, &it.reason), &by.name)?;
        self.record(What::SilenceBegun {
            until_us: begun.until_us,
            by: account(by),
            code: Text::of(&begun.code),
            reason: Text::of(&begun.reason),
        });
        Ok(alerts::shown(&begun))
    }

    fn lift_silence(&self, id: &str, by: &Who) -> Result<(), Problem> {
        let lifted = self.hub.alerts.lift(id)?;
        let (code, reason) = (Text::of(&lifted.code), Text::of(&lifted.reason));
        self.record(What::SilenceLifted { by: account(by), code, reason });
        Ok(())
    }

    fn settings(&self) -> Value {
        json!({
            "file": lock(&self.rules).settings.file,
            "revision": self.revision(),
            "loaded": show::timestamp(self.loaded_us.load(Relaxed)),
            "fault": self.reload_fault(),
            "settings": *lock(&self.shown),
            "restart_needed": *lock(&self.restart_needed),
        })
    }

    fn hunt(&self, it: NewHunt, _by: &Who) -> Result<mpsc::Receiver<String>, Problem> {
        hunts::ask(&self.dir, &self.store, &self.hunts, &it)
    }

    fn hunt_schema(&self) -> Value {
        hunts::schema()
    }

    fn saved_hunts(&self) -> Result<Value, Problem> {
        hunts::all_saved(&self.dir)
    }

    fn save_hunt(&self, name: &str, it: &NewSavedHunt) -> Result<Value, Problem> {
        hunts::save(&self.dir, name, it)
    }

    fn remove_hunt(&self, name: &str) -> Result<(), Problem> {
        hunts::remove(&self.dir, name)
    }

    fn inventory(&self, wanted: &InventoryQuery) -> Value {
        inventory::list(&self.hub.inventory, wanted)
    }

    fn endpoint(&self, id: &str) -> Option<Value> {
        inventory::one(&self.hub.inventory, id)
    }

    fn posture(&self, service: Option<&str>) -> Value {
        inventory::posture(&self.hub.inventory, service)
    }

    fn posture_trend(&self) -> Result<Value, Problem> {
        let days = trend::days(&self.dir).map_err(Problem::Unavailable)?;
        Ok(trend::shown(&days))
    }

    fn changes(&self, wanted: &ChangesQuery) -> Value {
        inventory::changes(&self.hub.inventory, wanted)
    }

    fn relations(&self, service: Option<&str>) -> Value {
        inventory::related(&self.hub.inventory, service)
    }

    fn third_parties(&self, service: Option<&str>) -> Value {
        inventory::third_parties(&self.hub.inventory, service)
    }

    fn drift(&self, service: Option<&str>) -> Value {
        inventory::drift(&self.hub.inventory, service)
    }

    fn retirement(&self, service: Option<&str>) -> Value {
        inventory::retirement(&self.hub.inventory, service, self.shared.clock.now().wall_us)
    }

    fn apis(&self, service: Option<&str>) -> Value {
        inventory::apis(&self.hub.inventory, service)
    }

    fn confirm_profile(&self, service: &str, it: &NewProfile, by: &Who) -> Result<Value, Problem> {
        let live = &self.hub.inventory;
        let profile = inventory::profile(it).map_err(Problem::Invalid)?;
        inventory::one_api(live, service).ok_or(Problem::NotFound)?;
        let at_us = self.shared.clock.now().wall_us;
        live.confirm(&self.dir, service, &profile, &by.name, at_us)
            .map_err(Problem::Unavailable)?;
        self.record(What::ProfileConfirmed {
            by: account(by),
            service: Text::of(service),
            profile: Text::of(&in_words(&profile)),
        });
        inventory::one_api(live, service).ok_or(Problem::NotFound)
    }

    fn contract(&self, service: Option<&str>) -> Value {
        contract::show(self, service)
    }

    fn contract_history(&self) -> Value {
        contract::history(self)
    }

    fn decide_clause(&self, id: &str, it: &NewDecision, by: &Who) -> Result<Value, Problem> {
        contract::decide(self, id, it, by)
    }

    fn roll_back_contract(&self, it: &NewRollback, by: &Who) -> Result<Value, Problem> {
        contract::roll_back(self, it, by)
    }

    fn contract_diff(&self, wanted: &DiffQuery) -> Result<Value, Problem> {
        contract::diff(self, wanted)
    }

    fn release(&self, it: &NewRelease, by: &Who) -> Result<Value, Problem> {
        contract::release(self, it, by)
    }

    fn described(&self, service: Option<&str>) -> Option<Value> {
        inventory::described(&self.hub.inventory, service)
    }

    fn samples(&self, limit: usize) -> Value {
        samples::newest(self, limit)
    }

    fn reveal(&self, exchange: &str, reason: &str, by: &Who) -> Result<Value, Problem> {
        samples::reveal(self, exchange, reason, by)
    }

    fn watches(&self) -> Value {
        samples::watches(self)
    }

    fn watch(&self, it: &NewWatch, by: &Who) -> Result<Value, Problem> {
        samples::watch(self, it, by)
    }

    fn unwatch(&self, id: &str, by: &Who) -> Result<(), Problem> {
        samples::unwatch(self, id, by)
    }

    fn ledger(&self) -> Result<Value, Problem> {
        ledger::state(&self.hub.ledger)
    }

    fn ledger_entries(&self, limit: usize, before: Option<u64>) -> Result<Value, Problem> {
        ledger::entries(&self.hub.ledger, limit, before)
    }

    fn ledger_proof(&self, index: u64) -> Result<Value, Problem> {
        ledger::proof(&self.hub.ledger, index)
    }

    fn ledger_verify(&self, against: Option<&str>) -> Result<Value, Problem> {
        let verdict = ledger::verify(&self.hub.ledger, against)?;
        if verdict.get("ok") == Some(&Value::Bool(false)) {
            self.hub.alerts.unverified();
        }
        Ok(verdict)
    }
}

/// Who did it, as the ledger says it.
fn account(who: &Who) -> entry::Who {
    entry::Who::Account(Text::of(&who.name))
}

impl State {
    /// Sends a test alert, and has recorded who asked for it and what came of it.
    pub(crate) fn try_alert(
        &self,
        target: &str,
        by: entry::Who,
    ) -> Result<alerts::Tested, TestFault> {
        let tested = self.hub.alerts.test(target)?;
        let (delivered, target) = (tested.delivered, Text::of(target));
        self.record(What::AlertTested { delivered, by, target });
        Ok(tested)
    }

    /// Changes the added exceptions: kept first, then in force.
    fn change_added<T>(
        &self,
        by: &Who,
        change: impl FnOnce(&mut AddedExceptions) -> Result<T, Problem>,
    ) -> Result<(T, u64), Problem> {
        let mut rules = lock(&self.rules);
        let mut changed = rules.added.clone();
        let result = change(&mut changed)?;
        document::replace(&Folder::at(&self.dir), added::FILE, &changed.document())
            .map_err(|error| Problem::Unavailable(format!("it cannot be kept: {error}")))?;
        let (before, after) = (rules.added.over(&rules.settings), changed.over(&rules.settings));
        rules.added = changed;
        let revision = self.judge_anew(&rules);
        for it in entries::exceptions(&before, &after, &account(by)) {
            self.record(it);
        }
        Ok((result, revision))
    }
}

/// The sealed segments, for the overview.
fn stored(kept: &Kept) -> Value {
    let it = kept.forecast();
    json!({
        "segments": it.segments,
        "bytes": it.bytes,
        "rows": it.rows,
        "oldest": it.oldest_us.map(show::timestamp),
        "forecast_days": it.days_left,
        "fault": *lock(&kept.fault),
    })
}

fn shown(it: &Added) -> Value {
    json!({
        "id": it.id,
        "clause": it.written.clause,
        "endpoint": it.written.endpoint,
        "field": it.written.field,
        "reason": it.written.reason,
        "expires": it.written.expires,
        "by": it.by,
        "created": show::timestamp(it.created_us),
        "removable": true,
    })
}

fn day(wall_us: u64) -> String {
    let (year, month, day) = show::date(wall_us / 86_400_000_000);
    format!("{year:04}-{month:02}-{day:02}")
}
