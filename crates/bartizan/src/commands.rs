//! The commands: what each subcommand does, and how the process ends.

#[cfg(not(feature = "hunt"))]
use crate::backend;
use crate::cli::{
    Alerts, Asking, Bench, Check, Cli, Command, Config, ConfigShow, Demo, Doctor, Exit, OVERVIEW,
    Output, Patch, Run, Tail, Why,
};
use crate::config::{
    Accepted, Given, Origin, Overrides, Report, Settings, Source, data_dir, schema,
};
use crate::content;
use crate::contract;
use crate::control::{self, Question};
use crate::described;
use crate::explain;
use crate::export;
use crate::filter::Filter;
#[cfg(feature = "hunt")]
use crate::hunt;
use crate::impact;
use crate::instance::{self, DRAIN, Instance, JOURNAL, Reloadable};
use crate::inventory;
use crate::log::{Cause, Event, Log, Logger};
use crate::notice::Noticed;
use crate::patches;
use crate::show;
use crate::supervisor::{self, State};
use crate::watch::Watch;
use crate::{
    alerts, backup, bypass, codes, demo, doctor, held, import, ledger, manual, objects, status,
};
use bartizan_model::id::ExchangeId;
use bartizan_store::follow::Follower;
use bartizan_store::{Damage, find, latest};
use clap::ValueEnum;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// Observations that `tail` shows before it follows.
const TAIL_LINES: usize = 10;
/// Time between two looks of a following `tail`.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Time between two looks at the configuration in force and at what is to be logged.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(1);
/// Says how to log, where no flag does.
const LOG: &str = "BARTIZAN_LOG";

/// Does what the command line says.
pub fn run(cli: Cli) -> Exit {
    match cli.command {
        None => say(OVERVIEW),
        Some(Command::Guard(it)) => serve_flags(&it.overrides(), it.log),
        // Where else requests go is no matter of copies.
        Some(Command::Mirror(it)) => serve_flags(&it.overrides(), it.log),
        Some(Command::Run(it)) => serve_file(&it),
        Some(Command::Check(it)) => check(&it),
        Some(Command::Status(it)) => status::run(&dir(&it.asking), it.asking.output),
        Some(Command::Bypass(it)) => bypass::run(&dir(&it.asking), &it),
        Some(Command::Alerts(Alerts::Test(it))) => alerts::command::run(&dir(&it.asking), &it),
        Some(Command::Console(it)) => console(&it.asking),
        Some(Command::Tail(it)) => tail(&it),
        Some(Command::Why(it)) => why(&it),
        Some(Command::Ledger(it)) => ledger::command::run(&it, |data| {
            let data =
                data.as_ref().map(|it| Given { value: it.clone(), origin: Origin::Flag("--data") });
            data_dir(&Overrides { data, ..Overrides::default() }.or(environment()))
        }),
        #[cfg(feature = "hunt")]
        Some(Command::Hunt(it)) => hunt::run(&data_dir(&it.overrides().or(environment())), &it),
        #[cfg(not(feature = "hunt"))]
        Some(Command::Hunt(_)) => fail(backend::NO_HUNTS, Exit::Failed),
        Some(Command::Inventory(it)) => {
            inventory::command::run(&it, |of| data_dir(&of.overrides().or(environment())))
        }
        Some(Command::Contract(it)) => {
            contract::command::run(&it, |of| data_dir(&of.overrides().or(environment())))
        }
        Some(Command::Objects(it)) => {
            objects::command::run(&data_dir(&it.overrides().or(environment())), &it)
        }
        Some(Command::Release(it)) => {
            contract::command::release(&it, &data_dir(&it.overrides().or(environment())))
        }
        Some(Command::Import(it)) => import::run(&data_dir(&it.overrides().or(environment())), &it),
        Some(Command::Export(it)) => export::run(&data_dir(&it.overrides().or(environment())), &it),
        Some(Command::Backup(it)) => {
            backup::save(&data_dir(&it.overrides().or(environment())), &it.file)
        }
        Some(Command::Restore(it)) => backup::restore(&it.file, &it.data),
        Some(Command::Inspect(it)) => content::inspect::run(&it),
        Some(Command::Patch(Patch::Check(it))) => patches::command::check(&it, now_unix_s()),
        Some(Command::Patch(Patch::Try(it))) => {
            let data = it.overrides().or(environment());
            patches::command::try_out(&it, &data_dir(&data))
        }
        Some(Command::Bench(Bench::Content(it))) => content::bench::content(&it),
        Some(Command::Codes(it)) => say(&codes::listed(it.output)),
        Some(Command::Demo(it)) => demo(&it),
        Some(Command::Config(Config::Show(it))) => show_config(&it),
        Some(Command::Config(Config::Schema(_))) => say(&schema()),
        Some(Command::Doctor(it)) => examine(&it),
        Some(Command::Completions(it)) => manual::completions(it.shell),
        Some(Command::Man(it)) => manual::pages(it.dir.as_deref()),
    }
}

