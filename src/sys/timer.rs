//! One timer that makes a descriptor readable at an exact time.

use core::time::Duration;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use crate::machine::Instant;

/// A timerfd on the clock of [`super::clock::now`].
#[derive(Debug)]
pub struct Timer(TimerFd);

impl Timer {
    /// Open it, not armed.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn new() -> io::Result<Self> {
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        Ok(Self(TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?))
    }

    /// Become readable at `at`, at once if that is past; `None`: never.
    ///
    /// It replaces what was armed before, and takes back a readiness that was not drained.
    ///
    /// # Errors
    /// None is known for a timer that exists.
    pub fn arm(&self, at: Option<Instant>) -> io::Result<()> {
        let Some(at) = at else { return Ok(self.0.unset()?) };
        // An expiration of zero would disarm; seconds have 31 bits on some targets.
        let micros = u64::try_from(at.total_micros()).unwrap_or(0).clamp(1, MICROS_MAX);
        let expiration =
            Expiration::OneShot(TimeSpec::from_duration(Duration::from_micros(micros)));
        Ok(self.0.set(expiration, TimerSetTimeFlags::TFD_TIMER_ABSTIME)?)
    }

    /// Make it unreadable until it expires again; tell whether it had expired.
    ///
    /// # Errors
    /// None is known for a timer that exists.
    pub fn drain(&self) -> io::Result<bool> {
        match self.0.wait() {
            Ok(()) => Ok(true),
            Err(Errno::EAGAIN) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// 68 years, beyond which nothing is planned.
const MICROS_MAX: u64 = 0x7fff_ffff * 1_000_000;

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Duration;
    use crate::sys::clock;
    use crate::sys::poll::{Events, Poll, Token};

    #[test]
    fn it_expires_at_its_time_and_not_before() {
        let poll = Poll::new().unwrap();
        let timer = Timer::new().unwrap();
        let mut events = Events::new();
        poll.add(&timer, Token(0)).unwrap();
        assert!(!timer.drain().unwrap());

        let at = clock::now() + Duration::from_millis(5);
        timer.arm(Some(at)).unwrap();
        assert!(!timer.drain().unwrap());
        poll.wait(&mut events, Some(Duration::from_secs(5))).unwrap();
        assert!(!events.is_empty());
        assert!(clock::now() >= at);
        assert!(timer.drain().unwrap());
        assert!(!timer.drain().unwrap());
    }

    #[test]
    fn a_time_that_is_past_expires_at_once() {
        let timer = Timer::new().unwrap();
        for past in [Instant::from_micros(-5), Instant::ZERO, clock::now()] {
            timer.arm(Some(past)).unwrap();
            assert!(timer.drain().unwrap(), "{past}");
        }
    }

    #[test]
    fn a_time_that_never_comes_is_no_error() {
        let timer = Timer::new().unwrap();
        timer.arm(Some(Instant::from_micros(i64::MAX))).unwrap();
        assert!(!timer.drain().unwrap());
    }

    #[test]
    fn none_disarms() {
        let timer = Timer::new().unwrap();
        timer.arm(Some(clock::now())).unwrap();
        timer.arm(None).unwrap();
        assert!(!timer.drain().unwrap());
    }
}
