//! An entry: one thing that happened, in one form of bytes and no other.
//!
//! # The form
//!
//! Integers are big-endian. A text is its length (2) and so many bytes of UTF-8, at most 400 and no
//! control characters. Nothing stands behind the last field.
//!
//! | at | bytes | |
//! |---:|------:|---|
//! |  0 |     1 | version of the form, 1 |
//! |  1 |     1 | kind |
//! |  2 |     8 | when: microseconds since 1970 |
//! | 10 |       | what the kind has |
//!
//! | kind | name | fields |
//! |-----:|---|---|
//! |  1 | `started` | version of the program, text |
//! |  2 | `stopped` | |
//! |  3 | `gap` | entries lost 8 |
//! |  4 | `decision` | exchange 16, code 2, effect 1, status 2, endpoint 8, subject 16, epoch 2, revision 8 |
//! |  5 | `configuration` | revision 8, SHA-256 of the settings 32, who, why |
//! |  6 | `bypass_begun` | revision 8, until 8, who, reason text |
//! |  7 | `bypass_ended` | revision 8, who |
//! |  8 | `exception_added` | SHA-256 of the exception 32, expires 8, who, clause text, reason text |
//! |  9 | `exception_removed` | SHA-256 of the exception 32, who, clause text, reason text |
//! | 10 | `login` | who, role text |
//! | 11 | `reveal` | exchange 16, who, reason text |
//! | 12 | `key` | Ed25519 key that signed before 32, key that signs from here on 32 |
//! | 13 | `silence_begun` | until 8, who, code text, reason text |
//! | 14 | `silence_lifted` | who, code text, reason text |
//! | 15 | `alert_tested` | delivered 1, who, target text |
//! | 16 | `watch_begun` | subject 16, until 8, who, reason text |
//! | 17 | `watch_ended` | subject 16, who |
//! | 18 | `profile_confirmed` | who, service text, profile text |
//! | 19 | `contract_changed` | revision 8, who, clause text, force text, reason text |
//! | 20 | `release_marked` | revision 8, until 8, who, service text, version text |
//!
//! *Who* is 0 (bartizan itself), 1 and a user id of the operating system (4), or 2 and the name of an
//! account (text). *Why* is 1 (start), 2 (the file changed), 3 (a signal), 4 (what the file refers to
//! changed), or 5 and a reason (text). An effect is 1 (refused), 2 (scrubbed) or 3 (let through
//! unjudged). Delivered is 1, and 0 if it was not. A code has the number of `docs/codes.md`.
//!
//! A later version keeps the first ten bytes. Kinds and versions that this program does not know are
//! kept as they are ([`What::Unknown`]), so that they verify all the same; a number within a known kind
//! that it does not know makes the entry unreadable, and it still verifies.
//!
//! Misses   what the texts mean: they are the operator's words.

use crate::hash::Digest;
use crate::text::Text;
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, SubjectId};
use std::fmt;

