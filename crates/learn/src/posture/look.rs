//! Looks at one endpoint for each flaw.

use super::internal;
use super::{Against, Flaw, Unknown, Verdict, Weakness};
use crate::inventory::leaf::{Field, Leaf};
use crate::inventory::{ClassOf, Endpoint, Segment};
use crate::third_parties::chosen;
use bartizan_model::class::Class;
use bartizan_model::data_class::{DataClass, DataGroup, Sensitivity};
use bartizan_model::fact::Kind;
use bartizan_model::head::Method;
use bartizan_model::known::TOKEN_PARAMETERS;
use bartizan_model::place::Place;
use bartizan_model::profile::Duty;
use bartizan_model::traits::Trait;
use std::collections::BTreeSet;

/// Exchanges from which an absence is told.
const ABSENCE_CALLS_MIN: u64 = 20;
/// Exchanges from which it is told that nothing was ever limited.
const LIMIT_CALLS_MIN: u64 = 200;
/// Values of a variable from which its numbers are a sequence that can be walked.
const IDS_MIN: u64 = 10;
/// Values of a field in one answer from which it is a list of people.
const MANY: u16 = 20;

/// A class that answers hold.
struct Held<'a> {
    place: &'a Place,
    field: &'a Field,
    class: Class,
}

pub(super) struct Look<'a> {
    endpoint: &'a Endpoint<'a>,
    leaf: &'a Leaf,
    /// Of answers.
    held: Vec<Held<'a>>,
    class_of: ClassOf<'a>,
    /// What is owed, and whether it is met.
    pub(super) duties: Vec<(Duty, Verdict)>,
    overdue: Option<(u64, u64)>,
}

impl<'a> Look<'a> {
    pub(super) fn at(
        endpoint: &'a Endpoint<'a>,
        class_of: ClassOf<'a>,
        against: &Against<'_>,
    ) -> Self {
        let leaf = endpoint.leaf;
        let held = leaf.response.by_place.iter().filter_map(|(place, field)| {
            let class = class_of(place, field)?;
            Some(Held { place, field, class })
        });
        let held = held.collect();
        let overdue = against.overdue;
        let mut it = Self { endpoint, leaf, held, class_of, duties: Vec::new(), overdue };
        // Who comes for a credential has none yet.
        let is_owed = |duty: &&Duty| **duty != Duty::Credential || !it.is_log_in();
        let owed = against.duties.iter().filter(is_owed);
        it.duties = owed.map(|duty| (*duty, it.verdict(*duty, against))).collect();
        it
    }

    /// Whether something that is owed is there. What nothing tells is unknown, never met.
    fn verdict(&self, duty: Duty, against: &Against<'_>) -> Verdict {
        let seen = self.count(Trait::RequestSeen);
        let anonymous = self.leaf.traits.anonymous;
        let of = |missing: u64, all: u64| match (missing, all) {
            (_, 0) => Verdict::Unknown,
            (0, _) => Verdict::Met,
            (missing, all) => Verdict::Missing(missing, all),
        };
        match duty {
            Duty::Tls => {
                let plain = self.count(Trait::PlainText);
                of(plain, if seen > 0 || plain == 0 { seen } else { self.leaf.calls })
            }
            Duty::Mtls if against.demands_certificate => Verdict::Met,
            Duty::Mtls if !against.passes_here => Verdict::Unknown,
            Duty::Mtls => of(seen.saturating_sub(self.leaf.traits.certified), seen),
            Duty::Credential => of(anonymous, seen),
            Duty::Scopes => {
                let (read, scoped) = (self.count(Trait::TokenRead), self.count(Trait::TokenScoped));
                let missing = read.saturating_sub(scoped) + anonymous;
                // Of a token that says nothing, and of a key, nobody knows what it is good for.
                if missing == 0 && read < seen { Verdict::Unknown } else { of(missing, seen) }
            }
            Duty::RateLimit if against.limits_calls || self.is_limited() => Verdict::Met,
            Duty::RateLimit => match self.unlimited() {
                Some(((calls, all), _)) => of(calls, all),
                None => Verdict::Unknown,
            },
            Duty::Described if against.is_described => Verdict::Met,
            Duty::Described => of(self.leaf.calls, self.leaf.calls),
            Duty::NoQueryCredentials => match self.in_url() {
                Some(((count, all), _)) => of(count, all),
                None => of(0, self.leaf.request.messages),
            },
        }
    }

