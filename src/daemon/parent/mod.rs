//! The parent: watches its children, reads files, never a byte of the network.

mod child;
mod control;
mod reload;
mod respawn;
mod start;

use std::io;
use std::os::fd::OwnedFd;

use crate::config::Config;
use crate::machine::{Duration, Instant};
use crate::sys::clock;
use crate::sys::poll::{Events, Poll, Token};
use crate::sys::process::{self, Exit};
use crate::sys::signal::{Signal, Signals};
use crate::sys::timer::Timer;
use crate::wire::ipc::ToChild;

use super::Settings;
use super::vrrp::{Birth, Sweep};
use child::Child;
use control::Control;
pub(super) use control::{EXIT, TEXT};
use reload::Pending;
pub(super) use start::exit_code;
pub use start::run;

const SIGNALS: Token = Token(0);
const TIMER: Token = Token(1);
const CHILD: Token = Token(2);
const LISTENER: Token = Token(3);
/// The connections of commands follow.
const CLIENTS: Token = Token(16);

/// How long a child may take to stop unless `child_wait_time` says otherwise.
const CHILD_WAIT: Duration = Duration::from_secs(5);

/// After which time a child that could not be started is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The exit code of a daemon that may not do what it has to (as keepalived's).
pub(super) const NOT_PERMITTED: i32 = 4;

/// How a run of the loop ended.
enum Ended {
    /// The daemon is over, with this exit code.
    Exit(i32),
    /// This process is a new child.
    Born(Box<Birth>),
}

/// The parent's state.
struct Parent {
    settings: Settings,
    config: Config,
    /// The configuration in force, as its sealed text.
    text: OwnedFd,
    generation: u32,
    poll: Poll,
    timer: Timer,
    signals: Signals,
    control: Option<Control>,
    vrrp: Child,
    pending: Option<Pending>,
    /// Since when the daemon stops: the deadline of the children.
    stopping: Option<Instant>,
    /// The child, or the next one, only removes what the one before has left.
    sweeps: bool,
    /// When the one behind it starts.
    after: Option<Instant>,
    exit: i32,
}

impl Parent {
    /// Run until the end, or until this process is a child.
    fn live(&mut self) -> io::Result<Ended> {
        let mut events = Events::new();
        if let Some(birth) = self.start_children(clock::now())? {
            return Ok(Ended::Born(birth));
        }
        loop {
            let sweeps = self.sweeps && self.vrrp.start_at.is_some();
            if self.stopping.is_some() && !self.vrrp.is_alive() && !sweeps {
                return Ok(Ended::Exit(self.exit));
            }
            self.arm()?;
            self.poll.wait(&mut events, None)?;
            let now = clock::now();
            for ready in events.iter() {
                match ready.token {
                    SIGNALS => self.obey_signals(now)?,
                    TIMER => {
                        self.timer.drain()?;
                    }
                    CHILD => self.hear_child(),
                    token => self.hear_commands(now, token),
                }
            }
            if let Some(birth) = self.serve_due(now)? {
                return Ok(Ended::Born(birth));
            }
        }
    }

    fn obey_signals(&mut self, now: Instant) -> io::Result<()> {
        while let Some(signal) = self.signals.next()? {
            match signal {
                Signal::SIGTERM | Signal::SIGINT => self.stop(now),
                Signal::SIGHUP => self.reload(now, None),
                Signal::SIGCHLD => self.bury(now),
                _ => log::info!("{} has no use yet", signal.as_str()),
            }
        }
        Ok(())
    }

    /// Stop the children, then the daemon.
    fn stop(&mut self, now: Instant) {
        if self.stopping.is_some() {
            return;
        }
        log::info!("stopping");
        let wait = match self.config.global.child_wait {
            Duration::ZERO => CHILD_WAIT,
            wait => wait,
        };
        self.stopping = Some(now + wait);
        self.vrrp.tell(ToChild::Stop, None);
    }

