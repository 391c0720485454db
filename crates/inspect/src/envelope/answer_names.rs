//! What the fields of an answer are called by the API, where the request chose other names for them.
//!
//! Reads    the aliases of a document of GraphQL; the method of JSON-RPC, whose answers all begin with `result`.
//! Memory   one entry for each field that was selected, at most [`FIELDS_MAX`].
//! Misses   aliases that two requests of a batch give to different fields: the first counts; which answer of a batch of
//!          JSON-RPC is whose, unless all call one method.

use bartizan_model::place::escaped_step;
use std::borrow::Cow;

/// Fields of one answer that are told apart.
pub const FIELDS_MAX: usize = 2_048;

/// The names of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerNames {
    /// The answer is a list, of which each item answers one request.
    pub is_batch: bool,
    /// Its outermost members.
    pub root: Level,
    pub(super) fields: usize,
}

/// The members of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Of each member that was asked for its name in the answer, its name in the API, and what is within it.
    pub members: Vec<(Box<str>, Box<str>, Self)>,
}

impl Level {
    /// Notes a member, and gives what is within it. `None` if it is known by another name.
    pub(crate) fn note(&mut self, key: &str, name: &str, room: &mut usize) -> Option<&mut Self> {
        let at = match self.members.iter().position(|it| *it.0 == *key) {
            Some(at) => at,
            None => {
                *room = room.checked_sub(1)?;
                self.members.push((key.into(), name.into(), Self::default()));
                self.members.len() - 1
            }
        };
        self.members.get_mut(at).filter(|it| *it.1 == *name).map(|it| &mut it.2)
    }

    /// Whether all names are those of the API.
    pub fn is_plain(&self) -> bool {
        self.members.iter().all(|(key, name, within)| key == name && within.is_plain())
    }

    fn member(&self, key: &str) -> Option<&(Box<str>, Box<str>, Self)> {
        self.members.iter().find(|it| *it.0 == *key)
    }
}

impl AnswerNames {
    /// Whether all places are called what the API calls them.
    pub fn is_plain(&self) -> bool {
        !self.is_batch && self.root.is_plain()
    }

    /// The place of a body as the API calls it.
    pub fn of<'a>(&self, path: &'a str) -> Cow<'a, str> {
        if self.is_plain() {
            return Cow::Borrowed(path);
        }
        let Some(mut rest) = path.strip_prefix('$') else { return Cow::Borrowed(path) };
        if self.is_batch {
            rest = rest.strip_prefix("[*]").unwrap_or(rest);
        }
        let (mut out, mut level) = ("$".to_owned(), &self.root);
        while let Some(step) = rest.strip_prefix('.') {
            let end = step.find(['.', '[']).unwrap_or(step.len());
            let (key, behind) = step.split_at_checked(end).unwrap_or((step, ""));
            let Some((_, name, within)) = level.member(key) else { break };
            out.push('.');
            out.push_str(&escaped_step(name.as_bytes()));
            let items = behind.find('.').unwrap_or(behind.len());
            let (items, behind) = behind.split_at_checked(items).unwrap_or((behind, ""));
            out.push_str(items);
            (rest, level) = (behind, within);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_read_as_the_fields_that_they_stand_for() {
        let (mut names, mut room) = (AnswerNames::default(), 9);
        let data = names.root.note("data", "data", &mut room);
        let issue = data.and_then(|it| it.note("a", "issue", &mut room));
        issue.and_then(|it| it.note("x", "owner", &mut room)).map(drop).unwrap_or_default();
        assert_eq!(names.of("$.data.a[*].x.id"), "$.data.issue[*].owner.id");
        assert_eq!(names.of("$.data.other.x"), "$.data.other.x");
        assert_eq!(names.of("$.errors[*].message"), "$.errors[*].message");
        assert_eq!(names.of("$[*].data.a.x"), "$[*].data.a.x");
        names.is_batch = true;
        assert_eq!(names.of("$[*].data.a.x"), "$.data.issue.owner");
    }
}
