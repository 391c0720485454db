//! HTML and JavaScript in a value: what a browser runs.
//!
//! People post HTML, and even HTML with handlers and scripts: mails, templates, embedded players,
//! questions about code. Two shapes are left that are none of this. A *break-out* closes an
//! attribute, comment, element or string that the value never opened and goes on with something
//! that runs. A *probe* is nothing but one thing that runs and proves that it ran (`alert(1)`).
//!
//! Reads    at most `MARKUP_BYTES_MAX` bytes from a little before the first tag; bare code in
//!          values of at most `CODE_VALUE_BYTES_MAX`.
//! Memory   the decoded copy of one piece of code at a time.
//! Misses   scripts in the middle of long text (hints only); what runs only after a sanitiser has
//!          changed it; gadgets of the page's own scripts; a script that loads another without
//!          closing anything first, which is how people embed players.
//! Source   CWE-79, HTML Living Standard section 13.2.5 for where names and values end.

use super::caseless::{find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::script_code::{Facts, facts, scheme};
use super::script_markup::{Markup, Page};
use super::sign::{Input, Signs, signs};

signs! {
    PROBE = 0, "probe", Certain;
    OUT_OF_ATTRIBUTE = 1, "out-of-attribute", Certain;
    OUT_OF_ELEMENT = 2, "out-of-element", Certain;
    OUT_OF_STRING = 3, "out-of-string", Certain;
    ADDRESS = 4, "address", Certain;
    CONSTRUCTED = 5, "constructed", Certain;
    SYMBOLS = 6, "symbols", Certain;
    HIDDEN_ADDRESS = 7, "hidden-address", Certain;
    UTF7 = 8, "utf-7", Certain;
    LONE_HANDLER = 9, "lone-handler", Certain;
    TOLD = 10, "told", Likely;
    RUNS = 11, "runs", Likely;
    SCRIPT_TAG = 12, "script-tag", Likely;
    STYLE = 13, "style", Likely;
    CALL = 14, "call", Likely;
    SYMBOLS_FEW = 15, "symbols-few", Likely;
    CHANGES = 16, "changes", Likely;
    ODD_SEPARATOR = 17, "odd-separator", Likely;
    ADDRESS_CALLS = 18, "address-calls", Likely;
    STEALS = 19, "steals", Likely;
    OPENS = 20, "opens", Likely;
    HANDLER = 21, "handler", Hint;
    SCRIPT = 22, "script", Hint;
    ADDRESS_SOMEWHERE = 23, "address-somewhere", Hint;
    PROOF_SOMEWHERE = 24, "proof-somewhere", Hint;
    FRAME = 25, "frame", Hint;
    LOADS = 26, "loads", Likely;
    HIDDEN = 27, "hidden", Hint;
    TORN = 28, "torn", Hint;
    CODE = 29, "code", Hint;
    ODD_SOURCE = 30, "odd-source", Likely;
    UNFINISHED = 31, "unfinished", Likely;
}

/// Bytes of markup that are read.
const MARKUP_BYTES_MAX: usize = 2 * 1024;

/// Longest probe.
const PROBE_BYTES_MAX: usize = 768;

/// A script element that holds or names code is longer than its bare tags.
const SCRIPT_BYTES_MIN: usize = 18;

/// Longest value that is looked at as bare code.
const CODE_VALUE_BYTES_MAX: usize = 1024;

/// Longest text before a break-out.
const LEAD_BYTES_MAX: usize = 128;

/// Longest handler without a value, with what stands before it.
const UNFINISHED_BYTES_MAX: usize = 64;

/// Longest element that loads something and stands alone.
const LOADS_BYTES_MAX: usize = 256;

/// Calls that are looked at until one is met that attackers make.
const CALLS_MAX: usize = 64;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let marks = input.marks;
    let mut signs = Signs::default();
    let text = input.text.trim_ascii();
    let may_hold_tag = marks.has(Marks::LESS);
    if may_hold_tag {
        look_at_markup(text, &mut signs);
    } else if marks.has(Marks::EQUALS.and(Marks::LETTER)) {
        look_at_attributes(text, &mut signs);
    }
    if marks.has(Marks::EQUALS.and(Marks::LETTER)) {
        signs.note(UNFINISHED, is_unfinished(input.text));
    }
    if marks.has(Marks::COLON) {
        look_at_address(text, &mut signs);
    }
    let may_call = marks.has_any(Marks::PARENTHESIS.and(Marks::BACKTICK).and(Marks::BRACKET));
    let is_document = starts(text, b"<!doctype") || starts(text, b"<html>");
    let may_call = may_call || marks.has(Marks::DOT) && starts(text, b"document");
    if marks.has(Marks::BRACKET.and(Marks::BANG)) {
        look_at_symbols(head(text, CODE_VALUE_BYTES_MAX), &mut signs);
    }
    if may_call && !is_document && text.len() <= CODE_VALUE_BYTES_MAX {
        look_at_code(text, marks, &mut signs);
    }
    if marks.has(Marks::PLUS.and(Marks::DASH)) {
        let utf7 = memchr::memchr_iter(b'+', text)
            .take(CALLS_MAX)
            .any(|at| matches!(text.get(at..), Some([b'+', b'A', b'D', b'w' | b'4', b'-', ..])));
        signs.note(UTF7, utf7);
    }
    signs
}

