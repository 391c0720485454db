//! The parts of a multipart body: where each begins and ends, and what its head says.
//!
//! Reads    a body that is held whole, by one boundary after the other where the type leaves open which one counts.
//! Writes   parts, and whether parsers may disagree about them.
//! Memory   the boundaries.
//! Errors   none: what is doubtful is odd, and the walk then hands over the whole text besides.
//! Misses   boundaries behind the first [`BOUNDARIES_MAX`]; names in encoded words (RFC 2047).
//! Source   RFC 2046 section 5.1, RFC 7578, RFC 5987.

use crate::percent;
use memchr::memmem;

/// Readings of the boundary that are tried.
const BOUNDARIES_MAX: usize = 4;

/// Bytes of a boundary; RFC 2046 allows 70.
const BOUNDARY_BYTES_MAX: usize = 256;

/// Bytes of a part's head.
pub(crate) const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Parameters of one field.
const PARAMETERS_MAX: usize = 32;

/// One `name=value` of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: Vec<u8>,
    /// Without quotes and the escapes within.
    pub(crate) value: Vec<u8>,
    /// It is not written as parameters are: some readers may find another one in it.
    pub(crate) is_odd: bool,
}

impl Parameter {
    pub(crate) fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The parameters behind the first `;` of a field's value.
pub(crate) fn parameters(field: &[u8]) -> impl Iterator<Item = Parameter> {
    let mut rest = memchr::memchr(b';', field).and_then(|at| field.get(at + 1..));
    let next = move || {
        let text = rest.take()?.trim_ascii_start();
        let equals = text.iter().position(|it| matches!(it, b'=' | b';'))?;
        let name = text.get(..equals)?.trim_ascii().to_ascii_lowercase();
        let behind = text.get(equals..)?;
        let Some(value) = behind.strip_prefix(b"=") else {
            rest = behind.get(1..);
            return Some(Parameter { is_odd: !is_token(&name), name, value: Vec::new() });
        };
        let value = value.trim_ascii_start();
        let (value, behind, is_clean) = match value.strip_prefix(b"\"") {
            Some(quoted) => {
                let (value, behind) = unquoted(quoted);
                (value, behind, true)
            }
            None => {
                let end = memchr::memchr(b';', value).unwrap_or(value.len());
                let (value, behind) = (value.get(..end)?.trim_ascii(), value.get(end..)?);
                let is_clean = !value.iter().any(|it| b" \t\"=".contains(it));
                (value.to_vec(), behind, is_clean)
            }
        };
        let end = memchr::memchr(b';', behind);
        let between = behind.get(..end.unwrap_or(behind.len())).unwrap_or_default();
        let is_odd = !is_clean || !is_token(&name) || !between.trim_ascii().is_empty();
        rest = end.and_then(|at| behind.get(at + 1..));
        Some(Parameter { name, value, is_odd })
    };
    std::iter::from_fn(next).take(PARAMETERS_MAX)
}

/// The text up to the closing quote, and what follows it. A backslash quotes a quote or another; before anything else it stays,
/// for browsers send paths of files so.
fn unquoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        match (byte, behind) {
            (b'"', _) => break,
            (b'\\', [it @ (b'"' | b'\\'), after @ ..]) => {
                out.push(*it);
                rest = after;
            }
            (_, _) => out.push(byte),
        }
    }
    (out, rest)
}

/// The boundaries that a body may be split by.
#[derive(Debug)]
pub(crate) struct Boundaries {
    pub(crate) all: Vec<Vec<u8>>,
    /// Parsers may disagree which one it is.
    pub(crate) is_odd: bool,
}