/// The version of the form that is written.
pub const VERSION: u8 = 1;
/// Bytes of an entry at most: a bundle has two bytes for its length.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, in microseconds since 1970.
    pub at_us: u64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An instance began.
    Started {
        /// Version of the program.
        version: Text,
    },
    /// An instance ended in order.
    Stopped,
    /// Entries are missing here.
    Gap {
        /// How many.
        lost: u64,
    },
    /// An exchange was refused or changed, or let through unjudged.
    Decision(Decision),
    /// Other rules came into force.
    Configuration {
        /// Their revision.
        revision: u64,
        /// SHA-256 of the settings.
        settings: Digest,
        /// Who changed them.
        by: Who,
        /// Why they were read.
        why: Why,
    },
    /// From now on only the law was in force.
    BypassBegun {
        /// Of the rules.
        revision: u64,
        /// When it was to end, in microseconds since 1970.
        until_us: u64,
        /// Who.
        by: Who,
        /// Why.
        reason: Text,
    },
    /// Every clause was in force again.
    BypassEnded {
        /// Of the rules.
        revision: u64,
        /// Who; bartizan itself if its time was over.
        by: Who,
    },
    /// A clause was lifted for something.
    ExceptionAdded {
        /// SHA-256 of the exception.
        exception: Digest,
        /// When it ends, in microseconds since 1970.
        expires_us: u64,
        /// Who.
        by: Who,
        /// The name of the clause.
        clause: Text,
        /// Why.
        reason: Text,
    },
    /// An exception was taken back.
    ExceptionRemoved {
        /// SHA-256 of the exception.
        exception: Digest,
        /// Who.
        by: Who,
        /// The name of the clause.
        clause: Text,
        /// Why.
        reason: Text,
    },
    /// Somebody logged in.
    Login {
        /// Who.
        who: Who,
        /// As what.
        role: Text,
    },
    /// Somebody had a recorded value shown.
    Reveal {
        /// Of which exchange.
        exchange: ExchangeId,
        /// Who.
        by: Who,
        /// Why.
        reason: Text,
    },
    /// Another key signs from here on.
    Key {
        /// The public key that signed before.
        before: [u8; 32],
        /// The public key that signs now.
        now: [u8; 32],
    },
    /// Alerts of a code were not sent from here on.
    SilenceBegun {
        /// When it was to end, in microseconds since 1970.
        until_us: u64,
        /// Who.
        by: Who,
        /// The code; `*` for all.
        code: Text,
        /// Why.
        reason: Text,
    },
    /// They were again, before that.
    SilenceLifted {
        /// Who.
        by: Who,
        /// The code; `*` for all.
        code: Text,
        /// Why there was the silence.
        reason: Text,
    },
    /// Somebody had an alert sent to see whether it arrives.
    AlertTested {
        /// Whether it did, as far as the target says.
        delivered: bool,
        /// Who.
        by: Who,
        /// The name of the target.
        target: Text,
    },
    /// From now on samples were taken of all exchanges of a subject.
    WatchBegun {
        /// Whose, as a keyed hash.
        subject: SubjectId,
        /// When it was to end, in microseconds since 1970.
        until_us: u64,
        /// Who.
        by: Who,
        /// Why.
        reason: Text,
    },
    /// They were not any more.
    WatchEnded {
        /// Whose, as a keyed hash.
        subject: SubjectId,
        /// Who; bartizan itself if its time was over.
        by: Who,
    },
    /// Somebody confirmed what an API is, in place of what was confirmed before.
    ProfileConfirmed {
        /// Who.
        by: Who,
        /// The name of the service.
        service: Text,
        /// What is confirmed now, as `audience=internal, tenant=host`; empty if it was taken back.
        profile: Text,
    },
    /// Somebody put a clause of an endpoint in force, or took it back.
    ContractChanged {
        /// Of the contracts.
        revision: u64,
        /// Who.
        by: Who,
        /// Which one, as `shop: POST /orders: shape.read_only`.
        clause: Text,
        /// How it is held from now on: `observe`, `canary`, `enforce`, `off`, `suspended`, or `withdrawn`.
        force: Text,
        /// Why.
        reason: Text,
    },
    /// Somebody began to release an API.
    ReleaseMarked {
        /// Of the contracts.
        revision: u64,
        /// Until when habit may change, in microseconds since 1970.
        until_us: u64,
        /// Who.
        by: Who,
        /// The name of the service.
        service: Text,
        /// Its version, in the operator's words.
        version: Text,
    },
    /// A later program wrote it.
    Unknown {
        /// Version of the form.
        version: u8,
        /// Kind.
        kind: u8,
        /// What stands behind the time.
        rest: Vec<u8>,
    },
}

/// What was decided about one exchange, for one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Which exchange; also the decision id.
    pub exchange: ExchangeId,
    /// Why. It names the clause.
    pub code: Code,
    /// What came of it.
    pub effect: Outcome,
    /// Status sent to the client; 0 if none was.
    pub status: u16,
    /// The endpoint called.
    pub endpoint: EndpointId,
    /// Who called, as a keyed hash.
    pub subject: SubjectId,
    /// The key of that hash.
    pub epoch: KeyEpoch,
    /// The rules that it was judged by.
    pub revision: u64,
}

