//! Who is master: timers, priorities, addresses, preemption.

use super::super::*;
use super::bench::*;
use crate::machine::Duration;

#[test]
fn skew_and_master_down_interval_are_those_of_the_rfcs() {
    let cases = [
        // version, priority, master's interval in ms, adverts, skew in us, master-down in us
        (Version::V2, 100, 1000, 3, 609_375, 3_609_375),
        (Version::V2, 100, 5000, 3, 609_375, 15_609_375),
        (Version::V2, 254, 1000, 3, 7_813, 3_007_813),
        (Version::V2, 1, 255_000, 3, 996_094, 765_996_094),
        (Version::V3, 100, 1000, 3, 609_375, 3_609_375),
        (Version::V3, 100, 5000, 3, 3_046_875, 18_046_875),
        (Version::V3, 255, 1000, 3, 3_907, 3_003_907),
        (Version::V3, 101, 10, 3, 6_055, 36_055),
        (Version::V3, 1, 40_950, 3, 40_790_040, 163_640_040),
        (Version::V3, 100, 100, 5, 60_938, 560_938),
    ];
    for (version, priority, interval, down_adverts, skew, down) in cases {
        let params = Params { version, down_adverts, ..params(priority) };
        let interval = Duration::from_millis(interval);
        let got = (params.skew(priority, interval), params.master_down(priority, interval));
        let want = (Duration::from_micros(skew), Duration::from_micros(down));
        assert_eq!(got, want, "{version:?} {priority} {interval}");
    }
}

#[test]
fn a_backup_takes_over_after_the_master_down_interval() {
    Bench::new(params(100))
        .step(0, Input::Start(ONE), &[report(Role::Init, Role::Backup, Cause::Started)], 3609.375)
        .step(1000, heard(200), &[], 4609.375)
        .step(4609, Input::Tick, &[], 4609.375)
        .step(4609.374, Input::Tick, &[], 4609.375)
        .step(4609.375, Input::Tick, &master(100, silence(3609.375)), 5609.375)
        .step(5609.375, Input::Tick, &[send(100)], 6609.375);
}

#[test]
fn a_backup_takes_over_after_the_skew_when_the_master_resigns() {
    Bench::new(params(100))
        .up(0)
        .step(1000, heard(200), &[], 4609.375)
        .step(2000, heard(0), &[], 2609.375)
        .step(2609.375, Input::Tick, &master(100, Cause::Resigned { from: PEER }), 3609.375);
}

#[test]
fn a_successor_within_the_skew_keeps_the_backup_where_it_is() {
    Bench::new(params(100))
        .up(0)
        .step(1000, heard(200), &[], 4609.375)
        .step(2000, heard(0), &[], 2609.375)
        .step(2100, heard_low(150), &[], 5709.375)
        .step(2609.375, Input::Tick, &[], 5709.375);
}

#[test]
fn the_owner_is_master_at_once() {
    let owner =
        [send(255), Action::Hold(ONE), announce(1), report(Role::Init, Role::Master, Cause::Owner)];
    Bench::new(params(255)).step(5, Input::Start(ONE), &owner, 1005);
}

#[test]
fn priority_255_without_the_start_as_master_waits() {
    Bench::new(Params { begin: Begin::Backup, ..params(255) }).step(
        0,
        Input::Start(ONE),
        &[report(Role::Init, Role::Backup, Cause::Started)],
        3003.907,
    );
}

#[test]
fn a_backup_learns_the_interval_of_version_3() {
    let slow = Said::Advert(PEER, 200, Duration::from_millis(2000));
    let fast = Said::Advert(PEER, 200, Duration::from_millis(100));
    Bench::new(params(100))
        .up(0)
        .step(1000, slow, &[], 8218.75)
        .step(1100, fast, &[], 1460.938)
        // The skew after a resignation is of the interval that was learned; our own adverts are of
        // ours.
        .step(1200, heard(0), &[], 1260.938)
        .step(1260.938, Input::Tick, &master(100, Cause::Resigned { from: PEER }), 2260.938);
}

