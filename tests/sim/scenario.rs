//! Well-known situations as timelines: what a person would see.

use holdfast::machine::Duration;

use crate::faults::{crash, start, stop};
use crate::options::Options;
use crate::shadow::Verdict;
use crate::world::World;

/// Plays a scenario of routers with these priorities, and compares its lines without their spacing.
fn play(priorities: &[u8], scenario: impl FnOnce(&mut World) -> Verdict, want: &str) {
    let mut world = World::new(Options::plain(priorities));
    scenario(&mut world).unwrap_or_else(|broken| panic!("{}{broken}", world.timeline));
    let words = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        // What a node learns of its kernel before it starts is of no interest.
        let prelude = ["port", "uplink", "address"];
        let told = |line: &String| !prelude.iter().any(|what| line.ends_with(what));
        lines.filter(|line| !line.is_empty() && told(line)).collect()
    };
    let seen = world.timeline.to_string();
    assert_eq!(words(&seen), words(want), "\n{seen}");
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn the_backup_takes_over_from_a_dead_master_and_yields_to_it_when_it_is_back() {
    let scenario = |world: &mut World| {
        start(world, 0)?;
        start(world, 1)?;
        world.run_for(seconds(4))?;
        crash(world, 0);
        world.run_for(seconds(4))?;
        start(world, 0)?;
        world.run_for(seconds(4))
    };
    play(
        &[200, 100],
        scenario,
        "
           0.000000  a   start                      0: -> Backup
           0.000000  b   start                      0: -> Backup
           3.218750  a   timer                      0: advert 200 +addresses announce 0+2 x5 -> Master
           3.218750  b   advert 200 <- 10.0.0.1
           4.000000  a   crashes
           6.828125  b   timer                      0: advert 100 +addresses announce 0+2 x5 -> Master
           7.828125  b   timer                      0: advert 100
           8.000000  a   start                      0: -> Backup
           8.828125  b   timer                      0: advert 100 announce 0+2 x5
           8.828125  a   advert 100 <- 10.0.0.2
           9.828125  b   timer                      0: advert 100
           9.828125  a   advert 100 <- 10.0.0.2
          10.828125  b   timer                      0: advert 100
          10.828125  a   advert 100 <- 10.0.0.2
          11.218750  a   timer                      0: advert 200 +addresses announce 0+2 x5 -> Master
          11.218750  b   advert 200 <- 10.0.0.1     0: -addresses -> Backup
        ",
    );
}

#[test]
fn the_next_is_there_after_its_skew_when_the_master_stops() {
    let scenario = |world: &mut World| {
        start(world, 0)?;
        start(world, 1)?;
        start(world, 2)?;
        world.run_for(seconds(4))?;
        stop(world, 0)?;
        world.run_for(seconds(1))
    };
    play(
        &[200, 150, 100],
        scenario,
        "
           0.000000  a   start                      0: -> Backup
           0.000000  b   start                      0: -> Backup
           0.000000  c   start                      0: -> Backup
           3.218750  a   timer                      0: advert 200 +addresses announce 0+2 x5 -> Master
           3.218750  b   advert 200 <- 10.0.0.1
           3.218750  c   advert 200 <- 10.0.0.1
           4.000000  a   stop                       0: advert 0 -addresses -> Init
           4.000000  b   advert 0 <- 10.0.0.1
           4.000000  c   advert 0 <- 10.0.0.1
           4.414063  b   timer                      0: advert 150 +addresses announce 0+2 x5 -> Master
           4.414063  c   advert 150 <- 10.0.0.2
        ",
    );
}

#[test]
fn of_two_masters_of_one_priority_the_higher_address_stays() {
    let scenario = |world: &mut World| {
        world.lan.part(&[false, true]);
        start(world, 0)?;
        start(world, 1)?;
        world.run_for(seconds(4))?;
        world.lan.mend();
        world.disturb();
        world.run_for(seconds(1))
    };
    play(
        &[100, 100],
        scenario,
        "
           0.000000  a   start                      0: -> Backup
           0.000000  b   start                      0: -> Backup
           3.609375  a   timer                      0: advert 100 +addresses announce 0+2 x5 -> Master
           3.609375  b   timer                      0: advert 100 +addresses announce 0+2 x5 -> Master
           4.609375  a   timer                      0: advert 100
           4.609375  b   timer                      0: advert 100
           4.609375  b   advert 100 <- 10.0.0.1     0: remarks advert 100 announce 0+2 x2
           4.609375  a   advert 100 <- 10.0.0.2     0: -addresses -> Backup
           4.609375  a   advert 100 <- 10.0.0.2
        ",
    );
}
