//! What the console asks of the ledger. All of it is read from what is on disk, so that the thread that
//! writes is not held up.

use crate::ledger::{LedgerHandle, Standing, retained, show};
use bartizan_console::problem::Problem;
use bartizan_ledger::hash::Digest;
use bartizan_ledger::verify::Retained;
use bartizan_store::ledger::LedgerError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Instant;

/// How it stands, with its newest checkpoint and the key that verifies it.
pub(super) fn state(ledger: &LedgerHandle) -> Result<Value, Problem> {
    let (note, checkpoint) =
        ledger.reader().checkpoint(ledger.keys()).map_err(|it| problem(&it))?;
    let Standing { anchored, .. } = ledger.standing();
    let size = checkpoint.head.size;
    Ok(json!({
        "origin": checkpoint.origin,
        "size": size,
        "root": checkpoint.head.root.base64(),
        "key": key(ledger),
        "checkpoint": {"text": note, "at": Value::Null},
        "anchored": if anchored == 0 { Value::Null } else {
            json!({"size": anchored, "at": Value::Null, "where": ["file", "log"]})
        },
        "unanchored": size.saturating_sub(anchored),
    }))
}

/// The entries and the anchored ones, for the overview.
pub(super) fn counts(ledger: &LedgerHandle) -> Value {
    let Standing { signed, anchored, .. } = ledger.standing();
    json!({
        "size": signed,
        "checkpoint": Value::Null,
        "anchored_size": anchored,
        "anchored": Value::Null,
    })
}

/// The newest entries before number `before`, newest first.
pub(super) fn entries(
    ledger: &LedgerHandle,
    limit: usize,
    before: Option<u64>,
) -> Result<Value, Problem> {
    let mut reader = ledger.reader();
    let (_, checkpoint) = reader.checkpoint(ledger.keys()).map_err(|it| problem(&it))?;
    let end = before.unwrap_or(u64::MAX).min(checkpoint.head.size);
    let start = end.saturating_sub(limit as u64);
    let mut all = Vec::new();
    let read = reader.entries(start..end, |index, bytes| all.push(entry(index, bytes)));
    read.map_err(|it| problem(&it))?;
    all.reverse();
    let next = Some(start).filter(|it| *it > 0);
    Ok(json!({ "entries": all, "next": next }))
}

/// One entry, as a page shows it.
fn entry(index: u64, bytes: &[u8]) -> Value {
    let mut detail = show::as_json(index, bytes);
    let mut take = |name: &str| detail.as_object_mut().and_then(|it| it.remove(name));
    take("schema");
    take("index");
    let (at, kind, leaf) = (take("at"), take("kind"), take("leaf"));
    let by = detail.get("by").or(detail.get("who")).cloned();
    json!({
        "index": index,
        "at": at,
        "kind": kind,
        "by": by.unwrap_or_else(|| "bartizan".into()),
        "summary": show::words(bytes),
        "detail": detail,
        "leaf": leaf,
    })
}

/// What proves one entry offline.
pub(super) fn proof(ledger: &LedgerHandle, index: u64) -> Result<Value, Problem> {
    let proof = ledger.reader().prove(index, ledger.keys()).map_err(|it| problem(&it))?;
    Ok(json!({
        "index": index,
        "entry": STANDARD.encode(&proof.entry),
        "leaf_hash": Digest::leaf(&proof.entry).to_string(),
        "proof": proof.path.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "checkpoint": proof.checkpoint,
        "vkey": key(ledger),
    }))
}

/// Verifies everything, against the checkpoints in `against` if there are any.
pub(super) fn verify(ledger: &LedgerHandle, against: Option<&str>) -> Result<Value, Problem> {
    let began = Instant::now();
    let (mut kept, mut unread) = (Vec::new(), Vec::new());
    for note in against.map(|it| retained::found(it.as_bytes()).notes).unwrap_or_default() {
        match Retained::read(note.as_bytes()) {
            Ok(it) => kept.push(it),
            Err(fault) => unread.push(format!("against: {fault}")),
        }
    }
    // Nothing that could be held against the ledger is no clean verdict.
    if against.is_some() && kept.is_empty() && unread.is_empty() {
        unread.push("against: it holds no checkpoint".to_owned());
    }
    let verdict = ledger.reader().verify(ledger.keys(), &kept).map_err(|it| problem(&it))?;
    let head = verdict.checkpoint.as_ref().map(|it| it.head);
    let is_clean = verdict.is_clean() && unread.is_empty();
    let faults = unread.into_iter().chain(verdict.faults.iter().map(ToString::to_string));
    let faults = faults.map(|it| json!({"what": it, "at": Value::Null}));
    Ok(json!({
        "ok": is_clean,
        "size": head.map_or(0, |it| it.size),
        "root": head.map(|it| it.root.base64()).unwrap_or_default(),
        "elapsed_ms": u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "faults": faults.collect::<Vec<_>>(),
    }))
}

/// The key in use: the newest.
fn key(ledger: &LedgerHandle) -> String {
    ledger.keys().first().map(ToString::to_string).unwrap_or_default()
}

fn problem(error: &LedgerError) -> Problem {
    match error {
        LedgerError::NoEntry(_) => Problem::NotFound,
        LedgerError::File(_, _)
        | LedgerError::Checkpoint(_)
        | LedgerError::Tiles
        | LedgerError::Pending
        | LedgerError::Full
        | LedgerError::TooLong => Problem::Unavailable(error.to_string()),
    }
}
