//! The seam behind which an attack grammar stands, so that another can take its place.
//!
//! Source   libinjection (Nick Galbreath, 2012), in its Rust port.

use bartizan_model::code::Code;
use bartizan_model::evidence::Fingerprint;
use libinjectionrs::{SqliFlags, SqliState, detect_xss};

/// Recognises one kind of attack in one value.
pub(super) trait Recogniser {
    /// What it recognises.
    const CODE: Code;

    /// The shape of the attack, if `text` reads as one.
    fn recognise(text: &[u8]) -> Option<Fingerprint>;
}

/// SQL, by the folded sequence of its first five tokens.
#[derive(Debug)]
pub(super) struct LibinjectionSql;

impl Recogniser for LibinjectionSql {
    const CODE: Code = Code::ContentSqlInjection;

    fn recognise(text: &[u8]) -> Option<Fingerprint> {
        let mut state = SqliState::new(text, SqliFlags::FLAG_NONE);
        if !state.detect() {
            return None;
        }
        let length = state.fingerprint.iter().take_while(|&&b| b != 0).count();
        Some(Fingerprint::new(state.fingerprint.get(..length).unwrap_or_default()))
    }
}

/// HTML that runs, by black lists of tags and attributes.
#[derive(Debug)]
pub(super) struct LibinjectionXss;

impl Recogniser for LibinjectionXss {
    const CODE: Code = Code::ContentScriptInjection;

    fn recognise(text: &[u8]) -> Option<Fingerprint> {
        detect_xss(text).is_injection().then(|| Fingerprint::new(b"html"))
    }
}
