//! Fields that answers of an endpoint did not have: what is said of them, and what becomes of what they hold.
//!
//! Reads    the terms of an endpoint; the name and the value of a field where it leaves.
//! Memory   a table of the fields that are known, which clauses share; of one answer at most [`MET_MAX`] new ones.
//! Misses   what neither name nor value tells; classes of somebody's own; the owner of what stands in no object whose owner is known.
//!          Where only the request tells what fields are, and it was not understood, nothing is new.

use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::decide::{decide_mask, mode_of};
use bartizan_inspect::classify::{NameEvidence, classify_named, classify_sign, may_mask};
use bartizan_inspect::json_edit::{Edit, Passing, mark_of_new};
use bartizan_inspect::known_places::{KnownPlaces, Spot};
use bartizan_learn::terms::mask_of_new;
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Effect, Mode};
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::Sign;
use bartizan_model::id::SubjectId;
use bartizan_model::place::Place;
use bartizan_model::terms::{Beyond, Force, Mask, Says, Term};
use std::sync::Arc;

/// New fields of one answer that are remembered; of further ones those make room in which nothing was masked.
const MET_MAX: usize = 64;

/// What is said of fields that answers did not have.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    secret: Option<Said>,
    data: Option<Said>,
    /// The fields that both clauses know.
    both: Option<Arc<KnownPlaces>>,
}

/// What one clause says of them.
#[derive(Clone, Debug)]
struct Said {
    known: Arc<KnownPlaces>,
    is_of_operations: bool,
    /// The objects in which a field tells whose they are: what is in them leaves to its owner.
    owned: Arc<[Box<str>]>,
    force: Force,
}

impl Said {
    fn of(it: &Beyond, force: Force) -> Self {
        let known = it.known.iter().filter_map(|it| path(it));
        let open = it.open.iter().filter_map(path);
        let known = Arc::new(KnownPlaces::of(known, open));
        let owners = it.owners.iter().filter_map(|it| path(&it.place));
        let owned = owners.map(|it| it.rsplit_once('.').map_or("$", |it| it.0).into()).collect();
        Self { known, is_of_operations: it.is_of_operations, owned, force }
    }

    /// Whether a field is in an object that tells whose it is. Items of a list within that are others', as a team's members are.
    fn is_of_owner(&self, path: &str) -> bool {
        let rest = |object: &str| path.strip_prefix(object).filter(|it| it.starts_with('.'));
        let nearest = self.owned.iter().filter_map(|it| rest(it)).min_by_key(|it| it.len());
        nearest.is_some_and(|it| !it.contains("[*]"))
    }
}

fn path(place: &Place) -> Option<&str> {
    let Place::Body(path) = place else { return None };
    Some(path)
}

impl News {
    /// Of the terms of one endpoint.
    pub(crate) fn of(terms: &[Term]) -> Self {
        let mut it = Self::default();
        for Term { says, force } in terms {
            match says {
                Says::Secret(of) => it.secret = of.beyond.as_ref().map(|it| Said::of(it, *force)),
                Says::Masked(of) => it.data = of.beyond.as_ref().map(|it| Said::of(it, *force)),
                Says::ReadOnly(_)
                | Says::OnlyKnown
                | Says::Types(_)
                | Says::HandedOut(_)
                | Says::Owned(_)
                | Says::Belongs(_)
                | Says::Required(_)
                | Says::Bounds(_)
                | Says::Credential
                | Says::Tls { .. }
                | Says::Role(_) => {}
            }
        }
        it.share();
        it
    }

    /// Clauses that know the same share it.
    fn share(&mut self) {
        let (Some(secret), Some(data)) = (&self.secret, &mut self.data) else { return };
        if secret.known == data.known {
            data.known = Arc::clone(&secret.known);
            self.both = Some(Arc::clone(&secret.known));
        } else {
            self.both = Some(Arc::new(secret.known.common(&data.known)));
        }
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.secret.is_none() && self.data.is_none()
    }

    /// Holds to what is said of another method's answers besides: the API may answer as either does.
    pub(crate) fn hold_to(&mut self, other: &Self) {
        let both = |one: Option<Said>, other: &Option<Said>| {
            let (one, other) = (one?, other.as_ref()?);
            Some(Said {
                known: Arc::new(one.known.united(&other.known)),
                is_of_operations: one.is_of_operations || other.is_of_operations,
                owned: one.owned.iter().chain(other.owned.iter()).cloned().collect(),
                force: one.force.min(other.force),
            })
        };
        // What is a secret is one whoever answers.
        self.secret = match (self.secret.take(), &other.secret) {
            (Some(one), None) => Some(one),
            (one, other) => both(one, other),
        };
        self.data = both(self.data.take(), &other.data);
        self.share();
    }

    /// What is said by the clause of this code.
    fn said(&self, code: Code) -> Option<&Said> {
        let said = if code == Code::DisclosureSecret { &self.secret } else { &self.data };
        said.as_ref()
    }

    /// Whether answers are known to have this field, as far as any clause says; `None` if it cannot be told.
    pub(crate) fn knows(&self, place: &Place, code: Code) -> Option<bool> {
        match self.said(code) {
            Some(said) => said.known.knows(path(place)?),
            None => Some(true),
        }
    }

    /// Whether somebody may be shown what others are not.
    pub(crate) fn is_of_owners(&self, code: Code) -> bool {
        self.said(code).is_some_and(|it| !it.owned.is_empty())
    }

