//! What befalls the nodes: chaos, then a quiet time, then one clean cause whose effect is due in
//! time.

use holdfast::machine::Duration;
use holdfast::table::Id;
use holdfast::vrrp::{Auth, Family, Input, Role, Version};
use holdfast::wire::vrrp::AdvertRepr;

use crate::invariants::{masters, tolerant};
use crate::node::{self, Node};
use crate::options::{chance, up_to};
use crate::reload;
use crate::shadow::{Told, Verdict, skew};
use crate::world::World;

/// Chaos and calm follow each other this often.
const ROUNDS: usize = 8;

/// The whole of a run.
pub(crate) fn play(world: &mut World) -> Verdict {
    for place in 0..world.nodes.len() {
        if chance(&mut world.random, 700) {
            start(world, place)?;
        }
    }
    for _ in 0..ROUNDS {
        chaos(world)?;
        calm(world)?;
        one_goes(world)?;
    }
    Ok(())
}

fn chaos(world: &mut World) -> Verdict {
    world.chaos = true;
    let interval = world.options.interval_max();
    for _ in 0..world.random.below(20) {
        let place = any(world);
        befall(world, place)?;
        let most = if chance(&mut world.random, 300) { interval * 6 } else { interval };
        let span = up_to(&mut world.random, most);
        world.run_for(span)?;
    }
    world.chaos = false;
    world.disturb();
    Ok(())
}

fn befall(world: &mut World, place: usize) -> Verdict {
    let interval = world.options.interval_max();
    let awake = world.nodes[place].alive && !world.nodes[place].asleep;
    match world.random.below(16) {
        0 => crash(world, place),
        1 if awake => stop(world, place)?,
        2 | 3 => start(world, place)?,
        4 | 5 if awake => {
            let span = up_to(&mut world.random, interval * 8);
            world.doze(place, span);
        }
        6 => {
            let other = any(world);
            world.lan.cut_one_way(place, other);
            world.note(place, &format!("is not heard by {other}"));
        }
        7 => {
            let side: Vec<bool> =
                (0..world.nodes.len()).map(|_| chance(&mut world.random, 500)).collect();
            world.lan.part(&side);
            world.note(place, &format!("parted {side:?}"));
        }
        8 => {
            world.lan.mend();
            world.note(place, "mended");
        }
        9 if awake => port(world, place)?,
        10 if awake => uplink(world, place)?,
        11 if awake => noise(world, place)?,
        12 if awake => restore(world, place)?,
        13 if awake => reload::same(world, place)?,
        14 if awake => reload::other(world, place)?,
        _ => {}
    }
    world.disturb();
    Ok(())
}

/// Everything works, in one network or in two whole parts, for long enough to settle, then some
/// more.
fn calm(world: &mut World) -> Verdict {
    let interval = world.options.interval_max();
    world.run_for(interval * 8)?;
    if chance(&mut world.random, 700) {
        world.lan.mend();
    } else {
        let side: Vec<bool> =
            (0..world.nodes.len()).map(|_| chance(&mut world.random, 500)).collect();
        world.lan.part(&side);
    }
    for place in 0..world.nodes.len() {
        let node = &world.nodes[place];
        if node.alive && !world.lan.is_up(place) {
            port(world, place)?;
        } else if !node.alive && chance(&mut world.random, 700) {
            start(world, place)?;
        }
    }
    world.disturb();
    let bound = world.judge.bound();
    world.run_for(bound + interval * 5)
}

/// In the quiet network a master goes, with or without a word: the next is there within the bound.
fn one_goes(world: &mut World) -> Verdict {
    // A resignation that overtakes an advert is forgotten over it, and the whole silence begins
    // anew.
    while world.is_travelled() {
        world.run_for(Duration::from_micros(100))?;
    }
    let place = any(world);
    if !world.nodes[place].alive || !world.judge.is_settled(world.now) {
        return Ok(());
    }
    let routers = usize::from(world.options.vrids);
    let mastered: Vec<usize> =
        (0..routers).filter(|router| masters(world, *router).eq([place])).collect();
    let interval = world.nodes[place].shadows[0].params.interval;
    let says_so = chance(&mut world.random, 500);
    if says_so {
        stop(world, place)?;
    } else {
        crash(world, place);
    }
    world.disturb();
    for router in mastered {
        let heirs = world.nodes.iter().filter(|node| node.alive);
        let heirs = heirs.filter(|node| node.shadows[router].role == Role::Backup);
        let silence = |node: &Node| {
            let params = &node.shadows[router].params;
            let adverts = if says_so { 0 } else { u32::from(params.down_adverts) };
            let priority = node.health(router, true).priority;
            interval * adverts + skew(params.version, priority, interval)
        };
        if let Some(bound) = heirs.map(silence).min() {
            let bound = tolerant(&world.options, bound);
            world.judge.expect(router, world.now + bound);
        }
    }
    let bound = world.judge.bound();
    world.run_for(bound + interval * 5)
}

