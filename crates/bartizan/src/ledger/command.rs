//! `bartizan ledger`: verifies, proves, shows. Reads files only, so that it works with any copy of a ledger,
//! with and without a running instance.
//!
//! Errors   a fault of the ledger ends with 5, what cannot be read with 3.

use super::{LEDGER, beside, key, retained, show};
use crate::cli::{self, Exit, Output};
use crate::commands::{fail, note, say};
use crate::show::timestamp;
use bartizan_ledger::checkpoint::Checkpoint;
use bartizan_ledger::entry::{Entry, What};
use bartizan_ledger::note::VerifyingKey;
use bartizan_ledger::proof::{PROOF_BYTES_MAX, Proof};
use bartizan_ledger::verify::{self, Fault, Retained, Verdict};
use bartizan_model::id::ExchangeId;
use bartizan_store::files::Folder;
use bartizan_store::ledger::{LedgerError, Reader, pending};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name and version of what `verify` prints.
const VERIFY_SCHEMA: &str = "bartizan.ledger.verify/v1";
/// Name and version of what `check-proof` prints.
const PROOF_SCHEMA: &str = "bartizan.ledger.proof/v1";
/// Entries that `tail` shows before it follows.
const TAIL_LINES: u64 = 10;
/// Time between two looks of a following `tail`.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Entries that are read before they are printed.
const ENTRIES_AT_ONCE: u64 = 4_096;

/// Does what the command line says. `dir` finds the data directory.
pub fn run(it: &cli::Ledger, dir: impl Fn(&Option<std::ffi::OsString>) -> PathBuf) -> Exit {
    let done = match it {
        cli::Ledger::Verify(it) => Ledger::of(&it.of, &dir).and_then(|of| verify(&of, it)),
        cli::Ledger::Prove(it) => Ledger::of(&it.of, &dir).and_then(|of| prove(&of, it)),
        cli::Ledger::CheckProof(it) => check_proof(it),
        cli::Ledger::Tail(it) => Ledger::of(&it.of, &dir).and_then(|of| tail(&of, it)),
        cli::Ledger::Export(it) => Ledger::of(&it.of, &dir).and_then(|of| export(&of, it)),
        cli::Ledger::Key(it) => show_key(&dir(&it.data), it),
    };
    done.unwrap_or_else(|exit| exit)
}

/// Which ledger, and the keys that it is held to.
struct Ledger {
    folder: Folder,
    keys: Vec<VerifyingKey>,
    /// The key was found beside the ledger: whoever changed one may have changed the other.
    is_own_key: bool,
    /// The file of checkpoints that goes with a data directory.
    checkpoints: Option<PathBuf>,
}

impl Ledger {
    fn of(
        it: &cli::LedgerOf,
        dir: impl Fn(&Option<std::ffi::OsString>) -> PathBuf,
    ) -> Result<Self, Exit> {
        let data = dir(&it.data);
        let (path, public, checkpoints) = match &it.from {
            Some(from) => (from.clone(), None, None),
            None => (data.join(LEDGER), Some(data.join(key::PUBLIC_FILE)), Some(beside(&data))),
        };
        if !path.is_dir() {
            return Err(fail(&format!("no ledger in `{}`", path.display()), Exit::Failed));
        }
        let is_own_key = it.key.is_empty();
        let keys = match public.filter(|_| is_own_key) {
            Some(public) => vec![read_key(&public)?],
            None => it.key.clone(),
        };
        Ok(Self { folder: Folder::at(&path), keys, is_own_key, checkpoints })
    }

    fn reader(&self) -> Reader<Folder> {
        Reader::at(self.folder.clone())
    }

    /// The newest checkpoint, or why there is none.
    fn opened(&self) -> Result<(Reader<Folder>, Checkpoint), Exit> {
        let mut reader = self.reader();
        let (_, checkpoint) = reader.checkpoint(&self.keys).map_err(|it| failed(&it))?;
        Ok((reader, checkpoint))
    }
}

