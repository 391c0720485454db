//! A successful answer on its way to its caller: what it hands out is noted, whose it is is looked at, and what must not
//! leave is masked.
//!
//! Reads    a JSON answer while it passes, decoded; what the contract of its endpoint says of its fields.
//! Writes   identifiers to `tables::handed` and owners to `tables::owners`, with each piece before that piece is released;
//!          the answer, changed where something is masked.
//! Memory   one value or one object of it, see `inspect::json_edit`; [`HELD_BYTES_MAX`] bytes while it is not known whose
//!          it is; what a decoder needs.
//! Misses   other formats. Where answers are held to something, text in other formats or codings does not pass; what is
//!          neither text nor JSON does.

use crate::keys::HashKey;
use crate::news::{self, Met};
use crate::reference::reference;
use crate::shown::{Field, Shown};
use crate::snapshot::Rules;
use crate::tables::Tables;
use crate::tables::owners::Belongs;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::decide::{decide_mask, mode_of};
use bartizan_inspect::body::Format;
use bartizan_inspect::content_coding::{CodingUnknown, DecodeLimits, Decoder};
use bartizan_inspect::envelope::answer_names::AnswerNames;
use bartizan_inspect::json_edit::{Aliases, Edit, JsonEdit, Passing, Places};
use bartizan_inspect::token_claims::{bearer, identifying};
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Effect, Mode};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Breach, Finding, Fingerprint, Sighting};
use bartizan_model::head::{Fields, Framing, RequestHead, ResponseHead};
use bartizan_model::id::{EndpointId, KeyedHash, SubjectId};
use bartizan_model::known::Known;
use bartizan_model::moment::Moment;
use bartizan_model::place::Place;
use bartizan_model::terms::{Resource, low, short};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of an answer that are held while it is not known whose it is.
pub(crate) const HELD_BYTES_MAX: usize = 64 * 1024;
/// What a compressed answer may decode to: more than any client would read at once.
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many times as long as its body an answer may decode to.
const RATIO_MAX: u64 = 1_000;
/// Objects of an answer of which both identifier and owner are waited for.
const OPEN_MAX: usize = 16;
/// Identifiers of one object.
const OBJECTS_EACH: usize = 4;
/// Identifiers of an answer that logs somebody in.
const WAITING_MAX: usize = 512;
/// Owners of one answer that are told apart.
const OWNERS_MAX: usize = 64;
/// The score of what is not a matter of degree.
const SURE: u16 = 1_000;

/// Fields that speak of the bytes of an answer: they are wrong once these are changed.
const OF_BYTES: &[&[u8]] = &[
    b"etag",
    b"digest",
    b"content-digest",
    b"repr-digest",
    b"content-md5",
    b"accept-ranges",
    b"content-encoding",
    b"signature",
    b"signature-input",
];

/// Parameters that choose a part of what is the caller's, by number.
const PAGING: &[&[u8]] =
    &[b"page", b"limit", b"offset", b"per_page", b"perpage", b"page_size", b"pagesize", b"size"];
/// Parameters that choose its order or language, by a word.
const WORDING: &[&[u8]] =
    &[b"sort", b"order", b"order_by", b"orderby", b"direction", b"lang", b"locale"];
/// Bytes of such a word.
const WORD_BYTES_MAX: usize = 24;

/// What a token says of who its bearer is, as far as the endpoint's contract speaks of it; whether that is somebody who sees to
/// others.
pub(crate) fn claimed(
    fields: &Fields,
    subject: SubjectId,
    shown: &Shown,
    key: &HashKey,
) -> (Vec<(Resource, u64)>, bool) {
    let is_known = shown.others.subjects.contains(&short(subject));
    if shown.claims.is_empty() && shown.others.claims.is_empty() {
        return (Vec::new(), is_known);
    }
    let token = fields.get(Known::Authorization).and_then(bearer);
    let claims = token.map(identifying).unwrap_or_default();
    let says = |(name, said): &(Box<str>, u32)| {
        claims.iter().any(|it| *it.0 == **name && low(key.value(&it.1).0) == *said)
    };
    let sees_to_others = is_known || shown.others.claims.iter().any(says);
    let of = |(name, of): &(Box<str>, Resource)| {
        let (_, value) = claims.iter().find(|it| *it.0 == **name)?;
        Some((*of, reference(key, *of, value)?))
    };
    (shown.claims.iter().filter_map(of).collect(), sees_to_others)
}

