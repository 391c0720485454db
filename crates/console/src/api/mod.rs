//! The control API: one table of operations, each with the least role that may call it.
//!
//! Reads    requests of at most `BODY_BYTES_MAX` bytes; JSON with unknown members is refused.
//! Memory   at most `BLOCKING_MAX` requests that read files at once; others wait for their turn.
//! Errors   [`Problem`]. A role that is missing is told before anything of the request is read.

mod alerts;
mod contract;
mod description;
mod exchanges;
mod gate;
mod hunt;
mod inventory;
mod ledger;
mod live;
mod objects;
mod overrides;
mod samples;
mod session;
mod settings;
mod tokens;

use crate::access::Role;
use crate::access::sessions::Sessions;
use crate::access::throttle::Throttle;
use crate::access::tokens::Tokens;
use crate::backend::Backend;
use crate::problem::Problem;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Requests that read files at once.
pub const BLOCKING_MAX: usize = 4;

/// One operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `get`, `post`, `put` or `delete`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The least role that may call it; `None` for everybody.
    pub role: Option<Role>,
}

macro_rules! operations {
    ($($method:ident $path:literal $role:expr => $handler:path;)*) => {
        /// All operations.
        pub const OPERATIONS: &[Operation] =
            &[$(Operation { method: stringify!($method), path: $path, role: $role }),*];

        fn routes(api: &Arc<Api>) -> Router<Arc<Api>> {
            Router::new()$(.route(
                $path,
                axum::routing::$method($handler)
                    .layer(from_fn_with_state(gate::Gate::new(api, $role), gate::pass)),
            ))*
        }
    };
}

const VIEWER: Option<Role> = Some(Role::Viewer);
const ANALYST: Option<Role> = Some(Role::Analyst);
const OPERATOR: Option<Role> = Some(Role::Operator);
const ADMIN: Option<Role> = Some(Role::Admin);

operations! {
    get "/api/v1/openapi.json" None => description::get;
    post "/api/v1/login" None => session::login;
    post "/api/v1/logout" VIEWER => session::logout;
    get "/api/v1/me" VIEWER => session::me;
    get "/api/v1/overview" VIEWER => exchanges::overview;
    get "/api/v1/exchanges" VIEWER => exchanges::list;
    get "/api/v1/exchanges/{id}" VIEWER => exchanges::one;
    get "/api/v1/objects" VIEWER => objects::list;
    get "/api/v1/objects/{hash}" VIEWER => objects::one;
    get "/api/v1/live" VIEWER => live::live;
    get "/api/v1/inventory" VIEWER => inventory::list;
    get "/api/v1/inventory/openapi" VIEWER => inventory::openapi;
    get "/api/v1/inventory/{id}" VIEWER => inventory::one;
    get "/api/v1/posture" VIEWER => inventory::posture;
    get "/api/v1/posture/trend" VIEWER => inventory::posture_trend;
    get "/api/v1/changes" VIEWER => inventory::changes;
    get "/api/v1/drift" VIEWER => inventory::drift;
    get "/api/v1/relations" VIEWER => inventory::relations;
    get "/api/v1/third-parties" VIEWER => inventory::third_parties;
    get "/api/v1/retirement" VIEWER => inventory::retirement;
    get "/api/v1/apis" VIEWER => inventory::apis;
    put "/api/v1/apis/{service}/profile" OPERATOR => inventory::confirm;
    get "/api/v1/contract" VIEWER => contract::show;
    get "/api/v1/contract/history" VIEWER => contract::history;
    get "/api/v1/contract/diff" VIEWER => contract::diff;
    post "/api/v1/contract/rollback" OPERATOR => contract::roll_back;
    put "/api/v1/contract/{clause}" OPERATOR => contract::decide;
    post "/api/v1/releases" OPERATOR => contract::release;
    get "/api/v1/exceptions" VIEWER => overrides::exceptions;
    post "/api/v1/exceptions" OPERATOR => overrides::add_exception;
    delete "/api/v1/exceptions/{id}" OPERATOR => overrides::remove_exception;
    post "/api/v1/bypass" OPERATOR => overrides::begin_bypass;
    delete "/api/v1/bypass" OPERATOR => overrides::end_bypass;
    get "/api/v1/hunt/schema" ANALYST => hunt::schema;
    get "/api/v1/hunt/saved" ANALYST => hunt::saved;
    put "/api/v1/hunt/saved/{name}" ANALYST => hunt::save;
    delete "/api/v1/hunt/saved/{name}" ANALYST => hunt::remove;
    post "/api/v1/hunt" ANALYST => hunt::hunt;
    get "/api/v1/ledger" VIEWER => ledger::state;
    get "/api/v1/ledger/entries" VIEWER => ledger::entries;
    get "/api/v1/ledger/entries/{index}/proof" VIEWER => ledger::proof;
    post "/api/v1/ledger/verify" ANALYST => ledger::verify;
    get "/api/v1/samples" ANALYST => samples::newest;
    post "/api/v1/samples/{exchange_id}/reveal" ANALYST => samples::reveal;
    get "/api/v1/watches" ANALYST => samples::watches;
    post "/api/v1/watches" ANALYST => samples::watch;
    delete "/api/v1/watches/{id}" ANALYST => samples::unwatch;
    get "/api/v1/settings" OPERATOR => settings::settings;
    get "/api/v1/alerts" OPERATOR => alerts::alerts;
    post "/api/v1/alerts/test" OPERATOR => alerts::test;
    post "/api/v1/alerts/silences" OPERATOR => alerts::silence;
    delete "/api/v1/alerts/silences/{id}" OPERATOR => alerts::lift;
    get "/api/v1/tokens" ADMIN => tokens::list;
    post "/api/v1/tokens" ADMIN => tokens::add;
    delete "/api/v1/tokens/{id}" ADMIN => tokens::remove;
}

