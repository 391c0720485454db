//! Browsers that are logged in, and the codes that let them.
//!
//! A code is printed where only operators read, works once and for ten minutes. What it opens is a
//! session: a random cookie, of which only the digest is kept, and a second secret that a page must
//! repeat with each change.
//!
//! Memory   [`SESSIONS_MAX`] sessions and [`CODES_MAX`] codes; the oldest goes first. Nothing is on disk: a
//!          restart logs everybody out.

use super::secret::{NoRandomness, digest_of, random};
use super::{Role, Who};
use std::collections::VecDeque;
use std::fmt;

/// Sessions at once.
pub const SESSIONS_MAX: usize = 100;
/// Codes at once.
pub const CODES_MAX: usize = 8;
/// Seconds for which a code works.
pub const CODE_S: u64 = 600;
/// Seconds after which a session ends, whatever it does.
pub const SESSION_S: u64 = 12 * 3_600;
/// Seconds without a request after which it ends.
pub const IDLE_S: u64 = 3_600;

/// Sessions and codes.
#[derive(Default)]
pub struct Sessions {
    codes: VecDeque<Code>,
    sessions: VecDeque<Session>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

struct Code {
    digest: String,
    role: Role,
    until_s: u64,
}

struct Session {
    digest: String,
    csrf: String,
    role: Role,
    until_s: u64,
    seen_s: u64,
}

/// A session that was just begun.
pub struct Begun {
    /// The cookie's value.
    pub cookie: String,
    /// Who that is.
    pub who: Who,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

impl Sessions {
    /// A new code for a session of this role.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`].
    pub fn new_code(&mut self, role: Role, now_s: u64) -> Result<String, NoRandomness> {
        let code = random::<16>()?;
        if self.codes.len() >= CODES_MAX {
            self.codes.pop_front();
        }
        self.codes.push_back(Code { digest: digest_of(&code), role, until_s: now_s + CODE_S });
        Ok(code)
    }

    /// Begins a session with a code, which works no longer then. `None` if it is not a code.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`].
    pub fn begin(&mut self, code: &str, now_s: u64) -> Result<Option<Begun>, NoRandomness> {
        self.codes.retain(|it| it.until_s > now_s);
        let digest = digest_of(code);
        let Some(at) = self.codes.iter().position(|it| it.digest == digest) else {
            return Ok(None);
        };
        let (cookie, csrf) = (random::<32>()?, random::<16>()?);
        let Some(code) = self.codes.remove(at) else { return Ok(None) };
        if self.sessions.len() >= SESSIONS_MAX {
            self.sessions.pop_front();
        }
        let session = Session {
            digest: digest_of(&cookie),
            csrf,
            role: code.role,
            until_s: now_s + SESSION_S,
            seen_s: now_s,
        };
        let who = session.who();
        self.sessions.push_back(session);
        Ok(Some(Begun { cookie, who }))
    }

    /// Whose cookie this is.
    pub fn who(&mut self, cookie: &str, now_s: u64) -> Option<Who> {
        self.sessions.retain(|it| it.until_s > now_s && now_s.saturating_sub(it.seen_s) < IDLE_S);
        let digest = digest_of(cookie);
        let session = self.sessions.iter_mut().find(|it| it.digest == digest)?;
        session.seen_s = now_s;
        Some(session.who())
    }

    /// Ends a session.
    pub fn end(&mut self, cookie: &str) {
        let digest = digest_of(cookie);
        self.sessions.retain(|it| it.digest != digest);
    }
}

impl Session {
    fn who(&self) -> Who {
        Who {
            name: "console".to_owned(),
            role: self.role,
            csrf: Some(self.csrf.clone()),
            expires_s: self.until_s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_one_session_once_and_in_time() {
        let mut it = Sessions::default();
        let code = it.new_code(Role::Admin, 1_000).unwrap();
        assert!(it.begin("something else", 1_001).unwrap().is_none());
        let begun = it.begin(&code, 1_002).unwrap().unwrap();
        assert!(it.begin(&code, 1_003).unwrap().is_none());
        let who = it.who(&begun.cookie, 1_004).unwrap();
        assert_eq!((&who, who.role), (&begun.who, Role::Admin));
        let late = it.new_code(Role::Admin, 1_000).unwrap();
        assert!(it.begin(&late, 1_000 + CODE_S).unwrap().is_none());
    }

    #[test]
    fn a_session_ends_by_itself_and_when_told() {
        let mut it = Sessions::default();
        let mut begin = |now_s| {
            let code = it.new_code(Role::Viewer, now_s).unwrap();
            it.begin(&code, now_s).unwrap().unwrap().cookie
        };
        let (idle, told) = (begin(0), begin(0));
        assert!(it.who(&told, IDLE_S - 1).is_some());
        assert!(it.who(&idle, IDLE_S).is_none());
        it.end(&told);
        assert!(it.who(&told, IDLE_S).is_none());
        let code = it.new_code(Role::Viewer, 0).unwrap();
        let busy = it.begin(&code, 0).unwrap().unwrap().cookie;
        let times: Vec<_> = (0..SESSION_S).step_by(1_800).collect();
        assert!(times.iter().all(|&now_s| it.who(&busy, now_s).is_some()));
        assert!(it.who(&busy, SESSION_S).is_none());
    }

    #[test]
    fn sessions_and_codes_are_bounded() {
        let mut it = Sessions::default();
        for _ in 0..SESSIONS_MAX + 5 {
            let code = it.new_code(Role::Viewer, 0).unwrap();
            it.begin(&code, 0).unwrap().unwrap();
        }
        (0..CODES_MAX + 5).for_each(|_| drop(it.new_code(Role::Viewer, 0).unwrap()));
        assert_eq!((it.sessions.len(), it.codes.len()), (SESSIONS_MAX, CODES_MAX));
    }
}
