//! Markup in a value, read so loosely that every reading of it is covered.
//!
//! Browsers, sanitisers and the pages around a value disagree on where a tag, attribute or comment
//! ends; attacks live on that. So nothing is taken to end anything: wherever a tag could begin, a
//! handler be named or an address stand, it is looked at.
//!
//! Reads    the bytes that it is given; each place at most `CODE_BYTES_MAX` further.
//! Memory   none but the copy of one piece of code.
//! Misses   markup in other encodings; names of elements that a page's own scripts give a meaning.
//! Source   HTML Living Standard 13.2.5 and 13.2.6.4; SVG 2 section 19.

use super::caseless::{contains, contains_bytes, find, starts};
use super::part::{from, head};
use super::script_code::{Facts, Scheme, facts, scheme};

/// Pieces of code that are looked at.
const PIECES_MAX: usize = 8;

/// Bytes of code that belong to one place.
const CODE_BYTES_MAX: usize = 384;

/// Bytes of a tag in which its source is looked for.
const SOURCE_BYTES_MAX: usize = 192;

/// Places that may be the start of something.
const PLACES_MAX: usize = 512;

/// A set of things met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Markup(u32);

impl Markup {
    /// An event handler with a value.
    pub(super) const HANDLER: Self = Self(1);
    /// A script element.
    pub(super) const SCRIPT: Self = Self(1 << 1);
    /// An address that runs.
    pub(super) const ADDRESS: Self = Self(1 << 2);
    /// An address that runs, on what is no link.
    pub(super) const ODD_ADDRESS: Self = Self(1 << 3);
    /// An address that runs, behind references or blanks.
    pub(super) const HIDDEN_ADDRESS: Self = Self(1 << 4);
    /// A style that runs or loads code.
    pub(super) const STYLE: Self = Self(1 << 5);
    /// An element that changes another, the base, or where the page is.
    pub(super) const CHANGES: Self = Self(1 << 6);
    /// A slash or control byte where a blank is usual.
    pub(super) const ODD_SEPARATOR: Self = Self(1 << 7);
    /// A frame, object or applet.
    pub(super) const FRAME: Self = Self(1 << 8);
    /// The first tag closes an element whose content is text.
    pub(super) const CLOSES_FIRST: Self = Self(1 << 9);
    /// The value is a whole document.
    pub(super) const DOCUMENT: Self = Self(1 << 10);

    /// An address that is a document, on what is no link.
    pub(super) const ODD_DOCUMENT: Self = Self(1 << 11);

    /// A handler that pages of people have too: it waits for a click, a choice or a form.
    pub(super) const WAITS: Self = Self(1 << 12);

    /// A style, import or document that is loaded from elsewhere.
    pub(super) const LOADS: Self = Self(1 << 13);

    /// A script or frame whose source is written as people who embed one do not.
    pub(super) const ODD_SOURCE: Self = Self(1 << 14);

    /// The name of an element with blanks between its letters.
    pub(super) const SPACED: Self = Self(1 << 15);

    /// An element that no language has.
    pub(super) const ODD_ELEMENT: Self = Self(1 << 16);

    const fn and_all(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        self.and_all(other)
    }
}

/// What was met in one value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Page {
    met: Markup,
    /// What all the code in it would do.
    pub(super) facts: Facts,
    /// Where the first handler is named.
    pub(super) first_handler: usize,
    tags: usize,
    pieces: usize,
    styles: usize,
    sources: usize,
    has_prose_end: bool,
    is_torn: bool,
    is_link: bool,
}

