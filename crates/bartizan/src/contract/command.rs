//! `bartizan contract`: what endpoints are held to, shown, simulated and decided.

use super::{Because, Contracts, Decision, Which, file, pace, shown};
use crate::cli::{
    Contract as What, ContractApply, ContractRollback, ContractSimulate, ContractWithdraw, Exit,
    HeldAs, InventoryOf, Output,
};
use crate::commands::{fail, note, say};
use crate::held::{self, Ago};
use crate::inventory::apis::Apis;
use crate::inventory::said::Sayings;
use crate::inventory::{self, classes, fold};
use crate::wall::now_us;
use bartizan_engine::simulate::{Verdict, simulate};
use bartizan_engine::terms::Terms;
use bartizan_learn::relations::Relations;
use bartizan_learn::terms::{Proposed, propose};
use bartizan_model::calendar::timestamp;
use bartizan_model::terms::Force;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Exchanges that a simulation shows as examples.
const EXAMPLES_MAX: usize = 10;
/// Callers that a simulation tells apart.
const SUBJECTS_MAX: usize = 100_000;
/// Days that it tells apart.
const DAYS_MAX: usize = 4_000;
const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// The force of this name.
pub(super) fn force(name: &str) -> Option<Force> {
    Force::ALL.iter().copied().find(|it| it.name() == name)
}

/// Does what the command line says.
pub fn run(what: &What, dir: impl Fn(&InventoryOf) -> PathBuf) -> Exit {
    let of = what.of();
    let dir = dir(&of);
    let contracts = match file::read(&dir) {
        Ok(it) => it,
        Err(why) => return fail(&why, Exit::Failed),
    };
    match what {
        What::History(it) => {
            let all = shown::history(&contracts);
            print(&all, "changes", it.output, shown::history_text)
        }
        What::Withdraw(ContractWithdraw { clauses, reason, .. }) => {
            decide(&dir, contracts, &[], clauses, Decision::Withdraw, reason)
        }
        What::Rollback(it) => roll_back(&dir, contracts, it),
        What::Show(_) | What::Suggest(_) | What::Simulate(_) | What::Apply(_) => {
            let apis = Apis::read(&dir);
            let proposed = match proposed(&dir, &of, &apis) {
                Ok(it) => it,
                Err(why) => return fail(&why, Exit::Failed),
            };
            let service = of.service.as_deref();
            let all = || shown::all(&contracts, &proposed, service, now_us(), apis.is_lab());
            match what {
                What::Show(it) => {
                    let wanted =
                        |row: &Value| it.only.as_deref().is_none_or(|only| shown::is_of(row, only));
                    let found = shown::only(&all(), wanted);
                    let is_empty = found.pointer("/clauses/0").is_none();
                    if is_empty && it.only.is_some() {
                        return fail(
                            "no such endpoint has clauses; see `bartizan contract show`",
                            Exit::Failed,
                        );
                    }
                    print(&found, "clauses", it.output, shown::text)
                }
                What::Suggest(it) => {
                    print(&shown::suggested(&all()), "clauses", it.output, suggestions)
                }
                What::Simulate(it) => simulated(&dir, it, &contracts, &proposed),
                What::Apply(ContractApply { clauses, held_as, reason, .. }) => {
                    let decision = Decision::Hold(match held_as {
                        HeldAs::Off => None,
                        HeldAs::Observe => Some(Force::Observed),
                        HeldAs::Canary => Some(Force::Canary),
                        HeldAs::Enforce => Some(Force::Enforced),
                    });
                    decide(&dir, contracts, &proposed, clauses, decision, reason)
                }
                What::Withdraw(_) | What::Rollback(_) | What::History(_) => Exit::Usage,
            }
        }
    }
}

fn suggestions(all: &Value) -> String {
    match all.pointer("/clauses/0") {
        None => "nothing yet: no clause held for long enough, by enough callers, that nobody decided on\n".to_owned(),
        Some(_) => shown::text(all),
    }
}

/// What traffic speaks for.
fn proposed(dir: &Path, of: &InventoryOf, apis: &Apis) -> Result<Vec<Proposed>, String> {
    let said = Sayings::read(dir);
    said.faults.iter().chain(&apis.faults).for_each(|it| note(it));
    let held = held::open(dir, of.key.clone().map(|it| it.0)).map_err(|it| it.to_string())?;
    let since_us = of.since.map_or(0, Ago::us);
    let learnt = inventory::of(&held, since_us, &said, apis).map_err(|it| it.to_string())?;
    let mut relations = Relations::default();
    let each = fold(&held, since_us, |it| {
        relations.observe(it);
        true
    });
    each.map_err(|it| it.to_string())?;
    Ok(propose(&learnt.inventory, &relations, &classes::maskable, &pace(apis.is_lab())))
}

fn because(reason: &str) -> Result<Because, String> {
    Because::new(None, now_us(), reason)
}

fn decide(
    dir: &Path,
    mut contracts: Contracts,
    proposed: &[Proposed],
    ids: &[String],
    decision: Decision,
    reason: &str,
) -> Exit {
    let why = match because(reason) {
        Ok(why) => why,
        Err(why) => return fail(&why, Exit::Usage),
    };
    let mut out = String::new();
    for id in ids {
        match contracts.decide(id, decision, proposed, &why) {
            Ok(which) => {
                let force = contracts.of(&which).map_or("withdrawn", |it| super::name(it.force));
                let _written = writeln!(out, "{}: {force}", which.text());
            }
            Err(why) => return fail(&why.to_string(), Exit::Failed),
        }
    }
    kept(dir, &contracts, &out)
}