/// What stands before the first tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// Nothing.
    Nothing,
    /// The end of an attribute or comment that the value did not begin.
    Closes,
    /// One word, with no blank before the tag.
    Glued,
    /// Prose.
    Words,
}

fn look_at_markup(text: &[u8], signs: &mut Signs) {
    let Some(at) = memchr::memchr(b'<', text) else { return };
    let (lead, rest) = text.split_at_checked(at).unwrap_or_default();
    let page = Page::of(rest.get(..MARKUP_BYTES_MAX).unwrap_or(rest));
    let has = |it: Markup| page.has(it);
    if !page.is_markup() {
        look_at_attributes(text, signs);
        return;
    }
    let lead = lead_of(lead);
    let closes_element = has(Markup::CLOSES_FIRST);
    let breaks_out = lead == Lead::Closes || closes_element;
    let is_short = text.len() <= PROBE_BYTES_MAX;
    let is_alone = is_short && matches!(lead, Lead::Nothing | Lead::Glued) && !page.ends_in_prose();
    let is_own = is_alone && !has(Markup::DOCUMENT);
    let runs = has(Markup::HANDLER.and(Markup::SCRIPT).and(Markup::ADDRESS).and(Markup::STYLE));
    let proves = page.facts.proves();
    let acts = page.facts.acts();

    let waits = has(Markup::WAITS)
        && !proves
        && !has(Markup::SCRIPT.and(Markup::ADDRESS).and(Markup::STYLE));
    let evaluates = runs && page.facts.has_any(Facts::EVAL);
    let is_odd = has(Markup::ODD_DOCUMENT) || has(Markup::ODD_ADDRESS) && acts;
    let is_made_up = has(Markup::ODD_ELEMENT) && has(Markup::HANDLER) && acts;
    let is_spaced = is_short && has(Markup::SPACED);
    signs.note(PROBE, is_own && (proves || evaluates || is_odd || is_made_up) || is_spaced);
    signs.note(
        OUT_OF_ELEMENT,
        breaks_out
            && runs
            && (proves || is_short && (acts || lead == Lead::Closes && has(Markup::SCRIPT))),
    );
    signs.note(HIDDEN_ADDRESS, has(Markup::HIDDEN_ADDRESS) && is_short);
    signs.note(TOLD, is_short && proves && !has(Markup::DOCUMENT));
    signs.note(
        RUNS,
        (is_own || breaks_out)
            && runs
            && (acts || has(Markup::ADDRESS))
            && !has_prose(text)
            && !waits,
    );
    signs.note(
        SCRIPT_TAG,
        (is_own || breaks_out) && has(Markup::SCRIPT) && text.len() > SCRIPT_BYTES_MIN,
    );
    signs.note(STYLE, is_short && has(Markup::STYLE));
    signs.note(CHANGES, (is_own || breaks_out) && has(Markup::CHANGES));
    signs.note(ODD_SEPARATOR, is_short && has(Markup::ODD_SEPARATOR) && (runs || breaks_out));
    signs.note(STEALS, is_short && page.facts.has_any(Facts::COOKIE) && runs);
    signs.note(OPENS, breaks_out && is_short && lead == Lead::Closes);
    signs.note(HANDLER, has(Markup::HANDLER));
    signs.note(SCRIPT, has(Markup::SCRIPT));
    signs.note(ADDRESS_SOMEWHERE, has(Markup::ADDRESS));
    signs.note(PROOF_SOMEWHERE, proves);
    signs.note(FRAME, (is_own || breaks_out) && has(Markup::FRAME));
    signs.note(HIDDEN, page.facts.has_any(Facts::HIDDEN));
    signs.note(TORN, is_own && page.is_torn());
    let loads = has(Markup::LOADS) && text.len() <= LOADS_BYTES_MAX && !has_prose(text);
    signs.note(LOADS, (is_own || breaks_out || lead == Lead::Glued) && loads);
    signs.note(ODD_SOURCE, (is_own || breaks_out) && has(Markup::ODD_SOURCE));
}

