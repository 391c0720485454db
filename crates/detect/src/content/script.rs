//! HTML that runs when it is shown: the evidence beside the recogniser's suspicion.
//!
//! People post HTML, and even HTML with handlers and scripts: mails, templates, embedded players,
//! questions about code. Two shapes are left that are none of this. A *break-out* closes an
//! attribute, comment or element that the value never opened and goes on with something that
//! runs. A *probe* is nothing but one thing that runs and proves that it ran (`alert(1)`).
//!
//! Reads    the first `RUNS_BYTES_MAX` bytes of a value.
//! Memory   none.
//! Misses   scripts in the middle of text; entities and escapes inside handlers and URLs; templates
//!          of front-end frameworks; what runs only after a sanitiser has changed it; a script that
//!          loads another without closing anything first, which is how people embed players.
//! Source   CWE-79, HTML Living Standard section 13.2.5 for where names and values end.

use super::marks::Marks;
use super::sign::{Input, Sign, Signs, Strength};
use libinjectionrs::detect_xss;

/// Bytes that libinjection reads, beginning a little before the first tag. Some inputs cost it half a microsecond a
/// byte.
const SHAPE_BYTES_MAX: usize = 1024;

/// Bytes before the first tag that are read with it.
const SHAPE_LEAD_BYTES: usize = 64;

pub(super) const SIGNS: &[Sign] =
    &[Sign::new("runs", Strength::Certain), Sign::new("shape", Strength::Hint)];

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.marks.has_any(Marks::LESS.and(Marks::GREATER).and(Marks::EQUALS)) {
        return signs;
    }
    let first = memchr::memchr(b'<', input.text).unwrap_or(0);
    let rest = input.text.get(first.saturating_sub(SHAPE_LEAD_BYTES)..).unwrap_or_default();
    let has_shape = detect_xss(rest.get(..SHAPE_BYTES_MAX).unwrap_or(rest)).is_injection();
    signs.note(0, has_shape && runs(input.text));
    signs.note(1, has_shape);
    signs
}

/// Bytes that are read.
const RUNS_BYTES_MAX: usize = 2 * 1024;

/// Longest probe.
const PROBE_BYTES_MAX: usize = 512;

/// Longest text before a break-out.
const LEAD_BYTES_MAX: usize = 64;

/// Tags that are looked at.
const TAGS_MAX: usize = 8;

/// Whether `text` is HTML that breaks out or probes, and runs.
pub(super) fn runs(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let read = text.get(..RUNS_BYTES_MAX).unwrap_or(text);
    breaks_out_of_attribute(read) || tag_runs(text.len(), read)
}

fn tag_runs(length: usize, read: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'<', read) else { return false };
    let (lead, mut rest) = read.split_at(at);
    let mut breaks_out = closes(lead.trim_ascii());
    if !breaks_out && !lead.is_empty() {
        return false;
    }
    for n in 0..TAGS_MAX {
        let Some(tag) = Tag::first(rest) else { return false };
        breaks_out |= n == 0 && is(tag.name, CLOSERS);
        if !breaks_out && is(tag.name, DOCUMENTS) {
            return false;
        }
        if let Some(code) = tag.runs() {
            return if breaks_out {
                has_call(code)
            } else {
                length <= PROBE_BYTES_MAX && proves(code)
            };
        }
        rest = tag.rest;
    }
    false
}

/// `x">`, `'/>`, `>"`, `-->`: closes what was not opened here.
fn closes(lead: &[u8]) -> bool {
    let mark = |it: &u8| matches!(it, b'"' | b'\'' | b'>' | b'/' | b'-' | b' ');
    let marks = lead.iter().rev().take_while(|it| mark(it)).count();
    let tail = lead.get(lead.len().saturating_sub(marks)..).unwrap_or_default();
    // An even number of quotes closes what the lead itself opened: `colspan="2">`.
    let is_odd = |quote: u8| {
        tail.contains(&quote) && lead.iter().filter(|&&it| it == quote).count() % 2 == 1
    };
    let has_quote = is_odd(b'"') || is_odd(b'\'') || tail.ends_with(b"-->");
    lead.len() <= LEAD_BYTES_MAX && tail.contains(&b'>') && has_quote
}

/// `x" onfocus=alert(1) `: closes an attribute and opens another that runs.
fn breaks_out_of_attribute(read: &[u8]) -> bool {
    let Some(at) = read.iter().take(LEAD_BYTES_MAX).position(|it| matches!(it, b'"' | b'\''))
    else {
        return false;
    };
    let (lead, rest) = read.split_at(at);
    let mut rest = rest.get(1..).unwrap_or_default();
    if lead.contains(&b'<')
        || !rest.first().is_some_and(|it| it.is_ascii_whitespace() || *it == b'/')
    {
        return false;
    }
    for _ in 0..TAGS_MAX {
        let Some((name, value, after)) = attribute(rest) else { return false };
        if is_handler(name) {
            return has_call(value) && !value.is_empty();
        }
        rest = after;
    }
    false
}

