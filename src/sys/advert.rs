//! The raw sockets of adverts: one that hears a group on one interface, one that sends by it.

use core::cell::Cell;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::net::if_::if_indextoname;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrIn,
    SockaddrIn6, recv, recvmsg, sendmsg, sendto, setsockopt, socket, sockopt,
};
use smoltcp::wire::{IpProtocol, Ipv6Packet};

use super::frame::raw_socket;
use super::opts;
use crate::wire::ip;
use crate::wire::vrrp::{Family, PROTOCOL};

/// Sizes of the kernel's queues of a socket, in bytes; `None`: the system's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers {
    /// What may wait to be received.
    pub receive: Option<usize>,
    /// What may wait to be sent.
    pub send: Option<usize>,
}

/// A socket that hears the adverts to one group, and to this machine, on one interface.
#[derive(Debug)]
pub struct Receiver {
    socket: OwnedFd,
    family: Family,
    index: u32,
}

/// An advert as it arrived; it borrows the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received<'a> {
    /// What follows the IP header.
    pub payload: &'a [u8],
    /// Its source.
    pub from: IpAddr,
    /// Its destination.
    pub to: IpAddr,
    /// Its TTL or hop limit.
    pub ttl: u8,
    /// The interface it came in by.
    pub index: u32,
}

impl Receiver {
    /// Hear `group` on the interface `index`, and nothing of other groups or interfaces. The
    /// unspecified address is no group: unicast alone is heard. The index 0 is any interface.
    ///
    /// # Errors
    /// `ENODEV`: no such interface; `ENOBUFS`: too many groups (sysctl `igmp_max_memberships`). It
    /// needs `CAP_NET_RAW`.
    pub fn open(index: u32, group: IpAddr, buffers: Buffers) -> io::Result<Self> {
        let family = Family::of(group);
        let socket = raw_socket(domain(family), PROTOCOL)?;
        bind_to(&socket, index)?;
        set_buffers(&socket, buffers);
        if !group.is_unspecified() {
            join(&socket, index, group)?;
        }
        hear_own_groups_alone(&socket, family)?;
        if family == Family::V6 {
            setsockopt(&socket, sockopt::Ipv6RecvPacketInfo, &true)?;
            setsockopt(&socket, opts::ReceiveHopLimit, &true)?;
        }
        let receiver = Self { socket, family, index };
        receiver.forget_early_arrivals();
        Ok(receiver)
    }

    /// Hear one more group on the same interface.
    ///
    /// # Errors
    /// `InvalidInput` for a group of the other family; otherwise as [`Receiver::open`].
    pub fn join(&self, group: IpAddr) -> io::Result<()> {
        if Family::of(group) != self.family {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        match join(&self.socket, self.index, group) {
            Err(error) if error.raw_os_error() == Some(libc::EADDRINUSE) => Ok(()),
            result => result,
        }
    }

    /// The next advert that waits; `None` when there is none. What does not fit in `buf` is cut.
    ///
    /// # Errors
    /// `InvalidData`: a packet that is not even a whole header; it is lost. `ENETDOWN`: the
    /// interface went down.
    pub fn recv<'a>(&self, buf: &'a mut [u8]) -> io::Result<Option<Received<'a>>> {
        match self.family {
            Family::V4 => self.recv_v4(buf),
            Family::V6 => self.recv_v6(buf),
        }
    }

    fn recv_v4<'a>(&self, buf: &'a mut [u8]) -> io::Result<Option<Received<'a>>> {
        let len = match recv(self.socket.as_raw_fd(), buf, MsgFlags::MSG_DONTWAIT) {
            Ok(len) => len,
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let bytes = buf.get(..len).unwrap_or_default();
        let packet = ip::Packet::parse(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Some(Received {
            payload: packet.payload,
            from: packet.from.into(),
            to: packet.to.into(),
            ttl: packet.ttl,
            index: self.index,
        }))
    }

    fn recv_v6<'a>(&self, buf: &'a mut [u8]) -> io::Result<Option<Received<'a>>> {
        let mut control = Control([0; CONTROL_BYTES]);
        let mut parts = [IoSliceMut::new(buf)];
        let raw = self.socket.as_raw_fd();
        let flags = MsgFlags::MSG_DONTWAIT;
        let message = match recvmsg::<SockaddrIn6>(raw, &mut parts, Some(&mut control.0), flags) {
            Ok(message) => message,
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let from = message.address.as_ref().map_or(Ipv6Addr::UNSPECIFIED, SockaddrIn6::ip);
        let (mut to, mut index, mut ttl) = (Ipv6Addr::UNSPECIFIED, self.index, 0);
        for control in message.cmsgs()? {
            match control {
                ControlMessageOwned::Ipv6PacketInfo(info) => {
                    to = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                    index = info.ipi6_ifindex;
                }
                ControlMessageOwned::Ipv6HopLimit(hops) => ttl = u8::try_from(hops).unwrap_or(0),
                _ => {}
            }
        }
        let len = message.bytes;
        let payload = buf.get(..len).unwrap_or_default();
        Ok(Some(Received { payload, from: from.into(), to: to.into(), ttl, index }))
    }

    /// Between its making and its binding a socket hears every interface.
    fn forget_early_arrivals(&self) {
        for _ in 0..EARLY_ARRIVALS_MAX {
            if recv(self.socket.as_raw_fd(), &mut [0; 1], MsgFlags::MSG_DONTWAIT).is_err() {
                break;
            }
        }
    }
}

