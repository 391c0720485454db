//! How alike endpoints are in what they answer.
//!
//! Reads    the fields of answers, by their numbers.
//! Memory   24 bytes for each field, depth and method that is compared, while it is; a few bytes a field of each
//!          child that is.
//! Misses   fields that have no number.

use super::leaf::Fields;
use super::node::Node;
use super::usage::Usage;
use bartizan_model::head::Method;

/// Kinds of methods, of [`Method`].
const METHODS: usize = 10;
/// Depths at which answers are compared.
const DEPTHS: usize = 3;

/// What a child of a node is compared by.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    pub(super) name: &'a str,
    /// In order, each once.
    pub(super) behind: Vec<Step>,
    pub(super) answers: Vec<Answer>,
    pub(super) own: f32,
    pub(super) around: f32,
    pub(super) handed: bool,
    /// Calls of it and of what is behind it.
    pub(super) calls: u64,
    /// How they go on.
    pub(super) usage: Usage,
    /// Answers of its own endpoints.
    pub(super) answered: u64,
    /// Of these, as far as they were looked at, all and those that held the segment.
    pub(super) looked: u32,
    pub(super) held: u32,
    /// If it is the variable: all its values have the form of identifiers.
    pub(super) is_form: bool,
    /// Words that it took already, if it is the variable.
    pub(super) words: u64,
}

impl Profile<'_> {
    /// Whether all that is behind it is behind `known`, too.
    pub(super) fn is_behind(&self, known: &Self) -> bool {
        let has = |it: &Step| known.behind.binary_search_by_key(&it.key, |it| it.key).is_ok();
        self.behind.iter().all(has)
    }
}

/// A step behind a child: how deep, and the word or method there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) key: u64,
    /// Its number among those of all children that are compared.
    pub(super) at: usize,
    /// It is neither a method nor a variable.
    pub(super) is_telling: bool,
    /// It looks rather like a name.
    pub(super) is_name: bool,
}

impl Step {
    pub(super) fn of_method(depth: u8, method: u64) -> Self {
        Self { key: u64::from(depth) << 8 | method, at: 0, is_telling: false, is_name: false }
    }

    pub(super) fn of_word(depth: u8, node: &Node, is_telling: bool) -> Self {
        let key = node.word.wrapping_add(u64::from(depth).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self { key, at: 0, is_telling, is_name: node.likeness < 0.0 }
    }
}

/// How often a field stood in what a method answers at some depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// Depth and method.
    group: u8,
    id: u32,
    share: f32,
}

/// What all endpoints answer, and what those that are compared do.
#[derive(Debug)]
pub(super) struct Answers {
    /// 0 for a field that all endpoints answer, up to 1 for one of few.
    telling: Vec<f32>,
    /// By group, and in it by field.
    slots: Vec<Vec<Slot>>,
    profile: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    sum: f64,
    /// The profile that had it last, and where there.
    profile: u32,
    at: u32,
    is_counted: bool,
}

/// Sums of one depth and method.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    /// Children that answer it.
    children: u32,
    answers: u32,
    /// Of the squares.
    squares: f64,
    /// The child that was counted last.
    last: u32,
}

/// Sums over all that are compared.
#[derive(Debug)]
pub(super) struct Summed([Group; METHODS * DEPTHS]);

/// Sums over one child and one depth and method.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    dot: f64,
    own: f64,
    /// What is less in the squares of the others.
    less: f64,
    answers: u32,
}

impl Answers {
    /// Of the endpoints at and behind a node.
    pub(super) fn of(root: &Node) -> Self {
        let (mut with, mut all) = (Vec::new(), 0_u32);
        count(root, &mut with, &mut all);
        let of_all = |with: u32| (1.0 - with.max(1) as f32 / all.max(1) as f32).clamp(0.02, 1.0);
        let telling = with.into_iter().map(of_all).collect();
        Self { telling, slots: vec![Vec::new(); METHODS * DEPTHS], profile: 0 }
    }

    /// The answers of the next child follow.
    pub(super) fn begin(&mut self) {
        self.profile += 1;
    }

    /// Adds the fields of one endpoint of the child.
    pub(super) fn collect(
        &mut self,
        depth: u8,
        method: Method,
        fields: &Fields,
        out: &mut Vec<Answer>,
    ) {
        let group = usize::from(depth) * METHODS + method as usize;
        let (Some(slots), Ok(number)) = (self.slots.get_mut(group), u8::try_from(group)) else {
            return;
        };
        slots.resize(self.telling.len(), Slot::default());
        for entry in fields.by_place.entries() {
            let share = entry.field.messages as f32 / fields.messages as f32;
            let Some(slot) = at(slots, entry.id.0).filter(|_| entry.id.0 > 0) else { continue };
            if slot.profile == self.profile {
                let known = usize::try_from(slot.at).ok().and_then(|at| out.get_mut(at));
                known.into_iter().for_each(|it| it.share = it.share.max(share));
                continue;
            }
            (slot.profile, slot.at) = (self.profile, u32::try_from(out.len()).unwrap_or(u32::MAX));
            out.push(Answer { group: number, id: entry.id.0, share });
        }
    }