/// An opening or closing tag.
#[derive(Debug)]
struct Tag<'a> {
    /// With `/` in front if it closes.
    name: &'a [u8],
    attributes: &'a [u8],
    /// What follows the tag's name.
    rest: &'a [u8],
}

impl<'a> Tag<'a> {
    fn first(text: &'a [u8]) -> Option<Self> {
        let at = memchr::memchr(b'<', text)?;
        let inside = text.get(at + 1..)?;
        let slash = usize::from(inside.first() == Some(&b'/'));
        let letters = inside
            .iter()
            .skip(slash)
            .take_while(|it| !it.is_ascii_whitespace() && !matches!(it, b'/' | b'>' | b'<' | 0))
            .count();
        let (name, attributes) = inside.split_at_checked(slash + letters)?;
        Some(Self { name, attributes, rest: attributes })
    }

    /// The code that runs when this tag is shown.
    fn runs(&self) -> Option<&'a [u8]> {
        if is(self.name, &["script"]) {
            let body = self.attributes.get(memchr::memchr(b'>', self.attributes)? + 1..)?;
            return Some(body);
        }
        if !self.name.first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut rest = self.attributes;
        for _ in 0..TAGS_MAX {
            let (name, value, after) = attribute(rest)?;
            if is_handler(name) || (is(name, LINKS) && is_script_url(value)) {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}

/// The first attribute of `text`: name, value and what follows; none at the end of the tag.
fn attribute(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let skip = |text: &'_ [u8]| {
        text.iter()
            .take_while(|it| it.is_ascii_whitespace() || matches!(it, b'/' | 0x0B | 0))
            .count()
    };
    let text = text.get(skip(text)..)?;
    let is_name = |it: &&u8| !it.is_ascii_whitespace() && !matches!(it, b'=' | b'>' | b'/' | 0);
    let name_bytes = text.iter().take_while(is_name).count();
    let (name, rest) = text.split_at_checked(name_bytes)?;
    if name.is_empty() {
        return None;
    }
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"=") else {
        return Some((name, &[], rest));
    };
    let rest = rest.trim_ascii_start();
    match rest {
        [quote @ (b'"' | b'\''), inside @ ..] => {
            let end = memchr::memchr(*quote, inside).unwrap_or(inside.len());
            let (value, after) = inside.split_at_checked(end)?;
            Some((name, value, after.get(1..).unwrap_or_default()))
        }
        _ => {
            let end =
                rest.iter().take_while(|it| !it.is_ascii_whitespace() && **it != b'>').count();
            let (value, after) = rest.split_at_checked(end)?;
            Some((name, value, after))
        }
    }
}

fn is_handler(name: &[u8]) -> bool {
    matches!(name, [b'o' | b'O', b'n' | b'N', rest @ ..]
        if rest.len() >= 3 && rest.iter().all(u8::is_ascii_alphabetic))
}

fn is_script_url(value: &[u8]) -> bool {
    let mut plain = value.iter().filter(|it| **it > b' ').map(u8::to_ascii_lowercase);
    let start: Vec<u8> = plain.by_ref().take(14).collect();
    [&b"javascript:"[..], b"vbscript:", b"data:text/html"].iter().any(|it| start.starts_with(it))
}

/// Something is called.
fn has_call(code: &[u8]) -> bool {
    code.iter().any(|it| matches!(it, b'(' | b'`' | b'='))
}

/// Something is called to show that it could be: a message box without a message for people.
fn proves(code: &[u8]) -> bool {
    let lower = code.to_ascii_lowercase();
    BOXES.iter().any(|name| {
        memchr::memmem::find_iter(&lower, name).any(|at| {
            let after = lower.get(at + name.len()..).unwrap_or_default().trim_ascii_start();
            match after {
                [b'`', ..] => true,
                [b'(', argument @ ..] => is_proof(argument.trim_ascii_start()),
                _ => false,
            }
        })
    })
}

fn is_proof(argument: &[u8]) -> bool {
    let quoted = match argument {
        [b'"' | b'\'' | b'`' | b'/' | b'\\', rest @ ..] => rest,
        _ => argument,
    };
    matches!(argument, [b'0'..=b'9' | b')' | b'/', ..])
        || [&b"xss"[..], b"document.", b"string.fromcharcode", b"window.", b"1", b"self.", b"atob("]
            .iter()
            .any(|it| quoted.starts_with(it))
}

fn is(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()))
}

const BOXES: &[&[u8]] = &[b"alert", b"prompt", b"confirm", b"print", b"eval"];

const LINKS: &[&str] = &[
    "href",
    "src",
    "data",
    "action",
    "formaction",
    "xlink:href",
    "from",
    "to",
    "values",
    "srcdoc",
];

/// What documents begin with.
const DOCUMENTS: &[&str] = &["!doctype", "html", "head", "meta", "title", "?xml"];

/// Elements whose content is not read as HTML, so that closing them is a break-out.
const CLOSERS: &[&str] = &[
    "/title",
    "/textarea",
    "/script",
    "/style",
    "/noscript",
    "/xmp",
    "/iframe",
    "/noembed",
    "/template",
    "/select",
    "/option",
];
