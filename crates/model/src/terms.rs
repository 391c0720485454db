//! Terms: what the contract of one endpoint demands of its calls, beyond what is built in.
//!
//! Plain data. `learn` proposes them from traffic, people put them in force, `engine` holds calls to them and
//! `contract` decides.

use crate::class::Class;
use crate::clause::{ClauseName, Mode};
use crate::fact::{Forms, Kind, bucket, number};
use crate::head::Method;
use crate::id::{KeyedHash, SubjectId};
use crate::place::{Place, unescaped};
use crate::retirement::Template;
use std::sync::Arc;

/// Endpoints of one route that may have terms.
pub const ENDPOINTS_MAX: usize = 10_000;
/// Places, or names, that one term speaks of.
pub const PLACES_MAX: usize = 512;
/// Of how many subjects one is held to what is in canary.
const CANARY_OF: u128 = 20;

/// What the contract says of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointTerms {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: Template,
    /// The fields of query and body that it is known to take.
    pub known: Vec<Place>,
    /// What its calls are held to, at most one of each kind.
    pub terms: Vec<Term>,
    /// Which fields of its answers hand out identifiers.
    pub hands_out: Vec<(Place, Resource)>,
    /// What its calls show of who is who.
    pub shows: Shows,
}

/// What calls of one endpoint show of who is who.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// Which fields of answers show who a caller is that asked for nobody in particular.
    pub caller: Vec<(Place, Resource)>,
    /// Which claims of tokens say who a caller is.
    pub claims: Vec<(Box<str>, Resource)>,
    /// Which fields of answers show whose an object is.
    pub owners: Vec<Pair>,
    /// Who sees to others: staff.
    pub others: Others,
}

/// Callers who see to others, and are held to nothing about whose something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// By [`short`].
    pub subjects: Vec<u32>,
    /// Whose token says this: the low half of the value's keyed hash.
    pub claims: Vec<(Box<str>, u32)>,
}

impl Others {
    /// Nobody.
    pub fn is_nobody(&self) -> bool {
        self.subjects.is_empty() && self.claims.is_empty()
    }
}

/// 32 bits of a subject, in which a few are kept apart.
pub fn short(subject: SubjectId) -> u32 {
    let [_, a, b, c, d, ..] = subject.0.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The low half of a keyed hash.
pub fn low(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The identifier of an object and that of its owner, in one object of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Where the identifier stands.
    pub object: Place,
    /// What identifies objects there.
    pub objects: Resource,
    /// Where its owner stands.
    pub owner: Place,
    /// What identifies owners there.
    pub owners: Resource,
}

/// One clause of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What must hold.
    pub says: Says,
    /// How strictly.
    pub force: Force,
}

/// What one term says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Fields of these names are shown by answers and set by nobody; as [`folded`].
    ReadOnly(Vec<Box<str>>),
    /// Query and body hold no fields but those that are known.
    OnlyKnown,
    /// Values are of these types.
    Types(Vec<(Place, Types)>),
    /// Who names an identifier here was handed it.
    HandedOut(Vec<(Place, Resource)>),
    /// Successful answers to calls that ask for somebody's show the caller's own here.
    Owned(Vec<Owned>),
    /// Who names an owner here, or an object, names their own.
    Belongs(Vec<Belonging>),
    /// Credentials that answers show do not leave.
    Secret(Masking),
    /// What answers show of people leaves masked.
    Masked(Masking),
    /// These fields are there.
    Required(Vec<Place>),
    /// Values are neither larger nor longer than this.
    Bounds(Vec<(Place, Bounds)>),
    /// Callers show a credential.
    Credential,
    /// Calls come over TLS; and show a client certificate that was verified here, if so.
    Tls {
        /// Whether a certificate is shown.
        certificate: bool,
    },
    /// Callers are not of these kinds, by claims of their tokens.
    Role(Vec<Kinds>),
}

impl Says {
    /// The clause that it is an instance of.
    pub const fn clause(&self) -> ClauseName {
        match self {
            Self::ReadOnly(_) => ClauseName::ShapeReadOnly,
            Self::OnlyKnown => ClauseName::ShapeUndeclared,
            Self::Types(_) => ClauseName::ShapeType,
            Self::HandedOut(_) => ClauseName::ProvenanceReference,
            Self::Owned(_) => ClauseName::OwnershipAnswer,
            Self::Belongs(_) => ClauseName::OwnershipRequest,
            Self::Secret(_) => ClauseName::DisclosureSecret,
            Self::Masked(_) => ClauseName::DisclosureData,
            Self::Required(_) => ClauseName::ShapeRequired,
            Self::Bounds(_) => ClauseName::ShapeBounds,
            Self::Credential => ClauseName::IdentityCredential,
            Self::Tls { .. } => ClauseName::TransportTls,
            Self::Role(_) => ClauseName::IdentityRole,
        }
    }

