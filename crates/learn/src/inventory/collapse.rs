//! Which words of a path are values of one variable.
//!
//! Reads    the children of a node with all that is behind them.
//! Writes   those that are alike as one [`VARIABLE`], with the reason.
//! Memory   a profile of each child while it is looked at, at most [`BEHIND_MAX`] steps each; what all answer (see
//!          [`Answers`]).
//! Misses   variables of few values whose words are names of the API elsewhere (`daily`, `monthly`).
//!
//! Evidence is added in bits: how alike what a word answers is to what the others answer, whether what is
//! behind it is behind others too, whether it is called as they are (see `usage.rs`), what it looks like by itself,
//! whether an answer had handed it out or it is a value elsewhere (see `homes.rs`), and how often each is called.

use super::Handed;
use super::alike::{Answer, Answers, Profile, Step};
use super::node::{Node, Reason, VARIABLE, WORDS_SURE, hash};
use super::said::SaidStep;
use super::usage::{Together, Usage};
use super::words::{is_beside_ids, is_version};
use bartizan_model::head::Method;

/// Steps behind a child that are compared.
const BEHIND_MAX: usize = 2_000;
/// How deep behind a child is looked.
const DEPTH_MAX: u8 = 4;
/// How deep behind a child answers are compared.
const ANSWERS_DEPTH_MAX: u8 = 2;
/// Bits that each word needs on the average to be a value.
const BITS_MIN: f32 = 1.5;
/// Bits of a name before a version.
const OF_VERSIONS: f32 = -5.0;
/// Bits of a set of words that are only sent to.
const OF_ACTIONS: f32 = -2.0;
/// Bits of words at the beginning of a path: names of resources stand there.
const OF_ROOT: f32 = -1.5;
/// Bits of the words that are left of a place, each time that half of those before them are names.
const OF_EACH_HALVING: f32 = -0.8;
/// What looks so much like a name stays one among too many.
const NAME_BITS: f32 = -2.0;
/// Words below which a variable needs more evidence.
const WORDS_FEW: usize = 10;
/// Words below which those that are called often are rather names.
const FEW_AND_OFTEN: usize = 8;
/// Children of a node that can all be names of the API.
const NAMES_MAX: usize = 400;

/// Calls of a word that tell what it answers.
const CALLS_TELLING: u64 = 12;
/// Calls of all words beside one that looks like a name, until it is looked at although it had fewer.
const CALLS_WAITED: u64 = 400;
/// The same of a word that is written as no value beside it is.
const STRANGE_CALLS_TELLING: u64 = 4;
const STRANGE_CALLS_WAITED: u64 = 100;

/// Answers to the values of a variable that tell whether they hold the value.
const HELD_LOOKED_MIN: u32 = 10;
/// Words without one.
const HELD_WORDS_MIN: usize = 3;
/// Share of the answers to a name that hold it by chance.
const HELD_OF_NAMES: f32 = 0.02;
/// What that tells at most.
const HELD_BITS_MAX: f32 = 4.0;

/// How far below a node what is new there can make variables of its children.
const NEAR: usize = DEPTH_MAX as usize + 1;
/// Nothing is new.
const FAR: usize = usize::MAX - 1;

/// One look at a tree.
#[derive(Debug)]
pub(super) struct Look {
    is_everywhere: bool,
    answers: Answers,
}

impl Look {
    /// At each node.
    pub(super) fn everywhere(root: &Node) -> Self {
        Self { is_everywhere: true, answers: Answers::of(root) }
    }

    /// At nodes with something new behind them, or with an eighth more calls.
    pub(super) fn where_new(root: &Node) -> Self {
        Self { is_everywhere: false, answers: Answers::of(root) }
    }

    fn is_due(&self, node: &Node, nearest: usize) -> bool {
        self.is_everywhere
            || nearest <= NEAR
            || node.calls > node.calls_looked + node.calls_looked / 8
    }
}

