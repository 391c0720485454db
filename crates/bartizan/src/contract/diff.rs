//! How two states of the contracts differ, clause by clause.
//!
//! Reads    what is decided, a revision of before, a document, or what traffic speaks for.
//! Writes   differences, as lines and as JSON.
//! Memory   both states.
//! Errors   [`Fault::NoRevision`].
//! Misses   revisions that the history has forgotten. Traffic says nothing of how a clause is held, so that this is not
//!          compared.

use super::document::Wanted;
use super::file::{looks, notations};
use super::import::Planned;
use super::{Contracts, Decided, Fault, Handing, Which};
use bartizan_learn::terms::{Proposed, Stage};
use bartizan_model::fact::magnitude;
use bartizan_model::place::Place;
use bartizan_model::terms::{
    Belonging, Beyond, Bounds, Kinds, Mask, Masked, Owned, Resource, Says, Types,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What is decided.
pub(crate) const NOW: &str = "now";
/// What traffic speaks for.
pub(crate) const TRAFFIC: &str = "traffic";

/// A state of the contracts: clauses by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct State(BTreeMap<String, Clause>);

#[derive(Clone, Debug)]
struct Clause {
    which: Which,
    /// How it is held; `None` if that is not told.
    force: Option<&'static str>,
    /// What it says, each thing as a line.
    says: BTreeSet<String>,
}

impl Clause {
    fn of(it: &Decided) -> Self {
        let force = Some(it.held.name());
        let says = lines(&it.says, &it.known, (&it.handing, &it.showing, &it.claims));
        Self { which: it.which.clone(), force, says }
    }
}

impl State {
    fn of<'a>(all: impl Iterator<Item = &'a Decided>) -> Self {
        Self(all.map(|it| (it.which.id(), Clause::of(it))).collect())
    }

    /// As it is decided.
    pub(super) fn now(contracts: &Contracts) -> Self {
        Self::of(contracts.decided.iter())
    }

    /// As it was at a revision.
    ///
    /// # Errors
    ///
    /// [`Fault::NoRevision`].
    pub(super) fn at(contracts: &Contracts, revision: u64) -> Result<Self, Fault> {
        let now = contracts.revision;
        let oldest = contracts.history.first().map_or(now, |it| it.revision - 1);
        if revision > now || revision < oldest {
            return Err(Fault::NoRevision { to: revision, oldest, now: now + 1 });
        }
        let mut state = Self::now(contracts);
        // The latest first: of each clause the oldest of these says what was before.
        for it in contracts.history.iter().rev().filter(|it| it.revision > revision) {
            let id = it.which.id();
            match &it.before {
                Some(before) => state.0.insert(id, Clause::of(before)),
                None => state.0.remove(&id),
            };
        }
        Ok(state)
    }

    /// As a document says.
    pub(super) fn of_document(all: &[Wanted]) -> Self {
        Self::of(all.iter().filter_map(|it| it.decided.as_ref()))
    }

    /// As traffic would say by now, of what is decided or proposed.
    pub(super) fn of_traffic(contracts: &Contracts, proposed: &[Proposed]) -> Self {
        let mut state = Self::default();
        for it in proposed {
            for proposal in &it.proposals {
                let which = Which::of(it, &proposal.says);
                if proposal.stage != Stage::Proposed && contracts.of(&which).is_none() {
                    continue;
                }
                let (handing, showing) = super::named(proposed, &it.service, &proposal.says);
                let claims = super::claims(it, &proposal.says);
                let says = lines(&proposal.says, &it.known, (&handing, &showing, &claims));
                state.0.insert(which.id(), Clause { which, force: None, says });
            }
        }
        state
    }
}

/// Which answers hand out identifiers, which show callers by them, and which claims of tokens do.
type By<'a> = (&'a [Handing], &'a [Handing], &'a [(Box<str>, Resource)]);