fn environment() -> Overrides {
    Overrides::from_environment(|name| std::env::var_os(name))
}

fn dir(asking: &Asking) -> PathBuf {
    data_dir(&asking.overrides().or(environment()))
}

fn now_unix_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// How to log: the flag, else the environment, else for people.
fn log(flag: Option<Log>) -> Result<Log, Exit> {
    let of_environment = || std::env::var_os(LOG).filter(|it| !it.is_empty());
    match (flag, of_environment()) {
        (Some(log), _) => Ok(log),
        (None, None) => Ok(Log::Human),
        (None, Some(text)) => {
            let known = text.to_str().and_then(|it| Log::from_str(it, false).ok());
            let why = || fail(&format!("{LOG} is neither `human` nor `json`"), Exit::Usage);
            known.ok_or_else(why)
        }
    }
}

/// Serves without a file.
fn serve_flags(flags: &Overrides, form: Option<Log>) -> Exit {
    let log = match log(form) {
        Ok(log) => log,
        Err(exit) => return exit,
    };
    match Settings::for_guard(&flags.clone().or(environment())) {
        Ok(accepted) => serve(accepted, None, log),
        Err(report) => refuse(log, report.to_string().trim_end(), Exit::Usage),
    }
}

fn serve_file(it: &Run) -> Exit {
    let log = match log(it.log) {
        Ok(log) => log,
        Err(exit) => return exit,
    };
    let it = &it.configured;
    let overrides = it.overrides().or(environment());
    let read = Source::of_file(&it.config)
        .map_err(|error| format!("cannot read `{}`: {error}", it.config.display()))
        .and_then(|source| {
            let accepted = Settings::read(&source, &overrides, now_unix_s());
            Ok((accepted.map_err(|it| it.to_string().trim_end().to_owned())?, source))
        });
    match read {
        Ok((accepted, source)) => {
            let path = it.config.clone();
            let watch = Watch::starting(path.clone(), source.bytes);
            serve(accepted, Some((Reloadable { path, overrides }, watch)), log)
        }
        Err(why) => refuse(log, &why, Exit::Usage),
    }
}

/// Says why nothing is served: on standard error, and in the log of programs.
fn refuse(log: Log, reason: &str, exit: Exit) -> Exit {
    match log {
        Log::Json => log.say(&Event::NotStarted { reason: reason.to_owned() }),
        Log::Human => {}
    }
    fail(reason, exit)
}

fn show_config(it: &ConfigShow) -> Exit {
    match read(&it.configured.config, &it.configured.overrides().or(environment())) {
        Ok(accepted) => {
            warn(&accepted.warnings);
            match it.output {
                Output::Human => say(&accepted.as_yaml(it.origin)),
                Output::Json | Output::Ndjson => say(&format!("{}\n", accepted.as_json(it.origin))),
            }
        }
        Err(exit) => exit,
    }
}

fn check(it: &Check) -> Exit {
    let source = match open(&it.config) {
        Ok(source) => source,
        Err(exit) => return exit,
    };
    let read = Settings::read(&source, &environment(), now_unix_s());
    let (report, exit) = match &read {
        Ok(accepted) => (&accepted.warnings, Exit::Clean),
        Err(report) => (report, Exit::Usage),
    };
    let declared = read.as_ref().ok().map(|it| &it.settings).and_then(|settings| {
        Some(contract::command::checked(&settings.data.dir.value, settings.contract.as_deref()?))
    });
    let declared = match declared.transpose() {
        Ok(declared) => declared,
        Err(why) => return fail(&format!("contract: {why}"), Exit::Usage),
    };
    let described = read.as_ref().map_or(Ok(String::new()), |it| described::told(&it.settings));
    let described = match described {
        Ok(described) => described,
        Err(why) => return fail(&format!("description: {why}"), Exit::Usage),
    };
    let patched = |it: &Accepted| patches::told(&it.settings, now_unix_s());
    let patched = match read.as_ref().map_or(Ok(String::new()), patched) {
        Ok(patched) => patched,
        Err(why) => return fail(&why, Exit::Usage),
    };
    let said = match it.output {
        Output::Human if exit == Exit::Clean => {
            warn(report);
            let declared = declared.map_or(String::new(), |it| it.0);
            say(&format!("{} is good\n{described}{patched}{declared}", it.config.display()))
        }
        Output::Human => return complain(report),
        Output::Json => {
            let mut shown = report.as_json(exit == Exit::Clean);
            if let (Some((_, it)), Some(members)) = (declared, shown.as_object_mut()) {
                members.insert("contract".to_owned(), it);
            }
            say(&format!("{shown}\n"))
        }
        Output::Ndjson => say(&report.as_lines()),
    };
    if said == Exit::Clean { exit } else { said }
}