/// Makes variables of what is alike, here and behind; how many nodes became part of others.
pub(super) fn settle(
    node: &mut Node,
    said: Option<&SaidStep>,
    handed: &mut Handed,
    look: &mut Look,
) -> usize {
    let mut gone = 0;
    settle_from(node, said, handed, look, &mut gone);
    gone
}

/// How far below the nearest new thing is.
fn settle_from(
    node: &mut Node,
    said: Option<&SaidStep>,
    handed: &mut Handed,
    look: &mut Look,
    gone: &mut usize,
) -> usize {
    let behind = |key: &str| said.and_then(|it| it.behind(key));
    let mut nearest = if node.is_new { 0 } else { FAR };
    // From below, for a collection is known by the variable in it; and again from above, for what became one
    // has more to be compared.
    for (key, child) in &mut node.children {
        if look.is_everywhere || child.is_new || child.calls != child.calls_settled {
            nearest = nearest.min(1 + settle_from(child, behind(key), handed, look, gone));
        }
    }
    node.is_new = false;
    node.calls_settled = node.calls;
    if !look.is_due(node, nearest) {
        return nearest;
    }
    node.calls_looked = node.calls;
    if let Some((names, reason)) = values_among(node, said, handed, look) {
        *gone += collapse(node, &names, reason, handed);
        nearest = 0;
        if let Some(child) = node.children.get_mut(VARIABLE) {
            settle_from(child, behind(VARIABLE), handed, look, gone);
        }
    }
    nearest
}

/// Makes one variable of these children.
pub(super) fn collapse(
    node: &mut Node,
    names: &[Box<str>],
    reason: Reason,
    handed: &mut Handed,
) -> usize {
    let mut gone = 0;
    let is_known = node.children.contains_key(VARIABLE);
    let mut into = node.children.remove(VARIABLE).unwrap_or_else(|| Node::of(VARIABLE));
    let mut variable = into.variable.take().unwrap_or_default();
    let is_sure = names.len() as u64 >= WORDS_SURE || variable.words.count() >= WORDS_SURE;
    for name in names {
        let Some(child) = node.children.remove(name) else { continue };
        variable.words.add(hash(name));
        variable.looks.add_word(name, child.calls);
        *variable.kinds.entry("word".into()).or_default() += child.calls;
        if let Some(hash) = child.hash {
            if let Some(place) = handed.place(hash) {
                variable.hand(place);
            }
            if is_sure {
                handed.homes.assure(hash);
            }
        }
        gone += 1 + into.merge(child);
    }
    variable.reason = match variable.reason {
        it @ Reason::Said(_) => it,
        Reason::Form | Reason::Alike { .. } | Reason::TooMany { .. } => reason,
    };
    into.variable = Some(variable);
    node.children.insert(VARIABLE.into(), into);
    gone - usize::from(!is_known).min(gone)
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
    look: &mut Look,
) -> Option<(Vec<Box<str>>, Reason)> {
    alike_among(node, said, handed, look).or_else(|| {
        // No API has so many names in one place: whatever they are, they must not fill the memory.
        let count = words(node, said).count();
        let values = words(node, said).filter(|it| it.1.likeness > NAME_BITS);
        let values = || values.map(|it| it.0.clone()).collect();
        (count > NAMES_MAX).then(|| (values(), Reason::TooMany { words: count as u64 }))
    })
}

