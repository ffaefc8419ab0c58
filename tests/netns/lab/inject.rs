//! Packets that no router sent, put on the link.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use holdfast::machine;
use holdfast::sys::frame::Frames;
use holdfast::wire::ip;
use holdfast::wire::vrrp::{ADVERT_MAX, AdvertRepr, Auth, Family, Version};
use nix::net::if_::if_nametoindex;

use super::space::Space;

/// An advert by IPv4 multicast, from its IP header on; the caller may spoil it.
pub(crate) fn advert(
    version: Version,
    from: Ipv4Addr,
    priority: u8,
    interval: Duration,
    vips: &[IpAddr],
) -> Vec<u8> {
    let to = Ipv4Addr::new(224, 0, 0, 18);
    let mut message = [0; ADVERT_MAX];
    let micros = u64::try_from(interval.as_micros()).expect("an interval is short");
    let repr = AdvertRepr {
        version,
        family: Family::V4,
        vrid: 51,
        priority,
        interval: machine::Duration::from_micros(micros),
        auth: Auth::None,
        addresses: vips,
    };
    let length = repr.emit(&mut message, from.into(), to.into());
    let mut packet = ip::header(from, to, 1, length).to_vec();
    packet.extend_from_slice(&message[..length]);
    packet
}

/// Correct the IP header's checksum after it was changed.
pub(crate) fn fix_header(packet: &mut [u8]) {
    packet[10..12].fill(0);
    let sum: u32 = packet[..20]
        .chunks_exact(2)
        .map(|two| u32::from(u16::from_be_bytes([two[0], two[1]])))
        .sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = u16::try_from((folded & 0xffff) + (folded >> 16)).expect("it is folded");
    packet[10..12].copy_from_slice(&(!folded).to_be_bytes());
}

/// Send an IPv4 packet to all on the link, by an interface of `space`.
pub(crate) fn send(space: &Space, dev: &str, packet: &[u8]) {
    flood(space, dev, &[packet.to_vec()], Duration::ZERO);
}

/// Send the packets round and round for some time, as fast as it goes; each of them once at least.
pub(crate) fn flood(space: &Space, dev: &str, packets: &[Vec<u8>], time: Duration) {
    let frame = |packet: &Vec<u8>| {
        let header = [0x01, 0x00, 0x5e, 0, 0, 18, 2, 0, 0, 0, 0, 0x66, 0x08, 0x00];
        [&header[..], packet].concat()
    };
    let list: Vec<Vec<u8>> = packets.iter().map(frame).collect();
    space.run(|| {
        let index = if_nametoindex(dev).expect("the interface is there");
        let frames = Frames::open().expect("a case may open packet sockets");
        let begun = Instant::now();
        loop {
            for frame in &list {
                match frames.send(index, frame) {
                    Ok(()) => {}
                    // The queue is full: that is what a flood is.
                    Err(error) => assert!(time > Duration::ZERO, "{error}"),
                }
            }
            if begun.elapsed() >= time {
                return;
            }
            // Whoever listens has this processor, too.
            std::thread::yield_now();
        }
    });
}