#[test]
fn a_master_stays_or_yields_by_priority_and_then_by_address() {
    let cases = [
        // their priority, from the higher address?, yields
        (101, true, true),
        (101, false, true),
        (100, true, true),
        (100, false, false),
        (99, true, false),
        (1, false, false),
        (255, false, true),
    ];
    for (priority, high, yields) in cases {
        let mut bench = Bench::new(params(100));
        bench.up(0).tell(3700.0, Input::Tick);
        let from = if high { PEER } else { LOW };
        let advert = Said::Advert(from, priority, Duration::from_secs(1));
        if yields {
            let cause = Cause::Beaten { priority, from };
            let answer = [Action::Release(ONE), report(Role::Master, Role::Backup, cause)];
            bench.step(4000, advert, &answer, 7609.375);
        } else {
            let event = Event::Challenged { router: ONE, priority, from };
            let answer = [Action::Report(event), send(100), announce(1)];
            bench.step(4000, advert, &answer, 5000);
        }
    }
}

#[test]
fn a_backup_obeys_an_equal_priority_whatever_the_address() {
    Bench::new(params(100))
        .up(0)
        .step(1000, heard_low(100), &[], 4609.375)
        .step(2000, heard(100), &[], 5609.375)
        .step(3000, heard_low(99), &[], 5609.375);
}

#[test]
fn a_backup_preempts_a_master_of_lower_priority() {
    let cause = Cause::Preempted { priority: 90, from: PEER };
    Bench::new(params(100))
        .up(0)
        .step(1000, heard(90), &[], 3609.375)
        .step(2000, heard(90), &[], 3609.375)
        .step(3609.375, Input::Tick, &master(100, cause), 4609.375);
}

#[test]
fn nopreempt_leaves_a_live_master_of_lower_priority_alone() {
    Bench::new(Params { preempt: false, ..params(100) })
        .up(0)
        .step(1000, heard(90), &[], 4609.375)
        .step(2000, heard(90), &[], 5609.375)
        .step(5609.375, Input::Tick, &master(100, silence(3609.375)), 6609.375)
        // After a split the higher priority wins all the same.
        .step(
            5700,
            heard(90),
            &[
                Action::Report(Event::Challenged { router: ONE, priority: 90, from: PEER }),
                send(100),
                announce(1),
            ],
            6700,
        );
}

#[test]
fn preempt_delay_counts_from_the_first_lower_advert_and_anew_after_a_higher_one() {
    let cause = Cause::Preempted { priority: 90, from: PEER };
    Bench::new(Params { preempt_delay: Duration::from_secs(2), ..params(100) })
        .up(0)
        .step(1000, heard(90), &[], 4609.375)
        .step(2000, heard(90), &[], 5609.375)
        .step(2500, heard(200), &[], 6109.375)
        .step(3000, heard(90), &[], 6609.375)
        .step(4000, heard(90), &[], 7609.375)
        // Two seconds are over: from here on it is not obeyed.
        .step(5000, heard(90), &[], 7609.375)
        .step(6000, heard(90), &[], 7609.375)
        .step(7609.375, Input::Tick, &master(100, cause), 8609.375);
}

#[test]
fn a_master_answers_a_resignation_at_once() {
    let mut bench = Bench::new(params(100));
    bench.up(0).tell(3700.0, Input::Tick);
    bench.step(4000, heard(0), &[send(100)], 5000);
}

#[test]
fn a_master_that_stops_resigns_and_then_releases() {
    let mut bench = Bench::new(params(100));
    bench.up(0).tell(3700.0, Input::Tick);
    let stopped = report(Role::Master, Role::Init, Cause::Stopped);
    bench
        .step(4000, Input::Stop(ONE), &[send(0), Action::Release(ONE), stopped], 0)
        .step(5000, heard(100), &[], 0)
        .step(5000, Input::Tick, &[], 0);
}

#[test]
fn a_backup_that_stops_says_nothing_to_the_others() {
    let stopped = report(Role::Backup, Role::Init, Cause::Stopped);
    Bench::new(params(100)).up(0).step(1, Input::Stop(ONE), &[stopped], 0);
}

#[test]
fn a_lower_priority_gets_no_advert_if_so_configured() {
    let mut bench = Bench::new(Params { lower_prio_no_advert: true, ..params(100) });
    bench.up(0).tell(3700.0, Input::Tick);
    let challenged = Event::Challenged { router: ONE, priority: 90, from: PEER };
    bench.step(4000, heard(90), &[Action::Report(challenged), announce(1)], 4700);
}

