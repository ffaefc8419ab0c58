//! When a child that died is started again.

use crate::machine::{Duration, Instant};

/// A child that lived this long starts again at once, and its earlier deaths are forgotten.
const STEADY: Duration = Duration::from_secs(60);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// The back-off of one child: at once after the first death, then after 1, 2, 4 … 60 s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Respawn {
    wait: Duration,
}

impl Respawn {
    /// The child started at `started` and died at `now`: when to start it again.
    pub(super) fn died(&mut self, started: Instant, now: Instant) -> Instant {
        if now - started >= STEADY {
            self.wait = Duration::ZERO;
        }
        let at = now + self.wait;
        self.wait = match self.wait {
            Duration::ZERO => Duration::from_secs(1),
            wait => (wait * 2).min(LONGEST),
        };
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_dies_again_and_again_waits_longer_each_time() {
        let mut respawn = Respawn::default();
        let mut now = Instant::from_secs(1000);
        let waits: Vec<u64> = (0..9)
            .map(|_| {
                let at = respawn.died(now, now);
                let wait = (at - now).secs();
                now = at;
                wait
            })
            .collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_child_that_lived_a_minute_starts_again_at_once() {
        let mut respawn = Respawn::default();
        let start = Instant::from_secs(1000);
        respawn.died(start, start);
        respawn.died(start, start);
        let death = start + Duration::from_secs(60);
        assert_eq!(respawn.died(start, death), death);
    }
}
