//! Content detection: attacks in one value.

pub mod prefilter;
mod recogniser;
mod script;
mod sql_break_out;
mod sql_tokens;

use bartizan_model::evidence::{Fingerprint, Sighting};
use recogniser::{LibinjectionSql, LibinjectionXss, Recogniser};

/// Bytes of one value that the recognisers read.
const RECOGNISED_BYTES_MAX: usize = 8 * 1024;

/// Looks at one decoded value.
pub fn examine(text: &[u8]) -> Option<Sighting> {
    let suspicion = prefilter::look(text);
    let sql = if suspicion.sql { sql(text) } else { None };
    let html = if suspicion.html { html(text) } else { None };
    match (sql, html) {
        (Some(sql), Some(html)) if html.score > sql.score => Some(html),
        (sql, html) => sql.or(html),
    }
}

fn sql(text: &[u8]) -> Option<Sighting> {
    let head = text.get(..RECOGNISED_BYTES_MAX).unwrap_or(text);
    let shape = LibinjectionSql::recognise(head);
    let evidence = sql_break_out::break_out(text);
    let (score, fingerprint) = match (shape, evidence) {
        (None, None) => return None,
        (Some(shape), None) => (800, shape),
        (None, Some(evidence)) => (985, Fingerprint::new(&[b'+', evidence.mark()])),
        (Some(shape), Some(_)) => (995, shape),
    };
    Some(Sighting { code: LibinjectionSql::CODE, score, fingerprint })
}

fn html(text: &[u8]) -> Option<Sighting> {
    let head = text.get(..RECOGNISED_BYTES_MAX).unwrap_or(text);
    let shape = LibinjectionXss::recognise(head)?;
    let score = if script::runs(text) { 990 } else { 700 };
    Some(Sighting { code: LibinjectionXss::CODE, score, fingerprint: shape })
}
