//! Gratuitous ARP: where an IPv4 address lives from now on (RFC 5227 section 3).

use core::net::Ipv4Addr;

use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetFrame, EthernetProtocol, EthernetRepr,
};

use super::Mac;

/// Length of the frame in bytes, without padding.
pub const FRAME_LEN: usize = HEADER_LEN + 28;
const HEADER_LEN: usize = 14;

/// The Ethernet frame that tells every neighbour that `address` is at `mac`.
///
/// A broadcast request with the address as sender and as target, the target's hardware address all
/// ones: the form that keepalived sends, and that updates the caches of hosts which ignore unasked
/// replies.
pub fn frame(mac: Mac, address: Ipv4Addr) -> [u8; FRAME_LEN] {
    let mut buffer = [0; FRAME_LEN];
    let header =
        EthernetRepr { src_addr: mac, dst_addr: Mac::BROADCAST, ethertype: EthernetProtocol::Arp };
    let arp = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: mac,
        source_protocol_addr: address,
        target_hardware_addr: Mac::BROADCAST,
        target_protocol_addr: address,
    };
    header.emit(&mut EthernetFrame::new_unchecked(&mut buffer));
    let (_, payload) = buffer.split_at_mut(HEADER_LEN);
    arp.emit(&mut ArpPacket::new_unchecked(payload));
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_the_one_keepalived_sends() {
        let mac = Mac([2, 0, 0, 0, 0, 1]);
        let frame = frame(mac, Ipv4Addr::new(10, 0, 0, 254));
        let sent = [
            "ffffffffffff",
            "020000000001",
            "0806", // broadcast, from us, ARP
            "0001",
            "0800",
            "06",
            "04",
            "0001", // Ethernet, IPv4, a request
            "020000000001",
            "0a0000fe",
            "ffffffffffff",
            "0a0000fe",
        ];
        let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, sent.concat());
    }

    #[test]
    fn the_frame_reads_back_as_it_was_meant() {
        let mac = Mac([0, 0, 0x5e, 0, 1, 7]);
        let address = Ipv4Addr::new(192, 0, 2, 1);
        let frame = frame(mac, address);
        let frame = EthernetFrame::new_checked(&frame[..]).unwrap();
        assert_eq!(frame.dst_addr(), Mac::BROADCAST);
        assert_eq!(frame.src_addr(), mac);
        let arp = ArpRepr::parse(&ArpPacket::new_checked(frame.payload()).unwrap()).unwrap();
        let ArpRepr::EthernetIpv4 { source_protocol_addr, target_protocol_addr, .. } = arp else {
            panic!("not of Ethernet and IPv4");
        };
        assert_eq!((source_protocol_addr, target_protocol_addr), (address, address));
    }
}
