//! Judges the nodes together: in a quiet partition there is soon one master, the best.

use holdfast::machine::{Duration, Instant};
use holdfast::vrrp::Role;

use crate::options::Options;
use crate::shadow::{Verdict, skew};
use crate::world::World;

/// A virtual router that must have a master by then.
#[derive(Clone, Copy, Debug)]
struct Expected {
    router: usize,
    by: Instant,
}

/// Judges the world as a whole.
#[derive(Debug)]
pub(crate) struct Judge {
    /// When anything last happened that the routers have to settle.
    disturbed_at: Instant,
    /// How long that may take.
    bound: Duration,
    expected: Vec<Expected>,
    /// How often a quiet network was found as it must be.
    pub(crate) calms: u64,
    /// How often a new master was in time.
    pub(crate) in_time: u64,
}

impl Judge {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            disturbed_at: Instant::ZERO,
            bound: settling(options),
            expected: Vec::new(),
            calms: 0,
            in_time: 0,
        }
    }

    /// The options are others from here on.
    pub(crate) fn configured(&mut self, options: &Options) {
        self.bound = settling(options);
    }

    pub(crate) fn disturbed(&mut self, now: Instant) {
        self.disturbed_at = now;
        self.expected.clear();
    }

    /// How long a disturbed network may take to settle.
    pub(crate) fn bound(&self) -> Duration {
        self.bound
    }

    pub(crate) fn is_settled(&self, now: Instant) -> bool {
        now > self.disturbed_at + self.bound
    }

    /// The network was settled, and the master of this router is gone: another must be there by
    /// then.
    pub(crate) fn expect(&mut self, router: usize, by: Instant) {
        self.expected.push(Expected { router, by });
    }

    pub(crate) fn check(world: &mut World) -> Verdict {
        let now = world.now;
        let expected = std::mem::take(&mut world.judge.expected);
        for Expected { router, by } in expected {
            if masters(world, router).next().is_some() {
                world.judge.in_time += 1;
            } else if now > by {
                return Err(format!("router {router} has no master in time"));
            } else {
                world.judge.expect(router, by);
            }
        }
        if !world.judge.is_settled(now) || world.nodes.iter().any(|node| node.asleep) {
            return Ok(());
        }
        let Some(parts) = world.lan.partitions() else { return Ok(()) };
        world.judge.calms += 1;
        for router in 0..usize::from(world.options.vrids) {
            for part in 0..parts.len() {
                let members = (0..parts.len()).filter(|node| parts[*node] == part);
                one_master(world, router, members)?;
            }
        }
        Ok(())
    }
}

fn one_master(world: &World, router: usize, members: impl Iterator<Item = usize>) -> Verdict {
    let role = |node: usize| world.nodes[node].shadows[router].role;
    let alive = members.filter(|node| world.nodes[*node].alive);
    let able: Vec<usize> =
        alive.filter(|node| matches!(role(*node), Role::Backup | Role::Master)).collect();
    let mut masters = able.iter().copied().filter(|node| role(*node) == Role::Master);
    let (first, second) = (masters.next(), masters.next());
    let Some(master) = first else {
        return if able.is_empty() { Ok(()) } else { Err(format!("router {router}: no master")) };
    };
    if let Some(second) = second {
        return Err(format!("router {router}: nodes {master} and {second} are masters"));
    }
    let priority = |node: usize| world.nodes[node].health(router, true).priority;
    let preempts = |node: usize| world.nodes[node].shadows[router].params.preempt;
    match able.iter().find(|node| preempts(**node) && priority(**node) > priority(master)) {
        Some(better) => Err(format!("router {router}: node {better} is better than {master}")),
        None => Ok(()),
    }
}

/// The nodes that are master of this router.
pub(crate) fn masters(world: &World, router: usize) -> impl Iterator<Item = usize> + use<'_> {
    let is_master = move |node: &usize| {
        world.nodes[*node].alive && world.nodes[*node].shadows[router].role == Role::Master
    };
    (0..world.nodes.len()).filter(is_master)
}

/// Three intervals of silence, the longest skew, an advert that the others yield to, and the ways
/// of packets.
fn settling(options: &Options) -> Duration {
    let interval = options.interval_max();
    let mut bound = options.silence_max() + interval + skew(options.version, 1, interval);
    let patience = options.preempt_delay_max();
    if patience > Duration::ZERO {
        // One after the other may wait for its turn.
        bound += (patience + options.silence_max() + interval)
            * u32::try_from(options.nodes.len()).expect("few");
    }
    tolerant(options, bound)
}

/// A bound of the protocol as it shows with these clocks, ways and turns.
pub(crate) fn tolerant(options: &Options, bound: Duration) -> Duration {
    let drift = bound * u32::try_from(options.drift_max).expect("small") / 1_000_000;
    bound + drift * 2 + (options.delay_max + options.latency_max) * 4 + Duration::from_millis(2)
}