/// What came of a decision that has an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The exchange was refused.
    Refused,
    /// Something was taken out of the response.
    Scrubbed,
    /// It could not be judged, and its route lets such calls through.
    FailedOpen,
}

impl Outcome {
    /// Of an effect; `None` for those that refused and changed nothing.
    pub fn of(effect: Effect) -> Option<Self> {
        match effect {
            Effect::Refused => Some(Self::Refused),
            Effect::Scrubbed => Some(Self::Scrubbed),
            Effect::FailedOpen => Some(Self::FailedOpen),
            Effect::WouldRefuse
            | Effect::Excepted
            | Effect::Overtaken
            | Effect::Failed
            | Effect::WouldScrub => None,
        }
    }

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Scrubbed => "scrubbed",
            Self::FailedOpen => "failed_open",
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Scrubbed => 2,
            Self::FailedOpen => 3,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        [Self::Refused, Self::Scrubbed, Self::FailedOpen]
            .into_iter()
            .find(|it| it.number() == number)
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// bartizan itself.
    Itself,
    /// A user of the machine.
    User(u32),
    /// An account of the control API.
    Account(Text),
}

/// Why a configuration was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The instance began.
    Start,
    /// The file changed.
    File,
    /// A signal said so.
    Signal,
    /// What the file refers to changed.
    Reference,
    /// Somebody asked for it, with a reason.
    Asked(Text),
}

/// Bytes that are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// They end too early.
    Short,
    /// Something stands behind the last field.
    Long,
    /// A text is too long, no UTF-8 or not on one line.
    Text,
    /// A number stands for nothing that is known.
    Number,
}

impl fmt::Display for EntryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "it ends too early",
            Self::Long => "it goes on behind its end",
            Self::Text => "a text in it is no text",
            Self::Number => "a number in it stands for nothing",
        })
    }
}

impl std::error::Error for EntryFault {}

