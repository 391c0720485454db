//! What an attack was worth, counted from the answers it got.
//!
//! Reads    [`Attempt`]s, and the world, to know what is whose.
//! Writes   [`Loot`].
//! Misses   data that is neither an account nor an e-mail address.

use crate::attacker::{Attempt, Kind};
use crate::client::Answer;
use crate::world::{Person, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What an attack was worth. People are named by their e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loot {
    /// Whose e-mail address and password stood together in an answer.
    pub dumped: BTreeSet<String>,
    /// Whose account was entered without their password.
    pub entered: BTreeSet<String>,
    /// Whose e-mail address was seen at all.
    pub seen: BTreeSet<String>,
    /// Accounts dumped or entered by each trick.
    pub by_kind: BTreeMap<Kind, usize>,
    /// Whether the administrator's page opened.
    pub admin: bool,
    /// Tricks tried.
    pub attempts: usize,
    /// Answers that came.
    pub requests: usize,
    /// The guard's decisions, one for each trick that it refused.
    pub decision_ids: Vec<String>,
}

impl Loot {
    /// Counts what `attempts` brought Mallory that belongs to others in `world`.
    pub fn counted(attempts: &[Attempt], world: &World) -> Self {
        let mut loot = Self { attempts: attempts.len(), ..Self::default() };
        for attempt in attempts {
            loot.count(attempt, world);
        }
        loot
    }

    /// Accounts of others that were taken, in either way.
    pub fn accounts(&self) -> usize {
        self.dumped.union(&self.entered).count()
    }

    /// Whether nothing at all of anybody else's was taken or seen.
    pub fn is_empty(&self) -> bool {
        self.accounts() == 0 && self.seen.is_empty() && !self.admin
    }

    fn count(&mut self, attempt: &Attempt, world: &World) {
        let mut dumped = BTreeSet::new();
        for answer in attempt.answers() {
            self.requests += 1;
            let text = String::from_utf8_lossy(&answer.body);
            let mine = world.others().filter(|person| text.contains(&person.email));
            self.seen.extend(mine.map(|person| person.email.clone()));
            collect_accounts(&answer.json(), world, &mut dumped);
        }
        let entered = attempt.followed.iter().filter_map(|answer| whose(answer, world));
        let entered: BTreeSet<_> = entered.map(|person| person.email.clone()).collect();
        self.admin |= attempt.followed.iter().any(|answer| shows_everybody(answer, world));
        self.by_kind.insert(attempt.kind, dumped.union(&entered).count());
        self.decision_ids.extend(attempt.refusal());
        self.dumped.extend(dumped);
        self.entered.extend(entered);
    }
}

/// Objects in which somebody's e-mail address and password stand together, at any depth.
fn collect_accounts(json: &Value, world: &World, accounts: &mut BTreeSet<String>) {
    match json {
        Value::Array(items) => {
            items.iter().for_each(|item| collect_accounts(item, world, accounts));
        }
        Value::Object(fields) => {
            let has = |text: &str| fields.values().any(|value| value.as_str() == Some(text));
            let account = |person: &&Person| has(&person.email) && has(&person.password);
            accounts.extend(world.others().filter(account).map(|person| person.email.clone()));
            fields.values().for_each(|value| collect_accounts(value, world, accounts));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whose profile this is, unless it is Mallory's own.
fn whose<'a>(answer: &Answer, world: &'a World) -> Option<&'a Person> {
    let json = answer.json();
    let email = json.get("email")?.as_str()?;
    world.others().find(|person| answer.status == 200 && person.email == email)
}

/// Whether this is the administrator's page, with everybody on it.
pub(crate) fn shows_everybody(answer: &Answer, world: &World) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    answer.status == 200 && world.others().all(|person| text.contains(&person.email))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use hyper::HeaderMap;
    use serde_json::json;

    fn answer(body: &Value) -> Answer {
        let body = Bytes::from(body.to_string());
        Answer { status: 200, headers: HeaderMap::new(), body }
    }

    /// Counts one attempt with this answer and these answers to what followed.
    fn counted(first: &Value, followed: &[Value]) -> Loot {
        let followed = followed.iter().map(answer).collect();
        let attempt = Attempt { kind: Kind::PlainUnion, answer: Some(answer(first)), followed };
        Loot::counted(&[attempt], &World::from_seed(7))
    }

    #[test]
    fn an_account_is_an_address_with_its_own_password() {
        let world = World::from_seed(7);
        let [one, other] = [&world.customers[0], &world.customers[1]];
        let row = |email: &str, password: &str| json!([{ "name": email, "text": password }]);
        let taken = |json: &Value| (counted(json, &[]).accounts(), counted(json, &[]).seen.len());
        assert_eq!(taken(&row(&one.email, &one.password)), (1, 1));
        assert_eq!(taken(&row(&one.email, &other.password)), (0, 1));
        assert_eq!(taken(&row("nobody@example.com", &one.password)), (0, 0));
    }

    #[test]
    fn what_is_mallorys_own_is_no_loot() {
        let world = World::from_seed(7);
        let own = json!({ "email": world.mallory.email, "password": world.mallory.password });
        assert!(counted(&own, std::slice::from_ref(&own)).is_empty());
    }

    #[test]
    fn somebody_elses_profile_is_an_account_entered() {
        let world = World::from_seed(7);
        let profile = json!({ "email": world.customers[0].email });
        let loot = counted(&json!({}), &[profile]);
        assert_eq!((loot.accounts(), loot.dumped.len(), loot.admin), (1, 0, false));
        let users: Vec<_> = world.people().map(|it| json!({ "email": it.email })).collect();
        assert!(counted(&json!({}), &[json!({ "users": users })]).admin);
    }
}