    /// What identifies the owners that it speaks of.
    pub fn owners(&self) -> Vec<Resource> {
        match self {
            Self::Owned(all) => all.iter().map(|it| it.owners).collect(),
            Self::Belongs(all) => all.iter().map(|it| it.owners).collect(),
            Self::Masked(it) | Self::Secret(it) => it.owned().map(|it| it.owners).collect(),
            Self::ReadOnly(_)
            | Self::OnlyKnown
            | Self::Types(_)
            | Self::HandedOut(_)
            | Self::Required(_)
            | Self::Bounds(_)
            | Self::Credential
            | Self::Tls { .. }
            | Self::Role(_) => Vec::new(),
        }
    }

    /// Whether another one says the same, whatever fields answers had by then.
    pub fn agrees(&self, other: &Self) -> bool {
        if let (Self::Secret(one), Self::Secret(other)) | (Self::Masked(one), Self::Masked(other)) =
            (self, other)
        {
            return one.fields == other.fields && one.beyond.is_some() == other.beyond.is_some();
        }
        self == other
    }

    /// The kinds of identifiers that it speaks of: of owners, or of what is handed out.
    pub fn identifiers(&self) -> Vec<Resource> {
        if let Self::HandedOut(all) = self {
            return all.iter().map(|it| it.1).collect();
        }
        self.owners()
    }
}

/// A field of answers that tells whose an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    /// Where it stands.
    pub place: Place,
    /// What identifies owners there.
    pub owners: Resource,
    /// Whether each owner is one caller, rather than several: a tenant.
    pub is_exclusive: bool,
    /// Whether callers are shown what is another's where they were handed its identifier, as where people share things.
    pub unless_given: bool,
}

/// A place of requests that names somebody, or something of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belonging {
    /// Where it stands.
    pub place: Place,
    /// What identifies objects there; `None` if owners themselves are named.
    pub objects: Option<Resource>,
    /// What identifies owners.
    pub owners: Resource,
}

/// What answers show that does not leave as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masking {
    /// The fields that do not.
    pub fields: Vec<Masked>,
    /// What is said of fields that answers did not have; `None` if they are not looked at.
    pub beyond: Option<Beyond>,
}

impl Masking {
    /// Of these fields, and no others.
    pub const fn of(fields: Vec<Masked>) -> Self {
        Self { fields, beyond: None }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.beyond.is_none()
    }

    /// The fields that tell whose something is.
    pub fn owned(&self) -> impl Iterator<Item = &Owned> {
        let beyond = self.beyond.iter().flat_map(|it| &it.owners);
        self.fields.iter().filter_map(|it| it.unless_own.as_ref()).chain(beyond)
    }
}

/// Fields that answers did not have: what they hold is looked at as it leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// The fields of bodies that they had.
    pub known: Arc<[Arc<Place>]>,
    /// Below these no field counts as one that was not there: members are called by values, or there never were any.
    pub open: Vec<Place>,
    /// Which fields tell whose the object around a field is: it leaves to its owner as it is.
    pub owners: Vec<Owned>,
    /// Only the request tells what its fields are: the answers are to operations within an envelope.
    pub is_of_operations: bool,
}

/// What one claim of a token says of whoever calls. Values are the low halves of their keyed hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kinds {
    /// The claim, as `role` or `realm_access.roles`.
    pub claim: Box<str>,
    /// Those of callers of other endpoints, and never of this one.
    pub strangers: Vec<u32>,
    /// The others that are known of the service.
    pub others: Vec<u32>,
}

impl Kinds {
    /// Which of a claim's values tells that its bearer is a stranger: all of them do that are known.
    pub fn stranger(&self, mut values: impl Iterator<Item = KeyedHash>) -> Option<KeyedHash> {
        let mut found = None;
        let is_other = values.any(|value| {
            let short = low(value.0);
            if found.is_none() && self.strangers.contains(&short) {
                found = Some(value);
            }
            self.others.contains(&short)
        });
        found.filter(|_| !is_other)
    }
}

/// A field of answers that does not leave as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// Where it stands.
    pub place: Place,
    /// What it holds.
    pub class: Class,
    /// What becomes of it.
    pub mask: Mask,
    /// The field that tells whose the object around it is: it leaves to its owner alone, and there as it is.
    pub unless_own: Option<Owned>,
}

/// Between which values a field lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least and the greatest magnitude of a number, see [`crate::fact::bucket`].
    pub buckets: Option<(i16, i16)>,
    /// Most bytes of a value.
    pub bytes_max: u32,
}

impl Bounds {
    /// Whether what was recorded of a value lies between them.
    pub fn fit_recorded(self, bytes: u32, kind: Kind, bucket: i16) -> bool {
        let is_number = matches!(kind, Kind::Integer | Kind::Decimal);
        let buckets = self.buckets.filter(|_| is_number);
        bytes <= self.bytes_max
            && buckets.is_none_or(|(least, most)| (least..=most).contains(&bucket))
    }

    /// Whether a value lies between them. What is no number has no magnitude.
    pub fn fit(self, text: &[u8]) -> bool {
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let magnitude = || self.buckets.zip(number(text).map(bucket));
        bytes <= self.bytes_max
            && magnitude().is_none_or(|((least, most), it)| (least..=most).contains(&it))
    }
}

