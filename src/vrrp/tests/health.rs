//! What the interfaces do to a router: faults, weights.

use core::net::{IpAddr, Ipv4Addr};

use super::super::*;
use super::bench::*;

fn link(link: usize, state: LinkState) -> Input<'static> {
    Input::Link { link: Id::new(link), state }
}

fn source(address: Option<IpAddr>) -> Input<'static> {
    Input::Source { router: ONE, address }
}

fn track(link: usize, weight: i16) -> Track {
    Track { what: Tracked::Link(Id::new(link)), weight, reverse: false }
}

#[test]
fn a_master_whose_link_goes_down_resigns_and_comes_back_as_a_patient_backup() {
    let down = Fault::LinkDown(Id::new(0));
    let mut bench = Bench::new(params(100));
    bench.up(0).tell(3700.0, Input::Tick);
    let fault = report(Role::Master, Role::Fault, Cause::Fault(down.into()));
    let back = report(Role::Fault, Role::Backup, Cause::Recovered(down.into()));
    bench
        .step(4000, link(0, LinkState::Down), &[send(0), Action::Release(ONE), fault], 0)
        .step(4100, heard(90), &[], 0)
        .step(5000, link(0, LinkState::Up), &[back], 8609.375);
}

#[test]
fn an_owner_comes_back_after_one_interval() {
    let down = Fault::LinkDown(Id::new(0));
    let mut bench = Bench::new(params(255));
    bench.up(0).tell(100.0, link(0, LinkState::Down));
    let back = report(Role::Fault, Role::Backup, Cause::Recovered(down.into()));
    bench.step(5000, link(0, LinkState::Up), &[back], 6000).step(
        6000,
        Input::Tick,
        &master(255, Cause::Owner),
        7000,
    );
}

#[test]
fn a_router_waits_for_its_interface_and_tells_what_is_missing() {
    let absent = Fault::LinkAbsent(Id::new(0));
    let mut engine = Engine::new(Table::new([params(100)]), Options::default());
    let mut tell = |input| engine.handle(at(0.0), input).collect::<Vec<_>>();
    let still = |faults| Action::Report(Event::StillFault { router: ONE, faults });
    let down = Fault::LinkDown(Id::new(0));
    let steps = [
        (Input::Start(ONE), report(Role::Init, Role::Fault, Cause::Fault(absent.into()))),
        (link(0, LinkState::Down), still(Faults::from_iter([down, Fault::NoSource]))),
        (link(0, LinkState::Up), still(Fault::NoSource.into())),
        (
            source(Some(OURS)),
            report(Role::Fault, Role::Backup, Cause::Recovered(Fault::NoSource.into())),
        ),
    ];
    for (input, want) in steps {
        assert_eq!(tell(input), [want], "{input:?}");
    }
}

#[test]
fn the_carrier_of_the_own_interface_can_be_left_untracked_but_not_its_absence() {
    let mut bench = Bench::new(Params { track_link: false, ..params(100) });
    bench.up(0);
    bench.tell(1.0, link(0, LinkState::Down));
    assert_eq!(bench.role(), Role::Backup);
    bench.tell(2.0, link(0, LinkState::Absent));
    assert_eq!(bench.role(), Role::Fault);
}

#[test]
fn a_router_that_this_build_does_not_support_stays_in_fault() {
    let mut bench = Bench::new(Params { unsupported: true, ..params(255) });
    let fault = report(Role::Init, Role::Fault, Cause::Fault(Fault::Unsupported.into()));
    bench.step(0, Input::Start(ONE), &[fault], 0).step(1, link(0, LinkState::Up), &[], 0);
}

