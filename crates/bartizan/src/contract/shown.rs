//! Contracts as people read them: sentences with what they rest on, and the same as JSON.

use super::{Contracts, Decided, Release, Which, file};
use crate::tempo::Tempo;
use bartizan_detect::content::attack::Attack;
use bartizan_detect::content::sign::Signs;
use bartizan_learn::terms::{Proposal, Proposed, Stage, Support};
use bartizan_model::calendar::timestamp;
use bartizan_model::clause::ClauseName;
use bartizan_model::fact::magnitude;
use bartizan_model::place::Place;
use bartizan_model::terms::{Bounds, Kinds, Masked, Masking, Others, Resource, Says};
use bartizan_model::usual::Usual;
use serde_json::{Value, json};
use std::fmt::Write;

/// Names that a sentence tells; further ones are counted.
const TOLD_MAX: usize = 12;

/// One clause of one endpoint: what is proposed of it, what was decided, or both.
struct Row<'a> {
    which: Which,
    /// What it says: as it was decided, else as it is proposed.
    says: &'a Says,
    known: &'a [Place],
    /// Who is excepted from it, where it is about whose something is.
    others: Option<&'a Others>,
    proposal: Option<&'a Proposal>,
    decided: Option<&'a Decided>,
}

/// Every clause of a service, or of all.
pub(crate) fn all(
    contracts: &Contracts,
    (proposed, usual): (&[Proposed], &[Usual]),
    service: Option<&str>,
    now_us: u64,
    tempo: Tempo,
) -> Value {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for it in proposed {
        for proposal in &it.proposals {
            let which = Which::of(it, &proposal.says);
            let decided = contracts.of(&which);
            let (says, known) = match decided {
                Some(decided) => (&decided.says, &decided.known),
                None => (&proposal.says, &it.known),
            };
            let others = decided.map_or(&it.shows.others, |it| &it.others);
            let others = Some(others).filter(|_| is_of_owners(which.clause));
            rows.push(Row { which, says, known, others, proposal: Some(proposal), decided });
        }
    }
    for it in &contracts.decided {
        if !rows.iter().any(|row| row.which == it.which) {
            let (which, says, known) = (it.which.clone(), &it.says, &it.known);
            let others = Some(&it.others).filter(|_| is_of_owners(which.clause));
            rows.push(Row { which, says, known, others, proposal: None, decided: Some(it) });
        }
    }
    rows.retain(|it| service.is_none_or(|service| it.which.service == service));
    let key = |it: &Row<'_>| {
        let Which { service, path, method, clause } = &it.which;
        (service.clone(), path.clone(), *method, *clause)
    };
    rows.sort_by_key(key);
    let handed_by = |of: Resource| handed_by(proposed, of);
    let shown = rows.iter().map(|it| shown(it, &handed_by, now_us, tempo));
    let running = contracts.running(now_us);
    let running = running.filter(|it| service.is_none_or(|service| it.service == service));
    json!({
        "revision": contracts.revision,
        "clauses": shown.collect::<Vec<_>>(),
        "releases": running.map(release).collect::<Vec<_>>(),
        "usual": usual
            .iter()
            .filter(|it| service.is_none_or(|service| *it.route == *service))
            .map(usually)
            .collect::<Vec<_>>(),
    })
}

/// What one field usually holds that would speak for an attack elsewhere.
fn usually(it: &Usual) -> Value {
    let attack = Attack::of(it.indicator.code);
    let signs = attack.map(|of| of.names(Signs::of(it.indicator.signs))).unwrap_or_default();
    json!({
        "service": &*it.route,
        "method": it.method.name(),
        "path": it.path,
        "field": it.indicator.place.to_string(),
        "code": it.indicator.code.name(),
        "signs": signs,
        "callers": it.callers,
    })
}

/// A release.
pub(crate) fn release(it: &Release) -> Value {
    json!({
        "revision": it.revision,
        "service": it.service,
        "version": it.version,
        "described": it.is_described,
        "by": it.by,
        "at": it.at_us,
        "until": it.until_us,
    })
}

/// Answers that hand out identifiers of a kind, for people.
fn handed_by(proposed: &[Proposed], of: Resource) -> Vec<String> {
    let all = proposed.iter().filter(|it| it.hands_out.iter().any(|it| it.1 == of));
    all.map(|it| format!("{} {}", it.method.name(), it.template)).collect()
}

