//! What is said of the fields of an endpoint's answers, made for looking it up while answers pass.
//!
//! Reads    the terms of one endpoint.
//! Memory   a tree of the places that something is said of.

use crate::news::News;
use bartizan_inspect::json_edit::Places;
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::terms::{EndpointTerms, Force, Masked, Others, Owned, Resource, Says};

/// All fields of which something is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) places: Places,
    /// By the number of the place.
    at: Vec<Field>,
    /// How strictly answers are held to being the caller's own.
    pub(crate) owned: Option<Force>,
    /// Calls of the endpoint read, and name nothing in their path.
    pub(crate) is_fixed: bool,
    /// The claims of tokens that say who a caller is.
    pub(crate) claims: Vec<(Box<str>, Resource)>,
    /// Who sees to others.
    pub(crate) others: Others,
    /// What is said of fields that answers did not have.
    pub(crate) news: News,
}

/// Whose an answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnedBy {
    /// What identifies owners.
    pub(crate) by: Resource,
    /// Unless the caller was handed what it asks for.
    pub(crate) unless_given: bool,
}

/// What is said of one field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    pub(crate) path: Box<str>,
    /// The kinds of identifiers that it hands out.
    pub(crate) hands_out: Vec<Resource>,
    /// It shows who the caller is, of callers that asked for nobody.
    pub(crate) shows_caller: Vec<Resource>,
    /// The kinds of objects that it identifies, whose owner stands beside it.
    pub(crate) objects: Vec<Resource>,
    /// The kinds of owners that it identifies, of the object that it stands in; or of the one around that, if so.
    pub(crate) owners: Vec<(Resource, bool)>,
    /// It tells whose the answer is.
    pub(crate) owned: Option<OwnedBy>,
    /// It tells whose the object around it is, in which something is for its owner alone.
    pub(crate) tells: Option<Resource>,
    /// It does not leave as it is.
    pub(crate) masked: Option<(Masked, Code, Force)>,
}

/// The object that a field stands in.
fn parent(place: &Place) -> Option<&str> {
    let Place::Body(path) = place else { return None };
    path.rsplit_once('.').map(|it| it.0)
}

impl Shown {
    /// Of the terms of one endpoint.
    pub(crate) fn of(it: &EndpointTerms) -> Self {
        let is_fixed = it.method == Method::Get && it.path.segments().all(|it| it.is_some());
        let mut shown = Self { is_fixed, ..Self::default() };
        for (place, of) in &it.hands_out {
            shown.put(place, |it| it.hands_out.push(*of));
        }
        for (place, of) in &it.shows.caller {
            shown.put(place, |it| it.shows_caller.push(*of));
        }
        for pair in &it.shows.owners {
            shown.put(&pair.object, |it| it.objects.push(pair.objects));
            let is_nested = parent(&pair.owner) != parent(&pair.object);
            shown.put(&pair.owner, |it| it.owners.push((pair.owners, is_nested)));
        }
        shown.claims.clone_from(&it.shows.claims);
        shown.others.clone_from(&it.shows.others);
        for term in &it.terms {
            match &term.says {
                Says::Owned(all) => {
                    shown.owned = Some(term.force);
                    for of in all {
                        let owned = OwnedBy { by: of.owners, unless_given: of.unless_given };
                        shown.put(&of.place, |it| it.owned = Some(owned));
                    }
                }
                Says::Secret(of) => shown.mask(&of.fields, Code::DisclosureSecret, term.force),
                Says::Masked(of) => {
                    shown.mask(&of.fields, Code::DisclosureData, term.force);
                    of.beyond.iter().flat_map(|it| &it.owners).for_each(|it| shown.tell(it));
                }
                Says::ReadOnly(_)
                | Says::OnlyKnown
                | Says::Types(_)
                | Says::HandedOut(_)
                | Says::Required(_)
                | Says::Bounds(_)
                | Says::Belongs(_)
                | Says::Credential
                | Says::Tls { .. }
                | Says::Role(_) => {}
            }
        }
        shown.news = News::of(&it.terms);
        shown
    }

    /// Has a field tell whose the object around it is.
    fn tell(&mut self, owned: &Owned) {
        let Owned { place, owners, .. } = owned;
        let Place::Body(path) = place else { return };
        self.put(place, |it| it.tells = Some(*owners));
        self.places.await_owner(path.rsplit_once('.').map_or("$", |it| it.0));
    }

