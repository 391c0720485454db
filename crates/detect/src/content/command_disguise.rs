//! A command line without its disguise: what a shell makes of it before it looks for a program.
//!
//! Quotes in a name, empty expansions and unset variables are read by [`super::command_line`]. Here is what moves text:
//! names put together from variables, printed in octal digits, packed and piped into a shell, or run by another program.
//!
//! Reads    a short value.
//! Writes   the value as the shell would see it, or nothing if it is the same.
//! Memory   one copy of the value; a rewriting never makes it longer by more than one assigned value a variable, of which there
//!          are at most [`REWRITES_MAX`].
//! Misses   arithmetic, functions, aliases, loops, and what needs the output of another program.
//! Source   POSIX.1-2017, Shell Command Language 2.2, 2.6 and 2.9; Bash manual, 3.1.2.4.

use super::command_names::{self, Name};

/// Rounds: a disguise may stand inside another.
const ROUNDS_MAX: usize = 4;

/// Longest value that is rewritten.
const TEXT_BYTES_MAX: usize = 1024;

/// What is rewritten in one round.
const REWRITES_MAX: usize = 24;

/// Longest content of a substitution or word that is looked through.
const INSIDE_BYTES_MAX: usize = 256;

/// The text without disguises, if it has some.
pub(super) fn resolve(text: &[u8]) -> Option<Vec<u8>> {
    let mut resolved: Option<Vec<u8>> = None;
    for _ in 0..ROUNDS_MAX {
        let now = resolved.as_deref().unwrap_or(text);
        if now.len() > TEXT_BYTES_MAX {
            break;
        }
        let Some(next) = round(now) else { break };
        resolved = Some(next);
    }
    resolved
}

/// So many bytes stand for this text.
struct Rewrite {
    bytes: usize,
    text: Vec<u8>,
}

impl Rewrite {
    fn nothing(bytes: usize) -> Option<Self> {
        Some(Self { bytes, text: Vec::new() })
    }

    fn to(bytes: usize, text: &[u8]) -> Option<Self> {
        Some(Self { bytes, text: text.to_vec() })
    }
}

fn round(text: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::new();
    let mut rewrites = 0;
    let mut copied = 0;
    let mut at = 0;
    // A command may begin here.
    let mut is_start = true;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty() && rewrites < REWRITES_MAX) {
        let before = at.checked_sub(1).and_then(|it| text.get(it)).copied();
        let found = expansion(text, rest, before)
            .or_else(|| if is_start { at_start(text, rest, at > 0) } else { None });
        if let Some(it) = found {
            written.extend_from_slice(text.get(copied..at).unwrap_or_default());
            written.extend_from_slice(&it.text);
            rewrites += 1;
            at += it.bytes.max(1);
            copied = at;
            is_start &= it.text.is_empty();
            continue;
        }
        is_start = match rest.first() {
            Some(b';' | b'|' | b'&' | b'\n' | b'\r' | b'`' | b'(') => true,
            Some(b' ' | b'\t') => is_start,
            _ => false,
        };
        at += 1;
    }
    if rewrites == 0 {
        return None;
    }
    written.extend_from_slice(text.get(copied..).unwrap_or_default());
    Some(written)
}

fn is_letter(byte: Option<u8>) -> bool {
    byte.is_some_and(|it| it.is_ascii_alphanumeric())
}