impl Page {
    /// Of text with tags.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut page = Self::default();
        page.read(text);
        let end = memchr::memrchr(b'>', text);
        let tail = end.and_then(|at| text.get(at + 1..)).unwrap_or_default();
        page.has_prose_end = tail
            .split(u8::is_ascii_whitespace)
            .filter(|it| it.len() > 1 && it.iter().all(u8::is_ascii_alphabetic))
            .count()
            >= 3;
        let last = memchr::memrchr(b'<', text);
        let torn = last.filter(|_| last > end).and_then(|at| text.get(at + 1..));
        page.is_torn = torn.is_some_and(is_of_element);
        page
    }

    /// Of attributes without a tag.
    pub(super) fn of_attributes(text: &[u8]) -> Self {
        let mut page = Self { is_link: true, ..Self::default() };
        page.read(text);
        page
    }

    /// Whether one of these was met.
    pub(super) const fn has(&self, some: Markup) -> bool {
        self.met.0 & some.0 != 0
    }

    /// Whether there is any tag.
    pub(super) const fn is_markup(&self) -> bool {
        self.tags > 0
    }

    /// Whether a sentence follows the last tag.
    pub(super) const fn ends_in_prose(&self) -> bool {
        self.has_prose_end
    }

    /// Whether the last tag has no end.
    pub(super) const fn is_torn(&self) -> bool {
        self.is_torn
    }

    fn note(&mut self, met: Markup) {
        self.met = self.met.and_all(met);
    }

    fn note_code(&mut self, code: &[u8]) {
        if self.pieces < PIECES_MAX {
            self.pieces += 1;
            self.facts = self.facts.and(facts(code.get(..CODE_BYTES_MAX).unwrap_or(code)));
        }
    }

    fn read(&mut self, text: &[u8]) {
        let mut from = 0;
        for _ in 0..PLACES_MAX {
            let Some(found) = text.get(from..).and_then(|it| memchr::memchr3(b'<', b'=', b'(', it))
            else {
                break;
            };
            let at = from + found;
            from = at + 1;
            let (before, rest) = text.split_at_checked(at).unwrap_or_default();
            let after = rest.get(1..).unwrap_or_default();
            match rest.first() {
                Some(b'<') => self.tag(after),
                Some(b'=') => self.attribute(before, after),
                _ => self.address(after),
            }
        }
    }

    fn tag(&mut self, inside: &[u8]) {
        let slash = usize::from(inside.first() == Some(&b'/'));
        let inside_name = inside.get(slash..).unwrap_or_default();
        // Some readers skip what is no letter before the name: `<\0script`, `< script`.
        let mut junk = 0;
        for _ in 0..3 {
            let rest = inside_name.get(junk..).unwrap_or_default();
            match super::script_code::first(rest) {
                Some((0..=32 | b'<', length)) => junk += length,
                _ => break,
            }
        }
        let inside_name = inside_name.get(junk..).unwrap_or_default();
        let is_in_name =
            |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b':' | b'-' | b'!' | b'?');
        let length = inside_name.iter().take(32).take_while(|it| is_in_name(it)).count();
        let (name, rest) = inside_name.split_at_checked(length).unwrap_or_default();
        let is_name = matches!(name.first(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?'))
            && (junk == 0 || length > 2);
        if !is_name {
            return;
        }
        if length == 1 && is_spaced(inside_name) {
            self.note(Markup::SPACED);
        }
        let local = name.rsplit(|it| *it == b':').next().unwrap_or(name);
        let is = |names: &[&str]| names.iter().any(|it| local.eq_ignore_ascii_case(it.as_bytes()));
        let is_first = self.tags == 0;
        self.tags += 1;
        if slash == 1 {
            if is_first && is(CLOSERS) {
                self.note(Markup::CLOSES_FIRST);
            }
            return;
        }
        self.is_link = is(&["a", "area"]);
        if is_first && is(&["!doctype", "html"]) && !names_handler(rest.get(..64).unwrap_or(rest)) {
            self.note(Markup::DOCUMENT);
        }
        if is_first && name.starts_with(b"!--") && rest.trim_ascii_start().starts_with(b">") {
            self.note(Markup::CLOSES_FIRST);
        }
        let starts_as =
            |it: &[u8]| local.get(..it.len()).is_some_and(|head| head.eq_ignore_ascii_case(it));
        if is(&["script"]) || starts_as(b"script") && local.len() <= 8 || is(&["handler"]) {
            self.note(Markup::SCRIPT);
            let code = rest
                .iter()
                .position(|it| *it == b'>')
                .and_then(|at| rest.get(at + 1..))
                .unwrap_or(rest);
            let end = memchr::memmem::find(code, b"</").unwrap_or(code.len());
            self.note_code(code.get(..end).unwrap_or(code));
        }
        if is(&["style"]) {
            let code = rest.iter().position(|it| *it == b'>').unwrap_or(0);
            let (attributes, code) = rest.split_at_checked(code).unwrap_or_default();
            if contains(attributes, b"javascript") {
                self.note(Markup::SCRIPT);
                self.note_code(code);
            }
            self.style(rest, false);
        }
        if is(FRAMES) {
            self.note(Markup::FRAME);
        }
        if is(&["x", "y", "z", "xx", "xxx"]) || contains(local, b"xss") {
            self.note(Markup::ODD_ELEMENT);
        }
        self.source(local, rest);
        if is(CHANGERS) {
            self.note(Markup::CHANGES);
        }
        if matches!(rest.first(), Some(b'/')) && rest.get(1).is_some_and(|it| !matches!(it, b'>'))
            || matches!(rest.first(), Some(0..=8 | 11 | 12))
        {
            self.note(Markup::ODD_SEPARATOR);
        }
    }

    /// Where a script, frame, style or document comes from.
    fn source(&mut self, element: &[u8], rest: &[u8]) {
        let is =
            |names: &[&str]| names.iter().any(|it| element.eq_ignore_ascii_case(it.as_bytes()));
        let (is_script, is_frame) = (is(&["script"]), is(FRAMES));
        let (is_sheet, is_document) =
            (is(&["link"]), is(&["xml", "?import", "?xml-stylesheet", "image"]));
        if !is_script && !is_frame && !is_sheet && !is_document || self.sources >= PIECES_MAX {
            return;
        }
        self.sources += 1;
        let end = rest.iter().take(SOURCE_BYTES_MAX).position(|it| *it == b'>');
        let (attributes, after) =
            rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or_default();
        let attributes = head(attributes, SOURCE_BYTES_MAX);
        if is_sheet {
            let is_style = contains_bytes(attributes, &[b"stylesheet", b"import", b"scriptlet"]);
            if is_style && contains(attributes, b"href") {
                self.note(Markup::LOADS);
            }
            return;
        }
        if is_document {
            if contains_bytes(attributes, &[b"src=", b"implementation=", b"href="]) {
                self.note(Markup::LOADS);
            }
            return;
        }
        let odd: [&[u8]; 9] = [
            b"text/x-scriptlet",
            b"allowscriptaccess",
            b"mhtml:",
            b"view-source:",
            b"jar:",
            b".swf",
            b"code=\"",
            b"%(",
            b"vbs",
        ];
        let source = find(attributes, b"src=").map(|at| from(attributes, at + 4));
        let source =
            source.or_else(|| find(attributes, b"data=").map(|at| from(attributes, at + 5)));
        // Who embeds a player or a library quotes its address and names a file.
        let is_bare =
            source.is_some_and(|it| matches!(it, [b'/', b'/', ..]) || starts(it, b"http"));
        let is_strange = source.is_some_and(|it| {
            let it = it.strip_prefix(b"\"").or_else(|| it.strip_prefix(b"'")).unwrap_or(it);
            let end =
                it.iter().position(|it| matches!(it, b'"' | b'\'' | b' ')).unwrap_or(it.len());
            let it = head(it, end);
            let ends = [&b".jpg"[..], b".png", b".gif", b".bmp", b".txt", b"/.j"];
            is_script && ends.iter().any(|end| it.ends_with(end)) || it.starts_with(b"/\\")
        });
        let is_open = is_script && source.is_some() && end.is_some() && from(after, 1).is_empty();
        let is_old = is(&["applet", "layer", "ilayer", "portal"]);
        if is_bare || is_strange || is_open || is_old || contains_bytes(attributes, &odd) {
            self.note(Markup::ODD_SOURCE);
        }
    }

    fn attribute(&mut self, before: &[u8], after: &[u8]) {
        let before = before.trim_ascii_end();
        let tail = before.get(before.len().saturating_sub(48)..).unwrap_or(before);
        let is_in_name =
            |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b':' | b'-' | b'_' | b'.');
        let length = tail.iter().rev().take_while(|it| is_in_name(it)).count();
        let (lead, name) = tail.split_at_checked(tail.len() - length).unwrap_or_default();
        // An escape that nobody decoded stands for a separator: `x\\x0Aonload=`.
        let escape = match (lead.last(), name) {
            (Some(b'\\'), [b'x', ..]) => 3,
            (Some(b'\\'), _) => 1,
            (Some(b'%'), _) => 2,
            _ => 0,
        };
        let name = name.get(escape..).unwrap_or(name);
        if let Some(at) = handler_at(name, before.len() - name.len()) {
            let value = value_of(after);
            let waits: [&[u8]; 3] = [b"onclick", b"onsubmit", b"onchange"];
            if waits.iter().any(|it| name.eq_ignore_ascii_case(it)) {
                self.note(Markup::WAITS);
            }
            if !self.has(Markup::HANDLER) {
                self.first_handler = at;
            }
            if !value.is_empty() || self.tags == 0 {
                self.note(Markup::HANDLER);
            }
            self.note_code(value);
            return;
        }
        let local = name.rsplit(|it| *it == b':').next().unwrap_or(name);
        let is = |names: &[&str]| names.iter().any(|it| local.eq_ignore_ascii_case(it.as_bytes()));
        if is(&["style"]) {
            self.style(value_of(after), true);
        } else if is(&["srcdoc"]) {
            self.note(Markup::CHANGES);
            self.note_code(value_of(after));
        } else if is(&["attributename", "datasrc", "implementation"]) && !self.is_link {
            self.note(Markup::CHANGES);
        } else if is(&["http-equiv"]) {
            let acts = ["refresh", "link", "set-cookie"];
            let value = value_of(after);
            if acts.iter().any(|it| value.trim_ascii().eq_ignore_ascii_case(it.as_bytes())) {
                self.note(Markup::CHANGES);
            }
        } else if is(&["to", "values", "from"]) {
            self.note_code(value_of(after));
        }
        self.address(after);
        if is(&["content"]) {
            let value = value_of(after);
            value
                .iter()
                .take(64)
                .position(|it| *it == b';')
                .and_then(|at| value.get(at + 1..))
                .into_iter()
                .for_each(|it| self.address(it));
        }
    }

    /// A style that runs: `expression(`, `behavior:`, `-moz-binding`, `@import`.
    fn style(&mut self, value: &[u8], is_attribute: bool) {
        if self.styles >= PIECES_MAX {
            return;
        }
        self.styles += 1;
        let mut plain = Vec::with_capacity(256);
        let mut rest = value.get(..256).unwrap_or(value);
        while let Some((byte, length)) = super::script_code::first(rest) {
            rest = rest.get(length..).unwrap_or_default();
            if byte == b'/' && rest.first() == Some(&b'*') {
                let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |it| it + 2);
                rest = rest.get(end..).unwrap_or_default();
            } else if byte > b' ' && byte != b'\\' {
                plain.push(byte.to_ascii_lowercase());
            }
        }
        let has = |it: &[u8]| memchr::memmem::find(&plain, it).is_some();
        if has(b"expression(")
            || has(b"behavior:")
            || has(b"behaviour:url")
            || has(b"-moz-binding")
            || has(b"javascript:")
        {
            self.note(Markup::STYLE);
            self.note_code(value);
        }
        // Rules do not end within an attribute.
        let is_broken = is_attribute
            && has(b"color:")
            && value.iter().any(|it| matches!(it, b'[' | b'}' | b'{'));
        if has(b"@import") || has(b"binding:url") || is_broken {
            self.note(Markup::LOADS);
        }
    }

    /// An address that runs, behind `=` or `(`.
    fn address(&mut self, after: &[u8]) {
        let quotes = after
            .iter()
            .take(4)
            .take_while(|it| matches!(it, b'"' | b'\'' | b'`' | b' ' | b'\\'))
            .count();
        // A backslash before anything but a quote begins an escape of the address itself.
        let is_escape = quotes > 0
            && after.get(quotes - 1) == Some(&b'\\')
            && after.get(quotes).is_some_and(|it| matches!(it, b'x' | b'u'));
        let Some(from) = after.get(quotes - usize::from(is_escape)..) else { return };
        // The oldest browsers ran what stood between `&{` and `}` in any attribute.
        if let Some(code) = from.strip_prefix(b"&{") {
            self.note(Markup::ADDRESS);
            self.note_code(code);
            return;
        }
        let Some((kind, is_hidden, code)) = scheme(from) else { return };
        self.note(Markup::ADDRESS);
        if is_hidden {
            self.note(Markup::HIDDEN_ADDRESS);
        }
        if !self.is_link {
            self.note(Markup::ODD_ADDRESS);
        }
        let end = code.iter().position(|it| *it == b'>').unwrap_or(code.len());
        self.note_code(code.get(..end).unwrap_or(code));
        if kind == Scheme::Page && !self.is_link {
            self.note(Markup::CHANGES.and(Markup::ODD_DOCUMENT));
        }
    }
}

