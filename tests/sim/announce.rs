//! Judges the announcements of a node by their causes.

use holdfast::machine::{Duration, Instant};
use holdfast::vrrp::{Action, Announcing, Params, Role};

use crate::shadow::{Told, Verdict, demand};

/// A burst: frames for each address from one time to another.
#[derive(Clone, Debug)]
struct Burst {
    from: Instant,
    by: Instant,
    times: u32,
    /// How many there were for each address.
    frames: Vec<u32>,
}

/// The announcements of one router since it became master.
#[derive(Debug)]
struct Announced {
    announcing: Announcing,
    gap: Duration,
    /// A frame can take this long: the gap, and a turn of the loop.
    tempo: Duration,
    frames: Vec<u32>,
    /// Frames for each address that there was a cause for.
    allowed: u32,
    bursts: Vec<Burst>,
    since: Instant,
    refreshes: u32,
}

/// The announcements of a node on its port.
#[derive(Debug)]
pub(crate) struct Announcer {
    routers: Vec<Announced>,
    last: Option<Instant>,
    latency_max: Duration,
}

impl Announcer {
    pub(crate) fn new(params: &[Params], latency_max: Duration, now: Instant) -> Self {
        let announced = |params| Announced::new(params, latency_max, now);
        Self { routers: params.iter().map(announced).collect(), last: None, latency_max }
    }

    /// The router goes on under these parameters; with others, a master announces anew.
    pub(crate) fn reload(&mut self, now: Instant, router: usize, params: &Params, master: bool) {
        let mut own = Announced::new(params, self.latency_max, now);
        let same = own.announcing == self.routers[router].announcing
            && own.frames.len() == self.routers[router].frames.len();
        if same {
            return;
        }
        // Of a frame before, the gap of before counts.
        self.last = None;
        // What it had announced before is not its debt; a cause of before may still have its
        // effect.
        own.allowed = if master { self.routers[router].allowed } else { 0 };
        self.routers[router] = own;
        if master {
            self.takes_over(now, router);
        }
    }

    fn takes_over(&mut self, now: Instant, router: usize) {
        let Announcing { repeat, delay, .. } = self.routers[router].announcing;
        self.must(now, router, repeat, Duration::ZERO);
        if delay > Duration::ZERO {
            self.must(now, router, repeat, delay);
        }
    }

    /// A router went from one role to the other over what it was told, and did this.
    pub(crate) fn answered(
        &mut self,
        now: Instant,
        router: usize,
        (before, after): (Role, Role),
        told: Told,
        actions: &[Action],
    ) -> Verdict {
        let announcing = self.routers[router].announcing;
        let Announcing { repeat, lower_prio_repeat, lower_prio_delay, .. } = announcing;
        match (before, after, told) {
            (Role::Master, Role::Master, Told::Advert { .. }) => {
                self.may(router, lower_prio_repeat, lower_prio_delay);
            }
            (Role::Master, Role::Master, Told::Restored) => {
                self.must(now, router, repeat, Duration::ZERO);
            }
            (Role::Master, Role::Master, _) => {}
            (_, Role::Master, _) => {
                let own = &mut self.routers[router];
                own.frames.fill(0);
                own.bursts.clear();
                (own.allowed, own.since, own.refreshes) = (0, now, 0);
                self.takes_over(now, router);
            }
            (Role::Master, ..) => self.routers[router].bursts.clear(),
            _ => {}
        }
        for action in actions {
            if let Action::Announce { first, count, times, .. } = *action {
                self.frames(now, router, (first, count), times)?;
            }
        }
        Ok(())
    }

    /// There is a cause for a burst, and for a second one if there is a delay.
    fn may(&mut self, router: usize, times: u16, delay: Duration) {
        let bursts = if delay > Duration::ZERO { 2 } else { 1 };
        let times = u32::from(times) * bursts;
        self.routers[router].allowed += times;
        self.wait_for(router, times);
    }

