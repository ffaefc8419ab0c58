//! A new configuration in the running child: only what changed is touched.

use std::os::fd::OwnedFd;

use crate::config::Config;
use crate::machine::Instant;
use crate::sys::{clock, heap};
use crate::table::Table;
use crate::vrrp::{Action, Engine, Input, LinkId, Options, Role, RouterId};
use crate::wire::ipc::ToParent;

use super::addresses::Owner;
use super::world::World;
use super::{Child, EARS, report};
use crate::daemon::{Settings, load};

/// The machines of a configuration.
pub(super) fn machines(config: Config, settings: &Settings) -> (Engine, World) {
    let params: Table<_> = config.instances.iter().map(|one| one.params.clone()).collect();
    let not_before = settings.started + config.global.startup_delay;
    let engine = Engine::new(params, Options { not_before });
    (engine, World::new(config, settings.keep_addresses))
}

impl Child {
    /// Take a configuration that the parent found without error.
    pub(super) fn reload(&mut self, generation: u32, text: &OwnedFd) {
        heap::open();
        match load::replay(text, &self.settings) {
            Ok(loaded) => {
                self.replace(loaded.config);
                self.say(ToParent::Ready { generation });
            }
            Err(error) => {
                log::error!("the configuration did not arrive ({error})");
                self.say(ToParent::Refused { generation });
            }
        }
        heap::seal();
    }

    fn replace(&mut self, config: Config) {
        let now = clock::now();
        let (engine, world) = machines(config, &self.settings);
        let matched = matches(&self.world.config, &world.config);
        for (at, heir) in heirs(&matched, self.world.config.instances.len()).enumerate() {
            if heir.is_none() {
                let router = RouterId::new(at);
                log::info!("{}: removed by the reload", report::name(&self.world, router));
                for action in self.engine.handle(now, Input::Stop(router)) {
                    match action {
                        // Another router of the new configuration may go on with an address.
                        Action::Release(router) => {
                            self.world.addresses.let_go(Owner::Router(router));
                        }
                        action => self.world.perform(&mut self.kernel, now, action),
                    }
                }
            }
        }
        let mut old_world = core::mem::replace(&mut self.world, world);
        let old_engine = core::mem::replace(&mut self.engine, engine);
        for (source, old) in self.world.sources.iter_mut().zip(&matched) {
            *source = source.or(old.and_then(|old| *old_world.sources.get(old.index())?));
        }
        self.inherit(now, &mut old_world);
        for (at, old) in matched.iter().enumerate() {
            let router = RouterId::new(at);
            // Engine and world must not differ in what they take for the source.
            let address = self.world.sources.get(at).copied().flatten();
            self.tell(now, Input::Source { router, address });
            match old.and_then(|old| old_engine.carry(old)) {
                Some(carried) => {
                    for action in self.engine.adopt(now, router, carried) {
                        self.world.perform(&mut self.kernel, now, action);
                    }
                    self.hold_again(now, router);
                }
                None => {
                    log::info!("{}: added by the reload", report::name(&self.world, router));
                    self.wait_for_link(router);
                    self.tell(now, Input::Start(router));
                }
            }
        }
        let World { addresses, links, .. } = &mut self.world;
        addresses.drop_unwanted(links, &mut self.kernel.netlink);
    }

    /// Take over interfaces, sockets and addresses of the world before.
    fn inherit(&mut self, now: Instant, old: &mut World) {
        self.world.links.inherit(&old.links);
        let World { links, sockets, addresses, .. } = &mut self.world;
        let place = |link: LinkId| links.named(&old.links.get(link)?.name);
        sockets.inherit(&mut old.sockets, &place, &self.poll, EARS);
        let netlink = &mut self.kernel.netlink;
        addresses.inherit(&mut old.addresses, &place, &old.links, netlink);
        let looked = self.look_at_links(now).and_then(|()| {
            self.open_again(now);
            let World { addresses, links, .. } = &mut self.world;
            addresses.hold(Owner::Static, now, links, &mut self.kernel.netlink);
            self.look_for_sources(now)
        });
        if let Err(error) = looked {
            log::error!("the interfaces are not known ({error})");
        }
    }

    /// A master goes on with the addresses it has now.
    fn hold_again(&mut self, now: Instant, router: RouterId) {
        let master =
            self.engine.routers().get(router).is_some_and(|one| one.role() == Role::Master);
        if !master {
            return;
        }
        let World { addresses, links, .. } = &mut self.world;
        let owner = Owner::Router(router);
        let outcome = addresses.hold(owner, now, links, &mut self.kernel.netlink);
        report::held(&self.world, owner, outcome);
        if outcome.set > 0 {
            self.tell(now, Input::Restored(router));
        }
    }
}

/// For each router of the new configuration the one of the old that it goes on with.
fn matches(old: &Config, new: &Config) -> Box<[Option<RouterId>]> {
    let key = |config: &Config, at: usize| {
        let params = &config.instance(RouterId::new(at))?.params;
        let link = config.links.get(params.link.index()).cloned();
        // What `Params::same_router` compares, in an order to search by.
        Some((params.vrid, params.family, params.group, link))
    };
    let mut places: Vec<usize> = (0..old.instances.len()).collect();
    places.sort_by_cached_key(|at| key(old, *at));
    let find = |at: usize| {
        let wanted = key(new, at);
        let place = places.partition_point(|old_at| key(old, *old_at) < wanted);
        let old_at = *places.get(place)?;
        (key(old, old_at) == wanted).then(|| RouterId::new(old_at))
    };
    (0..new.instances.len()).map(find).collect()
}

/// For each router of the old configuration whether one of the new goes on with it.
fn heirs(matched: &[Option<RouterId>], count: usize) -> impl Iterator<Item = Option<RouterId>> {
    let mut heirs = vec![None; count];
    for (at, old) in matched.iter().enumerate() {
        if let Some(slot) = old.and_then(|old| heirs.get_mut(old.index())) {
            *slot = Some(RouterId::new(at));
        }
    }
    heirs.into_iter()
}