/// Whether a call asks for nobody in particular, as far as its query tells.
pub(crate) fn asks_for_nobody(query: &[u8]) -> bool {
    query.split(|&b| b == b'&').filter(|it| !it.is_empty()).all(|parameter| {
        let end = parameter.iter().position(|&b| b == b'=').unwrap_or(parameter.len());
        let (name, value) = parameter.split_at(end);
        let is_one = |of: &[&[u8]]| of.iter().any(|it| name.eq_ignore_ascii_case(it));
        let value = value.get(1..).unwrap_or_default();
        // A word without a digit is no identifier.
        let is_word = value.len() <= WORD_BYTES_MAX
            && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b','));
        is_one(PAGING) || (is_one(WORDING) && is_word)
    })
}

/// Whose answer it is, and what is done with it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) subject: SubjectId,
    /// The caller showed who it is.
    pub(crate) is_somebody: bool,
    /// What it is shown is its own: it asked for nobody in particular.
    pub(crate) is_unasked: bool,
    /// What the caller's token says of who it is.
    pub(crate) claimed: Vec<(Resource, u64)>,
    /// Identifiers that the request named itself: its answer does not hand them out.
    pub(crate) named: Vec<u64>,
    /// The caller sees to others.
    pub(crate) sees_to_others: bool,
    /// The request named what is another's: its answer hands out nothing.
    pub(crate) hands_nothing: bool,
    /// The request named what its caller was not handed for sure: what is shared may not be meant.
    pub(crate) is_ungiven: bool,
    /// What is done with the fields that do not leave as they are, by the number of their place.
    pub(crate) masks: Vec<(u32, Done)>,
    /// How strictly its being the caller's own is held.
    pub(crate) owned: Mode,
    /// The same if the call asks for somebody.
    owned_if_asked: Mode,
    /// What the fields of the answer are called.
    names: Option<Arc<AnswerNames>>,
    /// What the request asks for is known by its name.
    is_called: bool,
    /// How strictly fields are held that answers did not have.
    news: news::Asked,
}

/// What is done with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is masked.
    Masked,
    /// That it would be is noted.
    Noted,
}

impl Asked {
    /// Of a call that is answered under these clauses.
    pub(crate) fn of(
        subject: SubjectId,
        is_somebody: bool,
        head: &RequestHead,
        shown: &Shown,
        is_graced: bool,
        (assessment, clauses): (&Assessment, &ClauseSet),
    ) -> Self {
        let decided = shown.masked().filter_map(|(mark, field, (_, code, force))| {
            let place = Place::Body(field.path.to_string());
            let effect = decide_mask(*code, &place, force.mode(subject), assessment, clauses)?;
            match effect {
                Effect::Scrubbed => Some((mark, Done::Masked)),
                Effect::WouldScrub => Some((mark, Done::Noted)),
                Effect::Refused
                | Effect::WouldRefuse
                | Effect::Excepted
                | Effect::Overtaken
                | Effect::Failed
                | Effect::FailedOpen => None,
            }
        });
        let owned = shown.owned.filter(|_| is_somebody);
        let owned = owned.map_or(Mode::Off, |it| it.mode(subject));
        // A body may say whom the call asks for.
        let is_bare = matches!(head.framing, Framing::None | Framing::Length(0));
        let is_unasked = shown.is_fixed && is_bare && asks_for_nobody(head.query());
        let owned = mode_of(Code::OwnerForeign, owned, clauses);
        Self {
            subject,
            is_somebody,
            is_unasked,
            claimed: Vec::new(),
            sees_to_others: false,
            named: Vec::new(),
            hands_nothing: false,
            is_ungiven: false,
            masks: decided.collect(),
            owned: if is_unasked { Mode::Off } else { owned },
            owned_if_asked: owned,
            names: None,
            is_called: false,
            news: shown.news.asked(subject, is_graced, clauses),
        }
    }

