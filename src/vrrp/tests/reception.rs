//! Which packets count; what is said of those that do not.

use core::net::{IpAddr, Ipv4Addr};

use super::super::*;
use super::bench::*;
use crate::machine::Duration;
use crate::wire::vrrp::{ADVERT_MAX, AdvertRepr, Malformed};

fn message(params: &Params, priority: u8) -> Vec<u8> {
    message_from(PEER, params, priority)
}

fn message_from(from: IpAddr, params: &Params, priority: u8) -> Vec<u8> {
    let Params { version, family, vrid, interval, auth, .. } = *params;
    let addresses = &params.addresses;
    let repr = AdvertRepr { version, family, vrid, priority, interval, auth, addresses };
    let mut buffer = [0; ADVERT_MAX];
    let length = repr.emit(&mut buffer, from, params.group);
    buffer[..length].to_vec()
}

fn password(text: [u8; 8]) -> Params {
    Params { version: Version::V2, auth: Auth::Simple(text), ..params(100) }
}

#[test]
fn what_does_not_count_has_a_reason_and_a_counter_and_moves_nothing() {
    let ours = password(*b"secret\0\0");
    let with = |change: fn(&mut Params)| {
        let mut params = ours.clone();
        change(&mut params);
        message(&params, 200)
    };
    let broken = |at: usize| {
        let mut bytes = message(&ours, 200);
        bytes[at] ^= 0xff;
        bytes
    };
    let good = message(&ours, 200);
    let short = good[..good.len() - 1].to_vec();
    let long = [&good[..], &[0]].concat();
    type Counter = fn(&Stats) -> u64;
    let malformed = Rejected::Malformed;
    let cases: [(u8, Vec<u8>, Rejected, Counter); 11] = [
        (254, good, Rejected::Hops, |s| s.hops_errors),
        // Of several reasons, the first in the order of the RFC.
        (1, short.clone(), Rejected::Hops, |s| s.hops_errors),
        (255, short, malformed(Malformed::Truncated), |s| s.length_errors),
        (255, long, malformed(Malformed::Length), |s| s.length_errors),
        (255, broken(9), malformed(Malformed::Checksum), |s| s.checksum_errors),
        (255, broken(0), malformed(Malformed::Version), |s| s.version_errors),
        (255, with(|p| p.version = Version::V3), Rejected::Version, |s| s.version_errors),
        (255, with(|p| p.auth = Auth::None), Rejected::AuthType, |s| s.auth_mismatches),
        (255, with(|p| p.auth = Auth::Simple([1; 8])), Rejected::AuthData, |s| s.auth_failures),
        (255, with(|p| p.interval = Duration::from_secs(2)), Rejected::Interval, |s| {
            s.interval_errors
        }),
        // The password is looked at first: who does not know it learns nothing of the interval.
        (
            255,
            with(|p| (p.interval, p.auth) = (Duration::from_secs(2), Auth::Simple([1; 8]))),
            Rejected::AuthData,
            |s| s.auth_failures,
        ),
    ];
    for (ttl, bytes, reason, counter) in cases {
        let mut bench = Bench::new(ours.clone());
        bench.up(0);
        let before = bench.engine.poll_at();
        let answer = bench.hear(at(1000.0), PEER, ttl, &bytes);
        let event = Event::Rejected { router: ONE, reason, from: PEER };
        assert_eq!(answer, [Action::Report(event)], "{reason:?}");
        assert_eq!(bench.engine.poll_at(), before, "{reason:?} moves the timer");
        let stats = *bench.engine.routers()[ONE].stats();
        assert_eq!((counter(&stats), stats.adverts_received), (1, 0), "{reason:?}");
        // The second time it is counted, yet not told.
        assert_eq!(bench.hear(at(1001.0), PEER, ttl, &bytes), []);
        assert_eq!(counter(bench.engine.routers()[ONE].stats()), 2);
    }
}

#[test]
fn an_advert_with_our_password_and_interval_counts() {
    let ours = password(*b"secret\0\0");
    let mut bench = Bench::new(ours.clone());
    bench.up(0);
    assert_eq!(bench.hear(at(1000.0), PEER, 255, &message(&ours, 200)), []);
    assert_eq!(bench.engine.poll_at(), Some(at(4609.375)));
    assert_eq!(bench.engine.routers()[ONE].stats().adverts_received, 1);
}

