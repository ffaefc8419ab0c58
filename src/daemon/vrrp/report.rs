//! What the VRRP child says in the log, one line for each thing that happened.

use core::fmt;

use crate::vrrp::{Event, LinkId, RouterId};

use super::addresses::{Outcome, Owner};
use super::world::World;

/// An event of the engine.
pub(super) fn event(world: &World, event: Event) {
    let name = name(world, event.router());
    let link = |link| link_name(world, link);
    match event {
        Event::State { to, cause, .. } => log::info!("{name}: {to} ({})", cause.show(&link)),
        Event::Priority { from, to, .. } => {
            log::info!("{name}: effective priority {to} (was {from})");
        }
        Event::StillFault { faults, .. } => {
            log::info!("{name}: still fault ({})", faults.show(&link));
        }
        Event::Rejected { reason, from, .. } => {
            log::warn!("{name}: advert from {from} does not count ({reason})");
        }
        Event::OtherAddresses { from, .. } => {
            log::warn!("{name}: advert from {from} has other addresses than ours");
        }
        Event::Challenged { priority, from, .. } => {
            log::warn!("{name}: another master, {from}, with priority {priority}");
        }
    }
}

/// What came of setting addresses.
pub(super) fn held(world: &World, owner: Owner, outcome: Outcome) {
    let name = Whose(world, owner);
    if outcome.foreign > 0 {
        log::warn!(
            "{name}: {} of its addresses were set by somebody else, and will stay",
            outcome.foreign
        );
    }
    if let Some((ip, refusal)) = outcome.refusal {
        match outcome.refused {
            1 => log::error!("{name}: the kernel refuses {ip} ({refusal}), trying again"),
            count => log::error!(
                "{name}: the kernel refuses {count} addresses, such as {ip} ({refusal}), trying again"
            ),
        }
    }
    if outcome.waiting > 0 {
        log::warn!("{name}: {} of its addresses wait for their interface", outcome.waiting);
    }
}

/// Addresses that something else had removed are set again. What removes them again and again is
/// told of once a second.
pub(super) fn restored(world: &World, owner: Owner, outcome: Outcome) {
    let name = Whose(world, owner);
    if outcome.set > 0 {
        let first = world.addresses.is_first_round();
        let level = if first { log::Level::Warn } else { log::Level::Debug };
        log::log!(level, "{name}: {} of its addresses had been removed, put back", outcome.set);
    }
    held(world, owner, outcome);
}

struct Whose<'a>(&'a World, Owner);

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.1 {
            Owner::Router(router) => name(self.0, router),
            Owner::Static => "static_ipaddress",
        })
    }
}

/// A router's name.
pub(super) fn name(world: &World, router: RouterId) -> &str {
    world.instance(router).map_or("?", |instance| &instance.name)
}

fn link_name(world: &World, link: LinkId) -> &str {
    world.links.get(link).map_or("?", |link| link.name.as_str())
}
