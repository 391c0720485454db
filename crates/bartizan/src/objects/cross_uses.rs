//! Which objects of others were used, the newest first: a page of them, each with a witness to whose it is.
//!
//! Memory   at most twice [`LIMIT_MAX`] exchanges.

use super::EndpointIds;
use super::holders::{Holders, Sought};
use super::row::{is_held_back, row, witness};
use super::scan::{Look, Window, newest_first};
use crate::inventory::FoldError;
use crate::show;
use bartizan_console::backend::ObjectsQuery;
use bartizan_engine::objects::{CrossUse, FOREIGN, cross_uses, touches};
use bartizan_engine::terms::Terms;
use bartizan_model::clause::ClauseName;
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::Observation;
use bartizan_model::retirement::Template;
use bartizan_store::segments::held::Held;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// Exchanges of one page.
const LIMIT_MAX: usize = 500;
/// The same if nothing is said.
const LIMIT_USUAL: usize = 100;

/// What must hold of a use. Everything in it means something.
#[derive(Debug)]
pub(crate) struct Wanted {
    limit: usize,
    window: Window,
    endpoint: Option<EndpointWanted>,
    /// The first of its hexadecimal digits.
    subject: Option<String>,
    clause: Option<ClauseName>,
    held_back: bool,
}

impl Wanted {
    /// What a question asks for, or what is wrong with it.
    pub(crate) fn of(query: &ObjectsQuery, now_us: u64) -> Result<Self, String> {
        let ObjectsQuery { limit, before, endpoint, subject, clause, held_back, since } = query;
        let named = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        let limit = limit.unwrap_or(LIMIT_USUAL);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(format!("limit: 1 to {LIMIT_MAX}"));
        }
        let before = named(before).map(|it| it.parse::<ExchangeId>()).transpose();
        let before = before.map_err(|_| "before: an exchange id")?;
        let clause = named(clause).map(|it| clause_of(&it).ok_or(it)).transpose();
        let subject = named(subject);
        if !subject.as_deref().is_none_or(begins_subject) {
            return Err("subject: hexadecimal digits".to_owned());
        }
        Ok(Self {
            limit,
            window: Window { before, ..Window::since(since.as_deref(), now_us)? },
            endpoint: named(endpoint).map(EndpointWanted::of),
            subject,
            clause: clause.map_err(|_| "clause: none that is about whose something is")?,
            held_back: held_back.unwrap_or(false),
        })
    }

    /// The same within this window.
    pub(crate) fn within(self, window: Window) -> Self {
        Self { window, ..self }
    }

    fn admits_exchange(&self, it: &Observation) -> bool {
        let is_subject = |begin: &String| format!("{:032x}", it.subject.0).starts_with(begin);
        self.subject.as_ref().is_none_or(is_subject)
            && self.endpoint.as_ref().is_none_or(|endpoint| endpoint.admits(it))
    }

    fn admits(&self, it: &CrossUse<'_>) -> bool {
        self.clause.is_none_or(|clause| it.finding.sighting.code.entry().clause == clause)
            && (!self.held_back || is_held_back(it))
    }
}

fn clause_of(name: &str) -> Option<ClauseName> {
    FOREIGN.into_iter().map(|it| it.entry().clause).find(|it| it.name() == name)
}

fn begins_subject(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// Which endpoint is wanted, as exchanges and contracts name it, or a part of its name.
#[derive(Debug)]
struct EndpointWanted {
    text: String,
    whole: Option<(String, Template)>,
}

impl EndpointWanted {
    fn of(text: String) -> Self {
        let whole = text.split_once(' ').filter(|it| it.1.starts_with('/'));
        let whole = whole.map(|(method, path)| (method.to_owned(), Template::new(path)));
        Self { text, whole }
    }

    fn admits(&self, it: &Observation) -> bool {
        show::endpoint(it).contains(&self.text)
            || self
                .whole
                .as_ref()
                .is_some_and(|(method, path)| it.method.name() == method && path.fits(&it.template))
    }
}

/// Exchanges of a page, of which more than are wanted are dropped from time to time.
struct Page<'a> {
    wanted: &'a Wanted,
    found: Vec<Observation>,
    is_more: bool,
}

