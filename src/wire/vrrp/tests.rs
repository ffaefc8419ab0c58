//! What is read is what was written, down to the byte keepalived writes.

use core::str::FromStr;

use super::*;
use crate::prng::Prng;

fn ip(text: &str) -> IpAddr {
    IpAddr::from_str(text).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    let digit = |b: u8| u8::try_from((b as char).to_digit(16).unwrap()).unwrap();
    digits.chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

/// A message as keepalived 2.2.7 sends it, and what it says.
struct Sample {
    bytes: &'static str,
    from: &'static str,
    to: &'static str,
    version: Version,
    priority: u8,
    millis: u64,
    auth: Auth,
    addresses: &'static [&'static str],
}

const SAMPLES: &[Sample] = &[
    Sample {
        bytes: "21059601 00013dfa 0a0000fe 0000000000000000",
        from: "10.0.0.1",
        to: "224.0.0.18",
        version: Version::V2,
        priority: 150,
        millis: 1000,
        auth: Auth::None,
        addresses: &["10.0.0.254"],
    },
    Sample {
        bytes: "21059603 0101eae4 0a0000fc 0a0000fd 0a0000fe 7333637265740000",
        from: "10.0.0.1",
        to: "224.0.0.18",
        version: Version::V2,
        priority: 150,
        millis: 1000,
        auth: Auth::Simple(*b"s3cret\0\0"),
        addresses: &["10.0.0.252", "10.0.0.253", "10.0.0.254"],
    },
    Sample {
        bytes: "3105ff01 0fffca6b 0a0000fe",
        from: "10.0.0.1",
        to: "224.0.0.18",
        version: Version::V3,
        priority: 255,
        millis: 40_950,
        auth: Auth::None,
        addresses: &["10.0.0.254"],
    },
    Sample {
        bytes: "31059602 00643de7 fe8000000000000000000000000000fe fd0000000000000000000000000000fe",
        from: "fe80::ff:fe00:1",
        to: "ff02::12",
        version: Version::V3,
        priority: 150,
        millis: 1000,
        auth: Auth::None,
        addresses: &["fe80::fe", "fd00::fe"],
    },
];

#[test]
fn every_version_family_and_authentication_is_read_as_keepalived_sends_it() {
    for sample in SAMPLES {
        let bytes = hex(sample.bytes);
        let advert = Advert::parse(&bytes, ip(sample.from), ip(sample.to)).unwrap();
        let addresses: Vec<IpAddr> = sample.addresses.iter().map(|a| ip(a)).collect();
        assert_eq!(advert.version, sample.version);
        assert_eq!(advert.vrid, 5);
        assert_eq!(advert.priority, sample.priority);
        assert_eq!(advert.interval, Duration::from_millis(sample.millis));
        assert_eq!(advert.auth, sample.auth);
        assert_eq!(advert.addresses.iter().collect::<Vec<_>>(), addresses);
        assert_eq!(advert.addresses.len(), addresses.len());
    }
}

fn repr<'a>(advert: &Advert<'_>, from: IpAddr, addresses: &'a [IpAddr]) -> AdvertRepr<'a> {
    AdvertRepr {
        version: advert.version,
        family: Family::of(from),
        vrid: advert.vrid,
        priority: advert.priority,
        interval: advert.interval,
        auth: advert.auth,
        addresses,
    }
}

#[test]
fn what_is_sent_again_is_the_same_to_the_byte() {
    for sample in SAMPLES {
        let (bytes, from, to) = (hex(sample.bytes), ip(sample.from), ip(sample.to));
        let advert = Advert::parse(&bytes, from, to).unwrap();
        let addresses: Vec<IpAddr> = advert.addresses.iter().collect();
        let repr = repr(&advert, from, &addresses);
        let mut buffer = [0xa5; 100];
        let length = repr.emit(&mut buffer, from, to);
        assert_eq!(length, repr.buffer_len());
        assert_eq!(&buffer[..length], &bytes[..]);
        assert!(buffer[length..].iter().all(|b| *b == 0xa5), "wrote behind the message");
    }
}

#[test]
fn a_packet_that_goes_on_behind_the_message_is_refused_as_keepalived_does() {
    for sample in SAMPLES {
        let (mut bytes, from, to) = (hex(sample.bytes), ip(sample.from), ip(sample.to));
        for _ in 0..20 {
            bytes.push(0);
            assert_eq!(Advert::parse(&bytes, from, to), Err(Malformed::Length));
        }
    }
}

#[test]
fn a_message_cut_anywhere_is_truncated() {
    for sample in SAMPLES {
        let (bytes, from, to) = (hex(sample.bytes), ip(sample.from), ip(sample.to));
        for length in 0..bytes.len() {
            assert_eq!(Advert::parse(&bytes[..length], from, to), Err(Malformed::Truncated));
        }
    }
}

#[test]
fn every_changed_bit_is_refused() {
    for sample in SAMPLES {
        let (bytes, from, to) = (hex(sample.bytes), ip(sample.from), ip(sample.to));
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let reason = Advert::parse(&bytes, from, to).expect_err("a changed bit");
            let expected = match bit {
                4..8 => &[Malformed::Version, Malformed::Length, Malformed::Truncated][..],
                0..4 => &[Malformed::Type],
                24..32 => &[Malformed::Truncated, Malformed::Length],
                _ => &[Malformed::Checksum],
            };
            assert!(expected.contains(&reason), "bit {bit}: {reason:?}");
        }
    }
}

