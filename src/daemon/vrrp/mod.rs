//! The VRRP child: adverts either way, addresses on interfaces.

mod addresses;
mod links;
mod own;
mod recover;
mod reload;
mod report;
mod sockets;
mod world;

use std::io;
use std::os::fd::OwnedFd;

use crate::machine::{Duration, Instant};
use crate::sys::channel::Channel;
use crate::sys::link::{Event, Monitor};
use crate::sys::poll::{EVENTS_MAX, Events, Poll, Token};
use crate::sys::signal::{Signal, Signals};
use crate::sys::timer::Timer;
use crate::sys::{clock, heap};
use crate::vrrp::{Engine, Input, LinkId, LinkState, RouterId};
use crate::wire::ipc::{MESSAGE_LEN, ToChild, ToParent};

use super::parent::exit_code;
use super::rights;
use addresses::Owner;
use links::Change;
use world::{Kernel, World};

const SIGNALS: Token = Token(0);
const CHANNEL: Token = Token(1);
const TIMER: Token = Token(2);
const MONITOR: Token = Token(3);
/// The sockets of adverts follow.
const EARS: Token = Token(16);

/// How many adverts one socket is read in a turn.
const PACKETS_MAX: usize = 64;
/// How many turns in a row a flood may put the timers off.
const PUT_OFF_MAX: u8 = 4;
/// How late a turn may be before it is asked again what is ready.
const OVERSLEPT: Duration = Duration::from_millis(5);
/// How many events of the kernel are read in a turn.
const EVENTS_TURN_MAX: usize = 4096;
/// After which time an interface that gave no socket is asked again.
const RETRY: Duration = Duration::from_secs(1);
/// Room for the largest IP packet of an advert, and what else comes by the protocol's number.
const PACKET_LEN: usize = 8192;

/// What a child removes that does nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sweep {
    /// All addresses: the daemon ends.
    All,
    /// All but those of `static_ipaddress`: another child follows.
    Virtual,
}

/// What the parent gives the child on its way.
#[derive(Debug)]
pub(super) struct Birth {
    /// The child's end.
    pub(super) channel: Channel,
    /// The sealed text of the configuration.
    pub(super) text: OwnedFd,
    /// Its number.
    pub(super) generation: u32,
    /// Only remove what a child before has left.
    pub(super) sweep: Option<Sweep>,
    /// The parent, whose death ends the child.
    pub(super) parent: crate::sys::process::Pid,
    /// What the command line said.
    pub(super) settings: super::Settings,
}

/// The whole of the child.
struct Child {
    settings: super::Settings,
    engine: Engine,
    world: World,
    kernel: Kernel,
    monitor: Monitor,
    poll: Poll,
    timer: Timer,
    signals: Signals,
    channel: Channel,
    buffer: Box<[u8]>,
    /// The sources of adverts are to be looked for again.
    sources_dirty: bool,
    open_at: Option<Instant>,
    put_off: u8,
    end: bool,
}

/// Live as the VRRP child; the exit code.
#[inline(never)] // its frame would be part of the parent's, which lasts as long as the process
pub(super) fn run(birth: Birth) -> i32 {
    match live(birth) {
        Ok(()) => 0,
        Err(error) => {
            log::error!("cannot run: {error}");
            exit_code(&error)
        }
    }
}

fn live(birth: Birth) -> io::Result<()> {
    let signals = Signals::new(&[
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
    ])?;
    rights::child(birth.parent)?;
    let poll = Poll::new()?;
    let timer = Timer::new()?;
    let monitor = Monitor::open(Some(1 << 20))?;
    poll.add(&signals, SIGNALS)?;
    poll.add(&birth.channel, CHANNEL)?;
    poll.add(&timer, TIMER)?;
    poll.add(&monitor, MONITOR)?;
    let loaded = super::load::replay(&birth.text, &birth.settings)?;
    drop(birth.text);
    let (engine, world) = reload::machines(loaded.config, &birth.settings);
    let mut child = Child {
        settings: birth.settings,
        engine,
        world,
        kernel: Kernel::open()?,
        monitor,
        poll,
        timer,
        signals,
        channel: birth.channel,
        buffer: vec![0; PACKET_LEN].into_boxed_slice(),
        sources_dirty: false,
        open_at: None,
        put_off: 0,
        end: false,
    };
    if let Some(sweep) = birth.sweep {
        return child.sweep(sweep);
    }
    child.recover()?;
    child.say(ToParent::Ready { generation: birth.generation });
    heap::seal();
    let mut events = Events::new();
    while !child.end {
        child.turn(&mut events)?;
    }
    child.stop();
    Ok(())
}

