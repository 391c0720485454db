//! Templates that somebody said: a person who merged, split or named, or a description.
//!
//! Reads    templates such as `/orders/{orderId}/items`.
//! Writes   how paths that fit one of them go through the tree, and what its variables are called.
//! Memory   at most [`SAID_MAX`] templates a service, each of at most 4,096 bytes.
//! Errors   [`SaidError`].
//! Misses   numbers and other identifiers as literals beside a variable, or beside others of their form: the
//!          template of a single path has `{int}` there, and hashes of segments are keyed, so that nobody can
//!          compare them here. Alone in its place, the 1 of `/rest/plugin/1` is followed. Of a segment such as
//!          `{id}.json` only the first name is taken, and its fixed parts are not looked at.
//!
//! A literal goes before the variable beside it. A path that fits no template whole is learnt as if nobody had
//! said anything, but for two things: names that somebody said stay names, and what does not look like a name
//! beside a variable that somebody said is a value of it.

use super::node::VARIABLE;
use super::words::likeness;
use crate::template::of_segments;
use bartizan_model::api::{Part, PathTemplate, Segment, TemplateError};
use std::collections::BTreeMap;
use std::fmt;

/// Templates of one service; further ones are counted.
pub const SAID_MAX: usize = 5_000;
/// Steps that are taken to find the template of one path.
const STEPS_MAX: u32 = 128;
/// Words that look no less like names than this are values only if a template says so.
pub(super) const VALUE_BITS_MIN: f32 = -2.0;

/// A template that somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// As `/orders/{orderId}/items`.
    pub template: String,
    /// Who.
    pub by: By,
}

/// Who said a template. A person goes before a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A description of the API.
    Description,
    /// A person.
    Person,
}

/// Why a template is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidError {
    /// It is none.
    Template(TemplateError),
    /// Paths are not told apart as far as it goes.
    TooLong,
    /// There are [`SAID_MAX`] already, or no room for one more service.
    NoRoom,
}

impl fmt::Display for SaidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template(error) => write!(f, "{error}"),
            Self::TooLong => f.write_str("the path is longer than paths are told apart"),
            Self::NoRoom => f.write_str("there is no room for further paths"),
        }
    }
}

impl std::error::Error for SaidError {}

/// What was said of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct Sayings {
    /// Where the paths begin.
    pub(super) root: SaidStep,
    /// Templates.
    pub(super) templates: usize,
    /// Templates that found no room.
    pub(super) more: u64,
    /// Something was said since the tree was put in order.
    pub(super) is_new: bool,
}

impl Sayings {
    /// Adds a template.
    pub(super) fn add(&mut self, said: &Said) -> Result<(), SaidError> {
        let template = PathTemplate::parse(&said.template).map_err(SaidError::Template)?;
        let pieces = pieces(&template)?;
        if self.templates >= SAID_MAX && !self.root.has(&pieces) {
            self.more += 1;
            return Err(SaidError::NoRoom);
        }
        let end = pieces.iter().fold(&mut self.root, |step, it| step.made(it, said.by));
        self.templates += usize::from(!end.names.is_said());
        let names = pieces.iter().filter_map(|it| match it {
            Piece::Variable { name } => Some(name.clone()),
            Piece::Literal { .. } => None,
        });
        self.is_new |= end.names.put(said.by, names.collect());
        Ok(())
    }

    /// The keys of a path that fits a template whole.
    pub(super) fn fit(&self, segments: &[&str]) -> Option<Vec<&str>> {
        let mut keys = Vec::new();
        let mut left = STEPS_MAX;
        let fits = self.templates > 0 && self.root.fit(segments, &mut left, &mut keys);
        fits.then_some(keys)
    }

    /// What the variables of the path with these keys are called, in their order.
    pub(super) fn names(&self, keys: &[&str]) -> Vec<Option<&str>> {
        let mut variables = Vec::new();
        let mut step = Some(&self.root);
        for key in keys {
            step = step.and_then(|it| it.behind(key));
            if *key == VARIABLE {
                variables.push(step);
            }
        }
        variables.iter().enumerate().map(|(n, it)| called(step, *it, n)).collect()
    }
}

