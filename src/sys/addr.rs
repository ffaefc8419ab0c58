//! Addresses of interfaces: the requests to set them, built once, with what the kernel tells of
//! them.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::io;

use netlink_packet_core::{Emitable as _, NLM_F_CREATE, NLM_F_EXCL, NlasIterator};
use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeader, AddressHeaderFlags, AddressProtocol, CacheInfo,
};
use nix::errno::Errno;
use nix::libc;

use super::netlink::{Message, Netlink, Request};

/// The mark on every address that this program sets (`IFA_PROTO`, Linux 5.18): the number of VRRP,
/// which `ip address` shows as `proto 112`.
pub const MARK: u8 = 112;

/// A label of an IPv4 address, at most 15 bytes.
pub type Label = heapless::String<15>;

/// Whether an IPv6 address is looked for on the link before it is used (RFC 4862 5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dad {
    /// Use it at once, as a virtual address must be, for the former master may still answer for it.
    #[default]
    Skip,
    /// Wait for the kernel's duplicate address detection.
    Perform,
}

/// An address as it should be on an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressSpec {
    /// The interface; [`Request::set_index`] changes it later.
    pub index: u32,
    /// The address.
    pub ip: IpAddr,
    /// Length of its prefix, or that of the peer, in bits.
    pub prefix: u8,
    /// The address of the other side of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// The broadcast address, of IPv4.
    pub broadcast: Option<Ipv4Addr>,
    /// 0 global, 200 site, 253 link, 254 host (linux/rtnetlink.h).
    pub scope: u8,
    /// The label, of IPv4; the interface's name if none.
    pub label: Option<Label>,
    /// Seconds it is preferred as a source, 0: never; `None`: for ever.
    pub preferred: Option<u32>,
    /// Whether an IPv6 address is looked for on the link first.
    pub dad: Dad,
    /// More flags of the kernel, as linux/if_addr.h numbers them.
    pub flags: u32,
}

impl AddressSpec {
    /// A global address for ever, without anything beyond its prefix.
    pub fn new(index: u32, ip: IpAddr, prefix: u8) -> Self {
        Self {
            index,
            ip,
            prefix,
            peer: None,
            broadcast: None,
            scope: 0,
            label: None,
            preferred: None,
            dad: Dad::Skip,
            flags: 0,
        }
    }
}

/// The request that sets an address. One that is there already, be it ours or not, is left as it
/// is, and the request was [`super::netlink::Outcome::Needless`].
pub fn add(spec: &AddressSpec) -> Request {
    let mut attributes = vec![
        AddressAttribute::Local(spec.ip),
        AddressAttribute::Address(spec.peer.unwrap_or(spec.ip)),
        AddressAttribute::Protocol(AddressProtocol::Other(MARK)),
        AddressAttribute::Flags(AddressFlags::from_bits_retain(flags_of(spec))),
    ];
    match spec.ip {
        IpAddr::V4(_) => {
            attributes.extend(spec.broadcast.map(AddressAttribute::Broadcast));
            let label = spec.label.as_ref();
            attributes.extend(label.map(|label| AddressAttribute::Label(label.as_str().into())));
        }
        IpAddr::V6(_) => {}
    }
    if let Some(preferred) = spec.preferred {
        let mut lifetimes = CacheInfo::default();
        lifetimes.ifa_preferred = preferred;
        lifetimes.ifa_valid = u32::MAX;
        attributes.push(AddressAttribute::CacheInfo(lifetimes));
    }
    let flags = NLM_F_CREATE | NLM_F_EXCL;
    request(libc::RTM_NEWADDR, flags, Errno::EEXIST, spec, &attributes)
}

/// The request that removes an address. If there is none, the request was
/// [`super::netlink::Outcome::Needless`].
pub fn delete(spec: &AddressSpec) -> Request {
    let attributes =
        [AddressAttribute::Local(spec.ip), AddressAttribute::Address(spec.peer.unwrap_or(spec.ip))];
    request(libc::RTM_DELADDR, 0, Errno::EADDRNOTAVAIL, spec, &attributes)
}

fn flags_of(spec: &AddressSpec) -> u32 {
    let dad = match (spec.ip, spec.dad) {
        (IpAddr::V6(_), Dad::Skip) => AddressFlags::Nodad.bits(),
        (IpAddr::V4(_), _) | (_, Dad::Perform) => 0,
    };
    spec.flags | dad
}

