//! Hunts of the console: answered line by line, saved and removed.
//!
//! Reads    what is kept in the data directory of the running instance.
//! Writes   `hunts/NAME.sql` in it, through the port of the store.
//! Memory   that of a hunt, at most [`AT_ONCE_MAX`] times; a few lines of its answer.
//! Misses   a hunt shares the machine with traffic: it has one thread, and the system's scheduler decides.

use super::archive::Kept;
use super::ledger::{self, LedgerTable};
use super::saved::{self, FOLDER};
use super::shown::piece_as_json;
use crate::config::Store;
use crate::held::{self, Ago};
use bartizan_console::backend::{NewHunt, NewSavedHunt};
use bartizan_console::problem::Problem;
use bartizan_hunt::hunter::{HuntError, Hunter, Hunting, Limits};
use bartizan_hunt::saved::{NotSaved, Saved, shipped};
use bartizan_hunt::views::VIEWS;
use bartizan_store::document;
use bartizan_store::files::{Files, Folder};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use tokio::sync::mpsc;

/// Hunts that run at once.
pub(crate) const AT_ONCE_MAX: usize = 2;
/// Lines of an answer that wait for the browser.
const LINES_MAX: usize = 4;
/// Saved hunts that are kept.
const KEPT_MAX: usize = 200;

/// One of the hunts that may run at once; given back when it is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(running: &Arc<AtomicUsize>) -> Option<Self> {
        let more = |it: usize| (it < AT_ONCE_MAX).then_some(it + 1);
        running.fetch_update(Relaxed, Relaxed, more).ok().map(|_| Self(Arc::clone(running)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Asks; lines come as they are found, and nobody who goes away is searched for.
pub(crate) fn ask(
    dir: &Path,
    store: &Store,
    running: &Arc<AtomicUsize>,
    it: &NewHunt,
) -> Result<mpsc::Receiver<String>, Problem> {
    let since: Option<Ago> = match &it.since {
        Some(text) => Some(text.parse().map_err(|why| Problem::Invalid(format!("since: {why}")))?),
        None => None,
    };
    let busy = || Problem::Unavailable(format!("{AT_ONCE_MAX} hunts are running: try again"));
    let place = Place::take(running).ok_or_else(busy)?;
    let unavailable = |it: &dyn std::fmt::Display| Problem::Unavailable(it.to_string());
    let held = held::of(dir, Some(store)).map_err(|it| unavailable(&it))?;
    let limits = Limits {
        rows_max: it.limit.unwrap_or(1_000),
        since_us: since.map(Ago::us),
        ..Limits::default()
    };
    let others: Vec<Arc<dyn bartizan_hunt::source::OtherTable>> =
        vec![Arc::new(LedgerTable::in_data(dir))];
    let hunter = Hunter::new(Arc::new(Kept(held)), others, 1).map_err(|it| unavailable(&it))?;
    let hunting = hunter.hunt(&it.sql, limits).map_err(|it| unavailable(&it))?;
    let (sender, lines) = mpsc::channel(LINES_MAX);
    let thread = std::thread::Builder::new().name("hunt-answer".to_owned());
    let run = move || {
        answer(hunting, &sender);
        drop((hunter, place));
    };
    thread.spawn(run).map_err(|it| unavailable(&it))?;
    Ok(lines)
}

fn answer(hunting: Hunting, into: &mpsc::Sender<String>) {
    for piece in hunting {
        let line = match piece {
            Ok(piece) => piece_as_json(&piece),
            Err(error) => json!({"error": {"code": code(&error), "detail": error.to_string()}}),
        };
        if into.blocking_send(line.to_string()).is_err() {
            return;
        }
    }
}

const fn code(error: &HuntError) -> &'static str {
    match error {
        HuntError::Refused(_) | HuntError::Question(_) => "hunt.sql",
        HuntError::TooLong(_) => "hunt.time",
        HuntError::TooMuch(_) => "hunt.memory",
        HuntError::Cancelled => "hunt.cancelled",
        HuntError::Archive(_) | HuntError::System(_) | HuntError::Failed(_) => "hunt.unavailable",
    }
}

/// The views and their columns.
pub(crate) fn schema() -> Value {
    let views = VIEWS.iter().map(|view| {
        let column = |it: &bartizan_hunt::views::Column| {
            json!({"name": it.name, "type": it.kind.name(), "says": it.says})
        };
        let columns: Vec<Value> = view.columns.iter().map(column).collect();
        json!({"name": view.name, "says": view.says, "columns": columns})
    });
    json!({ "views": views.chain([ledger::described()]).collect::<Vec<_>>() })
}

/// What was saved, and what is built in.
pub(crate) fn all_saved(dir: &Path) -> Result<Value, Problem> {
    let all = saved::all(&dir.join(FOLDER)).map_err(Problem::Unavailable)?;
    let built_in = shipped();
    let shown = |it: &Saved| {
        let shipped = built_in.contains(it);
        json!({"name": it.name, "title": it.title, "says": it.says, "sql": it.sql, "shipped": shipped})
    };
    Ok(json!({ "hunts": all.iter().map(shown).collect::<Vec<_>>() }))
}

/// Saves one, in place of another of its name.
pub(crate) fn save(dir: &Path, name: &str, it: &NewSavedHunt) -> Result<Value, Problem> {
    let bounds = [(&it.title, 200), (&it.says, 500), (&it.sql, 20_000)];
    if bounds.iter().any(|(text, max)| text.chars().count() > *max) {
        return Err(Problem::Invalid("title, says or sql: too long".to_owned()));
    }
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (title, says) = (line(&it.title), line(&it.says));
    let text = format!("-- title: {title}\n-- says: {says}\n{}\n", it.sql.trim());
    let invalid = |it: NotSaved| Problem::Invalid(it.to_string());
    let read = Saved::read(name, &text).map_err(invalid)?;
    if read.sql.is_empty() {
        return Err(Problem::Invalid("sql: it is empty".to_owned()));
    }
    let folder = Folder::at(&dir.join(FOLDER));
    let unavailable = |it: std::io::Error| Problem::Unavailable(format!("it cannot be kept: {it}"));
    folder.prepare().map_err(unavailable)?;
    let file = format!("{name}.sql");
    let kept = std::fs::read_dir(dir.join(FOLDER)).map_err(unavailable)?.count();
    if kept >= KEPT_MAX && !dir.join(FOLDER).join(&file).exists() {
        return Err(Problem::Conflict(format!("{KEPT_MAX} hunts are saved: remove one")));
    }
    document::replace(&folder, &file, text.as_bytes())
        .map_err(|it| Problem::Unavailable(format!("it cannot be kept: {it}")))?;
    Ok(
        json!({"name": read.name, "title": read.title, "says": read.says, "sql": read.sql, "shipped": false}),
    )
}

/// Removes a saved one; what is built in stays.
pub(crate) fn remove(dir: &Path, name: &str) -> Result<(), Problem> {
    // The name is one of a saved hunt, or it names no file of this directory.
    Saved::read(name, "-- title: t\n-- says: s\n").map_err(|_| Problem::NotFound)?;
    let folder = Folder::at(&dir.join(FOLDER));
    let file = format!("{name}.sql");
    if !dir.join(FOLDER).join(&file).is_file() {
        let is_built_in = shipped().iter().any(|it| it.name == name);
        return Err(match is_built_in {
            true => Problem::Conflict("it is built in".to_owned()),
            false => Problem::NotFound,
        });
    }
    folder
        .remove(&file)
        .and_then(|()| folder.sync_names())
        .map_err(|it| Problem::Unavailable(format!("it cannot be removed: {it}")))
}
