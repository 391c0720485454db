//! A new version of the shop, and of its app: half of the customers send something that nobody ever sent before.

use crate::beats::insider;
use crate::customers::{Visit, go_shopping};
use crate::stage::{Broken, Stage, Teller};
use std::io;

pub(crate) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    stage.shop.renew();
    let people: Vec<_> = stage.world.others().cloned().collect();
    let visits = stage.visits(&people);
    let (new, old): (Vec<_>, Vec<_>) =
        visits.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let updated = new.len();
    let visits =
        new.into_iter().map(|it| it.1.with_new_app()).chain(old.into_iter().map(|it| it.1));
    let visits: Vec<Visit> = visits.collect();
    let tally = go_shopping(visits, stage.front, &stage.world).await;
    let hurts = tally.hurts.len();
    let still = insider::again(stage).await;
    teller.beat(&format!(
        "A new release: {updated} of {} people have an app that sends a `nickname` beside the \
         address, which nobody announced. {} requests, {hurts} go wrong. Her role and the order of \
         another {}.",
        people.len(),
        tally.done,
        if still { "are refused as before" } else { "are not refused" },
    ))?;
    teller.hurts(&tally.hurts)?;
    stage.demand(hurts == 0 && updated > 0, Broken::ReleaseHurts { hurts });
    stage.guarded.tally.add(tally);
    Ok(())
}