fn shown(
    it: &Row<'_>,
    handed_by: &dyn Fn(Resource) -> Vec<String>,
    now_us: u64,
    tempo: Tempo,
) -> Value {
    let support = it.proposal.map(|it| it.support);
    let refused = support.map(|it| it.breaches.refused);
    let in_force = it.decided.map(|it| it.held_now(refused, now_us, tempo).name());
    let stage = it.proposal.map_or("retired", |it| it.stage.name());
    let differs = it.decided.is_some_and(|d| it.proposal.is_some_and(|p| !p.says.agrees(&d.says)));
    json!({
        "id": it.which.id(),
        "service": it.which.service,
        "method": it.which.method.name(),
        "path": it.which.path,
        "clause": it.which.clause.name(),
        "is_harm": it.which.clause.is_harm(),
        "says": sentence(it.says, it.known, handed_by) + &excepted(it.others),
        "stage": stage,
        "force": in_force.unwrap_or(match it.proposal {
            Some(it) if it.stage > Stage::Candidate => "observe",
            _ => "none",
        }),
        "decided": it.decided.map(|it| json!({
            "force": it.held.name(), "by": it.by, "at": it.at_us, "reason": it.reason,
        })),
        "proposed_otherwise": differs.then(|| {
            it.proposal.map(|p| sentence(&p.says, it.known, handed_by))
        }),
        "fields": fields(it.says),
        "support": support.map(|it| supported(&it)),
    })
}

/// Whether a clause is about whose something is.
const fn is_of_owners(clause: ClauseName) -> bool {
    matches!(
        clause,
        ClauseName::ProvenanceReference
            | ClauseName::OwnershipRequest
            | ClauseName::OwnershipTenant
            | ClauseName::OwnershipAnswer
            | ClauseName::DisclosureData
    )
}

/// Who is not held to a clause.
fn excepted(others: Option<&Others>) -> String {
    let Some(others) = others.filter(|it| !it.is_nobody()) else { return String::new() };
    let callers = match others.subjects.len() {
        1 => "1 caller who sees".to_owned(),
        count => format!("{count} callers who see"),
    };
    let claims: Vec<String> = others.claims.iter().map(|it| format!("`{}`", it.0)).collect();
    match claims.is_empty() {
        true => format!(" Excepted: {callers} to others."),
        false => format!(
            " Excepted: {callers} to others, and whoever's token says the same as theirs in {}.",
            told(&claims)
        ),
    }
}

fn supported(it: &Support) -> Value {
    json!({
        "calls": it.calls,
        "subjects": it.subjects,
        "first": it.first_us,
        "last": it.last_us,
        "risk_thousandths": it.risk(),
        "would_have_refused": it.breaches.passed,
        "refused": it.breaches.refused,
        "broken_by_subjects": it.breaches.subjects.at_least(),
        "fields_of_few": it.left_out,
    })
}

fn fields(says: &Says) -> Value {
    match says {
        Says::ReadOnly(names) => json!(names),
        Says::OnlyKnown => Value::Null,
        Says::Types(all) => all
            .iter()
            .map(|(place, of)| {
                let (notations, looks) = (file::notations(of.forms), file::looks(of.kinds));
                json!({"place": place.to_string(), "notations": notations, "looks": looks})
            })
            .collect(),
        Says::HandedOut(all) => {
            all.iter().map(|(place, _)| json!({"place": place.to_string()})).collect()
        }
        Says::Owned(all) => all.iter().map(|it| json!({"place": it.place.to_string()})).collect(),
        Says::Belongs(all) => all.iter().map(|it| json!({"place": it.place.to_string()})).collect(),
        Says::Secret(it) | Says::Masked(it) => it
            .fields
            .iter()
            .map(|it| {
                let owner = it.unless_own.as_ref().map(|it| it.place.to_string());
                json!({
                    "place": it.place.to_string(), "class": it.class.to_string(),
                    "mask": it.mask.name(), "owner": owner,
                })
            })
            .collect(),
        Says::Required(all) => {
            all.iter().map(|place| json!({"place": place.to_string()})).collect()
        }
        Says::Bounds(all) => all
            .iter()
            .map(|(place, of)| json!({"place": place.to_string(), "bytes_max": of.bytes_max}))
            .collect(),
        Says::Credential | Says::Tls { .. } => Value::Null,
        Says::Role(all) => all.iter().map(|it| json!({"claim": *it.claim})).collect(),
    }
}

