//! Scenarios: requests as text, and what must become of them.
//!
//! ```text
//! # a comment
//! == a sentence that names the scenario
//! mode observe                     (or enforce, which is the default)
//! limit body_bytes_max 10          (any of the limits)
//! POST /reviews HTTP/1.1
//! Host: shop.example
//! Content-Length: auto             (the length of the body below)
//!
//! {"text": "O'Neil"}
//! -> served
//! ```
//!
//! Further lines before the request say what else holds:
//!
//! ```text
//! route prefix /v1                 (there is one route; without these it is for everything)
//! route host api.example           (or *.api.example)
//! route rewrite /                  (what replaces its prefix)
//! route refuse                     (it leads nowhere)
//! route paths canonicalise         (or judge, reject, preserve)
//! route json canonicalise          (or judge)
//! route underscores reject         (or pass, drop)
//! route certificate required       (or none, optional)
//! route fail_open
//! route mode observe               (or enforce)
//! trusted 127.0.0.0/8              (a network whose forwarding fields are believed)
//! source forwarded                 (or peer, x-forwarded-for)
//! deny 192.0.2.0/24
//! allow 192.0.2.0/24
//! rate 1/s burst 1
//! term enforce POST /orders read_only role balance   (or observe; a term of the contract of an endpoint)
//! term enforce POST /orders only_known
//! term enforce POST /orders type body $.n number
//! term enforce POST /orders required body $.n
//! term enforce POST /orders bytes_max 8 body $.n
//! term enforce POST /orders credential
//! term enforce GET /me secret body $.pin          (of the answer)
//! term enforce GET /me masked body $.iban
//! described POST /orders {"requestBody": {}}   (an operation that the API's description declares)
//! patch enforce POST /orders body $.n: above 99   (a virtual patch: of `* *` for every endpoint; a condition and what it names)
//! known POST /orders body $.n      (a field that the endpoint is known to take)
//! before 1                         (the same request came so often already)
//! overloaded
//! answer 500 text/plain a \n b     (what the upstream answers; the body may be empty)
//! answer field Server: x           (a further field of that)
//! ```
//!
//! Lines of a head end with CR LF; `\r`, `\n`, `\0`, `\t` and `\xNN` mean these bytes, `\` at the
//! end of a line leaves its CR LF out. The body is joined without line ends. The outcome is
//! `served`, or the gravest of `refused CODE`, `scrubbed CODE`, `failed open CODE`, `would refuse
//! CODE` and `would scrub CODE`, each with ` at PLACE` if it has a place.

use crate::origin::ANSWER;
use crate::recorded::{as_happened, recording};
use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::patches::{Patches, Ready};
use bartizan_engine::replay::replay;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::{Clients, Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_engine::tables::rate::Rate;
use bartizan_engine::terms::Terms;
use bartizan_inspect::client_address::Source;
use bartizan_model::class::Class;
use bartizan_model::clause::{Clause, ClauseName, Effect, Mode, SetBy};
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::Forms;
use bartizan_model::head::Method;
use bartizan_model::id::KeyEpoch;
use bartizan_model::limits::Limits;
use bartizan_model::network::Network;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::patch::{Field, Patch, Sort, When};
use bartizan_model::retirement::Template;
use bartizan_model::route::{Demand, HostPattern, JsonSpelling, Route, Spelling, Underscores};
use bartizan_model::terms::{
    Bounds, EndpointTerms, Force, Kinds, Mask, Masked, Masking, Says, Shows, Term, Types, low,
};
use bartizan_spec::Description;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it says.
    pub name: String,
    /// Mode of the instance.
    pub mode: Mode,
    /// Limits in force.
    pub limits: Limits,
    /// The one route.
    pub route: Route,
    /// Mode on the route, if it has one of its own.
    pub route_mode: Option<Mode>,
    /// Peers that are believed.
    pub trusted: Vec<Network>,
    /// Who may call, and how often.
    pub clients: Clients,
    /// What the contracts of endpoints say.
    pub terms: Vec<EndpointTerms>,
    /// Operations that the description of the API declares: method, path, and what it says.
    pub described: Vec<[String; 3]>,
    /// Virtual patches.
    pub patches: Vec<Patch>,
    /// How often the same request came before.
    pub before: usize,
    /// Whether the process has more to do than it can carry.
    pub overloaded: bool,
    /// The request on the wire.
    pub request: Vec<u8>,
    /// The upstream's answer on the wire.
    pub answer: Vec<u8>,
    /// What must become of it.
    pub expected: String,
}