    fn mask(&mut self, all: &[Masked], code: Code, force: Force) {
        for masked in all {
            masked.unless_own.iter().for_each(|it| self.tell(it));
            self.put(&masked.place, |it| it.masked = Some((masked.clone(), code, force)));
        }
    }

    fn put(&mut self, place: &Place, set: impl FnOnce(&mut Field)) {
        let Place::Body(path) = place else { return };
        let next = u32::try_from(self.at.len()).unwrap_or(u32::MAX);
        let Some(mark) = self.places.mark(path, next) else { return };
        if mark == next {
            self.at.push(Field { path: path.as_str().into(), ..Field::default() });
        }
        if let Some(field) = self.at.get_mut(mark as usize) {
            set(field);
        }
    }

    /// Holds answers to what is said of those of another method, too. Nothing is handed out or learnt by what that one says: the
    /// API may not run it, and would answer what the caller chose.
    pub(crate) fn hold_to(&mut self, other: &Self) {
        self.claims.extend(other.claims.iter().cloned());
        self.others.subjects.extend(&other.others.subjects);
        self.others.claims.extend(other.others.claims.iter().cloned());
        // What is only observed is held no more strictly for standing beside what is enforced.
        if self.owned < other.owned {
            self.at.iter_mut().for_each(|it| it.owned = None);
            self.owned = other.owned;
        }
        self.news.hold_to(&other.news);
        let takes_owned = self.owned == other.owned;
        for field in &other.at {
            let place = Place::Body(field.path.to_string());
            if let Some(owned) = field.owned.filter(|_| takes_owned) {
                self.put(&place, |it| it.owned = Some(owned));
            }
            if let Some((masked, code, force)) = &field.masked
                && !self.masks(&field.path, *force)
            {
                self.mask(std::slice::from_ref(masked), *code, *force);
            }
        }
    }

    /// Whether a field is masked as strictly as this already.
    fn masks(&self, path: &str, force: Force) -> bool {
        let is_so = |it: &(Masked, Code, Force)| it.2 >= force;
        self.at.iter().any(|it| *it.path == *path && it.masked.as_ref().is_some_and(is_so))
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        let says_nothing = self.at.is_empty() && self.news.is_empty();
        says_nothing && self.claims.is_empty() && self.others.is_nobody()
    }

    /// Whether answers are held to anything.
    pub(crate) fn judges(&self) -> bool {
        self.owned.is_some() || !self.news.is_empty() || self.masked().next().is_some()
    }

    /// What is said of the place with this number.
    pub(crate) fn field(&self, mark: u32) -> Option<&Field> {
        self.at.get(mark as usize)
    }

    /// The kinds of objects and owners that a place of answers identifies.
    pub(crate) fn identified(&self, place: &Place) -> impl Iterator<Item = Resource> {
        self.at_place(place).into_iter().flat_map(|it| {
            let objects = it.hands_out.iter().chain(&it.shows_caller).chain(&it.objects).copied();
            let owners =
                it.owners.iter().map(|it| it.0).chain(it.owned.map(|it| it.by)).chain(it.tells);
            objects.chain(owners)
        })
    }

    /// Whether a place of answers shows callers who they are.
    pub(crate) fn shows_caller(&self, place: &Place) -> bool {
        self.at_place(place).is_some_and(|it| !it.shows_caller.is_empty())
    }

    /// The kinds of owners that a claim of tokens names.
    pub(crate) fn claimed(&self, name: &str) -> impl Iterator<Item = Resource> {
        self.claims.iter().filter(move |it| *it.0 == *name).map(|it| it.1)
    }

    fn at_place(&self, place: &Place) -> Option<&Field> {
        self.at.iter().find(|it| matches!(place, Place::Body(path) if **path == *it.path))
    }

    /// The fields that do not leave as they are, with their numbers.
    pub(crate) fn masked(&self) -> impl Iterator<Item = (u32, &Field, &(Masked, Code, Force))> {
        let all = (0..).zip(&self.at);
        all.filter_map(|(mark, it)| Some((mark, it, it.masked.as_ref()?)))
    }
}
