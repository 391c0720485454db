//! `bartizan import`: learning from traffic that something else recorded.
//!
//! Reads    access logs and HAR files; descriptions of APIs.
//! Writes   observations into the journal of a data directory, as if the exchanges had passed through; descriptions
//!          beside them.
//! Memory   one line of a log; a HAR file as a whole, of which there is a bound.
//! Errors   a message and an exit code. Lines that cannot be read are counted, the first of them shown.
//! Misses   what the source does not tell: bodies and most fields in logs, TLS, what was not recorded. It is not
//!          there, and nothing says that it was absent. Nothing is refused or alerted for what is imported.

mod access_log;
mod har;
mod replayed;
mod when;

use crate::bar::Bar;
use crate::cli::{Exit, Import, ImportFormat};
use crate::commands::{fail, note, say};
use crate::config::Settings;
use crate::declared::{self, Declared, Notation};
use crate::instance::{BUFFER_BYTES_MAX, JOURNAL, SEGMENT_BYTES_MAX};
use crate::key;
use crate::wall::now_us;
use bartizan_model::api::Api;
use bartizan_model::moment::Moment;
use bartizan_store::files::{Files, Folder};
use bartizan_store::{Journal, Options, Record};
use replayed::{Call, Replayer};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Bytes of a line; longer ones cannot be read.
const LINE_BYTES_MAX: u64 = 256 * 1024;
/// Bytes of a HAR file.
const HAR_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Lines that cannot be read of which an example is shown.
const EXAMPLES_MAX: usize = 3;
/// Lines between two looks at how far it is.
const LINES_A_LOOK: u64 = 5_000;

/// What came of it.
#[derive(Debug, Default)]
struct Tally {
    learnt: u64,
    unreadable: u64,
    examples: Vec<String>,
}

impl Tally {
    fn unreadable(&mut self, place: &str, why: &str) {
        self.unreadable += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(format!("{place}: {why}"));
        }
    }
}