/// Those that are alike.
fn alike_among(
    node: &Node,
    said: Option<&SaidStep>,
    handed: &Handed,
    look: &mut Look,
) -> Option<(Vec<Box<str>>, Reason)> {
    let count = words(node, said).count();
    let known = node.children.get(VARIABLE);
    if count < 2 && known.is_none() || count == 0 {
        return None;
    }
    let is_within =
        |it: &Node, calls, waited| it.calls < calls && node.calls < it.calls_born + waited;
    let is_young = |name: &str, it: &Node| {
        let is_young = it.likeness <= NAME_BITS && is_within(it, CALLS_TELLING, CALLS_WAITED)
            || is_within(it, STRANGE_CALLS_TELLING, STRANGE_CALLS_WAITED) && node.has_strange(name);
        is_young && !look.is_everywhere
    };
    let mut candidates: Vec<Profile<'_>> = words(node, said)
        .filter(|it| !(is_beside_ids(it.0) || known.is_some() && is_young(it.0, it.1)))
        .map(|(name, child)| profile(name, child, handed, &mut look.answers))
        .collect();
    let mut anchor = known.map(|it| profile(VARIABLE, it, handed, &mut look.answers));
    let steps = number(&mut candidates, anchor.as_mut());
    // Where versions are behind several of them, the others are names of APIs, too.
    let apis = candidates.iter().filter(|it| it.around <= OF_VERSIONS).count();
    if apis > 1 && apis * 4 >= candidates.len() {
        return None;
    }
    // What is unlike the others is a name: left out, and the others looked at again.
    let mut bits = bits_of(&candidates, anchor.as_ref(), steps, &mut look.answers);
    for _ in 0..4 {
        let before = candidates.len();
        let mut kept = bits.iter().map(|it| *it > 0.0);
        candidates.retain(|_| kept.next().unwrap_or(false));
        if candidates.len() == before {
            break;
        }
        bits = bits_of(&candidates, anchor.as_ref(), steps, &mut look.answers);
    }
    if let Some(anchor) = &anchor {
        // What is called often can speak for itself.
        let group = group_bits(&candidates, Some(anchor));
        let mut kept = bits.iter().map(|it| *it + group >= BITS_MIN);
        let mut keep = |it: &Profile<'_>| kept.next().unwrap_or(false) || it.calls < CALLS_TELLING;
        candidates.retain(|it| keep(it));
        bits = bits_of(&candidates, Some(anchor), steps, &mut look.answers);
    }
    let count = candidates.len();
    if count == 0 {
        return None;
    }
    let mean = bits.iter().sum::<f32>() / count as f32;
    let group =
        group_bits(&candidates, anchor.as_ref()) + if node.is_root() { OF_ROOT } else { 0.0 };
    // Many words that hardly look like values are names all the same.
    let group = group.min(mean.max(0.0) * 3.0);
    let group = if known.is_some() {
        group
    } else {
        let are_actions =
            candidates.iter().all(|it| node.children.get(it.name).is_some_and(is_action));
        // Where most words are names, the others mostly are, too.
        let all = words(node, said).count();
        let among = OF_EACH_HALVING * (all as f32 / count as f32).log2().max(0.0);
        group + among + variety_bits(&candidates) + if are_actions { OF_ACTIONS } else { 0.0 }
    };
    let names = || candidates.iter().map(|it| it.name.into()).collect();
    // What was decided on a few calls cannot be undone by many: calls of these words, not of names beside them.
    let calls = candidates.iter().map(|it| it.calls).sum::<u64>() as f32;
    let early = if known.is_some() { 0.0 } else { 2.0 / (1.0 + calls / 100.0) };
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

/// Whether it is only ever sent to: `POST /calls/{callId}/actions/hangup`. What is somebody's is also read, put or
/// deleted.
fn is_action(node: &Node) -> bool {
    node.children.is_empty() && node.leaves.len() == 1 && node.leaves.contains_key(&Method::Post)
}

/// What speaks against few words that are called over and over: of values there is always one more.
fn variety_bits(candidates: &[Profile<'_>]) -> f32 {
    if candidates.len() >= FEW_AND_OFTEN {
        return 0.0;
    }
    let calls = candidates.iter().map(|it| it.calls).sum::<u64>() as f32;
    let each = calls / candidates.len().max(1) as f32;
    -(each.log2() - 3.0).clamp(0.0, 2.5)
}

fn is_plural(name: &str) -> bool {
    name.len() > 3
        && name.ends_with('s')
        && !name.ends_with("ss")
        && name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
}

/// Numbers the steps that are behind any of them; how many there are.
fn number<'a>(candidates: &mut [Profile<'a>], anchor: Option<&mut Profile<'a>>) -> usize {
    let mut all: Vec<&mut Profile<'a>> = candidates.iter_mut().chain(anchor).collect();
    let steps = all.iter().flat_map(|it| &it.behind).filter(|it| it.is_telling);
    let mut keys: Vec<u64> = steps.map(|it| it.key).collect();
    keys.sort_unstable();
    keys.dedup();
    for step in all.iter_mut().flat_map(|it| &mut it.behind).filter(|it| it.is_telling) {
        step.at = keys.binary_search(&step.key).unwrap_or(0);
    }
    keys.len()
}

