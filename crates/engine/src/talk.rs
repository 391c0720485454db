//! Talkative responses: an error response is held until it is known that it gives nothing away, a successful page or text
//! until it is known that it is neither a folder nor a program of the server.
//!
//! Reads    bodies of responses with a status of 400 or more, and of GraphQL responses, which report
//!          errors with 200; of successful ones pages, plain texts, and what has no type of its own; the `grpc-message` of
//!          trailers.
//! Memory   at most [`HELD_BYTES_MAX`] of a body, and as much again decoded, within the process's
//!          budget.
//! Misses   what lies behind the first 64 KiB, other media types than text, and errors in successful
//!          responses; what is sent to be saved as a file; a coding that cannot be decoded. A page that comes piece by piece is
//!          let go once its title names no path, a text once its first line is none of a program.

use crate::refusal::Dialect;
use crate::tables::{Room, Tables};
use bartizan_contract::clause_set::ClauseSet;
use bartizan_detect::disclosure::{self, DisclosureKind, banner_field};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_model::clause::{ClauseName, Mode};
use bartizan_model::code::Code;
use bartizan_model::head::{Fields, Framing, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};

/// Bytes of a response that are held.
const HELD_BYTES_MAX: usize = 64 * 1024;

/// What a response is looked at for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    /// What errors give away.
    errors: bool,
    /// Whether it is a file or a folder of the server, and of which kind it says that it is.
    files: Option<Kind>,
    /// Values that its request brought.
    reflected: bool,
    /// How strictly the strictest of that is held.
    mode: Mode,
}

/// A successful answer that may be a file or a folder of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A page, or what browsers may take for one.
    Page,
    /// A text, or bytes.
    Text,
}

impl Looks {
    /// What this response is looked at for, if for anything.
    pub(crate) fn of(
        head: &ResponseHead,
        dialect: Dialect,
        reflected: bool,
        clauses: &ClauseSet,
    ) -> Option<Self> {
        let mut it = Self { errors: false, files: None, reflected, mode: Mode::Off };
        let media = head.fields.get(Known::ContentType);
        if (head.status >= 400 || dialect == Dialect::GraphQl) && is_text(media) {
            it.mode = clauses.mode(ClauseName::DisclosureErrors);
            it.errors = it.mode != Mode::Off;
        }
        if (200..300).contains(&head.status)
            && let Some(kind) = kind(media)
        {
            let source = clauses.mode(ClauseName::DisclosureSource);
            let files = match kind {
                Kind::Page => clauses.mode(ClauseName::DisclosureListing).max(source),
                Kind::Text => source,
            };
            if files != Mode::Off && !is_attachment(&head.fields) {
                (it.files, it.mode) = (Some(kind), it.mode.max(files));
            }
        }
        if reflected {
            it.mode = it.mode.max(clauses.mode(ClauseName::DisclosureReflection));
        }
        (it.errors || it.files.is_some() || reflected).then_some(it)
    }
}

/// What kind of file a successful answer of this type may be. What names a language, or is for browsers to run, is meant.
fn kind(media: Option<&[u8]>) -> Option<Kind> {
    const PAGES: &[&[u8]] = &[b"text/html", b"application/xhtml+xml"];
    const TEXTS: &[&[u8]] = &[
        b"text/plain",
        b"application/octet-stream",
        b"application/x-php",
        b"application/x-httpd-php",
        b"application/x-httpd-php-source",
    ];
    let Some(media) = media else { return Some(Kind::Page) };
    let end = memchr::memchr(b';', media).unwrap_or(media.len());
    let media = media.get(..end).unwrap_or_default().trim_ascii();
    let is_one = |of: &[&[u8]]| of.iter().any(|it| media.eq_ignore_ascii_case(it));
    match () {
        () if media.is_empty() || is_one(PAGES) => Some(Kind::Page),
        () if is_one(TEXTS) => Some(Kind::Text),
        () => None,
    }
}

/// Whether an answer is to be saved as a file (RFC 6266).
fn is_attachment(fields: &Fields) -> bool {
    fields.iter().any(|(_, name, value)| {
        name.eq_ignore_ascii_case(b"content-disposition")
            && value.get(..10).is_some_and(|it| it.eq_ignore_ascii_case(b"attachment"))
    })
}

/// A response that is being held.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) head: ResponseHead,
    looks: Looks,
    held: BytesMut,
    decoded: Vec<u8>,
    decoder: Option<Decoder>,
    is_plain: bool,
    /// Bytes of its text when it was last looked at.
    looked_bytes: usize,
    room: Room,
}

/// What came of one more piece.
pub(crate) enum Heard {
    /// More is to be read before anything can be said.
    More,
    /// Enough was read.
    Enough,
    /// The process has no room to hold it.
    NoRoom,
}

impl Talk {
    /// Holds this response to look at it, if it can be read.
    pub(crate) fn of(
        head: ResponseHead,
        looks: Looks,
        limits: &Limits,
        tables: &Tables,
    ) -> Option<Self> {
        let coding = head.fields.get(Known::ContentEncoding).unwrap_or_default();
        let bytes_max = HELD_BYTES_MAX as u64;
        let limits = DecodeLimits { bytes_max, ratio_max: limits.decoded_ratio_max as u64 };
        let decoder = Decoder::of(coding, limits).ok()?;
        let (held, decoded) = (BytesMut::new(), Vec::new());
        let is_plain = decoder.is_none();
        let (looked_bytes, room) = (0, tables.room());
        Some(Self { head, looks, held, decoded, decoder, is_plain, looked_bytes, room })
    }

