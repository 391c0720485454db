//! `contract.json`: what people decided of contracts, in a form that people can read and keep in git.
//!
//! Memory   the file, at most [`DOCUMENT_BYTES_MAX`] bytes of it.
//! Errors   a message with the line.

use super::{Changed, Contracts, Decided, Handing, Held, Release, WITHDRAWN, Which};
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::head::Method;
use bartizan_model::place::{NAME_BYTES_MAX, Place};
use bartizan_model::terms::{
    Belonging, Beyond, Bounds, Kinds, Mask, Masked, Masking, Others, Owned, Resource, Says, Types,
};
use bartizan_store::document::{self, DOCUMENT_BYTES_MAX};
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "contract.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    revision: u64,
    clauses: Vec<Clause>,
    history: Vec<Change>,
    #[serde(default)]
    releases: Vec<KeptRelease>,
}

#[derive(Serialize, Deserialize)]
struct KeptRelease {
    revision: u64,
    service: String,
    version: String,
    described: bool,
    by: Option<String>,
    at_us: u64,
    until_us: u64,
}

#[derive(Serialize, Deserialize)]
struct Clause {
    service: String,
    method: String,
    path: String,
    clause: String,
    force: String,
    says: Said,
    known: Vec<String>,
    handed_out_by: Vec<HandedOutBy>,
    #[serde(default)]
    callers_shown_by: Vec<HandedOutBy>,
    #[serde(default)]
    callers_claimed_by: Vec<ClaimedBy>,
    /// Who sees to others, as 32 bits of the subject.
    #[serde(default)]
    seen_to_by: Vec<u32>,
    /// What their tokens say: a claim and 32 bits of the hash of its value.
    #[serde(default)]
    seen_to_by_claims: Vec<(String, u32)>,
    refused: u64,
    #[serde(default)]
    imported: bool,
    by: Option<String>,
    at_us: u64,
    reason: String,
}

/// What a clause says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    ReadOnly(Vec<String>),
    OnlyKnown,
    Types(Vec<Typed>),
    HandedOut(Vec<Named>),
    Owned(Vec<OwnedBy>),
    Belongs(Vec<BelongsTo>),
    Secret(MaskedAll),
    Masked(MaskedAll),
    Required(Vec<String>),
    Bounds(Vec<Bounded>),
    Credential,
    Tls { certificate: bool },
    Role(Vec<KindsOf>),
}

/// Kinds of callers that never call, by a claim of their tokens: 32 bits of the hashes of its values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindsOf {
    claim: String,
    strangers: Vec<u32>,
    others: Vec<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnedBy {
    place: String,
    owners: String,
    one_caller_each: bool,
    /// Whether what was handed to the caller is shown as well.
    #[serde(default, skip_serializing_if = "is_not")]
    or_handed: bool,
}

/// What documents leave out.
const fn is_not(it: &bool) -> bool {
    !*it
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BelongsTo {
    place: String,
    /// What identifies objects; nothing where owners themselves are named.
    objects: Option<String>,
    owners: String,
}

/// A claim of tokens that says who a caller is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimedBy {
    claim: String,
    owners: String,
}
/// What is masked. Earlier versions wrote the fields alone, and so is what speaks of no others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum MaskedAll {
    Fields(Vec<MaskedSo>),
    WithNew { fields: Vec<MaskedSo>, new: New },
}

/// What is said of fields that answers did not have. Those that they have are paths with spaces between them: there are many.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    known: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    open: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    owners: Vec<OwnedBy>,
    #[serde(default, skip_serializing_if = "is_not")]
    operations: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaskedSo {
    place: String,
    class: String,
    mask: String,
    unless_own: Option<OwnedBy>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounded {
    place: String,
    /// Buckets of magnitudes.
    magnitude: Option<(i16, i16)>,
    bytes_max: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    place: String,
    notations: Vec<String>,
    looks: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    place: String,
    resource: String,
}

/// An answer that hands out identifiers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedOutBy {
    method: String,
    path: String,
    place: String,
    resource: String,
}

#[derive(Serialize, Deserialize)]
struct Change {
    revision: u64,
    service: String,
    method: String,
    path: String,
    clause: String,
    force: String,
    before: Option<Clause>,
    by: Option<String>,
    at_us: u64,
    reason: String,
}

const NOTATIONS: &[(&str, Forms)] = &[
    ("plain", Forms::PLAIN),
    ("string", Forms::STRING),
    ("number", Forms::NUMBER),
    ("boolean", Forms::BOOLEAN),
    ("null", Forms::NULL),
];