/// The regression of keepalived 2.3.3: the first of two reasons that goes takes the fault with it.
#[test]
fn a_fault_lasts_until_the_last_of_its_reasons_has_gone() {
    let reversed = Track { reverse: true, ..track(3, 0) };
    let one = Params { tracks: [track(1, 0), track(2, 0), reversed].into(), ..params(100) };
    let own = |state| link(0, state);
    // What makes a reason, with what takes it away.
    let reasons = [
        (own(LinkState::Down), own(LinkState::Up)),
        (own(LinkState::Absent), own(LinkState::Up)),
        (source(None), source(Some(OURS))),
        (link(1, LinkState::Down), link(1, LinkState::Up)),
        (link(2, LinkState::Absent), link(2, LinkState::Up)),
        (link(3, LinkState::Up), link(3, LinkState::Down)),
    ];
    for (a, first) in reasons.iter().enumerate() {
        for (b, second) in reasons.iter().enumerate() {
            if a == b || a.max(b) == 1 {
                continue;
            }
            let mut bench = Bench::new(one.clone());
            bench.tell(0.0, link(1, LinkState::Up));
            bench.tell(0.0, link(2, LinkState::Up));
            bench.up(0).tell(3700.0, Input::Tick);
            assert_eq!(bench.role(), Role::Master);
            for (step, role) in [
                (first.0, Role::Fault),
                (second.0, Role::Fault),
                (first.1, Role::Fault),
                (second.1, Role::Backup),
            ] {
                bench.tell(4000.0, step);
                assert_eq!(bench.role(), role, "{first:?} {second:?}: {step:?}");
            }
        }
    }
}

#[test]
fn the_effective_priority_is_the_sum_cut_to_1_and_254() {
    let cases: [(u8, &[i16], &[i16], u8); 9] = [
        // base, weights that are up, weights that are down, effective
        (100, &[], &[], 100),
        (100, &[20, -30], &[], 120),
        (100, &[], &[20, -30], 70),
        (100, &[20], &[-30], 90),
        (100, &[253], &[], 254),
        (100, &[], &[-253], 1),
        // Cut at the end, not on the way.
        (100, &[253], &[-253], 100),
        (254, &[200, 50], &[-253], 251),
        (255, &[20], &[-30], 255),
    ];
    for (base, up, down, want) in cases {
        let ups = up.iter().map(|&weight| track(1, weight));
        let downs = down.iter().map(|&weight| track(2, weight));
        let tracks = ups.chain(downs).collect();
        let mut bench = Bench::new(Params { tracks, ..params(base) });
        bench.tell(0.0, link(1, LinkState::Up));
        bench.tell(0.0, link(2, LinkState::Down));
        bench.up(0);
        let router = &bench.engine.routers()[ONE];
        assert_eq!(router.priority(), want, "{base} {up:?} {down:?}");
    }
}

#[test]
fn another_priority_moves_the_end_of_the_wait_but_not_its_beginning() {
    let tracks = Box::new([track(1, -50)]);
    let mut bench = Bench::new(Params { tracks, ..params(100) });
    bench.tell(0.0, link(1, LinkState::Up));
    let changed = |from, to| Action::Report(Event::Priority { router: ONE, from, to });
    bench
        .up(0)
        .step(1000, heard(200), &[], 4609.375)
        .step(2000, link(1, LinkState::Down), &[changed(100, 50)], 4804.688)
        .step(3000, link(1, LinkState::Up), &[changed(50, 100)], 4609.375)
        .step(4609.375, Input::Tick, &master(100, silence(3609.375)), 5609.375)
        // A master tells it with its next advert.
        .step(5000, link(1, LinkState::Down), &[changed(100, 50)], 5609.375)
        .step(5609.375, Input::Tick, &[send(50)], 6609.375);
}

#[test]
fn an_interface_that_takes_thousands_down_is_one_input() {
    let many = 3000;
    let router = |at: usize| Params {
        vrid: u8::try_from(at % 255 + 1).unwrap(),
        group: Ipv4Addr::from(0xe000_0000 + u32::try_from(at / 255).unwrap()).into(),
        ..params(255)
    };
    let table: Table<Params> = (0..many).map(router).collect();
    let mut engine = Engine::new(table, Options::default());
    let mut count = |input| engine.handle(at(0.0), input).count();
    assert_eq!(count(link(0, LinkState::Up)), 0);
    for router in (0..many).map(Id::new) {
        assert_eq!(count(Input::Source { router, address: Some(OURS) }), 0);
        assert_eq!(count(Input::Start(router)), 4);
    }
    assert_eq!(count(link(0, LinkState::Down)), 3 * many);
    assert_eq!(count(link(0, LinkState::Up)), many);
}
