//! The story of a shop, its customers, Mallory, and the guard.
//!
//! Reads    a seed, and a guard to stand in front of the shop.
//! Writes   lines for a person to read, and an [`Outcome`] for a program.
//! Errors   [`StoryError`] if the stage cannot be set; that things go otherwise than told is an
//!          outcome, not an error.
//!
//! Every number told was measured in this run. What the story claims is listed in [`Broken`]: one
//! thing each that could have gone otherwise.

pub use crate::stage::Broken;

use crate::addresses::Addresses;
use crate::beats;
use crate::guard::Guard;
use crate::seeded::Seeded;
use crate::shop::{self, OpenShop, ShopError};
use crate::stage::{Round, Stage, Teller};
use crate::world::World;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How the story is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Decides who is who, what is sold, and the order of things.
    pub seed: u64,
    /// Where the shop opens, on 127.0.0.1; 0 for any free port.
    pub shop_port: u16,
    /// How long the guard has to learn, in milliseconds.
    pub patience_ms: u64,
}

impl Options {
    /// The story of `seed`, with time enough for a guard on a busy machine.
    pub fn of_seed(seed: u64) -> Self {
        Self { seed, shop_port: 0, patience_ms: 40_000 }
    }
}

/// How the story went. The shop stays open until this is dropped.
#[derive(Debug)]
pub struct Outcome {
    /// Whether everything happened as the story says.
    pub as_told: bool,
    /// What did not.
    pub broken: Vec<Broken>,
    /// Where the shop is.
    pub shop: SocketAddr,
    /// Where everybody went in the end: the guard, or the shop if there was none.
    pub front: SocketAddr,
    /// The guard's decisions about Mallory.
    pub decision_ids: Vec<String>,
    /// Every line told.
    pub lines: Vec<String>,
    /// The shop itself.
    pub open_shop: OpenShop,
}

/// Why the story could not be told to its end.
#[derive(Debug)]
pub enum StoryError {
    /// The shop got no port.
    Listen(io::Error),
    /// The shop did not open.
    Shop(ShopError),
    /// The guard did not start.
    Guard(io::Error),
    /// Nobody to tell it to: writing failed.
    Tell(io::Error),
    /// The world has no customers.
    Nobody,
}

impl Display for StoryError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "no port for the demo's shop: {error}"),
            Self::Shop(error) => write!(f, "{error}"),
            Self::Guard(error) => write!(f, "the guard did not start: {error}"),
            Self::Tell(error) => write!(f, "cannot write the story: {error}"),
            Self::Nobody => f.write_str("the demo's world has no customers"),
        }
    }
}

impl Error for StoryError {}

/// Tells the story to `out`, with `guard` in front of the shop from the middle on.
///
/// # Errors
///
/// `StoryError` if the shop or the guard does not start, or if `out` cannot be written.
pub async fn tell(
    options: Options,
    guard: &mut impl Guard,
    out: &mut (dyn Write + Send),
) -> Result<Outcome, StoryError> {
    let mut stage = set_stage(options).await?;
    let mut teller = Teller::new(out);
    beats::opening::tell(&mut stage, &mut teller).await.map_err(StoryError::Tell)?;
    beats::bare_attack::tell(&mut stage, &mut teller).await.map_err(StoryError::Tell)?;
    stage.shop.reset();
    let shop = stage.shop.address();
    stage.front = guard.stand_before(shop).await.map_err(StoryError::Guard)?;
    beats::guard_up::tell(&stage, &mut teller).map_err(StoryError::Tell)?;
    beats::lessons::tell(&mut stage, guard, &mut teller).await.map_err(StoryError::Tell)?;
    beats::guarded_day::tell(&mut stage, &mut teller).await.map_err(StoryError::Tell)?;
    beats::insider::tell(&mut stage, &mut teller).await.map_err(StoryError::Tell)?;
    beats::new_release::tell(&mut stage, &mut teller).await.map_err(StoryError::Tell)?;
    beats::scoreboard::tell(&stage, &mut teller).map_err(StoryError::Tell)?;
    Ok(outcome(stage, teller.into_lines()))
}

async fn set_stage(options: Options) -> Result<Stage, StoryError> {
    let world = World::from_seed(options.seed);
    let place = (Ipv4Addr::LOCALHOST, options.shop_port);
    let listener = TcpListener::bind(place).await.map_err(StoryError::Listen)?;
    let shop = shop::open(listener, &world).map_err(StoryError::Shop)?;
    // Other draws than the world's, which started from the seed itself.
    let mut seeded = Seeded::new(options.seed.rotate_left(32) ^ u64::MAX);
    let neighbour = world.customers.get(seeded.below(world.customers.len()));
    Ok(Stage {
        neighbour: neighbour.ok_or(StoryError::Nobody)?.clone(),
        front: shop.address(),
        addresses: Addresses::here().await,
        bare: Round::default(),
        guarded: Round::default(),
        broken: Vec::new(),
        patience: Duration::from_millis(options.patience_ms),
        world: Arc::new(world),
        seeded,
        shop,
    })
}

fn outcome(stage: Stage, lines: Vec<String>) -> Outcome {
    Outcome {
        as_told: stage.broken.is_empty(),
        shop: stage.shop.address(),
        front: stage.front,
        decision_ids: stage.guarded.decision_ids(),
        broken: stage.broken,
        lines,
        open_shop: stage.shop,
    }
}
