//! The beats of the story, one a file. Each plays its part, tells it, and notes what did not happen
//! as the story says; [`story::tell`](crate::story::tell) puts them in order.

pub(crate) mod bare_attack;
pub(crate) mod guard_up;
pub(crate) mod guarded_day;
pub(crate) mod insider;
pub(crate) mod lessons;
pub(crate) mod new_release;
pub(crate) mod opening;
pub(crate) mod scoreboard;
