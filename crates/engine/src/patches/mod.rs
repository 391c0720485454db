//! Virtual patches, made for looking them up: which of them a request is held to.
//!
//! Reads    patches, and the path of a request: as it is, and as servers read it that decode twice, take a backslash for a slash,
//!          drop empty segments and parameters, go up for `..` and know no case.
//! Memory   at most `PATCHES_MAX` patches, and a tree of their paths.
//! Errors   [`NotReady`].
//! Misses   paths with an ending that a framework adds (`/orders.json`); an endpoint behind a name of its own.

mod look;
mod pattern;

pub(crate) use look::{Found, Patching, Unread};
pub use pattern::{PATTERN_CHARS_MAX, PROGRAM_BYTES_MAX, Pattern, Unusable};

use bartizan_inspect::percent::decode;
use bartizan_model::head::Method;
use bartizan_model::patch::{PATCHES_MAX, Patch};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often a path is decoded before its segments are compared.
const DECODED_MAX: usize = 3;

/// All patches.
#[derive(Clone, Debug, Default)]
pub struct Patches {
    all: Vec<Arc<Ready>>,
    everywhere: Vec<Arc<Ready>>,
    root: Node,
}

/// A patch that is ready to look at values.
#[derive(Clone, Debug)]
pub struct Ready {
    patch: Patch,
    matches: Option<Pattern>,
    does_not_match: Option<Pattern>,
}

/// Which pattern of a patch cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// The one that must fit.
    Matches(Unusable),
    /// The one that must not.
    DoesNotMatch(Unusable),
}

impl Ready {
    /// Makes a patch ready.
    ///
    /// # Errors
    ///
    /// [`NotReady`].
    pub fn new(patch: Patch) -> Result<Self, NotReady> {
        let ready = |text: &Option<Box<str>>| text.as_deref().map(Pattern::new).transpose();
        let matches = ready(&patch.when.matches).map_err(NotReady::Matches)?;
        let does_not_match = ready(&patch.when.does_not_match).map_err(NotReady::DoesNotMatch)?;
        Ok(Self { patch, matches, does_not_match })
    }

    /// What it says.
    pub fn patch(&self) -> &Patch {
        &self.patch
    }
}

/// The paths below one path.
#[derive(Clone, Debug, Default)]
struct Node {
    /// By segments in small letters.
    literals: BTreeMap<Box<str>, Self>,
    variable: Option<Box<Self>>,
    here: Vec<(Method, Arc<Ready>)>,
}

impl Patches {
    /// These, at most `PATCHES_MAX` of them.
    pub fn new(all: Vec<Arc<Ready>>) -> Self {
        let mut it = Self::default();
        for ready in all.into_iter().take(PATCHES_MAX) {
            match &ready.patch.endpoint {
                None => it.everywhere.push(Arc::clone(&ready)),
                Some((method, path)) => {
                    let node = path.segments().filter(|it| *it != Some("")).fold(
                        &mut it.root,
                        |node, segment| match segment {
                            Some(literal) => node
                                .literals
                                .entry(literal.to_ascii_lowercase().into())
                                .or_default(),
                            None => node.variable.get_or_insert_default(),
                        },
                    );
                    node.here.push((*method, Arc::clone(&ready)));
                }
            }
            it.all.push(ready);
        }
        it
    }

    /// All of them, in the order of their files.
    pub fn all(&self) -> &[Arc<Ready>] {
        &self.all
    }

    /// Whether one of them is for calls of this method and path, now or before it ended.
    pub fn concern(&self, method: Method, path: &[u8]) -> bool {
        !self.of(&[method], path, 0).is_empty()
    }

    /// Those that calls of these methods on this path are held to at this moment.
    pub(crate) fn of(&self, methods: &[Method], path: &[u8], wall_us: u64) -> Vec<Arc<Ready>> {
        let mut found: Vec<Arc<Ready>> = self.everywhere.clone();
        if self.all.len() > self.everywhere.len() {
            self.root.collect(path, methods, &mut found);
            if path.iter().any(|it| matches!(it, b'%' | b'\\')) || has_steps(path) {
                self.root.collect(&lenient(path), methods, &mut found);
            }
        }
        found.retain(|it| it.patch.acts(wall_us));
        found
    }
}