#[test]
fn a_wrong_checksum_of_version_3_does_not_count() {
    let mut bench = Bench::new(params(100));
    bench.up(0);
    let mut bytes = message(&bench.packet, 200);
    bytes[2] = 250;
    let reason = Rejected::Malformed(Malformed::Checksum);
    let event = Event::Rejected { router: ONE, reason, from: PEER };
    assert_eq!(bench.hear(at(1000.0), PEER, 255, &bytes), [Action::Report(event)]);
    assert_eq!(bench.engine.poll_at(), Some(at(3609.375)));
}

#[test]
fn our_own_packets_are_ignored() {
    let mut bench = Bench::new(params(100));
    bench.up(0);
    let ours = Said::Advert(OURS, 200, Duration::from_secs(1));
    bench.step(1000, ours, &[], 3609.375);
    assert_eq!(*bench.engine.routers()[ONE].stats(), Stats::default());
}

#[test]
fn other_addresses_are_told_and_counted_but_the_advert_counts() {
    let told = Action::Report(Event::OtherAddresses { router: ONE, from: PEER });
    let address = |n| IpAddr::V4(Ipv4Addr::new(192, 0, 2, n));
    let cases: [(&[u8], &[u8], bool); 6] = [
        (&[1], &[1], true),
        (&[1, 2, 3], &[3, 1, 2], true),
        (&[1, 2], &[1], false),
        (&[1], &[1, 2], false),
        (&[1, 2], &[1, 3], false),
        (&[1], &[], false),
    ];
    for (ours, theirs, same) in cases {
        let list = |of: &[u8]| of.iter().map(|&n| address(n)).collect();
        let mut bench = Bench::new(Params { addresses: list(ours), ..params(100) });
        let bytes = message(&Params { addresses: list(theirs), ..params(100) }, 200);
        bench.up(0);
        let want = if same { vec![] } else { vec![told] };
        assert_eq!(bench.hear(at(1000.0), PEER, 255, &bytes), want, "{ours:?} {theirs:?}");
        assert_eq!(bench.engine.poll_at(), Some(at(4609.375)));
        let errors = bench.engine.routers()[ONE].stats().address_errors;
        assert_eq!(errors, u64::from(!same));
    }
}

#[test]
fn the_addresses_of_a_known_master_are_not_compared_if_so_configured() {
    let mut bench = Bench::new(Params { skip_check_addresses: true, ..params(100) });
    let theirs = Params { addresses: Box::new([]), ..params(100) };
    bench.up(0);
    for (ms, from, errors) in [(1000.0, PEER, 1), (2000.0, PEER, 1), (3000.0, LOW, 2)] {
        bench.hear(at(ms), from, 255, &message_from(from, &theirs, 200));
        assert_eq!(bench.engine.routers()[ONE].stats().address_errors, errors);
    }
}

#[test]
fn a_packet_finds_its_router_by_interface_number_and_group() {
    let other_group = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 19));
    let table = Table::new([
        params(100),
        Params { vrid: 8, ..params(100) },
        Params { group: other_group, ..params(100) },
        Params { link: Id::new(1), ..params(100) },
    ]);
    let mut engine = Engine::new(table, Options::default());
    for link in [0, 1] {
        let input = Input::Link { link: Id::new(link), state: LinkState::Up };
        assert_eq!(engine.handle(at(0.0), input).count(), 0);
    }
    for router in (0..4).map(Id::new) {
        let source = Input::Source { router, address: Some(OURS) };
        assert_eq!(engine.handle(at(0.0), source).count(), 0);
        assert_eq!(engine.handle(at(0.0), Input::Start(router)).count(), 1);
    }
    let cases = [
        // interface, group, number, who counts it
        (0, GROUP, 7, Some(0)),
        (0, GROUP, 8, Some(1)),
        (0, other_group, 7, Some(2)),
        (1, GROUP, 7, Some(3)),
        (1, GROUP, 8, None),
        (2, GROUP, 7, None),
        (0, OURS, 7, None),
        (0, GROUP, 9, None),
        (0, GROUP, 0, None),
    ];
    let mut unknown = 0;
    for (link, group, vrid, want) in cases {
        let before: Vec<u64> =
            engine.routers().iter().map(|r| r.stats().adverts_received).collect();
        let bytes = message(&Params { vrid, group, ..params(100) }, 200);
        let (link, from, to, bytes) = (Id::new(link), PEER, group, &bytes[..]);
        let input = Input::Packet { link, from, to, ttl: 255, bytes };
        assert_eq!(engine.handle(at(1.0), input).count(), 0);
        let after = engine.routers().iter().map(|r| r.stats().adverts_received);
        let counted = after.zip(before).position(|(after, before)| after > before);
        assert_eq!(counted, want, "{vrid} to {group}");
        unknown += u64::from(want.is_none());
        assert_eq!(engine.strays(), Strays { unknown_router: unknown, malformed: 0 });
    }
    let input = Input::Packet { link: Id::new(0), from: PEER, to: GROUP, ttl: 255, bytes: &[0x31] };
    assert_eq!(engine.handle(at(1.0), input).count(), 0);
    assert_eq!(engine.strays().malformed, 1);
}