fn read_key(path: &Path) -> Result<VerifyingKey, Exit> {
    let cannot = |why: String| {
        fail(&format!("`{}`: {why}; name one with --key", path.display()), Exit::Failed)
    };
    let text = fs::read_to_string(path).map_err(|it| cannot(it.to_string()))?;
    VerifyingKey::read(text.trim()).map_err(|it| cannot(it.to_string()))
}

/// What cannot be read failed; what was read and is wrong is not verified.
fn failed(error: &LedgerError) -> Exit {
    let exit = match error {
        LedgerError::Checkpoint(_) | LedgerError::Tiles | LedgerError::Pending => Exit::Unverified,
        LedgerError::File(_, _)
        | LedgerError::Full
        | LedgerError::TooLong
        | LedgerError::NoEntry(_) => Exit::Failed,
    };
    fail(&error.to_string(), exit)
}

fn verify(ledger: &Ledger, it: &cli::LedgerVerify) -> Result<Exit, Exit> {
    let (retained, named) = retained_by(ledger, it)?;
    let mut reader = ledger.reader();
    let (mut last_us, mut entries) = (0, 0_u64);
    let verdict = verify::verify(&mut reader, &ledger.keys, &retained, |_, bytes| {
        entries += 1;
        // The time stands in the same place in every version of the form.
        let at_us =
            bytes.get(2..10).and_then(|it| it.first_chunk()).map(|it| u64::from_be_bytes(*it));
        last_us = at_us.unwrap_or(last_us);
    })
    .map_err(|it| failed(&it))?;
    let size = verdict.checkpoint.as_ref().map_or(0, |it| it.head.size);
    let waiting = pending(&ledger.folder, size);
    let report = Report {
        ledger,
        verdict: &verdict,
        retained: retained.len(),
        named: &named,
        last_us,
        waiting,
    };
    let said = match it.output {
        Output::Human => say(&report.text()),
        Output::Json | Output::Ndjson => say(&format!("{}\n", report.json())),
    };
    if said != Exit::Clean {
        return Ok(said);
    }
    Ok(if verdict.is_clean() && report.waiting.is_ok() { Exit::Clean } else { Exit::Unverified })
}

/// The checkpoints that the ledger is held against, and where they came from.
fn retained_by(ledger: &Ledger, it: &cli::LedgerVerify) -> Result<(Vec<Retained>, String), Exit> {
    let (path, is_asked) = match (&it.against, &ledger.checkpoints) {
        (Some(path), _) => (path, true),
        (None, Some(path)) => (path, false),
        (None, None) => return Ok((Vec::new(), String::new())),
    };
    let shown = path.display().to_string();
    let cannot = |why: &str| fail(&format!("`{shown}`: {why}"), Exit::Failed);
    if is_asked && !path.is_file() {
        return Err(cannot("there is no such file"));
    }
    let found = retained::Place::of(path).read(retained::BYTES_MAX);
    let found = found.map_err(|it| cannot(&it.to_string()))?;
    if found.passed_over > 0 {
        note(&format!("warning: {} lines of `{shown}` cannot be read", found.passed_over));
    }
    let mut all = Vec::new();
    for text in &found.notes {
        match Retained::read(text.as_bytes()) {
            // The file beside a data directory may have those of a ledger before.
            Ok(it)
                if !is_asked && !ledger.keys.iter().any(|of| of.name() == it.checkpoint.origin) => {
            }
            Ok(it) => all.push(it),
            Err(fault) => {
                return Err(fail(&format!("a checkpoint in `{shown}`: {fault}"), Exit::Unverified));
            }
        }
    }
    if is_asked && all.is_empty() {
        return Err(cannot("it holds no checkpoint"));
    }
    let named = if all.is_empty() { String::new() } else { shown };
    Ok((all, named))
}

struct Report<'a> {
    ledger: &'a Ledger,
    verdict: &'a Verdict,
    retained: usize,
    named: &'a str,
    last_us: u64,
    waiting: Result<(u64, usize), LedgerError>,
}