impl Node {
    /// Each node of the tree is visited once at most, and most calls are of no path that is in it.
    fn collect(&self, path: &[u8], methods: &[Method], found: &mut Vec<Arc<Ready>>) {
        let (mut level, mut next) = (vec![self], Vec::new());
        let mut scratch = Vec::new();
        for name in path.split(|it| *it == b'/') {
            let name = segment(decode(name, false, &mut scratch));
            if name.is_empty() {
                continue;
            }
            for node in &level {
                next.extend(node.literals.get(&*name));
                next.extend(node.variable.as_deref());
            }
            std::mem::swap(&mut level, &mut next);
            next.clear();
            if level.is_empty() {
                return;
            }
        }
        let is_of = |wanted: Method| {
            methods.iter().any(|it| *it == wanted || (*it == Method::Head && wanted == Method::Get))
        };
        for (_, ready) in level.iter().flat_map(|it| &it.here).filter(|it| is_of(it.0)) {
            if !found.iter().any(|it| Arc::ptr_eq(it, ready)) {
                found.push(Arc::clone(ready));
            }
        }
    }
}

/// A segment without parameters, in small letters. Most are so already.
fn segment(text: &[u8]) -> Cow<'_, str> {
    let end = text.iter().position(|it| *it == b';').unwrap_or(text.len());
    let name = String::from_utf8_lossy(text.get(..end).unwrap_or_default());
    match name.bytes().any(|it| it.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => name,
    }
}

fn has_steps(path: &[u8]) -> bool {
    path.split(|it| *it == b'/').any(|it| matches!(it, b"." | b".."))
}

/// What the most lenient server makes of a path.
fn lenient(path: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    for _ in 0..DECODED_MAX {
        let mut scratch = Vec::new();
        let decoded = decode(&path, false, &mut scratch).to_vec();
        if decoded == path {
            break;
        }
        path = decoded;
    }
    let mut all: Vec<&[u8]> = Vec::new();
    for name in path.split(|it| matches!(it, b'/' | b'\\')) {
        match name.split(|it| *it == b';').next().unwrap_or_default() {
            b"" | b"." => {}
            b".." => {
                all.pop();
            }
            name => all.push(name),
        }
    }
    all.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Mode;
    use bartizan_model::patch::{Field, When};
    use bartizan_model::retirement::Template;

    fn patch(id: &str, endpoint: Option<(Method, &str)>) -> Arc<Ready> {
        let patch = Patch {
            id: id.into(),
            reason: "a test".into(),
            endpoint: endpoint.map(|(method, path)| (method, Template::new(path))),
            field: Field::Any,
            when: When { matches: Some("x".into()), ..When::default() },
            mode: Mode::Enforce,
            until_us: Some(1_000),
        };
        Arc::new(Ready::new(patch).unwrap())
    }

    /// Which of some patches a call is held to.
    #[track_caller]
    fn check(method: Method, path: &str, expected: &[&str]) {
        let all = Patches::new(vec![
            patch("all", None),
            patch("one", Some((Method::Get, "/reviews/{id}"))),
            patch("latest", Some((Method::Get, "/Reviews/latest"))),
            patch("post", Some((Method::Post, "/reviews"))),
            patch("root", Some((Method::Get, "/"))),
        ]);
        let found = all.of(&[method], path.as_bytes(), 999);
        let found: Vec<&str> = found.iter().map(|it| &*it.patch.id).collect();
        assert_eq!(found, expected, "{path}");
        assert!(all.of(&[method], path.as_bytes(), 1_000).is_empty());
    }

    #[test]
    fn a_call_is_held_to_the_patches_of_its_endpoint() {
        check(Method::Get, "/reviews/17", &["all", "one"]);
        check(Method::Head, "/reviews/17", &["all", "one"]);
        check(Method::Get, "/reviews/latest", &["all", "latest", "one"]);
        check(Method::Post, "/reviews", &["all", "post"]);
        check(Method::Get, "/reviews", &["all"]);
        check(Method::Get, "/reviews/1/x", &["all"]);
        check(Method::Get, "/", &["all", "root"]);
        check(Method::Get, "/orders", &["all"]);
    }

    #[test]
    fn no_spelling_of_a_path_gets_around_a_patch() {
        for path in [
            "/reviews/17/",
            "//reviews/17",
            "/REVIEWS/17",
            "/reviews;a=b/17",
            "/%72eviews/17",
            "/%2572eviews/17",
            "/reviews%2f17",
            "/reviews%252f17",
            "/reviews\\17",
            "/./reviews/17",
            "/x/../reviews/17",
            "/x/%2e%2e/reviews/17",
        ] {
            check(Method::Get, path, &["all", "one"]);
        }
    }
}