fn request(
    kind: u16,
    flags: u16,
    needless: Errno,
    spec: &AddressSpec,
    attributes: &[AddressAttribute],
) -> Request {
    let family = match spec.ip {
        IpAddr::V4(_) => AF_INET,
        IpAddr::V6(_) => AF_INET6,
    };
    let header = AddressHeader {
        family: family.into(),
        prefix_len: spec.prefix,
        flags: AddressHeaderFlags::empty(),
        scope: spec.scope.into(),
        index: spec.index,
    };
    let len = header.buffer_len() + attributes.buffer_len();
    Request::new(kind, flags, needless, len, |payload| {
        let (head, rest) = payload.split_at_mut(header.buffer_len());
        header.emit(head);
        attributes.emit(rest);
    })
}

/// An address as the kernel tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The interface.
    pub index: u32,
    /// The address.
    pub ip: IpAddr,
    /// Length of its prefix, or that of the peer, in bits.
    pub prefix: u8,
    /// The other side of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// 0 global, 200 site, 253 link, 254 host.
    pub scope: u8,
    /// Who set it: [`MARK`] for this program. `None`: the kernel does not tell (before Linux 5.18),
    /// or nobody said when it was set.
    pub proto: Option<u8>,
    /// The kernel still looks for it on the link, so that it cannot be used.
    pub tentative: bool,
    /// Another machine has it, so that it cannot be used.
    pub dad_failed: bool,
    /// There is another one of the same IPv4 network, before it; or it is a temporary one of IPv6.
    pub secondary: bool,
    /// Not to be chosen as a source.
    pub deprecated: bool,
    /// It was removed.
    pub gone: bool,
}

impl Address {
    /// It can be the source of a packet.
    pub fn is_usable(&self) -> bool {
        !self.gone && !self.tentative && !self.dad_failed
    }

    /// Read a message of the kernel; `None` if it is not about an address.
    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let gone = match message.kind {
            libc::RTM_NEWADDR => false,
            libc::RTM_DELADDR => true,
            _ => return None,
        };
        let (&[family, prefix, flags, scope, i0, i1, i2, i3], rest) =
            message.payload.split_first_chunk::<HEADER_LEN>()?;
        let (mut address, mut local, mut proto, mut flags) = (None, None, None, u32::from(flags));
        for attribute in NlasIterator::new(rest).map_while(Result::ok) {
            let value = attribute.value();
            match attribute.kind() {
                IFA_ADDRESS => address = ip(family, value),
                IFA_LOCAL => local = ip(family, value),
                IFA_FLAGS => {
                    flags = value.first_chunk().map_or(flags, |bits| u32::from_ne_bytes(*bits));
                }
                IFA_PROTO => proto = value.first().copied(),
                _ => {}
            }
        }
        let own = local.or(address)?;
        let flags = AddressFlags::from_bits_retain(flags);
        Some(Self {
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            ip: own,
            prefix,
            peer: address.filter(|&peer| peer != own),
            scope,
            proto: proto.filter(|&proto| proto != 0),
            tentative: flags.contains(AddressFlags::Tentative),
            dad_failed: flags.contains(AddressFlags::Dadfailed),
            secondary: flags.contains(AddressFlags::Secondary),
            deprecated: flags.contains(AddressFlags::Deprecated),
            gone,
        })
    }
}

impl Netlink {
    /// Tell `address` every address of every interface, of both families.
    ///
    /// One may come twice if the list changes meanwhile.
    ///
    /// # Errors
    /// The socket failed, or the kernel did not answer in time.
    pub fn dump_addresses(&mut self, address: &mut dyn FnMut(&Address)) -> io::Result<()> {
        self.dump(libc::RTM_GETADDR, &[0; HEADER_LEN], &mut |message| {
            if let Some(found) = Address::parse(message) {
                address(&found);
            }
        })
    }
}

fn ip(family: u8, value: &[u8]) -> Option<IpAddr> {
    match family {
        AF_INET => value.first_chunk::<4>().map(|&octets| Ipv4Addr::from(octets).into()),
        AF_INET6 => value.first_chunk::<16>().map(|&octets| Ipv6Addr::from(octets).into()),
        _ => None,
    }
}

/// Length of ifaddrmsg.
const HEADER_LEN: usize = 8;

// The families as the kernel writes them here, in one byte (linux/socket.h).
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

// linux/if_addr.h
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;
const IFA_PROTO: u16 = 11;

#[cfg(test)]
mod tests;