impl AsFd for Receiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// From where a packet goes where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its source, whoever has that.
    pub from: IpAddr,
    /// Its destination.
    pub to: IpAddr,
    /// Its hop limit over IPv6; over IPv4 the TTL stands in the packet.
    pub hops: u8,
}

/// A socket that sends adverts of one family by one interface, with whatever source they bear.
///
/// It receives nothing, and this machine does not hear what it sends.
#[derive(Debug)]
pub struct Sender {
    socket: OwnedFd,
    family: Family,
    /// Of the next packet that is sent in pieces.
    ident: Cell<u32>,
}

impl Sender {
    /// Send by the interface `index`; 0: by whichever leads to the destination.
    ///
    /// # Errors
    /// `ENODEV`: no such interface. It needs `CAP_NET_RAW`.
    pub fn open(family: Family, index: u32, buffers: Buffers) -> io::Result<Self> {
        // IPPROTO_RAW: the header is the caller's in both families, and nothing is received.
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(domain(family), SockType::Raw, flags, SockProtocol::Raw)?;
        bind_to(&socket, index)?;
        set_buffers(&socket, buffers);
        match family {
            _ if index == 0 => {}
            Family::V4 => {
                setsockopt(&socket, opts::MulticastLinkV4, &mreqn(Ipv4Addr::UNSPECIFIED, index))?;
                setsockopt(&socket, sockopt::IpMulticastLoop, &false)?;
            }
            Family::V6 => {
                setsockopt(&socket, opts::MulticastLinkV6, &signed(index))?;
                setsockopt(&socket, opts::MulticastLoopV6, &false)?;
            }
        }
        Ok(Self { socket, family, ident: Cell::new(0) })
    }