/// What speaks for each child to be a value of the same variable as the others.
fn bits_of(
    candidates: &[Profile<'_>],
    anchor: Option<&Profile<'_>>,
    steps: usize,
    answers: &mut Answers,
) -> Vec<f32> {
    let all = || candidates.iter().chain(anchor);
    let mut behind = vec![0_u32; steps];
    for step in all().flat_map(|it| &it.behind).filter(|it| it.is_telling) {
        if let Some(count) = behind.get_mut(step.at) {
            *count += 1;
        }
    }
    // Beside a variable of many words, what a word looks like says less.
    let (weight, bonus) = match anchor {
        // Beside numbers and tokens, a word is seldom one of them.
        Some(it) if it.is_form => (1.0, -2.0),
        Some(it) if it.words >= 30 => (0.4, 1.2),
        Some(it) if it.words >= WORDS_FEW as u64 => (0.4, 0.6),
        Some(_) | None => (1.0, 0.0),
    };
    let known = |it: &Profile<'_>| anchor.is_some_and(|known| it.is_behind(known));
    let held = held_share(candidates, anchor);
    let of_each = candidates.iter().filter(|_| anchor.is_none()).map(|it| &it.usage);
    let together = Together::of(of_each);
    let summed = answers.sum(all().map(|it| it.answers.as_slice()));
    let bits = candidates
        .iter()
        .map(|it| {
            let mut bits = it.own * weight + it.around;
            if it.handed {
                // That somebody chose it as a name for something says less of a name.
                bits += if it.own <= NAME_BITS { 1.0 } else { 3.0 };
            }
            if bonus < 0.0 || bonus > 0.0 && known(it) {
                bits += bonus;
            }
            bits += behind_bits(it, &behind);
            bits += held.map_or(0.0, |share| held_bits(it, share));
            bits += anchor.map_or_else(
                || it.usage.bits_among(&together),
                |known| it.usage.bits_beside(&known.usage),
            );
            // One object of a large variable has few of its fields: that it differs says little, until it
            // answered often, or where what is behind it says more.
            let alike = answers.alike(&it.answers, &summed);
            let is_told = it.behind.iter().any(|it| it.is_telling);
            let least = -0.8 * if is_told { 1.0 } else { it.answered.clamp(1, 8) as f32 };
            bits += if weight < 1.0 { alike.max(least) } else { alike };
            bits
        })
        .collect();
    answers.forget(all().map(|it| it.answers.as_slice()));
    bits
}

/// Whether what is behind this child is behind others, too.
fn behind_bits(it: &Profile<'_>, behind: &[u32]) -> f32 {
    // Methods and identifiers are behind everything.
    // So are words that are nobody else's and do not look like names: values of the next variable.
    let is_shared = |step: &&Step| behind.get(step.at).is_some_and(|it| *it > 1);
    let telling = || it.behind.iter().filter(|it| it.is_telling);
    let shared = telling().filter(is_shared).count();
    let all = shared + telling().filter(|it| !is_shared(it) && it.is_name).count();
    if all == 0 {
        return 0.0;
    }
    let share = shared as f32 / all as f32;
    let weight = (all as f32).min(4.0) / 4.0;
    (share - 0.55) * 6.0 * (0.5 + 0.5 * weight)
}

/// Which share of the answers of values holds the value, if enough are known.
fn held_share(candidates: &[Profile<'_>], anchor: Option<&Profile<'_>>) -> Option<f32> {
    if let Some(known) = anchor.filter(|it| it.looked >= HELD_LOOKED_MIN) {
        return Some(known.held as f32 / known.looked as f32);
    }
    let of = || candidates.iter().filter(|it| it.looked > 0);
    let (looked, held) = of().fold((0, 0), |sum, it| (sum.0 + it.looked, sum.1 + it.held));
    let are_several = of().filter(|it| it.held > 0).count() >= HELD_WORDS_MIN;
    are_several.then(|| held as f32 / looked as f32)
}

/// Whether the answers to a word hold the word: an object tells its name, and `/invoices/upcoming` has none.
fn held_bits(it: &Profile<'_>, share: f32) -> f32 {
    let share = share.clamp(HELD_OF_NAMES, 0.9);
    let (held, not) = (it.held as f32, it.looked.saturating_sub(it.held) as f32);
    let bits = held * (share / HELD_OF_NAMES).log2()
        + not * ((1.0 - share) / (1.0 - HELD_OF_NAMES)).log2();
    bits.clamp(-HELD_BITS_MAX, HELD_BITS_MAX)
}

fn profile<'a>(name: &'a str, node: &Node, handed: &Handed, answers: &mut Answers) -> Profile<'a> {
    let mut it = Profile {
        name,
        behind: Vec::new(),
        answers: Vec::new(),
        own: node.likeness,
        around: surroundings(node),
        is_form: node.variable.as_ref().is_some_and(|it| it.is_form()),
        words: node.variable.as_ref().map_or(0, |it| it.words.count()),
        handed: node.hash.is_some_and(|it| handed.place(it).is_some() || handed.homes.has(it)),
        usage: Usage::of(node),
        calls: node.calls,
        answered: node.leaves.values().map(|it| it.response.messages).sum(),
        looked: node.answered,
        held: node.held,
    };
    answers.begin();
    walk(
        node,
        0,
        &mut Behind { steps: &mut it.behind, room: BEHIND_MAX },
        &mut it.answers,
        answers,
    );
    sort(&mut it.behind);
    it
}