/// A segment that somebody said, with everything behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct SaidStep {
    literals: BTreeMap<Box<str>, Self>,
    /// Literals that the template of a single path has no word for, by what it has.
    typed: BTreeMap<Box<str>, Vec<Box<str>>>,
    variable: Option<Box<Self>>,
    /// What it is called if it is a variable.
    name: ByWhom<Box<str>>,
    /// What the variables of the template that ends here are called.
    names: ByWhom<Vec<Box<str>>>,
}

impl SaidStep {
    /// What stands behind it, by the key of the tree.
    pub(super) fn behind(&self, key: &str) -> Option<&Self> {
        if key == VARIABLE { self.variable.as_deref() } else { self.literals.get(key) }
    }

    /// Whether this is a name, and never a value.
    pub(super) fn has_name(&self, segment: &str) -> bool {
        self.literals.contains_key(segment)
    }

    /// Who said that it is a variable.
    pub(super) fn by(&self) -> By {
        if self.name.person.is_some() { By::Person } else { By::Description }
    }

    /// The key of a segment of a path that fits no template whole; `None` if nobody said anything about it.
    pub(super) fn key(&self, segment: &str) -> Option<&str> {
        self.literal(segment).or_else(|| {
            let is_value = is_typed(segment) || likeness(segment) > VALUE_BITS_MIN;
            (is_value && self.takes(segment)).then_some(VARIABLE)
        })
    }

    /// The literal that a segment is.
    fn literal(&self, segment: &str) -> Option<&str> {
        if let Some((literal, _)) = self.literals.get_key_value(segment) {
            return Some(literal);
        }
        let [only] = self.typed.get(segment)?.as_slice() else { return None };
        self.variable.is_none().then_some(only)
    }

    /// No variable is empty: `/orders/` is not one of the orders.
    fn takes(&self, segment: &str) -> bool {
        self.variable.is_some() && !segment.is_empty()
    }

    fn fit<'a>(&'a self, segments: &[&str], left: &mut u32, keys: &mut Vec<&'a str>) -> bool {
        let Some((segment, rest)) = segments.split_first() else { return self.names.is_said() };
        let variable = self.takes(segment).then_some(VARIABLE);
        for key in [self.literal(segment), variable].into_iter().flatten() {
            let (Some(step), Some(fewer)) = (self.behind(key), left.checked_sub(1)) else {
                return false;
            };
            *left = fewer;
            keys.push(key);
            if step.fit(rest, left, keys) {
                return true;
            }
            keys.pop();
        }
        false
    }

    fn has(&self, pieces: &[Piece]) -> bool {
        let step = pieces.iter().try_fold(self, |step, it| match it {
            Piece::Literal { key, .. } => step.behind(key),
            Piece::Variable { .. } => step.behind(VARIABLE),
        });
        step.is_some_and(|it| it.names.is_said())
    }

    fn made(&mut self, piece: &Piece, by: By) -> &mut Self {
        match piece {
            Piece::Variable { name } => {
                let step = self.variable.get_or_insert_default();
                step.name.put(by, name.clone());
                step
            }
            Piece::Literal { key, seen } => {
                if let Some(seen) = seen
                    && !self.literals.contains_key(key)
                {
                    self.typed.entry(seen.clone()).or_default().push(key.clone());
                }
                self.literals.entry(key.clone()).or_default()
            }
        }
    }
}

/// What the `n`th variable of a path is called: as the path says, or as another one that it is part of says.
fn called<'a>(
    path: Option<&'a SaidStep>,
    variable: Option<&'a SaidStep>,
    n: usize,
) -> Option<&'a str> {
    let of_path = |names: Option<&'a Vec<Box<str>>>| names.and_then(|it| it.get(n));
    of_path(path.and_then(|it| it.names.person.as_ref()))
        .or(variable.and_then(|it| it.name.person.as_ref()))
        .or(of_path(path.and_then(|it| it.names.description.as_ref())))
        .or(variable.and_then(|it| it.name.description.as_ref()))
        .map(|it| &**it)
}

/// The same thing, as different people say it.
#[derive(Clone, Debug)]
struct ByWhom<T> {
    person: Option<T>,
    description: Option<T>,
}

impl<T> Default for ByWhom<T> {
    fn default() -> Self {
        Self { person: None, description: None }
    }
}

impl<T: PartialEq> ByWhom<T> {
    /// Whether that is something new.
    fn put(&mut self, by: By, it: T) -> bool {
        let known = match by {
            By::Person => &mut self.person,
            By::Description => &mut self.description,
        };
        let is_new = known.as_ref() != Some(&it);
        *known = Some(it);
        is_new
    }