    /// Exchanges that were answered with success and had this trait.
    fn count(&self, it: Trait) -> u64 {
        self.leaf.traits.of(it)
    }

    /// The same, and those whose answer was not seen: for what a request is by itself.
    fn asked(&self, it: Trait) -> u64 {
        self.leaf.traits.of(it) + self.leaf.asked.of(it)
    }

    pub(super) fn unknown(&self) -> Vec<Unknown> {
        let mut out = Vec::new();
        if self.asked(Trait::RequestSeen) == 0 {
            out.push(Unknown::Credentials);
        }
        if self.leaf.statuses.is_empty() {
            out.push(Unknown::Outcomes);
        }
        if self.count(Trait::ResponseSeen) == 0 {
            out.push(Unknown::ResponseHeads);
        }
        if self.leaf.response.messages == 0 {
            out.push(Unknown::ResponseBodies);
        }
        out
    }

    fn sensitivity(&self) -> Sensitivity {
        self.held.iter().map(|it| it.class.sensitivity()).max().unwrap_or(Sensitivity::Low)
    }

    /// Fields of answers that hold what may not go to everybody, as places with their classes.
    fn places(&self, is_it: impl Fn(&Held<'a>) -> bool) -> Vec<String> {
        self.held
            .iter()
            .filter(|it| is_it(it))
            .map(|it| format!("{}: {}", it.place, it.class))
            .collect()
    }

    pub(super) fn weakness(&self, flaw: Flaw) -> Option<Weakness> {
        let (seen, places) = self.found(flaw)?;
        (seen.0 > 0).then(|| Weakness { flaw, risk: self.risk(flaw, seen), seen, places })
    }

    /// The weight of the flaw, more where sensitive data passes, less where it was rare.
    fn risk(&self, flaw: Flaw, seen: (u64, u64)) -> u8 {
        let bonus = match self.sensitivity() {
            Sensitivity::Low => 0,
            Sensitivity::Personal => 5,
            Sensitivity::Confidential => 10,
            Sensitivity::Special | Sensitivity::Secret => 15,
        };
        let weight =
            u64::from(flaw.advice().weight) + if self.is_about_data(flaw) { bonus } else { 0 };
        let is_rare = seen.0 * 10 < seen.1;
        u8::try_from(if is_rare { weight * 2 / 3 } else { weight }).unwrap_or(100).clamp(1, 99)
    }

    fn is_about_data(&self, flaw: Flaw) -> bool {
        matches!(
            flaw,
            Flaw::AnonymousData
                | Flaw::MixedAuthentication
                | Flaw::PlainText
                | Flaw::Exposure
                | Flaw::PredictableIds
                | Flaw::OpenCors
                | Flaw::CacheableData
        )
    }

    /// How often a flaw was seen, of how many, and where.
    fn found(&self, flaw: Flaw) -> Option<((u64, u64), Vec<String>)> {
        let (seen, asked) = (self.count(Trait::RequestSeen), self.asked(Trait::RequestSeen));
        let answered = self.count(Trait::ResponseSeen);
        let anonymous = self.leaf.traits.anonymous;
        let plain = |count: u64, of: u64| Some(((count, of), Vec::new()));
        match flaw {
            Flaw::AnonymousWrite if self.writes() && !self.is_log_in() => plain(anonymous, seen),
            Flaw::AnonymousWrite => None,
            Flaw::AnonymousData => self.anonymous_data(),
            Flaw::MixedAuthentication => {
                let is_mixed = anonymous > 0 && anonymous < seen;
                // A log-in is called before there is a credential, and again with an old one.
                plain(anonymous, seen).filter(|_| is_mixed && !self.is_log_in())
            }
            Flaw::Unauthenticated => {
                let is_all = anonymous == seen && seen >= ABSENCE_CALLS_MIN;
                plain(anonymous, seen).filter(|_| is_all && !self.writes())
            }
            Flaw::PlainText => {
                // A log may tell this alone.
                let of = if asked > 0 { asked } else { self.leaf.calls };
                plain(self.asked(Trait::PlainText), of)
            }
            Flaw::CredentialInUrl => self.in_url(),
            Flaw::SecretLeaves => self.secrets(),
            Flaw::Exposure => self.exposure(),
            Flaw::TalkativeErrors => {
                plain(self.leaf.disclosures, self.leaf.statuses.values().sum())
            }
            Flaw::PredictableIds => self.predictable(),
            Flaw::UnsignedToken => plain(self.count(Trait::TokenUnsigned), seen),
            Flaw::LongToken => {
                plain(self.asked(Trait::TokenLong) + self.asked(Trait::TokenEndless), asked)
            }
            Flaw::BasicCredentials => plain(self.asked(Trait::BasicCredentials), asked),
            Flaw::OpenCors => self.cors(answered),
            Flaw::CacheableData => self.cacheable(answered),
            Flaw::WeakCookie => self.cookies(),
            Flaw::NoLimit => self.unlimited(),
            Flaw::MissingHeaders => self.missing(answered),
            Flaw::Banner => plain(self.count(Trait::Banner), answered),
            Flaw::OperatorEndpoint => self.operator(),
            Flaw::BaselineCredential
            | Flaw::BaselineTls
            | Flaw::BaselineMtls
            | Flaw::BaselineNoQueryCredentials
            | Flaw::BaselineScopes
            | Flaw::BaselineRateLimit
            | Flaw::BaselineDescribed => self.owed(flaw),
            Flaw::ChosenUrls => self.chosen(),
            Flaw::InternalFields => self.internal(),
            Flaw::PastSunset => plain(self.overdue?.0, self.overdue?.1),
        }
    }

    /// What is owed and missing.
    fn owed(&self, flaw: Flaw) -> Option<((u64, u64), Vec<String>)> {
        let (duty, verdict) = self.duties.iter().find(|it| Flaw::of(it.0) == flaw)?;
        let places = match (duty, self.in_url()) {
            (Duty::NoQueryCredentials, Some((_, places))) => places,
            (_, _) => Vec::new(),
        };
        match verdict {
            Verdict::Missing(count, of) => Some(((*count, *of), places)),
            Verdict::Met | Verdict::Unknown => None,
        }
    }

    fn is_limited(&self) -> bool {
        self.leaf.statuses.contains_key(&429) || self.count(Trait::LimitAnnounced) > 0
    }

    fn writes(&self) -> bool {
        matches!(self.endpoint.method, Method::Post | Method::Put | Method::Patch | Method::Delete)
    }

    /// Whether callers get a credential here: they cannot have one before.
    fn is_log_in(&self) -> bool {
        let asks = self.leaf.request.by_place.iter().any(|(place, field)| {
            matches!(place, Place::Body(_))
                && (self.class_of)(place, field)
                    .is_some_and(|it| it.group() == Some(DataGroup::Credential))
        });
        asks || self.has_word(LOG_IN)
    }

    fn has_word(&self, words: &[&str]) -> bool {
        self.endpoint.path.iter().any(|it| match it {
            Segment::Literal(it) => words.iter().any(|word| it.eq_ignore_ascii_case(word)),
            Segment::Variable { .. } => false,
        })
    }

    fn anonymous_data(&self) -> Option<((u64, u64), Vec<String>)> {
        let is_it = |it: &Held<'_>| {
            it.field.anonymous > 0 && it.class.sensitivity() >= Sensitivity::Personal
        };
        let (places, messages) = (self.places(is_it), self.leaf.response.messages);
        let count = self.held.iter().filter(|it| is_it(it)).map(|it| it.field.anonymous).max()?;
        // What a log-in answers goes to whoever showed a password.
        (!self.is_log_in() && self.count(Trait::RequestSeen) > 0)
            .then_some(((count, messages), places))
    }