/// What may stand anywhere in a word.
fn expansion(text: &[u8], rest: &[u8], before: Option<u8>) -> Option<Rewrite> {
    match rest {
        [b'\\', b'\n', next, ..] if is_letter(before) && is_letter(Some(*next)) => {
            Rewrite::nothing(2)
        }
        [b'\\', b'\r', b'\n', next, ..] if is_letter(before) && is_letter(Some(*next)) => {
            Rewrite::nothing(3)
        }
        // Of `\d+` or `\n` nothing is left that is a name; of `C:\dir` neither.
        [b'\\', b'a'..=b'z', b'a'..=b'z' | b'\\' | b'\'' | b'"' | b'$', ..]
            if !matches!(before, Some(b'%' | b':' | b'\\')) =>
        {
            Rewrite::nothing(1)
        }
        [b'\\', b'a'..=b'z', ..] if is_letter(before) => Rewrite::nothing(1),
        [b'$', b'(', inside @ ..] => substitution(inside),
        [b'$', b'\'', inside @ ..] => {
            let end = memchr::memchr(b'\'', inside.get(..INSIDE_BYTES_MAX).unwrap_or(inside))?;
            let inside = inside.get(..end).filter(|it| it.contains(&b'\\'))?;
            Rewrite::to(end + 3, &unescaped(inside))
        }
        [b'$', b'{', b'I', b'F', b'S', b'}', ..] => Rewrite::to(6, b" "),
        [b'$', b'I', b'F', b'S', b'$', b'0'..=b'9', ..] => Rewrite::to(6, b" "),
        [b'$', b'{', inside @ ..] => {
            let name = name(inside);
            let after = inside.get(name.len()..).filter(|it| it.starts_with(b"}"))?;
            let is_inside = is_letter(before) && is_letter(after.get(1).copied());
            match assigned(text, name) {
                Some(value) => Rewrite::to(name.len() + 3, value),
                None if is_inside || matches!(inside, [b'@' | b'*', ..]) => {
                    Rewrite::nothing(name.len() + 3)
                }
                None => None,
            }
        }
        [b'$', b'@' | b'*' | b'0'..=b'9', next, ..]
            if is_letter(before) && next.is_ascii_lowercase() =>
        {
            Rewrite::nothing(2)
        }
        [b'$', inside @ ..] => {
            let name = name(inside);
            Rewrite::to(name.len() + 1, assigned(text, name)?)
        }
        // `/etc/passw[d]`
        [b'[', letter @ b'a'..=b'z', b']', after @ ..]
            if before == Some(b'/')
                || is_letter(before) && !after.starts_with(b"=") && text.contains(&b'/') =>
        {
            Rewrite::to(3, &[*letter])
        }
        _ => None,
    }
}

/// Behind `$(`: what prints nothing, or a text that stands there.
fn substitution(inside: &[u8]) -> Option<Rewrite> {
    let window = inside.get(..INSIDE_BYTES_MAX).unwrap_or(inside);
    let end = window.iter().position(|it| matches!(it, b'(' | b')'))?;
    if window.get(end) != Some(&b')') {
        // `$( (true))`
        let end = memchr::memmem::find(window, b"))")?;
        let content = window.get(..end)?.trim_ascii_start().strip_prefix(b"(")?;
        return if is_silent(content) { Rewrite::nothing(end + 4) } else { None };
    }
    let content = window.get(..end)?;
    if is_silent(content) {
        return Rewrite::nothing(end + 3);
    }
    let (printed, rest) = printed(content.trim_ascii())?;
    if rest.trim_ascii().is_empty() { Rewrite::to(end + 3, &printed) } else { None }
}

/// `:`, `true`, nothing at all, whatever quotes it has.
fn is_silent(content: &[u8]) -> bool {
    let is_mark = |it: &u8| matches!(it, b'\'' | b'"' | b'\\' | b' ');
    let mut bytes = content.iter().copied().filter(|it| !is_mark(it));
    let mut found = [0_u8; 5];
    let mut length = 0;
    for (place, byte) in found.iter_mut().zip(bytes.by_ref()) {
        *place = byte;
        length += 1;
    }
    matches!(found.get(..length), Some(b"" | b":" | b"true"))
}

/// What may stand where a command begins.
fn at_start(text: &[u8], rest: &[u8], is_behind: bool) -> Option<Rewrite> {
    assignment(text, rest)
        .or_else(|| piped(rest))
        .or_else(|| quoted_script(rest))
        .or_else(|| if is_behind { wrapped(rest).or_else(|| separated(rest)) } else { None })
}

