//! A value split as a shell splits it: commands, and what stands between them.
//!
//! POSIX shells, PowerShell and `cmd` are read alike, since a value does not say which of them will
//! read it.
//!
//! Reads    a value of any bytes.
//! Writes   one [`Command`] for each piece between two separators, whatever it says.
//! Memory   the name of one command.
//! Misses   aliases and functions; names put together of more than quotes, empty expansions and
//!          unset variables; quotes that hide a separator.
//! Source   POSIX.1-2017, Shell Command Language 2.2, 2.3 and 2.6.

use super::caseless;
use super::command_names::{self, Name};
use super::part::ByteSet;

/// What stands before a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// The value begins.
    Start,
    /// A line end, as a byte or still encoded.
    Line,
    /// `;`.
    Semicolon,
    /// `|`, `||`.
    Pipe,
    /// `&`, `&&`.
    Ampersand,
    /// `$(`, `<(`, `>(`.
    Substitution,
    /// A backtick.
    Backtick,
}

/// One piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command<'a> {
    /// What stands before it.
    pub before: Before,
    /// All of it.
    pub text: &'a [u8],
    /// What its name is.
    pub name: Name,
    /// Its name is written with a folder that holds programs.
    pub has_folder: bool,
    /// Quotes, backslashes or empty expansions stand inside its name.
    pub is_spliced: bool,
    /// What stands where the name would begins with a variable.
    pub is_variable: bool,
    /// It was written with `{name,argument}`.
    pub is_braced: bool,
    /// `${IFS}` stands for a blank.
    pub has_ifs: bool,
    /// What follows the name.
    pub arguments: &'a [u8],
    /// The name is `name` of `takes`: its argument makes a command of it.
    pub is_fitting: bool,
}

/// The pieces of `text`.
pub(super) fn commands(text: &[u8], plus_is_blank: bool) -> Commands<'_> {
    Commands { rest: Some(text), before: Before::Start, plus_is_blank }
}

/// See [`commands`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Commands<'a> {
    rest: Option<&'a [u8]>,
    before: Before,
    plus_is_blank: bool,
}

impl<'a> Iterator for Commands<'a> {
    type Item = Command<'a>;

    fn next(&mut self) -> Option<Command<'a>> {
        let text = self.rest?;
        let before = self.before;
        let (piece, after) = split(text);
        self.rest = after.map(|it| it.1);
        self.before = after.map_or(Before::Start, |it| it.0);
        Some(command(before, piece, self.plus_is_blank))
    }
}

/// Bytes with which separators begin.
const BREAKS: ByteSet = ByteSet::of(b";|\n\r%`$<>&");

/// The text before the first separator; the separator and what follows it.
fn split(text: &[u8]) -> (&[u8], Option<(Before, &[u8])>) {
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(next) = rest.iter().position(|it| BREAKS.has(*it)) else { break };
        at += next;
        let rest = rest.get(next..).unwrap_or_default();
        let found = match rest {
            [b';', ..] => Some((Before::Semicolon, 1)),
            [b'|', b'|', ..] => Some((Before::Pipe, 2)),
            [b'|', ..] => Some((Before::Pipe, 1)),
            [b'\n' | b'\r', ..] => Some((Before::Line, 1)),
            [b'%', b'0', b'a' | b'A' | b'd' | b'D', ..] => Some((Before::Line, 3)),
            [b'`', b'`', ..] | [b'$', b'(', b')', ..] => {
                at += 1;
                None
            }
            [b'`', ..] => Some((Before::Backtick, 1)),
            [b'$' | b'<' | b'>', b'(', ..] => Some((Before::Substitution, 2)),
            [b'&', b'&', ..] => Some((Before::Ampersand, 2)),
            [b'&', b'>', ..] => None,
            [b'&', after @ ..] => match entity_bytes(after) {
                0 if at > 0 && text.get(at - 1) == Some(&b'>') => None,
                0 => Some((Before::Ampersand, 1)),
                bytes => {
                    at += bytes;
                    None
                }
            },
            _ => None,
        };
        if let Some((before, bytes)) = found {
            let piece = text.get(..at).unwrap_or_default();
            return (piece, Some((before, rest.get(bytes..).unwrap_or_default())));
        }
        at += 1;
    }
    (text, None)
}

/// The bytes of an entity of HTML behind its `&`, none if it is none.
fn entity_bytes(after: &[u8]) -> usize {
    let is_in = |it: &&u8| it.is_ascii_alphanumeric() || **it == b'#';
    let count = after.iter().take(8).take_while(is_in).count();
    if count > 1 && after.get(count) == Some(&b';') { count + 1 } else { 0 }
}

/// Longest name that is read.
const NAME_BYTES_MAX: usize = 64;

/// A name as it is read.
#[derive(Debug)]
struct Spelling {
    bytes: [u8; NAME_BYTES_MAX],
    length: usize,
    /// Something was dropped.
    is_dropped: bool,
    /// Something was dropped with letters on both sides.
    is_spliced: bool,
    quotes: u32,
}