fn examine(it: &Doctor) -> Exit {
    let overrides = it.overrides().or(environment());
    let read = match it.upstream_url {
        Some(_) => Settings::for_guard(&overrides).map_err(|report| complain(&report)),
        None => read(&it.config, &overrides),
    };
    match read {
        Ok(accepted) => {
            warn(&accepted.warnings);
            doctor::run(&accepted.settings, it.output)
        }
        Err(exit) => exit,
    }
}

fn read(path: &Path, overrides: &Overrides) -> Result<Accepted, Exit> {
    understood(&open(path)?, overrides)
}

fn open(path: &Path) -> Result<Source, Exit> {
    let cannot = |error| format!("cannot read `{}`: {error}", path.display());
    Source::of_file(path).map_err(|error| fail(&cannot(error), Exit::Usage))
}

fn understood(source: &Source, overrides: &Overrides) -> Result<Accepted, Exit> {
    Settings::read(source, overrides, now_unix_s()).map_err(|report| complain(&report))
}

/// Serves until a signal says to stop.
fn serve(accepted: Accepted, file: Option<(Reloadable, Watch)>, log: Log) -> Exit {
    let logger = match Logger::start(log) {
        Ok(logger) => logger,
        Err(error) => return refuse(log, &format!("cannot start: {error}"), Exit::Failed),
    };
    if !accepted.warnings.is_empty() {
        logger.say(Event::Doubtful { text: accepted.warnings.to_string().trim_end().to_owned() });
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(log, &format!("cannot start: {error}"), Exit::Failed),
    };
    let signals = {
        let _context = runtime.enter();
        Signals::new()
    };
    let signals = match signals {
        Ok(signals) => signals,
        Err(error) => {
            return refuse(log, &format!("cannot wait for signals: {error}"), Exit::Failed);
        }
    };
    let banner = Banner::of(&accepted.settings);
    let rows = accepted.rows();
    let inherited = match supervisor::inherited() {
        Ok(sockets) => sockets,
        Err(error) => {
            let why = format!("cannot serve on the socket that was passed: {error}");
            return refuse(log, &why, Exit::Failed);
        }
    };
    let instance = match instance::start(accepted.settings, &inherited) {
        Ok(instance) => instance,
        Err(error) => return refuse(log, &error.to_string(), Exit::Failed),
    };
    instance.shows(rows);
    match log {
        Log::Json => logger.say(banner.event(&instance)),
        Log::Human => {
            if say(&banner.text(&instance)) != Exit::Clean {
                note("nobody reads standard output; serving all the same");
            }
        }
    }
    // The workers have their own handles; these would keep the sockets open through the stop.
    drop(inherited);
    supervisor::tell(State::Ready);
    let mut running =
        Running { instance: &instance, file, log: &logger, noticed: Noticed::default() };
    runtime.block_on(running.until_stopped(signals));
    supervisor::tell(State::Stopping);
    logger.say(Event::Stopping { within_s: DRAIN.as_secs() });
    instance.stop().into_iter().for_each(|it| logger.say(it));
    match log {
        Log::Json => logger.say(Event::Stopped),
        Log::Human => {}
    }
    logger.finish();
    Exit::Clean
}

/// The signals that mean something. Caught from before the start on, so that none is lost.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}

/// What the main thread looks after.
struct Running<'a> {
    instance: &'a Instance,
    file: Option<(Reloadable, Watch)>,
    log: &'a Logger,
    noticed: Noticed,
}

