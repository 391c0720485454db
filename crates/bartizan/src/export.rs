//! `bartizan export`: what is kept, for other programs.
//!
//! Reads    sealed segments and the journal behind them, beside a running instance or without one.
//! Writes   a Parquet file of the same columns, a line of JSON for each exchange, or events of OCSF.
//! Memory   one batch of rows; for Parquet the encoded pages of one row group.
//! Errors   a message and an exit code. A file that is not whole is not left behind.
//! Misses   segments that are dropped while it runs.

use crate::cli::{Exit, Export, Form};
use crate::commands::{fail, note};
use crate::held::batches;
use crate::{held, ocsf, show};
use bartizan_store::segments::archive::ArchiveError;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::plain::Plain;
use bartizan_store::segments::rows::{Shared, observations};
use bartizan_store::segments::write::SegmentError;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Why an export failed.
#[derive(Debug)]
enum ExportError {
    /// What is kept cannot be read.
    Archive(ArchiveError),
    /// A batch cannot be read or written.
    Segment(SegmentError),
    /// The file cannot be written.
    File(io::Error),
    /// Whoever read the output has had enough.
    Enough,
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => write!(f, "{error}"),
            Self::Segment(error) => write!(f, "{error}"),
            Self::File(error) => write!(f, "the file cannot be written: {error}"),
            Self::Enough => f.write_str("the output was closed"),
        }
    }
}

impl From<ArchiveError> for ExportError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<SegmentError> for ExportError {
    fn from(error: SegmentError) -> Self {
        Self::Segment(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Enough } else { Self::File(error) }
    }
}

/// Exports what is kept in `dir`.
pub fn run(dir: &Path, it: &Export) -> Exit {
    let key = it.key.clone().map(|it| it.0);
    let held = match held::open(dir, key) {
        Ok(held) => held,
        Err(error) => return fail(&error.to_string(), Exit::Failed),
    };
    let since_us = it.since.map_or(0, held::Ago::us);
    let done = match (&it.file, it.form) {
        (None, Form::Parquet) => {
            return fail("Parquet is written into a file: name one", Exit::Usage);
        }
        (None, form) => {
            let out = BufWriter::new(io::stdout().lock());
            lines(&held, since_us, form, out)
        }
        (Some(path), form) => into_file(path, |file| match form {
            Form::Parquet => parquet(&held, since_us, file),
            Form::Ndjson | Form::Ocsf => lines(&held, since_us, form, BufWriter::new(file)),
        }),
    };
    match done {
        Ok(rows) => {
            note(&format!("{rows} exchanges"));
            Exit::Clean
        }
        Err(ExportError::Enough) => Exit::Clean,
        Err(error) => fail(&format!("nothing exported: {error}"), Exit::Failed),
    }
}

/// Writes beside the file and moves it there whole.
fn into_file(
    path: &Path,
    write: impl FnOnce(File) -> Result<u64, ExportError>,
) -> Result<u64, ExportError> {
    if path.exists() {
        return Err(ExportError::File(io::ErrorKind::AlreadyExists.into()));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let aside = path.with_file_name(name);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    let written = file.try_clone().map_err(ExportError::from).and_then(write).and_then(|rows| {
        file.sync_all()?;
        fs::rename(&aside, path)?;
        Ok(rows)
    });
    if written.is_err() {
        drop(fs::remove_file(&aside));
    }
    written
}

fn parquet(held: &Held, since_us: u64, file: File) -> Result<u64, ExportError> {
    let mut plain = Plain::begin(file)?;
    let rows = batches(held, since_us, |batch| -> Result<_, ExportError> {
        plain.write(batch)?;
        Ok(ControlFlow::Continue(()))
    })?;
    plain.finish()?;
    Ok(rows)
}

fn lines(held: &Held, since_us: u64, form: Form, mut out: impl Write) -> Result<u64, ExportError> {
    let mut shared = Shared::default();
    let rows = batches(held, since_us, |batch| -> Result<_, ExportError> {
        for it in observations(batch, &mut shared).map_err(SegmentError::Row)? {
            match form {
                Form::Ocsf => {
                    for event in ocsf::events(&it) {
                        writeln!(out, "{event}")?;
                    }
                }
                Form::Ndjson | Form::Parquet => writeln!(out, "{}", show::as_json(&it))?,
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    out.flush()?;
    Ok(rows)
}
