//! Mallory attacks the bare shop, and every trick works. If one did not, refusing it later would
//! prove nothing.

use crate::attacker::{Kind, Mallory};
use crate::beats::insider;
use crate::insider::{Trick, set_role};
use crate::loot::Loot;
use crate::stage::{Broken, Stage, Teller};
use std::io;
use tokio::sync::watch;

pub(crate) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    let mallory = Mallory::new(stage.fork(), stage.front, stage.addresses.of_mallory());
    let attempts = mallory.attack(&watch::Sender::new(0)).await;
    let loot = Loot::counted(&attempts, &stage.world);
    teller.beat(&format!(
        "{}, a customer, attacks the bare shop: {} accounts with passwords in {} requests{}.",
        stage.world.mallory.name,
        loot.dumped.len(),
        loot.requests,
        if loot.admin { ", and she is the administrator" } else { "" },
    ))?;
    for (kind, accounts) in &loot.by_kind {
        teller.figure(&format!("{} ", kind.words()), &format!("{accounts} taken"))?;
    }
    for kind in Kind::ALL {
        let taken = loot.by_kind.get(&kind).is_some_and(|&accounts| accounts > 0);
        stage.demand(taken, Broken::BareShopWithstood { kind });
    }
    stage.bare.loot = loot;
    let role = set_role(insider::client(stage), &stage.world).await;
    let order = insider::reach(stage).await.tried;
    for it in [role, order] {
        let came = match (it.worked, it.trick) {
            (true, Trick::RoleAdmin) => "she sees everybody",
            (true, Trick::ForeignOrder) => "read",
            (false, Trick::RoleAdmin | Trick::ForeignOrder) => "nothing",
        };
        teller.figure(&format!("{} ", it.trick.words()), came)?;
        stage.demand(it.worked, Broken::BareShopWithstoodTrick { trick: it.trick });
        stage.bare.tries.push(it);
    }
    Ok(())
}