pub(crate) fn start(world: &mut World, place: usize) -> Verdict {
    if world.nodes[place].alive {
        return Ok(());
    }
    let clock = world.nodes[place].clock;
    let uplink = world.nodes[place].uplink;
    let turn = world.nodes[place].turn;
    let mut node = Node::new(&world.options, place, clock);
    (node.alive, node.uplink, node.turn) = (true, uplink, turn + 1);
    world.disturb();
    let own = node.own;
    world.nodes[place] = node;
    let port = world.lan.is_up(place);
    world.change(place, node::port(port), "port", Told::Health, None)?;
    world.change(place, node::uplink(uplink), "uplink", Told::Health, None)?;
    for router in 0..usize::from(world.options.vrids) {
        let input = Input::Source { router: Id::new(router), address: Some(own) };
        world.change(place, input, "address", Told::Health, Some(router))?;
        let input = Input::Start(Id::new(router));
        world.change(place, input, "start", Told::Start, Some(router))?;
    }
    Ok(())
}

pub(crate) fn stop(world: &mut World, place: usize) -> Verdict {
    for router in 0..usize::from(world.options.vrids) {
        let input = Input::Stop(Id::new(router));
        world.change(place, input, "stop", Told::Stop, Some(router))?;
    }
    world.nodes[place].alive = false;
    Ok(())
}

pub(crate) fn crash(world: &mut World, place: usize) {
    let node = &mut world.nodes[place];
    node.alive = false;
    node.asleep = false;
    node.inbox.clear();
    world.disturb();
    world.note(place, "crashes");
}

fn port(world: &mut World, place: usize) -> Verdict {
    let up = !world.lan.is_up(place);
    world.lan.set_port(place, up);
    let what = if up { "port up" } else { "port down" };
    world.change(place, node::port(up), what, Told::Health, None)
}

fn uplink(world: &mut World, place: usize) -> Verdict {
    let up = !world.nodes[place].uplink;
    world.nodes[place].uplink = up;
    let what = if up { "uplink up" } else { "uplink down" };
    world.change(place, node::uplink(up), what, Told::Health, None)
}

fn restore(world: &mut World, place: usize) -> Verdict {
    let router = usize::try_from(world.random.below(world.options.vrids.into())).expect("few");
    let input = Input::Restored(Id::new(router));
    world.change(place, input, "restored", Told::Restored, Some(router))
}

/// A packet that no router may heed, though it says 254 and its checksum is right where it can be.
fn noise(world: &mut World, place: usize) -> Verdict {
    let random = &mut world.random;
    let node = &world.nodes[place];
    let mut packet = node.stranger(|_| {});
    match random.below(7) {
        0 => packet = node.stranger(|advert| advert.vrid = 99),
        1 if world.options.version == Version::V2 => {
            packet = node.stranger(|advert| advert.auth = Auth::Simple(*b"another\0"));
        }
        2 if world.options.version == Version::V2 => {
            packet = node.stranger(|advert| advert.interval += Duration::from_secs(1));
        }
        3 if world.options.family == Family::V4 => packet = node.stranger(other_version),
        4 => packet.bytes.truncate(7),
        5 => packet.ttl = 254,
        _ => packet.bytes.iter_mut().for_each(|byte| *byte = random.next().to_le_bytes()[0]),
    }
    world.inject(place, &packet)
}

fn other_version(advert: &mut AdvertRepr<'_>) {
    advert.version = match advert.version {
        Version::V2 => Version::V3,
        Version::V3 => Version::V2,
    };
}

fn any(world: &mut World) -> usize {
    let count = u64::try_from(world.nodes.len()).expect("few");
    usize::try_from(world.random.below(count)).expect("few")
}