    /// The call is one within an envelope.
    pub(crate) fn by_calls(&mut self, has_arguments: bool, names: &Arc<AnswerNames>) {
        self.is_unasked = !has_arguments;
        let is_held = has_arguments && !self.sees_to_others;
        self.owned = if is_held { self.owned_if_asked } else { Mode::Off };
        self.names = Some(Arc::clone(names)).filter(|it| !it.is_plain());
        self.is_called = true;
    }

    /// The code of what is held and cannot be, if the answer cannot be read.
    pub(crate) fn held_by(&self, shown: &Shown) -> Code {
        let masked = self.masks.iter().find(|it| it.1 == Done::Masked);
        let code = masked.and_then(|it| Some(shown.field(it.0)?.masked.as_ref()?.1));
        code.unwrap_or(Code::OwnerForeign)
    }

    /// Notes what a token says that the API accepted.
    pub(crate) fn teach(&self, tables: &Tables) {
        for (of, owner) in &self.claimed {
            tables.owners().show(self.subject, *of, &[*owner]);
        }
    }

    /// Who the caller is, as far as its token says.
    fn claimed(&self, of: Resource) -> Vec<u64> {
        self.claimed.iter().filter(|it| it.0 == of).map(|it| it.1).collect()
    }

    /// Whether the answer is looked through for fields that answers did not have, and may be changed for them.
    pub(crate) fn masks_news(&self) -> bool {
        self.news.any(Mode::Enforce)
    }

    /// How strictly fields are held that answers did not have, as far as it is known which those are.
    fn news(&self, shown: &Shown) -> news::Asked {
        match () {
            () if shown.news.is_of_operations() && !self.is_called => news::Asked::NOTHING,
            () if self.sees_to_others => self.news.without_data(),
            () => self.news,
        }
    }

    /// Whether the answer may be changed or refused.
    pub(crate) fn is_held(&self) -> bool {
        self.owned == Mode::Enforce || self.masks.iter().any(|it| it.1 == Done::Masked)
    }
}

/// An answer, as far as it has passed.
#[derive(Debug)]
pub(crate) struct Outgoing {
    shown: Arc<Shown>,
    /// Where its fields stand, if they are called otherwise than the contract calls them.
    renamed: Option<Places>,
    asked: Asked,
    edit: JsonEdit,
    /// Reads the text once more as if what is only noted were masked.
    shadow: Option<JsonEdit>,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    /// Nothing further can be read.
    is_lost: bool,
    /// Whether nothing of it may be released before it is known whose it is.
    awaits_owner: bool,
    owners: Vec<(Resource, u64)>,
    objects: Objects,
    /// What it hands to whoever is logged in by it.
    waiting: Vec<u64>,
    changes: bool,
    /// It is only looked through for fields that answers did not have, and leaves as it came where there are none.
    gathers: bool,
    has_masked: bool,
    /// Something may stand where nothing did: how strictly that is held, and what was met.
    news: news::Asked,
    met: Met,
}

/// Objects of an answer and their owners, as far as they have come, by the number of the object in the text.
#[derive(Debug, Default)]
struct Objects {
    open: VecDeque<(u32, Vec<u64>, Option<u64>)>,
}

impl Objects {
    fn at(&mut self, number: u32) -> Option<&mut (u32, Vec<u64>, Option<u64>)> {
        if !self.open.iter().any(|it| it.0 == number) {
            if self.open.len() >= OPEN_MAX {
                self.open.pop_front();
            }
            self.open.push_back((number, Vec::new(), None));
        }
        self.open.iter_mut().find(|it| it.0 == number)
    }

    /// Notes an object and its owner as soon as both are known.
    fn note(&mut self, number: u32, object: Option<u64>, owner: Option<u64>, tables: &Tables) {
        let Some((_, objects, known)) = self.at(number) else { return };
        if objects.len() < OBJECTS_EACH {
            objects.extend(object);
        }
        *known = owner.or(*known);
        if let Some(owner) = *known {
            objects.drain(..).for_each(|object| tables.owners().belong(object, owner));
        }
    }
}