impl What {
    /// The number of the kind.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Started { .. } => 1,
            Self::Stopped => 2,
            Self::Gap { .. } => 3,
            Self::Decision(_) => 4,
            Self::Configuration { .. } => 5,
            Self::BypassBegun { .. } => 6,
            Self::BypassEnded { .. } => 7,
            Self::ExceptionAdded { .. } => 8,
            Self::ExceptionRemoved { .. } => 9,
            Self::Login { .. } => 10,
            Self::Reveal { .. } => 11,
            Self::Key { .. } => 12,
            Self::SilenceBegun { .. } => 13,
            Self::SilenceLifted { .. } => 14,
            Self::AlertTested { .. } => 15,
            Self::WatchBegun { .. } => 16,
            Self::WatchEnded { .. } => 17,
            Self::ProfileConfirmed { .. } => 18,
            Self::ContractChanged { .. } => 19,
            Self::ReleaseMarked { .. } => 20,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    /// The name of the kind.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Stopped => "stopped",
            Self::Gap { .. } => "gap",
            Self::Decision(_) => "decision",
            Self::Configuration { .. } => "configuration",
            Self::BypassBegun { .. } => "bypass_begun",
            Self::BypassEnded { .. } => "bypass_ended",
            Self::ExceptionAdded { .. } => "exception_added",
            Self::ExceptionRemoved { .. } => "exception_removed",
            Self::Login { .. } => "login",
            Self::Reveal { .. } => "reveal",
            Self::Key { .. } => "key",
            Self::SilenceBegun { .. } => "silence_begun",
            Self::SilenceLifted { .. } => "silence_lifted",
            Self::AlertTested { .. } => "alert_tested",
            Self::WatchBegun { .. } => "watch_begun",
            Self::WatchEnded { .. } => "watch_ended",
            Self::ProfileConfirmed { .. } => "profile_confirmed",
            Self::ContractChanged { .. } => "contract_changed",
            Self::ReleaseMarked { .. } => "release_marked",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Entry {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer(Vec::with_capacity(96));
        let version = if let What::Unknown { version, .. } = self.what { version } else { VERSION };
        out.bytes(&[version, self.what.kind()]);
        out.u64(self.at_us);
        match &self.what {
            What::Started { version } => out.text(version),
            What::Stopped => {}
            What::Gap { lost } => out.u64(*lost),
            What::Decision(it) => out.decision(it),
            What::Configuration { revision, settings, by, why } => {
                out.u64(*revision);
                out.bytes(&settings.0);
                out.who(by);
                out.why(why);
            }
            What::BypassBegun { revision, until_us, by, reason } => {
                out.u64(*revision);
                out.u64(*until_us);
                out.who(by);
                out.text(reason);
            }
            What::BypassEnded { revision, by } => {
                out.u64(*revision);
                out.who(by);
            }
            What::ExceptionAdded { exception, expires_us, by, clause, reason } => {
                out.bytes(&exception.0);
                out.u64(*expires_us);
                out.who(by);
                out.text(clause);
                out.text(reason);
            }
            What::ExceptionRemoved { exception, by, clause, reason } => {
                out.bytes(&exception.0);
                out.who(by);
                out.text(clause);
                out.text(reason);
            }
            What::Login { who, role } => {
                out.who(who);
                out.text(role);
            }
            What::Reveal { exchange, by, reason } => {
                out.bytes(&exchange.bits().to_be_bytes());
                out.who(by);
                out.text(reason);
            }
            What::Key { before, now } => {
                out.bytes(before);
                out.bytes(now);
            }
            What::SilenceBegun { until_us, by, code, reason } => {
                out.u64(*until_us);
                out.who(by);
                out.text(code);
                out.text(reason);
            }
            What::SilenceLifted { by, code, reason } => {
                out.who(by);
                out.text(code);
                out.text(reason);
            }
            What::AlertTested { delivered, by, target } => {
                out.bytes(&[u8::from(*delivered)]);
                out.who(by);
                out.text(target);
            }
            What::WatchBegun { subject, until_us, by, reason } => {
                out.bytes(&subject.0.to_be_bytes());
                out.u64(*until_us);
                out.who(by);
                out.text(reason);
            }
            What::WatchEnded { subject, by } => {
                out.bytes(&subject.0.to_be_bytes());
                out.who(by);
            }
            What::ProfileConfirmed { by, service, profile } => {
                out.who(by);
                out.text(service);
                out.text(profile);
            }
            What::ContractChanged { revision, by, clause, force, reason } => {
                out.u64(*revision);
                out.who(by);
                out.text(clause);
                out.text(force);
                out.text(reason);
            }
            What::ReleaseMarked { revision, until_us, by, service, version } => {
                out.u64(*revision);
                out.u64(*until_us);
                out.who(by);
                out.text(service);
                out.text(version);
            }
            What::Unknown { rest, .. } => out.bytes(rest),
        }
        out.0
    }

    /// The entry that has these bytes.
    ///
    /// # Errors
    ///
    /// [`EntryFault`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryFault> {
        let mut from = Reader(bytes);
        let [version, kind] = from.array()?;
        let at_us = from.u64()?;
        let what = if version == VERSION { from.what(kind)? } else { None };
        let what = match what {
            Some(what) => what,
            None => What::Unknown { version, kind, rest: from.rest() },
        };
        if from.0.is_empty() { Ok(Self { at_us, what }) } else { Err(EntryFault::Long) }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn u64(&mut self, number: u64) {
        self.bytes(&number.to_be_bytes());
    }

    fn text(&mut self, text: &Text) {
        // A text has at most `TEXT_BYTES_MAX` bytes.
        let length = u16::try_from(text.as_str().len()).unwrap_or(u16::MAX);
        self.bytes(&length.to_be_bytes());
        self.bytes(text.as_str().as_bytes());
    }

    fn who(&mut self, who: &Who) {
        match who {
            Who::Itself => self.bytes(&[0]),
            Who::User(id) => {
                self.bytes(&[1]);
                self.bytes(&id.to_be_bytes());
            }
            Who::Account(name) => {
                self.bytes(&[2]);
                self.text(name);
            }
        }
    }

