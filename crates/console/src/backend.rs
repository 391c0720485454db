//! What the console asks of the instance that it belongs to. Implemented by the binary, which knows all
//! parts.
//!
//! Documents are JSON values in the form that the API describes. Methods that read files may block; the
//! API calls them off the thread that serves health and metrics.

use crate::access::{Role, Who};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};

/// An exchange that just ended, as `live` tells it.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What became of it.
    pub outcome: &'static str,
    /// The codes of its hits.
    pub codes: Vec<&'static str>,
    /// The row as JSON.
    pub json: String,
}

/// Which exchanges are wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExchangeQuery {
    /// How many at most.
    pub limit: Option<usize>,
    /// Only those before this id.
    pub before: Option<String>,
    /// Only of this outcome.
    pub outcome: Option<String>,
    /// Only with a hit of this code.
    pub code: Option<String>,
    /// Only of this endpoint, written as `GET /orders/{int}`.
    pub endpoint: Option<String>,
    /// Only of this subject.
    pub subject: Option<String>,
    /// Only with a hit of this effect.
    pub effect: Option<String>,
    /// Only so old at most, such as `24h`.
    pub since: Option<String>,
    /// Only where id, endpoint, route or a code holds this text.
    pub q: Option<String>,
}

/// Which uses of others' objects are wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectsQuery {
    /// How many exchanges at most.
    pub limit: Option<usize>,
    /// Only those before this exchange.
    pub before: Option<String>,
    /// Only of this endpoint, written as `GET /orders/{int}` or `GET /orders/{orderId}`; or with this in its name.
    pub endpoint: Option<String>,
    /// Only by subjects whose digits begin so.
    pub subject: Option<String>,
    /// Only found by this clause.
    pub clause: Option<String>,
    /// Only those that were held back.
    pub held_back: Option<bool>,
    /// Only so old at most, such as `24h`.
    pub since: Option<String>,
}

/// How much of one object is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectQuery {
    /// Only so old at most, such as `24h`.
    pub since: Option<String>,
}

/// Which endpoints are wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InventoryQuery {
    /// How many at most.
    pub limit: Option<usize>,
    /// Only of this service.
    pub service: Option<String>,
    /// Only where method and template hold this text, in any case.
    pub search: Option<String>,
}

/// Which changes are wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChangesQuery {
    /// How many at most.
    pub limit: Option<usize>,
    /// Only since then, in microseconds since 1970.
    pub since: Option<u64>,
}

/// What somebody confirms of an API; what is not there is not confirmed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewProfile {
    /// Whom it is for: `public`, `partner` or `internal`.
    pub audience: Option<String>,
    /// What stands behind its subjects: `person`, `workload`, `aggregate` or `none`.
    pub subject_kind: Option<String>,
    /// What says which tenant a call is for: `host`, `path:N` or `claim:NAME`.
    pub tenant: Option<String>,
    /// Where it runs: a word.
    pub environment: Option<String>,
}

/// How somebody wants a clause held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewForce {
    /// It says nothing to anybody.
    Off,
    /// What it would refuse is recorded.
    Observe,
    /// One subject in twenty is held to it, then everybody.
    Canary,
    /// Everybody is held to it.
    Enforce,
    /// Nothing was ever decided.
    Withdrawn,
}

/// What somebody decides of a clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// How it is held.
    pub force: NewForce,
    /// Why.
    pub reason: String,
    /// The revision that was seen.
    #[serde(deserialize_with = "whole::required")]
    pub revision: u64,
}

/// Somebody takes decisions back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRollback {
    /// The revision to go back to.
    #[serde(deserialize_with = "whole::required")]
    pub to: u64,
    /// Why.
    pub reason: String,
    /// The revision that was seen.
    #[serde(deserialize_with = "whole::required")]
    pub revision: u64,
}

/// Which states of the contracts are compared: the number of a revision, `now` or `traffic`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiffQuery {
    /// The one; `now` without it.
    pub from: Option<String>,
    /// The other; `traffic` without it.
    pub to: Option<String>,
}

/// Somebody releases an API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// The name of the service.
    pub service: String,
    /// Its version.
    pub version: String,
}

/// An exception that somebody wants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewException {
    /// The clause that is lifted.
    pub clause: String,
    /// The endpoint it is lifted for.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The field it is lifted for.
    #[serde(default)]
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day, such as `2026-12-31`.
    pub expires: String,
}

/// A question in SQL.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHunt {
    /// The statement.
    pub sql: String,
    /// How far back.
    #[serde(default)]
    pub since: Option<String>,
    /// Rows at most.
    #[serde(default, deserialize_with = "whole::optional")]
    pub limit: Option<u64>,
}

/// A test of a target of alerts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTest {
    /// The name of the target.
    pub target: String,
}

/// A silence that somebody wants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSilence {
    /// The code, or `*` for all.
    pub code: String,
    /// For how long.
    #[serde(deserialize_with = "whole::required")]
    pub minutes: u64,
    /// Why.
    pub reason: String,
}

