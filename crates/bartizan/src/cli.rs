//! The command line: what can be typed, and what it means for the settings.
//!
//! Reads    the arguments of the process.
//! Writes   [`Cli`]; for the commands that serve, [`Overrides`] of the configuration.
//! Errors   clap's, with its own text; [`Exit::of_clap`] gives the exit code.
//! Misses   values that win over the file stay text here: `config` reads them, so that a mistake
//!          has the same message in a flag and in the file.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::bypass::{Reason, Span};
use crate::config::{Endpoint, Given, Origin, Overrides, TextFault};
use crate::held::{Ago, KeyAt};
use crate::log::Log;
use bartizan_ledger::note::VerifyingKey;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::id::ExchangeId;

/// What `bartizan` alone prints.
pub const OVERVIEW: &str = "\
bartizan stands in front of an API and says what it would refuse, and why.

  bartizan demo                          see it work, with nothing of yours
  bartizan guard http://127.0.0.1:3000   put it in front of an API; it only observes
  bartizan mirror 127.0.0.1:8081         learn from copies of requests, standing in nobody's way
  bartizan tail                          follow its decisions
  bartizan why DECISION_ID               explain one of them
  bartizan run -c bartizan.yaml          the same with a configuration file

`bartizan help` lists everything, `bartizan help COMMAND` shows examples.
";

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing found.
    Clean,
    /// Done, and something was found that the command looks for.
    Findings,
    /// The command line or the configuration cannot be meant.
    Usage,
    /// It could not be done.
    Failed,
    /// It was done as far as possible: something could not be read.
    Incomplete,
    /// What was to be verified is not what it should be.
    Unverified,
}

impl Exit {
    /// Every way to end.
    pub const ALL: [Self; 6] = [
        Self::Clean,
        Self::Findings,
        Self::Usage,
        Self::Failed,
        Self::Incomplete,
        Self::Unverified,
    ];

    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Incomplete => 4,
            Self::Unverified => 5,
        }
    }

    /// The end that belongs to what clap has to say: help and version are no mistake.
    pub fn of_clap(error: &clap::Error) -> Self {
        if error.use_stderr() { Self::Usage } else { Self::Clean }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::Clean => "done, nothing found",
            Self::Findings => "done, and something was found that the command looks for",
            Self::Usage => "the command line or the configuration cannot be meant",
            Self::Failed => "it could not be done",
            Self::Incomplete => "done as far as possible: something could not be read",
            Self::Unverified => "what was to be verified is not what it should be",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Finds out how an API is used, and refuses what breaks that.
#[derive(Clone, Debug, PartialEq, Eq, Parser)]
#[command(name = "bartizan", version)]
pub struct Cli {
    /// What to do; without a command, [`OVERVIEW`] is printed.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Stand in front of an API, without a configuration file.
    Guard(Guard),
    /// Learn from copies of requests that a proxy sends, without standing in their way.
    Mirror(Mirror),
    /// Stand in front of an API, as a configuration file says.
    Run(Run),
    /// Check a configuration file and report everything wrong with it.
    Check(Check),
    /// Show the configuration in force, or its schema.
    #[command(subcommand)]
    Config(Config),
    /// Look for what would keep bartizan from serving well here, and say how to mend it.
    ///
    /// Asks the API with one HEAD request. Ends with 1 if a problem was found; warnings are none.
    Doctor(Doctor),
    /// Show what a running bartizan has seen and done.
    Status(Status),
    /// For a while, leave only the law in force, or end that.
    ///
    /// For when something breaks and nobody knows yet which clause does it. It ends by itself, and
    /// with a restart; a reload keeps it. The law of HTTP is never bypassed.
    Bypass(Bypass),
    /// See whether alerts arrive.
    #[command(subcommand)]
    Alerts(Alerts),
    /// Print a link that logs a browser in to the console of a running bartizan, once.
    Console(Console),
    /// Follow decisions as they are made.
    Tail(Tail),
    /// Explain one decision.
    ///
    /// Reads the journal, so that it also works when the bartizan that decided has stopped.
    Why(Why),
    /// Verify, prove and show what the ledger holds.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Ask what is kept, in SQL.
    ///
    /// Of a running bartizan or of a stopped one: what was recorded a moment ago is there. Tables,
    /// columns and saved hunts are explained in docs/hunting.md. A hunt only reads.
    Hunt(Hunt),
    /// Show the endpoints that traffic showed, who calls them and what passes there.
    ///
    /// Made from what is kept, of a running bartizan or of a stopped one.
    #[command(subcommand)]
    Inventory(Inventory),
    /// Show what each endpoint is held to, put clauses in force, and take that back.
    ///
    /// Clauses are learnt from traffic and recorded in shadow. Only people put them in force: a running bartizan follows
    /// within seconds, and keeps each change in its ledger.
    #[command(subcommand)]
    Contract(Contract),
    /// List which objects of others were used, or show who was given one and who named it.
    ///
    /// Objects are keyed hashes, as alerts and findings show them. Made from what is kept, of a running bartizan or of a
    /// stopped one: the newest 500,000 exchanges, and of most callers a sample. What that leaves out is counted.
    Objects(Objects),
    /// Say that an API is being released: for two hours its habits may change.
    ///
    /// For pipelines that deploy. While it runs, a clause that describes habit is suspended as soon as three callers in good
    /// standing are refused by it, in whatever time. Clauses against harm stay. A running bartizan follows within seconds.
    Release(Release),
    /// Learn from traffic that something else recorded: access logs and HAR files.
    ///
    /// What is read goes into the journal of a data directory that no bartizan is using. Lines that
    /// cannot be read are counted and shown.
    Import(Import),
    /// Write what is kept for other programs: Parquet, JSON, or events of OCSF.
    Export(Export),
    /// Write everything that is kept into one file, which is a secret.
    ///
    /// Of a running bartizan or of a stopped one. THE FILE HOLDS THE KEY under which recorded values
    /// are hashed: whoever has it can test which values those were. It has mode 0600 and a checksum,
    /// and overwrites nothing.
    Backup(Backup),
    /// Make a data directory of a backup.
    ///
    /// Everything is verified first; ends with 5 if the file is damaged. The directory must be empty
    /// or missing.
    Restore(Restore),
    /// Say what bartizan makes of requests: attacks in their values, with reasons.
    ///
    /// Of one request as it goes over the wire, of a HAR file, or of JSON lines. Ends with 1 if one would be refused.
    /// Nothing is sent or kept.
    Inspect(Inspect),
    /// Check virtual patches, and try them on requests before they act.
    #[command(subcommand)]
    Patch(Patch),
    /// Measure detection on requests of your own.
    #[command(subcommand)]
    Bench(Bench),
    /// List every code: what is refused or noted, and by which clause.
    Codes(Codes),
    /// Attack a sample API behind bartizan and tell the story.
    Demo(Demo),
    /// Write the completions of a shell to standard output.
    Completions(Completions),
    /// Write the manual: one page to standard output, or every page into a directory.
    Man(Man),
}

/// What to show of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Config {
    /// Show the configuration in force: flags, then environment, then file, then defaults.
    ///
    /// What is shown is a configuration file itself.
    Show(Box<ConfigShow>),
    /// Print the JSON Schema of the configuration file, for editors and pipelines.
    Schema(ConfigSchema),
}