    fn why(&mut self, why: &Why) {
        match why {
            Why::Start => self.bytes(&[1]),
            Why::File => self.bytes(&[2]),
            Why::Signal => self.bytes(&[3]),
            Why::Reference => self.bytes(&[4]),
            Why::Asked(reason) => {
                self.bytes(&[5]);
                self.text(reason);
            }
        }
    }

    fn decision(&mut self, it: &Decision) {
        self.bytes(&it.exchange.bits().to_be_bytes());
        self.bytes(&it.code.entry().number.to_be_bytes());
        self.bytes(&[it.effect.number()]);
        self.bytes(&it.status.to_be_bytes());
        self.u64(it.endpoint.bits());
        self.bytes(&it.subject.0.to_be_bytes());
        self.bytes(&it.epoch.0.to_be_bytes());
        self.u64(it.revision);
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], EntryFault> {
        let (first, rest) = self.0.split_first_chunk().ok_or(EntryFault::Short)?;
        self.0 = rest;
        Ok(*first)
    }

    fn u8(&mut self) -> Result<u8, EntryFault> {
        self.array::<1>().map(|[it]| it)
    }

    fn u16(&mut self) -> Result<u16, EntryFault> {
        self.array().map(u16::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, EntryFault> {
        self.array().map(u64::from_be_bytes)
    }

    fn digest(&mut self) -> Result<Digest, EntryFault> {
        self.array().map(Digest)
    }

    fn exchange(&mut self) -> Result<ExchangeId, EntryFault> {
        self.array().map(|it| ExchangeId::from_bits(u128::from_be_bytes(it)))
    }

    fn subject(&mut self) -> Result<SubjectId, EntryFault> {
        self.array().map(|it| SubjectId(u128::from_be_bytes(it)))
    }

    fn text(&mut self) -> Result<Text, EntryFault> {
        let length = usize::from(self.u16()?);
        let (text, rest) = self.0.split_at_checked(length).ok_or(EntryFault::Short)?;
        self.0 = rest;
        let text = str::from_utf8(text).map_err(|_| EntryFault::Text)?;
        Text::exactly(text).ok_or(EntryFault::Text)
    }

    fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0).to_vec()
    }

    fn who(&mut self) -> Result<Who, EntryFault> {
        match self.u8()? {
            0 => Ok(Who::Itself),
            1 => self.array().map(|it| Who::User(u32::from_be_bytes(it))),
            2 => self.text().map(Who::Account),
            _ => Err(EntryFault::Number),
        }
    }

    fn why(&mut self) -> Result<Why, EntryFault> {
        match self.u8()? {
            1 => Ok(Why::Start),
            2 => Ok(Why::File),
            3 => Ok(Why::Signal),
            4 => Ok(Why::Reference),
            5 => self.text().map(Why::Asked),
            _ => Err(EntryFault::Number),
        }
    }

    fn decision(&mut self) -> Result<Decision, EntryFault> {
        let exchange = self.exchange()?;
        let number = self.u16()?;
        let code = Code::ALL.iter().copied().find(|it| it.entry().number == number);
        let code = code.ok_or(EntryFault::Number)?;
        let effect = Outcome::of_number(self.u8()?).ok_or(EntryFault::Number)?;
        Ok(Decision {
            exchange,
            code,
            effect,
            status: self.u16()?,
            endpoint: EndpointId::from_bits(self.u64()?),
            subject: SubjectId(u128::from_be_bytes(self.array()?)),
            epoch: KeyEpoch(self.u16()?),
            revision: self.u64()?,
        })
    }

