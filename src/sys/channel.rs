//! A pair of connected sockets from parent to child that keeps messages apart.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, getsockopt, recv,
    recvmsg, send, sendmsg, socketpair, sockopt,
};

use super::process;
use crate::machine::Duration;

/// One end. Reads and writes do not block.
#[derive(Debug)]
pub struct Channel(OwnedFd);

impl Channel {
    /// A connected pair: one end for each process of a fork.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn pair() -> io::Result<(Self, Self)> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (one, two) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok((Self(one), Self(two)))
    }

    /// Send one message, with at most one descriptor. It allocates only with a descriptor.
    ///
    /// # Errors
    /// `WouldBlock`: the other side does not read; nothing was sent. `BrokenPipe`: it is gone.
    pub fn send(&self, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let flags = MsgFlags::MSG_NOSIGNAL;
        let raw = self.0.as_raw_fd();
        let sent = match fd {
            None => send(raw, bytes, flags),
            Some(fd) => {
                let fds = [fd.as_raw_fd()];
                let rights = [ControlMessage::ScmRights(&fds)];
                sendmsg::<UnixAddr>(raw, &[IoSlice::new(bytes)], &rights, flags, None)
            }
        };
        sent?;
        Ok(())
    }

    /// Receive one message into `buf`: its length, and the descriptor it carried. `None`: no
    /// message waits. A length of 0: the other side is gone (empty messages are not sent).
    ///
    /// # Errors
    /// `InvalidData`: a message longer than `buf`, or with more than one descriptor; it is lost.
    pub fn recv(&self, buf: &mut [u8]) -> io::Result<Option<(usize, Option<OwnedFd>)>> {
        let mut control = Control([0; CONTROL_BYTES]);
        let mut parts = [IoSliceMut::new(buf)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let raw = self.0.as_raw_fd();
        match recvmsg::<UnixAddr>(raw, &mut parts, Some(&mut control.0), flags) {
            Ok(message) => {
                let len = message.bytes;
                let cut = message.flags.intersects(MsgFlags::MSG_TRUNC | MsgFlags::MSG_CTRUNC);
                let fd = process::received_descriptor(message);
                if cut {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                Ok(Some((len, fd)))
            }
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(Errno::ECONNRESET) => Ok(Some((0, None))),
            Err(error) => Err(error.into()),
        }
    }
}

impl Channel {
    /// As [`Channel::recv`], from a side that is not trusted: descriptors it sends are not opened.
    ///
    /// # Errors
    /// As [`Channel::recv`].
    pub fn recv_bytes(&self, buf: &mut [u8]) -> io::Result<Option<usize>> {
        let capacity = buf.len();
        // With this flag the length is that of the message, however much of it had room.
        match recv(self.0.as_raw_fd(), buf, MsgFlags::MSG_TRUNC) {
            Ok(len) if len > capacity => Err(io::ErrorKind::InvalidData.into()),
            Ok(len) => Ok(Some(len)),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(Errno::ECONNRESET) => Ok(Some(0)),
            Err(error) => Err(error.into()),
        }
    }

    /// As [`Channel::recv`], but wait for a message until `timeout` is over; for a client, which
    /// has nothing else to do.
    ///
    /// # Errors
    /// As [`Channel::recv`].
    pub fn recv_within(
        &self,
        buf: &mut [u8],
        timeout: Duration,
    ) -> io::Result<Option<(usize, Option<OwnedFd>)>> {
        let millis = i32::try_from(timeout.total_micros().div_ceil(1000)).unwrap_or(i32::MAX);
        let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => self.recv(buf),
            Err(error) => Err(error.into()),
        }
    }

    /// The user on the other side, as it was when the connection was made.
    ///
    /// # Errors
    /// None is known.
    pub fn peer_uid(&self) -> io::Result<u32> {
        Ok(getsockopt(&self.0, sockopt::PeerCredentials)?.uid())
    }
}