impl Report<'_> {
    fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String| out.push_str(&format!("{name:<18} {value}\n"));
        let verdict = self.verdict;
        if let Some(checkpoint) = &verdict.checkpoint {
            line("log", checkpoint.origin.clone());
            line("entries", checkpoint.head.size.to_string());
            line("root", checkpoint.head.root.base64());
            if self.last_us > 0 {
                line("newest entry", timestamp(self.last_us));
            }
        }
        for key in &self.ledger.keys {
            let whence = if self.ledger.is_own_key {
                " (found beside the ledger: name the one that you kept with --key)"
            } else {
                ""
            };
            line("key", format!("{key}{whence}"));
        }
        match verdict.anchored {
            Some(size) => {
                let (count, named) = (verdict.matching, self.named);
                line("anchored up to", format!("{size} ({count} checkpoints in `{named}` match)"));
            }
            None => {
                line("anchored up to", "0: no checkpoint outside the ledger was given".to_owned())
            }
        }
        if let Some(since_us) = verdict.unanchored_since_us {
            line("unanchored since", timestamp(since_us));
        }
        match &self.waiting {
            Ok((0, _)) => {}
            Ok((count, _)) => line("not sealed yet", format!("{count} entries")),
            Err(error) => line("not sealed yet", error.to_string()),
        }
        if verdict.unknown > 0 {
            line("unknown kinds", format!("{} entries, of a later version", verdict.unknown));
        }
        if verdict.unreadable > 0 {
            line("unreadable", format!("{} entries", verdict.unreadable));
        }
        for fault in &verdict.faults {
            line("FAULT", fault.to_string());
        }
        if verdict.faults_more > 0 {
            line("FAULT", format!("{} more", verdict.faults_more));
        }
        let clean = verdict.is_clean() && self.waiting.is_ok();
        line("verdict", if clean { "verified" } else { "NOT VERIFIED" }.to_owned());
        out
    }

    fn json(&self) -> Value {
        let verdict = self.verdict;
        let head = verdict.checkpoint.as_ref().map(|it| it.head);
        let faults: Vec<String> = verdict.faults.iter().map(Fault::to_string).collect();
        json!({
            "schema": VERIFY_SCHEMA,
            "verified": verdict.is_clean() && self.waiting.is_ok(),
            "origin": verdict.checkpoint.as_ref().map(|it| it.origin.clone()),
            "size": head.map(|it| it.size),
            "root": head.map(|it| it.root.base64()),
            "keys": self.ledger.keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "key_from_the_data_directory": self.ledger.is_own_key,
            "retained": self.retained,
            "anchored": verdict.anchored,
            "unanchored_since": verdict.unanchored_since_us.map(timestamp),
            "not_sealed": self.waiting.as_ref().ok().map(|it| it.0),
            "not_sealed_fault": self.waiting.as_ref().err().map(ToString::to_string),
            "unknown_entries": verdict.unknown,
            "unreadable_entries": verdict.unreadable,
            "faults": faults,
            "faults_more": verdict.faults_more,
        })
    }
}

fn prove(ledger: &Ledger, it: &cli::LedgerProve) -> Result<Exit, Exit> {
    let (mut reader, checkpoint) = ledger.opened()?;
    let index = match it.entry {
        cli::EntryName::Index(index) => index,
        cli::EntryName::Decision(id) => find(&mut reader, checkpoint.head.size, id)?,
    };
    let proof = reader.prove(index, &ledger.keys).map_err(|it| failed(&it))?.to_string();
    let Some(path) = &it.out else { return Ok(say(&proof)) };
    let cannot = |error: io::Error| fail(&format!("`{}`: {error}", path.display()), Exit::Failed);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
    file.and_then(|mut it| it.write_all(proof.as_bytes())).map_err(cannot)?;
    Ok(say(&format!("the proof of entry {index} is in `{}`\n", path.display())))
}

