//! A sorted list that serves as map or as set: less code in the binary than a tree.

use core::borrow::Borrow;

/// Values by key, no key twice. An insertion in the middle moves what is behind it.
#[derive(Clone, Debug)]
pub(super) struct Sorted<K, V = ()>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    /// Where the key is, or would be.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// What the key stands for.
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// What the key stands for; `value` if it stood for nothing.
    pub(super) fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let at = match self.place(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, value));
                at
            }
        };
        &mut self.0.get_mut(at).expect("it was found there, or put there").1
    }

    /// Let the key stand for this, whatever it stood for.
    pub(super) fn set(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Let the key stand for nothing.
    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Ok(at) = self.place(key) {
            self.0.remove(at);
        }
    }

    /// The keys, in their order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }
}

impl<K: Ord> Sorted<K> {
    /// Add to the set; false if it was there.
    pub(super) fn insert(&mut self, key: K) -> bool {
        match self.place(&key) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, (key, ()));
                true
            }
        }
    }
}

impl<K: Ord> FromIterator<K> for Sorted<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::default();
        keys.into_iter().for_each(|key| _ = set.insert(key));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::Sorted;

    #[test]
    fn a_key_is_there_once_with_what_was_set_last() {
        let mut map: Sorted<&str, u32> = Sorted::default();
        for (index, key) in ["m", "a", "z", "a"].into_iter().enumerate() {
            map.set(key, u32::try_from(index).expect("it is small"));
        }
        assert_eq!(map.keys().copied().collect::<Vec<_>>(), ["a", "m", "z"]);
        assert_eq!(map.get("a"), Some(&3));
        *map.get_or_insert("a", 7) += 1;
        assert_eq!(map.get("a"), Some(&4));
        assert_eq!(*map.get_or_insert("b", 7), 7);
        map.remove("m");
        map.remove("m");
        assert_eq!(map.get("m"), None);
    }

    #[test]
    fn a_set_tells_what_is_there_already() {
        let mut set: Sorted<&str> = ["b", "a", "b"].into_iter().collect();
        assert!(!set.insert("a") && set.insert("c"));
        assert_eq!(set.keys().count(), 3);
    }
}