/// The answer cannot be read, and what is said of it not be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// What a piece of an answer showed.
#[derive(Debug)]
pub(crate) struct Found {
    /// Whose it is not the caller's.
    pub(crate) foreign: Option<Breach>,
    /// What was masked, or would have been: fields, with their codes.
    pub(crate) masked: Vec<(Code, Place, Done)>,
    /// The rest of it cannot be read.
    pub(crate) is_lost: bool,
}

impl Outgoing {
    /// Of an answer of which something is said.
    pub(crate) fn of(
        head: &mut ResponseHead,
        shown: &Arc<Shown>,
        asked: Asked,
    ) -> Result<Option<Self>, Unreadable> {
        if shown.is_empty() || !(200..300).contains(&head.status) || head.framing == Framing::None {
            return Ok(None);
        }
        let is_held = asked.is_held();
        let media = head.fields.get(Known::ContentType);
        let is_json =
            media.is_some_and(|it| matches!(Format::of(Some(it)), Format::Json | Format::Lenient));
        let limits = DecodeLimits { bytes_max: DECODED_BYTES_MAX, ratio_max: RATIO_MAX };
        let coding = head.fields.get(Known::ContentEncoding);
        let decoder = coding.map(|it| Decoder::of(it, limits)).transpose();
        let (decoder, is_lost) = match decoder {
            Ok(decoder) => (decoder.flatten(), false),
            Err(CodingUnknown) => (None, true),
        };
        if is_held && (is_lost || head.status == 206 || (!is_json && is_text(media))) {
            return Err(Unreadable);
        }
        if !is_json {
            return Ok(None);
        }
        // Of a part it is not known where its fields stand.
        let is_read = !is_lost && head.status != 206;
        let news = if is_read { asked.news(shown) } else { news::Asked::NOTHING };
        let names = asked.names.as_ref();
        let aliases = names.map(|it| Arc::new(Aliases::of(it))).unwrap_or_default();
        let begin = |mode| match shown.news.known(news, mode) {
            Some(known) => JsonEdit::showing_new(known, &aliases),
            None => JsonEdit::default(),
        };
        let is_noted = |it: &(u32, Done)| it.1 == Done::Noted;
        let notes = asked.masks.iter().any(is_noted) || news.any(Mode::Observe);
        let shadow = notes.then(|| begin(Mode::Observe));
        let masks_news = news.any(Mode::Enforce);
        // What streams waits for nobody, and what is longer than what is held does not wait at all.
        let may_wait = !is_stream(media) && !is_longer(head.framing, HELD_BYTES_MAX);
        let gathers = masks_news && !is_held && may_wait;
        let changes = is_held || (masks_news && !gathers);
        if changes {
            change(head);
        }
        Ok(Some(Self {
            renamed: names.map(|it| shown.places.renamed(it)),
            shown: Arc::clone(shown),
            awaits_owner: asked.owned == Mode::Enforce,
            changes,
            gathers,
            has_masked: false,
            news,
            met: Met::default(),
            edit: begin(Mode::Enforce),
            asked,
            shadow,
            decoder,
            text: Vec::new(),
            is_lost,
            owners: Vec::new(),
            objects: Objects::default(),
            waiting: Vec::new(),
        }))
    }

    /// Whether what is released differs from what came.
    pub(crate) fn changes(&self) -> bool {
        self.changes
    }

    /// Whether nothing may be released yet.
    pub(crate) fn awaits_owner(&self) -> bool {
        self.awaits_owner
    }

    /// Whether as much as may be held of it is to be there before it is looked through.
    pub(crate) fn gathers(&self) -> bool {
        self.gathers
    }

    /// Whether anything of it was masked.
    pub(crate) fn has_masked(&self) -> bool {
        self.has_masked
    }

    /// What was gathered of it is looked through now.
    pub(crate) fn stop_gathering(&mut self) {
        (self.gathers, self.changes) = (false, true);
    }

    /// Nothing is held any more: what is found from here on cuts.
    pub(crate) fn stop_waiting(&mut self) {
        self.awaits_owner = false;
    }