    fn is_said(&self) -> bool {
        self.person.is_some() || self.description.is_some()
    }
}

/// A segment of a template, as the tree has it.
enum Piece {
    Literal {
        key: Box<str>,
        /// What the template of a single path has there, if it is no word: `{int}`.
        seen: Option<Box<str>>,
    },
    Variable {
        name: Box<str>,
    },
}

fn pieces(of: &PathTemplate) -> Result<Vec<Piece>, SaidError> {
    if of.as_str() == "/" {
        return Ok(Vec::new());
    }
    let seen = of_segments(of.segments()).ok_or(SaidError::TooLong)?;
    let pieces = of.segments().iter().zip(seen).map(|(segment, seen)| match segment {
        Segment::Literal(text) if is_typed(&seen) => {
            Piece::Literal { key: text.as_str().into(), seen: Some(seen.into()) }
        }
        // Escapes that mean nothing are undone there.
        Segment::Literal(_) => Piece::Literal { key: seen.into(), seen: None },
        Segment::Variable(name) => Piece::Variable { name: name.as_str().into() },
        Segment::Mixed(parts) => Piece::Variable { name: first_name(parts).into() },
    });
    Ok(pieces.collect())
}

fn first_name(parts: &[Part]) -> &str {
    let mut names = parts.iter().filter_map(|it| match it {
        Part::Literal(_) => None,
        Part::Variable(name) => Some(name.as_str()),
    });
    names.next().unwrap_or_default()
}

