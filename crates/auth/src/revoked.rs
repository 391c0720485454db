//! What is no longer good although it is signed and has not ended.
//!
//! Reads    what an operator, an issuer or a countermeasure withdrew, and what a request came with.
//! Writes   the entry that a credential falls under.
//! Memory   about 150 bytes an entry, at most as many as the list was made for. Whom an entry is about is kept as a hash.
//! Errors   [`Full`]: what does not fit is not entered, and the caller has to say so. Nothing is pushed out: it would be good again.
//! Misses   tokens that are known by their text only to somebody else; credentials that name nothing of what was withdrawn.
//! Source   RFC 7009; OpenID Continuous Access Evaluation Profile 1.0 (`session-revoked`, `credential-change`); RFC 7519 section 4.1.7.

use crate::digest::Digest;
use crate::policy::Verified;
use bartizan_model::identity::Identity;
use bartizan_model::moment::Moment;
use std::collections::BTreeMap;
use std::fmt;

/// What can be withdrawn. Names count for one issuer; that of our own API keys and passwords is the empty text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target<'t> {
    /// One token, by the hash of its signed part ([`Verified::token`]).
    Token(Digest),
    /// One token or API key, by its name ([`Identity::token_id`]).
    TokenId {
        /// Its issuer.
        issuer: &'t str,
        /// Its name (`jti`).
        id: &'t str,
    },
    /// A session (`sid`).
    Session {
        /// Its issuer.
        issuer: &'t str,
        /// Its name.
        session: &'t str,
    },
    /// A subject, also where it acts for somebody else.
    Subject {
        /// Its issuer.
        issuer: &'t str,
        /// Its name.
        subject: &'t str,
    },
    /// An application.
    Client {
        /// Its issuer.
        issuer: &'t str,
        /// Its name.
        client: &'t str,
    },
    /// Whatever was signed with a key.
    Key {
        /// The issuer whose key it is.
        issuer: &'t str,
        /// Its `kid`.
        kid: &'t str,
    },
    /// Whatever comes over a connection with this client certificate, or is bound to it.
    Certificate(Digest),
    /// Everything of an issuer.
    Issuer(&'t str),
}

/// Which kind of thing was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One token, by its hash.
    Token,
    /// One token or API key, by its name.
    TokenId,
    /// A session.
    Session,
    /// A subject.
    Subject,
    /// An application.
    Client,
    /// A key.
    Key,
    /// A client certificate.
    Certificate,
    /// An issuer.
    Issuer,
}

impl Kind {
    /// What it is called in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::TokenId => "token_id",
            Self::Session => "session",
            Self::Subject => "subject",
            Self::Client => "client",
            Self::Key => "key",
            Self::Certificate => "certificate",
            Self::Issuer => "issuer",
        }
    }
}

impl Target<'_> {
    /// Which kind it is.
    pub fn kind(self) -> Kind {
        self.key().0
    }

    fn key(self) -> (Kind, Digest) {
        let named = |kind, issuer: &str, name: &str| {
            (kind, Digest::of_parts(&[issuer.as_bytes(), name.as_bytes()]))
        };
        match self {
            Self::Token(it) => (Kind::Token, it),
            Self::TokenId { issuer, id } => named(Kind::TokenId, issuer, id),
            Self::Session { issuer, session } => named(Kind::Session, issuer, session),
            Self::Subject { issuer, subject } => named(Kind::Subject, issuer, subject),
            Self::Client { issuer, client } => named(Kind::Client, issuer, client),
            Self::Key { issuer, kid } => named(Kind::Key, issuer, kid),
            Self::Certificate(it) => (Kind::Certificate, it),
            Self::Issuer(it) => named(Kind::Issuer, it, ""),
        }
    }
}

/// Says what kind it is; not whom it names.
impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.kind()).finish()
    }
}

/// Why something was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// An operator said so.
    Operator,
    /// Its issuer said so.
    Issuer,
    /// Somebody logged out.
    LoggedOut,
    /// Somebody left, or an account was closed.
    Left,
    /// It is in wrong hands, or may be.
    Compromised,
    /// It was replaced by a newer one.
    Replaced,
}

impl Reason {
    /// What it is called in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Issuer => "issuer",
            Self::LoggedOut => "logged_out",
            Self::Left => "left",
            Self::Compromised => "compromised",
            Self::Replaced => "replaced",
        }
    }
}

