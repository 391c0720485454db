//! What becomes an entry of the ledger, and how.
//!
//! Reads    observations, settings, who asked.
//! Writes   entries: codes, digests and keyed hashes, and the operator's own words. Nothing that a client
//!          sent is in any of them.

use crate::config::Settings;
use bartizan_ledger::Digest;
use bartizan_ledger::entry::{Decision, Entry, Outcome, What, Who};
use bartizan_ledger::text::Text;
use bartizan_model::clause::{Exception, Hit};
use bartizan_model::code::Code;
use bartizan_model::observation::Observation;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The entries of an exchange: one for each clause that refused it, changed it, or let it through unjudged.
/// A banner that was left out is none: nearly every response has one, and nobody was refused anything.
pub fn decisions(it: &Observation) -> impl Iterator<Item = Vec<u8>> {
    let at_us = it.started.wall_us.saturating_add(it.phases.judged_us.into());
    let counts = |hit: &&Hit| hit.code != Code::DisclosureBanner;
    it.hits.iter().filter(counts).filter_map(move |hit| {
        let what = What::Decision(Decision {
            exchange: it.id,
            code: hit.code,
            effect: Outcome::of(hit.effect)?,
            status: it.status,
            endpoint: it.endpoint,
            subject: it.subject,
            epoch: it.epoch,
            revision: it.revision,
        });
        Some(Entry { at_us, what }.encode())
    })
}

/// The exceptions that `after` has and `before` has not, and the other way round.
pub fn exceptions(before: &Settings, after: &Settings, by: &Who) -> Vec<What> {
    let is_in = |it: &Exception, all: &Settings| all.exceptions.iter().any(|of| same(of, it));
    let added =
        after.exceptions.iter().filter(|it| !is_in(it, before)).map(|it| What::ExceptionAdded {
            exception: digest(it),
            expires_us: it.expires_us,
            by: by.clone(),
            clause: Text::of(it.clause.name()),
            reason: Text::of(&it.reason),
        });
    let removed =
        before.exceptions.iter().filter(|it| !is_in(it, after)).map(|it| What::ExceptionRemoved {
            exception: digest(it),
            by: by.clone(),
            clause: Text::of(it.clause.name()),
            reason: Text::of(&it.reason),
        });
    added.chain(removed).collect()
}

/// The same exception, wherever it stands in the file.
fn same(one: &Exception, other: &Exception) -> bool {
    digest(one) == digest(other)
}

/// SHA-256 of clause, endpoint (16 hexadecimal digits or `-`), place (or `-`), reason and end in
/// microseconds since 1970, a line each.
fn digest(it: &Exception) -> Digest {
    let endpoint = it.endpoint.map_or("-".to_owned(), |it| format!("{:016x}", it.bits()));
    let place = it.place.as_ref().map_or("-".to_owned(), ToString::to_string);
    let text =
        format!("{}\n{endpoint}\n{place}\n{}\n{}\n", it.clause.name(), it.reason, it.expires_us);
    Digest::of(text.as_bytes())
}

/// Who changes what stands in a file: its owner, as far as anybody can tell.
pub fn owner(file: Option<&Path>) -> Who {
    let path = file.unwrap_or(Path::new("/proc/self"));
    std::fs::metadata(path).map_or(Who::Itself, |it| Who::User(it.uid()))
}

/// The version of this program.
pub fn version() -> Text {
    Text::of(env!("CARGO_PKG_VERSION"))
}
