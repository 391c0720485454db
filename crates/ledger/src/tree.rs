//! The tree: growing it, and proofs that an entry is in it and that one tree continues another.
//!
//! Reads    hashes of leaves; hashes of complete subtrees, from whoever has them ([`Nodes`]).
//! Memory   one hash for each bit of the size.
//! Source   RFC 6962 section 2.1 for roots and proofs, RFC 9162 sections 2.1.3.2 and 2.1.4.2 for
//!          verifying them.

use crate::hash::Digest;

/// What a tree is known by while it grows: the roots of its complete subtrees, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    size: u64,
    peaks: Vec<Digest>,
}

impl Range {
    /// Of a tree of this size; `None` unless there is one peak for each bit of it.
    pub fn of(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        let count = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == count).then_some(Self { size, peaks })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = Digest::node(left, hash);
            }
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root.
    pub fn root(&self) -> Digest {
        let folded =
            self.peaks.iter().rev().copied().reduce(|right, left| Digest::node(left, right));
        folded.unwrap_or_else(Digest::empty)
    }
}

/// The root over `hashes`, of which there is at least one.
pub fn root_of(hashes: &[Digest]) -> Digest {
    let mut range = Range::default();
    hashes.iter().for_each(|it| range.push(*it));
    range.root()
}

/// Hashes of complete subtrees.
pub trait Nodes {
    /// Why one cannot be had.
    type Error;

    /// The root over the leaves from `index << level` on, `1 << level` of them.
    ///
    /// # Errors
    ///
    /// Its own.
    fn node(&mut self, level: u8, index: u64) -> Result<Digest, Self::Error>;
}

/// The positions of the complete subtrees that a tree of this size consists of, largest first.
pub fn peaks(size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..64_u8).rev().filter(move |level| size >> level & 1 == 1).map(move |level| {
        // What lies left of this subtree is made of larger ones.
        (level, (size >> level).saturating_sub(1))
    })
}

/// The root over the leaves from `from` to before `to`, as it stands within the tree.
///
/// # Errors
///
/// That of `nodes`.
pub fn root_between<N: Nodes>(nodes: &mut N, from: u64, to: u64) -> Result<Digest, N::Error> {
    let count = to.saturating_sub(from);
    if count == 0 {
        return Ok(Digest::empty());
    }
    let level = count.ilog2();
    if count.is_power_of_two() {
        return nodes.node(u8::try_from(level).unwrap_or(u8::MAX), from >> level);
    }
    let middle = from + split(count);
    let left = root_between(nodes, from, middle)?;
    Ok(Digest::node(left, root_between(nodes, middle, to)?))
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << count.saturating_sub(1).checked_ilog2().unwrap_or(0)
}

