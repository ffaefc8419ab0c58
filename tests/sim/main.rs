//! Simulates routers on a faulty link in virtual time, from a seed.

mod announce;
mod faults;
mod invariants;
mod lan;
mod node;
mod options;
mod reload;
mod scenario;
mod shadow;
mod timeline;
mod world;

use options::Options;
use world::World;

/// Seeds of every run of the tests; `SEEDS=n` takes as many for a long one.
const SEEDS: u64 = 300;

/// A run to its end; or how it failed.
fn run(seed: u64) -> Result<World, String> {
    let mut world = World::new(Options::of(seed));
    match faults::play(&mut world) {
        Ok(()) => Ok(world),
        Err(broken) => Err(format!(
            "{:?}\n{}{broken}\nreplay: SEED={seed} cargo test --test sim",
            world.options, world.timeline
        )),
    }
}

#[test]
fn the_invariants_hold_whatever_befalls_the_routers() {
    if let Some(seed) = number("SEED") {
        return run(seed)
            .map_or_else(|story| panic!("{story}"), |world| print!("{}", world.timeline));
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let (mut inputs, mut calms, mut in_time) = (0, 0, 0);
    for seed in 0..seeds {
        let world = run(seed).unwrap_or_else(|story| panic!("seed {seed} fails\n{story}"));
        inputs += world.inputs;
        calms += world.judge.calms;
        in_time += world.judge.in_time;
    }
    println!("{inputs} inputs; quiet {calms} times; {in_time} take-overs in time");
    // Else the bounds are never put to the test.
    assert!(calms > 100 * seeds && in_time > seeds);
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect("a number"))
}

#[test]
fn a_seed_runs_the_same_way_each_time() {
    for seed in 0..5 {
        let sums = [(); 2].map(|()| run(seed).map(|world| (world.timeline.sum(), world.inputs)));
        assert_eq!(sums[0], sums[1]);
    }
}