/// What a clause says, as a sentence.
fn sentence(says: &Says, known: &[Place], handed_by: &dyn Fn(Resource) -> Vec<String>) -> String {
    match says {
        Says::ReadOnly(names) => {
            let names = names.iter().map(ToString::to_string).collect::<Vec<_>>();
            format!("No call sets {}: answers show them, and nobody sets them.", told(&names))
        }
        Says::OnlyKnown if known.is_empty() => "Calls have no fields in query and body.".to_owned(),
        Says::OnlyKnown => {
            let names: Vec<String> = known.iter().map(field).collect();
            format!("Calls have no fields in query and body but {}.", told(&names))
        }
        Says::Types(all) => {
            let typed = all.iter().map(|(place, of)| {
                let looks = file::looks(of.kinds).join(" or ");
                let forms = file::notations(of.forms);
                let forms: Vec<_> =
                    forms.into_iter().filter(|it| !matches!(*it, "null" | "plain")).collect();
                let form = forms.join(" or ");
                match (form.is_empty(), looks.is_empty()) {
                    (_, true) => format!("{} is a {form}", field(place)),
                    (true, _) => format!("{} is a {looks}", field(place)),
                    (false, _) => format!("{} is a {form} that is a {looks}", field(place)),
                }
            });
            format!("{}.", told(&typed.collect::<Vec<_>>()))
        }
        Says::HandedOut(all) => {
            let places: Vec<String> = all.iter().map(|it| field(&it.0)).collect();
            let mut by: Vec<String> = all.iter().flat_map(|it| handed_by(it.1)).collect();
            by.sort();
            by.dedup();
            let by = if by.is_empty() { "answers".to_owned() } else { told(&by) };
            format!(
                "Who names an object in {} was handed it by {by}, or nobody else was.",
                told(&places)
            )
        }
        Says::Owned(all) => {
            let of = |unless_given: bool| {
                let all = all.iter().filter(|it| it.unless_given == unless_given);
                told(&all.map(|it| field(&it.place)).collect::<Vec<_>>())
            };
            let mut says = "Who asks for somebody's is answered with their own".to_owned();
            if all.iter().any(|it| !it.unless_given) {
                says += &format!(": {} of answers is the caller's", of(false));
            }
            if all.iter().any(|it| it.unless_given) {
                says += &format!(", or with what they were handed: else {} is theirs", of(true));
            }
            says + "."
        }
        Says::Belongs(all) => {
            let places: Vec<String> = all.iter().map(|it| field(&it.place)).collect();
            format!(
                "Who names somebody, or something of theirs, in {} names their own.",
                told(&places)
            )
        }
        Says::Secret(it) => {
            let what = "a secret in a field that answers did not have";
            format!("No answer shows a secret: {}.", all_masked(it, what))
        }
        Says::Masked(it) => {
            let what = "data of people, tokens and keys in fields that answers did not have";
            format!("What is of people leaves masked: {}.", all_masked(it, what))
        }
        Says::Required(all) => {
            let places: Vec<String> = all.iter().map(field).collect();
            format!("Every call has {}.", told(&places))
        }
        Says::Bounds(all) => {
            let bounded = |(place, of): &(Place, Bounds)| match of.buckets {
                Some((_, most)) if most > 0 => {
                    format!("{} up to about {:.0}", field(place), magnitude(most))
                }
                _ => format!("{} up to {} bytes", field(place), of.bytes_max),
            };
            let places: Vec<String> = all.iter().map(bounded).collect();
            format!("Values are neither larger nor longer than they are here: {}.", told(&places))
        }
        Says::Credential => "Who calls shows a credential.".to_owned(),
        Says::Tls { certificate: false } => "Calls come over TLS.".to_owned(),
        Says::Tls { certificate: true } => {
            "Calls come over TLS, with a client certificate.".to_owned()
        }
        Says::Role(all) => {
            let kinds: Vec<String> = all.iter().map(kinds).collect();
            format!(
                "No caller's token says what those of others do who call other endpoints and never \
                 this one: {}.",
                told(&kinds)
            )
        }
    }
}