impl Spelling {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.is_spliced |= self.is_dropped && self.length > 0;
            self.is_dropped = false;
            self.length += 1;
        }
    }

    fn drop_mark(&mut self) {
        self.is_dropped |= self.length > 0;
    }

    fn name(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

fn command(before: Before, text: &[u8], plus_is_blank: bool) -> Command<'_> {
    let mut spelling = Spelling {
        bytes: [0; NAME_BYTES_MAX],
        length: 0,
        is_dropped: false,
        is_spliced: false,
        quotes: 0,
    };
    let mut found = Command {
        before,
        text,
        name: Name::Other,
        has_folder: false,
        is_spliced: false,
        is_variable: false,
        is_braced: false,
        has_ifs: false,
        arguments: &[],
        is_fitting: false,
    };
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let is_empty = spelling.length == 0;
        let mut skip = 1;
        match byte {
            b' ' | b'\t' | 0x0B | 0x0C if is_empty => {}
            b'+' if plus_is_blank && is_empty => {}
            b' ' | b'\t' | 0x0B | 0x0C => break,
            b'+' if plus_is_blank => break,
            b'%' if matches!(after, [b'2', b'0', ..] | [b'0', b'9', ..]) => {
                if !is_empty {
                    found.arguments = after.get(2..).unwrap_or_default();
                    break;
                }
                skip = 3;
            }
            b'(' | b')' | b'!' | b'@' if is_empty => {}
            b'{' if is_empty => found.is_braced = is_list(after),
            b',' if found.is_braced && is_empty => {}
            b',' if found.is_braced => {
                found.arguments = after;
                break;
            }
            b'<' | b'>' | b'}' => break,
            b')' if !spelling.name().contains(&b'(') => break,
            b'$' => {
                let (bytes, is_ifs) = expansion(after);
                found.has_ifs |= is_ifs && !is_empty;
                if is_ifs && !is_empty {
                    break;
                }
                if matches!(after, [b'\'' | b'"', ..]) {
                    spelling.drop_mark();
                } else if bytes == 0 {
                    spelling.push(byte);
                } else {
                    found.is_variable |= is_empty;
                    spelling.drop_mark();
                }
                skip = 1 + bytes;
            }
            b'`' | b'^' => spelling.drop_mark(),
            b'\'' | b'"' => {
                spelling.quotes += 1;
                if !is_empty {
                    spelling.drop_mark();
                }
            }
            0..=0x1F | 0x7F => {}
            _ => spelling.push(byte),
        }
        rest = rest.get(skip..).unwrap_or_default();
        found.arguments = rest;
    }
    if spelling.length == 0 || spelling.length == NAME_BYTES_MAX {
        return found;
    }
    judge(&mut found, &spelling);
    found
}

