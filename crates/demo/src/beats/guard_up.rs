//! The shop is as it was, and somebody stands in front of it. Or nobody does.

use crate::stage::{Stage, Teller};
use std::io;

pub(crate) fn tell(stage: &Stage, teller: &mut Teller<'_>) -> io::Result<()> {
    if stage.is_guarded() {
        teller.beat(&format!(
            "The shop is put back as it was, and the guard stands in front of it, on {}.",
            stage.front,
        ))
    } else {
        teller.beat("The shop is put back as it was. There is no guard this time.")
    }
}
