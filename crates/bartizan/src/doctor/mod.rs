//! `bartizan doctor`: what would keep bartizan from serving well here, and how to mend it.
//!
//! Reads    settings, and what only the system knows: ports, the data directory, the limit on open
//!          files, the clocks, certificates and keys, each address of the API. A port is bound and let go; a file is made and removed.
//! Writes   one line a check: ok, a warning, or a problem with the way to mend it.
//! Errors   none: what cannot be found out is said as such.
//! Misses   what changes until the start: a port that is taken, a disk that fills. What only root
//!          may look at. The API's answers to anything but one HEAD of `/`.

mod certificate;
mod clock;
mod data;
mod files;
mod patches;
mod ports;
mod proxies;
mod references;
mod upstream;

use crate::cli::{Exit, Output};
use crate::commands::say;
use crate::config::Settings;
use crate::control::{self, Question};
use serde_json::{Value, json};
use std::fmt;

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.doctor/v1";

/// Examines what these settings need.
pub fn run(settings: &Settings, output: Output) -> Exit {
    let findings = examine(settings);
    let text: String = match output {
        Output::Human => findings.iter().map(ToString::to_string).collect(),
        Output::Json => {
            let findings: Vec<_> = findings.iter().map(Finding::as_json).collect();
            format!("{}\n", json!({ "schema": SCHEMA, "findings": findings }))
        }
        Output::Ndjson => findings.iter().map(|it| format!("{}\n", it.as_line())).collect(),
    };
    let said = say(&text);
    let has_problem = findings.iter().any(|it| it.level == Level::Problem);
    if has_problem && said == Exit::Clean { Exit::Findings } else { said }
}

fn examine(settings: &Settings) -> Vec<Finding> {
    let running = control::ask(&settings.data.dir.value, &Question::Status).ok();
    let mut findings = ports::examine(settings, running.as_ref());
    findings.extend(data::examine(&settings.data.dir.value));
    findings.push(files::examine(settings.limits.connections_max));
    findings.push(files::core_dumps());
    findings.push(clock::examine(&settings.data.dir.value));
    findings.extend(references::examine(settings));
    findings.extend(patches::examine(settings));
    findings.extend(settings.upstreams.iter().flat_map(upstream::examine));
    findings.extend(proxies::examine(settings));
    findings
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// As it should be.
    Good,
    /// It works, and may not work well.
    Warning,
    /// It does not work, or is open to others.
    Problem,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    level: Level,
    /// What was looked at; a key of the configuration where there is one.
    about: &'static str,
    says: String,
    mend: Option<String>,
}

impl Finding {
    fn good(about: &'static str, says: impl Into<String>) -> Self {
        Self { level: Level::Good, about, says: says.into(), mend: None }
    }

    fn warning(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Warning, about, says: says.into(), mend: Some(mend.into()) }
    }

    fn problem(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Problem, ..Self::warning(about, says, mend) }
    }

    /// With a hint, though nothing is wrong.
    fn hinting(self, hint: impl Into<String>) -> Self {
        Self { mend: Some(hint.into()), ..self }
    }

    fn as_json(&self) -> Value {
        json!({
            "level": self.level.name(),
            "about": self.about,
            "says": self.says,
            "mend": self.mend,
        })
    }
}

impl Finding {
    /// As a document of its own.
    fn as_line(&self) -> Value {
        let mut it = self.as_json();
        if let Some(members) = it.as_object_mut() {
            members.insert("schema".to_owned(), json!(SCHEMA));
        }
        it
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, about, says, mend } = self;
        writeln!(f, "{:<8} {about:<16} {says}", level.name())?;
        match mend {
            Some(mend) => writeln!(f, "{:<25} {mend}", ""),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_the_way_to_mend_it_another() {
        let good = Finding::good("clock", "2026-06-01");
        assert_eq!(good.to_string(), "ok       clock            2026-06-01\n");
        let problem = Finding::problem("data.dir", "is a file", "remove it");
        assert_eq!(
            problem.to_string(),
            "problem  data.dir         is a file\n                          remove it\n"
        );
        assert_eq!(problem.as_json()["mend"], "remove it");
        assert_eq!(good.as_json()["mend"], Value::Null);
    }
}