/// Reads all scenarios of a file.
///
/// # Panics
///
/// If the text is not as described above.
pub fn read(text: &str) -> Vec<Scenario> {
    let lines: Vec<&str> = text.lines().filter(|it| !it.starts_with("# ")).collect();
    let text = lines.join("\n");
    text.split("== ").skip(1).map(one).collect()
}

/// The words that lines before a request begin with. No method is spelt like one.
const DIRECTIVES: &[&str] = &[
    "mode",
    "limit",
    "route",
    "trusted",
    "source",
    "deny",
    "allow",
    "rate",
    "term",
    "described",
    "patch",
    "known",
    "before",
    "overloaded",
    "answer",
];

fn one(text: &str) -> Scenario {
    let (name, rest) = text.split_once('\n').expect("a name");
    let (request, expected) = rest.rsplit_once("\n-> ").unwrap_or_else(|| panic!("{name}: no end"));
    let mut scenario = Scenario {
        name: name.to_owned(),
        mode: Mode::Enforce,
        limits: Limits::default(),
        route: Route::to_everything(0),
        route_mode: None,
        trusted: Vec::new(),
        clients: Clients::default(),
        terms: Vec::new(),
        described: Vec::new(),
        patches: Vec::new(),
        before: 0,
        overloaded: false,
        request: Vec::new(),
        answer: ANSWER.as_bytes().to_vec(),
        expected: expected.trim().to_owned(),
    };
    let mut wire = Vec::new();
    let mut lines = request.lines().peekable();
    let is_directive = |it: &&str| DIRECTIVES.contains(&it.split(' ').next().unwrap_or_default());
    while let Some(line) = lines.next_if(is_directive) {
        scenario.set(line);
    }
    let (mut in_head, mut body) = (true, Vec::new());
    for line in lines {
        if !in_head {
            body.extend(bytes(line));
            continue;
        }
        in_head = !line.is_empty();
        match line.strip_suffix('\\') {
            Some(line) => wire.extend(bytes(line)),
            None => {
                wire.extend(bytes(line));
                wire.extend(b"\r\n");
            }
        }
    }
    if in_head {
        wire.extend(b"\r\n");
    }
    let head = String::from_utf8_lossy(&wire).contains("Content-Length: auto");
    if head {
        let at = wire.windows(20).position(|it| it == b"Content-Length: auto").unwrap();
        wire.splice(at + 16..at + 20, body.len().to_string().into_bytes());
    }
    wire.extend(body);
    scenario.request = wire;
    scenario
}

