//! When a master tells its neighbours where its addresses are: bursts, refreshes, the gap between
//! frames.

use super::event::Action;
use super::params::Params;
use super::{RouterId, Turn};
use crate::machine::{Duration, Instant};

/// When frames may leave by one interface, whichever router they are for.
///
/// A router takes the next free moment and waits for it alone, so that thousands that wait for the
/// same interface do not wake each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The first moment nobody has taken.
    free_at: Instant,
    /// The first moment at which a frame is far enough behind the last one.
    clear_at: Instant,
}

impl Pace {
    /// No frame has left yet.
    pub(super) const IDLE: Self = Self { free_at: Instant::ZERO, clear_at: Instant::ZERO };

    /// Takes over what an engine before knew of the same interface.
    pub(super) fn follow(&mut self, before: Self) {
        self.free_at = self.free_at.max(before.free_at);
        self.clear_at = self.clear_at.max(before.clear_at);
    }

    fn take(&mut self, now: Instant, gap: Duration) -> Instant {
        let at = self.free_at.max(now);
        self.free_at = at + gap;
        at
    }

    /// Whether a frame may leave; if so, it does.
    fn leave(&mut self, now: Instant, gap: Duration) -> bool {
        if now < self.clear_at {
            return false;
        }
        self.clear_at = now + gap;
        self.free_at = self.free_at.max(self.clear_at);
        true
    }
}

/// What a master has yet to announce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Schedule {
    /// Frames that wait for their turn on the interface.
    queue: Option<Queue>,
    /// After a take-over, a second burst for good measure.
    second_at: Option<Instant>,
    /// After an advert of lower priority, a second burst.
    lower_prio_at: Option<Instant>,
    refresh_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Queue {
    /// The moment taken for the next frame.
    at: Instant,
    /// Its address.
    address: u16,
    /// How many frames there are, from that address on, round and round.
    frames: u32,
}

impl Schedule {
    /// The router became master, or its addresses were set anew.
    pub(super) fn take_over(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params) {
        let plan = params.announcing;
        self.burst(turn, id, params, plan.repeat);
        if plan.refresh > Duration::ZERO {
            self.refresh_at = Some(turn.now + plan.refresh);
        }
        follow_up(&mut self.second_at, turn.now, plan.delay);
    }

    /// An advert of lower priority was heard: its sender may have announced the addresses, too.
    pub(super) fn challenged(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params) {
        let plan = params.announcing;
        self.burst(turn, id, params, plan.lower_prio_repeat);
        if plan.lower_prio_repeat > 0 {
            follow_up(&mut self.lower_prio_at, turn.now, plan.lower_prio_delay);
        }
    }

    /// The addresses were away for a moment.
    pub(super) fn restored(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params) {
        self.burst(turn, id, params, params.announcing.repeat);
    }

    /// Serves what is due.
    pub(super) fn tick(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params) {
        let plan = params.announcing;
        let is_due = |at: &mut Instant| *at <= turn.now;
        let second = self.second_at.take_if(is_due);
        let lower_prio = self.lower_prio_at.take_if(is_due);
        if second.is_some() {
            self.burst(turn, id, params, plan.repeat);
        }
        if lower_prio.is_some() {
            self.burst(turn, id, params, plan.lower_prio_repeat);
        }
        if self.refresh_at.is_some_and(|at| at <= turn.now) {
            self.refresh_at = Some(turn.now + plan.refresh);
            self.burst(turn, id, params, plan.refresh_repeat);
        }
        self.next_frame(turn, id, params);
    }

    /// When something is due.
    pub(super) fn poll_at(&self) -> Option<Instant> {
        let queue = self.queue.map(|queue| queue.at);
        [queue, self.second_at, self.lower_prio_at, self.refresh_at].into_iter().flatten().min()
    }

    fn burst(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params, times: u16) {
        let (now, count) = (turn.now, params.announced);
        if count == 0 || times == 0 {
            return;
        }
        if params.gap(0).max(params.gap(count - 1)) == Duration::ZERO {
            turn.act(Action::Announce { router: id, first: 0, count, times });
            return;
        }
        let frames = u32::from(count) * u32::from(times);
        match &mut self.queue {
            // Round and round: as many frames from any address on reach every address.
            Some(queue) => queue.frames = queue.frames.max(frames),
            None => {
                let at = turn.pace(params).take(now, params.gap(0));
                self.queue = Some(Queue { at, address: 0, frames });
                self.next_frame(turn, id, params);
            }
        }
    }

    fn next_frame(&mut self, turn: &mut Turn<'_>, id: RouterId, params: &Params) {
        let now = turn.now;
        let Some(mut queue) = self.queue.filter(|queue| queue.at <= now) else { return };
        let gap = params.gap(queue.address);
        let leaves = turn.pace(params).leave(now, gap);
        if leaves {
            turn.act(Action::Announce { router: id, first: queue.address, count: 1, times: 1 });
            queue.frames -= 1;
            queue.address = (queue.address + 1) % params.announced.max(1);
        }
        // The moment taken can be too close to the frame before. If that one left a little late,
        // wait for the rest of the gap; after a turn that is late itself, many may be too close:
        // each takes another moment.
        let is_late = now >= queue.at + gap / 2;
        queue.at = match (queue.frames, leaves || is_late) {
            (0, _) => now,
            (_, true) => turn.pace(params).take(now, gap),
            (_, false) => turn.pace(params).clear_at,
        };
        self.queue = (queue.frames > 0).then_some(queue);
    }
}

/// One that is planned stays where it is: a stream of adverts must not put it off for ever.
fn follow_up(planned: &mut Option<Instant>, now: Instant, delay: Duration) {
    if delay > Duration::ZERO {
        planned.get_or_insert(now + delay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_that_follows_another_keeps_the_gap_to_its_last_frame() {
        let (start, gap) = (Instant::from_secs(7), Duration::from_millis(20));
        let mut before = Pace::IDLE;
        assert_eq!(before.take(start, gap), start);
        assert!(before.leave(start, gap));
        let mut after = Pace::IDLE;
        after.follow(before);
        assert_eq!(after.take(start, gap), start + gap);
        assert!(!after.leave(start + Duration::from_millis(19), gap));
        assert!(after.leave(start + gap, gap));
    }
}
