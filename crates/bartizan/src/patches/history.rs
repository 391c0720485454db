//! Samples that are kept, made requests again, so that a patch can be tried on them.
//!
//! Reads    the newest [`SAMPLES_TRIED_MAX`] samples of a data directory, whoever writes it. Nothing of them is shown.
//! Errors   a message.
//! Misses   exchanges without a sample: those in which nothing was found, of callers that nobody watched.

use super::judge::Judge;
use crate::config::Verdict;
use crate::content::requests::{Request, of_wire};
use crate::held;
use crate::instance::EVIDENCE;
use crate::inventory::fold;
use crate::keeper;
use crate::show;
use crate::wall::now_us;
use bartizan_engine::patches::Ready;
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::Observation;
use bartizan_model::patch::Field;
use bartizan_model::place::Place;
use bartizan_model::sample::Sample;
use bartizan_store::evidence::Shelf;
use bartizan_store::files::Folder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Samples that are tried.
pub(super) const SAMPLES_TRIED_MAX: usize = 5_000;
/// Subjects that are told apart.
const SUBJECTS_MAX: usize = 1_000;

/// What a trial over samples came to.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// Samples of the patch's endpoint.
    pub(super) samples: u64,
    /// Those in which it finds nothing.
    pub(super) pass: u64,
    /// Those that do not tell: something in them was redacted, cut or not kept.
    pub(super) cannot_tell: u64,
    /// Those that it refuses, the newest first: which, where, and the endpoint.
    pub(super) refused: Vec<(ExchangeId, String, String)>,
    /// How many of them are of which subject, as far as recorded.
    pub(super) subjects: BTreeMap<u128, u64>,
    /// Recorded calls of the endpoint, with a sample or without.
    pub(super) recorded: u64,
    /// When the oldest of them began, in microseconds since 1970.
    pub(super) since_us: Option<u64>,
}

/// Tries a patch on what is kept in a directory.
pub(super) fn tried(
    dir: &Path,
    key: Option<crate::config::secret::Reference>,
    ready: &Ready,
    judge: &Judge,
) -> Result<Tried, String> {
    let held = held::open(dir, key.clone()).map_err(|it| it.to_string())?;
    let mut tried = Tried::default();
    samples(dir, key, ready, judge, &mut tried)?;
    let refused: BTreeSet<u128> = tried.refused.iter().map(|it| it.0.bits()).collect();
    let folded = fold(&held, 0, |seen: &Observation| {
        if judge.concerns(seen.method, seen.template.as_bytes()) {
            tried.recorded += 1;
            let at = seen.started.wall_us;
            tried.since_us = Some(tried.since_us.map_or(at, |it| it.min(at)));
            let has_room = tried.subjects.len() < SUBJECTS_MAX;
            if refused.contains(&seen.id.bits())
                && (has_room || tried.subjects.contains_key(&seen.subject.0))
            {
                *tried.subjects.entry(seen.subject.0).or_default() += 1;
            }
        }
        true
    });
    folded.map_err(|it| it.to_string())?;
    Ok(tried)
}

fn samples(
    dir: &Path,
    key: Option<crate::config::secret::Reference>,
    ready: &Ready,
    judge: &Judge,
    tried: &mut Tried,
) -> Result<(), String> {
    let folder = dir.join(EVIDENCE);
    if !folder.is_dir() {
        return Ok(());
    }
    let keys = keeper::keys(dir, held::store_of(key).as_ref(), false);
    let keys = keys.map_err(|it| format!("the samples cannot be read: {it}"))?;
    let unread = |it: std::io::Error| format!("the samples cannot be read: {it}");
    let shelf = Shelf::open(Folder::at(&folder), keys).map_err(unread)?;
    let now_us = now_us();
    for it in shelf.newest(SAMPLES_TRIED_MAX, now_us) {
        match shelf.read(it.exchange, now_us) {
            Ok(Some(sample)) => one(&sample, ready, judge, tried),
            // It was dropped meanwhile.
            Ok(None) => {}
            Err(_) => tried.cannot_tell += 1,
        }
    }
    Ok(())
}