/// A question to be kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSavedHunt {
    /// What it is called.
    pub title: String,
    /// What it finds.
    pub says: String,
    /// The statement.
    pub sql: String,
}

/// Somebody wants samples of all exchanges of a subject.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWatch {
    /// Whose, in 32 hexadecimal digits.
    pub subject: String,
    /// For how long.
    #[serde(deserialize_with = "whole::required")]
    pub minutes: u64,
    /// Why.
    pub reason: String,
}

/// Whole numbers as JSON has them: `37.0` is one (RFC 8259 says nothing of integers, JSON Schema does).
pub(crate) mod whole {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde_json::Number;

    /// A number from 0 to 2^53.
    pub(crate) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        of(&Number::deserialize(from)?).ok_or_else(|| D::Error::custom("not a whole number"))
    }

    /// The same, or `null`.
    pub(crate) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
        let number = Option::<Number>::deserialize(from)?;
        let whole = number.map(|it| of(&it).ok_or_else(|| D::Error::custom("not a whole number")));
        whole.transpose()
    }

    fn of(number: &Number) -> Option<u64> {
        number.as_u64().or_else(|| {
            let number = number.as_f64()?;
            let is_whole =
                number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
            // Exact up to here, and a text has no cast that could lose anything.
            if is_whole { format!("{number:.0}").parse().ok() } else { None }
        })
    }
}

