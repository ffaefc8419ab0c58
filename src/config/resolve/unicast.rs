//! Unicast: the peers of an instance, its own address, whether it needs an interface.

use core::net::{IpAddr, Ipv4Addr};

use super::Resolver;
use super::instance::{Draft, family_of};
use crate::config::IfName;
use crate::config::problem::Severity;
use crate::config::schema::Field;
use crate::config::value::Ip;
use crate::vrrp::{Peer, Unicast};
use crate::wire::vrrp::HOPS;

impl Resolver<'_> {
    /// How the adverts go to the peers; `None` if there are none, which is told of.
    pub(super) fn unicast(&mut self, draft: &Draft<'_>) -> Option<Unicast> {
        let written = draft.written;
        let own = draft.source().written().map(|ip| ip.0);
        let mut peers: Vec<Peer> = Vec::new();
        let mut checks = false;
        for peer in &written.unicast_peer.value.0 {
            let ip = peer.ip;
            let (severity, what) = if family_of(ip) != draft.family {
                (Severity::Warning, "is not of the family of the addresses; ignored")
            } else if !is_of_a_router(ip) {
                (Severity::Warning, "is no address of a router; ignored")
            } else if Some(ip) == own {
                (Severity::Warning, "is the own address; ignored")
            } else if peers.iter().any(|other| other.ip == ip) {
                (Severity::Caution, "is named twice")
            } else {
                checks |= peer.min_ttl.is_some() || peer.max_ttl.is_some();
                let hops_min = peer.min_ttl.unwrap_or(0);
                let hops_max = peer.max_ttl.unwrap_or(u8::MAX);
                if hops_min > hops_max {
                    let text =
                        format!("{}unicast_peer: {ip}: min_ttl is above max_ttl", draft.subject);
                    self.tell(Severity::Warning, peer.at.0, text);
                }
                peers.push(Peer { ip, hops_min, hops_max });
                continue;
            };
            let text = format!("{}unicast_peer: {ip} {what}", draft.subject);
            self.tell(severity, peer.at.0, text);
        }
        if peers.is_empty() {
            self.tell_without_peers(draft);
            return None;
        }
        // As keepalived does it, a range of TTL is that of a known peer alone.
        let global = self.globals().check_unicast_src.is_written();
        let check = written.check_unicast_src.written().map_or(global, |word| word.0);
        let hops = written.unicast_ttl.written().and_then(|ttl| u8::try_from(ttl.get()).ok());
        let check_source = check || checks;
        Some(Unicast { peers: peers.into(), check_source, hops: hops.unwrap_or(HOPS) })
    }

    /// Words of unicast without a peer that can be used.
    fn tell_without_peers(&mut self, draft: &Draft<'_>) {
        let (list, demand) = (&draft.written.unicast_peer, &draft.written.unicast_fault_no_peer);
        let own = &draft.written.unicast_src_ip;
        let (severity, at, what) = if draft.lacks_peers() {
            let at = if list.is_written() { list.at } else { demand.at };
            let what =
                "no unicast peer; accepted: unicast_peer with addresses of the other routers";
            (Severity::Error, at, what)
        } else if own.is_written() {
            let what = "unicast_src_ip: without unicast_peer adverts go to the multicast group";
            (Severity::Warning, own.at, what)
        } else {
            return;
        };
        self.tell(severity, at, format!("{}{what}", draft.subject));
    }

    /// The interface of an instance that names none: a unicast router that knows its own address
    /// and is not bound to a link can do without, and has the one without a name.
    pub(super) fn no_interface(&mut self, draft: &Draft<'_>) -> Option<IfName> {
        let own = draft.source().written().map(|ip| ip.0);
        let own = own.filter(|ip| family_of(*ip) == draft.family);
        let peers = draft.written.unicast_peer.value.0.iter().map(|peer| peer.ip);
        let why = match own {
            _ if draft.written.unicast_peer.value.0.is_empty() => "",
            None => ", and so is unicast_src_ip",
            Some(own) if peers.chain([own]).any(is_link_local) => {
                ", which link-local addresses need"
            }
            Some(_) => return Some(IfName::new()),
        };
        let text = format!("{}interface is missing{why}; accepted: its name", draft.subject);
        self.tell(Severity::Error, draft.at, text);
        None
    }
}

/// Whether a packet can come from, or go to, one router by this address.
pub(super) fn is_of_a_router(ip: IpAddr) -> bool {
    !ip.is_unspecified() && !ip.is_multicast() && ip != IpAddr::V4(Ipv4Addr::BROADCAST)
}

/// Whether the address means another thing on each link.
pub(super) fn is_link_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

impl Draft<'_> {
    /// Whether it is one of the virtual addresses.
    pub(super) fn holds(&self, ip: IpAddr) -> bool {
        self.written.virtual_ipaddress.value.0.iter().any(|held| held.ip == ip)
    }

    /// The word that gives the source of the adverts: each of the two does where the other is not
    /// written.
    pub(super) fn source(&self) -> &Field<Ip> {
        let (multicast, unicast) = (&self.written.mcast_src_ip, &self.written.unicast_src_ip);
        let is_unicast = !self.written.unicast_peer.value.0.is_empty();
        match (is_unicast, multicast.is_written(), unicast.is_written()) {
            (true, _, true) | (false, false, true) => unicast,
            _ => multicast,
        }
    }

    /// Whether peers are asked for. keepalived goes back to multicast without, which is nothing
    /// that whoever writes this can mean.
    pub(super) fn lacks_peers(&self) -> bool {
        self.written.unicast_peer.is_written() || self.written.unicast_fault_no_peer.is_written()
    }
}
