//! Puts a tree in the order that somebody said after its traffic was seen.
//!
//! Reads    the tree, and what was said.
//! Writes   the same endpoints, each where its path would lie if it came now.
//! Memory   all paths, while it is done.
//! Misses   words that are values of a variable already stay there, though somebody said that they are names:
//!          nobody knows which calls were theirs. What is known of a variable whose paths part stays with the
//!          first.

use super::handed::Handed;
use super::leaf::Leaf;
use super::node::{Node, Reason, VARIABLE, Variable, hash};
use super::said::{SaidStep, Sayings};
use bartizan_model::head::Method;
use std::collections::BTreeMap;

/// The tree in its new order, and how many exchanges found no room in it.
pub(super) fn sorted(
    root: Node,
    said: &Sayings,
    handed: &Handed,
    nodes: &mut usize,
) -> (Node, u64) {
    let mut paths = Vec::new();
    let calls = root.calls;
    take_apart(root, &mut Vec::new(), &mut paths);
    *nodes = 0;
    let mut into = Into { root: Node { calls, ..Node::default() }, said, handed, nodes, full: 0 };
    paths.into_iter().for_each(|it| into.put(it));
    (into.root, into.full)
}

/// The endpoints of one path.
struct Path {
    steps: Vec<Taken>,
    leaves: BTreeMap<Method, Leaf>,
}

/// A segment on the way to an endpoint.
#[derive(Clone)]
struct Taken {
    key: Box<str>,
    /// As the template of a single path has it.
    seen: Box<str>,
    hash: Option<u64>,
    /// With the first path through it.
    variable: Option<Box<Variable>>,
}

fn take_apart(node: Node, steps: &mut Vec<Taken>, out: &mut Vec<Path>) {
    if !node.leaves.is_empty() {
        out.push(Path { steps: steps.clone(), leaves: node.leaves });
        steps.iter_mut().for_each(|it| it.variable = None);
    }
    for (key, mut child) in node.children {
        let variable = child.variable.take();
        let seen = variable.as_deref().map_or_else(|| key.clone(), seen);
        steps.push(Taken { key, seen, hash: child.hash, variable });
        take_apart(child, steps, out);
        steps.pop();
    }
}

/// `{int}`, if all its values were numbers.
fn seen(variable: &Variable) -> Box<str> {
    let mut kinds = variable.kinds.keys().filter(|it| &***it != "word");
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) if variable.kinds.len() == 1 => format!("{{{kind}}}").into(),
        (_, _) => VARIABLE.into(),
    }
}

struct Into<'a> {
    root: Node,
    said: &'a Sayings,
    handed: &'a Handed,
    nodes: &'a mut usize,
    full: u64,
}

impl Into<'_> {
    fn put(&mut self, path: Path) {
        let calls = path.leaves.values().map(|it| it.calls).sum();
        let segments: Vec<&str> = path.steps.iter().map(|it| &*it.seen).collect();
        let fit = self.said.fit(&segments);
        let mut node = &mut self.root;
        let mut said = Some(&self.said.root);
        for (n, step) in path.steps.iter().enumerate() {
            let told = match &fit {
                Some(keys) => keys.get(n).copied(),
                None => said.and_then(|it| it.key(&step.seen)),
            };
            let key = told.unwrap_or(&step.key);
            said = said.and_then(|it| it.behind(key));
            let Some(child) = node.made(key, self.nodes) else {
                self.full += calls;
                return;
            };
            child.calls += calls;
            child.meet(step, calls, said, self.handed);
            node = child;
        }
        for (method, leaf) in path.leaves {
            node.leaves.entry(method).or_default().merge(leaf);
        }
    }
}

impl Node {
    /// Takes what is known of a segment that belongs here.
    fn meet(&mut self, step: &Taken, calls: u64, said: Option<&SaidStep>, handed: &Handed) {
        let Some(variable) = &mut self.variable else {
            self.hash = self.hash.or(step.hash);
            return;
        };
        if let Some(known) = &step.variable {
            variable.merge((**known).clone());
        } else if &*step.key != VARIABLE {
            variable.words.add(hash(&step.key));
            variable.looks.add_word(&step.key, calls);
            variable.count("word", calls);
            if let Some(place) = step.hash.and_then(|it| handed.place(it)) {
                variable.hand(place);
            }
        }
        if let Some(said) = said {
            variable.reason = Reason::Said(said.by());
        }
    }
}