fn lead_of(lead: &[u8]) -> Lead {
    if lead.trim_ascii().iter().all(|it| matches!(it, b'(' | b'[')) {
        return Lead::Nothing;
    }
    if closes(lead.trim_ascii()) {
        return Lead::Closes;
    }
    let is_short = lead.len() <= 32;
    // `test 42 <svg ..>`: numbered, as in a list of probes.
    let is_numbered =
        lead.trim_ascii_end().last().is_some_and(|it| it.is_ascii_digit() || *it == b')')
            && lead.split(u8::is_ascii_whitespace).count() <= 3;
    let is_glued = is_short && (is_numbered || !lead.iter().any(u8::is_ascii_whitespace));
    if is_glued { Lead::Glued } else { Lead::Words }
}

/// `x">`, `'/>`, `>"`, `"`, `-->`: closes what was not opened here.
fn closes(lead: &[u8]) -> bool {
    if lead.len() > LEAD_BYTES_MAX {
        return false;
    }
    let mark = |it: &u8| {
        matches!(
            it,
            b'"' | b'\''
                | b'`'
                | b'>'
                | b'/'
                | b'-'
                | b' '
                | b';'
                | b')'
                | b']'
                | b'}'
                | b'\\'
                | b'\n'
        )
    };
    let marks = lead.iter().rev().take_while(|it| mark(it)).count();
    let tail = lead.get(lead.len().saturating_sub(marks)..).unwrap_or_default();
    // An even number of quotes closes what the lead itself opened: `colspan="2">`.
    let is_odd = |quote: u8| {
        tail.contains(&quote) && lead.iter().filter(|&&it| it == quote).count() % 2 == 1
    };
    let has_quote =
        is_odd(b'"') || is_odd(b'\'') || tail.ends_with(b"-->") || tail.ends_with(b"]]>");
    // A quote alone is said to begin a citation, unless nothing stands before it.
    has_quote && (tail.contains(&b'>') || marks == lead.len())
        || tail == lead && tail.contains(&b'>')
}

/// `x" onfocus=alert(1) `, `onload=alert(1)`: handlers without a tag of their own.
fn look_at_attributes(text: &[u8], signs: &mut Signs) {
    let page = Page::of_attributes(text.get(..MARKUP_BYTES_MAX).unwrap_or(text));
    let is_short = text.len() <= PROBE_BYTES_MAX;
    if page.has(Markup::HANDLER) {
        let lead = text.get(..page.first_handler).unwrap_or_default();
        let odd = |quote: u8| lead.iter().filter(|it| **it == quote).count() % 2 == 1;
        let breaks_out = (odd(b'"') || odd(b'\'') || odd(b'`'))
            && out_of_quote(lead)
            && lead.len() <= LEAD_BYTES_MAX;
        let is_alone = lead.len() <= 1 && !text.contains(&b'\n');
        let is_spaced =
            is_short && !lead.contains(&b'\n') && lead.split(u8::is_ascii_whitespace).count() <= 3;
        // Nothing but the quote stands before it, and what is called need prove nothing.
        let is_bare = lead.len() <= 16 && lead.trim_ascii().len() <= 2 && page.facts.acts();
        signs.note(OUT_OF_ATTRIBUTE, breaks_out && (page.facts.proves() || is_bare));
        signs.note(LONE_HANDLER, is_alone && is_short && page.facts.proves());
        signs.note(TOLD, is_spaced && page.facts.proves());
        signs.note(RUNS, is_short && (breaks_out || is_alone) && page.facts.acts());
        signs.note(HANDLER, is_short && !page.facts.has_any(Facts::SOURCE));
        signs.note(HIDDEN, is_short && page.facts.has_any(Facts::HIDDEN));
    }
    signs.note(ADDRESS_SOMEWHERE, page.has(Markup::ADDRESS));
    signs.note(
        PROBE,
        is_short
            && page.has(Markup::ADDRESS.and(Markup::STYLE))
            && page.facts.proves()
            && !has_prose(text),
    );
    signs.note(STYLE, is_short && page.has(Markup::STYLE) && !has_prose(text));
    signs.note(PROOF_SOMEWHERE, page.facts.proves());
}