    /// Takes a piece of the body.
    pub(crate) fn push(&mut self, bytes: &Bytes, end: bool) -> Heard {
        let has_room = self.room.grow(bytes.len());
        self.held.extend_from_slice(bytes);
        if let Some(decoder) = &mut self.decoder {
            // What cannot be decoded further is looked at as far as it could be.
            if decoder.push(bytes, end, &mut self.decoded).is_err() {
                return Heard::Enough;
            }
        }
        match () {
            () if !has_room => Heard::NoRoom,
            () if end || self.held.len() >= HELD_BYTES_MAX => Heard::Enough,
            () if self.is_clear() => Heard::Enough,
            () => Heard::More,
        }
    }

    /// Whether nothing that follows can change what is known of it.
    fn is_clear(&mut self) -> bool {
        let is_else = self.looks.errors || self.looks.reflected;
        let Some(kind) = self.looks.files.filter(|_| !is_else) else { return false };
        // However small its pieces are, all looks together are at no more than a few times its bytes.
        let bytes = self.text().len();
        if bytes < self.looked_bytes + self.looked_bytes / 8 {
            return false;
        }
        self.looked_bytes = bytes;
        // A page whose end is known comes at once.
        let is_short =
            matches!(self.head.framing, Framing::Length(it) if it <= HELD_BYTES_MAX as u64);
        match kind == Kind::Page && is_markup(self.text()) {
            true => !is_short && !disclosure::may_become_listing(self.text()),
            false => !disclosure::may_become_source(self.text()),
        }
    }

    fn text(&self) -> &[u8] {
        if self.is_plain { &self.held } else { &self.decoded }
    }

    /// How strictly what it is looked at for is held.
    pub(crate) fn mode(&self) -> Mode {
        self.looks.mode
    }

    /// The clauses that it violates.
    pub(crate) fn says_too_much(&self) -> Vec<Code> {
        let error = || disclosure::examine(self.text()).map(|it| it.kind);
        let error = self.looks.errors.then(error).flatten();
        let file = self.looks.files.and_then(|kind| {
            let is_page = kind == Kind::Page && is_markup(self.text());
            if is_page { disclosure::page(self.text()) } else { disclosure::text(self.text()) }
        });
        error.into_iter().chain(file).map(code).collect()
    }

    /// What is held so far, as it came.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// What is to be written, if anything may be.
    pub(crate) fn into_held(self) -> Bytes {
        self.held.freeze()
    }
}

/// Positions of the fields of a response that name the software behind, one bit each.
pub(crate) fn banner(head: &ResponseHead) -> u128 {
    let mut positions = 0;
    for (at, (known, name, value)) in head.fields.iter().enumerate().take(128) {
        // Few names begin like one that does.
        let may_name = name.first().is_some_and(|it| b"sxpml".contains(&(it | 0x20)));
        if known == Known::Other && may_name && banner_field(name, value).is_some() {
            positions |= 1 << at;
        }
    }
    positions
}

/// Where the message of a gRPC status stands, as a bit.
pub(crate) fn message_position(fields: &Fields) -> Option<u128> {
    let is_message = |(known, name, _): (Known, &[u8], &[u8])| {
        known == Known::Other && name.eq_ignore_ascii_case(b"grpc-message")
    };
    fields.iter().take(128).position(is_message).map(|at| 1 << at)
}

/// What the message of a gRPC status violates.
pub(crate) fn message_says_too_much(trailers: &Fields) -> Vec<Code> {
    let message = trailers.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(b"grpc-message"));
    let found = message.and_then(|(_, _, value)| disclosure::examine(value));
    found.map(|it| code(it.kind)).into_iter().collect()
}

/// What a text of the API gives away.
pub(crate) fn gives_away(text: &[u8]) -> Option<Code> {
    disclosure::examine(text).map(|it| code(it.kind))
}

fn code(kind: DisclosureKind) -> Code {
    match kind {
        DisclosureKind::StackTrace => Code::DisclosureStackTrace,
        DisclosureKind::SqlError => Code::DisclosureSqlError,
        DisclosureKind::DebugPage => Code::DisclosureDebugPage,
        DisclosureKind::FilePath => Code::DisclosureFilePath,
        DisclosureKind::Version => Code::DisclosureVersion,
        DisclosureKind::PrivateKey => Code::DisclosurePrivateKey,
        DisclosureKind::Listing => Code::DisclosureListing,
        DisclosureKind::SourceCode => Code::DisclosureSource,
        DisclosureKind::Settings => Code::DisclosureSettings,
    }
}

fn is_markup(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    text.trim_ascii_start().starts_with(b"<")
}

/// Whether a media type is text of some kind; without one it may be.
fn is_text(media_type: Option<&[u8]>) -> bool {
    let Some(media_type) = media_type else { return true };
    let name = media_type.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    let has = |part: &[u8]| name.windows(part.len()).any(|it| it.eq_ignore_ascii_case(part));
    // Events are meant to arrive one by one.
    !has(b"event-stream")
        && (has(b"text/") || has(b"json") || has(b"xml") || has(b"html") || has(b"javascript"))
}