#[test]
fn a_router_in_fault_or_init_counts_nothing() {
    let mut bench = Bench::new(params(100));
    bench.tell(0.0, heard(200));
    bench.up(0).tell(1.0, Input::Link { link: Id::new(0), state: LinkState::Down });
    bench.tell(2.0, heard(200));
    assert_eq!(*bench.engine.routers()[ONE].stats(), Stats::default());
}

#[test]
fn the_counters_tell_the_story() {
    let mut bench = Bench::new(params(100));
    bench.up(0);
    bench.tell(1000.0, heard(200));
    bench.tell(2000.0, heard(0));
    bench.tell(2700.0, Input::Tick);
    bench.tell(2800.0, heard(90));
    bench.tell(2900.0, heard(0));
    bench.tell(3000.0, heard(200));
    bench.tell(9000.0, Input::Tick);
    bench.tell(9100.0, Input::Stop(ONE));
    let want = Stats {
        adverts_received: 5,
        zero_received: 2,
        adverts_sent: 5,
        zero_sent: 1,
        became_master: 2,
        released_master: 2,
        challenges: 1,
        ..Stats::default()
    };
    assert_eq!(*bench.engine.routers()[ONE].stats(), want);
}

#[test]
fn a_backup_tells_whom_it_obeys() {
    let mut bench = Bench::new(params(100));
    bench.up(0);
    let heard_now = |bench: &Bench| bench.engine.routers()[ONE].heard().copied();
    assert_eq!(heard_now(&bench), None);
    bench.tell(1000.0, heard(200));
    bench.tell(2000.0, heard(201));
    let interval = Duration::from_secs(1);
    let (since, last) = (at(1000.0), at(2000.0));
    assert_eq!(heard_now(&bench), Some(Heard { from: PEER, priority: 201, interval, since, last }));
    // One that is not obeyed is not the master.
    bench.tell(2500.0, heard_low(90));
    assert_eq!(heard_now(&bench).map(|heard| heard.from), Some(PEER));
    bench.tell(9000.0, Input::Tick);
    assert_eq!(heard_now(&bench), None);
}

#[test]
fn in_another_state_the_same_is_told_again() {
    let mut bench = Bench::new(params(100));
    bench.up(0);
    let far = message(&bench.packet, 200);
    let told = Event::Rejected { router: ONE, reason: Rejected::Hops, from: PEER };
    let told = [Action::Report(told)];
    assert_eq!(bench.hear(at(1000.0), PEER, 1, &far), told);
    assert_eq!(bench.hear(at(2000.0), PEER, 1, &far), []);
    bench.tell(3700.0, Input::Tick);
    assert_eq!(bench.hear(at(3800.0), PEER, 1, &far), told);
}

/// A unicast router with two peers, one of which may be 2 or 3 hops away.
fn unicast(check_source: bool) -> Params {
    let peer = |ip, hops_min, hops_max| Peer { ip, hops_min, hops_max };
    let peers = [peer(PEER, 0, 255), peer(LOW, 252, 253)].into();
    let unicast = Some(Unicast { peers, check_source, hops: 255 });
    Params { unicast, group: Ipv4Addr::UNSPECIFIED.into(), ..params(100) }
}