/// What a clause says, one thing a line.
fn lines(says: &Says, known: &[Place], (handing, showing, claims): By<'_>) -> BTreeSet<String> {
    let here: Vec<String> = match says {
        Says::ReadOnly(names) => {
            names.iter().map(|it| format!("{} is not set", it.escape_debug())).collect()
        }
        Says::OnlyKnown => known.iter().map(|it| format!("{it} is taken")).collect(),
        Says::Types(all) => all.iter().map(typed).collect(),
        Says::HandedOut(all) => {
            let one =
                |(place, of): &(Place, Resource)| format!("{place} was handed out: {}", hex(*of));
            all.iter().map(one).collect()
        }
        Says::Owned(all) => all.iter().map(owned).collect(),
        Says::Belongs(all) => all.iter().map(belongs).collect(),
        Says::Secret(it) | Says::Masked(it) => {
            it.fields.iter().map(masked).chain(it.beyond.iter().flat_map(beyond)).collect()
        }
        Says::Required(all) => all.iter().map(|it| format!("{it} is there")).collect(),
        Says::Bounds(all) => all.iter().map(bounded).collect(),
        Says::Credential => vec!["a credential is shown".to_owned()],
        Says::Tls { certificate: false } => vec!["it comes over TLS".to_owned()],
        Says::Tls { certificate: true } => {
            vec!["it comes over TLS".to_owned(), "a client certificate is shown".to_owned()]
        }
        Says::Role(all) => all.iter().flat_map(kinds).collect(),
    };
    let of = |does: &'static str| {
        move |it: &Handing| {
            let Handing { method, path, place, resource } = it;
            format!("{} {path} {does} {place}: {}", method.name(), hex(*resource))
        }
    };
    let by = handing.iter().map(of("hands out")).chain(showing.iter().map(of("shows callers in")));
    let claimed = claims.iter().map(|(claim, of)| {
        format!("the claim {} says who a caller is: {}", claim.escape_debug(), hex(*of))
    });
    here.into_iter().chain(by).chain(claimed).collect()
}

fn kinds(it: &Kinds) -> impl Iterator<Item = String> {
    let claim = it.claim.escape_debug();
    let strangers = it.strangers.iter().map(|of| format!("{claim} {of:08x} is a stranger's"));
    let others = it.others.iter().map(|of| format!("{claim} {of:08x} is not"));
    strangers.chain(others).collect::<Vec<_>>().into_iter()
}

fn hex(it: Resource) -> String {
    format!("{:016x}", it.0)
}

fn typed((place, of): &(Place, Types)) -> String {
    let (forms, kinds) = (notations(of.forms).join(" or "), looks(of.kinds).join(" or "));
    match kinds.is_empty() {
        true => format!("{place} is {forms}"),
        false => format!("{place} is {forms} that is {kinds}"),
    }
}

fn owned(it: &Owned) -> String {
    let who = if it.is_exclusive { "the caller" } else { "the caller's tenant" };
    let unless = if it.unless_given { ", unless handed" } else { "" };
    format!("{} is {who}{unless}: {}", it.place, hex(it.owners))
}

fn belongs(it: &Belonging) -> String {
    let Belonging { place, objects, owners } = it;
    match objects {
        Some(objects) => {
            format!("{place} is something of the caller's: {} of {}", hex(*objects), hex(*owners))
        }
        None => format!("{place} is the caller: {}", hex(*owners)),
    }
}

fn masked(it: &Masked) -> String {
    let Masked { place, class, mask, unless_own } = it;
    let mask = match mask {
        Mask::Drop => "left out",
        Mask::Full => "masked",
        Mask::Partial => "masked in part",
    };
    let own = unless_own.as_ref().map_or(String::new(), |it| format!(", unless {}", owned(it)));
    format!("{place} ({class}) is {mask}{own}")
}

/// Of fields that answers did not have: those that they have.
fn beyond(it: &Beyond) -> Vec<String> {
    let mut all = vec!["fields that answers did not have are looked at".to_owned()];
    all.extend(it.known.iter().map(|it| format!("answers have {it}")));
    all.extend(it.open.iter().map(|it| format!("answers have anything below {it}")));
    all.extend(it.owners.iter().map(|it| format!("what is new leaves if {}", owned(it))));
    all
}

fn bounded((place, of): &(Place, Bounds)) -> String {
    let Bounds { buckets, bytes_max } = of;
    let between = buckets.map_or(String::new(), |(least, most)| {
        format!(" and between {:.0} and {:.0}", magnitude(least), magnitude(most))
    });
    format!("{place} has at most {bytes_max} bytes{between}")
}

/// How one clause differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    which: Which,
    /// How it is held; `None` where there is none, or that is not told.
    from: Option<&'static str>,
    to: Option<&'static str>,
    kind: Kind,
    removed: Vec<String>,
    added: Vec<String>,
    is_conflict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Added,
    Removed,
    Changed,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    const fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Changed => '~',
        }
    }
}

/// How a clause differs, if it does.
fn one(from: Option<&Clause>, to: Option<&Clause>) -> Option<Difference> {
    let nothing = BTreeSet::new();
    let says = |it: Option<&Clause>| it.map_or(nothing.clone(), |it| it.says.clone());
    let (before, after) = (says(from), says(to));
    let (kind, which) = match (from, to) {
        (None, None) => return None,
        (None, Some(it)) => (Kind::Added, &it.which),
        (Some(it), None) => (Kind::Removed, &it.which),
        (Some(_), Some(it)) => (Kind::Changed, &it.which),
    };
    let (from, to) = (from.and_then(|it| it.force), to.and_then(|it| it.force));
    let is_held_alike = from == to || from.is_none() || to.is_none();
    if kind == Kind::Changed && is_held_alike && before == after {
        return None;
    }
    let removed = before.difference(&after).cloned().collect();
    let added = after.difference(&before).cloned().collect();
    Some(Difference { which: which.clone(), from, to, kind, removed, added, is_conflict: false })
}