/// Imports files into `dir`.
pub fn run(dir: &Path, it: &Import) -> Exit {
    match it.format {
        ImportFormat::OpenApi => return describe(dir, it, Notation::OpenApi),
        ImportFormat::Postman => return describe(dir, it, Notation::Postman),
        ImportFormat::AccessLog | ImportFormat::Har => {}
    }
    let (journal, replayer) = match open(dir) {
        Ok(opened) => opened,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let service = it.service.clone().unwrap_or_else(|| IMPORTED.to_owned());
    let mut into = Into { journal, replayer, service, tally: Tally::default() };
    for file in &it.files {
        let read = match it.format {
            ImportFormat::Har => into.har(file),
            ImportFormat::AccessLog | ImportFormat::OpenApi | ImportFormat::Postman => {
                into.log(file)
            }
        };
        if let Err(why) = read {
            return fail(&format!("{}: {why}", file.display()), Exit::Failed);
        }
    }
    if let Err(error) = into.journal.sync() {
        return fail(&format!("the journal cannot be written: {error}"), Exit::Failed);
    }
    let Tally { learnt, unreadable, examples } = into.tally;
    if unreadable > 0 {
        note(&format!("{unreadable} could not be read, such as"));
        examples.iter().for_each(|it| note(&format!("  {it}")));
    }
    if learnt == 0 {
        return fail("nothing was imported", Exit::Failed);
    }
    say(&format!("{learnt} exchanges imported; see `bartizan inventory ls`\n"))
}

/// The service of what names none.
const IMPORTED: &str = "imported";

/// Keeps the descriptions in files.
fn describe(dir: &Path, it: &Import, notation: Notation) -> Exit {
    for file in &it.files {
        let kept = declared::of_file(file, notation).and_then(|(api, odd)| {
            let service = it.service.clone().or_else(|| host(&api));
            let service = service.unwrap_or_else(|| IMPORTED.to_owned());
            let source = file.file_name().map_or(String::new(), |it| it.display().to_string());
            let it = Declared { service, source, at_us: now_us(), api };
            Folder::at(dir).prepare().map_err(|error| error.to_string())?;
            declared::keep(dir, &it).map(|()| (it, odd))
        });
        let (declared, odd) = match kept {
            Ok(kept) => kept,
            Err(why) => return fail(&format!("{}: {why}", file.display()), Exit::Failed),
        };
        let odd = odd.list();
        if !odd.is_empty() {
            note(&format!("{} things in {} are odd, such as", odd.len(), file.display()));
        }
        for it in odd.iter().take(EXAMPLES_MAX) {
            note(&format!("  {}: {}", it.position, it.message));
        }
        let Declared { service, api, .. } = declared;
        say(&format!(
            "{} operations of `{}` are described; see `bartizan inventory drift`\n",
            api.operations.len(),
            service
        ));
    }
    Exit::Clean
}

/// Keeps the description in a file as that of a service.
///
/// # Errors
///
/// A message.
pub(crate) fn described(dir: &Path, file: &Path, service: &str) -> Result<(), String> {
    let named = |why: String| format!("{}: {why}", file.display());
    let (api, _) = declared::of_file(file, Notation::OpenApi).map_err(named)?;
    let source = file.file_name().map_or(String::new(), |it| it.display().to_string());
    let it = Declared { service: service.to_owned(), source, at_us: now_us(), api };
    Folder::at(dir).prepare().map_err(|error| named(error.to_string()))?;
    declared::keep(dir, &it).map_err(named)
}

/// Keeps the descriptions that the configuration names as those of their routes.
///
/// # Errors
///
/// A message.
pub(crate) fn describe_all(dir: &Path, settings: &Settings) -> Result<(), String> {
    settings.descriptions().try_for_each(|(route, file)| described(dir, file, route))
}

/// The host that a description names first.
fn host(api: &Api) -> Option<String> {
    let authority = |url: &str| {
        let rest = url.split_once("://")?.1;
        let host = rest.split(['/', '?', '#']).next()?;
        (!host.is_empty() && !host.contains('{')).then(|| host.to_owned())
    };
    api.servers.iter().find_map(|it| authority(&it.url))
}

fn open(dir: &Path) -> Result<(Journal, Replayer), String> {
    Folder::at(dir).prepare().map_err(|error| format!("`{}`: {error}", dir.display()))?;
    let key = key::read_or_make(dir).map_err(|error| format!("the hash key: {error}"))?;
    let options = Options {
        // Whoever imports wants it kept; the next start of a bartizan holds its own bound.
        journal_bytes_max: u64::MAX,
        segment_bytes_max: SEGMENT_BYTES_MAX,
        buffer_bytes_max: BUFFER_BYTES_MAX,
        epoch: key.epoch(),
    };
    let now = Moment { mono_ns: 0, wall_us: now_us() };
    let (journal, _) = Journal::open(&dir.join(JOURNAL), options, now)
        .map_err(|error| format!("the journal cannot be opened: {error}"))?;
    let replayer = Replayer::new(key, now).map_err(|error| error.to_string())?;
    Ok((journal, replayer))
}

struct Into {
    journal: Journal,
    replayer: Replayer,
    service: String,
    tally: Tally,
}

impl Into {
    fn take(&mut self, call: &Call, place: impl Fn() -> String) -> Result<(), String> {
        match self.replayer.observation(call, &self.service) {
            Some(observation) => {
                let record = Record::Observation(observation);
                self.journal.append(&record).map_err(|error| error.to_string())?;
                self.tally.learnt += 1;
            }
            None => self.tally.unreadable(&place(), "is no HTTP exchange"),
        }
        Ok(())
    }

    fn log(&mut self, path: &Path) -> Result<(), String> {
        let (input, bytes) = input(path)?;
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut line = Vec::new();
        let (mut number, mut read) = (0_u64, 0_u64);
        let bar = Bar::new(bytes);
        loop {
            line.clear();
            let mut limited = input.by_ref().take(LINE_BYTES_MAX);
            let length = limited.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
            if length == 0 {
                break;
            }
            number += 1;
            read += length as u64;
            if number.is_multiple_of(LINES_A_LOOK) {
                bar.show(read, number);
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let place = || format!("line {number}");
            match access_log::call(text) {
                Ok(call) => self.take(&call, place)?,
                Err(why) => self.tally.unreadable(&place(), why),
            }
        }
        bar.end();
        Ok(())
    }

    fn har(&mut self, path: &Path) -> Result<(), String> {
        let (input, _) = input(path)?;
        let mut text = Vec::new();
        input.take(HAR_BYTES_MAX + 1).read_to_end(&mut text).map_err(|error| error.to_string())?;
        if text.len() as u64 > HAR_BYTES_MAX {
            return Err(format!("is longer than {} MiB", HAR_BYTES_MAX >> 20));
        }
        let calls = har::calls(&text)?;
        let bar = Bar::new(Some(calls.len() as u64));
        for (n, call) in calls.into_iter().enumerate() {
            let place = || format!("entry {n}");
            match call {
                Ok(call) => self.take(&call, place)?,
                Err(why) => self.tally.unreadable(&place(), why),
            }
            if (n as u64).is_multiple_of(LINES_A_LOOK) {
                bar.show(n as u64, n as u64);
            }
        }
        bar.end();
        Ok(())
    }
}

fn input(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), String> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|it| it.len());
    Ok((Box::new(file), bytes))
}
