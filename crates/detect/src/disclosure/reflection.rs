//! Values of a request that its answer shows unescaped: what runs in the browser of whoever was made to send it.
//!
//! Of a value the part is looked for that escaping would change: from its first tag to the end of its last, or from the quote
//! by which it leaves an attribute. Found as it is, it was not escaped.
//!
//! Reads    the text of a page, piece by piece.
//! Writes   which of the values it shows first.
//! Memory   [`CORES_MAX`] parts of [`CORE_BYTES_MAX`] bytes, and the last [`KEPT_BYTES`] bytes of the page.
//! Errors   none.
//! Misses   values that the page changes in any other way (case, quotes with a backslash, words left out); those without a tag
//!          or quote (`javascript:` in a link, code within a script); what a script of the page inserts. A value shown in a
//!          text field or a remark is found, although it runs only once it leaves that.
//! Source   CWE-79; HTML Living Standard section 13.2.5.

/// Values that are looked for.
pub const CORES_MAX: usize = 32;
/// Bytes of a value that are looked for.
pub const CORE_BYTES_MAX: usize = 128;
/// Bytes of a value below which pages have it of their own accord.
const CORE_BYTES_MIN: usize = 12;
/// Bytes before a quote within which its tag begins.
const TAG_BYTES_MAX: usize = 512;
/// Bytes of a page that are kept for the next piece.
pub const KEPT_BYTES: usize = TAG_BYTES_MAX + CORE_BYTES_MAX;

/// The part of a value that is looked for; none if escaping would leave it as it is, or it is too short to tell.
pub fn core_of(value: &[u8]) -> Option<&[u8]> {
    let is_tag = |at: &usize| {
        let next = value.get(at + 1);
        next.is_some_and(|it| it.is_ascii_alphabetic() || matches!(it, b'/' | b'!' | b'?'))
    };
    let tag = memchr::memchr_iter(b'<', value).find(is_tag);
    let core = match tag {
        Some(at) => {
            let core = value.get(at..)?;
            let end = memchr::memrchr(b'>', core).map_or(core.len(), |it| it + 1);
            core.get(..end)?
        }
        None => value.get(memchr::memchr2(b'"', b'\'', value)?..)?,
    };
    let core = core.trim_ascii_end();
    let core = core.get(..CORE_BYTES_MAX).unwrap_or(core);
    (core.len() >= CORE_BYTES_MIN).then_some(core)
}

/// A page, as far as it has come.
#[derive(Debug)]
pub struct Reflection {
    cores: Vec<Box<[u8]>>,
    /// The end of what came.
    kept: Vec<u8>,
}

impl Reflection {
    /// Looks for these parts, in a page of which nothing has come; for no more than [`CORES_MAX`] of them.
    pub fn new(mut cores: Vec<Box<[u8]>>) -> Self {
        cores.truncate(CORES_MAX);
        Self { cores, kept: Vec::new() }
    }

    /// Takes a piece of the page; the number of the part that it shows, if it shows one.
    pub fn push(&mut self, piece: &[u8]) -> Option<usize> {
        self.kept.extend_from_slice(piece);
        let page = self.kept.as_slice();
        let found = memchr::memchr3_iter(b'<', b'"', b'\'', page).find_map(|at| {
            let rest = page.get(at..)?;
            let shown = self.cores.iter().position(|it| rest.starts_with(it))?;
            (rest.first() == Some(&b'<') || is_in_tag(page, at)).then_some(shown)
        });
        let done = self.kept.len().saturating_sub(KEPT_BYTES);
        self.kept.drain(..done);
        found
    }
}

/// Whether a place of a page is within a tag: elsewhere a quote is text.
fn is_in_tag(page: &[u8], at: usize) -> bool {
    let before = page.get(at.saturating_sub(TAG_BYTES_MAX)..at).unwrap_or_default();
    memchr::memrchr2(b'<', b'>', before).and_then(|it| before.get(it)) == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "<script>steal(document.cookie)</script>";
    const HANDLER: &str = "\" onfocus=\"steal(1)";

    #[track_caller]
    fn check(values: &[&str], page: &str, expected: Option<usize>) {
        let cores: Vec<Box<[u8]>> =
            values.iter().filter_map(|it| core_of(it.as_bytes())).map(Box::from).collect();
        assert_eq!(cores.len(), values.len(), "{values:?}");
        for bytes in [1, 2, 7, 100, page.len().max(1)] {
            let mut reflection = Reflection::new(cores.clone());
            let found = page.as_bytes().chunks(bytes).find_map(|it| reflection.push(it));
            assert_eq!(found, expected, "{page} in pieces of {bytes}");
        }
    }

    #[test]
    fn a_value_that_is_shown_as_it_is_is_found_wherever_pieces_end() {
        let filler = "<p class=\"a\">All is well.</p>".repeat(50);
        for page in [format!("{filler}<p>You sought {SCRIPT}{filler}"), SCRIPT.to_owned()] {
            check(&[SCRIPT], &page, Some(0));
            check(&["<svg onload=steal(1)>", SCRIPT], &page, Some(1));
            check(&[&format!("shoes{SCRIPT} ")], &page, Some(0));
        }
        check(&[HANDLER], &format!("<input value=\"{HANDLER}\">"), Some(0));
        check(
            &[&format!("x{HANDLER}")],
            &format!("{filler}<input type=a value='x{HANDLER}'>"),
            Some(0),
        );
        let long = format!("<script>{}</script>", "steal(1);".repeat(100));
        check(&[&long], &format!("<p>{long}</p>"), Some(0));
    }

    #[test]
    fn a_value_that_is_escaped_or_text_is_none() {
        let escaped = SCRIPT.replace('<', "&lt;").replace('>', "&gt;");
        check(&[SCRIPT], &format!("<p>You sought {escaped}</p>"), None);
        check(&[HANDLER], &format!("<input value=\"{}\">", HANDLER.replace('"', "&quot;")), None);
        check(&[HANDLER], &format!("<p>You sought {HANDLER}</p>"), None);
        check(&[HANDLER], HANDLER, None);
        check(&[SCRIPT], "<script>steal(document.title)</script>", None);
    }

    #[test]
    fn what_every_page_has_is_not_looked_for() {
        for value in
            ["<script>", "javascript:steal(1)", "a < b and c > d", "it's", "", "<", "\" on"]
        {
            assert_eq!(core_of(value.as_bytes()), None, "{value}");
        }
        assert_eq!(core_of(b"1 < 2 <svg onload=a> 3 > 2 "), Some(&b"<svg onload=a> 3 >"[..]));
    }

    #[test]
    fn hostile_pages_take_linear_time_and_bounded_room() {
        let cores =
            (0..CORES_MAX).map(|it| format!("<<<<<<<<<<<<{it}").into_bytes().into()).collect();
        let mut reflection = Reflection::new(cores);
        let start = std::time::Instant::now();
        for _ in 0..64 {
            assert_eq!(reflection.push(&[b'<'; 16 * 1024]), None);
            assert!(reflection.kept.len() <= KEPT_BYTES);
        }
        let mut quotes = Reflection::new(vec![Box::from(&b"\"\"\"\"\"\"\"\"\"\"\"\""[..])]);
        assert_eq!(quotes.push(&[b'"'; 64 * 1024]), None);
        assert!(start.elapsed().as_millis() < 5_000);
    }
}
