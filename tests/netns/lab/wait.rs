//! Waiting for a condition, with a bound.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(5);

pub(crate) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub(crate) const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub(crate) fn sleep(time: Duration) {
    std::thread::sleep(time);
}

/// Wait until `condition` holds; how long that took.
///
/// # Panics
/// If it does not within `bound`, with `what` was waited for.
#[track_caller]
pub(crate) fn wait_until(
    what: &str,
    bound: Duration,
    mut condition: impl FnMut() -> bool,
) -> Duration {
    let begun = Instant::now();
    loop {
        if condition() {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < bound, "waited {bound:?} in vain: {what}");
        sleep(PAUSE);
    }
}

/// Watch that `condition` holds all the `time`.
#[track_caller]
pub(crate) fn stays(what: &str, time: Duration, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        assert!(condition(), "not so after {:?}: {what}", begun.elapsed());
        sleep(PAUSE * 4);
    }
}