    /// Takes a piece. What may be released of the answer is added to `out` where it [`Self::changes`].
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        (rules, tables, at): (&Rules, &Tables, Moment),
        (clauses, endpoint): (&ClauseSet, EndpointId),
        issued: Option<SubjectId>,
        out: &mut Vec<u8>,
    ) -> Found {
        let Self {
            shown,
            renamed,
            asked,
            edit,
            shadow,
            decoder,
            text,
            is_lost,
            owners,
            objects,
            waiting,
            changes,
            news,
            met,
            ..
        } = self;
        let places = renamed.as_ref().unwrap_or(&shown.places);
        let piece = match decoder {
            None => bytes,
            Some(decoder) => {
                text.clear();
                *is_lost |= decoder.push(bytes, end, text).is_err();
                text
            }
        };
        let assessment = &Assessment::clean(at, endpoint);
        let news = news::Under { news: &shown.news, asked: *news, clauses, assessment };
        let under = Under { shown, asked, key: &rules.key, tables, news };
        let (handed, foreign) = (Vec::new(), None);
        let mut showing = Showing { under, owners, objects, handed, foreign, met };
        let mut each = |value: Passing<'_>| showing.see(&value);
        match changes {
            true => edit.push(piece, places, &mut each, out),
            // Nothing is said of any place: there is nothing to see.
            false if places.is_empty() => {}
            false => edit.watch(piece, places, &mut each),
        }
        if end {
            match changes {
                true => edit.end(places, &mut each, out),
                false => edit.end_watching(places, &mut each),
            }
        }
        let Showing { mut handed, foreign, met, .. } = showing;
        if let Some(shadow) = shadow {
            let mut each = |value: Passing<'_>| under.edited(&value, Done::Noted, met);
            let mut nowhere = Vec::new();
            shadow.push(piece, places, &mut each, &mut nowhere);
            if end {
                shadow.end(places, &mut each, &mut nowhere);
            }
        }
        if !asked.is_somebody {
            waiting.extend(handed.drain(..).take(WAITING_MAX.saturating_sub(waiting.len())));
            if let Some(subject) = issued.filter(|_| end && !waiting.is_empty()) {
                tables.handed().give(subject, waiting, true, at.mono_ns);
            }
        }
        if asked.is_somebody && (!handed.is_empty() || *is_lost) {
            tables.handed().give(asked.subject, &handed, !*is_lost, at.mono_ns);
        }
        if end && asked.is_somebody && asked.is_unasked && !*is_lost {
            show_owners(asked.subject, owners, tables);
        }
        let mut found = Found { foreign, masked: Vec::new(), is_lost: *is_lost };
        self.note_masked(&mut found);
        found
    }

    fn note_masked(&mut self, found: &mut Found) {
        let noted = self.shadow.as_mut().map(JsonEdit::masked).unwrap_or_default();
        let noted = noted.into_iter().map(|it| (it, Done::Noted));
        let masked = self.edit.masked().into_iter().map(|it| (it, Done::Masked)).chain(noted);
        for (mark, done) in masked {
            let known = self.shown.field(mark).and_then(|field| {
                let code = field.masked.as_ref()?.1;
                Some((code, Place::Body(field.path.to_string())))
            });
            let new = || self.met.masked(mark).map(|(code, place)| (code, place.clone()));
            let Some((code, place)) = known.or_else(new) else { continue };
            self.has_masked |= done == Done::Masked;
            let it = (code, place, done);
            if !found.masked.contains(&it) {
                found.masked.push(it);
            }
        }
    }
}

/// What is known where a value passes.
#[derive(Clone, Copy)]
struct Under<'a> {
    shown: &'a Shown,
    asked: &'a Asked,
    key: &'a HashKey,
    tables: &'a Tables,
    news: news::Under<'a>,
}