/// Something that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What kind of thing.
    pub kind: Kind,
    /// The hash of what it is.
    pub of: Digest,
    /// Only what was issued before this time, in microseconds since 1970; nothing: all of it. What does not say when it was
    /// issued is taken to be older.
    pub before_us: Option<u64>,
    /// Why.
    pub reason: Reason,
    /// Until when the entry holds, in microseconds since 1970; nothing: for good.
    pub expires_us: Option<u64>,
}

impl Entry {
    /// All of `target`, for good.
    pub fn all_of(target: Target<'_>, reason: Reason) -> Self {
        let (kind, of) = target.key();
        Self { kind, of, before_us: None, reason, expires_us: None }
    }

    /// What of `target` was issued before a time.
    #[must_use]
    pub fn issued_before(self, us: u64) -> Self {
        Self { before_us: Some(us), ..self }
    }

    /// Until a time only.
    #[must_use]
    pub fn until(self, us: u64) -> Self {
        Self { expires_us: Some(us), ..self }
    }

    fn key(&self) -> (Kind, Digest, u64) {
        (self.kind, self.of, self.before_us.unwrap_or(u64::MAX))
    }

    fn holds(&self, now: Moment) -> bool {
        self.expires_us.is_none_or(|it| now.wall_us < it)
    }

    /// Whether it holds for at least as long, and for at least as much, as another one of the same thing.
    fn covers(&self, other: &Self) -> bool {
        let end = |it: &Self| it.expires_us.unwrap_or(u64::MAX);
        self.key() >= other.key() && end(self) >= end(other)
    }
}

/// The list has no room: it is to be made with more, or entries have to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list of what is revoked is full")
    }
}

impl std::error::Error for Full {}

/// What a request came with, as far as it can be withdrawn.
#[derive(Clone, Copy, Default)]
pub struct Shown<'s> {
    issuer: &'s str,
    token: Option<Digest>,
    token_id: Option<&'s str>,
    session: Option<&'s str>,
    subject: Option<&'s str>,
    /// With its issuer.
    actor: Option<(&'s str, &'s str)>,
    clients: [Option<&'s str>; 2],
    kid: Option<&'s str>,
    certificates: [Option<Digest>; 2],
    issued_us: Option<u64>,
}

/// Says nothing of it.
impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").finish_non_exhaustive()
    }
}

impl<'s> Shown<'s> {
    /// A verified token, over a connection with this client certificate.
    pub fn token(verified: &'s Verified, certificate: Option<Digest>) -> Self {
        let claims = &verified.claims;
        let issuer = claims.issuer.as_deref().unwrap_or_default();
        let actor = claims.actor.as_ref();
        let bound = claims.confirmation.and_then(|it| it.certificate);
        Self {
            issuer,
            token: Some(verified.token),
            token_id: claims.token_id.as_deref(),
            session: claims.session.as_deref(),
            subject: claims.subject.as_deref(),
            actor: actor.and_then(|it| {
                Some((it.issuer.as_deref().unwrap_or(issuer), it.subject.as_deref()?))
            }),
            clients: [claims.client.as_deref(), claims.authorized_party.as_deref()],
            kid: verified.kid.as_deref(),
            certificates: [certificate, bound],
            issued_us: claims.issued_us,
        }
    }

    /// Any other credential.
    pub fn identity(identity: &'s Identity, certificate: Option<Digest>) -> Self {
        Self {
            issuer: identity.issuer.as_deref().unwrap_or_default(),
            token_id: identity.token_id.as_deref(),
            subject: identity.subject.as_deref(),
            clients: [identity.client.as_deref(), None],
            certificates: [certificate, None],
            ..Self::default()
        }
    }

    fn targets(&self) -> impl Iterator<Item = Target<'s>> {
        let issuer = self.issuer;
        let subjects = [self.subject.map(|it| (issuer, it)), self.actor];
        let subjects = subjects.into_iter().flatten();
        let subjects = subjects.map(|(issuer, subject)| Target::Subject { issuer, subject });
        let clients = self.clients.into_iter().flatten();
        let clients = clients.map(move |client| Target::Client { issuer, client });
        let certificates = self.certificates.into_iter().flatten().map(Target::Certificate);
        let single = [
            self.token.map(Target::Token),
            self.token_id.map(|id| Target::TokenId { issuer, id }),
            self.session.map(|session| Target::Session { issuer, session }),
            self.kid.map(|kid| Target::Key { issuer, kid }),
            Some(Target::Issuer(issuer)),
        ];
        single.into_iter().flatten().chain(subjects).chain(clients).chain(certificates)
    }
}

