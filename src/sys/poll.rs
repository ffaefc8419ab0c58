//! Waiting for many descriptors at once.

use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::machine::Duration;

/// How many ready descriptors one wait reports; the others are reported by the next.
pub const EVENTS_MAX: usize = 32;

/// The caller's name for a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u32);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Something to read, or the end of it.
    Read,
    /// Room to write.
    Write,
    /// Both.
    ReadWrite,
}

/// A ready descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Which one.
    pub token: Token,
    /// A read will not block; it may tell the end or an error.
    pub readable: bool,
    /// A write will not block.
    pub writable: bool,
    /// The other side is gone or the descriptor is in error.
    pub closed: bool,
}

/// An epoll instance. Descriptors are reported as long as they are ready (level triggered).
#[derive(Debug)]
pub struct Poll(Epoll);

impl Poll {
    /// Open it, with nothing to wait for.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?))
    }

    /// Wait for `fd` to become readable from here on, and call it `token`.
    ///
    /// # Errors
    /// The descriptor is already waited for, or is of a kind that is always ready.
    pub fn add(&self, fd: impl AsFd, token: Token) -> io::Result<()> {
        self.add_for(fd, token, Interest::Read)
    }

    /// Wait for `fd` as `interest` says from here on, and call it `token`.
    ///
    /// # Errors
    /// The descriptor is already waited for, or is of a kind that is always ready.
    pub fn add_for(&self, fd: impl AsFd, token: Token, interest: Interest) -> io::Result<()> {
        Ok(self.0.add(fd, event(token, interest))?)
    }

    /// Change what `fd` is waited for, and its token.
    ///
    /// # Errors
    /// The descriptor is not waited for.
    pub fn change(&self, fd: impl AsFd, token: Token, interest: Interest) -> io::Result<()> {
        Ok(self.0.modify(fd, &mut event(token, interest))?)
    }

    /// Stop waiting for `fd`. Closing a descriptor that has no duplicate does it as well.
    ///
    /// # Errors
    /// The descriptor is not waited for.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(self.0.delete(fd)?)
    }

    /// Wait until something is ready or `timeout` is over (`None`: for ever), and tell it in
    /// `events`.
    ///
    /// The timeout is rounded up to milliseconds: [`super::timer::Timer`] is the one to be on time.
    /// A signal that is not blocked ends the wait with nothing ready.
    ///
    /// # Errors
    /// None is known for an instance that exists.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        events.len = 0;
        let timeout = match timeout {
            None => EpollTimeout::NONE,
            Some(time) => {
                let millis = time.total_micros().div_ceil(1000);
                let millis = i32::try_from(millis).unwrap_or(i32::MAX);
                EpollTimeout::try_from(millis).unwrap_or(EpollTimeout::ZERO)
            }
        };
        match self.0.wait(&mut events.ready, timeout) {
            Ok(count) => events.len = count,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// What one wait found.
#[derive(Debug)]
pub struct Events {
    ready: [EpollEvent; EVENTS_MAX],
    len: usize,
}

impl Events {
    /// Room for [`EVENTS_MAX`], with none in it.
    pub fn new() -> Self {
        Self { ready: [EpollEvent::empty(); EVENTS_MAX], len: 0 }
    }

    /// What is ready, in the order of the kernel.
    pub fn iter(&self) -> impl Iterator<Item = Ready> + '_ {
        self.ready.iter().take(self.len).map(|event| {
            let flags = event.events();
            let closed = EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP | EpollFlags::EPOLLRDHUP;
            Ready {
                token: Token(u32::try_from(event.data()).unwrap_or(u32::MAX)),
                readable: flags.intersects(EpollFlags::EPOLLIN | closed),
                writable: flags.intersects(EpollFlags::EPOLLOUT | EpollFlags::EPOLLERR),
                closed: flags.intersects(closed),
            }
        })
    }

    /// Nothing was ready.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

fn event(token: Token, interest: Interest) -> EpollEvent {
    let flags = match interest {
        Interest::Read => EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP,
        Interest::Write => EpollFlags::EPOLLOUT,
        Interest::ReadWrite => EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP | EpollFlags::EPOLLOUT,
    };
    EpollEvent::new(flags, u64::from(token.0))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_descriptor_is_reported_by_its_token_until_it_is_removed() {
        let poll = Poll::new().unwrap();
        let (mut one, two) = UnixStream::pair().unwrap();
        let mut events = Events::new();
        poll.add(&two, Token(7)).unwrap();
        poll.wait(&mut events, Some(Duration::ZERO)).unwrap();
        assert!(events.is_empty());

        one.write_all(b"x").unwrap();
        poll.wait(&mut events, None).unwrap();
        let all: Vec<_> = events.iter().collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].token, Token(7));
        assert!(all[0].readable && !all[0].writable && !all[0].closed);

        poll.remove(&two).unwrap();
        poll.wait(&mut events, Some(Duration::ZERO)).unwrap();
        assert!(events.is_empty());
    }

    #[test]
    fn a_peer_that_is_gone_is_told_as_closed() {
        let poll = Poll::new().unwrap();
        let (one, two) = UnixStream::pair().unwrap();
        poll.add_for(&two, Token(1), Interest::ReadWrite).unwrap();
        drop(one);
        let mut events = Events::new();
        poll.wait(&mut events, None).unwrap();
        assert!(events.iter().any(|ready| ready.closed && ready.readable));
    }

    #[test]
    fn a_timeout_is_rounded_up() {
        let poll = Poll::new().unwrap();
        let mut events = Events::new();
        let before = crate::sys::clock::now();
        poll.wait(&mut events, Some(Duration::from_micros(1))).unwrap();
        assert!(crate::sys::clock::now() - before >= Duration::from_micros(1));
    }
}
