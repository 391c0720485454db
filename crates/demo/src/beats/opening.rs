//! The shop opens, and works: nobody is hurt while nobody guards it.

use crate::customers::go_shopping;
use crate::stage::{Broken, Stage, Teller};
use std::io;

pub(crate) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let world = &stage.world;
    teller.say(&format!(
        "A shop on {}, seed {}: {} people, {} products, {} orders. Nothing leaves this machine.",
        stage.shop.address(),
        world.seed,
        world.people().count(),
        world.products.len(),
        world.orders.len(),
    ))?;
    let people: Vec<_> = world.others().cloned().collect();
    let visits = stage.visits(&people);
    let tally = go_shopping(visits, stage.front, &stage.world).await;
    let (done, hurts) = (tally.done, tally.hurts.len());
    teller.beat(&format!(
        "The doors open. {} people log in, search, review and order: {done} requests, {hurts} go wrong.",
        people.len(),
    ))?;
    teller.hurts(&tally.hurts)?;
    stage.demand(hurts == 0 && done > 0, Broken::BareShopHurts { hurts });
    stage.bare.tally = tally;
    Ok(())
}
