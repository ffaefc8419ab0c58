//! Sockets below UDP: link-layer frames, IP protocols that `nix` has no name for.

#![allow(unsafe_code)]

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd as _, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, LinkAddr, MsgFlags, SockFlag, SockType, SockaddrLike, sendto, socket,
};

/// A socket that sends Ethernet frames on any interface and receives none.
#[derive(Debug)]
pub struct Frames(OwnedFd);

impl Frames {
    /// Open it.
    ///
    /// # Errors
    /// It needs `CAP_NET_RAW`, and a kernel with packet sockets.
    pub fn open() -> io::Result<Self> {
        // Protocol 0: nothing is ever queued for this socket.
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        Ok(Self(socket(AddressFamily::Packet, SockType::Raw, flags, None)?))
    }

    /// Send `frame`, from its destination address on, by the interface `index`.
    ///
    /// # Errors
    /// `InvalidInput` for less than an Ethernet header. `ENXIO`: no such interface; `ENETDOWN`: it
    /// is down; `ENOBUFS`, `WouldBlock`: its queue is full; the frame is lost.
    pub fn send(&self, index: u32, frame: &[u8]) -> io::Result<()> {
        let Some(&[to0, to1, to2, to3, to4, to5, .., type0, type1]) = frame.first_chunk::<14>()
        else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let to = link_address(&libc::sockaddr_ll {
            sll_family: libc::AF_PACKET.try_into().unwrap_or(0),
            sll_protocol: u16::from_ne_bytes([type0, type1]),
            sll_ifindex: index.try_into().unwrap_or(0),
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 6,
            sll_addr: [to0, to1, to2, to3, to4, to5, 0, 0],
        });
        let to = to.ok_or(io::ErrorKind::InvalidInput)?;
        sendto(self.0.as_raw_fd(), frame, &to, MsgFlags::MSG_DONTWAIT)?;
        Ok(())
    }
}

fn link_address(address: &libc::sockaddr_ll) -> Option<LinkAddr> {
    let len = libc::socklen_t::try_from(size_of::<libc::sockaddr_ll>()).ok();
    let at: *const libc::sockaddr_ll = address;
    // SAFETY: it points at a whole sockaddr_ll, and that length is told.
    unsafe { LinkAddr::from_raw(at.cast(), len) }
}

/// Open a raw socket of an IP protocol by its number; it does not block.
pub(super) fn raw_socket(family: AddressFamily, protocol: u8) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: it takes numbers only.
    let raw = Errno::result(unsafe { libc::socket(family as i32, kind, i32::from(protocol)) })?;
    // SAFETY: the kernel has just opened it for this process, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_without_header_or_interface_is_an_error() {
        let Ok(frames) = Frames::open() else {
            eprintln!("skipped: no right to open a packet socket");
            return;
        };
        let kind = frames.send(1, &[0; 13]).unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::InvalidInput);
        let error = frames.send(0x7fff_ffff, &[0; 60]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENXIO));
        assert!(frames.send(u32::MAX, &[0; 60]).is_err());
    }
}