impl Page<'_> {
    fn shorten(&mut self) {
        self.found.sort_by_key(|it| Reverse(it.id));
        self.is_more |= self.found.len() > self.wanted.limit;
        self.found.truncate(self.wanted.limit);
    }
}

impl Look for Page<'_> {
    fn see(&mut self, it: &Observation) {
        let is_wanted =
            self.wanted.admits_exchange(it) && cross_uses(it).any(|of| self.wanted.admits(&of));
        if !is_wanted {
            return;
        }
        self.found.push(Observation { request: None, response: None, ..it.clone() });
        if self.found.len() >= 2 * self.wanted.limit {
            self.shorten();
        }
    }

    fn is_enough(&self, until_us: u64) -> bool {
        let newer = self.found.iter().filter(|it| it.started.wall_us > until_us);
        newer.count() + usize::from(self.is_more) > self.wanted.limit
    }
}

/// A page of what is kept.
///
/// # Errors
///
/// [`FoldError`].
pub(crate) fn page(
    held: &Held,
    terms: &Terms,
    wanted: &Wanted,
    ids: EndpointIds<'_>,
) -> Result<Value, FoldError> {
    let mut page = Page { wanted, found: Vec::new(), is_more: false };
    let looked = newest_first(held, wanted.window, &mut page)?;
    page.shorten();
    let uses: Vec<_> = page
        .found
        .iter()
        .flat_map(|it| cross_uses(it).filter(|of| wanted.admits(of)).map(move |of| (it, of)))
        .map(|(it, of)| (it, of, sought(terms, it, &of)))
        .collect();
    let mut holders = Holders::of(terms, uses.iter().map(|it| it.2.clone()));
    if !holders.is_idle() {
        newest_first(held, Window::default(), &mut holders)?;
    }
    let rows = uses.iter().map(|(it, of, sought)| {
        let mut row = row(it, of, ids);
        let holder = holders.other_than(it.subject, sought);
        let witness = holder.map(|(it, others, is_more)| witness(it, others, is_more, ids));
        row.insert("witness".to_owned(), witness.unwrap_or_default());
        Value::Object(row)
    });
    let next = page.found.last().filter(|_| page.is_more).map(|it| it.id.to_string());
    Ok(json!({ "uses": rows.collect::<Vec<_>>(), "next": next, "scan": looked.shown() }))
}

