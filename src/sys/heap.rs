//! The allocator that can be sealed.
//!
//! Everything has its size at load, so that a failover allocates nothing. After load the heap is
//! sealed; from then on every allocation is still served, yet counted. A test asserts that the
//! count is zero, and the statistics show it. The allocator itself never aborts.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

static SEALED: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static EXEMPTIONS: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator with a seal; for `#[global_allocator]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sealable;

/// Count allocations from here on, beginning with zero.
pub fn seal() {
    ALLOCATIONS.store(0, Relaxed);
    SEALED.store(true, Relaxed);
}

/// Allow allocations again, as a load does.
pub fn open() {
    SEALED.store(false, Relaxed);
}

/// Tell whether the heap is sealed.
pub fn is_sealed() -> bool {
    SEALED.load(Relaxed)
}

/// How many allocations, and reallocations, were made since the last [`seal`] while it was closed.
///
/// It stops at `usize::MAX`.
pub fn allocations_since_seal() -> usize {
    ALLOCATIONS.load(Relaxed)
}

/// Run `f` without counting what it allocates: for a foreign library that cannot do without.
pub fn exempt<R>(f: impl FnOnce() -> R) -> R {
    EXEMPTIONS.fetch_add(1, Relaxed);
    let result = f();
    EXEMPTIONS.fetch_sub(1, Relaxed);
    result
}

fn count() {
    if SEALED.load(Relaxed) && EXEMPTIONS.load(Relaxed) == 0 {
        let count = ALLOCATIONS.load(Relaxed).saturating_add(1);
        ALLOCATIONS.store(count, Relaxed);
    }
}

// SAFETY: every call goes to `System` with the arguments it came with; counting touches no memory
// of the heap.
unsafe impl GlobalAlloc for Sealable {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from `System` with this layout, for `alloc` hands out nothing else.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc`, which is that of `System`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: `at` came from `System` with this layout, and the caller keeps `size` valid.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The counters belong to the process, so one test tells the whole story. The test binary has
    // its own allocator: only what is asked of `Sealable` by name is counted.
    #[test]
    fn an_allocation_counts_only_while_the_seal_is_closed() {
        let layout = Layout::from_size_align(64, 8).unwrap();
        let once = || {
            // SAFETY: the size is not zero.
            let at = unsafe { Sealable.alloc(layout) };
            assert!(!at.is_null());
            // SAFETY: `at` came from the line above with the same layout.
            unsafe { Sealable.dealloc(at, layout) };
        };
        once();
        seal();
        assert!(is_sealed());
        assert_eq!(allocations_since_seal(), 0);
        once();
        once();
        assert_eq!(allocations_since_seal(), 2);
        exempt(once);
        assert_eq!(allocations_since_seal(), 2);
        open();
        once();
        assert_eq!(allocations_since_seal(), 2);
        seal();
        assert_eq!(allocations_since_seal(), 0);
        open();
    }
}