impl Under<'_> {
    /// What a value is changed to, where fields that this is done with are masked.
    fn edited(&self, value: &Passing<'_>, done: Done, met: &mut Met) -> Edit {
        if value.new_at.is_some() {
            let mode = if done == Done::Masked { Mode::Enforce } else { Mode::Observe };
            return met.edit(value, mode, self.news);
        }
        let Some(field) = self.shown.field(value.mark) else { return Edit::Keep };
        match self.asked.masks.contains(&(value.mark, done)) {
            true => masked(field),
            false => tells(field, value, self.asked, (self.key, self.tables)),
        }
    }
}

/// What the values of a piece show.
struct Showing<'a> {
    under: Under<'a>,
    owners: &'a mut Vec<(Resource, u64)>,
    objects: &'a mut Objects,
    /// Identifiers that it hands out.
    handed: Vec<u64>,
    /// Whose it is not the caller's.
    foreign: Option<Breach>,
    met: &'a mut Met,
}

impl Showing<'_> {
    /// Takes a value; what it is changed to.
    fn see(&mut self, value: &Passing<'_>) -> Edit {
        if let Some(field) = self.under.shown.field(value.mark).filter(|_| value.is_whole) {
            self.hand_out(field, value);
            if self.under.asked.is_somebody {
                self.note_owner_of_object(field, value);
                self.note_whose(field, value);
            }
        }
        self.under.edited(value, Done::Masked, self.met)
    }

    fn hand_out(&mut self, field: &Field, value: &Passing<'_>) {
        let Under { asked, key, .. } = self.under;
        let all = field.hands_out.iter().filter(|_| !asked.hands_nothing);
        let all = all.filter_map(|of| reference(key, *of, value.text));
        self.handed.extend(all.filter(|it| !asked.named.contains(it)));
    }

    /// Notes which object it identifies, or whose the object is that it stands in.
    fn note_owner_of_object(&mut self, field: &Field, value: &Passing<'_>) {
        let Under { key, tables, .. } = self.under;
        let [inner, around] = value.within;
        for of in &field.objects {
            self.objects.note(inner, reference(key, *of, value.text), None, tables);
        }
        for (of, is_nested) in &field.owners {
            let object = if *is_nested { around } else { inner };
            self.objects.note(object, None, reference(key, *of, value.text), tables);
        }
    }

    /// Notes who the caller is, of an answer to a call for nobody; else whether it is another's.
    fn note_whose(&mut self, field: &Field, value: &Passing<'_>) {
        let Under { asked, key, tables, .. } = self.under;
        if asked.is_unasked {
            for of in &field.shows_caller {
                note_owner(self.owners, *of, reference(key, *of, value.text));
            }
        } else if let Some(owned) = field.owned.filter(|_| self.foreign.is_none())
            && (asked.is_ungiven || !owned.unless_given)
        {
            self.foreign = foreign(owned.by, value, asked, field, (key, tables));
        }
    }
}

fn note_owner(owners: &mut Vec<(Resource, u64)>, of: Resource, owner: Option<u64>) {
    if let Some(owner) = owner
        && owners.len() < OWNERS_MAX
        && !owners.contains(&(of, owner))
    {
        owners.push((of, owner));
    }
}

/// Notes who the caller is to the API, once the whole answer is known.
fn show_owners(subject: SubjectId, owners: &mut [(Resource, u64)], tables: &Tables) {
    owners.sort_unstable();
    for group in owners.chunk_by(|a, b| a.0 == b.0) {
        let Some((of, _)) = group.first() else { continue };
        let all: Vec<u64> = group.iter().map(|it| it.1).collect();
        tables.owners().show(subject, *of, &all);
    }
}

fn masked(field: &Field) -> Edit {
    match &field.masked {
        Some((it, ..)) if it.unless_own.is_some() => Edit::Await(it.mask),
        Some((it, ..)) => Edit::Put(it.mask),
        None => Edit::Keep,
    }
}