/// `dir,c:\`, `type=%SYSTEMROOT%\win.ini`: the interpreter of Windows takes more than blanks for a blank.
fn separated(rest: &[u8]) -> Option<Rewrite> {
    let program = name(rest);
    if !["dir", "type", "del", "copy"].iter().any(|it| program.eq_ignore_ascii_case(it.as_bytes()))
    {
        return None;
    }
    let after = rest.get(program.len()..)?;
    let is_mark = |it: &&u8| matches!(it, b',' | b'=' | b'\t' | b' ');
    let count = after.iter().take(INSIDE_BYTES_MAX).take_while(is_mark).count();
    let (marks, argument) = after.split_at_checked(count)?;
    // `&type=5` is a parameter.
    let is_path = matches!(
        argument,
        [b'a'..=b'z' | b'A'..=b'Z', b':', ..] | [b'%' | b'\\', b'a'..=b'z' | b'A'..=b'Z' | b'.', ..]
    );
    if !marks.iter().any(|it| matches!(it, b',' | b'=' | b'\t')) || !is_path {
        return None;
    }
    let mut text = program.to_vec();
    text.push(b' ');
    Some(Rewrite { bytes: program.len() + count, text })
}

/// `a=who;`, if `$a` is used.
fn assignment(text: &[u8], rest: &[u8]) -> Option<Rewrite> {
    let name = name(rest);
    let value = rest.get(name.len()..)?.strip_prefix(b"=")?;
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !is_used(text, name) {
        return None;
    }
    let value = plain_word(value);
    let after = rest.get(name.len() + 1 + value.len()..)?;
    if matches!(after, [b';' | b'\n' | b' ', ..]) {
        Rewrite::nothing(name.len() + value.len() + 2)
    } else {
        None
    }
}

/// Longest name of a variable.
const NAME_BYTES_MAX: usize = 16;

fn name(text: &[u8]) -> &[u8] {
    let is_in = |it: &&u8| it.is_ascii_alphanumeric() || **it == b'_';
    let count = text.iter().take(NAME_BYTES_MAX + 1).take_while(is_in).count();
    text.get(..count).filter(|it| !it.first().is_some_and(u8::is_ascii_digit)).unwrap_or_default()
}

fn plain_word(text: &[u8]) -> &[u8] {
    let is_in = |it: &&u8| {
        it.is_ascii_alphanumeric()
            || matches!(it, b'/' | b'.' | b'-' | b'_' | b'\'' | b'"' | b'\\' | b':')
    };
    let count = text.iter().take(INSIDE_BYTES_MAX).take_while(is_in).count();
    text.get(..count).unwrap_or_default()
}

fn is_used(text: &[u8], name: &[u8]) -> bool {
    memchr::memchr_iter(b'$', text).take(REWRITES_MAX).any(|at| {
        let after = text.get(at + 1..).unwrap_or_default();
        let after = after.strip_prefix(b"{").unwrap_or(after);
        self::name(after) == name
    })
}

/// What the value itself assigns to a variable.
fn assigned<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return None;
    }
    memchr::memchr_iter(b'=', text).take(REWRITES_MAX).find_map(|at| {
        let head = text.get(..at)?.strip_suffix(name)?;
        let is_start =
            matches!(head.last(), None | Some(b';' | b'|' | b'&' | b'\n' | b' ' | b'(' | b'`'));
        let value = plain_word(text.get(at + 1..)?);
        Some(value).filter(|it| is_start && !it.is_empty())
    })
}

/// `echo d2hvYW1p|base64 -d|sh`, `printf '\151\144'|sh`, `echo di|rev|sh`.
fn piped(rest: &[u8]) -> Option<Rewrite> {
    let (mut text, mut after) = printed(rest)?;
    for _ in 0..ROUNDS_MAX {
        after = after.trim_ascii_start().strip_prefix(b"|")?.trim_ascii_start();
        let end =
            after.iter().position(|it| matches!(it, b'|' | b';' | b'&' | b'\n' | b')' | b'`'));
        let end = end.unwrap_or(after.len());
        let stage = after.get(..end)?;
        let mut words = stage.split(u8::is_ascii_whitespace).filter(|it| !it.is_empty());
        let program = words.next()?.rsplit(|it| *it == b'/').next()?;
        match program {
            b"base64" if matches!(words.next(), Some(b"-d" | b"-D" | b"-di" | b"--decode")) => {
                text = unpacked(&text)?;
            }
            b"rev" => text.reverse(),
            b"sh" | b"bash" | b"dash" | b"zsh" | b"ksh" | b"ash" => {
                let after = after.get(end..)?;
                // Marks behind the shell, like a quote that the victim wrote, are left.
                return Some(Rewrite { bytes: rest.len().checked_sub(after.len())?, text });
            }
            _ => return None,
        }
        after = after.get(end..)?;
    }
    None
}