/// What follows the first quote that is left open is a blank, slash, or the handler itself.
fn out_of_quote(lead: &[u8]) -> bool {
    let Some(at) = lead.iter().position(|it| matches!(it, b'"' | b'\'' | b'`')) else {
        return false;
    };
    let after = lead.get(at + 1..).unwrap_or_default();
    after.first().is_none_or(|it| {
        it.is_ascii_whitespace() || matches!(it, b'/' | 0x0B | b'>' | b'"' | b'\'')
    })
}

/// The value is an address that runs: `javascript:alert(1)`.
fn look_at_address(text: &[u8], signs: &mut Signs) {
    let shown = text.iter().take(24).position(u8::is_ascii_alphabetic).unwrap_or(0);
    let from = text.get(shown..).unwrap_or_default();
    let Some((_, is_hidden, code)) = scheme(text).or_else(|| scheme(from)) else { return };
    let facts = facts(code);
    let has_tag =
        code.contains(&b'<') && Page::of(code.get(..MARKUP_BYTES_MAX).unwrap_or(code)).is_markup();
    let is_prose = has_prose(code);
    let decodes = code.windows(9).take(16).any(|it| it.starts_with(b"base64,P"));
    signs.note(ADDRESS, !is_prose && (facts.proves() || has_tag || decodes));
    signs.note(HIDDEN_ADDRESS, is_hidden && !is_prose && facts.acts());
    signs.note(ADDRESS_CALLS, !is_prose && !is_void(code));
    signs.note(ADDRESS_SOMEWHERE, !is_void(code));
}

/// `void(0)`, `;`, nothing: what links say that have no target.
fn is_void(code: &[u8]) -> bool {
    let code = code.trim_ascii();
    code.is_empty()
        || code.starts_with(b"void")
        || code.starts_with(b";")
        || code.starts_with(b"history.")
}

/// Code that is made of brackets and negations alone.
fn look_at_symbols(text: &[u8], signs: &mut Signs) {
    let symbols = symbols(text);
    signs.note(SYMBOLS, symbols >= 40);
    signs.note(SYMBOLS_FEW, (4..40).contains(&symbols) && !has_prose(text));
}

/// `"onload=`, `<x onend=`, a blank and `onload=`: what a page would have to go on with.
fn is_unfinished(text: &[u8]) -> bool {
    let Some(named) = text.trim_ascii_end().strip_suffix(b"=") else { return false };
    if text.len() > UNFINISHED_BYTES_MAX {
        return false;
    }
    let length = named.iter().rev().take_while(|it| it.is_ascii_alphabetic()).count();
    let (lead, name) = named.split_at_checked(named.len() - length).unwrap_or_default();
    let runs = starts(name, b"on") && name.len() >= 5
        || [&b"formaction"[..], b"srcdoc", b"implementation", b"importimplementation"]
            .iter()
            .any(|it| name.eq_ignore_ascii_case(it));
    let is_alone = !lead.is_empty() && lead.iter().all(u8::is_ascii_whitespace);
    let leaves = lead.iter().any(|it| matches!(it, b'"' | b'\'' | b'<' | b'`'))
        && lead.iter().all(|it| !matches!(it, b'=' | b'?' | b'&' | b'('));
    runs && (is_alone || leaves)
}

/// Bare code: alone, behind the quote of a string, in a template of the page.
fn look_at_code(text: &[u8], marks: Marks, signs: &mut Signs) {
    if !calls_much(text, marks) {
        return;
    }
    let facts = facts(text);
    let proves = facts.proves();
    let is_prose = has_prose(text);
    let is_line = !text.contains(&b'\n');
    signs.note(
        CONSTRUCTED,
        facts.has_any(Facts::CONSTRUCTOR) && !is_prose && is_line && text.len() <= PROBE_BYTES_MAX,
    );
    signs.note(OUT_OF_STRING, out_of_string(text));
    signs.note(
        CALL,
        is_line
            && !is_prose
            && (proves || (!marks.has(Marks::LESS) && facts.has_any(Facts::BOX.and(Facts::EVAL)))),
    );
    let is_cookie = facts.has_any(Facts::COOKIE) && (facts.acts() || text.len() <= 48);
    signs.note(STEALS, is_line && !is_prose && is_cookie);
    signs.note(HIDDEN, facts.has_any(Facts::HIDDEN) && proves);
    signs.note(CODE, proves && !is_prose);
}