impl Child {
    /// One turn: signals and messages, events of the kernel, packets, what is due; in this order.
    fn turn(&mut self, events: &mut Events) -> io::Result<()> {
        let hurry = (self.put_off > 0).then_some(Duration::ZERO);
        self.poll.wait(events, hurry)?;
        let mut now = clock::now();
        if self.engine.poll_at().is_some_and(|at| at + OVERSLEPT < now) {
            // Stopped, or not scheduled: what came meanwhile need not be among the events, least of
            // all after a stop, which ends the wait with none. It counts before the timers do.
            self.poll.wait(events, Some(Duration::ZERO))?;
            now = clock::now();
        }
        let ready = |token| events.iter().any(|one| one.token == token);
        let full = events.iter().count() == EVENTS_MAX;
        if ready(SIGNALS) {
            self.obey_signals()?;
        }
        if ready(CHANNEL) {
            self.obey_parent();
        }
        if ready(TIMER) {
            self.timer.drain()?;
        }
        // What happened to an interface must be known before its adverts are judged.
        if ready(MONITOR) || full {
            self.hear_kernel(now)?;
        }
        let mut left = full;
        for one in events.iter().filter(|one| one.token >= EARS) {
            let at = usize::try_from(one.token.0 - EARS.0).unwrap_or(usize::MAX);
            left |= self.hear_adverts(now, at);
        }
        self.put_off = if left { self.put_off + 1 } else { 0 };
        if !left || self.put_off > PUT_OFF_MAX {
            self.put_off = u8::from(left);
            self.serve_due(now);
        }
        self.arm()
    }

    fn tell(&mut self, now: Instant, input: Input<'_>) {
        self.world.tell(&mut self.engine, &mut self.kernel, now, input);
    }

    fn say(&self, message: ToParent) {
        // A parent that does not listen is dying, and its death is told by the channel.
        if let Err(error) = self.channel.send(&message.encode(), None) {
            log::debug!("the parent does not listen ({error})");
        }
    }

    fn obey_signals(&mut self) -> io::Result<()> {
        while let Some(signal) = self.signals.next()? {
            // The others are for the parent, though a terminal sends them to all.
            self.end |= signal == Signal::SIGTERM;
        }
        Ok(())
    }

