//! What a reader met that is not as the notation wants it. None of it ends the reading.

use std::fmt;

use crate::document::Position;

/// Characters of a name out of a document that a message shows.
const SHOWN_CHARS_MAX: usize = 120;

/// One oddity of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind.
    pub code: DiagnosticCode,
    /// One line for the author of the document; may hold names out of it.
    pub message: String,
    /// Where.
    pub position: Position,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The kinds of oddities. Names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DiagnosticCode {
            $($(#[$doc])* $variant,)*
        }

        impl DiagnosticCode {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

codes! {
    /// A key occurs twice in one mapping; the last one counts.
    DuplicateKey = "document.duplicate_key",
    /// A key is a list or a mapping; its entry is skipped.
    KeyNotText = "document.key_not_text",
    /// A number is too long, or none in JSON (`.inf`); it is read as text.
    Number = "document.number",
    /// An escape is half of a character; it is replaced.
    Surrogate = "document.surrogate",
    /// A YAML tag that JSON has no type for; it is ignored.
    Tag = "document.tag",
    /// A file that is referred to cannot be had or read.
    File = "reference.file",
    /// A reference leads to a place on the network, where nothing is fetched.
    RemoteReference = "reference.remote",
    /// A reference leads to nothing.
    MissingReference = "reference.missing",
    /// References that lead to each other only.
    ReferenceCycle = "reference.cycle",
    /// Keywords beside a reference that the dialect says to ignore.
    ReferenceSiblings = "reference.siblings",
    /// A value of another type than the notation wants; it is converted or skipped.
    WrongType = "spec.wrong_type",
    /// Something that must be there is not.
    Missing = "spec.missing",
    /// A word that the notation does not have in this place.
    UnknownValue = "spec.unknown_value",
    /// A word of another dialect; it is understood all the same.
    OtherDialect = "spec.other_dialect",
    /// A minor version of OpenAPI that is not known; it is read as the newest that is.
    NewVersion = "spec.new_version",
    /// A keyword of a schema that is not held; the schema is wider than written.
    Unmodelled = "schema.unmodelled",
    /// `nullable` without a type, which has no effect.
    Nullable = "schema.nullable",
    /// A bound that no value can have, or a pattern of ranges that excludes everything.
    Range = "schema.range",
    /// A path that is no template; its operations are skipped.
    Path = "spec.path",
    /// A path with `?` or `#`: what follows is no part of paths, so that no request is ever for it.
    PathWithQuery = "spec.path_with_query",
    /// Two paths that match the same requests.
    SamePath = "spec.same_path",
    /// A variable of a path without a parameter.
    UndeclaredVariable = "spec.undeclared_variable",
    /// A path parameter that the path does not have.
    UnknownVariable = "spec.unknown_variable",
    /// A path parameter that is not said to be required.
    OptionalVariable = "spec.optional_variable",
    /// A parameter that is named twice, or that the notation says to ignore.
    Parameter = "operation.parameter",
    /// A method on a path, given twice.
    DuplicateOperation = "operation.duplicate",
    /// An `operationId` that another operation has.
    DuplicateOperationId = "operation.duplicate_id",
    /// A status that is none; its response is skipped.
    Status = "operation.status",
    /// A security scheme that is not defined.
    UnknownScheme = "security.unknown_scheme",
    /// More than the limits let in; what is beyond is not read.
    TooMany = "spec.too_many",
}

/// Oddities, up to a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    max: usize,
    dropped: u64,
}

impl Diagnostics {
    /// Room for `max`.
    pub fn up_to(max: usize) -> Self {
        Self { list: Vec::new(), max, dropped: 0 }
    }

    /// Adds one, or counts it if there is no room.
    pub fn add(&mut self, code: DiagnosticCode, position: Position, message: impl fmt::Display) {
        if self.list.len() >= self.max {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.list.push(Diagnostic { code, message: message.to_string(), position });
    }

    /// Those that found room, in the order of meeting.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// How many found none.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether one of this kind is among them.
    pub fn has(&self, code: DiagnosticCode) -> bool {
        self.list.iter().any(|it| it.code == code)
    }
}

/// A name out of a document, fit for one line of a message.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for it in chars.by_ref().take(SHOWN_CHARS_MAX) {
            write!(f, "{}", it.escape_debug())?;
        }
        if chars.next().is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_counted() {
        let mut diagnostics = Diagnostics::up_to(2);
        for _ in 0..5 {
            diagnostics.add(DiagnosticCode::Tag, Position::default(), "x");
        }
        assert_eq!((diagnostics.list().len(), diagnostics.dropped()), (2, 3));
        assert!(diagnostics.has(DiagnosticCode::Tag) && !diagnostics.has(DiagnosticCode::Path));
    }

    #[test]
    fn names_are_unique_and_shown_on_one_line() {
        let mut names: Vec<_> = DiagnosticCode::ALL.iter().map(|it| it.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DiagnosticCode::ALL.len());
        assert_eq!(Shown("a\nb\u{1b}").to_string(), "a\\nb\\u{1b}");
        assert_eq!(Shown(&"x".repeat(500)).to_string().chars().count(), SHOWN_CHARS_MAX + 1);
    }
}