/// Notations by their names.
pub(super) fn notations(forms: Forms) -> Vec<&'static str> {
    NOTATIONS.iter().filter(|it| forms.has(it.1)).map(|it| it.0).collect()
}

/// Looks by their names.
pub(super) fn looks(kinds: u16) -> Vec<&'static str> {
    Kind::ALL.iter().filter(|it| kinds & Types::bit(**it) != 0).map(|it| it.name()).collect()
}

fn names(all: &[&'static str]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// What people decided.
///
/// # Errors
///
/// A message.
pub(crate) fn read(dir: &Path) -> Result<Contracts, String> {
    let kept = document::read(&Folder::at(dir), FILE).map_err(|it| format!("{FILE}: {it}"))?;
    let Some(bytes) = kept else { return Ok(Contracts::default()) };
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{FILE}, line {}: {error}", error.line()))?;
    if kept.version != 1 {
        return Err(format!("{FILE}: version {} is not known", kept.version));
    }
    let named = |why: String| format!("{FILE}: {why}");
    let decided = kept.clauses.into_iter().map(clause).collect::<Result<_, _>>().map_err(named)?;
    let history = kept.history.into_iter().map(change).collect::<Result<_, _>>().map_err(named)?;
    let releases = kept.releases.into_iter().map(release).collect();
    Ok(Contracts { revision: kept.revision, decided, history, releases })
}

/// Keeps what people decided.
///
/// # Errors
///
/// A message; what was kept before is kept then.
pub(crate) fn keep(dir: &Path, it: &Contracts) -> Result<(), String> {
    let kept = Kept {
        version: 1,
        revision: it.revision,
        clauses: it.decided.iter().map(written).collect(),
        history: it.history.iter().map(changed).collect(),
        releases: it.releases.iter().map(released).collect(),
    };
    let bytes = serde_json::to_vec_pretty(&kept).map_err(|it| it.to_string())?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(format!(
            "{FILE} would have more than {DOCUMENT_BYTES_MAX} bytes: withdraw some clauses"
        ));
    }
    document::replace(&Folder::at(dir), FILE, &bytes).map_err(|it| format!("{FILE}: {it}"))
}

fn released(it: &Release) -> KeptRelease {
    let Release { revision, service, version, is_described, by, at_us, until_us } = it.clone();
    KeptRelease { revision, service, version, described: is_described, by, at_us, until_us }
}

fn release(it: KeptRelease) -> Release {
    let KeptRelease { revision, service, version, described, by, at_us, until_us } = it;
    Release { revision, service, version, is_described: described, by, at_us, until_us }
}

fn written(it: &Decided) -> Clause {
    let Decided { which, known, handing, showing, claims, others, .. } = it;
    Clause {
        service: which.service.clone(),
        method: which.method.name().to_owned(),
        path: which.path.clone(),
        clause: which.clause.name().to_owned(),
        force: it.held.name().to_owned(),
        says: said(&it.says),
        known: known.iter().map(ToString::to_string).collect(),
        handed_out_by: handed(handing),
        callers_shown_by: handed(showing),
        callers_claimed_by: claimed(claims),
        seen_to_by: others.subjects.clone(),
        seen_to_by_claims: others.claims.iter().map(|it| (it.0.to_string(), it.1)).collect(),
        refused: it.refused,
        imported: it.is_imported,
        by: it.by.clone(),
        at_us: it.at_us,
        reason: it.reason.clone(),
    }
}

/// Places by their names.
pub(super) fn handed(all: &[Handing]) -> Vec<HandedOutBy> {
    let one = |it: &Handing| HandedOutBy {
        method: it.method.name().to_owned(),
        path: it.path.clone(),
        place: it.place.to_string(),
        resource: hex(it.resource),
    };
    all.iter().map(one).collect()
}

/// Claims by their names.
pub(super) fn claimed(all: &[(Box<str>, Resource)]) -> Vec<ClaimedBy> {
    let one = |(claim, of): &(Box<str>, Resource)| ClaimedBy {
        claim: claim.to_string(),
        owners: hex(*of),
    };
    all.iter().map(one).collect()
}

pub(super) fn claim(it: ClaimedBy) -> Result<(Box<str>, Resource), String> {
    let of = resource(&it.owners)?;
    Ok((claim_name(it.claim)?, of))
}

fn claim_name(text: String) -> Result<Box<str>, String> {
    let is_name = (1..=NAME_BYTES_MAX).contains(&text.len());
    match is_name && !text.chars().any(char::is_control) {
        true => Ok(text.into()),
        false => Err(wrong("claim", &text)),
    }
}

fn owned_by(it: &Owned) -> OwnedBy {
    OwnedBy {
        place: it.place.to_string(),
        owners: hex(it.owners),
        one_caller_each: it.is_exclusive,
        or_handed: it.unless_given,
    }
}

fn masked_so(it: &Masked) -> MaskedSo {
    MaskedSo {
        place: it.place.to_string(),
        class: it.class.kept(),
        mask: it.mask.name().to_owned(),
        unless_own: it.unless_own.as_ref().map(owned_by),
    }
}

fn masked_all(it: &Masking) -> MaskedAll {
    let fields = it.fields.iter().map(masked_so).collect();
    match &it.beyond {
        None => MaskedAll::Fields(fields),
        Some(new) => MaskedAll::WithNew { fields, new: self::new(new) },
    }
}

fn new(it: &Beyond) -> New {
    New {
        known: paths(it.known.iter().map(|it| &**it)),
        open: paths(it.open.iter()),
        owners: it.owners.iter().map(owned_by).collect(),
        operations: it.is_of_operations,
    }
}

/// Paths of body fields, which have no spaces.
fn paths<'a>(all: impl Iterator<Item = &'a Place>) -> String {
    let path = |it: &Place| it.to_string().strip_prefix("body ").map(str::to_owned);
    all.filter_map(path).collect::<Vec<_>>().join(" ")
}