/// What an instance tells, and what can be changed of it.
pub trait Backend: Send + Sync + 'static {
    /// Seconds since 1970.
    fn now_s(&self) -> u64;
    /// The tokens, as they were kept last; `None` if never.
    fn kept_tokens(&self) -> Option<Vec<u8>>;
    /// Keeps the tokens.
    ///
    /// # Errors
    ///
    /// Why they cannot be kept.
    fn keep_tokens(&self, document: &[u8]) -> Result<(), String>;
    /// Notes that somebody logged in.
    fn logged_in(&self, who: &Who);
    /// The state of everything, with the counts of the last so many minutes.
    fn overview(&self, minutes: u32) -> Value;
    /// The newest exchanges that are wanted. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn exchanges(&self, query: &ExchangeQuery) -> Result<Value, Problem>;
    /// One exchange. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn exchange(&self, id: &str) -> Result<Value, Problem>;
    /// Which objects of others were used, the newest first: `uses`, where they go on (`next`), and what was looked at
    /// (`scan`). Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn objects(&self, query: &ObjectsQuery) -> Result<Value, Problem>;
    /// Who was given an object and who named it, as far as it is kept. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`] if it is no hash, [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn object(&self, hash: &str, query: &ObjectQuery) -> Result<Value, Problem>;
    /// Exchanges from here on.
    fn live(&self) -> broadcast::Receiver<Arc<Row>>;
    /// What `live` tells besides.
    fn state(&self) -> Value;
    /// The exceptions in force.
    fn exceptions(&self) -> Value;
    /// Adds an exception.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn add_exception(&self, it: &NewException, by: &Who) -> Result<Value, Problem>;
    /// Removes an exception.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], or [`Problem::Conflict`] for one of the file.
    fn remove_exception(&self, id: &str, by: &Who) -> Result<(), Problem>;
    /// Begins a bypass.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`].
    fn begin_bypass(&self, minutes: u64, reason: &str, by: &Who) -> Result<Value, Problem>;
    /// Ends it.
    ///
    /// # Errors
    ///
    /// [`Problem::Conflict`] if there is none.
    fn end_bypass(&self, by: &Who) -> Result<(), Problem>;
    /// Where alerts go, and which codes are silent.
    fn alerts(&self) -> Value;
    /// Sends a test alert to one target. Blocks until that answered, or did not in time.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`] or [`Problem::Unavailable`].
    fn test_alert(&self, it: &NewTest, by: &Who) -> Result<Value, Problem>;
    /// Begins a silence.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], [`Problem::Conflict`] or [`Problem::Unavailable`].
    fn silence(&self, it: &NewSilence, by: &Who) -> Result<Value, Problem>;
    /// Lifts it.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`] or [`Problem::Unavailable`].
    fn lift_silence(&self, id: &str, by: &Who) -> Result<(), Problem>;
    /// The configuration in force, with origins.
    fn settings(&self) -> Value;
    /// Answers a question in SQL, line by line. The answer ends early if nobody reads it any more.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn hunt(&self, it: NewHunt, by: &Who) -> Result<mpsc::Receiver<String>, Problem>;
    /// The views that can be asked.
    fn hunt_schema(&self) -> Value;
    /// Questions that were kept, and those that are built in. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Unavailable`].
    fn saved_hunts(&self) -> Result<Value, Problem>;
    /// Keeps a question under a name, in place of another of that name. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], [`Problem::Conflict`] for too many, or [`Problem::Unavailable`].
    fn save_hunt(&self, name: &str, it: &NewSavedHunt) -> Result<Value, Problem>;
    /// Removes a question that was kept. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], [`Problem::Conflict`] for a built-in one, or [`Problem::Unavailable`].
    fn remove_hunt(&self, name: &str) -> Result<(), Problem>;
    /// Endpoints that traffic showed, the most called first. Blocks.
    fn inventory(&self, wanted: &InventoryQuery) -> Value;
    /// What is known of the endpoint of this id. Blocks.
    fn endpoint(&self, id: &str) -> Option<Value>;
    /// What is weak about endpoints, of one service or all, the gravest first. Blocks.
    fn posture(&self, service: Option<&str>) -> Value;
    /// How posture went: `days`, the earliest first. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Unavailable`] if what was kept cannot be read.
    fn posture_trend(&self) -> Result<Value, Problem>;
    /// What the APIs began to do, or stopped doing, the latest first. Blocks.
    fn changes(&self, wanted: &ChangesQuery) -> Value;
    /// Which answers hand out what requests carry, the strongest first: `relations`, and how many `more`. Blocks.
    fn relations(&self, service: Option<&str>) -> Value;
    /// Whom messages point to in URLs: `third_parties`, how many `more`, and how many found the table `full`. Blocks.
    fn third_parties(&self, service: Option<&str>) -> Value;

    /// What descriptions say against what was seen, of one service or all. Blocks.
    fn drift(&self, service: Option<&str>) -> Value;
    /// Endpoints that go, of a service or of all, and who still calls them.
    fn retirement(&self, service: Option<&str>) -> Value;
    /// What is said and proposed of a service, or of each.
    fn apis(&self, service: Option<&str>) -> Value;
    /// Confirms what a service is, in place of what was confirmed before; what is said and proposed of it now.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`] if it cannot be kept.
    fn confirm_profile(&self, service: &str, it: &NewProfile, by: &Who) -> Result<Value, Problem>;
    /// The clauses of endpoints, of one service or all: `revision` and `clauses`. Blocks.
    fn contract(&self, service: Option<&str>) -> Value;
    /// What was decided of clauses, the latest first: `revision` and `changes`.
    fn contract_history(&self) -> Value;
    /// Decides on the clause of this id; the contract as it is now, with this clause alone. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Conflict`] if another revision was seen or it cannot be
    /// decided so, [`Problem::Unavailable`] if it cannot be kept.
    fn decide_clause(&self, id: &str, it: &NewDecision, by: &Who) -> Result<Value, Problem>;
    /// Takes back what was decided behind a revision; the history with that. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], [`Problem::Conflict`] if another revision was seen, [`Problem::Unavailable`] if it cannot
    /// be kept.
    fn roll_back_contract(&self, it: &NewRollback, by: &Who) -> Result<Value, Problem>;
    /// How two states of the contracts differ: `from`, `to` and `changes`. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] if there is no such state.
    fn contract_diff(&self, wanted: &DiffQuery) -> Result<Value, Problem>;
    /// Begins the time of a release; the release. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], [`Problem::Unavailable`] if it cannot be kept.
    fn release(&self, it: &NewRelease, by: &Who) -> Result<Value, Problem>;
    /// The OpenAPI description of a service, or of the one that is called most. Blocks.
    fn described(&self, service: Option<&str>) -> Option<Value>;
    /// The newest samples, without what they say.
    fn samples(&self, limit: usize) -> Value;
    /// What the sample of an exchange says; it is recorded first who wanted to know. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`], [`Problem::Invalid`], or [`Problem::Unavailable`] if it cannot be read or
    /// recorded.
    fn reveal(&self, exchange: &str, reason: &str, by: &Who) -> Result<Value, Problem>;
    /// Whose exchanges are watched.
    fn watches(&self) -> Value;
    /// Begins to watch a subject.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`], or [`Problem::Conflict`] for too many.
    fn watch(&self, it: &NewWatch, by: &Who) -> Result<Value, Problem>;
    /// Ends a watch.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`].
    fn unwatch(&self, id: &str, by: &Who) -> Result<(), Problem>;
    /// The ledger's size, root and checkpoints.
    ///
    /// # Errors
    ///
    /// [`Problem::Unavailable`].
    fn ledger(&self) -> Result<Value, Problem>;
    /// Entries before this one, newest first. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Unavailable`].
    fn ledger_entries(&self, limit: usize, before: Option<u64>) -> Result<Value, Problem>;
    /// What proves an entry offline. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::NotFound`] or [`Problem::Unavailable`].
    fn ledger_proof(&self, index: u64) -> Result<Value, Problem>;
    /// Verifies the ledger, against a retained checkpoint if one is given. Blocks.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] or [`Problem::Unavailable`].
    fn ledger_verify(&self, against: Option<&str>) -> Result<Value, Problem>;
}

/// The least role that may see a page at all.
pub const LEAST: Role = Role::Viewer;