/// What the type says, and what the body begins with.
pub(crate) fn boundaries(content_type: &[u8], body: &[u8]) -> Boundaries {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut add = |it: &[u8]| {
        let it = it.get(..it.len().min(BOUNDARY_BYTES_MAX)).unwrap_or_default();
        let is_new = !it.is_empty() && !all.iter().any(|known| known == it);
        if is_new && all.len() < BOUNDARIES_MAX && memmem::find(body, it).is_some() {
            all.push(it.to_vec());
        }
    };
    let declared = parameters(content_type).filter(|it| it.is(b"boundary")).map(|it| it.value);
    let declared: Vec<Vec<u8>> = declared.collect();
    declared.iter().for_each(|it| add(it));
    // Some readers look for the word, take quotes as part of it, or end at a blank or a comma.
    let lower = content_type.to_ascii_lowercase();
    for at in memmem::find_iter(&lower, b"boundary=").take(BOUNDARIES_MAX) {
        let raw = content_type.get(at + 9..).unwrap_or_default();
        let end = raw.iter().position(|it| matches!(it, b';' | b',' | b' ' | b'\t'));
        add(raw.get(..end.unwrap_or(raw.len())).unwrap_or_default());
    }
    let first = body.trim_ascii_start();
    let line = first.split(|it| matches!(it, b'\r' | b'\n')).next().unwrap_or_default();
    if let Some(shown) = line.strip_prefix(b"--") {
        add(shown.trim_ascii_end());
    }
    let is_odd = all.len() != 1 || declared != all;
    Boundaries { all, is_odd }
}

/// What stands between two delimiters, or before the first or behind the last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Where the next section begins; none at the end.
    pub(crate) next: Option<usize>,
    /// The delimiter behind it says that it was the last.
    pub(crate) is_last: bool,
    pub(crate) is_odd: bool,
}

/// The section of `body` that begins at `from`.
pub(crate) fn section(body: &[u8], boundary: &[u8], from: usize) -> Section {
    let delimiter = [b"--", boundary].concat();
    let mut search = from;
    let end = |is_odd| Section { from, to: body.len(), next: None, is_last: false, is_odd };
    loop {
        let rest = body.get(search..).unwrap_or_default();
        let Some(at) = memmem::find(rest, &delimiter).map(|it| it + search) else {
            return end(false);
        };
        let before = body.get(from..at).unwrap_or_default();
        let (line_end, is_bare) = match before {
            [.., b'\r', b'\n'] => (2, false),
            [.., b'\n' | b'\r'] => (1, true),
            [] => (0, false),
            [..] => {
                search = at + 2;
                continue;
            }
        };
        let behind = body.get(at + delimiter.len()..).unwrap_or_default();
        let is_last = behind.starts_with(b"--");
        let dashes = if is_last { 2 } else { 0 };
        let behind = behind.get(dashes..).unwrap_or_default();
        let line = memchr::memchr(b'\n', behind);
        let between = behind.get(..line.unwrap_or(behind.len())).unwrap_or_default();
        let is_clean =
            matches!(between, [b'\r']) && line.is_some() || between.is_empty() && is_last;
        let next = at + delimiter.len() + dashes + line.map_or(behind.len(), |it| it + 1);
        // A longer boundary: whoever looks for the shorter one sees a delimiter, too.
        let is_odd = is_bare || !is_clean;
        let next = (next < body.len()).then_some(next);
        return Section { from, to: at - line_end, next, is_last, is_odd };
    }
}

/// What the head of a part says.
#[derive(Debug, Default)]
pub(crate) struct PartHead {
    pub(crate) name: Vec<u8>,
    /// Other names that a reader may take: of a second parameter or field.
    pub(crate) names: Vec<Vec<u8>>,
    pub(crate) files: Vec<Vec<u8>>,
    pub(crate) content_type: Option<Vec<u8>>,
    pub(crate) transfer: Option<Transfer>,
    /// The values of other fields.
    pub(crate) others: Vec<Vec<u8>>,
    pub(crate) is_odd: bool,
}

/// How the bytes of a part are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    Base64,
    QuotedPrintable,
}

/// The head of a part, and where its body begins.
pub(crate) fn head(part: &[u8]) -> (PartHead, usize) {
    let mut head = PartHead::default();
    let mut at = 0;
    let mut line: Vec<u8> = Vec::new();
    loop {
        let rest = part.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest);
        let raw = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        head.is_odd |= length.is_none() || !raw.ends_with(b"\r");
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        if at > HEAD_BYTES_MAX || length.is_none() {
            // No blank line: all of it is body to some.
            head.is_odd = true;
            head.field(&line);
            return (head, 0);
        }
        at += raw.len().max(length.map_or(raw.len(), |it| it)) + 1;
        if let [b' ' | b'\t', ..] = raw {
            head.is_odd = true;
            line.extend_from_slice(raw);
            continue;
        }
        head.field(&line);
        if raw.is_empty() {
            return (head, at);
        }
        line.clear();
        line.extend_from_slice(raw);
    }
}

