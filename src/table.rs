//! Fixed tables with typed indices: how state refers to state.

use core::fmt;
use core::marker::PhantomData;
use core::ops::{Index, IndexMut};

/// The place of a `T` in its `Table<T>`.
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The id of the first entry.
    pub const FIRST: Self = Self(0, PhantomData);

    /// The id of the entry at `index`; panics above 2^32 - 1, which no table reaches.
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a table has less than 2^32 entries"), PhantomData)
    }

    /// The entry's index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

// By hand, because a derive would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A list whose length is fixed when the configuration is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T>(Box<[T]>);

impl<T> Table<T> {
    /// The table of these entries.
    pub fn new(entries: impl Into<Box<[T]>>) -> Self {
        Self(entries.into())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entry at `id`, if the id is of this table's length.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.0.get(id.index())
    }

    /// The entry at `id`, to change it, if the id is of this table's length.
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        self.0.get_mut(id.index())
    }

    /// The table of what each entry becomes, in the same order.
    pub fn map<U>(self, mut change: impl FnMut(usize, T) -> U) -> Table<U> {
        Table(self.0.into_iter().enumerate().map(|(at, entry)| change(at, entry)).collect())
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = Id<T>> + use<T> {
        (0..self.0.len()).map(Id::new)
    }

    /// All entries, in order.
    pub fn iter(&self) -> core::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// All entries, in order, to change.
    pub fn iter_mut(&mut self) -> core::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Box::new([]))
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

impl<T> Index<Id<T>> for Table<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.index()]
    }
}

impl<T> IndexMut<Id<T>> for Table<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.0[id.index()]
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
