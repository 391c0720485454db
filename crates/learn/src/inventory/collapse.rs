//! Which words of a path are values of one variable.
//!
//! Reads    the children of a node with all that is behind them.
//! Writes   those that are alike as one [`VARIABLE`], with the reason.
//! Memory   a profile of each child while it is looked at, at most [`BEHIND_MAX`] steps each.
//! Misses   variables of few values whose words are names of the API elsewhere (`daily`, `monthly`).
//!
//! Evidence is added in bits: how alike what a word answers is to what the others answer, whether what is
//! behind it is behind others too, what it looks like by itself, and whether an answer had handed it out.

use super::Handed;
use super::node::{Node, Reason, VARIABLE, hash};
use super::said::SaidStep;
use super::words::{is_beside_ids, is_version, likeness};
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use std::collections::{BTreeMap, BTreeSet};

/// Steps behind a child that are compared.
const BEHIND_MAX: usize = 2_000;
/// How deep behind a child is looked.
const DEPTH_MAX: u8 = 4;
/// Bits that each word needs on the average to be a value.
const BITS_MIN: f32 = 1.5;
/// Bits of a name before a version.
const OF_VERSIONS: f32 = -5.0;
/// What looks so much like a name stays one among too many.
const NAME_BITS: f32 = -2.0;
/// Words below which a variable needs more evidence.
const WORDS_FEW: usize = 10;
/// Children of a node that can all be names of the API.
const NAMES_MAX: usize = 400;

/// A step behind a child: how deep, and the word or method there.
type Step<'a> = (u8, &'a str);
/// How often fields stood in what a method answers.
type Answers<'a> = BTreeMap<(u8, Method, &'a Place), f32>;

struct Profile<'a> {
    name: &'a str,
    behind: BTreeSet<Step<'a>>,
    answers: Answers<'a>,
    own: f32,
    around: f32,
    handed: bool,
    /// If it is the variable: all its values have the form of identifiers.
    is_form: bool,
    /// Words that it took already, if it is the variable.
    words: u64,
}

/// How many endpoints answer each field.
#[derive(Debug, Default)]
pub(super) struct Common {
    by_place: BTreeMap<Place, u32>,
    endpoints: u32,
}

impl Common {
    /// Of the endpoints at and behind a node.
    pub(super) fn of(node: &Node) -> Self {
        let mut it = Self::default();
        it.add(node);
        it
    }

    fn add(&mut self, node: &Node) {
        for leaf in node.leaves.values().filter(|it| it.response.messages > 0) {
            self.endpoints += 1;
            for place in leaf.response.by_place.keys() {
                match self.by_place.get_mut(place) {
                    Some(count) => *count += 1,
                    None => {
                        self.by_place.insert(place.clone(), 1);
                    }
                }
            }
        }
        node.children.values().for_each(|it| self.add(it));
    }

    /// 0 for a field that all endpoints answer, up to 1 for one of few.
    fn telling(&self, place: &Place) -> f32 {
        let with = self.by_place.get(place).copied().unwrap_or(1).max(1) as f32;
        let all = self.endpoints.max(1) as f32;
        (1.0 - with / all).clamp(0.02, 1.0)
    }
}

/// Makes variables of what is alike, here and behind; how many nodes became part of others.
pub(super) fn settle(
    node: &mut Node,
    said: Option<&SaidStep>,
    handed: &Handed,
    common: &Common,
) -> usize {
    let mut gone = 0;
    let behind = |key: &str| said.and_then(|it| it.behind(key));
    // From below, for a collection is known by the variable in it; and again from above, for what became one
    // has more to be compared.
    for (key, child) in &mut node.children {
        gone += settle(child, behind(key), handed, common);
    }
    if let Some((names, reason)) = values_among(node, said, handed, common) {
        gone += collapse(node, &names, reason, handed);
        if let Some(child) = node.children.get_mut(VARIABLE) {
            gone += settle(child, behind(VARIABLE), handed, common);
        }
    }
    gone
}