/// The bytes of an expansion behind its `$`, and whether it stands for a blank.
fn expansion(after: &[u8]) -> (usize, bool) {
    let word = |text: &[u8]| {
        text.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count()
    };
    match after {
        [b'{', inside @ ..] => {
            match memchr::memchr(b'}', inside.get(..EXPANSION_BYTES_MAX).unwrap_or(inside)) {
                Some(end) => {
                    (end + 2, caseless::starts(inside, b"ifs") && inside.first() == Some(&b'I'))
                }
                None => (0, false),
            }
        }
        [b'I', b'F', b'S', b'$', b'0'..=b'9', ..] => (5, true),
        [b'I', b'F', b'S', ..] => (3, true),
        [b'@' | b'*' | b'!' | b'-' | b'$' | b'#' | b'?' | b'0'..=b'9', ..] => (1, false),
        [b'(', b')', ..] => (2, false),
        [b'_', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => (1, false),
        _ => (word(after), false),
    }
}

/// Whether what follows a brace is a list without blanks: `{a, b}` is no expansion.
fn is_list(inside: &[u8]) -> bool {
    let inside = inside.get(..NAME_BYTES_MAX).unwrap_or(inside);
    let end = memchr::memchr(b'}', inside).unwrap_or(inside.len());
    let is_foreign = |it: &u8| matches!(it, b' ' | b'\t' | b':');
    inside.get(..end).is_some_and(|it| it.contains(&b',') && !it.iter().any(is_foreign))
}

/// Longest `${...}` that is skipped.
const EXPANSION_BYTES_MAX: usize = 64;

/// Says what the name is, in the reading that makes most of it.
fn judge(found: &mut Command<'_>, spelling: &Spelling) {
    let name = spelling.name();
    let is_separator = |it: &u8| matches!(it, b'/' | b'\\');
    let from = name.iter().rposition(is_separator).map_or(0, |at| at + 1);
    let (folder, base) = name.split_at_checked(from).unwrap_or_default();
    let folder = folder.get(..folder.len().saturating_sub(1)).unwrap_or_default();
    let first = command_names::of(base);
    let is_balanced = spelling.quotes.is_multiple_of(2);
    let is_broken = spelling.is_spliced && !is_balanced;
    if first > Name::Other && !is_broken {
        found.name = first;
        found.has_folder = command_names::is_program_folder(folder);
        found.is_spliced = spelling.is_spliced && is_balanced;
        if !folder.is_empty() && !found.has_folder && !folder.starts_with(b".") {
            found.name = Name::Other;
        }
    }
    if found.name == Name::Other {
        plain(found, spelling, is_balanced);
    }
    let argument = first_argument(found.arguments);
    let marks =
        argument.iter().rev().take_while(|it| matches!(it, b'}' | b')' | b'\'' | b'"')).count();
    let argument = argument.get(..argument.len().saturating_sub(marks)).unwrap_or_default();
    found.is_fitting = found.name > Name::Other && command_names::takes(base, argument);
}

/// The name without backslashes and brackets: `w\ho\am\i`, `adduse[r]`, `/bin/l's'`.
fn plain(found: &mut Command<'_>, spelling: &Spelling, is_balanced: bool) {
    // `sort[0]` and `sort[]` are names of parameters.
    let is_index = spelling.name().iter().enumerate().filter(|it| *it.1 == b'[').any(|(at, _)| {
        !matches!(spelling.name().get(at + 1..), Some([b'a'..=b'z' | b'A'..=b'Z', b']', ..]))
    });
    if is_index || spelling.name().starts_with(b"[") {
        return;
    }
    let mut bytes = [0; NAME_BYTES_MAX];
    let mut length = 0;
    for byte in spelling.name().iter().filter(|it| !matches!(it, b'\\' | b'[' | b']')) {
        if let Some(place) = bytes.get_mut(length) {
            *place = *byte;
            length += 1;
        }
    }
    if length == spelling.length {
        return;
    }
    let name = bytes.get(..length).unwrap_or_default();
    let base = name.rsplit(|it| *it == b'/').next().unwrap_or_default();
    let folder = name.get(..name.len().saturating_sub(base.len())).unwrap_or_default();
    let slashes = folder.iter().rev().take_while(|it| **it == b'/').count();
    let folder = folder.get(..folder.len().saturating_sub(slashes)).unwrap_or_default();
    let kind = command_names::of(base);
    // `\ls` passes by an alias; a backslash before the name is no splice, and may be a line end's.
    if kind > Name::Other && is_balanced && !spelling.name().starts_with(b"\\") {
        found.name = kind;
        found.is_spliced = true;
        found.has_folder = command_names::is_program_folder(folder);
    }
}

/// The first word of the arguments.
pub(super) fn first_argument(arguments: &[u8]) -> &[u8] {
    words(arguments).next().unwrap_or_default()
}

/// The words of the arguments, with their quotes.
pub(super) fn words(arguments: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_blank = |it: &u8| it.is_ascii_whitespace();
    arguments.split(is_blank).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Before, Name, bool)]) {
        let found: Vec<_> = commands(text.as_bytes(), false)
            .map(|it| (it.before, it.name, it.is_spliced))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_value_is_split_where_a_shell_splits_it() {
        use Before::{Ampersand, Backtick, Line, Pipe, Semicolon, Start, Substitution};
        use Name::{Other, Program, Word};
        check("127.0.0.1; whoami", &[(Start, Other, false), (Semicolon, Program, false)]);
        check("a||id", &[(Start, Other, false), (Pipe, Word, false)]);
        check("a && id", &[(Start, Other, false), (Ampersand, Word, false)]);
        check("$(id)", &[(Start, Other, false), (Substitution, Word, false)]);
        check("`id`", &[(Start, Other, false), (Backtick, Word, false), (Backtick, Other, false)]);
        check("x\nls -l", &[(Start, Other, false), (Line, Word, false)]);
        check("x%0Als -l", &[(Start, Other, false), (Line, Word, false)]);
        check("cat x 2>&1", &[(Start, Word, false)]);
        check("a &amp; b", &[(Start, Other, false)]);
    }

    #[test]
    fn a_name_is_read_through_its_disguise() {
        use Before::Start;
        use Name::{Other, Program, Word};
        for text in [
            "w'h'oami",
            "who$@ami",
            "w\\ho\\am\\i",
            "wh\"oa\"mi",
            "who^ami",
            "who$()ami",
            "who``ami",
            "who${x}ami",
        ] {
            check(text, &[(Start, Program, true)]);
        }
        check("cat${IFS}/etc/passwd", &[(Start, Word, false)]);
        check("{ls,-la}", &[(Start, Word, false)]);
        check("/usr/bin/id", &[(Start, Word, false)]);
        check("/docs/id", &[(Start, Other, false)]);
        check("i'd like", &[(Start, Other, false)]);
        check("sort[0]", &[(Start, Other, false)]);
        check("adduse[r]", &[(Start, Program, true)]);
        check("date?", &[(Start, Other, false)]);
        check("idea", &[(Start, Other, false)]);
    }
}