    fn obey_parent(&mut self) {
        let mut bytes = [0; MESSAGE_LEN];
        loop {
            match self.channel.recv(&mut bytes) {
                Ok(Some((0, _))) => {
                    log::error!("the parent is gone: stopping");
                    self.end = true;
                    return;
                }
                Ok(Some((len, text))) => {
                    match ToChild::decode(bytes.get(..len).unwrap_or_default()) {
                        Ok(ToChild::Stop) => self.end = true,
                        Ok(ToChild::Load { generation }) => match text {
                            Some(text) => self.reload(generation, &text),
                            None => self.say(ToParent::Refused { generation }),
                        },
                        Ok(ToChild::Report { .. } | ToChild::Verbosity { .. }) => {}
                        Err(_) => {
                            log::error!("the parent speaks another language: stopping");
                            self.end = true;
                        }
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    log::error!("the parent cannot be heard ({error}): stopping");
                    self.end = true;
                    return;
                }
            }
        }
    }

    /// Read what the kernel tells of interfaces and addresses.
    fn hear_kernel(&mut self, now: Instant) -> io::Result<()> {
        for _ in 0..EVENTS_TURN_MAX {
            match self.monitor.next()? {
                Some(Event::Link(link)) => {
                    let mut changes = heapless::Vec::<Change, 4>::new();
                    self.world.links.update(&link, &mut |change| {
                        // An interface has one old name and one new one.
                        changes.push(change).ok();
                    });
                    for change in changes {
                        self.link_changed(now, change);
                    }
                }
                Some(Event::Address(address)) => {
                    let Some(link) = self.world.links.numbered(address.index) else {
                        self.sources_dirty |= self.world.own.names(address.ip);
                        continue;
                    };
                    let ours = self.world.addresses.observe(
                        link,
                        address.ip,
                        address.prefix,
                        address.proto,
                        address.gone,
                    );
                    self.sources_dirty |= !ours;
                }
                Some(Event::Overrun) => self.look_again(now)?,
                None => break,
            }
        }
        if core::mem::take(&mut self.sources_dirty) {
            self.look_for_sources(now)?;
        }
        self.repair(now);
        Ok(())
    }

    fn link_changed(&mut self, now: Instant, change: Change) {
        let Change { link, mut state, replaced, left } = change;
        if replaced {
            self.world.sockets.close(link);
            if let Some(index) = left {
                self.world.addresses.leave(link, index, &mut self.kernel.netlink);
            }
            self.world.addresses.link_changed(link, false);
        }
        self.sources_dirty = true;
        if let Some(entry) = self.world.links.get(link)
            && let Some(index) = entry.index
        {
            let opened = self.world.sockets.open(link, index, &self.poll, EARS);
            if let Err(error) = opened {
                log::error!("{}: no socket ({error}), trying again", entry.name);
                self.open_at = Some(now + RETRY);
                state = LinkState::Down;
            }
            self.world.addresses.link_changed(link, true);
        }
        self.tell(now, Input::Link { link, state });
        if state == LinkState::Up {
            self.announce_on(now, link);
        }
    }

    /// What was announced on an interface while it was down was lost.
    fn announce_on(&mut self, now: Instant, link: LinkId) {
        for at in 0..self.world.config.instances.len() {
            let router = RouterId::new(at);
            let instance = self.world.instance(router);
            if instance.is_some_and(|one| one.addresses.iter().any(|ip| ip.link == link)) {
                self.tell(now, Input::Restored(router));
            }
        }
    }

    /// Read the adverts that wait; true if some are left.
    fn hear_adverts(&mut self, now: Instant, at: usize) -> bool {
        for _ in 0..PACKETS_MAX {
            match self.world.sockets.receive(at, &mut self.buffer) {
                Ok(Some((None, _))) => {}
                Ok(Some((Some(link), received))) => {
                    let input = Input::Packet {
                        link,
                        from: received.from,
                        to: received.to,
                        ttl: received.ttl,
                        bytes: received.payload,
                    };
                    self.world.tell(&mut self.engine, &mut self.kernel, now, input);
                }
                Ok(None) => return false,
                Err(error) => {
                    log::debug!("advert not received ({error})");
                    return false;
                }
            }
        }
        true
    }

    fn serve_due(&mut self, now: Instant) {
        if self.engine.poll_at().is_some_and(|at| at <= now) {
            self.tell(now, Input::Tick);
        }
        self.repair(now);
        if self.open_at.is_some_and(|at| at <= now) {
            self.open_at = None;
            self.open_again(now);
        }
    }

    /// Set again what something else removed, and announce it.
    fn repair(&mut self, now: Instant) {
        if !self.world.addresses.repair_is_due(now) {
            return;
        }
        let World { addresses, links, .. } = &mut self.world;
        if let Some(outcome) = addresses.repair(Owner::Static, now, links, &mut self.kernel.netlink)
        {
            report::restored(&self.world, Owner::Static, outcome);
        }
        for at in 0..self.world.config.instances.len() {
            let router = RouterId::new(at);
            let World { addresses, links, .. } = &mut self.world;
            let owner = Owner::Router(router);
            let outcome = addresses.repair(owner, now, links, &mut self.kernel.netlink);
            let Some(outcome) = outcome else { continue };
            report::restored(&self.world, owner, outcome);
            if outcome.set > 0 {
                self.tell(now, Input::Restored(router));
            }
        }
    }

    fn arm(&self) -> io::Result<()> {
        let due = [self.engine.poll_at(), self.world.addresses.poll_at(), self.open_at];
        self.timer.arm(due.into_iter().flatten().min())
    }

    /// Resign, and leave nothing behind.
    fn stop(&mut self) {
        heap::open();
        let now = clock::now();
        for at in 0..self.world.config.instances.len() {
            self.tell(now, Input::Stop(RouterId::new(at)));
        }
        let World { addresses, links, keep_addresses, .. } = &mut self.world;
        if !*keep_addresses {
            addresses.release(Owner::Static, links, &mut self.kernel.netlink);
        }
        log::info!("stopped");
    }
}