    /// Send one packet.
    ///
    /// Over IPv4, `packet` begins with the header that [`ip::header`] made, and source and TTL
    /// stand in it. Over IPv6, `packet` is the advert alone: its header (class 0xc0) is made here.
    /// What is too long for the interface leaves in fragments. It does not block, and does not
    /// allocate.
    ///
    /// # Errors
    /// `InvalidInput` for addresses of the other family; `EMSGSIZE`: a fragment, too, is too
    /// long for the interface; `ENOBUFS`, `WouldBlock`: the queue is full; `ENETDOWN`, `ENODEV`,
    /// `ENXIO`: the interface is down or gone; `ENETUNREACH`: it has no address of the family. The
    /// packet is lost.
    pub fn send(&self, packet: &[u8], way: Way) -> io::Result<()> {
        let raw = self.socket.as_raw_fd();
        match (self.family, way.from, way.to) {
            (Family::V4, _, IpAddr::V4(to)) => {
                let to = SockaddrIn::from(SocketAddrV4::new(to, 0));
                match sendto(raw, packet, &to, MsgFlags::MSG_DONTWAIT) {
                    Err(Errno::EMSGSIZE) => self.send_fragments_v4(packet, &to)?,
                    result => drop(result?),
                }
            }
            (Family::V6, IpAddr::V6(from), IpAddr::V6(to)) => {
                let mut header = header_v6(from, to, way.hops);
                set_payload(&mut header, PROTOCOL, packet.len());
                match self.send_v6(to, &header, packet) {
                    Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => {
                        self.send_fragments(packet, header, to)?;
                    }
                    result => result?,
                }
            }
            (Family::V4 | Family::V6, _, _) => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    /// More than some hundred addresses do not fit in one packet where those are short.
    fn send_fragments_v4(&self, packet: &[u8], to: &SockaddrIn) -> io::Result<()> {
        let Some((header, payload)) = packet.split_first_chunk::<{ ip::HEADER_LEN }>() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let last = payload.len().saturating_sub(1) / FRAGMENT_V4_LEN;
        for (number, piece) in payload.chunks(FRAGMENT_V4_LEN).enumerate() {
            // RFC 791 3.1: units of 8 bytes, below the flag that more follow. The kernel writes the
            // length and the checksum.
            let offset = u16::try_from(number * FRAGMENT_V4_LEN / 8).unwrap_or(u16::MAX);
            let more = u16::from(number < last) << 13;
            let mut bytes = [0; ip::HEADER_LEN + FRAGMENT_V4_LEN];
            let (head, body) = bytes.split_at_mut(ip::HEADER_LEN);
            head.copy_from_slice(header);
            if let (Some(field), Some(body)) = (head.get_mut(6..8), body.get_mut(..piece.len())) {
                field.copy_from_slice(&(offset | more).to_be_bytes());
                body.copy_from_slice(piece);
            }
            let len = ip::HEADER_LEN + piece.len();
            let bytes = bytes.get(..len).unwrap_or_default();
            sendto(self.socket.as_raw_fd(), bytes, to, MsgFlags::MSG_DONTWAIT)?;
        }
        Ok(())
    }

    fn send_v6(&self, to: Ipv6Addr, header: &[u8], payload: &[u8]) -> io::Result<()> {
        let parts = [IoSlice::new(header), IoSlice::new(payload)];
        let to = SockaddrIn6::from(SocketAddrV6::new(to, 0, 0, 0));
        sendmsg(self.socket.as_raw_fd(), &parts, &[], MsgFlags::MSG_DONTWAIT, Some(&to))?;
        Ok(())
    }

    /// The kernel does not divide a packet that comes with its header; more than 90 addresses of
    /// IPv6 do not fit in one of Ethernet.
    fn send_fragments(
        &self,
        packet: &[u8],
        mut ip: [u8; HEADER_V6_LEN],
        to: Ipv6Addr,
    ) -> io::Result<()> {
        let ident = self.ident.get().wrapping_add(1);
        self.ident.set(ident);
        let last = packet.len().saturating_sub(1) / FRAGMENT_LEN;
        for (number, piece) in packet.chunks(FRAGMENT_LEN).enumerate() {
            let offset = u16::try_from(number * FRAGMENT_LEN).unwrap_or(u16::MAX);
            let [offset_high, offset_low] = (offset | u16::from(number < last)).to_be_bytes();
            let [a, b, c, d] = ident.to_be_bytes();
            set_payload(&mut ip, FRAGMENT, FRAGMENT_HEADER_LEN + piece.len());
            let mut header = [0; HEADER_V6_LEN + FRAGMENT_HEADER_LEN];
            let (first, second) = header.split_at_mut(HEADER_V6_LEN);
            first.copy_from_slice(&ip);
            // RFC 8200 4.5: the offset counts units of 8 bytes in its upper 13 bits.
            second.copy_from_slice(&[PROTOCOL, 0, offset_high, offset_low, a, b, c, d]);
            self.send_v6(to, &header, piece)?;
        }
        Ok(())
    }
}

/// The header of an advert over IPv6 in the form that keepalived sends, but for the flow label,
/// which the kernel chooses for it: 0 here, which RFC 6437 allows.
fn header_v6(from: Ipv6Addr, to: Ipv6Addr, hops: u8) -> [u8; HEADER_V6_LEN] {
    let mut header = [0; HEADER_V6_LEN];
    let mut packet = Ipv6Packet::new_unchecked(&mut header);
    packet.set_version(6);
    packet.set_traffic_class(TRAFFIC_CLASS);
    packet.set_hop_limit(hops);
    packet.set_src_addr(from);
    packet.set_dst_addr(to);
    header
}

fn set_payload(header: &mut [u8; HEADER_V6_LEN], next: u8, len: usize) {
    let mut packet = Ipv6Packet::new_unchecked(header);
    packet.set_payload_len(u16::try_from(len).unwrap_or(u16::MAX));
    packet.set_next_header(IpProtocol::from(next));
}

fn join(socket: &OwnedFd, index: u32, group: IpAddr) -> io::Result<()> {
    match group {
        IpAddr::V4(group) => setsockopt(socket, opts::JoinV4, &mreqn(group, index))?,
        IpAddr::V6(group) => {
            let ipv6mr_multiaddr = libc::in6_addr { s6_addr: group.octets() };
            let request = libc::ipv6_mreq { ipv6mr_multiaddr, ipv6mr_interface: index };
            setsockopt(socket, opts::JoinV6, &request)?;
        }
    }
    Ok(())
}

/// Not those that another socket of this machine joined.
fn hear_own_groups_alone(socket: &OwnedFd, family: Family) -> io::Result<()> {
    let set = match family {
        Family::V4 => setsockopt(socket, opts::MulticastAllV4, &false),
        Family::V6 => setsockopt(socket, opts::MulticastAllV6, &false),
    };
    match set {
        // Kernels before 4.20 lack that of IPv6; the destination tells what must not be taken.
        Err(Errno::ENOPROTOOPT) if family == Family::V6 => Ok(()),
        result => Ok(result?),
    }
}

/// Bind a socket to an interface, if one is given. It allocates only on kernels before 5.1.
fn bind_to(socket: &OwnedFd, index: u32) -> io::Result<()> {
    if index == 0 {
        return Ok(());
    }
    match setsockopt(socket, opts::BindToIndex, &signed(index)) {
        Err(Errno::ENOPROTOOPT) => {
            let name = if_indextoname(index)?;
            let name = std::os::unix::ffi::OsStringExt::from_vec(name.into_bytes());
            Ok(setsockopt(socket, sockopt::BindToDevice, &name)?)
        }
        result => Ok(result?),
    }
}

/// A buffer of another size than asked for is no reason to go without the socket.
fn set_buffers(socket: &OwnedFd, buffers: Buffers) {
    if let Some(size) = buffers.receive {
        setsockopt(socket, sockopt::RcvBufForce, &size)
            .or_else(|_| setsockopt(socket, sockopt::RcvBuf, &size))
            .ok();
    }
    if let Some(size) = buffers.send {
        setsockopt(socket, sockopt::SndBufForce, &size)
            .or_else(|_| setsockopt(socket, sockopt::SndBuf, &size))
            .ok();
    }
}

fn mreqn(group: Ipv4Addr, index: u32) -> libc::ip_mreqn {
    libc::ip_mreqn {
        imr_multiaddr: libc::in_addr { s_addr: u32::from_ne_bytes(group.octets()) },
        imr_address: libc::in_addr { s_addr: 0 },
        imr_ifindex: signed(index),
    }
}

/// The kernel's indices are positive ints; 0 is none.
fn signed(index: u32) -> libc::c_int {
    libc::c_int::try_from(index).unwrap_or(libc::c_int::MAX)
}

fn domain(family: Family) -> AddressFamily {
    match family {
        Family::V4 => AddressFamily::Inet,
        Family::V6 => AddressFamily::Inet6,
    }
}

/// Class selector 6, internetwork control (RFC 2474 4.2.2).
const TRAFFIC_CLASS: u8 = 0xc0;

const HEADER_V6_LEN: usize = 40;

/// Number of the fragment header (RFC 8200 4.5).
const FRAGMENT: u8 = 44;

const FRAGMENT_HEADER_LEN: usize = 8;

/// What fits in the smallest packet that every interface takes, 1,280 bytes; a multiple of 8.
const FRAGMENT_LEN: usize = 1280 - HEADER_V6_LEN - FRAGMENT_HEADER_LEN;

/// What every machine takes in one packet of IPv4, 576 bytes (RFC 791 3.1); a multiple of 8.
const FRAGMENT_V4_LEN: usize = 552;

/// More than a queue holds by default.
const EARLY_ARRIVALS_MAX: usize = 4096;

/// Room for the control messages asked for: in6_pktinfo and a hop limit, with 16-byte headers.
const CONTROL_BYTES: usize = 128;

/// A buffer aligned as the kernel's `cmsghdr`.
#[repr(align(8))]
struct Control([u8; CONTROL_BYTES]);

#[cfg(test)]
mod tests;