/// What to do about alerts.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Alerts {
    /// Have a running bartizan send a test alert, and say what came of it.
    ///
    /// Ends with 3 if a target did not take it. Silences do not hold it back.
    Test(AlertsTest),
}

/// What to show of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Inventory {
    /// List endpoints, the most called first.
    Ls(InventoryLs),
    /// Show what is known of one endpoint.
    Show(InventoryShow),
    /// Write an OpenAPI description of what was seen.
    Export(InventoryExport),
    /// List what is weak, the gravest first: why, how bartizan can hold it now, and how to mend it.
    ///
    /// What the source of the traffic did not tell is counted as unknown.
    Posture(InventoryPosture),
    /// List what the APIs began to do, or stopped doing, the latest first.
    ///
    /// What was there in the first hour of a service or an endpoint is no change.
    Changes(InventoryChanges),
    /// Hold the description that was imported against what was seen. Ends with 1 if they differ.
    ///
    /// `bartizan import openapi` and `import postman` keep descriptions. What the source of the traffic did not
    /// tell is no difference: it is counted.
    Drift(InventoryDrift),
    /// List which answers hand out the values that requests carry: a share of uses at least so large.
    ///
    /// Only exchanges of which facts are kept count, and of lists only the first item.
    Relations(InventoryRelations),
    /// List whom the APIs and their clients point to in URLs, and where.
    ///
    /// Hosts alone are kept, of those exchanges of which facts are kept. One is told after two subjects or three exchanges.
    ThirdParties(InventoryThirdParties),
    /// List what goes, and who still calls it.
    ///
    /// What goes is marked with `retire` in the configuration, as the instance that ran last was started with it.
    Retirement(InventoryRetirement),
    /// List what is said and proposed of each API: whom it is for, who calls, where tenants stand, what it owes.
    ///
    /// What is configured with `apis` wins over what is confirmed; a proposal counts only once it is confirmed.
    Profile(InventoryProfile),
    /// Say that segments are values of one variable: every path of this template is one endpoint.
    Merge(InventoryMerge),
    /// Say that a segment is a name: this path is an endpoint of its own.
    Split(InventorySplit),
    /// Say what the variables of a template are called.
    Rename(InventoryRename),
    /// Take back what was said of a template or, without one, the description of a service.
    Forget(InventoryForget),
}

/// What to do about contracts.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Contract {
    /// Show what is known and held of endpoints, as sentences with what they rest on.
    Show(ContractShow),
    /// List what may be put in force now: held by enough callers for long enough, harm first.
    Suggest(ContractSuggest),
    /// Say what a clause would have refused of what is kept, without changing anything.
    ///
    /// What cannot be told from what is kept is counted as such, never as passing.
    Simulate(ContractSimulate),
    /// Put clauses in force, or hold them otherwise. What they say is frozen as it is now.
    Apply(ContractApply),
    /// Take back what was decided of clauses: they are learnt and observed again.
    Withdraw(ContractWithdraw),
    /// Take back all decisions behind a revision.
    Rollback(ContractRollback),
    /// List what was decided, by whom and why, the latest first.
    History(ContractHistory),
    /// Write what was decided as a document that lives in git, or within an OpenAPI description or an overlay.
    Export(ContractExport),
    /// Decide as a document says. What somebody decided otherwise since the document was made is a conflict: it is shown, and
    /// nothing changes.
    ///
    /// Reads what `export` writes, in each of its forms. With --check it ends with 1 if something would change.
    Import(ContractImport),
    /// Show how two states of the contracts differ. Ends with 1 if they do.
    ///
    /// A state is the number of a revision, the file of a document, `now` (what is decided), or `traffic` (what
    /// traffic speaks for, of what is decided or proposed).
    Diff(ContractDiff),
}

/// Arguments of `contract export`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract export > contract.json
  bartizan contract export --as overlay --service shop > shop.contract.yaml")]
pub struct ContractExport {
    /// What is written.
    #[arg(long = "as", value_enum, default_value_t = ContractAs::Json)]
    pub kind: ContractAs,
    /// YAML or JSON, of OpenAPI and overlays.
    #[arg(long, value_enum, default_value_t = Notation::Yaml)]
    pub notation: Notation,
    /// The version of OpenAPI.
    #[arg(long, value_enum, default_value_t = OpenApi::V31)]
    pub openapi: OpenApi,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// How contracts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ContractAs {
    /// A document of its own, of one service or of all.
    Json,
    /// Beside the description that was imported, or the one that `openapi` writes: as `x-bartizan-terms`.
    Overlay,
    /// In the description that was imported or, without one, of what was seen: as `x-bartizan-terms`.
    #[value(name = "openapi")]
    OpenApi,
}

/// Arguments of `contract import`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract import contract.json --check
  bartizan contract import contract.json --reason 'merged in #17'")]
