//! Addresses as the kernel takes them, as it tells of them.

use super::*;
use crate::sys::lab::{in_network, index_of, ip, ip_shows};
use crate::sys::netlink::Outcome;

/// `IFA_F_NOPREFIXROUTE` (linux/if_addr.h).
const NOPREFIXROUTE: u32 = 0x200;

fn outcomes(netlink: &mut Netlink, requests: &[Request]) -> Vec<Outcome> {
    let mut outcomes = vec![None; requests.len()];
    netlink
        .transact(&mut requests.iter(), &mut |at, outcome| {
            assert_eq!(outcomes[at].replace(outcome), None, "one outcome for each");
        })
        .unwrap();
    outcomes.into_iter().map(Option::unwrap).collect()
}

fn all(netlink: &mut Netlink) -> Vec<Address> {
    let mut all = Vec::new();
    netlink.dump_addresses(&mut |address| all.push(*address)).unwrap();
    all
}

fn v4(last: u8) -> IpAddr {
    IpAddr::from([10, 1, 1, last])
}

#[test]
fn an_address_is_set_once_and_removed_once() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let left = index_of("left");
        for address in [v4(1), "fd00::1".parse().unwrap()] {
            let spec = AddressSpec::new(left, address, 24);
            let requests = [add(&spec), add(&spec), delete(&spec), delete(&spec)];
            let want = [Outcome::Done, Outcome::Needless, Outcome::Done, Outcome::Needless];
            assert_eq!(outcomes(&mut netlink, &requests), want, "{address}");
        }
    });
}

#[test]
fn an_address_bears_all_that_was_asked_for() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let spec = AddressSpec {
            broadcast: Some(Ipv4Addr::new(10, 1, 1, 255)),
            scope: 253,
            label: Some(Label::try_from("left:vip").unwrap()),
            preferred: Some(0),
            flags: NOPREFIXROUTE,
            ..AddressSpec::new(index_of("left"), v4(9), 24)
        };
        assert_eq!(outcomes(&mut netlink, &[add(&spec)]), [Outcome::Done]);
        let shown = ip_shows("-4 addr show dev left");
        let words = "inet 10.1.1.9/24 brd 10.1.1.255 scope link deprecated";
        assert!(shown.contains(words), "{shown}");
        assert!(shown.contains(" noprefixroute left:vip\n"), "{shown}");
        assert_eq!(outcomes(&mut netlink, &[delete(&spec)]), [Outcome::Done]);

        let peer = Some(v4(2));
        let spec = AddressSpec { peer, ..AddressSpec::new(index_of("left"), v4(1), 32) };
        assert_eq!(outcomes(&mut netlink, &[add(&spec)]), [Outcome::Done]);
        assert!(ip_shows("-4 addr show dev left").contains("inet 10.1.1.1 peer 10.1.1.2/32"));
        let found = all(&mut netlink).into_iter().find(|found| found.ip == v4(1)).unwrap();
        assert_eq!((found.peer, found.prefix), (peer, 32));
        assert_eq!(outcomes(&mut netlink, &[delete(&spec)]), [Outcome::Done]);
    });
}

#[test]
fn a_virtual_ipv6_address_is_usable_at_once() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let left = index_of("left");
        let at_once = AddressSpec::new(left, "fd00::1".parse().unwrap(), 64);
        let checked = AddressSpec {
            dad: Dad::Perform,
            ..AddressSpec::new(left, "fd00::2".parse().unwrap(), 64)
        };
        outcomes(&mut netlink, &[add(&at_once), add(&checked)]);
        let all = all(&mut netlink);
        let found = |spec: &AddressSpec| *all.iter().find(|found| found.ip == spec.ip).unwrap();
        assert!(found(&at_once).is_usable());
        assert!(found(&checked).tentative && !found(&checked).is_usable());
    });
}

#[test]
fn our_addresses_are_told_from_others() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let left = index_of("left");
        assert!(ip("addr add 10.1.1.1/24 dev left"));
        let (theirs, ours) = (AddressSpec::new(left, v4(1), 24), AddressSpec::new(left, v4(2), 24));
        // An address of somebody else stays somebody else's.
        let want = [Outcome::Needless, Outcome::Done];
        assert_eq!(outcomes(&mut netlink, &[add(&theirs), add(&ours)]), want);
        let all = all(&mut netlink);
        let found = |spec: &AddressSpec| *all.iter().find(|found| found.ip == spec.ip).unwrap();
        assert_eq!(found(&theirs).proto, None);
        assert_eq!(found(&ours).proto, Some(MARK));
        assert!(!found(&theirs).secondary && found(&ours).secondary);
        assert_eq!(found(&ours).index, left);
    });
}

#[test]
fn a_refusal_hinders_nobody_and_names_its_place() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let left = index_of("left");
        let good = add(&AddressSpec::new(left, v4(1), 24));
        let bad_prefix = add(&AddressSpec::new(left, v4(2), 77));
        let no_link = add(&AddressSpec::new(9999, v4(3), 24));
        let mut aimed = no_link.clone();
        aimed.set_index(left);
        let found = outcomes(&mut netlink, &[bad_prefix, good, no_link, aimed]);
        assert!(matches!(found[0], Outcome::Refused(refusal) if refusal.0 == libc::EINVAL));
        assert_eq!(found[1], Outcome::Done);
        assert!(matches!(found[2], Outcome::Refused(refusal) if refusal.is_no_device()));
        assert_eq!(found[3], Outcome::Done);
    });
}

#[test]
fn many_hundred_addresses_come_and_go_in_one_call() {
    in_network(|| {
        let mut netlink = Netlink::open().unwrap();
        let left = index_of("left");
        let spec = |n: u16| {
            let [high, low] = n.to_be_bytes();
            AddressSpec::new(left, IpAddr::from([10, 2, high, low]), 32)
        };
        let adds: Vec<_> = (0..1000).map(|n| add(&spec(n))).collect();
        let deletes: Vec<_> = (0..1000).map(|n| delete(&spec(n))).collect();
        assert!(outcomes(&mut netlink, &adds).iter().all(|&outcome| outcome == Outcome::Done));
        let ours = |all: &[Address]| all.iter().filter(|a| a.proto == Some(MARK)).count();
        assert_eq!(ours(&all(&mut netlink)), 1000);
        assert!(outcomes(&mut netlink, &deletes).iter().all(|&outcome| outcome == Outcome::Done));
        assert_eq!(ours(&all(&mut netlink)), 0);
        assert!(outcomes(&mut netlink, &[]).is_empty());
    });
}

#[test]
fn a_message_of_any_bytes_is_no_panic() {
    let mut prng = crate::prng::Prng::new(7);
    for round in 0..20_000_u32 {
        let len = usize::try_from(round % 96).unwrap();
        let mut payload: Vec<u8> = (0..len).map(|_| prng.next().to_le_bytes()[0]).collect();
        // Often a family and lengths that lead further in.
        if let Some(first) = payload.first_mut() {
            *first = [2, 10, 0][usize::try_from(round).unwrap() % 3];
        }
        if let Some(length) = payload.get_mut(8..10) {
            length.copy_from_slice(&u16::try_from(round % 40).unwrap().to_ne_bytes());
        }
        let message = Message { kind: libc::RTM_NEWADDR, flags: 0, sequence: 0, payload: &payload };
        let _: Option<Address> = Address::parse(&message);
    }
}
