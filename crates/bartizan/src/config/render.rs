//! A report as text: each problem with the line it is about and a mark under the place.

use serde_json::{Value, json};
use std::fmt;

use super::fault::Fault;
use super::problem::{Place, Problem, Report, Severity, Span};
use super::secret::is_secret_line;
use super::shown::printable;

/// Characters of a source line shown at most.
const LINE_CHARS_MAX: usize = 120;

/// Characters shown before the mark when a line is longer than that.
const LEAD_CHARS: usize = 40;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems().iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            self.problem(f, problem)?;
        }
        match self.unlisted() {
            0 => Ok(()),
            n => writeln!(f, "\nerror: {n} more not shown"),
        }
    }
}

/// Name and version of the JSON form.
const SCHEMA: &str = "bartizan.check/v1";

impl Report {
    /// For programs, as one document.
    pub fn as_json(&self, is_good: bool) -> Value {
        let problems: Vec<_> = self.problems().iter().map(|it| self.as_object(it)).collect();
        json!({
            "schema": SCHEMA,
            "file": self.shown_name(),
            "good": is_good,
            "problems": problems,
            "problems_more": self.unlisted(),
        })
    }

    /// For programs, one object per line.
    pub fn as_lines(&self) -> String {
        let line = |problem| {
            let mut it = self.as_object(problem);
            if let Some(members) = it.as_object_mut() {
                members.insert("schema".to_owned(), json!(SCHEMA));
                members.insert("file".to_owned(), json!(self.shown_name()));
            }
            format!("{it}\n")
        };
        self.problems().iter().map(line).collect()
    }

    /// Without the line of the file: a program has it, and a log must not have what stands there.
    fn as_object(&self, problem: &Problem) -> Value {
        let Problem { place, fault } = problem;
        let (line, column) = match place {
            Place::At(span) => (Some(span.line), Some(span.column)),
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => (None, None),
        };
        let place = match place {
            Place::At(_) | Place::File => "file",
            Place::Environment(name) | Place::Flag(name) => name,
            Place::Default => "default",
        };
        json!({
            "severity": match fault.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            "place": place,
            "line": line,
            "column": column,
            "says": fault.title(),
            "label": fault.label(),
            "help": fault.help(),
        })
    }

    fn problem(&self, f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
        let Problem { place, fault } = problem;
        let severity = match fault.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}: {}", fault.title())?;
        let margin = match place {
            Place::At(span) => self.excerpt(f, *span, fault)?,
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => {
                self.elsewhere(f, *place, fault.label())?
            }
        };
        match fault.help() {
            Some(help) => writeln!(f, "{:margin$}= help: {help}", ""),
            None => Ok(()),
        }
    }

    fn excerpt(
        &self,
        f: &mut fmt::Formatter<'_>,
        span: Span,
        fault: &Fault,
    ) -> Result<usize, fmt::Error> {
        let mut excerpt = Excerpt::of(&self.text, span);
        if fault.is_secret() {
            excerpt.hide();
        } else if is_secret_line(&excerpt.line) {
            excerpt.hide_all();
        }
        let margin = span.line.to_string().len() + 1;
        let (pad, marks) = (excerpt.lead, "^".repeat(excerpt.marked.max(1)));
        writeln!(f, "{:margin$}--> {}:{}:{}", "", self.shown_name(), span.line, span.column)?;
        writeln!(f, "{:margin$}|", "")?;
        writeln!(f, "{} | {}", span.line, excerpt.line)?;
        let label = fault.label().map(|it| format!(" {it}")).unwrap_or_default();
        writeln!(f, "{:margin$}| {:pad$}{marks}{label}", "", "")?;
        Ok(margin)
    }

    fn elsewhere(
        &self,
        f: &mut fmt::Formatter<'_>,
        place: Place,
        label: Option<String>,
    ) -> Result<usize, fmt::Error> {
        match place {
            Place::At(_) => {}
            Place::File => writeln!(f, "  --> {}", self.shown_name())?,
            Place::Environment(name) => writeln!(f, "  --> environment {name}")?,
            Place::Flag(name) => writeln!(f, "  --> command line {name}")?,
            Place::Default => writeln!(f, "  --> default")?,
        }
        if let Some(label) = label {
            writeln!(f, "  = note: {label}")?;
        }
        Ok(2)
    }

    fn shown_name(&self) -> String {
        match self.name.as_str() {
            "" => "command line".to_owned(),
            name => name.chars().map(printable).collect(),
        }
    }
}

/// One line of the file, cut so that the marked place is in view.
struct Excerpt {
    line: String,
    lead: usize,
    marked: usize,
}

impl Excerpt {
    /// Hides the whole line.
    fn hide_all(&mut self) {
        self.line = "*".repeat(self.line.chars().count());
    }

    /// Hides everything from the mark on.
    fn hide(&mut self) {
        let before = self.line.chars().take(self.lead);
        self.line = before.chain(std::iter::repeat_n('*', self.marked)).collect();
    }

    fn of(text: &str, span: Span) -> Self {
        let (before, rest) = text.split_at_checked(span.start).unwrap_or((text, ""));
        let before = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        let rest = rest.split(['\n', '\r']).next().unwrap_or_default();
        let marked = rest.get(..span.end.saturating_sub(span.start)).unwrap_or(rest);
        let marked = marked.trim_end().chars().count();

        let lead = before.chars().count();
        let is_long = lead + rest.chars().count() > LINE_CHARS_MAX;
        let skipped = if is_long { lead.saturating_sub(LEAD_CHARS) } else { 0 };
        let whole = before.chars().chain(rest.chars());
        let line: String = whole.skip(skipped).take(LINE_CHARS_MAX).map(printable).collect();
        let lead = lead - skipped;
        let marked = marked.min(LINE_CHARS_MAX.saturating_sub(lead));
        Self { line: line.trim_end().to_owned(), lead, marked }
    }
}
