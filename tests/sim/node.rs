//! A node: the real engine behind a clock of its own, as the daemon drives it.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use holdfast::machine::{Duration, Instant};
use holdfast::table::{Id, Table};
use holdfast::vrrp::{
    self, Action, Announcing, Auth, Begin, Engine, Family, Input, LinkState, Params, Peer, Track,
    Tracked, Unicast, Version,
};
use holdfast::wire::vrrp::{ADVERT_MAX, Advert, AdvertRepr};

use crate::announce::Announcer;
use crate::lan::Packet;
use crate::options::{Member, Options};
use crate::shadow::{Health, Shadow, Told, Verdict};

/// The port to the other nodes, and the uplink that some routers track.
const PORT: usize = 0;
const UPLINK: usize = 1;
/// The place of whoever is none of the nodes.
const STRANGER: usize = 98;

/// A clock that starts anywhere, and runs too fast or too slow by some millionths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) start: Duration,
    pub(crate) drift: i64,
}

impl Clock {
    /// What it shows at a time of the world.
    pub(crate) fn shows(self, world: Instant) -> Instant {
        let micros = world.total_micros();
        Instant::from_micros(micros + micros * self.drift / 1_000_000) + self.start
    }

    /// When it shows this: the first such time of the world.
    pub(crate) fn when(self, shown: Instant) -> Instant {
        let micros = (shown - self.start).total_micros();
        let mut world = Instant::from_micros(micros * 1_000_000 / (1_000_000 + self.drift));
        while self.shows(world) < shown {
            world += Duration::from_micros(1);
        }
        world
    }
}

/// One node with its virtual routers.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) engine: Engine,
    pub(crate) shadows: Vec<Shadow>,
    pub(crate) announcer: Announcer,
    pub(crate) clock: Clock,
    pub(crate) inbox: VecDeque<Packet>,
    pub(crate) own: IpAddr,
    pub(crate) alive: bool,
    pub(crate) asleep: bool,
    pub(crate) uplink: bool,
    /// Turns that were put off by an earlier one are of an older number.
    pub(crate) turn: u64,
}

impl Node {
    pub(crate) fn new(options: &Options, place: usize, clock: Clock) -> Self {
        let own = own(options.family, place);
        let params = params(options, &options.nodes[place]);
        let zero = clock.shows(Instant::ZERO);
        let shadows = params.iter().map(|params| Shadow::new(params.clone(), own, zero));
        Self {
            shadows: shadows.collect(),
            announcer: Announcer::new(&params, options.latency_max, zero),
            engine: Engine::new(Table::new(params), vrrp::Options::default()),
            clock,
            inbox: VecDeque::new(),
            own,
            alive: false,
            asleep: false,
            uplink: true,
            turn: 0,
        }
    }

    /// What is sent for this action: whole packets of the protocol.
    pub(crate) fn packets(&self, place: usize, priority: u8) -> Vec<Packet> {
        let params = &self.shadows[place].params;
        let to: Vec<IpAddr> = match &params.unicast {
            None => vec![params.group],
            Some(unicast) => unicast.peers.iter().map(|peer| peer.ip).collect(),
        };
        to.into_iter().map(|to| emit(self.own, to, self.advert(place, priority))).collect()
    }

    /// Whether a packet to this address reaches it.
    pub(crate) fn is_reached(&self, to: IpAddr) -> bool {
        to.is_multicast() || to == self.own
    }

    /// An advert for the first router from a node that is none of these, once it was changed.
    pub(crate) fn stranger(&self, change: impl Fn(&mut AdvertRepr<'_>)) -> Packet {
        let mut advert = self.advert(0, 254);
        change(&mut advert);
        let to = match self.shadows[0].params.unicast {
            None => self.shadows[0].params.group,
            Some(_) => self.own,
        };
        emit(own(advert.family, STRANGER), to, advert)
    }

    fn advert(&self, place: usize, priority: u8) -> AdvertRepr<'_> {
        let Params { version, family, vrid, interval, auth, ref addresses, .. } =
            self.shadows[place].params;
        AdvertRepr { version, family, vrid, priority, interval, auth, addresses }
    }

    /// How the world around a router looks from its configuration.
    pub(crate) fn health(&self, place: usize, port: bool) -> Health {
        let params = &self.shadows[place].params;
        let mut health = Health { priority: params.priority, healthy: port };
        for track in &params.tracks {
            // keepalived's manual: `reverse` turns the direction of the adjustment around.
            let sign = if track.reverse { -1 } else { 1 };
            if track.weight == 0 {
                health.healthy &= self.uplink != track.reverse;
            } else if (track.weight > 0) == self.uplink {
                let sum = i16::from(health.priority) + track.weight * sign;
                health.priority = u8::try_from(sum.clamp(1, 254)).expect("clamped");
            }
        }
        health
    }

