//! The named members of an object schema, found by the hash that a tape has of each name.

use bartizan_model::tape::{NodeId, Tape, name_hash};

use super::compiled::SchemaId;

/// What is said of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// A power of two, at least twice as many as there are names.
    slots: Vec<Option<Named>>,
}

/// What is said of one name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    hash: u32,
    pub(super) name: Box<str>,
    /// Its schema, if it is declared.
    pub(super) schema: Option<SchemaId>,
    /// Its number among the required ones, if it is one.
    pub(super) required: Option<usize>,
}

impl Named {
    pub(super) fn new(name: &str, schema: Option<SchemaId>, required: Option<usize>) -> Self {
        Self { hash: name_hash(name.as_bytes()), name: name.into(), schema, required }
    }
}

impl Names {
    /// A table of these names, each of them once.
    pub(super) fn of(names: Vec<Named>) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        let size = (names.len() * 2).next_power_of_two();
        let mut slots = vec![None; size];
        for named in names {
            let mut at = slot(named.hash, size);
            // Half of the slots stay empty: the search ends.
            while slots.get(at).is_some_and(Option::is_some) {
                at = (at + 1) & (size - 1);
            }
            if let Some(it) = slots.get_mut(at) {
                *it = Some(named);
            }
        }
        Self { slots }
    }

    /// What is said of the name of a member.
    pub(super) fn find(&self, tape: &Tape<'_>, name: NodeId) -> Option<&Named> {
        let size = self.slots.len();
        if size == 0 {
            return None;
        }
        let hash = tape.hash_of_name(name);
        let mut at = slot(hash, size);
        while let Some(named) = self.slots.get(at).and_then(Option::as_ref) {
            if named.hash == hash && is_named(tape, name, &named.name) {
                return Some(named);
            }
            at = (at + 1) & (size - 1);
        }
        None
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Every name.
    pub(super) fn all(&self) -> impl Iterator<Item = &Named> {
        self.slots.iter().flatten()
    }
}

/// Whether a member has this name.
pub(super) fn is_named(tape: &Tape<'_>, name: NodeId, expected: &str) -> bool {
    match tape.plain_text(name) {
        Some(it) => it == expected,
        None => tape.text(name) == expected,
    }
}

fn slot(hash: u32, size: usize) -> usize {
    hash as usize & (size - 1)
}

#[cfg(test)]
mod tests {
    use bartizan_model::tape::TapeLimits;

    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names = (0..100).map(|it| Named::new(&format!("n{it}"), None, Some(it))).collect();
        let table = Names::of(names);
        assert_eq!(table.all().count(), 100);
        for it in 0..120 {
            let text = format!("{{\"\\u006e{it}\": 0}}");
            let tape = Tape::read(text.as_bytes(), &TapeLimits::default()).unwrap();
            let member = tape.members(tape.root()).next().unwrap();
            let found = table.find(&tape, member.name).and_then(|it| it.required);
            assert_eq!(found, (it < 100).then_some(it));
            assert!(Names::default().find(&tape, member.name).is_none());
        }
    }
}