/// Whether a function is called, or a member named in brackets, that attackers use.
fn calls_much(text: &[u8], marks: Marks) -> bool {
    const NAMES: &[&[u8]] = &[
        b"alert",
        b"prompt",
        b"confirm",
        b"eval",
        b"msgbox",
        b"fetch",
        b"import",
        b"function",
        b"settimeout",
        b"setinterval",
        b"constructor",
        b"fromcharcode",
        b"atob",
        b"write",
        b"window",
        b"document",
        b"self",
        b"top",
        b"parent",
        b"frames",
        b"this",
        b"globalthis",
        b"btoa",
        b"xmlhttprequest",
        b"image",
    ];
    const BOXES: &[&[u8]] = &[b"alert", b"prompt)", b"prompt}", b"confirm)", b"confirm}"];
    memchr::memchr3_iter(b'(', b'`', b'[', text).take(CALLS_MAX).any(|at| {
        let before = text.get(..at).unwrap_or_default().trim_ascii_end();
        // What a browser says of itself: `Mozilla/5.0 (X11`.
        if before.last().is_some_and(u8::is_ascii_digit) && text.get(at) == Some(&b'(') {
            return false;
        }
        let before = before.strip_suffix(b"*/").map_or(before, |it| {
            let open = memchr::memmem::rfind(it.get(it.len().saturating_sub(64)..).unwrap_or(it), b"/*");
            open.and_then(|at| it.get(..it.len().saturating_sub(64) + at)).unwrap_or(it).trim_ascii_end()
        });
        let before = before.strip_suffix(b")").unwrap_or(before);
        let before = before.strip_suffix(b"?.").unwrap_or(before);
        let is_escaped = matches!(text.get(at.saturating_sub(24)..at), Some(it) if it.contains(&b'\\') || it.contains(&b'&'));
        // `[1].find(alert)`, `x.call`${alert}``: a box is handed on.
        let argument = from(text, at + 1);
        let argument = argument.strip_prefix(b"${").unwrap_or(argument);
        let is_tagged = text.get(at) == Some(&b'`') && before.ends_with(b"call");
        is_escaped
            || is_tagged
            || BOXES.iter().any(|it| starts(argument, it))
            || NAMES.iter().any(|it| {
                before.len().checked_sub(it.len()).and_then(|from| before.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(it))
            })
    }) || marks.has_any(Marks::QUOTE.and(Marks::DOUBLE_QUOTE).and(Marks::BACKTICK))
        && find(text, b"constructor").is_some()
        || marks.has(Marks::EQUALS) && find(text, b"=alert").is_some()
        || starts(text, b"document")
}

/// `';alert(1)//`, `"-alert(1)-"`, `${alert(1)}`: the end of a string, an operator, a call that
/// proves.
fn out_of_string(text: &[u8]) -> bool {
    let is_template = text.strip_prefix(b"${").is_some_and(|it| facts(it).proves());
    let quote = text.iter().take(LEAD_BYTES_MAX).position(|it| matches!(it, b'"' | b'\'' | b'`'));
    let Some(at) = quote else { return is_template };
    let Some((lead, [quote, rest @ ..])) = text.split_at_checked(at) else { return is_template };
    let is_word = !lead.iter().any(|it| matches!(it, b'(' | b'=' | b'['));
    let marks = rest
        .iter()
        .take_while(|it| {
            it.is_ascii_punctuation() && !matches!(it, b'"' | b'\'' | b'`' | b'$' | b'_' | b'(')
                || it.is_ascii_whitespace()
        })
        .count();
    let (operators, code) = rest.split_at_checked(marks).unwrap_or_default();
    let goes_on = operators.iter().any(|it| {
        matches!(
            it,
            b';' | b'-'
                | b'+'
                | b'*'
                | b'/'
                | b'|'
                | b'&'
                | b'^'
                | b','
                | b'%'
                | b'?'
                | b'<'
                | b'>'
                | b'='
                | b'}'
                | b'\n'
        )
    });
    let facts = facts(code);
    let ends = ends_as_code(code, *quote);
    // `x";go()//`: what follows the value is commented out.
    let is_cut = facts.has_any(Facts::CALL)
        && (code.ends_with(b"//")
            || code.ends_with(b"<!--")
            || code.ends_with(b"//'")
            || code.ends_with(b"//\""));
    let runs = facts.proves() || facts.has_any(Facts::EVAL) || is_cut;
    is_template || is_word && goes_on && runs && ends && starts_with_code(code)
}

