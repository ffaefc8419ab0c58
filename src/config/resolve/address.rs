//! Addresses: those of an instance in the order of its adverts, those that are static.

use core::net::{IpAddr, Ipv4Addr};

use super::Resolver;
use super::instance::{Draft, family_of};
use crate::config::problem::Severity;
use crate::config::sorted::Sorted;
use crate::config::value::{Address as Written, Broadcast};
use crate::config::{Address, IfName};
use crate::vrrp::Family;

/// Addresses an advert can count (RFC 9568 5.2.5).
const COUNT_MAX_V4: usize = 255;
/// Addresses of IPv6 that fit an Ethernet frame: (1500 - 40 - 8) / 16.
const COUNT_MAX_V6: usize = 90;

/// `IFA_F_HOMEADDRESS`.
const HOMEADDRESS: u32 = 0x10;
/// `IFA_F_MANAGETEMPADDR`.
const MANAGETEMPADDR: u32 = 0x100;
/// `IFA_F_NOPREFIXROUTE`.
const NOPREFIXROUTE: u32 = 0x200;
/// `IFA_F_MCAUTOJOIN`.
const MCAUTOJOIN: u32 = 0x400;

/// The words for flags.
const FLAGS: [(&str, u32); 4] = [
    ("home", HOMEADDRESS),
    ("mngtmpaddr", MANAGETEMPADDR),
    ("noprefixroute", NOPREFIXROUTE),
    ("autojoin", MCAUTOJOIN),
];

/// Who sets an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A master, who knows that no other has it: IPv6 needs no detection of duplicates.
    Virtual,
    /// The daemon, at its start.
    Static,
}

impl Resolver<'_> {
    /// The addresses of an instance, the advertised ones first, and how many those are.
    pub(super) fn addresses(&mut self, draft: &Draft<'_>, own: &IfName) -> (Box<[Address]>, usize) {
        let max = match draft.family {
            Family::V4 => COUNT_MAX_V4,
            Family::V6 => COUNT_MAX_V6,
        };
        let mut advertised: Vec<&Written> = Vec::new();
        let mut moved: Vec<&Written> = Vec::new();
        let mut seen = Sorted::default();
        for written in &draft.written.virtual_ipaddress.value.0 {
            if !seen.insert(written.ip) {
                self.tell_twice(written, &draft.subject);
                continue;
            }
            let why = if family_of(written.ip) != draft.family {
                "is not of the family of the first address"
            } else if advertised.len() == max {
                "does not fit the advert"
            } else {
                advertised.push(written);
                continue;
            };
            let text = format!(
                "{}virtual_ipaddress: {} {why}; it is held as one of virtual_ipaddress_excluded",
                draft.subject, written.ip
            );
            self.tell(Severity::Warning, written.at.0, text);
            moved.push(written);
        }
        self.tell_empty(draft, advertised.len());
        let count = advertised.len();
        let mut all = advertised;
        all.extend(moved);
        for written in &draft.written.virtual_ipaddress_excluded.value.0 {
            if seen.insert(written.ip) {
                all.push(written);
            } else {
                self.tell_twice(written, &draft.subject);
            }
        }
        let subject = &draft.subject;
        for written in &all {
            self.tell_host(written, subject);
        }
        let all = all.into_iter().map(|written| self.address(written, own, Kind::Virtual, subject));
        (all.collect(), count)
    }

    /// `static_ipaddress`.
    pub(super) fn statics(&mut self) -> Box<[Address]> {
        let root = self.root;
        let own = self.default_interface();
        let all = root.addresses.value.0.iter();
        all.map(|written| self.address(written, &own, Kind::Static, "static_ipaddress: ")).collect()
    }

    /// Tell of an address that no host can have.
    fn tell_host(&mut self, written: &Written, subject: &str) {
        let ip = written.ip;
        let broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
        if ip.is_unspecified() || ip.is_multicast() || ip.is_loopback() || broadcast {
            let text = format!("{subject}{ip} is no address of a host on a network");
            self.tell(Severity::Warning, written.at.0, text);
        }
    }

    fn tell_twice(&mut self, written: &Written, subject: &str) {
        let text = format!("{subject}{} is named twice", written.ip);
        self.tell(Severity::Caution, written.at.0, text);
    }

    fn tell_empty(&mut self, draft: &Draft<'_>, count: usize) {
        let purpose = draft.written.no_virtual_ipaddress.is_written();
        let field = &draft.written.virtual_ipaddress;
        // Entries that are refused have been told of.
        if count > 0 || purpose || self.has_entries(field.at) {
            return;
        }
        let at = if field.is_written() { field.at } else { draft.at };
        let (severity, then) = match draft.needs_addresses() {
            true => (Severity::Error, ", which version 3 and strict mode do not allow"),
            false => (Severity::Warning, ""),
        };
        let text = format!(
            "{}no virtual_ipaddress{then}; accepted: an address, or no_virtual_ipaddress",
            draft.subject
        );
        self.tell(severity, at, text);
    }

    fn address(&mut self, written: &Written, own: &IfName, kind: Kind, subject: &str) -> Address {
        let max = if written.ip.is_ipv4() { 32 } else { 128 };
        let own_prefix = written.prefix.unwrap_or(max);
        // With a far end the prefix is that of the far end.
        let prefix = written.peer.map_or(own_prefix, |(_, prefix)| prefix.unwrap_or(max));
        let mut label = written.label.clone();
        if label.is_some() && written.ip.is_ipv6() {
            let text = format!("{subject}{}: label: IPv6 has none; it is ignored", written.ip);
            self.tell(Severity::Warning, written.at.0, text);
            label = None;
        }
        Address {
            ip: written.ip,
            prefix,
            link: self.link(written.dev.as_ref().unwrap_or(own), written.at.0),
            peer: written.peer.map(|(ip, _)| ip),
            broadcast: written.broadcast.map(|kind| broadcast(kind, written.ip, prefix)),
            scope: written.scope.unwrap_or(0),
            label,
            preferred_lft: preferred(written, prefix),
            dad: detects(written, kind),
            flags: flags(written),
        }
    }
}

/// The broadcast address meant.
fn broadcast(kind: Broadcast, ip: IpAddr, prefix: u8) -> IpAddr {
    let host = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
    match (kind, ip) {
        (Broadcast::Is(ip), _) => ip,
        (Broadcast::Ones, IpAddr::V4(ip)) => Ipv4Addr::from_bits(ip.to_bits() | host).into(),
        (Broadcast::Zeros, IpAddr::V4(ip)) => Ipv4Addr::from_bits(ip.to_bits() & !host).into(),
        (Broadcast::Ones | Broadcast::Zeros, IpAddr::V6(_)) => ip,
    }
}

/// The preferred life time in seconds: an IPv6 address without subnet is no source by default.
fn preferred(written: &Written, prefix: u8) -> Option<u32> {
    let default = if written.ip.is_ipv6() && prefix == 128 { 0 } else { u32::MAX };
    Some(written.preferred_lft.unwrap_or(default)).filter(|seconds| *seconds != u32::MAX)
}

/// More flags of the address, as the kernel numbers them.
fn flags(written: &Written) -> u32 {
    FLAGS.iter().filter(|(word, _)| written.has(word)).fold(0, |flags, (_, flag)| flags | flag)
}

/// Whether the kernel looks for duplicates: `-nodad` turns round what is the default.
fn detects(written: &Written, kind: Kind) -> bool {
    written.ip.is_ipv6() && (kind == Kind::Static) != written.has("-nodad")
}