/// All that was withdrawn: a value, which whoever judges reads and nobody changes meanwhile.
#[derive(Clone, Debug)]
pub struct Revocations {
    entries_max: usize,
    /// By kind, hash, and the time before which it counts.
    entries: BTreeMap<(Kind, Digest, u64), Entry>,
}

impl Revocations {
    /// Nothing, with room for so many entries.
    pub fn new(entries_max: usize) -> Self {
        Self { entries_max, entries: BTreeMap::new() }
    }

    /// Enters something. An entry that says less about the same thing is replaced; one that says more stays alone.
    ///
    /// # Errors
    ///
    /// [`Full`]; then nothing was entered.
    pub fn insert(&mut self, entry: Entry) -> Result<(), Full> {
        let (kind, of, _) = entry.key();
        let same = || self.entries.range((kind, of, 0)..=(kind, of, u64::MAX));
        if same().any(|(_, it)| it.covers(&entry)) {
            return Ok(());
        }
        let less: Vec<_> = same().filter(|(_, it)| entry.covers(it)).map(|(key, _)| *key).collect();
        if self.entries.len() - less.len() >= self.entries_max {
            return Err(Full);
        }
        for key in less {
            let _less = self.entries.remove(&key);
        }
        let _none = self.entries.insert(entry.key(), entry);
        Ok(())
    }

    /// Takes back all that was said of something; whether there was anything.
    pub fn remove(&mut self, target: Target<'_>) -> bool {
        let (kind, of) = target.key();
        let same = self.entries.range((kind, of, 0)..=(kind, of, u64::MAX));
        let keys: Vec<_> = same.map(|(key, _)| *key).collect();
        for key in &keys {
            let _removed = self.entries.remove(key);
        }
        !keys.is_empty()
    }

    /// Forgets the entries that have ended.
    pub fn expire(&mut self, now: Moment) {
        self.entries.retain(|_, it| it.holds(now));
    }

    /// The entry that something falls under, if it was withdrawn.
    pub fn is_revoked(&self, shown: &Shown<'_>, now: Moment) -> Option<&Entry> {
        if self.entries.is_empty() {
            return None;
        }
        shown.targets().find_map(|it| self.find(it, shown.issued_us, now))
    }

    /// Entries of one thing that count for what was issued then. There are few: of two of them, each says something that
    /// the other does not.
    fn find(&self, target: Target<'_>, issued_us: Option<u64>, now: Moment) -> Option<&Entry> {
        let (kind, of) = target.key();
        let after = issued_us.map_or(0, |it| it.saturating_add(1));
        let later = self.entries.range((kind, of, after)..=(kind, of, u64::MAX));
        later.map(|(_, entry)| entry).find(|it| it.holds(now))
    }

    /// All entries, by kind.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.example";

    fn at(us: u64) -> Moment {
        Moment { mono_ns: 0, wall_us: us }
    }

