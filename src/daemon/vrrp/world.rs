//! What the VRRP child has of the kernel: interfaces, sockets, addresses.

use core::net::IpAddr;
use std::io;

use crate::config::{Config, Instance};
use crate::machine::Instant;
use crate::sys::frame::Frames;
use crate::sys::netlink::Netlink;
use crate::vrrp::{Action, Engine, Input, RouterId};
use crate::wire::vrrp::{ADVERT_MAX, AdvertRepr};
use crate::wire::{Mac, garp, ip, ndisc};

use super::addresses::{Addresses, Owner};
use super::links::Links;
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
    /// Which routers' last advert was not sent.
    mute: Box<[bool]>,
    /// Number of the next IPv4 packet.
    ident: u16,
    packet: Box<[u8]>,
    /// Leave the addresses when the process stops.
    pub(super) keep_addresses: bool,
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
            sources: config.instances.iter().map(|one| one.source).collect(),
            mute: config.instances.iter().map(|_| false).collect(),
            ident: 0,
            packet: vec![0; ip::HEADER_LEN + ADVERT_MAX].into_boxed_slice(),
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

    /// Send an advert. What the kernel does not take is lost, as on any network.
    fn send(&mut self, router: RouterId, priority: u8) {
        let source = self.sources.get(router.index()).copied().flatten();
        let Some(instance) = self.config.instance(router) else { return };
        // The engine holds a router without a source in fault.
        let Some(from) = source else { return };
        let params = &instance.params;
        let to = params.group;
        let advert = AdvertRepr {
            version: params.version,
            family: params.family,
            vrid: params.vrid,
            priority,
            interval: params.interval,
            auth: params.auth,
            addresses: &params.addresses,
        };
        let Some((header, room)) = self.packet.split_at_mut_checked(ip::HEADER_LEN) else { return };
        let len = advert.emit(room, from, to);
        let packet = match (from, to) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                // 0 would make the kernel choose.
                self.ident = self.ident.checked_add(1).unwrap_or(1);
                header.copy_from_slice(&ip::header(from, to, self.ident, len));
                self.packet.get(..ip::HEADER_LEN + len)
            }
            _ => room.get(..len),
        };
        let sent = self.sockets.send(params.link, packet.unwrap_or_default(), from, to);
        let mute = self.mute.get_mut(router.index());
        match (sent, mute) {
            // A last word has no time to come through where the interface has just gone.
            (Err(error), _) if priority == 0 => {
                log::debug!("{}: resignation not sent ({error})", instance.name);
            }
            // Told once: others take over, and nothing else shows why.
            (Err(error), Some(mute)) if !*mute => {
                *mute = true;
                log::warn!("{}: advert not sent ({error})", instance.name);
            }
            (Err(error), _) => log::debug!("{}: advert not sent ({error})", instance.name),
            (Ok(()), Some(mute)) if *mute => {
                *mute = false;
                log::info!("{}: adverts are sent again", instance.name);
            }
            (Ok(()), _) => {}
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