/// What all requests share.
pub struct Api {
    backend: Arc<dyn Backend>,
    sessions: Mutex<Sessions>,
    tokens: Mutex<Tokens>,
    throttle: Mutex<Throttle>,
    blocking: Semaphore,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

impl Api {
    /// The API of this backend. Tokens that cannot be read are none.
    pub fn new(backend: Arc<dyn Backend>) -> Arc<Self> {
        let kept = backend.kept_tokens();
        let tokens = kept.and_then(|it| Tokens::of_document(&it).ok()).unwrap_or_default();
        Arc::new(Self {
            backend,
            sessions: Mutex::default(),
            tokens: Mutex::new(tokens),
            throttle: Mutex::default(),
            blocking: Semaphore::new(BLOCKING_MAX),
        })
    }

    /// A new code for a browser, as an administrator; `None` if the system gives no randomness.
    pub fn login_code(&self) -> Option<String> {
        let now_s = self.backend.now_s();
        lock(&self.sessions).new_code(Role::Admin, now_s).ok()
    }

    /// All operations, and problems for everything else below `/api`.
    pub fn router(self: &Arc<Self>) -> Router {
        routes(self)
            .route("/api/{*rest}", axum::routing::any(|| async { Problem::NotFound }))
            .method_not_allowed_fallback(|| async { Problem::Method.into_response() })
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .with_state(Arc::clone(self))
    }

    /// Runs what reads files on a thread of its own.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&dyn Backend) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let gone = |_| Problem::Unavailable("it was given up".to_owned());
        let _turn = self.blocking.acquire().await.map_err(|_| gone(()))?;
        let backend = Arc::clone(&self.backend);
        tokio::task::spawn_blocking(move || work(&*backend)).await.map_err(|_| gone(()))?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The JSON that a request carries.
fn body<T: DeserializeOwned>(fields: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    let media = fields.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim();
    // Also keeps out forms, which a foreign page could send.
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(Problem::MediaType);
    }
    // Derived readers also take a list of the members' values, which no description allows.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::Invalid("a JSON object is expected".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| Problem::Invalid(error.to_string()))
}

/// The query of a request.
type Query<T> = Result<axum::extract::Query<T>, axum::extract::rejection::QueryRejection>;

fn query<T>(read: Query<T>) -> Result<T, Problem> {
    read.map(|it| it.0).map_err(|it| Problem::Invalid(it.body_text()))
}
