//! Names for schemas: those of the first file have theirs, others get one when something refers to them.

use std::collections::{BTreeMap, VecDeque};

use crate::document::Node;

/// Which place has which name.
#[derive(Default)]
pub(super) struct Names<'d> {
    by_place: BTreeMap<(u16, String), String>,
    /// Names taken, with the number that the next one like it gets.
    taken: BTreeMap<String, u32>,
    waiting: VecDeque<(String, &'d Node)>,
}

impl<'d> Names<'d> {
    /// Gives a place this name, which must not be taken, and lets it wait to be read.
    pub(super) fn give(&mut self, file: u16, pointer: &str, name: &str, node: &'d Node) {
        self.by_place.insert((file, pointer.to_owned()), name.to_owned());
        self.taken.insert(name.to_owned(), 2);
        self.waiting.push_back((name.to_owned(), node));
    }

    /// The name of a place; a new one, if it has none yet.
    pub(super) fn of(&mut self, file: u16, pointer: &str, stem: &str, node: &'d Node) -> String {
        if let Some(name) = self.by_place.get(&(file, pointer.to_owned())) {
            return name.clone();
        }
        let name = self.free(&proposed(pointer, stem));
        self.give(file, pointer, &name, node);
        name
    }

    fn free(&mut self, proposed: &str) -> String {
        let Some(next) = self.taken.get(proposed).copied() else { return proposed.to_owned() };
        let free = (next..).map(|it| (it, format!("{proposed}_{it}")));
        let mut free = free.filter(|it| !self.taken.contains_key(&it.1));
        let (number, name) = free.next().unwrap_or_default();
        self.taken.insert(proposed.to_owned(), number.saturating_add(1));
        name
    }

    /// The next place to read, with its name.
    pub(super) fn next(&mut self) -> Option<(String, &'d Node)> {
        self.waiting.pop_front()
    }
}

/// A name for what stands at a pointer: its last word that says something, with what follows it.
fn proposed(pointer: &str, stem: &str) -> String {
    const WORDS: [&str; 8] = [
        "schema",
        "items",
        "properties",
        "allOf",
        "anyOf",
        "oneOf",
        "additionalProperties",
        "content",
    ];
    let mut name = String::new();
    for token in pointer.split('/').skip(1).collect::<Vec<_>>().iter().rev() {
        let separator = if name.is_empty() { "" } else { "_" };
        name = format!("{token}{separator}{name}");
        let says_something = !WORDS.contains(token) && !token.bytes().all(|it| it.is_ascii_digit());
        if says_something || name.len() > 64 {
            break;
        }
    }
    let name = if name.is_empty() { stem } else { &name };
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-');
    let name: String = name.chars().map(|it| if is_plain(it) { it } else { '_' }).collect();
    if name.is_empty() { "Schema".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{NodeValue, Position};

    #[test]
    fn a_name_says_where_it_comes_from() {
        for (pointer, name) in [
            ("/components/schemas/Pet/properties/id", "id"),
            ("/components/schemas/Pet/items", "Pet_items"),
            ("/definitions/a b", "a_b"),
            ("/allOf/0", "allOf_0"),
            ("", "pet"),
        ] {
            assert_eq!(proposed(pointer, "pet"), name, "{pointer}");
        }
        assert_eq!(proposed("", ""), "Schema");
    }

    #[test]
    fn a_place_keeps_its_name_and_names_are_not_shared() {
        let node = Node { position: Position::default(), value: NodeValue::Null };
        let mut names = Names::default();
        names.give(0, "/components/schemas/id", "id", &node);
        names.give(0, "/components/schemas/id_2", "id_2", &node);
        assert_eq!(names.of(0, "/components/schemas/id", "", &node), "id");
        assert_eq!(names.of(0, "/x/id", "", &node), "id_3");
        assert_eq!(names.of(1, "/x/id", "", &node), "id_4");
        assert_eq!(names.of(0, "/x/id", "", &node), "id_3");
        assert_eq!(std::iter::from_fn(|| names.next()).count(), 4);
    }
}
