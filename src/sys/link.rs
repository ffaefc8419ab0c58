//! Interfaces: what the kernel tells of them, at once by a list, later by events.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_packet_core::NlasIterator;
use netlink_sys::Socket;
use nix::libc;
use nix::sys::socket::{setsockopt, sockopt};

use super::addr::Address;
use super::netlink::{Message, Messages, Netlink, SCRATCH_LEN, receive, route_socket};

/// The name of an interface, at most 15 bytes.
pub type Name = heapless::String<15>;

/// An interface as the kernel tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its index, which no other has as long as it exists.
    pub index: u32,
    /// Its name, which can change.
    pub name: Name,
    /// Somebody wants it up.
    pub up: bool,
    /// It is up, and its other end is there, as far as the kernel knows.
    pub up_and_running: bool,
    /// Its Ethernet address; `None`: not an Ethernet.
    pub mac: Option<[u8; 6]>,
    /// It has no ARP.
    pub noarp: bool,
    /// It leads back to this machine.
    pub loopback: bool,
    /// It can send to groups.
    pub multicast: bool,
    /// Its longest packet, in bytes.
    pub mtu: u32,
    /// It was removed.
    pub gone: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An interface came, changed or went; it may be the same as before.
    Link(Link),
    /// An address came, changed or went.
    Address(Address),
    /// Events were lost. Only a new list tells how things are.
    Overrun,
}

/// A socket that hears of interfaces and addresses. After it is open it does not allocate.
#[derive(Debug)]
pub struct Monitor {
    socket: Socket,
    scratch: Box<[u8]>,
    /// The part of `scratch` that was received, and not read yet.
    unread: core::ops::Range<usize>,
}

impl Monitor {
    /// Hear of all that changes from here on. `receive`: bytes the kernel's queue may hold.
    ///
    /// To miss nothing, open it first, and ask for the lists then.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn open(receive: Option<usize>) -> io::Result<Self> {
        let socket = route_socket(GROUPS)?;
        socket.set_non_blocking(true)?;
        if let Some(size) = receive {
            // Another size than asked for is no reason to hear nothing.
            setsockopt(&socket, sockopt::RcvBufForce, &size)
                .or_else(|_| setsockopt(&socket, sockopt::RcvBuf, &size))
                .ok();
        }
        Ok(Self { socket, scratch: vec![0; SCRATCH_LEN].into_boxed_slice(), unread: 0..0 })
    }

    /// The next event; `None`: nothing more has happened so far.
    ///
    /// # Errors
    /// None is known for a socket that exists.
    #[allow(clippy::should_implement_trait)] // it may go on after `None`
    pub fn next(&mut self) -> io::Result<Option<Event>> {
        loop {
            let unread = self.scratch.get(self.unread.clone()).unwrap_or_default();
            let mut messages = Messages(unread);
            while let Some(message) = messages.next() {
                if let Some(event) = parse(&message) {
                    self.unread.start = self.unread.end - messages.0.len();
                    return Ok(Some(event));
                }
            }
            self.unread = 0..0;
            match receive(&self.socket, &mut self.scratch) {
                Ok(len) => self.unread = 0..len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    return Ok(Some(Event::Overrun));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Monitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Netlink {
    /// Tell `link` every interface.
    ///
    /// One may come twice if the list changes meanwhile.
    ///
    /// # Errors
    /// The socket failed, or the kernel did not answer in time.
    pub fn dump_links(&mut self, link: &mut dyn FnMut(&Link)) -> io::Result<()> {
        self.dump(libc::RTM_GETLINK, &DUMP_LINKS, &mut |message| {
            if let Some(found) = Link::parse(message) {
                link(&found);
            }
        })
    }
}

fn parse(message: &Message<'_>) -> Option<Event> {
    match Link::parse(message) {
        Some(link) => Some(Event::Link(link)),
        None => Address::parse(message).map(Event::Address),
    }
}

impl Link {
    /// Read a message of the kernel; `None` if it is not about an interface.
    fn parse(message: &Message<'_>) -> Option<Self> {
        let gone = match message.kind {
            libc::RTM_NEWLINK => false,
            libc::RTM_DELLINK => true,
            _ => return None,
        };
        let (&[family, _, t0, t1, i0, i1, i2, i3, f0, f1, f2, f3, ..], rest) =
            message.payload.split_first_chunk::<HEADER_LEN>()?;
        // A bridge tells of its ports in the same messages: a port that leaves it is not gone.
        if family != 0 {
            return None;
        }
        let kind = u16::from_ne_bytes([t0, t1]);
        let flags = u32::from_ne_bytes([f0, f1, f2, f3]);
        let has = |flag: u32| flags & flag != 0;
        let mut link = Self {
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            name: Name::new(),
            up: has(IFF_UP) && !gone,
            up_and_running: has(IFF_UP) && has(IFF_RUNNING) && !gone,
            mac: None,
            noarp: has(IFF_NOARP),
            loopback: has(IFF_LOOPBACK),
            multicast: has(IFF_MULTICAST),
            mtu: 0,
            gone,
        };
        for attribute in NlasIterator::new(rest).map_while(Result::ok) {
            let value = attribute.value();
            match attribute.kind() {
                IFLA_IFNAME => link.name = name(value),
                IFLA_ADDRESS if kind == libc::ARPHRD_ETHER => link.mac = value.try_into().ok(),
                IFLA_MTU => {
                    link.mtu = value.first_chunk().map_or(0, |bytes| u32::from_ne_bytes(*bytes));
                }
                _ => {}
            }
        }
        Some(link)
    }
}

/// A name up to its zero byte. A byte that is no ASCII, which no name of the configuration has,
/// becomes a question mark.
fn name(value: &[u8]) -> Name {
    let mut name = Name::new();
    for &byte in value.iter().take_while(|&&byte| byte != 0) {
        let letter = if byte.is_ascii() { char::from(byte) } else { '?' };
        if name.push(letter).is_err() {
            break;
        }
    }
    name
}

/// RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR (linux/rtnetlink.h).
const GROUPS: u32 = 0x001 | 0x010 | 0x100;

/// Length of ifinfomsg.
const HEADER_LEN: usize = 16;

/// An empty ifinfomsg; behind it IFLA_EXT_MASK, to leave out the statistics
/// (RTEXT_FILTER_SKIP_STATS).
const DUMP_LINKS: [u8; HEADER_LEN + 8] = {
    let mut bytes = [0; HEADER_LEN + 8];
    let (len, kind, mask) = (8_u16.to_ne_bytes(), 29_u16.to_ne_bytes(), 8_u32.to_ne_bytes());
    let attribute = [len[0], len[1], kind[0], kind[1], mask[0], mask[1], mask[2], mask[3]];
    let mut at = 0;
    while at < attribute.len() {
        bytes[HEADER_LEN + at] = attribute[at];
        at += 1;
    }
    bytes
};

// linux/if.h
const IFF_UP: u32 = 0x1;
const IFF_LOOPBACK: u32 = 0x8;
const IFF_RUNNING: u32 = 0x40;
const IFF_NOARP: u32 = 0x80;
const IFF_MULTICAST: u32 = 0x1000;

// linux/if_link.h
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;

#[cfg(test)]
mod tests;
