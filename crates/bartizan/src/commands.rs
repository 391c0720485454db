//! The commands: what each subcommand does, and how the process ends.

use crate::cli::{
    Asking, Check, Cli, Command, Config, ConfigShow, Demo, Doctor, Exit, Guard, OVERVIEW, Output,
    Run, Tail, Why,
};
use crate::config::{Accepted, Overrides, Report, Settings, Source, data_dir, schema};
use crate::explain;
use crate::filter::Filter;
use crate::instance::{self, Instance, JOURNAL, Reloadable};
use crate::show;
use crate::watch::Watch;
use crate::{demo, doctor, manual, status};
use bartizan_model::id::ExchangeId;
use bartizan_store::follow::Follower;
use bartizan_store::{find, latest};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// Observations that `tail` shows before it follows.
const TAIL_LINES: usize = 10;
/// Time between two looks of a following `tail`.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Time between two looks at the configuration file in force.
const FILE_LOOK_EVERY: Duration = Duration::from_secs(1);

/// Does what the command line says.
pub fn run(cli: Cli) -> Exit {
    match cli.command {
        None => say(OVERVIEW),
        Some(Command::Guard(it)) => guard(&it),
        Some(Command::Run(it)) => serve_file(&it),
        Some(Command::Check(it)) => check(&it),
        Some(Command::Status(it)) => status::run(&dir(&it.asking), it.asking.output),
        Some(Command::Tail(it)) => tail(&it),
        Some(Command::Why(it)) => why(&it),
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

fn guard(it: &Guard) -> Exit {
    match Settings::for_guard(&it.overrides().or(environment())) {
        Ok(accepted) => serve(accepted, None),
        Err(report) => complain(&report),
    }
}

fn serve_file(it: &Run) -> Exit {
    let it = &it.configured;
    let overrides = it.overrides().or(environment());
    let read = open(&it.config).and_then(|source| Ok((understood(&source, &overrides)?, source)));
    match read {
        Ok((accepted, source)) => {
            let path = it.config.clone();
            let watch = Watch::starting(path.clone(), source.bytes);
            serve(accepted, Some((Reloadable { path, overrides }, watch)))
        }
        Err(exit) => exit,
    }
}

fn show_config(it: &ConfigShow) -> Exit {
    match read(&it.configured.config, &it.configured.overrides().or(environment())) {
        Ok(accepted) => {
            warn(&accepted.warnings);
            match it.output {
                Output::Human => say(&accepted.as_yaml(it.origin)),
                Output::Json => say(&format!("{}\n", accepted.as_json(it.origin))),
            }
        }
        Err(exit) => exit,
    }
}

fn check(it: &Check) -> Exit {
    match read(&it.config, &environment()) {
        Ok(accepted) => {
            warn(&accepted.warnings);
            say(&format!("{} is good\n", it.config.display()))
        }
        Err(exit) => exit,
    }
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
fn serve(accepted: Accepted, file: Option<(Reloadable, Watch)>) -> Exit {
    warn(&accepted.warnings);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}"), Exit::Failed),
    };
    let signals = {
        let _context = runtime.enter();
        Signals::new()
    };
    let mut signals = match signals {
        Ok(signals) => signals,
        Err(error) => return fail(&format!("cannot wait for signals: {error}"), Exit::Failed),
    };
    let banner = Banner::of(&accepted.settings);
    let instance = match instance::start(accepted.settings) {
        Ok(instance) => instance,
        Err(error) => return fail(&error.to_string(), Exit::Failed),
    };
    if say(&banner.text(&instance)) != Exit::Clean {
        note("nobody reads standard output; serving all the same");
    }
    runtime.block_on(signals.wait(&instance, file));
    note("stopping: open exchanges have 10 s to end");
    instance.stop();
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

    /// Until one says to stop. Meanwhile the file is looked at.
    async fn wait(&mut self, instance: &Instance, mut file: Option<(Reloadable, Watch)>) {
        let mut looks = tokio::time::interval(FILE_LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => reload(instance, &mut file),
                _ = looks.tick(), if file.is_some() => follow(instance, &mut file),
            }
        }
    }
}

