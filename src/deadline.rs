//! When each entry of a table is due: a binary heap that knows the place of every entry.
//!
//! Entries are numbered from zero. Setting or removing a deadline takes O(log n) steps; nothing is
//! allocated after `new`.

use crate::machine::{Duration, Instant};

/// How much later than `may` a window's `must` can be.
///
/// Deadlines that lie this close together are served in one turn, because a wake-up of the process
/// costs more than the sending of an advert.
pub const SLACK_MAX: Duration = Duration::from_millis(1);

/// When an entry is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From here on it may be served.
    pub may: Instant,
    /// Here it has to be served: not before `may`, at most `SLACK_MAX` behind it.
    pub must: Instant,
}

impl Window {
    /// A window without slack.
    pub const fn exact(at: Instant) -> Self {
        Self { may: at, must: at }
    }

    /// A window that ends at `must`.
    pub fn early(must: Instant, slack: Duration) -> Self {
        Self { may: must - slack.min(SLACK_MAX), must }
    }
}

/// The deadlines of all entries of a table: at most one for each.
#[derive(Debug)]
pub struct Deadlines {
    /// Entries that have a deadline, the earliest `must` first, as a binary heap.
    heap: Box<[u32]>,
    /// How many they are.
    len: usize,
    /// Of each entry: its place in `heap`, and its deadline.
    entries: Box<[Option<Entry>]>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    place: usize,
    window: Window,
}

impl Deadlines {
    /// Room for as many entries, none of them with a deadline.
    pub fn new(entries: usize) -> Self {
        Self {
            heap: (0..entries).map(|_| 0).collect(),
            len: 0,
            entries: (0..entries).map(|_| None).collect(),
        }
    }

    /// Sets or removes the deadline of an entry; an entry beyond the table's end has none.
    pub fn set(&mut self, entry: usize, window: Option<Window>) {
        let Some(old) = self.entries.get(entry).copied() else { return };
        let entry = u32::try_from(entry).expect("a table has less than 2^32 entries");
        match (old, window) {
            (None, None) => {}
            (Some(old), None) => self.remove(old.place),
            (Some(old), Some(window)) if old.window == window => {}
            (Some(old), Some(window)) => {
                self.put(old.place, entry, window);
                self.settle(old.place);
            }
            (None, Some(window)) => {
                self.put(self.len, entry, window);
                self.len += 1;
                self.settle(self.len - 1);
            }
        }
    }

    /// When the first of them has to be served.
    pub fn first(&self) -> Option<Instant> {
        (self.len > 0).then(|| self.must(0))
    }

    /// Writes the entries that may be served at `now` into `due`, the most urgent first, and tells
    /// how many.
    ///
    /// # Panics
    /// If `due` is shorter than the table.
    pub fn due(&self, now: Instant, due: &mut [u32]) -> usize {
        let horizon = now + SLACK_MAX;
        let mut count = 0;
        let mut at = 0;
        // Through the tree from node to node, leaving out every branch that begins behind the
        // horizon.
        loop {
            if at < self.len && self.must(at) <= horizon {
                if self.window(at).may <= now {
                    due[count] = self.heap[at];
                    count += 1;
                }
                at = 2 * at + 1;
                continue;
            }
            // Right children have even places; from a left child it goes on to its sibling.
            while at.is_multiple_of(2) {
                if at == 0 {
                    let must = |entry: u32| self.entries[entry as usize].map(|e| e.window.must);
                    due[..count].sort_unstable_by_key(|&entry| (must(entry), entry));
                    return count;
                }
                at = (at - 1) / 2;
            }
            at += 1;
        }
    }

    fn window(&self, place: usize) -> Window {
        let entry = self.entries[self.heap[place] as usize];
        entry.expect("an entry in the heap has a deadline").window
    }

    fn must(&self, place: usize) -> Instant {
        self.window(place).must
    }

    fn put(&mut self, place: usize, entry: u32, window: Window) {
        self.heap[place] = entry;
        self.entries[entry as usize] = Some(Entry { place, window });
    }

