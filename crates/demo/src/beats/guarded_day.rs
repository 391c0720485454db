//! Another day: customers shop while Mallory tries everything again, one of them from her address.

use crate::addresses::Addresses;
use crate::attacker::{Attempt, Mallory};
use crate::customers::{Tally, Visit, go_shopping};
use crate::loot::Loot;
use crate::stage::{Broken, Stage, Teller};
use crate::texts::REVIEWS;
use crate::world::World;
use std::io;
use std::net::SocketAddr;
use tokio::sync::watch;

pub(crate) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let day = play(stage).await;
    stage.guarded.loot = Loot::counted(&day.attempts, &stage.world);
    tell_of_mallory(stage, teller)?;
    tell_of_customers(stage, teller, &day.customers)?;
    tell_of_neighbour(stage, teller, &day.neighbour)?;
    let everybody = &mut stage.guarded.tally;
    everybody.add(day.customers);
    everybody.add(day.neighbour.before);
    everybody.add(day.neighbour.after.unwrap_or_default());
    let hurts = everybody.hurts.len();
    stage.demand(hurts == 0, Broken::CustomersHurt { hurts });
    Ok(())
}

struct Day {
    attempts: Vec<Attempt>,
    customers: Tally,
    neighbour: Neighbour,
}

/// What the customer at Mallory's address experienced.
struct Neighbour {
    /// In a visit that began when Mallory did.
    before: Tally,
    /// In a visit that began after her first refusal, if there was one.
    after: Option<Tally>,
}

async fn play(stage: &mut Stage) -> Day {
    let others = stage.world.others().filter(|person| **person != stage.neighbour);
    let others: Vec<_> = others.cloned().collect();
    let visits = stage.visits(&others);
    let neighbour = stage.neighbour.clone();
    let source = stage.addresses.of_mallory();
    let [before, after] =
        [0, 1].map(|turn| Visit::planned(&mut stage.seeded, &neighbour, source, turn));
    let mallory = Mallory::new(stage.fork(), stage.front, source);
    let (refusals, seen) = watch::channel(0);
    let attack = async move {
        let attempts = mallory.attack(&refusals).await;
        // Dropped here: whoever still waits for a refusal learns that none will come.
        drop(refusals);
        attempts
    };
    let (attempts, customers, neighbour) = tokio::join!(
        attack,
        go_shopping(visits, stage.front, &stage.world),
        next_door(before, after, stage.front, &stage.world, seen),
    );
    Day { attempts, customers, neighbour }
}

async fn next_door(
    before: Visit,
    after: Visit,
    front: SocketAddr,
    world: &World,
    mut refusals: watch::Receiver<usize>,
) -> Neighbour {
    let before = before.go(front, world).await;
    let refused = refusals.wait_for(|&count| count > 0).await.is_ok();
    let after = if refused { Some(after.go(front, world).await) } else { None };
    Neighbour { before, after }
}

fn tell_of_mallory(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let loot = &stage.guarded.loot;
    let (accounts, seen, attempts) = (loot.accounts(), loot.seen.len(), loot.attempts);
    let (refused, is_empty) = (loot.decision_ids.len(), loot.is_empty());
    teller.beat(&format!(
        "Mallory tries everything again: {accounts} accounts. {refused} of {attempts} attacks refused."
    ))?;
    if let Some(id) = loot.decision_ids.first() {
        teller.aside(&format!("Each refusal has a decision id. The first: {id}"))?;
    }
    stage.demand(is_empty, Broken::MalloryTook { accounts, seen });
    stage.demand(refused == attempts, Broken::NotAllRefused { refused, attempts });
    Ok(())
}

fn tell_of_customers(stage: &Stage, teller: &mut Teller<'_>, tally: &Tally) -> io::Result<()> {
    let (people, hurts) = (stage.world.others().count() - 1, tally.hurts.len());
    teller.beat(&format!(
        "Meanwhile {people} people go shopping: {} requests, {hurts} go wrong.",
        tally.done,
    ))?;
    if hurts == 0
        && let Some(review) = REVIEWS.first()
    {
        teller.aside(&format!("Among their reviews: \"{review}\". It is welcome."))?;
    }
    teller.hurts(&tally.hurts)
}

fn tell_of_neighbour(
    stage: &mut Stage,
    teller: &mut Teller<'_>,
    neighbour: &Neighbour,
) -> io::Result<()> {
    let name = &stage.neighbour.name;
    let place = match stage.addresses {
        Addresses::Many => format!("at Mallory's address, {}", stage.addresses.of_mallory()),
        Addresses::One => String::from("at 127.0.0.1 like everybody, as this system has no other"),
    };
    let (done, hurts, went) = match &neighbour.after {
        None => (0, 0, String::from("waits in vain for her to be refused")),
        Some(Tally { done, hurts, .. }) => {
            let hurts = hurts.len();
            let went =
                format!("shops on after her first refusal: {done} requests, {hurts} go wrong");
            (*done, hurts, went)
        }
    };
    teller.beat(&format!("{name}, {place}, {went}."))?;
    for tally in std::iter::once(&neighbour.before).chain(&neighbour.after) {
        teller.hurts(&tally.hurts)?;
    }
    stage.demand(done > 0 && hurts == 0, Broken::NeighbourShutOut);
    Ok(())
}