impl Scenario {
    fn set(&mut self, line: &str) {
        if let Some(text) = line.strip_prefix("answer ") {
            return self.set_answer(text);
        }
        if let Some(text) = line.strip_prefix("described ") {
            let words: Vec<String> = text.splitn(3, ' ').map(str::to_owned).collect();
            return self.described.push(words.try_into().expect("method, path, what it says"));
        }
        if let Some(text) = line.strip_prefix("patch ") {
            let id = format!("p{}", self.patches.len());
            return self.patches.push(patch(&id, text));
        }
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["mode", name] => self.mode = mode(name),
            ["limit", name, value] => self.set_limit(name, value.parse().unwrap()),
            ["route", what @ ..] => self.set_route(what),
            ["trusted", network] => self.trusted.push(network.parse().unwrap()),
            ["source", "peer"] => self.clients.source = Source::Peer,
            ["source", "x-forwarded-for"] => self.clients.source = Source::XForwardedFor,
            ["source", "forwarded"] => self.clients.source = Source::Forwarded,
            ["deny", network] => self.clients.deny.push(network.parse().unwrap()),
            ["allow", network] => self.clients.allow.push(network.parse().unwrap()),
            ["rate", rate, "burst", burst] => {
                let requests: u64 = rate.strip_suffix("/s").unwrap().parse().unwrap();
                let interval_ns = 1_000_000_000 / requests;
                self.clients.rate = Some(Rate { interval_ns, burst: burst.parse().unwrap() });
            }
            ["known", method, path, place @ ..] => {
                self.endpoint(method, path).known.push(place.join(" ").parse().unwrap());
            }
            ["term", force, method, path, says @ ..] => {
                let force = named(Force::ALL, Force::name, force);
                let term = Term { says: said(says), force };
                self.endpoint(method, path).terms.push(term);
            }
            ["before", count] => self.before = count.parse().unwrap(),
            ["overloaded"] => self.overloaded = true,
            _ => panic!("cannot read `{line}`"),
        }
    }

    fn endpoint(&mut self, method: &str, path: &str) -> &mut EndpointTerms {
        let (method, path) = (Method::of(method.as_bytes()), Template::new(path));
        let is_it = |it: &EndpointTerms| it.method == method && it.path == path;
        let at = self.terms.iter().position(is_it).unwrap_or_else(|| {
            let (known, terms, hands_out) = (Vec::new(), Vec::new(), Vec::new());
            let shows = Shows::default();
            self.terms.push(EndpointTerms { method, path, known, terms, hands_out, shows });
            self.terms.len() - 1
        });
        &mut self.terms[at]
    }

    fn set_limit(&mut self, name: &str, value: usize) {
        let limits = &mut self.limits;
        match name {
            "body_bytes_max" => limits.body_bytes_max = value as u64,
            "inspect_bytes_max" => limits.inspect_bytes_max = value,
            "fields_max" => limits.fields_max = value,
            "target_bytes_max" => limits.target_bytes_max = value,
            "values_max" => limits.values_max = value,
            "depth_max" => limits.depth_max = value,
            "decoded_bytes_max" => limits.decoded_bytes_max = value,
            "decoded_ratio_max" => limits.decoded_ratio_max = value,
            other => panic!("no limit `{other}`"),
        }
    }

    fn set_route(&mut self, what: &[&str]) {
        let route = &mut self.route;
        match what {
            ["prefix", path] => route.prefix = Arc::from(*path),
            ["host", host] => {
                route.host = match host.strip_prefix('*') {
                    Some(suffix) => HostPattern::Under(Arc::from(suffix)),
                    None => HostPattern::Exact(Arc::from(*host)),
                }
            }
            ["rewrite", path] => route.rewrite = Some(Arc::from(*path)),
            ["refuse"] => route.upstream = None,
            ["fail_open"] => route.fail_open = true,
            ["mode", name] => self.route_mode = Some(mode(name)),
            ["json", name] => route.json = named(JsonSpelling::ALL, JsonSpelling::name, name),
            ["paths", name] => route.spelling = named(Spelling::ALL, Spelling::name, name),
            ["underscores", name] => {
                route.underscores = named(Underscores::ALL, Underscores::name, name);
            }
            ["certificate", name] => route.certificate = named(Demand::ALL, Demand::name, name),
            _ => panic!("cannot read `route {}`", what.join(" ")),
        }
    }

    fn set_answer(&mut self, text: &str) {
        if let Some(field) = text.strip_prefix("field ") {
            // Behind the status line.
            let at = self.answer.windows(2).position(|it| it == b"\r\n").unwrap() + 2;
            let mut field = bytes(field);
            field.extend(b"\r\n");
            self.answer.splice(at..at, field);
            return;
        }
        let mut words = text.splitn(3, ' ');
        let (status, media_type) = (words.next().unwrap(), words.next().expect("a media type"));
        let body = bytes(words.next().unwrap_or_default());
        let head = format!(
            "HTTP/1.1 {status} OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.answer = [head.into_bytes(), body].concat();
    }

    /// What it is judged under.
    pub fn snapshot(&self) -> Snapshot {
        let clauses = |mode, own: &[Clause]| ClauseSet::new(mode, SetBy::Flag, own, &[]);
        let mut own = Vec::new();
        if self.route.underscores == Underscores::Reject {
            let (name, mode) = (ClauseName::BaselineFieldNames, Mode::Enforce);
            own.push(Clause { name, mode, set_by: SetBy::Flag });
        }
        let on = RouteRules {
            route: Arc::new(self.route.clone()),
            clauses: clauses(self.route_mode.unwrap_or(self.mode), &own),
            retired: Arc::default(),
            described: self.requests(),
            profile: Arc::default(),
            on_behalf_of: None,
            see_to_others: Arc::default(),
            records: None,
        };
        let key = key();
        let ready = |it: &Patch| Arc::new(Ready::new(it.clone()).expect("a pattern"));
        let rules = Rules {
            patches: Arc::new(Patches::new(self.patches.iter().map(ready).collect())),
            routes: Routes::new(vec![on]),
            trusted: self.trusted.clone(),
            clients: self.clients.clone(),
            ..Rules::plain(clauses(self.mode, &[]), self.limits, key)
        };
        let terms = Terms::new(vec![(Arc::clone(&self.route.name), self.terms.clone())]);
        Snapshot {
            revision: 1,
            rules: Arc::new(rules),
            terms: Arc::new(terms),
            truth: Arc::default(),
        }
    }

    /// What the description says, if there is one.
    fn requests(&self) -> Option<Arc<Description>> {
        let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for [method, path, says] in &self.described {
            let operation = format!("\"{}\": {says}", method.to_lowercase());
            paths.entry(path).or_default().push(operation);
        }
        let path = |(path, all): (&str, Vec<String>)| format!("\"{path}\": {{{}}}", all.join(", "));
        let all: Vec<String> = paths.into_iter().map(path).collect();
        if all.is_empty() {
            return None;
        }
        let text = format!(
            "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"Shop\", \"version\": \"1\"}}, \
             \"components\": {{\"securitySchemes\": {{\"token\": \
             {{\"type\": \"http\", \"scheme\": \"bearer\"}}}}}}, \
             \"paths\": {{{}}}}}",
            all.join(", ")
        );
        let limits = bartizan_spec::Limits::default();
        let read = bartizan_spec::read(&text, "shop.json", &bartizan_spec::no_files, &limits);
        Some(Arc::new(Description::of(&read.expect("a description").api)))
    }

    /// What the replayer makes of it.
    pub fn observe(&self) -> Observation {
        self.replay_as(&[])
    }

    /// What the replayer makes of it, with the ids and times of exchanges that really happened:
    /// those that came before, and it itself. Without them it takes its own.
    pub fn replay_as(&self, seen: &[Observation]) -> Observation {
        let view = Arc::new(self.snapshot());
        let tables = Tables::new(self.limits.held_bytes_max);
        tables.set_overloaded(self.overloaded);
        let recording = recording(&self.request, &self.answer, &self.limits);
        let mut last = None;
        for at in 0..=self.before {
            let recording = recording.clone();
            let recording = match seen.get(at) {
                Some(seen) => as_happened(recording, seen),
                None => recording,
            };
            last = replay(&recording, &view, &tables);
        }
        last.expect("the transaction kept its protocol").observation
    }
}