fn roll_back(dir: &Path, mut contracts: Contracts, it: &ContractRollback) -> Exit {
    let why = match because(&it.reason) {
        Ok(why) => why,
        Err(why) => return fail(&why, Exit::Usage),
    };
    match contracts.roll_back(it.revision, &why) {
        Ok(which) => {
            let out = which.iter().fold(String::new(), |out, it: &Which| {
                let force = contracts.of(it).map_or("withdrawn", |it| super::name(it.force));
                out + &format!("{}: {force}\n", it.text())
            });
            kept(dir, &contracts, &out)
        }
        Err(why) => fail(&why.to_string(), Exit::Failed),
    }
}

fn kept(dir: &Path, contracts: &Contracts, said: &str) -> Exit {
    match file::keep(dir, contracts) {
        Ok(()) => say(&format!(
            "{said}revision {}; a running bartizan follows within seconds\n",
            contracts.revision
        )),
        Err(why) => fail(&why, Exit::Failed),
    }
}

fn print(found: &Value, name: &str, output: Output, text: fn(&Value) -> String) -> Exit {
    let rows = || found.get(name).and_then(Value::as_array).into_iter().flatten();
    match output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => say(&rows().fold(String::new(), |out, it| out + &format!("{it}\n"))),
        Output::Human => say(&text(found)),
    }
}

/// What one clause would have made of what is kept.
fn simulated(
    dir: &Path,
    it: &ContractSimulate,
    contracts: &Contracts,
    proposed: &[Proposed],
) -> Exit {
    // As if it were put in force now.
    let mut trial = Contracts::default();
    if let Some(decided) = contracts.decided.iter().find(|of| of.which.id() == it.clause) {
        trial.decided.push(decided.clone());
    }
    let why = Because { by: None, at_us: now_us(), reason: String::new() };
    let which =
        match trial.decide(&it.clause, Decision::Hold(Some(Force::Enforced)), proposed, &why) {
            Ok(which) => which,
            Err(why) => return fail(&why.to_string(), Exit::Failed),
        };
    let terms = Terms::new(trial.in_force(&[], why.at_us, false));
    let held = match held::open(dir, it.of.key.clone().map(|it| it.0)) {
        Ok(held) => held,
        Err(why) => return fail(&why.to_string(), Exit::Failed),
    };
    let mut sum = Simulated::default();
    let folded = fold(&held, it.of.since.map_or(0, Ago::us), |seen| {
        sum.calls += 1;
        if let Some(verdict) = simulate(&terms, seen) {
            sum.add(&verdict, seen);
        }
        true
    });
    if let Err(why) = folded {
        return fail(&why.to_string(), Exit::Failed);
    }
    let found = sum.shown(&which);
    match it.output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => say(&format!("{found}\n")),
        Output::Human => say(&sum.text(&which)),
    }
}

/// What a simulation adds up.
#[derive(Default)]
struct Simulated {
    /// All exchanges that are kept.
    calls: u64,
    /// Those of the endpoint.
    of_endpoint: u64,
    would_refuse: u64,
    cannot_tell: u64,
    subjects: BTreeSet<u128>,
    by_day: BTreeMap<u64, u64>,
    examples: Vec<(String, u64, String)>,
}

impl Simulated {
    fn add(&mut self, verdict: &Verdict, seen: &bartizan_model::observation::Observation) {
        self.of_endpoint += 1;
        match verdict {
            Verdict::Keeps => {}
            Verdict::CannotTell => self.cannot_tell += 1,
            Verdict::Breaks(_, place) => {
                self.would_refuse += 1;
                if self.subjects.len() < SUBJECTS_MAX {
                    self.subjects.insert(seen.subject.0);
                }
                let day = seen.started.wall_us / DAY_US;
                if self.by_day.len() < DAYS_MAX || self.by_day.contains_key(&day) {
                    *self.by_day.entry(day).or_default() += 1;
                }
                if self.examples.len() < EXAMPLES_MAX {
                    let place = place.as_ref().map_or(String::new(), ToString::to_string);
                    self.examples.push((seen.id.to_string(), seen.started.wall_us, place));
                }
            }
        }
    }

    fn shown(&self, which: &Which) -> Value {
        let examples = self
            .examples
            .iter()
            .map(|(id, at, place)| json!({"exchange": id, "at": at, "place": place}));
        let by_day =
            self.by_day.iter().map(|(day, calls)| json!({"day": day * DAY_US, "calls": calls}));
        json!({
            "clause": which.text(),
            "id": which.id(),
            "kept": self.calls,
            "calls": self.of_endpoint,
            "would_refuse": self.would_refuse,
            "cannot_tell": self.cannot_tell,
            "callers": self.subjects.len(),
            "by_day": by_day.collect::<Vec<_>>(),
            "examples": examples.collect::<Vec<_>>(),
        })
    }

    fn text(&self, which: &Which) -> String {
        let mut out = format!(
            "{}\n  of {} calls of this endpoint among {} that are kept\n  {} calls by {} callers would have been refused\n  \
             {} cannot be told from what is kept\n",
            which.text(),
            self.of_endpoint,
            self.calls,
            self.would_refuse,
            self.subjects.len(),
            self.cannot_tell
        );
        for (day, calls) in &self.by_day {
            let at = timestamp(day * DAY_US);
            let day = at.split('T').next().unwrap_or_default();
            let _written = writeln!(out, "  {day}  {calls}");
        }
        for (id, at, place) in &self.examples {
            let _written = writeln!(out, "  {id}  {}  {place}", timestamp(*at));
        }
        if !self.examples.is_empty() {
            out += "  `bartizan why ID` tells more of one\n";
        }
        out
    }
}
