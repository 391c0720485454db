//! Routes: which of several APIs a request is for, and how it is treated on the way there.
//!
//! Plain data. `engine::routes` chooses among them; the edge connects to what they name.

use std::sync::Arc;

/// Routes that one instance may have.
pub const ROUTES_MAX: usize = 1_000;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Name in configuration and output.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What happens to a path that servers read differently (`%2f`, `\`, `..;/`, `//`, dot segments,
    /// double encoding).
    Spelling {
        /// `baseline.path` judges what has a consequence: any reading of it takes another route,
        /// leaves the path (dot segments, `\`, control bytes), or its endpoint has exceptions.
        Judge = "judge",
        /// `baseline.path` judges all of it.
        Reject = "reject",
        /// It is replaced by its one canonical spelling, which is matched, judged and forwarded.
        /// What has no canonical spelling is judged.
        Canonicalise = "canonicalise",
        /// It is forwarded as it is; `%2f` and its kin are an opaque part of their segment. Dot
        /// segments and plain backslashes are judged all the same.
        Preserve = "preserve",
    }
}

words! {
    /// What happens to a JSON body that servers read differently: one that has a name twice, or halves of surrogate pairs.
    JsonSpelling {
        /// `baseline.body_parse` judges it, and it passes as it is.
        Judge = "judge",
        /// It is replaced by its one canonical spelling. What cannot be is judged.
        Canonicalise = "canonicalise",
    }
}

words! {
    /// What happens to fields whose names hold an underscore, which servers of the CGI family read
    /// as a hyphen.
    Underscores {
        /// They pass, and the observation says so.
        Pass = "pass",
        /// They are left out.
        Drop = "drop",
        /// The request is refused.
        Reject = "reject",
    }
}

words! {
    /// Whether a client has to show a certificate, or a token.
    Demand {
        /// It is not asked for one.
        None = "none",
        /// It may show one, which must be good.
        Optional = "optional",
        /// It must.
        Required = "required",
    }
}

words! {
    /// The host that the upstream is told.
    HostField {
        /// The one that the client asked for.
        Keep = "keep",
        /// The one in the upstream's address.
        Upstream = "upstream",
    }
}

/// Which hosts a route is for. Compared without port and without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// Every one.
    Any,
    /// This one, in lower case.
    Exact(Arc<str>),
    /// Every name that ends with this suffix, which begins with a dot, in lower case.
    Under(Arc<str>),
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The name in configuration, output and metrics.
    pub name: Arc<str>,
    /// The hosts it is for.
    pub host: HostPattern,
    /// The path it is for, on whole segments: `/` is every path.
    pub prefix: Arc<str>,
    /// Position of its upstream among the upstreams of the same revision; `None` refuses.
    pub upstream: Option<usize>,
    /// What replaces the prefix in the forwarded path.
    pub rewrite: Option<Arc<str>>,
    /// The host that the upstream is told.
    pub host_field: HostField,
    /// Treatment of ambiguous paths.
    pub spelling: Spelling,
    /// Treatment of ambiguous JSON bodies.
    pub json: JsonSpelling,
    /// Treatment of names with underscores.
    pub underscores: Underscores,
    /// Whether a client certificate is needed.
    pub certificate: Demand,
    /// Whether tokens are verified, and whether one is needed.
    pub tokens: Demand,
    /// What each call's token must be good for; nothing where none is needed.
    pub scopes: Arc<[Box<str>]>,
    /// Whether what cannot be judged for want of room passes unjudged, counted and recorded.
    pub fail_open: bool,
    /// Whether an exchange is forwarded only after its intent is durable.
    pub record_required: bool,
    /// Whether samples of its exchanges may be kept.
    pub samples: bool,
    /// Whether answers tell browsers what they may do with them, see [`crate::head::PROTECTIONS`].
    pub security_headers: bool,
    /// Whether messages of a WebSocket are examined.
    pub inspect_websocket: bool,
    /// Whether the events of an answer that is a stream of them are examined.
    pub inspect_events: bool,
    /// Milliseconds until the response head must be complete, if not the upstream's.
    pub response_timeout_ms: Option<u64>,
}

impl Route {
    /// The route of an instance with one upstream and no `routes`: everything, treated plainly.
    pub fn to_everything(upstream: usize) -> Self {
        Self {
            name: Arc::from("default"),
            host: HostPattern::Any,
            prefix: Arc::from("/"),
            upstream: Some(upstream),
            rewrite: None,
            host_field: HostField::Keep,
            spelling: Spelling::Judge,
            json: JsonSpelling::Judge,
            underscores: Underscores::Pass,
            certificate: Demand::None,
            tokens: Demand::None,
            scopes: Arc::default(),
            fail_open: false,
            record_required: false,
            samples: true,
            security_headers: false,
            inspect_websocket: false,
            inspect_events: false,
            response_timeout_ms: None,
        }
    }
}
