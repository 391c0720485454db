//! `contract.json`: what people decided of contracts, in a form that people can read and keep in git.
//!
//! Memory   the file, at most [`DOCUMENT_BYTES_MAX`] bytes of it.
//! Errors   a message with the line.

use super::{Changed, Contracts, Decided, Handing, Which};
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::terms::{Belonging, Bounds, Force, Mask, Masked, Owned, Resource, Says, Types};
use bartizan_store::document::{self, DOCUMENT_BYTES_MAX};
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the file in the data directory.
pub(crate) const FILE: &str = "contract.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    revision: u64,
    clauses: Vec<Clause>,
    history: Vec<Change>,
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
    refused: u64,
    by: Option<String>,
    at_us: u64,
    reason: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    ReadOnly(Vec<String>),
    OnlyKnown,
    Types(Vec<Typed>),
    HandedOut(Vec<Named>),
    Owned(Vec<OwnedBy>),
    Belongs(Vec<BelongsTo>),
    Secret(Vec<MaskedSo>),
    Masked(Vec<MaskedSo>),
    Required(Vec<String>),
    Bounds(Vec<Bounded>),
    Credential,
}

#[derive(Serialize, Deserialize)]
struct OwnedBy {
    place: String,
    owners: String,
    one_caller_each: bool,
}

#[derive(Serialize, Deserialize)]
struct BelongsTo {
    place: String,
    /// What identifies objects; nothing where owners themselves are named.
    objects: Option<String>,
    owners: String,
}

#[derive(Serialize, Deserialize)]
struct ClaimedBy {
    claim: String,
    owners: String,
}

#[derive(Serialize, Deserialize)]
struct MaskedSo {
    place: String,
    class: String,
    mask: String,
    unless_own: Option<OwnedBy>,
}

#[derive(Serialize, Deserialize)]
struct Bounded {
    place: String,
    /// Buckets of magnitudes.
    magnitude: Option<(i16, i16)>,
    bytes_max: u32,
}

#[derive(Serialize, Deserialize)]
struct Typed {
    place: String,
    notations: Vec<String>,
    looks: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    place: String,
    resource: String,
}

#[derive(Serialize, Deserialize)]
struct HandedOutBy {
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
    let decided = kept.clauses.into_iter().map(clause).collect::<Result<_, _>>()?;
    let history = kept.history.into_iter().map(change).collect::<Result<_, _>>()?;
    Ok(Contracts { revision: kept.revision, decided, history })
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
    };
    let bytes = serde_json::to_vec_pretty(&kept).map_err(|it| it.to_string())?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(format!(
            "{FILE} would have more than {DOCUMENT_BYTES_MAX} bytes: withdraw some clauses"
        ));
    }
    document::replace(&Folder::at(dir), FILE, &bytes).map_err(|it| format!("{FILE}: {it}"))
}

fn written(it: &Decided) -> Clause {
    let Decided { which, known, handing, showing, claims, .. } = it;
    let claimed = |(claim, of): &(Box<str>, Resource)| ClaimedBy {
        claim: claim.to_string(),
        owners: hex(*of),
    };
    Clause {
        service: which.service.clone(),
        method: which.method.name().to_owned(),
        path: which.path.clone(),
        clause: which.clause.name().to_owned(),
        force: super::name(it.force).to_owned(),
        says: said(&it.says),
        known: known.iter().map(ToString::to_string).collect(),
        handed_out_by: handing.iter().map(by).collect(),
        callers_shown_by: showing.iter().map(by).collect(),
        callers_claimed_by: claims.iter().map(claimed).collect(),
        refused: it.refused,
        by: it.by.clone(),
        at_us: it.at_us,
        reason: it.reason.clone(),
    }
}

fn by(it: &Handing) -> HandedOutBy {
    HandedOutBy {
        method: it.method.name().to_owned(),
        path: it.path.clone(),
        place: it.place.to_string(),
        resource: hex(it.resource),
    }
}

fn owned_by(it: &Owned) -> OwnedBy {
    OwnedBy {
        place: it.place.to_string(),
        owners: hex(it.owners),
        one_caller_each: it.is_exclusive,
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

fn said(it: &Says) -> Said {
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
        Says::Secret(all) => Said::Secret(all.iter().map(masked_so).collect()),
        Says::Masked(all) => Said::Masked(all.iter().map(masked_so).collect()),
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
    }
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
    format!("{FILE}: `{}` is no {what}", given.escape_debug())
}

fn which(service: String, method: &str, path: String, clause: &str) -> Result<Which, String> {
    let clause = clause.parse().map_err(|()| wrong("clause", clause))?;
    let known = Method::of(method.as_bytes());
    if known == Method::Other {
        return Err(wrong("method", method));
    }
    let method = known;
    Ok(Which { service, method, path, clause })
}

fn place(text: &str) -> Result<Place, String> {
    text.parse().map_err(|_| wrong("place", text))
}

fn resource(text: &str) -> Result<Resource, String> {
    u64::from_str_radix(text, 16).map(Resource).map_err(|_| wrong("resource", text))
}

fn force(text: &str) -> Result<Option<Force>, String> {
    match text {
        "off" => Ok(None),
        _ => super::command::force(text).map(Some).ok_or_else(|| wrong("force", text)),
    }
}

fn says(it: Said) -> Result<Says, String> {
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
        Said::Secret(all) => Says::Secret(all.iter().map(masked).collect::<Result<_, _>>()?),
        Said::Masked(all) => Says::Masked(all.iter().map(masked).collect::<Result<_, _>>()?),
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
    })
}

fn owned(it: &OwnedBy) -> Result<Owned, String> {
    let (place, owners) = (place(&it.place)?, resource(&it.owners)?);
    Ok(Owned { place, owners, is_exclusive: it.one_caller_each })
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
        return Err(format!("{FILE}: {} says what is of {}", which.text(), says.clause()));
    }
    let handing = |it: HandedOutBy| -> Result<Handing, String> {
        let method = Method::of(it.method.as_bytes());
        Ok(Handing {
            method,
            path: it.path,
            place: place(&it.place)?,
            resource: resource(&it.resource)?,
        })
    };
    let claim =
        |it: ClaimedBy| -> Result<_, String> { Ok((it.claim.into(), resource(&it.owners)?)) };
    Ok(Decided {
        which,
        force: force(&it.force)?,
        says,
        known: it.known.iter().map(|it| place(it)).collect::<Result<_, _>>()?,
        handing: it.handed_out_by.into_iter().map(handing).collect::<Result<_, _>>()?,
        showing: it.callers_shown_by.into_iter().map(handing).collect::<Result<_, _>>()?,
        claims: it.callers_claimed_by.into_iter().map(claim).collect::<Result<_, _>>()?,
        refused: it.refused,
        by: it.by,
        at_us: it.at_us,
        reason: it.reason,
    })
}

fn change(it: Change) -> Result<Changed, String> {
    let force = ["off", "observe", "canary", "enforce", "withdrawn"];
    let force = force.into_iter().find(|name| *name == it.force);
    Ok(Changed {
        revision: it.revision,
        which: which(it.service, &it.method, it.path, &it.clause)?,
        before: it.before.map(clause).transpose()?,
        force: force.ok_or_else(|| wrong("force", &it.force))?,
        by: it.by,
        at_us: it.at_us,
        reason: it.reason,
    })
}