/// What `echo` or `printf` prints, and what follows.
fn printed(rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (is_raw, rest) = match (rest.strip_prefix(b"echo"), rest.strip_prefix(b"printf")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return None,
    };
    let mut word = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"\t"))?.trim_ascii_start();
    let mut escapes = !is_raw;
    for option in [&b"-ne "[..], b"-en ", b"-e ", b"-n ", b"-- ", b"%s ", b"'%s' "] {
        if let Some(rest) = word.strip_prefix(option) {
            escapes |= option.contains(&b'e');
            word = rest;
        }
    }
    let (text, after) = match word {
        [quote @ (b'\'' | b'"'), inside @ ..] => {
            let end = memchr::memchr(*quote, inside.get(..INSIDE_BYTES_MAX * 2).unwrap_or(inside))?;
            inside.split_at_checked(end).map(|it| (it.0, it.1.get(1..).unwrap_or_default()))?
        }
        _ => {
            let is_end = |it: &u8| {
                it.is_ascii_whitespace()
                    || matches!(it, b'|' | b';' | b'&' | b')' | b'`' | b'$' | b'<' | b'>')
            };
            let end = word.iter().position(is_end).unwrap_or(word.len());
            word.split_at_checked(end)?
        }
    };
    let text = if escapes { unescaped(text) } else { text.to_vec() };
    Some((text, after)).filter(|it| !it.0.is_empty())
}

/// `sh -c 'id'`, `eval "id"`, `bash<<<'id'`.
fn quoted_script(rest: &[u8]) -> Option<Rewrite> {
    let word = plain_word(rest);
    let program = word.rsplit(|it| *it == b'/').next()?;
    let after = rest.get(word.len()..)?;
    let quoted = match program {
        b"eval" => after.strip_prefix(b" ")?,
        b"sh" | b"bash" | b"dash" | b"zsh" | b"ksh" | b"ash" => {
            let after = after.trim_ascii_start();
            let after = after.strip_prefix(b"-c ").or_else(|| after.strip_prefix(b"<<<"))?;
            after.trim_ascii_start()
        }
        _ => return None,
    };
    let (&quote, inside) = quoted.split_first()?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let end = memchr::memchr(quote, inside.get(..INSIDE_BYTES_MAX * 2).unwrap_or(inside))?;
    let bytes = rest.len().checked_sub(inside.len())? + end + 1;
    Rewrite::to(bytes, inside.get(..end)?)
}

/// `command id`, `env -u x id`, `nice id`: the program that it runs.
fn wrapped(rest: &[u8]) -> Option<Rewrite> {
    let word = plain_word(rest);
    let program = word.rsplit(|it| *it == b'/').next()?;
    if !matches!(
        program,
        b"command"
            | b"env"
            | b"eval"
            | b"nice"
            | b"exec"
            | b"nohup"
            | b"setsid"
            | b"sudo"
            | b"busybox"
            | b"builtin"
    ) {
        return None;
    }
    let mut next = rest.get(word.len()..)?.strip_prefix(b" ")?.trim_ascii_start();
    if let Some(rest) = next.strip_prefix(b"-u ") {
        let skipped = plain_word(rest).len();
        next = rest.get(skipped..)?.trim_ascii_start();
    }
    let name = plain_word(next).rsplit(|it| *it == b'/').next()?;
    if command_names::of(name) == Name::Other {
        return None;
    }
    Rewrite::nothing(rest.len().checked_sub(next.len())?)
}

