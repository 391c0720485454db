//! People shop, and the guard learns from that what calls are like. Nobody tells it anything.

use crate::customers::{Tally, go_shopping};
use crate::guard::{Guard, Held};
use crate::stage::{Broken, Stage, Teller};
use std::io;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Between the last visit of one round and the first of the next.
const PAUSE: Duration = Duration::from_millis(300);

/// What Mallory's next tricks break: the beginning of an endpoint, and a clause.
const LESSONS: [(&str, &str); 2] =
    [("PATCH /me", "shape.read_only"), ("GET /orders/{", "provenance.reference")];

pub(crate) async fn tell(
    stage: &mut Stage,
    guard: &impl Guard,
    teller: &mut Teller<'_>,
) -> io::Result<()> {
    if guard.holds().is_none() {
        return Ok(());
    }
    let (started, people) = (Instant::now(), stage.world.others().count());
    let mut tally = Tally::default();
    let held = loop {
        tally.add(round(stage).await);
        let held = guard.holds().unwrap_or_default();
        let is_learnt = LESSONS.iter().all(|it| lesson(&held, *it).is_some());
        if is_learnt || started.elapsed() >= stage.patience {
            break held;
        }
        sleep(PAUSE).await;
    };
    teller.beat(&format!(
        "The guard watches {people} people shop for {} s and learns: {} requests, {} go wrong. \
         {} clauses against harm are in force now, and nobody wrote one of them. Two of them:",
        started.elapsed().as_secs(),
        tally.done,
        tally.hurts.len(),
        held.len(),
    ))?;
    teller.hurts(&tally.hurts)?;
    for (endpoint, clause) in LESSONS {
        match lesson(&held, (endpoint, clause)) {
            Some(it) => teller.aside(&format!("{}: {}", it.endpoint, it.says))?,
            None => stage.broken.push(Broken::NotLearnt { clause }),
        }
    }
    teller
        .aside("In front of your API it takes days to learn, and you decide what is in force.")?;
    stage.guarded.tally.add(tally);
    Ok(())
}

fn lesson<'a>(held: &'a [Held], (endpoint, clause): (&str, &str)) -> Option<&'a Held> {
    held.iter().find(|it| it.endpoint.starts_with(endpoint) && it.clause == clause)
}

/// Everybody shops once.
async fn round(stage: &mut Stage) -> Tally {
    let people: Vec<_> = stage.world.others().cloned().collect();
    let visits = stage.visits(&people);
    go_shopping(visits, stage.front, &stage.world).await
}
