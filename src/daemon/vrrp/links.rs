//! The interfaces in use, as the kernel has them.

use core::fmt::Write as _;
use core::net::IpAddr;

use crate::config::IfName;
use crate::sys::link::Link;
use crate::sys::sysctl;
use crate::vrrp::{Family, LinkId, LinkState};

/// One interface.
#[derive(Clone, Debug)]
pub(super) struct LinkEntry {
    /// Its name, as configured.
    pub(super) name: IfName,
    /// Its number; `None` while there is no such interface.
    pub(super) index: Option<u32>,
    /// Up and running.
    pub(super) up: bool,
    /// Hardware address, if it is of Ethernet's kind.
    pub(super) mac: Option<[u8; 6]>,
    /// Whether ARP is spoken on it.
    pub(super) arp: bool,
    /// Whether IPv6 is forwarded: the router flag of neighbour advertisements (RFC 4861 4.4).
    pub(super) forwards: bool,
    /// First usable IPv4 address.
    pub(super) v4: Option<IpAddr>,
    /// First usable IPv6 link-local address.
    pub(super) v6: Option<IpAddr>,
}

/// All interfaces of a configuration.
#[derive(Debug)]
pub(super) struct Links {
    list: Box<[LinkEntry]>,
}

/// What a change of an interface means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Which.
    pub(super) link: LinkId,
    /// Its state.
    pub(super) state: LinkState,
    /// It is another interface than before, or none: sockets on it are to be opened anew.
    pub(super) replaced: bool,
    /// The number of the interface that was renamed, and is there with what was set on it.
    pub(super) left: Option<u32>,
}

impl Links {
    /// The interfaces of these names, none of them found yet.
    pub(super) fn new(names: &[IfName]) -> Self {
        let entry = |name: &IfName| LinkEntry {
            name: name.clone(),
            index: None,
            up: false,
            mac: None,
            arp: true,
            forwards: false,
            v4: None,
            v6: None,
        };
        Self { list: names.iter().map(entry).collect() }
    }

    /// An interface.
    pub(super) fn get(&self, link: LinkId) -> Option<&LinkEntry> {
        self.list.get(link.index())
    }

    /// The interface of this name.
    pub(super) fn named(&self, name: &str) -> Option<LinkId> {
        self.list.iter().position(|entry| entry.name == name).map(LinkId::new)
    }

    /// The interface of this number.
    pub(super) fn numbered(&self, index: u32) -> Option<LinkId> {
        self.list.iter().position(|entry| entry.index == Some(index)).map(LinkId::new)
    }

    /// The source address of adverts on an interface.
    pub(super) fn source(&self, link: LinkId, family: Family) -> Option<IpAddr> {
        self.get(link).and_then(|entry| match family {
            Family::V4 => entry.v4,
            Family::V6 => entry.v6,
        })
    }

    /// Take over what an earlier configuration knew of the interfaces it had in common with this
    /// one.
    pub(super) fn inherit(&mut self, earlier: &Self) {
        for entry in &mut self.list {
            if let Some(known) = earlier.list.iter().find(|known| known.name == entry.name) {
                entry.clone_from(known);
            }
        }
    }

    /// Take what the kernel says of an interface; what changed for us. An interface that was
    /// renamed is gone under its old name, so one message may mean two changes.
    pub(super) fn update(&mut self, info: &Link, changed: &mut dyn FnMut(Change)) {
        for (at, entry) in self.list.iter_mut().enumerate() {
            let ours = entry.name.as_str() == info.name.as_str() && !info.gone;
            if !ours && entry.index == Some(info.index) {
                entry.index = None;
                entry.up = false;
                let state = LinkState::Absent;
                let left = (!info.gone).then_some(info.index);
                changed(Change { link: LinkId::new(at), state, replaced: true, left });
            }
            if !ours {
                continue;
            }
            let replaced = entry.index != Some(info.index);
            let moved = replaced || entry.up != info.up_and_running;
            entry.index = Some(info.index);
            entry.up = info.up_and_running;
            entry.mac = info.mac;
            entry.arp = !info.noarp;
            if moved {
                entry.forwards = forwards(&entry.name);
                let state = if entry.up { LinkState::Up } else { LinkState::Down };
                changed(Change { link: LinkId::new(at), state, replaced, left: None });
            }
        }
    }

    /// The interface turned out to be absent: a dump did not show it.
    pub(super) fn absent(&mut self, seen: &dyn Fn(u32) -> bool, changed: &mut dyn FnMut(Change)) {
        for (at, entry) in self.list.iter_mut().enumerate() {
            if entry.index.is_some_and(|index| index > 0 && !seen(index)) {
                entry.index = None;
                entry.up = false;
                let state = LinkState::Absent;
                changed(Change { link: LinkId::new(at), state, replaced: true, left: None });
            }
        }
    }

    /// The interface of routers without one has no name, is always there, and has a number that
    /// binds a socket to nothing.
    pub(super) fn any(&mut self, changed: &mut dyn FnMut(Change)) {
        for (at, entry) in self.list.iter_mut().enumerate() {
            if entry.name.is_empty() && entry.index.is_none() {
                entry.index = Some(0);
                entry.up = true;
                let (link, state) = (LinkId::new(at), LinkState::Up);
                changed(Change { link, state, replaced: true, left: None });
            }
        }
    }

    /// Forget the addresses, before a dump that offers them again.
    pub(super) fn forget_addresses(&mut self) {
        for entry in &mut self.list {
            entry.v4 = None;
            entry.v6 = None;
        }
    }

    /// An address of an interface that adverts may come from: the first one offered stays.
    pub(super) fn offer(&mut self, link: LinkId, ip: IpAddr) {
        let Some(entry) = self.list.get_mut(link.index()) else { return };
        match ip {
            IpAddr::V4(_) => entry.v4 = entry.v4.or(Some(ip)),
            // RFC 9568 5.1.2.1: the link-local address of the interface.
            IpAddr::V6(v6) if v6.is_unicast_link_local() => entry.v6 = entry.v6.or(Some(ip)),
            IpAddr::V6(_) => {}
        }
    }
}

/// Whether IPv6 is forwarded from an interface.
fn forwards(name: &str) -> bool {
    let mut key = heapless::String::<{ sysctl::KEY_MAX }>::new();
    write!(key, "net/ipv6/conf/{name}/forwarding").is_ok() && sysctl::read(&key).unwrap_or(0) > 0
}
