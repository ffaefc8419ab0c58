//! Interfaces, addresses as events, in a network of their own.

use super::*;
use crate::machine::Duration;
use crate::sys::lab::{in_network, index_of, ip};
use crate::sys::poll::{Events, Poll, Token};

/// Wait, for two seconds at most, for an event that `wanted` takes.
fn wait_for(monitor: &mut Monitor, wanted: impl Fn(&Event) -> bool) -> Event {
    let poll = Poll::new().unwrap();
    poll.add(&*monitor, Token(0)).unwrap();
    let end = crate::sys::clock::now() + Duration::from_secs(2);
    while crate::sys::clock::now() < end {
        while let Some(event) = monitor.next().unwrap() {
            if wanted(&event) {
                return event;
            }
        }
        poll.wait(&mut Events::new(), Some(Duration::from_millis(100))).unwrap();
    }
    panic!("the event did not come");
}

fn all() -> Vec<Link> {
    let mut all = Vec::new();
    let mut netlink = Netlink::open().unwrap();
    netlink.dump_links(&mut |link| all.push(link.clone())).unwrap();
    all
}

fn link(event: &Event) -> Option<&Link> {
    match event {
        Event::Link(link) => Some(link),
        Event::Address(_) | Event::Overrun => None,
    }
}

#[test]
fn every_interface_is_in_the_list() {
    in_network(|| {
        assert!(ip("link set left address 02:00:00:00:00:07 mtu 1400"));
        let all = all();
        let named = |name: &str| all.iter().find(|link| link.name == name).unwrap();
        assert_eq!(all.len(), 3);
        let left = named("left");
        assert_eq!(left.index, index_of("left"));
        assert_eq!((left.mac, left.mtu), (Some([2, 0, 0, 0, 0, 7]), 1400));
        assert!(left.up_and_running && left.multicast && !left.loopback && !left.noarp);
        let lo = named("lo");
        assert!(lo.loopback && lo.mac.is_none());
    });
}

#[test]
fn the_loss_of_the_other_end_is_an_event() {
    in_network(|| {
        let mut monitor = Monitor::open(None).unwrap();
        assert_eq!(monitor.next().unwrap(), None);
        let left = index_of("left");
        assert!(ip("link set right down"));
        let down = |event: &Event| {
            link(event).is_some_and(|link| link.index == left && link.up && !link.up_and_running)
        };
        wait_for(&mut monitor, down);
        assert!(ip("link set right up"));
        let up = |event: &Event| {
            link(event).is_some_and(|link| link.index == left && link.up_and_running)
        };
        wait_for(&mut monitor, up);
    });
}

#[test]
fn interfaces_come_and_go_and_change_their_name() {
    in_network(|| {
        let mut monitor = Monitor::open(Some(100_000)).unwrap();
        assert!(ip("link add other type veth peer name peer"));
        wait_for(&mut monitor, |event| link(event).is_some_and(|link| link.name == "other"));
        let index = index_of("other");
        assert!(ip("link set other name another"));
        let renamed = |event: &Event| {
            link(event).is_some_and(|link| link.index == index && link.name == "another")
        };
        wait_for(&mut monitor, renamed);
        assert!(ip("link del another"));
        let gone = wait_for(&mut monitor, |event| link(event).is_some_and(|link| link.gone));
        let gone = link(&gone).unwrap();
        assert!(gone.index == index && !gone.up_and_running);
    });
}

#[test]
fn a_port_that_leaves_its_bridge_is_not_gone() {
    in_network(|| {
        if !ip("link add bridge type bridge") {
            eprintln!("skipped: no bridge in this kernel");
            return;
        }
        assert!(ip("link set left master bridge"));
        let mut monitor = Monitor::open(None).unwrap();
        assert!(ip("link set left nomaster"));
        assert!(ip("link add last type veth peer name peer"));
        let left = index_of("left");
        wait_for(&mut monitor, |event| {
            let link = link(event);
            assert!(!link.is_some_and(|link| link.index == left && link.gone));
            link.is_some_and(|link| link.name == "last")
        });
    });
}

#[test]
fn addresses_come_and_go_as_events() {
    in_network(|| {
        let mut monitor = Monitor::open(None).unwrap();
        let left = index_of("left");
        for (text, prefix) in [("10.1.1.1", 24), ("fd00::1", 64)] {
            let wanted: core::net::IpAddr = text.parse().unwrap();
            for gone in [false, true] {
                let word = if gone { "del" } else { "add" };
                assert!(ip(&format!("addr {word} {text}/{prefix} dev left")));
                wait_for(&mut monitor, |event| match event {
                    Event::Address(address) => {
                        address.ip == wanted
                            && address.index == left
                            && address.prefix == prefix
                            && address.gone == gone
                    }
                    Event::Link(_) | Event::Overrun => false,
                });
            }
        }
    });
}

#[test]
fn lost_events_are_told_and_the_rest_goes_on() {
    in_network(|| {
        // The kernel's smallest queue.
        let mut monitor = Monitor::open(Some(1)).unwrap();
        for n in 0..50 {
            assert!(ip(&format!("addr add 10.1.2.{n}/32 dev left")));
        }
        wait_for(&mut monitor, |event| *event == Event::Overrun);
        while monitor.next().unwrap().is_some() {}
        assert!(ip("addr add 10.1.3.1/32 dev left"));
        let wanted = core::net::IpAddr::from([10, 1, 3, 1]);
        wait_for(&mut monitor, |event| matches!(event, Event::Address(a) if a.ip == wanted));
    });
}

#[test]
fn a_message_of_any_bytes_is_no_panic() {
    let mut prng = crate::prng::Prng::new(8);
    for round in 0..20_000_u32 {
        let len = usize::try_from(round % 96).unwrap();
        let mut payload: Vec<u8> = (0..len).map(|_| prng.next().to_le_bytes()[0]).collect();
        if let Some(first) = payload.first_mut() {
            *first = 0;
        }
        if let Some(length) = payload.get_mut(16..20) {
            let [kind, _] = u16::try_from(round % 5).unwrap().to_ne_bytes();
            let len = u16::try_from(round % 40).unwrap().to_ne_bytes();
            length.copy_from_slice(&[len[0], len[1], kind, 0]);
        }
        let message = Message { kind: libc::RTM_NEWLINK, flags: 0, sequence: 0, payload: &payload };
        let _: Option<Link> = Link::parse(&message);
    }
}
