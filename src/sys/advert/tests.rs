//! Adverts over a pair of interfaces, one in each hand.

use std::fs;

use super::*;
use crate::machine::Duration;
use crate::sys::lab::{in_network, index_of, ip};
use crate::sys::poll::{Events, Poll, Token};

const GROUP_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 18));
const GROUP_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12));
const OTHER_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 19));
/// No address of this machine, so that the other interface takes it for a stranger's.
const FROM_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const FROM_V6: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xabc);

/// Both interfaces take what comes from strangers at once.
fn prepare() {
    for name in ["all", "left", "right"] {
        fs::write(format!("/proc/sys/net/ipv4/conf/{name}/rp_filter"), "0").unwrap();
    }
    assert!(ip("addr add 192.0.2.10/24 dev left"));
    assert!(ip("addr add 192.0.2.11/24 dev right"));
    assert!(ip("addr add fe80::10/64 dev left nodad"));
    assert!(ip("addr add fe80::11/64 dev right nodad"));
}

/// What arrives within a second.
fn next<'a>(receiver: &Receiver, buf: &'a mut [u8]) -> Option<Received<'a>> {
    let poll = Poll::new().unwrap();
    poll.add(receiver, Token(0)).unwrap();
    poll.wait(&mut Events::new(), Some(Duration::from_secs(1))).unwrap();
    receiver.recv(buf).unwrap()
}

fn way(from: impl Into<IpAddr>, to: IpAddr) -> Way {
    Way { from: from.into(), to, hops: 255 }
}

fn packet_v4(to: IpAddr, payload: &[u8]) -> Vec<u8> {
    let IpAddr::V4(to) = to else { panic!("not of this family") };
    [&ip::header(FROM_V4, to, 0, payload.len())[..], payload].concat()
}

#[test]
fn an_advert_over_ipv4_arrives_with_its_addresses_and_its_ttl() {
    in_network(|| {
        prepare();
        let (left, right) = (index_of("left"), index_of("right"));
        let sender = Sender::open(Family::V4, left, Buffers::default()).unwrap();
        let receiver = Receiver::open(right, GROUP_V4, Buffers::default()).unwrap();
        let own = Receiver::open(left, GROUP_V4, Buffers::default()).unwrap();
        let mut buf = [0xa5; 256];
        assert_eq!(receiver.recv(&mut buf).unwrap(), None);

        sender.send(&packet_v4(GROUP_V4, b"advert"), way(FROM_V4, GROUP_V4)).unwrap();
        let from = FROM_V4.into();
        let want = Received { payload: b"advert", from, to: GROUP_V4, ttl: 255, index: right };
        assert_eq!(next(&receiver, &mut buf), Some(want));
        assert_eq!(receiver.recv(&mut buf).unwrap(), None);
        assert_eq!(own.recv(&mut buf).unwrap(), None, "a sender does not hear itself");
    });
}

#[test]
fn a_group_that_another_socket_joined_is_not_heard() {
    in_network(|| {
        prepare();
        let (left, right) = (index_of("left"), index_of("right"));
        let sender = Sender::open(Family::V4, left, Buffers::default()).unwrap();
        let receiver = Receiver::open(right, GROUP_V4, Buffers::default()).unwrap();
        let other = Receiver::open(right, OTHER_V4, Buffers::default()).unwrap();
        let mut buf = [0; 256];
        sender.send(&packet_v4(GROUP_V4, b"advert"), way(FROM_V4, GROUP_V4)).unwrap();
        assert!(next(&receiver, &mut buf).is_some());
        assert_eq!(other.recv(&mut buf).unwrap(), None);
        other.join(GROUP_V4).unwrap();
        other.join(GROUP_V4).unwrap();
        sender.send(&packet_v4(GROUP_V4, b"advert"), way(FROM_V4, GROUP_V4)).unwrap();
        assert!(next(&other, &mut buf).is_some());
        assert!(other.join(GROUP_V6).is_err());
    });
}

#[test]
fn an_advert_over_ipv6_arrives_with_its_addresses_and_its_hops() {
    in_network(|| {
        prepare();
        let (left, right) = (index_of("left"), index_of("right"));
        let sender = Sender::open(Family::V6, left, Buffers::default()).unwrap();
        let receiver = Receiver::open(right, GROUP_V6, Buffers::default()).unwrap();
        let own = Receiver::open(left, GROUP_V6, Buffers::default()).unwrap();
        let mut buf = [0xa5; 256];
        sender.send(b"advert", way(FROM_V6, GROUP_V6)).unwrap();
        let from = FROM_V6.into();
        let want = Received { payload: b"advert", from, to: GROUP_V6, ttl: 255, index: right };
        assert_eq!(next(&receiver, &mut buf), Some(want));
        assert_eq!(own.recv(&mut buf).unwrap(), None, "a sender does not hear itself");
    });
}

#[test]
fn an_advert_too_long_for_the_link_arrives_whole_over_ipv6() {
    in_network(|| {
        prepare();
        let sender = Sender::open(Family::V6, index_of("left"), Buffers::default()).unwrap();
        let receiver = Receiver::open(index_of("right"), GROUP_V6, Buffers::default()).unwrap();
        let mut buf = [0; 8192];
        for len in [1460, 1461, 2464, 2465, 4088] {
            let payload: Vec<u8> = (0..len).map(|at: u32| at.to_be_bytes()[3]).collect();
            sender.send(&payload, way(FROM_V6, GROUP_V6)).unwrap();
            assert_eq!(next(&receiver, &mut buf).unwrap().payload, payload, "{len}");
        }
    });
}

#[test]
fn what_the_kernel_refuses_is_an_error() {
    in_network(|| {
        let Err(error) = Receiver::open(9999, GROUP_V4, Buffers::default()) else { panic!() };
        assert_eq!(error.raw_os_error(), Some(libc::ENODEV));
        assert!(Sender::open(Family::V6, 9999, Buffers::default()).is_err());

        prepare();
        let sender = Sender::open(Family::V4, index_of("left"), Buffers::default()).unwrap();
        assert!(ip("link set left down"));
        assert!(sender.send(&packet_v4(GROUP_V4, b"x"), way(FROM_V4, GROUP_V4)).is_err());
        assert!(sender.send(b"x", way(FROM_V4, GROUP_V6)).is_err());
        assert!(ip("link del left"));
        assert!(sender.send(&packet_v4(GROUP_V4, b"x"), way(FROM_V4, GROUP_V4)).is_err());
    });
}

#[test]
fn buffers_are_as_large_as_asked_for() {
    in_network(|| {
        let buffers = Buffers { receive: Some(400_000), send: Some(300_000) };
        let receiver = Receiver::open(index_of("right"), GROUP_V4, buffers).unwrap();
        let sender = Sender::open(Family::V4, index_of("right"), buffers).unwrap();
        // The kernel doubles what is asked for, for its own use.
        let size = nix::sys::socket::getsockopt(&receiver.socket, sockopt::RcvBuf).unwrap();
        let sent = nix::sys::socket::getsockopt(&sender.socket, sockopt::SndBuf).unwrap();
        if nix::unistd::getuid().is_root() {
            assert!(size >= 400_000 && sent >= 300_000, "{size} {sent}");
        }
    });
}