pub(super) fn said(it: &Says) -> Said {
    match it {
        Says::ReadOnly(names) => Said::ReadOnly(names.iter().map(ToString::to_string).collect()),
        Says::OnlyKnown => Said::OnlyKnown,
        Says::Types(all) => {
            let typed = |(place, of): &(Place, Types)| Typed {
                place: place.to_string(),
                notations: names(&notations(of.forms)),
                looks: names(&looks(of.kinds)),
            };
            Said::Types(all.iter().map(typed).collect())
        }
        Says::HandedOut(all) => {
            let named = |(place, of): &(Place, Resource)| Named {
                place: place.to_string(),
                resource: hex(*of),
            };
            Said::HandedOut(all.iter().map(named).collect())
        }
        Says::Owned(all) => Said::Owned(all.iter().map(owned_by).collect()),
        Says::Belongs(all) => {
            let belongs = |it: &Belonging| BelongsTo {
                place: it.place.to_string(),
                objects: it.objects.map(hex),
                owners: hex(it.owners),
            };
            Said::Belongs(all.iter().map(belongs).collect())
        }
        Says::Secret(it) => Said::Secret(masked_all(it)),
        Says::Masked(it) => Said::Masked(masked_all(it)),
        Says::Required(all) => Said::Required(all.iter().map(ToString::to_string).collect()),
        Says::Bounds(all) => {
            let bounded = |(place, of): &(Place, Bounds)| Bounded {
                place: place.to_string(),
                magnitude: of.buckets,
                bytes_max: of.bytes_max,
            };
            Said::Bounds(all.iter().map(bounded).collect())
        }
        Says::Credential => Said::Credential,
        Says::Tls { certificate } => Said::Tls { certificate: *certificate },
        Says::Role(all) => Said::Role(all.iter().map(kinds_of).collect()),
    }
}

fn kinds_of(it: &Kinds) -> KindsOf {
    let Kinds { claim, strangers, others } = it.clone();
    KindsOf { claim: claim.into(), strangers, others }
}

fn changed(it: &Changed) -> Change {
    Change {
        revision: it.revision,
        service: it.which.service.clone(),
        method: it.which.method.name().to_owned(),
        path: it.which.path.clone(),
        clause: it.which.clause.name().to_owned(),
        force: it.force.to_owned(),
        before: it.before.as_ref().map(written),
        by: it.by.clone(),
        at_us: it.at_us,
        reason: it.reason.clone(),
    }
}

fn hex(it: Resource) -> String {
    format!("{:016x}", it.0)
}

fn wrong(what: &str, given: &str) -> String {
    format!("`{}` is no {what}", given.escape_debug())
}

pub(super) fn which(
    service: String,
    method: &str,
    path: String,
    clause: &str,
) -> Result<Which, String> {
    let clause = clause.parse().map_err(|()| wrong("clause", clause))?;
    Ok(Which { service, method: self::method(method)?, path, clause })
}

fn method(text: &str) -> Result<Method, String> {
    let known = Method::of(text.as_bytes());
    if known == Method::Other { Err(wrong("method", text)) } else { Ok(known) }
}

