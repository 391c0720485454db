//! Answers that log somebody in: from their credential on, whoever asked is known.
//!
//! Reads    successful answers to callers without a credential, and to log-ins: session cookies that they set, tokens that they hold.
//! Memory   one value of the answer.
//! Misses   tokens in fields of unusual names, in other formats, in compressed answers; those that are fetched in a further step.

use crate::caller::{Issued, bearer_of, holder_of_cookie};
use crate::keys::HashKey;
use bartizan_inspect::body::Format;
use bartizan_inspect::json_edit::{Edit, JsonEdit, Passing, Places};
use bartizan_model::head::ResponseHead;
use bartizan_model::known::Known;
use std::sync::Arc;

/// Where tokens stand.
const TOKENS: &[&str] = &[
    "access_token",
    "accessToken",
    "token",
    "jwt",
    "id_token",
    "idToken",
    "authToken",
    "auth_token",
    "sessionToken",
    "session_token",
];
/// Objects that they stand in.
const AROUND: &[&str] = &["$", "$.data", "$.session", "$.auth", "$.result"];
/// Shorter texts are no tokens.
const TOKEN_BYTES_MIN: usize = 16;

/// Bytes of an answer that are looked at.
const BYTES_MAX: usize = 16 * 1024;

/// Where tokens stand in answers.
pub(crate) fn places() -> Places {
    let mut places = Places::default();
    for object in AROUND {
        for token in TOKENS {
            places.mark(&format!("{object}.{token}"), 0);
        }
    }
    places
}

/// An answer, as far as it has passed.
#[derive(Debug)]
pub(crate) struct Issuing {
    edit: JsonEdit,
    /// None where only a cookie can tell.
    places: Option<Arc<Places>>,
    issued: Option<Issued>,
    bytes: usize,
}

impl Issuing {
    /// Of an answer that may log somebody in.
    pub(crate) fn of(head: &ResponseHead, tokens: &Arc<Places>, key: &HashKey) -> Option<Self> {
        // Pages send whoever logged in elsewhere.
        if !(200..400).contains(&head.status) {
            return None;
        }
        let issued = holder_of_cookie(head, key);
        let media = head.fields.get(Known::ContentType);
        let is_json = head.status < 300
            && media.is_some_and(|it| matches!(Format::of(Some(it)), Format::Json));
        if issued.is_none() && (!is_json || head.fields.has(Known::ContentEncoding)) {
            return None;
        }
        let places = is_json.then(|| Arc::clone(tokens));
        Some(Self { edit: JsonEdit::default(), places, issued, bytes: 0 })
    }

    /// Takes a piece; the credential that was issued by then.
    pub(crate) fn push(&mut self, bytes: &[u8], key: &HashKey) -> Option<Issued> {
        let Self { edit, places, issued, bytes: seen } = self;
        let Some(places) = places.as_ref().filter(|_| issued.is_none() && *seen < BYTES_MAX) else {
            return *issued;
        };
        *seen = seen.saturating_add(bytes.len());
        let mut each = |value: Passing<'_>| {
            // Of a long token all is needed.
            if issued.is_none()
                && value.is_string
                && value.is_whole
                && value.text.len() >= TOKEN_BYTES_MIN
            {
                *issued = Some(bearer_of(value.text, key));
            }
            Edit::Keep
        };
        edit.watch(bytes, places, &mut each);
        *issued
    }
}