/// How two states differ, of a service or of all: endpoint by endpoint.
pub(super) fn between(from: &State, to: &State, service: Option<&str>) -> Vec<Difference> {
    let ids: BTreeSet<&String> = from.0.keys().chain(to.0.keys()).collect();
    let all = ids.into_iter().filter_map(|id| one(from.0.get(id), to.0.get(id)));
    sorted(all.filter(|it| service.is_none_or(|service| it.which.service == service)).collect())
}

/// How two states differ that names tell.
///
/// # Errors
///
/// [`Fault::NoRevision`], [`Fault::NoState`].
pub(crate) fn shown(
    contracts: &Contracts,
    proposed: &[Proposed],
    from: &str,
    to: &str,
) -> Result<Value, Fault> {
    let state = |name: &str| match name {
        NOW => Ok(State::now(contracts)),
        TRAFFIC => Ok(State::of_traffic(contracts, proposed)),
        _ => match name.parse() {
            Ok(revision) => State::at(contracts, revision),
            Err(_) => Err(Fault::NoState(name.to_owned())),
        },
    };
    let differences = between(&state(from)?, &state(to)?, None);
    Ok(json!({"from": from, "to": to, "changes": as_json(&differences)}))
}

/// What an import changes.
pub(super) fn planned(all: &[Planned]) -> Vec<Difference> {
    let all = all.iter().map(|it| {
        let (from, to) = (it.before.as_ref().map(Clause::of), it.after.as_ref().map(Clause::of));
        let difference = one(from.as_ref(), to.as_ref()).unwrap_or_else(|| Difference {
            which: it.which.clone(),
            from: None,
            to: None,
            kind: Kind::Changed,
            removed: Vec::new(),
            added: Vec::new(),
            is_conflict: false,
        });
        Difference { is_conflict: it.is_conflict, ..difference }
    });
    sorted(all.collect())
}

fn sorted(mut all: Vec<Difference>) -> Vec<Difference> {
    let key = |it: &Difference| {
        let Which { service, path, method, clause } = &it.which;
        (service.clone(), path.clone(), *method, *clause)
    };
    all.sort_by_key(key);
    all
}

/// For programs.
pub(super) fn as_json(all: &[Difference]) -> Value {
    let one = |it: &Difference| {
        let Which { service, path, method, clause } = &it.which;
        json!({
            "id": it.which.id(),
            "service": service,
            "method": method.name(),
            "path": path,
            "clause": clause.name(),
            "change": it.kind.name(),
            "from": it.from,
            "to": it.to,
            "removed": it.removed,
            "added": it.added,
            "conflict": it.is_conflict,
        })
    };
    all.iter().map(one).collect()
}