/// SIGHUP: reads the file, changed or not.
fn reload(instance: &Instance, file: &mut Option<(Reloadable, Watch)>) {
    let Some((reloadable, watch)) = file else {
        return note("nothing to reload: there is no configuration file");
    };
    match instance.reload(watch.read(), reloadable, now_unix_s()) {
        Ok(fixed) => {
            note("configuration reloaded");
            fixed.iter().for_each(|it| note(it));
        }
        Err(report) => {
            let report = report.trim_end();
            note(&format!("{report}\nthe configuration before stays in force"));
        }
    }
}

/// One look at the file. What is wrong with a change is said once; the next change is another.
fn follow(instance: &Instance, file: &mut Option<(Reloadable, Watch)>) {
    let Some((reloadable, watch)) = file else { return };
    let Some(source) = watch.look() else { return };
    let name = reloadable.path.display();
    match instance.reload(source, reloadable, now_unix_s()) {
        Ok(fixed) => {
            note(&format!("`{name}` changed and was taken over"));
            fixed.iter().for_each(|it| note(it));
        }
        Err(report) => {
            let report = report.trim_end();
            note(&format!(
                "{report}\n`{name}` changed and was not taken over: what was in force before still is"
            ));
        }
    }
}

/// What is said at the start.
struct Banner {
    mode: &'static str,
    upstream: String,
    data: String,
}

impl Banner {
    fn of(settings: &Settings) -> Self {
        Self {
            mode: settings.mode.value.name(),
            upstream: settings.upstream_urls(),
            data: settings.data.dir.value.display().to_string(),
        }
    }

    fn text(&self, instance: &Instance) -> String {
        let mode = match self.mode {
            "enforce" => "enforcing: what violates a clause is refused",
            _ => "observing: only what breaks the law of HTTP is refused; --enforce refuses more",
        };
        let data = match self.data.as_str() {
            "./bartizan-data" => String::new(),
            other => format!(" --data {other}"),
        };
        format!(
            "bartizan {} {mode}\n  listening  http://{} -> {}\n  admin      http://{}/metrics\n  \
             data       {}\n  next       bartizan tail{data}\n             bartizan why \
             DECISION_ID{data}\n",
            env!("CARGO_PKG_VERSION"),
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
        Output::Json => say(&format!("{}\n", show::as_json(observation))),
    };
    let count = it.last.unwrap_or(TAIL_LINES);
    let mut follower = Follower::at_end(&dir);
    let before = match latest(&dir, count, |it| filter.admits(it)) {
        Ok(before) => before.observations,
        Err(error) => return fail(&format!("no journal to read: {error}"), Exit::Failed),
    };
    for observation in before.iter().rev() {
        if print(observation) != Exit::Clean {
            return Exit::Clean;
        }
    }
    if it.last.is_some() {
        return Exit::Clean;
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
    let found = match find(&dir.join(JOURNAL), id) {
        Ok(found) => found,
        Err(error) => return fail(&format!("no journal to read: {error}"), Exit::Failed),
    };
    match (found.observation, it.asking.output) {
        (Some(observation), Output::Human) => {
            say(&explain::as_text(&observation, found.rules.as_ref()))
        }
        (Some(observation), Output::Json) => {
            say(&format!("{}\n", explain::as_json(&observation, found.rules.as_ref())))
        }
        (None, _) => {
            let damage = if found.damage.is_none() {
                String::new()
            } else {
                format!("; {} segments of it are not readable", found.damage.segments)
            };
            fail(
                &format!("the journal in `{}` does not hold this decision{damage}", dir.display()),
                Exit::Failed,
            )
        }
    }
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
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Clean,
        Err(_) => Exit::Failed,
    }
}

/// Everything else goes to standard error.
pub fn note(text: &str) {
    // Where nobody can be told, nobody can be told that either.
    drop(writeln!(io::stderr().lock(), "{text}"));
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