/// The first word is called or assigned, or begins a statement.
fn starts_with_code(code: &[u8]) -> bool {
    let word = code
        .iter()
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'$' | b'.' | b'\\'))
        .count();
    let (name, after) = code.split_at_checked(word).unwrap_or_default();
    let is_statement = [
        &b"var"[..],
        b"let",
        b"const",
        b"throw",
        b"new",
        b"return",
        b"if",
        b"for",
        b"try",
        b"while",
        b"do",
        b"with",
    ]
    .iter()
    .any(|it| name.eq_ignore_ascii_case(it));
    is_statement
        || matches!(
            after.trim_ascii_start().first(),
            Some(b'(' | b'`' | b'=' | b'[' | b'?' | b'/' | b'{' | b';' | b')')
        )
}

/// The value ends in a comment, an operator, the quote that was broken out of, or a bracket.
fn ends_as_code(code: &[u8], quote: u8) -> bool {
    let code = code.trim_ascii_end();
    memchr::memmem::rfind(code, b"//").is_some_and(|at| code.len() - at <= 48)
        || code.ends_with(b"<!--")
        || code.ends_with(b"/*")
        || code.last().is_some_and(|it| {
            *it == quote
                || matches!(
                    it,
                    b')' | b';'
                        | b'}'
                        | b']'
                        | b'+'
                        | b'-'
                        | b'`'
                        | b'>'
                        | b'|'
                        | b'&'
                        | b'1'
                        | b'\''
                        | b'"'
                )
        })
}

/// Length of the longest run of the symbols that code without letters is made of; zero unless it
/// negates or adds arrays.
fn symbols(text: &[u8]) -> usize {
    let is_symbol = |it: &u8| matches!(it, b'[' | b']' | b'(' | b')' | b'!' | b'+' | b' ');
    let without_blanks =
        |run: &[u8]| -> Vec<u8> { run.iter().filter(|it| **it != b' ').copied().collect() };
    text.split(|it| !is_symbol(it))
        .filter(|run| run.len() >= 4)
        .map(without_blanks)
        .filter(|run| {
            run.windows(3).any(|it| match it {
                [b'+', b'[', b']'] | [b'!', b'!', b'['] | [b'[', b'!' | b'+', b'['] => true,
                // A picture without a name is written so too: `![](x.png)`.
                [b'!', b'[', b']'] => run.len() >= 12,
                _ => false,
            })
        })
        .map(|run| run.len())
        .max()
        .unwrap_or(0)
}

