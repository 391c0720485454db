//! Mallory is a customer, too. What she sends now is well-formed, allowed to her, and no attack to look at.

use crate::client::{Client, Limits};
use crate::insider::{Reach, Try, reach_for_order, set_role};
use crate::stage::{Broken, Stage, Teller};
use std::io;

pub(crate) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let role = set_role(client(stage), &stage.world).await;
    teller.beat(&format!(
        "Mallory changes her address and sends \"role\": \"admin\" beside it: {}.",
        if role.worked { "she is the administrator" } else { came_of(&role) },
    ))?;
    said(&role, teller)?;
    note(stage, role);

    let reach = reach(stage).await;
    let name = &stage.neighbour.name;
    teller.beat(&format!(
        "{name} orders something, then Mallory does. She asks for number {}, one less than hers: {}. \
         {name}, at the same address, {}.",
        reach.order,
        if reach.tried.worked { "she reads what and where to" } else { came_of(&reach.tried) },
        if reach.owner_reads { "reads it right afterwards" } else { "cannot read it any more" },
    ))?;
    said(&reach.tried, teller)?;
    stage.demand(reach.owner_reads, Broken::OwnerShutOut);
    note(stage, reach.tried);
    Ok(())
}

/// Both tricks once more, without a word; whether both were refused.
pub(crate) async fn again(stage: &mut Stage) -> bool {
    let role = set_role(client(stage), &stage.world).await;
    let reach = reach(stage).await;
    stage.demand(reach.owner_reads, Broken::OwnerShutOut);
    let tries = [role, reach.tried];
    let is_refused = tries.iter().all(Try::is_refused);
    tries.into_iter().for_each(|it| note(stage, it));
    is_refused
}

/// An order of the customer at Mallory's address.
pub(crate) async fn reach(stage: &Stage) -> Reach {
    reach_for_order(client(stage), client(stage), &stage.neighbour, &stage.world).await
}

/// Somebody at Mallory's address.
pub(crate) fn client(stage: &Stage) -> Client {
    Client::new(stage.front, stage.addresses.of_mallory(), Limits::DEMO)
}

fn came_of(it: &Try) -> &'static str {
    match it.refusal {
        Some(_) => "refused at the first try",
        None => "it came to nothing, and nobody refused it",
    }
}

fn said(it: &Try, teller: &mut Teller<'_>) -> io::Result<()> {
    let Some(id) = &it.refusal else { return Ok(()) };
    let code = it.code.iter().map(|it| format!(": {it}")).collect::<String>();
    teller.aside(&format!("Decision {id}{code}"))
}

/// Counts it, and whether it was refused.
fn note(stage: &mut Stage, it: Try) {
    stage.demand(it.is_refused(), Broken::TrickNotRefused { trick: it.trick });
    stage.guarded.tries.push(it);
}
