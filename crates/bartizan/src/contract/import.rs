//! What a document would change, and changing it.
//!
//! Reads    a document, what is decided.
//! Writes   decisions, each with its history, like those of people.
//! Errors   [`Fault`]; nothing has changed then.
//!
//! A clause of which the document says something else than is decided is changed if nobody decided otherwise meanwhile: if
//! what is decided is what the document was made from, or came from a document itself. Everything else is a conflict.
//! What the document does not name stays as it is.

use super::document::{self, Wanted, digest};
use super::{Because, Changed, Contracts, Decided, Fault, Which, file};
use crate::declared;
use bartizan_learn::terms::Proposed;
use std::collections::BTreeMap;
use std::path::Path;

/// Who decides what the configuration names.
const CONFIGURATION: &str = "configuration";

/// What a document in a file says.
///
/// # Errors
///
/// A message with the name of the file.
pub(crate) fn wanted(file: &Path) -> Result<Vec<Wanted>, String> {
    let read = declared::text_of(file).and_then(|text| document::read(&text));
    read.map_err(|why| format!("{}: {why}", file.display()))
}

/// Decides, at a start, as the document says that the configuration names; how many clauses are in conflict.
///
/// # Errors
///
/// A message; nothing has changed then.
pub(crate) fn at_start(dir: &Path, document: &Path, at_us: u64) -> Result<usize, String> {
    let wanted = wanted(document)?;
    let mut contracts = file::read(dir)?;
    match contracts.follow(&wanted, at_us) {
        Ok(false) => Ok(0),
        Ok(true) => file::keep(dir, &contracts).map(|()| 0),
        Err(Fault::Conflicts(count)) => Ok(count),
        Err(fault) => Err(fault.to_string()),
    }
}

/// What becomes of one clause.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) which: Which,
    pub(crate) before: Option<Decided>,
    pub(crate) after: Option<Decided>,
    /// Somebody decided otherwise since the document was made.
    pub(crate) is_conflict: bool,
}

impl Contracts {
    /// Clauses of which nothing is decided any more, by their last change.
    pub(super) fn withdrawn(&self) -> Vec<&Which> {
        let last: BTreeMap<String, &Which> =
            self.history.iter().map(|it| (it.which.id(), &it.which)).collect();
        last.into_values().filter(|it| self.of(it).is_none()).collect()
    }

    /// What a document would change.
    pub(crate) fn plan(&self, document: &[Wanted]) -> Vec<Planned> {
        document.iter().filter_map(|it| self.planned(it)).collect()
    }

    /// Decides as the document says that the configuration names; whether that is something else.
    ///
    /// # Errors
    ///
    /// [`Fault::Conflicts`], or [`Fault::TooMany`]: then some of it may be done, and the caller keeps none of it.
    pub(crate) fn follow(&mut self, document: &[Wanted], at_us: u64) -> Result<bool, Fault> {
        let planned = self.plan(document);
        let conflicts = planned.iter().filter(|it| it.is_conflict).count();
        if conflicts > 0 {
            return Err(Fault::Conflicts(conflicts));
        }
        let by = Some(CONFIGURATION.to_owned());
        let reason = "the document says so that the configuration names".to_owned();
        self.carry_out(&planned, &[], &Because { by, at_us, reason })?;
        Ok(!planned.is_empty())
    }

    fn planned(&self, it: &Wanted) -> Option<Planned> {
        let before = self.of(&it.which);
        let is_decided = before.is_some() || self.history.iter().any(|of| of.which == it.which);
        let now = digest(&it.which, before);
        if is_decided && now == digest(&it.which, it.decided.as_ref()) {
            return None;
        }
        let is_as_imported = before.is_some_and(|it| it.is_imported);
        let is_as_made = it.made_from.as_ref() == Some(&now);
        Some(Planned {
            which: it.which.clone(),
            before: before.cloned(),
            after: it.decided.clone(),
            is_conflict: is_decided && !is_as_imported && !is_as_made,
        })
    }

    /// Does what was planned.
    ///
    /// # Errors
    ///
    /// [`Fault::TooMany`]; then some of it may be done, and the caller keeps none of it.
    pub(crate) fn carry_out(
        &mut self,
        planned: &[Planned],
        proposed: &[Proposed],
        why: &Because,
    ) -> Result<(), Fault> {
        for it in planned {
            let Because { by, at_us, reason } = why.clone();
            // A canary passes if nobody is refused from now on.
            let known = it.before.as_ref().map_or(0, |it| it.refused);
            let refused = super::refused(&it.which, proposed).unwrap_or(known);
            let after = it.after.clone().map(|it| Decided { refused, by, at_us, reason, ..it });
            let (which, before) = (it.which.clone(), it.before.clone());
            let force = super::name(after.as_ref());
            self.put(&which, after)?;
            self.note(Changed { which, before, force, ..self.change(why) });
        }
        Ok(())
    }
}