    /// A burst has to be out soon after `delay`.
    fn must(&mut self, now: Instant, router: usize, times: u16, delay: Duration) {
        self.may(router, times, Duration::ZERO);
        let backlog: u32 = self.routers.iter().map(Announced::backlog).sum();
        let own = &mut self.routers[router];
        let (from, frames) = (now + delay, vec![0; own.frames.len()]);
        let by = from + own.tempo * backlog;
        own.bursts.push(Burst { from, by, times: times.into(), frames });
    }

    /// All bursts of the node wait for these frames, too.
    fn wait_for(&mut self, router: usize, times: u32) {
        let addresses = u32::try_from(self.routers[router].frames.len()).expect("few");
        let longer = self.routers[router].tempo * (times * addresses);
        let bursts = self.routers.iter_mut().flat_map(|router| &mut router.bursts);
        bursts.for_each(|burst| burst.by += longer);
    }

    fn frames(
        &mut self,
        now: Instant,
        router: usize,
        (first, count): (u16, u16),
        times: u16,
    ) -> Verdict {
        self.refreshes(now, router);
        let own = &mut self.routers[router];
        let (first, last) = (usize::from(first), usize::from(first) + usize::from(count));
        let some = own.frames.get_mut(first..last).ok_or("it announces addresses of its own")?;
        some.iter_mut().for_each(|frames| *frames += u32::from(times));
        for burst in own.bursts.iter_mut().filter(|burst| burst.from <= now) {
            let some = burst.frames.get_mut(first..last).into_iter().flatten();
            some.for_each(|frames| *frames += u32::from(times));
        }
        let most = some.iter().copied().max().unwrap_or(0);
        demand(most > 0 && times > 0, "it announces something")?;
        demand(most <= own.allowed, "it announces no more than there is a cause for")?;
        if own.gap > Duration::ZERO {
            demand(count == 1 && times == 1, "limited frames leave one at a time")?;
            let soon = self.last.is_some_and(|last| now < last + own.gap);
            demand(!soon, "frames are as far apart as they must be")?;
            self.last = Some(now);
        }
        Ok(())
    }

    /// Every period is a cause.
    fn refreshes(&mut self, now: Instant, router: usize) {
        let own = &mut self.routers[router];
        let Announcing { refresh, refresh_repeat, .. } = own.announcing;
        if refresh > Duration::ZERO {
            let periods = (now - own.since).total_micros() / refresh.total_micros();
            let periods = u32::try_from(periods).expect("a run is short");
            let more = (periods - own.refreshes) * u32::from(refresh_repeat);
            own.refreshes = periods;
            own.allowed += more;
            self.wait_for(router, more);
        }
    }

    /// The node had no turn for this long.
    pub(crate) fn missed(&mut self, span: Duration) {
        let bursts = self.routers.iter_mut().flat_map(|router| &mut router.bursts);
        bursts.for_each(|burst| burst.by += span);
    }

    /// The turn is over: every burst that is due is out.
    pub(crate) fn served(&mut self, now: Instant) -> Verdict {
        for router in &mut self.routers {
            let due = |burst: &Burst| now > burst.by + Duration::from_millis(1);
            let lacks = |burst: &Burst| burst.frames.iter().any(|frames| *frames < burst.times);
            let late = router.bursts.iter().any(|burst| due(burst) && lacks(burst));
            demand(!late, "announcements follow a take-over")?;
            router.bursts.retain(|burst| !due(burst));
        }
        Ok(())
    }
}

impl Announced {
    fn new(params: &Params, latency_max: Duration, now: Instant) -> Self {
        Self {
            announcing: params.announcing,
            gap: params.announcing.arp_gap,
            tempo: params.announcing.arp_gap + latency_max * 2,
            frames: vec![0; usize::from(params.announced)],
            allowed: 0,
            bursts: Vec::new(),
            since: now,
            refreshes: 0,
        }
    }

    fn backlog(&self) -> u32 {
        self.frames.iter().map(|frames| self.allowed.saturating_sub(*frames)).sum()
    }
}