/// Whether words follow each other as in a sentence: at least three pairs of words with nothing
/// but a blank between, none of them a word of the language.
pub(super) fn has_prose(text: &[u8]) -> bool {
    const WORDS: &[&[u8]] =
        &[b"var", b"let", b"const", b"new", b"return", b"throw", b"function", b"typeof", b"void"];
    let mut pairs = 0;
    let mut is_after_word = false;
    for word in text.get(..1024).unwrap_or(text).split(u8::is_ascii_whitespace) {
        let trimmed = word.strip_suffix(b",").or_else(|| word.strip_suffix(b".")).unwrap_or(word);
        let is_word = !trimmed.is_empty()
            && trimmed.iter().all(|it| it.is_ascii_alphabetic() || *it == b'\'' || *it >= 128)
            && !WORDS.contains(&trimmed);
        pairs += usize::from(is_word && is_after_word);
        is_after_word = is_word;
    }
    pairs >= 3
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn what_runs_and_proves_it_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "<script>alert(1)</script>",
                "<ScRiPt>prompt`1`</sCrIpT>",
                "<svg/onload=alert(1)>",
                "<svg\u{c}onload=alert(1)",
                "<img src=x onerror=alert(document.domain)//",
                "<details open ontoggle=confirm()>",
                "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'>",
                "<x onfoo='al&#101;rt(1)'>",
                "<a href='java&Tab;script&colon;alert(1)'>x</a>",
                "<table background=\"javascript:go()\">",
                "<math><a xlink:href=javascript:alert(1)>x",
                "<p style='x:expression(alert(1))'>",
                "x<script>alert(1)</script>",
                "\"><script>alert(1)</script>",
                "--><img src=x onerror=alert(1)>",
                "</textarea><svg onload=alert(1)>",
                "\" onmouseover=\"alert(1)",
                "'onfocus=alert(1) autofocus x='",
                "onerror=alert(1)",
                "';alert(1)//",
                "\"-alert(1)-\"",
                "\\'-alert(1)//",
                "x'};alert(1);{'",
                "${alert(1)}",
                "x\";setTimeout(name, 1)//",
                "<BR SIZE=\"&{alert(1)}\">",
                "<style type=text/javascript>alert(1)</style>",
                "\"'><\\x00script>alert(1)</script>",
                "javascript:alert(1)",
                " JaVa\tScript:alert(1)",
                "data:text/html,<script>alert(1)</script>",
                "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
                "{{constructor.constructor('alert(1)')()}}",
                "[].filter.constructor('alert(1)')()",
                "[][(![]+[])[+[]]+([![]]+[][[]])[+!+[]+[+[]]]+(![]+[])[!+[]+!+[]]]",
                "+ADw-script+AD4-alert(1)",
                "' onselect=go('//e.example') '",
                "<xss onfoo=go()>",
                "<f o r m",
                "[].sort.call`${alert}1`",
                "<img onerror=msgbox+1 src=a>",
                "<input onfocus=write(1) autofocus>",
                "\"onfocus=alert(\u{201c}x\u{201d})//",
            ],
        );
    }

    #[test]
    fn what_runs_without_proof_is_likely() {
        check(
            Some(Strength::Likely),
            &[
                "<script src=//e.example/x.js></script>",
                "<img src=x onerror=steal()>",
                "alert(1)",
                "eval('2 + 2')",
                "javascript:go()",
                "x.onload = function() { alert(1) }",
                "<script src=//e.example/x>",
                "<embed src=\"http://e.example/x.swf\">",
                "<style>@import'http://e.example/x.css';</style>",
                "<link rel=stylesheet href=//e.example/x.css>",
                "<?import namespace=\"x\" implementation=\"http://e.example/x.htc\">",
                "<div style=\"font-family:foo}color:red;\">x</div>",
                "\"onzoom=",
                "<x onend=",
                " onload= ",
                "(document)[\"cookie\"]",
                "how do I escape <script>alert(1)</script> in a template?",
            ],
        );
    }

    #[test]
    fn what_people_write_is_no_more_than_a_hint() {
        for text in [
            "",
            "<3",
            "a < b && c > d",
            "<b>bold</b>",
            "<style>.a[b]{color:red}</style>",
            "<div style=\"color:red\">x</div>",
            "<VIDEO",
            "f=on=",
            "onload=",
            "document.title",
            "<!DOCTYPE html><html><head><script>alert(document.title)</script></head></html>",
            "say \"hi\" onclick=foo",
            "the function (see below) prints",
            "confirm (again) that it works for all of us",
            "- [ ] todo [x] done!",
            "const [a, b] = f(c)",
            "javascript: the good parts of it all",
            "2024-01-01T00:00:00+00:00",
            "{{ user.name }}",
            "it's an alert (1) for you and me; it's fine",
        ] {
            let seen = look(&Input::of(text.as_bytes(), false)).strength(SIGNS);
            let is_document = text.starts_with("<!DOCTYPE");
            let most = if is_document { Strength::Likely } else { Strength::Hint };
            assert!(seen.is_none_or(|it| it <= most), "{text}: {seen:?}");
        }
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in [
            "<",
            "<a ",
            "=",
            "(",
            "on=",
            "onload=alert(1) ",
            "<script>",
            "=j",
            "=&#",
            "alert(",
            "[]!",
            "`",
            "&#x6a;",
            "'-",
            "style=x",
            "<a style=x ",
            "<style>",
            "<script src=x ",
            "<link ",
            "<f o r m",
        ] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let input = Input::of(&text, false);
            let start = std::time::Instant::now();
            look(&input);
            assert!(start.elapsed().as_millis() < 50, "{unit}");
        }
    }
}