/// The first entry of a decision, looked for from the newest entry back.
fn find(reader: &mut Reader<Folder>, size: u64, id: ExchangeId) -> Result<u64, Exit> {
    let mut end = size;
    while end > 0 {
        let start = end.saturating_sub(ENTRIES_AT_ONCE);
        let mut found = None;
        let read = reader.entries(start..end, |index, bytes| {
            if let Ok(Entry { what: What::Decision(it), .. }) = Entry::decode(bytes)
                && it.exchange == id
            {
                found = found.or(Some(index));
            }
        });
        read.map_err(|it| failed(&it))?;
        if let Some(index) = found {
            return Ok(index);
        }
        end = start;
    }
    Err(fail(
        "the ledger holds no decision with this id that refused or changed anything",
        Exit::Failed,
    ))
}

fn check_proof(it: &cli::LedgerCheckProof) -> Result<Exit, Exit> {
    let mut bytes = Vec::new();
    let read = File::open(&it.file)
        .and_then(|file| file.take(PROOF_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| fail(&format!("`{}`: {error}", it.file.display()), Exit::Failed))?;
    let proven = Proof::read(&bytes).and_then(|proof| Ok((proof.verify(&it.key)?, proof)));
    let (checkpoint, proof) =
        proven.map_err(|fault| fail(&format!("not proven: {fault}"), Exit::Unverified))?;
    let entry = show::as_json(proof.index, &proof.entry);
    Ok(match it.output {
        Output::Human => say(&format!(
            "{}\nproven to be entry {} of {} in the log {}\n",
            show::as_line(proof.index, &proof.entry),
            proof.index,
            checkpoint.head.size,
            checkpoint.origin,
        )),
        Output::Json | Output::Ndjson => say(&format!(
            "{}\n",
            json!({
                "schema": PROOF_SCHEMA,
                "proven": true,
                "origin": checkpoint.origin,
                "size": checkpoint.head.size,
                "entry": entry,
            })
        )),
    })
}

/// Prints these entries; whether the reader wants more.
fn print(
    reader: &mut Reader<Folder>,
    mut next: u64,
    end: u64,
    output: Output,
) -> Result<bool, Exit> {
    while next < end {
        let stop = end.min(next + ENTRIES_AT_ONCE);
        let mut text = String::new();
        let read = reader.entries(next..stop, |index, bytes| match output {
            Output::Human => text.push_str(&format!("{}\n", show::as_line(index, bytes))),
            Output::Json | Output::Ndjson => {
                text.push_str(&format!("{}\n", show::as_json(index, bytes)));
            }
        });
        read.map_err(|it| failed(&it))?;
        if say(&text) != Exit::Clean {
            return Ok(false);
        }
        next = stop;
    }
    Ok(true)
}

fn tail(ledger: &Ledger, it: &cli::LedgerTail) -> Result<Exit, Exit> {
    let (mut reader, checkpoint) = ledger.opened()?;
    let mut next = checkpoint.head.size.saturating_sub(it.last.unwrap_or(TAIL_LINES));
    let mut end = checkpoint.head.size;
    loop {
        let goes_on = print(&mut reader, next, end, it.output)?;
        if it.last.is_some() || !goes_on {
            return Ok(Exit::Clean);
        }
        next = end;
        std::thread::sleep(LOOK_EVERY);
        (reader, end) = ledger.opened().map(|(it, checkpoint)| (it, checkpoint.head.size))?;
    }
}

fn export(ledger: &Ledger, it: &cli::LedgerExport) -> Result<Exit, Exit> {
    let (mut reader, checkpoint) = ledger.opened()?;
    print(&mut reader, 0, checkpoint.head.size, it.output)?;
    Ok(Exit::Clean)
}

fn show_key(data: &Path, it: &cli::LedgerKey) -> Result<Exit, Exit> {
    let current = read_key(&data.join(key::PUBLIC_FILE))?;
    let Some(path) = &it.new else { return Ok(say(&format!("{current}\n"))) };
    let made = key::make(path, current.name(), Some(&current));
    let made = made.map_err(|problem| fail(&problem.to_string(), Exit::Failed))?;
    Ok(say(&format!("{}\n", made.verifying())))
}