    fn swap(&mut self, one: usize, other: usize) {
        let (first, second) = (self.heap[one], self.heap[other]);
        let (of_first, of_second) = (self.window(one), self.window(other));
        self.put(one, second, of_second);
        self.put(other, first, of_first);
    }

    fn remove(&mut self, place: usize) {
        self.len -= 1;
        if place != self.len {
            self.swap(place, self.len);
        }
        self.entries[self.heap[self.len] as usize] = None;
        if place < self.len {
            self.settle(place);
        }
    }

    /// Moves the entry at `place` to where it belongs.
    fn settle(&mut self, place: usize) {
        let mut at = place;
        while at > 0 && self.must(at) < self.must((at - 1) / 2) {
            self.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let mut least = at;
            if left < self.len && self.must(left) < self.must(least) {
                least = left;
            }
            if right < self.len && self.must(right) < self.must(least) {
                least = right;
            }
            if least == at {
                return;
            }
            self.swap(at, least);
            at = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prng::Prng;

    fn ms(at: i64) -> Instant {
        Instant::from_millis(at)
    }

    fn due(deadlines: &Deadlines, now: Instant) -> Vec<u32> {
        let mut due = [0; 64];
        let count = deadlines.due(now, &mut due);
        due[..count].to_vec()
    }

    #[test]
    fn what_is_due_comes_in_the_order_of_urgency() {
        let mut deadlines = Deadlines::new(4);
        assert_eq!(deadlines.first(), None);
        for (entry, at) in [(2, 30), (0, 10), (3, 40), (1, 20)] {
            deadlines.set(entry, Some(Window::exact(ms(at))));
        }
        assert_eq!(deadlines.first(), Some(ms(10)));
        assert_eq!(due(&deadlines, ms(30)), [0, 1, 2]);
        deadlines.set(0, None);
        deadlines.set(1, Some(Window::exact(ms(50))));
        assert_eq!((deadlines.first(), due(&deadlines, ms(60))), (Some(ms(30)), vec![2, 3, 1]));
    }

    #[test]
    fn what_may_leave_early_goes_with_what_must() {
        let mut deadlines = Deadlines::new(3);
        deadlines.set(0, Some(Window::exact(ms(100))));
        deadlines.set(1, Some(Window::early(ms(101), Duration::from_millis(5))));
        deadlines.set(2, Some(Window::exact(ms(101))));
        assert_eq!(due(&deadlines, ms(99)), []);
        assert_eq!(due(&deadlines, ms(100)), [0, 1]);
    }

    #[test]
    fn it_agrees_with_a_plain_list_whatever_is_set_and_removed() {
        let mut prng = Prng::new(1);
        let mut deadlines = Deadlines::new(37);
        let mut plain = [None; 37];
        for _ in 0..20_000 {
            let entry = usize::try_from(prng.below(37)).unwrap();
            let must = Instant::from_micros(i64::try_from(prng.below(20_000)).unwrap());
            let slack = Duration::from_micros(prng.below(1_001));
            let window = (prng.below(3) > 0).then(|| Window::early(must, slack));
            deadlines.set(entry, window);
            plain[entry] = window;
            assert_eq!(deadlines.first(), plain.iter().flatten().map(|w| w.must).min());
            let now = Instant::from_micros(i64::try_from(prng.below(21_000)).unwrap());
            let mut want: Vec<u32> =
                (0..37).filter(|&e| plain[e as usize].is_some_and(|w| w.may <= now)).collect();
            want.sort_by_key(|&e| (plain[e as usize].unwrap().must, e));
            assert_eq!(due(&deadlines, now), want);
        }
    }

    #[test]
    fn an_entry_beyond_the_table_has_no_deadline() {
        let mut deadlines = Deadlines::new(1);
        deadlines.set(1, Some(Window::exact(ms(1))));
        assert_eq!(deadlines.first(), None);
    }
}
