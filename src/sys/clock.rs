//! The one place where a clock is read.

use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::process;
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

/// The time of day in this machine's zone, for a line of the log: `Nov 21 07:11:38`.
pub fn local() -> Calendar {
    let now = unix_seconds();
    Calendar::of(now + process::zone_offset(now))
}

/// A moment as a calendar shows it, without its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Calendar {
    /// The calendar `seconds` after the beginning of 1970.
    fn of(seconds: i64) -> Self {
        let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Years that begin in March end with the leap day, so that months have a regular pattern of
        // 153 days in five; 719,468 days lie between March of the year 0 and 1970.
        let day_of_era = (days + 719_468).rem_euclid(146_097);
        let year =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153;
        let byte = |number: i64| u8::try_from(number).unwrap_or(0);
        Self {
            month: byte((month + 2) % 12 + 1),
            day: byte(day_of_year - (153 * month + 2) / 5 + 1),
            hour: byte(time / 3600),
            minute: byte(time / 60 % 60),
            second: byte(time % 60),
        }
    }
}

impl core::fmt::Display for Calendar {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).copied().unwrap_or("");
        let Self { day, hour, minute, second, .. } = self;
        write!(f, "{month} {day:>2} {hour:02}:{minute:02}:{second:02}")
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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

    #[test]
    fn a_moment_is_shown_as_a_log_shows_it() {
        let cases = [
            (0, "Jan  1 00:00:00"),
            (951_782_400, "Feb 29 00:00:00"),
            (951_868_799, "Feb 29 23:59:59"),
            (951_868_800, "Mar  1 00:00:00"),
            (1_795_245_098, "Nov 21 07:11:38"),
            (4_107_542_400, "Mar  1 00:00:00"),
            (4_107_542_399, "Feb 28 23:59:59"),
            (-1, "Dec 31 23:59:59"),
        ];
        for (seconds, want) in cases {
            assert_eq!(Calendar::of(seconds).to_string(), want, "{seconds}");
        }
    }
}