/// What comes of an advert of priority 200 to a router.
fn hear_to(bench: &mut Bench, from: IpAddr, to: IpAddr, ttl: u8) -> Vec<Action> {
    let Params { version, family, vrid, interval, auth, .. } = bench.packet;
    let addresses = &bench.packet.addresses;
    let repr = AdvertRepr { version, family, vrid, priority: 200, interval, auth, addresses };
    let mut buffer = [0; ADVERT_MAX];
    let length = repr.emit(&mut buffer, from, to);
    let bytes = &buffer[..length];
    let packet = Input::Packet { link: Id::new(0), from, to, ttl, bytes };
    bench.engine.handle(at(1000.0), packet).collect()
}

#[test]
fn a_unicast_advert_counts_by_its_sender_and_its_ttl() {
    const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 9, 9, 9));
    let cases = [
        (false, PEER, 1, None),
        (true, PEER, 1, None),
        (false, STRANGER, 1, None),
        (true, STRANGER, 255, Some(Rejected::Peer)),
        (true, LOW, 254, Some(Rejected::Distance)),
        (true, LOW, 253, None),
        (true, LOW, 252, None),
        (false, LOW, 251, Some(Rejected::Distance)),
    ];
    for (check, from, ttl, refused) in cases {
        let mut bench = Bench::new(unicast(check));
        bench.up(0);
        let event = refused.map(|reason| Event::Rejected { router: ONE, reason, from });
        let want: Vec<Action> = event.map(Action::Report).into_iter().collect();
        assert_eq!(hear_to(&mut bench, from, OURS, ttl), want, "{check} {from} {ttl}");
        let stats = bench.engine.routers()[ONE].stats();
        assert_eq!(stats.adverts_received, u64::from(refused.is_none()), "{check} {from} {ttl}");
        assert_eq!(stats.peer_errors, u64::from(refused == Some(Rejected::Peer)));
        assert_eq!(stats.hops_errors, u64::from(refused == Some(Rejected::Distance)));
    }
}

#[test]
fn unicast_and_multicast_do_not_hear_each_other() {
    let mut bench = Bench::new(unicast(false));
    bench.up(0);
    assert_eq!(hear_to(&mut bench, PEER, GROUP, 255), []);
    assert_eq!(hear_to(&mut bench, PEER, LOW, 255), [], "to another address");
    let mut other = Bench::new(params(100));
    other.up(0);
    assert_eq!(hear_to(&mut other, PEER, OURS, 255), []);
    for (bench, strays) in [(&bench, 2), (&other, 1)] {
        assert_eq!(bench.engine.routers()[ONE].stats().adverts_received, 0);
        assert_eq!(bench.engine.strays().unknown_router, strays);
    }
}

#[test]
fn peers_or_the_own_address_tell_unicast_routers_of_one_number_apart() {
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));
    let of = |own: IpAddr, peer: IpAddr| {
        let peers = [Peer { ip: peer, hops_min: 0, hops_max: 255 }].into();
        let unicast = Some(Unicast { peers, check_source: false, hops: 255 });
        Params { unicast, group: own, ..params(100) }
    };
    let all = [of(OURS, PEER), of(OURS, LOW), of(OTHER, PEER), unicast(false)];
    let mut engine = Engine::new(Table::new(all), Options::default());
    let up = Input::Link { link: Id::new(0), state: LinkState::Up };
    assert_eq!(engine.handle(at(0.0), up).count(), 0);
    let own = [OURS, OURS, OTHER, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 8))];
    for (router, address) in own.into_iter().enumerate() {
        let (router, address) = (Id::new(router), Some(address));
        engine.handle(at(0.0), Input::Source { router, address }).for_each(drop);
        engine.handle(at(0.0), Input::Start(router)).for_each(drop);
    }
    let mut bench = Bench { engine, packet: params(100) };
    for (number, (from, to)) in
        [(PEER, OURS), (LOW, OURS), (PEER, OTHER), (PEER, own[3])].into_iter().enumerate()
    {
        assert_eq!(hear_to(&mut bench, from, to, 9), []);
        let heard = bench.engine.routers().iter().map(|one| one.stats().adverts_received);
        let want = (0..4).map(|at| u64::from(at <= number));
        assert!(heard.eq(want), "{from} to {to}");
    }
}
