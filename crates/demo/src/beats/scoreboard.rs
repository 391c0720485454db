//! The numbers side by side, and whether they are as told.

use crate::stage::{Round, Stage, Teller};
use std::io;

pub(crate) fn tell(stage: &Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let (bare, then) = (&stage.bare, &stage.guarded);
    let second = if stage.is_guarded() { "guarded" } else { "unguarded again" };
    teller.beat(&format!("The score, bare shop / {second}:"))?;
    let pair = |of: fn(&Round) -> String| format!("{} / {}", of(bare), of(then));
    teller.figure("accounts taken ", &pair(|it| it.loot.accounts().to_string()))?;
    teller.figure("attacks refused ", &pair(refused))?;
    teller.figure("customers' requests gone wrong ", &pair(wrong))?;
    teller.figure("median answer ", &pair(|it| milliseconds(it.tally.median_us())))?;
    for broken in &stage.broken {
        teller.say(&format!("Not as told: {broken}."))?;
    }
    if stage.broken.is_empty() {
        teller.say("As told. Yours: `bartizan guard http://localhost:3000`")?;
    }
    Ok(())
}

fn refused(round: &Round) -> String {
    format!("{} of {}", round.decision_ids().len(), round.loot.attempts + round.tries.len())
}

fn wrong(round: &Round) -> String {
    let wrong = round.tally.hurts.len();
    format!("{wrong} of {}", round.tally.done + wrong)
}

fn milliseconds(us: u128) -> String {
    format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10)
}