/// The message with the checksum it should have.
fn summed(mut bytes: Vec<u8>, from: IpAddr, to: IpAddr, version: Version) -> Vec<u8> {
    bytes[6..8].fill(0);
    let sum = !sum(&bytes, pseudo_header(version, from, to));
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    bytes
}

#[test]
fn a_message_with_a_right_checksum_is_refused_for_what_it_says() {
    let (v4, group4) = (ip("10.0.0.1"), ip("224.0.0.18"));
    let (v6, group6) = (ip("fe80::1"), ip("ff02::12"));
    let cases: &[(&str, IpAddr, IpAddr, Version, Malformed)] = &[
        ("11050a00 00010000 0000000000000000", v4, group4, Version::V2, Malformed::Version),
        ("41050a00 00640000", v4, group4, Version::V3, Malformed::Version),
        ("21050a00 00010000 0000000000000000", v6, group6, Version::V2, Malformed::Version),
        ("31050a00 00640000", v4, group6, Version::V3, Malformed::Family),
        ("30050a00 00640000", v4, group4, Version::V3, Malformed::Type),
        ("32050a00 00640000", v6, group6, Version::V3, Malformed::Type),
        ("21050a00 02010000 0000000000000000", v4, group4, Version::V2, Malformed::AuthType),
        ("21050a00 00000000 0000000000000000", v4, group4, Version::V2, Malformed::Interval),
        ("31050a00 f0000000", v4, group4, Version::V3, Malformed::Interval),
    ];
    for &(bytes, from, to, version, reason) in cases {
        let bytes = summed(hex(bytes), from, to, version);
        assert_eq!(Advert::parse(&bytes, from, to), Err(reason), "{bytes:x?}");
    }
}

#[test]
fn the_reserved_bits_of_version_3_are_no_part_of_the_interval() {
    let (from, to) = (ip("10.0.0.1"), ip("224.0.0.18"));
    let bytes = summed(hex("31050a00 f0640000"), from, to, Version::V3);
    let advert = Advert::parse(&bytes, from, to).unwrap();
    assert_eq!(advert.interval, Duration::from_secs(1));
}

#[test]
fn the_checksum_of_version_3_covers_source_and_destination() {
    for sample in &SAMPLES[2..] {
        let (bytes, from, to) = (hex(sample.bytes), ip(sample.from), ip(sample.to));
        let other = match from {
            IpAddr::V4(_) => ip("10.0.0.9"),
            IpAddr::V6(_) => ip("fe80::9"),
        };
        assert_eq!(Advert::parse(&bytes, other, to), Err(Malformed::Checksum));
        assert_eq!(Advert::parse(&bytes, from, other), Err(Malformed::Checksum));
    }
    let sample = &SAMPLES[0];
    assert!(Advert::parse(&hex(sample.bytes), ip("10.0.0.9"), ip("10.0.0.8")).is_ok());
}

#[test]
fn an_advert_of_255_addresses_of_ipv6_fits_the_longest_buffer() {
    let addresses: Vec<IpAddr> = (0..300).map(|n| ip(&format!("fd00::{n:x}"))).collect();
    let (from, to) = (ip("fe80::1"), ip("ff02::12"));
    let interval = Duration::from_millis(10);
    let advert = AdvertRepr {
        version: Version::V3,
        family: Family::V6,
        vrid: 255,
        priority: 254,
        interval,
        auth: Auth::None,
        addresses: &addresses,
    };
    let mut buffer = [0xa5; ADVERT_MAX];
    assert_eq!(advert.emit(&mut buffer, from, to), ADVERT_MAX);
    let read = Advert::parse(&buffer, from, to).unwrap();
    assert!(read.addresses.iter().eq(addresses[..ADDRESSES_MAX].iter().copied()));
    assert_eq!(read.interval, interval);
}

#[test]
fn values_beyond_the_fields_are_cut_to_the_largest() {
    let (from, to) = (ip("10.0.0.1"), ip("224.0.0.18"));
    let mixed = [ip("fd00::1"), ip("10.0.0.7")];
    for (version, seconds, tells) in [(Version::V2, 300, 255_000), (Version::V3, 700, 40_950)] {
        let advert = AdvertRepr {
            version,
            family: Family::V4,
            vrid: 1,
            priority: 1,
            interval: Duration::from_secs(seconds),
            auth: Auth::None,
            addresses: &mixed,
        };
        let mut buffer = [0xa5; ADVERT_MAX];
        let length = advert.emit(&mut buffer, from, to);
        let read = Advert::parse(&buffer[..length], from, to).unwrap();
        assert_eq!(read.interval, Duration::from_millis(tells));
        assert_eq!(read.addresses.iter().collect::<Vec<_>>(), [ip("10.0.0.7")]);
    }
}

#[test]
fn random_bytes_are_refused_without_a_panic() {
    let mut random = Prng::new(112);
    let ends = [(ip("10.0.0.1"), ip("224.0.0.18")), (ip("fe80::1"), ip("ff02::12"))];
    for round in 0..20_000 {
        let length = usize::try_from(random.below(80)).unwrap();
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next().to_le_bytes()[0]).collect();
        // Half of them get past the first octet.
        if let (Some(first), 0) = (bytes.first_mut(), round % 2) {
            *first = if round % 4 == 0 { 0x21 } else { 0x31 };
        }
        for (from, to) in ends {
            if let Ok(advert) = Advert::parse(&bytes, from, to) {
                assert!(advert.addresses.len() <= ADDRESSES_MAX);
            }
        }
    }
}

#[test]
fn a_password_is_not_shown() {
    assert_eq!(format!("{:?}", Auth::Simple(*b"s3cret\0\0")), "simple");
}