fn one(sample: &Sample, ready: &Ready, judge: &Judge, tried: &mut Tried) {
    let Some(request) = request(sample) else {
        tried.samples += 1;
        tried.cannot_tell += 1;
        return;
    };
    let (verdict, seen) = judge.verdict(&request);
    let path = |it: &Request| path(&it.head).to_vec();
    if !seen.as_ref().is_some_and(|it| judge.concerns(it.method, &path(&request))) {
        return;
    }
    tried.samples += 1;
    let is_known = !hides(sample, &ready.patch().field);
    match (verdict, seen) {
        (Verdict::Refused(place), Some(seen)) => {
            tried.refused.push((sample.exchange, place, show::endpoint(&seen)));
        }
        (Verdict::Passes, _) if is_known => tried.pass += 1,
        (
            Verdict::Refused(_)
            | Verdict::Passes
            | Verdict::Unexamined
            | Verdict::ByLaw(_)
            | Verdict::Unread,
            _,
        ) => {
            tried.cannot_tell += 1;
        }
    }
}

/// The path in a request line, without its query.
fn path(head: &[u8]) -> &[u8] {
    let target = head.split(|it| *it == b' ').nth(1).unwrap_or_default();
    target.split(|it| *it == b'?').next().unwrap_or_default()
}

/// The request of a sample, framed anew: its body is kept without coding, and may be shorter.
fn request(sample: &Sample) -> Option<Request> {
    let head = sample.request_head.as_deref()?;
    let mut lines = head.lines();
    let line = lines.next()?;
    let (rest, _) = line.rsplit_once(" HTTP/")?;
    let mut text = format!("{rest} HTTP/1.1\r\n");
    let framing = [
        "content-length",
        "transfer-encoding",
        "content-encoding",
        "connection",
        "upgrade",
        "expect",
    ];
    for field in lines {
        let name = field.split(':').next().unwrap_or_default();
        if !framing.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            text.push_str(field);
            text.push_str("\r\n");
        }
    }
    text.push_str("\r\n");
    text.push_str(sample.request_body.as_deref().unwrap_or_default());
    of_wire(text.as_bytes())
}

/// Whether something that the patch looks at was redacted or cut.
fn hides(sample: &Sample, field: &Field) -> bool {
    let body = sample.request_body.as_deref().unwrap_or_default();
    let is_cut = body.ends_with(" [cut]") || body.starts_with("[not shown");
    let reaches_body = matches!(field, Field::Any | Field::At(Place::Body(_) | Place::Name));
    let mut redacted = sample.redacted.iter().filter(|it| !it.starts_with("response "));
    let is_redacted = match field {
        Field::Any => redacted.next().is_some(),
        Field::Method => false,
        Field::Target => redacted.any(|it| it.starts_with("query") || it.starts_with("path")),
        Field::At(Place::Path | Place::Segment(_)) => redacted.any(|it| it.starts_with("path")),
        Field::At(place) => {
            let place = place.to_string().to_ascii_lowercase();
            redacted.any(|it| it.to_ascii_lowercase().starts_with(&place))
        }
    };
    is_redacted || (is_cut && reaches_body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::sample::SampleReason;

    fn sample(head: &str, body: &str, redacted: &[&str]) -> Sample {
        Sample {
            exchange: ExchangeId::new(1, 1),
            captured_us: 1,
            reason: SampleReason::Finding,
            request_head: Some(head.to_owned()),
            request_body: Some(body.to_owned()).filter(|it| !it.is_empty()),
            response_head: None,
            response_body: None,
            redacted: redacted.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    #[test]
    fn a_sample_is_framed_anew() {
        let head = "POST /a HTTP/2\r\nhost: b\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n";
        let it = request(&sample(head, "{\"c\":1}", &[])).unwrap();
        assert_eq!(it.head, b"POST /a HTTP/1.1\r\nhost: b\r\nContent-Length: 7\r\n\r\n");
        let outline = "GET /a\r\n(endpoint; the head was not kept)";
        assert_eq!(request(&sample(outline, "", &[])), None);
    }

    #[test]
    fn what_was_redacted_or_cut_is_not_known() {
        let of = |body: &str, redacted: &[&str], field: Field| {
            hides(&sample("GET / HTTP/1.1\r\n", body, redacted), &field)
        };
        let email = || Field::At(Place::body("$.email"));
        assert!(of("", &["body $.email"], email()));
        assert!(of("", &["body $.email[*]"], Field::At(Place::body("$"))));
        assert!(!of("", &["body $.card", "response body $.email"], email()));
        assert!(of("", &["header cookie"], Field::Any));
        assert!(of("{\"a [cut]", &[], email()));
        assert!(!of("{\"a [cut]", &[], Field::Target));
        assert!(of("", &["query q"], Field::Target));
    }
}
