//! One child as its parent sees it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::daemon::Settings;
use crate::machine::Instant;
use crate::sys::channel::Channel;
use crate::sys::poll::{Poll, Token};
use crate::sys::process::{self, Fork, Pid};
use crate::sys::signal::Signal;
use crate::wire::ipc::{MESSAGE_LEN, ToChild, ToParent};

use super::respawn::Respawn;
use super::{Birth, Sweep};

/// A child, alive or between two lives.
#[derive(Debug, Default)]
pub(super) struct Child {
    life: Option<Life>,
    /// When to start it.
    pub(super) start_at: Option<Instant>,
    pub(super) respawn: Respawn,
    pid_file: Option<Box<str>>,
}

/// What came from a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A message.
    Message(ToParent),
    /// Nothing waits.
    Nothing,
    /// It has closed its end.
    Gone,
    /// Something that no child of this program says.
    Nonsense,
}

#[derive(Debug)]
struct Life {
    pid: Pid,
    channel: Channel,
    started: Instant,
}

impl Child {
    /// Fork it. In the child, what it needs to live is returned.
    ///
    /// # Errors
    /// The kernel is out of processes, memory or descriptors.
    pub(super) fn start(
        &mut self,
        now: Instant,
        text: &OwnedFd,
        generation: u32,
        sweep: Option<Sweep>,
        settings: &Settings,
    ) -> io::Result<Option<Box<Birth>>> {
        let parent = process::id();
        let (ours, theirs) = Channel::pair()?;
        let text = text.try_clone()?;
        match process::fork()? {
            Fork::Parent(pid) => {
                self.life = Some(Life { pid, channel: ours, started: now });
                Ok(None)
            }
            Fork::Child => {
                let settings = settings.clone();
                Ok(Some(Box::new(Birth {
                    channel: theirs,
                    text,
                    generation,
                    sweep,
                    parent,
                    settings,
                })))
            }
        }
    }

    /// Have its messages reported.
    ///
    /// # Errors
    /// The kernel is out of memory.
    pub(super) fn watch(&self, poll: &Poll, token: Token) -> io::Result<()> {
        self.life.as_ref().map_or(Ok(()), |life| poll.add(&life.channel, token))
    }

    /// Whether it lives.
    pub(super) fn is_alive(&self) -> bool {
        self.life.is_some()
    }

    /// Whether it has this id.
    pub(super) fn is(&self, pid: Pid) -> bool {
        self.life.as_ref().is_some_and(|life| life.pid == pid)
    }

    /// It has ended; when its life had begun.
    pub(super) fn buried(&mut self) -> Instant {
        self.remove_pid();
        self.life.take().map_or(Instant::ZERO, |life| life.started)
    }

    /// Send it a message. False if it does not listen.
    pub(super) fn tell(&self, message: ToChild, fd: Option<BorrowedFd<'_>>) -> bool {
        let Some(life) = &self.life else { return false };
        let sent = life.channel.send(&message.encode(), fd);
        if let Err(error) = &sent {
            log::error!("the VRRP child does not listen ({error})");
        }
        sent.is_ok()
    }

    /// Its next message.
    pub(super) fn hear(&self) -> Heard {
        let Some(life) = &self.life else { return Heard::Nothing };
        let mut bytes = [0; MESSAGE_LEN];
        match life.channel.recv_bytes(&mut bytes) {
            Ok(None) => Heard::Nothing,
            Ok(Some(0)) | Err(_) => Heard::Gone,
            Ok(Some(len)) => ToParent::decode(bytes.get(..len).unwrap_or_default())
                .map_or(Heard::Nonsense, Heard::Message),
        }
    }

    /// Its channel has ended: do not wait for it any more.
    pub(super) fn unwatch(&self, poll: &Poll) {
        if let Some(life) = &self.life {
            poll.remove(life.channel.as_fd()).ok();
        }
    }

    /// End it at once.
    pub(super) fn kill(&self) {
        if let Some(life) = &self.life {
            process::kill(life.pid, Signal::SIGKILL).ok();
        }
    }

    /// Write its id where scripts look for it.
    pub(super) fn write_pid(&mut self, path: &str) {
        let Some(life) = &self.life else { return };
        // A file is replaced rather than written to: a link of the same name leads nowhere.
        std::fs::remove_file(path).ok();
        match std::fs::write(path, format!("{}\n", life.pid)) {
            Ok(()) => self.pid_file = Some(path.into()),
            Err(error) => log::warn!("{path}: no pid file ({error})"),
        }
    }

    fn remove_pid(&mut self) {
        if let Some(path) = self.pid_file.take() {
            std::fs::remove_file(&*path).ok();
        }
    }
}
