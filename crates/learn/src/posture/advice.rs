//! Flaws, and what is said of each wherever it is met.

use bartizan_model::profile::Duty;

/// What is weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// Callers without a credential change something.
    AnonymousWrite,
    /// Personal or secret data goes to callers without a credential.
    AnonymousData,
    /// Callers with and without a credential are served alike.
    MixedAuthentication,
    /// No caller ever showed a credential.
    Unauthenticated,
    /// Clients speak without TLS.
    PlainText,
    /// A credential stands in the URL.
    CredentialInUrl,
    /// Answers hold passwords, keys or tokens.
    SecretLeaves,
    /// Answers hold data of special categories, or of many people at once.
    Exposure,
    /// Errors tell how the application is built.
    TalkativeErrors,
    /// Personal data is found by counting up numbers.
    PredictableIds,
    /// Tokens are not signed.
    UnsignedToken,
    /// Tokens have no end, or one after more than a day.
    LongToken,
    /// Passwords are sent with each call.
    BasicCredentials,
    /// Any page may read answers, some of them with the credentials of its visitor.
    OpenCors,
    /// Shared caches may keep personal data.
    CacheableData,
    /// Cookies can be read or sent where they should not.
    WeakCookie,
    /// Nothing was ever limited.
    NoLimit,
    /// Fields that make browsers careful are missing.
    MissingHeaders,
    /// The software and its version are told.
    Banner,
    /// It is made for operators or debugging, and answers.
    OperatorEndpoint,
    /// Every call owes a credential, and some have none.
    BaselineCredential,
    /// Clients owe TLS, and some do not speak it.
    BaselineTls,
    /// Clients owe a certificate, and some show none.
    BaselineMtls,
    /// No credential may stand in a URL, and some do.
    BaselineNoQueryCredentials,
    /// Tokens owe scopes, and some have none.
    BaselineScopes,
    /// Calls should be limited, and never were.
    BaselineRateLimit,
    /// The API should be described, and is not.
    BaselineDescribed,
    /// It should be gone, and is called.
    PastSunset,
    /// Clients name the hosts that the API calls.
    ChosenUrls,
    /// Answers hold fields that no client needs.
    InternalFields,
}

/// What is said of a flaw wherever it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Stable name.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// The item of the OWASP API Security Top 10 2023, as `API2:2023`.
    pub owasp: &'static str,
    /// How grave it is by itself, 1 to 100.
    pub weight: u8,
    /// How bartizan holds it now; empty if it cannot yet.
    pub hold: &'static str,
    /// How the API is mended.
    pub mend: &'static str,
}