/// Makes one variable of these children.
pub(super) fn collapse(
    node: &mut Node,
    names: &[Box<str>],
    reason: Reason,
    handed: &Handed,
) -> usize {
    let mut gone = 0;
    let mut into = node.children.remove(VARIABLE).unwrap_or_default();
    let had = into.variable.is_some();
    let mut variable = into.variable.take().unwrap_or_default();
    for name in names {
        let Some(child) = node.children.remove(name) else { continue };
        variable.words.add(hash(name));
        *variable.kinds.entry("word".into()).or_default() += child.calls;
        if let Some(place) = child.hash.and_then(|it| handed.place(it)) {
            *variable.handed_out.entry(place.into()).or_default() += 1;
        }
        gone += 1 + into.merge(child);
    }
    variable.reason = match variable.reason {
        it @ Reason::Said(_) => it,
        Reason::Form | Reason::Alike { .. } | Reason::TooMany { .. } => reason,
    };
    into.variable = Some(variable);
    node.children.insert(VARIABLE.into(), into);
    gone - usize::from(!had).min(gone)
}

/// The children that may be values of one variable: words of which nobody said that they are names. What
/// follows a last slash is none: `/orders/` is not one of the orders.
fn words<'a>(
    node: &'a Node,
    said: Option<&SaidStep>,
) -> impl Iterator<Item = (&'a Box<str>, &'a Node)> {
    let is_name = move |it: &str| said.is_some_and(|said| said.has_name(it));
    let may = move |it: &str| it != VARIABLE && !it.is_empty() && !is_name(it);
    node.children.iter().filter(move |it| may(it.0))
}

/// The children that are values of one variable, if they are.
fn values_among(
    node: &Node,
    said: Option<&SaidStep>,
    handed: &Handed,
    common: &Common,
) -> Option<(Vec<Box<str>>, Reason)> {
    alike_among(node, said, handed, common).or_else(|| {
        // No API has so many names in one place: whatever they are, they must not fill the memory.
        let count = words(node, said).count();
        let values = words(node, said).filter(|it| likeness(it.0) > NAME_BITS);
        let values = || values.map(|it| it.0.clone()).collect();
        (count > NAMES_MAX).then(|| (values(), Reason::TooMany { words: count as u64 }))
    })
}

/// Those that are alike.
fn alike_among(
    node: &Node,
    said: Option<&SaidStep>,
    handed: &Handed,
    common: &Common,
) -> Option<(Vec<Box<str>>, Reason)> {
    let count = words(node, said).count();
    let known = node.children.get(VARIABLE);
    if count < 2 && known.is_none() || count == 0 {
        return None;
    }
    let mut candidates: Vec<Profile<'_>> = words(node, said)
        .filter(|it| !is_beside_ids(it.0))
        .map(|(name, child)| profile(name, child, handed))
        .collect();
    let anchor = known.map(|it| profile(VARIABLE, it, handed));
    // Where versions are behind several of them, the others are names of APIs, too.
    let apis = candidates.iter().filter(|it| it.around <= OF_VERSIONS).count();
    if apis > 1 && apis * 4 >= candidates.len() {
        return None;
    }
    // What is unlike the others is a name: left out, and the others looked at again.
    for _ in 0..4 {
        let bits = bits(&candidates, anchor.as_ref(), common);
        let before = candidates.len();
        let mut kept = bits.iter().map(|it| *it > 0.0);
        candidates.retain(|_| kept.next().unwrap_or(false));
        if candidates.len() == before {
            break;
        }
    }
    let bits = bits(&candidates, anchor.as_ref(), common);
    let count = candidates.len();
    if count == 0 {
        return None;
    }
    let mean = bits.iter().sum::<f32>() / count as f32;
    let group = group_bits(&candidates, anchor.as_ref());
    // Many words that hardly look like values are names all the same.
    let group = group.min(mean.max(0.0) * 3.0);
    let names = || candidates.iter().map(|it| it.name.into()).collect();
    // What was decided on a few calls cannot be undone by many.
    let calls = node.children.values().map(|it| it.calls).sum::<u64>() as f32;
    let early = if known.is_some() { 0.0 } else { 2.5 / (1.0 + calls / 100.0) };
    if mean + group >= BITS_MIN + early {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 2000"
        )]
        let hundredths = ((mean + group) * 100.0).clamp(0.0, 2_000.0) as u16;
        return Some((names(), Reason::Alike { words: count as u64, bits: hundredths }));
    }
    None
}

