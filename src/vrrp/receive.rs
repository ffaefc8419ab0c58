//! Which router a packet is for, with the checks before it counts (RFC 3768 7.1, RFC 9568 7.1).

use core::net::IpAddr;

use super::complaint::Complaint;
use super::event::{Action, Event};
use super::params::{Family, Params, Unicast, Version};
use super::router::{Advert, Router, State, Told};
use super::stats::Rejected;
use super::{Engine, RouterId, Turn};
use crate::machine::Instant;
use crate::track::link::LinkId;
use crate::wire::vrrp::{self as wire, HOPS};

/// A packet as it arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    pub(super) link: LinkId,
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) ttl: u8,
    pub(super) bytes: &'a [u8],
}

/// What a packet tells its router by: interface, number, where it is heard, which has the family.
type Key = (LinkId, u8, IpAddr);

/// From the key of a router to its place.
#[derive(Debug)]
pub(super) struct Directory(Box<[(Key, RouterId)]>);

impl Directory {
    pub(super) fn new(routers: impl Iterator<Item = (Key, RouterId)>) -> Self {
        let mut entries: Box<[_]> = routers.collect();
        entries.sort_unstable();
        Self(entries)
    }

    /// All that have this key: of multicast one at most.
    fn find(&self, key: Key) -> impl Iterator<Item = RouterId> + Clone + '_ {
        let at = self.0.partition_point(|(entry, _)| *entry < key);
        let rest = self.0.get(at..).unwrap_or_default();
        rest.iter().take_while(move |(entry, _)| *entry == key).map(|(_, id)| *id)
    }
}

impl Params {
    pub(super) fn key(&self) -> Key {
        (self.link, self.vrid, self.group)
    }
}

impl Engine {
    pub(super) fn receive(&mut self, now: Instant, packet: &Packet<'_>) {
        let Some(&vrid) = packet.bytes.get(1) else {
            self.strays.malformed += 1;
            return;
        };
        match self.addressee(vrid, packet) {
            Some(id) => self.serve(now, id, |router, turn| router.receive(turn, packet)),
            None => self.strays.unknown_router += 1,
        }
    }

    /// The router a packet is for. Where several of unicast share a number and an address, their
    /// peers tell them apart.
    fn addressee(&self, vrid: u8, packet: &Packet<'_>) -> Option<RouterId> {
        let Packet { link, from, to, .. } = *packet;
        let any = Family::of(to).unspecified();
        let found = self.directory.find((link, vrid, to));
        let found = found.chain(self.directory.find((link, vrid, any)));
        let mut found = found.filter(|&id| self.routers[id].is_addressed(to));
        let of_peer = |id: &RouterId| {
            self.routers[*id].params.unicast.as_ref().is_some_and(|one| one.peer(from).is_some())
        };
        found.clone().find(of_peer).or_else(|| found.next())
    }
}

impl Router {
    fn is_addressed(&self, to: IpAddr) -> bool {
        self.params.unicast.is_none() || self.source == Some(to)
    }

    fn receive(&mut self, turn: &mut Turn<'_>, packet: &Packet<'_>) {
        match self.state {
            State::Init | State::Held { .. } | State::Fault { .. } => return,
            State::Backup(_) | State::Master(_) => {}
        }
        // Multicast comes back from some bridges.
        if Some(packet.from) == self.source {
            return;
        }
        let from = packet.from;
        match self.welcome(packet) {
            Ok(advert) => {
                self.stats.adverts_received += 1;
                self.stats.zero_received += u64::from(advert.priority == 0);
                self.compare_addresses(turn, from, &advert);
                let wire::Advert { priority, interval, .. } = advert;
                self.handle(turn, Told::Advert(Advert { from, priority, interval }));
            }
            Err(reason) => {
                self.stats.reject(reason);
                if self.complaints.tell(turn.now, Complaint::Rejected(reason)) {
                    let event = Event::Rejected { router: self.id, reason, from };
                    turn.act(Action::Report(event));
                }
            }
        }
    }

    /// The checks in the order of RFC 9568 7.1, then RFC 3768 7.1; authentication as RFC 2338
    /// 5.3.6.
    fn welcome<'a>(&self, packet: &Packet<'a>) -> Result<wire::Advert<'a>, Rejected> {
        match &self.params.unicast {
            None if packet.ttl != HOPS => return Err(Rejected::Hops),
            None => {}
            Some(unicast) => unicast.welcome(packet)?,
        }
        let advert = wire::Advert::parse(packet.bytes, packet.from, packet.to)
            .map_err(Rejected::Malformed)?;
        if advert.version != self.params.version {
            return Err(Rejected::Version);
        }
        match advert.version {
            Version::V2 => self.welcome_v2(&advert)?,
            Version::V3 => {}
        }
        Ok(advert)
    }

    fn welcome_v2(&self, advert: &wire::Advert<'_>) -> Result<(), Rejected> {
        match (self.params.auth, advert.auth) {
            (wire::Auth::None, wire::Auth::None) => {}
            (wire::Auth::Simple(ours), wire::Auth::Simple(theirs)) if ours == theirs => {}
            (wire::Auth::Simple(_), wire::Auth::Simple(_)) => return Err(Rejected::AuthData),
            (wire::Auth::None, wire::Auth::Simple(_))
            | (wire::Auth::Simple(_), wire::Auth::None) => return Err(Rejected::AuthType),
        }
        if advert.interval.secs() != self.params.interval.secs() {
            return Err(Rejected::Interval);
        }
        Ok(())
    }

    /// Other addresses are a mistake in one of the configurations, yet no reason for two masters:
    /// the advert counts, as it does for keepalived from 2.3.3 on.
    fn compare_addresses(&mut self, turn: &mut Turn<'_>, from: IpAddr, advert: &wire::Advert<'_>) {
        let known = self.heard.is_some_and(|heard| heard.from == from);
        if self.params.skip_check_addresses && known || self.advertises_the_same(advert) {
            return;
        }
        self.stats.address_errors += 1;
        if self.complaints.tell(turn.now, Complaint::OtherAddresses) {
            turn.act(Action::Report(Event::OtherAddresses { router: self.id, from }));
        }
    }

    fn advertises_the_same(&self, advert: &wire::Advert<'_>) -> bool {
        let ours = &self.params.addresses;
        advert.addresses.iter().eq(ours.iter().copied())
            || advert.addresses.len() == ours.len()
                && ours.iter().all(|&ours| advert.addresses.iter().any(|theirs| theirs == ours))
    }
}

impl Unicast {
    /// A unicast advert may have been routed: the TTL of RFC 9568 7.1 is for multicast.
    fn welcome(&self, packet: &Packet<'_>) -> Result<(), Rejected> {
        match self.peer(packet.from) {
            // No packet may have such a source (RFC 1122 3.2.1.3, RFC 4291 2.5.2).
            None if packet.from.is_unspecified() || packet.from.is_multicast() => {
                Err(Rejected::Peer)
            }
            None if self.check_source => Err(Rejected::Peer),
            Some(peer) if !(peer.hops_min..=peer.hops_max).contains(&packet.ttl) => {
                Err(Rejected::Distance)
            }
            None | Some(_) => Ok(()),
        }
    }
}