/// The proof that leaf `index` is in the tree of this size, from the leaf's sibling up. Empty unless
/// `index` is in it.
///
/// # Errors
///
/// That of `nodes`.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
    let mut proof = Vec::new();
    if index >= size {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(root_between(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(root_between(nodes, from, middle)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of size `new` continues that of size `old`. Empty unless `old` is smaller,
/// and not empty.
///
/// # Errors
///
/// That of `nodes`.
pub fn consistency<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Vec<Digest>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, new);
    // Whether what is between `from` and `old` is a whole subtree that the old root was made of.
    let mut is_known = true;
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(root_between(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(root_between(nodes, from, middle)?);
            from = middle;
            is_known = false;
        }
    }
    if !is_known {
        proof.push(root_between(nodes, from, to)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether `proof` shows that `leaf` is number `index` of the tree of this size and root.
pub fn is_included(leaf: Digest, index: u64, size: u64, proof: &[Digest], root: Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for other in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Digest::node(*other, hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = Digest::node(hash, *other);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// A tree: how many leaves, and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: Digest,
}

/// Whether `proof` shows that `new` has all leaves of `old` in front of its own.
pub fn is_consistent(old: Head, new: Head, proof: &[Digest]) -> bool {
    if old.size > new.size {
        return false;
    }
    if old.size == new.size {
        return proof.is_empty() && old.root == new.root;
    }
    if old.size == 0 {
        return proof.is_empty() && old.root == Digest::empty();
    }
    let (mut at, mut last) = (old.size - 1, new.size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (seed, rest) = match proof.split_first() {
        _ if old.size.is_power_of_two() => (old.root, proof),
        Some((first, rest)) => (*first, rest),
        None => return false,
    };
    let (mut before, mut after) = (seed, seed);
    for other in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = Digest::node(*other, before);
            after = Digest::node(*other, after);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            after = Digest::node(after, *other);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && before == old.root && after == new.root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::leaves;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::Sha256;
    use std::convert::Infallible;

    /// The definition of RFC 6962, word for word.
    fn defined(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::empty(),
            [one] => *one,
            more => {
                let mut k = 1;
                while k * 2 < more.len() {
                    k *= 2;
                }
                Digest::node(defined(&more[..k]), defined(&more[k..]))
            }
        }
    }

    fn at(number: u64) -> usize {
        usize::try_from(number).unwrap()
    }

    struct Leaves(Vec<Digest>);

    impl Nodes for Leaves {
        type Error = Infallible;

        fn node(&mut self, level: u8, index: u64) -> Result<Digest, Infallible> {
            let from = usize::try_from(index << level).unwrap();
            Ok(defined(&self.0[from..from + (1 << level)]))
        }
    }

    /// The inputs and roots that the tests of Certificate Transparency have used from its beginning.
    #[test]
    fn the_roots_of_certificate_transparency() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut range = Range::default();
        assert_eq!(range.root(), Digest::empty());
        for (input, root) in inputs.iter().zip(roots) {
            range.push(Digest::leaf(input));
            assert_eq!(range.root().to_string(), root);
        }
    }

    #[test]
    fn growing_gives_the_root_of_the_definition() {
        let all = leaves(300);
        let mut range = Range::default();
        for size in 0..=300_usize {
            assert_eq!(range.root(), defined(&all[..size]));
            let mut nodes = Leaves(all.clone());
            let head = peaks(size as u64).map(|(level, index)| nodes.node(level, index).unwrap());
            assert_eq!(Range::of(size as u64, head.collect()).as_ref(), Some(&range));
            if let Some(leaf) = all.get(size) {
                range.push(*leaf);
            }
        }
        assert_eq!(Range::of(3, vec![all[0]]), None);
    }

    /// Every entry of every tree of up to 70 leaves, held against another implementation; no other
    /// place, and no proof with a hash more, fewer or changed.
    #[test]
    fn inclusion_proofs_are_those_of_another_implementation_and_prove_one_place() {
        let all = leaves(70);
        for size in 1..=70_u64 {
            let mut other = MemoryBackedTree::<Sha256, [u8; 8]>::new();
            (0..size).for_each(|it| other.push(it.to_be_bytes()));
            let root = defined(&all[..at(size)]);
            assert_eq!(other.root().as_bytes().as_slice(), root.0);
            let mut nodes = Leaves(all[..at(size)].to_vec());
            for index in 0..size {
                let proof = inclusion(&mut nodes, index, size).unwrap();
                let bytes: Vec<u8> = proof.iter().flat_map(|it| it.0).collect();
                assert_eq!(other.prove_inclusion(at(index)).as_bytes(), bytes);
                let leaf = all[at(index)];
                for place in 0..=size {
                    assert_eq!(is_included(leaf, place, size, &proof, root), place == index);
                }
                for at in 0..proof.len() {
                    let mut less = proof.clone();
                    less.remove(at);
                    assert!(!is_included(leaf, index, size, &less, root));
                    let mut changed = proof.clone();
                    changed[at] = leaf;
                    assert!(!is_included(leaf, index, size, &changed, root) || proof[at] == leaf);
                }
                let more = [proof.as_slice(), &[leaf]].concat();
                assert!(!is_included(leaf, index, size, &more, root));
            }
            assert!(inclusion(&mut nodes, size, size).unwrap().is_empty());
        }
    }

    /// Every pair of sizes up to 70.
    #[test]
    fn consistency_proofs_are_those_of_another_implementation_and_prove_one_pair() {
        let all = leaves(70);
        let root = |size: u64| defined(&all[..at(size)]);
        for new in 1..=70_u64 {
            let mut other = MemoryBackedTree::<Sha256, [u8; 8]>::new();
            (0..new).for_each(|it| other.push(it.to_be_bytes()));
            let after = Head { size: new, root: root(new) };
            for old in 0..=new {
                let mut nodes = Leaves(all[..at(new)].to_vec());
                let proof = consistency(&mut nodes, old, new).unwrap();
                let before = Head { size: old, root: root(old) };
                assert!(is_consistent(before, after, &proof), "{old} {new}");
                if old > 0 && old < new {
                    let bytes: Vec<u8> = proof.iter().flat_map(|it| it.0).collect();
                    let theirs = other.prove_consistency(at(new - old));
                    assert_eq!(theirs.as_bytes(), bytes, "{old} {new}");
                }
                let forged = Head { root: all[69], ..before };
                assert!(!is_consistent(forged, after, &proof));
                assert!(
                    !is_consistent(before, Head { root: all[69], ..after }, &proof) || old == 0
                );
                for at in 0..proof.len() {
                    let mut less = proof.clone();
                    less.remove(at);
                    assert!(!is_consistent(before, after, &less));
                }
                let more = [proof.as_slice(), &[all[0]]].concat();
                assert!(!is_consistent(before, after, &more));
            }
            assert!(!is_consistent(after, Head { size: new - 1, root: root(new - 1) }, &[]));
        }
    }
}