/// `f o r m`: one letter, then others with a blank before each, and together the name of an element.
fn is_spaced(text: &[u8]) -> bool {
    let mut name = Vec::with_capacity(16);
    let mut rest = text;
    while let [letter, after @ ..] = rest
        && letter.is_ascii_alphabetic()
        && name.len() < 16
    {
        name.push(letter.to_ascii_lowercase());
        rest = match after {
            [b' ', next @ ..] => next,
            _ => break,
        };
    }
    name.len() >= 3 && ELEMENTS.iter().any(|it| name == it.as_bytes())
}

/// What a tag without an end would be: it names an element that runs something, or sets an attribute.
fn is_of_element(inside: &[u8]) -> bool {
    let length = inside.iter().take(16).take_while(|it| it.is_ascii_alphanumeric()).count();
    let name = head(inside, length);
    let is_named = ELEMENTS.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
    is_named && inside.len() > length || inside.contains(&b'=') && length > 0
}

/// Where a handler's name begins that ends `name`: `onload`, `xonload` not.
fn handler_at(name: &[u8], from: usize) -> Option<usize> {
    let is_handler = |it: &[u8]| {
        matches!(it, [b'o' | b'O', b'n' | b'N', rest @ ..]
            if (3..=40).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphabetic))
    };
    let local = name.rsplit(|it| *it == b':').next().unwrap_or(name);
    is_handler(local).then_some(from + name.len() - local.len())
}

