//! Holds the wire formats against captures of keepalived.

#![allow(clippy::unwrap_used)]

mod pcap;
mod place;
mod said;
mod time;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use holdfast::vrrp::Params;
use holdfast::wire::vrrp::{Advert, AdvertRepr, Family, Malformed};
use holdfast::wire::{Mac, garp, ip, ndisc};
use said::Said;
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, Icmpv6Message, Icmpv6Packet, IpProtocol, Ipv6Packet,
};

/// A frame of a capture by what is in it.
enum Seen {
    Advert {
        mac: Mac,
        from: IpAddr,
        to: IpAddr,
        ident: u16,
        message: Vec<u8>,
    },
    /// With an authentication header in front of it.
    Authenticated(Vec<u8>),
    Arp(Ipv4Addr),
    Neighbour(Ipv6Addr),
    Other,
}

fn see(bytes: &[u8]) -> Seen {
    let frame = EthernetFrame::new_checked(bytes).unwrap();
    let payload = frame.payload();
    match frame.ethertype() {
        // A request for the sender's own address.
        EthernetProtocol::Arp if payload[14..18] == payload[24..28] => {
            Seen::Arp(<[u8; 4]>::try_from(&payload[14..18]).unwrap().into())
        }
        EthernetProtocol::Ipv4 => see_ipv4(frame.src_addr(), payload),
        EthernetProtocol::Ipv6 => see_ipv6(frame.src_addr(), payload),
        _ => Seen::Other,
    }
}

fn see_ipv4(mac: Mac, payload: &[u8]) -> Seen {
    match (ip::Packet::parse(payload), payload[9]) {
        (Ok(packet), _) => {
            assert_eq!(packet.ttl, 255);
            Seen::Advert {
                mac,
                from: packet.from.into(),
                to: packet.to.into(),
                ident: u16::from_be_bytes([payload[4], payload[5]]),
                message: packet.payload.to_vec(),
            }
        }
        (Err(_), 51) => Seen::Authenticated(payload[20 + 24..].to_vec()),
        (Err(_), _) => Seen::Other,
    }
}

fn see_ipv6(mac: Mac, payload: &[u8]) -> Seen {
    let packet = Ipv6Packet::new_checked(payload).unwrap();
    match packet.next_header() {
        IpProtocol::Unknown(112) => {
            assert_eq!(packet.traffic_class(), 0xc0);
            Seen::Advert {
                mac,
                from: packet.src_addr().into(),
                to: packet.dst_addr().into(),
                ident: 0,
                message: packet.payload().to_vec(),
            }
        }
        IpProtocol::Icmpv6 => {
            let icmp = Icmpv6Packet::new_checked(packet.payload()).unwrap();
            match icmp.msg_type() {
                Icmpv6Message::NeighborAdvert if !packet.dst_addr().is_multicast() => Seen::Other,
                Icmpv6Message::NeighborAdvert => Seen::Neighbour(icmp.target_addr()),
                _ => Seen::Other,
            }
        }
        _ => Seen::Other,
    }
}

/// The configuration of the router that sends from this address: r1 is …1, r2 is …2.
fn sender(capture: &Path, from: IpAddr) -> Params {
    let last = match from {
        IpAddr::V4(from) => from.octets()[3],
        IpAddr::V6(from) => from.octets()[15],
    };
    let file = match last {
        1 => capture.with_extension("conf"),
        2 => capture.with_extension("r2.conf"),
        _ => panic!("{}: an advert from {from}", capture.display()),
    };
    Said::read(&file).params
}

fn is_of_kind(capture: &Path, kind: &str) -> bool {
    capture.file_stem().unwrap().to_str().unwrap().contains(kind)
}

/// Captures whose adverts carry a plain authentication and today's checksum.
fn plain_captures() -> impl Iterator<Item = PathBuf> {
    let captures = pcap::captures().into_iter();
    captures.filter(|path| !is_of_kind(path, "-ah") && !is_of_kind(path, "oldsum"))
}