    fn in_url(&self) -> Option<((u64, u64), Vec<String>)> {
        let fields = &self.leaf.request;
        let found = fields.by_place.iter().filter_map(|(place, field)| {
            let Place::Query(name) = place else { return None };
            let class = (self.class_of)(place, field);
            let is_secret = class.is_some_and(|it| it.sensitivity() == Sensitivity::Secret);
            let mut names = TOKEN_PARAMETERS.iter().chain(SECRET_PARAMETERS);
            let is_named = names.any(|it| name.eq_ignore_ascii_case(it));
            let says = class.map_or_else(|| place.to_string(), |it| format!("{place}: {it}"));
            (is_secret || is_named).then_some((field.messages, says))
        });
        let found: Vec<_> = found.collect();
        let count = found.iter().map(|it| it.0).max()?;
        Some(((count, fields.messages), found.into_iter().map(|it| it.1).collect()))
    }

    fn secrets(&self) -> Option<((u64, u64), Vec<String>)> {
        let is_it = |it: &Held<'_>| {
            it.class.sensitivity() == Sensitivity::Secret
                // A log-in hands out tokens: that is what it is for.
                && (!self.is_log_in()
                    || matches!(it.class, Class::BuiltIn(DataClass::Password | DataClass::PrivateKey)))
        };
        let count = self.held.iter().filter(|it| is_it(it)).map(|it| it.field.messages).max()?;
        Some(((count, self.leaf.response.messages), self.places(is_it)))
    }

    fn exposure(&self) -> Option<((u64, u64), Vec<String>)> {
        let is_it = |it: &Held<'_>| match it.class.sensitivity() {
            Sensitivity::Special => true,
            Sensitivity::Confidential | Sensitivity::Personal => it.field.times_max >= MANY,
            Sensitivity::Low | Sensitivity::Secret => false,
        };
        let count = self.held.iter().filter(|it| is_it(it)).map(|it| it.field.messages).max()?;
        Some(((count, self.leaf.response.messages), self.places(is_it)))
    }

    fn predictable(&self) -> Option<((u64, u64), Vec<String>)> {
        if self.sensitivity() < Sensitivity::Personal {
            return None;
        }
        let numbers = self.endpoint.path.iter().filter_map(|it| match it {
            Segment::Variable { name, of } if of.kind() == Some(Kind::Integer) => {
                Some(name.clone())
            }
            Segment::Variable { .. } | Segment::Literal(_) => None,
        });
        let numbers: Vec<String> = numbers.collect();
        let values =
            self.leaf.request.by_place.iter().filter(|it| matches!(it.0, Place::Segment(_)));
        let values = values.map(|it| it.1.values.count());
        let is_walked = values.max().unwrap_or(0) >= IDS_MIN;
        (!numbers.is_empty() && is_walked).then_some(((self.leaf.calls, self.leaf.calls), numbers))
    }

    fn cors(&self, answered: u64) -> Option<((u64, u64), Vec<String>)> {
        let any = self.count(Trait::CorsAny);
        let reflected = self.count(Trait::CorsReflected).min(self.count(Trait::CorsCredentials));
        let null = self.count(Trait::CorsNull);
        // Everybody may read what is meant for everybody.
        let is_public = self.sensitivity() < Sensitivity::Personal;
        let count = reflected.max(null).max(if is_public { 0 } else { any });
        let mut met = Vec::new();
        for (count, it) in [
            (reflected, Trait::CorsReflected),
            (null, Trait::CorsNull),
            (if is_public { 0 } else { any }, Trait::CorsAny),
        ] {
            if count > 0 {
                met.push(it.name().to_owned());
            }
        }
        Some(((count, answered), met))
    }

    fn cacheable(&self, answered: u64) -> Option<((u64, u64), Vec<String>)> {
        let is_private = self.sensitivity() >= Sensitivity::Personal;
        let public = self.count(Trait::CachePublic);
        let is_it = |it: &Held<'_>| it.class.sensitivity() >= Sensitivity::Personal;
        is_private.then(|| ((public, answered), self.places(is_it)))
    }

    fn cookies(&self) -> Option<((u64, u64), Vec<String>)> {
        let weak = [Trait::CookiePlainText, Trait::CookieScriptable, Trait::CookieCrossSite];
        let met = weak.into_iter().filter(|it| self.count(*it) > 0);
        let count = weak.into_iter().map(|it| self.count(it)).max()?;
        let met = met.map(|it| it.name().to_owned()).collect();
        Some(((count, self.count(Trait::CookieSet)), met))
    }

    fn unlimited(&self) -> Option<((u64, u64), Vec<String>)> {
        let seen = self.count(Trait::ResponseSeen);
        let calls = self.leaf.succeeded();
        (seen > 0 && calls >= LIMIT_CALLS_MIN && !self.is_limited())
            .then(|| ((calls, calls), Vec::new()))
    }

    fn missing(&self, answered: u64) -> Option<((u64, u64), Vec<String>)> {
        if answered < ABSENCE_CALLS_MIN {
            return None;
        }
        let plain = self.count(Trait::PlainText);
        let lacks_hsts = answered.saturating_sub(self.count(Trait::Hsts).max(plain.min(answered)));
        let lacks_nosniff = answered.saturating_sub(self.count(Trait::NoSniff));
        let mut met = Vec::new();
        if lacks_hsts > 0 {
            met.push("strict-transport-security".to_owned());
        }
        if lacks_nosniff > 0 {
            met.push("x-content-type-options".to_owned());
        }
        Some(((lacks_hsts.max(lacks_nosniff), answered), met))
    }

    fn chosen(&self) -> Option<((u64, u64), Vec<String>)> {
        let found = chosen(self.endpoint);
        let count = found.iter().map(|it| it.exchanges).max()?;
        let places = found.iter().map(|it| format!("{}: {} hosts", it.place, it.hosts));
        Some(((count, self.leaf.request.messages.max(count)), places.collect()))
    }

    fn internal(&self) -> Option<((u64, u64), Vec<String>)> {
        let (fields, subjects) = (&self.leaf.response, self.leaf.subjects.count());
        let found: Vec<_> = fields
            .by_place
            .iter()
            .filter_map(|(place, field)| {
                let Place::Body(path) = place else { return None };
                // Secrets are told as such.
                let is_secret = (self.class_of)(place, field)
                    .is_some_and(|it| it.sensitivity() == Sensitivity::Secret);
                let why = internal::of(path, field, fields, subjects).filter(|_| !is_secret)?;
                Some((field.messages, format!("{place}: {}", why.says())))
            })
            .collect();
        let count = found.iter().map(|it| it.0).max()?;
        Some(((count, fields.messages), found.into_iter().map(|it| it.1).collect()))
    }

    fn operator(&self) -> Option<((u64, u64), Vec<String>)> {
        let found: BTreeSet<_> = self
            .endpoint
            .path
            .iter()
            .filter_map(|it| match it {
                Segment::Literal(it) => OPERATOR.iter().find(|word| it.eq_ignore_ascii_case(word)),
                Segment::Variable { .. } => None,
            })
            .map(|it| (*it).to_owned())
            .collect();
        let (anonymous, seen) = (self.leaf.traits.anonymous, self.count(Trait::RequestSeen));
        (!found.is_empty()).then(|| ((anonymous, seen), found.into_iter().collect()))
    }
}

/// Where callers get a credential.
const LOG_IN: &[&str] = &[
    "login",
    "log-in",
    "signin",
    "sign-in",
    "signup",
    "sign-up",
    "register",
    "auth",
    "oauth",
    "token",
    "tokens",
    "session",
    "sessions",
    "password",
    "forgot-password",
    "reset-password",
    "authenticate",
];

/// Names of query parameters that hold a secret which is no token.
const SECRET_PARAMETERS: &[&str] =
    &["password", "passwd", "secret", "client_secret", "sessionid", "session_id"];

/// What operators and developers use.
const OPERATOR: &[&str] = &[
    "actuator",
    "debug",
    "heapdump",
    "threaddump",
    "phpinfo",
    "server-status",
    "metrics",
    "env",
    "trace",
    "internal",
    "swagger-ui",
    "graphiql",
    "console",
    "jolokia",
    "pprof",
    "admin",
];