    /// What a packet says to a router of this node.
    pub(crate) fn told(&self, place: usize, packet: &Packet) -> Told {
        let params = &self.shadows[place].params;
        match Advert::parse(&packet.bytes, packet.from, packet.to) {
            Ok(advert)
                if advert.vrid == params.vrid
                    && advert.version == params.version
                    && advert.auth == params.auth
                    && (advert.version == Version::V3 || advert.interval == params.interval)
                    && packet.ttl == 255 =>
            {
                let Advert { priority, interval, .. } = advert;
                Told::Advert { from: packet.from, priority, interval }
            }
            _ => Told::Noise,
        }
    }

    /// Judges what a router of this node did over what it was told.
    pub(crate) fn judge(
        &mut self,
        now: Instant,
        router: usize,
        told: Told,
        health: Health,
        actions: &[Action],
    ) -> Verdict {
        let shadow = &mut self.shadows[router];
        let before = shadow.role;
        shadow.answered(now, told, health, actions)?;
        self.announcer.answered(now, router, (before, shadow.role), told, actions)
    }

    /// Judges the end of a turn.
    pub(crate) fn served(&mut self, now: Instant) -> Verdict {
        self.announcer.served(now)?;
        self.shadows.iter().try_for_each(|shadow| shadow.served(now))
    }

    /// One input to the engine, and all its actions.
    pub(crate) fn handle(&mut self, now: Instant, input: Input<'_>) -> Vec<Action> {
        self.engine.handle(now, input).collect()
    }
}

fn emit(from: IpAddr, to: IpAddr, advert: AdvertRepr<'_>) -> Packet {
    let mut buffer = [0; ADVERT_MAX];
    let length = advert.emit(&mut buffer, from, to);
    Packet { from, to, ttl: 255, bytes: buffer[..length].to_vec() }
}

/// The input that a port of the node changed.
pub(crate) fn port(up: bool) -> Input<'static> {
    Input::Link { link: Id::new(PORT), state: state(up) }
}

/// The input that the uplink of the node changed.
pub(crate) fn uplink(up: bool) -> Input<'static> {
    Input::Link { link: Id::new(UPLINK), state: state(up) }
}

/// The input of a packet on the port.
pub(crate) fn packet(packet: &Packet) -> Input<'_> {
    let Packet { from, to, ttl, ref bytes } = *packet;
    Input::Packet { link: Id::new(PORT), from, to, ttl, bytes }
}

fn state(up: bool) -> LinkState {
    if up { LinkState::Up } else { LinkState::Down }
}

fn own(family: Family, place: usize) -> IpAddr {
    let place = u8::try_from(place + 1).expect("few nodes");
    match family {
        Family::V4 => Ipv4Addr::new(10, 0, 0, place).into(),
        Family::V6 => Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, place.into()).into(),
    }
}

/// The virtual routers of a node.
pub(crate) fn params(options: &Options, member: &Member) -> Vec<Params> {
    (1..=options.vrids).map(|vrid| router(options, member, vrid)).collect()
}

fn router(options: &Options, member: &Member, vrid: u8) -> Params {
    let Member { interval, preempt, preempt_delay, owner, weight, reverse, gap, .. } = *member;
    let (higher_prio_send_advert, lower_prio_no_advert) = member.talk;
    let address = |n: u8| -> IpAddr {
        match options.family {
            Family::V4 => Ipv4Addr::new(192, 0, vrid, n).into(),
            Family::V6 => Ipv6Addr::new(0xfe80, 0, 0, 1, 0, 0, vrid.into(), n.into()).into(),
        }
    };
    let track = |weight| Track { what: Tracked::Link(Id::new(UPLINK)), weight, reverse };
    Params {
        version: options.version,
        family: options.family,
        vrid,
        priority: member.priorities[usize::from(vrid) - 1],
        interval,
        down_adverts: member.down_adverts,
        preempt,
        preempt_delay,
        begin: if owner { Begin::Master } else { Begin::Backup },
        auth: if options.password { Auth::Simple(*b"s3cret\0\0") } else { Auth::None },
        link: Id::new(PORT),
        group: match options.family {
            _ if options.unicast => options.family.unspecified(),
            Family::V4 => Ipv4Addr::new(224, 0, 0, 18).into(),
            Family::V6 => Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12).into(),
        },
        unicast: options.unicast.then(|| unicast(options)),
        track_link: true,
        tracks: weight.map(track).into_iter().collect(),
        addresses: (1..=options.addresses).map(address).collect(),
        announced: u16::from(options.addresses) + 1,
        announcing: Announcing {
            repeat: 5,
            delay: interval * 2,
            refresh: member.refresh,
            refresh_repeat: 1,
            lower_prio_repeat: 2,
            lower_prio_delay: member.lower_prio_delay,
            arp_gap: gap,
            na_gap: gap,
        },
        skip_check_addresses: false,
        lower_prio_no_advert,
        higher_prio_send_advert,
        unsupported: false,
    }
}

/// All nodes have the same list, with their own address among the peers; the one of strangers, too,
/// so that their packets have to be refused for what they are.
fn unicast(options: &Options) -> Unicast {
    let nodes = (0..options.nodes.len()).chain([STRANGER]);
    let peer = |place| Peer { ip: own(options.family, place), hops_min: 255, hops_max: 255 };
    Unicast { peers: nodes.map(peer).collect(), check_source: true, hops: 255 }
}