pub(super) fn place(text: &str) -> Result<Place, String> {
    text.parse().map_err(|_| wrong("place", text))
}

fn resource(text: &str) -> Result<Resource, String> {
    u64::from_str_radix(text, 16).map(Resource).map_err(|_| wrong("resource", text))
}

pub(super) fn held(text: &str) -> Result<Held, String> {
    Held::of_name(text).ok_or_else(|| wrong("force", text))
}

pub(super) fn says(it: Said) -> Result<Says, String> {
    Ok(match it {
        Said::ReadOnly(names) => Says::ReadOnly(names.into_iter().map(Into::into).collect()),
        Said::OnlyKnown => Says::OnlyKnown,
        Said::Types(all) => {
            let typed = |it: Typed| Ok((place(&it.place)?, types(&it)?));
            Says::Types(all.into_iter().map(typed).collect::<Result<_, String>>()?)
        }
        Said::HandedOut(all) => {
            let named = |it: Named| Ok((place(&it.place)?, resource(&it.resource)?));
            Says::HandedOut(all.into_iter().map(named).collect::<Result<_, String>>()?)
        }
        Said::Owned(all) => Says::Owned(all.iter().map(owned).collect::<Result<_, _>>()?),
        Said::Belongs(all) => {
            let belongs = |it: BelongsTo| {
                let objects = it.objects.as_deref().map(resource).transpose()?;
                let (place, owners) = (place(&it.place)?, resource(&it.owners)?);
                Ok(Belonging { place, objects, owners })
            };
            Says::Belongs(all.into_iter().map(belongs).collect::<Result<_, String>>()?)
        }
        Said::Secret(it) => Says::Secret(masking(&it)?),
        Said::Masked(it) => Says::Masked(masking(&it)?),
        Said::Required(all) => {
            Says::Required(all.iter().map(|it| place(it)).collect::<Result<_, _>>()?)
        }
        Said::Bounds(all) => {
            let bounded = |it: Bounded| {
                let bounds = Bounds { buckets: it.magnitude, bytes_max: it.bytes_max };
                Ok((place(&it.place)?, bounds))
            };
            Says::Bounds(all.into_iter().map(bounded).collect::<Result<_, String>>()?)
        }
        Said::Credential => Says::Credential,
        Said::Tls { certificate } => Says::Tls { certificate },
        Said::Role(all) => {
            let kinds = |it: KindsOf| {
                let KindsOf { claim, strangers, others } = it;
                Ok(Kinds { claim: claim_name(claim)?, strangers, others })
            };
            Says::Role(all.into_iter().map(kinds).collect::<Result<_, String>>()?)
        }
    })
}

fn owned(it: &OwnedBy) -> Result<Owned, String> {
    let (place, owners) = (place(&it.place)?, resource(&it.owners)?);
    let (is_exclusive, unless_given) = (it.one_caller_each, it.or_handed);
    Ok(Owned { place, owners, is_exclusive, unless_given })
}

fn masked(it: &MaskedSo) -> Result<Masked, String> {
    let mask = Mask::ALL.iter().find(|mask| mask.name() == it.mask);
    Ok(Masked {
        place: place(&it.place)?,
        class: it.class.parse().map_err(|_| wrong("class", &it.class))?,
        mask: *mask.ok_or_else(|| wrong("mask", &it.mask))?,
        unless_own: it.unless_own.as_ref().map(owned).transpose()?,
    })
}

fn masking(it: &MaskedAll) -> Result<Masking, String> {
    let (fields, beyond) = match it {
        MaskedAll::Fields(all) => (all, None),
        MaskedAll::WithNew { fields, new } => (fields, Some(beyond(new)?)),
    };
    let fields = fields.iter().map(masked).collect::<Result<_, _>>()?;
    Ok(Masking { fields, beyond })
}

fn beyond(it: &New) -> Result<Beyond, String> {
    let body = |path: &str| place(&format!("body {path}"));
    let known = it.known.split(' ').filter(|it| !it.is_empty());
    let open = it.open.split(' ').filter(|it| !it.is_empty());
    Ok(Beyond {
        known: known.map(|it| body(it).map(Arc::new)).collect::<Result<Arc<[_]>, _>>()?,
        open: open.map(body).collect::<Result<_, _>>()?,
        owners: it.owners.iter().map(owned).collect::<Result<_, _>>()?,
        is_of_operations: it.operations,
    })
}