fn names_handler(text: &[u8]) -> bool {
    text.windows(3).any(|it| matches!(it, [b' ' | b'/' | b'\t' | b'\n', b'o' | b'O', b'n' | b'N']))
}

/// The value behind `=`: to its closing quote, or to the end of the tag.
fn value_of(after: &[u8]) -> &[u8] {
    let after = after.trim_ascii_start();
    let after = after.get(..CODE_BYTES_MAX).unwrap_or(after);
    match after {
        [quote @ (b'"' | b'\''), inside @ ..] => {
            let end = memchr::memchr(*quote, inside).unwrap_or(inside.len());
            inside.get(..end).unwrap_or(inside)
        }
        _ => {
            let end = memchr::memchr_iter(b'>', after)
                .find(|at| at.checked_sub(1).and_then(|it| after.get(it)) != Some(&b'='));
            after.get(..end.unwrap_or(after.len())).unwrap_or(after)
        }
    }
}

/// Elements whose content is not read as HTML, so that closing them is a break-out.
const CLOSERS: &[&str] = &[
    "title",
    "textarea",
    "script",
    "style",
    "noscript",
    "xmp",
    "iframe",
    "noembed",
    "template",
    "select",
    "option",
    "math",
    "svg",
    "noframes",
    "plaintext",
];

