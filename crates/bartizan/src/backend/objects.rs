//! Objects, as the console asks for them.

use crate::held;
use crate::in_force::State;
use crate::inventory::{FoldError, shown};
use crate::objects::cross_uses::{Wanted, page as page_of};
use crate::objects::scan::Window;
use crate::objects::{hash_of, history};
use bartizan_console::backend::{ObjectQuery, ObjectsQuery};
use bartizan_console::problem::Problem;
use bartizan_model::head::Method;
use bartizan_store::segments::held::Held;
use serde_json::Value;

/// Uses across owners, the newest first.
pub(super) fn page(state: &State, query: &ObjectsQuery) -> Result<Value, Problem> {
    let wanted = Wanted::of(query, state.shared.clock.now().wall_us).map_err(Problem::Invalid)?;
    let view = state.shared.views.current();
    page_of(&held(state)?, &view.snapshot.terms, &wanted, &ids(state)).map_err(|it| unreadable(&it))
}

/// One object.
pub(super) fn one(state: &State, hash: &str, query: &ObjectQuery) -> Result<Value, Problem> {
    let object = hash_of(hash).ok_or(Problem::NotFound)?;
    let now_us = state.shared.clock.now().wall_us;
    let window = Window::since(query.since.as_deref(), now_us).map_err(Problem::Invalid)?;
    let view = state.shared.views.current();
    let (held, terms) = (held(state)?, &view.snapshot.terms);
    history::of(&held, terms, object, window, &ids(state)).map_err(|it| unreadable(&it))
}

fn held(state: &State) -> Result<Held, Problem> {
    held::of(&state.dir, Some(&state.store)).map_err(|it| Problem::Unavailable(it.to_string()))
}

fn unreadable(error: &FoldError) -> Problem {
    Problem::Unavailable(error.to_string())
}

fn ids(state: &State) -> impl Fn(&str, Method, &str) -> Option<String> + use<'_> {
    |service, method, template| {
        let live = &state.hub.inventory;
        live.look(|it| it.find(service, method, template).map(|it| shown::id(&it)))
    }
}
