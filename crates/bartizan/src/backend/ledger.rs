//! What the console asks of the ledger. All of it is read from what is on disk, so that the thread that
//! writes is not held up.

use crate::ledger::{LedgerHandle, Standing, retained, show};
use bartizan_console::problem::Problem;
use bartizan_ledger::verify::{Fault, Retained};
use bartizan_store::ledger::LedgerError;
use serde_json::{Value, json};

/// How it stands, with its newest checkpoint and the keys that verify it.
pub(super) fn state(ledger: &LedgerHandle) -> Result<Value, Problem> {
    let (note, checkpoint) =
        ledger.reader().checkpoint(ledger.keys()).map_err(|it| problem(&it))?;
    let Standing { size, anchored, lost, fault, unkept, .. } = ledger.standing();
    Ok(json!({
        "origin": checkpoint.origin,
        "size": checkpoint.head.size,
        "root": checkpoint.head.root.base64(),
        "checkpoint": note,
        "keys": ledger.keys().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "on_disk": size,
        "anchored": anchored,
        "lost": lost,
        "fault": fault,
        "checkpoints_fault": unkept,
    }))
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
    let read = reader.entries(start..end, |index, bytes| all.push(show::as_json(index, bytes)));
    read.map_err(|it| problem(&it))?;
    all.reverse();
    let next = Some(start).filter(|it| *it > 0);
    Ok(json!({ "size": checkpoint.head.size, "entries": all, "before": next }))
}

/// What proves one entry offline: the text of `ledger prove`.
pub(super) fn proof(ledger: &LedgerHandle, index: u64) -> Result<Value, Problem> {
    let proof = ledger.reader().prove(index, ledger.keys()).map_err(|it| problem(&it))?;
    let entry = show::as_json(index, &proof.entry);
    Ok(json!({ "index": index, "entry": entry, "proof": proof.to_string() }))
}

/// Verifies everything, against the checkpoints in `against` if there are any.
pub(super) fn verify(ledger: &LedgerHandle, against: Option<&str>) -> Result<Value, Problem> {
    let mut kept = Vec::new();
    for note in against.map(|it| retained::found(it.as_bytes()).notes).unwrap_or_default() {
        let read = Retained::read(note.as_bytes());
        kept.push(read.map_err(|it| Problem::Invalid(format!("against: {it}")))?);
    }
    if against.is_some() && kept.is_empty() {
        return Err(Problem::Invalid("against: it holds no checkpoint".to_owned()));
    }
    let verdict = ledger.reader().verify(ledger.keys(), &kept).map_err(|it| problem(&it))?;
    let head = verdict.checkpoint.as_ref().map(|it| it.head);
    Ok(json!({
        "verified": verdict.is_clean(),
        "size": head.map(|it| it.size),
        "root": head.map(|it| it.root.base64()),
        "anchored": verdict.anchored,
        "faults": verdict.faults.iter().map(Fault::to_string).collect::<Vec<_>>(),
        "faults_more": verdict.faults_more,
    }))
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