/// Elements that attackers begin with.
const ELEMENTS: &[&str] = &[
    "script", "iframe", "img", "image", "svg", "body", "form", "input", "style", "object", "embed",
    "video", "audio", "math", "link", "base", "meta", "applet", "details", "dialog", "button",
    "textarea", "marquee", "noscript", "template", "frameset", "isindex", "animate", "vmlframe",
    "bgsound", "layer",
];

const FRAMES: &[&str] =
    &["iframe", "frame", "frameset", "object", "embed", "applet", "portal", "layer", "ilayer"];

const CHANGERS: &[&str] = &[
    "base",
    "animate",
    "set",
    "animatetransform",
    "animatemotion",
    "animation",
    "foreignobject",
    "maction",
    "isindex",
    "bgsound",
    "namespace",
    "vmlframe",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Markup, is_met: bool) {
        assert_eq!(Page::of(text.as_bytes()).has(expected), is_met, "{text}");
    }

    #[test]
    fn handlers_are_met_behind_any_separator() {
        for text in [
            "<svg/onload=x>",
            "<img src=x\nonerror = x",
            "<a b='c'onclick=x>",
            "<img src=x\\x10onerror=x>",
            "<x:y onfoo=x",
        ] {
            check(text, Markup::HANDLER, true);
        }
        for text in
            ["<a href='?only=1'>", "<a online>", "<p class=onx>", "<b>x.onload = y</b>", "<b on=1>"]
        {
            check(text, Markup::HANDLER, false);
        }
    }

    #[test]
    fn addresses_are_met_in_attributes_and_styles() {
        for text in [
            "<a href=javascript:x>",
            "<p style='background:url(javascript:x)'>",
            "<meta content='0;url=javascript:x'>",
            "<meta content='0;javascript:x'>",
            "<object data=data:text/html,x>",
        ] {
            check(text, Markup::ADDRESS, true);
        }
        check("<a href='https://a.example/javascript:x'>", Markup::ADDRESS, false);
        check("<img src='data:image/png;base64,AAAA'>", Markup::ADDRESS, false);
    }

    #[test]
    fn styles_that_run_are_met() {
        check("<p style='x:expr/*x*/ession(alert(1))'>", Markup::STYLE, true);
        check("<p style='color:red'>", Markup::STYLE, false);
    }
}
