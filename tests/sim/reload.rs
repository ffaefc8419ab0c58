//! A reload at any moment: a new engine goes on with the routers of the one before.

use holdfast::machine::Duration;
use holdfast::prng::Prng;
use holdfast::table::{Id, Table};
use holdfast::vrrp::{self, Action, Engine, Input, Role, Version};

use crate::node::{self, params};
use crate::options::{Member, Options, chance, pick};
use crate::shadow::{Verdict, demand};
use crate::world::World;

/// The file is read again; nothing in it has changed.
pub(crate) fn same(world: &mut World, place: usize) -> Verdict {
    let before = world.nodes[place].engine.poll_at();
    let actions = reload(world, place)?;
    demand(actions == 0, "a reload of the same file does nothing")?;
    let after = world.nodes[place].engine.poll_at();
    demand(before == after, "a reload of the same file moves no deadline")
}

/// The file is read again; something in it has changed.
pub(crate) fn other(world: &mut World, place: usize) -> Verdict {
    let mut member = world.options.nodes[place].clone();
    change(&mut world.random, &world.options, &mut member);
    world.options.nodes[place] = member;
    world.judge.configured(&world.options);
    world.disturb();
    reload(world, place).map(|_| ())
}

fn change(random: &mut Prng, options: &Options, member: &mut Member) {
    if chance(random, 500) && !member.owner {
        let priority = pick(random, &[1, 50, 100, 101, 200, 254]);
        member.priorities.iter_mut().for_each(|own| *own = priority);
    }
    if chance(random, 300) && options.version == Version::V3 {
        // One that another has, so that the run does not grow much longer.
        member.interval = options.nodes[0].interval;
    }
    if chance(random, 300) && !member.owner {
        member.preempt = !member.preempt;
    }
    if chance(random, 200) && member.preempt && !member.owner {
        member.preempt_delay = member.interval * pick(random, &[0, 2]);
    }
    if chance(random, 300) && !member.owner {
        member.weight = pick(random, &[None, Some(0), Some(-40), Some(30)]);
    }
    if chance(random, 300) {
        member.gap = pick(random, &[Duration::ZERO, member.interval / 20]);
    }
}

/// How many actions it led to.
fn reload(world: &mut World, place: usize) -> Result<usize, String> {
    let now = world.local(place);
    let params = params(&world.options, &world.options.nodes[place]);
    let port = world.lan.is_up(place);
    let node = &mut world.nodes[place];
    let mut engine = Engine::new(Table::new(params.clone()), vrrp::Options::default());
    // What is known of the kernel comes first, as at a start.
    let mut early: Vec<Action> = engine.handle(now, node::port(port)).collect();
    early.extend(engine.handle(now, node::uplink(node.uplink)));
    for router in 0..params.len() {
        let input = Input::Source { router: Id::new(router), address: Some(node.own) };
        early.extend(engine.handle(now, input));
    }
    demand(early.is_empty(), "a router that is not started does nothing")?;
    let before = std::mem::replace(&mut node.engine, engine);
    let mut count = 0;
    for (router, params) in params.into_iter().enumerate() {
        let node = &mut world.nodes[place];
        let master = node.shadows[router].role == Role::Master;
        node.announcer.reload(now, router, &params, master);
        node.shadows[router].reload(now, params);
        let carried = before.carry(Id::new(router)).ok_or("every router is carried over")?;
        let actions: Vec<Action> = node.engine.adopt(now, Id::new(router), carried).collect();
        count += actions.len();
        world.reloaded(place, router, &actions)?;
    }
    world.arm(place);
    Ok(count)
}