fn sort(steps: &mut Vec<Step>) {
    steps.sort_unstable_by_key(|it| it.key);
    steps.dedup_by_key(|it| it.key);
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

/// Steps behind a child, while they are collected: those that came twice are thrown out when it gets crowded.
struct Behind<'a> {
    steps: &'a mut Vec<Step>,
    /// Steps up to which nobody looks.
    room: usize,
}

impl Behind<'_> {
    fn is_full(&mut self) -> bool {
        if self.steps.len() >= self.room {
            sort(self.steps);
            self.room = BEHIND_MAX.max(self.steps.len() + BEHIND_MAX / 4);
            return self.steps.len() >= BEHIND_MAX;
        }
        false
    }
}

fn walk(
    node: &Node,
    depth: u8,
    behind: &mut Behind<'_>,
    out: &mut Vec<Answer>,
    answers: &mut Answers,
) {
    for (method, leaf) in &node.leaves {
        if depth <= ANSWERS_DEPTH_MAX && leaf.response.messages > 0 {
            answers.collect(depth, *method, &leaf.response, out);
        }
        if !behind.is_full() {
            behind.steps.push(Step::of_method(depth, method_step(*method)));
        }
    }
    if depth >= DEPTH_MAX {
        return;
    }
    for (segment, child) in &node.children {
        if behind.is_full() {
            return;
        }
        let is_variable = &**segment == VARIABLE;
        if is_variable || child.likeness < 0.5 {
            behind.steps.push(Step::of_word(depth + 1, child, !is_variable));
        }
        walk(child, depth + 1, behind, out, answers);
    }
}

/// Methods that are told apart behind a word.
fn method_step(method: Method) -> u64 {
    match method {
        Method::Get => 0,
        Method::Post => 1,
        Method::Put => 2,
        Method::Patch => 3,
        Method::Delete => 4,
        Method::Head | Method::Options | Method::Trace | Method::Connect | Method::Other => 5,
    }
}
