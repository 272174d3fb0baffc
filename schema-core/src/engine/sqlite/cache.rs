use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::Statement;

/// Prepared statements by a key that is hashed once, by its owner.
///
/// Two keys of one hash take turns: the later one is kept.
#[derive(Debug)]
pub(super) struct Cache<K> {
    kept: HashMap<u64, Kept<K>, BuildHasherDefault<Hashed>>,
    clock: u64,
    most: usize,
}

#[derive(Debug)]
struct Kept<K> {
    key: K,
    used: u64,
    /// Out while the statement is in use.
    statement: Option<Statement>,
}

impl<K> Cache<K> {
    /// A cache that keeps this many statements.
    pub(super) fn new(most: usize) -> Self {
        Self { kept: HashMap::default(), clock: 0, most }
    }

    /// Takes the statement of a key out, if it is kept and not in use.
    #[inline]
    pub(super) fn take(&mut self, hash: u64, is_key: impl FnOnce(&K) -> bool) -> Option<Statement> {
        let kept = self.kept.get_mut(&hash).filter(|kept| is_key(&kept.key))?;
        kept.statement.take()
    }

    /// Keeps a statement for the next time.
    #[inline]
    pub(super) fn put(
        &mut self,
        hash: u64,
        statement: Statement,
        is_key: impl FnOnce(&K) -> bool,
        key: impl FnOnce() -> K,
    ) {
        self.clock += 1;
        match self.kept.get_mut(&hash) {
            Some(kept) if is_key(&kept.key) => {
                kept.used = self.clock;
                kept.statement = Some(statement);
            }
            _ => {
                self.make_room();
                self.kept.insert(hash, Kept { key: key(), used: self.clock, statement: Some(statement) });
            }
        }
    }

    /// Forgets an eighth at once, so that a program with many statements does not search at each of them.
    fn make_room(&mut self) {
        if self.kept.len() < self.most {
            return;
        }
        let mut ages: Vec<u64> = self.kept.values().map(|kept| kept.used).collect();
        ages.sort_unstable();
        if let Some(oldest) = ages.get(self.most / 8).copied() {
            self.kept.retain(|_, kept| kept.used > oldest);
        }
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }
}

/// Hands a hash on as it is.
#[derive(Debug, Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Eight bytes a step; the texts are the program's own, so nobody can choose them to collide.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let start = mixed(0, bytes.len() as u64);
    let hash = words.iter().fold(start, |hash, word| mixed(hash, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    // The upper bits are the well-mixed ones, and the table is indexed by the lower.
    mixed(hash, u64::from_le_bytes(last)).rotate_left(26)
}

/// One step of a multiplicative hash. The factor is 2^64 divided by the golden ratio.
#[inline]
pub(super) fn mixed(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