/// A text whose escapes are bytes: `\151`, `\x69`, `\u0069`.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            written.push(byte);
            continue;
        }
        let (base, skipped, digits_max) = match after {
            [b'x', ..] => (16, 1, 2),
            [b'u', ..] => (16, 1, 4),
            [b'U', ..] => (16, 1, 8),
            [b'0', ..] => (8, 0, 4),
            [b'1'..=b'7', ..] => (8, 0, 3),
            [b'n', ..] => {
                written.push(b'\n');
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            _ => continue,
        };
        let mut value = 0_u32;
        let mut count = 0;
        for &digit in after.get(skipped..).unwrap_or_default().iter().take(digits_max) {
            let Some(digit) = char::from(digit).to_digit(base) else { break };
            value = value.saturating_mul(base).saturating_add(digit);
            count += 1;
        }
        written.push(u8::try_from(value).unwrap_or(b'?'));
        rest = after.get(skipped + count..).unwrap_or_default();
    }
    written
}

/// What base64 packs; nothing if it is no text.
fn unpacked(text: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for &byte in text.iter().take_while(|it| **it != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            written.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
        bits &= 0xFFF;
    }
    let is_text = written.iter().all(|it| it.is_ascii_graphic() || it.is_ascii_whitespace());
    Some(written).filter(|it| is_text && !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = resolve(text.as_bytes()).map(|it| String::from_utf8(it).unwrap());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_disguise_is_taken_off() {
        for (text, expected) in [
            (";i\\\nd;", ";id;"),
            ("; l$(true)s -la", "; ls -la"),
            ("; l$('t''r''u''e')s -l /etc/", "; ls -l /etc/"),
            ("| l$(\\t\\r\\u\\e)s -l /", "| ls -l /"),
            ("a;i$( (true))d;", "a;id;"),
            ("|/usr/bin/$(printf '\\151\\144')", "|/usr/bin/id"),
            ("; /bin/pw$($(printf '\\164\\162\\165\\145'))d", "; /bin/pwd"),
            ("| $'\\x69\\144'", "| id"),
            ("`_x=pi;zz=ng;$_x$zz 127.0.0.1`", "`ping 127.0.0.1`"),
            ("; p=who;${p}ami", "; whoami"),
            ("& echo d2hvYW1p|base64 --decode|bash", "& whoami"),
            ("; printf '\\151\\144'|sh", "; id"),
            ("; echo 'la- sl'|rev|sh", "; ls -al"),
            ("| p$(sh -c 'echo dHJ1ZQ=='|base64 --decode|bash)wd", "| pwd"),
            ("; sh -c 'cat /etc/passwd'", "; cat /etc/passwd"),
            ("; bash<<<'id'", "; id"),
            ("& env -u zq ifconfig", "& ifconfig"),
            ("& nice /usr/bin/id", "& /usr/bin/id"),
            ("; \\w\\h\\o\\a\\m\\i", "; whoami"),
            ("; cat /[e]tc/passw[d]", "; cat /etc/passwd"),
            ("; cat${IFS}/etc/passwd", "; cat /etc/passwd"),
            ("| type,,%SYSTEMROOT%\\win.ini", "| type %SYSTEMROOT%\\win.ini"),
            ("& DIR=c:\\", "& DIR c:\\"),
        ] {
            check(text, Some(expected));
        }
    }

    #[test]
    fn what_has_no_disguise_stays() {
        for text in [
            "",
            "; id",
            "a & b",
            "sort[a]=1",
            "costs $5 or $10",
            "echo hello | grep x",
            "x=1;y=2",
            "a=1&type=5",
            "|dir,name",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["$(", "$a", "a=b;$a", "\\\n", "${", "$'", "echo a|", "sh -c '", "[a]"] {
            let text: Vec<u8> = unit.bytes().cycle().take(1024).collect();
            let start = std::time::Instant::now();
            resolve(&text);
            assert!(start.elapsed().as_millis() < 100, "{unit}");
        }
    }
}