impl Running<'_> {
    /// Until a signal says to stop. Meanwhile the configuration is followed, and what happens is
    /// logged.
    async fn until_stopped(&mut self, mut signals: Signals) {
        let mut looks = tokio::time::interval(LOOK_AROUND_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = signals.terminate.recv() => return,
                _ = signals.interrupt.recv() => return,
                _ = signals.hang_up.recv() => self.reload(),
                _ = looks.tick() => self.look_around(),
            }
        }
    }

    /// SIGHUP: reads the file, changed or not.
    fn reload(&mut self) {
        let Some((reloadable, watch)) = &mut self.file else {
            return self.log.say(Event::NothingToReload);
        };
        supervisor::tell(State::Reloading);
        let result = self.instance.reload(watch.read(), reloadable, Cause::Signal, now_unix_s());
        supervisor::tell(State::Ready);
        self.reloaded(Cause::Signal, result);
    }

    fn look_around(&mut self) {
        if let Some((reloadable, watch)) = &mut self.file {
            // What is wrong with a change is said once; the next change is another.
            let changed = watch.look();
            let instance = self.instance;
            let result =
                changed.map(|it| instance.reload(it, reloadable, Cause::File, now_unix_s()));
            if let Some(result) = result {
                self.reloaded(Cause::File, result);
            }
            if let Some(result) = self.instance.follow_references() {
                self.reloaded(Cause::Reference, result);
            }
        }
        self.instance.events(&mut self.noticed).into_iter().for_each(|it| self.log.say(it));
    }

    fn reloaded(&self, cause: Cause, result: Result<Vec<String>, String>) {
        let named = |(it, _): &(Reloadable, Watch)| it.path.display().to_string();
        let file = self.file.as_ref().map(named).unwrap_or_default();
        let revision = self.instance.revision();
        let event = match result {
            Ok(fixed) => Event::Reloaded { cause, file, revision, fixed },
            Err(report) => {
                let reason = report.trim_end().to_owned();
                Event::ReloadRefused { cause, file, reason }
            }
        };
        self.instance.alert(&event);
        self.log.say(event);
    }
}

/// What is said at the start.
struct Banner {
    mode: &'static str,
    mirrors: bool,
    is_lab: bool,
    scheme: &'static str,
    upstream: String,
    data: String,
}

impl Banner {
    fn of(settings: &Settings) -> Self {
        Self {
            mode: settings.mode.value.name(),
            mirrors: settings.listen.mirror,
            is_lab: settings.tempo.is_lab(),
            scheme: if settings.certificates.is_empty() { "http" } else { "https" },
            upstream: match settings.listen.mirror {
                true => "nowhere".to_owned(),
                false => settings.upstream_urls(),
            },
            data: settings.data.dir.value.display().to_string(),
        }
    }

    fn event(&self, instance: &Instance) -> Event {
        Event::Started {
            mode: self.mode,
            listen: instance.address.to_string(),
            admin: instance.admin.to_string(),
            upstream: self.upstream.clone(),
            data: self.data.clone(),
        }
    }

    fn text(&self, instance: &Instance) -> String {
        let mode = match self.mode {
            _ if self.mirrors => "mirroring: copies of requests are learnt from and go nowhere",
            "enforce" => "enforcing: what violates a clause is refused",
            _ => "observing: only what breaks the law of HTTP is refused; --enforce refuses more",
        };
        let data = match self.data.as_str() {
            "./bartizan-data" => String::new(),
            other => format!(" --data {other}"),
        };
        // What is not a terminal is kept, and a link that lets somebody in should not be.
        let link = instance.login_link().filter(|_| io::stdout().is_terminal());
        let console = match link {
            Some(link) => format!("{link} (once, within ten minutes)"),
            None => format!("bartizan console{data}"),
        };
        let lab = match self.is_lab {
            true => {
                "  LAB        not for production: whoever calls in the first minutes teaches it, and it refuses by itself\n"
            }
            false => "",
        };
        format!(
            "bartizan {} {mode}\n{lab}  listening  {}://{} -> {}\n  admin      http://{}/metrics\n  \
             data       {}\n  console    {console}\n  next       bartizan tail{data}\n             \
             bartizan why DECISION_ID{data}\n",
            env!("CARGO_PKG_VERSION"),
            self.scheme,
            instance.address,
            self.upstream,
            instance.admin,
            self.data,
        )
    }
}

