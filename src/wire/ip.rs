//! The IPv4 header of an advert, which raw sockets send as given, receive as it came.

use core::net::Ipv4Addr;

use smoltcp::wire::{IpProtocol, Ipv4Packet};

use super::vrrp::{HOPS, Malformed, PROTOCOL};

/// Length of a header without options, in bytes.
pub const HEADER_LEN: usize = 20;
/// Class selector 6, internetwork control (RFC 2474 4.2.2), as the upper six bits of the former TOS
/// 0xc0.
const DSCP: u8 = 0xc0 >> 2;

/// A received packet of the protocol; it borrows the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Source.
    pub from: Ipv4Addr,
    /// Destination.
    pub to: Ipv4Addr,
    /// Time to live as it arrived.
    pub ttl: u8,
    /// What follows the header and its options.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet from its IPv4 header on; bytes behind its total length are ignored.
    ///
    /// The header's checksum is the kernel's to verify.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let packet = Ipv4Packet::new_checked(bytes).map_err(|_| Malformed::Truncated)?;
        if packet.version() != 4 {
            return Err(Malformed::Version);
        }
        if usize::from(packet.header_len()) < HEADER_LEN {
            return Err(Malformed::Truncated);
        }
        if packet.next_header() != IpProtocol::from(PROTOCOL) {
            return Err(Malformed::Type);
        }
        Ok(Self {
            from: packet.src_addr(),
            to: packet.dst_addr(),
            ttl: packet.hop_limit(),
            payload: packet.payload(),
        })
    }
}

/// The header of an advert, in the form that keepalived sends: TTL 255, TOS 0xc0, may be
/// fragmented.
///
/// `ident` tells the packets of one sender apart; the kernel sets another if it is 0. A payload
/// longer than 65,515 bytes, which no advert has, is written as the longest.
pub fn header(from: Ipv4Addr, to: Ipv4Addr, ident: u16, payload_len: usize) -> [u8; HEADER_LEN] {
    let mut buffer = [0; HEADER_LEN];
    let mut packet = Ipv4Packet::new_unchecked(&mut buffer);
    packet.set_version(4);
    packet.set_header_len(20);
    packet.set_dscp(DSCP);
    packet.set_total_len(u16::try_from(HEADER_LEN + payload_len).unwrap_or(u16::MAX));
    packet.set_ident(ident);
    packet.set_hop_limit(HOPS);
    packet.set_next_header(IpProtocol::from(PROTOCOL));
    packet.set_src_addr(from);
    packet.set_dst_addr(to);
    packet.fill_checksum();
    buffer
}

/// Changes the TTL of a header, as unicast may have another one.
pub fn set_hops(header: &mut [u8; HEADER_LEN], hops: u8) {
    let mut packet = Ipv4Packet::new_unchecked(header);
    packet.set_hop_limit(hops);
    packet.fill_checksum();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prng::Prng;

    const FROM: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);

    fn packet() -> Vec<u8> {
        let mut bytes = header(FROM, GROUP, 7, 5).to_vec();
        bytes.extend_from_slice(b"hello");
        bytes
    }

    #[test]
    fn another_ttl_has_another_checksum() {
        let mut bytes = header(FROM, GROUP, 1, 20);
        set_hops(&mut bytes, 254);
        let mut want = header(FROM, GROUP, 1, 20);
        // RFC 1624: one less in the upper byte of a word is one more in the sum's complement.
        (want[8], want[10]) = (254, want[10] + 1);
        assert_eq!(bytes, want);
        assert!(Ipv4Packet::new_unchecked(&bytes).verify_checksum());
    }

    #[test]
    fn the_header_is_the_one_keepalived_sends() {
        let hex: String =
            header(FROM, GROUP, 1, 20).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "45c0002800010000ff70d0910a000001e0000012");
    }

    #[test]
    fn a_packet_reads_back_as_it_was_written_without_its_padding() {
        let mut bytes = packet();
        bytes.extend_from_slice(&[0xa5; 21]);
        let expected = Packet { from: FROM, to: GROUP, ttl: 255, payload: b"hello" };
        assert_eq!(Packet::parse(&bytes), Ok(expected));
    }

    #[test]
    fn options_are_no_part_of_the_payload() {
        let mut bytes = packet();
        bytes[0] = 0x46;
        assert_eq!(Packet::parse(&bytes).map(|packet| packet.payload), Ok(&b"o"[..]));
    }

    #[test]
    fn a_packet_cut_anywhere_is_truncated() {
        let bytes = packet();
        for length in 0..bytes.len() {
            assert_eq!(Packet::parse(&bytes[..length]), Err(Malformed::Truncated));
        }
    }

    #[test]
    fn a_header_that_lies_is_refused_for_what_it_says() {
        let cases: [(usize, u8, Malformed); 6] = [
            (0, 0x65, Malformed::Version),
            (0, 0x44, Malformed::Truncated),
            (0, 0x4f, Malformed::Truncated),
            (3, 26, Malformed::Truncated),
            (3, 19, Malformed::Truncated),
            (9, 51, Malformed::Type),
        ];
        for (at, value, reason) in cases {
            let mut bytes = packet();
            bytes[at] = value;
            assert_eq!(Packet::parse(&bytes), Err(reason), "octet {at} = {value}");
        }
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut random = Prng::new(4);
        for _ in 0..20_000 {
            let length = usize::try_from(random.below(64)).unwrap();
            let mut bytes: Vec<u8> = (0..length).map(|_| random.next().to_le_bytes()[0]).collect();
            if let Some(first) = bytes.first_mut() {
                *first = *first & 0x0f | 0x40;
            }
            if let Ok(packet) = Packet::parse(&bytes) {
                assert!(packet.payload.len() <= length - HEADER_LEN);
            }
        }
    }
}
