//! Recorded calls through the transaction that judges live ones, so that both teach the same.

use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::http1::head::{read_request, read_response};
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::{Recording, replay};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::id::ExchangeId;
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Phases};
use bartizan_model::traits::{Trait, Traits};
use bytes::Bytes;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Bytes that bodies may take at once: there is one exchange at a time.
const BODIES_BYTES_MAX: usize = 64 << 20;
/// Bytes of a field's value; longer ones are left out.
const FIELD_BYTES_MAX: usize = 8 * 1024;

/// A call as a log or a browser recorded it.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// When it began, in microseconds since 1970; 0 if nothing says so.
    pub(super) at_us: u64,
    /// How long it took.
    pub(super) took_us: u32,
    /// Who called.
    pub(super) client: Option<IpAddr>,
    /// Whether the client spoke TLS; `None` if the source does not tell.
    pub(super) tls: Option<bool>,
    /// Whether the source tells the fields of request and answer.
    pub(super) tells_fields: bool,
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Without one it is the service that the command line names.
    pub(super) host: Option<String>,
    pub(super) fields: Vec<(String, String)>,
    /// `None` if the source does not tell bodies.
    pub(super) body: Option<Vec<u8>>,
    pub(super) status: u16,
    pub(super) answer_fields: Vec<(String, String)>,
    pub(super) answer: Vec<u8>,
    /// Bytes of the answer's body, where only that is known.
    pub(super) answer_bytes: u64,
}

/// Makes observations.
pub(super) struct Replayer {
    view: Arc<Snapshot>,
    tables: Tables,
    now: Moment,
    random: u128,
    limits: Limits,
}

impl Replayer {
    pub(super) fn new(key: HashKey, now: Moment) -> Result<Self, getrandom::Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
        let mut rules = Rules::plain(clauses, Limits::default(), key);
        rules.sample_bytes_max = None;
        Ok(Self {
            view: Arc::new(Snapshot {
                revision: 0,
                rules: Arc::new(rules),
                terms: Arc::default(),
                truth: Arc::default(),
            }),
            tables: Tables::new(BODIES_BYTES_MAX),
            now,
            random: u128::from_le_bytes(random),
            limits: Limits::default(),
        })
    }

    /// What such a call would have left; `None` if it is none of HTTP.
    pub(super) fn observation(&mut self, call: &Call, service: &str) -> Option<Observation> {
        let host = call.host.as_deref().filter(|it| is_host(it));
        let mut request_fields = String::new();
        let named = |name: &str| call.fields.iter().any(|it| it.0.eq_ignore_ascii_case(name));
        if !named("host") {
            let _written =
                write!(request_fields, "Host: {}\r\n", host.unwrap_or("imported.invalid"));
        }
        push_fields(&mut request_fields, &call.fields);
        let body = call.body.clone().unwrap_or_default();
        if !body.is_empty() {
            let _written = write!(request_fields, "Content-Length: {}\r\n", body.len());
        }
        if !is_token(&call.method) || !is_target(&call.target) {
            return None;
        }
        let head = format!("{} {} HTTP/1.1\r\n{request_fields}\r\n", call.method, call.target);
        let request = read_request(Bytes::from(head), &self.limits);
        let mut answer_fields = String::new();
        push_fields(&mut answer_fields, &call.answer_fields);
        let head = format!(
            "HTTP/1.1 {} Recorded\r\n{answer_fields}Content-Length: {}\r\n\r\n",
            call.status,
            call.answer.len()
        );
        let response = read_response(Bytes::from(head), request.method, &self.limits)?;
        let wall_us = if call.at_us == 0 { self.now.wall_us } else { call.at_us };
        self.random = self.random.wrapping_mul(0xDA94_2042_E4DD_58B5).wrapping_add(0x9E37_79B9);
        let took = call.took_us.max(1);
        let recording = Recording {
            origin: Origin {
                id: ExchangeId::new(wall_us / 1_000, self.random),
                authority: Authority::Inline,
                peer: call.client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
                tls: call.tls.unwrap_or(true),
                certificate: None,
                certificate_digest: None,
                ja4: None,
                sees_bodies: call.body.is_some(),
            },
            started: Moment { mono_ns: 0, wall_us },
            phases: Phases { judged_us: 0, forwarded_us: 0, answered_us: took, finished_us: took },
            request,
            request_body: body.into(),
            response: Some((response, Bytes::from(call.answer.clone()))),
        };
        let mut it = replay(&recording, &self.view, &self.tables)?.observation;
        it.route = host.unwrap_or(service).into();
        if !call.tells_fields {
            let addresses = [Trait::PrivateAddress, Trait::PublicAddress];
            let told = addresses.into_iter().filter(|one| it.traits.has(*one));
            let mut traits = Traits::NONE;
            told.for_each(|one| traits.insert(one));
            it.traits = traits;
            it.traits.insert_if(Trait::PlainText, call.tls == Some(false));
        }
        it.response_body_bytes = it.response_body_bytes.max(call.answer_bytes);
        Some(it)
    }
}

/// Fields as they were, but for those that frame a message.
fn push_fields(out: &mut String, fields: &[(String, String)]) {
    for (name, value) in fields {
        let frames = [
            "content-length",
            "transfer-encoding",
            "content-encoding",
            "connection",
            "upgrade",
            "te",
            "expect",
        ]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it));
        let is_plain = !value.bytes().any(|it| it < b' ' && it != b'\t' || it == 0x7F);
        if !frames && is_token(name) && is_plain && value.len() <= FIELD_BYTES_MAX {
            let _written = write!(out, "{name}: {}\r\n", value.trim());
        }
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it))
}

fn is_target(text: &str) -> bool {
    text.starts_with('/') && text.bytes().all(|it| it > b' ' && it != 0x7F)
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._:[]".contains(&it))
}