/// Whether the template of a single path has no word there.
pub(super) fn is_typed(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::super::seen::{ORDER, PERSON, get, templates};
    use super::super::{Inventory, Reason, SERVICES_MAX, Segment};
    use super::*;
    use bartizan_model::head::Method;
    use std::collections::BTreeSet;

    /// Learns these paths, each with what it answers; `said` before them, or after.
    fn learnt(said: &[(&str, By)], calls: &[(&str, &[(&str, u64)])], is_first: bool) -> Inventory {
        let mut it = Inventory::default();
        let say = |it: &mut Inventory| {
            for (template, by) in said {
                let said = Said { template: (*template).to_owned(), by: *by };
                it.say("shop", &said).unwrap();
            }
        };
        if is_first {
            say(&mut it);
        }
        calls.iter().for_each(|(path, answer)| it.observe(&get(path, 200, answer)));
        if !is_first {
            say(&mut it);
        }
        it.settle();
        it
    }

    /// Whenever these templates are said, these endpoints come of these paths.
    #[track_caller]
    fn check(said: &[(&str, By)], calls: &[(&str, &[(&str, u64)])], expected: &[&str]) {
        for is_first in [true, false] {
            let it = learnt(said, calls, is_first);
            let mut found = templates(&it);
            found.sort();
            assert_eq!(found, expected, "said first: {is_first}");
            let nodes = it.totals().next().unwrap().1.nodes;
            let mut prefixes = BTreeSet::new();
            for endpoint in it.endpoints() {
                let key = |it: &Segment<'_>| match it {
                    Segment::Literal(it) => (*it).to_owned(),
                    Segment::Variable { .. } => VARIABLE.to_owned(),
                };
                let keys: Vec<String> = endpoint.path.iter().map(key).collect();
                prefixes.extend((1..=keys.len()).map(|n| keys[..n].to_vec()));
            }
            assert_eq!(nodes, prefixes.len());
            let calls_of: u64 = it.endpoints().iter().map(|it| it.leaf.calls).sum();
            assert_eq!(calls_of, calls.len() as u64);
            for (path, _) in calls {
                let mut template = String::new();
                crate::template::template(path.as_bytes(), &mut template);
                assert!(it.find("shop", Method::Get, &template).is_some(), "{path}");
            }
        }
    }

    const CPU: &[(&str, u64)] = &[("$.cores", 1)];
    const DISK: &[(&str, u64)] = &[("$.free", 2)];

    #[test]
    fn words_that_are_said_to_be_values_are_merged() {
        let calls = [
            ("/metrics/cpu", CPU),
            ("/metrics/disk", DISK),
            ("/metrics/all", DISK),
            ("/metrics/17", CPU),
            ("/metrics/", CPU),
        ];
        check(&[("/metrics/{metric}", By::Person)], &calls, &["/metrics/", "/metrics/{metric}"]);
    }

    #[test]
    fn words_that_are_said_to_be_names_stay_apart() {
        let words: Vec<String> =
            (0..40).map(|n| format!("/users/{}ra{}", char::from(b'a' + n % 26), n / 26)).collect();
        let behind: Vec<String> = words.iter().map(|it| format!("{it}/orders")).collect();
        let mut calls: Vec<_> = words.iter().map(|it| (it.as_str(), PERSON)).collect();
        calls.extend(behind.iter().map(|it| (it.as_str(), ORDER)));
        let learnt_alone = ["/users/{username}", "/users/{username}/orders"];
        check(&[], &calls, &learnt_alone);
        let names = ["/users/kra0", "/users/lra0"];
        let said = [(names[0], By::Person), (names[1], By::Description)];
        let it = learnt(&said, &calls, true);
        let apart = ["/users/kra0", "/users/kra0/orders", "/users/lra0", "/users/lra0/orders"];
        assert_eq!(templates(&it), [&apart[..], &learnt_alone].concat());
        // Nobody knows any more which calls of the variable were theirs.
        let mut it = learnt(&[], &calls, true);
        it.say("shop", &Said { template: names[0].to_owned(), by: By::Person }).unwrap();
        it.settle();
        assert_eq!(templates(&it), learnt_alone);
        it.observe(&get(names[0], 200, PERSON));
        it.settle();
        assert_eq!(templates(&it), [&names[..1], &learnt_alone].concat());
    }

    #[test]
    fn a_name_beside_a_variable_goes_before_it() {
        let said = [("/users/{login}", By::Description), ("/users/search", By::Description)];
        let calls = [("/users/search", DISK), ("/users/zoe", PERSON), ("/users/me", PERSON)];
        check(&said, &calls, &["/users/search", "/users/{login}"]);
        let it = learnt(&said, &calls[1..], true);
        assert_eq!(templates(&it), ["/users/{login}"]);
        assert!(it.find("shop", Method::Get, "/users/search").is_none(), "nobody called it");
        assert!(it.find("shop", Method::Get, "/users/anybody").is_some());
        let found = it.endpoints();
        let Segment::Variable { of, .. } = &found[0].path[1] else { panic!("{found:?}") };
        assert_eq!((of.reason, of.words.count()), (Reason::Said(By::Description), 2));
    }

    #[test]
    fn what_follows_decides_which_template_a_path_fits() {
        let said = [("/a/b/c", By::Person), ("/a/{x}/d", By::Person), ("/a/{x}", By::Person)];
        let calls = [("/a/b/c", CPU), ("/a/b/d", CPU), ("/a/b", CPU), ("/a/k/d", CPU)];
        check(&said, &calls, &["/a/b/c", "/a/{x}", "/a/{x}/d"]);
    }

    #[test]
    fn paths_that_fit_no_template_are_learnt() {
        let said = [("/users/{login}", By::Description)];
        let calls = [("/users/zoe/pets", PERSON), ("/users/search/all", DISK), ("/users/1/x", CPU)];
        check(&said, &calls, &["/users/search/all", "/users/{login}/pets", "/users/{login}/x"]);
    }

    #[test]
    fn a_number_that_is_alone_in_its_place_is_a_name() {
        let calls = [("/plugin/1/apps", CPU), ("/plugin/1/keys", CPU)];
        check(&[], &calls, &["/plugin/{pluginId}/apps", "/plugin/{pluginId}/keys"]);
        let said = [("/plugin/1/apps", By::Description)];
        check(&said, &calls, &["/plugin/1/apps", "/plugin/1/keys"]);
        // Which of these a number is, the template of a single path does not tell.
        let said = [("/plugin/1/apps", By::Description), ("/plugin/{id}/keys", By::Description)];
        check(&said, &calls, &["/plugin/{id}/apps", "/plugin/{id}/keys"]);
    }

    #[test]
    fn a_person_goes_before_a_description() {
        let calls = [("/users/zoe", PERSON), ("/users/zoe/orders", ORDER)];
        let described = [("/users/{id}", By::Description), ("/users/{id}/orders", By::Description)];
        check(&described, &calls, &["/users/{id}", "/users/{id}/orders"]);
        let renamed = ("/users/{login}", By::Person);
        let said = [described[0], renamed, described[1]];
        check(&said, &calls, &["/users/{login}", "/users/{login}/orders"]);
        let said = [renamed, described[0], ("/users/{who}/orders", By::Person)];
        check(&said, &calls, &["/users/{login}", "/users/{who}/orders"]);
        // Who renames twice means the second name.
        check(&[renamed, ("/users/{x}", By::Person)], &calls[..1], &["/users/{x}"]);
    }

    #[test]
    fn names_are_told_apart_in_one_path() {
        let said = [("/a/{id}", By::Person), ("/a/{x}/b/{id}", By::Description)];
        check(&said, &[("/a/1/b/2", CPU)], &["/a/{id}/b/{id2}"]);
    }

    #[test]
    fn a_template_that_nobody_called_makes_no_endpoint() {
        let it = learnt(&[("/a/{b}", By::Person), ("/", By::Person)], &[], true);
        assert!(it.endpoints().is_empty());
        assert_eq!(it.totals().next().unwrap().1.said, 2);
        check(&[("/", By::Person)], &[("/", CPU)], &["/"]);
    }

    #[test]
    fn errors_belong_to_what_was_said() {
        let mut it = learnt(&[("/a/{b}", By::Person)], &[("/a/x", CPU)], true);
        it.observe(&get("/a/all", 404, &[]));
        assert_eq!(it.endpoints()[0].leaf.statuses, [(200, 1), (404, 1)].into_iter().collect());
    }

    #[test]
    fn hostile_templates_are_refused_and_harm_nothing() {
        let mut it = Inventory::default();
        let mut say =
            |text: &str| it.say("shop", &Said { template: text.to_owned(), by: By::Description });
        for (text, error) in [
            ("", SaidError::Template(TemplateError::NoSlash)),
            ("/{}", SaidError::Template(TemplateError::EmptyName)),
            ("/{a", SaidError::Template(TemplateError::Brace)),
            ("/{a}/{a}", SaidError::Template(TemplateError::SameName)),
            (&"/a".repeat(10_000), SaidError::Template(TemplateError::TooLong)),
            (&"/a".repeat(17), SaidError::TooLong),
            (&format!("/{}", "ab/".repeat(100)), SaidError::TooLong),
        ] {
            assert_eq!(say(text), Err(error), "{text:.40}");
        }
        for text in ["//", "/a//{b}", "/{a}{b}", "/x/{a}.json", "/\u{1b}[31m", "/%7B%7D", "/ä"] {
            assert_eq!(say(text), Ok(()), "{text}");
        }
        let calls = [("//", CPU), ("/a//17", CPU), ("/z", CPU), ("/x/17", CPU)];
        calls.iter().for_each(|(path, answer)| it.observe(&get(path, 200, answer)));
        assert_eq!(templates(&it), ["//", "/a//{b}", "/x/{a}", "/{a}"]);
    }

    #[test]
    fn many_ways_through_the_templates_are_not_all_gone() {
        let mut it = Inventory::default();
        for mask in 0..4_096_u32 {
            let segment = |n: u32| {
                if mask >> n & 1 == 0 { "/a".to_owned() } else { format!("/{{v{n}}}") }
            };
            let text: String = (0..12).map(segment).chain(["/end".to_owned()]).collect();
            it.say("shop", &Said { template: text, by: By::Description }).unwrap();
        }
        for _ in 0..1_000 {
            it.observe(&get(&format!("{}/other", "/a".repeat(12)), 200, CPU));
        }
        assert_eq!(it.endpoints()[0].leaf.calls, 1_000);
    }

    #[test]
    fn further_templates_are_counted() {
        let mut it = Inventory::default();
        let mut say = |service: &str, n: usize| {
            it.say(service, &Said { template: format!("/a{n}/{{b}}"), by: By::Person })
        };
        (0..SAID_MAX).for_each(|n| say("shop", n).unwrap());
        assert_eq!(say("shop", SAID_MAX), Err(SaidError::NoRoom));
        assert_eq!(say("shop", 0), Ok(()), "this one is known");
        (1..SERVICES_MAX).for_each(|n| say(&n.to_string(), 0).unwrap());
        assert_eq!(say("one more", 0), Err(SaidError::NoRoom));
        let totals = it.totals().find(|it| it.0 == "shop").unwrap().1;
        assert_eq!((totals.said, totals.said_more), (SAID_MAX, 1));
    }
}