fn types(it: &Typed) -> Result<Types, String> {
    let form = |name: &String| {
        let found = NOTATIONS.iter().find(|it| it.0 == name);
        found.map(|it| it.1).ok_or_else(|| wrong("notation", name))
    };
    let kind = |name: &String| {
        let found = Kind::ALL.iter().find(|it| it.name() == name);
        found.map(|it| Types::bit(*it)).ok_or_else(|| wrong("look", name))
    };
    let forms = it
        .notations
        .iter()
        .map(form)
        .try_fold(Forms::NONE, |all, it| Ok::<_, String>(all.and(it?)))?;
    let kinds = it.looks.iter().map(kind).try_fold(0, |all, it| Ok::<_, String>(all | it?))?;
    Ok(Types { forms, kinds })
}

fn clause(it: Clause) -> Result<Decided, String> {
    let which = which(it.service, &it.method, it.path, &it.clause)?;
    let says = says(it.says)?;
    if says.clause() != which.clause {
        return Err(format!("{} says what is of {}", which.text(), says.clause()));
    }
    Ok(Decided {
        which,
        held: held(&it.force)?,
        says,
        known: it.known.iter().map(|it| place(it)).collect::<Result<_, _>>()?,
        handing: it.handed_out_by.into_iter().map(handing).collect::<Result<_, _>>()?,
        showing: it.callers_shown_by.into_iter().map(handing).collect::<Result<_, _>>()?,
        others: Others {
            subjects: it.seen_to_by,
            claims: it.seen_to_by_claims.into_iter().map(|(name, it)| (name.into(), it)).collect(),
        },
        claims: it.callers_claimed_by.into_iter().map(claim).collect::<Result<_, _>>()?,
        refused: it.refused,
        is_imported: it.imported,
        by: it.by,
        at_us: it.at_us,
        reason: it.reason,
    })
}

pub(super) fn handing(it: HandedOutBy) -> Result<Handing, String> {
    Ok(Handing {
        method: method(&it.method)?,
        path: it.path,
        place: place(&it.place)?,
        resource: resource(&it.resource)?,
    })
}

fn change(it: Change) -> Result<Changed, String> {
    let force = match it.force == WITHDRAWN {
        true => WITHDRAWN,
        false => held(&it.force)?.name(),
    };
    Ok(Changed {
        revision: it.revision,
        which: which(it.service, &it.method, it.path, &it.clause)?,
        before: it.before.map(clause).transpose()?,
        force,
        by: it.by,
        at_us: it.at_us,
        reason: it.reason,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use bartizan_model::data_class::DataClass;

    #[track_caller]
    fn check(kept: &str, expected: &Masking) {
        let said: Said = serde_json::from_str(kept).unwrap();
        assert_eq!(says(said).unwrap(), Says::Secret(expected.clone()));
        let written = serde_json::to_string(&self::said(&Says::Secret(expected.clone()))).unwrap();
        assert_eq!(written, kept);
    }

    #[test]
    fn what_earlier_versions_kept_of_masks_speaks_of_no_new_fields() {
        let field = r#"{"place":"body $.pin","class":"otp","mask":"full","unless_own":null}"#;
        let class = DataClass::OneTimeCode;
        let field = field.replace("otp", class.name());
        let place = place("body $.pin").unwrap();
        let class = bartizan_model::class::Class::BuiltIn(class);
        let fields = vec![Masked { place, class, mask: Mask::Full, unless_own: None }];
        let earlier = Masking::of(fields.clone());
        check(&format!(r#"{{"secret":[{field}]}}"#), &earlier);
        check(r#"{"secret":[]}"#, &Masking::default());
        let known = ["$.pin", r"$.a\x20b[*].c"].iter().map(|it| Arc::new(Place::body(it)));
        let known: Arc<[_]> = known.collect();
        let beyond = Beyond { known, ..Beyond::default() };
        let now = Masking { fields, beyond: Some(beyond.clone()) };
        let new = r#""new":{"known":"$.pin $.a\\x20b[*].c"}"#;
        check(&format!(r#"{{"secret":{{"fields":[{field}],{new}}}}}"#), &now);
        let open = vec![Place::body("$.rates")];
        let beyond = Beyond { open, is_of_operations: true, ..beyond };
        let new = r#""new":{"known":"$.pin $.a\\x20b[*].c","open":"$.rates","operations":true}"#;
        let all = Masking { fields: Vec::new(), beyond: Some(beyond) };
        check(&format!(r#"{{"secret":{{"fields":[],{new}}}}}"#), &all);
    }
}