#[test]
fn a_higher_priority_gets_one_more_advert_if_so_configured() {
    let mut bench = Bench::new(Params { higher_prio_send_advert: true, ..params(100) });
    bench.up(0).tell(3700.0, Input::Tick);
    let yields = report(Role::Master, Role::Backup, Cause::Beaten { priority: 200, from: PEER });
    bench.step(4000, heard(200), &[send(100), Action::Release(ONE), yields], 7609.375);
}

#[test]
fn of_two_owners_the_one_with_the_lower_address_yields() {
    let yields = report(Role::Master, Role::Backup, Cause::Beaten { priority: 255, from: PEER });
    Bench::new(params(255)).up(0).step(500, heard(255), &[Action::Release(ONE), yields], 3503.907);
}

#[test]
fn an_owner_yields_to_another_that_goes_on_although_its_address_is_lower() {
    let yields = report(Role::Master, Role::Backup, Cause::Beaten { priority: 255, from: LOW });
    let mut bench = Bench::new(params(255));
    bench.up(0).tell(500.0, heard_low(255));
    bench
        .step(1500, heard_low(255), &[send(255), announce(1)], 2500)
        .step(2500, heard_low(255), &[send(255), announce(1)], 3500)
        .step(3500, heard_low(255), &[Action::Release(ONE), yields], 6503.907);
    // One that is heard now and then does not insist.
    let mut bench = Bench::new(params(255));
    bench.up(0);
    for ms in [500, 6000, 12_000, 18_000] {
        bench.tell(ms.into(), heard_low(255));
        assert_eq!(bench.role(), Role::Master);
    }
}

#[test]
fn nothing_starts_before_the_startup_delay_is_over() {
    let options = Options { not_before: at(10_000.0) };
    let mut bench = Bench::with(params(100), options);
    let started = report(Role::Init, Role::Backup, Cause::Started);
    bench.step(0, Input::Start(ONE), &[], 10_000).step(5000, heard(90), &[], 10_000).step(
        10_000,
        Input::Tick,
        &[started],
        13_609.375,
    );
    let mut bench = Bench::with(params(100), options);
    bench.step(0, Input::Start(ONE), &[], 10_000).step(1, Input::Stop(ONE), &[], 0);
}

#[test]
fn adverts_of_many_routers_leave_in_one_turn_but_no_backup_is_early() {
    let router = |vrid, priority| Params { vrid, ..params(priority) };
    let table = Table::new([router(1, 255), router(2, 255), router(3, 255), router(4, 100)]);
    let mut engine = Engine::new(table, Options::default());
    let mut tell = |ms: f64, input| engine.handle(at(ms), input).collect::<Vec<_>>();
    tell(0.0, Input::Link { link: Id::new(0), state: LinkState::Up });
    for router in (0..4).map(Id::new) {
        tell(0.0, Input::Source { router, address: Some(OURS) });
    }
    for (router, ms) in [(0, 0.0), (1, 0.9), (2, 1.1)] {
        tell(ms, Input::Start(Id::new(router)));
    }
    let sent = |answer: Vec<Action>| -> Vec<usize> {
        let routers = answer.into_iter().filter_map(|action| match action {
            Action::Send { router, .. } => Some(router.index()),
            _ => None,
        });
        routers.collect()
    };
    // A hundredth of a millisecond early would be early enough for the backup, if it were served
    // early.
    tell(1000.0 - 3609.375 + 0.01 + 3000.0, Input::Start(Id::new(3)));
    assert_eq!(sent(tell(1000.0, Input::Tick)), [0, 1]);
    assert_eq!(sent(tell(1001.1, Input::Tick)), [2]);
    assert_eq!(sent(tell(4000.0, Input::Tick)), [0, 1, 2]);
    assert_eq!(sent(tell(4000.01, Input::Tick)), [3]);
}

#[test]
fn a_tick_that_was_late_by_hours_sends_one_advert() {
    let mut bench = Bench::new(params(255));
    bench.up(0).step(9_000_000, Input::Tick, &[send(255)], 9_001_000);
}

#[test]
fn what_does_not_concern_a_state_has_no_answer() {
    let inputs = [Input::Tick, Input::Stop(ONE), Input::Restored(ONE), Input::Start(Id::new(9))];
    let mut bench = Bench::new(params(100));
    for input in inputs {
        bench.step(0, input, &[], 0);
    }
    bench.up(0);
    for input in [Input::Tick, Input::Start(ONE), Input::Restored(ONE), Input::Stop(Id::new(9))] {
        bench.step(1, input, &[], 3609.375);
    }
}