impl From<OwnedFd> for Channel {
    /// Take over a connected socket of the kind that [`Channel::pair`] makes.
    fn from(socket: OwnedFd) -> Self {
        Self(socket)
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Room for the header of a control message with one descriptor, on every target.
const CONTROL_BYTES: usize = 24;

/// A buffer aligned as the kernel's `cmsghdr`.
#[repr(align(8))]
struct Control([u8; CONTROL_BYTES]);

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    use super::*;

    #[test]
    fn messages_stay_apart_and_in_order() {
        let (one, two) = Channel::pair().unwrap();
        let mut buf = [0; 128];
        assert!(two.recv(&mut buf).unwrap().is_none());
        one.send(b"first", None).unwrap();
        one.send(b"second!", None).unwrap();
        let (len, fd) = two.recv(&mut buf).unwrap().unwrap();
        assert_eq!((&buf[..len], fd.is_none()), (&b"first"[..], true));
        let (len, _) = two.recv(&mut buf).unwrap().unwrap();
        assert_eq!(&buf[..len], b"second!");
        assert!(two.recv(&mut buf).unwrap().is_none());
    }

    #[test]
    fn a_descriptor_crosses_with_its_message() {
        let (one, two) = Channel::pair().unwrap();
        let file = crate::sys::sealed_file::create("test", b"config").unwrap();
        one.send(b"load", Some(file.as_fd())).unwrap();
        drop(file);
        let mut buf = [0; 128];
        let (len, fd) = two.recv(&mut buf).unwrap().unwrap();
        assert_eq!(&buf[..len], b"load");
        assert_eq!(crate::sys::sealed_file::read(fd.unwrap()).unwrap(), b"config");
    }

    #[test]
    fn the_end_of_the_peer_is_a_message_of_no_length() {
        let (one, two) = Channel::pair().unwrap();
        one.send(b"last", None).unwrap();
        drop(one);
        let mut buf = [0; 128];
        assert_eq!(two.recv(&mut buf).unwrap().unwrap().0, 4);
        assert_eq!(two.recv(&mut buf).unwrap().unwrap().0, 0);
        assert_eq!(two.send(b"x", None).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_message_that_does_not_fit_is_an_error_and_not_half_a_message() {
        let (one, two) = Channel::pair().unwrap();
        one.send(&[1; 64], None).unwrap();
        one.send(b"next", None).unwrap();
        let mut buf = [0; 8];
        assert_eq!(two.recv(&mut buf).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(two.recv(&mut buf).unwrap().unwrap().0, 4);
    }

    #[test]
    fn descriptors_of_the_untrusted_are_not_taken() {
        let (one, two) = Channel::pair().unwrap();
        let null = File::open("/dev/null").unwrap();
        let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open();
        let fds = [null.as_raw_fd(); 20];
        let rights = [ControlMessage::ScmRights(&fds)];
        for _ in 0..100 {
            let raw = one.0.as_raw_fd();
            let bytes = [IoSlice::new(b"x")];
            sendmsg::<UnixAddr>(raw, &bytes, &rights, MsgFlags::empty(), None).unwrap();
            assert_eq!(two.recv_bytes(&mut [0; 8]).unwrap(), Some(1));
        }
        // Other tests open some meanwhile.
        assert!(open() < before + 100);
        one.send(&[1; 64], None).unwrap();
        let error = two.recv_bytes(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        drop(one);
        assert_eq!(two.recv_bytes(&mut [0; 8]).unwrap(), Some(0));
    }

    #[test]
    fn a_full_channel_refuses_instead_of_blocking() {
        let (one, _two) = Channel::pair().unwrap();
        let full = (0..100_000).find_map(|_| one.send(&[0; 128], None).err());
        assert_eq!(full.unwrap().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn a_received_descriptor_is_open_for_use() {
        let (one, two) = Channel::pair().unwrap();
        let null = File::options().write(true).open("/dev/null").unwrap();
        one.send(b"null", Some(null.as_fd())).unwrap();
        let (_, fd) = two.recv(&mut [0; 8]).unwrap().unwrap();
        File::from(fd.unwrap()).write_all(b"x").unwrap();
    }
}