/// For people.
pub(super) fn text(all: &[Difference]) -> String {
    if all.is_empty() {
        return "no difference\n".to_owned();
    }
    let (mut out, mut before) = (String::new(), String::new());
    for it in all {
        let Which { service, path, method, clause } = &it.which;
        let endpoint = format!("{} {path}  ({service})", method.name());
        if endpoint != before {
            let _written = writeln!(out, "{endpoint}");
            before = endpoint;
        }
        let force = match (it.from, it.to) {
            (Some(from), Some(to)) if from != to => format!("  {from} -> {to}"),
            (Some(force), _) | (None, Some(force)) => format!("  {force}"),
            (None, None) => String::new(),
        };
        let conflict = if it.is_conflict { "  CONFLICT" } else { "" };
        let (sign, id) = (it.kind.sign(), it.which.id());
        let _written = writeln!(out, "  {sign} {id}  {clause}{force}{conflict}");
        for line in &it.removed {
            let _written = writeln!(out, "      - {line}");
        }
        for line in &it.added {
            let _written = writeln!(out, "      + {line}");
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::super::document;
    use super::super::{Because, Decision, Held};
    use super::*;
    use bartizan_learn::terms::{Proposal, Support};
    use bartizan_model::fact::Forms;
    use bartizan_model::head::Method;
    use bartizan_model::terms::Force;

    fn places(names: &[&str]) -> Vec<Place> {
        names.iter().map(|it| it.parse().unwrap()).collect()
    }

    /// What traffic speaks for at `POST /orders`.
    fn traffic(known: &[&str], says: Vec<Says>, stage: Stage) -> Vec<Proposed> {
        let support = Support {
            calls: 1,
            subjects: 1,
            first_us: 0,
            last_us: 0,
            breaches: Default::default(),
            left_out: 0,
        };
        vec![Proposed {
            service: "shop".into(),
            method: Method::Post,
            template: "/orders".to_owned(),
            known: places(known),
            proposals: says.into_iter().map(|says| Proposal { says, stage, support }).collect(),
            hands_out: Vec::new(),
            shows: Default::default(),
        }]
    }

    fn types() -> Says {
        let place = "body $.item".parse().unwrap();
        Says::Types(vec![(place, Types { forms: Forms::STRING.and(Forms::NULL), kinds: 0 })])
    }

    /// At revision 1 unknown fields are in canary, at 2 enforced, at 3 types observed too, at 4 all but these is
    /// withdrawn.
    fn contracts() -> Contracts {
        let seen = traffic(&["body $.item"], vec![Says::OnlyKnown, types()], Stage::Observed);
        let mut all = Contracts::default();
        let ids: Vec<String> =
            seen[0].proposals.iter().map(|it| Which::of(&seen[0], &it.says).id()).collect();
        for (id, decision) in [
            (0, Decision::Hold(Held::As(Force::Canary))),
            (0, Decision::Hold(Held::As(Force::Enforced))),
            (1, Decision::Hold(Held::As(Force::Observed))),
            (0, Decision::Withdraw),
        ] {
            let why = Because { by: None, at_us: 1, reason: "x".to_owned() };
            all.decide(&ids[id], decision, &seen, &why).unwrap();
        }
        all
    }

    #[track_caller]
    fn check(from: &State, to: &State, expected: &[&str]) {
        let found = text(&between(from, to, None));
        let lines: Vec<String> = found
            .lines()
            .map(|it| it.split_whitespace().filter(|it| it.len() != 16 || it.contains('.')))
            .map(|words| words.collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(lines, expected, "{found}");
    }

    #[test]
    fn revisions_differ_by_what_was_decided_between() {
        let all = contracts();
        let at = |revision| State::at(&all, revision).unwrap();
        check(&at(1), &at(1), &["no difference"]);
        check(
            &at(0),
            &at(1),
            &["POST /orders (shop)", "+ shape.undeclared canary", "+ body $.item is taken"],
        );
        check(&at(1), &at(2), &["POST /orders (shop)", "~ shape.undeclared canary -> enforce"]);
        let (gone, types) = ("- body $.item is taken", "+ body $.item is string or null");
        let both = [
            "POST /orders (shop)",
            "- shape.undeclared enforce",
            gone,
            "+ shape.type observe",
            types,
        ];
        check(&at(2), &at(4), &both);
        check(&at(4), &State::now(&all), &["no difference"]);
        assert_eq!(State::at(&all, 5).unwrap_err().to_string(), "revision 5 is not one of 0 to 4");
        assert!(between(&at(0), &at(1), Some("bank")).is_empty());
        let json = as_json(&between(&at(1), &at(2), None));
        assert_eq!(
            (&json[0]["change"], &json[0]["from"], &json[0]["to"]),
            (&json!("changed"), &json!("canary"), &json!("enforce"))
        );
    }

    #[test]
    fn a_document_differs_by_what_stands_in_it() {
        let all = contracts();
        let written = document::text(&document::of(&all, None));
        let read = |text: &str| State::of_document(&document::read(text).unwrap());
        check(&read(&written), &State::now(&all), &["no difference"]);
        let edited = written.replace("body $.item", "body $.sku");
        let (was, is) = ("- body $.sku is string or null", "+ body $.item is string or null");
        check(
            &read(&edited),
            &State::now(&all),
            &["POST /orders (shop)", "~ shape.type observe", was, is],
        );
    }

    #[test]
    fn traffic_differs_by_what_it_says_and_not_by_how_that_is_held() {
        let all = contracts();
        let now = State::now(&all);
        let of =
            |known: &[&str], says, stage| State::of_traffic(&all, &traffic(known, says, stage));
        check(&now, &of(&[], vec![types()], Stage::Observed), &["no difference"]);
        check(&now, &of(&[], vec![types(), Says::OnlyKnown], Stage::Observed), &["no difference"]);
        let proposed = of(&["query page"], vec![types(), Says::OnlyKnown], Stage::Proposed);
        check(
            &now,
            &proposed,
            &["POST /orders (shop)", "+ shape.undeclared", "+ query page is taken"],
        );
        let gone =
            ["POST /orders (shop)", "- shape.type observe", "- body $.item is string or null"];
        check(&now, &State::default(), &gone);
    }
}