fn tail(it: &Tail) -> Exit {
    let dir = dir(&it.asking).join(JOURNAL);
    let filter = Filter::of(it);
    let print = |observation: &_| match it.asking.output {
        Output::Human => say(&format!("{}\n", show::as_line(observation))),
        Output::Json | Output::Ndjson => say(&format!("{}\n", show::as_json(observation))),
    };
    let count = it.last.unwrap_or(TAIL_LINES);
    let mut follower = Follower::at_end(&dir);
    let (before, damage) = match latest(&dir, count, |it| filter.admits(it)) {
        Ok(before) => (before.observations, before.damage),
        Err(error) => return fail(&format!("no journal to read: {error}"), Exit::Failed),
    };
    for observation in before.iter().rev() {
        if print(observation) != Exit::Clean {
            return Exit::Clean;
        }
    }
    if !damage.is_none() {
        note(&format!("warning: {}", unreadable(damage)));
    }
    if it.last.is_some() {
        // Where enough was found, damage further back was not met.
        return if damage.is_none() { Exit::Clean } else { Exit::Incomplete };
    }
    loop {
        for observation in follower.look().iter().filter(|it| filter.admits(it)) {
            // A reader that has enough (`| head`) is no failure.
            if print(observation) != Exit::Clean {
                return Exit::Clean;
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn why(it: &Why) -> Exit {
    let id: ExchangeId = match it.decision_id.parse() {
        Ok(id) => id,
        Err(error) => return fail(&format!("{error}"), Exit::Usage),
    };
    let dir = dir(&it.asking);
    let mut found = match find(&dir.join(JOURNAL), id) {
        Ok(found) => found,
        Err(error) => return fail(&format!("no journal to read: {error}"), Exit::Failed),
    };
    if found.observation.is_none() && found.unfinished.is_none() {
        let sealed = held::open(&dir, it.key.clone().map(|it| it.0));
        match sealed
            .map_err(|it| it.to_string())
            .and_then(|it| it.find(id).map_err(|it| it.to_string()))
        {
            Ok(observation) => found.observation = observation,
            Err(why) => return fail(&why, Exit::Failed),
        }
    }
    let impacts = match (&found.observation, it.impact) {
        (Some(observation), Some(since)) => {
            match impact::all(observation, &dir, (it.key.clone(), since)) {
                Ok(impacts) => impacts,
                Err(why) => return fail(&why, Exit::Failed),
            }
        }
        _ => Vec::new(),
    };
    match (found.observation, it.asking.output) {
        (Some(observation), Output::Human) => {
            say(&explain::as_text(&observation, found.rules.as_ref(), &impacts))
        }
        (Some(observation), Output::Json | Output::Ndjson) => {
            let found = explain::as_json(&observation, found.rules.as_ref(), &impacts);
            say(&format!("{found}\n"))
        }
        (None, output) if let Some(unfinished) = &found.unfinished => match output {
            Output::Human => say(&explain::unfinished_as_text(id, unfinished)),
            Output::Json | Output::Ndjson => {
                say(&format!("{}\n", explain::unfinished_as_json(id, unfinished)))
            }
        },
        (None, _) => {
            let text = format!(
                "the journal in `{}` does not hold this decision, nor does a sealed segment",
                dir.display()
            );
            if found.damage.is_none() {
                fail(&text, Exit::Failed)
            } else {
                fail(&format!("{text}; {}", unreadable(found.damage)), Exit::Incomplete)
            }
        }
    }
}

fn console(asking: &Asking) -> Exit {
    let dir = dir(asking);
    let answer = match control::ask(&dir, &Question::Login) {
        Ok(answer) => answer,
        Err(error) => {
            let text = format!("no bartizan runs in `{}`: {error}", dir.display());
            return fail(&text, Exit::Failed);
        }
    };
    let member = |it: &str| answer.get(it).and_then(Value::as_str);
    match (asking.output, member("link"), member("error")) {
        (_, _, Some(why)) => fail(why, Exit::Failed),
        (Output::Human, Some(link), None) => say(&format!("{link}\n")),
        (_, _, None) => say(&format!("{answer}\n")),
    }
}

fn unreadable(damage: Damage) -> String {
    let Damage { segments, records } = damage;
    format!("{segments} segments and {records} records of the journal cannot be read")
}

fn demo(it: &Demo) -> Exit {
    demo::run(it)
}

fn complain(report: &Report) -> Exit {
    fail(report.to_string().trim_end(), Exit::Usage)
}

fn warn(report: &Report) {
    if !report.is_empty() {
        note(report.to_string().trim_end());
    }
}

/// Data goes to standard output; a reader that closed it has had enough.
pub fn say(text: &str) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(printable(text).as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Clean,
        Err(_) => Exit::Failed,
    }
}

/// Everything else goes to standard error.
pub fn note(text: &str) {
    // Where nobody can be told, nobody can be told that either.
    drop(writeln!(io::stderr().lock(), "{}", printable(text)));
}

/// Text that a terminal shows as it stands: paths and arguments may hold anything.
fn printable(text: &str) -> Cow<'_, str> {
    let is_shown = |it: char| it == '\n' || it == '\t' || !it.is_control();
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|it| if is_shown(it) { it } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Says what went wrong, and ends so.
pub fn fail(text: &str, exit: Exit) -> Exit {
    if text.starts_with("error") || text.starts_with("warning") {
        note(text);
    } else {
        note(&format!("error: {text}"));
    }
    exit
}
