//! Answers that log somebody in: from their credential on, whoever asked is known.
//!
//! Reads    successful answers to callers without a credential: session cookies that they set, tokens that they hold.
//! Memory   one value of the answer.
//! Misses   tokens in fields of unusual names, in other formats, in compressed answers; those that are fetched in a further step.

use crate::caller::{bearer_of, holder_of_cookie};
use crate::keys::HashKey;
use bartizan_inspect::body::Format;
use bartizan_inspect::json_edit::{Edit, JsonEdit, Passing, Places};
use bartizan_model::head::ResponseHead;
use bartizan_model::id::SubjectId;
use bartizan_model::known::Known;

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

/// An answer, as far as it has passed.
#[derive(Debug)]
pub(crate) struct Issuing {
    edit: JsonEdit,
    places: Places,
    issued: Option<SubjectId>,
}

impl Issuing {
    /// Of an answer that may log somebody in.
    pub(crate) fn of(head: &ResponseHead, key: &HashKey) -> Option<Self> {
        if !(200..300).contains(&head.status) {
            return None;
        }
        let issued = holder_of_cookie(head, key);
        let media = head.fields.get(Known::ContentType);
        let is_json = media.is_some_and(|it| matches!(Format::of(Some(it)), Format::Json));
        if issued.is_none() && (!is_json || head.fields.has(Known::ContentEncoding)) {
            return None;
        }
        let mut places = Places::default();
        let all = AROUND.iter().flat_map(|object| TOKENS.iter().map(move |it| (object, it)));
        for (object, token) in all.filter(|_| is_json) {
            places.mark(&format!("{object}.{token}"), 0);
        }
        Some(Self { edit: JsonEdit::default(), places, issued })
    }

    /// Takes a piece; who is logged in by then.
    pub(crate) fn push(&mut self, bytes: &[u8], key: &HashKey) -> Option<SubjectId> {
        let Self { edit, places, issued } = self;
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
