//! What a seed stands for: how many routers, how they are configured, what can befall them.

use holdfast::machine::Duration;
use holdfast::prng::Prng;
use holdfast::vrrp::{Family, Version};

/// The options of one run; a failing run prints them.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// All else follows from it.
    pub(crate) seed: u64,
    pub(crate) version: Version,
    pub(crate) family: Family,
    /// Adverts go to each of the nodes instead of to a group.
    pub(crate) unicast: bool,
    /// Virtual routers on each node, 1 to 3.
    pub(crate) vrids: u8,
    /// Virtual addresses of each, advertised; one more is excluded.
    pub(crate) addresses: u8,
    pub(crate) password: bool,
    pub(crate) nodes: Vec<Member>,
    /// Longest way of a packet.
    pub(crate) delay_max: Duration,
    /// Packets lost, of 1000, while there is chaos.
    pub(crate) loss: u64,
    /// Packets that arrive twice, of 1000.
    pub(crate) doubled: u64,
    /// Packets with a bit changed on their way, of 1000, while there is chaos.
    pub(crate) damaged: u64,
    /// Longest time from a node's turn being due to its service while it is awake.
    pub(crate) latency_max: Duration,
    /// Clocks run this much too fast or too slow at most, in millionths.
    pub(crate) drift_max: u64,
}

/// How one node is configured; each virtual router has its own priority.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) priorities: Vec<u8>,
    pub(crate) interval: Duration,
    pub(crate) preempt: bool,
    pub(crate) preempt_delay: Duration,
    pub(crate) owner: bool,
    /// Added to the priority by the state of the node's uplink, as a tracker's weight.
    pub(crate) weight: Option<i16>,
    pub(crate) reverse: bool,
    /// `higher_prio_send_advert`, `lower_prio_no_advert`.
    pub(crate) talk: (bool, bool),
    pub(crate) down_adverts: u8,
    /// Announces on and on, in this period.
    pub(crate) refresh: Duration,
    /// From an advert of lower priority to another burst.
    pub(crate) lower_prio_delay: Duration,
    /// Least time between two gratuitous ARP or neighbour advertisements.
    pub(crate) gap: Duration,
}

impl Options {
    pub(crate) fn of(seed: u64) -> Self {
        let mut random = Prng::new(seed);
        let random = &mut random;
        let (version, family) = match random.below(3) {
            0 => (Version::V2, Family::V4),
            1 => (Version::V3, Family::V4),
            _ => (Version::V3, Family::V6),
        };
        let vrids = pick(random, &[1, 1, 2, 3]);
        let interval = interval(random, version);
        // In version 3 the backups learn the master's.
        let mixed = version == Version::V3 && interval.secs() < 8 && chance(random, 300);
        let owned = chance(random, 150);
        let nodes = (0..2 + random.below(5)).map(|n| {
            let interval = if mixed { interval * pick(random, &[1, 2, 5]) } else { interval };
            member(random, vrids, interval, owned && n == 0)
        });
        let nodes: Vec<Member> = nodes.collect();
        let shortest = nodes.iter().map(|node| node.interval).min().unwrap_or(interval);
        // A skew of priority 254 is interval / 128: slower ways than that are a matter of taste,
        // not of the protocol.
        let delay_max = shortest / pick(random, &[1000, 200, 60, 8]);
        let latency_max = shortest / pick(random, &[10_000, 1000, 100]);
        Self {
            seed,
            version,
            family,
            vrids,
            addresses: pick(random, &[1, 1, 2, 20]),
            password: version == Version::V2 && chance(random, 500),
            nodes,
            delay_max,
            loss: pick(random, &[0, 10, 100, 400]),
            doubled: pick(random, &[0, 10, 200]),
            damaged: pick(random, &[0, 0, 50]),
            latency_max,
            drift_max: pick(random, &[0, 100, 2000]),
            unicast: chance(random, 250),
        }
    }

    /// Nodes with these priorities for one router of version 3, an advert a second, on a perfect
    /// wire.
    pub(crate) fn plain(priorities: &[u8]) -> Self {
        let member = |&priority: &u8| Member {
            priorities: vec![priority],
            interval: Duration::from_secs(1),
            preempt: true,
            preempt_delay: Duration::ZERO,
            owner: false,
            weight: None,
            reverse: false,
            talk: (false, false),
            down_adverts: 3,
            refresh: Duration::ZERO,
            lower_prio_delay: Duration::ZERO,
            gap: Duration::ZERO,
        };
        Self {
            seed: 0,
            version: Version::V3,
            family: Family::V4,
            unicast: false,
            vrids: 1,
            addresses: 1,
            password: false,
            nodes: priorities.iter().map(member).collect(),
            delay_max: Duration::ZERO,
            loss: 0,
            doubled: 0,
            damaged: 0,
            latency_max: Duration::ZERO,
            drift_max: 0,
        }
    }

    /// The longest interval of all nodes.
    pub(crate) fn interval_max(&self) -> Duration {
        self.nodes.iter().map(|node| node.interval).max().unwrap_or(Duration::ZERO)
    }

    /// The longest silence that a node takes for a live master's, without its skew.
    pub(crate) fn silence_max(&self) -> Duration {
        let adverts = self.nodes.iter().map(|node| node.down_adverts).max().unwrap_or(3);
        self.interval_max() * u32::from(adverts)
    }

    /// The longest preempt delay of all nodes.
    pub(crate) fn preempt_delay_max(&self) -> Duration {
        self.nodes.iter().map(|node| node.preempt_delay).max().unwrap_or(Duration::ZERO)
    }
}

fn member(random: &mut Prng, vrids: u8, interval: Duration, owner: bool) -> Member {
    // Few different ones, so that ties are common.
    let priority = |random: &mut Prng| pick(random, &[1, 50, 100, 100, 101, 200, 254]);
    let preempt = owner || chance(random, 800);
    let delayed = preempt && !owner && chance(random, 200);
    let weighted = !owner && chance(random, 300);
    Member {
        priorities: (0..vrids).map(|_| if owner { 255 } else { priority(random) }).collect(),
        interval,
        preempt,
        preempt_delay: if delayed { interval * pick(random, &[1, 5]) } else { Duration::ZERO },
        owner,
        weight: weighted.then(|| pick(random, &[0, -40, -250, 30, 253])),
        reverse: chance(random, 300),
        talk: (chance(random, 200), chance(random, 200)),
        down_adverts: pick(random, &[3, 3, 3, 4]),
        refresh: interval * pick(random, &[0, 0, 7]),
        lower_prio_delay: interval * pick(random, &[0, 0, 1]),
        gap: interval / pick(random, &[1000, 20, u32::MAX]),
    }
}

fn interval(random: &mut Prng, version: Version) -> Duration {
    match version {
        Version::V2 => Duration::from_secs(pick(random, &[1, 1, 3, 255])),
        Version::V3 => Duration::from_millis(pick(random, &[10, 100, 500, 1000, 1000, 40_950])),
    }
}

/// One of these.
pub(crate) fn pick<T: Copy>(random: &mut Prng, among: &[T]) -> T {
    let count = u64::try_from(among.len()).expect("a list is short");
    among[usize::try_from(random.below(count)).expect("below the length")]
}

/// True this often in 1000.
pub(crate) fn chance(random: &mut Prng, in_thousand: u64) -> bool {
    random.below(1000) < in_thousand
}

/// A time up to `most`, in microseconds.
pub(crate) fn up_to(random: &mut Prng, most: Duration) -> Duration {
    Duration::from_micros(random.below(most.total_micros() + 1))
}
