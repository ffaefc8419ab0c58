//! The one place where a clock is read.

use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use crate::machine::Instant;

/// The monotonic time: microseconds since some moment before boot ended, never set back.
///
/// It stands still while the machine is suspended, as the kernel's timers do.
pub fn now() -> Instant {
    read(ClockId::CLOCK_MONOTONIC)
}

/// The time since boot with suspensions counted; tells a suspended machine from a busy one.
pub fn since_boot() -> Instant {
    read(ClockId::CLOCK_BOOTTIME)
}

/// Seconds since 1970 by the machine's calendar clock, for a person to read; it may jump.
pub fn unix_seconds() -> i64 {
    read(ClockId::CLOCK_REALTIME).secs()
}

#[allow(clippy::useless_conversion)] // the kernel's numbers are 32 bit wide on some targets
fn read(clock: ClockId) -> Instant {
    let time = clock_gettime(clock).unwrap_or(TimeSpec::new(0, 0));
    let micros = time.tv_nsec() / 1000;
    Instant::from_micros(i64::from(time.tv_sec()) * 1_000_000 + i64::from(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back() {
        let mut last = now();
        for _ in 0..1000 {
            let next = now();
            assert!(next >= last);
            last = next;
        }
    }

    #[test]
    fn the_calendar_is_in_this_century() {
        assert!(unix_seconds() > 1_600_000_000);
        let before = now();
        assert!(since_boot() >= before);
    }
}
