//! What the beats of the story share: the stage they play on, and the voice that tells them.

use crate::addresses::Addresses;
use crate::attacker::Kind;
use crate::customers::{Hurt, Tally, Visit};
use crate::insider::{Trick, Try};
use crate::loot::Loot;
use crate::seeded::Seeded;
use crate::shop::OpenShop;
use crate::world::{Person, World};
use crate::wrapped::wrapped;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Troubles shown one by one; of the rest only the number.
const HURTS_SHOWN: usize = 5;

/// Everything that a beat may use and change.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) world: Arc<World>,
    pub(crate) seeded: Seeded,
    pub(crate) addresses: Addresses,
    pub(crate) shop: OpenShop,
    /// The customer at Mallory's address.
    pub(crate) neighbour: Person,
    /// Where everybody goes: the shop itself, or the guard in front of it.
    pub(crate) front: SocketAddr,
    pub(crate) bare: Round,
    pub(crate) guarded: Round,
    pub(crate) broken: Vec<Broken>,
    /// How long the guard has to learn.
    pub(crate) patience: Duration,
}

/// What a day brought to both sides.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) tally: Tally,
    pub(crate) loot: Loot,
    /// What Mallory tried as a customer.
    pub(crate) tries: Vec<Try>,
}

impl Round {
    /// The guard's decisions about Mallory.
    pub(crate) fn decision_ids(&self) -> Vec<String> {
        let of_tries = self.tries.iter().filter_map(|it| it.refusal.clone());
        self.loot.decision_ids.iter().cloned().chain(of_tries).collect()
    }
}

/// One thing that did not happen as the story says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Customers were hurt without any guard: the shop itself does not work.
    BareShopHurts {
        /// How often.
        hurts: usize,
    },
    /// A trick took nothing from the bare shop: then refusing it proves nothing.
    BareShopWithstood {
        /// Which one.
        kind: Kind,
    },
    /// Mallory took or saw something of others.
    MalloryTook {
        /// Accounts taken.
        accounts: usize,
        /// People whose e-mail address she saw.
        seen: usize,
    },
    /// Some tricks were not refused with a decision id.
    NotAllRefused {
        /// Tricks refused.
        refused: usize,
        /// Tricks tried.
        attempts: usize,
    },
    /// Customers were hurt while the guard stood there.
    CustomersHurt {
        /// How often.
        hurts: usize,
    },
    /// Nobody could shop from Mallory's address after she had been refused.
    NeighbourShutOut,
    /// A customer's trick did not work in the bare shop: then refusing it proves nothing.
    BareShopWithstoodTrick {
        /// Which one.
        trick: Trick,
    },
    /// The guard had time, and did not learn this.
    NotLearnt {
        /// The clause.
        clause: &'static str,
    },
    /// A customer's trick worked, or was not refused with a decision id.
    TrickNotRefused {
        /// Which one.
        trick: Trick,
    },
    /// The owner of the order that Mallory asked for could not read it.
    OwnerShutOut,
    /// Customers were hurt when some of them had a new version of the app.
    ReleaseHurts {
        /// How often.
        hurts: usize,
    },
}

impl Display for Broken {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::BareShopHurts { hurts } => {
                write!(f, "the bare shop hurt its customers {hurts} times")
            }
            Self::BareShopWithstood { kind } => {
                write!(f, "the bare shop withstood: {}", kind.words())
            }
            Self::MalloryTook { accounts, seen } => {
                write!(f, "Mallory took {accounts} accounts and saw {seen} e-mail addresses")
            }
            Self::NotAllRefused { refused, attempts } => {
                write!(f, "{refused} of {attempts} attacks were refused with a decision id")
            }
            Self::CustomersHurt { hurts } => write!(f, "customers were hurt {hurts} times"),
            Self::NeighbourShutOut => {
                f.write_str("nobody shopped from Mallory's address after a refusal")
            }
            Self::BareShopWithstoodTrick { trick } => {
                write!(f, "the bare shop withstood: {}", trick.words())
            }
            Self::NotLearnt { clause } => write!(f, "the guard did not learn {clause} in time"),
            Self::TrickNotRefused { trick } => write!(f, "not refused: {}", trick.words()),
            Self::OwnerShutOut => f.write_str("the owner of an order could not read it"),
            Self::ReleaseHurts { hurts } => {
                write!(f, "a new version of the app hurt customers {hurts} times")
            }
        }
    }
}

impl Stage {
    /// Visits of `people`, each from an address of their own, in an order that the seed decides.
    pub(crate) fn visits(&mut self, people: &[Person]) -> Vec<Visit> {
        let (addresses, mut visits) = (self.addresses, Vec::new());
        for (turn, person) in people.iter().enumerate() {
            let source = addresses.of_customer(turn);
            visits.push(Visit::planned(&mut self.seeded, person, source, turn));
        }
        self.seeded.shuffle(&mut visits);
        visits
    }

    /// A generator of its own for somebody, from the stage's seed.
    pub(crate) fn fork(&mut self) -> Seeded {
        Seeded::new(self.seeded.draw())
    }

    /// Notes `broken` unless `held`; once, however often it happens.
    pub(crate) fn demand(&mut self, held: bool, broken: Broken) {
        if !held && !self.broken.contains(&broken) {
            self.broken.push(broken);
        }
    }

    /// Whether somebody stands in front of the shop.
    pub(crate) fn is_guarded(&self) -> bool {
        self.front != self.shop.address()
    }
}

/// Tells the story, line by line, and remembers what was told.
pub(crate) struct Teller<'a> {
    out: &'a mut (dyn Write + Send),
    lines: Vec<String>,
    beats: usize,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self { out, lines: Vec::new(), beats: 0 }
    }

    /// A line without a number, or several if it is long.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        for line in wrapped(line) {
            writeln!(self.out, "{line}")?;
            self.lines.push(line);
        }
        self.out.flush()
    }

    /// The next numbered line.
    pub(crate) fn beat(&mut self, line: &str) -> io::Result<()> {
        self.beats += 1;
        let number = self.beats;
        self.say(&format!("{number}. {line}"))
    }

    /// A detail of the beat before.
    pub(crate) fn aside(&mut self, line: &str) -> io::Result<()> {
        self.say(&format!("     {line}"))
    }

    /// A detail with a number that lines up with others.
    pub(crate) fn figure(&mut self, label: &str, figure: &str) -> io::Result<()> {
        self.aside(&format!("{label:.<36} {figure}"))
    }

    /// The first few things that went wrong, and how many more there were.
    pub(crate) fn hurts(&mut self, hurts: &[Hurt]) -> io::Result<()> {
        for hurt in hurts.iter().take(HURTS_SHOWN) {
            self.aside(&format!("hurt: {hurt}"))?;
        }
        match hurts.len().saturating_sub(HURTS_SHOWN) {
            0 => Ok(()),
            more => self.aside(&format!("and {more} more")),
        }
    }

    /// All lines told.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
