//! Messages that begin at an odd address read as others do.
//!
//! Some processors refuse a read of several bytes at an address that is no multiple of their count,
//! or answer it slowly; and a buffer of the kernel's may begin anywhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use holdfast::machine::Duration;
use holdfast::wire::ip;
use holdfast::wire::ipc::{Report, ToChild, ToParent};
use holdfast::wire::vrrp::{ADVERT_MAX, Advert, AdvertRepr, Auth, Family, Version};

const PLACES: usize = 8;

/// Show `read` the bytes at each of eight addresses that follow one another.
fn everywhere(bytes: &[u8], read: impl Fn(&[u8])) {
    for place in 0..PLACES {
        let mut buffer = vec![0xa5; place + bytes.len() + PLACES];
        let there = &mut buffer[place..place + bytes.len()];
        there.copy_from_slice(bytes);
        read(there);
    }
}

#[test]
fn an_advert_reads_the_same_at_every_address() {
    let (v4, v6) = (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)), IpAddr::V6(Ipv6Addr::LOCALHOST));
    let addresses_v4: Vec<IpAddr> = (1..=3).map(|n| Ipv4Addr::new(10, 1, 0, n).into()).collect();
    let addresses_v6: Vec<IpAddr> =
        (1..=3).map(|n| Ipv6Addr::new(0xfe80, 0, 0, 0, 0x1234, 0, 0x5678, n).into()).collect();
    let cases = [
        (Version::V2, v4, &addresses_v4, Auth::Simple(*b"password")),
        (Version::V3, v4, &addresses_v4, Auth::None),
        (Version::V3, v6, &addresses_v6, Auth::None),
    ];
    for (version, from, addresses, auth) in cases {
        let repr = AdvertRepr {
            version,
            family: Family::of(from),
            vrid: 77,
            priority: 200,
            interval: Duration::from_secs(3),
            auth,
            addresses,
        };
        for place in 0..PLACES {
            let mut buffer = vec![0xa5; ADVERT_MAX + PLACES];
            let len = repr.emit(&mut buffer[place..], from, from);
            everywhere(&buffer[place..place + len], |bytes| {
                let advert = Advert::parse(bytes, from, from).unwrap();
                assert_eq!((advert.version, advert.vrid, advert.priority), (version, 77, 200));
                assert_eq!(advert.interval, Duration::from_secs(3));
                assert!(advert.auth == auth, "another authentication");
                assert_eq!(advert.addresses.iter().collect::<Vec<_>>(), *addresses);
            });
        }
    }
}

#[test]
fn a_packet_reads_the_same_at_every_address() {
    let (from, to) = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(224, 0, 0, 18));
    let packet = [&ip::header(from, to, 0x1234, 4)[..], b"data"].concat();
    everywhere(&packet, |bytes| {
        let packet = ip::Packet::parse(bytes).unwrap();
        assert_eq!((packet.from, packet.to, packet.payload), (from, to, &b"data"[..]));
    });
}

#[test]
fn a_message_between_the_processes_reads_the_same_at_every_address() {
    let generation = 0x0102_0304;
    let down = [
        ToChild::Load { generation },
        ToChild::Stop,
        ToChild::Report { kind: Report::Json },
        ToChild::Verbosity { level: 4 },
    ];
    for message in down {
        everywhere(&message.encode(), |bytes| assert_eq!(ToChild::decode(bytes), Ok(message)));
    }
    let up = [
        ToParent::Ready { generation },
        ToParent::Refused { generation },
        ToParent::Reported { kind: Report::Data },
    ];
    for message in up {
        everywhere(&message.encode(), |bytes| assert_eq!(ToParent::decode(bytes), Ok(message)));
    }
}
