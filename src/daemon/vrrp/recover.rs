//! From whatever the kernel holds to what it should hold: at the start, after lost events, after a
//! reload.

use std::io;

use crate::machine::Instant;
use crate::sys::addr::{self, Address, AddressSpec, MARK};
use crate::sys::clock;
use crate::vrrp::{Begin, Family, Input, LinkId, LinkState, RouterId};

use super::addresses::Owner;
use super::world::World;
use super::{Child, EARS, RETRY, Sweep, report};

impl Child {
    /// Remove what a child that was killed left behind, and nothing else.
    pub(super) fn sweep(&mut self, sweep: Sweep) -> io::Result<()> {
        self.look_at_links(clock::now())?;
        self.remove_leftovers(sweep)
    }

    /// Start from nothing: find the interfaces, remove what a crash left behind, start the routers.
    pub(super) fn recover(&mut self) -> io::Result<()> {
        let now = clock::now();
        self.look_at_links(now)?;
        self.remove_leftovers(Sweep::All)?;
        let World { addresses, links, .. } = &mut self.world;
        let outcome = addresses.hold(Owner::Static, now, links, &mut self.kernel.netlink);
        report::held(&self.world, Owner::Static, outcome);
        self.look_for_sources(now)?;
        for at in 0..self.world.config.instances.len() {
            let router = RouterId::new(at);
            self.wait_for_link(router);
            self.tell(now, Input::Start(router));
        }
        self.arm()
    }

    /// Say which interface a router waits for: nobody is at the machine to wonder.
    pub(super) fn wait_for_link(&self, router: RouterId) {
        let Some(instance) = self.world.instance(router) else { return };
        let Some(link) = self.world.links.get(instance.params.link) else { return };
        if link.index.is_none() {
            log::warn!("{}: waiting for interface {}", instance.name, link.name);
        }
    }

    /// Ask for all interfaces.
    pub(super) fn look_at_links(&mut self, now: Instant) -> io::Result<()> {
        let mut changes = Vec::new();
        let mut seen = Vec::new();
        let links = &mut self.world.links;
        self.kernel.netlink.dump_links(&mut |link| {
            seen.push(link.index);
            links.update(link, &mut |change| changes.push(change));
        })?;
        links.absent(&|index| seen.contains(&index), &mut |change| changes.push(change));
        links.any(&mut |change| changes.push(change));
        for change in changes {
            self.link_changed(now, change);
        }
        Ok(())
    }

    /// Events were lost: ask for everything.
    pub(super) fn look_again(&mut self, now: Instant) -> io::Result<()> {
        log::warn!("events of the kernel were lost: asking for all interfaces");
        crate::sys::heap::exempt(|| self.look_at_links(now))?;
        let World { addresses, links, .. } = &mut self.world;
        addresses.doubt();
        self.kernel.netlink.dump_addresses(&mut |address| {
            if let Some(link) = links.numbered(address.index) {
                addresses.confirm(link, address.ip, address.prefix);
            }
        })?;
        addresses.conclude();
        self.sources_dirty = true;
        Ok(())
    }

    /// Find the address each router's adverts come from, and tell the engine what changed.
    pub(super) fn look_for_sources(&mut self, now: Instant) -> io::Result<()> {
        self.sources_dirty = false;
        let World { addresses, links, own, .. } = &mut self.world;
        links.forget_addresses();
        own.forget();
        self.kernel.netlink.dump_addresses(&mut |address| {
            let link = links.numbered(address.index);
            let ours = |link| addresses.is_ours(link, address.ip, address.prefix);
            if !address.is_usable() || link.is_some_and(ours) {
                return;
            }
            own.offer(address.ip);
            if let Some(link) = link {
                links.offer(link, address.ip);
            }
        })?;
        for at in 0..self.world.config.instances.len() {
            let router = RouterId::new(at);
            let Some(instance) = self.world.instance(router) else { continue };
            let family = Family::of(instance.params.group);
            let found = || self.world.links.source(instance.params.link, family);
            let configured = instance.source.is_some();
            let address = match instance.source {
                Some(ip) if instance.params.unicast.is_some() => {
                    Some(ip).filter(|ip| self.world.own.has(*ip))
                }
                source => source.or_else(found),
            };
            let Some(known) = self.world.sources.get_mut(at) else { continue };
            // The first time the engine has to hear of a configured source too.
            if *known != address || configured {
                *known = address;
                self.tell(now, Input::Source { router, address });
            }
        }
        Ok(())
    }

    /// Open sockets that could not be opened before; tell the engine the state of every interface.
    pub(super) fn open_again(&mut self, now: Instant) {
        for at in 0..self.world.config.links.len() {
            let link = LinkId::new(at);
            let World { links, sockets, .. } = &mut self.world;
            let Some(entry) = links.get(link) else { continue };
            let mut state = match (entry.index, entry.up) {
                (None, _) => LinkState::Absent,
                (Some(_), false) => LinkState::Down,
                (Some(_), true) => LinkState::Up,
            };
            // What one interface refuses is no fault of another.
            if let Some(index) = entry.index
                && sockets.open(link, index, &self.poll, EARS).is_err()
            {
                self.open_at = Some(now + RETRY);
                state = LinkState::Down;
            }
            self.tell(now, Input::Link { link, state });
        }
    }

    /// Remove the addresses that an earlier process of ours left when it was killed.
    ///
    /// They bear our mark. Where the kernel keeps no marks (before 5.18), a configured address is
    /// taken for a left-over, unless it belongs to the owner of its virtual router, who has it by
    /// himself.
    fn remove_leftovers(&mut self, sweep: Sweep) -> io::Result<()> {
        let marks = kernel_keeps_marks();
        let alone = self.world.config.global.instance.is_none();
        let mut requests = Vec::new();
        let World { addresses, links, config, .. } = &self.world;
        let owned = |address: &Address| {
            config.instances.iter().any(|one| {
                one.params.begin == Begin::Master
                    && one.addresses.iter().any(|other| other.ip == address.ip)
            })
        };
        self.kernel.netlink.dump_addresses(&mut |address| {
            let known = links
                .numbered(address.index)
                .is_some_and(|link| addresses.knows(link, address.ip, address.prefix));
            let ours = match address.proto {
                Some(MARK) => alone || known,
                _ => !marks && known && !owned(address),
            };
            let stays = sweep == Sweep::Virtual
                && config.statics.iter().any(|one| {
                    Some(one.link) == links.numbered(address.index)
                        && (one.ip, one.prefix) == (address.ip, address.prefix)
                });
            if ours && !stays {
                let mut spec = AddressSpec::new(address.index, address.ip, address.prefix);
                spec.peer = address.peer;
                requests.push(addr::delete(&spec));
            }
        })?;
        if !requests.is_empty() {
            log::warn!("removing {} addresses that an earlier run left", requests.len());
        }
        self.kernel.netlink.transact(&mut requests.iter(), &mut |_, _| {})
    }
}

/// `IFA_PROTO` is there since Linux 5.18.
fn kernel_keeps_marks() -> bool {
    let release = crate::sys::files::read("/proc/sys/kernel/osrelease");
    let text = release.map(|file| file.bytes).unwrap_or_default();
    let text = core::str::from_utf8(&text).unwrap_or_default();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>());
    let major = numbers.next().and_then(Result::ok).unwrap_or(0);
    let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
    (major, minor) >= (5, 18)
}