fn key() -> HashKey {
    HashKey::new(KeyEpoch(1), [7; 16])
}

fn patch(id: &str, text: &str) -> Patch {
    let (what, condition) = text.split_once(": ").expect("a condition");
    let mut words = what.splitn(4, ' ');
    let mut word = || words.next().expect("mode, method, path and field");
    let (strictly, method, path, field) = (mode(word()), word(), word(), word());
    let (name, value) = condition.split_once(' ').expect("what it names");
    let mut when = When::default();
    match name {
        "matches" => when.matches = Some(value.into()),
        "does_not_match" => when.does_not_match = Some(value.into()),
        "longer_than" => when.longer_than = value.parse().ok(),
        "shorter_than" => when.shorter_than = value.parse().ok(),
        "above" => when.above = value.parse().ok(),
        "below" => when.below = value.parse().ok(),
        "is" => when.is = Some(named(Sort::ALL, Sort::name, value)),
        "is_not" => when.is_not = Some(named(Sort::ALL, Sort::name, value)),
        "present" => when.present = value.parse().ok(),
        other => panic!("no condition `{other}`"),
    }
    Patch {
        id: id.into(),
        reason: "a test".into(),
        endpoint: (method != "*").then(|| (Method::of(method.as_bytes()), Template::new(path))),
        field: match field {
            "any" => Field::Any,
            "method" => Field::Method,
            "target" => Field::Target,
            place => Field::At(place.parse().unwrap()),
        },
        when,
        mode: strictly,
        until_us: None,
    }
}