/// What becomes of a value that must not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mask {
    /// The field is left out; of a list the item is `null`.
    Drop,
    /// Nothing of it is told.
    Full,
    /// Its format stays, and the few characters by which people tell theirs apart.
    Partial,
}

impl Mask {
    /// All.
    pub const ALL: &'static [Self] = &[Self::Drop, Self::Full, Self::Partial];

    /// Name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Full => "full",
            Self::Partial => "partial",
        }
    }
}

/// A kind of identifiers: those that one group of places hands out and takes. A hash of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(pub u64);

/// How strictly a term is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Force {
    /// What it would refuse is recorded.
    Observed,
    /// One subject in twenty is held to it, always the same ones.
    Canary,
    /// Everybody is.
    Enforced,
}

impl Force {
    /// All, from the weakest to the strictest.
    pub const ALL: &'static [Self] = &[Self::Observed, Self::Canary, Self::Enforced];

    /// Name in files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observed => "observe",
            Self::Canary => "canary",
            Self::Enforced => "enforce",
        }
    }

    /// What holds for this subject.
    pub const fn mode(self, subject: SubjectId) -> Mode {
        match self {
            Self::Enforced => Mode::Enforce,
            Self::Canary if subject.0.is_multiple_of(CANARY_OF) => Mode::Enforce,
            Self::Canary | Self::Observed => Mode::Observe,
        }
    }
}

/// What values of one field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Types {
    /// In which notations they come.
    pub forms: Forms,
    /// What they look like, one bit for each of [`Kind::ALL`]; 0 if that does not matter.
    pub kinds: u16,
}

impl Types {
    /// Whether a value of this notation and look is one of them. An empty value has no look.
    pub fn fit(self, forms: Forms, kind: Kind) -> bool {
        let looks = self.kinds == 0 || self.kinds & Self::bit(kind) != 0;
        self.forms.has(forms) && (looks || kind == Kind::Empty || forms == Forms::NULL)
    }

    /// The bit of a kind.
    pub const fn bit(kind: Kind) -> u16 {
        1 << kind as u16
    }
}

/// The steps of a place's name that people chose, as names are compared by frameworks that bind them to fields:
/// without case, hyphens and underscores. `$.user[is_admin].X-Role` has `user`, `isadmin` and `xrole`.
pub fn folded(name: &str) -> impl Iterator<Item = String> {
    // What is escaped in a place reads as what a client wrote: `user[role]` in a form is one step of it.
    let written = String::from_utf8_lossy(&unescaped(name)).into_owned();
    let steps = written.split(['.', '[', ']', '$', '*']).filter(|it| !it.is_empty());
    let fold = |step: &str| {
        let letters = step.chars().filter(|it| !matches!(it, '_' | '-'));
        letters.map(|it| it.to_ascii_lowercase()).collect::<String>()
    };
    steps.map(fold).collect::<Vec<_>>().into_iter()
}

/// All terms, by route.
pub type TermsByRoute = Vec<(Arc<str>, Vec<EndpointTerms>)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_holds_one_subject_in_twenty() {
        let held =
            (0..2_000_u128).filter(|n| Force::Canary.mode(SubjectId(*n)) == Mode::Enforce).count();
        assert_eq!(held, 100);
        assert_eq!(Force::Observed.mode(SubjectId(0)), Mode::Observe);
        assert_eq!(Force::Enforced.mode(SubjectId(1)), Mode::Enforce);
    }

    #[test]
    fn names_are_compared_as_frameworks_bind_them() {
        let steps = |name| folded(name).collect::<Vec<_>>();
        assert_eq!(steps("$.user[is_admin].X-Role"), ["user", "isadmin", "xrole"]);
        assert_eq!(steps("$.items[*].unitPrice"), ["items", "unitprice"]);
        assert_eq!(steps(r"$.user\x5brole\x5d"), ["user", "role"]);
        assert!(steps("$").is_empty());
    }

    #[test]
    fn a_stranger_is_one_by_all_values_that_are_known() {
        let kinds = Kinds { claim: "roles".into(), strangers: vec![1, 2], others: vec![3] };
        let of = |values: &[u64]| kinds.stranger(values.iter().map(|it| KeyedHash(*it)));
        assert_eq!((of(&[1]), of(&[9, 2, 1])), (Some(KeyedHash(1)), Some(KeyedHash(2))));
        for values in [&[][..], &[9], &[3], &[1, 3], &[3, 1]] {
            assert_eq!(of(values), None, "{values:?}");
        }
    }

    #[test]
    fn a_word_is_not_a_number() {
        let number = Types { forms: Forms::NUMBER, kinds: 0 };
        assert!(number.fit(Forms::NUMBER, Kind::Decimal));
        assert!(!number.fit(Forms::STRING, Kind::Integer));
        let digits = Types { forms: Forms::PLAIN, kinds: Types::bit(Kind::Integer) };
        assert!(digits.fit(Forms::PLAIN, Kind::Integer) && digits.fit(Forms::PLAIN, Kind::Empty));
        assert!(!digits.fit(Forms::PLAIN, Kind::Text));
    }
}
