//! Script that a request brings and its answer shows: the values of a request that may run in a browser are kept until its
//! answer is there, and looked for in it.
//!
//! Reads    values in which content detection saw script, each with its further readings, and a few others that have a tag;
//!          an answer that a browser shows as a
//!          page, decoded, while it passes.
//! Writes   where in the request the value stood that the answer shows.
//! Memory   at most [`CORES_MAX`] parts of values of `CORE_BYTES_MAX` bytes each, and nothing where nothing was seen.
//! Errors   none.
//! Misses   weak signs of script in more than [`LOOKS_MAX`] values with tags, or encoded; all where no value is examined; values that are kept for a later answer and
//!          shown there; more than [`DECODED_BYTES_MAX`] of an answer; codings that are not known; see
//!          `detect::disclosure::reflection`.

use bartizan_detect::content::may_run_in_browsers;
use bartizan_detect::disclosure::reflection::{CORES_MAX, Reflection, core_of};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_inspect::decoding::{Amplification, Extent, views};
use bartizan_inspect::value::{PlaceRef, Value};
use bartizan_model::code::Code;
use bartizan_model::evidence::Sighting;
use bartizan_model::head::{Fields, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::place::Place;

/// Bytes of a value that are read.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Values with tags, of which content detection tells nothing, that are looked at.
const LOOKS_MAX: u8 = 64;
/// Bytes that its further readings may have together.
const VIEWS_BYTES_MAX: usize = 32 * 1024;
/// Bytes of an answer, decoded, that are looked through.
const DECODED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many times as long as its body an answer may decode to.
const RATIO_MAX: u64 = 1_000;

/// Values of a request that may run in a browser.
#[derive(Debug)]
pub(crate) struct Suspects {
    kept: Vec<(Place, Box<[u8]>)>,
    /// Values with a tag that may still be looked at although content detection tells nothing of them.
    looks_left: u8,
}

impl Default for Suspects {
    fn default() -> Self {
        Self { kept: Vec::new(), looks_left: LOOKS_MAX }
    }
}

impl Suspects {
    /// Keeps a value that has any sign of script. `seen` is what content detection tells of it, which is not all.
    pub(crate) fn note_seen(&mut self, value: &Value<'_>, seen: &[Sighting]) {
        if self.kept.len() >= CORES_MAX {
            return;
        }
        if seen.iter().any(|it| it.code == Code::ContentScriptInjection) {
            self.note(value.place, value.text);
            let mut amplification = Amplification::new(VIEWS_BYTES_MAX);
            let text = value.text.get(..VALUE_BYTES_MAX).unwrap_or(value.text);
            // What has no room is not read: it would be one of very many.
            let (Extent::Whole | Extent::Cut) =
                views(text, &mut amplification, &mut |view, _| self.note(value.place, view));
        } else if self.looks_left > 0 && memchr::memchr(b'<', value.text).is_some() {
            self.looks_left -= 1;
            self.note(value.place, value.text);
        }
    }

    /// Keeps a reading of a value if it has a sign of script.
    fn note(&mut self, place: PlaceRef<'_>, text: &[u8]) {
        let text = text.get(..VALUE_BYTES_MAX).unwrap_or(text);
        let Some(core) = core_of(text).filter(|_| self.kept.len() < CORES_MAX) else { return };
        let is_known = || self.kept.iter().any(|it| *it.1 == *core);
        if may_run_in_browsers(text) && !is_known() {
            self.kept.push((place.to_place(), core.into()));
        }
    }

    /// Adds those of another part of the request.
    pub(crate) fn extend(&mut self, more: &mut Self) {
        let room = CORES_MAX.saturating_sub(self.kept.len());
        self.kept.extend(more.kept.drain(..).take(room));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

/// An answer in which they are looked for.
#[derive(Debug)]
pub(crate) struct Reflected {
    places: Vec<Place>,
    reflection: Reflection,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    passed: u64,
    /// Where the value stood that it shows.
    shown: Option<Place>,
    is_over: bool,
}

impl Reflected {
    /// Looks for them in this answer, if a browser shows it as a page.
    pub(crate) fn of(
        head: &ResponseHead,
        suspects: &mut Suspects,
        is_protected: bool,
    ) -> Option<Self> {
        if suspects.is_empty() || !is_shown(&head.fields, is_protected) {
            return None;
        }
        let coding = head.fields.get(Known::ContentEncoding).unwrap_or_default();
        let limits = DecodeLimits { bytes_max: DECODED_BYTES_MAX, ratio_max: RATIO_MAX };
        let decoder = Decoder::of(coding, limits).ok()?;
        let (places, cores) = suspects.kept.drain(..).unzip();
        let (reflection, text) = (Reflection::new(cores), Vec::new());
        Some(Self { places, reflection, decoder, text, passed: 0, shown: None, is_over: false })
    }

    /// Takes a piece.
    pub(crate) fn push(&mut self, bytes: &[u8], end: bool) {
        self.passed = self.passed.saturating_add(bytes.len() as u64);
        if self.is_over || self.passed > DECODED_BYTES_MAX {
            return;
        }
        let piece = match &mut self.decoder {
            None => bytes,
            Some(decoder) => {
                self.text.clear();
                self.is_over = decoder.push(bytes, end, &mut self.text).is_err();
                &self.text
            }
        };
        if let Some(number) = self.reflection.push(piece) {
            self.shown = self.places.get(number).cloned();
            self.is_over = true;
        }
    }

    /// Where the value stood that the answer shows: told once.
    pub(crate) fn shown(&mut self) -> Option<Place> {
        self.shown.take()
    }
}

/// Whether a browser shows an answer as a page: it says that it is one, or says nothing and may be taken for one
/// (WHATWG MIME Sniffing, section 7).
fn is_shown(fields: &Fields, is_protected: bool) -> bool {
    const PAGES: &[&[u8]] = &[
        b"text/html",
        b"application/xhtml+xml",
        b"image/svg+xml",
        b"text/xml",
        b"application/xml",
    ];
    const UNKNOWN: &[&[u8]] = &[b"", b"*/*", b"unknown/unknown", b"application/unknown"];
    let media = fields.get(Known::ContentType).unwrap_or_default();
    let end = memchr::memchr2(b';', b',', media).unwrap_or(media.len());
    let media = media.get(..end).unwrap_or_default().trim_ascii();
    let is_one = |of: &[&[u8]]| of.iter().any(|it| media.eq_ignore_ascii_case(it));
    let says = |field: &[u8], word: &[u8]| {
        fields.iter().any(|(_, name, value)| {
            let begun = value.get(..word.len());
            name.eq_ignore_ascii_case(field)
                && begun.is_some_and(|it| it.eq_ignore_ascii_case(word))
        })
    };
    let may_be_guessed = || !is_protected && !says(b"x-content-type-options", b"nosniff");
    (is_one(PAGES) || (is_one(UNKNOWN) && may_be_guessed()))
        && !says(b"content-disposition", b"attachment")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_detect::content::examine;
    use bartizan_detect::disclosure::reflection::CORE_BYTES_MAX;
    use bartizan_model::head::{Framing, HeadWriter};

    const SCRIPT: &str = "<script>alert(1)</script>";

    fn suspects(texts: &[String]) -> Suspects {
        let mut all = Suspects::default();
        for text in texts {
            let value = Value { place: PlaceRef::Query(b"q"), text: text.as_bytes() };
            all.note_seen(&value, &examine(text.as_bytes(), false));
        }
        all
    }

    fn head(fields: &[(&str, &str)]) -> ResponseHead {
        let mut head = HeadWriter::new();
        fields.iter().for_each(|(name, value)| head.field(name.as_bytes(), value.as_bytes()));
        head.response(200, Framing::Delimited)
    }

    #[test]
    fn readings_are_kept_and_bounded() {
        let coded = "%3Cscript%3Ealert(1)%3C/script%3E".to_owned();
        assert_eq!(suspects(&[coded.clone(), SCRIPT.to_owned(), coded]).kept.len(), 1);
        let many: Vec<_> = (0..100).map(|it| format!("<script>alert({it})</script>")).collect();
        let mut all = suspects(&many);
        assert_eq!(all.kept.len(), CORES_MAX);
        all.extend(&mut suspects(&many));
        assert_eq!(all.kept.len(), CORES_MAX);
        let long = suspects(&[format!("<script>alert({})</script>", "1".repeat(99_999))]);
        assert!(long.kept.iter().all(|it| it.1.len() <= CORE_BYTES_MAX));
        // Of this one content detection tells nothing.
        assert_eq!(suspects(&["<p onclick=\"toggle(this)\">More</p>".to_owned()]).kept.len(), 1);
        assert!(suspects(&["<p class=\"a\">More</p>".to_owned()]).is_empty());
        assert!(suspects(&["1 < 2".to_owned(), "hello, \"world\"".to_owned()]).is_empty());
    }

    #[test]
    fn only_what_browsers_show_as_a_page_is_looked_through() {
        let is = |fields: &[(&str, &str)], is_protected| {
            let mut all = suspects(&[SCRIPT.to_owned()]);
            Reflected::of(&head(fields), &mut all, is_protected).is_some()
        };
        let of = |media| ("content-type", media);
        for media in ["text/html", "Text/HTML; charset=utf-8", "image/svg+xml", "*/*", ""] {
            assert!(is(&[of(media)], false), "{media}");
        }
        assert!(is(&[], false));
        for media in ["application/json", "text/plain", "application/problem+json", "image/png"] {
            assert!(!is(&[of(media)], false), "{media}");
        }
        let protection = ("x-content-type-options", "nosniff");
        assert!(is(&[of("text/html"), protection], true) && !is(&[protection], false));
        assert!(!is(&[], true));
        assert!(!is(&[of("text/html"), ("content-disposition", "Attachment")], false));
        assert!(!is(&[of("text/html"), ("content-encoding", "strange")], false));
    }
}