fn said(words: &[&str]) -> Says {
    match words {
        ["read_only", names @ ..] => Says::ReadOnly(names.iter().map(|it| (*it).into()).collect()),
        ["only_known"] => Says::OnlyKnown,
        ["type", place @ .., form] => {
            let forms = match *form {
                "number" => Forms::NUMBER,
                "string" => Forms::STRING,
                other => panic!("no form `{other}`"),
            };
            let place = place.join(" ").parse().unwrap();
            Says::Types(vec![(place, Types { forms, kinds: 0 })])
        }
        ["required", place @ ..] => Says::Required(vec![place.join(" ").parse().unwrap()]),
        ["bytes_max", bytes_max, place @ ..] => {
            let bounds = Bounds { buckets: None, bytes_max: bytes_max.parse().unwrap() };
            Says::Bounds(vec![(place.join(" ").parse().unwrap(), bounds)])
        }
        ["credential"] => Says::Credential,
        ["tls"] => Says::Tls { certificate: false },
        ["certificate"] => Says::Tls { certificate: true },
        ["stranger", claim, value, others @ ..] => {
            let hash = |it: &&str| low(key().value(it.as_bytes()).0);
            let (strangers, others) = (vec![hash(value)], others.iter().map(hash).collect());
            Says::Role(vec![Kinds { claim: (*claim).into(), strangers, others }])
        }
        ["secret", place @ ..] => {
            Says::Secret(Masking::of(vec![masked(place, DataClass::OneTimeCode)]))
        }
        ["masked", place @ ..] => Says::Masked(Masking::of(vec![masked(place, DataClass::Iban)])),
        _ => panic!("cannot read `term {}`", words.join(" ")),
    }
}

fn masked(place: &[&str], class: DataClass) -> Masked {
    let place = place.join(" ").parse().unwrap();
    Masked { place, class: Class::BuiltIn(class), mask: Mask::Partial, unless_own: None }
}

fn mode(name: &str) -> Mode {
    named(Mode::ALL, Mode::name, name)
}

fn named<T: Copy>(all: &[T], name_of: fn(T) -> &'static str, name: &str) -> T {
    all.iter().copied().find(|&it| name_of(it) == name).unwrap_or_else(|| panic!("no `{name}`"))
}

const GRAVEST_FIRST: &[(Effect, &str)] = &[
    (Effect::Refused, "refused"),
    (Effect::Scrubbed, "scrubbed"),
    (Effect::FailedOpen, "failed open"),
    (Effect::WouldRefuse, "would refuse"),
    (Effect::WouldScrub, "would scrub"),
];

/// The outcome in the words of a scenario.
pub fn outcome(it: &Observation) -> String {
    let hit = GRAVEST_FIRST
        .iter()
        .find_map(|(effect, word)| Some((it.hits.iter().find(|hit| hit.effect == *effect)?, word)));
    let Some((hit, word)) = hit else {
        assert_eq!(it.outcome, Outcome::Served);
        return "served".to_owned();
    };
    let place = it
        .findings
        .iter()
        .find(|finding| finding.sighting.code == hit.code)
        .map(|finding| format!(" at {}", finding.place))
        .unwrap_or_default();
    format!("{word} {}{place}", hit.code)
}

fn bytes(line: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match rest.next().expect("an escape") {
            b'r' => out.push(b'\r'),
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'0' => out.push(0),
            b'\\' => out.push(b'\\'),
            b'x' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = str::from_utf8(&digits).unwrap().to_owned();
                out.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            other => panic!("no escape \\{}", char::from(other)),
        }
    }
    out
}