    /// Learn which children have ended.
    fn bury(&mut self, now: Instant) {
        while let Some((pid, exit)) = process::wait_any() {
            if !self.vrrp.is(pid) {
                continue;
            }
            let started = self.vrrp.buried();
            if core::mem::take(&mut self.sweeps) {
                self.vrrp.start_at = self.after.take();
                if let Some(pending) = self.pending.take() {
                    self.begin_with(now, pending);
                }
                continue;
            }
            if exit == Exit::Code(0)
                && self.stopping.is_none()
                && let Some(pending) = self.pending.take()
            {
                // It was stopping already, because the configuration before had no work for it.
                self.begin_with(now, pending);
                continue;
            }
            self.settle_pending(false);
            let left = matches!(exit, Exit::Signal(_)) && !self.settings.keep_addresses;
            if self.stopping.is_some() || !self.wants_vrrp() {
                if left {
                    self.sweep(now, None);
                }
                continue;
            }
            match exit {
                Exit::Code(code) => log::error!("the VRRP child ended with exit code {code}"),
                Exit::Signal(signal) => {
                    log::error!("the VRRP child was killed by {}", signal.as_str());
                }
            }
            if exit == Exit::Code(NOT_PERMITTED) {
                log::error!("it needs root, or else CAP_NET_ADMIN and CAP_NET_RAW");
            }
            if exit == Exit::Code(NOT_PERMITTED) || self.settings.dont_respawn {
                self.exit = if exit == Exit::Code(NOT_PERMITTED) { NOT_PERMITTED } else { 1 };
                self.stopping = Some(now);
                if left {
                    self.sweep(now, None);
                }
                continue;
            }
            let at = self.vrrp.respawn.died(started, now);
            if at > now {
                log::info!("the VRRP child starts again in {} s", (at - now).secs());
            }
            match left && at > now {
                true => self.sweep(now, Some(at)),
                false => self.vrrp.start_at = Some(at),
            }
        }
    }

    /// Have the addresses removed that a child has left, for another router has them by now; then,
    /// at `then`, start it again.
    fn sweep(&mut self, now: Instant, then: Option<Instant>) {
        self.sweeps = true;
        self.after = then;
        self.vrrp.start_at = Some(now);
        self.stopping = self.stopping.map(|_| now + CHILD_WAIT);
    }

    fn wants_vrrp(&self) -> bool {
        let config = &self.config;
        let something = !config.instances.is_empty() || !config.statics.is_empty();
        something && !self.settings.no_vrrp
    }

    fn start_children(&mut self, now: Instant) -> io::Result<Option<Box<Birth>>> {
        if !self.wants_vrrp() && !self.sweeps {
            return Ok(None);
        }
        let what = if self.after.is_some() { Sweep::Virtual } else { Sweep::All };
        let sweep = self.sweeps.then_some(what);
        let born = self.vrrp.start(now, &self.text, self.generation, sweep, &self.settings)?;
        if born.is_none() {
            self.vrrp.watch(&self.poll, CHILD)?;
            if self.sweeps {
                return Ok(None);
            }
            self.vrrp.write_pid(&start::vrrp_pid_file(&self.settings, &self.config));
        }
        Ok(born)
    }

    fn serve_due(&mut self, now: Instant) -> io::Result<Option<Box<Birth>>> {
        if self.stopping.is_some_and(|at| at <= now) && self.vrrp.is_alive() {
            log::error!("the VRRP child does not stop: killed");
            self.vrrp.kill();
            self.stopping = Some(now + CHILD_WAIT);
        }
        if (self.stopping.is_none() || self.sweeps)
            && self.vrrp.start_at.is_some_and(|at| at <= now)
        {
            self.vrrp.start_at = None;
            return self.start_children(now).or_else(|error| {
                // The machine may have no room for a process now, and have some later.
                log::error!("the VRRP child cannot be started ({error}), trying again");
                self.vrrp.start_at = Some(now + RETRY);
                Ok(None)
            });
        }
        Ok(None)
    }

    fn arm(&self) -> io::Result<()> {
        let start_at = self.vrrp.start_at.filter(|_| self.stopping.is_none() || self.sweeps);
        self.timer.arm([start_at, self.stopping].into_iter().flatten().min())
    }
}
