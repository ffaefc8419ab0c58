//! What a reload changes, what it leaves alone.

use super::super::*;
use super::bench::*;
use crate::machine::Duration;

/// The engine of a reload, after it was told what there is; it is given the state of the one
/// before.
fn reload(bench: &Bench, ms: f64, params: Params) -> (Bench, Vec<Action>) {
    let carried = bench.engine.carry(ONE).unwrap();
    let mut next = Bench::new(params);
    let answer = next.engine.adopt(at(ms), ONE, carried).collect();
    (next, answer)
}

fn as_backup(params: Params) -> Bench {
    let mut bench = Bench::new(params);
    bench.up(0).tell(1000.0, heard(200));
    bench
}

fn as_master(params: Params) -> Bench {
    let mut bench = Bench::new(params);
    bench.up(0).tell(3700.0, Input::Tick);
    bench
}

fn look(bench: &Bench) -> (Role, Instant, u8, Option<Heard>, Stats, Option<Instant>) {
    let router = &bench.engine.routers()[ONE];
    let heard = router.heard().copied();
    let (role, since, priority) = (router.role(), router.since(), router.priority());
    (role, since, priority, heard, *router.stats(), bench.engine.poll_at())
}

#[test]
fn with_the_same_configuration_nothing_changes() {
    let mut paced = params(100);
    paced.announcing.repeat = 5;
    paced.announcing.delay = Duration::from_secs(5);
    paced.announcing.arp_gap = Duration::from_millis(10);
    let mut resigned = as_backup(params(100));
    resigned.tell(3700.0, heard(0));
    let mut fault = Bench::new(Params { unsupported: true, ..params(100) });
    fault.up(0);
    let benches = [
        as_backup(params(100)),
        as_master(params(100)),
        as_master(paced),
        resigned,
        fault,
        Bench::new(params(100)),
    ];
    for bench in benches {
        let (next, answer) = reload(&bench, 4200.0, bench.packet.clone());
        assert_eq!((answer, look(&next)), (vec![], look(&bench)));
    }
}

#[test]
fn another_priority_keeps_the_state_and_what_was_waited_already() {
    let (mut next, answer) = reload(&as_backup(params(100)), 2000.0, params(150));
    assert_eq!(answer, [Action::Report(Event::Priority { router: ONE, from: 100, to: 150 })]);
    assert_eq!(next.engine.poll_at(), Some(at(4414.063)));
    // The master of 200 is better still.
    next.step(3000, heard(200), &[], 6414.063);

    let (mut next, _) = reload(&as_master(params(100)), 4000.0, params(50));
    next.step(4700, Input::Tick, &[send(50)], 5700);
}

#[test]
fn a_deadline_never_comes_to_lie_in_the_past() {
    let (next, _) = reload(&as_backup(params(1)), 4950.0, params(254));
    assert_eq!((next.role(), next.engine.poll_at()), (Role::Backup, Some(at(4950.0))));
}

#[test]
fn another_interval_begins_the_wait_anew() {
    let interval = Duration::from_millis(100);
    let fast = Params { version: Version::V2, interval: Duration::from_secs(1), ..params(100) };
    let slow = Params { version: Version::V2, interval: Duration::from_secs(5), ..params(100) };
    let mut bench = Bench::new(slow.clone());
    bench.up(0).tell(1000.0, Said::Advert(PEER, 200, slow.interval));
    // The old interval had it wait until 16.6 s, the new one until 4.6 s, which is over.
    let (next, answer) = reload(&bench, 9000.0, fast);
    assert_eq!((answer, next.engine.poll_at()), (vec![], Some(at(12_609.375))));

    // In version 3 what was learned from the master goes on to count.
    let (next, _) = reload(&as_backup(params(100)), 2000.0, Params { interval, ..params(100) });
    assert_eq!(next.engine.poll_at(), Some(at(5609.375)));

    let (next, answer) =
        reload(&as_master(params(100)), 4000.0, Params { interval, ..params(100) });
    assert_eq!((answer, next.engine.poll_at()), (vec![], Some(at(4100.0))));
}

#[test]
fn other_addresses_are_announced_by_a_master() {
    let more = Params { announced: 2, ..params(100) };
    let (next, answer) = reload(&as_master(params(100)), 4000.0, more);
    assert_eq!(answer, [Action::Announce { router: ONE, first: 0, count: 2, times: 1 }]);
    assert_eq!(next.role(), Role::Master);
    let (_, answer) =
        reload(&as_backup(params(100)), 2000.0, Params { announced: 2, ..params(100) });
    assert_eq!(answer, []);
}

#[test]
fn a_fault_that_the_new_configuration_brings_takes_effect() {
    let tracks = Box::new([Track { what: Tracked::Link(Id::new(1)), weight: 0, reverse: false }]);
    let fault = Fault::Tracked(Id::new(1), LinkState::Absent);
    let (next, answer) = reload(&as_master(params(100)), 4000.0, Params { tracks, ..params(100) });
    let report = report(Role::Master, Role::Fault, Cause::Fault(fault.into()));
    assert_eq!(answer, [send(0), Action::Release(ONE), report]);
    let faults: Vec<Fault> = next.engine.faults(ONE).collect();
    assert_eq!(faults, [fault]);
}

#[test]
fn an_address_that_went_during_the_reload_is_a_fault() {
    let carried = as_master(params(100)).engine.carry(ONE).unwrap();
    let mut next = Bench::new(params(100));
    next.tell(4000.0, Input::Source { router: ONE, address: None });
    let answer: Vec<Action> = next.engine.adopt(at(4000.0), ONE, carried).collect();
    let cause = Cause::Fault(Fault::NoSource.into());
    assert_eq!(answer, [send(0), Action::Release(ONE), report(Role::Master, Role::Fault, cause)]);
}

#[test]
fn a_fault_that_the_new_configuration_takes_away_is_over() {
    let unsupported = Params { unsupported: true, ..params(100) };
    let mut bench = Bench::new(unsupported);
    bench.up(0);
    let (next, answer) = reload(&bench, 1000.0, params(100));
    let cause = Cause::Recovered(Fault::Unsupported.into());
    assert_eq!(answer, [report(Role::Fault, Role::Backup, cause)]);
    assert_eq!(next.engine.poll_at(), Some(at(4609.375)));
}

#[test]
fn a_fault_that_goes_on_is_not_told_again_although_the_interfaces_are_numbered_anew() {
    let tracked = |link| Track { what: Tracked::Link(Id::new(link)), weight: 0, reverse: false };
    let with = |link| Params { tracks: Box::new([tracked(link)]), ..params(100) };
    let mut bench = Bench::new(with(1));
    bench.up(0);
    assert_eq!(bench.role(), Role::Fault);
    let (mut next, answer) = reload(&bench, 1000.0, with(2));
    assert_eq!(answer, []);
    let up = Input::Link { link: Id::new(2), state: LinkState::Up };
    let cause = Cause::Recovered(Fault::Tracked(Id::new(2), LinkState::Absent).into());
    next.step(2000, up, &[report(Role::Fault, Role::Backup, cause)], 5609.375);
}

#[test]
fn a_router_is_known_by_its_number_and_group() {
    let ours = params(100);
    let same = Params { priority: 1, interval: Duration::from_secs(2), ..ours.clone() };
    assert!(ours.same_router(&same));
    assert!(!ours.same_router(&Params { vrid: 8, ..ours.clone() }));
    assert!(!ours.same_router(&Params { group: OURS, ..ours.clone() }));
}