/// The fields that are masked, and what is besides where it was never seen.
fn all_masked(it: &Masking, new: &str) -> String {
    let fields: Vec<String> = it.fields.iter().map(masked).collect();
    let new = it.beyond.as_ref().map(|it| match it.known.len() {
        1 => format!("{new} (they have 1)"),
        count => format!("{new} (they have {count})"),
    });
    let fields = (!fields.is_empty()).then(|| told(&fields));
    fields.into_iter().chain(new).collect::<Vec<_>>().join("; ")
}

/// Of how many kinds nobody calls.
fn kinds(it: &Kinds) -> String {
    let (strangers, all) = (it.strangers.len(), it.strangers.len() + it.others.len());
    format!("{strangers} of {all} values of `{}`", it.claim)
}

/// What is masked, and for whom not.
fn masked(it: &Masked) -> String {
    let what = format!("{} ({})", field(&it.place), it.class);
    match &it.unless_own {
        Some(owner) => format!("{what} but to its owner ({})", field(&owner.place)),
        None => what,
    }
}

fn field(place: &Place) -> String {
    if let Place::Segment(at) = place {
        return format!("segment {at} of the path");
    }
    format!("`{place}`")
}

fn told(names: &[String]) -> String {
    let more = names.len().saturating_sub(TOLD_MAX);
    let few = names.iter().take(TOLD_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { few } else { format!("{few} and {more} more") }
}

fn rows(all: &Value) -> &[Value] {
    list(all, "clauses")
}

fn releases(all: &Value) -> &[Value] {
    list(all, "releases")
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// As text, one endpoint after the other.
pub(crate) fn text(all: &Value) -> String {
    let mut out = releases(all).iter().fold(String::new(), |out, it| {
        let until = timestamp(it.get("until").and_then(Value::as_u64).unwrap_or(0));
        out + &format!("release of {} {} until {until}\n", word(it, "service"), word(it, "version"))
    });
    for it in list(all, "usual") {
        let endpoint = format!("{} {}", word(it, "method"), word(it, "path"));
        let signs: Vec<_> = list(it, "signs").iter().filter_map(Value::as_str).collect();
        let callers = it.get("callers").and_then(Value::as_u64).unwrap_or(0);
        let _written = writeln!(
            out,
            "usual in {} of {endpoint} ({}), and no {} there: {}; {callers} callers who have nothing to do with each other",
            word(it, "field"),
            word(it, "service"),
            word(it, "code"),
            signs.join(", "),
        );
    }
    if rows(all).is_empty() {
        return out + "no clause yet: traffic has to show what endpoints take first\n";
    }
    let mut before = String::new();
    for it in rows(all) {
        let endpoint =
            format!("{} {}  ({})", word(it, "method"), word(it, "path"), word(it, "service"));
        if endpoint != before {
            let _written = writeln!(out, "{endpoint}");
            before = endpoint;
        }
        let _written =
            writeln!(out, "  {}  {}  [{}]", word(it, "id"), word(it, "clause"), held(it));
        let _written = writeln!(out, "    {}", word(it, "says"));
        if let Some(other) = it.get("proposed_otherwise").and_then(Value::as_str) {
            let _written = writeln!(out, "    by now traffic would say: {other}");
        }
        if let Some(support) = it.get("support").filter(|it| !it.is_null()) {
            let _written = writeln!(out, "    {}", evidence(support));
        }
    }
    out
}

fn held(it: &Value) -> String {
    let (stage, force) = (word(it, "stage"), word(it, "force"));
    match it.get("decided").filter(|it| !it.is_null()) {
        Some(decided) => {
            let by = decided.get("by").and_then(Value::as_str).unwrap_or("the command");
            let at = decided.get("at").and_then(Value::as_u64).unwrap_or(0);
            format!("{force}, by {by} at {}", timestamp(at))
        }
        None if force == stage => stage.to_owned(),
        None if stage == "proposed" => "observe, proposed".to_owned(),
        None => stage.to_owned(),
    }
}

fn evidence(it: &Value) -> String {
    let number = |name: &str| it.get(name).and_then(Value::as_u64).unwrap_or(0);
    let risk = number("risk_thousandths");
    let mut out = format!(
        "{} calls by about {} callers; at most {}.{} % of callers would be hurt",
        number("calls"),
        number("subjects"),
        risk / 10,
        risk % 10
    );
    let (would, refused) = (number("would_have_refused"), number("refused"));
    if would + refused > 0 {
        let by = number("broken_by_subjects");
        out += &format!("; {would} calls would have been refused, {refused} were, of {by} callers");
    }
    if number("fields_of_few") > 0 {
        out += &format!(
            "; {} fields that fewer than three callers sent are left out",
            number("fields_of_few")
        );
    }
    out
}

/// What may be put in force now, and why: harm first, then by how many callers speak for it.
pub(crate) fn suggested(all: &Value) -> Value {
    let is_ready = |it: &&Value| {
        word(it, "stage") == "proposed" && it.get("decided").is_none_or(Value::is_null)
    };
    let mut ready: Vec<Value> = rows(all).iter().filter(is_ready).cloned().collect();
    ready.sort_by_key(|it| {
        let is_harm = it.get("is_harm").and_then(Value::as_bool).unwrap_or_default();
        let subjects = it.pointer("/support/subjects").and_then(Value::as_u64).unwrap_or(0);
        std::cmp::Reverse((is_harm, subjects))
    });
    json!({"revision": all.get("revision"), "clauses": ready})
}

/// What was decided, the latest first.
pub(crate) fn history(contracts: &Contracts) -> Value {
    let changes = contracts.history.iter().rev().map(|it| {
        json!({
            "revision": it.revision,
            "clause": it.which.text(),
            "id": it.which.id(),
            "force": it.force,
            "before": it.before.as_ref().map(|it| it.held.name()),
            "by": it.by,
            "at": it.at_us,
            "reason": it.reason,
        })
    });
    let releases = contracts.releases.iter().rev().map(release);
    json!({
        "revision": contracts.revision,
        "changes": changes.collect::<Vec<_>>(),
        "releases": releases.collect::<Vec<_>>(),
    })
}

/// The same as text.
pub(crate) fn history_text(all: &Value) -> String {
    let changes =
        all.get("changes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let revision = |it: &Value| it.get("revision").and_then(Value::as_u64).unwrap_or(0);
    let mut lines: Vec<&Value> = changes.iter().chain(releases(all)).collect();
    lines.sort_by_key(|it| std::cmp::Reverse(revision(it)));
    if lines.is_empty() {
        return "nobody decided anything yet\n".to_owned();
    }
    lines.into_iter().fold(String::new(), |mut out, it| {
        let number = |name: &str| it.get(name).and_then(Value::as_u64).unwrap_or(0);
        let by = it.get("by").and_then(Value::as_str).unwrap_or("the command");
        let before = it.get("before").and_then(Value::as_str).unwrap_or("nothing");
        if it.get("version").is_some() {
            let _written = writeln!(
                out,
                "{:>5}  {}  {}: release {} by {by}, until {}",
                number("revision"),
                timestamp(number("at")),
                word(it, "service"),
                word(it, "version"),
                timestamp(number("until")),
            );
            return out;
        }
        let _written = writeln!(
            out,
            "{:>5}  {}  {}: {before} -> {} by {by}: {}",
            number("revision"),
            timestamp(number("at")),
            word(it, "clause"),
            word(it, "force"),
            word(it, "reason"),
        );
        out
    })
}

/// Whether a clause is one of an endpoint, as `POST /orders`, or has this id.
pub(crate) fn is_of(it: &Value, wanted: &str) -> bool {
    let endpoint = format!("{} {}", word(it, "method"), word(it, "path"));
    endpoint == wanted || word(it, "id") == wanted
}

/// The clauses that are wanted.
pub(crate) fn only(all: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let kept: Vec<Value> = rows(all).iter().filter(|it| wanted(it)).cloned().collect();
    json!({
        "revision": all.get("revision"),
        "clauses": kept,
        "releases": all.get("releases"),
        "usual": all.get("usual"),
    })
}
