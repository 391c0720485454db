//! `bartizan contract`: what endpoints are held to, shown, simulated and decided.

use super::diff::{self, NOW, State, TRAFFIC};
use super::document::{self, Wanted};
use super::import;
use super::{Because, Contracts, Decision, Fault, Held, Released, Which, file, shown};
use crate::bar::Bar;
use crate::cli::{
    Contract as What, ContractApply, ContractAs, ContractDiff, ContractExport, ContractImport,
    ContractRollback, ContractSimulate, ContractWithdraw, Exit, HeldAs, InventoryOf, Notation,
    OpenApi, Output, Release as ReleaseOf,
};
use crate::commands::{fail, note, say};
use crate::held::{self, Ago};
use crate::import as imports;
use crate::inventory::apis::Apis;
use crate::inventory::said::Sayings;
use crate::inventory::{self, classes, fold};
use crate::tempo::Tempo;
use crate::wall::now_us;
use bartizan_engine::simulate::{Verdict, simulate};
use bartizan_engine::terms::Terms;
use bartizan_learn::relations::Relations;
use bartizan_learn::terms::{Proposed, propose};
use bartizan_learn::usual::Fields;
use bartizan_model::calendar::timestamp;
use bartizan_model::terms::Force;
use bartizan_model::usual::Usual;
use bartizan_spec::{Format, Options, Version};
use bartizan_store::files::{Files, Folder};
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
        What::Export(it) => exported(&dir, it, &contracts),
        What::Import(it) => imported(&dir, it, contracts),
        What::Diff(it) => differing(&dir, it, &contracts),
        What::Show(_) | What::Suggest(_) | What::Simulate(_) | What::Apply(_) => {
            let apis = Apis::read(&dir);
            let (proposed, usual, exchanges) = match spoken_for(&dir, &of, &apis, &contracts) {
                Ok(it) => it,
                Err(why) => return fail(&why, Exit::Failed),
            };
            let service = of.service.as_deref();
            let traffic = (&proposed[..], &usual[..]);
            let all = || shown::all(&contracts, traffic, service, now_us(), apis.tempo());
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
                What::Simulate(it) => simulated(&dir, it, &contracts, (&proposed, exchanges)),
                What::Apply(ContractApply { clauses, held_as, reason, .. }) => {
                    let decision = Decision::Hold(match held_as {
                        HeldAs::Off => Held::Off,
                        HeldAs::Observe => Held::As(Force::Observed),
                        HeldAs::Canary => Held::As(Force::Canary),
                        HeldAs::Enforce => Held::As(Force::Enforced),
                    });
                    decide(&dir, contracts, &proposed, clauses, decision, reason)
                }
                What::Withdraw(_)
                | What::Rollback(_)
                | What::History(_)
                | What::Export(_)
                | What::Import(_)
                | What::Diff(_) => Exit::Usage,
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
pub(crate) fn proposed(
    dir: &Path,
    of: &InventoryOf,
    apis: &Apis,
    contracts: &Contracts,
) -> Result<Vec<Proposed>, String> {
    spoken_for(dir, of, apis, contracts).map(|it| it.0)
}

/// The same, what is usual in fields, and how many exchanges that is.
fn spoken_for(
    dir: &Path,
    of: &InventoryOf,
    apis: &Apis,
    contracts: &Contracts,
) -> Result<(Vec<Proposed>, Vec<Usual>, u64), String> {
    let said = Sayings::read(dir);
    said.faults.iter().chain(&apis.faults).for_each(|it| note(it));
    let held = held::open(dir, of.key.clone().map(|it| it.0)).map_err(|it| it.to_string())?;
    let since_us = of.since.map_or(0, Ago::us);
    let learnt = inventory::of(&held, since_us, &said, apis).map_err(|it| it.to_string())?;
    let (mut relations, mut usual) =
        (Relations::default(), Fields::new(apis.tempo().standing_us()));
    let mut bar = Bar::new(None);
    let each = fold(&held, since_us, |it| {
        relations.observe(it);
        usual.observe(it, &learnt.inventory);
        bar.count();
        true
    });
    let exchanges = bar.end();
    each.map_err(|it| it.to_string())?;
    let said = |service: &str| contracts.said(service, apis.profile(service).subjects);
    let (inventory, pace) = (&learnt.inventory, apis.tempo().pace());
    let proposed = propose(inventory, &relations, &classes::maskable, &pace, &said);
    Ok((proposed, usual.usual(inventory), exchanges))
}

fn because(reason: &str) -> Result<Because, String> {
    Because::new(None, now_us(), reason)
}

/// `bartizan release`.
pub fn release(it: &ReleaseOf, dir: &Path) -> Exit {
    let made = Released::new(&it.api, &it.version).map_err(|it| (it.to_string(), Exit::Usage));
    let done = made.and_then(|mut released| {
        released.is_described = it.spec.is_some();
        let failed = |why| (why, Exit::Failed);
        let mut contracts = file::read(dir).map_err(failed)?;
        // A description that cannot be read marks nothing: the pipeline that called stops here.
        if let Some(spec) = &it.spec {
            imports::described(dir, spec, it.api.trim()).map_err(failed)?;
        }
        Folder::at(dir).prepare().map_err(|error| failed(error.to_string()))?;
        let why = Because { by: None, at_us: now_us(), reason: String::new() };
        let release = contracts.release(released, &why, Apis::read(dir).tempo());
        file::keep(dir, &contracts).map_err(failed)?;
        Ok((contracts, release))
    });
    let (contracts, release) = match done {
        Ok(done) => done,
        Err((why, exit)) => return fail(&why, exit),
    };
    if !contracts.decided.iter().any(|it| it.which.service == release.service) {
        note(&format!("no clause of `{}` was decided on", release.service.escape_debug()));
    }
    say(&format!(
        "release {} of {} runs until {}; a running bartizan follows within seconds\n",
        release.version,
        release.service,
        timestamp(release.until_us)
    ))
}

/// `contract export`.
fn exported(dir: &Path, it: &ContractExport, contracts: &Contracts) -> Exit {
    let service = it.of.service.as_deref();
    let format = match it.notation {
        Notation::Yaml => Format::Yaml,
        Notation::Json => Format::Json,
    };
    let version = match it.openapi {
        OpenApi::V31 => Version::V31,
        OpenApi::V32 => Version::V32,
    };
    match it.kind {
        ContractAs::Json => say(&document::text(&document::of(contracts, service))),
        ContractAs::Overlay | ContractAs::OpenApi => {
            let found = inventory::command::description(dir, &it.of);
            let (service, api) = match found {
                Ok(found) => found,
                Err(why) => return fail(&why, Exit::Failed),
            };
            let all = document::of(contracts, Some(&service));
            match it.kind {
                ContractAs::Overlay => say(&document::overlay(&all, &api, format)),
                ContractAs::Json | ContractAs::OpenApi => {
                    say(&document::openapi(&all, api, Options { version, format }))
                }
            }
        }
    }
}

/// What a document says, of a service or of all.
fn wanted(file: &Path, service: Option<&str>) -> Result<Vec<Wanted>, String> {
    let mut all = import::wanted(file)?;
    all.retain(|it| service.is_none_or(|service| it.which.service == service));
    Ok(all)
}

/// What the document would change that a configuration names, for `bartizan check`: as text, and as JSON.
///
/// # Errors
///
/// A message.
pub(crate) fn checked(dir: &Path, file: &Path) -> Result<(String, Value), String> {
    let planned = file::read(dir)?.plan(&import::wanted(file)?);
    let conflicts = planned.iter().filter(|it| it.is_conflict).count();
    let differences = diff::planned(&planned);
    let shown = json!({
        "file": file.display().to_string(),
        "conflicts": conflicts,
        "changes": diff::as_json(&differences),
    });
    let text = match planned.is_empty() {
        true => String::new(),
        false => format!("{} would decide:\n{}", file.display(), diff::text(&differences)),
    };
    Ok((text, shown))
}

/// `contract import`.
fn imported(dir: &Path, it: &ContractImport, mut contracts: Contracts) -> Exit {
    let why = match it.reason.as_deref().map(because).transpose() {
        Ok(why) => why,
        Err(why) => return fail(&why, Exit::Usage),
    };
    let planned = match wanted(&it.file, it.of.service.as_deref()) {
        Ok(wanted) => contracts.plan(&wanted),
        Err(why) => return fail(&why, Exit::Failed),
    };
    let conflicts = planned.iter().filter(|it| it.is_conflict).count();
    let differences = diff::planned(&planned);
    let shown = json!({
        "revision": contracts.revision,
        "conflicts": conflicts,
        "changes": diff::as_json(&differences),
    });
    let text = |_: &Value| diff::text(&differences);
    let Some(why) = why.filter(|_| !it.check) else {
        let end = if planned.is_empty() { Exit::Clean } else { Exit::Findings };
        return and(print(&shown, "changes", it.output, text), end);
    };
    if conflicts > 0 && !it.overwrite {
        print(&shown, "changes", it.output, text);
        return fail(&Fault::Conflicts(conflicts).to_string(), Exit::Failed);
    }
    // Without traffic nobody was refused yet.
    let proposed = proposed(dir, &it.of, &Apis::read(dir), &contracts).unwrap_or_default();
    if let Err(why) = contracts.carry_out(&planned, &proposed, &why) {
        return fail(&why.to_string(), Exit::Failed);
    }
    if !planned.is_empty() {
        let kept = Folder::at(dir).prepare().map_err(|error| error.to_string());
        if let Err(why) = kept.and_then(|()| file::keep(dir, &contracts)) {
            return fail(&why, Exit::Failed);
        }
    }
    let end = print(&shown, "changes", it.output, text);
    note(&format!("revision {}; a running bartizan follows within seconds", contracts.revision));
    end
}

/// How it ends, unless printing failed.
fn and(printed: Exit, end: Exit) -> Exit {
    if printed == Exit::Clean { end } else { printed }
}

/// `contract diff`.
fn differing(dir: &Path, it: &ContractDiff, contracts: &Contracts) -> Exit {
    let other = if it.from == NOW { TRAFFIC } else { NOW };
    let to = it.to.as_deref().unwrap_or(other);
    let service = it.of.service.as_deref();
    let state = |name: &str| -> Result<State, String> {
        match name {
            NOW => Ok(State::now(contracts)),
            TRAFFIC => {
                let apis = Apis::read(dir);
                Ok(State::of_traffic(contracts, &proposed(dir, &it.of, &apis, contracts)?))
            }
            _ => match name.parse() {
                Ok(revision) => State::at(contracts, revision).map_err(|it| it.to_string()),
                Err(_) => Ok(State::of_document(&wanted(Path::new(name), service)?)),
            },
        }
    };
    let states = state(&it.from).and_then(|from| Ok((from, state(to)?)));
    let (from, to_state) = match states {
        Ok(states) => states,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let differences = diff::between(&from, &to_state, service);
    let found = json!({"from": it.from, "to": to, "changes": diff::as_json(&differences)});
    let end = if differences.is_empty() { Exit::Clean } else { Exit::Findings };
    and(print(&found, "changes", it.output, |_| diff::text(&differences)), end)
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
                let force = super::name(contracts.of(&which));
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
                let force = super::name(contracts.of(it));
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

fn print(found: &Value, name: &str, output: Output, text: impl FnOnce(&Value) -> String) -> Exit {
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
    (proposed, exchanges): (&[Proposed], u64),
) -> Exit {
    // As if it were put in force now.
    let mut trial = Contracts::default();
    if let Some(decided) = contracts.decided.iter().find(|of| of.which.id() == it.clause) {
        trial.decided.push(decided.clone());
    }
    let why = Because { by: None, at_us: now_us(), reason: String::new() };
    let which =
        match trial.decide(&it.clause, Decision::Hold(Held::As(Force::Enforced)), proposed, &why) {
            Ok(which) => which,
            Err(why) => return fail(&why.to_string(), Exit::Failed),
        };
    let terms = Terms::new(trial.in_force(&[], why.at_us, Tempo::Usual));
    let held = match held::open(dir, it.of.key.clone().map(|it| it.0)) {
        Ok(held) => held,
        Err(why) => return fail(&why.to_string(), Exit::Failed),
    };
    let mut sum = Simulated::default();
    let mut bar = Bar::new(Some(exchanges));
    let folded = fold(&held, it.of.since.map_or(0, Ago::us), |seen| {
        sum.calls += 1;
        bar.count();
        if let Some(verdict) = simulate(&terms, seen) {
            sum.add(&verdict, seen);
        }
        true
    });
    bar.end();
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
