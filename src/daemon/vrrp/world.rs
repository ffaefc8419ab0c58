//! What the VRRP child has of the kernel: interfaces, sockets, addresses.

use core::net::IpAddr;
use std::io;

use crate::config::{Config, Instance};
use crate::machine::Instant;
use crate::sys::advert::Way;
use crate::sys::frame::Frames;
use crate::sys::netlink::Netlink;
use crate::vrrp::{Action, Engine, Input, Params, RouterId};
use crate::wire::vrrp::{ADVERT_MAX, AdvertRepr, HOPS};
use crate::wire::{Mac, garp, ip, ndisc};

use super::addresses::{Addresses, Owner};
use super::links::Links;
use super::own::Own;
use super::report;
use super::sockets::Sockets;

/// The kernel's side of a configuration. It carries out what the engine asks for.
#[derive(Debug)]
pub(super) struct World {
    pub(super) config: Config,
    pub(super) links: Links,
    pub(super) sockets: Sockets,
    pub(super) addresses: Addresses,
    /// The source of each router's adverts.
    pub(super) sources: Box<[Option<IpAddr>]>,
    /// Which of the configured sources of unicast there are.
    pub(super) own: Own,
    /// Which routers' last advert was not sent.
    mute: Box<[bool]>,
    scratch: Scratch,
    /// Leave the addresses when the process stops.
    pub(super) keep_addresses: bool,
}

/// Where adverts are written.
#[derive(Debug)]
struct Scratch {
    /// Number of the last IPv4 packet.
    ident: u16,
    packet: Box<[u8]>,
}

impl Scratch {
    /// An advert as a socket takes it: over IPv4 with its header.
    fn packet(&mut self, params: &Params, priority: u8, way: Way) -> &[u8] {
        let advert = AdvertRepr {
            version: params.version,
            family: params.family,
            vrid: params.vrid,
            priority,
            interval: params.interval,
            auth: params.auth,
            addresses: &params.addresses,
        };
        let Some((header, room)) = self.packet.split_first_chunk_mut() else { return &[] };
        let len = advert.emit(room, way.from, way.to);
        let start = match (way.from, way.to) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                // 0 would make the kernel choose.
                self.ident = self.ident.checked_add(1).unwrap_or(1);
                *header = ip::header(from, to, self.ident, len);
                ip::set_hops(header, way.hops);
                0
            }
            _ => ip::HEADER_LEN,
        };
        self.packet.get(start..ip::HEADER_LEN + len).unwrap_or_default()
    }
}

/// The sockets that serve every configuration.
#[derive(Debug)]
pub(super) struct Kernel {
    /// For requests.
    pub(super) netlink: Netlink,
    /// For announcements.
    pub(super) frames: Frames,
}

impl Kernel {
    /// Open them.
    ///
    /// # Errors
    /// What the kernel says: without `CAP_NET_RAW` there are no frames.
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self { netlink: Netlink::open()?, frames: Frames::open()? })
    }
}

impl World {
    /// The world of a configuration, before anything is open or set.
    pub(super) fn new(config: Config, keep_addresses: bool) -> Self {
        Self {
            links: Links::new(&config.links),
            sockets: Sockets::new(&config),
            addresses: Addresses::new(&config),
            sources: config
                .instances
                .iter()
                .map(|one| one.source.filter(|_| one.params.unicast.is_none()))
                .collect(),
            own: Own::new(&config),
            mute: config.instances.iter().map(|_| false).collect(),
            scratch: Scratch {
                ident: 0,
                packet: vec![0; ip::HEADER_LEN + ADVERT_MAX].into_boxed_slice(),
            },
            keep_addresses,
            config,
        }
    }

    /// A router's configuration.
    pub(super) fn instance(&self, router: RouterId) -> Option<&Instance> {
        self.config.instance(router)
    }