impl Flaw {
    /// All, the gravest first.
    pub const ALL: &'static [Self] = &[
        Self::AnonymousWrite,
        Self::SecretLeaves,
        Self::AnonymousData,
        Self::UnsignedToken,
        Self::BaselineCredential,
        Self::CredentialInUrl,
        Self::BaselineTls,
        Self::BaselineMtls,
        Self::BaselineNoQueryCredentials,
        Self::PlainText,
        Self::MixedAuthentication,
        Self::Exposure,
        Self::OperatorEndpoint,
        Self::BaselineScopes,
        Self::OpenCors,
        Self::ChosenUrls,
        Self::Unauthenticated,
        Self::CacheableData,
        Self::PredictableIds,
        Self::PastSunset,
        Self::TalkativeErrors,
        Self::LongToken,
        Self::InternalFields,
        Self::BaselineRateLimit,
        Self::BasicCredentials,
        Self::WeakCookie,
        Self::NoLimit,
        Self::BaselineDescribed,
        Self::MissingHeaders,
        Self::Banner,
    ];

    /// Whether one asks by a baseline for what the other misses without.
    pub(super) fn is_same(self, other: Self) -> bool {
        const SAME: [(Flaw, &[Flaw]); 4] = [
            (
                Flaw::BaselineCredential,
                &[Flaw::AnonymousWrite, Flaw::MixedAuthentication, Flaw::Unauthenticated],
            ),
            (Flaw::BaselineTls, &[Flaw::PlainText]),
            (Flaw::BaselineNoQueryCredentials, &[Flaw::CredentialInUrl]),
            (Flaw::BaselineRateLimit, &[Flaw::NoLimit]),
        ];
        let is_pair = |a, b| SAME.iter().any(|(it, those)| *it == a && those.contains(&b));
        is_pair(self, other) || is_pair(other, self)
    }

    /// What lacks where a duty is not met.
    pub(super) const fn of(duty: Duty) -> Self {
        match duty {
            Duty::Tls => Self::BaselineTls,
            Duty::Mtls => Self::BaselineMtls,
            Duty::Credential => Self::BaselineCredential,
            Duty::Scopes => Self::BaselineScopes,
            Duty::RateLimit => Self::BaselineRateLimit,
            Duty::Described => Self::BaselineDescribed,
            Duty::NoQueryCredentials => Self::BaselineNoQueryCredentials,
        }
    }

    /// What is said of it.
    pub const fn advice(self) -> Advice {
        match self {
            Self::AnonymousWrite => Advice {
                name: "anonymous_write",
                title: "Callers without a credential change something",
                owasp: "API2:2023",
                weight: 70,
                hold: "Require client certificates on the route (`client_certificate: required`), or serve known networks alone (`clients.allow`).",
                mend: "Require a credential, and check in the application what its holder may change.",
            },
            Self::SecretLeaves => Advice {
                name: "secret_leaves",
                title: "Answers hold passwords, keys or tokens",
                owasp: "API3:2023",
                weight: 65,
                hold: "",
                mend: "Leave the field out of the answer. Tokens belong only into the answer to a log-in, password hashes into none.",
            },
            Self::AnonymousData => Advice {
                name: "anonymous_data",
                title: "Personal data goes to callers without a credential",
                owasp: "API2:2023",
                weight: 60,
                hold: "Require client certificates on the route (`client_certificate: required`), or serve known networks alone (`clients.allow`).",
                mend: "Require a credential, and answer only what its holder may see.",
            },
            Self::UnsignedToken => Advice {
                name: "unsigned_token",
                title: "Tokens that are not signed are accepted",
                owasp: "API2:2023",
                weight: 60,
                hold: "",
                mend: "Verify signatures with a fixed algorithm, and refuse `alg: none`.",
            },
            Self::CredentialInUrl => Advice {
                name: "credential_in_url",
                title: "A credential stands in the URL",
                owasp: "API2:2023",
                weight: 45,
                hold: "",
                mend: "Take the credential from `Authorization`. URLs are logged, cached, and sent on as `Referer`.",
            },
            Self::PlainText => Advice {
                name: "plain_text",
                title: "Clients speak without TLS",
                owasp: "API8:2023",
                weight: 40,
                hold: "Give bartizan a certificate (`tls.certificates`).",
                mend: "Serve TLS alone, with `Strict-Transport-Security`.",
            },
            Self::MixedAuthentication => Advice {
                name: "mixed_authentication",
                title: "Callers with and without a credential are served alike",
                owasp: "API2:2023",
                weight: 35,
                hold: "Require client certificates on the route (`client_certificate: required`), if all its callers have some.",
                mend: "Decide whether the endpoint is public, and refuse calls without a credential if it is not.",
            },
            Self::Exposure => Advice {
                name: "exposure",
                title: "Answers hold very personal data, or data of many people at once",
                owasp: "API3:2023",
                weight: 35,
                hold: "",
                mend: "Answer only fields that the client shows, and lists in pages of bounded length.",
            },
            Self::OperatorEndpoint => Advice {
                name: "operator_endpoint",
                title: "An endpoint for operators or debugging answers",
                owasp: "API9:2023",
                weight: 35,
                hold: "Give it a route of its own that demands client certificates (`client_certificate: required`).",
                mend: "Bind it to another address, or leave it out of what is deployed.",
            },
            Self::OpenCors => Advice {
                name: "open_cors",
                title: "Any page may read the answers",
                owasp: "API8:2023",
                weight: 30,
                hold: "",
                mend: "Answer `Access-Control-Allow-Origin` only for pages that you know, and never repeat `Origin` together with `Access-Control-Allow-Credentials`.",
            },
            Self::Unauthenticated => Advice {
                name: "unauthenticated",
                title: "No caller ever showed a credential",
                owasp: "API2:2023",
                weight: 20,
                hold: "Require client certificates on the route (`client_certificate: required`), or serve known networks alone (`clients.allow`).",
                mend: "Require a credential, unless the endpoint is meant for everybody.",
            },
            Self::CacheableData => Advice {
                name: "cacheable_data",
                title: "Shared caches may keep personal data",
                owasp: "API8:2023",
                weight: 30,
                hold: "",
                mend: "Answer `Cache-Control: no-store` where personal data is.",
            },
            Self::PredictableIds => Advice {
                name: "predictable_ids",
                title: "Personal data is found by counting up numbers",
                owasp: "API1:2023",
                weight: 25,
                hold: "",
                mend: "Check with each call that the object belongs to the caller; random identifiers make it harder to find what is not checked.",
            },
            Self::TalkativeErrors => Advice {
                name: "talkative_errors",
                title: "Errors tell how the application is built",
                owasp: "API8:2023",
                weight: 25,
                hold: "Enforce the clause `disclosure.errors`: such answers are replaced.",
                mend: "Answer errors with a code, and write the rest to the log.",
            },
            Self::LongToken => Advice {
                name: "long_token",
                title: "Tokens live for more than a day, or for ever",
                owasp: "API2:2023",
                weight: 20,
                hold: "",
                mend: "Issue tokens of minutes with a refresh token that can be taken back.",
            },
            Self::BasicCredentials => Advice {
                name: "basic_credentials",
                title: "Passwords are sent with each call",
                owasp: "API2:2023",
                weight: 15,
                hold: "",
                mend: "Exchange the password once for a token of short life.",
            },
            Self::WeakCookie => Advice {
                name: "weak_cookie",
                title: "Cookies can be read or sent where they should not",
                owasp: "API8:2023",
                weight: 15,
                hold: "",
                mend: "Set `Secure`, `HttpOnly` and `SameSite` on session cookies.",
            },
            Self::NoLimit => Advice {
                name: "no_limit",
                title: "Nothing was ever limited",
                owasp: "API4:2023",
                weight: 10,
                hold: "Set a rate of calls for each client (`clients.rate`).",
                mend: "Limit calls for each subject, and announce it with `RateLimit`.",
            },
            Self::BaselineCredential => Advice {
                name: "baseline_credential",
                title: "Every call should carry a credential, and some carry none",
                owasp: "API2:2023",
                weight: 55,
                hold: "Require client certificates on the route (`client_certificate: required`), or serve known networks alone (`clients.allow`).",
                mend: "Refuse calls without a credential, or change the baseline of the API.",
            },
            Self::BaselineTls => Advice {
                name: "baseline_tls",
                title: "Clients should speak TLS, and some do not",
                owasp: "API8:2023",
                weight: 45,
                hold: "Give bartizan a certificate (`tls.certificates`).",
                mend: "Serve TLS alone, with `Strict-Transport-Security`.",
            },
            Self::BaselineMtls => Advice {
                name: "baseline_mtls",
                title: "Clients should show a certificate, and some do not",
                owasp: "API2:2023",
                weight: 45,
                hold: "Require client certificates on the route (`client_certificate: required`).",
                mend: "Give each client a certificate of its own, and refuse calls without one.",
            },
            Self::BaselineNoQueryCredentials => Advice {
                name: "baseline_no_query_credentials",
                title: "No credential should stand in a URL, and some do",
                owasp: "API2:2023",
                weight: 45,
                hold: "",
                mend: "Take the credential from `Authorization`. URLs are logged, cached, and sent on as `Referer`.",
            },
            Self::BaselineScopes => Advice {
                name: "baseline_scopes",
                title: "Tokens should say what they are good for, and some do not",
                owasp: "API5:2023",
                weight: 35,
                hold: "",
                mend: "Have the issuer put scopes into tokens, and check in the application that they allow the call.",
            },
            Self::BaselineRateLimit => Advice {
                name: "baseline_rate_limit",
                title: "Calls should be limited, and never were",
                owasp: "API4:2023",
                weight: 20,
                hold: "Set a rate of calls for each client (`clients.rate`).",
                mend: "Limit calls for each subject, and announce it with `RateLimit`.",
            },
            Self::BaselineDescribed => Advice {
                name: "baseline_described",
                title: "The API should be described, and is not",
                owasp: "API9:2023",
                weight: 10,
                hold: "Import its description (`bartizan import openapi`).",
                mend: "Write a description, and keep it beside the code.",
            },
            Self::PastSunset => Advice {
                name: "past_sunset",
                title: "An endpoint that should be gone is still called",
                owasp: "API9:2023",
                weight: 25,
                hold: "Give it a route of its own that refuses (`refuse: true`).",
                mend: "Tell those who still call (`bartizan inventory retirement`), then take it out of what is deployed.",
            },
            Self::ChosenUrls => Advice {
                name: "chosen_urls",
                title: "Clients choose which hosts the API is pointed to",
                owasp: "API7:2023",
                weight: 30,
                hold: "",
                mend: "Accept known hosts alone, resolve names once, refuse private and link-local addresses, and follow no redirect.",
            },
            Self::InternalFields => Advice {
                name: "internal_fields",
                title: "Answers hold fields that no client seems to need",
                owasp: "API3:2023",
                weight: 20,
                hold: "",
                mend: "Answer fields that are named one by one, never the whole object of the database.",
            },
            Self::MissingHeaders => Advice {
                name: "missing_headers",
                title: "Fields that make browsers careful are missing",
                owasp: "API8:2023",
                weight: 5,
                hold: "",
                mend: "Answer `X-Content-Type-Options: nosniff`, and over TLS `Strict-Transport-Security`.",
            },
            Self::Banner => Advice {
                name: "banner",
                title: "The software and its version are told",
                owasp: "API8:2023",
                weight: 5,
                hold: "Enforce the clause `disclosure.banner`: such fields are left out.",
                mend: "Switch the field off in the server.",
            },
        }
    }
}

/// The reference of all flaws, as Markdown.
pub fn reference() -> String {
    let mut out = String::from(
        "| flaw | what | OWASP | weight | held now by bartizan | mended for good |\n|---|---|---|---:|---|---|\n",
    );
    for flaw in Flaw::ALL {
        let Advice { name, title, owasp, weight, hold, mend } = flaw.advice();
        let hold = if hold.is_empty() { "not yet" } else { hold };
        out.push_str(&format!("| `{name}` | {title} | {owasp} | {weight} | {hold} | {mend} |\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flaw_is_listed_once_and_says_how_it_is_mended() {
        let mut names: Vec<_> = Flaw::ALL.iter().map(|it| it.advice().name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Flaw::ALL.len());
        for it in Flaw::ALL.iter().map(|it| it.advice()) {
            assert!(it.mend.ends_with('.') && it.owasp.ends_with(":2023"), "{}", it.name);
            assert!(it.hold.is_empty() || it.hold.ends_with('.'), "{}", it.name);
            assert!((1..=100).contains(&it.weight), "{}", it.name);
        }
    }
}
