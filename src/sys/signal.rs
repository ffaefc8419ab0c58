//! Signals as something to read.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::SigSet;
pub use nix::sys::signal::Signal;
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::process;

/// A set of signals that do not interrupt the process, but wait to be read.
#[derive(Debug)]
pub struct Signals(SignalFd);

impl Signals {
    /// Block `signals` and open a descriptor they are read from.
    ///
    /// A child of a fork inherits the block, and must make its own: the descriptor of the parent
    /// would be woken for the parent.
    ///
    /// # Errors
    /// The kernel is out of descriptors or memory.
    pub fn new(signals: &[Signal]) -> io::Result<Self> {
        let mut set = SigSet::empty();
        for &signal in signals {
            set.add(signal);
        }
        set.thread_set_mask()?;
        Ok(Self(SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?))
    }

    /// The next signal that waits; `None` when there is none.
    ///
    /// # Errors
    /// None is known for a descriptor that exists.
    pub fn next(&self) -> io::Result<Option<Signal>> {
        while let Some(info) = self.0.read_signal()? {
            let number = i32::try_from(info.ssi_signo).unwrap_or(0);
            if let Ok(signal) = Signal::try_from(number) {
                return Ok(Some(signal));
            }
        }
        Ok(None)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Make signals as a program expects them at its start: none blocked, none ignored or handled.
///
/// For a child of a fork, before it executes something.
///
/// # Errors
/// None is known.
pub fn reset_for_exec() -> io::Result<()> {
    process::default_dispositions()?;
    Ok(SigSet::empty().thread_set_mask()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_signal_waits_until_it_is_read() {
        let before = SigSet::thread_get_mask().unwrap();
        let signals = Signals::new(&[Signal::SIGUSR2, Signal::SIGHUP]).unwrap();
        assert_eq!(signals.next().unwrap(), None);
        // To this thread alone: the other tests run on threads that block nothing.
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        assert_eq!(signals.next().unwrap(), Some(Signal::SIGUSR2));
        assert_eq!(signals.next().unwrap(), None);
        before.thread_set_mask().unwrap();
    }
}