    /// Tell the engine something, and do what it answers.
    pub(super) fn tell(
        &mut self,
        engine: &mut Engine,
        kernel: &mut Kernel,
        now: Instant,
        input: Input<'_>,
    ) {
        for action in engine.handle(now, input) {
            self.perform(kernel, now, action);
        }
    }

    /// Do what the engine asks for.
    pub(super) fn perform(&mut self, kernel: &mut Kernel, now: Instant, action: Action) {
        match action {
            Action::Send { router, priority } => self.send(router, priority),
            Action::Hold(router) => {
                let owner = Owner::Router(router);
                let outcome = self.addresses.hold(owner, now, &self.links, &mut kernel.netlink);
                report::held(self, owner, outcome);
            }
            Action::Release(router) if self.keep_addresses => {
                self.addresses.abandon(Owner::Router(router));
            }
            Action::Release(router) => {
                let owner = Owner::Router(router);
                self.addresses.release(owner, &self.links, &mut kernel.netlink);
            }
            Action::Announce { router, first, count, times } => {
                self.announce(&kernel.frames, router, first.into(), count.into(), times);
            }
            Action::Report(event) => report::event(self, event),
        }
    }

    /// Send an advert, by unicast to each peer. What the kernel does not take is lost, as on any
    /// network.
    fn send(&mut self, router: RouterId, priority: u8) {
        let source = self.sources.get(router.index()).copied().flatten();
        let Some(instance) = self.config.instance(router) else { return };
        // The engine holds a router without a source in fault.
        let Some(from) = source else { return };
        let params = &instance.params;
        let mut failed = None;
        let mut send = |to, hops| {
            let way = Way { from, to, hops };
            let packet = self.scratch.packet(params, priority, way);
            if let Err(error) = self.sockets.send(params.link, packet, way) {
                failed = Some((to, error));
            }
        };
        match &params.unicast {
            None => send(params.group, HOPS),
            Some(unicast) => {
                // A list that all routers share names this one, too.
                for peer in unicast.peers.iter().filter(|peer| peer.ip != from) {
                    send(peer.ip, unicast.hops);
                }
            }
        }
        let mute = self.mute.get_mut(router.index());
        match (failed, mute) {
            // A last word has no time to come through where the interface has just gone.
            (Some((_, error)), _) if priority == 0 => {
                log::debug!("{}: resignation not sent ({error})", instance.name);
            }
            // Told once: others take over, and nothing else shows why.
            (Some((to, error)), Some(mute)) if !*mute => {
                *mute = true;
                log::warn!("{}: advert to {to} not sent ({error})", instance.name);
            }
            (Some((to, error)), _) => {
                log::debug!("{}: advert to {to} not sent ({error})", instance.name);
            }
            (None, Some(mute)) if *mute => {
                *mute = false;
                log::info!("{}: adverts are sent again", instance.name);
            }
            (None, _) => {}
        }
    }

    /// Tell the neighbours where the addresses are.
    fn announce(&self, frames: &Frames, router: RouterId, first: usize, count: usize, times: u16) {
        let Some(instance) = self.config.instance(router) else { return };
        for address in instance.addresses.iter().skip(first).take(count) {
            let Some(link) = self.links.get(address.link) else { continue };
            let (Some(index), Some(mac)) = (link.index, link.mac.map(Mac)) else { continue };
            if !link.arp {
                continue;
            }
            for _ in 0..times {
                let sent = match address.ip {
                    IpAddr::V4(ip) => frames.send(index, &garp::frame(mac, ip)),
                    IpAddr::V6(ip) => {
                        let sender = match link.forwards {
                            true => ndisc::Sender::Router,
                            false => ndisc::Sender::Host,
                        };
                        frames.send(index, &ndisc::frame(mac, ip, sender))
                    }
                };
                if let Err(error) = sent {
                    log::debug!("{}: {} not announced ({error})", instance.name, address.ip);
                }
            }
        }
    }
}