fn tells(
    field: &Field,
    value: &Passing<'_>,
    asked: &Asked,
    (key, tables): (&HashKey, &Tables),
) -> Edit {
    let Some(of) = field.tells.filter(|_| value.is_whole) else { return Edit::Keep };
    if asked.sees_to_others {
        return Edit::Tell { is_own: true };
    }
    let owner = reference(key, of, value.text).filter(|_| asked.is_somebody);
    let belongs =
        owner.map(|it| tables.owners().belongs_by(asked.subject, of, it, &asked.claimed(of)));
    // Whom the API never showed their own, or shows everybody's, is not told from the owner.
    let is_own = match belongs {
        Some(Belongs::Own) => true,
        Some(Belongs::Foreign) => false,
        Some(Belongs::Unknown) => tables.owners().is_unknown(asked.subject, of),
        None => asked.is_somebody && tables.owners().is_unknown(asked.subject, of),
    };
    Edit::Tell { is_own }
}

fn foreign(
    of: Resource,
    value: &Passing<'_>,
    asked: &Asked,
    field: &Field,
    (key, tables): (&HashKey, &Tables),
) -> Option<Breach> {
    let owner = reference(key, of, value.text)?;
    let claimed = asked.claimed(of);
    if tables.owners().belongs_by(asked.subject, of, owner, &claimed) != Belongs::Foreign {
        return None;
    }
    Some(breach(Code::OwnerForeign, &field.path, value.text, asked.owned, key))
}

/// What a value of an answer breaks.
fn breach(code: Code, path: &str, text: &[u8], mode: Mode, key: &HashKey) -> Breach {
    let sighting = Sighting { code, score: SURE, fingerprint: Fingerprint::default() };
    let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let place = Place::Body(path.to_owned());
    Breach { finding: Finding { sighting, place, bytes, value: key.value(text) }, mode }
}

/// A finding in an answer of which only the place is told.
pub(crate) fn unvalued(code: Code, place: Place) -> Finding {
    let sighting = Sighting { code, score: SURE, fingerprint: Fingerprint::default() };
    Finding { sighting, place, bytes: 0, value: KeyedHash(0) }
}

/// Has the head speak of what the answer will be.
pub(crate) fn change(head: &mut ResponseHead) {
    head.framing = Framing::Delimited;
    let positions = (0_u32..128)
        .zip(head.fields.iter())
        .filter(|(_, (_, name, _))| OF_BYTES.iter().any(|it| name.eq_ignore_ascii_case(it)));
    let positions = positions.fold(0_u128, |all, (at, _)| all | 1 << at);
    head.leave_out(positions);
}

/// Whether an answer of this type comes as one value after the other, for as long as it pleases.
fn is_stream(media: Option<&[u8]>) -> bool {
    let has = |media: &[u8], word: &[u8]| {
        media.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word))
    };
    media.is_some_and(|it| {
        Format::of(Some(it)) == Format::Lenient || has(it, b"stream") || has(it, b"seq")
    })
}

/// Whether a body is known to be longer.
fn is_longer(framing: Framing, bytes: usize) -> bool {
    matches!(framing, Framing::Length(length) if length > bytes as u64)
}

/// Whether an answer of this type is text, in which fields can be read by people.
fn is_text(media: Option<&[u8]>) -> bool {
    let Some(media) = media else { return true };
    let media =
        media.split(|&b| b == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    let ends = [
        &b"json"[..],
        b"xml",
        b"yaml",
        b"csv",
        b"javascript",
        b"x-ndjson",
        b"graphql",
        b"form-urlencoded",
    ];
    media.starts_with(b"text/") || ends.iter().any(|it| media.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_asks_for_nobody() {
        assert!(asks_for_nobody(b""));
        assert!(asks_for_nobody(b"page=2&Limit=10&"));
        assert!(asks_for_nobody(b"sort=created_at&order=desc") && !asks_for_nobody(b"order=17"));
        assert!(!asks_for_nobody(b"page=2&customer=17"));
        assert!(!asks_for_nobody(b"17"));
    }

    #[test]
    fn what_people_can_read_is_text() {
        for media in [
            "text/csv; charset=utf-8",
            "application/xml",
            "application/vnd.x+json",
            "application/yaml",
        ] {
            assert!(is_text(Some(media.as_bytes())), "{media}");
        }
        assert!(is_text(None));
        assert!(!is_text(Some(b"image/png")) && !is_text(Some(b"application/pdf")));
    }
}