    fn shown() -> Shown<'static> {
        Shown {
            issuer: ISSUER,
            token: Some(Digest([1; 32])),
            token_id: Some("t1"),
            session: Some("s1"),
            subject: Some("alice"),
            actor: Some(("https://other.example", "robot")),
            clients: [Some("app"), Some("party")],
            kid: Some("k1"),
            certificates: [Some(Digest([2; 32])), Some(Digest([3; 32]))],
            issued_us: Some(1_000),
        }
    }

    fn list(entries: &[Entry]) -> Revocations {
        let mut list = Revocations::new(100);
        entries.iter().for_each(|it| list.insert(*it).unwrap());
        list
    }

    #[test]
    fn everything_that_a_token_names_can_be_withdrawn() {
        let issuer = ISSUER;
        let other = "https://other.example";
        for (target, expected) in [
            (Target::Token(Digest([1; 32])), true),
            (Target::Token(Digest([2; 32])), false),
            (Target::TokenId { issuer, id: "t1" }, true),
            (Target::TokenId { issuer: other, id: "t1" }, false),
            (Target::Session { issuer, session: "s1" }, true),
            (Target::Session { issuer, session: "t1" }, false),
            (Target::Subject { issuer, subject: "alice" }, true),
            (Target::Subject { issuer, subject: "alic" }, false),
            (Target::Subject { issuer, subject: "robot" }, false),
            (Target::Subject { issuer: other, subject: "robot" }, true),
            (Target::Client { issuer, client: "app" }, true),
            (Target::Client { issuer, client: "party" }, true),
            (Target::Client { issuer, client: "alice" }, false),
            (Target::Key { issuer, kid: "k1" }, true),
            (Target::Key { issuer, kid: "k2" }, false),
            (Target::Certificate(Digest([2; 32])), true),
            (Target::Certificate(Digest([3; 32])), true),
            (Target::Certificate(Digest([1; 32])), false),
            (Target::Issuer(issuer), true),
            (Target::Issuer(other), false),
        ] {
            let entry = Entry::all_of(target, Reason::Operator);
            let list = list(&[entry]);
            let found = list.is_revoked(&shown(), at(5_000));
            assert_eq!(found, expected.then_some(&entry), "{target:?}");
        }
    }

    #[test]
    fn what_was_issued_before_a_time_is_withdrawn_and_what_says_nothing() {
        let subject = Target::Subject { issuer: ISSUER, subject: "alice" };
        let check = |before_us, issued_us, expected: bool| {
            let list = list(&[Entry::all_of(subject, Reason::LoggedOut).issued_before(before_us)]);
            let shown = Shown { issued_us, ..shown() };
            assert_eq!(list.is_revoked(&shown, at(5_000)).is_some(), expected, "{before_us}");
        };
        check(1_001, Some(1_000), true);
        check(1_000, Some(1_000), false);
        check(999, Some(1_000), false);
        check(1, None, true);
        check(u64::MAX, Some(u64::MAX - 1), true);
    }

    #[test]
    fn an_entry_holds_until_it_ends() {
        let entry = Entry::all_of(Target::Issuer(ISSUER), Reason::Compromised).until(5_000);
        let mut list = list(&[entry]);
        assert!(list.is_revoked(&shown(), at(4_999)).is_some());
        assert!(list.is_revoked(&shown(), at(5_000)).is_none());
        list.expire(at(4_999));
        assert_eq!(list.len(), 1);
        list.expire(at(5_000));
        assert!(list.is_empty());
    }

    #[test]
    fn a_later_entry_takes_nothing_back() {
        let subject = Target::Subject { issuer: ISSUER, subject: "alice" };
        let all = Entry::all_of(subject, Reason::Left);
        let (long, short) = (all.until(9_000), all.until(6_000));
        for order in [[long, short], [short, long]] {
            let list = list(&order);
            assert_eq!((list.len(), list.is_revoked(&shown(), at(8_000))), (1, Some(&long)));
        }
        // Neither of these says all that the other says.
        let narrow = all.issued_before(2_000);
        for order in [[short, narrow], [narrow, short]] {
            let list = list(&order);
            assert_eq!(list.len(), 2);
            assert_eq!(list.is_revoked(&shown(), at(8_000)), Some(&narrow));
            let young = Shown { issued_us: Some(3_000), ..shown() };
            assert_eq!(list.is_revoked(&young, at(5_000)), Some(&short));
            assert_eq!(list.is_revoked(&young, at(8_000)), None);
        }
    }

    #[test]
    fn a_full_list_keeps_what_it_has() {
        let entry =
            |id: &str| Entry::all_of(Target::TokenId { issuer: ISSUER, id }, Reason::Issuer);
        let mut list = Revocations::new(2);
        assert_eq!(list.insert(entry("a").until(5)), Ok(()));
        assert_eq!(list.insert(entry("b")), Ok(()));
        assert_eq!(list.insert(entry("c")), Err(Full));
        // More of the same takes no room.
        assert_eq!(list.insert(entry("a")), Ok(()));
        assert_eq!(list.insert(entry("b").issued_before(7)), Ok(()));
        assert_eq!(list.len(), 2);
        assert!(list.remove(Target::TokenId { issuer: ISSUER, id: "a" }));
        assert!(!list.remove(Target::TokenId { issuer: ISSUER, id: "a" }));
        assert_eq!(list.insert(entry("c")), Ok(()));
    }
}