    /// How strictly a caller is held to it.
    pub(crate) fn asked(&self, subject: SubjectId, is_graced: bool, clauses: &ClauseSet) -> Asked {
        let of = |code, said: &Option<Said>| {
            said.as_ref().map_or(Mode::Off, |it| mode_of(code, it.force.mode(subject), clauses))
        };
        let data = of(Code::DisclosureData, &self.data);
        // Habit is observed of what is too new to have any.
        let data = if is_graced { data.min(Mode::Observe) } else { data };
        Asked { secret: of(Code::DisclosureSecret, &self.secret), data }
    }

    /// The fields that are known to all clauses that are held so; whether any is.
    pub(crate) fn known(&self, asked: Asked, mode: Mode) -> Option<&Arc<KnownPlaces>> {
        let secret = self.secret.as_ref().filter(|_| asked.secret == mode).map(|it| &it.known);
        let data = self.data.as_ref().filter(|_| asked.data == mode).map(|it| &it.known);
        match (secret, data) {
            (Some(_), Some(_)) => self.both.as_ref(),
            (one, other) => one.or(other),
        }
    }

    /// Whether only a request that was understood tells what fields there are.
    pub(crate) fn is_of_operations(&self) -> bool {
        [&self.secret, &self.data].into_iter().flatten().any(|it| it.is_of_operations)
    }
}

/// How strictly one caller is held to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    secret: Mode,
    data: Mode,
}

impl Asked {
    /// Whether any clause is held so.
    pub(crate) fn any(self, mode: Mode) -> bool {
        self.secret == mode || self.data == mode
    }

    /// Nothing is looked at.
    pub(crate) const NOTHING: Self = Self { secret: Mode::Off, data: Mode::Off };

    /// Data is for whoever sees to others.
    pub(crate) fn without_data(self) -> Self {
        Self { data: Mode::Off, ..self }
    }
}

/// The new fields of an answer, as far as they were met.
#[derive(Debug, Default)]
pub(crate) struct Met(Vec<Field>);

#[derive(Debug)]
struct Field {
    mark: u32,
    spot: Spot,
    place: Place,
    name: NameEvidence,
    /// What was masked here last.
    code: Option<Code>,
}

/// What is known where a value passes.
#[derive(Clone, Copy)]
pub(crate) struct Under<'a> {
    pub(crate) news: &'a News,
    pub(crate) asked: Asked,
    pub(crate) clauses: &'a ClauseSet,
    pub(crate) assessment: &'a Assessment,
}

impl Met {
    /// What becomes of a value in a field that answers did not have, where fields are masked that are held so.
    pub(crate) fn edit(&mut self, value: &Passing<'_>, mode: Mode, under: Under<'_>) -> Edit {
        let Some((spot, path)) = value.new_at else { return Edit::Keep };
        let field = match self.0.iter().position(|it| it.spot == spot) {
            Some(at) => self.0.get_mut(at),
            None => {
                // What was masked stays, for it is told of later.
                if self.0.len() >= MET_MAX {
                    let least = self.0.iter().position(|it| it.code.is_none()).unwrap_or_default();
                    self.0.swap_remove(least);
                }
                let (mark, place) = (mark_of_new(spot), Place::body(path));
                let name = NameEvidence::of(path.as_bytes());
                self.0.push(Field { mark, spot, place, name, code: None });
                self.0.last_mut()
            }
        };
        let Some(field) = field else { return Edit::Keep };
        match masked(field, value.text, mode, under) {
            Some((code, mask)) => {
                field.code = Some(code);
                // Whose it is may be told by what stands beside it.
                let is_own = |it: &Said| it.is_of_owner(path);
                let awaits =
                    code == Code::DisclosureData && under.news.said(code).is_some_and(is_own);
                if awaits { Edit::Await(mask) } else { Edit::Put(mask) }
            }
            None => Edit::Keep,
        }
    }

    /// The field of this number, and what masked it.
    pub(crate) fn masked(&self, mark: u32) -> Option<(Code, &Place)> {
        let field = self.0.iter().find(|it| it.mark == mark)?;
        Some((field.code?, &field.place))
    }
}

fn masked(field: &Field, text: &[u8], mode: Mode, under: Under<'_>) -> Option<(Code, Mask)> {
    let class = classify_named(&field.name, text).map(|it| it.class)?;
    let (code, mask) = of_class(class, &field.place)?;
    let Under { news, asked, clauses, assessment } = under;
    let held = if code == Code::DisclosureSecret { asked.secret } else { asked.data };
    // One clause may know what another one does not.
    if held != mode || news.said(code).is_none_or(|it| it.known.has(field.spot)) {
        return None;
    }
    match decide_mask(code, &field.place, held, assessment, clauses)? {
        Effect::Scrubbed | Effect::WouldScrub => Some((code, mask)),
        Effect::Refused
        | Effect::WouldRefuse
        | Effect::Excepted
        | Effect::Overtaken
        | Effect::Failed
        | Effect::FailedOpen => None,
    }
}

/// By which clause a recorded value is masked in a new field, if it is.
pub(crate) fn of_sign(it: Sign, place: &Place) -> Option<(Code, Mask)> {
    let name = path(place).map(|it| NameEvidence::of(it.as_bytes()))?;
    of_class(classify_sign(&name, it)?.class, place)
}

/// By which clause a value of this class is masked in a new field, if it is.
pub(crate) fn of_class(class: DataClass, place: &Place) -> Option<(Code, Mask)> {
    let (mask, is_secret) = mask_of_new(class, place).filter(|_| may_mask(class))?;
    Some((if is_secret { Code::DisclosureSecret } else { Code::DisclosureData }, mask))
}
