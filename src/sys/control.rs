//! The socket by which a person's command reaches the daemon.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixListener;

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, connect as nix_connect, listen,
    socket,
};
use nix::sys::stat::{Mode, fchmod};

use super::channel::Channel;

/// A socket in the file system that takes connections, each a [`Channel`].
#[derive(Debug)]
pub struct Listener {
    socket: UnixListener,
    path: Box<str>,
}

impl Listener {
    /// Make the socket at `path`, for its user and group. One that a dead process left is replaced.
    ///
    /// # Errors
    /// `AddrInUse`: a process listens there, or `path` is something else than a socket;
    /// `InvalidInput`: the path has more than 107 bytes.
    pub fn open(path: &str) -> io::Result<Self> {
        let address = UnixAddr::new(path).map_err(|_| io::ErrorKind::InvalidInput)?;
        let socket = seqpacket()?;
        // The kernel makes the file with the rights of the socket: it is never open to all.
        fchmod(&socket, Mode::from_bits_truncate(MODE.into()))?;
        if let Err(error) = bind(socket.as_raw_fd(), &address) {
            if !is_left_over(path) {
                return Err(error.into());
            }
            fs::remove_file(path)?;
            bind(socket.as_raw_fd(), &address)?;
        }
        // The mask of new files may have taken rights away.
        fs::set_permissions(path, fs::Permissions::from_mode(MODE.into()))?;
        listen(&socket, Backlog::new(BACKLOG)?)?;
        Ok(Self { socket: UnixListener::from(socket), path: path.into() })
    }

    /// The next connection that waits; `None` when there is none.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn accept(&self) -> io::Result<Option<Channel>> {
        match self.socket.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(true)?;
                Ok(Some(Channel::from(OwnedFd::from(stream))))
            }
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock
                | io::ErrorKind::Interrupted
                | io::ErrorKind::ConnectionAborted => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// Remove the socket from the file system, and take no more connections.
    pub fn remove(self) {
        fs::remove_file(&*self.path).ok();
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Connect to the daemon that listens at `path`.
///
/// # Errors
/// `NotFound`, `ConnectionRefused`: no daemon; `PermissionDenied`: not for this user.
pub fn connect(path: &str) -> io::Result<Channel> {
    let address = UnixAddr::new(path).map_err(|_| io::ErrorKind::InvalidInput)?;
    let socket = seqpacket()?;
    nix_connect(socket.as_raw_fd(), &address)?;
    Ok(Channel::from(socket))
}

fn seqpacket() -> io::Result<OwnedFd> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    Ok(socket(AddressFamily::Unix, SockType::SeqPacket, flags, None)?)
}

/// It is a socket, and nobody listens.
fn is_left_over(path: &str) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    is_socket && connect(path).is_err_and(refused)
}

/// Its user and its group may connect.
const MODE: u16 = 0o660;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Duration;

    fn path(name: &str) -> String {
        format!("/tmp/holdfast-{name}-{}.sock", std::process::id())
    }

    #[test]
    fn a_question_gets_its_answer() {
        let path = path("talk");
        let listener = Listener::open(&path).unwrap();
        assert!(listener.accept().unwrap().is_none());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);

        let client = connect(&path).unwrap();
        let server = listener.accept().unwrap().unwrap();
        assert_eq!(server.peer_uid().unwrap(), nix::unistd::getuid().as_raw());
        client.send(b"status", None).unwrap();
        let mut buf = [0; 64];
        let (len, _) = server.recv(&mut buf).unwrap().unwrap();
        assert_eq!(&buf[..len], b"status");
        assert!(client.recv_within(&mut buf, Duration::from_millis(1)).unwrap().is_none());
        server.send(b"master", None).unwrap();
        let (len, _) = client.recv_within(&mut buf, Duration::from_secs(5)).unwrap().unwrap();
        assert_eq!(&buf[..len], b"master");
        drop(server);
        let end = client.recv_within(&mut buf, Duration::from_secs(5)).unwrap().unwrap();
        assert_eq!(end.0, 0);
        listener.remove();
        assert_eq!(connect(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_socket_left_by_the_dead_is_replaced_and_one_in_use_is_not() {
        let path = path("stale");
        drop(Listener::open(&path).unwrap());
        assert!(fs::exists(&path).unwrap());
        let listener = Listener::open(&path).unwrap();
        assert_eq!(Listener::open(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        listener.remove();
    }

    #[test]
    fn what_is_not_a_socket_is_left_alone() {
        let path = path("file");
        fs::write(&path, "precious").unwrap();
        assert_eq!(Listener::open(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
        let long = format!("/tmp/{}", "x".repeat(200));
        assert_eq!(Listener::open(&long).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
