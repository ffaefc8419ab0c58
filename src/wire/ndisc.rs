//! Unsolicited neighbour advertisements: where an IPv6 address lives from now on (RFC 4861 7.2.6).

use core::net::Ipv6Addr;

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, EthernetRepr, Icmpv6Packet, Icmpv6Repr, IpProtocol,
    Ipv6Packet, Ipv6Repr, NdiscNeighborFlags, NdiscRepr,
};

use super::Mac;

/// Length of the frame in bytes.
pub const FRAME_LEN: usize = ETHERNET_LEN + IPV6_LEN + ICMP_LEN;
const ETHERNET_LEN: usize = 14;
const IPV6_LEN: usize = 40;
/// The advertisement, and the option with the hardware address.
const ICMP_LEN: usize = 24 + 8;
/// A receiver drops a neighbour advertisement that passed a router (RFC 4861 7.1.2).
const HOPS: u8 = 255;
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES_MAC: Mac = Mac([0x33, 0x33, 0, 0, 0, 1]);

/// What the sender is beside the holder of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A host: it does not forward.
    Host,
    /// A router: the interface forwards, so hosts may keep it as their default router.
    Router,
}

/// The Ethernet frame that tells every neighbour that `address` is at `mac`, whatever they knew
/// before.
///
/// Not solicited, override set, sent from the address itself to all nodes.
pub fn frame(mac: Mac, address: Ipv6Addr, sender: Sender) -> [u8; FRAME_LEN] {
    let mut buffer = [0; FRAME_LEN];
    let ethernet =
        EthernetRepr { src_addr: mac, dst_addr: ALL_NODES_MAC, ethertype: EthernetProtocol::Ipv6 };
    let ipv6 = Ipv6Repr {
        src_addr: address,
        dst_addr: ALL_NODES,
        next_header: IpProtocol::Icmpv6,
        payload_len: ICMP_LEN,
        hop_limit: HOPS,
    };
    let flags = match sender {
        Sender::Host => NdiscNeighborFlags::OVERRIDE,
        Sender::Router => NdiscNeighborFlags::OVERRIDE | NdiscNeighborFlags::ROUTER,
    };
    let advert = Icmpv6Repr::Ndisc(NdiscRepr::NeighborAdvert {
        flags,
        target_addr: address,
        lladdr: Some(mac.into()),
    });
    let (header, rest) = buffer.split_at_mut(ETHERNET_LEN);
    ethernet.emit(&mut EthernetFrame::new_unchecked(header));
    let (header, message) = rest.split_at_mut(IPV6_LEN);
    ipv6.emit(&mut Ipv6Packet::new_unchecked(header));
    advert.emit(
        &address,
        &ALL_NODES,
        &mut Icmpv6Packet::new_unchecked(message),
        &ChecksumCapabilities::default(),
    );
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);

    #[test]
    fn the_frame_is_the_one_keepalived_sends() {
        let frame = frame(MAC, "fd00::fe".parse().unwrap(), Sender::Host);
        let sent = [
            "333300000001",
            "020000000001",
            "86dd", // all nodes, from us, IPv6
            "60000000",
            "0020",
            "3a",
            "ff", // 32 bytes of ICMPv6, hop limit 255
            "fd0000000000000000000000000000fe",
            "ff020000000000000000000000000001",
            "8800",
            "58a1",
            "20000000",
            "fd0000000000000000000000000000fe", // override
            "0201",
            "020000000001",
        ];
        let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, sent.concat());
    }

    #[test]
    fn a_router_says_so_under_a_right_checksum() {
        let address = "fe80::fe".parse().unwrap();
        let frame = frame(MAC, address, Sender::Router);
        let ipv6 = Ipv6Packet::new_checked(&frame[ETHERNET_LEN..]).unwrap();
        let icmp = Icmpv6Packet::new_checked(ipv6.payload()).unwrap();
        assert!(icmp.verify_checksum(&address, &ALL_NODES));
        assert_eq!(
            icmp.neighbor_flags(),
            NdiscNeighborFlags::OVERRIDE | NdiscNeighborFlags::ROUTER
        );
    }
}