pub struct ContractImport {
    /// The document; `-` is standard input.
    pub file: PathBuf,
    /// Only say what would change.
    #[arg(long)]
    pub check: bool,
    /// Decide as the document says where somebody decided otherwise, too.
    #[arg(long)]
    pub overwrite: bool,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT", required_unless_present = "check")]
    pub reason: Option<String>,
    /// Which service and data directory.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `contract diff`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract diff 3 now
  bartizan contract diff contract.json -o json")]
pub struct ContractDiff {
    /// The one state.
    #[arg(default_value = "now")]
    pub from: String,
    /// The other [default: `now`, or `traffic` for the first one].
    pub to: Option<String>,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `objects`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan objects --held-back --since 24h
  bartizan objects 4f0c1b9e8a7d4c3b -o json")]
pub struct Objects {
    /// The hash of one object, in 16 hexadecimal digits.
    pub object: Option<String>,
    /// Only calls of this endpoint, such as 'GET /orders/{int}', or with this in its name.
    #[arg(long, value_name = "METHOD /TEMPLATE", conflicts_with = "object")]
    pub endpoint: Option<String>,
    /// Only calls by subjects whose hexadecimal digits begin so.
    #[arg(long, value_name = "HASH", conflicts_with = "object")]
    pub subject: Option<String>,
    /// Only what this clause found, such as provenance.reference.
    #[arg(long, value_name = "NAME", conflicts_with = "object")]
    pub clause: Option<String>,
    /// Only what was held back.
    #[arg(long, conflicts_with = "object")]
    pub held_back: bool,
    /// Only exchanges that began at most so long ago, such as 7d, 24h or 30m.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Ago>,
    /// The newest N exchanges, at most 500 [default: 100].
    #[arg(long, value_name = "N", conflicts_with = "object")]
    pub last: Option<usize>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `release`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan release shop 2.1.0
  bartizan release shop \"$CI_COMMIT_TAG\" --spec openapi.yaml --data /var/lib/bartizan")]
pub struct Release {
    /// The service: the name of a route.
    pub api: String,
    /// Its new version, as you call it.
    pub version: String,
    /// Its new description, kept as by `bartizan import openapi`.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `contract show`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract show
  bartizan contract show 'POST /orders' -o json")]
pub struct ContractShow {
    /// Only this endpoint, as `POST /orders`, or the clause of this id.
    pub only: Option<String>,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `contract suggest`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract suggest
  bartizan contract suggest --service shop -o json")]
pub struct ContractSuggest {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `contract simulate`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract simulate 4f0c1b9e8a7d4c3b
  bartizan contract simulate 4f0c1b9e8a7d4c3b --since 7d -o json")]
pub struct ContractSimulate {
    /// The id of a clause, as `show` prints it.
    pub clause: String,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// How a clause is to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HeldAs {
    /// Not at all.
    Off,
    /// What it would refuse is recorded.
    Observe,
    /// One caller in twenty for a day, then everybody, if nobody was refused.
    Canary,
    /// Everybody, at once.
    Enforce,
}

/// Arguments of `contract apply`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract apply 4f0c1b9e8a7d4c3b --reason 'nobody sets role'
  bartizan contract apply 4f0c1b9e8a7d4c3b --as enforce --reason 'drill, see INC-7'")]
pub struct ContractApply {
    /// Ids of clauses, as `show` and `suggest` print them.
    #[arg(required = true, num_args = 1..=100, value_name = "CLAUSE")]
    pub clauses: Vec<String>,
    /// How it is held.
    #[arg(long = "as", value_enum, default_value_t = HeldAs::Canary)]
    pub held_as: HeldAs,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// Arguments of `contract withdraw`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract withdraw 4f0c1b9e8a7d4c3b --reason 'the new app sends it'
  bartizan contract withdraw 4f0c1b9e8a7d4c3b --reason 'drill is over' --data /var/lib/bartizan")]
pub struct ContractWithdraw {
    /// Ids of clauses.
    #[arg(required = true, num_args = 1..=100, value_name = "CLAUSE")]
    pub clauses: Vec<String>,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `contract rollback`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract rollback 6 --reason 'the release was taken back'
  bartizan contract rollback 0 --reason 'start again' --data /var/lib/bartizan")]
pub struct ContractRollback {
    /// The revision that is wanted, as `history` prints it.
    pub revision: u64,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `contract history`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan contract history
  bartizan contract history -o json --data /var/lib/bartizan")]
pub struct ContractHistory {
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

impl Contract {
    /// Which traffic and data directory.
    pub fn of(&self) -> InventoryOf {
        let data = match self {
            Self::Show(it) => return it.of.clone(),
            Self::Suggest(it) => return it.of.clone(),
            Self::Simulate(it) => return it.of.clone(),
            Self::Apply(it) => return it.of.clone(),
            Self::Export(it) => return it.of.clone(),
            Self::Import(it) => return it.of.clone(),
            Self::Diff(it) => return it.of.clone(),
            Self::Withdraw(it) => &it.data,
            Self::Rollback(it) => &it.data,
            Self::History(it) => &it.data,
        };
        InventoryOf { since: None, service: None, key: None, data: data.clone() }
    }
}

/// Which traffic the inventory is made of.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct InventoryOf {
    /// Only exchanges that began at most so long ago, such as 7d, 24h or 30m.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Ago>,
    /// Only this service: the name of a route, or the host of imported traffic.
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `inventory ls`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory ls
  bartizan inventory ls orders --since 7d -o json")]
pub struct InventoryLs {
    /// Only endpoints with this text in method and path.
    pub search: Option<String>,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory show`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory show 'GET /orders/{orderId}'
  bartizan inventory show 4f0c1b9e8a7d4c3b -o json")]
pub struct InventoryShow {
    /// Its method and template as `ls` prints them, or its id.
    pub endpoint: String,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory posture`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory posture
  bartizan inventory posture --service shop -o json")]
pub struct InventoryPosture {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How it went instead: day by day, how many endpoints had which flaw. Of the whole inventory.
    #[arg(long, conflicts_with_all = ["service", "since"])]
    pub trend: bool,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory changes`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory changes
  bartizan inventory changes --service shop --by-day")]
pub struct InventoryChanges {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// Count them by day and service instead.
    #[arg(long)]
    pub by_day: bool,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory drift`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory drift
  bartizan inventory drift --service shop -o json")]
pub struct InventoryDrift {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory relations`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory relations
  bartizan inventory relations --service shop -o json")]
pub struct InventoryRelations {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory third-parties`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory third-parties
  bartizan inventory third-parties --service shop -o json")]
pub struct InventoryThirdParties {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory retirement`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory retirement
  bartizan inventory retirement --service shop -o json")]
pub struct InventoryRetirement {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `inventory profile`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(before_help = "\
Examples:
  bartizan inventory profile
  bartizan inventory profile --service shop -o json")]
pub struct InventoryProfile {
    /// What is said, if anything.
    #[command(subcommand)]
    pub said: Option<ProfileSaid>,
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// What a person says of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ProfileSaid {
    /// Confirm parts of a profile; parts that are not named stay as they were.
    Confirm(ProfileConfirm),
    /// Take back all that was confirmed of a service.
    Forget(ProfileForget),
}

impl ProfileSaid {
    /// Which service and data directory.
    pub fn of(&self) -> InventoryOf {
        let (service, key, data) = match self {
            Self::Confirm(it) => (&it.service, &it.key, &it.data),
            Self::Forget(it) => (&it.service, &None, &it.data),
        };
        let (key, data) = (key.clone(), data.clone());
        InventoryOf { since: None, service: Some(service.clone()), key, data }
    }
}

/// Arguments of `inventory profile confirm`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory profile confirm shop audience=internal subject_kind=workload
  bartizan inventory profile confirm shop tenant=path:2 environment=production")]
pub struct ProfileConfirm {
    /// The name of a route, or the host of imported traffic.
    pub service: String,
    /// What is confirmed: audience, subject_kind, tenant or environment, each with its value.
    #[arg(required = true, num_args = 1..=4, value_name = "PART=VALUE")]
    pub words: Vec<String>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `inventory profile forget`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory profile forget shop
  bartizan inventory profile forget shop.example --data /var/lib/bartizan")]
pub struct ProfileForget {
    /// The name of a route, or the host of imported traffic.
    pub service: String,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `inventory split`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory split /users/search
  bartizan inventory split /users/me/settings --service shop")]
pub struct InventorySplit {
    /// The template, as `/users/search`.
    pub template: String,
    /// Which service and data directory.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// Arguments of `inventory merge`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory merge '/metrics/{metric}'
  bartizan inventory merge '/orders/{orderId}/items' --service shop")]
pub struct InventoryMerge {
    /// The template, as `/orders/{orderId}/items`.
    pub template: String,
    /// Which service and data directory.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// Arguments of `inventory rename`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory rename '/users/{usersId}' '/users/{login}'
  bartizan inventory rename '/a/{id}/b/{id2}' '/a/{owner}/b/{repo}' --service shop")]
pub struct InventoryRename {
    /// The template as it is.
    pub from: String,
    /// The same with other names.
    pub to: String,
    /// Which service and data directory.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// Arguments of `inventory forget`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory forget '/metrics/{metric}'
  bartizan inventory forget --service shop")]
pub struct InventoryForget {
    /// The template; without one, the description of the service is forgotten.
    pub template: Option<String>,
    /// Which service and data directory.
    #[command(flatten)]
    pub of: InventoryOf,
}

/// Arguments of `inventory export`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inventory export > openapi.yaml
  bartizan inventory export --as overlay --service shop > shop.overlay.yaml")]
pub struct InventoryExport {
    /// Which traffic.
    #[command(flatten)]
    pub of: InventoryOf,
    /// What is written.
    #[arg(long = "as", value_enum, default_value_t = ExportAs::OpenApi)]
    pub kind: ExportAs,
    /// YAML or JSON.
    #[arg(long, value_enum, default_value_t = Notation::Yaml)]
    pub notation: Notation,
    /// The version of OpenAPI.
    #[arg(long, value_enum, default_value_t = OpenApi::V31)]
    pub openapi: OpenApi,
}

/// What is written of the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
    /// A description of what was seen.
    #[value(name = "openapi")]
    OpenApi,
    /// What is known beside the description that was imported, or the one that `openapi` writes: calls, callers,
    /// data classes, weaknesses, as an Overlay 1.0.
    Overlay,
    /// Everything that is known, endpoint by endpoint, in JSON.
    Json,
}

/// How a description is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Notation {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// Versions of OpenAPI that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OpenApi {
    /// 3.1.1, which most programs read.
    #[value(name = "3.1")]
    V31,
    /// 3.2.0.
    #[value(name = "3.2")]
    V32,
}

/// Arguments of `import`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan import access-log /var/log/nginx/access.log
  bartizan import openapi shop.yaml --service shop")]
pub struct Import {
    /// What the files are.
    #[arg(value_enum)]
    pub format: ImportFormat,
    /// The files; `-` is standard input.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The service of lines that name no host, or that is described [default: imported, or the host that the
    /// description names].
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// The data directory, made if it is missing [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// Lines in the common or combined format (nginx, Apache), JSON lines of nginx, Caddy or Envoy, AWS ALB.
    AccessLog,
    /// HAR 1.2, as browsers save it.
    Har,
    /// A description: OpenAPI 3.0 to 3.2 or Swagger 2.0, in YAML or JSON.
    #[value(name = "openapi")]
    OpenApi,
    /// A description: a collection of Postman, v2.0 or v2.1.
    Postman,
}

/// What to do with the ledger. All of it works on files, without a running bartizan.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Ledger {
    /// Verify every entry, hash and signature, and hold them against checkpoints kept elsewhere.
    ///
    /// Ends with 5 if anything is not as it was signed. Without --against, the checkpoints beside the
    /// data directory are used.
    Verify(LedgerVerify),
    /// Write a proof of one entry that anybody can check with the log's public key alone.
    Prove(LedgerProve),
    /// Check a proof that `prove` wrote. Ends with 5 if it proves nothing.
    CheckProof(LedgerCheckProof),
    /// Follow the entries as checkpoints cover them.
    Tail(LedgerTail),
    /// Print every entry.
    Export(LedgerExport),
    /// Print the public key, or make a key that replaces the one in use.
    Key(LedgerKey),
}

/// Which ledger, and which keys it is held to.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct LedgerOf {
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// A copy of the directory `ledger` itself, wherever it is.
    #[arg(long, value_name = "DIR", requires = "key", conflicts_with = "data")]
    pub from: Option<PathBuf>,
    /// The log's public key, as `ledger key` prints it; repeatable [default: ledger.vkey in the data
    /// directory, which proves nothing to somebody else].
    #[arg(long, value_name = "VKEY", value_parser = verifying_key)]
    pub key: Vec<VerifyingKey>,
}

/// Arguments of `ledger verify`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger verify
  bartizan ledger verify --data /var/lib/bartizan --against yesterday.checkpoint")]
pub struct LedgerVerify {
    /// Which ledger.
    #[command(flatten)]
    pub of: LedgerOf,
    /// A checkpoint that was kept elsewhere: a signed note, or a file of JSON lines with `checkpoint`.
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `ledger prove`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger prove 17
  bartizan ledger prove 01981f3e-7c1a-7b52-9f0e-3d2c5a6b7e80 --out refusal.tlog-proof")]
pub struct LedgerProve {
    /// The number of an entry, or the id of a decision.
    #[arg(value_name = "INDEX|DECISION_ID")]
    pub entry: EntryName,
    /// Which ledger.
    #[command(flatten)]
    pub of: LedgerOf,
    /// The file to write, which must not exist, rather than standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `ledger check-proof`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger check-proof a.tlog-proof --key sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8
  bartizan ledger check-proof a.tlog-proof -o json --key sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
pub struct LedgerCheckProof {
    /// The file.
    pub file: PathBuf,
    /// The log's public key, as `ledger key` prints it; repeatable.
    #[arg(long, value_name = "VKEY", required = true, value_parser = verifying_key)]
    pub key: Vec<VerifyingKey>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `ledger tail`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger tail
  bartizan ledger tail --last 100 -o ndjson")]
pub struct LedgerTail {
    /// Which ledger.
    #[command(flatten)]
    pub of: LedgerOf,
    /// Print the last N and end, rather than follow.
    #[arg(long, value_name = "N")]
    pub last: Option<u64>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `ledger export`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger export > ledger.ndjson
  bartizan ledger export --data /var/lib/bartizan -o human")]
pub struct LedgerExport {
    /// Which ledger.
    #[command(flatten)]
    pub of: LedgerOf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Ndjson)]
    pub output: Output,
}

/// Arguments of `ledger key`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan ledger key
  bartizan ledger key --new /etc/bartizan/ledger-2.key")]
pub struct LedgerKey {
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// Make a new signing key in this file, which must not exist. It replaces the one in use once
    /// the instance is started with it.
    #[arg(long, value_name = "FILE")]
    pub new: Option<PathBuf>,
}

/// An entry of the ledger, as it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryName {
    /// By its number.
    Index(u64),
    /// By the decision that it records.
    Decision(ExchangeId),
}

impl FromStr for EntryName {
    type Err = TextFault;

    fn from_str(text: &str) -> Result<Self, TextFault> {
        let fault = || TextFault("expected the number of an entry, or a decision id".to_owned());
        match text.parse() {
            Ok(index) => Ok(Self::Index(index)),
            Err(_) => text.parse().map(Self::Decision).map_err(|_| fault()),
        }
    }
}

fn verifying_key(text: &str) -> Result<VerifyingKey, TextFault> {
    VerifyingKey::read(text.trim()).map_err(|fault| TextFault(fault.to_string()))
}

/// Arguments of `config show`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan config show --origin
  bartizan config show -c staging.yaml --enforce -o json")]
pub struct ConfigShow {
    /// What `run` would be given.
    #[command(flatten)]
    pub configured: Configured,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
    /// Say where each value came from.
    #[arg(long)]
    pub origin: bool,
}

/// Arguments of `config schema`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan config schema
  bartizan config schema > bartizan.schema.json")]
pub struct ConfigSchema {}

/// Arguments of `doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan doctor -c bartizan.yaml
  bartizan doctor http://127.0.0.1:3000 --data /var/lib/bartizan")]
pub struct Doctor {
    /// The API, as for `guard`: http://HOST:PORT or https://HOST:PORT.
    #[arg(conflicts_with = "config")]
    pub upstream_url: Option<OsString>,
    /// The configuration file, as for `run`.
    #[arg(short, long, value_name = "FILE", default_value = "bartizan.yaml")]
    pub config: PathBuf,
    /// Where everything is kept [configuration: data.dir].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `completions`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan completions bash > /etc/bash_completion.d/bartizan
  bartizan completions fish > ~/.config/fish/completions/bartizan.fish")]
pub struct Completions {
    /// Which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A shell that can be helped to complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
}

/// Arguments of `man`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan man
  bartizan man --dir ./man1")]
pub struct Man {
    /// Where to write every page, rather than the first to standard output.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Arguments of `guard`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan guard http://127.0.0.1:3000
  bartizan guard http://127.0.0.1:3000 --listen 0.0.0.0:8080 --enforce")]
pub struct Guard {
    /// The API: http://HOST:PORT or https://HOST:PORT.
    pub upstream_url: OsString,
    /// Values that win over environment and defaults.
    #[command(flatten)]
    pub serving: Serving,
    /// How to log [environment: BARTIZAN_LOG] [default: human].
    #[arg(long, value_enum, value_name = "FORM")]
    pub log: Option<Log>,
}

/// Arguments of `mirror`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan mirror 127.0.0.1:8081
  bartizan mirror 0.0.0.0:8081 --trusted-proxy 10.0.0.0/8")]
pub struct Mirror {
    /// Where copies are sent to, such as 127.0.0.1:8081.
    pub address: OsString,
    /// Where operators connect, such as 127.0.0.1:9440 [configuration: admin.address].
    #[arg(long, value_name = "ADDRESS")]
    pub admin: Option<OsString>,
    /// Where everything is kept [configuration: data.dir].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// Who sends copies and names their clients in forwarding fields; repeatable [default: this machine, if ADDRESS
    /// is on loopback] [configuration: trusted_proxies].
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    pub trusted_proxies: Vec<OsString>,
    /// How to log [environment: BARTIZAN_LOG] [default: human].
    #[arg(long, value_enum, value_name = "FORM")]
    pub log: Option<Log>,
}

/// Arguments of `run`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan run -c bartizan.yaml
  bartizan run -c bartizan.yaml --listen 127.0.0.1:0 --data /tmp/try")]
pub struct Run {
    /// The file, and values that win over it.
    #[command(flatten)]
    pub configured: Configured,
    /// How to log [environment: BARTIZAN_LOG] [default: human].
    #[arg(long, value_enum, value_name = "FORM")]
    pub log: Option<Log>,
}

/// A configuration file and what wins over it.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Configured {
    /// The configuration file.
    #[arg(short, long, value_name = "FILE", default_value = "bartizan.yaml")]
    pub config: PathBuf,
    /// The API: http://HOST:PORT or https://HOST:PORT [configuration: upstream.url].
    #[arg(long, value_name = "URL")]
    pub upstream: Option<OsString>,
    /// Values that win over environment, file and defaults.
    #[command(flatten)]
    pub serving: Serving,
}

/// Flags of the commands that serve. Each wins over the file and the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Serving {
    /// Where clients connect, such as 127.0.0.1:8080 [configuration: listen.address].
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<OsString>,
    /// Where operators connect, such as 127.0.0.1:9440 [configuration: admin.address].
    #[arg(long, value_name = "ADDRESS")]
    pub admin: Option<OsString>,
    /// Where everything is kept [configuration: data.dir].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// A proxy whose forwarding fields are believed; repeatable [configuration: trusted_proxies].
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    pub trusted_proxies: Vec<OsString>,
    /// An OpenAPI document of the API, which requests are held to [configuration: description].
    #[arg(long, value_name = "FILE")]
    pub description: Option<OsString>,
    /// Refuse what violates a clause, rather than only record it [configuration: mode].
    #[arg(long)]
    pub enforce: bool,
    /// From which score on a value counts as an attack: cautious, balanced, strict or a number such as 0.9
    /// [configuration: content].
    #[arg(long, value_name = "LEVEL")]
    pub content: Option<OsString>,
    /// For drills and demonstrations, not for production: learn in minutes, and put clauses against harm in force
    /// without asking [configuration: lab].
    #[arg(long)]
    pub lab: bool,
}

/// Arguments of `check`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan check
  bartizan check -c staging.yaml && bartizan run -c staging.yaml")]
pub struct Check {
    /// The configuration file.
    #[arg(short, long, value_name = "FILE", default_value = "bartizan.yaml")]
    pub config: PathBuf,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `status`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan status
  bartizan status --data /var/lib/bartizan -o json")]
pub struct Status {
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
}

/// Arguments of `bypass`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan bypass --for 30m --reason 'orders fail since the release'
  bartizan bypass --end")]
pub struct Bypass {
    /// For how long: from 1m to 24h.
    #[arg(long = "for", value_name = "DURATION", requires = "reason")]
    #[arg(required_unless_present = "end")]
    pub span: Option<Span>,
    /// Why, on one line of at most 200 characters; it is shown and recorded.
    #[arg(long, value_name = "TEXT", requires = "span")]
    pub reason: Option<Reason>,
    /// End the bypass: every clause is in force again.
    #[arg(long, conflicts_with_all = ["span", "reason"])]
    pub end: bool,
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
}

/// Arguments of `alerts test`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan alerts test
  bartizan alerts test --target soc -o json")]
pub struct AlertsTest {
    /// Only this target; without it, each of them in turn.
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
}

/// Arguments of `console`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan console
  bartizan console --data /var/lib/bartizan")]
pub struct Console {
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
}

/// Arguments of `tail`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan tail --would-refuse
  bartizan tail --endpoint 'GET /orders/{int}' --status 4xx --last 100")]
pub struct Tail {
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
    /// Only requests that were refused; with --would-refuse, both.
    #[arg(long)]
    pub refused: bool,
    /// Only requests that would have been refused, had their clause been enforced; with
    /// --refused, both.
    #[arg(long)]
    pub would_refuse: bool,
    /// Only answers of this status: one such as 500, or a class such as 4xx.
    #[arg(long)]
    pub status: Option<StatusFilter>,
    /// Only this endpoint, such as 'GET /orders/{int}'.
    #[arg(long, value_name = "METHOD /TEMPLATE")]
    pub endpoint: Option<Endpoint>,
    /// Only decisions with this code, such as content.sqli.
    #[arg(long)]
    pub code: Option<String>,
    /// Print the last N that match and end, rather than follow.
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
}

/// Arguments of `why`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan why 01981f3e-7c1a-7b52-9f0e-3d2c5a6b7e80
  bartizan why 01981f3e-7c1a-7b52-9f0e-3d2c5a6b7e80 --impact 7d")]
pub struct Why {
    /// The `decision_id` of a refusal, or of a line of `bartizan tail`.
    pub decision_id: String,
    /// Also say what each suggested exception would have let through of what is kept, so long back, such as 7d.
    #[arg(long, value_name = "TIME")]
    pub impact: Option<Ago>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// Which bartizan, and how to print.
    #[command(flatten)]
    pub asking: Asking,
}

/// Arguments of `hunt`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan hunt @refused_by_code --since 24h
  bartizan hunt \"SELECT endpoint, count(*) FROM exchanges GROUP BY endpoint\" -o csv")]
pub struct Hunt {
    /// One SELECT, or @NAME of a saved hunt.
    pub question: Option<String>,
    /// Only exchanges that began at most so long ago, such as 7d, 24h or 30m.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Ago>,
    /// List the saved hunts.
    #[arg(long)]
    pub list: bool,
    /// A directory of saved hunts, NAME.sql, beside those that are built in [default: hunts in the
    /// data directory].
    #[arg(long, value_name = "DIR")]
    pub hunts: Option<PathBuf>,
    /// How long it may take.
    #[arg(long, value_name = "TIME", default_value = "60s")]
    pub timeout: Ago,
    /// How many rows it gives.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub rows: u64,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// The data directory of the bartizan to ask [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Table::Human)]
    pub output: Table,
}

/// How to print rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// For people: a table.
    Human,
    /// For programs: one JSON document.
    Json,
    /// For spreadsheets.
    Csv,
    /// For programs: one JSON object for each row.
    Ndjson,
}

/// Arguments of `export`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan export --form parquet --since 7d exchanges.parquet
  bartizan export --form ocsf --since 1h")]
pub struct Export {
    /// The file to write, which must not exist; standard output without one.
    pub file: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    pub form: Form,
    /// Only exchanges that began at most so long ago, such as 7d, 24h or 30m.
    #[arg(long, value_name = "TIME")]
    pub since: Option<Ago>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY")]
    pub key: Option<KeyAt>,
    /// The data directory of the bartizan to ask [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// What an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A plain Parquet file: not encrypted.
    Parquet,
    /// One JSON object for each exchange, as `tail -o ndjson` prints it.
    Ndjson,
    /// Events of OCSF 1.8.0: API Activity, HTTP Activity, Detection Finding.
    Ocsf,
}

/// Arguments of `backup`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan backup /srv/backups/bartizan-monday
  bartizan backup ./copy --data /var/lib/bartizan")]
pub struct Backup {
    /// The file to write. It must not exist.
    pub file: PathBuf,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
}

/// Arguments of `restore`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan restore /srv/backups/bartizan-monday --data /var/lib/bartizan
  bartizan restore ./copy --data ./data && bartizan run --data ./data")]
pub struct Restore {
    /// The file that `backup` wrote.
    pub file: PathBuf,
    /// The directory to make.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
}

/// Arguments of `inspect`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan inspect request.http
  bartizan inspect recorded.har --content balanced -o json")]
pub struct Inspect {
    /// The files; `-` is standard input [default: -].
    pub files: Vec<PathBuf>,
    /// From which score on a value counts as an attack: cautious, balanced, strict or a number such as 0.9.
    #[arg(long, value_name = "LEVEL", default_value = "cautious", value_parser = content_level)]
    pub content: ContentLevel,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// What to do about virtual patches.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Patch {
    /// Read patches and judge their cases. Ends with 2 if one does not end as its file says.
    Check(PatchCheck),
    /// Say what a patch would have refused, were it enforced: of samples that are kept, or of requests in files.
    ///
    /// Samples are kept of exchanges in which something was found, or whose caller is watched. What was redacted or cut in them
    /// is counted as not known, never as passing. Requests are read as `bartizan inspect` reads them. Ends with 1 if one
    /// would be refused. Nothing is sent or kept.
    Try(PatchTry),
}

/// Arguments of `patch check`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan patch check patches/reviews.yaml
  bartizan patch check patches/*.yaml")]
pub struct PatchCheck {
    /// The patches, one a file.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// Arguments of `patch try`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan patch try patches/reviews.yaml
  bartizan patch try patches/reviews.yaml shop.har -o json")]
pub struct PatchTry {
    /// The patch.
    pub patch: PathBuf,
    /// Requests: a message as it goes over the wire, HAR, or JSON lines; `-` is standard input [default: what is kept].
    pub requests: Vec<PathBuf>,
    /// Where the key of the segments is, file:PATH or env:NAME, if `store.key` names one.
    #[arg(long, value_name = "KEY", conflicts_with = "requests")]
    pub key: Option<KeyAt>,
    /// The data directory [default: ./bartizan-data].
    #[arg(long, value_name = "DIR", conflicts_with = "requests")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

impl PatchTry {
    /// What wins over the environment.
    pub fn overrides(&self) -> Overrides {
        let data = self.data.clone().map(|it| Given { value: it, origin: Origin::Flag("--data") });
        Overrides { data, ..Overrides::default() }
    }
}

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Bench {
    /// How much content detection finds in labelled attacks, and refuses of harmless requests, at each level.
    ///
    /// Reads JSON lines, packed or not: objects with `method`, `path_and_query`, `headers`, `body_b64`, `label` (`attack`
    /// or `benign`), `class`, `source`, `group`, `placement`. Intervals are Wilson's, of 95 %.
    Content(BenchContent),
}

/// Arguments of `bench content`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan bench content corpora/
  bartizan bench content mine.jsonl.gz --misses sqli")]
pub struct BenchContent {
    /// Files, or folders of files that end in .jsonl, .jsonl.gz or .har.
    #[arg(required = true)]
    pub corpora: Vec<PathBuf>,
    /// A class of attacks of which what is missed is listed.
    #[arg(long, value_name = "CLASS")]
    pub misses: Option<String>,
}

fn content_level(text: &str) -> Result<ContentLevel, &'static str> {
    text.parse()
        .map_err(|_| "it is neither cautious, balanced or strict nor a number from 0.3 to 0.999")
}

/// Arguments of `codes`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan codes
  bartizan codes -o ndjson")]
pub struct Codes {
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// Arguments of `demo`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(before_help = "\
Examples:
  bartizan demo
  bartizan demo --without-guard --exit")]
pub struct Demo {
    /// Which story: the same number tells the same one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// End after the story, rather than keep everything running to look around.
    #[arg(long)]
    pub exit: bool,
    /// Tell the same story with nothing in front of the API.
    #[arg(long)]
    pub without_guard: bool,
}

/// Flags of the commands that ask a bartizan about itself.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Asking {
    /// The data directory of the bartizan to ask [default: ./bartizan-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<OsString>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub output: Output,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Human,
    /// For programs: one JSON document.
    Json,
    /// For programs: one JSON object per line.
    Ndjson,
}

/// Which statuses to show: one, or a class of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// This status.
    One(u16),
    /// The statuses that begin with this digit.
    Class(u16),
}

impl StatusFilter {
    /// Whether `status` is among them.
    pub fn admits(self, status: u16) -> bool {
        match self {
            Self::One(one) => status == one,
            Self::Class(digit) => status / 100 == digit,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = TextFault;

    fn from_str(text: &str) -> Result<Self, TextFault> {
        let fault =
            || TextFault("expected a status such as 500, or a class such as 4xx".to_owned());
        let (digits, is_class) = match text.strip_suffix("xx") {
            Some(digit) => (digit, true),
            None => (text, false),
        };
        let is_number = digits.bytes().all(|it| it.is_ascii_digit());
        let number: u16 = digits.parse().ok().filter(|_| is_number).ok_or_else(fault)?;
        match (is_class, number) {
            (true, 1..=5) => Ok(Self::Class(number)),
            (false, 100..=599) => Ok(Self::One(number)),
            (_, _) => Err(fault()),
        }
    }
}

impl Guard {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        let upstream = Some(flag("<UPSTREAM_URL>", &self.upstream_url));
        Overrides { upstream, ..self.serving.overrides() }
    }
}

impl Mirror {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        let proxies = self.trusted_proxies.iter().map(|it| flag("--trusted-proxy", it));
        let mut trusted_proxies: Vec<_> = proxies.collect();
        let address = self.address.to_str().and_then(|it| it.parse::<SocketAddr>().ok());
        // Only this machine can connect there.
        if trusted_proxies.is_empty() && address.is_some_and(|it| it.ip().is_loopback()) {
            trusted_proxies.extend(["127.0.0.0/8", "::1"].map(|it| flag("<ADDRESS>", it)));
        }
        Overrides {
            listen: Some(flag("<ADDRESS>", &self.address)),
            mirror: Some("mirror"),
            admin: self.admin.as_ref().map(|it| flag("--admin", it)),
            data: self.data.as_ref().map(|it| flag("--data", it)),
            trusted_proxies,
            ..Overrides::default()
        }
    }
}

impl Configured {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        let upstream = self.upstream.as_ref().map(|it| flag("--upstream", it));
        Overrides { upstream, ..self.serving.overrides() }
    }
}

impl Doctor {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        Overrides {
            upstream: self.upstream_url.as_ref().map(|it| flag("<UPSTREAM_URL>", it)),
            data: self.data.as_ref().map(|it| flag("--data", it)),
            ..Overrides::default()
        }
    }
}

impl Serving {
    fn overrides(&self) -> Overrides {
        let mode = self.enforce.then(|| Given { value: "enforce".into(), ..flag("--enforce", "") });
        let proxies = self.trusted_proxies.iter().map(|it| flag("--trusted-proxy", it));
        Overrides {
            mode,
            content: self.content.as_ref().map(|it| flag("--content", it)),
            description: self.description.as_ref().map(|it| flag("--description", it)),
            lab: self.lab.then_some("--lab"),
            listen: self.listen.as_ref().map(|it| flag("--listen", it)),
            admin: self.admin.as_ref().map(|it| flag("--admin", it)),
            data: self.data.as_ref().map(|it| flag("--data", it)),
            trusted_proxies: proxies.collect(),
            ..Overrides::default()
        }
    }
}

/// The flag of commands that take no other.
fn of_data(data: Option<&OsString>) -> Overrides {
    Overrides { data: data.map(|it| flag("--data", it)), ..Overrides::default() }
}

impl Objects {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }

    /// All the traffic that contracts are learnt from.
    pub fn of(&self) -> InventoryOf {
        let (key, data) = (self.key.clone(), self.data.clone());
        InventoryOf { since: None, service: None, key, data }
    }
}

impl Backup {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl Hunt {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl InventoryOf {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl Import {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl Release {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl Export {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

impl Asking {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        of_data(self.data.as_ref())
    }
}

fn flag(name: &'static str, value: impl Into<OsString>) -> Given<OsString> {
    Given { value: value.into(), origin: Origin::Flag(name) }
}

/// What `docs/cli.md` says of `-o`.
const OUTPUT: &str = "
Data goes to standard output, everything else to standard error. A reader that closes standard output
has had enough: that is no failure of `tail`.

## Output

`-o human` is for people and may change. `-o json` prints one JSON document, `-o ndjson` one JSON
object per line; the two differ only for lists. `tail` has no end, so that both print one object per
line there. Every object names its schema; fields may be added, and those that are there keep their
meaning.

| command | schema | `json` | `ndjson` |
|---|---|---|---|
| `tail` | `bartizan.observation/v1` | a line for each observation | the same |
| `why` | `bartizan.why/v1` | one object | the same |
| `status` | `bartizan.status/v1` | one object | the same |
| `hunt` | `bartizan.hunt/v1` | one object with `columns`, `rows` and `done` | a line for each row |
| `export` | `bartizan.observation/v1` | | a line for each observation |
| `bypass` | `bartizan.bypass/v1` | one object | the same |
| `alerts test` | `bartizan.alerts/v1` | one object with `tested` | a line for each target |
| `config show` | `bartizan.config/v1` | one object | the same |
| `check` | `bartizan.check/v1` | one object with `problems` | a line for each problem; none if it is good |
| `doctor` | `bartizan.doctor/v1` | one object with `findings` | a line for each finding |
| `codes` | `bartizan.codes/v1` | one object with `codes` | a line for each code |
| `ledger verify` | `bartizan.ledger.verify/v1` | one object | the same |
| `ledger check-proof` | `bartizan.ledger.proof/v1` | one object | the same |
| `ledger tail`, `ledger export` | `bartizan.ledger/v1` | a line for each entry | the same |
| `run --log json` | `bartizan.log/v1` | a line for each event, see [log.md](log.md) | |

Nothing is ever coloured: no output has escape codes, on a terminal or off it, so that `NO_COLOR`
changes nothing.
";

/// The text of `docs/cli.md`, from the definitions above.
pub fn reference() -> String {
    let mut root = Cli::command();
    root.build();
    let mut text = format!(
        "# Command line\n\n<!-- Written by `cli::reference` from the definitions of the commands: \
         change those, not this file. -->\n\n`bartizan` alone prints:\n\n```text\n{OVERVIEW}```\n\n\
         ## Exit codes\n\n| code | means |\n|---|---|\n"
    );
    for exit in Exit::ALL {
        text.push_str(&format!("| {} | {} |\n", exit.code(), exit.says()));
    }
    text.push_str(OUTPUT);
    for (path, mut command) in commands(&root) {
        let help = command.render_long_help().to_string();
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        let help = help.join("\n");
        text.push_str(&format!("\n## {path}\n\n```text\n{}\n```\n", help.trim_end()));
    }
    text
}

/// Every command that does something below `parent`, each with the words that name it.
pub(crate) fn commands(parent: &clap::Command) -> Vec<(String, clap::Command)> {
    let own = parent.get_subcommands().filter(|it| it.get_name() != "help");
    let below = own.flat_map(|it| {
        let itself = (!it.is_subcommand_required_set()).then(|| (String::new(), it.clone()));
        itself.into_iter().chain(commands(it))
    });
    let name = parent.get_name();
    let named = below.map(|(path, it)| {
        let path = if path.is_empty() { it.get_name().to_owned() } else { path };
        (format!("{name} {path}"), it)
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn parsed(line: &[&str]) -> Command {
        let line = std::iter::once("bartizan").chain(line.iter().copied());
        Cli::try_parse_from(line).unwrap().command.unwrap()
    }

    #[track_caller]
    fn check_refused(line: &[&str], exit: Exit) {
        let line = std::iter::once("bartizan").chain(line.iter().copied());
        assert_eq!(Exit::of_clap(&Cli::try_parse_from(line).unwrap_err()), exit);
    }

    #[track_caller]
    fn check_status(text: &str, admitted: &[u16], others: &[u16]) {
        let filter: StatusFilter = text.parse().unwrap();
        assert!(admitted.iter().all(|it| filter.admits(*it)));
        assert!(!others.iter().any(|it| filter.admits(*it)));
    }

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bartizan_alone_has_no_command() {
        assert_eq!(Cli::try_parse_from(["bartizan"]).unwrap().command, None);
        assert_eq!(OVERVIEW.matches("\n  bartizan ").count(), 6);
    }

    #[test]
    fn every_help_begins_with_two_examples_that_parse() {
        let mut root = Cli::command();
        root.build();
        for (path, mut command) in commands(&root) {
            let help = command.render_help().to_string();
            let mut lines = help.lines();
            assert_eq!(lines.next(), Some("Examples:"), "{path}");
            let start = format!("  {path}");
            let examples: Vec<_> = lines.take_while(|it| it.starts_with("  bartizan ")).collect();
            assert_eq!(examples.len(), 2, "{path}");
            assert!(examples.iter().all(|it| it.starts_with(&start)), "{path}");
            for example in examples.iter().flat_map(|it| it.split(" && ")) {
                let example = example.split(" > ").next().unwrap();
                let words = words(example);
                assert!(Cli::try_parse_from(words).is_ok(), "{example}");
            }
        }
    }

    /// As a shell splits them: what stands in quotes is one word.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split(['\'', '"']).enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_ascii_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        parts.collect()
    }

    #[test]
    fn guard_without_flags_observes_with_defaults() {
        let Command::Guard(guard) = parsed(&["guard", "http://127.0.0.1:3000"]) else { panic!() };
        let accepted = Settings::for_guard(&guard.overrides()).unwrap();
        assert!(accepted.warnings.is_empty());
        let settings = accepted.settings;
        assert_eq!(settings.file, None);
        assert_eq!(settings.describe(settings.mode.origin), "default");
        assert_eq!(settings.describe(settings.upstreams[0].url.origin), "flag <UPSTREAM_URL>");
        assert_eq!(settings.listen.address.value.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn guard_takes_each_flag_over_its_default() {
        let line = ["guard", "http://[::1]:1", "--listen", "[::]:0", "--admin", "127.0.0.1:1234"];
        let more = ["--data", "d", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"];
        let Command::Guard(guard) = parsed(&[&line[..], &more[..], &["--enforce"]].concat()) else {
            panic!()
        };
        let settings = Settings::for_guard(&guard.overrides()).unwrap().settings;
        assert_eq!(settings.listen.address.value.to_string(), "[::]:0");
        assert_eq!(settings.admin.address.value.to_string(), "127.0.0.1:1234");
        assert_eq!(settings.data.dir.value, PathBuf::from("d"));
        assert_eq!(settings.trusted_proxies.len(), 2);
        assert_eq!(settings.describe(settings.mode.origin), "flag --enforce");
    }

    #[test]
    fn a_flag_has_the_messages_of_the_file() {
        let line = ["guard", "ftp://api", "--listen", "8080", "--trusted-proxy", "10.0.0.5/8"];
        let Command::Guard(guard) = parsed(&line) else { panic!() };
        let report = Settings::for_guard(&guard.overrides()).unwrap_err();
        let expected = "\
error: `10.0.0.5/8` is not a network
  --> command line --trusted-proxy
  = note: has bits beyond its prefix
  = help: did you mean `10.0.0.0/8`?

error: `8080` is not a socket address
  --> command line --listen
  = note: expected ADDRESS:PORT
  = help: such as `127.0.0.1:8080` or `[::1]:8080`

error: `ftp://api` is not an upstream URL
  --> command line <UPSTREAM_URL>
  = note: expected http://HOST:PORT or https://HOST:PORT
";
        assert_eq!(report.to_string(), expected);
    }

    #[test]
    fn a_status_filter_is_one_status_or_a_class() {
        check_status("4xx", &[400, 499], &[399, 500]);
        check_status("500", &[500], &[499, 501]);
        for text in ["", "xx", "0xx", "6xx", "99", "600", "+4xx", "4XX", "44xx"] {
            assert!(text.parse::<StatusFilter>().is_err(), "{text}");
        }
    }

    #[test]
    fn tail_reads_its_filters() {
        let line = ["tail", "--refused", "--status", "4xx", "--endpoint", "GET /x", "--last", "5"];
        let Command::Tail(tail) = parsed(&line) else { panic!() };
        assert!(tail.refused && !tail.would_refuse);
        assert_eq!(tail.status, Some(StatusFilter::Class(4)));
        assert_eq!(tail.endpoint.unwrap().to_string(), "GET /x");
        assert_eq!((tail.last, tail.asking.output), (Some(5), Output::Human));
    }

    #[test]
    fn config_show_takes_what_run_takes() {
        let line = ["config", "show", "-c", "a.yaml", "--enforce", "--upstream", "http://a"];
        let Command::Config(Config::Show(show)) = parsed(&line) else { panic!() };
        let Command::Run(run) =
            parsed(&["run", "-c", "a.yaml", "--enforce", "--upstream", "http://a"])
        else {
            panic!()
        };
        assert_eq!(show.configured, run.configured);
        assert_eq!((show.origin, show.output), (false, Output::Human));
    }

    #[test]
    fn the_doctor_looks_at_a_file_or_at_what_guard_would_do() {
        let Command::Doctor(it) = parsed(&["doctor", "http://a"]) else { panic!() };
        assert!(it.overrides().upstream.is_some());
        let Command::Doctor(it) = parsed(&["doctor", "-c", "a.yaml", "--data", "d"]) else {
            panic!()
        };
        assert!(it.overrides().upstream.is_none() && it.overrides().data.is_some());
        check_refused(&["doctor", "http://a", "-c", "a.yaml"], Exit::Usage);
    }

    #[test]
    fn mistakes_end_with_two_and_help_with_zero() {
        check_refused(&["guard"], Exit::Usage);
        check_refused(&["gaurd", "http://a"], Exit::Usage);
        check_refused(&["tail", "--status", "6xx"], Exit::Usage);
        check_refused(&["guard", "--help"], Exit::Clean);
        check_refused(&["--version"], Exit::Clean);
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5]);
    }
}