    /// What stands behind the time; `None` if the kind is not known.
    fn what(&mut self, kind: u8) -> Result<Option<What>, EntryFault> {
        Ok(Some(match kind {
            1 => What::Started { version: self.text()? },
            2 => What::Stopped,
            3 => What::Gap { lost: self.u64()? },
            4 => What::Decision(self.decision()?),
            5 => What::Configuration {
                revision: self.u64()?,
                settings: self.digest()?,
                by: self.who()?,
                why: self.why()?,
            },
            6 => What::BypassBegun {
                revision: self.u64()?,
                until_us: self.u64()?,
                by: self.who()?,
                reason: self.text()?,
            },
            7 => What::BypassEnded { revision: self.u64()?, by: self.who()? },
            8 => What::ExceptionAdded {
                exception: self.digest()?,
                expires_us: self.u64()?,
                by: self.who()?,
                clause: self.text()?,
                reason: self.text()?,
            },
            9 => What::ExceptionRemoved {
                exception: self.digest()?,
                by: self.who()?,
                clause: self.text()?,
                reason: self.text()?,
            },
            10 => What::Login { who: self.who()?, role: self.text()? },
            11 => {
                What::Reveal { exchange: self.exchange()?, by: self.who()?, reason: self.text()? }
            }
            12 => What::Key { before: self.array()?, now: self.array()? },
            13 => What::SilenceBegun {
                until_us: self.u64()?,
                by: self.who()?,
                code: self.text()?,
                reason: self.text()?,
            },
            14 => What::SilenceLifted { by: self.who()?, code: self.text()?, reason: self.text()? },
            15 => What::AlertTested {
                delivered: match self.u8()? {
                    0 => false,
                    1 => true,
                    _ => return Err(EntryFault::Number),
                },
                by: self.who()?,
                target: self.text()?,
            },
            16 => What::WatchBegun {
                subject: self.subject()?,
                until_us: self.u64()?,
                by: self.who()?,
                reason: self.text()?,
            },
            17 => What::WatchEnded { subject: self.subject()?, by: self.who()? },
            18 => What::ProfileConfirmed {
                by: self.who()?,
                service: self.text()?,
                profile: self.text()?,
            },
            19 => What::ContractChanged {
                revision: self.u64()?,
                by: self.who()?,
                clause: self.text()?,
                force: self.text()?,
                reason: self.text()?,
            },
            20 => What::ReleaseMarked {
                revision: self.u64()?,
                until_us: self.u64()?,
                by: self.who()?,
                service: self.text()?,
                version: self.text()?,
            },
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<What> {
        let (digest, exchange) = (Digest::leaf(b"x"), ExchangeId::new(1_700_000_000_000, 7));
        let by = || Who::User(1_000);
        let text = |it: &str| Text::of(it);
        vec![
            What::Started { version: text("0.1.0") },
            What::Stopped,
            What::Gap { lost: 9 },
            What::Decision(Decision {
                exchange,
                code: Code::FramingNul,
                effect: Outcome::Refused,
                status: 400,
                endpoint: EndpointId::of("GET", "/a"),
                subject: SubjectId(5),
                epoch: KeyEpoch(1),
                revision: 3,
            }),
            What::Configuration { revision: 2, settings: digest, by: by(), why: Why::File },
            What::Configuration {
                revision: 2,
                settings: digest,
                by: Who::Account(text("ada")),
                why: Why::Asked(text("a release")),
            },
            What::BypassBegun { revision: 1, until_us: 8, by: by(), reason: text("orders fail") },
            What::BypassEnded { revision: 1, by: Who::Itself },
            What::ExceptionAdded {
                exception: digest,
                expires_us: 5,
                by: by(),
                clause: text("content.sqli"),
                reason: text("ä"),
            },
            What::ExceptionRemoved {
                exception: digest,
                by: by(),
                clause: text("content.sqli"),
                reason: text(""),
            },
            What::Login { who: Who::Account(text("ada")), role: text("analyst") },
            What::Reveal { exchange, by: by(), reason: text("incident 7") },
            What::Key { before: [1; 32], now: [2; 32] },
            What::Unknown { version: 1, kind: 200, rest: vec![1, 2, 3] },
            What::Unknown { version: 9, kind: 4, rest: Vec::new() },
        ]
    }

    /// Kinds that came later, so that the form of the ones before is still checked as it was.
    fn of_alerts() -> Vec<What> {
        let by = || Who::Account(Text::of("ada"));
        let (code, reason) = (Text::of("content.sql_injection"), Text::of("a scan of ours"));
        vec![
            What::SilenceBegun {
                until_us: 8,
                by: by(),
                code: code.clone(),
                reason: reason.clone(),
            },
            What::SilenceLifted { by: by(), code, reason },
            What::AlertTested { delivered: true, by: by(), target: Text::of("soc") },
        ]
    }

    #[test]
    fn an_entry_reads_as_it_is_written_and_in_no_other_form() {
        for what in samples().into_iter().chain(of_alerts()) {
            let entry = Entry { at_us: 1_700_000_000_000_000, what };
            let bytes = entry.encode();
            assert_eq!(Entry::decode(&bytes).as_ref(), Ok(&entry));
            // Whatever else is accepted is another entry, and writes itself as it was read.
            for at in 0..bytes.len() {
                for other in 0..=255 {
                    let mut bytes = bytes.clone();
                    bytes[at] = other;
                    if let Ok(read) = Entry::decode(&bytes) {
                        assert_eq!(read.encode(), bytes, "{read:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn watches_and_profiles_read_as_they_are_written() {
        let (subject, by) = (SubjectId(u128::MAX - 1), Who::Account(Text::of("ada")));
        let reason = Text::of("incident 7");
        for what in [
            What::WatchBegun { subject, until_us: 8, by: by.clone(), reason },
            What::WatchEnded { subject, by: by.clone() },
            What::ProfileConfirmed {
                by,
                service: Text::of("orders"),
                profile: Text::of("audience=internal, tenant=claim:tid"),
            },
            What::ReleaseMarked {
                revision: 7,
                until_us: 9,
                by: Who::User(1_000),
                service: Text::of("orders"),
                version: Text::of("2.1.0"),
            },
        ] {
            let entry = Entry { at_us: 1, what };
            let mut bytes = entry.encode();
            assert_eq!(Entry::decode(&bytes).as_ref(), Ok(&entry));
            assert!((0..bytes.len()).all(|end| Entry::decode(&bytes[..end]).is_err()));
            bytes.push(0);
            assert_eq!(Entry::decode(&bytes), Err(EntryFault::Long));
        }
    }

    #[test]
    fn a_cut_entry_and_one_that_goes_on_are_refused() {
        for what in samples().into_iter().chain(of_alerts()) {
            let is_unknown = matches!(what, What::Unknown { .. });
            let mut bytes = Entry { at_us: 1, what }.encode();
            for end in 0..bytes.len() {
                assert!(Entry::decode(&bytes[..end]).is_err() || (is_unknown && end >= 10));
            }
            bytes.push(0);
            assert!(Entry::decode(&bytes) == Err(EntryFault::Long) || is_unknown);
        }
    }

    /// The form is for ever: what was written must verify and read in ten years.
    #[test]
    fn the_form_is_what_it_was() {
        let forms: Vec<u8> = samples()
            .into_iter()
            .flat_map(|what| Entry { at_us: 1_700_000_000_000_000, what }.encode())
            .collect();
        assert_eq!(Digest::of(&forms).to_string(), GOLDEN);
    }

    #[test]
    fn the_form_of_alerts_is_what_it_was() {
        let forms: Vec<u8> = of_alerts()
            .into_iter()
            .flat_map(|what| Entry { at_us: 1_700_000_000_000_000, what }.encode())
            .collect();
        assert_eq!(Digest::of(&forms).to_string(), GOLDEN_OF_ALERTS);
    }

    const GOLDEN_OF_ALERTS: &str =
        "95cf6ea3313dc1a609bbf242707fe389ffe72e4efb6cb2a119be557aeea2c458";

    const GOLDEN: &str = "dd417ec1fe513862f1d7863b8a3d80e0c69c4b65ba9511e8397865440611ee66";

    #[test]
    fn what_refused_and_changed_nothing_has_no_entry() {
        let with: Vec<_> = Effect::ALL.iter().filter_map(|it| Outcome::of(*it)).collect();
        assert_eq!(with, [Outcome::Refused, Outcome::Scrubbed, Outcome::FailedOpen]);
        assert!(
            Effect::ALL.iter().all(|it| Outcome::of(*it).is_none_or(|of| of.name() == it.name()))
        );
    }
}