/// What the contract says the object of a use is.
fn sought(terms: &Terms, it: &Observation, of: &CrossUse<'_>) -> Sought {
    let value = of.finding.value;
    let all = touches(terms, it, |it| it == value);
    let here = all.into_iter().find(|it| it.side == of.side && *it.place == of.finding.place);
    (value, here.map(|it| it.of).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::double::{anothers, foreign, given, id, named, shown, terms};
    use crate::objects::scan::tests::Kept;
    use bartizan_model::clause::Effect;
    use bartizan_model::head::Method;

    const ALICE: u128 = 1;
    const MALLORY: u128 = 2;

    fn found(name: &str, all: Vec<Observation>, query: &ObjectsQuery) -> Value {
        let kept = Kept::of(name, all);
        let wanted = Wanted::of(query, 0).unwrap();
        let ids = |_: &str, _: Method, _: &str| None;
        page(&kept.held(), &terms(), &wanted, &ids).unwrap()
    }

    fn attacks() -> Vec<Observation> {
        vec![
            given(1, ALICE, 17),
            shown(2, ALICE, 5),
            named(3, ALICE, 17),
            foreign(4, MALLORY, 17, Effect::Refused),
            anothers(5, MALLORY, 5, Effect::WouldRefuse),
            foreign(6, 3, 18, Effect::Refused),
        ]
    }

    /// Expects the exchanges with these numbers.
    #[track_caller]
    fn check(name: &str, query: &ObjectsQuery, expected: &[u64], is_more: bool) {
        let found = found(name, attacks(), query);
        let ids: Vec<_> =
            found["uses"].as_array().unwrap().iter().map(|it| it["exchange"].clone()).collect();
        let expected: Vec<_> = expected.iter().map(|n| Value::from(id(*n).to_string())).collect();
        assert_eq!(ids, expected);
        assert_eq!(found["next"].is_string(), is_more, "{}", found["next"]);
    }

    #[test]
    fn what_is_wanted_is_found_the_newest_first() {
        let all = ObjectsQuery::default();
        let word = |it: &str| Some(it.to_owned());
        check("all", &all, &[6, 5, 4], false);
        check("held", &ObjectsQuery { held_back: Some(true), ..all.clone() }, &[6, 4], false);
        let clause = word("ownership.answer");
        check("clause", &ObjectsQuery { clause, ..all.clone() }, &[5], false);
        let subject = Some(format!("{MALLORY:032x}"));
        check("begin", &ObjectsQuery { subject: word("0"), ..all.clone() }, &[6, 5, 4], false);
        check("subject", &ObjectsQuery { subject, ..all.clone() }, &[5, 4], false);
        for (endpoint, expected) in [
            ("GET /orders/{int}", &[6, 5, 4][..]),
            ("GET /orders/{orderId}", &[6, 5, 4]),
            ("GET /ord", &[6, 5, 4]),
            ("POST /orders/{orderId}", &[]),
            ("GET /orders/latest", &[]),
        ] {
            check(
                "endpoint",
                &ObjectsQuery { endpoint: word(endpoint), ..all.clone() },
                expected,
                false,
            );
        }
    }

    #[test]
    fn pages_follow_each_other() {
        let first = ObjectsQuery { limit: Some(2), ..ObjectsQuery::default() };
        check("first", &first, &[6, 5], true);
        let before = Some(id(5).to_string());
        check("second", &ObjectsQuery { before, ..first.clone() }, &[4], false);
        let before = Some(id(4).to_string());
        check("third", &ObjectsQuery { before, ..first }, &[], false);
    }

    #[test]
    fn whose_it_is_is_told_where_it_is_kept() {
        let found = found("witness", attacks(), &ObjectsQuery::default());
        let whose = |n: usize| found["uses"][n]["witness"].clone();
        assert_eq!(whose(0), Value::Null, "nobody was given 18");
        assert_eq!(whose(1)["subject"], format!("{ALICE:032x}"));
        assert_eq!(
            (&whose(1)["endpoint"], &whose(1)["place"]),
            (&json!("GET /me"), &json!("body $.customerId"))
        );
        assert_eq!(whose(2)["exchange"], id(1).to_string());
        assert_eq!(whose(2)["others"], 0);
    }

    #[test]
    fn whoever_is_the_owner_goes_before_whoever_saw_it_first() {
        let staff = 9;
        let mut all = attacks();
        // Somebody who sees to others was shown it before, another one by an attack.
        all.insert(
            0,
            Observation {
                findings: Vec::new(),
                hits: Vec::new(),
                ..anothers(0, staff, 5, Effect::WouldRefuse)
            },
        );
        all.push(anothers(7, 4, 5, Effect::WouldRefuse));
        let found = found("owner", all, &ObjectsQuery::default());
        let witness = &found["uses"][0]["witness"];
        assert_eq!(witness["subject"], format!("{ALICE:032x}"), "{witness}");
        assert_eq!(witness["others"], 1, "attacks make nobody an owner");
    }

    #[test]
    fn a_caller_is_not_its_own_witness() {
        let all = vec![given(1, MALLORY, 17), foreign(2, MALLORY, 17, Effect::WouldRefuse)];
        let found = found("self", all, &ObjectsQuery::default());
        assert_eq!(found["uses"][0]["witness"], Value::Null);
    }

    #[test]
    fn a_page_holds_no_more_than_twice_its_exchanges() {
        let wanted = Wanted::of(&ObjectsQuery { limit: Some(3), ..ObjectsQuery::default() }, 0);
        let wanted = wanted.unwrap();
        let mut page = Page { wanted: &wanted, found: Vec::new(), is_more: false };
        for n in 1..=50 {
            page.see(&foreign(n, MALLORY, n, Effect::Refused));
            assert!(page.found.len() < 6);
        }
        page.shorten();
        let ids: Vec<_> = page.found.iter().map(|it| it.id).collect();
        assert_eq!(ids, [id(50), id(49), id(48)]);
        assert!(page.is_enough(page.found[2].started.wall_us - 1));
        assert!(!page.is_enough(page.found[2].started.wall_us));
    }
}