#[test]
fn every_advert_says_what_the_configuration_of_its_sender_says() {
    for capture in plain_captures() {
        let (mut adverts, mut resigned) = (0, 0);
        for frame in pcap::frames(&capture) {
            let Seen::Advert { from, to, message, .. } = see(&frame) else { continue };
            let name = capture.display().to_string();
            let said = sender(&capture, from);
            let advert = Advert::parse(&message, from, to).expect(&name);
            assert_eq!(advert.version, said.version, "{name}");
            assert_eq!(advert.vrid, said.vrid, "{name}");
            assert_eq!(advert.interval, said.interval, "{name}");
            assert_eq!(advert.auth, said.auth, "{name}");
            assert!(advert.addresses.iter().eq(said.addresses.iter().copied()), "{name}");
            assert!([0, said.priority].contains(&advert.priority), "{name}");
            resigned += u32::from(advert.priority == 0);
            adverts += 1;
        }
        assert!(adverts >= 2 && resigned >= 1, "{}: {adverts}, {resigned}", capture.display());
    }
}

#[test]
fn an_advert_sent_for_the_same_configuration_is_the_same_to_the_byte() {
    for capture in plain_captures() {
        for frame in pcap::frames(&capture) {
            let Seen::Advert { mac, from, to, ident, message } = see(&frame) else { continue };
            let said = sender(&capture, from);
            let resigns = message[2] == 0;
            let advert = AdvertRepr {
                version: said.version,
                family: Family::of(from),
                vrid: said.vrid,
                priority: if resigns { 0 } else { said.priority },
                interval: said.interval,
                auth: said.auth,
                addresses: &said.addresses,
            };
            let mut buffer = [0xa5; 1500];
            let length = advert.emit(&mut buffer, from, to);
            assert_eq!(buffer[..length], message, "{}", capture.display());
            let (IpAddr::V4(from), IpAddr::V4(to)) = (from, to) else { continue };
            // Of an IPv4 packet the header is ours too, and only its id is taken from the capture.
            let mut sent = frame[..6].to_vec();
            sent.extend_from_slice(mac.as_bytes());
            sent.extend_from_slice(&[8, 0]);
            sent.extend_from_slice(&ip::header(from, to, ident, length));
            sent.extend_from_slice(&buffer[..length]);
            assert_eq!(sent, frame, "{}", capture.display());
        }
    }
}

#[test]
fn adverts_of_forms_that_are_not_spoken_are_refused_for_their_reason() {
    let mut refused = 0;
    for capture in pcap::captures() {
        for frame in pcap::frames(&capture) {
            let (ends, message, reason) = match see(&frame) {
                Seen::Advert { from, to, message, .. } if is_of_kind(&capture, "oldsum") => {
                    ((from, to), message, Malformed::Checksum)
                }
                Seen::Authenticated(message) => {
                    let ends = ([10, 0, 0, 1].into(), [224, 0, 0, 18].into());
                    (ends, message, Malformed::AuthType)
                }
                _ => continue,
            };
            let answer = Advert::parse(&message, ends.0, ends.1);
            assert_eq!(answer, Err(reason), "{}", capture.display());
            refused += 1;
        }
    }
    assert!(refused > 0 || pcap::captures().is_empty());
}

#[test]
fn every_announcement_is_of_a_virtual_address_to_the_byte() {
    let (mut arps, mut neighbours) = (0, 0);
    for capture in pcap::captures() {
        let ours = Said::read(&capture.with_extension("conf")).addresses;
        for frame in pcap::frames(&capture) {
            let mac = Mac::from_bytes(&frame[6..12]);
            match see(&frame) {
                Seen::Arp(address) if ours.contains(&address.into()) => {
                    assert_eq!(garp::frame(mac, address)[..], frame, "{}", capture.display());
                    arps += 1;
                }
                Seen::Neighbour(address) if ours.contains(&address.into()) => {
                    let sent = ndisc::frame(mac, address, ndisc::Sender::Host);
                    assert_eq!(sent[..], frame, "{}", capture.display());
                    neighbours += 1;
                }
                _ => {}
            }
        }
    }
    assert!((arps > 100 && neighbours > 100) || pcap::captures().is_empty());
}