    /// Sums over all that are compared. To be forgotten afterwards.
    pub(super) fn sum<'a>(&mut self, all: impl Iterator<Item = &'a [Answer]> + Clone) -> Summed {
        let mut out = Summed([Group::default(); METHODS * DEPTHS]);
        for (child, answers) in (1..).zip(all.clone()) {
            for it in answers {
                let Some(group) = out.0.get_mut(usize::from(it.group)) else { continue };
                group.children += u32::from(group.last != child);
                group.last = child;
                group.answers += 1;
                if let Some(slot) = slot(&mut self.slots, it) {
                    slot.sum += f64::from(it.share);
                }
            }
        }
        for it in all.flatten() {
            let telling = f64::from(self.telling(it.id));
            let Some(slot) = slot(&mut self.slots, it).filter(|it| !it.is_counted) else {
                continue;
            };
            slot.is_counted = true;
            if let Some(group) = out.0.get_mut(usize::from(it.group)) {
                group.squares += telling * slot.sum * slot.sum;
            }
        }
        out
    }

    /// Makes room for other sums.
    pub(super) fn forget<'a>(&mut self, all: impl Iterator<Item = &'a [Answer]>) {
        for it in all.flatten() {
            if let Some(slot) = slot(&mut self.slots, it) {
                (slot.sum, slot.is_counted) = (0.0, false);
            }
        }
    }

    /// Whether a child answers what others answer to the same method.
    pub(super) fn alike(&self, answers: &[Answer], summed: &Summed) -> f32 {
        let mut owns = [Own::default(); METHODS * DEPTHS];
        for it in answers {
            let group = usize::from(it.group);
            let (Some(own), Some(all)) = (owns.get_mut(group), summed.0.get(group)) else {
                continue;
            };
            let sum =
                self.slots.get(group).and_then(|slots| slots.get(usize::try_from(it.id).ok()?));
            let sum = sum.map_or(0.0, |it| it.sum);
            let (share, telling) = (f64::from(it.share), f64::from(self.telling(it.id)));
            let others = f64::from(all.children.max(2) - 1);
            let rest = (sum - share).max(0.0);
            own.answers += 1;
            own.dot += telling * share * rest / others;
            own.own += telling * share * share;
            own.less += telling * (sum * sum - rest * rest);
        }
        let (mut total, mut methods) = (0.0, 0.0);
        for (own, all) in owns.iter().zip(&summed.0) {
            // Nothing to be compared with, or nothing that most endpoints do not answer.
            if own.answers == 0 || all.children < 2 || own.own < 0.2 {
                continue;
            }
            let others = f64::from(all.children - 1);
            let theirs = (all.squares - own.less) / (others * others);
            if all.answers > own.answers && theirs > 0.0 {
                total += (own.dot / (own.own * theirs).sqrt() - 0.55) * 7.0;
            } else {
                total -= 2.0;
            }
            methods += 1.0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let bits = if methods > 0.0 { (total / methods) as f32 } else { 0.0 };
        bits
    }

    fn telling(&self, id: u32) -> f32 {
        usize::try_from(id).ok().and_then(|id| self.telling.get(id)).copied().unwrap_or(1.0)
    }
}

fn slot<'a>(slots: &'a mut [Vec<Slot>], it: &Answer) -> Option<&'a mut Slot> {
    at(slots.get_mut(usize::from(it.group))?, it.id)
}

fn at(slots: &mut [Slot], id: u32) -> Option<&mut Slot> {
    slots.get_mut(usize::try_from(id).ok()?)
}

/// Counts the endpoints that answer each field, and all that answer.
fn count(node: &Node, with: &mut Vec<u32>, all: &mut u32) {
    for leaf in node.leaves.values().filter(|it| it.response.messages > 0) {
        *all += 1;
        for entry in leaf.response.by_place.entries() {
            let Ok(id) = usize::try_from(entry.id.0) else { continue };
            if with.len() <= id {
                with.resize(id + 1, 0);
            }
            if let Some(count) = with.get_mut(id) {
                *count += 1;
            }
        }
    }
    node.children.values().for_each(|it| count(it, with, all));
}