impl PartHead {
    fn field(&mut self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            self.is_odd = true;
            self.others.push(line.to_vec());
            return;
        };
        let name = line.get(..colon).unwrap_or_default();
        let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        self.is_odd |= name.trim_ascii().len() != name.len();
        let is = |wanted: &[u8]| name.trim_ascii().eq_ignore_ascii_case(wanted);
        if is(b"content-disposition") {
            self.disposition(value);
        } else if is(b"content-type") {
            self.is_odd |= self.content_type.is_some();
            self.content_type = Some(value.to_vec());
        } else if is(b"content-transfer-encoding") {
            let is = |wanted: &[u8]| value.eq_ignore_ascii_case(wanted);
            if is(b"base64") {
                self.transfer = Some(Transfer::Base64);
            } else if is(b"quoted-printable") {
                self.transfer = Some(Transfer::QuotedPrintable);
            } else if ![&b"binary"[..], b"8bit", b"7bit"].into_iter().any(is) {
                self.is_odd = true;
                self.others.push(value.to_vec());
            }
        } else if !is(b"content-length") {
            self.others.push(value.to_vec());
        }
    }

    fn disposition(&mut self, value: &[u8]) {
        let kind = value.split(|it| *it == b';').next().unwrap_or_default();
        // Some readers look for ` name=` alone, and find it behind anything.
        self.is_odd |= !self.name.is_empty() || !is_token(kind.trim_ascii());
        let (mut names, mut files) = (0, 0);
        for (n, it) in parameters(value).enumerate() {
            // Behind the last that is looked at there may be others.
            self.is_odd |= it.is_odd || n + 1 == PARAMETERS_MAX;
            if it.is(b"name") {
                names += 1;
                // Readers differ in whether two backslashes are one.
                self.is_odd |= it.value.contains(&b'\\');
                if self.name.is_empty() {
                    self.name = it.value;
                } else {
                    self.names.push(it.value);
                }
            } else if it.is(b"filename") {
                files += 1;
                self.files.push(it.value);
            } else if it.is(b"filename*") || it.is(b"name*") {
                // `UTF-8''…`
                let text = it.value.splitn(3, |it| *it == b'\'').last().unwrap_or_default();
                let text = percent::decode(text, false, &mut Vec::new()).to_vec();
                let list = if it.is(b"name*") { &mut self.names } else { &mut self.files };
                list.push(text);
            } else {
                self.others.push(it.value);
            }
        }
        self.is_odd |= names > 1 || files > 1 || !self.names.is_empty();
    }
}

/// Whether this may be a name of a type or a parameter (RFC 9110 section 5.6.2).
fn is_token(text: &[u8]) -> bool {
    text.iter().all(|it| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(it))
}

/// The bytes of a part that were written so.
pub(crate) fn transferred(transfer: Transfer, text: &[u8]) -> Vec<u8> {
    match transfer {
        Transfer::Base64 => crate::decoding::base64::bytes(text),
        Transfer::QuotedPrintable => {
            let (mut out, mut rest) = (Vec::new(), text);
            while let Some(at) = memchr::memchr(b'=', rest) {
                out.extend_from_slice(rest.get(..at).unwrap_or_default());
                let behind = rest.get(at + 1..).unwrap_or_default();
                rest = match behind {
                    [b'\r', b'\n', behind @ ..] | [b'\n', behind @ ..] => behind,
                    [high, low, after @ ..] => match (percent::hex(*high), percent::hex(*low)) {
                        (Some(high), Some(low)) => {
                            out.push(high << 4 | low);
                            after
                        }
                        (None | Some(_), _) => {
                            out.push(b'=');
                            behind
                        }
                    },
                    [..] => {
                        out.push(b'=');
                        behind
                    }
                };
            }
            out.extend_from_slice(rest);
            out
        }
    }
}