/// What speaks for a variable as a whole.
fn group_bits(candidates: &[Profile<'_>], anchor: Option<&Profile<'_>>) -> f32 {
    let count = candidates.len() + anchor.map_or(0, |it| usize::try_from(it.words).unwrap_or(0));
    let bits = match count {
        0..=2 => -1.5,
        3..=5 => -0.8,
        6..WORDS_FEW => -0.2,
        WORDS_FEW..30 => 0.4,
        30..100 => 1.0,
        _ => 1.6,
    };
    // A set of plurals is a set of collections.
    let plurals = candidates.iter().filter(|it| is_plural(it.name)).count();
    let is_set = (anchor.is_none() || candidates.len() > 3) && plurals * 5 > candidates.len() * 4;
    let collections = if is_set { -4.0 } else { 0.0 };
    bits + collections + if anchor.is_some() { 1.0 } else { 0.0 }
}

fn is_plural(name: &str) -> bool {
    name.len() > 3
        && name.ends_with('s')
        && !name.ends_with("ss")
        && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
}

/// What speaks for each child to be a value of the same variable as the others.
fn bits(candidates: &[Profile<'_>], anchor: Option<&Profile<'_>>, common: &Common) -> Vec<f32> {
    let all = || candidates.iter().chain(anchor);
    let mut behind: BTreeMap<Step<'_>, u32> = BTreeMap::new();
    let mut answers: BTreeMap<(u8, Method, &Place), (f32, u32)> = BTreeMap::new();
    let mut answering: BTreeMap<(u8, Method), u32> = BTreeMap::new();
    for it in all() {
        it.behind.iter().for_each(|step| *behind.entry(*step).or_default() += 1);
        let methods: BTreeSet<_> = it.answers.keys().map(|it| (it.0, it.1)).collect();
        methods.into_iter().for_each(|it| *answering.entry(it).or_default() += 1);
        for (place, share) in &it.answers {
            let sum = answers.entry(*place).or_default();
            sum.0 += share;
            sum.1 += 1;
        }
    }
    // Beside a variable of many words, what a word looks like says less.
    let (weight, bonus) = match anchor {
        Some(it) if it.words >= 30 => (0.4, 1.2),
        Some(it) if it.words >= WORDS_FEW as u64 => (0.4, 0.6),
        // Beside numbers, a word is seldom one of them.
        Some(it) if it.is_form => (1.0, -2.0),
        Some(_) | None => (1.0, 0.0),
    };
    let known = |it: &Profile<'_>| anchor.is_some_and(|known| it.behind.is_subset(&known.behind));
    candidates
        .iter()
        .map(|it| {
            let mut bits = it.own * weight + it.around + if it.handed { 3.0 } else { 0.0 };
            if bonus < 0.0 || known(it) {
                bits += bonus;
            }
            bits += behind_bits(it, &behind);
            // One object of a large variable has few of its fields: that it differs says little.
            let answers = answer_bits(it, &answers, &answering, common);
            bits += if weight < 1.0 { answers.max(-0.8) } else { answers };
            bits
        })
        .collect()
}

/// Whether what is behind this child is behind others, too.
fn behind_bits(it: &Profile<'_>, behind: &BTreeMap<Step<'_>, u32>) -> f32 {
    // Methods and identifiers are behind everything.
    // So are words that are nobody else's and do not look like names: values of the next variable.
    let is_shared = |step: &Step<'_>| behind.get(step).is_some_and(|it| *it > 1);
    let telling: Vec<_> = it
        .behind
        .iter()
        .filter(|step| !step.1.starts_with('{'))
        .filter(|step| is_shared(step) || likeness(step.1) < 0.0)
        .collect();
    if telling.is_empty() {
        return 0.0;
    }
    let shared = telling.iter().filter(|step| is_shared(step)).count();
    let share = shared as f32 / telling.len() as f32;
    let weight = (telling.len() as f32).min(4.0) / 4.0;
    (share - 0.55) * 6.0 * (0.5 + 0.5 * weight)
}

/// Whether this child answers what others answer to the same method.
fn answer_bits(
    it: &Profile<'_>,
    answers: &BTreeMap<(u8, Method, &Place), (f32, u32)>,
    answering: &BTreeMap<(u8, Method), u32>,
    common: &Common,
) -> f32 {
    let mut total = 0.0;
    let mut methods = 0.0;
    for ((depth, method), others) in answering {
        let mine: Vec<_> =
            it.answers.iter().filter(|it| it.0.0 == *depth && it.0.1 == *method).collect();
        if mine.is_empty() || *others < 2 {
            continue;
        }
        let (mut dot, mut own, mut theirs) = (0.0, 0.0, 0.0);
        for (place, (sum, _)) in answers
            .range((*depth, *method, &Place::Path)..)
            .take_while(|it| it.0.0 == *depth && it.0.1 == *method)
        {
            let share = it.answers.get(place).copied().unwrap_or(0.0);
            let rest = (sum - share) / (*others - 1) as f32;
            let telling = common.telling(place.2);
            dot += telling * share * rest;
            own += telling * share * share;
            theirs += telling * rest * rest;
        }
        if own < 0.2 {
            // Nothing that most endpoints do not answer.
            continue;
        }
        if theirs > 0.0 {
            let likeness = dot / (own * theirs).sqrt();
            total += (likeness - 0.55) * 7.0;
            methods += 1.0;
        } else {
            total -= 2.0;
            methods += 1.0;
        }
    }
    if methods > 0.0 { total / methods } else { 0.0 }
}

fn profile<'a>(name: &'a str, node: &'a Node, handed: &Handed) -> Profile<'a> {
    let mut it = Profile {
        name,
        behind: BTreeSet::new(),
        answers: BTreeMap::new(),
        own: likeness(name),
        around: surroundings(node),
        is_form: node.variable.as_ref().is_some_and(|it| it.is_form()),
        words: node.variable.as_ref().map_or(0, |it| it.words.count()),
        handed: node.hash.is_some_and(|it| handed.place(it).is_some()),
    };
    walk(node, 0, &mut it);
    it
}

/// What stands right behind a segment tells what it is.
fn surroundings(node: &Node) -> f32 {
    if node.children.keys().any(|it| is_version(it)) {
        // `/apis/apps/v1`: versions are of APIs.
        return OF_VERSIONS;
    }
    // `GET /pods` and `GET /pods/{name}`: a collection.
    if !node.leaves.is_empty()
        && node.children.get(VARIABLE).is_some_and(|it| !it.leaves.is_empty())
    {
        return -2.0;
    }
    0.0
}

fn walk<'a>(node: &'a Node, depth: u8, it: &mut Profile<'a>) {
    for (method, leaf) in &node.leaves {
        if depth <= 2 && leaf.response.messages > 0 {
            for (place, field) in &leaf.response.by_place {
                let share = field.messages as f32 / leaf.response.messages as f32;
                let known = it.answers.entry((depth, *method, place)).or_default();
                *known = known.max(share);
            }
        }
        if it.behind.len() < BEHIND_MAX {
            it.behind.insert((depth, method_step(*method)));
        }
    }
    if depth >= DEPTH_MAX {
        return;
    }
    for (segment, child) in &node.children {
        if it.behind.len() >= BEHIND_MAX {
            return;
        }
        if &**segment == VARIABLE || likeness(segment) < 0.5 {
            it.behind.insert((depth + 1, segment));
        }
        walk(child, depth + 1, it);
    }
}

/// Written so that it counts as telling nothing.
fn method_step(method: Method) -> &'static str {
    match method {
        Method::Get => "{GET",
        Method::Post => "{POST",
        Method::Put => "{PUT",
        Method::Patch => "{PATCH",
        Method::Delete => "{DELETE",
        Method::Head | Method::Options | Method::Trace | Method::Connect | Method::Other => "{",
    }
}
